"""The HTTP application: which routes there are, and what wraps every request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import msgspec
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project
from firstfive.errors import CODES, Conflict, FirstFiveError, NotFound, RequestError
from firstfive.server import catalogue, page, people, reasons, recommending, status, studio
from firstfive.server.calls import Call, Reply, Route, endpoint, read_body, refusal
from firstfive.server.openapi import document
from firstfive.server.rendering import Static
from firstfive.server.service import Service, Standing
from firstfive.server.wrappers import Framed, Hosts, Observed, Paths, check_proxies

API: tuple[Route, ...] = (*recommending.ROUTES, *reasons.ROUTES, *catalogue.ROUTES, *people.ROUTES, *status.ROUTES)
"""Every operation of the interface for programs, in the order of the document."""


def make_app(
    project: Project,
    recommender: Recommender | None = None,
    *,
    hosts: Collection[str] = (),
    standing: Standing | None = None,
) -> FastAPI:
    """The application over a project. hosts: names it answers to; empty: any. standing: what housekeeping says.

    Without a Recommender it opens the Release in use when there is one, and says until then that there is none. The
    caller closes the project; leaving the application's lifespan ends its threads. Raises SettingsError for settings
    that the page cannot be shown with, and for proxies that are no addresses.
    """
    page.check(project.settings)
    proxies = check_proxies(project.settings.server.proxies)
    service = Service(project, recommender, standing)
    app = FastAPI(
        title="firstfive",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_life(service),
        telemetry={"tracing": False, "metrics": False, "logs": False},  # its spans have whole addresses; Observed's not
    )
    described = document(API)
    app.openapi = lambda: described  # type: ignore[method-assign]
    routes = (*API, *page.ROUTES, *studio.ROUTES, status.METRICS, *_described(described))
    for path, methods in _by_path(routes, service).items():
        app.add_route(path, _dispatch(methods), methods=list(methods))
    app.mount("/static", Static(), name="static")
    app.add_exception_handler(HTTPException, _astray(service))  # type: ignore[arg-type]
    # The last one added is the outermost.
    app.add_middleware(Paths)
    app.add_middleware(Hosts, names=hosts)
    app.add_middleware(Framed)
    app.add_middleware(Observed)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    return app


Endpoint = Callable[[Request], Awaitable[Response]]


def _by_path(routes: Sequence[Route], service: Service) -> dict[str, dict[str, Endpoint]]:
    """Endpoints by path and method: one route a path, so that a 405 names every method that the path takes."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = endpoint(route, service)
    return paths


def _dispatch(methods: Mapping[str, Endpoint]) -> Endpoint:
    async def dispatch(request: Request) -> Response:
        return await methods["GET" if request.method == "HEAD" else request.method](request)

    return dispatch


def _life(service: Service) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        service.begin()
        try:
            yield
        finally:
            service.close()

    return life


def _described(described: dict[str, object]) -> tuple[Route, ...]:
    """The routes that say what the interface is."""
    whole = msgspec.json.encode(described)
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for route in API:
        groups.setdefault(route.tag, []).append((route.method, route.path, route.summary))
    values = {"info": described["info"], "groups": list(groups.items()), "codes": sorted(CODES.items())}

    def openapi(_: Call) -> Reply:
        """The OpenAPI document."""
        return Reply(whole)

    def docs(_: Call) -> Reply:
        """The interface for people to read."""
        return page.rendered("docs.html", values)

    return (
        Route("GET", "/openapi.json", openapi, "The OpenAPI document", tag="docs"),
        Route("GET", "/docs", docs, "The interface, to read", tag="docs"),
    )


ASTRAY: dict[int, FirstFiveError] = {
    405: Conflict("the address does not take this method; Allow names those it takes", code="conflict.method"),
}
NOWHERE = NotFound("the server has no such address; /docs lists them", code="not_found.route")
LOST = Route("GET", "none", page.home, "No such page", shows=page.refused)
UNKNOWN = Route("GET", "none", page.home, "No such route")


def _astray(service: Service) -> Callable[[Request, HTTPException], Awaitable[Response]]:
    """What to answer where no route fits: a page, with the words that were sent, to a browser; a problem document to a
    program."""

    async def astray(request: Request, wrong: HTTPException) -> Response:
        browser = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
        if browser and request.method == "POST":
            with suppress(RequestError, ClientDisconnect):  # a body that cannot be read has no words to keep
                request.scope["firstfive.body"] = await read_body(request, service.max_body)
        answer = refusal(LOST if browser else UNKNOWN, service, request, ASTRAY.get(wrong.status_code, NOWHERE))
        answer.headers.update(wrong.headers or {})
        return answer

    return astray
