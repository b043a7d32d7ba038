"""What to have judged, so that rankings can be compared and a new one is not punished for showing what nobody judged.

    pool(runs) -> Pool              the union of the first ten of several rankers, a list a query
    sample(shown, n) -> (Drawn, ...)  a random sample of requests and items for people to grade
    newcomers(runs, qrels, ...)     what each ranker would have lost had it come after the judging

How far the judgements reach is `Judged@5`, in every report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.files import Qrels, Run
from firstfive.measure.intervals import Interval, intervals
from firstfive.measure.measures import Measure
from firstfive.measure.score import score
from firstfive.types import digest

if TYPE_CHECKING:
    from firstfive.types import Mask

DEPTH = 10
RANKERS = 4
"""Fewer rankers than this make a pool that speaks for themselves."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What to have judged. items: for each query those that some ranker has among its first `depth`.

    They stand in an order that tells nothing of the rankings, so that who judges cannot guess what is thought right.
    """

    rankers: tuple[str, ...]
    depth: int
    items: Mapping[str, tuple[str, ...]]

    @property
    def size(self) -> int:
        """How many judgements it asks for."""
        return sum(map(len, self.items.values()))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A request and an item that were drawn. again: for a second person too."""

    qid: str
    item: str
    again: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A ranker measured as if it had been no part of the pool.

    only: judged items that no other ranker brought. before, after: the measure's mean with and without their
    judgements. lost: the paired difference: how much a new ranker of this kind is punished.
    """

    name: str
    only: int
    before: float
    after: float
    lost: Interval


def pool(runs: Sequence[Run], *, depth: int = DEPTH, seed: str = "") -> Pool:
    """The pool of the rankers. The same runs and seed give the same lists.

    Raises UsageError for fewer than four rankers: what only others would find is then judged wrong unseen.
    """
    if len(runs) < RANKERS:
        raise UsageError(f"{len(runs)} rankers make no pool; take at least {RANKERS} that go about it differently")
    found: dict[str, set[str]] = {}
    for run in runs:
        for qid, item in _first(run, depth):
            found.setdefault(qid, set()).add(item)
    items = {
        qid: tuple(sorted(found[qid], key=lambda item, qid=qid: digest(seed, qid, item)))  # type: ignore[misc]
        for qid in sorted(found)
    }
    return Pool(tuple(run.name for run in runs), depth, items)


def sample(
    shown: Mapping[str, Sequence[str]], n: int, *, seed: int = 0, whole: bool = False, again: int = 0
) -> tuple[Drawn, ...]:
    """n pairs of a request and one of the items shown for it, at random; the same input gives the same pairs.

    One item of each request, then a second one of each, and so on, since intervals count requests. whole: all items of
    one request after the other, and of the last one too, though that may be more than n. again: of so many requests one
    pair is for a second person too.
    """
    order = sorted((qid for qid in shown if shown[qid]), key=lambda qid: digest(str(seed), qid))
    twice = set(order[:again])
    rows = [
        (place, qid, item)
        for qid in order
        for place, item in enumerate(sorted(shown[qid], key=lambda item, qid=qid: digest(str(seed), qid, item)))  # type: ignore[misc]
    ]
    if not whole:
        rows.sort(key=lambda row: row[0])
    last = rows[n - 1][1] if whole and n < len(rows) else ""
    kept = (row for at, row in enumerate(rows) if at < n or row[1] == last)
    return tuple(Drawn(qid, item, place == 0 and qid in twice) for place, qid, item in kept)


def newcomers(
    runs: Sequence[Run], qrels: Qrels, *, measure: Measure, depth: int = DEPTH, seed: int = 0
) -> tuple[Newcomer, ...]:
    """Each run measured with all judgements, and without those that it alone brought (Zobel, SIGIR 1998)."""
    shown = [set(_first(run, depth)) for run in runs]
    pairs = [(qrels.qids[q], qrels.ids[i]) for q, i in zip(qrels.query, qrels.item, strict=True)]
    found = []
    for at, run in enumerate(runs):
        others = set().union(*(pairs_of for other, pairs_of in enumerate(shown) if other != at))
        own = shown[at] - others
        alone = np.array([pair in own for pair in pairs], bool)
        before = score([measure], run, qrels, qrels.qids)
        after = score([measure], run, _kept(qrels, ~alone), qrels.qids)
        lost = intervals(before - after, lowest=-1.0, seed=seed)[0]
        found.append(Newcomer(run.name, int(alone.sum()), float(before.mean()), float(after.mean()), lost))
    return tuple(found)


def _first(run: Run, depth: int) -> list[tuple[str, str]]:
    """The queries and items of the run's first places."""
    first: dict[int, int] = {}
    found = []
    for query, item in zip(run.query.tolist(), run.item.tolist(), strict=True):
        first[query] = first.get(query, 0) + 1
        if first[query] <= depth:
            found.append((run.qids[query], run.ids[item]))
    return found


def _kept(qrels: Qrels, rows: Mask) -> Qrels:
    return Qrels(qrels.qids, qrels.ids, qrels.query[rows], qrels.item[rows], qrels.grades[rows])
