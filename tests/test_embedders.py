"""Two embedders: the Release in use goes on with the one that it was built with, and the other's waits beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import BY_WORDS, Recommender
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import ModelError
from firstfive.release import in_use, waits
from firstfive.server.serving import Housekeeping
from firstfive.types import Release, ReleaseId, Request
from test_release import NOON
from test_server_keeping import soon
from tiny_encoder import write_encoder

TEXTS = {
    "bakery": "A bakery that bakes rye bread.",
    "dentist": "A dental laboratory makes crowns.",
    "foundry": "An iron foundry casts pumps.",
}
Open = Callable[..., Project]


def imported(project: Project, texts: dict[str, str]) -> None:
    path = project.folder / "items.jsonl"
    path.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()), "utf-8")
    import_sources(project, [str(path)], full=True)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens one project, whose folder has two encoders, with the one or the other."""
    projects: list[Project] = []

    def make(embedder: str = "onnx:tiny", *overrides: str) -> Project:
        folder = tmp_path / "p"
        if not folder.exists():
            init_project(folder)
            write_encoder(folder / "tiny", seed=1)
            write_encoder(folder / "other", seed=2)
        projects.append(open_project(folder, overrides=[f"models.embedder={embedder}", *overrides], environment={}))
        return projects[-1]

    yield make
    for project in projects:
        project.close()


@pytest.fixture
def both(opened: Open) -> tuple[Project, ReleaseId, ReleaseId]:
    """A project whose settings name the other encoder: the Release in use, and the one that waits."""
    first = opened()
    imported(first, TEXTS)
    old = build(first).release.id
    project = opened("onnx:other")
    return project, old, build(project).release.id


def test_a_release_of_another_embedder_waits_and_the_one_in_use_answers_with_its_own(
    both: tuple[Project, ReleaseId, ReleaseId],
) -> None:
    project, old, new = both
    assert project.release_in_use() == old != new
    slate = project.recommend("a bakery that bakes rye bread")
    assert (slate.release, slate.places[0].item) == (old, "bakery")
    assert BY_WORDS not in slate.notes
    assert slate.places[0].channels["whole"] == 1


def test_a_build_says_what_a_new_release_waits_behind(opened: Open, both: tuple[Project, ReleaseId, ReleaseId]) -> None:
    project, old, new = both
    again = build(project)
    assert (again.release.id, again.new) == (new, False)
    assert again.behind is not None
    assert again.behind.id == old
    assert build(opened()).behind is None


def test_what_changed_but_for_the_embedder_is_in_use_at_once(opened: Open) -> None:
    project = opened()
    imported(project, TEXTS)
    build(project)
    imported(project, {**TEXTS, "vet": "A vet for cats."})
    second = build(project)
    assert second.behind is None
    third = build(opened("onnx:tiny", "rank.words=2"))
    assert project.release_in_use() == third.release.id != second.release.id


def test_one_process_answers_with_both_embedders_in_turn(both: tuple[Project, ReleaseId, ReleaseId]) -> None:
    project, old, new = both

    def answers(release: ReleaseId) -> list[tuple[str, float]]:
        slate = Recommender(project, release).answer(Request("crowns from a laboratory"))
        return [(place.item, place.channels["whole"]) for place in slate.places]

    alone = answers(old), answers(new)
    assert alone[0] != alone[1]
    recommender = project.recommender
    seen = []
    for release in (old, new, old):
        project.store.write(lambda unit, release=release: unit.releases.use(release))  # type: ignore[misc]
        places = recommender.answer(Request("crowns from a laboratory")).places
        seen.append([(place.item, place.channels["whole"]) for place in places])
    assert seen == [alone[0], alone[1], alone[0]]


def test_a_release_whose_embedder_is_gone_answers_by_words_and_says_so(
    both: tuple[Project, ReleaseId, ReleaseId],
) -> None:
    project, old, _ = both
    shutil.rmtree(project.folder / "tiny")
    slate = project.recommend("rye bread")
    assert (slate.release, slate.places[0].item, slate.notes[-1]) == (old, "bakery", BY_WORDS)
    assert set(slate.places[0].channels) == {"words", "chars"}
    with pytest.raises(ModelError, match=r"tiny/model\.onnx"):  # what is measured is no other ranking
        list(project.recommender.many([("1", "rye bread")], 5))


def test_a_release_whose_embedders_files_are_others_now_answers_by_words(
    opened: Open, both: tuple[Project, ReleaseId, ReleaseId]
) -> None:
    project, _, _ = both
    write_encoder(project.folder / "tiny", seed=3)
    assert BY_WORDS in project.recommend("rye bread").notes
    assert BY_WORDS in opened().recommend("rye bread").notes


def test_an_embedder_that_is_not_there_yet_changes_no_answer(opened: Open) -> None:
    project = opened()
    imported(project, TEXTS)
    build(project)
    assert "whole" in opened("onnx:nowhere").recommend("rye bread").places[0].channels


def test_a_server_that_builds_by_itself_leaves_another_embedders_release_waiting(
    opened: Open, both: tuple[Project, ReleaseId, ReleaseId], caplog: pytest.LogCaptureFixture
) -> None:
    _, old, _ = both
    project = opened("onnx:other", "server.build_every_s=0.1")
    imported(project, {**TEXTS, "vet": "A vet for cats."})
    with caplog.at_level("INFO", "firstfive"), Housekeeping(project):
        assert soon(lambda: "which waits" in caplog.text)
    assert project.release_in_use() == old


def test_the_command_says_that_the_release_waits_and_what_to_do(both: tuple[Project, ReleaseId, ReleaseId]) -> None:
    project, old, new = both
    ended = firstfive("-p", project.folder, "build", "--set", "models.embedder=onnx:other")
    assert ended.status == 0
    assert f"Release {new[:12]} is built" in ended.out
    assert f"It waits beside release {old[:12]}" in ended.out
    assert "(onnx-tiny): the embedder was changed to onnx-other" in ended.out
    assert new[:12] in ended.out.splitlines()[-1]


def made_by(name: str, embedder: str) -> Release:
    return Release(ReleaseId(name), {"embedder": embedder}, 1, 1, NOON)


@pytest.mark.parametrize(("new", "now", "waiting"), [("a", "a", False), ("b", "a", True), ("", "a", True)])
def test_a_release_waits_behind_one_of_another_embedder(new: str, now: str, waiting: bool) -> None:
    assert waits(made_by("2", new), made_by("1", now)) == waiting
    assert not waits(made_by("2", new), None)


def test_the_release_in_use_is_the_newest_of_the_history() -> None:
    one, two = made_by("1", ""), made_by("2", "")
    assert in_use([two, one], [one.id, two.id]) == one
    assert in_use([two, one], []) is None
