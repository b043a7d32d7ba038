"""What each page is made of: the first one, an answer, a visit's list, and the colours of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.requests import Request as HttpRequest

from firstfive.app import visits
from firstfive.app.model_steps import UNEXPLAINED
from firstfive.app.recommend import NOTHING, READ_AS
from firstfive.errors import FirstFiveError, NotFound, SettingsError
from firstfive.server.calls import Reply
from firstfive.server.page import colours, remembering, showing
from firstfive.server.page.line import said_often
from firstfive.server.page.messages import LANGUAGES, Messages, messages, preferred, quoted
from firstfive.server.page.rendering import rendered
from firstfive.server.problems import headers
from firstfive.server.service import Service
from firstfive.settings import Settings
from firstfive.types import ItemId, RecommId, Slate, UserId, VisitId, digest

ERRORS: Mapping[str, str] = {
    "request.empty": "empty",
    "request.invalid": "unreadable",
    "request.button": "button",
    "request.too_large": "long",
    "index.missing": "preparing",
    "access.rate": "often",
    "access.site": "elsewhere",
    "not_found.request": "gone",
    "not_found.route": "nowhere",
    "conflict.method": "nowhere",
    "server.busy": "busy",
    "store.busy": "taken",
}
"""What a seeker reads for an error: what happened and what to do. For all others "sorry"."""
EXPLAINED = ("sorry", "seen", "kept")
"""Ways to an answer of which it says something."""
UNTYPED: Mapping[str, str] = {}
NO_VISIT = visits.Visit()
AFTER_YES = ("contact", "website", "list", "print", "send")


def check(settings: Settings) -> None:
    """Refuses settings that the page cannot be shown with, before a server starts. Raises SettingsError."""
    colours.check(settings.colours)
    for name, given, known in (
        ("page.languages", settings.page.languages, LANGUAGES),
        ("page.after_yes", settings.page.after_yes, AFTER_YES),
        ("words", settings.words, LANGUAGES),
    ):
        for one in given:
            if one not in known:
                raise SettingsError(f"{name} has {one!r}, which is none of {', '.join(known)}; take one of these")


def language(service: Service, request: HttpRequest) -> Messages:
    """The words to answer a browser with."""
    spoken = service.project.settings.page.languages or LANGUAGES
    return showing.spoken(
        messages(preferred(request.headers.get("accept-language", ""), spoken)), service.project.settings
    )


def told(error: FirstFiveError, say: Messages) -> str:
    """An error, in a seeker's words."""
    return say.plain(f"error.{ERRORS.get(error.code, 'sorry')}")


def _common(service: Service, say: Messages, error: FirstFiveError | None) -> dict[str, Any]:
    settings = service.project.settings
    return {
        "say": say,
        "own": showing.words(settings, say),
        "colours": f"/colours.css?{digest(repr(settings.colours))[:12]}",
        "message": told(error, say) if error else "",
        "wrong": "",
        "home": False,
        "again": "/",
        "listed": 0,
        "list": "",
        "after_yes": settings.page.after_yes,
    }


def _answered(name: str, values: Mapping[str, Any], error: FirstFiveError | None, status: int | None = None) -> Reply:
    reply = rendered(name, values, status or (error.status if error else 200))
    return replace(reply, headers={**headers(error), **reply.headers}) if error else reply


# --- the pages --------------------------------------------------------------------------------------------------------


def tell(
    service: Service,
    request: HttpRequest,
    text: str = "",
    *,
    before: RecommId | None = None,
    visit: visits.Visit = NO_VISIT,
    new: bool = False,
    lost: bool = False,
    error: FirstFiveError | None = None,
    status: int | None = None,
) -> Reply:
    """The first page; or where there was an answer before, the page that goes on in its visit.

    before: the answer whose words are to be changed, or which something else is looked for after. new: the latter.
    lost: that answer is gone, so that the form begins a new visit with a new list.
    """
    say = language(service, request)
    common = _common(service, say, error) | (_listed(visit, before) if before else {})
    own = {"home": new or not before, "new": new, "text": text, "before": before or "", "visit": visits.begin()}
    own["closed"] = error is not None and error.code == "index.missing" and not text
    if error and error.code == "request.empty":
        own |= {"wrong": common["message"], "message": ""}
    if lost:
        usual = "" if error and error.code in {"request.empty", "not_found.request"} else common["message"]
        own["message"] = f"{usual} {say.plain('error.visit')}".strip()
    return _answered("tell.html", common | own, error, status)


def slate(
    service: Service,
    request: HttpRequest,
    given: Slate,
    visit: visits.Visit,
    *,
    typed: Mapping[str, str] = UNTYPED,
    error: FirstFiveError | None = None,
) -> Reply:
    """An answer and what was decided of it. typed: words of the seeker's own that are still in a box.

    A place's number is the box that asks why it does not fit; "" the one below the results; "rating" are the two
    questions. An error about what one of these lacks stands there.
    """
    say, settings = language(service, request), service.project.settings
    common = _common(service, say, error)
    led = visit.led.get(given.recomm_id, visits.Led())
    late = service.recommender.later.pending(given.recomm_id)
    shown = list(_places(given, visit, say, settings, led.earlier))
    chosen = [one.place for one in shown if one.decided == "yes"]
    leads_on = "list" in common["after_yes"] or ("contact" in common["after_yes"] and common["own"].contact.href)
    of_answer = {
        "address": quote(given.recomm_id, safe=""),
        "headline": showing.headline(given, common["own"], say, more=led.earlier > 0),
        "after": say.plain(f"results.{led.how}") if led.how in EXPLAINED and given.places else "",
        "shown": shown,
        "chosen": chosen[0] if chosen and leads_on else 0,
        "wanted": list(showing.wanted(given, _names(service, given.request.like), say)),
        "strength": showing.strength(given, say),
        "asking": showing.asking(given, visit, say),
        "unsure": given.asked is not None and not given.asked.sure,
        "late": late,
        "read_as": list(showing.read_as(given, say)),
        "notes": [say.note(note) for note in given.notes if not _said_already(note, given, late=late)],
        "recorded": showing.recorded(given, say),
        "typed": typed,
        "recomm_id": given.recomm_id,
        "remembering": remembering.offered(service),
        "remembered": remembering.seeker(service, request) is not None,
        "reasons": showing.REASONS,
        "quote": quoted,
    }
    of_visit = _of_visit(visit, given.recomm_id, settings)
    return _answered("slate.html", common | of_answer | of_visit | _lacking(typed, say, error), error)


def _of_visit(visit: visits.Visit, recomm_id: RecommId, settings: Settings) -> dict[str, Any]:
    """What the page of an answer says of its visit: the count of results, the list and the questions afterwards."""
    led = visit.led.get(recomm_id, visits.Led())
    return {
        "more": led.earlier > 0,
        "earlier": led.earlier,
        "first": quote(led.first, safe=""),
        "last": quote(visit.last, safe=""),
        **_listed(visit, recomm_id),
        "rating": visit.decided and not visit.rated and visits.asks_for_rating(visit.id, settings.page.rate_every),
        "rated": visit.rated_on.get(recomm_id),
        "skipped": recomm_id in visit.skipped,
    }


def _listed(visit: visits.Visit, recomm_id: RecommId) -> dict[str, Any]:
    """The way to the list from a page of a visit, and the way to start again, which keeps a list that there is."""
    listed = sum(said.kind != "no" for said in visit.decided.values())
    again = f"/slate/{quote(recomm_id, safe='')}/new" if listed else "/"
    return {"listed": listed, "list": f"/list/{quote(visit.id or '', safe='')}", "again": again}


def _lacking(typed: Mapping[str, str], say: Messages, error: FirstFiveError | None) -> dict[str, Any]:
    """The box that lacks words, and what is said there instead of above the page; `empty` is None where no box does."""
    empty = next(iter(typed), None) if error and error.code == "request.empty" else None
    if empty is None:
        return {"empty": None}
    key, button = _LACKING.get(empty, ("error.box", "decide.send"))
    return {"empty": empty, "wrong": say.plain(key, button=say.plain(button)), "message": ""}


_LACKING: Mapping[str, tuple[str, str]] = {"": ("error.box", "ask.add"), "rating": ("after.choose", "after.skip")}
"""What is said of a box that lacks something, and the button that it names."""


def kept(service: Service, request: HttpRequest, visit: VisitId) -> Reply:
    """What a visit said yes or maybe to, in the order in which it did. NotFound for one of which nothing is stored.

    Who comes from an answer of the visit is led back to it, reads the seeker's words and may change the list; who was
    only sent the list's address may not.
    """
    say, settings = language(service, request), service.project.settings
    common = _common(service, say, None)
    with service.project.store.read() as unit:
        if not unit.slates.page("", 1, UserId(visit))[0]:
            raise NotFound("no visit has this id; it may have been erased", code="not_found.request")
        so_far = visits.so_far(unit, visit)
        wanted = {item: said for item, said in so_far.decided.items() if said.kind != "no"}
        decided_on = {said.recomm_id for said in so_far.decided.values()}
        slates = {one: found for one in decided_on if (found := unit.slates.get(one))}
        before = unit.slates.get(RecommId(request.query_params.get("from", "")) or _came_from(request))
        off = unit.slates.get(RecommId(request.query_params.get("off", "")))
    led = {one: so_far.led.get(one, visits.Led()).earlier for one in slates}
    often = {one: said_often(place.text for place in slate.places) for one, slate in slates.items()}
    chosen = [
        (item, showing.shown(place, slate, say, settings.page, said, led[said.recomm_id], often[said.recomm_id]))
        for item, said in wanted.items()
        if (slate := slates.get(said.recomm_id))
        for place in slate.places
        if place.item == item
    ]
    back = before.recomm_id if before and before.request.visit == visit else ""
    address = str(request.url.replace(query=""))
    subject = quote(f"{common['own'].name}: {say('list.subject')}", safe="")
    values = common | ({"again": f"/slate/{quote(back, safe='')}/new"} if back and chosen else {})
    kept = [(one, quote(wanted[item].recomm_id, safe=""), "") for item, one in chosen]
    if off and back and off.request.visit == visit:
        _put_off(kept, off, so_far, request.query_params, say, settings)
    here = [one.place for item, one in chosen if wanted[item].recomm_id == back]
    last = f"#place-{here[-1]}" if here else ""
    values |= {
        "kept": kept,
        "chosen": len(chosen),
        "address": address,
        "back": f"/slate/{quote(back, safe='')}{last}" if back else "",
        "quote": quoted,
        "before": back,
        "mail": f"mailto:?subject={subject}&body={quote(address, safe='')}",
    }
    return rendered("list.html", values)


def _put_off(
    kept: list[tuple[showing.Shown, str, str]],
    off: Slate,
    visit: visits.Visit,
    query: Mapping[str, str],
    say: Messages,
    settings: Settings,
) -> None:
    """Puts what was just taken off a list where it stood there, with what had been said of it: yes or maybe."""
    place = next((one for one in off.places if str(one.place) == query.get("place")), None)
    if place is None or place.item in visit.decided or visit.undone.get(place.item) not in {"yes", "maybe"}:
        return
    at = query.get("at", "")
    shown = showing.shown(place, off, say, settings.page, None, visit.led.get(off.recomm_id, visits.Led()).earlier)
    where = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else len(kept)
    kept.insert(where, (shown, quote(off.recomm_id, safe=""), visit.undone[place.item]))


def _came_from(request: HttpRequest) -> RecommId:
    """The answer on whose page a link to here was pressed, as the browser tells; empty where it was no answer's."""
    with suppress(ValueError):
        match urlsplit(request.headers.get("referer", "")).path.split("/"):
            case ["", "slate", recomm_id, *_]:
                return RecommId(unquote(recomm_id))
    return RecommId("")


def style(service: Service) -> Reply:
    """The colours as CSS."""
    text = colours.style(service.project.settings.colours)
    return Reply(text.encode(), media="text/css; charset=utf-8", headers={"cache-control": "public, max-age=3600"})


def _said_already(note: str, given: Slate, *, late: bool) -> bool:
    """Whether a note tells what the page tells by itself: that reasons may come yet, that nothing was found, or how
    misspelt words were read."""
    return (late and note == UNEXPLAINED) or (note == NOTHING and not given.places) or note.startswith(READ_AS)


def _places(
    given: Slate, visit: visits.Visit, say: Messages, settings: Settings, earlier: int
) -> Iterator[showing.Shown]:
    buttons = given.asked.sharpenings if given.asked else ()
    often = said_often(place.text for place in given.places)
    said = visit.said(visit.search(given.recomm_id))
    for number, place in enumerate(given.places):
        one = showing.shown(place, given, say, settings.page, said.get(place.item), earlier, often)
        own = buttons[number] if number < len(buttons) else ()
        yield replace(one, sharpen=showing.sharpening(number, own, say))


def _names(service: Service, items: Sequence[ItemId]) -> Mapping[ItemId, str]:
    """What items are called; without those that are gone."""
    names = {}
    for item in items:
        try:
            names[item] = service.recommender.item(item).title
        except FirstFiveError:
            continue
    return names
