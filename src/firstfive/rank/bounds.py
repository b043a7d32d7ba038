"""Numbers that a request names as bounds on what a field states: "under 100 pages" where there is a field of pages.

Only where one field alone can be meant: by its name, by what it is about (money, people), or because it holds years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from firstfive.rank.amounts import Amount, amounts
from firstfive.rank.wording import BEGINNING, same

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask

COUNTED = 20
"""A bare number such as "4 rooms" is a bound where the field counts to at most this."""
_TOPICS = {"money": "money", "people": "size"}
_NAME = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_YEAR = re.compile(
    r"\b(?:(?P<from>since|from|ab|seit|depuis|dès)|(?P<after>after|newer\s+than|younger\s+than|nach|après)|"
    r"(?P<before>before|older\s+than|until|vor|avant))\s+(?:the\s+year\s+|the\s+)?(?P<year>1[4-9]\d\d|20\d\d)\b",
    re.IGNORECASE,
)
_YEARS = (1400, 2100)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a field's number should lie between, both ends included."""

    field: str
    low: float
    high: float

    def verdict(self, column: Column) -> tuple[Mask, Mask]:
        """(items,) each: the items that lie between, and those that state no number."""
        numbers = np.asarray(column.numbers, dtype=np.float64)
        return (numbers >= self.low) & (numbers <= self.high), ~np.isfinite(numbers)


def bounds(text: str, columns: Mapping[str, Column], about: Callable[[str], str]) -> tuple[Bound, ...]:
    """The bounds in a text, the first of each field. about: a field's topic by its name, such as "money" or "size"."""
    if not any(char.isdigit() for char in text):
        return ()
    numbers = {name: column for name, column in columns.items() if column.kind == "number"}
    found = {bound.field: bound for bound in reversed([*_amounts(text, numbers, about), *_years(text, numbers)])}
    return tuple(found.values())


def _amounts(text: str, columns: Mapping[str, Column], about: Callable[[str], str]) -> Iterator[Bound]:
    for amount in amounts(text):
        topic = _TOPICS.get(amount.kind)
        meant = [
            name for name in columns if (about(name) == topic if topic else amount.kind and _named(name, amount.kind))
        ]
        if len(meant) == 1 and (amount.low < amount.high or (not topic and _counts(columns[meant[0]], amount))):
            yield Bound(meant[0], amount.low, amount.high)


def _named(field: str, kind: str) -> bool:
    """Whether a word of the field's name is a form of the kind's: `page_count` and "pages"."""
    words = _NAME.findall(_CAMEL.sub(" ", field).lower())
    return len(kind) >= BEGINNING and any(same(word, kind) for word in words)


def _counts(column: Column, amount: Amount) -> bool:
    stated = _stated(column)
    return bool(len(stated) and stated.max() <= COUNTED and (stated == np.floor(stated)).all()) and amount.low >= 0


def _years(text: str, columns: Mapping[str, Column]) -> Iterator[Bound]:
    matches = list(_YEAR.finditer(text))
    fields = [name for name, column in columns.items() if _holds_years(column)] if matches else []
    for match in matches if len(fields) == 1 else []:
        year = float(match["year"])
        if match["before"]:
            yield Bound(fields[0], -inf, year - 1)
        else:
            yield Bound(fields[0], year + bool(match["after"]), inf)


def _holds_years(column: Column) -> bool:
    stated = _stated(column)
    return bool(len(stated) and ((stated >= _YEARS[0]) & (stated <= _YEARS[1]) & (stated == np.floor(stated))).all())


def _stated(column: Column) -> np.ndarray:
    numbers = np.asarray(column.numbers, dtype=np.float64)
    return numbers[np.isfinite(numbers)]
