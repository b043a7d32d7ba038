"""Times as clients write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from firstfive.errors import RequestError


def moment(text: str | None) -> datetime:
    """A time as clients write it: ISO 8601, UTC where no offset is given, now where there is none."""
    if not text:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(_LEAP_SECOND.sub(":59", text.upper()))
    except ValueError as wrong:
        raise RequestError(f"Timestamp {text!r} is not a time; write it like 2026-01-31T09:30:00Z") from wrong
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return at.replace(tzinfo=UTC)  # the first or last day that there is: the offset would lead out of the calendar


_LEAP_SECOND = re.compile(r":60(?=[.Z+-]|$)")


def as_written(text: str | None) -> str | None:
    """The time in the client's own words; None where there is none. Raises RequestError as `moment` does."""
    if text:
        moment(text)
    return text or None
