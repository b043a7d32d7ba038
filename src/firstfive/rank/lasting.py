"""How long something takes, in words: "half an hour", "an hour and a half", "anderthalb Stunden", "1 h 30"."""

from __future__ import annotations

import re

_COUNTS = {
    **dict.fromkeys(("one", "an", "a", "eine", "einer", "une", ""), 1),
    **dict.fromkeys(("two", "zwei", "deux"), 2),
    **dict.fromkeys(("three", "drei", "trois"), 3),
    **dict.fromkeys(("four", "vier", "quatre"), 4),
}
_COUNT = rf"(?:{'|'.join(filter(None, _COUNTS))}|\d{{1,2}})"
_HOUR = re.compile(r"hour|stunde|heure|\d\s?h", re.IGNORECASE)
_LASTING = re.compile(
    r"(?<![\w/])(?:"
    r"(?P<three>three[\s-]quarters\sof\san\shour|(?:eine[rn]?\s)?dreiviertel\s?stunde|trois\squarts\sd['’]heure)|"
    r"(?P<quarter>(?:a\s)?quarter\s(?:of\s)?an\shour|(?:eine[rn]?\s)?viertel\s?stunde|(?:un\s)?quart\sd['’]heure)|"
    rf"(?P<more>{_COUNT})\s(?:and\sa\shalf\shours?|hours?\sand\sa\shalf|heures?\set\sdemie)|"
    r"(?P<joined>ein|zwei|drei|vier)einhalb\s?stunden|(?P<other>anderthalb)\s?stunden|"
    r"(?P<half>(?:an?\s)?half[\s-](?:an\s)?hour|(?:eine[rn]?\s)?halbe[rn]?\sstunde|(?:une\s)?demi[\s-]?heure)|"
    rf"(?P<hours>{_COUNT})[\s-]?(?:hours?|hrs?|stunden?|std\.?|heures?)\s(?:and\s|und\s|et\s)?(?P<minutes>\d{{1,2}})[\s-]?"
    r"(?:minutes?|mins?|minuten)|"
    r"(?<!à\s)(?<!dès\s)(?<!de\s)(?<!vers\s)(?<!at\s)(?<!um\s)(?<!ab\s)(?<!-\s)(?P<h>[1-6])\s?h\s?(?P<m>[0-5]\d)(?!\s?[ap]\.?m\b)|"
    r"(?P<led>(?:under|within|about|around|over|than|takes?|taking|lasts?|most|least|nearly|almost|unter|etwa|rund|als|"
    r"dauert|höchstens|mindestens|environ|dure|plus|moins)\s(?:d['’])?)(?P<one>an\shour|one\shour|eine[rn]?\sstunde|"
    r"une\sheure)(?!\sand\sa\shalf|\set\sdemie)"
    r")(?!\w)",
    re.IGNORECASE,
)
_WAY_BEHIND = re.compile(
    r"\s{0,16}(?:[^\W\d_]{3,8}\s{1,30})?['’]?(?:from\b|away\b|off\b|drive\b|driving\b|walk\b|walking\b|ride\b|by\s(?:car|bus|train|bike|foot|"
    r"boat|ferry)\b|on\sfoot\b|to\s(?:the|a|my|our|work|town|(?-i:[A-Z]))|entfernt\b|fahrt\b|fußweg\b|zu\sfuß|mit\sdem\s|vo[mn]\b|"
    r"(?:bis\s)?zu[mr]\b|bis\snach\b|nach\s(?-i:[A-Z])|à\spied|en\s(?:voiture|train|bus)|de\s(?:la|marche|route)\b|du\b|d['’]ici)",
    re.IGNORECASE,
)
_WAY_BEFORE = re.compile(
    r"\b(?:drive|ride|commute|journey|walk\sto\b[^.;:!?]{0,20}|fahrt|trajet)\s(?:of|in|von|de)\s[^.;:,!?]{0,20}$",
    re.IGNORECASE,
)
_WAY = 50
_FIXED = {"three": 45.0, "quarter": 15.0, "half": 30.0, "other": 90.0}


def in_minutes(text: str) -> str:
    """The text, as long as it is, with minutes for how long something is said to take: "30 min     " of "half an hour".

    "An hour" is one only where something leads to it: "under an hour", not "£20 an hour". "1 h 30" is no time of day
    where nothing such as "at" or a day of the week stands before it. What has no room for it stays: "1h15".
    """
    return _LASTING.sub(_written, text) if _HOUR.search(text) else text


def on_the_way(text: str, start: int, end: int) -> bool:
    """Whether a time there is of a way: "less than an hour from the sea", "a drive of under an hour"."""
    return bool(_WAY_BEHIND.match(text, end) or _WAY_BEFORE.search(text, max(0, start - _WAY), start))


def _written(match: re.Match[str]) -> str:
    led, said = match["led"] or "", match.group()
    minutes, width = f"{_minutes(match):g}", len(said) - len(led)
    written = f"{minutes} min" if len(minutes) + len(" min") <= width else f"{minutes}min"
    return led + written.ljust(width) if len(written) <= width else said


def _minutes(match: re.Match[str]) -> float:
    if fixed := next((minutes for name, minutes in _FIXED.items() if match[name]), None):
        return fixed
    if match["one"]:
        return 60
    if more := match["more"] or match["joined"]:
        return 60 * _count("" if more.casefold() == "ein" else more) + 30
    return 60 * _count(match["hours"] or match["h"]) + float(match["minutes"] or match["m"])


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else _COUNTS[word.casefold()]
