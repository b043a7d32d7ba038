"""What an experiment has shown so far: the verdict over simulated visitors, at all looks together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from firstfive.measure.experiment import Answered, ExperimentReport, Visitor, experiment_report

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=10)
HALF_HOUR = timedelta(minutes=30)


def visitor(n: int, arm: str, *, found: bool = False, lasted: float = 0.0, **more: object) -> Visitor:
    began = START + timedelta(minutes=n)
    return Visitor(arm, began, began + HALF_HOUR + timedelta(minutes=lasted), found, **more)  # type: ignore[arg-type]


def crowd(random: Random, n: int, **chances: float) -> list[Visitor]:
    """Visitors of the two arms, who find a match with the chance of theirs; a match makes a visit longer."""
    arms = [random.choice([*chances]) for _ in range(n)]
    found = [random.random() < chances[arm] for arm in arms]
    return [
        visitor(at, arm, found=yes, lasted=600.0 * yes) for at, (arm, yes) in enumerate(zip(arms, found, strict=True))
    ]


def known(design: str, visitors: list[Visitor], share: float = 0.5) -> ExperimentReport:
    return experiment_report(design, share, visitors, [], END)


def test_two_equal_arms_raise_an_alarm_in_at_most_5_of_100_experiments_over_all_looks() -> None:
    verdicts = Counter(known("ab", crowd(Random(n), 160, baseline=0.4, candidate=0.4)).verdict for n in range(60))
    assert verdicts["no difference seen yet"] >= 57


def test_a_better_and_a_worse_candidate_are_found() -> None:
    better = Counter(known("ab", crowd(Random(n), 300, baseline=0.2, candidate=0.6)).verdict for n in range(10))
    worse = Counter(known("ab", crowd(Random(n), 300, baseline=0.6, candidate=0.2)).verdict for n in range(10))
    assert better["better"] >= 9
    assert worse["worse"] >= 9


def test_visits_count_in_the_order_in_which_they_began_whatever_came_of_them() -> None:
    """Were they sorted by their ends, those with a match would be paired with each other and all look certain."""
    random = Random(1)
    visitors = [
        visitor(0, random.choice(["baseline", "candidate"]), found=yes, lasted=100.0 * yes)
        for yes in (random.random() < 0.4 for _ in range(600))
    ]
    interval = known("ab", visitors).difference.interval
    assert interval.high - interval.low > 0.2


def test_what_was_counted_never_changes_as_more_is_seen() -> None:
    visitors = crowd(Random(3), 120, baseline=0.3, candidate=0.5)
    before = experiment_report("ab", 0.5, visitors, [], START + timedelta(minutes=700))
    assert 0 < before.visits < 120
    assert before.visits + before.open_visits == 120
    after = known("ab", visitors)
    assert after.visits == 120
    at = [look.visits for look in after.looks]
    assert at == sorted(at)
    for early, late in zip(after.looks, after.looks[1:], strict=False):
        assert early.low <= late.low
        assert late.high <= early.high


def test_interleaving_counts_who_saw_both_and_checks_the_coin_or_the_share() -> None:
    seen = [visitor(n, "both", leaning=0.8 if n % 3 else -0.2, first="ab"[n % 2]) for n in range(120)]
    report = known("interleaving", seen, 1.0)
    assert (report.verdict, report.visits) == ("better", 120)
    assert report.ratio
    assert report.ratio.counts == (60, 60)
    idle = [visitor(n, "baseline", found=True) for n in range(120)]
    mixed = known("interleaving", seen + idle, 0.5)
    assert (mixed.verdict, mixed.visits) == ("better", 120)
    assert mixed.ratio
    assert mixed.ratio.counts == (120, 120)
    assert known("interleaving", seen, 0.5).verdict == "broken split"
    loaded = [visitor(n, "both", first="a") for n in range(120)]
    assert known("interleaving", loaded, 1.0).verdict == "broken split"


@pytest.mark.parametrize("name", ["mean_ms", "cost"])
def test_answers_that_are_slower_or_dearer_by_far_fail_a_guardrail(name: str) -> None:
    def many(factor: float) -> ExperimentReport:
        random, visitors = Random(4), []
        for n, arm in enumerate(["baseline", "candidate"] * 150):
            taken = {arm: (factor if arm == "candidate" else 1.0) * random.uniform(0.8, 1.2)}
            one = visitor(n, arm)
            visitors.append(replace(one, ms=taken) if name == "mean_ms" else replace(one, usd=taken))
        return known("ab", visitors)

    assert [one.name for one in many(2.0).guardrails if one.failed] == [name]
    assert many(2.0).verdict == "guardrail failed"
    assert [one.name for one in many(1.1).guardrails if one.failed] == []
    assert "FAILED" in "\n".join(many(2.0).lines())


def shows(random: Random, arm: str, n: int, items: int) -> Visitor:
    return visitor(n, arm, shown={arm: random.sample([str(item) for item in range(items)], 5)})


def test_exposure_fails_where_few_items_are_shown_and_is_open_or_kept_where_as_many_are() -> None:
    def known_of(items: int, visitors: int) -> tuple[str, str]:
        random = Random(6)
        came = [
            shows(random, arm, n, 60 if arm == "baseline" else items)
            for n, arm in enumerate(["baseline", "candidate"] * visitors)
        ]
        report = known("ab", came)
        one = next(one for one in report.guardrails if one.name == "exposure")
        assert one.line() in "\n".join(report.lines())
        return one.state, report.verdict

    assert known_of(60, 10) == ("not enough data yet", "no difference seen yet")
    assert known_of(60, 1_000) == ("kept", "no difference seen yet")
    assert known_of(9, 100) == ("failed", "guardrail failed")


def test_equal_exposure_fails_in_at_most_1_of_100_experiments_over_all_looks_however_skewed_it_is() -> None:
    failed = 0
    for seed in range(25):
        random = Random(seed)
        came = [shows(random, random.choice(["baseline", "candidate"]), n, 12) for n in range(120)]
        failed += any(one.failed for one in known("ab", came).guardrails)
    assert failed <= 1


def test_different_items_are_told_over_the_same_number_of_places_of_each_arm() -> None:
    answers = [Answered({}, {"baseline": list("abcde"), "candidate": list("aaaaa")}) for _ in range(3)]
    answers.append(Answered({}, {"candidate": list("vwxyz")}))
    told = {one.name: one for one in experiment_report("ab", 0.5, [], answers, END).guardrails}
    assert (told["different_items"].baseline, told["different_items"].candidate) == (5, 1)
    assert not told["different_items"].failed


def test_nobody_came_yet_is_not_enough_data() -> None:
    for design in ("ab", "interleaving"):
        report = known(design, [])
        assert (report.verdict, report.exit, report.looks) == ("no difference seen yet", 3, ())
        assert report.sentence().startswith("Not enough data yet: after 0 visits")
        assert report.lines()
