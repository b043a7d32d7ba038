"""Whether words of a text bear out a value: where they stand, and what of the value they say.

A model is not believed: a number is read from the words it points at, a choice must be named or meant by them, a yes
must not stand on a no, a place must be one of the list or stand where a place stands, and free words must stand beside
a word for what they are. What the words only mean is less sure than LEXICAL, and is not stated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from firstfive.build.cues import telling
from firstfive.build.nearest import sureness, wordings
from firstfive.build.phrases import of_others
from firstfive.build.places import place_of, places, said_places
from firstfive.build.saying import CLAUSE, akin, denies, mentions, polarity, said_in, tokens_of
from firstfive.build.schema import Declared
from firstfive.build.units import YEAR, Quantity, Unit, converted, quantities, same_number
from firstfive.features.gazetteer import Chain, chains, part
from firstfive.types import Span, Value

NEAR = 0.5
"""How sure the nearest value of a choice must be, for words that do not name it."""
CLOSE = 0.35
"""How alike words and the meaning of a yes or no must be, where they share no word."""
LEXICAL, MEANT, NAMED = 0.9, 0.75, 0.4
"""Confidence of a value that the words state, of one that they only imply, and of one that they name without a word for
the fact."""

_COUNTED = re.compile(r"\+? (?P<word>[a-zß-öø-ÿ][\w-]*)")
"""A word in small letters right behind a number."""
_DATE = re.compile(
    r"(?<![\w.,/-])(?:\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?P<last>(?:1[0-9]|20)\d\d)"
    r"|(?P<first>(?:1[0-9]|20)\d\d)(?P<mark>[./-])\d{1,2}(?P=mark)\d{1,2}(?:T[\d:.]+Z?)?)(?![\w/-]|[.,]\d)"
)
_OF_OTHERS = {
    "founded": re.compile(
        r"\b(?:members?|membership|customers?|clients?|partners?|listed|registered|certified|accredited|online|"
        r"Mitglied|Kunde|membre|cliente?|socio|lid)\W{1,3}(?:since|seit|depuis|dal|desde|sinds)\b",
        re.IGNORECASE,
    ),
    "funding": re.compile(
        r"\b(?:help\w*|enabl\w+|allow\w*|advis\w+|let) (?:\w+ ){1,4}(?:to )?raise\b|"
        r"\brais(?:e|es|ed|ing) [^.;]{0,40}\bfor (?:my|his|her|their|others|"
        r"(?:[\w-]+ ){0,2}(?:clients|customers|users|charit\w+|causes|schools|start-?ups|founders|non-?profits))\b",
        re.IGNORECASE,
    ),
}
"""Phrases for since when something is a member or listed somewhere, and for money that others raised or that was raised
for them.

Such a year is not when it was founded, and such a sum is not what it raised.
"""
_WHERE = "in|near|outside|around|à|en|près de|bei|nahe|cerca de|vicino a|w|we|v|ve|te"

Alike = Callable[[str, str], float]
"""How alike two texts are in meaning, in [-1, 1]."""


class Borne(NamedTuple):
    """A value that words bear out. sure in (0, 1]."""

    value: Value
    sure: float


def borne_out(fact: Declared, value: object, words: str, alike: Alike | None = None, around: str = "") -> Borne | None:
    """The value as the words say it; None where they say another, or nothing of it.

    value: as a model gave it, of whatever type. alike: None judges by words alone. around: the sentence that the words
    stand in, where they may be of somebody else.
    """
    if fact.cues.concept == "employees" and around:
        given = _as_number(value)
        if given is not None and of_others(around, given):
            return None
    if fact.cues.concept in _OF_OTHERS and _OF_OTHERS[fact.cues.concept].search(around or words):
        return None
    return _JUDGES[fact.kind](fact, value, words, alike)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _number(fact: Declared, value: object, words: str, alike: Alike | None) -> Borne | None:
    """A number is read from the words: the model's own only says which of several is meant."""
    given = _as_number(value)
    found = [(one, number) for one in numbers_in(fact, words) if (number := in_unit(one, fact.unit, words)) is not None]
    others = [one for one, _ in found]
    for one, number in found:
        if not one.ranged and _is_meant(one, number, given):
            sure = _says_which(fact, words, one, others, alike)
            if sure:
                return Borne(number, sure)
    return None


def _as_number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        found = quantities(value)
        return found[0].number if found else None
    return None


def _is_meant(quantity: Quantity, number: float, given: float | None) -> bool:
    """Whether a model's number is this one, or this one but for "thousand" or "million", which small models drop."""
    if given is None:
        return False
    return any(same_number(given * size, other) for other in (number, quantity.number) for size in (1, 1e3, 1e6, 1e9))


def numbers_in(fact: Declared, text: str) -> Iterator[Quantity]:
    """The quantities of a text; for a year first those of dates in digits, "01.03.1906" and "1906-03-01"."""
    for date in _DATE.finditer(text) if fact.unit == YEAR else ():
        year = "last" if date["last"] else "first"
        yield Quantity(float(date[year]), YEAR, date.start(year), date.end(year))
    yield from quantities(text)


def in_unit(quantity: Quantity, unit: Unit | None, text: str) -> float | None:
    """The quantity as a number of this unit; None where it is of something else.

    A plain number fits a fact without a unit, of people, and of years where it is one.
    """
    if unit is None:
        return quantity.number if quantity.unit is None or quantity.unit.kind in {"people", "percent"} else None
    if unit.kind == "year":
        digits = text[quantity.start : quantity.end]
        return quantity.number if re.fullmatch(r"(?:1[0-9]|20)\d\d", digits) else None
    if quantity.unit is None:
        return quantity.number if unit.kind == "people" and quantity.number.is_integer() else None
    return converted(quantity.number, quantity.unit, unit)


def _says_which(
    fact: Declared, words: str, quantity: Quantity, others: Sequence[Quantity], alike: Alike | None
) -> float:
    """How surely the words say that this number, of all that fit, is of this fact; 0 where they do not.

    A word for it must stand there, nearer than one for another thing and nearer to no other number; or the number be
    the only one, and the words be near to the fact in meaning.
    """
    if quantity.unit and quantity.unit.kind == "people" and fact.unit and fact.unit.kind == "people":
        return LEXICAL
    cues = list(_cues_in(words, fact.cues.words)) or _forms_in(words, _asked(fact))
    cues = [cue for cue in cues if _one_clause(words, cue, quantity)]
    if not quantity.unit and _counts_another(words, quantity, cues):
        return 0.0
    own = [_apart(cue, quantity) for cue in cues if min(others, key=lambda one: _apart(cue, one)) == quantity]
    if own:
        rivals = (_apart(cue, quantity) for cue in _cues_in(words, fact.cues.rivals))
        return LEXICAL if all(other >= min(own) for other in rivals) else 0.0
    meant = not cues and len(others) == 1 and alike is not None and alike(words, fact.about or fact.name) >= CLOSE
    return MEANT if meant and not any(_cues_in(words, fact.cues.rivals)) else 0.0


def _one_clause(words: str, cue: Span, quantity: Quantity) -> bool:
    """Whether nothing between a word and a number ends a clause; a colon between the two ends none."""
    ends = CLAUSE.finditer(words, min(cue.end, quantity.end), max(cue.start, quantity.start))
    return all(
        end.group() == ":" or (end.group() == "." and not words[end.end() : end.end() + 1].isspace()) for end in ends
    )


def _counts_another(words: str, quantity: Quantity, cues: Sequence[Span]) -> bool:
    """Whether the words right behind a number say what it counts, and none of them is a cue: "4 released games"."""
    end = quantity.end
    while counted := _COUNTED.match(words, end):
        if not telling(counted["word"]):
            break
        if any(cue.start < counted.end() and cue.end > quantity.end for cue in cues):
            return False
        end = counted.end()
    return end > quantity.end


def _cues_in(words: str, cues: frozenset[str]) -> Iterator[Span]:
    """Where any of these words and phrases stands."""
    said = words.casefold()
    for cue in cues:
        for found in re.finditer(rf"(?<!\w){re.escape(cue)}(?!\w)", said) if cue in said else ():
            yield Span(*found.span())


def _forms_in(words: str, told: str) -> list[Span]:
    """Where any telling word of a text stands, in some form."""
    wanted = telling(told)
    return [Span(one.start, one.end) for one in tokens_of(words) if any(akin(one.word, word) for word in wanted)]


def _asked(fact: Declared) -> str:
    """The fact in the words of its declaration."""
    return f"{fact.name.replace('_', ' ')} {fact.about}"


def _apart(cue: Span, quantity: Quantity) -> int:
    """Characters between a word and a number."""
    return max(quantity.start - cue.end, cue.start - quantity.end, 0)


# --- choices, words, places, yes and no -------------------------------------------------------------------------------


def _choice(fact: Declared, value: object, words: str, alike: Alike | None) -> Borne | None:
    named = fact.value_named(value) if isinstance(value, str) else None
    if named is None:
        return None
    nearest = alike is not None and _nearest(fact, named, words, alike)
    if any(mentions(named, words)):
        return Borne(named, LEXICAL if nearest or _to_the_letter(named, words) else NAMED)
    return Borne(named, MEANT) if nearest else None


def _to_the_letter(named: str, words: str) -> bool:
    """Whether each telling word of a value stands there, alone or longer: "financial" is not "finance"."""
    there = [token.word for token in tokens_of(words)]
    return all(any(word.startswith(one) for word in there) for one in telling(named))


def _nearest(fact: Declared, named: str, words: str, alike: Alike) -> bool:
    """Whether the words are nearest in meaning to this value, surely enough."""
    likeness = {value: alike(words, said) for value, said in zip(fact.values, wordings(fact), strict=True)}
    others = max(score for value, score in likeness.items() if value != named)
    return sureness(likeness[named], others) >= NEAR


def _text(fact: Declared, value: object, words: str, alike: Alike | None) -> Borne | None:
    """Words of the text: sure where a word for the fact stands beside them, else as near as the two are in meaning."""
    said = " ".join(value.split()) if isinstance(value, str) else ""
    if not said or not said_in(said, words):
        return None
    rest = words.replace(said, " ")
    if any(_cues_in(rest, fact.cues.words)) or _forms_in(rest, _asked(fact)):
        return Borne(said, LEXICAL)
    return Borne(said, MEANT if alike and alike(words, fact.about or fact.name) >= CLOSE else NAMED)


def _place(fact: Declared, value: object, words: str, _: Alike | None) -> Borne | None:
    """The place as the list knows it, where the words name it or a place that lies in it.

    A name of no list is one where something is said to be at home there; less surely so behind "in" or "near".
    """
    if not isinstance(value, str) or not value.strip():
        return None
    said = place_of(value) or next((one.chain for one in places(value)), None) or (value.strip(),)
    for named in places(words):
        if said[0] in named.chain:
            whole = named.chain if len(named.chain) > len(said) else said
            return _leveled(fact, whole[whole.index(said[0]) :] if fact.level == "" else whole)
    if any(said[0] in place.chain for place in said_places(words)):
        return _leveled(fact, said)
    name = value.partition(",")[0].strip()
    labelled = re.search(rf"^\W*([^\W\d_][^:\n]{{0,38}}):\s*{re.escape(name)}(?!\w)", words)
    if labelled and fact.cues.labels(labelled[1]):
        return _leveled(fact, said)
    behind = name[:1].isupper() and re.search(rf"\b(?:{_WHERE}) (?:the )?{re.escape(name)}(?!\w)", words)
    return _leveled(fact, said, MEANT) if behind else None


def _leveled(fact: Declared, chain: Chain, sure: float = LEXICAL) -> Borne | None:
    value = placed(fact, chain)
    return Borne(value, sure) if value else None


def placed(fact: Declared, chain: Chain) -> Value | None:
    """A place as the value of a fact: all of it, or the part that the fact asks for."""
    if not fact.level:
        return chain
    if one := part(chain, fact.level):
        return (one,)
    return (chain[0],) if fact.level == "city" and chain[0] not in chains() else None


def _yes_no(fact: Declared, value: object, words: str, alike: Alike | None) -> Borne | None:
    said = _as_yes_no(value)
    if said is None:
        return None
    spoken = polarity(fact, words)
    if spoken is not None:
        return Borne(said, LEXICAL) if spoken == said else None
    if denies(words) == said:
        return None
    shared = set(telling(_asked(fact))) & set(telling(words))
    if shared or (alike and alike(words, fact.about or fact.name) >= CLOSE):
        return Borne(said, MEANT)
    return None


def _as_yes_no(value: object) -> bool | None:
    if isinstance(value, str):
        return {"yes": True, "true": True, "no": False, "false": False}.get(value.strip().casefold())
    return value if isinstance(value, bool) else None


_JUDGES: Mapping[str, Callable[[Declared, object, str, Alike | None], Borne | None]] = {
    "number": _number,
    "choice": _choice,
    "choices": _choice,
    "text": _text,
    "list": _text,
    "place": _place,
    "yes/no": _yes_no,
}
