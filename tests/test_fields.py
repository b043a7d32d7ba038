"""Fields: what kind a column of strings is, and its values as that kind."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build.fields import convert, decimal_commas, infer, typed, unit_of, without_unit
from firstfive.build.units import quantities
from firstfive.features import dates


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1,200", "2024.0", "-3", "", "nan"], "number"),
        (["12 %", "5%"], "number"),
        (["1"] * 19 + ["many"], "number"),
        (["1"] * 9 + ["many"], "text"),
        (["01234", "99999"], "text"),
        (["12,5", "340", "1.234,5", "-0,25 %"], "number"),
        (["12,5", "12.5"], "text"),
        (["yes", "No", ""], "yes/no"),
        (["true", "false"], "yes/no"),
        (["ja", "Nein", "unbekannt"], "yes/no"),
        (["oui", "non"], "yes/no"),
        (["Sí", "no"], "yes/no"),
        (["Y", "N", "?"], "yes/no"),
        (["['a', 'b']", "[]"], "list"),
        (['["a"]', '["b", "c"]'], "list"),
        (["pumps; valves", "taps", "pumps|taps"], "list"),
        (["A long sentence; it goes on and on about what the company makes and sells to its customers"] * 2, "text"),
        (["Ohio", "New York, NY"], "text"),
        (["", "  "], "text"),
        ([], "text"),
    ],
)
def test_the_kind_is_what_nearly_all_values_are(values: list[str], kind: str) -> None:
    assert infer(values) == kind


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("number", "1,200", 1200.0),
        ("number", "2024.0", 2024.0),
        ("number", "55 %", 55.0),
        ("number", "many", None),
        ("number", "1" * 400, None),
        ("yes/no", "Yes", True),
        ("yes/no", "false", False),
        ("yes/no", "Ja", True),
        ("yes/no", "non", False),
        ("yes/no", "perhaps", None),
        ("list", "['a b', 'it\\'s', \"x\"]", ("a b", "it's", "x")),
        ("list", '["a", 1, "a"]', ("a", "1")),
        ("list", "pumps; valves | taps;", ("pumps", "valves", "taps")),
        ("list", "[]", None),
        ("text", " Ohio ", "Ohio"),
        ("text", "nan", None),
    ],
)
def test_a_value_is_converted_and_missing_where_it_does_not_fit(kind: str, value: str, expected: object) -> None:
    assert convert(kind, value) == expected


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["12,5", "340", "1.234,5", "1.234", "5,000"], [12.5, 340.0, 1234.5, 1234.0, 5.0]),
        (["1,200", "3.5", "12"], [1200.0, 3.5, 12.0]),
        (["1.234", "1.5"], [1.234, 1.5]),
        (["1,234", "2,500"], [1234.0, 2500.0]),
        (["0,5 %", "n/a", "x"], [0.5, None, None]),
        (["0,500", "1,250", "2,375"], [0.5, 1.25, 2.375]),
        (["1.000", "2.500", "500"], [1000.0, 2500.0, 500.0]),
        (["0.500", "1.250", "12"], [0.5, 1.25, 12.0]),
        (["1.250", "2.500", "1500"], [1.25, 2.5, 1500.0]),
        (["52.520", "48.137", "9.7"], [52.52, 48.137, 9.7]),
        (["1.250", "12"], [1.25, 12.0]),
    ],
)
def test_decimal_commas_are_read_as_such_where_the_column_has_them(values: list[str], numbers: list[float]) -> None:
    comma = decimal_commas(values)
    assert [convert("number", value, comma=comma) for value in values] == numbers


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (["78 m²", "105 m²", "", "n/a"], "m²"),
        (["565 kcal", "80kcal"], "kcal"),
        (["307.428 €", "1.250,00 EUR", "€ 90.000", "85000"], "eur"),
        (["1 month", "12 months"], "month"),
        (["$1.5M", "$750k", "$ 2 bn"], "usd"),
        (["43k", "50K", "900"], ""),
        (["5 m", "12 m"], "m"),
        (["5 kg", "11 lb"], None),
        (["12a", "12b"], None),
        (["12a", "14a"], None),
        (["10am", "11am"], None),
        (["43k", "5m"], None),
        (["12", "14"], None),
        (["12.03.2024", "1.4.2025"], None),
    ],
)
def test_the_unit_is_what_all_numbers_have(values: list[str], unit: str | None) -> None:
    assert unit_of(values) == unit


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["43k", "50k", "61k"], [43_000, 50_000, 61_000]),
        (["5M", "300k", "1.5 bn"], [5e6, 3e5, 1.5e9]),
        (["$5m", "$43k", "$50,000"], [5e6, 43_000, 50_000]),
        (["1,5 Mio. €", "2 Mrd. €", "900.000 €"], [1.5e6, 2e9, 900_000]),
        (["12 kg", "0.5 kg", "7"], [12, 0.5, 7]),
        (["1.200 €", "950 €"], [1200, 950]),
        (["EUR 2.500", "EUR 10.750"], [2500, 10_750]),
        (["1.200 Mitarbeiter", "80 Mitarbeiter"], [1200, 80]),
        (["10.000 m²", "12.500 m²", "800 m²"], [10_000, 12_500, 800]),
        (["1.250 kg", "2.125 kg"], [1.25, 2.125]),
        (["1 234 m²", "12'500 m²", "900 m²"], [1234, 12_500, 900]),
        (["1\u202f234,50 €", "1\u00a0234\u00a0567,5 €", "99,00 €"], [1234.5, 1_234_567.5, 99]),
        (["1’234.5", "2’000"], [1234.5, 2000]),
        (["−5 mm", "3 mm", "-7"], [-5, 3, -7]),
        (["ca. 50", "~120", "about 1,500", "rund 80"], [50, 120, 1500, 80]),
        (["5+", "10+", "3"], [5, 10, 3]),
        (["5+ years", "ca. 3 years", "1 year"], [5, 3, 1]),
        (["€0.950", "€1.250"], [0.95, 1.25]),
        (["12 %", "5%"], [12, 5]),
    ],
)
def test_a_number_counts_its_magnitude_and_is_kept_as_it_was_written(values: list[str], numbers: list[float]) -> None:
    found = typed([{"worth": value} for value in values])
    assert found.kinds == {"worth": "number"}
    assert [fields["worth"] for fields in found.values] == numbers
    written = [fields.get("worth", value) for fields, value in zip(found.written, values, strict=True)]
    assert written == values
    assert all(found.written[:2])


@pytest.mark.parametrize(
    "values",
    [
        ["12a", "14a", "3a"],
        ["10am", "9am"],
        ["3D", "2D"],
        ["43k", "5m"],
        ["45k-60k", "30k-40k"],
        ["11-50", "51-200"],
        ["12 34", "1 2345"],
        ["+49 30 123 456", "+49 30 123 457"],
        ["£30,000 to £40,000", "£20,000 to £25,000"],
        ["> 100", "< 50"],
    ],
)
def test_what_only_looks_like_a_number_with_its_unit_stays_text(values: list[str]) -> None:
    found = typed([{"field": value} for value in values])
    assert found.kinds == {"field": "text"}
    assert [fields["field"] for fields in found.values] == values
    assert not any(found.written)


@pytest.mark.parametrize(
    "nothing",
    ["", "-", "–", "—", "?", "k.A.", "k. A.", "n.a.", "N/A", "NULL", "None", "#N/A", "nan", "Unknown", "unbekannt"],
)
def test_what_stands_for_a_missing_value_is_missing_in_every_kind_of_field(nothing: str) -> None:
    for value, kind in (("12", "number"), ("12 kg", "number"), ("yes", "yes/no"), ("a;b", "list"), ("Ohio", "text")):
        found = typed([{"field": value}, {"field": nothing}])
        assert found.kinds == {"field": kind}
        assert found.values[1] == {}


def test_numbers_lose_the_unit_of_their_field_and_no_other() -> None:
    values = ["78 m²", "1.105,5 m²", "90", "on request", "3 rooms"]
    assert [without_unit(value, "m²") for value in values] == ["78", "1.105,5", "90", "on request", "3 rooms"]


def test_points_that_part_thousands_are_no_decimal_points() -> None:
    assert decimal_commas(["307.428", "1.225.880", "95.000"])
    assert not decimal_commas(["307.428", "95.001"])


def test_other_fields_say_what_a_point_with_three_digits_behind_it_sets_off() -> None:
    def heights(share: str) -> list[object]:
        found = typed([{"height": "1.250", "share": share}, {"height": "2.125", "share": "7"}])
        return [fields["height"] for fields in found.values]

    assert heights("12,5") == [1250.0, 2125.0]
    assert heights("12.5") == [1.25, 2.125]
    both = typed([{"height": "1.250", "share": "12,5", "rating": "4.5"}])
    assert both.values == [{"height": 1.25, "share": 12.5, "rating": 4.5}]


@pytest.mark.parametrize(
    "values", [["1.200 €", "950 €"], ["0,500 kg", "1,5 kg"], ["1.200 Mitarbeiter", "80 Mitarbeiter"]]
)
def test_a_field_and_a_sentence_read_a_number_alike(values: list[str]) -> None:
    found = typed([{"field": value} for value in values])
    assert [fields["field"] for fields in found.values] == [quantities(value)[0].number for value in values]


def test_the_order_of_the_values_does_not_matter() -> None:
    values = ["1"] * 30 + ["x"] + ["2,000"]
    assert infer(values) == infer(values[::-1]) == "number"


@given(st.lists(st.text(max_size=30), max_size=10))
def test_no_text_makes_a_conversion_fail(values: list[str]) -> None:
    kind = infer(values)
    for value in values:
        converted = convert(kind, value)
        assert converted != ""
        assert converted != ()


def test_a_deeply_nested_list_is_read_without_evaluating_it() -> None:
    assert convert("list", "[" * 50_000 + "]" * 50_000) is None


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "days"),
    [
        (["2026-05-01", "2025-12-31"], ["2026-05-01", "2025-12-31"]),
        (["2026-05-01T08:30:00Z", "2026-05-02 19:15"], ["2026-05-01", "2026-05-02"]),
        (["12.05.2026", "1.6.2026", "-"], ["2026-05-12", "2026-06-01", None]),
        (["3 May 2026", "1. März 2025", "May 9th, 2026"], ["2026-05-03", "2025-03-01", "2026-05-09"]),
        (
            ["1er août 2024", "12 juin 2024 à 19 h"] + ["2 mai 2024"] * 20,
            ["2024-08-01", "2024-06-12"] + ["2024-05-02"] * 20,
        ),
        (["13/05/2026", "01/02/2026"], ["2026-05-13", "2026-02-01"]),
        (["05/13/2026", "01/02/2026"], ["2026-05-13", "2026-01-02"]),
    ],
)
def test_a_column_of_whole_dates_is_one_of_days(values: list[str], days: list[str | None]) -> None:
    found = typed([{"posted": value} for value in values])
    assert found.kinds == {"posted": "date"}
    assert [fields.get("posted") for fields in found.values] == days


@pytest.mark.parametrize(
    "values",
    [
        ["01/02/2026", "03/04/2026"],  # nothing says which is the month
        ["2026", "2025"],
        ["2026-05", "2026-06"],
        ["31.02.2026", "1.3.2026"],
        ["May 2026", "June 2026"],
        ["12.05.2026 to 14.05.2026", "1.1.2026 to 2.1.2026"],
    ],
)
def test_what_leaves_the_day_open_is_no_column_of_days(values: list[str]) -> None:
    assert typed([{"posted": value} for value in values]).kinds["posted"] != "date"


def test_a_date_is_shown_as_it_was_written() -> None:
    found = typed([{"posted": value} for value in ("2026-05-01", "12.05.2026", "2026-05-02T19:30")])
    assert found.written == [{}, {"posted": "12.05.2026"}, {"posted": "2026-05-02T19:30"}]


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_a_day_is_read_from_what_writes_it_and_lies_in_its_month_and_year(at: date) -> None:
    iso = at.isoformat()
    year, month = f"{at.year:04}", f"{at:%B}"
    for text in (iso, f"{at.day}.{at.month}.{year}", f"{at.day} {month} {year}", f"{month} {at.day}, {year}"):
        assert dates.day(text) == iso
    for part in (iso[:7], iso[:4]):
        span = dates.span(part)
        assert span
        assert span[0] <= iso <= span[1]


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_none(text: str) -> None:
    found = dates.day(text)
    assert found is None or dates.day(found) == found


TOWNS = {
    "Leeds": "West Yorkshire",
    "York": "North Yorkshire",
    "Bath": "Somerset",
    "Wells": "Somerset",
    "Exeter": "Devon",
}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["English", "English, Polish", "English, Polish, Urdu", "English, Urdu", "Polish, English"] * 3, "list"),
        (["wifi, garden", "garden, parking", "parking, wifi, lift", "lift, garden", "wifi"] * 3, "list"),
        (["vegan", "vegan, nut-free", "halal, nut-free", "nut-free", "halal"] * 3, "list"),
        (["Leeds", "Leeds, West Yorkshire", "York, North Yorkshire", "York"] * 5, "text"),
        (["Bath", "Bath, Somerset", "Wells, Somerset", "Wells"] * 5, "text"),
        (["Deutsch, Englisch", "Deutsch", "Englisch, Französisch", "Deutsch, Französisch"] * 3, "list"),
        ([f"{town}, {county}" for town, county in TOWNS.items()] * 4, "text"),
        ([f"{last}, {first}" for last in ("Smith", "Jones", "Patel") for first in ("Ann", "Bob", "Cy")], "text"),
        ([f"{first}, {last}" for first in ("Ann", "Bob", "Cy") for last in ("Leeds", "York")] * 3, "text"),
        ([f"{number} High Street, Leeds" for number in range(20)], "text"),
        (["Warm, dry and quiet.", "Quiet, warm and dry.", "Dry, quiet and warm."] * 5, "text"),
        (["We bake, you eat it at home", "You eat it at home, we bake", "We bake"] * 5, "text"),
        (["noon-3pm, closed Monday", "noon-3pm", "9am-5pm, closed Monday", "closed Monday"] * 5, "text"),
        (["Mon, Wed, Fri", "Wed", "Tue, Wed", "Fri, Mon"] * 5, "text"),
        (["a, b", "b, a", "a"], "text"),
        (["1,5", "2,5", "1,5 oder 2,5"] * 5, "text"),
    ],
)
def test_commas_part_the_entries_of_a_list_where_these_recur_in_other_lists(values: list[str], kind: str) -> None:
    assert infer(values) == kind


def test_a_list_with_commas_has_its_entries() -> None:
    spoken = ["English, Polish", "English", "Polish, English, Urdu", "Urdu, English", "n/a"] * 3
    found = typed([{"languages": one} for one in spoken])
    values = [("English", "Polish"), ("English",), ("Polish", "English", "Urdu"), ("Urdu", "English"), None] * 3
    assert [fields.get("languages") for fields in found.values] == values
    assert not any(found.written)


# --- cells with remarks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("price", {"from £95": 95, "£120 - £180": 120, "£70-90": 70, "£99 (breakfast incl.)": 99, "60 GBP": 60}),
        ("price_per_night", {"£80 pn": 80, "£75 per night": 75, "£500 per week": None, "£9 per dog": None}),
        ("Preis", {"ab 1 250 €": 1250, "850 € / Monat": None, "700 bis 900 €": 700, "auf Anfrage": None}),
        (
            "loyer",
            {"à partir de 640 €": 640, "590 € par mois": 590, "sur demande": None, "530 €, charges comprises": 530},
        ),
        ("budget", {"£2.5m to £3m": 2.5e6, "£40k plus VAT": 40_000, "about £9,000": 9_000, "€500": None, "tbc": None}),
        ("salary", {"£30k-£34k": 34_000, "£28,000 a year": 28_000, "£12.50 an hour": None, "Competitive": None}),
        (
            "seats",
            {"Seats: 40": 40, "up to 55": 55, "30-36": 36, "twelve": 12, "80 people": 80, "24 + 2 wheelchairs": None},
        ),
        ("bedrooms", {"three": 3, "2 bedrooms": 2, "3 Bedrooms (one en suite)": 3, "one": 1, "2 or 3": None}),
        ("chambres", {"deux": 2, "4 chambres": 4, "max. 3": 3, "3-1": None, "rue 12": None}),
        ("fee", {"free": 0, "Eintritt frei": 0, "No charge": 0, "free on £1 days": None}),
        ("sum", {"£90, free": 90, "gratis": 0}),
        ("seats", {"free": None}),
        ("rent", {"£250 pw": None, "£1,300 pcm": 1300, "£90 a month": 90}),
        ("cost", {"£5 per person": None, "£12 an hour": None, "£13 p/h": None}),
        ("beds", {"2 and a half": None, "three and four": None, "5 - sold out": None, "4 and a cot": 4}),
        ("price", {"£95, half board": 95, "£95 (sold out)": None, "£7, half": None}),
        ("turnover", {"over £5m": 5e6, "£20m or more": 2e7, "less than £1m": 1e6, "£1m+": 1e6, "up to £1m": 1e6}),
        ("Umsatz", {"über 5 Mio. €": 5e6, "mehr als 2 Mio. €": 2e6, "moins de 3 €": 3}),
        ("size", {"20 m²": 20, "3 kg and more": None}),
        ("floor", {"ground": 0, "EG": 0, "Rez-de-chaussée": 0, "roof": None}),
        ("year", {"1960s": 1960, "the 1970s": 1970, "c. 1870": 1870, "circa 1900": 1900, "1960s or 70s": None}),
        ("Baujahr", {"1980er": 1980, "um 1920": 1920, "ca. 1900": 1900, "1905er": None}),
        ("price", {"£30 ono": 30, "£45 o.n.o.": 45, "£20 or best offer": 20, "£40 each": 40, "£35 the lot": 35}),
        ("Preis", {"120 € VB": 120, "90 € VHB": 90, "80 € Festpreis": 80, "70 € à débattre": 70}),
        ("storeys", {"ground": None}),
    ],
)
def test_a_number_is_read_beside_its_remarks_where_most_cells_are_plain(name: str, said: dict[str, float]) -> None:
    plain = [("£{}0" if "£" in "".join(said) else "{}").format(at) for at in range(11, 11 + 30 * len(said))]
    found = typed([{name: cell} for cell in (*plain, *said)])
    assert found.kinds[name] == "number"
    assert {cell: values.get(name) for cell, values in zip(said, found.values[len(plain) :], strict=True)} == said
    silent = [cell for cell, value in said.items() if value is None]
    assert found.unread == ({name: (len(silent), silent[0])} if silent else {})
    assert [shown.get(name) for shown in found.written[len(plain) :]] == list(said)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("phone", ["020 7946 0958", "+44 20 7946 0959", "01632 960001"]),
        ("address", ["12 High Street", "7 Mill Lane", "3 The Green", "14 Station Road"]),
        ("postcode", ["SW1A 1AA", "10115 Berlin", "75001"]),
        ("software", ["Windows 11", "Windows 10", "macOS 14"]),
        ("car", ["911", "208 GTI", "Golf 7", "3 Series", "C3"]),
        ("opens", ["9am", "10am", "from 8"]),
        ("house", ["12", "14 Rear", "16a", "18 Top Floor", "20-22"]),
        ("score", ["3-1", "0-0", "2-2"]),
        ("staff", ["11-50", "51-200", "1-10", "from 5"]),
        ("about", ["We are 12 people in two rooms.", "Founded by 3 friends", "It has 40 seats"]),
        ("weight", ["5", "3 kg", "11 lb", "4 oz"]),
        ("issue", ["No 5", "No. 6", "No 7"]),
        ("sic", ["62020", "62012"]),
        ("PLZ", ["10115", "20095"]),
        ("zip code", ["90210"]),
        ("code postal", ["75001"]),
        ("model", ["508", "911", "508, estate"]),
        ("version", ["1.10", "1.9"]),
        ("ref no", ["12345", "ref 12346"]),
        ("house no", ["12", "14"]),
        ("line", [*"123456789" * 9, "4a", "5b"]),
        ("id", ["5" * 16, "4" * 80]),
    ],
)
def test_what_merely_holds_a_number_is_no_column_of_numbers(name: str, cells: list[str]) -> None:
    found = typed([{name: cell} for cell in cells * 10])
    assert found.kinds[name] == "text"
    assert [values[name] for values in found.values[: len(cells)]] == cells
    assert found.unread == {}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Yes, two", True),
        ("Yes - ask at the desk", True),
        ("2 well-behaved dogs welcome", True),
        ("one small dog by arrangement", True),
        ("Up to 3", True),
        ("Hunde willkommen", True),
        ("chiens admis", True),
        ("Sorry, no pets", False),
        ("No thank you", False),
        ("dogs not allowed", False),
        ("Leider keine Hunde", False),
        ("Pas de chiens", False),
        ("on request", None),
        ("No extra charge", None),
        ("No problem", None),
        ("No lift", None),
        ("No smoking, please", None),
        ("no, sorry", False),
        ("Nein (Allergie)", False),
        ("no pets please", False),
        ("Strictly no animals", False),
        ("not allowed", False),
        ("No dogs allowed", False),
        ("no small animals", None),
        ("children welcome", None),
        ("No children allowed", None),
        ("no cats allowed, dogs welcome", None),
        ("No. 5", None),
        ("No 5", None),
        ("no large dogs", None),
        ("only guide dogs welcome", None),
        ("Yes, but no cats", None),
        ("0", None),
        ("2 miles to the vet", None),
        ("£20 each", None),
        ("not sure", None),
        ("nobody asked", None),
        ("Dogs welcome at no extra charge", True),
        ("Hunde willkommen, keine Gebühr", True),
        ("Chiens admis, pas de supplément", True),
        ("Yes, no charge", True),
        ("Dogs welcome, no cats", None),
        ("dogs allowed, not on beds", None),
        ("dogs not allowed on beds", None),
        ("not allowed on beds", None),
        ("dogs are not allowed, sorry", False),
        ("aucun chien admis", False),
        ("No dogs at all", False),
        ("No dog fee", None),
        ("no dogs upstairs", None),
        ("no dogs, guide dogs welcome", None),
        ("no, included in price", None),
    ],
)
def test_a_refusal_a_welcome_and_a_count_are_a_yes_or_no_among_others(cell: str, said: bool | None) -> None:
    found = typed([{"dogs": one} for one in ["Yes", "No", "no"] * 10 + [cell]])
    assert found.kinds == {"dogs": "yes/no"}
    assert found.values[-1].get("dogs") is said
    assert found.written[-1] == {"dogs": cell}
    assert found.unread == ({} if said is not None else {"dogs": (1, cell)})


def test_a_kind_of_pet_is_a_pet_that_may_come_and_its_refusal_is_of_it_alone() -> None:
    found = typed([{"pets": one} for one in ["Yes", "No"] * 40 + ["2 dogs", "no cats", "no animals"]])
    assert [values.get("pets") for values in found.values[-3:]] == [True, None, False]


@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [
        ("parking", "No parking fee", None),
        ("parking", "Free parking available, no permit needed", None),
        ("step free access", "Step-free access available, no stairs", None),
        ("breakfast", "Breakfast included, no lunch", None),
        ("lift", "no lift needed (ground floor)", None),
        ("lift", "no lift (ground floor)", False),
        ("garden", "No garden waste", None),
        ("smoking", "no smoking indoors, smoking outside", None),
        ("smoking", "No smoking, please", False),
    ],
)
def test_a_no_to_something_else_is_none_to_what_a_field_is_called_by(name: str, cell: str, said: bool | None) -> None:
    assert typed([{name: one} for one in ["Yes", "No"] * 20 + [cell]]).values[-1].get(name) is said


@pytest.mark.parametrize(
    ("name", "cells"),
    [("distance to bus", ["5 min", "10 min"]), ("model year", ["1987", "1990"]), ("number of beds", ["3", "4"])],
)
def test_numbers_are_names_only_where_the_column_is_called_so(name: str, cells: list[str]) -> None:
    assert typed([{name: cell} for cell in cells * 10]).kinds == {name: "number"}


def test_a_number_of_more_digits_than_count_is_not_stated() -> None:
    assert typed([{"beds": cell} for cell in [*"1234" * 20, "5" * 80, "0.12345678901234567"]]).values[-2:] == [
        {},
        {"beds": 0.12345678901234567},
    ]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("dogs", ["2", "1", "2 dogs", "one dog"]),
        ("parking", ["no charge", "free on the street", "yes", "in the yard"]),
        ("lift", ["yes", "no", "to the second floor"]),
    ],
)
def test_columns_that_seldom_say_yes_or_no_are_of_another_kind(name: str, cells: list[str]) -> None:
    assert typed([{name: cell} for cell in cells * 5]).kinds[name] != "yes/no"


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("30 October 2026 (expired)", "2026-10-30"),
        ("Friday, 5 March 2027", "2027-03-05"),
        ("11:00am, 27 January 2027", "2027-01-27"),
        ("by 9.2.2027, noon", "2027-02-09"),
        ("Montag, 1. Februar 2027, 12 Uhr", "2027-02-01"),
        ("mardi 2 février 2027 à midi", "2027-02-02"),
        ("Rolling", None),
        ("laufend", None),
        ("1 May 2027 to 3 June 2027", None),
        ("1 May 2027 - 3 June", None),
        ("closed on 1 May 2026", None),
        ("March 2027", None),
        ("1 May 2027 or 2 May 2027", None),
        ("31 June 2027, noon", None),
        ("1 March 2027 / 1 September", None),
        ("1 March 2027, 1 June, 1 September", None),
        ("1.3.2027, 1.6., 1.9.", None),
        ("5 March 2027, 12.30", "2027-03-05"),
    ],
)
def test_a_date_is_read_beside_its_remarks_and_others_are_silent(cell: str, at: str | None) -> None:
    found = typed([{"deadline": one} for one in ("22 January 2027", "08.01.2027", "15/01/2027 12:00", cell)])
    assert found.kinds == {"deadline": "date"}
    assert found.values[-1].get("deadline") == at
    assert found.written[-1] == {"deadline": cell}


def test_a_third_of_dates_and_sums_may_be_something_else_and_a_twentieth_of_other_numbers() -> None:
    others = ["see the notes", "as agreed with us"]
    assert typed([{"due": one} for one in ["2027-01-02"] * 4 + others]).kinds == {"due": "date"}
    assert typed([{"due": one} for one in ["2027-01-02"] * 3 + others]).kinds == {"due": "text"}
    assert typed([{"sum": one} for one in ["£12,000"] * 4 + others]).kinds == {"sum": "number"}
    assert typed([{"sum": one} for one in ["12,000"] * 4 + others]).kinds == {"sum": "text"}
