"""Pools that are fair to newcomers, and slices that do not cry wolf."""

from __future__ import annotations

import numpy as np
import pytest

from firstfive.errors import UsageError
from firstfive.measure import Measure, Qrels, Run, run_of
from firstfive.measure.pooling import newcomers, pool
from firstfive.measure.slices import by_length, slices
from firstfive.types import ItemId


def ranked(name: str, **rankings: str) -> Run:
    """A run with one letter an item: ranked("words", q1="abc")."""
    return run_of([(q, [(ItemId(i), -float(at)) for at, i in enumerate(items)]) for q, items in rankings.items()], name)


def judged(**grades: dict[str, int]) -> Qrels:
    qids, ids = tuple(grades), tuple(sorted({item for found in grades.values() for item in found}))
    rows = [(qids.index(q), ids.index(i), grade) for q, found in grades.items() for i, grade in found.items()]
    query, item, grade = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Qrels(qids, ids, query, item, grade)


RUNS = [
    ranked("words", q1="abc", q2="xy"),
    ranked("chars", q1="abd", q2="xz"),
    ranked("whole", q1="bae", q2="yx"),
    ranked("odd", q1="fga", q2="wx"),
]


def test_a_pool_is_the_union_of_the_first_of_all_rankers() -> None:
    found = pool(RUNS, depth=2)
    assert {qid: sorted(items) for qid, items in found.items.items()} == {"q1": [*"abfg"], "q2": [*"wxyz"]}
    assert (found.size, found.rankers) == (8, ("words", "chars", "whole", "odd"))


def test_the_order_of_a_pool_tells_nothing_of_the_rankings_and_is_the_same_again() -> None:
    assert pool(RUNS).items == pool([*reversed(RUNS)]).items
    assert pool(RUNS).items != pool(RUNS, seed="another").items


def test_three_rankers_make_no_pool() -> None:
    with pytest.raises(UsageError, match="3 rankers make no pool; take at least 4"):
        pool(RUNS[:3])


def test_a_ranker_whose_finds_nobody_else_brought_would_have_been_punished_as_a_newcomer() -> None:
    qrels = judged(q1={"f": 1, "a": 0, "b": 0}, q2={"x": 1})
    found = {one.name: one for one in newcomers(RUNS, qrels, measure=Measure("Success", 5))}
    assert (found["odd"].before, found["odd"].after, found["odd"].only) == (1.0, 0.5, 1)
    assert found["odd"].lost.value == 0.5
    assert (found["words"].only, found["words"].lost.value) == (0, 0.0)


# --- slices -----------------------------------------------------------------------------------------------------------


def test_a_slice_has_the_mean_and_the_paired_difference_of_its_own_requests() -> None:
    values = np.array([1.0] * 30 + [0.0] * 15 + [1.0] * 15)
    base = np.array([0.0] * 20 + [1.0] * 10 + [0.0] * 15 + [1.0] * 15)
    german, english = slices(values, {"language": ["de"] * 30 + ["en"] * 30}, baseline=base)
    assert (german.name, german.requests, english.requests) == ("de", 30, 30)
    assert german.value is not None
    assert german.difference is not None
    assert german.value.value == 1.0
    assert german.difference.value == pytest.approx(2 / 3)
    assert german.clear
    assert not english.clear
    assert str(german).endswith(", shown")


def test_few_requests_are_not_enough_and_are_told_as_such() -> None:
    (few,) = slices(np.ones(29), {"language": ["de"] * 29})
    assert (few.value, few.difference) == (None, None)
    assert str(few) == "language de, 29 requests: not enough data yet, 30 are needed"


def test_many_slices_without_a_difference_cry_wolf_5_times_in_100_at_most_all_together() -> None:
    random = np.random.default_rng(1)
    kinds = {"facet": [str(at % 10) for at in range(400)]}
    wolf = 0
    for seed in range(100):
        one, other = (random.random(400) * 0.5 for _ in range(2))
        wolf += any(part.clear for part in slices(one, kinds, baseline=other, seed=seed))
    assert wolf <= 12


def test_a_request_without_a_name_is_in_no_slice() -> None:
    (only,) = slices(np.ones(60), {"language": ["de"] * 40 + [""] * 20})
    assert only.requests == 40


def test_requests_are_divided_by_their_words() -> None:
    texts = ["", "dental lab", "one two three", "a b c d", " a  b c d e f g h ", "a b c d e f g h i"]
    assert by_length(texts) == [*["1 to 3 words"] * 3, *["4 to 8 words"] * 2, "9 words or more"]


def test_another_number_of_names_than_values_is_refused() -> None:
    with pytest.raises(UsageError, match="there are 2 values, 1 language"):
        slices(np.ones(2), {"language": ["de"]})
