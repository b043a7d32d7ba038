"""For how many people something is to be: "for two", "for four people", "six of us", and the fields that say it.

A house has room for as many and for fewer. For how many a dish is decides nothing: who cooks can take more or less.
"""

from __future__ import annotations

import re

from firstfive.features.numerals import COUNTS
from firstfive.rank.amounts import BEFORE, Amount

HOLDING = frozenset("sleeps guests gäste schlafplätze couchages voyageurs seats seating sitzplätze capacity".split())
"""Words in the name of a field that says how many people have room: where more have room, fewer do too."""
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
