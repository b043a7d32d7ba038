"""Sources: every kind of file comes in as pages, and what cannot be used comes as a rejection in its place."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import random
import re
import tarfile
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import SourceError
from firstfive.sources import Columns, Limits, Table, open_source, read_vectors
from firstfive.sources.jsonl import read_jsonl
from firstfive.sources.nested import MOST
from firstfive.sources.tables import read_table
from firstfive.types import ItemId, Page, Rejected

TOLD = Columns("id", "name", ("text",))
SMALL = Limits(item_bytes=1_000)


def read(path: Path, columns: Columns | None = TOLD, limits: Limits | None = None) -> list[Page | Rejected]:
    return list(open_source(str(path), columns, limits))


def pages(found: Iterable[Page | Rejected]) -> dict[str, Page]:
    return {page.id: page for page in found if isinstance(page, Page)}


def bad(found: Iterable[Page | Rejected]) -> list[Rejected]:
    return [page for page in found if isinstance(page, Rejected)]


def in_order(path: Path, columns: Columns | None = TOLD) -> list[Page]:
    found = read(path, columns)
    assert not bad(found)
    return [page for page in found if isinstance(page, Page)]


def table(path: Path) -> Table:
    source = open_source(str(path))
    assert isinstance(source, Table)
    return source


def csv_file(folder: Path, *lines: str, name: str = "items.csv") -> Path:
    path = folder / name
    path.write_bytes("\n".join(("id,name,text", *lines, "")).encode())
    return path


# --- tables -----------------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_page_with_the_line_it_starts_on(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '1,Firm,"two\nlines"', "2,Other,plain")
    first, second = in_order(path)
    assert first == Page(ItemId("1"), "text", "Firm", b"two\nlines", {}, "", str(path), 2)
    assert (second.id, second.line) == ("2", 4)


def test_an_unclosed_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "1,A,fine", '2,B,"never closed', "3,C,fine", "4,D,fine"))
    assert list(pages(found)) == ["1", "3", "4"]
    assert [(row.line, "quote" in row.reason) for row in bad(found)] == [(3, True)]


def test_an_unclosed_quote_that_a_later_quote_would_close_costs_its_own_line_only(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "1,A,fine", '2,B,"never closed', "3,C,fine", '4,"D, Ltd",fine', "5,E,fine"))
    assert list(pages(found)) == ["1", "3", "4", "5"]
    assert [row.line for row in bad(found)] == [3]


def test_an_unclosed_quote_does_not_swallow_rows_up_to_one_that_ends_it_properly(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "1,A,x", '2,"B,x', "3,C,x", "4,D,x", '5,E",x', "6,F,x"))
    assert {"1", "3", "4", "6"} <= set(pages(found))
    assert bad(found)[0].line == 3


def test_text_of_many_lines_is_no_broken_quote(tmp_path: Path) -> None:
    text = "We make:\npumps, valves, taps\n\nin Ohio, since 1950, by hand"
    assert pages(read(csv_file(tmp_path, f'1,A,"{text}"')))["1"].body.decode() == text


def test_a_row_with_another_number_of_columns_is_rejected_with_both_numbers(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "1,A,x,more", "2,B", "3,C,x,", "4,D,x"))
    assert list(pages(found)) == ["3", "4"]
    assert [row.reason for row in bad(found)] == [
        "the row has 4 columns and the header 3",
        "the row has 2 columns and the header 3",
    ]


def test_quotes_inside_an_unquoted_cell_are_kept(tmp_path: Path) -> None:
    assert pages(read(csv_file(tmp_path, '1,A,5" pipes and 3" taps')))["1"].body == b'5" pipes and 3" taps'


def test_a_line_beyond_the_limit_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "1,A," + "x" * 5_000, "2,B,x"), limits=SMALL)
    assert list(pages(found)) == ["2"]
    assert (bad(found)[0].line, "longer" in bad(found)[0].reason) == (2, True)


def test_a_cell_longer_than_the_csv_modules_limit_is_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f'1,A,"{"long " * 100_000}"')
    assert len(pages(read(path))["1"].body) > 400_000


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        "".join(delimiter.join(row) + "\n" for row in [("id", "name", "text"), ("1", "A", "x, and y"), ("2", "B", "z")])
        if delimiter != ","
        else 'id,name,text\n1,A,"x, and y"\n2,B,z\n'
    )
    assert pages(read(path))["1"].body == b"x, and y"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes("id,name,text\r\n1,Müller,Größe und Wärme – überall\r\n2,B,x\r\n".encode(encoding))
    found = pages(read(path))
    assert (found["1"].title, found["1"].body.decode()) == ("Müller", "Größe und Wärme – überall")


def test_a_stray_byte_in_utf_8_spoils_no_other_letter(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes("id,name,text\n1,Müller,".encode() + b"caf\xe9\n" + "2,Köhler,x\n".encode())
    found = pages(read(path))
    assert [found["1"].title, found["1"].body.decode(), found["2"].title] == ["Müller", "café", "Köhler"]


def test_nul_characters_do_not_stop_a_table(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(b"id,name,text\n1,A\x00B,x\x00y\n")
    assert pages(read(path))["1"].title == "AB"


def test_ids_keep_slashes_and_spaces_and_a_row_without_one_is_rejected(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "a/b c,A,x", " ,B,x"))
    assert list(pages(found)) == ["a/b c"]
    assert bad(found)[0].reason == "the row has no id"


def test_a_title_alone_is_a_page_and_a_row_with_neither_is_rejected(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "1,A,", "2, ,\u200b"))
    assert list(pages(found)) == ["1"]
    assert "neither a title nor text" in bad(found)[0].reason


@pytest.mark.parametrize(("title", "text"), [("NULL", "null"), ("-", ""), ("k. A.", "n/a"), ("", "—")])
def test_words_for_nothing_are_neither_title_nor_text(tmp_path: Path, title: str, text: str) -> None:
    found = read(csv_file(tmp_path, f"1,{title},{text}", f"2,{title},a pump", f"3,Pump,{text}"))
    assert list(pages(found)) == ["2", "3"]
    assert "neither a title nor text" in bad(found)[0].reason


def test_without_an_id_column_the_same_content_has_the_same_id(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("name,text\nA,it makes pumps\nA,it makes pumps\nB,it makes taps\n")
    ids = [page.id for page in in_order(path, Columns("", "name", ("text",)))]
    assert ids[0] == ids[1] != ids[2]


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(bytes(range(256)) * 50)
    with pytest.raises(SourceError, match="does not hold text"):
        read(path)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_table_reader_fail_and_every_row_is_a_row_or_rejected(data: bytes) -> None:
    try:
        found = list(read_table(io.BytesIO(b"id,name,text\n" + data), "x", 200))
    except SourceError:
        return
    lines = [getattr(row, "line", 0) for row in found]
    assert lines == sorted(set(lines)), "one outcome a line"


@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], include_characters="\n"), min_size=1),
            min_size=3,
            max_size=3,
        ),
        max_size=8,
    )
)
def test_what_is_properly_quoted_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    quoted = ["id,name,text", *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)]
    found = list(read_table(io.BytesIO("\n".join(quoted).encode()), "x", 10_000, ","))
    read_rows = [list(row.values.values()) for row in found if not isinstance(row, Rejected)]
    assert len(read_rows) + len([row for row in found if isinstance(row, Rejected)]) >= len(rows)
    assert all(row in rows for row in read_rows) or any(isinstance(row, Rejected) for row in found)


# --- columns ----------------------------------------------------------------------------------------------------------


def test_columns_are_guessed_and_the_guess_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    rows = "".join(f"{n},Firm {n},{'Makes pumps for farms and sells them. ' * 5},DE\n" for n in range(9))
    path.write_text("company_id,company_name,long_description,country\n" + rows)
    source = table(path)
    assert source.columns == Columns("company_id", "company_name", ("long_description",), ("country",))
    (said,) = source.guessed
    assert all(f'"{name}"' in said for name in ("company_id", "company_name", "long_description", "country"))


HOMES = (
    "Objekt-Nr;Titel;Beschreibung;Preis;Fläche",
    *(
        f"H-{n:03};Haus {n % 3};{('Am See', 'Im Dorf')[n % 2]}. Mit {n % 4} Bäumen im Garten.;{n}50.000 €;{n} m²"
        for n in range(9)
    ),
)
WINES = (
    "wine,notes,price",
    *(f"Weingut {'AB'[n % 2]},Dry and steely with lime and slate from {n % 3} slopes.,£{n}k" for n in range(9)),
)
DEVICES = (
    "Device ID,Device name,Intended use,Weight",
    *(f"D{n},Monitor {n % 2},Measures blood pressure at home and {n % 3} times a day.,{n} kg" for n in range(9)),
)


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (HOMES, Columns("Objekt-Nr", "Titel", ("Beschreibung",), ("Preis", "Fläche"))),
        (WINES, Columns("", "wine", ("notes",), ("price",))),
        (DEVICES, Columns("Device ID", "Device name", ("Intended use",), ("Weight",))),
    ],
)
def test_neither_a_code_nor_an_amount_with_its_unit_is_taken_for_text(
    tmp_path: Path, rows: tuple[str, ...], wanted: Columns
) -> None:
    path = tmp_path / "things.csv"
    path.write_text("\n".join((*rows, "")), "utf-8")
    assert table(path).columns == wanted


def guessed(tmp_path: Path, *names: str) -> Columns:
    """What is guessed of three rows with these columns, of which each value is another one."""
    path = tmp_path / "guessed.csv"
    rows = (",".join([f"{name[:2]}-{n}" for name in names[:-1]] + [f"Some words {n} " * 20]) for n in range(3))
    path.write_text("\n".join((",".join(f'"{name}"' for name in names), *rows, "")), "utf-8")
    return table(path).columns


@pytest.mark.parametrize(
    ("kind", "title", "other"),
    [
        ("Kennziffer", "Stellentitel", "Firma"),
        ("Kennziffer (intern)", "Stellenbezeichnung", "Firmenname"),
        ("Art.-Nr.", "Produktname", "Hersteller"),
        ("Artikelnummer", "Artikelbezeichnung", "Firma"),
        ("Job ref", "jobTitle", "company"),
        ("product_sku", "product_title", "company_name"),
        ("référence", "Intitulé du poste", "Entreprise"),
        ("Numéro d'article", "Nom du produit", "company"),
        ("Bestellnr", "Titel der Stelle", "company name"),
        ("id", "company_name", "category_name"),
        ("company_id", "Firmenname", "page_title"),
        ("Referenznummer", "name", "company"),
    ],
)
def test_id_and_title_are_known_by_their_names_in_three_languages_before_the_firm_that_offers(
    tmp_path: Path, kind: str, title: str, other: str
) -> None:
    found = guessed(tmp_path, other, "Telefonnummer", title, kind, "text")
    assert (found.id, found.title) == (kind, title)
    assert {other, "Telefonnummer"} <= set(found.field)


@pytest.mark.parametrize("name", ["Unnamed: 0", "column_1", "index", "level_0"])
def test_a_column_that_counts_the_rows_is_neither_id_nor_field_where_there_is_a_better_id(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "jobs.csv"
    header = "" if name == "column_1" else name
    path.write_text(f"{header},Code,Titel,Text,Ort\n" + "".join(f"{n},J-{n},Koch,Er kocht.,Ulm\n" for n in range(4)))
    assert (table(path).columns.id, table(path).columns.field) == ("Code", ("Ort",))
    assert f'"{name}" only counts the rows and is left out' in table(path).guessed[0]
    assert pages(read(path, Columns("Code", "Titel", ("Text",), ("*",))))["J-1"].fields == {"Ort": "Ulm"}
    named = Columns("Code", "Titel", ("Text",), (name,))
    assert pages(read(path, named))["J-1"].fields == {name: "1"}


def test_a_column_that_counts_the_rows_is_the_id_where_there_is_no_other_and_one_that_does_not_is_a_field(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("index,title,text\n0,Koch,Er kocht.\n1,Koch,Er kocht gut.\n")
    assert table(path).columns.id == "index"
    assert "it counts the rows" in table(path).guessed[0]
    path.write_text("id,index,title,text\n1,9,Koch,Er kocht.\n2,4,Koch,Er kocht gut.\n")
    assert table(path).columns.field == ("index",)


def test_a_scraped_cell_of_many_digits_costs_no_more_than_its_length(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text(f'id,name,text\n1,Anna,"{"0.1," * 4_000}nan xx"\n', "utf-8")
    began = time.thread_time()
    assert table(path).columns == TOLD
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("name", ("7up", "3M", "5AM")),
        ("title", ("3 Men", "7 Days", "8 Mile")),
        ("movie_title", ("3 Men", "7 Days", "8 Mile")),
    ],
)
def test_a_column_that_is_named_so_is_the_title_whatever_its_values_look_like(
    tmp_path: Path, column: str, names: tuple[str, ...]
) -> None:
    path = tmp_path / "things.csv"
    rows = (f"{name},{'What it is and what it is for. ' * 5}" for name in names)
    path.write_text("\n".join((f"{column},text", *rows, "")), "utf-8")
    assert (table(path).columns.title, table(path).columns.id) == (column, "")


def test_numbers_that_come_twice_are_no_ids(tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    rows = (f"{number},Haus {place},Mit Garten und Blick." for place, number in enumerate((12, 14, 3, 12)))
    path.write_text("\n".join(("nr,title,text", *rows, "")), "utf-8")
    assert table(path).columns.id != "nr"
    path.write_text("nr,title,text\n1,Haus,Mit Garten.\n2,Hof,Mit Blick.\n")
    assert table(path).columns.id == "nr"


def test_with_a_mapping_only_named_fields_are_kept_and_a_star_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,name,text,country,staff\n1,A,some text,DE,5\n")
    assert pages(read(path))["1"].fields == {}
    assert pages(read(path, Columns("id", "name", ("text",), ("staff",))))["1"].fields == {"staff": "5"}
    assert pages(read(path, Columns("id", "name", ("text",), ("*",))))["1"].fields == {"country": "DE", "staff": "5"}


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='no column "nam"; did you mean "name"') as refused:
        read(csv_file(tmp_path, "1,A,x"), Columns("id", "nam"))
    assert refused.value.code == "source.mapping"


def test_an_id_column_is_known_by_its_name_even_where_an_id_comes_twice(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,A,one thing here", "1,B,another thing there")
    assert table(path).columns.id == "id"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price", "{}.50"),
        ("Preis", "1{:02},95"),
        ("Kaltmiete", "{}00"),
        ("worth", "1,2{:02}.00"),
        ("seen", "2026-05-{:02}T10:00:00Z"),
        ("vom", "{:02}.05.2026"),
        ("created_at", "17{:02}000000"),
        ("at", "52.5{:02}, 13.4"),
        ("lat", "52.5{:02}"),
    ],
)
def test_neither_a_price_nor_a_date_nor_a_place_is_an_id_though_each_is_another_one(
    tmp_path: Path, name: str, value: str
) -> None:
    path = tmp_path / "things.csv"
    rows = (f'Lamp {n % 3};A lamp of brass, number {n};"{value.format(n)}";Ulm' for n in range(1, 29))
    path.write_text("\n".join((f"name;description;{name};city", *rows, "")), "utf-8")
    assert table(path).columns.id == ""


def test_another_column_that_differs_is_the_id_beside_a_price(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    rows = (f"Lamp,A lamp of brass,{n}.50,L{n}" for n in range(1, 29))
    path.write_text("\n".join(("name,description,price,lamp", *rows, "")), "utf-8")
    assert table(path).columns.id == "lamp"


def test_a_column_called_id_is_the_id_though_one_comes_twice_and_one_is_missing(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,A,one thing", "1,B,another", ",C,a third", "4,D,a fourth", "5,E,a fifth")
    assert table(path).columns.id == "id"
    assert [(row.line, row.reason) for row in bad(read(path, None))] == [(4, "the row has no id")]


def test_an_id_that_most_rows_lack_is_not_the_id(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "1,A,one thing", ",B,another", ",C,a third")
    assert table(path).columns.id == ""


# --- JSON lines -------------------------------------------------------------------------------------------------------


def test_json_lines_with_id_title_and_text_need_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": 7, "title": "A", "text": "x y"}\n\n{"id": "8", "title": "B", "text": null}\n')
    source = open_source(str(path))
    assert [(page.id, page.title, page.body, page.line) for page in in_order(path, None)] == [
        ("7", "A", b"x y", 1),
        ("8", "B", b"", 3),
    ]
    assert source.guessed == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "2", "title": ', "not valid JSON"),
        ("[1, 2]", "a list, not an object"),
        ('"text"', "a text, not an object"),
        ('{"id": ' + "[" * 100_000 + "]" * 100_000 + "}", "not valid JSON"),
        ('{"id": 1' + "0" * 5_000 + "}", "not valid JSON"),
    ],
    ids=["cut", "list", "text", "deep", "huge number"],
)
def test_a_line_that_is_no_object_is_rejected_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(f'{{"id": "1", "title": "A"}}\n{line}\n{{"id": "3", "title": "C"}}\n')
    found = read(path, None)
    assert list(pages(found)) == ["1", "3"]
    assert [(row.line, reason in row.reason) for row in bad(found)] == [(2, True)]


def test_a_list_on_the_first_line_does_not_hide_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('[1, 2]\n{"id": "3", "title": "C"}\n')
    assert list(pages(read(path, None))) == ["3"]


def test_nan_and_null_are_missing_and_lists_stay_readable(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": "1", "title": "A", "size": NaN, "tags": ["x", "y"], "open": true, "note": "\\ud800z"}\n')
    fields = pages(read(path, Columns("id", "title", (), ("*",))))["1"].fields
    assert fields == {"tags": '["x", "y"]', "open": "true", "note": "z"}


def test_a_json_array_of_objects_is_read_like_lines(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text(json.dumps([{"id": "1", "title": "A"}, 5, {"id": "2", "title": "B"}], indent=1))
    found = read(path, None)
    assert list(pages(found)) == ["1", "2"]
    assert bad(found)[0].reason == "an entry is a number, not an object"


TWO = [{"id": "1", "title": "A"}, {"id": "2", "title": "B"}]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (json.dumps({"count": 2, "next": None, "status": "all is well", "items": TWO}), {"1": 1, "2": 1}),
        (json.dumps({"items": TWO}, indent=2), {"1": 1, "2": 1}),
        ("\n".join(json.dumps(one, indent=2) for one in TWO), {"1": 1, "2": 5}),
        (json.dumps(TWO[0], indent=2), {"1": 1}),
        (json.dumps(TWO[0]), {"1": 1}),
        (json.dumps(TWO[0] | {"parts": TWO, "text": "A pump for farms."}), {"1": 1}),
        ('{"id": "1"\n{"id": "2", "title": "B"}\n', {"2": 2}),
        ('{"id": "1", "title": "A"}\n\n{"id": "2", "title": "B"}\n', {"1": 1, "2": 3}),
        ('{"id": "1", "title": "A"}\n5\n', {"1": 1}),
    ],
)
def test_objects_over_several_lines_or_in_a_list_inside_one_are_rows(
    tmp_path: Path, text: str, wanted: dict[str, int]
) -> None:
    (tmp_path / "items.json").write_text(text)
    found = pages(read(tmp_path / "items.json", None))
    assert {name: page.line for name, page in found.items()} == wanted


NESTED = {
    "id": "1",
    "title": "Welder",
    "text": "Welds pumps for farms in the whole county.",
    "company": {"name": "Alder", "id": "A-1", "address": {"city": "Leeds", "geo": {"lat": {"deg": 53}}}},
    "benefits": [{"name": "Car", "value": 500}, {"name": "Pension", "in": ["GB", "IE"]}, {"value": None}],
    "skills": ["welding", "pumps"],
}


@pytest.mark.parametrize("columns", [None, Columns("id", "title", ("text",), ("*",))])
def test_objects_become_columns_with_dotted_names_and_lists_of_them_a_list_a_key(
    tmp_path: Path, columns: Columns | None
) -> None:
    (tmp_path / "items.jsonl").write_text(json.dumps(NESTED) + "\n")
    assert pages(read(tmp_path / "items.jsonl", columns))["1"].fields == {
        "skills": '["welding", "pumps"]',
        "company.name": "Alder",
        "company.id": "A-1",
        "company.address.city": "Leeds",
        "company.address.geo.lat": '{"deg": 53}',
        "benefits.name": '["Car", "Pension"]',
        "benefits.value": "[500]",
        "benefits.in": '["GB", "IE"]',
    }


def test_an_object_may_still_be_named_whole_and_what_is_in_it_by_its_dotted_name(tmp_path: Path) -> None:
    (tmp_path / "items.json").write_text(json.dumps([{**NESTED, "company.name": "as it is"}]))
    found = read(tmp_path / "items.json", Columns("company.id", "title", ("benefits",), ("company.name", "company")))
    page = pages(found)["A-1"]
    assert page.body.startswith(b'[{"name": "Car"')
    assert page.fields == {"company.name": "as it is", "company": json.dumps(NESTED["company"])}


def test_what_lies_in_objects_is_guessed_to_be_neither_id_nor_title_nor_text(tmp_path: Path) -> None:
    def row(n: int) -> str:
        firm = {"id": f"A-{n}", "title": f"Alder {n}", "text": "Long words of a firm. " * 20}
        return json.dumps({"words": "Welds pumps.", "firm": firm})

    (tmp_path / "items.jsonl").write_text("\n".join(map(row, range(3))))
    chosen = table(tmp_path / "items.jsonl").columns
    assert (chosen.id, chosen.title, chosen.text) == ("", "", ("words",))
    assert chosen.field == ("firm.id", "firm.title")


def test_objects_that_have_ids_for_keys_make_no_more_columns_than_are_allowed(tmp_path: Path) -> None:
    rows = [{"id": str(n), "title": "A", "seen": {f"user {n}": 1}} for n in range(MOST + 9)]
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = pages(read(tmp_path / "items.jsonl", Columns("id", "title", (), ("*",))))
    assert len({name for page in found.values() for name in page.fields if "." in name}) == MOST
    assert found[str(MOST)].fields == {"seen": f'{{"user {MOST}": 1}}'}


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_make_the_json_reader_fail(lines: list[bytes]) -> None:
    try:
        found = list(read_jsonl(io.BytesIO(b"\n".join(lines)), "x", 100))
    except SourceError:
        return
    assert all(row.line >= 1 for row in found)


# --- Parquet ----------------------------------------------------------------------------------------------------------


def test_parquet_is_read_by_column_names(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    import pyarrow.parquet as pq

    path = tmp_path / "items.parquet"
    pq.write_table(pyarrow.table({"id": [1, 2], "name": ["A", None], "text": ["x", "y"], "size": [1.5, None]}), path)
    found = pages(read(path, Columns("id", "name", ("text",), ("*",))))
    assert (found["1"].title, found["1"].fields, found["2"].title, found["2"].fields) == ("A", {"size": "1.5"}, "", {})


def test_objects_in_parquet_become_columns_too(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    import pyarrow.parquet as pq

    rows = {"id": ["1"], "name": ["A"], "firm": [{"town": "Leeds", "since": datetime.date(1950, 1, 2)}]}
    pq.write_table(pyarrow.table(rows), tmp_path / "items.parquet")
    found = pages(read(tmp_path / "items.parquet", Columns("id", "name", (), ("firm.town", "firm.since"))))
    assert found["1"].fields == {"firm.town": "Leeds", "firm.since": "1950-01-02"}


def test_what_is_no_parquet_file_is_said_to_be_none(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="needs the extra parquet")
    path = tmp_path / "items.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(SourceError, match="not a whole Parquet file"):
        read(path)


# --- HTML and text ----------------------------------------------------------------------------------------------------

HTML = (
    '<html lang="de"><head><title>Gießerei &amp; Söhne</title><meta name="employees" content="85">'
    '<meta name="viewport" content="width=1"><!-- <meta name="secret" content="1"> --></head><body><p>Text.</p></body>'
)


def site(folder: Path) -> Path:
    for name, text in {
        "a.example/one.html": HTML,
        "a.example/deep/two.htm": HTML,
        "top.html": HTML,
        "note.txt": "A title\n\nAnd the text.",
        "style.css": "p {}",
        ".hidden.html": HTML,
    }.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / "site"


def test_a_folder_gives_a_page_a_file_with_its_path_as_id(tmp_path: Path) -> None:
    source = open_source(str(site(tmp_path)))
    found = pages(source)
    assert {id_: (page.media, page.site) for id_, page in found.items()} == {
        "a.example/one": ("html", "a.example"),
        "a.example/deep/two": ("html", "a.example"),
        "top": ("html", "site"),
        "note": ("text", "site"),
    }
    assert found["a.example/one"].fields == {"employees": "85", "lang": "de"}
    assert found["note"].title == "A title"
    assert source.guessed == (
        f'{tmp_path / "site"}: fields are "employees", "lang", which pages say of themselves. Say --field for fewer.',
        f"{tmp_path / 'site'}: left out what is neither HTML nor plain text (1 .css files).",
    )


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("p4.html?utm_source=newsletter&utm_medium=email", "p4"),
        ("p4.html@gclid=abc", "p4"),
        ("p4.html?fbclid=x.html", "p4"),
        ("p4_utm_source_fb.html", "p4"),
        ("p4?id=3&utm_source=x&size=2", "p4?id=3&size=2"),
        ("p4.html?id=3", "p4.html?id=3"),
        ("p4_utm_id_7_utm_term_x.html", "p4"),
        ("autm_4.html", "autm_4"),
        ("convert_utm_id-32.html", "convert_utm_id-32"),
        ("?utm_source=x", "?utm_source=x"),
    ],
)
def test_tracking_parameters_are_no_part_of_the_id_of_a_file(tmp_path: Path, file: str, wanted: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / file).write_text("<html><body><p>A tent for two.</p></body></html>")
    assert list(pages(read(tmp_path, Columns()))) == [f"shop/{wanted}"]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_an_archive_gives_the_same_pages_as_the_folder(tmp_path: Path, kind: str) -> None:
    folder = site(tmp_path)
    path = tmp_path / f"site.{kind}"
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in files:
                archive.write(file, file.relative_to(folder))
    else:
        with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w") as archive:
            for file in files:
                archive.add(file, str(file.relative_to(folder)))
    packed, plain = pages(read(path, None)), pages(read(folder, None))
    assert {id_: page.digest for id_, page in packed.items()} == {id_: page.digest for id_, page in plain.items()}


def test_a_path_that_leads_out_of_an_archive_stays_inside(tmp_path: Path) -> None:
    path = tmp_path / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/evil.html", HTML)
    assert list(pages(read(path, None))) == ["etc/evil"]
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["slip.zip"]


def test_a_file_beyond_the_limit_goes_to_quarantine_with_its_name(tmp_path: Path) -> None:
    folder = site(tmp_path)
    (folder / "big.html").write_text("<p>" + "x" * 5_000)
    found = read(folder, None, SMALL)
    assert [(row.source.endswith("site/big.html"), "larger" in row.reason) for row in bad(found)] == [(True, True)]
    assert "top" in pages(found)


def test_a_damaged_file_in_an_archive_costs_that_file(tmp_path: Path) -> None:
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.html", HTML + "marker")
        archive.writestr("b.html", HTML)
    path.write_bytes(path.read_bytes().replace(b"marker", b"broken"))
    found = read(path, None)
    assert list(pages(found)) == ["b"]
    assert "cannot be unpacked" in bad(found)[0].reason


def test_one_gzipped_page_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(HTML.encode()))
    assert list(pages(read(path, None))) == ["page"]


# --- packed -----------------------------------------------------------------------------------------------------------


def test_gzip_is_unpacked_as_it_comes_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(gzip.compress(b"id,name,text\n1,A,x\n"))
    assert list(pages(read(path))) == ["1"]


def test_a_value_that_thousands_of_rows_of_a_parquet_file_share_is_a_bomb(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    import pyarrow.parquet as pq

    path = tmp_path / "bomb.parquet"
    pq.write_table(pyarrow.table({"text": ["x" * 100_000] * 1_000}), path)
    assert path.stat().st_size < 100_000
    with pytest.raises(SourceError, match="over 200 times") as refused:
        read(path)
    assert refused.value.code == "source.bomb"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "items.csv.gz"
    path.write_bytes(gzip.compress(b"id,name,text\n" + b"1,A,x\n" * 2_000_000))
    with pytest.raises(SourceError, match="over 200 times") as refused:
        read(path)
    assert refused.value.code == "source.bomb"


def test_a_zip_that_grows_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", "<p>" + "x" * 3_000_000)
    with pytest.raises(SourceError, match="max_ratio"):
        read(path, None)


def test_a_cut_gzip_file_is_said_to_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "items.csv.gz"
    path.write_bytes(
        gzip.compress(b"id,name,text\n" + b"".join(b"%d,A,x%d\n" % (n, n * 7919) for n in range(50_000)))[:-5_000]
    )
    with pytest.raises(SourceError, match="not a whole gzip file"):
        read(path)


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        read(tmp_path / "nowhere.csv")


# --- vectors ----------------------------------------------------------------------------------------------------------


def test_vectors_are_read_with_their_ids(tmp_path: Path) -> None:
    rows = np.arange(6, dtype=np.float64).reshape(3, 2)
    np.save(tmp_path / "v.npy", rows)
    (tmp_path / "v.ids.txt").write_text("a\nb\nc\n")
    ((ids, vectors),) = read_vectors(str(tmp_path / "v.npy"))
    assert ids == ["a", "b", "c"]
    assert vectors.dtype == np.float32
    assert (vectors == rows).all()


def test_vectors_that_do_not_fit_their_ids_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.zeros((3, 2)))
    (tmp_path / "v.ids.txt").write_text("a\nb\n")
    with pytest.raises(SourceError, match="2 ids stand beside") as refused:
        list(read_vectors(str(tmp_path / "v.npy")))
    assert refused.value.code == "model.vectors"


# --- what is no catalogue ---------------------------------------------------------------------------------------------


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<?xml version='1.0'?><x/>")
    return packed.getvalue()


NOISE = random.Random(3).randbytes(20_000)
NO_CATALOGUE = {
    "report.pdf": (b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n", "a PDF"),
    "report": (b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n", "a PDF"),
    "report.html": (b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n", "a PDF, which cannot be read: save its text"),
    "report.txt": (b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n", "a PDF, which cannot be read: save its text"),
    "sheet.xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "save it as CSV"),
    "sheet": (zipped("[Content_Types].xml", "xl/workbook.xml"), "save it as CSV"),
    "letter.zip": (zipped("[Content_Types].xml", "word/document.xml"), "save it as HTML"),
    "feed": (b"<?xml version='1.0'?><rss><item>words</item></rss>", "XML"),
    "noise": (NOISE, "does not hold text"),
    "noise.html": (NOISE, "neither HTML nor plain text"),
    "noise.txt": (NOISE, "neither HTML nor plain text"),
    "table.xls": (b"\xd0\xcf\x11\xe0 and more", "save it as CSV"),
    "some.py": (b"import os, sys\n\nprint(os, sys)\n", "source code, which cannot be read: name the file that lists"),
    "page.js": (b"document.write('<html><body>', x, '</body></html>');\n", "source code"),
    "uv.lock": (b"version = 1\nnames = [a, b]\n", "a file of settings"),
    "some": (
        b"import os, sys\n\ndef both(one, other):\n    both = [one]\n    return both\n",
        "does not look like a table",
    ),
    "style": (b"body {\n  color: red;\n  margin: 0;\n}\n", "does not look like a table"),
    "prose": (b"We were, as ever, late.\nNobody minded, though.\nThe end.\n", "name it .csv if it is one, or .txt"),
    "statements": (b"a = 1;\nb = 2;\nc = 3;\n", "does not look like a table"),
}


@pytest.mark.parametrize("name", NO_CATALOGUE)
def test_a_file_that_is_no_catalogue_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    content, said = NO_CATALOGUE[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=re.escape(said)) as caught:
        open_source(str(tmp_path / name))
    assert caught.value.code == "source.unreadable"
    assert "CSV" in str(caught.value)


@pytest.mark.parametrize("name", ["items", "items.dat"])
def test_a_table_needs_no_ending(tmp_path: Path, name: str) -> None:
    rows = 'id;title;text\n1;Müller;"pumps, valves;\nand more"\n\n2;Maier;lifts\nbroken\n'
    (tmp_path / name).write_text(rows, "utf-8")
    found = list(open_source(str(tmp_path / name)))
    assert [row.title for row in found if isinstance(row, Page)] == ["Müller", "Maier"]
    assert len(found) == 3


def test_a_projects_own_files_are_no_pages_when_its_folder_is_imported(tmp_path: Path) -> None:
    for name in ("p/firstfive.toml", "p/firstfive.db", "p/firstfive.db-wal", "p/report.html", "p/a.py", "p/note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<html><body>words</body></html>", "utf-8")
    for name in ("p/releases/ab12/catalogue/ids.txt", "p/pages/releases/one.html"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("<html><body>words</body></html>", "utf-8")
    for folder, ids in (
        (tmp_path / "p", ["note", "pages/releases/one"]),
        (tmp_path, ["p/note", "p/pages/releases/one"]),
    ):
        source = open_source(str(folder))
        assert sorted(pages(source)) == ids
        said = "left out what is neither HTML nor plain text (1 .py files) and the project's own files."
        assert source.guessed == (f"{folder}: {said}",)


def test_an_address_is_not_fetched_and_said_to_be_one() -> None:
    with pytest.raises(SourceError, match=r"does not fetch; download it"):
        open_source("https://shop.example/catalogue.csv")


def test_xhtml_that_begins_as_xml_is_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_text("<?xml version='1.0'?><!DOCTYPE html><html><body><p>Pumps.</p></body></html>")
    assert len(list(open_source(str(page)))) == 1
