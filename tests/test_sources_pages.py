"""What pages say of themselves: the columns they offer, and what is said where one is named that none has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firstfive.app.collect import import_sources
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import SourceError


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    with open_project(init_project(tmp_path / "project").parent, environment={}) as opened:
        yield opened


def site(folder: Path, **bodies: str) -> str:
    """A folder of pages, in Welsh and from Bala where nothing else is said."""
    (folder / "site").mkdir(exist_ok=True)
    for name, body in (bodies or {"a": "<p>A page about lamps.</p>"}).items():
        head = '<html lang="cy"><meta name="geo" content="Bala"><title>Lamps</title>'
        (folder / "site" / f"{name}.html").write_text(f"{head}{body}", "utf-8")
    return str(folder / "site")


def fields(project: Project) -> dict[str, dict[str, str]]:
    with project.store.read() as unit:
        return {page.id: dict(page.fields) for page in unit.pages.live()}


@pytest.mark.parametrize("flags", [{"field": ["price"]}, {"id": "url"}, {"title": "h1"}, {"text": ["body"]}])
def test_a_column_that_no_page_has_is_refused_with_those_there_are_and_is_not_remembered(
    project: Project, tmp_path: Path, flags: dict[str, list[str]]
) -> None:
    pages = site(tmp_path)
    import_sources(project, [pages])
    with pytest.raises(SourceError, match='there are "path", "title", "text", "geo", "lang"') as refused:
        import_sources(project, [pages], **flags)  # type: ignore[arg-type]
    assert refused.value.code == "source.mapping"
    assert import_sources(project, [pages]).same == 1
    assert fields(project) == {"a": {"lang": "cy", "geo": "Bala"}}


def test_columns_of_pages_are_found_whatever_their_case_and_on_whichever_page(project: Project, tmp_path: Path) -> None:
    pages = site(tmp_path, a="", b='<meta name="Price" content="9"><p>Lamps.</p>')
    import_sources(project, [pages], field=["price", "GEO"], text=["text"], title="Title")
    assert fields(project) == {"a": {"geo": "Bala"}, "b": {"geo": "Bala", "Price": "9"}}


def test_a_field_that_all_pages_have_lost_is_said_and_taken_again_when_it_comes_back(
    project: Project, tmp_path: Path
) -> None:
    with_price = {"a": '<meta name="price" content="9"><p>Lamps.</p>'}
    import_sources(project, [site(tmp_path, **with_price)], field=["price"])
    report = import_sources(project, [site(tmp_path, a="<p>Lamps.</p>")])
    assert 'no "price" any more' in " ".join(report.guessed)
    assert fields(project) == {"a": {}}
    import_sources(project, [site(tmp_path, **with_price)])
    assert fields(project) == {"a": {"price": "9"}}


def test_an_empty_folder_is_empty_whatever_is_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert import_sources(project, [str(tmp_path / "none")], field=["price"]).empty == (str(tmp_path / "none"),)
