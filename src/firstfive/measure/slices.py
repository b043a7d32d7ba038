"""A measure by kinds of requests: by length, by language, by what they ask for. A mean can hide who is served badly.

    slices(values, {"length": by_length(texts)}, baseline=others) -> a Slice for each kind of each

Looking at many slices finds a difference somewhere by chance, so the intervals of differences are widened by how many
slices there are (Bonferroni, in the form of Dunn, JASA 1961): all of them hold together 95 times in 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import FEW, LEVEL, Interval, intervals

if TYPE_CHECKING:
    from firstfive.types import Numbers

LENGTHS = ((3, "1 to 3 words"), (8, "4 to 8 words"))
LONGER = "9 words or more"


@dataclass(frozen=True, slots=True)
class Slice:
    """A measure over the requests of one kind. by: what divides them; name: which part this is.

    value and difference are None below FEW requests: not enough data yet. difference: to the baseline, paired, with an
    interval widened for the number of slices.
    """

    by: str
    name: str
    requests: int
    value: Interval | None
    difference: Interval | None = None

    @property
    def clear(self) -> bool:
        """Whether a difference was shown, all slices taken together."""
        return self.difference is not None and (self.difference.low > 0 or self.difference.high < 0)

    def __str__(self) -> str:
        head = f"{self.by} {self.name}, {self.requests} requests: "
        if self.value is None:
            return f"{head}not enough data yet, {FEW} are needed"
        told = f"{head}{self.value.value:.3f} [{self.value.low:.3f}, {self.value.high:.3f}]"
        if (d := self.difference) is None:
            return told
        shown = "shown" if self.clear else "not shown"
        return f"{told}, difference {d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}], {shown}"


def slices(
    values: Numbers,
    kinds: Mapping[str, Sequence[str]],
    *,
    baseline: Numbers | None = None,
    lowest: float = 0.0,
    highest: float = 1.0,
    seed: int = 0,
) -> tuple[Slice, ...]:
    """Each kind's parts, by name. values and baseline (n,), query by query; kinds: a name a query, empty for none.

    Raises UsageError where the numbers of values, baseline and names differ.
    """
    sizes = {"values": len(values), **{by: len(names) for by, names in kinds.items()}}
    if baseline is not None:
        sizes["baseline"] = len(baseline)
    if len(set(sizes.values())) > 1:
        raise UsageError(f"there are {', '.join(f'{n} {name}' for name, n in sizes.items())}; give one of each a query")
    parts = [
        (by, name, np.array([one == name for one in names], bool))
        for by, names in kinds.items()
        for name in sorted({*names} - {""})
    ]
    enough = sum(int(which.sum()) >= FEW for _, _, which in parts)
    found = []
    for by, name, which in parts:
        n = int(which.sum())
        value = difference = None
        if n >= FEW:
            value = intervals(values[which, None], lowest=lowest, highest=highest, seed=seed)[0]
            if baseline is not None:
                away = np.round(values[which, None] - baseline[which, None], 12)
                wide, level = highest - lowest, 1 - (1 - LEVEL) / enough
                difference = intervals(away, lowest=-wide, highest=wide, level=level, seed=seed)[0]
        found.append(Slice(by, name, n, value, difference))
    return tuple(found)


def by_length(texts: Sequence[str]) -> list[str]:
    """Each request's length in words, in three parts."""
    return [next((name for most, name in LENGTHS if len(text.split()) <= most), LONGER) for text in texts]
