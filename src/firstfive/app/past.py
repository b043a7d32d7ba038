"""What was measured before, in order: lines of quality over Releases, what they took, and the curves of learning.

Only numbers over the same requests stand in one line: their hash says whether they are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

import msgspec

from firstfive.app.measured import GAIN, HANDED_OVER
from firstfive.errors import StoreError
from firstfive.measure import Check, Interval

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Measurement, Trial
    from firstfive.types import Release, ReleaseId

READ = 20_000
"""Numbers that are read, the latest."""


@dataclass(frozen=True, slots=True)
class Point:
    """A Release on these requests. built: when it was made; None for one that is gone. at: when it was measured.

    variant: what was other than in the Release; empty: nothing. The three after how are None where they were not
    measured. labels: of requests by people, that a judge was corrected by.
    """

    release: ReleaseId
    variant: str
    value: Interval
    at: datetime
    built: datetime | None
    how: str
    median_ms: float | None = None
    p95_ms: float | None = None
    usd_per_1000: float | None = None
    labels: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Releases on the same requests, in the order in which they were built. questions: the hash of these requests.

    judge: whose grades the numbers rest on; empty: no model's. alone: no label of people corrected them, so that they
    have no interval.
    """

    questions: str
    asked: str
    made_up: bool
    measure: str
    requests: int
    points: tuple[Point, ...]
    judge: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """What one run of `firstfive learn` came to. likes: what it learned from, in words; requests: how many held out.

    gains: for each share of the ranking that could be handed over, what nDCG@10 gained; handed_over: the share that
    was. Empty gains: there was too little to learn from.
    """

    release: ReleaseId
    at: datetime
    likes: str
    requests: int
    handed_over: float
    gains: Mapping[float, Interval]


@dataclass(frozen=True, slots=True)
class JudgeCheck:
    """One thing that a judge was tried on. value None: over too few requests. outcome: passed, failed or open."""

    name: str
    requests: int
    value: Interval | None
    least: float | None
    most: float | None
    outcome: str


@dataclass(frozen=True, slots=True)
class JudgeTrial:
    """How a model's trial as a judge ended. people: how far two people agree, as a kappa; None: not known."""

    model: str
    prompt: str
    verdict: str
    rule: str
    things: int
    at: datetime
    checks: tuple[JudgeCheck, ...]
    people: Interval | None


@dataclass(frozen=True, slots=True)
class Past:
    """All of it. lines: that with the newest number first. variants: the same, of what was other than in a Release.
    judges: the newest trial first.
    """

    lines: tuple[Line, ...] = ()
    variants: tuple[Line, ...] = ()
    curves: tuple[Curve, ...] = ()
    judges: tuple[JudgeTrial, ...] = ()


def past(project: Project, measure: str) -> Past:
    """What the store has of this measure, and every curve, oldest first."""
    with project.store.read() as unit:
        found, releases = unit.measurements.latest(READ), {one.id: one for one in unit.releases.all()}
        trials = unit.judgements.trials()
    mine = [one for one in found if one.measure == measure and one.how != "learn"]
    varied = {one.questions for one in mine if one.variant}
    return Past(
        tuple(_lines([one for one in mine if not one.variant], releases)),
        tuple(_lines([one for one in mine if one.questions in varied], releases)),
        tuple(_curves(found)),
        tuple(map(_trial, trials)),
    )


def _lines(newest: Iterable[Measurement], releases: Mapping[ReleaseId, Release]) -> list[Line]:
    """Of a Release that was measured again on the same requests, the newest number counts."""
    groups: dict[str, dict[tuple[ReleaseId, str], Measurement]] = {}
    for one in newest:
        there = groups.setdefault(one.questions, {})
        before = there.setdefault((one.release, one.variant), one)
        if before.p95_ms is None and one.p95_ms is not None and one.value == before.value:
            there[one.release, one.variant] = one  # the same number, measured with its time
    return [_line(list(group.values()), releases) for group in groups.values()]


def _line(group: Sequence[Measurement], releases: Mapping[ReleaseId, Release]) -> Line:
    def built(release: ReleaseId) -> datetime | None:
        return releases[release].created if release in releases else None

    ordered = sorted(group, key=lambda one: (built(one.release) or one.at, one.at))
    points = [
        Point(
            one.release,
            one.variant,
            Interval(one.value, one.low, one.high),
            one.at,
            built(one.release),
            one.how,
            one.median_ms,
            one.p95_ms,
            one.usd_per_1000,
            one.labels,
        )
        for one in ordered
    ]
    last = group[0]
    alone = bool(last.judge) and not last.labels
    return Line(last.questions, last.asked, last.made_up, last.measure, last.requests, tuple(points), last.judge, alone)


def _curves(newest: Sequence[Measurement]) -> list[Curve]:
    runs: dict[datetime, list[Measurement]] = {}
    for one in reversed(newest):
        if one.how == "learn":
            runs.setdefault(one.at, []).append(one)
    found = []
    for at, rows in runs.items():
        over = next((one for one in rows if one.measure == HANDED_OVER), None)
        if over is None:  # written last: the rest of this run is older than what was read
            continue
        gains = {
            float(one.variant.rpartition(" ")[2]): Interval(one.value, one.low, one.high)
            for one in rows
            if one.measure == GAIN
        }
        found.append(Curve(over.release, at, over.asked, over.requests, over.value, gains))
    return found


# --- judges -----------------------------------------------------------------------------------------------------------


class _Check(msgspec.Struct):
    """A check as it is kept; an end without a bound is null there."""

    name: str
    requests: int
    interval: Interval | None
    least: float | None
    most: float | None
    proven: bool


class _Evidence(msgspec.Struct):
    checks: tuple[_Check, ...] = ()
    people: Interval | None = None


def _trial(one: Trial) -> JudgeTrial:
    """Raises StoreError store.broken for evidence that cannot be read."""
    try:
        evidence = msgspec.json.decode(one.evidence or "{}", type=_Evidence)
    except msgspec.MsgspecError as error:
        raise StoreError(
            f"the evidence of a judge's trial cannot be read: {error}; put back a copy of the store",
            code="store.broken",
        ) from error
    checks = tuple(map(_check, evidence.checks))
    return JudgeTrial(one.model, one.prompt, one.verdict, one.rule, one.things, one.at, checks, evidence.people)


def _check(one: _Check) -> JudgeCheck:
    least, most = -inf if one.least is None else one.least, inf if one.most is None else one.most
    outcome = Check(one.name, one.requests, one.interval, least, most, one.proven).outcome
    return JudgeCheck(one.name, one.requests, one.interval, one.least, one.most, outcome)
