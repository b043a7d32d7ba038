"""Fields: what kind a column of strings is, and its values as that kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build.fields import convert, decimal_commas, infer, unit_of, without_unit


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
        (["5 kg", "11 lb"], ""),
        (["12a", "12b"], ""),
        (["12.03.2024", "1.4.2025"], ""),
    ],
)
def test_the_unit_is_what_all_numbers_have(values: list[str], unit: str) -> None:
    assert unit_of(values) == unit


def test_numbers_lose_the_unit_of_their_field_and_no_other() -> None:
    values = ["78 m²", "1.105,5 m²", "90", "on request", "3 rooms"]
    assert [without_unit(value, "m²") for value in values] == ["78", "1.105,5", "90", "on request", "3 rooms"]


def test_points_that_part_thousands_are_no_decimal_points() -> None:
    assert decimal_commas(["307.428", "1.225.880", "95.000"])
    assert not decimal_commas(["307.428", "95.001"])


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
