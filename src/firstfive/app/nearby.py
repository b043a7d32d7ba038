"""Use case: items near an item, near those of a session, or near what a user liked; for strangers, what is popular."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from firstfive.ask import read
from firstfive.errors import IndexFileError, NotFound, RequestError
from firstfive.features import value_text
from firstfive.learn import NEITHER, signals
from firstfive.types import Candidates, ItemId, Request

if TYPE_CHECKING:
    from firstfive.app.following import Now
    from firstfive.ports import Store
    from firstfive.types import Item, Mask, UserId, Vectors

Ranking: TypeAlias = list[tuple[ItemId, float]]

LATEST = 200
SILENT = NEITHER - {"undone"}
"""Kinds of events that change nothing of what was said."""
SAID = 5_000
"""Words of everybody from which it is known what is popular, the latest: reading them takes about 40 ms."""
SPARE = 20
"""How many items more than wanted are looked up, since copies of each other are shown once."""


def neighbours(now: Now, item: ItemId, n: int, offset: int = 0) -> Ranking:
    """The items most like this one, best first, without itself and its copies. Raises NotFound not_found.item."""
    place = position(now, item)
    vector = now.serving.vector(place)
    if vector is None:
        return _by_text(now, now.serving.catalogue.item(place), n, offset)
    return _near(now, vector, (item,), n, offset)


def session(
    now: Now,
    store: Store,
    items: Sequence[tuple[ItemId, float]],
    n: int,
    offset: int = 0,
    *,
    among: Mask | None = None,
) -> Ranking:
    """Items near those of a session, each weighted; unknown items are passed over. With none, what is popular."""
    places = ((now.serving.catalogue.position(item), weight) for item, weight in items)
    rows = [(now.serving.vector(place), weight) for place, weight in places if place is not None]
    near = [np.float32(weight) * vector for vector, weight in rows if vector is not None]
    total = np.sum(near, axis=0) if near else np.zeros(1, np.float32)
    length = float(np.linalg.norm(total))
    without = tuple(item for item, _ in items)
    if length == 0:
        return _popular(now, store, without, n, offset, among)
    return _near(now, (total / length).astype(np.float32), without, n, offset, among)


def for_user(now: Now, store: Store, user: UserId, n: int, offset: int = 0, *, among: Mask | None = None) -> Ranking:
    """Items near what the user liked of late, without those they saw; for a stranger, what others liked most.

    among (items,): those that may be named; None: all.
    """
    with store.read() as unit:
        events, _ = unit.events.find(user=user, n=LATEST, newest=True)
    liked = [(one.item, one.gain) for one in signals(events[::-1], {}) if one.gain > 0]
    return session(now, store, [*liked, *((event.item, 0.0) for event in events)], n, offset, among=among)


def having(now: Now, field: str, holds: Callable[[str], bool]) -> Mask:
    """(items,): those of which a value of the field, case folded, is one that `holds`.

    A number is given to it as `value_text` writes it, "3" or "1234567".
    """
    column = now.serving.catalogue.columns().get(field)
    if column is None:
        return np.zeros(len(now.serving.catalogue), dtype=bool)
    starts, codes = column.starts, column.codes
    if column.numbers is not None:
        stated = np.unique(column.numbers[np.isfinite(column.numbers)])
        return np.isin(column.numbers, [number for number in stated.tolist() if holds(value_text(number))])
    if starts is None or codes is None:
        raise IndexFileError(f"the field {field!r} of the Release has no values; run `firstfive build`")
    held = np.isin(codes, [code for code, value in enumerate(column.values) if holds(value)])
    before = np.concatenate([[0], np.cumsum(held)])
    return np.asarray(before[starts[1:]] > before[starts[:-1]])


def position(now: Now, item: ItemId) -> int:
    """Where an item is in the Release. Raises NotFound not_found.item."""
    place = now.serving.catalogue.position(item)
    if place is None:
        raise NotFound(f"no item has the id {item!r} in the Release in use; check it, or build after importing it")
    return place


def ranking(now: Now, candidates: Candidates) -> Ranking:
    """Ids and scores, best first."""
    return [
        (now.serving.catalogue.id(int(place)), float(score))
        for place, score in zip(candidates.positions, candidates.scores, strict=True)
    ]


def _near(
    now: Now, vector: Vectors, without: Sequence[ItemId], n: int, offset: int, among: Mask | None = None
) -> Ranking:
    wanted, others = n + offset, _others(now, without)
    among = others if among is None else others & among
    request, reach = Request("", max(1, wanted), diversity=0), wanted + SPARE
    while True:
        hits = now.serving.nearest(vector, reach, among)
        found = now.serving.pipeline()(request, Candidates(hits.positions, hits.scores))
        if len(found) >= wanted or len(hits.positions) < reach:
            return ranking(now, found)[offset:wanted]
        reach *= 4


def _by_text(now: Now, item: Item, n: int, offset: int) -> Ranking:
    """The items that share the most words with this one: for a Release without vectors."""
    request = Request(f"{item.title}. {item.text}"[:1000], min(100, max(1, n + offset)), diversity=0)
    try:
        query = replace(now.serving.query_text(read(request)), among=_others(now, (item.id,)))
    except RequestError:  # an item of signs alone
        return []
    found = now.serving.pipeline()(request, now.serving.retrieve(query))
    return ranking(now, found)[offset : n + offset]


def _others(now: Now, without: Sequence[ItemId]) -> Mask:
    """(items,): neither hidden nor one of these nor a copy of one."""
    heads, catalogue = now.serving.heads, now.serving.catalogue
    named = [place for item in without if (place := catalogue.position(item)) is not None]
    among = ~np.isin(heads, heads[np.array(named, dtype=np.int64)])
    among[list(now.hidden)] = False
    return np.asarray(among, dtype=bool)


def _popular(
    now: Now, store: Store, without: Sequence[ItemId], n: int, offset: int, among: Mask | None = None
) -> Ranking:
    """What most people liked, then the catalogue in its order."""
    liked, others = _liked(now, store), _others(now, without)
    among = others if among is None else others & among
    heads, shown = now.serving.heads, set[int]()
    ranked: Ranking = []
    for place in chain(liked, range(len(now.serving.catalogue))):
        if len(ranked) == n + offset:
            break
        if among[place] and int(heads[place]) not in shown:
            shown.add(int(heads[place]))
            ranked.append((now.serving.catalogue.id(place), liked.get(place, 0.0)))
    return ranked[offset:]


def _liked(now: Now, store: Store) -> dict[int, float]:
    """How much everybody liked items of the Release, by position, the most liked first and then by id."""
    with store.read() as unit:
        events, _ = unit.events.find(without=SILENT, n=SAID, newest=True)
    likes: dict[ItemId, float] = defaultdict(float)
    for one in signals(events[::-1], {}):
        if one.gain > 0:
            likes[one.item] += one.gain * one.weight
    best = sorted(likes, key=lambda item: (-likes[item], item))
    places = ((now.serving.catalogue.position(item), likes[item]) for item in best)
    return {place: like for place, like in places if place is not None}
