"""Building: only what changed is made, the same catalogue is the same Release, and a stopped build goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from firstfive.app.build import BuildReport, build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BuildError, FirstFiveError, IndexFileError, ModelError
from firstfive.observe import Quiet
from firstfive.testing.embedders import HashedWords
from firstfive.types import Request
from tiny_encoder import write_encoder

TEXTS = {
    "bakery": "A bakery that bakes rye bread.",
    "dentist": "A dental laboratory makes crowns.",
    "foundry": "An iron foundry casts pumps.",
    "hvac": "Heat and cooling for homes.",
}
ASKED = ("rye bread", "crowns from a laboratory", "pumps", "a vet")
Open = Callable[..., Project]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens projects in folders of their own, with the tiny encoder; more words set other settings."""
    projects: list[Project] = []

    def make(name: str = "project", *overrides: str) -> Project:
        folder = tmp_path / name
        if not folder.exists():
            init_project(folder)
            write_encoder(folder / "tiny")
        project = open_project(folder, overrides=["models.embedder=onnx:tiny", *overrides], environment={})
        projects.append(project)
        return project

    yield make
    for project in projects:
        project.close()


def imported(project: Project, texts: Mapping[str, str], *, full: bool = True, **fields: Any) -> Project:
    path = project.folder / "items.jsonl"
    rows = [{"id": name, "title": name.title(), "text": text, **fields} for name, text in texts.items()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    import_sources(project, [str(path)], field=["*"], full=full)
    return project


def slates(recommender: Recommender) -> list[object]:
    """Everything about the answers that a Release decides."""
    given = [recommender.recommend(Request(text)) for text in ASKED]
    return [(slate.release, slate.places, slate.notes) for slate in given]


def test_a_column_with_decimal_commas_is_a_number_for_filters(opened: Open) -> None:
    project = opened()
    path = project.folder / "firms.csv"
    path.write_text(
        'id;title;text;umsatz\n1;Bäckerei;Backt Roggenbrot.;"12,5"\n2;Gießerei;Gießt Pumpen.;"1.234,5"\n', "utf-8"
    )
    import_sources(project, [str(path)], field=["*"])
    build(project)
    slate = Recommender(project).recommend(Request("Brot", filter="umsatz < 100"))
    assert [(place.item, place.fields["umsatz"]) for place in slate.places] == [("1", 12.5)]


def test_a_field_is_filtered_by_its_number_and_shown_as_it_was_written(opened: Open) -> None:
    project = opened()
    path = project.folder / "flats.csv"
    path.write_text(
        "id,title,text,area,pay\n1,Flat,A bright flat.,78 m²,43k\n2,Loft,A bright loft.,105 m²,61k\n", "utf-8"
    )
    import_sources(project, [str(path)], field=["*"])
    build(project)
    slate = Recommender(project).recommend(Request("bright", filter="area < 100 and pay > 40000"))
    assert [(place.item, place.fields) for place in slate.places] == [("1", {"area": "78 m²", "pay": "43k"})]


def test_a_build_counts_the_cells_that_say_something_else_and_shows_them(opened: Open) -> None:
    project = opened()
    path = project.folder / "grants.csv"
    sums = {"roofs": "£900", "bells": "£1,200", "boats": "from £400 a head", "trees": "on request"}
    rows = "".join(f'{name},For {name},Bright {name}.,"{one}"\n' for name, one in sums.items())
    path.write_text(f"id,title,text,sum\n{rows}", "utf-8")
    import_sources(project, [str(path)], field=["*"])
    assert build(project).unread == {"sum": (2, "from £400 a head")}
    slate = Recommender(project).recommend(Request("bright", filter="sum < 1000"))
    shown = {place.item: place.fields["sum"] for place in slate.places}
    assert shown == {name: one for name, one in sums.items() if name != "bells"}


class Watched(HashedWords):
    """Writes down what reaches the embedder."""

    def __init__(self) -> None:
        super().__init__(16)
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return super().embed(texts)


# --- only what changed ------------------------------------------------------------------------------------------------


def test_a_build_says_what_it_made_and_a_second_makes_nothing(opened: Open) -> None:
    project = imported(opened(), TEXTS)
    first, second = build(project), build(project)
    assert (first.made, first.kept) == ({"clean": 4, "embed": 4}, {"clean": 0, "embed": 0})
    assert (second.made, second.kept) == ({"clean": 0, "embed": 0}, {"clean": 4, "embed": 4})
    assert (first.new, second.new) == (True, False)
    assert second.release.id == first.release.id
    assert list(first.seconds) == ["clean", "embed", "index", "chances"]


def test_one_changed_item_is_made_again_alone(opened: Open) -> None:
    project = opened()
    project.embedder = watched = Watched()
    build(imported(project, TEXTS))
    watched.asked.clear()
    report = build(imported(project, TEXTS | {"hvac": "It sells honey bees."}))
    assert report.made == {"clean": 1, "embed": 1}
    assert watched.asked == ["Hvac\nIt sells honey bees.", "It sells honey bees."]


def test_a_changed_item_keeps_the_vectors_of_what_it_still_says_bit_for_bit(opened: Open) -> None:
    steps, scratch = opened("steps"), opened("scratch")
    steps.embedder = watched = Watched()
    scratch.embedder = Watched()
    build(imported(steps, TEXTS))
    changed = TEXTS | {"hvac": f"{TEXTS['hvac']} It moved."}
    watched.asked.clear()
    last = build(imported(steps, changed)).release.id
    assert watched.asked == [f"Hvac\n{changed['hvac']}", "It moved."]
    assert build(imported(scratch, changed)).release.id == last
    for name in ("whole", "passages"):
        rows = [(project.releases / last / name / "rows.npy").read_bytes() for project in (steps, scratch)]
        assert rows[0] == rows[1]


def test_vectors_of_a_damaged_release_are_not_used_again(opened: Open) -> None:
    project = opened()
    project.embedder = watched = Watched()
    first = build(imported(project, TEXTS)).release.id
    with (project.releases / first / "whole" / "rows.npy").open("r+b") as file:
        file.seek(200)
        file.write(b"damage")
    watched.asked.clear()
    build(imported(project, TEXTS | {"hvac": "It sells honey bees."}))
    assert watched.asked == ["Hvac\nIt sells honey bees.", "Hvac", "It sells honey bees."]


def test_items_that_say_the_same_are_embedded_once(opened: Open) -> None:
    project = opened()
    project.embedder = watched = Watched()
    path = project.folder / "items.jsonl"
    path.write_text('{"id": "a", "title": "T", "text": "Rye."}\n{"id": "b", "title": "T", "text": "Rye."}\n')
    import_sources(project, [str(path)])
    assert build(project).made["embed"] == 1
    assert sorted(watched.asked) == ["Rye.", "T", "T\nRye."]


def test_a_retired_item_leaves_the_release_and_one_that_comes_back_is_not_made_again(opened: Open) -> None:
    project = imported(opened(), TEXTS)
    first = build(project)
    without = build(imported(project, {name: text for name, text in TEXTS.items() if name != "hvac"}))
    assert (without.release.items, without.made) == (3, {"clean": 0, "embed": 0})
    again = build(imported(project, TEXTS))
    assert again.made == {"clean": 0, "embed": 0}
    assert again.release.id == first.release.id


def test_another_embedder_makes_all_vectors_anew_and_cleans_nothing(opened: Open) -> None:
    project = imported(opened(), TEXTS)
    first = build(project)
    project.embedder = Watched()
    second = build(project)
    assert second.made == {"clean": 0, "embed": 4}
    assert second.release.id != first.release.id


# --- the same Release -------------------------------------------------------------------------------------------------


def test_a_build_in_steps_is_the_build_from_scratch_in_hash_and_answers(opened: Open) -> None:
    steps = opened("steps")
    for texts in (
        {"zoo": "dogs cats", "hvac": "something else", "dentist": TEXTS["dentist"]},
        {"hvac": TEXTS["hvac"], "bakery": TEXTS["bakery"], "zoo": "dogs cats", "dentist": "not yet"},
        dict(reversed(TEXTS.items())),
    ):
        last = build(imported(steps, texts))
    scratch = build(imported(opened("scratch"), TEXTS))
    assert last.release.id == scratch.release.id
    assert last.release.parts == scratch.release.parts
    assert slates(steps.recommender) == slates(opened("scratch").recommender)


def test_the_files_of_a_release_built_twice_from_scratch_are_the_same_but_for_names_and_times(opened: Open) -> None:
    one, other = (build(imported(opened(name), TEXTS)).release.id for name in ("one", "other"))
    assert one == other
    for name in ("whole/rows.npy", "passages/rows.npy", "catalogue/items.msgpack", "heads.npy"):
        contents = [(opened(project).releases / one / name).read_bytes() for project in ("one", "other")]
        assert contents[0] == contents[1], name


@pytest.mark.parametrize(
    "setting",
    ["rank.words=2", "rank.depth=50", "rank.own=0.5", "index.stemmer=german", "clean.copies=0.9", "index.exact_rows=2"],
)
def test_settings_that_change_answers_are_part_of_the_release(opened: Open, setting: str) -> None:
    plain = build(imported(opened(), TEXTS)).release
    other = build(opened("project", setting)).release
    assert other.id != plain.id
    name, _, value = setting.partition("=")
    assert {key for key in other.parts if other.parts[key] != plain.parts.get(key)} == {name}
    assert other.parts[name].startswith(value)


def test_settings_that_change_no_answer_are_not(opened: Open) -> None:
    plain = build(imported(opened(), TEXTS)).release
    assert build(opened("project", "server.port=1", "models.threads=2", "project.item=firm")).release.id == plain.id


def test_a_release_is_served_with_the_settings_it_was_built_with(opened: Open) -> None:
    project = imported(opened("project", "rank.words=0", "rank.whole=0"), TEXTS)
    release = build(project).release
    other = opened()
    slate = Recommender(other).recommend(Request("rye bread"))
    assert slate.release == release.id
    assert {"words", "whole"}.isdisjoint(slate.places[0].channels)


def test_a_field_is_part_of_the_release(opened: Open) -> None:
    plain = build(imported(opened(), TEXTS, country="DE")).release
    assert build(imported(opened(), TEXTS, country="US")).release.id != plain.id


# --- stopping and going on --------------------------------------------------------------------------------------------


class StopAt(Quiet):
    """Presses Ctrl-C when a step has come so far."""

    def __init__(self, step: str, done: int) -> None:
        self.step, self.left = step, done

    def advance(self, step: str, done: int) -> None:
        if step == self.step:
            self.left -= done
            if self.left <= 0:
                raise KeyboardInterrupt


@pytest.mark.parametrize(("step", "made"), [("clean", 0), ("embed", 128), ("index", 300)])
def test_a_build_that_was_stopped_goes_on_where_it_was(opened: Open, step: str, made: int) -> None:
    texts = {f"item{n:03}": f"Thing number {n} of many." for n in range(300)}
    stopped = imported(opened("stopped"), texts)
    with pytest.raises(KeyboardInterrupt):
        build(stopped, progress=StopAt(step, 1))
    assert stopped.release_in_use() is None
    again = build(stopped)
    assert again.kept["embed"] == made
    assert again.made["embed"] == 300 - made
    straight = build(imported(opened("straight"), texts))
    assert again.release.id == straight.release.id
    assert slates(stopped.recommender) == slates(opened("straight").recommender)
    assert [path.name for path in stopped.releases.iterdir()] == [again.release.id]


def test_long_items_are_stored_a_few_at_a_time(opened: Open) -> None:
    """A kill loses a second or two of work, not a batch of a hundred books."""
    long = {f"book{n}": " ".join(f"Page {page} of book {n}." for page in range(5_000)) for n in range(4)}
    project = imported(opened(), long)
    with pytest.raises(KeyboardInterrupt):
        build(project, progress=StopAt("embed", 1))
    assert 0 < build(project).made["embed"] < 4


def test_a_build_that_breaks_off_loses_no_more_than_the_three_portions_on_the_way(opened: Open) -> None:
    class Broken(Watched):
        def embed(self, texts: Sequence[str]) -> Any:
            made = super().embed(texts)
            if sum(map(len, self.asked)) > 150_000:
                raise ModelError("gone")
            return made

    texts = {f"item-{n}": " ".join(f"word{n}x{m}" for m in range(60)) for n in range(300)}
    project = imported(opened(), texts)
    project.embedder = broken = Broken()
    with pytest.raises(ModelError):
        build(project)
    project.embedder = again = Watched()
    report = build(project)
    assert 0 < report.made["embed"] < 300
    assert sum(map(len, set(broken.asked) & set(again.asked))) < 35_000


def test_a_build_counts_near_copies_and_pages_without_text(opened: Open) -> None:
    long = " ".join(f"word{n}" for n in range(60))
    project = imported(opened(), TEXTS | {"one": long, "two": long.upper()})
    folder = project.folder / "web"
    folder.mkdir()
    (folder / "made-by-scripts.html").write_text("<html><script>x()</script></html>", "utf-8")
    import_sources(project, [str(folder)], full=False)
    report = build(project)
    assert (report.copies, report.rejected, report.too_bad) == (1, 1, True)
    assert not build(opened("project", "import.max_bad=0.2")).too_bad


def test_progress_comes_to_what_was_announced(opened: Open) -> None:
    class Counted(Quiet):
        def __init__(self) -> None:
            self.total: dict[str, int | None] = {}
            self.done: dict[str, int] = {}

        def start(self, step: str, total: int | None) -> None:
            self.total[step] = total

        def advance(self, step: str, done: int) -> None:
            self.done[step] = self.done.get(step, 0) + done

    progress = Counted()
    build(imported(opened(), TEXTS), progress=progress)
    assert progress.total["clean"] == progress.done["clean"] == 4
    assert progress.total["embed"] == progress.done["embed"] == 4
    assert list(progress.total) == ["clean", "embed", "index"]


# --- what is in the way -----------------------------------------------------------------------------------------------


def test_two_builds_at_once_are_refused_with_what_to_do(opened: Open) -> None:
    """The second begins when the first has cleaned."""

    class Meanwhile(Quiet):
        def finish(self, step: str) -> None:
            if step == "clean":
                with pytest.raises(BuildError, match=r"`firstfive build` is running on .*; wait") as caught:
                    build(opened())
                refused.append(caught.value.code)

    refused: list[str] = []
    report = build(imported(opened(), TEXTS), progress=Meanwhile())
    assert refused == ["build.locked"]
    assert report.made == {"clean": 4, "embed": 4}
    assert build(opened()).release.id == report.release.id


def test_a_build_that_was_killed_holds_no_lock(opened: Open) -> None:
    project = imported(opened(), TEXTS)
    code = (
        "import sys, os; from firstfive.app.wiring import open_project; from firstfive.app.alone import alone\n"
        f"with alone(open_project({str(project.folder)!r}).folder): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == -9
    assert build(project).new


@pytest.mark.parametrize("texts", [None, {}])
def test_nothing_imported_is_nothing_to_build_from(opened: Open, texts: dict[str, str] | None) -> None:
    project = opened()
    if texts is not None:
        imported(project, TEXTS)
        with project.store.unit() as unit:
            unit.pages.retire([page.id for page in unit.pages.live()])
    with pytest.raises(BuildError, match="firstfive import") as caught:
        build(project)
    assert caught.value.code == "build.empty"
    assert project.release_in_use() is None


def test_a_release_that_was_damaged_is_written_again_by_the_next_build(opened: Open) -> None:
    project = imported(opened(), TEXTS)
    report = build(project)
    before = slates(Recommender(project))
    damaged = project.releases / report.release.id / "whole" / "rows.npy"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(IndexFileError, match=r"whole/rows\.npy"):
        Recommender(project).recommend(Request("rye"))
    assert build(project).new
    assert slates(Recommender(project)) == before


def test_a_build_may_leave_the_release_in_use_as_it_is(opened: Open) -> None:
    project = imported(opened(), TEXTS)
    first = build(project).release
    second = build(imported(project, {**TEXTS, "zoo": "dogs"}), use=False).release
    assert project.release_in_use() == first.id != second.id
    assert build(project).release.id == second.id == project.release_in_use()


def test_a_setting_that_cannot_be_is_said_before_anything_is_made(opened: Open) -> None:
    project = imported(opened("project", "index.stemmer=klingon"), TEXTS)
    with pytest.raises(FirstFiveError, match=r"index\.stemmer") as caught:
        build(project)
    assert caught.value.code == "settings.invalid"
    assert build(opened()).made == {"clean": 4, "embed": 4}


def test_an_embedder_that_is_not_there_is_said_before_anything_is_made(opened: Open) -> None:
    project = imported(opened("project", "models.embedder=onnx:elsewhere"), TEXTS)
    with pytest.raises(FirstFiveError, match=r"elsewhere/model\.onnx"):
        build(project)
    assert build(opened()).made == {"clean": 4, "embed": 4}


def test_without_an_embedder_a_release_of_words_alone_is_built(opened: Open) -> None:
    project = imported(opened("project", "models.embedder=none"), TEXTS)
    report = build(project)
    assert report.made == {"clean": 4, "embed": 0}
    place = project.recommender.recommend(Request("rye bread")).places[0]
    assert (place.item, list(place.channels)) == ("bakery", ["words", "chars"])


# --- near-copies and fields -------------------------------------------------------------------------------------------


def test_near_copies_are_counted_and_linked_to_the_first(opened: Open) -> None:
    text = "A bakery that bakes rye bread and rolls and cakes for everybody in the old town of Lund every day"
    project = imported(opened(), {"a": text, "b": f"{text}.", "c": "An iron foundry casts pumps for all."})
    path = project.folder / "items.jsonl"
    path.write_text(path.read_text("utf-8").replace('"title": "A"', '"title": "B"'), "utf-8")
    import_sources(project, [str(path)], field=["*"])
    report: BuildReport = build(project)
    assert report.copies == 1
    assert project.recommender.item("b").copy_of == "a"  # type: ignore[arg-type]
    heads = np.load(project.releases / report.release.id / "heads.npy")
    assert heads.tolist() == [0, 0, 2]


def test_jobs_of_one_title_in_two_towns_are_both_shown(opened: Open) -> None:
    project = opened()
    text = "We look for a driver who knows the roads and likes the team. You get a lorry, a phone and a pension in {}."
    rows = [{"id": town, "title": "Driver", "text": text.format(town), "town": town} for town in ("Ulm", "Kiel")]
    path = project.folder / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    import_sources(project, [str(path)], field=["town"])
    assert build(project).copies == 0


def test_pages_of_two_sites_are_linked_though_their_heads_differ(opened: Open) -> None:
    project = opened()
    text = "A bakery that bakes rye bread and rolls and cakes for everybody in the old town of Lund every day"
    for site, staff in (("one.example", "12"), ("two.example", "13")):
        page = project.folder / "pages" / site / "index.html"
        page.parent.mkdir(parents=True)
        head = f'<title>Bakery</title><meta name="employees" content="{staff}">'
        page.write_text(f"<html><head>{head}</head><body><p>{text}.</p><p>{staff} do.</p></body></html>", "utf-8")
    import_sources(project, [str(project.folder / "pages")])
    assert build(project).copies == 1


def test_fields_are_typed_over_the_whole_catalogue(opened: Open) -> None:
    project = opened()
    rows = [{"id": str(n), "text": f"Thing {n}", "size": size} for n, size in enumerate(["1,200", "14", "nan", ""])]
    path = project.folder / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    import_sources(project, [str(path)], field=["size"])
    build(project)
    stated = [project.recommender.item(str(n)).fields for n in range(4)]  # type: ignore[arg-type]
    assert stated == [{"size": 1200.0}, {"size": 14.0}, {}, {}]
