"""What is read off a ranking: each channel's scores on one scale, and what speaks for each candidate.

A feature of a channel is its score on a scale that channels share: 1 for the request's best item, 0 for its hundredth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstfive.types import Numbers, Pieces, Scores

FIRST = 5
"""Places that count as found."""
DEEP = 50
"""Candidates that are looked at."""
GROUNDS = ("score", "near", "met")
"""What speaks for a candidate, beside the others of its ranking: its fused score, the cosine of the request with the
whole of what it says, and the share of the request's rare words that it holds. NaN: not known."""


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


def met_shares(asked: Pieces, held: Sequence[Pieces], rarity: Scores) -> Numbers:
    """(len(held),) in [0, 1]: the share, by rarity, of the asked word pieces that each item holds; all distinct.

    NaN where nothing that tells is asked.
    """
    weights = np.zeros(len(rarity))
    weights[asked] = rarity[asked]
    total = float(weights.sum()) or np.nan
    return np.array([float(weights[pieces].sum()) / total for pieces in held])
