"""Importing: what comes in is stored once, what vanished is retired, what is bad is kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firstfive.app import collect
from firstfive.app.collect import Met, Seen, import_sources, quarantine
from firstfive.app.record import remove_item
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BuildError, SourceError
from firstfive.observe import Quiet
from firstfive.types import ItemId, Page


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    with open_project(init_project(tmp_path / "project").parent, environment={}) as opened:
        yield opened


def source(folder: Path, *rows: str, name: str = "items.csv") -> str:
    path = folder / name
    path.write_text("\n".join(("id,title,text", *rows, "")), "utf-8")
    return str(path)


def live(project: Project) -> dict[str, str]:
    with project.store.read() as unit:
        return {page.id: page.body.decode() for page in unit.pages.live()}


FOUR = ("1,A,makes pumps", "2,B,makes taps", "3,C,makes bolts", "4,D,makes gears")


def test_a_first_import_is_all_new_and_a_second_changes_nothing(project: Project, tmp_path: Path) -> None:
    path = source(tmp_path, *FOUR)
    first, second = import_sources(project, [path]), import_sources(project, [path])
    assert (first.new, first.total, first.too_bad) == (4, 4, False)
    assert (second.new, second.same, second.changed, second.retired, second.total) == (0, 4, 0, 0, 4)


def test_a_changed_item_is_changed_alone_and_a_vanished_one_retired_until_it_returns(
    project: Project, tmp_path: Path
) -> None:
    import_sources(project, [source(tmp_path, *FOUR)])
    report = import_sources(project, [source(tmp_path, "1,A,makes pumps", "2,B,makes valves", "3,C,makes bolts")])
    assert (report.changed, report.same, report.retired) == (1, 2, 1)
    assert live(project) == {"1": "makes pumps", "2": "makes valves", "3": "makes bolts"}
    assert import_sources(project, [source(tmp_path, *FOUR)]).revived == 1


def shop(folder: Path, *files: str) -> str:
    """A folder of pages, each of which says something else around the same."""
    (folder / "shop").mkdir(exist_ok=True)
    for file in files:
        (folder / "shop" / file).write_text(f"<html><body><p>A tent.</p><p>Seen as {file}</p></body></html>")
    return str(folder / "shop")


def test_a_page_that_came_with_tracking_parameters_too_is_one_item(project: Project, tmp_path: Path) -> None:
    folder = shop(tmp_path, "p4.html", "p4.html?utm_source=mail", "p5.html?gclid=1", "p5.html?gclid=2")
    for _ in range(2):
        report = import_sources(project, [folder])
        assert report.bad == 0
        assert list(live(project)) == ["p4", "p5"]
        assert "Seen as p4.html<" in live(project)["p4"]
    assert (report.same, report.changed) == (4, 0)


def test_pages_that_only_tracking_parameters_tell_apart_are_said_where_they_differ(
    project: Project, tmp_path: Path
) -> None:
    folder = shop(tmp_path, "p4.html", "p4.html?utm_source=mail")
    (report,) = import_sources(project, [folder]).guessed
    assert report.startswith('1 file differs from another of the same page and counts as "same"')
    assert f"{folder}/p4.html?utm_source=mail" in report
    (tmp_path / "shop" / "p4.html?utm_source=mail").write_bytes((tmp_path / "shop" / "p4.html").read_bytes())
    assert not import_sources(project, [folder]).guessed


def test_an_item_that_has_tracking_parameters_in_its_id_keeps_it(project: Project, tmp_path: Path) -> None:
    old = Page(ItemId("p4.html?utm_source=mail"), "html", "", b"<p>A tent.</p>", {}, "shop")
    project.store.write(lambda unit: unit.pages.put([old]))
    report = import_sources(project, [shop(tmp_path, "p4.html", "p4.html?utm_source=mail")])
    assert (report.new, report.changed, report.retired) == (1, 1, 0)
    assert list(live(project)) == ["p4", "p4.html?utm_source=mail"]


def test_rows_without_an_id_that_differ_in_a_field_alone_are_items_of_their_own(
    project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "wines.csv"
    path.write_text("title,text,vintage\n" + "Riesling,dry with lime,1998\nRiesling,dry with lime,2004\n" * 2)
    for new, same in ((2, 2), (0, 4)):
        report = import_sources(project, [str(path)])
        assert (report.new, report.same, report.bad, report.retired) == (new, same, 0, 0)
    with project.store.read() as unit:
        assert {page.fields["vintage"] for page in unit.pages.live()} == {"1998", "2004"}


def hidden(project: Project) -> set[str]:
    with project.store.read() as unit:
        return set(unit.hidden.all())


def test_an_item_that_was_withdrawn_is_shown_again_when_it_comes_back(project: Project, tmp_path: Path) -> None:
    path = source(tmp_path, *FOUR)
    import_sources(project, [path])
    with project.store.unit() as unit:
        remove_item(unit, ItemId("2"))
        remove_item(unit, ItemId("3"))
    assert hidden(project) == {"2", "3"}
    report = import_sources(project, [source(tmp_path, *FOUR[:2], name="less.csv")], full=False)
    assert (report.revived, report.same) == (1, 1)
    assert hidden(project) == {"3"}
    assert import_sources(project, [path]).revived == 1
    assert hidden(project) == set()


def test_an_item_that_was_hidden_and_never_gone_stays_hidden(project: Project, tmp_path: Path) -> None:
    path = source(tmp_path, *FOUR)
    import_sources(project, [path])
    project.store.write(lambda unit: unit.hidden.set([ItemId("2")], True))
    assert import_sources(project, [path]).same == 4
    assert import_sources(project, [source(tmp_path, "2,B,makes valves", *FOUR[2:])]).changed == 1
    assert hidden(project) == {"2"}


def test_an_item_withdrawn_during_an_import_and_read_after_that_is_shown_again(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is hidden is read again when it changes: here the second batch finds its item gone since the first."""

    class Meanwhile(Quiet):
        def advance(self, _step: str, _done: int) -> None:
            with project.store.unit() as unit:
                remove_item(unit, ItemId("4"))

    monkeypatch.setattr(collect, "BATCH_PAGES", 3)
    path = source(tmp_path, *FOUR)
    import_sources(project, [path])
    with project.store.unit() as unit:
        remove_item(unit, ItemId("1"))
    report = import_sources(project, [path], progress=Meanwhile())
    assert report.revived == 2
    assert hidden(project) == {"4"}  # withdrawn once more, after it was read
    import_sources(project, [path])
    assert hidden(project) == set()


def test_an_import_that_is_not_full_retires_nothing(project: Project, tmp_path: Path) -> None:
    import_sources(project, [source(tmp_path, *FOUR)])
    assert import_sources(project, [source(tmp_path, "5,E,makes nails")], full=False).retired == 0
    assert sorted(live(project)) == ["1", "2", "3", "4", "5"]


def test_several_sources_are_one_catalogue(project: Project, tmp_path: Path) -> None:
    both = [source(tmp_path, *FOUR[:2], name="a.csv"), source(tmp_path, *FOUR[2:], name="b.csv")]
    assert import_sources(project, both).new == 4
    assert import_sources(project, both).retired == 0


def test_an_id_that_comes_again_with_other_content_goes_to_quarantine(project: Project, tmp_path: Path) -> None:
    path = source(tmp_path, *FOUR, "2,Impostor,sells maps", "3,C,makes bolts")
    report = import_sources(project, [path], max_bad=0.5)
    assert (report.new, report.same, report.bad, report.total) == (4, 1, 1, 6)
    (row,) = quarantine(project)
    assert (row.source, row.line) == (path, 6)
    assert '"2" was used before' in row.reason
    assert live(project)["2"] == "makes taps"


def test_quarantine_is_filled_again_by_each_import_of_its_source_and_a_full_one_clears_the_others(
    project: Project, tmp_path: Path
) -> None:
    bad, other = source(tmp_path, *FOUR, "5", name="bad.csv"), source(tmp_path, "x", "9,Z,z z", name="other.csv")
    import_sources(project, [bad, other])
    import_sources(project, [bad])
    assert sorted(row.source for row in quarantine(project)) == sorted([bad, other])
    source(tmp_path, *FOUR, name="bad.csv")
    import_sources(project, [bad], full=False)
    assert [row.source for row in quarantine(project)] == [other]
    import_sources(project, [bad])
    assert quarantine(project) == []


def test_files_inside_a_folder_leave_quarantine_with_the_folder(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "good.html").write_text("<p>Makes pumps for farms.</p>")
    (folder / "empty.html").write_text("")
    assert import_sources(project, [str(folder)]).bad == 1
    assert quarantine(project)[0].source.endswith("site/empty.html")
    (folder / "empty.html").unlink()
    import_sources(project, [str(folder)])
    assert quarantine(project) == []


def test_too_many_bad_rows_are_said_and_then_nothing_is_retired(project: Project, tmp_path: Path) -> None:
    import_sources(project, [source(tmp_path, *FOUR)])
    report = import_sources(project, [source(tmp_path, "1,A,makes pumps", "broken", "broken too")])
    assert (report.bad, report.too_bad, report.retired, report.waiting) == (2, True, 0, 3)
    assert import_sources(project, [source(tmp_path, "1,A,makes pumps", "broken")], full=True).waiting == 3
    assert len(live(project)) == 4
    assert not import_sources(project, [source(tmp_path, *FOUR, "broken")], max_bad=0.2).too_bad


def test_a_source_without_rows_is_named_and_retires_nothing(project: Project, tmp_path: Path) -> None:
    import_sources(project, [source(tmp_path, *FOUR)])
    empty = source(tmp_path, name="empty.csv")
    for sources in ([empty], [empty, source(tmp_path, *FOUR[:3])]):
        report = import_sources(project, sources)
        assert (report.empty, report.doubtful, report.retired) == ((empty,), True, 0)
        assert len(live(project)) == 4
    assert import_sources(project, [empty, source(tmp_path, *FOUR[:3])], full=True).retired == 1


def test_more_than_half_of_the_catalogue_is_retired_only_when_that_is_meant(project: Project, tmp_path: Path) -> None:
    import_sources(project, [source(tmp_path, *FOUR)])
    other = source(tmp_path, FOUR[0], "5,E,makes nails", name="other.csv")
    report = import_sources(project, [other])
    assert (report.new, report.spared, report.retired, report.doubtful) == (1, 3, 0, True)
    assert sorted(live(project)) == ["1", "2", "3", "4", "5"]
    assert import_sources(project, [other], full=True).retired == 3
    half = import_sources(project, [source(tmp_path, FOUR[0])])
    assert (half.retired, half.spared, half.doubtful) == (1, 0, False)


def test_two_imports_at_once_are_refused_with_what_to_do(project: Project, tmp_path: Path) -> None:
    """Else what stays would be the union of both."""
    path, other = source(tmp_path, *FOUR), source(tmp_path, "9,Z,sells maps", name="other.csv")
    refused: list[str] = []

    class Meanwhile(Quiet):
        def advance(self, _step: str, _done: int) -> None:
            with open_project(project.folder, environment={}) as second, pytest.raises(BuildError) as caught:
                import_sources(second, [other])
            refused.append(str(caught.value))

    import_sources(project, [path], progress=Meanwhile())
    assert refused == [
        f"`firstfive import {path}` is running on {project.folder}; "
        f"wait for it to end, then run `firstfive import {other}` again"
    ]
    assert sorted(live(project)) == ["1", "2", "3", "4"]


def test_an_import_that_fails_keeps_what_was_read_and_retires_nothing(project: Project, tmp_path: Path) -> None:
    import_sources(project, [source(tmp_path, *FOUR)])
    with pytest.raises(SourceError, match=r"gone\.csv"):
        import_sources(project, [source(tmp_path, "5,E,makes nails"), str(tmp_path / "gone.csv")])
    assert sorted(live(project)) == ["1", "2", "3", "4"]


def test_arguments_go_before_settings_and_settings_before_guesses(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,key,name,label,text\n1,k,A,L,some words here\n")
    folder = init_project(tmp_path / "project").parent
    with open_project(folder, overrides=["import.id=key", "import.title=label"], environment={}) as project:
        report = import_sources(project, [str(path)], title="name")
        with project.store.read() as unit:
            (page,) = unit.pages.live()
    assert (page.id, page.title, page.body) == ("k", "A", b"some words here")
    assert '"text"' in report.guessed[0]
    assert '"key"' not in report.guessed[0]


JOBS = "Nr,Kennziffer,Stellentitel,Text,Ort\n7,J-1,Koch,Er kocht gern.,Ulm\n9,J-2,Maler,Er malt gern.,Kiel\n"
TOLD = {"id": "Kennziffer", "title": "Stellentitel", "text": ["Text"], "field": ["Ort"]}


def jobs(folder: Path, text: str = JOBS) -> str:
    path = folder / "jobs.csv"
    path.write_text(text, "utf-8")
    return str(path)


def as_stored(project: Project) -> dict[str, tuple[str, dict[str, str]]]:
    with project.store.read() as unit:
        return {page.id: (page.title, dict(page.fields)) for page in unit.pages.live()}


def test_a_second_import_takes_the_columns_as_last_time_and_says_so(project: Project, tmp_path: Path) -> None:
    path = jobs(tmp_path)
    import_sources(project, [path], **{**TOLD, "id": "Nr"})  # type: ignore[arg-type]
    before = as_stored(project)
    again = import_sources(project, [path])
    assert (again.same, again.new, again.retired) == (2, 0, 0)
    assert as_stored(project) == before == {"7": ("Koch", {"Ort": "Ulm"}), "9": ("Maler", {"Ort": "Kiel"})}
    (said,) = again.guessed
    assert 'as last time: id "Nr", title "Stellentitel", text "Text", field "Ort"' in said
    assert import_sources(project, [path], **TOLD).guessed == ()  # type: ignore[arg-type]


def test_a_flag_changes_what_it_names_and_guess_begins_anew(project: Project, tmp_path: Path) -> None:
    path = jobs(tmp_path)
    import_sources(project, [path], **TOLD)  # type: ignore[arg-type]
    import_sources(project, [path], field=["Nr"])
    assert as_stored(project)["J-1"] == ("Koch", {"Nr": "7"})
    import_sources(project, [path], guess=True)
    assert as_stored(project)["J-1"] == ("Koch", {"Nr": "7", "Ort": "Ulm"})
    import_sources(project, [jobs(tmp_path, JOBS.replace("Ort", "Stadt"))])
    assert as_stored(project)["J-1"] == ("Koch", {"Nr": "7", "Stadt": "Ulm"}), "guessed fields are guessed anew"


def test_an_id_that_is_gone_stops_a_second_import_and_says_what_to_do(project: Project, tmp_path: Path) -> None:
    import_sources(project, [jobs(tmp_path)], **TOLD)  # type: ignore[arg-type]
    path = jobs(tmp_path, JOBS.replace("Kennziffer", "Ref"))
    with pytest.raises(SourceError, match=r'no "Kennziffer" any more.*--id.*--guess: there are "Nr", "Ref"') as caught:
        import_sources(project, [path])
    assert caught.value.code == "source.mapping"
    assert import_sources(project, [path], id="Ref").same == 2


def test_a_field_that_is_gone_is_said_and_taken_again_when_it_comes_back(project: Project, tmp_path: Path) -> None:
    import_sources(project, [jobs(tmp_path)], **TOLD)  # type: ignore[arg-type]
    report = import_sources(project, [jobs(tmp_path, JOBS.replace("Ort", "Stadt"))])
    assert 'has no "Ort" any more' in report.guessed[1]
    assert as_stored(project)["J-1"] == ("Koch", {})
    import_sources(project, [jobs(tmp_path)])
    assert as_stored(project)["J-1"] == ("Koch", {"Ort": "Ulm"})


def test_columns_that_brought_too_much_bad_are_not_taken_again(project: Project, tmp_path: Path) -> None:
    path = jobs(tmp_path, JOBS + "3,J-2,Maurer,Er mauert gern.,Ulm\n")
    assert import_sources(project, [path], id="Ort", max_bad=0.1).too_bad
    assert "as last time" not in "".join(import_sources(project, [path]).guessed)


def test_columns_with_which_half_of_the_catalogue_was_not_found_again_are_not_taken_again(
    project: Project, tmp_path: Path
) -> None:
    rows = "".join(f"{n},code {n},J-{n},Koch,Er kocht {n}.\n" for n in range(10))
    path = jobs(tmp_path, f"Nr,Code,Kennziffer,Stellentitel,Text\n{rows}")
    import_sources(project, [path], **{**TOLD, "field": ["Nr"]})  # type: ignore[arg-type]
    assert import_sources(project, [path], id="Code").spared == 10
    again = import_sources(project, [path])
    assert (again.same, again.spared) == (10, 0)
    assert 'id "Kennziffer"' in again.guessed[0]


def test_a_column_that_is_told_to_be_something_else_leaves_its_place_to_be_guessed(
    project: Project, tmp_path: Path
) -> None:
    header = "Kennziffer,Stellentitel,Beschreibung"
    long = "Er kocht gern und gut für viele Gäste und das schon seit vielen Jahren in einem Haus am See. " * 3
    rows = "".join(f"J-{n},Koch {n},{long} {n}\n" for n in range(5))
    path = jobs(tmp_path, f"{header}\n{rows}")
    import_sources(project, [path])
    said = import_sources(project, [path], title="Beschreibung", full=True).guessed
    with project.store.read() as unit:
        pages = list(unit.pages.live())
    assert all(page.title.startswith("Er kocht") and page.body for page in pages)
    assert any("text" in one for one in said), said


def test_columns_may_change_their_case_and_come_late_in_a_file_of_objects(project: Project, tmp_path: Path) -> None:
    import_sources(project, [jobs(tmp_path)], **TOLD)  # type: ignore[arg-type]
    again = import_sources(project, [jobs(tmp_path, JOBS.replace("Kennziffer", "KENNZIFFER"))])
    assert (again.same, again.new) == (2, 0)
    path = tmp_path / "people.jsonl"
    lines = [f'{{"id": "{n}", "name": "Ann {n}", "bio": "Paints number {n} by the sea."}}' for n in range(3)]
    path.write_text("\n".join(lines), "utf-8")
    import_sources(project, [str(path)], id="id", title="name", text=["bio"], full=False)
    late = [f'{{"id": "{n}", "name": "Ann {n}"}}' for n in range(3, 300)]
    path.write_text("\n".join([*late, *lines]), "utf-8")
    assert import_sources(project, [str(path)], full=False).total == 300


def test_what_was_seen_is_told_apart_from_thousands_of_others() -> None:
    seen = Seen()
    pages = [Page(ItemId(f"item {n}"), "text", "", b"x", {}) for n in range(10_000)]
    assert all(seen.meet(page) is Met.NEW for page in pages)
    assert all(seen.meet(page) is Met.SAME for page in pages)
    assert seen.meet(Page(ItemId("item 77"), "text", "", b"y", {})) is Met.OTHER
