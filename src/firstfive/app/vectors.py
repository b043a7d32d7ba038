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

from firstfive.app.alone import alone
from firstfive.errors import SourceError, StoreError
from firstfive.index import RowWriter
from firstfive.observe import Quiet, log
from firstfive.ports import Progress
from firstfive.sources.vectors import read_vectors
from firstfive.types import digest

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId, Vectors

FOLDER, ROWS, ABOUT = "vectors", "rows.f32", "about.json"


class _About(msgspec.Struct, frozen=True):
    """What was imported. digest: of each item's vector, in whatever order they came; ids are in the order of rows."""

    digest: str
    size: int
    ids: list[str]


def import_vectors(project: Project, file: str | Path, *, progress: Progress | None = None) -> int:
    """Takes the vectors of a `.npy` file with ids, or of a Parquet file, in place of earlier ones; returns how many.

    They are brought to unit length and go to disk batch by batch. They are used from the next build on; ids that are no
    items are kept for when they are. Raises SourceError model.vectors for ids that come twice, vectors of several sizes
    and vectors without direction, and BuildError build.locked during a build; what was there before then stays.
    """
    progress = progress or Quiet()
    with alone(project.folder, f"firstfive import --vectors {file}"):
        fresh, place = project.folder / f"{FOLDER}.new", project.folder / FOLDER
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            about = _written(str(file), fresh / ROWS, progress)
            (fresh / ABOUT).write_bytes(msgspec.json.encode(about))
            shutil.rmtree(place, ignore_errors=True)
            fresh.rename(place)
        except OSError as error:
            raise StoreError(f"{place} cannot be written: {error.strerror}; free some disk and import again") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return len(about.ids)


def _written(file: str, target: Path, progress: Progress) -> _About:
    """Writes the rows at unit length, one after the other."""
    digests: dict[str, str] = {}
    size = 0
    progress.start("vectors", None)
    with target.open("wb") as rows:
        for ids, vectors in read_vectors(file):
            unit = _at_unit_length(file, ids, vectors)
            for name, row in zip(ids, unit, strict=True):
                if name in digests:
                    raise _unfit(file, f"the id {name!r} comes twice")
                digests[name] = digest(row.tobytes())
            rows.write(unit.tobytes())
            size = unit.shape[1]
            progress.advance("vectors", len(ids))
    progress.finish("vectors")
    if not digests:
        raise SourceError(f"{file} holds no vectors; give one row of numbers for each item", code="model.vectors")
    return _About(digest(*(part for one in sorted(digests.items()) for part in one)), size, list(digests))


def _at_unit_length(file: str, ids: Sequence[ItemId], vectors: Vectors) -> Vectors:
    """In doubles: the square of a small or a large float is 0 or infinite."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if not lengths.all():
        raise _unfit(file, f"the vector of {ids[int(lengths.argmin())]!r} has the length 0")
    return np.asarray(vectors / lengths[:, None], dtype=np.float32)


def _unfit(file: str, what: str) -> SourceError:
    return SourceError(f"{file}: {what}; give each item one vector that points somewhere", code="model.vectors")


def own_digest(project: Project) -> str:
    """A hash of the imported vectors; empty where there are none."""
    about = _about(project)
    return about.digest if about else ""


def write_own(project: Project, folder: Path, items: Sequence[str], exact_rows: int) -> None:
    """The rows of these items, in their order, as a channel's files; an item without a vector has no row."""
    about = _about(project)
    if about is None:
        raise _broken(project, "they are gone")
    try:
        rows = np.memmap(project.folder / FOLDER / ROWS, np.float32, "r", shape=(len(about.ids), about.size))
    except (OSError, ValueError) as error:
        raise _broken(project, str(error)) from error
    row_of = {name: row for row, name in enumerate(about.ids)}
    chosen = [row_of.get(item) for item in items]
    found = sum(row is not None for row in chosen)
    if found < len(items):
        log("build").warning(
            "%d of %d items have a vector of your own; the others are not in that file", found, len(items)
        )
    writer = RowWriter(folder, about.size, found, len(items))
    for row in chosen:
        writer.add(rows[row : row + 1] if row is not None else rows[:0])
    writer.close(exact_rows)


def _about(project: Project) -> _About | None:
    try:
        return msgspec.json.decode((project.folder / FOLDER / ABOUT).read_bytes(), type=_About)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise _broken(project, str(error)) from error


def _broken(project: Project, what: str) -> StoreError:
    return StoreError(
        f"the imported vectors in {project.folder / FOLDER} cannot be read: {what}; import them again",
        code="store.broken",
    )
