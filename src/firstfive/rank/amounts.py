"""Numbers with their units and bounds, so that "under 50 employees" is not met by "220 employees"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import inf

from firstfive.rank.wording import same, tells

_SIZES = {
    1e3: ("k", "thousand", "tausend", "mille"),
    1e6: ("m", "mn", "mio", "million", "millions", "millionen"),
    1e9: ("bn", "b", "billion", "billions", "mrd", "milliarden", "milliard", "milliards"),
}
_SIZE = {word: size for size, words in _SIZES.items() for word in words}
_LETTERS = frozenset("kmb")
"""Sizes of money or people only: "3 m" of anything else are metres."""
_FEWER = (
    r"(?:max(?:imum|imal)?|at\s+most|höchstens|(?:or|oder|ou)\s+(?:less|fewer|under|below|smaller|lower|cheaper|shorter|"
    r"weniger|moins))\b"
)
_MORE = (
    r"(?:minimum|at\s+least|mindestens|"
    r"(?:or|oder|ou|and)\s+(?:more|over|above|larger|bigger|longer|higher|mehr|plus))\b"
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[€$£]\s?)?"
    r"(?P<number>(?P<digits>\d{1,3}(?:[,.'’ ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    rf"(?:\s?(?P<size>{'|'.join(sorted(_SIZE, key=len, reverse=True))})\b\.?)?(?P<more>\+)?)"
    rf"(?:\s+{_FEWER}|\s+{_MORE})?(?:\s?(?P<unit>[€$£%]|[^\W\d_]+))?",
    re.IGNORECASE,
)
_ABOUT = r"(?:\s+(?:of|about|the|around|roughly|a|an|us|eur|euro|usd|chf|gbp))*\s*(?:us)?[€$£]?\s*$"
_NOT = r"\b(?P<no>(?:no|not|nothing|never|nicht|nichts|keine?[nrs]?|pas)\s+)?"
_BELOW = re.compile(
    _NOT + r"(?:under|below|less than|fewer than|at most|up to|maximum|max\.?|"
    r"(?:lighter|cheaper|smaller|shorter|younger|lower) than|unter|höchstens|"
    r"weniger als|bis zu|maximal|moins de|au plus)" + _ABOUT,
    re.IGNORECASE,
)
_ABOVE = re.compile(
    _NOT + r"(?:over|above|more than|at least|minimum|min\.?|exceeding|"
    r"(?:heavier|bigger|larger|longer|older|higher) than|über|mindestens|mehr als|plus de|au moins)" + _ABOUT,
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|um|etwa|rund|ungefähr|environ|autour de|"
    r"à peu près)|~)\s*[€$£]?\s*$",
    re.IGNORECASE,
)
_CLOCK = frozenset({"uhr", "h", "heures"})
ROUGH = 0.25
"""How far from a number that is named roughly another one may be."""
_OR_FEWER, _OR_MORE = (re.compile(rf"\s+{words}(?!\s*[€$£]?\s*\d)", re.IGNORECASE) for words in (_FEWER, _MORE))
_RANGE = frozenset({"-", "–", "to", "bis", "à"})
_AND = frozenset({"and", "und", "et"})
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre)\s*[€$£]?\s*$", re.IGNORECASE)
_PEOPLE = frozenset(
    "employees employee people staff workers persons headcount mitarbeiter mitarbeitende beschäftigte leute personen "
    "salariés salarié employés personnes collaborateurs".split()
)
_MONEY = frozenset("€ $ £ euro euros eur usd dollar dollars pound pounds gbp franken chf".split())
_PRICED = re.compile(
    r"(?:[€$£]|\b(?:eur|euros?|usd|gbp|chf|revenues?|turnover|ebitda|profits?|budget|umsatz|gewinn)\b[^.;\d]{0,20})\s*$",
    re.IGNORECASE,
)
"""What stands before a number of money that has no sign of its own."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it stands in a text: from low to high, of what.

    kind: "money", "people", else the word behind it. start: where its digits begin.
    """

    low: float
    high: float
    kind: str
    start: int = field(default=0, compare=False)

    @property
    def open(self) -> bool:
        """Whether it has one end only."""
        return (self.low == -inf) != (self.high == inf)

    def reversed(self) -> Amount:
        """What an open one is not; its end belongs to both."""
        low, high = (self.high, inf) if self.low == -inf else (-inf, self.low)
        return replace(self, low=low, high=high)

    def meets(self, other: Amount) -> bool:
        """Whether some value of the one is a value of the other."""
        return self.low <= other.high and other.low <= self.high


def at_odds(said: str, says: str) -> bool:
    """Whether the second text has a number of the kind that the first one names, and none that meets it."""
    return meets(said, says) is False


def meets(said: str, says: str) -> bool | None:
    """Whether the numbers that the first text names are met by those of their kind in the second; None: it has none."""
    given, found = list(amounts(says)), None
    for wanted in amounts(said):
        alike = [one for one in given if wanted.kind and one.kind and same(wanted.kind, one.kind)]
        if alike and not any(wanted.meets(one) for one in alike):
            return False
        found = True if alike else found
    return found


def amounts(text: str) -> Iterator[Amount]:
    """The numbers of a text. Of "10 to 20 million" both ends are millions."""
    found = list(_NUMBER.finditer(text))
    place = 0
    while place < len(found):
        first = found[place]
        second = found[place + 1] if place + 1 < len(found) else None
        if second and _joins(text, first, second):
            money = _money(text, first) or _money(text, second)
            size = 1.0 if first["size"] else _size(second, money)
            low, high = sorted((_value(first, money) * size, _value(second, money)))
            yield Amount(low, high, _kind(second, money) or _kind(first, money), first.start("digits"))
            place += 2
            continue
        yield _single(text, first)
        place += 1


def _joins(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    """Whether two numbers are the ends of one range."""
    between = text[first.end("number") : second.start("digits")].strip(" €$£").casefold()
    return between in _RANGE or (between in _AND and bool(_BETWEEN.search(text[: first.start()])))


def _single(text: str, match: re.Match[str]) -> Amount:
    start, money = match.start("digits"), _money(text, match)
    value, before = _value(match, money), text[max(0, start - 40) : start]
    amount = Amount(value, value, _kind(match, money), start)
    below, above = _BELOW.search(before), _ABOVE.search(before)
    if bound := below or above:
        amount = replace(amount, low=-inf) if below else replace(amount, high=inf)
        return amount.reversed() if bound["no"] else amount
    if _ROUGHLY.search(before) and amount.kind not in _CLOCK:
        return replace(amount, low=value * (1 - ROUGH), high=value * (1 + ROUGH))
    ends = (match.end("number"), match.end())
    if any(_OR_FEWER.match(text, end) for end in ends):
        return replace(amount, low=-inf)
    return replace(amount, high=inf) if match["more"] or any(_OR_MORE.match(text, end) for end in ends) else amount


def _money(text: str, match: re.Match[str]) -> bool:
    """Whether a sign or a word says that the number is one of money."""
    return bool(match["sign"] or _unit(match) in _MONEY or (match["size"] and _PRICED.search(text[: match.start()])))


def _unit(match: re.Match[str]) -> str:
    return (match["unit"] or "").lower()


def _size(match: re.Match[str], money: bool) -> float:
    size = (match["size"] or "").lower()
    bare = size in _LETTERS and not money and _unit(match) not in _PEOPLE
    return 1.0 if not size or bare else _SIZE[size]


def _value(match: re.Match[str], money: bool) -> float:
    digits = re.sub(r"[,.'’ ](?=\d{3}(?!\d))", "", match["digits"]).replace(",", ".")
    return float(digits) * _size(match, money)


def _kind(match: re.Match[str], money: bool) -> str:
    unit, size = _unit(match), (match["size"] or "").lower()
    if money or (size and size not in _LETTERS and unit not in _PEOPLE):
        return "money"
    if unit in _PEOPLE:
        return "people"
    return size or (unit if tells(unit) else "")
