"""A run over a paid model is killed at random moments, again and again: no result is lost and none is paid for twice,
but for the calls that were on their way. 6 kills; 100 with FIRSTFIVE_LONG=1."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

import pytest

from firstfive.app.wiring import init_project
from firstfive.store import open_store
from firstfive.testing.faults import slow
from firstfive.testing.providers import Provider, provider
from firstfive.testing.spending import spent
from firstfive.types import Stamp

KILLS = 100 if os.environ.get("FIRSTFIVE_LONG") == "1" else 6
AT_ONCE = 8
ITEMS = 200
CALL_NANO_USD = 25_000  # 20 tokens in and 5 out, at a dollar a million

SETTINGS = """
[models]
embedder = "none"
llm = "vllm:m"
[providers]
vllm = {{ url = "{url}", at_once = {at_once}, requests_per_minute = 1e6, tokens_per_minute = 1e9 }}
[prices]
"vllm:m" = {{ input = 1.0, output = 1.0 }}
"""

CHILD = """
import os, sys
import anyio._backends._asyncio, genai_prices.data, openai.resources.chat, prometheus_client
import firstfive.models.gateway, firstfive.models.providers.openai, firstfive.store
from firstfive.app.model_runs import Task, run_tasks
from firstfive.app.wiring import open_project
from firstfive.observe import Quiet
from firstfive.ports import Call
from firstfive.types import Stamp

class Told(Quiet):
    done = 0
    def advance(self, step, done):
        self.done += done
        say("done", self.done)

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def run(folder, first, last):
    items = [f"item {n}" for n in range(first, last)]
    tasks = (Task(Stamp("test", 1, "", "vllm:m", (item,)), Call("test", text=item), item) for item in items)
    with open_project(folder, environment={}) as project:
        report = run_tasks(project, "test", tasks, lambda reply: reply.value.encode(), progress=Told())
    say("report", report.made, report.kept, report.failed, report.repeated)

while line := sys.stdin.readline():
    child = os.fork()
    if not child:
        run(sys.argv[1], *map(int, line.split()))
        os._exit(0)
    say("started", child)
    say("ended", os.waitpid(child, 0)[1])
"""


@dataclass
class Runner:
    """A process that has loaded everything and starts each run in a fork of itself, which takes no time to begin."""

    orders: IO[str]
    words: IO[str]
    report: tuple[int, ...] = ()
    acknowledged: int = 0

    def run(self, first: int, last: int, moment: Callable[[], object] | None = None) -> bool:
        """Whether a run over these items came to its end before it was killed, when `moment` returned."""
        self.orders.write(f"{first} {last}\n")
        self.orders.flush()
        self.acknowledged = 0
        for line in self.words:
            kind, *numbers = line.split()
            match kind:
                case "started" if moment is not None:
                    moment()
                    os.kill(int(numbers[0]), signal.SIGKILL)
                case "done":
                    self.acknowledged = int(numbers[0])
                case "report":
                    self.report = tuple(map(int, numbers))
                case "ended":
                    assert int(numbers[0]) in {0, signal.SIGKILL}
                    return int(numbers[0]) == 0
        raise AssertionError("the runner itself ended")


@contextmanager
def runner(folder: Path) -> Iterator[Runner]:
    command = [sys.executable, "-c", CHILD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield Runner(child.stdin, child.stdout)


def asked_for(body: dict[str, Any]) -> str:
    """The item that a request is about."""
    return str(body["messages"][-1]["content"])


def paid_for(loopback: Provider) -> list[str]:
    """The items of all paid calls so far, in order."""
    return [asked_for(asked.json) for asked in loopback.paid]


def results(folder: Path) -> dict[str, str]:
    """What the ledger has, by item."""
    stamps = {Stamp("test", 1, "", "vllm:m", (f"item {n}",)).id: f"item {n}" for n in range(ITEMS * (KILLS + 1))}
    store = open_store(folder)
    with store.read() as unit:
        found = unit.ledger.get(list(stamps))
    store.close()
    return {stamps[stamp]: payload.decode() for stamp, payload in found.items()}


def some_time(chance: random.Random, loopback: Provider) -> None:
    """Until so many more requests have come, and a little longer; now and then while the run still begins."""
    if chance.random() < 0.1:
        sleep(chance.uniform(0, 0.3))
        return
    enough = len(loopback.asked) + chance.randint(1, 40)
    deadline = monotonic() + 20
    while len(loopback.asked) < enough and monotonic() < deadline:
        sleep(0.001)
    sleep(chance.uniform(0, 0.04))


@dataclass
class Tally:
    """What the kills did. on_their_way: how often each item had been sent, and had no result yet, at a kill."""

    midway: int = 0
    lost: int = 0
    on_their_way: Counter[str] = field(default_factory=Counter)

    def count(self, before: dict[str, str], after: dict[str, str], asked: list[str]) -> None:
        """Takes in one run: the results before and after it, and what it asked for."""
        assert len(set(asked)) == len(asked)
        assert not before.keys() & set(asked), "asked for though it was stored"
        cut_off = set(asked) - after.keys()
        assert len(cut_off) <= AT_ONCE
        self.midway += bool(asked)
        self.lost += len(before.keys() - after.keys())
        self.on_their_way.update(cut_off)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_run_that_is_killed_again_and_again_pays_twice_only_for_what_was_on_its_way(tmp_path: Path) -> None:
    init_project(tmp_path)
    chance = random.Random(3)
    tally = Tally()
    answers = provider(lambda body: asked_for(body).upper(), faults=lambda n: slow(random.Random(n).uniform(0, 0.04)))
    with answers as loopback, runner(tmp_path) as child:
        (tmp_path / "firstfive.toml").write_text(SETTINGS.format(url=loopback.openai, at_once=AT_ONCE))
        first, there, paid = 0, results(tmp_path), paid_for(loopback)
        for _ in range(KILLS):
            finished = child.run(first, first + ITEMS, partial(some_time, chance, loopback))
            sleep(0.02)  # what was in the socket reaches the server
            before, there = there, results(tmp_path)
            sent, paid = len(paid), paid_for(loopback)
            tally.count(before, there, paid[sent:])
            assert child.acknowledged <= len(there) - first
            if finished or len(there) > first + ITEMS - 60:  # the next kill is to come in the midst of a run
                assert child.run(first, first + ITEMS)
                first, there, paid = first + ITEMS, results(tmp_path), paid_for(loopback)
        assert child.run(first, first + ITEMS)
        sent, paid = len(paid), paid_for(loopback)
    assert results(tmp_path) == {f"item {n}": f"ITEM {n}" for n in range(first + ITEMS)}
    assert tally.lost == 0
    assert tally.midway > KILLS // 2
    beyond = {item: n for item, n in Counter(paid).items() if n > 1 + tally.on_their_way[item]}
    assert beyond == {}, "paid for again, beyond what was on its way"
    *_, failed, repeated = child.report
    assert (failed, len(set(paid[sent:]) & set(paid[:sent])) <= repeated <= AT_ONCE) == (0, True)
    store = open_store(tmp_path)
    project = spent(store, "project")
    store.close()
    assert project.settled.nano_usd + project.open.nano_usd >= CALL_NANO_USD * len(paid)
    again = len(paid) - len(set(paid))
    print(f"{KILLS} kills, {len(there)} results, 0 lost; {len(paid)} calls paid, {again} of them again")
