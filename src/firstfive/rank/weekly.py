"""Weekdays and times of day that a request names, on the fields that state them: "open on Sundays after 6pm".

    asked = fields.named(text, wishes)  which days and times, of which wish, and of which field
    yes, perhaps = asked[0].verdict     the items that are open then, and those that do not say

What is open on no such day, or at another time, states otherwise; what says only half of what is asked, such as times
without days, may be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import name_words
from firstfive.features.weekly import EVERY_DAY, HALF_HOUR, SLOTS, Week, begins, week
from firstfive.rank.columns import codes_of
from firstfive.rank.times import Times, times

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Positions, Span, Wish

SAMPLED, MOST, ENOUGH = 40, 20_000, 0.6
"""Values of a field that are tried first; those of a field of more are not read; and the share of them that must say
nothing but days and times."""
_DAWN = 8
"""The half-hour before which a day has not begun: who closes at 2 on Sunday morning is open on Saturday."""
_OPEN = frozenset(
    "open opening opens hours day days weekday weekdays available availability when times schedule geöffnet offen tag "
    "tage öffnungszeit öffnungszeiten wochentag wochentage wann zeiten uhrzeiten verfügbar horaire horaires ouvert "
    "ouverture jour jours quand disponibilité disponibilités".split()
)
"""Words of the name of a field that says when something is there; they decide between several fields."""
_OF_ELSE = frozenset(
    "closed closing shut music event events quiz delivery deliveries collection bin check checkin checkout happy "
    "ruhetag ruhetage geschlossen musik lieferung lieferzeiten fermé fermés fermeture musique livraison".split()
)
"""And of one that says it of something else, or the contrary."""
_BEGINS = frozenset("start starts starting begin begins beginning beginn beginnt anfang début commence".split())
"""And of one whose times are when something begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Weekly:
    """Days and times that a wish names, as far as one field states them. wish: where the wish starts.

    part: of the text that says so. refused: it is another time that is wanted. verdict: the items that are open then,
    and those that do not say, (items,) each.
    """

    field: str
    wish: int
    part: Span
    refused: bool
    verdict: tuple[Mask, Mask]

    def meets(self, column: Column, position: int) -> bool:  # noqa: ARG002
        """Whether the item there states that it is open then."""
        return bool(self.verdict[0][position])


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """When the items of a field are open: each item's row, -1 where it states nothing, and of each different row its
    half-hours from Monday on, (rows, 7 * SLOTS), and whether it says on which days, and at what times.

    single: each value is one day.
    """

    rows: Positions
    slots: Mask
    days: Mask
    times: Mask
    single: bool

    def tells(self, what: Mask) -> bool:
        """Whether enough of the rows say it."""
        return bool(what.sum() > len(what) / 10)

    def verdict(self, asked: Times, *, refused: bool) -> tuple[Mask, Mask]:
        """(items,) each: the items that are open then, and those that do not say."""
        fits = _others(asked, self.slots) if refused else _fits(asked, self.slots)
        known = (self.days | (not asked.days)) & (self.times | (not asked.spans))
        yes, perhaps = np.append(fits & known, False), np.append(fits & ~known, True)
        return yes[self.rows], perhaps[self.rows]


class WeeklyFields:
    """The fields of a catalogue that say on which days and at what times something is there. Immutable.

    Where several say it, those count whose names speak of it; of several of these none can be meant alone.

    Cost: 60 µs a different value, once.
    """

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._open = {name: one for name, column in columns.items() if (one := _read(name, column))}
        self._of_days = _alone([name for name, one in self._open.items() if one.tells(one.days)])
        self._of_times = _alone([name for name, one in self._open.items() if one.tells(one.times)])

    @property
    def spans(self) -> frozenset[str]:
        """The fields that are read so and say more than one day by some value: a value of theirs is no name."""
        return frozenset(name for name, one in self._open.items() if not one.single)

    def named(self, text: str, wishes: Sequence[Wish], but: Collection[tuple[str, int]] = ()) -> tuple[Weekly, ...]:
        """The days and times that wishes name, of each field that states them. but: fields and wishes that are answered
        already."""
        named = ((wish, times(text, wish)) for wish in wishes if self._open)
        every = (one for wish, asked in named if asked for one in self._of_fields(wish, asked))
        return tuple(one for one in every if (one.field, one.wish) not in but)

    def _of_fields(self, wish: Wish, asked: Times) -> Iterator[Weekly]:
        """What the field of days says of the days, and that of times of the times; one that has both, of both."""
        days, of_day = self._of_days if asked.days else "", self._of_times if asked.spans else ""
        parts = {days: replace(asked, spans=()), of_day: replace(asked, days=0)} if days != of_day else {days: asked}
        for name, part in parts.items():
            if name:
                verdict = self._open[name].verdict(part, refused=wish.refused)
                yield Weekly(name, wish.start, asked.part, wish.refused, verdict)


def _alone(names: Sequence[str]) -> str:
    """The one field that is meant; empty where there is none, or several could be."""
    named = [name for name in names if not _OPEN.isdisjoint(name_words(name))] or names
    return named[0] if len(named) == 1 else ""


def _read(name: str, column: Column) -> _Open | None:
    """When the items are open by this field; None for a field of anything else."""
    values = column.values
    if column.starts is None or column.kind not in {"text", "list"}:
        return None
    if not 1 < len(values) <= MOST or not _OF_ELSE.isdisjoint(name_words(name)):
        return None
    read = week if _BEGINS.isdisjoint(name_words(name)) else lambda value: week(value) or begins(value)
    sample = values[:: max(1, len(values) // SAMPLED)]
    if sum(read(value) is not None for value in sample) < ENOUGH * len(sample):
        return None
    weeks = list(map(read, values))
    if sum(one is not None for one in weeks) < ENOUGH * len(values) or len({*weeks} - {None}) < 2:
        return None
    starts, codes = (part.tolist() for part in codes_of(column))
    held = [tuple(codes[one:two]) for one, two in zip(starts[:-1], starts[1:], strict=True)]
    return _opened([[weeks[code] for code in each] for each in dict.fromkeys(held)], held)


def _opened(weeks: Sequence[Sequence[Week | None]], held: Sequence[tuple[int, ...]]) -> _Open:
    """weeks: of each different row of values. held: of each item its row of values."""
    every_day = any(
        one and one.closed for several in weeks for one in several
    )  # "9-5" is that beside "9-5, not Mondays"
    slots = np.zeros((len(weeks), 7 * SLOTS), dtype=bool)
    days, of_day = np.zeros((2, len(weeks)), dtype=bool)
    row = {
        codes: at if several and all(several) else -1
        for at, (codes, several) in enumerate(zip(dict.fromkeys(held), weeks, strict=True))
    }
    for at, several in enumerate(weeks):
        read = [one for one in several if one]
        closed = reduce(or_, (one.closed for one in read), 0)
        groups = [group for one in read for group in one.groups] or ([(0, ())] if closed else [])
        days[at] = closed > 0 or any(of for of, _ in groups) or (every_day and bool(groups))
        of_day[at] = any(spans for _, spans in groups)
        for of, spans in groups:
            _mark(slots[at], (of or EVERY_DAY) & ~closed, spans)
    rows = np.array([row[codes] for codes in held], dtype=np.int64)
    single = all(one is not None and one.one_day is not None for several in weeks for one in several)
    return _Open(rows, slots, days, of_day, single)


def _mark(slots: Mask, days: int, spans: Sequence[tuple[int, int]]) -> None:
    """Marks the half-hours, (7 * SLOTS,), half of which lie in the spans of these days; all, where there are none."""
    for first, last in spans or ((0, SLOTS * HALF_HOUR),):
        at, end = ((minute + HALF_HOUR // 2) // HALF_HOUR for minute in (first, last))
        for day in _each(days):
            slots[day * SLOTS + at : day * SLOTS + end] = True
            slots[: max(0, day * SLOTS + end - len(slots))] = True  # from Sunday into Monday


def _fits(asked: Times, slots: Mask) -> Mask:
    """(rows,): whether these half-hours, (rows, 7 * SLOTS), are open as is asked."""
    of_days = []
    for day in _each(asked.days or EVERY_DAY):
        spans = asked.spans or ((_DAWN, SLOTS, 1),)
        each = [slots[:, _slots(day, first, last)].sum(axis=1) >= enough for first, last, enough in spans]
        of_days.append(np.any(each, axis=0) if asked.either else np.all(each, axis=0))
    return np.asarray(np.all(of_days, axis=0) if asked.days and asked.each else np.any(of_days, axis=0))


def _others(asked: Times, slots: Mask) -> Mask:
    """(rows,): whether any other half-hours are open than those that are refused."""
    left = slots.copy()
    for day in _each(asked.days or EVERY_DAY):
        for first, last, _ in asked.spans or ((0, SLOTS, 1),):
            left[:, _slots(day, first, last)] = False
    return np.asarray(left.any(axis=1))


def _each(days: int) -> list[int]:
    return [day for day in range(7) if days >> day & 1]


def _slots(day: int, first: int, last: int) -> Positions:
    """The half-hours of the week from one to another of a day; what lies behind midnight is of the next day."""
    return np.arange(day * SLOTS + first, day * SLOTS + last, dtype=np.int64) % (7 * SLOTS)
