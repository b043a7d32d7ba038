"""How SQLite is opened: one connection that writes, and a pool of connections that read.

Write-ahead logging, so that readers wait for nobody; synchronous=FULL, so that what was committed survives a power cut;
secure_delete, so that what was erased is not left in free pages.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.engine import URL

from firstfive.errors import StoreError
from firstfive.store.border import Border

BUSY_S = 10.0
"""How long a writer waits for another process, from when it asked: waiting for its turn in this one counts."""

LAST_TRY_S = 0.2
"""How long it waits for another process at the least."""

SCRUB_STEP_S = 0.1
"""How long one try at emptying the log may hold the turn to write."""

REWRITE_MB = 256
"""A file up to this size is written anew after a person's data is erased (about a second for each 100 MB)."""

PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
    "PRAGMA journal_size_limit = 67108864",
)


class Sqlite:
    """The engines of one file."""

    def __init__(self, path: Path) -> None:
        self.border = Border(str(path))
        self.writer = _engine(path, "BEGIN IMMEDIATE", poolclass=NullPool)
        self.readers = _engine(path, "BEGIN", poolclass=QueuePool, pool_size=8, max_overflow=-1)
        event.listen(self.readers, "connect", _only_read)

    def close(self) -> None:
        """Closes every connection; the last one to close empties the log into the file."""
        self.readers.dispose()
        self.writer.dispose()


def _engine(path: Path, begin: str, **pool: Any) -> Engine:
    arguments = {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_S}
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args=arguments,
        execution_options={"preserve_rowcount": True},
        hide_parameters=True,
        **pool,
    )

    def start(connection: Connection) -> None:
        # sqlite3 itself begins nothing at isolation_level None; SQLAlchemy's own begin would run no statement.
        raw(connection).execute(begin)

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", start)
    return engine


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's connection, for what SQLAlchemy has no word for."""
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        raise StoreError("the connection to the store was closed; open the store again")
    return driver


def wait_since(connection: Connection, asked: float) -> None:
    """Has the next transaction wait for another process until `BUSY_S` after it was asked for. asked: monotonic."""
    left_s = max(LAST_TRY_S, BUSY_S - (monotonic() - asked))
    raw(connection).execute(f"PRAGMA busy_timeout = {int(left_s * 1000)}")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    _use_wal(connection)
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Two processes that open a new file at once collide here, and SQLite does not wait by itself."""
    deadline = monotonic() + BUSY_S
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.02)
    if mode != "wal":
        raise StoreError(
            f"the store cannot keep a write-ahead log here (SQLite answered {mode}); move the project to a local disk"
        )


def _only_read(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def rewrite(connection: Connection, border: Border) -> bool:
    """Writes the file anew, without the unused parts of its pages; False for a file that is too large for that.

    secure_delete zeroes deleted rows, but where SQLite moved a row between pages earlier, a copy can stay behind.
    """
    driver = raw(connection)
    with border:
        size, pages = (driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count"))
        if size * pages > REWRITE_MB * 1_000_000:
            return False
        driver.execute("PRAGMA temp_store = FILE")
        try:
            driver.execute("VACUUM")
        finally:
            driver.execute("PRAGMA temp_store = MEMORY")
    return True


def empty_log(connection: Connection, border: Border) -> bool:
    """Moves the log's pages into the file and cuts the log to nothing; False while a reader still needs it."""
    driver = raw(connection)
    with border:
        driver.execute(f"PRAGMA busy_timeout = {int(SCRUB_STEP_S * 1000)}")
        try:
            return not driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            driver.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")
