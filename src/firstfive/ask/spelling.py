"""Words that were misspelt: found by what is one slip away, and read as what the catalogue says instead.

    respelt(read(request), better)      the reading, as it is meant: better("dentits") -> "dentist"
    slips("dentits")                    all that is one slip away: "dentist", "dentits", ...

Four of five misspelt words are one letter wrong, missing or too many, or two changed round (Damerau, Communications of
the ACM 7, 1964). What a seeker typed stays as it is, for quotes; what is searched for is what they mean. Words in
quotation marks are taken as typed, and so are abbreviations in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from firstfive.ask.read import Reading

SHORTEST = 4
"""Of shorter words nearly everything is one slip away from another."""
LONGEST = 24
MOST = 40
"""Words of a request that are looked up at most: each costs about 2 ms where no item says it."""
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyzäöüßàâáåæçèéêëíîïñóôøœùúû",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёєії",
    "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ",
)
_WORD = re.compile(rf"(?<![^\W\d_])[^\W\d_]{{{SHORTEST},{LONGEST}}}(?![^\W\d_])")
_NAME = re.compile(r"[@_\d]|://|\w\.\w")
"""What an address or a number has in it."""
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«")


def respelt(reading: Reading, better: Callable[[str], str | None]) -> Reading:
    """The reading with misspelt words as they are meant, and a note on them.

    better: gives what a word in small letters is meant to be, or None.
    """
    meant: dict[str, str] = {}
    for word in list(dict.fromkeys(_words(reading.request.text)))[:MOST]:
        if found := better(word.lower()):
            meant[word] = found.capitalize() if word[0].isupper() else found
    if not meant:
        return reading
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, meant))})(?!\w)")

    def put(text: str) -> str:
        return pattern.sub(lambda match: meant[match[0]], text)

    wishes = tuple(
        replace(wish, meant=put(wish.text)) if pattern.search(wish.text) else wish for wish in reading.wishes
    )
    words = ", ".join(f"“{one}”" for one in dict.fromkeys(meant.values()))
    return replace(
        reading,
        wishes=wishes,
        asked=put(reading.asked),
        meant=put(reading.request.text),
        notes=(*reading.notes, f"Some words we read as {words}. In quotation marks they stay as typed."),
    )


def slips(word: str) -> list[str]:
    """All that is one slip away from a word in small letters, in letters of its script; none of a script unknown here.

    Some 50 of each letter of it.
    """
    letters = next((one for one in _ALPHABETS if word and word[0] in one), "")
    if not letters:
        return []
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = dict.fromkeys(
        [
            *(head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1),
            *(head + tail[1:] for head, tail in parts if tail),
            *(head + letter + tail[1:] for head, tail in parts if tail for letter in letters),
            *(head + letter + tail for head, tail in parts for letter in letters),
        ]
    )
    found.pop(word, None)
    return list(found)


def _words(text: str) -> Iterator[str]:
    """The words that may be misspelt, as typed: none that is quoted, in capitals, or part of an address."""
    kept = [match.span() for match in _QUOTED.finditer(text)]
    kept += [match.span() for match in re.finditer(r"\S+", text) if _NAME.search(match[0])]
    shouted = text.isupper()
    for match in _WORD.finditer(text):
        if (shouted or not match[0].isupper()) and not any(low <= match.start() < high for low, high in kept):
            yield match[0]
