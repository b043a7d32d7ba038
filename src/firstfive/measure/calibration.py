"""How far stated chances can be trusted: the reliability diagram and the expected calibration error.

    reliability(chances, found) -> Reliability   bins for the diagram, the error, and what a perfect forecaster gets

The expected calibration error is never 0 on a finite sample, not even for someone who states every chance right: so it
is compared with the 95th percentile of what such a forecaster would get on the same chances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import wilson

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions

BINS = 10
ROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class Bin:
    """A point of the reliability diagram: how many requests, their mean stated chance, the share really found.

    low and high are the ends of the 95 % interval of the share, so that a point by few requests shows its doubt.
    """

    requests: int
    stated: float
    found: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How stated chances and what was found agree. error: expected calibration error, in [0, 1].

    perfect: the 95th percentile of the error of a perfect forecaster with the same chances. brier: mean squared error.
    informed: how much smaller that is than for someone who states the overall share each time; below 0: larger.
    """

    requests: int
    error: float
    perfect: float
    brier: float
    informed: float
    bins: tuple[Bin, ...]

    @property
    def trusted(self) -> bool:
        """Whether the error is no larger than a perfect forecaster's might be."""
        return self.error <= self.perfect


def reliability(chances: Numbers, found: Mask, *, bins: int = BINS, seed: int = 0) -> Reliability:
    """The reliability of chances (n,) in [0, 1] against whether a match was among the five (n,).

    Bins hold equally many requests each (equal counts make the error less noisy than equal widths: Roelofs et al.,
    AISTATS 2022); fewer than `bins` where there are few requests. The result depends on the input and the seed alone.
    Raises UsageError without a request, or for a chance outside [0, 1].
    """
    stated = np.asarray(chances, dtype=np.float64)
    if not len(stated) or len(stated) != len(found):
        raise UsageError(f"there are {len(stated)} chances and {len(found)} outcomes; give one of each a request")
    if not bool(((stated >= 0) & (stated <= 1)).all()):
        raise UsageError("a chance lies outside 0 to 1; give probabilities")
    order = np.argsort(stated, kind="stable")
    stated, outcome = stated[order], np.asarray(found, dtype=np.float64)[order]
    edges = _edges(len(stated), bins)
    points = tuple(_bin(stated[low:high], outcome[low:high]) for low, high in zip(edges[:-1], edges[1:], strict=True))
    brier = float(((stated - outcome) ** 2).mean())
    plain = float(outcome.var())
    return Reliability(
        len(stated),
        float(_error(stated, outcome[None], edges)[0]),
        perfect_error(stated, bins=bins, seed=seed),
        brier,
        1 - brier / plain if plain > 0 else 0.0,
        points,
    )


def perfect_error(chances: Numbers, *, bins: int = BINS, seed: int = 0, rounds: int = ROUNDS) -> float:
    """The 95th percentile of the expected calibration error when every stated chance is right, by simulation."""
    stated = np.sort(np.asarray(chances, dtype=np.float64))
    edges = _edges(len(stated), bins)
    random = np.random.default_rng(seed)
    step = max(1, (1 << 21) // len(stated))
    errors = [
        _error(stated, (random.random((min(step, rounds - start), len(stated))) < stated).astype(np.float64), edges)
        for start in range(0, rounds, step)
    ]
    return float(np.quantile(np.concatenate(errors), 0.95))


def _edges(n: int, bins: int) -> Positions:
    """Where bins of as equal counts as can be begin and end; at least five requests a bin, where there are so many."""
    return np.linspace(0, n, max(1, min(bins, n // 5)) + 1).round().astype(np.int64)


def _error(stated: Numbers, outcomes: Numbers, edges: Positions) -> Numbers:
    """(rounds,) for outcomes (rounds, n): the bins' |found - stated|, weighted by their counts."""
    away = np.add.reduceat(outcomes - stated, edges[:-1], axis=1)
    return np.asarray(np.abs(away).sum(axis=1) / len(stated))


def _bin(stated: Numbers, outcome: Numbers) -> Bin:
    n, share = len(stated), float(outcome.mean())
    low, high = wilson(share, n)
    return Bin(n, float(stated.mean()), share, low, high)
