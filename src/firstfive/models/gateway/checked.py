"""Checked: a reply is good by what is in it, never by a status or a finish reason alone. One repair, then it is bad."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from firstfive.errors import ModelError, PromptError
from firstfive.guard import printable
from firstfive.models.gateway.extra import Extra
from firstfive.models.gateway.refusal import refuses
from firstfive.models.gateway.strict import MOST_BYTES, bad, strict_json
from firstfive.ports import Call, Model, Reply, Terms
from firstfive.prompts.canary import leaks
from firstfive.prompts.schemas import misfits

if TYPE_CHECKING:
    from firstfive.types import Vectors

BAD = "model.reply"
TINY = 1e-12
"""A vector shorter than this points nowhere."""


class Checked:
    """Decodes and checks. extra: what a person's repair is taken from; a catalogue run may always repair once."""

    def __init__(self, inner: Model, name: str, extra: Extra) -> None:
        self.inner = inner
        self._name = name
        self._extra = extra

    def __str__(self) -> str:
        return "checked"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises model.reply where neither the reply nor its repair is good."""
        _usable(call)
        self._extra.asked()
        try:
            reply = await self.inner(call, terms)
        except ModelError as spoilt:  # what came was no reply at all, so there is nothing to say about it
            if spoilt.code != BAD or terms.patient or not self._extra.take():
                raise
            return self._last(call, await self.inner(call, terms))
        try:
            return accepted(call, reply)
        except ModelError as error:
            wrong = error
        if call.kind != "complete" or not (terms.patient or self._extra.take()):
            raise self._bad(wrong) from wrong
        return self._last(call, await self.inner(_repair(call, wrong), terms), reply.cost_usd)

    def _last(self, call: Call, reply: Reply, cost_usd: float = 0.0) -> Reply:
        """The second reply, which is the last one. cost_usd: of the first."""
        try:
            return accepted(call, replace(reply, cost_usd=cost_usd + reply.cost_usd))
        except ModelError as again:
            raise self._bad(again) from again

    def _bad(self, wrong: ModelError) -> ModelError:
        return ModelError(
            f"{self._name} gave a reply that is not what was asked for: {printable(str(wrong))[0][:300]}; "
            "try again, add a fallback model, or change the prompt",
            code=BAD,
        )


def _usable(call: Call) -> None:
    """A schema that is none is said before anything is paid."""
    if call.schema is not None and (why := _schema_trouble(msgspec.json.encode(call.schema))):
        raise ModelError(why, code="prompt.invalid", paid=False)


@lru_cache(maxsize=256)
def _schema_trouble(schema: bytes) -> str:
    """What is wrong with the schema itself; empty: nothing."""
    try:
        misfits(msgspec.json.decode(schema), None)
    except PromptError as wrong:
        return str(wrong)
    return ""


def _repair(call: Call, wrong: ModelError) -> Call:
    """The same question, with what was wrong with the answer. Not with the answer: it is not to be trusted."""
    said = printable(str(wrong))[0][:300]
    return replace(call, text=f"{call.text}\n\nAn earlier answer could not be used: {said}. Answer again, in full.")


def accepted(call: Call, reply: Reply) -> Reply:
    """The reply with its value. Raises ModelError model.reply, with what is wrong, where it is not good."""
    value = KINDS[call.kind](call, reply)
    if call.kind == "embed":
        reply = replace(reply, vectors=value)
    if call.check is not None:
        value = call.check(value)
    return replace(reply, value=value)


def _complete(call: Call, reply: Reply) -> Any:
    text = reply.text
    if len(text) > MOST_BYTES:
        raise bad(f"the answer has more than {MOST_BYTES:,} bytes")
    if call.choices:
        return _choice(call, reply)
    if not text.strip():
        raise bad("the answer is empty")
    if refuses(text):
        raise bad("the answer is a refusal")
    if not reply.ended:
        raise bad(f"the answer broke off before its end, at {call.max_tokens} tokens or before; be shorter")
    if leaks(call, text):
        raise bad("the answer repeats its instructions")
    if call.schema is None:
        return text
    value = _structured(text, call.schema)
    if "\\u" in text and leaks(call, str(value)):
        raise bad("the answer repeats its instructions")
    return value


def _structured(text: str, schema: Mapping[str, Any]) -> Any:
    value = strict_json(text)
    if wrong := misfits(schema, value):
        raise bad(f"the answer does not fit its schema: {'; '.join(wrong)}")
    return value


def _choice(call: Call, reply: Reply) -> str:
    """The likeliest choice; without log-probabilities the one that the text begins with."""
    likely = {choice: reply.logprobs[choice] for choice in call.choices if choice in reply.logprobs}
    if any(math.isnan(logprob) or logprob > TINY for logprob in likely.values()):
        raise bad("a log-probability is no number of 0 or less")
    finite = {choice: logprob for choice, logprob in likely.items() if logprob > -math.inf}
    if finite:
        return max(finite, key=lambda choice: finite[choice])
    begun = reply.text.strip(" \t\r\n\"'`*.").casefold()
    for choice in sorted(call.choices, key=len, reverse=True):
        rest = begun.removeprefix(choice.casefold())
        if rest != begun and not rest[:1].isalnum():
            return choice
    raise bad(f"the answer is none of {', '.join(call.choices)}")


def _embed(call: Call, reply: Reply) -> Vectors:
    """(n, size), rows of unit length."""
    import numpy as np

    given = reply.vectors
    if given is None or given.ndim != 2 or given.shape[1] == 0:
        raise bad("the reply has no vectors of one size")
    if len(given) != len(call.texts):
        raise bad(f"the reply has {len(given)} vectors for {len(call.texts)} texts")
    rows = np.asarray(given, dtype=np.float64)
    if not np.isfinite(rows).all():
        raise bad("a vector has a number that is not finite")
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths < TINY).any():
        raise bad("a vector is zero, or too long to measure")
    return np.asarray(rows / lengths, dtype=np.float32)


def _rerank(call: Call, reply: Reply) -> tuple[float, ...]:
    if len(reply.scores) != len(call.texts):
        raise bad(f"the reply has {len(reply.scores)} scores for {len(call.texts)} texts")
    if not all(math.isfinite(score) for score in reply.scores):
        raise bad("a score is not finite")
    return reply.scores


KINDS: dict[str, Callable[[Call, Reply], Any]] = {"complete": _complete, "embed": _embed, "rerank": _rerank}
"""By what was asked for, what makes a reply good; returns its value."""
