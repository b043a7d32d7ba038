"""Use case: try a request without storing it, and see what every channel found and what every stage made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.model_steps import OFF, Dial
from firstfive.app.understood import Understood, understood

if TYPE_CHECKING:
    from firstfive.app.recommend import Recommender
    from firstfive.app.serving import Serving
    from firstfive.ports import Payer
    from firstfive.types import Candidates, ItemId, Request, Slate

SHOWN_OF_EACH = 10
"""Items shown of each channel and stage."""


@dataclass(frozen=True, slots=True)
class Stood:
    """Where an item stood in a list: its place from 1, and its score there."""

    place: int
    item: ItemId
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Way:
    """An item's place after each stage, in order; None where it was not among those that the stage left."""

    item: ItemId
    title: str
    places: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer with its workings.

    read: what each wish was read as. found: each channel's first SHOWN_OF_EACH, scored from 1, its best, to 0, its
    hundredth. left: how many items each stage left. ways: every item that was among the first SHOWN_OF_EACH after some
    stage; those that the answer shows come first.
    """

    slate: Slate
    read: tuple[Understood, ...]
    found: Mapping[str, tuple[Stood, ...]]
    left: Mapping[str, int]
    ways: tuple[Way, ...]


def try_request(recommender: Recommender, request: Request, wanted: Dial = OFF, *, payer: Payer | None = None) -> Tried:
    """The answer as it would be given, stored nowhere. wanted: the model's part. Raises as `answer` does."""
    slate, trail, serving = recommender.worked(request, wanted, payer=payer)
    fused = trail["fuse"]
    found = {name: _found(serving, fused, name) for name in fused.channels}
    left = {name: len(candidates) for name, candidates in trail.items()}
    return Tried(slate, understood(serving, slate.request), found, left, tuple(_ways(serving, trail)))


def _found(serving: Serving, fused: Candidates, channel: str) -> tuple[Stood, ...]:
    scores = fused.channels[channel]
    order = np.lexsort((fused.positions, -scores))[:SHOWN_OF_EACH]
    rows = [(int(fused.positions[row]), float(scores[row])) for row in order.tolist() if scores[row] > 0]
    items = [(serving.catalogue.item(position), score) for position, score in rows]
    return tuple(Stood(place, item.id, item.title, score) for place, (item, score) in enumerate(items, 1))


def _ways(serving: Serving, trail: Mapping[str, Candidates]) -> list[Way]:
    last = list(trail.values())[-1].positions.tolist()
    early = (position for stage in trail.values() for position in stage.positions[:SHOWN_OF_EACH].tolist())
    ways = []
    for position in dict.fromkeys([*last[:SHOWN_OF_EACH], *early]):
        item = serving.catalogue.item(position)
        ways.append(Way(item.id, item.title, {name: _place(stage, position) for name, stage in trail.items()}))
    return ways


def _place(stage: Candidates, position: int) -> int | None:
    rows = np.flatnonzero(stage.positions == position)
    return 1 + int(rows[0]) if len(rows) else None
