"""Whether a goal is reached: by the whole interval, with an answer for "not known yet"."""

from __future__ import annotations

import numpy as np
import pytest

from firstfive.errors import CODES, GateFailed
from firstfive.measure import Bar, Decision, Difference, Finding, Goal, Report, Result, RunResult, at_most, decide
from firstfive.measure.goal import not_worse, reaches
from firstfive.measure.intervals import intervals

BAR = Bar.parse("Success@5 0.7")


def result(value: float, low: float, high: float, difference: Difference | None = None) -> Result:
    return Result("Success@5", value, low, high, difference)


def apart(value: float, low: float, high: float, better: int = 20, worse: int = 20) -> Difference:
    return Difference(value, low, high, better, worse, 160)


def report(*results: Result, queries: int = 200) -> Report:
    return Report(queries, 0, (RunResult("new", results, 1.0, 0),))


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(0.70, 0.80, "passed"), (0.69, 0.80, "open"), (0.60, 0.70, "open"), (0.60, 0.699, "failed")],
)
def test_a_bar_is_reached_or_missed_by_the_whole_interval(low: float, high: float, outcome: str) -> None:
    assert reaches(BAR, result((low + high) / 2, low, high), 200).outcome == outcome


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [(0.01, 0.05, "passed"), (-0.019, 0.05, "passed"), (-0.02, 0.05, "open"), (-0.09, -0.02, "failed")],
)
def test_a_difference_is_allowed_where_it_is_wholly_above_minus_the_margin(
    low: float, high: float, outcome: str
) -> None:
    assert not_worse("Success@5", apart((low + high) / 2, low, high), 0.02, 200).outcome == outcome


def test_fewer_than_thirty_requests_decide_nothing() -> None:
    assert reaches(BAR, result(0.9, 0.8, 0.95), 29).outcome == "open"
    assert not_worse("Success@5", apart(0.2, 0.1, 0.3), 0.02, 29).outcome == "open"
    assert not_worse("Success@5", apart(0.2, 0.1, 0.3), 0.02, 30).outcome == "passed"


def test_what_is_open_says_about_how_many_requests_would_decide() -> None:
    """The half of .04 must come down to .02, so that four times as many are needed."""
    finding = not_worse("Success@5", apart(0.0, -0.04, 0.04), 0.02, 200)
    assert "about 800 requests" in finding.said
    none_differs = Difference(0.0, -0.06, 0.06, 0, 0, 60)
    assert "about 180 requests" in not_worse("Success@5", none_differs, 0.02, 60).said
    assert "more than 100,000" in reaches(BAR, result(0.7, 0.6, 0.8), 200).said


def test_one_request_that_got_better_does_not_prove_that_none_gets_worse() -> None:
    """A bootstrap cannot draw a loss that it has not seen: its lower end of such an nDCG is 0 or above."""
    values = np.zeros((60, 1))
    values[0] = 0.63
    (seen,) = intervals(values, lowest=-1.0)
    assert seen.low >= 0
    finding = not_worse("nDCG@10", Difference(seen.value, seen.low, seen.high, 1, 0, 59), 0.02, 60)
    assert finding.outcome == "open"
    assert not_worse("nDCG@10", Difference(seen.value, seen.low, seen.high, 1, 0, 59), 0.1, 60).outcome == "passed"


@pytest.mark.parametrize(("requests", "got_better", "got_worse"), [(60, 0.005, 0.02), (200, 0.002, 0.01)])
def test_the_lower_end_is_seldom_above_the_truth_where_few_requests_differ(
    requests: int, got_better: float, got_worse: float
) -> None:
    """Two-sided 95 % intervals miss on either side in 2.5 % of samples; 5 % leaves room for 300 of them."""
    random, missed, truth = np.random.default_rng(1), 0, got_better - got_worse
    for better, worse, same in random.multinomial(
        requests, [got_better, got_worse, 1 - got_better - got_worse], 300
    ).tolist():
        values = np.repeat([1.0, -1.0, 0.0], [better, worse, same])[:, None]
        (seen,) = intervals(values, lowest=-1.0, resamples=500)
        difference = Difference(seen.value, seen.low, seen.high, better, worse, same)
        missed += not_worse("Success@5", difference, -truth, requests).outcome == "passed"
    assert missed <= 15


def test_made_up_requests_leave_bars_open_and_compare_all_the_same() -> None:
    measured = report(result(0.9, 0.85, 0.95, apart(0.05, 0.01, 0.09)))
    goal = Goal((BAR,))
    assert [finding.outcome for finding in decide(measured, goal).findings] == ["passed", "passed"]
    found = decide(measured, goal, made_up=True)
    assert [finding.outcome for finding in found.findings] == ["open", "passed"]
    assert "goal.queries" in found.findings[0].said


def test_a_goal_that_asks_nothing_is_reached() -> None:
    assert decide(report(result(0.1, 0.0, 0.2)), Goal()).outcome == "passed"


@pytest.mark.parametrize(
    ("outcomes", "whole", "leave"),
    [
        ("", "passed", 0),
        ("passed passed", "passed", 0),
        ("passed open", "open", 3),
        ("open failed passed", "failed", 1),
    ],
)
def test_a_decision_is_its_worst_finding_and_has_an_exit_status(outcomes: str, whole: str, leave: int) -> None:
    found = Decision(tuple(Finding(outcome, f"it {outcome}") for outcome in outcomes.split()))  # type: ignore[arg-type]
    assert found.outcome == whole
    if not leave:
        found.check()
        return
    with pytest.raises(GateFailed, match=f"^it {whole}$") as caught:
        found.check()
    assert CODES[caught.value.code].exit == leave


def test_a_cost_is_held_against_its_cap() -> None:
    assert at_most("the time", 120.0, 100.0, " ms") == Finding(
        "failed", "the time is 120 ms, above the 100 ms that are allowed"
    )
    assert at_most("the time", 100.0, 100.0).outcome == "passed"
