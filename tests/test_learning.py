"""`firstfive learn`: from stored answers and events to a Release that waits, or a reason why there is none."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import firstfive
from command_line import firstfive as run
from firstfive.app import learned
from firstfive.app.heard import heard
from firstfive.app.learned import considered, features
from firstfive.app.learning import LearnReport, learn
from firstfive.app.measure import evaluate
from firstfive.app.promote import promote
from firstfive.app.record import add_feedback
from firstfive.app.release import use
from firstfive.app.wiring import Project, open_project
from firstfive.ask import read
from firstfive.errors import IndexFileError, SourceError, UsageError
from firstfive.features import FEATURES
from firstfive.features.crowd import nobody
from firstfive.learn import Likes, gather
from firstfive.testing.world import THINGS, write_items
from firstfive.types import Event, ItemId, Request, Slate, Told, UserId

ASKED = "a good small business with loyal customers"
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The tiny world after 120 visitors: all ask the same, and say yes to the beekeeper, who comes late."""
    folder = tmp_path_factory.mktemp("visited")
    firstfive.init(folder / "project")
    with firstfive.open(folder / "project") as project:
        project.import_(write_items(folder))
        project.build()
        for visitor in range(120):
            says_yes(project, visitor, "bees")
        yield project


def says_yes(project: Project, visitor: int, item: str) -> None:
    slate = project.recommend(ASKED, n=len(THINGS))
    at = MORNING + timedelta(minutes=visitor)
    event = Event("yes", UserId(f"visitor {visitor}"), ItemId(item), at, slate.recomm_id)
    project.store.write(lambda unit: add_feedback(unit, [event]))


def order(slate: Slate) -> list[str]:
    return [place.item for place in slate.places]


@pytest.fixture(scope="module")
def report(visited: Project) -> LearnReport:
    return learn(visited)


def test_what_visitors_liked_comes_first_once_the_release_is_in_use_and_not_before(
    visited: Project, report: LearnReport
) -> None:
    before = order(visited.recommender.answer(Request(ASKED, 12)))
    assert before[0] != "bees"
    assert report.advice == "promote"
    assert report.release is not None
    use(visited, report.release.id)
    try:
        assert order(visited.recommender.answer(Request(ASKED, 12)))[0] == "bees"
        visited.build()
        assert visited.release_in_use() == report.release.id, "a build of the same catalogue keeps what was learned"
    finally:
        use(visited, _first(visited))
    assert order(visited.recommender.answer(Request(ASKED, 12))) == before


def test_the_learned_stage_keeps_what_a_request_refuses_last(visited: Project, report: LearnReport) -> None:
    assert report.release is not None
    asked = Request("a good small business with loyal customers, but no candles", 12)
    use(visited, report.release.id)
    try:
        slate, trail, serving = visited.recommender.worked(asked)
        best = serving.catalogue.id(int(trail["learned"].positions[0]))
        assert best == "bees", "behaviour alone would show it first"
        assert order(slate)[-1] == "bees"
    finally:
        use(visited, _first(visited))


def _first(project: Project) -> str:
    with project.store.read() as unit:
        return unit.releases.all()[-1].id


def test_behaviour_brings_back_no_item_that_is_withdrawn_and_one_of_copies(visited: Project) -> None:
    serving = visited.recommender.serving
    crowd = gather(Likes(np.arange(60), np.arange(60) % 12, np.zeros((60, 1), np.float32)), 12)
    query = serving.query_text(read(Request(ASKED)))
    nothing = serving.retrieve(query).take(slice(0, 0))
    assert considered(serving, query, nothing, crowd, {3, 4}).positions.tolist() == [0, 1, 2, *range(5, 12)]
    serving.heads = np.array([0, 0, *range(2, 12)])
    try:
        assert considered(serving, query, nothing, crowd).positions.tolist() == [0, *range(2, 12)]
    finally:
        serving.heads = np.arange(12)


def test_the_same_events_give_the_same_release(visited: Project, report: LearnReport) -> None:
    again = learn(visited)
    assert again.release is not None
    assert report.release is not None
    assert again.release.id == report.release.id
    assert again.handover == report.handover


def test_the_report_says_from_what_and_how_much(report: LearnReport) -> None:
    assert (report.likes, report.visitors) == (120, 120)
    assert report.handover.share > 0
    assert report.handover.curve[0].gain == (0, 0, 0)
    assert sum(report.importance.values()) == pytest.approx(1)


def test_a_release_that_learned_shares_its_other_files_with_the_one_before(
    visited: Project, report: LearnReport
) -> None:
    assert report.release is not None
    folder = visited.releases / report.release.id
    first = visited.releases / _first(visited)
    assert (folder / "whole").exists()
    assert {path.name for path in folder.iterdir()} - {path.name for path in first.iterdir()} == {"learned"}


def test_an_item_that_is_gone_takes_what_was_learned_of_it_along(
    visited: Project, report: LearnReport, tmp_path: Path
) -> None:
    assert report.release is not None
    source = visited.releases / report.release.id
    other = tmp_path / "other"
    firstfive.init(other)
    lines = write_items(tmp_path).read_text("utf-8").splitlines(keepends=True)
    new = '{"id": "aardvark", "title": "Ant Lodge", "text": "A zoo for small animals that eat ants."}\n'
    (tmp_path / "others.jsonl").write_text("".join([new, *(line for line in lines if '"bees"' not in line)]), "utf-8")
    with firstfive.open(other) as project:
        project.import_(tmp_path / "others.jsonl")
        target = project.releases / project.build().release.id
    learned.carry(source, target)
    before, share = learned.read_crowd(source)
    after, share_after = learned.read_crowd(target)
    assert before.liked.max() > 0.5
    assert (len(after.liked), float(after.liked.sum()), share_after) == (len(THINGS), 0.0, share)


def test_a_visits_answers_are_features_of_the_items_that_state_and_deny_them(visited: Project) -> None:
    serving = visited.recommender.serving
    told = (Told(condition='country = "DE"'), Told(condition="employees < 100"))
    query = serving.query(read(Request(ASKED, told=told)))
    every = considered(serving, query, serving.retrieve(query), nobody(len(serving.catalogue)))
    seen = features(serving, query, every, nobody(len(serving.catalogue)))
    by_item = {
        str(serving.catalogue.id(int(position))): row for position, row in zip(every.positions, seen, strict=True)
    }
    agrees, contradicts = FEATURES.index("agrees"), FEATURES.index("contradicts")
    assert by_item["bakery"][[agrees, contradicts]].tolist() == [2, 0]  # DE, 14 people
    assert by_item["trucks"][[agrees, contradicts]].tolist() == [0, 2]  # PL, 210 people


def test_without_lightgbm_the_answer_is_the_one_before_learning(
    visited: Project, report: LearnReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report.release is not None
    monkeypatch.delitem(sys.modules, "firstfive.learn.ranker", raising=False)
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    assert learned.load(visited.releases / report.release.id) is None


def test_a_damaged_crowd_is_a_damaged_release(tmp_path: Path) -> None:
    (tmp_path / "learned").mkdir()
    (tmp_path / "learned" / "crowd.npz").write_bytes(b"not a crowd")
    with pytest.raises(IndexFileError, match="damaged"):
        learned.load(tmp_path)


def test_with_nothing_said_there_is_not_enough_data_and_no_release(tmp_path: Path) -> None:
    firstfive.init(tmp_path / "project")
    with firstfive.open(tmp_path / "project") as project:
        project.import_(write_items(tmp_path))
        project.build()
        found = learn(project)
        assert (found.advice, found.release, found.handover.share) == ("not enough data", None, 0)
        with project.store.read() as unit:
            assert len(unit.releases.all()) == 1
    ended = run("-p", tmp_path / "project", "learn")
    assert ended.status == 3
    assert "Not enough data yet" in ended.out


def test_the_command_says_what_it_found_and_what_to_do_next(visited: Project, report: LearnReport) -> None:
    assert report.release is not None
    ended = run("-p", visited.folder, "learn")
    assert ended.status == 0, ended.err
    assert "120 likes of 120 visitors" in ended.out
    assert "<- handed over" in ended.out
    assert f"promote {report.release.id[:12]}" in ended.out
    assert "The embedder stays as it is" in ended.out


# --- refusals and judged requests -------------------------------------------------------------------------------------


@pytest.fixture
def fresh(built: Path, tmp_path: Path) -> Iterator[Project]:
    """The tiny world, where nobody said anything yet."""
    with open_project(shutil.copytree(built, tmp_path / "fresh"), environment={}) as project:
        yield project


def test_of_an_answer_all_that_was_refused_goes_with_what_was_liked_or_is_one_row(fresh: Project) -> None:
    slate = fresh.recommend(ASKED)
    first, second, third, *_ = (place.item for place in slate.places)
    said = [("yes", "ann", first), ("no", "ann", second), ("no", "bob", first), ("no", "bob", third)]
    events = [
        Event(kind, UserId(user), item, MORNING + timedelta(minutes=at), slate.recomm_id)
        for at, (kind, user, item) in enumerate(said)
    ]
    events.append(Event("no", UserId("cat"), first, MORNING))  # of no stored answer: nothing can be ranked
    fresh.store.write(lambda unit: add_feedback(unit, events))
    rows = heard(fresh.store, fresh.recommender.serving).rows
    assert [(row.signal.visitor, row.yes, row.refused) for row in rows] == [
        ("ann", True, (second,)),
        ("bob", False, (first, third)),
    ]


def test_judged_requests_teach_a_ranking_and_half_of_them_is_left_for_measuring(fresh: Project, tmp_path: Path) -> None:
    texts = [f"{ASKED}, number {number}" for number in range(160)]
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "q.trec"
    queries.write_text("".join(json.dumps({"qid": f"q{n}", "text": text}) + "\n" for n, text in enumerate(texts)))
    qrels.write_text("".join(f"q{n} 0 bees 2\nq{n} 0 bakery 0\n" for n in range(160)))
    found = learn(fresh, queries=queries, qrels=qrels)
    assert found.judged == sum(map(learned.for_learning, texts))
    assert 60 <= found.judged <= 100
    assert (found.likes, found.advice) == (0, "promote")
    assert found.release is not None
    measured = promote(fresh, queries=queries, qrels=qrels).measured
    assert measured is not None
    assert measured.quality.queries == 160 - found.judged
    with pytest.raises(UsageError, match="go together"):
        learn(fresh, queries=queries)
    base = _first(fresh)
    for here, other in ((found.release.id, ""), (base, found.release.id)):  # as what is measured, and as the baseline
        plain = evaluate(queries, qrels, project=fresh, release=here, baseline_release=other)
        assert plain.queries == 160 - found.judged
        assert f"{found.judged} of the queries are left out" in " ".join(plain.notes)
    assert evaluate(queries, qrels, project=fresh, release=base).queries == 160
    with fresh.store.read() as unit:
        kept = [one.requests for one in unit.measurements.latest(99) if one.release == found.release.id]
    assert 160 not in kept
    only = tmp_path / "only.jsonl"
    taught = [f"q{n}" for n, text in enumerate(texts) if learned.for_learning(text)]
    only.write_text(
        "".join(line + "\n" for line in queries.read_text().splitlines() if json.loads(line)["qid"] in taught)
    )
    with pytest.raises(SourceError, match="learned from all"):
        evaluate(only, qrels, project=fresh, release=found.release.id)


# --- promoting on what visitors said ----------------------------------------------------------------------------------


def test_a_learned_release_is_measured_with_what_visitors_liked_after_all_it_learned_from(fresh: Project) -> None:
    for visitor in range(260):
        says_yes(fresh, visitor, "bees")
    found = learn(fresh)
    assert found.release is not None
    assert found.kept_back == 32
    done = promote(fresh, found.release.id)
    assert done.measured is not None
    assert (done.measured.heard, done.measured.made_up, done.measured.quality.queries) == (True, False, 32)
    assert "32 requests of visitors" in done.measured.questions
    assert "nDCG@10" in " ".join(done.decision.lines())
    assert fresh.release_in_use() == (found.release.id if done.promoted else _first(fresh))
    for visitor in range(260, 320):
        says_yes(fresh, visitor, "bees")
    again = promote(fresh, found.release.id, switch=False) if not done.promoted else done
    assert again.decision.outcome == "passed"


def test_a_bar_cannot_be_shown_with_what_visitors_liked(fresh: Project) -> None:
    for visitor in range(260):
        says_yes(fresh, visitor, "bees")
    found = learn(fresh)
    assert found.release is not None
    with open_project(fresh.folder, overrides=["goal.at_least=Success@5 0.5"], environment={}) as strict:
        decision = promote(strict, found.release.id).decision
    assert decision.outcome == "open"
    assert "goal.queries" in " ".join(decision.lines())


def test_with_too_few_visitors_after_it_a_learned_release_is_measured_on_made_up_requests(
    visited: Project, report: LearnReport
) -> None:
    assert report.release is not None
    assert report.kept_back == 0
    measured = promote(visited, report.release.id, switch=False).measured
    assert measured is not None
    assert (measured.heard, measured.made_up) == (False, True)
