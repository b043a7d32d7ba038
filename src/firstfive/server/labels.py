"""Labels, which may be any JSON: of an item as fields of its Page, of a user as words; and back, as they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from firstfive.errors import RequestError
from firstfive.guard import storable

MOST_BYTES = 64 * 1024
DEEPEST = 32
WHOLE = "labels"
"""The field of labels that are no object."""
AS_JSON = "json:"
"""How a user's labels begin that are no list of words, or whose first word begins so."""


def checked(labels: object) -> Any:
    """The labels. RequestError where they are larger or deeper than is kept."""
    if len(msgspec.json.encode(labels)) > MOST_BYTES:
        raise RequestError(f"Labels are larger than {MOST_BYTES // 1024} KiB; send fewer or shorter ones")
    if _deeper(labels, DEEPEST):
        raise RequestError(f"Labels are more than {DEEPEST} deep; send flatter ones")
    return labels


def _deeper(value: object, levels: int) -> bool:
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(levels == 0 or _deeper(one, levels - 1) for one in inside)


# --- an item's --------------------------------------------------------------------------------------------------------


def fields_of(labels: object) -> dict[str, str]:
    """As fields: the entries of an object are one each, anything else is one."""
    if labels is None:
        return {}
    entries = checked(labels) if isinstance(labels, dict) else {WHOLE: checked(labels)}
    return {storable(name): as_text(value) for name, value in entries.items()}


def of_fields(fields: Mapping[str, str]) -> object:
    """What `fields_of` made these of; None where there are none."""
    if WHOLE in fields:
        return of_text(fields[WHOLE])
    return {name: of_text(text) for name, text in fields.items()} or None


def as_text(value: object) -> str:
    """A value as the text of a field: words as they are, all else as JSON. Words that read as JSON get a space."""
    if isinstance(value, str):
        text = storable(value)
        return f" {text}" if _is_json(text) else text
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return storable(msgspec.json.encode(value).decode())


def of_text(text: str) -> object:
    """The value that `as_text` made this of."""
    if not _is_json(text):
        return text
    return text[1:] if text.startswith(" ") else msgspec.json.decode(text)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


# --- a user's ---------------------------------------------------------------------------------------------------------


def as_words(labels: object) -> tuple[str, ...]:
    """As the store keeps a user's: words as they are, anything else as one word of JSON."""
    if labels is None:
        return ()
    words = checked(labels)
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        words = [storable(word) for word in words]
        if not words or not words[0].startswith(AS_JSON):
            return tuple(words)
    return (AS_JSON + storable(msgspec.json.encode(words).decode()),)


def of_words(words: Sequence[str]) -> object:
    """What `as_words` made these of."""
    if words and words[0].startswith(AS_JSON):
        return msgspec.json.decode(words[0].removeprefix(AS_JSON))
    return list(words)
