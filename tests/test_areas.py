"""What a place that somebody names covers, and which values of a field lie in it."""

from __future__ import annotations

import gc
import weakref

import pytest

from firstfive.features.areas import area, area_of_people, chains_of, lies
from firstfive.rank.placed import PlacedValues


@pytest.mark.parametrize(
    ("said", "countries"),
    [
        ("UK", {"United Kingdom"}),
        ("the uk", {"United Kingdom"}),
        ("Royaume-Uni", {"United Kingdom"}),
        ("Großbritannien", {"United Kingdom"}),
        ("US", {"United States"}),
        ("USA", {"United States"}),
        ("Holland", {"Netherlands"}),
        ("Allemagne", {"Germany"}),
        ("germany", {"Germany"}),
        ("Oesterreich", {"Austria"}),
        ("DACH-Region", {"Germany", "Austria", "Switzerland"}),
        ("the DACH region", {"Germany", "Austria", "Switzerland"}),
        ("Beneluxländer", {"Belgium", "Netherlands", "Luxembourg"}),
        ("pays nordiques", {"Denmark", "Sweden", "Norway", "Finland", "Iceland"}),
        ("the Baltics", {"Estonia", "Latvia", "Lithuania"}),
        ("Iberische Halbinsel", {"Spain", "Portugal"}),
        ("Turkey", {"Turkey"}),
    ],
)
def test_countries_are_known_by_any_name_and_so_are_groups_of_them(said: str, countries: set[str]) -> None:
    assert area(said) == frozenset((country,) for country in countries)


@pytest.mark.parametrize(
    "said",
    "turkey,china,us,in,it,at,be,no,IT,BE,AT,eu,island,Georgia,Jersey,Bath,Reading,Nice,Paris,turkey sandwich,"
    "china cups,brazil nuts,jersey dress,french windows,UK shipping,Manhattan,",
)
def test_words_and_names_of_several_places_are_no_areas(said: str) -> None:
    for one in said.split(","):
        assert area(one) is None, one


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("German", "Germany"),
        ("deutsche", "Germany"),
        ("allemandes", "Germany"),
        ("Swiss", "Switzerland"),
        ("Dutch", "Netherlands"),
        ("italiennes", "Italy"),
    ],
)
def test_peoples_are_known_in_three_languages(word: str, country: str) -> None:
    assert area_of_people(word) == frozenset({(country,)})


@pytest.mark.parametrize(
    ("value", "said", "lying"),
    [
        ("munich", "Bavaria", True),
        ("münchen", "Bayern", True),
        ("germany", "Bavaria", None),
        ("hamburg", "Bavaria", False),
        ("hamburg", "Norddeutschland", True),
        ("dachau, germany", "Bavaria", None),
        ("dachau, germany", "Deutschland", True),
        ("lyon", "south of France", None),
        ("leeds", "northern England", True),
        ("bristol", "northern England", False),
        ("columbus, oh", "Ohio", True),
        ("los angeles, ca", "USA", True),
    ],
)
def test_a_place_lies_in_what_holds_it_and_may_in_a_part_of_it(value: str, said: str, lying: bool | None) -> None:
    (chain,), wanted = chains_of("city", (value,)), area(said)
    assert chain
    assert wanted
    assert lies(chain, wanted) is lying


def test_two_letters_are_a_code_where_all_values_of_a_field_of_countries_are() -> None:
    assert chains_of("country_code", ("de", "it")) == [("Germany",), ("Italy",)]
    assert chains_of("state", ("ca", "de")) == [("California", "United States"), ("Delaware", "United States")]
    assert chains_of("country", ("de", "italy")) == [None, ("Italy",)]
    assert chains_of("town", ("de", "it")) == [None, None]
    assert chains_of("town", ("paris, georgia", "georgia", "ely")) == [None, None, None]


def test_a_county_is_no_town_of_its_name_in_another_country() -> None:
    towns = ("durham", "norfolk", "essex", "chicago")
    assert chains_of("town", towns) == [None, None, None, ("Chicago", "Illinois", "United States")]
    assert None not in chains_of("county", towns[:3])
    assert PlacedValues({"town": towns}).within("USA")["town"].open == {"durham", "norfolk", "essex"}
    assert chains_of("town", ("durham, england", "norfolk, va")) == [
        ("County Durham", "England", "United Kingdom"),
        ("Virginia", "United States"),
    ]


class Forgetful(dict[object, object]):
    """Like one that another thread clears at once."""

    def __setitem__(self, key: object, value: object) -> None:
        self.clear()


def test_an_area_is_known_though_another_thread_forgets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = PlacedValues({"town": ("leeds", "munich")})
    monkeypatch.setattr(placed, "_known", Forgetful())
    assert placed.within("England")["town"].values == ("leeds",)


COUNTIES = ("county durham", "cornwall", "dumfries & galloway", "fife", "gwynedd", "kerry", "nowhere", "west sussex")


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("Scotland", ("dumfries & galloway", "fife")),
        ("in Wales", ()),
        ("Wales", ("gwynedd",)),
        ("England", ("county durham", "cornwall", "west sussex")),
        ("Ireland", ("kerry",)),
        ("northern England", ("county durham",)),
        ("the West Country", ("cornwall",)),
        ("Sussex", ("west sussex",)),
        ("Northern Ireland", None),
        ("midlands", None),
    ],
)
def test_counties_lie_in_their_nations(said: str, values: tuple[str, ...] | None) -> None:
    found = PlacedValues({"county": COUNTIES}).within(said).get("county")
    assert (found.values if found else None) == (values or None)
    assert found is None or found.open == {"nowhere"}


def test_a_part_of_a_country_is_not_in_another_part_of_it() -> None:
    catalonia = area("Catalonia")
    assert catalonia
    assert lies(("Balearic Islands", "Spain"), catalonia) is False


PLACED = PlacedValues(
    {
        "country": ("deutschland", "germany", "united kingdom"),
        "town": ("dachau", "hamburg", "leeds", "munich"),
        "state": ("new", "used"),
    }
)


def test_a_country_is_all_its_values_and_no_other_field_is_asked() -> None:
    found = PLACED.within("Germany")
    assert found.keys() == {"country"}
    assert found["country"].values == ("deutschland", "germany")
    assert not found["country"].wider


def test_values_by_place_are_let_go_at_once_without_the_garbage_collector() -> None:
    placed = PlacedValues({"town": ("leeds",)})
    assert placed.within("England")
    known = weakref.ref(placed)
    gc.disable()
    try:
        del placed
        assert known() is None
    finally:
        gc.enable()


def test_a_region_is_its_towns_and_its_country_only_holds_it() -> None:
    found = PLACED.within("Bavaria")
    assert found.keys() == {"country", "town"}
    assert found["town"].values == ("munich",)
    assert found["town"].open == {"dachau"}
    assert found["country"].values == ("deutschland", "germany")
    assert found["country"].wider


def test_a_country_is_its_towns_where_no_field_has_countries() -> None:
    towns = PlacedValues({"town": ("dachau", "hamburg", "leeds", "munich")})
    assert towns.within("Germany")["town"].values == ("hamburg", "munich")
    assert towns.within("France") == {}
