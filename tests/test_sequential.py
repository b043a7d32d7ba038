"""Numbers that may be looked at at any time: they hold at all looks at once, and say plainly when nothing is shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import UsageError
from firstfive.measure.intervals import Interval
from firstfive.measure.sequential import (
    SETTLING,
    Known,
    arms_sequence,
    asymptotic_sequence,
    confidence_sequence,
    sample_ratio,
    wealth,
)

Draw = Callable[[np.random.Generator], np.ndarray]


def yes(share: float, n: int = 1000) -> Draw:
    return lambda random: (random.random(n) < share).astype(float)


@pytest.mark.parametrize(
    ("draw", "mean"),
    [(yes(0.1), 0.1), (yes(0.9), 0.9), (lambda random: random.beta(0.3, 2, 1000), 0.3 / 2.3)],
    ids=["rare", "usual", "skewed"],
)
def test_the_truth_is_inside_at_every_look_at_least_95_times_in_100(draw: Draw, mean: float) -> None:
    random = np.random.default_rng(1)
    assert np.mean([wealth(draw(random), mean).max() < 20 for _ in range(400)]) >= 0.93


def test_forty_looks_at_no_difference_cry_wolf_5_times_in_100_and_a_fixed_test_far_more_often() -> None:
    random = np.random.default_rng(2)
    ours, fixed = 0, 0
    for _ in range(300):
        a, b = yes(0.3, 800)(random), yes(0.3, 800)(random)
        looks = range(20, 801, 20)
        ours += wealth(b - a, 0, lowest=-1)[np.array(looks) - 1].max() >= 20
        fixed += any(abs((b - a)[:n].mean()) > 1.96 * (b - a)[:n].std() / n**0.5 for n in looks)
    assert ours / 300 <= 0.07
    assert fixed / 300 > 0.2


def test_the_interval_is_where_the_wealth_never_reached_its_bar() -> None:
    x = yes(0.3, 500)(np.random.default_rng(3))
    known = confidence_sequence(x).interval
    for inside in (known.low + 1e-6, known.value, known.high - 1e-6):
        assert wealth(x, inside).max() < 20
    for outside in (known.low - 1e-6, known.high + 1e-6):
        assert wealth(x, outside).max() >= 20


def test_wealth_is_worked_out_by_hand_for_the_first_value() -> None:
    """The first bet is sqrt(2 ln 40 / (0.25 ln 2)), cut at 0.5 / m: half of it is won on a 1 where m is one half."""
    assert wealth(np.array([1.0]), 0.5)[0] == pytest.approx(0.5 * (1 + 1.0 * 0.5))


def test_a_bet_is_made_before_its_value_is_seen() -> None:
    """Against a mean of one half a 1 wins what a 0 loses, if the same was bet on both."""
    past = [1.0] * 10 + [0.0, 1.0] * 5
    won, even, lost = (wealth(np.array([*past, last]), 0.5)[-1] for last in (1.0, 0.5, 0.0))
    assert won > even > lost
    assert won - even == pytest.approx(even - lost)


def test_more_values_make_it_narrower_and_it_never_widens() -> None:
    x = yes(0.3, 3000)(np.random.default_rng(4))
    found = [confidence_sequence(x[:n]).interval for n in (0, 10, 100, 1000, 3000)]
    assert found[0] == Interval(0.5, 0, 1)
    for wide, narrow in zip(found, found[1:], strict=False):
        assert wide.low <= narrow.low
        assert narrow.high <= wide.high
    assert found[-1].high - found[-1].low < 0.08


@given(st.lists(st.floats(0, 1), max_size=40))
def test_any_bounded_values_have_an_interval_in_range_and_in_order(values: list[float]) -> None:
    found = confidence_sequence(np.array(values)).interval
    assert 0 <= found.low <= found.high <= 1


def test_a_real_difference_is_found_and_named_with_the_better_arm_first() -> None:
    random = np.random.default_rng(5)
    known = arms_sequence(yes(0.5, 900)(random), yes(0.3, 1000)(random))
    assert (known.n, known.shown) == (1800, True)
    assert known.sentence().startswith("A is better than B by ")
    assert known.sentence().endswith(" points after 1800 sessions.")


def test_where_nothing_is_shown_it_says_not_enough_data_yet() -> None:
    random = np.random.default_rng(6)
    known = arms_sequence(yes(0.3, 50)(random), yes(0.32, 50)(random))
    assert not known.shown
    assert known.sentence("new", "old").startswith("Not enough data yet: after 100 sessions, new lies between -")
    assert arms_sequence(np.zeros(0), np.zeros(3)).sentence().startswith("Not enough data yet: after 0 sessions")


def test_values_outside_their_bounds_are_refused_and_not_clipped() -> None:
    with pytest.raises(UsageError, match=r"1\.2 is outside 0 to 1"):
        confidence_sequence(np.array([0.5, 1.2]))
    with pytest.raises(UsageError, match="outside"):
        confidence_sequence(np.array([np.nan]))


def test_seconds_wait_until_they_have_settled_and_say_that_the_long_run_is_meant() -> None:
    seconds = np.random.default_rng(7).lognormal(0, 1, 5000)
    early = asymptotic_sequence(seconds[: SETTLING - 1])
    assert (early.interval.low, early.interval.high, early.shown) == (-np.inf, np.inf, False)
    late = asymptotic_sequence(seconds)
    assert not late.exact
    assert late.interval.low < np.exp(0.5) < late.interval.high
    assert "if the long run has come" in late.sentence()


def test_the_asymptotic_boundary_is_robbins_mixture_worked_out_by_hand() -> None:
    x = np.tile([0.0, 2.0], 200)
    half = x.std(ddof=1) * np.sqrt(2 * (400 * 0.01 + 1) / (400**2 * 0.01) * np.log(np.sqrt(400 * 0.01 + 1) / 0.05))
    rho2_is = (-2 * np.log(0.05) + np.log(-2 * np.log(0.05) + 1)) / 0.01
    found = asymptotic_sequence(x, tuned_for=rho2_is)
    assert found.interval.high - 1 == pytest.approx(half, rel=1e-6)


def test_a_known_difference_is_json() -> None:
    assert Known(4, Interval(0.5, 0.25, 1.0)).json() == (
        b'{"n":4,"interval":{"value":0.5,"low":0.25,"high":1.0},"exact":true}'
    )


# --- sample ratio -----------------------------------------------------------------------------------------------------


def test_the_doubt_of_two_counts_is_worked_out_by_hand() -> None:
    """Dirichlet(50, 50) against a half each, after one visitor in a: B(51, 50) / B(50, 50) / 0.5 = 1."""
    assert sample_ratio([1, 0], [0.5, 0.5]).doubt == pytest.approx(1)
    assert sample_ratio([2, 0], [0.5, 0.5]).doubt == pytest.approx(1 / (2 * 51 / 101))


def test_arms_that_get_their_visitors_are_called_broken_5_times_in_100_at_most_over_all_looks() -> None:
    random = np.random.default_rng(8)
    broken = 0
    for _ in range(300):
        fell = np.cumsum(random.random(2000) < 0.3)
        broken += any(
            sample_ratio([int(fell[n - 1]), n - int(fell[n - 1])], [0.3, 0.7]).broken for n in range(20, 2001, 20)
        )
    assert broken / 300 <= 0.06


def test_a_lost_tenth_of_the_visits_of_one_arm_is_noticed() -> None:
    assert not sample_ratio([500, 520], [0.5, 0.5]).broken
    lost = sample_ratio([5000, 4500], [0.5, 0.5])
    assert lost.broken
    assert "believe no number of this experiment" in lost.sentence()
    assert sample_ratio([10**9, 10], [0.5, 0.5]).doubt < 1e-300


def test_shares_that_do_not_add_up_are_refused() -> None:
    for counts, shares in (([1, 2], [0.5, 0.6]), ([1], [1.0]), ([1, 2, 3], [0.5, 0.5]), ([1, 2], [0.0, 1.0])):
        with pytest.raises(UsageError, match="adding up to 1"):
            sample_ratio(counts, shares)
    with pytest.raises(UsageError, match="counts begin at 0"):
        sample_ratio([-1, 2], [0.5, 0.5])
