"""Engines on one machine: here, in threads, or in processes for work that holds the interpreter."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from firstfive.errors import BuildError, FirstFiveError

In = TypeVar("In")
Out = TypeVar("Out")
BORDER: dict[type[BaseException], type[FirstFiveError]] = {BrokenProcessPool: BuildError}
AHEAD = 4


class Here:
    """Runs each batch where it is called."""

    def map(self, function: Callable[[In], Out], batches: Iterable[In]) -> Iterator[Out]:
        """Results in the order of the batches."""
        return map(function, batches)


class Processes:
    """A pool of processes; at most a few batches a worker are in memory at once.

    function must be importable by name. workers: 0 is one a core. A worker that dies (out of memory, say) ends the run
    with BuildError; what came before is kept by whoever stored it.
    """

    def __init__(self, workers: int = 0) -> None:
        self._workers = workers or os.cpu_count() or 1

    def map(self, function: Callable[[In], Out], batches: Iterable[In]) -> Iterator[Out]:
        """Results in the order of the batches."""
        with ProcessPoolExecutor(self._workers, mp_context=get_context("spawn")) as pool:
            try:
                yield from _in_order(pool, function, batches, self._workers * AHEAD)
            except BrokenProcessPool as error:
                raise BuildError(
                    "a worker of the build died, most likely for want of memory; run `firstfive build` again: "
                    "it goes on where it was",
                    code="store.failed",
                ) from error


class Threads:
    """A pool of threads, for work that leaves the interpreter to others; as many batches are in memory as workers."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def map(self, function: Callable[[In], Out], batches: Iterable[In]) -> Iterator[Out]:
        """Results in the order of the batches; the next ones are worked on while one is used."""
        with ThreadPoolExecutor(self._workers, "batch") as pool:
            yield from _in_order(pool, function, batches, self._workers)


def _in_order(pool: Executor, function: Callable[[In], Out], batches: Iterable[In], most: int) -> Iterator[Out]:
    """Results in order, with at most so many batches begun and not yet given."""
    waiting: deque[Future[Out]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(function, batch))
            if len(waiting) > most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
