"""8-bit codes of vectors, scanned by faiss from a memory-mapped file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np

from firstfive.errors import FirstFiveError, IndexFileError
from firstfive.index.files import damaged, unwritten
from firstfive.types import Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstfive.types import Vectors

BORDER: dict[type[BaseException], type[FirstFiveError]] = {
    RuntimeError: IndexFileError,
    MemoryError: IndexFileError,
}
SAMPLE = 65_536


def write_codes(path: Path, rows: Vectors) -> None:
    """Codes of all rows. The range of each number is learnt from an even sample, so the file is the same each time.

    Raises StoreError store.full where the file cannot be written.
    """
    index = faiss.IndexScalarQuantizer(rows.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    step = max(1, len(rows) // SAMPLE)
    index.train(np.ascontiguousarray(rows[::step]))
    for start in range(0, len(rows), SAMPLE):
        index.add(np.ascontiguousarray(rows[start : start + SAMPLE]))
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise unwritten(path, str(error).splitlines()[0]) from error


class Codes:
    """The codes of one file."""

    def __init__(self, path: Path) -> None:
        try:
            self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise damaged(path, str(error).splitlines()[0]) from error

    def search(self, vector: Vectors, n: int, allowed: Mask | None = None) -> NDArray[np.int64]:
        """The n rows with the largest approximate product, among the allowed ones."""
        if n <= 0:
            return np.empty(0, np.int64)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        faiss.omp_set_num_threads(1)  # of this thread: one query has no work for two, which would wait for each other
        try:
            _, rows = self._index.search(np.ascontiguousarray(vector[None, :]), n, params=parameters)
        except RuntimeError as error:
            raise IndexFileError(
                f"the vector index could not be searched: {error}; run `firstfive build` again"
            ) from error
        found: NDArray[np.int64] = rows[0][rows[0] >= 0]
        return found
