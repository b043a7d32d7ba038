"""The word pieces of each item, memory-mapped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstfive.index.files import damaged

if TYPE_CHECKING:
    from firstfive.types import Pieces, Scores

PIECES, STARTS = "pieces.u32", "starts.npy"


class PieceWriter:
    """Writes items' pieces, item by item."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._file = (folder / PIECES).open("wb")
        self._starts = [0]

    def add(self, *items: Pieces) -> None:
        """The next items' pieces, (k,) each, distinct."""
        self._file.write(np.concatenate([_NONE, *items]).astype("<u4").tobytes())
        for pieces in items:
            self._starts.append(self._starts[-1] + len(pieces))

    def close(self) -> None:
        """Finishes the files."""
        self._file.close()
        np.save(self._folder / STARTS, np.array(self._starts, dtype=np.int64))


class MappedPieces:
    """The pieces of every item of a Release."""

    def __init__(self, folder: Path) -> None:
        try:
            self._starts = np.load(folder / STARTS)
            total = int(self._starts[-1])
            raw = np.memmap(folder / PIECES, dtype="<u4", mode="r", shape=(total,)) if total else _NONE
            self._pieces = np.asarray(raw)  # a slice of a memmap object costs nine times as much
        except (OSError, ValueError, IndexError) as error:
            raise damaged(folder, str(error)) from error

    def of(self, position: int) -> Pieces:
        """(k,): the item's pieces, ascending."""
        return np.asarray(self._pieces[self._starts[position] : self._starts[position + 1]], dtype=np.uint32)

    def counts(self, vocabulary: int) -> Scores:
        """(vocabulary,): in how many items each piece stands."""
        return np.bincount(self._pieces, minlength=vocabulary).astype(np.float32)


_NONE = np.empty(0, dtype=np.uint32)
