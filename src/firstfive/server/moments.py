"""Times as clients write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from firstfive.errors import RequestError
from firstfive.guard import storable


def moment(text: str | None) -> datetime:
    """A time as clients write it: ISO 8601, UTC where no offset is given, now where there is none."""
    if not text:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(_LEAP_SECOND.sub(":59", _separated(text.upper())))
    except ValueError as wrong:
        raise RequestError(f"Timestamp {text!r} is not a time; write it like 2026-01-31T09:30:00Z") from wrong
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return at.replace(tzinfo=UTC)  # the first or last day that there is: the offset would lead out of the calendar


_LEAP_SECOND = re.compile(r":60(?=[.Z+-]|$)")
_DAY_AND_TIME = re.compile(r"(?:[0-9]{4}-?[0-9]{2}-?[0-9]{2}|[0-9]{4}-?W[0-9]{2}(?:-?[0-9])?)(?:[T ].*)?")
_YEAR_OR_MONTH = re.compile(r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


def _separated(text: str) -> str:
    """The text, where a T or a blank parts its day and time: `fromisoformat` takes any sign there, even NUL."""
    if not _DAY_AND_TIME.fullmatch(text):
        raise ValueError("no day with a time behind T or a blank")
    return text


def as_written(text: str | None) -> str | None:
    """The time in the client's own words; None where there is none. Raises RequestError as `moment` does.

    A year or a month is one too: an imported field may say no more, and what GET gave can be sent back.
    """
    if text and not _YEAR_OR_MONTH.fullmatch(text):
        moment(text)
    return storable(text or "") or None
