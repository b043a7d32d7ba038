"""A judge's many grades and people's few labels: intervals that hold, and gates that only a TRUSTED judge may open."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import ir_measures
import numpy as np
import pytest

from command_line import Ended, firstfive
from firstfive.app.build import build
from firstfive.app.grades import by_a_judge
from firstfive.app.judged import evaluate_judged, gate_judged
from firstfive.app.judges import judge_of
from firstfive.app.labelling import desk, draw, rows, say
from firstfive.app.past import Line, past
from firstfive.app.promote import evidence_of, promote
from firstfive.app.release import uses
from firstfive.app.wiring import Project, open_project
from firstfive.errors import CODES, GateFailed, ModelError, UsageError
from firstfive.measure import Bar, ByJudge, Goal, Measure, by_judge, decide_by_judge, qrels_of, run_of
from firstfive.ports import Call, Reply, Trial, words_of
from firstfive.testing.models import FakeGateway, said
from firstfive.testing.world import THINGS, WISHES, write_judgements
from firstfive.types import ItemId, ReleaseId

TITLES = {thing.title: thing.id for thing in THINGS}
TIMES = 7
"""Each wish is asked so often, as if by others: 42 requests."""
FILES = ("--queries", "queries.jsonl")
WORST = ("rank.words=0", "rank.whole=0", "rank.passages=0", "rank.chars=0", "rank.pieces=0", "rank.depth=5")


def good(call: Call) -> Reply:
    """Grades by the world's obvious answers."""
    wish = next(wish for wish in WISHES if wish.text in call.text)
    title = next(title for title in TITLES if title in call.text)
    return said(
        json.dumps({"quote": title, "grade": 2 if TITLES[title] == wish.answer else 0}),
        cost_usd=0.001,
    )


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    made = FakeGateway(good)
    monkeypatch.setattr(Project, "gateway", property(lambda _: made))
    return made


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """The tiny world with 42 requests in words of their own."""
    folder = Path(shutil.copytree(built, tmp_path / "world"))
    asked = [(f"{wish.qid}-{again}", f"{wish.text} {'!' * again}") for again in range(TIMES) for wish in WISHES]
    lines = [json.dumps({"qid": qid, "text": text}) for qid, text in asked]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def project(folder: Path, gateway: FakeGateway) -> Iterator[Project]:
    with open_project(folder, overrides=["models.judge=anthropic:fake", "goal.margin=0.2"], environment={}) as opened:
        yield opened


def tried(project: Project, verdict: str = "TRUSTED", **more: str) -> None:
    """A trial of the project's judge that ended so."""
    judge = judge_of(project)
    rule = "agreement 0.4, ceiling -0.1, again 0.3, turned 0.3, longer 0.25, stuffed 0.25, injected 0.25, requests 50"
    known = {"judge": judge.id, "prompt": judge.prompt.name_and_digest, **more}
    trial = Trial(**known, model=judge.model, verdict=verdict, rule=rule, things=120, at=datetime.now(UTC))  # type: ignore[arg-type]
    project.store.write(lambda unit: unit.judgements.conclude(trial))


def labelled(project: Project, requests: int = 42) -> None:
    """So many whole requests labelled by their obvious answers."""
    draw(project, 5 * requests, queries=project.folder / "queries.jsonl", whole=True)
    answers = {wish.qid: wish.answer for wish in WISHES}
    for row in rows(project):
        right = row.pair.item == answers[row.pair.qid.partition("-")[0]]
        say(project, "first", "ann", row.pair.qid, row.pair.item, 2 if right else 0)


def waiting(project: Project, *overrides: str) -> str:
    """Another Release, which is not in use."""
    more = ["models.judge=anthropic:fake", *overrides]
    with open_project(project.folder, overrides=more, environment={}) as other:
        return build(other, use=False).release.id


def evaluated(project: Project, **more: object) -> ByJudge:
    return evaluate_judged(project, project.folder / "queries.jsonl", **more)  # type: ignore[arg-type]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_without_labels_a_judges_number_has_no_interval_and_says_so(project: Project, gateway: FakeGateway) -> None:
    found = evaluated(project)
    success = found.reached[0]
    assert (success.measure, success.level.interval, success.level.labels) == ("Success@5", None, 0)
    assert success.level.judge_only == 1
    told = "\n".join(found.lines())
    assert "no verdict yet, run `firstfive judge`" in told
    assert "not enough data yet: people labelled 0 of at least 30 requests" in told
    assert "which has no valid interval" in told
    assert "[" not in told
    assert (found.requests, found.graded, found.failed) == (42, len(gateway.asked), 0)
    assert found.cost_usd == pytest.approx(0.001 * len(gateway.asked))


def test_where_labels_meet_grades_the_interval_is_prediction_powered(project: Project) -> None:
    labelled(project, 36)
    found = evaluated(project)
    success, ndcg = found.reached
    assert success.level.labels == 36
    assert success.level.judged == 42
    interval = success.level.interval
    assert interval
    assert 0.85 < interval.low <= interval.value <= interval.high <= 1
    assert "42 requests" in found.lines()[-1]
    assert ndcg.level.interval is None  # it looks at ten, and people labelled five
    assert ndcg.level.labels == 0


def test_nothing_is_asked_twice_and_what_was_paid_before_a_stop_is_kept(project: Project, gateway: FakeGateway) -> None:
    first = evaluated(project)
    asked = len(gateway.asked)
    again = evaluated(project)
    assert (first.asked, again.asked, len(gateway.asked), again.cost_usd) == (asked, 0, asked, 0)
    assert again.reached == first.reached
    assert evaluated(project, measures=["Success@3"]).asked == 0


def test_a_text_that_changed_is_judged_anew(project: Project) -> None:
    evaluated(project)
    items = project.folder / "items.jsonl"
    items.write_text(items.read_text().replace("crowns, bridges and dentures", "crowns and fine dentures"))
    project.import_(items, field=["*"])
    project.build()
    found = evaluated(project)
    assert 0 < found.asked < found.graded


def test_a_judges_grades_come_out_as_qrels_that_give_its_numbers_again(project: Project, tmp_path: Path) -> None:
    labelled(project, 2)
    for row in rows(project)[:5]:
        say(project, "first", "ann", row.pair.qid, row.pair.item, 3)
    found = evaluated(project)
    out, asked, people = (tmp_path / name for name in ("judge.trec", "asked.jsonl", "people.trec"))
    there, judge = ("-p", project.folder), ("--set", "models.judge=anthropic:fake")
    export = (*there, *judge, "label", "export", "--judge", "--labels", out, "--queries", asked)
    assert firstfive(*export).status == 0
    assert len(asked.read_text().splitlines()) == 2, "the sample's"
    ended = firstfive(*export, "--of", project.folder / "queries.jsonl")
    assert (ended.status, f"{found.graded} grades by anthropic:fake with judge@" in ended.out) == (0, True)
    assert firstfive(*there, "label", "export", "--labels", people).status == 0
    assert {line.split()[3] for line in people.read_text().splitlines()} == {"3", "2", "0"}
    theirs = list(ir_measures.read_trec_qrels(str(out)))  # type: ignore[no-untyped-call]
    assert len(theirs) == found.graded
    assert {one.relevance for one in theirs} == {0, 2}, "none of them is a person's"
    measured = firstfive(*there, "evaluate", "--queries", asked, "--qrels", out, "--json").answer["runs"][0]["results"]
    again = {one["measure"]: one["value"] for one in measured}
    for one in found.reached:
        assert again[one.measure] == pytest.approx(one.level.judge_only)


def test_without_grades_no_file_is_written_and_the_command_says_what_to_run(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out.trec"
    export = ("-p", project.folder, "--set", "models.judge=anthropic:fake", "label", "export", "--labels", out)
    for option, advice in (("--judge", "evaluate --judged"), ("--second", "/studio/label")):
        ended = firstfive(*export, option)
        assert (ended.status, advice in ended.err) == (2, True)
    assert firstfive(*export, "--judge", "--second").status == 2
    assert firstfive(*export, "--of", "queries.jsonl").status == 2
    evaluated(project)
    both = (*export[:-2], "--judge", "--of", project.folder / "queries.jsonl", "--queries", tmp_path / "out.jsonl")
    (tmp_path / "folder").mkdir()
    for name in ("out.csv", "out.jsonl", "folder"):
        ended = firstfive(*both, "--labels", tmp_path / name)
        assert (ended.status, str(tmp_path / name) in ended.err) == (2, True)
    assert [*tmp_path.glob("*out*")] == []


def test_stored_requests_come_out_by_their_recomm_id_and_a_text_that_changed_does_not(project: Project) -> None:
    slates = [project.recommend(wish.text) for wish in WISHES]
    found = evaluate_judged(project)
    said = by_a_judge(project)
    assert {query.qid for query in said.requests} == {slate.recomm_id for slate in slates}
    assert (len(said.grades), said.outdated) == (found.graded, 0)
    items = project.folder / "items.jsonl"
    items.write_text(items.read_text().replace("with surgery on site", "with surgery in town"))
    project.import_(items, field=["*"])
    project.build()
    later = by_a_judge(project)
    assert later.outdated > 0
    assert len(later.grades) == found.graded - later.outdated
    assert "clinic" not in {item for _, item, _ in later.grades}


def test_grades_of_a_text_that_waits_to_be_promoted_come_out_until_it_is_gone(project: Project) -> None:
    asked = project.folder / "queries.jsonl"
    items = project.folder / "items.jsonl"
    items.write_text(items.read_text().replace("with surgery on site", "with surgery in town"))
    project.import_(items, field=["*"])
    new = waiting(project)
    found = evaluated(project, release=ReleaseId(new))
    assert found.graded > 0
    said = by_a_judge(project, file=asked)
    assert "clinic" in {item for _, item, _ in said.grades}
    assert (len(said.grades), said.outdated) == (found.graded, 0)


def test_a_request_counts_as_stored_when_the_items_that_it_showed_are_gone(project: Project) -> None:
    slate = project.recommend(WISHES[0].text)
    graded = evaluate_judged(project).graded
    items = project.folder / "items.jsonl"
    items.write_text(items.read_text().replace('"id": "', '"id": "other '))
    project.import_(items, field=["*"], full=True)
    project.build()
    said = by_a_judge(project)
    assert [query.qid for query in said.requests] == [slate.recomm_id]
    assert len(said.grades) == graded


def test_what_is_left_out_is_said_on_stderr_wherever_the_qrels_go(project: Project, tmp_path: Path) -> None:
    evaluated(project)
    items = project.folder / "items.jsonl"
    items.write_text(items.read_text().replace("with surgery on site", "with surgery in town"))
    project.import_(items, field=["*"])
    project.build()
    export = ("-p", project.folder, "--set", "models.judge=anthropic:fake", "label", "export", "--judge")
    for more in ((), ("--labels", tmp_path / "out.trec")):
        ended = firstfive(*export, *more, "--of", project.folder / "queries.jsonl")
        assert ended.status == 0
        assert "of items whose text changed since" in ended.err
        assert "asks for them anew." in ended.err
        assert "changed since" not in ended.out


def test_answers_that_do_not_come_are_counted_and_a_judge_that_is_down_is_an_error(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(call: Call) -> Reply | ModelError:
        return ModelError("late", code="model.timeout") if "Morning Loaf" in call.text else good(call)

    monkeypatch.setattr(Project, "gateway", property(lambda _: FakeGateway(some)))
    found = evaluated(project)
    assert found.failed > 0
    assert f"{found.failed} have none, for want of a usable answer" in "\n".join(found.lines())
    project.store.erase(before=datetime(2126, 1, 1, tzinfo=UTC))
    down = FakeGateway(lambda _: ModelError("down", code="model.unreachable"))
    monkeypatch.setattr(Project, "gateway", property(lambda _: down))
    with pytest.raises(ModelError, match="down"):
        evaluated(project)


def test_stored_requests_are_measured_where_no_file_is_named(project: Project) -> None:
    slates = [project.recommend(wish.text) for wish in WISHES]
    found = evaluate_judged(project)
    assert found.requests == 6
    with project.store.read() as unit:
        judged = unit.judgements.of(judge_of(project).id, [words_of(WISHES[0].text)])
    assert {one.recomm_id for one in judged} == {slates[0].recomm_id}
    assert {one.created for one in judged} == {slates[0].created}


def test_a_judge_that_is_too_kind_moves_the_interval_no_further_than_it_is_wide() -> None:
    """Of 200 requests people labelled 60 at random; the truth is .6 and the judge says .8. The interval holds .6."""
    random, held = np.random.default_rng(3), 0
    for _ in range(60):
        right = random.random(200) < 0.6
        kind = right | (random.random(200) < 0.5)
        qids = [f"q{n}" for n in range(200)]
        run = run_of(((qid, [(ItemId("a"), 1.0)]) for qid in qids), "r")
        judge = qrels_of((qid, ItemId("a"), int(yes)) for qid, yes in zip(qids, kind, strict=True))
        people = qrels_of((qid, ItemId("a"), int(yes)) for qid, yes in zip(qids[:60], right, strict=False))
        success = Measure("Success", 5)
        (one,) = by_judge([run], judge, people, {success: set(qids[:60])}, [success], qids)
        assert one.level.interval
        assert one.level.judge_only > 0.7
        held += one.level.interval.low <= 0.6 <= one.level.interval.high
    assert held >= 53


def test_what_a_judge_says_is_kept_as_judged_and_stands_in_no_line_with_what_people_say(project: Project) -> None:
    old, new = project.release_in_use(), waiting(project, "rank.words=3")
    asked = project.folder / "queries.jsonl"
    (alone,) = lines_after(project, lambda: evaluated(project))
    assert (alone.judge, alone.alone, alone.made_up) == (str(judge_of(project)), True, False)
    assert alone.asked == f"42 requests of queries.jsonl that {alone.judge} judged, alone"
    labelled(project, 36)
    (corrected,) = lines_after(project, lambda: promote(project, new, queries=asked, judged=True, force="to see"))
    found = evaluated(project, release=old)
    assert corrected.asked == f"42 requests of queries.jsonl that {alone.judge} judged, corrected by people's labels"
    assert (corrected.judge, corrected.alone) == (alone.judge, False)
    assert [(point.release, point.how) for point in corrected.points] == [(old, "promote"), (new, "promote")]
    assert all(point.labels == 36 and point.p95_ms for point in corrected.points)
    assert corrected.points[0].value == found.reached[0].level.interval
    queries, qrels = write_judgements(project.folder)
    ended = firstfive("-p", project.folder, "report", "--queries", queries, "--qrels", qrels, "--json")
    lines = ended.answer["past"]["lines"]
    assert [line["judge"] for line in lines] == ["", alone.judge, alone.judge]
    assert len({line["questions"] for line in lines}) == 3
    page = (project.folder / "report.html").read_text("utf-8")
    assert "by the judge alone, which has no valid interval" in page
    assert "from 36 labelled requests and a judge" in page


def lines_after(project: Project, measure: Callable[[], object]) -> list[Line]:
    """The lines of quality that measuring adds to."""
    before = {line.questions for line in past(project, "Success@5").lines}
    measure()
    return [line for line in past(project, "Success@5").lines if line.questions not in before]


# --- gates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "code", "leave"),
    [("", "gate.no_verdict", 3), ("INCONCLUSIVE", "gate.no_verdict", 3), ("UNTRUSTED", "gate.untrusted", 1)],
)
def test_a_judge_that_is_not_trusted_opens_no_gate_and_is_not_even_asked(
    project: Project, gateway: FakeGateway, verdict: str, code: str, leave: int
) -> None:
    if verdict:
        tried(project)
        tried(project, verdict)
    waiting(project, "rank.words=2")
    before = project.release_in_use()
    for work in (
        lambda: evaluated(project, gated=True),
        lambda: promote(project, queries=project.folder / "queries.jsonl", judged=True),
    ):
        with pytest.raises(GateFailed, match="firstfive judge") as refused:
            work()
        assert (refused.value.code, CODES[code].exit) == (code, leave)
    assert gateway.asked == []
    assert project.release_in_use() == before


def test_a_stale_verdict_opens_no_gate(project: Project) -> None:
    tried(project, judge="another stamp", prompt="judge@1 0ldd1gest")
    with pytest.raises(GateFailed, match="its verdict, TRUSTED, is of another prompt, judge@1 0ldd1gest"):
        evaluated(project, gated=True)


def test_a_trusted_judge_promotes_a_release_that_is_no_worse_and_says_by_what(project: Project) -> None:
    tried(project)
    new = waiting(project, "rank.words=2")
    done = promote(project, queries=project.folder / "queries.jsonl", judged=True)
    assert (done.promoted, project.release_in_use()) == (True, new)
    (finding,) = done.decision.findings
    assert finding.said.startswith("by a TRUSTED judge alone, not valid as an interval of what people would say: the d")
    told = "\n".join(done.lines())
    assert "42 requests of queries.jsonl that anthropic:fake with judge@1" in told
    assert "95 % interval" not in told
    evidence = evidence_of(uses(project)[0][1])
    assert evidence
    assert evidence.measured
    assert evidence.measured.judged
    assert (evidence.requests, evidence.measured.judged.verdict) == (42, "TRUSTED")


def test_a_trusted_judge_keeps_a_release_out_that_is_worse(project: Project) -> None:
    tried(project)
    waiting(project, *WORST)
    before = project.release_in_use()
    done = promote(project, queries=project.folder / "queries.jsonl", judged=True)
    assert (done.promoted, done.decision.outcome, project.release_in_use()) == (False, "failed", before)


def test_a_bar_needs_people_and_a_difference_takes_their_labels_where_there_are_enough(project: Project) -> None:
    goal = Goal((Bar.parse("Success@5 0.7"),), margin=0.2)
    tried(project)
    new = waiting(project, "rank.words=2")
    before = decide_by_judge(evaluated(project, baseline_release=new), goal)
    assert [one.outcome for one in before.findings] == ["open", "passed"]
    assert "people labelled 0 of at least 30 requests whole" in before.findings[0].said
    labelled(project)
    found = evaluated(project, baseline_release=new)
    after = decide_by_judge(found, goal)
    assert [one.outcome for one in after.findings] == ["passed", "passed"]
    assert "TRUSTED judge alone" not in after.findings[1].said
    assert found.reached[0].difference
    assert found.reached[0].difference.labels == 42


def test_what_a_new_release_shows_never_decides_which_requests_are_the_labelled_sample(project: Project) -> None:
    goal = Goal((Bar.parse("Success@5 0.7"),), margin=0.2)
    tried(project)
    labelled(project, 36)
    new = waiting(project, "rank.words=0", "rank.whole=0", "rank.passages=0", "rank.pieces=0")
    found = evaluated(project, release=new, baseline_release=project.release_in_use())
    success = found.reached[0]
    assert (success.level.interval, success.level.labels) == (None, 0)
    command_ = f"`firstfive label draw --release {new[:12]}`"
    assert command_ in success.unlabelled
    assert command_ in "\n".join(found.lines())
    decision = decide_by_judge(found, goal)
    assert [one.outcome for one in decision.findings] == ["open", "open"], "no judge alone, where people's labels are"
    assert all(command_ in one.said for one in decision.findings)
    before = len(rows(project))
    ended = firstfive("-p", project.folder, "label", "draw", "--release", new[:12])
    assert ended.status == 0, ended.err
    assert len(rows(project)) > before
    assert {row.pair.qid for row in rows(project)[before:]} <= {row.pair.qid for row in rows(project)[:before]}
    assert desk(project, "first", "ann").pair == rows(project)[before].pair
    for row in rows(project)[before:]:
        say(project, "first", "ann", row.pair.qid, row.pair.item, 0)
    after = evaluated(project, release=new, baseline_release=project.release_in_use()).reached[0]
    assert (after.level.labels, after.unlabelled) == (36, "")
    assert after.level.interval
    again = firstfive("-p", project.folder, "label", "draw", "--release", new[:12])
    assert again.status == 2
    assert "shows nothing new" in again.err
    assert firstfive("-p", project.folder, "label", "draw", "--release", new, "--whole").status == 2


def test_a_few_items_without_a_label_count_as_wrong_and_their_requests_stay(project: Project) -> None:
    labelled(project, 40)
    right = {wish.qid: wish.answer for wish in WISHES}
    one, other = [row.pair for row in rows(project) if row.pair.item == right[row.pair.qid.partition("-")[0]]][:2]
    project.store.write(lambda unit: [unit.pairs.unlabel(it.qid, it.item, "first") for it in (one, other)])
    say(project, "first", "ann", other.qid, other.item, None)  # skipped
    full = evaluated(project)
    assert full.reached[0].level.labels == 40
    assert "1 of the 40 labelled requests show an item without a label, which counts as wrong" in "\n".join(
        full.lines()
    )
    assert full.reached[0].level.interval
    assert full.reached[0].level.interval.value == pytest.approx(0.95, abs=0.01)


def test_a_goal_that_looks_further_than_a_judge_is_open(project: Project) -> None:
    found = evaluated(project, measures=["Success@5", "R@100"])
    assert [one.measure for one in found.reached] == ["Success@5"]
    assert "R@100 left out: a judge grades the first 10 items" in found.lines()[-1]
    decision = decide_by_judge(found, Goal((Bar.parse("R@100 0.5"),)))
    assert decision.outcome == "open"


def test_peoples_own_judgements_need_no_verdict(project: Project) -> None:
    qrels = project.folder / "people.trec"
    qrels.write_text("".join(f"{w.qid}-{n} 0 {w.answer} 1\n" for w in WISHES for n in range(TIMES)))
    new = waiting(project, "rank.words=2")
    done = promote(project, queries=project.folder / "queries.jsonl", qrels=qrels)
    assert (done.promoted, done.release) == (True, new)
    found = evaluated(project, qrels=qrels)
    assert found.reached[1].level.labels == 42


# --- the command ------------------------------------------------------------------------------------------------------


def command(project: Project, *words: str) -> Ended:
    more = ("--set", "models.judge=anthropic:fake", "--set", "goal.at_least=Success@5 0.7")
    return firstfive("-p", project.folder, *more, *words, "--queries", project.folder / "queries.jsonl")


def test_the_command_prints_numbers_and_refuses_and_opens_the_gate(project: Project) -> None:
    plain = command(project, "evaluate", "--judged")
    assert plain.status == 0, plain.err
    assert "Success@5: not enough data yet" in plain.out
    none = command(project, "evaluate", "--judged", "--gate", "--json")
    assert (none.status, none.problem["code"]) == (3, "gate.no_verdict")
    tried(project, "UNTRUSTED")
    assert command(project, "promote", "--judged").status == 2  # nothing waits
    waiting(project, "rank.words=2")
    bad = command(project, "promote", "--judged")
    assert bad.status == 1
    assert "was found UNTRUSTED" in bad.err
    tried(project)
    alone = command(project, "evaluate", "--judged", "--gate")
    assert alone.status == 3
    assert "open: people labelled 0" in alone.out
    labelled(project)
    good_ = command(project, "evaluate", "--judged", "--gate", "--json")
    assert good_.status == 0, good_.err
    assert good_.answer["decision"]["findings"][0]["outcome"] == "passed"
    assert command(project, "evaluate", "--judged", "--by", "length").status == 2


def test_a_goal_that_asks_nothing_is_said(project: Project) -> None:
    tried(project)
    with pytest.raises(UsageError, match="asks nothing of this"):
        gate_judged(project, evaluated(project, gated=True))
