"""The Store over a database: units, reads, group commit and erasing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Connection, Transaction

from firstfive.errors import FirstFiveError, RequestError, SettingsError, StoreError
from firstfive.observe import log
from firstfive.ports import Store, Unit
from firstfive.store.access import SqlIdempotency, SqlKeys
from firstfive.store.border import FOREIGN
from firstfive.store.catalogue import SqlHidden, SqlPages, SqlQuarantine
from firstfive.store.erasing import MOST, owes, owing, settle, works
from firstfive.store.experiments import SqlExperiments
from firstfive.store.jobs import SqlBatchJobs, SqlLabels
from firstfive.store.judging import SqlJudgements, SqlPairs
from firstfive.store.limits import SqlLimits
from firstfive.store.made import SqlLedger, SqlReleases
from firstfive.store.measured import SqlMeasurements
from firstfive.store.migrations import migrate
from firstfive.store.people import SqlAmendments, SqlEvents, SqlSlates, SqlUsers
from firstfive.store.replies import SqlReplies
from firstfive.store.session import Session
from firstfive.store.spending import SqlSpending
from firstfive.store.sqlite import BUSY_S, SCRUB_STEP_S, Sqlite, empty_log, raw, rewrite, wait_since
from firstfive.store.turns import Job, Turns
from firstfive.types import RecommId, UserId

FILE = "firstfive.db"

Out = TypeVar("Out")

TOGETHER = 200
"""Works in one commit."""

INTERRUPTED = "the thread that wrote this was interrupted; whether it is stored is not known: look before trying again"


class SqlUnit:
    """Every aggregate, through one session."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def pages(self) -> SqlPages:
        """The catalogue as it came in."""
        return SqlPages(self._session)

    @property
    def quarantine(self) -> SqlQuarantine:
        """Rows that could not be used."""
        return SqlQuarantine(self._session)

    @property
    def ledger(self) -> SqlLedger:
        """Made records by stamp."""
        return SqlLedger(self._session)

    @property
    def releases(self) -> SqlReleases:
        """Which Releases were built, and which one is in use."""
        return SqlReleases(self._session)

    @property
    def slates(self) -> SqlSlates:
        """Answers as given."""
        return SqlSlates(self._session)

    @property
    def amendments(self) -> SqlAmendments:
        """Reasons that came after an answer was given."""
        return SqlAmendments(self._session)

    @property
    def events(self) -> SqlEvents:
        """What users did."""
        return SqlEvents(self._session)

    @property
    def users(self) -> SqlUsers:
        """Users as clients described them."""
        return SqlUsers(self._session)

    @property
    def keys(self) -> SqlKeys:
        """Access keys."""
        return SqlKeys(self._session)

    @property
    def idempotency(self) -> SqlIdempotency:
        """Answers by Idempotency-Key."""
        return SqlIdempotency(self._session)

    @property
    def hidden(self) -> SqlHidden:
        """Items withdrawn at once."""
        return SqlHidden(self._session)

    @property
    def spending(self) -> SqlSpending:
        """What models cost."""
        return SqlSpending(self._session)

    @property
    def limits(self) -> SqlLimits:
        """Requests and tokens per minute."""
        return SqlLimits(self._session)

    @property
    def replies(self) -> SqlReplies:
        """Models' replies by stamp."""
        return SqlReplies(self._session)

    @property
    def batch_jobs(self) -> SqlBatchJobs:
        """Batch jobs."""
        return SqlBatchJobs(self._session)

    @property
    def labels(self) -> SqlLabels:
        """Which version of a prompt carries which label."""
        return SqlLabels(self._session)

    @property
    def pairs(self) -> SqlPairs:
        """The sample that people label, and their labels."""
        return SqlPairs(self._session)

    @property
    def judgements(self) -> SqlJudgements:
        """What models said as judges, and how their trials ended."""
        return SqlJudgements(self._session)

    @property
    def experiments(self) -> SqlExperiments:
        """Experiments with seekers."""
        return SqlExperiments(self._session)

    @property
    def measurements(self) -> SqlMeasurements:
        """What was measured."""
        return SqlMeasurements(self._session)


class SqlStore:
    """One writing connection, taken in turns, and a pool of reading ones. Safe to use from many threads."""

    def __init__(self, database: Sqlite) -> None:
        self._database = database
        self._border = database.border
        self._turns = Turns()
        self._writer: Connection | None = None
        self._closed = False
        with self._turn() as writer:
            migrate(writer, self._border)

    @contextmanager
    def unit(self) -> Iterator[SqlUnit]:
        """The turn to write is this unit's until its `with` ends: other writers wait, so keep it short."""
        with self._turn() as writer, self._transaction(writer) as session:
            yield SqlUnit(session)

    @contextmanager
    def read(self) -> Iterator[SqlUnit]:
        """The point in time is that of the first statement."""
        self._refuse_closed()
        with self._border:
            connection = self._database.readers.connect()
        session = Session(connection, self._border)
        try:
            with self._border:
                connection.begin()
            yield SqlUnit(session)
        finally:
            session.end()
            with self._border:
                connection.close()

    def write(self, work: Callable[[Unit], Out]) -> Out:
        """Works that wait for the same turn share its commit, up to 200."""
        job = Job(work)
        try:
            self._turns.join(job)
            if not job.done:
                self._lead(job)
        finally:
            self._turns.leave(job)
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[no-any-return]  # it is what work returned

    def erase(
        self,
        *,
        user: UserId | None = None,
        request: RecommId | None = None,
        before: datetime | None = None,
        words: str | None = None,
    ) -> Mapping[str, int]:
        """Ends when nothing of it is left in the log, in free pages and, up to 256 MB, anywhere in the file.

        In a larger file, copies can stay in unused parts of pages, as they can after erasing by time.
        StoreError store.busy where the rows are gone but a long read keeps the log: doing it again finishes it. Where
        there was nothing, and no earlier one is to be finished, the file and the log are left alone.
        """
        if user is None and request is None and before is None and words is None:
            raise RequestError("there is nothing to erase; name a user, a request or a time")
        by_time = user is None and request is None and words is None
        counts: Counter[str] = Counter()
        for work in works(user, request, before, words):
            some = True
            while some:
                erased = self._change(work if by_time else partial(owing, work))
                counts.update(erased)
                some = max(erased.values()) >= MOST
        self._finish(by_time=by_time)
        return dict(counts)

    def close(self) -> None:
        """Waits for the write that is under way. Closing twice is no error; using the store afterwards is one."""
        turn = Job()
        try:
            self._turns.join(turn)
            self._closed = True
            with self._border:
                if self._writer is not None:
                    self._writer.close()
                self._database.close()
        finally:
            self._writer = None
            self._turns.leave(turn)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError("the store was closed; open it again")

    @contextmanager
    def _turn(self) -> Iterator[Connection]:
        """The writing connection, for as long as the `with` lasts."""
        turn = Job()
        try:
            self._turns.join(turn)
            writer = self._connection()
            with self._border:
                wait_since(writer, turn.asked)
            yield writer
        finally:
            self._turns.leave(turn)

    def _connection(self) -> Connection:
        self._refuse_closed()
        if self._writer is None:
            with self._border:
                self._writer = self._database.writer.connect()
        return self._writer

    @contextmanager
    def _transaction(self, writer: Connection) -> Iterator[Session]:
        with self._border:
            transaction = writer.begin()
        session = Session(writer, self._border)
        try:
            yield session
            session.end()
            with self._border:
                transaction.commit()
        except BaseException:
            session.end()
            self._undo(writer, transaction)
            raise

    def _undo(self, writer: Connection, transaction: Transaction) -> None:
        """After a failed commit SQLAlchemy forgets the transaction, but the driver still has it."""
        try:
            transaction.rollback()
            raw(writer).rollback()
        except FOREIGN:  # The error that made us undo says more; a new connection has nothing to undo.
            self._writer = None

    def _lead(self, job: Job) -> None:
        """Does the job and those that wait behind it, in one commit."""
        batch = self._turns.company(job, TOGETHER)
        try:
            writer = self._connection()
            with self._border:
                wait_since(writer, job.asked)
            with self._transaction(writer) as session:
                unit = SqlUnit(session)
                if len(batch) == 1:
                    job.result = job.run(unit)
                else:
                    self._do(batch, unit, raw(writer))
        except Exception as error:  # noqa: BLE001  # a work is a task, this is its top: its caller gets the error
            for one in batch:
                one.error = one.error or (error if one is job else _another(error))
        except BaseException:
            for one in batch:
                one.error = one.error or StoreError(INTERRUPTED)
            raise
        finally:
            for one in batch:
                one.done = True
                if one is not job:
                    one.rouse()

    def _do(self, batch: list[Job], unit: SqlUnit, driver: sqlite3.Connection) -> None:
        """Each work under a savepoint, so that one that fails undoes itself alone."""
        for job in batch:
            with self._border:
                driver.execute("SAVEPOINT work")
            try:
                job.result = job.run(unit)
            except Exception as error:  # a work is a task, this is its top: its caller gets the error
                if not driver.in_transaction:
                    raise  # A full disk makes SQLite undo the whole transaction: none of the batch is stored.
                job.error = error
                with self._border:
                    driver.execute("ROLLBACK TO work")
            with self._border:
                driver.execute("RELEASE work")

    def _change(self, work: Callable[[Session], Out]) -> Out:
        with self._turn() as writer, self._transaction(writer) as session:
            return work(session)

    def _finish(self, *, by_time: bool) -> None:
        """Clears the file and the log of what was erased, now or by an erasure that did not come to its end."""
        owed = self._change(owes)
        if owed:
            self._rewrite()
        if owed or by_time:
            self._scrub()
        if owed:
            self._change(settle)

    def _rewrite(self) -> None:
        with self._turn() as writer:
            if not rewrite(writer, self._border):
                log("store").warning(
                    "erased; the file is too large to write anew by itself: "
                    "run VACUUM on it to clear the unused parts of its pages"
                )

    def _scrub(self) -> None:
        deadline = monotonic() + BUSY_S
        while True:
            with self._turn() as writer:
                if empty_log(writer, self._border):
                    return
            if monotonic() > deadline:
                raise StoreError(
                    "the rows are erased, but a long read (a build, an export) keeps their old pages in the log; "
                    "erase the same again when it has ended",
                    code="store.busy",
                    retry_after_s=BUSY_S,
                )
            sleep(SCRUB_STEP_S)


def _another(error: Exception) -> Exception:
    """The same error for another thread: one exception object cannot be raised in two."""
    if isinstance(error, FirstFiveError):
        return StoreError(str(error), code=error.code, retry_after_s=error.retry_after_s)
    return StoreError(f"the commit that this write was part of failed ({type(error).__name__}); try again")


def open_store(folder: Path, database_url: str = "") -> Store:
    """The project's store, brought up to date. database_url empty: `firstfive.db` in the folder.

    SettingsError for a URL of a database that is not supported; StoreError for a file that cannot be used.
    """
    return SqlStore(Sqlite(_path(folder, database_url)))


def _path(folder: Path, database_url: str) -> Path:
    if not database_url:
        return folder / FILE
    scheme, _, rest = database_url.partition("://")
    if scheme != "sqlite" or not rest.removeprefix("/"):
        # Never the whole URL: it can hold a password.
        raise SettingsError(
            f"store.database_url begins with {scheme[:20]!r}; leave it empty, or write sqlite:///PATH "
            "(other databases are not supported yet)"
        )
    return folder / rest.removeprefix("/")
