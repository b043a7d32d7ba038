"""Use case: look back at visits: the newest ones, one as a timeline, and what all of them came to.

What people wrote is shown without what could say who they are, as far as patterns find it: see `guard.masked`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from firstfive.app.taste import SEEKER
from firstfive.app.visits import RATINGS
from firstfive.errors import NotFound
from firstfive.guard import masked
from firstfive.measure.visits import VisitNumber, visit_numbers
from firstfive.types import Event, RecommId, Slate, UserId, VisitId, began

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit

__all__ = ["Step", "Told", "VisitNumber", "Visited", "numbers", "timeline", "visits"]

MOST = 30_000
"""Events that are read for the numbers: about half a second."""
PORTION = 5_000
STEPS = 2_000
"""Slates, and Events, of one visit that are shown."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What visits came to since a time. visits: how many there are. cut: there are more, older ones than were read."""

    since: datetime
    visits: int
    numbers: tuple[VisitNumber, ...]
    cut: bool = False


def numbers(project: Project, days: int = 28, now: datetime | None = None) -> Visited:
    """The numbers over the visits whose Events came in the last days; of very many the newest."""
    now = now or datetime.now(UTC)
    since = now - timedelta(days=days)
    visits, cut = by_visit(project, since, now)
    return Visited(since, len(visits), visit_numbers(visits.values(), now), cut)


def by_visit(project: Project, since: datetime, until: datetime) -> tuple[dict[UserId, list[Event]], bool]:
    """The Events of each visit between two times, in order; whether there are older ones than were read."""
    events, cut = _newest(project, since, until)
    visits: dict[UserId, list[Event]] = {}
    for event in reversed(events):
        visits.setdefault(event.user, []).append(event)
    return visits, cut


def _newest(project: Project, since: datetime, until: datetime) -> tuple[list[Event], bool]:
    """Events of Slates, the latest first, back to a time or until MOST are read; whether there are more.

    By their times, whatever the order in which they were stored: a client may send old ones today, or say that they
    are of years to come, and what is said anew keeps its place.
    """
    events: list[Event] = []
    cursor, more = "", True
    with project.store.read() as unit:
        while more and len(events) < MOST:
            some, cursor = unit.events.since(since, cursor, PORTION, newest=True, until=until, of_slates=True)
            events += some
            more = bool(cursor)
    return events, more


# --- one visit --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A visit in a line. id: the visit's, or of a Slate that belongs to none its recommId."""

    id: str
    began: datetime
    last_s: float
    request: str
    answers: int
    events: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened in a visit. at_s: seconds since it began. what: "answer", or an Event's kind.

    title: what the item is called, or all that an answer showed. item: its id; empty where it is not one item.
    """

    at_s: float
    what: str
    title: str
    item: str
    text: str
    slate: RecommId | None


def visits(project: Project, after: str = "", n: int = 50) -> tuple[list[Told], str]:
    """A page of n visits, fewer only where there are no more, those with the newest answers first; its next cursor."""
    told: list[Told] = []
    newest: dict[str, RecommId] = {}
    with project.store.read() as unit:
        more = True
        while more and len(told) < n:
            slates, after = unit.slates.page(after, n - len(told))  # so that the cursor is that of the last one used
            for slate in slates:
                visit = _visit(slate) or slate.recomm_id
                if visit in newest:
                    continue
                all_ = _slates(unit, slate)
                newest[visit] = all_[-1].recomm_id
                if newest[visit] == slate.recomm_id:  # an older answer of a visit stands with its newest one
                    told.append(_told(slate, all_, _events(unit, slate)))
            more = bool(after)
    return told, after


def timeline(project: Project, visit: str) -> tuple[Told, list[Step]]:
    """A visit and what happened in it, in order. Raises NotFound not_found.request for one that nobody made."""
    with project.store.read() as unit:
        newest, _ = unit.slates.page("", 1, UserId(visit))
        slate = newest[0] if newest else unit.slates.get(RecommId(visit)) or _of_known(unit, visit)
        if slate is None:
            raise NotFound("no visit has this id; it may have been erased", code="not_found.request")
        slates, events = _slates(unit, slate), _events(unit, slate)
    start = _began(slates)
    steps = sorted([*_answers(slates, start), *_happened(events, slates, start)], key=lambda step: step.at_s)
    return _told(slate, slates, events), steps


def _of_known(unit: Unit, visit: str) -> Slate | None:
    """The newest Slate of a visit whose seeker asked to be known again: an Event of the visit names one."""
    for event in unit.events.find(user=UserId(visit), n=STEPS, newest=True)[0]:
        slate = unit.slates.get(event.recomm_id) if event.recomm_id else None
        if slate and slate.request.visit == visit:
            return _slates(unit, slate)[-1]
    return None


def _visit(slate: Slate) -> VisitId | None:
    """The visit's id, where its Slates and Events can be found by it: under its own name, or that of a known seeker."""
    visit, user = slate.request.visit, slate.request.user
    return visit if visit and user and (str(visit) == user or user.startswith(SEEKER)) else None


def _slates(unit: Unit, slate: Slate) -> list[Slate]:
    """The Slates of the visit that a Slate belongs to, in order."""
    visit, user = _visit(slate), slate.request.user
    if visit is None or user is None:
        return [slate]
    return [one for one in unit.slates.page("", STEPS, user)[0] if one.request.visit == visit][::-1]


def _events(unit: Unit, slate: Slate) -> Sequence[Event]:
    visit = _visit(slate)
    return unit.events.find(user=UserId(visit), n=STEPS)[0] if visit else ()


def _began(slates: Sequence[Slate]) -> datetime:
    """When the visit began, as its id says; where that is none of the page's, with its first Slate."""
    visit = slates[0].request.visit
    return (began(visit) if visit else None) or slates[0].created


RATED = frozenset(RATINGS[:-1])
"""Kinds of Event whose value is an answer, 1 for yes, and no time."""


def _answers(slates: Sequence[Slate], start: datetime) -> Iterator[Step]:
    for slate in slates:
        shown = ", ".join(place.title or place.item for place in slate.places)
        at_s = (slate.created - start).total_seconds()
        yield Step(at_s, "answer", shown, "", masked(slate.request.text), slate.recomm_id)


def _happened(events: Sequence[Event], slates: Sequence[Slate], start: datetime) -> Iterator[Step]:
    titles = {place.item: place.title for slate in slates for place in slate.places}
    for event in events:
        said = ("yes" if event.value else "no") if event.kind in RATED else ""
        at = _within(event, start)
        dated = "" if at == event.at else f"dated {event.at:%Y-%m-%d %H:%M} UTC"
        text = "; ".join(filter(None, (masked(event.comment) or said, dated)))
        item = "" if str(event.item) == event.recomm_id else event.item
        at_s, title = (at - start).total_seconds(), titles.get(event.item) or item
        yield Step(at_s, event.kind, title, item, text, event.recomm_id)


def _within(event: Event, start: datetime) -> datetime:
    """An Event's time, from the visit's beginning until now: a program may say that it was before or will be."""
    return max(start, min(event.at, datetime.now(UTC)))


def _told(slate: Slate, slates: Sequence[Slate], events: Sequence[Event]) -> Told:
    start = _began(slates)
    last = max([slate.created, *(_within(event, start) for event in events)])
    kinds = {event.kind for event in events}
    outcome = next((kind for kind in ("yes", "maybe", "left", "no") if kind in kinds), "")
    return Told(
        _visit(slate) or slate.recomm_id,
        start,
        (last - start).total_seconds(),
        masked(slates[0].request.text),
        len(slates),
        len(events),
        outcome,
    )
