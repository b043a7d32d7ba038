"""Which words of a quote are denied or hedged where they stand, by words around it that it may leave out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from firstfive.rank.denial import BEFORE, LACKING, NO
from firstfive.rank.verbs import NT, ONLY
from firstfive.types import Span

REACH = 5
"""Words after a "no" that it may deny, within its clause."""
MAYBE = frozenset(
    "former formerly previously once stopped ceased discontinued plan plans planned planning hope hopes hoped may "
    "might could would should if unless until früher ehemals ehemalige ehemaliger geplant plant könnte würde falls "
    "wenn bis ancien ancienne autrefois prévu prévoit pourrait serait si".split()
)
_NOT = ("n't", "n’t")
_TURNS = frozenset("but and or aber und oder sondern mais et ou although though while whereas".split())
_A_WORD = r"\d+(?:[.,]\d+)*|\w+(?:['’]\w+)*"
WORDS = re.compile(_A_WORD)
_AFTER = frozenset("not never nicht nie niemals pas jamais".split()).union(LACKING)
_TOKEN = re.compile(
    rf"(?P<word>{_A_WORD})|[.;:!?\n()•|]+(?=\s|$)|\n|,(?=\s+(?:we|it|they|he|she|wir|sie|er|es|nous|il|elle|ils)\b)",
    re.IGNORECASE,
)


class Word(NamedTuple):
    """A word of a quote, in lower case. by: the start of what denies or hedges it in the text; None: nothing does."""

    text: str
    start: int
    by: int | None


def words_of(text: str, span: Span) -> list[Word]:
    """The words of a span of a text, each with what denies it from before, in the span or ahead of it."""
    return [word for word in _scoped(text, max(0, span.start - BEFORE), span.end) if word.start >= span.start]


def doubted(text: str, span: Span) -> bool:
    """Whether words around the span, which a quote of it leaves out, deny or hedge it."""
    if any(word.by is not None and word.by < span.start for word in words_of(text, span)):
        return True
    for match in _TOKEN.finditer(text, span.end, min(len(text), span.end + BEFORE)):
        word = (match["word"] or "").lower()
        if not word or word in _TURNS:
            return False
        if word in _AFTER | NT or word.endswith(_NOT):
            return True
    return False


def _scoped(text: str, start: int, end: int) -> Iterator[Word]:
    by, left = None, 0
    tokens = list(_TOKEN.finditer(text, start, end))
    for place, match in enumerate(tokens):
        word = (match["word"] or "").lower()
        following = (tokens[place + 1]["word"] or "").lower() if place + 1 < len(tokens) else ""
        if not word or (word in _TURNS and word not in {"or", "oder", "ou"}):
            by, left = None, 0
        yield from [Word(word, match.start(), by if left > 0 else None)] if word else []
        left -= 1
        if (_denies(word) and following not in ONLY) or (word in MAYBE and match.group() != "May"):
            by, left = match.start(), REACH


def _denies(word: str) -> bool:
    return word in NO | NT or word.endswith(_NOT)
