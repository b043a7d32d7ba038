"""Use case: measure two Releases side by side: quality on the same requests, and what each takes.

Quality is of the rankings alone, at batch speed. Time and price are of whole answers, one at a time, the Releases in
turn, so that whatever else the machine does slows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.app.embedders import Manner, patient
from firstfive.app.judged import graders_of, judged
from firstfive.app.judged import keep as keep_judged
from firstfive.app.measured import hash_of, kept, measurements
from firstfive.app.questions import Questions, questions_for, ranked
from firstfive.app.recommend import Recommender
from firstfive.app.timing import Times, time_answers
from firstfive.index import size_bytes
from firstfive.measure import ByJudge, Cost, Measure, Report, compare, qrels_of
from firstfive.observe import Quiet, span
from firstfive.ports import Progress
from firstfive.types import Release, ReleaseId

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.judges import Judge
    from firstfive.app.wiring import Project
    from firstfive.measure import Bar

MEASURES = (Measure("Success", 5), Measure("nDCG", 10), Measure("RR", 10))
HEADINGS = ("Release", "Embedder", "Items", "Size", "Median", "95 of 100", "Per 1,000 requests", "By words")


@dataclass(frozen=True, slots=True)
class Taken:
    """What answers of a Release take, and what the Release is. Milliseconds are of one at a time, without storing.

    usd_per_1000: what its embedder costs for a thousand requests. by_words: the share of answers for which it gave no
    vector in time. size_bytes: of the Release's files.
    """

    release: ReleaseId
    embedder: str
    items: int
    size_bytes: int
    median_ms: float
    p95_ms: float
    usd_per_1000: float
    by_words: float

    def row(self) -> tuple[str, ...]:
        """In words, under HEADINGS."""
        return (
            self.release[:12],
            self.embedder,
            f"{self.items:,}",
            f"{self.size_bytes / 1e6:,.1f} MB",
            f"{self.median_ms:,.1f} ms",
            f"{self.p95_ms:,.1f} ms",
            f"${self.usd_per_1000:,.4f}",
            f"{self.by_words:.0%}",
        )


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two Releases, the first against the second. questions: where the requests are from; made_up: no person's.

    heard: visitors', who liked what the Release in use had shown them. judged: what a judge says of both, corrected by
    people's labels; then quality, by people's judgements or on other requests, has no run. note: why it is not visitors
    who say, where they could.
    """

    questions: str
    made_up: bool
    quality: Report
    taken: tuple[Taken, ...]
    heard: bool = False
    judged: ByJudge | None = None
    note: str = ""

    def lines(self) -> list[str]:
        """Both tables as plain text."""
        table = [HEADINGS, *(one.row() for one in self.taken)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        rows = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
        quality = (self.judged or self.quality).lines()
        return [f"Measured on {self.questions}.", *([self.note] if self.note else []), "", *quality, "", *rows]


def side_by_side(
    project: Project,
    new: Release,
    old: Release | None,
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    measures: Sequence[Measure] = MEASURES,
    bars: Sequence[Bar] = (),
    judge: Judge | None = None,
    progress: Progress | None = None,
) -> SideBySide:
    """Measures a Release, against another one where one is given. Stores no Slate; what was measured is kept.

    judge: whose grades say what is right; qrels are then people's labels, to correct it by.
    Raises what `questions_for`, `judged` and ranking do; ModelError where an embedder fails.
    """
    said, releases = progress or Quiet(), [one for one in (new, old) if one]
    with span("firstfive.side_by_side", release=new.id):
        recommenders = [Recommender(project, one.id, manner=patient(project)) for one in releases]
        graders = graders_of(project, judge, queries, qrels, [one.id for one in releases]) if judge else None
        questions = (
            Questions(graders.asked, qrels_of(()), f"{graders.said} that {judge} judged")
            if graders
            else questions_for(project, [one.now() for one in reversed(recommenders)], queries, qrels, visitors=True)
        )
        wanted = tuple(dict.fromkeys([*measures, *MEASURES, *(bar.measure for bar in bars)]))
        depth = max(measure.cutoff for measure in wanted)
        runs, seconds = [], []
        for one, recommender in zip(releases, recommenders, strict=True):
            began = perf_counter()
            runs.append(ranked(recommender, questions, one.id[:12], depth, said))
            seconds.append(perf_counter() - began)
        found = judged(project, graders, runs, wanted, recommenders, said) if graders else None
        taken = taken_by(project, releases, questions, said)  # at the end: by now both embedders are known to answer
    if found and graders:
        costs = [_cost(one) for one in taken]
        keep_judged(project, graders, found, [one.id for one in releases], "promote", costs)
        no_runs = Report(found.requests, 0, ())
        return SideBySide(questions.said, bool(found.made_up), no_runs, taken, judged=found)
    quality = compare(
        runs[:1],
        questions.right,
        measures=wanted,
        queries=[query.qid for query in questions.asked],
        baseline=next(iter(runs[1:]), None),
        seconds=seconds,
        release=new.id,
    )
    keep(project, questions, quality, taken, "promote")
    return SideBySide(questions.said, bool(quality.made_up), quality, taken, bool(questions.heard), note=questions.note)


def keep(project: Project, questions: Questions, quality: Report, taken: Sequence[Taken], how: str) -> None:
    """Stores what was measured of Releases, in the order of the report's runs."""
    name, asked, n = hash_of(questions.asked, questions.right), questions.said, quality.queries
    for result, one in zip(quality.runs, taken, strict=True):
        made_up = bool(quality.made_up)
        kept(project, measurements(result, one.release, name, asked, n, how=how, made_up=made_up, cost=_cost(one)))


def _cost(one: Taken) -> Cost:
    return Cost(one.usd_per_1000, one.median_ms, one.p95_ms)


def taken_by(project: Project, releases: Sequence[Release], questions: Questions, said: Progress) -> tuple[Taken, ...]:
    """Answers some of the requests, each by every Release, in turn."""
    opened = [partial(_opened, project, one.id) for one in releases]
    timed = time_answers(project, opened, [query.text for query in questions.asked], said)
    return tuple(_one(project, release, times) for release, times in zip(releases, timed, strict=True))


def _opened(project: Project, release: ReleaseId, manner: Manner) -> Recommender:
    return Recommender(project, release, manner=manner)


def _one(project: Project, release: Release, times: Times) -> Taken:
    return Taken(
        release.id,
        release.parts.get("embedder", "") or "none",
        release.items,
        size_bytes(project.releases / release.id),
        times.median_ms,
        times.p95_ms,
        times.usd_per_1000,
        times.by_words,
    )
