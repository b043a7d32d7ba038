"""A visit: a chain of Slates, each with what to ask next and what was told so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from firstfive.app.wire import slate_from_json, slate_json, slate_schema
from firstfive.errors import RequestError
from firstfive.types import ItemId, Request, Told, VisitId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

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
