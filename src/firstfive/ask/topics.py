"""What kind of thing a typed field says, by its name: so that a page can ask in plain words, and not ask twice."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
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

    values: in order. Only those are read that begin with a word of the text, after a short one with two: many cost
    little more than few.
    """
    words = folded.split()
    begins = (word if len(word) > 2 else " ".join(words[at : at + 2]) for at, word in enumerate(words))
    for begin in dict.fromkeys(begins):
        for at in range(bisect_left(values, begin), len(values)):
            value = values[at]
            if not value.startswith(begin):
                break
            if 2 < len(value) <= LONGEST and _folded(value) in folded:
                return True
    return False


def _folded(text: str) -> str:
    """The words in small letters, a blank before and after each."""
    return f" {' '.join(re.findall(_WORD, text.casefold()))} "
