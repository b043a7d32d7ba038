"""Numbers that a request names as bounds on what a field states: "under 100 pages" where there is a field of pages.

Only where one field alone can be meant: by its name, by what it is about (money, people), or because it holds years.
A year bounds a field only where it is said of the item ("built before 1914") or is a wish of its own ("before 1914"):
of a history of Europe before 1914 it says what the book is about.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, nextafter
from typing import TYPE_CHECKING

from firstfive.rank.amounts import BEFORE, PEOPLE, TIMES, Amount, amounts, in_kind
from firstfive.rank.called import (
    BOUND_WORDS,
    LEVELS,
    SHORT,
    THOUSANDS,
    aged,
    called,
    in_digits,
    of_age,
    or_else,
    rescaled,
    without_names,
)
from firstfive.rank.days import today
from firstfive.rank.figures import SUMS, counts_people, figure_called, is_priced, measured, of_seeker, shares_called
from firstfive.rank.lasting import in_minutes, on_the_way
from firstfive.rank.number_field import YEARS, NumberField, the_only
from firstfive.rank.room import children_beside, for_people
from firstfive.rank.standing import asked
from firstfive.rank.sums import at_most, is_sum, limited
from firstfive.rank.years import TENS, born, of_a_thing, outside, since_when, spans

if TYPE_CHECKING:
    from datetime import date

    from firstfive.ports import Column
    from firstfive.types import Mask, Wish

_OF_A_KIND = re.compile(r"bed|bath|class|guest|show|store|schlaf|bad|wohn|gäste|kinder|neben")
"""A compound that begins so is of another kind than its end: bedrooms are not all rooms."""
COMPOUNDED = 5
"""Least letters of a word to be found as the end of another: "Stunden" of "Wochenstunden"."""
_TOPICS = {"money": "money", "people": "size"}
_NOT_BEYOND = re.compile(r"\bdépass(?:e|ent|ant)\s(?:pas\s)?$", re.IGNORECASE)
"""Before what is refused: "ne dépassant pas 60 euros" refuses no 60 euros."""
_OR = re.compile(r"^[^.;:!?]{0,30}\b(?:or|oder|ou)\b[^.;:!?]{0,30}$", re.IGNORECASE)
_JOINED = re.compile(r"^[^.;:,!?]{1,30}\b(?:and|but|und|aber|et|mais)\b[^.;:,!?]*$", re.IGNORECASE)
_EITHER_ONE = re.compile(r"[\s-]\w{1,20}\s(?:or|oder|ou)\s\w{1,16}(?=\s*(?:$|[.;:,!?)]))", re.IGNORECASE)
"""Behind the first of two numbers of one thing: "2 bedrooms or 3"."""
_K_TO_M = re.compile(r"[\d.,]{1,16}\s?(?:k\b.*m|m\b.*k)$", re.IGNORECASE)
"""A span of two units, "500k-2m", whose ends are not to be told apart."""
_NO_MORE = re.compile(rf"{BOUND_WORDS}|\d+s?", re.IGNORECASE)
_A_YEAR = re.compile(
    rf"\b(?:1[4-9]|20)\d\d|\bannées\s|century|jahrhundert|siècle|\b(?:{'|'.join(TENS)})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a field's number should lie between, both ends included. wish: the start of the wish that says so. firm: its
    unit or its word is the field's. alone: the wish says no more than the number.
    """

    field: str
    low: float
    high: float
    wish: int = dataclasses.field(default=0, compare=False)
    firm: bool = dataclasses.field(default=True, compare=False)
    alone: bool = dataclasses.field(default=False, compare=False)

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
        numbers = {name: column for name, column in columns.items() if column.kind == "number"}
        self._fields = {name: NumberField(name, column, about(name)) for name, column in numbers.items()}
        self._names = {name: field.words for name, field in self._fields.items()}
        self._today = today

    def bounds(self, text: str, wishes: Sequence[Wish]) -> tuple[Bound, ...]:
        """The bounds in a request's wishes, in order; of a refused one the other way round."""
        if not self._fields:
            return ()
        alone = {wish.start for wish in wishes if _says_no_more(wish)}
        found = (*self._by_amounts(text, wishes), *self._by_years(text, wishes))
        return tuple(replace(bound, alone=bound.wish in alone) for bound in found)

    def verdict(self, bound: Bound) -> tuple[Mask, Mask]:
        """(items,) each: the items that lie between, and those that state no number."""
        return self._fields[bound.field].between(bound.low, bound.high)

    def _by_amounts(self, text: str, wishes: Sequence[Wish]) -> list[Bound]:
        found: list[tuple[Bound, Amount]] = []
        text = in_digits(in_minutes(text), self._counts)
        for wish, said in _shared(text, [*_amounts(without_names(text, self._names), wishes)]):
            bound, amount = self._bound(text, wish, self._in_full(said))
            if bound is None:
                continue
            if found and found[-1][0].field == bound.field and _OR.search(text[found[-1][1].end : amount.start]):
                other, _ = found.pop()  # "two-bedroom or three-bedroom"
                bound = replace(other, low=min(other.low, bound.low), high=max(other.high, bound.high))
            elif amount.exact and or_else(text, amount):
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
            return Bound(room.name, given.low + children_beside(text, given), inf, wish.start, firm=False), given
        if of_seeker(text, given) or self._on_the_way(text, given):
            return None, given
        meant, topic, amount = self._meant(text, wish, given)
        if not meant and (then := self._born(text, wish, given)):
            return replace(then, wish=wish.start), given
        part = not meant and len(amount.kind) >= COMPOUNDED
        if part:
            meant = [one for one in self._every if _ends_with(one, amount.kind) and not one.is_age(amount.kind)]
        field = the_only(meant)
        if field is None:
            return None, amount
        of_size = topic and field.topic == topic
        if amount.exact and (of_size or amount.low < 0 or field.is_share or field.kind != "count"):
            return None, amount
        has_room = amount.exact and (amount.kind == "people" or field.holds_people)
        firm = not part and (not topic or amount.kind in _TOPICS) and [field.name] != aged(text, given, self._names)
        low, high = _ends(measured(field.name, amount, field.range[1]))
        return Bound(field.name, low, inf if has_room else high, wish.start, firm), amount

    def _meant(self, text: str, wish: Wish, given: Amount) -> tuple[Sequence[NumberField], str | None, Amount]:
        """The fields that a number can mean, by their names, as a share or a sum, by what they are about, or as an age;
        the topic where that told; and the number in their unit."""
        meant, amount = self._by_name([] if given.kind == "%" else called(text, given, self._names), given)
        if len(meant) == 1:
            return meant, None, amount
        figures = self._figures(text, given)
        if figures is not None:  # it may be a share or a sum of what no field holds
            return figures, None, rescaled(given, of_age=False)
        topic = _TOPICS.get(given.kind) or ("money" if self._is_price(text, wish, given) else None)
        amount = at_most(text, given)
        meant = [field for field in self._every if self._means(field, given.kind, topic)]
        costs = limited(text, given) or is_priced(text, given)
        if len(meant) == 1 and not (costs and meant[0].is_figure):
            return meant, topic, amount
        meant, amount = self._by_name(aged(text, given, self._names), given)
        return meant, None, amount

    @property
    def _every(self) -> Collection[NumberField]:
        return self._fields.values()

    def _room(self, text: str, given: Amount) -> NumberField | None:
        """The one field that says how many people have room, where the number is of those it is for."""
        if not given.exact or called(text, given, self._names):
            return None
        of_size = any(field.topic == "size" for field in self._every)
        plain = not of_size if given.kind == "people" else for_people(text, given)
        room = the_only([field for field in self._every if plain and field.holds_people])
        return room if room and room.kind == "count" else None

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
        units = {word: field for field in self._every for word in field.words if word in TIMES}
        if given.kind in units or len({TIMES[word] for word in units}) != 1:
            return given
        word, field = next(iter(units.items()))
        there = in_kind(given, word) or given
        return replace(there, kind=word) if field.within(there) else given

    def _by_name(self, names: Sequence[str], given: Amount) -> tuple[Sequence[NumberField], Amount]:
        """Those of the named fields that can hold the number, and the number in the field's unit if there is one."""
        meant = [self._fields[name] for name in names if self._fields[name].counts_in(given)]
        field = the_only(meant)
        if field is None:
            return meant, given
        amount = rescaled(given, of_age=of_age(field.words))
        of_sums = field.topic == "money" or field.is_figure
        if given.kind == "m" and not of_sums and amount.furthest > field.range[1]:
            amount = replace(given, kind="")  # "beach under 500 m" is of metres
        return meant, amount

    def _figures(self, text: str, given: Amount) -> Sequence[NumberField] | None:
        """The fields of the share or the sum that a number is said to be; None where it is said to be none."""
        shares = shares_called(text, given, self._names) if given.kind in {"", "%"} else []
        found = figure_called(text, given, self._names) if given.kind in SUMS and not shares else None
        if given.kind == "%" or shares:
            return [self._fields[name] for name in shares]
        if found is None:
            return None
        figures = [self._fields[name] for name in found]
        if given.kind:
            return figures
        is_year = YEARS[0] <= given.furthest <= YEARS[1]
        return [field for field in figures if given.furthest <= field.range[1] and not is_year]

    def _born(self, text: str, wish: Wish, given: Amount) -> Bound | None:
        """What an age says of the one field that holds the year from which on there is an item."""
        years = [one for one in self._every if one.kind == "year"]
        field = the_only([one for one in years if since_when(one.name) or of_a_thing(one.name)])
        start = wish.start if field and of_a_thing(field.name) else 0
        then = born(text, given, self._today().year, start) if field else None
        return Bound(field.name, *_ends(then), firm=False) if field and then else None

    def _is_price(self, text: str, wish: Wish, amount: Amount) -> bool:
        """Whether a number without a sign is a sum, and lies within the prices of some field."""
        prices = (field for field in self._every if field.topic == "money" and not field.is_figure)
        return is_sum(text, wish, amount) and any(field.within(amount) for field in prices)

    def _means(self, field: NumberField, kind: str, topic: str | None) -> bool:
        """Whether the field may hold a number of the kind. A field of years holds dates, never durations such as "over
        10 years"."""
        if topic and any(one.topic == topic for one in self._every):
            return field.topic == topic
        if kind == "people":
            return any(map(field.called, PEOPLE))
        if kind in LEVELS and kind not in field.words:
            return False
        return field.called(kind) and field.kind != "year" and not field.is_age(kind)

    def _by_years(self, text: str, wishes: Sequence[Wish]) -> Iterator[Bound]:
        field = the_only([one for one in self._every if one.kind == "year"]) if _A_YEAR.search(text) else None
        if field is None:
            return
        for wish, start in _parts(wishes):
            for span in spans(text[start : wish.end], field.name, text[:start]):
                low, high = outside(*span) if wish.refused else span
                if low <= high:
                    yield Bound(field.name, low, high, wish.start)

    @cached_property
    def _counts(self) -> dict[str, float]:
        """The words in the names of fields that count few things, each with the least number such a field states."""
        found: dict[str, float] = {}
        for field in (field for field in self._every if field.kind == "count"):
            found |= {word: min(field.range[0], found.get(word, inf)) for word in field.words}
        return found

    def _in_full(self, said: Amount) -> Amount:
        """The same amount, of bedrooms for "beds", where no field is named by the short word."""
        known = said.kind not in SHORT or any(field.called(said.kind) for field in self._every)
        return said if known else replace(said, kind=SHORT[said.kind])


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


def _says_no_more(wish: Wish) -> bool:
    """Whether a wish that bounds a number has no other words."""
    wanted, *others = asked(wish.text)
    return not any(others) and all(map(_NO_MORE.fullmatch, wanted))


def _ends(amount: Amount) -> tuple[float, float]:
    """The least and the greatest number meant, both included: "under 900" ends just below 900."""
    if not (amount.strict and amount.open):
        return amount.low, amount.high
    return (-inf, nextafter(amount.high, -inf)) if amount.low == -inf else (nextafter(amount.low, inf), inf)


def _ends_with(field: NumberField, kind: str) -> bool:
    """Whether a word of the field's name is made with the kind's: "Wochenstunden" and "Stunden"; no "bedrooms"."""
    return any(word.endswith(kind) and not _OF_A_KIND.match(word) for word in field.words)
