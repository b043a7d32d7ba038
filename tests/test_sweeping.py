"""Sweeping: records that no build needs leave the store with old Releases, and nothing that is needed does."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app import sweeping
from firstfive.app.alone import alone
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.release import list_releases
from firstfive.app.sweeping import prune
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BuildError
from firstfive.testing.embedders import HashedWords
from tiny_encoder import write_encoder

ITEMS = {"a": "rye bread", "b": "iron pumps", "c": "crowns", "d": "honey"}
MENU = "<p>Home, products, about our house and how to reach us</p>"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    folder = init_project(tmp_path / "project").parent
    write_encoder(folder / "tiny")
    with open_project(folder, overrides=["models.embedder=onnx:tiny"], environment={}) as opened:
        yield opened


def imported(project: Project, items: Mapping[str, str]) -> Project:
    """Items of a table, and a site whose pages are about each of them."""
    rows, web = project.folder / "items.jsonl", project.folder / "web" / "site"
    rows.write_text("".join(json.dumps({"id": name, "text": said}) + "\n" for name, said in items.items()))
    web.mkdir(parents=True, exist_ok=True)
    for page in web.iterdir():
        page.unlink()
    for name, said in items.items():
        (web / f"{name}.html").write_text(f"<title>{name}</title>{MENU}<p>A page that is all about {said}.</p>")
    import_sources(project, [str(rows), str(web.parent)], full=True)
    return project


def records(project: Project) -> dict[str, int]:
    with closing(sqlite3.connect(project.folder / "firstfive.db")) as raw:
        return dict(raw.execute("SELECT step, count(*) FROM records GROUP BY step").fetchall())


def test_records_of_items_that_are_gone_are_swept_and_those_of_the_others_kept(project: Project) -> None:
    build(imported(project, ITEMS))
    assert records(project) == {"clean": 8, "extract": 4, "boilerplate": 1, "embed": 8}
    release = build(imported(project, {name: said for name, said in ITEMS.items() if name != "d"})).release
    # Three pages are too few for boilerplate: each of them was made anew.
    assert prune(project, keep=1).swept == {"clean": 5, "extract": 1, "boilerplate": 1, "embed": 5}
    assert records(project) == {"clean": 6, "extract": 3, "boilerplate": 1, "embed": 6}
    again = build(project)
    assert (again.made, again.release.id, again.new) == ({"clean": 0, "embed": 0}, release.id, False)


def test_nothing_is_swept_where_nothing_is_gone(project: Project) -> None:
    build(imported(project, ITEMS))
    before = records(project)
    assert not any(prune(project).swept.values())
    assert records(project) == before


def test_what_waits_for_the_next_build_keeps_the_vectors_that_build_will_use(project: Project) -> None:
    build(imported(project, ITEMS))
    imported(project, ITEMS | {"d": "wedding cakes"})
    prune(project)
    assert build(project).made["embed"] == 2


def test_the_vectors_of_a_kept_releases_embedder_stay(project: Project) -> None:
    build(imported(project, ITEMS))
    own = project.embedder
    project.embedder = HashedWords(16)
    build(project)
    prune(project, keep=2)
    project.embedder = own
    assert build(project).made["embed"] == 0
    project.embedder = HashedWords(32)
    build(project)
    project.embedder = HashedWords(48)
    build(project)
    assert prune(project, keep=1).swept["embed"] == 16
    assert len(list_releases(project)[0]) == 2


def test_many_records_are_dropped_a_few_at_a_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    build(imported(project, ITEMS))
    build(imported(project, {"a": ITEMS["a"]}))
    assert prune(project, keep=1).swept["embed"] == 7
    assert records(project)["embed"] == 2
    assert build(project).made == {"clean": 0, "embed": 0}


def test_an_empty_catalogue_sweeps_nothing(project: Project) -> None:
    build(imported(project, ITEMS))
    before = records(project)
    with project.store.unit() as unit:
        unit.pages.retire([page.id for page in unit.pages.live()])
    assert prune(project).swept == {}
    assert records(project) == before


def test_pruning_during_a_build_is_refused_and_removes_nothing(project: Project) -> None:
    for said in ("one", "two", "three", "four"):
        build(imported(project, ITEMS | {"d": said}))
    before = records(project)
    with alone(project.folder), pytest.raises(BuildError, match=r"release prune") as caught:
        prune(project, keep=1)
    assert caught.value.code == "build.locked"
    assert (len(list_releases(project)[0]), records(project)) == (4, before)


def test_the_command_says_what_went(project: Project) -> None:
    for said in ("one", "two", "three"):
        build(imported(project, ITEMS | {"d": said}))
    ended = firstfive(
        "-p", project.folder, "--set", "models.embedder=onnx:tiny", "release", "prune", "--keep", "1", "--json"
    )
    assert ended.status == 0, ended.err
    assert len(ended.answer["removed"]) == 1
    assert ended.answer["swept"]["embed"] == 4
