"""The studio's items: the catalogue to browse, filter and search, and one item beside the page it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta
from starlette.requests import Request

from firstfive.app.browsing import Examined, browse, examine
from firstfive.errors import RequestError
from firstfive.guard import decode, printable
from firstfive.server.calls import BUILT, CURSOR, Call, Param, Reply
from firstfive.server.studio.frame import HOME, View, answered, onward, seen, to
from firstfive.server.studio.tables import Cell, Column, Link, Table, clipped
from firstfive.types import Fact, Item, ItemId

Rows = Annotated[int, Meta(ge=1, le=500)]
Line = Annotated[str, Meta(max_length=4000)]
N = Param("n", Rows, 50, "How many rows.")
WORDS = Param("q", Line, "", "Words to search for, or an item's id.")
FILTER = Param("filter", Line, "", "A condition in the filter language that items must state.")
KIND = Param(
    "only", Literal["", "copies", "hidden"], "", "copies: items that nearly repeat another one; hidden: withdrawn ones."
)
CORRECT = "Correct the search above."
OPENING = 200
"""Characters of an item's text in the list, in the twins too: the item's own page has the whole."""
RAW = 20_000
"""Characters of a page's source that are shown."""

COLUMNS = (
    Column("item", "Item", "code"),
    Column("title", "Title", "title"),
    Column("opening", "Text", "long"),
    Column("facts", "Facts", "number"),
    Column("copy_of", "Repeats", "code"),
    Column("hidden", "Hidden"),
)
ONLY_SAID = {"": "all items", "copies": "near-copies", "hidden": "hidden items"}


def shelf(call: Call) -> Reply:
    """Items in the order of their ids, or those that words find, best first."""
    words, condition, only = (call.param(name) for name in ("q", "filter", "only"))
    try:
        found = browse(
            call.service.project,
            call.service.recommender,
            words=words,
            condition=condition,
            only=only,
            after=call.param("cursor"),
            n=call.param("n"),
        )
    except RequestError as wrong:
        if call.param("as") != "html":
            raise
        return answered(
            call, _shelf_view(call, Table("items", "Items", COLUMNS, (), CORRECT), str(wrong), wrong.status)
        )
    rows = [_row(item, hidden=item.id in found.hidden) for item in found.items]
    counted = f"{found.matching:,}" if len(rows) == found.matching else f"{len(rows):,} of {found.matching:,}"
    table = Table(
        "items",
        f"{counted} {ONLY_SAID[only].removeprefix('all ')}",
        COLUMNS,
        rows,
        empty="No item fits. Take a part of the search away.",
        cursor=found.cursor,
        onward=onward(call.request, found.cursor),
    )
    return answered(call, _shelf_view(call, table))


def _shelf_view(call: Call, table: Table, message: str = "", status: int = 200) -> View:
    asked = {name: call.param(name) for name in ("q", "filter", "only")}
    values = {"asked": asked, "kinds": ONLY_SAID}
    return View("items.html", "Items", (table,), values, message=message, status=status)


def _row(item: Item, *, hidden: bool) -> tuple[Cell, ...]:
    copy = Link(item.copy_of, to("items", item.copy_of)) if item.copy_of else None
    opening = clipped(" ".join(item.text[: 2 * OPENING].split()), OPENING)
    return (Link(item.id, to("items", item.id)), item.title, opening, len(item.facts), copy, hidden)


def with_words(request: Request) -> bool:
    """Whether a call searches."""
    return bool(request.query_params.get(WORDS.name))


# --- one item ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. facts: the numbers of those it states; begun, ended: of those that begin and end with it."""

    text: str
    facts: tuple[int, ...] = ()
    begun: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()


def marked(text: str, facts: Sequence[Fact]) -> Iterator[Piece]:
    """The text in pieces, cut wherever a fact's span begins or ends. Facts are numbered from 1 as they come."""
    spans = {number: fact.span for number, fact in enumerate(facts, 1) if fact.span and fact.span.end <= len(text)}
    cuts = sorted({0, len(text), *(place for span in spans.values() for place in span)})
    for start, end in pairwise(cuts):
        yield Piece(
            text[start:end],
            tuple(number for number, span in spans.items() if span.start <= start and end <= span.end),
            tuple(number for number, span in spans.items() if span.start == start),
            tuple(number for number, span in spans.items() if span.end == end),
        )


def item(call: Call) -> Reply:
    """One item: its source with what cleaning took away, its text with its facts marked, its fields and copies."""
    found = examine(call.service.project, call.service.recommender, ItemId(call.path("item_id")))
    item = found.item
    facts = item.facts if item else ()
    values = {
        "found": found,
        "pieces": list(marked(item.text, facts)) if item else [],
        "raw": printable(decode(found.page.body[: 4 * RAW]))[0][:RAW] if found.page else "",
        "cut": found.page is not None and len(found.page.body) > RAW,
    }
    tables = (_facts(item, facts), _fields(found), _removed(found), _copies(found))
    said = {"title": item.title if item else "", "text": item.text if item else "", "source": found.source}
    more = {"item": found.id, "hidden": found.hidden, **said}
    title = item.title if item else found.page.title if found.page else ""
    return answered(call, View("item.html", title or found.id, tables, values, more))


FACTS = (
    Column("n", "No.", "code"),
    Column("name", "Fact"),
    Column("value", "Value"),
    Column("how", "How"),
    Column("confidence", "Confidence", "number", 2),
    Column("by", "By"),
    Column("start", "From", "number"),
    Column("end", "To", "number"),
    Column("words", "Words that say so", "long"),
)


def _facts(item: Item | None, facts: Sequence[Fact]) -> Table:
    text = item.text if item else ""
    rows: list[tuple[Cell, ...]] = []
    for number, fact in enumerate(facts, 1):
        start, end = fact.span or (None, None)
        words = text[start:end] if fact.span else None
        mark = Link(str(number), f"#fact-{number}", number) if fact.span else number
        rows.append((mark, fact.name, told(fact.value), fact.how, fact.confidence, fact.by, start, end, words))
    empty = "No fact was drawn out of it. The section [facts] in firstfive.toml says which to look for."
    return Table("facts", "Facts", FACTS, rows, empty)


def _fields(found: Examined) -> Table:
    came = found.page.fields if found.page else {}
    typed = found.item.fields if found.item else {}
    rows = [(name, told(typed.get(name)), came.get(name)) for name in sorted({*came, *typed})]
    columns = (Column("name", "Field"), Column("value", "Typed, for filters"), Column("came_as", "As it came"))
    return Table("fields", "Fields", columns, rows, "It has no fields.")


def _removed(found: Examined) -> Table:
    rows = [(KINDS.get(kind, kind), kind, n) for kind, n in (found.removed or {}).items()]
    columns = (Column("what", "What"), Column("kind", "Kind", "code"), Column("count", "How many", "number"))
    empty = "Nothing was taken out." if found.removed is not None else "It is not kept what was taken out."
    return Table("removed", "What cleaning took out", columns, rows, empty)


def _copies(found: Examined) -> Table:
    head = found.item.copy_of if found.item else None
    rows = [(Link(one, to("items", one)), "for all of them" if one == head else None) for one in found.copies]
    columns = (Column("item", "Item", "code"), Column("shown", "Shown"))
    return Table("copies", "Near-copies", columns, rows, "No other item says nearly the same.")


def told(value: object) -> Cell:
    """A field's or fact's value as one cell."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | float | bool) else None


KINDS = {
    "around": "lines around the page's own text: navigation, headers, footers, lists of links",
    "boilerplate": "lines that stand on many pages of the site",
    "navigation": "lines that lead about the site: menus, cookies, the imprint",
    "bidi": "characters that turn the direction of writing",
    "comment": "comments in the page's source",
    "control": "control characters",
    "form": "forms, buttons, frames and media",
    "hidden": "parts that no reader sees",
    "mojibake": "texts in a wrong encoding, mended",
    "noncharacter": "code points that are no characters",
    "nul": "NUL characters",
    "private_use": "characters without a meaning of their own",
    "script": "scripts and styles",
    "surrogate": "halves of characters",
    "tag": "invisible tag characters",
    "zero_width": "characters without any width",
}
"""What cleaning takes out, in words."""

ROUTES = (
    seen(
        f"{HOME}/items",
        shelf,
        "Browse, filter and search items",
        params=(WORDS, FILTER, KIND, N, CURSOR),
        errors=BUILT,
        searches=with_words,
    ),
    seen(f"{HOME}/items/{{item_id}}", item, "One item beside its source", errors=("not_found.item",)),
)
