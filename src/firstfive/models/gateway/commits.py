"""The store's work of the gateway, beside the event loop: what comes in while one commit runs is the next one.

The loop never waits for a disk. Many calls cost one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeAlias, TypeVar

from firstfive.errors import FirstFiveError, ModelError
from firstfive.observe import log
from firstfive.ports import Unit

In = TypeVar("In")
Out = TypeVar("Out")
V = TypeVar("V")

Work: TypeAlias = Callable[[Unit], Out]
Many: TypeAlias = Callable[[Unit, list[In]], Sequence[Out]]
"""Does several works of one kind in few statements: what each of them gives, in their order."""
COMPANY_S = 0.005
"""What nobody waits for waits so long itself, for work that somebody waits for: one commit does for both."""
CROWD_S = 0.004
"""Work that comes while other work is on its way waits so long for more of it; what comes alone waits for nothing."""
AGAIN_S = 1.0
"""After a commit that failed, what must not be lost is written again so much later."""


class Job(Generic[Out]):
    """Work that waits, and who waits for it. many does it, together with others of its kind.

    orphaned is given the result where nobody waits any more.
    """

    __slots__ = ("error", "given", "many", "orphaned", "result", "waiter")

    def __init__(
        self, many: Many[Any, Out], given: Any, waiter: asyncio.Future[Out], orphaned: Callable[[Out], None] | None
    ) -> None:
        self.many = many
        self.given = given
        self.waiter = waiter
        self.orphaned = orphaned
        self.result: Any = None
        self.error: BaseException | None = None

    def tell(self) -> None:
        """In the loop's thread: gives the result to who waits."""
        if not self.waiter.done():
            if self.error is None:
                self.waiter.set_result(self.result)
            else:
                self.waiter.set_exception(self.error)
        elif self.error is None and self.orphaned is not None:
            self.orphaned(self.result)


class Commits:
    """Works done by a thread, in the order they came, as many at once as have come. run: `store.write`, or alike.

    crowd_s: how long work waits for more where other work is on its way. Belongs to the loop in which it is made;
    `close` ends its thread.
    """

    def __init__(
        self, run: Callable[[Work[list[Any]]], list[Any]], name: str = "firstfive commits", crowd_s: float = CROWD_S
    ) -> None:
        self._run = run
        self._crowd_s = crowd_s
        self._loop = asyncio.get_running_loop()
        self._turn: list[Job[Any]] = []
        self._timer: asyncio.Handle | None = None
        self._due = 0.0
        self._queue: SimpleQueue[list[Job[Any]] | None] = SimpleQueue()
        self._on_their_way = 0
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def do(
        self, work: Work[Out], *, orphaned: Callable[[Out], None] | None = None, wait_s: float = 0.0
    ) -> asyncio.Future[Out]:
        """The work's result, when it is durable. Raises ModelError with the store's code where it was not done.

        What it has in common with `ask` is said there.
        """
        return self.ask(_each, work, orphaned=orphaned, wait_s=wait_s)

    def ask(
        self,
        many: Many[In, Out],
        given: In,
        *,
        orphaned: Callable[[Out], None] | None = None,
        wait_s: float = 0.0,
    ) -> asyncio.Future[Out]:
        """What `many` gives for this one; it is called once for all that are in the same commit.

        orphaned is given the result where the waiter was cancelled: the work is done all the same. wait_s: how long it
        may wait for other work to be done with.
        """
        waiter: asyncio.Future[Out] = self._loop.create_future()
        self._turn.append(Job(many, given, waiter, orphaned))
        self._hand_on_in(max(wait_s, self._crowd_s) if self._on_their_way else wait_s)
        self._on_their_way += 1
        return waiter

    async def done(self, *, soon: bool = True) -> None:
        """Returns when all that came so far is done, what this turn of the loop collected included.

        soon: it waits for no company.
        """
        await asyncio.sleep(0)
        if self._on_their_way:
            behind = self.do(lambda _: None, wait_s=COMPANY_S)
            if soon:
                self._hand_on()
            with suppress(Exception):  # of the work before it, others hear
                await behind

    def close(self) -> None:
        """The thread ends after what it has; from the loop's thread or, when the loop has stopped, from any."""
        self._hand_on()
        self._queue.put(None)
        self._thread.join(timeout=10.0)

    def _hand_on_in(self, wait_s: float) -> None:
        due = self._loop.time() + wait_s
        if self._timer is None or due < self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._due = due
            self._timer = self._loop.call_at(due, self._hand_on) if wait_s else self._loop.call_soon(self._hand_on)

    def _hand_on(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._turn:
            self._queue.put(self._turn)
            self._turn = []

    def _work(self) -> None:
        ended = False
        while not ended:
            jobs, ended = _next(self._queue)
            self._together(jobs)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._tell, jobs)

    def _together(self, jobs: list[Job[Any]]) -> None:
        """In one commit; where that fails, each in one of its own, so that a work fails for itself alone."""
        if not jobs:
            return
        try:
            results = self._run(lambda unit: _done(unit, jobs))
        except Exception as error:  # noqa: BLE001  # the top of a thread's task: whoever waits for it gets the error
            if len(jobs) == 1:
                jobs[0].error = _ours(error)
                return
            for job in jobs:
                self._together([job])
        else:
            for job, result in zip(jobs, results, strict=True):
                job.result = result

    def _tell(self, jobs: list[Job[Any]]) -> None:
        self._on_their_way -= len(jobs)
        for job in jobs:
            job.tell()


def _each(unit: Unit, works: list[Work[Out]]) -> list[Out]:
    return [work(unit) for work in works]


def _done(unit: Unit, jobs: list[Job[Any]]) -> list[Any]:
    """The jobs' results; those of a kind are done where the first of them stands."""
    kinds: dict[Many[Any, Any], list[int]] = {}
    for place, job in enumerate(jobs):
        kinds.setdefault(job.many, []).append(place)
    results: list[Any] = [None] * len(jobs)
    for many, places in kinds.items():
        for place, result in zip(places, many(unit, [jobs[place].given for place in places]), strict=True):
            results[place] = result
    return results


def _next(queue: SimpleQueue[list[Job[Any]] | None]) -> tuple[list[Job[Any]], bool]:
    """All that has come, at least one thing; and whether that was the last."""
    jobs: list[Job[Any]] = []
    more = queue.get()
    while more is not None:
        jobs.extend(more)
        try:
            more = queue.get_nowait()
        except Empty:
            return jobs, False
    return jobs, True


def _ours(error: Exception) -> Exception:
    """A store's error as one of the gateway's: a call that could not be written down was not made."""
    if not isinstance(error, FirstFiveError):
        return error
    return ModelError(str(error), code=error.code, retry_after_s=error.retry_after_s, paid=False)


class Collected(Generic[V]):
    """What one turn of the loop collects by key, as one piece of work that must be done: it is done again where it
    fails. Nobody waits for it; `then` is told the keys that were written."""

    def __init__(
        self, commits: Commits, write: Callable[[Unit, dict[Any, V]], None], then: Callable[[dict[Any, V]], None]
    ) -> None:
        self._commits = commits
        self._write = write
        self._then = then
        self._waiting: dict[Any, V] = {}
        self._failed = False

    def add(self, key: Any, value: V) -> None:
        """Goes with what else comes in this turn."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting[key] = value

    def _send(self) -> None:
        batch, self._waiting = self._waiting, {}
        if batch:
            written = self._commits.ask(self._all, batch, wait_s=COMPANY_S)
            written.add_done_callback(lambda done: self._written(done, batch))

    def _all(self, unit: Unit, batches: list[dict[Any, V]]) -> list[None]:
        self._write(unit, {key: value for batch in batches for key, value in batch.items()})
        return [None] * len(batches)

    def _written(self, done: asyncio.Future[None], batch: dict[Any, V]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is None:
            self._failed = False
            self._then(batch)
            return
        again = isinstance(error, ModelError) and error.retry
        if not self._failed or not again:
            log("models").warning("the gateway's records %s: %s", "wait for the store" if again else "are lost", error)
        self._failed = again
        if again:
            asyncio.get_running_loop().call_later(AGAIN_S, self._again, batch)

    def _again(self, batch: dict[Any, V]) -> None:
        later, self._waiting = self._waiting, batch | self._waiting
        if not later:
            self._send()
