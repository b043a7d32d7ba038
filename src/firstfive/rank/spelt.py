"""Values of a field as people write them: "Fuessen" is Füssen, "St Peter Ording" is St. Peter-Ording.

spelt = SpeltValues(column.values, places=True)
spelt.value("Evian")                    "évian-les-bains": as the field has it, in small letters; None: it has none
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from firstfive.rank.wording import singulars

SHORTEST = 3
"""Letters of a value that can be named without its field."""
PART = 4
"""Letters of a part that a place can be named by."""
MOST = 50_000
"""A field with more values than this is only matched letter by letter. Cost of this many: 0.2 s, once."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BARE = {ord(char): unicodedata.normalize("NFD", char)[0] for char in map(chr, range(0xDF, 0x180))}
_BARE |= str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "\u0301": "", "\u0308": "", "\u0300": "", "\u0302": ""}
)
_BARE |= str.maketrans(dict.fromkeys(".,;:!?()[]{}/\\|&*'’‘`´\"“”„«»‹›-‐–—_", " "))
"""Letters without their accents, and blanks for marks."""
_SAINT = frozenset("saint sainte sankt santa san".split())
_BEHIND = re.compile(r"\s?[(,/–-]\s?|\s(?:am|an\s+der|upon|sur)\s")
_TWO = re.compile(r"([^\W\d]+)-([^\W\d]+)")


class SpeltValues:
    """The values of a field, by how they may be written. values: in small letters, ascending.

    places: a part that only one value has will do, if written with a capital letter: Travemünde of Lübeck-Travemünde.
    """

    def __init__(self, values: Sequence[str], *, places: bool = False) -> None:
        self._values, self._places = values, places

    def value(self, said: str, *, shortest: int = SHORTEST) -> str | None:
        """The value that the words name, in singular or plural; None where they name none. shortest: letters that they
        need."""
        forms, folded = _forms(said.casefold())
        for form in forms:
            if len(form) >= shortest and holds(self._values, form):
                return form
        if len(said) < shortest or len(self._values) > MOST:
            return None
        found = next((self._folded[key] for key in folded if key in self._folded), None)
        if found is None and self._places and said[:1].isupper() and len(said) >= PART:
            found = next((self._parts[key] for key in folded if key in self._parts), None)
        return found

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for value in self._values:
            for key in _keys(value):
                found.setdefault(key, value)
        return found

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        """The values by a part of their names that no other value has and that is no value itself."""
        found: dict[str, set[str]] = {}
        for value in self._values:
            for part in _parts_of(value):
                for key in _keys(part):
                    found.setdefault(key, set()).add(value)
        return {
            key: next(iter(values)) for key, values in found.items() if len(values) == 1 and key not in self._folded
        }


def holds(values: Sequence[str], value: str) -> bool:
    """Whether ascending values have this one, letter by letter."""
    at = bisect_left(values, value)
    return at < len(values) and values[at] == value


@lru_cache(maxsize=4096)
def _forms(said: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words in singular and plural; and the same without accents and marks, for comparing."""
    *before, last = said.split() or [""]
    forms = (said, *(" ".join([*before, one]) for one in sorted(singulars(last))), f"{said}s")
    return forms, tuple(dict.fromkeys(key for form in forms for key in _keys(form)))


def _keys(text: str) -> tuple[str, ...]:
    """The text without accents and marks; with "ü" written as "u", and as "ue"."""
    if text.isascii() and text.isalpha():
        return ("st",) if text in _SAINT else (text,)
    plain, spelt = _plain(text), text.translate(_UMLAUTS)
    return (plain,) if spelt == text else (plain, _plain(spelt))


def _plain(text: str) -> str:
    words = text.translate(_BARE).split()
    return " ".join(words if _SAINT.isdisjoint(words) else ("st" if word in _SAINT else word for word in words))


def _parts_of(value: str) -> Iterator[str]:
    """What stands before "(Müritz)", "am Main" or "-les-Bains"; and the latter of two names, "Lübeck-Travemünde"."""
    found = _BEHIND.search(value)
    if found and found.start() >= PART and value[: found.start()] not in _SAINT:
        yield value[: found.start()]
    two = _TWO.fullmatch(value)
    if two and len(two[2]) >= PART:
        yield two[2]
