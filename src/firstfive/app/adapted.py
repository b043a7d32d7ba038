"""A Release's adapter: what its embedder's vectors of requests go through, in a folder of its own beside the others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from firstfive.index.files import damaged
from firstfive.learn import Adapter
from firstfive.types import ItemId, digest

if TYPE_CHECKING:
    from collections.abc import Collection

    from firstfive.types import Vectors

PART = "adapter"
"""The part of a Release, and its folder, that the adapter is in."""
FILE = "request.npz"


def name_of(adapter: Adapter) -> str:
    """What stands for it in a Release's hash."""
    return digest(adapter.down.tobytes(), adapter.up.tobytes())


def write(folder: Path, adapter: Adapter, items: Collection[ItemId]) -> None:
    """Writes the adapter into a Release's folder, in place of one that is there. items: those that it was fitted to."""
    shutil.rmtree(folder / PART, ignore_errors=True)
    (folder / PART).mkdir()
    np.savez(folder / PART / FILE, down=adapter.down, up=adapter.up, items=np.array(sorted(items), dtype=np.str_))


def load(folder: Path) -> Adapter | None:
    """What `write` wrote; None where there is none. Raises IndexFileError index.corrupt."""
    path = folder / PART / FILE
    if not (folder / PART).exists():
        return None
    try:
        with np.load(path) as kept:
            return Adapter(_array(kept["down"]), _array(kept["up"]))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise damaged(path, str(error)) from error


def fitted_to(folder: Path) -> frozenset[ItemId]:
    """The items that the adapter was fitted to: what is judged keeps off them. Raises IndexFileError index.corrupt."""
    path = folder / PART / FILE
    if not path.exists():
        return frozenset()
    try:
        with np.load(path) as kept:
            return frozenset(ItemId(str(item)) for item in kept["items"].tolist())
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise damaged(path, str(error)) from error


def carry(before: Path, folder: Path) -> None:
    """Takes the adapter of one Release's folder over into another's: it knows of no item."""
    shutil.copytree(before / PART, folder / PART)


def _array(found: Vectors) -> Vectors:
    if found.ndim != 2 or not np.isfinite(found).all():
        raise ValueError("it is no matrix of numbers")
    return np.asarray(found, dtype=np.float32)
