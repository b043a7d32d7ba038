"""A model provider in a storm: 30 % 429, 10 % 500, 5 % cut, 5 % bad JSON, 2 % drips. Nothing real is called.

    python benchmarks/storm.py [run [TASKS] | requests [REQUESTS]]      default: both

run: a run over a catalogue must end with exactly one result an item. requests: answers over HTTP must have five valid
items within 10 s, no status of 500, and mostly still carry a model's work.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import measuring
import numpy as np

from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.model_runs import RunReport, Task, run_tasks
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.observe import Quiet
from firstfive.ports import Call, Progress
from firstfive.testing.clients import served
from firstfive.testing.faults import Faults, Said, slow, storm
from firstfive.testing.providers import provider
from firstfive.testing.world import THINGS, WISHES, write_items
from firstfive.types import Stamp, StampId

TASKS, REQUESTS = 2_000, 400
AT_ONCE = 32
STEP = "describe"
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


def main() -> None:
    """Prints a block a part."""
    measuring.machine()
    parts: dict[str, tuple[Callable[[int], None], int]] = {
        "run": (catalogue, TASKS),
        "requests": (requests, REQUESTS),
    }
    words = sys.argv[1:] or list(parts)
    for place, word in enumerate(words):
        if word in parts:
            after = words[place + 1] if place + 1 < len(words) else ""
            work, usual = parts[word]
            work(int(after) if after.isdigit() else usual)


# --- a run over a catalogue -------------------------------------------------------------------------------------------


def catalogue(n: int) -> None:
    """Each task's answer is its own name, so that a result in the wrong place shows."""
    given = tasks(n)
    with tempfile.TemporaryDirectory() as folder, provider(_name, faults=storm()) as loopback:
        init_project(folder)
        with opened(Path(folder), loopback.openai, "models.timeout_s=8") as project:
            report = run(project, given, Shown())
            found = results(project, given)
            with project.store.read() as unit:
                quarantined = len(list(unit.quarantine.all()))
    right = sum(found.get(task.stamp.id) == task.about for task in given)
    sent, paid = len(loopback.asked), len(loopback.paid)
    print(f"run of {n:,} in a storm: {right:,} results, each its own item's, in {report.seconds:.0f} s")
    print(
        f"  {sent:,} requests on the wire ({sent / n:.2f} a task), {paid:,} of them paid; in quarantine: {quarantined}"
    )
    print(f"  exactly one result an item: {'yes' if right == n and not report.failed else 'NO'}")


class Shown(Quiet):
    """A line every 10 seconds."""

    def __init__(self) -> None:
        self._done, self._at = 0, perf_counter()

    def advance(self, step: str, done: int) -> None:
        """Counts."""
        self._done += done
        if perf_counter() - self._at > 10:
            self._at = perf_counter()
            print(f"  {step}: {self._done:,}", file=sys.stderr)


def tasks(n: int) -> list[Task]:
    """So many, each of which asks for its own name."""
    names = [f"item {number}" for number in range(n)]
    return [
        Task(Stamp(STEP, 1, inputs=(name,)), Call(STEP, system="Repeat the name.", text=name, schema=SCHEMA), name)
        for name in names
    ]


def run(project: Project, given: list[Task], progress: Progress) -> RunReport:
    """Runs them."""
    return run_tasks(
        project, STEP, given, lambda reply: str(reply.value["name"]).encode(), progress=progress, total=len(given)
    )


def results(project: Project, given: list[Task]) -> dict[StampId, str]:
    """What the ledger has."""
    with project.store.read() as unit:
        return {stamp: payload.decode() for stamp, payload in unit.ledger.get([t.stamp.id for t in given]).items()}


def _name(body: dict[str, Any]) -> Said:
    said = body["messages"][-1]["content"].split("\n")[0]
    return Said(json.dumps({"name": said}), input_tokens=40, output_tokens=8)


@contextmanager
def opened(folder: Path, url: str, *more: str) -> Iterator[Project]:
    """A project whose model is the loopback's, without limits a minute."""
    overrides = [
        "models.llm=vllm:model",
        f"providers.vllm.url={url}",
        "providers.vllm.requests_per_minute=0",
        "providers.vllm.tokens_per_minute=0",
        f"providers.vllm.at_once={AT_ONCE}",
        "prices.vllm:model.input=0.5",
        "prices.vllm:model.output=2.0",
        "budget.day_usd=none",
        "server.rate_per_minute=1000000",
        *more,
    ]
    with open_project(folder, environment={}, overrides=overrides) as project:
        yield project


# --- requests ---------------------------------------------------------------------------------------------------------


def requests(n: int) -> None:
    """The tiny world over HTTP, 8 people at once, each request another text, at every speed that asks a model."""
    with tempfile.TemporaryDirectory() as folder, provider(faults=_after(0.05, storm())) as loopback:
        init_project(folder)
        with open_project(folder, environment={}) as project:
            import_sources(project, [str(write_items(Path(folder)))], field=["*"])
            build(project)
        for speed in ("balanced", "best"):
            with opened(Path(folder), loopback.openai, f"models.speed={speed}") as project, served(project) as site:
                _warm(project)
                before = len(loopback.asked)
                _report(speed, _asked(site.url, site.reader, n, speed), len(loopback.asked) - before)


def _warm(project: Project) -> None:
    """Loads what speaks to the provider, which takes seconds and is no part of a storm."""
    if project.gateway is not None:
        project.gateway.many([Call("warm", text="hello")], deadline_s=60)


def _after(seconds: float, faults: Faults) -> Faults:
    """Right answers take so long; the others are as they are."""
    return lambda number: faults(number) or slow(seconds)


def _asked(address: str, secret: str, n: int, speed: str) -> list[tuple[float, int, dict[str, Any]]]:
    """(seconds, status, answer) of each request."""
    host = urlsplit(address).netloc
    headers = {"X-API-Key": secret, "Content-Type": "application/json"}

    def ask(number: int) -> tuple[float, int, dict[str, Any]]:
        text = f"{WISHES[number % len(WISHES)].text} in town number {number}{speed}"
        connection = HTTPConnection(host, timeout=60)
        begun = perf_counter()
        connection.request("POST", "/api/recommend", json.dumps({"text": text}), headers)
        answer = connection.getresponse()
        body = answer.read()
        return perf_counter() - begun, answer.status, json.loads(body)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, range(n)))


def _report(speed: str, answers: list[tuple[float, int, dict[str, Any]]], sent: int) -> None:
    known = {thing.id for thing in THINGS}
    valid = [
        seconds <= 10 and status == 200 and len({place["item"] for place in slate["places"]} & known) == 5
        for seconds, status, slate in answers
    ]
    helped = [bool(slate.get("models")) for _, _, slate in answers]
    took = np.percentile([seconds for seconds, _, _ in answers], [50, 95, 99, 100])
    print(
        f"{len(answers)} requests in a storm, speed {speed}: five valid items within 10 s {np.mean(valid):.1%}, "
        f"status 500 and above {sum(status >= 500 for _, status, _ in answers)}, with a model's work "
        f"{np.mean(helped):.1%}; seconds p50 {took[0]:.2f}, p95 {took[1]:.2f}, p99 {took[2]:.2f}, most {took[3]:.2f}; "
        f"{sent / len(answers):.1f} model requests each"
    )


if __name__ == "__main__":
    main()
