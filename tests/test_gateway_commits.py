"""The store's work beside the loop: together where it can be, each for itself where one fails, and none lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from firstfive.errors import ModelError, StoreError
from firstfive.models.gateway import commits as module
from firstfive.models.gateway.commits import Collected, Commits
from firstfive.ports import Store, Unit
from firstfive.store import open_store
from gateways import commits, go


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


class Counted:
    """A store that counts its commits, each of which takes a while."""

    def __init__(self, store: Store, takes_s: float = 0.0) -> None:
        self._store = store
        self._takes_s = takes_s
        self.commits = 0

    def write(self, work: Callable[[Unit], Any]) -> Any:
        self.commits += 1
        time.sleep(self._takes_s)
        return self._store.write(work)


def put(n: int) -> Callable[[Unit], int]:
    def work(unit: Unit) -> int:
        unit.labels.put("p", f"label{n}", n)
        return n

    return work


def test_ten_at_once_are_one_commit(store: Store) -> None:
    counted = Counted(store)

    async def ten() -> list[int]:
        async with commits(counted) as written:  # type: ignore[arg-type]  # as much of a store as is needed
            return await asyncio.gather(*(written.do(put(n)) for n in range(10)))

    assert go(ten()) == list(range(10))
    assert counted.commits == 1


def test_ten_of_one_kind_at_once_are_done_together_and_each_gets_its_own(store: Store) -> None:
    asked: list[list[int]] = []

    def doubled(_: Unit, given: list[int]) -> list[int]:
        asked.append(given)
        return [2 * n for n in given]

    async def ten() -> list[int]:
        async with commits(store) as written:
            return await asyncio.gather(*(written.ask(doubled, n) if n % 2 else written.do(put(n)) for n in range(10)))

    assert go(ten()) == [0, 2, 2, 6, 4, 10, 6, 14, 8, 18]
    assert asked == [[1, 3, 5, 7, 9]]


def test_of_those_done_together_one_that_fails_fails_alone(store: Store) -> None:
    def even(unit: Unit, given: list[int]) -> list[int]:
        if any(n % 2 for n in given):
            raise StoreError("odd", code="store.failed")
        return [put(n)(unit) for n in given]

    async def three() -> list[Any]:
        async with commits(store) as written:
            return await asyncio.gather(*(written.ask(even, n) for n in (2, 3, 4)), return_exceptions=True)

    first, wrong, last = go(three())
    assert (first, last) == (2, 4)
    assert isinstance(wrong, ModelError)
    assert wrong.code == "store.failed"


def test_what_comes_while_one_commit_runs_is_the_next(store: Store) -> None:
    counted = Counted(store, takes_s=0.1)

    async def trickle() -> None:
        async with commits(counted) as written:  # type: ignore[arg-type]
            done = []
            for n in range(20):
                done.append(written.do(put(n)))
                await asyncio.sleep(0.005)
            await asyncio.gather(*done)

    go(trickle())
    assert counted.commits <= 4


def test_a_work_that_fails_fails_alone(store: Store) -> None:
    def bad(unit: Unit) -> int:
        unit.labels.put("p", "bad", 1)
        raise StoreError("no", code="store.failed")

    async def three() -> list[Any]:
        async with commits(store) as written:
            works = [written.do(work) for work in (put(1), bad, put(2))]
            return await asyncio.gather(*works, return_exceptions=True)

    one, error, two = go(three())
    assert (one, two) == (1, 2)
    assert isinstance(error, ModelError)
    assert (error.code, error.paid) == ("store.failed", False)
    with store.read() as unit:
        assert unit.labels.get("label1") == {"p": 1}
        assert unit.labels.get("label2") == {"p": 2}
        assert unit.labels.get("bad") == {}


def test_the_loop_runs_on_while_the_disk_is_slow(store: Store) -> None:
    async def beats() -> int:
        async with commits(Counted(store, takes_s=0.2)) as written:  # type: ignore[arg-type]
            waiting, beat = written.do(put(1)), 0
            while not waiting.done():
                await asyncio.sleep(0.005)
                beat += 1
            return beat

    assert go(beats()) > 10


def test_who_no_longer_waits_gives_the_result_to_whoever_cleans_up(store: Store) -> None:
    orphans: list[int] = []

    async def leave() -> None:
        async with commits(store) as written:
            written.do(put(7), orphaned=orphans.append).cancel()

    go(leave())
    assert orphans == [7]


def test_what_nobody_waits_for_goes_with_the_next_commit(store: Store) -> None:
    counted = Counted(store)

    async def both() -> None:
        async with commits(counted) as written:  # type: ignore[arg-type]
            written.do(put(1), wait_s=5)
            await asyncio.sleep(0.01)
            assert counted.commits == 0
            await written.do(put(2))

    go(both())
    assert counted.commits == 1


def test_who_waits_for_what_came_so_far_does_not_wait_for_what_comes_after(store: Store) -> None:
    async def one_and_a_stream() -> bool:
        async with commits(store) as written:
            stop = asyncio.Event()

            async def stream() -> None:
                while not stop.is_set():
                    written.do(put(1))
                    await asyncio.sleep(0)

            streaming = asyncio.create_task(stream())
            last = written.do(put(2))
            await asyncio.wait_for(written.done(soon=False), 5)
            stop.set()
            await streaming
            return last.done()

    assert go(one_and_a_stream())


def test_where_nothing_came_nobody_waits_and_nothing_is_written(store: Store) -> None:
    counted = Counted(store)

    async def nothing() -> None:
        async with commits(counted) as written:  # type: ignore[arg-type]
            await written.done()

    go(nothing())
    assert counted.commits == 0


def test_works_wait_for_company_where_others_are_on_their_way(store: Store) -> None:
    counted = Counted(store, takes_s=0.3)

    async def three() -> None:
        written = Commits(counted.write, crowd_s=1.5)
        first = written.do(put(1))
        await asyncio.sleep(0.01)
        second = written.do(put(2))
        await first
        await asyncio.sleep(0.4)  # without the wait the second is committed by now
        await asyncio.gather(second, written.do(put(3)))
        written.close()

    go(three())
    assert counted.commits == 2, "the second waited for the third"


def test_a_work_alone_waits_for_nothing(store: Store) -> None:
    async def alone() -> float:
        written = Commits(store.write, crowd_s=5)
        began = time.monotonic()
        for n in range(3):
            await written.do(put(n))
        took = time.monotonic() - began
        written.close()
        return took

    assert go(alone()) < 5


def test_what_must_not_be_lost_is_written_again_and_said_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.02)
    troubles = [StoreError("busy", code="store.busy")] * 3

    def run(work: Any) -> Any:
        if troubles:
            raise troubles.pop()
        return store.write(work)

    def write(unit: Unit, batch: dict[str, int]) -> None:
        for n in batch.values():
            put(n)(unit)

    told: list[dict[str, int]] = []

    async def settle() -> None:
        written = Commits(run)
        settled: Collected[int] = Collected(written, write, told.append)
        settled.add("one", 1)
        await asyncio.sleep(0.03)
        settled.add("two", 2)
        while sum(map(len, told)) < 2:
            await asyncio.sleep(0.01)
        written.close()

    with caplog.at_level(logging.WARNING, "firstfive"):
        go(settle())
    assert len(caplog.records) == 1
    with store.read() as unit:
        assert unit.labels.get("label1") == {"p": 1}
        assert unit.labels.get("label2") == {"p": 2}
