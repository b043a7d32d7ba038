"""The judge judged: agreement as the field counts it, and planted judges that must be told apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import UsageError
from firstfive.measure.agreement import Grades, kappa, kappa_difference, moved, shift
from firstfive.measure.files import read_qrels, read_queries
from firstfive.measure.intervals import Interval
from firstfive.measure.trial import KINDS, Thing, asks, evidence
from firstfive.measure.twins import FILLER, ORDERS, twins
from firstfive.measure.verdict import Check, Evidence, Judgement, Rule, Verdict, judge_verdict
from firstfive.testing.judges import PLANTED, grades
from firstfive.testing.world import THINGS, WISHES


def graded(one: list[float], other: list[float], request: list[int] | None = None) -> Grades:
    return Grades(np.array(request or range(len(one))), np.array(one, float), np.array(other, float))


def drawn(n: int, sure: float, seed: int) -> Grades:
    """n pairs of grades: with chance `sure` the same, else drawn apart. Kappa's true value is `sure`."""
    random = np.random.default_rng(seed)
    one = random.choice(4, n, p=(0.4, 0.3, 0.2, 0.1))
    other = np.where(random.random(n) < sure, one, random.choice(4, n, p=(0.4, 0.3, 0.2, 0.1)))
    return Grades(np.arange(n), one.astype(float), other.astype(float))


# --- agreement --------------------------------------------------------------------------------------------------------


def test_kappa_is_what_scikit_learn_gives_with_quadratic_weights() -> None:
    """cohen_kappa_score(one, other, weights="quadratic") of scikit-learn 1.9 on the same lists."""
    one = [0, 0, 1, 1, 2, 2, 3, 3, 0, 2]
    other = [0, 1, 1, 2, 2, 3, 3, 1, 0, 0]
    assert kappa(graded([*map(float, one)], [*map(float, other)])).value == pytest.approx(0.5528455284552846)


def test_kappa_is_one_for_the_same_grades_and_nothing_for_one_grade_throughout() -> None:
    assert kappa(graded([0, 1, 2, 3], [0, 1, 2, 3])).value == pytest.approx(1)
    assert kappa(graded([2, 2, 2], [2, 2, 2])) == Interval(0, -1, 1)


def test_agreeing_in_everything_is_told_with_the_room_that_few_requests_leave() -> None:
    few, many = (kappa(graded([0.0, 3.0] * n, [0.0, 3.0] * n)) for n in (5, 100))
    assert few.low < 0.4
    assert 0.85 < many.low < many.high == 1


def test_kappa_is_minus_one_for_the_opposite_of_an_even_scale() -> None:
    assert kappa(graded([0, 1, 2, 3], [3, 2, 1, 0])).value == pytest.approx(-1)


def test_the_interval_of_kappa_holds_the_truth_about_as_often_as_it_says() -> None:
    found = [kappa(drawn(100, 0.6, seed), resamples=1000, seed=seed) for seed in range(200)]
    assert 0.90 <= np.mean([one.low <= 0.6 <= one.high for one in found]) <= 0.99


def test_many_things_of_one_request_are_no_more_evidence_than_their_request() -> None:
    one = drawn(50, 0.6, 3)
    copied = Grades(np.repeat(one.request, 20), np.repeat(one.one, 20), np.repeat(one.other, 20))
    assert kappa(copied).low == pytest.approx(kappa(one).low)
    assert kappa(Grades(np.arange(1000), copied.one, copied.other)).low > kappa(one).low + 0.1


def test_a_judge_that_agrees_as_people_do_stands_no_lower_than_they_do() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 4, 200)
    person, second, judge, worse = (
        np.where(random.random(200) < rate, random.integers(0, 4, 200), truth).astype(float)
        for rate in (0.2, 0.2, 0.2, 0.8)
    )
    request = np.arange(200)
    alike = kappa_difference(request, judge, second, person)
    assert alike.low < 0 < alike.high
    assert kappa_difference(request, worse, second, person).high < -0.1


def test_moving_counts_both_ways_and_a_shift_only_its_sum() -> None:
    grades = graded([1, 1, 1, 1], [2, 0, 1, 2])
    assert (moved(grades).value, shift(grades).value) == (0.75, 0.25)


def test_grades_that_never_moved_leave_room_by_their_number() -> None:
    assert moved(graded([1.0] * 50, [1.0] * 50)).high == pytest.approx(3 * (1 - 0.025 ** (1 / 50)))


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ([4.0], [0.0], "4 is no grade"),
        ([0.0], [float("nan")], "nan is no grade"),
        ([0.0, 1.0], [0.0], "2 and 1 grades"),
    ],
)
def test_what_are_no_grades_is_refused(one: list[float], other: list[float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        graded(one, other)


# --- twins and the trial ----------------------------------------------------------------------------------------------


def test_a_twin_keeps_the_text_and_adds_what_says_nothing_of_the_match() -> None:
    found = twins("heat pumps for my house", "Installs furnaces.")
    assert all(twin.startswith("Installs furnaces. ") for twin in found.values())
    assert FILLER[0] in found["longer"]
    assert found["stuffed"].count("pumps") == 3
    assert any(order in found["injected"] for order in ORDERS)
    assert twins("heat pumps for my house", "Installs furnaces.") == found


def test_a_longer_twin_is_about_twice_as_long_however_long_the_text() -> None:
    for text in ("short", "word " * 400):
        added = len(twins("x", text)["longer"]) - len(text)
        assert len(text) <= added <= len(text) + 600


def test_a_request_without_a_long_word_is_stuffed_as_it_is() -> None:
    assert twins("a cat", "Text.")["stuffed"] == "Text. a cat"


def test_each_thing_is_asked_about_six_times_and_once_turned() -> None:
    things = [Thing("q", "request", "text", 1), Thing("q", "request", "other", 0)]
    asked = asks(things)
    assert [ask.kind for ask in asked] == [kind for kind in KINDS for _ in things]
    assert [ask.kind for ask in asked if ask.turned] == ["turned", "turned"]
    with pytest.raises(UsageError, match="12 questions, and there are 3 grades"):
        evidence(things, np.zeros(3))


def test_a_judge_that_rolls_dice_does_not_seem_to_rise_for_twins() -> None:
    things = [Thing(str(i), "request", "text", 1) for i in range(2000)]
    found = evidence(things, np.random.default_rng(1).integers(0, 4, 6 * 2000).astype(float))
    assert all(abs(shift(grades).value) < 0.1 for grades in found.twins.values())


def test_a_twin_of_what_has_the_highest_grade_already_is_no_evidence() -> None:
    things = [Thing("a", "request", "text", 1, 1), Thing("b", "request", "other", 3)]
    found = evidence(things, np.array([1.0, 3.0] * 6))
    assert found.twins["injected"].requests == 1
    assert found.doubles is not None
    assert len(found.doubles.judge) == 1


# --- the rule ---------------------------------------------------------------------------------------------------------


@given(st.floats(-1, 1).map(lambda x: round(x, 3)), st.integers(1, 999))
def test_a_rule_prints_and_parses_back(bar: float, requests: int) -> None:
    rule = Rule(agreement=bar, longer=abs(bar), requests=requests)
    assert Rule.parse(str(rule)) == rule


def test_a_rule_changes_what_is_named_and_refuses_what_is_not_known() -> None:
    assert Rule.parse("injected 0.1") == Rule(injected=0.1)
    for text in ("injcted 0.1", "injected", "injected nan", "0.1"):
        with pytest.raises(UsageError, match="write one of agreement, ceiling"):
            Rule.parse(text)


@pytest.mark.parametrize(
    ("low", "high", "proven", "outcome"),
    [
        (0.5, 0.7, True, "passed"),
        (0.3, 0.7, True, "open"),
        (0.1, 0.3, True, "failed"),
        (0.3, 0.7, False, "passed"),
        (0.1, 0.3, False, "failed"),
    ],
)
def test_a_check_passes_where_shown_fails_where_shown_and_is_open_between(
    low: float, high: float, proven: bool, outcome: str
) -> None:
    assert Check("agreement", 60, Interval(0.5, low, high), 0.4, np.inf, proven).outcome == outcome


def test_a_verdict_leaves_by_its_exit_status() -> None:
    assert [verdict.exit for verdict in Verdict] == [0, 1, 3]


# --- planted judges ---------------------------------------------------------------------------------------------------

EXPECTED = {"good": "TRUSTED", "noisy": "UNTRUSTED", "longer": "UNTRUSTED", "obeys": "UNTRUSTED", "flips": "UNTRUSTED"}
FOUND_BY = {"noisy": "again", "longer": "longer", "obeys": "injected", "flips": "turned"}


def tiny_things() -> list[Thing]:
    """Every wish of the tiny world against every thing in it, ten times over as if others had asked: 60 requests."""
    random = np.random.default_rng(4)
    found = []
    for again in range(10):
        for wish in WISHES:
            for thing in (THINGS[again], *(t for t in THINGS if t.id == wish.answer)):
                grade = int(random.integers(2, 4)) if thing.id == wish.answer else int(random.random() < 0.2)
                second = int(np.clip(grade + (random.random() < 0.15), 0, 3))
                found.append(Thing(f"{wish.qid}-{again}", wish.text, thing.text, grade, second))
    return found


def cranfield_things(folder: Path) -> list[Thing]:
    """For each request an abstract judged right and one drawn from all; a second person errs now and then."""
    random = np.random.default_rng(5)
    texts = {
        row["id"]: row["text"] for row in map(json.loads, (folder / "items.jsonl").read_text("utf-8").splitlines())
    }
    qrels = read_qrels(folder / "qrels.trec")
    by_query: dict[str, dict[str, int]] = {qid: {} for qid in qrels.qids}
    for query, item, grade in zip(qrels.query, qrels.item, qrels.grades, strict=True):
        by_query[qrels.qids[query]][qrels.ids[item]] = int(grade)
    names = sorted(texts)
    found = []
    for qid, text in read_queries(folder / "queries.jsonl"):
        right = [item for item, grade in by_query.get(qid, {}).items() if grade and item in texts]
        for item in (*right[:1], names[int(random.integers(len(names)))]):
            grade = by_query.get(qid, {}).get(item, 0)
            second = grade if random.random() > 0.1 else 1 - min(grade, 1)
            found.append(Thing(qid, text, texts[item], grade, second))
    return found


def verdict_on(name: str, things: list[Thing], seed: int = 0) -> Judgement:
    asked = asks(things)
    truth = [float(thing.person) for thing in things]
    return judge_verdict(evidence(things, grades(PLANTED[name], asked, truth, seed=seed)))


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_judge_of_a_tiny_world_is_told_for_what_it_is(name: str) -> None:
    found = verdict_on(name, tiny_things())
    assert found.verdict == EXPECTED[name], found.lines()
    failed = [check.name for check in found.checks if check.outcome == "failed"]
    assert FOUND_BY.get(name, "nothing") in (failed or ["nothing"])


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_judge_of_cranfields_truth_is_told_for_what_it_is(name: str, data: Path) -> None:
    things = cranfield_things(data / "cranfield")
    found = verdict_on(name, things)
    assert len({thing.qid for thing in things}) > 200
    assert found.verdict == EXPECTED[name], found.lines()
    failed = [check.name for check in found.checks if check.outcome == "failed"]
    assert FOUND_BY.get(name, "nothing") in (failed or ["nothing"])


@pytest.mark.parametrize("name", PLANTED)
def test_twenty_requests_are_never_enough_to_trust_or_distrust(name: str) -> None:
    found = verdict_on(name, [thing for thing in tiny_things() if thing.qid.endswith(("-1", "-2", "-3"))])
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "not enough data yet" in found.lines()[0]
    assert found.people is None


def test_without_a_second_person_nobody_is_trusted() -> None:
    things = [Thing(t.qid, t.request, t.text, t.person) for t in tiny_things()]
    found = verdict_on("good", things)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [check.name for check in found.checks if check.outcome == "open"] == ["ceiling"]
    assert "have a second person grade" in found.lines()[-1]


def test_evidence_that_was_never_asked_for_leaves_the_verdict_open() -> None:
    found = judge_verdict(Evidence(people=drawn(100, 0.9, 1)))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [check.outcome for check in found.checks] == ["passed", *["open"] * 6]


def test_a_judgement_is_readable_and_has_its_numbers_as_json() -> None:
    found = verdict_on("obeys", tiny_things())
    assert found.lines()[0].startswith("UNTRUSTED: its grades may not gate a promotion; it fails at injected")
    assert json.loads(found.json())["verdict"] == "UNTRUSTED"
    assert Rule.parse(found.rule) == Rule()
