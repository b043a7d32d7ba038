"""A request made ready for one Release: its vectors, what may be found, and what it says of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firstfive.app.requested import NOTHING, Found

if TYPE_CHECKING:
    from firstfive.ask import Reading
    from firstfive.types import Mask, Stated, Vectors


@dataclass(frozen=True, slots=True)
class Query:
    """A request made ready: its vector (None without an embedder), and which items may be found.

    meant is the vector of its words alone, without the items that it likes and dislikes.
    wishes gives the wishes' vectors, (wishes, size); they are made while the channels are searched. by_words: the
    embedder gave no vector in time, and words alone must do. found: what its wishes say of fields; said: what that says
    of the items, by field, where an item meets it. kept: what `once` worked out.
    """

    reading: Reading
    vector: Vectors | None
    wishes: Callable[[], Vectors] | None = None
    among: Mask | None = None
    unknown: Mapping[str, Mask] | None = None
    by_words: bool = False
    found: Found = NOTHING
    said: Mapping[str, Stated] = field(default_factory=dict)
    meant: Vectors | None = None
    kept: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """What is made for a key the first time that it is asked for, while one request is answered."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def of_fields(self) -> frozenset[int]:
        """The starts of the wishes that a field answers."""
        return frozenset(one.wish for one in self.found.every if one.field in self.said)
