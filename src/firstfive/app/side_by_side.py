"""Use case: measure two Releases side by side: quality on the same requests, and what each takes.

Quality is of the rankings alone, at batch speed. Time and price are of whole answers, one at a time, the Releases in
turn, so that whatever else the machine does slows both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.embedders import paid_by, patient
from firstfive.app.questions import Questions, questions_for, ranked
from firstfive.app.recommend import BY_WORDS, Recommender
from firstfive.index import size_bytes
from firstfive.measure import Measure, Report, compare
from firstfive.observe import Quiet, span
from firstfive.ports import Payer, Progress
from firstfive.types import Release, ReleaseId, Request

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.wiring import Project
    from firstfive.measure import Bar

MEASURES = (Measure("Success", 5), Measure("nDCG", 10), Measure("RR", 10))
TIMED = 100
"""Requests whose answers are timed."""
WARM = 3
"""Answers before the clock runs."""
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
    """Two Releases, the first against the second. questions: where the requests are from; made_up: no person's."""

    questions: str
    made_up: bool
    quality: Report
    taken: tuple[Taken, ...]

    def lines(self) -> list[str]:
        """Both tables as plain text."""
        table = [HEADINGS, *(one.row() for one in self.taken)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        rows = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return [f"Measured on {self.questions}.", "", *self.quality.lines(), "", *rows]


def side_by_side(
    project: Project,
    new: Release,
    old: Release | None,
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    measures: Sequence[Measure] = MEASURES,
    bars: Sequence[Bar] = (),
    progress: Progress | None = None,
) -> SideBySide:
    """Measures a Release, against another one where one is given. Stores no Slate.

    Raises what `questions_for` and ranking do; ModelError where an embedder fails.
    """
    said, releases = progress or Quiet(), [one for one in (new, old) if one]
    with span("firstfive.side_by_side", release=new.id):
        recommenders = [Recommender(project, one.id, manner=patient(project)) for one in releases]
        questions = questions_for(project, [one.now() for one in reversed(recommenders)], queries, qrels)
        wanted = tuple(dict.fromkeys([*measures, *MEASURES, *(bar.measure for bar in bars)]))
        depth = max(measure.cutoff for measure in wanted)
        runs, seconds = [], []
        for one, recommender in zip(releases, recommenders, strict=True):
            began = perf_counter()
            runs.append(ranked(recommender, questions, one.id[:12], depth, said))
            seconds.append(perf_counter() - began)
        taken = _taken(project, releases, questions, said)  # at the end: by now both embedders are known to answer
    quality = compare(
        runs[:1],
        questions.right,
        measures=wanted,
        queries=[query.qid for query in questions.asked],
        baseline=next(iter(runs[1:]), None),
        seconds=seconds,
        release=new.id,
    )
    return SideBySide(questions.said, bool(questions.made), quality, taken)


def _taken(project: Project, releases: Sequence[Release], questions: Questions, said: Progress) -> tuple[Taken, ...]:
    """Answers some of the requests, each by every Release, in turn."""
    step = -(-len(questions.asked) // TIMED)
    texts = [query.text for query in questions.asked[::step]]
    payers = [Payer(run=f"promote-{token_urlsafe(6)}") for _ in releases]
    recommenders = [
        Recommender(project, one.id, manner=paid_by(payer)) for one, payer in zip(releases, payers, strict=True)
    ]
    for recommender in recommenders:
        for number in range(WARM):
            recommender.answer(Request(f"warm {number}"))
    before = [_spent(project, payer) for payer in payers]
    took: list[list[tuple[float, bool]]] = [[] for _ in releases]
    said.start("time", len(texts))
    for number, text in enumerate(texts):
        for at in _turns(len(releases), number):
            began = perf_counter()
            slate = recommenders[at].answer(Request(text))
            took[at].append(((perf_counter() - began) * 1000, BY_WORDS in slate.notes))
        said.advance("time", 1)
    said.finish("time")
    spent = [_spent(project, payer) - earlier for payer, earlier in zip(payers, before, strict=True)]
    return tuple(_one(project, *of, len(texts)) for of in zip(releases, took, spent, strict=True))


def _turns(n: int, number: int) -> Iterator[int]:
    """Who answers first changes with every request."""
    yield from ((at + number) % n for at in range(n))


def _spent(project: Project, payer: Payer) -> float:
    account = f"run:{payer.run}"
    with project.store.read() as unit:
        return unit.spending.of([account])[account].settled.nano_usd / 1e9


def _one(project: Project, release: Release, took: Sequence[tuple[float, bool]], usd: float, n: int) -> Taken:
    times = [ms for ms, _ in took]
    return Taken(
        release.id,
        release.parts.get("embedder", "") or "none",
        release.items,
        size_bytes(project.releases / release.id),
        float(np.median(times)),
        float(np.percentile(times, 95)),
        1000 * usd / n,
        sum(late for _, late in took) / n,
    )
