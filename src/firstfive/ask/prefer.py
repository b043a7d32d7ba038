"""Answers as soft preferences: what states the answer rises, what states otherwise falls, what is silent stays between.

Never a filter: an answer cannot leave nothing to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstfive.types import Candidates

if TYPE_CHECKING:
    from firstfive.types import Mask, Positions, Scores

SILENT, AGAINST = 0.2, 0.5
"""What an item loses that states nothing about an answer, for each nat by which the answer narrows the catalogue down
(one that few items state says more), and what one loses beyond that which states otherwise; in fused score. What states
the answer keeps its score: a raised one would pass for a surer match."""


def prefer(every: Candidates, fitting: Candidates, yes: Sequence[Mask], perhaps: Sequence[Mask]) -> Candidates:
    """The candidates of both searches, with each answer's part in their score, best first.

    every: what was found for the request. fitting: what was found among items that no answer speaks against, on their
    own scale. yes, perhaps: for each answer, (items,) masks: states it; states nothing about it.
    """
    positions = np.unique(np.concatenate([every.positions, fitting.positions]))
    scores = _placed(positions, every, every.scores)
    inside = np.isin(positions, fitting.positions)
    scores = np.where(inside, _placed(positions, fitting, fitting.scores), scores)
    scores = scores - losses(positions, yes, perhaps)
    names = {**every.channels, **fitting.channels}
    channels = {
        name: np.where(
            inside,
            _placed(positions, fitting, fitting.channels.get(name)),
            _placed(positions, every, every.channels.get(name)),
        )
        for name in names
    }
    order = np.lexsort((positions, -scores))
    return Candidates(positions, scores.astype(np.float32), channels).take(order)


def losses(positions: Positions, yes: Sequence[Mask], perhaps: Sequence[Mask]) -> Scores:
    """(n,): what the items at these positions lose by all answers, in fused score."""
    total = np.zeros(len(positions), dtype=np.float32)
    for states, silent in zip(yes, perhaps, strict=True):
        loss = SILENT * np.log(len(states) / max(1, int(states.sum())))
        each = np.where(states[positions], 0.0, np.where(silent[positions], loss, loss + AGAINST))
        total += each.astype(np.float32)
    return total


def nearer_first(found: Candidates, nearest: Mask, phrases: int) -> Candidates:
    """The candidates, best first, after one of so many phrases was chosen: to the rest it is not the nearest of them.

    Those lose what items lose that are silent about an answer which one item in so many states. nearest (n,).
    """
    lost = np.where(nearest, 0.0, SILENT * np.log(phrases)).astype(np.float32)
    scores = found.scores - lost
    return Candidates(found.positions, scores, found.channels).take(np.lexsort((found.positions, -scores)))


def _placed(positions: np.ndarray, found: Candidates, scores: Scores | None) -> Scores:
    """The scores at these positions, 0 where they were not found."""
    placed = np.zeros(len(positions), dtype=np.float32)
    if scores is not None:
        placed[np.searchsorted(positions, found.positions)] = scores
    return placed
