"""The facts of an item: what was imported, what a model says and its words bear out, what rules and the embedder find.

    draw(schema, told, imported, answer)   -> facts    each with its span, how, how surely and by whom

Best first: an imported field, then what is stated, then what is inferred. Pure and cheap, so that a model's answers,
which are not, are kept as they came, and judged again when the judging gets better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import msgspec

from firstfive.build.evidence import LEXICAL, Alike, Borne, borne_out, placed
from firstfive.build.fields import convert
from firstfive.build.numbers import LABELLED, labelled_number
from firstfive.build.orders import ordered
from firstfive.build.places import place_of
from firstfive.build.quotes import locate
from firstfive.build.rules import Told, by_rules
from firstfive.build.schema import FIELD_KIND, SEVERAL, Declared, Schema
from firstfive.guard import says_nothing
from firstfive.types import Doc, Fact, Fields, Span, Stamp, StampId, Value, digest

VERSION = 6
SURE = 0.5
"""A fact at least this sure is a field, for filters."""
FROM_TITLE, UNSUPPORTED, WITHOUT_SPAN = 0.7, 0.4, 0.5
"""The share of its confidence that a value found in the title keeps; the confidence of a model's declared value that
its words do not bear out; and the share of that if the words are nowhere."""
WIDEST = 250
"""Characters of the sentence around a quote that may stand as its span, where the quote alone says too little."""

_decoder = msgspec.json.Decoder(tuple[Fact, ...])


class Answer(msgspec.Struct, frozen=True):
    """What a model said about an item, as it came: by fact its words and its value. by: the model."""

    by: str
    said: dict[str, Any]


def said(doc: Doc, schema: Schema) -> str:
    """Hash of all that facts are drawn from."""
    named = {name: cell for name, cell in doc.fields.items() if any(_names(fact, name) for fact in schema.facts)}
    return digest(doc.title, doc.text, msgspec.json.encode(named, order="sorted"))


def stamp(read: str, schema: Schema, embedder: str, answer: StampId | None) -> Stamp:
    """The stamp of an item's facts. read: of `said`; answer: of the model's answer, where there is one."""
    return Stamp("facts", VERSION, model=embedder, inputs=(read, schema.digest, answer or ""))


def encode(facts: Sequence[Fact]) -> bytes:
    """The facts as a record; the same facts always give the same bytes."""
    return msgspec.json.encode(tuple(facts))


def decode(record: bytes) -> tuple[Fact, ...]:
    """The facts that `encode` wrote."""
    return _decoder.decode(record)


def draw(
    schema: Schema,
    told: Told,
    imported: Mapping[str, str],
    answer: Answer | None = None,
    alike: Alike | None = None,
    inferred: Iterable[Fact] = (),
) -> tuple[Fact, ...]:
    """The facts, in the order of the schema. alike judges a model's words by meaning; inferred: the embedder's."""
    guesses = [guess for guess in inferred if guess.span is None or not ordered(told.orders, guess.span)]
    facts: list[Fact] = []
    for fact in schema.facts:
        found = [*_imported(fact, imported)]
        if not found:
            found += by_rules(fact, told) or _from_title(fact, told)
            found += _answered(fact, told, answer, alike) if answer else []
            found += (guess for guess in guesses if guess.name == fact.name)
        facts += _best(fact, found)
    return tuple(facts)


def borne(schema: Schema, told: Told, answer: Answer, alike: Alike | None = None) -> tuple[int, int]:
    """Of how many facts a model's words bear out what it said, and of how many it said anything."""
    said = [fact for fact in schema.facts if fact.name in answer.said]
    good = (
        any(one.how == "stated" and one.confidence >= SURE for one in _answered(fact, told, answer, alike))
        for fact in said
    )
    return sum(good), len(said)


def _from_title(fact: Declared, told: Told) -> list[Fact]:
    """What the title states: it counts as inferred, since a span must lie in the text."""
    found = by_rules(fact, Told("", told.title)) if told.title not in told.text else []
    sure = [replace(one, how="inferred", confidence=round(one.confidence * FROM_TITLE, 3), span=None) for one in found]
    return [one for one in sure if one.confidence >= SURE]


def as_fields(schema: Schema, facts: Sequence[Fact]) -> Fields:
    """The facts that are sure enough, as typed fields; several values of one fact together."""
    fields: dict[str, Value] = {}
    for fact in facts:
        if fact.confidence < SURE:
            continue
        if schema.by_name[fact.name].kind in SEVERAL:
            before = fields.get(fact.name, ())
            fields[fact.name] = (*before, str(fact.value)) if isinstance(before, tuple) else (str(fact.value),)
        else:
            fields[fact.name] = fact.value
    return fields


def field_kinds(schema: Schema) -> dict[str, str]:
    """The kind of the field that each fact becomes."""
    return {fact.name: FIELD_KIND[fact.kind] for fact in schema.facts}


def _best(fact: Declared, found: Sequence[Fact]) -> Iterator[Fact]:
    """The surest of what is stated, else of what is inferred; of kinds of several values each value's."""
    ranked = sorted(found, key=lambda one: (one.how != "stated", -one.confidence))
    if fact.kind not in SEVERAL:
        yield from ranked[:1]
        return
    seen: set[str] = set()
    for one in ranked:
        name = str(one.value).casefold()
        if name not in seen:
            seen.add(name)
            yield one


# --- imported ---------------------------------------------------------------------------------------------------------


def _imported(fact: Declared, imported: Mapping[str, str]) -> Iterator[Fact]:
    """The value of the field that has the fact's own name, or else another name for it ("team_size").

    None where no such field can be read as the fact's kind.
    """
    names = sorted((name for name in imported if _names(fact, name)), key=lambda name: (name != fact.name, name))
    for name in names:
        cell = imported[name].strip()
        value = None if says_nothing(cell) else _READ[fact.kind](fact, cell)
        several = value if isinstance(value, tuple) and fact.kind in SEVERAL else () if value is None else (value,)
        for one in several:
            yield Fact(fact.name, one, "stated", 1.0 if name == fact.name else LABELLED, None, "import")
        if several:
            return


def _names(fact: Declared, field: str) -> bool:
    """Whether a field goes by the fact's name, or by one that says the same."""
    return field == fact.name or _named(fact, re.sub(r"[\W_]+", " ", field))


@lru_cache(maxsize=4_096)
def _named(fact: Declared, label: str) -> bool:
    return fact.cues.labels(label)


def _read_choice(fact: Declared, cell: str) -> Value | None:
    return fact.value_named(cell)


def _read_number(fact: Declared, cell: str) -> Value | None:
    labelled = labelled_number(fact, cell, 0)
    plain = convert("number", cell)
    return labelled.value if labelled else plain


def _read_choices(fact: Declared, cell: str) -> Value | None:
    entries = convert("list", cell)
    named = (fact.value_named(entry) for entry in entries) if isinstance(entries, tuple) else ()
    return tuple(value for value in named if value) or None


def _read_place(fact: Declared, cell: str) -> Value | None:
    chain = place_of(cell)
    return placed(fact, chain) if chain else (cell,)


_READ: Mapping[str, Callable[[Declared, str], Value | None]] = {
    "number": _read_number,
    "choice": _read_choice,
    "choices": _read_choices,
    "place": _read_place,
    "text": lambda _, cell: convert("text", cell),
    "list": lambda _, cell: convert("list", cell),
    "yes/no": lambda _, cell: convert("yes/no", cell),
}

# --- by a model -------------------------------------------------------------------------------------------------------


def _answered(fact: Declared, told: Told, answer: Answer, alike: Alike | None) -> Iterator[Fact]:
    """What a model said of the fact, each value judged by the words that it points at."""
    said = answer.said.get(fact.name)
    if not isinstance(said, Mapping):
        return
    quote, values = said.get("quote"), said.get("value")
    for value in values if isinstance(values, list) else [values]:
        found = _judged(fact, told, str(quote or ""), value, alike)
        if found:
            how, borne, span = found
            yield Fact(fact.name, borne.value, how, round(borne.sure, 3), span, answer.by)


_Judged = tuple[Literal["stated", "inferred"], Borne, Span | None]


def _judged(fact: Declared, told: Told, quote: str, value: object, alike: Alike | None) -> _Judged | None:
    """A value with the span that bears it out; inferred where that only means it, or there is none; or nothing."""
    spans = locate(told.text, quote) or (_of_itself(told.text, value) if fact.kind in _WORDS else [])
    sound = [span for span in spans if not ordered(told.orders, span)]
    for one in sound:
        around = _sentence(told.text, one)
        for span in (one, around):
            said = told.text[span.start : span.end]
            borne = borne_out(fact, value, said, alike, told.text[around.start : around.end])
            if borne:
                return "stated" if borne.sure >= LEXICAL else "inferred", borne, span
    if spans and not sound:
        return None
    if not spans and locate(told.title, quote):
        borne = borne_out(fact, value, told.title, alike)
        if borne:
            return "inferred", Borne(borne.value, borne.sure * FROM_TITLE), None
    return _unsupported(fact, value, sound[0] if sound else None)


def _unsupported(fact: Declared, value: object, span: Span | None) -> _Judged | None:
    """A declared value that no words bear out is a guess; a number, a place or free words are an invention."""
    named = fact.value_named(value) if isinstance(value, str) else None
    if named is None:
        return None
    return "inferred", Borne(named, UNSUPPORTED * (1.0 if span else WITHOUT_SPAN)), span


_WORDS = frozenset({"text", "list", "place"})
"""Kinds whose value may be its own quote."""


def _of_itself(text: str, value: object) -> list[Span]:
    return locate(text, value) if isinstance(value, str) else []


def _sentence(text: str, span: Span) -> Span:
    """The line around a span, or as much of its sentence as may be a span."""
    start, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end)
    end = len(text) if end < 0 else end
    if end - start > WIDEST:
        stops = [at + 2 for at in (text.rfind(mark, start, span.start) for mark in (". ", "! ", "? ")) if at >= 0]
        start = max([start, *stops])
        ends = [at + 1 for at in (text.find(mark, span.end, end) for mark in (". ", "! ", "? ")) if at >= 0]
        end = min([end, *ends])
    return Span(start, end) if end - start <= WIDEST else span
