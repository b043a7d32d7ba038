"""What all pages of the studio share: the frame around them, their twins, and how an error is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from firstfive.errors import FirstFiveError, RequestError
from firstfive.guard import printable
from firstfive.server.calls import Call, Param, Reply, Route, never
from firstfive.server.problems import headers, problem
from firstfive.server.rendering import HTML, static, templates
from firstfive.server.service import Service
from firstfive.server.shapes import Word
from firstfive.server.studio.tables import Table, as_csv, as_json, clipped, shown

if TYPE_CHECKING:
    from jinja2 import Environment

HOME = "/studio"
PAGES: tuple[tuple[str, str], ...] = (
    (HOME, "Overview"),
    (f"{HOME}/try", "Try"),
    (f"{HOME}/items", "Items"),
    (f"{HOME}/quarantine", "Quarantine"),
    (f"{HOME}/releases", "Releases"),
    (f"{HOME}/experiments", "Experiments"),
    (f"{HOME}/prompts", "Prompts"),
    (f"{HOME}/label", "Label"),
    (f"{HOME}/visits", "Visits"),
)
"""What the frame leads to."""

Shape: TypeAlias = Literal["html", "json", "csv"]
AS = Param("as", Shape, "html", "html for the page, json for all its tables, csv for one of them.")
TABLE = Param("table", Word, "", "Which table the CSV is of; the page's first without it.")
TWINS = (AS, TABLE)


@dataclass(frozen=True, slots=True)
class View:
    """One page: its template, its title, its tables (the first is its main one) and what else the template shows.

    more: what the JSON twin has beside the tables.
    """

    template: str
    title: str
    tables: Sequence[Table] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    message: str = ""
    status: int = 200


def answered(call: Call, view: View) -> Reply:
    """The view in the shape that was asked for. RequestError for a table that it does not have."""
    shape: Shape = call.param("as")
    wanted, names = call.param("table"), [table.name for table in view.tables]
    if wanted and wanted not in names:
        raise RequestError(f"the page has no table {wanted[:40]!r}; it has {', '.join(names) or 'none'}")
    if shape == "json":
        return Reply(as_json(view.tables, view.more), view.status)
    if shape == "csv":
        return _csv(view, wanted)
    return page(call.service, call.request, view)


def _csv(view: View, wanted: str) -> Reply:
    table = next((table for table in view.tables if not wanted or table.name == wanted), None)
    if table is None:
        raise RequestError("the page has no table yet, so there is no CSV of one; ask without as=csv")
    disposition = f'attachment; filename="firstfive-{table.name}.csv"'
    return Reply(as_csv(table), view.status, "text/csv; charset=utf-8", {"content-disposition": disposition})


def page(service: Service, request: Request, view: View) -> Reply:
    """The view as a page."""
    values = {
        "project": service.project.settings.project,
        "path": request.url.path,
        "address": lambda **changes: address(request, **changes),
        "inside": True,
        "message": view.message,
        "title": view.title,
        "tables": {table.name: table for table in view.tables},
        **view.values,
    }
    body = _templates().get_template(f"studio/{view.template}").render(values).encode("utf-8", "replace")
    # same-origin: the browser then names us as the origin of our forms, which is how they are told from others'.
    return Reply(body, view.status, HTML, {"cache-control": "no-store", "referrer-policy": "same-origin"})


def address(request: Request, **changes: str | None) -> str:
    """This page's address with some of its query changed, or, for None, left out."""
    kept = [(name, value) for name, value in parse_qsl(request.url.query) if name not in changes]
    query = urlencode([*kept, *((name, value) for name, value in changes.items() if value is not None)])
    return f"{quote(request.url.path, safe='/%')}{'?' if query else ''}{query}"


def onward(request: Request, cursor: str) -> str:
    """Where the next rows are; nowhere without a cursor."""
    return address(request, cursor=cursor, **{"as": None, "table": None}) if cursor else ""


def to(kind: str, name: str) -> str:
    """The address of one of a kind: an item, a Release, a prompt, a visit."""
    return f"{HOME}/{kind}/{quote(name, safe='')}"


def refused(service: Service, request: Request, error: FirstFiveError) -> Reply:
    """An error: to a person as a page, which is the one to sign in on where nobody is; to a program as ever."""
    if "x-api-key" in request.headers or request.query_params.get("as", "html") != "html":
        told = problem(error, request.scope["firstfive.id"])
        return Reply(bytes(told.body), told.status_code, told.media_type or "")
    unknown = error.code == "access.no_key"
    view = View(
        "signing.html" if unknown else "refused.html",
        "Sign in" if unknown else "That did not work",
        message="" if unknown else str(error),
        status=error.status,
        values={"onward": onward_of(request), "code": error.code, "inside": error.code not in OUTSIDE},
    )
    answer = page(service, request, view)
    return Reply(answer.body, answer.status, answer.media, {**headers(error), **answer.headers})


OUTSIDE = frozenset({"access.no_key", "access.role", "access.site", "access.rate"})
"""Errors of those who may not be inside: they are shown without the way around."""


def onward_of(request: Request) -> str:
    """The page to go to after signing in: the one that was asked for, where it can be asked for again."""
    return address(request) if request.method == "GET" and request.url.path.startswith(HOME) else HOME


def seen(path: str, answer: Callable[[Call], Reply], summary: str, **more: Any) -> Route:
    """A page that an operator may look at, with its twins. Parameters that it does not take are refused."""
    params = (*TWINS, *more.pop("params", ()))
    taken = [param.name for param in params]

    def checked(call: Call) -> Reply:
        if unknown := next((name for name in call.request.query_params if name not in taken), None):
            raise RequestError(f"the page takes no parameter {unknown[:40]!r}; it takes {', '.join(taken)}")
        return answer(call)

    searches = more.pop("searches", never)
    return Route(
        "GET",
        path,
        checked,
        summary,
        "operator",
        params=params,
        shows=refused,
        tag="studio",
        searches=searches,
        session=True,
        **more,
    )


def done(path: str, answer: Callable[[Call], Reply], summary: str, **more: Any) -> Route:
    """Something that an operator may do."""
    return Route("POST", path, answer, summary, "operator", shows=refused, tag="studio", session=True, **more)


def sent_on(where: str) -> Reply:
    """The way on to a page after something was done."""
    return Reply(status=303, media=HTML, headers={"location": where})


@cache
def _templates() -> Environment:
    made = templates(style=static("studio.css"), script="", pages=PAGES)
    made.filters |= {"shown": shown, "clipped": clipped, "readable": lambda text: printable(text)[0]}
    return made
