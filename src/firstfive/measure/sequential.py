"""Numbers that may be looked at as often as one likes while data comes in, and stopped on at any look.

    confidence_sequence(values)     the mean of bounded values: exact, whatever their distribution
    arms_sequence(a, b)             the mean of b less that of a, two arms of an experiment: exact
    asymptotic_sequence(values)     values without bounds, such as seconds or cents: right in the long run only
    sample_ratio(counts, shares)    whether visitors fell to the arms as they should

An interval of fixed size that is looked at 40 times holds false alarm after false alarm; these hold the truth at all
looks at once with the chance they state. Each says "not enough data yet" where nothing is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, sqrt
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import LEVEL, Interval

if TYPE_CHECKING:
    from firstfive.types import Numbers

BOLDEST = 0.5
"""The largest share of the capital that is bet at once: at most half can be lost, so no bet ruins."""
HALVINGS = 40
SETTLING = 100
"""Values that an asymptotic sequence waits for before it says anything."""
CONFIDENT = 100.0
"""How many visitors' worth of trust in the planned shares the sample-ratio test begins with."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known so far of a mean or a difference. n: values seen.

    exact: the interval holds the truth at all looks with its stated chance for any distribution; else only in the long
    run. The interval of a look may be intersected with those of the looks before it.
    """

    n: int
    interval: Interval
    exact: bool = True

    @property
    def shown(self) -> bool:
        """Whether zero is ruled out."""
        return self.interval.low > 0 or self.interval.high < 0

    def json(self) -> bytes:
        """All of it, field by field."""
        return msgspec.json.encode(self)

    def sentence(self, better: str = "B", worse: str = "A", unit: str = "sessions") -> str:
        """What is known of a difference, in one sentence; where it is below zero, the names change places."""
        low, high = 100 * self.interval.low, 100 * self.interval.high
        if not self.shown:
            return (
                f"Not enough data yet: after {self.n} {unit}, {better} lies between {low:+.1f} and {high:+.1f} points "
                f"from {worse}."
            )
        if high < 0:
            better, worse, low, high = worse, better, -high, -low
        caveat = "" if self.exact else ", if the long run has come"
        return f"{better} is better than {worse} by {low:.1f} to {high:.1f} points after {self.n} {unit}{caveat}."


def confidence_sequence(values: Numbers, *, lowest: float = 0.0, highest: float = 1.0, level: float = LEVEL) -> Known:
    """The mean of values seen in this order, each in [lowest, highest], by betting on both sides of each candidate.

    Holds at all looks at once for independent values of one mean, and for any whose mean given the past is the same
    (hedged capital process with predictable plug-in bets: Waudby-Smith and Ramdas, JRSS B 2024, theorem 3). Costs 80
    passes over the values. The running intersection is built in: a candidate once ruled out stays out.
    """
    x = _scaled(values, lowest, highest)
    if not len(x):
        return Known(0, Interval((lowest + highest) / 2, lowest, highest))
    bets, bar = _bets(x, level), log(2 / (1 - level))
    low = _edge(x, bets, bar)
    high = 1 - _edge(1 - x, bets, bar)
    low, high = (low, high) if low <= high else (high, low)
    mean = float(x.mean())
    told = (lowest + (highest - lowest) * part for part in (mean, low, high))
    return Known(len(x), Interval(*told))


def arms_sequence(a: Numbers, b: Numbers, *, lowest: float = 0.0, highest: float = 1.0, level: float = LEVEL) -> Known:
    """The mean of arm b less that of arm a, at all looks at once. a, b: each arm's values in the order they came.

    The first of a is paired with the first of b and so on, which loses nothing but the longer arm's rest: the mean of
    the pairs' differences has the variance of the difference of the means. n counts the values of both arms in pairs.
    """
    pairs = min(len(a), len(b))
    wide = highest - lowest
    found = confidence_sequence(
        np.asarray(b[:pairs], np.float64) - np.asarray(a[:pairs], np.float64), lowest=-wide, highest=wide, level=level
    )
    return Known(2 * pairs, found.interval)


def wealth(values: Numbers, mean: float, *, lowest: float = 0.0, highest: float = 1.0, level: float = LEVEL) -> Numbers:
    """(n,): the greater of what a bettor on each side holds after each value if the mean were as said, from 1/2 each.

    Where it reaches 1 / (1 - level) the mean is ruled out for good; the true one is with the chance 1 - level at most,
    over all looks together (Ville, Etude critique de la notion de collectif, 1939).
    """
    x = _scaled(values, lowest, highest)
    m = (mean - lowest) / (highest - lowest)
    bets = _bets(x, level)
    return np.asarray(0.5 * np.exp(np.maximum(_capital(x, bets, m), _capital(1 - x, bets, 1 - m))))


def asymptotic_sequence(values: Numbers, *, level: float = LEVEL, tuned_for: int = 1_000) -> Known:
    """The mean of values without bounds, at all looks at once in the limit of many values.

    The boundary is Robbins' normal mixture (Annals of Mathematical Statistics 1970), in the limit by Waudby-Smith,
    Arbour, Sinha, Kennedy and Ramdas (Annals of Statistics 2024).

    Right only in the long run: nothing is said before SETTLING values, and heavy tails want more. tuned_for: at how
    many values the interval is narrowest. Guardrails such as seconds and cents go here; bounded values do not.
    """
    x = np.asarray(values, np.float64)
    n = len(x)
    if n < SETTLING:
        return Known(n, Interval(float(x.mean()) if n else 0.0, -inf, inf), exact=False)
    alpha = 1 - level
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / tuned_for
    grown = n * rho2 + 1
    half = float(x.std(ddof=1)) * sqrt(2 * grown / (n * n * rho2) * log(sqrt(grown) / alpha))
    mean = float(x.mean())
    return Known(n, Interval(mean, mean - half, mean + half), exact=False)


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether visitors fell to the arms as planned. doubt: the chance of such counts at any look, if all is well."""

    counts: tuple[int, ...]
    shares: tuple[float, ...]
    doubt: float

    @property
    def broken(self) -> bool:
        """Whether the experiment must be stopped and its numbers thrown away: somebody's visits are lost or doubled."""
        return self.doubt < 1 - LEVEL

    def sentence(self) -> str:
        """What it means, in one sentence."""
        planned = zip(self.counts, self.shares, strict=True)
        seen = ", ".join(f"{count} where {share:.0%} was planned" for count, share in planned)
        if self.broken:
            return f"The arms do not get the visitors they should ({seen}): believe no number of this experiment."
        return f"The arms get the visitors they should, as far as can be seen ({seen})."


def sample_ratio(counts: Sequence[int], shares: Sequence[float]) -> SampleRatio:
    """The sequential test of multinomial counts (Lindon and Malek, NeurIPS 2022), right at every look.

    The Bayes factor of a Dirichlet around the planned shares against just these; its inverse bounds the chance at all
    looks at once. Raises UsageError for shares that do not add up to 1.
    """
    if len(counts) != len(shares) or len(counts) < 2 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise UsageError(
            f"{len(counts)} counts and the shares {[*shares]}; give a share above 0 for each, adding up to 1"
        )
    if min(counts) < 0:
        raise UsageError(f"an arm has {min(counts)} visitors; counts begin at 0")
    prior = [CONFIDENT * share for share in shares]
    factor = lgamma(CONFIDENT) - lgamma(CONFIDENT + sum(counts))
    for count, start, share in zip(counts, prior, shares, strict=True):
        factor += lgamma(start + count) - lgamma(start) - count * log(share)
    return SampleRatio(tuple(counts), tuple(shares), min(1.0, exp(-max(-700.0, min(700.0, factor)))))


def _scaled(values: Numbers, lowest: float, highest: float) -> Numbers:
    x = (np.asarray(values, np.float64) - lowest) / (highest - lowest)
    outside = x[~((x >= 0) & (x <= 1))]
    if len(outside):
        worst = lowest + float(outside[0]) * (highest - lowest)
        raise UsageError(f"{worst:g} is outside {lowest:g} to {highest:g}; give the bounds that every value keeps")
    return x


def _bets(x: Numbers, level: float) -> Numbers:
    """(n,): how much to bet on each value, from those before it alone: more where they spread less."""
    t = np.arange(1, len(x) + 1)
    means = (0.5 + np.cumsum(x)) / (t + 1)
    spread = (0.25 + np.cumsum((x - means) ** 2)) / (t + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    return np.asarray(np.sqrt(2 * log(2 / (1 - level)) / (before * t * np.log(1 + t))))


def _capital(x: Numbers, bets: Numbers, mean: float) -> Numbers:
    """(n,): the logarithm of what someone holds who bets that the true mean is above this one."""
    stake = np.minimum(bets, BOLDEST / mean) if mean > 0 else bets
    return np.cumsum(np.log1p(stake * (x - mean)))


def _edge(x: Numbers, bets: Numbers, bar: float) -> float:
    """The highest mean that was ruled out at some look as too low; 0 where none was. Falls in the mean, so halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float(_capital(x, bets, middle).max()) >= bar:
            low = middle
        else:
            high = middle
    return low
