"""What a misspelt word is meant to be: a word of a language, one slip away, that the items of a Release say."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from firstfive.ask import REFUSING, SMALL_WORDS, slips
from firstfive.index import CODES, SPOKEN, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from firstfive.index.words import WordsChannel
    from firstfive.ports import Column, Embedder

SURE, SAFE = 7, 6
"""Letters from which on a word may have another letter, or one too many; and a name one left out: of shorter ones too
much is one slip away."""
HEADED, LONGEST = 5, 40
"""Letters of the word that another ends with, and at least so many before it; and letters of words that are parted."""
MOST = 100
"""Words of a wish that are looked up."""
FOREIGN = 0.3
"""How likely a word of another language than the catalogue's is meant."""
USUAL = 20
"""Items that say what requests are made of, or as many as say it."""
FIELD = 5_000
"""A field with more values holds names or texts; the words of others' are looked at."""
_BRITISH = (
    *(("is" + end, "iz" + end) for end in ("e", "i", "a")),
    *(("our", "or"), ("yre", "ire"), ("kerb", "curb"), ("tre", "ter"), ("ence", "ense"), ("ogue", "og")),
    *(("ll" + end, "l" + end) for end in ("ed", "ing", "er", "or", "ous", "ist")),
    *(("ae", "e"), ("oe", "e"), ("mould", "mold"), ("plough", "plow"), ("grey", "gray"), ("eque", "eck")),
)
_WORD = re.compile(r"[^\W\d_]+")


class Spelling:
    """Looks words up. Thread-safe."""

    def __init__(
        self, words: WordsChannel, columns: Mapping[str, Column], language: str, embedder: Embedder | None
    ) -> None:
        """language: the stemmer's; none: those that people write in."""
        self._words, self._columns = words, columns
        self._own = SPOKEN if language == "none" else (language,) if language in CODES else ()
        self._lists = tuple(dict.fromkeys([*self._own, *SPOKEN])) if self._own else ()
        self._pieces = embedder.pieces if embedder and len(embedder.table) else None

    def warm(self) -> None:
        """Reads the lists, and the fields' values: 0.7 s the first time in a process."""
        listed(["a"], self._lists)
        self._kept("a")

    def better(self, word: str, name: bool = False) -> str | None:
        """What a word in small letters is meant to be; None where it is right, or nothing is near. name: it may be one.

        The likeliest of the words of a language that items say, or that a field has: by how many items say it, and
        how likely the slip is. Cost: 20 µs, and 1 to 5 ms where no item says it; 0.7 s the first time in a process.
        """
        if not self._lists or self._kept(word) or self._words.counts([word])[0][1]:
            return None
        if self._whole(word) or listed([word, *_american(word)], self._lists).any():
            return None
        found = self._likeliest(slips(word))
        if found is None or _easy(word, found):
            return found
        left_out, name = len(found) > len(word), name and self._own != ("german",)
        if found in REFUSING and len(found) < SURE:  # "neer" is no "never": it would refuse what is wanted
            return None
        return found if len(word) >= (SAFE if left_out else SURE) or (left_out and not name) else None

    def says(self, text: str) -> bool:
        """Whether some item says one of the first hundred words of a text, but for the small ones, in any form. True
        where there is no other: of "US" and "900" nobody can tell."""
        words = [word for word in _words(text) if word not in SMALL_WORDS]
        return not words or any(items for _, items in self._words.counts(words))

    def known(self, text: str) -> str:
        """A text without those of its first hundred words that are none: no item and no field says them, and neither a
        language nor the embedder has them; empty where only small words are left.

        A long word is one by its end, as "Zahnarztlabor" is by "Labor". All are where no language is known.
        """
        words = dict.fromkeys(_words(text))
        none = {word for word in words if not self._known(word)}
        if none and SMALL_WORDS.issuperset(words.keys() - none):
            return ""
        return _WORD.sub(lambda word: "" if word.group().lower() in none else word.group(), text) if none else text

    def _known(self, word: str) -> bool:
        if not self._lists or self._words.counts([word])[0][1] or self._kept(word) or self._whole(word):
            return True
        ends = [word[at:] for at in range(HEADED, min(LONGEST, len(word) - HEADED + 1))]
        return bool(listed([word, *_american(word), *ends], self._lists).any())

    def _likeliest(self, near: Mapping[str, float]) -> str | None:
        """Of words that may be meant, the likeliest that items say; None where it is foreign, and one of the
        catalogue's language is near that no item says.
        """
        words = list(near)
        own, right = listed(words, self._own), listed(words, self._lists)
        ours = {one for one, is_own in zip(words, own.tolist(), strict=True) if is_own}
        weights = {
            one: near[one] * (1.0 if one in ours else FOREIGN)
            for one, is_one in zip(words, right.tolist(), strict=True)
            if is_one or self._kept(one)
        }
        counted = zip(weights, self._words.counts(list(weights)), strict=True)
        often = {one: max(items, USUAL if one in SMALL_WORDS else int(self._kept(one))) for one, (_, items) in counted}
        best = max(often, key=lambda one: (often[one] * weights[one], one), default=None)
        if best is None or not often[best]:
            return None
        foreign = best not in ours and not self._kept(best)
        return None if foreign and any(not often[one] for one in ours) else best

    def _kept(self, word: str) -> bool:
        """Whether it is right in any case: requests are made of it, or a field has it."""
        return word in SMALL_WORDS or word.casefold() in self._values

    def _whole(self, word: str) -> bool:
        """Whether the embedder knows it as one word; False where that cannot be told."""
        return self._pieces is not None and len(self._pieces(word)) <= 1

    @cached_property
    def _values(self) -> frozenset[str]:
        """The words of the values of fields, but of fields that hold names or texts."""
        every = (column.values for column in self._columns.values() if len(column.values) <= FIELD)
        return frozenset(word for values in every for value in values for word in _WORD.findall(value))


def _words(text: str) -> list[str]:
    return [word.group().lower() for word in islice(_WORD.finditer(text), MOST)]


def _easy(typed: str, meant: str) -> bool:
    """Whether two letters were changed round, or one was doubled."""
    if len(typed) == len(meant):
        return sorted(typed) == sorted(meant)
    at = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), len(meant))
    return len(typed) > len(meant) and typed[at] == typed[at - 1]


def _american(word: str) -> list[str]:
    """A British word as the list of English words has it."""
    return [word.replace(one, other) for one, other in _BRITISH if one in word]
