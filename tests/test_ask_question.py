"""What to ask next, how answers count, what sharpens, and how strong a description is."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from conftest import project_of
from firstfive.app import asking
from firstfive.ask import LEVELS, answer, asked_as, nearer, prefer, read, said, sharpenings, strength, topic
from firstfive.ask.question import best, gain, natural_cuts
from firstfive.ask.stated import _PLACES, one_place
from firstfive.build.columns import columns
from firstfive.errors import ModelError, RequestError
from firstfive.features import FIRST
from firstfive.rank import Filter, parse_filter
from firstfive.settings import AskSettings
from firstfive.types import Candidates, ItemId, Option, Question, Request, Sharpening, Told, Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.ports import Column, Embedder
    from firstfive.rank import Verdict
    from firstfive.types import Asked, Pieces, Value, Vectors


def typed(kind: str, *values: Value | None, name: str = "field") -> Mapping[str, Column]:
    """One column of these values; None where an item states nothing."""
    return columns({name: kind}, [{} if value is None else {name: value} for value in values])


def even(n: int) -> tuple[np.ndarray, np.ndarray]:
    """n candidates, each as likely as the other."""
    return np.arange(n), np.full(n, 1 / max(1, n))


def asked(found: Mapping[str, Column], n: int, skip: Sequence[str] = ()) -> Question | None:
    return best(found, *even(n), skip)


# --- the question -----------------------------------------------------------------------------------------------------


def test_the_gain_is_what_the_five_hold_after_the_answer_more_than_before() -> None:
    shares = np.full(10, 0.1)
    halves = np.array([[1.0] * 5 + [0.0] * 5, [0.0] * 5 + [1.0] * 5])
    assert gain(shares, halves) == pytest.approx(1.0 - 0.5)


def test_an_answer_that_all_give_gains_nothing() -> None:
    assert gain(np.full(10, 0.1), np.ones((1, 10))) == pytest.approx(0)
    assert gain(np.full(10, 0.1), np.zeros((2, 10))) == pytest.approx(0)  # nobody can answer: all stays as it was


def test_the_question_is_the_one_that_parts_the_candidates() -> None:
    parting = columns(
        {"country": "text", "colour": "text"},
        [{"country": "us" if at < 10 else "de", "colour": "red"} for at in range(20)],
    )
    question = best(parting, *even(20))
    assert question
    assert (question.field, question.topic) == ("country", "place")
    assert [option.values for option in question.options] == [("de",), ("us",)]
    assert question.gain > 0.15


def test_nobody_is_asked_for_an_address() -> None:
    sites = ("https://a.example/1", "//b.example", "javascript:alert(1)", "me@c.example") * 5
    assert asked(typed("text", *sites), 20) is None
    assert asked(typed("text", *("red", "blue", "green", "black") * 5), 20) is not None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lang", ("en-gb", "de")),
        ("page_language", ("en", "fr")),
        ("Sprache", ("de-ch", "de")),
        ("author_id", ("17", "23")),
        ("image_url", ("a.png", "b.png")),
        ("robots", ("index", "noindex")),
    ],
)
def test_nobody_is_asked_for_a_code_that_programs_write_for_programs(name: str, values: tuple[str, str]) -> None:
    found = typed("text", *[values[at >= 7] for at in range(14)], name=name)
    assert asked(found, 14) is None
    assert sharpenings(found, np.arange(14), np.full(14, 1 / 14)) == ((),) * FIRST


@pytest.mark.parametrize(
    ("name", "values"),
    [("language", ("english", "french")), ("languages", ("de", "english")), ("id_card", ("needed", "not needed"))],
)
def test_what_people_speak_or_bring_is_asked_about(name: str, values: tuple[str, str]) -> None:
    found = typed("text", *[values[at >= 7] for at in range(14)], name=name)
    assert asked(found, 14) is not None


@pytest.mark.parametrize("values", [("lang:en", "lang:de"), ("genre:rock", "genre:jazz"), ("type:cafe", "a:b")])
def test_a_value_with_a_colon_is_no_address(values: tuple[str, str]) -> None:
    question = asked(typed("text", *values * 10), 20)
    assert question
    assert {option.values[0] for option in question.options} == set(values)


def test_a_very_long_value_does_not_hold_a_question_up() -> None:
    began = time.thread_time()
    assert asked(typed("text", *("red", "blue", "green", "a@" * 100_000) * 5), 20)
    assert time.thread_time() - began < 2


def test_a_field_that_was_said_or_asked_is_not_asked() -> None:
    parting = typed("text", *["us"] * 10, *["de"] * 10)
    assert asked(parting, 20)
    assert asked(parting, 20, skip=("field",)) is None


def test_nothing_is_asked_where_the_answers_tell_nothing_apart() -> None:
    assert asked(typed("text", *["us"] * 20), 20) is None
    assert asked(typed("number", *[7.0] * 20), 20) is None
    assert asked(typed("yes/no", *[True] * 20), 20) is None
    assert asked(typed("text", *[None] * 18, "us", "de"), 20) is None  # hardly any states it
    assert best({}, *even(20)) is None
    assert asked(typed("text"), 0) is None


def test_names_and_long_texts_are_no_buttons() -> None:
    assert asked(typed("text", *[f"name {at}" for at in range(20)]), 20) is None
    assert asked(typed("text", *["a very long line " * 4, "another long line of words " * 3] * 10), 20) is None


def test_many_values_become_four_buttons_and_something_else() -> None:
    towns = [f"town {at}" for at in (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8)]
    question = asked(typed("text", *towns), len(towns))
    assert question
    assert [option.kind for option in question.options] == ["value"] * 4 + ["else"]
    assert question.options[0].condition == 'field = "town 0"'
    assert sum(option.share for option in question.options) == pytest.approx(1, abs=0.01)


def test_names_of_one_place_are_one_button_and_mean_all_that_state_any() -> None:
    named = ["germany", "deutschland", "allemagne", "france", "frankreich", "spain"]
    held = typed("text", *named * 5, "germany", name="country")
    question = asked(held, 31)
    assert question
    assert [one.values for one in question.options] == [("germany",), ("france",), ("spain",)]
    met = [parse_filter(one.condition).allowed(held, 31).yes.sum() for one in question.options]
    assert met == [16, 10, 5]
    alike = sharpenings(held, *even(31))[1][0]
    assert (alike.values, alike.others) == (("deutschland",), 13)
    assert parse_filter(alike.condition).allowed(held, 31).yes.sum() == 16


@pytest.mark.parametrize(
    ("name", "values", "same"),
    [
        ("country", ["de", "france", "germany"], [{"de", "germany"}]),
        ("country", ["de", "germany", "fr", "france", "uk"], [{"de", "germany"}, {"fr", "france"}]),
        ("country", ["de", "fr"], []),
        ("town", ["de", "germany"], []),  # a field of towns has no codes of countries
        ("land", ["bayern", "by", "belarus", "hessen"], []),  # "by" is Bavaria there
        ("state", ["ohio", "oh", "texas"], [{"oh", "ohio"}]),
    ],
)
def test_codes_of_countries_beside_names_are_of_the_same_places(
    name: str, values: list[str], same: list[set[str]]
) -> None:
    column = typed("text", *values, name=name)[name]
    found = {frozenset(column.values[code] for code in codes) for codes in one_place(name, column).values()}
    assert found == set(map(frozenset, same))


def test_places_are_forgotten_with_the_release_that_has_them() -> None:
    before = len(_PLACES)
    held = typed("text", "germany", "de", "france", name="country")
    assert one_place("country", held["country"]) is one_place("country", held["country"])
    assert len(_PLACES) == before + 1
    del held
    assert len(_PLACES) == before
    many = replace(typed("text", "germany", name="country")["country"], values=tuple(map(str, range(5_001))))
    assert one_place("country", many) == {}
    assert len(_PLACES) == before


def test_names_in_a_list_are_one_where_an_item_has_several() -> None:
    held = typed("list", *[("us", "united states"), ("usa",), ("mexico", "canada"), ("canada",)] * 6, name="markets")
    question = asked(held, 24)
    assert question
    shown = [str(one.values[0]) for one in question.options if one.values]
    assert sorted(shown)[:2] == ["canada", "mexico"]
    assert len(shown) == 3


@pytest.mark.parametrize("values", [("springfield", "berlin", "berlin mills"), ("georgia", "ga", "texas")])
def test_what_may_be_another_place_stays_an_answer_of_its_own(values: tuple[str, ...]) -> None:
    question = asked(typed("text", *(values * 8), name="town"), 24)
    assert question
    assert sorted(str(one.values[0]) for one in question.options if one.values) == sorted(values)


@pytest.mark.parametrize(
    ("values", "cuts"),
    [
        ([3, 8, 11, 40, 60, 180, 220, 900], [10, 50, 200]),
        ([1990, 1998, 2003, 2011, 2016, 2021], [1995, 2000, 2015]),
        ([5, 5, 5], []),
        ([1, 2], [1]),
        ([0.2, 0.4, 3.1, 6.0], [0.2, 0.5]),
    ],
)
def test_numbers_are_parted_at_round_places(values: list[float], cuts: list[float]) -> None:
    found = np.array(values, dtype=np.float64)
    assert natural_cuts(found, np.full(len(values), 1 / len(values))) == pytest.approx(cuts)


@given(st.lists(st.floats(-1e9, 1e12, allow_nan=False), max_size=30))
def test_each_group_of_numbers_holds_one(values: list[float]) -> None:
    found = np.array(values, dtype=np.float64)
    edges = [-np.inf, *natural_cuts(found, np.full(len(values), 1.0)), np.inf]
    groups = [((found > low) & (found <= high)).sum() for low, high in zip(edges[:-1], edges[1:], strict=True)]
    assert len(groups) == 1 or min(groups) > 0


@given(
    st.lists(
        st.one_of(st.none(), st.sampled_from(["a", 'say "b"', "c\\d", "é", "in", "1..2"])), min_size=8, max_size=40
    ),
    st.sampled_from(["field", "not", "two words", "a.b", 'say "so"']),
)
def test_every_button_is_a_condition_that_some_candidate_meets(values: list[str | None], name: str) -> None:
    found = typed("text", *values, name=name)
    question = best(found, *even(len(values))) or reject()
    for option in question.options:
        assert parse_filter(option.condition).allowed(found, len(values)).yes.any()


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6, width=32)), min_size=8, max_size=40))
def test_buttons_of_a_number_part_all_that_state_it(values: list[float | None]) -> None:
    found = typed("number", *values)
    question = best(found, *even(len(values))) or reject()
    met = [parse_filter(option.condition).allowed(found, len(values)).yes for option in question.options]
    assert np.sum(met, axis=0).tolist() == [int(value is not None) for value in values]


def test_a_field_is_said_by_its_value_its_name_or_words_of_its_topic() -> None:
    about = columns(
        {"country": "text", "team_size": "number", "industry": "text"},
        [{"country": "germany", "team_size": 4.0, "industry": "food"}],
    )
    assert said("a bakery in Germany", about) == {"country"}
    assert said("under 50 employees", about) == {"team_size"}
    assert said("which industry? food", about) == {"industry"}
    assert said("a bakery", about) == frozenset()


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("is it The Old House 77?", True),
        ("the old house", False),
        ("a cottage in St. Ives", True),
        ("a cottage in st ives", True),
        ("near Saint-Tropez", True),
        ("near saint tropez", True),
        ("the saint of Tropez", False),
        ("in an us", False),
    ],
)
def test_one_of_many_values_that_begin_alike_is_found_in_a_request(text: str, spoken: bool) -> None:
    many = [*(f"the old house {n}" for n in range(500)), *(f"saint {n} tropez" for n in range(50)), "us"]
    about = typed("text", *many, "st. ives", "saint-tropez", name="label")
    assert said(text, about) == ({"label"} if spoken else frozenset())


def test_many_values_that_begin_alike_do_not_slow_a_request_down() -> None:
    values = tuple(sorted(f"the house {n:07}" for n in range(200_000)))
    about = {"label": replace(typed("text", "a", name="label")["label"], values=values)}
    start = time.process_time()
    assert said("the house of the lord and the dog " * 20, about) == frozenset()
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize(
    ("field", "about"),
    [
        ("team_size", "size"),
        ("Country", "place"),
        ("yearFounded", "age"),
        ("revenue", "money"),
        ("zz9", "other"),
        ("age", "old"),
        ("Alter", "old"),
        ("min_age", "other"),
    ],
)
def test_a_fields_topic_is_read_off_its_name(field: str, about: str) -> None:
    assert topic(field) == about


@pytest.mark.parametrize(
    ("field", "kind", "words"),
    [
        ("Frei ab", "date", "when"),
        ("Libre à partir du", "date", "when"),
        ("founded", "date", "age"),
        ("garden", "yes/no", "truth"),
        ("sea_location", "yes/no", "truth"),
        ("price_per_night", "number", "price"),
        ("Loyer", "number", "price"),
        ("revenue", "number", "money"),
        ("Zimmer", "number", "count"),
        ("chambres", "number", "count"),
        ("guests", "number", "count"),
        ("niveau", "text", "level"),
        ("team_size", "number", "size"),
        ("headroom", "number", "other"),
        ("floor_area", "number", "other"),
    ],
)
def test_a_field_is_asked_about_in_words_of_its_own(field: str, kind: str, words: str) -> None:
    assert asked_as(field, kind) == words


def test_what_costs_something_is_of_the_topic_money() -> None:
    assert {topic(name) for name in ("price", "Miete", "loyer", "revenue")} == {"money"}


@pytest.mark.parametrize(
    ("name", "values", "begins"),
    [
        ("employees", [3.0, 8.0, 11.0, 40.0, 60.0, 180.0, 220.0, 900.0], [11.0, 51.0]),
        ("price", [3.0, 8.0, 11.0, 40.0, 60.0, 180.0, 220.0, 900.0], [10.0, 50.0]),
        ("length", [3.5, 8.0, 11.0, 40.0, 60.0, 180.0, 220.0, 900.0], [10.0, 50.0]),
    ],
)
def test_spans_of_whole_numbers_do_not_overlap_and_part_all_the_same(
    name: str, values: list[float], begins: list[float]
) -> None:
    columns = typed("number", *values, name=name)
    question = asked(columns, len(values))
    assert question
    assert [option.values[0] for option in question.options if option.kind == "between"] == begins
    held = [parse_filter(option.condition).allowed(columns, len(values)).yes for option in question.options]
    assert np.sum(held, axis=0).tolist() == [1] * len(values)


@pytest.mark.parametrize(
    ("days", "cuts"),
    [
        (
            [f"2026-0{month}-{day}" for month in range(1, 7) for day in (10, 20)],
            ["2026-02-28", "2026-04-30", "2026-05-31"],
        ),
        ([f"{year}-06-15" for year in range(2010, 2026)], ["2013-12-31", "2017-12-31", "2021-12-31"]),
        ([f"2026-05-{day:02}" for day in range(1, 29)], ["2026-05-07", "2026-05-14", "2026-05-21"]),
    ],
)
def test_dates_are_asked_about_in_spans_that_end_with_months_or_years(days: list[str], cuts: list[str]) -> None:
    question = asked(typed("date", *days), len(days))
    assert question
    assert [option.kind for option in question.options] == ["up_to", "between", "between", "over"]
    assert [option.values[-1] for option in question.options[:-1]] == cuts
    assert question.options[1].values[0] == (date.fromisoformat(cuts[0]) + timedelta(days=1)).isoformat()
    columns = typed("date", *days)
    held = [parse_filter(option.condition).allowed(columns, len(days)).yes for option in question.options]
    assert np.sum(held, axis=0).tolist() == [1] * len(days)


# --- answers ----------------------------------------------------------------------------------------------------------


def ranking(scores: Mapping[int, float]) -> Candidates:
    positions, given_scores = np.array(list(scores), dtype=np.int64), np.array(list(scores.values()), dtype=np.float32)
    return Candidates(positions, given_scores, {"words": np.ones(len(scores), dtype=np.float32)})


def test_what_states_the_answer_rises_what_is_silent_stays_what_states_otherwise_falls() -> None:
    found = ranking({0: 0.5, 1: 0.5, 2: 0.5})
    yes, perhaps = np.array([False, False, True]), np.array([False, True, False])
    assert prefer(found, found, [answer(yes, perhaps)]).positions.tolist() == [2, 1, 0]


def test_an_answer_that_few_items_state_leaves_the_silent_further_behind() -> None:
    found = ranking({0: 0.5, 1: 0.5})
    rare, common = np.array([True, False, False, False]), np.array([True, False, True, True])
    silent = np.array([False, True, False, False])
    by_rare, by_common = (prefer(found, found, [answer(yes, silent)]).scores.tolist() for yes in (rare, common))
    assert by_rare[0] == by_common[0] == 0.5  # what states it passes for no surer match than before
    assert by_rare[1] < by_common[1] < 0.5


def test_no_answer_is_expected_of_an_item_that_states_nothing() -> None:
    question = asked(typed("text", *["us"] * 5, *["de"] * 5, *[None] * 10), 20)
    assert question
    assert sum(option.share for option in question.options) == pytest.approx(0.5)


def test_an_answer_that_nothing_meets_leaves_everything_to_show() -> None:
    found = ranking({0: 0.9, 1: 0.4})
    nothing = np.array([False, False])
    left = prefer(found, found.take(slice(0, 0)), [answer(nothing, nothing)])
    assert left.positions.tolist() == [0, 1]
    assert left.channels["words"].tolist() == [1, 1]


# --- sharpening -------------------------------------------------------------------------------------------------------


def test_a_result_can_be_asked_for_smaller_where_there_are_smaller_ones() -> None:
    sizes = typed("number", *[100.0] * 5, *[10.0] * 10, *[200.0] * 8, name="employees")
    buttons = sharpenings(sizes, *even(23))
    assert len(buttons) == FIRST
    assert buttons[0][0].condition in {"employees < 100", "employees > 100"}
    assert buttons[0][0].topic == "size"
    assert buttons[0][0].others >= 5


def test_no_button_leads_to_nothing() -> None:
    sizes = typed("number", *[100.0] * 20)
    assert sharpenings(sizes, *even(20)) == ((),) * FIRST
    assert sharpenings(sizes, *even(3)) == ((),) * 3
    assert sharpenings({}, *even(0)) == ()


def test_a_field_that_was_answered_does_not_sharpen() -> None:
    places = typed("text", *["us", "de"] * 12)
    assert sharpenings(places, *even(24))[0]
    assert sharpenings(places, *even(24), skip=("field",))[0] == ()


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("rating", {"more"}),
        ("Bewertung", {"more"}),
        ("étoiles", {"more"}),
        ("price_per_hour", {"less"}),
        ("min_hours", {"less"}),
        ("miete", {"less"}),
        ("loyer", {"less"}),
        ("age_rating", {"less", "more"}),
        ("employees", {"less", "more"}),
    ],
)
def test_nobody_is_offered_a_lower_rating_or_a_higher_price(name: str, kinds: set[str]) -> None:
    numbers = typed("number", *[100.0, 50.0, 150.0] * 10, name=name)
    assert {one.kind for row in sharpenings(numbers, *even(30)) for one in row} == kinds


def test_a_value_that_nearly_all_have_who_state_the_field_is_no_button() -> None:
    spoken = typed("list", *[("english",)] * 12, ("english", "polish"), *[None] * 12)
    assert sharpenings(spoken, *even(25)) == ((),) * FIRST


def test_opening_times_are_neither_asked_about_nor_buttons() -> None:
    hours = typed("text", *["Mon-Fri", "Monday to Friday", "Tue, Thu 9-5"] * 10)
    assert best(hours, *even(30)) is None
    assert sharpenings(hours, *even(30)) == ((),) * FIRST
    days = typed("text", *["Monday", "Tuesday", "Friday"] * 10)
    assert best(days, *even(30)) is not None
    assert sharpenings(days, *even(30))[0]


def test_nobody_is_offered_more_than_they_said_is_the_most() -> None:
    prices = typed("number", *[100.0] * 5, *[10.0] * 10, *[200.0] * 8, name="price")
    kinds = {one.kind for row in sharpenings(prices, *even(23), capped={("price", "more")}) for one in row}
    assert kinds == {"less"}
    assert {one.kind for row in sharpenings(prices, *even(23), capped={("size", "less")}) for one in row} > set()
    both = {("price", "more"), ("price", "less")}
    assert sharpenings(prices, *even(23), capped=both) == ((),) * FIRST


def test_a_limit_in_the_request_is_one_that_buttons_keep(world: Project) -> None:
    def offered(text: str) -> set[str]:
        rows = looked(world.recommender.serving, text, settings=AskSettings(questions=0)).sharpenings
        return {one.kind for row in rows for one in row if one.field == "employees"}

    assert "less" in offered("someone who makes things")
    assert "more" not in offered("someone who makes things with fewer than 100 employees")
    assert "less" not in offered("someone who makes things with more than 20 employees")


# --- phrases ----------------------------------------------------------------------------------------------------------

TALES = ["We press olive oil on our own farm.", "We repair church organs across Europe."]


class Wordless:
    """An embedder of whose words there is no table, as one behind an API."""

    def __init__(self, plain: Embedder) -> None:
        self.name, self.size, self.embed = plain.name, plain.size, plain.embed
        self.table = np.empty((0, 1), dtype=np.float16)

    def pieces(self, text: str) -> Pieces:  # noqa: ARG002  # of the port
        return np.empty(0, dtype=np.uint32)


def tales(n: int) -> tuple[Sequence[str], np.ndarray]:
    """Two kinds of text in turn, each kind with a vector of its own; no two say it word for word."""
    return [f"In {at}, {TALES[at % 2]}" for at in range(n)], np.stack(
        [np.eye(4, dtype=np.float32)[at % 2] for at in range(n)]
    )


def test_without_fields_the_phrases_that_part_the_candidates_are_asked() -> None:
    texts, vectors = tales(24)
    question = nearer(texts, vectors, np.full(24, 1 / 24), "something old")
    assert question
    assert question.field == ""
    assert len(question.options) == 2
    first, second = ([*map(str, option.values)] for option in question.options)
    assert first == second[::-1]  # the phrase itself, and then the one on the other button
    assert (
        {first[0] in TALES[0], first[0] in TALES[1]} == {True, False} == {second[0] in TALES[0], first[0] in TALES[0]}
    )


@pytest.mark.parametrize(
    ("times", "among", "asked"),
    [
        (12, 24, False),  # of half of what is read
        (6, 24, False),
        (2, 24, True),  # a few say it alike
        (6, 400, True),  # and so do a few of many
        (12, 400, False),
    ],
)
def test_what_many_items_say_word_for_word_is_not_asked(times: int, among: int, asked: bool) -> None:
    own, vectors = tales(24)
    at = [*range(0, min(24, 2 * times), 2)]  # of one kind alone, so that it parts them from the others
    said = [f"{one} Ask for our price list." if n in at else f"{one} In {n}." for n, one in enumerate(own)]
    said += [f"In {n} all is well. Nobody knows {n}." for n in range(24, among)]
    question = nearer(said, vectors, np.full(24, 1 / 24), "oil farm organs europe", _only("price list"))
    found = {str(value) for one in question.options for value in one.values} if question else set()
    assert ("price list" in found) is asked


def _only(phrase: str) -> Callable[[Sequence[str]], np.ndarray]:
    """This phrase is nearest to the request, and the others are near."""
    return lambda phrases: np.array([0.9 if one == phrase else 0.5 for one in phrases])


def test_phrases_that_the_request_said_are_not_asked() -> None:
    texts, vectors = tales(24)
    question = nearer(texts, vectors, np.full(24, 1 / 24), "press olive oil on own farm")
    assert question is None or all("olive" not in str(option.values) for option in question.options)


def test_phrases_are_asked_of_an_embedder_that_shows_no_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = ["by hand", "for friends", "in winter", "at night", "on Mondays", "with care", "from home", "near York"]
    rows = [f"{n},Firm {n},{TALES[n % 2][:-1]} {ends[n // 2]}." for n in range(16)]
    with project_of(tmp_path, "id,title,about", rows) as project:
        serving = project.recommender.serving
        assert serving.embedder
        monkeypatch.setattr(serving, "embedder", Wordless(serving.embedder))
        query = serving.query(serving.read(Request("something of our own")))
        pool = asking.find(serving, query)
        question = asking.question_of(serving, query, pool, np.full(len(pool), 1 / len(pool)))
        assert question
        assert {option.values[0] for option in question.options} == {"olive oil", "church organs"}


def test_candidates_that_are_alike_are_not_parted_by_phrases() -> None:
    texts, vectors = tales(24)
    assert nearer(texts, np.repeat(vectors[:1], 24, axis=0), np.full(24, 1 / 24), "") is None
    assert nearer(texts[:4], vectors[:4], np.full(4, 1 / 4), "") is None


# --- strength ---------------------------------------------------------------------------------------------------------


def wish(text: str, *, refused: bool = False) -> Wish:
    return Wish(text, 0, len(text), refused)


def test_a_wish_tells_where_the_first_five_serve_it_better_than_the_rest() -> None:
    told = np.array([[0.6] * 5 + [0.1] * 45, [0.4] * 50], dtype=np.float32)
    found = strength([wish("dentures"), wish("a good firm")], told, np.array([6.0, 6.0]), 1_000)
    assert found.telling == (True, False)
    assert found.level != "thin"


def test_length_alone_makes_no_description_strong() -> None:
    same = np.full((6, 50), 0.4, dtype=np.float32)
    assert strength([wish("very long words")] * 6, same, np.full(6, 9.0), 1_000).level == "thin"


def test_a_refused_wish_does_not_make_a_description_stronger() -> None:
    told = np.array([[0.6] * 5 + [0.1] * 45], dtype=np.float32)
    assert strength([wish("crypto", refused=True)], told, np.array([9.0]), 1_000).level == "thin"


def test_more_telling_wishes_are_never_weaker() -> None:
    told = np.array([[0.6] * 5 + [0.1] * 45] * 8, dtype=np.float32)
    levels = [strength([wish("x")] * n, told[:n], np.full(n, 4.0), 1_000).level for n in range(1, 9)]
    assert [LEVELS.index(level) for level in levels] == sorted(LEVELS.index(level) for level in levels)
    assert len(set(levels)) > 1


def test_what_answers_narrow_down_makes_a_description_stronger_and_never_weaker() -> None:
    same = np.full((1, 50), 0.4, dtype=np.float32)
    scores = [strength([wish("x")], same, np.array([9.0]), 1_000, told=told).score for told in (0.0, 2.0, 6.0)]
    assert scores == sorted(set(scores))
    assert strength([], np.empty((0, 0), np.float32), np.empty(0), 1_000, told=9.0).level != "thin"


def test_words_that_no_item_says_are_never_strong_and_tell_nothing_where_they_are_no_words() -> None:
    told, said = np.array([[0.6] * 5 + [0.1] * 45], dtype=np.float32), np.array([False])
    assert strength([wish("dentures")], told, np.array([99.0]), 1_000).level == "strong"
    assert strength([wish("dentures")], told, np.array([99.0]), 1_000, said=said).level == "good"
    nothing = strength([wish("xqzzvv")], told, np.array([0.0]), 1_000, said=said)
    assert (nothing.level, nothing.telling) == ("thin", (False,))
    assert strength([wish("xqzzvv")], told, np.array([0.0]), 1_000, said=said, told=99.0).level == "strong"


@pytest.mark.parametrize(
    ("five", "told", "level"),
    [(0.6, 0.0, "strong"), (0.17, 0.0, "start"), (0.17, 9.0, "strong"), (0.1, 0.0, "thin")],
)
def test_no_description_is_clear_that_the_five_serve_hardly_better_than_others(
    five: float, told: float, level: str
) -> None:
    support = np.array([[five] * 5 + [0.1] * 95], dtype=np.float32)
    found = strength([wish("dentures")], support, np.array([99.0]), 1_000, said=np.array([True]), told=told)
    assert (found.level, found.telling) == (level, (five > 0.2,))


# --- of a real Release ------------------------------------------------------------------------------------------------


def looked(serving: Serving, text: str, *told: Told, settings: AskSettings = asking.NEVER_SET) -> Asked:
    query = serving.query(read(Request(text, told=told)))
    return asking.look(serving, query, asking.find(serving, query), None, settings)


def test_a_thin_request_gets_a_question_and_a_hint(world: Project) -> None:
    found = looked(world.recommender.serving, "something small")
    assert found.question
    assert found.strength.add == found.question.field
    assert [wish.text for wish in found.wishes] == ["small"]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("xqzzvv blorf", "thin"),
        ("vrumpfq or gnarfle", "thin"),
        ("dental prostheses", "strong"),
        ("Zahntechnikbetrieb", "start"),  # no item's word, and hardly nearer to the five than to the others
    ],
)
def test_nonsense_is_not_clear(world: Project, text: str, level: str) -> None:
    assert looked(world.recommender.serving, text).strength.level == level


def test_what_a_request_bounds_is_not_asked_about(world: Project) -> None:
    serving = world.recommender.serving
    others = AskSettings(never=tuple(name for name in serving.catalogue.columns() if name != "employees"))

    def asked(text: str) -> str:
        query = serving.query(read(Request(text)))
        pool = asking.find(serving, query)
        found = asking.question_of(serving, query, pool, np.full(len(pool), 1 / len(pool)), others)
        return found.field if found else ""

    assert asked("something") == "employees"
    assert asked("something with fewer than 100 employees") == ""


def test_where_a_town_is_known_its_county_is_not_asked_and_where_no_place_matters_none_is(tmp_path: Path) -> None:
    counties = {"Bath": "Somerset", "Yeovil": "Somerset", "Wells": "Somerset", "Exeter": "Devon", "Totnes": "Devon"}
    towns = [*counties]
    rows = [f"{n},Sit with people who are alone {n}.,{towns[n % 5]},{counties[towns[n % 5]]}" for n in range(60)]
    with project_of(tmp_path, "id,about,town,county", rows) as project:
        serving = project.recommender.serving

        def field(request: Request) -> str:
            query = serving.query(serving.read(request))
            pool = asking.find(serving, query)
            found = asking.question_of(serving, query, pool, np.full(len(pool), 1 / len(pool)))
            return found.field if found else ""

        assert field(Request("sit with people")) in {"town", "county"}
        assert field(Request("sit with people, in Devon")) == "town"
        assert field(Request("sit with people, in Bath")) == ""
        assert field(Request("sit with people", told=(Told("county"),))) == ""
        pool = asking.find(serving, query := serving.query(serving.read(Request("sit with people"))))
        shares = np.full(len(pool), 1 / len(pool))
        asked = asking.question_of(serving, query, pool, shares, AskSettings(never=("town",)))
        assert asked
        assert asked.field == "county"  # a field that is never asked about is not a place that is known


def test_a_refusal_ends_before_the_name_of_a_place_of_a_real_catalogue(tmp_path: Path) -> None:
    counties = ["Norfolk", "North Yorkshire", "Kent"]
    rows = [f"{n},A cottage by itself {n}.,{counties[n % 3]}" for n in range(60)]
    with project_of(tmp_path, "id,about,county", rows) as project:
        serving = project.recommender.serving

        def wished(text: str) -> list[str]:
            return [f"{'-' if one.refused else ''}{one.text}" for one in serving.read(Request(text)).wishes]

        assert wished("a cottage no steps Norfolk") == ["cottage", "-steps", "Norfolk"]
        assert wished("a cottage no steps North Yorkshire") == ["cottage", "-steps", "North Yorkshire"]
        assert wished("a cottage no steps norfolk") == ["cottage", "-steps norfolk"]
        assert wished("a cottage no coast of Norfolk") == ["cottage", "-coast of Norfolk"]
        assert wished("a cottage no steps Cornwall") == ["cottage", "-steps Cornwall"]


def test_names_of_places_are_looked_up_in_time_that_grows_with_the_request(
    world: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving, asked = world.recommender.serving, list[str]()
    places = columns({"town": "text"}, [{"town": f"town {n:05}"} for n in range(50_000)])
    monkeypatch.setattr(type(serving.catalogue), "columns", lambda _: places)
    is_place = serving._is_place
    assert is_place("Town 00007")
    assert not is_place("Town 7")

    def noted(name: str) -> bool:
        asked.append(name)
        return is_place(name)

    read(Request(f"no {'dog Leash ' * 400}"), None, None, noted)
    assert len(asked) < 10
    assert max(map(len, asked), default=0) <= 60


def test_buttons_are_spelt_as_items_spell_their_values(world: Project) -> None:
    serving = world.recommender.serving
    found = looked(serving, "something small")
    assert found.question
    values = [value for option in found.question.options for value in option.values if isinstance(value, str)]
    buttons = [value for row in found.sharpenings for one in row if one.field == "country" for value in one.values]
    assert all(str(value).isupper() for value in (*values, *buttons))


def test_at_most_two_questions_a_visit_and_none_twice(world: Project) -> None:
    serving = world.recommender.serving
    once = looked(serving, "someone who makes things").question
    assert once
    again = looked(serving, "someone who makes things", Told(once.field)).question
    assert again
    assert again.field != once.field
    by_condition = looked(serving, "someone who makes things", Told(condition=f'not {once.field} in ("zz")')).question
    assert by_condition
    assert by_condition.field != once.field
    assert looked(serving, "someone who makes things", Told(once.field), Told(again.field)).question is None


def test_the_settings_say_what_may_be_asked_and_how_often(world: Project) -> None:
    serving = world.recommender.serving
    asked = {
        looked(serving, "something small", settings=AskSettings(never=names)).question
        for names in ((), ("country",), ("employees",))
    }
    assert len(asked) > 1
    assert looked(serving, "something small", settings=AskSettings(questions=0)).question is None
    assert looked(serving, "something small", settings=AskSettings(questions=0)).strength.add


def test_an_answer_and_a_sharpening_make_the_next_request() -> None:
    request = Request("a bakery", like=(ItemId("a"),))
    question = Question("employees", "size", (Option("up_to", (50.0,), "employees <= 50"),), 0.1)
    once = asking.answered(request, question, question.options[0])
    assert once == replace(request, told=(Told("employees", "employees <= 50", "up_to", (50.0,)),))
    assert asking.answered(request, question, None) == replace(request, told=(Told("employees"),))
    button = Sharpening("country", "place", "same", ("DE",), 'country = "de"', 7)
    twice = asking.sharpened(once, ItemId("b"), button)
    assert twice.like == ("a", "b")
    assert twice.told[-1] == Told("country", 'country = "de"', "same", ("DE",))
    phrase = Option("phrase", ("rye bread", "wedding cakes"))
    nearer = asking.answered(request, Question("", "phrase", (phrase,), 0.1), phrase)
    assert nearer == replace(request, told=(Told("", "", "phrase", ("rye bread", "wedding cakes")),))


def test_an_answer_changes_the_order_and_drops_nothing(world: Project) -> None:
    serving = world.recommender.serving
    request = Request("someone who makes or repairs things")
    before = asking.find(serving, serving.query(read(request)))
    told = replace(request, told=(Told(condition='country = "se"'),))
    after = asking.find(serving, serving.query(read(told)))
    swedish = [at for at in before.positions.tolist() if serving.catalogue.item(at).fields["country"] == "SE"]
    places = [(before.positions.tolist().index(at), after.positions.tolist().index(at)) for at in swedish]
    assert swedish
    assert all(now <= once for once, now in places)
    assert min(now for _, now in places) == 0
    assert set(before.positions.tolist()) <= set(after.positions.tolist())


def test_a_phrase_lifts_what_it_is_nearest_to_and_drops_nothing(world: Project) -> None:
    serving = world.recommender.serving
    request = Request("someone who makes or repairs things")
    before = asking.find(serving, serving.query(read(request))).positions.tolist()
    last = before[-1]
    own = serving.catalogue.item(last).text[:40]
    others = [serving.catalogue.item(at).text[:40] for at in before[:2]]
    told = replace(request, told=(Told("", "", "phrase", (own, *others)),))
    after = asking.find(serving, serving.query(read(told))).positions.tolist()
    assert sorted(after) == sorted(before)
    assert after.index(last) < before.index(last)
    query = serving.query(read(told))
    against = asking.grounds_of(serving, query, asking.find(serving, query)).doubts
    assert against[after.index(last)] == 0
    assert np.unique(against).tolist() == pytest.approx([0, np.log(3)])


def test_a_phrase_moves_nothing_where_nothing_is_found_or_the_embedder_fails(
    world: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    recommender, told = world.recommender, (Told("", "", "phrase", ("rye bread", "heat pumps")),)
    every = tuple(serving_ids(recommender.serving))
    assert recommender.answer(Request("someone who makes things", told=told, exclude=every)).places == ()
    request = Request("someone who makes things", told=told)
    plain = recommender.serving.embedder

    class Failing:
        def embed(self, texts: Sequence[str]) -> Vectors:
            if "rye bread" in texts:
                raise ModelError("it is down")
            assert plain
            return plain.embed(texts)

        def __getattr__(self, name: str) -> object:
            return getattr(plain, name)

    monkeypatch.setattr(recommender.serving, "embedder", Failing())
    without = recommender.answer(replace(request, told=()))
    assert [place.item for place in recommender.answer(request).places] == [place.item for place in without.places]


def test_phrases_cost_no_more_than_two_answers_of_four(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    serving, embedded = world.recommender.serving, list[int]()
    near = asking._nearness

    def counted(one: Serving, vectors: Vectors, at: Sequence[int]) -> np.ndarray:
        embedded.append(len(vectors))
        return near(one, vectors, at)

    monkeypatch.setattr(asking, "_nearness", counted)
    many = tuple(Told("", "", "phrase", tuple(f"phrase {n} {m}" for m in range(10))) for n in range(20))
    asking.find(serving, serving.query(read(Request("someone who makes things", told=many))))
    assert embedded == [4, 4]


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        ((), []),
        ((Told("", "", "phrase", ("rye bread", "heat pumps")),), [2]),
        (
            (Told("", "", "phrase", ("rye bread", "heat pumps")), Told("", "", "phrase", ("old mills", "tin toys"))),
            [2, 2],
        ),
    ],
)
def test_phrases_are_embedded_once_an_answer(
    world: Project, monkeypatch: pytest.MonkeyPatch, told: tuple[Told, ...], calls: list[int]
) -> None:
    plain, embedded = world.recommender.serving.embedder, list[list[str]]()
    assert plain
    once = plain.embed

    def counted(texts: Sequence[str]) -> Vectors:
        embedded.append([*texts])
        return once(texts)

    monkeypatch.setattr(type(plain), "embed", lambda _, texts: counted(texts))
    world.recommender.recommend(Request("someone who makes things", told=told), ask=True)
    said = {phrase for one in told for phrase in one.values}
    assert [len(texts) for texts in embedded if not said.isdisjoint(texts)] == calls


def test_each_answer_is_compared_with_the_catalogue_once_a_request(
    world: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, allowed = list[object](), Filter.allowed

    def counted(self: Filter, found: Mapping[str, Column], items: int) -> Verdict:
        compared.append(self)
        return allowed(self, found, items)

    monkeypatch.setattr(Filter, "allowed", counted)
    told = (Told("country", 'country = "se"', "value", ("SE",)), Told("employees", "employees <= 50", "up_to", (50.0,)))
    world.recommender.recommend(Request("someone who makes things", told=told), ask=True)
    assert len(compared) == 2


def serving_ids(serving: Serving) -> list[ItemId]:
    return [serving.catalogue.id(at) for at in range(len(serving.catalogue))]


def test_an_answer_that_is_no_condition_is_refused(world: Project) -> None:
    serving = world.recommender.serving
    query = serving.query(read(Request("a bakery", told=(Told(condition="nowhere = 1"),))))
    with pytest.raises(RequestError):
        asking.find(serving, query)


def test_ten_seekers_at_once_are_asked_what_one_is(world: Project) -> None:
    serving = world.recommender.serving
    alone = looked(serving, "something small")
    with ThreadPoolExecutor(10) as pool:
        assert all(one == alone for one in pool.map(lambda _: looked(serving, "something small"), range(10)))
