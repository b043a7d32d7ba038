"""What kind of thing a typed field says, by its name: so that a page can ask in plain words, and not ask twice."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from firstfive.features import is_share, name_words

if TYPE_CHECKING:
    from firstfive.ports import Column

TOPICS: Mapping[str, frozenset[str]] = {
    "place": frozenset(
        "place country county city location region district state address seat town village land ort stadt kreis "
        "landkreis bezirk kanton pays ville commune département departement lieu".split()
    ),
    "size": frozenset("size employees employee team headcount staff people workers mitarbeiter taille".split()),
    "age": frozenset("founded year established since built begun batch gegründet baujahr fondée".split()),
    "old": frozenset("age alter âge".split()),
    "money": frozenset(
        "revenue turnover sales price cost ebitda profit funding salary wage rent fee umsatz preis gehalt lohn miete "
        "kosten prix salaire loyer tarif".split()
    ),
    "kind": frozenset(
        [
            *"industry sector category categories tags tag type kind field business".split(),
            *"branche secteur typ objekttyp objektart".split(),
        ]
    ),
}
"""The topics that have words of their own on the page, each with words that fields about it are named by."""
OTHER = "other"
FINER: Mapping[str, tuple[str, frozenset[str]]] = {
    "price": ("money", frozenset("price cost rent fee preis miete kosten prix loyer tarif".split())),
    "count": (
        OTHER,
        frozenset(
            "rooms bedrooms bathrooms beds guests persons seats floors storeys zimmer schlafzimmer betten gäste "
            "personen plätze sitzplätze stockwerke pièces chambres lits personnes invités étages".split()
        ),
    ),
    "level": (OTHER, frozenset("level difficulty niveau stufe schwierigkeit difficulté".split())),
}
"""What a topic is asked about in words of its own: what something costs is money, and 40 rooms are no "how big"."""
_ASKED_OF_SOMEBODY = frozenset("min max minimum maximum from to ab bis".split())
"""Beside the word age in a field's name: how old somebody must be, and not the item."""
_COUNTED = frozenset({"money", "size"})
_WORD = re.compile(r"\w+")
_CUES: Mapping[str, re.Pattern[str]] = {
    "size": re.compile(
        r"\b(?:employees?|staff|people|headcount|workers?|small|large|tiny|big|mitarbeiter\w*|salariés?)\b", re.I
    ),
    "age": re.compile(
        r"\b(?:founded|since|established|years? old|old|young|new|(?:19|20)\d\d|gegründet|fondée?)\b", re.I
    ),
    "old": re.compile(r"\b(?:years? old|old|older|young|younger|age[ds]?|alt|älter|jung|jünger|âgée?s?)\b", re.I),
    "money": re.compile(r"[$€£]|\b(?:revenue|turnover|sales|million|ebitda|price|umsatz|preis|prix)\b", re.I),
}
LONGEST = 32
"""A value longer than this is a text and not a button."""
FEW = 20
"""So many values that begin with the same word are read, whatever marks stand in them."""
_LAST = "\U0010ffff"
"""Behind a word: where the values end that begin with it."""


def topic(field: str) -> str:
    """What a field is about, one of TOPICS or "other": `team_size` is about "size". A share is no sum, and no size."""
    words = name_words(field)
    found = next((name for name, known in TOPICS.items() if not known.isdisjoint(words)), OTHER)
    if found in _COUNTED and is_share(field):
        return OTHER
    return OTHER if found == "old" and not _ASKED_OF_SOMEBODY.isdisjoint(words) else found


def asked_as(field: str, kind: str = "") -> str:
    """In which words a page asks about a field: "truth" of one that is yes or no, "when" of one of dates, else one of
    FINER, or its topic. kind: the column's; empty: told by the name alone.
    """
    found = topic(field)
    if kind == "yes/no":
        return "truth"
    if kind == "date" and found != "age":
        return "when"
    words = name_words(field)
    return next((name for name, (of, known) in FINER.items() if of == found and not known.isdisjoint(words)), found)


def said(text: str, columns: Mapping[str, Column]) -> frozenset[str]:
    """The fields that a request speaks of already: by one of their values, their name, or words of their topic."""
    folded = _folded(text)
    spoken = {name for name, cue in _CUES.items() if cue.search(text)}
    return frozenset(
        name
        for name, column in columns.items()
        if topic(name) in spoken or _named(name, folded) or _valued(column.values, folded)
    )


def _named(field: str, folded: str) -> bool:
    words = " ".join(re.findall(r"[^\W_]+", field.casefold()))
    return len(words) > 2 and f" {words} " in folded


def _valued(values: Sequence[str], folded: str) -> bool:
    """Whether one of the values stands in the text as words of its own. Values of one or two letters never do.

    values: in order. A FEW that begin with a word of the text, after a short one with two, are read; where there are
    more, runs of the text's words are looked up letter by letter. So many cost little more than few.
    """
    words, crowded = folded.split(), False
    for begin in dict.fromkeys(_begins(words)):
        first, end = bisect_left(values, begin), bisect_left(values, begin + _LAST)
        crowded = crowded or end - first > FEW
        read = values[first:end] if end - first <= FEW else ()
        if any(2 < len(value) <= LONGEST and _folded(value) in folded for value in read):
            return True
    return crowded and any(values[at : at + 1] == (run,) for run in _runs(words) for at in [bisect_left(values, run)])


def _begins(words: Sequence[str]) -> Iterator[str]:
    """What values that stand among these words begin with: "bath", and "st ives" and "st. ives"."""
    for at, word in enumerate(words):
        if len(word) > 2 or at + 1 == len(words):
            yield word
        else:
            yield from (f"{word}{gap}{words[at + 1]}" for gap in (" ", "-", ". "))


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Words in a row that may be a value: with blanks between them, and with hyphens."""
    for first in range(len(words)):
        for end in range(first + 1, len(words) + 1):
            run = " ".join(words[first:end])
            if len(run) > LONGEST:
                break
            if len(run) > 2:
                yield from dict.fromkeys((run, run.replace(" ", "-")))


def _folded(text: str) -> str:
    """The words in small letters, a blank before and after each."""
    return f" {' '.join(re.findall(_WORD, text.casefold()))} "
