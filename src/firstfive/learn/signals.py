"""Events as signals: who liked or refused what, each visitor once an item, weighed by how easily it was seen.

An item in the first place is looked at more than one in the fifth, whatever it is. A yes in a lower place therefore
counts for more: it is divided by the chance that the place was looked at (inverse propensity: Joachims, Swaminathan and
Schnabel, WSDM 2017), and never counts more than MOST. A visitor's signals together count no more than EACH.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firstfive.types import SAYS

if TYPE_CHECKING:
    from datetime import datetime

    from firstfive.types import Event, ItemId, RecommId, UserId

NEITHER = frozenset(kind for kind, gain in SAYS.items() if gain == 0)
"""Kinds of events that say neither yes nor no."""
FAINT: Mapping[str, float] = {kind: gain for kind, gain in SAYS.items() if 0 < gain < 1}
"""Kinds that say yes only faintly, and nothing where a yes or a no stands."""
MOST, EACH = 4.0, 20.0
LOOKED = 50
"""Answers whose places were noted as seen, from which their shares are believed instead of the usual ones."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What a visitor said of an item, the last time: gain in [-1, 1]. place: where it was shown, from 1; 0: unknown.

    weight: what it counts for in learning, 1 for a yes in the first place.
    """

    visitor: UserId
    item: ItemId
    at: datetime
    gain: float
    recomm_id: RecommId | None = None
    place: int = 0
    weight: float = 1.0


def signals(
    events: Iterable[Event],
    places: Mapping[tuple[RecommId, ItemId], int],
    looked: Mapping[int, float] | None = None,
) -> list[Signal]:
    """Signals in the order of time. places: where each item of a stored answer stood. looked: see `looked_at`.

    Of what a visitor said of an item the last word counts, and "undone" takes it back. Reading more of an item after a
    yes or a no takes neither back.
    """
    last: dict[tuple[UserId, ItemId], Event] = {}
    for event in sorted(events, key=lambda event: event.at):
        named = (event.user, event.item)
        firm = named in last and last[named].kind not in FAINT
        if event.kind == "undone":
            last.pop(named, None)
        elif event.kind not in NEITHER and not (firm and event.kind in FAINT):
            last[named] = event
    found = [_signal(event, places, looked or {}) for event in last.values()]
    return sorted(_bounded(found), key=lambda one: (one.at, one.visitor, one.item))


def looked_at(events: Iterable[Event], places: Mapping[tuple[RecommId, ItemId], int]) -> dict[int, float]:
    """The share of answers in which each place was noted as seen; empty where fewer than LOOKED answers tell."""
    seen: dict[int, set[RecommId]] = defaultdict(set)
    for event in events:
        if event.kind == "seen" and event.recomm_id and (place := places.get((event.recomm_id, event.item))):
            seen[place].add(event.recomm_id)
    answers = len(set().union(*seen.values()))
    return {place: len(ids) / answers for place, ids in seen.items()} if answers >= LOOKED else {}


def propensity(place: int, looked: Mapping[int, float]) -> float:
    """The chance that a place was looked at, in (0, 1]: 1 / place^0.5 where nothing is known, 1 for place 0."""
    return looked.get(place, 0.0) or max(1, place) ** -0.5


def _signal(event: Event, places: Mapping[tuple[RecommId, ItemId], int], looked: Mapping[int, float]) -> Signal:
    place = places.get((event.recomm_id, event.item), 0) if event.recomm_id else 0
    gain = SAYS.get(event.kind, 1.0)
    weight = min(MOST, 1 / propensity(place, looked))
    return Signal(event.user, event.item, event.at, gain, event.recomm_id, place, weight)


def _bounded(found: Sequence[Signal]) -> list[Signal]:
    """The signals with each visitor's weights together at most EACH."""
    total: Counter[UserId] = Counter()
    for one in found:
        total[one.visitor] += one.weight  # type: ignore[assignment]  # Counter is typed for whole numbers
    return [replace(one, weight=one.weight * min(1.0, EACH / total[one.visitor])) for one in found]
