"""Which columns pages offer, and what is said where one is named that none of them has."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import islice

from firstfive.errors import SourceError
from firstfive.sources.mapping import Columns, quoted
from firstfive.sources.pages import Leaf
from firstfive.types import Rejected

EVERY = ("path", "title", "text")
"""What every page has: where it lies, what it is called and its main text."""

LOOKED_AT = 2_000
"""Pages among which a named column is looked for; the first that has it ends the search."""


def offered(leaves: Iterable[Leaf | Rejected], wanted: Collection[str]) -> tuple[str, ...]:
    """The columns of the first pages, of as many as show that all that is wanted is there; none where no page is."""
    names: dict[str, None] = {}
    left = {name.casefold() for name in wanted}
    for leaf in islice((leaf for leaf in leaves if isinstance(leaf, Leaf)), LOOKED_AT):
        names |= dict.fromkeys((*EVERY, *leaf.columns))
        left -= {name.casefold() for name in names}
        if not left:
            break
    return tuple(names)


def named(columns: Columns, names: Collection[str], source: str) -> Columns:
    """The columns as the pages spell them. Raises SourceError source.mapping for those that no page has."""
    folded = {name.casefold(): name for name in names} | {"": "", "*": "*"}
    told = dict.fromkeys((columns.id, columns.title, *columns.text, *columns.field))
    missing = [name for name in told if name.casefold() not in folded]
    if missing and names:
        raise SourceError(_unknown(missing, names, source), code="source.mapping")

    def spelt(name: str) -> str:
        return folded.get(name.casefold(), name)

    return replace(
        columns,
        id=spelt(columns.id),
        title=spelt(columns.title),
        text=tuple(map(spelt, columns.text)),
        field=tuple(map(spelt, columns.field)),
    )


def _unknown(missing: Collection[str], names: Collection[str], source: str) -> str:
    near = dict.fromkeys(close for name in missing for close in difflib.get_close_matches(name, names, n=1))
    hint = f"did you mean {quoted(*near)}? " if near else ""
    return (
        f"no page of {source} has a column {quoted(*missing)}; {hint}there are {quoted(*names)}. Pages need no flags: "
        "without them the id is the path, the title and the text are the page's own, and the rest becomes fields"
    )
