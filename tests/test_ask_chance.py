"""The chance that a match is among the five: the grounds, the fitted curve, and each candidate's share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.app import asking, chances
from firstfive.app.blind import without_sentence
from firstfive.ask import (
    USUAL,
    Calibration,
    Grounds,
    MadeUp,
    answer,
    by_labels,
    doubts,
    fit,
    losses,
    made_up,
    perturbed,
    read,
)
from firstfive.features import FIRST, GROUNDS, met_shares
from firstfive.measure.calibration import reliability
from firstfive.rank import behind
from firstfive.testing.world import THINGS, WISHES
from firstfive.types import ItemId, Request, Span, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project

K = 20
"""Candidates of each made-up ranking."""
NONE = np.arange(K + 1) == K


def shown(*scores: float, words: int = 6, against: Sequence[float] = (), narrowed: float = 0.0) -> Grounds:
    """Candidates with these scores, best first, of which nothing else is known."""
    rows = np.full((len(scores), len(GROUNDS)), np.nan)
    rows[:, 0] = scores
    return Grounds(rows, words, np.array(against or [0.0] * len(scores)), narrowed)


def drawn(n: int, seed: int = 0, narrowed: float = 0.0) -> tuple[list[Grounds], list[np.ndarray]]:
    """Rankings of which the score says who is it, as a logit of weight 6; fewer words and narrowed nats say less of
    none; and every third candidate has two nats against it."""
    random = np.random.default_rng(seed)
    grounds, right = [], []
    for _ in range(n):
        rows = random.random((K, len(GROUNDS)))
        rows = rows[np.argsort(-rows[:, 0])]
        words = int(random.integers(1, 20))
        against = np.where(np.arange(K) % 3 == 0, 2.0, 0.0)
        odds = np.append(6 * rows[:, 0] - against, 10 - 2 * np.log1p(words) - 0.8 * narrowed)
        shares = np.exp(odds) / np.exp(odds).sum()
        grounds.append(Grounds(rows, words, against, narrowed))
        right.append(np.arange(K + 1) == random.choice(K + 1, p=shares))
    return grounds, right


def found(right: list[np.ndarray]) -> np.ndarray:
    return np.array([mask[:FIRST].any() for mask in right])


def stated(learned: Calibration, grounds: list[Grounds]) -> np.ndarray:
    return np.array([learned.chance(one) for one in grounds])


def grounds_of(serving: Serving, request: Request) -> Grounds:
    query = serving.query(read(request))
    return asking.grounds_of(serving, query, asking.find(serving, query))


# --- grounds ----------------------------------------------------------------------------------------------------------


def test_rare_words_count_for_more_of_what_an_item_holds() -> None:
    asked, rarity = np.array([0, 1], dtype=np.uint32), np.array([1.0, 3.0, 9.0], dtype=np.float32)
    held = [np.array(pieces, dtype=np.uint32) for pieces in ([1], [0, 2], [])]
    assert met_shares(asked, held, rarity).tolist() == pytest.approx([0.75, 0.25, 0])
    assert np.isnan(met_shares(asked[:0], held, rarity)).all()


def test_answers_speak_against_what_states_otherwise_and_less_so_against_what_is_silent() -> None:
    yes, perhaps = np.array([True, False, False, False]), np.array([False, True, False, False])
    said = answer(yes, perhaps)
    states, silent, otherwise, _ = doubts(np.arange(4), [said])
    assert states == 0
    assert silent == pytest.approx(np.log(4))
    assert otherwise > silent + 2
    assert doubts(np.array([2]), [said, said])[0] == pytest.approx(2 * otherwise)
    assert doubts(np.arange(4), []).tolist() == [0, 0, 0, 0]
    assert losses(np.arange(4), [said]).tolist() == pytest.approx([0, silent / 5, *[otherwise / 5] * 2])


def test_the_grounds_of_a_request_are_its_rankings(world: Project) -> None:
    serving = world.recommender.serving
    query = serving.query(read(Request("someone who makes crowns, bridges and dentures")))
    ranked = asking.find(serving, query)
    seen = asking.grounds_of(serving, query, ranked)
    assert seen.rows[:, 0].tolist() == pytest.approx(ranked.scores.tolist())
    assert seen.words == 7
    assert not seen.doubts.any()
    best = [int(seen.rows[:, GROUNDS.index(name)].argmax()) for name in ("near", "met")]
    assert [serving.catalogue.id(int(ranked.positions[row])) for row in best] == ["dentist", "dentist"]


def test_an_answer_speaks_against_others_and_takes_nothing_off_a_score(world: Project) -> None:
    serving = world.recommender.serving
    request = Request("someone who makes things")

    def scores(request: Request) -> tuple[dict[int, float], Grounds]:
        query = serving.query(read(request))
        ranked = asking.find(serving, query)
        seen = asking.grounds_of(serving, query, ranked)
        return dict(zip(ranked.positions.tolist(), seen.rows[:, 0].tolist(), strict=True)), seen

    plain, before = scores(request)
    told, after = scores(replace(request, told=(Told("country", 'country = "se"', "value", ("se",)),)))
    assert not before.doubts.any()
    assert after.doubts[0] == 0 < after.doubts[-1]
    denied = [place for place, doubt in zip(told, after.doubts, strict=True) if doubt]
    assert {place: told[place] for place in denied} == pytest.approx(
        {place: plain[place] for place in denied}, abs=0.06
    )


def test_a_score_is_what_the_channels_gave_whatever_moved_the_item(world: Project) -> None:
    serving = world.recommender.serving
    query = serving.query(read(Request("someone who makes crowns")))
    ranked = asking.find(serving, query)
    plain = asking.grounds_of(serving, query, ranked)
    assert plain.rows[:, 0].tolist() == pytest.approx(ranked.scores.tolist())
    turned = replace(ranked.take(np.arange(len(ranked))[::-1]), scores=ranked.scores)  # as a reranker leaves them
    assert asking.grounds_of(serving, query, turned).rows[:, 0].tolist() == pytest.approx(plain.rows[::-1, 0].tolist())
    refused = asking.grounds_of(serving, query, behind(ranked, np.ones(len(ranked), dtype=bool)))
    assert (refused.doubts > 3).all()
    none = asking.grounds_of(serving, query, ranked.take(slice(0, 0)))
    assert (len(none.rows), USUAL.chance(none)) == (0, 0)
    assert len(asking.shares_of(ranked.take(slice(0, 0)), none, None)) == 0


def test_what_answers_speak_against_is_not_refused_as_well(world: Project) -> None:
    serving = world.recommender.serving
    told = (
        Told("country", 'country = "se"', "value", ("se",)),
        Told("employees", "employees > 500", "over", (500,)),
        Told("", "employees < 5", "up_to", (5,)),
    )
    query = serving.query(read(Request("someone who makes things", told=told)))
    ranked = asking.find(serving, query)
    grounds = asking.grounds_of(serving, query, ranked)
    assert not ranked.refused.any()
    assert ranked.scores.min() < -1
    assert grounds.doubts == pytest.approx(doubts(ranked.positions[: len(grounds.rows)], asking.stated(serving, query)))


def test_a_filter_leaves_less_that_is_not_looked_at(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    serving = world.recommender.serving
    monkeypatch.setattr(asking, "DEEP", 3)
    every, some = Request("someone who makes things"), Request("someone who makes things", filter="employees > 20")
    none = grounds_of(serving, replace(every, told=(Told("", "employees > 20", "over", (20,)),)))
    assert grounds_of(serving, every).narrowed < none.narrowed <= grounds_of(serving, some).narrowed
    told = replace(every, told=(Told("", "employees < 1000", "up_to", (1000,)),))
    assert grounds_of(serving, told).narrowed < grounds_of(serving, replace(told, filter="employees > 20")).narrowed
    one = grounds_of(serving, replace(every, filter='country = "ie"'))
    assert one.narrowed == pytest.approx(np.log(len(serving.catalogue)))
    assert USUAL.shares(one)[-1] < USUAL.shares(replace(one, narrowed=0))[-1]


def test_liking_an_item_leaves_what_the_words_are_near_to(world: Project) -> None:
    serving = world.recommender.serving
    request = Request("someone who makes crowns")

    def near(request: Request) -> dict[int, float]:
        query = serving.query(read(request))
        ranked = asking.find(serving, query)
        return dict(zip(ranked.positions.tolist(), asking.grounds_of(serving, query, ranked).rows[:, 1], strict=True))

    plain, liked = near(request), near(replace(request, like=(ItemId("bakery"),)))
    assert {place: plain[place] for place in liked} == pytest.approx(liked)


def test_without_words_alone_nothing_is_known_of_meaning(world: Project) -> None:
    serving = world.recommender.serving
    query = replace(serving.query(read(Request("makes dentures"))), vector=None, meant=None, by_words=True)
    seen = asking.grounds_of(serving, query, asking.find(serving, query))
    assert np.isnan(seen.rows[:, 1]).all()
    assert np.isfinite(USUAL.shares(seen)).all()


# --- the curve --------------------------------------------------------------------------------------------------------


def test_the_curve_finds_what_tells_and_its_level() -> None:
    learned = fit(*drawn(600))
    raw = np.array(learned.weights[:-1]) / np.array(learned.spreads[:-1])
    assert raw.tolist() == pytest.approx([6, 0, 0], abs=0.8)
    assert learned.weights[-1] / learned.spreads[-1] == pytest.approx(-2, abs=0.5)
    grounds, right = drawn(2000, seed=1)
    said, seen = stated(learned, grounds), found(right)
    for part in np.array_split(np.argsort(said), 4):
        assert said[part].mean() == pytest.approx(seen[part].mean(), abs=0.05)
    assert said[seen].mean() > said[~seen].mean() + 0.05


def test_what_points_the_wrong_way_is_left_out() -> None:
    grounds, right = drawn(400)
    assert fit([replace(one, rows=1 - one.rows) for one in grounds], right).weights[0] == 0


def test_no_chance_is_stated_as_certain_and_none_of_nothing() -> None:
    grounds, _ = drawn(50)
    assert stated(fit(grounds, [np.arange(K + 1) == 0] * 50), grounds).max() <= 0.98
    assert stated(fit(grounds, [NONE] * 50), grounds).min() >= 0.02
    assert USUAL.chance(shown()) == 0


def labelled(n: int, shift: float, slope: float = 1.0, seed: int = 0) -> tuple[list[Grounds], np.ndarray]:
    """Requests whose match is found as the usual curve states, but for a shift and a slope in log-odds."""
    grounds, _ = drawn(n, seed)
    odds = shift + slope * np.array([USUAL.odds(one) for one in grounds])
    return grounds, np.random.default_rng(1_000 + seed).random(n) < 1 / (1 + np.exp(-odds))


def test_without_a_label_a_chance_is_what_the_first_five_share() -> None:
    grounds, _ = drawn(20)
    shares = [USUAL.shares(one)[:FIRST].sum() for one in grounds]
    assert stated(USUAL, grounds).tolist() == pytest.approx(np.clip(shares, 0.02, 0.98).tolist())
    assert by_labels(USUAL, [], np.zeros(0, dtype=bool)) == USUAL


@pytest.mark.parametrize(("shift", "slope"), [(1.5, 1.0), (-1.5, 1.0), (0.3, 0.5)])
def test_labels_say_how_often_a_match_is_found(shift: float, slope: float) -> None:
    learned = by_labels(USUAL, *labelled(1000, shift, slope))
    assert (learned.shift, learned.slope) == pytest.approx((shift, slope), abs=0.25)
    grounds, seen = labelled(2000, shift, slope, seed=1)
    found = reliability(stated(learned, grounds), seen)
    assert found.error < found.perfect + 0.02
    assert learned.unlabelled == USUAL


@pytest.mark.parametrize("shift", [2.0, -2.0])
def test_what_labels_say_is_shared_out_too_and_so_chooses_the_question(shift: float) -> None:
    learned, (grounds, _) = replace(USUAL, shift=shift), drawn(5)
    for one in grounds:
        before, after = USUAL.shares(one), learned.shares(one)
        assert after.sum() == pytest.approx(1)
        assert after[:FIRST].sum() == pytest.approx(learned.chance(one))
        assert (after[:FIRST].sum() > before[:FIRST].sum()) == (shift > 0)
        for part in (slice(0, FIRST), slice(FIRST, None)):
            assert (after[part] / after[part].sum()).tolist() == pytest.approx(
                (before[part] / before[part].sum()).tolist()
            )
    few = shown(0.9, 0.5)
    assert learned.shares(few)[:2].sum() == pytest.approx(learned.chance(few))
    assert learned.shares(shown()).tolist() == [1]


def test_the_fewer_labels_the_less_they_say() -> None:
    moved = [np.mean([by_labels(USUAL, *labelled(n, 1.5, seed=s)).shift for s in range(30)]) for n in (2, 10, 40, 400)]
    assert moved == sorted(moved)
    assert moved[0] < 0.5
    assert moved[-1] == pytest.approx(1.5, abs=0.1)


def test_labels_that_contradict_turn_no_chance_round() -> None:
    grounds, _ = drawn(3000)
    said = stated(USUAL, grounds)
    turned = by_labels(USUAL, grounds, said < np.median(said))
    assert turned.slope == 0
    assert stated(turned, grounds) == pytest.approx(0.5, abs=0.02)


def test_fitting_twice_gives_the_same_curve() -> None:
    assert fit(*drawn(100)) == fit(*drawn(100))


def test_what_narrowing_takes_off_the_rest_is_learned() -> None:
    before, after = drawn(400), drawn(400, seed=2, narrowed=2.0)
    learned = fit(before[0] + after[0], before[1] + after[1])
    assert learned.narrowed == pytest.approx(0.8, abs=0.2)
    grounds, right = drawn(1000, seed=3, narrowed=2.0)
    assert stated(learned, grounds).mean() == pytest.approx(found(right).mean(), abs=0.05)
    never = fit(before[0] + after[0], before[1] + [NONE] * 400)
    assert never.narrowed == 0
    assert fit(*drawn(100)).narrowed == pytest.approx(1)


def test_rankings_may_be_of_any_length_and_a_match_anywhere_among_several() -> None:
    grounds, right = drawn(300)
    cut = [replace(one, rows=one.rows[: at % K], doubts=one.doubts[: at % K]) for at, one in enumerate(grounds)]
    masks = [np.append(mask[: at % K], mask[at % K :].any()) for at, mask in enumerate(right)]
    learned = fit(cut, masks)
    assert learned.weights[0] / learned.spreads[0] == pytest.approx(6, abs=2)
    five = np.arange(K + 1) < FIRST
    judged = fit(grounds, [five if mask[:FIRST].any() else ~five for mask in right])
    assert stated(judged, grounds).mean() == pytest.approx(found(right).mean(), abs=0.03)


def test_what_is_not_known_says_nothing() -> None:
    grounds, right = drawn(300)
    for one in grounds:
        one.rows[:, 1:] = np.nan
    learned = fit(grounds, right)
    assert learned.weights[1:3] == (0, 0)
    assert np.isfinite([learned.none, *learned.means, *learned.spreads]).all()
    known = np.array([[0.5, 3.0, 9.0]] * 3)
    assert learned.chance(Grounds(known, 5, np.zeros(3))) == learned.chance(shown(0.5, 0.5, 0.5, words=5))


def test_weights_count_as_that_many_rankings() -> None:
    grounds, right = drawn(200)
    twice = fit(grounds + grounds[:100], right + right[:100])
    weighed = fit(grounds, right, np.where(np.arange(200) < 100, 2.0, 1.0))
    assert weighed.weights == pytest.approx(twice.weights)
    assert weighed.none == pytest.approx(twice.none)


# --- shares -----------------------------------------------------------------------------------------------------------


def test_a_leader_far_ahead_is_a_surer_answer_than_a_crowd() -> None:
    ahead, crowd = shown(0.9, *[0.2] * 30), shown(*[0.9] * 31)
    assert USUAL.shares(ahead)[0] > 2 * USUAL.shares(crowd)[0]


def test_how_far_off_a_candidate_is_counts_up_to_a_bound() -> None:
    off = USUAL.shares(shown(0.9, -40.0))
    assert off.tolist() == USUAL.shares(shown(0.9, -4000.0)).tolist()
    assert off[1] > 0


def test_a_doubt_takes_from_one_and_gives_to_the_others() -> None:
    plain = USUAL.shares(shown(0.9, 0.8, 0.7))
    doubted = USUAL.shares(shown(0.9, 0.8, 0.7, against=[3.0, 0, 0]))
    assert doubted[0] < plain[0]
    assert (doubted[1:] > plain[1:]).all()
    assert doubted[2] / doubted[1] == pytest.approx(plain[2] / plain[1])


def test_what_is_narrowed_or_said_in_more_words_leaves_less_to_what_is_not_there() -> None:
    plain = USUAL.shares(shown(0.9, 0.8))[-1]
    assert USUAL.shares(shown(0.9, 0.8, narrowed=2.0))[-1] < plain
    assert USUAL.shares(shown(0.9, 0.8, words=20))[-1] < plain


@given(st.lists(st.floats(-4, 2, width=32), max_size=40), st.integers(0, 500), st.floats(0, 30))
def test_shares_are_probabilities_whatever_the_scores(scores: list[float], words: int, narrowed: float) -> None:
    shares = USUAL.shares(shown(*sorted(scores, reverse=True), words=words, narrowed=narrowed))
    assert len(shares) == len(scores) + 1
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("looked_at", [5, 11, 12])
def test_candidates_that_are_not_looked_at_share_what_is_none_of_the_others(world: Project, looked_at: int) -> None:
    serving = world.recommender.serving
    ranked = asking.find(serving, serving.query(read(Request("someone who makes things"))))
    few = shown(*[0.9] * looked_at)
    learned = replace(USUAL, none=3.0)
    shares, whole = asking.shares_of(ranked, few, learned), learned.shares(few)
    assert len(shares) == len(ranked) == 12
    assert shares[:looked_at].tolist() == pytest.approx(whole[:-1].tolist())
    assert shares[looked_at:].sum() <= whole[-1] + 1e-9
    assert shares[looked_at:].max(initial=0) <= shares[:looked_at].min()
    assert (np.diff(shares[looked_at:]) <= 0).all()


# --- made-up questions ------------------------------------------------------------------------------------------------

TEXT = "Open daily. We repair wooden sailing boats in winter and rent them out in summer."
SENTENCES = [Span(0, 11), Span(12, len(TEXT))]


def test_a_question_is_made_from_a_sentence_and_not_from_a_label() -> None:
    question = made_up(TEXT, SENTENCES, 7, 24, np.random.default_rng(0))
    assert question
    assert question.position == 7
    assert question.span == SENTENCES[1]
    assert set(question.text.lower().split()) & {"repair", "wooden", "sailing", "boats", "winter"}


def test_an_item_that_says_nothing_gives_no_question() -> None:
    assert made_up("Open daily.", SENTENCES[:1], 0, 6, np.random.default_rng(0)) is None


def test_keywords_are_the_longer_words_and_misspelt_now_and_then() -> None:
    random = np.random.default_rng(3)
    asked = [perturbed(TEXT[12:], 3, random, dropped=0) for _ in range(60)]
    words = [word for text in asked for word in text.split()]
    assert all(len(text.split()) == 3 for text in asked)
    assert np.mean([len(word) for word in words]) > 5
    assert any(word not in TEXT for word in words)
    assert np.mean([word in TEXT for word in words]) > 0.85


def test_a_word_may_be_replaced_by_another_of_its_meaning() -> None:
    def like(word: str) -> str | None:
        return "yachts" if word == "boats" else None

    assert "yachts" in perturbed("We repair boats", 24, np.random.default_rng(0), like, dropped=0, replaced=1)


# --- of a real Release ------------------------------------------------------------------------------------------------


def test_a_release_answers_as_if_an_item_did_not_say_a_sentence(world: Project) -> None:
    serving = world.recommender.serving
    position = next(at for at in range(len(serving.catalogue)) if serving.catalogue.item(at).id == "dentist")
    item = serving.catalogue.item(position)
    told_by = next(span for span in item.passages if "crowns" in item.text[span.start : span.end])
    query = serving.query_text(read(Request("makes crowns, bridges and dentures")))
    blind = without_sentence(serving, MadeUp("", position, told_by, 6, blind=True))

    def lead(release: object) -> float:
        hits = release.words.search(query.reading.asked, 12)  # type: ignore[attr-defined]
        return max((float(s) for at, s in zip(hits.positions, hits.scores, strict=True) if at == position), default=0.0)

    assert lead(blind) < lead(serving)
    assert serving.passages
    assert blind.passages
    assert len(blind.passages.rows(position)) < len(serving.passages.rows(position))
    assert len(blind.passages.rows(position - 1)) == len(serving.passages.rows(position - 1))


def test_without_a_sentence_an_item_does_not_hold_its_terms(world: Project) -> None:
    serving = world.recommender.serving
    position = next(at for at in range(len(serving.catalogue)) if serving.catalogue.item(at).id == "dentist")
    item = serving.catalogue.item(position)
    told_by = next(span for span in item.passages if "crowns" in item.text[span.start : span.end])
    blind = without_sentence(serving, MadeUp("", position, told_by, 6, blind=True))

    def barred(release: Serving) -> list[int]:
        refusing = release.query_text(read(Request("no crowns")))
        mask = release.barred(refusing)
        return [] if mask is None else np.flatnonzero(mask).tolist()

    assert position in barred(serving)
    assert set(barred(blind)) == set(barred(serving)) - {position}


def test_learning_is_deterministic(world: Project) -> None:
    serving = world.recommender.serving
    assert chances.learn(serving, questions=24) == chances.learn(serving, questions=24)


def test_requests_that_people_labelled_are_learned_from_where_all_that_is_shown_has_a_label(world: Project) -> None:
    serving = world.recommender.serving
    every = [(wish.text, {thing.id: int(thing.id == wish.answer) for thing in THINGS}) for wish in WISHES]
    wrong = [("rye bread", dict.fromkeys((thing.id for thing in THINGS), 0))]
    some = [(wish.text, {ItemId(wish.answer): 1}) for wish in WISHES]
    judged = chances.try_judged(serving, [*every, *wrong, *some, ("...", {})])  # type: ignore[list-item]
    assert [one.found for one in judged] == [True] * len(WISHES) + [False]
    assert [one.text for one in judged] == [*(wish.text for wish in WISHES), "rye bread"]
    assert judged[0].grounds.rows.tolist() == grounds_of(serving, Request(WISHES[0].text)).rows.tolist()


def test_a_release_without_a_calibration_states_no_chance(world: Project) -> None:
    serving = world.recommender.serving
    query = serving.query(read(Request("someone who makes dentures")))
    assert asking.look(serving, query, asking.find(serving, query), None).chance is None


def test_a_clear_request_has_a_better_chance_than_a_vague_one(world: Project) -> None:
    serving = world.recommender.serving

    def chance(text: str) -> float:
        query = serving.query(read(Request(text)))
        return asking.look(serving, query, asking.find(serving, query), USUAL).chance or 0.0

    assert chance("makes crowns, bridges and dentures for dentists") > chance("makes things") + 0.2
