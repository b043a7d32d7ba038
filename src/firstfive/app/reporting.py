"""Use case: one report on how good the answers are, how sure that is, and what it costs.

It measures the Release in use, reads back what was measured before, and says first, in a few sentences, whether the
goal is met. What there is no data for says what gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from firstfive.app.compared import Compared, every_compared
from firstfive.app.measure import goal_of
from firstfive.app.past import Past, past
from firstfive.app.quality import Quality, look
from firstfive.app.visited import Visited, numbers
from firstfive.errors import IndexFileError, SourceError
from firstfive.measure.files import whole_file
from firstfive.measure.visits import VisitNumber

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.wiring import Project
    from firstfive.measure import Interval, Reliability, Slice
    from firstfive.ports import Progress
    from firstfive.types import Release

__all__ = ["Compared", "GoalReport", "Interval", "Outcome", "Reliability", "Slice", "report", "share"]

Outcome: TypeAlias = Literal["met", "not met", "not enough data yet", "no goal", "nothing built"]
DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalReport:
    """The whole report. summary: three to five sentences for somebody who reads nothing else.

    quality None: nothing could be measured, and why says why. with_requests: the words of people's requests are in it.
    """

    project: str
    at: datetime
    outcome: Outcome
    summary: tuple[str, ...]
    release: Release | None
    quality: Quality | None
    why: str
    past: Past
    visits: Visited
    days: int
    with_requests: bool = False
    experiments: tuple[Compared, ...] = ()


def report(
    project: Project,
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    by: Sequence[str] = (),
    with_requests: bool = False,
    days: int = DAYS,
    progress: Progress | None = None,
) -> GoalReport:
    """The report as it stands now. queries and qrels: those of `[goal]` where none are named, else made-up requests.
    by: fields to divide them by, beside their length and language.

    Raises SourceError and UsageError for files that cannot be used, and what ranking raises.
    """
    quality, release, why = None, None, ""
    try:
        release = project.recommender.release
        quality = look(project, queries=queries, qrels=qrels, by=by, with_requests=with_requests, progress=progress)
    except IndexFileError as error:
        if error.code != "index.missing":
            raise
        why = str(error)
    except SourceError as error:
        if error.code != "measure.nothing" or queries or qrels:
            raise
        why = str(error)
    before = past(project, quality.measure if quality else str(goal_of(project.settings.goal).measure))
    visits = numbers(project, days)
    outcome = _outcome(quality, release)
    summary = tuple(_summary(outcome, quality, release, visits, days))
    named = project.settings.project.name or project.folder.name
    return GoalReport(
        project=named,
        at=datetime.now(UTC),
        outcome=outcome,
        summary=summary,
        release=release,
        quality=quality,
        why=why,
        past=before,
        visits=visits,
        days=days,
        with_requests=with_requests,
        experiments=every_compared(project),
    )


def write_whole(file: Path, text: str) -> None:
    """Writes a report whole or not at all. Raises SourceError measure.files and StoreError store.full."""
    with whole_file(file) as begun:
        begun.write_text(text, "utf-8")


def _outcome(quality: Quality | None, release: Release | None) -> Outcome:
    if quality is None:
        return "nothing built" if release is None else "not enough data yet"
    if not quality.decision.findings:
        return "no goal"
    outcomes: dict[str, Outcome] = {"passed": "met", "failed": "not met", "open": "not enough data yet"}
    return outcomes[quality.decision.outcome]


# --- the summary ------------------------------------------------------------------------------------------------------

VERDICTS: dict[Outcome, str] = {
    "met": "The goal is met.",
    "not met": "The goal is not met.",
    "not enough data yet": "Not enough data yet to say whether the goal is met.",
    "no goal": 'No goal is set, so nothing says whether this is good enough: set goal.at_least, as "Success@5 0.7".',
    "nothing built": "Nothing is built yet, so nothing can be measured: import a catalogue and run firstfive build.",
}


def _summary(
    outcome: Outcome, quality: Quality | None, release: Release | None, visits: Visited, days: int
) -> Iterator[str]:
    yield f"{VERDICTS[outcome]} {_wanted(outcome, quality)}".strip()
    if quality and release:
        yield _reached(quality, release)
        if slow := _served_worst(quality):
            yield slow
        yield (
            f"Half of the answers take {quality.taken.median_ms:,.0f} ms or less and 95 of 100 take "
            f"{quality.taken.p95_ms:,.0f} ms or less, one at a time; embedding 1,000 requests costs "
            f"${quality.taken.usd_per_1000:,.4f}."
        )
    yield _visited(visits, days)


def _wanted(outcome: Outcome, quality: Quality | None) -> str:
    """What was to be reached, or what stands in the way."""
    if quality is None or outcome == "no goal":
        return ""
    if outcome == "met" and quality.measured.gates:
        wanted = (f"{gate.measure} of {share(gate.least)}" for gate in quality.measured.gates)
        return f"At least {' and '.join(wanted)} was wanted."
    worst = {"met": "passed", "not met": "failed", "not enough data yet": "open"}[outcome]
    said = "; ".join(one.said for one in quality.decision.findings if one.outcome == worst)
    return f"{said[:1].upper()}{said[1:]}{'.' if said else ''}"


def _reached(quality: Quality, release: Release) -> str:
    first = next(one for one in quality.measured.runs[0].results if one.measure == quality.measure)
    whose = "made-up requests, which no person asked" if quality.made_up else "requests that were judged"
    return (
        f"Release {release.id[:12]}, of {release.items:,} items, reaches {quality.measure} {share(first.value)} "
        f"(95 % interval {share(first.low)} to {share(first.high)}) on {quality.measured.queries:,} {whose}."
    )


def _served_worst(quality: Quality) -> str:
    """The kind of requests that is served worst, where that is plain: its interval lies under the mean of all."""
    mean = next(one.value for one in quality.measured.runs[0].results if one.measure == quality.measure)
    under = [(one.value, one) for one in quality.slices if one.value and one.value.high < mean]
    if not under:
        return ""
    value, least = min(under, key=lambda known: known[0].value)
    return (
        f"Served worst are those of {least.by} “{least.name}”: {share(value.value)} "
        f"({share(value.low)} to {share(value.high)}, {least.requests:,} requests)."
    )


def _visited(visits: Visited, days: int) -> str:
    one: VisitNumber = next(one for one in visits.numbers if one.name == "match_in_first_five")
    if one.value is None:
        return (
            f"Of people who used the page in the last {days} days there is not enough data yet: "
            f"{one.visits:,} of the {one.needed} visits that are needed."
        )
    return (
        f"In the last {days} days {_of(one.value)} of {one.visits:,} visits to the page found a match among the "
        "first five."
    )


def _of(value: Interval) -> str:
    return f"{share(value.value)} ({share(value.low)} to {share(value.high)})"


def share(value: float) -> str:
    """A number from 0 to 1 as people read it."""
    return f"{value:.1%}".replace("%", " %")
