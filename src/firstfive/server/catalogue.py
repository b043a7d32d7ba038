"""Items through the API: each becomes a Page, and is in the answers after the next build; hiding acts at once.

An item's categories, labels and timestamp are fields of its Page; see `firstfive.server.labels`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import msgspec
from starlette.requests import Request

from firstfive.app.record import put_items, remove_item
from firstfive.errors import FirstFiveError, NotFound
from firstfive.guard import storable
from firstfive.ports import Unit
from firstfive.server import labels
from firstfive.server.calls import BUILT, CURSOR, ROWS, Call, Param, Reply, Route, json_reply
from firstfive.server.moments import as_written
from firstfive.server.service import Service
from firstfive.server.shapes import N_SHOWN, Item, ItemIterator, ItemPatch, Items, StoredItem, Success, Word
from firstfive.types import ItemId, Page

TITLE_AT_MOST = 120
API = "http"
"""The source of pages whose labels came through the API as any JSON. Where it is "api" they came as words."""
QUERY = Param("q", Word, "", f"Only items that match these words, best first, {N_SHOWN} at most.")


# --- items and pages --------------------------------------------------------------------------------------------------


def page_of(item: Item) -> Page:
    """The Page that an item is kept as."""
    comment = storable(item.comment)
    fields = {
        "categories": as_field(item.categories),
        "timestamp": as_written(item.timestamp),
    }
    # A label of such a name counts only where the item does not say it itself.
    kept = labels.fields_of(item.labels) | stated(fields)
    title = storable(item.title) or comment.partition("\n")[0].strip()[:TITLE_AT_MOST]
    return Page(ItemId(item.item_id), "text", title, comment.encode(), kept, source=API)


def stated(fields: Mapping[str, str | None]) -> dict[str, str]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def as_field(words: Sequence[str] | None) -> str | None:
    """A list of words as a field's text."""
    return None if words is None else labels.as_text(words)


def as_list(value: object) -> list[str]:
    """A field's text as the list that `as_field` made it from."""
    if isinstance(value, str):
        try:
            return msgspec.json.decode(value, type=list[str])
        except msgspec.DecodeError:
            return [value]
    return [str(one) for one in value] if isinstance(value, Sequence) else []


def item_of(service: Service, page: Page, hidden: bool) -> StoredItem:
    """A Page in Gorse's shape."""
    said = said_itself(page.fields)
    return StoredItem(
        page.id,
        hidden,
        as_list(said["categories"]) if "categories" in said else None,
        said.get("timestamp", ""),
        labels_of(page, {name: text for name, text in page.fields.items() if name not in said}),
        text_of(service, page),
        page.title,
    )


def said_itself(fields: Mapping[str, str]) -> dict[str, str]:
    """Of a page's fields the categories and the timestamp of the item itself, which are no labels."""
    said = {name: fields[name] for name in ("categories", "timestamp") if name in fields}
    return {name: text for name, text in said.items() if not labels.is_entry(text)}


def labels_of(page: Page, fields: Mapping[str, str]) -> object:
    """The labels as they were sent; the fields of an imported page as they stand in its file."""
    if page.source == API:
        return labels.of_fields(fields)
    return as_list(fields[labels.WHOLE]) if labels.WHOLE in fields else dict(fields) or None


def text_of(service: Service, page: Page) -> str:
    """A page's text: as it came, or as it was cleaned where it came as HTML and is built."""
    if page.media == "text":
        return page.body.decode("utf-8", "replace")
    try:
        return service.recommender.item(page.id).text
    except FirstFiveError:
        return ""


# --- routes -----------------------------------------------------------------------------------------------------------


def put(call: Call) -> Reply:
    """Adds or replaces one item."""
    return insert(call, [call.read(Item)])


def put_many(call: Call) -> Reply:
    """Adds or replaces items; of two with one id the last counts."""
    return insert(call, call.read(Items))


def insert(call: Call, items: Sequence[Item]) -> Reply:
    """Stores items in one commit."""
    pages = {item.item_id: page_of(item) for item in items}
    hidden = {item.item_id: item.is_hidden for item in items}

    def work(unit: Unit) -> Reply:
        put_items(unit, list(pages.values()), hidden)
        return json_reply(Success(len(items)))

    return call.commit(work)


def get(call: Call) -> Reply:
    """One item as it stands in the catalogue."""
    with call.service.project.store.read() as unit:
        page = found(unit, ItemId(call.path("item_id")))
        hidden = page.id in unit.hidden.all()
    return json_reply(item_of(call.service, page, hidden))


def found(unit: Unit, item: ItemId) -> Page:
    """The live page of an item. NotFound where there is none."""
    page = unit.pages.get(item)
    if page is None:
        raise NotFound("no item has this id; GET /api/items lists them")
    return page


def listed(call: Call) -> Reply:
    """A page of the catalogue by id, or the items that match some words."""
    n, after = call.param("n"), call.param("cursor")
    matching = matches(call, call.param("q"), min(n, N_SHOWN))
    with call.service.project.store.read() as unit:
        if matching is None:
            pages = list(islice(unit.pages.live(after), n + 1))
        else:
            pages = [page for page in (unit.pages.get(item) for item in matching) if page]
        hidden = unit.hidden.all()
    cursor = pages[n - 1].id if len(pages) > n else ""
    items = [item_of(call.service, page, page.id in hidden) for page in pages[:n]]
    return json_reply(ItemIterator(cursor, items))


def with_words(request: Request) -> bool:
    """Whether a call of `listed` searches."""
    return bool(request.query_params.get(QUERY.name))


def matches(call: Call, query: str, n: int) -> list[ItemId] | None:
    """Ids of the items that match a query; None without one. Stores nothing."""
    if not query.strip():
        return None
    (_, ranking), *_ = call.service.recommender.many([("q", query)], n)
    return [item for item, _ in ranking]


def change(call: Call) -> Reply:
    """Changes what the patch names. Hiding acts at once, the rest at the next build."""
    patch, item = call.read(ItemPatch), ItemId(call.path("item_id"))

    def work(unit: Unit) -> Reply:
        page = found(unit, item)
        hidden = page.id in unit.hidden.all() if patch.is_hidden is None else patch.is_hidden
        put_items(unit, [patched(page, patch)], {page.id: hidden})
        return json_reply(Success(1))

    return call.commit(work)


def patched(page: Page, patch: ItemPatch) -> Page:
    """A page with a patch applied."""
    changes: dict[str, Any] = {}
    fields = dict(page.fields)
    if patch.categories is not None:
        fields["categories"] = as_field(patch.categories) or ""
    if patch.timestamp is not None:
        fields["timestamp"] = as_written(patch.timestamp) or ""
    if patch.labels is not None:
        fields, changes["source"] = labels.fields_of(patch.labels) | said_itself(fields), API
    if patch.comment is not None:
        changes |= {"media": "text", "body": storable(patch.comment).encode()}
    if patch.title is not None:
        changes["title"] = storable(patch.title)
    return replace(page, **changes, fields=fields)


def remove(call: Call) -> Reply:
    """Withdraws an item at once and leaves it out of the next build."""
    item = ItemId(call.path("item_id"))
    return call.commit(lambda unit: json_reply(Success(remove_item(unit, item))))


def add_category(call: Call) -> Reply:
    """Puts an item into a category."""
    return categorise(call, present=True)


def remove_category(call: Call) -> Reply:
    """Takes an item out of a category."""
    return categorise(call, present=False)


def categorise(call: Call, *, present: bool) -> Reply:
    """Changes one of an item's categories."""
    item, category = ItemId(call.path("item_id")), call.path("category")

    def work(unit: Unit) -> Reply:
        page = found(unit, item)
        others = [one for one in as_list(said_itself(page.fields).get("categories", ())) if one != category]
        patch = ItemPatch(categories=[*others, category] if present else others)
        unit.pages.put([patched(page, patch)])
        return json_reply(Success(1))

    return call.commit(work)


MISSING = ("not_found.item",)
CATEGORY = "/api/item/{item_id}/category/{category}"

ROUTES = (
    Route("POST", "/api/item", put, "Add or replace an item", "app", Item, Success, tag="items"),
    Route("POST", "/api/items", put_many, "Add or replace items", "app", Items, Success, tag="items"),
    Route(
        "GET",
        "/api/items",
        listed,
        "List or search items",
        "reader",
        None,
        ItemIterator,
        (ROWS, CURSOR, QUERY),
        BUILT,
        tag="items",
        searches=with_words,
    ),
    Route("GET", "/api/item/{item_id}", get, "Get an item", "reader", None, StoredItem, errors=MISSING, tag="items"),
    Route(
        "PATCH",
        "/api/item/{item_id}",
        change,
        "Change or hide an item",
        "app",
        ItemPatch,
        Success,
        errors=MISSING,
        tag="items",
    ),
    Route("DELETE", "/api/item/{item_id}", remove, "Withdraw an item", "app", None, Success, tag="items"),
    Route(
        "PUT", CATEGORY, add_category, "Put an item into a category", "app", None, Success, errors=MISSING, tag="items"
    ),
    Route(
        "DELETE",
        CATEGORY,
        remove_category,
        "Take an item out of a category",
        "app",
        None,
        Success,
        errors=MISSING,
        tag="items",
    ),
)
