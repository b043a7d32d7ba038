"""Answers as soft preferences: what states the answer rises, what states otherwise falls, what is silent stays between.

Never a filter: an answer cannot leave nothing to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.types import Candidates, Stated

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions, Scores

AGAINST = 2.5
"""What speaks against an item that states otherwise than an answer, in nats, beyond what speaks against a silent one:
of those that are right, one in twelve does."""
HEEDED = 2.5
"""At most so much, in nats, does what a request most likely means of a field speak against an item. The rest of what it
says counts too: to "yoga in June" yoga in May is nearer than bread in June. It counts up to twice, where the rest
narrows the catalogue down by less than a whole score is worth: "a walk in June", of walks alone."""
NAT = 0.2
"""What a nat costs, in fused score. What states the answer keeps its own: a raised one would pass for a surer match."""


def prefer(every: Candidates, fitting: Candidates, said: Sequence[Stated]) -> Candidates:
    """The candidates of both searches, with the part in their score of all that was said, best first.

    every: what was found for the request. fitting: what was found among items that nothing said speaks against, on
    their own scale.
    """
    positions = np.unique(np.concatenate([every.positions, fitting.positions]))
    scores = _placed(positions, every, every.scores)
    inside = np.isin(positions, fitting.positions)
    scores = np.where(inside, _placed(positions, fitting, fitting.scores), scores)
    scores = scores - losses(positions, said)
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


def answer(yes: Mask, perhaps: Mask) -> Stated:
    """An answer that these items state, (items,), and about which those state nothing.

    Of an item that states nothing an answer is as likely as of any: against what states it, that is as many nats as the
    answer narrows the catalogue down by.
    """
    narrows = float(np.log(len(yes) / max(1, int(yes.sum()))))
    return Stated(yes, perhaps, narrows, narrows + AGAINST)


def heeded(said: Stated, rest: float = np.inf) -> Stated:
    """What a request most likely means of a field, beside what else it says.

    rest: how far that narrows the catalogue down, in nats.
    """
    more = min(max(1 / (NAT * max(rest, 1e-9)), 1.0), 2.0)
    silent, otherwise = min(more * said.silent, more * HEEDED / 2), min(more * said.otherwise, more * HEEDED)
    return replace(said, silent=silent, otherwise=otherwise, firm=False)


def heed(found: Candidates, fitting: Candidates, said: Sequence[Stated]) -> Candidates:
    """The candidates, best first, less what a request's own words about fields speak against each.

    fitting: what was found among items that these do not speak against. Those of them that are no candidates are less
    near to the request than any candidate, and come behind by as much as they are behind the best of them.
    """
    new = fitting.take(~np.isin(fitting.positions, found.positions))
    least = float(found.scores.min(initial=1.0))
    positions = np.concatenate([found.positions, new.positions])
    behind = new.scores * np.float32(max(least, 0.0)) + np.float32(min(least, 0.0))
    scores = np.concatenate([found.scores, behind]) - losses(positions, said)
    names = {**found.channels, **new.channels}
    channels = {name: np.concatenate([_channel(one, name) for one in (found, new)]) for name in names}
    order = np.lexsort((positions, -scores))
    return Candidates(positions, scores.astype(np.float32), channels).take(order)


def doubts(positions: Positions, said: Sequence[Stated]) -> Numbers:
    """(n,): what all that was said speaks against the items at these positions, in nats."""
    each = (_against(one.yes[positions], one.perhaps[positions], one) for one in said)
    return np.asarray(sum(each, np.zeros(len(positions))))


def likely(said: Sequence[Stated]) -> Numbers:
    """(items,): how likely what was said, which is something, is of each item, beside one that states all of it."""
    each = [_against(one.yes, one.perhaps, one) for one in said]
    return np.asarray(np.exp(-sum(each[1:], each[0])))


def losses(positions: Positions, said: Sequence[Stated]) -> Scores:
    """(n,): what the items at these positions lose by all that was said, in fused score."""
    return (NAT * doubts(positions, said)).astype(np.float32)


def _against(yes: Mask, perhaps: Mask, said: Stated) -> Numbers:
    return np.where(yes, 0.0, np.where(perhaps, said.silent, said.otherwise))


def nearer_first(found: Candidates, nearest: Mask, phrases: int) -> Candidates:
    """The candidates, best first, after one of so many phrases was chosen: to the rest it is not the nearest of them.

    Those lose what items lose that are silent about an answer which one item in so many states. nearest (n,).
    """
    lost = np.where(nearest, 0.0, NAT * np.log(phrases)).astype(np.float32)
    scores = found.scores - lost
    return Candidates(found.positions, scores, found.channels).take(np.lexsort((found.positions, -scores)))


def _channel(found: Candidates, name: str) -> Scores:
    return found.channels.get(name, np.full(len(found), np.nan, dtype=np.float32))


def _placed(positions: np.ndarray, found: Candidates, scores: Scores | None) -> Scores:
    """The scores at these positions, 0 where they were not found."""
    placed = np.zeros(len(positions), dtype=np.float32)
    if scores is not None:
        placed[np.searchsorted(positions, found.positions)] = scores
    return placed
