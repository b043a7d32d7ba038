"""Use case: what each speed of the dial gives and takes: quality, time and money, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from secrets import token_urlsafe
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.demo import JUDGED, REQUESTS
from firstfive.app.measured import hash_of, kept, measurements
from firstfive.app.model_steps import Spent, dial
from firstfive.app.recommend import Recommender
from firstfive.errors import UsageError
from firstfive.measure import Cost, Measure, Query, Report, Run, compare, read_qrels, read_queries, run_of
from firstfive.observe import Quiet, span
from firstfive.ports import Payer, Progress
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId, ReleaseId, Slate

SPEEDS = ("fast", "balanced", "best")
MEASURES = ("Success@5", "nDCG@5")
N = 5
HEADINGS = ("Speed", "Median", "95 of 100", "Per 1,000 requests", "Calls each", "Helped", "Reasons by the model")


@dataclass(frozen=True, slots=True)
class SpeedResult:
    """What a speed takes. Milliseconds are of one request at a time, all of it but its storing.

    cost_usd and calls are of one request. helped: the share of answers that a model had part in. reasons: the share of
    places whose reason is the model's. stored: the share of replies that were not made just now, but kept or recorded:
    they cost neither time nor money here. lost: the share of calls that gave nothing in time.
    """

    speed: str
    median_ms: float
    p95_ms: float
    cost_usd: float
    calls: float
    helped: float
    reasons: float
    stored: float
    lost: float

    def row(self) -> tuple[str, ...]:
        """In words, under HEADINGS."""
        return (
            self.speed,
            f"{self.median_ms:,.0f} ms",
            f"{self.p95_ms:,.0f} ms",
            f"${1000 * self.cost_usd:,.2f}",
            f"{self.calls:.1f}",
            f"{self.helped:.0%}",
            f"{self.reasons:.0%}",
        )


@dataclass(frozen=True, slots=True)
class DialReport:
    """Quality by speed, each against the first, and what each takes."""

    quality: Report
    speeds: tuple[SpeedResult, ...]
    llm: str

    def lines(self) -> list[str]:
        """Both tables as plain text, and what should be known about them."""
        table = [HEADINGS, *(speed.row() for speed in self.speeds)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        taken = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return [*self.quality.lines(), "", *taken, *self._remarks()]

    def _remarks(self) -> list[str]:
        kept, lost = max(speed.stored for speed in self.speeds), max(speed.lost for speed in self.speeds)
        said = [] if self.llm else ["models.llm is empty, so every speed is the same."]
        said += [f"Up to {kept:.0%} of the replies were kept or recorded ones, which take no time or money."] * (
            kept > 0
        )
        said += [f"Up to {lost:.0%} of the calls gave nothing in time; those items kept their places."] * (lost > 0)
        return ["", *said] if said else []


def compare_speeds(
    project: Project,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    *,
    sample: int = 0,
    stored: bool = False,
    progress: Progress | None = None,
) -> DialReport:
    """Answers every judged request at each speed, one at a time, and stores no Slate.

    queries and qrels: those of the demo, which lie in its project's folder, where none are named. sample: so many of
    them by chance, always the same; 0: all. stored: replies that the project has are used; without it every one is
    asked for and paid.

    Raises UsageError for questions that are not there, SourceError, and what answering raises.
    """
    asked, judged = _questions(project, queries, qrels, sample)
    recommender, said = Recommender(project), progress or Quiet()
    recommender.answer(Request(asked[0].text))  # opened before the clock runs
    runs: list[Run] = []
    taken: list[SpeedResult] = []
    for speed in SPEEDS:
        said.start(speed, len(asked))
        with span("firstfive.dial", speed=speed, queries=len(asked)):
            run, result = _at(recommender, project, speed, asked, stored, said)
        said.finish(speed)
        runs.append(run)
        taken.append(result)
    measures, right = (
        [Measure.parse(measure) for measure in MEASURES],
        read_qrels(judged).spelt(recommender.serving.catalogue),
    )
    quality = compare(runs, right, measures=measures, queries=[query.qid for query in asked])
    _keep(project, recommender.release.id, quality, taken, hash_of(asked, right))
    return DialReport(quality, tuple(taken), project.settings.models.llm)


def _keep(project: Project, release: ReleaseId, quality: Report, taken: Sequence[SpeedResult], questions: str) -> None:
    """Stores what was measured, a variant a speed; without a model the three are one and the same."""
    if not project.settings.models.llm:
        return
    asked = f"{quality.queries:,} requests"
    for result, one in zip(quality.runs, taken, strict=True):
        cost = Cost(1000 * one.cost_usd, one.median_ms, one.p95_ms)
        found = measurements(
            result, release, questions, asked, quality.queries, how="bench", variant=one.speed, cost=cost
        )
        kept(project, found)


def _questions(
    project: Project, queries: str | Path | None, qrels: str | Path | None, sample: int
) -> tuple[list[Query], Path]:
    files = Path(queries or project.folder / REQUESTS), Path(qrels or project.folder / JUDGED)
    missing = next((file for file in files if not file.exists()), None)
    if missing is not None:
        raise UsageError(f"{missing} is not there; name the requests with --queries and what is right with --qrels")
    asked = [query for query in read_queries(files[0]) if any(char.isalnum() for char in query.text)]
    if sample and sample < len(asked):
        chosen = set(Random(0).sample(range(len(asked)), sample))  # noqa: S311  # a sample, not a secret
        asked = [query for place, query in enumerate(asked) if place in chosen]
    if not asked:
        raise UsageError(f"{files[0]} has no request with words; add some")
    return asked, files[1]


def _at(
    recommender: Recommender, project: Project, speed: str, asked: Sequence[Query], stored: bool, said: Progress
) -> tuple[Run, SpeedResult]:
    wanted, payer = dial(project.settings.models, speed), Payer(run=f"dial-{token_urlsafe(6)}")
    spent, slates, took = Spent(), [], []
    for query in asked:
        began = perf_counter()
        slates.append(recommender.answer(Request(query.text, N), wanted, payer=payer, fresh=not stored, spent=spent))
        took.append((perf_counter() - began) * 1000)
        said.advance(speed, 1)
        said.note(speed, f"${spent.cost_usd:,.4f}")
    run = run_of(((query.qid, _ranking(slate)) for query, slate in zip(asked, slates, strict=True)), speed)
    return run, _result(speed, slates, took, spent)


def _ranking(slate: Slate) -> list[tuple[ItemId, float]]:
    return [(place.item, -float(place.place)) for place in slate.places]


def _result(speed: str, slates: Sequence[Slate], took: Sequence[float], spent: Spent) -> SpeedResult:
    places = [place for slate in slates for place in slate.places]
    return SpeedResult(
        speed,
        float(np.median(took)),
        float(np.percentile(took, 95)),
        spent.cost_usd / len(slates),
        spent.asked / len(slates),
        sum(bool(slate.models) for slate in slates) / len(slates),
        sum(bool(place.reason and place.reason.by) for place in places) / max(1, len(places)),
        spent.stored / max(1, spent.given),
        (spent.asked - spent.given) / max(1, spent.asked),
    )
