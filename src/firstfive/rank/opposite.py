"""Words that say no to another by their beginning: "unfurnished", "ungeregelt", "incomplete"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstfive.rank.denial import sides
from firstfive.rank.wording import WORD, telling_words

if TYPE_CHECKING:
    from firstfive.types import Mask, Wish

_PREFIXED = re.compile(
    r"\b(?:(?:un|non|nicht)(?!load|pack|lock|wind|limited|kosten)(?P<of>\w{5,30})|"
    r"i(?:n(?=[acdeos])|m(?=p))(?P<such>(?:complete?|complète?|complet|accessible|dependent|dépendant|possible|correct|offensive|"
    r"experienced|efficient|effective|adequate|appropriate|active|occupé|capable|approprié|adapté|actif)(?:e?s?)))\b"
)
"""A word that says no to another by its beginning: "unfurnished", "ungeregelt", "incomplete", "inoccupé"."""
_NEVER_BOTH = re.compile(
    r"(?:furnished|suitable|accessible|complete|möbliert|geregelt|geeignet|renoviert|meublé|occupé)\w{0,2}"
)
"""What an item is or is not as a whole, so that the opposite of it contradicts."""
_INFLECTIONS = frozenset(("", "e", "en", "er", "es", "em", "s"))


def opposite(texts: Sequence[str], wishes: Sequence[Wish]) -> tuple[Mask, Mask]:
    """(wishes, texts) each: where the text says the opposite of a word of the wish, and not the word: "geregelt" of
    "ungeregelt"; and where both are never so. Not where it says no to that in turn, "nicht geregelt".
    """
    opposed, surely = np.zeros((2, len(wishes), len(texts)), dtype=bool)
    each = [(frozenset(WORD.findall(text)), _denied_by_prefix(text)) for text in (text.lower() for text in texts)]
    for number, wish in enumerate(wishes):
        wanted, unwanted = frozenset(telling_words(wish.text)), _denied_by_prefix(wish.text.lower())
        for at, (words, prefixed) in enumerate(each):
            if not (unwanted or prefixed) or any(_inflected(one, word) for one in unwanted for word in prefixed):
                continue
            plain = {word for word in words for one in unwanted if _inflected(word, one)}
            said = {one for one in prefixed for word in wanted if _inflected(word, one)}
            if plain or (said and not any(_inflected(word, one) for word in words for one in said)):
                opposed[number, at] = (plain | said).isdisjoint(sides(texts[at]).no)
                surely[number, at] = opposed[number, at] and any(map(_NEVER_BOTH.fullmatch, plain | said))
    return opposed, surely


def _denied_by_prefix(text: str) -> frozenset[str]:
    """What words of a text in lower case say no to by their beginning: "geregelt" of "ungeregelt"."""
    return frozenset(match["of"] or match["such"] for match in _PREFIXED.finditer(text))


def _inflected(one: str, other: str) -> bool:
    """Equal but for the ending that a word has before a noun."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and longer[len(shorter) :] in _INFLECTIONS
