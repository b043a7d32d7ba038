"""Dates as fields write them and filters name them; a day is 2026-05-01, since that sorts as time goes.

day("12.05.2026") -> "2026-05-12"                   a whole date, with a time or without
span("2026-05") -> ("2026-05-01", "2026-05-31")     a day, a month or a year, from its first day to its last
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date

from firstfive.features.freshness import looks_like_year
from firstfive.features.weekly import DAYS
from firstfive.guard import lowered

MONTH_NAMES: Mapping[str, tuple[str, ...]] = {
    language: tuple(names.split())
    for language, names in {
        "en": "january february march april may june july august september october november december",
        "de": "januar februar märz april mai juni juli august september oktober november dezember",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    }.items()
}
"""The twelve months of a language, whole and in small letters."""
_SHORT = (
    "jan feb mar apr may jun jul aug sep oct nov dec".split(),
    "jänner feber mrz apr mai jun jul aug sept okt nov dez".split(),
)
MONTHS: Mapping[str, int] = {
    name: month for names in (*MONTH_NAMES.values(), *_SHORT) for month, name in enumerate(names, 1)
}
"""The months of three languages, by their names in small letters, short and long."""
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
"""The pattern of a month's name."""
_TIME = r"(?:[T ,]\s?\d{1,2}:\d{2}.{0,24})?"
_ISO = re.compile(rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}", re.IGNORECASE)
_POINTS = re.compile(rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_TIME}", re.IGNORECASE)
_STROKES = re.compile(rf"(?P<day>\d{{1,2}})[/-](?P<month>\d{{1,2}})[/-](?P<year>\d{{4}}){_TIME}", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er)?\s+(?P<name>{MONTH})\.?,?\s+(?P<year>\d{{4}}){_TIME}"
    rf"|(?P<name2>{MONTH})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_LED = re.compile(
    r"(?P<word>[^\W\d_]{2,10})\.?,?\s|(?:\d{1,2}[:.]\d{2}\s?(?:am|pm|uhr|h)?|\d{1,2}\s?(?:am|pm|uhr)),?\s",
    re.IGNORECASE,
)
_LEADING = frozenset([*DAYS, *"by until till on at am um bis zum noon midday le au jusqu'au".split()]) - MONTHS.keys()
"""Words before a date, beside a time of day, that make it no other: "Friday, 5 March 2027", "by 5 March 2027"."""
_PART = re.compile(rf"(?P<year>\d{{4}})(?:-(?P<month>\d{{2}}))?|(?P<name>{MONTH})\.?\s+(?P<of>\d{{4}})", re.IGNORECASE)
LONGEST = 48
"""Characters of a date with its time."""


def day(text: str, *, month_first: bool = False) -> str | None:
    """The day of a date in one of the usual forms; None for anything else, and for a day that there is not.

    month_first: how "05/12/2026" is meant.
    """
    text = text.strip()
    if len(text) > LONGEST or not text[-1:].isalnum():
        return None
    if named := _NAMED.fullmatch(text):
        name, number, year = (named[key] or named[f"{key}2"] for key in ("name", "day", "year"))
        return _iso(int(year), MONTHS[lowered(name)], int(number))
    found = _ISO.fullmatch(text) or _POINTS.fullmatch(text)
    if found:
        return _iso(int(found["year"]), int(found["month"]), int(found["day"]))
    if found := _STROKES.fullmatch(text):
        month, number = (found["day"], found["month"]) if month_first else (found["month"], found["day"])
        return _iso(int(found["year"]), int(month), int(number))
    return None


def leading(text: str) -> tuple[str, str] | None:
    """The whole date that a text begins with, as it is written, and what stands behind it; None where there is none.

    A weekday, a time and words such as "by" may stand before it.
    """
    at = 0
    while (led := _LED.match(text, at)) and (led["word"] or "by").casefold() in _LEADING:
        at = led.end()
    for form in (_NAMED, _ISO, _POINTS, _STROKES):
        if found := form.match(text, at):
            end = max(map(found.end, form.groupindex))
            return None if text[end : end + 1].isalnum() else (text[at:end], text[end:])
    return None


def month_first(values: Sequence[str]) -> bool | None:
    """Whether a field writes "05/12/2026" with the month first; None where its values leave that open."""
    found = [match for value in values if (match := _STROKES.fullmatch(value.strip()[:LONGEST]))]
    if any(int(one["day"]) > 12 for one in found):
        return False
    return True if any(int(one["month"]) > 12 for one in found) else None if found else False


def span(text: str) -> tuple[str, str] | None:
    """The first and the last day of what a text names: a day, a month ("2026-05", "May 2026") or a year."""
    if one := day(text):
        return one, one
    part = _PART.fullmatch(text.strip())
    if part is None:
        return None
    year = int(part["year"] or part["of"])
    month = MONTHS[lowered(part["name"])] if part["name"] else int(part["month"] or 0)
    if not looks_like_year(year) or month > 12 or (part["month"] and month == 0):
        return None
    first, last = (month, month) if month else (1, 12)
    return f"{year:04}-{first:02}-01", f"{year:04}-{last:02}-{monthrange(year, last)[1]:02}"


def easter(year: int) -> date:
    """Easter Sunday, by the Gregorian calendar.

    Source: the anonymous algorithm in J. Meeus, Astronomical Algorithms, Willmann-Bell 1991, chapter 8.
    """
    golden, (century, of_century) = year % 19, divmod(year, 100)
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    moved = (golden + 11 * epact + 22 * weekday) // 451
    month, number = divmod(epact + weekday - 7 * moved + 114, 31)
    return date(year, month, number + 1)


def _iso(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat() if looks_like_year(year) else None
    except ValueError:
        return None
