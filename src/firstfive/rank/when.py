"""What words say of when: "the 6th of March", "early May 2026", "Christmas", "next month", in three languages.

one = when("the 6th of March")          a day, a month, or a third of one, of a year or of none that is said
one.ends(2026)                          ("2026-03-06", "2026-03-06")
relative("next month", today)           ("2026-12-01", "2026-12-31")
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from firstfive.features.dates import MONTH, MONTHS, easter, span
from firstfive.guard import lowered

THIRD = (
    r"(?P<early>early|(?:start|beginning)\s+of|anfang|début)|(?P<mid>mid|(?:the\s+)?middle\s+of|mitte|mi)|"
    r"(?P<late>late|end\s+of|ende|fin)"
)
_NUMBER = r"\d{1,2}(?:\.|st|nd|rd|th|er)?"
_FEAST = r"(?P<christmas>christmas|xmas|weihnachten|noël)|(?P<easter>easter|ostern|pâques)"
_WHEN = re.compile(
    rf"(?:(?:the|dem?|den|la|le)\s+)?(?:(?:{THIRD})(?:\s+|-)(?:(?:de|des)\s+)?)?(?:"
    rf"(?P<day>{_NUMBER})\s+(?:(?:of|de)\s+)?(?P<name>{MONTH})\.?(?:,?\s+(?P<year>\d{{4}}))?|"
    rf"(?P<name2>{MONTH})\.?\s+(?P<day2>{_NUMBER})(?:,?\s+(?P<year2>\d{{4}}))?|"
    rf"(?P<name3>{MONTH})\.?(?:\s+(?P<year3>\d{{4}}))?|"
    r"(?P<dotted>\d{1,2}\.\s?\d{1,2})\.?|"
    rf"(?P<whole>\d[\d./ -]{{4,12}}\d)|{_FEAST})",
    re.IGNORECASE,
)
_AND = re.compile(rf"({MONTH})\s+(?:or|and|oder|und|ou|et)\s+({MONTH})", re.IGNORECASE)
THIRDS = ((1, 10), (11, 20), (21, 31))
"""The days that are early, in the middle and late in a month."""


@dataclass(frozen=True, slots=True)
class When:
    """A day, a month, or a third of a month, from 1; 0: not said. Of Easter the day is another one each year.

    dotted: it was written with a point between the day and the month, and may be a number.
    """

    month: int = 0
    day: int = 0
    year: int = 0
    third: int = 0
    feast: str = ""
    dotted: bool = False

    @property
    def of_any_year(self) -> bool:
        """Whether it is a month or a part of one, of which no year is said."""
        return not (self.day or self.year or self.feast)

    def ends(self, year: int) -> tuple[str, str] | None:
        """The first day and the last, of this year where none was said; None where there is no such day."""
        year = self.year or year
        if self.feast == "easter":
            return (day := easter(year).isoformat(), day)
        last = monthrange(year, self.month)[1]
        if self.day > last:
            return None
        first, end = THIRDS[self.third - 1] if self.third else (1, last)
        first, end = (self.day, self.day) if self.day else (first, min(end, last))
        return date(year, self.month, first).isoformat(), date(year, self.month, end).isoformat()


def when(text: str) -> When | None:
    """What the text names and nothing else; None for all other texts."""
    found = _WHEN.fullmatch(text.strip())
    if found is None:
        return None
    third = next((at for at, name in enumerate(("early", "mid", "late"), 1) if found[name]), 0)
    if found["christmas"] or found["easter"]:
        return None if third else When(12, 25, feast="christmas") if found["christmas"] else When(feast="easter")
    if found["whole"]:
        ends = span(found["whole"])
        return _of(ends) if ends and not third else None
    if found["dotted"]:
        day, month = map(int, found["dotted"].split("."))
        return When(month, day, dotted=True) if 1 <= month <= 12 and 1 <= day <= 31 and not third else None
    name = found["name"] or found["name2"] or found["name3"]
    number = re.sub(r"\D", "", found["day"] or found["day2"] or "")
    year = int(found["year"] or found["year2"] or found["year3"] or 0)
    if (number and (third or not 1 <= int(number) <= 31)) or (year and span(str(year)) is None):
        return None
    return When(MONTHS[lowered(name)], int(number or 0), year, third)


def months(text: str) -> tuple[When, ...]:
    """The months that a text names, "May or September"; none where it names anything else."""
    two = _AND.fullmatch(text.strip())
    return tuple(When(MONTHS[lowered(name)]) for name in two.groups()) if two else ()


def day_number(text: str) -> int:
    """The number of a day alone, "3rd"; 0 for anything else."""
    return int(re.sub(r"\D", "", text)) if re.fullmatch(_NUMBER, text.strip(), re.IGNORECASE) else 0


def _of(ends: tuple[str, str]) -> When:
    first, last = map(date.fromisoformat, ends)
    return When(first.month, first.day if first == last else 0, first.year)


def _month(day: date) -> tuple[date, date]:
    """From a day to the end of its month."""
    return day, day.replace(day=monthrange(day.year, day.month)[1])


def _week(day: date) -> tuple[date, date]:
    return day, day + timedelta(6 - day.weekday())


_RELATIVE: Mapping[str, Callable[[date], tuple[date, date]]] = {
    text: ends
    for texts, ends in (
        ("today|heute|aujourd'hui|aujourd’hui", lambda day: (day, day)),
        ("tomorrow|demain", lambda day: (day + timedelta(1), day + timedelta(1))),
        ("this week|diese woche|cette semaine", _week),
        (
            "next week|nächste woche|nächster woche|la semaine prochaine|semaine prochaine",
            lambda day: _week(_week(day)[1] + timedelta(1)),
        ),
        ("this month|diesen monat|diesem monat|ce mois|ce mois-ci", _month),
        (
            "next month|nächsten monat|nächstem monat|le mois prochain|mois prochain",
            lambda day: _month(_month(day)[1] + timedelta(1)),
        ),
        (
            "in the new year|im neuen jahr|dans la nouvelle année",
            lambda day: (date(day.year + 1, 1, 1), date(day.year + 1, 3, 31)),
        ),
    )
    for text in texts.split("|")
}


def relative(text: str, today: date) -> tuple[str, str] | None:
    """The first day and the last of what is said as seen from today; None for all other texts."""
    ends = _RELATIVE.get(lowered(text.strip()))
    if ends is None:
        return None
    first, last = ends(today)
    return first.isoformat(), last.isoformat()
