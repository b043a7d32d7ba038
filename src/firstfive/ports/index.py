"""What searches a Release, and the Release's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from firstfive.types import Item, ItemId, Mask, Numbers, Positions, Scores, Vectors


@dataclass(frozen=True, slots=True)
class Hits:
    """What a channel found: positions (k,) of distinct items, best first, and raw scores (k,)."""

    positions: Positions
    scores: Scores


class TextChannel(Protocol):
    """An index searched by words or characters."""

    def search(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n items; fewer where fewer share anything with the text. Ties go to the lower position.

        among (items,): only items marked here count.
        """
        ...

    def holding(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n of the items that hold all of the text's terms, as `search` orders them."""
        ...


class VectorChannel(Protocol):
    """An index searched by a vector. Rows belong to items: several rows an item where passages are indexed."""

    def search(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        """The best n items for a vector (size,), by each item's best row. Ties go to the lower position.

        among (items,): only items marked here count.
        """
        ...

    def rows(self, position: int) -> Vectors:
        """(k, size): the vectors of one item, in passage order."""
        ...


class Catalogue(Protocol):
    """A Release's items by position, read from memory-mapped files."""

    def __len__(self) -> int: ...

    def item(self, position: int) -> Item: ...

    def position(self, item: ItemId) -> int | None: ...

    def __contains__(self, item: object) -> bool:
        """Whether it has an item of this id."""
        ...

    def columns(self) -> Mapping[str, Column]:
        """The typed fields, for filters."""
        ...


YES_NO: Mapping[str, bool] = {
    **dict.fromkeys("yes y true ja j wahr oui vrai sí si sì vero verdadero sim tak".split(), True),
    **dict.fromkeys("no n false nein falsch non faux falso não nao nie nee nej nei".split(), False),
}
"""The words of a yes/no field in its source and in filters, in lower case."""


@dataclass(frozen=True, slots=True)
class Column:
    """One typed field over all items. kind is "number", "text", "list", "date" or "yes/no".

    numbers (n,) float64 with nan where not stated, for "number" and "yes/no". For "text", "list" and "date": `values`
    are the distinct values, case folded, ascending; codes are indices into it; item i holds
    codes[starts[i]:starts[i+1]].
    """

    kind: str
    numbers: Numbers | None = None
    values: tuple[str, ...] = ()
    starts: Positions | None = None
    codes: Positions | None = None

    def held(self, position: int) -> tuple[str, ...]:
        """The values that the item there holds; none where it states nothing, or numbers."""
        if self.starts is None or self.codes is None:
            return ()
        return tuple(
            self.values[code] for code in self.codes[self.starts[position] : self.starts[position + 1]].tolist()
        )
