"""Stand-ins for language models: a gateway that runs a plain function, and models that follow a script or count.

`FakeGateway(lambda call: '{"kind": "bakery"}')` answers every call; `FakeGateway.of({"describe": "..."})` by step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeAlias

import msgspec

from firstfive.errors import ModelError
from firstfive.ports import Call, Payer, Reply, Terms, Usage

__all__ = ["NAME", "Answer", "AnsweringModel", "CountingModel", "FakeGateway", "ScriptedModel", "said"]

NAME = "fake:model"
NOBODY = Payer()
Answer: TypeAlias = "Reply | ModelError | str"
"""What a fake gives: a reply, an error that it raises, or the text of a reply."""


def said(text: str = "", **parts: Any) -> Reply:
    """A reply of the fake model with 10 tokens in and 5 out."""
    return Reply(**{"model": NAME, "text": text, "usage": Usage(10, 5), **parts})


class FakeGateway:
    """A Gateway that answers by a plain function, in the caller's thread; in threads of its own what `each` asks.
    Thread-safe where the function is.

    asked has every call so far, in order. A reply without a value gets one as from a real gateway: decoded where the
    call has a schema, its text otherwise; then the call's check. Terms are recorded in `terms`, and change nothing.
    """

    def __init__(self, answer: Callable[[Call], Answer]) -> None:
        self._answer = answer
        self._lock = Lock()
        self.asked: list[Call] = []
        self.terms: list[Terms] = []

    @classmethod
    def of(cls, answers: Mapping[str, Answer]) -> FakeGateway:
        """Answers by the call's step; a step that is not named gets model.unreachable."""
        nobody = ModelError("no fake model answers this step", code="model.unreachable")
        return cls(lambda call: answers.get(call.step, nobody))

    def ready(self, kind: str = "complete") -> None:
        """There is nothing to load."""

    def warm(self, kind: str = "complete") -> Future[None]:  # noqa: ARG002
        """There is nothing to load."""
        done: Future[None] = Future()
        done.set_result(None)
        return done

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
        """The function's answers, in order; what it raises as a ModelError is an answer too."""
        self._note(calls, Terms(monotonic() + deadline_s, tuple(models), payer, fresh, patient))
        return [self._one(call) for call in calls]

    def begin(
        self, calls: Sequence[Call], *, deadline_s: float, payer: Payer = NOBODY, fresh: bool = False
    ) -> FakePending:
        """The function's answers, which are there at once."""
        return FakePending(self.many(calls, deadline_s=deadline_s, payer=payer, fresh=fresh))

    def each(
        self,
        calls: Sequence[Call],
        *,
        deadline_s: float,
        payer: Payer = NOBODY,
        fresh: bool = False,
        patient: bool = False,
    ) -> list[Future[Reply]]:
        """The function's answers, and whatever it raises."""
        self._note(calls, Terms(monotonic() + deadline_s, (), payer, fresh, patient))
        futures = [Future[Reply]() for _ in calls]
        for call, future in zip(calls, futures, strict=True):
            Thread(target=self._settle, args=(call, future), daemon=True).start()
        return futures

    def _settle(self, call: Call, future: Future[Reply]) -> None:
        try:
            future.set_result(self._reply(call))
        except BaseException as error:  # noqa: BLE001  # the top of a thread
            future.set_exception(error)

    def _note(self, calls: Sequence[Call], terms: Terms) -> None:
        with self._lock:
            self.asked.extend(calls)
            self.terms.append(terms)

    def _one(self, call: Call) -> Reply | ModelError:
        try:
            return self._reply(call)
        except ModelError as error:
            return error

    def _reply(self, call: Call) -> Reply:
        reply = _reply(self._answer(call))
        return reply if reply.value is not None else replace(reply, value=_value(call, reply))


@dataclass(frozen=True, slots=True)
class FakePending:
    """Calls that were answered already."""

    answers: list[Reply | ModelError]

    def within(self, seconds: float) -> list[Reply | ModelError | None]:  # noqa: ARG002
        """All of them."""
        return [*self.answers]

    def then(self, work: Callable[[], object]) -> None:
        """At once."""
        work()

    def kept(self, seconds: float) -> None:
        """Nothing is stored."""

    def drop(self) -> None:
        """There is nothing to end."""


def _reply(answer: Answer) -> Reply:
    """The answer as a reply; an error is raised."""
    if isinstance(answer, ModelError):
        raise answer
    return said(answer) if isinstance(answer, str) else answer


def _value(call: Call, reply: Reply) -> Any:
    if call.kind == "embed":
        return reply.vectors
    if call.kind == "rerank":
        return reply.scores
    try:
        value = reply.text if call.schema is None else msgspec.json.decode(reply.text)
    except msgspec.DecodeError as wrong:
        raise ModelError(f"the fake model's reply is no JSON: {wrong}", code="model.reply") from wrong
    return value if call.check is None else call.check(value)


class ScriptedModel:
    """Gives its answers one after the other, and the last one ever after. calls has what it was asked."""

    def __init__(self, answers: Iterable[Answer], *, takes_s: float = 0.0) -> None:
        self._answers = list(answers)
        self._takes_s = takes_s
        self.calls: list[Call] = []
        self.terms: list[Terms] = []

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """The next answer."""
        self.calls.append(call)
        self.terms.append(terms)
        if self._takes_s:
            await asyncio.sleep(self._takes_s)
        return _reply(self._answers[min(len(self.calls), len(self._answers)) - 1])


class AnsweringModel:
    """Answers by a coroutine function of the call and its terms."""

    def __init__(self, answer: Callable[[Call, Terms], Awaitable[Answer]]) -> None:
        self._answer = answer

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """The function's answer."""
        return _reply(await self._answer(call, terms))


class CountingModel:
    """Answers all calls alike, slowly, and counts: calls so far, now on their way, and the most there were at once.

    last is the latest call with its terms.
    """

    def __init__(self, answer: Answer | None = None, *, takes_s: float = 0.0) -> None:
        self._answer: Answer = said("yes") if answer is None else answer
        self._takes_s = takes_s
        self.last: tuple[Call, Terms] | None = None
        self.calls = 0
        self.now = 0
        self.most_at_once = 0

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """The answer, after a while."""
        self.last = (call, terms)
        self.calls += 1
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        try:
            await asyncio.sleep(self._takes_s)
            return _reply(self._answer)
        finally:
            self.now -= 1
