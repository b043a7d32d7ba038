"""Misspelt words, read as they are meant; and where what was typed stands, for quotes.

    slips("dentsit")                  {"dentist": .02, ...}: all that is one slip away, and how likely just that slip is
    respelt("a dentsit", better)      Respelt("a dentist", ...): better("dentsit", False) -> "dentist"

Nine of ten misspelt words are one slip away: a letter left out (34 of a hundred), one too many (27, as often as not the
one before it doubled), another one (19) or two changed round (13): Pollock and Zamora, Communications of the ACM 27,
1984. Words in quotation marks are taken as typed, and so are addresses and abbreviations in capitals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firstfive.types import Misspelt, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from firstfive.types import Quote

SHORTEST, LONGEST = 4, 24
"""Of shorter words nearly everything is one slip away from another."""
SHOUTED = 6
"""Letters of a word from which on it is no abbreviation where all is in capitals."""
MOST = 100
"""Words of a request that are looked up at most."""
LEFT_OUT, DOUBLED, TOO_MANY, ANOTHER, ROUND = 0.34, 0.135, 0.135, 0.19, 0.13
"""How often a misspelt word has a letter left out, doubled, too many or another, or two changed round."""
_LETTERS = 26
"""Letters that one too many, or another one, is as a rule one of."""
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyzßàáâãäåæçèéêëìíîïñòóôõöøùúûüýăąćčďęěğıłńňőœřśşšșťțůűźżž",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
)
_WORD = re.compile(rf"(?<!\w)[^\W\d_ʼ]{{{SHORTEST},{LONGEST}}}(?![\w'’])")
_ADDRESS = re.compile(
    r"(?<!\S)[^\s@]*+@\S*|(?<!\w)\w*+://\S*|www\.\S*|(?<![\w.@-])[\w-]++(?:\.[\w-]++)*\.(?:[a-z]{2,6}|[A-Z]{2,6})(?!\w|\.\w)\S*"
)
_QUOTED = tuple(
    re.compile(quoted)
    for quoted in ('"[^"]*"', "“[^”]*”", '„[^"“”]*["“”]', "«[^»]*»", "»[^«]*«", "‚[^‘’]*[‘’]", "‹[^›]*›")
)
_BEGINS = re.compile(r"(?:^|\w{3}[.!?:]\s)\W*$")
"""What stands before the first word of a sentence: no "Dr." """
_BEFORE = 40
"""Characters that are looked at for that."""


@dataclass(frozen=True, slots=True)
class Respelt:
    """A text as it is meant. typed: as it was typed. swaps: each word that was misspelt, where it stands in `text` and
    where in `typed`, in order."""

    text: str
    typed: str
    swaps: tuple[tuple[Span, Span], ...] = ()

    @property
    def misspelt(self) -> tuple[Misspelt, ...]:
        """The words that were misspelt, where they were typed."""
        each = ((self.text[new.start : new.end], old) for new, old in self.swaps)
        return tuple(Misspelt(self.typed[old.start : old.end], read, old.start, old.end) for read, old in each)

    def typed_at(self, start: int, end: int) -> Span:
        """Where what stands here in the text was typed: whole words, where they were misspelt."""
        return Span(self._at(start, end=False), self._at(end, end=True))

    def meant_at(self, start: int, end: int) -> Span:
        """The inverse: where what was typed here stands in the text."""
        turned = Respelt(self.typed, self.text, tuple((old, new) for new, old in self.swaps))
        return turned.typed_at(start, end)

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


def respelt(text: str, better: Callable[[str, bool], str | None]) -> Respelt | None:
    """The text as it is meant; None where it is as typed.

    better: gives what a word in small letters is meant to be, or None, and is told whether it may be a name.
    """
    parts: list[str] = []
    swaps: list[tuple[Span, Span]] = []
    known: dict[tuple[str, bool], str | None] = {}
    at = length = 0
    for old, name in _words(text):
        word = text[old.start : old.end]
        asked = word.lower(), name
        if asked not in known and len(known) < MOST:
            known[asked] = better(*asked)
        meant = known.get(asked)
        if meant is None:
            continue
        meant = meant.upper() if word.isupper() else meant.capitalize() if word[0].isupper() else meant
        length += old.start - at + len(meant)
        parts += [text[at : old.start], meant]
        swaps.append((Span(length - len(meant), length), old))
        at = old.end
    return Respelt("".join([*parts, text[at:]]), text, tuple(swaps)) if swaps else None


def slips(word: str) -> dict[str, float]:
    """All that a word in small letters may be meant to be, one slip away, and how likely just that slip is made of it.

    Nothing for a word of a script unknown here. Some 150 a letter. The first letter is right, or changed round with the
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


def _words(text: str) -> Iterator[tuple[Span, bool]]:
    """The words that may be misspelt, as typed, and whether each may be a name: it has a capital amid a sentence.

    None that is quoted, part of an address, or has a capital behind its first letter, where not all are capitals.
    """
    kept = [match.span() for pattern in (*_QUOTED, _ADDRESS) for match in pattern.finditer(text)]
    shouted = text.isupper()
    for match in _WORD.finditer(text):
        start, word = match.start(), match[0]
        short = len(word) < SHOUTED if shouted else word[1:] != word[1:].lower()
        if short or any(low <= start < high for low, high in kept):
            continue
        name = not shouted and word[0].isupper() and not _BEGINS.search(text[max(0, start - _BEFORE) : start])
        yield Span(*match.span()), name
