"""Use case: how good are the answers, how sure is that, and is another ranking better?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import learned
from firstfive.app.calibrating import FEWEST, taught_in
from firstfive.app.chances import QUESTIONS, SEED, try_made_up
from firstfive.app.embedders import patient
from firstfive.app.kinds import kinds_of
from firstfive.app.measured import hash_of, kept, measurements
from firstfive.app.questions import JUDGING, TUNING, held_out
from firstfive.app.recommend import Recommender
from firstfive.app.sides import Side, costs_of, rank_side, side_of
from firstfive.errors import SettingsError, SourceError, UsageError
from firstfive.features import FIRST
from firstfive.index import MappedCatalogue
from firstfive.measure import (
    DEFAULT,
    JUDGED,
    Bar,
    Cost,
    Decision,
    Goal,
    Measure,
    Qrels,
    Query,
    Reliability,
    Report,
    Run,
    compare,
    decide,
    read_qrels,
    read_queries,
    read_run,
    reliability,
    score,
    spellings,
)
from firstfive.observe import Quiet
from firstfive.ports import Progress, words_of
from firstfive.settings import GoalSettings
from firstfive.types import ReleaseId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

HERE = "this project"
FOUND = Measure("Success", 5)
"""What a chance is the chance of."""


def evaluate(
    queries: str | Path | None,
    qrels: str | Path | None,
    *,
    run: str | Path | None = None,
    baseline: str | Path | None = None,
    project: Project | None = None,
    variants: Mapping[str, Sequence[str]] | None = None,
    measures: Sequence[str | Measure] = DEFAULT,
    fail_under: Sequence[str] = (),
    release: str = "",
    baseline_release: str = "",
    gated: bool = False,
    by: Sequence[str] = (),
    repeats: int = 1,
    resamples: int = 10_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Measures a run from a file or, without one, the ranking of the project's Release in use.

    variants: settings of [rank] by name, such as {"words only": ["rank.chars=0", "rank.whole=0", "rank.passages=0"]},
    or a model's part, ["rerank=20", "prompt=rerank@2"], ranked and compared in the same report. queries may be None
    where a run is given: all judged ones are measured. fail_under: bars such as "Success@5 0.7" for the first run;
    `Report.check` raises GateFailed, so that the report can be printed first. release: this one with its own settings,
    in place of the one in use. baseline_release: what to compare with. gated: what `[goal]` asks about is measured too.
    queries and qrels not named are those of `[goal]`. by: kinds of requests to measure apart: "length", "language" or a
    field. repeats: how often what is not deterministic is ranked. The same input and seed give the same report, but for
    time and what a model says. Stores no Slates; what was measured of Releases is kept. Judged requests that one of the
    Releases learned from are left out, which is noted.

    Raises UsageError, SourceError (measure.files, measure.nothing) and what ranking raises.
    """
    wanted, bars = _wanted(measures, fail_under, project if gated else None)
    queries, qrels = _files(project, queries, qrels)
    asked, judged = _asked(queries, TUNING if variants else JUDGING if gated else ""), read_qrels(qrels)
    plan = _Plan(project, asked, _depth(wanted, bars), repeats, progress or Quiet())
    tried = _from_file(run) if run is not None else plan.ranked(release, variants or {})
    tried, judged = _spelt(_against(tried, plan, baseline, baseline_release), judged, project)
    asked, taught = unlearned(project, [side.release for side in tried.sides], asked)
    report = compare(
        tried.runs,
        judged,
        measures=[*wanted, JUDGED],
        queries=[query.qid for query in asked] if asked is not None else None,
        baseline=tried.baseline,
        bars=bars,
        seconds=tried.seconds,
        costs=tried.costs,
        kinds=kinds_of(by, asked or (), judged, project),
        release=tried.release,
        resamples=resamples,
        seed=seed,
    )
    if project and asked is not None and tried.sides:
        _keep(project, report, tried.sides, Path(str(queries)).name, hash_of(asked, judged))
    return _with_chances(report, project, tried, judged, asked or (), taught)


def _asked(queries: str | Path | None, half: str) -> Sequence[Query] | None:
    """The requests of a file; None without one. half: the use that made-up ones must be written for; empty: any.

    Raises SourceError measure.nothing for an empty file, and UsageError for requests of the other half.
    """
    if queries is None:
        return None
    asked = read_queries(queries)
    if not asked:
        raise SourceError(f"{queries} has no request; write one a line into it", code="measure.nothing")
    if half:
        held_out(asked, half)
    return asked


def _depth(wanted: Sequence[Measure], bars: Sequence[Bar]) -> int:
    """How many items must be ranked for every measure and bar to be computed."""
    return max([FIRST, *(measure.cutoff for measure in (*wanted, *(bar.measure for bar in bars)))])


def _against(tried: _Tried, plan: _Plan, baseline: str | Path | None, baseline_release: str) -> _Tried:
    """With the baseline that was named, of a Release before that of a file; as it is where none was."""
    if baseline_release:
        return tried.against(plan.ranked(baseline_release, {}))
    return tried if baseline is None else replace(tried, baseline=(read_run(baseline),))


def _spelt(tried: _Tried, judged: Qrels, project: Project | None) -> tuple[_Tried, Qrels]:
    """The baseline and the judgements under the ids of the ranked Releases; unchanged where no Release was ranked."""
    if project is None or not tried.sides:
        return tried, judged
    releases = dict.fromkeys(side.release for side in tried.sides)
    catalogues = [MappedCatalogue(project.releases / release / "catalogue") for release in releases]
    baseline = tried.baseline and [run.spelt(*catalogues) for run in tried.baseline]
    return replace(tried, baseline=baseline), judged.spelt(*catalogues)


def _with_chances(
    report: Report, project: Project | None, tried: _Tried, judged: Qrels, asked: Sequence[Query], taught: str
) -> Report:
    """The report with how true the stated chances are, and with notes on what could say nothing of it.

    taught: the sentence on requests that a Release learned from; empty where there are none.
    """
    measured = {query.qid for query in asked}
    stated = {qid: chance for qid, chance in tried.chances.items() if qid in measured}
    chances, note = untaught(project, tried.release, stated, asked)
    return replace(
        report,
        chances=of_chances(chances, tried.runs[0][0], judged),
        notes=(*report.notes, *filter(None, (taught, note, _absent(project, tried.sides, judged)))),
    )


def _absent(project: Project | None, sides: Sequence[Side], judged: Qrels) -> str:
    """A sentence on judged items that the first side's Release does not have; "" where it has them all."""
    if project is None or not sides:
        return ""
    release = sides[0].release
    catalogue = MappedCatalogue(project.releases / release / "catalogue")
    gone = [name for name in judged.ids if spellings(name)[0] not in catalogue]
    if not gone:
        return ""
    named = ", ".join(gone[:3]) + (", ..." if len(gone) > 3 else "")
    return (
        f"{len(gone):,} of {len(judged.ids):,} judged items are not in release {release[:12]} ({named}), so that "
        "nothing can find them: import them and build, or check the ids."
    )


def unlearned(
    project: Project | None, releases: Sequence[ReleaseId], asked: Sequence[Query] | None
) -> tuple[Sequence[Query] | None, str]:
    """The requests that no Release here learned its ranking from, and a sentence on those left out.

    Raises SourceError measure.nothing where none is left.
    """
    if project is None or asked is None:
        return asked, ""
    before = learned.judged_before(project, releases)
    left = [query for query in asked if learned.name_of(query.text) not in before]
    out = len(asked) - len(left)
    if out and not left:
        raise SourceError(
            f"there is nothing to measure: a Release learned from all {out:,} of these requests; judge others, and "
            "name them with --queries and --qrels",
            code="measure.nothing",
        )
    return left, (
        f"{out:,} of the queries are left out: the ranking of a Release was learned from them, so that they say "
        "nothing of how good it is."
        if out
        else ""
    )


def untaught(
    project: Project | None, release: str, chances: Mapping[str, float], asked: Sequence[Query]
) -> tuple[Mapping[str, float], str]:
    """The chances of requests that the chances were not learned from, and a sentence on those left out."""
    taught = taught_in(project.releases / release) if project and release and chances else frozenset()
    if not taught:
        return chances, ""
    known = {query.qid for query in asked if words_of(query.text) in taught}
    left = {qid: chance for qid, chance in chances.items() if qid not in known}
    out = len(chances) - len(left)
    return left, (
        f"The chances were learned from {len(taught):,} requests that people labelled, too; {out:,} of the queries are "
        "among them and say nothing of the chances."
    )


def _keep(project: Project, report: Report, sides: Sequence[Side], file: str, questions: str) -> None:
    asked = f"{report.queries:,} requests of {file}"
    for result, side in zip(report.runs, sides, strict=False):  # a baseline from a file is no side
        variant = "" if side.rank is None and not side.rerank else side.name
        kept(
            project,
            measurements(
                result,
                side.release,
                questions,
                asked,
                report.queries,
                how="evaluate",
                variant=variant,
                made_up=bool(report.made_up),
            ),
        )


def _wanted(
    measures: Sequence[str | Measure], fail_under: Sequence[str], goal_in: Project | None
) -> tuple[list[Measure], list[Bar]]:
    """What is measured, with what `[goal]` asks about, and the bars. Raises UsageError where there is nothing."""
    wanted = [m if isinstance(m, Measure) else Measure.parse(m) for m in measures]
    bars = [Bar.parse(bar) for bar in fail_under]
    if not wanted and not bars:
        raise UsageError("there is no measure; name one, such as Success@5")
    if goal_in:
        goal = goal_of(goal_in.settings.goal)
        wanted = list(dict.fromkeys([*wanted, goal.measure, *(bar.measure for bar in goal.bars)]))
    return wanted, bars


def trust(project: Project, *, questions: int = QUESTIONS, seed: int = SEED + 1) -> Reliability:
    """How far stated chances can be trusted, without a label: on made-up questions that they were not learned from.

    What labels make of the chances is left out: made-up questions, of which each has one match, cannot check it.

    Raises UsageError where the Release states no chance.
    """
    now = project.recommender.now()
    if now.learned is None:
        raise UsageError(
            f"the Release states no chances; run `firstfive build`, with {FEWEST} items at least, or give --qrels"
        )
    tried = [one for one in try_made_up(now.serving, questions=questions, seed=seed) if one.usual]
    stated = [now.learned.unlabelled.chance(one.grounds) for one in tried]
    return reliability(np.array(stated), np.array([one.found for one in tried]))


def of_chances(chances: Mapping[str, float], run: Run, judged: Qrels) -> Reliability | None:
    """How far these can be trusted, on the judged queries that one was stated for; None where there is none."""
    queries = [qid for qid in judged.qids if qid in chances]
    if not queries:
        return None
    found = score([FOUND], run, judged, queries)[:, 0] > 0
    return reliability(np.array([chances[qid] for qid in queries]), found)


def goal_of(settings: GoalSettings) -> Goal:
    """The goal of the settings. Raises SettingsError for a measure or a bar that is none."""
    try:
        bars = tuple(map(Bar.parse, settings.at_least))
        measure = Measure.parse(settings.measure)
    except UsageError as error:
        raise SettingsError(f"[goal] in the settings: {error}") from error
    p95, usd = (None if cap == "none" else cap for cap in (settings.p95_ms, settings.usd_per_1000))
    return Goal(bars, measure, settings.margin, p95, usd)


def gate(project: Project, report: Report) -> Decision:
    """Holds a report against the `[goal]` of the settings. Raises UsageError where that asks nothing of it."""
    return asked_of(decide(report, goal_of(project.settings.goal), made_up=report.made_up > 0))


def asked_of(found: Decision) -> Decision:
    """The decision. Raises UsageError where `[goal]` asked nothing."""
    if not found.findings:
        raise UsageError(
            '[goal] asks nothing of this: set goal.at_least, such as "Success@5 0.7", or name what to compare with, '
            "--baseline-release ID"
        )
    return found


def _files(
    project: Project | None, queries: str | Path | None, qrels: str | Path | None
) -> tuple[str | Path | None, str | Path]:
    """The files that were named, else those of `[goal]`."""
    goal, folder = (project.settings.goal, project.folder) if project else (GoalSettings(), Path())
    judged = qrels or (folder / goal.qrels if goal.qrels else None)
    if judged is None:
        raise UsageError("nothing says what is right: name a file with --qrels, or set goal.qrels")
    return queries or (folder / goal.queries if goal.queries and not qrels else None), judged


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """What was ranked, or read: runs of each side and what they took; of the first also the chances that it stated.

    sides: how each was ranked, the baseline's last; empty where runs are from files.
    """

    runs: Sequence[Sequence[Run]]
    seconds: Sequence[float] = ()
    costs: Sequence[Cost] = ()
    release: str = ""
    chances: Mapping[str, float] = field(default_factory=dict)
    baseline: Sequence[Run] | None = None
    sides: Sequence[Side] = ()

    def against(self, other: _Tried) -> _Tried:
        """With the other's first side as the baseline."""
        known = self.seconds or [0.0] * len(self.runs)
        return replace(
            self,
            baseline=other.runs[0],
            seconds=[*known, *other.seconds],
            costs=[*self.costs, *other.costs] if self.costs else (),
            sides=[*self.sides, *other.sides] if self.sides else (),
        )


def _from_file(run: str | Path) -> _Tried:
    return _Tried([[read_run(run)]])


@dataclass(frozen=True, slots=True)
class _Plan:
    """What sides are ranked with: queries to a depth, so many times."""

    project: Project | None
    queries: Sequence[Query] | None
    depth: int
    repeats: int
    said: Progress

    def ranked(self, wanted: str, variants: Mapping[str, Sequence[str]]) -> _Tried:
        """The Release, with the project's settings where none is named, and each variant."""
        if self.project is None or self.queries is None:
            raise UsageError("nothing to measure: name a run file, or a project and a file of queries")
        sides = _sides(self.project, wanted, variants)
        chances: dict[str, float] = {}
        found = [
            rank_side(
                self.project,
                side,
                self.queries,
                self.depth,
                self.said,
                repeats=self.repeats,
                chances=chances if side is sides[0] else None,
            )
            for side in sides
        ]
        costs = costs_of(self.project, sides, found, self.queries, self.said)
        seconds = [one.seconds for one in found]
        return _Tried([one.runs for one in found], seconds, costs, sides[0].release, chances, sides=sides)


def _sides(project: Project, wanted: str, variants: Mapping[str, Sequence[str]]) -> list[Side]:
    first = Recommender(project, ReleaseId(wanted) if wanted else None, manner=patient(project))
    release = first.release.id
    here = first.serving.rank if wanted else project.settings.rank
    return [
        Side(release[:12] if wanted else HERE, release, None if here == first.serving.rank else here),
        *(side_of(name, release, here, changes) for name, changes in variants.items()),
    ]
