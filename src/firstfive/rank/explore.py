"""A little chance in the last two places, so that the log can say what other choices would have earned.

With the chance `share` the fourth place is drawn from the items that come next, and so is the fifth, each by a coin of
its own. What is drawn depends on the seed alone. The first three places are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from firstfive.rank.stages import Stage
from firstfive.types import Candidates, Request

if TYPE_CHECKING:
    from firstfive.types import Scores

SLOTS = (3, 4)
"""The rows that may be drawn: the fourth place and the fifth."""
NEXT = 10
"""How many items below the shown ones may be drawn."""


@dataclass(slots=True)
class Explorer:
    """Leaves two places of one request to chance. chances: of each shown row, once the stage has run."""

    share: float
    seed: str
    chances: tuple[float, ...] = field(default=())

    def stage(self) -> Stage:
        """Comes when all is in order, before the cut."""
        return Stage("explore", self._step, f"explore({self.share:g})")

    def chance(self, row: int) -> float:
        """The probability with which the item of this row was put there; 1 where nothing was left to chance."""
        return self.chances[row] if row < len(self.chances) else 1.0

    def _step(self, request: Request, candidates: Candidates) -> Candidates:
        order, self.chances = explored(candidates.scores, request.n, self.share, self.seed)
        return candidates.take(np.array(order)) if order != list(range(len(order))) else candidates


def explored(scores: Scores, n: int, share: float, seed: str) -> tuple[list[int], tuple[float, ...]]:
    """All rows in their new order, and the probability with which each of the first n was put there.

    scores: best first; rows below 0 are unwanted and never drawn. With fewer than five places, or fewer than two rows
    to draw from, nothing is left to chance.

    Two of the pool of k are drawn before the coins are tossed, so each of the pool takes each of the two places with
    probability share / k, and what ranking put there stays with 1 - share.
    """
    order, chances = list(range(len(scores))), [1.0] * min(n, len(scores))
    pool = [row for row in order[n : n + NEXT] if scores[row] >= 0]
    if n <= SLOTS[-1] or len(pool) < len(SLOTS) or not share:
        return order, tuple(chances)
    random = Random(seed)  # noqa: S311  # a draw that can be made again, not a secret
    drawn = random.sample(pool, len(SLOTS))
    for slot, row in zip(SLOTS, drawn, strict=True):
        explores = random.random() < share
        chances[slot] = share / len(pool) if explores else 1 - share
        if explores:
            order[slot], order[row] = row, slot
    return order, tuple(chances)
