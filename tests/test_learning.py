"""`firstfive learn`: from stored answers and events to a Release that waits, or a reason why there is none."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import firstfive
from command_line import firstfive as run
from firstfive.app import asking, born, calibrating, learned, learning
from firstfive.app.alone import alone
from firstfive.app.asking import ranked_all
from firstfive.app.born import ages
from firstfive.app.build import build
from firstfive.app.heard import Heard, Said, heard, scored_by
from firstfive.app.learned import Blending, Known, LearnedRanking, considered, features
from firstfive.app.learning import LearnReport, known_of, learn, learn_from
from firstfive.app.measure import evaluate
from firstfive.app.model_steps import Dial, Help
from firstfive.app.promote import promote
from firstfive.app.record import add_feedback
from firstfive.app.release import use
from firstfive.app.wiring import Project, open_project
from firstfive.ask import read
from firstfive.errors import BuildError, IndexFileError, LearnError, SettingsError, SourceError, UsageError
from firstfive.features import FEATURES, Crowd
from firstfive.features.crowd import nobody
from firstfive.learn import NOT_HANDED, Handover, Likes, Signal, gather
from firstfive.learn.ranker import Group, fit
from firstfive.learn.replay import Learned as ReplayLearned
from firstfive.learn.replay import Seen
from firstfive.observe import Quiet
from firstfive.ports import Call, Payer, Reply
from firstfive.release import differences
from firstfive.testing.models import FakeGateway, said
from firstfive.testing.world import THINGS, write_items
from firstfive.types import Candidates, Event, ItemId, Release, Request, Slate, Told, UserId

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
        learned.carry(source, target, np.empty(0))
    before, after = learned.read_known(source), learned.read_known(target)
    assert before.crowd.liked.max() > 0.5
    assert (len(after.crowd.liked), float(after.crowd.liked.sum()), after.share) == (len(THINGS), 0.0, before.share)
    assert len(before.born) == len(after.born) == 0, "nothing here was new, so the ranker looks at no newness"


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


def test_numbers_in_the_requests_own_words_are_features_as_an_answer_is(visited: Project) -> None:
    serving, crowd = visited.recommender.serving, nobody(len(visited.recommender.serving.catalogue))
    agrees, contradicts = FEATURES.index("agrees"), FEATURES.index("contradicts")

    def seen(text: str, item: str, *told: Told) -> list[float]:
        query = serving.query(read(Request(text, told=told)))
        one = Candidates(np.array([serving.position(ItemId(item))]), np.zeros(1, np.float32), {})
        return [float(one) for one in features(serving, query, one, crowd)[0, [agrees, contradicts]]]

    small = f"{ASKED}, fewer than 100 employees"
    assert seen(small, "bakery") == [1, 0]
    assert seen(small, "trucks") == [0, 1]
    assert seen(small, "bakery", Told(condition='country = "DE"')) == [2, 0]
    assert np.isnan(seen(ASKED, "bakery")).all(), "what is not asked for is not known"


def test_what_a_request_says_in_numbers_holds_whatever_others_liked(visited: Project) -> None:
    serving = copy(visited.recommender.serving)
    trucks, bakery = (serving.position(ItemId(item)) for item in ("trucks", "bakery"))
    liked = np.full(len(THINGS), 0.5, np.float32)
    liked[[trucks, bakery]] = 1, 0.8
    crowd = replace(nobody(len(THINGS)), liked=liked)
    serving.learned = LearnedRanking(Known(crowd, 1.0), lambda seen: seen[:, FEATURES.index("liked")])

    def found(text: str, *told: Told) -> list[str]:
        query = serving.query(read(Request(text, 12, diversity=0, told=told)))
        best = serving.pipeline(query=query)(query.reading.request, asking.candidates(serving, query))
        return [str(serving.catalogue.id(position)) for position in best.positions.tolist()]

    assert found(ASKED)[:2] == ["trucks", "bakery"]
    small = {thing.id for thing in THINGS if thing.employees < 100}
    for asked in (found(f"{ASKED}, fewer than 100 employees"), found(ASKED, Told(condition="employees < 100"))):
        assert asked[0] == "bakery"
        assert small <= set(asked[: asked.index("trucks")]), "210 people"
    query = serving.query(read(Request(f"{ASKED}, fewer than 100 employees", 12)))
    brought = considered(serving, query, serving.retrieve(query).take(slice(0, 0)), crowd)
    assert {str(serving.catalogue.id(place)) for place in brought.positions[brought.scores < 0].tolist()} >= {"trucks"}


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


def copied(visited: Project, report: LearnReport, folder: Path) -> Path:
    """What was learned and its catalogue, in a folder that may be spoilt; the file of the crowd."""
    assert report.release is not None
    for part in ("learned", "catalogue"):
        shutil.copytree(visited.releases / report.release.id / part, folder / part)
    return folder / "learned" / "crowd.npz"


@pytest.mark.parametrize("name", ["born", "liked", "near"])
def test_what_was_learned_of_another_number_of_items_is_damaged(
    visited: Project, report: LearnReport, tmp_path: Path, name: str
) -> None:
    path = copied(visited, report, tmp_path)
    with np.load(path) as kept:
        arrays = {one: kept[one] for one in kept.files}
    assert learned.load(tmp_path) is not None
    np.savez(path, **{**arrays, name: np.zeros((len(THINGS) - 1, 2))})
    with pytest.raises(IndexFileError, match="not one line an item") as found:
        learned.load(tmp_path)
    assert found.value.code == "index.corrupt"


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
    assert f"experiment start learned --candidate {report.release.id[:12]}" in ended.out, "nothing was kept back"
    assert "The embedder stays as it is" in ended.out


def test_what_runs_alone_says_what_runs_and_what_to_run_again(fresh: Project) -> None:
    with alone(fresh.folder, "firstfive learn"), pytest.raises(BuildError) as caught:
        fresh.build()
    assert str(caught.value) == (
        f"`firstfive learn` is running on {fresh.folder}; wait for it to end, then run `firstfive build` again"
    )
    with alone(fresh.folder, "firstfive release prune"), pytest.raises(BuildError) as caught:
        learn(fresh)
    assert "`firstfive release prune` is running" in str(caught.value)
    assert "run `firstfive learn` again" in str(caught.value)


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


# --- what a model said, and what is new -------------------------------------------------------------------------------


READ = ["models.llm=openai:fake", "models.rerank_short=12"]


def shy(call: Call) -> Reply:
    """A model that is nearly as sure of the bakery as of all others."""
    yes = 0.52 if "bakery" in call.text.rpartition("Item:")[2] else 0.5
    return said("yes", logprobs={"yes": log(yes), "no": log(1 - yes)})


@pytest.fixture
def read_by(fresh: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Project]]:
    """Opens the tiny world with a model of this name that reads the first items."""
    with ExitStack() as open_ones:

        def opened(model: str) -> Project:
            gateway = FakeGateway(lambda call: replace(shy(call), model=model))
            monkeypatch.setattr(Project, "gateway", property(lambda _: gateway), raising=False)
            project = open_ones.enter_context(open_project(fresh.folder, overrides=READ, environment={}))
            vars(project)["embedder"] = fresh.embedder
            return project

        yield opened


def test_what_a_model_said_of_the_five_is_learned_from_as_it_was_stored_and_by_one_model_alone(
    read_by: Callable[[str], Project],
) -> None:
    says_yes(read_by("older"), 1, "bakery")
    newer = read_by("newer")
    says_yes(newer, 2, "bakery")
    told = heard(newer.store, newer.recommender.serving)
    assert [len(row.fits) for row in told.rows] == [0, len(THINGS)]
    assert told.rows[1].fits[ItemId("bakery")] == pytest.approx(0.52, abs=1e-5)
    assert told.by > {"newer"}
    assert next(iter(told.by - {"newer"})).startswith("rerank@")
    says_yes(read_by("older"), 3, "bakery")
    says_yes(read_by("fallback"), 4, "bakery")
    told = heard(newer.store, newer.recommender.serving)
    assert [bool(row.fits) for row in told.rows] == [True, False, True, False], "one answer by another changes nothing"
    assert told.by > {"older"}


def test_a_models_scores_go_through_the_ranker_where_it_learned_from_that_model_and_count_as_before_elsewhere(
    read_by: Callable[[str], Project],
) -> None:
    project = read_by("newer")
    serving = copy(project.recommender.serving)
    query = serving.query(read(Request(ASKED, 12, diversity=0)))
    nothing, found = np.full(12, np.nan), serving.retrieve(query)
    rerank_column, fused = FEATURES.index("rerank"), FEATURES.index("fused")

    def ranker(seen: np.ndarray) -> np.ndarray:
        """By the fused score; and a little more of a model's yes decides all."""
        return np.asarray(seen[:, fused] + 100 * np.nan_to_num(seen[:, rerank_column]), dtype=np.float32)

    def order_(worth: float, *by: str) -> list[str]:
        known = Known(nobody(12), 0.5, nothing, worth=worth, by=frozenset(by))
        serving.learned = LearnedRanking(known, ranker)
        help_ = Help(project, Dial(12), Payer(), 5.0)
        best = serving.pipeline(query=query, rerank=help_.stage(serving, query))(query.reading.request, found)
        return [str(serving.catalogue.id(position)) for position in best.positions.tolist()]

    prompt = project.prompts.get("rerank").name_and_digest
    before = order_(0.0)
    assert before.index("bakery") > 3
    assert order_(1.0, prompt, "older") == before == order_(1.0, "newer")
    learned_from_it = order_(1.0, prompt, "newer")
    unread = [str(serving.catalogue.id(position)) for position in ranked_all(serving, query, found).positions.tolist()]
    assert unread.index("bakery") - before.index("bakery") < 3
    assert unread.index("bakery") - learned_from_it.index("bakery") == 3, "never more than the model's bound"


def test_an_item_that_the_stage_did_not_have_counts_as_without_learning(fresh: Project) -> None:
    serving = fresh.recommender.serving
    query = serving.query(read(Request(ASKED, 12, diversity=0)))
    known = Known(nobody(12), 0.5, worth=1.0, by=frozenset({"model"}))
    blending = Blending(LearnedRanking(known, lambda seen: np.zeros(len(seen), np.float32)), serving, query, ())
    had, fits = Candidates(np.array([7, 2, 4]), np.zeros(3, np.float32), {}), np.array([0.25, 0.125, 0.5, 0.75])
    blending.stage().step(query.reading.request, had)
    found = blending.worth(np.array([2, 11, 7, 0]), fits.astype(np.float32), {"model"})
    assert found.tolist() == [0, 0.125, 0, 0.75], "to the ranker at hand no score is worth anything"


def test_a_ranking_is_as_of_its_own_day_whatever_the_clock_says(
    fresh: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = copy(fresh.recommender.serving)
    query = serving.query(read(Request(ASKED, 12, diversity=0)))
    found, newness = serving.retrieve(query), FEATURES.index("fresh")
    newest = np.arange(12.0)

    def order_(day: Callable[[], float]) -> list[int]:
        known = Known(nobody(12), 1.0, newest)
        serving.learned = LearnedRanking(known, lambda seen: np.nan_to_num(seen[:, newness]), day)
        best = serving.pipeline(query=query)(query.reading.request, found)
        return [int(position) for position in best.positions]

    late = order_(lambda: 30.0)
    assert late[0] == 11, "the newest"
    assert order_(lambda: 0.0) == order_(lambda: np.nan) != late, "as of that day none is older than another"
    monkeypatch.setattr(learned, "time", lambda: 0.0)
    assert order_(lambda: 30.0) == late
    assert order_(learned.today) == order_(lambda: 0.0)


def with_newness(project: Project) -> Release:
    """Puts a Release in use whose ranker looks at how new an item is, by first imports."""
    shape = (len(THINGS), len(FEATURES))
    random = np.random.default_rng(0)
    groups = [Group(random.random(shape, np.float32), np.eye(1, shape[0], dtype=np.float32)[0]) for _ in range(60)]
    for group in groups:
        group.features[:, FEATURES.index("fresh")] = group.grades
    found = ReplayLearned(nobody(len(THINGS)), fit(groups), Handover(0.5, (), 0, 0), 60)
    now, told = project.recommender, heard(project.store, project.recommender.serving)
    came = ages(project.store, now.serving.catalogue, "")
    new = learning._New(found, None, (), told, (), came)
    made = learning._candidate(project, now.release, new, Quiet())
    use(project, made.id)
    return made


def test_a_release_whose_ranking_goes_by_first_imports_is_another_one_where_these_are_others(fresh: Project) -> None:
    made = with_newness(fresh)
    fresh.build()
    assert fresh.release_in_use() == made.id, "the same catalogue and the same days"
    known = learned.read_known(fresh.releases / made.id)
    assert np.isfinite(known.born).all()
    with closing(sqlite3.connect(fresh.folder / "firstfive.db")) as store, store:
        store.execute("UPDATE pages SET first_seen = first_seen - 9 * 86400 * 1000000 WHERE id = 'bees'")
    again = fresh.build().release
    assert again.id != made.id
    assert [one.part for one in differences(made, again)] == ["first seen"]
    assert calibrating._settings(made) == calibrating._settings(again), "its chances hold"
    bees = fresh.recommender.serving.position(ItemId("bees"))
    moved = learned.read_known(fresh.releases / again.id).born - known.born
    assert np.flatnonzero(moved).tolist() == [bees]
    assert moved[bees] == pytest.approx(-9)


def test_a_build_looks_up_first_imports_once_and_takes_over_from_where_it_looked(
    fresh: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base, made = _first(fresh), with_newness(fresh)
    looked: list[int] = []
    imported = born.imported

    def counted(*given: Any) -> np.ndarray:
        looked.append(1)
        use(fresh, base)  # meanwhile somebody goes back to a Release that learned nothing
        return imported(*given)

    monkeypatch.setattr(born, "imported", counted)
    (tmp_path / "late.jsonl").write_text('{"id": "late", "text": "A small business that came late."}\n')
    fresh.import_(tmp_path / "late.jsonl", full=False)
    again = build(fresh, use=False).release
    assert looked == [1]
    assert again.parts["learned"] == made.parts["learned"]
    known = learned.read_known(fresh.releases / again.id)
    assert again.parts["first seen"] == born.name_of(known.born)


def test_a_build_looks_up_no_first_import_where_the_ranker_does_not_look_at_newness(
    visited: Project, report: LearnReport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert report.release is not None
    assert "first seen" not in report.release.parts
    monkeypatch.setattr(born, "imported", lambda *_: pytest.fail("first imports were read"))
    (tmp_path / "catalogue").symlink_to(visited.releases / _first(visited) / "catalogue")
    learned.carry(visited.releases / report.release.id, tmp_path, np.empty(0))
    assert not len(learned.read_known(tmp_path).born)
    use(visited, report.release.id)
    try:
        visited.build()
    finally:
        use(visited, _first(visited))


def test_an_item_that_came_after_a_yes_is_no_candidate_of_it_and_is_newer(
    fresh: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says_yes(fresh, 1, "hvac")
    slate = fresh.recommend(ASKED)
    event = Event("yes", UserId("ann"), ItemId("bees"), datetime.now(UTC), slate.recomm_id)
    fresh.store.write(lambda unit: add_feedback(unit, [event]))
    (tmp_path / "late.jsonl").write_text('{"id": "late", "title": "Late", "text": "A small business, loyal to all."}\n')
    fresh.import_(tmp_path / "late.jsonl", full=False)
    fresh.build()
    serving = fresh.recommender.serving
    late = serving.position(ItemId("late"))
    sees: list[Callable[[int, Crowd], Seen]] = []
    monkeypatch.setattr("firstfive.learn.replay.learn", lambda *given, **_: sees.append(given[2]))
    came = ages(fresh.store, serving.catalogue, "")
    learn_from(serving, heard(fresh.store, serving), {}, came, Quiet())
    first, second = (sees[0](row, nobody(len(serving.catalogue))) for row in (0, 1))
    assert (len(first.liked), len(second.liked)) == (13, 12), "the first was said before all was imported"
    assert np.isnan(first.features[:, FEATURES.index("fresh")]).all()
    assert (second.features[:, FEATURES.index("fresh")] == 1).all()
    assert came.born[late] == came.born.max() > np.delete(came.born, late).max()


@pytest.mark.parametrize(
    ("field", "why"), [("founded", "no field of the items; the fields are: country"), ("country", "holds no date")]
)
def test_a_field_that_gives_no_dates_is_a_setting_that_is_wrong(fresh: Project, field: str, why: str) -> None:
    with (
        open_project(fresh.folder, overrides=[f"learn.date={field}"], environment={}) as project,
        pytest.raises(SettingsError, match=why),
    ):
        learn(project)


def test_a_named_field_is_the_date_and_an_item_without_one_has_none(tmp_path: Path) -> None:
    things = [("a", "2026-11-02"), ("b", "2025"), ("c", "soon"), ("d", "")]
    lines = (json.dumps({"id": name, "text": f"About {name}.", "on": day}) + "\n" for name, day in things)
    (tmp_path / "things.jsonl").write_text("".join(lines))
    firstfive.init(tmp_path / "project")
    with open_project(tmp_path / "project", overrides=["models.embedder=none"], environment={}) as project:
        project.import_(tmp_path / "things.jsonl", field=("on",))
        project.build()
        found = ages(project.store, project.recommender.serving.catalogue, "on")
    days = [(date(*day) - date(1970, 1, 1)).days for day in ((2026, 11, 2), (2025, 1, 1))]
    assert found.born.tolist() == pytest.approx([*days, np.nan, np.nan], nan_ok=True)
    assert found.seen.min() > 20_000


def test_what_an_older_version_learned_goes_on_answering_and_knows_nothing_of_dates(
    visited: Project, report: LearnReport, tmp_path: Path
) -> None:
    path = copied(visited, report, tmp_path)
    with np.load(path) as kept:
        arrays = {name: kept[name] for name in kept.files if name not in {"born", "dated", "worth", "by"}}
    np.savez(path, **arrays)
    found = learned.load(tmp_path)
    assert found is not None
    assert found.known.share == report.handover.share
    assert not len(found.known.born)
    assert (found.known.worth, found.known.by) == (0.0, frozenset())


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
    assert "once 30 liked something after all of that" in " ".join(measured.lines())
    assert "0 did so far" in measured.note


def test_without_a_ranker_there_is_nothing_that_a_learned_ranking_could_go_by() -> None:
    nothing, none = ReplayLearned(nobody(1), None, NOT_HANDED, 0), np.empty(0, dtype=np.int64)
    told = Heard((), Likes(none, none, np.empty((0, 1), np.float32)), ())
    with pytest.raises(LearnError, match="no ranker was learned from so little") as raised:
        known_of(nothing, told, born.Ages(np.zeros(1), np.zeros(1)))
    assert raised.value.code == "learn.model"


def test_scores_of_an_answer_that_is_not_known_say_nothing_of_who_scored() -> None:
    row = Said(Signal(UserId("ann"), ItemId("bees"), datetime(2026, 3, 1, tzinfo=UTC), 1.0), fits={ItemId("bees"): 1.0})
    assert scored_by([row], {}) == frozenset()
