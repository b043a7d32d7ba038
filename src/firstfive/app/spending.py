"""Money, as runs show it: what one has cost, what it may still cost, and what it would cost."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING

from firstfive.models.gateway.accounts import caps
from firstfive.ports import INFINITE, Amount, Payer, Spent

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.settings import BudgetSettings

SETTLED_S = 1.0
"""How long the end of a run waits for its last calls to be settled: the store follows a little behind."""


class Purse:
    """What stands on the accounts of one payer, read from the store."""

    def __init__(self, project: Project, payer: Payer) -> None:
        self._store = project.store
        self._budget: BudgetSettings = project.settings.budget
        self._payer = payer
        self._before = self._mine().settled.nano_usd

    def spent_usd(self) -> float:
        """What the payer's run has cost since this was made; what is still on its way counts when it is back."""
        until = monotonic() + SETTLED_S
        while (mine := self._mine()).open != Amount() and monotonic() < until:
            sleep(0.02)
        return (mine.settled.nano_usd - self._before) / 1e9

    def told(self) -> str:
        """A few words: what this has cost so far, and what is left of the tightest cap in money."""
        most = caps(self._budget, self._payer, "", "", datetime.now(UTC).date())
        with self._store.read() as unit:
            found = unit.spending.of(list(most))
        mine = found[self._account].settled.nano_usd - self._before
        left = [
            most[name].nano_usd - spent.settled.nano_usd - spent.open.nano_usd
            for name, spent in found.items()
            if most[name].nano_usd < INFINITE.nano_usd
        ]
        return f"{usd(mine / 1e9)} spent" + (f", {usd(max(0, min(left)) / 1e9)} left" if left else "")

    @property
    def _account(self) -> str:
        return f"run:{self._payer.run}"

    def _mine(self) -> Spent:
        with self._store.read() as unit:
            return unit.spending.of([self._account])[self._account]


def usd(amount: float) -> str:
    """Dollars as people write them; small amounts with what makes them differ from nothing."""
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.4f}"
