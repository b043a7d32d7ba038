"""Sources as spreadsheets, crawlers and other languages leave them."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from firstfive.errors import SourceError
from firstfive.sources import Columns, PageFiles, Table, open_source
from firstfive.types import Page, Rejected

TOLD = Columns("id", "name", ("text",))


def read(path: Path, columns: Columns | None = None) -> list[Page | Rejected]:
    return list(open_source(str(path), columns))


def pages(path: Path, columns: Columns | None = None) -> dict[str, Page]:
    return {page.id: page for page in read(path, columns) if isinstance(page, Page)}


def bad(path: Path, columns: Columns | None = None) -> list[Rejected]:
    return [page for page in read(path, columns) if isinstance(page, Rejected)]


def table(path: Path, *lines: str) -> Table:
    path.write_text("\n".join((*lines, "")), encoding="utf-8")
    source = open_source(str(path))
    assert isinstance(source, Table)
    return source


def test_rows_without_a_filled_cell_are_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(',,\nid,name,text\n1,Lamp,"of brass"\n,,\n , ,\n2,Stool,of oak\n,,\n,,\n', encoding="utf-8")
    assert not bad(path, TOLD)
    assert {item: page.line for item, page in pages(path, TOLD).items()} == {"1": 3, "2": 6}


def test_the_separator_that_a_spreadsheet_names_in_its_first_line_is_used(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"\xef\xbb\xbfsep=;\r\nid;name;text\r\n1;Lamp, red;of brass, with a shade\r\n")
    (page,) = read(path, TOLD)
    assert isinstance(page, Page)
    assert (page.id, page.title, page.body, page.line) == ("1", "Lamp, red", b"of brass, with a shade", 3)


@pytest.mark.parametrize(
    "text",
    [
        "東京の精密部品メーカー。小型ベアリングを製造しています。",
        "我们在苏州制造小型轴承和精密零件",
        "โรงงานผลิตแบริ่งขนาดเล็กในกรุงเทพ",
    ],
)
def test_a_description_in_a_script_without_spaces_is_text(tmp_path: Path, text: str) -> None:
    source = table(tmp_path / "a.csv", "Nr,Firma,Beschreibung,Land", f"1,Ōtani 大谷,{text},JP", f"2,Mori,{text}と,JP")
    assert (source.columns.text, source.columns.title) == (("Beschreibung",), "Firma")


def test_a_guess_over_hundreds_of_columns_fits_on_the_screen(tmp_path: Path) -> None:
    names = [f"feature_{at}" for at in range(300)]
    source = table(
        tmp_path / "wide.csv", ",".join(("id", "title", "text", *names)), ",".join(["1"] * 2 + ["a b"] * 301)
    )
    assert len(source.columns.field) == 300
    assert len(source.guessed[0]) < 500
    assert "290 more" in source.guessed[0]


def test_a_table_without_column_names_is_said_to_have_none(tmp_path: Path) -> None:
    bare = table(tmp_path / "bare.csv", "1,Acme,Makes anvils in Arizona", "2,Bolt,Makes bolts and nuts for bridges")
    named = table(tmp_path / "named.csv", "nr,firm,what", "1,Acme,Makes anvils", "2,Bolt,Makes bolts and nuts")
    assert "names no columns" in bare.guessed[0]
    assert "names no columns" not in named.guessed[0]


def test_a_cut_zip_archive_is_said_to_be_a_cut_zip_archive(tmp_path: Path) -> None:
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", "<p>A page about lamps.</p>")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(SourceError, match="not a whole zip archive"):
        read(path)


def test_a_file_of_bytes_that_are_no_text_goes_to_quarantine_whatever_its_name(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.html").write_text("<p>A page about lamps.</p>")
    (site / "noise.html").write_bytes(random.Random(0).randbytes(3_000))
    (wrong,) = bad(site)
    assert set(pages(site)) == {"a"}
    assert (wrong.source, wrong.reason) == (f"{site}/noise.html", "the file does not hold text")


def test_a_pdf_that_is_named_as_a_page_goes_to_quarantine_as_a_pdf_and_xhtml_does_not(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.html").write_text("<?xml version='1.0'?><html><body><p>A page about lamps.</p></body></html>")
    (site / "b.html").write_bytes(b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n")
    (wrong,) = bad(site)
    assert set(pages(site)) == {"a"}
    assert (wrong.source, wrong.reason) == (f"{site}/b.html", "the file is a PDF, which cannot be read")
    assert wrong.advice == "save its text as .txt, or what it lists as CSV"


def test_a_link_out_of_the_folder_is_not_followed_and_said(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("The password of the database is swordfish.")
    (tmp_path / "elsewhere").mkdir()
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.html").write_text("<p>A page about lamps.</p>")
    (site / "in.html").symlink_to("a.html")
    (site / "loop").symlink_to(".")
    (site / "out.txt").symlink_to("../secret.txt")
    (site / "folder").symlink_to("../elsewhere")
    (site / "gone.html").symlink_to("nothing.html")
    assert set(pages(site)) == {"a", "in"}
    assert {Path(wrong.source).name: wrong.reason for wrong in bad(site)} == {
        "folder": "it is a link that leads out of the folder",
        "gone.html": "it is a link to nothing",
        "out.txt": "it is a link that leads out of the folder",
    }


def test_a_folder_named_by_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.html").write_text("<p>A page about lamps.</p>")
    (tmp_path / "latest").symlink_to("site")
    source = open_source(str(tmp_path / "latest"))
    assert isinstance(source, PageFiles)
    assert [page.id for page in source if isinstance(page, Page)] == ["a"]
