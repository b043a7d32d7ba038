"""The source of truth: SQLite behind SQLAlchemy Core. `open_store` is all that others need."""

from firstfive.store.sql_store import open_store

__all__ = ["open_store"]
