"""Misspelt words: what is one slip away, what a catalogue makes of it, and what the seeker is told."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from importlib import import_module
from time import process_time, sleep
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.app import asking, model_steps
from firstfive.app.recommend import READ_AS
from firstfive.app.wiring import init_project, open_project
from firstfive.ask import Respelt, read, respelt, slips
from firstfive.errors import ModelError
from firstfive.index import listed
from firstfive.ports import Payer
from firstfive.server.page.messages import LANGUAGES, messages
from firstfive.testing.clients import served
from firstfive.testing.world import WISHES
from firstfive.types import Misspelt, Quote, Request, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from firstfive.app.wiring import Project
    from firstfive.ask import Reading

_LISTS = import_module("firstfive.index.listed")
MEANT = {
    "dentits": "dentist",
    "swizerland": "switzerland",
    "laundary": "laundry",
    "withuot": "without",
    "turnver": "turnover",
    "nciht": "nicht",
}
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


def better(word: str, name: bool) -> str | None:
    return None if name and word == "laundary" else MEANT.get(word)


def meant(text: str) -> Reading:
    return read(Request(text), better)


# --- slips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["dentits", "dentst", "denttist", "dentast", "edntist", "dentista", "dentit"])
def test_a_slip_is_a_letter_less_more_or_another_or_two_changed_round(typed: str) -> None:
    assert "dentist" in slips(typed)


def test_two_slips_are_not_one_and_a_word_is_no_slip_of_itself() -> None:
    assert "dentist" not in slips("detnits")
    assert "dentist" not in slips("dentist")
    assert "wentist" not in slips("dentist")  # the first letter is seldom wrong
    assert "bäckerei" in slips("backerei")
    assert "зубной" in slips("зубнй")
    assert slips("歯医者です") == {}
    assert slips("") == {}


def test_a_letter_left_out_is_likelier_than_one_too_many_or_another() -> None:
    found = slips("foundy")
    assert found["foundry"] > found["found"]
    assert found["foundry"] > found["founds"]
    assert slips("pieece")["piece"] > slips("pieace")["piece"]
    assert slips("peice")["piece"] > slips("peice")["price"]


@given(st.text(alphabet="abcdeäñ", min_size=4, max_size=9))
def test_whoever_is_one_slip_away_has_me_one_slip_away(word: str) -> None:
    near = slips(word)
    assert len(near) > 100
    assert all(0 < likely < 1 for likely in near.values())
    for other in list(near)[:: max(1, len(near) // 20)]:
        assert word in slips(other)


# --- a reading --------------------------------------------------------------------------------------------------------


def test_a_request_is_read_as_it_is_meant_and_quoted_as_it_was_typed() -> None:
    reading = meant("A dentits in Swizerland, but no laundary")
    assert reading.request.text == "A dentist in Switzerland, but no laundry"
    assert reading.asked == "A dentist in Switzerland"
    assert [wish.text for wish in reading.wishes] == ["dentist", "Switzerland", "laundry"]
    typed = reading.typed()
    assert typed.text == "A dentits in Swizerland, but no laundary"
    assert [wish.text for wish in reading.typed_wishes()] == ["dentits", "Swizerland", "laundary"]
    assert [wish.meant for wish in reading.typed_wishes()] == ["dentist", "Switzerland", "laundry"]
    assert all(typed.text[wish.start : wish.end] == wish.text for wish in reading.typed_wishes())
    read_as = {one.text: one.read for one in reading.misspelt}
    assert read_as == {"dentits": "dentist", "Swizerland": "Switzerland", "laundary": "laundry"}
    assert all(typed.text[one.start : one.end] == one.text for one in reading.misspelt)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("a laundary withuot dentits", "a laundry without dentist"),
        ("ein Bäcker, aber nciht in Berlin", "ein Bäcker, aber nicht in Berlin"),
        ("turnver over 5 million", "turnover over 5 million"),
    ],
)
def test_what_makes_wishes_and_refusals_does_so_misspelt_too(typed: str, right: str) -> None:
    assert meant(typed).wishes == read(Request(right)).wishes
    assert meant(typed).asked == read(Request(right)).asked


def test_what_refuses_a_wish_is_quoted_as_it_was_typed() -> None:
    text = "a laundary withuot dentits"
    refused = meant(text).typed_wishes()[1]
    assert (refused.refused, refused.by, refused.text) == (True, "withuot ", "dentits")
    assert text[refused.start - len(refused.by) : refused.end] == "withuot dentits"


def test_a_request_without_a_mistake_is_as_it_was() -> None:
    assert meant("A dentist in Switzerland") == read(Request("A dentist in Switzerland"))
    assert meant("A dentist").typed_wishes() == read(Request("A dentist")).wishes
    assert meant("A dentist").misspelt == ()


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
        "dentits.com please",
        "visit dentits.com.",
        "(dentits.com)",
        "see:dentits.com/a",
        "Dentits.COM",
        'ein „dentits" bitte',
        "ein ‚dentits‘ bitte",
        "Ernst & Laundary",
        "in Zug – Laundary",
        "Dr. Laundary",
        "DENT",
        "the DENTITS standard",
        "the DENtits standard",
        "dentits2 please",
        "the dentits' place",
        "a Laundary of old",  # a name, as `better` has it here
    ],
)
def test_quoted_words_addresses_and_abbreviations_are_taken_as_typed(text: str) -> None:
    assert meant(text) == read(Request(text))
    both = meant(f"{text} and a dentits")
    assert both.request.text == f"{text} and a dentist"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dentits.", "dentist."),
        ("l'dentits", "l'dentist"),
        ("plumber/dentits", "plumber/dentist"),
        ("dentits-praxis", "dentist-praxis"),
        ("(dentits)", "(dentist)"),
        ("dentits, dentits", "dentist, dentist"),
        ("Dentits", "Dentist"),
        ("A Dentits", "A Dentist"),
        ("A DENTITS IN ZUG", "A DENTIST IN ZUG"),
        ("dentits.Zug", "dentist.Zug"),
        ("dentits(2)", "dentist(2)"),
        ("Laundary", "Laundry"),  # no name where a sentence begins
        ("A dog. Laundary", "A dog. Laundry"),
        ("“Laundary” or “Laundary", "“Laundary” or “Laundary"),
    ],
)
def test_words_are_read_wherever_else_they_stand(text: str, wanted: str) -> None:
    assert meant(text).request.text == wanted


@given(st.lists(st.sampled_from(["dentits", "laundary", "a", "dog", "withuot"]), min_size=1, max_size=9), st.data())
def test_what_stands_anywhere_in_a_text_is_found_where_it_was_typed(words: list[str], data: st.DataObject) -> None:
    typed = " ".join(words)
    found = respelt(typed, better) or Respelt(typed, typed)
    assert found.text == " ".join(MEANT.get(word, word) for word in words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    before = [MEANT.get(word, word) for word in words]
    at = len(" ".join([*before[:start], ""]))
    here = " ".join(before[start:end])
    span = found.typed_at(at, at + len(here))
    assert typed[span.start : span.end] == " ".join(words[start:end])
    quote = found.typed_quote(Quote(here, at, at + len(here), "request"))
    assert quote.text == typed[quote.start : quote.end]


def test_a_quote_that_begins_within_a_misspelt_word_takes_all_of_it() -> None:
    found = respelt("a laundary withuot dogs", better)
    assert found
    assert found.typed_at(5, 12) == Span(2, 18)
    other = Quote("laundry", 2, 9, "text")
    assert found.typed_quote(other) is other


def test_long_and_hostile_texts_cost_little(firms: Project) -> None:
    serving = firms.recommender.serving
    serving.read(Request("xqzvw"))  # the lists of words are read once
    letters = "abcdefghijklmnopqrstuvwxyz"
    nonsense = " ".join(f"{letters[n % 26]}q{letters[n // 26]}xzwvkjqxzwvkjqpz" for n in range(200))
    for text in ("x" * 3_900, '"' * 3_900, "“" * 3_900, "a.b" * 1_300, "ab@ " * 900, "dentits " * 480, nonsense):
        begun = process_time()
        serving.read(Request(f"{text} word"))
        assert process_time() - begun < 1
    looked_up: list[str] = []
    read(Request(nonsense), lambda word, _: looked_up.append(word))
    assert len(looked_up) == 100


# --- a catalogue ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("dentsit", "dentist"),
        ("swizerland", "switzerland"),
        ("laundary", "laundry"),
        ("bregens", "bregenz"),  # a value of a field, in no text and no list
        ("bregenz", None),
        ("dentist", None),
        ("dentists", None),  # another form of it
        ("zug", None),
        ("quantum", None),  # right, and in no item
        ("cider", None),
        ("millz", None),  # one letter of a short word is another: it might be anything
        ("withuot", "without"),  # what requests are made of
        ("nciht", "nicht"),
        ("kene", None),  # not "keine", which would refuse what is wanted
        ("ohne", None),
        ("aber", None),
    ],
)
def test_a_word_that_is_none_is_meant_to_be_one_that_items_say(firms: Project, typed: str, wanted: str | None) -> None:
    assert firms.recommender.serving.spelling.better(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "wanted", "of_a_name"),
    [
        ("laundrry", "laundry", "laundry"),
        ("laundyr", "laundry", "laundry"),
        ("swizerland", "switzerland", "switzerland"),
        ("hotls", "hotels", None),
        ("switzerlant", "switzerland", "switzerland"),
        ("milld", "milled", None),
    ],
)
def test_of_a_name_only_the_commoner_slips_are_read(
    firms: Project, typed: str, wanted: str | None, of_a_name: str | None
) -> None:
    better = firms.recommender.serving.spelling.better
    assert (better(typed), better(typed, name=True)) == (wanted, of_a_name)


def test_the_lists_are_read_before_the_first_request_of_a_server(firms: Project) -> None:
    _LISTS._read.cache_clear()
    firms.recommender.warm()
    assert _LISTS._read.cache_info().currsize == 3


@given(st.lists(st.sampled_from(['"', "“", "”", "„", "«", "»", "dentits", "a", "laundary"]), max_size=9))
def test_what_is_asked_for_as_typed_is_read_as_typed(parts: list[str]) -> None:
    reading = meant(" ".join(["x", *parts]))
    text = reading.typed().text
    for one in reversed(reading.misspelt):
        text = f"{text[: one.start]}“{one.text}”{text[one.end :]}"
    assert meant(text).misspelt == ()


def test_who_refuses_is_told_so_of_a_misspelt_refusal_too(firms: Project) -> None:
    request = Request("a mill, withuot hotels")
    assert asking.unwanted(request, firms.recommender.serving) == {16}


def test_a_models_reason_for_a_misspelt_request_holds_and_quotes_what_was_typed(firms: Project) -> None:
    serving = firms.recommender.serving
    query = serving.query(serving.read(Request("a dentsit in zug")))
    item = serving.catalogue.item(int(serving.retrieve(query).positions[0]))
    for said in ("dentsit", "a dentsit", "dentist"):
        pair = model_steps._paired(model_steps._Answer(said, "dentist", "", "fake"), query, item)
        assert not isinstance(pair, str)
        assert pair.said.text.endswith("dentist")
        assert query.reading.quote(pair.said).text.endswith("dentsit")


RIGHT = (
    "fuer gruen schoen kueche moechte koennen haette heisst ausser hoeren strasse etre tres apres tyres kerbs "
    "jewellery specialise minimising colour centre analogue grey theyre havent arent dont wifi kiln denture turnkey "
    "pallets airfare repaid techies carpooling miele denner migros maier docter bisness"
).split()


def test_a_letter_that_is_doubled_is_british_only_where_the_british_double_it(firms: Project) -> None:
    better = firms.recommender.serving.spelling.better
    assert [better(word) for word in ("laundrry", "millls", "hottel", "travelling", "jeweller")] == [
        "laundry",
        "mills",
        "hotel",
        None,
        None,
    ]


def test_right_words_that_no_item_says_stay_as_they_are(world: Project, firms: Project) -> None:
    for project in (world, firms):
        better = project.recommender.serving.spelling.better
        assert {word: better(word) for word in RIGHT if better(word)} == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [("dentist", True), ("US", True), ("900", True), ("with the", True), ("xqzzvv", False), ("the xqzzvv", False)],
)
def test_small_words_and_numbers_are_not_what_no_item_says(firms: Project, text: str, says: bool) -> None:
    assert firms.recommender.serving.spelling.says(text) is says


@pytest.mark.parametrize("text", ["SaaS for SMEs", "quelqu'un d'autre", "Lorsqu’il pleut", "eBay and McLaren"])
def test_words_of_other_forms_stay_as_they_are(firms: Project, text: str) -> None:
    assert firms.recommender.serving.read(Request(text)).misspelt == ()


def test_no_word_that_an_item_says_is_misspelt(world: Project) -> None:
    serving = world.recommender.serving
    for at in range(len(serving.catalogue)):
        item = serving.catalogue.item(at)
        assert serving.read(Request(f"{item.title}. {item.text}")).misspelt == ()


def test_the_lists_are_read_once_however_many_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[str] = []

    class Slow:
        def __init__(self, language: str) -> None:
            sleep(0.05)
            times.append(language)
            self.word_frequency = self

        def words(self) -> list[str]:
            return ["zebra", "größe"]

    monkeypatch.setattr("spellchecker.SpellChecker", Slow)
    _LISTS._read.cache_clear()
    try:
        with ThreadPoolExecutor(8) as pool:
            words = ["zebra", "groesse", "grosse", "dog"]
            found = list(pool.map(lambda _: listed(words, ["german"]).tolist(), range(8)))
    finally:
        _LISTS._read.cache_clear()
    assert times == ["de"]
    assert found == [[True, True, True, False]] * 8


def test_a_word_of_the_catalogues_own_language_is_likelier_than_another(tmp_path: Path) -> None:
    """French "retirer" has the stem of "retire", and a letter left out is likelier than two changed round."""
    assert slips("retier")["retirer"] > slips("retier")["retire"]
    assert spelling_of(tmp_path, ["The owner will retire."] * 5)("retier") == "retire"


def test_a_word_of_another_language_is_not_meant_where_one_of_the_catalogues_own_is_near(tmp_path: Path) -> None:
    """Who types "docter" means a doctor, whom no item names."""
    assert spelling_of(tmp_path, ["The old docteur of the town."] * 5)("docter") is None


def test_a_model_is_asked_with_what_was_typed(firms: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """By that, what it said is found when the request is erased."""
    asked: list[str] = []

    def replies(_: object, __: str, request: Request, items: Sequence[str]) -> list[ModelError]:
        asked.append(request.text)
        return [ModelError("it is down; wait")] * len(items)

    monkeypatch.setattr(model_steps.Help, "_ask", replies)
    serving = firms.recommender.serving
    query = serving.query(serving.read(Request("a dentsit in zug")))
    found = serving.retrieve(query)
    help_ = model_steps.Help(firms, model_steps.Dial(rerank=2, reasons=True), Payer(run="r"), 1.0)
    made = help_.stage(serving, query)
    assert made
    made(None).step(query.reading.request, found)
    help_.explain(serving, query, serving.places(query, found))
    assert asked == ["a dentsit in zug"] * 2


def test_a_word_that_an_item_says_is_right_there_whatever_it_is(tmp_path: Path) -> None:
    assert spelling_of(tmp_path, ["A laundry."] * 41 + ["Laundary, the firm."])("laundary") is None


def test_in_a_language_without_a_list_of_words_nothing_is_misspelt(tmp_path: Path) -> None:
    texts = ["A laundry."] * 5
    assert spelling_of(tmp_path, texts, "index.stemmer=finnish")("laundary") is None
    other = tmp_path / "other"
    other.mkdir()
    assert spelling_of(other, texts, "index.stemmer=none")("laundary") == "laundry"


def spelling_of(folder: Path, texts: list[str], *settings: str) -> Callable[[str], str | None]:
    """What a catalogue of these texts makes of a word."""
    lines = [{"id": str(at), "title": f"Firm {at}", "text": text} for at, text in enumerate(texts)]
    (folder / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    init_project(folder)
    with open_project(folder, overrides=["models.embedder=none", *settings], environment={}) as project:
        project.import_(str(folder / "a.jsonl"))
        project.build()
        return project.recommender.serving.spelling.better


def test_a_misspelt_request_finds_what_the_right_one_finds_and_quotes_what_was_typed(firms: Project) -> None:
    right, wrong = firms.recommend("a dentist", ask=True), firms.recommend("a dentsit", ask=True)
    assert [place.item for place in wrong.places] == [place.item for place in right.places]
    reason = wrong.places[0].reason
    assert reason
    assert (reason.said.text, reason.said.start) == ("dentsit", 2)
    assert "dentist" in reason.says.text
    assert wrong.request.text == "a dentsit"
    assert wrong.asked
    assert wrong.asked.misspelt == (Misspelt("dentsit", "dentist", 2, 9),)
    assert [(wish.text, wish.meant) for wish in wrong.asked.wishes] == [("dentsit", "dentist")]
    assert wrong.notes[0] == f"{READ_AS}“dentsit” as “dentist”."
    kept = firms.recommend('a "dentsit"', ask=True)
    assert kept.asked
    assert kept.asked.misspelt == ()


def test_a_misspelt_wish_that_an_item_does_not_meet_is_not_mentioned_as_typed(firms: Project) -> None:
    found = firms.recommend("laundry in bregens")
    missing = {str(place.item): place.mismatch.said for place in found.places if place.mismatch}
    assert missing["laundry"].text == "bregens"
    assert missing["laundry"].start == 11


def test_what_is_refused_is_refused_misspelt_too(firms: Project) -> None:
    places = firms.recommend("Switzerland or rye, no laundary").places
    assert {place.item for place in places[-2:]} == {"laundry", "linen"}
    assert firms.recommend("dentist withuot rye").places == firms.recommend("dentist without rye").places


def test_requests_typed_in_a_hurry_find_their_item_as_often(world: Project) -> None:
    """Each of the world's requests with the slips of a hurried person, ten times: as read, and as typed."""
    random = np.random.default_rng(7)
    serving, hits, meant = world.recommender.serving, [0, 0], 0
    for wish in WISHES:
        for _ in range(10):
            typed = re.sub(r"\b\w{5,}\b", lambda match: slipped(match[0], random), wish.text)
            readings = serving.read(Request(typed)), read(Request(typed))
            meant += bool(readings[0].misspelt)
            for way, reading in enumerate(readings):
                ranked = asking.find(serving, serving.query_text(reading, demand=True))
                hits[way] += serving.catalogue.id(int(ranked.positions[0])) == wish.answer
    assert meant > 40
    assert hits[0] >= 54
    assert hits[0] > hits[1]


def slipped(word: str, random: np.random.Generator) -> str:
    """The word with a letter left out, or two changed round, within it."""
    at = int(random.integers(1, len(word) - 1))
    return word[:at] + (word[at + 1 :] if random.random() < 0.5 else word[at + 1] + word[at] + word[at + 2 :])


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_a_word_was_read_and_searches_for_what_was_typed_on_demand(
    firms: Project, language: str
) -> None:
    say, headers = messages(language), {"Accept-Language": language, "Accept": "text/html"}
    with served(firms) as server, httpx.Client(base_url=server.url, headers=headers, follow_redirects=True) as page:
        shown = page.post("/find", data={"text": "a dentsit in zug"})
        assert say.plain("want.read", typed="dentsit", read="dentist") in unescape(shown.text)
        assert READ_AS not in shown.text
        assert say.plain("want.typed") in unescape(shown.text)
        typed = page.post(f"{shown.url.path}/next", data={"do": "typed"})
        assert "“dentsit”" in unescape(typed.text)
        assert say.plain("want.typed") not in unescape(typed.text)
        again = page.post(f"{typed.url.path}/next", data={"do": "typed"})
        assert again.status_code == 422
        both = page.post("/find", data={"text": "“dentsit” or dentsit@zug.ch or a dentsit"})
        kept = page.post(f"{both.url.path}/next", data={"do": "typed"})
        words = page.get(f"{kept.url.path}/words")
        assert "“dentsit” or dentsit@zug.ch or a “dentsit”" in unescape(words.text)


def test_a_page_of_a_request_without_a_mistake_says_nothing_of_it(firms: Project) -> None:
    with served(firms) as server, httpx.Client(base_url=server.url, follow_redirects=True) as page:
        shown = page.post("/find", data={"text": "a dentist in zug"}, headers={"Accept": "text/html"})
        assert shown.status_code == 200
        assert messages("en").plain("want.typed") not in shown.text
