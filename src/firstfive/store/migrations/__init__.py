"""Brings a database to the tables of this version. Nothing is imported from Alembic unless there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from firstfive.errors import StoreError
from firstfive.store.border import Border
from firstfive.store.tables import VERSION

_VERSION_IN = text("SELECT version_num FROM alembic_version")


def migrate(connection: Connection, border: Border) -> None:
    """One transaction: another process that opens the same file waits, then finds it done.

    StoreError store.broken for a file that a newer firstfive wrote, or another program.
    """
    with border:
        with connection.begin():
            current = version(connection)
        if current == VERSION:
            return
        with connection.begin():
            if version(connection) != VERSION:
                _upgrade(connection)


def version(connection: Connection) -> str | None:
    """The migration that the database stands at; None where there was none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(_VERSION_IN))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            f"the store stands at version {version(connection)}, which this firstfive does not know ({error}); "
            "install the firstfive that wrote it, or a newer one",
            code="store.broken",
        ) from error
