"""What was measured, with how sure one can be, and what may not be concluded from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np

from firstfive.errors import GateFailed, SourceError, UsageError
from firstfive.measure.calibration import Reliability
from firstfive.measure.files import MADE_UP, Qrels, Run
from firstfive.measure.intervals import FEW, RESAMPLES, intervals
from firstfive.measure.measures import Measure
from firstfive.measure.score import score
from firstfive.measure.slices import Slice, slices

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions

T = TypeVar("T")
NAMED = 3
"""Queries that are named where some are missing."""
JUDGED = Measure("Judged", 5)
HEADINGS = ("Run", "Measure", "Value", "95 % interval", "Difference", "95 % interval", "Better", "Worse", "Same")


@dataclass(frozen=True, slots=True)
class Bar:
    """The least value that a measure must reach: `Success@5 0.7`."""

    measure: Measure
    least: float

    def __str__(self) -> str:
        return f"{self.measure} {self.least:g}"

    @classmethod
    def parse(cls, text: str) -> Bar:
        """Reads a measure and a number from 0 to 1 with a blank between. Raises UsageError."""
        measure, _, least = text.strip().rpartition(" ")
        try:
            number = float(least)
        except ValueError:
            number = float("nan")
        if not measure or not isfinite(number) or not 0 <= number <= 1:
            raise UsageError(f"{text!r} is not a bar; write a measure and a number from 0 to 1, such as Success@5 0.7")
        return cls(Measure.parse(measure), number)


@dataclass(frozen=True, slots=True)
class Difference:
    """A run less the baseline, query by query: mean, interval, and how many queries got better, worse or neither."""

    value: float
    low: float
    high: float
    better: int
    worse: int
    same: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Result:
    """A measure's mean over the queries, in [0, 1], and its interval."""

    measure: str
    value: float
    low: float
    high: float
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What answers take. Milliseconds are of one whole answer at a time; None where none was timed.

    usd_per_1000: US dollars for a thousand requests.
    """

    usd_per_1000: float
    median_ms: float | None = None
    p95_ms: float | None = None

    def __str__(self) -> str:
        timed = (
            "" if self.p95_ms is None else f"{self.median_ms:,.1f} ms an answer, 95 of 100 in {self.p95_ms:,.1f} ms; "
        )
        return f"{timed}${self.usd_per_1000:,.4f} for 1,000 requests"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run reached. unanswered queries count as 0. seconds is the time to rank; None for a run from a file.

    judged: Judged@5, the share of its first five that have a judgement: where it is low, the run may be better than
    it looks. slices: the first measure by kinds of requests. repeats: how often it was ranked; apart: by how much the
    first measure's means of the repeats differ at most.
    """

    name: str
    results: tuple[Result, ...]
    judged: float
    unanswered: int
    seconds: float | None = None
    slices: tuple[Slice, ...] = ()
    cost: Cost | None = None
    repeats: int = 1
    apart: float = 0.0


@dataclass(frozen=True, slots=True)
class Gate:
    """A bar and what was reached."""

    measure: str
    least: float
    value: float
    passed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The whole comparison. The first run is the one under measure; all but the baseline carry differences to it.

    queries were measured; without_judgements were asked but have no judgement, and not_asked have a judgement but were
    not asked: both are in no mean. chances: how far the stated chances of a match among the five can be trusted; None
    where none were stated. people: how many asked the queries, where each of them counts once; 0: each query counts.
    made_up: how many of the queries no person made.
    """

    queries: int
    without_judgements: int
    runs: tuple[RunResult, ...]
    baseline: str = ""
    release: str = ""
    gates: tuple[Gate, ...] = ()
    notes: tuple[str, ...] = ()
    chances: Reliability | None = None
    not_asked: int = 0
    people: int = 0
    made_up: int = 0

    def check(self) -> None:
        """Raises GateFailed (gate.failed) when the first run is under one of its bars."""
        under = [f"{gate.measure} is {gate.value:.4f}, under {gate.least:g}" for gate in self.gates if not gate.passed]
        if under:
            raise GateFailed(f"{'; '.join(under)}; do not put this in use, or lower --fail-under if the bar is wrong")

    def json(self) -> bytes:
        """The report as JSON, field by field."""
        return msgspec.json.encode(self)

    def rows(self) -> list[tuple[str, ...]]:
        """A row of words for each run and measure, under HEADINGS."""
        return [_row(run.name, result) for run in self.runs for result in run.results]

    def lines(self) -> list[str]:
        """The report as plain text: the table, then what should be known about it."""
        table = [HEADINGS, *self.rows()]
        shown = [i for i in range(len(HEADINGS)) if i < 4 or self.baseline]
        widths = [max(len(row[i]) for row in table) for i in shown]
        text = ["  ".join(row[i].ljust(w) for i, w in zip(shown, widths, strict=True)).rstrip() for row in table]
        trusted = ["", *self.chances.lines()] if self.chances else []
        return [*text, "", *self.remarks(), *self._by_kind(), *trusted]

    def remarks(self) -> list[str]:
        """Sentences under the table: how many queries, what is judged, what failed."""
        said = [f"{self.queries} queries measured; {self.without_judgements} without a judgement were left out."]
        if self.made_up:
            every = "They" if self.made_up == self.queries else f"{self.made_up:,} of them"
            said.append(f"{every} are made up from items; no person asked them.")
        if self.people:
            said.append(f"{self.people:,} people asked them; each counts once, whatever they asked.")
        if self.baseline:
            said.append(f"Differences are to {self.baseline}, on the same queries.")
        said += [_remark(run, self.queries) for run in self.runs]
        said += [
            f"{'passed' if gate.passed else 'FAILED'}: {gate.measure} {gate.value:.4f}, at least {gate.least:g} wanted"
            for gate in self.gates
        ]
        return [*said, *self.notes]

    def _by_kind(self) -> list[str]:
        lines = []
        for run in self.runs:
            if run.slices:
                lines += ["", f"{run.name}, {run.results[0].measure} by kinds of requests:"]
                lines += [f"  {one}" for one in run.slices]
        return lines


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """What is compared: a run, or repeats of it. values (queries, measures): the mean over the repeats."""

    name: str
    repeats: Sequence[Run]
    values: Numbers
    apart: float

    @classmethod
    def of(cls, runs: Run | Sequence[Run], measures: Sequence[Measure], qrels: Qrels, queries: Sequence[str]) -> _Side:
        repeats = [runs] if isinstance(runs, Run) else list(runs)
        each = np.stack([score(measures, run, qrels, queries) for run in repeats])
        return cls(repeats[0].name, repeats, each.mean(axis=0), float(np.ptp(each[:, :, 0].mean(axis=1))))


def compare(
    runs: Sequence[Run | Sequence[Run]],
    qrels: Qrels,
    *,
    measures: Sequence[Measure],
    queries: Sequence[str] | None = None,
    baseline: Run | Sequence[Run] | None = None,
    bars: Sequence[Bar] = (),
    seconds: Sequence[float] = (),
    costs: Sequence[Cost | None] = (),
    kinds: Mapping[str, Mapping[str, str]] | None = None,
    people: Mapping[str, str] | None = None,
    release: str = "",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Report:
    """Measures runs on the same queries: those asked that have a judgement. queries None: all that have one.

    Several runs in place of one are repeats of what is not deterministic: their values are averaged query by query.
    Without a baseline run, the first of several runs is the baseline of the others. seconds, costs: one a run, where
    known. kinds: what divides the queries, by name: the kind of each qid. people: who asked each qid; each person then
    counts once, with the mean over their queries. Raises SourceError (measure.nothing) when no query has a judgement.
    """
    asked = qrels.qids if queries is None else queries
    measured = _measured(asked, qrels)
    wanted = tuple(dict.fromkeys([*measures, *(bar.measure for bar in bars)]))
    every = [*runs, *([] if baseline is None else [baseline])]
    sides = [_Side.of(one, [*wanted, JUDGED], qrels, measured) for one in every]
    against = sides[-1] if baseline is not None else sides[0] if len(sides) > 1 else None
    codes = np.unique([people[qid] for qid in measured], return_inverse=True)[1] if people else None
    divided = {by: [names.get(qid, "") for qid in measured] for by, names in (kinds or {}).items()}
    found = [
        replace(_reached(side, against, wanted, measured, divided, codes, resamples, seed), seconds=took, cost=cost)
        for side, took, cost in zip(sides, _padded(seconds, len(sides)), _padded(costs, len(sides)), strict=True)
    ]
    reached = {result.measure: result.value for result in found[0].results}
    gates = [Gate(str(b.measure), b.least, reached[str(b.measure)], reached[str(b.measure)] >= b.least) for b in bars]
    missing, unjudged = _without(qrels.qids, asked), _without(asked, qrels.qids)
    notes = _notes(measured, unjudged, missing, found)
    return Report(
        len(measured),
        len(unjudged),
        tuple(found),
        against.name if against else "",
        release,
        tuple(gates),
        notes,
        not_asked=len(missing),
        people=0 if codes is None else int(codes.max()) + 1,
        made_up=sum(qid.startswith(MADE_UP) for qid in measured),
    )


def _measured(asked: Sequence[str], qrels: Qrels) -> list[str]:
    judged = set(qrels.qids)
    measured = [qid for qid in asked if qid in judged]
    if not asked:
        raise SourceError("no request is left to measure; name some with words in --queries", code="measure.nothing")
    if not measured:
        raise SourceError(
            f"none of the {len(asked)} queries has a judgement; do the qids of both files match?",
            code="measure.nothing",
        )
    return measured


def _without(qids: Sequence[str], others: Sequence[str]) -> list[str]:
    gone = set(others)
    return [qid for qid in qids if qid not in gone]


def _padded(known: Sequence[T], n: int) -> list[T | None]:
    return [*known, *[None] * (n - len(known))]


def _reached(
    side: _Side,
    against: _Side | None,
    measures: Sequence[Measure],
    queries: Sequence[str],
    kinds: Mapping[str, Sequence[str]],
    people: Positions | None,
    resamples: int,
    seed: int,
) -> RunResult:
    """What a side reached, with differences where it is not what the others are held against."""
    base = None if against is None or side is against else against.values[:, :-1]
    held = None if base is None else _each(base, people)
    results = _results(measures, _each(side.values[:, :-1], people), held, resamples, seed)
    answered = _answered(side.repeats[0], queries)
    share = float(side.values[answered, -1].mean()) if answered.any() else 0.0
    parts = slices(side.values[:, 0], kinds, baseline=None if base is None else base[:, 0], seed=seed) if kinds else ()
    unanswered = int((~answered).sum())
    return RunResult(side.name, results, share, unanswered, slices=parts, repeats=len(side.repeats), apart=side.apart)


def _each(values: Numbers, people: Positions | None) -> Numbers:
    """A row a person: the mean over what they asked."""
    if people is None:
        return values
    counts = np.bincount(people)
    return np.stack([np.bincount(people, weights=column) for column in values.T], axis=1) / counts[:, None]


def _results(
    measures: Sequence[Measure], values: np.ndarray, reference: np.ndarray | None, resamples: int, seed: int
) -> tuple[Result, ...]:
    means = intervals(values, resamples=resamples, seed=seed)
    differences: list[Difference | None] = [None] * len(measures)
    if reference is not None:
        paired = np.round(values - reference, 12)
        spans = intervals(paired, lowest=-1.0, resamples=resamples, seed=seed)
        differences = [
            Difference(s.value, s.low, s.high, int((d > 0).sum()), int((d < 0).sum()), int((d == 0).sum()))
            for s, d in zip(spans, paired.T, strict=True)
        ]
    return tuple(
        Result(str(measure), mean.value, mean.low, mean.high, difference)
        for measure, mean, difference in zip(measures, means, differences, strict=True)
    )


def _answered(run: Run, queries: Sequence[str]) -> np.ndarray:
    given = {run.qids[code] for code in np.unique(run.query)}
    return np.array([qid in given for qid in queries], bool)


def _notes(
    measured: Sequence[str], unjudged: Sequence[str], missing: Sequence[str], runs: Sequence[RunResult]
) -> tuple[str, ...]:
    notes = []
    n = len(measured)
    if n < FEW:
        notes.append(f"Only {n} {'query' if n == 1 else 'queries'}: take these intervals as rough; add queries.")
    if unjudged:
        notes.append(f"Asked but not judged: {_named(unjudged)}.")
    if missing:
        notes.append(f"{len(missing):,} judged queries were not asked and are in no mean: {_named(missing)}.")
    notes += [
        f"{run.name} answers none of the queries; do its qids match?" for run in runs if run.unanswered == n and n
    ]
    if any(result.difference and not result.difference.clear for run in runs for result in run.results):
        notes.append(
            "An interval of a difference that holds 0 shows no difference: neither run was shown to be better."
        )
    return tuple(notes)


def _named(qids: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(qids) - NAMED
    return ", ".join(qids[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _row(name: str, result: Result) -> tuple[str, ...]:
    row = (name, result.measure, f"{result.value:.4f}", f"{result.low:.4f} to {result.high:.4f}")
    if (d := result.difference) is None:
        return (*row, "", "", "", "", "")
    return (*row, f"{d.value:+.4f}", f"{d.low:+.4f} to {d.high:+.4f}", str(d.better), str(d.worse), str(d.same))


def _remark(run: RunResult, queries: int) -> str:
    time = f"; ranked in {run.seconds:.2f} s ({1000 * run.seconds / queries:.2f} ms a query)" if run.seconds else ""
    cost = f"; {run.cost}" if run.cost else ""
    again = f"; mean of {run.repeats} repeats, up to {run.apart:.4f} apart" if run.repeats > 1 else ""
    judged = f"{run.judged:.1%} of its first five are judged"
    return f"{run.name}: {judged}; {run.unanswered} queries not answered (0){time}{cost}{again}."
