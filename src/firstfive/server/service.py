"""What all routes of one server share: the project, its Recommender once there is one, keys, buckets and threads."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from firstfive import observe
from firstfive.app.experiments import Looks
from firstfive.app.model_steps import dial
from firstfive.app.recommend import PROBE, Recommender
from firstfive.app.record import KeyRing
from firstfive.app.wiring import Project
from firstfive.errors import FirstFiveError, RunError
from firstfive.server.limits import Buckets
from firstfive.server.once import Turns
from firstfive.server.sessions import SIGN_INS, Sessions
from firstfive.types import ReleaseId

THREADS = 32
"""Calls worked on at once. More than cores, because a write waits for the disk and then commits with the others."""
WAITING = 128
"""The same where requests wait for a model: a waiting thread costs little, too few of them cost people the wait of
others."""
SPARE = 2
"""Searches worked on at once beyond the processor's cores: those that wait for the disk. Each more makes all
slower: on 2 cores 16 at once gave less than half the answers a second that 2 did."""
QUEUE = 1000
"""Calls taken in at once; the next is told to come back."""
FORGETTINGS = 4
"""Times a minute that one address may have its seeker forgotten: each holds the store for as long as writing its file
anew takes."""
ANSWER_S = 60.0
"""An answer within this time shows that the server is ready."""
READY_S = 3.0
"""How long a question whether the server is ready waits while it still loads what a model needs."""
LOADING_S = 60.0
"""A model that takes longer to load is not waited for: answers need none."""
PROBE_S = 2.0
"""After a probe that failed, the next is made no sooner."""


@dataclass(slots=True)
class Standing:
    """How a server's own work stands. held: what is amiss with the Release it built last, and so did not put in use.

    against: the Release that was in use then. Once another is, by hand say, nothing is held back any more.
    """

    held: str = ""
    against: ReleaseId | None = None

    def held_against(self, in_use: ReleaseId | None) -> str:
        """What is amiss, where that Release is still in use; empty: nothing."""
        return self.held if in_use == self.against else ""


class Service:
    """One server's shared state. Thread-safe."""

    def __init__(
        self, project: Project, recommender: Recommender | None = None, standing: Standing | None = None
    ) -> None:
        settings = project.settings.server
        self.project = project
        self.standing = standing or Standing()
        self.keys = KeyRing(project.store)
        self.key_calls = Buckets(settings.rate_per_minute)
        self.page_calls = Buckets(settings.page_rate_per_minute)
        self.sessions = Sessions(self.keys)
        self.sign_ins = Buckets(SIGN_INS)
        self.forgettings = Buckets(FORGETTINGS)
        self.max_body = settings.max_body_kb * 1024
        self.turns = Turns()
        self.looks = Looks(project)
        alone = dial(project.settings.models).off
        self.pool = ThreadPoolExecutor(THREADS if alone else WAITING, thread_name_prefix="firstfive")
        self._recommender = recommender
        # The next waits without holding a thread. A request that waits for a model leaves the processor to others, and
        # takes turns at it inside.
        self.searching = asyncio.Semaphore((os.cpu_count() or 1) + SPARE if alone else WAITING)
        self._loading: Future[None] | None = None
        self._loading_since = monotonic()
        self._probing = threading.Lock()
        self._inside = 0
        self._answered: float | None = None
        self._probe_failed: tuple[float, FirstFiveError] | None = None

    @property
    def recommender(self) -> Recommender:
        """Answers from the Release in use, and follows it. IndexFileError index.missing where there is none yet."""
        return self._recommender or self.project.recommender

    def begin(self) -> None:
        """Begins to load what will be needed, and comes back: who asks before a model's part is there goes without."""
        with suppress(FirstFiveError):
            self._loading_since = monotonic()
            gateway = None if dial(self.project.settings.models).off else self.project.gateway
            self._loading = gateway.warm() if gateway else None
        self.pool.submit(self.warm)

    def warm(self) -> None:
        """Opens the Release in use, if there is one, and loads what models need: the first to ask waits for neither."""
        try:
            self.prove_ready()
            self.recommender.warm()
        except FirstFiveError as error:
            observe.log("server").info("not ready yet: %s", error.code)
        if self._loading:
            wait([self._loading], LOADING_S)
        # What is loaded by now stays for good. Left to it, each full collection would walk all of it: 130 ms where a
        # provider's library is loaded, and somebody's request would wait.
        gc.collect()
        gc.freeze()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Counts a call in and out; called from the event loop alone, so the count needs no lock."""
        if self._inside >= QUEUE:
            raise RunError(f"{QUEUE} calls are waiting already; try again in a second", code="server.busy")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def answered(self) -> None:
        """Notes that an answer just went end to end."""
        self._answered = monotonic()

    @property
    def last_answer_s(self) -> float | None:
        """Seconds since an answer last went end to end; None where none did."""
        return None if self._answered is None else monotonic() - self._answered

    def prove_ready(self) -> None:
        """Returns when an answer went end to end in the last minute; makes one itself where nobody asked.

        The probe goes through every stage and stores nothing. Raises what stands in the way.
        """
        if self._answered_lately():
            return
        with self._probing:
            if self._answered_lately():
                return
            if self._probe_failed and monotonic() - self._probe_failed[0] < PROBE_S:
                raise self._probe_failed[1]
            try:
                self.recommender.answer(PROBE)
            except FirstFiveError as error:
                self._probe_failed = (monotonic(), error)
                raise
            self.answered()

    def prove_loaded(self) -> None:
        """Returns when all is loaded that calls of a model need, or it took LOADING_S. RunError server.busy before."""
        left_s = LOADING_S - (monotonic() - self._loading_since)
        if self._loading and left_s > 0 and wait([self._loading], READY_S).not_done:
            raise RunError("what the model needs is still being loaded; try again in a second", code="server.busy")

    def _answered_lately(self) -> bool:
        return self.last_answer_s is not None and self.last_answer_s < ANSWER_S

    def close(self) -> None:
        """Lets calls in flight end, and takes no more."""
        self.pool.shutdown(wait=True)
        gc.unfreeze()  # of the whole process: who has a server inside their own wants the memory back
