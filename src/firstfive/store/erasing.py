"""What erasing removes: for each table the rows that belong to a user, to a request, or to a time.

Replies, labels, judgements, answers, events and amendments come before the Slates that say whose they are, so that an
erasure that was cut off can be done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from sqlalchemy import Column, ColumnElement, Delete, Table, and_, bindparam, delete, func, or_, select, update

from firstfive.ports import words_of
from firstfive.store.charging import PASSING, account_of
from firstfive.store.packing import MICROSECOND, micros, pack_text, slate, words
from firstfive.store.replies import SqlReplies
from firstfive.store.session import Session, chunks
from firstfive.store.tables import (
    ACCOUNTS,
    AMENDMENTS,
    ANSWERS,
    BATCH_JOBS,
    EVENTS,
    GRADES,
    JUDGED,
    PAIRS,
    REPLIES,
    RESERVATIONS,
    SLATES,
    USERS,
)
from firstfive.types import RecommId, UserId

MOST = 1000
"""Rows that one transaction erases: other writers get their turn in between."""

REPLIED_BEFORE = timedelta(hours=1)
"""How long before a Slate is stored the first of its models' replies can have been: for those of unknown words."""

PERSONAL: tuple[tuple[Table, str], ...] = (
    (ANSWERS, "created"),
    (EVENTS, "at"),
    (AMENDMENTS, "created"),
    (SLATES, "created"),
)
"""Tables with a recomm_id, a time and most of them a user, in the order of erasing."""

Work: TypeAlias = Callable[[Session], int]


def works(user: UserId | None, request: RecommId | None, before: datetime | None) -> Iterator[tuple[str, Work]]:
    """(table, work): each gives how many rows it erased, and is to be repeated while that is `MOST`."""
    yield REPLIES.name, partial(_erase_replies, _theirs(user, request), before)
    for table in (GRADES, PAIRS, JUDGED):
        yield table.name, partial(_erase_judged, table, user, request, before)
    for table, time in PERSONAL:
        belongs: list[ColumnElement[bool]] = []
        if user is not None and "user" in table.c:
            belongs += [table.c.user == user]
        if user is not None and table is not SLATES:
            belongs += [table.c.recomm_id.in_(select(SLATES.c.recomm_id).where(SLATES.c.user == user))]
        if request is not None:
            belongs += [table.c.recomm_id == request]
        if before is not None:
            belongs += [table.c[time] < micros(before)]
        yield table.name, _change(_some(table, table.c.number, or_(*belongs)))
    if user is not None:
        yield ACCOUNTS.name, partial(_erase_account, account_of(user))
        yield USERS.name, _change(_some(USERS, USERS.c.id, USERS.c.id == user))
    if before is not None:
        yield ACCOUNTS.name, _change(_some(ACCOUNTS, ACCOUNTS.c.name, _passed(before)))
        done = and_(BATCH_JOBS.c.state != "submitted", BATCH_JOBS.c.created < micros(before))
        yield BATCH_JOBS.name, _change(_some(BATCH_JOBS, BATCH_JOBS.c.id, done))


def _some(table: Table, key: Column[object], belongs: ColumnElement[bool], most: int = MOST) -> Delete:
    return delete(table).where(key.in_(select(key).where(belongs).limit(most)))


def _change(statement: Delete) -> Work:
    return lambda session: session.change(statement)


# --- replies ----------------------------------------------------------------------------------------------------------


def _theirs(user: UserId | None, request: RecommId | None) -> ColumnElement[bool] | None:
    """The Slates that go; None: those of a time alone."""
    asked: list[ColumnElement[bool]] = []
    if user is not None:
        asked += [SLATES.c.user == user]
    if request is not None:
        asked += [SLATES.c.recomm_id == request]
    return or_(*asked) if asked else None


def _erase_replies(theirs: ColumnElement[bool] | None, before: datetime | None, session: Session) -> int:
    left = MOST
    for belongs in _replies(theirs, before, session):
        if left:
            left -= SqlReplies(session).erase(_some(REPLIES, REPLIES.c.number, belongs, left))
    return MOST - left


def _replies(
    theirs: ColumnElement[bool] | None, before: datetime | None, session: Session
) -> Iterator[ColumnElement[bool]]:
    """Replies with the words of a Slate that goes. Where whose they are is not known: all since the first of these."""
    if theirs is not None:
        yield from (REPLIES.c.about.in_(some) for some in chunks(_abouts(theirs, session)))
        first = select(func.min(SLATES.c.created)).where(theirs).scalar_subquery()
        yield and_(REPLIES.c.about.is_(None), REPLIES.c.created >= first - REPLIED_BEFORE // MICROSECOND)
    if before is not None:
        yield REPLIES.c.created < micros(before)


def _abouts(theirs: ColumnElement[bool], session: Session) -> list[str]:
    """What stands for the words of the Slates that go."""
    rows = session.rows(select(SLATES.c.body).where(theirs))
    return sorted({words_of(slate(row.body).request.text) for row in rows})


# --- labels and judgements --------------------------------------------------------------------------------------------


def _erase_judged(
    table: Table, user: UserId | None, request: RecommId | None, before: datetime | None, session: Session
) -> int:
    """Of a request: what has its id or its words. Labels go with their pairs, and before them."""
    of = PAIRS if table is GRADES else table
    left = MOST
    for belongs in _judged(of, user, request, before, session):
        if left:
            theirs = GRADES.c.pair.in_(select(PAIRS.c.number).where(belongs)) if table is GRADES else belongs
            left -= session.change(_some(table, table.c.number, theirs, left))
    return MOST - left


def _judged(
    table: Table, user: UserId | None, request: RecommId | None, before: datetime | None, session: Session
) -> Iterator[ColumnElement[bool]]:
    if (slates := _theirs(user, request)) is not None:
        yield from (table.c.about.in_(some) for some in chunks(_abouts(slates, session)))
        yield table.c.recomm_id.in_(select(SLATES.c.recomm_id).where(slates))
    if request is not None:
        yield table.c.recomm_id == request
    if before is not None:
        yield table.c.created < micros(before)


# --- accounts ---------------------------------------------------------------------------------------------------------


def _passed(before: datetime) -> ColumnElement[bool]:
    """Accounts of days, runs and users, where nothing is set aside."""
    passing = or_(*(ACCOUNTS.c.name.startswith(prefix, autoescape=True) for prefix in PASSING))
    return and_(passing, ACCOUNTS.c.used < micros(before), ACCOUNTS.c.open_nano == 0, ACCOUNTS.c.open_tokens == 0)


def _erase_account(name: str, session: Session) -> int:
    """The account, and its name in reservations of calls on their way: these are charged to the others alone."""
    for row in session.rows(select(RESERVATIONS)):
        named = words(row.accounts)
        if name in named:
            others = [other for other in named if other != name]
            change = update(RESERVATIONS).where(RESERVATIONS.c.number == bindparam("open"))
            session.run(change.values(accounts=pack_text(others)), {"open": row.number})
    return session.change(delete(ACCOUNTS).where(ACCOUNTS.c.name == name))
