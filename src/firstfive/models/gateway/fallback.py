"""Fallback: the models of the terms in order, until one gives a good reply, each with time left for the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from firstfive.errors import ModelError
from firstfive.ports import Call, Model, Reply, Terms

FINAL = {"budget.spent", "budget.price"}
"""Where going on would be going round: a budget is for all models, and a price is the builder's to say."""
SHARE = 0.6
"""How much of the time that is left a model gets where another one stands behind it."""


class Fallback:
    """model: opens a model by its name, once."""

    def __init__(self, model: Callable[[str], Model]) -> None:
        self._model = model

    def __str__(self) -> str:
        return "fallback"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Raises the error of the only model, or one that names them all: the one that says most of trying again."""
        errors: list[ModelError] = []
        for place, name in enumerate(terms.models):
            last = place + 1 == len(terms.models)
            try:
                return await self._model(name)(call, replace(terms, deadline=_deadline(terms, last=last)))
            except ModelError as error:
                errors.append(error)
                if error.code in FINAL or monotonic() >= terms.deadline:
                    break
        raise _worst(errors, terms)


def _deadline(terms: Terms, *, last: bool) -> float:
    now = monotonic()
    return terms.deadline if last else now + (terms.deadline - now) * SHARE


def _worst(errors: list[ModelError], terms: Terms) -> ModelError:
    """One error for all: final where one is, else the first that may pass, else the first."""
    if not errors:
        return ModelError("no model is named; set models.llm in firstfive.toml", code="model.request")
    final = [error for error in errors if error.code in FINAL]
    passing = [error for error in errors if error.retry]
    said = (final or passing or errors)[0]
    if len(errors) == 1:
        return said
    waits = [error.retry_after_s for error in passing if error.retry_after_s is not None]
    told = "; ".join(f"{name}: {error}" for name, error in zip(terms.models, errors, strict=False))
    kind = type(said)
    return kind(
        f"no model gave a good reply. {told}",
        code=said.code,
        retry_after_s=min(waits) if waits and not final else None,
        paid=any(error.paid for error in errors),
    )
