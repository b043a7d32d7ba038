"""Misspelt words: what is one slip away, what a catalogue makes of it, and what the seeker is told."""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.app.wiring import init_project, open_project
from firstfive.ask import perturbed, read, respelt, slips
from firstfive.server.page.messages import LANGUAGES, messages
from firstfive.types import Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from firstfive.app.wiring import Project
    from firstfive.ask import Reading

MEANT = {"dentits": "dentist", "swizerland": "switzerland", "zahnartz": "zahnarzt", "laundary": "laundry"}
FIRMS = (
    ("dentist", "A dentist for families, near the station.", "Bregenz"),
    ("second", "Another dentist, who comes to your home.", "Bregenz"),
    ("laundry", "A laundry for hotels in Switzerland.", "Zug"),
    ("linen", "Linen hire and laundry, all over Switzerland.", "Zug"),
    ("mills", "They mill rye, and sell gears for old mills.", "Zug"),
)


@pytest.fixture
def firms(tmp_path: Path) -> Iterator[Project]:
    """Five firms, found by words alone."""
    lines = [{"id": id_, "title": "", "text": text, "town": town} for id_, text, town in FIRMS]
    (tmp_path / "firms.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    init_project(tmp_path)
    with open_project(tmp_path, overrides=["models.embedder=none", "import.field=*"], environment={}) as project:
        project.import_(str(tmp_path / "firms.jsonl"))
        project.build()
        yield project


def meant(text: str) -> Reading:
    return respelt(read(Request(text)), MEANT.get)


# --- slips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["dentits", "dentst", "denttist", "dentast", "entist", "dentista"])
def test_a_slip_is_a_letter_less_more_or_another_or_two_changed_round(typed: str) -> None:
    assert "dentist" in slips(typed)


def test_two_slips_are_not_one_and_a_word_is_no_slip_of_itself() -> None:
    assert "dentist" not in slips("detnits")
    assert "dentist" not in slips("dentist")
    assert "bäckerei" in slips("backerei")
    assert "зубной" in slips("зубнй")
    assert slips("歯医者です") == []
    assert slips("") == []


@given(st.text(alphabet="abcdeäñ", min_size=4, max_size=9))
def test_whoever_is_one_slip_away_has_me_one_slip_away(word: str) -> None:
    near = slips(word)
    assert len(near) == len(set(near))
    for other in near[:: max(1, len(near) // 20)]:
        assert word in slips(other)


# --- a reading --------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_quoted_and_what_is_meant_is_searched_for() -> None:
    reading = meant("A dentits in Swizerland, but no laundary")
    text = reading.request.text
    assert text == "A dentits in Swizerland, but no laundary"
    assert [wish.text for wish in reading.wishes] == ["dentits", "Swizerland", "laundary"]
    assert all(text[wish.start : wish.end] == wish.text for wish in reading.wishes)
    assert [wish.words for wish in reading.wishes] == ["dentist", "Switzerland", "laundry"]
    assert reading.asked == "A dentist in Switzerland"
    assert reading.meant == "A dentist in Switzerland, but no laundry"
    assert reading.notes == (
        "Some words we read as “dentist”, “Switzerland”, “laundry”. In quotation marks they stay as typed.",
    )


def test_a_request_without_a_mistake_is_as_it_was() -> None:
    reading = read(Request("A dentist in Switzerland"))
    assert respelt(reading, MEANT.get) is reading
    assert [wish.words for wish in reading.wishes] == [wish.text for wish in reading.wishes]


@pytest.mark.parametrize(
    "text",
    [
        'a "dentits" please',
        "a “dentits” please",
        "ein „dentits“ bitte",
        "un « dentits » ici",
        "mail dentits@firm.example",
        "https://dentits.example/a",
        "www.dentits.example now",
        "the DENTITS standard",
        "dentits2 please",
    ],
)
def test_quoted_words_addresses_and_abbreviations_are_taken_as_typed(text: str) -> None:
    assert meant(text) == read(Request(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dentits.", "dentist."),
        ("DENTITS IN ZUG", "Dentist IN ZUG"),
        ("l'dentits", "l'dentist"),
        ("plumber/dentits", "plumber/dentist"),
        ("Zahnartz-Praxis", "Zahnarzt-Praxis"),
        ("(dentits)", "(dentist)"),
    ],
)
def test_words_are_read_wherever_else_they_stand(text: str, wanted: str) -> None:
    assert meant(text).meant == wanted


def test_long_and_hostile_texts_cost_little() -> None:
    for text in ("x" * 3_900, '"' * 3_900, "“" * 3_900, "a.b" * 1_300, "ab@ " * 1_000, "dentits " * 500):
        begun = perf_counter()
        respelt(read(Request(text + " word")), MEANT.get)
        assert perf_counter() - begun < 1
    looked_up: list[str] = []
    respelt(
        read(Request(" ".join(f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}xyz" for n in range(99)))),
        looked_up.append,
    )
    assert len(looked_up) == 40


# --- a catalogue ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("dentits", "dentist"),
        ("swizerland", "switzerland"),
        ("laundary", "laundry"),
        ("bregens", "bregenz"),  # a value of a field, in no text
        ("dentist", None),
        ("dentists", None),  # another form of it
        ("zug", None),
        ("bregenz", None),
        ("stetion", None),  # one item says "station": it may be misspelt itself
        ("quantum", None),
    ],
)
def test_what_is_meant_is_what_items_say(firms: Project, typed: str, wanted: str | None) -> None:
    assert firms.recommender.serving._spelling.better(typed) == wanted


def test_the_first_letter_is_seldom_the_wrong_one(tmp_path: Path) -> None:
    init_project(tmp_path)
    texts = ["They do towers.", "More towers.", "Most towers.", "Some powder.", "More powder."]
    lines = [{"id": str(at), "title": "", "text": text} for at, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with open_project(tmp_path, overrides=["models.embedder=none"], environment={}) as project:
        project.import_(str(tmp_path / "a.jsonl"))
        project.build()
        better = project.recommender.serving._spelling.better
        assert better("powers") == "towers"
        assert better("powdr") == "powder"


def test_a_misspelt_request_finds_what_the_right_one_finds_and_quotes_what_was_typed(firms: Project) -> None:
    right, wrong = firms.recommend("dentist"), firms.recommend("dentits")
    assert [place.item for place in wrong.places] == [place.item for place in right.places]
    reason = wrong.places[0].reason
    assert reason
    assert reason.said.text == "dentits"
    assert "dentist" in reason.says.text
    assert wrong.request.text == "dentits"
    assert wrong.notes[0].startswith("Some words we read as “dentist”.")
    kept = firms.recommend('"dentits"')
    assert not any(note.startswith("Some words") for note in kept.notes)


def test_a_misspelt_wish_that_an_item_does_not_meet_is_not_mentioned_as_typed(firms: Project) -> None:
    found = firms.recommend("laundry in bregens")
    missing = {str(place.item): place.mismatch.said.text for place in found.places if place.mismatch}
    assert missing["laundry"] == "bregens"


def test_what_is_refused_is_refused_misspelt_too(firms: Project) -> None:
    places = firms.recommend("Switzerland or rye, no laundary").places
    assert {place.item for place in places[-2:]} == {"laundry", "linen"}


def test_requests_typed_in_a_hurry_find_their_item_as_often(world: Project) -> None:
    """Each of the world's requests with the slips of a hurried person, ten times."""
    import numpy as np

    from firstfive.testing.world import WISHES

    random = np.random.default_rng(7)
    hits = tries = 0
    for wish in WISHES:
        for _ in range(10):
            typed = perturbed(wish.text, 24, random, dropped=0.0)
            places = world.recommend(typed).places
            hits += wish.answer in [place.item for place in places[:1]]
            tries += 1
    assert hits >= 0.9 * tries


# --- what the seeker is told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_in_its_language_how_a_word_was_read(language: str) -> None:
    note = messages(language).note(meant("a dentits for a laundary").notes[0])
    assert "<q><bdi>dentist</bdi></q>, <q><bdi>laundry</bdi></q>" in note
    assert ("Some words" in note) == (language == "en")
