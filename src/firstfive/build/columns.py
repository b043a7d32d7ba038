"""Typed fields of all items as columns, for filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from firstfive.ports import Column
from firstfive.types import Fields, Value


def columns(kinds: Mapping[str, str], fields: Sequence[Fields]) -> dict[str, Column]:
    """A column a field, in the order of the items. Text is case folded: filters do not mind case."""
    return {name: _column(kind, [item.get(name) for item in fields]) for name, kind in sorted(kinds.items())}


def _column(kind: str, values: Sequence[Value | None]) -> Column:
    if kind in {"number", "yes/no"}:
        numbers = [float("nan") if value is None else float(value) for value in values]  # type: ignore[arg-type]
        return Column(kind, np.array(numbers, dtype=np.float64))
    texts = [_texts(value) for value in values]
    distinct = sorted({text for several in texts for text in several})
    code_of = {text: code for code, text in enumerate(distinct)}
    starts = np.cumsum([0, *(len(several) for several in texts)], dtype=np.int64)
    codes = np.array([code_of[text] for several in texts for text in several], dtype=np.int64)
    return Column(kind, None, tuple(distinct), starts, codes)


def _texts(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    several = value if isinstance(value, tuple) else (str(value),)
    return tuple(dict.fromkeys(text.casefold() for text in several))
