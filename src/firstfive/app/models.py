"""Use case: which models the settings name, and whether they answer: one smallest call for each thing that they can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.app.wiring import EMBEDDERS
from firstfive.errors import BudgetError, ModelError
from firstfive.models.gateway import Prices
from firstfive.models.providers import VENDORS
from firstfive.ports import Call, Reply
from firstfive.settings import PriceSettings, shown, without_password

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

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
NO_LOGPROBS = "the answer came without them; a model that scores without them gives only yes and no"
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
class Tried:
    """What came of one call. error: why what it was for does not work; empty: it does."""

    what: str
    seconds: float
    cost_usd: float = 0.0
    code: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of asking. seconds: of a call when everything is loaded; first_s: of the first one.

    schema, logprobs: whether they work; None: not asked for. vector: how many numbers a vector has; 0: not asked for.
    tokens: whether it says how many it counted. code, error: of the first call, where none came back. tried: each call.
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
    tried: tuple[Tried, ...] = ()


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
    if models.judge:
        yield models.judge, "judge"
    if models.embedder.partition(":")[0] not in EMBEDDERS:
        yield models.embedder, "embedder"


def _described(project: Project, model: str, role: str) -> Configured:
    name = model.partition(":")[0]
    settings = project.settings.provider(name)
    row = VENDORS.get(name)
    api = settings.api or (row.api if row else "")
    key = settings.key or (f"env:{row.key}" if row and row.key else "")
    price, missing = _price(project, model)
    url = without_password(settings.url or (row.url if row else ""))
    return Configured(model, role, api, url, shown(f"providers.{name}.key", key), price, missing)


def _price(project: Project, model: str) -> tuple[PriceSettings | None, str]:
    prices = Prices(project.settings)
    if prices.free(model):
        return None, ""
    try:
        return prices.of(model), ""
    except BudgetError as missing:
        return None, str(missing)


def _completer(project: Project, one: Configured) -> Tested:
    """An answer that is no good is an answer: only a model that gives none at all does not answer."""
    shaped, first_s = _asked(project, one, STRUCTURED)
    chosen, seconds = _asked(project, one, CHOSEN)
    likely = isinstance(chosen, Reply) and bool(chosen.logprobs)
    tried = (
        _tried("schema", shaped, first_s),
        _tried("log-probabilities", chosen, seconds, "" if likely else NO_LOGPROBS),
    )
    code, error = _unanswered(shaped, chosen)
    return Tested(
        one.model,
        one.role,
        seconds,
        first_s,
        sum(each.cost_usd for each in tried),
        schema=isinstance(shaped, Reply),
        logprobs=likely,
        tokens=any(isinstance(reply, Reply) and reply.usage is not None for reply in (shaped, chosen)),
        code=code,
        error=error,
        tried=tried,
    )


def _embedder(project: Project, one: Configured) -> Tested:
    first, first_s = _asked(project, one, EMBEDDED)
    reply, seconds = _asked(project, one, EMBEDDED)
    tried = (_tried("vectors", first, first_s), _tried("vectors again", reply, seconds))
    cost = sum(each.cost_usd for each in tried)
    if isinstance(reply, ModelError):
        return Tested(one.model, one.role, seconds, first_s, cost, code=reply.code, error=str(reply), tried=tried)
    size = int(reply.value.shape[1])
    told = reply.usage is not None
    return Tested(one.model, one.role, seconds, first_s, cost, vector=size, tokens=told, tried=tried)


def _tried(what: str, answer: Reply | ModelError, seconds: float, lacking: str = "") -> Tried:
    """lacking: what an answer that came lacks all the same."""
    if isinstance(answer, ModelError):
        return Tried(what, seconds, code=answer.code, error=str(answer))
    return Tried(what, seconds, answer.cost_usd, error=lacking)


def _unanswered(*answers: Reply | ModelError) -> tuple[str, str]:
    """Code and text of the first error, where the model answered none of the calls."""
    errors = [answer for answer in answers if isinstance(answer, ModelError)]
    silent = [error for error in errors if error.code != "model.reply"]
    return (silent[0].code, str(silent[0])) if len(silent) == len(answers) else ("", "")


def _asked(project: Project, one: Configured, call: Call) -> tuple[Reply | ModelError, float]:
    """What the model says through the gateway, and after how many seconds."""
    begun = perf_counter()
    (answer,) = project.calls().many([call], deadline_s=PATIENCE_S, models=(one.model,), fresh=True)
    return answer, perf_counter() - begun
