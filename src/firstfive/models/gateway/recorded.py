"""Record and replay: good replies go into a file, a line a call, and come back from it without a network or a model."""

from __future__ import annotations

import fcntl
import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import msgspec

from firstfive.errors import ModelError
from firstfive.models.gateway.replies import FORM, Line, Stored, about
from firstfive.observe import log
from firstfive.ports import Call, Model, Reply, Terms

_LONGEST = 64_000_000
_DECODER = msgspec.json.Decoder(Line)


class Recorded:
    """Writes every good reply, stored ones included: a recorded run can be replayed whole. Each call once a process."""

    def __init__(self, inner: Model, path: Path) -> None:
        self.inner = inner
        self._file = Recording(path)

    def __str__(self) -> str:
        return f"recorded, {self._file.path.name}"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """A recording that cannot be written is said once, and loses no reply."""
        reply = await self.inner(call, terms)
        self._file.add(call.digest, reply, about(call, terms))
        return reply


class Recording:
    """A file that grows by whole lines, gzipped where its name ends so. Safe with several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._written: set[str] = set()
        self._broken = False
        self._whole = path.suffix == ".gz"

    def add(self, digest: str, reply: Reply, whose: str | None) -> None:
        """One line, in one write. A replayed reply keeps the time at which it was first recorded."""
        with self._lock:
            if digest in self._written or self._broken:
                return
            self._written.add(digest)
            line = Line(digest, reply.recorded or datetime.now(UTC), Stored.of(reply), whose)
            data = msgspec.json.encode(line) + b"\n"
            try:
                self._append(gzip.compress(data) if self.path.suffix == ".gz" else data)
            except OSError as error:
                self._broken = True
                log("models").error("%s cannot be written, so nothing is recorded: %s", self.path, error.strerror)

    def _append(self, data: bytes) -> None:
        with _alone(self.path):
            if not self._whole:
                data = (b"" if _ends_a_line(self.path) else b"\n") + data
                self._whole = True
            _write(self.path, data, os.O_APPEND)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While the `with` lasts nobody else, in whatever process, adds to the recording or takes from it."""
    with path.with_name(f".{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes, how: int) -> None:
    """For the owner's eyes only."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    try:
        while data:
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def _ends_a_line(path: Path) -> bool:
    """Whether another line can follow: a process that was killed may have left half of one."""
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
    except OSError:  # there is none, or it is empty
        return True


class Replay:
    """A Model that answers what was recorded, and nothing else. The file is read at the first call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[str, bytes] | None = None

    def __str__(self) -> str:
        return f"replay, {self._path.name}"

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # no terms change what was recorded
        """Raises ModelError model.not_recorded, and model.files where the file cannot be read."""
        if self._lines is None:
            self._lines = dict(_lines(self._path))
        line = self._lines.get(call.digest)
        if line is None:
            what = f"{call.step}, prompt {call.prompt or 'none'}"
            raise ModelError(
                f"{self._path.name} has no reply to this call ({what}): the prompt, the text or the settings changed "
                "since; record it again with models.record, or name a model that can answer",
                code="model.not_recorded",
            )
        read = _DECODER.decode(line)
        return replace(read.reply.reply(), source="replay", recorded=read.recorded)


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each whole line by its call's digest; a line that was cut off, or has another form, is left out."""
    opener = gzip.open if path.suffix == ".gz" else open
    known = 0
    try:
        with opener(path, "rb") as file:
            for line in iter(lambda: file.readline(_LONGEST), b""):
                if (digest := _digest(line)) is not None:
                    known += 1
                    yield digest, line
    except (OSError, EOFError, zlib.error) as error:
        if known and not isinstance(error, OSError):  # a last write that was cut off
            log("models").warning("the recording %s ends in the middle of a reply", path)
            return
        raise ModelError(
            f"the recording {path} cannot be read ({getattr(error, 'strerror', '') or error}); "
            "name one that is there after replay:, or record one with models.record",
            code="model.files",
        ) from error


def _digest(line: bytes) -> str | None:
    """Of the call that the line answers; None for what is no line of ours."""
    try:
        read = _DECODER.decode(line)
    except (msgspec.DecodeError, ValueError):
        return None
    return read.digest if read.reply.form == FORM else None


def forget(path: Path, goes: Callable[[str | None, datetime], bool]) -> int:
    """Takes replies out of a recording that may hold people's words, those of which `goes` is true; how many.

    goes: of `about` of the call, and the time; not asked of those that are about the catalogue. A recording that is not
    there is no error. Raises ModelError model.files where it cannot be read or written.
    """
    if not path.exists():
        return 0
    try:
        with _alone(path):
            return _forget(path, goes)
    except OSError as error:
        raise ModelError(
            f"the recording {path} cannot be written ({error.strerror}), so what people said is still in it; "
            "make it writable and erase again, or remove the file",
            code="model.files",
        ) from error


def _forget(path: Path, goes: Callable[[str | None, datetime], bool]) -> int:
    lines = [(line, _DECODER.decode(line)) for _, line in _lines(path)]
    kept = [line for line, read in lines if read.about == "" or not goes(read.about, read.recorded)]
    if len(kept) < len(lines):
        data, beside = b"".join(kept), path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        _write(beside, gzip.compress(data) if path.suffix == ".gz" else data, os.O_EXCL)
        beside.replace(path)
    return len(lines) - len(kept)


def first_of_each(recording: bytes) -> list[bytes]:
    """The line of each call that was written first: a run that was stopped repeats, with another time, what it had."""
    lines = {digest: line for line in reversed(recording.splitlines(keepends=True)) if (digest := _digest(line))}
    return list(lines.values())


def packed(lines: Iterable[bytes]) -> bytes:
    """Lines of a recording as a gzipped one, in the order of their digests: equal replies make equal bytes."""
    return gzip.compress(b"".join(sorted(lines)), mtime=0)
