"""What was learned from behaviour, as a stage of an answer: the same lines as it was learned from.

candidates ─and those that behaviour brings─▶ features ─ranker─▶ blended with the score so far
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import Crowd, rows
from firstfive.learn import blend
from firstfive.rank import Stage
from firstfive.types import Candidates, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from firstfive.app.serving import Query, Serving
    from firstfive.types import Scores

CONSIDERED = 100
"""Candidates of the channels that are looked at again."""
BROUGHT = 40
"""Items that behaviour may bring by each of its three ways."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedRanking:
    """A Release's learned part. share: how much of the ranking is handed over; 0: nothing changes at all."""

    crowd: Crowd
    ranker: Callable[[Scores], Scores]
    share: float

    def stage(self, serving: Serving, query: Query) -> Stage:
        """The stage for one request."""

        def step(request: Request, candidates: Candidates) -> Candidates:  # noqa: ARG001
            wanted = int((candidates.scores >= 0).sum())  # refused ones stay last
            every = considered(serving, query, candidates.take(slice(0, wanted)), self.crowd)
            learned = self.ranker(features(serving, query, every, self.crowd))
            scores = blend(every.scores, learned, self.share)
            ranked = replace(every, scores=scores).take(np.argsort(-scores, kind="stable"))
            return joined(ranked, candidates.take(slice(wanted, None)))

        return Stage("learned", step, f"learned({self.share:g})")


def considered(serving: Serving, query: Query, candidates: Candidates, crowd: Crowd) -> Candidates:
    """The first candidates and, at score 0 behind them, items that behaviour brings and that may be shown."""
    first = candidates.take(slice(0, CONSIDERED))
    brought = crowd.brings(likes_of(serving, query), query.vector, BROUGHT)
    allowed = np.ones(len(serving.catalogue), dtype=bool) if query.among is None else query.among
    new = brought[allowed[brought] & ~np.isin(serving.heads[brought], serving.heads[first.positions])]
    nothing = np.zeros(len(new), dtype=np.float32)
    return joined(first, Candidates(new, nothing, dict.fromkeys(first.channels, nothing)))


def joined(first: Candidates, rest: Candidates) -> Candidates:
    """One list behind the other, of the same channels."""
    return Candidates(
        np.concatenate([first.positions, rest.positions]),
        np.concatenate([first.scores, rest.scores]),
        {name: np.concatenate([scores, rest.channels[name]]) for name, scores in first.channels.items()},
    )


def features(serving: Serving, query: Query, candidates: Candidates, crowd: Crowd) -> Scores:
    """(n, len(FEATURES)): what the ranker sees of the candidates."""
    return rows(candidates, crowd, likes=likes_of(serving, query), vector=query.vector)


def likes_of(serving: Serving, query: Query) -> list[int]:
    """Where the items stand that the request goes near."""
    return [serving.position(item) for item in query.reading.request.like]
