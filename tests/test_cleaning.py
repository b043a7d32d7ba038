"""Cleaning a whole catalogue: sites share boilerplate, pages are let go as they are read, and what was done is kept."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from firstfive.app import cleaning
from firstfive.app.cleaning import clean_all
from firstfive.app.collect import import_sources, quarantine
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.build import clean
from firstfive.observe import Quiet
from firstfive.types import Doc, Page

MENU = "Home, products, about our house and how to reach us"
THINGS = ("pumps", "taps", "bolts", "gears", "nails", "doors")
Open = Callable[[str], Project]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens projects in folders of their own."""
    projects: list[Project] = []

    def make(name: str = "project") -> Project:
        folder = tmp_path / name
        if not folder.exists():
            init_project(folder)
        projects.append(open_project(folder, environment={}))
        return projects[-1]

    yield make
    for project in projects:
        project.close()


def site(project: Project, pages: Mapping[str, str]) -> Project:
    """Imports a folder of HTML pages: path inside -> body."""
    folder = project.folder / "web"
    for path in sorted(folder.rglob("*.html")):
        path.unlink()
    for name, body in pages.items():
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<html><head><title>{name}</title></head><body>{body}</body></html>", "utf-8")
    import_sources(project, [str(folder)], max_bad=1.0)
    return project


def told(thing: str, menu: str = MENU) -> str:
    return f"<p>{menu}</p><p>This company makes {thing} and sells its {thing} to everybody in the country.</p>"


def two_sites(**changed: str) -> dict[str, str]:
    pages = {f"{host}/{thing}": told(f"{host} {thing}", f"{MENU} of {host}") for host in "ab" for thing in THINGS}
    return pages | changed


def texts(docs: list[Doc]) -> dict[str, str]:
    return {doc.id: doc.text for doc in docs}


def cleaned(project: Project) -> tuple[list[Doc], int]:
    docs, counts = clean_all(project, Quiet())
    return docs, counts.made


def test_what_a_site_repeats_is_taken_out_of_its_pages_and_of_no_other_site(opened: Open) -> None:
    pages = two_sites() | {"c/alone": told("maps", f"{MENU} of a")}
    docs, _ = cleaned(site(opened("project"), pages))
    found = texts(docs)
    assert found["a/pumps"] == "This company makes a pumps and sells its a pumps to everybody in the country."
    assert found["c/alone"].startswith(MENU)
    assert list(found) == sorted(pages)


def test_what_is_left_out_of_sites_is_told_together_anew_and_from_the_ledger(opened: Open) -> None:
    """Two sites have the same line; a third has one of its own."""
    other = "Hello, and have a look at what we do in our works"
    pages = {f"{host}/{thing}": told(f"{host} {thing}") for host in "ab" for thing in THINGS}
    project = site(opened("project"), pages | {f"c/{thing}": told(thing, other) for thing in THINGS})
    for _ in range(2):
        _, counts = clean_all(project, Quiet())
        assert [(line.text, line.pages) for line in counts.left_out()] == [(MENU, 12), (other, 6)]


def test_cleaning_in_steps_is_cleaning_from_scratch_byte_for_byte(opened: Open) -> None:
    steps = opened("steps")
    first = {name: body for name, body in two_sites().items() if name not in ("a/bolts", "a/doors", "b/nails")}
    for pages in (first, {**two_sites(), "a/bolts": told("something else")}, two_sites()):
        last, _ = cleaned(site(steps, pages))
    scratch, made = cleaned(site(opened("scratch"), two_sites()))
    assert made == len(scratch) == 12
    assert last == scratch


def test_boxes_beside_the_text_are_the_same_in_steps_and_from_scratch(opened: Open) -> None:
    def pages(n: int) -> dict[str, str]:
        box = "<aside><p>Sold until {} May.</p></aside>"
        whole = {f"a/{thing}": told(thing) + box.format(at + 1) for at, thing in enumerate(THINGS[:n])}
        return whole | {f"b/{thing}": told(thing, MENU) for thing in THINGS}

    steps = opened("steps")
    cleaned(site(steps, pages(4)))
    last, _ = cleaned(site(steps, pages(6)))
    scratch, _ = cleaned(site(opened("scratch"), pages(6)))
    assert last == scratch
    assert texts(last)["a/pumps"].endswith("Sold until 1 May.")


def test_the_same_catalogue_again_makes_nothing_and_reads_no_extract(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = site(opened("project"), two_sites())
    first, _ = cleaned(project)
    monkeypatch.setattr(clean, "extract", None)
    monkeypatch.setattr(clean, "boilerplate", None)
    monkeypatch.setattr(clean, "finish", None)
    assert cleaned(project) == (first, 0)


def test_a_changed_page_is_cleaned_alone_where_the_site_repeats_the_same(opened: Open) -> None:
    project = site(opened("project"), two_sites())
    cleaned(project)
    docs, made = cleaned(site(project, two_sites() | {"a/pumps": told("clocks", f"{MENU} of a")}))
    assert made == 1
    assert "makes clocks" in texts(docs)["a/pumps"]


def test_a_pool_of_processes_gives_what_this_process_gives(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here, _ = cleaned(site(opened("here"), two_sites()))
    monkeypatch.setattr(cleaning, "WORTH_A_POOL", 4)
    monkeypatch.setattr(cleaning, "PORTION", 2)
    pool, _ = cleaned(site(opened("pool"), two_sites()))
    assert pool == here


def test_pages_in_many_batches_are_each_cleaned_once(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = cleaned(site(opened("whole"), two_sites()))
    monkeypatch.setattr(cleaning, "BATCH", 3)
    monkeypatch.setattr(cleaning, "PORTION", 2)
    assert cleaned(site(opened("parts"), two_sites())) == (whole, 12)


def test_cleaning_that_was_stopped_goes_on_where_it_was(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(Quiet):
        def advance(self, _step: str, done: int) -> None:
            if done:
                raise KeyboardInterrupt

    monkeypatch.setattr(cleaning, "PORTION", 5)
    project = site(opened("project"), two_sites())
    with pytest.raises(KeyboardInterrupt):
        clean_all(project, Stop())
    extracted: list[str] = []
    extract = clean.extract

    def noted(page: Page) -> clean.Extract:
        extracted.append(page.id)
        return extract(page)

    monkeypatch.setattr(clean, "extract", noted)
    docs, _ = cleaned(project)
    assert len(extracted) == 7
    assert docs == cleaned(site(opened("straight"), two_sites()))[0]


def test_progress_comes_to_the_number_of_pages(opened: Open) -> None:
    class Counted(Quiet):
        total: int | None = 0
        done = 0

        def start(self, _step: str, total: int | None) -> None:
            self.total = total

        def advance(self, _step: str, done: int) -> None:
            self.done += done

    project = site(opened("project"), two_sites())
    (project.folder / "items.csv").write_text("id,title,text\n1,T,makes rope\n2,U,makes paper\n", "utf-8")
    import_sources(project, [str(project.folder / "items.csv")], full=False)
    for _ in range(2):
        progress = Counted()
        docs, _ = clean_all(project, progress)
        assert len(docs) == progress.total == progress.done == 14


def test_pages_without_text_are_in_quarantine_once_and_say_where_they_stand(opened: Open) -> None:
    project = site(opened("project"), two_sites() | {f"a/empty{n}": "<script>x</script>" for n in range(5)})
    for _ in range(2):
        docs, counts = clean_all(project, Quiet())
        assert (len(docs), counts.rejected) == (12, 5)
    sources = [one.source.rpartition("web/")[2] for one in quarantine(project)]
    assert sorted(sources) == [f"a/empty{n}.html" for n in range(5)]


def test_what_was_served_in_place_of_a_page_is_in_quarantine_and_the_page_it_is_about_stays(opened: Open) -> None:
    gone = "<title>Page not found</title><h1>Sorry, we could not find that page</h1><p>Error 404. Try our search.</p>"
    film = "<title>Access Denied</title><h1>Access Denied</h1><p>A thriller about a locked house by the sea.</p>"
    project = site(opened("project"), two_sites() | {"b/gone": gone, "b/film": film})
    for made in (13, 0):
        docs, counts = clean_all(project, Quiet())
        assert (len(docs), counts.made, counts.rejected) == (13, made, 1)
    (one,) = quarantine(project)
    assert one.reason.endswith("gone: the page says only that it was not found")


def test_a_page_whose_cleaning_fails_goes_to_quarantine_and_the_others_are_built(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = clean.extract

    def failing(page: Page) -> clean.Extract:
        if page.id in ("a/pumps", "2"):
            raise LookupError(f"never foreseen in {page.id}")
        return extract(page)

    project = site(opened("project"), two_sites())
    (project.folder / "items.csv").write_text("id,title,text\n1,T,makes rope\n2,U,makes paper\n", "utf-8")
    import_sources(project, [str(project.folder / "items.csv")], full=False)
    monkeypatch.setattr(clean, "extract", failing)
    for _ in range(2):
        docs, counts = clean_all(project, Quiet())
        assert (len(docs), counts.rejected) == (12, 2)
    rows = {Path(one.source).name: one for one in quarantine(project)}
    assert sorted(rows) == ["items.csv", "pumps.html"]
    assert rows["items.csv"].line == 3
    assert "LookupError: never foreseen in a/pumps" in rows["pumps.html"].reason
    monkeypatch.undo()
    assert len(clean_all(project, Quiet())[0]) == 14


def test_memory_does_not_grow_with_the_bytes_of_the_pages(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty pages of a megabyte each: read one after the other, never together."""
    monkeypatch.setattr(cleaning, "BATCH_BYTES", 1_000_000)
    monkeypatch.setattr(cleaning, "WORTH_A_POOL_BYTES", 1_000_000)
    noise = np.random.default_rng(1).integers(97, 123, (40, 1_000_000), dtype=np.uint8)
    pages = {f"a/{n}": f"<script>{row.tobytes().decode()}</script>{told(str(n))}" for n, row in enumerate(noise)}
    project = site(opened("project"), pages)
    del pages, noise
    tracemalloc.start()
    docs, _ = cleaned(project)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(docs) == 40
    assert peak < 20_000_000
