"""Use case: the user's own vectors, beside ours or instead of them.

They are a channel of their own, `own`: it takes part in a request that brings a vector of the same space, or that
names items to be like or unlike, and in neighbours where there is no embedder.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.errors import SourceError, StoreError
from firstfive.index import RowWriter
from firstfive.observe import Quiet
from firstfive.ports import Progress
from firstfive.sources.vectors import read_vectors
from firstfive.types import digest

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

FOLDER, ROWS, IDS, DIGEST = "vectors", "rows.npy", "ids.json", "digest"


def import_vectors(project: Project, file: str | Path, *, progress: Progress | None = None) -> int:
    """Takes the vectors of a `.npy` file with ids, or of a Parquet file, in place of earlier ones; returns how many.

    They are brought to unit length, and are used from the next build on. Raises SourceError model.vectors for ids that
    come twice, vectors of several sizes and vectors without direction; what was there before then stays.
    """
    progress = progress or Quiet()
    progress.start("vectors", None)
    row_of: dict[str, int] = {}
    parts = []
    for ids, vectors in read_vectors(str(file)):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        twice = next((name for name in ids if name in row_of), None) or (None if len(set(ids)) == len(ids) else ids[0])
        if twice is not None or not (lengths > 0).all():
            what = f"{twice!r} comes twice" if twice is not None else "a vector has the length 0"
            raise SourceError(f"{file}: {what}; give each item one vector", code="model.vectors")
        row_of.update({name: len(row_of) + number for number, name in enumerate(ids)})
        parts.append((vectors / lengths).astype(np.float32))
        progress.advance("vectors", len(ids))
    progress.finish("vectors")
    if not parts:
        raise SourceError(f"{file} holds no vectors; give one row of numbers for each item", code="model.vectors")
    _save(project.folder, np.concatenate(parts), list(row_of))
    return len(row_of)


def own_digest(project: Project) -> str:
    """A hash of the imported vectors; empty where there are none."""
    path = project.folder / FOLDER / DIGEST
    return path.read_text("ascii").strip() if path.exists() else ""


def write_own(project: Project, folder: Path, items: Sequence[str], exact_rows: int) -> None:
    """The rows of these items, in their order, as a channel's files; an item without a vector has no row."""
    place = project.folder / FOLDER
    try:
        rows = np.load(place / ROWS, mmap_mode="r")
        row_of = {name: row for row, name in enumerate(msgspec.json.decode((place / IDS).read_bytes(), type=list[str]))}
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"the imported vectors in {place} cannot be read: {error}; import them again", code="store.broken"
        ) from error
    chosen = [row_of.get(item) for item in items]
    writer = RowWriter(folder, rows.shape[1], sum(row is not None for row in chosen), len(items))
    for row in chosen:
        writer.add(rows[row : row + 1] if row is not None else rows[:0])
    writer.close(exact_rows)


def _save(project: Path, rows: np.ndarray, ids: list[str]) -> None:
    fresh, place = project / f"{FOLDER}.new", project / FOLDER
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        np.save(fresh / ROWS, rows)
        (fresh / IDS).write_bytes(msgspec.json.encode(ids))
        (fresh / DIGEST).write_text(digest(rows.tobytes(), *ids), "ascii")
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
    except OSError as error:
        raise StoreError(f"{place} cannot be written: {error.strerror}; free some disk and import again") from error
