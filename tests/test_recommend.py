"""Recommending: the right five, stored before they are given, from the Release in use, without what is withdrawn."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import firstfive
from firstfive import observe
from firstfive.app import asking
from firstfive.app.blind import without_sentence
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.placing import FEWEST
from firstfive.app.recommend import Recommender
from firstfive.app.understood import understood
from firstfive.app.wire import slate_from_json, slate_json
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.ask.made_up import MadeUp
from firstfive.errors import IndexFileError, NotFound, RequestError
from firstfive.index import open_vectors
from firstfive.ports import Unit
from firstfive.rank import Named, Telling
from firstfive.testing.world import THINGS, WISHES
from firstfive.types import Event, ItemId, Place, RecommId, Request, Slate, UserId, Wish

BREAD = "A bakery that bakes rye bread and wedding cakes in a wood-fired oven"
ALL = [ItemId(thing.id) for thing in THINGS]
New = Callable[..., Project]


@pytest.fixture(scope="module")
def shared(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The tiny world, built with the real embedder, for tests that add Slates and change nothing else."""
    folder = shutil.copytree(built, tmp_path_factory.mktemp("shared") / "world")
    with open_project(folder, environment={}) as project:
        yield project


@pytest.fixture
def new(tmp_path: Path) -> Iterator[New]:
    """Makes, imports and builds a project of words alone from rows."""
    projects: list[Project] = []

    def make(*rows: dict[str, object], embedder: str = "none") -> Project:
        folder = tmp_path / str(len(projects))
        init_project(folder)
        project = open_project(folder, overrides=[f"models.embedder={embedder}"], environment={})
        projects.append(project)
        added(project, *rows)
        return project

    yield make
    for project in projects:
        project.close()


def added(project: Project, *rows: dict[str, object]) -> None:
    path = project.folder / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    import_sources(project, [str(path)], field=["*"])
    build(project)


def row(name: str, text: str, **fields: object) -> dict[str, object]:
    return {"id": name, "title": name.title(), "text": text, **fields}


def ask(project: Project, text: str = BREAD, **how: Any) -> Slate:
    return project.recommender.recommend(Request(text, **how))


def shown(slate: Slate) -> list[ItemId]:
    return [place.item for place in slate.places]


def stored(project: Project, name: RecommId) -> Slate | None:
    with project.store.read() as unit:
        return unit.slates.get(name)


def hide(project: Project, *items: str, hidden: bool = True) -> None:
    with project.store.unit() as unit:
        unit.hidden.set([ItemId(item) for item in items], hidden)


def said(project: Project, kind: str, user: str, *items: str) -> None:
    at = datetime.now(UTC)
    with project.store.unit() as unit:
        unit.events.add([Event(kind, UserId(user), ItemId(item), at) for item in items])


# --- the right five ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", WISHES, ids=[wish.answer for wish in WISHES])
def test_each_request_of_the_tiny_world_finds_its_answer_first(shared: Project, wish: Any) -> None:
    slate = shared.recommend(wish.text)
    assert shown(slate)[0] == wish.answer
    assert len(set(shown(slate))) == 5


def test_the_same_request_gets_the_same_places_again(shared: Project) -> None:
    with open_project(shared.folder, environment={}) as again:
        one, other = ask(shared), ask(again)
    assert one.places == other.places
    assert one.recomm_id != other.recomm_id


def test_ten_threads_at_once_get_what_one_gets(shared: Project) -> None:
    wanted = [ask(shared, wish.text).places for wish in WISHES]
    with ThreadPoolExecutor(10) as pool:
        given = list(pool.map(lambda n: ask(shared, WISHES[n % 6].text), range(60)))
    assert [slate.places for slate in given] == wanted * 10
    assert len({slate.recomm_id for slate in given}) == 60


@pytest.mark.parametrize("n", [1, 2, 5, 12, 100])
def test_n_places_are_given_as_far_as_there_are_items(shared: Project, n: int) -> None:
    slate = ask(shared, n=n)
    assert len(slate.places) == min(n, 12)
    assert [place.place for place in slate.places] == list(range(1, min(n, 12) + 1))
    assert slate.notes == (("There are only 12 to show.",) if n > 12 else ())


@pytest.mark.parametrize("n", [0, 101])
def test_n_out_of_range_is_refused_and_stores_nothing(shared: Project, n: int) -> None:
    with shared.store.read() as unit:
        before = unit.slates.last_at()
    with pytest.raises(RequestError):
        ask(shared, n=n)
    with shared.store.read() as unit:
        assert unit.slates.last_at() == before


# --- what a Slate says ------------------------------------------------------------------------------------------------


def test_a_slate_is_stored_as_it_is_given_but_for_the_time_that_storing_took(world: Project) -> None:
    slate = ask(world, filter="country = DE", like=("hvac",), unlike=("bees",), diversity=0.3, user="ann", scenario="x")
    world.close()
    kept = stored(world, slate.recomm_id)
    assert kept is not None
    assert set(slate.timings_ms) - set(kept.timings_ms) == {"store"}
    same_laps = {name: spent for name, spent in slate.timings_ms.items() if name != "store"}
    assert replace(slate, timings_ms=same_laps) == kept


def test_a_slate_names_its_release_and_the_time_of_every_stage(shared: Project) -> None:
    began = perf_counter()
    slate = ask(shared)
    around_ms = (perf_counter() - began) * 1000
    assert slate.release == shared.release_in_use()
    assert {"read", "embed", "words", "chars", "whole", "passages", "fuse", "diversify", "explain", "store"} <= set(
        slate.timings_ms
    )
    assert 0 < sum(slate.timings_ms.values()) <= around_ms
    assert abs((datetime.now(UTC) - slate.created).total_seconds()) < 60


def test_each_place_has_the_score_of_every_channel_and_the_chance_it_was_shown_with(shared: Project) -> None:
    first, *others = ask(shared).places
    assert {"words", "chars", "whole", "passages"} <= set(first.channels)
    for place in (first, *others):
        assert all(0 <= score <= 1 for score in place.channels.values())
        assert 0 <= place.score <= 1
        assert place.probability == 1.0
    assert first.channels["words"] == first.channels["whole"] == 1.0


def test_each_place_quotes_both_sides_verbatim(shared: Project) -> None:
    slates = [ask(shared, wish.text) for wish in WISHES]
    for slate in slates:
        for place in slate.places:
            quoted(slate, place)
    without = [slate.request.text for slate in slates if slate.places[0].reason is None]
    assert without == ["bookkeeping programm for our sports club"], "what only is near to accounting is no reason"


def quoted(slate: Slate, place: Place) -> None:
    sources = {"request": slate.request.text, "text": place.text, "title": place.title}
    quotes = [*((place.reason and (place.reason.said, place.reason.says)) or ())]
    if place.mismatch:
        quotes += [quote for quote in (place.mismatch.said, place.mismatch.says) if quote]
    for quote in quotes:
        assert sources[quote.of][quote.start : quote.end] == quote.text != ""


def test_a_slates_json_holds_what_its_schema_says(shared: Project) -> None:
    slate = ask(shared, filter="country = DE", diversity=0.5)
    sent = slate_from_json(slate_json(slate))
    assert (sent.recomm_id, sent.release, sent.places) == (slate.recomm_id, slate.release, slate.places)
    assert slate_json(slate).startswith(b'{"recommId":')


def test_a_slate_is_a_table_for_notebooks(shared: Project) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed: pip install 'firstfive[frames]' to run this test")
    frame = ask(shared, WISHES[1].text).to_frame()
    assert frame["item"].iloc[0] == "hvac"
    assert list(frame["place"]) == [1, 2, 3, 4, 5]
    assert {"score_words", "you_said", "it_says", "field_country"} <= set(frame.columns)


def test_what_else_is_written_commits_with_the_slate_or_not_at_all(world: Project) -> None:
    def fails(unit: Unit, slate: Slate) -> None:
        given.append(slate.recomm_id)
        raise RequestError("no")

    given: list[RecommId] = []
    with pytest.raises(RequestError):
        world.recommender.recommend(Request(BREAD), also=fails)
    assert stored(world, given[0]) is None

    def notes(unit: Unit, slate: Slate) -> None:
        unit.events.add([Event("shown", UserId("ann"), slate.places[0].item, slate.created, slate.recomm_id)])

    slate = world.recommender.recommend(Request(BREAD), also=notes)
    with world.store.read() as unit:
        events, _ = unit.events.find(kind="shown")
    assert [event.recomm_id for event in events] == [slate.recomm_id]
    assert stored(world, slate.recomm_id) is not None


# --- more like these, less like those ---------------------------------------------------------------------------------


def like_dentist(project: Project, slate: Slate) -> float:
    """The mean cosine of the first three places to the dental laboratory."""
    rows = vectors_of(project, [ItemId("dentist"), *shown(slate)[:3]])
    return float((rows[1:] @ rows[0]).mean())


def vectors_of(project: Project, items: Sequence[ItemId]) -> Any:
    channel = open_vectors(project.releases / str(project.release_in_use()) / "whole", 50)
    return np.concatenate([channel.rows(sorted(ALL).index(item)) for item in items])


def test_like_moves_towards_an_item_and_unlike_away_from_it(shared: Project) -> None:
    text = "a small family business"
    plain = ask(shared, text, exclude=("dentist",))
    nearer, further = ask(shared, text, like=("dentist",)), ask(shared, text, unlike=("dentist",))
    assert like_dentist(shared, further) < like_dentist(shared, plain) < like_dentist(shared, nearer)


def test_what_is_liked_or_not_is_not_shown_itself(shared: Project) -> None:
    slate = ask(shared, n=12, like=("bakery",), unlike=("bees",))
    assert {"bakery", "bees"}.isdisjoint(shown(slate))
    assert len(slate.places) == 10


BAKERIES = {
    "rye": "Bakers of rye bread for the old town",
    "rolls": "A bakery: rolls and bread, warm at six",
    "cakes": "We bake cakes and bread for weddings",
    "oven": "Bread from a stone oven, baked by hand",
    "flat": "Flat bread and pastry from our bakery",
}
OTHERS = {"iron": "Casting pumps in iron", "boats": "Repair of sailing yachts", "choir": "Software for choirs"}


@pytest.fixture
def bakeries(new: New) -> Project:
    """Five bakeries and three other things, with meaning."""
    return new(*[row(name, text) for name, text in (BAKERIES | OTHERS).items()], embedder="minilm")


def test_an_item_to_be_like_is_a_request_of_its_own(bakeries: Project) -> None:
    slate = ask(bakeries, "", like=("rye",), diversity=0)
    assert set(shown(slate)[:4]) == set(BAKERIES) - {"rye"}
    assert {(place.reason, place.mismatch) for place in slate.places} == {(None, None)}


@pytest.mark.parametrize("how", [{"like": ("nowhere",)}, {"unlike": ("nowhere",)}])
def test_an_item_that_is_not_there_is_named(shared: Project, how: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="'nowhere'") as caught:
        ask(shared, **how)
    assert caught.value.code == "not_found.item"


def test_what_is_to_be_excluded_is_and_others_move_up(shared: Project) -> None:
    order = shown(ask(shared))
    slate = ask(shared, exclude=(order[0], order[2], "not there"))
    assert {order[0], order[2]}.isdisjoint(shown(slate))
    assert len(slate.places) == 5


def test_items_can_be_shown_five_by_five(shared: Project) -> None:
    first = shown(ask(shared))
    second = shown(ask(shared, exclude=tuple(first)))
    third = shown(ask(shared, exclude=(*first, *second)))
    assert sorted([*first, *second, *third]) == sorted(ALL)


# --- filters ----------------------------------------------------------------------------------------------------------


def test_a_filter_keeps_what_fits_and_says_when_nothing_does(shared: Project) -> None:
    slate = ask(shared, "honey", filter="country = PL and employees < 10")
    assert shown(slate) == ["bees"]
    assert slate.notes == ("There is only 1 to show for this.",)
    nothing = ask(shared, filter="country = XX")
    assert (nothing.places, nothing.notes) == ((), ("Nothing fits this filter. Remove a part of it.",))
    assert stored(shared, nothing.recomm_id) is not None


def test_an_item_whose_field_is_not_known_is_kept_and_marked_unless_the_filter_says_known(new: New) -> None:
    project = new(
        row("a", "bread", size="14", open="yes"), row("b", "bread", open="yes"), row("c", "bread", size="3", open="")
    )
    marked = {place.item: place.unknown for place in ask(project, "bread", filter="size > 10 and open = yes").places}
    assert marked == {"a": (), "b": ("size",)}
    assert shown(ask(project, "bread", filter="size > 10 and known size")) == ["a"]


def test_a_field_that_is_not_there_is_a_wrong_filter_and_stores_nothing(shared: Project) -> None:
    with pytest.raises(RequestError, match="did you mean country") as caught:
        ask(shared, filter="contry = DE")
    assert caught.value.code == "request.filter"


# --- diversity --------------------------------------------------------------------------------------------------------


def test_diversity_brings_in_other_things_and_keeps_the_first(bakeries: Project) -> None:
    slates = [ask(bakeries, "a bakery that bakes bread", diversity=diversity) for diversity in (0.0, 0.5, 0.9, 1.0)]
    others = [len(set(OTHERS) & set(shown(slate))) for slate in slates]
    assert others == sorted(others)
    assert (others[0], others[-1]) == (0, 3)
    assert len({shown(slate)[0] for slate in slates}) == 1


def test_without_diversity_places_come_by_score(shared: Project) -> None:
    scores = [place.score for place in ask(shared, n=12, diversity=0).places]
    assert scores == sorted(scores, reverse=True)


# --- what is withdrawn ------------------------------------------------------------------------------------------------


def test_a_hidden_item_is_gone_from_the_next_answer_and_comes_back(world: Project) -> None:
    assert shown(ask(world))[0] == "bakery"
    hide(world, "bakery")
    slate = ask(world)
    assert "bakery" not in shown(slate)
    assert len(slate.places) == 5
    hide(world, "bakery", hidden=False)
    assert shown(ask(world))[0] == "bakery"


def test_a_hidden_item_is_gone_from_every_other_answer_too(world: Project) -> None:
    recommender = world.recommender
    said(world, "yes", "ann", "bakery", "bees")
    hide(world, "bakery")
    assert "bakery" not in dict(recommender.neighbours(ItemId("bees"), 12))
    assert "bakery" not in dict(recommender.session([(ItemId("bees"), 1.0)], 12))
    assert "bakery" not in dict(recommender.for_user(UserId("a stranger"), 12))
    assert "bakery" not in dict(next(recommender.many([("q", BREAD)], 12))[1])


def test_another_process_hiding_an_item_counts_as_well(world: Project) -> None:
    assert shown(ask(world))[0] == "bakery"
    with open_project(world.folder, environment={}) as other:
        hide(other, "bakery")
    assert "bakery" not in shown(ask(world))


def test_everything_hidden_is_nothing_found(world: Project) -> None:
    hide(world, *ALL)
    slate = ask(world)
    assert (slate.places, slate.notes) == ((), ("Nothing was found.",))


# --- reasons ----------------------------------------------------------------------------------------------------------


WORDS = (
    "kettles lanterns bags hats boats kites drums flutes clocks chairs lamps baskets curtains dolls masks umbrellas "
    "letters shelves buttons saddles"
).split()
WARES = [f"{kind} {ware}" for kind in ("copper", "paper", "woollen", "glass") for ware in WORDS]


@pytest.mark.parametrize(("items", "said"), [(FEWEST, "rye bread"), (FEWEST - 1, "well-known makers")])
def test_a_reason_is_of_what_few_items_say_where_there_are_items_enough_to_tell(
    new: New, items: int, said: str
) -> None:
    """All are makers that are well known; one bakes."""
    others = [row(f"i{n}", f"We are well-known makers of {what}.") for n, what in enumerate(WARES[: items - 2])]
    project = new(
        *others,
        row("blank", ""),
        row("rye", "Well known makers. Dark loaves of rye bread."),
        embedder="minilm",
    )
    (place,) = (place for place in ask(project, "well-known makers, rye bread").places if place.item == "rye")
    assert place.reason
    assert place.reason.said.text == said


def test_what_many_items_say_word_for_word_is_no_reason_by_being_near(new: New) -> None:
    """Of copies only one counts: what an item says of itself is its own however often it was imported."""
    said = "Loaves come out of the oven before dawn."
    others = [row(f"i{n}", f"{said} {ware.capitalize()} too.") for n, ware in enumerate(WARES[:6])]
    copies = [row(f"c{n}", "Bread, buns and cakes are baked here every morning.") for n in range(8)]
    project = new(*others, *copies, row("none", "Iron gates."), embedder="minilm")
    found = {place.item: place.reason for place in ask(project, "a baker", n=20).places}
    assert not any(reason and reason.says.text == said for reason in found.values())
    reason = next(reason for item, reason in found.items() if item.startswith("c"))
    assert reason
    assert reason.says.text == "Bread, buns and cakes are baked here every morning."


@pytest.fixture
def clubs(new: New) -> Project:
    """Lunch clubs in towns; the text of some speaks of another town."""
    texts = {
        "bath": ("Bath", "A lunch club. As heard on Radio York."),
        "hull": ("Hull", "A lunch club. We cover York too."),
        "york": ("York", "A lunch club. Soup every day."),
        "leeds": ("Leeds", "A lunch club. Stew every day."),
        "west": ("West York", "A lunch club. Pies every day."),
    }
    towns = ("Bath", "Hull", "York", "Leeds", "Lincoln")
    others = [row(f"o{n}", f"A choir, number {n}. Songs of old.", town=towns[n % 5]) for n in range(10)]
    return new(*(row(name, text, town=town) for name, (town, text) in texts.items()), *others)


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("a lunch club in York", {"bath": "Bath", "hull": None, "york": None, "leeds": "Leeds", "west": None}),
        ("a lunch club near York", {"bath": "Bath", "hull": None, "york": None}),
        ("a lunch club in Leeds or in York", {"bath": "Bath", "york": None, "leeds": None}),
        ("a lunch club in Leeds, Hull or York", {"bath": "Bath", "hull": None, "york": None, "leeds": None}),
    ],
)
def test_an_item_in_another_place_says_so_unless_it_comes_there_or_another_one_was_as_good(
    clubs: Project, text: str, against: dict[str, str | None]
) -> None:
    places = {place.item: place.mismatch for place in ask(clubs, text, n=15).places}
    found = {name: places[ItemId(name)] for name in against}
    assert {name: one and (one.says.text if one.says else "?") for name, one in found.items()} == against


def test_only_what_surely_lies_elsewhere_is_said_to_be_in_another_place(new: New) -> None:
    places = {
        "munich": ("Munich", "Germany"),
        "unlisted": ("Oberhofen am See", "Germany"),
        "hamburg": ("Hamburg", "Germany"),
        "leeds": ("Leeds", "England"),
    }
    made = [
        row(f"{name}{n}", f"A lunch club, number {n}. Soup every day.", town=town, country=country)
        for n in range(3)
        for name, (town, country) in places.items()
    ]
    answer = ask(new(*made), "a lunch club in Bavaria", n=12)
    against = {place.item.rstrip("012"): place.mismatch for place in answer.places}
    said = {name: one.says.text if one and one.says else None for name, one in against.items()}
    assert said == {"munich": None, "unlisted": None, "hamburg": "Hamburg", "leeds": "Leeds"}


def test_a_place_of_a_list_is_another_one_too(new: New) -> None:
    lands = (["France"], ["Poland"], ["Germany"], ["Austria", "Poland"])
    made = [row(f"{lands[n % 4][0][0]}{n}", f"A dental lab, number {n}.", country=lands[n % 4]) for n in range(24)]
    project = new(*made)
    assert project.recommender.serving.catalogue.columns()["country"].kind == "list"
    places = ask(project, "a dental lab in Germany", n=24).places
    said = {place.item[0].upper(): place.mismatch.says for place in places if place.mismatch}
    assert {name: says and says.of for name, says in said.items()} == dict.fromkeys("FPA", "fields.country")


def test_what_was_read_of_a_request_is_told_by_wish_field_operator_and_value(new: New) -> None:
    made = [
        row(f"i{n}", f"A flat, number {n}.", town=town, rent=500.0 + n, lift=n % 2 == 0, viewings=days)
        for n, (town, days) in enumerate(
            [("Bath", "Mon-Fri"), ("Hull", "Sat, Sun"), ("York", "daily"), ("Leeds", "Tue")] * 3
        )
    ]
    serving = new(*made).recommender.serving
    text = "a quiet flat in Bath or Hull, not in York, rent under 505, with lift, viewings on Sunday"
    told = [(one.wish, one.refused, one.read_as) for one in understood(serving, Request(text))]
    assert told == [
        ("quiet flat", False, "words"),
        ("Bath or Hull", False, "town = bath or hull"),
        ("not in York", True, "town != york"),
        ("rent under 505", False, "rent <= 505"),
        ("lift", False, "lift = yes"),
        ("viewings", False, "words"),
        ("Sunday", False, "viewings in Sunday"),
    ]


def test_refused_values_are_all_refused() -> None:
    wish = Wish("Leeds or York", 4, 17, refused=True, by="not ")
    named = Named("town", "leeds", 4, refused=True, others=("york",))
    reading = SimpleNamespace(request=Request("not Leeds or York"), wishes=(wish,))
    fields = SimpleNamespace(read=lambda *_: SimpleNamespace(every=[named]))
    serving: Any = SimpleNamespace(read=lambda _: reading, fields=fields)
    assert [one.read_as for one in understood(serving, reading.request)] == ["town != leeds and york"]


# --- what says no -----------------------------------------------------------------------------------------------------


@pytest.fixture
def cottages(new: New) -> Project:
    """A cottage that has all the words of the wish and says no, one whose field says yes, and others."""
    return new(
        row("no", "A cottage by the sea. No dogs, sorry: no dogs at all.", lift=False),
        row("yes", "A cottage by the sea. No dogs upstairs. No dogs in the garden.", dogs=True),
        row("silent", "A cottage by the sea with a view of the old harbour and of its boats."),
        row("may", "A cottage by the sea where dogs may run."),
        *(row(f"house{n}", f"A house in the town, number {n}, with a cellar.") for n in range(6)),
    )


def test_what_says_no_to_a_wish_comes_behind_what_does_not_unless_a_field_grants_it(cottages: Project) -> None:
    places = ask(cottages, "cottage by the sea, with dogs", diversity=0).places
    assert [place.item for place in places[:4]] == ["yes", "may", "silent", "no"]
    assert [place.item for place in places if "denied" in place.channels] == ["no"]


def test_what_is_surely_beyond_a_number_comes_behind_what_is_silent(new: New) -> None:
    project = new(
        row("large", "A maker of pumps. We are 900 people."),
        row("silent", "A maker of pumps. It is in a mill."),
        *(row(f"house{n}", f"A house in the town, number {n}, with a cellar.") for n in range(6)),
    )
    places = ask(project, "maker of pumps, under 50 people", diversity=0).places
    assert [place.item for place in places[:2]] == ["silent", "large"]
    assert [place.item for place in places if "denied" in place.channels] == ["large"]


def test_what_says_that_it_lacks_what_is_refused_comes_before_what_is_silent(new: New) -> None:
    project = new(
        row("silent", "A quiet cottage by the sea. It looks over boats."),
        row("lacks", "A quiet cottage by the sea. It has no television."),
        *(row(f"house{n}", f"A house in the town, number {n}, with a cellar.") for n in range(6)),
    )
    places = ask(project, "quiet cottage by the sea, no television", diversity=0).places
    assert [place.item for place in places[:2]] == ["lacks", "silent"]
    assert [place.item for place in places if "lacking" in place.channels] == ["lacks"]


def test_what_says_no_to_a_wish_is_less_likely_the_match(cottages: Project) -> None:
    serving = cottages.recommender.serving
    query = serving.query(serving.read(Request("cottage by the sea, with dogs", diversity=0)))
    ranked = asking.find(serving, query)
    doubts = dict(
        zip(ranked.positions.tolist(), asking.grounds_of(serving, query, ranked).doubts.tolist(), strict=True)
    )
    names = {name: serving.position(ItemId(name)) for name in ("no", "may", "silent")}
    assert doubts[names["no"]] > doubts[names["silent"]] >= doubts[names["may"]]


def test_a_refused_month_is_decided_by_the_field_and_not_by_texts_that_speak_of_it(new: New) -> None:
    project = new(
        row("june", "A walk along the river, which people first walked in May.", starts="2027-06-10"),
        *(row(f"may{n}", f"A walk along the river, number {n}.", starts=f"2027-05-{n + 10}") for n in range(6)),
    )
    assert ask(project, "a walk along the river, not in May", diversity=0).places[0].item == "june"


def test_a_place_is_explained_by_the_words_that_tell(new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    project = new(row("painting", "This class is online."), row("other", "A walk in the woods."))
    assert ask(project, "dance class").places[0].reason
    monkeypatch.setattr(Telling, "weigh", lambda _, word: 0.1 if word == "class" else 3.0)
    project.recommender.serving.__dict__.pop("_placing", None)
    assert ask(project, "dance class").places[0].reason is None


def test_an_item_without_a_sentence_neither_denies_nor_grants_by_it(cottages: Project) -> None:
    serving = cottages.recommender.serving
    position = serving.position(ItemId("no"))
    item = serving.catalogue.item(position)
    view = without_sentence(serving, MadeUp("no dogs", position, item.passages[-1], 0))
    assert view.catalogue.item(position).text.strip() == "A cottage by the sea."
    assert [
        view.catalogue.item(position).text[one.start : one.end] for one in view.catalogue.item(position).passages
    ] == ["A cottage by the sea."]
    assert len(view.catalogue) == len(serving.catalogue)


# --- copies -----------------------------------------------------------------------------------------------------------

LONG = "A bakery that bakes rye bread and rolls and wedding cakes for everybody in the old town of Lund"


@pytest.fixture
def copied(new: New) -> Project:
    """Five copies of one bakery, and three other things."""
    copies = [{"id": f"copy{n}", "title": "Loaf", "text": f"{LONG}{'.' * n}"} for n in range(5)]
    return new(*copies, row("b", "A bakery"), row("c", "Rye fields"), row("d", "Cakes by post"))


def test_copies_never_take_two_places_and_are_named(copied: Project) -> None:
    slate = ask(copied, "bakery rye cakes", n=8)
    assert len(slate.places) == 4
    (loaf,) = (place for place in slate.places if place.item.startswith("copy"))
    assert {loaf.item, *loaf.copies} == {f"copy{n}" for n in range(5)}
    assert all(place.copies == () for place in slate.places if place is not loaf)


def test_where_one_copy_is_hidden_another_stands_in_and_does_not_name_it(copied: Project) -> None:
    (before,) = (place.item for place in ask(copied, LONG).places if place.item.startswith("copy"))
    hide(copied, before)
    (after,) = (place for place in ask(copied, LONG).places if place.item.startswith("copy"))
    assert before not in {after.item, *after.copies}
    assert len({after.item, *after.copies}) == 4


def test_a_copy_that_the_request_leaves_out_is_not_named(copied: Project) -> None:
    request = Request(LONG, exclude=(ItemId("copy3"),))
    (loaf,) = (place for place in copied.recommender.recommend(request).places if place.item.startswith("copy"))
    assert {loaf.item, *loaf.copies} == {"copy0", "copy1", "copy2", "copy4"}


def test_neighbours_are_neither_the_item_nor_its_copies_and_as_many_as_were_asked_for(new: New) -> None:
    copies = [{"id": f"copy{n:02}", "title": "Loaf", "text": f"{LONG}{'.' * n}"} for n in range(40)]
    others = [row(f"b{n}", f"A bakery of {what}") for n, what in enumerate(("rye", "rolls", "cakes", "bread"))]
    project = new(*copies, *others, embedder="minilm")
    found = project.recommender.neighbours(ItemId("copy20"), 4)
    assert sorted(dict(found)) == ["b0", "b1", "b2", "b3"]
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


# --- small catalogues, and none ---------------------------------------------------------------------------------------


def test_nothing_built_yet_is_said_with_what_to_do(new: New, tmp_path: Path) -> None:
    init_project(tmp_path / "empty")
    with open_project(tmp_path / "empty", environment={}) as project:
        assert not project.recommender.ready()
        with pytest.raises(IndexFileError, match="firstfive build") as caught:
            ask(project)
        assert caught.value.code == "index.missing"


def test_a_recommender_made_before_the_first_build_answers_after_it(new: New, tmp_path: Path) -> None:
    init_project(tmp_path / "early")
    with open_project(tmp_path / "early", overrides=["models.embedder=none"], environment={}) as project:
        recommender = project.recommender
        assert not recommender.ready()
        added(project, row("a", "bread"))
        assert recommender.ready()
        assert shown(recommender.recommend(Request("bread"))) == ["a"]


@pytest.mark.parametrize("embedder", ["none", "minilm"])
@pytest.mark.parametrize("items", [1, 2, 3])
def test_a_catalogue_of_one_two_or_three_items_is_answered_from(new: New, items: int, embedder: str) -> None:
    project = new(*[row(f"i{n}", f"rye bread number {n}") for n in range(items)], embedder=embedder)
    for diversity in (None, 0.0, 1.0):
        slate = ask(project, "rye bread", diversity=diversity)
        assert len(slate.places) == items
        assert slate.notes == (f"There {'is' if items == 1 else 'are'} only {items} to show.",)
    assert len(project.recommender.neighbours(ItemId("i0"), 5)) == items - 1


# --- the Release in use -----------------------------------------------------------------------------------------------


def test_answers_follow_the_release_in_use_and_one_that_was_named_stays(new: New) -> None:
    project = new(row("a", "rye bread"))
    first = project.release_in_use()
    fixed = Recommender(project, release=first)
    assert shown(ask(project, "rye bread")) == ["a"]
    added(project, row("a", "rye bread"), row("b", "more rye bread"))
    assert sorted(shown(ask(project, "rye bread"))) == ["a", "b"]
    assert shown(fixed.recommend(Request("rye bread"))) == ["a"]
    project.store.write(lambda unit: unit.releases.use(first))  # type: ignore[arg-type]
    slate = ask(project, "rye bread")
    assert (shown(slate), slate.release) == (["a"], first)


def test_a_hidden_item_stays_hidden_when_the_release_changes(new: New) -> None:
    """Its position is another one in the new Release."""
    project = new(row("m", "rye bread"), row("z", "rye bread too"))
    hide(project, "m")
    assert shown(ask(project, "rye bread")) == ["z"]
    added(project, row("a", "rye bread first"), row("m", "rye bread"), row("z", "rye bread too"))
    assert sorted(shown(ask(project, "rye bread"))) == ["a", "z"]


# --- many at a time ---------------------------------------------------------------------------------------------------


def test_many_requests_are_ranked_in_order_and_store_no_slate(world: Project) -> None:
    asked = [*((wish.qid, wish.text) for wish in WISHES), ("none", "🙂"), ("again", WISHES[0].text)]
    ranked = list(world.recommender.many(iter(asked), 3))
    assert [name for name, _ in ranked] == [name for name, _ in asked]
    assert [ranking[0][0] for _, ranking in ranked[:6]] == [wish.answer for wish in WISHES]
    assert ranked[6] == ("none", [])
    assert ranked[7][1] == ranked[0][1]
    assert all(len(ranking) == 3 for _, ranking in (*ranked[:6], ranked[7]))
    with world.store.read() as unit:
        assert unit.slates.last_at() is None


def test_a_ranking_is_what_recommend_shows(shared: Project) -> None:
    ranked = shared.recommender.many([(wish.qid, wish.text) for wish in WISHES], 12)
    for wish, (_, ranking) in zip(WISHES, ranked, strict=True):
        places = ask(shared, wish.text, n=12).places
        assert [item for item, _ in ranking] == [place.item for place in places]
        assert [score for _, score in ranking] == pytest.approx([place.score for place in places], abs=1e-6)


# --- neighbours, sessions, users --------------------------------------------------------------------------------------


def test_neighbours_are_the_items_most_alike_best_first_and_in_pages(shared: Project) -> None:
    all_of_them = shared.recommender.neighbours(ItemId("dentist"), 20)
    assert len(all_of_them) == 11
    assert "dentist" not in dict(all_of_them)
    assert [score for _, score in all_of_them] == sorted((score for _, score in all_of_them), reverse=True)
    assert shared.recommender.neighbours(ItemId("dentist"), 3, 2) == all_of_them[2:5]
    assert shared.recommender.neighbours(ItemId("dentist"), 3, 50) == []


def test_without_vectors_neighbours_share_words(new: New) -> None:
    project = new(row("a", "rye bread"), row("b", "iron pumps"), row("c", "bread rolls"))
    assert dict(project.recommender.neighbours(ItemId("a"), 5)).keys() == {"c"}


def test_neighbours_of_an_item_that_is_not_there_are_not_found(shared: Project) -> None:
    with pytest.raises(NotFound) as caught:
        shared.recommender.neighbours(ItemId("nowhere"), 5)
    assert caught.value.code == "not_found.item"
    with pytest.raises(NotFound):
        shared.recommender.item(ItemId("nowhere"))


def test_a_session_is_near_what_was_seen_by_weight_and_does_not_repeat_it(shared: Project) -> None:
    bakery, hvac = ItemId("bakery"), ItemId("hvac")
    one = shared.recommender.session([(bakery, 1.0), (hvac, 0.0)], 10)
    near = shared.recommender.neighbours(bakery, 11)
    assert [item for item, _ in one] == [item for item, _ in near if item != hvac]
    other = shared.recommender.session([(bakery, 0.1), (hvac, 1.0)], 10)
    assert {"bakery", "hvac"}.isdisjoint({**dict(one), **dict(other)})
    assert [item for item, _ in one] != [item for item, _ in other]


def test_a_session_of_nothing_known_gets_what_is_liked(world: Project) -> None:
    said(world, "yes", "ann", "solar")
    assert world.recommender.session([(ItemId("nowhere"), 1.0)], 1) == [("solar", 1.0)]
    assert world.recommender.session([], 1) == [("solar", 1.0)]


def test_a_user_gets_what_is_near_what_they_said_yes_to_and_nothing_they_saw(world: Project) -> None:
    said(world, "yes", "ann", "dentist")
    said(world, "no", "ann", "clinic")
    for_ann = dict(world.recommender.for_user(UserId("ann"), 12))
    assert {"dentist", "clinic"}.isdisjoint(for_ann)
    assert len(for_ann) == 10
    near = [item for item, _ in world.recommender.neighbours(ItemId("dentist"), 12) if item != "clinic"]
    assert list(for_ann) == near


def test_what_a_user_took_back_or_refused_at_last_draws_nothing_near(world: Project) -> None:
    said(world, "yes", "ann", "dentist", "bees")
    said(world, "no", "ann", "dentist")
    said(world, "undone", "ann", "bees")
    said(world, "yes", "ben", "solar")
    for_ann = world.recommender.for_user(UserId("ann"), 12)
    assert for_ann[0] == ("solar", 1.0)
    assert {"dentist", "bees"}.isdisjoint(dict(for_ann))


def test_what_a_user_only_opened_counts_less_than_a_yes(world: Project) -> None:
    said(world, "yes", "ann", "dentist")
    said(world, "opened", "ann", "dentist", "trucks")
    weighed = [(ItemId("dentist"), 1.0), (ItemId("trucks"), 0.3)]
    assert world.recommender.for_user(UserId("ann"), 12) == world.recommender.session(weighed, 12)


def test_words_of_one_moment_count_in_the_order_in_which_they_came(world: Project) -> None:
    moment = datetime.now(UTC)
    both = [Event(kind, UserId("ann"), ItemId("solar"), moment) for kind in ("yes", "no")]
    world.store.write(lambda unit: unit.events.add(both))
    assert world.recommender.for_user(UserId("ann"), 12)[0][1] == 0.0


def test_popular_is_what_people_said_at_last_and_opening_is_little_of_it(world: Project) -> None:
    said(world, "yes", "ann", "solar", "bees")
    said(world, "no", "ann", "solar")
    said(world, "yes", "ben", "trucks")
    said(world, "undone", "ben", "trucks")
    said(world, "opened", "cyd", "hvac")
    assert world.recommender.for_user(UserId("a stranger"), 2) == [("bees", 1.0), ("hvac", 0.3)]
    assert dict(world.recommender.for_user(UserId("a stranger"), 12))[ItemId("solar")] == 0.0


def test_what_is_shown_hides_nothing_that_was_liked_before(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstfive.app.nearby.SAID", 2)
    said(world, "yes", "ann", "solar")
    said(world, "shown", "ben", "bees", "trucks", "hvac")
    assert world.recommender.for_user(UserId("a stranger"), 1) == [("solar", 1.0)]


def test_a_stranger_gets_what_most_people_liked_and_then_the_catalogue(world: Project) -> None:
    for user, items in (("ann", ("solar", "bees")), ("ben", ("solar",)), ("eve", ("trucks",))):
        said(world, "no" if user == "eve" else "yes", user, *items)
    given = world.recommender.for_user(UserId("a stranger"), 12)
    rest = [item for item in sorted(ALL) if item not in {"solar", "bees"}]
    assert given == [("solar", 2.0), ("bees", 1.0), *((item, 0.0) for item in rest)]
    assert world.recommender.for_user(UserId("a stranger"), 3, 1) == given[1:4]


def test_what_is_popular_shows_no_copies(copied: Project) -> None:
    said(copied, "yes", "ann", "copy1", "copy3")
    given = [item for item, _ in copied.recommender.for_user(UserId("a stranger"), 12)]
    assert given == ["copy1", "b", "c", "d"]


# --- measured ---------------------------------------------------------------------------------------------------------

FIRST = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from firstfive import observe

sys.setswitchinterval(1e-6)
together = Barrier(10)

def first(_):
    together.wait()
    observe.count("firstfive_recommend_total", outcome="found")
    observe.seconds("firstfive_recommend_seconds", 0.1)

with ThreadPoolExecutor(10) as pool:
    list(pool.map(first, range(10)))
print(observe.registry().get_sample_value("firstfive_recommend_total", {"outcome": "found"}))
"""


def test_ten_first_requests_at_once_are_all_counted() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.strip()) == ("", "10.0")


# --- from Python ------------------------------------------------------------------------------------------------------


def test_three_lines_of_python_are_enough(shared: Project) -> None:
    with firstfive.open(shared.folder) as project:
        slate = project.recommend("a vet who can operate on my parrot", 3, filter="country = FR", user="ann")
    assert shown(slate) == ["clinic", "laundry"]
    assert slate.request.user == "ann"


def test_without_a_tracer_provider_spans_cost_nothing_and_with_one_they_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trace, "get_tracer_provider", trace.ProxyTracerProvider)
    assert observe.tracer() is None
    with observe.span("unseen", count=1) as unseen:
        unseen.set_attribute("more", 2)
        assert not unseen.is_recording()
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    with observe.span("seen", count=1):
        pass
    assert [span.name for span in kept.get_finished_spans()] == ["seen"]


def test_one_trace_holds_every_stage_and_call_of_a_model_and_no_word_of_the_request(
    bakeries: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(observe, "tracer", lambda: provider.get_tracer("test"))
    slate = ask(bakeries, "confidential rye loaves, near the quarry")
    spans = {span.name: span for span in kept.get_finished_spans()}
    calls = [span for name, span in spans.items() if name.startswith("embeddings ")]
    assert {f"firstfive.{stage}" for stage in slate.timings_ms} <= set(spans)
    assert len({span.context.trace_id for span in spans.values() if span.context}) == 1
    assert [(call.attributes or {})["gen_ai.operation.name"] for call in calls] == ["embeddings"] * len(calls) != []
    assert "confidential" not in "".join(span.to_json() for span in spans.values())
