"""Where foreign exceptions stop: every error of SQLite, its driver and SQLAlchemy becomes one of ours.

What SQLite means is in its result code, not in its exception's class: the codes come first, the class where there is
no code.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy import exc

from firstfive.errors import FirstFiveError, RequestError, StoreError

FOREIGN: Final = (
    sqlite3.Error,
    sqlite3.Warning,
    exc.SQLAlchemyError,
    exc.EmulatedDBAPIException,
    UnicodeError,
    OverflowError,
)
"""What a statement can raise. UnicodeError and OverflowError come from values that no column can hold."""

FULL = ("store.full", "the disk, its quota or the largest allowed file is full; free some space and try again")
BUSY = ("store.busy", "another process is writing; wait for it (a build, an import) or stop it, and try again")
BROKEN = (
    "store.broken",
    "the file is damaged or is not a firstfive store; put back a copy of it, or move it away and import again, each "
    "time without the files ending in -wal and -shm beside it, which belong to the damaged one",
)
UNWRITABLE = (
    "store.failed",
    "this user must be able to write to the project's folder, even for a command that only reads (SQLite keeps its log "
    "there); check that it exists and change its permissions, or name a copy of the project with -p",
)
FAILED = ("store.failed", "nothing of this was stored; try again")

RESULTS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR_WRITE: FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: FULL,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_CORRUPT: BROKEN,
    sqlite3.SQLITE_NOTADB: BROKEN,
    sqlite3.SQLITE_FORMAT: BROKEN,
    sqlite3.SQLITE_IOERR_SHORT_READ: BROKEN,
    sqlite3.SQLITE_CANTOPEN: UNWRITABLE,
    sqlite3.SQLITE_READONLY: UNWRITABLE,
    sqlite3.SQLITE_PERM: UNWRITABLE,
    sqlite3.SQLITE_AUTH: UNWRITABLE,
}
"""By SQLite's extended result code, or its primary one (the low byte)."""

CLASSES: dict[type[Exception], tuple[str, str]] = {
    exc.TimeoutError: BUSY,
    exc.SQLAlchemyError: FAILED,
    exc.EmulatedDBAPIException: FAILED,
    sqlite3.Error: FAILED,
    sqlite3.Warning: FAILED,
}
"""By the nearest class, where there is no result code."""


def translate(error: BaseException, path: str = "the store") -> FirstFiveError:
    """Our error for a foreign one. Raise it `from` the foreign one. path: named in the message."""
    if isinstance(error, UnicodeError | OverflowError):
        return RequestError(f"a value cannot be stored: {error}; send whole Unicode characters and smaller numbers")
    cause = getattr(error, "orig", None) or error
    extended = getattr(cause, "sqlite_errorcode", None)
    code, advice = _by_result(extended) if extended is not None else _by_class(type(error))
    name = getattr(cause, "sqlite_errorname", type(cause).__name__)
    # Only the driver's own words: SQLAlchemy's message holds the statement's values, which can be personal.
    said = cause if isinstance(cause, sqlite3.Error | sqlite3.Warning) else type(cause).__name__
    return StoreError(
        f"{path}: {said} ({name}); {advice}", code=code, retry_after_s=1.0 if code == "store.busy" else None
    )


def _by_result(extended: int) -> tuple[str, str]:
    return RESULTS.get(extended) or RESULTS.get(extended & 0xFF) or FAILED


def _by_class(kind: type[BaseException]) -> tuple[str, str]:
    return next((CLASSES[parent] for parent in kind.__mro__ if parent in CLASSES), FAILED)


class Border:
    """`with border:` lets no foreign error out. path: what the messages name."""

    __slots__ = ("_path",)

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raises our error for a foreign one."""
        if isinstance(error, FOREIGN):
            raise translate(error, self._path) from error
