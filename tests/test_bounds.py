"""Numbers of a request as bounds on fields, and what a request that only refuses is answered with."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import pytest

from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.ask import topic
from firstfive.build.columns import columns
from firstfive.rank import Bound, bounds
from firstfive.types import Request

FIELDS = columns(
    {
        "pages": "number",
        "year": "number",
        "price_eur": "number",
        "rooms": "number",
        "team_size": "number",
        "name": "text",
    },
    [
        {"pages": 80.0, "year": 1998.0, "price_eur": 9.5, "rooms": 4.0, "team_size": 30.0, "name": "x"},
        {"pages": 400.0, "year": 2015.0, "price_eur": 80.0, "rooms": 2.0, "team_size": 900.0},
    ],
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a short book under 100 pages", [Bound("pages", -inf, 100)]),
        ("wine for less than 10 euros", [Bound("price_eur", -inf, 10)]),
        ("books on lighthouses after 2010", [Bound("year", 2011, inf)]),
        ("seit 2010", [Bound("year", 2010, inf)]),
        ("before 1950", [Bound("year", -inf, 1949)]),
        ("a house with 4 rooms", [Bound("rooms", 4, 4)]),
        ("between 10 and 50 employees", [Bound("team_size", 10, 50)]),
        ("a book of 300 pages", []),
        ("something for over 60s", []),
        ("a book", []),
    ],
)
def test_a_number_is_a_bound_on_the_one_field_that_can_be_meant(text: str, wanted: list[Bound]) -> None:
    assert list(bounds(text, FIELDS, topic)) == wanted


def test_where_two_fields_can_be_meant_none_is() -> None:
    both = columns({"price": "number", "cost": "number"}, [{"price": 5.0, "cost": 3.0}])
    assert bounds("under 10 euros", both, topic) == ()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Books on war and on bees, of which one in ten has less than 100 pages."""
    folder = tmp_path_factory.mktemp("books")
    rows = [
        f"{n},{about} {n},A book on {about} for readers of kind {n}.,{80 if n % 10 == 0 else 300}"
        for n in range(80)
        for about in [("bees" if n % 4 == 0 else "war")]
    ]
    (folder / "books.csv").write_text("\n".join(["id,title,text,pages", *rows, ""]))
    with open_project(init_project(folder / "project").parent, environment={}) as project:
        import_sources(project, [str(folder / "books.csv")], field=["*"])
        build(project)
        yield project


def test_items_whose_field_meets_the_number_come_first_and_the_number_is_not_said_to_be_missing(books: Project) -> None:
    places = Recommender(books).recommend(Request("war, under 100 pages")).places
    assert [place.fields["pages"] for place in places[:4]] == [80.0] * 4
    assert all("war" in place.text for place in places[:4])
    assert all(place.mismatch is None for place in places[:4])


def test_a_request_that_only_refuses_is_not_answered_with_what_it_refuses(books: Project) -> None:
    places = Recommender(books).recommend(Request("not about war")).places
    assert ["bees" in place.text for place in places] == [True] * 5


def test_what_is_measured_is_ranked_by_numbers_as_it_is_live(books: Project) -> None:
    request = "war, under 100 pages"
    live = [place.item for place in Recommender(books).recommend(Request(request, 20)).places]
    ((_, measured),) = Recommender(books).many([("q", request)], 20)
    assert [item for item, _ in measured] == live
