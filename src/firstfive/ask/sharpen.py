"""Buttons on a result that sharpen further: "like this, but smaller", "like this, in the same place".

Each is built from a real difference between the shown item and other candidates, so none leads to nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from firstfive.ask.stated import for_programs, held_codes, is_any, names_of, one_place
from firstfive.ask.topics import LONGEST, asked_as
from firstfive.features import FIRST, field_text, name_words, value_text
from firstfive.features.weekly import is_plain
from firstfive.types import Sharpening

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Numbers, Positions

BUTTONS = 2
"""Of one result."""
OTHERS = 5
"""So many candidates that are not shown must fit, at least."""
APART = 0.05
"""And hold at least this share of the chance, and leave as much to others."""
ALMOST_ALL = 0.9
"""A value that this share of the candidates which state the field have tells nobody apart."""
_ONLY_MORE = frozenset(
    "rating ratings score scores stars star reviews grade bewertung bewertungen sterne punkte rezensionen "
    "note notes étoiles avis évaluation évaluations".split()
)
_ONLY_LESS = frozenset(
    "price prices cost costs fee fees rent deposit min minimum preis preise kosten gebühr gebühren miete kaution "
    "mindest mindestens prix coût coûts frais loyer caution tarif tarifs".split()
)
"""Words of the names of numbers that nobody wants less of, or more."""
_OF_EITHER = frozenset("age risk difficulty risiko schwierigkeit risque difficulté".split())
"""Beside them: that of which somebody may want less, or more."""


def sharpenings(
    columns: Mapping[str, Column],
    positions: Positions,
    shares: Numbers,
    *,
    shown: int = FIRST,
    skip: Collection[str] = (),
    capped: Collection[tuple[str, str]] = (),
) -> tuple[tuple[Sharpening, ...], ...]:
    """For each shown item its buttons, those first that part the other candidates most evenly.

    positions and shares (n,): candidates in the order of the ranking, of which the first `shown` are shown. skip:
    fields that were answered already. capped: (field, "more") of what may not be more, and (field, "less") of what may
    not be less, as was said.
    """
    rest = np.maximum(shares[shown:], 1e-9)
    if not len(rest):
        return tuple(() for _ in range(min(shown, len(positions))))
    rest = rest / rest.sum()
    made: list[list[tuple[float, Sharpening]]] = [[] for _ in range(min(shown, len(positions)))]
    for name, column in sorted(columns.items()):
        if name in skip or for_programs(name, column):
            continue
        for at, kind, values, condition, fits in _WAYS[column.kind](name, column, positions, shown):
            if (name, kind) in capped or kind == _unwanted(name):
                continue
            part, others = float(rest[fits].sum()), int(fits.sum())
            if others >= OTHERS and APART <= part <= 1 - APART:
                button = Sharpening(name, asked_as(name, column.kind), kind, values, condition, others)
                made[at].append((abs(part - 0.5), button))
    return tuple(tuple(_apart(sorted(several, key=lambda one: one[0]))) for several in made)


def _unwanted(name: str) -> str:
    """What nobody asks for of a field: "more" of a price, "less" of a rating, or neither."""
    words = name_words(name)
    less, more = not _ONLY_LESS.isdisjoint(words), not _ONLY_MORE.isdisjoint(words)
    return "" if less == more or not _OF_EITHER.isdisjoint(words) else "more" if less else "less"


def _apart(ranked: Sequence[tuple[float, Sharpening]]) -> Iterator[Sharpening]:
    """The first few, of different fields."""
    seen: set[str] = set()
    for _, button in ranked:
        if button.field not in seen and len(seen) < BUTTONS:
            seen.add(button.field)
            yield button


_Way = tuple[int, Literal["less", "more", "same", "yes"], tuple[str | float, ...], str, "Mask"]


def _numbers(name: str, column: Column, positions: Positions, shown: int) -> Iterator[_Way]:
    if column.numbers is None:
        return
    values = np.asarray(column.numbers[positions], dtype=np.float64)
    others = values[shown:]
    for at, value in enumerate(values[:shown].tolist()):
        if np.isfinite(value):
            yield at, "less", (value,), f"{field_text(name)} < {value_text(value)}", others < value
            yield at, "more", (value,), f"{field_text(name)} > {value_text(value)}", others > value


def _truths(name: str, column: Column, positions: Positions, shown: int) -> Iterator[_Way]:
    if column.numbers is None:
        return
    values = np.asarray(column.numbers[positions], dtype=np.float64)
    for at, value in enumerate(values[:shown].tolist()):
        if value == 1:
            yield at, "yes", (), f"{field_text(name)} = yes", values[shown:] == 1


def _values(name: str, column: Column, positions: Positions, shown: int) -> Iterator[_Way]:
    held = held_codes(column, positions.tolist())
    same = one_place(name, column)
    sets = [frozenset(same.get(code, (code,))[0] for code in codes.tolist()) for codes in held]
    counts = Counter(code for one in sets for code in one)
    usual = ALMOST_ALL * sum(map(bool, sets))
    for at, codes in enumerate(held[:shown]):
        first = {code: same.get(code, (code,))[0] for code in codes.tolist()}
        for code in [code for code, one in first.items() if counts[one] < usual][:4]:
            value = column.values[code]
            if len(value) <= LONGEST and is_plain(value):
                fits = np.array([first[code] in one for one in sets[shown:]], dtype=bool)
                yield at, "same", (value,), is_any(name, names_of(column, code, same)), fits


_WAYS: Mapping[str, Callable[[str, Column, Positions, int], Iterator[_Way]]] = {
    "number": _numbers,
    "yes/no": _truths,
    "text": _values,
    "list": _values,
    "date": lambda *_: iter(()),
}
