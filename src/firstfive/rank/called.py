"""Numbers that a request says of a field by its name, "max fee 150", and ages, "older than 10", "under 8 years old"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import TypeAlias

from firstfive.features.numerals import COUNTS
from firstfive.rank.amounts import Amount

Names: TypeAlias = Mapping[str, Sequence[str]]
"""The words of each field's name, in small letters."""
BEFORE = 40
"""Characters before a number in which it is said what it is of."""
BOUND_WORDS = (
    r"(?:of|is|ist|est|at|most|least|up|to|under|over|below|above|less|more|than|not|no|max(?:imum|imal\w*)?\.?|min(?:imum|imal\w*)?\.?|"
    r"between|from|about|around|older|younger|von|unter|über|höchstens|mindestens|bis|zu|ab|zwischen|moins|plus|de|"
    r"au|jusqu['’]à|entre|[:=<>€$£])"
)
_CALLED = re.compile(rf"(?P<name>\b[^\W\d_]+)[\s:]*(?:{BOUND_WORDS}\s*)*$", re.IGNORECASE)
"""The word before a number and what bounds it."""
_COUNTS = COUNTS.keys() | {"one"}
_SUCH = (
    r"(?:(?:double|single|twin|large|big|good|small|spacious|separate|bright|full|private|en-?suite|große?s?|kleine?s?|"
    r"helle?s?|getrennte?|separate?s?|grande?s?|petite?s?|belles?|beaux|vraies?)\s+)"
)
"""A word between a number and what it counts: "two double bedrooms"."""
_IS_COUNTED = re.compile(
    rf"(?<![^\s(-])(?P<count>\d[\d.,]{{0,12}}|[^\W\d_]{{2,12}})[\s-]{_SUCH}{{0,2}}$", re.IGNORECASE
)
"""Before a name that is counted itself, and not what a number behind it is of: "2 bedrooms under £900"."""
_NAME_WITHIN = re.compile(
    r"(?P<bound>\b(?:over|under|above|below|than|between|at\s+(?:most|least)|up\s+to|max(?:imum)?\.?|min(?:imum)?\.?|"
    r"über|unter|höchstens|mindestens|bis|ab|zwischen|maximal\w*|minimal\w*)\s+)"
    r"(?P<name>(?:the\s+)?(?P<word>[^\W\d_]+)\s+(?:(?:of|von|de)\s+)?)(?=[€$£]?\d)",
    re.IGNORECASE,
)
"""A word between a bound and its number: "max fee 150", "over the age of 5"."""
OF_A_YEAR = dict.fromkeys("year years yr yrs jahr jahre jahren an ans".split(), 1.0)
OF_A_YEAR |= dict.fromkeys("month months monate monaten mois".split(), 12.0)
OF_A_YEAR |= dict.fromkeys("week weeks woche wochen semaines".split(), 52.0)
"""Units of ages: of a year, so many."""
_AGE = frozenset("age ages alter âge".split())
_OF_AGE = _AGE | frozenset("aged in year years jahre jahren ans der des".split())
"""Words of the name of a field that holds an age, and not one that is asked of somebody."""
BARE = 100
"""A number from this on is in no thousands of a later one: of "800 to 1.2k" the first is 800."""
THOUSANDS = {"k": 1e3, "m": 1e6}
_OLD = re.compile(r"[\s-]{0,2}[^\W\d_]{0,9}[\s-]{1,2}(?:old|of\s+age|alt|âgée?s?)\b", re.IGNORECASE)
_OLDER = re.compile(
    r"\b(?:(?:older|younger)\s+than|(?:älter|jünger)\s+als|plus\s+(?:jeunes?|âgée?s?|vieux|vieilles?)\s+que|aged?|âgée?s?)"
    r"\s+(?:(?:over|under|between|from)\s+)?$",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(
    r"\s?[^\W\d_]+['’]?\s(?:of(?!\s+age)|in|experience|warranty|contract|ago|erfahrung|d['’]|de)|"
    r"[\s-]?(?:[^\W\d_]+[\s-])?(?:old\s)?(?:wom[ae]n|m[ae]n|lad(?:y|ies)|gentlem[ae]n|mother|father|sons?|daughters?|boys?|"
    r"girls?|child(?:ren)?|kids?|persons?|people|couple|parents?|drivers?|husband|wife|twins?)\b|"
    r"\s?(?:years?(?:\sold)?)?\s?,\s?(?:i|ich|je)\b",
    re.IGNORECASE,
)
"""Behind a number: its years are of an experience, or somebody's."""
_OF_OTHERS_AGE = re.compile(
    r"\b(?:people|persons?|anyone|someone|those|adults?|wom[ae]n|m[ae]n|seniors?|kids|child(?:ren)?|boys?|girls?|babies|"
    r"baby|toddlers?|teen\w*|sons?|daughters?|nephews?|nieces?|grand\w+|husband|wife|mother|father|mum|dad|parents?|"
    r"couple|driver|both|leute|menschen|personen|frauen|männer|kinder|jungen|mädchen|jugendliche|mann|frau|mutter|vater|"
    r"gens|personnes|femmes?|hommes?|enfants?|garçons?|filles?|mari|mère|père|i\s+am|i['’]m|we\s+are|ich\s+bin|wir\s+sind|"
    r"j['’]ai|my|our|mein\w*|unser\w*)\b[^.;:!?]*$|"
    r"\b(?:for|since|in|had|lived|ago|last|seit|depuis|vor|il\s+y\s+a|warranty|guarantee|finance|contract|experience|"
    r"erfahrung|garantie)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""Before a number of years: they are somebody's, or of something else."""


def called(text: str, given: Amount, names: Names) -> list[str]:
    """The fields that the words before a number call by name: "fee at most 150", "max age 9"."""
    before = text[max(0, given.start - BEFORE) : given.start]
    name = _CALLED.search(before)
    word = name["name"].casefold() if name and not _counts(before[: name.start()]) else ""
    found = [one for one, words in names.items() if word in words or (word in _AGE and of_age(words))] if word else []
    return [one for one in found if [*names[one]] == [word]] or found  # of age and min_age, age


def _counts(before: str) -> bool:
    """Whether a number stands at the end, but for words such as "double"."""
    found = _IS_COUNTED.search(before)
    return found is not None and (found["count"][0].isdecimal() or found["count"].casefold() in _COUNTS)


def aged(text: str, given: Amount, names: Names) -> list[str]:
    """The fields of ages, where a number is one; not of somebody else's, and not of an experience."""
    before = text[max(0, given.start - BEFORE) : given.start]
    of_years = given.kind in OF_A_YEAR and (given.low < given.high or _OLD.match(text, given.end))
    if not (of_years or _OLDER.search(before)) or _OF_SOMETHING.match(text, given.end) or _OF_OTHERS_AGE.search(before):
        return []
    return [one for one, words in names.items() if of_age(words)]


def of_age(words: Sequence[str]) -> bool:
    """Whether a field of such a name holds the age of the item."""
    return not _AGE.isdisjoint(words) and _OF_AGE.issuperset(words)


def counted(given: Amount, *, of_age: bool) -> Amount:
    """The number as the field counts it: in years, and in thousands where it says so."""
    times = 1 / OF_A_YEAR.get(given.kind, 1.0) if of_age else THOUSANDS.get(given.kind, 1.0)
    low, high = given.low * times, given.high * times
    if times > 1 and given.low < BARE <= given.high < inf:  # "800 to 1.2k"
        low, high = given.high, low
    return replace(given, low=low, high=high)


def without_names(text: str, names: Names) -> str:
    """The text with blanks for a field's name between a bound and its number: "max     150" of "max fee 150"."""
    known = {word for words in names.values() for word in words} | _AGE

    def blank(match: re.Match[str]) -> str:
        is_name = match["word"].casefold() in known
        return match["bound"] + (" " * len(match["name"]) if is_name else match["name"])

    return _NAME_WITHIN.sub(blank, text)
