"""Intervals over queries: how far a mean could be off because other queries might have been asked.

    intervals(values)           means of columns
    of_means(rows, statistic)   a smooth function of means, such as a ratio or a kappa
    wilson(share, n)            a share of n

All are of fixed size: for a number that is looked at while data comes in, see `sequential`.
"""

from __future__ import annotations

from collections.abc import Callable
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
    percentiles held the truth 64 % of the time, BCa 99 %. A column of nothing but lowest and highest is a share and
    gets its Wilson interval, where BCa is wider than it need be; one of -highest, 0 and highest is the difference of
    two shares and gets `paired`, where BCa of 30 queries held 90 % of the time. 10,000 resamples of 3,716 queries take
    0.1 to 0.8 s.
    """
    rows, counts = np.unique(values, axis=0, return_counts=True)
    means = _resampled(rows, counts.astype(np.int64), resamples, np.random.default_rng(seed))
    found = []
    for column, resampled in zip(values.T, means.T, strict=True):
        mean, n = float(column.mean()), len(column)
        if np.ptp(column) <= SAME:
            found.append(_all_equal(mean, n, lowest, highest, level))
        elif bool(((column == lowest) | (column == highest)).all()):
            low, high = wilson((mean - lowest) / (highest - lowest), n, level)
            found.append(Interval(mean, lowest + low * (highest - lowest), lowest + high * (highest - lowest)))
        elif lowest == -highest and bool(((column == 0) | (np.abs(column) == highest)).all()):
            low, high = paired(int((column > 0).sum()), int((column < 0).sum()), n, level)
            found.append(Interval(mean, highest * low, highest * high))
        else:
            low, high = _bca(mean, resampled, column - mean, level)
            found.append(Interval(mean, max(lowest, low), min(highest, high)))
    return found


def of_means(
    rows: Numbers,
    statistic: Callable[[Numbers], Numbers],
    *,
    lowest: float,
    highest: float,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """A function of the columns' means with its BCa interval. rows (units, columns): what is independent is one row.

    statistic takes (..., columns) to (...), all finite. Where many things belong to one request, give a row of sums for
    each request: the interval then counts requests. Rows of which each could be left out without a difference tell
    nothing: the interval is then [lowest, highest].
    """
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    resampled = statistic(_resampled(distinct, counts.astype(np.int64), resamples, np.random.default_rng(seed)))
    value = float(statistic(rows.mean(axis=0)))
    without = statistic((rows.sum(axis=0) - rows) / max(1, len(rows) - 1))
    if np.ptp(resampled) <= SAME or np.ptp(without) <= SAME:
        return Interval(value, lowest, highest)
    low, high = _bca(value, resampled, without.mean() - without, level)
    return Interval(value, max(lowest, low), min(highest, high))


def wilson(share: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The ends of the interval of a share of n (Wilson, JASA 1927; the best of eleven for small n and for shares near
    0 and 1, says Newcombe, Statistics in Medicine 1998)."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)


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


def _bca(value: float, resampled: Numbers, pull: Numbers, level: float) -> tuple[float, float]:
    """The bias-corrected and accelerated ends; resamples that tie with the value count half.

    pull (n,): how far each unit draws the value to its own side, up to a factor.
    """
    normal = NormalDist()
    below = (resampled < value - SAME).mean() + 0.5 * (np.abs(resampled - value) <= SAME).mean()
    bias = normal.inv_cdf(float(np.clip(below, 0.5 / len(resampled), 1 - 0.5 / len(resampled))))
    acceleration = float((pull**3).sum() / (6 * (pull**2).sum() ** 1.5))
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        shifted = bias + normal.inv_cdf(tail)
        ends.append(normal.cdf(bias + shifted / max(1e-6, 1 - acceleration * shifted)))
    low, high = np.quantile(resampled, ends)
    return float(low), float(high)


def paired(better: int, worse: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The ends of the interval of a paired difference of two shares, of which so many of n got better and worse
    (Bonett and Price, Journal of Educational and Behavioral Statistics 2012)."""
    up, down = (better + 1) / (n + 2), (worse + 1) / (n + 2)
    half = NormalDist().inv_cdf((1 + level) / 2) * float(np.sqrt((up + down - (up - down) ** 2) / (n + 2)))
    return max(-1.0, up - down - half), min(1.0, up - down + half)


def least_share(n: int, level: float = LEVEL) -> float:
    """The smallest share of all with which n of n alike would still be as likely as the tail.

    ((1 - level) / 2) ** (1 / n): the exact binomial bound of Clopper and Pearson, Biometrika 1934.
    """
    return float(((1 - level) / 2) ** (1 / n))


def _all_equal(value: float, n: int, lowest: float, highest: float, level: float) -> Interval:
    """n answers of one value: the others may have any."""
    share = least_share(n, level)
    return Interval(value, share * value + (1 - share) * lowest, share * value + (1 - share) * highest)
