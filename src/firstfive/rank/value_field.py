"""A field of values in words, and which of its values words name: "Devon or Somerset", "a listed company"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import name_words
from firstfive.rank.columns import codes_of, holders, silent
from firstfive.rank.placed import PlacedValues, Within
from firstfive.rank.spelt import SHORTEST, SpeltValues

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask

ONE_EACH = 0.1
"""The share of items that may be in several places where a field says in which one each is."""
MOST = 8
"""Values that a wish of several may name."""
_WHAT_IT_IS = frozenset(
    "type kind species breed animal sex gender size colour color model fuel transmission gearbox "
    "art typ rasse tierart objektart objekttyp geschlecht größe farbe modell kraftstoff getriebe "
    "espèce race sexe genre taille couleur".split()
)
"""Words of the names of fields that say what an item is: who asks for a dog wants one."""
_MAKERS = frozenset("make maker brand manufacturer marke hersteller marque fabricant".split())
"""Words of the names of fields that say who made an item: a name there is of one sense, as a person's is not."""
_OF_ONE_SENSE = frozenset({"place", "kind"})
_OR = re.compile(r"\s?/\s?|\s+(?:or|and|oder|und|ou|et)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the|eine?n?|der|die|das|une?|le|la|les)\s+", re.IGNORECASE)
_NOUN_BEHIND = re.compile(
    r"(.{2,60}?)[\s-](?:compan(?:y|ies)|business(?:es)?|firms?|providers?|producers?|makers?|manufacturers?|groups?|"
    r"operators?|organi[sz]ations?|enterprises?|services?|places?|unternehmen|betriebe?n?|firma|firmen|anbietern?|"
    r"herstellern?|dienstleistern?|gruppen?|entreprises?|sociétés?|fabricants?|groupes?)",
    re.IGNORECASE,
)
"""A noun that says no more than that it is an item, such as a company, behind what says which."""
_NOUN_BEFORE = re.compile(
    r"(?:entreprises?|sociétés?|fabricants?|groupes?|prestataires?|producteurs?|fournisseurs?|anbieter|hersteller|"
    r"(?:providers?|producers?|makers?|manufacturers?)(?=\sof\s))\s(?:(?:of|de|du|des|von|für)\s|d['’])?(?:l[ae]s?\s|l['’])?"
    r"(.{3,60})",
    re.IGNORECASE,
)
_NOUN_WITHIN = re.compile(
    r"(\w{4,40}?)s?(?:unternehmen|betriebe?n?|firma|firmen|anbietern?|herstellern?)", re.IGNORECASE
)
HELD = re.compile(
    r"(?:speak(?:s|ing)?|fluent\sin|spricht|sprechen|parlent|parlant|parle)\s(.{3,60})|"
    r"(.{3,60}?)[\s-](?:certified|certificat(?:e|ion)s?|certifi(?:é|ée|és|ées)|accredited|speaking|speakers?|options?|"
    r"zertifiziert\w{0,2}|zertifikate?|zertifizierung|akkreditiert\w{0,2}|sprachig\w{0,2}|optionen)",
    re.IGNORECASE,
)
"""A value of several that an item may hold, beside what says that it holds it."""


class ValueField:
    """One field, of one value an item or of several. Its items are looked at when they are first asked about.

    topic: such as "place" or "kind". placed: the values of all fields of places, by where they lie.
    """

    def __init__(self, name: str, column: Column, topic: str, placed: PlacedValues) -> None:
        self.name, self.topic, self.column = name, topic, column
        self.single = column.kind == "text"
        self._words, self._placed = name_words(name), placed
        self._spelt = SpeltValues(column.values, places=topic == "place")

    @cached_property
    def silent(self) -> Mask:
        """(items,): those that state nothing."""
        return silent(self.column)

    def states(self, values: Collection[str]) -> Mask:
        """(items,): which state one of these values."""
        codes, places = codes_of(self.column)[1], [bisect_left(self.column.values, value) for value in values]
        return holders(self.column, codes == places[0] if len(places) == 1 else np.isin(codes, places))

    def sorts(self, each: int = 2) -> bool:
        """Whether it sorts items: its values have at least `each` items on average, so they are no names."""
        return each * len(self.column.values) <= self._filled

    @cached_property
    def says_what_it_is(self) -> bool:
        """Whether it says what an item is, such as a species: who asks for a dog wants one."""
        return self.single and self.sorts() and not _WHAT_IT_IS.isdisjoint(self._words)

    @property
    def names_makers(self) -> bool:
        """Whether it says who made an item."""
        return not _MAKERS.isdisjoint(self._words)

    @property
    def of_one_sense(self) -> bool:
        """Whether its values are likely to mean it: they are of places, of kinds, of makers, or few."""
        return self.topic in _OF_ONE_SENSE or self.names_makers or self.sorts()

    @property
    def of_whole(self) -> bool:
        """Whether a whole value of it is named: of several values an item only where these are few."""
        return self.single or self.sorts()

    @cached_property
    def one_each(self) -> bool:
        """Whether it is of places and has one value for nearly every item that has any: a firm is in one country."""
        held = np.diff(codes_of(self.column)[0])
        return self.topic == "place" and bool((held > 1).sum() <= ONE_EACH * (held > 0).sum())

    def spelt(self, said: str, shortest: int = SHORTEST) -> str | None:
        """The value that the words are, however they are spelt."""
        return self._spelt.value(said, shortest=shortest)

    def several(self, said: str, shortest: int = SHORTEST) -> list[Within]:
        """The value that the words are, or several with "or" between them; empty where any part is not a value."""
        if one := self._value(said, shortest):
            return [one]
        parts = [_ARTICLE.sub("", part) for part in _OR.split(said)]
        values = [self._value(part, shortest) for part in parts] if len(parts) > 1 else []
        found = [*dict.fromkeys(value for value in values if value)]
        return found if all(values) and len(found) <= MOST else []

    def held(self, said: str) -> list[Within]:
        """The values of a field of several an item, beside what is said of these: "ISO 9001 certified"."""
        found = HELD.fullmatch(said) if not self.single else None
        return self.several(found[1] or found[2]) if found else []

    def of_a_noun(self, said: str) -> list[Within]:
        """The values of a field that sorts items which a word says before a noun for any item: "listed company"."""
        found = _NOUN_BEHIND.fullmatch(said) or _NOUN_BEFORE.fullmatch(said) or _NOUN_WITHIN.fullmatch(said)
        if not found:
            return []
        if self.topic == "place":
            there = self._placed.of_people(found[1]).get(self.name)
            return [there] if there else self.several(found[1])
        return self.several(found[1]) if self.sorts() and (self.topic == "kind" or not self.says_what_it_is) else []

    def beside_name(self, said: str) -> Iterator[str]:
        """The words beside the name of the field, "B" of "energy rating B"; where it sorts items, its first or last
        word will do."""
        words, folded = self._words, said.casefold()
        some = [word for word in (words[-1:] + words[:1]) if len(word) >= SHORTEST and self.sorts()]
        for called in dict.fromkeys([" ".join(words), *some]) if words and len(folded) == len(said) else ():
            if folded.startswith(f"{called} "):
                yield said[len(called) + 1 :]
            if folded.endswith(f" {called}"):
                yield said[: -len(called) - 1]

    def _value(self, said: str, shortest: int) -> Within | None:
        """The value that is said, and of a field of places with it those that lie in what is said."""
        own, there = self.spelt(said, shortest), self._placed.within(said).get(self.name)
        if own and (there is None or there.wider or own not in there.values):
            return Within((own,))
        return there

    @cached_property
    def _filled(self) -> int:
        return int((~self.silent).sum())
