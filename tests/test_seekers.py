"""Made-up seekers: by a model or by rule, kept where the item comes back, and never taken for people."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from command_line import firstfive
from firstfive.app.measure import evaluate, gate
from firstfive.app.model_runs import GONE, GONE_AT_FIRST, Silence
from firstfive.app.questions import JUDGING, TUNING, questions_for
from firstfive.app.seekers import half_of, quotes, write_seekers
from firstfive.app.wiring import Project, open_project
from firstfive.errors import ModelError, SourceError, UsageError
from firstfive.measure import MADE_UP, read_qrels, read_queries
from firstfive.observe import Quiet
from firstfive.settings import GoalSettings
from firstfive.testing.faults import Said, status
from firstfive.testing.models import said
from firstfive.testing.protocols import words
from firstfive.testing.providers import provider
from firstfive.testing.world import THINGS
from firstfive.types import Item, ItemId, StampId

N = len(THINGS)


def files(folder: Path, half: str) -> tuple[Path, Path]:
    return folder / f"{half}.queries.jsonl", folder / f"{half}.qrels.trec"


def asked_about(body: dict[str, Any]) -> str:
    """The title of the item in a call."""
    text = words(body).rpartition("Item:")[2]
    return next(thing.title for thing in THINGS if thing.title in text)


NEEDS = {
    thing.title: f"I look for something to do with {thing.text.split()[1]} and {thing.text.split()[-2]}"
    for thing in THINGS
}


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "world"))


def with_model(folder: Path, url: str, at_once: int = 16) -> Project:
    (folder / "firstfive.toml").write_text(
        f'[models]\nllm = "vllm:small"\n[prices]\n"vllm:small" = {{ input = 1.0, output = 1.0 }}\n'
        f'[providers]\nvllm = {{ url = "{url}", at_once = {at_once} }}\n',
        "utf-8",
    )
    return open_project(folder, environment={})


# --- by a model -------------------------------------------------------------------------------------------------------


def test_a_model_writes_a_request_an_item_of_three_lengths_and_what_quotes_is_dropped(
    folder: Path, tmp_path: Path
) -> None:
    def answers(body: dict[str, Any]) -> str:
        title = asked_about(body)
        text = {"Morning Loaf": "something like Morning Loaf", "Quiet Air": "zzz qqq"}.get(title, NEEDS[title])
        return json.dumps({"request": text})

    with provider(answers) as loopback, with_model(folder, loopback.openai) as project:
        done = write_seekers(project, tmp_path / "out", N)
        asked = [words(one.json) for one in loopback.asked]
    assert done.by.startswith("vllm:small with seek@1 ")
    assert (done.quoted, done.failed, done.lost) == (1, 0, 1), "what nobody could find the item by is lost"
    assert done.cost_usd > 0
    assert len(asked) == N
    for length in ("two to four words", "one sentence", "two or three sentences"):
        assert sum(length in text.rpartition("Length:")[2] for text in asked) == N // 3
    qids = {query.qid for half in (TUNING, JUDGING) for query in read_queries(files(tmp_path / "out", half)[0])}
    assert len(qids) == done.tuning + done.judging > N // 2
    assert all(qid.startswith(MADE_UP) for qid in qids)


def test_one_call_that_fails_ends_nothing_and_a_model_that_gives_nothing_any_more_does(
    folder: Path, tmp_path: Path
) -> None:
    def answers(body: dict[str, Any]) -> str:
        return json.dumps({"request": NEEDS[asked_about(body)]})

    with with_model(folder, "http://127.0.0.1:9/v1", at_once=1) as project, pytest.raises(ModelError):
        write_seekers(project, tmp_path / "none", 20)
    faults = [None, None, status(400)]
    with provider(answers, faults=faults) as loopback, with_model(folder, loopback.openai, at_once=1) as project:
        done = write_seekers(project, tmp_path / "out", 6)
    assert (done.tuning, done.judging, done.failed) == (3, 3, 1)


def test_silence_is_an_error_at_first_after_a_few_and_later_after_many() -> None:
    gone, bad, good = ModelError("gone", code="model.unreachable"), ModelError("odd", code="model.reply"), said("yes")
    silence = Silence()
    silence.heard([gone] * (GONE_AT_FIRST - 1))
    with pytest.raises(ModelError, match="gone"):
        silence.heard([gone])
    silence = Silence()
    for heard in (bad, good):
        silence.heard([gone, heard])
        for _ in range(GONE - 1):
            silence.heard([gone])
    with pytest.raises(ModelError, match="gone"):
        silence.heard([gone])


def test_a_model_that_takes_one_call_at_once_is_asked_for_no_more_than_is_needed_and_each_is_seen(
    folder: Path, tmp_path: Path
) -> None:
    class Seen(Quiet):
        def __init__(self) -> None:
            self.notes = 0

        def note(self, step: str, text: str) -> None:  # noqa: ARG002
            self.notes += 1

    seen = Seen()
    with (
        provider(lambda body: json.dumps({"request": NEEDS[asked_about(body)]})) as loopback,
        with_model(folder, loopback.openai, at_once=1) as project,
    ):
        done = write_seekers(project, tmp_path / "out", 6, progress=seen)
        asked = len(loopback.asked)
    assert (done.tuning, done.judging) == (3, 3)
    assert asked == 6 + done.quoted + done.failed + done.lost
    assert seen.notes == asked - 1


def test_what_a_model_answers_wrongly_is_left_out_and_a_model_that_is_gone_is_an_error(
    folder: Path, tmp_path: Path
) -> None:
    def answers(body: dict[str, Any]) -> str | Said:
        title = asked_about(body)
        return "no JSON at all" if title in {"Quiet Air", "White Press"} else json.dumps({"request": NEEDS[title]})

    with with_model(folder, "http://127.0.0.1:9/v1") as project, pytest.raises(ModelError):
        write_seekers(project, tmp_path / "none", N)
    assert not (tmp_path / "none").exists()
    with provider(answers) as loopback, with_model(folder, loopback.openai) as project:
        assert write_seekers(project, tmp_path / "out", N).failed == 2
        paid = len(loopback.asked)
        assert write_seekers(project, tmp_path / "again", N).failed == 2
        assert len(loopback.asked) < paid + N


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("is there a Slipway Eleven near me", True),
        ("repairs sailing yachts and builds boats", True),
        ("repairs sailing yachts and canoes", False),
        ("someone to mend my sailing boat", False),
    ],
)
def test_a_request_that_names_or_repeats_the_item_is_no_seekers(request_: str, found: bool) -> None:
    item = Item(
        ItemId("b"), "Slipway Eleven", "A yard that repairs sailing yachts and builds boats.", (), {}, StampId("s")
    )
    assert quotes(request_, item) is found


# --- by rule ----------------------------------------------------------------------------------------------------------


def test_without_a_model_requests_are_extracted_and_are_the_same_again(world: Project, tmp_path: Path) -> None:
    done = write_seekers(world, tmp_path / "one", 8)
    assert (done.by, done.cost_usd) == ("extraction", 0.0)
    write_seekers(world, tmp_path / "two", 8)
    for half in (TUNING, JUDGING):
        for one, other in zip(files(tmp_path / "one", half), files(tmp_path / "two", half), strict=True):
            assert one.read_bytes() == other.read_bytes()
    with world.store.read() as unit:
        assert unit.slates.page("", 10)[0] == []


def test_an_item_is_of_one_half_for_ever(world: Project, tmp_path: Path) -> None:
    write_seekers(world, tmp_path, N)
    items = {half: set(read_qrels(files(tmp_path, half)[1]).ids) for half in (TUNING, JUDGING)}
    assert items[TUNING]
    assert items[TUNING].isdisjoint(items[JUDGING])
    assert {half_of(ItemId(item)) for item in items[TUNING]} == {TUNING}


def test_where_nothing_can_be_asked_it_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "firstfive.toml").write_text('[models]\nembedder = "none"\n')
    (folder / "i.jsonl").write_text('{"id": "a", "title": "A", "text": "Soap."}\n')
    firstfive("-p", folder, "import", folder / "i.jsonl")
    firstfive("-p", folder, "build")
    ended = firstfive("-p", folder, "evaluate", "--made-up", tmp_path / "out", "--json")
    assert ended.problem["code"] == "measure.nothing"


# --- never taken for people's, and never for both uses ----------------------------------------------------------------


def test_made_up_requests_say_so_in_every_report_and_leave_bars_open(world: Project, tmp_path: Path) -> None:
    write_seekers(world, tmp_path, N)
    report = evaluate(*files(tmp_path, JUDGING), project=world)
    assert report.made_up == report.queries > 0
    assert "They are made up from items; no person asked them." in report.lines()
    object.__setattr__(world.settings, "goal", GoalSettings(at_least=("Success@5 0.01",)))
    found = gate(world, report)
    assert found.outcome == "open"
    assert "made-up requests cannot show" in found.findings[0].said


def test_what_was_made_up_for_tuning_never_judges_and_the_other_way_round(world: Project, tmp_path: Path) -> None:
    write_seekers(world, tmp_path, N)
    variants = {"words": ["rank.whole=0"]}
    assert evaluate(*files(tmp_path, TUNING), project=world, variants=variants).made_up
    with pytest.raises(UsageError, match="made up for judging alone"):
        evaluate(*files(tmp_path, JUDGING), project=world, variants=variants)
    with pytest.raises(UsageError, match="made up for tuning alone"):
        evaluate(*files(tmp_path, TUNING), project=world, gated=True)
    with pytest.raises(UsageError, match="made up for tuning alone"):
        questions_for(world, [world.recommender.now()], *files(tmp_path, TUNING))


def test_the_command_writes_both_halves_and_names_what_to_type_next(folder: Path, tmp_path: Path) -> None:
    ended = firstfive("-p", folder, "evaluate", "--made-up", tmp_path / "out", "--number", "6")
    assert ended.status == 0, ended.err
    assert "by extraction; no item is in both" in ended.out
    assert f"evaluate --queries {tmp_path}/out/judging.queries.jsonl" in ended.out
    assert firstfive("-p", folder, "evaluate", "--number", "6").status == 2
    (tmp_path / "file").write_text("")
    with open_project(folder, environment={}) as project, pytest.raises(SourceError, match="choose another place"):
        write_seekers(project, tmp_path / "file" / "out", 6)
