"""For how many people something is to be: "for two", "for four people", "six of us", and the fields that say it.

A house has room for as many and for fewer. For how many a dish is decides nothing: who cooks can take more or less.
"""

from __future__ import annotations

import re

from firstfive.features.numerals import COUNTS
from firstfive.rank.amounts import Amount

HOLDING = frozenset("sleeps guests gäste schlafplätze couchages voyageurs seats seating sitzplätze capacity".split())
"""Words in the name of a field that says how many people have room: where more have room, fewer do too."""
_FOR = re.compile(
    r"(?:^|[\s(])(?:for|für|pour)\s{1,3}(?:(?:the|all|us|die|les|nous)\s){0,2}$",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"^\W*(?:for|für|pour)\s|"
    r"\b(?:cottages?|houses?|homes?|flats?|apartments?|villas?|cabins?|huts?|chalets?|barns?|bungalows?|caravans?|vans?|"
    r"campervans?|tents?|yurts?|lodges?|rooms?|suites?|hotels?|hostels?|b&b|places?|somewhere|accommodation|stay|holidays?|"
    r"breaks?|weekends?|getaway|tables?|venues?|halls?|boats?|haus|häuschen|hütte|ferienhaus|ferienwohnung|wohnung|zimmer|"
    r"zelt|platz|plätze|unterkunft|tisch|urlaub|wochenende|maison|gîte|appartement|chambre|tente|logement|séjour|vacances)\b",
    re.IGNORECASE,
)
"""Before a bare number of people: what has room for them, or nothing."""
_ELSE = re.compile(r"\b(?:wait\w*|work\w*|toys?|games?|bikes?|books?|quotes?|gifts?|presents?)\b", re.IGNORECASE)
"""Before it: it is no number of those who need room."""
_PEOPLE_BEHIND = re.compile(
    r"\s?(?:$|[.,;:!?)](?!\d)|(?:people|persons?|adults?|guests|of\sus|personen|leute|gäste|erwachsene|personnes|invités|"
    r"adultes|please|and|with|without|in|near|by|at|on|from|not|no|bitte|und|mit|ohne|am|bei|nicht|et|avec|sans|à|dans)"
    r"(?!\w))",
    re.IGNORECASE,
)
_PEOPLE_NAMED = re.compile(
    r"\s(?:people|persons?|adults?|guests|personen|leute|gäste|erwachsene|personnes|invités|adultes)\b", re.IGNORECASE
)
_MARK = re.compile(r"[.;!?]\s")
_OF_US = re.compile(r"\s(?:of\sus|von\suns|d['’]entre\snous)\b", re.IGNORECASE)
_OTHER_COUNTED = re.compile(
    r"\s(?:and|und|et)\s(?:a\shalf|demi|\d|up\b|over\b|older\b|above\b|under\b|more\b|älter|mehr\b|plus\b)|\sat\s\d|\sat\shome\b",
    re.IGNORECASE,
)
"""Behind a number that is an age or counts more than people."""
_CHILDREN = re.compile(
    r"\s(?:adults?|erwachsenen?|adultes?)(?:\s(?:and|und|et|with|mit|avec|plus)|,|\s?[+&])\s?(?P<count>[^\W_]{1,9})\s"
    r"(?:(?:small|young|little|kleinen?)\s)?(?:children|child|kids?|kind(?:er|ern)?|enfants?|babies|baby|toddlers?|teenagers?)\b",
    re.IGNORECASE,
)
_ONE = frozenset(("a", "one", "ein", "eine", "einem", "un", "une"))
_NEAR = 60


def for_people(text: str, given: Amount) -> bool:
    """Whether a number is plainly of the people whom it is for, though it may have no word for them."""
    if not given.exact:
        return False
    if _OF_US.match(text, given.end):
        return True
    sentence = _MARK.split(given.before(text, _NEAR))[-1]
    if not _PEOPLE_NAMED.match(text, given.end) and (not _ROOM.search(sentence) or _ELSE.search(sentence)):
        return False
    behind = _PEOPLE_BEHIND.match(text, given.end) and not _OTHER_COUNTED.match(text, given.end)
    return bool(_FOR.search(given.before(text)) and behind) and given.high < max(COUNTS.values())


def children_beside(text: str, given: Amount) -> int:
    """How many children are named behind a number of adults: 2 of "two adults and two children"."""
    found = _CHILDREN.match(text, given.end)
    if not found:
        return 0
    count = found["count"].casefold()
    return int(count) if count.isdecimal() else 1 if count in _ONE else COUNTS.get(count, 0)
