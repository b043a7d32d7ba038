"""What is read off a ranking: each channel's scores on one scale, and how surely a match is among the first five.

A feature of a channel is its score on a scale that channels share: 1 for the request's best item, 0 for its hundredth.
The signals of an answer say how surely a match is among its first five; they are read off the ranking, without labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from firstfive.types import Numbers, Scores, Vectors

FIRST = 5
"""Places that count as found."""
DEEP = 50
"""Candidates whose scores are looked at."""
SIGNALS = ("best", "lead", "agree", "backed", "near", "met", "telling")
"""The signals of an answer, in the order of `signals`; each rises as an answer gets surer.

How close the fifth comes to the first is none of them. It tells most of all on questions about one item, and misleads
on real requests, which several items fit: with it, the chances of judged requests were off by .06 to .14, without it by
.03 to .13."""


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


def signals(
    scores: Scores, channels: Mapping[str, Scores], *, near: float, met: float, telling: float, items: int
) -> Numbers:
    """(len(SIGNALS),): how surely the first five of a ranking hold a match.

    scores (n,) and each channel's scaled scores (n,), in the order of the ranking. near: the largest cosine of the
    request with one of the first five. met: the largest share of the request's rare words that one of them holds.
    telling: the sum of the rarities of the request's words, in nats. items: how many the catalogue has.

    best: the first one's fused score. lead: the mean of the first five above that of the next fifteen. agree: the share
    of channels' own first five that are among the five. backed: the mean of the two least scores that channels give to
    the item that they agree on most.
    """
    if not len(scores):
        return np.zeros(len(SIGNALS))
    top = np.maximum(np.asarray(scores[:DEEP], dtype=np.float64), 0.0)
    after = top[FIRST : 4 * FIRST]
    lead = float(top[:FIRST].mean() - (after.mean() if len(after) else 0.0))
    named = [given for given in channels.values() if len(given) and given.max() > 0]
    agree = float(np.mean([_among(given) for given in named])) if named else 0.0
    backed = _backed([given[:FIRST] for given in named]) if named else 0.0
    nats = telling / max(1.0, float(np.log(max(2, items))))
    return np.array([top[0], lead, agree, backed, near, met, min(nats, 8.0)], dtype=np.float64)


def _among(given: Scores) -> float:
    """The share of a channel's best five that stand among the ranking's first five."""
    return float((np.argsort(-given, kind="stable")[:FIRST] < FIRST).mean())


def _backed(given: Sequence[Scores]) -> float:
    """The mean of the two least of an item's scores by channel; the best of the first five items' such."""
    return float(np.sort(np.stack(given), axis=0)[:2].mean(axis=0).max())


def met_share(asked: np.ndarray, held: np.ndarray, rarity: Scores) -> float:
    """The share, by rarity, of the asked word pieces that an item holds; both ascending, distinct."""
    weights = rarity[asked]
    total = float(weights.sum())
    return float(weights[np.isin(asked, held, assume_unique=True)].sum()) / total if total > 0 else 0.0


def nearest_of(vector: Vectors, rows: Vectors) -> float:
    """The largest cosine of a vector (size,) with rows (k, size); 0 without rows."""
    return float(np.vecdot(rows, vector).max()) if len(rows) else 0.0
