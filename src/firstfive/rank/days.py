"""Days that a request names, on the one field of dates that can be meant: "free in May", "before 12 June 2026".

    named = fields.named(text, wishes)      which days, of which wish
    yes, silent = fields.verdict(one)       the items whose date lies there, and those that state none

A month without a year is that month of any year. Of a field that says from when something is to be had, "available
from", it is all that is to be had by then, in the year that most items name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features.dates import MONTHS, span

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Wish

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WHEN = re.compile(
    rf"(?:(?:early|mid|late|the|end\s+of|anfang|mitte|ende|début|fin)\s+)?(?:(?P<month>{_MONTH})|"
    r"(?P<days>[\w.,/ -]*\d{4}[\w.,/ -]*))",
    re.IGNORECASE,
)
_SINCE = frozenset("from since after ab seit nach dès depuis après".split())
_UNTIL = frozenset("before until till by bis vor avant jusqu'en jusqu'au".split())
_LEADS = re.compile(
    rf"(?:.*\s|^)(?P<lead>{'|'.join(sorted(_SINCE | _UNTIL))}|in|on|during|im|am|en|le|du|de|"
    r"à\s+partir\s+d[eu])\s+",
    re.IGNORECASE,
)
"""The last word that leads to days: what is behind it, to the end of the wish, is when."""
_HAD_FROM = re.compile(r"(?:^|[\W_])(?:from|available|availability|free|ab|frei|verfügbar|dès|disponible|libre)", re.I)
"""In the name of a field: that something is to be had from a day on, and on all days behind it."""
FIRST, LAST = "0000", "9999"


@dataclass(frozen=True, slots=True)
class Days:
    """The days from first to last, both included, or a month of any year. wish: where the wish starts."""

    field: str
    wish: int
    first: str
    last: str
    month: str = ""

    def meets(self, value: str) -> bool:
        """Whether a date is one of them."""
        return self.first <= value <= self.last and (not self.month or value[5:7] == self.month)


class DayFields:
    """The fields of dates of a catalogue. Where there are several, none can be meant alone."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = {name: column for name, column in columns.items() if column.kind == "date"}

    def named(self, text: str, wishes: Sequence[Wish]) -> tuple[Days, ...]:
        """The days that wishes name whole; not those that are refused."""
        if len(self._columns) != 1:
            return ()
        field = next(iter(self._columns))
        found = (self._days(field, text, wish) for wish in wishes if not wish.refused)
        return tuple(one for one in found if one)

    def verdict(self, days: Days) -> tuple[Mask, Mask]:
        """(items,) each: the items with a date among these, and those that state none."""
        column = self._columns[days.field]
        assert column.starts is not None
        assert column.codes is not None
        among = np.array([days.meets(value) for value in column.values], dtype=bool)
        lengths = np.diff(column.starts)
        yes = np.zeros(len(lengths), dtype=bool)
        yes[np.repeat(np.arange(len(lengths)), lengths)[among[np.asarray(column.codes)]]] = True
        return yes, lengths == 0

    def _days(self, field: str, text: str, wish: Wish) -> Days | None:
        leads = _LEADS.match(text[: wish.end])
        start = leads.end() if leads and leads.end() >= wish.start else wish.start
        when = _WHEN.fullmatch(text[start : wish.end].strip())
        ends = span(when["days"].strip()) if when and when["days"] else None
        if when is None or (ends is None and not when["month"]):
            return None
        lead = leads["lead"].lower() if leads and leads.end() == start else ""
        since, until = lead in _SINCE or lead.startswith("à"), lead in _UNTIL
        until = until or (not since and bool(_HAD_FROM.search(field)))
        month = f"{MONTHS[when['month'].casefold()]:02}" if when["month"] else ""
        if month and (since or until):
            ends = span(f"{self._year(field)}-{month}")
        if ends is None:
            return Days(field, wish.start, FIRST, LAST, month)
        return Days(field, wish.start, FIRST if until else ends[0], LAST if since else ends[1])

    def _year(self, field: str) -> str:
        """The year that most of the field's dates are of."""
        return Counter(value[:4] for value in self._columns[field].values).most_common(1)[0][0]
