"""Numbers with their units and bounds, so that "under 50 employees" is not met by "220 employees"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import inf

from firstfive.features.numerals import COUNTS, MAGNITUDES, counted, number
from firstfive.guard import lowered
from firstfive.rank.lasting import in_minutes
from firstfive.rank.lexicon import AT_LEAST, AT_MOST, LESS, MORE, ROUGHLY
from firstfive.rank.wording import same, tells

_SIZE = {**MAGNITUDES, "k": 1e3, "m": 1e6, "b": 1e9}
_LETTERS = frozenset("kmb")
"""Sizes of money or people only: "3 m" of anything else are metres."""
FEWER = (
    r"(?:max(?:imum|imal|i)?|at\s+(?:the\s+)?most|höchstens|au\s+(?:plus|maximum)|(?:or|oder|ou)\s+(?:less|fewer|under|below|"
    r"smaller|lower|cheaper|shorter|younger|weniger|darunter|günstiger|billiger|jünger|moins)|"
    r"(?:and|und|et)\s+(?:under|below|less|darunter|moins)(?=\s*(?:$|[.;:,!?)])))\b"
)
_MORE = (
    r"(?:minimum|upwards(?!\s+of)|at\s+(?:the\s+)?least|mindestens|au\s+(?:moins|minimum)|(?:or|oder|ou|and|und|et)\s+(?:more|over|above|larger|"
    r"bigger|longer|higher|older|later|newer|upwards|mehr|darüber|größer|höher|länger|älter|plus)|"
    r"(?:or|oder|ou)\s+(?:better|greater|besser|mieux))\b"
)
PERIOD = (
    r"(?:\s*(?:(?:an?|per|each|every|the|pro|im|am|in\s+der|je|die|der|par|la|le)\s+|(?:de\s+)?l['’]|/\s?)(?:calendar\s+)?"
    r"(?:night|day|week|month|year|hour|nacht|tag|woche|monat|jahr|stunde|nuit|jour(?:née)?|semaine|mois|an|heure)\b"
    r"|\s*(?:p\.?\s?a\b|pcm\b|pw\b|(?:dai|week|month|year)ly\b|monatlich\b|jährlich\b))"
)
"""What a sum is paid for, behind it: "900 a month"."""
PERCENT = r"(?:%|(?:percent|per\scent|pct|prozent|pour\s?cents?)\b)"
_STANDARD = re.compile(r"(?<!\w)(?P<name>iso|iec|iatf|din|(?-i:EN|AS))[ -]?$", re.IGNORECASE)
_NAME = re.compile(r"(?<!\w)(?P<name>[A-Z]{2,4})[ -]?$")
"""Letters before a number of three digits or more that is a name with them: "ISO 17025", "BMW 320"."""
_NO_NAMES = frozenset(
    "eur usd gbp chf sek nok dkk pln czk cad aud max min ca ab bis von um seit nach vor over under from since to in at "
    "of unter zu und oder and or de du dès plus moins".split()
)


def _any_of(words: Iterable[str]) -> str:
    """A pattern of words, by their first letters: there are hundreds, and most places of a text begin none."""
    first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        first.setdefault(word[0], []).append(word[1:].replace("-", "[ -]"))
    return "(?:" + "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in first.items()) + ")"


SIGN = r"(?:(?:us)?[€$£]|(?:eur|euro|usd|gbp|chf)\b)"
"""What says before a number that it is one of money."""
_BELOW_HUNDRED = _any_of(word for word, count in COUNTS.items() if count < 100)
_HUNDREDS = _any_of(word for word, count in COUNTS.items() if count >= 100)
_NO_PART = "".join(rf"(?<!\b{before}[ -])" for before in ("hundred", "hundred and", "cent", "vingt et", "soixante et"))
"""Of "one hundred and twelve" the twelve is no number of its own."""
_DIGITS = r"[1-9]\d{0,2}(?:[,.'’ ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_IN_WORDS = (
    rf"one(?=[‐‑-][^\W\d_])|{_NO_PART}(?:{_HUNDREDS}(?:[ -](?:and )?{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})\b"
    r"(?![ -](?:hundred|hundert|cents?)\b)"
)
_SIZES = "|".join(sorted(_SIZE, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?<![\w.,])(?<!\d/)(?P<sign>(?:us)?[€$£]\s?|(?:eur|euro|usd|gbp|chf)\s?(?=\d))?"
    rf"(?P<number>(?P<digits>{_DIGITS}|{_IN_WORDS})(?:\s?(?P<size>{_SIZES})\b\.?)?(?P<more>\+)?)"
    rf"(?:\s+{FEWER}|\s+{_MORE})?(?:[\s‐‑-]?(?P<unit>[€$£]|{PERCENT}|[^\W\d_]+))?",
    re.IGNORECASE,
)
BEFORE = 40
"""Characters before a number in which a word for it, or for its bound, is looked for."""
MOST, READ = 50, 10_000
"""At most MOST amounts of a text are compared with another's, and only its first READ characters are read."""
NAMED = 3
"""Digits from which a number may be a name with the letters before it."""
LONGEST = 60
"""Most characters of a number; anything longer is not read as one, since it may overflow."""
_ABOUT = (
    r"(?:(?:\s+(?:of|about|the|les|around|roughly|a|an|us|eur|euro|usd|chf|gbp|rund|etwa|environ))*\s*"
    r"(?:us)?[€$£]?\s*|[-‐‑])$"
)
_NOT = (
    r"\b(?P<no>(?:(?:can['’]?t|cannot|can not|don['’]?t want to|do not want to|not|pas)\s+"
    r"(?:spend|pay|go|afford|dépenser|payer|mettre)|no|not|nothing|never|nicht|nichts|keine?[nrs]?|pas)\s+)?"
)
_BELOW = re.compile(rf"{_NOT}(?:(?P<strict>{LESS})|{AT_MOST}){_ABOUT}", re.IGNORECASE)
_ABOVE = re.compile(rf"{_NOT}(?:(?P<strict>{MORE})|{AT_LEAST}){_ABOUT}", re.IGNORECASE)
_SIGNED = re.compile(r"(?<![<>=-])(?P<sign>[<>≤≥]|[<>]=)\s*(?:(?:us|eur|usd|gbp|chf)?\s?[€$£]?\s?)$", re.IGNORECASE)
"""A bound as a sign, before its number: "> 15 %"."""
_ROUGHLY = re.compile(rf"(?:\b{ROUGHLY}|~)\s*{SIGN}?\s*$", re.IGNORECASE)
_PER_CENT = re.compile(PERCENT)
_CLOCK = frozenset({"uhr", "h", "heures"})
ROUGH = 0.25
"""How far from a number that is named roughly another one may be."""
_OR_FEWER, _OR_MORE = (re.compile(rf"\s+{words}(?!\s*{SIGN}?\s*\d)", re.IGNORECASE) for words in (FEWER, _MORE))
_MIN = re.compile(rf"\s+min\b(?!\.?\s*{SIGN}?\s*\d)", re.IGNORECASE)
"""Behind what is counted: "2 bedrooms min". Behind the number itself it is minutes."""
_PAID_FOR = re.compile(PERIOD, re.IGNORECASE)
_RANGE = frozenset({"-", "–", "to", "bis", "à", "or", "oder", "ou"})
_SIGNS = re.compile(rf"^\s*(?:{SIGN}|%)|(?:{SIGN}|%)\s*$", re.IGNORECASE)
_AND = frozenset({"and", "und", "et"})
_BETWEEN = re.compile(rf"\b(?:between|zwischen|entre)\s*{SIGN}?\s*$", re.IGNORECASE)
PEOPLE = frozenset(
    "employees employee people staff workers persons headcount fte ftes mitarbeiter mitarbeitern mitarbeiterinnen "
    "mitarbeitende mitarbeitenden beschäftigte beschäftigten angestellte angestellten leute leuten personen salariés "
    "salarié salariées employés employées personnes collaborateurs collaboratrices etp".split()
)
MONEY = frozenset("€ $ £ euro euros eur usd dollar dollars pound pounds quid gbp franken chf".split())
_PRICED = re.compile(
    r"(?:[€$£]|\b(?:eur|euros?|usd|gbp|chf|revenues?|turnover|ebitda|profits?|budget|umsatz|gewinn)\b[^.;\d]{0,20})\s*$",
    re.IGNORECASE,
)
"""What stands before a number of money that has no sign of its own."""
TIMES = dict.fromkeys("min mins minute minutes minuten".split(), 1.0)
TIMES |= dict.fromkeys("hour hours hr hrs stunde stunden std heure heures".split(), 60.0)
"""Units of time, and the minutes of each."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it stands in a text: from low to high, of what.

    kind: "money", "people", "%", else the word behind it, or of "ISO 9001" the letters before it. start, end: of its
    digits, or of its number in words. strict: the end of an open one is excluded, "under 50". rough: it was named
    "about 50".
    """

    low: float
    high: float
    kind: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    strict: bool = field(default=False, compare=False)
    rough: bool = field(default=False, compare=False)

    @property
    def open(self) -> bool:
        """Whether it has one end only."""
        return (self.low == -inf) != (self.high == inf)

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    @property
    def furthest(self) -> float:
        """Its high end, or the only one that it has."""
        return self.high if self.high < inf else self.low

    def before(self, text: str, reach: int = BEFORE) -> str:
        """What stands right before it in its text."""
        return text[max(0, self.start - reach) : self.start]

    def scaled(self, by: float) -> Amount:
        """So many times as much."""
        return replace(self, low=self.low * by, high=self.high * by)

    def reversed(self) -> Amount:
        """The opposite of an open one: not over 50 is 50 at most."""
        low, high = (self.high, inf) if self.low == -inf else (-inf, self.low)
        return replace(self, low=low, high=high, strict=not self.strict)

    def meets(self, other: Amount) -> bool:
        """Whether the two spans have a value in common."""
        if self.low == other.high or other.low == self.high:
            return not (self.strict or other.strict)
        return self.low <= other.high and other.low <= self.high


def at_odds(said: str, says: str) -> bool:
    """Whether the second text has a number of the kind that the first one names, and none that meets it. A share is no
    sum, and where the one is wanted the other is none of it."""
    wanted, given = distinct(said), distinct(says)
    return meets(wanted, given) is False or never_both(wanted, given)


def never_both(said: Sequence[Amount], says: Sequence[Amount]) -> bool:
    """Whether the one has shares and the other sums."""
    one, other = ({amount.kind for amount in amounts} & {"money", "%"} for amounts in (said, says))
    return bool(one and other) and one.isdisjoint(other)


def meets(said: Sequence[Amount], says: Sequence[Amount]) -> bool | None:
    """Whether the first amounts are met by those of their kind among the second; None: there is none of their kind."""
    found = None
    for wanted in said:
        alike = [one for given in says if (one := in_kind(given, wanted.kind))]
        if alike and not any(wanted.meets(one) for one in alike):
            return False
        found = True if alike else found
    return found


def in_kind(amount: Amount, kind: str) -> Amount | None:
    """The amount, where it is of the kind; minutes of an hour, too, as parts of one. None for all others."""
    if kind in TIMES and amount.kind in TIMES:
        by = TIMES[amount.kind] / TIMES[kind]
        return amount.scaled(by) if by != 1 else amount
    return amount if kind and amount.kind and same(kind, amount.kind) else None


def distinct(text: str) -> tuple[Amount, ...]:
    """The first amounts of a text that differ, at most 50, of its first 10,000 characters: hostile ones have more."""
    return tuple(islice(dict.fromkeys(amounts(text[:READ])), MOST))


def amounts(text: str) -> Iterator[Amount]:
    """The numbers of a text. Of "10 to 20 million" both ends are millions, and "half an hour" is of minutes."""
    text = in_minutes(text)
    found = [match for match in _NUMBER.finditer(text) if len(match["digits"]) <= LONGEST]
    place = 0
    while place < len(found):
        first = found[place]
        second = found[place + 1] if place + 1 < len(found) else None
        if second and _joins(text, first, second):
            money = _money(text, first) or _money(text, second)
            size = 1.0 if first["size"] else _size(second, money)
            own = _value(first, money) * size > _value(second, money)  # "800 to 1.2k"
            low, high = sorted((_value(first, money) * (1.0 if own else size), _value(second, money)))
            kind = _kind(second, money) or _kind(first, money)
            yield Amount(low, high, kind, first.start("digits"), second.end("number"))
            place += 2
            continue
        yield _single(text, first, found[place - 1].end("number") if place else 0)
        place += 1


def _joins(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    """Whether two numbers are the ends of one range."""
    between = _SIGNS.sub("", text[first.end("number") : second.start("digits")]).strip().casefold()
    start = max(0, first.start() - BEFORE)
    return between in _RANGE or (between in _AND and bool(_BETWEEN.search(text, start, first.start())))


def _single(text: str, match: re.Match[str], since: int) -> Amount:
    """The amount of one number. since: where the number before it ends; words up to there belong to that one."""
    start, money = match.start("digits"), _money(text, match)
    value, before = _value(match, money), text[max(since, start - BEFORE) : start]
    amount = Amount(value, value, _kind(match, money), start, match.end("number"))
    below, above = _BELOW.search(before), _ABOVE.search(before)
    if signed := _SIGNED.search(before):
        least, strict = ">" in signed["sign"] or signed["sign"] == "≥", signed["sign"] in "<>"
        return replace(amount, low=value if least else -inf, high=inf if least else value, strict=strict)
    if bound := below or above:
        amount = replace(
            amount, low=-inf if below else value, high=value if below else inf, strict=bool(bound["strict"])
        )
        return amount.reversed() if bound["no"] else amount
    if name := _named(text, match):
        return replace(amount, kind=name)
    if _ROUGHLY.search(before) and amount.kind not in _CLOCK:
        return replace(amount, low=value * (1 - ROUGH), high=value * (1 + ROUGH), rough=True)
    ends = {end for at in (match.end("number"), match.end()) for end in (at, _paid_until(text, at))}
    if any(_OR_FEWER.match(text, end) for end in ends):
        return replace(amount, low=-inf)
    least = match["more"] or (match["unit"] and _MIN.match(text, match.end()))
    return replace(amount, high=inf) if least or any(_OR_MORE.match(text, end) for end in ends) else amount


def _named(text: str, match: re.Match[str]) -> str:
    """The letters before a number that is a name with them, in small letters; empty where it is none."""
    digits = match["number"]
    if not (digits.isdecimal() and len(digits) >= NAMED) or match["sign"] or _unit(match) in MONEY | PEOPLE | {"%"}:
        return ""
    start, end = max(0, match.start() - BEFORE), match.start()
    found = _STANDARD.search(text, start, end)
    if not found and not _unit(match) and not text.isupper():
        found = _NAME.search(text, start, end)
    name = found["name"].casefold() if found else ""
    return "" if name in _NO_NAMES else name


def _paid_until(text: str, at: int) -> int:
    """Where a period such as "a month" ends that begins here, if one does."""
    paid = _PAID_FOR.match(text, at)
    return paid.end() if paid else at


def _money(text: str, match: re.Match[str]) -> bool:
    """Whether a sign or a word says that the number is one of money."""
    start = max(0, match.start() - BEFORE)
    priced = match["size"] and _PRICED.search(text, start, match.start())
    return bool(match["sign"] or _unit(match) in MONEY or priced)


def _unit(match: re.Match[str]) -> str:
    unit = lowered(match["unit"] or "")
    return "%" if _PER_CENT.fullmatch(unit) else unit


def _size(match: re.Match[str], money: bool) -> float:
    size = lowered(match["size"] or "")
    bare = size in _LETTERS and not money and _unit(match) not in PEOPLE
    return 1.0 if not size or bare else _SIZE[size]


def _value(match: re.Match[str], money: bool) -> float:
    said, size = lowered(match["digits"]), lowered(match["size"] or "")
    count = None if said[0].isdecimal() else counted(said)
    return (number(said, size if size not in _LETTERS else "") if count is None else count) * _size(match, money)


def _kind(match: re.Match[str], money: bool) -> str:
    unit, size = _unit(match), lowered(match["size"] or "")
    if unit == "%" and not match["sign"]:
        return unit
    if money or (size and size not in _LETTERS and unit not in PEOPLE):
        return "money"
    if unit in PEOPLE:
        return "people"
    return size or (unit if tells(unit) else "")
