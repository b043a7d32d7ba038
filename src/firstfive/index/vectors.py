"""Vectors of items, searched by each item's best row: exactly where they are few, by 8-bit codes where they are many.

Products are `np.vecdot`, not `@`: one of this size gains nothing from BLAS's threads and, on a busy machine, waits for
them ten times as long as it computes.

Rows lie in catalogue order: item i owns rows[starts[i]:starts[i+1]]. Above `exact_rows` rows, faiss scans 8-bit codes
(a quarter of the bytes) and the best are scored again from the float rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.errors import IndexFileError
from firstfive.index.files import damaged, mapped
from firstfive.ports import Hits
from firstfive.types import Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstfive.types import Vectors

ROWS, STARTS, CODES = "rows.npy", "starts.npy", "codes.faiss"


class RowWriter:
    """Writes rows item by item straight to disk, so that a million need no memory."""

    def __init__(self, folder: Path, size: int, rows: int, items: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rows: Any = (
            np.lib.format.open_memmap(folder / ROWS, mode="w+", dtype=np.float32, shape=(rows, size)) if rows else None
        )
        self._starts = np.zeros(items + 1, dtype=np.int64)
        self._at = self._item = 0
        self._size = size

    def add(self, *items: Vectors) -> None:
        """The next items' rows, (k, size) each; none is allowed."""
        ends = self._at + np.cumsum([len(rows) for rows in items], dtype=np.int64)
        if items and ends[-1] > self._at:
            self._rows[self._at : ends[-1]] = np.concatenate(items)
            self._at = int(ends[-1])
        self._starts[self._item + 1 : self._item + 1 + len(items)] = ends
        self._item += len(items)

    def close(self, exact_rows: int) -> None:
        """Finishes the files; makes 8-bit codes where there are more than `exact_rows` rows."""
        if self._rows is None:
            np.save(self._folder / ROWS, np.empty((0, self._size), np.float32))
        else:
            self._rows.flush()
        np.save(self._folder / STARTS, self._starts)
        if self._at > exact_rows:
            from firstfive.index.codes import write_codes

            write_codes(self._folder / CODES, self._rows)


def open_vectors(folder: Path, rescore: int) -> ExactRows | CodedRows:
    """The channel of a folder written by `RowWriter`, memory-mapped."""
    try:
        rows = mapped(folder / ROWS)
        starts = np.load(folder / STARTS)
    except (OSError, ValueError) as error:
        raise damaged(folder, str(error)) from error
    if (folder / CODES).exists():
        return CodedRows(rows, starts, folder / CODES, rescore)
    return ExactRows(rows, starts)


class _Rows:
    def __init__(self, rows: Vectors, starts: NDArray[np.int64]) -> None:
        if len(starts) == 0 or starts[-1] != len(rows):
            raise IndexFileError("vectors and items do not fit each other; run `firstfive build` again")
        self._rows = rows
        self._starts = starts
        self._one_each = bool((np.diff(starts) == 1).all())

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return int(self._rows.shape[1])

    def rows(self, position: int) -> Vectors:
        """(k, size): the item's rows."""
        return np.asarray(self._rows[self._starts[position] : self._starts[position + 1]])

    def _items_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows if self._one_each else np.searchsorted(self._starts, rows, side="right") - 1


class ExactRows(_Rows):
    """Every row is scored."""

    def search(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        """The n items with the best row. Cost: one pass over all rows."""
        if not len(self._rows):
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        scores = np.vecdot(self._rows, vector)
        if not self._one_each:
            scores = _best_of_each(scores, self._starts)
        if among is not None:
            scores = np.where(among, scores, -np.inf)
        return _top(np.arange(len(scores)), scores, n)


class CodedRows(_Rows):
    """8-bit codes are scanned; the best rows are scored again exactly."""

    def __init__(self, rows: Vectors, starts: NDArray[np.int64], codes: Path, rescore: int) -> None:
        from firstfive.index.codes import Codes

        super().__init__(rows, starts)
        self._codes = Codes(codes)
        self._rescore = rescore
        self._a_piece = max(1, round(len(rows) / max(1, len(starts) - 1)))

    def search(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        """The n items with the best row; the first `rescore` of them as exact search has them."""
        allowed = None if among is None else np.repeat(among, np.diff(self._starts))
        total = len(self._rows) if allowed is None else int(allowed.sum())
        wanted = max(n + self._rescore, self._rescore * 2) * min(self._a_piece, 4)
        while True:
            rows = self._codes.search(vector, min(wanted, total), allowed)
            items = self._items_of(rows)
            distinct = np.unique(items)
            if len(distinct) >= n or len(rows) >= total:
                break
            wanted *= 4
        rows.sort()
        items = self._items_of(rows)
        scores = np.vecdot(np.asarray(self._rows[rows]), vector)
        firsts = np.searchsorted(items, distinct)
        return _top(distinct, np.maximum.reduceat(scores, firsts) if len(firsts) else scores, n)


def _best_of_each(scores: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.float32]:
    full = np.diff(starts) > 0
    best = np.full(len(full), -np.inf, dtype=np.float32)
    best[full] = np.maximum.reduceat(scores, starts[:-1][full])
    return best


def _top(positions: NDArray[np.int64], scores: NDArray[np.float32], n: int) -> Hits:
    """The n best, ties by position; items without a row (-inf) never."""
    if len(scores) > n:
        bar = np.partition(scores, len(scores) - n)[len(scores) - n]
        keep = np.flatnonzero(scores >= bar)
        positions, scores = positions[keep], scores[keep]
    order = np.lexsort((positions, -scores))[:n]
    order = order[np.isfinite(scores[order])]
    return Hits(positions[order].astype(np.int64), scores[order].astype(np.float32))
