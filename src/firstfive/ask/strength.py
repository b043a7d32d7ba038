"""How strong a description is, in words: by which of its wishes the catalogue can tell apart, not by its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

import numpy as np

from firstfive.features import FIRST
from firstfive.types import Level, Strength

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Vectors, Wish

LEVELS: tuple[Level, ...] = get_args(Level)
BARS = (0.7, 1.3, 2.2)
"""What each level after the first needs, in parts of what it takes to single out five items of this catalogue."""
UNSAID = LEVELS.index("good")
"""The highest level of a request of which no item says a word: what is near to it is all that there is to go by."""
UNTOLD = LEVELS.index("start")
"""The highest of one of which no wish tells: the five serve it hardly better than others do."""
TELLING = 0.08
"""A wish tells when the five serve it better than the hundred do by this much, in cosine."""


def strength(
    wishes: Sequence[Wish],
    support: Vectors,
    nats: Numbers,
    items: int,
    *,
    said: Mask | None = None,
    told: float = 0.0,
    add: str = "",
    about: str = "",
) -> Strength:
    """The strength of a request.

    support (wishes, n): how well each candidate serves each wish, as a cosine, in the order of the ranking. nats
    (wishes,): how much a wish's rarest words would narrow the catalogue down. items: how many the catalogue has. said
    (wishes,): of which some item says a word; None: of all. told: how much answers, and what a request says of fields,
    narrow it down.
    """
    if not told and (not wishes or support.shape[1] == 0):
        return Strength(LEVELS[0], 0.0, tuple(False for _ in wishes), add, about)
    tells = np.zeros(len(wishes))
    if support.shape[1]:
        tells = np.clip((support[:, :FIRST].mean(axis=1) - support.mean(axis=1)) / TELLING, 0.0, 1.5)
    wanted = np.array([not wish.refused for wish in wishes], dtype=bool)
    score = (float((tells * nats)[wanted].sum()) + told) / max(1.0, float(np.log(max(2.0, items / FIRST))))
    level = int(np.searchsorted(BARS, score, side="right"))
    tell = (tells >= 1.0) & (True if said is None else said | (nats > 0))
    if not told:
        most = UNTOLD if not tell[wanted].any() else UNSAID if said is not None and not said[wanted].any() else level
        level = min(level, most)
    return Strength(LEVELS[level], round(score, 3), tuple(tell.tolist()), add, about)
