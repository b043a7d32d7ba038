"""The gateway's event loop, and `many`: the only bridge between plain functions and it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock, Thread, get_ident
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakSet

from firstfive.errors import ModelError, SettingsError
from firstfive.models.gateway.stack import Parts, Stack
from firstfive.ports import Call, Payer, Reply, Terms

NOBODY = Payer()
LONGEST_S = 7 * 86_400.0
TELLING_S = 0.1
"""Calls end at their deadline by themselves, and say why; one that does not in so much more is given up."""
SETTLING_S, SETTLING_PATIENT_S = 0.1, 5.0
"""How long `many` waits, after its calls, until what they cost is in the store."""
CLOSING_S = 10.0
LOADING_S = 60.0

Out = TypeVar("Out")


class _Running:
    """An event loop in a thread of its own, and the stack on it."""

    def __init__(self, parts: Parts) -> None:
        self.pid = os.getpid()
        self.loading: dict[str, Future[None]] = {}
        self.unwaited: set[str] = set()  # kinds whose loading no `ready` waits for
        self._lock, self._once = Lock(), Lock()
        self._stopping = False
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self._run, name="firstfive gateway", daemon=True)
        self.thread.start()
        self.stack = self.submit(_made(parts)).result()

    def submit(self, work: Coroutine[Any, Any, Out]) -> Future[Out]:
        """Begins it on the loop. ModelError where that is stopping: what has begun before is ended with it."""
        with self._lock:
            if not self._stopping:
                return asyncio.run_coroutine_threadsafe(work, self.loop)
        work.close()
        raise _closed()

    def each(self, calls: Sequence[Call], terms: Terms) -> list[Future[Reply]]:
        """Each call as a task of the loop, and its future."""
        futures = [Future[Reply]() for _ in calls]
        self.submit(self._each(calls, futures, terms))
        return futures

    def load(self, names: Sequence[str], kind: str) -> Future[None]:
        """Loads what these models need for calls of this kind, once."""
        with self._once:
            if kind not in self.loading:
                self.loading[kind] = self.submit(self.stack.ready(names, kind))
            return self.loading[kind]

    def stop(self) -> None:
        """Ends the loop, after all that is on it."""
        with self._lock:
            self._stopping = True
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(CLOSING_S + 1)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(CLOSING_S)
        self.loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _each(self, calls: Sequence[Call], futures: Sequence[Future[Reply]], terms: Terms) -> None:
        tasks = [asyncio.create_task(self.stack(call, terms)) for call in calls]
        for task, future in zip(tasks, futures, strict=True):
            task.add_done_callback(partial(self._told, future, terms))
        await _ended(tasks, terms)

    def _told(self, future: Future[Reply], terms: Terms, task: asyncio.Task[Reply]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        if task.cancelled():
            future.set_exception(_closed() if self._stopping else _late(terms.models))
        elif (error := task.exception()) is not None:
            future.set_exception(error)
        else:
            future.set_result(task.result())

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=1.0)
        await _at_most(CLOSING_S / 2, self.stack.settled)
        await self.stack.close()


class LoopGateway:
    """The Gateway of a process. Its loop starts with the first call, and anew in a process that was forked off."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = Lock()
        self._running: _Running | None = None
        self._closed = False
        _everyone.add(self)

    def __str__(self) -> str:
        return str(self._now().stack)

    def many(
        self,
        calls: Sequence[Call],
        *,
        deadline_s: float,
        payer: Payer = NOBODY,
        models: Sequence[str] = (),
        fresh: bool = False,
        patient: bool = False,
    ) -> list[Reply | ModelError]:
        """Ctrl-C in the caller's thread ends its calls. A call that is not back by the deadline is model.timeout.

        ModelError where the gateway is closed, or where it is called from its own event loop.
        """
        if not calls:
            return []
        pending = self._begin(calls, deadline_s, payer, models, fresh=fresh, patient=patient)
        try:
            return pending.all()
        except BaseException:
            pending.drop()
            raise

    def begin(
        self, calls: Sequence[Call], *, deadline_s: float, payer: Payer = NOBODY, fresh: bool = False
    ) -> OnTheirWay:
        """The calls go on to their deadline, also when nobody asks for them any more. Raises as `many`."""
        return self._begin(calls, deadline_s, payer, fresh=fresh)

    def each(
        self,
        calls: Sequence[Call],
        *,
        deadline_s: float,
        payer: Payer = NOBODY,
        fresh: bool = False,
        patient: bool = False,
    ) -> list[Future[Reply]]:
        """One awakening of the loop for all, and none of a thread. Callbacks run in the loop's thread. Raises as
        `many`."""
        running = self._at_work()
        return running.each(calls, self._terms(deadline_s, payer, fresh=fresh, patient=patient))

    def _begin(
        self,
        calls: Sequence[Call],
        deadline_s: float,
        payer: Payer,
        models: Sequence[str] = (),
        *,
        fresh: bool,
        patient: bool = False,
    ) -> OnTheirWay:
        running = self._at_work()
        terms = self._terms(deadline_s, payer, models, fresh=fresh, patient=patient)
        there: list[Reply | ModelError | None] = [None] * len(calls)
        return OnTheirWay(running.submit(_all(running.stack, calls, terms, there)), there, terms, running)

    def _at_work(self) -> _Running:
        running = self._now()
        if get_ident() == running.thread.ident:
            raise ModelError("the gateway was called on its own event loop; call it from another thread")
        return running

    def _terms(
        self, deadline_s: float, payer: Payer, models: Sequence[str] = (), *, fresh: bool, patient: bool
    ) -> Terms:
        deadline = monotonic() + min(max(deadline_s, 0.0), LONGEST_S)
        return Terms(deadline, tuple(models) or self._parts.models, payer, fresh, patient)

    def ready(self, kind: str = "complete") -> None:
        """Loads what the settings' models need, so that the first call's deadline is not spent on it. A minute at most;
        done once a process."""
        running = self._at_work()
        if kind not in running.unwaited:
            with suppress(TimeoutError, CancelledError):
                running.load(self._parts.models, kind).result(LOADING_S)
            running.unwaited.add(kind)

    def warm(self, kind: str = "complete") -> Future[None]:
        """Begins what `ready` does, beside calls: those that come meanwhile wait for it until their own deadlines."""
        running = self._at_work()
        running.unwaited.add(kind)
        return running.load(self._parts.models, kind)

    def close(self) -> None:
        """Ends all calls and keeps what they cost. Closing twice is no error."""
        with self._lock:
            running, self._running, self._closed = self._running, None, True
        if running is not None and running.pid == os.getpid():
            running.stop()

    def after_fork(self) -> None:
        """In a process that was forked off there is no loop, and nobody holds the lock."""
        self._lock = Lock()
        self._running = None

    def _now(self) -> _Running:
        with self._lock:
            if self._closed:
                raise _closed()
            if self._running is None:
                self._running = _Running(self._parts)
            return self._running


@dataclass(frozen=True, slots=True)
class OnTheirWay:
    """Calls on the loop. there: what each of them came to so far, written by the loop's thread."""

    whole: Future[list[Reply | ModelError]]
    there: list[Reply | ModelError | None]
    terms: Terms
    running: _Running

    def all(self) -> list[Reply | ModelError]:
        """What each came to, by the deadline."""
        try:
            return self.whole.result(self.terms.deadline - monotonic() + TELLING_S + SETTLING_PATIENT_S + 5.0)
        except TimeoutError:  # the loop itself hangs
            self.drop()
            return [_late(self.terms.models) for _ in self.there]
        except CancelledError:  # closed by another thread
            return [_closed() for _ in self.there]

    def within(self, seconds: float) -> list[Reply | ModelError | None]:
        """What each came to, where it is there in this time."""
        try:
            return [*self.whole.result(seconds)]
        except TimeoutError:
            return list(self.there)
        except CancelledError:
            return [_closed() if one is None else one for one in self.there]

    def then(self, work: Callable[[], object]) -> None:
        """In the loop's thread, which must not be kept."""
        self.whole.add_done_callback(lambda _: work())

    def kept(self, seconds: float) -> None:
        """Where the gateway is closed meanwhile, closing it waits for the same."""
        with suppress(TimeoutError, CancelledError, ModelError):
            self.running.submit(_at_most(seconds, self.running.stack.settled)).result(seconds + TELLING_S)

    def drop(self) -> None:
        """Ends those that are still on their way."""
        self.whole.cancel()


_everyone: WeakSet[LoopGateway] = WeakSet()


def _forked() -> None:
    for gateway in list(_everyone):
        gateway.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def open_gateway(parts: Parts) -> LoopGateway:
    """The gateway of a project. Raises SettingsError for a model's name that is none; nothing is started."""
    for setting, name in zip(["models.llm", *["models.fallback"] * len(parts.models)], parts.models, strict=False):
        provider, _, model = name.partition(":")
        if not provider or not model:
            raise SettingsError(f'{setting} names {name!r}; write "PROVIDER:MODEL", such as "openai:gpt-4o-mini"')
    return LoopGateway(parts)


async def _made(parts: Parts) -> Stack:
    return Stack(parts)


async def _all(
    stack: Stack, calls: Sequence[Call], terms: Terms, there: list[Reply | ModelError | None]
) -> list[Reply | ModelError]:
    """Each call as a task; what it came to is put in its place. asyncio carries the caller's context over, so the
    caller's span is the parent of theirs."""
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(_put(stack, call, terms, there, at)) for at, call in enumerate(calls)]
    await _ended(tasks, terms)
    settled = partial(stack.settled, soon=not terms.patient)
    await _at_most(SETTLING_PATIENT_S if terms.patient else SETTLING_S, settled)
    return [_answer(task, terms) for task in tasks]


async def _ended(tasks: Sequence[asyncio.Task[Reply]], terms: Terms) -> None:
    """Those that do not end by the deadline are cancelled."""
    if not tasks:
        return
    try:
        await asyncio.wait(tasks, timeout=max(0.0, terms.deadline - monotonic()) + TELLING_S)
    finally:
        for task in tasks:
            task.cancel()


async def _put(stack: Stack, call: Call, terms: Terms, there: list[Reply | ModelError | None], at: int) -> Reply:
    try:
        reply = there[at] = await stack(call, terms)
    except ModelError as error:
        there[at] = error
        raise
    return reply


async def _at_most(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work()
    except TimeoutError:
        return


def _answer(task: asyncio.Task[Reply], terms: Terms) -> Reply | ModelError:
    """The task's reply or error; an error that is not the gateway's is raised, since it is a mistake of ours."""
    if not task.done() or task.cancelled():
        return _late(terms.models)
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, ModelError):
        return error
    raise error


def _closed() -> ModelError:
    return ModelError("the gateway is closed; open the project again")


def _late(chain: Sequence[str]) -> ModelError:
    return ModelError(
        f"{', '.join(chain)} gave no answer by the deadline; raise models.timeout_s or models.request_timeout_s",
        code="model.timeout",
    )
