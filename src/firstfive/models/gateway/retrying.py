"""Retrying: a person's call that failed in passing is made over while there is time; every call ends by its deadline.

A call of a catalogue run (`terms.patient`) is not made over here: its run puts it back, with growing waits.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic

from firstfive.errors import ModelError
from firstfive.models.gateway.circuit import Circuit
from firstfive.models.gateway.extra import Extra
from firstfive.models.gateway.waits import backoff
from firstfive.ports import Call, Model, Reply, Terms

SAYING_S = 0.02
"""Who stops by itself at the deadline can say more than who is cut off: whether anything was sent, for one."""
MOST_TRIES = 4
PASSING = {"model.rate", "model.unreachable", "model.overloaded", "model.failed"}
"""What may go better the next moment."""


class Retrying:
    """Waits as long as the provider asks, else by chance and longer each time."""

    def __init__(self, inner: Model, name: str, circuit: Circuit, extra: Extra) -> None:
        self.inner = inner
        self._name = name
        self._circuit = circuit
        self._extra = extra

    def __str__(self) -> str:
        return "retrying"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises model.timeout at the deadline, whatever the provider does: one that drips holds no call."""
        self._circuit.check()
        given_s = terms.deadline - monotonic()
        try:
            async with asyncio.timeout_at(terms.deadline):
                return await self._until_good(call, replace(terms, deadline=terms.deadline - SAYING_S))
        except TimeoutError as late:
            raise ModelError(
                f"{self._name} gave no whole answer in the {max(0.0, given_s):.1f} s that it had; "
                "raise models.timeout_s or models.request_timeout_s, or add a fallback model",
                code="model.timeout",
            ) from late

    async def _until_good(self, call: Call, terms: Terms) -> Reply:
        tries = 0
        while True:
            try:
                return await self.inner(call, terms)
            except ModelError as error:
                wait_s = self._wait_s(error, terms, tries)
            await asyncio.sleep(wait_s)
            tries += 1

    def _wait_s(self, error: ModelError, terms: Terms, tries: int) -> float:
        """Seconds until the next try; raises the error where there is none."""
        asked_s = error.retry_after_s or 0.0
        wait_s = max(asked_s, backoff(tries))
        last = terms.patient or error.code not in PASSING or tries + 1 >= MOST_TRIES
        if last or monotonic() + wait_s >= terms.deadline or not self._extra.take():
            raise error
        return wait_s
