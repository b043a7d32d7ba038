"""What a learned ranker sees of each candidate: one row of numbers, the same in training as when it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firstfive.features.crowd import Crowd
    from firstfive.types import Candidates, Scores, Vectors

CHANNELS = ("words", "chars", "whole", "passages", "own", "pieces")
FEATURES = (
    *(*CHANNELS, "fused", "agrees", "contradicts"),
    *("liked", "lately", "together", "echoed", "fresh", "rerank"),
)
"""In the order of the columns. The channels and fused: scores in [0, 1]. agrees, contradicts: how many of the visit's
answers, and of the numbers in the request's own words, an item's fields state, and deny. liked, lately, together,
echoed: see `Crowd`. fresh: see `fresh`. rerank: what a model said that had read the item, in [0, 1]; see `rated`. What
is not known is NaN."""
FALLING = frozenset({"contradicts"})
"""More of these never raises an item; more of any other feature never lowers one."""
WORTH = 1.0
"""What a sure yes of a model is worth above a sure no, in fused score: the whole scale.

So where the model is sure, it decides within its bound; where it says the same of two items, retrieval decides. The
probability is not stretched to [0, 1] request by request, as a channel's scores are: where the model says yes to all,
its differences are noise.
"""
_RERANK = FEATURES.index("rerank")


def rows(
    candidates: Candidates,
    crowd: Crowd,
    *,
    likes: Sequence[int] = (),
    vector: Vectors | None = None,
    also: Mapping[str, Scores] | None = None,
) -> Scores:
    """(n, len(FEATURES)) float32, a row a candidate. also: columns (n,) by name that only the caller knows.

    likes: positions of items that the request goes near. vector: the request's, in the space of `Crowd.wanted`.
    """
    places = candidates.positions
    known: dict[str, Scores] = {
        **{name: scores for name, scores in candidates.channels.items() if name in CHANNELS},
        "fused": np.maximum(candidates.scores, 0),
        "liked": crowd.popular(places),
        "lately": crowd.trending(places),
        "together": crowd.together(likes, places),
        "echoed": crowd.echoed(vector, places),
        **(also or {}),
    }
    made = np.full((len(places), len(FEATURES)), np.nan, dtype=np.float32)
    for column, name in enumerate(FEATURES):
        if name in known:
            made[:, column] = known[name]
    return made


def rated(features: Scores, fits: Scores) -> Scores:
    """The same rows (n, len(FEATURES)) with what a model said of each, (n,); NaN where it said nothing.

    Never compare a row that has a score with one that has none: who was read was chosen, and having a score at all
    would tell who was shown.
    """
    made = features.copy()
    made[:, _RERANK] = fits
    return made
