"""What is read from a reply's own JSON, where nothing may be guessed: what was paid for, and whether it ended.

SDKs are lenient here: they take a missing finish reason for "stop" and missing usage for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from firstfive.ports import Usage

ENDED = {"stop", "eos", "eos_token", "stop_sequence", "end_turn", "complete"}
"""Finish reasons of an answer that its model ended by itself."""
CUT_OFF = {"length", "max_tokens"}
"""Finish reasons of an answer that ran out of tokens."""
MOST_TOKENS = 100_000_000
_SPACE = " \t\r\n\u2581\u0120\u010a"
"""White space, as vocabularies write it too."""
_AROUND = _SPACE + "\"'`*.,:;!()[]"


@dataclass(frozen=True, slots=True)
class Shape:
    """Where an API's reply has its finish reason, and what it calls its counts of tokens.

    apart: counts that come on top of `given`; elsewhere `given` has them in it. blank: usage that an SDK can read, to
    stand where there is none; None: nothing has to stand there.
    """

    finish: tuple[str | int, ...]
    given: tuple[str | int, ...]
    written: tuple[str | int, ...] = ()
    cached: tuple[str | int, ...] = ()
    apart: tuple[tuple[str | int, ...], ...] = ()
    blank: Mapping[str, int] | None = None


OPENAI = Shape(
    finish=("choices", 0, "finish_reason"),
    given=("usage", "prompt_tokens"),
    written=("usage", "completion_tokens"),
    cached=("usage", "prompt_tokens_details", "cached_tokens"),
)
ANTHROPIC = Shape(
    finish=("stop_reason",),
    given=("usage", "input_tokens"),
    written=("usage", "output_tokens"),
    cached=("usage", "cache_read_input_tokens"),
    apart=(("usage", "cache_read_input_tokens"), ("usage", "cache_creation_input_tokens")),
    blank={"input_tokens": 0, "output_tokens": 0},
)
BEDROCK = Shape(
    finish=("stopReason",),
    given=("usage", "inputTokens"),
    written=("usage", "outputTokens"),
    cached=("usage", "cacheReadInputTokens"),
    apart=(("usage", "cacheReadInputTokens"), ("usage", "cacheWriteInputTokens")),
    blank={"inputTokens": 0, "outputTokens": 0, "totalTokens": 0},
)
OPENAI_VECTORS = Shape(finish=(), given=("usage", "prompt_tokens"))


def at(value: Any, path: Sequence[str | int]) -> Any:
    """What stands at a path of names and places; None where there is nothing."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def usage(value: Any, shape: Shape) -> Usage | None:
    """The tokens that a reply says were counted; None where it does not say, or says what cannot be."""
    given = _count(at(value, shape.given))
    written = _count(at(value, shape.written)) if shape.written else 0
    if given is None or written is None:
        return None
    beside = [at(value, path) for path in shape.apart]
    extra = [_count(each) for each in beside if each is not None]
    whole = given + sum(each for each in extra if each is not None)
    cached = _count(at(value, shape.cached)) or 0
    return Usage(whole, written, min(cached, whole)) if whole and None not in extra else None


def mended(value: Any, shape: Shape) -> Any:
    """The reply as an SDK reads it best: with blank usage where its own cannot be believed, so that the answer is not
    lost with it, and without log-probabilities, of which there are hundreds, and which are read here."""
    if not isinstance(value, Mapping):
        return value
    found = dict(value)
    if usage(value, shape) is None:
        found.pop("usage", None)
        found |= {"usage": shape.blank} if shape.blank is not None else {}
    choices = value.get("choices")
    if isinstance(choices, list) and any(isinstance(one, Mapping) and one.get("logprobs") for one in choices):
        found["choices"] = [{**one, "logprobs": None} if isinstance(one, Mapping) else one for one in choices]
    return value if found == value else found


def ended(value: Any, shape: Shape, *, one_token: bool = False) -> bool:
    """Whether the model ended its answer by itself. one_token: to have run out of tokens is an end as well."""
    reason = at(value, shape.finish)
    reason = reason.casefold() if isinstance(reason, str) else ""
    return reason in ENDED or (one_token and reason in CUT_OFF)


def by_choice(value: Any, choices: Sequence[str]) -> dict[str, float]:
    """Each choice's log-probability, from the first token of a chat completion that is more than space.

    The sum over the tokens that begin this choice and no other one; case, and space and quotes around, do not count. A
    choice that no listed token begins has at most the least of those listed, and gets that. Empty where none is known.
    """
    places = at(value, ("choices", 0, "logprobs", "content"))
    first = next((each for each in places if _worded(each)), None) if isinstance(places, list) else None
    listed = first.get("top_logprobs") if isinstance(first, dict) else None
    tokens = [found for each in listed or [] if (found := _token(each)) is not None]
    shares = {choice: _total([p for token, p in tokens if _owner(token, choices) == choice]) for choice in choices}
    if all(share is None for share in shares.values()):
        return {}
    least = min(p for _, p in tokens)
    return {choice: least if share is None else share for choice, share in shares.items()}


def _count(value: Any) -> int | None:
    """A count of tokens; None for what is none, such as true, -3, 1.5 or far too many."""
    counts = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if counts else None


def _worded(place: Any) -> bool:
    token = place.get("token") if isinstance(place, dict) else None
    return isinstance(token, str) and bool(token.strip(_SPACE))


def _token(listed: Any) -> tuple[str, float] | None:
    """A listed token, folded, and its log-probability."""
    token, p = (listed.get("token"), listed.get("logprob")) if isinstance(listed, dict) else (None, None)
    if not isinstance(token, str) or isinstance(p, bool) or not isinstance(p, int | float) or not math.isfinite(p):
        return None
    return token.strip(_AROUND).casefold(), min(float(p), 0.0)


def _owner(token: str, choices: Sequence[str]) -> str | None:
    """The choice that this token is, or the only one that it begins."""
    folded = {choice: choice.strip(_AROUND).casefold() for choice in choices}
    exact = [choice for choice, text in folded.items() if text == token]
    begun = [choice for choice, text in folded.items() if token and text.startswith(token)]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def _total(logprobs: Sequence[float]) -> float | None:
    """The logarithm of the sum of probabilities, at most 0; None of none."""
    if not logprobs:
        return None
    most = max(logprobs)
    return min(most + math.log(sum(math.exp(p - most) for p in logprobs)), 0.0)
