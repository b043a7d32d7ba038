"""Promoting: measured against the Release in use, on the same requests, and switched only where that shows no loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app.build import build
from firstfive.app.calibrating import learned_from
from firstfive.app.collect import import_sources
from firstfive.app.promote import costs, evidence_of, promote
from firstfive.app.questions import made_up_for, questions_for, ranked
from firstfive.app.recommend import Recommender
from firstfive.app.release import list_releases, rollback, use, uses
from firstfive.app.side_by_side import Taken
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import (
    Conflict,
    IndexFileError,
    ModelError,
    NotFound,
    SettingsError,
    SourceError,
    StoreError,
    UsageError,
)
from firstfive.measure import Goal
from firstfive.observe import Quiet
from firstfive.ports import Use
from firstfive.testing.faults import FAULTS
from firstfive.testing.providers import Provider, provider
from firstfive.types import ItemId, ReleaseId
from test_remote import Weather
from tiny_encoder import write_encoder

TRADES = ("mill", "forge", "dairy", "tannery", "brewery", "sawmill", "nursery")
TOWNS = ("Arlen", "Bexhow", "Corrow", "Dunmere", "Elsby", "Farrow", "Garside")
ITEMS = {
    f"{trade}-{town}": f"A small {trade} by the river. It sells to everybody around {town}. Visits on {town} fair days."
    for trade, town in product(TRADES, TOWNS)
}
"""Forty-nine items of words that the tiny encoders do not know: to them all texts are nearly alike.

One more, and each build would learn a chance, which nothing here asks for.
"""
LOOSE = "goal.margin=0.5"
Open = Callable[..., Project]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens one project with its items, by other settings each time."""
    projects: list[Project] = []

    def make(embedder: str, *overrides: str) -> Project:
        folder = tmp_path / "p"
        fresh = not folder.exists()
        if fresh:
            init_project(folder)
            write_encoder(folder / "tiny")
        projects.append(open_project(folder, overrides=[f"models.embedder={embedder}", *overrides], environment={}))
        if fresh:
            imported(projects[-1], ITEMS)
        return projects[-1]

    yield make
    for project in projects:
        project.close()


def imported(project: Project, items: dict[str, str]) -> None:
    path = project.folder / "items.jsonl"
    path.write_text(
        "".join(json.dumps({"id": name, "title": name, "text": text}) + "\n" for name, text in items.items()), "utf-8"
    )
    import_sources(project, [str(path)], full=True)


@pytest.fixture
def old(opened: Open) -> ReleaseId:
    """In use: words alone."""
    return build(opened("none")).release.id


@pytest.fixture
def equal(opened: Open, old: ReleaseId) -> ReleaseId:
    """Waits: words with an embedder that adds next to nothing."""
    return build(opened("onnx:tiny", "rank.whole=0.01", "rank.passages=0.01", "rank.pieces=0")).release.id


@pytest.fixture
def worse(opened: Open, old: ReleaseId) -> ReleaseId:
    """Waits: that embedder alone."""
    return build(opened("onnx:tiny", "rank.words=0", "rank.chars=0", "rank.pieces=0")).release.id


def judged(folder: Path, n: int = 40) -> tuple[str, str]:
    """Writes requests and what is right for them, and gives both files."""
    asked = [(f"q{number}", name) for number, name in enumerate(ITEMS)][:n]
    rows = [json.dumps({"qid": qid, "text": name.replace("-", " near ")}) for qid, name in asked]
    (folder / "asked.jsonl").write_text("\n".join(rows), "utf-8")
    (folder / "right.trec").write_text("".join(f"{qid} 0 {name} 1\n" for qid, name in asked), "utf-8")
    return str(folder / "asked.jsonl"), str(folder / "right.trec")


# --- what is switched -------------------------------------------------------------------------------------------------


def test_a_release_that_is_no_worse_is_put_in_use_and_a_rollback_undoes_it(
    opened: Open, old: ReleaseId, equal: ReleaseId
) -> None:
    project = opened("none", LOOSE)
    done = promote(project)
    assert (done.release, done.before, done.promoted, done.decision.outcome) == (equal, old, True, "passed")
    assert project.release_in_use() == equal == project.recommend("a forge").release
    rollback(project)
    assert project.release_in_use() == old
    assert [(name, how.how) for name, how in uses(project)] == [(old, "rollback"), (equal, "promote"), (old, "build")]


def test_what_was_measured_is_kept_with_who_and_when(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none", LOOSE)
    done = promote(project)
    _, how = uses(project)[0]
    kept = evidence_of(how)
    assert how.at is not None
    assert kept is not None
    assert (kept.before, kept.made_up, kept.decision, kept.measured) == (old, True, done.decision, done.measured)
    assert kept.requests == len(ITEMS)
    assert "Success@5" in kept.said


def test_what_an_earlier_version_kept_is_read_as_far_as_it_goes() -> None:
    kept = evidence_of(Use(evidence='{"said": "it was better", "verdict": {}}'))
    assert kept is not None
    assert (kept.said, kept.decision.findings, kept.measured) == ("it was better", (), None)
    assert evidence_of(Use()) is None
    with pytest.raises(StoreError, match="put back a copy"):
        evidence_of(Use(evidence="{"))


def test_a_release_that_is_worse_stays_where_it_is(opened: Open, old: ReleaseId, worse: ReleaseId) -> None:
    project = opened("none")
    done = promote(project)
    assert (done.promoted, done.decision.outcome) == (False, "failed")
    assert project.release_in_use() == old
    assert len(uses(project)) == 1


def test_requests_that_do_not_decide_switch_nothing(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none", "goal.margin=0.001")
    done = promote(project)
    assert (done.promoted, done.decision.outcome) == (False, "open")
    assert project.release_in_use() == old


def test_force_switches_whatever_was_measured_and_keeps_the_reason(
    opened: Open, old: ReleaseId, worse: ReleaseId
) -> None:
    project = opened("none")
    done = promote(project, worse, force="the words are going away")
    assert (done.promoted, done.decision.outcome) == (True, "failed")
    name, how = uses(project)[0]
    assert (name, how.how, how.reason) == (worse, "force", "the words are going away")
    assert project.release_in_use() == worse


def test_a_force_that_was_not_needed_is_a_promotion(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none", LOOSE)
    promote(project, force="in any case")
    assert (uses(project)[0][1].how, uses(project)[0][1].reason) == ("promote", "in any case")


def test_measuring_alone_switches_and_keeps_nothing(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none", LOOSE)
    done = promote(project, switch=False)
    assert (done.promoted, done.decision.outcome) == (False, "passed")
    assert [name for name, _ in uses(project)] == [old]


def test_nothing_is_switched_where_another_release_came_in_use_meanwhile(
    opened: Open, old: ReleaseId, equal: ReleaseId
) -> None:
    class Meanwhile(Quiet):
        def finish(self, step: str) -> None:
            if step == "time":
                project.store.write(lambda unit: unit.releases.use(third, Use("use")))

    third = build(opened("none", "rank.words=2"), use=False).release.id
    project = opened("none", LOOSE)
    with pytest.raises(Conflict, match=f"{third} was put in use while {equal} was measured against {old}") as caught:
        promote(project, equal, progress=Meanwhile())
    assert caught.value.code == "conflict.release"
    assert project.release_in_use() == third


def test_the_newest_release_that_was_never_in_use_is_meant_where_none_is_named(
    opened: Open, old: ReleaseId, worse: ReleaseId
) -> None:
    newer = build(opened("none", "rank.words=2"), use=False).release.id
    project = opened("none")
    assert promote(project, switch=False).release == newer
    use(project, newer)
    with pytest.raises(NotFound, match="no Release waits"):  # the other one is older than that in use
        promote(project)
    assert promote(project, worse[:6], switch=False).release == worse
    with pytest.raises(UsageError, match="in use already"):
        promote(project, newer)


def test_the_first_release_has_nothing_to_be_worse_than(opened: Open) -> None:
    project = opened("none")
    first = build(project, use=False).release.id
    done = promote(project)
    assert (done.promoted, done.before, done.decision.findings) == (True, None, ())
    assert project.release_in_use() == first


def test_a_release_of_another_embedder_is_not_used_unmeasured(opened: Open, old: ReleaseId, worse: ReleaseId) -> None:
    project = opened("none")
    with pytest.raises(Conflict, match=f"firstfive promote {worse[:12]}") as caught:
        use(project, worse)
    assert caught.value.code == "conflict.unmeasured"
    assert project.release_in_use() == old
    promote(project, worse, force="a trial")
    use(project, old)
    use(project, worse)  # it was in use before
    assert project.release_in_use() == worse


# --- what it is measured with -----------------------------------------------------------------------------------------


def test_requests_that_people_judged_go_before_made_up_ones(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none", LOOSE, "goal.queries=asked.jsonl", "goal.qrels=right.trec")
    judged(project.folder)
    measured = promote(project, switch=False).measured
    assert measured is not None
    assert (measured.questions, measured.made_up, measured.quality.queries) == ("40 requests of asked.jsonl", False, 40)
    success = measured.quality.runs[0].results[0]
    assert (success.measure, success.difference is not None) == ("Success@5", True)


def test_bars_are_held_against_judged_requests_and_left_open_by_made_up_ones(
    opened: Open, old: ReleaseId, equal: ReleaseId
) -> None:
    project = opened("none", LOOSE, "goal.at_least=Success@5 0.5")
    assert promote(project, switch=False).decision.outcome == "open"
    queries, qrels = judged(project.folder)
    assert promote(project, switch=False, queries=queries, qrels=qrels).decision.outcome == "passed"
    high = opened("none", LOOSE, "goal.at_least=P@5 0.9")
    assert promote(high, switch=False, queries=queries, qrels=qrels).decision.outcome == "failed"


def test_time_has_a_bar_of_its_own(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    done = promote(opened("none", LOOSE, "goal.p95_ms=0.001"), switch=False)
    assert done.decision.outcome == "failed"
    assert "95 of 100 answers" in done.decision.findings[-1].said


def test_one_of_two_files_is_refused(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none")
    queries, _ = judged(project.folder)
    with pytest.raises(UsageError, match="name both"):
        promote(project, queries=queries)


@pytest.mark.parametrize("setting", ["goal.measure=Wins@5", "goal.at_least=Success@5"])
def test_a_goal_that_cannot_be_read_is_a_setting_that_is_wrong(opened: Open, old: ReleaseId, setting: str) -> None:
    with pytest.raises(SettingsError, match="goal"):
        promote(opened("none", setting))


def both(project: Project, *releases: ReleaseId) -> list[Recommender]:
    return [Recommender(project, release) for release in releases]


def test_made_up_requests_are_each_from_an_item_that_both_have_in_words_that_both_say(
    opened: Open, old: ReleaseId
) -> None:
    changed = {name: text.replace("Visits on", "Open on") for name, text in ITEMS.items() if "mill" not in name}
    project = opened("none")
    imported(project, changed)
    new = build(project, use=False).release.id
    releases = [recommender.now() for recommender in both(project, old, new)]
    made = list(made_up_for(releases, 1_000))
    assert {one.item for one in made} == set(changed)
    assert len(made) == len(changed)
    assert not any("Visits" in one.sentence for one in made)
    assert [one.query.text for one in made] == [one.query.text for one in made_up_for(releases, 1_000)]


def test_made_up_requests_are_of_no_hidden_item_and_of_those_a_chance_was_learned_from_last(
    opened: Open, old: ReleaseId
) -> None:
    project = opened("none")
    hidden = ItemId("forge-Elsby")
    project.store.write(lambda unit: unit.hidden.set([hidden], hidden=True))
    (recommender,) = both(project, old)
    kept = {ItemId(f"mill-{town}") for town in TOWNS}
    made = [one.item for one in made_up_for([recommender.now()], 1_000, [ItemId(name) for name in {*ITEMS} - kept])]
    assert hidden not in made
    assert set(made[: len(kept)]) == kept


def test_the_items_that_a_release_learned_its_chances_from_are_known(opened: Open, old: ReleaseId) -> None:
    project = opened("none")
    assert learned_from(project.releases / old) == frozenset()
    more = {**ITEMS, "mint": "A mint by the river. It sells to nobody."}
    imported(project, more)
    old = build(project).release.id
    learned = learned_from(project.releases / old)
    assert learned <= {*more}
    assert len(learned) > 30
    (project.releases / old / "chances.json").unlink()
    assert learned_from(project.releases / old) == frozenset()


@pytest.mark.parametrize(("late", "outcomes"), [(0.05, []), (0.06, ["failed"])])
def test_answers_by_words_alone_for_a_slow_embedder_fail_a_release(late: float, outcomes: list[str]) -> None:
    taken = Taken(ReleaseId("new"), "vllm:bge", 64, 1_000, 900.0, 1_000.0, 0.1, late)
    assert [finding.outcome for finding in costs([taken], Goal())] == outcomes


def test_a_release_with_a_damaged_file_is_not_forced_in_use(opened: Open, old: ReleaseId, equal: ReleaseId) -> None:
    project = opened("none")
    heads = project.releases / equal / "heads.npy"
    heads.write_bytes(heads.read_bytes()[:-1])
    with pytest.raises(IndexFileError, match=r"heads\.npy"):
        promote(project, equal, force="in any case")
    assert project.release_in_use() == old


def test_the_one_in_use_is_damaged_and_another_takes_its_place_for_a_reason(
    opened: Open, old: ReleaseId, equal: ReleaseId
) -> None:
    project = opened("none")
    heads = project.releases / old / "heads.npy"
    heads.write_bytes(heads.read_bytes()[:-1])
    with pytest.raises(IndexFileError):
        promote(project)
    assert promote(project, force="the old one is damaged").promoted
    assert project.release_in_use() == equal


def test_a_blind_request_is_answered_as_if_the_item_did_not_say_its_sentence(opened: Open, old: ReleaseId) -> None:
    project = opened("none")
    (recommender,) = both(project, old)
    questions = questions_for(project, [recommender.now()])
    blind = [one.query.qid for one in questions.made if one.blind]
    run = ranked(recommender, questions, "made up", 64, Quiet())
    plain = dict(recommender.many([(query.qid, query.text) for query in questions.asked], 64))
    found: dict[str, list[str]] = {}
    for query, item in zip(run.query, run.item, strict=True):
        found.setdefault(run.qids[query], []).append(run.ids[item])
    about = {one.query.qid: one.item for one in questions.made}

    def place(ranking: list[str], item: str) -> int:
        return ranking.index(item) if item in ranking else len(ranking)

    lost = [qid for qid in blind if place(found[qid], about[qid]) > place([i for i, _ in plain[qid]], about[qid])]
    assert len(lost) > len(blind) / 2
    seen = [qid for qid in about if qid not in blind]
    assert all(found[qid] == [item for item, _ in plain[qid]] for qid in seen)


def test_a_catalogue_without_a_sentence_cannot_be_asked_about(opened: Open) -> None:
    project = opened("none")
    imported(project, {"a": "Mill", "b": "Forge"})
    build(project)
    build(opened("none", "rank.words=2"), use=False)
    with pytest.raises(SourceError, match="judge some") as caught:
        promote(project)
    assert caught.value.code == "measure.nothing"


# --- a provider's embedder --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weather() -> Weather:
    return Weather()


@pytest.fixture(scope="module")
def loopback(weather: Weather) -> Iterator[Provider]:
    with provider(size=64, faults=weather) as running:
        yield running


@pytest.fixture
def remote(opened: Open, loopback: Provider, weather: Weather, old: ReleaseId) -> Iterator[Project]:
    """A project whose settings name a provider's embedder, whose Release waits."""
    weather.fault = None
    settings = [f"providers.vllm.url={loopback.openai}", "prices.vllm:bge.input=0.1", "rank.words=5", LOOSE]
    project = opened("vllm:bge", *settings)
    build(project)
    yield project
    weather.fault = None


def test_a_providers_price_and_time_stand_beside_the_quality(remote: Project, loopback: Provider) -> None:
    before = len(loopback.asked)
    done = promote(remote)
    assert done.promoted
    assert done.measured is not None
    new, old = done.measured.taken
    words = sum(len(text.split()) for body in loopback.bodies[before:] for text in body["input"])
    assert (new.embedder, old.embedder) == ("vllm:bge/2000", "none")
    assert 0 < new.usd_per_1000 * 64 / 1000 < words * 0.1 / 1e6
    assert (old.usd_per_1000, new.by_words, old.by_words) == (0, 0, 0)
    assert new.size_bytes > old.size_bytes > 0
    assert 0 < new.median_ms <= new.p95_ms


def test_time_and_price_are_of_calls_that_were_made_just_now(remote: Project, loopback: Provider) -> None:
    first = promote(remote, switch=False).measured
    before = len(loopback.asked)
    second = promote(remote, switch=False).measured
    assert first is not None
    assert second is not None
    assert second.taken[0].usd_per_1000 == first.taken[0].usd_per_1000
    assert len(loopback.asked) > before


def test_requests_are_embedded_many_to_a_call_for_quality(remote: Project, loopback: Provider) -> None:
    before = len(loopback.asked)
    promote(remote, switch=False)
    sizes = [len(body["input"]) for body in loopback.bodies[before:]]
    assert max(sizes) >= 32


def test_an_embedder_that_is_down_is_not_measured_and_a_reason_switches_all_the_same(
    remote: Project, weather: Weather, old: ReleaseId
) -> None:
    weather.fault = FAULTS["401"]
    with pytest.raises(ModelError):
        promote(remote)
    assert remote.release_in_use() == old
    done = promote(remote, force="the old one goes away")
    assert (done.promoted, done.measured) == (True, None)
    assert "Nothing could be measured" in done.lines()[0]
    kept = evidence_of(uses(remote)[0][1])
    assert kept is not None
    assert "401" in kept.said


# --- the commands -----------------------------------------------------------------------------------------------------


def test_promote_ends_with_0_1_or_3_and_says_what_came_of_it(opened: Open, old: ReleaseId, worse: ReleaseId) -> None:
    folder = opened("none").folder
    failed = firstfive("-p", folder, "promote")
    assert failed.status == 1
    assert f"Release {old[:12]} stays in use." in failed.out
    assert "worse than the 0.02 that are allowed" in failed.err
    undecided = firstfive("-p", folder, "promote", "--set", "goal.margin=0.95", "--set", "goal.made_up=20")
    assert undecided.status == 3
    assert "requests that come out like these 20 would" in undecided.err
    dry = firstfive("-p", folder, "promote", "--dry-run", "--set", "goal.margin=1")
    assert (dry.status, list_releases(opened("none"))[1]) == (0, old)
    assert f"promote {worse[:12]}" in dry.out
    switched = firstfive("-p", folder, "promote", "--json", "--set", "goal.margin=1")
    assert switched.status == 0
    assert switched.answer["promoted"] is True
    assert switched.answer["measured"]["quality"]["queries"] == len(ITEMS)
    assert list_releases(opened("none"))[1] == worse


def test_release_list_and_show_say_how_a_release_came_to_be_in_use(
    opened: Open, old: ReleaseId, worse: ReleaseId
) -> None:
    folder = opened("none").folder
    assert f"  {worse[:12]}" in firstfive("-p", folder, "release", "list").out.splitlines()[0]
    assert firstfive("-p", folder, "release", "list").out.splitlines()[0].endswith("never in use")
    assert firstfive("-p", folder, "promote", "--force", "a trial").status == 0
    newest, oldest = firstfive("-p", folder, "release", "list").out.splitlines()
    assert "promoted by force" in newest
    assert "put in use by a build" in oldest
    shown = firstfive("-p", folder, "release", "show", worse).out
    assert "because: a trial" in shown
    assert f"against {old[:12]}: failed: the difference in Success@5" in shown
    uses_ = firstfive("-p", folder, "release", "show", worse, "--json").answer["uses"]
    assert (uses_[0]["how"], uses_[0]["evidence"]["before"]) == ("force", old)


def test_evaluate_compares_two_releases_each_with_its_own_embedder(
    opened: Open, old: ReleaseId, worse: ReleaseId
) -> None:
    folder = opened("none").folder
    queries, qrels = judged(folder)
    words = ["-p", str(folder), "evaluate", "--release", worse, "--baseline-release", old, "--json"]
    words += ["--queries", queries, "--qrels", qrels]
    report = firstfive(*words).answer
    assert [run["name"] for run in report["runs"]] == [worse[:12], old[:12]]
    assert report["baseline"] == old[:12]
    assert report["runs"][0]["results"][0]["difference"]["high"] < -0.02
    gated = firstfive(*words, "--gate")
    assert gated.status == 1
    assert gated.answer["decision"]["findings"][0]["outcome"] == "failed"
    assert firstfive(*words, "--gate", "--set", "goal.margin=1").status == 0


def test_evaluate_takes_files_and_bars_from_the_goal(opened: Open, old: ReleaseId) -> None:
    folder = opened("none").folder
    judged(folder)
    goal = [f"--set=goal.{name}" for name in ("queries=asked.jsonl", "qrels=right.trec")]
    reached = firstfive("-p", folder, "evaluate", "--gate", *goal, "--set", "goal.at_least=Success@5 0.5")
    assert reached.status == 0
    assert "passed: Success@5 is" in reached.out
    assert firstfive("-p", folder, "evaluate", "--gate", *goal, "--set", "goal.at_least=P@5 0.9").status == 1
    nothing = firstfive("-p", folder, "evaluate", "--gate", *goal)
    assert (nothing.status, "asks nothing" in nothing.err) == (2, True)
    unnamed = firstfive("-p", folder, "evaluate", "--gate")
    assert (unnamed.status, "goal.qrels" in unnamed.err) == (2, True)
