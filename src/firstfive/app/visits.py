"""Use case: a visit to the seeker's page, which is a chain of stored Slates and the Events between them.

    request = STEPS["more"](slate, visit, ("",))     what a button on a Slate asks for next
    decide(unit, slate, place, "yes")                what a seeker says of an item; undone by `undo`
    visit = so_far(unit, slate.request.visit)        what was decided, read back from the Events

There is no session: all that a page needs is in the Slate that it shows and in the visit's Events. An Event of no item,
such as an answer to a question, has the Slate's id in the item's place. `value` is seconds since the page was opened.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from firstfive.app.asking import answered, sharpened
from firstfive.app.record import add_events
from firstfive.ask import LONGEST, begun, less
from firstfive.errors import RequestError
from firstfive.guard import printable
from firstfive.types import (
    Event,
    ItemId,
    Place,
    RecommId,
    Request,
    Slate,
    Span,
    Told,
    UserId,
    VisitId,
    Wish,
    began,
    digest,
)

if TYPE_CHECKING:
    from firstfive.ports import Unit

DECISIONS = ("yes", "maybe", "no")
MISFIT = "none of these"
"""The comment of a no that was said to all five at once."""
ANY, OWN = "any", "own words"
"""Comments of an answer: that it does not matter, and that it was given in own words."""
RATINGS = ("matched", "trusted", "unrated")
"""Kinds of Event for the two questions afterwards, and for skipping them. value is then 1 for yes and 0 for no."""
WAYS = ("more", "sorry", "seen", "kept", "new", "on")
"""How an answer comes of the one before it: the next ones of the same request; others, since none of those fitted; the
next ones, since its own would be the same; the same ones that fit an answer, and others; of nothing, since something
else is looked for; or, in such a search, in any other way."""
COMMENT = 1_000
"""Characters kept of a comment in somebody's own words."""
MOST = 2_000
"""Events read of one visit."""
NONE = RecommId("")
"""No Slate."""
_NUMBER = re.compile(r"[0-9]{1,6}")
_LOOSE = re.compile(r"(?<!\s)\s++(?=[.,;:!?)])")
_JOINS = re.compile(r"(?:and|or|but|und|oder|aber|et|ou|mais)\s+", re.IGNORECASE)
"""What joins a wish to one before it, and stands there for nothing once that one is gone."""
_WORD = re.compile(r"\w+")
OPEN = timedelta(hours=12)
"""How long a page may stand open before its words are sent, and still be the same visit."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said of an item: yes, maybe or no, why, and on which Slate."""

    kind: str
    comment: str
    recomm_id: RecommId

    @property
    def misfit(self) -> bool:
        """Whether it is a no that was said to all five at once."""
        return self.kind == "no" and self.comment == MISFIT


@dataclass(frozen=True, slots=True)
class Led:
    """How a Slate came of the one before it: one of WAYS, or empty.

    earlier: how many places stand before its own in one count with them; first: the Slate where that count begins.
    search: the Slate with which its search began; NONE: the visit's first one.
    """

    how: str = ""
    earlier: int = 0
    first: RecommId = NONE
    search: RecommId = NONE

    @classmethod
    def read(cls, text: str) -> Led:
        """What `str` of one says; of another text, that nothing is known."""
        how, earlier, first, search = (*text.split(" ", 3), "", "", "", "")[:4]
        known = how in WAYS and _NUMBER.fullmatch(earlier)
        return cls(how, int(earlier), RecommId(first), RecommId(search)) if known else cls()

    def __str__(self) -> str:
        return f"{self.how} {self.earlier} {self.first} {self.search}".rstrip()

    def on(self, how: str, before: Slate) -> Led:
        """How the next Slate comes of `before`, which came as this says.

        The next ones of a request are counted on, also where none of those before fitted. Where the places of before
        are the first of the new request as well, the count begins with them; every other Slate is the beginning of one.
        """
        if how in {"more", "sorry"}:
            return Led(how, self.earlier + len(before.places), self.first or before.recomm_id, self.search)
        if how == "seen":
            return Led(how, len(before.places), before.recomm_id, self.search)
        return Led(how or ("on" if self.search else ""), search=self.search)


@dataclass(frozen=True, slots=True)
class Visit:
    """What happened so far. skipped: Slates whose question does not matter. rated: the two questions were answered.

    led: how Slates came of those before them. last: the latest Slate that showed what no earlier one had. rated_on:
    Slates on which the two questions were answered or skipped, with whether one was answered. undone: what was last
    taken back of items, whatever was said of them since.
    """

    id: VisitId | None = None
    decided: Mapping[ItemId, Decided] = field(default_factory=dict)
    skipped: frozenset[RecommId] = frozenset()
    rated: bool = False
    led: Mapping[RecommId, Led] = field(default_factory=dict)
    last: RecommId = NONE
    rated_on: Mapping[RecommId, bool] = field(default_factory=dict)
    undone: Mapping[ItemId, str] = field(default_factory=dict)

    def search(self, recomm_id: RecommId) -> RecommId:
        """The Slate with which the search of a Slate began; NONE: the visit's first search."""
        return self.led.get(recomm_id, Led()).search

    def said(self, search: RecommId | None) -> Mapping[ItemId, Decided]:
        """What was said that counts in a search, or in one that begins now: None.

        That none of five fit is said of what was looked for. It says nothing of them where something else is.
        """
        return {
            item: one
            for item, one in self.decided.items()
            if not one.misfit or (search is not None and self.search(one.recomm_id) == search)
        }

    def refused(self, search: RecommId | None) -> tuple[ItemId, ...]:
        """Items that are not shown again in a search of this visit, or in one that begins now: None."""
        return tuple(item for item, one in self.said(search).items() if one.kind == "no")


# --- its beginning and its end ----------------------------------------------------------------------------------------


def begin(now: datetime | None = None) -> VisitId:
    """What a page's form holds to begin a visit: it says when that was, and cannot be guessed. See `going_on`."""
    return VisitId(f"{int((now or datetime.now(UTC)).timestamp() * 1000):011x}-{token_urlsafe(9)}")


def going_on(visit: str) -> VisitId:
    """The visit that a form's value leads into, if its page was opened not long ago; or else a new one.

    The visit's id is a digest of that value, with the same beginning: the address of a visit's list has the id, and
    whoever it is sent to finds no value in it that leads into the visit.
    """
    start, now = began(visit), datetime.now(UTC)
    if not start or not now - OPEN < start <= now:
        return begin(now)
    hidden = urlsafe_b64encode(bytes.fromhex(digest("visit", visit))).decode()
    return VisitId(f"{visit.partition('-')[0]}-{hidden[:12]}")


def asks_for_rating(visit: VisitId | None, every: int) -> bool:
    """Whether this visit is one of every so many that are asked two questions; drawn by its id. 0: none is."""
    return visit is not None and every > 0 and int(digest(visit)[:8], 16) % every == 0


def so_far(unit: Unit, visit: VisitId | None) -> Visit:
    """What happened in a visit, read back from its Events."""
    if visit is None:
        return Visit()
    found, _ = unit.events.find(user=UserId(visit), n=MOST, newest=True)
    events = found[::-1]
    decided = {
        one.item: Decided(one.kind, one.comment, one.recomm_id or RecommId(""))
        for one in events
        if one.kind in DECISIONS
    }
    skipped = {RecommId(one.item) for one in events if one.kind == "answered" and one.comment == ANY}
    led = {one.recomm_id: Led.read(one.comment) for one in events if one.kind == "led" and one.recomm_id}
    showings = [one for one in events if one.kind == "shown" and one.recomm_id]
    last = max(showings, key=lambda one: one.at).recomm_id if showings else None
    rated_on = {one.recomm_id: one.kind != RATINGS[-1] for one in events if one.kind in RATINGS and one.recomm_id}
    rated = any(one.kind in RATINGS for one in events)
    undone = {one.item: one.comment for one in events if one.kind == "undone"}
    return Visit(visit, decided, frozenset(skipped), rated, led, last or NONE, rated_on, undone)


# --- the next Slate ---------------------------------------------------------------------------------------------------


def find(
    text: str, visit: VisitId, scenario: str, before: Slate | None = None, refused: Sequence[ItemId] = ()
) -> Request:
    """The request that begins a visit, or goes on in it with other words.

    Where most of the words before are in them, what was answered still holds; else it is about something else, and only
    questions asked are not asked again.
    """
    told = before.request.told if before else ()
    if before and not _mostly_in(before.request.text, text):
        told = tuple({one.field: Told(one.field) for one in told}.values())
    return Request(text, scenario=scenario, user=UserId(visit), visit=visit, exclude=tuple(refused), told=told)


def _mostly_in(before: str, text: str) -> bool:
    words, others = (set(_WORD.findall(said.casefold())) for said in (before, text))
    return 2 * len(words & others) > len(words)


T = TypeVar("T")
Args: TypeAlias = Sequence[str]
Step: TypeAlias = Callable[[Slate, Visit, Args], Request]


def _more(slate: Slate, visit: Visit, _: Args) -> Request:
    seen = (*slate.request.exclude, *(place.item for place in slate.places))
    return replace(_base(slate, visit), exclude=tuple(dict.fromkeys((*seen, *_refused(slate, visit)))))


def _answer(slate: Slate, visit: Visit, args: Args) -> Request:
    if slate.asked is None or slate.asked.question is None:
        raise gone()
    return answered(_base(slate, visit), slate.asked.question, _at(slate.asked.question.options, args[0]))


def _words(slate: Slate, visit: Visit, args: Args) -> Request:
    request, own = _base(slate, visit), " ".join(args[-1].split())
    if not own:
        raise RequestError("the box is empty; write into it what is missing, and send it again", code="request.empty")
    question = slate.asked.question if slate.asked else None
    told = (*request.told, Told(question.field)) if question and slate.recomm_id not in visit.skipped else request.told
    before = _begun(request.text, LONGEST - len(own) - 2).rstrip(" .")
    end = "" if not before or before.endswith(("?", "!", ",", ";", ":")) else "."
    return replace(request, text=f"{before}{end} {own}".strip(), told=told)


def _begun(text: str, most: int) -> str:
    """The text, or where it is longer the beginning that leaves room for what was added last."""
    return text if len(text) <= most else text[: max(0, most)].rpartition(" ")[0]


def _sharpen(slate: Slate, visit: Visit, args: Args) -> Request:
    place, button, *_ = (*args, "", "")
    if slate.asked is None:
        raise gone()
    sharpening = _at(_at(slate.asked.sharpenings, place), button)
    return sharpened(_base(slate, visit), _at(slate.places, place).item, sharpening)


def _without(slate: Slate, visit: Visit, args: Args) -> Request:
    part, number, *_ = (*args, "", "")
    if part not in _WITHOUT:
        raise gone()
    return _WITHOUT[part](_base(slate, visit), slate, number)


def _typed(slate: Slate, visit: Visit, _: Args) -> Request:
    """The same words, those that were read as others in quotation marks."""
    if slate.asked is None or not slate.asked.misspelt:
        raise gone()
    request = _base(slate, visit)
    text = request.text
    for one in reversed(slate.asked.misspelt):
        text = f"{text[: one.start]}“{one.text}”{text[one.end :]}"
    return replace(request, text=text)


def _without_wish(request: Request, slate: Slate, number: str) -> Request:
    """The text without a wish, wherever it is said, and the words that lead to it or join it to others.

    Left behind, a "without" would refuse the next one.
    """
    if slate.asked is None:
        raise gone()
    wish = _at(slate.asked.wishes, number)
    parts = [Span(begun(request.text, one), one.end) for one in slate.asked.wishes if same_wish(one, wish)]
    left = _LOOSE.sub("", less(request.text, parts))
    return replace(request, text=_JOINS.sub("", left, count=1) if _JOINS.match(left) and not parts[0].start else left)


def same_wish(one: Wish, other: Wish) -> bool:
    """Whether two wishes of a text say the same, as when words that stand there already are added to it."""
    mine, its = ((wish.refused, (wish.meant or wish.text).casefold()) for wish in (one, other))
    return mine == its


def _without_told(request: Request, _: Slate, number: str) -> Request:
    """What was answered is taken back, and is not asked again."""
    gone_one = _at(request.told, number)
    return replace(request, told=tuple(Told(one.field) if one is gone_one else one for one in request.told))


def _without_like(request: Request, _: Slate, number: str) -> Request:
    gone_one = _at(request.like, number)
    return replace(request, like=tuple(item for item in request.like if item != gone_one))


_WITHOUT: Mapping[str, Callable[[Request, Slate, str], Request]] = {
    "wish": _without_wish,
    "told": _without_told,
    "like": _without_like,
}

STEPS: Mapping[str, Step] = {
    "more": _more,
    "misfit": _more,
    "answer": _answer,
    "words": _words,
    "sharpen": _sharpen,
    "typed": _typed,
    "without": _without,
}
"""What each button of a Slate asks for next."""


def step(name: str, slate: Slate, visit: Visit, args: Args) -> Request:
    """The request of a button. RequestError for a button that the Slate does not have."""
    if name not in STEPS:
        raise gone()
    return STEPS[name](slate, visit, args or ("",))


def same_five(slate: Slate, before: Slate) -> bool:
    """Whether a Slate shows what the one before it showed, in whatever order."""
    return bool(slate.places) and {p.item for p in slate.places} == {p.item for p in before.places}


def _base(slate: Slate, visit: Visit) -> Request:
    """The request as it stands: what was refused is left out, and what does not matter is not asked again."""
    request, question = slate.request, slate.asked.question if slate.asked else None
    if question and slate.recomm_id in visit.skipped:
        request = replace(request, told=(*request.told, Told(question.field)))
    return replace(request, exclude=_refused(slate, visit))


def _refused(slate: Slate, visit: Visit) -> tuple[ItemId, ...]:
    return visit.refused(visit.search(slate.recomm_id))


def _at(parts: Sequence[T], number: str) -> T:
    """The part that a button names by its number. RequestError where there is none."""
    if not _NUMBER.fullmatch(number) or int(number) >= len(parts):
        raise gone()
    return parts[int(number)]


def gone() -> RequestError:
    """The error of a button that the answer does not have."""
    return RequestError(
        "the button is none of this answer's; open the answer again and press one of its own", code="request.button"
    )


# --- what is recorded -------------------------------------------------------------------------------------------------


def shown(unit: Unit, slate: Slate) -> None:
    """Records which items a Slate showed for the first time in its visit, and what it asked."""
    events = [_event("shown", slate, place.item) for place in slate.places]
    if slate.asked and slate.asked.question:
        events.append(_event("asked", slate, comment=slate.asked.question.field))
    add_events(unit, events, replace=False)


def led(unit: Unit, slate: Slate, before: Slate, visit: Visit, how: str) -> None:
    """Records how a Slate came of the one before it, as that one came in the visit, if there is something to say."""
    way = visit.led.get(before.recomm_id, Led()).on(how, before)
    if way.how:
        add_events(unit, [_event("led", slate, comment=str(way))], replace=False)


def anew(unit: Unit, slate: Slate) -> None:
    """Records that with a Slate a search for something else began."""
    add_events(unit, [_event("led", slate, comment=str(Led("new", search=slate.recomm_id)))], replace=False)


def decide(unit: Unit, slate: Slate, place: Place, kind: str, comment: str = "") -> None:
    """Records a yes, maybe or no in the place of what was said of the item before, which then counts nowhere.

    The same said again stays as it was; only another comment takes the place of the one before. A no to one item is not
    the same as that none of five fit.
    """
    if kind not in DECISIONS:
        raise gone()
    said = _event(kind, slate, place.item, comment)
    for before in _forget(unit, slate, place.item):
        if before.kind == kind and before.comment != MISFIT:
            said = replace(before, comment=said.comment or before.comment)
    add_events(unit, [said])


def undo(unit: Unit, slate: Slate, place: Place) -> None:
    """Takes back what was said of an item, and records that. However late it comes, no experiment counts that then."""
    said = _forget(unit, slate, place.item)
    if said:
        add_events(unit, [_event("undone", slate, place.item, said[-1].kind)])


def misfit(unit: Unit, slate: Slate) -> None:
    """Records that none of a Slate's items fit, but those that a yes or a maybe was said of."""
    visit = so_far(unit, slate.request.visit)
    decided = visit.said(visit.search(slate.recomm_id))
    left = [place.item for place in slate.places if place.item not in decided]
    add_events(unit, [_event("no", slate, item, MISFIT) for item in left])


def refit(unit: Unit, slate: Slate) -> None:
    """Takes back that none of a Slate's items fit, of all of which that was said together there."""
    decided = so_far(unit, slate.request.visit).decided
    for place in slate.places:
        said = decided.get(place.item)
        if said and said.misfit and said.recomm_id == slate.recomm_id:
            undo(unit, slate, place)


def answer(unit: Unit, slate: Slate, visit: Visit, request: Request) -> None:
    """Records that a Slate's question was answered, in the place of an earlier answer. request: what came of it."""
    if slate.asked and slate.asked.question:
        told = request.told[-1]
        chosen = told.condition or told.kind
        if chosen or slate.recomm_id not in visit.skipped:  # then own words are no answer to it
            add_events(unit, [_event("answered", slate, comment=chosen or OWN)])


def skip(unit: Unit, slate: Slate) -> None:
    """Records that a Slate's question does not matter, in the place of an earlier answer.

    RequestError for a Slate that asked nothing.
    """
    if slate.asked is None or slate.asked.question is None:
        raise gone()
    add_events(unit, [_event("answered", slate, comment=ANY)])


def note(unit: Unit, slate: Slate, kind: str, items: Sequence[ItemId] = ()) -> None:
    """Records something that is no decision, the first time it happens: seen and opened of items, left."""
    add_events(unit, [_event(kind, slate, item) for item in items or (ItemId(slate.recomm_id),)], replace=False)


def untold(unit: Unit, slate: Slate, kind: str, items: Sequence[ItemId]) -> list[ItemId]:
    """Those of the items of which `note` has not recorded this yet."""
    told = {event.item for event in unit.events.find(kind=kind, user=_user(slate), n=MOST)[0]} if items else set()
    return [item for item in items if item not in told]


def rate(unit: Unit, slate: Slate, ratings: Mapping[str, bool]) -> None:
    """Records answers to the two questions; none: that they were skipped."""
    given = [replace(_event(kind, slate), value=float(yes)) for kind, yes in ratings.items() if kind in RATINGS]
    add_events(unit, given or [_event(RATINGS[-1], slate)])


def _forget(unit: Unit, slate: Slate, item: ItemId) -> list[Event]:
    return [event for kind in DECISIONS for event in unit.events.remove(kind, _user(slate), item)]


def _user(slate: Slate) -> UserId:
    return UserId(slate.request.visit or slate.recomm_id)


def _event(kind: str, slate: Slate, item: ItemId | None = None, comment: str = "") -> Event:
    now = datetime.now(UTC)
    start = (began(slate.request.visit) if slate.request.visit else None) or slate.created
    said, _ = printable(comment)
    return Event(
        kind,
        _user(slate),
        ItemId(slate.recomm_id) if item is None else item,
        now,
        slate.recomm_id,
        round(max(0.0, (now - start).total_seconds()), 3),
        said[:COMMENT],
    )
