"""What a build would cost, before it starts; the yes that it needs; and that it spends no more than was agreed to."""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from command_line import firstfive, written
from firstfive.app.model_runs import Task, one_run, run_tasks
from firstfive.app.pricing import ANSWERED, Estimate, estimate, expected_input
from firstfive.app.spending import Purse, usd
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.cli.billing import told
from firstfive.errors import BudgetError
from firstfive.observe import Quiet
from firstfive.ports import Amount, Call, Payer
from firstfive.testing.models import FakeGateway
from firstfive.types import Stamp

PRICES = ["prices.fake:m.input=1.0", "prices.fake:m.output=10.0", "prices.fake:m.batch=0.5"]
FACTS = """
[models]
embedder = "none"
llm = "fake:m"
[prices]
"fake:m" = { input = 1.0, output = 10.0 }
[facts]
trade = { kind = "text", about = "the trade" }
"""


def opened(folder: Path, *more: str) -> Project:
    init_project(folder)
    return open_project(folder, environment={}, overrides=["models.llm=fake:m", *PRICES, *more])


def tasks(n: int, text: str = "item", **parts: Any) -> list[Task]:
    return [
        Task(Stamp("describe", 1, inputs=(str(number),)), Call("describe", text=f"{text} {number}", **parts))
        for number in range(n)
    ]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """Answers every item with a fact."""
    fake = FakeGateway(lambda _: '{"trade": {"quote": "furnaces", "value": "heating"}}')
    monkeypatch.setattr(Project, "gateway", property(lambda _: fake))
    return fake


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of eight companies, with a fact to draw and a model with a price."""
    (tmp_path / "firstfive.toml").write_text(FACTS, "utf-8")
    assert firstfive("-p", tmp_path, "import", written(tmp_path / "items.jsonl")).status == 0
    return tmp_path


def test_an_estimate_prices_each_call_by_its_text_and_its_longest_answer(tmp_path: Path) -> None:
    with opened(tmp_path) as project:
        [one] = tasks(1, "x" * 398, max_tokens=100)
        found = estimate(project, "describe", [one])
    assert found.calls == 1
    assert found.input_tokens == expected_input(one.call) == 400 // 4 + 16
    assert found.output_tokens == 100 * ANSWERED
    assert found.usd_expected == pytest.approx((116 * 1.0 + 30 * 10.0) / 1e6)
    assert found.usd_at_most == pytest.approx(((400 + 64) * 1.0 + 100 * 10.0) / 1e6)


def test_what_is_there_or_was_given_up_costs_nothing(tmp_path: Path, gateway: FakeGateway) -> None:
    given = tasks(6)
    with opened(tmp_path) as project:
        run_tasks(project, "describe", given[:4], lambda reply: reply.text.encode(), progress=Quiet())
        found = estimate(project, "describe", [*given, given[5]])
        assert (found.calls, found.kept) == (2, 5)
        assert estimate(project, "describe", given[:4]).usd_at_most == 0


def test_the_dearest_of_all_models_bounds_an_estimate(tmp_path: Path) -> None:
    fallback = ["models.fallback=fake:dear", "prices.fake:dear.input=100", "prices.fake:dear.output=100"]
    with opened(tmp_path, *fallback) as project:
        [one] = tasks(1)
        dear = estimate(project, "describe", [one])
        assert dear.usd_at_most == pytest.approx((6 + 64 + 512) * 100 / 1e6)
        assert dear.usd_expected < 0.01


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        (["requests_per_minute=60", "tokens_per_minute=0"], 100.0),
        (["requests_per_minute=0", "tokens_per_minute=10000"], 100 * (18 + 154) * 60 / 10_000),
        (["requests_per_minute=0", "tokens_per_minute=0", "at_once=4"], 50.0),
    ],
    ids=["requests a minute", "tokens a minute", "calls at once"],
)
def test_the_time_is_what_the_tightest_limit_makes_it(limits: list[str], seconds: float, tmp_path: Path) -> None:
    with opened(tmp_path, *(f"providers.fake.{limit}" for limit in limits)) as project:
        assert estimate(project, "describe", tasks(100)).seconds == pytest.approx(seconds, rel=0.02)


def test_batch_jobs_are_priced_at_their_share(tmp_path: Path) -> None:
    with opened(tmp_path) as project:
        one, other = (estimate(project, "describe", tasks(10), batch=batch) for batch in (False, True))
    assert other.usd_at_most == pytest.approx(one.usd_at_most / 2)
    assert other.usd_expected == pytest.approx(one.usd_expected / 2)


def test_a_model_without_a_price_is_named_with_the_line_to_add(tmp_path: Path) -> None:
    with opened(tmp_path, "models.llm=fake:other") as project, pytest.raises(BudgetError, match=r'"fake:other" = \{'):
        estimate(project, "describe", tasks(1))


def test_a_dry_run_says_what_each_step_costs_and_calls_nobody(folder: Path, gateway: FakeGateway) -> None:
    ended = firstfive("-p", folder, "build", "--dry-run")
    assert ended.status == 0
    head, line, meaning = ended.out.strip().split("\n")
    assert head.split() == ["step", "calls", "tokens", "in", "tokens", "out", "expected", "at", "most", "time"]
    assert line.startswith("describe      8 ")
    assert "The build may spend $1.00" in meaning
    bill = firstfive("-p", folder, "build", "--dry-run", "--json").answer
    assert bill["steps"][0]["calls"] == 8
    assert 0 < bill["usd_expected"] < bill["usd_at_most"] == bill["steps"][0]["usd_at_most"] < bill["allowed_usd"] == 1
    assert gateway.asked == []
    assert firstfive("-p", folder, "release", "list", "--json").answer["releases"] == []


def test_an_embedder_that_a_provider_runs_is_a_step_with_a_price(folder: Path) -> None:
    given = ["models.llm=", "models.embedder=vllm:e", "prices.vllm:e.input=0.02"]
    flags = [word for one in given for word in ("--set", one)]
    bill = firstfive("-p", folder, "build", "--dry-run", "--json", *flags).answer
    [step] = bill["steps"]
    assert (step["step"], step["calls"], step["output_tokens"]) == ("embed", 8, 0)
    assert 0 < bill["usd_expected"] < bill["usd_at_most"]


def test_the_questions_that_chances_are_learned_from_have_a_price_too(folder: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    lines = (f"m-{n},Maker {n},Maker number {n} casts small parts in grey iron for pumps.\n" for n in range(60))
    more.write_text("id,title,text\n" + "".join(lines), "utf-8")
    firstfive("-p", folder, "import", more, "--add")
    given = ["models.llm=", "models.embedder=vllm:e", "prices.vllm:e.input=0.02"]
    flags = [word for one in given for word in ("--set", one)]
    bill = firstfive("-p", folder, "build", "--dry-run", "--json", *flags).answer
    assert {step["step"]: step["calls"] for step in bill["steps"]} == {"embed": 68, "chances": 136}


def test_a_dry_run_without_a_model_costs_nothing(folder: Path) -> None:
    ended = firstfive("-p", folder, "build", "--dry-run", "--set", "models.llm=")
    assert (ended.status, ended.out) == (0, "No step of this build asks a model: it costs nothing.\n")


def test_a_dear_build_is_refused_where_there_is_nobody_to_ask(folder: Path, gateway: FakeGateway) -> None:
    ended = firstfive("-p", folder, "build", "--set", "budget.ask_above_usd=0.01", "--json")
    assert (ended.status, ended.problem["code"]) == (2, "budget.unasked")
    assert "say --yes" in ended.problem["detail"]
    assert gateway.asked == []

    assert firstfive("-p", folder, "build", "--set", "budget.ask_above_usd=0.01", "--yes").status == 0
    assert len(gateway.asked) == 8
    assert firstfive("-p", folder, "build", "--set", "budget.ask_above_usd=0.01").status == 0, "it costs nothing now"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "status", "asked"), [("y\n", 0, 8), ("n\n", 130, 0)])
def test_on_a_terminal_a_dear_build_shows_the_bill_and_asks(
    typed: str, status: int, asked: int, folder: Path, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys, "stderr", said)
    from firstfive.cli import main

    with pytest.raises(SystemExit) as ended:
        main(["-p", str(folder), "build", "--set", "budget.ask_above_usd=0.01"])
    assert (ended.value.code, len(gateway.asked)) == (status, asked)
    assert "describe      8 " in said.getvalue()
    assert "Go on? [y/N]" in said.getvalue()


@pytest.mark.parametrize(
    ("flags", "allowed"),
    [
        (["--set", "budget.ask_above_usd=0.5"], 0.5),
        (["--set", "budget.ask_above_usd=0.001", "--yes"], None),
        (["--set", "budget.run_usd=0.02"], 0.02),
    ],
    ids=["what needs no yes", "what was agreed to", "the run's own cap"],
)
def test_a_build_may_spend_what_was_agreed_to_and_no_more(
    flags: list[str], allowed: float | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: list[float | str] = []

    def gateway(project: Project) -> FakeGateway:
        budgets.append(project.settings.budget.run_usd)
        return FakeGateway(lambda _: '{"trade": {"quote": "furnaces", "value": "heating"}}')

    monkeypatch.setattr(Project, "gateway", property(gateway))
    bill = firstfive("-p", folder, "build", "--dry-run", "--json").answer
    assert firstfive("-p", folder, "build", *flags).status == 0
    [budget] = set(budgets)
    assert budget == pytest.approx(allowed or bill["usd_at_most"], abs=1e-6)


def test_a_build_says_what_it_asked_and_what_that_cost(folder: Path, gateway: FakeGateway) -> None:
    ended = firstfive("-p", folder, "build")
    assert "describe by a model: 8 made, 0 kept; it cost $0.00." in ended.out
    assert "describe: 8 in" in ended.err


def test_the_money_shown_is_the_payers_and_the_tightest_cap_counts(tmp_path: Path) -> None:
    with opened(tmp_path, "budget.project_usd=5", "budget.run_usd=none", "budget.day_usd=2") as project:
        purse = Purse(project, Payer(run="r"))
        assert purse.told() == "$0.00 spent, $2.00 left"
        _paid(project, {"run:r": 250_000_000, "project": 250_000_000})
        assert purse.told() == "$0.2500 spent, $2.00 left"
        _paid(project, {"project": 4_000_000_000})
        assert purse.told() == "$0.2500 spent, $0.7500 left"
        assert purse.spent_usd() == 0.25
        assert Purse(project, Payer(run="r")).spent_usd() == 0, "what was spent before it is not its own"
    with opened(tmp_path / "capless", "budget.day_usd=none") as project:
        assert Purse(project, Payer(run="r")).told() == "$0.00 spent"


def _paid(project: Project, nano: dict[str, int]) -> None:
    from datetime import UTC, datetime

    from firstfive.ports import INFINITE, Unit

    def work(unit: Unit) -> None:
        for account, amount in nano.items():
            number = unit.spending.reserve(Amount(amount, 1), {account: INFINITE}, datetime.now(UTC))
            assert isinstance(number, int)
            unit.spending.settle({number: Amount(amount, 1)})

    project.store.write(work)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0.0, "$0.00"), (0.00042, "$0.0004"), (0.5, "$0.5000"), (1.0, "$1.00"), (12_345.6, "$12,345.60")],
)
def test_money_is_written_as_people_read_it(amount: float, text: str) -> None:
    assert usd(amount) == text


def test_steps_inside_a_run_belong_to_it() -> None:
    with one_run(batch=True) as outer, one_run() as inner:
        assert inner is outer


def test_a_bill_mentions_what_is_there_and_what_is_on_its_way() -> None:
    from firstfive.app.pricing import Bill

    text = told(Bill((Estimate("describe", 1, 2_000, 30),), batch=True))
    assert "2,000 results are there already" in text
    assert "30 calls are in batch jobs that were submitted" in text
    assert " 24 h\n" in text


def test_a_steps_line_shows_rate_time_left_and_money(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstfive.cli import progress

    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    lines = progress.Lines()
    lines.start("describe", 40)
    lines.note("describe", "$0.10 spent, $9.90 left")
    lines.advance("describe", 10)
    lines.finish("describe")
    first, last = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"describe: 10 of 40, [\d,.]+/s, \d+ s left, \$0\.10 spent, \$9\.90 left", first)
    assert re.fullmatch(r"describe: 10 in \d\.\d s, \$0\.10 spent, \$9\.90 left", last)


def test_the_rate_is_the_latest_so_that_a_resumed_run_says_truly_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from firstfive.cli import progress

    now = 0.0
    monkeypatch.setattr(progress, "monotonic", lambda: now)
    step = progress._Step(2_000)
    step.add(1_000)  # there already
    for _ in range(60):
        now += 1.0
        step.add(2)
    assert str(step) == "1,120 of 2,000, 2.0/s, 7 min left"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (89.0, "89 s"), (90.0, "2 min"), (3_600.0, "60 min"), (9_000.0, "2.5 h")]
)
def test_times_are_in_the_unit_that_a_person_would_use(seconds: float, text: str) -> None:
    from firstfive.cli.progress import time_

    assert time_(seconds) == text
