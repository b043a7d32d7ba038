"""What words say of weekdays and times of day: "on Sundays after 6pm", "weekday mornings", in three languages.

    asked = times(text, wish)   days, spans of the day, and whether all of them are meant

A day beside other words is none: "Sunday lunch" and "Friday prayers" are names. It is one where something leads to it,
where it stands alone, and in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import TYPE_CHECKING

from firstfive.features.dates import MONTHS
from firstfive.features.weekly import (
    CLOCK,
    DAY_NAMES,
    DAYS,
    EVERY_DAY,
    HALF_HOUR,
    SLOTS,
    WEEKDAYS,
    WEEKEND,
    as_time,
    clock,
    from_to,
    week,
)
from firstfive.guard import lowered
from firstfive.rank.wording import LETTERS
from firstfive.types import Span

if TYPE_CHECKING:
    from firstfive.types import Wish

_LONG = "|".join(
    sorted((name for names in DAY_NAMES.values() for name in (*names, "sonnabend")), key=len, reverse=True)
)
_SHORT = "|".join(sorted(DAYS, key=len, reverse=True))
_PAIR, _NO_PAIR = ("|".join(one for one in _SHORT.split("|") if (len(one) == 2) == pair) for pair in (True, False))
"""Names of two letters, which are words too: "me to do"."""
_PARTS: Mapping[str, tuple[int, int, int]] = {
    **dict.fromkeys(("morning", "vormittag", "morgen", "matin", "matinée"), (12, 24, 2)),
    **dict.fromkeys(("afternoon", "nachmittag", "après-midi"), (25, 36, 2)),
    **dict.fromkeys(("evening", "abend", "soir", "soirée"), (36, 44, 2)),
    **dict.fromkeys(("night", "nacht", "nuit"), (40, 48, 2)),
    **dict.fromkeys(("lunchtime", "lunch time", "mittag", "midi"), (24, 28, 2)),
}
"""Parts of the day: the half-hours from and to, and how many of these are enough."""
_LATE = (43, 44, 1)
_ALWAYS = (0, SLOTS, SLOTS)
_AFTER = frozenset("after past nach après".split())
_FROM = frozenset(("from", "ab", "dès", "à partir de"))
_BEFORE = frozenset("before vor avant".split())
_UNTIL = frozenset(("until", "till", "til", "by", "bis", "jusqu'à", "jusqu’à"))
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_JOIN = r"\s?(?:,|/|&|(?:or|and|oder|und|ou|et)\b)\s?(?:(?:on|am|le|les|der|the)\s)?"
_NO_DATE = rf"(?!,?\s(?:the\s|den\s|le\s)?(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s(?:of\s)?)?(?:{'|'.join(MONTHS)})\b)"
_DAY = rf"(?:{_LONG})s?(?!\w)"
_FOUND = re.compile(
    rf"\b(?P<range>(?:{_SHORT})\.?\s?[-–]\s?(?:{_SHORT})(?!\w)|"
    rf"(?:{_NO_PAIR})\.?\s(?:to|through|bis|au|à)\s(?:{_NO_PAIR})(?!\w)|(?:{_PAIR})\.?\sbis\s(?:{_PAIR})(?!\w))|"
    rf"\b(?P<days>{_DAY}(?:{_JOIN}{_DAY}){{0,6}}){_NO_DATE}|"
    rf"\b(?P<compound>{_LONG})(?=(?:vormittag|nachmittag|mittag|abend|morgen|nacht)s?\b)|"
    r"\b(?P<weekend>week-?ends?|wochenenden?)\b|\b(?P<weekday>weekdays?|werktags?|unter der woche|en semaine)\b|"
    r"\b(?P<all>every day|daily|(?:7|seven) days(?: a week)?|all week|täglich|jeden tag|tous les jours|7j/7)(?!\w)|"
    r"(?<!within )(?<!in )(?<!every )(?<!last )(?<!next )(?<!for )(?<!after )"
    r"(?<!innerhalb )(?<!binnen )(?<!alle )(?<!sous )"
    r"(?<![\w/])(?P<always>24\s?/\s?7|24\s?(?:hours|hrs|stunden|h/24|heures sur 24)(?! (?:before|after|a week|notice))|"
    r"(?:a)?round the clock|rund um die uhr)(?!\w)|"
    r"\b(?P<late>(?:open|opens|opening|until|till|geöffnet|offen|bis|ouvert|jusque) (?:late|spät|tard))\b|"
    rf"\b(?:(?P<from>from|between|von|zwischen|de|entre)\s)?(?P<one>{CLOCK})\s?(?:-|–|to|until|till|and|bis|und|à|et)\s?"
    rf"(?P<two>{CLOCK})(?!\w)|"
    r"\b(?P<how>after|past|from|before|until|till|til|at|by|ab|nach|vor|bis|um|gegen|après|avant|dès|à partir de|"
    r"jusqu['’]à|à)\s"
    rf"(?:zu\s)?(?P<at>{CLOCK})(?![\w,.]?\w)|"
    rf"(?:\b|(?<=tag))(?P<part>{_PART})(?P<several>s?)\b",
    re.IGNORECASE,
)
"""What a wish may say of days and times. Blanks of a wish are single ones."""
_DAY_LED = re.compile(
    r"\b(?:on|every|each|any|at|most|am|jeden|an|le|les|chaque|tous les|open|opens|opened|geöffnet|offen|ouverte?s?)\s"
    r"(?:the\s|an?\s|einem\s)?$",
    re.IGNORECASE,
)
_PART_LED = re.compile(
    r"\b(?:in|at|of|during|over|this|every|am|in der|um die|le|du|dans|chaque)\s(?:the\s|an\s|la\s|l['’])?$|l['’]$",
    re.I,
)
_CLOSED = re.compile(
    r"\b(?:closed|closes?|shut|closing|geschlossen|zu|ruhetag|fermée?s?|ferme)\s(?:is\s)?(?:on\s|am\s|le\s|at\s)?$",
    re.I,
)
"""Before a day: it is none that is asked for."""
_IS_OPEN = re.compile(r"\b(?:open\w*|available|geöffnet|offen|öffne\w*|verfügbar|ouvre|ouvert\w*|disponible)\b", re.I)
_JOINED = re.compile(_JOIN, re.I)
_NAMES = re.compile(_LONG, re.IGNORECASE)
_ALL = re.compile(r"\b(?:and|und|et)\b|&", re.I)
_ANY = re.compile(rf"(?<!\w)(?:{_SHORT})(?!\w)")
_OR = re.compile(r"\s?(?:or|oder|ou|/)\s?(?:at\s|am\s|le\s|on\s|in\sthe\s)?", re.I)
_ADVERB = re.compile(r"(?:mon|diens|donners|frei|sams|sonn)tags|mittwochs|sonnabends|\w+days", re.I)
_NO_MORE = frozenset(
    "open opens opened opening available only please can come comes coming work works working free there who that is "
    "are it be on in at the a an of and or every each any by from day days time times hours week geöffnet öffnet offen "
    "nur bitte kommt arbeitet verfügbar frei am im an der die das und oder um jeden uhr ouvert ouverte ouverts ouvre "
    "seulement disponible le la les du de et ou à".split()
)
"""Words beside days and times that say no more."""
_ALSO = frozenset("also even too including auch sogar aussi même".split())
_EXCEPT = re.compile(r",?\s(?:except|but|bar|apart|außer|sauf|excepté)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Times:
    """Days and times that a wish names.

    days: a bit each; any of them is meant, or with `each` all; 0: none is named. spans: (first, last, enough) each, in
    half-hours of the day, of which so many must be open; all of these, or with `either` one. part: of the text that
    says so.
    """

    part: Span
    days: int = 0
    spans: tuple[tuple[int, int, int], ...] = ()
    each: bool = False
    either: bool = False


def times(text: str, wish: Wish) -> Times | None:
    """The days and times that a wish names; None where it names none, or either of the two."""
    found = [
        match for match in _FOUND.finditer(text, wish.start, wish.end) if not _CLOSED.search(text, 0, match.start())
    ]
    rest, at = "", wish.start
    for match in found:
        rest, at = rest + text[at : match.start()] + " ", match.end()
    alone = _NO_MORE.issuperset(LETTERS.findall((rest + text[at : wish.end]).casefold()))
    sure = [alone or _by_itself(text, match) for match in found]
    for at, (one, other) in [*enumerate(pairwise(found)), *reversed([*enumerate(pairwise(found))])]:
        if text[one.end() : other.start()] in {"", " "}:  # "weekday mornings", "Friday night"
            sure[at : at + 2] = [any(sure[at : at + 2])] * 2
    meant = [match for match, is_sure in zip(found, sure, strict=True) if is_sure]
    days = [match for match in meant if _days(match)[0]]
    of_day = [(match, time) for match in meant if (time := _time(match, text, wish, meant))]
    between = {
        (one in days, other in days): _OR.fullmatch(text, one.end(), other.start()) is not None
        for one, other in pairwise(meant)
    }
    if not (days or of_day) or any(between.get(unlike) for unlike in ((True, False), (False, True))):
        return None
    each = any(_days(match)[1] for match in days)
    wanted = _union(_days(match)[0] for match in days)
    kept = [*days, *(match for match, _ in of_day)]
    part = Span(min(match.start() for match in kept), max(match.end() for match in kept))
    return Times(part, wanted, tuple(time for _, time in of_day), each, either=between.get((False, False), False))


def on_such_days(wish: str, text: str) -> bool:
    """Whether a text names the day that a wish is of among others: "also Sundays" and "seven days a week"."""
    rest, wanted = wish, 0
    for match in _FOUND.finditer(wish):
        rest, wanted = rest.replace(match[0], " "), wanted | _days(match)[0]
    if not wanted or not (_NO_MORE | _ALSO).issuperset(LETTERS.findall(rest.casefold())):
        return False
    found = [match for match in _FOUND.finditer(text) if not _CLOSED.search(text, 0, match.start())]
    if any(_EXCEPT.match(text, match.end()) for match in found):
        return False
    return any(_days(match)[0] & wanted for match in found)


def _union(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)


def _by_itself(text: str, match: re.Match[str]) -> bool:
    """Whether it says when, whatever stands beside: it is led there, or is an adverb."""
    kind = match.lastgroup
    if match["days"]:
        several = _JOINED.search(match["days"]) is not None
        return (
            several
            or _ADVERB.fullmatch(match["days"]) is not None
            or _DAY_LED.search(text, 0, match.start()) is not None
        )
    if match["weekend"] or match["weekday"] or match["compound"]:
        return (
            lowered(match[0]).endswith("s")
            or match["compound"] is not None
            or " " in match[0]
            or bool(_DAY_LED.search(text, 0, match.start()))
        )
    if match["part"]:
        return bool(match["several"]) or _PART_LED.search(text, 0, match.start()) is not None
    return kind != "all" or match.end() == len(text) or _IS_OPEN.search(text) is not None


def _days(match: re.Match[str]) -> tuple[int, bool]:
    """The days that it names, and whether all of these are meant; 0 where it names none."""
    if match["range"]:
        one, other = (DAYS[name] for name in _ANY.findall(lowered(match["range"]))[:2])
        return from_to(one, other), True
    if match["days"] or match["compound"]:
        names = [DAYS[lowered(one)] for one in _NAMES.findall(match["days"] or match["compound"])]
        every = _ALL.search(match[0]) is not None
        return _union(1 << day for day in names), every
    for kind, days in (("weekend", WEEKEND), ("weekday", WEEKDAYS), ("all", EVERY_DAY)):
        if match[kind]:
            return days, kind == "all"
    return (EVERY_DAY, True) if match["always"] and match["always"].endswith("7") else (0, False)


def _time(match: re.Match[str], text: str, wish: Wish, meant: Sequence[re.Match[str]]) -> tuple[int, int, int] | None:
    """The half-hours that it names, and how many of these are enough; None where it names none."""
    if match["part"]:
        return _PARTS[lowered(match["part"])]
    if match["always"] or match["late"]:
        return _ALWAYS if match["always"] else _LATE
    part = next((_PARTS[lowered(one["part"])] for one in meant if one["part"]), None)
    is_open = _IS_OPEN.search(text, wish.start, wish.end) is not None or part is not None
    if match["one"]:
        if not (as_time(match["one"]) or as_time(match["two"]) or is_open):
            return None
        return _between(match)
    if not match["at"] or not (as_time(match["at"]) or is_open):
        return None
    how, at = lowered(match["how"]), clock(lowered(match["at"]))
    if at is None:
        return None
    if not as_time(match["at"]):
        at = _half(at, how, part)
    slot = at // HALF_HOUR
    if how in _BEFORE:
        return (10, slot, 1) if slot > 10 else None
    if how in _UNTIL:
        return max(slot - 1, 0), max(slot, 1), 1
    if how in _AFTER or (how in _FROM and at >= 12 * 60):
        return (slot, SLOTS, 1) if slot < SLOTS else None
    return (slot, slot + 1, 1) if slot < SLOTS else None


def _half(at: int, how: str, part: tuple[int, int, int] | None) -> int:
    """The minute of a time that does not say which half of the day it is of."""
    noon = 12 * 60
    if at >= noon:
        return at
    if part:
        return at + noon if part[0] >= 24 else at
    early = (
        at < 5 * 60 if how in _BEFORE else at < 8 * 60 if how in _FROM or how in {"at", "à", "um", "gegen"} else True
    )
    return at + noon if early else at


def _between(match: re.Match[str]) -> tuple[int, int, int] | None:
    """From one time to another all of it, and between the two a half-hour."""
    spelt = week(f"mon {match['one']}-{match['two']}")
    if spelt is None:
        return None
    first, last = spelt.groups[0][1][0]
    first, last = first // HALF_HOUR, last // HALF_HOUR
    some = lowered(match["from"] or "") in {"between", "zwischen", "entre"}
    return first, last, 1 if some else last - first
