"""The accounts of a call, and setting money aside on them: reserve before, settle after, in the store.

project, day:2026-11-21, run:ID, key:ID, user:ID     with the caps of [budget]
step:NAME, model:NAME                                without: for reports
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from firstfive.errors import BudgetError
from firstfive.models.gateway.commits import Collected, Commits
from firstfive.observe import log
from firstfive.ports import INFINITE, Amount, Asked, Payer, Refusal, Spent, Unit
from firstfive.settings import BudgetSettings

LOOK_S, LONGEST_LOOK_S = 0.05, 0.5
"""How often an account is looked at again where its money is set aside, perhaps by another process."""
EDGE_S = 0.05
"""So much before its deadline, who waits for money is told that there is none: the telling takes its time too."""
NOTHING = Amount()

WAYS_OUT = {
    "project": "raise the cap",
    "day": "raise the cap, or go on tomorrow (UTC)",
    "run": "raise the cap; what was made is kept, and the next run goes on from there",
    "key": "raise the cap",
    "user": "raise the cap",
}


def caps(budget: BudgetSettings, payer: Payer, model: str, step: str, day: date) -> Mapping[str, Amount]:
    """The accounts of such a call, each with the most that may stand on it."""
    whose = {"project": "", "day": day.isoformat(), "run": payer.run, "key": payer.key, "user": payer.user}
    found = {
        f"{kind}:{name}" if name else kind: _cap(budget, kind)
        for kind, name in whose.items()
        if name or kind == "project"
    }
    return found | {f"step:{step}": INFINITE, f"model:{model}": INFINITE}


def _cap(budget: BudgetSettings, kind: str) -> Amount:
    usd, tokens = getattr(budget, f"{kind}_usd"), getattr(budget, f"{kind}_tokens")
    return Amount(
        INFINITE.nano_usd if usd == "none" else min(round(usd * 1e9), INFINITE.nano_usd),
        INFINITE.tokens if tokens == "none" else min(int(tokens), INFINITE.tokens),
    )


class _Refused(NamedTuple):
    refusal: Refusal
    spent: Spent


class Accounts:
    """Sets money aside and settles it, through the store's group commits. One for the process's gateway."""

    def __init__(self, commits: Commits, budget: BudgetSettings) -> None:
        self._commits = commits
        self._settlements: Collected[Amount | None] = Collected(commits, _settle, self._settled)
        self._moved = asyncio.Event()
        self._said: set[str] = set()
        self.caps = lru_cache(maxsize=256)(lambda *of: caps(budget, *of))

    async def reserve(self, amount: Amount, accounts: Mapping[str, Amount], deadline: float) -> int:
        """Sets the amount aside; the reservation's number. Waits for money that is set aside for other calls.

        Raises BudgetError: budget.spent at once where it would not fit even if nothing else were on its way,
        budget.busy where it does not fit until the deadline (`time.monotonic()`).
        """
        until = datetime.now(UTC) + timedelta(seconds=max(0.0, deadline - monotonic()))
        look_s = LOOK_S
        while True:
            moved = self._moved
            found = await self._try(Asked(amount, accounts, until))
            if isinstance(found, int):
                return found
            left_s = deadline - EDGE_S - monotonic()
            if found.refusal.final or left_s <= 0:
                raise self._refusal(found, amount, accounts)
            await _either(moved, min(look_s, left_s))
            look_s = min(2 * look_s, LONGEST_LOOK_S)

    def settle(self, reservation: int, cost: Amount | None) -> None:
        """Charges what it cost, or all that was set aside where that is None. Returns at once; the store follows."""
        self._settlements.add(reservation, cost)

    async def _try(self, asked: Asked) -> int | _Refused:
        ticket = self._commits.ask(_reserve, asked, orphaned=self._give_back)
        try:
            return await ticket
        except asyncio.CancelledError:
            if ticket.done() and not ticket.cancelled() and ticket.exception() is None:
                self._give_back(ticket.result())
            raise

    def _give_back(self, found: int | _Refused) -> None:
        if isinstance(found, int):
            self.settle(found, NOTHING)

    def _settled(self, _batch: object) -> None:
        """Wakes all that wait for money."""
        self._moved.set()
        self._moved = asyncio.Event()

    def _refusal(self, found: _Refused, amount: Amount, accounts: Mapping[str, Amount]) -> BudgetError:
        account, cap = found.refusal.account, accounts[found.refusal.account]
        kind = account.partition(":")[0]
        caps_set = [f"budget.{kind}_usd = {_usd(cap)}"] * (cap.nano_usd < INFINITE.nano_usd)
        caps_set += [f"budget.{kind}_tokens = {cap.tokens:,}"] * (cap.tokens < INFINITE.tokens)
        stands = (
            f"{account} has {' and '.join(caps_set)}; {_usd(found.spent.settled)} USD and "
            f"{found.spent.settled.tokens:,} tokens of it are spent, {_usd(found.spent.open)} USD and "
            f"{found.spent.open.tokens:,} tokens are set aside for calls on their way, and this call may cost "
            f"{_usd(amount)} USD and {amount.tokens:,} tokens"
        )
        if not found.refusal.final:
            return BudgetError(f"{stands}; wait for them and try again, or raise the cap", code="budget.busy")
        if account not in self._said:
            self._said.add(account)
            log("models").error("the budget is spent: %s; %s", stands, WAYS_OUT[kind])
        return BudgetError(f"{stands}; {WAYS_OUT[kind]}")


def _reserve(unit: Unit, asked: list[Asked]) -> list[int | _Refused]:
    """The number of each reservation, or what stands on the account that refuses it."""
    found = unit.spending.reserve_all(asked)
    return [
        one if isinstance(one, int) else _Refused(one, unit.spending.of([one.account]).get(one.account, Spent()))
        for one in found
    ]


def _settle(unit: Unit, batch: dict[int, Amount | None]) -> None:
    unit.spending.settle(batch)


async def _either(moved: asyncio.Event, most_s: float) -> None:
    """Until it is set, or so long."""
    try:
        async with asyncio.timeout(most_s):
            await moved.wait()
    except TimeoutError:
        return


def _usd(amount: Amount) -> str:
    return f"{amount.nano_usd / 1e9:.6f}".rstrip("0").rstrip(".") or "0"
