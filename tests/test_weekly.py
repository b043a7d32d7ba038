"""Weekdays and times of day: how fields write them, what requests say of them, and what the items then are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from firstfive.app.requested import RequestedFields
from firstfive.ask import read
from firstfive.build.columns import columns
from firstfive.features.weekly import week
from firstfive.ports import Column
from firstfive.rank import WeeklyFields
from firstfive.rank.unsaid import otherwise_said
from firstfive.types import Fields, Positions, Request

HOURS = (
    "Mo-Fr 09:00-17:00; Sa 10:00-14:00",
    "5pm-11pm, closed Monday and Tuesday",
    "noon-10pm",
    "24/7",
    "Fri, Sat 18:00-02:00",
    "Tue, Thu",
    None,
    "by arrangement",
)
"""Opening hours, one an item."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Mon-Fri", "12345"),
        ("Monday, Wednesday and Friday", "135"),
        ("Tue & Thu", "24"),
        ("Sa, So", "67"),
        ("lun-ven", "12345"),
        ("Fr - Mo", "1567"),
        ("seven days a week", "1234567"),
        ("täglich außer Montag", "1234567 not 1"),
        ("noon-3pm, closed Monday and Tuesday", " 12-15 not 12"),
        ("Mo-Sa 9-18 Uhr", "123456 9-18"),
        ("Mo-Fr 09:00-17:00; Sa 10:00-14:00", "12345 9-17 | 6 10-14"),
        ("Mon closed, Tue 9-5", "2 9-17 not 1"),
        ("lundi au vendredi 9h-18h", "12345 9-18"),
        ("Mo - Fr: 8:00 - 12:00 und 13:00 - 17:00 Uhr", "12345 8-12 13-17"),
        ("10am-midnight", " 10-24"),
        ("1-5pm", " 13-17"),
        ("18:00-02:00", " 18-26"),
        ("24 hours", " 0-24"),
        ("24/7", "1234567 0-24"),
        ("Tuesday 19:00", "2 19-20"),
        ("Sunday Times bestseller", None),
        ("do it", None),
        ("Black Friday", None),
        ("3-4", None),
        ("10.50-12.50", None),
        ("18:30", None),
        ("10-12 years", None),
        ("2026-05-01", None),
        ("", None),
    ],
)
def test_a_value_of_days_and_times_alone_is_read_as_these(value: str, said: str | None) -> None:
    found = week(value)
    assert (found and _told(found.groups, found.closed)) == said


def _told(groups: Sequence[tuple[int, Sequence[tuple[int, int]]]], closed: int) -> str:
    every = [" ".join([_days(days), *(f"{one / 60:g}-{two / 60:g}" for one, two in spans)]) for days, spans in groups]
    return " | ".join(every) + (f" not {_days(closed)}" if closed else "")


def _days(days: int) -> str:
    return "".join(str(day + 1) for day in range(7) if days >> day & 1)


def catalogue(items: Sequence[Fields]) -> dict[str, Column]:
    names = dict.fromkeys(name for item in items for name in item)
    return columns(dict.fromkeys(names, "text"), items)


def found(text: str, hours: Sequence[str | None] = HOURS) -> str:
    """For each item: y(es), p(erhaps) or n(o); empty where no days or times are named."""
    fields = WeeklyFields(catalogue([{} if one is None else {"opening_hours": one} for one in hours]))
    named = fields.named(text, read(Request(text)).wishes)
    if not named:
        return ""
    yes, perhaps = named[0].verdict
    return "".join("y" if one else "p" if other else "n" for one, other in zip(yes, perhaps, strict=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("open on Sunday evening", "nyyynnpp"),
        ("a pub on a Saturday", "yyyyynpp"),
        ("Friday", "yyyyynpp"),
        ("a café at weekends", "yyyyynpp"),
        ("a carer on weekday mornings", "ynnynppp"),
        ("a class on Monday or Tuesday", "ynyynypp"),
        ("open every day", "nnyynnpp"),
        ("sonntags geöffnet", "nyyynnpp"),
        ("ein Café am Wochenende", "yyyyynpp"),
        ("ouvert le dimanche soir", "nyyynnpp"),
        ("dinner after 6pm", "nyyyyppp"),
        ("ab 18 Uhr geöffnet", "nyyyyppp"),
        ("ouvert après 18 h", "nyyyyppp"),
        ("open until midnight", "nnnyyppp"),
        ("bis 22 Uhr offen", "nyyyyppp"),
        ("a shop that opens before 10", "ynnynppp"),
        ("a café open 24 hours", "nnnynppp"),
        ("open late", "nyyyyppp"),
        ("at lunchtime", "ynyynppp"),
        ("Sunday lunch in York", ""),
        ("Friday prayers", ""),
        ("a film like Saturday Night Fever", ""),
        ("a course starting on Monday 5 May", ""),
        ("a Turkish grill, closed on Mondays is fine", ""),
        ("a shop that closes before 6pm", ""),
        ("delivered within 24 hours", ""),
        ("somebody who helps me to do my shopping", ""),
        ("a daily newspaper", ""),
        ("an evening class", ""),
        ("a bus at 9", ""),
        ("a group of 10 to 12 people", ""),
        ("after 6pm or at weekends", ""),
    ],
)
def test_a_request_names_days_and_times_where_it_asks_for_them(text: str, wanted: str) -> None:
    assert found(text) == wanted


def test_what_is_refused_wants_another_time() -> None:
    days = ("Mon", "Mon-Fri", "Sun", None)
    assert found("a helper, but not on Mondays", days) == "nyyp"
    assert found("eine Hilfe, aber nicht montags", days) == "nyyp"
    assert found("une aide, mais pas le lundi", days) == "nyyp"


def test_days_and_times_in_two_fields_are_asked_of_each() -> None:
    fields = WeeklyFields(catalogue([{"days": "Mon-Fri", "hours": "18:00-22:00"}, {"days": "Sat", "hours": "9am-1pm"}]))
    asked = fields.named("Monday evenings", read(Request("Monday evenings")).wishes)
    assert [(one.field, one.verdict[0].tolist()) for one in asked] == [
        ("days", [True, False]),
        ("hours", [True, False]),
    ]


def test_times_alone_are_read_of_a_field_that_says_when_something_begins() -> None:
    def evening(name: str) -> list[list[bool]]:
        fields = WeeklyFields(catalogue([{name: one} for one in ("18:30", "10:00", "7.30pm", "14:00")]))
        text = "a class in the evening"
        return [one.verdict[0].tolist() for one in fields.named(text, read(Request(text)).wishes)]

    assert evening("start_time") == [[True, False, True, False]]
    assert evening("cooking_time") == []


@pytest.mark.parametrize("name", ["closed", "delivery_days", "music"])
def test_a_field_of_other_days_is_not_meant(name: str) -> None:
    assert not WeeklyFields(catalogue([{name: "Mon"}, {name: "Tue, Wed"}])).spans


def test_a_field_of_other_texts_says_nothing_of_days() -> None:
    titles = [{"title": one} for one in ("Sunday", "Saturday Night Fever", "Friday Night Lights", "Blue Monday")]
    fields = WeeklyFields(catalogue(titles))
    assert not fields.spans
    assert not fields.named("on Sundays", read(Request("on Sundays")).wishes)


def test_of_two_fields_that_could_be_meant_none_is() -> None:
    both = [{"kitchen_hours": "Mon-Fri", "shop_hours": "Tue, Fri"}, {"kitchen_hours": "Fri", "shop_hours": "Mon"}]
    fields = WeeklyFields(catalogue(both))
    assert len(fields.spans) == 2
    assert not fields.named("open on Fridays", read(Request("open on Fridays")).wishes)


def test_a_day_is_no_value_beside_days_that_are_written_otherwise() -> None:
    days = ("Monday", "Mon-Fri", "Tuesday", "Tuesday")
    known = catalogue([{"days": one} for one in days])
    fields = RequestedFields(known, lambda _: _none(), lambda _: "")
    asked = fields.read("a club on Monday", read(Request("a club on Monday")).wishes)
    assert not asked.named
    assert [fields.meet(one, at) for one in asked.every for at in range(4)] == [True, True, False, False]
    assert fields.said(asked, 0.0)["days"].yes.tolist() == [True, True, False, False]


def test_where_each_value_is_one_day_it_is_a_value_as_others_are() -> None:
    known = catalogue([{"weekday": one} for one in ("Monday", "Tuesday", "Tuesday", "Monday")])
    fields = RequestedFields(known, lambda _: _none(), lambda _: "")
    asked = fields.read("a club on Monday", read(Request("a club on Monday")).wishes)
    assert [one.value for one in asked.named] == ["monday"]
    assert not asked.days
    assert len(fields.read("a club on Mondays", read(Request("a club on Mondays")).wishes).every) == 1


def _none() -> Positions:
    return np.empty(0, np.int64)


@pytest.mark.parametrize(
    ("wish", "text", "said"),
    [
        ("also sundays", "Open every day of the year.", True),
        ("at the weekend", "Seven days a week.", True),
        ("auch sonntags", "Täglich von 8 bis 20 Uhr.", True),
        ("le dimanche", "Ouvert 7j/7.", True),
        ("saturday", "Monday to Saturday.", True),
        ("sundays", "Every day except Sunday.", False),
        ("sunday lunch", "Open every day.", False),
        ("sundays", "Closed daily for lunch.", False),
        ("sundays", "Monday to Friday.", False),
        ("my granddaughter age 9", "For a child of around 8 to 11.", True),
        ("my son aged 9", "Ages 8-11.", True),
        ("age 12", "For a child of around 8 to 11.", False),
        ("age 9", "Takes 8 to 11 days.", False),
        ("page 9", "For children of 8 to 11.", False),
    ],
)
def test_a_day_or_an_age_is_said_by_several(wish: str, text: str, said: bool) -> None:
    assert otherwise_said(wish, [text, ""]) is said
