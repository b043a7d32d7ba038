"""Evaluating: what is missing is named, kinds of requests are measured apart, sides with a model are ranked again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from command_line import firstfive
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.kinds import OTHERS, UNSTATED, kinds_of
from firstfive.app.measure import evaluate
from firstfive.app.questions import questions_for
from firstfive.app.sides import side_of
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import SettingsError, SourceError, UsageError
from firstfive.measure import Measure, Query, compare, qrels_of, run_of
from firstfive.settings import RankSettings
from firstfive.testing import world as tiny
from firstfive.testing.faults import Said
from firstfive.testing.protocols import words
from firstfive.testing.providers import provider
from firstfive.types import ItemId, ReleaseId

SUCCESS = Measure("Success", 5)


def right(n: int, item: str = "a") -> Any:
    return qrels_of((f"q{number}", ItemId(item), 1) for number in range(n))


def run(n: int, item: str, name: str = "run") -> Any:
    return run_of(((f"q{number}", [(ItemId(item), 1.0)]) for number in range(n)), name)


# --- what is reported -------------------------------------------------------------------------------------------------


def test_queries_without_a_judgement_and_judged_ones_that_were_not_asked_are_named() -> None:
    asked = ["q0", "stranger"]
    report = compare([run(5, "a")], right(5), measures=[SUCCESS], queries=asked)
    assert (report.queries, report.without_judgements, report.not_asked) == (1, 1, 4)
    said = "\n".join(report.lines())
    assert "Asked but not judged: stranger." in said
    assert "4 judged queries were not asked and are in no mean: q1, q2, q3 and 1 more." in said


def test_repeats_are_averaged_query_by_query_and_say_how_far_apart_they_are() -> None:
    again = [run(40, "a"), run(40, "b")]
    report = compare([again, run(40, "a", "other")], right(40), measures=[SUCCESS])
    first, other = report.runs
    assert (first.results[0].value, first.repeats, first.apart) == (0.5, 2, 1.0)
    assert other.results[0].difference is not None
    assert other.results[0].difference.value == 0.5
    assert "mean of 2 repeats, up to 1.0000 apart" in "\n".join(report.lines())


def test_kinds_of_requests_are_measured_apart_with_their_differences() -> None:
    kinds = {"place": {f"q{number}": "here" if number < 40 else "there" for number in range(80)}}
    better = run_of(((f"q{n}", [(ItemId("a" if n < 40 else "b"), 1.0)]) for n in range(80)), "better")
    report = compare([run(80, "b", "worse"), better], right(80), measures=[SUCCESS], kinds=kinds)
    here, there = report.runs[1].slices
    assert (here.name, here.requests, here.clear) == ("here", 40, True)
    assert here.value is not None
    assert here.value.value == 1.0
    assert not there.clear
    assert "better, Success@5 by kinds of requests:" in report.lines()


# --- the use case -----------------------------------------------------------------------------------------------------


def test_evaluate_says_what_is_judged_and_what_an_answer_takes(world: Project, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    report = evaluate(queries, qrels, project=world, variants={"words": ["rank.whole=0", "rank.passages=0"]})
    for one in report.runs:
        assert one.results[-1].measure == "Judged@5"
        assert 0 < one.results[-1].value < 1
        assert one.cost is not None
        assert one.cost.p95_ms is not None
        assert 0 < one.cost.p95_ms < 60_000
    assert "an answer, 95 of 100 in" in "\n".join(report.lines())
    with world.store.read() as unit:
        assert unit.events.find() == ([], "")


def test_judged_items_that_the_release_does_not_have_are_named(world: Project, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    assert "not in release" not in "\n".join(evaluate(queries, qrels, project=world).lines())
    first = tiny.WISHES[0]
    qrels.write_text(f"{first.qid} 0 NOPE 1\n{first.qid} 0 NO%20PE 1\n{first.qid} 0 {first.answer} 1\n", "utf-8")
    said = "\n".join(evaluate(queries, qrels, project=world).lines())
    release = world.release_in_use() or ""
    assert f"2 of 3 judged items are not in release {release[:12]} (NOPE, NO%20PE), so that nothing" in said


@pytest.mark.parametrize(
    ("name", "judged"),
    [("q.trec", "1 0 {} 1\n"), ("q.csv", "qid,item,grade\n1,{},1\n")],
)
@pytest.mark.parametrize("item", ["https://x.org/a%20b", "https://x.org/a%25b"])
def test_an_id_with_an_escape_of_its_own_is_found_as_others_write_it(
    tmp_path: Path, name: str, judged: str, item: str
) -> None:
    init_project(tmp_path)
    (tmp_path / "items.csv").write_text(f"id,title,text\n{item},Bees,Honey of wild bees from the hills.\n", "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"qid": "1", "text": "honey"}\n', "utf-8")
    (tmp_path / name).write_text(judged.format(item), "utf-8")
    with open_project(tmp_path) as project:
        import_sources(project, [str(tmp_path / "items.csv")])
        build(project)
        report = evaluate(tmp_path / "queries.jsonl", tmp_path / name, project=project, resamples=200)
        assert report.runs[0].results[0].value == 1.0
        assert "not in release" not in "\n".join(report.lines())


def test_an_empty_file_and_no_request_that_is_left_are_told_apart(world: Project, tmp_path: Path) -> None:
    _, qrels = tiny.write_judgements(tmp_path)
    (tmp_path / "none.jsonl").write_text("", "utf-8")
    with pytest.raises(SourceError, match=r"none\.jsonl has no request"):
        evaluate(tmp_path / "none.jsonl", qrels, project=world)
    with pytest.raises(SourceError, match="no request is left to measure"):
        compare([run(5, "a")], right(5), measures=[SUCCESS], queries=[])


def test_requests_may_come_through_a_pipe_and_not_from_a_folder(world: Project, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    Thread(target=lambda: pipe.write_bytes(queries.read_bytes()), daemon=True).start()
    assert questions_for(world, [world.recommender.now()], pipe, qrels).asked
    with pytest.raises(SourceError, match="there is no file"):
        questions_for(world, [world.recommender.now()], tmp_path, qrels)


def test_the_gate_holds_an_answers_time_against_the_goal(world_folder: Path, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    words_ = ("-p", world_folder, "evaluate", "--queries", queries, "--qrels", qrels, "--gate")
    quick = firstfive(*words_, "--set", "goal.p95_ms=100000", "--set", "goal.usd_per_1000=0")
    assert quick.status == 0, quick.err
    assert "passed: the time of 95 of 100 answers" in quick.out
    slow = firstfive(*words_, "--set", "goal.p95_ms=0.001")
    assert slow.status == 1
    assert "above the 0.001 ms that are allowed" in slow.err


def test_requests_are_divided_by_a_field_of_what_is_right_for_them(world: Project, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    report = evaluate(queries, qrels, project=world, by=["length", "country"])
    found = {(one.by, one.name): one.requests for one in report.runs[0].slices}
    assert found["country", "FR"] == 2
    assert sum(n for (by, _), n in found.items() if by == "length") == len(tiny.WISHES)
    with pytest.raises(UsageError, match="no right item has a field 'colour'"):
        evaluate(queries, qrels, project=world, by=["colour"])


def test_numbers_are_divided_in_three_and_rare_values_together(world: Project) -> None:
    things = [thing.id for thing in tiny.THINGS]
    asked = [Query(thing, thing) for thing in things]
    judged = qrels_of((thing, ItemId(thing), 1) for thing in things)
    kinds = kinds_of(["employees"], [*asked, Query("none", "none")], judged, world)["employees"]
    assert kinds.pop("none") == UNSTATED
    assert sorted(list(kinds.values()).count(name) for name in set(kinds.values())) == [4, 4, 4]
    assert kinds["bees"].startswith("up to ")
    assert OTHERS not in kinds.values()


def test_a_run_without_its_queries_cannot_be_divided(tmp_path: Path) -> None:
    _, qrels = tiny.write_judgements(tmp_path)
    (tmp_path / "run").write_text("w1 Q0 dentist 1 1 t\n")
    with pytest.raises(UsageError, match="name them with --queries"):
        evaluate(None, qrels, run=tmp_path / "run", by=["length"])


@pytest.mark.parametrize("change", ["rerank=51", "rerank=many", "index.rescore=1"])
def test_a_side_differs_in_ranking_and_in_the_models_part_alone(change: str) -> None:
    with pytest.raises(SettingsError):
        side_of("side", ReleaseId("r"), RankSettings(), [change])
    side = side_of("side", ReleaseId("r"), RankSettings(), ["rank.words=2", "prompt=rerank@2"])
    assert side.rank is not None
    assert (side.rank.words, side.rerank, side.prompt) == (2.0, 20, "rerank@2")


# --- with a model -----------------------------------------------------------------------------------------------------


def test_a_side_with_a_model_is_ranked_again_and_paid_again(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "world"))
    queries, qrels = tiny.write_judgements(tmp_path)

    def answers(body: dict[str, Any]) -> Said:
        sure = -0.05 if "dental" in words(body).rpartition("Item:")[2] else -3.0
        return Said("yes" if sure > -1 else "no", logprobs={"yes": sure, "no": -3.05 - sure})

    with provider(answers) as loopback:
        (folder / "firstfive.toml").write_text(
            f'[models]\nllm = "vllm:small"\n[prices]\n"vllm:small" = {{ input = 1.0, output = 1.0 }}\n'
            f'[providers]\nvllm = {{ url = "{loopback.openai}" }}\n',
            "utf-8",
        )
        with open_project(folder, environment={}) as project:
            report = evaluate(queries, qrels, project=project, variants={"model": ["rerank=3"]}, repeats=2)
        assert len(loopback.asked) == 2 * 3 * len(tiny.WISHES)
    alone, model = report.runs
    assert (alone.repeats, model.repeats) == (1, 2)
    assert model.cost is not None
    assert model.cost.usd_per_1000 > 0
    assert model.results[0].difference is not None


def test_a_side_with_a_model_where_none_is_set_is_refused(world: Project, tmp_path: Path) -> None:
    queries, qrels = tiny.write_judgements(tmp_path)
    with pytest.raises(SettingsError, match=r"models\.llm is empty, so model cannot be ranked"):
        evaluate(queries, qrels, project=world, variants={"model": ["rerank=3"]})
