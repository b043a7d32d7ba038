"""What visitors liked, all in all: which items, which together, and after which requests.

Only sums over several visitors are kept, so nobody can be read out of it, and whoever comes often counts once an item.
One visitor in a hundred who does nothing but praise an item moves nothing: that many are taken off every count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstfive.types import Positions, Scores, Vectors

ALIKE = 0.5
"""Cosine of two requests from which the one says something about the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """What all visitors liked. Aligned to the items of one Release by position.

    visitors: how many liked anything. liked (items,): the share of them that liked each item, less one in a hundred.
    near, nearness (items, k): the items most often liked by the same visitors, -1 where there are fewer, and how
    closely, in [0, 1]. asked (m,) ascending: the items that enough visitors liked after a request; wanted (m, size):
    the mean of these requests, of unit length; trust (m,) in [0, 1] rises with their number. lately (items,): as liked,
    but what was said longer ago counts less.
    """

    visitors: int
    liked: Scores
    near: Positions
    nearness: Scores
    asked: Positions
    wanted: Vectors
    trust: Scores
    lately: Scores

    def popular(self, positions: Positions) -> Scores:
        """How liked each of these items is, (n,) in [0, 1]."""
        return self.liked[positions]

    def trending(self, positions: Positions) -> Scores:
        """How liked each of these items is of late, (n,) in [0, 1]."""
        return self.lately[positions]

    def together(self, likes: Sequence[int], positions: Positions) -> Scores:
        """How often each of these items was liked together with those, (n,) in [0, 1]; the mean over the likes."""
        return self._nearness(likes)[positions]

    def echoed(self, vector: Vectors | None, positions: Positions) -> Scores:
        """How well a request's vector (size,) fits those after which each item was liked, (n,) in [0, 1]."""
        found = np.zeros(len(self.liked), dtype=np.float32)
        if vector is not None and len(self.asked):
            found[self.asked] = self.trust * np.maximum(0.0, (self.wanted @ vector - ALIKE) / (1 - ALIKE))
        return found[positions]

    def brings(self, likes: Sequence[int], vector: Vectors | None, n: int) -> Positions:
        """Up to 3 n items that behaviour alone would show: the n best by each of the three, ascending."""
        every = np.arange(len(self.liked))
        by = (self.liked, self._nearness(likes), self.echoed(vector, every))
        best = (np.argsort(-scores, kind="stable")[:n] for scores in by)
        picked = [top[scores[top] > 0] for top, scores in zip(best, by, strict=True)]
        return np.unique(np.concatenate(picked)).astype(np.int64)

    def _nearness(self, likes: Sequence[int]) -> Scores:
        total = np.zeros(len(self.liked), dtype=np.float32)
        for like in likes:
            there = self.near[like] >= 0
            total[self.near[like][there]] += self.nearness[like][there]
        return total / np.float32(max(1, len(likes)))


def nobody(items: int) -> Crowd:
    """A crowd without a visitor."""
    none = np.empty(0, dtype=np.int64)
    empty = np.empty((items, 0))
    return Crowd(
        0,
        np.zeros(items, np.float32),
        empty.astype(np.int64),
        empty.astype(np.float32),
        none,
        np.empty((0, 1), np.float32),
        np.empty(0, np.float32),
        np.zeros(items, np.float32),
    )
