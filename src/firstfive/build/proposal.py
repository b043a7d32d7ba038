"""Facts worth declaring, from a sample of a catalogue: its fields, its "Label: value" lines, and what rules find.

fields     a column of numbers, of few values, of places ...
labels     lines that many items have, in whatever language: "Turnover", "Umsatz" and "CA" are one
patterns   people employed, year of foundation, place: where texts state them often enough
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from firstfive.build.orders import ordered, orders
from firstfive.build.places import place_of, places
from firstfive.build.rules import Told, by_rules
from firstfive.build.schema import Declared, read_schema
from firstfive.build.units import Quantity, Unit, quantities
from firstfive.settings import FactSettings

OFTEN = 0.08
"""A label, or a pattern, is worth a fact where it stands on at least this share of the sample, and on three items."""
FEW_VALUES = 12
"""A text with at most so many values, each of which stands on three items on average, is a choice."""
MOSTLY = 0.8
"""The share of values that must be of a kind."""
MOST = 12
"""So many facts are proposed at most."""

_ABOUT: Mapping[str, str] = {
    "revenue": "annual revenue",
    "profit": "annual profit",
    "employees": "people employed",
    "founded": "year in which it was founded",
    "place": "country of its seat",
    "funding": "money raised",
    "price": "price",
    "industry": "line of business",
}
_NAMES: Mapping[str, str] = {"place": "country"}


class Proposed(NamedTuple):
    """A fact worth declaring, and why: "field team_size", "label Turnover", "pattern"."""

    name: str
    settings: FactSettings
    source: str


class Seen(NamedTuple):
    """One item of the sample."""

    title: str
    text: str
    fields: Mapping[str, str]


def proposed(sample: Sequence[Seen], kinds: Mapping[str, str]) -> list[Proposed]:
    """Facts in the order of their sources, each thing once. kinds: of the catalogue's fields."""
    told = [Told(one.title, one.text) for one in sample]
    found: dict[str, Proposed] = {}
    for one in (*_fields(sample, kinds), *_labels(told), *_patterns(told)):
        found.setdefault(one.name, one)
    return list(found.values())[:MOST]


def name_of(text: str) -> str:
    """A fact's name for a label or a field: lower case, without accents, with _ for what is no letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT))
    name = re.sub(r"[^a-z0-9]+", "_", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    name = name.strip("_")[:40].rstrip("_")
    return name if name[:1].isalpha() else f"fact_{name}".strip("_")


_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "ø": "o", "å": "a", "ł": "l", "œ": "oe", "đ": "d"})
"""Letters as they are spelt out; casefold makes "ss" of "ß"."""
_OF_THE_PAGE = frozenset({"lang", "path"})
"""Fields that say what language a page is in or where it lies, and nothing of what it is about."""
_REACHES = re.compile(
    r"phone|telef|\btel\b|\bmobile?\b|\bhandy\b|\bfax|rufnummer|hotline|\b(?:id|sku|isbn|ean|gtin|asin|uid|iban|bic)\b"
    r"|\b(?:vat|tax|ust|tva)\b|nummer\b|\bnr\b|num[eé]ro\b|\b(?:item|order|account|reference) (?:number|no)\b|\bref\b"
)
_POSTCODE = re.compile(r"post ?code|postal|\bzip\b|\bplz\b|postleitzahl")
_DIALLED = re.compile(r"\(?(?:\+|00?)[1-9][\d ()/.–-]{5,}|0\d+")
"""Digits that are no amount: a telephone number, or a code that begins with a zero."""


def _no_number(name: str, values: Sequence[str]) -> bool:
    """Whether the digits are codes or telephone numbers, so that more or less of them means nothing."""
    dialled = sum(_DIALLED.fullmatch(value.strip()) is not None for value in values)
    return _POSTCODE.search(name.casefold()) is not None or _reaches(name) or 2 * dialled >= len(values)


def _reaches(name: str) -> bool:
    return _REACHES.search(name.casefold()) is not None


# --- fields -----------------------------------------------------------------------------------------------------------


def _fields(sample: Sequence[Seen], kinds: Mapping[str, str]) -> Iterator[Proposed]:
    for field, kind in kinds.items():
        values = [one.fields[field].strip() for one in sample if one.fields.get(field, "").strip()]
        if len(values) < _need(len(sample)) or field in _OF_THE_PAGE:
            continue
        name = name_of(field)
        settings = _of_kind(field.replace("_", " ").replace(".", " "), kind, values)
        if settings:
            yield Proposed(name, settings, f"field {field}")


def _of_kind(about: str, kind: str, values: Sequence[str]) -> FactSettings | None:
    if kind == "number" and _no_number(about, values):
        return _of_code(about)
    if kind == "number":
        unit = _unit_named(about)
        return FactSettings("number", about, (), unit)
    if kind in {"yes/no", "list"}:
        return FactSettings("yes/no" if kind == "yes/no" else "list", about)
    return _of_text(about, values)


def _of_code(about: str) -> FactSettings | None:
    """A text for what may be asked for, as a postcode is; None for a telephone number or an id."""
    return None if _reaches(about) else FactSettings("text", about)


def _unit_named(about: str) -> str:
    """The unit of a well-known thing, by its name."""
    declared = Declared("x", "number", about)
    return {"employees": "people", "founded": "year"}.get(declared.cues.concept, "")


def _of_text(about: str, values: Sequence[str]) -> FactSettings | None:
    """A place, a number with its unit, a choice of few values, or words; None for what is another on every item."""
    if sum(place_of(value) is not None or _begins_with_place(value) for value in values) >= MOSTLY * len(values):
        return FactSettings("place", about)
    if _reaches(about):
        return None
    if (unit := _unit_of(values)) and not _no_number(about, values):
        return FactSettings("number", about, (), unit.name)
    counts = Counter(value.casefold() for value in values)
    if 2 <= len(counts) <= FEW_VALUES and len(values) >= 3 * len(counts):
        first = {value.casefold(): value for value in reversed(values)}
        return FactSettings("choice", about, tuple(first[name] for name, _ in counts.most_common()))
    if sum(map(len, values)) <= 60 * len(values):
        return FactSettings("text", about)
    return None


def _begins_with_place(value: str) -> bool:
    found = places(value)
    return bool(found) and found[0].start == 0


def _unit_of(values: Sequence[str]) -> Unit | None:
    """The unit that most values have, of those that begin with a number."""
    firsts = [one for value in values if (one := _first(value))]
    units = Counter(one.unit for one in firsts if one.unit)
    if len(firsts) < MOSTLY * len(values) or not units:
        return None
    return units.most_common(1)[0][0]


def _first(value: str) -> Quantity | None:
    """The number that a value begins with, if it does."""
    found = quantities(value)
    begins = found and not found[0].ranged and _ROUGHLY.fullmatch(value[: found[0].start])
    return found[0] if begins else None


_ROUGHLY = re.compile(r"\W*(?:about|around|over|some|ca|circa|approx|environ|rund|etwa)?\W*", re.IGNORECASE)

# --- labels -----------------------------------------------------------------------------------------------------------


def _labels(told: Sequence[Told]) -> Iterator[Proposed]:
    """The labels that many items have, those of one well-known thing together, the most frequent first."""
    values: dict[str, list[str]] = {}
    names: dict[str, Counter[str]] = {}
    for one in told:
        sound = (label for label in one.labels if not orders(label.name) and not ordered(one.orders, label.line))
        for key, label in {_key(label.name): label for label in sound}.items():
            values.setdefault(key, []).append(label.value)
            names.setdefault(key, Counter())[label.name] += 1
    for key in sorted(values, key=lambda key: (-len(values[key]), key)):
        if len(values[key]) >= _need(len(told)):
            usual = names[key].most_common(1)[0][0]
            if settings := _labelled(key, usual, values[key]):
                yield Proposed(_NAMES.get(key, name_of(key)), settings, f"label {usual}")


def _key(label: str) -> str:
    """The well-known thing that a label names, or the label itself."""
    known = next((concept for concept, fact in _KNOWN.items() if fact.cues.labels(label)), None)
    return known or " ".join(re.sub(r"\([^)]*\)", " ", label.casefold()).split())


_KNOWN: Mapping[str, Declared] = {
    "revenue": Declared("revenue", "number", "", (), Unit("USD", "money")),
    "profit": Declared("profit", "number", "", (), Unit("USD", "money")),
    "employees": Declared("employees", "number", "", (), Unit("people", "people")),
    "founded": Declared("founded", "number", "", (), Unit("year", "year")),
    "place": Declared("location", "place"),
    "industry": Declared("industry", "text"),
}


def _labelled(key: str, label: str, values: Sequence[str]) -> FactSettings | None:
    about = _ABOUT.get(key, label.casefold())
    if key == "place":
        return FactSettings("place", about)
    if key in {"employees", "founded"}:
        return FactSettings("number", about, (), "people" if key == "employees" else "year")
    if key not in _ABOUT and _no_number(label, values):
        return _of_code(about)
    if sum(_first(value) is not None for value in values) >= MOSTLY * len(values):
        unit = _unit_of(values)
        return FactSettings("number", about, (), unit.name if unit else "")
    return _of_text(about, values) or FactSettings("text", about)


# --- patterns ---------------------------------------------------------------------------------------------------------


def _patterns(told: Sequence[Told]) -> Iterator[Proposed]:
    """What rules find in the sentences of enough items."""
    tried = {
        "employees": FactSettings("number", _ABOUT["employees"], (), "people"),
        "founded": FactSettings("number", _ABOUT["founded"], (), "year"),
        "country": FactSettings("place", _ABOUT["place"]),
    }
    for fact in read_schema(tried).facts:
        found = [by_rules(fact, one) for one in told]
        if sum(any(fact.how == "stated" for fact in facts) for facts in found) >= _need(len(told)):
            yield Proposed(fact.name, tried[fact.name], "pattern")


def _need(sample: int) -> float:
    return max(3, OFTEN * sample)
