"""When the items of a Release came: when they were first imported, or the date that a field of theirs holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import SettingsError
from firstfive.features import DAY_S, day_of, fresh
from firstfive.types import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from firstfive.index import MappedCatalogue
    from firstfive.ports import Column, Store
    from firstfive.types import ItemId, Mask, Numbers, Positions, Scores

PART = "first seen"
"""The part of a Release whose ranking goes by first imports: they are the store's, and no other part tells of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Ages:
    """When items came, (items,) each, in days of the calendar of 1970; NaN where it is not known. seen: their first
    import; born: what freshness goes by.

    dated: the field that `born` was read from; empty: it is `seen`.
    """

    born: Numbers
    seen: Numbers
    dated: str = ""

    def there(self, positions: Positions, about: int, day: float) -> Mask:
        """(n,): which of these items could be shown on the day when something was said about the item `about`.

        If that item was first imported later, days of import tell nothing and all items count as there.
        """
        if self.seen[about] > day:
            return np.ones(len(positions), dtype=bool)
        return ~(self.seen[positions] > day)

    def newness(self, positions: Positions, about: int, day: float) -> Scores:
        """(n,): how fresh these items were on that day; NaN where an item's day is not known, and for all where `as_of`
        is NaN."""
        return fresh(self.born[positions], self.as_of(about, day))

    def as_of(self, about: int, day: float) -> float:
        """The day that freshness is counted from when something was said about that item; NaN where days of import tell
        nothing."""
        return float("nan") if not self.dated and self.seen[about] > day else day


def ages(store: Store, catalogue: MappedCatalogue, dated: str) -> Ages:
    """Raises SettingsError where `dated` is no field with dates."""
    _demand_dates(catalogue, dated)
    seen = imported(store, (catalogue.id(position) for position in range(len(catalogue))))
    return Ages(dates(catalogue, dated) if dated else seen, seen, dated)


def dates(catalogue: MappedCatalogue, field: str) -> Numbers:
    """(items,): the day that this field of each item holds; NaN where it holds none."""
    column = catalogue.columns().get(field)
    return np.full(len(catalogue), np.nan) if column is None else _dates(column, len(catalogue))


def imported(store: Store, items: Iterable[ItemId]) -> Numbers:
    """(items,): the day of each item's first import; NaN where it is not known. Of a million items about 10 s."""
    with store.read() as unit:
        first = unit.pages.first_seen()
    seen = (first.get(item) for item in items)
    return np.array([np.nan if at is None else at.timestamp() / DAY_S for at in seen], dtype=np.float64)


def name_of(days: Numbers) -> str:
    """A digest of the days of first import (items,), for a Release's hash; the time of day makes no difference."""
    return digest(np.floor(days).tobytes())


def _demand_dates(catalogue: MappedCatalogue, dated: str) -> None:
    """Raises SettingsError where `learn.date` names a field that no item has, or that holds no date."""
    columns = catalogue.columns()
    if dated and dated not in columns:
        known = ", ".join(sorted(columns)) or "none; `firstfive import --field` keeps some"
        raise SettingsError(f"learn.date = {dated!r} is no field of the items; the fields are: {known}")
    if dated and np.isnan(_dates(columns[dated], len(catalogue))).all():
        raise SettingsError(
            f"learn.date = {dated!r} holds no date that can be read; dates are written 2026-11-02, with a time or "
            "without, or are a year. Name another field, or none: then an item is as new as its first import"
        )


def _dates(column: Column, items: int) -> Numbers:
    """A list says nothing: which of its dates would count?"""
    found = np.full(items, np.nan)
    if column.kind == "number" and column.numbers is not None:
        each, row = np.unique(column.numbers, return_inverse=True)
        found = np.array([np.nan if np.isnan(one) else day_of(float(one)) for one in each])[row]
    if column.kind in {"text", "date"} and column.starts is not None and column.codes is not None:
        stated = np.flatnonzero(np.diff(column.starts) > 0)
        days = np.array([day_of(value) for value in column.values], dtype=np.float64)
        found[stated] = days[column.codes[column.starts[stated]]]
    return np.asarray(found, dtype=np.float64)
