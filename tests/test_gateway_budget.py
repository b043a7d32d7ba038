"""Money: set aside before a call, settled after it, never above a cap, and no call refused that would have fitted."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from firstfive.errors import BudgetError, ModelError
from firstfive.models.gateway import Prices, caps, input_tokens
from firstfive.models.gateway.accounts import Accounts
from firstfive.models.gateway.budgeted import Budgeted
from firstfive.ports import INFINITE, Amount, Call, Payer, Reply, Store, Terms, Usage
from firstfive.settings import BudgetSettings, PriceSettings, ProviderSettings, Settings
from firstfive.store import open_store
from firstfive.testing.models import CountingModel, ScriptedModel, said
from firstfive.types import KeyId, UserId
from gateways import CHEAP, HALF, YES, calls, codes, commits, gateway, go, outcome, settings, spend, spent, terms

DEAREST = Prices(settings()).dearest("a:m", YES)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def capped(usd: float) -> Settings:
    return settings(budget=BudgetSettings(project_usd=usd))


async def through(store: Store, model: Any, given: Settings, call: Call = YES, asked: Terms | None = None) -> Reply:
    """One call through the budgeted layer alone."""
    async with commits(store) as written:
        layer = Budgeted(model, "a:m", Prices(given), Accounts(written, given.budget))
        return await layer(call, asked or terms())


# --- prices -----------------------------------------------------------------------------------------------------------


def test_the_dearest_price_is_a_token_a_byte_and_the_longest_answer() -> None:
    prices = Prices(settings())
    short, long = Call("s", text="a"), Call("s", text="a" * 1000 + "ü")
    assert input_tokens(long) - input_tokens(short) == 1001
    assert prices.dearest("a:m", replace(YES, max_tokens=100)).nano_usd >= 100 * 1_000_000
    assert prices.dearest("a:m", YES).tokens == input_tokens(YES) + 10


def test_a_schema_and_every_text_count() -> None:
    plain = input_tokens(YES)
    assert input_tokens(replace(YES, schema={"type": "object"})) > plain + len('{"type":"object"}')
    embed = Call("s", kind="embed", texts=("one", "two"))
    assert input_tokens(embed) > 6
    assert Prices(settings()).dearest("a:m", embed).tokens == input_tokens(embed)


def test_a_model_without_a_price_is_refused_with_the_line_to_add(store: Store) -> None:
    model = CountingModel()
    with pytest.raises(BudgetError, match=r'"a:m" = \{ input = 0\.0, output = 0\.0 \}') as refused:
        go(through(store, model, settings(prices={})))
    assert refused.value.code == "budget.price"
    assert model.calls == 0
    with pytest.raises(BudgetError, match=r'"openai:gpt-4o-mini" = \{ input = 0\.15, output = 0\.6 \}.*check it'):
        Prices(settings()).dearest("openai:gpt-4o-mini", YES)


def test_what_runs_here_needs_no_price() -> None:
    here = settings(providers={"mine": ProviderSettings(api="local")})
    for name in ("local:model.gguf", "replay:demo", "mine:model.gguf"):
        assert Prices(here).dearest(name, YES).nano_usd == 0
    with pytest.raises(BudgetError):
        Prices(here).dearest("vllm:model", YES)


def test_cached_input_costs_what_the_settings_say() -> None:
    call, usage = replace(YES, text="x" * 1000), Usage(1000, 0, 400)
    dear = settings(prices={"a:m": PriceSettings(input=1.0)})
    cheap = settings(prices={"a:m": PriceSettings(input=1.0, cached=0.5)})
    assert Prices(dear).cost("a:m", call, usage) == Amount(1_000_000, 1000)
    assert Prices(cheap).cost("a:m", call, usage) == Amount(800_000, 1000)


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_call_stands_on_the_accounts_of_all_who_pay_and_of_its_step_and_model() -> None:
    payer = Payer("build-1", KeyId("k1"), UserId("u1"))
    budget = BudgetSettings(project_usd=5, day_usd=1.5, run_tokens=100, key_usd=0)
    assert caps(budget, payer, "a:m", "describe", date(2026, 11, 21)) == {
        "project": Amount(5_000_000_000, INFINITE.tokens),
        "day:2026-11-21": Amount(1_500_000_000, INFINITE.tokens),
        "run:build-1": Amount(INFINITE.nano_usd, 100),
        "key:k1": Amount(0, INFINITE.tokens),
        "user:u1": INFINITE,
        "step:describe": INFINITE,
        "model:a:m": INFINITE,
    }
    assert list(caps(budget, Payer(), "a:m", "s", date(2026, 1, 1))) == [
        "project",
        "day:2026-01-01",
        "step:s",
        "model:a:m",
    ]


def test_a_call_is_charged_what_it_cost(store: Store) -> None:
    reply = go(through(store, ScriptedModel([HALF]), settings()))
    assert reply.cost_usd == pytest.approx(0.00501)
    today = f"day:{datetime.now(UTC).date()}"
    for account in ("project", today, "step:judge", "model:a:m"):
        assert spent(store, account).settled == Amount(5_010_000, 15)
        assert spent(store, account).open == Amount()


@pytest.mark.parametrize(
    "usage",
    [
        None,
        Usage(-1, 5),
        Usage(10, -5),
        Usage(float("nan"), 5),  # type: ignore[arg-type]
        Usage(10**9, 5),
        Usage(10, 10**9),
        Usage(0, 0),
        Usage(10, 5, -3),
    ],
    ids=repr,
)
def test_usage_that_is_missing_or_not_to_be_believed_charges_all_that_was_set_aside(
    store: Store, usage: Usage | None
) -> None:
    reply = go(through(store, ScriptedModel([said("yes", usage=usage)]), settings()))
    assert spent(store).settled == DEAREST
    assert reply.cost_usd == pytest.approx(DEAREST.nano_usd / 1e9)


@pytest.mark.parametrize(
    ("error", "charged"),
    [
        (ModelError("refused", code="model.unreachable", paid=False), Amount()),
        (ModelError("429", code="model.rate"), Amount()),
        (ModelError("500", code="model.overloaded"), Amount()),
        (ModelError("401", code="model.key"), Amount()),
        (ModelError("400", code="model.request"), Amount()),
        (ModelError("broke off", code="model.unreachable"), DEAREST),
        (ModelError("late", code="model.timeout"), DEAREST),
        (ModelError("html", code="model.reply"), DEAREST),
    ],
    ids=lambda value: value.code if isinstance(value, ModelError) else "",
)
def test_a_call_that_failed_is_charged_only_where_it_may_have_been_paid(
    store: Store, error: ModelError, charged: Amount
) -> None:
    with pytest.raises(ModelError):
        go(through(store, ScriptedModel([error]), settings()))
    assert spent(store).settled == charged
    assert spent(store).open == Amount()


def test_a_call_that_was_cut_off_is_charged_whole(store: Store) -> None:
    async def cut() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await through(store, CountingModel(takes_s=5), settings())

    go(cut())
    assert spent(store).settled == DEAREST


def test_a_spent_budget_is_said_at_once_with_the_account_and_its_cap(store: Store) -> None:
    model = CountingModel()
    with pytest.raises(BudgetError, match=r"project has budget\.project_usd = 0\.001.*raise the cap") as refused:
        go(through(store, model, capped(0.001), asked=terms(60)))
    assert refused.value.code == "budget.spent"
    assert not refused.value.retry
    assert not refused.value.paid
    assert model.calls == 0


@pytest.mark.parametrize("cap", ["project", "day", "run", "key", "user"])
@pytest.mark.parametrize("unit", ["usd", "tokens"])
def test_every_cap_is_kept(store: Store, cap: str, unit: str) -> None:
    payer = Payer("r", KeyId("k"), UserId("u"))
    budget = replace(BudgetSettings(day_usd="none"), **{f"{cap}_{unit}": 0.001 if unit == "usd" else 20})
    model = CountingModel()
    with pytest.raises(BudgetError, match=rf"budget\.{cap}_{unit}") as refused:
        go(through(store, model, settings(budget=budget), asked=terms(payer=payer)))
    assert refused.value.code == "budget.spent"
    assert model.calls == 0


def test_a_budget_of_nothing_stops_all_that_costs_and_nothing_else(store: Store) -> None:
    nothing = settings(budget=BudgetSettings(project_usd=0), prices={"a:m": CHEAP, "local:m": PriceSettings()})

    async def both() -> list[Reply | ModelError]:
        async with commits(store) as written:
            accounts = Accounts(written, nothing.budget)
            layers = [Budgeted(CountingModel(HALF), name, Prices(nothing), accounts) for name in ("a:m", "local:m")]
            return [await outcome(layer(YES, terms())) for layer in layers]

    assert codes(go(both())) == ["budget.spent", "good"]


def test_money_set_aside_for_calls_on_their_way_is_waited_for(store: Store) -> None:
    """Two dearest prices do not fit together, two real ones do: the second waits for the first, and is not refused."""
    model = CountingModel(HALF, takes_s=0.2)

    async def two() -> list[Reply | ModelError]:
        async with commits(store) as written:
            given = capped(DEAREST.nano_usd * 1.6 / 1e9)
            layer = Budgeted(model, "a:m", Prices(given), Accounts(written, given.budget))
            return await asyncio.gather(*(outcome(layer(call, terms())) for call in calls(2)))

    assert codes(go(two())) == ["good", "good"]
    assert model.most_at_once == 1


def test_who_waits_for_money_until_the_deadline_is_told_that_it_is_set_aside(store: Store) -> None:
    async def two() -> list[Reply | ModelError]:
        async with commits(store) as written:
            given = capped(DEAREST.nano_usd * 1.6 / 1e9)
            layer = Budgeted(CountingModel(HALF, takes_s=1.0), "a:m", Prices(given), Accounts(written, given.budget))
            return await asyncio.gather(*(outcome(layer(YES, terms(seconds))) for seconds in (3.0, 0.3)))

    first, second = go(two())
    assert isinstance(first, Reply)
    assert isinstance(second, BudgetError)
    assert (second.code, second.retry) == ("budget.busy", True)


def test_who_gives_up_while_money_is_set_aside_gets_it_back(store: Store) -> None:
    async def give_up() -> None:
        async with commits(store) as written:
            accounts = Accounts(written, BudgetSettings())
            waiting = asyncio.create_task(accounts.reserve(Amount(5, 5), {"project": INFINITE}, terms().deadline))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])

    go(give_up())
    assert spent(store).open == Amount()
    assert spent(store).settled == Amount()


# --- many at once -----------------------------------------------------------------------------------------------------


def test_fifty_callers_at_once_spend_all_of_the_cap_and_no_more_and_none_is_refused_falsely(tmp_path: Path) -> None:
    """The cap has room for 20 real prices. Each of 50 is set aside at twice that: without waiting, 10 would get in."""
    real = 5_010_000
    cap = 20 * real + DEAREST.nano_usd // 3
    model = CountingModel(HALF, takes_s=0.02)
    given = capped(cap / 1e9)
    given = replace(given, providers={"a": replace(given.providers["a"], at_once=50)})
    with gateway(tmp_path, {"a:m": model}, given) as opened:
        answers = opened.many(calls(50), deadline_s=15, models=("a:m",))
    good = codes(answers).count("good")
    assert set(codes(answers)) == {"good", "budget.spent"}
    assert model.calls == good
    store = open_store(tmp_path)
    stands = spent(store)
    store.close()
    assert stands.settled.nano_usd == good * real <= cap
    assert stands.open == Amount()
    assert cap - stands.settled.nano_usd < DEAREST.nano_usd, "one more would have fitted"


def test_two_processes_share_one_cap(tmp_path: Path) -> None:
    cap = 10 * 5_010_000 + DEAREST.nano_usd // 3
    open_store(tmp_path).close()
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    others = [context.Process(target=spend, args=(tmp_path, cap / 1e9, 10, told)) for _ in range(2)]
    for other in others:
        other.start()
    found = [code for _ in others for code in told.get(timeout=30)]
    for other in others:
        other.join()
    store = open_store(tmp_path)
    stands = spent(store)
    store.close()
    assert set(found) == {"good", "budget.spent"}
    assert stands.settled.nano_usd == found.count("good") * 5_010_000 <= cap
    assert cap - stands.settled.nano_usd < DEAREST.nano_usd
    assert stands.open == Amount()
