"""Language-model driven against traditional: the rankings that this project must beat, on requests and on behaviour."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from command_line import firstfive
from firstfive.app import baselines, learned
from firstfive.app.baselines import FEWEST, LEARNED, Baselines, against_baselines
from firstfive.app.born import Ages
from firstfive.app.heard import likes_of, requests_of
from firstfive.app.learned import Known
from firstfive.app.record import add_feedback
from firstfive.app.wiring import Project, open_project
from firstfive.features import DAY_S
from firstfive.features.crowd import nobody
from firstfive.learn import factorise
from firstfive.measure import Report
from firstfive.observe import Quiet
from firstfive.testing import world as tiny
from firstfive.types import Event, ItemId, UserId

MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)
PAIRS = (("bakery", "boats"), ("foundry", "bees"), ("school", "solar"), ("trucks", "laundry"))
"""What is liked together, though no word tells it."""


def visited(project: Project, visitors: int) -> None:
    """Each visitor likes one of a pair and then the other."""
    events = []
    for number in range(visitors):
        for step, item in enumerate(PAIRS[number % len(PAIRS)]):
            at = MORNING + timedelta(minutes=2 * number + step)
            events.append(Event("yes", UserId(f"visitor {number}"), ItemId(item), at))
    project.store.write(lambda unit: add_feedback(unit, events))


@pytest.fixture(scope="module")
def found(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Baselines:
    """The tiny world after 600 visitors, held against its baselines on its judged requests."""
    folder = tmp_path_factory.mktemp("visited")
    shutil.copytree(built, folder / "world")
    queries, qrels = tiny.write_judgements(folder)
    with open_project(folder / "world", environment={}) as project:
        visited(project, 600)
        return against_baselines(project, queries, qrels)


def success(report: Report, name: str) -> float:
    return next(run.results[0].value for run in report.runs if run.name == name)


# --- the learned baselines --------------------------------------------------------------------------------------------


def test_matrix_factorisation_finds_what_is_liked_together() -> None:
    visitors = np.repeat(np.arange(40), 2)
    items = np.array([0, 1] * 20 + [2, 3] * 20)
    factors = factorise(visitors, items, 6)
    assert factors.scores([0]).argsort()[-2:].tolist() in ([0, 1], [1, 0])
    assert factors.scores([2])[3] > factors.scores([2])[1]
    assert (factors.items[4:] == 0).all()
    again = factorise(visitors, items, 6)
    assert (again.items == factors.items).all()


def test_factors_solve_what_hu_koren_and_volinsky_minimise() -> None:
    random = np.random.default_rng(1)
    visitors, items = random.integers(0, 30, 300), random.integers(0, 12, 300)
    factors = factorise(visitors, items, 12, size=4)
    liked = [1, 5]
    confidence = np.where(np.isin(np.arange(12), liked), 1 + 10.0, 1.0)
    wanted = np.isin(np.arange(12), liked).astype(float)
    y = factors.items
    direct = np.linalg.solve(y.T @ (confidence[:, None] * y) + 30 * np.eye(4), y.T @ (confidence * wanted))
    assert factors.scores(liked) == pytest.approx(y @ direct, abs=1e-6)


def test_nothing_liked_gives_no_scores() -> None:
    nobody = factorise(np.empty(0, np.int64), np.empty(0, np.int64), 5)
    assert nobody.scores([]).tolist() == [0.0] * 5


def test_each_like_is_ranked_as_of_its_own_day(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[float] = []

    def seen(born: np.ndarray, day: float) -> np.ndarray:
        days.append(day)
        return np.zeros(len(born), np.float32)

    with open_project(shutil.copytree(built, tmp_path / "world"), environment={}) as project:
        visited(project, 240)
        serving = project.recommender.serving
        known = Known(nobody(12), 0.5, np.zeros(12), dated="founded")
        came = Ages(np.zeros(12), np.zeros(12), "founded")
        monkeypatch.setattr(baselines, "known_of", lambda *_: known)
        monkeypatch.setattr(baselines, "ages", lambda *_: came)
        monkeypatch.setattr(learned, "fresh", seen)
        now, (likes, slates) = project.recommender.now(), likes_of(project.store, serving)
        tried = baselines._tried(likes, requests_of(serving, likes, slates))
        ranking = baselines._learned_before(project, now, likes[tried[0][0]].at, Quiet())
        assert ranking is not None
        list(baselines._asked(now, likes, tried, LEARNED, ranking, Quiet()))
    assert days == [likes[row].at.timestamp() / DAY_S for row, _ in tried]


# --- one command ------------------------------------------------------------------------------------------------------


def test_on_requests_this_project_stands_beside_words_meaning_and_popularity(found: Baselines) -> None:
    names = [run.name for run in found.requests.runs]
    assert names == ["this project", "words only", "whole-text meaning only", "popularity"]
    assert success(found.requests, "this project") == 1.0
    assert success(found.requests, "popularity") < 0.7
    assert not found.made_up


def test_on_behaviour_neighbours_and_factors_find_what_text_does_not_tell(found: Baselines) -> None:
    assert found.behaviour is not None
    assert found.behaviour.runs[0].name == LEARNED
    for name in (LEARNED, "item neighbours", "matrix factorisation"):
        assert success(found.behaviour, name) == 1.0
    assert success(found.behaviour, "this project") < 1.0
    assert found.behaviour.people == 300
    said = found.lines()
    assert any(line.startswith("this project: beaten by") for line in said)
    assert any(line.startswith("item neighbours: not shown to be beaten") for line in said)
    assert any("favoured" in line for line in said)


def test_nobody_is_named_in_what_is_reported(found: Baselines) -> None:
    assert found.behaviour is not None
    assert "visitor 1" not in found.behaviour.json().decode() + "".join(found.lines())


def test_without_behaviour_the_learned_ones_say_so(world: Project, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    report = against_baselines(world, queries, qrels)
    assert report.behaviour is None
    assert "no behaviour yet" in report.lines()[-1]
    assert [run.name for run in report.requests.runs][-1] == "whole-text meaning only"
    visited(world, FEWEST)
    assert f"of {FEWEST} visitors came back" in against_baselines(world, queries, qrels).lines()[-1]


def test_one_command_compares_and_makes_requests_up_where_there_are_none(world_folder: Path) -> None:
    ended = firstfive("-p", world_folder, "bench", "--baselines")
    assert ended.status == 0, ended.err
    assert "requests made up from items; no person asked them" in ended.out
    assert "words only" in ended.out
    assert firstfive("-p", world_folder, "bench").status == 2
    assert firstfive("-p", world_folder, "bench", "--baselines", "--dial").status == 2
