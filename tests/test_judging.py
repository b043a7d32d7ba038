"""The judge command: people's labels, a model's answers one item a call, and a verdict as an exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import Ended, firstfive
from firstfive.app.judging import JudgeReport, judge
from firstfive.app.wiring import Project, open_project
from firstfive.errors import ModelError, SettingsError, SourceError, UsageError
from firstfive.measure import Verdict
from firstfive.measure.twins import ORDERS
from firstfive.ports import Call, Reply
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
    with open_project(folder, overrides=["models.llm=openai:fake"], environment={}) as project:
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
    assert "It is also the model that reranks" in report.lines()[-1]


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
        pytest.raises(SettingsError, match="set it, or name one with --model"),
    ):
        judge(project, folder / "queries.jsonl", folder / "labels.trec")


def test_over_the_wire_each_question_is_one_request_and_a_second_run_pays_for_asking_again_alone(folder: Path) -> None:
    for name in ("labels.trec", "second.trec"):
        (folder / name).write_text("w1-0 0 dentist 2\nw1-0 0 bakery 0\nw2-0 0 hvac 2\n")
    with provider(lambda _: '{"quote": "", "grade": 0}') as loopback:
        url = f"providers.vllm.url={loopback.openai}"
        more = ("models.llm=vllm:small", url, "prices.vllm:small.input=1", "prices.vllm:small.output=1")
        for asked in (18, 18 + 3):
            with open_project(folder, overrides=more, environment={}) as project:
                report = judge(project, folder / "queries.jsonl", folder / "labels.trec", second=folder / "second.trec")
            assert (len(loopback.asked), report.things) == (asked, 3)
            assert report.cost_usd > 0
    assert report.judgement.verdict is Verdict.INCONCLUSIVE


# --- the command ------------------------------------------------------------------------------------------------------


def command(folder: Path, answer: Answering, monkeypatch: pytest.MonkeyPatch, *more: str) -> Ended:
    monkeypatch.setattr(Project, "gateway", property(lambda _: FakeGateway(answer)))
    files = ("--queries", folder / "queries.jsonl", "--labels", folder / "labels.trec")
    return firstfive("-p", folder, "--set", "models.llm=openai:fake", "judge", *files, *more)


def test_the_command_exits_0_1_and_3(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = ("--second", str(folder / "second.trec"))
    trusted = command(folder, good, monkeypatch, *second)
    assert (trusted.status, trusted.out.partition(":")[0]) == (0, "TRUSTED")
    assert command(folder, obeys, monkeypatch, *second).status == 1
    alone = command(folder, good, monkeypatch, "--json")
    assert alone.status == 3
    assert alone.answer["judgement"]["verdict"] == "INCONCLUSIVE"
