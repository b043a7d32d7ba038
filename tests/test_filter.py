"""The filter language: three values of truth, ranges and lists, and text that prints and parses back."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build.columns import columns
from firstfive.errors import RequestError
from firstfive.rank import parse_filter
from firstfive.rank.conditions import NAMED, Among, Between, Compare, Condition, Joined, Known, Not
from firstfive.rank.filter import Filter
from firstfive.types import Fields

KINDS = {"country": "text", "size": "number", "tags": "list", "open": "yes/no", "zip": "text", "from": "date"}
ITEMS: list[Fields] = [
    {"country": "DE", "size": 14.0, "tags": ("bread", "cakes"), "open": True, "zip": "02134", "from": "2025-12-31"},
    {"country": "US", "size": 120.0, "tags": ("iron",), "open": False, "zip": "1234567", "from": "2026-05-01"},
    {"country": "us", "size": 45.5, "zip": "2.50", "from": "2026-05-31"},
    {},
]
COLUMNS = columns(KINDS, ITEMS)


def judged(text: str) -> str:
    """For each item: y(es), p(erhaps) or n(o)."""
    verdict = parse_filter(text).allowed(COLUMNS, len(ITEMS))
    assert not (verdict.yes & verdict.perhaps).any()
    return "".join("y" if yes else "p" if perhaps else "n" for yes, perhaps in zip(*verdict, strict=True))


# --- what it says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("country = DE", "ynnp"),
        ('country = "US"', "nyyp"),
        ("country == us", "nyyp"),
        ("country != DE", "nyyp"),
        ("size = 14", "ynnp"),
        ("size < 45.5", "ynnp"),
        ("size <= 45.5", "ynyp"),
        ("size > 45", "nyyp"),
        ("size >= 45.5", "nyyp"),
        ("size != 14", "nyyp"),
        ('size >= "45.5"', "nyyp"),
        ("size > -1", "yyyp"),
        ("tags = bread", "ynpp"),
        ("tags = CAKES", "ynpp"),
        ("tags != bread", "nypp"),
        ("from = 2026-05-01", "nynp"),
        ("from = 2026-05", "nyyp"),
        ("from = 2026", "nyyp"),
        ("from = 1.5.2026", "nynp"),
        ('from = "May 2026"', "nyyp"),
        ("from != 2025", "nyyp"),
        ("from < 2026", "ynnp"),
        ("from <= 2026-05-01", "yynp"),
        ("from > 2026-05", "nnnp"),
        ("from >= 2026-05-02", "nnyp"),
        ("from in 2025..2026-05-01", "yynp"),
        ("from in 2026-05-01 .. '2026-05-30'", "nynp"),
        ("from in (2025, 2026-05-31)", "ynyp"),
        ("open = yes", "ynpp"),
        ("open = False", "nypp"),
        ("open = 1", "ynpp"),
        ("open = ja", "ynpp"),
        ("open = Non", "nypp"),
        ("country in (DE, FR)", "ynnp"),
        ("country in (XX)", "nnnp"),
        ("size in 14..50", "ynyp"),
        ("size in -3..14", "ynnp"),
        ("size in 50..14", "nnnp"),
        ("size in (14, 120)", "yynp"),
        ("zip = 02134", "ynnp"),
        ("zip = 1234567", "nynp"),
        ("zip = 2.50", "nnyp"),
        ("known size", "yyyn"),
        ("not known size", "nnny"),
        ("known tags", "yynn"),
        ("size < 50 and known size", "ynyn"),
        ("not country = DE", "nyyp"),
        ("not (country = DE)", "nyyp"),
        ("not not country = DE", "ynnp"),
        ("country = DE and size > 10", "ynnp"),
        ("country = DE and tags = iron", "nnnp"),
        ("country = DE or tags = iron", "yypp"),
        ("country = US and tags = iron", "nypp"),
        ("country = us or country = de and size > 100", "nyyp"),
        ("(country = us or country = de) and size > 100", "nynp"),
        ("country = DE AND NOT size IN 1..2", "ynnp"),
    ],
)
def test_each_item_is_in_out_or_not_known(text: str, wanted: str) -> None:
    assert judged(text) == wanted


TRUTH = {"y": "open = yes", "n": "open = no", "p": "tags = x"}
KLEENE = {
    "and": {"yy": "y", "yn": "n", "yp": "p", "nn": "n", "np": "n", "pp": "p"},
    "or": {"yy": "y", "yn": "y", "yp": "y", "nn": "n", "np": "p", "pp": "p"},
}


@pytest.mark.parametrize(("word", "one", "other"), [(w, *pair) for w in KLEENE for pair in product("ynp", repeat=2)])
def test_and_and_or_are_kleenes(word: str, one: str, other: str) -> None:
    only = columns(KINDS, [{"open": True}])
    verdict = parse_filter(f"{TRUTH[one]} {word} {TRUTH[other]}").allowed(only, 1)
    wanted = KLEENE[word]["".join(sorted(one + other, key="ynp".index))]
    assert (bool(verdict.yes[0]), bool(verdict.perhaps[0])) == (wanted == "y", wanted == "p")


@pytest.mark.parametrize(("value", "wanted"), [("y", "n"), ("n", "y"), ("p", "p")])
def test_not_turns_yes_and_no_and_leaves_what_is_not_known(value: str, wanted: str) -> None:
    only = columns(KINDS, [{"open": True}])
    verdict = parse_filter(f"not {TRUTH[value]}").allowed(only, 1)
    assert (bool(verdict.yes[0]), bool(verdict.perhaps[0])) == (wanted == "y", wanted == "p")


def test_the_fields_whose_absence_marks_an_item_are_named_once_and_in_order() -> None:
    parsed = parse_filter("size > 1 and (country = DE or size < 9) and known tags and not open = yes")
    assert parsed.names() == ("size", "country", "open")


def test_an_empty_catalogue_has_nothing_to_keep() -> None:
    verdict = parse_filter("country = DE and size > 1").allowed(columns(KINDS, []), 0)
    assert (len(verdict.yes), len(verdict.perhaps)) == (0, 0)


# --- quoting ----------------------------------------------------------------------------------------------------------


def test_names_and_values_with_any_sign_are_quoted() -> None:
    odd = columns({'how "big"?': "text", "and": "text"}, [{'how "big"?': 'rather\\ "big"', "and": "or"}])
    for text in ('"how \\"big\\"?" = "rather\\\\ \\"big\\""', "'how \"big\"?' = 'rather\\\\ \"big\"'", '"and" = "or"'):
        parsed = parse_filter(text)
        assert parsed.allowed(odd, 1).yes.all(), text
        assert parse_filter(str(parsed)) == parsed


def test_dots_and_dashes_and_other_writing_need_no_quotes() -> None:
    made = columns({"größe.cm": "number", "e-mail": "text", "v": "text"}, [{"größe.cm": 3.0, "v": "1.2.3"}])
    assert parse_filter("größe.cm in 1..3 and v = 1.2.3").allowed(made, 1).yes.all()
    assert parse_filter("e-mail = a.b@c.de").allowed(made, 1).perhaps.all()


# --- printing and parsing back ----------------------------------------------------------------------------------------

NAMES = st.one_of(st.sampled_from(["a", "a.b", "and", "known", "NOT", "in", "2020", "ü-1"]), st.text(min_size=1))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(st.text(), NUMBERS)
TESTS = st.one_of(
    st.builds(Known, NAMES),
    st.builds(Compare, NAMES, st.sampled_from(["=", "!=", "<", ">", "<=", ">="]), VALUES),
    st.builds(Between, NAMES, NUMBERS, NUMBERS),
    st.builds(Among, NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
)


def several(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(Joined, st.sampled_from(["and", "or"]), parts))


@given(st.recursive(TESTS, several, max_leaves=6))
def test_a_filter_that_is_printed_and_parsed_prints_the_same(condition: Condition) -> None:
    text = str(Filter(condition))
    assert str(parse_filter(text)) == text


@given(TESTS)
def test_a_test_that_is_printed_parses_back_to_itself(condition: Condition) -> None:
    assert parse_filter(str(condition)).condition == condition


@given(st.recursive(st.sampled_from([*TRUTH.values(), "known size", "size in 1..50"]).map(
    lambda text: parse_filter(text).condition), several, max_leaves=6))  # fmt: skip
def test_printing_and_parsing_changes_no_items_lot(condition: Condition) -> None:
    before = Filter(condition).allowed(COLUMNS, len(ITEMS))
    after = parse_filter(str(condition)).allowed(COLUMNS, len(ITEMS))
    assert np.array_equal(before.yes, after.yes)
    assert np.array_equal(before.perhaps, after.perhaps)


@pytest.mark.parametrize(
    "text", ["not " * 49 + "a = 1", "(" * 49 + "a = 1" + ")" * 49, "not (" * 24 + "a = 1" + ")" * 24]
)
def test_what_is_printed_is_no_deeper_than_what_was_read(text: str) -> None:
    parsed = parse_filter(text)
    assert parse_filter(str(parsed)) == parsed


def test_only_several_tests_stand_in_parentheses_behind_not() -> None:
    text = "not known a and not not a = 1 and not (a = 1 or b = 2) and not (a = 1 and b = 2)"
    assert str(parse_filter(text)) == text


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected a field's name at:  >>> end"),
        ("country", "expected one of .* after country at: country >>> end"),
        ("country = ", "expected a value at: country = >>> end"),
        ("country = DE size", "expected `and`, `or` or the end at: country = DE >>> size"),
        ("(country = DE", "expected \\) at: .country = DE >>> end"),
        ("country = DE)", "expected `and`, `or` or the end at: country = DE >>> \\)"),
        ("= DE", "expected a field's name at:  >>> = DE"),
        ("country = and = 3", "expected `and`, `or` or the end"),
        ("size in 3", "expected `\\.\\.` between two numbers at: size in 3 >>> end"),
        ("size in few..many", "expected a number at: size in >>> few\\.\\.many"),
        ("size in ()", "expected a value at: size in \\( >>> \\)"),
        ("tags in (a, )", "expected a value at: tags in \\(a, >>> \\)"),
        ('country = "DE', 'this cannot be read at: country = >>> "DE'),
        ("country ~ DE", "expected one of .* after country at: country >>> ~ DE"),
        (f"{'country = DE or ' * 100}country !", "this cannot be read at: .*country >>> !"),
    ],
)
def test_what_cannot_be_read_is_marked(text: str, why: str) -> None:
    with pytest.raises(RequestError, match=why) as caught:
        parse_filter(text)
    assert caught.value.code == "request.filter"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("size >= 15%", "write the number without a sign: 15"),
        ("size >= 15.5 % and known size", "write the number without a sign: 15.5"),
        ("size < 25,5", "write the number with a point for decimals and nothing between thousands: 25.5"),
        ("size >= -1.234,50 and open", "thousands: -1234.50"),
        ("size in 1,5..3", "thousands: 1.5"),
        ("size > 1,500", "thousands: 1500 or 1.500"),
        ("size = 1, country = DE", "correct it there"),
        ("country = a1,5", "correct it there"),
        ("size = 1,2,3", "correct it there"),
    ],
)
def test_a_comma_inside_a_number_is_answered_with_the_number_as_it_is_written_here(text: str, advice: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_filter(text)
    assert str(caught.value).endswith(advice)


def test_of_very_many_fields_the_first_are_named_and_the_rest_counted() -> None:
    many = columns({f"f{n:03}": "text" for n in range(NAMED + 2)}, [{}])
    with pytest.raises(RequestError, match=r"f038, f039 and 2 more$"):
        parse_filter("zz = 1").allowed(many, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("contry = DE", r"no field 'contry'; did you mean country\? There are: country, from, open, size, tags, zip"),
        ("spin = yes", "no field 'spin'; there are: country, from, open, size, tags, zip"),
        ("COUNTRY = DE", "did you mean country"),
        ("zzzzzz = DE", "there are: country, from, open, size, tags, zip"),
        ("size = many", "size is a number; 'many' is not"),
        ("open = perhaps", "open is yes or no; 'perhaps' is not"),
        ("country > DE", "country holds text; > compares numbers only"),
        ("country in 1..2", "country holds text"),
        ("from > soon", "from holds dates; 'soon' is none: write 2026-05-01, 2026-05 or 2026"),
        ("from = 2026-02-30", "from holds dates"),
        ("known sise", "did you mean size"),
    ],
)
def test_what_the_catalogue_cannot_compare_is_said(text: str, why: str) -> None:
    with pytest.raises(RequestError, match=why) as caught:
        judged(text)
    assert caught.value.code == "request.filter"


def test_a_filter_that_is_too_long_or_too_deep_is_refused_and_not_followed() -> None:
    for text, why in (
        ("a = 1 or " * 1000 + "a = 1", "at most 4000"),
        ("(" * 400 + "a = 1" + ")" * 400, "more than 50 deep at: .*; write fewer within each other"),
        ("not " * 900 + "a = 1", "more than 50 deep at: .*; write fewer within each other"),
    ):
        with pytest.raises(RequestError, match=why) as caught:
            parse_filter(text)
        assert caught.value.code == "request.filter"


def or_refused(text: str) -> Filter | None:
    try:
        return parse_filter(text)
    except RequestError as error:
        if error.code != "request.filter":
            raise
        return None


@given(st.one_of(st.text(), st.text(alphabet="abkn()=<>!,.\"'\\ 019-~\n", max_size=40)))
def test_any_text_is_read_or_refused(text: str) -> None:
    parsed = or_refused(text)
    if parsed:
        assert str(parse_filter(str(parsed))) == str(parsed)
