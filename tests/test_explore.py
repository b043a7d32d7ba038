"""A little chance in the last two places: off it changes nothing, on it is logged as it is."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, open_project
from firstfive.errors import SettingsError
from firstfive.rank import explored
from firstfive.settings import Settings
from firstfive.types import Request

ASKED = "a good small business with loyal customers"
SCORES = np.linspace(1, 0, 30, dtype=np.float32)


@pytest.fixture
def exploring(world_folder: Path) -> Iterator[Project]:
    with open_project(world_folder, overrides=["experiment.explore=0.2"], environment={}) as project:
        yield project


def test_what_is_logged_is_how_often_each_item_comes_to_stand_there() -> None:
    share, runs = 0.2, 20_000
    stood: Counter[tuple[int, int]] = Counter()
    logged: dict[tuple[int, int], float] = {}
    for seed in range(runs):
        order, chances = explored(SCORES, 5, share, str(seed))
        assert sorted(order) == list(range(30))
        for slot, (row, chance) in enumerate(zip(order[:5], chances, strict=True)):
            stood[slot, row] += 1
            assert logged.setdefault((slot, row), chance) == chance
    for place, chance in logged.items():
        error = 4.5 * (chance * (1 - chance) / runs) ** 0.5
        assert abs(stood[place] / runs - chance) <= error
    assert {slot: sum(c for (at, _), c in logged.items() if at == slot) for slot in range(5)} == pytest.approx(
        dict.fromkeys(range(5), 1.0)
    )
    assert {row for slot, row in logged if slot < 3} == {0, 1, 2}


def test_the_same_seed_draws_the_same_and_no_share_draws_nothing() -> None:
    assert explored(SCORES, 5, 0.2, "x") == explored(SCORES, 5, 0.2, "x")
    for seed in range(200):
        assert explored(SCORES, 5, 0.0, str(seed)) == ([*range(30)], (1.0,) * 5)


@pytest.mark.parametrize(("n", "items"), [(4, 30), (3, 30), (5, 5), (5, 6), (5, 3), (5, 0)])
def test_with_too_few_places_or_items_nothing_is_left_to_chance(n: int, items: int) -> None:
    for seed in range(100):
        order, chances = explored(SCORES[:items], n, 0.2, str(seed))
        assert order == [*range(items)]
        assert chances == (1.0,) * min(n, items)


def test_an_unwanted_item_is_never_drawn() -> None:
    scores = np.concatenate([SCORES[:8], np.full(10, -1.0, np.float32)])
    drawn = {row for seed in range(500) for row in explored(scores, 5, 0.2, str(seed))[0][:5]}
    assert drawn == {*range(8)}


def test_a_slate_says_with_which_probability_each_place_came_and_its_id_draws_it_again(exploring: Project) -> None:
    plain = [place.item for place in Recommender(exploring).answer(Request(ASKED, 12)).places]
    changed = 0
    for _ in range(60):
        slate = exploring.recommend(ASKED)
        order, chances = explored(np.ones(12, np.float32), 5, 0.2, slate.recomm_id)
        assert [place.item for place in slate.places] == [plain[row] for row in order[:5]]
        assert [place.probability for place in slate.places] == list(chances)
        changed += order[:5] != [0, 1, 2, 3, 4]
    assert 8 <= changed <= 36, "of 60, each changes with the chance 0.36"


def test_without_exploring_answers_are_the_same_bit_for_bit(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "world"))
    with open_project(folder, environment={}) as project:
        slate = project.recommend(ASKED)
        assert slate.places == Recommender(project).answer(Request(ASKED)).places
        assert [place.probability for place in slate.places] == [1.0] * 5
        assert "explore" not in slate.timings_ms
        assert not any(name.startswith("experiment.") for name in project.recommender.release.parts)


@pytest.mark.parametrize("wrong", ["0.3", "-0.1", "much"])
def test_a_share_of_chance_above_a_fifth_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"experiment\.explore"):
        Settings.load(overrides=[f"experiment.explore={wrong}"], environment={})
