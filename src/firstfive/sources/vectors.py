"""The user's own vectors from a file: `.npy` beside a file of ids, or Parquet with a column of ids and one of lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstfive.errors import SourceError
from firstfive.sources.opening import Limits
from firstfive.sources.parquet import columns_of
from firstfive.types import ItemId

BATCH = 4_096
_ADVICE = "give one row of numbers for each item, all of one size"


def read_vectors(file: str, limits: Limits | None = None) -> Iterator[tuple[list[ItemId], NDArray[np.float32]]]:
    """(ids, vectors (n, size)) batch by batch, in the order of the file; not normalised.

    X.npy needs X.ids.txt or X.txt beside it, an id a line. Of a Parquet file the column "id" (or the first of text) and
    the first column of lists are read. Raises SourceError model.vectors or source.unreadable.
    """
    path = Path(file)
    if not path.is_file():
        raise SourceError(f"there is no file {file}; check the name")
    read = _from_npy if path.suffix.lower() == ".npy" else _from_parquet
    size = 0
    for ids, vectors in read(path, limits or Limits()):
        if vectors.ndim != 2 or len(ids) != len(vectors) or (size and vectors.shape[1] != size):
            raise _unfit(path, f"{len(ids):,} ids stand beside vectors of shape {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise _unfit(path, "some numbers are not finite")
        size = vectors.shape[1]
        yield ids, vectors


def _unfit(path: Path, what: str) -> SourceError:
    return SourceError(f"{path} does not hold usable vectors: {what}; {_ADVICE}", code="model.vectors")


def _floats(numbers: object) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as such
        return np.asarray(numbers, dtype=np.float32)


def _from_npy(path: Path, _: Limits) -> Iterator[tuple[list[ItemId], NDArray[np.float32]]]:
    beside = [path.with_suffix(ending) for ending in (".ids.txt", ".ids", ".txt")]
    names = next((other for other in beside if other.is_file()), None)
    if names is None:
        raise _unfit(path, f"there is no {beside[0].name} with the ids, one a line, beside it")
    try:
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
        ids = names.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError, EOFError) as wrong:
        raise _unfit(path, str(wrong)[:200]) from wrong
    if vectors.ndim != 2 or len(ids) != len(vectors) or vectors.dtype.kind not in "fiu":
        raise _unfit(path, f"{len(ids):,} ids stand beside {vectors.dtype} of shape {vectors.shape}")
    for start in range(0, len(ids), BATCH):
        some = [ItemId(name.strip()) for name in ids[start : start + BATCH]]
        yield some, _floats(vectors[start : start + BATCH])


def _from_parquet(path: Path, limits: Limits) -> Iterator[tuple[list[ItemId], NDArray[np.float32]]]:
    for batch in columns_of(path, limits):
        lists = [name for name, values in batch.items() if isinstance(next(iter(values), None), list)]
        names = [name for name in batch if name == "id"] or [name for name in batch if name not in lists]
        if not lists or not names:
            raise _unfit(
                path, f"its columns are {', '.join(batch)}, and it needs one of ids and one of lists of numbers"
            )
        try:
            vectors = _floats(batch[lists[0]])
        except (TypeError, ValueError) as wrong:
            raise _unfit(path, str(wrong)[:200]) from wrong
        yield [ItemId(str(name)) for name in batch[names[0]]], vectors
