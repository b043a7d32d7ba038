"""Days that a request names, on the one field of dates that can be meant: "free in May", "before 12 June 2026".

    named = fields.named(text, wishes)      which days, of which wish
    yes, silent = fields.verdict(one)       the items whose date lies there, and those that state none

A month without a year is that month of any year; a day without one, and a month that something is before or behind, is
of the year that most items are of. Of a field that says from when something is to be had, "available from", it is all
that is to be had by then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features.dates import MONTHS, span
from firstfive.types import Span

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Wish

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WHEN = re.compile(
    rf"(?:(?:early|mid|late|the|end\s+of|anfang|mitte|ende|début|fin|dem?)\s+)?(?:"
    rf"(?P<months>(?:{_MONTH})(?:\s+(?:or|oder|ou)\s+(?:{_MONTH}))?)|"
    rf"(?P<yearless>\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s+(?:{_MONTH})|(?:{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?|"
    r"(?P<dotted>\d{1,2}\.\s?\d{1,2})\.?)|"
    rf"(?P<days>(?:{_MONTH})\.?\s+\d{{4}}|[^\W\d_]*\.?\s*\d[\w.,/ -]*\d{{4}}|\d{{4}}-\d\d(?:-\d\d)?))",
    re.IGNORECASE,
)
_ON_OR_AFTER = frozenset("from since starting beginning ab seit dès depuis".split())
_AFTER = frozenset("after nach après".split())
_BY = frozenset("until till by bis jusqu'en jusqu'au".split())
_BEFORE = frozenset("before vor avant".split())
_IN = frozenset("in im en during mid early late".split())
_MONTH_BEHIND = frozenset({*_ON_OR_AFTER, *_AFTER, *_BEFORE, *_IN, "until", "till", "bis", "jusqu'en"})
"""What a month without a day or a year stands behind: "by May" and "on Mars" are no months."""
_DOTTED = frozenset("am bis vor nach".split())
"""What "15.9" is a day behind; without a point at its end it is a number behind all others."""
_LEADS = re.compile(
    rf"(?:.*\s|^)(?P<lead>à\s+partir\s+d[eu]|{'|'.join(sorted(_ON_OR_AFTER | _AFTER | _BY | _BEFORE | _IN))}|"
    r"on|am|le|(?<!partir\s)d[eu])\s+",
    re.IGNORECASE,
)
"""The last word that leads to days: what is behind it, to the end of the wish, is when."""
_HAD_FROM = re.compile(
    r"(?:^|[\W_])(?:[Ff]rom|[Aa]b|[Ff]rei|[Ff]ree|[Dd]ès|[Ll]ibre)(?![a-zäöüß])|[Aa]vailab|[Vv]erfügbar|[Dd]isponib"
)
"""In the name of a field: that something is to be had from a day on, and on all days behind it."""
_OF_THE_SOURCE = re.compile(
    r"updated?|modified|changed|crawl|scrape|fetched|indexed|created|import|geändert|aktualisiert|modifi|mis_à_jour",
    re.I,
)
"""In the name of a field: that it says something about the page, and nothing that is looked for."""
FIRST, LAST = "0000", "9999"
NO_PART = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from first to last, both included, or some months of any year.

    wish: where the wish starts. part: of the text that says so, with the word that leads to it.
    """

    field: str
    wish: int
    first: str = FIRST
    last: str = LAST
    months: tuple[str, ...] = ()
    part: Span = NO_PART

    def meets(self, column: Column, position: int) -> bool:
        """Whether a date of the item there is one of them."""
        return any(map(self.include, column.held(position)))

    def include(self, value: str) -> bool:
        """Whether a date is one of them."""
        return self.first <= value <= self.last and (not self.months or value[5:7] in self.months)


class DayFields:
    """The fields of dates of a catalogue. Where there are several, none can be meant alone."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        dated = {name: column for name, column in columns.items() if column.kind == "date" and column.values}
        self._columns = {name: column for name, column in dated.items() if not _OF_THE_SOURCE.search(name)}

    def named(self, text: str, wishes: Sequence[Wish]) -> tuple[Days, ...]:
        """The days that wishes name or end with; not those that are refused."""
        if len(self._columns) != 1:
            return ()
        field = next(iter(self._columns))
        found = (self._days(field, text, wish) for wish in wishes if not wish.refused)
        return tuple(one for one in found if one)

    def verdict(self, days: Days) -> tuple[Mask, Mask]:
        """(items,) each: the items with a date among these, and those that state none."""
        starts, codes = self._codes
        among = np.array([days.include(value) for value in self._columns[days.field].values], dtype=bool)
        lengths = np.diff(starts)
        yes = np.zeros(len(lengths), dtype=bool)
        yes[np.repeat(np.arange(len(lengths)), lengths)[among[codes]]] = True
        return yes, lengths == 0

    def _days(self, field: str, text: str, wish: Wish) -> Days | None:
        leads = _LEADS.match(text[: wish.end])
        start = leads.end() if leads and leads.end() >= wish.start else wish.start
        lead = leads["lead"].lower() if leads and leads.end() == start else ""
        found = self._behind(lead, field, text, wish, start)
        begin = leads.start("lead") if leads and lead else start
        return replace(found, part=Span(begin, wish.end)) if found else None

    def _behind(self, lead: str, field: str, text: str, wish: Wish, start: int) -> Days | None:
        """The days that stand from start to the wish's end, behind a word that leads to them."""
        when = _WHEN.fullmatch(text[start : wish.end].strip())
        if when is None or (when["months"] and lead not in _MONTH_BEHIND and not lead.startswith("à")):
            return None
        if when["dotted"] and not (text[wish.end : wish.end + 1] == "." or lead in _DOTTED):
            return None
        months = tuple(f"{MONTHS[name.casefold()]:02}" for name in re.findall(_MONTH, when["months"] or "", re.I))
        of_time = lead in _AFTER | _BY | _BEFORE | _ON_OR_AFTER or lead.startswith("à")
        if months and not of_time and not _HAD_FROM.search(field):
            return Days(field, wish.start, months=months)
        ends = self._ends(when, months)
        return _bounded(field, wish.start, lead, ends) if ends else None

    def _ends(self, when: re.Match[str], months: Sequence[str]) -> tuple[str, str] | None:
        """The first and the last day; where no year is said, of the year that most items are of."""
        if when["days"]:
            return span(when["days"])
        if months:
            first, last = span(f"{self._year}-{min(months)}"), span(f"{self._year}-{max(months)}")
            return (first[0], last[1]) if first and last else None
        said = when["yearless"]
        return span(f"{when['dotted']}.{self._year}" if when["dotted"] else f"{said} {self._year}")

    @property
    def _codes(self) -> tuple[np.ndarray, np.ndarray]:
        column = next(iter(self._columns.values()))
        assert column.starts is not None
        assert column.codes is not None
        return np.asarray(column.starts), np.asarray(column.codes)

    @cached_property
    def _year(self) -> str:
        """The year that most items' dates are of."""
        values = next(iter(self._columns.values())).values
        years: dict[str, int] = {}
        for value, count in zip(values, np.bincount(self._codes[1], minlength=len(values)).tolist(), strict=True):
            years[value[:4]] = years.get(value[:4], 0) + count
        return max(years, key=lambda year: (years[year], year))


def _bounded(field: str, wish: int, lead: str, ends: tuple[str, str]) -> Days:
    """The days as the word before them has it: those from there on, up to there, or themselves."""
    first, last = ends
    if _HAD_FROM.search(field):  # to be had by then, whichever word says when it is needed
        return Days(field, wish, last=last)
    if lead in _AFTER:
        return Days(field, wish, first=_shifted(last, 1))
    if lead in _BEFORE:
        return Days(field, wish, last=_shifted(first, -1))
    if lead in _BY:
        return Days(field, wish, last=last)
    if lead in _ON_OR_AFTER or lead.startswith("à"):
        return Days(field, wish, first=first)
    return Days(field, wish, first, last)


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
