"""What tests of the gateway share: settings of one cheap model, terms, and stacks over a real store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from firstfive.errors import ModelError
from firstfive.models.gateway import LoopGateway, Parts, Stack, open_gateway
from firstfive.models.gateway.commits import Commits
from firstfive.ports import Call, Model, Reply, Spent, Store, Terms, Usage
from firstfive.settings import BudgetSettings, ModelSettings, PriceSettings, ProviderSettings, Settings
from firstfive.store import open_store
from firstfive.testing.models import CountingModel, said

Out = TypeVar("Out")

CHEAP = PriceSettings(input=1.0, output=1000.0)
"""A millionth of a dollar for a token in, a thousandth for one out."""
FAST = ProviderSettings(requests_per_minute=0, tokens_per_minute=0)
HALF = said("yes", usage=Usage(10, 5))
"""Costs 10 millionths and 5 thousandths of a dollar: half of what is set aside for YES, and a little."""
YES = Call("judge", text="yes or no?", max_tokens=10)


def settings(**parts: Any) -> Settings:
    """Two models of two providers, "a:m" before "b:m", with prices and no limits; nothing is capped."""
    given: dict[str, Any] = {
        "models": ModelSettings(llm="a:m", fallback=("b:m",)),
        "prices": {"a:m": CHEAP, "b:m": CHEAP},
        "providers": {"a": FAST, "b": FAST},
    }
    return replace(Settings(), **(given | parts))


def terms(seconds: float = 5.0, *, models: tuple[str, ...] = ("a:m", "b:m"), **more: Any) -> Terms:
    return Terms(monotonic() + seconds, models, **more)


def calls(n: int, **parts: Any) -> list[Call]:
    """So many calls that differ."""
    return [replace(YES, text=f"{place}: yes or no?", **parts) for place in range(n)]


def go(work: Coroutine[Any, Any, Out]) -> Out:
    """Runs it to its end on a loop of its own, on which nothing may hang."""

    async def bounded() -> Out:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(bounded())


async def outcome(work: Coroutine[Any, Any, Reply]) -> Reply | ModelError:
    try:
        return await work
    except ModelError as error:
        return error


def codes(answers: list[Reply | ModelError]) -> list[str]:
    """The code of each error; "good" for a reply."""
    return [answer.code if isinstance(answer, ModelError) else "good" for answer in answers]


def opener(models: Mapping[str, Model]) -> Callable[[str, str, ProviderSettings], Model]:
    return lambda provider, model, _: models[f"{provider}:{model}"]


@asynccontextmanager
async def stacked(store: Store, models: Mapping[str, Model], given: Settings | None = None) -> AsyncIterator[Stack]:
    """A stack on the running loop."""
    stack = Stack(Parts(given or settings(), store, Path(), opener(models)))
    try:
        yield stack
    finally:
        await stack.settled()
        await stack.close()


@contextmanager
def gateway(
    folder: Path, models: Mapping[str, Model], given: Settings | None = None, **more: Any
) -> Iterator[LoopGateway]:
    """A gateway over a SQLite store in the folder."""
    store = open_store(folder)
    opened = open_gateway(Parts(given or settings(), store, folder, opener(models), **more))
    try:
        yield opened
    finally:
        opened.close()
        store.close()


@asynccontextmanager
async def commits(store: Store) -> AsyncIterator[Commits]:
    """Group commits on the running loop."""
    opened = Commits(store.write)
    try:
        yield opened
    finally:
        await opened.done()
        opened.close()


def spent(store: Store, account: str = "project") -> Spent:
    with store.read() as unit:
        return unit.spending.of([account]).get(account, Spent())


def spend(folder: Path, cap_usd: float, n: int, tell: Any) -> None:
    """So many callers at once, of a process of its own: tells how each of them fared."""
    given = settings(budget=BudgetSettings(project_usd=cap_usd))
    with gateway(folder, {"a:m": CountingModel(HALF, takes_s=0.02)}, given) as opened:
        texts = [replace(call, text=f"{os.getpid()} {call.text}") for call in calls(n)]
        tell.put(codes(opened.many(texts, deadline_s=20, models=("a:m",))))
