"""A field of numbers, and what these can be: years, a count of few things, shares, sums, ages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import is_share, name_words
from firstfive.rank.amounts import Amount
from firstfive.rank.called import OF_A_YEAR, THOUSANDS, of_age
from firstfive.rank.columns import silent
from firstfive.rank.figures import is_figure
from firstfive.rank.room import HOLDING
from firstfive.rank.wording import BEGINNING, same

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask

COUNTED = 20
"""A bare number such as "4 rooms" is a bound only of a field that counts to at most this in nine items of ten."""
YEARS = (1400, 2100)
"""Numbers that may be years."""


class NumberField:
    """One field. Its numbers are looked at once, when they are first asked about. topic: such as "money" or "size"."""

    def __init__(self, name: str, column: Column, topic: str) -> None:
        self.name, self.topic, self.words = name, topic, name_words(name)
        self._column = column
        self.is_share, self.is_figure = is_share(name), is_figure(name)
        self.holds_people = not HOLDING.isdisjoint(self.words)

    @cached_property
    def range(self) -> tuple[float, float]:
        """The least and the most that it states; infinite where it states nothing."""
        return (float(self._stated.min()), float(self._stated.max())) if len(self._stated) else (inf, inf)

    @cached_property
    def kind(self) -> str:
        """What its numbers are: "year", "count" (of few things), or "" for any numbers."""
        stated, (least, most) = self._stated, self.range
        years = YEARS[0] <= least and most <= YEARS[1]
        few = len(stated) > 0 and bool(np.quantile(stated, 0.9) <= COUNTED)
        whole = (years or few) and bool((stated == np.floor(stated)).all())
        return "" if not whole else "year" if years else "count"

    def between(self, low: float, high: float) -> tuple[Mask, Mask]:
        """(items,) each: the items whose number lies there, and those that state none."""
        numbers = np.asarray(self._column.numbers)
        if low == -inf:
            return numbers <= high, self._silent
        yes = numbers >= low
        return yes if high == inf else yes & (numbers <= high), self._silent

    def within(self, amount: Amount) -> bool:
        """Whether it states such numbers."""
        return self.range[0] <= amount.furthest <= self.range[1]

    def counts_in(self, given: Amount) -> bool:
        """Whether its number may be of that unit."""
        if given.kind == "%" or self.is_share:
            return self.is_share and given.kind in {"", "%"}
        if self.kind == "year":
            return given.kind == "" and abs(given.furthest) >= YEARS[0]
        if self.kind == "count" and min(abs(given.low), abs(given.high)) > max(COUNTED, self.range[1]):
            return False  # "ein Zimmer unter 400"
        if given.kind == "people" and self.holds_people:
            return True  # "sleeps 6 people"
        of_money = self.topic == "money" and given.kind == "money"
        return of_money or given.kind in {"", *THOUSANDS, *self.words} or self.is_age(given.kind)

    def is_age(self, kind: str) -> bool:
        """Whether it holds ages and the kind is a unit of them; whose age the number is, `aged` decides."""
        return of_age(self.words) and kind in OF_A_YEAR

    def called(self, kind: str) -> bool:
        """Whether a word of its name is a form of the kind's: `page_count` and "pages"."""
        return len(kind) >= BEGINNING and any(same(word, kind) for word in self.words)

    @cached_property
    def _stated(self) -> np.ndarray:
        numbers = np.asarray(self._column.numbers)
        return np.asarray(numbers[np.isfinite(numbers)])

    @cached_property
    def _silent(self) -> Mask:
        return silent(self._column)


def the_only(fields: Sequence[NumberField]) -> NumberField | None:
    """The one field that can be meant; None where there are none or several."""
    return fields[0] if len(fields) == 1 else None
