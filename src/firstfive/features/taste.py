"""How far an item leans towards what one person said yes to, and away from what they said no to.

A person's yeses are a few items, mostly of several kinds, so no single point stands for them: an item is held against
each, and those that it is nearest to count most (soft nearest neighbours). What was said longer ago counts less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions, Scores, Vectors

TRUST = 3.0
"""Fresh yeses (or noes) at which half of the whole leaning is believed."""
SHARP = 10.0
"""How much more a nearer one counts: by e^SHARP for a whole unit of cosine, e for a tenth."""


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """What one person said, as items of one Release. positions (k,); vectors (k, size), rows of unit length.

    weights (k,): above 0 for a yes, below 0 for a no, nearer to 0 the longer ago it was said.
    """

    positions: Positions
    vectors: Vectors
    weights: Numbers

    def leaning(self, rows: Vectors) -> Scores:
        """(n,) in [-1, 1] for items with these vectors (n, size): towards the yeses, less towards the noes."""
        alike = (rows @ self.vectors.T).astype(np.float64)
        towards, away = (self._near(alike, np.maximum(sign * self.weights, 0)) for sign in (1, -1))
        return np.asarray(towards - away, dtype=np.float32)

    @staticmethod
    def _near(alike: Numbers, weights: Numbers) -> Numbers:
        """(n,): the mean cosine by weight and nearness, as far as so much said is believed. alike (n, k)."""
        total = float(weights.sum())
        if total <= 0:
            return np.zeros(len(alike))
        pull = weights * np.exp(SHARP * (alike - 1.0))
        return np.asarray(total / (total + TRUST) * (pull * alike).sum(axis=1) / pull.sum(axis=1))


def faded(age_days: Numbers, half_life_days: float) -> Numbers:
    """What something said so many days ago still counts for, in (0, 1]: half after each half-life; 0 days: all."""
    if not half_life_days:
        return np.ones_like(age_days)
    return np.asarray(0.5 ** (np.maximum(age_days, 0.0) / half_life_days))
