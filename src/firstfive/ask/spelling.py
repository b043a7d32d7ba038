"""Misspelt words, read as they are meant; and where what was typed stands, for quotes.

    slips("dentits")                  {"dentist": .14, "dentals": ..., ...}: one slip away, and how likely it is
    respelt("a dentits", better)      Respelt("a dentist", ...): better("dentits") -> "dentist"

Nine of ten misspelt words are one slip away: a letter left out (34 of a hundred), one too many (27, as often as not the
one before it doubled), another one (19) or two changed round (13): Pollock and Zamora, Communications of the ACM 27,
1984. Words in quotation marks are taken as typed, and so are addresses and abbreviations in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firstfive.types import Span

if TYPE_CHECKING:
    from firstfive.types import Quote

SHORTEST, LONGEST = 4, 24
"""Of shorter words nearly everything is one slip away from another."""
MOST = 40
"""Words of a request that are looked up at most."""
LEFT_OUT, DOUBLED, TOO_MANY, ANOTHER, ROUND = 0.34, 0.135, 0.135, 0.19, 0.13
_LETTERS = 26
"""Letters that one too many, or another one, is as a rule one of."""
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyzßàáâãäåæçèéêëìíîïñòóôõöøùúûüýăąćčďęěğıłńňőœřśşšșťțůűźżž",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёєії",
    "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ",
)
_WORD = re.compile(rf"(?<![^\W\d_])[^\W\d_]{{{SHORTEST},{LONGEST}}}(?![^\W\d_])")
_NAME = re.compile(r"[@_\d]|://|\w\.\w")
"""What an address or a number has in it."""
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«")


@dataclass(frozen=True, slots=True)
class Respelt:
    """A text as it is meant. typed: as it was typed. swaps: each word that was misspelt, where it stands in `text` and
    where in `typed`, in order."""

    text: str
    typed: str
    swaps: tuple[tuple[Span, Span], ...] = ()

    @property
    def pairs(self) -> dict[str, str]:
        """What was typed, and how each word of it was read."""
        return {self.typed[old.start : old.end]: self.text[new.start : new.end] for new, old in self.swaps}

    def typed_at(self, start: int, end: int) -> Span:
        """Where what stands here in the text was typed: whole words, where they were misspelt."""
        return Span(self._at(start, end=False), self._at(end, end=True))

    def typed_quote(self, quote: Quote) -> Quote:
        """A quote of the text as it was typed; of anything else, as it is."""
        if quote.of != "request" or not self.swaps:
            return quote
        at = self.typed_at(quote.start, quote.end)
        return replace(quote, text=self.typed[at.start : at.end], start=at.start, end=at.end)

    def _at(self, place: int, *, end: bool) -> int:
        moved = 0
        for new, old in self.swaps:
            if place <= new.start:
                break
            if place < new.end:
                return old.end if end else old.start
            moved = old.end - new.end
        return place + moved


def respelt(text: str, better: Callable[[str], str | None]) -> Respelt:
    """The text as it is meant. better: gives what a word is meant to be, as it is typed; or None."""
    parts: list[str] = []
    swaps: list[tuple[Span, Span]] = []
    known: dict[str, str | None] = {}
    at = length = 0
    for old in _words(text):
        word = text[old.start : old.end]
        if word not in known:
            if len(known) == MOST:
                break
            known[word] = better(word)
        meant = known[word]
        if meant is None:
            continue
        length += old.start - at + len(meant)
        parts += [text[at : old.start], meant]
        swaps.append((Span(length - len(meant), length), old))
        at = old.end
    return Respelt("".join([*parts, text[at:]]), text, tuple(swaps))


def slips(word: str) -> dict[str, float]:
    """All that a word in small letters may be meant to be, one slip away, and how likely just that slip is made of it.

    None for a word of a script unknown here. Some 80 a letter. The first letter is right, or changed round with the
    second.
    """
    letters = next((one for one in _ALPHABETS if word and word[0] in one), "")
    if not letters:
        return {}
    n = len(word)
    found: dict[str, float] = {}

    def add(meant: str, likely: float) -> None:
        if meant != word and likely > found.get(meant, 0.0):
            found[meant] = likely

    for at in range(n - 1):
        add(word[:at] + word[at + 1] + word[at] + word[at + 2 :], ROUND / (n - 1))
    for at in range(1, n):
        doubled = word[at] == word[at - 1]
        add(word[:at] + word[at + 1 :], DOUBLED / (n - 1) if doubled else TOO_MANY / (n * _LETTERS))
        for letter in letters:
            add(word[:at] + letter + word[at + 1 :], ANOTHER / (n * _LETTERS))
    for at in range(1, n + 1):
        for letter in letters:
            add(word[:at] + letter + word[at:], LEFT_OUT / (n + 1))
    return found


def _words(text: str) -> Iterator[Span]:
    """The words that may be misspelt, as typed: none that is quoted, in capitals, or part of an address."""
    kept = [match.span() for match in _QUOTED.finditer(text)]
    kept += [match.span() for match in re.finditer(r"\S+", text) if _NAME.search(match[0])]
    shouted = text.isupper()
    for match in _WORD.finditer(text):
        if (shouted or not match[0].isupper()) and not any(low <= match.start() < high for low, high in kept):
            yield Span(*match.span())
