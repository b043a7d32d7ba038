"""The values of fields of places that lie in what a wish names: "the UK" where the field says United Kingdom.

placed = PlacedValues(columns)
placed.within("DACH region")["country"].values      ("austria", "deutschland", "germany")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstfive.features.areas import Area, area, area_of_people, chains_of, lies
from firstfive.features.gazetteer import Chain

MOST = 50_000
"""Values of a field; of one with more, none is known by where it lies. Cost of so many: 0.2 s, once."""
KEPT = 64
"""Areas whose values are remembered: the next one after so many forgets them all."""


@dataclass(frozen=True, slots=True)
class Within:
    """Some values of a field, in its order. values: those that lie in an area, or where wider those that hold it, of a
    field that tells no more. open: those that leave it open, such as towns that no list has.
    """

    values: tuple[str, ...]
    open: frozenset[str] = frozenset()
    wider: bool = False


class PlacedValues:
    """The values of fields of places, by where they lie. values: of each field, in small letters."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = {name: several for name, several in values.items() if len(several) <= MOST}
        self._chains: dict[str, list[Chain | None]] = {}
        self._known: dict[Area, Mapping[str, Within]] = {}

    def within(self, said: str) -> Mapping[str, Within]:
        """By field, the values in the area that a text names; empty where it names none.

        Of fields that have what is named itself, such as a country, these alone: else, and of several places, those of
        what lies in it, and beside them what it lies in.
        """
        return self._within(area(said) if self._values else None)

    def of_people(self, word: str) -> Mapping[str, Within]:
        """By field, the values in the area of those whom a word says of, such as "German"."""
        return self._within(area_of_people(word) if self._values else None)

    def _within(self, wanted: Area | None) -> Mapping[str, Within]:
        if not wanted:
            return {}
        found = self._known.get(wanted)
        if found is None:
            found = self._found(wanted)
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[wanted] = found
        return found

    def _found(self, wanted: Area) -> Mapping[str, Within]:
        itself, inside, wider = dict[str, Within](), dict[str, Within](), dict[str, Within]()
        for name, values in self._values.items():
            chains = self._of(name)
            lying = [chain is not None and lies(chain, wanted) for chain in chains]
            open_ = frozenset(
                value for value, chain, one in zip(values, chains, lying, strict=True) if chain is None or one is None
            )
            held = tuple(value for value, one in zip(values, lying, strict=True) if one)
            around = tuple(value for value, one in zip(values, lying, strict=True) if one is None)
            if held and not wanted.isdisjoint(chains):
                itself[name] = Within(held, open_)
            elif held:
                inside[name] = Within(held, open_)
            elif around:
                wider[name] = Within(around, open_.difference(around), wider=True)
        return itself if itself and len(wanted) == 1 else {**(itself or inside), **wider}

    def _of(self, name: str) -> list[Chain | None]:
        if name not in self._chains:
            self._chains[name] = chains_of(name, self._values[name])
        return self._chains[name]
