"""The routes of the seeker's page. Every button is a form: it is posted, and the browser is sent on to an address.

Other sites may send the first form alone, and it then begins a visit: nobody is led to speak in somebody else's.
A request leads to /slate/{recommId}, so words that may be personal stand in no address and no log, and reload, back and
a bookmark show the stored answer again. Each form carries `once`: pressed twice, it does what it does a single time.
Yes, no and undo do no harm when repeated and are done each time: a browser may keep a page from before they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import quote, urlencode

from starlette.requests import Request as HttpRequest

from firstfive.app import asking, later, visits
from firstfive.errors import FirstFiveError, NotFound, RequestError
from firstfive.ports import Unit
from firstfive.server.calls import Call, Reply, Route, always, client, form_of, header_key, never
from firstfive.server.page import remembering, views
from firstfive.server.recommending import PAGE, give_slate, stored_slate
from firstfive.server.rendering import HTML
from firstfive.server.service import Service
from firstfive.types import ItemId, Place, RecommId, Request, Slate, VisitId, began, digest

MODEL_S = 1.0
"""How long models may take for an answer on the page: five results stand there in 1.5 s, come what may."""


# --- what a form says -------------------------------------------------------------------------------------------------


def form_key(call: Call) -> str | None:
    """The key under which a form's answer is stored: one for each page as it was sent, and what was pressed on it."""
    once = form_of(call.body).get("once", "")
    return digest(once, call.body) if once and not call.elsewhere else header_key(call)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a stored answer: the answer, its visit, the button's name and what goes with it, and the form."""

    slate: Slate
    visit: visits.Visit
    name: str
    args: Sequence[str]
    form: Mapping[str, str]

    @classmethod
    def read(cls, call: Call) -> Pressed:
        """NotFound where there is no such answer on the page."""
        form = form_of(call.body)
        slate, visit = _opened(call)
        name, *args = form.get("do", "").split() or [""]
        return cls(slate, visit, name, (*args, form.get("own", "")), form)

    @property
    def place(self) -> Place:
        """The place that the button names."""
        place = next((p for p in self.slate.places if str(p.place) == self.args[0]), None)
        if place is None:
            raise visits.gone()
        return place


def _opened(call: Call, recomm_id: str = "") -> tuple[Slate, visits.Visit]:
    """An answer, if it was given on the page, as it is now, and what happened in its visit.

    Without an id it is the one of the path.
    """
    slate = stored_slate(call.service, RecommId(recomm_id or _named(call, "recomm_id")))
    if slate.request.scenario != PAGE:
        raise NotFound("this answer was not given on the page; ask for it there", code="not_found.request")
    with call.service.project.store.read() as unit:
        return later.as_it_is(unit, slate), visits.so_far(unit, slate.request.visit)


def _named(call: Call, name: str) -> str:
    """An id in the path. NotFound for what can be none, since it is too long: nothing has it."""
    try:
        return call.path(name)
    except RequestError as wrong:
        raise NotFound("nothing has this id; begin again at /", code="not_found.request") from wrong


# --- tell -------------------------------------------------------------------------------------------------------------


def home(call: Call) -> Reply:
    """The first page, which says so where nothing is built yet."""
    try:
        _ = call.service.recommender.release
    except FirstFiveError as error:
        return views.tell(call.service, call.request, error=error, status=200)
    return views.tell(call.service, call.request)


def change(call: Call) -> Reply:
    """The box again, with the words of an answer to change."""
    slate, visit = _opened(call)
    return views.tell(call.service, call.request, slate.request.text, before=slate.recomm_id, visit=visit)


def new(call: Call) -> Reply:
    """The empty box again, to look for something else in the visit of an answer, whose list stays."""
    slate, visit = _opened(call)
    return views.tell(call.service, call.request, before=slate.recomm_id, visit=visit, new=True)


def find(call: Call) -> Reply:
    """Answers the first form: on to the results, or back to it with the words kept and what to do.

    A form on another site begins a visit, whatever it says: in one that it names, somebody else could read along.
    """
    form = form_of(call.body)
    if call.elsewhere:
        form = {name: form[name] for name in ("text", "example") if name in form}
    text = form.get("example") or form.get("text", "")
    try:
        call.service.page_calls.take(client(call.request))
        if not text.strip():
            raise RequestError("the box is empty", code="request.empty")
        request, before, visit = _told(call, text, form)
        return _led_on(call, request, before, visit, visits.anew if _anew(form) else None)
    except FirstFiveError as error:
        before_id, visit = _came_of(call, form)
        lost = bool(form.get("from")) and before_id is None
        return views.tell(
            call.service, call.request, text, before=before_id, visit=visit, new="new" in form, lost=lost, error=error
        )


def _anew(form: Mapping[str, str]) -> bool:
    """Whether a form looks for something else in the visit of an answer."""
    return bool(form.get("from")) and "new" in form


def _came_of(call: Call, form: Mapping[str, str]) -> tuple[RecommId | None, visits.Visit]:
    """The answer that a form goes on from, and its visit; none where it is gone, so that the form asks without it."""
    named = RecommId(form.get("from", ""))
    if not named:
        return None, views.NO_VISIT
    try:
        return named, _opened(call, named)[1]
    except NotFound:
        return None, views.NO_VISIT
    except FirstFiveError:
        return named, views.NO_VISIT


def _told(call: Call, text: str, form: Mapping[str, str]) -> tuple[Request, Slate | None, visits.Visit]:
    """The request of the first form, or of changed words in the visit of an earlier answer; that answer, and the visit.

    A browser may keep the first form, so its visit too may have refused something already. Something else that is
    looked for in a visit follows from no answer: what is asked and shown begins anew.
    """
    if not form.get("from"):
        named = visits.going_on(form.get("visit", ""))
        with call.service.project.store.read() as unit:
            visit = visits.so_far(unit, named)
        return visits.find(text, named, PAGE, refused=visit.refused(visits.NONE)), None, visit
    opened, visit = _opened(call, form["from"])
    before, search = (None, None) if _anew(form) else (opened, visit.search(opened.recomm_id))
    return visits.find(text, opened.request.visit or visits.begin(), PAGE, before, visit.refused(search)), before, visit


# --- see, sharpen, decide ---------------------------------------------------------------------------------------------


def results(call: Call) -> Reply:
    """An answer that was given on the page, with the reasons that came since. Others are not for everybody.

    That these stand on the page from now on is recorded, the first time that somebody is shown them. It is a stored
    answer, which costs little to read, so no rate bounds that: it stays on the screen of who asked for too much.
    """
    slate, visit = _opened(call)
    came = _came(call, slate) if call.request.method == "GET" else []
    if came:
        call.service.project.store.write(lambda unit: visits.note(unit, slate, "explained", came))
    return views.slate(call.service, call.request, slate, visit)


def come(call: Call) -> Reply:
    """For the page's script: the results page once all reasons are there; nothing yet while some may come."""
    slate, visit = _opened(call)
    if call.service.recommender.later.pending(slate.recomm_id):
        return Reply(status=204, media=HTML)
    return views.slate(call.service, call.request, slate, visit)


def _came(call: Call, slate: Slate) -> list[ItemId]:
    """Items whose reason came after the answer, where it is not recorded yet that it stood on the page."""
    with call.service.project.store.read() as unit:
        amendment = unit.amendments.get(slate.recomm_id)
        places = {one.place for one in amendment.places} if amendment else set()
        items = [place.item for place in slate.places if place.place in places]
        return visits.untold(unit, slate, "explained", items)


def onward(call: Call) -> Reply:
    """A button that makes the next answer from this one."""

    def work(pressed: Pressed) -> Reply:
        request = visits.step(pressed.name, pressed.slate, pressed.visit, pressed.args)

        def also(unit: Unit, _: Slate) -> None:
            if pressed.name == "misfit":
                visits.misfit(unit, pressed.slate)
            if pressed.name in {"answer", "words"}:
                visits.answer(unit, pressed.slate, pressed.visit, request)

        return _led_on(call, request, pressed.slate, pressed.visit, also, _WAYS.get(pressed.name, ""))

    return _pressed(call, work)


_WAYS: Mapping[str, str] = {"more": "more", "misfit": "sorry"}
"""How the answer behind each of these buttons follows from the one before, as `visits.Led` has it."""


def say(call: Call) -> Reply:
    """A button that says something of an answer or its items, and asks for nothing. A list's leads back to the list."""

    def work(pressed: Pressed) -> Reply:
        if pressed.name not in _SAID:
            raise visits.gone()
        if pressed.name in visits.DECISIONS and not pressed.form.get("own", "-").strip():
            raise RequestError("the box is empty; write a few words and send it again", code="request.empty")
        recomm_id = pressed.slate.recomm_id
        visit, back = pressed.slate.request.visit, pressed.form.get("list")

        def both(unit: Unit) -> Reply:
            part = _SAID[pressed.name](unit, pressed)
            return _onward(recomm_id, part) if back is None or visit is None else _to_list(visit, back, pressed)

        return call.commit(both)

    return _pressed(call, work)


def rate(call: Call) -> Reply:
    """Answers to the two questions afterwards, or that they are skipped."""

    def work(pressed: Pressed) -> Reply:
        asked = visits.RATINGS[:2] if pressed.name != "skip" else ()
        given = {kind: _yes(kind, pressed.form[kind]) for kind in asked if kind in pressed.form}

        def both(unit: Unit) -> Reply:
            if pressed.name != "skip" and not given:
                raise RequestError("no answer is chosen; choose one or skip the questions", code="request.empty")
            visits.rate(unit, pressed.slate, given)
            return _onward(pressed.slate.recomm_id, "rating")

        return call.commit(both)

    return _pressed(call, work)


def _yes(kind: str, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise RequestError(f"{kind} is {text[:20]!r}; answer it with yes or no")
    return text == "yes"


def noted(call: Call) -> Reply:
    """What the page's script tells: results that were seen, opened or got a later reason, and that it was left."""

    def work(pressed: Pressed) -> Reply:
        places = {str(place.place): place.item for place in pressed.slate.places}

        def both(unit: Unit) -> Reply:
            for kind in ("seen", "opened", "explained"):
                items = [places[one] for one in pressed.form.get(kind, "").split(",") if one in places]
                if items:
                    visits.note(unit, pressed.slate, kind, items)
            if "left" in pressed.form:
                visits.note(unit, pressed.slate, "left")
            return Reply(status=204, media=HTML)

        return call.commit(both)

    return _pressed(call, work)


def _pressed(call: Call, work: Callable[[Pressed], Reply]) -> Reply:
    """What a button does; or the answer again, with what happened, what to do, and the words that were typed."""
    pressed = Pressed.read(call)
    try:
        call.service.page_calls.take(client(call.request))
        return work(pressed)
    except FirstFiveError as error:
        box = pressed.args[0] if pressed.name in visits.DECISIONS else _BOXES.get(pressed.name)
        typed = {} if box is None else {box: pressed.form.get("own", "")}
        return views.slate(call.service, call.request, pressed.slate, pressed.visit, typed=typed, error=error)


_BOXES: Mapping[str, str] = {"words": "", "rate": "rating"}
"""Where an error of these buttons stands, as `views.slate` has it."""


def _decided(unit: Unit, pressed: Pressed) -> str:
    comment = pressed.form.get("own", "").strip() or (pressed.args[1] if len(pressed.args) > 2 else "")
    visits.decide(unit, pressed.slate, pressed.place, pressed.name, comment)
    return f"place-{pressed.place.place}"


def _undone(unit: Unit, pressed: Pressed) -> str:
    if pressed.args[0] == "all":
        visits.refit(unit, pressed.slate)
        return "headline"
    visits.undo(unit, pressed.slate, pressed.place)
    return f"place-{pressed.place.place}"


def _does_not_matter(unit: Unit, pressed: Pressed) -> str:
    visits.skip(unit, pressed.slate)
    return "asked"


_SAID: Mapping[str, Callable[[Unit, Pressed], str]] = {
    **dict.fromkeys(visits.DECISIONS, _decided),
    "undo": _undone,
    "any": _does_not_matter,
}
"""What each button that asks for nothing does, and the part of the page that it happened in."""


GONE = frozenset({"not_found.item", "request.filter"})
"""What is answered to items and answers of a visit that a build took away since."""


class SameAgainError(Exception):
    """An answer would show what the one before it showed, or nothing: undoes it."""


def _led_on(
    call: Call,
    request: Request,
    before: Slate | None,
    visit: visits.Visit,
    also: Callable[[Unit, Slate], None] | None = None,
    how: str = "",
) -> Reply:
    """The way to the next stored answer. also: what else is written with it, in its commit. how: how it follows from
    the one before.

    Where it would show the five of the answer before once more, it keeps those that state what was answered since and
    fills the other places with the next results, if there are any.
    """
    end, known = monotonic() + MODEL_S, remembering.seeker(call.service, call.request)
    recommender = call.service.recommender
    request = replace(request, exclude=recommender.with_copies(request.exclude), user=known or request.user)

    def give(request: Request, how: str, again: Callable[[Slate], bool] = lambda _: False) -> Reply:
        def keep(unit: Unit, slate: Slate) -> None:
            if again(slate):
                raise SameAgainError
            if also is not None:
                also(unit, slate)
            visits.shown(unit, slate)
            if before is not None:
                visits.led(unit, slate, before, visit, how)

        def given(request: Request) -> Reply:
            within_s = max(0.0, end - monotonic())
            return _onward(give_slate(call, request, status=303, ask=True, also=keep, within_s=within_s).recomm_id)

        try:
            return given(request)
        except RequestError as error:
            if error.code not in GONE:
                raise
            return given(recommender.less_gone(request))

    if before is None:
        return give(request, how)
    with suppress(SameAgainError):
        return give(request, how, lambda slate: visits.same_five(slate, before))
    stays = asking.confirmed(recommender.serving, recommender.less_gone(request), before)
    stays = stays if len(stays) < len(before.places) else []
    seen = [place.item for place in before.places if place.item not in stays]
    with suppress(SameAgainError):
        others = replace(request, exclude=recommender.with_copies((*request.exclude, *seen)))
        how_else = "kept" if stays else "seen"
        return give(others, how_else, lambda slate: {place.item for place in slate.places} <= {*stays})
    return give(request, how)


def _onward(recomm_id: RecommId, part: str = "") -> Reply:
    where = f"/slate/{quote(recomm_id, safe='')}" + (f"#{part}" if part else "")
    return Reply(status=303, media=HTML, headers={"location": where}, recomm_id=recomm_id)


def _to_list(visit: VisitId, back: str, pressed: Pressed) -> Reply:
    """The way back to a visit's list, which may still be changed by who names an answer of the visit.

    It says what was taken off the list, and from where, so that it can be put back there.
    """
    recomm_id, place = pressed.slate.recomm_id, pressed.place.place
    off = {"off": recomm_id, "place": place, "at": pressed.form.get("at", "")} if pressed.name == "undo" else {}
    query, part = urlencode({"from": back, **off}), quote(f"kept-{quote(recomm_id, safe='')}-{place}", safe="")
    return Reply(status=303, media=HTML, headers={"location": f"/list/{quote(visit, safe='')}?{query}#{part}"})


def found_again(_: Service, recomm_id: RecommId) -> Reply:
    """The way on to the results of an earlier call with the same key."""
    return _onward(recomm_id)


# --- the list, and what is no page ------------------------------------------------------------------------------------


def kept(call: Call) -> Reply:
    """What a visit said yes or maybe to. Whoever has the address may read it."""
    visit = VisitId(_named(call, "visit"))
    if began(visit) is None:
        raise NotFound("no visit has this id; open the list from its results", code="not_found.request")
    return views.kept(call.service, call.request, visit)


def remember(call: Call) -> Reply:
    """The seeker asks to be known again, from an answer, which stays on the screen where that is refused."""
    recomm_id = RecommId(form_of(call.body).get("from", ""))
    try:
        return remembering.remember(call, _onward(recomm_id, "remembering"))
    except FirstFiveError as error:
        if not recomm_id:
            raise
        return views.slate(call.service, call.request, *_opened(call, recomm_id), error=error)


def forget(call: Call) -> Reply:
    """The seeker asks that all of it be forgotten; the answers that were given are gone then too."""
    return remembering.forget(call, Reply(status=303, media=HTML, headers={"location": "/"}))


def home_instead(_: Call) -> Reply:
    """The way to the first page, for a form's address that is opened as a page: typed, or in a tab that comes back."""
    return Reply(status=303, media=HTML, headers={"location": "/"})


def answer_instead(call: Call) -> Reply:
    """The way to the answer of a form's address that is opened as a page."""
    return _onward(RecommId(_named(call, "recomm_id")))


def colours(call: Call) -> Reply:
    """The colours of the settings, as CSS."""
    return views.style(call.service)


def refused(service: Service, request: HttpRequest, error: FirstFiveError) -> Reply:
    """An error as a page, with the words that were sent, where these can be read."""
    form: Mapping[str, str] = {}
    with suppress(RequestError):
        form = form_of(request.scope.get("firstfive.body", b""))
    return views.tell(service, request, form.get("text", form.get("own", "")), error=error)


def _open(method: str, path: str, answer: Callable[[Call], Reply], summary: str, *, searches: bool = False) -> Route:
    posted = method == "POST"
    return Route(
        method,
        path,
        answer,
        summary,
        again=found_again if posted else None,
        shows=refused,
        tag="page",
        searches=always if searches else never,
        key=header_key if answer is say else form_key,
        ours=posted and answer is not find,
    )


ROUTES = (
    _open("GET", "/", home, "The seeker's page"),
    _open("POST", "/find", find, "The page's form", searches=True),
    _open("GET", "/slate/{recomm_id}", results, "The results page"),
    _open("GET", "/slate/{recomm_id}/reasons", come, "The results page once late reasons are there"),
    _open("GET", "/slate/{recomm_id}/words", change, "The form with the words of an answer"),
    _open("GET", "/slate/{recomm_id}/new", new, "The empty form, in the visit of an answer"),
    _open("POST", "/slate/{recomm_id}/next", onward, "The next answer of a visit", searches=True),
    _open("POST", "/slate/{recomm_id}/say", say, "Yes, maybe, no and undo"),
    _open("POST", "/slate/{recomm_id}/rate", rate, "The two questions afterwards"),
    _open("POST", "/slate/{recomm_id}/noted", noted, "What the page's script tells"),
    _open("GET", "/list/{visit}", kept, "The list of a visit"),
    Route("POST", "/remember", remember, "Be known again", shows=refused, tag="page", ours=True),
    Route("POST", "/forget", forget, "Be forgotten", shows=refused, tag="page", ours=True),
    _open("GET", "/colours.css", colours, "The page's colours"),
    *(_open("GET", path, home_instead, "The first page") for path in ("/find", "/remember", "/forget")),
    *(
        _open("GET", f"/slate/{{recomm_id}}/{name}", answer_instead, "The results page")
        for name in ("next", "say", "rate", "noted")
    ),
)
