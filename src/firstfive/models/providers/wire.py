"""The one way to a provider over HTTP, whatever is spoken: what comes back is looked at before any SDK sees it.

A reply counts when its status is 200, its type is JSON, it is at most 10 MB, whole, and can be decoded. Anything else
is a ModelError here, and SDKs above only carry it up. Nothing is retried, and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, TypeVar, cast

import httpx2
import msgspec

from firstfive.errors import ModelError
from firstfive.models.providers.keys import Key
from firstfive.models.providers.refusals import refused

MOST_BYTES = 10 * 2**20
CONNECT_S = 10.0


Out = TypeVar("Out")


@dataclass(slots=True)
class Exchange:
    """What one call brought back: its JSON as it came, and its headers.

    loop: where it is made. mend: what is given to the SDK above instead. over: nobody waits any more.
    """

    loop: asyncio.AbstractEventLoop
    mend: Callable[[Any], Any] | None = None
    value: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    over: bool = False
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def wait(self, work: Coroutine[Any, Any, Out]) -> Out:
        """Runs it on the loop, for another thread that waits; it is cancelled with the call."""
        return asyncio.run_coroutine_threadsafe(self._kept(work), self.loop).result()

    async def _kept(self, work: Coroutine[Any, Any, Out]) -> Out:
        if self.over:
            work.close()
            raise asyncio.CancelledError
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        return await work

    def end(self) -> None:
        """Cancels what still runs."""
        self.over = True
        for task in self._tasks:
            task.cancel()


EXCHANGE: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
"""The call that is being made in this task."""


class Wire:
    """An HTTP client for one provider. It belongs to the event loop that it is used on: close it there."""

    def __init__(self, who: str, key: Key, *, at_once: int) -> None:
        self.who = who
        self.key = key
        # Only the connection has a time limit: the call's own is its deadline.
        self.client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=CONNECT_S),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=at_once),
            headers={"accept-encoding": "identity"},
            follow_redirects=False,
            event_hooks={"response": [self._check]},
            verify=_certificates(),
        )

    async def post(self, url: str, body: object, headers: Mapping[str, str] | None = None) -> Exchange:
        """Posts JSON and gives the JSON that came back. Raises ModelError."""
        content = msgspec.json.encode(body)
        given = {"content-type": "application/json", **(headers or {})}
        with self.exchange() as exchange:
            try:
                await self.client.post(url, content=content, headers=given)
            except HTTP_ERRORS as error:
                raise failed(error, self.who) from error
        return exchange

    @contextmanager
    def exchange(self, mend: Callable[[Any], Any] | None = None) -> Iterator[Exchange]:
        """What comes back over this wire inside the `with`, in this task and those that it starts."""
        exchange = Exchange(asyncio.get_running_loop(), mend)
        token = EXCHANGE.set(exchange)
        try:
            yield exchange
        finally:
            EXCHANGE.reset(token)
            exchange.end()

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> httpx2.Response:
        """A request that somebody else made and signed, sent as it is. Raises ModelError."""
        try:
            return await self.client.request(method, url, headers=headers, content=body)
        except HTTP_ERRORS as error:
            raise failed(error, self.who) from error

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.aclose()

    async def _check(self, response: httpx2.Response) -> None:
        """Reads the reply whole and raises ModelError for one that does not count."""
        if response.headers.get("content-encoding", "identity").casefold() != "identity":
            raise ModelError(f"{self.who} sent a compressed reply, unasked", code="model.reply")
        body = await self._body(response)
        if not 200 <= response.status_code < 300:
            raise self._refused(response, body)
        value = decoded(self.who, response.headers.get("content-type", ""), body)
        if (exchange := EXCHANGE.get()) is not None:
            exchange.value, exchange.headers = value, response.headers
            if exchange.mend is not None and (mended := exchange.mend(value)) is not value:
                body = msgspec.json.encode(mended)
        response.stream = httpx2.ByteStream(body)
        await response.aread()

    async def _body(self, response: httpx2.Response) -> bytes:
        parts, size = [], 0
        stream = cast(httpx2.AsyncByteStream, response.stream)
        async for part in stream:
            size += len(part)
            if size > MOST_BYTES:
                raise ModelError(f"{self.who} sent a reply of more than {MOST_BYTES:,} bytes", code="model.reply")
            parts.append(part)
        await stream.aclose()
        return b"".join(parts)

    def _refused(self, response: httpx2.Response, body: bytes) -> ModelError:
        if 300 <= response.status_code < 400:
            return ModelError(
                f"{self.who} answers with a redirect ({response.status_code}), which is not followed; "
                "set the provider's url to its final address",
                code="model.request",
            )
        return refused(self.who, response.status_code, response.headers, body, self.key)


@cache
def _certificates() -> ssl.SSLContext:
    """Takes a while to read; one for the process."""
    return httpx2.create_ssl_context()


def decoded(who: str, content_type: str, body: bytes) -> Any:
    """A reply's JSON. Raises ModelError model.reply for another type, and for what cannot be decoded."""
    kind = content_type.partition(";")[0].strip().casefold()
    if kind != "application/json" and not kind.endswith("+json"):
        raise ModelError(
            f"{who} answered with {kind[:60] or 'no content type'} instead of JSON; check the provider's url",
            code="model.reply",
        )
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise ModelError(f"{who} sent a reply that is no whole JSON: {wrong}", code="model.reply") from wrong


def through(answer: Callable[[bytes], Awaitable[bytes]]) -> httpx2.AsyncClient:
    """A client that reaches no network: the body of each request goes into the function, and its answer comes back."""
    return httpx2.AsyncClient(transport=_Function(answer))


class _Function(httpx2.AsyncBaseTransport):
    def __init__(self, answer: Callable[[bytes], Awaitable[bytes]]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await self._answer(await request.aread())
        return httpx2.Response(200, headers={"content-type": "application/json"}, content=body)


HTTP_ERRORS: tuple[type[Exception], ...] = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    httpx2.CookieConflict,
)


def failed(error: BaseException, who: str) -> ModelError:
    """Our error for one from HTTP; where SDKs wrapped it, the one inside."""
    chain = causes(error)
    ours = next((one for one in chain if isinstance(one, ModelError)), None)
    if ours is not None:
        return ours
    for kinds, code, paid, words in _KINDS:
        found = next((one for one in chain if isinstance(one, kinds)), None)
        if found is not None:
            return ModelError(f"{who} {words} ({_short(found)})", code=code, paid=paid)
    return ModelError(f"{who} sent a reply that cannot be read ({type(error).__name__})", code="model.reply")


@dataclass(frozen=True, slots=True)
class Border:
    """Makes what a library raises inside its `with` ours."""

    who: str
    kinds: tuple[type[Exception], ...]
    translate: Callable[[BaseException, str], ModelError] = failed

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, self.kinds):
            raise self.translate(error, self.who) from error


_KINDS: tuple[tuple[tuple[type[Exception], ...], str, bool, str], ...] = (
    ((httpx2.ConnectTimeout,), "model.unreachable", False, f"did not accept a connection in {CONNECT_S:.0f} s"),
    (
        (httpx2.ConnectError, httpx2.ProxyError, httpx2.PoolTimeout),
        "model.unreachable",
        False,
        "cannot be reached; check its url, and the network",
    ),
    (
        (httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.LocalProtocolError),
        "model.request",
        False,
        "has a url or a key that cannot be sent; correct it in the settings",
    ),
    ((httpx2.TimeoutException,), "model.timeout", True, "gave no whole answer in time"),
    ((httpx2.TransportError,), "model.unreachable", True, "broke off before its answer was whole"),
)
"""By class, our code, whether the provider may have had the call, and what to say; the first that fits."""


def causes(error: BaseException | None) -> list[BaseException]:
    """The error, what it was raised from, and so on. Not what else was being handled: that may be an earlier call's."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__
    return found


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
