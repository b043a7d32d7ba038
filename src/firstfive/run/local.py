"""Engines on one machine: in this process, or in a pool of processes for work that holds the interpreter."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
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
            waiting: deque[Future[Out]] = deque()
            try:
                for batch in batches:
                    waiting.append(pool.submit(function, batch))
                    if len(waiting) >= self._workers * AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BrokenProcessPool as error:
                raise BuildError(
                    "a worker of the build died, most likely for want of memory; run `firstfive build` again: "
                    "it goes on where it was",
                    code="store.failed",
                ) from error
            finally:
                for future in waiting:
                    future.cancel()
