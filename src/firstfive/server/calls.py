"""A route as a value, and a call of it: read, checked, answered. All policy a call passes through is in `answering`."""

from __future__ import annotations

import asyncio
import contextvars
import re
import traceback
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

import msgspec
from msgspec import Meta
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from firstfive import observe
from firstfive.errors import AccessError, FirstFiveError, RequestError, RunError
from firstfive.ports import Answer, Unit
from firstfive.server.once import HEADER, AnsweredElsewhereError, Token
from firstfive.server.problems import headers, problem
from firstfive.server.service import Service
from firstfive.server.sessions import COOKIE, from_another_site, refuse_other_sites
from firstfive.server.shapes import N_LISTED, Word
from firstfive.types import LONGEST_ID, Key, RecommId

T = TypeVar("T")

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers. recomm_id: the Slate that the body shows, where it shows one."""

    body: bytes = b""
    status: int = 200
    media: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    recomm_id: RecommId | None = None


def json_reply(value: object) -> Reply:
    """A reply with a struct, or a list of them, as JSON."""
    return Reply(msgspec.json.encode(value))


def form_of(body: bytes) -> Mapping[str, str]:
    """The fields of a form, the last of each name; line ends are newlines. RequestError where there are too many."""
    try:
        fields = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=FIELDS
        )
    except ValueError as many:
        raise RequestError(f"the form has more than {FIELDS} fields; send only those of the page") from many
    return {name: values[-1].replace("\r\n", "\n") for name, values in fields.items()}


FIELDS = 50
"""A form's fields, at most."""


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter in the query or a header. Its kind is the msgspec type that text is converted to."""

    name: str
    kind: Any
    default: Any
    meaning: str
    where: str = "query"


ROWS = Param("n", Annotated[int, Meta(ge=1, le=N_LISTED)], 100, "How many rows.")
CURSOR = Param("cursor", Word, "", "The Cursor of the page before; empty for the first.")
BUILT = ("index.missing", "index.corrupt", "model.failed", "model.files")
"""Errors of routes that answer from the Release in use."""


COMMON = frozenset({"server.busy", "index.missing"})
"""Errors of a server that has too much to do, or nothing yet: a line for each would fill the log."""


def never(_: Request) -> bool:
    """For routes that search nothing."""
    return False


def header_key(call: Call) -> str | None:
    """The call's Idempotency-Key, from its header."""
    return call.request.headers.get(HEADER)


def always(_: Request) -> bool:
    """For routes whose every call searches the Release."""
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: where it is, who may call it, what it reads and gives, and which errors are its own.

    role "": anyone. session: who signed in may call it without sending a key, from our own pages. ours: a form of
    another site may not call it. again: how a stored answer that is a Slate is given again. shows: how an error is
    shown to people; without it, it is a problem document. key: the call's Idempotency-Key. Several kinds in `gives`
    are alternatives. searches: whether a call searches the Release, and so takes its turn at the processor before it
    takes a thread. waits: False where the answer comes from the event loop itself and so waits for nothing.
    """

    method: str
    path: str
    answer: Callable[[Call], Reply]
    summary: str
    role: str = ""
    reads: Any = None
    gives: Any = None
    params: tuple[Param, ...] = ()
    errors: tuple[str, ...] = ()
    again: Callable[[Service, RecommId], Reply] | None = None
    shows: Callable[[Service, Request, FirstFiveError], Reply] | None = None
    key: Callable[[Call], str | None] = header_key
    tag: str = "firstfive"
    searches: Callable[[Request], bool] = never
    waits: bool = True
    session: bool = False
    ours: bool = False


@dataclass(slots=True)
class Call:
    """One call of a route. `commit` does its write, so that the write and the stored answer are one commit."""

    service: Service
    route: Route
    request: Request
    body: bytes
    key: Key | None
    token: Token | None = None
    kept: bool = False

    @property
    def elsewhere(self) -> bool:
        """Whether a browser says that a page of another site sent this form."""
        return from_another_site(self.request, self.service.project.settings.server.hosts)

    def path(self, name: str) -> str:
        """A part of the path, where %2F is part of an id. RequestError where it cannot be an id."""
        text = self.request.path_params[name].replace("%2F", "/").replace("%25", "%")
        if not 0 < len(text) <= LONGEST_ID or _CONTROL.search(text):
            raise RequestError(f"{name} is not one line of 1 to {LONGEST_ID} characters; correct it in the address")
        return str(text)

    def param(self, name: str) -> Any:
        """A parameter's value, or its default. RequestError where the text does not convert."""
        param = next(p for p in self.route.params if p.name == name)
        source: Mapping[str, str] = self.request.query_params if param.where == "query" else self.request.headers
        text = source.get(name)
        if text is None:
            return param.default
        if getattr(param.kind, "__origin__", param.kind) is int and not _DIGITS.fullmatch(text):
            raise RequestError(f"{name} is {text[:40]!r}, which is not a whole number; correct it")
        try:
            return msgspec.convert(text, param.kind, strict=False)
        except msgspec.ValidationError as wrong:
            raise RequestError(f"{name} does not fit: {wrong}; /docs shows what it takes") from wrong

    def read(self, kind: type[T]) -> T:
        """The body as this shape. RequestError names the place that does not fit."""
        try:
            return msgspec.json.decode(self.body.removeprefix(BOM_UTF8), type=kind)
        except msgspec.ValidationError as wrong:
            raise RequestError(f"the body does not fit: {wrong}; /docs shows the shape") from wrong
        except RecursionError as deep:
            raise RequestError("the body is nested too deeply; send flatter JSON") from deep
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise RequestError(f"the body is not JSON: {wrong}; send UTF-8 JSON") from wrong

    def keep(self, unit: Unit, reply: Reply) -> None:
        """Stores the answer for the call's Idempotency-Key, if it has one, in the commit of this unit."""
        if self.token is None:
            return
        self.token.claim(unit, reply.status, reply.media, reply.body, reply.recomm_id)
        self.kept = True

    def commit(self, work: Callable[[Unit], Reply]) -> Reply:
        """Does a small write and stores its answer, in one commit."""

        def both(unit: Unit) -> Reply:
            reply = work(unit)
            self.keep(unit, reply)
            return reply

        return self.service.project.store.write(both)


_CONTROL = re.compile("[\x00-\x1f\x7f]")
_DIGITS = re.compile("-?[0-9]{1,18}")


# --- the way of a call ------------------------------------------------------------------------------------------------


def endpoint(route: Route, service: Service) -> Callable[[Request], Any]:
    """The ASGI endpoint of a route: every error becomes a problem document, and nothing else leaves."""

    async def answer(request: Request) -> Response:
        request.scope["firstfive.route"] = route.path
        try:
            return await answering(route, service, request)
        except FirstFiveError as error:
            _log(error, request.scope["firstfive.id"])
            return refusal(route, service, request, error)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it; the log does
        except Exception as error:  # noqa: BLE001  # the top of a request
            return refusal(route, service, request, unforeseen(error, request.scope["firstfive.id"]))

    return answer


def refusal(route: Route, service: Service, request: Request, error: FirstFiveError) -> Response:
    """An error as the route shows it."""
    left = request.scope.get("firstfive.left", {})
    if route.shows is None:
        answer = problem(error, request.scope["firstfive.id"])
        answer.headers.update(left)
        return answer
    reply = route.shows(service, request, error)
    return Response(reply.body, reply.status, {**headers(error), **left, **reply.headers}, reply.media)


async def answering(route: Route, service: Service, request: Request) -> Response:
    """A call in order: key, rate, body, site, once, answer."""
    key = await permitted(route, service, request)
    caller = key.id if key else client(request)
    allowance = (service.key_calls if key else service.page_calls).take(caller) if route.role else None
    left = request.scope["firstfive.left"] = allowance.headers() if allowance else {}  # errors tell it too
    body = await read_body(request, service.max_body) if route.method in WITH_BODY else b""
    request.scope["firstfive.body"] = body  # so that an error can keep the words that were sent
    call = Call(service, route, request, body, key)
    if route.ours and call.elsewhere:
        refuse_other_sites(request, service.project.settings.server.hosts)
    if route.method == "POST":
        name = f"{route.method} {request.url.path}"
        call.token = Token.read(route.key(call), caller, name, request.url.query, body)
    reply, replayed = await _worked(call)
    extra = dict(reply.headers) | left
    if replayed:
        extra["idempotency-replayed"] = "true"
    return Response(reply.body, reply.status, extra, reply.media)


async def _worked(call: Call) -> tuple[Reply, bool]:
    """The answer from where the route's work belongs: the event loop, a thread, or a turn and then a thread."""
    service, route = call.service, call.route
    if not route.waits:
        return route.answer(call), False
    with service.waiting():
        if not route.searches(call.request):
            return await _in_thread(service, _once, call)
        async with service.searching:
            return await _in_thread(service, _once, call)


WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


async def permitted(route: Route, service: Service, request: Request) -> Key | None:
    """The caller's key where the route needs one, sent along or signed in with.

    Calls with a bad key count against the address they come from.
    """
    secret = request.headers.get("x-api-key")
    if route.session and secret is None:
        return await _signed_in(route, service, request)
    if not route.role:
        return None
    key = service.keys.remembered(secret) if secret else None
    if key is not None:
        return service.keys.permitted(key, route.role)
    try:
        return await in_pool(service, service.keys.check, secret, route.role)
    except AccessError as refused:
        if refused.code == "access.no_key":
            service.page_calls.take(client(request))
        raise


async def _signed_in(route: Route, service: Service, request: Request) -> Key | None:
    """The key of the person who signed in, where the route needs one; what changes something must be our own form."""
    token = request.cookies.get(COOKIE)
    key = await in_pool(service, service.sessions.key, token, route.role) if route.role else None
    if route.method in WITH_BODY:
        refuse_other_sites(request, service.project.settings.server.hosts)
    return key


def client(request: Request) -> str:
    """The IP address that a request comes from; empty where what a proxy says of it is none.

    Of IPv6 its /64, which is what one connection to the Internet is given: each may take any address in its own.
    """
    try:
        address = ip_address(request.client.host) if request.client else ""
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


async def read_body(request: Request, most: int) -> bytes:
    """The body, refused as soon as it is longer than it may be, whatever its Content-Length says, and where packed."""
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in {"", "identity"}:
        raise RequestError(
            f"the body is packed as {packed[:40]!r}; send it as it is, without Content-Encoding",
            code="request.encoding",
        )
    stated = request.headers.get("content-length", "0")
    chunks: list[bytes] = []
    size = int(stated) if stated.isdecimal() else 0
    if size <= most:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                break
            chunks.append(chunk)
    if size > most:
        raise RequestError(
            f"the body is larger than {most // 1024} KiB; send less at once or raise server.max_body_kb",
            code="request.too_large",
        )
    return b"".join(chunks)


async def in_pool(service: Service, work: Callable[..., T], *args: Any) -> T:
    """Runs blocking work in the server's threads, with this task's spans. RunError server.busy when too many wait."""
    with service.waiting():
        return await _in_thread(service, work, *args)


async def _in_thread(service: Service, work: Callable[..., T], *args: Any) -> T:
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(service.pool, lambda: context.run(work, *args))


def _once(call: Call) -> tuple[Reply, bool]:
    """Answers, or gives the stored answer again; says which. Checks every parameter, used or not."""
    for param in call.route.params:
        call.param(param.name)
    if call.token is None:
        return call.route.answer(call), False
    with call.service.turns.hold(call.token.key):
        with call.service.project.store.read() as unit:
            stored = call.token.stored(unit)
        if stored is None:
            try:
                reply = call.route.answer(call)
                # What went wrong is not kept: who tries again, as the page tells them to, is answered anew.
                return (reply if call.kept or reply.status >= 400 else call.commit(lambda _: reply)), False
            except AnsweredElsewhereError as elsewhere:
                stored = call.token.checked(elsewhere.answer)
    return _again(call, stored), True


def _again(call: Call, stored: Answer) -> Reply:
    if call.route.again is not None and stored.recomm_id is not None:
        return call.route.again(call.service, stored.recomm_id)
    return Reply(stored.body, stored.status, stored.content_type)


def _log(error: FirstFiveError, request_id: str) -> None:
    """What only an operator can mend; of a model's error the code alone, since its text may quote a request."""
    if error.status >= 500 and error.code not in COMMON:
        text = "" if error.code.startswith(("model.", "budget.")) else f" {error}"
        observe.log("server").error("%s %s%s", request_id, error.code, text)


def unforeseen(error: Exception, request_id: str) -> RunError:
    """The error to answer with; where it happened goes to the log, its text does not: it may quote a request."""
    places = "; ".join(f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-6:])
    observe.log("server").error("%s unforeseen %s at %s", request_id, type(error).__name__, places)
    return RunError("the server failed in a way it did not foresee; try again, and report the instance if it repeats")
