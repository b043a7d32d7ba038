"""What a learned ranker sees of each candidate: one row of numbers, the same in training as when it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firstfive.features.crowd import Crowd
    from firstfive.types import Candidates, Scores, Vectors

CHANNELS = ("words", "chars", "whole", "passages", "own", "pieces")
FEATURES = (*CHANNELS, "fused", "agrees", "contradicts", "liked", "lately", "together", "echoed")
"""In the order of the columns. The channels and fused: scores in [0, 1]. agrees, contradicts: how many of the visit's
answers an item's fields state, and deny. liked, lately, together, echoed: see `Crowd`. What is not known is NaN."""
FALLING = frozenset({"contradicts"})
"""More of these never raises an item; more of any other feature never lowers one."""


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
