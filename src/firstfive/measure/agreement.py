"""How far two graders agree, and how far one of them moves, with intervals over requests.

    kappa(grades)   quadratic-weighted kappa: 1 agrees always, 0 no more than by chance
    moved(grades)   how many grades the second stands away from the first, on average
    shift(grades)   how many grades the second stands above the first, on average

Grades of one request hang together, so requests are what is drawn again for an interval, not single grades.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import RESAMPLES, Interval, intervals, least_share, of_means

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions

HIGHEST = 3
"""Grades go from 0, wrong, to 3, just what was asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Grades:
    """Two grades each of the same things, in [0, 3]. request (n,): whose request each is for, as any whole number."""

    request: Positions
    one: Numbers
    other: Numbers

    def __post_init__(self) -> None:
        if not len(self.request) == len(self.one) == len(self.other):
            raise UsageError(
                f"{len(self.request)} requests, {len(self.one)} and {len(self.other)} grades; give one of each a thing"
            )
        for grades in (self.one, self.other):
            outside = grades[~((grades >= 0) & (grades <= HIGHEST))]
            if len(outside):
                raise UsageError(f"{float(outside[0]):g} is no grade; grades go from 0 to {HIGHEST}")

    @property
    def requests(self) -> int:
        """How many different requests there are."""
        return len(np.unique(self.request))


def kappa(grades: Grades, *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """Quadratic-weighted kappa (Cohen, Psychological Bulletin 1968), in [-1, 1]; 0 where no two grades differ.

    Where both agree in everything the lower end is what is left if the requests not seen are graded 0 against 3.
    """
    sums = _sums(grades.request, _moments(grades.one, grades.other))
    spread = 2 * float(grades.one.var())
    if np.array_equal(grades.one, grades.other) and spread > 0:
        return Interval(1.0, max(-1.0, 1 - (1 - least_share(len(sums))) * HIGHEST**2 / spread), 1.0)
    return of_means(sums, _kappa, lowest=-1, highest=1, resamples=resamples, seed=seed)


def kappa_difference(
    request: Positions, judge: Numbers, second: Numbers, person: Numbers, *, seed: int = 0
) -> Interval:
    """The judge's kappa with a person less a second person's with the same one; below 0 where people agree better."""
    moments = np.concatenate([_moments(judge, person), _moments(second, person)], axis=1)
    return of_means(
        _sums(request, moments),
        lambda means: _kappa(means[..., :6]) - _kappa(means[..., 6:]),
        lowest=-2,
        highest=2,
        seed=seed,
    )


def moved(grades: Grades, *, seed: int = 0) -> Interval:
    """The mean distance of the two grades, in [0, 3], each request counting the same."""
    return _mean(grades.request, np.abs(grades.other - grades.one), 0.0, seed)


def shift(grades: Grades, *, seed: int = 0) -> Interval:
    """The mean of the other grade less the one, in [-3, 3], each request counting the same."""
    return _mean(grades.request, grades.other - grades.one, -float(HIGHEST), seed)


def _mean(request: Positions, values: Numbers, lowest: float, seed: int) -> Interval:
    sums = _sums(request, np.stack([values, np.ones(len(values))], axis=1))
    return intervals((sums[:, 0] / sums[:, 1])[:, None], lowest=lowest, highest=HIGHEST, seed=seed)[0]


def _sums(request: Positions, rows: Numbers) -> Numbers:
    """(requests, columns): the rows of each request added up."""
    _, code = np.unique(request, return_inverse=True)
    return np.stack([np.bincount(code, weights=column) for column in rows.T], axis=1)


def _moments(one: Numbers, other: Numbers) -> Numbers:
    return np.stack([np.ones(len(one)), one, other, one * one, other * other, one * other], axis=1)


def _kappa(means: Numbers) -> Numbers:
    """1 less the mean squared distance of the pairs over that of all with all: what the table of grades would give."""
    count, one, other, one2, other2, both = np.moveaxis(means, -1, 0)
    apart = (one2 + other2 - 2 * both) / count
    by_chance = (one2 + other2) / count - 2 * one * other / count**2
    share = np.divide(apart, by_chance, out=np.ones_like(apart), where=by_chance > 1e-9)
    return np.asarray(1 - share)
