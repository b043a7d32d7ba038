"""Prediction-powered intervals: a few people's labels correct many of a judge's (Angelopoulos et al., Science 2023).

    powered(people, judge_there, judge_elsewhere) -> Powered

A value a request, such as Success@5: by people's labels and by the judge's on the requests that people labelled, which
must be a random sample, and by the judge's alone on the others. The judge may be as wrong as it likes: the interval
stays right and only gets wider. The judge's mean alone is told as a number without an interval, since the one that its
many requests suggest is of something else.

Which interval, by what the values are:

- all 0 or 1: the labels are counted apart where the judge says yes and where it says no. That is PPI++ with its weight
  tuned (Angelopoulos, Duchi, Zrnic, arXiv 2311.01453, 2023) when both are 0 or 1. Each share gets Jeffreys' prior
  (Brown, Cai, DasGupta, Statistical Science 2001), and the interval is read off draws of their mixture, because the
  normal one holds too seldom where few labels fail: 69 % of the time for a Success of .95 with 30 labels.
- else: PPI++ by Student's t, as Wilson's interval at the number of plain labels that would be as sure (Korn and
  Graubard, Survey Methodology 1998), counting a third of a label more on which the judge is as wrong as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import LEVEL, Interval

if TYPE_CHECKING:
    from firstfive.types import Numbers

LEAST = 30
"""Labelled requests below which no interval is told."""
DRAWS = 10_000
UNSEEN = 1 / 3
"""How many labels are added on which the judge is wrong by the whole range, half of them up and half down."""


@dataclass(frozen=True, slots=True)
class Powered:
    """A mean over requests, from people's labels with a judge's help.

    interval: None below LEAST labels. judge_only: the judge's mean over all requests, which is no estimate of what
    people would say. worth: how many labels alone would give as narrow an interval.
    """

    labels: int
    judged: int
    interval: Interval | None
    judge_only: float
    worth: int

    @property
    def enough(self) -> bool:
        """Whether there are labels enough for an interval."""
        return self.interval is not None

    def json(self) -> bytes:
        """All of it, field by field."""
        return msgspec.json.encode(self)

    def __str__(self) -> str:
        alone = f"the judge alone says {self.judge_only:.3f} over {self.judged} requests, which has no valid interval"
        if self.interval is None:
            return f"not enough data yet: people labelled {self.labels} of at least {LEAST} requests; {alone}"
        return (
            f"{self.interval.value:.3f} [{self.interval.low:.3f}, {self.interval.high:.3f}] from {self.labels} "
            f"labelled and {self.judged} judged requests, as sure as {self.worth} labels alone; {alone}"
        )


def powered(
    people: Numbers,
    judge_there: Numbers,
    judge_elsewhere: Numbers,
    *,
    lowest: float = 0.0,
    highest: float = 1.0,
    level: float = LEVEL,
    seed: int = 0,
) -> Powered:
    """The mean by people's labels. people and judge_there (n,), judge_elsewhere (m,), each in [lowest, highest].

    Differences of two rankings are values from -1 to 1 and go in the same way. The same values in the same order and
    the same seed give the same interval.
    """
    if len(people) != len(judge_there):
        raise UsageError(f"people gave {len(people)} values and the judge {len(judge_there)} on the same requests")
    if not len(judge_there) + len(judge_elsewhere):
        raise UsageError("there is no value at all; label or judge some requests")
    y, f, g = (_scaled(values, lowest, highest) for values in (people, judge_there, judge_elsewhere))
    alone = float(np.concatenate([f, g]).mean())
    wide = highest - lowest
    if len(y) < LEAST:
        return Powered(len(y), len(f) + len(g), None, lowest + wide * alone, 0)
    find = _of_shares if _all_shares(y, f, g) else _of_values
    found = find(y, f, g, level, seed)
    plain = find(y, np.zeros_like(f), np.zeros_like(g), level, seed)
    worth = len(y) * ((plain.high - plain.low) / max(1e-9, found.high - found.low)) ** 2
    told = Interval(lowest + wide * found.value, lowest + wide * found.low, lowest + wide * found.high)
    return Powered(len(y), len(f) + len(g), told, lowest + wide * alone, round(worth))


def weight(people: Numbers, judge_there: Numbers, judge_elsewhere: Numbers) -> float:
    """How much of the judge to use, in [0, 1]: PPI++'s tuned lambda for a mean (its equation 6)."""
    n, m = len(people), len(judge_elsewhere)
    spread = float(np.concatenate([judge_there, judge_elsewhere]).var(ddof=1))
    if m < 2 or spread <= 0:
        return 0.0
    together = float(np.cov(people, judge_there)[0, 1])
    return float(np.clip(together / (spread * (1 + n / m)), 0, 1))


def _scaled(values: Numbers, lowest: float, highest: float) -> Numbers:
    outside = values[~((values >= lowest) & (values <= highest))]
    if len(outside):
        raise UsageError(f"{float(outside[0]):g} is outside {lowest:g} to {highest:g}; give values of one measure")
    return np.asarray((values - lowest) / (highest - lowest), np.float64)


def _all_shares(*columns: Numbers) -> bool:
    return all(bool(((column == 0) | (column == 1)).all()) for column in columns)


def _of_shares(y: Numbers, f: Numbers, g: Numbers, level: float, seed: int) -> Interval:
    """The mixture of people's shares where the judge says yes and where it says no, each with Jeffreys' prior."""
    random = np.random.default_rng(seed)
    yes, said, every = float(f.sum()), float(f.sum() + g.sum()), len(f) + len(g)
    right, missed = float((y * f).sum()), float((y * (1 - f)).sum())
    where_yes = random.beta(right + 0.5, yes - right + 0.5, DRAWS)
    where_no = random.beta(missed + 0.5, len(y) - yes - missed + 0.5, DRAWS)
    share = random.beta(said + 0.5, every - said + 0.5, DRAWS) if 0 < said < every else np.full(DRAWS, said / every)
    drawn = share * where_yes + (1 - share) * where_no
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    lam = weight(y, f, g)
    value = float(y.mean() + lam * (g.mean() - f.mean())) if len(g) else float(y.mean())
    return Interval(float(np.clip(value, low, high)), float(low), float(high))


def _of_values(y: Numbers, f: Numbers, g: Numbers, level: float, seed: int) -> Interval:  # noqa: ARG001
    """PPI++ with the interval of a share that is as uncertain."""
    lam, n = weight(y, f, g), len(y)
    rest = y - lam * f
    mean = float(rest.mean())
    value = float(np.clip(mean + (lam * g.mean() if lam else 0.0), 0, 1))
    unseen = UNSEEN / 2 * ((1 - mean) ** 2 + (lam + mean) ** 2)
    spread = (float(((rest - mean) ** 2).sum()) + unseen) / (n - 1 + UNSEEN)
    error = spread / (n + UNSEEN) + (lam**2 * float(g.var(ddof=1)) / len(g) if lam else 0.0)
    near = (n * value + 1) / (n + 2)
    alike = near * (1 - near) / error
    t = _student(n - 1, (1 + level) / 2)
    middle = (value + t * t / (2 * alike)) / (1 + t * t / alike)
    half = t / (1 + t * t / alike) * float(np.sqrt(value * (1 - value) / alike + t * t / (4 * alike * alike)))
    return Interval(value, max(0.0, middle - half), min(1.0, middle + half))


def _student(freedom: int, share: float) -> float:
    """Student's t by the expansion of Cornish and Fisher in 1 / freedom (Abramowitz and Stegun 1964, 26.7.5)."""
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(term / float(freedom) ** (at + 1) for at, term in enumerate(terms))
