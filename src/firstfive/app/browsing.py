"""Use case: look through the catalogue of the Release in use, and at one item beside the page that it came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np

from firstfive import guard
from firstfive.app.cleaning_report import Change, changed
from firstfive.ask import read
from firstfive.build import clean
from firstfive.errors import IndexFileError, NotFound, RequestError
from firstfive.rank import parse_filter
from firstfive.types import Doc, ItemId, Request

if TYPE_CHECKING:
    from firstfive.app.recommend import Recommender
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.types import Item, Mask, Page

FOUND = 100
"""Items that a search gives at most: it ranks, and nobody reads on."""
COMPARED = 60_000
"""Characters of page and text together up to which their difference is worked out."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some items in order: by id, or best first where words were searched. matching: how many there are in all."""

    items: tuple[Item, ...]
    hidden: frozenset[ItemId]
    matching: int
    cursor: str = ""


def browse(
    project: Project,
    recommender: Recommender,
    *,
    words: str = "",
    condition: str = "",
    only: str = "",
    after: str = "",
    n: int = 50,
) -> Shelf:
    """Items of the Release in use, hidden ones and near-copies too.

    words: an item's id, or what to search for, which gives FOUND at most. condition: in the filter language; an item
    must state that it fits. only: a name of ONLY. Raises RequestError, and IndexFileError index.missing.
    """
    serving = recommender.serving
    with project.store.read() as unit:
        hidden = unit.hidden.all()
    among = _among(serving, hidden, condition, only)
    if words.strip():
        found = _search(serving, words.strip(), among)
        return Shelf(tuple(map(serving.catalogue.item, found[:n])), hidden, len(found))
    places = np.flatnonzero(among)
    start = int(np.searchsorted(places, _following(serving, after))) if after else 0
    shown = places[start : start + n].tolist()
    cursor = serving.catalogue.id(shown[-1]) if shown and len(places) > start + n else ""
    return Shelf(tuple(map(serving.catalogue.item, shown)), hidden, len(places), cursor)


def _among(serving: Serving, hidden: frozenset[ItemId], condition: str, only: str) -> Mask:
    """(items,): those that fit the condition and are of the kind."""
    fits = ONLY[only](serving, hidden)
    if condition.strip():
        fits = fits & parse_filter(condition).allowed(serving.catalogue.columns(), len(serving.catalogue)).yes
    return fits


def _hidden(serving: Serving, hidden: frozenset[ItemId]) -> Mask:
    places = (serving.catalogue.position(item) for item in hidden)
    mask = np.zeros(len(serving.catalogue), dtype=bool)
    mask[[place for place in places if place is not None]] = True
    return mask


Kind: TypeAlias = "Callable[[Serving, frozenset[ItemId]], Mask]"

ONLY: Mapping[str, Kind] = {
    "": lambda serving, _: np.ones(len(serving.catalogue), dtype=bool),
    "copies": lambda serving, _: serving.heads != np.arange(len(serving.heads)),
    "hidden": _hidden,
}
"""Kinds of items: every item, those that nearly repeat another one, and those withdrawn from answers."""


def _following(serving: Serving, after: str) -> int:
    """The first position whose id comes after this one, which need not be there any more."""

    def key(position: int) -> bytes:
        return serving.catalogue.id(position).encode("utf-8", "surrogatepass")

    return bisect_right(range(len(serving.catalogue)), after.encode("utf-8", "surrogatepass"), key=key)


def _search(serving: Serving, words: str, among: Mask) -> list[int]:
    """Positions, best first: the item of this id, then what the channels find together."""
    own = serving.catalogue.position(ItemId(words))
    first = [own] if own is not None and among[own] else []
    try:
        query = serving.query_text(read(Request(words, FOUND)))
    except RequestError:
        if first:
            return first
        raise
    ranked = serving.retrieve(replace(query, among=among)).positions.tolist()
    return [*first, *(place for place in ranked if place not in first)][:FOUND]


# --- one item ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Examined:
    """An item and where it comes from. page None: it was withdrawn or retired. item None: it waits for a build.

    source: the page's readable text, tags and all where it is no HTML. changes: the parts that make it the item's text;
    none where both are too long to be compared. removed: what cleaning took out, as a count by kind; None where only a
    model's part is kept. copies: the other items that say nearly the same, the one that is shown for all of them first.
    """

    id: ItemId
    page: Page | None
    item: Item | None
    hidden: bool
    source: str = ""
    changes: tuple[Change, ...] = ()
    removed: Mapping[str, int] | None = None
    copies: tuple[ItemId, ...] = ()


def examine(project: Project, recommender: Recommender, wanted: ItemId) -> Examined:
    """An item of the Release in use, or a page that waits for the next build. Raises NotFound not_found.item."""
    item, copies = _built(recommender, wanted)
    with project.store.read() as unit:
        page, hidden = unit.pages.get(wanted), wanted in unit.hidden.all()
        doc = _doc(unit, item) if item else None
    if page is None and item is None:
        raise NotFound(f"no item has the id {wanted!r}, in the Release in use or waiting for a build; check it")
    source = _readable(page) if page else ""
    text = item.text if item else ""
    near = len(source) + len(text) <= COMPARED
    changes = tuple(changed(source, text)) if page and item and near else ()
    return Examined(wanted, page, item, hidden, source, changes, doc.removed if doc else None, copies)


def _built(recommender: Recommender, wanted: ItemId) -> tuple[Item | None, tuple[ItemId, ...]]:
    try:
        serving = recommender.serving
    except IndexFileError:
        return None, ()
    place = serving.catalogue.position(wanted)
    if place is None:
        return None, ()
    same = np.flatnonzero(serving.heads == serving.heads[place]).tolist()
    others = [int(one) for one in same if one != place]
    head = int(serving.heads[place])
    others.sort(key=lambda one: (one != head, one))
    return serving.catalogue.item(place), tuple(map(serving.catalogue.id, islice(others, FOUND)))


def _doc(unit: Unit, item: Item) -> Doc | None:
    """The Doc that the item was made from, where rules made it."""
    payload = unit.ledger.get([item.stamp]).get(item.stamp)
    try:
        return clean.decode(Doc, payload) if payload else None
    except msgspec.MsgspecError:
        return None


def _readable(page: Page) -> str:
    """A page's text before it is cleaned: of HTML all that a browser shows, a line a block."""
    if page.media == "html":
        return "\n".join(block.text for block in clean.parsed_page(page).blocks)
    return guard.decode(page.body).strip()
