"""The innermost layer: what really goes out to a provider is counted and timed here, and its circuit is told."""

from __future__ import annotations

from time import monotonic, perf_counter

from firstfive.errors import ModelError
from firstfive.models.gateway.circuit import Circuit
from firstfive.observe import count, seconds
from firstfive.ports import Call, Model, Reply, Terms

BLAMED_S = 0.5
"""A provider that was given less than this before a deadline is not to blame for it."""

OVERSLEPT_S = 0.1
"""Whoever comes to a deadline so much later was short of the processor, and cannot say that the provider was late."""


class Wire:
    """One `firstfive_model_calls_total` for each call that a provider got."""

    def __init__(self, inner: Model, name: str, circuit: Circuit) -> None:
        self.inner = inner
        self._name = name
        self._circuit = circuit

    def __str__(self) -> str:
        return "wire"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises what the provider raises, and model.paused where its circuit is open."""
        probe = self._circuit.begin()
        began = perf_counter()
        try:
            reply = await self.inner(call, terms)
        except ModelError as error:
            if error.code == "model.timeout" and _late(terms):
                self._cut_off(terms, error, began, probe=probe)
            else:
                self._ended(error, began, probe=probe)
            raise
        except BaseException:
            late = ModelError("no answer in time", code="model.timeout")
            self._cut_off(terms, late, began, probe=probe)
            raise
        self._ended(None, began, probe=probe)
        return reply

    def _cut_off(self, terms: Terms, late: ModelError, began: float, *, probe: bool) -> None:
        """By its deadline, which is the provider's failure where there was time enough, or by whoever asked."""
        overslept = monotonic() > terms.deadline + OVERSLEPT_S
        if _late(terms) and not overslept and perf_counter() - began >= BLAMED_S:
            self._ended(late, began, probe=probe)
        else:
            self._circuit.dropped(probe=probe)
            count("firstfive_model_calls_total", model=self._name, outcome="given up")

    def _ended(self, error: ModelError | None, began: float, *, probe: bool) -> None:
        self._circuit.ended(error, probe=probe)
        count("firstfive_model_calls_total", model=self._name, outcome=error.code if error else "answered")
        seconds("firstfive_model_seconds", perf_counter() - began, model=self._name)


def _late(terms: Terms) -> bool:
    """Whether the deadline is here, give or take a turn of the loop."""
    return monotonic() >= terms.deadline - 0.01
