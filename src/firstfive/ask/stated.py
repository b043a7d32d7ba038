"""What items state of a field: by which values, under which names, and whether anybody but a program knows it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import finalize

import numpy as np

from firstfive.features import field_text, name_words, value_text
from firstfive.features.areas import chains_of

if TYPE_CHECKING:
    from firstfive.features.gazetteer import Chain
    from firstfive.ports import Column
    from firstfive.types import Positions

_FOR_PROGRAMS = frozenset(
    "id ids uuid guid url urls uri href slug hash checksum etag isbn issn doi ean gtin sku lat latitude lng lon "
    "longitude hreflang charset encoding robots generator viewport breitengrad längengrad".split()
)
"""Words that end the names of fields which programs write for programs: nobody who looks for something knows them."""
_OF_LANGUAGE = frozenset("lang language languages locale sprache sprachen langue langues".split())
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:[-_](?:[a-z]{2}|[a-z]{4}|\d{3}))?")
NAMED = 5_000
"""Values of a field whose places are looked up."""
_PLACES: dict[tuple[int, str], Mapping[int, tuple[int, ...]]] = {}
"""By the codes of a column and its name: `one_place`, for as long as those codes are there."""


def for_programs(name: str, column: Column) -> bool:
    """Whether a field is a number, an address or a code that programs go by, as "en-GB" for the language of a page: it
    may be filtered by, and is nothing to ask people about."""
    words = name_words(name)
    if not _FOR_PROGRAMS.isdisjoint(words[-1:]):
        return True
    return not _OF_LANGUAGE.isdisjoint(words) and all(map(_LANGUAGE_CODE.fullmatch, column.values))


def held_codes(column: Column, positions: Iterable[int]) -> list[Positions]:
    """The codes of each item's values."""
    if column.codes is None or column.starts is None:
        return []
    codes, starts = np.asarray(column.codes), np.asarray(column.starts)  # slices of a mapped array are slow
    return [codes[starts[at] : starts[at + 1]] for at in positions]


def is_any(name: str, names: Sequence[str]) -> str:
    """The condition that a field is, or holds, what goes by these names."""
    if len(names) == 1:
        return f"{field_text(name)} = {value_text(names[0])}"
    return f"{field_text(name)} in ({', '.join(map(value_text, names))})"


def one_place(name: str, column: Column) -> Mapping[int, tuple[int, ...]]:
    """By its code, each value of a place that has several names here, with the codes of all: "germany" and "de".

    Cost: 10 µs a value, once while the Release that has the column is open. Empty of more than NAMED values.
    """
    if column.codes is None or len(column.values) > NAMED:
        return {}
    key = (id(column.codes), name)
    if (kept := _PLACES.get(key)) is not None:
        return kept
    places: defaultdict[Chain, list[int]] = defaultdict(list)
    for code, chain in enumerate(_chains(name, column.values)):
        if chain:
            places[chain].append(code)
    same = {code: tuple(codes) for codes in places.values() if len(codes) > 1 for code in codes}
    finalize(column.codes, _PLACES.pop, key, None).atexit = False
    _PLACES[key] = same
    return same


def _chains(name: str, values: Sequence[str]) -> list[Chain | None]:
    """As `chains_of`; codes also beside names, where the names are of places of the same kind: "de" beside "france"."""
    chains = chains_of(name, values)
    short = [value for value, chain in zip(values, chains, strict=True) if not chain and len(value) == len("de")]
    coded = dict(zip(short, chains_of(name, short), strict=True))
    around = {chain[1:] for chain in (*chains, *coded.values()) if chain}
    if not any(chains) or len(around) != 1:
        return chains
    return [chain or coded.get(value) for value, chain in zip(values, chains, strict=True)]


def names_of(column: Column, code: int, same: Mapping[int, tuple[int, ...]]) -> list[str]:
    """The names of what has this code, its own first. same: `one_place`."""
    return [column.values[one] for one in dict.fromkeys((code, *same.get(code, ())))]
