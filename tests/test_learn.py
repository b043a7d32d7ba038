"""Learning from behaviour: what counts as a signal, what a crowd knows, and how much is handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import lightgbm
import numpy as np
import pytest

from firstfive.app.born import Ages
from firstfive.errors import LearnError
from firstfive.features import FEATURES, Crowd, day_of, fresh, rows
from firstfive.features.crowd import nobody
from firstfive.learn import Ends, Held, Likes, blend, gather, hand_over, looked_at, propensity, signals
from firstfive.learn.ranker import Group, Ranker, fit
from firstfive.learn.replay import Seen, _held, learn
from firstfive.measure import intervals
from firstfive.types import Candidates, Event, ItemId, RecommId, UserId

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def event(kind: str, user: str, item: str, minute: int = 0, slate: str = "") -> Event:
    at = MORNING + timedelta(minutes=minute)
    return Event(kind, UserId(user), ItemId(item), at, RecommId(slate) if slate else None)


def likes(*pairs: tuple[int, int], vectors: Sequence[Sequence[float]] | None = None) -> Likes:
    """(visitor, item) in the order of time."""
    made = np.zeros((len(pairs), 2), np.float32) if vectors is None else np.array(vectors, np.float32)
    visitors, items = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    return Likes(visitors, items, made.reshape(len(pairs), -1) if pairs else np.zeros((0, 2), np.float32))


def ends(values: np.ndarray) -> list[Ends]:
    return [Ends(one.value, one.low, one.high) for one in intervals(values, lowest=-1.0, resamples=500)]


# --- signals ----------------------------------------------------------------------------------------------------------


def test_the_last_word_of_a_visitor_on_an_item_counts() -> None:
    said = [event("yes", "ann", "oak", 1), event("no", "ann", "oak", 2), event("yes", "bob", "oak", 3)]
    assert [(one.visitor, one.gain) for one in signals(said, {})] == [("ann", -1.0), ("bob", 1.0)]


@pytest.mark.parametrize("faint", ["opened", "click"])
@pytest.mark.parametrize(("word", "gain"), [("yes", 1.0), ("no", -1.0)])
def test_reading_more_of_an_item_takes_back_no_word_about_it(word: str, gain: float, faint: str) -> None:
    said = [event(faint, "ann", "oak", 1), event(word, "ann", "oak", 2), event(faint, "ann", "oak", 3)]
    assert [(one.at, one.gain) for one in signals(said, {})] == [(said[1].at, gain)]


def test_what_was_undone_was_never_said() -> None:
    assert signals([event("yes", "ann", "oak", 1), event("undone", "ann", "oak", 2)], {}) == []


def test_being_shown_says_nothing_and_opening_says_little() -> None:
    found = signals([event("shown", "ann", "oak"), event("opened", "ann", "elm")], {})
    assert [(one.item, one.gain) for one in found] == [("elm", 0.3)]


def test_a_yes_further_down_counts_more_but_never_more_than_four_times() -> None:
    places = {(RecommId("s"), ItemId("oak")): 1, (RecommId("s"), ItemId("elm")): 4, (RecommId("s"), ItemId("ash")): 99}
    said = [event("yes", user, item, slate="s") for user, item in (("ann", "oak"), ("bob", "elm"), ("cat", "ash"))]
    weights = {one.item: one.weight for one in signals(said, places)}
    assert weights == {"oak": 1.0, "elm": pytest.approx(2.0), "ash": 4.0}


def test_what_was_seen_tells_how_often_a_place_is_looked_at() -> None:
    places = {(RecommId(f"s{n}"), ItemId(item)): place for n in range(60) for place, item in ((1, "oak"), (5, "elm"))}
    said = [event("seen", f"v{n}", "oak", slate=f"s{n}") for n in range(60)]
    said += [event("seen", f"v{n}", "elm", slate=f"s{n}") for n in range(15)]
    assert looked_at(said, places) == {1: 1.0, 5: 0.25}
    assert looked_at(said[:40], places) == {}
    assert propensity(5, {1: 1.0, 5: 0.25}) == 0.25
    assert propensity(0, {}) == 1.0


def test_a_visitor_who_says_yes_to_everything_counts_no_more_than_twenty_yeses() -> None:
    found = signals([event("yes", "bot", f"item{n}", n) for n in range(200)], {})
    assert len(found) == 200
    assert sum(one.weight for one in found) == pytest.approx(20.0)


# --- the crowd --------------------------------------------------------------------------------------------------------


def test_a_visitor_counts_once_an_item() -> None:
    once = gather(likes((1, 0), (2, 1)), 3)
    often = gather(likes(*[(1, 0)] * 50, (2, 1)), 3)
    assert np.array_equal(once.liked, often.liked)
    assert once.liked[0] == once.liked[1] > once.liked[2] == 0


def test_items_liked_by_the_same_visitors_are_near_and_one_visitor_makes_nothing_near() -> None:
    crowd = gather(likes((1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 2)), 4)
    near = crowd.together([0], np.arange(4))
    assert near[1] == pytest.approx(2 / np.sqrt(13 * 12))
    assert near[[0, 2, 3]].tolist() == [0, 0, 0]


def test_an_item_is_echoed_by_requests_like_those_it_was_liked_after() -> None:
    east, north = [1.0, 0.0], [0.0, 1.0]
    crowd = gather(likes((1, 2), (2, 2), (3, 2), vectors=[east] * 3), 4)
    assert crowd.echoed(np.array(east, np.float32), np.arange(4))[2] == pytest.approx(3 / 13)
    assert not crowd.echoed(np.array(north, np.float32), np.arange(4)).any()


def test_what_fewer_than_three_visitors_asked_for_is_not_kept() -> None:
    crowd = gather(likes((1, 2), (2, 2), (2, 2), vectors=[[1.0, 0.0]] * 3), 4)
    assert len(crowd.asked) == 0
    assert crowd.wanted.shape == (0, 2)


def test_pairs_counted_in_portions_are_the_pairs_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    many = likes(*zip(random.integers(0, 40, 900).tolist(), random.integers(0, 30, 900).tolist(), strict=True))
    at_once = gather(many, 30)
    monkeypatch.setattr("firstfive.learn.gathering.CHUNK", 50)
    portioned = gather(many, 30)
    assert np.array_equal(at_once.near, portioned.near)
    assert np.array_equal(at_once.nearness, portioned.nearness)


def test_behaviour_brings_what_was_liked_together_and_nothing_for_nobody() -> None:
    crowd = gather(likes((1, 0), (1, 3), (2, 0), (2, 3)), 5)
    assert crowd.brings([0], None, 10).tolist() == [0, 3]
    assert nobody(5).brings([0], None, 10).tolist() == []


def test_a_row_has_every_feature_and_what_is_not_known_is_missing() -> None:
    found = Candidates(np.array([4, 1]), np.array([0.9, 0.2], np.float32), {"words": np.array([1.0, 0.1], np.float32)})
    made = rows(found, nobody(5), also={"agrees": np.array([2.0, 0.0], np.float32)})
    seen = dict(zip(FEATURES, made.T.tolist(), strict=True))
    assert made.dtype == np.float32
    assert seen["words"] == pytest.approx([1.0, 0.1])
    assert seen["agrees"] == [2.0, 0.0]
    assert seen["liked"] == [0.0, 0.0]
    assert np.isnan(seen["contradicts"]).all()


# --- what is new ------------------------------------------------------------------------------------------------------


def test_an_item_is_as_new_as_it_was_on_that_day_and_what_has_no_date_is_neither() -> None:
    born = np.array([100.7, 70.0, 130.0, np.nan])
    assert fresh(born, 100.2)[:3].tolist() == [1.0, 0.5, 1.0]
    assert np.isnan(fresh(born, 100.2)[3])
    assert fresh(born, 130.9).tolist()[:2] == [0.5, pytest.approx(1 / 3)]


@pytest.mark.parametrize(
    ("value", "day"),
    [("1970-01-11", 10), ("1970-01-11t12:00:00z", 10.5), ("1970-01-11T00:00+12:00", 9.5), (1971.0, 365), ("1971", 365)],
)
def test_a_date_with_a_time_or_without_and_a_year_are_days(value: str | float, day: float) -> None:
    assert day_of(value) == day


@pytest.mark.parametrize("value", ["", "soon", "11.1.1970", "20", "202²", 19.5, 1_600_000_000.0])
def test_what_is_no_date_is_not_known(value: str | float) -> None:
    assert np.isnan(day_of(value))


def test_what_came_after_something_was_said_was_not_there_and_older_talk_than_the_import_tells_nothing() -> None:
    seen = np.array([10.0, 20.0, np.nan])
    ages = Ages(seen, seen)
    every = np.arange(3)
    assert ages.there(every, 0, 15.0).tolist() == [True, False, True]
    assert ages.newness(every, 0, 40.0).tolist() == pytest.approx([0.5, 0.6, np.nan], nan_ok=True)
    assert ages.there(every, 1, 15.0).all()
    assert np.isnan(ages.newness(every, 1, 15.0)).all()
    dated = Ages(np.array([1.0, 2.0, 3.0]), seen, "founded")
    assert np.isnan(ages.as_of(1, 15.0))
    assert ages.as_of(0, 15.0) == dated.as_of(1, 15.0) == 15.0
    assert dated.newness(every, 1, 15.0).tolist() == fresh(dated.born, 15.0).tolist()


# --- the ranker -------------------------------------------------------------------------------------------------------


def group(*liked: float, fused: Sequence[float] = (), good: int = 0) -> Group:
    """A request with one candidate for each `liked`, of which one is graded."""
    features = np.full((len(liked), len(FEATURES)), np.nan, np.float32)
    features[:, FEATURES.index("liked")] = liked
    features[:, FEATURES.index("fused")] = fused or np.linspace(1, 0, len(liked))
    return Group(features, np.eye(len(liked), dtype=np.float32)[good])


def test_a_ranker_learns_that_the_liked_one_is_wanted() -> None:
    groups = [group(*np.roll([0.5, 0.1, 0.0, 0.0, 0.05], n), good=n) for n in range(5) for _ in range(20)]
    ranker = Ranker(fit(groups))
    scores = ranker(group(0.0, 0.0, 0.5, 0.1).features)
    assert scores.argmax() == 2
    assert scores.max() == 1
    assert next(iter(ranker.importance())) == "liked"


def test_learning_twice_gives_the_same_bytes() -> None:
    groups = [group(*np.roll([0.5, 0.1, 0.0], n), good=n) for n in range(3) for _ in range(20)]
    assert fit(groups) == fit(groups)


def test_a_ranker_never_learns_that_a_better_match_is_a_worse_one() -> None:
    groups = [group(0.0, 0.0, 0.0, fused=[0.1, 0.5, 0.9], good=0) for _ in range(100)]
    scores = Ranker(fit(groups))(group(0.0, 0.0, fused=[0.9, 0.1]).features)
    assert scores[0] >= scores[1]


def test_what_was_refused_falls_behind_what_nobody_spoke_of_without_a_single_like() -> None:
    def refused(seed: int) -> Group:
        """Words find what is refused, and meaning does not: five noes and nothing else."""
        features = np.full((12, len(FEATURES)), np.nan, np.float32)
        random = np.random.default_rng(seed)
        features[:, FEATURES.index("words")], features[:, FEATURES.index("whole")] = random.random((2, 12))
        worst = np.argsort(features[:, FEATURES.index("whole")])[:5]
        grades = np.zeros(12, np.float32)
        grades[worst] = -1
        return Group(features, grades)

    ranker = Ranker(fit([refused(seed) for seed in range(100)]))
    fresh = refused(1_000)
    scores = ranker(fresh.features)
    assert scores[fresh.grades < 0].max() < scores[fresh.grades == 0].max()
    assert scores[fresh.grades < 0].mean() < scores[fresh.grades == 0].mean() - 0.3
    assert next(iter(ranker.importance())) == "whole"


def test_of_one_answer_what_was_liked_is_one_and_what_was_refused_less_than_nothing() -> None:
    features = np.zeros((4, len(FEATURES)), np.float32)
    liked, refused = np.array([True, False, False, False]), np.array([True, True, False, False])
    assert Seen(features, liked, refused).grades.tolist() == [1, -1, 0, 0]
    assert Seen(features, liked).grades.tolist() == [1, 0, 0, 0]


def test_what_an_item_loses_for_what_was_asked_is_taken_off_whatever_was_learned() -> None:
    shape = (2, len(FEATURES))
    group = Group(np.zeros(shape, np.float32), np.array([1, 0], np.float32), lost=np.array([0.5, 0], np.float32))
    held = _held(1, group, lambda _: np.array([0.75, 0.5], np.float32))  # type: ignore[arg-type]
    assert held.learned.tolist() == [0.25, 0.5]


def test_a_crowd_knows_of_no_refusal() -> None:
    both = replace(likes((1, 0), (2, 1), (3, 0)), yes=np.array([True, False, True]))
    crowd = gather(both, 3)
    assert crowd.visitors == 2
    assert np.array_equal(crowd.liked, gather(likes((1, 0), (3, 0)), 3).liked)


def test_of_late_an_older_like_counts_less_and_a_burst_of_one_in_a_hundred_nothing() -> None:
    visits = [(visitor, visitor % 2) for visitor in range(98)] + [(98, 2)]
    days = np.where(np.arange(99) % 2 == 0, 0.0, 90.0)
    crowd = gather(replace(likes(*visits), days=days), 3)
    assert crowd.liked[0] == pytest.approx(crowd.liked[1])
    assert 0 < crowd.lately[0] < crowd.lately[1] / 6
    assert crowd.lately[2] == 0
    assert not gather(likes(*visits), 3).lately.any()


def older(features: Sequence[str], *, column: int) -> bytes:
    """A model of another version, which looks at these features; the first of a request has most of one of them."""
    values = np.tile(np.linspace(1, 0, 10), (len(features), 60)).T
    grades = np.tile(np.eye(10)[0], 60)
    data = lightgbm.Dataset(values, grades, group=[10] * 60, feature_name=list(features))
    settings = {"objective": "lambdarank", "verbose": -1, "min_data_in_leaf": 5, "num_leaves": 2, "seed": column}
    return lightgbm.train(settings, data, 3).model_to_string().encode("utf-8")


def test_a_model_of_an_older_version_is_used_with_the_features_that_it_knew() -> None:
    ranker = Ranker(older(["fused", "liked"], column=0))
    seen = group(*np.linspace(0.5, 0, 12)).features
    expected = ranker(seen)
    assert expected.argmax() == 0
    seen[:, FEATURES.index("fresh")] = np.linspace(0, 1, 12)
    assert np.array_equal(ranker(seen), expected)
    assert set(ranker.importance()) == {"fused", "liked"}


def test_a_model_that_looks_at_unknown_features_says_what_to_do() -> None:
    with pytest.raises(LearnError, match="does not have, moon; run `firstfive learn` again, or use the version"):
        Ranker(older(["fused", "moon"], column=1))


def test_nothing_graded_is_too_little_to_learn_from() -> None:
    flat = Group(group(0.0, 0.0).features, np.zeros(2, np.float32))
    with pytest.raises(LearnError, match="nothing to learn from") as caught:
        fit([flat])
    assert caught.value.code == "learn.few"


@pytest.mark.parametrize("model", [b"", b"no model", b"\xff\xfe"])
def test_a_damaged_ranker_says_what_to_do(model: bytes) -> None:
    with pytest.raises(LearnError, match="firstfive learn"):
        Ranker(model)


# --- the hand-over ----------------------------------------------------------------------------------------------------


def held(visitor: int, *, right: bool) -> Held:
    """A request whose match is last by the old score, and first by the learned one where that is right."""
    old = np.linspace(1, 0, 12).astype(np.float32)
    liked = np.eye(12, dtype=np.float32)[11 if right else 0]
    return Held(visitor, old, old[::-1].copy(), liked)


def test_without_a_held_out_request_nothing_is_handed_over() -> None:
    assert hand_over([], ends).share == 0


def test_a_few_visitors_hand_nothing_over_however_clear_they_are() -> None:
    found = hand_over([held(visitor, right=True) for visitor in range(10)], ends)
    assert (found.share, found.visitors) == (0, 10)


def test_one_visitor_who_comes_a_hundred_times_counts_once() -> None:
    found = hand_over([held(1, right=True) for _ in range(100)], ends)
    assert (found.share, found.requests, found.visitors) == (0, 100, 1)


def test_all_is_handed_over_to_what_is_always_right_and_nothing_to_what_is_always_wrong() -> None:
    assert hand_over([held(visitor, right=True) for visitor in range(60)], ends).share > 0.5
    assert hand_over([held(visitor, right=False) for visitor in range(60)], ends).share == 0


def test_a_gain_that_may_be_chance_hands_nothing_over() -> None:
    mixed = [held(visitor, right=visitor % 2 == 0) for visitor in range(40)]
    found = hand_over(mixed, ends)
    assert found.share == 0
    assert found.curve[0].gain == (0, 0, 0)


def test_a_share_of_none_is_the_score_before_bit_for_bit() -> None:
    before = np.array([0.1, 0.7, 1 / 3], np.float32)
    assert blend(before, np.array([9, 9, 9], np.float32), 0.0) is before


# --- in the order of time ---------------------------------------------------------------------------------------------

ITEMS = 40


def world(visits: int, *, seed: int = 1) -> tuple[Likes, np.ndarray]:
    """Visitors who like one of five items that the score before learning has far down, each asking at random."""
    random = np.random.default_rng(seed)
    made = likes(*((visitor, int(random.integers(0, 5))) for visitor in range(visits)))
    return made, random.permuted(np.tile(np.linspace(1, 0, ITEMS), (visits, 1)), axis=1).astype(np.float32)


def seeing(made: Likes, scores: np.ndarray) -> object:
    def see(row: int, crowd: Crowd) -> Seen:
        every = Candidates(np.arange(ITEMS), scores[row], {})
        return Seen(rows(every, crowd), every.positions == made.items[row])

    return see


def test_with_a_handful_of_likes_nothing_is_learned() -> None:
    made, scores = world(30)
    found = learn(made, ITEMS, seeing(made, scores), ends)  # type: ignore[arg-type]
    assert (found.model, found.handover.share) == (None, 0)


def test_with_many_likes_what_was_learned_takes_over() -> None:
    made, scores = world(400)
    found = learn(made, ITEMS, seeing(made, scores), ends)  # type: ignore[arg-type]
    assert found.model is not None
    assert found.handover.share >= 0.5
    best = max(found.handover.curve, key=lambda point: point.success)
    chosen = next(point for point in found.handover.curve if point.share == found.handover.share)
    assert chosen.success >= 0.9 * best.success


def reading(made: Likes, scores: np.ndarray, said: Callable[[int, np.ndarray], np.ndarray], among: int = ITEMS) -> Any:
    """As `seeing`, but a model had read the liked item and four of the first `among` before they were shown.

    said(row, liked): what it said of the five.
    """

    def see(row: int, crowd: Crowd) -> Seen:
        order = np.argsort(-scores[row])
        every = Candidates(order, scores[row][order], {})
        liked = every.positions == made.items[row]
        random = np.random.default_rng(row)
        others = np.flatnonzero(~liked & (every.positions < among))
        read = np.r_[np.flatnonzero(liked), random.choice(others, 4, replace=False)]
        fits = np.full(ITEMS, np.nan, np.float32)
        fits[read] = said(row, liked[read])
        return Seen(rows(every, crowd), liked, fits=fits)

    return see


def test_that_a_model_read_an_item_is_no_reason_to_like_it() -> None:
    """All that was liked had been read, and said to be middling like all that was: nothing follows."""
    made, scores = world(400)
    see = reading(made, scores, lambda *_: np.full(5, 0.5))
    read = learn(made, ITEMS, see, ends)
    unread = learn(made, ITEMS, lambda row, crowd: replace(see(row, crowd), fits=None), ends)
    gains, others = ([point.gain.value for point in one.handover.curve] for one in (read, unread))
    assert gains == pytest.approx(others, abs=0.03)
    assert read.worth.share == 0


def hinting(row: int, liked: np.ndarray) -> np.ndarray:
    """A model that is shy: .52 for what will be liked, a little less for all else."""
    return np.where(liked, 0.52, 0.5 - np.random.default_rng(row).random(5) / 100)


def contrary(_: int, liked: np.ndarray) -> np.ndarray:
    """A model that is sure, and wrong."""
    return 1.0 - liked


@pytest.mark.parametrize(("said", "among", "looks"), [(hinting, 5, True), (contrary, ITEMS, False)])
def test_what_a_models_score_is_worth_is_learned_where_likes_show_it(said: Any, among: int, looks: bool) -> None:
    made, scores = world(400)
    made = replace(made, items=np.random.default_rng(3).choice(5, 400, p=[0.6, 0.1, 0.1, 0.1, 0.1]))
    found = learn(made, ITEMS, reading(made, scores, said, among), ends)
    assert found.model is not None
    assert found.handover.share > 0
    assert found.worth.share > 0
    assert (Ranker(found.model).importance()["rerank"] > 0.05) == looks


def test_with_a_handful_of_scores_a_models_score_is_worth_what_it_was() -> None:
    made, scores = world(400)
    see, plain = reading(made, scores, hinting), seeing(made, scores)
    few = learn(made, ITEMS, lambda row, crowd: see(row, crowd) if row % 40 == 0 else plain(row, crowd), ends)  # type: ignore[operator]
    assert few.handover.share > 0
    assert few.worth.share == 0


def test_judged_requests_teach_without_a_single_event_and_each_is_held_out_once() -> None:
    def judge(crowd: Crowd) -> list[Group]:
        random = np.random.default_rng(4)
        made = []
        for _ in range(90):
            features = np.full((15, len(FEATURES)), np.nan, np.float32)
            features[:, FEATURES.index("fused")] = np.linspace(1, 0, 15)
            features[:, FEATURES.index("chars")] = random.random(15)
            grades = np.zeros(15, np.float32)
            grades[features[:, FEATURES.index("chars")].argmax()] = 3
            made.append(Group(features, grades))
        return made

    found = learn(likes(), ITEMS, lambda *_: None, ends, judge=judge)
    assert (found.groups, found.handover.requests, found.handover.visitors) == (90, 90, 90)
    assert found.handover.share >= 0.5
    assert learn(likes(), ITEMS, lambda *_: None, ends).model is None


def test_likes_that_follow_no_pattern_hand_nothing_over() -> None:
    random = np.random.default_rng(8)
    made, scores = world(400)
    made = Likes(made.visitors, random.integers(0, ITEMS, 400), made.vectors)
    found = learn(made, ITEMS, seeing(made, scores), ends)  # type: ignore[arg-type]
    assert found.handover.share == 0


def test_a_hundredth_of_made_up_visits_moves_an_item_by_one_place_at_most() -> None:
    """Ten of a thousand visitors do nothing but like item 30. Elsewhere it stays where it was."""
    made, scores = world(1_000)
    bought = made.items.copy()
    bought[::100] = 30
    attacked = Likes(made.visitors, bought, made.vectors)

    def places(given: Likes) -> np.ndarray:
        found = learn(given, ITEMS, seeing(given, scores), ends)  # type: ignore[arg-type]
        assert found.model is not None
        assert found.handover.share > 0
        ranker, fresh = Ranker(found.model), world(50, seed=2)[1]
        asked = (Candidates(np.arange(ITEMS), one, {}) for one in fresh)
        ranked = (blend(one.scores, ranker(rows(one, found.crowd)), found.handover.share) for one in asked)
        return np.array([int((one > one[30]).sum()) for one in ranked])

    assert (places(made) - places(attacked)).max() <= 1


def test_thirty_honest_likes_lift_an_item_on_its_own_requests() -> None:
    before = gather(likes(*((v, v % 5) for v in range(200)), vectors=[[0.0, 1.0]] * 200), ITEMS)
    pairs = [*((v, v % 5) for v in range(200)), *((v, 30) for v in range(200, 230))]
    after = gather(likes(*pairs, vectors=[[0.0, 1.0]] * 200 + [[1.0, 0.0]] * 30), ITEMS)
    own = np.array([1.0, 0.0], np.float32)
    assert after.echoed(own, np.array([30]))[0] == pytest.approx(0.75)
    assert before.echoed(own, np.array([30]))[0] == 0
