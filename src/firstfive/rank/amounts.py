"""Numbers with their units and bounds, so that "under 50 employees" is not met by "220 employees"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from firstfive.rank.wording import same, tells

_SIZES = {
    1e3: ("k", "thousand", "tausend", "mille"),
    1e6: ("m", "mn", "mio", "million", "millions", "millionen"),
    1e9: ("bn", "b", "billion", "billions", "mrd", "milliarden", "milliard", "milliards"),
}
_SIZE = {word: size for size, words in _SIZES.items() for word in words}
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[€$£]\s?)?"
    r"(?P<number>(?P<digits>\d{1,3}(?:[,.'’ ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    rf"(?:\s?(?P<size>{'|'.join(sorted(_SIZE, key=len, reverse=True))})\b\.?)?(?P<more>\+)?)"
    r"(?:\s?(?P<unit>[€$£%]|[^\W\d_]+))?",
    re.IGNORECASE,
)
_ABOUT = r"(?:\s+(?:of|about|the|around|roughly|a|an|us|eur|euro|usd))*\s*(?:us)?[€$£]?\s*$"
_BELOW = re.compile(
    r"\b(?:under|below|less than|fewer than|at most|up to|maximum|max\.?|no more than|not more than|"
    r"(?:lighter|cheaper|smaller|shorter|younger|lower) than|unter|höchstens|"
    r"weniger als|bis zu|maximal|moins de|au plus)" + _ABOUT,
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:over|above|more than|at least|minimum|min\.?|exceeding|"
    r"(?:heavier|bigger|larger|longer|older|higher) than|über|mindestens|mehr als|plus de|au moins)" + _ABOUT,
    re.IGNORECASE,
)
_RANGE = frozenset({"-", "–", "to", "bis", "à"})
_AND = frozenset({"and", "und", "et"})
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre)\s*[€$£]?\s*$", re.IGNORECASE)
_PEOPLE = frozenset(
    "employees employee people staff workers persons headcount mitarbeiter mitarbeitende beschäftigte leute personen "
    "salariés salarié employés personnes collaborateurs".split()
)
_MONEY = frozenset("€ $ £ euro euros eur usd dollar dollars pound pounds gbp franken chf".split())


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it stands in a text: from low to high, of what. kind: "money", "people", else the word behind it."""

    low: float
    high: float
    kind: str

    def meets(self, other: Amount) -> bool:
        """Whether some value of the one is a value of the other."""
        return self.low <= other.high and other.low <= self.high


def at_odds(said: str, says: str) -> bool:
    """Whether the second text has a number of the kind that the first one names, and none that meets it."""
    given = list(amounts(says))
    for wanted in amounts(said):
        alike = [one for one in given if wanted.kind and one.kind and same(wanted.kind, one.kind)]
        if alike and not any(wanted.meets(one) for one in alike):
            return True
    return False


def amounts(text: str) -> Iterator[Amount]:
    """The numbers of a text. Of "10 to 20 million" both ends are millions."""
    found = list(_NUMBER.finditer(text))
    place = 0
    while place < len(found):
        first = found[place]
        second = found[place + 1] if place + 1 < len(found) else None
        if second and _joins(text, first, second):
            size = 1.0 if first["size"] or not second["size"] else _SIZE[second["size"].lower()]
            low, high = _value(first) * size, _value(second)
            yield Amount(min(low, high), max(low, high), _kind(second) or _kind(first))
            place += 2
            continue
        yield _single(text, first)
        place += 1


def _joins(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    """Whether two numbers are the ends of one range."""
    between = text[first.end("number") : second.start("digits")].strip(" €$£").casefold()
    return between in _RANGE or (between in _AND and bool(_BETWEEN.search(text[: first.start()])))


def _single(text: str, match: re.Match[str]) -> Amount:
    value, before = _value(match), text[max(0, match.start("digits") - 40) : match.start("digits")]
    if _BELOW.search(before):
        return Amount(-inf, value, _kind(match))
    return Amount(value, inf if match["more"] or _ABOVE.search(before) else value, _kind(match))


def _value(match: re.Match[str]) -> float:
    digits = re.sub(r"[,.'’ ](?=\d{3}(?!\d))", "", match["digits"]).replace(",", ".")
    return float(digits) * (_SIZE[match["size"].lower()] if match["size"] else 1.0)


def _kind(match: re.Match[str]) -> str:
    unit = (match["unit"] or "").lower()
    if match["sign"] or match["size"] or unit in _MONEY:
        return "money"
    return "people" if unit in _PEOPLE else unit if tells(unit) else ""
