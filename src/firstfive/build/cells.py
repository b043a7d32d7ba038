"""What a cell says beside its remarks: "£390" of "from £390 pw", "yes" of "Yes, two dogs", the day of a deadline.

Each function gives one cell in a form that a field of its kind reads, and None where the cell says anything else, such
as several numbers or a sentence. Only short cells are read, so that none is slow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from firstfive.features import dates, name_words
from firstfive.features.numerals import COUNTS, number
from firstfive.ports import YES_NO

LONGEST = 80
"""Characters of a cell that is read."""
_LEFT_OPEN = frozenset(
    "ask|ask first|please ask|enquire|please enquire|on request|upon request|on application|by arrangement|negotiable|"
    "by negotiation|price on application|price on request|poa|tbc|tba|tbd|to be confirmed|to be agreed|varies|depends|"
    "rolling|ongoing|open all year|always open|no deadline|no closing date|"
    "auf anfrage|preis auf anfrage|nach vereinbarung|nach absprache|bitte anfragen|verhandlungssache|variabel|laufend|"
    "fortlaufend|ganzjährig|kein stichtag|keine frist|"
    "sur demande|prix sur demande|nous consulter|à convenir|à définir|variable|selon accord|en continu|toute l'année|"
    "sans date limite".split("|")
)
_ONE = frozenset("one ein eine un une".split())
_FREE = frozenset(
    "free|free of charge|free entry|no charge|no fee|kostenlos|gratis|frei|umsonst|eintritt frei|gratuit|"
    "entrée libre".split("|")
)
"""What costs 0."""
_GROUND = frozenset("ground|ground floor|eg|erdgeschoss|rez-de-chaussée|rdc".split("|"))
_FLOOR = frozenset("floor etage stockwerk étage".split())


def left_open(cell: str) -> bool:
    """Whether a cell says that no value is set, or that it is still to be asked for: it has no say in what its column
    holds."""
    return len(cell) <= LONGEST and cell.strip(" .!()").casefold() in _LEFT_OPEN


# --- numbers ----------------------------------------------------------------------------------------------------------

_CURRENCY = r"(?:[$€£¥]|(?:EUR|USD|GBP|CHF)(?![^\W\d_]))"
_DIGITS = r"[1-9]\d{0,2}(?:[ \u00a0\u2009\u202f'’]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d(?:[\d.,]{0,20}\d)?"
_SIZE = r"(?:k|m|bn|mio|mrd|tsd|million|millions|millionen|billion|milliarden|thousand|tausend)(?!\w)\.?"
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?\s?(?P<number>{_DIGITS})(?:\s?(?P<size>{_SIZE}))?(?:\s?(?P<after>{_CURRENCY}))?"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_SPELT = re.compile(r"(?P<number>[^\W\d_]{2,12}(?:-[^\W\d_]{2,12})?)(?!\w)")
_LEADS = re.compile(
    r"(?:from|up\s?to|sleeps|accommodates|max(?:imum)?|min(?:imum)?|for|only|just|over|under|at\s(?:least|most)|"
    r"(?:more|less|fewer)\sthan|ab|bis(?:\szu)?|für|nur|maximal|mindestens|höchstens|über|unter|(?:mehr|weniger)\sals|"
    r"schläft|à\spartir\sde|dès|jusqu['’]à|pour|seulement|plus\sde|moins\sde|au\s(?:moins|plus)|"
    r"ca?|circa|about|around|approx(?:imately)?|roughly|etwa|ungefähr|um|rund|environ|env|vers)(?!\w)[.:]?\s?",
    re.IGNORECASE,
)
"""What stands before a number that can be had: of "from 390" it is 390, and of "up to 4" or "over 4" it is 4.
Of what is only nearly so, such as "c. 1870", it is that number."""
_DECADE = re.compile(r"(?:the\s)?(?P<number>1[5-9]\d0|20\d0)(?:['’]?s|er(?:\sjahren?)?)(?!\w)", re.IGNORECASE)
"""Ten years, of which the first stands for all: "1960s" is no number of seconds."""
_LABEL = re.compile(r"(?P<word>[^\W\d_]{3,20})(?:\s?:|\s)\s?")
_TO = re.compile(r"\s?(?:[-–—]|(?:to|bis|à)(?!\w))\s?", re.IGNORECASE)
_UNIT = re.compile(r"[ -]?(?P<unit>[^\W\d_]{1,16}[²³23]?)(?!\w)")
_PER = re.compile(
    r"\s?(?:(?:per|a|each|pro|je|par|la)\s|/\s?|p\.?(?=(?:cm|w|a|n)\b))(?P<period>[^\W\d_]{1,9})|"
    r"\s(?P<adverb>weekly|monthly|yearly|annually|daily|hourly)",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\s?(?:\.?$|[,;:+]|[-–—]\s|(?:plus|incl|including|inkl|zzgl|zuzüglich|max|and|und|et|avec|with|mit|"
    r"or\s(?:more|less|over|above|under|below|best\soffer|near(?:est)?\soffer)|oder\s(?:mehr|weniger)|"
    r"ou\s(?:plus|moins)|o\.?[nvb]\.?o|each|apiece|firm|fixed|for\sthe\slot|the\slot|v\.?h?b|fp|festpreis|"
    r"à\sdébattre|négociable|ferme|pièce|stück)\b)",
    re.IGNORECASE,
)
"""How begins what is no more than a remark, behind a number and its unit."""
_SPOILS = re.compile(
    r"\b(?:sold out|fully booked|ausgebucht|ausverkauft|épuisé|(?:half|halbe?|demie?|full|complet)[ .!]?$)",
    re.IGNORECASE,
)
"""A remark after which the number is not to be had, or not all: "half board" is none."""
_BRACKETS = re.compile(r"\([^()]{0,60}\)")
_PERIODS: Mapping[str, str] = {
    word: words.split()[0]
    for words in (
        "hour hours hourly hr h stunde heure",
        "day days daily tag jour",
        "night nights nacht nuit n",
        "week weeks weekly wk w woche semaine",
        "month months monthly monat mois cm",
        "year years yearly annum annually yr jahr an a",
        "person people head guest kopf personne",
    )
    for word in words.split()
}
_ENOUGH_OF = frozenset(
    "sleeps guests people persons capacity seats beds gäste personen plätze betten personnes places couchages invités "
    "salary pay wage wages gehalt lohn salaire".split()
)
_LITTLE_OF = frozenset(
    "price prices cost costs fee fees rent tariff preis preise kosten gebühr miete prix coût tarif loyer".split()
)
_PER_BY_NAME = {"salary": "year", **dict.fromkeys(("rent", "miete", "kaltmiete", "warmmiete", "loyer"), "month")}
"""What such sums are per, where they do not say it."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its currency, magnitude or unit. period: the word for what it is per, such as "week"."""

    plain: str
    period: str
    money: bool


def amounts(cells: Sequence[str], name: str, strict: Collection[str]) -> list[str]:
    """The cells of a field of numbers, those with remarks as their number alone; any other cell as it is.

    strict: cells that say a number already. Of a range, which a field cannot hold, that end is taken which decides
    whether somebody can have it: the low one of a price, since "£450-£780" is to be had for £450, and the high one of
    room or pay. All numbers are per one period: cells of another stay as they are. What is free costs 0.
    """
    words = name_words(name)
    read = [_amount(cell, words) if len(cell) <= LONGEST else None for cell in cells]
    some = [one for one in read if one]
    priced = not _LITTLE_OF.isdisjoint(words) or (0 < len(some) <= 2 * sum(one.money for one in some))
    nothing = (_FREE if priced else frozenset()) | (_GROUND if not _FLOOR.isdisjoint(words) else frozenset())
    usual = _usual(words, some)
    return [
        "0"
        if cell.strip(" .!").casefold() in nothing
        else one.plain
        if one and one.period in {"", usual} and (one.period or cell not in strict or _DECADE.fullmatch(cell.strip()))
        else cell
        for cell, one in zip(cells, read, strict=True)
    ]


def _usual(words: Sequence[str], read: Sequence[_Amount]) -> str:
    """What the numbers of a field are per: by its name, by what half of them say, or by what such sums mostly are."""
    if named := next((_PERIODS[word] for word in words if len(word) > 2 and word in _PERIODS), ""):
        return named
    periods = Counter(one.period for one in read if one.period)
    if periods and 2 * periods.total() >= len(read):
        return max(periods, key=lambda period: (periods[period], period))
    return next((_PER_BY_NAME[word] for word in words if word in _PER_BY_NAME), "")


def _amount(cell: str, words: Collection[str]) -> _Amount | None:
    text = " ".join(_BRACKETS.sub(" ", cell).split())
    at = 0
    while led := _LEADS.match(text, at) or _label(text, at, words):
        at = led.end()
    found = _AMOUNT.match(text, at) or _DECADE.match(text, at) or _SPELT.match(text, at)
    if not found or not (digits := _digits(found["number"])):
        return None
    parts, at = {**dict.fromkeys(("before", "size", "after")), **found.groupdict(), "number": digits}, found.end()
    to = _TO.match(text, at)
    if to and (last := _AMOUNT.match(text, to.end())):
        chosen = _end(parts, last.groupdict(), words)
        if chosen is None:
            return None
        parts, at = chosen, last.end()
    money = parts.get("before") or parts.get("after")
    unit = _UNIT.match(text, at) if not (money or _REMARK.match(text, at) or _PER.match(text, at)) else None
    at = unit.end() if unit else at
    per = _PER.match(text, at)
    period = _PERIODS.get((per["period"] or per["adverb"]).casefold(), "?") if per else ""
    rest = text[per.end() if per else at :]
    if period == "?" or not _REMARK.match(rest) or any(map(str.isdigit, rest)) or _takes_back(cell, rest):
        return None
    written = [
        parts.get("before"),
        parts["number"],
        parts.get("size"),
        parts.get("after"),
        unit["unit"] if unit else "",
    ]
    return _Amount(" ".join(filter(None, written)), period, bool(money))


def _takes_back(cell: str, remark: str) -> bool:
    """Whether a remark, or brackets, say that the number is not all, or not to be had: "2 and a half", "5 (full)"."""
    if any(word == "one" or word in COUNTS for word in _WORD.findall(remark.casefold())):
        return True
    return any(_SPOILS.search(said.strip("() ")) for said in (remark, *_BRACKETS.findall(cell)))


def _label(text: str, at: int, words: Collection[str]) -> re.Match[str] | None:
    """A word of the field's name, before the number."""
    found = _LABEL.match(text, at)
    return found if found and found["word"].casefold() in words else None


def _digits(said: str) -> str:
    """A number in digits, as it is; "3" of "three"; empty for another word."""
    if said[0].isdigit():
        return said
    folded = said.casefold()
    count = 1 if folded in _ONE else COUNTS.get(folded, 0)
    return str(count) if count else ""


def _end(
    first: Mapping[str, str | None], last: Mapping[str, str | None], words: Collection[str]
) -> dict[str, str | None] | None:
    """The end of a range that says whether it can be had, as `amounts` tells; None where no name and no sign do."""
    low = {part: first.get(part) or last[part] for part in last}  # of "45-60k" both are thousands
    high = {part: last[part] or first.get(part) for part in last}
    if low["size"] == high["size"] and number(str(low["number"])) >= number(str(high["number"])):
        return None
    if not _ENOUGH_OF.isdisjoint(words):
        return high
    priced = low["before"] or low["after"] or not _LITTLE_OF.isdisjoint(words)
    return low if priced else None


# --- yes and no -------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_TRUE, _FALSE = (
    frozenset(word for word, true in YES_NO.items() if true is wanted and len(word) > 1) for wanted in (True, False)
)
_NONE_OF = _FALSE | frozenset("kein keine keinen keiner pas aucun aucune".split())
_NOT = _NONE_OF | frozenset("not nicht never nie jamais cannot cant can't".split())
_BEFORE_IT = frozenset(
    "sorry regrettably unfortunately strictly absolutely definitely leider désolé malheureusement".split()
)
_LET_IN = frozenset(
    "welcome allowed accepted permitted available included willkommen erlaubt gestattet vorhanden inklusive "
    "inbegriffen bienvenu bienvenue bienvenus bienvenues accepté acceptée acceptés acceptées admis autorisé "
    "autorisée autorisés inclus disponible disponibles".split()
)
_BUT = frozenset(
    "only except unless but if under over before after between some large big without nur außer aber wenn ohne sauf "
    "seulement uniquement mais si sans".split()
)
"""A welcome or a refusal beside them is one of some and not of all."""
_POLITE = frozenset(
    "please thank thanks you sorry bitte danke leider merci désolé at all whatsoever are is sind sont".split()
)
_FOR_NOTHING = re.compile(
    r"\b(?:no|without|kein\w{0,2}|ohne|pas de|sans)\s(?:(?:extra|additional|zusätzliche|weitere)\s)?"
    r"(?:charge|fee|cost|gebühr(?:en)?|kosten|supplément|frais)(?!\w)"
)
"""A no that refuses nothing: what is welcome costs nothing."""
_CLAUSE = re.compile(r"[,;:.!?()–—]|\s-\s")
_OF_A_COUNT = frozenset(
    "up to max maximum at most small medium medium-sized well behaved well-behaved trained house-trained quiet "
    "friendly by arrangement on request please bis zu maximal höchstens klein kleine kleiner kleines ruhige "
    "brave auf anfrage nach absprache jusqu'à petit petite petits petites calme calmes sage sages sur demande".split()
)
_ANIMALS, _PETS = frozenset({"pet", "animal"}), frozenset({"dog", "cat"})
_ENGLISH = {
    **dict.fromkeys(("hund", "chien"), "dog"),
    **dict.fromkeys(("katz", "katzen", "chat"), "cat"),
    **dict.fromkeys(("haustier", "tier", "animaux"), "animal"),
}
"""By their stems: a field and its cells may be of two languages."""


def truth(cell: str, name: str) -> str | None:
    """Yes or no, for a cell such as 'Yes, two dogs', 'no pets', 'dogs welcome' or '2 dogs'.

    None when it holds only for some, or says no to something else.
    """
    text = _FOR_NOTHING.sub(" ", cell.casefold()) if len(cell) <= LONGEST else ""
    found = list(_WORD.finditer(text))
    while found and found[0][0] in _BEFORE_IT:
        found.pop(0)
    if not found:
        return None
    words = [one[0] for one in found]
    denied = not _NOT.isdisjoint(words)
    if words[0] in _TRUE:
        return None if denied else "yes"
    if not _BUT.isdisjoint(words):
        return None
    if words[0] in _NONE_OF:
        return "no" if _refused(text[found[0].end() :], name) else None
    welcomes = [one for one in found if one[0] in _LET_IN]
    if len(welcomes) == 1 and denied:
        return "no" if _turned_away(text[found[0].start() :], welcomes[0][0], name) else None
    if welcomes:
        return "yes" if len(welcomes) == 1 and _of_it(words, name, denied=False) else None
    return "yes" if _counted(words, name) else None


def _refused(behind: str, name: str) -> bool:
    """Whether a no stands alone or refuses all of what the field is called by: "no problem" refuses nothing, and "no
    pets in bedrooms" not all. behind: what stands behind the no."""
    if behind[:1] == "." and _WORD.search(behind):  # "No. 5"
        return False
    said, _, remark = _CLAUSE.sub("\n", behind, count=1).partition("\n")
    words = [word for word in _WORD.findall(said) if word not in {"de", "any", "more"}]
    named = _named(name, denied=True)
    whole = all(word in _LET_IN or word in _POLITE or _singular(word) in named for word in words)
    return whole and _LET_IN.isdisjoint(_WORD.findall(remark))


def _turned_away(text: str, welcome: str, name: str) -> bool:
    """Whether what is welcome is denied right there, for all of it: "dogs not allowed", not "allowed, not on beds"."""
    before, _, behind = text.partition(welcome)
    words = _WORD.findall(before)
    after = _WORD.findall(_CLAUSE.split(behind, maxsplit=1)[0])
    denied = bool(words) and words[-1] in _NOT and _NOT.isdisjoint(words[:-1]) and _POLITE.issuperset(after)
    return denied and _NOT.isdisjoint(_WORD.findall(behind)) and _of_it([*words, welcome], name, denied=True)


def _of_it(words: Sequence[str], name: str, *, denied: bool) -> bool:
    """Whether a welcome or a refusal is of what the field is called by, or names nothing: "dogs welcome", "allowed"."""
    plain = _LET_IN | _NOT | _OF_A_COUNT
    return any(_singular(word) in _named(name, denied=denied) for word in words) or all(word in plain for word in words)


def _counted(words: Sequence[str], name: str) -> bool:
    """Whether they count, from one on, what a field is called by, and say nothing else: "up to two small dogs"."""
    counts = [word for word in words if word.isdecimal() or word in _ONE or word in COUNTS]
    if len(counts) != 1 or len(counts[0]) > 12 or (counts[0].isdecimal() and int(counts[0]) == 0):
        return False
    others = [word for word in words if word not in counts and word not in _OF_A_COUNT]
    return all(_singular(word) in _named(name, denied=False) for word in others)


def _named(name: str, *, denied: bool) -> Collection[str]:
    """What a field is called by, in the singular: no animals are no dogs, and two dogs are pets that may come."""
    named = {_singular(word) for word in name_words(name)}
    others = _ANIMALS if not (_ANIMALS | _PETS).isdisjoint(named) else frozenset()
    return named | others | (_PETS if not denied and not _ANIMALS.isdisjoint(named) else frozenset())


def _singular(word: str) -> str:
    stem = word.removesuffix("s").removesuffix("e") if len(word) > 3 else word
    return _ENGLISH.get(stem, stem)


# --- dates ------------------------------------------------------------------------------------------------------------

_NO_REMARK = re.compile(
    rf"\s?(?:[-–—]\s?\d|[/&+]|(?:to|until|till|bis|au|and|und|et|or|oder|ou)\b)|.*(?:\d{{4}}|\b(?:{dates.MONTH})\b|"
    r"\d{1,2}\.\d{1,2}\.)",
    re.IGNORECASE,
)
"""Behind a date that is not the only one, or begins a span."""


def dated(cell: str) -> str | None:
    """The date that a cell begins with, or has behind a weekday, a time or "by", where only a remark follows."""
    if len(cell) > LONGEST:
        return None
    found = dates.leading(cell.strip())
    return found[0] if found and not _NO_REMARK.match(found[1]) else None
