"""What wraps every request, outermost first: Observed, Framed, Hosts, Paths. Plain ASGI, listed in `make_app`.

Outside of them is uvicorn's reading of what proxies say of who asks, for those that `check_proxies` lets through.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Collection, Sequence
from ipaddress import ip_network
from time import perf_counter
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firstfive import observe
from firstfive.errors import AccessError, RequestError, SettingsError
from firstfive.server.problems import problem

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Observed:
    """Gives a request its id, span, count, duration and log line: ids and route names, never text or addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._log = app, observe.log("server.access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["firstfive.id"], began, status = str(uuid.uuid4()), perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        caller = Headers(scope=scope).get("traceparent", "")
        told = {"http.request.method": method, "firstfive.request": scope["firstfive.id"]}
        with observe.span("firstfive.http", caller, **told) as span:
            try:
                await self._app(scope, receive, watched)
            finally:
                route = scope.get("firstfive.route", "none")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                self._noted(scope, method, route, status, perf_counter() - began)

    def _noted(self, scope: Scope, method: str, route: str, status: int, took_s: float) -> None:
        observe.count("firstfive_http_requests_total", route=route, method=method, status=str(status))
        observe.seconds("firstfive_http_seconds", took_s, route=route)
        if self._log.isEnabledFor(logging.INFO):
            about = scope.get("firstfive.recomm_id", "-")
            self._log.info("%s %s %s %d %.1f ms %s", scope["firstfive.id"], method, route, status, took_s * 1000, about)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _add_headers(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in HEADERS:
        headers.setdefault(name, value)
    headers.append("x-request-id", scope["firstfive.id"])
    headers.setdefault("cache-control", "no-store")


class Framed:
    """Refuses requests that say in two ways where they end, and closes the connection behind them.

    Where a proxy in front believes the other way, what it takes for a body would be answered as a request of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or refuses it."""
        if scope["type"] == "http" and {b"content-length", b"transfer-encoding"} <= {
            name for name, _ in scope["headers"]
        }:
            wrong = RequestError("the request has both Content-Length and Transfer-Encoding; send one of them")
            answer = problem(wrong, scope["firstfive.id"])
            answer.headers["connection"] = "close"
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


class Hosts:
    """Refuses requests that name another host: a page elsewhere whose name was pointed here cannot read answers.

    A request without a name is none of a browser's: HTTP/1.0 has none, and probes of load balancers speak it.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app, self._names = app, frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or refuses it. Without names every host is right."""
        named = _host(scope) if scope["type"] == "http" and self._names else None
        if named is not None and named not in self._names:
            refused = AccessError(
                "this server does not answer for the host that the request names; add it to server.hosts",
                code="access.host",
            )
            await problem(refused, scope["firstfive.id"])(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _host(scope: Scope) -> str | None:
    """The host that the request names, "" where it is no name, or None where it names none."""
    stated = next((value for name, value in scope["headers"] if name == b"host"), None)
    if whole := _WHOLE.match(scope.get("raw_path") or b""):  # then this goes before the header
        stated = whole["host"]
    if stated is None:
        return None
    host = _HOST.fullmatch(stated.decode("latin-1").lower())
    return (host["six"] or host["name"]) if host else ""


_HOST = re.compile(r"(?:\[(?P<six>[\da-f:.]+)\]|(?P<name>[^][:@/\s]+))(?::\d*)?")
_WHOLE = re.compile(rb"https?://(?P<host>[^/?]*)", re.IGNORECASE)
"""How an address begins that was sent whole, as clients of a proxy do (RFC 9112, 3.2.2)."""


def check_proxies(named: Sequence[str]) -> list[str]:
    """The proxies that are believed who asks. SettingsError where one is no IP address or network."""
    for one in named:
        try:
            ip_network(one)
        except ValueError as wrong:
            raise SettingsError(
                f"server.proxies has {one!r}, which is no IP address or network ({wrong}); name proxies such as "
                "127.0.0.1 or 10.0.0.0/8"
            ) from wrong
    return list(named)


class Paths:
    """Routes by the path as it was sent: %2F stays part of an id, and a last slash makes no difference to programs.

    Nor does it in the studio. Clients that do not write the slashes of an item's id as %2F, such as Gorse's, are
    understood where the address can be read in one way only.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with the path that routes are matched against."""
        sent = scope.get("raw_path") if scope["type"] == "http" else None
        raw = _WHOLE.sub(b"", sent, count=1) or b"/" if sent else None
        if raw and (raw != sent or b"%" in raw or raw.endswith(b"/") or raw.startswith(b"/api/item/")):
            try:
                path = "/".join(_segment(part) for part in raw.partition(b"?")[0].split(b"/"))
            except UnicodeDecodeError:
                wrong = RequestError("the address is not UTF-8; percent-encode it as UTF-8")
                await problem(wrong, scope["firstfive.id"])(scope, receive, send)
                return
            scope["path"] = _of_an_item(path.removesuffix("/")) if path.startswith(("/api/", "/studio/")) else path
        await self._app(scope, receive, send)


_OF_AN_ITEM = re.compile(
    r"(?P<of>/api/item/)(?P<id>.+?)(?P<rest>/neighbors|/feedback(?:/[^/]+)?|/category/[^/]+)?", re.DOTALL
)


def _of_an_item(path: str) -> str:
    """The path with the slashes of an item's id as %2F."""
    found = _OF_AN_ITEM.fullmatch(path)
    return f"{found['of']}{found['id'].replace('/', '%2F')}{found['rest'] or ''}" if found else path


def _segment(part: bytes) -> str:
    """One part of a path, decoded but for what would look like two parts."""
    text = unquote_to_bytes(part).decode("utf-8")
    return text.replace("%", "%25").replace("/", "%2F") if "/" in text or "%" in text else text
