"""Objects inside a row as columns of their own, such as "company.name"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

LEVELS = 3
"""Objects inside objects that become columns; what lies deeper stays JSON."""

MOST = 200
"""Columns that the objects of one file become: objects with dates or ids for keys would make thousands."""


class Cells:
    """Rows of values as cells. An object keeps its own cell, as JSON, and what it holds gets cells beside it.

    A list of objects becomes a list for each of their keys: "benefits.name" is ["Car", "Pension"].
    """

    def __init__(self, cell: Callable[[object], str]) -> None:
        self._cell = cell
        self._names: set[str] = set()

    def of(self, row: Mapping[str, object]) -> dict[str, str]:
        """The cells of a row; a column that is named "company.name" goes before one made of an object."""
        cells = {str(name): self._cell(value) for name, value in row.items()}
        for name, value in row.items():
            for inner, part in _inside(str(name), value, LEVELS):
                if inner not in cells and self._has_room(inner):
                    cells[inner] = self._cell(part)
        return cells

    def _has_room(self, name: str) -> bool:
        if len(self._names) < MOST:
            self._names.add(name)
        return name in self._names


def _inside(name: str, value: object, levels: int) -> Iterator[tuple[str, object]]:
    for key, part in _parts(value).items():
        inner = f"{name}.{key}"
        if levels > 1 and _parts(part):
            yield from _inside(inner, part, levels - 1)
        else:
            yield inner, part


def _parts(value: object) -> Mapping[str, object]:
    """What an object holds; of a list of objects, all that they hold under each key. Of any other value nothing."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return {}
    together: dict[str, list[object]] = {}
    for one in value:
        for key, part in one.items():
            if part is not None:
                together.setdefault(key, []).extend(part if isinstance(part, list) else [part])
    return together
