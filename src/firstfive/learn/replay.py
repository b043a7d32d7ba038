"""Learning in the order of time: what is learned from earlier likes is held against the later ones.

    likes 1..a ─gather, fit─▶ crowd, ranker ─held against─▶ likes a..b;   then 1..b, and so on to the end

So every number about the ranker comes from requests that it had not seen, and a feature never knows the future.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import FEATURES
from firstfive.learn.gathering import Likes, gather
from firstfive.learn.handover import Ends, Handover, Held, hand_over
from firstfive.learn.ranker import Group, Ranker, fit

if TYPE_CHECKING:
    from firstfive.features import Crowd
    from firstfive.types import Mask, Numbers, Scores

ROUNDS = 8
LEAST = 50
"""Graded requests without which nothing is fitted."""
LATEST = 4_000
"""Graded requests that a ranker is fitted to, the latest: more took longer and were no better."""
FUSED = FEATURES.index("fused")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A like as it would have been ranked then: features (n, len(FEATURES)) of the candidates, and which were liked."""

    features: Scores
    liked: Mask


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned. model: None where there was too little. groups: how many graded requests it was fitted to."""

    crowd: Crowd
    model: bytes | None
    handover: Handover
    groups: int


def learn(
    likes: Likes,
    items: int,
    see: Callable[[int, Crowd], Seen | None],
    interval: Callable[[Numbers], Sequence[Ends]],
    *,
    weights: Numbers | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Learned:
    """Learns from likes in the order of time.

    see(row, crowd): the candidates of that like's request, with features of an older crowd; None for a like without a
    request, which only the crowd knows of. weights (n,): what each like counts for. Time: about ROUNDS / 2 fits.
    """
    counts = np.ones(len(likes.items)) if weights is None else weights
    groups: list[Group] = []
    held: list[Held] = []
    edges = np.linspace(0, len(likes.items), ROUNDS + 1).astype(int).tolist()
    for start, end in zip(edges[1:-1], edges[2:], strict=True):
        crowd = gather(likes.before(start), items)
        ranker = _ranker(groups)
        for row in range(start, end):
            advance(1)
            seen = see(row, crowd)
            if seen is None:
                continue
            if ranker:
                held.append(_held(int(likes.visitors[row]), seen, ranker))
            groups.append(Group(seen.features, seen.liked.astype(np.float32), float(counts[row])))
    telling = _telling(groups)
    model = fit(telling) if len(telling) >= LEAST else None
    handover = hand_over(held[len(held) // 2 :], interval)  # the later ones: by then as much was known as is now
    return Learned(gather(likes, items), model, handover, len(telling))


def _telling(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if group.grades.any()][-LATEST:]


def _ranker(groups: Sequence[Group]) -> Ranker | None:
    telling = _telling(groups)
    return Ranker(fit(telling)) if len(telling) >= LEAST else None


def _held(visitor: int, seen: Seen, ranker: Ranker) -> Held:
    return Held(visitor, seen.features[:, FUSED], ranker(seen.features), seen.liked.astype(np.float32))
