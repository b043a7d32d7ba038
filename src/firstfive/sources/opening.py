"""Files as streams of bytes: unpacked as they come, and never by more than is allowed."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from firstfive.errors import SourceError

GZIP = b"\x1f\x8b"
FREE = 1_000_000
"""Unpacked bytes up to which no ratio is looked at: a small page of one repeated line is no bomb."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one item may be, unpacked, and by what factor a compressed file may grow."""

    item_bytes: int = 20_000_000
    ratio: float = 200.0


class Guarded(io.RawIOBase):
    """A gzip stream, unpacked as it is read. Raises SourceError source.bomb once it has grown beyond the ratio."""

    def __init__(self, packed: BinaryIO, name: str, limits: Limits) -> None:
        self._packed = packed
        self._plain = gzip.GzipFile(fileobj=packed, mode="rb")
        self._name = name
        self._limits = limits
        self._unpacked = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fills the buffer as far as one read goes."""
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self._plain.read1(len(view))
        except (OSError, EOFError, zlib.error) as broken:
            raise SourceError(f"{self._name} is not a whole gzip file: {broken}; get it again") from broken
        self._unpacked += len(data)
        check_ratio(self._name, self._unpacked, self._packed.tell(), self._limits)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes the packed file too."""
        self._plain.close()
        self._packed.close()
        super().close()


def check_ratio(name: str, unpacked: int, packed: int, limits: Limits) -> None:
    """Raises SourceError source.bomb where a file has grown by more than is allowed."""
    if unpacked > FREE and unpacked > limits.ratio * max(packed, 1):
        raise SourceError(
            f"{name} grows from {packed:,} to more than {unpacked:,} bytes, over {limits.ratio:g} times its size; "
            "unpack it yourself if you trust it, or raise import.max_ratio",
            code="source.bomb",
        )


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is gzip. Raises SourceError where it cannot be read."""
    try:
        file = path.open("rb")
    except OSError as wrong:
        raise unreadable(path, wrong) from wrong
    with file:
        try:
            packed = file.read(2) == GZIP
            file.seek(0)
            stream = io.BufferedReader(Guarded(file, str(path), limits), 1 << 16) if packed else file
            yield stream
        except OSError as wrong:
            raise unreadable(path, wrong) from wrong


def unreadable(path: Path, wrong: OSError) -> SourceError:
    """What to say of a file that the system does not give."""
    return SourceError(f"{path} cannot be read: {wrong.strerror or wrong}; check the name and that you may read it")


def beginning(path: Path, limits: Limits, size: int = 1 << 16) -> bytes:
    """The first bytes of the file, unpacked."""
    with opened(path, limits) as stream:
        return stream.read(size)
