"""Statements that run before every call to a model: their SQL is made once, and running one costs the driver's time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.sql.compiler import SQLCompiler


class Prepared:
    """A statement whose values are whole numbers, texts and bytes, none of them a list of its own."""

    __slots__ = ("_compiled", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...], Mapping[str, Any]]] = {}

    def sql(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The SQL, and the values in its order."""
        sql, names, constants = self._compiled.get(dialect.name) or self._compile(dialect)
        return sql, [values[name] if name in values else constants[name] for name in names]

    def _compile(self, dialect: Dialect) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
        compiled = self._statement.compile(dialect=dialect)
        names = compiled.positiontup if isinstance(compiled, SQLCompiler) else None
        known = str(compiled), tuple(names or ()), dict(compiled.params)
        self._compiled[dialect.name] = known
        return known
