"""What visitors said, read from the store in the order of time, each yes and no with the request that it came after.

A yes after no stored request is asked for by what the visitor had liked before; a no after none says nothing that can
be ranked. Of an answer to which a visitor said no alone, one row is enough: it has all that was refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import asking
from firstfive.errors import RequestError
from firstfive.learn import Likes, Signal, looked_at, signals
from firstfive.types import RecommId, Request

if TYPE_CHECKING:
    from datetime import datetime

    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.ports import Store
    from firstfive.types import Candidates, Event, ItemId, Slate, UserId, Vectors

READ = 5_000
LATEST = 100_000
"""Rows that are learned from at most, the latest."""
EARLIER = 3
"""A like without a stored request is asked for by what the visitor liked before: so many of the latest."""
FOR_LEARNING = 100
VISITORS = 30
"""Visitors without whom nothing is measured with what visitors said: fewer requests decide nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """A yes, or all the noes to one answer. refused: what the visitor said no to in the same answer.

    fits: what a model said of items in that answer, where it is the one that scored for most rows.
    """

    signal: Signal
    refused: tuple[ItemId, ...] = ()
    fits: Mapping[ItemId, float] = field(default_factory=dict)

    @property
    def yes(self) -> bool:
        return self.signal.gain > 0


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Rows in the order of time; and the request of each, made ready, with its ranking; None: there is none.

    by: the prompt and the models that the rows' fits are by.
    """

    rows: Sequence[Said]
    likes: Likes
    asked: Sequence[tuple[Query, Candidates] | None]
    by: frozenset[str] = frozenset()

    def before(self, row: int) -> Heard:
        """The first so many rows."""
        return Heard(self.rows[:row], self.likes.before(row), self.asked[:row], self.by)


def heard(store: Store, serving: Serving) -> Heard:
    """All that is stored, as this Release would have ranked it."""
    rows, slates = said(store, serving)
    found = [one.signal for one in rows]
    asked = [ranked(serving, request) if request else None for request in requests_of(serving, found, slates)]
    size = serving.whole.size if serving.whole else 1
    vectors = np.zeros((len(rows), size), np.float32)
    for row, one in enumerate(asked):
        if one and one[0].vector is not None:
            vectors[row] = one[0].vector
    return Heard(rows, as_rows(serving, found, vectors), asked, scored_by(rows, slates))


def as_rows(serving: Serving, found: Sequence[Signal], vectors: Vectors) -> Likes:
    """Signals as rows. vectors (n, size): the request of each, zeros where there was none."""
    numbers = {visitor: number for number, visitor in enumerate(sorted({one.visitor for one in found}))}
    return Likes(
        np.array([numbers[one.visitor] for one in found], dtype=np.int64),
        np.array([serving.position(one.item) for one in found], dtype=np.int64),
        vectors,
        np.array([one.gain > 0 for one in found], dtype=bool),
        np.array([one.at.timestamp() / 86_400 for one in found], dtype=np.float64),
    )


def likes_of(store: Store, serving: Serving) -> tuple[list[Signal], Mapping[RecommId, Slate]]:
    """The latest likes of items that the Release has, in the order of time, and the answers that they came after."""
    rows, slates = said(store, serving)
    return [one.signal for one in rows if one.yes], slates


def said(store: Store, serving: Serving) -> tuple[list[Said], Mapping[RecommId, Slate]]:
    """The rows about items that the Release has, and the answers that they name."""
    events = list(_events(store))
    slates = _slates(store, {event.recomm_id for event in events if event.recomm_id})
    places = {(slate.recomm_id, place.item): place.place for slate in slates.values() for place in slate.places}
    every = signals(events, places, looked_at(events, places))
    there = [one for one in every if serving.catalogue.position(one.item) is not None]
    rows = list(_rows(there, slates))[-LATEST:]
    by = scored_by(rows, slates)
    others = (bool((slate := _scored(row, slates)) and _by(slate) != by) for row in rows)
    return [replace(row, fits={}) if other else row for row, other in zip(rows, others, strict=True)], slates


def scored_by(rows: Sequence[Said], slates: Mapping[RecommId, Slate]) -> frozenset[str]:
    """The prompt and the models that scored the items of most rows, of as many the newest; empty: none has scores."""
    scored = [slate for row in rows if (slate := _scored(row, slates))]
    counts = Counter(map(_by, scored))
    return _by(max(scored, key=lambda slate: (counts[_by(slate)], slate.created))) if scored else frozenset()


def _scored(row: Said, slates: Mapping[RecommId, Slate]) -> Slate | None:
    """The answer that it was said of, where a model scored its items."""
    return slates[row.signal.recomm_id] if row.fits and row.signal.recomm_id else None


def _by(slate: Slate) -> frozenset[str]:
    return frozenset({*slate.models, *(name for name in slate.prompts if name.startswith("rerank@"))})


def _fits(slate: Slate) -> dict[ItemId, float]:
    """What a model said of each item that was shown; scores by two models or prompts are not on one scale."""
    return {place.item: place.channels["rerank"] for place in slate.places if "rerank" in place.channels}


def request_of(serving: Serving, slate: Slate) -> Request:
    """A stored request as it can be asked now: items that are gone are not gone near to."""
    like = tuple(item for item in slate.request.like if serving.catalogue.position(item) is not None)
    return Request(slate.request.text, FOR_LEARNING, like=like, diversity=0, told=slate.request.told)


def _rows(found: Sequence[Signal], slates: Mapping[RecommId, Slate]) -> Iterator[Said]:
    refused: dict[tuple[UserId, RecommId], list[ItemId]] = defaultdict(list)
    liked: set[tuple[UserId, RecommId]] = set()
    for one in found:
        if one.recomm_id in slates and one.recomm_id:
            if one.gain < 0:
                refused[one.visitor, one.recomm_id].append(one.item)
            else:
                liked.add((one.visitor, one.recomm_id))
    for one in found:
        key = (one.visitor, one.recomm_id) if one.recomm_id else None
        also = tuple(refused.get(key, ())) if key else ()
        if one.gain > 0 or (also and key not in liked and one.item == also[-1]):
            slate = slates.get(one.recomm_id) if one.recomm_id else None
            yield Said(one, also, _fits(slate) if slate else {})


def _events(store: Store) -> Iterator[Event]:
    cursor = ""
    while True:
        with store.read() as unit:
            page, cursor = unit.events.find(after=cursor, n=READ)
        yield from page
        if not cursor:
            return


def _slates(store: Store, wanted: set[RecommId]) -> dict[RecommId, Slate]:
    with store.read() as unit:
        found = ((name, unit.slates.get(name)) for name in sorted(wanted))
        return {name: slate for name, slate in found if slate is not None}


def requests_of(
    serving: Serving, found: Sequence[Signal], slates: Mapping[RecommId, Slate]
) -> Iterator[Request | None]:
    """The request of each row: the stored one, or else what the same visitor liked before; None where neither is."""
    before: dict[str, list[ItemId]] = {}
    for one in found:
        earlier = before.setdefault(one.visitor, [])
        slate = slates.get(one.recomm_id) if one.recomm_id else None
        yield request_of(serving, slate) if slate else _near(earlier, one.item)
        if one.gain > 0:
            earlier.append(one.item)


def _near(earlier: Sequence[ItemId], item: ItemId) -> Request | None:
    like = tuple(dict.fromkeys(one for one in earlier if one != item))
    return Request("", FOR_LEARNING, like=like[-EARLIER:], exclude=like, diversity=0) if like else None


def ranked(serving: Serving, request: Request) -> tuple[Query, Candidates] | None:
    """The request made ready, and all its candidates; None for one that no longer can be asked: it teaches nothing."""
    try:
        query = serving.query(serving.read(request))
        return query, asking.find(serving, query)
    except RequestError:
        return None


def last_of_each(rows: Sequence[Said], after: datetime | None) -> list[Said]:
    """Each visitor's last yes to a stored answer after that time, so that nobody counts twice."""
    found: dict[UserId, Said] = {}
    for one in rows:
        if one.yes and one.signal.recomm_id and (after is None or one.signal.at > after):
            found[one.signal.visitor] = one
    return list(found.values())
