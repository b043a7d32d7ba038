"""What an experiment with seekers has shown so far, at any look: which Release is better, and what it costs.

    experiment_report(design, share, visitors, answers) -> ExperimentReport

A visitor counts once, with their first visit, when that and all that began before it are over. So nobody counts for
more than one, nothing that comes later is added to what was counted, and the order has nothing to do with what came of
a visit: in the order of their ends, visits with a match, which last longer, would stand together. What a seeker takes
back or says anew later on, and what is erased, is gone from it. All that is gated holds at all looks
together: see `sequential`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

import numpy as np

from firstfive.measure.intervals import LEVEL, Interval
from firstfive.measure.sequential import (
    Known,
    SampleRatio,
    arms_sequence,
    asymptotic_sequence,
    confidence_sequence,
    sample_ratio,
)

if TYPE_CHECKING:
    from firstfive.types import Numbers

BASELINE, CANDIDATE, BOTH = "baseline", "candidate", "both"
LOOKS = 40
"""Points of the picture."""
TOP = 5
"""Items whose share of all places says how far a few are favoured."""
SLOWER = 0.25
"""By this share of the baseline's, answers may take longer, cost more or be more alike before a guardrail fails."""
DEARER_USD = 0.0001
"""What an answer may cost more whatever the baseline costs: ten cents a thousand."""
COMPLAINTS = 0.02
"""By so much, complaints may come more often before a guardrail fails."""
FAILURES = 0.01
"""The share of visitors for whom the candidate may fail to answer before a guardrail fails."""
ALIKE = 0.05
"""By so much more of their items, two seekers may see the same whatever the baseline shows: one item in four fives."""
GUARDED = 1 - (1 - LEVEL) / 5
"""The level of each of the five guardrails that are gated: all five together keep LEVEL."""

Verdict = Literal["better", "worse", "guardrail failed", "broken split", "no difference seen yet"]
EXITS: Mapping[str, int] = {
    "better": 0,
    "worse": 1,
    "guardrail failed": 1,
    "broken split": 1,
    "no difference seen yet": 3,
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """One seeker's first visit. arm: what they were drawn for. over_at: when it is over, if nothing more comes.

    found: whether they said yes to one of the first five items shown. leaning: how far what they said yes to speaks for
    the candidate, and refusing: what they refused; both in [-1, 1], of interleaving alone. refused: whether they said
    no to anything. first: whose pick stood in the first place; empty where only one of
    the two had any. ms and usd: of an answer of each arm, on average. shown: the items of the first answer, by the arm
    whose ranking put them there; none where the candidate failed.
    """

    arm: str
    began: datetime
    over_at: datetime
    found: bool
    leaning: float = 0.0
    refusing: float = 0.0
    refused: bool = False
    first: str = ""
    failed: bool = False
    ms: Mapping[str, float] = field(default_factory=dict)
    usd: Mapping[str, float] = field(default_factory=dict)
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of the experiment, of whichever visit. ms, and items that stood there, by arm."""

    ms: Mapping[str, float]
    items: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Look:
    """What was known after so many visits."""

    visits: int
    at: datetime
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A number of each arm. difference: candidate less baseline, at all looks. limit: where that may not lie above.

    Without a limit it is told and not gated. None: nobody was there to measure it on.
    """

    name: str
    unit: str
    meaning: str
    baseline: float | None
    candidate: float | None
    difference: Known | None = None
    limit: float | None = None

    @property
    def failed(self) -> bool:
        """Whether all of what is known lies above the limit."""
        return self.difference is not None and self.limit is not None and self.difference.interval.low > self.limit

    @property
    def state(self) -> str:
        """What is known of it, in a word or two."""
        if self.difference is None or self.limit is None:
            return "told only"
        if self.failed:
            return "failed"
        return "kept" if self.difference.interval.high <= self.limit else "not enough data yet"

    @property
    def span(self) -> Interval | None:
        """The difference's interval where it says anything at all."""
        if self.limit is None or self.difference is None or not self.difference.n:
            return None
        return self.difference.interval if np.isfinite(self.difference.interval.low) else None

    def line(self) -> str:
        """It as plain text."""
        both = f"{_number(self.baseline, self.unit)} and {_number(self.candidate, self.unit)}"
        if self.limit is None:
            return f"{self.name}: {both}"
        if self.span is None:
            return f"{self.name}: {both}; {self.state}"
        ends = f"{_number(self.span.low, self.unit)} to {_number(self.span.high, self.unit)}"
        state = "FAILED" if self.failed else self.state
        return f"{self.name}: {both}; difference {ends}, limit {_number(self.limit, self.unit)}: {state}"


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """visits: those that are over and count; open_visits: those that may still go on, and all that began after.

    difference: of the share of visits with a match among the first five (A/B), or of what the yeses speak for, from -1
    to 1 (interleaving); candidate less baseline.
    """

    design: str
    visits: int
    open_visits: int
    arms: Mapping[str, int]
    found: Mapping[str, float]
    difference: Known
    ratio: SampleRatio | None
    guardrails: tuple[Guardrail, ...]
    looks: tuple[Look, ...]
    verdict: Verdict

    @property
    def exit(self) -> int:
        """0 better; 1 worse, a guardrail failed or a broken split; 3 nothing is decided."""
        return EXITS[self.verdict]

    def sentence(self) -> str:
        """What is known so far, in one sentence."""
        if self.verdict == "broken split" and self.ratio:
            return self.ratio.sentence()
        after = f"fter {self.visits:,} visit{'' if self.visits == 1 else 's'}"
        if self.verdict == "guardrail failed":
            names = " and ".join(one.name for one in self.guardrails if one.failed)
            return f"A{after} a guardrail failed: {names}. {_told(self.design, self.difference)}"
        if not self.difference.shown:
            return f"Not enough data yet: a{after} {_told(self.design, self.difference, sure=False)}"
        return f"A{after} {_told(self.design, self.difference)}"

    def lines(self) -> list[str]:
        """All of it as plain text."""
        going_on = f", {self.open_visits:,} still open" if self.open_visits else ""
        counts = f" ({', '.join(f'{count:,} {arm}' for arm, count in self.arms.items())})" if self.arms else ""
        shares = [f"  match among the first five, {arm}: {share:.1%}" for arm, share in self.found.items()]
        return [
            self.sentence(),
            f"Verdict: {self.verdict}.",
            f"{self.visits:,} visits are over{counts}{going_on}.",
            *shares,
            *(
                [self.ratio.sentence()]
                if self.ratio
                else ["Nobody came yet, so nothing says whether the split is kept."]
            ),
            "Baseline and candidate:",
            *(f"  {one.line()}" for one in self.guardrails),
        ]


def experiment_report(
    design: str, share: float, visitors: Sequence[Visitor], answers: Sequence[Answered], now: datetime
) -> ExperimentReport:
    """What is known at this time. visitors: all who came, in any order; they count up to the first who may go on."""
    over = list(takewhile(lambda one: one.over_at <= now, sorted(visitors, key=lambda one: one.began)))
    counted = [one for one in over if one.arm == BOTH] if design == "interleaving" else over
    difference = _difference(design, counted)
    ratio = _ratio(design, share, visitors)
    guardrails = tuple(_guardrails(design, counted, answers))
    arms = dict(Counter(one.arm for one in over))
    found = {arm: float(np.mean([one.found for one in over if one.arm == arm])) for arm in sorted(arms)}
    return ExperimentReport(
        design,
        len(counted),
        len(visitors) - len(over),
        {arm: arms[arm] for arm in sorted(arms)},
        found,
        difference,
        ratio,
        guardrails,
        tuple(_looks(design, counted)),
        _verdict(difference, ratio, guardrails),
    )


def _verdict(difference: Known, ratio: SampleRatio | None, guardrails: Sequence[Guardrail]) -> Verdict:
    if ratio and ratio.broken:
        return "broken split"
    if difference.interval.high < 0:
        return "worse"
    if any(one.failed for one in guardrails):
        return "guardrail failed"
    return "better" if difference.shown else "no difference seen yet"


def _difference(design: str, counted: Sequence[Visitor]) -> Known:
    if design == "interleaving":
        return confidence_sequence(_values(counted, lambda one: one.leaning), lowest=-1.0)
    return arms_sequence(*_arms(counted, lambda one: float(one.found)))


def _looks(design: str, counted: Sequence[Visitor]) -> Iterator[Look]:
    """What was known as the visits came in."""
    for n in sorted({round(part) for part in np.linspace(1, len(counted), min(LOOKS, len(counted)))}):
        known = _difference(design, counted[:n]).interval
        yield Look(n, counted[n - 1].began, known.value, known.low, known.high)


def _ratio(design: str, share: float, visitors: Sequence[Visitor]) -> SampleRatio | None:
    """Of the draw; where every visitor gets the two interleaved, of the coin that says who picks first."""
    if design == "interleaving" and share == 1:
        first = Counter(one.first for one in visitors)
        counts, shares = (first["a"], first["b"]), (0.5, 0.5)
    else:
        arms = Counter(one.arm for one in visitors)
        counts, shares = (arms[BASELINE], arms[CANDIDATE] + arms[BOTH]), (1 - share, share)
    return sample_ratio(counts, shares) if sum(counts) else None


# --- guardrails -------------------------------------------------------------------------------------------------------


def _guardrails(design: str, counted: Sequence[Visitor], answers: Sequence[Answered]) -> Iterator[Guardrail]:
    times = {arm: [one.ms[arm] for one in answers if arm in one.ms] for arm in (BASELINE, CANDIDATE)}
    for name, of in (("p50_ms", 50), ("p95_ms", 95)):
        baseline, candidate = (float(np.percentile(times[arm], of)) if times[arm] else None for arm in times)
        meaning = f"Milliseconds that {of} of 100 answers take at most, storing and waiting left out."
        yield Guardrail(name, "ms", meaning, baseline, candidate)
    yield _mean(counted, "mean_ms", "ms", "Milliseconds of an answer, on average over visitors.", _ms, 0.0)
    yield _mean(counted, "cost", "USD", "What models cost for an answer, in US dollars.", _usd, DEARER_USD)
    yield _complaints(design, counted)
    shown = [one for one in counted if one.arm != BASELINE]
    failed = confidence_sequence(_values(shown, lambda one: float(one.failed)), level=GUARDED)
    share = failed.interval.value if shown else None
    meaning = "Visitors for whom the candidate failed to answer, and who got the baseline's."
    yield Guardrail("failures", "share", meaning, 0.0 if counted else None, share, failed, FAILURES)
    yield _exposure(counted)
    yield from _variety(answers)


def _ms(one: Visitor) -> Mapping[str, float]:
    return one.ms


def _usd(one: Visitor) -> Mapping[str, float]:
    return one.usd


def _mean(
    counted: Sequence[Visitor],
    name: str,
    unit: str,
    meaning: str,
    of: Callable[[Visitor], Mapping[str, float]],
    least: float,
) -> Guardrail:
    """A mean without bounds, gated against a quarter of the baseline's."""
    a, b = (np.array([of(one)[arm] for one in counted if arm in of(one)]) for arm in (BASELINE, CANDIDATE))
    pairs = min(len(a), len(b))
    known = asymptotic_sequence(b[:pairs] - a[:pairs], level=GUARDED)
    baseline, candidate = (float(values.mean()) if len(values) else None for values in (a, b))
    return Guardrail(name, unit, meaning, baseline, candidate, known, max(least, SLOWER * (baseline or 0.0)))


def _complaints(design: str, counted: Sequence[Visitor]) -> Guardrail:
    if design == "interleaving":
        meaning = "Whose picks are refused: from -1, the baseline's alone, to 1, the candidate's alone."
        known = confidence_sequence(_values(counted, lambda one: one.refusing), lowest=-1.0, level=GUARDED)
        return Guardrail("complaints", "share", meaning, None, known.interval.value, known, COMPLAINTS)
    a, b = _arms(counted, lambda one: float(one.refused))
    known = arms_sequence(a, b, level=GUARDED)
    meaning = "Visits in which an item was refused, or none of the five fitted."
    share_a, share_b = (float(values.mean()) if len(values) else None for values in (a, b))
    return Guardrail("complaints", "share", meaning, share_a, share_b, known, COMPLAINTS)


def _exposure(counted: Sequence[Visitor]) -> Guardrail:
    """How much two seekers see of the same: its mean is the less, the more evenly items are shown.

    Simpson's index of concentration (Nature 1949) of what an arm shows. Each visitor is held against one other alone,
    so that the values are independent, whatever is popular.
    """
    a, b = (_alike([one.shown[arm] for one in counted if one.shown.get(arm)]) for arm in (BASELINE, CANDIDATE))
    baseline, candidate = (float(values.mean()) if len(values) else None for values in (a, b))
    meaning = "Of the items that one seeker sees, the share that the next one sees too: more where few items are shown."
    limit = max(ALIKE, SLOWER * (baseline or 0.0))
    return Guardrail("exposure", "share", meaning, baseline, candidate, arms_sequence(a, b, level=GUARDED), limit)


def _alike(fives: Sequence[Sequence[str]]) -> Numbers:
    """(n // 2,): of the first two, of the next two and so on, the share of the longer one's items that both have."""
    pairs = zip(fives[::2], fives[1::2], strict=False)
    return np.array([len({*one} & {*other}) / max(len(one), len(other)) for one, other in pairs], np.float64)


def _variety(answers: Sequence[Answered]) -> Iterator[Guardrail]:
    """How many items are shown at all, over the same number of places of each arm."""
    shown = {arm: [item for one in answers for item in one.items.get(arm, ())] for arm in (BASELINE, CANDIDATE)}
    places = min(map(len, shown.values()))
    counts = [Counter(shown[arm][:places]) for arm in (BASELINE, CANDIDATE)]
    a, b = (float(len(one)) if places else None for one in counts)
    yield Guardrail("different_items", "items", f"Different items in {places:,} places of each arm.", a, b)
    a, b = (sum(n for _, n in one.most_common(TOP)) / places if places else None for one in counts)
    yield Guardrail("top_share", "share", f"The share of these places that the {TOP} items shown most have.", a, b)


def _values(visitors: Sequence[Visitor], of: Callable[[Visitor], float]) -> Numbers:
    return np.array([of(one) for one in visitors], dtype=np.float64)


def _arms(visitors: Sequence[Visitor], of: Callable[[Visitor], float]) -> tuple[Numbers, Numbers]:
    a, b = (_values([one for one in visitors if one.arm == arm], of) for arm in (BASELINE, CANDIDATE))
    return a, b


# --- words ------------------------------------------------------------------------------------------------------------


def _told(design: str, known: Known, *, sure: bool = True) -> str:
    low, high = known.interval.low, known.interval.high
    if design == "interleaving":
        span = f"(credit {low:+.2f} to {high:+.2f}, where -1 is the baseline's alone and 1 the candidate's)"
        if not (sure and known.shown):
            return f"it is open whose picks seekers say yes to more often {span}."
        better, worse = ("candidate", "baseline") if low > 0 else ("baseline", "candidate")
        return f"seekers say yes to the {better}'s picks more often than to the {worse}'s {span}."
    what = "the candidate finds a match among the first five"
    if sure and known.shown:
        least, most = (low, high) if low > 0 else (-high, -low)
        often = "more" if low > 0 else "less"
        return f"{what} {100 * least:.1f} to {100 * most:.1f} points {often} often than the baseline."
    ends = f"{-100 * low:.1f} points less and {100 * high:.1f} points more"
    return f"{what} between {ends} often than the baseline."


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "none"
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.0f} {unit}" if unit == "items" else f"{value:,.5g} {unit}"
