"""What seekers did in an experiment, read from its Slates and their Events: a visitor each, and an answer each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from firstfive.app.arms import own_ms, seeker_of
from firstfive.features import FIRST
from firstfive.learn import Signal, signals
from firstfive.learn.signals import FAINT
from firstfive.measure import Slot, credit
from firstfive.measure.experiment import BASELINE, BOTH, CANDIDATE, Answered, Visitor

if TYPE_CHECKING:
    from firstfive.ports import Store
    from firstfive.types import Event, Experiment, ItemId, RecommId, Slate, Trial

PORTION = 1_000
EVENTS = 5_000
SKEW = timedelta(minutes=1)
"""By so much a client's clock may be behind ours."""
LONGEST = 4
"""A visit ends at the latest after this many times the pause that ends one, so that nobody who never pauses holds up
the others."""
TEAMS = {"a": BASELINE, "b": CANDIDATE}


@dataclass(frozen=True, slots=True)
class _Given:
    """What counts of a Slate."""

    id: RecommId
    at: datetime
    trial: Trial
    items: tuple[ItemId, ...]
    ms: Mapping[str, float]
    usd: Mapping[str, float]


def outcomes(store: Store, experiment: Experiment) -> tuple[list[Visitor], list[Answered]]:
    """Who came, and what was answered. Reads every Slate and Event since the experiment began, in pages."""
    given: dict[str, list[_Given]] = defaultdict(list)
    owners: dict[RecommId, str] = {}
    for slate, trial in _slates(store, experiment):
        seeker = seeker_of(slate.request, slate.recomm_id)
        given[seeker].append(_given(slate, trial))
        owners[slate.recomm_id] = seeker
    said: dict[str, list[Event]] = defaultdict(list)
    for event in _events(store, experiment):
        owner = owners.get(event.recomm_id) if event.recomm_id else str(event.user)
        if owner in given:
            said[owner].append(event)
    over = timedelta(seconds=experiment.over_s)
    visitors = [_visitor(sorted(ones, key=_time), said[seeker], over) for seeker, ones in given.items()]
    every = sorted((one for ones in given.values() for one in ones), key=_time)
    return visitors, [Answered(one.ms, _by_arm(one)) for one in every]


def _slates(store: Store, experiment: Experiment) -> Iterator[tuple[Slate, Trial]]:
    """The experiment's Slates, newest first, each with its part in the trial."""
    cursor, last = "", False
    while not last:
        with store.read() as unit:
            page, cursor = unit.slates.page(cursor, PORTION)
        yield from ((one, trial) for one in page if (trial := one.trial) and trial.experiment == experiment.id)
        last = not cursor or page[-1].created < experiment.started


def _events(store: Store, experiment: Experiment) -> Iterator[Event]:
    """Events since it began, by time. An event replaced during the read is returned in its newer version."""
    found: dict[tuple[str, str, str], Event] = {}
    cursor, last = "", False
    while not last:
        with store.read() as unit:
            page, cursor = unit.events.since(experiment.started - SKEW, cursor, EVENTS)
        found |= {(one.kind, one.user, one.item): one for one in page}
        last = not cursor
    return iter(sorted(found.values(), key=lambda one: one.at))


def _given(slate: Slate, trial: Trial) -> _Given:
    """One answer. Where the candidate failed, its time counts for neither arm: it holds the wait for the candidate and
    the baseline's work."""
    arm = BASELINE if trial.failed else trial.arm
    ms = trial.took_ms or ({} if trial.failed or arm == BOTH else {arm: own_ms(slate)})
    usd = trial.costs_usd or ({arm: slate.cost_usd} if arm != BOTH else {})
    return _Given(slate.recomm_id, slate.created, trial, tuple(place.item for place in slate.places), ms, usd)


def _time(one: _Given) -> datetime:
    return one.at


def _by_arm(one: _Given) -> Mapping[str, Sequence[str]]:
    """The items by whose ranking put them there."""
    if one.trial.failed:
        return {BASELINE: one.items}
    if one.trial.arm != BOTH:
        return {one.trial.arm: one.items}
    pairs = list(zip(one.items, one.trial.teams, strict=False))
    return {arm: tuple(item for item, team in pairs if team == name) for name, arm in TEAMS.items()}


# --- one visitor ------------------------------------------------------------------------------------------------------


def _visitor(given: Sequence[_Given], events: Sequence[Event], over: timedelta) -> Visitor:
    """A seeker's first visit: from their first Slate until nothing happens for so long. given, events: by time."""
    first, latest = given[0], given[0].at + LONGEST * over
    events = [one for one in events if one.at >= first.at - SKEW]
    times = sorted([*(one.at for one in given), *(one.at for one in events)])
    end = min(_end(first.at, times, over), latest)
    given = [one for one in given if one.at <= end]
    words = signals([one for one in events if one.at <= end], {})
    yes = [one for one in words if one.gain > max(FAINT.values())]
    no = [one for one in words if one.gain < 0]
    failed = any(one.trial.failed for one in given)
    return Visitor(
        arm=first.trial.arm,
        began=first.at,
        over_at=min(end + over, latest),
        found=any(one.item in first.items[:FIRST] for one in yes if one.recomm_id in (None, first.id)),
        leaning=_leaning(given, yes),
        refusing=_leaning(given, no),
        refused=any(one.item in slate.items for slate in given for one in no),
        first=next((one.trial.teams[0] for one in given if one.trial.teams), ""),
        failed=failed,
        ms={} if failed else _means([one.ms for one in given]),
        usd={} if failed else _means([one.usd for one in given]),
        shown={} if failed else _by_arm(first),
    )


def _end(start: datetime, times: Sequence[datetime], over: timedelta) -> datetime:
    """When the last thing happened before a pause that ends the visit."""
    end = start
    for at in times:
        if at - end > over:
            break
        end = max(end, at)
    return end


def _leaning(given: Sequence[_Given], said: Sequence[Signal]) -> float:
    """How far what was said speaks for the candidate, in [-1, 1]: the mean over the Slates that it was said of."""
    scores = []
    for one in given:
        spoken = {each.item for each in said if each.recomm_id in (None, one.id)} & set(one.items)
        if spoken and one.trial.leanings:
            rows = zip(one.items, one.trial.leanings, strict=False)
            scores.append(credit([Slot(item, "a", leaning) for item, leaning in rows], spoken))
    return sum(scores) / len(scores) if scores else 0.0


def _means(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    arms = {arm for one in each for arm in one}
    values = {arm: [one[arm] for one in each if arm in one] for arm in arms}
    return {arm: sum(found) / len(found) for arm, found in values.items()}
