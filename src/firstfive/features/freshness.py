"""How new an item is, as of one moment: what came later than that is not known of it.

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
"""Numbers that are read as years."""


def fresh(born: Numbers, day: float) -> Scores:
    """(n,) in (0, 1] as of a day: 1 for what is dated that day or later. In days; NaN, born or day: not known."""
    ages = np.maximum(np.floor(day) - np.floor(born), 0.0)
    return np.asarray(HALF_DAYS / (HALF_DAYS + ages), dtype=np.float32)


def day_of(value: str | float) -> float:
    """The day of a date such as "2026-11-02", with or without a time, or of a year; NaN for anything else."""
    if isinstance(value, str) and not value.strip().isdecimal():
        try:
            at = datetime.fromisoformat(value.strip().upper())
        except ValueError:
            return nan
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() / DAY_S
    year = float(value)
    if year != int(year) or not YEARS[0] <= year <= YEARS[1]:
        return nan
    return datetime(int(year), 1, 1, tzinfo=UTC).timestamp() / DAY_S
