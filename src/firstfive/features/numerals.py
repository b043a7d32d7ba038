"""Numbers as people write them: their separators, the words for their size, and those that are words altogether.

number("1.250") -> 1250.0    number("1.250", "billion") -> 1.25    COUNTS["twenty-two"] -> 22
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from firstfive.guard import lowered

MAGNITUDES: Mapping[str, float] = {
    **dict.fromkeys(("thousand", "tausend", "tsd", "tys", "mille", "tis"), 1e3),
    **dict.fromkeys(
        "million millions mio mln mn millionen milioni milione millones millón milhões milhão miljoen miljoner "
        "millioner milionů mil mill milj".split(),
        1e6,
    ),
    **dict.fromkeys(
        "billion billions bn mrd milliarde milliarden milliard milliards miliardi mld miljard miliard".split(), 1e9
    ),
    **dict.fromkeys(("trillion", "trillions", "tn", "billionen"), 1e12),
    **dict.fromkeys(("crore", "crores"), 1e7),
    **dict.fromkeys(("lakh", "lakhs"), 1e5),
}
"""What a word behind a number multiplies it by. "Billion" is the English one: only "Billionen" is surely German."""
_COMMA_IS_POINT = frozenset("mio mln mrd mld tsd tys millionen milliarden milliards billionen".split())

ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
).split()
_FRENCH_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}


def number(text: str, magnitude: str = "") -> float:
    """A number with whatever separators. Three digits after a single one are thousands, but for "1.250 billion".

    magnitude: the word behind it, in small letters. Of "0.125" the point is no thousands point.
    """
    digits = re.sub(r"[ \u00a0\u202f'’]", "", text)
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return float(digits)
    last = marks[-1]
    grouped = len(digits) - digits.rindex(last) - 1 == 3 and not digits.startswith("0")
    if len(set(marks)) == 2:
        grouped = False
    elif len(marks) > 1:
        grouped = True
    elif magnitude and grouped:
        grouped = (last == ".") == (magnitude in _COMMA_IS_POINT)
    if grouped:
        return float(digits.replace(last, ""))
    whole, _, rest = digits.rpartition(last)
    return float(f"{whole.replace('.', '').replace(',', '')}.{rest}")


def english() -> dict[tuple[str, ...], int]:
    """By their words; one is none, since "one" and "ein" are mostly other words. So for the languages below."""
    found: dict[tuple[str, ...], int] = {(word,): n for n, word in enumerate(ENGLISH) if n != 1}
    for n, ten in enumerate(ENGLISH_TENS, 2):
        found[ten,] = 10 * n
        found |= {(ten, ENGLISH[m]): 10 * n + m for m in range(1, 10)}
    found |= {(ENGLISH[n], "hundred"): 100 * n for n in range(1, 10)}
    return found | {("hundred",): 100}


def german() -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {(word,): n for n, word in enumerate(_GERMAN) if n != 1}
    for n, ten in enumerate(_GERMAN_TENS, 2):
        found[ten,] = 10 * n
        found |= {(f"{_GERMAN[m]}und{ten}",): 10 * n + m for m in range(1, 10)}
    found |= {(words[0].replace("ß", "ss"),): count for words, count in found.items()}
    found |= {(f"{_GERMAN[n]}hundert",): 100 * n for n in range(1, 10)}
    found |= {(f"{_GERMAN[n]}tausend",): 1_000 * n for n in range(1, 13)}
    return found | {("hundert",): 100}


def french() -> dict[tuple[str, ...], int]:
    found = {tuple(word.split("-")): n for n, word in enumerate(_FRENCH) if n != 1}
    for ten, name in _FRENCH_TENS.items():
        found[tuple(name.split("-"))] = ten
        for m in range(1, 20 if ten in (60, 80) else 10):
            link = ("et",) if m in (1, 11) and ten != 80 else ()
            found[*name.split("-"), *link, *_FRENCH[m].split("-")] = ten + m
    found |= {(*_FRENCH[n].split("-"), "cent"): 100 * n for n in range(2, 10)}
    return found | {("quatre", "vingts"): 80, ("cent",): 100}


_OFTEN_OTHERS = frozenset({"elf", "neuf", "null", "zero", "zéro"})
"""Words that are more often no number: "neuf" is new, an "elf" is one."""


def _spelt() -> Iterator[tuple[str, int]]:
    for tongue in (english(), german(), french()):
        yield from (("-".join(words), count) for words, count in tongue.items())


_ORDINALS = re.compile(
    r"(?P<digits>\d{1,2})(?:\.|st|nd|rd|th|e|er|ère|[èe]me)|"
    r"(?P<n1>first|erste[nmrs]?|premi(?:er|ère))|(?P<n2>second|zweite[nmrs]?|deuxième|seconde)|"
    r"(?P<n3>third|dritte[nmrs]?|troisième)|(?P<n4>fourth|vierte[nmrs]?|quatrième)|"
    r"(?P<n5>fifth|fünfte[nmrs]?|cinquième)|(?P<n6>sixth|sechste[nmrs]?|sixième)|"
    r"(?P<n7>seventh|siebte[nmrs]?|septième)|(?P<n8>eighth|achte[nmrs]?|huitième)|"
    r"(?P<n9>ninth|neunte[nmrs]?|neuvième)|(?P<n10>tenth|zehnte[nmrs]?|dixième)",
    re.IGNORECASE,
)
COUNTS: Mapping[str, int] = {word: count for word, count in _spelt() if word not in _OFTEN_OTHERS}
"""Numbers from two on by their words, with "-" between them, in three languages."""


def ordinal(word: str) -> int | None:
    """The place that a word says: 3 of "third", "3rd", "dritten" and "3e". Those after the tenth only in digits."""
    found = _ORDINALS.fullmatch(word)
    if not found:
        return None
    return int(found["digits"] or str(found.lastgroup).removeprefix("n"))


def counted(words: str) -> int | None:
    """The number that words say, in any case and with "-" or blanks between them: 112 of "one hundred and twelve"."""
    said = lowered(words).replace(" ", "-")
    if said == "one":
        return 1
    if said in COUNTS:
        return COUNTS[said]
    hundreds = next((word for word, count in COUNTS.items() if count >= 100 and said.startswith(f"{word}-")), "")
    rest = COUNTS.get(said.removeprefix(f"{hundreds}-").removeprefix("and-"))
    return None if rest is None or not hundreds else COUNTS[hundreds] + rest
