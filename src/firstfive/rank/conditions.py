"""Conditions on typed fields, and which items meet them; each prints as the filter language writes it.

A condition is true, false or not known (Kleene's three values): that is where an item does not state the field.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from firstfive.errors import RequestError
from firstfive.features import field_text, value_text
from firstfive.features.dates import span
from firstfive.ports import YES_NO, Column
from firstfive.rank.columns import codes_of, holders, silent
from firstfive.types import Mask

NEAR = 0.6
"""How alike a name must be to be taken for a slip of the pen, in [0, 1]."""
NAMED = 40
"""Fields that an error lists before it counts the rest."""
_NUMBER = re.compile(r"\s*-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?\s*")


class Verdict(NamedTuple):
    """For each item: surely yes, and perhaps (not stated). Never both."""

    yes: Mask
    perhaps: Mask


class Condition(Protocol):
    """A node of a filter."""

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict: ...

    def names(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Known:
    """The item states the field."""

    field: str

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict:
        """Never "perhaps": that is its point."""
        return Verdict(_stated(_column(columns, self.field), items), np.zeros(items, dtype=bool))

    def names(self) -> tuple[str, ...]:
        return ()

    def __str__(self) -> str:
        return f"known {field_text(self.field)}"


@dataclass(frozen=True, slots=True)
class Compare:
    """The field compared with a value. For lists, = means that the value is among them."""

    field: str
    operator: str
    value: str | float

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict:
        column = _column(columns, self.field)
        stated = _stated(column, items)
        if self.operator == "!=":
            return Verdict(stated & ~_matches(self.field, column, "=", self.value, items), ~stated)
        return Verdict(stated & _matches(self.field, column, self.operator, self.value, items), ~stated)

    def names(self) -> tuple[str, ...]:
        return (self.field,)

    def __str__(self) -> str:
        return f"{field_text(self.field)} {self.operator} {value_text(self.value)}"


@dataclass(frozen=True, slots=True)
class Between:
    """The number, or the day, lies in [low, high]."""

    field: str
    low: str | float
    high: str | float

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict:
        ends = Compare(self.field, ">=", self.low), Compare(self.field, "<=", self.high)
        return Joined("and", ends).over(columns, items)

    def names(self) -> tuple[str, ...]:
        return (self.field,)

    def __str__(self) -> str:
        return f"{field_text(self.field)} in {value_text(self.low)}..{value_text(self.high)}"


@dataclass(frozen=True, slots=True)
class Among:
    """The field is, or for lists holds, one of the values."""

    field: str
    values: tuple[str | float, ...]

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict:
        return Joined("or", tuple(Compare(self.field, "=", value) for value in self.values)).over(columns, items)

    def names(self) -> tuple[str, ...]:
        return (self.field,)

    def __str__(self) -> str:
        return f"{field_text(self.field)} in ({', '.join(value_text(value) for value in self.values)})"


@dataclass(frozen=True, slots=True)
class Not:
    """The condition is false."""

    condition: Condition

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict:
        inner = self.condition.over(columns, items)
        return Verdict(~inner.yes & ~inner.perhaps, inner.perhaps)

    def names(self) -> tuple[str, ...]:
        return self.condition.names()

    def __str__(self) -> str:
        several = isinstance(self.condition, Joined)
        return f"not ({self.condition})" if several else f"not {self.condition}"


@dataclass(frozen=True, slots=True)
class Joined:
    """All conditions are true, or at least one is. word: "and" or "or"."""

    word: str
    conditions: tuple[Condition, ...]

    def over(self, columns: Mapping[str, Column], items: int) -> Verdict:
        each = [condition.over(columns, items) for condition in self.conditions]
        join = np.logical_and if self.word == "and" else np.logical_or
        yes = join.reduce([verdict.yes for verdict in each])
        return Verdict(yes, join.reduce([verdict.yes | verdict.perhaps for verdict in each]) & ~yes)

    def names(self) -> tuple[str, ...]:
        return tuple(name for condition in self.conditions for name in condition.names())

    def __str__(self) -> str:
        looser = [self.word == "and" and isinstance(part, Joined) and part.word == "or" for part in self.conditions]
        parts = (f"({part})" if loose else str(part) for part, loose in zip(self.conditions, looser, strict=True))
        return f" {self.word} ".join(parts)


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _column(columns: Mapping[str, Column], field: str) -> Column:
    if field in columns:
        return columns[field]
    folded = {name.casefold(): name for name in columns}
    near = difflib.get_close_matches(field.casefold(), folded, n=1, cutoff=NEAR)
    hint = f"did you mean {folded[near[0]]}? There are: " if near else "there are: "
    raise RequestError(f"the catalogue has no field {field!r}; {hint}{_listed(columns)}", code="request.filter")


def _listed(columns: Collection[str]) -> str:
    """The fields that there are; of very many the first."""
    names = sorted(columns)
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED]) or 'none'}{more}"


def _stated(column: Column, items: int) -> Mask:
    return np.zeros(items, dtype=bool) if column.numbers is None and column.starts is None else ~silent(column)


NUMERIC: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "=": np.equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


def _matches(field: str, column: Column, operator: str, value: str | float, items: int) -> Mask:
    if column.numbers is not None:
        return np.asarray(NUMERIC[operator](column.numbers, _as_number(field, column, value)), dtype=bool)
    if column.kind == "date":
        return _on_days(field, column, operator, value, items)
    if operator != "=":
        raise RequestError(
            f"{field} holds text; {operator} compares numbers only: use = or in (...)", code="request.filter"
        )
    wanted = (value if isinstance(value, str) else value_text(value)).casefold()
    code = bisect_left(column.values, wanted)
    return _holding(column, code, bisect_right(column.values, wanted), items)


def _on_days(field: str, column: Column, operator: str, value: str | float, items: int) -> Mask:
    """Dates compare as spans of days: "= 2026-05" is any day of May, and "> 2026" none of 2026."""
    days = span(value if isinstance(value, str) else value_text(value))
    if days is None:
        raise RequestError(
            f"{field} holds dates; {value!r} is none: write 2026-05-01, 2026-05 or 2026", code="request.filter"
        )
    first, behind = bisect_left(column.values, days[0]), bisect_right(column.values, days[1])
    every = len(column.values)
    spans = {"=": (first, behind), "<": (0, first), "<=": (0, behind), ">": (behind, every), ">=": (first, every)}
    return _holding(column, *spans[operator], items)


def _holding(column: Column, first: int, behind: int, items: int) -> Mask:
    """(items,): those that hold one of the values from the first up to that one."""
    if column.codes is None or first >= behind:
        return np.zeros(items, dtype=bool)
    _, codes = codes_of(column)
    return holders(column, (codes >= first) & (codes < behind))


def _as_number(field: str, column: Column, value: str | float) -> float:
    if not isinstance(value, str):
        return value
    if column.kind == "yes/no" and value.casefold() in YES_NO:
        return float(YES_NO[value.casefold()])
    if not is_number(value):
        wanted = "yes or no" if column.kind == "yes/no" else "a number"
        raise RequestError(f"{field} is {wanted}; {value!r} is not", code="request.filter")
    return float(value)
