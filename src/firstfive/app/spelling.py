"""What a misspelt word is meant to be, by what the items of a Release say."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from firstfive.ask import slips

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from firstfive.index.words import CharsChannel, WordsChannel
    from firstfive.ports import Column, Embedder
    from firstfive.types import Pieces

KNOWN = 4_096
"""Words that are remembered."""
TRIED = 8
"""Stems that are looked at, those first that most items hold."""
FEW = 2
"""In fewer items a word may be misspelt itself, and counts where the embedder knows it as one."""
FIELD = 5_000
"""Values of a field that are looked at: one of more holds names or texts."""
BEGINNING = 10
"""So much more likely is another letter than another first one."""
_WORD = re.compile(r"[^\W\d_]+")


class Spelling:
    """Looks words up in what items say and in the values of their fields. Thread-safe."""

    def __init__(
        self, words: WordsChannel, chars: CharsChannel, columns: Mapping[str, Column], embedder: Embedder | None
    ) -> None:
        self._words, self._chars, self._columns = words, chars, columns
        self._pieces: Callable[[str], Pieces] | None = embedder.pieces if embedder and len(embedder.table) else None
        self.better = lru_cache(KNOWN)(self._better)

    def _better(self, word: str) -> str | None:
        """The word one slip away that most items say; None where the word is said itself, is one that the embedder
        knows, or none is near. Cost: 2 ms where no item says it.
        """
        if self._words.counts([word])[0][1] or word in self._values or self._whole(word):
            return None
        near = slips(word)
        by_stem: dict[str, tuple[float, list[str]]] = {}
        for slip, (stem, items) in zip(near, self._words.counts(near), strict=True):
            if items or slip in self._values:
                weight = (items or 1) / (1 if slip[:1] == word[:1] else BEGINNING)
                by_stem.setdefault(stem, (weight, []))[1].append(slip)
        likeliest = sorted(by_stem.items(), key=lambda one: (-one[1][0], one[0]))[:TRIED]
        forms = (form for _, (_, forms) in likeliest for form in forms)
        return next((form for form in forms if self._said(form)), None)

    def _said(self, word: str) -> bool:
        """Whether items say the very word, and not only another form of it."""
        if word in self._values:
            return True
        items = len(self._chars.holding(word, FEW).positions)
        return items >= FEW or (items > 0 and self._whole(word))

    @cached_property
    def _values(self) -> frozenset[str]:
        """The words of all values of fields, but of fields with as many values as there are names."""
        every = [column.values for column in self._columns.values() if len(column.values) <= FIELD]
        return frozenset(word for values in every for value in values for word in _WORD.findall(value.lower()))

    def _whole(self, word: str) -> bool:
        """Whether the embedder knows it as one word; False where that cannot be told."""
        return self._pieces is not None and len(self._pieces(word)) <= 1
