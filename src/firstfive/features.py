"""What a ranking feature is and how it is computed, for serving and training alike.

A feature of a channel is its score on a scale that channels share: 1 for the request's best item, 0 for its hundredth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firstfive.types import Scores


def scaled(scores: Scores, depth: int, population: int) -> Scores:
    """A channel's raw scores (k,), best first, as (s - floor) / (best - floor) in [0, 1].

    The floor is the score at `depth`. A channel that found fewer items than `depth`, out of a larger population, gave
    all others 0: then the floor is 0. Where all found score the same, all get 1.
    """
    if not len(scores):
        return scores
    complete = len(scores) >= min(depth, population)
    at_depth = float(scores[min(len(scores), max(depth, 1)) - 1])
    floor = at_depth if complete else min(0.0, at_depth)
    best = float(scores[0])
    if best <= floor:
        return np.ones_like(scores)
    return np.asarray(np.maximum((scores - floor) / (best - floor), 0.0), dtype=np.float32)
