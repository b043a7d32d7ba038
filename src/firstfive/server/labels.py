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
TAKEN = frozenset({WHOLE, "categories", "timestamp"})
"""Names of fields that say something else than an entry of the labels does."""
ENTRY = "\n"
"""How the text of an entry ends whose name is taken; no text of what else has the name does. Filters do not see it."""
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
    if not isinstance(labels, dict):
        text = as_text(checked(labels))
        return {WHOLE: as_json(labels) if text.endswith(ENTRY) else text}
    entries = {storable(name): as_text(value) for name, value in checked(labels).items()}
    return {name: f"{text}{ENTRY}" if name in TAKEN else text for name, text in entries.items()}


def of_fields(fields: Mapping[str, str]) -> object:
    """What `fields_of` made these of; None where there are none."""
    if WHOLE in fields and not is_entry(fields[WHOLE]):
        return of_text(fields[WHOLE])
    entries = {name: text.removesuffix(ENTRY) if name in TAKEN else text for name, text in fields.items()}
    return {name: of_text(text) for name, text in entries.items()} or None


def is_entry(text: str) -> bool:
    """Whether the field of a name that is `TAKEN` is an entry of the labels all the same."""
    return text.endswith(ENTRY)


def as_text(value: object) -> str:
    """A value as the text of a field: words as they are, all else as JSON. Words that read as JSON get a space."""
    if isinstance(value, str):
        text = storable(value)
        return f" {text}" if _is_json(text) else text
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return as_json(value)


def as_json(value: object) -> str:
    """A value as JSON that can be stored."""
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
    return (AS_JSON + as_json(words),)


def of_words(words: Sequence[str]) -> object:
    """What `as_words` made these of. Words that were stored before labels could be any JSON stay words."""
    if len(words) == 1 and words[0].startswith(AS_JSON) and _is_json(text := words[0].removeprefix(AS_JSON)):
        return msgspec.json.decode(text)
    return list(words)
