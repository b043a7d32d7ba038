"""What came in: pages, what was rejected, and which items are hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update

from firstfive.store.packing import mapping, micros, moment, pack_text, several, squeeze, unsqueeze
from firstfive.store.session import Session, chunks, place
from firstfive.store.tables import BODIES, COUNTERS, HIDDEN, MAPPINGS, PAGES, REJECTED, insert
from firstfive.types import ItemId, Page, Rejected

OUTCOMES = ("new", "changed", "same", "revived")

_AMONG = PAGES.c.id.in_(bindparam("among", expanding=True))
_KNOWN = select(PAGES).where(_AMONG)
_NUMBERS = select(PAGES.c.id, PAGES.c.number).where(_AMONG)
_HEAD = insert(PAGES)
_HEAD = _HEAD.on_conflict_do_update(
    index_elements=["id"], set_={name: _HEAD.excluded[name] for name in ("digest", "seen", "live", "source", "line")}
)
_BODY = insert(BODIES)
_BODY = _BODY.on_conflict_do_update(
    index_elements=["page"],
    set_={name: _BODY.excluded[name] for name in ("media", "title", "site", "fields", "packed", "body")},
)
_RETIRE = update(PAGES).where(PAGES.c.live, PAGES.c.seen <= bindparam("since")).values(live=False)
_RETIRE_THESE = update(PAGES).where(PAGES.c.live, _AMONG).values(live=False)
_WHOLE = select(PAGES.c.id, PAGES.c.source, PAGES.c.line, BODIES).join(BODIES, BODIES.c.page == PAGES.c.number)
_LIVE = _WHOLE.where(PAGES.c.live, PAGES.c.id > bindparam("after")).order_by(PAGES.c.id)
_COUNT = select(func.count().label("n")).select_from(PAGES).where(PAGES.c.live)
_FIRST_SEEN = select(PAGES.c.id, PAGES.c.first_seen).where(PAGES.c.live, PAGES.c.first_seen.is_not(None))
_FIRST_SEEN_SINCE = _FIRST_SEEN.where(PAGES.c.first_seen > bindparam("since"))
_ONE = _WHOLE.where(PAGES.c.live, PAGES.c.id == bindparam("id"))

_MAPPING = select(MAPPINGS.c.columns).where(MAPPINGS.c.source == bindparam("source"))
_MAP = insert(MAPPINGS)
_MAP = _MAP.on_conflict_do_update(index_elements=["source"], set_={"columns": _MAP.excluded["columns"]})

_REJECT = insert(REJECTED)
_CLEAR = delete(REJECTED).where(REJECTED.c.source == bindparam("source"))
_REJECTED = select(REJECTED).order_by(REJECTED.c.number)
_REJECTED_PAGE = _REJECTED.where(REJECTED.c.number > bindparam("after")).limit(bindparam("n"))
_REJECTED_COUNT = select(func.count().label("n")).select_from(REJECTED)

_HIDE = insert(HIDDEN).on_conflict_do_nothing()
_SHOW = delete(HIDDEN).where(HIDDEN.c.item == bindparam("item"))
_ALL_HIDDEN = select(HIDDEN.c.item)

_COUNTER = select(COUNTERS.c.value).where(COUNTERS.c.name == bindparam("name"))
_STEP = insert(COUNTERS).values(name=bindparam("name"), value=1)
_STEP = _STEP.on_conflict_do_update(index_elements=["name"], set_={"value": COUNTERS.c.value + 1})


def counter(session: Session, name: str) -> int:
    """Where a counter stands; 0 before its first step."""
    row = session.one(_COUNTER, {"name": name})
    return int(row.value) if row else 0


def step(session: Session, name: str) -> int:
    """Raises a counter by one; where it stands then."""
    session.run(_STEP, {"name": name})
    return counter(session, name)


class SqlPages:
    """Pages in two tables: heads, which an import reads and marks, and bodies."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, pages: Sequence[Page]) -> Mapping[str, int]:
        """A page that comes twice in one call counts twice, and its last body stays."""
        counts = dict.fromkeys(OUTCOMES, 0)
        seen = counter(self._session, "marks") + 1
        for chunk in chunks(pages):
            self._put(chunk, seen, counts)
        return counts

    def _put(self, pages: Sequence[Page], seen: int, counts: dict[str, int]) -> None:
        before = {row.id: row for row in self._session.among(_KNOWN, list({page.id for page in pages}))}
        digests = {row.id: row.digest for row in before.values()}
        retired = {row.id for row in before.values() if not row.live}
        heads: dict[ItemId, dict[str, Any]] = {}
        changed: dict[ItemId, Page] = {}
        for page in pages:
            digest, known = page.digest, digests.get(page.id)
            counts[_outcome(known, digest, page.id in retired)] += 1
            if known != digest:
                changed[page.id] = page
            digests[page.id] = digest
            retired.discard(page.id)
            heads[page.id] = _head(page, digest, seen)
        moved = [head for head in heads.values() if not _stands(before.get(head["id"]), head)]
        now = micros(datetime.now(UTC))  # of a page that is there already the first time stays
        self._session.change(_HEAD, [{**head, "first_seen": now} for head in moved])
        numbers = {row.id: row.number for row in self._session.among(_NUMBERS, list(changed))}
        self._session.change(_BODY, [_body(numbers[page.id], page) for page in changed.values()])

    def retire_unseen(self, since: int) -> int:
        """Reads every page's head, no body."""
        return self._session.change(_RETIRE, {"since": since})

    def mark(self) -> int:
        """Every mark is above the last."""
        return step(self._session, "marks")

    def live(self, after: str = "") -> Iterator[Page]:
        """One page is in memory at a time."""
        return (_page(row) for row in self._session.stream(_LIVE, {"after": after}))

    def count(self) -> int:
        """Reads every page's head, no body: 60 ms for a million."""
        row = self._session.one(_COUNT)
        return int(row.n) if row else 0

    def get(self, item: ItemId) -> Page | None:
        """The live page."""
        row = self._session.one(_ONE, {"id": item})
        return _page(row) if row else None

    def first_seen(self, since: datetime | None = None) -> Mapping[ItemId, datetime]:
        """Reads every page's head, no body."""
        given = {"since": micros(since)} if since else {}
        rows = self._session.stream(_FIRST_SEEN_SINCE if since else _FIRST_SEEN, given)
        return {ItemId(row.id): moment(row.first_seen) for row in rows}

    def mapping(self, source: str) -> Mapping[str, Sequence[str]] | None:
        """The columns by what they hold."""
        row = self._session.one(_MAPPING, {"source": source})
        return several(row.columns) if row else None

    def map(self, source: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Replaces what was kept."""
        self._session.run(_MAP, {"source": source, "columns": pack_text(dict(columns))})

    def retire(self, items: Sequence[ItemId]) -> int:
        """How many were live."""
        return sum(self._session.change(_RETIRE_THESE, {"among": chunk}) for chunk in chunks(items))


def _outcome(known: str | None, digest: str, retired: bool) -> str:
    if known is None:
        return "new"
    if retired:
        return "revived"
    return "same" if known == digest else "changed"


def _head(page: Page, digest: str, seen: int) -> dict[str, Any]:
    place = {"source": page.source, "line": page.line}
    return {"id": page.id, "digest": digest, "seen": seen, "live": True, **place}


def _stands(row: Row[Any] | None, head: Mapping[str, Any]) -> bool:
    return row is not None and all(row._mapping[name] == value for name, value in head.items())


def _body(number: int, page: Page) -> dict[str, Any]:
    packed, body = squeeze(page.body)
    return {
        "page": number,
        "media": page.media,
        "title": page.title,
        "site": page.site,
        "fields": pack_text(dict(page.fields)),
        "packed": packed,
        "body": body,
    }


def _page(row: Row[Any]) -> Page:
    body, fields = unsqueeze(row.packed, row.body), mapping(row.fields)
    return Page(ItemId(row.id), row.media, row.title, body, fields, row.site, row.source, row.line)


class SqlQuarantine:
    """Rows that could not be used, in the order they came."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rejected: Sequence[Rejected]) -> None:
        """Stores them."""
        self._session.change(
            _REJECT,
            [
                {"source": r.source, "line": r.line, "reason": r.reason, "advice": r.advice, "excerpt": r.excerpt}
                for r in rejected
            ],
        )

    def clear(self, source: str) -> None:
        """Forgets one source's."""
        self._session.run(_CLEAR, {"source": source})

    def all(self) -> Iterator[Rejected]:
        """As a stream."""
        return map(_rejected, self._session.stream(_REJECTED))

    def page(self, after: str, n: int) -> tuple[Sequence[Rejected], str]:
        """RequestError for a cursor that no call gave."""
        rows = self._session.rows(_REJECTED_PAGE, {"after": place(after) if after else 0, "n": n + 1})
        return [_rejected(row) for row in rows[:n]], str(rows[n - 1].number) if len(rows) > n > 0 else ""

    def count(self) -> int:
        """From an index alone."""
        row = self._session.one(_REJECTED_COUNT)
        return int(row.n) if row else 0


def _rejected(row: Row[Any]) -> Rejected:
    return Rejected(row.source, row.line, row.reason, row.advice, row.excerpt)


class SqlHidden:
    """Items withdrawn at once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, items: Sequence[ItemId], hidden: bool) -> int:
        """How many items this changed."""
        changed = self._session.change(_HIDE if hidden else _SHOW, [{"item": item} for item in items])
        if changed:
            step(self._session, "hidden")
        return changed

    def all(self) -> frozenset[ItemId]:
        """Every hidden item."""
        return frozenset(ItemId(row.item) for row in self._session.rows(_ALL_HIDDEN))

    def version(self) -> int:
        """0 before the first change."""
        return counter(self._session, "hidden")
