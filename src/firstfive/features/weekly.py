"""Weekdays and opening times as fields write them: "Mon-Fri", "noon-3pm, closed Monday", "Mo-Fr 09:00-17:00; Sa zu".

week("Tue, Thu 10:00-12:00") -> the days that it names, the spans of time of each, and the days that it excepts
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

DAY_NAMES: Mapping[str, tuple[str, ...]] = {
    language: tuple(names.split())
    for language, names in {
        "en": "monday tuesday wednesday thursday friday saturday sunday",
        "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    }.items()
}
"""The seven days of a language, in small letters."""
_SHORT = tuple(
    tuple(names.split())
    for names in (
        "mon tue wed thu fri sat sun",
        "mon tues weds thur fri sat sun",
        "mon tues weds thurs fri sat sun",
        "mo di mi do fr sa so",
        "mo tu we th fr sa su",
        "lun mar mer jeu ven sam dim",
        "lu ma me je ve sa di",
    )
)
DAYS: Mapping[str, int] = {
    **{name: day for names in reversed(_SHORT) for day, name in enumerate(names)},
    **{f"{name}s": day for names in DAY_NAMES.values() for day, name in enumerate(names)},
    **{name: day for names in DAY_NAMES.values() for day, name in enumerate(names)},
    "sonnabend": 5,
    "sonnabends": 5,
}
"""The day of the week, from 0 for Monday, by its names; of "di" and "mi" it is the German one."""
WEEKDAYS, WEEKEND, EVERY_DAY = 0b0011111, 0b1100000, 0b1111111
"""Sets of days, a bit each, from Monday as the lowest."""
SLOTS = 48
"""Half-hours of a day."""
HALF_HOUR = 30
"""In minutes."""
DAY_MIN = 24 * 60
LONGEST = 200
"""Characters of a value that are read."""
_GROUPS: Mapping[str, int] = {
    **dict.fromkeys("weekend weekends wochenende wochenenden week-end week-ends".split(), WEEKEND),
    **dict.fromkeys("weekday weekdays werktag werktags werktage en\xa0semaine".split(), WEEKDAYS),
}
_CLOCKS: Mapping[str, int] = {
    **dict.fromkeys("noon midday mittag midi".split(), 12 * 60),
    **dict.fromkeys("midnight mitternacht minuit".split(), DAY_MIN),
}
CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d{2}(?::00)?|\s?h\s?\d{2})?(?:\s?(?:am|pm|a\.m\.|p\.m\.|uhr|h(?:rs|eures?)?|o['’]clock)(?!\w))?|"
    r"noon|midday|midnight|mittag|mitternacht|midi|minuit)"
)
"""A time of day, in small letters."""
_CLOCK_PARTS = re.compile(r"(\d{1,2})(?:(?:[:.]|\s?h\s?)(\d{2}))?(?::00)?\s?(\D*)")
_DAY = "|".join(sorted(map(re.escape, DAYS), key=len, reverse=True))
_TOKEN = re.compile(
    r"(?P<always>24\s?/\s?7|(?:open\s)?24\s?(?:hours|hrs|stunden|std\.?|heures|h)(?:\s?(?:sur|/)\s?24)?(?!\w)|"
    r"(?:a)?round\sthe\sclock|rund\sum\sdie\suhr)|"
    r"(?P<all>(?:every|all)\s?days?|daily|(?:seven|7)\sdays(?:\s(?:a|per)\sweek)?|all\sweek|täglich|jeden\stag|tous\sles\sjours|"
    r"7\s?j(?:ours)?\s?(?:sur|/)\s?7)(?!\w)|"
    r"(?P<closed>closed|shut|geschlossen|ruhetage?|zu|fermée?s?|off|except(?:\son)?|au(?:ß|ss)er|sauf)(?!\w)|"
    rf"(?P<group>{'|'.join(_GROUPS)})(?!\w)|(?P<day>{_DAY})(?![\w'’])\.?|(?P<clock>{CLOCK})(?!\w)|"
    r"(?P<to>[-–—]|(?:to|until|till|til|through|thru|bis|à|au|jusqu['’](?:à|au))(?!\w))|"
    r"(?P<ends>;|\||/|\n|(?:open|geöffnet|offen|ouverte?s?)(?!\w))|(?P<comma>,)|"
    r"(?P<filler>[:&+()\s.]|(?:and|und|et|only|nur|from|von|vom|de|du|le|les|on|am|at|um|the|uhr|hours?|clock|ph|by\sappointment)"
    r"(?!\w))"
)


@dataclass(frozen=True, slots=True)
class Week:
    """What a value says: days with the spans of each of them, and the days that it excepts.

    groups: (days, spans) each; days is 0 where none is named, spans are minutes of the day, the end behind midnight
    above 1,440, and none where no time is said. closed: days.
    """

    groups: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = ()
    closed: int = 0

    @property
    def one_day(self) -> int | None:
        """The one day that it names and says no more of."""
        if len(self.groups) != 1 or self.closed or self.groups[0][1] or self.groups[0][0].bit_count() != 1:
            return None
        return self.groups[0][0].bit_length() - 1


def clock(text: str) -> int | None:
    """The minute of the day of a time in small letters, as it is written: 540 of "9", "9am" and "09:00"."""
    if text in _CLOCKS:
        return _CLOCKS[text]
    found = _CLOCK_PARTS.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3][:1]
    if minute > 59 or hour > 24 or (half in {"a", "p"} and not 1 <= hour <= 12):
        return None
    hour = hour % 12 + 12 * (half == "p") if half in {"a", "p"} else hour
    return hour * 60 + minute


def as_time(text: str) -> bool:
    """Whether this is written as only times of day are: "9am" and "09:00", and neither "9" nor "8.30"."""
    return not text.replace(".", "").strip().isdigit()


@lru_cache(maxsize=8_192)
def week(value: str) -> Week | None:
    """What a value says of days and times, and nothing else; None for all other texts, and for a time without an end.

    Cost: 10 µs.
    """
    tokens = _tokens(value.casefold().strip()[: LONGEST + 1])
    return _Reader(tokens).read() if tokens else None


def is_plain(value: str) -> bool:
    """Whether a value is anything but several days or spans of time, which no button says: "Friday" is one, and so is
    "Italian"."""
    said = week(value)
    return said is None or said.one_day is not None


def begins(value: str) -> Week | None:
    """What a value says of when something begins, "18:30": an hour from there on; None for all other texts."""
    text = value.casefold().strip()[:LONGEST]
    first = clock(text) if as_time(text) else None
    return None if first is None else Week(((0, ((first, first + 60),)),))


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of each token but fillers; none where the text is no row of tokens."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at) if at < LONGEST else None
        if match is None or match.lastgroup is None:
            return []
        at, kind = match.end(), match.lastgroup
        if kind != "filler":
            found.append((kind, match[kind]))
    return found


class _Reader:
    """Reads tokens from left to right: days, and the times that stand behind them or before."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._groups: list[tuple[int, list[tuple[int, int]]]] = [(0, [])]
        self._closed, self._closing, self._times_first, self._wrong = 0, False, False, False

    def read(self) -> Week | None:
        while self._at < len(self._tokens) and not self._wrong:
            kind, text = self._tokens[self._at]
            self._at += 1
            _TAKE[kind](self, text)
        groups = tuple((days, tuple(spans)) for days, spans in self._groups if days or spans)
        if self._wrong or not (groups or self._closed):
            return None
        return Week(groups, self._closed)

    def _next(self, kind: str) -> str | None:
        """The next token where it is of that kind, which is then taken."""
        if self._at < len(self._tokens) and self._tokens[self._at][0] == kind:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _day(self, text: str) -> None:
        first = last = DAYS[text]
        before = self._at
        if self._next("to") and (end := self._next("day")):
            last = DAYS[end]
        else:
            self._at = before
        self._days(from_to(first, last))

    def _days(self, days: int) -> None:
        if self._closing:
            self._closed |= days
            return
        known, spans = self._groups[-1]
        if known and spans and not self._times_first:
            known, spans = 0, []
            self._groups.append((0, spans))
        self._times_first = bool(spans)
        self._groups[-1] = (known | days, spans)

    def _clock(self, text: str) -> None:
        before = self._at
        end = self._next("clock") if self._next("to") else None
        first = clock(text)
        if end is None:  # a time alone is when something begins, where a day is said
            self._at = before
            known = self._groups[-1][0]
            self._wrong = first is None or not known
            last = None if first is None else first + 60
        else:
            last = clock(end)
            self._wrong = not (self._groups[-1][0] or as_time(text) or as_time(end))
            if first is not None and last is not None:
                first, last = _both(text, end, first, last)
        if first is None or last is None:
            self._wrong = True
        else:
            self._span(first, last if last > first else last + DAY_MIN)

    def _span(self, first: int, last: int) -> None:
        self._closing = False
        known, spans = self._groups[-1]
        if known and self._times_first:
            known, spans = 0, []
            self._groups.append((0, spans))
            self._times_first = False
        spans.append((first, last))

    def _always(self, text: str) -> None:
        if text.endswith("7"):
            self._days(EVERY_DAY)
        self._span(0, DAY_MIN)

    def _close(self, _: str) -> None:
        known, spans = self._groups[-1]
        follows = self._at < len(self._tokens) and self._tokens[self._at][0] in {"day", "group"}
        if known and not spans and not follows:  # "Sunday closed"
            self._closed |= known
            self._groups[-1] = (0, spans)
        else:
            self._closing = True

    def _ends(self, _: str) -> None:
        self._closing = False

    def _to(self, _: str) -> None:
        self._wrong = True

    def _comma(self, _: str) -> None:
        pass


_TAKE = {
    "always": _Reader._always,
    "all": lambda reader, _: reader._days(EVERY_DAY),
    "closed": _Reader._close,
    "group": lambda reader, text: reader._days(_GROUPS[text]),
    "day": _Reader._day,
    "clock": _Reader._clock,
    "to": _Reader._to,
    "ends": _Reader._ends,
    "comma": _Reader._comma,
}


def from_to(first: int, last: int) -> int:
    """The days from one to another, over Sunday where that comes first: "Fri-Mon"."""
    return sum(1 << (first + on) % 7 for on in range((last - first) % 7 + 1))


def _both(one: str, other: str, first: int, last: int) -> tuple[int, int]:
    """Of "9-5" and "9-5pm" the minutes, where one of the two does not say which half of the day it is of."""
    afternoon = other.rstrip(". ").endswith(("pm", "p.m"))
    if one.isdigit() and afternoon and first < 12 * 60 and first + 12 * 60 < last:
        return first + 12 * 60 if first < 8 * 60 else first, last
    if other.isdigit() and last <= first < DAY_MIN and last <= 12 * 60:
        return first, last + 12 * 60 if last + 12 * 60 > first else last
    return first, last
