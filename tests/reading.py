"""How hard a text is to read, as the school year in which children can read it; a published formula for each language.

    grade("en", "One or two sentences.")        Flesch-Kincaid (1975)
    grade("de", "Ein oder zwei Sätze.")         first Wiener Sachtextformel (Bamberger and Vanecek, 1984)
    grade("fr", "Une ou deux phrases.")         Kandel and Moles (1958), by Flesch's table of school years

The formulas count words, sentences and syllables; a syllable is a group of vowels that the language says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
SENTENCE = re.compile(r"[.!?…:]+(?=\s|$)")
EASE = ((90, 5), (80, 6), (70, 7), (60, 9), (50, 12), (30, 15))
"""Flesch's table (1949): from this reading ease on, this school year."""


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence. A colon ends one: what follows it stands alone on the page."""
    return [words for part in SENTENCE.split(text) if (words := WORD.findall(part))]


def grade(language: str, text: str) -> float:
    """The school year; 0 and below for texts that first-years can read."""
    parts = sentences(text)
    words = [word.lower() for part in parts for word in part]
    return _FORMULAS[language](words, len(words) / len(parts)) if words else 0.0


def syllables(language: str, word: str) -> int:
    """How many syllables a word has when it is said; 1 at least."""
    return sum(max(1, _COUNTS[language](part)) for part in re.split(r"['’-]", word.lower()) if part)


def _english(word: str) -> int:
    silent = (
        re.sub(r"(?<=[^aeiouy])e$|(?<=[^aeiouycghsxz])es$|(?<=[^aeioutdy])ed$", "", word)
        if not re.search("[^aeiouy]le$", word)
        else word
    )
    return len(re.findall("[aeiouy]+", silent))


def _german(word: str) -> int:
    return len(re.findall("ei|ai|au|eu|äu|ie|aa|ee|oo|[aeiouyäöü]", word))


def _french(word: str) -> int:
    silent = re.sub("(?<=[^aeiouyéèêàâîôû])(?:es?|ent)$", "", word) or word
    return len(re.findall("[aeiouyéèêëàâîïôûùœ]+", silent))


def _flesch_kincaid(words: list[str], long: float) -> float:
    said = sum(syllables("en", word) for word in words) / len(words)
    return 0.39 * long + 11.8 * said - 15.59


def _wiener(words: list[str], long: float) -> float:
    said = [syllables("de", word) for word in words]
    three = 100 * sum(count >= 3 for count in said) / len(words)
    one = 100 * sum(count == 1 for count in said) / len(words)
    letters = 100 * sum(len(word) > 6 for word in words) / len(words)
    return 0.1935 * three + 0.1672 * long + 0.1297 * letters - 0.0327 * one - 0.875


def _kandel_moles(words: list[str], long: float) -> float:
    said = sum(syllables("fr", word) for word in words) / len(words)
    ease = 207 - 1.015 * long - 73.6 * said
    years = [float(year) for least, year in EASE if ease >= least]
    return years[0] if years else 16.0


_COUNTS: Mapping[str, Callable[[str], int]] = {"en": _english, "de": _german, "fr": _french}
_FORMULAS: Mapping[str, Callable[[list[str], float], float]] = {
    "en": _flesch_kincaid,
    "de": _wiener,
    "fr": _kandel_moles,
}
