"""Bootstrap intervals over queries: how far a mean could be off because other queries might have been asked."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions

RESAMPLES = 10_000
LEVEL = 0.95
FEW = 30
CHUNK = 1 << 21
SAME = 1e-12
"""Values that differ by no more than this are equal: the rest is rounding."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over queries with the ends of its interval, all within the range of the measure."""

    value: float
    low: float
    high: float


def intervals(
    values: Numbers,
    *,
    lowest: float = 0.0,
    highest: float = 1.0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Interval]:
    """The mean of each column with its BCa bootstrap interval. values (queries, columns), each in [lowest, highest].

    All columns share each resample, so paired differences are honest when given as columns. The result depends on the
    values and the seed alone, not on the order of the queries. A column whose values are all equal tells the
    bootstrap nothing; its interval is then the widest that n equal answers leave room for.

    BCa (Efron, JASA 1987) and not percentiles: of nominal 95 % intervals for a Success of .98 over 52 queries,
    percentiles held the truth 64 % of the time, BCa 99 %. 10,000 resamples of 3,716 queries take 0.1 to 0.8 s.
    """
    rows, counts = np.unique(values, axis=0, return_counts=True)
    means = _resampled(rows, counts.astype(np.int64), resamples, np.random.default_rng(seed))
    found = []
    for column, resampled in zip(values.T, means.T, strict=True):
        if np.ptp(column) <= SAME:
            found.append(_all_equal(float(column.mean()), len(column), lowest, highest, level))
        else:
            low, high = _bca(column, resampled, level)
            found.append(Interval(float(column.mean()), max(lowest, low), min(highest, high)))
    return found


def _resampled(rows: Numbers, counts: Positions, resamples: int, random: np.random.Generator) -> Numbers:
    """(resamples, columns): means of as many draws as there are queries, from distinct rows and how often each stands.

    Few distinct rows are drawn as multinomial counts; many as single draws, counted. Memory stays at CHUNK numbers.
    """
    n = int(counts.sum())
    few = len(rows) * 8 < n
    rows = rows if few else np.repeat(rows, counts, axis=0)
    step = max(1, CHUNK // len(rows))
    sizes = [min(step, resamples - start) for start in range(0, resamples, step)]
    drawn = (random.multinomial(n, counts / n, size) if few else _counted(n, size, random) for size in sizes)
    return np.concatenate([weights @ rows for weights in drawn]) / n


def _counted(n: int, size: int, random: np.random.Generator) -> Numbers:
    """(size, n): how often each of n was drawn in n draws with replacement."""
    draws = random.integers(0, n, (size, n), np.uint32) + np.arange(0, size * n, n)[:, None]
    return np.bincount(draws.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def _bca(values: Numbers, resampled: Numbers, level: float) -> tuple[float, float]:
    """The bias-corrected and accelerated ends; resamples that tie with the mean count half."""
    normal = NormalDist()
    mean = values.mean()
    below = (resampled < mean - SAME).mean() + 0.5 * (np.abs(resampled - mean) <= SAME).mean()
    bias = normal.inv_cdf(float(np.clip(below, 0.5 / len(resampled), 1 - 0.5 / len(resampled))))
    away = values - mean
    acceleration = float((away**3).sum() / (6 * (away**2).sum() ** 1.5))
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        shifted = bias + normal.inv_cdf(tail)
        ends.append(normal.cdf(bias + shifted / max(1e-6, 1 - acceleration * shifted)))
    low, high = np.quantile(resampled, ends)
    return float(low), float(high)


def _all_equal(value: float, n: int, lowest: float, highest: float, level: float) -> Interval:
    """n answers of one value: at least a share p of all queries has it, else n in a row were less likely than the tail.

    p = ((1 - level) / 2) ** (1 / n): the exact binomial bound of Clopper and Pearson, Biometrika 1934.
    """
    share = ((1 - level) / 2) ** (1 / n)
    return Interval(value, share * value + (1 - share) * lowest, share * value + (1 - share) * highest)
