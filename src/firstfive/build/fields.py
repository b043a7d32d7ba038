"""What kind each field of a catalogue is, and its strings as values of that kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import isfinite

import msgspec

from firstfive.types import Value

VERSION = 2
"""Raised with every change of what a field's strings become; it is part of each Release."""

ENOUGH = 0.95
"""The share of a field's stated values that must fit a kind; the few that do not are then missing."""

SEPARATED = 0.2
"""The share of values with a separator above which a field of short texts is a list."""

_MISSING = frozenset({"", "nan", "null", "none", "n/a"})
_YES_NO: Mapping[str, bool] = {"yes": True, "no": False, "true": True, "false": False, "y": True, "n": False}
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,2})?\s?%?|[+-]?\.\d+")
_WITH_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?\s?%?")
_DECIMAL_COMMA = re.compile(r"(?!\D*\d{1,3},\d{3}\D*$).*,\d+\D*")
"""A comma that does not set off thousands."""
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}\s?%?")
"""Points that can be no decimal ones."""
_WITH_UNIT = re.compile(
    r"(?P<before>[$€£¥]|EUR|USD|GBP|CHF)?\s?(?P<number>[+-]?\d(?:[\d.,]*\d)?)\s?(?P<after>[^\W\d_]{1,12}[²³23]?|[$€£¥])?",
    re.IGNORECASE,
)
_SIGNS: Mapping[str, str] = {"$": "usd", "€": "eur", "euro": "eur", "euros": "eur", "£": "gbp", "¥": "jpy"}
_CODE = re.compile(r"0\d")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s,\[\]'"][^,\[\]]*)""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SEPARATOR = re.compile(r"\s*[;|]\s*")


def infer(values: Sequence[str]) -> str:
    """The kind of a field from all its values, in any order: "number", "yes/no", "list" or "text".

    Digits with a leading zero, such as postal codes, are text. Values that state nothing ("", "nan") have no say.
    """
    stated = [text for value in values if (text := value.strip()).casefold() not in _MISSING]
    if not stated:
        return "text"
    need = ENOUGH * len(stated)
    if sum(text.casefold() in _YES_NO for text in stated) >= need:
        return "yes/no"
    numbers = max(sum(map(bool, map(form.fullmatch, stated))) for form in (_NUMBER, _WITH_COMMA))
    if numbers >= need and not any(map(_CODE.match, stated)):
        return "number"
    if sum(map(_bracketed, stated)) >= need or _separated(stated):
        return "list"
    return "text"


def decimal_commas(values: Sequence[str]) -> bool:
    """Whether a field of numbers writes them as much of Europe does: "12,5", and so "1.234" for thousands."""
    fit = [text for value in values if _WITH_COMMA.fullmatch(text := value.strip())]
    told = any(_DECIMAL_COMMA.fullmatch(text) or _THOUSANDS.fullmatch(text) for text in fit)
    return told and len(fit) > sum(bool(_NUMBER.fullmatch(value.strip())) for value in values)


def unit_of(values: Sequence[str]) -> str:
    """The one unit that a field's numbers have, where they have one: "m²" of "78 m²" and "105 m²"; else empty.

    A few may lack it. A field of several units, such as kilograms and pounds, has none: its numbers do not compare.
    """
    stated = [text for value in values if (text := value.strip()).casefold() not in _MISSING]
    parted = [found for text in stated if (found := _parted(text))]
    units = Counter(unit for _, unit in parted if unit)
    one = len(units) == 1 and len(parted) >= ENOUGH * len(stated) and units.total() >= len(parted) / 2
    return next(iter(units)) if one else ""


def without_unit(value: str, unit: str) -> str:
    """The number of a value that has this unit, or none; any other value as it is."""
    found = _parted(value.strip())
    return found[0] if found and found[1] in {unit, ""} else value


def _parted(text: str) -> tuple[str, str] | None:
    """A number and its unit in one spelling, "" where it has none; None for what is no such thing."""
    found = _WITH_UNIT.fullmatch(text)
    if not found or (found["before"] and found["after"]):
        return None
    unit = (found["before"] or found["after"] or "").casefold()
    return found["number"], _SIGNS.get(unit) or (unit.removesuffix("s") if len(unit) > len("ms") else unit)


def convert(kind: str, value: str, *, comma: bool = False) -> Value | None:
    """The string as a value of the kind; None where it states nothing or does not fit. comma: as `decimal_commas`."""
    text = value.strip()
    if comma:
        text = text.replace(".", "").replace(",", ".") if _WITH_COMMA.fullmatch(text) else ""
    return None if text.casefold() in _MISSING else _CONVERT[kind](text)


def _bracketed(text: str) -> bool:
    return text.startswith("[") and text.endswith("]")


def _separated(stated: Sequence[str]) -> bool:
    several = [parts for text in stated if len(parts := _SEPARATOR.split(text)) > 1]
    if len(several) < SEPARATED * len(stated):
        return False
    pieces = [len(piece) for parts in several for piece in parts]
    return sum(pieces) <= 40 * len(pieces)


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", "").rstrip("% \t"))
    return number if isfinite(number) else None


def _yes_no(text: str) -> bool | None:
    return _YES_NO.get(text.casefold())


def _list(text: str) -> tuple[str, ...] | None:
    parts = _in_brackets(text) if _bracketed(text) else _SEPARATOR.split(text)
    return tuple(dict.fromkeys(part for raw in parts if (part := raw.strip()))) or None


def _in_brackets(text: str) -> list[str]:
    """The entries of a list as JSON or as Python prints one; written out here, since nothing is to be evaluated."""
    try:
        return [entry if isinstance(entry, str) else str(entry) for entry in msgspec.json.decode(text, type=list)]
    except (msgspec.DecodeError, RecursionError):
        found = _QUOTED.findall(text[1:-1])
    return [_ESCAPED.sub(r"\1", single or double) or bare for single, double, bare in found]


_CONVERT: Mapping[str, Callable[[str], Value | None]] = {
    "number": _number,
    "yes/no": _yes_no,
    "list": _list,
    "text": str,
}
