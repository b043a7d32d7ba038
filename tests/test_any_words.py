"""Whatever words a request has, it is read: in any case, in letters that only look like others, in any order."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstfive.app.requested import RequestedFields
from firstfive.ask import read
from firstfive.features.numerals import counted
from firstfive.ports import Column
from firstfive.rank.amounts import amounts
from firstfive.types import Request

PHRASES = (
    "a firm with dreißig Mitarbeitern",
    "einunddreißig Personen",
    "zweihundert dreißig Plätze",
    "10 bis 30 Mio. Euro Umsatz",
    "fewer than fifty people",
    "between £900 and £1,200 a month",
    "über 5 Prozent Exportanteil",
    "not before 3 May 2026",
    "im April oder September",
    "le 3 mai 1990",
    "XIXe siècle",
    "built in the sixties",
    "founded after 1990",
    "older than ten years",
    "Friday mornings from 9 to half past ten",
    "freitags ab 18 Uhr",
    "not on Sundays",
    "open 24/7",
    "allows dogs",
    "no pets allowed",
    "with a garden or a balcony",
    "the club has fifty members",
    "in Leeds or York",
    "nicht in Berlin",
    "sans chien, près de Lyon",
    "two bedrooms or three",
    "speaks French but not German",
    "the cheapest one",
    "1/2 2. ½ 10- -5 5-3 25:99 31 February",
    "99999999999999999999 euros 1e5 10%% ٣ rooms",
    "deux cents personnes, cinq cent mille euros",
    "six of us and two children",
)
LOOK_ALIKE = (
    str.upper,
    str.title,
    lambda text: text.replace("i", "ı"),
    lambda text: text.upper().replace("I", "İ"),
    lambda text: text.replace("ß", "ss"),
    lambda text: text.replace("ss", "ß").replace("s", "ſ"),
    lambda text: text.replace("k", "\u212a").replace("'", "\u2019"),
    lambda text: "".join(chr(0x660 + int(char)) if char in "0123456789" else char for char in text),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text,
)


def numbers(*values: float) -> Column:
    return Column("number", numbers=np.array(values))


def answers(*values: float) -> Column:
    return Column("yes/no", numbers=np.array(values))


def words(kind: str, *values: str) -> Column:
    distinct = tuple(sorted({value.casefold() for value in values}))
    codes = np.array([distinct.index(value.casefold()) for value in values])
    return Column(kind, values=distinct, starts=np.arange(len(values) + 1), codes=codes)


@pytest.fixture(scope="module")
def fields() -> RequestedFields:
    """A field of every kind, one with a name without letters among them."""
    columns = {
        "bedrooms": numbers(1, 2, 3),
        "rent": numbers(500, 900, np.nan),
        "year_built": numbers(1900, 1960, 2010),
        "employees": numbers(10, 50, 250),
        "export_share": numbers(0, 20, 80),
        "revenue_eur_m": numbers(1, 20, 300),
        "pets": answers(1, 0, np.nan),
        "24/7": answers(1, 0, 1),
        "town": words("text", "Leeds", "York", "Berlin"),
        "country": words("text", "Germany", "France", "United Kingdom"),
        "available_from": words("date", "2026-01-01", "2026-05-01", "2026-12-01"),
        "opening_hours": words("text", "Mon-Fri 9-17", "Sat 10-14", "Tue 18:00-20:00"),
        "languages": words("list", "French", "German", "Italian"),
    }
    return RequestedFields(columns, lambda _: np.arange(3), lambda _: "Dogs in Leeds", today=lambda: date(2026, 11, 30))


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3), st.sampled_from(LOOK_ALIKE), st.randoms())
def test_any_words_are_read_and_every_wish_is_a_part_of_them(fields, phrases, alike, random):  # type: ignore[no-untyped-def]
    said = " ".join(phrases).split(" ")
    if random.random() < 0.5:
        random.shuffle(said)
    reading = read(Request(alike(" ".join(said))))
    text = reading.request.text
    for wish in reading.wishes:
        assert text[wish.start : wish.end] == wish.text
    in_order = sorted(reading.wishes, key=lambda wish: wish.start)
    for one, next_one in zip(in_order, in_order[1:], strict=False):
        assert one.end <= next_one.start
    found = fields.read(text, reading.wishes)
    assert fields.said(found, 3.0) is not None


@pytest.mark.parametrize(
    ("said", "count"),
    [("dreißig", 30), ("DREISSIG", 30), ("einunddreissig", 31), ("zweihundert dreißig", 230), ("fıfty", 50)],
)
def test_a_number_is_read_however_its_letters_are_written(said: str, count: int) -> None:
    assert counted(said) == count
    assert [amount.low for amount in amounts(f"{said} Mitarbeiter")] == [count]
