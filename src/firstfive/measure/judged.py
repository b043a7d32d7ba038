"""How good rankings are by a judge's many grades and people's few labels, and what of it may decide a gate.

    by_judge(runs, by the judge, by people, labelled, measures)  each measure, prediction-powered
    decide_by_judge(found, goal)                                 bars by people's labels alone; differences also without

A judge's own interval is of what it would say about other requests, not of what people would. It stands beside the
number with those words, and is used for one thing: the difference of two rankings, where the judge is TRUSTED and
people labelled too few requests for a better one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.measure.files import Qrels, Run
from firstfive.measure.goal import Decision, Finding, Goal, above_margin, not_worse, reaches, unshown
from firstfive.measure.measures import Measure
from firstfive.measure.powered import LEAST, Powered, powered
from firstfive.measure.report import Bar, Difference, Result, compare
from firstfive.measure.score import score

if TYPE_CHECKING:
    from firstfive.types import Numbers

INVALID = "not valid as an interval of what people would say"
MORE = "label more whole requests: `firstfive label draw --whole`, then /studio/label"


@dataclass(frozen=True, slots=True)
class Reached:
    """One measure: its level, and the difference to the baseline where there is one, each prediction-powered.

    judge_difference: the difference by the judge's grades alone, whose interval is not of what people would say.
    unlabelled: why labels that are there tell nothing, and what to do; empty: they do, or there are none.
    """

    measure: str
    level: Powered
    difference: Powered | None = None
    judge_difference: Difference | None = None
    unlabelled: str = ""

    def lines(self, baseline: str) -> Iterator[str]:
        """In words."""
        yield f"{self.measure}: {self.level}"
        if self.unlabelled:
            yield f"  {self.unlabelled}"
        if self.difference and self.judge_difference:
            alone = self.judge_difference
            yield f"{self.measure}, less that of {baseline}: {self.difference}"
            yield (
                f"  by the judge alone {alone.value:+.4f} ({alone.low:+.4f} to {alone.high:+.4f}), {INVALID}; "
                f"{alone.better} better, {alone.worse} worse, {alone.same} the same"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ByJudge:
    """What a judge and people say of rankings. verdict: on the judge; empty: there is none yet.

    graded: pairs with a grade by the judge; asked: how many of them it was asked for now; failed: pairs without one.
    made_up: how many of the requests no person asked. before: the same of the baseline alone; empty without one.
    """

    judge: str
    verdict: str
    requests: int
    graded: int
    asked: int
    failed: int
    cost_usd: float
    reached: tuple[Reached, ...]
    run: str = ""
    baseline: str = ""
    notes: tuple[str, ...] = ()
    made_up: int = 0
    before: tuple[Reached, ...] = ()

    def json(self) -> bytes:
        """All of it, field by field."""
        return msgspec.json.encode(self)

    def lines(self) -> list[str]:
        """All of it as plain text."""
        failed = f"; {self.failed:,} have none, for want of a usable answer, and count as wrong" if self.failed else ""
        made_up = f"{self.made_up:,} of the requests are made up; no person asked them."
        return [
            f"Judged by {self.judge}: {self.verdict or 'no verdict yet, run `firstfive judge`'}.",
            *(line for one in self.reached for line in one.lines(self.baseline)),
            f"{self.requests:,} requests; {self.graded:,} grades, {self.asked:,} of them asked for now{failed}. "
            f"${self.cost_usd:,.4f}",
            *([made_up] if self.made_up else []),
            *self.notes,
        ]


def by_judge(
    runs: Sequence[Run],
    judge: Qrels,
    people: Qrels,
    labelled: Mapping[Measure, Collection[str]],
    measures: Sequence[Measure],
    queries: Sequence[str],
    unlabelled: Mapping[Measure, str] | None = None,
) -> tuple[Reached, ...]:
    """Each measure of the first run, and its difference to the second one where there is one.

    judge: its grades of what the runs have among their first. labelled: for each measure the requests that people's
    labels are of, a random sample of the queries, which must not depend on what the runs show. unlabelled: measures of
    which too much of that sample has no label, and what to do. Without a second run no difference is told.
    """
    graded = set(judge.qids)
    measured = [qid for qid in queries if qid in graded]
    report = compare(runs[:1], judge, measures=measures, queries=measured, baseline=next(iter(runs[1:]), None))
    alone = {result.measure: result.difference for result in report.runs[0].results}
    found = []
    for measure in measures:
        there = [qid for qid in measured if qid in labelled[measure]]
        rest = [qid for qid in measured if qid not in labelled[measure]]
        by_people, known, others = (
            [score([measure], run, qrels, qids)[:, 0] if qids else np.zeros(0) for run in runs]
            for qrels, qids in ((people, there), (judge, there), (judge, rest))
        )
        level = powered(by_people[0], known[0], others[0])
        two = len(runs) > 1
        apart = powered(_less(by_people), _less(known), _less(others), lowest=-1.0) if two else None
        found.append(Reached(str(measure), level, apart, alone[str(measure)], (unlabelled or {}).get(measure, "")))
    return tuple(found)


def _less(values: Sequence[Numbers]) -> Numbers:
    return np.asarray(values[0] - values[1], np.float64)


def decide_by_judge(found: ByJudge, goal: Goal) -> Decision:
    """Holds it against a goal. That the judge is TRUSTED is for the caller to see to.

    A bar is passed or missed by people's labels with the judge's help, and open without enough of them: how good
    answers are for people, no judge alone can show.
    """
    return Decision(tuple(_findings(found, goal)))


def _findings(found: ByJudge, goal: Goal) -> Iterator[Finding]:
    by_name = {one.measure: one for one in found.reached}
    for bar in goal.bars:
        known = by_name.get(str(bar.measure))
        if found.made_up:
            yield unshown(bar)
        else:
            yield _reaches(bar, known) if known else _too_deep(bar.measure)
    reached = by_name.get(str(goal.measure))
    if reached is None:
        yield _too_deep(goal.measure)
        return
    if reached.difference is None or reached.judge_difference is None:
        return
    if reached.unlabelled:
        yield Finding("open", f"the difference in {reached.measure}: {reached.unlabelled}")
        return
    if (interval := reached.difference.interval) is not None:
        yield above_margin(f"the difference in {reached.measure}", interval, goal.margin, reached.difference.labels)
        return
    alone = not_worse(reached.measure, reached.judge_difference, goal.margin, found.requests)
    yield Finding(alone.outcome, f"by a TRUSTED judge alone, {INVALID}: {alone.said}")


def _reaches(bar: Bar, known: Reached) -> Finding:
    level = known.level
    if known.unlabelled:
        return Finding("open", f"{bar.measure}: {known.unlabelled}")
    if (interval := level.interval) is not None:
        return reaches(bar, Result(str(bar.measure), interval.value, interval.low, interval.high), level.labels)
    return Finding(
        "open",
        f"people labelled {level.labels} of at least {LEAST} requests whole, and a judge alone cannot show that "
        f"{bar.measure} is {bar.least:g} for people; {MORE}",
    )


def _too_deep(measure: Measure) -> Finding:
    return Finding(
        "open", f"{measure} looks at more items than a judge grades; give people's judgements with --qrels alone"
    )
