"""Facts drawn out of a text without a model: after labels, in set phrases, by name.

    Turnover: £5.1m                        a label that names the fact
    employs 95 persons in three shifts     a set phrase
    headquartered in Austin, TX            a place, where the text says that it is at home

Every fact has the words that state it as its span. What is named only in passing is `inferred`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from firstfive.build.evidence import placed
from firstfive.build.numbers import LABELLED, labelled_number, said_numbers
from firstfive.build.orders import ordered, orders
from firstfive.build.places import places, said_places
from firstfive.build.saying import mentions, polarities, said_in
from firstfive.build.schema import Declared
from firstfive.features.gazetteer import Chain, level
from firstfive.types import Fact, Span, Value

SAID_PLACE, SAID_YES, NAMED, PASSING = 0.85, 0.8, 0.7, 0.4
"""How sure a place is, a yes or no, a value of several, and a place that is only named in passing."""

_LABEL = re.compile(r"^[ \t•*·–-]*(?P<name>[^\W\d_][^:\n]{0,38}?)[ \t]*:[ \t]*(?P<value>\S[^\n]{0,300})$", re.MULTILINE)
_PARTS = re.compile(r"[^,;/|•·]+")
_AND = re.compile(r"(?<!\s)\s++(?:and|und|et|y|e|&)\s++")
_YES = re.compile(r"(?:yes|ja|oui|sí|si|true|100 ?%)\b", re.IGNORECASE)
_NO = re.compile(r"(?:no|nein|non|none|false|keine?)\b", re.IGNORECASE)
_UNSTATED = re.compile(
    r"(?:n/?a|unknown|not (?:stated|disclosed|communicated)|undisclosed|non communiqué|confidential|tbd|k\. ?a\.|-+|"
    r"on request)\b",
    re.I,
)


class Label(NamedTuple):
    """A line that says what its value is. start: where the value stands; line: the whole line."""

    name: str
    value: str
    start: int
    line: Span


@dataclass(frozen=True)
class Told:
    """An item's text as rules read it."""

    title: str
    text: str

    @cached_property
    def orders(self) -> tuple[Span, ...]:
        """The parts that speak to a machine, and are evidence of nothing."""
        return orders(self.text)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """Its "Label: value" lines."""
        return tuple(
            Label(found["name"], found["value"].strip(), found.start("value"), Span(found.start("name"), found.end()))
            for found in _LABEL.finditer(self.text)
            if not _UNSTATED.match(found["value"])
        )


def by_rules(fact: Declared, told: Told) -> list[Fact]:
    """What the text states of the fact, the surest first; for kinds of several values each value once."""
    found = [one for one in _RULES[fact.kind](fact, told) if one.span is None or not ordered(told.orders, one.span)]
    return sorted(found, key=lambda one: -one.confidence)


def labelled(fact: Declared, told: Told) -> Iterator[Label]:
    """The lines whose label names the fact."""
    return (label for label in told.labels if fact.cues.labels(label.name))


def _stated(fact: Declared, value: Value, sure: float, span: Span) -> Fact:
    return Fact(fact.name, value, "stated", sure, span, "rules")


def _number(fact: Declared, told: Told) -> Iterator[Fact]:
    for label in labelled(fact, told):
        number = labelled_number(fact, label.value, label.start)
        if number:
            yield _stated(fact, number.value, number.sure, Span(label.line.start, number.span.end))
    for number in said_numbers(fact, told.text):
        yield _stated(fact, number.value, number.sure, number.span)


def _place(fact: Declared, told: Told) -> Iterator[Fact]:
    for label in labelled(fact, told):
        chain = _labelled_place(label)
        value = placed(fact, chain) if chain else None
        if value:
            yield _stated(fact, value, LABELLED, label.line)
    for place in said_places(told.text):
        value = placed(fact, place.chain)
        if value:
            yield _stated(fact, value, SAID_PLACE, Span(place.start, place.end))
    yield from _in_passing(fact, told)


def _labelled_place(label: Label) -> Chain | None:
    found = places(label.value)
    if found and found[0].start < 40:
        return found[0].chain
    town = re.match(r"[^;,(\d]{2,40}", label.value)
    return (town.group().strip(),) if town and town.group()[0].isupper() else None


def _in_passing(fact: Declared, told: Told) -> Iterator[Fact]:
    """The one country or region that all towns and regions of the text lie in; none where it names two countries.

    A country that is only named itself is as often a market as a home.
    """
    found = places(told.text)
    near = {value for place in found if level(place.chain) != "country" and (value := placed(fact, place.chain))}
    if fact.level and len(near) == 1 and len({place.chain[-1] for place in found}) == 1:
        yield Fact(fact.name, near.pop(), "inferred", PASSING, None, "rules")


def _yes_no(fact: Declared, told: Told) -> Iterator[Fact]:
    for label in labelled(fact, told):
        answer = True if _YES.match(label.value) else False if _NO.match(label.value) else None
        if answer is not None:
            yield _stated(fact, answer, LABELLED, label.line)
    said = [(yes, span) for yes, span in polarities(fact, told.text) if not ordered(told.orders, span)]
    if len({yes for yes, _ in said}) == 1:
        yield _stated(fact, said[0][0], SAID_YES, said[0][1])


def _choice(fact: Declared, told: Told) -> Iterator[Fact]:
    """What a label says; a mention in passing is left to those who know what the text is about."""
    for label in labelled(fact, told):
        named = [value for value in fact.values if said_in(value, label.value)]
        if named:
            yield _stated(fact, max(named, key=len), LABELLED, label.line)


def _choices(fact: Declared, told: Told) -> Iterator[Fact]:
    seen = set()
    for label in labelled(fact, told):
        for value in fact.values:
            if said_in(value, label.value) and value not in seen:
                seen.add(value)
                yield _stated(fact, value, LABELLED, label.line)
    for value in fact.values:
        span = next(iter(mentions(value, told.text, told.orders)), None)
        if span and value not in seen:
            yield _stated(fact, value, NAMED, span)


def _text(fact: Declared, told: Told) -> Iterator[Fact]:
    for label in labelled(fact, told):
        yield _stated(fact, label.value, LABELLED, label.line)


def _list(fact: Declared, told: Told) -> Iterator[Fact]:
    seen = set()
    for label in labelled(fact, told):
        for start, value in _entries(label):
            if value.casefold() not in seen:
                seen.add(value.casefold())
                yield _stated(fact, value, LABELLED, Span(start, start + len(value)))


def _entries(label: Label) -> Iterator[tuple[int, str]]:
    """The entries of a list after a label, and where each stands in the text."""
    for part in _PARTS.finditer(label.value):
        at = part.start()
        for piece in _AND.split(part.group()):
            at = label.value.index(piece, at)
            said = piece.strip(" .\t")
            if said:
                yield label.start + label.value.index(said, at), said
            at += len(piece)


_RULES: Mapping[str, Callable[[Declared, Told], Iterator[Fact]]] = {
    "number": _number,
    "place": _place,
    "yes/no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "list": _list,
}
