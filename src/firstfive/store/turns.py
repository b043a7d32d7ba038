"""Who may write: one thread at a time, in the order of asking, and small works together.

The thread whose turn it is leads: it takes the works that wait right behind its own into one commit, then passes the
turn on. No thread of its own: an idle store costs a write no switch of threads, and there is none to start or to lose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock, get_ident
from time import monotonic
from typing import Any

from firstfive.errors import StoreError
from firstfive.ports import Unit


class Job:
    """One thread's wish to write, and since when. work is None where it wants the turn to itself."""

    __slots__ = ("_wake", "asked", "done", "error", "result", "work")

    def __init__(self, work: Callable[[Unit], Any] | None = None) -> None:
        self.work = work
        self.asked = monotonic()
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._wake = Lock()
        self._wake.acquire()

    def run(self, unit: Unit) -> Any:
        """What the work gives."""
        return self.work(unit) if self.work is not None else None

    def sleep(self) -> None:
        """Until `rouse`, which is not missed where it came first."""
        self._wake.acquire()

    def rouse(self) -> None:
        """Ends `sleep`."""
        self._wake.release()


class Turns:
    """The queue of jobs. `leave` must follow `join`, whatever happens between them."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._waiting: deque[Job] = deque()
        self._leader: Job | None = None
        self._thread = 0

    def join(self, job: Job) -> None:
        """Returns when it is this job's turn to lead, or when another leader did it: then it is `done`."""
        me = get_ident()
        with self._mutex:
            if self._leader is None:
                self._leader, self._thread = job, me
                return
            if self._thread == me:
                raise StoreError("this thread is inside a unit or a write already; write through that unit")
            self._waiting.append(job)
        job.sleep()
        if not job.done:
            self._thread = me

    def company(self, job: Job, most: int) -> list[Job]:
        """The leader's job and the works that wait right behind it; they are its to do now."""
        batch = [job]
        with self._mutex:
            while self._waiting and self._waiting[0].work is not None and len(batch) < most:
                batch.append(self._waiting.popleft())
        return batch

    def leave(self, job: Job) -> None:
        """Passes the turn on where the job has it; takes it out of the queue where it still waits."""
        with self._mutex:
            if self._leader is job:
                self._leader, self._thread = (self._waiting.popleft() if self._waiting else None), 0
                if self._leader is not None:
                    self._leader.rouse()
            elif not job.done and job in self._waiting:
                self._waiting.remove(job)
