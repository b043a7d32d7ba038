"""The embedder's adapter: what it learns, that it is kept only where it helps, and its way through Releases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import firstfive
from firstfive.app import adapted, adapting, learning
from firstfive.app.adapting import Adapting, adapt, adapt_once, with_adapter
from firstfive.app.learning import learn
from firstfive.app.release import use
from firstfive.app.wiring import Project
from firstfive.errors import IndexFileError, ModelError
from firstfive.learn import Adapter, fit_adapter
from firstfive.learn.adapter import FEWEST, RANK, Pairs, _loss
from firstfive.observe import Quiet
from firstfive.types import Request

SIZE = 24
TRADES = {
    "mill": "Rye and wheat become flour here.",
    "forge": "Iron is hammered into horse shoes.",
    "dairy": "Cows give what butter and cheese are made of.",
    "tannery": "Hides become leather for belts.",
    "brewery": "Hops and malt become something to drink.",
    "sawmill": "Trunks become planks and beams.",
    "orchard": "Apples and pears ripen on old trees.",
    "quarry": "Granite is cut into slabs.",
}
TOWNS = ("Arlen", "Bexhow", "Corrow", "Dunmere", "Elsby", "Farrow", "Garside")
ASKED = Request("somebody who makes cheese out of goat milk", 5)


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)


def pairs(n: int, *, lean: float = 0.0, seed: int = 0) -> Pairs:
    """Requests that are their items and a little noise; all leaning the same way, as far as said."""
    random = np.random.default_rng(seed)
    meant = unit(random.standard_normal((n, SIZE)))
    asked = unit(meant + 0.15 * random.standard_normal((n, SIZE)) + lean * np.eye(SIZE)[0])
    return Pairs(asked, meant, np.arange(n))


def right(asked: np.ndarray, given: Pairs) -> float:
    """The share of requests that are nearest to their own item."""
    return float(((asked @ given.meant.T).argmax(axis=1) == np.arange(len(asked))).mean())


# --- fitting ----------------------------------------------------------------------------------------------------------


def test_what_all_requests_have_and_no_item_is_taken_away() -> None:
    adapter, fresh = fit_adapter(pairs(600, lean=1.5)), pairs(200, lean=1.5, seed=1)
    assert adapter is not None
    assert right(adapter(fresh.asked), fresh) > right(fresh.asked, fresh) + 0.05
    assert np.linalg.norm(adapter(fresh.asked), axis=1) == pytest.approx(1)


def test_the_same_pairs_give_the_same_adapter_bit_for_bit() -> None:
    one, other = (fit_adapter(pairs(400, lean=1.0)) for _ in range(2))
    assert one is not None
    assert other is not None
    assert adapted.name_of(one) == adapted.name_of(other)


def test_requests_that_find_their_items_already_still_do() -> None:
    adapter, fresh = fit_adapter(pairs(600)), pairs(200, seed=1)
    assert right(fresh.asked, fresh) > 0.95
    assert adapter is None or right(adapter(fresh.asked), fresh) > right(fresh.asked, fresh) - 0.02


def test_a_smaller_step_is_no_gain() -> None:
    some, up = pairs(200), np.zeros((SIZE, RANK))
    values = [_loss(some, [size * np.ones((RANK, SIZE)), up])[0] for size in (1.0, 0.1)]
    assert values[0] == values[1], "up is nothing, so no request is moved"


def test_too_few_pairs_teach_nothing() -> None:
    assert fit_adapter(pairs(FEWEST - 1, lean=1.5)) is None


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Fifty-six companies of two sentences, built with the real embedder."""
    folder = tmp_path_factory.mktemp("adapter")
    rows = [
        {"id": f"{trade}-{town}", "title": town, "text": f"A {trade} in {town}. {said}"}
        for (trade, said), town in product(TRADES.items(), TOWNS)
    ]
    (folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    firstfive.init(folder / "project")
    with firstfive.open(folder / "project") as opened:
        opened.import_(folder / "items.jsonl")
        opened.build()
        yield opened


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """So few questions are enough."""
    monkeypatch.setattr(adapting, "FEWEST", 10)
    return monkeypatch


def backwards(size: int) -> Adapter:
    """Turns every vector the other way."""
    eye = np.eye(size, dtype=np.float32)
    return Adapter(eye, -2 * eye)


def nothing(size: int) -> Adapter:
    return Adapter(np.zeros((2, size), np.float32), np.zeros((size, 2), np.float32))


def test_an_adapter_that_harms_is_dropped(project: Project, few: pytest.MonkeyPatch) -> None:
    few.setattr(adapting, "fit_adapter", lambda given: backwards(given.asked.shape[1]))
    adapter, report = adapt(project.recommender.serving, Quiet())
    assert adapter is None
    assert report.gain.high < 0
    assert report.held > 0
    assert "not shown to be better" in report.why
    assert report.items == ()


def test_an_adapter_that_helps_is_kept_with_the_items_that_it_was_fitted_to(
    project: Project, few: pytest.MonkeyPatch
) -> None:
    serving = project.recommender.serving
    few.setattr(adapting, "fit_adapter", lambda given: nothing(given.asked.shape[1]))
    size = serving.whole.size if serving.whole else 0
    adapter, report = adapt(with_adapter(serving, backwards(size)), Quiet())
    assert adapter is not None
    assert report.gain.low > 0
    assert (report.why, len(report.items)) == ("", report.pairs)
    assert report.held + report.pairs <= len(serving.catalogue)


def test_of_one_that_changes_nothing_nothing_is_kept(project: Project, few: pytest.MonkeyPatch) -> None:
    few.setattr(adapting, "fit_adapter", lambda given: nothing(given.asked.shape[1]))
    adapter, report = adapt(project.recommender.serving, Quiet())
    assert (adapter, report.gain.value) == (None, 0)


def test_too_small_a_catalogue_says_so_and_makes_no_release(project: Project) -> None:
    found = learn(project)
    assert (found.release, found.advice) == (None, "not enough data")
    assert "are needed" in found.adapting.why


def test_what_was_dropped_is_not_tried_again_on_the_same_release(
    project: Project, few: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    serving = project.recommender.serving
    fitted: list[int] = []

    def harming(given: Pairs) -> Adapter:
        fitted.append(len(given.items))
        return backwards(given.asked.shape[1])

    few.setattr(adapting, "fit_adapter", harming)
    first, again = (adapt_once(tmp_path, serving, Quiet()) for _ in range(2))
    assert first == again
    assert first[1].gain.high < 0
    assert len(fitted) == 1
    few.setattr(adapting, "VERSION", 2)
    adapt_once(tmp_path, serving, Quiet())
    (tmp_path / adapting.FILE).write_bytes(b"{")
    adapt_once(tmp_path, serving, Quiet())
    assert len(fitted) == 3, "another version's and a broken file say nothing"


def test_an_embedder_that_failed_is_tried_again(project: Project, few: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def failing(_: Pairs) -> Adapter:
        raise ModelError("it is asleep")

    few.setattr(adapting, "fit_adapter", failing)
    _, report = adapt_once(tmp_path, project.recommender.serving, Quiet())
    assert "asleep" in report.why
    assert list(tmp_path.iterdir()) == []


# --- its way ----------------------------------------------------------------------------------------------------------


def test_a_kept_adapter_is_part_of_a_release_and_goes_on_in_builds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving, first = project.recommender.serving, project.release_in_use()
    size = serving.whole.size if serving.whole else 0
    items = (serving.catalogue.id(3),)
    monkeypatch.setattr(learning, "adapt_once", lambda *_: (backwards(size), Adapting(1, 1, items=items)))
    before = project.recommender.answer(ASKED)
    release = learn(project).release
    assert release is not None
    assert project.recommender.answer(ASKED).places == before.places, "it waits"
    use(project, release.id)
    try:
        after = project.recommender.answer(ASKED)
        assert after.release == release.id
        assert after.places[0].channels["whole"] != before.places[0].channels["whole"]
        assert adapted.fitted_to(project.releases / release.id) == frozenset(items)
        project.build()
        assert project.release_in_use() == release.id, "a build of the same catalogue keeps it"
        (project.folder / "more.jsonl").write_text('{"id": "new", "text": "A new inn that rents boats."}\n', "utf-8")
        project.import_(project.folder / "more.jsonl", full=False)
        later = project.build().release
        assert later.parts["adapter"] == release.parts["adapter"]
        assert project.recommender.serving.adapter is not None
    finally:
        use(project, first or "")


@pytest.mark.parametrize("damage", [b"", b"not an adapter"])
def test_a_damaged_adapter_is_a_damaged_release(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "request.npz").write_bytes(damage)
    with pytest.raises(IndexFileError, match="damaged"):
        adapted.load(tmp_path)


def test_an_adapter_comes_back_as_it_was_written(tmp_path: Path) -> None:
    given = Adapter(np.arange(8, dtype=np.float32).reshape(2, 4), np.ones((4, 2), np.float32))
    adapted.write(tmp_path, given, [])
    found = adapted.load(tmp_path)
    assert found is not None
    assert np.array_equal(found.down, given.down)
    assert np.array_equal(found.up, given.up)
    assert adapted.fitted_to(tmp_path) == frozenset()
