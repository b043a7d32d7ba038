"""What is about people: Slates and what came after them, events and users."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, or_, select, tuple_

from firstfive.store import packing
from firstfive.store.packing import micros, moment, pack, pack_text
from firstfive.store.session import Session, chunks, place
from firstfive.store.tables import AMENDMENTS, EVENTS, SLATES, USERS, insert
from firstfive.types import Amendment, Event, ItemId, RecommId, Slate, User, UserId

_ADD_SLATE = insert(SLATES)
_SLATE = select(SLATES.c.body).where(SLATES.c.recomm_id == bindparam("recomm_id"))
_KNOWN = select(SLATES.c.recomm_id).where(SLATES.c.recomm_id.in_(bindparam("among", expanding=True)))
_LAST = select(func.max(SLATES.c.created).label("created"))

_AMEND = insert(AMENDMENTS).on_conflict_do_nothing()
_AMENDMENT = select(AMENDMENTS.c.body).where(AMENDMENTS.c.recomm_id == bindparam("recomm_id"))
_THERE = select(SLATES.c.number).where(SLATES.c.recomm_id == bindparam("recomm_id"))

_CONTENT = ("at", "recomm_id", "value", "comment")
_KEEP_EVENT = insert(EVENTS).on_conflict_do_nothing()
_ADD_EVENT = insert(EVENTS)
_ADD_EVENT = _ADD_EVENT.on_conflict_do_update(
    index_elements=["user", "item", "kind"],
    set_={name: _ADD_EVENT.excluded[name] for name in _CONTENT},
    where=or_(*(EVENTS.c[name].is_distinct_from(_ADD_EVENT.excluded[name]) for name in _CONTENT)),
)
_DROP_EVENTS = delete(EVENTS).where(EVENTS.c.number.in_(bindparam("among", expanding=True)))
_DROP_EVENTS_OF = delete(EVENTS).where(EVENTS.c.user == bindparam("id"))

_PUT_USER = insert(USERS)
_PUT_USER = _PUT_USER.on_conflict_do_update(
    index_elements=["id"], set_={name: _PUT_USER.excluded[name] for name in ("labels", "subscribe", "comment")}
)
_USER = select(USERS).where(USERS.c.id == bindparam("id"))
_USERS = select(USERS).where(USERS.c.id > bindparam("after")).order_by(USERS.c.id).limit(bindparam("n"))
_DROP_USER = delete(USERS).where(USERS.c.id == bindparam("id"))


def slates_of(user: UserId) -> ColumnElement[bool]:
    """A user's Slates, or a visit's: in one of a seeker who is known again these are under another name."""
    return or_(SLATES.c.user == user, SLATES.c.visit == user)


class SqlSlates:
    """Answers as given: one JSON body, and the columns that they are found by."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, slate: Slate) -> None:
        """StoreError for a recomm_id that is there already."""
        visit = slate.request.visit
        values = {
            "recomm_id": slate.recomm_id,
            "user": slate.request.user,
            "created": micros(slate.created),
            "release": slate.release,
            "body": pack(slate),
            "visit": visit if visit != str(slate.request.user) else None,
        }
        self._session.run(_ADD_SLATE, values)

    def get(self, recomm_id: RecommId) -> Slate | None:
        """The Slate as it was added."""
        row = self._session.one(_SLATE, {"recomm_id": recomm_id})
        return packing.slate(row.body) if row else None

    def known(self, recomm_ids: Collection[RecommId]) -> set[RecommId]:
        """By the index of ids: no Slate is read."""
        return {RecommId(row.recomm_id) for row in self._session.among(_KNOWN, sorted(recomm_ids))}

    def page(self, after: str, n: int, user: UserId | None = None) -> tuple[Sequence[Slate], str]:
        """In the order they were stored, backwards. RequestError for a cursor that no call gave."""
        found = select(SLATES.c.number, SLATES.c.body).order_by(SLATES.c.number.desc()).limit(n + 1)
        if user is not None:
            found = found.where(slates_of(user))
        if after:
            found = found.where(SLATES.c.number < place(after))
        rows = self._session.rows(found)
        return [packing.slate(row.body) for row in rows[:n]], str(rows[n - 1].number) if len(rows) > n > 0 else ""

    def last_at(self) -> datetime | None:
        """The newest Slate's time."""
        row = self._session.one(_LAST)
        return moment(row.created) if row and row.created is not None else None


class SqlAmendments:
    """Reasons that came after an answer was given."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, amendment: Amendment) -> bool:
        """False where there is one already, or no such Slate."""
        if self._session.one(_THERE, {"recomm_id": amendment.recomm_id}) is None:
            return False
        row = {
            "recomm_id": amendment.recomm_id,
            "created": micros(amendment.created),
            "body": pack(amendment),
        }
        return self._session.change(_AMEND, [row]) > 0

    def get(self, recomm_id: RecommId) -> Amendment | None:
        """The amendment as it was added."""
        row = self._session.one(_AMENDMENT, {"recomm_id": recomm_id})
        return packing.amendment(row.body) if row else None


class SqlEvents:
    """What users did, in the order in which each (kind, user, item) first came."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, events: Sequence[Event], *, replace: bool = True) -> int:
        """How many were new or changed."""
        return self._session.change(_ADD_EVENT if replace else _KEEP_EVENT, [_event_row(event) for event in events])

    def find(
        self,
        *,
        kind: str | None = None,
        user: UserId | None = None,
        item: ItemId | None = None,
        without: Collection[str] = (),
        after: str = "",
        n: int = 100,
        newest: bool = False,
    ) -> tuple[Sequence[Event], str]:
        """RequestError for a cursor that no call gave."""
        asked = {"kind": kind, "user": user, "item": item}
        number = EVENTS.c.number
        found = select(EVENTS).order_by(number.desc() if newest else number).limit(n + 1)
        found = found.where(*(EVENTS.c[name] == value for name, value in asked.items() if value is not None))
        if without:
            found = found.where(EVENTS.c.kind.not_in(sorted(without)))
        if after:
            found = found.where(number < place(after) if newest else number > place(after))
        rows = self._session.rows(found)
        return [_event(row) for row in rows[:n]], str(rows[n - 1].number) if len(rows) > n > 0 else ""

    def since(
        self,
        at: datetime,
        after: str = "",
        n: int = 100,
        *,
        newest: bool = False,
        until: datetime | None = None,
        of_slates: bool = False,
    ) -> tuple[Sequence[Event], str]:
        """By an index of times. RequestError for a cursor that no call gave."""
        time, number, start = EVENTS.c.at, EVENTS.c.number, micros(at)
        order = (time.desc(), number.desc()) if newest else (time, number)
        found = select(EVENTS).where(time >= start).order_by(*order).limit(n + 1)
        if until is not None:
            found = found.where(time <= micros(until))
        if of_slates:
            found = found.where(EVENTS.c.recomm_id.is_not(None))
        if after:
            later, _, last = after.partition(".")
            row, end = tuple_(time, number), (start + place(later), place(last))
            found = found.where(row < end if newest else row > end)
        rows = self._session.rows(found)
        cursor = f"{rows[n - 1].at - start}.{rows[n - 1].number}" if len(rows) > n > 0 else ""
        return [_event(row) for row in rows[:n]], cursor

    def remove(self, kind: str | None, user: UserId, item: ItemId) -> Sequence[Event]:
        """What was there."""
        found = select(EVENTS).where(EVENTS.c.user == user, EVENTS.c.item == item).order_by(EVENTS.c.number)
        rows = self._session.rows(found if kind is None else found.where(EVENTS.c.kind == kind))
        for chunk in chunks([row.number for row in rows]):
            self._session.run(_DROP_EVENTS, {"among": chunk})
        return [_event(row) for row in rows]


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "user": event.user,
        "item": event.item,
        "at": micros(event.at),
        "recomm_id": event.recomm_id,
        "value": event.value,
        "comment": event.comment,
    }


def _event(row: Row[Any]) -> Event:
    recomm_id = None if row.recomm_id is None else RecommId(row.recomm_id)
    at = moment(row.at)
    return Event(row.kind, UserId(row.user), ItemId(row.item), at, recomm_id, row.value, row.comment)


class SqlUsers:
    """Users as clients described them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, users: Sequence[User]) -> int:
        """How many were given."""
        rows = [
            {
                "id": user.id,
                "labels": pack_text(user.labels),
                "subscribe": pack_text(user.subscribe),
                "comment": user.comment,
            }
            for user in users
        ]
        self._session.change(_PUT_USER, rows)
        return len(rows)

    def get(self, user: UserId) -> User | None:
        """The user, where described."""
        row = self._session.one(_USER, {"id": user})
        return _user(row) if row else None

    def page(self, after: str, n: int) -> tuple[Sequence[User], str]:
        """The cursor is the last user's id."""
        rows = self._session.rows(_USERS, {"after": after, "n": n + 1})
        return [_user(row) for row in rows[:n]], rows[n - 1].id if len(rows) > n > 0 else ""

    def remove(self, user: UserId) -> bool:
        """Whether there was a description or feedback."""
        return sum(self._session.change(statement, {"id": user}) for statement in (_DROP_EVENTS_OF, _DROP_USER)) > 0


def _user(row: Row[Any]) -> User:
    return User(UserId(row.id), packing.words(row.labels), packing.words(row.subscribe), row.comment)
