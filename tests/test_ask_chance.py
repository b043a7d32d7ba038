"""The chance that a match is among the five: signals, the fitted curve, and how it is spread over candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.app import asking, chances
from firstfive.app.blind import without_sentence
from firstfive.ask import Calibration, MadeUp, fit, fit_answers, made_up, perturbed, read, spread
from firstfive.features import FIRST, SIGNALS, met_share, signals
from firstfive.testing.world import THINGS, WISHES
from firstfive.types import ItemId, Request, Span

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project


def told(*scores: float, **channels: list[float]) -> np.ndarray:
    """The signals of a ranking with these scores; all else is nothing."""
    given_channels = {name: np.array(given, dtype=np.float32) for name, given in channels.items()}
    return signals(np.array(scores, dtype=np.float32), given_channels, near=0, met=0, telling=0, items=100)


def value(found: np.ndarray, name: str) -> float:
    return float(found[SIGNALS.index(name)])


def tried(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Signals of which "best" says it all, and whether the match was found."""
    random = np.random.default_rng(seed)
    rows = random.random((n, len(SIGNALS)))
    return rows, random.random(n) < rows[:, 0]


# --- signals ----------------------------------------------------------------------------------------------------------


def test_a_leader_far_ahead_is_a_surer_answer_than_a_crowd() -> None:
    ahead = told(0.9, 0.3, 0.2, 0.2, 0.2, 0.05, 0.05)
    crowd = told(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    assert value(ahead, "lead") > value(crowd, "lead")
    assert value(ahead, "best") > value(crowd, "best")


def test_channels_agree_where_their_best_are_the_rankings_best() -> None:
    down, up = [1, 0.9, 0.8, 0.7, 0.6, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0.6, 0.7, 0.8, 0.9, 1.0]
    scores = [1 - place / 10 for place in range(10)]
    assert value(told(*scores, words=down, whole=down), "agree") == 1
    assert value(told(*scores, words=down, whole=up), "agree") == 0.5


def test_an_answer_of_nothing_has_signals_of_nothing() -> None:
    assert not told().any()


def test_rare_words_count_for_more_of_what_an_item_holds() -> None:
    asked, rarity = np.array([0, 1], dtype=np.uint32), np.array([1.0, 3.0], dtype=np.float32)
    assert met_share(asked, np.array([1], dtype=np.uint32), rarity) == pytest.approx(0.75)
    assert met_share(asked[:0], asked, rarity) == 0


# --- the curve --------------------------------------------------------------------------------------------------------


def test_the_curve_finds_the_signal_that_tells_and_its_level() -> None:
    rows, found = tried(600)
    learned = fit(rows, found)
    assert max(zip(learned.weights, SIGNALS, strict=True))[1] == "best"
    again, outcome = tried(600, seed=1)
    stated = learned.chances(again)
    assert stated.mean() == pytest.approx(outcome.mean(), abs=0.05)
    assert stated[again[:, 0] > 0.8].mean() > 0.75
    assert stated[again[:, 0] < 0.2].mean() < 0.25


def test_a_signal_that_points_the_wrong_way_is_left_out() -> None:
    rows, found = tried(400)
    assert fit(1 - rows, found).weights[0] == 0


def test_no_chance_is_stated_as_certain() -> None:
    rows, _ = tried(50)
    assert fit(rows, np.ones(50, dtype=bool)).chances(rows).max() <= 0.98
    assert fit(rows, np.zeros(50, dtype=bool)).chances(rows).min() >= 0.02


def test_fitting_twice_gives_the_same_curve() -> None:
    assert fit(*tried(100)) == fit(*tried(100))


def test_what_answers_add_is_learned_and_leaves_the_rest_as_it_is() -> None:
    rows, found = tried(600)
    learned = fit(rows, found)
    nats = np.full(len(rows), 2.0)
    surer = np.random.default_rng(3).random(len(rows)) < 0.5 + rows[:, 0] / 2
    answered = fit_answers(learned, rows, surer, nats, np.ones(len(rows)))
    assert answered.answers > 0.3
    assert (answered.chances(rows) == learned.chances(rows)).all()
    assert answered.chances(rows, nats).mean() == pytest.approx(surer.mean(), abs=0.05)
    assert answered.chance(rows[0], 1.0) > answered.chance(rows[0])
    never = fit_answers(learned, rows, np.zeros(len(rows), dtype=bool), nats, np.ones(len(rows)))
    assert never.answers == 0


def test_without_a_tried_answer_half_of_what_it_tells_is_believed() -> None:
    learned = fit(*tried(100))
    nothing = np.empty((0, len(SIGNALS)))
    none = np.empty(0)
    assert fit_answers(learned, nothing, none.astype(bool), none, none).answers == 0.5


# --- spreading --------------------------------------------------------------------------------------------------------


def test_the_first_five_share_the_chance() -> None:
    shares = spread(np.linspace(1, 0, 60).astype(np.float32), 0.6)
    assert shares[:FIRST].sum() == pytest.approx(0.6, abs=0.01)
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 0).all()


@given(st.lists(st.floats(0, 1, width=32), max_size=40), st.floats(0, 1))
def test_shares_are_probabilities_whatever_the_scores(scores: list[float], chance: float) -> None:
    shares = spread(np.array(sorted(scores, reverse=True), dtype=np.float32), chance)
    assert len(shares) == len(scores)
    assert (shares >= 0).all()
    assert not scores or shares.sum() == pytest.approx(1)


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
    assert judged.found.tolist() == [True] * len(WISHES) + [False]
    learned = chances.learn(serving, questions=12, judged=judged)
    assert learned.questions == chances.learn(serving, questions=12).questions + len(WISHES) + 1


def test_a_release_without_a_calibration_states_no_chance(world: Project) -> None:
    serving = world.recommender.serving
    query = serving.query(read(Request("someone who makes dentures")))
    assert asking.look(serving, query, asking.find(serving, query), None).chance is None


def test_a_clear_request_has_a_better_chance_than_a_vague_one(world: Project) -> None:
    serving = world.recommender.serving
    weights = tuple(float(name == "telling") for name in SIGNALS)
    learned = Calibration((2.0,) * len(SIGNALS), (1.0,) * len(SIGNALS), weights, 0.0, 1)

    def chance(text: str) -> float:
        query = serving.query(read(Request(text)))
        return asking.look(serving, query, asking.find(serving, query), learned).chance or 0.0

    assert chance("makes crowns, bridges and dentures for dentists") > chance("makes crowns") + 0.2


def test_a_calibration_prints_its_signals() -> None:
    learned = Calibration((0.0,) * 7, (1.0,) * 7, (0.0,) * 7, 0.0, 1)
    assert learned.signals == SIGNALS
    assert learned.chance(np.zeros(7)) == 0.5
