"""Words as ranking compares them: which of a text's tell something, and when two are forms of one word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

WORD = re.compile(r"\w+")
STEM = 4
"""Letters of a word, without its ending, that tell it from others."""
_ENDING = re.compile(r"(?:ings?|es?|s)$")
BEGINNING = 3
"""Letters that all forms of a word of as many or more begin with."""
_PLURALS = (("s", 3), ("x", 5), ("e", 7), ("n", 7), ("en", 7))
"""Endings of a plural, each with the letters that must stand before it."""
_NO_PLURALS = frozenset("news goods customs glasses means arms works premises cours".split())
_SMALL = frozenset(
    "a an after and are as at be before but by for from has have how i if in into is it its me my no not of on or our "
    "so that the their they this to was we were which who will with you your der die das und ein eine in im mit für "
    "von zu den dem des vor nach percent pct prozent pourcent le la les un une de des du et en avec pour dans qui à "
    "est mais avant après l d".split()
)


def telling(text: str) -> str:
    """The text's words without the small ones that say nothing by themselves; all of them, where it has no others."""
    return " ".join(telling_words(text))


def telling_words(text: str) -> list[str]:
    """The words of `telling`, in lower case and in order."""
    words = [match.group().lower() for match in WORD.finditer(text)]
    return [word for word in words if tells(word)] or words


def tells(word: str) -> bool:
    """Whether a word in lower case says something by itself."""
    return word not in _SMALL


def agrees(word: str, others: Iterable[str]) -> bool:
    """Whether the word is a form of one of these."""
    return any(same(word, other) for other in others)


def same(one: str, other: str) -> bool:
    """Equal, or forms of one word: a common beginning of at least four letters and two thirds of the longer.

    Of shorter words only a plural's s may differ: "egg" and "eggs".
    """
    if one == other:
        return True
    if min(len(one), len(other)) == BEGINNING and (one == other + "s" or other == one + "s"):
        return True
    need = max(4, -(-2 * max(len(one), len(other)) // 3))
    return len(one) >= need and len(other) >= need and one[:need] == other[:need]


def akin(one: str, other: str) -> bool:
    """Equal but for their endings, as "nurses" and "nursing" are: looser than `same`, for what an item says no to."""
    return same(one, other) or (_stem(one) == _stem(other) and len(_stem(one)) >= STEM)


def _stem(word: str) -> str:
    return _ENDING.sub("", word)


def shared(said: str, words: Iterable[str]) -> float:
    """The share of the telling words of what was said that are, in some form, among these."""
    held = frozenset(words)
    asked = telling_words(said)
    return sum(agrees(word, held) for word in asked) / max(1, len(asked))


def plural(one: str, other: str) -> bool:
    """Equal, or one word in singular and plural: far stricter than `same`. "News" are not new."""
    return one == other or one in singulars(other) or other in singulars(one)


@lru_cache(maxsize=4096)
def singulars(word: str) -> frozenset[str]:
    """What a word can be the plural of, in English, German and French."""
    if not word.isalpha() or word in _NO_PLURALS:
        return frozenset()
    found = {word[: -len(end)] for end, need in _PLURALS if word.endswith(end) and len(word) >= need + len(end)}
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        found.add(word[:-2])
    return frozenset(found)
