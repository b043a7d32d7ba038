"""Numbers of a request as bounds on fields, and what a request that only refuses is answered with."""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from math import inf, nextafter
from pathlib import Path

import pytest

from conftest import project_of
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.ask import read, topic
from firstfive.build.columns import columns
from firstfive.features.numerals import ordinal
from firstfive.ports import Column
from firstfive.rank import Bound, NumberFields, joined
from firstfive.rank.amounts import Amount, amounts, at_odds
from firstfive.rank.lasting import in_minutes
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

TODAY = date(2026, 11, 30)


def bounds(text: str, fields: Mapping[str, Column] = FIELDS) -> list[Bound]:
    """One for each field."""
    found = NumberFields(fields, topic, lambda: TODAY).bounds(text, read(Request(text)).wishes)
    return list(joined(found))


def under(number: float) -> float:
    """The most that is less."""
    return nextafter(number, -inf)


def over(number: float) -> float:
    """The least that is more."""
    return nextafter(number, inf)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a short book under 100 pages", [Bound("pages", -inf, under(100))]),
        ("a nice wine 70 or less", [Bound("price_eur", -inf, 70)]),
        ("for children 70 or less", []),
        ("wine in a group of 10 or less", []),
        ("a wine rack narrower than 60", []),
        ("dogs 70 or smaller", []),
        ("wine for less than 10 quid", [Bound("price_eur", -inf, under(10))]),
        ("wine for less than 10 euros", [Bound("price_eur", -inf, under(10))]),
        ("books on lighthouses, published after 2010", [Bound("year", 2011, inf)]),
        ("seit 2010", [Bound("year", 2010, inf)]),
        ("before 1950", [Bound("year", -inf, 1949)]),
        ("a house with 4 rooms", [Bound("rooms", 4, 4)]),
        ("between 10 and 50 employees", [Bound("team_size", 10, 50)]),
        ("a house with four rooms", [Bound("rooms", 4, 4)]),
        ("a house with 2 or 3 rooms", [Bound("rooms", 2, 3)]),
        ("a house from 3 rooms", [Bound("rooms", 3, inf)]),
        ("ein Haus ab 3 Rooms", [Bound("rooms", 3, inf)]),
        ("wine under EUR 60", [Bound("price_eur", -inf, under(60))]),
        ("wine for EUR 20 to EUR 60", [Bound("price_eur", 20, 60)]),
        ("wine under 60 a month", [Bound("price_eur", -inf, under(60))]),
        ("wine for 10 to 60 per week", [Bound("price_eur", 10, 60)]),
        ("a two-room or three-room house", [Bound("rooms", 2, 3)]),
        ("a house with twenty-two rooms", [Bound("rooms", 22, 22)]),
        ("over twenty employees", [Bound("team_size", over(20), inf)]),
        ("dinner from 7 pm", []),
        ("a book for a boy under 10", []),
        ("girls, under 40", []),
        ("games for 8 to 12", []),
        ("open, 9 to 5", []),
        ("a house; I earn more than 20 a month", []),
        ("wine, under 60", [Bound("price_eur", -inf, under(60))]),
        ("wine, nothing over 60", [Bound("price_eur", -inf, 60)]),
        ("höchstens 60 im Monat", [Bound("price_eur", -inf, 60)]),
        ("under 6000 a month", []),
        ("people under 60 in Leeds", []),
        ("900 a month max", []),
        ("60 a month max", [Bound("price_eur", -inf, 60)]),
        ("£60 a month max", [Bound("price_eur", -inf, 60)]),
        ("wine, £60 tops", [Bound("price_eur", -inf, 60)]),
        ("5 tops", []),
        ("wine, budget 60", [Bound("price_eur", -inf, 60)]),
        ("wine with a budget of £60", [Bound("price_eur", -inf, 60)]),
        ("Budget ist maximal 60", [Bound("price_eur", -inf, 60)]),
        ("mein Budget liegt bei 60 Euro", [Bound("price_eur", -inf, 60)]),
        ("un budget de 60 euros", [Bound("price_eur", -inf, 60)]),
        ("wine, budget between 20 and 60", [Bound("price_eur", 20, 60)]),
        ("a budget 4 room house", [Bound("rooms", 4, 4)]),
        ("a low budget, 20 and older", []),
        ("my limit is 60", [Bound("price_eur", -inf, 60)]),
        ("a limit of 60", []),
        ("60 a month is our limit", [Bound("price_eur", -inf, 60)]),
        ("wine, 60 or under", [Bound("price_eur", -inf, 60)]),
        ("60 or less a month", [Bound("price_eur", -inf, 60)]),
        ("wine below 60 per calendar month", [Bound("price_eur", -inf, under(60))]),
        ("wine not more expensive than 60", [Bound("price_eur", -inf, 60)]),
        ("wine no dearer than 60", [Bound("price_eur", -inf, 60)]),
        ("wine costing at most 60", [Bound("price_eur", -inf, 60)]),
        ("wine cheaper than 60", [Bound("price_eur", -inf, under(60))]),
        ("nicht teurer als 60", [Bound("price_eur", -inf, 60)]),
        ("teurer als 60", [Bound("price_eur", over(60), inf)]),
        ("um die 40 Euro", [Bound("price_eur", 30, 50)]),
        ("höchstens 60 die Nacht", [Bound("price_eur", -inf, 60)]),
        ("pas plus cher que 60", [Bound("price_eur", -inf, 60)]),
        ("moins cher que 60", [Bound("price_eur", -inf, under(60))]),
        ("jusqu'à 60 euros", [Bound("price_eur", -inf, 60)]),
        ("60 euros au plus", [Bound("price_eur", -inf, 60)]),
        ("60 euros au maximum", [Bound("price_eur", -inf, 60)]),
        ("un vin ne dépassant pas 60 euros", [Bound("price_eur", -inf, 60)]),
        ("inférieur à 60 euros", [Bound("price_eur", -inf, under(60))]),
        ("autour de 40 euros", [Bound("price_eur", 30, 50)]),
        ("um 40 Uhr", []),
        ("a book of 300 pages", []),
        ("something for over 60s", []),
        ("a book", []),
    ],
)
def test_a_number_is_a_bound_on_the_one_field_that_can_be_meant(text: str, wanted: list[Bound]) -> None:
    assert bounds(text) == wanted


@pytest.mark.parametrize(
    ("text", "low", "high", "kind"),
    [
        ("0.125 ha", 0.125, 0.125, "ha"),
        ("12.500 km", 12_500, 12_500, "km"),
        ("two-bedroom flat", 2, 2, "bedroom"),
        ("one-bedroom flat", 1, 1, "bedroom"),
        ("under-40 people", -inf, 40, "people"),
        ("cant spend more than 70 pounds", -inf, 70, "money"),
        ("I don't want to spend over 300 euros", -inf, 300, "money"),
        ("je ne peux pas payer plus de 80 euros", -inf, 80, "money"),
        ("no wider than 80 cm", -inf, 80, "cm"),
        ("um 20 Uhr", 20, 20, "uhr"),
        ("um 20 Euro", 15, 25, "money"),
        ("1/2 hectare", 1, 1, ""),
        ("a quiet two-bedroom flat", 2, 2, "bedroom"),
        ("zwei oder drei Zimmer", 2, 3, "zimmer"),
        ("à partir de 3 pièces", 3, inf, "pièces"),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, low: float, high: float, kind: str) -> None:
    assert list(amounts(text)) == [Amount(low, high, kind)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("over twenty employees", Amount(20, inf, "people")),
        ("twenty-two rooms", Amount(22, 22, "rooms")),
        ("two hundred rooms", Amount(200, 200, "rooms")),
        ("one hundred and twelve rooms", Amount(112, 112, "rooms")),
        ("zweiundzwanzig Zimmer", Amount(22, 22, "zimmer")),
        ("vingt-cinq salariés", Amount(25, 25, "people")),
        ("deux cent douze salariés", Amount(212, 212, "people")),
        ("1.250 billion euros", Amount(1.25e9, 1.25e9, "money")),
        ("1,250 Mio. €", Amount(1.25e6, 1.25e6, "money")),
        ("1.250 kg", Amount(1_250, 1_250, "kg")),
        ("3 trillion dollars", Amount(3e12, 3e12, "money")),
        ("5 lakh rupees", Amount(5e5, 5e5, "money")),
    ],
)
def test_numbers_of_requests_are_read_as_those_of_items_are_in_digits_and_words(text: str, wanted: Amount) -> None:
    assert list(amounts(text)) == [wanted]


HOURS = columns({"Wochenstunden": "number", "bathrooms": "number"}, [{"Wochenstunden": 20.0, "bathrooms": 2.0}])


def test_a_field_is_meant_by_the_end_of_its_name_where_that_is_no_other_thing() -> None:
    assert bounds("höchstens 30 Stunden", HOURS) == [Bound("Wochenstunden", -inf, 30)]
    assert bounds("at least 3 rooms", HOURS) == []


COTTAGES = columns(
    {"sleeps": "number", "minutes": "number"}, [{"sleeps": 6.0, "minutes": 20.0}, {"sleeps": 2.0, "minutes": 150.0}]
)
DISHES = columns(
    {"serves": "number", "minutes": "number"}, [{"serves": 6.0, "minutes": 20.0}, {"serves": 1.0, "minutes": 150.0}]
)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("a cottage for two", 2),
        ("a cottage for two in Wales", 2),
        ("house for 8 people", 8),
        ("a house by the sea, for seven", 7),
        ("somewhere quiet, the two of us", 2),
        ("6 people, near the sea", 6),
        ("there are six of us", 6),
        ("ein Haus für zwei", 2),
        ("une maison pour quatre, avec jardin", 4),
        ("a cottage for two adults and two children", 4),
        ("a cottage for 2 adults and a child", 3),
        ("ein Haus für zwei Erwachsene und drei Kinder", 5),
        ("for six, near the sea", 6),
        ("a table in Leeds for 4", 4),
        ("a cottage for two, walk of under half an hour to the sea", 2),
    ],
)
def test_for_how_many_it_is_to_be_is_met_where_more_have_room(text: str, least: int) -> None:
    assert bounds(text, COTTAGES) == [Bound("sleeps", least, inf, firm=False)]
    assert bounds(text, FIELDS) == [] or "people" in text


@pytest.mark.parametrize(
    "text",
    [
        "a cottage for two weeks",
        "for two dogs",
        "I for one like it",
        "for two and a half days",
        "two by two",
        "a course for four evenings",
        "toys for 5, red",
        "games for 10 and up",
        "a quote for 3 and 4",
        "I have been waiting for five",
        "I work for two at home",
        "a bike for 7, my son",
        "a room for 2 at 7pm",
    ],
)
def test_what_is_not_of_people_asks_for_no_room(text: str) -> None:
    assert bounds(text, COTTAGES) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dinner, under half an hour", Bound("minutes", -inf, under(30))),
        ("dinner in less than an hour", Bound("minutes", -inf, under(60))),
        ("at most an hour and a half", Bound("minutes", -inf, 90)),
        ("höchstens eine halbe Stunde", Bound("minutes", -inf, 30)),
        ("moins d'une demi-heure", Bound("minutes", -inf, under(30))),
        ("at least 2 hours", Bound("minutes", 120, inf)),
        ("unter 45 Minuten", Bound("minutes", -inf, under(45))),
        ("up to 25 min", Bound("minutes", -inf, 25)),
    ],
)
def test_a_dish_takes_hours_or_minutes(text: str, wanted: Bound) -> None:
    assert bounds(text, DISHES) == [wanted]


@pytest.mark.parametrize("text", ["soup for four people", "fish for two", "Suppe für vier"])
def test_for_how_many_a_dish_is_decides_nothing(text: str) -> None:
    assert bounds(text, DISHES) == []


@pytest.mark.parametrize(
    "text",
    [
        "less than an hour from the sea",
        "under 30 minutes away",
        "under 30 minutes to the station",
        "a drive of under half an hour",
        "weniger als eine Stunde vom Meer",
        "höchstens 20 Minuten zu Fuß",
        "à moins de 30 minutes à pied",
    ],
)
def test_a_time_on_the_way_is_no_time_that_a_dish_takes(text: str) -> None:
    assert bounds(text, DISHES) == []


def test_a_time_on_the_way_is_one_of_a_field_of_it() -> None:
    ways = columns({"minutes_to_station": "number"}, [{"minutes_to_station": 5.0}, {"minutes_to_station": 40.0}])
    assert bounds("under 10 minutes to the station", ways) == [Bound("minutes_to_station", -inf, under(10))]


@pytest.mark.parametrize(
    "text", ["1h30", "within 1h15 of here", "1 h 30", "1h 30", "under half an hour", "dans 2h05, puis 3 h 15"]
)
def test_a_time_in_minutes_is_as_long_as_it_was(text: str) -> None:
    assert len(in_minutes(text)) == len(text)


@pytest.mark.parametrize("text", ["à 2 h 30", "3 h 15 pm"])
def test_a_time_of_day_is_not_how_long_something_takes(text: str) -> None:
    assert in_minutes(text) == text


def test_a_time_that_no_item_states_is_of_something_else() -> None:
    assert bounds("help within 30 minutes", HOURS) == []
    assert bounds("open for more than 24 hours", DISHES) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("half an hour", [Amount(30, 30, "min")]),
        ("a quarter of an hour", [Amount(15, 15, "min")]),
        ("under an hour", [Amount(-inf, 60, "min", strict=True)]),
        ("two and a half hours", [Amount(150, 150, "min")]),
        ("1 hour 20 minutes", [Amount(80, 80, "min")]),
        ("1 h 30", [Amount(90, 90, "min")]),
        ("eine Dreiviertelstunde", [Amount(45, 45, "min")]),
        ("zweieinhalb Stunden", [Amount(150, 150, "min")]),
        ("une heure et demie", [Amount(90, 90, "min")]),
        ("£20 an hour", [Amount(20, 20, "money")]),
        ("à 1 h 30", [Amount(1, 1, "h"), Amount(30, 30, "")]),
        ("EUR 5,000", [Amount(5_000, 5_000, "money")]),
        ("between EUR 5,000 and 25,000", [Amount(5_000, 25_000, "money")]),
        ("EUR 5,000 to EUR 25,000", [Amount(5_000, 25_000, "money")]),
        ("GBP 10,000 at least and GBP 60,000 at most", [Amount(10_000, inf, "money"), Amount(-inf, 60_000, "money")]),
        ("£2m to £3m", [Amount(2e6, 3e6, "money")]),
        ("neuro 12", [Amount(12, 12, "")]),
    ],
)
def test_half_an_hour_is_thirty_minutes_and_a_currency_before_a_number_makes_it_a_sum(
    text: str, wanted: list[Amount]
) -> None:
    assert list(amounts(text)) == wanted


def test_people_have_room_where_more_have() -> None:
    fields = columns({"personnes": "number"}, [{"personnes": 6.0}, {"personnes": 2.0}])
    assert bounds("une maison pour 6 personnes", fields) == [Bound("personnes", 6, inf)]
    sleeps = columns({"sleeps": "number"}, [{"sleeps": 6.0}, {"sleeps": 2.0}])
    assert bounds("a cottage that sleeps six", sleeps) == [Bound("sleeps", 6, inf)]
    assert bounds("sleeps 6 people", sleeps) == [Bound("sleeps", 6, inf)]
    assert bounds("sleeps at most six", sleeps) == [Bound("sleeps", -inf, 6)]


HOMES = columns(
    dict.fromkeys(("bedrooms", "bathrooms", "price", "size_sqm", "founded"), "number"),
    [
        {"bedrooms": 2.0, "bathrooms": 1.0, "price": 700.0, "size_sqm": 60.0, "founded": 1990.0},
        {"bedrooms": 4.0, "bathrooms": 2.0, "price": 1_500.0, "size_sqm": 120.0, "founded": 2015.0},
    ],
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 bedrooms under £900", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(900))]),
        ("3 bedrooms 2 bathrooms", [Bound("bedrooms", 3, 3), Bound("bathrooms", 2, 2)]),
        ("2 bedrooms 5 minutes to the beach", [Bound("bedrooms", 2, 2)]),
        ("3 bedrooms at most 10 minutes from the sea", [Bound("bedrooms", 3, 3)]),
        ("bedrooms over 3", [Bound("bedrooms", over(3), inf)]),
        ("2 bedrooms under 900", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(900))]),
        ("price at most 1.5k", [Bound("price", -inf, 1_500)]),
        ("price between 800 and 1.2k", [Bound("price", 800, 1_200)]),
        ("£800 to 1.2k", [Bound("price", 800, 1_200)]),
        ("bis 900 €", [Bound("price", -inf, 900)]),
        ("2 bed flat, no pets under £900", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(900))]),
        ("two bedrooms under 1000 a month", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(1000))]),
        ("more than two bedrooms under 900", [Bound("bedrooms", over(2), inf), Bound("price", -inf, under(900))]),
        ("one bedroom under 900", [Bound("bedrooms", 1, 1), Bound("price", -inf, under(900))]),
        ("two double bedrooms under 900", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(900))]),
        ("a one-bedroom flat", [Bound("bedrooms", 1, 1)]),
        ("at least one bedroom", [Bound("bedrooms", 1, inf)]),
        ("one or two bedrooms", [Bound("bedrooms", 1, 2)]),
        ("one bedroom or two", [Bound("bedrooms", 1, 2)]),
        ("2 bedrooms or 3", [Bound("bedrooms", 2, 3)]),
        ("2 bedrooms or 3 cats", [Bound("bedrooms", 2, 2)]),
        ("ein oder zwei bedrooms", [Bound("bedrooms", 1, 2)]),
        ("une ou deux bedrooms", [Bound("bedrooms", 1, 2)]),
        ("mindestens ein bedroom", [Bound("bedrooms", 1, inf)]),
        ("au moins une bedroom", [Bound("bedrooms", 1, inf)]),
        ("ein bedroom mit Balkon", []),
        ("une bedroom avec balcon", []),
        ("one of the bedrooms with a balcony", []),
        ("one with a bathroom", []),
        ("one cat or two", []),
        ("a studio or one bedroom", []),
        ("2 bedrooms or a study", []),
        ("a 2 bedroom flat or house", [Bound("bedrooms", 2, 2)]),
        ("a 2 bedroom or a 3 bedroom flat", [Bound("bedrooms", 2, 3)]),
        ("2 bed", [Bound("bedrooms", 2, 2)]),
        ("2 bed bungalow", [Bound("bedrooms", 2, 2)]),
        ("3 beds 2 bath", [Bound("bedrooms", 3, 3), Bound("bathrooms", 2, 2)]),
        ("2/3 bedrooms", [Bound("bedrooms", 2, 3)]),
        ("open 24/7, bedrooms", []),
        ("2 large private bathrooms", [Bound("bathrooms", 2, 2)]),
        ("2 quiet people, bedrooms", []),
        ("ein bedrooms unter 900", [Bound("price", -inf, under(900))]),
        ("for two, bedrooms under 3", [Bound("bedrooms", -inf, under(3))]),
        ("more than 3 bedrooms", [Bound("bedrooms", over(3), inf)]),
        ("fewer than 3 bedrooms", [Bound("bedrooms", -inf, under(3))]),
        ("mehr als 3 bedrooms", [Bound("bedrooms", over(3), inf)]),
        ("plus de 3 bedrooms", [Bound("bedrooms", over(3), inf)]),
        ("3 or more bedrooms", [Bound("bedrooms", 3, inf)]),
        ("mindestens 3 bedrooms", [Bound("bedrooms", 3, inf)]),
        ("not more than 3 bedrooms", [Bound("bedrooms", -inf, 3)]),
        ("not under 3 bedrooms", [Bound("bedrooms", 3, inf)]),
        ("founded over 10 years ago", [Bound("founded", -inf, under(2016), firm=False)]),
        ("founded over 5", []),
        ("founded after 2000", [Bound("founded", 2001, inf)]),
    ],
)
def test_a_number_is_of_the_name_before_it_only_where_that_is_not_counted_itself(
    text: str, wanted: list[Bound]
) -> None:
    assert bounds(text, HOMES) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 double and 1 single bedroom", []),
        ("2 double bedrooms and 1 single bedroom", []),
        ("2 double bedrooms and 1 large bathroom", [Bound("bedrooms", 2, 2), Bound("bathrooms", 1, 1)]),
        ("2 single beds", []),
        ("3 double beds", []),
        ("one bed and one bath", [Bound("bedrooms", 1, 1), Bound("bathrooms", 1, 1)]),
        ("2 baths", [Bound("bathrooms", 2, 2)]),
        ("2 belles bedrooms", [Bound("bedrooms", 2, 2)]),
        ("2 beaux bedrooms", [Bound("bedrooms", 2, 2)]),
    ],
)
def test_what_only_lends_its_name_or_is_not_all_is_not_counted(text: str, wanted: list[Bound]) -> None:
    assert bounds(text, HOMES) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("house or 2 bedrooms", []),
        ("2 bedroom flat or house under £900", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(900))]),
        ("2 bedrooms or less under £900", [Bound("bedrooms", -inf, 2), Bound("price", -inf, under(900))]),
        ("2 bedrooms or so", [Bound("bedrooms", 2, 2)]),
        ("2 bedrooms or thereabouts", [Bound("bedrooms", 2, 2)]),
        ("2 bedrooms or better", [Bound("bedrooms", 2, inf)]),
        ("2 bedrooms or greater", [Bound("bedrooms", 2, inf)]),
        ("2 bedrooms or upwards", [Bound("bedrooms", 2, inf)]),
        ("2 bedrooms oder besser", [Bound("bedrooms", 2, inf)]),
        ("2 bedrooms ou mieux", [Bound("bedrooms", 2, inf)]),
        ("2 bedrooms and better light", [Bound("bedrooms", 2, 2)]),
        ("2 bedrooms min", [Bound("bedrooms", 2, inf)]),
        ("2 bedrooms, 30 min walk", [Bound("bedrooms", 2, 2)]),
        ("£900 and under", [Bound("price", -inf, 900)]),
        ("900 and below", [Bound("price", -inf, 900)]),
        ("2 bedrooms and under £900", [Bound("bedrooms", 2, 2), Bound("price", -inf, under(900))]),
        ("2 bedrooms and less noise", [Bound("bedrooms", 2, 2)]),
        ("at least 2 1/2 bedrooms", [Bound("bedrooms", 2.5, inf)]),
        ("24/7 bedrooms access", []),
        ("9" * 310 + " bedrooms", []),
        ("under " + "9" * 310 + " euros", []),
    ],
)
def test_what_is_as_good_as_a_number_or_bounds_it_from_behind(text: str, wanted: list[Bound]) -> None:
    assert bounds(text, HOMES) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My budget is about 900", [Bound("price", -inf, 1_125)]),
        ("budget around £900", [Bound("price", -inf, 1_125)]),
        ("around £900", [Bound("price", 675, 1_125)]),
        ("budget between 700 and 900", [Bound("price", 700, 900)]),
        ("sans dépasser 900 euros", [Bound("price", -inf, 900)]),
        ("ne pas dépasser 900 euros", [Bound("price", -inf, 900)]),
        ("qui ne dépasse pas les 900 euros", [Bound("price", -inf, 900)]),
        ("dépassant 900 euros", [Bound("price", over(900), inf)]),
        ("900 euros maxi", [Bound("price", -inf, 900)]),
    ],
)
def test_a_sum_is_within_a_budget(text: str, wanted: list[Bound]) -> None:
    assert bounds(text, HOMES) == wanted


ONES = columns(
    dict.fromkeys("days hours weeks places doors stars bedrooms".split(), "number"),
    [dict.fromkeys("days hours weeks places doors stars bedrooms".split(), float(n)) for n in range(1, 6)],
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("one day I want to learn guitar", []),
        ("one hour from Leeds", []),
        ("one week before Easter", []),
        ("one place at a time", []),
        ("one bedroom at a time", []),
        ("all in one place", []),
        ("one door down", []),
        ("one-star reviews", []),
        ("number one bedroom", []),
        ("living in one bedroom", []),
        ("living in one or two bedrooms", [Bound("bedrooms", 1, 2)]),
        ("at least one hour", [Bound("hours", 1, inf)]),
        ("höchstens ein hour", [Bound("hours", -inf, 1)]),
        ("one or two days", [Bound("days", 1, 2)]),
        ("one bedroom from 700", [Bound("bedrooms", 1, 1)]),
        ("one bedroom from Easter", []),
        ("a one-bedroom flat", [Bound("bedrooms", 1, 1)]),
        ("two stars", [Bound("stars", 2, 2)]),
        ("3 stars or better", [Bound("stars", 3, inf)]),
    ],
)
def test_one_is_a_number_only_of_what_is_counted(text: str, wanted: list[Bound]) -> None:
    assert bounds(text, ONES) == wanted


FLOORS = columns({"floor": "number", "cars": "number"}, [{"floor": float(n), "cars": float(n)} for n in range(5)])
UPSTAIRS = columns({"floor": "number", "carpets": "number"}, [{"floor": 1.0 + n, "carpets": 1.0} for n in range(5)])
ETAGES = columns({"étage": "number"}, [{"étage": 0.0}, {"étage": 3.0}])
STOREYS = columns({"stock": "number"}, [{"stock": 0.0}, {"stock": 3.0}])


@pytest.mark.parametrize(
    ("text", "fields", "wanted"),
    [
        ("third floor", FLOORS, [Bound("floor", 3, 3)]),
        ("a flat on the 2nd floor", FLOORS, [Bound("floor", 2, 2)]),
        ("third floor or higher", FLOORS, [Bound("floor", 3, inf)]),
        ("at least the second floor", FLOORS, [Bound("floor", 2, inf)]),
        ("ground floor", FLOORS, [Bound("floor", 0, 0)]),
        ("ground floor", UPSTAIRS, []),
        ("all on one floor", FLOORS, []),
        ("a house with a ground floor bathroom", FLOORS, []),
        ("a house with a ground floor wc", FLOORS, []),
        ("a second floor tiled bathroom", FLOORS, []),
        ("lower ground floor", FLOORS, []),
        ("ground floor flat", FLOORS, [Bound("floor", 0, 0)]),
        ("ground floor one-bedroom flat", FLOORS, [Bound("floor", 0, 0)]),
        ("first or second floor", FLOORS, [Bound("floor", 1, 2)]),
        ("1st or 2nd floor", FLOORS, [Bound("floor", 1, 2)]),
        ("ground or first floor", FLOORS, [Bound("floor", 0, 1)]),
        ("ground or first floor", UPSTAIRS, []),
        ("with a lift to the second floor", FLOORS, [Bound("floor", 2, 2)]),
        ("a lift to second floor", FLOORS, [Bound("floor", 2, 2)]),
        ("first-floor flat", FLOORS, [Bound("floor", 1, 1)]),
        ("3rd-floor flat", FLOORS, [Bound("floor", 3, 3)]),
        ("a house over two floors", FLOORS, []),
        ("a house with two floors", FLOORS, []),
        ("höchstens im 2. Stock", STOREYS, [Bound("stock", -inf, 2)]),
        ("nicht über dem 2. Stock", STOREYS, [Bound("stock", -inf, 2)]),
        ("bis zum 2. Stock", STOREYS, [Bound("stock", -inf, 2)]),
        ("2./3. Stock", STOREYS, [Bound("stock", 2, 3)]),
        ("jusqu'au 2e étage", ETAGES, [Bound("étage", -inf, 2)]),
        ("à partir du 2e étage", ETAGES, [Bound("étage", 2, inf)]),
        ("pas plus haut que le 2e étage", ETAGES, [Bound("étage", -inf, 2)]),
        ("2 étages", ETAGES, []),
        ("first floor upwards", FLOORS, [Bound("floor", 1, inf)]),
        ("im ersten oder zweiten Stock", STOREYS, [Bound("stock", 1, 2)]),
        ("top floor", FLOORS, []),
        ("my second car", FLOORS, []),
        ("2 cars", UPSTAIRS, []),
        ("im dritten Stock", STOREYS, [Bound("stock", 3, 3)]),
        ("in der 3. Etage", columns({"Etage": "number"}, [{"Etage": 0.0}, {"Etage": 3.0}]), [Bound("Etage", 3, 3)]),
        ("troisième étage", ETAGES, [Bound("étage", 3, 3)]),
    ],
)
def test_a_floor_is_a_number_by_its_place(text: str, fields: Mapping[str, Column], wanted: list[Bound]) -> None:
    assert bounds(text, fields) == wanted


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("fourth vierte vierten quatrième 4. 4th 4e", 4),
        ("tenth zehnte zehnten dixième 10th", 10),
        ("ten zehn dix top eleventh", None),
    ],
)
def test_a_place_is_read_in_three_languages(words: str, place: int | None) -> None:
    assert {ordinal(word) for word in words.split()} == {place}


def test_words_are_read_for_what_they_are_short_for() -> None:
    rooms = {"zimmer": "number", "receptions": "number"}
    fields = columns(rooms, [{"zimmer": 2.0, "receptions": 1.0}, {"zimmer": 3.0, "receptions": 2.0}])
    assert bounds("3-Zi-Wohnung, 2 recep", fields) == [Bound("zimmer", 3, 3), Bound("receptions", 2, 2)]


def test_what_is_under_a_number_does_not_meet_it() -> None:
    (below,), (most,), (exact,) = (tuple(amounts(text)) for text in ("under 50 km", "at most 50 km", "50 km"))
    assert not below.meets(exact)
    assert not exact.meets(below)
    assert most.meets(exact)


PETS = columns(
    {"age": "number", "fee": "number", "hours_per_week": "number", "min_age": "number"},
    [{"age": float(n), "fee": 20.0 * n, "hours_per_week": 35.0 if n == 9 else 4.0, "min_age": 18.0} for n in range(20)],
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("older than 10", [Bound("age", over(10), inf)]),
        ("a dog under 8 years old", [Bound("age", -inf, under(8))]),
        ("dog over 5 years, friendly", [Bound("age", over(5), inf)]),
        ("dogs not over 10 years", [Bound("age", -inf, 10)]),
        ("dog between 3 and 6 years", [Bound("age", 3, 6)]),
        ("at least 5 years old", [Bound("age", 5, inf)]),
        ("age over 10", [Bound("age", over(10), inf)]),
        ("a 3 year old dog", [Bound("age", 3, 3)]),
        ("a one-year-old dog", [Bound("age", 1, 1)]),
        ("Hund jünger als 4 Jahre", [Bound("age", -inf, under(4))]),
        ("chien de moins de 4 ans", [Bound("age", -inf, under(4))]),
        ("good with children over 10 years", []),
        ("for my son who is 8 years old", []),
        ("over 10 years of experience", []),
        ("dog, max fee 150, house trained", [Bound("fee", -inf, 150)]),
        ("a minimum fee of 150", [Bound("fee", 150, inf)]),
        ("dog, fee at most 150", [Bound("fee", -inf, 150)]),
        ("fee under 150", [Bound("fee", -inf, under(150))]),
        ("fee under £150", [Bound("fee", -inf, under(150))]),
        ("2 hours a week", [Bound("hours_per_week", 2, 2)]),
        ("a dog over the age of 5", [Bound("age", over(5), inf)]),
        ("under age 5", [Bound("age", -inf, under(5))]),
        ("between the ages of 2 and 5", [Bound("age", 2, 5)]),
        ("no dog older than 5", [Bound("age", -inf, 5)]),
        ("no dogs over 8 years old", [Bound("age", -inf, 8)]),
        ("pas de chien de plus de 8 ans", [Bound("age", -inf, 8)]),
        ("a dog younger than 18 months", [Bound("age", -inf, under(1.5))]),
        ("fee at most 0.1k", [Bound("fee", -inf, 100)]),
        ("fee between 30 and 40k", [Bound("fee", 30_000, 40_000)]),
        ("a quiet dog, we have had dogs for 10 years", []),
        ("seit 10 Jahren Hunde", []),
        ("finance over 5 years", []),
        ("my husband is 75 years old", []),
        ("a 70 year old man", []),
        ("for our 7 year old", []),
        ("both 70 years old", []),
        ("driver aged 17", []),
        ("aged 70, I want a cat", []),
        ("a dog, 10 years", []),
        ("10 years or older", [Bound("age", 10, inf)]),
    ],
)
def test_a_number_is_an_age_by_its_unit_and_a_bound_on_the_field_that_is_called_by_its_name(
    text: str, wanted: list[Bound]
) -> None:
    assert bounds(text, PETS) == wanted


def test_an_age_is_most_likely_meant_and_not_of_whoever_had_one() -> None:
    wanted = "older than 10"
    assert [one.firm for one in NumberFields(PETS, topic).bounds(wanted, read(Request(wanted)).wishes)] == [False]
    years = columns({"age_years": "number"}, [{"age_years": float(n)} for n in range(20)])
    assert bounds("a dog older than 10 years", years) == [Bound("age_years", over(10), inf)]
    assert bounds("we've had cats for over 10 years", years) == []
    assert bounds("a one-year-old dog", years) == [Bound("age_years", 1, 1)]


@pytest.mark.parametrize("hostile", ["1m ", "5k ", "1 and ", "1 "])
def test_a_text_of_numbers_alone_costs_as_much_as_it_is_long(hostile: str) -> None:
    """Four times the text took sixteen times as long where each number looked at all before it."""
    short, long = hostile * 400, hostile * 1_600
    assert len(list(amounts(long))) > 3 * len(list(amounts(short)))
    assert took(lambda: list(amounts(long))) < 8 * took(lambda: list(amounts(short)))


def took(work: Callable[[], object]) -> float:
    """The least of several times, in seconds of the processor: a busy machine makes single ones longer."""
    return min(timeit.repeat(work, number=1, repeat=7, timer=time.process_time))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bakery, not over 100 employees", [Bound("team_size", -inf, 100)]),
        ("not over 100 employees", [Bound("team_size", -inf, 100)]),
        ("no companies with over 100 employees", [Bound("team_size", -inf, 100)]),
        ("I don't want over 100 employees", [Bound("team_size", -inf, 100)]),
        ("wine, nothing over 300 euros", [Bound("price_eur", -inf, 300)]),
        ("wine for nothing more than 300 euros", [Bound("price_eur", -inf, 300)]),
        ("no less than 50 employees", [Bound("team_size", 50, inf)]),
        ("ein Buch, nicht über 100 Euro", [Bound("price_eur", -inf, 100)]),
        ("houses not older than 2010", [Bound("year", 2010, inf)]),
        ("not before 2010", [Bound("year", 2010, inf)]),
        ("not after 2010", [Bound("year", -inf, 2010)]),
        ("not between 10 and 50 employees", []),
        ("no cheese, over 100 pages", [Bound("pages", over(100), inf)]),
        ("I don't know, over 100 pages", [Bound("pages", over(100), inf)]),
    ],
)
def test_what_is_refused_bounds_the_other_way_round(text: str, wanted: list[Bound]) -> None:
    assert bounds(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "from 2000 euros a month",
        "a flat, from 1950 square feet",
        "open, after 1900 hours",
        "houses built from 2000 euros a month",
        "bread made after 1900 hours",
        "since 2000,50 euros",
        "history of Europe before 1914",
        "a novel about Paris between 1920 and 1930",
        "a prize from 2000 to 3000 points",
        "machines older than 10 years",
        "between 1990 or so",
    ],
)
def test_what_is_no_year_of_the_item_bounds_no_years(text: str) -> None:
    assert not [bound for bound in bounds(text) if bound.field == "year"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a novel, from 1990 to 1999", [Bound("year", 1990, 1999)]),
        ("films made between 1990 and 1999", [Bound("year", 1990, 1999)]),
        ("houses built 1900 to 1910 or before 1890", []),
        ("houses vor 1914 gebaut", [Bound("year", -inf, 1913)]),
        ("a school founded since 2010 with a garden", [Bound("year", 2010, inf)]),
        ("films, 2010, newer than 2015", [Bound("year", 2016, inf)]),
        ("over 10 employees and under 50 employees", [Bound("team_size", over(10), under(50))]),
        ("over 10 and under 50 employees", [Bound("team_size", over(10), under(50))]),
        ("more than 10 employees but under 50", [Bound("team_size", over(10), under(50))]),
        ("100 pages max", [Bound("pages", -inf, 100)]),
        ("100 pages or fewer", [Bound("pages", -inf, 100)]),
        ("100 or more pages", [Bound("pages", 100, inf)]),
        ("a 30 min read of at least 10 at most 50 pages", [Bound("pages", -inf, 50)]),
        ("ladder over 3 m long", []),
        ("a cable over 5k", []),
        ("over 2k employees", [Bound("team_size", over(2000), inf)]),
        ("over €3 m", [Bound("price_eur", over(3e6), inf)]),
        ("revenue under 3m", []),
        ("over 3 million", [Bound("price_eur", over(3e6), inf)]),
    ],
)
def test_bounds_of_one_field_are_met_together(text: str, wanted: list[Bound]) -> None:
    assert bounds(text) == wanted


def test_where_two_fields_can_be_meant_none_is() -> None:
    both = columns({"price": "number", "cost": "number"}, [{"price": 5.0, "cost": 3.0}])
    assert bounds("under 10 euros", both) == []


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Books on war and on bees, of which one in ten has less than 100 pages."""
    folder = tmp_path_factory.mktemp("books")
    rows = [
        f"{n},{about} {n},A book on {about} for readers of kind {n}.,{80 if n % 10 == 0 else 300},{n % 4}"
        for n in range(80)
        for about in [("bees" if n % 4 == 0 else "war")]
    ]
    (folder / "books.csv").write_text("\n".join(["id,title,text,pages,shelf", *rows, ""]))
    with open_project(init_project(folder / "project").parent, environment={}) as project:
        import_sources(project, [str(folder / "books.csv")], field=["*"])
        build(project)
        yield project


def test_items_whose_field_meets_the_number_come_first_and_the_number_is_not_said_to_be_missing(books: Project) -> None:
    places = Recommender(books).recommend(Request("war, under 100 pages")).places
    assert [place.fields["pages"] for place in places[:4]] == [80.0] * 4
    assert all("war" in place.text for place in places[:4])
    assert all(place.mismatch is None for place in places[:4])


@pytest.mark.parametrize(
    ("text", "stating", "asked"),
    [
        ("a lamp under 100", 12, "a lamp"),
        ("a lamp, not more than £30", 12, "a lamp"),
        ("a lamp for less than 20 pounds", 11, "a lamp for"),
        ("a lamp under 100", 6, "a lamp under 100"),
        ("under 100", 12, "under 100"),
        ("a lamp, 70 or less", 12, "a lamp"),
        ("a lamp, 40 euros maximum", 12, "a lamp"),
        ("a lamp, not more than 70 quid", 12, "a lamp"),
        ("a lamp with 3 bulbs", 12, "a lamp with 3 bulbs"),
        ("a lamp, under 100 cm", 12, "a lamp, under 100 cm"),
    ],
)
def test_a_number_that_nearly_all_items_state_is_not_searched_for(
    tmp_path: Path, text: str, stating: int, asked: str
) -> None:
    rows = [f"{n},Lamp {n},A lamp with two drawers under it.,{n * 10 if n <= stating else ''}" for n in range(1, 13)]
    with project_of(tmp_path, "id,name,about,price", rows) as project:
        query = Recommender(project).serving.query(read(Request(text)))
        assert query.reading.asked.strip(" ,") == asked


def test_a_request_that_only_refuses_is_not_answered_with_what_it_refuses(books: Project) -> None:
    places = Recommender(books).recommend(Request("not about war")).places
    assert ["bees" in place.text for place in places] == [True] * 5


def test_what_is_only_refused_comes_last_and_is_all_there_is_where_a_filter_leaves_nothing_else(books: Project) -> None:
    found = Recommender(books).recommend(Request("not about war", filter="pages = 80")).places
    assert ["bees" in place.text for place in found] == [True] * 4 + [False]
    assert len(Recommender(books).recommend(Request("not about war", filter="shelf = 1")).places) == 5


def test_only_what_has_all_words_of_what_is_refused_is_barred(books: Project) -> None:
    serving = Recommender(books).serving

    def barred(text: str) -> int | None:
        found = serving.barred(serving.query_text(read(Request(text))))
        return None if found is None else int(found.sum())

    assert [barred("not a war book"), barred("not the war diary"), barred("no bees, not about war")] == [60, 0, 80]
    assert [barred("bees, not about war"), barred("not over 100 pages")] == [None, None]


def test_what_says_that_it_has_not_what_is_refused_is_not_barred_for_its_words(tmp_path: Path) -> None:
    says = ["There is no internet and that is the point.", "With internets of all kinds.", "By a lake with a boat."]
    rows = [f"{n},House {n},{says[n % 3]} It has {n} beds." for n in range(60)]
    (tmp_path / "houses.csv").write_text("\n".join(["id,title,text", *rows, ""]))
    with open_project(init_project(tmp_path / "project").parent, environment={}) as project:
        import_sources(project, [str(tmp_path / "houses.csv")])
        build(project)
        places = Recommender(project).recommend(Request("without internet")).places
    assert [int(place.item) % 3 for place in places] == [0] * 5
    assert [place.reason and place.reason.said.text for place in places] == ["without internet"] * 5
    assert [place.mismatch for place in places] == [None] * 5


def test_what_has_all_that_is_refused_though_in_two_sentences_stays_barred(tmp_path: Path) -> None:
    says = ["It is loud here. There is live music.", "By a lake with a boat."]
    rows = [f"{n},House {n},{says[n % 2]} It has {n} beds." for n in range(60)]
    (tmp_path / "houses.csv").write_text("\n".join(["id,title,text", *rows, ""]))
    with open_project(init_project(tmp_path / "project").parent, environment={}) as project:
        import_sources(project, [str(tmp_path / "houses.csv")])
        build(project)
        places = Recommender(project).recommend(Request("no loud music")).places
    assert [int(place.item) % 2 for place in places] == [1] * 5


def test_a_town_that_the_item_is_not_in_is_said_to_be_missing_however_near_it_sounds(tmp_path: Path) -> None:
    towns = ["Vienna", "Salzburg", "Graz"]
    rows = [f"{n},Cook {n},A cook for a hotel in {towns[n % 3]}. Number {n}.,{towns[n % 3]}" for n in range(9)]
    (tmp_path / "jobs.csv").write_text("\n".join(["id,title,text,town", *rows, ""]))
    with open_project(init_project(tmp_path / "project").parent, environment={}) as project:
        import_sources(project, [str(tmp_path / "jobs.csv")], field=["town"])
        build(project)
        places = Recommender(project).recommend(Request("cook in Vienna")).places
    missing = [(str(place.fields["town"]), place.mismatch and place.mismatch.said.text) for place in places]
    assert missing == [(town, None if town == "Vienna" else "Vienna") for town, _ in missing]
    assert missing[:3] == [("Vienna", None)] * 3


def test_a_number_that_is_refused_is_met_by_the_field_and_not_said_to_be_missing(books: Project) -> None:
    places = Recommender(books).recommend(Request("war, not over 100 pages")).places
    assert [place.fields["pages"] for place in places[:4]] == [80.0] * 4
    assert all("war" in place.text and place.mismatch is None for place in places[:4])


@pytest.mark.parametrize("text", ["war, under 100 pages", "not about war"])
def test_what_is_measured_is_ranked_as_it_is_live(books: Project, text: str) -> None:
    live = [place.item for place in Recommender(books).recommend(Request(text, 20)).places]
    ((_, measured),) = Recommender(books).many([("q", text)], 20)
    assert [item for item, _ in measured] == live


FIRMS = columns(
    dict.fromkeys(
        "ebitda_margin employees export_share founded recurring_revenue_share revenue_eur_m".split(), "number"
    ),
    [
        dict(zip("ebitda_margin employees export_share founded".split(), (18.0, 17.0, 20.0, 1895.0), strict=True))
        | {"recurring_revenue_share": 30.0, "revenue_eur_m": 1.9},
        dict(zip("ebitda_margin employees export_share founded".split(), (31.0, 900.0, 85.0, 2016.0), strict=True))
        | {"recurring_revenue_share": 92.0, "revenue_eur_m": 450.0},
    ],
)


@pytest.mark.parametrize(
    ("text", "field", "low", "high"),
    [
        ("at least 20% ebitda", "ebitda_margin", 20, inf),
        ("EBITDA margin > 15%", "ebitda_margin", over(15), inf),
        ("EBITDA of at least 15 percent", "ebitda_margin", 15, inf),
        ("mindestens 15 % EBITDA-Marge", "ebitda_margin", 15, inf),
        ("EBITDA-Marge von mindestens 15 Prozent", "ebitda_margin", 15, inf),
        ("marge d'EBITDA supérieure à 15 %", "ebitda_margin", over(15), inf),
        ("au moins 15 % d'EBITDA", "ebitda_margin", 15, inf),
        ("between 15% and 20% EBITDA", "ebitda_margin", 15, 20),
        ("over 70% recurring revenue", "recurring_revenue_share", over(70), inf),
        ("at least 70% exports", "export_share", 70, inf),
        ("over 50% of revenue from exports", "export_share", over(50), inf),
        ("Exportanteil über 50 %", "export_share", over(50), inf),
        ("plus de 50 % à l'export", "export_share", over(50), inf),
        ("export share over 50", "export_share", over(50), inf),
        ("recurring revenue share above 70", "recurring_revenue_share", over(70), inf),
    ],
)
def test_a_share_is_of_the_field_whose_name_stands_beside_it(text: str, field: str, low: float, high: float) -> None:
    assert bounds(text, FIRMS) == [Bound(field, low, high)]


def test_a_share_is_met_where_a_field_counts_in_parts_of_one() -> None:
    fields = columns({"export_share": "number"}, [{"export_share": 0.2}, {"export_share": 0.85}])
    assert bounds("at least 50% exports", fields) == [Bound("export_share", 0.5, inf)]
    assert bounds("export share at least 50", fields) == [Bound("export_share", 0.5, inf)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("revenue between 10 and 30m", 10, 30),
        ("turnover under 5 million", -inf, under(5)),
        ("10-50m sales", 10, 50),
        ("max. 20 Mio. Umsatz", -inf, 20),
        ("Jahresumsatz von 10 bis 30 Mio. Euro", 10, 30),
        ("Umsatz über 10 Mio.", over(10), inf),
        ("chiffre d'affaires supérieur à 10 millions", over(10), inf),
        ("CA de plus de 10 M€", over(10), inf),
        ("revenue over 10", over(10), inf),
        ("revenue_eur_m over 10", over(10), inf),
        ("a firm with over 10m revenue a year", over(10), inf),
    ],
)
def test_a_sum_is_of_the_field_of_the_same_sort_in_its_measure(text: str, low: float, high: float) -> None:
    assert bounds(text, FIRMS) == [Bound("revenue_eur_m", low, high)]


def test_a_sum_of_millions_is_met_where_a_field_counts_them_without_saying_so() -> None:
    fields = columns({"revenue": "number"}, [{"revenue": 2.0}, {"revenue": 450.0}])
    assert bounds("revenue over 10m", fields) == [Bound("revenue", over(10), inf)]


@pytest.mark.parametrize(
    ("text", "least", "most", "low", "high"),
    [
        ("10-50m sales", 2e5, 4.5e8, 1e7, 5e7),
        ("up to 10m revenue", 2e5, 4.5e8, -inf, 1e7),
        ("at least 500k revenue", 2e5, 4.5e8, 5e5, inf),
        ("at least 500k revenue", 0.2, 450.0, 0.5, inf),
    ],
)
def test_thousands_and_millions_are_multiplied_where_a_field_is_in_full(
    text: str, least: float, most: float, low: float, high: float
) -> None:
    fields = columns({"revenue": "number"}, [{"revenue": least}, {"revenue": most}])
    assert bounds(text, fields) == [Bound("revenue", low, high)]
    thousands = columns({"revenue_k": "number"}, [{"revenue_k": least / 1e3}, {"revenue_k": most / 1e3}])
    assert most < 1e3 or bounds(text, thousands) == [Bound("revenue_k", low / 1e3, high / 1e3)]
    assert bounds(f"500k-2m sales, {text}", fields) == bounds(text, fields)


def test_an_m_behind_a_distance_is_of_metres() -> None:
    fields = columns({"beach": "number"}, [{"beach": 50.0}, {"beach": 4500.0}])
    assert bounds("beach under 500 m", fields) == [Bound("beach", -inf, under(500))]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("mit 20 bis 100 Mitarbeitern", 20, 100),
        ("über 50 Mitarbeitern", over(50), inf),
        ("50-200 FTE", 50, 200),
        ("headcount below 100", -inf, under(100)),
        ("Anzahl der Mitarbeiter über 50", over(50), inf),
        ("effectif de 20 à 100", 20, 100),
        ("mehr als 50 Beschäftigten", over(50), inf),
    ],
)
def test_people_are_counted_by_many_words(text: str, low: float, high: float) -> None:
    assert bounds(text, FIRMS) == [Bound("employees", low, high)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("founded in the 1950s", 1950, 1959),
        ("gegründet in den 1950er Jahren", 1950, 1959),
        ("fondée dans les années 1950", 1950, 1959),
        ("gegründet im 19. Jahrhundert", 1800, 1899),
        ("fondée au XIXe siècle", 1800, 1899),
        ("company established in the 19th century or before 1920", -inf, 1919),
        ("a pre-1970 firm", -inf, 1969),
        ("a firm from before 1960", -inf, 1959),
        ("at least 30 years old", -inf, 1996),
        ("a company over 50 years old", -inf, under(1976)),
        ("a family business that is at least 30 years old", -inf, 1996),
        ("a firm, in the 1950s", 1950, 1959),
        ("älter als 50 Jahre", -inf, under(1976)),
        ("established over 100 years ago", -inf, under(1926)),
        ("gegründet vor mehr als 100 Jahren", -inf, under(1926)),
        ("fondée il y a plus de 50 ans", -inf, under(1976)),
    ],
)
def test_an_age_and_a_decade_are_years(text: str, low: float, high: float) -> None:
    assert [(one.field, one.low, one.high) for one in bounds(text, FIRMS)] == [("founded", low, high)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("camera from the 1970s", 1970, 1979),
        ("camera from the seventies", 1970, 1979),
        ("bicycle for a tall man, old, 1970s", 1970, 1979),
        ("Kamera aus den siebziger Jahren", 1970, 1979),
        ("appareil photo des années 1970", 1970, 1979),
        ("pram, not older than 2015", 2015, inf),
        ("bike no older than ten years", 2016, inf),
        ("a woman in her seventies", None, None),
        ("a book about hats from the 1970s", None, None),
        ("a novel set in the 1970s", None, None),
        ("a bed for a dog no older than ten years", None, None),
        ("the 1970s style", None, None),
    ],
)
def test_a_thing_is_of_a_decade_or_so_old(text: str, low: float | None, high: float | None) -> None:
    fields = columns({"Year": "number"}, [{"Year": 1930.0}, {"Year": 2022.0}])
    assert bounds(text, fields) == ([] if low is None or high is None else [Bound("Year", low, high)])


@pytest.mark.parametrize(
    "text",
    [
        *("a 20% discount", "100% vegan", "5 star hotel", "24/7", "50/50", "top 10 firm", "Fortune 500", "level 3"),
        *("the 1950s style", "A4 paper", "5G", "at least 20% export growth", "top 5 percent", "at least 20% cheaper"),
        *("at least 70% of revenue from government", "gross margin over 40%", "growth of at least 20% in EBITDA"),
        *(
            "non-recurring revenue over 70%",
            "EBITDA above 3m",
            "EBITDA over 10",
            "profit over 3m",
            "share price over 50",
        ),
        *("recurring revenue over 5m", "over 20m sales area", "budget up to 5m", "price under 5 million"),
        *("sales team of over 50", "over 100 sales", "people under 60", "exports over 50", "California, CA under 500k"),
        *("a history of the 1950s", "1950s furniture", "books on pre-1914 Europe", "with over 30 years of experience"),
        *("open for more than 20 years", "machines for children at least 8 years old", "ISO 9001", "A -> 15"),
        *("furniture from the 1950s", "music from the 1980s", "a surveyor for a house from the 19th century"),
        *("novel set in the 1920s", "a history of Paris in the 1920s", "vet for a dog over 10 years old"),
        *("insurance for cars older than 20 years", "wine over 10 years old", "a kitchen no older than 5 years"),
        *("builder for a house over 100 years old", "flat with a boiler under 10 years old"),
        *("we have a dog over 10 years old", "Tierarzt für einen Hund, älter als 10 Jahre"),
        *("mindestens 20 % Rabatt", "au moins 20 % de remise", "mindestens 15 % Wachstum", "im Stil der 1950er Jahre"),
    ],
)
def test_what_is_said_of_something_else_is_no_bound_on_a_firm(text: str) -> None:
    assert bounds(text, FIRMS) == []


@pytest.mark.parametrize(
    ("said", "says", "odds"),
    [
        ("ISO 17025", "Certified to ISO 13485", True),
        ("ISO 17025", "Certified to ISO 13485 and ISO 17025", False),
        ("at least 15 percent", "EBITDA-Marge: 4 %", True),
        ("mindestens 15 Prozent", "EBITDA margin of 20 per cent", False),
        ("revenue <= 10m", "€20m revenue", True),
        ("EBITDA above 3m", "EBITDA margin of 4 %", True),
        ("EBITDA above 3m", "EBITDA of €4m, a margin of 4 %", False),
        ("EUR 500", "USD 500", False),
        ("at most EUR 500", "EUR 700", True),
        ("at most 45 minutes", "two hours", True),
        ("at most 1 hour", "50 minutes", False),
        ("UNDER 500 EUROS", "UNDER 400", False),
    ],
)
def test_shares_signs_and_numbered_names_are_compared(said: str, says: str, odds: bool) -> None:
    assert at_odds(said, says) is odds


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("ebitda_margin", "other"),
        ("recurring_revenue_share", "other"),
        ("Umsatzanteil", "other"),
        ("Preisquote", "other"),
        ("price_quote", "money"),
        ("taux_de_marge_prix", "other"),
        ("staff_growth", "other"),
        ("share_price", "money"),
        ("part_price", "money"),
        ("revenue", "money"),
    ],
)
def test_a_share_of_a_sum_is_no_money(name: str, about: str) -> None:
    assert topic(name) == about
