"""What visits came to, from their Events; and visits looked back at, without personal data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest

from command_line import firstfive
from conftest import ROOT
from firstfive.app.visited import by_visit, numbers, timeline, visits
from firstfive.app.visits import begin
from firstfive.errors import NotFound
from firstfive.guard import masked, personal, printable
from firstfive.measure.intervals import FEW
from firstfive.measure.visits import NUMBERS, VisitNumber, _median, seen, visit_numbers
from firstfive.testing.clients import served
from firstfive.types import Event, ItemId, Place, RecommId, ReleaseId, Request, Slate, UserId, VisitId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOW - 2 * HOUR
OPENED = datetime.now(UTC) - timedelta(minutes=5)
V1: str = begin(OPENED)


def visit(*happened: tuple[str, str, float], user: str = "", began: datetime = LONG_AGO) -> list[Event]:
    """Events of (kind, item, seconds since the visit began), of a visit to the page where no user is named."""
    user = user or begin(began)
    return [
        Event(kind, UserId(user), ItemId(item), began + timedelta(seconds=at), RecommId("r"), at)
        for kind, item, at in happened
    ]


def shown(*items: str, at: float = 1.0) -> list[tuple[str, str, float]]:
    return [("shown", item, at) for item in items]


FIVE = shown("a", "b", "c", "d", "e")


def number(name: str, found: Sequence[VisitNumber]) -> VisitNumber:
    return next(one for one in found if one.name == name)


# --- one visit --------------------------------------------------------------------------------------------------------


def test_the_seconds_to_a_match_are_those_of_the_first_yes() -> None:
    found = seen(visit(*FIVE, ("no", "a", 5), ("yes", "c", 20), ("yes", "b", 12.5)), NOW)
    assert found
    assert found.match_s == 12.5
    assert found.early
    assert found.liked


def test_a_yes_to_a_later_item_is_a_match_but_none_in_the_first_five() -> None:
    found = seen(visit(*FIVE, *shown("f", "g"), ("yes", "f", 30)), NOW)
    assert found
    assert (found.match_s, found.early) == (30, False)


@pytest.mark.parametrize("value", [0.0, -40.0, 5.0])
def test_the_seconds_of_a_programs_yes_are_those_since_it_showed_something_whatever_its_value(value: float) -> None:
    events = visit(*FIVE, ("yes", "c", 20), user="of a program")
    found = seen([replace(one, value=value) for one in events], NOW)
    assert found
    assert (found.match_s, found.found) == (19, True)


def test_a_yes_from_before_the_visit_counts_and_has_no_seconds() -> None:
    early = [visit(("yes", "c", -60), *FIVE) for _ in range(30)]
    late = [visit(*FIVE, ("yes", "c", 10)) for _ in range(30)]
    told = {one.name: (one.value and one.value.value, one.visits) for one in visit_numbers([*early, *late], NOW)}
    assert told["match"] == (1.0, 60)
    assert told["seconds_to_match"] == (10.0, 30)


def test_an_answer_of_fewer_than_five_has_no_more_first_ones() -> None:
    later = [replace(event, recomm_id=RecommId("later")) for event in visit(*shown("f", at=9), ("yes", "f", 12))]
    found = seen([*visit(*FIVE[:3]), *later], NOW)
    assert found
    assert not found.early


def test_a_visit_is_over_when_it_was_left_or_nothing_happened_for_half_an_hour() -> None:
    just_now = NOW - timedelta(minutes=29)
    for events, over in (
        (visit(*FIVE), True),
        (visit(*FIVE, began=just_now), False),
        (visit(*FIVE, ("left", "r", 3), began=just_now), True),
    ):
        found = seen(events, NOW)
        assert found
        assert found.over is over


def test_a_visit_that_saw_nothing_does_not_count() -> None:
    assert seen(visit(("left", "r", 1)), NOW) is None


def test_an_answer_that_it_does_not_matter_is_none() -> None:
    asked = visit(*FIVE, ("asked", "r", 1), ("answered", "r", 4))
    found = seen(asked, NOW)
    assert found
    assert (found.asked, found.answered) == (True, True)
    indifferent = seen([*asked[:-1], replace(asked[-1], comment="any")], NOW)
    assert indifferent
    assert (indifferent.asked, indifferent.answered) == (True, False)


def test_the_two_questions_afterwards_are_yes_no_or_not_answered() -> None:
    yes, no = ("matched", "r", 1), ("trusted", "r", 0)
    found = seen(visit(*FIVE, yes, no), NOW)
    assert found
    assert (found.matched, found.trusted) == (True, False)
    skipped = seen(visit(*FIVE, ("unrated", "r", 9)), NOW)
    assert skipped
    assert (skipped.matched, skipped.trusted) == (None, None)


# --- many visits ------------------------------------------------------------------------------------------------------


def test_fewer_visits_than_needed_are_not_enough_data_yet() -> None:
    many = [visit(*FIVE, ("yes", "a", n)) for n in range(FEW)]
    few = number("match_in_first_five", visit_numbers(many[1:], NOW))
    assert (few.value, few.visits, few.needed) == (None, FEW - 1, FEW)
    enough = number("match_in_first_five", visit_numbers(many, NOW))
    assert enough.value
    assert enough.value.value == 1
    assert 0.8 < enough.value.low < 1


def test_shares_count_the_visits_that_they_are_of() -> None:
    matched = [visit(*FIVE, ("asked", "r", 1), ("yes", "a", 10)) for _ in range(30)]
    left = [visit(*FIVE, ("asked", "r", 1), ("answered", "r", 3)) for _ in range(60)]
    maybe = [visit(*FIVE, ("maybe", "b", 10)) for _ in range(10)]
    going_on = [visit(*FIVE, began=NOW) for _ in range(100)]
    found = visit_numbers([*matched, *left, *maybe, *going_on], NOW)
    told = {one.name: (one.value.value if one.value else None, one.visits) for one in found}
    assert told["match"] == (0.3, 100)
    assert told["abandonment"] == (0.6, 100)
    assert told["question_rate"] == (0.45, 200)
    assert told["answer_rate"][0] == pytest.approx(2 / 3)
    assert told["satisfaction"] == (None, 0)
    share = number("match", found).value
    assert share
    assert share.low == pytest.approx(0.219, abs=0.001)
    assert share.high == pytest.approx(0.396, abs=0.001)


def test_an_open_visit_with_a_yes_counts_wherever_the_item_stood() -> None:
    late = [visit(*FIVE, *shown("f"), ("yes", "f", 10), began=NOW) for _ in range(10)]
    early = [visit(*FIVE, ("yes", "a", 10), began=NOW) for _ in range(30)]
    told = {one.name: (one.value and one.value.value, one.visits) for one in visit_numbers([*late, *early], NOW)}
    assert told["match_in_first_five"] == (0.75, 40)
    assert told["match"] == (1.0, 40)


def test_the_median_lies_between_the_order_statistics_that_hold_it_95_times_in_100() -> None:
    for n in (30, 31, 100):
        values = np.arange(1.0, n + 1)
        found = _median(values[::-1])
        rank = int(found.low)
        assert found.high == n + 1 - rank
        missed = 2 * sum(comb(n, k) for k in range(rank)) / 2**n
        assert missed <= 0.05
        assert missed + 2 * comb(n, rank) / 2**n > 0.05, "no narrower one holds it as often"
        assert found.value == (n + 1) / 2


def test_every_number_is_documented_with_its_own_words() -> None:
    page = (ROOT / "docs/metrics.md").read_text("utf-8")
    assert [number.name for number in NUMBERS if f"| `{number.name}` | {number.meaning} |" not in page] == []


# --- looking back -----------------------------------------------------------------------------------------------------


def slate(name: str, text: str, user: str = "", at: datetime = LONG_AGO) -> Slate:
    who = {"user": UserId(user), "visit": VisitId(user)} if user else {}
    return Slate(RecommId(name), ReleaseId("rel"), Request(text, **who), (), {}, at)  # type: ignore[arg-type]


@pytest.fixture
def visited(world: Project) -> Project:
    """A visit of two answers between which somebody else asked."""

    def work(unit: object) -> None:
        add, events = unit.slates.add, unit.events  # type: ignore[attr-defined]
        add(slate("one", "rye bread, write to ann@example.org", V1, OPENED + timedelta(seconds=9)))
        add(slate("other", "a vet, call 0170 1234567"))
        add(slate("two", "rye bread. for a wedding", V1, OPENED + timedelta(seconds=20)))
        events.add(visit(*FIVE, ("yes", "a", 31), user=V1, began=OPENED))
        events.add(
            [Event("no", UserId(V1), ItemId("b"), OPENED + timedelta(seconds=32), RecommId("two"), 32.0, "ask @ann")]
        )

    world.store.write(work)
    return world


def test_a_visit_is_listed_once_with_its_newest_answer_and_what_it_came_to(visited: Project) -> None:
    found, _ = visits(visited)
    told = [(one.id, one.request, one.answers, one.events, one.outcome) for one in found]
    assert told == [
        (V1, "rye bread, write to [e-mail]", 2, 7, "yes"),
        ("other", "a vet, call [number]", 1, 0, ""),
    ]
    first, cursor = visits(visited, n=1)
    rest, _ = visits(visited, cursor, n=5)
    assert [one.id for one in (*first, *rest)] == [V1, "other"]


def test_a_page_of_visits_is_full_while_there_are_more(visited: Project) -> None:
    long = [slate(f"more {at}", "rye", V1, OPENED + timedelta(seconds=30 + at)) for at in range(6)]
    for one in long:
        visited.store.write(lambda unit, one=one: unit.slates.add(one))  # type: ignore[misc]
    pages: list[list[str]] = []
    cursor = ""
    while not pages or cursor:
        found, cursor = visits(visited, cursor, n=1)
        pages.append([one.id for one in found])
    assert pages[:2] == [[V1], ["other"]]
    assert pages[2:] in ([], [[]]), "what is left are older answers"
    with served(visited) as running:
        headers = {"X-API-Key": running.operator}
        last = httpx.get(f"{running.url}/studio/visits?cursor=1", headers=headers).text
    assert "Nobody has asked" not in last
    assert "no more visits" in last


def test_a_timeline_counts_seconds_from_the_beginning_and_masks_what_people_wrote(visited: Project) -> None:
    told, steps = timeline(visited, V1)
    assert round(told.last_s) == 32
    assert [(round(step.at_s), step.what) for step in steps] == [
        *[(1, "shown")] * 5,
        (9, "answer"),
        (20, "answer"),
        (31, "yes"),
        (32, "no"),
    ]
    assert steps[-1].text == "ask [handle]"
    assert "[e-mail]" in steps[5].text
    with pytest.raises(NotFound):
        timeline(visited, "nobody")


def test_what_a_program_says_of_an_item_moves_no_beginning(visited: Project) -> None:
    began = [one.began for one in visits(visited)[0]]
    own = slate("own", "a vet", "a customer", OPENED)
    visited.store.write(lambda unit: unit.slates.add(own))
    for user, of in ((V1, "two"), ("a customer", "own")):
        bought = Event("bought", UserId(user), ItemId("c"), OPENED + timedelta(minutes=1), RecommId(of), 1.7e12)
        visited.store.write(lambda unit, bought=bought: unit.events.add([bought]))  # type: ignore[misc]
    assert [one.began for one in visits(visited)[0]] == [OPENED, *began]
    told, steps = timeline(visited, "a customer")
    assert (told.began, told.last_s, [step.what for step in steps]) == (OPENED, 60.0, ["answer", "bought"])


def test_an_event_that_is_dated_out_of_its_visit_moves_no_end_and_is_marked(visited: Project) -> None:
    for kind, at in (("read", datetime(2999, 1, 1, tzinfo=UTC)), ("bought", LONG_AGO)):
        odd = Event(kind, UserId(V1), ItemId("c"), at, RecommId("two"))
        visited.store.write(lambda unit, odd=odd: unit.events.add([odd]))  # type: ignore[misc]
    told, steps = timeline(visited, V1)
    assert told.last_s < 3600
    assert (steps[0].what, steps[0].at_s, steps[0].text) == ("bought", 0, "dated 2026-03-01 10:00 UTC")
    assert (steps[-1].what, steps[-1].text) == ("read", "dated 2999-01-01 00:00 UTC")


def test_a_timeline_calls_items_by_their_names_and_leads_to_them(visited: Project) -> None:
    place = Place(1, ItemId("b"), "Morning Loaf", "It bakes.", 1.0, {}, None, None, {})
    asked = replace(slate("three", "rye bread", V1, datetime.now(UTC)), places=(place,))
    visited.store.write(lambda unit: unit.slates.add(asked))
    with served(visited) as running:
        address, headers = f"{running.url}/studio/visits/{V1}", {"X-API-Key": running.operator}
        page = httpx.get(address, headers=headers).text
        rows = httpx.get(f"{address}?as=json", headers=headers).json()["timeline"]
    assert '<a href="/studio/items/b"><bdi>Morning Loaf</bdi></a>' in page
    assert [(row["title"], row["item"]) for row in rows if row["what"] in {"no", "yes"}] == [
        ("a", "a"),
        ("Morning Loaf", "b"),
    ]


def test_page_and_command_tell_the_same_numbers_and_no_personal_data(visited: Project) -> None:
    with served(visited) as running:
        headers = {"X-API-Key": running.operator}
        rows = httpx.get(f"{running.url}/studio?as=json", headers=headers).json()["numbers"]
        pages = [httpx.get(f"{running.url}/studio/{path}", headers=headers).text for path in ("visits", f"visits/{V1}")]
    assert "not enough data yet: 1 of 30 visits" in rows[0]["remark"]
    assert rows[0]["value"] is None
    printed = firstfive("-p", visited.folder, "report", "visits").out
    assert [row["number"] for row in rows] == [line.split()[0] for line in printed.splitlines()[1:]]
    assert "not enough data yet: 1 of 30 visits" in printed
    for page in pages:
        assert "example.org" not in page
        assert "1234567" not in page


def test_only_events_of_the_last_days_count(visited: Project) -> None:
    assert numbers(visited, 1).visits == 1
    assert numbers(visited, 1, datetime.now(UTC) + timedelta(days=2)).visits == 0


def test_events_count_by_their_time_whatever_the_order_in_which_they_were_stored(
    visited: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstfive.app.visited.PORTION", 3)
    old = visit(*FIVE, user="long ago", began=NOW - timedelta(days=900))
    visited.store.write(lambda unit: unit.events.add(old))
    found = numbers(visited, 1)
    assert (found.visits, found.cut) == (1, False), "old ones that a client sends today hide none of today's"
    every, cut = by_visit(visited, NOW - timedelta(days=1_000), datetime.now(UTC))
    assert ([*every], cut) == (["long ago", V1], False)
    monkeypatch.setattr("firstfive.app.visited.MOST", 6)
    some, cut = by_visit(visited, NOW - timedelta(days=1_000), datetime.now(UTC))
    assert ([*some], cut) == ([V1], True), "what is left out is the oldest, and that is said"


def test_events_of_years_to_come_and_of_no_answer_hide_none_of_a_visit(
    visited: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstfive.app.visited.PORTION", 3)
    monkeypatch.setattr("firstfive.app.visited.MOST", 7)
    ahead = visit(*FIVE, user="ahead", began=datetime.now(UTC) + timedelta(days=900))
    bare = [replace(one, recomm_id=None) for one in visit(*FIVE, user="bare", began=datetime.now(UTC) - HOUR / 100)]
    visited.store.write(lambda unit: unit.events.add([*ahead, *bare]))
    every, cut = by_visit(visited, datetime.now(UTC) - HOUR, datetime.now(UTC))
    assert ({user: len(events) for user, events in every.items()}, cut) == ({V1: 7}, False)


# --- personal data ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to Ann.Lee+x@mail.example.org.", "write to [e-mail]."),
        ("call +49 (170) 123-4567 today", "call [number] today"),
        ("my name is Maria Huber and I bake", "my name is [name] and I bake"),
        ("for Herrn Meier, Hauptstraße 12a", "for Herrn [name], [street]"),
        ("I live at 12 Old Mill Road", "I live at [street]"),
        ("j'habite 12 rue de la Paix", "j'habite [street]"),
        ("see https://me.example/ann", "see [web address]"),
        ("DE89 3704 0044 0532 0130 00", "[account]"),
        ("born 12.03.1956", "born [day of birth]"),
        ("born 1956-03-12 in Ulm", "born [day of birth] in Ulm"),
        ("0170–555–1234 or 0170\u00a05551234", "[number] or [number]"),
        ("tel.01705551234x and tel01705551234", "tel.[number]x and tel[number]"),
        ("０１７０５５５１２３４, anna＠firm.example ½ off", "[number], [e-mail] ½ off"),
        ("anna (at) firm.example, ben[at]firm.example", "[e-mail], [e-mail]"),
        (f"{'a' * 70}@firm.example", "[e-mail]"),
        ("de89 3704 0044 0532 0130 00 soon", "[account] soon"),
        ("gb29nwbk60161331926819", "[account]"),
        ("my name is anna schmidt and i bake", "my name is [name] and i bake"),
        ("I'm Anna Schmidt, from Ulm", "I'm [name], from Ulm"),
        ("Ich bin Anna Schmidt und backe", "Ich bin [name] und backe"),
        ("ich heiße anna", "ich heiße [name]"),
        ("mein Name ist Anna Maria Schmidt", "mein Name ist [name]"),
        ("je m’appelle anne petit et je cuisine", "je m’appelle [name] et je cuisine"),
        ("je suis Anne Petit", "je suis [name]"),
        ("12 Baker\nStreet", "[street]"),
        ("at Main St 12, or Berliner Straße 5a", "at [street], or [street]"),
        ("call +49 (0)30 / 123 45 67 today", "call [number] today"),
        ("555 123 4567, 78 651 450, 4111 1111 1111 1111", "[number], [number], [number]"),
        ("800-550-1230 or 345-899-3560x4587", "[number] or [number]"),
        ("500 000 or 0170 500 1000 from 01.05.2026", "500 000 or [number] from 01.05.2026"),
        ("i'm anna schmidt and i bake", "i'm [name] and i bake"),
        ("ich bin peter, je suis anne petit", "ich bin [name], je suis [name]"),
        ("mr smith, herr müller or mme dupont", "mr [name], herr [name] or mme [name]"),
        ("herr und frau schmidt suchen", "herr und frau [name] suchen"),
        ("Prof. Dr. Müller, Herr von Hagen, Mme Le Goff", "Prof. Dr. [name], Herr [name], Mme [name]"),
        ("anna [at] firm [dot] de or ben at firm dot com", "[e-mail] or [e-mail]"),
        ("rue de la Paix 12 or 12 rue de la paix", "[street] or [street]"),
        ("geb. am 12. April 1985", "geb. am [day of birth]"),
        ("née le 1er mai 1985", "née le [day of birth]"),
        ("Born April 12, 1985 in Ulm", "Born [day of birth] in Ulm"),
        ("date of birth? My birthday. It's 6/24/1991", "date of birth? My birthday. It's [day of birth]"),
        ("ich bin am 12.03.1956 geboren", "ich bin am [day of birth] geboren"),
    ],
)
def test_personal_data_gives_way_to_its_kind(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "10,000 people, 50 % remote",
        "founded in 2010-2015",
        "open 2010–2015",
        "free from 2026-04-12 10:30 on",
        "bs16 with some quiet",
        "I am German and I'm retired",
        "my name is not on it",
        "3 to 5 dentists in Berlin",
        "Dr. who treats parrots",
        "a" * 4000,
        "I am Looking For a Flat",
        "I Am Retired Teacher Looking For Quiet Flat",
        "Ich bin Deutsche Staatsbürgerin",
        "ich bin Anfang Dreißig",
        "Ich bin Studentin Mitte Zwanzig",
        "I'm French Canadian",
        "i'm vegetarian and je suis étudiante",
        "eine frau sucht, meine frau arbeitet, Frau Mitte Dreißig",
        "I miss Berlin and a prof de piano",
        "2/3 bedrooms 900 1000 1100",
        "1000-1500 euro, or 1.000 - 1.500 euro",
        "from 10.000.000 to 20.000.000, 10 000 000 or 2 500 000",
        "from 01.05.2026 to 31.08.2026",
        "01.05.-31.08.2026 or 2026-05-01 - 2026-08-31",
        "open 10:30-12:45",
        "stock of B&M Retail",
        "rue du marché 2 pièces",
        "meet at a polka dot café",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert masked(text) == text


def test_masking_finds_as_much_of_marked_texts_as_the_guide_says(data: Path) -> None:
    """whole, part: of how many marked places of a kind every character, or some, are found."""
    whole, part, marked = Counter[str](), Counter[str](), Counter[str]()
    for one in json.loads((data / "safety" / "pii_spans.json").read_text("utf-8")):
        text = printable(one["full_text"])[0]
        found = {at for _, start, end in personal(text) for at in range(start, end)}
        for span in one["spans"]:
            inside = set(range(span["start_position"], span["end_position"]))
            marked[span["entity_type"]] += 1
            whole[span["entity_type"]] += inside <= found
            part[span["entity_type"]] += bool(inside & found) and not inside <= found
    always = ("EMAIL_ADDRESS", "DOMAIN_NAME", "CREDIT_CARD", "US_SSN", "PHONE_NUMBER", "IBAN_CODE")
    assert [kind for kind in always if whole[kind] < marked[kind]] == []
    kinds = ("PERSON", "STREET_ADDRESS")
    assert [(whole[kind], part[kind], marked[kind]) for kind in kinds] == [(47, 10, 431), (18, 44, 275)]
