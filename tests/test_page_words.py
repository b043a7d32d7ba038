"""Every word of the seeker's page, in every language: the same keys, short sentences, and a low reading grade."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime

import pytest

from conftest import ROOT
from firstfive.app import notes, recommend
from firstfive.app.wiring import Project
from firstfive.ask import FINER, TOPICS
from firstfive.server.page.messages import LANGUAGES, UNSAID, messages, preferred
from firstfive.server.page.showing import fact, option_text, sharpen_text, told_text
from firstfive.server.rendering import HERE
from firstfive.settings import names
from firstfive.types import Option, Request, Sharpening, Told
from reading import WORD, grade, sentences, syllables

GRADE, LONG, LABEL = 6.0, 15, 4
"""The highest grade, the most words of a sentence, and how many words make a text that a formula can be used on."""
EVERY = [(language, key) for language in LANGUAGES for key in messages(language).texts]


def plain(text: str) -> str:
    """A string without what is put into it, and the marks around that."""
    return re.sub(r"[^\w\s.!?]*\{\w+\}[^\w\s.!?]*", " ", text)


def words(text: str) -> int:
    return sum(map(len, sentences(text)))


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_three_languages_are_shipped_and_english_comes_first() -> None:
    assert LANGUAGES == ("en", "de", "fr")
    assert {path.stem for path in (ROOT / "src/firstfive/server/messages").iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_string_of_the_english_one_and_loses_nothing_of_it(language: str) -> None:
    """But for a count, which a language may say in another way."""
    english, say = messages("en").texts, messages(language).texts
    assert say.keys() == english.keys()
    for key, text in english.items():
        assert holes(text) - {"count"} <= holes(say[key]) <= holes(text), key


# --- how hard they are to read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "key"), EVERY)
def test_a_string_can_be_read_by_a_twelve_year_old(language: str, key: str) -> None:
    """A label of one to three words is measured with all others: the formulas are for texts."""
    text = plain(messages(language).texts[key])
    assert max(map(len, sentences(text)), default=0) <= LONG
    if words(text) >= LABEL:
        assert grade(language, text) <= GRADE
    assert [word for word in WORD.findall(text) if syllables(language, word) > 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_says_what_happened_and_then_what_to_do(language: str) -> None:
    texts = {key: text for key, text in messages(language).texts.items() if key.startswith("error.")}
    texts["page.lost"] = messages(language).texts["page.lost"]
    assert len(texts) > 8
    assert [key for key, text in texts.items() if len(sentences(text)) < 2] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_labels_of_a_language_can_be_read_by_a_twelve_year_old(language: str) -> None:
    texts = map(plain, messages(language).texts.values())
    labels = [text for text in texts if 0 < words(text) < LABEL]
    assert len(labels) > 40
    assert grade(language, ". ".join(label.strip(" .:?!\u00a0") for label in labels)) <= GRADE


@pytest.mark.parametrize(
    ("language", "hard", "easy"),
    [
        ("en", "Retrieval quality deteriorates without additional information.", "The dog sat on the mat."),
        ("de", "Zusätzliche Informationen verbessern die Empfehlungen.", "Der Hund liegt auf dem Bett."),
        ("fr", "Des informations supplémentaires amélioreraient les résultats.", "Le chat dort sur le lit."),
    ],
)
def test_the_formulas_tell_hard_sentences_from_easy_ones(language: str, hard: str, easy: str) -> None:
    assert grade(language, easy) <= GRADE < grade(language, hard)


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [("en", "matches", 2), ("en", "little", 2), ("de", "Leute", 2), ("de", "suchen", 2), ("fr", "petites", 2)],
)
def test_syllables_are_counted_as_they_are_said(language: str, word: str, count: int) -> None:
    assert syllables(language, word) == count


# --- what is used -----------------------------------------------------------------------------------------------------


def test_every_string_that_is_used_is_there_and_every_string_is_used() -> None:
    """Keys that are put together at run time begin with a known part."""
    source = "\n".join(path.read_text("utf-8") for path in (*HERE.glob("templates/*.html"), *HERE.glob("page/*.py")))
    parts = "|".join({key.partition(".")[0] for key in messages("en").texts})
    named = set(re.findall(rf"""["']((?:{parts})\.[a-z_0-9]+)["']""", source))
    whole = {key for key in named if not key.endswith((".html", ".css", ".js", "_"))}
    begun = tuple(re.findall(rf"""["']((?:{parts})\.(?:[a-z]+_)?)["'{{]""", source))
    assert whole - set(messages("en").texts) - set(names()) == set()
    assert {key for key in messages("en").texts if key not in whole and not key.startswith(begun)} == set()


def test_every_topic_of_a_question_has_words() -> None:
    say = messages("en")
    assert [topic for topic in (*TOPICS, "other") if not say.has(f"ask.{topic}") or not say.has(f"add.{topic}")] == []
    assert [topic for topic in (*FINER, "truth", "when") if not say.has(f"ask.{topic}")] == []


def test_every_note_of_an_answer_is_said_in_the_seekers_language(world: Project) -> None:
    requests = (
        Request("word " * 2000),
        Request("bread", n=20),
        Request("bread", filter="country = DE"),
        Request("bread", filter="employees = 14"),
        Request("bread", filter="employees = 15"),
        Request("zzz qqq"),
        Request("zzz qqq", filter="employees = 14"),
    )
    made = {note for request in requests for note in world.recommender.answer(request).notes}
    assert len(made) == 7
    known = {found[0] for note in made if (found := notes.known(note))}
    assert len(known) == 7
    assert known | {"nothing", "words", "unaided", "unexplained", "taste", "one"} == notes.NOTES.keys()
    for name, text in notes.NOTES.items():
        told = [messages(language).note(text.replace("{count}", "1,200")) for language in LANGUAGES]
        assert len(set(told)) == (1 if name in UNSAID else 3)
        assert all(told) == (name not in UNSAID)


def test_a_note_that_nobody_knows_is_left_out_where_it_is_in_another_language() -> None:
    assert [messages(language).note("Something new.") for language in LANGUAGES] == ["Something new.", "", ""]
    assert {messages(one).note(recommend.READ_AS + "“dentsit” as “dentist”.") for one in LANGUAGES} == {""}


# --- the language of a browser ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "spoken", "language"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", LANGUAGES, "de"),
        ("es, fr;q=0.4, en;q=0.3", LANGUAGES, "fr"),
        ("en;q=0.2, de;q=0.7", LANGUAGES, "de"),
        ("fr;q=0, *", LANGUAGES, "en"),
        ("", LANGUAGES, "en"),
        ("fr", ("de", "en"), "de"),
        ("x" * 100_000, LANGUAGES, "en"),
        (";;;q=,de;q=9", LANGUAGES, "en"),
    ],
)
def test_the_page_follows_the_browser(header: str, spoken: tuple[str, ...], language: str) -> None:
    assert preferred(header, spoken) == language


def test_numbers_and_days_are_written_as_the_language_writes_them() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    assert [messages(one).number(1200.5) for one in LANGUAGES] == ["1,200.5", "1.200,5", "1\u202f200,5"]
    assert [messages(one).day(at) for one in LANGUAGES] == ["21 November 2026", "21. November 2026", "21 novembre 2026"]


def test_what_is_put_into_a_string_is_escaped() -> None:
    assert messages("en")("results.one", item="<b>{0.__class__}") == "We found one &lt;b&gt;{0.__class__}"


def test_french_marks_stand_behind_a_space_that_does_not_break() -> None:
    broken = [key for key, text in messages("fr").texts.items() if re.search(r"[^\u00a0][?!:;…]", text)]
    assert broken == []


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "before", "after", "told"),
    [
        ("en", "31 May 2026 or before", "After 31 May 2026", "free from: 31 May 2026 or before"),
        ("de", "31. Mai 2026 oder davor", "Nach dem 31. Mai 2026", "free from: 31. Mai 2026 oder davor"),
        ("fr", "Le 31 mai 2026 ou avant", "Après le 31 mai 2026", "free from\u00a0: le 31 mai 2026 ou avant"),
    ],
)
def test_dates_stand_in_words_on_buttons_and_in_what_is_read_back(
    language: str, before: str, after: str, told: str
) -> None:
    say, at = messages(language), ("2026-05-31",)
    assert option_text(Option("up_to", at), "other", say) == before
    assert option_text(Option("over", at), "other", say) == after
    assert told_text(Told("free_from", "", "up_to", at), say) == told
    assert fact("free_from", "2026-05-31", say).endswith(before.removeprefix("Le ").rsplit(" ", 2)[0])


@pytest.mark.parametrize(
    ("values", "english", "german", "french"),
    [
        (
            ("2027-05-01", "2027-06-30"),
            "1 May 2027 to 30 June 2027",
            "1. Mai 2027 bis 30. Juni 2027",
            "Du 1er mai 2027 au 30 juin 2027",
        ),
        (("2027-05-01", "2027-05-31"), "May 2027", "Mai 2027", "Mai 2027"),
        (("2027-05-02", "2027-05-02"), "2 May 2027", "2. Mai 2027", "2 mai 2027"),
        (("2014-01-01", "2017-12-31"), "2014 to 2017", "2014 bis 2017", "De 2014 à 2017"),
        (("2014-01-01", "2014-12-31"), "2014", "2014", "2014"),
        (
            ("2014-02-01", "2014-12-31"),
            "1 February 2014 to 31 December 2014",
            "1. Februar 2014 bis 31. Dezember 2014",
            "Du 1er février 2014 au 31 décembre 2014",
        ),
        ((51.0, 100.0), "51 to 100", "51 bis 100", "De 51 à 100"),
        ((2.0, 2.0), "2", "2", "2"),
    ],
)
def test_spans_of_days_and_numbers_stand_in_the_words_of_each_language(
    values: tuple[str | float, ...], english: str, german: str, french: str
) -> None:
    for language, told in zip(("en", "de", "fr"), (english, german, french), strict=True):
        say = messages(language)
        assert option_text(Option("between", values), "when", say) == told
        read_back = told_text(Told("zz", "", "between", values), say)
        assert read_back.partition(":")[2].strip().casefold() == told.casefold()


def test_the_end_of_a_year_is_said_as_the_year() -> None:
    say, at = messages("fr"), ("2013-12-31",)
    assert option_text(Option("up_to", at), "when", say) == "2013 ou avant"
    assert option_text(Option("over", at), "when", say) == "Après 2013"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("price_night", 117.9, "price night: 117,90"),
        ("price_night", 117.0, "price night: 117"),
        ("price_night", 1117.5, "price night: 1.117,50"),
        ("length", 117.9, "length: 117,9"),
    ],
)
def test_sums_have_both_digits_of_their_cents(field: str, value: float, told: str) -> None:
    assert fact(field, value, messages("de")) == told


@pytest.mark.parametrize(
    ("topic", "german"),
    [("price", "So, aber günstiger"), ("money", "So, aber x: unter 5"), ("size", "So, aber kleiner")],
)
def test_what_costs_less_is_cheaper_and_other_sums_are_less(topic: str, german: str) -> None:
    assert sharpen_text(Sharpening("x", topic, "less", (5.0,), "x < 5", 9), messages("de")) == german


@pytest.mark.parametrize(
    ("language", "less", "more"),
    [
        ("en", "Like this, but serves: less than 4", "Like this, but serves: more than 4"),
        ("de", "So, aber serves: unter 4", "So, aber serves: über 4"),
        ("fr", "Comme cela, mais serves : moins de 4", "Comme cela, mais serves : plus de 4"),
    ],
)
def test_a_button_of_a_field_whose_name_is_any_word_says_more_than_what(language: str, less: str, more: str) -> None:
    buttons = (
        Sharpening("serves", "other", "less", (4.0,), "", 9),
        Sharpening("serves", "other", "more", (4.0,), "", 9),
    )
    told = [sharpen_text(one, messages(language)).replace("\N{NO-BREAK SPACE}", " ") for one in buttons]
    assert told == [less, more]


def test_years_stand_without_thousands_and_prices_with_them() -> None:
    say = messages("en")
    assert fact("price_month", 1905.0, say) == "price month: 1,905"
    assert fact("team_size", 2010.0, say) == "team size: 2,010"
    assert fact("founded", 1905.0, say) == "founded: 1905"
    assert fact("erected", 1905.0, say) == "erected: 1905"
    assert fact("Baujahr", 1905.0, say) == "Baujahr: 1905"
    assert fact("teamSize", 12.0, say) == fact("TEAM_SIZE", 12.0, say) == "team size: 12"
    assert told_text(Told("founded", "", "up_to", (1990.0,)), say) == "founded: 1990 or before"


@pytest.mark.parametrize(
    ("field", "value", "english", "german", "french"),
    [
        ("founded", 1991.0, "after 1991", "nach 1991", "après 1991"),
        ("opened", "2024-05-31", "after 31 May 2024", "nach dem 31. Mai 2024", "après le 31 mai 2024"),
        ("employees", 12.0, "more than 12", "mehr als 12", "plus de 12"),
        ("price_night", 1991.0, "more than 1,991", "mehr als 1.991", "plus de 1\u202f991"),
    ],
)
def test_what_was_to_be_newer_is_read_back_as_after_a_year(
    field: str, value: str | float, english: str, german: str, french: str
) -> None:
    for language, told in (("en", english), ("de", german), ("fr", french)):
        assert told_text(Told(field, "", "more", (value,)), messages(language)).partition(":")[2].strip() == told
    assert told_text(Told("founded", "", "less", (1991.0,)), messages("en")) == "founded: before 1991"
    last = Told("opened", "", "less", ("2024-12-31",))
    assert told_text(last, messages("en")) == "opened: before 31 December 2024"
