"""Personal taste: what a returning person said moves later answers by a few places, fades, and is off at first."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest

from command_line import firstfive as run
from firstfive.app.record import add_feedback, erase
from firstfive.app.taste import NOTE
from firstfive.app.wiring import Project, open_project
from firstfive.errors import SettingsError
from firstfive.features import Taste, faded
from firstfive.rank import behind, lean
from firstfive.testing.clients import served
from firstfive.testing.world import THINGS
from firstfive.types import Candidates, Event, ItemId, Request, Slate, UserId, VisitId

WISH = "a small business with a good name"
ANN = UserId("ann")
Opened = Callable[..., Project]


@pytest.fixture
def opened(built: Path, tmp_path: Path) -> Iterator[Opened]:
    """The tiny world with these settings, each time a copy of its own."""
    projects: list[Project] = []

    def open_it(*settings: str) -> Project:
        folder = shutil.copytree(built, tmp_path / str(len(projects)))
        projects.append(open_project(folder, overrides=settings, environment={}))
        return projects[-1]

    yield open_it
    for project in projects:
        project.close()


def says(project: Project, kind: str, *items: str, days_ago: float = 0, user: UserId = ANN) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    project.store.write(lambda unit: add_feedback(unit, [Event(kind, user, ItemId(item), at) for item in items]))


def asks(project: Project, user: UserId | None = ANN, visit: str = "", text: str = WISH) -> Slate:
    wanted = Request(text, len(THINGS), user=user, visit=VisitId(visit) if visit else None, diversity=0)
    return project.recommender.answer(wanted)


def order(slate: Slate) -> list[str]:
    return [place.item for place in slate.places]


# --- the sums ---------------------------------------------------------------------------------------------------------


def taste(*weights: float) -> Taste:
    """What was said of the first axes, one weight each."""
    rows = np.eye(4, dtype=np.float32)[: len(weights)]
    return Taste(np.arange(len(weights)), rows, np.array(weights))


def test_a_leaning_is_towards_what_was_liked_and_away_from_what_was_not() -> None:
    axes = np.eye(4, dtype=np.float32)
    liked, refused, neither = taste(1.0, -1.0).leaning(axes[:3])
    assert liked > neither == 0 > refused
    assert liked == pytest.approx(-refused)


def test_more_said_is_believed_more_and_what_faded_less() -> None:
    axis = np.eye(4, dtype=np.float32)[:1]
    once, faint = taste(1.0).leaning(axis)[0], taste(0.1).leaning(axis)[0]
    assert 0 < faint < once < 1
    assert faded(np.array([0.0, 30.0, 60.0]), 30).tolist() == [1.0, 0.5, 0.25]
    assert faded(np.array([0.0, 900.0]), 0).tolist() == [1.0, 1.0]


def test_of_two_kinds_of_things_liked_each_counts_for_items_near_to_it() -> None:
    axes = np.eye(4, dtype=np.float32)
    both = taste(1.0, 1.0).leaning(axes[:3])
    assert both[0] == both[1] > both[2] + 0.3


def test_no_item_moves_further_than_the_bound_and_refused_ones_stay() -> None:
    every = Candidates(np.arange(8), np.array([0.9, 0.8, 0.7, 0.6, 0.5, -0.4, 0.9, 0.8], np.float32))
    found = behind(every, np.arange(8) > 5)
    backwards = lean(lambda positions: 9.0 * positions.astype(np.float32), 30, 2)
    after = backwards.step(Request("x"), found)
    assert after.positions.tolist()[6:] == [6, 7]
    assert after.positions.tolist()[:6] != [0, 1, 2, 3, 4, 5]
    assert all(abs(place - item) <= 2 for place, item in enumerate(after.positions.tolist()))
    assert np.array_equal(after.scores, found.scores)
    assert lean(lambda positions: 9.0 * positions, 30, 0).step(Request("x"), found).positions.tolist() == [*range(8)]


# --- the path ---------------------------------------------------------------------------------------------------------


def test_what_a_known_user_liked_rises_by_three_places_at_most(opened: Opened) -> None:
    project = opened("taste.use=known")
    before = order(asks(project))
    late = before[-1]
    says(project, "yes", late)
    after = asks(project)
    moved = {item: before.index(item) - place for place, item in enumerate(order(after))}
    assert 0 < moved[late] <= 3
    assert max(abs(places) for places in moved.values()) <= 3
    assert NOTE in after.notes


def test_what_a_known_user_refused_falls(opened: Opened) -> None:
    project = opened("taste.use=known")
    middle = order(asks(project))[5]
    says(project, "no", middle)
    after = asks(project)
    assert 5 < order(after).index(middle) <= 8
    assert next(place.channels["taste"] for place in after.places if place.item == middle) < 0


def test_taste_is_off_at_first_and_for_strangers_the_answer_is_the_same_bit_for_bit(opened: Opened) -> None:
    off, on = opened(), opened("taste.use=known")
    for project in (off, on):
        says(project, "yes", "bees", "boats")
        says(project, "yes", "bees", "boats", user=UserId("0-visit"))
    plain = asks(off, None).places
    assert asks(off).places == plain, "off"
    assert asks(on, None).places == plain, "nobody"
    assert asks(on, UserId("bob")).places == plain, "somebody who said nothing yet"
    assert asks(on, UserId("0-visit"), "0-visit").places == plain, "a visitor to the page"
    assert asks(on).places != plain


def test_what_was_said_fades_and_what_is_too_old_is_not_looked_at(opened: Opened) -> None:
    plain = asks(opened(), None).places
    old = opened("taste.use=known")
    says(old, "yes", "bees", days_ago=181)
    assert asks(old).places == plain
    faint, fresh = opened("taste.use=known"), opened("taste.use=known")
    says(faint, "yes", "bees", days_ago=90)
    says(fresh, "yes", "bees")
    leanings = [next(p.channels["taste"] for p in asks(one).places if p.item == "bees") for one in (faint, fresh)]
    assert 0 < leanings[0] < leanings[1] / 4


def test_erasing_a_user_erases_their_taste(opened: Opened) -> None:
    project = opened("taste.use=known")
    plain = asks(project, None).places
    says(project, "yes", "bees")
    assert asks(project).places != plain
    erase(project, user=ANN)
    assert asks(project).places == plain


def test_what_a_request_refuses_stays_last_whatever_a_person_likes(opened: Opened) -> None:
    project = opened("taste.use=known")
    text = "somebody who sells honey, but no candles"
    assert order(asks(project, None, text=text))[-1] == "bees"
    says(project, "yes", "bees")
    assert order(asks(project, text=text))[-1] == "bees"


def test_a_release_without_vectors_and_an_item_that_is_gone_cost_no_answer(opened: Opened) -> None:
    project = opened("taste.use=known")
    plain = asks(project, None).places
    says(project, "yes", "an item of last year")
    assert asks(project).places == plain


def test_over_http_the_user_of_feedback_and_of_a_request_is_one_person(opened: Opened) -> None:
    project = opened("taste.use=known")
    with served(project) as server:
        ask = {"text": WISH, "n": len(THINGS), "diversity": 0, "userId": "ann"}

        def asked() -> list[str]:
            reply = httpx.post(f"{server.url}/api/recommend", headers={"X-API-Key": server.reader}, json=ask)
            return [place["item"] for place in reply.json()["places"]]

        before = asked()
        feedback = [{"FeedbackType": "yes", "UserId": "ann", "ItemId": before[-1]}]
        told = httpx.post(f"{server.url}/api/feedback", headers={"X-API-Key": server.app}, json=feedback)
        assert told.status_code == 200
        after = asked()
    assert after.index(before[-1]) < len(THINGS) - 1
    assert sorted(after) == sorted(before)


def test_the_command_shows_the_part_that_taste_has_in_each_place(opened: Opened) -> None:
    project = opened()
    late = order(asks(project))[4]
    says(project, "yes", late)
    on = ("-p", project.folder, "recommend", WISH, "--user", "ann", "--explain", "--set", "taste.use=known")
    said = run(*on).out
    assert "taste " in said
    assert "moved some of these" in said
    assert "taste" not in run(*on[:-2]).out


def test_a_setting_that_is_none_says_which_there_are(built: Path) -> None:
    with pytest.raises(SettingsError, match=r"taste\.use"):
        open_project(built, overrides=["taste.use=always"], environment={})
