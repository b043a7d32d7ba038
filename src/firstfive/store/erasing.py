"""What erasing removes: for each table the rows that belong to a user, to a request, or to a time.

Answers and events come before the Slates that say whose they are, so that a cut-off erasure can be done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Delete, Table, delete, or_, select

from firstfive.store.packing import micros
from firstfive.store.tables import ANSWERS, EVENTS, SLATES, USERS
from firstfive.types import RecommId, UserId

MOST = 1000
"""Rows that one transaction erases: other writers get their turn in between."""

PERSONAL: tuple[tuple[Table, str], ...] = ((ANSWERS, "created"), (EVENTS, "at"), (SLATES, "created"))
"""Tables with a user, a recomm_id and a time, in the order of erasing."""


def statements(user: UserId | None, request: RecommId | None, before: datetime | None) -> Iterator[tuple[str, Delete]]:
    """(table, statement): each statement is to be repeated until it finds nothing more."""
    for table, time in PERSONAL:
        belongs: list[ColumnElement[bool]] = []
        if user is not None:
            belongs += [table.c.user == user]
        if user is not None and table is not SLATES:
            belongs += [table.c.recomm_id.in_(select(SLATES.c.recomm_id).where(SLATES.c.user == user))]
        if request is not None:
            belongs += [table.c.recomm_id == request]
        if before is not None:
            belongs += [table.c[time] < micros(before)]
        yield table.name, _some(table, table.c.number, or_(*belongs))
    if user is not None:
        yield USERS.name, _some(USERS, USERS.c.id, USERS.c.id == user)


def _some(table: Table, key: Column[object], belongs: ColumnElement[bool]) -> Delete:
    return delete(table).where(key.in_(select(key).where(belongs).limit(MOST)))
