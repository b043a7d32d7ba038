"""For how many people something is to be: "for two", "for four people", "six of us", and the fields that say it.

A house has room for as many and for fewer. A dish is for about as many: who cooks for four takes one for six.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor, inf

from firstfive.features.numerals import COUNTS
from firstfive.rank.amounts import BEFORE, Amount

HOLDING = frozenset("sleeps guests gäste schlafplätze couchages voyageurs seats seating sitzplätze capacity".split())
"""Words in the name of a field that says how many people have room: where more have room, fewer do too."""
SERVING = frozenset("serves servings serving portions portionen portion".split())
"""Words in the name of a field that says for how many a dish is."""
_MORE = 1.5
"""A dish may be for so many times the people that are named."""
_FOR = re.compile(
    r"(?:^|[\s(])(?:for|für|pour)\s{1,3}(?:(?:the|all|us|die|les|nous)\s){0,2}$",
    re.IGNORECASE,
)
_PEOPLE_BEHIND = re.compile(
    r"\s?(?:$|[.,;:!?)](?!\d)|(?:people|persons?|adults?|guests|of\sus|personen|leute|gäste|erwachsene|personnes|invités|"
    r"adultes|please|and|with|without|in|near|by|at|on|from|not|no|bitte|und|mit|ohne|am|bei|nicht|et|avec|sans|à|dans)"
    r"(?!\w))",
    re.IGNORECASE,
)
_OF_US = re.compile(r"\s(?:of\sus|von\suns|d['’]entre\snous)\b", re.IGNORECASE)
_OTHER_COUNTED = re.compile(r"\s(?:and|und|et)\s(?:a\shalf|demi)", re.IGNORECASE)


def for_people(text: str, given: Amount) -> bool:
    """Whether a number is plainly of the people whom it is for, though it may have no word for them."""
    if given.low != given.high:
        return False
    if _OF_US.match(text, given.end):
        return True
    before = text[max(0, given.start - BEFORE) : given.start]
    behind = _PEOPLE_BEHIND.match(text, given.end) and not _OTHER_COUNTED.match(text, given.end)
    return bool(_FOR.search(before) and behind) and given.high < max(COUNTS.values())


def seats(names: Sequence[str], given: Amount) -> tuple[float, float]:
    """The least and the most that a field of such a name should state for so many people."""
    return given.low, inf if SERVING.isdisjoint(names) else floor(given.low * _MORE)
