"""Use case: write up a pilot: what was tried with how many seekers, what came of it, what they said, what failed.

A seeker is a visit: nobody is followed from one visit to the next. What people wrote is left out unless it is asked
for, and then without what patterns know for personal data: see `guard.masked`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.compared import Compared, compared
from firstfive.app.experiments import named
from firstfive.app.model_steps import UNAIDED, UNEXPLAINED
from firstfive.app.recommend import BY_WORDS
from firstfive.app.visited import by_visit
from firstfive.app.visits import DECISIONS, MISFIT
from firstfive.guard import masked
from firstfive.measure.experiment import BASELINE, BOTH, CANDIDATE
from firstfive.measure.intervals import FEW, LEVEL, Interval, wilson
from firstfive.measure.sequential import arms_sequence
from firstfive.measure.visits import NUMBERS, VisitNumber, seen, visit_numbers
from firstfive.observe import Quiet
from firstfive.release import differences
from firstfive.types import UserId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.measure.visits import Seen
    from firstfive.ports import Progress
    from firstfive.types import Event, Release, ReleaseId, Slate

PORTION = 1_000
MOST = 50_000
"""Slates that are read, the newest."""
ARMS = (BASELINE, CANDIDATE)
WORDS = 60
"""Comments, and requests, that are shown at most, the newest."""
PRESSED: Mapping[str, str] = {
    "kind": "not the kind of thing that was meant",
    "part": "right in part only",
    "known": "known already",
    MISFIT: "none of the five fits",
}
"""Reasons for a no that a button gives; all others are a seeker's own words."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A Release that answered. answers: how many. changed: settings in which it differs from the one named before."""

    release: ReleaseId
    built: datetime | None
    items: int
    answers: int
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    changed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Seekers who got the same, and what came of it."""

    name: str
    seekers: int
    numbers: tuple[VisitNumber, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """A number of the candidate's visits less that of the baseline's. All of these hold together, at one look."""

    name: str
    title: str
    visits: int
    value: Interval


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that went wrong: in how many, of how many, and of what. share None: of fewer than FEW."""

    what: str
    times: int
    of: int
    unit: str
    share: Interval | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a seeker wrote, masked. about: "request", or the kind of the decision that it explains."""

    at: datetime
    about: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """The whole write-up. experiment: the one whose visits these are; None: all of a time. cut: more than was read.

    groups: one for each Release, or each arm of an experiment; apart: the differences of its arms.
    median_ms, p95_ms: of the answers, with their storing; None without any. reasons: for a no, by button, how often.
    said: None where words were not asked for; own_words: how many there are.
    """

    project: str
    at: datetime
    since: datetime
    until: datetime
    seekers: int
    answers: int
    requests: int
    numbers: tuple[VisitNumber, ...]
    groups: tuple[Group, ...]
    tried: tuple[Tried, ...]
    failed: tuple[Failed, ...]
    reasons: Mapping[str, int]
    own_words: int
    median_ms: float | None
    p95_ms: float | None
    cost_usd: float
    experiment: Compared | None
    apart: tuple[Apart, ...]
    said: tuple[Said, ...] | None
    cut: bool = False


def pilot(
    project: Project,
    since: datetime,
    until: datetime,
    *,
    experiment: str = "",
    with_words: bool = False,
    progress: Progress | None = None,
) -> Pilot:
    """What visits to the page between two times came to. experiment: only those of this one, an arm beside the other.

    Raises NotFound not_found.experiment.
    """
    now = datetime.now(UTC)
    tried = named(project, experiment) if experiment else None
    slates, cut = _slates(project, since, until, progress or Quiet())
    if tried:
        slates = [slate for slate in slates if slate.trial and slate.trial.experiment == tried.id]
    given: dict[UserId, list[Slate]] = {}
    for slate in slates:
        if slate.request.visit:  # its Events stand under it, also where the seeker asked to be known again
            given.setdefault(UserId(slate.request.visit), []).append(slate)
    every, more = by_visit(project, since, min(until, now))
    visits = {user: _within(events, until) for user, events in every.items() if user in given}
    known = {user: one for user, events in visits.items() if (one := seen(events, now))}
    no = [event for events in visits.values() for event in events if event.kind == "no"]
    own = [event for events in visits.values() for event in events if _own(event)]
    groups = _by_arm(given) if tried else _by_release(given)
    answers = [slate for mine in given.values() for slate in mine]
    took = [sum(slate.timings_ms.values()) for slate in answers]
    return Pilot(
        project=project.settings.project.name or project.folder.name,
        at=now,
        since=since,
        until=until,
        seekers=len(given),
        answers=len(answers),
        requests=sum(len({slate.request.text for slate in mine}) for mine in given.values()),
        numbers=visit_numbers(visits.values(), now),
        groups=tuple(_groups(groups, visits, now)),
        tried=tuple(_tried(project, answers)),
        failed=tuple(_failed(answers, known.values(), no)),
        reasons=dict(Counter(PRESSED[event.comment] for event in no if event.comment in PRESSED).most_common()),
        own_words=len(own),
        median_ms=float(np.median(took)) if took else None,
        p95_ms=float(np.percentile(took, 95)) if took else None,
        cost_usd=sum(slate.cost_usd for slate in answers),
        experiment=compared(project, tried.name) if tried else None,
        apart=tuple(_apart(groups, visits, now)) if tried else (),
        said=tuple(_said(own, answers)) if with_words else None,
        cut=cut or more,
    )


def _slates(project: Project, since: datetime, until: datetime, said: Progress) -> tuple[list[Slate], bool]:
    """Those between two times, oldest first; whether older ones were left unread."""
    found: list[Slate] = []
    cursor, whole = "", False
    said.start("answers", None)
    while len(found) < MOST and not whole:
        with project.store.read() as unit:
            some, cursor = unit.slates.page(cursor, PORTION)
        found += [slate for slate in some if since <= slate.created < until]
        said.advance("answers", len(some))
        whole = not cursor or some[-1].created < since
    said.finish("answers")
    return found[::-1], not whole


def _within(events: Sequence[Event], until: datetime) -> list[Event]:
    return [event for event in events if event.at < until]


def _own(event: Event) -> bool:
    """Whether its comment is a seeker's own words."""
    return event.kind in DECISIONS and bool(event.comment.strip()) and event.comment not in PRESSED


def _by_release(given: Mapping[UserId, Sequence[Slate]]) -> dict[str, list[UserId]]:
    """Who got which Release first, in the order in which these came."""
    by: dict[str, list[UserId]] = {}
    for user, slates in given.items():
        by.setdefault(f"Release {slates[0].release[:12]}", []).append(user)
    return by


def _by_arm(given: Mapping[UserId, Sequence[Slate]]) -> dict[str, list[UserId]]:
    """Who was drawn for which arm of an experiment."""
    by: dict[str, list[UserId]] = {}
    for user, slates in given.items():
        by.setdefault(slates[0].trial.arm if slates[0].trial else "", []).append(user)
    return {arm: by[arm] for arm in (BASELINE, CANDIDATE, BOTH) if arm in by}


def _groups(
    groups: Mapping[str, Sequence[UserId]], visits: Mapping[UserId, Sequence[Event]], now: datetime
) -> Iterator[Group]:
    for name, users in groups.items():
        yield Group(name, len(users), visit_numbers((visits.get(user, ()) for user in users), now))


def _apart(
    groups: Mapping[str, Sequence[UserId]], visits: Mapping[UserId, Sequence[Event]], now: datetime
) -> Iterator[Apart]:
    """Shares of the candidate less those of the baseline, where both have enough visits.

    Widened for all shares that there are (Bonferroni, in the form of Dunn, JASA 1961), not for those with enough visits
    now: a number of intervals that the data choose would hold none of them.
    """
    arms = [[one for user in groups.get(arm, ()) if (one := seen(visits.get(user, ()), now))] for arm in ARMS]
    values = {
        number: [np.array([v for one in arm if (v := number.of(one)) is not None]) for arm in arms]
        for number in NUMBERS
        if number.unit == "share"
    }
    enough = {number: both for number, both in values.items() if min(map(len, both)) >= FEW}
    for number, (baseline, candidate) in enough.items():
        known = arms_sequence(baseline, candidate, level=1 - (1 - LEVEL) / len(values))
        yield Apart(number.name, number.title, len(baseline) + len(candidate), known.interval)


def _tried(project: Project, answers: Sequence[Slate]) -> Iterator[Tried]:
    with project.store.read() as unit:
        releases = {one.id: one for one in unit.releases.all()}
    by: dict[ReleaseId, list[Slate]] = {}
    for slate in answers:
        by.setdefault(slate.release, []).append(slate)
    before: Release | None = None
    for name, slates in by.items():
        one = releases.get(name)
        yield Tried(
            name,
            one.created if one else None,
            one.items if one else 0,
            len(slates),
            tuple(sorted({model for slate in slates for model in slate.models})),
            tuple(sorted({prompt for slate in slates for prompt in slate.prompts})),
            tuple(
                (change.part, change.before or "", change.after or "")
                for change in (differences(before, one) if before and one else ())
            ),
        )
        before = one or before


def _failed(answers: Sequence[Slate], known: Iterable[Seen], no: Sequence[Event]) -> Iterator[Failed]:
    over = [one for one in known if one.over]
    misfits = {(event.user, event.recomm_id) for event in no if event.comment == MISFIT}
    yield _share("left without a yes or a maybe", sum(not one.liked for one in over), len(over), "visits")
    yield _share("“none of these” was said of all five", len(misfits), len(answers), "answers")
    yield _share("nothing could be shown", sum(not slate.places for slate in answers), len(answers), "answers")
    for note, what in _NOTES.items():
        yield _share(what, sum(note in slate.notes for slate in answers), len(answers), "answers")
    unsure = [slate for slate in answers if slate.asked]
    yield _share(
        "said that they are not sure of a match", sum(not _sure(slate) for slate in unsure), len(unsure), "answers"
    )


def _share(what: str, times: int, of: int, unit: str) -> Failed:
    ends = Interval(times / of, *wilson(times / of, of)) if of >= FEW else None
    return Failed(what, times, of, unit, ends)


_NOTES: Mapping[str, str] = {
    BY_WORDS: "matched by words alone, since the embedder took too long",
    UNAIDED: "the language model gave no help in time",
    UNEXPLAINED: "the language model gave no reasons in time",
}


def _sure(slate: Slate) -> bool:
    return slate.asked is None or slate.asked.sure


def _said(own: Sequence[Event], answers: Sequence[Slate]) -> Iterator[Said]:
    """Comments, then each request once, the newest first."""
    for event in sorted(own, key=lambda event: event.at, reverse=True)[:WORDS]:
        yield Said(event.at, event.kind, masked(event.comment))
    requests = {(slate.request.visit, slate.request.text): slate for slate in answers}
    for slate in sorted(requests.values(), key=lambda slate: slate.created, reverse=True)[:WORDS]:
        yield Said(slate.created, "request", masked(slate.request.text))
