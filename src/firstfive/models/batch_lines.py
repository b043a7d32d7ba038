"""A call as a line of a batch job's file, and a line of its results as the call's reply.

Both by the provider's own code, over a wire that leads nowhere: what a batch is asked and how its answers are read
cannot differ from what single calls are asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

import httpx2
import msgspec

from firstfive.errors import ModelError
from firstfive.models.batches import ENDPOINT
from firstfive.models.gateway.checked import accepted
from firstfive.models.providers.opening import Opened
from firstfive.models.providers.reading import OPENAI, usage
from firstfive.models.providers.wire import HTTP_ERRORS, Wire, failed
from firstfive.ports import Call, Model, Reply, Terms, Usage
from firstfive.settings import Settings

PATIENCE_S = 60.0


class Lines:
    """For one model, "PROVIDER:MODEL". Not thread-safe; to be used in a `with`."""

    def __init__(self, model: str, settings: Settings, folder: Path) -> None:
        provider, _, name = model.partition(":")
        self._opened = Opened(provider, name, settings.provider(provider), folder)
        self._nowhere = _Nowhere()
        self._runner = asyncio.Runner()

    def encode(self, name: str, call: Call) -> bytes:
        """The line that asks this, without its end. Raises ModelError for a call that the provider cannot be asked."""
        self._nowhere.answer = None
        self._ask(call)
        body = self._nowhere.asked
        return msgspec.json.encode(
            {"custom_id": name, "method": "POST", "url": ENDPOINT, "body": msgspec.json.decode(body)}
        )

    def decode(self, call: Call, line: Mapping[str, Any]) -> Reply:
        """The checked reply to a call, from a line of results. Raises ModelError, as the single call would."""
        response = line.get("response")
        status = response.get("status_code") if isinstance(response, dict) else None
        if not isinstance(response, dict) or type(status) is not int or not 100 <= status <= 599:
            raise ModelError(f"the batch ended before this call: {_why(line)}", code="model.overloaded", paid=False)
        self._nowhere.answer = (status, msgspec.json.encode(response.get("body")))
        reply = self._ask(call)
        return accepted(call, reply)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    @cached_property
    def _model(self) -> Model:
        try:
            from firstfive.models.providers.openai import chat
        except ModuleNotFoundError as missing:
            raise ModelError(
                f"{self._opened.who} needs {missing.name}, which is not installed; "
                "`pip install 'firstfive[providers]'` brings it",
                code="model.missing_extra",
            ) from missing
        self._opened.wire = _Wire(self._opened, self._nowhere)
        return chat(self._opened)

    def _ask(self, call: Call) -> Reply:
        async def asked() -> Reply:
            return await self._model(call, Terms(monotonic() + PATIENCE_S))

        try:
            return self._runner.run(asked())
        except _Seen:
            return Reply(self._opened.who)
        except HTTP_ERRORS as error:
            raise failed(error, self._opened.who) from error


def used(line: Mapping[str, Any]) -> Usage | None:
    """The tokens that a line of results was charged for; None where it does not say. No tokens where it failed."""
    response = line.get("response")
    if not isinstance(response, dict) or response.get("status_code") != 200:
        return Usage(0)
    return usage(response.get("body"), OPENAI)


def _why(line: Mapping[str, Any]) -> str:
    error = line.get("error")
    return str(error.get("code") or "no reason given")[:60] if isinstance(error, dict) else "no reason given"


class _Seen(ModelError):
    """Ends a call whose body was all that was wanted."""


class _Nowhere(httpx2.AsyncBaseTransport):
    """Keeps what is asked, and answers with what it was given; without that, it ends the call."""

    def __init__(self) -> None:
        self.asked = b""
        self.answer: tuple[int, bytes] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked = await request.aread()
        if self.answer is None:
            raise _Seen("a batch asks for this later", paid=False)
        status, body = self.answer
        return httpx2.Response(status, headers={"content-type": "application/json"}, content=body)


class _Wire(Wire):
    """A wire that leads nowhere."""

    def __init__(self, opened: Opened, nowhere: _Nowhere) -> None:
        super().__init__(opened.who, opened.key, at_once=1)
        self.client = httpx2.AsyncClient(transport=nowhere, event_hooks={"response": [self._check]})
