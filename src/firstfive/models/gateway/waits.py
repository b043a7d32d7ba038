"""How long to wait: what a provider asks for, read in this one place, and what we choose where it says nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 300.0
"""No provider is left alone for longer on its word: a header that says a year stops nobody for a year."""
FIRST_S, GROWTH = 0.25, 2.0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, in [0, 300], as `retry-after-ms` or `Retry-After` ask; None where they say nothing readable.

    A date counts from the answer's own `Date`, where there is one: the two clocks need not agree. A time that is over,
    or negative, is 0.
    """
    given = {str(name).lower(): str(value).strip() for name, value in headers.items()}
    after = given.get("retry-after", "")
    found = (
        _number(given.get("retry-after-ms", ""), 0.001),
        _number(after, 1.0),
        _until(after, _date(given.get("date", "")) or now),
    )
    seconds = next((one for one in found if one is not None), None)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_S)


def backoff(tries: int, longest_s: float = 8.0) -> float:
    """Seconds before the next try, after so many: doubling, by chance between half of it and all, so that nobody
    comes back in step with others."""
    return min(FIRST_S * GROWTH ** min(tries, 30), longest_s) * random.uniform(0.5, 1.0)  # noqa: S311


def _number(text: str, unit_s: float) -> float | None:
    try:
        seconds = float(text) * unit_s
    except ValueError:
        return None
    return None if math.isnan(seconds) else seconds


def _until(text: str, now: datetime) -> float | None:
    date = _date(text)
    return None if date is None else (date - now).total_seconds()


def _date(text: str) -> datetime | None:
    """A date of HTTP; one without a zone is in UTC."""
    try:
        date = parsedate_to_datetime(text)
        return (date.replace(tzinfo=UTC) if date.tzinfo is None else date).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
