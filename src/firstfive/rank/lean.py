"""Personal taste moves the first candidates by a few places; the request stays what decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.rank.rerank import bounded
from firstfive.rank.stages import Stage
from firstfive.types import Candidates, Request

if TYPE_CHECKING:
    from firstfive.types import Positions, Scores

WORTH = 1.0
"""What a leaning of 1 is worth, in fused score. Two candidates' leanings differ by .1 or .2, so the request decides
wherever its own scores are further apart than that."""


def lean(leaning: Callable[[Positions], Scores], among: int, most: int) -> Stage:
    """Orders the first `among` by fused score and a person's leaning, each within `most` places of where it was.

    Those that are refused are left alone. A place keeps its score, whoever comes to stand there, so
    that the stages after this one see the scale they know. The leanings are the channel "taste", 0 where not looked at.
    """

    def step(request: Request, candidates: Candidates) -> Candidates:  # noqa: ARG001
        head = int((~candidates.refused[:among]).sum())
        if head < 2:
            return candidates
        found = np.zeros(len(candidates), dtype=np.float32)
        found[:head] = leaning(candidates.positions[:head])
        rows = np.arange(len(candidates))
        rows[:head] = bounded(candidates.scores[:head] + np.float32(WORTH) * found[:head], rows[:head], most)
        channels = {**candidates.channels, "taste": found}
        return replace(replace(candidates, channels=channels).take(rows), scores=candidates.scores)

    return Stage("taste", step, f"taste moves the first {among} by up to {most} places")
