"""Off-policy estimates: right by hand and on average, refused where logs say too little, and tried on real logs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from firstfive.errors import UsageError
from firstfive.measure.off_policy import LEAST, OffPolicy, off_policy

TRUE = np.array([0.1, 0.3, 0.6])
LOGGING = np.array([0.6, 0.3, 0.1])
OTHER = np.array([0.2, 0.3, 0.5])


def logs(n: int, seed: int, chances: np.ndarray = LOGGING) -> tuple[np.ndarray, np.ndarray]:
    """Which of three items was shown, and whether it was clicked."""
    random = np.random.default_rng(seed)
    shown = random.choice(3, n, p=chances)
    return shown, (random.random(n) < TRUE[shown]).astype(float)


def estimate(n: int, seed: int, *, guess: np.ndarray | None = None) -> OffPolicy:
    shown, clicks = logs(n, seed)
    both = {} if guess is None else {"guessed": guess[shown], "guessed_wanted": np.full(n, float(OTHER @ guess))}
    return off_policy(clicks, LOGGING[shown], OTHER[shown], resamples=500, seed=seed, **both)


def values(found: OffPolicy) -> dict[str, float]:
    return {one.name: one.interval.value for one in found.estimates}


def test_the_three_estimates_are_worked_out_by_hand() -> None:
    """Weights 2 and 0.5, 200 times each: IPS (2 + 0) / 2, SNIPS 2 / 2.5, DR with a guess of 0.5 throughout."""
    n = 400
    rewards, logged, wanted = np.tile([1.0, 0.0], n), np.tile([0.25, 0.5], n), np.tile([0.5, 0.25], n)
    half = np.full(2 * n, 0.5)
    found = off_policy(rewards, logged, wanted, guessed=half, guessed_wanted=half, resamples=200)
    assert values(found) == pytest.approx({"IPS": 1.0, "SNIPS": 0.8, "DR": 0.5 + (2 * 0.5 - 0.5 * 0.5) / 2})
    assert found.effective == pytest.approx(2 * n * 1.25**2 / ((4 + 0.25) / 2))


def test_the_policy_that_logged_earns_what_it_earned() -> None:
    shown, clicks = logs(1000, 1)
    found = off_policy(clicks, LOGGING[shown], LOGGING[shown], resamples=200)
    assert values(found) == pytest.approx({"IPS": clicks.mean(), "SNIPS": clicks.mean()})
    assert found.effective == pytest.approx(1000)


def test_all_three_are_right_on_average_and_a_guess_calms() -> None:
    found = [values(estimate(2000, seed, guess=TRUE)) for seed in range(60)]
    truth = float(OTHER @ TRUE)
    for name in ("IPS", "SNIPS", "DR"):
        assert np.mean([one[name] for one in found]) == pytest.approx(truth, abs=0.015)
    assert np.std([one["DR"] for one in found]) < 0.8 * np.std([one["IPS"] for one in found])


def test_a_wrong_guess_is_put_right() -> None:
    found = [values(estimate(2000, seed, guess=np.array([0.9, 0.9, 0.1])))["DR"] for seed in range(60)]
    assert np.mean(found) == pytest.approx(float(OTHER @ TRUE), abs=0.02)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = float(OTHER @ TRUE)
    found = [estimate(1500, seed, guess=TRUE) for seed in range(150)]
    for at in range(3):
        held = [one.estimates[at].interval.low <= truth <= one.estimates[at].interval.high for one in found]
        assert np.mean(held) >= 0.89


def test_below_two_hundred_effective_impressions_nothing_is_told() -> None:
    found = estimate(250, 3)
    assert found.effective < LEAST
    assert found.estimates == ()
    assert not found.trusted
    (said,) = found.lines()
    assert said.startswith("not enough data yet: 250 logged impressions are worth ")


def test_a_policy_that_never_shows_what_was_logged_is_worth_nothing() -> None:
    assert off_policy(np.ones(500), np.full(500, 0.5), np.zeros(500), resamples=50).effective == 0


def test_wrong_logged_chances_are_noticed_by_the_mean_weight() -> None:
    shown, clicks = logs(2000, 4)
    found = off_policy(clicks, np.full(2000, 1 / 3), OTHER[shown], resamples=500)
    assert not found.trusted
    assert "the logged chances are not the true ones" in found.lines()[-1]
    assert estimate(2000, 4).trusted


def test_logs_without_a_single_click_leave_room_for_some() -> None:
    found = off_policy(np.zeros(2000), np.full(2000, 0.5), np.full(2000, 0.5), resamples=50)
    ips = found.estimates[0].interval
    assert ips.low == ips.value == 0 < ips.high < 0.01


def test_what_are_no_chances_or_rewards_is_refused() -> None:
    one = np.ones(1)
    for columns, said in (
        ((one, 0 * one, one), "above 0"),
        ((one, one, 2 * one), "outside 0 to 1"),
        ((2 * one, one, one), "reward"),
        ((one, one, np.ones(2)), "1 rewards, 1 logged, 2 wanted"),
        ((np.ones(0), np.ones(0), np.ones(0)), "one at least"),
    ):
        with pytest.raises(UsageError, match=said):
            off_policy(*columns)


def test_the_estimates_are_json() -> None:
    assert json.loads(estimate(2000, 5).json())["estimates"][1]["name"] == "SNIPS"


# --- real logs --------------------------------------------------------------------------------------------------------


def bandit(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items, positions from 0 and clicks of one of the two logs."""
    with (folder / "men.csv").open(encoding="utf-8", newline="") as rows:
        table = [(int(row["item_id"]), int(row["position"]) - 1, float(row["click"])) for row in csv.DictReader(rows)]
    item, position, click = (np.array(column) for column in zip(*table, strict=True))
    return item, position, click


def test_thompsons_click_rate_is_found_from_the_random_log_of_open_bandit(data: Path) -> None:
    """The chances of Thompson sampling are how often it showed an item at a position; its clicks are not used."""
    items, positions, _ = bandit(data / "open_bandit" / "bts")
    often = np.zeros((3, 34))
    np.add.at(often, (positions, items), 1)
    chances = often / often.sum(axis=1, keepdims=True)
    item, position, click = bandit(data / "open_bandit" / "random")
    found = off_policy(click, np.full(len(item), 1 / 34), chances[position, item], resamples=2000)
    truth = bandit(data / "open_bandit" / "bts")[2].mean()
    assert found.effective > LEAST
    assert found.trusted
    assert all(one.interval.low <= truth <= one.interval.high for one in found.estimates), found.lines()
