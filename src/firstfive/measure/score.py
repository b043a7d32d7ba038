"""Every query's value of every measure, in numpy, from a run and judgements.

The conventions are trec_eval's, which the field compares by:

- an item without a judgement is not right and gives no gain; neither does a grade of 0 or below;
- the gain of nDCG is the grade itself, its discount log2(place + 1);
- a query with judgements of which none is right counts as 0;
- a query that the run does not answer counts as 0;
- equal scores (as 32-bit numbers) are ordered by item id, descending.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.measure.files import Qrels, Run
from firstfive.measure.measures import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstfive.types import Numbers, Positions


def score(measures: Sequence[Measure], run: Run, qrels: Qrels, queries: Sequence[str]) -> Numbers:
    """(len(queries), len(measures)): each query's values, in [0, 1]. queries are distinct.

    Cost: a few passes over the rows of the run and of the judgements; memory a few numbers a row.
    """
    judged = _judged(run, qrels, queries)
    return np.stack([_ENGINES[m.name](judged, m.cutoff, m.rel) for m in measures], axis=1)


@dataclass(frozen=True, slots=True)
class _Judged:
    """The run's rows that belong to the queries, by query and place, with their grades; and the ideal rows.

    query, place (from 0), grade and known: (rows,). best_*: the judgements themselves, best grade first.
    """

    n: int
    query: Positions
    place: Positions
    grade: Positions
    known: NDArray[np.bool_]
    best_query: Positions
    best_place: Positions
    best_grade: Positions

    def right(self, rel: int) -> Numbers:
        """(n,): how many right items each query has."""
        return self.count(self.best_query[self.best_grade >= rel])

    def count(self, queries: Positions, weights: Numbers | None = None) -> Numbers:
        """(n,): the sum of the weights, or the number of rows, of each query."""
        return np.bincount(queries, weights=weights, minlength=self.n).astype(np.float64)


def _judged(run: Run, qrels: Qrels, queries: Sequence[str]) -> _Judged:
    place_of = {qid: i for i, qid in enumerate(queries)}
    best = np.lexsort((-qrels.grades, qrels.query))
    best_query = np.array([place_of.get(q, -1) for q in qrels.qids], np.int64)[qrels.query[best]]
    best_place = _places(qrels.query[best])
    asked = best_query >= 0
    query = np.array([place_of.get(q, -1) for q in run.qids], np.int64)[run.query]
    mine = query >= 0
    grade, known = _grades(run, qrels)
    return _Judged(
        len(queries),
        query[mine],
        _places(run.query)[mine],
        grade[mine],
        known[mine],
        best_query[asked],
        best_place[asked],
        qrels.grades[best][asked],
    )


def _places(grouped: Positions) -> Positions:
    """The place of each row within its group, from 0; rows of one group stand together."""
    rows = np.arange(len(grouped))
    first = np.ones(len(grouped), bool)
    first[1:] = grouped[1:] != grouped[:-1]
    return rows - np.maximum.accumulate(np.where(first, rows, 0))


def _grades(run: Run, qrels: Qrels) -> tuple[Positions, NDArray[np.bool_]]:
    """The grade of each row of the run, 0 where nobody judged it, and whether somebody did."""
    width = len(qrels.ids)
    keys = qrels.query * width + qrels.item
    order = np.argsort(keys)
    query_codes = {qid: i for i, qid in enumerate(qrels.qids)}
    item_codes = {item: i for i, item in enumerate(qrels.ids)}
    query = np.array([query_codes.get(q, -1) for q in run.qids], np.int64)[run.query]
    item = np.array([item_codes.get(i, -1) for i in run.ids], np.int64)[run.item]
    wanted = query * width + item
    row = order[np.searchsorted(keys, wanted, sorter=order).clip(max=len(keys) - 1)]
    known = (query >= 0) & (item >= 0) & (keys[row] == wanted)
    return np.where(known, qrels.grades[row], 0), known


def _hits(judged: _Judged, cutoff: int, rel: int) -> Positions:
    """Rows of the run that are right and among the first."""
    return np.flatnonzero((judged.grade >= rel) & (judged.place < cutoff))


def _success(judged: _Judged, cutoff: int, rel: int) -> Numbers:
    return (judged.count(judged.query[_hits(judged, cutoff, rel)]) > 0).astype(np.float64)


def _precision(judged: _Judged, cutoff: int, rel: int) -> Numbers:
    return judged.count(judged.query[_hits(judged, cutoff, rel)]) / cutoff


def _recall(judged: _Judged, cutoff: int, rel: int) -> Numbers:
    return _share(judged.count(judged.query[_hits(judged, cutoff, rel)]), judged.right(rel))


def _reciprocal_rank(judged: _Judged, cutoff: int, rel: int) -> Numbers:
    hits = _hits(judged, cutoff, rel)
    first = np.zeros(judged.n)
    np.maximum.at(first, judged.query[hits], 1.0 / (judged.place[hits] + 1))
    return first


def _average_precision(judged: _Judged, cutoff: int, rel: int) -> Numbers:
    hits = _hits(judged, cutoff, rel)
    found = _places(judged.query[hits]) + 1
    return _share(judged.count(judged.query[hits], found / (judged.place[hits] + 1)), judged.right(rel))


def _ndcg(judged: _Judged, cutoff: int, rel: int) -> Numbers:  # noqa: ARG001  # one signature for all
    """Järvelin and Kekäläinen, TOIS 2002, with the gains and the discount of trec_eval's ndcg_cut."""

    def dcg(query: Positions, place: Positions, grade: Positions) -> Numbers:
        counts = np.flatnonzero((grade > 0) & (place < cutoff))
        return judged.count(query[counts], grade[counts] / np.log2(place[counts] + 2.0))

    return _share(
        dcg(judged.query, judged.place, judged.grade), dcg(judged.best_query, judged.best_place, judged.best_grade)
    )


def _judged_share(judged: _Judged, cutoff: int, rel: int) -> Numbers:  # noqa: ARG001  # one signature for all
    shown = judged.place < cutoff
    return _share(judged.count(judged.query[shown & judged.known]), judged.count(judged.query[shown]))


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """part / whole, and 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


_ENGINES: dict[str, Callable[[_Judged, int, int], Numbers]] = {
    "Success": _success,
    "nDCG": _ndcg,
    "RR": _reciprocal_rank,
    "R": _recall,
    "P": _precision,
    "AP": _average_precision,
    "Judged": _judged_share,
}
