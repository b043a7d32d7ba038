"""A table as a value, and its three shapes: on a page, as JSON and as a CSV file, always with the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

import msgspec

from firstfive.guard import as_cell, printable, storable

CLIPPED = 280
"""Characters of a cell that a page shows; the JSON and CSV twins have them all."""


class Link(NamedTuple):
    """A text that leads somewhere in the studio. The twins have the text, or the number that it shows."""

    text: str
    href: str
    number: float | None = None


Cell: TypeAlias = str | float | bool | datetime | Link | None


class Column(NamedTuple):
    """A column: its name in the twins, the words above it, and how its cells are shown.

    kind: "text", "short", "title", "long" for sentences, "code", "number" or "time". digits: behind the
    point of a number.
    """

    name: str
    head: str
    kind: str = "text"
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. empty is said where there is none; onward leads to the next rows, cursor is its cursor."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str = "There is nothing here."
    about: str = ""
    cursor: str = ""
    onward: str = ""

    def records(self) -> Iterator[dict[str, object]]:
        """The rows by their columns' names."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, map(_plain, row), strict=True)) for row in self.rows)


def _plain(cell: Cell) -> object:
    if isinstance(cell, Link):
        return storable(cell.text) if cell.number is None else cell.number
    return storable(cell) if isinstance(cell, str) else cell


def as_json(tables: Iterable[Table], more: Mapping[str, object]) -> bytes:
    """Every table's rows under its name, and the cursors of those that go on."""
    tables = tuple(tables)
    cursors = {table.name: table.cursor for table in tables if table.cursor}
    rows = {table.name: list(table.records()) for table in tables}
    return msgspec.json.encode({**more, **rows, **({"cursor": cursors} if cursors else {})})


def as_csv(table: Table) -> bytes:
    """One table as UTF-8 with a line of names first. No cell can be taken for a formula, and every one is quoted."""
    rows = ([_written(_plain(one)) for one in row] for row in table.rows)
    lines = ([column.name for column in table.columns], *rows)
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines).encode()


def _quoted(text: str) -> str:
    """A cell as RFC 4180 has it, always between quotes: then no other separator can split it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _written(value: object) -> str:
    """A value as a cell's text."""
    if isinstance(value, datetime):
        return str(msgspec.to_builtins(value))  # as in JSON
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return as_cell(value)


def shown(cell: Cell, column: Column) -> str:
    """A cell as a page shows it: in readable characters, and not longer than a few lines."""
    value = cell.text if isinstance(cell, Link) else cell
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, str):
        return clipped(printable(value)[0])
    return f"{value:,.{column.digits}f}" if column.kind == "number" else f"{value:.15g}"


def clipped(text: str, most: int = CLIPPED) -> str:
    """The beginning of a text that is too long to be shown."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0].rstrip()} …"
