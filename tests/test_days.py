"""Days that a request names: what a field of dates says of them, in three languages and for fields of two senses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from conftest import project_of
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project
from firstfive.ask import read
from firstfive.build.columns import columns
from firstfive.rank import DayFields, Days
from firstfive.types import Request

DATES = ("2025-05-20", "2026-03-01", "2026-05-01", "2026-05-31", "2026-09-15", None)


def fields(name: str, *others: str) -> DayFields:
    """A catalogue of these dates, in one field or several."""
    items = [{} if at is None else dict.fromkeys((name, *others), at) for at in DATES]
    return DayFields(columns(dict.fromkeys((name, *others), "date"), items))


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
        ("a walk in early May 2026", "nnyynp"),
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
        ("a walk, not in May", ""),
        ("a walk in the hills", ""),
        ("you may bring a dog", ""),
        ("a walk of 2026 steps", ""),
        ("30 February 2026", ""),
    ],
)
def test_days_are_read_as_they_are_said(text: str, wanted: str) -> None:
    assert found(text) == wanted


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
