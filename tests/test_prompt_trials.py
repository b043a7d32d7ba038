"""Versions of a prompt: chosen on one half, shown on the other, under a budget, never by a mere opinion."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from command_line import firstfive
from command_line import project as built_project
from firstfive.app.judges import judge_of
from firstfive.app.prompt_trials import try_prompts
from firstfive.app.seekers import half_of
from firstfive.app.wiring import Project, open_project
from firstfive.errors import BudgetError, GateFailed, SettingsError, UsageError
from firstfive.measure import Rule
from firstfive.ports import Trial
from firstfive.testing.faults import Said
from firstfive.testing.protocols import words
from firstfive.testing.providers import Provider, provider
from firstfive.types import ItemId

TRADES = ("mill", "forge", "dairy", "tannery", "brewery", "sawmill", "nursery", "quarry", "bakery", "foundry")
TOWNS = ("Arlen", "Bexhow", "Corrow", "Dunmere")
ROWS = [
    (f"{trade}-{town}", f"{trade} {town}", f"A small {trade} by the river. It employs {20 + at} people around {town}.")
    for trade in TRADES
    for at, town in enumerate(TOWNS)
]
"""Forty items; a request names a trade, so four are alike to it, and a number that only the model can read."""
TOP = 4
Answers = Callable[[dict[str, Any]], "str | Said"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_project(tmp_path_factory.mktemp("prompts") / "p", ROWS)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy for each test, so that no reply is kept from another one."""
    return Path(shutil.copytree(made, tmp_path / "p"))


@pytest.fixture
def asked(tmp_path: Path) -> tuple[Path, Path]:
    """Two requests about each item: the trade, and a number that stands for the town."""
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "r.trec"
    pairs = [(f"{name}-{n}", name, n) for name, _, _ in ROWS for n in range(2)]
    text = {name: f"{name.partition('-')[0]} {TOWNS.index(name.partition('-')[2])}" for name, _, _ in ROWS}
    queries.write_text("".join(json.dumps({"qid": qid, "text": f"{text[i]} {'ab'[n]}"}) + "\n" for qid, i, n in pairs))
    qrels.write_text("".join(f"{qid} 0 {name} 1\n" for qid, name, _ in pairs))
    return queries, qrels


@contextmanager
def asking(folder: Path, loopback: Provider, *overrides: str) -> Iterator[Project]:
    (folder / "firstfive.toml").write_text(
        '[models]\nembedder = "none"\nllm = "vllm:small"\njudge = "vllm:judge"\ntimeout_s = 30.0\n'
        '[prices]\n"vllm:small" = { input = 1.0, output = 1.0 }\n"vllm:judge" = { input = 1.0, output = 1.0 }\n'
        f'[providers]\nvllm = {{ url = "{loopback.openai}", requests_per_minute = 1000000.0 }}\n'
        '[facts]\nstaff = { kind = "number", about = "people employed" }\n',
        "utf-8",
    )
    with open_project(folder, overrides=["budget.run_usd=5", *overrides], environment={}) as project:
        yield project


def right(text: str) -> bool:
    """Whether the call is about the item whose town the request's number stands for."""
    part = text.rpartition("Request:")[2]
    request, _, item = part.partition("Item:")
    number = re.search(r"[a-z]+ (\d) [ab]", request)
    return number is not None and TOWNS[int(number[1])] in item


def scores(good: str) -> Answers:
    """A model that knows the answer when it is asked by this version, and else says no to everything."""

    def answers(body: dict[str, Any]) -> Said:
        text = words(body)
        plain = "organ" not in text  # the fourth version shows no example
        yes = right(text) and plain == (good == "plain")
        sure = -0.05 if yes else -3.0
        return Said("yes" if yes else "no", logprobs={"yes": sure, "no": -3.05 - sure})

    return answers


# --- rerank, by judgements --------------------------------------------------------------------------------------------


def test_the_best_of_one_half_is_shown_to_be_better_on_the_other(folder: Path, asked: tuple[Path, Path]) -> None:
    with provider(scores("plain")) as loopback, asking(folder, loopback) as project:
        found = try_prompts(project, "rerank", [4], queries=asked[0], qrels=asked[1], top=TOP)
    assert (found.outcome, found.best[:8]) == ("better", "rerank@4")
    assert [one.prompt[:8] for one in found.versions] == ["rerank@1", "rerank@4"]
    halves = [sum(2 for name, _, _ in ROWS if half_of(ItemId(name)) == half) for half in ("tuning", "judging")]
    assert [found.tuning, found.held_out] == halves
    assert found.difference is not None
    assert found.difference.low > 0
    assert found.cost_usd > found.versions[0].cost_usd + found.versions[1].cost_usd > 0


def test_the_version_in_force_stays_where_none_does_better(folder: Path, asked: tuple[Path, Path]) -> None:
    with provider(scores("shown")) as loopback, asking(folder, loopback) as project:
        found = try_prompts(project, "rerank", [4], queries=asked[0], qrels=asked[1], top=TOP)
    assert (found.outcome, found.difference) == ("keep", None)
    assert "which is in force" in "\n".join(found.lines())
    found.check()


def test_a_spent_budget_ends_it(folder: Path, asked: tuple[Path, Path]) -> None:
    with provider(scores("plain")) as loopback, asking(folder, loopback, "budget.run_usd=0.001") as project:
        with pytest.raises(BudgetError):
            try_prompts(project, "rerank", [3], queries=asked[0], qrels=asked[1], top=TOP)
        paid = len(loopback.asked)
    assert paid < 40


# --- describe, by the items' own words --------------------------------------------------------------------------------


def test_facts_are_measured_by_whether_the_items_words_bear_them_out(folder: Path) -> None:
    def answers(body: dict[str, Any]) -> str:
        text = words(body)
        staff = re.findall(r"It employs (\d+) people", text)[-1]
        shown = "Signal House" in text  # the version in force shows examples
        said = (
            {"quote": "employs five hundred", "value": 500}
            if shown
            else {"quote": f"employs {staff} people", "value": int(staff)}
        )
        return json.dumps({"staff": said})

    with provider(answers) as loopback, asking(folder, loopback) as project:
        found = try_prompts(project, "describe", [3], items=len(ROWS))
    by = {one.prompt[:10]: one.value.value for one in found.versions}
    assert by == {"describe@2": -1.0, "describe@3": 1.0}
    assert found.best.startswith("describe@3")
    assert found.outcome == "open", "twenty held-out items decide nothing"
    assert "fewer than 30 decide nothing" in "\n".join(found.lines())
    with pytest.raises(GateFailed) as left:
        found.check()
    assert left.value.code == "gate.inconclusive"


def test_a_rewrite_counts_where_it_is_proved(tmp_path: Path) -> None:
    lines = [
        "Rowing club on the lower river",
        "Lessons on Tuesdays at 18:30",
        "Price: 15 pounds",
        "No members under 12",
    ]
    rows = [(f"club-{n}", f"Club {n}", "\n".join([f"Harbour Row {n}", *lines])) for n in range(12)]

    def answers(body: dict[str, Any]) -> str:
        text = words(body)
        number = re.findall(r"Harbour Row (\d+)", text)[-1]
        if "Only this may change" in text:
            return "It is the finest club of all the county, loved by kings."
        return (
            f"Harbour Row {number} is a rowing club on the lower river. Lessons on Tuesdays at 18:30. "
            "Price: 15 pounds. No members under 12."
        )

    folder = built_project(tmp_path / "clubs", rows)
    with provider(answers) as loopback, asking(folder, loopback) as project:
        found = try_prompts(project, "rewrite", [1], items=12)
    assert [one.prompt[:9] for one in found.versions] == ["rewrite@2", "rewrite@1"]
    assert [one.value.value for one in found.versions] == [-1.0, 1.0]


# --- by a judge -------------------------------------------------------------------------------------------------------


def test_where_only_a_judge_could_tell_one_without_a_verdict_may_not(folder: Path, asked: tuple[Path, Path]) -> None:
    with provider(scores("plain")) as loopback, asking(folder, loopback) as project:
        for name, queries in (("rerank", asked[0]), ("reason", None)):
            with pytest.raises(GateFailed, match=r"run `firstfive judge --model vllm:judge`") as refused:
                try_prompts(project, name, queries=queries, top=TOP)
            assert refused.value.code == "gate.no_verdict"
        assert loopback.asked == []


def test_a_trusted_judge_stands_in_for_judgements(folder: Path, asked: tuple[Path, Path]) -> None:
    def answers(body: dict[str, Any]) -> str | Said:
        if body["model"] != "judge":
            return scores("plain")(body)
        town = next((town for town in TOWNS if town in words(body).rpartition("by the river")[2]), "")
        return json.dumps({"quote": f"around {town}", "grade": 3 if town == "Arlen" else 0})

    with provider(answers) as loopback, asking(folder, loopback) as project:
        judge = judge_of(project)
        trial = Trial(
            judge.id, judge.model, judge.prompt.name_and_digest, "TRUSTED", str(Rule()), 80, datetime.now(UTC)
        )
        project.store.write(lambda unit: unit.judgements.conclude(trial))
        found = try_prompts(project, "rerank", [4], queries=asked[0], top=TOP)
        with pytest.raises(UsageError, match="nothing measures reason yet"):
            try_prompts(project, "reason")
    assert "which is TRUSTED" in found.measure
    assert any(json.loads(one.body)["model"] == "judge" for one in loopback.asked)


# --- what cannot be tried ---------------------------------------------------------------------------------------------


def test_what_cannot_be_tried_says_why(world: Project, folder: Path, asked: tuple[Path, Path]) -> None:
    with pytest.raises(SettingsError, match=r"models\.llm is empty"):
        try_prompts(world, "rerank", queries=asked[0], qrels=asked[1])
    with provider(scores("plain")) as loopback:
        with asking(folder, loopback, "budget.run_usd=none") as project, pytest.raises(SettingsError, match="no limit"):
            try_prompts(project, "rerank", queries=asked[0], qrels=asked[1])
        with asking(folder, loopback) as project, pytest.raises(UsageError, match="only version to try"):
            try_prompts(project, "rerank", [1], queries=asked[0], qrels=asked[1])


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_says_what_is_better_and_what_to_type_next(folder: Path, asked: tuple[Path, Path]) -> None:
    words_ = ("-p", folder, "experiment", "prompts", "rerank", "--try", "4", "--queries", asked[0])
    with provider(scores("plain")) as loopback, asking(folder, loopback):
        ended = firstfive(*words_, "--qrels", asked[1], "--usd", "2")
        refused = firstfive(*words_, "--json")
    assert ended.status == 0, ended.err
    assert "On the held-out half rerank@4" in ended.out
    assert "is better than rerank@1" in ended.out
    assert f"Next: firstfive -p {folder} prompt label rerank 4" in ended.out
    assert (refused.status, refused.problem["code"]) == (3, "gate.no_verdict")
    assert firstfive("-p", folder, "prompt", "list").out.count("production 1") >= 1


def test_money_that_runs_out_before_the_held_out_half_leaves_it_open(folder: Path, asked: tuple[Path, Path]) -> None:
    with provider(scores("plain")) as loopback:
        with asking(folder, loopback) as project:
            whole = try_prompts(project, "rerank", [4], queries=asked[0], qrels=asked[1], top=TOP)
        chosen = sum(one.cost_usd for one in whole.versions)
        other = built_project(folder.parent / "other", ROWS)
        budget = f"budget.run_usd={chosen + 0.3 * (whole.cost_usd - chosen)}"
        with asking(other, loopback, budget) as project:
            found = try_prompts(project, "rerank", [4], queries=asked[0], qrels=asked[1], top=TOP)
    assert (found.outcome, found.difference) == ("open", None)
    assert "Money ran out before the held-out half was done" in "\n".join(found.lines())
    with pytest.raises(GateFailed):
        found.check()
