"""Numbers that a request says of a field by its name, "max fee 150", and ages, "older than 10", "under 8 years old"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TypeAlias

from firstfive.features import is_share
from firstfive.features.numerals import COUNTS, ordinal
from firstfive.rank.amounts import BEFORE, Amount
from firstfive.rank.lexicon import AT_LEAST, AT_MOST, LESS, MORE, OWN, PERSON, RELATIVE
from firstfive.rank.wording import LETTERS, plural, same, tells

Names: TypeAlias = Mapping[str, Sequence[str]]
"""The words of each field's name, in small letters."""
BOUND_WORDS = (
    r"(?:of|is|ist|est|liegt\s+bei|at|most|least|up|to|under|over|below|above|less|more|than|not|no|max(?:imum|imal\w*)?\.?|min(?:imum|imal\w*)?\.?|"
    r"between|from|about|around|older|younger|von|unter|über|höchstens|mindestens|bis|zu|ab|zwischen|moins|plus|de|"
    r"au|jusqu['’]à|entre|greater|higher|lower|exceeding|größer|höher|kleiner|mehr|weniger|als|supérieure?s?|"
    r"inférieure?s?|à|[:=<>≤≥€$£])"
)
_CALLED = re.compile(rf"(?P<name>(?<![^\W\d_])[^\W\d_]+)[\s:]*(?:{BOUND_WORDS}\s*)*$", re.IGNORECASE)
"""The word before a number and what bounds it."""
_ENDS = frozenset("min max minimum maximum".split())
"""They bound a number, and may be of a name."""
_COUNTS = COUNTS.keys() | {"one"}
_SORT = (
    r"(?:double|single|twin|large|big|good|small|spacious|separate|bright|full|private|en-?suite|große?s?|kleine?s?|"
    r"helle?s?|getrennte?|separate?s?|grande?s?|petite?s?|belles?|beaux|vraies?)"
)
_SUCH = rf"(?:{_SORT}\s+)"
"""A word between a number and what it counts: "two double bedrooms"."""
_IS_COUNTED = re.compile(
    rf"(?<![^\s(-])(?P<count>\d[\d.,]{{0,12}}|[^\W\d_]{{2,12}})[\s-]{_SUCH}{{0,2}}$", re.IGNORECASE
)
"""Before a name that is counted itself, and not what a number behind it is of: "2 bedrooms under £900"."""
_BESIDE = re.compile(
    rf"(?<![^\s(-])(?P<count>\d{{1,3}}|[^\W\d_]{{2,16}}(?:-[^\W\d_]{{2,16}})?)\s(?P<such>{_SUCH}{{1,2}})(?=(?P<noun>[^\W\d_]+))",
    re.IGNORECASE,
)
_AND = r"\s(?:and|plus|und|et|&|\+)\s"
_WITH_OTHERS = (
    re.compile(
        rf"(?<![^\s(-])(?P<count>[^\W_]{{1,16}})\s{_SORT}(?:s|\s(?P<noun>[^\W\d_]{{1,20}}))?{_AND}$", re.IGNORECASE
    ),
    re.compile(rf"[^\W\d_]{{1,20}}{_AND}(?P<count>[^\W_]{{1,16}})\s{_SORT}\s(?P<noun>[^\W\d_]{{1,20}})", re.IGNORECASE),
)
"""Before and behind a number that is not all of them: "2 double and 1 single bedroom"."""
_OTHER_OR = re.compile(r"\b(?:or|oder|ou)\s{1,9}(?:(?:an?|eine?|une?)\s{1,9})?$", re.IGNORECASE)
_OR_OTHER = re.compile(
    r"[\s-]\w{1,20}\s(?:or|oder|ou)\s{1,9}(?:(?:an?|eine?|une?)\s{1,9})?(?P<other>[^\W_]{1,16})", re.IGNORECASE
)
_OR_SO = frozenset({"so", "thereabouts"})
_ONE = re.compile(
    r"(?<![\w-])(?P<bound>(?:at\s(?:least|most)|mindestens|höchstens|genau|nur|au\s(?:moins|plus)|exactement|seulement)\s)?"
    r"(?P<one>one|eine?[nmr]?|une?)(?=(?:\s(?:or|to|oder|bis|ou|à)\s(?P<next>[^\W_]{1,16}))?"
    r"[\s-](?P<noun>[^\W\d_]+)\b(?!\s(?:at\sa\stime|down|up|away|from(?!\s?[€$£]?\s?\d))\b))",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(r"\b(?:in|number)\s$", re.IGNORECASE)
_PLACED = frozenset(
    "second minute hour day night evening morning week weekend month year time place spot point side way step door "
    "street block star".split()
)
"""What is named by "one" where it is not counted: "one day I want to learn", "all in one place", "one-star reviews"."""
_EITHER = re.compile(rf"(?<![\w./,])(?P<one>\d)/(?=(?P<other>\d)[\s-]{_SUCH}{{0,2}}(?P<noun>[^\W\d_]+))", re.IGNORECASE)
_HALF = re.compile(r"(?<![\w./,])(?P<whole>\d{1,2})\s1/2(?![\w/])")
_FLOOR = re.compile(
    r"(?<![\w.,/])(?P<in>(?:on\s(?:the\s)?|in\s(?:the|der)\s|i[mn]\s|de[mrn]\s|zum\s|(?<!['’])au\s|le\s)?)"
    r"(?<!lower\s)(?<!upper\s)(?<!raised\s)(?:(?P<from>\d{1,2}\.|\w{2,12})(?:\s(?:or|to|oder|bis|ou|à)\s|/))?"
    r"(?P<place>\d{1,2}\.|\w{2,12})[\s-](?P<noun>floor|storey|stock|stockwerk|etage|étage|geschoss)\b"
    r"(?=(?:[\s-](?P<next>[^\W_]{1,20})(?:[\s-](?P<then>[^\W_]{1,20}))?)?)",
    re.IGNORECASE,
)
LEVELS = frozenset("floors storeys stories levels stockwerke stockwerken etagen geschosse geschossen étages".split())
"""What is counted, and no place: a house of two floors is on none of them."""
_HOMES = frozenset(
    "flat flats apartment apartments maisonette studio unit home property accommodation office offices condo wohnung "
    "wohnungen appartement appartements".split()
)
_BEHIND_FLOOR = _HOMES | frozenset(
    "near no only please max min maximum minimum under below above up upwards oder bis ou ohne kein sans "
    "maximal".split()
)
"""What may stand behind a floor that is the item's own: of a ground floor bathroom it is not."""
SHORT = {
    "bed": "bedroom",
    "beds": "bedroom",
    "bath": "bathroom",
    "baths": "bathroom",
    "recep": "reception",
    "zi": "zimmer",
}
"""What nouns behind a number are short for, where no field is called by themselves."""
_NAME_WITHIN = re.compile(
    rf"(?P<bound>\b(?:{LESS}|{AT_MOST}|{MORE}|{AT_LEAST}|than|between|zwischen)\s+)"
    r"(?P<name>(?:the\s+)?(?P<word>[^\W\d_]+)\s+(?:(?:of|von|de)\s+)?)(?=[€$£]?\d)",
    re.IGNORECASE,
)
"""A word between a bound and its number: "max fee 150", "over the age of 5"."""
OF_A_YEAR = dict.fromkeys("year years yr yrs jahr jahre jahren an ans".split(), 1.0)
OF_A_YEAR |= dict.fromkeys("month months monate monaten mois".split(), 12.0)
OF_A_YEAR |= dict.fromkeys("week weeks woche wochen semaines".split(), 52.0)
"""Units of ages, and how many of each make a year."""
_AGE = frozenset("age ages alter âge".split())
_OF_AGE = _AGE | frozenset("aged in year years jahre jahren ans der des".split())
"""Words that alone make up the name of a field of the item's age: "minimum age" is asked of somebody."""
BARE = 100
"""A first number from this on does not share the thousands of the second: "800 to 1.2k" begins at 800."""
THOUSANDS = {"k": 1e3, "m": 1e6}
_OLD = re.compile(r"[\s-]{0,2}[^\W\d_]{0,9}[\s-]{1,2}(?:old|of\s+age|alt|âgée?s?)\b", re.IGNORECASE)
_OLDER = re.compile(
    r"\b(?:(?:older|younger)\s+than|(?:älter|jünger)\s+als|plus\s+(?:jeunes?|âgée?s?|vieux|vieilles?)\s+que|aged?|âgée?s?)"
    r"\s+(?:(?:over|under|between|from)\s+)?$",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(
    r"\s?[^\W\d_]+['’]?\s(?:of(?!\s+age)|in|experience|warranty|contract|ago|erfahrung|d['’]|de)|"
    rf"[\s-]?(?:[^\W\d_]+[\s-])?(?:old\s)?(?:{PERSON}|{RELATIVE})\b|\s?(?:years?(?:\sold)?)?\s?,\s?(?:i|ich|je)\b",
    re.IGNORECASE,
)
"""After a number: the years are of experience or the like, or a person's."""
_OF_OTHERS_AGE = re.compile(
    rf"\b(?:{PERSON}|{RELATIVE}|{OWN}|i\s+am|i['’]m|we\s+are|ich\s+bin|wir\s+sind|j['’]ai)\b[^.;:!?]*$|"
    r"\b(?:for|since|in|had|lived|ago|last|seit|depuis|vor|il\s+y\s+a|warranty|guarantee|finance|contract|experience|"
    r"erfahrung|garantie)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""Before a number of years: they are somebody's, or of something else."""


def called(text: str, given: Amount, names: Names) -> list[str]:
    """The fields that the words before a number call by name: "fee at most 150", "max age 9"."""
    before = given.before(text)
    name = _CALLED.search(before)
    word = name["name"].casefold() if name and not _counts(before[: name.start()]) else ""
    found = [one for one, words in names.items() if word in words or (word in _AGE and of_age(words))] if word else []
    found = _at_length(before[: name.end("name")], found, names) if name and found else []
    return [one for one in found if [*names[one]] == [word]] or found  # of age and min_age, age


def _at_length(before: str, found: Sequence[str], names: Names) -> list[str]:
    """Those of the fields that the most words in a row say at the end. None of shares: they are called otherwise."""
    said = [match.group() for match in LETTERS.finditer(before.casefold())][::-1]
    runs: dict[str, int] = {}
    for one in found:
        among = frozenset(names[one]) - _ENDS
        runs[one] = next((place for place, word in enumerate(said) if word not in among), len(said))
    return [one for one in found if runs[one] == max(runs.values()) and not is_share(one)]


def _counts(before: str) -> bool:
    """Whether the text ends with a number, leaving out words such as "double"."""
    found = _IS_COUNTED.search(before)
    return found is not None and is_count(found["count"])


def is_count(word: str) -> bool:
    """Whether a word is a number, in digits or not."""
    return word[0].isdecimal() or word.casefold() in _COUNTS


def or_else(text: str, amount: Amount) -> bool:
    """Whether something without a number is offered instead: "a studio or one bedroom", "ground floor or a lift"."""
    other = _OR_OTHER.match(text, amount.end)
    return bool(_OTHER_OR.search(amount.before(text))) or (
        other is not None and not is_count(other["other"]) and other["other"].casefold() not in _OR_SO
    )


def aged(text: str, given: Amount, names: Names) -> list[str]:
    """The fields of ages, where the number is the item's age; none for a person's age or years of experience."""
    before = given.before(text)
    of_years = given.kind in OF_A_YEAR and (given.low < given.high or _OLD.match(text, given.end))
    if not (of_years or _OLDER.search(before)) or _OF_SOMETHING.match(text, given.end) or _OF_OTHERS_AGE.search(before):
        return []
    return [one for one, words in names.items() if of_age(words)]


def of_years(text: str, given: Amount) -> bool:
    """Whether a number of years is plainly how old the item is, by "old" behind it or "older than" before it."""
    before = given.before(text)
    if _OF_SOMETHING.match(text, given.end) or _OF_OTHERS_AGE.search(before):
        return False
    return bool(_OLD.match(text, given.end) or _OLDER.search(before))


def of_age(words: Sequence[str]) -> bool:
    """Whether a field of such a name holds the age of the item."""
    return not _AGE.isdisjoint(words) and _OF_AGE.issuperset(words)


def rescaled(given: Amount, *, of_age: bool) -> Amount:
    """The number as the field counts it: in years, and in thousands where it says so."""
    times = 1 / OF_A_YEAR.get(given.kind, 1.0) if of_age else THOUSANDS.get(given.kind, 1.0)
    low, high = given.low * times, given.high * times
    if times > 1 and -inf < given.low < BARE <= given.high < inf:  # "800 to 1.2k"
        low, high = given.high, low
    return replace(given, low=low, high=high)


def without_names(text: str, names: Names) -> str:
    """The text with blanks for a field's name between a bound and its number: "max     150" of "max fee 150"."""
    known = {word for words in names.values() for word in words} | _AGE

    def blank(match: re.Match[str]) -> str:
        is_name = match["word"].casefold() in known
        return match["bound"] + (" " * len(match["name"]) if is_name else match["name"])

    return _NAME_WITHIN.sub(blank, text)


def in_digits(text: str, counts: Mapping[str, float]) -> str:
    """The text, as long as it is, with numbers in front of what they count: "  1 bedroom" of "one bedroom".

    counts: the words that fields of few things are called by, each with the least that its field states. "One" is a
    number where a field is called by its plural, or where that is an end of a span; "ein" and "un" only in a span or
    behind a bound, since they mostly are articles.
    """

    words = _Words(counts)
    text = _HALF.sub(lambda match: f"{match['whole']}.5".rjust(len(match.group())), text)
    text = _BESIDE.sub(words.beside, _ONE.sub(words.one, text))
    return _FLOOR.sub(words.floor, _EITHER.sub(words.either, text))


@dataclass(frozen=True, slots=True)
class _Words:
    """What `in_digits` writes for each match of its patterns, at the same length."""

    counts: Mapping[str, float]

    def known(self, noun: str) -> bool:
        return any(same(word, noun) for word in self.counts)

    def one(self, match: re.Match[str]) -> str:
        noun, bound, said = match["noun"].casefold(), match["bound"] or "", match["one"]
        known = noun in SHORT or self.known(noun)
        if match["next"]:
            is_one = known and is_count(match["next"])
        elif said.casefold() == "one" and noun not in _PLACED:
            several = noun in SHORT or any(plural(word, noun) and word != noun for word in self.counts)
            is_one = several and not _NO_COUNT.search(match.string[max(0, match.start() - BEFORE) : match.start()])
        else:
            is_one = known and bound != ""
        if noun in _PLACED and known and not is_one and not _OLD.match(match.string, match.end()):
            return bound + " " * len(said)  # else "one-star" is a number of stars
        return bound + "1".rjust(len(said)) if is_one else match.group()

    def beside(self, match: re.Match[str]) -> str:
        """Only of a field's own name: "2 single beds" are no bedrooms."""
        noun, start = match["noun"].casefold(), max(0, match.start() - BEFORE)
        before, behind = _WITH_OTHERS
        others = before.search(match.string[start : match.start()]), behind.match(match.string, match.end())
        part = any(one and is_count(one["count"]) and same((one["noun"] or noun).casefold(), noun) for one in others)
        plain = is_count(match["count"]) and self.known(noun) and not part
        return " " * len(match["such"]) + match["count"] + " " if plain else match.group()

    def either(self, match: re.Match[str]) -> str:
        noun = match["noun"].casefold()
        return f"{match['one']}-" if noun in SHORT or self.known(noun) else match.group()

    def floor(self, match: re.Match[str]) -> str:
        noun, behind = match["noun"].casefold(), (match["next"] or "a").casefold()
        least, place = _place(match["from"] or ""), _place(match["place"])
        own = (
            not tells(behind)
            or is_count(behind)
            or behind in _BEHIND_FLOOR
            or (match["then"] or "").casefold() in _HOMES
        )
        if place is None or not own or not self.counts.get(noun, inf) <= min(place, place if least is None else least):
            return match.group()
        kept = match.group()[: match.start("place") - match.start()] if match["from"] and least is None else ""
        said = f"{place} {match['noun']}" if least is None else f"{least}-{place} {match['noun']}"
        return kept + said.rjust(len(match.group()) - len(kept))


def _place(word: str) -> int | None:
    """The floor that a word says."""
    return 0 if word.casefold() == "ground" else ordinal(word)
