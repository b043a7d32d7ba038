"""The dial's price list: each speed's quality, time and money on one set of requests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from math import log
from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app.dial import DialReport, compare_speeds
from firstfive.app.wiring import Project, open_project
from firstfive.errors import ModelError, UsageError
from firstfive.ports import Call, Reply
from firstfive.testing.models import FakeGateway, said
from firstfive.testing.world import THINGS, WISHES, write_judgements
from firstfive.types import Request

ANSWERS = {wish.text: next(thing.title for thing in THINGS if thing.id == wish.answer) for wish in WISHES}


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(built, tmp_path / "world"))
    write_judgements(folder)
    return folder


@pytest.fixture
def measured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., DialReport]:
    """Compares the speeds with a model that answers by this function."""

    def measure(answer: Callable[[Call], Reply | ModelError], *overrides: str, **how: int) -> DialReport:
        monkeypatch.setattr(Project, "gateway", property(lambda _: FakeGateway(answer)))
        with open_project(folder, overrides=["models.llm=openai:fake", *overrides], environment={}) as project:
            files = folder / "queries.jsonl", folder / "qrels.trec"
            return compare_speeds(project, *files, sample=how.get("sample", 0))

    return measure


def knows(call: Call) -> Reply:
    """Yes to what is right, at a thousandth of a dollar."""
    title = next((title for text, title in ANSWERS.items() if text in call.text), "nothing")
    sure = title in call.text.rpartition("Item:")[2]
    return said("yes", logprobs={"yes": log(0.9 if sure else 0.1), "no": log(0.1 if sure else 0.9)}, cost_usd=0.001)


def test_each_speed_has_its_quality_its_time_and_its_price(measured: Callable[..., DialReport]) -> None:
    report = measured(knows, "models.rerank_short=4", "models.rerank_long=10")
    assert [run.name for run in report.quality.runs] == ["fast", "balanced", "best"]
    assert [result.measure for result in report.quality.runs[0].results] == ["Success@5", "nDCG@5"]
    fast, balanced, best = report.speeds
    assert (fast.calls, fast.cost_usd, fast.helped) == (0, 0, 0)
    assert (balanced.calls, balanced.helped) == (4, 1)
    assert balanced.cost_usd == pytest.approx(0.004)
    assert best.calls == pytest.approx(15)
    assert 0 < fast.median_ms <= fast.p95_ms


def test_the_report_reads_as_two_tables(measured: Callable[..., DialReport]) -> None:
    lines = measured(knows, "models.rerank_short=4").lines()
    assert any(line.startswith("balanced") and "$4.00" in line for line in lines)
    assert any(line.startswith("Run") for line in lines)


def test_calls_that_give_nothing_are_told(measured: Callable[..., DialReport]) -> None:
    report = measured(lambda _: ModelError("down", code="model.unreachable"))
    assert [speed.helped for speed in report.speeds] == [0, 0, 0]
    assert report.speeds[1].lost == 1
    assert "Up to 100% of the calls gave nothing in time" in "\n".join(report.lines())


def test_a_sample_is_the_same_each_time(measured: Callable[..., DialReport]) -> None:
    one, other = measured(knows, sample=3), measured(knows, sample=3)
    assert one.quality.queries == 3
    assert one.quality.runs[0].results == other.quality.runs[0].results


def test_without_a_model_the_speeds_are_the_same_and_the_report_says_so(folder: Path) -> None:
    with open_project(folder, environment={}) as project:
        report = compare_speeds(project, folder / "queries.jsonl", folder / "qrels.trec")
        assert project.recommender.answer(Request("bread")).models == ()
    assert "models.llm is empty, so every speed is the same." in report.lines()


def test_requests_that_are_not_there_are_asked_for(folder: Path) -> None:
    with open_project(folder, environment={}) as project, pytest.raises(UsageError, match="--queries"):
        compare_speeds(project)


def test_the_command_gives_the_report_as_text_and_as_json(folder: Path) -> None:
    files = ("--queries", folder / "queries.jsonl", "--qrels", folder / "qrels.trec")
    done = firstfive("-p", folder, "bench", "--dial", *files)
    assert "Per 1,000 requests" in done.out, done.err
    found = firstfive("-p", folder, "bench", "--dial", *files, "--json").answer
    assert [speed["speed"] for speed in found["speeds"]] == ["fast", "balanced", "best"]
    assert firstfive("-p", folder, "bench", *files).status == 2
