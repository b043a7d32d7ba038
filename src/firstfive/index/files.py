"""A Release's folder: sealed with a manifest of sizes and checksums, checked when it is opened."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from firstfive.errors import FirstFiveError, IndexFileError, StoreError

MANIFEST = "manifest.json"
WHOLE = 64 << 20
BLOCK = 1 << 20
SYNCS = 8

BORDER: dict[type[BaseException], type[FirstFiveError]] = {msgspec.MsgspecError: IndexFileError}


def seal(folder: Path, about: Mapping[str, object]) -> None:
    """Writes the manifest and makes every file durable. The folder may be renamed into place after this."""
    files = {str(path.relative_to(folder)): [path.stat().st_size, checksum(path)] for path in _files(folder)}
    content = {"about": dict(about), "files": files}
    manifest = msgspec.json.encode({**content, "check": _check(content)})
    (folder / MANIFEST).write_bytes(msgspec.json.format(manifest))
    written = _files(folder)
    with ThreadPoolExecutor(SYNCS) as pool:  # a disk makes several files durable in the time of one
        for paths in (written, {path.parent for path in written}):
            list(pool.map(sync, paths))


def open_folder(folder: Path) -> Mapping[str, object]:
    """What `seal` was told about this folder, after checking each file's size and checksum.

    Raises IndexFileError index.corrupt that names the first damaged file.
    """
    about, files = _manifest(folder)
    for name, (size, crc) in files.items():
        path = folder / name
        try:
            if path.stat().st_size != size or checksum(path) != crc:
                raise damaged(path, "its content is not what was written")
        except OSError as error:
            raise damaged(path, error.strerror or str(error)) from error
    return about


def read_about(folder: Path) -> Mapping[str, object]:
    """What `seal` was told about this folder; its files are not looked at. Raises IndexFileError index.corrupt."""
    return _manifest(folder)[0]


def sealed(folder: Path) -> list[Path]:
    """The files that were sealed, relative to the folder. Raises IndexFileError index.corrupt."""
    return [Path(name) for name in _manifest(folder)[1]]


def size_bytes(folder: Path) -> int:
    """How large the folder's files are together, as `seal` found them. Raises IndexFileError index.corrupt."""
    return sum(size for size, _ in _manifest(folder)[1].values())


def _manifest(folder: Path) -> tuple[Mapping[str, object], Mapping[str, tuple[int, int]]]:
    """What is said about the folder, and each file's size and checksum."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes())
        files, about = dict(manifest["files"]), dict(manifest["about"])
        whole = manifest["check"] == _check({"about": about, "files": files})
    except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise damaged(folder / MANIFEST, str(error)) from error
    if not whole:
        raise damaged(folder / MANIFEST, "its content is not what was written")
    return about, files


def mapped(path: Path) -> NDArray[Any]:
    """The array of an .npy file, memory-mapped: a plain view, since slices of a memmap object cost nine times as much.

    Raises OSError and ValueError as numpy does.
    """
    return np.asarray(np.load(path, mmap_mode="r"))


def damaged(path: Path, why: str) -> IndexFileError:
    """The error for a file of the index that cannot be trusted."""
    return IndexFileError(
        f"{path} is damaged: {why}; run `firstfive build` to write the Release again, "
        "or `firstfive release use` another one that `firstfive release list` shows",
        code="index.corrupt",
    )


def unwritten(path: Path, why: str) -> StoreError:
    """The error for a file of the index that could not be written; for all that is known, the disk is full."""
    return StoreError(
        f"{path} could not be written: {why}; free some disk and run `firstfive build` again: what was made is kept",
        code="store.full",
    )


def checksum(path: Path) -> int:
    """CRC-32 of a file; of 64 blocks spread over it where it is larger than 64 MB, so that opening stays quick."""
    size = path.stat().st_size
    crc = 0
    with path.open("rb") as file:
        for start in _starts(size):
            file.seek(start)
            crc = zlib.crc32(file.read(BLOCK), crc)
    return crc


def _check(content: Mapping[str, object]) -> int:
    return zlib.crc32(msgspec.json.encode(content, order="deterministic"))


def _starts(size: int) -> Iterator[int]:
    if size <= WHOLE:
        yield from range(0, size, BLOCK)
    else:
        yield from (block * (size - BLOCK) // 63 for block in range(64))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))


def sync(path: Path) -> None:
    """Makes a file, or the entries of a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
