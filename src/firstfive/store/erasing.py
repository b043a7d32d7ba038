"""What erasing removes: for each table the rows that belong to a user, to a request, or to a time.

Replies, labels, judgements, answers, events and amendments come before the Slates that say whose they are, so that an
erasure that was cut off can be done again. What was added to a Slate meanwhile goes in one transaction with it, and a
Slate that a user got meanwhile with the user.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from sqlalchemy import Column, ColumnElement, Delete, Table, and_, bindparam, delete, func, or_, select, update

from firstfive.ports import words_of
from firstfive.store.charging import PASSING, account_of
from firstfive.store.packing import MICROSECOND, micros, pack_text, slate, words
from firstfive.store.people import slates_of
from firstfive.store.replies import SqlReplies
from firstfive.store.session import Session, chunks
from firstfive.store.tables import (
    ACCOUNTS,
    AMENDMENTS,
    ANSWERS,
    BATCH_JOBS,
    COUNTERS,
    EVENTS,
    GRADES,
    JUDGED,
    PAIRS,
    REPLIES,
    RESERVATIONS,
    SLATES,
    USERS,
    insert,
)
from firstfive.types import RecommId, UserId

MOST = 1000
"""Rows of a table that one transaction erases: other writers get their turn in between."""

REPLIED_BEFORE = timedelta(hours=1)
"""How long before a Slate is stored the first of its models' replies can have been: for those of unknown words."""

PERSONAL: tuple[tuple[Table, str], ...] = ((ANSWERS, "created"), (EVENTS, "at"), (AMENDMENTS, "created"))
"""Tables with the recomm_id of a Slate, a time and some of them a user."""

_OWED = "erasures_to_finish"
_OWE = insert(COUNTERS).on_conflict_do_nothing()

Work: TypeAlias = Callable[[Session], Counter[str]]


def works(
    user: UserId | None, request: RecommId | None, before: datetime | None, words: str | None = None
) -> Iterator[Work]:
    """Steps of erasing. Each returns the number of erased rows by table, and is repeated while one is `MOST`."""
    theirs = _theirs(user, request)
    yield partial(_erase_replies, theirs, before, words)
    for table in (PAIRS, JUDGED):
        yield partial(_erase_judged, table, theirs, request, before)
    for table, time in PERSONAL:
        belongs: list[ColumnElement[bool]] = []
        if user is not None and "user" in table.c:
            belongs += [table.c.user == user]
        if user is not None:
            belongs += [table.c.recomm_id.in_(select(SLATES.c.recomm_id).where(slates_of(user)))]
        if request is not None:
            belongs += [table.c.recomm_id == request]
        if before is not None:
            belongs += [table.c[time] < micros(before)]
        if belongs:
            yield partial(_change, table, _some(table, table.c.number, or_(*belongs)))
    if theirs is not None:
        yield partial(_erase_slates, theirs)
    if user is not None:
        yield partial(_erase_account, account_of(user))
        yield partial(_erase_user, user)
    if before is not None:
        yield partial(_change, SLATES, _some(SLATES, SLATES.c.number, SLATES.c.created < micros(before)))
        yield partial(_change, ACCOUNTS, _some(ACCOUNTS, ACCOUNTS.c.name, _passed(before)))
        done = and_(BATCH_JOBS.c.state != "submitted", BATCH_JOBS.c.created < micros(before))
        yield partial(_change, BATCH_JOBS, _some(BATCH_JOBS, BATCH_JOBS.c.id, done))


def owing(work: Work, session: Session) -> Counter[str]:
    """Does the work; where it erases something, notes that the file is still to be written anew."""
    gone = work(session)
    if any(gone.values()):
        session.run(_OWE, {"name": _OWED, "value": 1})
    return gone


def owes(session: Session) -> bool:
    """Whether an erasure removed rows and did not come to its end since."""
    return session.one(select(COUNTERS.c.value).where(COUNTERS.c.name == _OWED)) is not None


def settle(session: Session) -> None:
    """Notes that the file and the log are clear of what was erased."""
    session.run(delete(COUNTERS).where(COUNTERS.c.name == _OWED))


def _erase_slates(theirs: ColumnElement[bool], session: Session) -> Counter[str]:
    """The Slates, and first what was added to them since the works before looked: little, as a rule."""
    numbers = [row.number for row in session.rows(select(SLATES.c.number).where(theirs).limit(MOST))]
    gone = Counter({SLATES.name: 0})
    for some in chunks(numbers):
        these = SLATES.c.number.in_(some)
        added: list[Work] = [partial(_erase_replies, these, None, None)]
        added += [partial(_erase_judged, table, these, None, None) for table in (PAIRS, JUDGED)]
        for table, _ in PERSONAL:
            of_them = table.c.recomm_id.in_(select(SLATES.c.recomm_id).where(these))
            added += [partial(_change, table, _some(table, table.c.number, of_them))]
        gone.update(_all_of(added, session))
        gone.update(_change(SLATES, delete(SLATES).where(these), session))
    return gone


def _erase_user(user: UserId, session: Session) -> Counter[str]:
    """What a client said of the user, and first what came under that name since the works before looked."""
    added: list[Work] = [partial(_erase_slates, slates_of(user))]
    theirs = [(table, table.c.user == user) for table, _ in PERSONAL if "user" in table.c]
    added += [partial(_change, table, _some(table, table.c.number, belongs)) for table, belongs in theirs]
    gone = _all_of(added, session)
    gone.update(_change(USERS, delete(USERS).where(USERS.c.id == user), session))
    return gone


def _all_of(added: Sequence[Work], session: Session) -> Counter[str]:
    """Does each of these until there is nothing left to do."""
    gone = Counter[str]()
    for work in added:
        while any((more := work(session)).values()):
            gone.update(more)
    return gone


def _some(table: Table, key: Column[object], belongs: ColumnElement[bool], most: int = MOST) -> Delete:
    return delete(table).where(key.in_(select(key).where(belongs).limit(most)))


def _change(table: Table, statement: Delete, session: Session) -> Counter[str]:
    return Counter({table.name: session.change(statement)})


# --- replies ----------------------------------------------------------------------------------------------------------


def _theirs(user: UserId | None, request: RecommId | None) -> ColumnElement[bool] | None:
    """The Slates that go; None: those of a time alone."""
    asked: list[ColumnElement[bool]] = []
    if user is not None:
        asked += [slates_of(user)]
    if request is not None:
        asked += [SLATES.c.recomm_id == request]
    return or_(*asked) if asked else None


def _erase_replies(
    theirs: ColumnElement[bool] | None, before: datetime | None, words: str | None, session: Session
) -> Counter[str]:
    left = MOST
    for belongs in _replies(theirs, before, words, session):
        if left:
            left -= SqlReplies(session).erase(_some(REPLIES, REPLIES.c.number, belongs, left))
    return Counter({REPLIES.name: MOST - left})


def _replies(
    theirs: ColumnElement[bool] | None, before: datetime | None, words: str | None, session: Session
) -> Iterator[ColumnElement[bool]]:
    """Replies with the words of a Slate that goes. Where whose they are is not known: all since the first of these."""
    if theirs is not None:
        yield from (REPLIES.c.about.in_(some) for some in chunks(_abouts(theirs, session)))
        first = select(func.min(SLATES.c.created)).where(theirs).scalar_subquery()
        yield and_(REPLIES.c.about.is_(None), REPLIES.c.created >= first - REPLIED_BEFORE // MICROSECOND)
    if before is not None:
        yield REPLIES.c.created < micros(before)
    if words is not None:
        yield REPLIES.c.about == words


def _abouts(theirs: ColumnElement[bool], session: Session) -> list[str]:
    """What stands for the words of the Slates that go."""
    rows = session.rows(select(SLATES.c.body).where(theirs))
    return sorted({words_of(slate(row.body).request.text) for row in rows})


# --- labels and judgements --------------------------------------------------------------------------------------------


def _erase_judged(
    table: Table,
    theirs: ColumnElement[bool] | None,
    request: RecommId | None,
    before: datetime | None,
    session: Session,
) -> Counter[str]:
    """Of a request: what has its id or its words. Labels go with their pairs: another could get a pair's number."""
    gone = Counter({table.name: 0})
    for belongs in _judged(table, theirs, request, before, session):
        if left := MOST - gone[table.name]:
            some = select(table.c.number).where(belongs).order_by(table.c.number).limit(left)
            if table is PAIRS:
                gone.update(_change(GRADES, delete(GRADES).where(GRADES.c.pair.in_(some)), session))
            gone.update(_change(table, delete(table).where(table.c.number.in_(some)), session))
    return gone


def _judged(
    table: Table,
    theirs: ColumnElement[bool] | None,
    request: RecommId | None,
    before: datetime | None,
    session: Session,
) -> Iterator[ColumnElement[bool]]:
    if theirs is not None:
        yield from (table.c.about.in_(some) for some in chunks(_abouts(theirs, session)))
        yield table.c.recomm_id.in_(select(SLATES.c.recomm_id).where(theirs))
    if request is not None:
        yield table.c.recomm_id == request
    if before is not None:
        yield table.c.created < micros(before)


# --- accounts ---------------------------------------------------------------------------------------------------------


def _passed(before: datetime) -> ColumnElement[bool]:
    """Accounts of days, runs and users, where nothing is set aside."""
    passing = or_(*(ACCOUNTS.c.name.startswith(prefix, autoescape=True) for prefix in PASSING))
    return and_(passing, ACCOUNTS.c.used < micros(before), ACCOUNTS.c.open_nano == 0, ACCOUNTS.c.open_tokens == 0)


def _erase_account(name: str, session: Session) -> Counter[str]:
    """The account, and its name in reservations of calls on their way: these are charged to the others alone."""
    for row in session.rows(select(RESERVATIONS)):
        named = words(row.accounts)
        if name in named:
            others = [other for other in named if other != name]
            change = update(RESERVATIONS).where(RESERVATIONS.c.number == bindparam("open"))
            session.run(change.values(accounts=pack_text(others)), {"open": row.number})
    return _change(ACCOUNTS, delete(ACCOUNTS).where(ACCOUNTS.c.name == name), session)
