"""What measuring leaves behind in the store, so that a report can show quality over time and Releases.

    kept(project, measurements(...))     after evaluate, promote, bench, learn and report

Requests are kept as a hash alone, with what is right for them: numbers of two hashes stand in no line together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firstfive.measure import Interval, Measure
from firstfive.ports import Measurement
from firstfive.types import ReleaseId, digest

if TYPE_CHECKING:
    from firstfive.app.learning import LearnReport
    from firstfive.app.wiring import Project
    from firstfive.measure import Cost, Powered, Qrels, Query, Reached, RunResult

HANDED_OVER = "handed over"
"""The measure whose value is the share of the ranking that is handed over to what was learned."""
GAIN = "nDCG@10 gained"
SHARE = "share {:g}"
"""The variant of a point of the hand-over's curve."""


def hash_of(asked: Sequence[Query], right: Qrels) -> str:
    """One hash for the requests that have a judgement and what is right for them, in whatever order both stand.

    Cost: about a second for a million judgements.
    """
    texts = {query.qid: query.text for query in asked}
    codes = {code for code, qid in enumerate(right.qids) if qid in texts}
    rows = zip(right.query.tolist(), right.item.tolist(), right.grades.tolist(), strict=True)
    judged = sorted((right.qids[q], right.ids[item], grade) for q, item, grade in rows if q in codes)
    words = sorted(f"{right.qids[code]}\t{texts[right.qids[code]]}" for code in codes)
    return digest(*words, *(f"{qid}\t{item}\t{grade}" for qid, item, grade in judged))


def meaning(measure: str) -> str:
    """What a measure says, as the end of a sentence: "share of requests with ..."."""
    said = Measure.parse(measure).meaning.rstrip(".")
    return said[:1].lower() + said[1:]


def measurements(
    result: RunResult,
    release: ReleaseId,
    questions: str,
    asked: str,
    requests: int,
    *,
    how: str,
    variant: str = "",
    made_up: bool = False,
    cost: Cost | None = None,
) -> list[Measurement]:
    """A run's measures as records. cost: that of the result where none is given."""
    now, cost = datetime.now(UTC), cost or result.cost
    return [
        Measurement(
            release,
            questions,
            asked,
            one.measure,
            one.value,
            one.low,
            one.high,
            requests,
            now,
            how,
            variant,
            made_up,
            *_taken(cost),
        )
        for one in result.results
    ]


def _taken(cost: Cost | None) -> tuple[float | None, float | None, float | None]:
    return (cost.median_ms, cost.p95_ms, cost.usd_per_1000) if cost else (None, None, None)


def by_a_judge(
    reached: Sequence[Reached],
    release: ReleaseId,
    words: Sequence[str],
    requests: str,
    *,
    judge: str,
    how: str,
    made_up: bool,
    cost: Cost | None,
) -> list[Measurement]:
    """What a judge's grades say of a Release, corrected by people's labels where there are enough, as records.

    words: of the requests; requests: where they are from, in words. What the judge alone says is another set of
    questions than what people would say, so that the two never stand in one line. Without an interval, both ends are
    the value.
    """
    now = datetime.now(UTC)

    def one(measure: str, level: Powered) -> Measurement:
        span = level.interval or Interval(*(level.judge_only,) * 3)
        said = "corrected by people's labels" if level.interval else "alone"
        return Measurement(
            release,
            digest("judged", judge, said, *sorted(words)),
            f"{requests} that {judge} judged, {said}",
            measure,
            span.value,
            span.low,
            span.high,
            level.judged,
            now,
            how,
            "",
            made_up,
            *_taken(cost),
            judge=judge,
            labels=level.labels if level.interval else 0,
        )

    return [one(each.measure, each.level) for each in reached]


def kept(project: Project, found: Sequence[Measurement]) -> None:
    """Stores them."""
    project.store.write(lambda unit: unit.measurements.add(found))


def learned(found: LearnReport, release: ReleaseId) -> Iterator[Measurement]:
    """The curve of a hand-over, and the share that is handed over. release: the one that was learned beside."""
    now, over = datetime.now(UTC), found.handover
    likes = f"{found.likes:,} likes of {found.visitors:,} visitors"
    questions = digest("likes", str(found.likes), str(over.requests), release)

    def one(measure: str, ends: tuple[float, float, float], variant: str) -> Measurement:
        return Measurement(
            release, questions, likes, measure, *ends, requests=over.requests, at=now, how="learn", variant=variant
        )

    for point in over.curve:
        yield one(GAIN, point.gain, SHARE.format(point.share))
    yield one(HANDED_OVER, (over.share,) * 3, "")
