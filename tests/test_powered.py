"""Prediction-powered intervals: right with few labels whatever the judge, and never told from a judge alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from firstfive.errors import UsageError
from firstfive.measure.intervals import intervals
from firstfive.measure.powered import LEAST, Powered, powered, weight

I = np.arange(400)  # noqa: E741
VALUES = ((I * 37) % 101) / 100
JUDGED = np.clip(VALUES + (((I * 53) % 29) - 14) / 40, 0, 1)


def success(n: int, wrong: float, seed: int, share: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Whether each of n requests found something, and what a judge says that errs now and then."""
    random = np.random.default_rng(seed)
    truth = random.random(n) < share
    return truth.astype(float), np.where(random.random(n) < wrong, ~truth, truth).astype(float)


def told(found: Powered) -> tuple[float, float, float]:
    assert found.interval is not None
    return found.interval.value, found.interval.low, found.interval.high


@pytest.mark.parametrize(
    ("people", "judge", "theirs"),
    [
        (VALUES, JUDGED, (0.4927198, 0.45029413, 0.53514547)),
        ((VALUES > 0.4).astype(float), (JUDGED > 0.4).astype(float), (0.58597053, 0.49565753, 0.67628353)),
    ],
    ids=["values", "shares"],
)
def test_with_eighty_labels_it_is_about_what_ppi_python_gives(
    people: np.ndarray, judge: np.ndarray, theirs: tuple[float, float, float]
) -> None:
    """ppi_mean_pointestimate and ppi_mean_ci of ppi-python 0.2.3, lam=None; it counts n where we count n - 1."""
    value, low, high = told(powered(people[:80], judge[:80], judge[80:]))
    assert value == pytest.approx(theirs[0], abs=2e-4)
    assert (low, high) == pytest.approx(theirs[1:], abs=0.005)


def test_a_useless_judge_is_not_used_and_a_perfect_one_nearly_whole() -> None:
    random = np.random.default_rng(1)
    people = random.random(100)
    assert weight(people, random.random(100), random.random(1000)) < 0.2
    assert weight(people, people, random.random(10_000)) == pytest.approx(0.99, abs=0.1)
    assert weight(people, np.ones(100), np.ones(1000)) == 0


def test_a_good_judge_makes_the_interval_narrower_and_a_bad_one_no_wider() -> None:
    truth, judge = success(1100, 0.05, 3)
    noise = np.random.default_rng(4).integers(0, 2, 1100).astype(float)
    good = powered(truth[:100], judge[:100], judge[100:])
    bad = powered(truth[:100], noise[:100], noise[100:])
    assert good.worth > 150
    assert 80 <= bad.worth <= 110


@pytest.mark.parametrize("wrong", [0.1, 0.3])
@pytest.mark.parametrize("labels", [30, 100])
def test_intervals_of_success_hold_the_truth_as_often_as_they_say(labels: int, wrong: float) -> None:
    held = []
    for seed in range(300):
        truth, judge = success(labels + 400, wrong, seed)
        _, low, high = told(powered(truth[:labels], judge[:labels], judge[labels:], seed=seed))
        held.append(low <= 0.8 <= high)
    assert 0.92 <= np.mean(held) <= 0.99


def test_intervals_of_graded_values_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for seed in range(400):
        random = np.random.default_rng(seed)
        truth = np.where(random.random(330) < 0.3, 0.0, random.beta(2, 1.5, 330))
        judge = np.clip(truth + random.normal(0, 0.2, 330), 0, 1)
        _, low, high = told(powered(truth[:30], judge[:30], judge[30:]))
        held.append(low <= 0.7 * 2 / 3.5 <= high)
    assert 0.92 <= np.mean(held) <= 0.99


def test_a_judge_that_is_always_too_kind_moves_nothing() -> None:
    truth, _ = success(1100, 0, 5, share=0.5)
    kind = np.where(np.random.default_rng(6).random(1100) < 0.4, 1.0, truth)
    found = powered(truth[:100], kind[:100], kind[100:])
    assert found.judge_only > 0.65
    assert told(found)[1] < 0.5 < told(found)[2] < 0.65


def test_thirty_labels_on_which_the_judge_never_erred_do_not_make_it_infallible() -> None:
    truth, _ = success(1030, 0, 7)
    _, low, high = told(powered(truth[:30], truth[:30], truth[30:]))
    assert high - low > 0.1


def test_neither_do_thirty_labels_of_graded_values() -> None:
    truth = np.random.default_rng(12).beta(2, 1.5, 1030)
    _, low, high = told(powered(truth[:30], truth[:30], truth[30:]))
    assert high - low > 0.06


def test_without_a_judge_it_is_the_interval_of_the_labels() -> None:
    truth, _ = success(60, 0, 8)
    found = powered(truth, np.zeros(60), np.zeros(0))
    plain = intervals(truth[:, None])[0]
    assert told(found) == pytest.approx((plain.value, plain.low, plain.high), abs=0.02)
    assert found.worth == 60


def test_differences_of_two_rankings_go_from_minus_one_to_one() -> None:
    random = np.random.default_rng(9)
    better = random.choice([-1.0, 0.0, 1.0], 600, p=[0.05, 0.75, 0.2])
    found = powered(better[:200], better[:200], better[200:], lowest=-1, highest=1)
    assert told(found)[0] == pytest.approx(0.15, abs=0.05)
    assert told(found)[1] > 0


def test_below_thirty_labels_and_with_a_judge_alone_no_interval_is_told() -> None:
    truth, judge = success(600, 0.1, 10)
    for labels in (0, LEAST - 1):
        found = powered(truth[:labels], judge[:labels], judge[labels:])
        assert found.interval is None
        assert not found.enough
        assert str(found).startswith(f"not enough data yet: people labelled {labels} of at least 30 requests")
        assert "[" not in str(found)
    assert json.loads(found.json())["interval"] is None


def test_what_is_told_names_labels_and_judgements_and_gives_the_judge_no_interval() -> None:
    truth, judge = success(600, 0.1, 11)
    said = str(powered(truth[:100], judge[:100], judge[100:]))
    assert "from 100 labelled and 600 judged requests" in said
    assert said.endswith("over 600 requests, which has no valid interval")
    assert said.count("[") == 1


def test_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match="people gave 2 values and the judge 1"):
        powered(np.zeros(2), np.zeros(1), np.zeros(5))
    with pytest.raises(UsageError, match=r"1\.5 is outside 0 to 1"):
        powered(np.zeros(1), np.array([1.5]), np.zeros(5))
    with pytest.raises(UsageError, match="there is no value at all"):
        powered(np.zeros(0), np.zeros(0), np.zeros(0))
