"""The whole ranking of a request, and the signals that are read off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import FIRST, met_share, nearest_of, signals
from firstfive.rank import telling

if TYPE_CHECKING:
    from firstfive.app.serving import Query, Serving
    from firstfive.types import Candidates, Numbers


def ranked_all(serving: Serving, query: Query, candidates: Candidates) -> Candidates:
    """All candidates in their last order, before the cut."""
    trail: dict[str, Candidates] = {}
    serving.pipeline(query=query)(query.reading.request, candidates, trail=trail)
    *_, (_, last), _ = trail.items()
    return last


def signals_of(serving: Serving, query: Query, ranked: Candidates) -> Numbers:
    """The signals of one answer. About 0.2 ms.

    ranked: all candidates in their last order, not only those shown.
    """
    first = ranked.positions[:FIRST].tolist()
    asked = serving.embedder.pieces(telling(query.reading.asked)) if serving.embedder else np.empty(0, np.uint32)
    rare, pieces = serving.rare, serving.pieces
    met, told = 0.0, 0.0
    if rare is not None and pieces and len(asked):
        met = max((met_share(asked, pieces.of(position), rare) for position in first), default=0.0)
        told = float(rare[asked].sum())
    near = 0.0
    if query.vector is not None and serving.passages:
        near = max((nearest_of(query.vector, serving.passages.rows(position)) for position in first), default=0.0)
    return signals(ranked.scores, ranked.channels, near=near, met=met, telling=told, items=len(serving.catalogue))
