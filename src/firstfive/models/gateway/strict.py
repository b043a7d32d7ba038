"""JSON as a model must write it: RFC 8259, and nothing that a reader after us could take in two ways."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from firstfive.errors import ModelError

MOST_BYTES = 10_000_000
DEEPEST = 64
MOST_DIGITS = 18
"""A whole number of more digits fits no 64-bit field."""

_FENCE = re.compile(r"```(?:json|JSON)?[ \t]*+\r?\n(.*?)```", re.DOTALL)
_OPENING = re.compile(r"[{\[]")


def bad(why: str) -> ModelError:
    """A reply that is not what was asked for."""
    return ModelError(why, code="model.reply")


def strict_json(text: str) -> Any:
    """The value that the text is, or that it plainly holds: in one fenced block, or behind an introduction.

    Raises ModelError model.reply for more than 10 MB, for what is no JSON, and for JSON with NaN or Infinity, a name
    twice in one object, a number that no float or 64-bit field holds, half a character, or 64 levels of nesting.
    """
    if len(text) > MOST_BYTES or (len(text) > MOST_BYTES // 4 and len(text.encode("utf-8", "replace")) > MOST_BYTES):
        raise bad(f"the answer has more than {MOST_BYTES:,} bytes")
    first: ModelError | None = None
    for candidate in _candidates(text.strip().removeprefix("\ufeff")):
        try:
            return _decode(candidate)
        except ModelError as error:
            first = first or error
    raise first or bad("the answer is empty")


def _candidates(text: str) -> Iterator[str]:
    """The text itself; the one fenced block it has; or all of it from its first bracket on."""
    if not text:
        return
    yield text
    if text[0] in "{[":
        return
    blocks = _FENCE.findall(text)
    if len(blocks) == 1:
        yield blocks[0].strip()
    elif not blocks and (opening := _OPENING.search(text)):
        yield text[opening.start() :]


def _decode(text: str) -> Any:
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_float
        )
    except json.JSONDecodeError as wrong:
        raise bad(f"the answer is no JSON: {wrong.msg} at character {wrong.pos}") from wrong
    except RecursionError as deep:
        raise bad(f"the answer is nested more than {DEEPEST} levels deep") from deep
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise bad("the answer has a name twice in one object")
    return found


def _constant(name: str) -> None:
    raise bad(f"the answer has {name}, which is no JSON number")


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise bad(f"the answer has a number of more than {MOST_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise bad("the answer has a number larger than any float")
    return number


def _check(value: Any) -> None:
    """Depth, and characters that no encoding can write; without recursion."""
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one)
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
            elif isinstance(one, str) and not one.isascii():
                _whole_characters(one)
        level = below
        if not level:
            return
    raise bad(f"the answer is nested more than {DEEPEST} levels deep")


def _whole_characters(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as half:
        raise bad("the answer has half a character (a surrogate alone)") from half
