"""What answers from a model: the embedder, and the gateway to language models.

    Gateway.many(calls)  ─▶  Model(call, terms) ─▶ Model ─▶ ... ─▶ a provider

Every layer of the gateway is a `Model` around another one: one signature, so that policy is a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from firstfive.errors import ModelError
from firstfive.types import KeyId, Pieces, UserId, Vectors, digest


class Embedder(Protocol):
    """Texts to vectors of unit length. A text's vector is bit-equal alone, in any company and in any order."""

    @property
    def name(self) -> str:
        """Names the model and its files' hash: part of every vector's stamp."""
        ...

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), size). A text longer than the model's window is read whole, window by window."""
        ...

    def pieces(self, text: str) -> Pieces:
        """(k,): the distinct word pieces of the whole text, ascending, as rows of `table`; punctuation is left out."""
        ...

    @property
    def table(self) -> Vectors:
        """(pieces, any size): the vector of each word piece by itself. No rows where the model has no such table."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One question to a model: all that decides the answer, so that equal calls may share one.

    complete: `system` and `text` go to a language model. schema: the JSON Schema that the answer must fit; None: plain
    text. choices: short answers, such as yes and no, of which the first token's log-probabilities are wanted.
    embed: each of `texts` to a vector. rerank: each of `texts` scored against `text`.

    step says what it is for, in traces and accounts. prompt: "name@version". about: the request whose words it holds,
    where it was made for one. check is given the decoded value and returns it, corrected where that is allowed, or
    raises ModelError model.reply with what is wrong with it.
    """

    step: str
    kind: Literal["complete", "embed", "rerank"] = "complete"
    system: str = ""
    text: str = ""
    texts: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    choices: tuple[str, ...] = ()
    max_tokens: int = 512
    temperature: float = 0.0
    prompt: str = ""
    check: Callable[[Any], Any] | None = field(default=None, compare=False)
    about: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        """Hash of all that decides the answer, `check` apart: a prompt's version stands for it."""
        schema = "" if self.schema is None else msgspec.json.encode(self.schema, order="sorted")
        numbers = f"{self.max_tokens} {self.temperature}"
        asked = (self.kind, self.prompt, self.system, self.text, schema, numbers)
        return digest(*asked, str(len(self.texts)), *self.texts, *self.choices)


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose budgets a call counts against, beside the project's and the day's. Empty: nobody's."""

    run: str = ""
    key: KeyId | None = None
    user: UserId | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a call is made; nothing here changes the answer.

    deadline: in `time.monotonic()` seconds; the call is over then, whatever the server does. models: those to try, in
    order. fresh: no stored reply is read. patient: part of a catalogue run, which puts failures back by itself.
    """

    deadline: float
    models: tuple[str, ...] = ()
    payer: Payer = Payer()
    fresh: bool = False
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider says it counted. cached: those of the input that it charges less for."""

    input_tokens: int
    output_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. value is what was asked for, decoded and checked: text, JSON, vectors or scores.

    ended: its end marker was seen. usage None: the provider did not say. logprobs: by choice, in (-inf, 0].
    source: "model", "cache" or "replay"; recorded: when a replayed reply was made.
    """

    model: str
    text: str = ""
    value: Any = None
    ended: bool = True
    usage: Usage | None = None
    logprobs: Mapping[str, float] = field(default_factory=dict)
    vectors: Vectors | None = None
    scores: tuple[float, ...] = ()
    cost_usd: float = 0.0
    source: Literal["model", "cache", "replay"] = "model"
    recorded: datetime | None = None

    @property
    def by(self) -> str:
        """Who made what comes of it: the model, and of a replayed reply the day of its record."""
        return f"{self.model}, recorded {self.recorded:%Y-%m-%d}" if self.recorded else self.model


class Model(Protocol):
    """Something that answers calls: a provider, or a layer of policy around one."""

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises ModelError; its `retry` says whether the same call may succeed later."""
        ...


class Pending(Protocol):
    """Calls on their way, each to a reply or an error."""

    def within(self, seconds: float) -> list[Reply | ModelError | None]:
        """What each came to, in order, when all are there or this time is over; None for one still on its way."""
        ...

    def then(self, work: Callable[[], object]) -> None:
        """Does this, quickly, once all are there or over; in any thread, and at once where they are already."""
        ...

    def kept(self, seconds: float) -> None:
        """Returns when those that are there are in the store, or this time is over. Not to be called by `then`."""
        ...

    def drop(self) -> None:
        """Ends those that are still on their way."""
        ...


class Gateway(Protocol):
    """The one way to a language model, and the one bridge between plain functions and the event loop."""

    def ready(self, kind: str = "complete") -> None:
        """Loads what the configured models need for such calls, so that no call's time is spent on it. Never raises."""
        ...

    def warm(self, kind: str = "complete") -> Future[None]:
        """Begins to load it, for a server: from then on `ready` waits for nothing, and calls wait in their own time.

        The future ends when all is loaded. Thread-safe.
        """
        ...

    def many(
        self,
        calls: Sequence[Call],
        *,
        deadline_s: float,
        payer: Payer = Payer(),
        models: Sequence[str] = (),
        fresh: bool = False,
        patient: bool = False,
    ) -> list[Reply | ModelError]:
        """Each call's reply or error, in order, when all are there or the deadline is over. Thread-safe.

        models: those to try, in order; empty: `models.llm` and then `models.fallback`.
        """
        ...

    def begin(
        self, calls: Sequence[Call], *, deadline_s: float, payer: Payer = Payer(), fresh: bool = False
    ) -> Pending:
        """As `many`, for a caller who has something to do with what is there before the deadline. Thread-safe."""
        ...

    def each(
        self,
        calls: Sequence[Call],
        *,
        deadline_s: float,
        payer: Payer = Payer(),
        fresh: bool = False,
        patient: bool = False,
    ) -> list[Future[Reply]]:
        """Each call's reply, or the ModelError that `many` would give, as soon as it is there. Thread-safe.

        A callback of these must be quick, and must ask nothing; to cancel one ends no call. What a call cost may be in
        the store a little later. Raises ModelError as `many`.
        """
        ...
