"""Which columns pages offer, and what is said where one is named that none of them has."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import replace

from firstfive.errors import SourceError
from firstfive.sources.mapping import Columns, quoted
from firstfive.sources.pages import Leaf
from firstfive.types import Rejected

EVERY = ("path", "title", "text")
"""What every page has: where it lies, what it is called and its main text."""


def offered(leaves: Iterable[Leaf | Rejected], wanted: Collection[str]) -> tuple[str, ...]:
    """The columns of as many pages as show that all that is wanted is there, spelt so; of all, where one is not.

    None where no page is.
    """
    names: dict[str, None] = {}
    left = set(wanted)
    for leaf in leaves:
        if isinstance(leaf, Leaf):
            names |= dict.fromkeys((*EVERY, *leaf.columns))
            left -= names.keys()
            if not left:
                break
    return tuple(names)


def named(columns: Columns, names: Collection[str], source: str) -> Columns:
    """The columns as the pages spell them: just so, or in other case where no page does, and then the first spelling.

    Raises SourceError source.mapping for those that no page has.
    """
    spelt = _spellings(names)
    if missing := absent(columns, names):
        raise SourceError(_unknown(missing, names, source), code="source.mapping")

    def there(name: str) -> str:
        return name if name in names else spelt.get(name.casefold(), name)

    return replace(
        columns,
        id=there(columns.id),
        title=there(columns.title),
        text=tuple(map(there, columns.text)),
        field=tuple(map(there, columns.field)),
    )


def absent(columns: Columns, names: Collection[str]) -> tuple[str, ...]:
    """Those of the columns that no page has; none where it is not known what pages have."""
    spelt = _spellings(names)
    return tuple(name for name in _told(columns) if names and name.casefold() not in spelt)


def without(columns: Columns, names: Collection[str]) -> Columns:
    """The columns but for those of these names."""
    return replace(
        columns,
        id="" if columns.id in names else columns.id,
        title="" if columns.title in names else columns.title,
        text=tuple(name for name in columns.text if name not in names),
        field=tuple(name for name in columns.field if name not in names),
    )


def _told(columns: Columns) -> tuple[str, ...]:
    return tuple(dict.fromkeys((columns.id, columns.title, *columns.text, *columns.field)))


def _spellings(names: Collection[str]) -> dict[str, str]:
    """The first spelling of each name, by the name in lower case."""
    spelt = {"": "", "*": "*"}
    for name in names:
        spelt.setdefault(name.casefold(), name)
    return spelt


def _unknown(missing: Collection[str], names: Collection[str], source: str) -> str:
    near = dict.fromkeys(close for name in missing for close in difflib.get_close_matches(name, names, n=1))
    hint = f"did you mean {quoted(*near)}? " if near else ""
    return (
        f"no page of {source} has a column {quoted(*missing)}; {hint}there are {quoted(*names)}. Pages need no flags: "
        "without them the id is the path, the title and the text are the page's own, and the rest becomes fields"
    )
