"""What visits came to: how soon and how often a match was found, read from the Events of each visit.

A number over fewer than FEW visits is none: it would say more of those few than of the next ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from typing import TYPE_CHECKING, Literal

import numpy as np

from firstfive.features import FIRST
from firstfive.measure.intervals import FEW, LEVEL, Interval, wilson
from firstfive.types import Event, began

if TYPE_CHECKING:
    from firstfive.types import Numbers

OVER = timedelta(minutes=30)
"""A visit in which nothing happened for so long has ended."""
ANY = "any"
"""The comment of an answer that it does not matter."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit. found: a yes stood at its end. match_s: seconds from its beginning to the first one, where known.

    early: a yes was said of one of the first five items of the first answer. liked: a yes or a maybe stood at the end.
    matched and trusted: what the seeker answered to the two questions afterwards; None where they did not.
    """

    over: bool
    found: bool
    match_s: float | None
    early: bool
    liked: bool
    asked: bool
    answered: bool
    matched: bool | None
    trusted: bool | None


def seen(events: Sequence[Event], now: datetime) -> Seen | None:
    """What a visit came to; None where nothing was shown in it. events: in the order of their times.

    One that is none of the page's begins with its first answer that was shown. A yes from before that has no seconds,
    and an Event's value says nothing here: programs send what they like in it.
    """
    by_kind: dict[str, list[Event]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    if "shown" not in by_kind:
        return None
    shown = by_kind["shown"]
    first = {event.item for event in [one for one in shown if one.recomm_id == shown[0].recomm_id][:FIRST]}
    yes, start = by_kind.get("yes", []), began(shown[0].user) or shown[0].at

    def rated(kind: str) -> bool | None:
        return by_kind[kind][-1].value > 0 if kind in by_kind else None

    return Seen(
        over="left" in by_kind or max(event.at for event in events) + OVER <= now,
        found=bool(yes),
        match_s=min((after_s for event in yes if (after_s := (event.at - start).total_seconds()) >= 0), default=None),
        early=any(event.item in first for event in yes),
        liked=bool(yes or by_kind.get("maybe")),
        asked="asked" in by_kind,
        answered=any(event.comment != ANY for event in by_kind.get("answered", ())),
        matched=rated("matched"),
        trusted=rated("trusted"),
    )


@dataclass(frozen=True, slots=True)
class Number:
    """A number over visits: what it is, and its value for one of them; None for a visit that does not count."""

    name: str
    title: str
    unit: Literal["share", "seconds"]
    meaning: str
    of: Callable[[Seen], float | None]


NUMBERS: tuple[Number, ...] = (
    Number(
        "seconds_to_match",
        "Seconds to a match",
        "seconds",
        "Seconds from opening the page to the first yes: the median over visits in which they are known.",
        lambda visit: visit.match_s,
    ),
    Number(
        "match_in_first_five",
        "A match among the first five",
        "share",
        "Visits with a yes to one of the first five items of their first answer, of all that are over or have a yes.",
        lambda visit: float(visit.early) if visit.over or visit.found else None,
    ),
    Number(
        "match",
        "A match at all",
        "share",
        "Visits with a yes to any item, of all that are over or have a yes.",
        lambda visit: float(visit.found) if visit.over or visit.found else None,
    ),
    Number(
        "abandonment",
        "Left without a yes or a maybe",
        "share",
        "Visits that ended without a yes or a maybe, of all that are over.",
        lambda visit: float(not visit.liked) if visit.over else None,
    ),
    Number(
        "question_rate",
        "A question was asked",
        "share",
        "Visits in which a question was asked.",
        lambda visit: float(visit.asked),
    ),
    Number(
        "answer_rate",
        "It was answered",
        "share",
        "Visits in which a question was answered, of those in which one was asked.",
        lambda visit: float(visit.answered) if visit.asked else None,
    ),
    Number(
        "satisfaction",
        "“I found a match”",
        "share",
        "Yes to: did you find a match? Of the visits that answered.",
        lambda visit: None if visit.matched is None else float(visit.matched),
    ),
    Number(
        "trust",
        "“I trust these suggestions”",
        "share",
        "Yes to: do you trust these suggestions? Of the visits that answered.",
        lambda visit: None if visit.trusted is None else float(visit.trusted),
    ),
)


@dataclass(frozen=True, slots=True)
class VisitNumber:
    """A number with its 95 % interval, over so many visits. value None: there are not enough of them yet."""

    name: str
    title: str
    unit: str
    visits: int
    value: Interval | None
    meaning: str
    needed: int = FEW


def visit_numbers(visits: Iterable[Sequence[Event]], now: datetime) -> tuple[VisitNumber, ...]:
    """Every one of NUMBERS over these visits, each given as its Events in order. Visits that saw nothing do not count.

    Shares have Wilson's interval (JASA 1927); the median that of its order statistics, which supposes nothing.
    """
    known = [one for events in visits if (one := seen(events, now))]
    return tuple(_number(number, known) for number in NUMBERS)


def _number(number: Number, known: Sequence[Seen]) -> VisitNumber:
    values = np.array([value for one in known if (value := number.of(one)) is not None], dtype=np.float64)
    interval = _INTERVALS[number.unit](values) if len(values) >= FEW else None
    return VisitNumber(number.name, number.title, number.unit, len(values), interval, number.meaning)


def _share(values: Numbers) -> Interval:
    share = float(values.mean())
    return Interval(share, *wilson(share, len(values)))


def _median(values: Numbers) -> Interval:
    """The median between two of the values, so far apart that as many coins seldom fall more unevenly."""
    n, ordered = len(values), np.sort(values)
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1)))))
    uneven = np.cumsum(np.exp(logs[n] - logs - logs[::-1] - n * log(2)))
    rank = max(1, int((uneven <= (1 - LEVEL) / 2).sum()))
    return Interval(float(np.median(ordered)), float(ordered[rank - 1]), float(ordered[n - rank]))


_INTERVALS: dict[str, Callable[[Numbers], Interval]] = {"share": _share, "seconds": _median}
