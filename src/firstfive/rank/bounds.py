"""Numbers that a request names as bounds on what a field states: "under 100 pages" where there is a field of pages.

Only where one field alone can be meant: by its name, by what it is about (money, people), or because it holds years.
A year bounds a field only where it is said of the item ("built before 1914") or is a wish of its own ("before 1914"):
of a history of Europe before 1914 it says what the book is about.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, nextafter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import is_share, name_words
from firstfive.rank.amounts import (
    BEFORE,
    CHEAPER,
    DEARER,
    FEWER,
    MONEY,
    PEOPLE,
    PERIOD,
    TIMES,
    Amount,
    amounts,
    in_kind,
)
from firstfive.rank.called import (
    BOUND_WORDS,
    LEVELS,
    OF_A_YEAR,
    SHORT,
    THOUSANDS,
    aged,
    called,
    instead,
    of_age,
    of_another,
    or_else,
    plainly,
    rescaled,
    without_names,
)
from firstfive.rank.days import today
from firstfive.rank.figures import (
    SUMS,
    counts_people,
    figure_called,
    is_figure,
    is_priced,
    measured,
    of_seeker,
    shares_called,
)
from firstfive.rank.lasting import in_minutes, on_the_way
from firstfive.rank.room import HOLDING, children_beside, for_people
from firstfive.rank.wording import BEGINNING, same
from firstfive.rank.years import born, outside, since_when, spans

if TYPE_CHECKING:
    from datetime import date

    from firstfive.ports import Column
    from firstfive.types import Mask, Wish

COUNTED = 20
"""A bare number such as "4 rooms" is a bound only of a field that counts to at most this in nine items of ten."""
_OF_A_KIND = re.compile(r"bed|bath|class|guest|show|store|schlaf|bad|wohn|gäste|kinder|neben")
"""A compound that begins so is of another kind than its end: bedrooms are not all rooms."""
COMPOUNDED = 5
"""Least letters of a word to be found as the end of another: "Stunden" of "Wochenstunden"."""
_TOPICS = {"money": "money", "people": "size"}
_PAID_REGULARLY = re.compile(rf"(?:\s+{FEWER})?{PERIOD}", re.IGNORECASE)
"""What stands behind a sum that has no sign: "under 900 a month"."""
_SUM_ALONE = re.compile(
    r"(?:under|below|less than|up to|at (?:the )?most|max(?:imum|imal)?\.?|"
    r"(?:no|not|nothing) (?:over|above|more than)|unter|bis(?: zu)?|höchstens|weniger als|"
    r"(?:nicht|nichts) (?:über|mehr als)|moins de|au (?:plus|maximum)|jusqu['’]à|pas plus de)\s+[\d.,'’ ]+|"
    rf"[\d.,'’ ]+\s{FEWER}",
    re.IGNORECASE,
)
"""A wish that is an upper limit and nothing else: in a catalogue with prices it is a price."""
_LIMIT = (
    r"(?:budgets?|(?:price|my|our|mein\w*|unsere?|preis|mon|ma|notre)[\s-]?(?:upper\s)?"
    r"(?:limite?|max(?:imum)?|obergrenze|grenze|plafond))\b"
)
_BUDGET = re.compile(rf"\b{_LIMIT}[\s:]*(?:{BOUND_WORDS}\s*){{0,4}}$", re.IGNORECASE)
"""What stands before the most that is to be paid: "budget 900"."""
_IS_LIMIT = re.compile(
    rf"\s?(?:[€$£]|(?:{'|'.join(sorted(filter(str.isalpha, MONEY)))})\b)?(?:{PERIOD})?"
    rf"\s(?:tops\b|(?:is|are|ist|sind|est|c['’]est)\s{_LIMIT})",
    re.IGNORECASE,
)
"""What stands behind it: "£900 tops", "900 a month is our limit"."""
_COSTS = re.compile(
    rf"\b(?:cost(?:s|ing)?|kosten|kostet|coûte(?:nt)?|coûtant|{CHEAPER}|{DEARER})\s(?:{BOUND_WORDS}\s*){{0,4}}$",
    re.IGNORECASE,
)
"""Before a number that has no sign: it is a sum."""
_NOT_BEYOND = re.compile(r"\bdépass(?:e|ent|ant)\s(?:pas\s)?$", re.IGNORECASE)
"""Before what is refused: "ne dépassant pas 60 euros" refuses no 60 euros."""
_OF_OTHERS = re.compile(
    r"\b(?:people|persons?|anyone|someone|those|adults?|wom[ae]n|m[ae]n|seniors?|kids|child(?:ren)?|boys?|girls?|babies|baby|"
    r"toddlers?|teen\w*|sons?|daughters?|nephews?|nieces?|grand\w+|age[ds]?|leute|menschen|personen|frauen|männer|kinder|"
    r"jungen|mädchen|jugendliche|alter|gens|personnes|femmes|hommes|enfants|garçons?|filles?|âge|height|width|length|depth|"
    r"size|weight|distance|speed|höhe|breite|länge|größe|gewicht|hauteur|largeur|taille|poids)[\s,:]*$",
    re.IGNORECASE,
)
"""After these words a number alone is an age or a measure, and no price."""
_EARNED = re.compile(
    r"\b(?:earn\w*|income|pension|salary|wages?|verdiene\w*|einkommen|rente|gehalt|gagne|revenus?|retraite|salaire)\b",
    re.IGNORECASE,
)
"""What the seeker has is no price."""
_OR = re.compile(r"^[^.;:!?]{0,30}\b(?:or|oder|ou)\b[^.;:!?]{0,30}$", re.IGNORECASE)
_JOINED = re.compile(r"^[^.;:,!?]{1,30}\b(?:and|but|und|aber|et|mais)\b[^.;:,!?]*$", re.IGNORECASE)
_EITHER_ONE = re.compile(r"[\s-]\w{1,20}\s(?:or|oder|ou)\s\w{1,16}(?=\s*(?:$|[.;:,!?)]))", re.IGNORECASE)
"""Behind the first of two numbers of one thing: "2 bedrooms or 3"."""
_K_TO_M = re.compile(r"[\d.,]{1,16}\s?(?:k\b.*m|m\b.*k)$", re.IGNORECASE)
"""A span of two units, "500k-2m", whose ends are not to be told apart."""
_A_YEAR = re.compile(r"\b(?:1[4-9]|20)\d\d|\bannées\s|century|jahrhundert|siècle", re.IGNORECASE)
_YEARS = (1400, 2100)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a field's number should lie between, both ends included. wish: the start of the wish that says so. firm: its
    unit or its word is the field's.
    """

    field: str
    low: float
    high: float
    wish: int = dataclasses.field(default=0, compare=False)
    firm: bool = dataclasses.field(default=True, compare=False)

    def meets(self, column: Column, position: int) -> bool:
        """Whether the number of the item there lies between."""
        return column.numbers is not None and bool(self.low <= column.numbers[position] <= self.high)


def joined(found: Iterable[Bound]) -> tuple[Bound, ...]:
    """One bound for each field: what meets all that were found on it."""
    fields: dict[str, Bound] = {}
    for bound in found:
        other = fields.setdefault(bound.field, bound)
        fields[bound.field] = replace(bound, low=max(bound.low, other.low), high=min(bound.high, other.high))
    return tuple(fields.values())


class NumberFields:
    """The fields of a catalogue that hold numbers. What a field holds is looked at once, when it is first asked about.

    about: a field's topic by its name, such as "money" or "size". today: gives the day that a request is of.
    """

    def __init__(
        self, columns: Mapping[str, Column], about: Callable[[str], str], today: Callable[[], date] = today
    ) -> None:
        self._columns = {name: column for name, column in columns.items() if column.kind == "number"}
        self._names = {name: name_words(name) for name in self._columns}
        self._about = about
        self._today = today
        self._silent: dict[str, Mask] = {}
        self._kinds: dict[str, str] = {}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._counts: dict[str, float] | None = None

    def bounds(self, text: str, wishes: Sequence[Wish]) -> tuple[Bound, ...]:
        """The bounds in a request's wishes, in order; of a refused one the other way round."""
        if not self._columns:
            return ()
        return (*self._by_amounts(text, wishes), *self._by_years(text, wishes))

    def verdict(self, bound: Bound) -> tuple[Mask, Mask]:
        """(items,) each: the items that lie between, and those that state no number."""
        numbers = np.asarray(self._columns[bound.field].numbers)
        if bound.field not in self._silent:
            self._silent[bound.field] = ~np.isfinite(numbers)
        if bound.low == -inf:
            return numbers <= bound.high, self._silent[bound.field]
        yes = numbers >= bound.low
        return yes if bound.high == inf else yes & (numbers <= bound.high), self._silent[bound.field]

    def _by_amounts(self, text: str, wishes: Sequence[Wish]) -> list[Bound]:
        found: list[tuple[Bound, Amount]] = []
        last: Amount | None = None
        text = plainly(in_minutes(text), self._counted())
        for wish, said in _shared(text, [*_amounts(without_names(text, self._names), wishes)]):
            bound, amount = self._bound(text, wish, self._in_full(said))
            if bound is None or of_another(text, said):
                continue
            before, last = last, amount
            if found and found[-1][0].field == bound.field and _OR.search(text[found[-1][1].end : amount.start]):
                other, _ = found.pop()  # "two-bedroom or three-bedroom"
                bound = replace(other, low=min(other.low, bound.low), high=max(other.high, bound.high))
            elif before and instead(text, before, amount):
                found = [one for one in found if one[1] is not before]  # "2 bedrooms or 3 bathrooms"
                continue
            elif amount.low == amount.high and or_else(text, amount):
                continue
            found.append((bound, amount))
        return [bound for bound, _ in found]

    def _bound(self, text: str, wish: Wish, given: Amount) -> tuple[Bound | None, Amount]:
        """The bound that a number sets on the only field it can mean, and the number in that field's unit; None for no
        bound."""
        if given.kind in THOUSANDS and _K_TO_M.match(text, given.start, given.end):
            return None, given
        given = replace(given, kind="people") if counts_people(text, given) else self._timed(given)
        if room := self._room(text, given):
            return Bound(room, given.low + children_beside(text, given), inf, wish.start, firm=False), given
        if of_seeker(text, given) or self._on_the_way(text, given):
            return None, given
        by_name = [] if given.kind == "%" else called(text, given, self._names)
        meant, topic, amount = self._by_name(by_name, given)
        figures = None if len(meant) == 1 else self._figures(text, given)
        if figures is not None:
            meant, amount = figures, rescaled(given, of_age=False)
            if len(meant) != 1:
                return None, given  # a share or a sum of what no field holds
        if len(meant) != 1:
            topic, amount = _TOPICS.get(given.kind) or self._unsigned(text, wish, given), _at_most(text, given)
            meant = [name for name in self._columns if self._means(name, given.kind, topic)]
            costs = _limited(text, given) or is_priced(text, given)
            meant = [] if costs and any(map(is_figure, meant)) else meant
        if len(meant) != 1:
            meant, topic, amount = self._by_name(aged(text, given, self._names), given)
        if not meant and (then := self._born(text, given)):
            return replace(then, wish=wish.start), given
        part = not meant and len(amount.kind) >= COMPOUNDED
        if part:
            meant = [n for n in self._columns if _ends_with(n, amount.kind) and not self._is_age(n, amount.kind)]
        if len(meant) != 1:
            return None, amount
        of_size, exact = topic and self._about(meant[0]) == topic, amount.low == amount.high
        if exact and (of_size or amount.low < 0 or is_share(meant[0]) or self._kind(meant[0]) != "count"):
            return None, amount
        has_room = exact and (amount.kind == "people" or not HOLDING.isdisjoint(self._names[meant[0]]))
        firm = not part and (not topic or amount.kind in _TOPICS) and meant != aged(text, given, self._names)
        low, high = _ends(measured(meant[0], amount, self._range(meant[0])[1]))
        return Bound(meant[0], low, inf if has_room else high, wish.start, firm), amount

    def _room(self, text: str, given: Amount) -> str | None:
        """The one field that says how many people have room, where the number is of those it is for."""
        if given.low != given.high or called(text, given, self._names):
            return None
        of_size = any(self._about(name) == "size" for name in self._columns)
        plain = not of_size if given.kind == "people" else for_people(text, given)
        fields = [n for n, words in self._names.items() if plain and not HOLDING.isdisjoint(words)]
        return fields[0] if len(fields) == 1 and self._kind(fields[0]) == "count" else None

    def _on_the_way(self, text: str, given: Amount) -> bool:
        """Whether a time is of a way to somewhere, where no field that holds such is named."""
        if given.kind not in TIMES or not on_the_way(text, given.start, given.end):
            return False
        named = {word for words in self._names.values() if not TIMES.keys().isdisjoint(words) for word in words}
        return not any(word in text.lower() for word in named - TIMES.keys())

    def _timed(self, given: Amount) -> Amount:
        """A time in the unit of the fields that are called by one, "minutes", where these state such times."""
        if given.kind not in TIMES:
            return given
        units = {word: name for name, words in self._names.items() for word in words if word in TIMES}
        if given.kind in units or len({TIMES[word] for word in units}) != 1:
            return given
        word, name = next(iter(units.items()))
        there = in_kind(given, word) or given
        end = there.high if there.high < inf else there.low
        return replace(there, kind=word) if self._range(name)[0] <= end <= self._range(name)[1] else given

    def _by_name(self, meant: Sequence[str], given: Amount) -> tuple[Sequence[str], str | None, Amount]:
        """Those of the named fields that can hold the number, no topic, and the number in the field's unit if there is
        one field."""
        meant = [name for name in meant if self._counts_in(name, given)]
        if len(meant) != 1:
            return meant, None, given
        amount = rescaled(given, of_age=of_age(self._names[meant[0]]))
        of_sums = self._about(meant[0]) == "money" or is_figure(meant[0])
        end = amount.high if amount.high < inf else amount.low
        if given.kind == "m" and not of_sums and end > self._range(meant[0])[1]:
            amount = replace(given, kind="")  # "beach under 500 m" is of metres
        return meant, None, amount

    def _figures(self, text: str, given: Amount) -> Sequence[str] | None:
        """The fields of the share or the sum that a number is said to be; None where it is said to be none."""
        if given.kind == "%":
            return shares_called(text, given, self._names)
        if not given.kind and (shares := shares_called(text, given, self._names)):
            return shares
        found = figure_called(text, given, self._names) if given.kind in SUMS else None
        if found is None or given.kind:
            return found
        end = given.high if given.high < inf else given.low
        return [name for name in found if end <= self._range(name)[1] and not _YEARS[0] <= end <= _YEARS[1]]

    def _born(self, text: str, given: Amount) -> Bound | None:
        """What an age says of the one field that holds the year from which on there is an item."""
        years = [name for name in self._columns if self._kind(name) == "year" and since_when(name)]
        then = born(text, given, self._today().year) if len(years) == 1 else None
        return Bound(years[0], *_ends(then), firm=False) if then else None

    def _counts_in(self, name: str, given: Amount) -> bool:
        """Whether a field's number may be of that unit."""
        if given.kind == "%" or is_share(name):
            return is_share(name) and given.kind in {"", "%"}
        if self._kind(name) == "year":
            return given.kind == "" and abs(given.high if given.high < inf else given.low) >= _YEARS[0]
        if self._kind(name) == "count" and min(abs(given.low), abs(given.high)) > max(COUNTED, self._range(name)[1]):
            return False  # "ein Zimmer unter 400"
        if given.kind == "people" and not HOLDING.isdisjoint(self._names[name]):
            return True  # "sleeps 6 people"
        of_money = self._about(name) == "money" and given.kind == "money"
        return of_money or given.kind in {"", *THOUSANDS, *self._names[name]} or self._is_age(name, given.kind)

    def _is_age(self, name: str, kind: str) -> bool:
        """Whether the field holds ages and the kind is a unit of them; whose age the number is, `aged` decides."""
        return of_age(self._names[name]) and kind in OF_A_YEAR

    def _unsigned(self, text: str, wish: Wish, amount: Amount) -> str | None:
        """The topic "money", where the words around a number without a sign make it a sum, or it is an upper limit and
        nothing else, and it lies within the prices of some field; else None."""
        start, before = wish.start - len(wish.by), text[max(0, amount.start - BEFORE) : amount.start]
        if _OF_OTHERS.search(text, max(0, start - BEFORE), start) or _EARNED.search(before):
            return None
        alone = amount.low == -inf and _SUM_ALONE.fullmatch(text[start : wish.end])
        said = amount.kind == "" and (_limited(text, amount) or _COSTS.search(before))
        if not (alone or said or _PAID_REGULARLY.match(text, amount.end)):
            return None
        prices = [name for name in self._columns if self._about(name) == "money" and not is_figure(name)]
        end = amount.high if amount.high < inf else amount.low
        return "money" if any(self._range(name)[0] <= end <= self._range(name)[1] for name in prices) else None

    def _means(self, name: str, kind: str, topic: str | None) -> bool:
        """Whether the field may hold a number of the kind. A field of years holds dates, never durations such as "over
        10 years"."""
        if topic and any(self._about(one) == topic for one in self._columns):
            return self._about(name) == topic
        if kind == "people":
            return any(_named(name, word) for word in PEOPLE)
        if kind in LEVELS and kind not in self._names[name]:
            return False
        return _named(name, kind) and self._kind(name) != "year" and not self._is_age(name, kind)

    def _by_years(self, text: str, wishes: Sequence[Wish]) -> Iterator[Bound]:
        parts = [(wish, text[start : wish.end], text[:start]) for wish, start in _parts(wishes)]
        fields = [name for name in self._columns if self._kind(name) == "year"] if _A_YEAR.search(text) else []
        for wish, part, lead in parts if len(fields) == 1 else []:
            for span in spans(part, fields[0], lead):
                low, high = outside(*span) if wish.refused else span
                if low <= high:
                    yield Bound(fields[0], low, high, wish.start)

    def _kind(self, name: str) -> str:
        """What the field's numbers are: "year", "count" (of few things), or "" for any numbers."""
        if name not in self._kinds:
            numbers = np.asarray(self._columns[name].numbers)
            stated = numbers[np.isfinite(numbers)]
            least, most = self._range(name)
            years = _YEARS[0] <= least and most <= _YEARS[1]
            few = len(stated) > 0 and bool(np.quantile(stated, 0.9) <= COUNTED)
            whole = (years or few) and bool((stated == np.floor(stated)).all())
            self._kinds[name] = "" if not whole else "year" if years else "count"
        return self._kinds[name]

    def _counted(self) -> dict[str, float]:
        """The words in the names of fields that count few things, each with the least number such a field states."""
        if self._counts is None:
            self._counts = {}
            for name in (name for name in self._columns if self._kind(name) == "count"):
                least = self._range(name)[0]
                self._counts |= {word: min(least, self._counts.get(word, inf)) for word in self._names[name]}
        return self._counts

    def _in_full(self, said: Amount) -> Amount:
        """The same amount, of bedrooms for "beds", where no field is named by the short word."""
        known = said.kind not in SHORT or any(_named(name, said.kind) for name in self._columns)
        return said if known else replace(said, kind=SHORT[said.kind])

    def _range(self, name: str) -> tuple[float, float]:
        """The least and the most that the field states; infinite where it states nothing."""
        if name not in self._ranges:
            numbers = np.asarray(self._columns[name].numbers)
            stated = numbers[np.isfinite(numbers)]
            self._ranges[name] = (float(stated.min()), float(stated.max())) if len(stated) else (inf, inf)
        return self._ranges[name]


def _parts(wishes: Sequence[Wish]) -> Iterator[tuple[Wish, int]]:
    """Each wish and where its text begins: at the end of the wish before, so that a "from" belongs to it; a refused one
    at its own start."""
    at = 0
    for wish in wishes:
        yield wish, wish.start if wish.refused else at
        at = wish.end


def _amounts(text: str, wishes: Sequence[Wish]) -> Iterator[tuple[Wish, Amount]]:
    """The amounts of each wish. A refused wish gives the opposite of each, if that is one span, else none."""
    last = 0
    for wish in wishes:
        refused = wish.refused and not _NOT_BEYOND.search(text[max(0, wish.start - BEFORE) : wish.start])
        start = wish.start if refused else 0
        for amount in amounts(text[start : wish.end]):
            there = replace(amount, start=start + amount.start, end=start + amount.end)
            if there.start >= min(last, wish.start) and there.end > wish.start and (there.open or not refused):
                yield wish, there.reversed() if refused else there
        last = wish.end


def _shared(text: str, found: list[tuple[Wish, Amount]]) -> list[tuple[Wish, Amount]]:
    """The same amounts, each with the kind that its neighbour lends it: of "over 10 and under 50 employees" both are of
    employees."""
    for place in range(len(found) - 1):
        (wish, one), (other_wish, other) = found[place : place + 2]
        kind = one.kind or other.kind
        half = (one.kind == "") != (other.kind == "") and one.open and other.open
        either = one.kind and not other.kind and not (one.open or other.open) and _EITHER_ONE.match(text, one.end)
        if either and either.end() == other.end:
            found[place + 1] = (other_wish, replace(other, kind=kind))
        if half and replace(one, kind=kind).meets(other) and _JOINED.search(text[one.start : other.start]):
            found[place : place + 2] = [(wish, replace(one, kind=kind)), (other_wish, replace(other, kind=kind))]
    return found


def _limited(text: str, amount: Amount) -> bool:
    """Whether a number is said to be the most that is to be paid, or to be within that: "budget 900"."""
    before = text[max(0, amount.start - BEFORE) : amount.start]
    return bool(_BUDGET.search(before) or _IS_LIMIT.match(text, amount.end))


def _at_most(text: str, amount: Amount) -> Amount:
    """A sum named as a limit, as an upper bound; with "about 900" a little more is allowed."""
    one = (amount.low == amount.high or amount.rough) and amount.kind in ("", "money")
    return replace(amount, low=-inf) if one and _limited(text, amount) else amount


def _ends(amount: Amount) -> tuple[float, float]:
    """The least and the greatest number meant, both included: "under 900" ends just below 900."""
    if not (amount.strict and amount.open):
        return amount.low, amount.high
    return (-inf, nextafter(amount.high, -inf)) if amount.low == -inf else (nextafter(amount.low, inf), inf)


def _named(name: str, kind: str) -> bool:
    """Whether a word of the field's name is a form of the kind's: `page_count` and "pages"."""
    return len(kind) >= BEGINNING and any(same(word, kind) for word in name_words(name))


def _ends_with(name: str, kind: str) -> bool:
    """Whether a word of the field's name is made with the kind's: "Wochenstunden" and "Stunden"; no "bedrooms"."""
    return any(word.endswith(kind) and not _OF_A_KIND.match(word) for word in name_words(name))
