"""How new an item is, as of one moment; nothing later than that moment counts.

Days are counted in the calendar of 1970 and whole, so that an answer stays the same all day.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import nan
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firstfive.types import Numbers, Scores

HALF_DAYS = 30.0
"""At this age an item is half as fresh as a new one, at twice as much a third. No ranking depends on the number."""
DAY_S = 86_400.0
YEARS = (1000, 2999)
"""What is read as a year where one is expected; catalogues write far ones for "without end".

The ranges below are narrower, since there the number alone has to say that it is a year and no price."""
YEARS_IN_TEXT = (1500, 2200)
"""In sentences, where most numbers count something."""
YEARS_OF_FIELD = (1000, 2100)
"""Where all numbers of a field lie in it: one old house among new ones is of a year too."""
YEARS_ALONE = (1800, 2100)
"""One number on a button, with nothing beside it."""


def fresh(born: Numbers, day: float) -> Scores:
    """(n,) in (0, 1] as of a day: 1 for what is dated that day or later. In days; NaN, born or day: not known."""
    ages = np.maximum(np.floor(day) - np.floor(born), 0.0)
    return np.asarray(HALF_DAYS / (HALF_DAYS + ages), dtype=np.float32)


def looks_like_year(value: float, years: tuple[int, int] = YEARS) -> bool:
    """Whether it is a whole number of the range, its ends included. NaN is none."""
    return years[0] <= value <= years[1] and value == int(value)


def day_of(value: str | float) -> float:
    """The day of a date such as "2026-11-02", with or without a time, or of a year; NaN for anything else."""
    if isinstance(value, str) and not value.strip().isdecimal():
        try:
            at = datetime.fromisoformat(value.strip().upper())
        except ValueError:
            return nan
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() / DAY_S
    year = float(value)
    if not looks_like_year(year):
        return nan
    return datetime(int(year), 1, 1, tzinfo=UTC).timestamp() / DAY_S
