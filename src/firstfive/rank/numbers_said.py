"""Whether the numbers in an item's text meet those of a wish: "under 50 employees" and "we are 1,900 people".

    at_odds, met = numbers(texts, wishes)      of each wish and each text, by what it is of
    another(texts, wishes)                     the first wish that a text surely contradicts, and which text does

A number contradicts only where the text surely speaks of the same thing: it shares a word with the wish, or it stands
beside a word such as "price" or "takes" or "we are". All else stays silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.features.freshness import looks_like_year
from firstfive.features.numerals import MAGNITUDES
from firstfive.rank.amounts import MONEY, PEOPLE, PERIOD, TIMES, Amount, distinct, in_kind, meets, never_both
from firstfive.rank.figures import figures_said
from firstfive.rank.standing import COMPARING, PERIODS, Texts, amounts_of, is_amount
from firstfive.rank.wording import BEGINNING, same, telling_words
from firstfive.rank.years import Years, founded, founding

if TYPE_CHECKING:
    from firstfive.types import Item, Mask, Wish

_WORDS_OF = {
    "money": (*MONEY, *MAGNITUDES, "m€", "m", "k"),
    "people": tuple(PEOPLE),
    "%": ("%", "percent", "per cent", "prozent", "pourcent", "pour cent", "pct"),
    **dict.fromkeys(TIMES, tuple(TIMES)),
}
"""Of a kind, the words that only say that it is that kind."""
_EMPLOYED = (PEOPLE - frozenset("people persons workers leute leuten personen personnes".split())) | {"workers"}
_AT_WORK = re.compile(
    r"\b(?:workforce|headcount|payroll|team|employ\w*|we\sare|belegschaft|beschäftig\w*|wir\ssind|effectif\w*|équipe|"
    r"emploi\w*|nous\ssommes)\b",
    re.IGNORECASE,
)
"""Before a number of people, in its clause: it is of those who work there."""
_EMPLOYING = re.compile(
    r"^\W*(?!(?:we|they|wir|nous|ils)\b)(?:[\w'’.-]{1,20}\W+){0,2}$|"
    r"\b(?:are|is|ha(?:ve|s)|with|employ(?:s|ing)?|(?:workforce|team|staff|total|payroll)\sof|headcount\W{1,3}|sind|ist|hat|"
    r"haben|mit|beschäftig(?:en|t)|sommes|compte|avec|emploi(?:e|ent)|employons|effectif\sde)\s"
    r"(?:(?:a|the|team|workforce|staff|of|about|around|some|over|under|more|less|than|nearly|almost|now|only|just|rund|etwa|"
    r"über|mehr|als|ca\.?|plus|de|environ|près|currently|today|derzeit|heute)\s){0,4}$",
    re.IGNORECASE,
)
"""Before a number of people of whom the clause says that they are the item's: it begins the clause, or is led to."""
_OF_OTHERS = re.compile(
    r"\b(?:help(?:s|ed|ing)?|train(?:s|ed|ing)?|teach\w*|taught|serv(?:e|es|ed|ing)|support(?:s|ed|ing)?|find|found|placed?|"
    r"customers?|clients?|bank|firms|companies|businesses|organi[sz]ations|employers|charity|raised|geholfen|halfen|helfen|"
    r"schul(?:en|ten)|geschult|betreut?|betreuen|kunden?|firmen|betrieben?|aid(?:é|er|ons)|formons|formé|clients?|entreprises|"
    r"sociétés)\b",
    re.IGNORECASE,
)
"""Before a number in its clause: it counts others than the item has."""
_WHOLE = re.compile(
    r"\b(?:values?|valued|worth|prices?|priced|costs?|costing|fees?|budgets?|total\w*|rent|rate|wert|preise?|kosten|"
    r"kostet|gesamt\w*|miete|budget|valeur|prix|coûts?|coûte|tarifs?|loyer|montant|auftragswert|award\s(?:is|of|value))\b",
    re.IGNORECASE,
)
"""Beside a sum that is of all of the item."""
_PART = re.compile(
    r"\b(?:deposits?|discounts?|rebates?|off|extra|surcharge|supplement|registration|booking|admin\w*|insur\w*|liability|excess|"
    r"savings?|saves?|plus|tax|vat|raised|charity|tips?|kaution|rabatt|aufschlag|zuschlag|anmeldegebühr|steuer|mwst|versicher\w*|assur\w*|caution|remise|"
    r"réduction|supplément|taxe|tva|acompte|dépôt|spenden?)\b",
    re.IGNORECASE,
)
"""Beside a sum that is of a part of the item."""
_LENGTHS = frozenset(
    "km kilometer kilometers kilometre kilometres mile miles mi m metre metres meter meters meilen".split()
)
_MARK = re.compile(r"[.;!?()](?!\d)")
_CLAUSE = 120
"""Characters before a number that are looked at for whom or what it counts."""
LOOKED_AT = 20
"""Parts of an item that are read for whether a number contradicts."""
KEPT = 400
"""The amounts of texts of at most so many characters are kept for the next request."""
_BESIDE = 30
"""Characters around a number in which a word is beside it."""
_FEW = 5
"""Fewer people than these are not all who work somewhere."""
_WEEK = 7
_DAYS = {
    **dict.fromkeys(("night", "nacht", "nuit", "day", "dai", "tag", "jour"), 1.0),
    **dict.fromkeys(("week", "woche", "semaine", "pw"), 7.0),
    **dict.fromkeys(("month", "monat", "mois", "pcm"), 365 / 12),
    **dict.fromkeys(("hour", "stunde", "heure"), 1 / 24),
    **dict.fromkeys(("year", "jahr", "jähr", "an", "p"), 365.0),
}
"""By a word that a period contains, the first that does: its days."""
_PAID_FOR = re.compile(rf"(?:\s?[€$£]|\s[^\W\d_]{{1,12}})??(?P<period>{PERIOD})", re.IGNORECASE)
_AGED = re.compile(r"\b(?:aged?|alter(?: von)?|âge(?: de)?|âgée?s? de) (?P<age>\d{1,2})\b", re.IGNORECASE)
_AGES = re.compile(
    r"\b(?:age[sd]?|years?|child(?:ren)?|kids?|boys?|girls?|jahren?|kind(?:er)?|ans|enfants?|âges?)\b", re.IGNORECASE
)
_BEGINS = re.compile(r"^\s*(?:[€$£]|eur|chf)?\s?$", re.IGNORECASE)
_OVERALL = frozenset("worldwide overall altogether total abroad elsewhere weltweit insgesamt gesamt".split())
"""Behind a number, they are no name of what it counts."""
_UNIT = re.compile(r"[\s‐‑-]{0,2}([^\W\d_]+)")


class _Number(NamedTuple):
    """A number of a text of the item."""

    row: int
    text: str
    amount: Amount

    def behind(self) -> str:
        """The words of its clause that stand right behind it."""
        return _MARK.split(self.text[self.amount.end : self.amount.end + _BESIDE])[0]

    def beside(self) -> str:
        """The words of its clause around it, without those before another mark."""
        return f"{_MARK.split(self.amount.before(self.text, _BESIDE))[-1]} {self.behind()}"

    def before(self) -> str:
        """What stands before it in its clause."""
        return _MARK.split(self.amount.before(self.text, _CLAUSE))[-1]


def numbers(texts: Sequence[str], wishes: Sequence[Wish]) -> tuple[Mask, Mask]:
    """(wishes, texts): where a number that the wish names is another one in the text, such as of pounds or rooms; and
    where it is met."""
    at_odds, met = np.zeros((2, len(wishes), len(texts)), dtype=bool)
    for number, wish in enumerate(wishes):
        wanted, years = _wanted(wish.text), founding(wish.text)
        for row, text in enumerate(texts if wanted or years else ()):
            says = meets(wanted, _distinct(text)) if wanted else None
            if years and (held := founded(text)):
                says = _founded_then(years, held)
                says = None if says is False and not founded(text, itself=True) else says
            at_odds[number, row], met[number, row] = says is False, says is True
    return at_odds, met


def unlike(texts: Sequence[str], wishes: Sequence[Wish]) -> Mask:
    """(wishes, texts): where the one names a share and the other a sum, so that neither is the other."""
    return np.array([[never_both(amounts_of(wish.text), _distinct(text)) for text in texts] for wish in wishes])


def another(texts: Sequence[str], wishes: Sequence[Wish], granted: Collection[int] = ()) -> tuple[int, int] | None:
    """The first wish with a bound, or of a founding year, that a text is surely beyond and none meets; and that text.

    granted: the starts of wishes that something else meets. A number without a bound contradicts nothing: who wants a
    house for four is glad of one for six. Cost: only texts that have a word for what the number is of are read.
    """
    for number, wish in enumerate(wishes):
        if wish.refused or wish.start in granted:
            continue
        for wanted in _wanted(wish.text):
            row = _beyond(texts, wish.text, wanted) if _bounds(wanted) else None
            if row is not None:
                return number, row
        if years := founding(wish.text):
            row = _founded_else(years, texts)
            if row is not None:
                return number, row
    return None


def of_that_age(wish: str, text: str) -> bool:
    """Whether a text is of ages among which the one is that a wish names: "age 9" and "for a child of 8 to 11"."""
    found = _AGED.search(wish)
    several = (one for one in _distinct(text) if found and one.low <= float(found["age"]) <= one.high > one.low)
    return any(_AGES.search(_Number(0, text, one).beside()) for one in several)


def contradicts(item: Item, wishes: Sequence[Wish]) -> bool:
    """Whether the item's title or a passage has a number that is surely beyond what one of the wishes asks for.

    Cost: nothing without such a wish; else 0.2 ms an item, and at most 4 ms for one of many numbers.
    """
    if not any(founding(wish.text) or asks_within(wish) for wish in wishes):
        return False
    passages = (item.text[span.start : span.end] for span in item.passages)
    return another([*dict.fromkeys((item.title, *passages))], wishes) is not None


def _distinct(text: str) -> tuple[Amount, ...]:
    return _kept(text) if len(text) <= KEPT else distinct(text)


@lru_cache(maxsize=4096)
def _kept(text: str) -> tuple[Amount, ...]:
    return distinct(text)


def _bounds(amount: Amount) -> bool:
    """Whether it is a bound that another number can be beyond: not one named roughly."""
    return bool(amount.kind) and not amount.rough and amount.low < amount.high


def asks_within(wish: Wish) -> bool:
    """Whether it has a bound: a field of such numbers decides, and no other number of a text."""
    return any(map(_bounds, _wanted(wish.text)))


def _wanted(said: str) -> Sequence[Amount]:
    """The amounts of a wish. The most that is to be paid for a time needs no sign: "up to 20 an hour"."""
    return [
        replace(one, kind="money") if not one.kind and one.low == -inf and _paid_for(said, one) else one
        for one in amounts_of(said)
    ]


def _founded_then(years: Sequence[Years], held: Sequence[Years]) -> bool | None:
    """Whether one of the years that a text names is among those asked for. Of "since 1950" only that it was there then
    is known."""
    sure = [one for one in held if one[0] > -inf]
    met = [all(low <= last and first <= high for low, high in years) for first, last in sure or held]
    return any(met) if sure else None if all(met) else False


def _founded_else(years: Sequence[Years], texts: Sequence[str]) -> int | None:
    """The text that says that the item was founded in other years, where none says that it was founded in these."""
    if _founded_then(years, [one for text in texts for one in founded(text)]) is not False:
        return None
    own = ((row, founded(text, itself=True)) for row, text in enumerate(texts))
    return next((row for row, held in own if held and _founded_then(years, held) is False), None)


def _beyond(texts: Sequence[str], wish: str, wanted: Amount) -> int | None:
    """The text whose number is surely beyond what is wanted, where none meets it."""
    speaks = _speaking(wanted.kind)
    some = islice((row for row, text in enumerate(texts) if speaks(text)), LOOKED_AT)
    rows = {row: _distinct(texts[row]) for row in some}
    alike = [
        _Number(row, texts[row], one)
        for row, says in rows.items()
        for given in says
        if (one := in_kind(given, wanted.kind))
    ]
    every = [one for one in alike if wanted.kind != "money" or not _PART.search(one.beside())]
    if not every or any(wanted.meets(one.amount) for one in every):
        return None
    kindless = {row for row, says in rows.items() if any(_may_be(one, wanted) for one in says)}
    of_its_own = wanted.kind not in _WORDS_OF  # else there are other units of the same: 12 km and 800 m
    alone = {row for row, says in rows.items() if len(says) == 1 or not of_its_own}
    plain = [one for one in every if one.row in alone - kindless and sum(one.row == two.row for two in every) == 1]
    if wanted.kind == "money" and (figures := figures_said(wish)):
        return next((one.row for one in plain if not figures.isdisjoint(figures_said(one.text))), None)
    about, told = _about(wish, wanted)
    plain = [one for one in plain if wanted.kind in TIMES or not _OF_OTHERS.search(one.before())]
    if about and (row := _sharing(plain, about)) is not None:
        return row
    if wanted.kind == "people":
        return next((one.row for one in plain if len({two.amount for two in every}) == 1 and _at_work(one)), None)
    if wanted.kind == "money":
        only = len({one.amount for one in every}) == 1
        return None if about else _of_all(plain, wish, wanted, alone=only)
    return None if about or wanted.kind in {*TIMES, *_LENGTHS} else _sharing(plain, told)


def _may_be(one: Amount, wanted: Amount) -> bool:
    """Whether it is a number of nothing that may be what is wanted: no year."""
    is_year = one.exact and one.low.is_integer() and looks_like_year(int(one.low))
    return (not one.kind or one.kind in _OVERALL) and not is_year and wanted.meets(one)


def _about(wish: str, wanted: Amount) -> tuple[list[str], list[str]]:
    """The words of a wish that tell what its number is of, without those of its kind; and all of them."""
    paid = _PAID_FOR.match(wish, wanted.end) if wanted.kind == "money" else None
    every = telling_words(f"{wish[: paid.start()]} {wish[paid.end() :]}" if paid else wish)
    told = [word for word in every if not (is_amount(word) or word in COMPARING)]
    skipped = _WORDS_OF.get(wanted.kind, (wanted.kind,))
    return [word for word in told if word not in PERIODS and not any(same(one, word) for one in skipped)], told


def _sharing(plain: Sequence[_Number], words: Sequence[str]) -> int | None:
    """The row of these that has most of the words."""
    if not plain:
        return None
    shared = Texts([one.text for one in plain]).found(" ".join(words)).share
    most = int(np.argmax(shared))
    return plain[most].row if shared[most] else None


def _at_work(one: _Number) -> bool:
    """Whether a number of people is of all who work there."""
    unit = _UNIT.match(one.text, one.amount.end)
    employed = unit is not None and unit[1].casefold() in _EMPLOYED
    before = one.before()
    return one.amount.furthest >= _FEW and bool((employed or _AT_WORK.search(before)) and _EMPLOYING.search(before))


def _of_all(plain: Sequence[_Number], wish: str, wanted: Amount, *, alone: bool) -> int | None:
    """The text whose sum is what the item costs or is worth: by a word beside it, or because it is paid for the same
    time. alone: the item names no other sum, so one that begins its clause is a price too."""
    asked = _paid_for(wish, wanted)
    for one in plain:
        paid = _paid_for(one.text, one.amount)
        if asked == paid and (asked or (alone and _BEGINS.search(one.before()))):
            return one.row
        if not _WHOLE.search(one.beside()):
            continue
        if asked == paid or (not asked and wanted.low == -inf):
            return one.row
        if min(asked, paid) >= _WEEK and not wanted.meets(one.amount.scaled(asked / paid)):
            return one.row
    return None


def _paid_for(text: str, amount: Amount) -> float:
    """The days that a sum is paid for, by the words behind it; 0 where they say none."""
    found = _PAID_FOR.match(text, amount.end)
    words = found["period"].casefold() if found else ""
    return next((days for word, days in _DAYS.items() if word in words), 0.0)


@lru_cache(maxsize=64)
def _speaking(kind: str) -> Callable[[str], object]:
    """Finds in a text a word without which it has no number of the kind."""
    known = _WORDS_OF.get(kind)
    end = r"(?![^\W\d_])" if known else ""
    words = "|".join(map(re.escape, known or (kind[:BEGINNING],)))
    return re.compile(rf"[€$£%]|(?<![^\W\d_])(?:{words}){end}", re.IGNORECASE).search
