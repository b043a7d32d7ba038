"""One transaction's statements: the only place where they run, so the only place where their errors are translated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Row, text
from sqlalchemy.engine.interfaces import DBAPICursor

from firstfive.errors import RequestError, StoreError
from firstfive.store.border import Border
from firstfive.store.prepared import Prepared

Values: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
T = TypeVar("T")

MANY = 500
"""Values in one IN (...): more is no quicker, and SQLite's builds differ in how many they take."""

FORGETFUL = text("PRAGMA secure_delete = FAST")
THOROUGH = text("PRAGMA secure_delete = ON")


def chunks(values: Sequence[T], size: int = MANY) -> Iterator[Sequence[T]]:
    """The values in runs of at most `size`."""
    return (values[start : start + size] for start in range(0, len(values), size))


def place(cursor: str) -> int:
    """The row's number that a cursor is. RequestError for one that no call gave."""
    if len(cursor) <= 18 and cursor.isascii() and cursor.isdigit():
        return int(cursor)
    raise RequestError(f"the cursor {cursor[:40]!r} is not one that was given; leave it out to begin at the start")


class Session:
    """Runs statements in the transaction that its owner began and ends; useless after `end`."""

    __slots__ = ("_border", "_connection")

    def __init__(self, connection: Connection, border: Border) -> None:
        self._connection: Connection | None = connection
        self._border = border

    def end(self) -> None:
        """From here on every statement is refused: the connection now belongs to another unit."""
        self._connection = None

    def run(self, statement: Executable, values: Values = None) -> CursorResult[Any]:
        """Runs a statement once, or once for each of several sets of values."""
        connection = self._open()
        with self._border:
            return connection.execute(statement, values)

    def _open(self) -> Connection:
        if self._connection is None:
            raise StoreError("this unit has ended and its connection is given back; use a unit inside its `with` only")
        return self._connection

    def change(self, statement: Executable, values: Values = None) -> int:
        """Runs a statement; how many rows it changed, over all sets of values."""
        if values is not None and not values:
            return 0
        return self.run(statement, values).rowcount

    def quick(self, statement: Prepared, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Runs a statement in the driver's time alone, a tenth of what `run` costs; its rows, as plain tuples."""
        cursor, dialect = self._cursor()
        sql, ordered = statement.sql(dialect, values)
        with self._border:
            cursor.execute(sql, ordered)
            return list(cursor.fetchall())

    def quick_each(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs a statement that gives no rows once for each of several sets of values."""
        cursor, dialect = self._cursor()
        prepared = [statement.sql(dialect, values) for values in rows]
        if prepared:
            with self._border:
                cursor.executemany(prepared[0][0], [ordered for _, ordered in prepared])

    def _cursor(self) -> tuple[DBAPICursor, Dialect]:
        connection = self._open()
        driver = connection.connection.dbapi_connection
        if driver is None:
            raise StoreError("the connection to the store was closed; open the store again")
        return driver.cursor(), connection.dialect

    def rows(self, statement: Executable, values: Values = None) -> Sequence[Row[Any]]:
        """All rows."""
        result = self.run(statement, values)
        with self._border:
            return result.all()

    def one(self, statement: Executable, values: Values = None) -> Row[Any] | None:
        """The first row."""
        return next(iter(self.rows(statement, values)), None)

    def stream(self, statement: Executable, values: Values = None) -> Iterator[Row[Any]]:
        """The rows one by one: only one is in memory."""
        result = self.run(statement, values)
        rows = iter(result)
        while True:
            with self._border:
                row = next(rows, None)
            if row is None:
                return
            yield row

    def among(self, statement: Executable, values: Sequence[str]) -> Iterator[Row[Any]]:
        """The rows of a statement with `IN :among`, for any number of values."""
        for chunk in chunks(values):
            yield from self.rows(statement, {"among": chunk})

    @contextmanager
    def forgetful(self) -> Iterator[None]:
        """Deletes inside leave freed pages as they are: for large records that are not personal."""
        sqlite = self._connection is not None and self._connection.dialect.name == "sqlite"
        if sqlite:
            self.run(FORGETFUL)
        try:
            yield
        finally:
            if sqlite:
                self.run(THOROUGH)
