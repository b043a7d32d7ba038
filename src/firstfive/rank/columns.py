"""Which items state what: masks over the items of a field's column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Positions


def codes_of(column: Column) -> tuple[Positions, Positions]:
    """Where each item's codes start, and the codes, of a column of values. A slice of a mapped array is slow."""
    assert column.starts is not None
    assert column.codes is not None
    return np.asarray(column.starts), np.asarray(column.codes)


def silent(column: Column) -> Mask:
    """(items,): those that state nothing."""
    if column.numbers is not None:
        return np.isnan(column.numbers)
    return np.asarray(np.diff(codes_of(column)[0]) == 0)


def holders(column: Column, held: Mask) -> Mask:
    """(items,): those that hold one of the codes that are marked, (codes,)."""
    starts, _ = codes_of(column)
    found = np.zeros(len(starts) - 1, dtype=bool)
    found[np.searchsorted(starts, np.flatnonzero(held), side="right") - 1] = True
    return found
