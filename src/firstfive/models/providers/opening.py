"""From a name in the settings to a Model: what a provider needs is loaded, and its key read, with the first call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

from firstfive.errors import ModelError
from firstfive.guard import storable
from firstfive.models.providers.keys import Key, read_key
from firstfive.models.providers.vendors import Vendor, vendor
from firstfive.ports import Call, Model, Reply, Terms
from firstfive.settings.sections import ProviderSettings

if TYPE_CHECKING:
    from firstfive.models.providers.wire import Wire

EXTRAS: Mapping[str, str] = {"bedrock": "aws", "sagemaker": "aws", "local": "local-llm"}
"""The extra that an API needs, where it is not `providers`."""
OWN_KEYS = {"bedrock", "sagemaker", "local", "replay"}
"""APIs that find their keys in their own way, or need none."""


class Opened:
    """All that a maker of one provider's Model is told. For one event loop."""

    def __init__(self, name: str, model: str, settings: ProviderSettings, folder: Path) -> None:
        self.name = name
        self.model = model
        self.who = f"{name}:{model}"
        self.settings = settings
        self.folder = folder
        self.vendor: Vendor = vendor(name, settings)

    @cached_property
    def key(self) -> Key:
        """The provider's key. Raises ModelError model.key."""
        optional = self.vendor.keyless or self.vendor.api in OWN_KEYS
        return read_key(self.who, self.settings.key, self.vendor.key, keyless=optional, folder=self.folder)

    @cached_property
    def wire(self) -> Wire:
        """The HTTP client; one for all kinds of calls."""
        from firstfive.models.providers.wire import Wire

        return Wire(self.who, self.key, at_once=self.settings.at_once)

    def url(self, path: str) -> str:
        """The address of a path of the provider's API. Raises ModelError where the provider has no usual address."""
        if not self.vendor.url:
            raise ModelError(
                f"{self.who} has no address; set providers.{self.name}.url to that of its API", code="model.request"
            )
        return f"{self.vendor.url.rstrip('/')}/{path}"

    async def close(self) -> None:
        """Closes the connections, if there are any."""
        if "wire" in vars(self):
            await self.wire.close()


Maker: TypeAlias = Callable[[Opened], Model]


class Provider:
    """A provider as a Model. A call ends at its deadline, whatever the server does, and its connection with it."""

    def __init__(self, opened: Callable[[], Opened]) -> None:
        self._opened_anew = opened
        self._opened = opened()
        self._models: dict[str, Model] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """One request on the wire. Raises ModelError, model.timeout at the deadline."""
        model: Model | None = None
        try:
            async with asyncio.timeout(terms.deadline - monotonic()):
                model = await self._model(call.kind)
                return await model(_sendable(call), terms)
        except TimeoutError as late:
            raise ModelError(
                f"{self._opened.who} gave no whole answer by the call's deadline; raise models.timeout_s or "
                "models.request_timeout_s, or add a fallback model",
                code="model.timeout",
                paid=model is not None,
            ) from late

    async def ready(self, kind: str) -> None:
        """Loads what calls of this kind need: seconds for libraries, more for a local file. Raises ModelError."""
        await self._model(kind)

    async def close(self) -> None:
        """Closes the connections, on the event loop that the provider was used on. A later call opens new ones."""
        await self._opened.close()
        self._models.clear()
        self._loop = None

    async def _model(self, kind: str) -> Model:
        """The Model for calls of this kind, on this event loop; its libraries are loaded in another thread."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._opened, self._models, self._loading, self._loop = self._opened_anew(), {}, asyncio.Lock(), loop
        if kind not in self._models:
            async with self._loading:
                if kind not in self._models:
                    self._models[kind] = await asyncio.to_thread(_make, self._opened, kind)
        return self._models[kind]


def _sendable(call: Call) -> Call:
    """The call without characters that no JSON can carry."""
    said = (storable(call.system), storable(call.text), tuple(map(storable, call.texts)))
    if said == (call.system, call.text, call.texts):
        return call
    return replace(call, system=said[0], text=said[1], texts=said[2])


def open_provider(name: str, model: str, settings: ProviderSettings, *, folder: Path) -> Provider:
    """The provider of "NAME:MODEL". folder: where paths in the settings begin.

    Raises SettingsError where the name says nothing; a missing key or extra is a ModelError of each call.
    """
    return Provider(lambda: Opened(name, model, settings, folder))


def _make(opened: Opened, kind: str) -> Model:
    maker = MAKERS[opened.vendor.api].get(kind)
    if maker is None:
        raise ModelError(
            f"{opened.who} does not answer calls of kind {kind} "
            f"(only {', '.join(MAKERS[opened.vendor.api])}); name another model for them in the settings",
            code="model.request",
        )
    try:
        return maker(opened)
    except ModuleNotFoundError as missing:
        extra = EXTRAS.get(opened.vendor.api, "providers")
        raise ModelError(
            f"{opened.who} needs {missing.name}, which is not installed; `pip install 'firstfive[{extra}]'` brings it",
            code="model.missing_extra",
        ) from missing


def _openai_chat(opened: Opened) -> Model:
    from firstfive.models.providers.openai import chat

    return chat(opened)


def _openai_vectors(opened: Opened) -> Model:
    from firstfive.models.providers.vectors import embeddings

    return embeddings(opened)


def _openai_ranks(opened: Opened) -> Model:
    from firstfive.models.providers.vectors import ranks

    return ranks(opened)


def _anthropic_chat(opened: Opened) -> Model:
    from firstfive.models.providers.anthropic import chat

    return chat(opened)


def _bedrock_chat(opened: Opened) -> Model:
    from firstfive.models.providers.bedrock import chat

    return chat(opened)


def _bedrock_vectors(opened: Opened) -> Model:
    from firstfive.models.providers.bedrock import vectors

    return vectors(opened)


def _sagemaker_chat(opened: Opened) -> Model:
    from firstfive.models.providers.sagemaker import chat

    return chat(opened)


def _sagemaker_vectors(opened: Opened) -> Model:
    from firstfive.models.providers.sagemaker import vectors

    return vectors(opened)


def _tei(opened: Opened) -> Model:
    from firstfive.models.providers.tei import tei

    return tei(opened)


def _local(opened: Opened) -> Model:
    from firstfive.models.providers.local import local

    return local(opened)


def _local_vectors(opened: Opened) -> Model:
    from firstfive.models.providers.local import local

    return local(opened, embedding=True)


def _replay(opened: Opened) -> Model:
    from firstfive.models.gateway.recorded import Replay

    return Replay(opened.folder / opened.model)


_OPENAI = {"complete": _openai_chat, "embed": _openai_vectors, "rerank": _openai_ranks}
MAKERS: Mapping[str, Mapping[str, Maker]] = {
    "openai": _OPENAI,
    "azure": _OPENAI,
    "anthropic": {"complete": _anthropic_chat},
    "bedrock": {"complete": _bedrock_chat, "embed": _bedrock_vectors, "rerank": _bedrock_vectors},
    "sagemaker": {"complete": _sagemaker_chat, "embed": _sagemaker_vectors, "rerank": _sagemaker_vectors},
    "tei": {"embed": _tei, "rerank": _tei},
    "local": {"complete": _local, "embed": _local_vectors},
    "replay": {"complete": _replay, "embed": _replay, "rerank": _replay},
}
"""By API and kind of call."""
