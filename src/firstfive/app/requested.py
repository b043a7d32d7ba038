"""What a request says of fields: "a flat in Devon under £900 a month, pets allowed, from May".

found = fields.read(text, wishes)      numbers, days, values, and yes or no, each of a wish and a field
said = fields.said(found, rest)        what these say of the items, by field
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from firstfive.ask import answer, heeded, topic
from firstfive.rank import DayFields, NamedValues, NumberFields, Weekly, WeeklyFields, flags, joined, today
from firstfive.types import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from firstfive.ports import Column
    from firstfive.rank import Bound, Days, Flag, Named
    from firstfive.types import Mask, Positions, Stated, Wish


FEW = 0.1
"""The share of items that may be silent on a field of numbers where texts need not be searched for one."""


class OfField(Protocol):
    """What a wish says of a field. wish: where the wish starts."""

    @property
    def field(self) -> str: ...

    @property
    def wish(self) -> int: ...

    def meets(self, column: Column, position: int) -> bool:
        """Whether the item there states what is wished for. column: the field's."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that a request says of fields, by how it says it: numbers, days and times, values in words, and yes or no."""

    bounds: tuple[Bound, ...] = ()
    days: tuple[Days | Weekly, ...] = ()
    named: tuple[Named, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def every(self) -> tuple[OfField, ...]:
        """All of it."""
        return (*self.bounds, *self.days, *self.named, *self.flags)

    @property
    def _in_words(self) -> tuple[Named | Flag, ...]:
        return (*self.named, *self.flags)

    @property
    def partly(self) -> frozenset[int]:
        """The wishes that name a value, or a field of yes and no, and say more than that."""
        return frozenset(one.wish for one in self._in_words if not one.whole)

    @property
    def sure(self) -> frozenset[int]:
        """The wishes of which a field decides alone, since it says what an item is."""
        return frozenset(one.wish for one in self.named if one.sure)

    def parts(self, wishes: Sequence[Wish]) -> list[Span]:
        """The parts of the text that say nothing else: days with what leads to them, and whole wishes."""
        ends = {wish.start: wish.end for wish in wishes}
        refused = {one.wish for one in self.named if one.refused}
        whole = (one.wish for one in self._in_words if one.whole and one.wish not in refused)
        return [*(one.part for one in self.days if not one.refused), *(Span(start, ends[start]) for start in whole)]


NOTHING = Found()


class RequestedFields:
    """The typed fields of a catalogue, as requests speak of them. Thread-safe.

    holding: gives the items that hold all words of a text, in it or in their fields. text: an item's own text.
    today: gives the day that a request is of.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        holding: Callable[[str], Positions],
        text: Callable[[int], str],
        today: Callable[[], date] = today,
    ) -> None:
        self._columns = columns
        self._numbers = NumberFields(columns, topic)
        self._dates = DayFields(columns, today)
        self._weekly = WeeklyFields(columns)
        columns = {name: column for name, column in columns.items() if name not in self._weekly.spans}
        self._values = NamedValues(columns, topic, holding, text)

    def read(self, text: str, wishes: Sequence[Wish]) -> Found:
        """What a request's wishes say of fields."""
        named = self._values.named(text, wishes)
        weekly = self._weekly.named(text, wishes, {(one.field, one.wish) for one in named})
        return Found(
            self._numbers.bounds(text, wishes),
            (*self._dates.named(text, wishes), *weekly),
            named,
            flags(self._columns, text, wishes),
        )

    def meet(self, one: OfField, position: int) -> bool:
        """Whether the item there states what is wished for."""
        return one.meets(self._columns[one.field], position)

    def said(self, found: Found, rest: float) -> dict[str, Stated]:
        """What was found says of the items, by field: of those fields alone where an item meets it.

        rest: how far the rest of the request narrows the catalogue down, in nats. What has its field's sign or unit
        counts as an answer does, and all else as much as the rest lets it.
        """
        met: dict[str, tuple[Mask, Mask]] = {}
        soft = [(one.field, self._of_days(one)) for one in found.days]
        soft += [(one.field, one.verdict(self._columns[one.field])) for one in found.flags]
        for name, (yes, silent) in soft:  # "after 1 May, before 10 June"
            met[name] = (yes & met[name][0], silent) if name in met else (yes, silent)
        met = self._values.refusals(found.named) | met
        said = {name: answer(*verdict) for name, verdict in met.items()} | self._values.verdicts(found.named)
        firm: dict[str, Stated] = {}
        for bound in joined(found.bounds):
            (firm if bound.firm else said)[bound.field] = answer(*self._numbers.verdict(bound))
        every = {name: heeded(one, rest) for name, one in said.items()} | firm
        return {name: one for name, one in every.items() if one.yes.any()}

    def _of_days(self, one: Days | Weekly) -> tuple[Mask, Mask]:
        return one.verdict if isinstance(one, Weekly) else self._dates.verdict(one)


def stated_by_all(found: Found, said: Mapping[str, Stated], wishes: Sequence[Wish]) -> Sequence[Span]:
    """The parts of the text that name days of a field which every item states, or no more than a number of one that
    nearly every item states."""
    lacking = {name: float(one.perhaps.mean()) for name, one in said.items()}
    ends = {wish.start: wish.end for wish in wishes if not wish.refused}
    days = [one.part for one in found.days if not one.refused and lacking.get(one.field) == 0]
    limits = [one.wish for one in found.bounds if one.alone and lacking.get(one.field, 1.0) <= FEW]
    return [*days, *(Span(start, ends[start]) for start in limits if start in ends)]
