"""Sums and shares that a request says of a field by what they are called: "10-50m sales", "over 70% exports".

A share is of a field whose name says one, and of which all other words stand right before the number or right behind
it: "70% of revenue from the state" is of no `recurring_revenue_share`. A sum has a few words that mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from firstfive.features import GROWTH, SHARES, is_share, name_words, times
from firstfive.rank.amounts import PEOPLE, PERCENT, Amount
from firstfive.rank.called import BOUND_WORDS
from firstfive.rank.wording import same, tells

Names = Mapping[str, Sequence[str]]
"""The words of each field's name, in small letters."""
_REVENUE = frozenset("revenue revenues turnover sales umsatz umsätze umsatzes erlös erlöse erlösen".split())
FIGURES = (
    _REVENUE,
    frozenset({"ebitda"}),
    frozenset({"ebit"}),
    frozenset("profit profits earnings gewinn gewinne gewinns bénéfice bénéfices".split()),
    frozenset("funding finanzierung financement".split()),
)
"""Words for what a firm takes or earns, each with those that mean the same: EBITDA is no revenue."""
_COMPOUNDED = ("umsatz", "gewinn", "erlöse")
"""Words of these that end others, "Jahresumsatz"."""
SUMS = frozenset({"", "k", "m", "money"})
"""Kinds of numbers that may be a sum."""
_TURNOVER = re.compile(
    r"\bchiffres?\s+d['’]\s?affaires?\b|\b(?-i:CA)(?=\s(?:annuel\s)?(?:de|entre|sup|inf|compris)|\s?[:<>≤≥])|"
    r"(?<=de\s)(?-i:CA)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s]")
_SEEKERS = re.compile(
    r"\b(?:(?:we|i)\s(?:only\s|just\s|currently\s)?(?:take\sin|bring\sin|turn\sover|earn|make|employ|are)|"
    r"(?:our|my)\s(?:\w{2,12}\s)?(?:income|turnover|revenues?|sales|takings|earnings|salary|pension)\s(?:is|are)|"
    r"(?:wir|ich)\s(?:verdienen?|beschäftigen|sind)|"
    r"(?:unser|mein)e?\s(?:umsatz|einkommen|einnahmen|gehalt|rente)\s(?:ist|sind|beträgt|betragen|liegt\sbei)|"
    r"(?:nous\s(?:gagnons|employons|sommes)|je\sgagne)|"
    rf"(?:notre|nos|mon)\s(?:revenus?|salaire|chiffre\sd['’]affaires)\s(?:est\sde|sont\sde|est))\s(?:{BOUND_WORDS}\s?){{0,4}}$",
    re.IGNORECASE,
)
"""Before a number that is the seeker's own: "we take in about 4,000 a year"."""
_CUT = re.compile(r"[;,!?()\d]|(?<!\bmax)(?<!\bmin)(?<!\benv)\.(?!\s*$)|[/…]")
_CUT_BEHIND = re.compile(r"[;,.!?()\d/…]|\b(?:and|with|und|mit|et|avec|but|aber|mais)\b", re.IGNORECASE)
_BOUNDS = frozenset(
    "of is are ist sind est sont liegt bei at most least up to under over below above less more than not no max "
    "maximum maximal min minimum minimal between from about around exceeding exceeds greater higher lower equal von "
    "unter über höchstens mindestens bis zu ab zwischen größer höher kleiner mehr weniger als moins plus de d au "
    "jusqu entre supérieur supérieure supérieurs inférieur inférieure inférieurs égal égale à a an the in excess eur "
    "euro euros usd us dollars gbp chf pounds environ rund etwa . : = < > ≤ ≥ € $ £ ' ’ ~ - +".split()
)
"""Between what a number is of, before it, and the number."""
_LEADS = frozenset(
    "of in an am à de d du des der dem the la le l or more oder mehr ou plus from aus von its their our annual yearly "
    "total net gross jährlicher jährlichem minimum mindestens au moins at least eur euro euros usd dollars gbp "
    "pounds chf € $ £ - ' ’ +".split()
)
"""Between a number and what it is of, behind it."""
_LINKS = frozenset("of de d du des der am an la - ' ’".split())
"""Between the words of what it is of."""
_NOT = frozenset("non no not nicht kein keine keinen sans hors".split())
_CHANGES = frozenset(
    "increase increases rise rising decline drop cut discount off less more fewer higher lower steigerung rückgang "
    "rabatt mehr weniger hausse baisse remise réduction plus moins".split()
)
"""Behind what a number is of, they make it one of a change."""
_BESIDES = frozenset(
    "year jahr an business businesses company companies firm firms unternehmen firmen entreprise entreprises".split()
)
"""What may stand behind a sum: a sales area is none."""
_OF = frozenset("of von de d".split())
_PRICES = frozenset(
    "price prices cost costs costing rent fee fees salary wage wages budget investment preis preise kosten miete "
    "gebühr gehalt lohn prix coût coûts loyer salaire tarif".split()
)
_UNTOLD = frozenset("eur usd gbp chf annual yearly total current latest last year fy in of de du des der am an".split())
"""Words of a field's name that nobody needs to say."""
_SHARED = ("anteil", "quote", "marge", "share", "rate")
"""Ends of compounds."""
_UNIT = re.compile(rf"\s?(?:{PERCENT}|[€$£])?", re.IGNORECASE)
_REACH = 60
"""Characters before or behind a number that are looked at."""
_COUNTED = frozenset(
    "headcount workforce effectif effectifs mitarbeiterzahl mitarbeiteranzahl beschäftigtenzahl belegschaft "
    "personalstärke fte ftes etp".split()
)
_NUMBER_OF = frozenset("number anzahl zahl nombre".split())
BEYOND = 100
"""A sum that is so many times the most that a field states is told in another measure."""


def counts_people(text: str, given: Amount) -> bool:
    """Whether a number without a unit is said to be of people: "headcount below 100", "Anzahl Mitarbeiter über 50"."""
    words, _ = _before(text, given)
    last = words[-1] if words else ""
    return given.kind == "" and (last in _COUNTED or (last in PEOPLE and not _NUMBER_OF.isdisjoint(words[-4:-1])))


def of_seeker(text: str, given: Amount) -> bool:
    """Whether a number is said to be the seeker's own, and asks for nothing: "we take in about 4,000 a year"."""
    return _SEEKERS.search(given.before(text, _REACH)) is not None


def shares_called(text: str, given: Amount, names: Names) -> list[str]:
    """The field of shares that a number is of; none, or several, where that is not clear. One without a sign is of it
    where a word for a share stands before."""
    shares = [name for name in names if is_share(name)]
    words, of = _before(text, given)
    ahead = _most(shares, words[::-1], _LINKS, _NOT)
    if given.kind != "%":
        return [one.name for one in ahead if any(_parts(word)[-1] in SHARES for word in words[-one.end :])]
    behind, open_end = _behind(text, given)
    after = [] if of and not ahead else _most(shares, behind, _LEADS, _CHANGES)
    if open_end and after and _BOUNDS.issuperset(behind[after[0].end :]):
        after = []  # "over 15% export share over 50%"
    return sorted({one.name for one in (*ahead, *after)})


def figure_called(text: str, given: Amount, names: Names) -> list[str] | None:
    """The fields of the sum that a number is said to be, `revenue` of "10-50m sales"; None where it is said of none."""
    before, _ = _before(text, given)
    group = _group(before[-1]) if before else None
    if group and any(before[-2:-1] and before[-2] in of and is_share(name) for name, of in names.items()):
        return []  # "recurring revenue over 5m"
    group = group or _figure_behind(text, given)
    return None if not group else [name for name in names if is_figure(name) and _among(name_words(name), group)]


def is_priced(text: str, given: Amount) -> bool:
    """Whether a number is said to be what something costs."""
    before, _ = _before(text, given)
    return before[-1:] != [] and before[-1] in _PRICES


def is_figure(name: str) -> bool:
    """Whether a field of such a name holds what a firm takes or earns, and no price."""
    return not is_share(name) and any(_among(name_words(name), group) for group in FIGURES)


def figures_said(text: str) -> frozenset[frozenset[str]]:
    """What a firm takes or earns, as far as a text speaks of it, each by its words in FIGURES."""
    return frozenset(group for word in _words(text) if (group := _group(word)))


def measured(name: str, amount: Amount, most: float) -> Amount:
    """The number as a field counts it, which states no more than that: in millions, or in parts of one."""
    end = max((abs(one) for one in (amount.low, amount.high) if abs(one) < inf), default=0.0)
    by = 1.0
    if is_share(name):
        by = 100.0 if most <= 1 and (amount.kind == "%" or end > 1) else 1.0
    elif (of := times(name)) > 1:
        full = amount.kind in {"k", "m"} or (amount.kind == "money" and end >= of / BEYOND)
        by = of if full or end > BEYOND * most else 1.0
    elif is_figure(name) and end > BEYOND * most:
        by = 1e6 if most < 1e3 else 1e3
    return replace(amount, low=amount.low / by, high=amount.high / by) if by > 1 else amount


@dataclass(frozen=True, slots=True)
class _Run:
    """How many words of a field's name are said in a row, and where that ends."""

    name: str
    said: int
    end: int


def _before(text: str, given: Amount) -> tuple[list[str], bool]:
    """The words of its clause before a number, without what bounds it; and whether it is one of these: "of 5"."""
    words = _words(_CUT.split(given.before(text, _REACH))[-1])
    last = ""
    while words and words[-1] in _BOUNDS:
        last = words.pop()
    return words, bool(words) and last in _OF and tells(words[-1])


def _behind(text: str, given: Amount) -> tuple[list[str], bool]:
    """The words of its clause behind a number, and whether that ends with another number."""
    unit = _UNIT.match(text, given.end)
    rest = text[unit.end() if unit else given.end :][:_REACH]
    cut = _CUT_BEHIND.search(rest)
    return _words(rest[: cut.start()] if cut else rest), cut is not None and cut.group().isdecimal()


def _words(text: str) -> list[str]:
    return [match.group().casefold() for match in _TOKEN.finditer(_TURNOVER.sub("revenue", text))]


def _most(
    fields: Sequence[str], words: Sequence[str], between: Collection[str], against: Collection[str]
) -> list[_Run]:
    """Those of the fields of which the words, from the first on, say the most; of each all that tells it."""
    found = [run for name in fields if (run := _run(name, words, between, against))]
    most = max((one.said for one in found), default=0)
    return [one for one in found if one.said == most]


def _run(name: str, words: Sequence[str], between: Collection[str], against: Collection[str]) -> _Run | None:
    parts = [part for word in name_words(name) for part in _parts(word)]
    telling = [part for part in parts if part not in (SHARES - GROWTH) | _UNTOLD]
    telling = [part for part in telling if part not in _REVENUE] or telling or parts
    skipped = {*between, *(_REVENUE if between is _LEADS else ())}
    said, told, at = 0, set[str](), 0
    for place, word in enumerate(words):
        spoken = {part for part in parts for one in _parts(word) if _same(part, one)}
        if not spoken and word not in skipped:
            break
        said, at = said + bool(spoken), place + 1 if spoken else at
        told |= spoken
    grows = not GROWTH.isdisjoint(parts)
    after = [word for word in words[at : at + 2] if word in against or (word in GROWTH and not grows)]
    return _Run(name, said, at) if told.issuperset(telling) and said and not after else None


def _same(part: str, word: str) -> bool:
    """Whether a word says a part of a field's name: one for a share is as good as another, but no growth is one."""
    if part in SHARES and word in SHARES:
        return (part in GROWTH) == (word in GROWTH)
    return same(part, word) or (part in _REVENUE and word in _REVENUE)


def _parts(word: str) -> tuple[str, ...]:
    """export and anteil of "exportanteil"."""
    end = next((one for one in _SHARED if word.endswith(one) and len(word) > len(one) + 2), "")
    return (word.removesuffix(end).removesuffix("s") or word, end) if end else (word,)


def _figure_behind(text: str, given: Amount) -> frozenset[str] | None:
    words, open_end = _behind(text, given)
    words = [word for place, word in enumerate(words) if word not in _LEADS or place > 5]
    if not words or given.kind == "" or (open_end and _BOUNDS.issuperset(words[1:])):
        return None
    return None if any(tells(word) and word not in _BESIDES for word in words[1:2]) else _group(words[0])


def _group(word: str) -> frozenset[str] | None:
    return next((group for group in FIGURES if _among([word], group)), None)


def _among(words: Sequence[str], group: frozenset[str]) -> bool:
    compounds = tuple(end for end in _COMPOUNDED if end in group)
    return any(word in group or bool(compounds and word.endswith(compounds)) for word in words)
