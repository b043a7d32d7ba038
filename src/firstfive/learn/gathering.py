"""Likes gathered into a Crowd: sums over visitors, of which no single one can be read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import Crowd, faded

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions, Scores, Vectors

DISCOUNT = 0.01
"""The share of all visitors that is taken off an item's count of likes: so many may be made up."""
PRIOR = 20.0
"""Visitors without a like that every share is shrunk by."""
SHRINK = 10.0
"""Likes of each item that a nearness is shrunk by: two items liked once, by the same visitor, are not near."""
NEAR = 50
"""Items kept as near to an item."""
FEWEST = 3
"""So many visitors must have liked an item after a request before the mean of their requests is kept."""
EACH = 100
"""Likes of one visitor that count for nearness, the latest: pairs grow with the square."""
CHUNK = 1 << 22
HALF_LIFE_DAYS = 30.0
"""After so many days a like counts half for what is liked of late."""


@dataclass(frozen=True, slots=True, eq=False)
class Likes:
    """Likes in the order of time, a row each. visitors (n,): any whole number a visitor. items (n,): positions.

    vectors (n, size): the request that each came after, unit length; a row of zeros where there was none. yes (n,):
    where False, the row is a refusal, which no crowd knows of; None: all are likes. days (n,): when each was said, in
    days of any calendar; None: not known.
    """

    visitors: Positions
    items: Positions
    vectors: Vectors
    yes: Mask | None = None
    days: Numbers | None = None

    def before(self, row: int) -> Likes:
        """The first so many."""
        return self.take(slice(0, row))

    def take(self, rows: Mask | slice) -> Likes:
        """The rows of a mask or a slice."""
        yes = None if self.yes is None else self.yes[rows]
        days = None if self.days is None else self.days[rows]
        return Likes(self.visitors[rows], self.items[rows], self.vectors[rows], yes, days)


def gather(likes: Likes, items: int) -> Crowd:
    """The crowd of these likes, for a catalogue of so many items. 100,000 likes take about a second."""
    likes = likes if likes.yes is None else likes.take(likes.yes)
    order, visitor, count = _once(likes, items)
    item = likes.items[order]
    each = np.bincount(item, minlength=items).astype(np.float64)
    near, nearness = _near(visitor, item, each, items)
    asked, wanted, trust = _wanted(likes.vectors[order], item, items)
    liked, lately = _share(each, count), _share(_lately(likes, order, items), count)
    return Crowd(count, liked, near, nearness, asked, wanted, trust, lately)


def _share(each: Numbers, count: int) -> Scores:
    """(items,): likes as a share of the visitors, less what one visitor in a hundred could make up, and shrunk."""
    return (np.maximum(0.0, each - DISCOUNT * count) / (count + PRIOR)).astype(np.float32)


def _lately(likes: Likes, order: Positions, items: int) -> Numbers:
    """(items,): likes by item, each counting less the longer before the last of all it was said; without days 0."""
    if likes.days is None or not len(order):
        return np.zeros(items)
    fresh = faded(likes.days.max() - likes.days[order], HALF_LIFE_DAYS)
    return np.asarray(np.bincount(likes.items[order], weights=fresh, minlength=items), dtype=np.float64)


def _once(likes: Likes, items: int) -> tuple[Positions, Positions, int]:
    """The rows that count, each visitor's last of an item, in order; the visitor of each from 0; how many there are."""
    _, visitor = np.unique(likes.visitors, return_inverse=True)
    key = visitor.astype(np.int64) * items + likes.items
    _, last = np.unique(key[::-1], return_index=True)
    order = np.sort(len(key) - 1 - last)
    return order, visitor[order], int(visitor.max(initial=-1)) + 1


def _near(visitor: Positions, item: Positions, each: Numbers, items: int) -> tuple[Positions, Vectors]:
    """(items, NEAR): for each item those liked by the same visitors, as the cosine of who liked them, shrunk.

    Item neighbours: Sarwar, Karypis, Konstan and Riedl, WWW 2001; shrinking: Bell and Koren, KDD Cup workshop 2007.
    """
    keys, counts = _pairs(visitor, item, items)
    keys, counts = keys[counts > 1], counts[counts > 1]  # one visitor alone makes nothing near
    one, other = keys // items, keys % items
    cosine = counts / np.sqrt((each[one] + SHRINK) * (each[other] + SHRINK))
    order = np.lexsort((other, -cosine, one))
    one, other, cosine = one[order], other[order], cosine[order]
    rank = np.arange(len(one)) - np.searchsorted(one, one, side="left")
    kept = rank < NEAR
    near, nearness = np.full((items, NEAR), -1, np.int64), np.zeros((items, NEAR), np.float32)
    near[one[kept], rank[kept]] = other[kept]
    nearness[one[kept], rank[kept]] = cosine[kept]
    return near, nearness


def _pairs(visitor: Positions, item: Positions, items: int) -> tuple[Positions, Positions]:
    """How many visitors liked both, for each ordered pair of items as item * items + other."""
    order = np.argsort(visitor, kind="stable")
    ends = np.flatnonzero(np.diff(visitor[order], append=-1)) + 1
    several: list[Positions] = []
    found, total = np.empty(0, np.int64), np.empty(0, np.int64)
    waiting = 0
    for start, end in zip([0, *ends.tolist()], ends.tolist(), strict=False):
        own = item[order[max(start, end - EACH) : end]]
        pairs = (own[:, None] * items + own[None]).ravel()
        several.append(pairs[np.repeat(own, len(own)) != np.tile(own, len(own))])
        waiting += len(several[-1])
        if waiting > CHUNK:
            found, total = _added(found, total, several)
            several, waiting = [], 0
    return _added(found, total, several)


def _added(keys: Positions, counts: Positions, several: list[Positions]) -> tuple[Positions, Positions]:
    """The counts by key with one more for each of these keys."""
    new, times = np.unique(np.concatenate([np.empty(0, np.int64), *several]), return_counts=True)
    every, row = np.unique(np.concatenate([keys, new]), return_inverse=True)
    return every, np.bincount(row, weights=np.concatenate([counts, times]), minlength=len(every)).astype(np.int64)


def _wanted(vectors: Vectors, item: Positions, items: int) -> tuple[Positions, Vectors, Vectors]:
    """The items that enough visitors liked after a request, the mean of these requests, and how far it is believed."""
    told = vectors.any(axis=1)
    vectors, item = vectors[told], item[told]
    each = np.bincount(item, minlength=items)
    asked = np.flatnonzero(each >= FEWEST)
    row = np.full(items, -1)
    row[asked] = np.arange(len(asked))
    kept = row[item] >= 0
    wanted = np.zeros((len(asked), vectors.shape[1]), np.float32)
    np.add.at(wanted, row[item[kept]], vectors[kept])
    lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
    trust = (each[asked] / (each[asked] + SHRINK)).astype(np.float32)
    return asked, (wanted / np.maximum(lengths, 1e-9)).astype(np.float32), trust
