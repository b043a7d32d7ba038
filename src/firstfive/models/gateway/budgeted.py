"""Budgeted: no call without its dearest price set aside, whatever it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from firstfive.errors import ModelError
from firstfive.models.gateway.accounts import NOTHING, Accounts
from firstfive.models.gateway.prices import Prices
from firstfive.observe import count
from firstfive.ports import Amount, Call, Model, Reply, Terms


class Budgeted:
    """Reserves, calls, settles. A call that nobody knows the cost of is charged at its dearest."""

    def __init__(self, inner: Model, name: str, prices: Prices, accounts: Accounts) -> None:
        self.inner = inner
        self._name = name
        self._prices = prices
        self._accounts = accounts

    def __str__(self) -> str:
        return "budgeted"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises BudgetError where the call may not be made."""
        quote = self._prices.quote(self._name, call)
        dearest = quote.dearest
        accounts = self._accounts.caps(terms.payer, self._name, call.step, datetime.now(UTC).date())
        reservation = await self._accounts.reserve(dearest, accounts, terms.deadline)
        try:
            reply = await self.inner(call, terms)
        except ModelError as error:
            self._settle(reservation, None if error.paid else NOTHING, dearest)
            raise
        except BaseException:  # cut off by its deadline or by hand: the provider may have done it all the same
            self._settle(reservation, None, dearest)
            raise
        cost = quote.cost(reply.usage)
        charged = self._settle(reservation, cost, dearest)
        if reply.usage is not None and cost is not None:
            count("firstfive_model_tokens_total", reply.usage.input_tokens, model=self._name, direction="input")
            count("firstfive_model_tokens_total", reply.usage.output_tokens, model=self._name, direction="output")
        return replace(reply, cost_usd=charged.nano_usd / 1e9)

    def _settle(self, reservation: int, cost: Amount | None, dearest: Amount) -> Amount:
        """What is charged."""
        self._accounts.settle(reservation, cost)
        charged = dearest if cost is None else cost
        if charged.nano_usd:
            count("firstfive_model_usd_total", charged.nano_usd / 1e9, model=self._name)
        return charged
