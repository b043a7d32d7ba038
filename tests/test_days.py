"""Days that a request names: what a field of dates says of them, in three languages and for fields of two senses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from conftest import project_of
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project
from firstfive.ask import read
from firstfive.build.columns import columns
from firstfive.features.dates import easter
from firstfive.rank import DayFields, Days
from firstfive.types import Request

DATES = ("2025-05-20", "2026-03-01", "2026-05-01", "2026-05-31", "2026-09-15", None)


TO_COME = (
    "2026-11-20",
    "2026-12-15",
    "2026-12-28",
    "2027-01-10",
    "2027-03-06",
    "2027-03-28",
    "2027-05-05",
    "2027-06-15",
)
"""Dates about the New Year, seen from the last day of November."""


def fields(name: str, *others: str, dates: Sequence[str | None] = DATES) -> DayFields:
    """A catalogue of these dates, in one field or several."""
    items = [{} if at is None else dict.fromkeys((name, *others), at) for at in dates]
    return DayFields(columns(dict.fromkeys((name, *others), "date"), items), lambda: date(2026, 11, 30))


def found(text: str, name: str = "starts") -> str:
    """For each item: y(es), p(erhaps) or n(o); empty where no days are named."""
    known = fields(name)
    named = known.named(text, read(Request(text)).wishes)
    if not named:
        return ""
    yes, silent = known.verdict(named[0])
    assert not (yes & silent).any()
    for days in named:
        assert [bool(at and days.include(at)) for at in DATES] == yes.tolist()
    return "".join("y" if one else "p" if other else "n" for one, other in zip(yes, silent, strict=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a walk in May", "ynyynp"),
        ("eine Wanderung im Mai", "ynyynp"),
        ("une marche en mai", "ynyynp"),
        ("a walk in early May 2026", "nnynnp"),
        ("a walk in late May 2026", "nnnynp"),
        ("a walk in May or September", "ynyyyp"),
        ("a walk before 1 May", "yynnnp"),
        ("eine Wanderung ab dem 31. Mai", "nnnyyp"),
        ("eine Wanderung ab 15.9.", "nnnnyp"),
        ("une marche à partir de mai", "nnyyyp"),
        ("une marche à partir du 2 mai 2026", "nnnyyp"),
        ("a walk after 1 May 2026", "nnnyyp"),
        ("a walk after May", "nnnnyp"),
        ("a walk in 2025", ""),
        ("a novel set in 1984", ""),
        ("a hotel with a rating from 4.5", ""),
        ("Hotel mit Bewertung ab 4.5 Punkten", ""),
        ("poems by May", ""),
        ("rovers on Mars", ""),
        ("a gift for June", ""),
        ("a walk from May", "nnyyyp"),
        ("a walk since 2 May 2026", "nnnyyp"),
        ("eine Wanderung ab 15.9.2026", "nnnnyp"),
        ("a walk before March", "ynnnnp"),
        ("a walk, until 2026-05-01", "yyynnp"),
        ("a walk, not in May", "nynnyp"),
        ("Wanderung, nicht im Mai", "nynnyp"),
        ("a walk, not before 2 May", "nnnyyp"),
        ("a walk, not after 2 May", "yyynnp"),
        ("a walk, not until 2 May", "nnnyyp"),
        ("a walk in the hills", ""),
        ("you may bring a dog", ""),
        ("a walk of 2026 steps", ""),
        ("30 February 2026", ""),
    ],
)
def test_days_are_read_as_they_are_said(text: str, wanted: str) -> None:
    assert found(text) == wanted


def to_come(text: str, name: str = "starts") -> list[str]:
    """The dates to come that a request names; none where no days are named, or all."""
    known = fields(name, dates=TO_COME)
    named = known.named(text, read(Request(text)).wishes)
    return [at for at in TO_COME if named and all(days.include(at) for days in named)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("a walk before 20 December", "2026-11-20", "2026-12-15"),
        ("a walk after 20 December", "2026-12-28", "2027-06-15"),
        ("a walk before 20 March", "2026-11-20", "2027-03-06"),
        ("a walk on the 6th of March", "2027-03-06", "2027-03-06"),
        ("6th March", "2027-03-06", "2027-03-06"),
        ("a walk before the 6th of March", "2026-11-20", "2027-01-10"),
        ("a walk from the 15th of January", "2027-03-06", "2027-06-15"),
        ("a walk between December and March", "2026-12-15", "2027-03-28"),
        ("a walk, January to March", "2027-01-10", "2027-03-28"),
        ("Wanderung zwischen Januar und März", "2027-01-10", "2027-03-28"),
        ("a walk between 20 December and 5 March", "2026-12-28", "2027-01-10"),
        ("a walk from 3 to 10 May", "2027-05-05", "2027-05-05"),
        ("une marche du 3 au 10 mai", "2027-05-05", "2027-05-05"),
        ("Wanderung vom 3. bis 10. Mai", "2027-05-05", "2027-05-05"),
        ("a walk, 20 December 2026 to 5 January 2027", "2026-12-28", "2026-12-28"),
        ("a walk, March onwards", "2027-03-06", "2027-06-15"),
        ("a walk on 16 March or later", "2027-03-28", "2027-06-15"),
        ("eine Wanderung am 16. März oder später", "2027-03-28", "2027-06-15"),
        ("a walk, 16 March at the latest", "2026-11-20", "2027-03-06"),
        ("Wanderung spätestens 16. März", "2026-11-20", "2027-03-06"),
        ("a walk at the end of March", "2027-03-28", "2027-03-28"),
        ("a walk by the end of March", "2026-11-20", "2027-03-28"),
        ("a walk before the end of March", "2026-11-20", "2027-03-28"),
        ("a walk at the start of May", "2027-05-05", "2027-05-05"),
        ("Wanderung Anfang Mai", "2027-05-05", "2027-05-05"),
        ("Wanderung Mitte Juni", "2027-06-15", "2027-06-15"),
        ("marche mi-juin", "2027-06-15", "2027-06-15"),
        ("marche début mai", "2027-05-05", "2027-05-05"),
        ("marche fin mars", "2027-03-28", "2027-03-28"),
        ("a walk before Christmas", "2026-11-20", "2026-12-15"),
        ("Wanderung vor Weihnachten", "2026-11-20", "2026-12-15"),
        ("a walk by Easter", "2026-11-20", "2027-03-28"),
        ("marche après Pâques", "2027-05-05", "2027-06-15"),
        ("a walk in the new year", "2027-01-10", "2027-03-28"),
        ("a walk next month", "2026-12-15", "2026-12-28"),
        ("Wanderung nächsten Monat", "2026-12-15", "2026-12-28"),
    ],
)
def test_days_without_a_year_are_the_next_that_part_the_dates(text: str, first: str, last: str) -> None:
    named = to_come(text)
    assert (named[0], named[-1]) == (first, last)
    assert named == [at for at in TO_COME if first <= at <= last]


@pytest.mark.parametrize(
    "text",
    [
        "a flat by June",
        "a flat before the start of June",
        "a flat by the end of May",
        "une marche avant juin",
    ],
)
def test_what_is_to_be_had_by_the_next_such_day(text: str) -> None:
    assert to_come(text, "available_from")[-1] >= "2027-05-05"


@pytest.mark.parametrize(
    "text",
    [
        "a flat, free now",
        "flat available immediately",
        "a flat, straight away",
        "Wohnung ab sofort",
        "appartement tout de suite",
        "a flat, as soon as possible",
    ],
)
def test_what_is_to_be_had_now_is_free_by_today(text: str) -> None:
    assert to_come(text, "available_from") == ["2026-11-20"]
    assert to_come(text) == []


@pytest.mark.parametrize("text", ["a flat immediately by the sea", "a flat now", "free parking, now with a lift"])
def test_now_is_often_a_word_like_others(text: str) -> None:
    assert to_come(text, "available_from") == []


@pytest.mark.parametrize(
    "text",
    [
        "a gift for Christmas",
        "Christmas markets",
        "Easter Island",
        "a walk of 3 to 10 miles",
        "between you and me",
        "from 3 to 10",
        "a house of the early sixties",
        "a march to Rome",
        "March hare",
        "a mid range walk",
        "20 May balloons",
        "a room for 2 to 4",
        "poems by May",
        "this week's paper",
    ],
)
def test_what_names_no_days(text: str) -> None:
    assert to_come(text) == []


def test_what_is_refused_until_a_day_is_to_be_had_from_then_on() -> None:
    assert to_come("a flat, not before May", "available_from") == ["2027-05-05", "2027-06-15"]
    assert to_come("a flat, not in May", "available_from") == []


@pytest.mark.parametrize("name", ["available_from", "frei ab", "disponible", "FreeFrom"])
def test_what_is_to_be_had_from_a_day_on_is_to_be_had_behind_it(name: str) -> None:
    assert found("a flat, free in May", name) == "yyyynp"
    assert found("a flat, free from May", name) == "yyyynp"
    assert found("a flat in May 2025", name) == "ynnnnp"


@pytest.mark.parametrize("name", ["Abfahrt", "Abreise", "freigegeben", "starts"])
def test_other_words_that_begin_alike_say_no_such_thing(name: str) -> None:
    assert found("a trip in May", name) == "ynyynp"


def test_when_a_page_was_made_is_nothing_that_is_looked_for() -> None:
    assert found("a driver, free in May", "updated") == ""


def test_of_two_fields_none_is_meant() -> None:
    known = fields("starts", "ends")
    assert known.named("in May", read(Request("in May")).wishes) == ()


def test_a_month_of_any_year_is_that_month() -> None:
    days = Days("starts", 0, months=("05",))
    assert [days.include(at) for at in ("2026-05-01", "1999-05-31", "2026-06-01")] == [True, True, False]
    assert np.array_equal(fields("starts").verdict(days)[0], [True, False, True, True, False, False])


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Twelve walks, of which the one called by the number of a day is on another."""
    rows = [f"{n},Walk {n},A walk along the coast with a guide. Walk {n}.,2026-05-{13 - n:02}" for n in range(1, 13)]
    with project_of(tmp_path_factory.mktemp("walks"), "id,name,about,starts", rows) as project:
        yield project


def test_days_that_all_items_state_are_not_searched_for(walks: Project) -> None:
    serving = Recommender(walks).serving
    asked = {text: serving.query(read(Request(text))).reading.asked for text in ("a walk on 1 May", "1 May")}
    assert asked == {"a walk on 1 May": "a walk", "1 May": "1 May"}
    assert Recommender(walks).recommend(Request("a walk on 1 May", diversity=0)).places[0].item == "12"


def test_days_that_some_items_leave_out_are_searched_for_too(tmp_path: Path) -> None:
    rows = [f"{n},Walk {n},A walk along the coast.,{'' if n == 3 else f'2026-05-{n:02}'}" for n in range(1, 13)]
    with project_of(tmp_path, "id,name,about,starts", rows) as project:
        serving = Recommender(project).serving
        assert serving.query(read(Request("a walk on 1 May"))).reading.asked == "a walk on 1 May"


@pytest.mark.parametrize(
    ("year", "wanted"), [(1954, "1954-04-18"), (2000, "2000-04-23"), (2024, "2024-03-31"), (2049, "2049-04-18")]
)
def test_easter_is_another_day_each_year(year: int, wanted: str) -> None:
    assert easter(year).isoformat() == wanted
