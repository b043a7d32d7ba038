"""Days that a request names, on the one field of dates that can be meant: "free in May", "before 12 June 2026".

    named = fields.named(text, wishes)      which days, of which wish
    yes, silent = fields.verdict(one)       the items whose date lies there, and those that state none

A month without a year is that month of any year. A day without a year, or a month after a word such as "before", is
taken of the next year from today in which some items' dates are meant and some are not; where all such years are past,
of the year of most dates. Of a field such as "available from", a day means everything available by then.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from firstfive.rank.columns import codes_of, holders, silent
from firstfive.rank.when import THIRDS, day_number, months, relative, when
from firstfive.types import Span

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Wish

_ON_OR_AFTER = frozenset("from since starting beginning ab seit dès depuis".split())
_AFTER = frozenset("after nach après".split())
_BY = frozenset("until till by bis spätestens jusqu'en jusqu'au jusqu'à".split())
_BEFORE = frozenset("before vor avant".split())
_IN = frozenset("in im en during".split())
_OF_TIME = _ON_OR_AFTER | _AFTER | _BY | _BEFORE | {"à"}
_MONTH_BEHIND = (_OF_TIME | _IN) - {"by", "jusqu'au"}
"""Words after which a month needs neither day nor year: "by May" and "on Mars" are no months."""
_DOTTED = frozenset("am bis vor nach".split())
"""Words after which "15.9" is a day; after all others it is a number, unless a point follows."""
_LEAD = re.compile(
    rf"(?:à\s+partir\s+d[eu]|{'|'.join(sorted(_ON_OR_AFTER | _AFTER | _BY | _BEFORE | _IN, key=len, reverse=True))}|"
    r"on|am|at|le|d[eu])\s+(?:zum\s+|zur\s+|im\s+)?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:(?P<between>between|zwischen|entre)\s+|(?P<lead>from|vom|von|ab|du|de|d['’])\s*)?(?P<one>[^,;:]{1,24}?)"
    r"(?:\s(?:(?P<and>and|und|et)|to|until|till|bis|au|à|jusqu['’]au)\s(?:zum\s|the\s)?|\s?[-–]\s?)(?P<other>[^,;:]{3,24})",
    re.IGNORECASE,
)
_ONWARDS = re.compile(
    r"\s(?:(?P<on>onwards?|or\s+(?:later|after)|and\s+(?:later|after)|oder\s+später|und\s+später|ou\s+(?:plus\s+tard|après))|"
    r"or\s+(?:earlier|before|sooner)|at\s+the\s+latest|oder\s+früher|spätestens|ou\s+(?:plus\s+tôt|avant)|au\s+plus\s+tard)$",
    re.IGNORECASE,
)
"""After a day: that day and all later ones, or all earlier ones."""
_NOW = re.compile(
    r"\b(?:(?:free|available|vacant|starting|from|frei|verfügbar|libre|disponible|ab|dès)\s+"
    r"(?:now|today|jetzt|heute|maintenant|aujourd['’]hui)|immediately|straight\s+away|right\s+away|as\s+soon\s+as\s+possible|"
    r"asap|(?:ab\s+)?sofort|sofort|tout\s+de\s+suite|immédiatement)\b(?!\s+(?:next|near|by|at|beside|on|in|an|am|neben|bei|à)\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<!\S)\S")
LED = 90
"""Characters in which days are looked for, before the end of a wish."""
_HAD_FROM = re.compile(
    r"(?:^|[\W_])(?:[Ff]rom|[Aa]b|[Ff]rei|[Ff]ree|[Dd]ès|[Ll]ibre)(?![a-zäöüß])|[Aa]vailab|[Vv]erfügbar|[Dd]isponib"
)
"""In a field's name: the date is the first day on which the item is available."""
_OF_THE_SOURCE = re.compile(
    r"updated?|modified|changed|crawl|scrape|fetched|indexed|created|import|geändert|aktualisiert|modifi|mis_à_jour",
    re.I,
)
"""In a field's name: the date is about the page, and nothing that people look for."""
FIRST, LAST = "0000", "9999"
NO_PART = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from first to last, both included, or some months, or parts of these, of any year.

    wish: where the wish starts. part: where the text says so, with the leading word. of_month: the first and the last
    day of each month. refused: all days but these.
    """

    field: str
    wish: int
    first: str = FIRST
    last: str = LAST
    months: tuple[str, ...] = ()
    part: Span = NO_PART
    of_month: tuple[str, str] = ("01", "31")
    refused: bool = False

    def meets(self, column: Column, position: int) -> bool:
        """Whether a date of the item there is one of them."""
        return any(map(self.include, column.held(position)))

    def include(self, value: str) -> bool:
        """Whether a date is one of them."""
        of_months = not self.months or (
            value[5:7] in self.months and self.of_month[0] <= value[8:10] <= self.of_month[1]
        )
        return (self.first <= value <= self.last and of_months) != self.refused


def today() -> date:
    """The day that it is, in UTC."""
    return datetime.now(UTC).date()


class DayFields:
    """The fields of dates of a catalogue. Where there are several, none can be meant alone.

    today: gives the day that a request is of.
    """

    def __init__(self, columns: Mapping[str, Column], today: Callable[[], date] = today) -> None:
        dated = {name: column for name, column in columns.items() if column.kind == "date" and column.values}
        self._columns = {name: column for name, column in dated.items() if not _OF_THE_SOURCE.search(name)}
        self._today = today

    def named(self, text: str, wishes: Sequence[Wish]) -> tuple[Days, ...]:
        """The days that wishes name or end with. Of those that are refused: all others."""
        if len(self._columns) != 1:
            return ()
        field = next(iter(self._columns))
        found = [one for wish in wishes if (one := self._days(field, text, wish))]
        # the "vom 3." of "vom 3. bis 10. Mai" is read twice
        found = [one for one in found if not any(_within(one.part, other.part) for other in found)]
        return tuple(found or self._now(field, text, wishes))

    def verdict(self, days: Days) -> tuple[Mask, Mask]:
        """(items,) each: the items with a date among these, and those that state none."""
        column = self._columns[days.field]
        among = np.array([days.include(value) for value in column.values], dtype=bool)
        return holders(column, among[codes_of(column)[1]]), silent(column)

    def _days(self, field: str, text: str, wish: Wish) -> Days | None:
        """The days that a wish ends with: the longest such part of the text, with its leading word."""
        least = max(0, wish.end - LED)
        said = text[: wish.end]
        onwards = _ONWARDS.search(said, max(least, wish.start))
        stated = said[: onwards.start()] if onwards else said
        how = "" if onwards is None else "from" if onwards["on"] else "until"
        for start in (match.start() for match in _WORD.finditer(stated, least)):
            found = self._range(field, stated, wish, start) or self._led(field, text, stated, wish, start, how)
            if found:
                return replace(found, part=Span(start, wish.end))
        return None

    def _range(self, field: str, said: str, wish: Wish, start: int) -> Days | None:
        """The days of a range, where the text from start to its end is one."""
        found = _RANGE.fullmatch(said, start)
        led = found and (found["between"] or found["lead"])
        if found is None or bool(found["and"]) != bool(found["between"]) or not (led or start == wish.start):
            return None
        last = when(found["other"])
        number = day_number(found["one"])
        first = replace(last, day=number) if number and last and last.day else when(found["one"])
        if first is None or last is None or first.dotted or last.dotted:
            return None
        if first.of_any_year and last.of_any_year and not (first.third or last.third) and not _HAD_FROM.search(field):
            there = (last.month - first.month) % 12
            return _some_months(field, wish, [(first.month - 1 + on) % 12 + 1 for on in range(there + 1)], 0)

        def ends(year: int) -> tuple[str, str] | None:
            at = first.year or last.year or year
            one, other = first.ends(at), last.ends(at)
            if one and other and other[1] < one[0]:  # over New Year
                one, other = (first.ends(at - 1), other) if last.year else (one, last.ends(at + 1))
            return (one[0], other[1]) if one and other else None

        return self._of_year(field, wish, "", ends)

    def _led(self, field: str, text: str, said: str, wish: Wish, start: int, how: str) -> Days | None:
        """The days that the text from start to its end consists of, with or without a leading word such as "before".

        how: the leading word that the words after the days ("or later") stand for; empty: there are none.
        """
        lead = _LEAD.match(said, start)
        rest = said[lead.end() if lead else start :]
        word = how or (lead[0].split()[0].lower() if lead else "")
        seen_from = relative(said[start:], self._today()) or relative(rest, self._today())
        if seen_from:
            return self._of_year(field, wish, word, lambda _: seen_from)
        of_time, two = word in _OF_TIME, months(rest)
        one = two[0] if two else when(rest)
        if one is None or not (lead or how or one.third or start == wish.start):
            return None
        if one.of_any_year and not (one.third or word in _MONTH_BEHIND or (of_time and _HAD_FROM.search(field))):
            return None
        stands_alone = one.dotted and text[wish.end : wish.end + 1] != "." and word not in _DOTTED
        if stands_alone or (one.feast and not of_time):
            return None
        if one.of_any_year and not of_time and not _HAD_FROM.search(field):
            return _some_months(field, wish, [one.month, *(other.month for other in two[1:])], one.third)
        last = max(two, key=lambda month: month.month) if two else one
        first = min(two, key=lambda month: month.month) if two else one

        def ends(year: int) -> tuple[str, str] | None:
            begins, stops = first.ends(year), last.ends(year)
            if begins and stops and word in _BEFORE and one.third == len(THIRDS):  # "before the end of May"
                return _shifted(stops[1], 1), stops[1]
            return (begins[0], stops[1]) if begins and stops else None

        return self._of_year(field, wish, word, ends)

    def _now(self, field: str, text: str, wishes: Sequence[Wish]) -> Iterator[Days]:
        """Everything available by today, where a request says "ab sofort" or "available now"."""
        found = _NOW.search(text) if _HAD_FROM.search(field) else None
        if found:
            of = next((wish for wish in wishes if wish.start <= found.start() < wish.end), None)
            start = of.start if of and of.end <= found.end() else found.start()
            if of is None or not of.refused:
                yield Days(field, start, last=self._today().isoformat(), part=Span(*found.span()))

    def _of_year(self, field: str, wish: Wish, word: str, ends: Callable[[int], tuple[str, str] | None]) -> Days | None:
        """The days as the leading word bounds them, of the next year from today in which they tell the items' dates
        apart, else of the year of most dates. ends: gives the first and the last day named, for a year."""
        made = {year: _bounded(field, wish, word, there) for year in self._years if (there := ends(year))}
        able = [year for year, days in made.items() if days and self._tells(days)]
        now = self._today().isoformat()
        to_come = [year for year in able if (there := ends(year)) and there[1] >= now]
        usual = max(self._years, key=lambda year: (self._years[year], year))
        return made.get(to_come[0] if to_come else usual if usual in able or not able else able[-1])

    def _tells(self, days: Days) -> bool:
        """Whether some dates are among these days and some are not."""
        values = next(iter(self._columns.values())).values
        return 0 < bisect_right(values, days.last) - bisect_left(values, days.first) < len(values)

    @cached_property
    def _years(self) -> Mapping[int, int]:
        """How many items' dates are of each year, in order."""
        column = next(iter(self._columns.values()))
        counts, years = np.bincount(codes_of(column)[1], minlength=len(column.values)), Counter[int]()
        for value, count in zip(column.values, counts.tolist(), strict=True):
            years[int(value[:4])] += count
        return years


def _bounded(field: str, wish: Wish, word: str, ends: tuple[str, str]) -> Days | None:
    """The days as the leading word bounds them: from then on, until then, or only these. A refused "until" leaves the
    days from then on.

    Of a field such as "available from", a wish means everything available by its last day; a refused "before" or
    "until" means from that day on, and other refusals give None.
    """
    first, last = ends
    if _HAD_FROM.search(field):  # to be had by then, whichever word says when it is needed
        if not wish.refused:
            return Days(field, wish.start, last=last)
        return Days(field, wish.start, first=first) if word in _BEFORE | _BY else None
    if word in _AFTER:
        first, last = _shifted(last, 1), LAST
    elif word in _BEFORE or (word in _BY and wish.refused):
        first, last = FIRST, _shifted(first, -1)
    elif word in _BY:
        first = FIRST
    elif word in _OF_TIME:
        last = LAST
    return Days(field, wish.start, first, last, refused=wish.refused)


def _some_months(field: str, wish: Wish, numbers: Sequence[int], third: int) -> Days:
    """Some months of any year, or the same third of each."""
    first, last = THIRDS[third - 1] if third else (1, 31)
    named = tuple(f"{number:02}" for number in numbers)
    return Days(field, wish.start, months=named, of_month=(f"{first:02}", f"{last:02}"), refused=wish.refused)


def _within(part: Span, other: Span) -> bool:
    """Whether a part of the text lies in another, and is not all of it."""
    return part != other and other.start <= part.start and part.end <= other.end


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
