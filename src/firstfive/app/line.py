"""The line of tasks that several threads work through: new ones as they come, and those that were put back."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from threading import Condition
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Try(Generic[T]):
    """A task on its way. failures: tries that count against it; bad: those of them that brought a useless reply.

    waits: how often it was put back, for any reason.
    """

    task: T
    failures: int = 0
    bad: int = 0
    waits: int = 0


@dataclass(slots=True)
class Line(Generic[T]):
    """Thread-safe. room: tasks that may stand in it, those that wait for another try among them.

    One thread puts and closes; the others take, and say of each taken task that it is `done` or goes `back`.
    """

    room: int
    error: BaseException | None = None
    _new: deque[Try[T]] = field(default_factory=deque)
    _back: list[tuple[float, int, Try[T]]] = field(default_factory=list)
    _taken: int = 0
    _number: int = 0
    _closed: bool = False
    _stopped: bool = False
    _changed: Condition = field(default_factory=Condition)

    def put(self, task: T, wait_s: float) -> bool:
        """Whether there was room for it, or came to be in this time. A line that was stopped takes anything."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._stopped or self.standing < self.room, wait_s):
                return False
            self._new.append(Try(task))
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """No more will be put."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self) -> Try[T] | None:
        """The next task, when there is one; None when all are done, or when the line was stopped."""
        with self._changed:
            while not self._stopped:
                wait_s = self._back[0][0] - monotonic() if self._back else None
                if wait_s is not None and wait_s <= 0:
                    return self._given(heapq.heappop(self._back)[2])
                if self._new:
                    return self._given(self._new.popleft())
                if self._over():
                    return None
                self._changed.wait(wait_s)
            return None

    def done(self) -> None:
        """A taken task needs nothing more."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def back(self, attempt: Try[T], wait_s: float) -> None:
        """A taken task is to be tried again, not before this time has passed."""
        with self._changed:
            self._taken -= 1
            self._number += 1
            heapq.heappush(self._back, (monotonic() + wait_s, self._number, attempt))
            self._changed.notify_all()

    def stop(self, error: BaseException | None = None) -> None:
        """Nothing more is taken. The first error is kept, for whoever waits."""
        with self._changed:
            self._stopped = True
            self.error = self.error or error
            self._changed.notify_all()

    def wait(self, wait_s: float) -> bool:
        """Waits until all is done, or until it was stopped and nothing is on its way; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(self._over, wait_s)

    @property
    def standing(self) -> int:
        """How many tasks wait for their turn."""
        return len(self._new) + len(self._back)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped

    def _given(self, attempt: Try[T]) -> Try[T]:
        self._taken += 1
        self._changed.notify_all()
        return attempt

    def _over(self) -> bool:
        return not self._taken and (self._stopped or (self._closed and not self.standing))
