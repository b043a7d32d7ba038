"""Experiments with seekers, through the path that answers them, with a real store."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from command_line import firstfive as run
from firstfive import observe
from firstfive.app import experiments
from firstfive.app.arms import WAIT, drawn, interleaved
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.following import Following, Now
from firstfive.app.promote import promote
from firstfive.app.recommend import Recommender
from firstfive.app.record import erase, forget_old
from firstfive.app.release import list_releases, prune, rollback, use
from firstfive.app.wire import slate_from_json, slate_json
from firstfive.app.wiring import Project, open_project
from firstfive.errors import Conflict, NotFound, RequestError, UsageError
from firstfive.measure.experiment import Guardrail
from firstfive.server.serving import Housekeeping
from firstfive.testing.world import THINGS, WISHES
from firstfive.types import Event, Experiment, ItemId, RecommId, ReleaseId, Request, Slate, Trial, UserId
from tiny_encoder import write_encoder

ASKED = "a good small business with loyal customers"
LATER = timedelta(days=1)


@pytest.fixture(scope="module")
def both(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny world with two Releases: in use one of whole texts alone, and beside it the usual one."""
    folder = Path(shutil.copytree(built, tmp_path_factory.mktemp("both") / "world"))
    with open_project(folder, environment={}) as project:
        usual = build(project).release.id
    weights = ["rank.words=0", "rank.chars=0", "rank.passages=0", "rank.pieces=0"]
    with open_project(folder, overrides=weights, environment={}) as project:
        assert build(project).release.id != usual
    return folder


@pytest.fixture
def folder(both: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(both, tmp_path / "world"))


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    with open_project(folder, environment={}) as project:
        yield project


@pytest.fixture(autouse=True)
def _same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw is the same in each run of a test, so that none fails by chance."""
    numbers = iter(range(10**6))
    for where in ("experiments", "recommend"):
        monkeypatch.setattr(f"firstfive.app.{where}.token_urlsafe", lambda _: f"id{next(numbers)}")
    monkeypatch.setattr("firstfive.app.experiments.token_hex", lambda _: f"{next(numbers):032x}")


def usual(project: Project) -> ReleaseId:
    found, used = list_releases(project)
    return next(one.id for one in found if one.id != used)


def begin(project: Project, name: str = "try", **how: object) -> Experiment:
    return experiments.start(project, name, usual(project), **how)  # type: ignore[arg-type]


def ask(project: Project, seeker: str, text: str = ASKED) -> Slate:
    return project.recommend(text, user=seeker)


def shown(slate: Slate) -> list[str]:
    return [place.item for place in slate.places]


def says(project: Project, slate: Slate, item: str, kind: str = "yes") -> None:
    user = UserId(str(slate.request.user))
    event = Event(kind, user, ItemId(item), datetime.now(UTC), slate.recomm_id)
    project.store.write(lambda unit: unit.events.add([event]))


def failures() -> float:
    return observe.registry().get_sample_value("firstfive_experiment_failures_total") or 0.0


def leaning(slate: Slate) -> dict[str, float]:
    assert slate.trial
    return dict(zip(shown(slate), slate.trial.leanings, strict=True))


# --- beginning and ending ---------------------------------------------------------------------------------------------


def test_an_experiment_that_cannot_be_is_refused_with_what_to_do(project: Project) -> None:
    new, used = usual(project), project.release_in_use()
    with pytest.raises(NotFound, match="is no Release"):
        experiments.start(project, "a", "zzz")
    with pytest.raises(UsageError, match="compared with itself"):
        experiments.start(project, "a", str(used))
    for share in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(UsageError, match="a share of"):
            begin(project, share=share)
    with pytest.raises(UsageError, match="is no name"):
        begin(project, "two words")
    with pytest.raises(UsageError, match="no design"):
        begin(project, design="abc")
    shutil.rmtree(project.releases / new / "text")
    with pytest.raises(Exception, match="text") as damaged:
        begin(project)
    assert damaged.value.code == "index.corrupt"  # type: ignore[attr-defined]
    assert experiments.all_(project) == []


def test_a_release_whose_embedder_is_gone_cannot_be_tried(folder: Path) -> None:
    write_encoder(folder / "tiny")
    with open_project(folder, overrides=["models.embedder=onnx:tiny"], environment={}) as project:
        other = build(project).release.id
    shutil.rmtree(folder / "tiny")
    with open_project(folder, environment={}) as project:
        with pytest.raises(Conflict, match="cannot be shown release"):
            experiments.start(project, "try", other)
        assert experiments.all_(project) == []


def test_one_experiment_runs_at_a_time_and_the_second_is_told_which(project: Project) -> None:
    begin(project, "first")
    with pytest.raises(Conflict, match="the experiment first runs"):
        begin(project, "second")
    experiments.stop(project)
    with pytest.raises(NotFound, match="no experiment runs; there are first"):
        experiments.stop(project)
    with pytest.raises(Conflict, match="does not run any more"):
        experiments.stop(project, "first")
    with pytest.raises(Conflict, match="take another name"):
        begin(project, "first")
    begin(project, "second")


def test_no_release_changes_under_a_running_experiment(folder: Path, project: Project) -> None:
    new, used = usual(project), project.release_in_use()
    begin(project)
    for change in (lambda: use(project, new), lambda: rollback(project), lambda: promote(project, new, force="x")):
        with pytest.raises(Conflict, match="firstfive experiment stop try"):
            change()
    with open_project(folder, overrides=["rank.words=3"], environment={}) as other:
        report = build(other)
        assert report.held == "try"
    assert project.release_in_use() == used
    assert len(list_releases(project)[0]) == 3
    experiments.stop(project)
    assert use(project, new).id == new


def test_a_release_that_seekers_are_shown_is_not_pruned(folder: Path, project: Project) -> None:
    with open_project(folder, overrides=["rank.words=3"], environment={}) as other:
        new = build(other, use=False).release.id
    experiments.start(project, "try", new)
    with pytest.raises(Conflict, match="raise --keep"):
        prune(project, 0)
    assert len(list_releases(project)[0]) == 3
    experiments.stop(project)
    assert [one.id for one in prune(project, 0)] == [new]


def test_what_a_server_builds_by_itself_waits_for_the_experiment(
    folder: Path, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    used = project.release_in_use()
    begin(project)
    overrides = ["server.build_every_s=0.1", "rank.words=4"]
    with open_project(folder, overrides=overrides, environment={}) as serving:
        deadline = monotonic() + 60
        with caplog.at_level("INFO", "firstfive"), Housekeeping(serving):
            while "waits for the experiment try" not in caplog.text and monotonic() < deadline:
                sleep(0.05)
    assert "waits for the experiment try" in caplog.text
    assert project.release_in_use() == used


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_a_seeker_sees_the_same_release_in_every_process_and_after_a_restart(folder: Path, project: Project) -> None:
    begin(project)
    seekers = [f"seeker {n}" for n in range(12)]
    first = {seeker: ask(project, seeker).release for seeker in seekers}
    assert len(set(first.values())) == 2
    with open_project(folder, environment={}) as again:
        assert {seeker: ask(again, seeker).release for seeker in seekers} == first
    script = (
        "import sys, firstfive\n"
        "with firstfive.open(sys.argv[1]) as project:\n"
        "    for seeker in sys.argv[2:]:\n"
        f"        print(project.recommend({ASKED!r}, visit=seeker).release)\n"
    )
    done = [
        subprocess.Popen([sys.executable, "-c", script, str(folder), *seekers], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in done:
        out, _ = process.communicate(timeout=120)
        assert out.split() == [*first.values()]


def test_seekers_fall_to_the_arms_by_the_share_and_anew_in_each_experiment(project: Project) -> None:
    one = begin(project, share=0.2)
    seekers = [str(n) for n in range(20_000)]
    got = [drawn(one, seeker) for seeker in seekers]
    assert 0.19 < sum(got) / len(got) < 0.21
    other = replace(one, seed="00" * 16)
    agree = sum(a == drawn(other, seeker) for a, seeker in zip(got, seekers, strict=True)) / len(got)
    assert 0.66 < agree < 0.70, "two draws of 0.2 agree in 0.68, unless one is the other"


def test_the_candidate_answers_its_seekers_and_the_slate_says_what_it_was(project: Project) -> None:
    one = begin(project)
    slates = [ask(project, f"seeker {n}", wish.text) for n, wish in enumerate(WISHES)]
    for slate in slates:
        trial = slate.trial
        assert trial
        assert trial.experiment == one.id
        wanted = one.candidate if trial.arm == "candidate" else one.baseline
        assert slate.release == wanted
        alone = Recommender(project, wanted).answer(replace(slate.request, user=None))
        assert shown(slate) == shown(alone)
    assert {slate.trial.arm for slate in slates if slate.trial} == {"baseline", "candidate"}
    assert slate_from_json(slate_json(slates[0])).trial == slates[0].trial
    experiments.stop(project)
    assert ask(project, "seeker 0").trial is None


def test_interleaving_shows_picks_of_both_with_teams_that_are_even(project: Project) -> None:
    one = begin(project, design="interleaving")
    old, new = (Recommender(project, release) for release in (one.baseline, one.candidate))
    first: Counter[str] = Counter()
    for wish in WISHES:
        a, b = (shown(each.answer(Request(wish.text))) for each in (old, new))
        for n in range(20):
            slate = ask(project, f"{wish.qid} {n}", wish.text)
            assert slate.trial
            assert set(shown(slate)) <= {*a, *b}
            assert len(set(shown(slate))) == 5
            by_team = {
                team: [item for item, of in zip(shown(slate), slate.trial.teams, strict=True) if of == team]
                for team in "ab"
            }
            assert by_team["a"] == [item for item in a if item in by_team["a"]]
            assert by_team["b"] == [item for item in b if item in by_team["b"]]
            assert abs(len(by_team["a"]) - len(by_team["b"])) == 1
            assert [place.place for place in slate.places] == [1, 2, 3, 4, 5]
            assert set(slate.trial.took_ms) == {"baseline", "candidate"}
            first[slate.trial.teams[0]] += 1
    assert 40 <= first["a"] <= 80, "120 throws of a fair coin"


def test_the_probability_of_an_interleaved_place_is_how_often_the_item_comes_to_stand_there(project: Project) -> None:
    begin(project, design="interleaving")
    slates = [ask(project, f"seeker {n}", WISHES[5].text) for n in range(400)]
    stood = Counter((place.place, place.item) for slate in slates for place in slate.places)
    for slate in slates[:20]:
        for place in slate.places:
            share = stood[place.place, place.item] / len(slates)
            assert abs(share - place.probability) < 0.1


def test_with_buttons_each_interleaved_place_keeps_those_of_its_own_ranking(project: Project) -> None:
    begin(project, design="interleaving")
    slate = project.recommend(ASKED, user="ann", ask=True)
    assert slate.asked
    assert len(slate.asked.sharpenings) == len(slate.places)


@pytest.mark.parametrize("design", ["ab", "interleaving"])
def test_where_the_candidate_fails_the_seeker_gets_the_baseline_and_the_operator_is_told(
    project: Project, design: str, caplog: pytest.LogCaptureFixture
) -> None:
    one, before = begin(project, design=design), failures()
    shutil.rmtree(project.releases / one.candidate)
    slates = [ask(project, f"seeker {n}") for n in range(8)]
    alone = Recommender(project, one.baseline).answer(Request(ASKED))
    assert all(slate.places == alone.places and slate.notes == alone.notes for slate in slates)
    failed = [slate for slate in slates if slate.trial and slate.trial.failed]
    assert failed
    assert failures() == before + len(failed)
    assert len([line for line in caplog.messages if "try: the candidate gave no answer" in line]) == 1


def test_a_candidate_that_cannot_be_opened_is_not_tried_again_with_every_request(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, tries = begin(project), list[ReleaseId]()

    class Counted(Following):
        def now(self) -> Now:
            tries.append(self.release)
            return super().now()

        def __init__(self, project: Project, release: ReleaseId) -> None:
            super().__init__(project, release)
            self.release = release

    monkeypatch.setattr("firstfive.app.arms.Following", Counted)
    shutil.rmtree(project.releases / one.candidate)
    assert len({ask(project, f"seeker {n}").recomm_id for n in range(12)}) == 12
    assert tries.count(one.candidate) == 1


def test_a_baseline_that_cannot_be_opened_takes_nobodys_answer_away(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    used = project.release_in_use()
    experiments.start(project, "try", str(used), against=usual(project))
    shutil.rmtree(project.releases / usual(project))
    slates = [ask(project, f"seeker {n}") for n in range(8)]
    assert {(slate.release, slate.trial) for slate in slates} == {(used, None)}
    assert all(slate.places for slate in slates)
    assert len([line for line in caplog.messages if "try: the baseline cannot be opened" in line]) == 1
    assert known(project).report.visits == 0


def test_what_was_opened_for_an_experiment_is_let_go_when_another_or_none_runs(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[ReleaseId, weakref.ref[Following]]] = []

    class Seen(Following):
        def __init__(self, project: Project, release: ReleaseId) -> None:
            super().__init__(project, release)
            opened.append((release, weakref.ref(self)))

    def there() -> list[ReleaseId]:
        gc.collect()
        return [release for release, one in opened if one() is not None]

    monkeypatch.setattr("firstfive.app.arms.Following", Seen)
    second = usual(project)
    with open_project(folder, overrides=["rank.words=3"], environment={}) as other:
        third = build(other, use=False).release.id
    seekers = [f"seeker {n}" for n in range(6)]
    for name, candidate in (("one", second), ("two", third)):
        experiments.start(project, name, candidate)
        assert candidate in {ask(project, seeker).release for seeker in seekers}
        assert there() == [candidate]
        experiments.stop(project)
    ask(project, "ann")
    assert there() == []


def test_more_like_an_item_that_only_the_candidate_has_is_answered_by_it_and_speaks_for_nobody(
    folder: Path, project: Project
) -> None:
    (folder / "more.csv").write_text("id,title,text\ncooper,Oak Rings,A cooper who makes oak barrels for cider.\n")
    with open_project(folder, environment={}) as other:
        import_sources(other, [str(folder / "more.csv")])
        new = build(other, use=False).release.id
    experiments.start(project, "try", new, design="interleaving")
    slate = project.recommend(ASKED, user="ann", like="cooper")
    assert (slate.release, len(slate.places)) == (new, 5)
    assert slate.trial
    assert (slate.trial.arm, slate.trial.teams, slate.trial.leanings) == ("both", (), ())
    with pytest.raises(RequestError, match="has no item"):
        project.recommend(ASKED, user="ann", like="nobody")
    for n in range(30):
        says(project, one := project.recommend(ASKED, user=f"seeker {n}", like="cooper"), one.places[0].item)
    report = known(project).report
    assert (report.verdict, report.ratio) == ("no difference seen yet", None), "no coin was thrown"
    assert report.difference.interval.value == 0


def test_where_one_of_the_two_shows_nothing_the_slate_is_nobodys_pick(project: Project) -> None:
    one = begin(project, design="interleaving")
    full = Recommender(project, one.baseline).answer(Request(ASKED))
    for a, b in ((full, replace(full, places=())), (replace(full, places=()), full)):
        slate = interleaved(one, RecommId("r"), a, b)
        assert shown(slate) == shown(full)
        assert slate.trial
        assert (slate.trial.teams, slate.trial.leanings) == ((), ())


@pytest.mark.parametrize("n", [1, 4, 8, 12])
def test_more_or_fewer_places_than_five_are_interleaved_in_the_first_five(project: Project, n: int) -> None:
    begin(project, design="interleaving")
    slate = project.recommend(ASKED, n, user="ann")
    assert len({*shown(slate)}) == n
    assert slate.trial
    assert len(slate.trial.teams) == n
    assert set(slate.trial.teams[5:]) <= {"a"}


def test_a_request_that_no_release_can_answer_is_refused_as_ever_and_is_no_failure_of_the_candidate(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    before = failures()
    for design in ("ab", "interleaving"):
        begin(project, design, design=design)
        for n in range(4):
            with pytest.raises(RequestError) as refused:
                project.recommend(ASKED, user=str(n), filter="nonsense (")
            assert refused.value.code == "request.filter"
        experiments.stop(project)
    assert failures() == before
    assert not [line for line in caplog.messages if "gave no answer" in line]


# --- what is known ----------------------------------------------------------------------------------------------------


def visited(project: Project, chance: dict[str, float], visits: int, random: Random) -> None:
    """Visitors who say yes to something among the first five with the chance of the arm that they see."""
    for n in range(visits):
        slate = ask(project, f"seeker {random.random()} {n}")
        assert slate.trial
        if random.random() < chance[slate.trial.arm]:
            says(project, slate, slate.places[random.randrange(5)].item)


def known(project: Project) -> experiments.Status:
    return experiments.status(project, now=datetime.now(UTC) + LATER)


def test_a_planted_better_candidate_is_found_and_an_equal_one_raises_no_alarm(project: Project) -> None:
    random = Random(5)
    begin(project, "better")
    assert known(project).report.verdict == "no difference seen yet"
    assert "Not enough data yet: after 0 visits" in known(project).report.sentence()
    visited(project, {"baseline": 0.2, "candidate": 0.75}, 150, random)
    found = known(project).report
    assert (found.verdict, found.exit, found.visits) == ("better", 0, 150)
    assert found.difference.interval.low > 0
    assert found.difference.interval.low < 0.55 < found.difference.interval.high
    assert "the candidate finds a match among the first five" in found.sentence()
    assert "points more often than the baseline" in found.sentence()
    experiments.stop(project)
    begin(project, "equal")
    for _ in range(10):
        visited(project, {"baseline": 0.4, "candidate": 0.4}, 12, random)
        assert (known(project).report.verdict, known(project).report.exit) == ("no difference seen yet", 3)
    experiments.stop(project)
    begin(project, "worse")
    visited(project, {"baseline": 0.75, "candidate": 0.2}, 150, random)
    assert (known(project).report.verdict, known(project).report.exit) == ("worse", 1)
    assert "points less often" in known(project).report.sentence()
    assert experiments.status(project, "better", datetime.now(UTC) + LATER).report == found


def test_interleaving_finds_the_better_ranking_and_none_where_seekers_do_not_care(
    project: Project,
) -> None:
    one = begin(project, "better", design="interleaving")
    old, new = (Recommender(project, release) for release in (one.baseline, one.candidate))
    texts = [w.text for w in WISHES if shown(old.answer(Request(w.text))) != shown(new.answer(Request(w.text)))]
    assert texts
    random = Random(2)
    for n in range(120):
        slate = ask(project, f"seeker {n}", texts[n % len(texts)])
        best = max(shown(slate), key=leaning(slate).__getitem__)
        says(project, slate, best if random.random() < 0.8 else random.choice(shown(slate)))
    report = known(project).report
    assert (report.verdict, report.exit) == ("better", 0)
    assert "seekers say yes to the candidate's picks more often" in report.sentence()
    experiments.stop(project)
    begin(project, "equal", design="interleaving")
    for n in range(120):
        slate = ask(project, f"seeker {n}", texts[n % len(texts)])
        says(project, slate, random.choice(shown(slate)))
    assert known(project).report.verdict == "no difference seen yet"


def test_a_visitor_counts_once_whatever_they_press(project: Project) -> None:
    begin(project)
    for _ in range(30):
        slate = ask(project, "the same one")
        for place in slate.places:
            says(project, slate, place.item)
    report = known(project).report
    assert report.visits == 1
    assert report.verdict == "no difference seen yet"


def test_a_visit_counts_when_it_is_over_and_what_comes_later_is_another(project: Project) -> None:
    begin(project)
    slate = ask(project, "ann")
    report = experiments.status(project).report
    assert (report.visits, report.open_visits) == (0, 1)
    event = Event("yes", UserId("ann"), slate.places[0].item, datetime.now(UTC) + timedelta(hours=2), slate.recomm_id)
    project.store.write(lambda unit: unit.events.add([event]))
    assert [*known(project).report.found.values()] == [0.0]
    says(project, slate, slate.places[1].item)
    assert [*known(project).report.found.values()] == [1.0]


def test_feedback_without_a_recomm_id_is_joined_by_the_user(project: Project) -> None:
    begin(project)
    slate = ask(project, "ann")
    for item in (slate.places[0].item, ItemId("nothing")):
        event = Event("like", UserId("ann"), item, datetime.now(UTC))
        project.store.write(lambda unit, event=event: unit.events.add([event]))  # type: ignore[misc]
    assert [*known(project).report.found.values()] == [1.0]


def test_words_that_replace_older_ones_are_found_by_their_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstfive.app.outcomes.EVENTS", 2)
    long_ago = datetime.now(UTC) - timedelta(days=9)
    old = [Event("yes", UserId(user), ItemId(thing.id), long_ago) for user in ("ann", "bob", "cyd") for thing in THINGS]
    project.store.write(lambda unit: unit.events.add(old))
    begin(project)
    slate = ask(project, "ann")
    assert [*known(project).report.found.values()] == [0.0]
    says(project, slate, slate.places[0].item)
    assert [*known(project).report.found.values()] == [1.0]


def test_reading_more_of_what_a_yes_was_said_to_leaves_it_found(project: Project) -> None:
    begin(project)
    slate = ask(project, "ann")
    says(project, slate, slate.places[0].item)
    says(project, slate, slate.places[0].item, "opened")
    assert [*known(project).report.found.values()] == [1.0]


def test_what_is_taken_back_days_later_no_longer_counts(project: Project) -> None:
    begin(project)
    slate = ask(project, "ann")
    says(project, slate, slate.places[0].item)
    assert [*known(project).report.found.values()] == [1.0]
    project.store.write(lambda unit: unit.events.remove("yes", UserId("ann"), slate.places[0].item))
    assert [*known(project).report.found.values()] == [0.0]


def test_neither_the_wait_for_a_processor_nor_what_a_failed_candidate_wasted_is_an_arms_time(
    project: Project,
) -> None:
    one = begin(project, share=0.99)
    slate = ask(project, "ann")
    assert WAIT in slate.timings_ms
    for n, (failed, took) in enumerate([(False, {WAIT: 900.0, "embed": 7.0, "fuse": 3.0}), (True, {"embed": 500.0})]):
        trial = Trial(one.id, "candidate" if failed else "baseline", failed=failed)
        other = replace(slate, recomm_id=RecommId(f"r{n}"), timings_ms=took, trial=trial)
        project.store.write(lambda unit, other=other: unit.slates.add(other))  # type: ignore[misc]
    for number in known(project).report.guardrails[:2]:
        assert (number.name, number.baseline) in {("p50_ms", 10.0), ("p95_ms", 10.0)}
    a, b = (replace(slate, timings_ms={WAIT: waited, "embed": 4.0}) for waited in (1.0, 300.0))
    both = interleaved(one, RecommId("r"), a, b).trial
    assert both
    assert both.took_ms == {"baseline": 4.0, "candidate": 4.0}


def test_looking_again_within_a_minute_reads_nothing_and_an_end_is_seen_at_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, clock = experiments.Looks(project), [0.0]
    monkeypatch.setattr("firstfive.app.experiments.monotonic", lambda: clock[0])
    begin(project)
    first = looks.status("try")
    ask(project, "ann")
    clock[0] = 59.0
    assert looks.status("try") is first
    clock[0] = 61.0
    later = looks.status("try")
    assert (first.report.open_visits, later.report.open_visits) == (0, 1)
    assert later.at > first.at
    experiments.stop(project)
    assert looks.status("try").experiment.stopped
    with pytest.raises(NotFound):
        looks.status("none")


def test_a_split_that_is_not_kept_is_said_before_anything_else(project: Project) -> None:
    one = begin(project)
    seekers = [f"{n}" for n in range(300)]
    for seeker in [each for each in seekers if drawn(one, each)][:60]:  # the baseline's visits are lost
        ask(project, seeker)
    report = known(project).report
    assert (report.verdict, report.exit) == ("broken split", 1)
    assert "believe no number" in report.sentence()


def test_a_guardrail_fails_where_the_candidate_keeps_failing_to_answer(project: Project) -> None:
    one = begin(project)
    shutil.rmtree(project.releases / one.candidate)
    for n in range(60):
        ask(project, f"seeker {n}")
    report = known(project).report
    assert (report.verdict, report.exit) == ("guardrail failed", 1)
    assert "a guardrail failed: failures" in report.sentence()


def test_complaints_fail_a_guardrail(project: Project) -> None:
    begin(project)
    for n in range(100):
        slate = ask(project, f"seeker {n}")
        assert slate.trial
        if slate.trial.arm == "candidate":
            says(project, slate, slate.places[0].item, "no")
    report = known(project).report
    assert [one.name for one in report.guardrails if one.failed] == ["complaints"]
    assert report.verdict == "guardrail failed"


def test_a_candidate_that_shows_far_fewer_items_fails_a_guardrail_and_one_that_shows_as_many_keeps_it(
    folder: Path, project: Project
) -> None:
    many, few = usual(project), [ItemId(thing.id) for thing in THINGS[5:]]
    project.store.write(lambda unit: unit.pages.retire(few))
    with open_project(folder, environment={}) as other:
        new = build(other, use=False).release.id
    for candidate, design in ((new, "ab"), (new, "interleaving"), (many, "ab")):
        experiments.start(project, f"{candidate[:9]}-{design}", candidate, design=design)
        before = exposure(project)
        assert (before.state, before.span, before.baseline) == ("not enough data yet", None, None)
        for n in range(140):
            ask(project, f"seeker {n}", WISHES[n * 7 % 11 % 6].text)
        report, one = known(project).report, exposure(project)
        assert one.baseline is not None
        assert one.candidate is not None
        assert one.span is not None
        assert one.span.low <= one.candidate - one.baseline <= one.span.high
        failed = ["exposure"] if candidate == new else []
        assert [each.name for each in report.guardrails if each.failed] == failed
        assert report.verdict == ("guardrail failed" if failed else "no difference seen yet")
        assert (one.candidate > one.baseline + 0.2) is bool(failed)
        experiments.stop(project)


def exposure(project: Project) -> Guardrail:
    return next(one for one in known(project).report.guardrails if one.name == "exposure")


def test_erasing_and_forgetting_reach_what_an_experiment_stores(project: Project) -> None:
    begin(project)
    for n in range(4):
        says(project, ask(project, f"seeker {n}"), THINGS[0].id)
    erase(project, user=UserId("seeker 0"))
    assert known(project).report.visits == 3
    forget_old(project, datetime.now(UTC) + timedelta(days=400))
    assert known(project).report.visits == 0
    with project.store.read() as unit:
        assert unit.slates.page("", 10)[0] == []


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_commands_begin_show_and_end_an_experiment(folder: Path, project: Project) -> None:
    there = ["-p", str(folder)]
    new = usual(project)
    begun = run("experiment", "start", "try", "--candidate", new[:10], "--why", "to\x1b see", *there)
    assert (begun.status, "The experiment try runs: 50% of seekers are shown the candidate" in begun.out) == (0, True)
    again = run("experiment", "start", "other", "--candidate", new, *there)
    assert (again.status, "the experiment try runs" in again.err) == (2, True)
    for n in range(5):
        ask(project, f"seeker {n}")
    told = run("experiment", "status", *there)
    assert told.status == 3
    assert "Not enough data yet" in told.out
    assert "\x1b" not in told.out
    answer = run("experiment", "status", "try", "--json", *there)
    assert (answer.status, answer.answer["report"]["verdict"]) == (3, "no difference seen yet")
    assert "seed" not in answer.answer["experiment"]
    assert run("experiment", "status", "none", *there).status == 2
    ended = run("experiment", "stop", *there)
    assert (ended.status, "The experiment try ended" in ended.out) == (0, True)
    assert run("experiment", "stop", *there).status == 2
