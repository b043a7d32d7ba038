"""Puts channels together: the weighted sum of their scaled scores.

Scaling by each request's best and hundredth score, equal weights: the recipe held on ten collections against over a
hundred others, so it is not fitted to the catalogue. Sum of scaled scores: CombSUM, Fox and Shaw, TREC-2, 1994.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from firstfive.features import scaled
from firstfive.ports import Hits
from firstfive.types import Candidates


def fuse(found: Mapping[str, Hits], weights: Mapping[str, float], depth: int, population: int) -> Candidates:
    """Every item that a channel found, best first; ties go to the lower position.

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
