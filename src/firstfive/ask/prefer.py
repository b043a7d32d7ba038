"""Answers as soft preferences: what states the answer rises, what states otherwise falls, what is silent stays between.

Never a filter: an answer cannot leave nothing to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstfive.types import Candidates

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions, Scores

AGAINST = 2.5
"""What speaks against an item that states otherwise than an answer, in nats, beyond what speaks against a silent one:
of those that are right, one in twelve does."""
NAT = 0.2
"""What a nat costs, in fused score. What states the answer keeps its own: a raised one would pass for a surer match."""


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


def doubts(positions: Positions, yes: Sequence[Mask], perhaps: Sequence[Mask]) -> Numbers:
    """(n,): what all answers speak against the items at these positions, in nats.

    Of an item that states nothing an answer is as likely as of any: against what states it, that is as many nats as the
    answer narrows the catalogue down by. yes, perhaps: for each answer, (items,) masks: states it; says nothing of it.
    """
    total = np.zeros(len(positions))
    for states, silent in zip(yes, perhaps, strict=True):
        total += _against(states[positions], silent[positions], nats(states))
    return total


def likely(yes: Sequence[Mask], perhaps: Sequence[Mask]) -> Numbers:
    """(items,): how likely answers, of which there is one at least, are of each item, beside one that states all."""
    each = [_against(states, silent, nats(states)) for states, silent in zip(yes, perhaps, strict=True)]
    return np.asarray(np.exp(-sum(each[1:], each[0])))


def nats(states: Mask) -> float:
    """How far an answer narrows a catalogue down that these items of it state."""
    return float(np.log(len(states) / max(1, int(states.sum()))))


def _against(states: Mask, silent: Mask, narrows: float) -> Numbers:
    return np.where(states, 0.0, np.where(silent, narrows, narrows + AGAINST))


def losses(positions: Positions, yes: Sequence[Mask], perhaps: Sequence[Mask]) -> Scores:
    """(n,): what the items at these positions lose by all answers, in fused score."""
    return (NAT * doubts(positions, yes, perhaps)).astype(np.float32)


def nearer_first(found: Candidates, nearest: Mask, phrases: int) -> Candidates:
    """The candidates, best first, after one of so many phrases was chosen: to the rest it is not the nearest of them.

    Those lose what items lose that are silent about an answer which one item in so many states. nearest (n,).
    """
    lost = np.where(nearest, 0.0, NAT * np.log(phrases)).astype(np.float32)
    scores = found.scores - lost
    return Candidates(found.positions, scores, found.channels).take(np.lexsort((found.positions, -scores)))


def _placed(positions: np.ndarray, found: Candidates, scores: Scores | None) -> Scores:
    """The scores at these positions, 0 where they were not found."""
    placed = np.zeros(len(positions), dtype=np.float32)
    if scores is not None:
        placed[np.searchsorted(positions, found.positions)] = scores
    return placed
