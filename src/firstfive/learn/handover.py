"""How much of the ranking is handed over to what was learned: as much as held-out requests bear out, and no more.

The blend is (1 - share) x the score without learning + share x the learned one. Each share is compared with none on
requests that the ranker had not seen, one number a visitor. The share with the largest lower end of that difference is
taken; with no data, or none that tells, that is 0, and then nothing changes at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions, Scores

SHARES = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0)
DEPTH = 10
FEWEST = 20
"""Visitors without whom nothing is handed over."""


class Ends(NamedTuple):
    """A mean and the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """A share; what it gained over none, as nDCG@10 by visitor; and Success@5, the mean over requests."""

    share: float
    gain: Ends
    success: float


@dataclass(frozen=True, slots=True)
class Handover:
    """What is handed over, and the curve that it was read from. requests, visitors: how many were held out."""

    share: float
    curve: tuple[Point, ...]
    requests: int
    visitors: int


NOT_HANDED = Handover(0.0, (), 0, 0)
"""Nothing was held out, so nothing is handed over."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A held-out request of a visitor: both scores (n,) of its candidates, and which of these were liked (n,)."""

    visitor: int
    before: Scores
    learned: Scores
    liked: Scores


def blend(before: Scores, learned: Scores, share: float) -> Scores:
    """The score that decides, (n,). share 0 is `before`, bit for bit."""
    return before if share == 0 else np.asarray((1 - share) * before + share * learned, dtype=np.float32)


def hand_over(held: Sequence[Held], interval: Callable[[Numbers], Sequence[Ends]]) -> Handover:
    """The share that held-out requests bear out. interval: of the means of columns (visitors, columns)."""
    if not held:
        return NOT_HANDED
    ranks = np.array([[_rank(one, share) for share in SHARES] for one in held])
    gains = np.where(ranks <= DEPTH, 1 / np.log2(1 + ranks), 0.0)
    each = _by_visitor(gains - gains[:, :1], np.array([one.visitor for one in held]))
    ends = [Ends(0.0, 0.0, 0.0), *interval(each[:, 1:])]
    success = (ranks <= 5).mean(axis=0).tolist()
    curve = tuple(Point(*point) for point in zip(SHARES, ends, success, strict=True))
    enough = len(each) >= FEWEST
    best = max(curve, key=lambda point: (point.gain.low, -point.share)) if enough else curve[0]
    return Handover(best.share, curve, len(held), len(each))


def _rank(one: Held, share: float) -> float:
    """The place of the first liked item, from 1; infinity where none is a candidate. Ties stand in their order."""
    order = np.argsort(-blend(one.before, one.learned, share), kind="stable")
    places = np.flatnonzero(one.liked[order] > 0)
    return float(places[0]) + 1 if len(places) else float("inf")


def _by_visitor(values: Numbers, visitors: Positions) -> Numbers:
    """(visitors, columns): each visitor's mean, so that nobody counts twice."""
    _, code, count = np.unique(visitors, return_inverse=True, return_counts=True)
    return np.stack([np.bincount(code, weights=column) for column in values.T], axis=1) / count[:, None]
