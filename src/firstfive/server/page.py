"""The seeker's page: one box, one button, five numbered results with reasons. Whole without JavaScript.

A request is posted and the browser is sent on to /slate/{recommId}: words that may be personal stand in no address and
no log, and reload, back and a bookmark show the stored answer again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request as BrowserRequest

from firstfive.errors import FirstFiveError, NotFound, RequestError
from firstfive.server.calls import Call, Reply, Route, always, client, never
from firstfive.server.problems import headers
from firstfive.server.recommending import PAGE, give_slate, stored_slate
from firstfive.server.service import Service
from firstfive.settings import ProjectSettings
from firstfive.types import Place, Quote, RecommId, Request, Slate

HERE = Path(__file__).parent
HTML = "text/html; charset=utf-8"
SHOWN = 5
LINE = 160
AROUND = 60
"""Characters of an item's text shown on each side of the words quoted from it."""

PREPARING = "The list is being prepared. This takes a few minutes. Please come back soon."
SORRY = "Something went wrong on our side. Your words are still in the box. Please try again."
WORDS: Mapping[str, str] = {
    "request.empty": "Please tell us a little first. A few words are enough to start.",
    "request.invalid": "We could not read that. Please say it again in plain words.",
    "request.too_large": "That is more than we can read at once. Please shorten it.",
    "index.missing": PREPARING,
    "access.rate": "That was a lot at once. Please wait a minute, then try again.",
    "not_found.request": "We no longer have this page. Please ask again.",
    "not_found.route": "There is no page here. You can start again below.",
    "server.busy": "We are very busy right now. Please try again in a moment.",
}
"""What a seeker reads for an error: what happened and what to do."""


# --- routes -----------------------------------------------------------------------------------------------------------


def home(call: Call) -> Reply:
    """The first page, which says so where nothing is built yet."""
    try:
        _ = call.service.recommender.release
    except FirstFiveError as error:
        return _page(call.service, message=_words(error))
    return _page(call.service)


def find(call: Call) -> Reply:
    """Answers the form: on to the results, or back to the form with the words kept and what to do."""
    text = _asked(call.body)
    try:
        call.service.page_calls.take(client(call.request))
        if not text.strip():
            raise RequestError("the box is empty", code="request.empty")
        slate = give_slate(call, Request(text, SHOWN, scenario=PAGE), status=303)
    except FirstFiveError as error:
        again = _page(call.service, text=text, message=_words(error), status=error.status)
        return replace(again, headers={**headers(error), **again.headers})
    return _onward(slate.recomm_id)


def found_again(_: Service, recomm_id: RecommId) -> Reply:
    """The way on to the results of an earlier call with the same key."""
    return _onward(recomm_id)


def results(call: Call) -> Reply:
    """The results of a request that was asked on the page, as they were given. Others are not for everybody."""
    slate = stored_slate(call.service, RecommId(call.path("recomm_id")))
    if slate.request.scenario != PAGE:
        raise NotFound("this answer was not given on the page; ask for it there", code="not_found.request")
    return _page(call.service, text=slate.request.text, slate=slate)


def refused(service: Service, _: BrowserRequest, error: FirstFiveError) -> Reply:
    """An error as a page."""
    return _page(service, message=_words(error), status=error.status)


def _asked(body: bytes) -> str:
    """The form's words: an example's, where its button was pressed."""
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=20)
    return (form.get("example") or form.get("text") or [""])[0]


def _onward(recomm_id: RecommId) -> Reply:
    return Reply(
        status=303, media=HTML, headers={"location": f"/slate/{quote(recomm_id, safe='')}"}, recomm_id=recomm_id
    )


def _words(error: FirstFiveError) -> str:
    return WORDS.get(error.code, SORRY)


# --- what the template shows ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """Words quoted from a text, with some of the text on each side."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One result, in what the page says of it."""

    place: int
    name: str
    line: str
    said: Marked | None
    says: Marked | None
    missing: str
    against: str
    unknown: tuple[str, ...]
    because: str = ""


def shown(place: Place, request: str) -> Shown:
    """A place as the page shows it."""
    texts = {"title": place.title, "text": place.text}
    reason, mismatch = place.reason, place.mismatch
    return Shown(
        place=place.place,
        name=place.title.strip() or f"Result {place.place}",
        line=one_line(place.text, place.title),
        said=marked(reason.said, request) if reason else None,
        says=marked(reason.says, texts.get(reason.says.of, "")) if reason else None,
        missing=mismatch.said.text.strip() if mismatch else "",
        against=mismatch.says.text.strip() if mismatch and mismatch.says else "",
        unknown=place.unknown,
        because=reason.because if reason else "",
    )


def one_line(text: str, title: str) -> str:
    """What an item is, in a line: its first sentence that is one, or its first short facts side by side."""
    lines = [line for raw in text.splitlines() if (line := re.sub(r"\s+", " ", raw).strip()) and line != title.strip()]
    told = next((line for line in lines if _SENTENCE.search(line)), " · ".join(lines[:FACTS]))
    return told if len(told) <= LINE else f"{told[:LINE].rsplit(' ', 1)[0].rstrip(' ,;:·')} …"


_SENTENCE = re.compile(r"\S+ \S+ \S+ \S+ \S+.*[.!?…。][\"”’)]?(?:\s|$)")
FACTS = 4


def marked(quoted: Quote, text: str) -> Marked:
    """A quote between what stands around it; alone where the text is not the one it was taken from."""
    if text[quoted.start : quoted.end] != quoted.text:
        return Marked("", quoted.text, "")
    start, end = quoted.start, quoted.end
    before = re.split(r"[\n\r]", text[max(0, start - AROUND) : start])[-1]
    after = re.split(r"[\n\r]", text[end : end + AROUND])[0]
    if start > AROUND and len(before) == AROUND:
        before = "… " + before.partition(" ")[2]
    if len(text) > end + AROUND and len(after) == AROUND:
        after = after.rpartition(" ")[0] + " …"
    return Marked(before, quoted.text, after)


def recorded(slate: Slate) -> str:
    """That a model's answers were not made just now, and when they were; empty where none was replayed."""
    if slate.recorded is None:
        return ""
    at = slate.recorded
    return f"Recorded model answers from {at.day} {at:%B %Y} ({', '.join(slate.models)})"


def headline(slate: Slate, words: ProjectSettings) -> str:
    """What stands above the results."""
    count = len(slate.places)
    if not count:
        return "We found nothing that fits"
    return f"We found one {words.item}" if count == 1 else f"Your {NUMBERS[count]} best {words.items}"


NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"} | {n: str(n) for n in range(6, 101)}


@cache
def templates() -> Environment:
    """The templates; everything put into them is escaped."""
    made = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    made.globals["style"] = (
        f"/static/page.css?{hashlib.sha256((HERE / 'static/page.css').read_bytes()).hexdigest()[:12]}"
    )
    return made


def _page(
    service: Service, *, text: str = "", message: str = "", slate: Slate | None = None, status: int = 200
) -> Reply:
    settings = service.project.settings.project
    values: dict[str, Any] = {
        "project": settings,
        "examples": settings.examples[:3] if slate is None else (),
        "text": text,
        "message": message,
        "slate": slate,
        "headline": headline(slate, settings) if slate else "",
        "recorded": recorded(slate) if slate else "",
        "shown": [shown(place, text) for place in slate.places] if slate else [],
    }
    return rendered("page.html", values, status)


def rendered(name: str, values: Mapping[str, Any], status: int = 200) -> Reply:
    """A template with its values. Back and reload may keep it; nothing between here and the browser may."""
    body = templates().get_template(name).render(values).encode("utf-8", "replace")
    return Reply(body, status, HTML, {"cache-control": "private, no-cache"})


def _open(method: str, path: str, answer: Callable[[Call], Reply], summary: str) -> Route:
    asks = method == "POST"
    again, searches = (found_again, always) if asks else (None, never)
    return Route(method, path, answer, summary, again=again, shows=refused, tag="page", searches=searches)


ROUTES = (
    _open("GET", "/", home, "The seeker's page"),
    _open("POST", "/find", find, "The page's form"),
    _open("GET", "/slate/{recomm_id}", results, "The results page"),
)
