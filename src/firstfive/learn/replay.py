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


FOLDS = 5
"""Judged requests are held out a fifth at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A like as it would have been ranked then: features (n, len(FEATURES)) of the candidates, and which were liked.

    refused: which of them the visitor said no to in the same answer; None: none. Where none is liked, the row is of
    refusals alone.
    """

    features: Scores
    liked: Mask
    refused: Mask | None = None

    @property
    def grades(self) -> Scores:
        """(n,): 1 for a liked one, -1 for a refused one, else 0."""
        grades = self.liked.astype(np.float32)
        if self.refused is not None:
            grades[self.refused & ~self.liked] = -1
        return grades


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
    judge: Callable[[Crowd], Sequence[Group]] = lambda _: (),
    advance: Callable[[int], None] = lambda _: None,
) -> Learned:
    """Learns from likes in the order of time, and from judged requests.

    see(row, crowd): the candidates of that like's request, with features of an older crowd; None for a like without a
    request, which only the crowd knows of. weights (n,): what each like counts for. judge(crowd): judged requests, with
    features of a crowd. Time: about ROUNDS / 2 fits, and FOLDS more where there are judged ones.
    """
    groups, held = _replayed(likes, items, see, weights, advance)
    held = held[len(held) // 2 :]  # the later ones: by then as much was known as is now
    crowd = gather(likes, items)
    judged = [group for group in judge(crowd) if float(np.ptp(group.grades)) > 0]
    telling = [*_telling(groups), *judged]
    model = fit(telling) if len(telling) >= LEAST else None
    held += _crossed(judged, groups) if model else []
    return Learned(crowd, model, hand_over(held, interval), len(telling))


def _replayed(
    likes: Likes,
    items: int,
    see: Callable[[int, Crowd], Seen | None],
    weights: Numbers | None,
    advance: Callable[[int], None],
) -> tuple[list[Group], list[Held]]:
    """The graded requests, and those of them that a ranker of earlier ones was held against."""
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
            group = Group(seen.features, seen.grades, float(counts[row]))
            if ranker and (likes.yes is None or likes.yes[row]):
                held.append(_held(int(likes.visitors[row]), group, ranker))
            groups.append(group)
    return groups, held


def _crossed(judged: Sequence[Group], groups: Sequence[Group]) -> list[Held]:
    """Each judged request with a match, held against a ranker of the others; nobody counts twice, so each is one."""
    held = []
    for fold in range(FOLDS):
        ranker = _ranker([*groups, *(one for number, one in enumerate(judged) if number % FOLDS != fold)])
        if ranker:
            rows = [(number, one) for number, one in enumerate(judged) if number % FOLDS == fold]
            held += [_held(-1 - number, one, ranker) for number, one in rows if (one.grades > 0).any()]
    return held


def _telling(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if group.grades.any()][-LATEST:]


def _ranker(groups: Sequence[Group]) -> Ranker | None:
    telling = _telling(groups)
    return Ranker(fit(telling)) if len(telling) >= LEAST else None


def _held(visitor: int, group: Group, ranker: Ranker) -> Held:
    liked = (group.grades > 0).astype(np.float32)
    return Held(visitor, group.features[:, FUSED], ranker(group.features), liked)
