"""Fusion and the stages after it, by numbers that can be worked out by hand."""

from __future__ import annotations

from collections.abc import Collection
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.features import scaled
from firstfive.observe import Stopwatch
from firstfive.ports import Hits
from firstfive.rank import Stage, cut, diversify, fold_copies, fuse, heed_denials, last, meet_words, without
from firstfive.rank.pieces import ASKED, met
from firstfive.testing.channels import axis
from firstfive.types import Candidates, Request

if TYPE_CHECKING:
    from firstfive.types import Scores, Vectors


def hits(scores: dict[int, float]) -> Hits:
    """Positions with their scores, best first."""
    return Hits(np.array(list(scores), dtype=np.int64), np.array(list(scores.values()), dtype=np.float32))


def candidates(*positions: int, scores: Collection[float] = ()) -> Candidates:
    """Positions best first, with scores from 1 downwards where none are given."""
    given_scores = list(scores) or [1 - place / 10 for place in range(len(positions))]
    return Candidates(np.array(positions, dtype=np.int64), np.array(given_scores, dtype=np.float32))


def order(found: Candidates) -> list[int]:
    positions: list[int] = found.positions.tolist()
    return positions


def raw(*scores: float) -> Scores:
    return np.array(scores, dtype=np.float32)


# --- scaling ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "depth", "population", "wanted"),
    [
        ([8, 6, 4], 3, 10, [1, 0.5, 0]),  # as many as the depth: the last is the floor
        ([8, 6, 4], 5, 10, [1, 0.75, 0.5]),  # fewer than the depth: the others scored 0, and 0 is the floor
        ([8, 6, 4], 5, 3, [1, 0.5, 0]),  # everything there is was found: the last is the floor
        ([8, 6, 4, 2], 3, 10, [1, 0.5, 0, 0]),  # more than the depth: the floor stays where it is
        ([0.5, -0.5], 5, 10, [1, 0]),  # below 0 no other item is better
        ([3, 3, 3], 3, 10, [1, 1, 1]),
        ([0, 0], 5, 10, [1, 1]),
        ([7], 100, 1, [1]),
        ([7], 100, 50, [1]),
        ([], 100, 50, []),
    ],
)
def test_a_channels_scores_are_scaled_from_its_floor_to_its_best(
    scores: list[float], depth: int, population: int, wanted: list[float]
) -> None:
    assert scaled(raw(*scores), depth, population).tolist() == pytest.approx(wanted)


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), max_size=30).map(lambda scores: sorted(scores, reverse=True)),
    st.integers(0, 40),
    st.integers(0, 1000),
)
def test_scaled_scores_keep_their_order_between_0_and_1(scores: list[float], depth: int, population: int) -> None:
    made = scaled(raw(*scores), depth, max(population, len(scores)))
    assert ((made >= 0) & (made <= 1)).all()
    assert (np.diff(made) <= 0).all()
    assert len(made) == 0 or made[0] == 1


# --- fusion -----------------------------------------------------------------------------------------------------------


def test_fusing_prefers_the_item_that_both_channels_found() -> None:
    found = {"words": hits({0: 3.0, 1: 2.0}), "meaning": hits({2: 0.9, 1: 0.8})}
    assert order(fuse(found, {"words": 1.0, "meaning": 1.0}, 100, 50))[0] == 1


def test_fused_scores_are_the_weighted_mean_of_scaled_scores() -> None:
    """words: 8 6 4 at a depth of 3 -> 1 .5 0. chars: 5 alone, of 10 items -> 1."""
    found = {"words": hits({4: 8.0, 2: 6.0, 0: 4.0}), "chars": hits({2: 5.0})}
    fused = fuse(found, {"words": 3.0, "chars": 1.0, "whole": 9.0}, 3, 10)
    assert order(fused) == [4, 2, 0]
    assert fused.scores.tolist() == pytest.approx([3 / 4, (1.5 + 1) / 4, 0])
    assert fused.channels["words"].tolist() == [1, 0.5, 0]
    assert fused.channels["chars"].tolist() == [0, 1, 0]


def test_ties_go_to_the_lower_position() -> None:
    assert order(fuse({"words": hits({9: 2.0, 3: 2.0, 7: 2.0})}, {"words": 1.0}, 100, 50)) == [3, 7, 9]


def test_one_item_found_by_one_channel_scores_1() -> None:
    fused = fuse({"words": hits({0: 0.001})}, {"words": 1.0}, 100, 1)
    assert (order(fused), fused.scores.tolist()) == ([0], [1.0])


@pytest.mark.parametrize("found", [{}, {"words": hits({})}, {"words": hits({}), "chars": hits({})}])
def test_nothing_found_is_nothing(found: dict[str, Hits]) -> None:
    assert len(fuse(found, {"words": 1.0, "chars": 1.0}, 100, 50)) == 0


def test_a_channel_that_found_nothing_still_counts_in_the_mean() -> None:
    fused = fuse({"words": hits({1: 2.0}), "chars": hits({})}, {"words": 1.0, "chars": 1.0}, 100, 50)
    assert fused.scores.tolist() == [0.5]


@given(st.integers(1, 60), st.integers(1, 60))
def test_asking_for_more_changes_no_score_of_those_that_were_there(depth: int, more: int) -> None:
    scores = {place: 100.0 - place for place in range(120)}
    few = fuse({"words": hits(dict(list(scores.items())[:depth]))}, {"words": 1.0}, depth, 500)
    many = fuse({"words": hits(dict(list(scores.items())[: depth + more]))}, {"words": 1.0}, depth, 500)
    assert order(many)[:depth] == order(few)
    assert many.scores[:depth].tolist() == few.scores.tolist()


# --- guard, copies, refusals, cut -------------------------------------------------------------------------------------


def test_withdrawn_items_go_and_the_others_keep_their_order() -> None:
    stage = without(lambda _: {3, 8, 99})
    assert order(stage.step(Request("x"), candidates(5, 3, 1, 8, 0))) == [5, 1, 0]


def test_the_guard_may_take_everything() -> None:
    assert len(without(lambda _: {1, 2}).step(Request("x"), candidates(2, 1))) == 0


def test_of_copies_the_best_placed_stays() -> None:
    """0 and 3 are copies of 0; 1 and 4 of 1; 2 stands alone."""
    stage = fold_copies(np.array([0, 1, 0 + 2, 0, 1], dtype=np.int64))
    assert order(stage.step(Request("x"), candidates(4, 3, 2, 1, 0))) == [4, 3, 2]


def test_a_copy_stays_where_its_original_is_not_among_the_candidates() -> None:
    assert order(fold_copies(np.array([0, 0, 2])).step(Request("x"), candidates(1, 2))) == [1, 2]


def test_what_is_refused_comes_last_and_is_not_lost() -> None:
    stage = last(lambda _, position: position % 2 == 1)
    assert order(stage.step(Request("x"), candidates(5, 2, 1, 4, 3))) == [2, 4, 5, 1, 3]


@pytest.mark.parametrize(
    ("scores", "denying", "expected"),
    [
        ([1.0, 0.9, 0.8, 0.4], {5}, [6, 7, 5, 8]),
        ([1.0, 0.9, 0.8, 0.4], {5, 6, 7, 8}, [5, 6, 7, 8]),
        ([1.0, 0.9, 0.8, -1.5], {7, 8}, [5, 6, 7, 8]),
        ([1.0, 0.9, 0.8, 0.4], set(), [5, 6, 7, 8]),
    ],
)
def test_what_says_no_to_what_is_wanted_falls_and_is_not_lost(
    scores: list[float], denying: set[int], expected: list[int]
) -> None:
    given = Candidates(np.array([5, 6, 7, 8]), np.array(scores, np.float32), {})
    found = heed_denials(denying.__contains__).step(Request("x"), given)
    assert order(found) == expected
    assert (np.diff(found.scores) <= 0).all()
    assert ((found.scores < 0) == [score < 0 for score in scores]).all(), "no score changes its sign"


def test_denials_are_looked_for_until_twice_as_many_as_are_asked_for_have_none() -> None:
    looked: list[int] = []

    def denies(position: int) -> bool:
        looked.append(position)
        return position < 2

    candidates = Candidates(np.arange(40), np.linspace(1, 0, 40, dtype=np.float32), {})
    heed_denials(denies).step(Request("x", n=3), candidates)
    assert looked == [*range(8)]
    looked.clear()
    heed_denials(denies).step(Request("x", n=40), candidates)
    assert looked == [*range(30)]


def test_what_says_no_stays_before_what_was_not_looked_at_and_its_channel_says_what_it_lost() -> None:
    candidates = Candidates(np.arange(40), np.linspace(1, 0.1, 40, dtype=np.float32), {})
    found = heed_denials(lambda position: position != 1).step(Request("x"), candidates)
    assert order(found) == [1, 0, *range(2, 40)]
    assert (np.diff(found.scores) <= 0).all()
    lost = np.nan_to_num(found.channels["denied"])
    before = candidates.scores[found.positions]
    assert (before - lost).tolist() == pytest.approx(found.scores.tolist())
    assert lost[1] == pytest.approx(0.5)
    assert lost[29] == pytest.approx(candidates.scores[29] - candidates.scores[30])


def test_the_first_n_are_kept() -> None:
    assert order(cut().step(Request("x", n=2), candidates(7, 5, 3))) == [7, 5]
    assert order(cut().step(Request("x", n=9), candidates(7, 5, 3))) == [7, 5, 3]


# --- diversity --------------------------------------------------------------------------------------------------------

TWINS: dict[int, Vectors] = {0: axis(1)[0], 1: axis(1, 0.05)[0], 2: axis(0, 1)[0], 3: axis(0, 0, 1)[0]}
"""0 and 1 say nearly the same (cosine .9988); 2 and 3 something else."""


def diverse(diversity: float | None, scores: Collection[float], n: int = 4) -> list[int]:
    request = Request("x", n=n, diversity=diversity)
    return order(diversify(TWINS.__getitem__).step(request, candidates(0, 1, 2, 3, scores=scores)))


def test_no_diversity_is_pure_relevance() -> None:
    assert diverse(0, [1.0, 0.9, 0.2, 0.1]) == [0, 1, 2, 3]


def test_full_diversity_takes_the_best_and_then_what_is_least_like_it() -> None:
    """After 0, the cosines are .9988, 0 and 0; after 2 as well, 3 is the least like both."""
    assert diverse(1, [1.0, 0.9, 0.2, 0.1]) == [0, 2, 3, 1]


def test_half_diversity_weighs_relevance_against_likeness() -> None:
    """Scaled to [0, 1], the scores are 1, .95, .5, 0; second place: .475 - .4994 < .25 - 0."""
    assert diverse(0.5, [1.0, 0.95, 0.5, 0.0], n=2)[:2] == [0, 2]
    assert diverse(0.1, [1.0, 0.95, 0.5, 0.0], n=2)[:2] == [0, 1]


def test_by_default_a_near_repeat_loses_a_quarter_and_no_other_order_changes() -> None:
    """.9988 lies .994 of the way from .8 to 1: the repeat costs .2485."""
    assert diverse(None, [1.0, 0.9, 0.7, 0.1]) == [0, 2, 1, 3]
    assert diverse(None, [1.0, 0.9, 0.6, 0.1]) == [0, 1, 2, 3]


def test_places_beyond_the_first_n_follow_by_relevance() -> None:
    assert diverse(1, [1.0, 0.9, 0.2, 0.1], n=2) == [0, 2, 1, 3]


def test_only_the_first_are_looked_at() -> None:
    stage = diversify(TWINS.__getitem__, among=2)
    request = Request("x", n=4, diversity=1)
    assert order(stage.step(request, candidates(0, 1, 2, 3))) == [0, 1, 2, 3]


@pytest.mark.parametrize("diversity", [None, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("positions", [(), (2,), (2, 0)])
def test_one_or_two_candidates_stay_as_they_are(diversity: float | None, positions: tuple[int, ...]) -> None:
    request = Request("x", diversity=diversity)
    assert order(diversify(TWINS.__getitem__).step(request, candidates(*positions))) == list(positions)


@given(
    st.lists(st.sampled_from([0, 1, 2, 3]), unique=True, max_size=4),
    st.one_of(st.none(), st.floats(0, 1)),
    st.integers(1, 10),
)
def test_diversity_loses_and_adds_nothing_and_keeps_the_first(
    positions: list[int], diversity: float | None, n: int
) -> None:
    given_order = candidates(*positions)
    made = diversify(TWINS.__getitem__).step(Request("x", n=n, diversity=diversity), given_order)
    assert sorted(order(made)) == sorted(positions)
    assert order(made)[:1] == positions[:1]


# --- the pipeline -----------------------------------------------------------------------------------------------------


def test_of_a_long_text_the_rarest_pieces_are_compared() -> None:
    table = np.eye(ASKED + 2, dtype=np.float32)
    rare = np.linspace(1, 2, len(table), dtype=np.float32)
    every = np.arange(len(table), dtype=np.uint32)
    rarest, commonest = every[-ASKED:], every[:-ASKED]
    assert met(every, [rarest, commonest], table, rare).tolist() == pytest.approx([1, 0])


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_words_are_met_by_the_nearest_of_each_items_pieces_rare_ones_more(kind: type[np.floating]) -> None:
    table = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], dtype=kind)
    held = [np.array(pieces, dtype=np.uint32) for pieces in ([0, 2], [1], [], [3])]
    found = met(np.array([0, 2], dtype=np.uint32), held, table, raw(3, 1, 1, 1))
    assert found.tolist() == pytest.approx([1, 0.8 * 3 / 4 + 0.6 / 4, 0, 0], abs=1e-3)


def test_every_number_of_a_table_in_half_precision_is_taken_as_it_is() -> None:
    half: Any = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    half = half[np.isfinite(half) & (half >= 0)]
    one, rare = np.float16(1), np.ones(len(half) + 1, dtype=np.float32)
    every = [np.array([piece], dtype=np.uint32) for piece in range(len(half))]
    found = met(np.array([len(half)], dtype=np.uint32), every, np.append(half, one)[:, None], rare)
    assert np.array_equal(found, half.astype(np.float32))
    found = met(np.array([len(half)], dtype=np.uint32), every, np.append(-half, -one)[:, None], rare)
    assert np.array_equal(found, half.astype(np.float32))


def test_words_that_are_met_move_the_first_fifty_and_leave_the_others_behind() -> None:
    table: Any = np.eye(2, dtype=np.float16)
    stage = meet_words(
        np.array([1], dtype=np.uint32),
        lambda position: np.array([position == 2], dtype=np.uint32),
        table,
        raw(1, 1),
        1.0,
    )
    found = stage.step(Request("x"), candidates(0, 1, 2, scores=[0.9, 0.8, 0.7]))
    assert order(found) == [2, 0, 1]
    assert found.scores.tolist() == pytest.approx([0.85, 0.45, 0.4])


def test_a_pipeline_runs_its_stages_in_order_and_times_each() -> None:
    began = perf_counter()
    watch = Stopwatch()
    pipeline = without(lambda _: {5}) >> fold_copies(np.arange(9)) >> cut()
    assert order(pipeline(Request("x", n=1), candidates(5, 4, 3), watch)) == [4]
    assert list(watch.laps_ms) == ["guard", "copies", "cut"]
    assert 0 < sum(watch.laps_ms.values()) <= (perf_counter() - began) * 1000


def test_a_pipeline_prints_as_its_plan() -> None:
    pipeline = without(lambda _: ()) >> fold_copies(np.arange(1)) >> diversify(TWINS.__getitem__) >> cut()
    assert str(pipeline) == "guard >> one of each copy >> diversify(request.diversity) >> first n"


def test_a_stage_of_ones_own_fits_in() -> None:
    backwards = Stage("backwards", lambda _, found: found.take(slice(None, None, -1)))
    assert order((backwards >> cut())(Request("x", n=2), candidates(1, 2, 3))) == [3, 2]


def test_taking_rows_takes_their_scores_and_channels_along() -> None:
    both = Candidates(np.array([4, 2, 9]), raw(3, 2, 1), {"words": raw(0.3, 0.2, 0.1)})
    taken = both.take(np.array([2, 0]))
    assert (order(taken), taken.scores.tolist()) == ([9, 4], [1, 3])
    assert taken.channels["words"].tolist() == pytest.approx([0.1, 0.3])
