"""The declared facts, checked: what is drawn out of every item."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from firstfive.build.cues import Cues, cues
from firstfive.build.units import Unit, known_units, unit_named
from firstfive.errors import SettingsError
from firstfive.settings import FactSettings
from firstfive.types import digest

FIELD_KIND: Mapping[str, str] = {
    "choice": "text",
    "choices": "list",
    "number": "number",
    "text": "text",
    "list": "list",
    "place": "list",
    "yes/no": "yes/no",
}
"""The kind of the field that a fact becomes, for filters."""
SEVERAL = frozenset({"choices", "list"})
"""Kinds of which an item may have several values, each a fact of its own."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_LEVELS = ("country", "region", "city")
_LEVEL_WORDS: Mapping[str, frozenset[str]] = {
    "country": frozenset({"country", "countries", "land", "nation"}),
    "region": frozenset({"region", "state", "province"}),
    "city": frozenset({"city", "town"}),
}
_IMPLIED: Mapping[str, str] = {"employees": "people", "founded": "year"}
"""The unit of a number that is declared without one, where it is a well-known thing."""


@dataclass(frozen=True)
class Declared:
    """One fact of the schema. unit: of a number, where one was given or is plain. level: "country", "region" or "city"
    where a place is to be that alone, else "".
    """

    name: str
    kind: str
    about: str = ""
    values: tuple[str, ...] = ()
    unit: Unit | None = None

    @cached_property
    def cues(self) -> Cues:
        """The words by which a text speaks of it."""
        return cues(self.name, self.about, self.kind, self.unit.kind if self.unit else "")

    @cached_property
    def level(self) -> str:
        """Which part of a place it asks for: its name decides, then what it is about; "" is all of them."""
        for text in (self.name, self.about):
            words = set(re.findall(r"[a-z]+", text.casefold()))
            named = [level for level in _LEVELS if words & _LEVEL_WORDS[level]]
            if len(named) == 1:
                return named[0]
        return ""

    def value_named(self, text: str) -> str | None:
        """The declared value that this is, whatever its case and spacing."""
        said = _folded(text)
        return next((value for value in self.values if _folded(value) == said), None)


@dataclass(frozen=True)
class Schema:
    """All declared facts, in the order of their names, so that the order in a file changes nothing."""

    facts: tuple[Declared, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts)

    @cached_property
    def digest(self) -> str:
        """Hash of all that is declared."""
        return digest(*(msgspec.json.encode((f.name, f.kind, f.about, f.values, f.unit)) for f in self.facts))

    @cached_property
    def by_name(self) -> Mapping[str, Declared]:
        """Each fact by its name."""
        return {fact.name: fact for fact in self.facts}

    def form(self) -> dict[str, dict[str, Any]]:
        """The facts as a prompt shows them."""
        return {
            fact.name: {
                "kind": fact.kind,
                "about": fact.about,
                "values": list(fact.values),
                "unit": fact.unit.name if fact.unit else "",
            }
            for fact in self.facts
        }

    def answer_schema(self) -> dict[str, Any]:
        """The JSON Schema of a model's answer: of every fact its words and its value, or "not stated"."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": [fact.name for fact in self.facts],
            "properties": {
                fact.name: {"anyOf": [_stated(_ANSWERS[fact.kind](fact)), {"const": "not stated"}]}
                for fact in self.facts
            },
        }


def read_schema(facts: Mapping[str, FactSettings]) -> Schema:
    """The declared facts. Raises SettingsError for a declaration that makes no sense, with what to write instead."""
    return Schema(tuple(_declared(name, facts[name]) for name in sorted(facts)))


def _declared(name: str, given: FactSettings) -> Declared:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"facts.{name!r} cannot be a fact's name: use up to 40 letters, digits, _ and -, beginning with a letter"
        )
    values = tuple(dict.fromkeys(value.strip() for value in given.values if value.strip()))
    if given.kind in {"choice", "choices"}:
        _check_values(name, given.kind, values)
    elif values:
        raise SettingsError(
            f'facts.{name} is a {given.kind} and has values; make it a "choice" or "choices", or take the values out'
        )
    return Declared(name, given.kind, given.about.strip(), values, _unit(name, given))


def _check_values(name: str, kind: str, values: tuple[str, ...]) -> None:
    if len(values) < 2:
        raise SettingsError(
            f'facts.{name} is a {kind} with {len(values)} values; list two or more, such as values = ["small", "large"]'
        )
    folded = [_folded(value) for value in values]
    twice = next((value for value, same in zip(values, folded, strict=True) if folded.count(same) > 1), None)
    if twice is not None:
        raise SettingsError(
            f"facts.{name} has the value {twice!r} twice, but for its case or spacing; keep one of them"
        )


def _unit(name: str, given: FactSettings) -> Unit | None:
    if given.unit and given.kind != "number":
        raise SettingsError(
            f'facts.{name} is a {given.kind} and has the unit {given.unit!r}; make it a "number", or take the unit out'
        )
    if given.kind != "number":
        return None
    if not given.unit:
        return unit_named(_IMPLIED.get(cues(name, given.about, "number").concept, ""))
    unit = unit_named(given.unit)
    if unit is None:
        raise SettingsError(
            f"facts.{name} has the unit {given.unit!r}, which is not known; known are {known_units()}. "
            "Leave it out for a plain number, such as of beds or machines, and say in `about` what is counted"
        )
    return unit


def _folded(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.casefold().strip()))


def _stated(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the words and the value: the words come first, so that the value is read from them."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["quote", "value"],
        "properties": {"quote": {"type": "string"}, "value": value},
    }


def _strings(most: int) -> dict[str, Any]:
    return {"type": "array", "maxItems": most, "items": {"type": "string"}}


_ANSWERS: Mapping[str, Callable[[Declared], dict[str, Any]]] = {
    "choice": lambda fact: {"enum": list(fact.values)},
    "choices": lambda fact: {"type": "array", "maxItems": len(fact.values), "items": {"enum": list(fact.values)}},
    "number": lambda _: {"type": "number"},
    "text": lambda _: {"type": "string"},
    "list": lambda _: _strings(8),
    "place": lambda _: {"type": "string"},
    "yes/no": lambda _: {"type": "boolean"},
}
