"""The layers of the gateway, in one list, as they lie around each other.

    traced ▸ recorded ▸ cached ▸ fallback ▸ for each model: checked ▸ retrying ▸ limited ▸ budgeted ▸ wire ▸ provider

Every layer is a `Model` around a `Model`. Printing the stack prints this plan with what the settings make of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial, reduce
from pathlib import Path
from typing import Any, TypeAlias

from firstfive.errors import ModelError, SettingsError
from firstfive.models.gateway.accounts import Accounts
from firstfive.models.gateway.budgeted import Budgeted
from firstfive.models.gateway.cached import Cached
from firstfive.models.gateway.checked import Checked
from firstfive.models.gateway.circuit import Circuit
from firstfive.models.gateway.commits import Commits
from firstfive.models.gateway.extra import Extra
from firstfive.models.gateway.fallback import Fallback
from firstfive.models.gateway.gate import Gate, provider_gate
from firstfive.models.gateway.limited import Limited
from firstfive.models.gateway.prices import FREE, Prices
from firstfive.models.gateway.recorded import Recorded, Replay
from firstfive.models.gateway.retrying import Retrying
from firstfive.models.gateway.traced import Traced
from firstfive.models.gateway.wire import Wire
from firstfive.ports import Call, Model, Reply, Store, Terms, Unit
from firstfive.settings import ProviderSettings, Settings

Layer: TypeAlias = Callable[[Model], Model]
Opener: TypeAlias = Callable[[str, str, ProviderSettings], Model]
"""Makes the Model of a provider's name, a model's name and the provider's settings. No call is made by it."""


def around(model: Model, *layers: Layer) -> Model:
    """The model inside these layers, of which the first is the outermost."""
    return reduce(lambda inner, layer: layer(inner), reversed(layers), model)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the gateway is made of. shipped: recordings that come with the package, by the name behind "replay:"."""

    settings: Settings
    store: Store
    folder: Path
    open_provider: Opener
    shipped: Mapping[str, Path] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        """Those of the settings, in the order in which they are tried."""
        return tuple(filter(None, (self.settings.models.llm, *self.settings.models.fallback)))


@dataclass(frozen=True, slots=True)
class _Lane:
    """What all models of one provider share."""

    circuit: Circuit
    extra: Extra
    gate: Gate


class Stack:
    """The gateway as one Model, for the event loop on which it is made. `close` it there."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._writes = Commits(parts.store.write)
        self._reads = Commits(partial(_read, parts.store), "firstfive reads", crowd_s=0.0)
        self._prices = Prices(parts.settings)
        self._accounts = Accounts(self._writes, parts.settings.budget)
        self._lanes: dict[str, _Lane] = {}
        self._models: dict[str, Model] = {}
        self._providers: dict[str, Any] = {}
        self._model = around(Fallback(self.model), *self._outer())

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """Through all layers."""
        return await self._model(call, terms)

    def __str__(self) -> str:
        outer = " ▸ ".join(map(str, _inwards(self._model)))
        lines = [f"  {name}: {' ▸ '.join(map(str, _inwards(self.model(name))))}" for name in self._parts.models]
        return "\n".join((outer, *lines))

    def model(self, name: str) -> Model:
        """The layers of one model, "PROVIDER:MODEL", made once. Raises ModelError for what names none."""
        if name not in self._models:
            self._models[name] = self._make(name)
        return self._models[name]

    async def ready(self, names: Sequence[str], kind: str) -> None:
        """Loads what these models need for calls of this kind; one that cannot be loaded says so when it is called."""
        for name in names:
            with suppress(ModelError):
                self.model(name)
                if hasattr(self._providers.get(name), "ready"):
                    await self._providers[name].ready(kind)

    async def settled(self, *, soon: bool = True) -> None:
        """Returns when all that was spent and all that was cached so far is in the store. soon: at once."""
        await self._writes.done(soon=soon)

    async def close(self) -> None:
        """Closes connections, and ends the threads of the store's work when they have done it."""
        for provider in self._providers.values():
            await provider.close()
        self._reads.close()
        self._writes.close()

    def _outer(self) -> list[Layer]:
        """What is around all models; the outermost first."""
        settings = self._parts.settings
        recording = settings.models.record
        return [
            partial(Traced, content=settings.observe.content),
            *([partial(Recorded, path=self._parts.folder / recording)] if recording else []),
            partial(Cached, reads=self._reads, writes=self._writes, most_bytes=int(settings.models.cache_mb * 1e6)),
        ]

    def _make(self, name: str) -> Model:
        provider, _, model = name.partition(":")
        if not provider or not model:
            raise ModelError(f'{name!r} names no model; write "PROVIDER:MODEL"', code="model.request")
        settings = self._parts.settings.provider(provider)
        lane = self._lane(provider, settings)
        if (settings.api or provider) == "replay":
            return around(Replay(self._recording(model)), partial(Checked, name=name, extra=lane.extra))
        opened = self._open(provider, model, settings)
        return around(
            opened,
            partial(Checked, name=name, extra=lane.extra),
            partial(Retrying, name=name, circuit=lane.circuit, extra=lane.extra),
            partial(Limited, gate=lane.gate),
            partial(Budgeted, name=name, prices=self._prices, accounts=self._accounts),
            partial(Wire, name=name, circuit=lane.circuit),
        )

    def _lane(self, provider: str, settings: ProviderSettings) -> _Lane:
        if provider not in self._lanes:
            here = (settings.api or provider) in FREE and provider not in self._parts.settings.providers
            gate = provider_gate(provider, settings, self._writes, rates=not here)
            self._lanes[provider] = _Lane(Circuit(provider), Extra(), gate)
        return self._lanes[provider]

    def _open(self, provider: str, model: str, settings: ProviderSettings) -> Model:
        try:
            opened = self._parts.open_provider(provider, model, settings)
        except SettingsError as wrong:
            raise ModelError(str(wrong), code="model.request", paid=False) from wrong
        if hasattr(opened, "close"):
            self._providers[f"{provider}:{model}"] = opened
        return opened

    def _recording(self, name: str) -> Path:
        return self._parts.shipped.get(name) or self._parts.folder / name


def _read(store: Store, work: Callable[[Unit], list[Any]]) -> list[Any]:
    with store.read() as unit:
        return work(unit)


def _inwards(model: Model) -> list[Model]:
    """The model's layers, the outermost first."""
    layers = [model]
    while (inner := getattr(layers[-1], "inner", None)) is not None:
        layers.append(inner)
    return layers
