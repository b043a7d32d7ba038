"""How much of what was said the words of another text meet: all of it, its beginning, or nothing.

Word by word, in some form. Nothing is met by likeness alone: opposites and siblings ("indoor", "outdoor climbing") are
as alike by cosine as synonyms. What may be left out is what follows a thing, "in Iberia" of "elderly care in Iberia".
What stands before it ("software for hair salons"), is joined to it ("self-service"), counts it or says no to it turns
what it means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from firstfive.rank.denial import sides, words_of
from firstfive.rank.wording import inflected, tells
from firstfive.types import Span

HALF = 0.5
"""Of what the words of a quote tell more than this must be met: "contract packing" has less of "contract cleaning"."""
_LETTERS = r"\w[\w\u0300-\u036f]*"
_UNIT = re.compile(rf"{_LETTERS}(?:[-‐‑'’&/]{_LETTERS})*")
_PART = re.compile(_LETTERS)
_ELIDED = re.compile(r"(?:l|d|qu|n|s|j|c|m|t)['’](?=\w)", re.IGNORECASE)
_ENDED = re.compile(r"(?<=\w)['’]\w$")
_SIGNS = "+#%$€£°@"
_BELOW_ZERO = re.compile(r"(?<![\w.,])[-−]\d")
_AND = frozenset("and und et y e".split())
_TURNS = frozenset("from to into in near before after inside outside von aus nach vor bis im de à vers depuis".split())
"""Words that say which way or where: the same place behind another of them is another thing."""
_ARTICLES = frozenset("a an the der die das den dem le la les".split())
_TAIL = re.compile(
    r"\s*(?:[,;:.(–—]|(?:in|near|around|at|on|by|for|with|to|from|across|within|and|or|who|which|that|whose|where|"
    r"im|am|an|auf|aus|bei|nahe|für|mit|nach|und|oder|en|à|au|aux|dans|près|pour|avec|chez|et|ou|qui|dont)\b)",
    re.IGNORECASE,
)
"""How what may be left out begins."""
_TAKES_BACK = re.compile(
    r"\b(?:free|frei|less|fewer|few|without|prohibited|forbidden|banned|verboten|interdit\w*|except|instead|rather|other|"
    r"only|nur|sauf|weniger|moins|peu|ohne|sans)\b",
    re.IGNORECASE,
)


class _Unit(NamedTuple):
    """Words that cannot be parted, "self-service", in lower case, and where they stand."""

    parts: list[str]
    start: int
    end: int


def met_until(said: str, says: str, weigh: Callable[[str], float]) -> int:
    """Where the part of `said` ends which the words of `says` meet: 0 where it is none, or not enough.

    weigh: how much a word in lower case tells, above 0.
    """
    units, there = [unit for unit in _units(said) if _telling(unit)], _words(says)
    held = [*takewhile(lambda unit: all(_among(part, there) for part in _telling(unit)), units)]
    if not held or _turned(said, says):
        return 0
    if len(held) == len(units):
        return len(said) if _signed(said, says) else 0
    if _counts_or_denies(said):
        return 0
    whole = sum(_weight(unit, weigh) for unit in units)
    for last in range(len(held), 0, -1):
        end = held[last - 1].end
        enough = sum(_weight(unit, weigh) for unit in held[:last]) > HALF * whole
        if enough and _TAIL.match(said, end) and _signed(said[:end], says):
            return end
    return 0


def _units(text: str) -> Iterator[_Unit]:
    for match in _UNIT.finditer(text):
        joined = _ENDED.sub("", _ELIDED.sub("", match.group()))
        yield _Unit([_plain(part.group()) for part in _PART.finditer(joined)], *match.span())


def _telling(unit: _Unit) -> Sequence[str]:
    """The words of a unit that must be met: all of one that is joined."""
    return unit.parts if len(unit.parts) > 1 else [part for part in unit.parts if tells(part)]


def _words(text: str) -> frozenset[str]:
    return frozenset(part for unit in _units(text) for part in unit.parts)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def _among(word: str, there: Collection[str]) -> bool:
    return word in there or any(inflected(word, other) for other in there)


def _weight(unit: _Unit, weigh: Callable[[str], float]) -> float:
    return sum(weigh(part) for part in _telling(unit))


def _signed(said: str, says: str) -> bool:
    """Whether the signs that change a word ("C++", "50+", "-5") stand in both."""
    if any(sign in said and sign not in says for sign in _SIGNS):
        return False
    if "&" in said and "&" not in says and not _AND & _words(says):
        return False
    return bool(_BELOW_ZERO.search(said)) == bool(_BELOW_ZERO.search(says))


def _turned(said: str, says: str) -> bool:
    """Whether a word stands behind another direction in what is said than in what the item says: to and from London."""
    one, other = _directions(said), _directions(says)
    return any(word in other and not ways & other[word] for word, ways in one.items())


def _directions(text: str) -> dict[str, set[str]]:
    found, way = dict[str, set[str]](), ""
    for word in (part for unit in _units(text) for part in unit.parts):
        if word in _TURNS:
            way = word
        elif word not in _ARTICLES:
            if way:
                found.setdefault(word, set()).add(way)
            way = ""
    return found


def _counts_or_denies(said: str) -> bool:
    """Whether a part of it may mean another thing than the whole: by a number, or by a no of any kind."""
    if any(sign.isdigit() for sign in said) or _TAKES_BACK.search(said) or sides(said).no:
        return True
    return any(word.by is not None for word in words_of(said, Span(0, len(said))))
