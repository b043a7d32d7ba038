"""Fields and values as the filter language writes them, for whoever prints a condition or puts one on a button; and
the words of a field's name."""

from __future__ import annotations

import re

RESERVED = frozenset({"and", "or", "not", "known", "in"})
"""Words of the filter language: a field that is called so is quoted."""
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLAIN = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*")


def field_text(name: str) -> str:
    """A field's name, in quotation marks where it would be read as something else."""
    return name if _PLAIN.fullmatch(name) and name.lower() not in RESERVED else value_text(name)


def value_text(value: str | float) -> str:
    """A number as it is, without a point where it is a whole one; a text in quotation marks."""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def name_words(name: str) -> list[str]:
    """The words of a field's name, in small letters: team and size of `team_size` and of `teamSize`."""
    return _WORD.findall(_CAMEL.sub(" ", name).casefold())
