"""Use case: which models the settings name, and whether they answer: one smallest call for each thing that they can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.errors import BudgetError, ModelError
from firstfive.models.gateway import Prices
from firstfive.models.providers import VENDORS
from firstfive.ports import Call, Reply
from firstfive.settings import PriceSettings, ProviderSettings

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

HERE = {"minilm", "onnx", "none"}
"""Embedders that are no provider's."""
SCHEMA = {
    "type": "object",
    "properties": {"sky": {"type": "string", "enum": ["blue", "green"]}},
    "required": ["sky"],
    "additionalProperties": False,
}
STRUCTURED = Call(
    "models test", text='Which colour is the sky? Answer in JSON: {"sky": "blue" or "green"}.', schema=SCHEMA
)
CHOSEN = Call("models test", text="Is water wet? Answer yes or no:", choices=("yes", "no"), max_tokens=3)
EMBEDDED = Call("models test", kind="embed", texts=("bread",))
PATIENCE_S = 120.0
"""A local model may have to be loaded first."""


@dataclass(frozen=True, slots=True)
class Configured:
    """A model that the settings name. role: llm, fallback or embedder. key: where its key is read.

    price: None where there is none, and none is needed: the model runs here. missing: what has to be added first.
    """

    model: str
    role: str
    api: str
    url: str
    key: str
    price: PriceSettings | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of asking. seconds: of a call when everything is loaded; first_s: of the first one.

    schema, logprobs: whether they work; None: not asked for. vector: how many numbers a vector has; 0: not asked for.
    tokens: whether it says how many it counted. error: its code and what is wrong; nothing else counts then.
    """

    model: str
    role: str
    seconds: float = 0.0
    first_s: float = 0.0
    cost_usd: float = 0.0
    schema: bool | None = None
    logprobs: bool | None = None
    vector: int = 0
    tokens: bool = False
    code: str = ""
    error: str = ""


def configured(project: Project) -> list[Configured]:
    """The models of the settings in the order in which they are tried, the embedder last where a provider has it."""
    return [_described(project, model, role) for model, role in _named(project)]


def test(project: Project) -> Iterator[Tested]:
    """Asks each model of `configured`, one after the other: at most three small calls each, past the cache."""
    for one in configured(project):
        if one.api == "replay":
            yield Tested(one.model, one.role)
        else:
            yield _embedder(project, one) if one.role == "embedder" else _completer(project, one)


def _named(project: Project) -> Iterator[tuple[str, str]]:
    models = project.settings.models
    if models.llm:
        yield models.llm, "llm"
    for name in models.fallback:
        yield name, "fallback"
    if models.embedder.partition(":")[0] not in HERE:
        yield models.embedder, "embedder"


def _described(project: Project, model: str, role: str) -> Configured:
    name = model.partition(":")[0]
    settings = project.settings.providers.get(name, ProviderSettings())
    row = VENDORS.get(name)
    api = settings.api or (row.api if row else "")
    key = settings.key or (f"env:{row.key}" if row and row.key else "")
    price, missing = _price(project, model)
    return Configured(model, role, api, settings.url or (row.url if row else ""), key, price, missing)


def _price(project: Project, model: str) -> tuple[PriceSettings | None, str]:
    prices = Prices(project.settings)
    if prices.free(model):
        return None, ""
    try:
        return prices.of(model), ""
    except BudgetError as missing:
        return None, str(missing)


def _completer(project: Project, one: Configured) -> Tested:
    first, first_s = _asked(project, one, STRUCTURED)
    if isinstance(first, ModelError) and first.code != "model.reply":
        return Tested(one.model, one.role, code=first.code, error=str(first))
    chosen, seconds = _asked(project, one, CHOSEN)
    if isinstance(chosen, ModelError):
        return Tested(one.model, one.role, first_s=first_s, code=chosen.code, error=str(chosen))
    cost = chosen.cost_usd + (first.cost_usd if isinstance(first, Reply) else 0.0)
    return Tested(
        one.model,
        one.role,
        seconds,
        first_s,
        cost,
        schema=isinstance(first, Reply),
        logprobs=bool(chosen.logprobs),
        tokens=chosen.usage is not None,
    )


def _embedder(project: Project, one: Configured) -> Tested:
    _, first_s = _asked(project, one, EMBEDDED)
    reply, seconds = _asked(project, one, EMBEDDED)
    if isinstance(reply, ModelError):
        return Tested(one.model, one.role, code=reply.code, error=str(reply))
    size = int(reply.value.shape[1])
    told = reply.usage is not None
    return Tested(one.model, one.role, seconds, first_s, reply.cost_usd, vector=size, tokens=told)


def _asked(project: Project, one: Configured, call: Call) -> tuple[Reply | ModelError, float]:
    """What the model says through the gateway, and after how many seconds."""
    begun = perf_counter()
    (answer,) = project.calls().many([call], deadline_s=PATIENCE_S, models=(one.model,), fresh=True)
    return answer, perf_counter() - begun
