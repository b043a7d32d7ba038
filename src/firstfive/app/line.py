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

    room: tasks that may stand in it, those that wait for another try among them. at_once: those that may be on their
    way. stopped: nothing more is taken. error: the first for which it was stopped.
    """

    def __init__(self, room: int, at_once: int) -> None:
        self._room = room
        self._at_once = at_once
        self.stopped = False
        self.error: BaseException | None = None
        self._new: deque[Try[T]] = deque()
        self._back: list[tuple[float, int, Try[T]]] = []
        self._answers: list[tuple[Try[T], A]] = []
        self._away = 0
        self._number = 0
        self._closed = False
        lock = Lock()
        self._left, self._came = Condition(lock), Condition(lock)

    def put(self, task: T, wait_s: float) -> bool:
        """Whether there was room for it, or came to be in this time. A line that was stopped takes anything."""
        with self._left:
            if not self._left.wait_for(lambda: self.stopped or self._standing < self._room, wait_s):
                return False
            self._new.append(Try(task))
            if self._away < self._at_once:
                self._came.notify()
            return True

    def close(self) -> None:
        """No more will be put."""
        with self._came:
            self._closed = True
            self._came.notify()

    def stop(self, error: BaseException | None = None) -> None:
        """Nothing more is taken. The first error is kept."""
        with self._came:
            self.stopped = True
            self.error = self.error or error
            self._came.notify()
            self._left.notify()

    def answers(self) -> list[tuple[Try[T], A]] | None:
        """Those that came since the last time; waits until there is one, or a task to take. None: all is over."""
        with self._came:
            while not (self._answers or self._due() or self._over()):
                self._came.wait(self._back[0][0] - monotonic() if self._back and self._free else None)
            if not self._answers and self._over():
                return None
            answers, self._answers = self._answers, []
            return answers

    def take(self) -> list[Try[T]]:
        """The tasks whose turn it is, as many as may be sent on their way now."""
        taken: list[Try[T]] = []
        with self._left:
            while self._due():
                waited = self._back and self._back[0][0] <= monotonic()
                taken.append(heapq.heappop(self._back)[2] if waited else self._new.popleft())
                self._away += 1
            self._left.notify()
        return taken

    def back(self, attempt: Try[T], wait_s: float) -> None:
        """One that came back is to be tried again, not before this time has passed."""
        with self._came:
            self._number += 1
            heapq.heappush(self._back, (monotonic() + wait_s, self._number, attempt))

    def bring(self, attempt: Try[T], answer: A) -> None:
        """What came of a task that was taken. In any thread."""
        with self._came:
            self._away -= 1
            self._answers.append((attempt, answer))
            self._came.notify()

    @property
    def _standing(self) -> int:
        return len(self._new) + len(self._back)

    @property
    def _free(self) -> bool:
        return not self.stopped and self._away < self._at_once

    def _due(self) -> bool:
        return self._free and bool(self._new or (self._back and self._back[0][0] <= monotonic()))

    def _over(self) -> bool:
        return not self._away and (self.stopped or (self._closed and not self._standing))
