"""The whole ranking of a request, before the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstfive.app.serving import Query, Serving
    from firstfive.types import Candidates


def ranked_all(serving: Serving, query: Query, candidates: Candidates) -> Candidates:
    """All candidates in their last order, before the cut."""
    trail: dict[str, Candidates] = {}
    serving.pipeline(query=query)(query.reading.request, candidates, trail=trail)
    *_, (_, last), _ = trail.items()
    return last
