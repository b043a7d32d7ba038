"""How much of what was said the words of another text meet: all of it, its beginning, or nothing.

It is met where the same words stand side by side in the same order, as singular or plural. Words apart, in another
order or another form may mean another thing ("care at home" and "care home", "production" and "product manager"), and
so may words that are only alike: opposites and siblings are as near by cosine as synonyms. Only what follows a thing
may be left out of what was said: "in Iberia" of "elderly care in Iberia". Words that stand before the thing, join it,
count it or deny it change what it means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from firstfive.rank.denial import sides
from firstfive.rank.doubt import words_of
from firstfive.rank.wording import plural, tells
from firstfive.types import Span

HALF = 0.5
"""More than this share of what the words of a quote tell must be met: "contract packing" has less of "contract
cleaning"."""
_TOKEN = re.compile(r"(?:(?<!\w)[$€£.+−-](?=\w))?\w[\w\u0300-\u036f]*[+#%°€$£]*|&")
_ELIDED = re.compile(r"(?<!\w)(?:l|d|qu|n|s|j|c|m|t)['’](?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?(?!\w)")
_MARK = re.compile(r"[,;:!?()\n–—]|\.(?=\s|$)")
_ARTICLES = frozenset("a an the der das den dem des ein eine einen einem einer le la les un une l".split())
_BESIDE = frozenset(
    "for to of near beside by from about like around against next für von vom zu zum zur bei beim neben nahe über wie "
    "gegen nach pour de du des d à au aux près chez sur comme contre".split()
)
"""Behind these stands what something is only for, of or near: "software for dentists" is no dentist."""
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


class _Token(NamedTuple):
    """A word with its signs ("c++", "50+"), in lower case. marked: whether a mark stands before it."""

    text: str
    end: int
    marked: bool

    @property
    def tells(self) -> bool:
        return tells(self.text)


def met_until(said: str, says: str, before: str, weigh: Callable[[str], float]) -> int | None:
    """Where the beginning of `said` that the words of `says` meet ends, as an offset; None where too little is met.

    before: what the clause of `says` begins with. weigh: how much a word in lower case tells, above 0.
    """
    one, other = _tokens(said), _tokens(says)
    aside = any(token.text in _BESIDE for token in _tokens(before))
    met = max((_run(one, other[at:]) for at in _free(other, aside=aside)), default=0)
    if not any(token.tells for token in one[:met]):
        return None
    if met == len(one):
        return len(said)
    if _counts_or_denies(said):
        return None
    whole = sum(weigh(token.text) for token in one if token.tells)
    for last in range(met, 0, -1):
        token, told = one[last - 1], sum(weigh(token.text) for token in one[:last] if token.tells)
        if token.tells and told > HALF * whole and _TAIL.match(said, token.end):
            return token.end
    return None


def _tokens(text: str) -> list[_Token]:
    """The words of a text without its articles."""
    found, at = list[_Token](), 0
    blank = _POSSESSIVE.sub(lambda part: " " * len(part[0]), _ELIDED.sub(lambda part: " " * len(part[0]), text))
    for match in _TOKEN.finditer(blank):
        word = unicodedata.normalize("NFC", match[0]).casefold()
        joined = blank[match.end() : match.end() + 1] in {"/", "-", "&"}
        if word not in _ARTICLES or joined or (match[0].isupper() and len(word) > 1):
            found.append(
                _Token("and" if word == "&" else word, match.end(), bool(_MARK.search(blank, at, match.start())))
            )
            at = match.end()
    return found


def _free(tokens: Sequence[_Token], *, aside: bool) -> list[int]:
    """Where a run may begin: not behind a word such as "for" in the same clause. aside: such a word came before."""
    found = []
    for at, token in enumerate(tokens):
        aside = aside and not token.marked
        if not aside:
            found.append(at)
        aside = aside or token.text in _BESIDE
    return found


def _run(one: Sequence[_Token], other: Sequence[_Token]) -> int:
    """How many words both begin with."""
    for at, (mine, its) in enumerate(zip(one, other, strict=False)):
        if not plural(mine.text, its.text) or (at and its.marked and not mine.marked):
            return at
    return min(len(one), len(other))


def _counts_or_denies(said: str) -> bool:
    """Whether a part of it may mean another thing than the whole: by a number, or by a no of any kind."""
    if any(sign.isdigit() for sign in said) or _TAKES_BACK.search(said) or sides(said).no:
        return True
    return any(word.by is not None for word in words_of(said, Span(0, len(said))))
