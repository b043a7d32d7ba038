"""Learning in the order of time: what is learned from earlier likes is held against the later ones.

    likes 1..a ─gather, fit─▶ crowd, ranker ─held against─▶ likes a..b;   then 1..b, and so on to the end

So every number about the ranker comes from requests that it had not seen, and a feature never knows the future.

Few items have a score by a model, mostly those that were shown, so that having one would tell what was shown. These
scores are therefore learned from apart, in comparisons of items that all have one, and what they are worth is handed
over by itself: at a share of 0, a score counts as it does without learning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from firstfive.features import FEATURES, WORTH, rated
from firstfive.learn.gathering import Likes, gather
from firstfive.learn.handover import NOT_HANDED, Ends, Handover, Held, blend, hand_over
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A like as it would have been ranked then: features (n, len(FEATURES)) of the candidates, and which were liked.

    refused: which of them the visitor said no to in the same answer; None: none. Where none is liked, the row is of
    refusals alone. fits (n,): what a model said of them in that answer, NaN where nothing; None: it took no part. lost:
    see `Group`.
    """

    features: Scores
    liked: Mask
    refused: Mask | None = None
    fits: Scores | None = None
    lost: Scores | None = None

    @property
    def grades(self) -> Scores:
        """(n,): 1 for a liked one, -1 for a refused one, else 0."""
        grades = self.liked.astype(np.float32)
        if self.refused is not None:
            grades[self.refused & ~self.liked] = -1
        return grades


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned. model: None where there was too little. groups: how many graded requests it was fitted to.

    worth: how far the ranker, and no longer a fixed number, says what a model's score is worth.
    """

    crowd: Crowd
    model: bytes | None
    handover: Handover
    groups: int
    worth: Handover = NOT_HANDED


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """The items of a held-out request that a model had read: the model's scores, and the ranker's without and with
    them."""

    visitor: int
    fused: Scores
    fits: Scores
    without: Scores
    learned: Scores
    liked: Scores

    def held(self, share: float) -> Held:
        """A fixed worth of the scores against a learned one, where that share of the ranking is handed over."""
        before = blend(self.fused, self.without, share)
        return Held(self.visitor, before + WORTH * self.fits, before + self.learned - self.without, self.liked)


@dataclass(frozen=True, slots=True, eq=False)
class _Replayed:
    """Graded requests, those of their items that a model had read, and the requests that a ranker was tested on."""

    groups: list[Group] = field(default_factory=list)
    read: list[Group] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    held_read: list[_Read] = field(default_factory=list)

    def add(self, seen: Seen, visitor: int, weight: float, ranker: Ranker | None) -> None:
        """ranker: learned from earlier requests, to be tested on this one; None: this one is only learned from."""
        group = Group(seen.features, seen.grades, weight, seen.lost)
        fits = np.full(len(seen.liked), np.nan, np.float32) if seen.fits is None else seen.fits
        known = np.isfinite(fits)
        features = rated(seen.features, fits)
        if ranker:
            held = _held(visitor, group, ranker)
            self.held.append(held)
            if held.liked[known].any() and known.sum() > 1:
                parts = (held.before, fits, held.learned, _learned(group, ranker, features), held.liked)
                self.held_read.append(_Read(visitor, *(part[known] for part in parts)))
        self.groups.append(group)
        self.read.append(Group(features[known], group.grades[known], weight))

    def ranker(self, judged: Sequence[Group] = ()) -> bytes | None:
        """What is learned from all of it, and from judged requests; None where there is too little."""
        telling = [*_telling(self.groups), *judged]
        return fit([*telling, *_telling(self.read)]) if len(telling) >= LEAST else None


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
    past = _replayed(likes, items, see, weights, advance)
    held = _later(past.held)
    crowd = gather(likes, items)
    judged = [group for group in judge(crowd) if float(np.ptp(group.grades)) > 0]
    model = past.ranker(judged)
    held += _crossed(judged, past) if model else []
    handover = hand_over(held, interval)
    read = [one.held(handover.share) for one in _later(past.held_read)] if handover.share else []
    return Learned(crowd, model, handover, len(_telling(past.groups)) + len(judged), hand_over(read, interval))


def _replayed(
    likes: Likes,
    items: int,
    see: Callable[[int, Crowd], Seen | None],
    weights: Numbers | None,
    advance: Callable[[int], None],
) -> _Replayed:
    counts = np.ones(len(likes.items)) if weights is None else weights
    past = _Replayed()
    edges = np.linspace(0, len(likes.items), ROUNDS + 1).astype(int).tolist()
    for start, end in zip(edges[1:-1], edges[2:], strict=True):
        crowd = gather(likes.before(start), items)
        ranker = _opened(past.ranker())
        for row in range(start, end):
            advance(1)
            seen = see(row, crowd)
            if seen is not None:
                yes = likes.yes is None or bool(likes.yes[row])
                past.add(seen, int(likes.visitors[row]), float(counts[row]), ranker if yes else None)
    return past


def _later(held: list[T]) -> list[T]:
    """The later half: by then as much was known as is now."""
    return held[len(held) // 2 :]


def _crossed(judged: Sequence[Group], past: _Replayed) -> list[Held]:
    """Each judged request with a match, held against a ranker of the others; nobody counts twice, so each is one."""
    held = []
    for fold in range(FOLDS):
        ranker = _opened(past.ranker([one for number, one in enumerate(judged) if number % FOLDS != fold]))
        if ranker:
            rows = [(number, one) for number, one in enumerate(judged) if number % FOLDS == fold]
            held += [_held(-1 - number, one, ranker) for number, one in rows if (one.grades > 0).any()]
    return held


def _telling(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if group.grades.any()][-LATEST:]


def _opened(model: bytes | None) -> Ranker | None:
    return Ranker(model) if model else None


def _held(visitor: int, group: Group, ranker: Ranker) -> Held:
    liked = (group.grades > 0).astype(np.float32)
    return Held(visitor, group.features[:, FUSED], _learned(group, ranker, group.features), liked)


def _learned(group: Group, ranker: Ranker, features: Scores) -> Scores:
    scores = ranker(features)
    return scores if group.lost is None else scores - group.lost
