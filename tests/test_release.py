"""Releases: one hash over what decides an answer, put in use, rolled back and pruned without losing what serves."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.hiding import hide
from firstfive.app.recommend import Recommender
from firstfive.app.release import list_releases, prune, rollback, show, use
from firstfive.app.serving import Serving
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.cli.releases import unread_cells
from firstfive.errors import IndexFileError, NotFound
from firstfive.release import choose, make_release, prunable, settings_parts
from firstfive.settings import RankSettings
from firstfive.types import Release, ReleaseId, Request

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def release(name: str) -> Release:
    return Release(ReleaseId(name), {}, 1, 1, NOON)


def names(releases: list[Release]) -> list[str]:
    return [one.id for one in releases]


# --- the hash ---------------------------------------------------------------------------------------------------------


def test_the_same_parts_are_the_same_release_whenever_and_in_whatever_order_they_came() -> None:
    one = make_release({"a": "1", "b": "2"}, items=3, passages=9, created=NOON)
    other = make_release({"b": "2", "a": "1"}, items=3, passages=9, created=NOON + timedelta(days=1))
    assert one.id == other.id
    assert len(one.id) == 16
    assert one.parts["a"] == "1"


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=4), st.text(max_size=3), st.text(max_size=3))
def test_any_other_part_is_another_release(parts: dict[str, str], name: str, value: str) -> None:
    before = make_release(parts, items=1, passages=1, created=NOON)
    after = make_release({**parts, name: value}, items=1, passages=1, created=NOON)
    assert (before.id == after.id) == (parts.get(name) == value)


def test_every_setting_of_a_section_is_a_part() -> None:
    parts = settings_parts(rank=RankSettings(words=2.0))
    assert parts["rank.words"] == "2.0"
    assert set(parts) == {f"rank.{name}" for name in RankSettings.__dataclass_fields__}


# --- by name ----------------------------------------------------------------------------------------------------------


def test_a_release_is_named_by_its_id_or_by_a_beginning_that_only_it_has() -> None:
    known = [release("abc1"), release("abd2"), release("ab")]
    assert choose(known, "abc").id == "abc1"
    assert choose(known, "abd2").id == "abd2"
    assert choose(known, "ab").id == "ab"


@pytest.mark.parametrize(("wanted", "why"), [("a", "fits several"), ("x", "is no Release"), ("", "is no Release")])
def test_a_name_that_fits_none_or_several_lists_those_there_are(wanted: str, why: str) -> None:
    with pytest.raises(NotFound, match=f"{why}.*abc1, abd2") as caught:
        choose([release("abc1"), release("abd2")], wanted)
    assert caught.value.code == "not_found.release"


def test_where_there_is_none_the_message_says_how_to_make_one() -> None:
    with pytest.raises(NotFound, match="firstfive build"):
        choose([], "a")


# --- pruning ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keep", "history", "gone"),
    [
        (3, "e", "ba"),
        (3, "ea", "b"),
        (1, "ab", "dc"),
        (0, "e", "dcba"),
        (0, "eb", "dca"),
        (-1, "eb", "dca"),
        (9, "e", ""),
    ],
)
def test_the_newest_the_one_in_use_and_the_one_before_it_are_kept(keep: int, history: str, gone: str) -> None:
    releases = [release(name) for name in "edcba"]
    assert names(prunable(releases, [ReleaseId(name) for name in history], keep)) == list(gone)


# --- in a project -----------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    init_project(tmp_path / "p")
    with open_project(tmp_path / "p", overrides=["models.embedder=none"], environment={}) as project:
        yield project


@pytest.fixture
def builds(project: Project) -> Callable[[int], list[ReleaseId]]:
    """Builds so many Releases: of one item, of two, of three ..."""

    def make(n: int) -> list[ReleaseId]:
        made = []
        for items in range(1, n + 1):
            path = project.folder / "items.jsonl"
            path.write_text("".join(json.dumps({"id": f"i{k}", "text": f"bread {k}"}) + "\n" for k in range(items)))
            import_sources(project, [str(path)], full=True)
            made.append(build(project).release.id)
        return made

    return make


Builds = Callable[[int], list[ReleaseId]]


def in_use(project: Project) -> str:
    """The Release that really answers."""
    return Recommender(project).recommend(Request("bread")).release


def test_releases_are_listed_newest_first_with_the_one_in_use(project: Project, builds: Builds) -> None:
    assert list_releases(project) == ([], None)
    one, two, three = builds(3)
    listed, used = list_releases(project)
    assert [found.id for found in listed] == [three, two, one]
    assert [found.items for found in listed] == [3, 2, 1]
    assert used == three == in_use(project)


def test_a_release_is_shown_and_used_by_the_beginning_of_its_id(project: Project, builds: Builds) -> None:
    one, _ = builds(2)
    assert show(project, one[:6]).id == one
    assert use(project, one[:6]).id == one
    assert in_use(project) == one


def test_rolling_back_answers_from_the_release_before(project: Project, builds: Builds) -> None:
    one, two = builds(2)
    assert rollback(project).id == one
    assert in_use(project) == one
    assert len(Recommender(project).recommend(Request("bread")).places) == 1
    use(project, two)
    assert in_use(project) == two


def test_the_release_before_is_let_go_at_once_without_the_garbage_collector(project: Project, builds: Builds) -> None:
    one, _ = builds(2)
    recommender = Recommender(project)
    recommender.recommend(Request("rye bread, no cakes, under 50 employees"), ask=True)
    before = weakref.ref(recommender.serving)
    gc.collect()
    gc.disable()
    try:
        use(project, one)
        recommender.recommend(Request("bread"))
        assert before() is None
    finally:
        gc.enable()


def test_while_one_request_opens_a_release_others_are_answered_from_the_one_before(
    project: Project, builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = builds(2)
    recommender, opening, go_on = Recommender(project), Event(), Event()
    assert recommender.recommend(Request("rye bread")).release == two

    class Slow(Serving):
        def __init__(self, *args: Any) -> None:
            opening.set()
            assert go_on.wait(20)
            super().__init__(*args)

    monkeypatch.setattr("firstfive.app.following.Serving", Slow)
    use(project, one)
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(recommender.recommend, Request("rye bread"))
        try:
            assert opening.wait(20)
            meanwhile = recommender.recommend(Request("rye bread"))
            assert meanwhile.release == two
            hide(project, [meanwhile.places[0].item])
            again = recommender.recommend(Request("rye bread"))
            assert again.release == two
            assert meanwhile.places[0].item not in {place.item for place in again.places}
        finally:
            go_on.set()
        slate = first.result()
    assert slate.release == one
    assert meanwhile.places[0].item not in {place.item for place in slate.places}
    assert recommender.recommend(Request("rye bread")).release == one


def test_an_item_that_is_hidden_while_a_damaged_release_is_in_use_is_hidden_in_the_one_that_answers(
    project: Project, builds: Builds
) -> None:
    one, two = builds(2)
    recommender = Recommender(project)
    first = recommender.recommend(Request("rye bread")).places[0].item
    use(project, one)
    shutil.rmtree(project.releases / one)
    hide(project, [first])
    slate = recommender.recommend(Request("rye bread"))
    assert slate.release == two
    assert first not in {place.item for place in slate.places}


def test_there_is_nothing_to_roll_back_to_after_the_first_build(project: Project, builds: Builds) -> None:
    (one,) = builds(1)
    use(project, one)
    with pytest.raises(NotFound, match="no earlier Release"):
        rollback(project)
    assert in_use(project) == one


def test_a_damaged_release_is_not_put_in_use_and_nothing_changes(project: Project, builds: Builds) -> None:
    one, two = builds(2)
    heads = project.releases / one / "heads.npy"
    heads.write_bytes(heads.read_bytes()[:-1])
    attempts: list[Callable[[], Release]] = [lambda: use(project, one), lambda: rollback(project)]
    for attempt in attempts:
        with pytest.raises(IndexFileError, match=r"heads\.npy") as caught:
            attempt()
        assert caught.value.code == "index.corrupt"
        assert "rollback" not in str(caught.value)
        assert "`firstfive release use` another one" in str(caught.value)
    assert list_releases(project)[1] == two == in_use(project)


def test_a_release_whose_files_are_gone_is_not_put_in_use(project: Project, builds: Builds) -> None:
    one, two = builds(2)
    shutil.rmtree(project.releases / one)
    with pytest.raises(IndexFileError, match=r"manifest\.json"):
        use(project, one)
    assert in_use(project) == two


def test_pruning_removes_records_and_files_and_names_them(project: Project, builds: Builds) -> None:
    one, two, three, four, five = builds(5)
    assert names(prune(project, keep=2)) == [three, two, one]
    assert [found.id for found in list_releases(project)[0]] == [five, four]
    assert {path.name for path in project.releases.iterdir()} == {five, four}
    assert in_use(project) == five
    assert prune(project, keep=2) == []


def test_pruning_never_takes_the_release_in_use_nor_the_one_to_roll_back_to(project: Project, builds: Builds) -> None:
    one, two, three, four = builds(4)
    use(project, two)
    use(project, one)
    assert names(prune(project, keep=0)) == [four, three]
    assert in_use(project) == one
    assert rollback(project).id == two


def test_a_release_that_was_pruned_is_not_rolled_back_to(project: Project, builds: Builds) -> None:
    builds(4)
    prune(project, keep=1)
    first = rollback(project)
    assert in_use(project) == first.id
    assert {found.id for found in list_releases(project)[0]} >= {first.id}


def test_building_what_was_pruned_writes_it_again(project: Project, builds: Builds) -> None:
    one, _, _ = builds(3)
    prune(project, keep=1)
    assert builds(1) == [one]
    assert in_use(project) == one


# --- what a build says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"price": (2, "free")}, "price, 2 cells such as 'free'."),
        ({"beds": (1, "a cot"), "fee": (9, "ask us")}, "fee, 9 cells such as 'ask us'; beds, 1 cell such as 'a cot'."),
        ({f"f{n}": (n, "x") for n in range(1, 8)}, "f3, 3 cells such as 'x'; and more."),
    ],
)
def test_a_build_names_the_fields_with_most_cells_that_it_could_not_read(
    fields: dict[str, tuple[int, str]], said: str
) -> None:
    line = unread_cells(fields)
    assert line.startswith("Some cells could not be read as the rest of their column; filters treat them as not stated")
    assert line.endswith(said)
