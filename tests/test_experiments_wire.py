"""Experiments over HTTP: the API, the seeker's page and the studio go through the same draw; and what logs can tell."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from random import Random

import httpx
import numpy as np
import pytest

from command_line import firstfive as run
from firstfive.app import experiments
from firstfive.app.build import build
from firstfive.app.logged import earned_by
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, open_project
from firstfive.measure import off_policy
from firstfive.testing.clients import Served, served
from firstfive.types import Event, ItemId, RecommId, Request, UserId

ASKED = "a good small business with loyal customers"


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = Path(shutil.copytree(built, tmp_path_factory.mktemp("experiments") / "world"))
    with open_project(folder, overrides=["rank.words=3", "rank.whole=0"], environment={}) as project:
        new = build(project, use=False).release.id
    limits = ["server.page_rate_per_minute=0", "server.rate_per_minute=0"]
    with open_project(folder, overrides=limits, environment={}) as project, served(project) as running:
        with pytest.MonkeyPatch.context() as patched:  # the same draws in every run
            patched.setattr("firstfive.app.experiments.token_urlsafe", lambda _: "id")
            patched.setattr("firstfive.app.experiments.token_hex", lambda _: "0" * 32)
            experiments.start(project, "try", new, why="<b>bold</b>")
        yield running


def stored(server: Served, recomm_id: str) -> str:
    with server.project.store.read() as unit:
        slate = unit.slates.get(RecommId(recomm_id))
    assert slate
    assert slate.trial
    return slate.trial.arm


def test_the_api_and_the_page_go_through_the_same_draw(server: Served) -> None:
    arms: dict[int, set[str]] = {}
    with httpx.Client(base_url=server.url, headers={"X-API-Key": server.reader}) as client:
        for n in range(8):
            for _ in range(2):
                answer = client.post("/api/recommend", json={"text": ASKED, "userId": f"ann {n}"}).json()
                arms.setdefault(n, set()).add(stored(server, answer["recommId"]))
                assert answer["trial"]["arm"] == stored(server, answer["recommId"])
    assert all(len(found) == 1 for found in arms.values())
    assert len(set.union(*arms.values())) == 2
    visits_of_both_arms(server)


def visits_of_both_arms(server: Served) -> None:
    """Visits of the page, each kept to the arm that it began with, until both arms had one."""
    pages: set[str] = set()
    visits = 0
    while len(pages) < 2 and visits < 60:
        visits += 1
        with httpx.Client(base_url=server.url, headers={"Accept": "text/html"}) as client:
            page = client.post("/find", data={"text": ASKED}, follow_redirects=True)
            recomm_id = page.url.path.rpartition("/")[2]
            pages.add(stored(server, recomm_id))
            assert "candidate" not in page.text, "a seeker is not told"
            more = client.post(f"/slate/{recomm_id}/next", data={"do": "more"}, follow_redirects=True)
            assert stored(server, more.url.path.rpartition("/")[2]) == stored(server, recomm_id)
    assert pages == {"baseline", "candidate"}


def test_the_studio_says_in_one_sentence_what_is_known_with_a_picture_and_twins(server: Served) -> None:
    visits_of_both_arms(server)
    project, key = server.project, {"X-API-Key": server.operator}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("firstfive.app.experiments.datetime", _Later)
        page = httpx.get(f"{server.url}/studio/experiments/try", headers=key)
        told = httpx.get(f"{server.url}/studio/experiments/try?as=json", headers=key).json()
        rows = httpx.get(f"{server.url}/studio/experiments/try?as=csv&table=guardrails", headers=key).text
    assert page.status_code == 200
    assert f'datetime="{told["at"]}"' in page.text, "both are of one reading"
    assert told["sentence"] in unescape(page.text)
    assert "Not enough data yet" in told["sentence"]
    assert told["visits"] == sum(row["visits"] for row in told["arms"])
    assert [row["visits"] for row in told["looks"]][-1] == told["visits"]
    assert "seed" not in told["experiment"][0]
    assert re.search(r'<svg[^>]*role="img"[^>]*aria-labelledby="sequence-title sequence-told"', page.text)
    assert "The difference between candidate and baseline over" in page.text
    scale = re.findall(r'text-anchor="end">([^<]+)</text>', page.text)
    assert scale[0].startswith("-")
    assert max(map(len, scale)) <= 5, "no more fits beside the picture"
    assert "<b>bold</b>" not in page.text
    names = {line["guardrail"] for line in csv.DictReader(io.StringIO(rows))}
    assert names == {one.name for one in experiments.status(project, "try").report.guardrails}
    listed = httpx.get(f"{server.url}/studio/experiments?as=json", headers=key).json()
    assert [one["experiment"] for one in listed["experiments"]] == ["try"]
    assert httpx.get(f"{server.url}/studio/experiments/none", headers=key).status_code == 404
    assert httpx.get(f"{server.url}/studio/experiments/try").status_code == 401


class _Later(datetime):
    @classmethod
    def now(cls, _: object = None) -> datetime:  # type: ignore[override]
        return datetime(2100, 1, 1, tzinfo=UTC)


# --- what logs can tell -----------------------------------------------------------------------------------------------


@pytest.fixture
def exploring(world_folder: Path) -> Iterator[Project]:
    with open_project(world_folder, overrides=["experiment.explore=0.2"], environment={}) as project:
        yield project


def test_what_another_release_would_have_earned_is_refused_with_little_and_near_the_truth_with_more(
    world_folder: Path, exploring: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(range(10**6))
    monkeypatch.setattr("firstfive.app.recommend.token_urlsafe", lambda _: f"r{next(numbers)}")
    assert earned_by(exploring, exploring.recommender.release.id).earned is None
    random, used = Random(3), exploring.recommender.release.id
    chosen = [place.item for place in Recommender(exploring).answer(Request(ASKED)).places]
    liked = {chosen[3]: 0.7, chosen[4]: 0.3}
    for n in range(20):
        _visit(exploring, n, liked, random)
    few = earned_by(exploring, used)
    assert (few.exit, few.visitors) == (3, 20)
    assert "not enough data yet" in "\n".join(few.lines())
    for n in range(20, 330):
        _visit(exploring, n, liked, random)
    found = earned_by(exploring, used)
    assert found.earned
    assert (found.exit, found.visitors, found.slates) == (0, 330, 330)
    spans = {one.name: one.interval for one in found.earned.estimates}
    assert set(spans) == {"IPS", "SNIPS", "DR"}
    assert all(span.low < 0.5 < span.high for span in spans.values()), "the mean of 0.7 and 0.3"
    told = run("experiment", "off-policy", "--release", used[:8], "-p", str(world_folder))
    assert told.status == 0
    assert "DR: " in told.out


def _visit(project: Project, n: int, liked: dict[ItemId, float], random: Random) -> None:
    slate = project.recommend(ASKED, user=f"seeker {n}")
    said = [p.item for p in slate.places if random.random() < liked.get(p.item, 0.05)]
    events = [Event("yes", UserId(f"seeker {n}"), item, datetime.now(UTC), slate.recomm_id) for item in said]
    project.store.write(lambda unit: unit.events.add(events))


def test_a_visitor_with_many_impressions_counts_as_one() -> None:
    random = np.random.default_rng(1)
    rewards = (random.random(1000) < 0.4).astype(float)
    ones = np.ones(1000)
    alone = off_policy(rewards, ones, ones, resamples=200)
    assert (alone.effective, len(alone.estimates)) == (1000, 2)
    together = off_policy(rewards, ones, ones, by=np.arange(1000) % 100, resamples=200)
    assert together.effective == pytest.approx(100)
    assert together.estimates == ()
    assert off_policy(rewards, ones, ones, by=np.arange(1000), resamples=200) == alone
