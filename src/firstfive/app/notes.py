"""Which note of an answer a sentence is: answers hold plain English ones, and a page says them in its own words.

known("There are only 3 to show.") -> ("few", {"count": 3})        known("Something new.") -> None
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from firstfive.app import model_steps, recommend, taste

NOTES: Mapping[str, str] = {
    "long": "Your text is very long. The first {count} characters were used.",
    "filter": recommend.NOTHING_FILTERED,
    "nothing": recommend.NOTHING,
    "one": "There is only {count} to show.",
    "few": "There are only {count} to show.",
    "one_here": "There is only {count} to show for this.",
    "few_here": "There are only {count} to show for this.",
    "nearest": recommend.NEAREST,
    "nearest_one": recommend.NEAREST_ONE,
    "words": recommend.BY_WORDS,
    "unaided": model_steps.UNAIDED,
    "unexplained": model_steps.UNEXPLAINED,
    "taste": taste.NOTE,
}
"""Every note that an answer can have, but for how misspelt words were read; {count}: a number."""
READ_AS = "read_as"
"""The note of how misspelt words were read, which names them."""


def known(note: str) -> tuple[str, Mapping[str, int]] | None:
    """A note's name, and the number in it where it has one; None for a sentence that is none of them."""
    if note.startswith(recommend.READ_AS):
        return READ_AS, {}
    for name, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(note):
            return name, {key: int(text.replace(",", "")) for key, text in found.groupdict().items()}
    return None


_PATTERNS = {
    name: re.compile(re.escape(text).replace(r"\{count\}", "(?P<count>[0-9][0-9,]{0,12})"))
    for name, text in NOTES.items()
}
