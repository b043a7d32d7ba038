"""Fusion, the stages after it, and the pipeline that composes them and prints as its own plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from firstfive.features import scaled
from firstfive.observe import Stopwatch
from firstfive.ports import Hits
from firstfive.types import Candidates, Request

if TYPE_CHECKING:
    from firstfive.types import Mask, Positions, Scores, Vectors

UNWANTED = 2.0
"""What an unwanted item loses: more than any score."""

DENIED = 0.5
"""What an item loses for saying no to what is wanted: as much as one whose field states something else."""

LACKING = 0.15
"""What an item gains for saying that it has not what is refused: less than a whole wish is worth."""

Step: TypeAlias = Callable[[Request, Candidates], Candidates]


@dataclass(frozen=True, slots=True)
class Stage:
    """A named step. `a >> b` runs a, then b."""

    name: str
    step: Step
    plan: str = ""

    def __rshift__(self, after: Stage) -> Pipeline:
        return Pipeline((self, after))

    def __str__(self) -> str:
        return self.plan or self.name


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages in order; prints as its plan."""

    stages: tuple[Stage, ...]

    def __rshift__(self, after: Stage) -> Pipeline:
        return Pipeline((*self.stages, after))

    def __call__(
        self,
        request: Request,
        candidates: Candidates,
        watch: Stopwatch | None = None,
        trail: dict[str, Candidates] | None = None,
    ) -> Candidates:
        """The candidates that come out; each stage's milliseconds go to the stopwatch, what it gave to the trail."""
        for stage in self.stages:
            candidates = stage.step(request, candidates)
            if watch:
                watch.lap(stage.name)
            if trail is not None:
                trail[stage.name] = candidates
        return candidates

    def __str__(self) -> str:
        return " >> ".join(str(stage) for stage in self.stages)


def fuse(found: Mapping[str, Hits], weights: Mapping[str, float], depth: int, population: int) -> Candidates:
    """Every item that a channel found, by the weighted sum of its scaled scores; ties go to the lower position.

    Scaling by each request's best and hundredth score, equal weights: the recipe held on ten collections against over a
    hundred others, so it is not fitted to the catalogue. Sum of scaled scores: CombSUM, Fox and Shaw, TREC-2, 1994.
    Scores are divided by the weights' sum: in [0, 1]. An item that a channel did not find gets 0 from it.
    population: how many items could have been found.
    """
    positions = np.unique(np.concatenate([np.empty(0, np.int64), *(hits.positions for hits in found.values())]))
    channels = {}
    total = np.zeros(len(positions), dtype=np.float32)
    for name, hits in found.items():
        scores = np.zeros(len(positions), dtype=np.float32)
        scores[np.searchsorted(positions, hits.positions)] = scaled(hits.scores, depth, population)
        channels[name] = scores
        total += np.float32(weights[name]) * scores
    total /= max(sum(weights[name] for name in found), 1e-9)
    order = np.lexsort((positions, -total))
    return Candidates(positions, total, channels).take(order)


def without(withdrawn: Callable[[Request], Collection[int]]) -> Stage:
    """Drops positions that must not be shown: hidden ones, and those the request excludes."""

    def step(request: Request, candidates: Candidates) -> Candidates:
        gone = withdrawn(request)
        if not gone:
            return candidates
        return candidates.take(~np.isin(candidates.positions, np.fromiter(gone, np.int64, len(gone))))

    return Stage("guard", step)


def last(unwanted: Callable[[Request, int], bool], among: int = 30) -> Stage:
    """Moves those of the first `among` that are unwanted behind all others: shown when nothing else is left.

    They are the channel "refused", their scores fall, and stages after this one leave them where they are.
    """

    def step(request: Request, candidates: Candidates) -> Candidates:
        head = candidates.positions[:among]
        bad = np.zeros(len(candidates), dtype=bool)
        bad[: len(head)] = [unwanted(request, int(position)) for position in head]
        return behind(candidates, bad)

    return Stage("refused", step)


def heed_denials(denies: Callable[[int], bool], among: int = 30) -> Stage:
    """Takes DENIED off those of the first `among` that say no to what is wanted.

    denies: whether the item at a position does. Candidates are read from the first on, until twice as many as the
    request asks for deny nothing, or `among` were read. None falls behind a candidate that was not read, and refused
    ones are left alone. What was taken off is the channel "denied".
    """

    def step(request: Request, candidates: Candidates) -> Candidates:
        refused = candidates.refused
        wanted = int((~refused[:among]).sum())
        lost, left, looked = np.zeros(len(candidates), dtype=np.float32), 2 * request.n, 0
        while looked < wanted and left:
            if denies(int(candidates.positions[looked])):
                lost[looked] = DENIED
            else:
                left -= 1
            looked += 1
        if not lost.any():
            return candidates
        unread = looked < len(candidates) and not refused[looked]
        least = np.minimum(candidates.scores, candidates.scores[looked] if unread else 0)
        scores = np.where(lost > 0, np.maximum(candidates.scores - lost, least), candidates.scores).astype(np.float32)
        return _scored(candidates, scores, looked, "denied", np.where(lost > 0, candidates.scores - scores, np.nan))

    return Stage("denied", step, f"less {DENIED} for those that say no to what is wanted")


def sooner(lacking: Callable[[int], float], among: int = 30) -> Stage:
    """Adds up to LACKING to those of the first `among` that say they have not what is refused.

    lacking: of the item at a position, of how many of the refused wishes it says so, from 0 to 1. What was added is the
    channel "lacking". No score rises above 1. Refused ones are left alone.
    """

    def step(_: Request, candidates: Candidates) -> Candidates:
        head = min(among, int((~candidates.refused).sum()))
        gained = np.zeros(len(candidates), dtype=np.float32)
        gained[:head] = [LACKING * lacking(int(position)) for position in candidates.positions[:head]]
        if not gained.any():
            return candidates
        scores = np.minimum(candidates.scores + gained, np.maximum(candidates.scores, 1)).astype(np.float32)
        return _scored(candidates, scores, head, "lacking", np.where(gained > 0, gained, np.nan))

    return Stage("lacking", step, f"{LACKING} more for those that say they have not what is refused")


def _scored(candidates: Candidates, scores: Scores, head: int, channel: str, moved: Scores) -> Candidates:
    """The candidates with these scores, the first of them ordered anew, and what moved them as a channel."""
    order = np.concatenate([np.argsort(-scores[:head], kind="stable"), np.arange(head, len(candidates))])
    channels = {**candidates.channels, channel: moved.astype(np.float32)}
    return replace(candidates, scores=scores, channels=channels).take(order)


def behind(candidates: Candidates, unwanted: Mask) -> Candidates:
    """The unwanted ones behind all others, with lower scores and the channel "refused". unwanted (n,)."""
    if not unwanted.any():
        return candidates
    scores = np.where(unwanted, candidates.scores - UNWANTED, candidates.scores).astype(np.float32)
    marked = np.where(candidates.refused | unwanted, 1, np.nan).astype(np.float32)
    channels = {**candidates.channels, "refused": marked}
    return replace(candidates, scores=scores, channels=channels).take(np.argsort(unwanted, kind="stable"))


def fold_copies(heads: Positions) -> Stage:
    """Keeps the best of items that are copies of each other.

    heads (items,): the position that each is a copy of, or its own.
    """

    def step(request: Request, candidates: Candidates) -> Candidates:  # noqa: ARG001
        _, firsts = np.unique(heads[candidates.positions], return_index=True)
        if len(firsts) == len(candidates):
            return candidates
        return candidates.take(np.sort(firsts))

    return Stage("copies", step, "one of each copy")


def diversify(vector_of: Callable[[int], Vectors], among: int = 30) -> Stage:
    """Chooses place by place among the first `among`: relevance, less what the places before it say already.

    request.diversity d in (0, 1]: (1 - d) * relevance - d * largest cosine to a chosen one, relevance scaled to [0, 1]
    (maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). 0: pure relevance, no change. None: relevance
    less a quarter of how far the largest cosine lies above .8, so that five places do not say the same thing five
    times; items less alike than that are left in their order. vector_of(position) -> (size,).
    """

    def step(request: Request, candidates: Candidates) -> Candidates:
        wanted = int((~candidates.refused[:among]).sum())
        if request.diversity == 0 or wanted < 3:
            return candidates
        head = candidates.take(slice(0, wanted))
        vectors = np.stack([vector_of(int(position)) for position in head.positions])
        order = _one_by_one(head.scores, np.vecdot(vectors[:, None], vectors[None]), request.diversity, request.n)
        rest = np.setdiff1d(np.arange(len(candidates)), order)
        return candidates.take(np.concatenate([order, rest]))

    return Stage("diversify", step, "diversify(request.diversity)")


def cut() -> Stage:
    """The request's first n."""

    def step(request: Request, candidates: Candidates) -> Candidates:
        return candidates.take(slice(0, request.n))

    return Stage("cut", step, "first n")


ALIKE = 0.8
"""Cosine from which two items begin to repeat each other."""
REPEAT = 0.25
"""What a full repeat costs, in fused score."""


def _one_by_one(scores: Scores, alike: Scores, diversity: float | None, n: int) -> Positions:
    """Rows in the order they are chosen, n at most. alike (rows, rows): cosines."""
    if diversity is None:
        gain, cost = scores, REPEAT * np.maximum(0, (alike - ALIKE) / (1 - ALIKE))
    else:
        span = max(float(scores.max() - scores.min()), 1e-9)
        gain, cost = (1 - diversity) * (scores - scores.min()) / span, diversity * alike
    chosen: list[int] = []
    nearest = np.full(len(scores), -np.inf if diversity else 0.0, dtype=np.float32)
    left = np.ones(len(scores), dtype=bool)
    while left.any() and len(chosen) < n:
        worth = np.where(left, gain - (nearest if chosen else 0), -np.inf)
        best = int(worth.argmax())
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, cost[best])
    return np.array(chosen, dtype=np.int64)
