"""The studio's trial: a request with everything that happened to it. Nothing of it is stored.

The form is posted, so that words which may be personal stand in no address and no log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from firstfive.app.model_steps import dial
from firstfive.app.trying import SHOWN_OF_EACH, Stood, Tried, Way, try_request
from firstfive.errors import FirstFiveError, RequestError
from firstfive.ports import Payer
from firstfive.server.calls import BUILT, Call, Reply, always, form_of
from firstfive.server.problems import headers
from firstfive.server.studio.frame import HOME, TWINS, View, answered, done, seen, to
from firstfive.server.studio.tables import Cell, Column, Link, Table
from firstfive.types import Place, Request

HERE = f"{HOME}/try"
SPEEDS: Mapping[str, str] = {
    "fast": "no model",
    "balanced": "a model scores the first few",
    "best": "a model scores more, and gives the reasons",
}
STAGES: Mapping[str, str] = {
    "open": "looked whether another Release was put in use",
    "read": "cleaned the request and found the wishes in it",
    "wait": "waited for a turn at the processor",
    "embed": "made vectors of the request and its wishes, and worked out what the filter allows",
    "words": "searched words, stemmed",
    "chars": "searched pieces of 4 characters",
    "whole": "searched the meaning of whole texts",
    "passages": "searched the meaning of single passages",
    "own": "searched your own vectors",
    "fuse": "put the channels together: the weighted sum of their scores",
    "told": "moved items that answers speak for, and the request's own numbers or refusals",
    "guard": "dropped what is hidden or excluded",
    "copies": "kept one of each copy",
    "pieces": "compared the request with the first items word by word",
    "learned": "moved items that others said yes or no to at requests like this one",
    "taste": "moved the first items by what this person said yes and no to before, by a few places at most",
    "denied": "lowered items that say no to what the request wants",
    "lacking": "raised items that say they have not what the request refuses",
    "refused": "moved items that have what the request does not want behind all others",
    "rerank": "let a model score the first items, and moved each by a few places at most",
    "diversify": "kept near-repeats of a place from taking the next one",
    "explore": "left some of the first places to chance",
    "cut": "kept as many as are shown",
    "explain": "found words of the request and of the item that meet",
    "reasons": "let a model find those words",
    "ask": "worked out how sure the answer is, and what to ask next",
    "interleave": "waited for the other Release of an experiment, and drafted the two answers into one",
    "store": "kept the answer",
}
"""What each stage did, in words."""


def ask(call: Call) -> Reply:
    """The form."""
    return answered(call, _view(call, {}))


def tried(call: Call) -> Reply:
    """The form with its answer and how it came about."""
    call.kept = True  # nothing is stored, not even under an Idempotency-Key
    fields = form_of(call.body)
    try:
        request = Request(fields.get("text", ""), _number(fields.get("n", "5")), fields.get("filter", ""))
        request = replace(request, scenario="studio")
        wanted = dial(call.service.project.settings.models, _speed(fields.get("speed", "fast")))
        payer = Payer(key=call.key.id if call.key else None)
        found = try_request(call.service.recommender, request, wanted, payer=payer)
    except RequestError as error:
        if call.param("as") != "html":
            raise
        return _refused(call, fields, error)
    return answered(call, _view(call, fields, found))


def _refused(call: Call, fields: Mapping[str, str], error: FirstFiveError) -> Reply:
    """The form with what was sent, and what to do."""
    answer = answered(call, replace(_view(call, fields), message=str(error), status=error.status))
    return replace(answer, headers={**headers(error), **answer.headers})


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100):
        raise RequestError(f"n is {text[:20]!r}; it is how many items are shown, from 1 to 100")
    return int(text)


def _speed(text: str) -> str:
    if text not in SPEEDS:
        raise RequestError(f"speed is {text[:20]!r}; it is one of {', '.join(SPEEDS)}")
    return text


def _view(call: Call, fields: Mapping[str, str], found: Tried | None = None) -> View:
    asked = {"text": "", "filter": "", "n": "5", "speed": "fast", **fields}
    speeds = SPEEDS if call.service.project.settings.models.llm else {}
    tables = tuple(_tables(found)) if found else ()
    slate = found.slate if found else None
    more = {"release": slate.release, "notes": slate.notes, "cost_usd": slate.cost_usd} if slate else {}
    return View("try.html", "Try a request", tables, {"asked": asked, "slate": slate, "speeds": speeds}, more)


# --- what is told of an answer ----------------------------------------------------------------------------------------


ITEM = (Column("title", "Item", "title"), Column("item", "Item's id", "code"))


def _item(one: Place | Way | Stood) -> tuple[Cell, Cell]:
    return Link(one.title or one.item, to("items", one.item)), one.item


def _tables(found: Tried) -> Iterator[Table]:
    yield Table("places", "What is shown, and why", *_places(found), empty="Nothing was found.")
    yield Table("read", "What was read of the request", READ, list(_read(found)), empty="It wishes for nothing.")
    yield Table("answer", "The whole answer", WHOLE, list(_whole(found)))
    yield Table(
        "stages",
        "Where items stood after each stage",
        (*ITEM, *(Column(name, name, "number") for name in found.left)),
        [(*_item(way), *way.places.values()) for way in found.ways],
        about=f"Every item that was among the first {SHOWN_OF_EACH} somewhere on the way; – is: not there any more.",
    )
    for name, stood in found.found.items():
        yield Table(
            f"found_{name}",
            f"What {name} found",
            (Column("place", "No.", "number"), *ITEM, Column("score", "Score", "number", 3)),
            [(one.place, *_item(one), one.score) for one in stood],
            about=f"It {STAGES[name]}.",
        )
    yield Table("timings", "Milliseconds", TIMES, list(_times(found)))


def _places(found: Tried) -> tuple[tuple[Column, ...], list[tuple[Cell, ...]]]:
    channels = list(found.found)
    columns = (
        Column("place", "No.", "number"),
        *ITEM,
        Column("score", "Score", "number", 3),
        Column("said", "The request says"),
        Column("says", "The item says", "title"),
        Column("likeness", "Likeness", "number", 2),
        Column("by", "Reason by"),
        Column("mismatch", "Against it"),
        Column("way", "Its way"),
        Column("checks", "Checks"),
        *(Column(name, name, "number", 2) for name in channels),
    )
    return columns, [_place(place, channels) for place in found.slate.places]


def _place(place: Place, channels: list[str]) -> tuple[Cell, ...]:
    reason = place.reason
    return (
        place.place,
        *_item(place),
        place.score,
        reason.said.text if reason else None,
        reason.says.told if reason else None,
        reason.score if reason else None,
        (reason.by or "rule") if reason else "no words meet",
        _against(place),
        way(place.stages),
        "; ".join(place.checks) or None,
        *(place.channels.get(name) for name in channels),
    )


def _against(place: Place) -> str | None:
    """A wish that the item denies or does not mention."""
    if place.mismatch is None:
        return None
    said, says = place.mismatch.said.text, place.mismatch.says
    return f"{said}: it says {says.told}" if says else f"{said}: not mentioned"


def way(stages: Mapping[str, int]) -> str:
    """The place after each stage that moved the item: "fuse 4, pieces 2 (up 2)"."""
    told, before = [], 0
    for name, place in stages.items():
        if place != before:
            moved = f" ({'up' if place < before else 'down'} {abs(before - place)})" if before else ""
            told.append(f"{name} {place}{moved}")
        before = place
    return ", ".join(told)


READ = (Column("wish", "Wish"), Column("wanted", "Wanted"), Column("read", "Read as", "code"))


def _read(found: Tried) -> Iterator[tuple[Cell, ...]]:
    yield from ((one.wish, "refused" if one.refused else "wanted", one.read_as) for one in found.read)


WHOLE = (Column("what", "What"), Column("value", "Value", "long"))


def _whole(found: Tried) -> Iterator[tuple[str, Cell]]:
    slate = found.slate
    yield "Release", Link(slate.release, to("releases", slate.release))
    yield "milliseconds", round(sum(slate.timings_ms.values()), 1)
    yield "left after each stage", ", ".join(f"{name} {n}" for name, n in found.left.items())
    if slate.asked:
        yield "wishes", "; ".join(wish.meant or wish.text for wish in slate.asked.wishes)
        yield "strength of the description", slate.asked.strength.level
        yield "chance of a match among these", slate.asked.chance
        question = slate.asked.question
        yield "question that would help most", (question.field or "a phrase") if question else None
    yield "models", ", ".join(slate.models) or "none took part"
    yield "prompts", ", ".join(slate.prompts) or None
    yield "cost in US dollars", round(slate.cost_usd, 6)
    yield "model's answers recorded", slate.recorded
    yield "said to the seeker", " ".join(slate.notes) or None


TIMES = (Column("stage", "Stage"), Column("ms", "Milliseconds", "number", 2), Column("what", "What it did", "long"))


def _times(found: Tried) -> Iterator[tuple[Cell, ...]]:
    for name, took_ms in found.slate.timings_ms.items():
        yield name, round(took_ms, 3), STAGES.get(name)


ROUTES = (
    seen(HERE, ask, "Try a request"),
    done(HERE, tried, "Try a request, and see every stage", params=TWINS, errors=BUILT, searches=always),
)
