"""The judge command: people's labels, a model's answers one item a call, and a verdict as an exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from command_line import Ended, firstfive
from firstfive import prompts
from firstfive.app.families import alike
from firstfive.app.judges import judge_of, may_gate
from firstfive.app.judging import JudgeReport, judge
from firstfive.app.labelling import bring_in, draw, rows, say
from firstfive.app.prompts import label
from firstfive.app.record import erase
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import CODES, GateFailed, ModelError, SettingsError, SourceError, UsageError
from firstfive.measure import Ask, Verdict, read_qrels
from firstfive.measure.twins import ORDERS
from firstfive.ports import Call, Reply, words_of
from firstfive.testing.judges import PLANTED
from firstfive.testing.models import FakeGateway, said
from firstfive.testing.providers import provider
from firstfive.testing.world import THINGS, WISHES

TITLES = {thing.title: thing.id for thing in THINGS}
TIMES = 10
"""Each wish is asked so often, as if by others: 60 requests."""

Answering = Callable[[Call], Reply | ModelError]


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """The tiny world with requests and the labels of two people who agree: its answer is right, the bakery wrong."""
    folder = Path(shutil.copytree(built, tmp_path / "world"))
    asked = [(f"{wish.qid}-{again}", wish) for again in range(TIMES) for wish in WISHES]
    lines = [json.dumps({"qid": qid, "text": wish.text}) for qid, wish in asked]
    labels = [f"{qid} 0 {item} {grade}" for qid, wish in asked for item, grade in ((wish.answer, 2), ("bakery", 0))]
    for name, text in (("queries.jsonl", lines), ("labels.trec", labels), ("second.trec", labels)):
        (folder / name).write_text("\n".join(text) + "\n", "utf-8")
    return folder


def right(call: Call) -> bool:
    """Whether the item in the call answers the request in it."""
    wish = next(wish for wish in WISHES if wish.text in call.text)
    return next(title for title, item in TITLES.items() if item == wish.answer) in call.text


def grade(call: Call, value: int, quote: str = "") -> Reply:
    title = next(title for title in TITLES if title in call.text)
    return said(json.dumps({"quote": quote or title, "grade": value}), cost_usd=0.001)


def good(call: Call) -> Reply:
    return grade(call, 2 if right(call) else 0)


def obeys(call: Call) -> Reply:
    return grade(call, 3) if any(order in call.text for order in ORDERS) else good(call)


def judged(folder: Path, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, **more: str) -> JudgeReport:
    monkeypatch.setattr(Project, "gateway", property(lambda _: gateway))
    overrides = ["models.llm=openai:fake", "models.judge=openai:fake"]
    with open_project(folder, overrides=overrides, environment={}) as project:
        files = {"second": folder / "second.trec"} | {name: folder / file for name, file in more.items() if "." in file}
        rest = {name: value for name, value in more.items() if "." not in value}
        return judge(project, folder / "queries.jsonl", folder / "labels.trec", **(files | rest))  # type: ignore[arg-type]


def test_a_good_judge_is_trusted_on_six_calls_a_labelled_item(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway(good)
    report = judged(folder, gateway, monkeypatch)
    assert report.judgement.verdict is Verdict.TRUSTED, report.lines()
    assert (report.things, report.missing, report.failed) == (120, 0, 0)
    assert len(gateway.asked) == 720
    assert report.cost_usd == pytest.approx(0.72)
    assert report.prompt.startswith("judge@1 ")


def test_each_call_has_one_item_and_what_is_asked_once_more_is_asked_afresh(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = FakeGateway(good)
    judged(folder, gateway, monkeypatch)
    assert all(sum(title in call.text for title in TITLES) == 1 for call in gateway.asked)
    fresh = sum(terms.fresh for terms in gateway.terms)
    assert fresh == 120 / 8
    assert {terms.models for terms in gateway.terms} == {("openai:fake",)}


def test_a_judge_that_obeys_the_text_is_found_out_and_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = judged(folder, FakeGateway(obeys), monkeypatch)
    assert report.judgement.verdict is Verdict.UNTRUSTED
    assert "it fails at injected" in report.lines()[0]
    assert "is of the family of the model that reranks" in report.lines()[-1]


def test_a_judge_that_quotes_what_the_item_does_not_say_is_not_heard(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def makes_up(call: Call) -> Reply:
        return grade(call, 2, "the best there is") if "parrot" in call.text and right(call) else good(call)

    report = judged(folder, FakeGateway(makes_up), monkeypatch)
    assert (report.things, report.failed) == (110, 10)
    assert "10 left out for want of a usable answer" in report.lines()[-2]


@pytest.mark.parametrize("quote", ["the best there is", " - "])
def test_a_judge_that_is_left_out_too_often_is_not_trusted_on_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, quote: str
) -> None:
    def makes_up(call: Call) -> Reply:
        return grade(call, 2, quote) if ("parrot" in call.text or "linen" in call.text) and right(call) else good(call)

    report = judged(folder, FakeGateway(makes_up), monkeypatch)
    assert report.failed == 20
    assert report.judgement.verdict is Verdict.INCONCLUSIVE
    assert {check.outcome for check in report.judgement.checks} == {"passed"}
    assert any(line.startswith("More than 10% were left out") for line in report.lines())


def test_a_model_that_is_down_is_an_error_and_no_verdict(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    down = FakeGateway(lambda _: ModelError("down", code="model.unreachable"))
    with pytest.raises(ModelError, match="down"):
        judged(folder, down, monkeypatch)


def test_labels_of_items_that_are_gone_are_counted_and_labels_of_nothing_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = folder / "labels.trec"
    labels.write_text(labels.read_text() + "w1-0 0 gone 1\nnobody 0 bakery 1\n")
    assert judged(folder, FakeGateway(good), monkeypatch).missing == 2
    labels.write_text("w1-0 0 gone 1\n")
    with pytest.raises(SourceError, match="none of the 1 labels"):
        judged(folder, FakeGateway(good), monkeypatch)
    labels.write_text("w1-0 0 bakery 4\n")
    with pytest.raises(SourceError, match="has the grade 4; a judge's grades go from 0 to 3"):
        judged(folder, FakeGateway(good), monkeypatch)


def test_an_unknown_bar_is_refused_before_anything_is_paid(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway(good)
    with pytest.raises(UsageError, match="is no bar of a judge"):
        judged(folder, gateway, monkeypatch, rule="injcted 1")
    assert gateway.asked == []


def test_without_a_model_there_is_no_judge(folder: Path) -> None:
    with (
        open_project(folder, environment={}) as project,
        pytest.raises(SettingsError, match="or name one with --model"),
    ):
        judge(project, folder / "queries.jsonl", folder / "labels.trec")


def test_over_the_wire_each_question_is_one_request_and_a_second_run_pays_for_asking_again_alone(folder: Path) -> None:
    for name in ("labels.trec", "second.trec"):
        (folder / name).write_text("w1-0 0 dentist 2\nw1-0 0 bakery 0\nw2-0 0 hvac 2\n")
    with provider(lambda _: '{"quote": "", "grade": 0}') as loopback:
        url = f"providers.vllm.url={loopback.openai}"
        more = ("models.judge=vllm:small", url, "prices.vllm:small.input=1", "prices.vllm:small.output=1")
        for asked in (18, 18 + 3):
            with open_project(folder, overrides=more, environment={}) as project:
                report = judge(project, folder / "queries.jsonl", folder / "labels.trec", second=folder / "second.trec")
            assert (len(loopback.asked), report.things) == (asked, 3)
            assert report.cost_usd > 0
    assert report.judgement.verdict is Verdict.INCONCLUSIVE


# --- labels, grades and verdicts that are kept ------------------------------------------------------------------------


def labelled(project: Project, folder: Path) -> None:
    """The labels of both files, as people's own."""
    bring_in(project, folder / "queries.jsonl", folder / "labels.trec", person="first", who="ann")
    bring_in(project, folder / "queries.jsonl", folder / "second.trec", person="second", who="ben")


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """The tiny world, labelled, with a judge that answers right."""
    gateway = FakeGateway(good)
    monkeypatch.setattr(Project, "gateway", property(lambda _: gateway))
    with open_project(folder, overrides=["models.judge=anthropic:fake"], environment={}) as opened:
        labelled(opened, folder)
        yield opened


def test_without_files_the_labels_of_the_studio_are_what_it_is_held_against(project: Project) -> None:
    report = judge(project)
    assert report.judgement.verdict is Verdict.TRUSTED, report.lines()
    assert (report.things, report.notes) == (120, ())
    with project.store.read() as unit:
        (trial,) = unit.judgements.trials()
        said = unit.judgements.of(judge_of(project).id, [words_of(wish.text) for wish in WISHES])
    assert (trial.judge, trial.verdict, trial.things) == (report.judge, "TRUSTED", 120)
    assert json.loads(trial.evidence)["verdict"] == "TRUSTED"
    assert {(one.item, one.grade, bool(one.quote)) for one in said} == {
        *((wish.answer, 2, True) for wish in WISHES),
        ("bakery", 0, False),
    }


def test_nothing_labelled_and_half_a_pair_of_files_say_what_to_do(folder: Path) -> None:
    with open_project(folder, overrides=["models.judge=anthropic:fake"], environment={}) as project:
        with pytest.raises(SourceError, match="firstfive label draw"):
            judge(project)
        with pytest.raises(UsageError, match="name both, --queries and --labels"):
            judge(project, labels=folder / "labels.trec")


def test_erasing_a_request_reaches_what_the_judge_said_of_it_and_its_replies(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "world"))
    with provider(lambda _: '{"quote": "", "grade": 0}') as loopback:
        url = f"providers.vllm.url={loopback.openai}"
        more = ("models.judge=vllm:small", url, "prices.vllm:small.input=1", "prices.vllm:small.output=1")
        with open_project(folder, overrides=more, environment={}) as project:
            slate = project.recommend(WISHES[0].text, 2)
            draw(project, 2)
            for row in rows(project):
                say(project, "first", "ann", row.pair.qid, row.pair.item, 1)
            judge(project)
            counts = erase(project, request=slate.recomm_id)
            assert (counts["judged"], counts["grades"], counts["replies"]) == (2, 2, 10)
            with project.store.read() as unit:
                assert unit.judgements.of(judge_of(project).id, [words_of(WISHES[0].text)]) == []


# --- which judge, and what it may do ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("openai:gpt-5-mini", "azure:gpt-4o", True),
        ("openai:gpt-5-mini", "anthropic:claude-haiku", False),
        ("bedrock:eu.anthropic.claude-3-haiku-20240307-v1:0", "anthropic:sonnet", True),
        ("openrouter:deepseek/deepseek-r1-distill-llama-70b", "vllm:meta-llama/Llama-3.1-8B", True),
        ("local:qwen2.5-1.5b-instruct-q4_k_m.gguf", "vllm:Qwen/Qwen3-8B", True),
        ("vllm:mine", "vllm:yours", True),
        ("vllm:mine", "openai:yours", False),
        ("groq:openai/gpt-oss-20b", "openai:o3", True),
        ("mistral:large", "vllm:mixtral-8x7b", True),
    ],
)
def test_models_of_one_family_are_known_by_their_names(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def chosen(folder: Path, *overrides: str) -> str:
    with open_project(folder, overrides=overrides, environment={}) as project:
        return judge_of(project).model


def test_the_judge_is_of_another_family_than_the_reranker_by_default(folder: Path) -> None:
    both = "models.fallback=openai:gpt-4o,anthropic:claude-haiku"
    assert chosen(folder, "models.llm=openai:gpt-5-mini", both) == "anthropic:claude-haiku"
    assert chosen(folder, "models.llm=openai:gpt-5-mini", both, "models.judge=gemini:pro") == "gemini:pro"
    with pytest.raises(SettingsError, match=r"openai:gpt-5-mini, reranks.*set models\.judge"):
        chosen(folder, "models.llm=openai:gpt-5-mini", "models.fallback=openai:gpt-4o")
    with pytest.raises(SettingsError, match=r"models\.llm is empty; set models\.judge"):
        chosen(folder)


def refused(project: Project, model: str = "") -> GateFailed:
    with pytest.raises(GateFailed) as said:
        may_gate(project, judge_of(project, model))
    return said.value


def test_only_a_trusted_judge_may_decide_and_a_refusal_says_what_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = refused(project)
    assert (none.code, CODES[none.code].exit) == ("gate.no_verdict", 3)
    assert "run `firstfive judge --model anthropic:fake`" in str(none)
    judge(project)
    assert may_gate(project, judge_of(project)).verdict == "TRUSTED"
    assert refused(project, "gemini:pro").code == "gate.no_verdict"
    gateway = FakeGateway(obeys)
    monkeypatch.setattr(Project, "gateway", property(lambda _: gateway))
    judge(project)
    bad = refused(project)
    assert (bad.code, CODES[bad.code].exit) == ("gate.untrusted", 1)
    assert "set models.judge to another model" in str(bad)


def test_a_verdict_by_lower_bars_or_of_another_prompt_decides_nothing(project: Project) -> None:
    judge(project, rule="agreement 0.1")
    assert "by other bars than the usual ones" in str(refused(project))
    judge(project, rule="agreement 0.5")
    assert may_gate(project, judge_of(project))
    shipped = (Path(prompts.__file__).parent / "shipped" / "judge" / "1.toml").read_text("utf-8")
    own = project.folder / "prompts" / "judge"
    own.mkdir(parents=True)
    (own / "2.toml").write_text(shipped.replace("is no better a match", "is no better a match at all"), "utf-8")
    with open_project(project.folder, overrides=["models.judge=anthropic:fake"], environment={}) as changed:
        label(changed, "judge", 2)
        stale = refused(changed)
    assert stale.code == "gate.no_verdict"
    assert "its verdict, TRUSTED, is of another prompt, judge@1" in str(stale)


# --- planted judges on Cranfield --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cranfield(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cranfield, found by words alone, with 120 labels by its own judgements, of which a second person gave 60."""
    folder = tmp_path_factory.mktemp("cranfield")
    init_project(folder)
    truth = read_qrels(data / "cranfield" / "qrels.trec")
    grades = {
        (truth.qids[q], truth.ids[i]): min(3, max(0, int(grade)))
        for q, i, grade in zip(truth.query, truth.item, truth.grades, strict=True)
    }
    with open_project(folder, overrides=["models.embedder=none"], environment={}) as project:
        project.import_(data / "cranfield" / "items.jsonl")
        project.build()
        draw(project, 120, queries=data / "cranfield" / "queries.jsonl")
        for row in rows(project):
            grade = grades.get((row.pair.qid, row.pair.item), 0)
            say(project, "first", "ann", row.pair.qid, row.pair.item, grade, 5.0)
            if row.pair.again:
                say(project, "second", "ben", row.pair.qid, row.pair.item, grade, 5.0)
    return folder


@pytest.mark.parametrize("name", PLANTED)
def test_planted_judges_are_told_apart_by_what_people_said_in_the_studio(
    cranfield: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with open_project(cranfield, overrides=[f"models.judge=anthropic:{name}"], environment={}) as project:
        known = [(row.pair.request, project.recommender.item(row.pair.item), row.first) for row in rows(project)]
        random = np.random.default_rng(5)

        def answer(call: Call) -> Reply:
            item, truth = next(
                (item, said.grade or 0)
                for request, item, said in known
                if said and request == call.about and item.text[:60] in call.text
            )
            turned = call.text.find("Item:") < call.text.find("Request:")
            text = call.text.partition("Item:")[2]
            grade = PLANTED[name].grade(Ask("", call.about, text, turned), float(truth), random)
            return said(json.dumps({"quote": item.text[:60].rpartition(" ")[0], "grade": int(grade)}))

        gateway = FakeGateway(answer)
        monkeypatch.setattr(Project, "gateway", property(lambda _: gateway))
        report = judge(project)
        assert report.things >= 115, report.lines()
        verdict = Verdict.TRUSTED if name == "good" else Verdict.UNTRUSTED
        assert report.judgement.verdict is verdict, report.lines()
        if name == "good":
            assert may_gate(project, judge_of(project)).verdict == "TRUSTED"
        else:
            assert refused(project).code == "gate.untrusted"


# --- the command ------------------------------------------------------------------------------------------------------


def command(folder: Path, answer: Answering, monkeypatch: pytest.MonkeyPatch, *more: str) -> Ended:
    monkeypatch.setattr(Project, "gateway", property(lambda _: FakeGateway(answer)))
    files = ("--queries", folder / "queries.jsonl", "--labels", folder / "labels.trec")
    return firstfive("-p", folder, "--set", "models.judge=openai:fake", "judge", *files, *more)


def test_the_command_exits_0_1_and_3(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = ("--second", str(folder / "second.trec"))
    trusted = command(folder, good, monkeypatch, *second)
    assert (trusted.status, trusted.out.partition(":")[0]) == (0, "TRUSTED")
    assert command(folder, obeys, monkeypatch, *second).status == 1
    alone = command(folder, good, monkeypatch, "--json")
    assert alone.status == 3
    assert alone.answer["judgement"]["verdict"] == "INCONCLUSIVE"
