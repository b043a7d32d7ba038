"""What the gateway costs: CPU a call, above the provider's client alone and above raw httpx, in the same run.

    python benchmarks/gateway.py [CALLS]        default: 400

A loopback provider in a process of its own answers at once with a small JSON object. All three ask it the same: raw
httpx posts the bytes and reads the JSON; the client is what the gateway calls; the gateway has all its layers, a price,
caps, limits, and a SQLite store with durable commits. No call is equal to another, so the cache never helps. Garbage is
collected as in a process of the `firstfive` command, for all three.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from time import monotonic, process_time
from typing import Any, NamedTuple

import httpx
import measuring
import msgspec

from firstfive.cli.frame import SELDOM
from firstfive.models.gateway import LoopGateway, Parts, open_gateway
from firstfive.models.providers import open_provider
from firstfive.ports import Call, Model, Reply, Terms
from firstfive.settings import BudgetSettings, ModelSettings, PriceSettings, ProviderSettings, Settings
from firstfive.store import open_store
from firstfive.testing.providers import provider

ROUNDS = 7
AT_ONCE = 16
ANSWER = '{"kind": "bakery", "employees": 12}'
CALL = Call(
    "describe",
    system="Describe the company in JSON.",
    text="A bakery with twelve employees that bakes rye bread in a wood-fired oven, sold on three markets. " * 4,
    schema={"type": "object", "properties": {"kind": {"type": "string"}, "employees": {"type": "integer"}}},
    max_tokens=100,
)


def main() -> None:
    """Prints a block for each way of asking."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    measuring.machine()
    gc.set_threshold(*SELDOM)
    with (
        loopback() as url,
        tempfile.TemporaryDirectory() as folder,
        gateway(url, Path(folder)) as opened,
        ThreadPoolExecutor(AT_ONCE) as pool,
        asyncio.Runner() as runner,
    ):
        raw = httpx.AsyncClient(timeout=60)
        client = open_provider("vllm", "m", _settings(url), folder=Path())
        base = _Base(
            lambda calls, at_once: runner.run(_raw(raw, url, calls, at_once)),
            lambda calls, at_once: runner.run(_client(client, calls, at_once)),
        )
        _measure("16 at once, all in one many()", base, partial(_together, opened), n, AT_ONCE)
        _measure("16 at once, as a catalogue run asks", base, partial(_refilled, opened), n, AT_ONCE)
        _measure("16 at once, each from a thread of its own", base, partial(_apart, opened, pool.map), n, AT_ONCE)
        _measure("one after the other", base, partial(_apart, opened, map), n // 4, 1)
        runner.run(raw.aclose())
        runner.run(client.close())


class _Base(NamedTuple):
    """What the gateway is compared with: each asks all the calls, so many at once."""

    raw: Callable[[list[Call], int], None]
    client: Callable[[list[Call], int], None]


def _measure(title: str, base: _Base, whole: Callable[[list[Call]], None], n: int, at_once: int) -> None:
    ways: dict[str, Callable[[list[Call]], object]] = {
        "raw httpx": lambda calls: base.raw(calls, at_once),
        "client": lambda calls: base.client(calls, at_once),
        "gateway": whole,
    }
    for work in ways.values():
        work(_calls(n, f"{title} first"))  # what is loaded or opened once
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for name, work in ways.items():
            calls = _calls(n, f"{title} {turn}")
            begun = process_time()
            work(calls)
            spent[name].append((process_time() - begun) * 1000 / n)
    raw, client, all_layers = (measuring.median(values) for values in spent.values())
    print(f"{title}: {n} calls, median of {ROUNDS} rounds, CPU a call")
    print(f"  raw httpx {raw:.2f} ms, the provider's client {client:.2f} ms, the gateway {all_layers:.2f} ms")
    print(f"  above raw httpx {all_layers - raw:.2f} ms (3), above the client {all_layers - client:.2f} ms (0.5)")


def _calls(n: int, turn: str) -> list[Call]:
    return [replace(CALL, text=f"{turn} {place} {CALL.text}") for place in range(n)]


def _settings(url: str) -> ProviderSettings:
    return ProviderSettings(url=url, requests_per_minute=1e6, tokens_per_minute=1e9, at_once=AT_ONCE)


@contextmanager
def gateway(url: str, folder: Path) -> Iterator[LoopGateway]:
    """A gateway with everything on, over a SQLite store."""
    settings = Settings(
        models=ModelSettings(llm="vllm:m"),
        budget=BudgetSettings(project_usd=1e6, run_usd=1e6, day_usd=1e6),
        prices={"vllm:m": PriceSettings(input=0.25, output=2.0)},
        providers={"vllm": _settings(url)},
    )
    store = open_store(folder)
    opened = open_gateway(Parts(settings, store, folder, partial(open_provider, folder=folder)))
    try:
        yield opened
    finally:
        opened.close()
        store.close()


def _together(opened: LoopGateway, calls: list[Call]) -> None:
    answers = opened.many(calls, deadline_s=60, patient=True)
    assert all(isinstance(answer, Reply) for answer in answers), answers[0]


def _refilled(opened: LoopGateway, calls: list[Call]) -> None:
    """As a catalogue run asks: as many as came back are asked anew."""
    back: SimpleQueue[Future[Reply]] = SimpleQueue()
    left = iter(calls)
    more, there = AT_ONCE, 0
    while there < len(calls):
        for reply in opened.each(list(islice(left, more)), deadline_s=60, patient=True):
            reply.add_done_callback(back.put)
        replies = [back.get(), *(back.get() for _ in range(back.qsize()))]
        assert all(reply.result() for reply in replies)
        more, there = len(replies), there + len(replies)
    opened.begin([], deadline_s=5).within(5)  # what they cost is in the store


def _apart(opened: LoopGateway, mapped: Callable[..., Iterable[None]], calls: list[Call]) -> None:
    """Each thread has one call on its way."""
    list(mapped(lambda call: _together(opened, [call]), calls))


async def _client(model: Model, calls: list[Call], at_once: int) -> None:
    terms = Terms(monotonic() + 60, ("vllm:m",))
    await _so_many([partial(model, call, terms) for call in calls], at_once)


async def _raw(client: httpx.AsyncClient, url: str, calls: list[Call], at_once: int) -> None:
    async def post(call: Call) -> None:
        body = {
            "model": "m",
            "messages": [{"role": "system", "content": call.system}, {"role": "user", "content": call.text}],
            "max_tokens": call.max_tokens,
            "temperature": call.temperature,
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": call.schema}},
        }
        headers = {"content-type": "application/json"}
        answer = await client.post(f"{url}/chat/completions", content=msgspec.json.encode(body), headers=headers)
        assert msgspec.json.decode(answer.json()["choices"][0]["message"]["content"])

    await _so_many([partial(post, call) for call in calls], at_once)


async def _so_many(works: list[Callable[[], Any]], at_once: int) -> None:
    free = asyncio.Semaphore(at_once)

    async def one(work: Callable[[], Any]) -> None:
        async with free:
            await work()

    await asyncio.gather(*(one(work) for work in works))


@contextmanager
def loopback() -> Iterator[str]:
    """The address of a provider in a process of its own, so that its work is not counted."""
    context = multiprocessing.get_context("spawn")
    told, stop = context.Queue(), context.Event()
    child = context.Process(target=_serve, args=(told, stop), daemon=True)
    child.start()
    try:
        yield told.get(timeout=60)
    finally:
        stop.set()
        child.join(10)


def _serve(told: Any, stop: Any) -> None:
    with provider(answer=lambda _: ANSWER) as running:
        told.put(running.openai)
        stop.wait()


if __name__ == "__main__":
    main()
