"""Whether what was measured is good enough: passed, failed, or open, with what would decide it.

    decide(report, goal) -> Decision    each bar, and the difference to the baseline, by their 95 % intervals

An interval that lies wholly on one side of its bar decides. One that holds the bar decides nothing, however good the
mean looks: by chance alone, half of all changes look better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeAlias

from firstfive.errors import GateFailed
from firstfive.measure.intervals import FEW, LEVEL, Interval, paired
from firstfive.measure.measures import DEFAULT, Measure
from firstfive.measure.report import Bar, Cost, Difference, Report, Result

Outcome: TypeAlias = Literal["passed", "failed", "open"]
APART = 10
"""Requests that must differ before a bootstrap of their differences is believed."""
MOST = 100_000
"""Requests beyond which nobody can be told to collect so many."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a Release must reach. bars: least values. measure and margin: how much worse than another it may be.

    p95_ms and usd_per_1000: the most that its answers may take; None: whatever.
    """

    bars: tuple[Bar, ...] = ()
    measure: Measure = DEFAULT[0]
    margin: float = 0.02
    p95_ms: float | None = None
    usd_per_1000: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement of the goal: how it ended, and a sentence that says so with the numbers."""

    outcome: Outcome
    said: str


@dataclass(frozen=True, slots=True)
class Decision:
    """All findings. It failed where one did; else it is open where one is; else it passed."""

    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst of the findings."""
        outcomes = {finding.outcome for finding in self.findings}
        return "failed" if "failed" in outcomes else "open" if "open" in outcomes else "passed"

    def lines(self) -> list[str]:
        """A line a finding."""
        return [f"{finding.outcome}: {finding.said}" for finding in self.findings]

    def check(self) -> None:
        """Raises GateFailed gate.failed, or gate.inconclusive where nothing failed and something is open."""
        if (outcome := self.outcome) == "passed":
            return
        said = "; ".join(finding.said for finding in self.findings if finding.outcome == outcome)
        raise GateFailed(said, code="gate.failed" if outcome == "failed" else "gate.inconclusive")


def decide(report: Report, goal: Goal, *, made_up: bool = False) -> Decision:
    """Holds the first run of a report against a goal. made_up: no person asked these requests.

    How good a Release is for people, no made-up requests can show: they leave the bars open. Which of two is better,
    they can, since both get the same.
    """
    return Decision(tuple(_findings(report, goal, made_up)))


def _findings(report: Report, goal: Goal, made_up: bool) -> Iterator[Finding]:
    first = {result.measure: result for result in report.runs[0].results}
    for bar in goal.bars:
        yield unshown(bar) if made_up else reaches(bar, first[str(bar.measure)], report.queries)
    difference = first[str(goal.measure)].difference
    if difference:
        yield not_worse(str(goal.measure), difference, goal.margin, report.queries)
    yield from _costs(report.runs[0].cost, goal)


def _costs(cost: Cost | None, goal: Goal) -> Iterator[Finding]:
    """What answers take, where that was measured and has a cap."""
    if cost and goal.p95_ms is not None and cost.p95_ms is not None:
        yield at_most("the time of 95 of 100 answers", cost.p95_ms, goal.p95_ms, " ms")
    if cost and goal.usd_per_1000 is not None:
        yield at_most("the price of 1,000 requests", cost.usd_per_1000, goal.usd_per_1000, " USD")


def reaches(bar: Bar, result: Result, requests: int) -> Finding:
    """Whether a measure's whole interval is at its bar or above."""
    said = f"{result.measure} is {result.value:.4f} ({result.low:.4f} to {result.high:.4f})"
    if requests >= FEW and result.low >= bar.least:
        return Finding("passed", f"{said}, at least {bar.least:g} was wanted")
    if requests >= FEW and result.high < bar.least:
        return Finding("failed", f"{said}, under the {bar.least:g} that was wanted")
    needed = _needed(requests, result.value - bar.least, result.value - result.low, result.high - result.value)
    return Finding("open", f"{said}, which does not tell whether it is {bar.least:g}; {needed}")


def not_worse(measure: str, difference: Difference, margin: float, requests: int) -> Finding:
    """Whether the whole interval of a difference is above minus the margin."""
    low, high = _ends(difference, requests)
    alike = not (difference.better or difference.worse)
    told = Interval(difference.value, low, high)
    return above_margin(f"the difference in {measure}", told, margin, requests, alike=alike)


def above_margin(what: str, told: Interval, margin: float, requests: int, *, alike: bool = False) -> Finding:
    """Whether a whole interval is above minus the margin. alike: all requests came out alike."""
    said = f"{what} is {told.value:+.4f} ({told.low:+.4f} to {told.high:+.4f})"
    if requests >= FEW and told.low > -margin:
        better = "better" if told.low > 0 else f"no worse than the {margin:g} that are allowed"
        return Finding("passed", f"{said}: {better}")
    if requests >= FEW and told.high <= -margin:
        return Finding("failed", f"{said}: worse than the {margin:g} that are allowed")
    needed = _needed(requests, told.value + margin, told.value - told.low, told.high - told.value, alike=alike)
    return Finding("open", f"{said}, which does not tell whether it is above {0 - margin:g}; {needed}")


def _ends(difference: Difference, requests: int) -> tuple[float, float]:
    """The ends of a difference's interval; where few requests make all of it, no nearer than so few can tell.

    A bootstrap cannot draw the loss that it has not seen, whatever the measure: where one of sixty got better, its
    lower end is 0.
    """
    if difference.better + difference.worse >= APART:
        return difference.low, difference.high
    low, high = paired(difference.better, difference.worse, requests, LEVEL)
    return min(difference.low, low), max(difference.high, high)


def at_most(what: str, value: float, most: float, unit: str = "") -> Finding:
    """Whether a cost stays within its cap."""
    over = value > most
    said = f"{what} is {value:,.4g}{unit}, {'above' if over else 'within'} the {most:,.4g}{unit} that are allowed"
    return Finding("failed" if over else "passed", said)


def unshown(bar: Bar) -> Finding:
    """A bar that made-up requests leave open."""
    return Finding(
        "open",
        f"made-up requests cannot show that {bar.measure} is {bar.least:g} for people; "
        "judge requests that people made, and name them in goal.queries and goal.qrels",
    )


def _needed(requests: int, gap: float, below: float, above: float, *, alike: bool = False) -> str:
    """What would decide: about so many requests, if they come out as these did.

    The half of an interval towards the bar shrinks with the root of the number of requests; that of requests which all
    came out alike, with the number itself.
    """
    half = below if gap > 0 else above
    times = (half / abs(gap)) ** (1 if alike else 2) if gap else MOST
    needed = max(FEW, ceil(requests * min(times, MOST)))
    many = f"more than {MOST:,}" if needed > MOST else f"about {needed:,}"
    return f"{many} requests that come out like these {requests:,} would"
