"""A visit: a chain of Slates, each with what to ask next and what was told so far."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from firstfive import observe
from firstfive.app import visits
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.placing import _counts
from firstfive.app.record import add_events
from firstfive.app.wire import slate_from_json, slate_json, slate_schema
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import RequestError
from firstfive.types import Event, ItemId, Mismatch, Quote, Request, Told, UserId, VisitId

if TYPE_CHECKING:
    from pathlib import Path

THIN = Request("something small", visit=VisitId("v"))
SWEDISH = Told(condition="country = SE")


def test_what_is_asked_is_stored_with_the_slate_and_timed(world: Project) -> None:
    slate = world.recommender.recommend(THIN, ask=True)
    assert slate.asked
    assert slate.asked.question
    assert len(slate.asked.sharpenings) == len(slate.places) == 5
    assert slate.timings_ms["ask"] > 0
    with world.store.read() as unit:
        stored = unit.slates.get(slate.recomm_id)
    assert stored
    assert (stored.asked, stored.request) == (slate.asked, slate.request)


def test_asking_changes_no_place_and_costs_nothing_where_it_is_not_asked_for(world: Project) -> None:
    plain, asked = world.recommender.recommend(THIN), world.recommender.recommend(THIN, ask=True)
    assert plain.asked is None
    assert "ask" not in plain.timings_ms
    assert plain.places == asked.places


def test_an_answer_brings_up_what_states_it_and_leaves_five(world: Project) -> None:
    before = world.recommender.recommend(Request("someone who makes things"))
    after = world.recommender.recommend(Request("someone who makes things", told=(SWEDISH,)))
    assert after.places[0].item == "boats"
    assert {"boats", "school"} <= {place.item for place in after.places}
    assert len(after.places) == len(before.places) == 5
    assert after.timings_ms["told"] > 0


def test_explained_places_say_where_answers_put_them(world: Project) -> None:
    slate = world.recommender.recommend(Request("someone who makes things", told=(SWEDISH,)), explain=True)
    assert slate.places[0].stages["told"] == 1
    assert slate.places[0].stages["cut"] == 1


def test_an_item_that_states_otherwise_than_an_answer_says_so(world: Project) -> None:
    slate = world.recommender.recommend(Request("someone who makes things", told=(Told("any"), SWEDISH)))
    swedish = {"boats", "school"}
    for place in slate.places:
        if place.item in swedish:
            assert place.mismatch is None or place.mismatch.said.of == "request"
        else:
            assert place.mismatch
            assert place.mismatch.says
            assert (place.mismatch.said.text, place.mismatch.said.of) == ("country = SE", "told.1")
            assert (place.mismatch.says.field, place.mismatch.kind) == ("country", "contradicted")
            assert place.mismatch.says.text == place.fields["country"]


@pytest.mark.parametrize("condition", ["known employees", "not known employees", "country = SE and employees <= 9"])
def test_an_answer_of_no_one_field_says_nothing_against_an_item(world: Project, condition: str) -> None:
    asked = Request("someone who makes things", told=(Told(condition=condition),))
    found = [place.mismatch for place in world.recommender.recommend(asked).places]
    assert [one for one in found if one and one.said.of != "request"] == []


@pytest.mark.parametrize(("answer", "says"), [("size <= 10", None), ("crafts = wood", "fits"), ("open = yes", "no")])
def test_an_answer_that_an_item_is_silent_of_is_not_mentioned(tmp_path: Path, answer: str, says: str | None) -> None:
    init_project(tmp_path)
    with open_project(tmp_path, environment={}) as project:
        rows = [
            {"id": "a", "text": "Rye bread from a small oven.", "crafts": ["wood", "boats"], "open": False},
            {"id": "b", "text": "Rye bread and cakes, large and small.", "crafts": ["bread"], "open": True, "size": 4},
        ]
        (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        import_sources(project, [str(tmp_path / "a.jsonl")])
        build(project)
        slate = project.recommender.recommend(Request("rye bread", told=(Told(condition=answer),)))
        found = {str(place.item): place.mismatch for place in slate.places}
        silent = found["a"]
        if says == "fits":
            assert silent is None
            assert found["b"] == Mismatch(
                Quote(answer, 0, 13, "told.0"), Quote("bread", 0, 5, "fields.crafts"), "contradicted"
            )
        else:
            kind = "contradicted" if says else "not mentioned"
            quoted = Quote(says, 0, len(says), "fields.open") if says else None
            assert silent == Mismatch(Quote(answer, 0, len(answer), "told.0"), quoted, kind)
            assert found["b"] is None


def test_what_the_request_itself_says_goes_before_an_answer(world: Project) -> None:
    asked = Request("heating and air conditioning, no furnaces", n=12, told=(SWEDISH,))
    place = next(one for one in world.recommender.recommend(asked).places if one.item == "hvac")
    assert place.mismatch
    assert place.mismatch.said.of == "request"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("heating and air conditioning, no furnaces", "request"),  # what is not wanted goes before
        ("heating and air conditioning", "told.1"),
    ],
)
def test_a_card_says_first_that_it_breaks_the_last_answer(world: Project, text: str, told: str) -> None:
    few = Told(condition="employees < 20", field="employees", kind="less", values=(20.0,))
    place = next(
        one
        for one in world.recommender.recommend(Request(text, n=12, told=(SWEDISH, few))).places
        if one.item == "hvac"
    )
    assert place.mismatch
    assert place.mismatch.said.of == told


def test_an_answer_is_said_to_be_broken_where_a_wish_is_contradicted_too(tmp_path: Path) -> None:
    init_project(tmp_path)
    with open_project(tmp_path, environment={}) as project:
        rows = [{"id": f"{n}", "text": f"A flat by the sea {n}.", "kind": "flat", "price": 80 + n} for n in range(9)]
        rows += [{"id": f"h{n}", "text": f"A house by the sea {n}.", "kind": "house", "price": 99} for n in range(3)]
        (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        import_sources(project, [str(tmp_path / "a.jsonl")])
        build(project)
        cheaper = Told(condition="price < 85", field="price", kind="less", values=(85.0,))
        slate = project.recommender.recommend(Request("house by the sea", n=12, told=(cheaper,)))
        dearer = [place.mismatch for place in slate.places if float(str(place.fields["price"])) >= 85]
        assert dearer
        assert {one.said.of if one else "" for one in dearer} == {"told.0"}


@pytest.mark.parametrize(
    ("field", "text", "counts"),
    [
        ("prep_minutes", "Ready in ten minutes.", True),
        ("minutes", "20 short minutes away", True),
        ("minute", "minutes: 20", True),
        ("Personen", "Platz für acht Personen", True),
        ("minutes", "Ready in minutes. It has won 3 prizes.", False),
        ("minutes", "ten hours", False),
        ("number_of_pages", "one of the three best", False),
        ("pages", "", False),
    ],
)
def test_a_text_may_state_a_number_of_what_a_field_is_called(field: str, text: str, counts: bool) -> None:
    assert _counts(text, field) is counts


def test_a_condition_on_a_field_that_is_not_there_is_refused(world: Project) -> None:
    with pytest.raises(RequestError, match="nowhere"):
        world.recommender.recommend(replace(THIN, told=(Told(condition="nowhere = 1"),)))


def test_what_is_asked_is_one_shape_in_python_and_json(world: Project) -> None:
    slate = world.recommender.recommend(replace(THIN, told=(SWEDISH,), exclude=(ItemId("bees"),)), ask=True)
    text = slate_json(slate)
    again = slate_from_json(text)
    assert (again.asked, again.request) == (slate.asked, slate.request)
    sent = msgspec.json.decode(text)
    assert sent["request"]["told"] == [{"field": "", "condition": "country = SE", "kind": "", "values": []}]
    assert sent["asked"].keys() == slate_schema()["$defs"]["Asked"]["properties"].keys()


def test_a_frame_has_the_chance_and_what_sharpens_each_place(world: Project) -> None:
    slate = world.recommender.recommend(THIN, ask=True)
    frame = slate.to_frame()
    assert slate.asked
    assert set(frame["strength"]) == {slate.asked.strength.level}
    conditions = ["; ".join(button.condition for button in row) for row in slate.asked.sharpenings]
    assert frame["sharpenings"].tolist() == conditions
    assert any(conditions)
    assert "chance" not in world.recommender.recommend(THIN).to_frame()


def counted(kind: str) -> float:
    return observe.registry().get_sample_value("firstfive_events_total", {"kind": kind}) or 0.0


def test_what_the_page_records_is_counted_by_its_kind_and_a_programs_own_kinds_together(world: Project) -> None:
    given, kinds = ("explained", "unrated", "bought", "rented"), ("explained", "unrated", "other")
    before = [counted(kind) for kind in kinds]
    events = [Event(kind, UserId("v"), ItemId("bees"), datetime.now(UTC)) for kind in given]
    world.store.write(lambda unit: add_events(unit, events))
    assert [counted(kind) - was for kind, was in zip(kinds, before, strict=True)] == [1, 1, 2]
    assert counted("bought") == 0


def test_an_event_that_is_sent_again_is_counted_where_it_changes_something(world: Project) -> None:
    before, now = counted("maybe"), datetime.now(UTC)
    first, late = (Event("maybe", UserId("v"), ItemId("bees"), now + timedelta(seconds=after)) for after in (0, 9))
    for again, replaced, count in ((first, True, 1), (first, True, 1), (late, False, 1), (late, True, 2)):
        world.store.write(lambda unit: add_events(unit, [again], replace=replaced))  # noqa: B023
        assert counted("maybe") - before == count


# --- wishes that are taken away, and words that are added -------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a flat without dogs in Berlin",
        "Wohnung ohne Hund in Berlin mit Garten",
        "no dogs near the park, a garden",
        "un appartement sans escalier à Annecy",
        "not in Bath, but Somerset",
        "flat (with a garden) in Bath, not near a road",
    ],
)
def test_a_wish_that_is_taken_away_changes_no_other(world: Project, text: str) -> None:
    slate = world.recommender.recommend(Request(text, visit=VisitId("v")), ask=True)
    assert slate.asked
    wishes = slate.asked.wishes
    assert any(wish.refused for wish in wishes)
    for number in range(len(wishes)):
        left = [(wish.text, wish.refused) for at, wish in enumerate(wishes) if at != number]
        request = visits.step("without", slate, visits.Visit(), ["wish", str(number)])
        found = world.recommender.serving.read(request).wishes if left else ()
        assert [(wish.text, wish.refused) for wish in found] == left, request.text


def test_what_is_no_wish_stays_where_one_behind_it_is_taken_away(world: Project) -> None:
    text = "flat (with a garden), bakery, mill, farm, school, shop, boat, van, pub with grass and no dogs"
    slate = world.recommender.recommend(Request(text, visit=VisitId("v")), ask=True)
    assert slate.asked
    assert [wish.text for wish in slate.asked.wishes][-1] == "dogs"
    taken = {number: visits.step("without", slate, visits.Visit(), ["wish", str(number)]).text for number in (1, 8)}
    assert taken[8] == text.removesuffix(" and no dogs")
    assert taken[1] == text.replace(" (with a garden)", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a bakery", "a bakery. in Leeds"),
        ("a bakery. ", "a bakery. in Leeds"),
        ("Is there a bakery?", "Is there a bakery? in Leeds"),
        ("", "in Leeds"),
    ],
)
def test_own_words_come_behind_what_was_said(world: Project, before: str, after: str) -> None:
    slate = world.recommender.recommend(Request("a bakery", visit=VisitId("v")), ask=True)
    slate = replace(slate, request=replace(slate.request, text=before, like=(ItemId("boats"),)))
    assert visits.step("words", slate, visits.Visit(), ["in Leeds"]).text == after
