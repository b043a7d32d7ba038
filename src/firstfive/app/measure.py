"""Use case: how good are the answers, how sure is that, and is another ranking better?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.calibrating import FEWEST
from firstfive.app.chances import QUESTIONS, SEED, try_made_up
from firstfive.app.embedders import patient
from firstfive.errors import SettingsError, UsageError
from firstfive.measure import (
    DEFAULT,
    Bar,
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
    run_of,
    score,
)
from firstfive.observe import Quiet, span
from firstfive.ports import Progress
from firstfive.settings import GoalSettings, RankSettings, Settings
from firstfive.types import ReleaseId

if TYPE_CHECKING:
    from firstfive.app.recommend import Recommender
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId

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
    resamples: int = 10_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Measures a run from a file or, without one, the ranking of the project's Release in use.

    variants: settings of [rank] by name, such as {"words only": ["rank.chars=0", "rank.whole=0", "rank.passages=0"]},
    ranked and compared in the same report. queries may be None where a run is given: all judged ones are measured.
    fail_under: bars such as "Success@5 0.7" for the first run; `Report.check` raises GateFailed, so that the report
    can be printed first. release: this one with its own settings, in place of the one in use. baseline_release: what to
    compare with. gated: what `[goal]` asks about is measured too. queries and qrels not named are those of `[goal]`.
    The same input and seed give the same report. Stores no Slates.

    Raises UsageError, SourceError (measure.files, measure.nothing) and what ranking raises.
    """
    wanted = [m if isinstance(m, Measure) else Measure.parse(m) for m in measures]
    bars = [Bar.parse(bar) for bar in fail_under]
    if not wanted and not bars:
        raise UsageError("there is no measure; name one, such as Success@5")
    if gated and project:
        goal = goal_of(project.settings.goal)
        wanted = list(dict.fromkeys([*wanted, goal.measure, *(bar.measure for bar in goal.bars)]))
    queries, qrels = _files(project, queries, qrels)
    asked = read_queries(queries) if queries is not None else None
    judged = read_qrels(qrels)
    other = read_run(baseline) if baseline is not None else None
    seconds: list[float] = []
    chances: dict[str, float] = {}
    said = progress or Quiet()
    depth = max([5, *(measure.cutoff for measure in (*wanted, *(bar.measure for bar in bars)))])
    if run is not None:
        runs = [read_run(run)]
    else:
        runs, seconds, release = _ranked(project, asked, depth, variants or {}, release, said, chances)
    if baseline_release:
        (other,), took, _ = _ranked(project, asked, depth, {}, baseline_release, said, {})
        seconds += took
    report = compare(
        runs,
        judged,
        measures=wanted,
        queries=[query.qid for query in asked] if asked is not None else None,
        baseline=other,
        bars=bars,
        seconds=seconds,
        release=release,
        resamples=resamples,
        seed=seed,
    )
    return replace(report, chances=_reliability(chances, runs[0], judged))


def trust(project: Project, *, questions: int = QUESTIONS, seed: int = SEED + 1) -> Reliability:
    """How far stated chances can be trusted, without a label: on made-up questions that they were not learned from.

    Raises UsageError where the Release states no chance.
    """
    now = project.recommender.now()
    if now.learned is None:
        raise UsageError(
            f"the Release states no chances; run `firstfive build`, with {FEWEST} items at least, or give --qrels"
        )
    tried = try_made_up(now.serving, questions=questions, seed=seed)
    return reliability(now.learned.chances(tried.signals), tried.found)


def _reliability(chances: Mapping[str, float], run: Run, judged: Qrels) -> Reliability | None:
    """Of the judged queries that a chance was stated for; None where there is none."""
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
    found = decide(report, goal_of(project.settings.goal))
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


def rank_settings(settings: RankSettings, overrides: Sequence[str]) -> RankSettings:
    """The settings of [rank] with overrides such as "rank.chars=0". Raises SettingsError, also for other sections."""
    changed = Settings.load(overrides=overrides, environment={})
    known = {f"rank.{field.name}": field.name for field in fields(RankSettings)}
    for name in changed.origins:
        if name not in known:
            raise SettingsError(f"{name} cannot differ between variants; only {', '.join(known)} can")
    return replace(settings, **{known[name]: changed.get(name) for name in changed.origins})


def _ranked(
    project: Project | None,
    queries: Sequence[Query] | None,
    depth: int,
    variants: Mapping[str, Sequence[str]],
    wanted: str,
    progress: Progress,
    chances: dict[str, float],
) -> tuple[list[Run], list[float], str]:
    """Runs of a Release, with the project's settings where none is named, and of each variant; the seconds of each, and
    the Release's id. To chances the first run's are added.
    """
    if project is None or queries is None:
        raise UsageError("nothing to measure: name a run file, or a project and a file of queries")
    from firstfive.app.recommend import Recommender

    manner = patient(project)
    first = Recommender(project, ReleaseId(wanted) if wanted else None, manner=manner)
    release = first.release.id
    here = first.serving.rank if wanted else project.settings.rank
    ranked = [
        (release[:12] if wanted else HERE, here),
        *((name, rank_settings(here, changes)) for name, changes in variants.items()),
    ]
    runs, seconds = list[Run](), list[float]()
    for name, rank in ranked:
        recommender = Recommender(project, release, rank, manner)
        with span("firstfive.evaluate", release=release, queries=len(queries)):
            began = perf_counter()
            runs.append(_run(recommender, name, queries, depth, progress, {} if runs else chances))
            seconds.append(perf_counter() - began)
    return runs, seconds, release


def _run(
    recommender: Recommender,
    name: str,
    queries: Sequence[Query],
    depth: int,
    progress: Progress,
    chances: dict[str, float],
) -> Run:
    asked = [(query.qid, query.text) for query in queries if query.text.strip()]
    progress.start(name, len(asked))

    def told() -> Iterator[tuple[str, list[tuple[ItemId, float]]]]:
        for answer in recommender.many(asked, depth, chances=chances):
            progress.advance(name, 1)
            yield answer

    run = run_of(told(), name)
    progress.finish(name)
    return run
