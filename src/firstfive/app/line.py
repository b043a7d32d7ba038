"""The line of a run's tasks: new ones as they come, those put back for another try, those on their way, and answers."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from threading import Condition, Lock
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")


@dataclass(slots=True)
class Try(Generic[T]):
    """A task on its way. failures: tries that count against it; bad: those of them that brought a useless reply.

    waits: how often it was put back, for any reason.
    """

    task: T
    failures: int = 0
    bad: int = 0
    waits: int = 0


class Line(Generic[T, A]):
    """Tasks and what came of them. One thread puts tasks and closes the line; another takes them, sends them on their
    way and looks at the answers, which any thread may bring.

    room: how many tasks may wait, those that wait for another try included. at_once: how many may be on their way; a
    task counts until `wait` has returned its answer. stopped: nothing more is taken. error: the first one that stopped
    it.
    """

    def __init__(self, room: int, at_once: int) -> None:
        self._room = room
        self._at_once = at_once
        self.stopped = False
        self.error: BaseException | None = None
        self._new: deque[Try[T]] = deque()
        self._later: list[tuple[float, int, Try[T]]] = []
        self._answers: list[tuple[Try[T], A]] = []
        self._away = 0
        self._number = 0
        self._closed = False
        self._lock = Lock()  # is what is held, not a Condition: Ctrl-C may come between its lines, and keep it held
        self._room_came, self._work_came = Condition(self._lock), Condition(self._lock)

    def put(self, task: T, wait_s: float) -> bool:
        """Adds a task; False where no room came free within wait_s. A line that was stopped takes anything."""
        with self._lock:
            if not self._room_came.wait_for(lambda: self.stopped or self._standing < self._room, wait_s):
                return False
            self._new.append(Try(task))
            if self._free:
                self._work_came.notify()
            return True

    def close(self) -> None:
        """No more will be put."""
        with self._lock:
            self._closed = True
            self._work_came.notify()

    def stop(self, error: BaseException | None = None) -> None:
        """Nothing more is taken. The first error is kept."""
        with self._lock:
            self.stopped = True
            self.error = self.error or error
            self._work_came.notify()
            self._room_came.notify()

    def wait(self) -> list[tuple[Try[T], A]] | None:
        """Waits for an answer or a task to take; returns the answers since the last call, None when all is over."""
        with self._lock:
            while not (self._answers or self._due()):
                if not self._away and (self.stopped or (self._closed and not self._standing)):
                    return None
                self._work_came.wait(self._later[0][0] - monotonic() if self._later and self._free else None)
            answers, self._answers = self._answers, []
            self._away -= len(answers)
            return answers

    def take(self) -> list[Try[T]]:
        """The tasks whose turn it is, as many as may be sent on their way now."""
        taken: list[Try[T]] = []
        with self._lock:
            while self._due():
                waited = self._later and self._later[0][0] <= monotonic()
                taken.append(heapq.heappop(self._later)[2] if waited else self._new.popleft())
                self._away += 1
            self._room_came.notify()
        return taken

    def again(self, attempt: Try[T], wait_s: float) -> None:
        """Puts a task whose answer has come back for another try, not before wait_s has passed."""
        with self._lock:
            self._number += 1
            heapq.heappush(self._later, (monotonic() + wait_s, self._number, attempt))

    def drop(self, taken: int) -> None:
        """Gives up this many tasks that were taken but not sent: no answer will come for them."""
        with self._lock:
            self._away -= taken

    def bring(self, attempt: Try[T], answer: A) -> None:
        """Hands in the answer to a task that was taken. May be called from any thread."""
        with self._lock:
            self._answers.append((attempt, answer))
            self._work_came.notify()

    @property
    def _standing(self) -> int:
        return len(self._new) + len(self._later)

    @property
    def _free(self) -> bool:
        return not self.stopped and self._away < self._at_once

    def _due(self) -> bool:
        return self._free and bool(self._new or (self._later and self._later[0][0] <= monotonic()))
