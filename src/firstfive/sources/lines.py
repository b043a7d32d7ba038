"""Lines of text from a stream of bytes of unknown encoding, numbered from 1, none longer than is allowed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from firstfive import guard
from firstfive.types import Rejected

SAMPLE = 1 << 20
"""Bytes that the encoding is judged by; a stray byte further on is read as windows-1252."""

EXCERPT = 200


class Lines:
    """Reads line by line, with their ends; lines that were read can be put back.

    number is that of the line given last. cut says that it was longer than the limit: its rest was skipped.
    """

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        head = stream.read(SAMPLE)
        name = guard.encoding(head)
        joined = _Rejoined(head, stream)
        errors = "replace" if name.startswith(("utf-16", "utf-32")) else guard.FALLBACK
        self._text = io.TextIOWrapper(io.BufferedReader(joined, 1 << 16), name, errors=errors, newline="")
        self._limit = limit
        self._back: list[str] = []
        self.number = 0
        self.cut = False
        self.binary = is_binary(head.decode(name, "replace")[:10_000])

    def next(self) -> str:
        """The next line with its end; "" after the last one."""
        fresh = not self._back
        line = self._text.readline(self._limit) if fresh else self._back.pop()
        self.number += bool(line)
        self.cut = len(line) >= self._limit and not line.endswith(("\n", "\r"))
        while fresh and self.cut and (rest := self._text.readline(self._limit)):
            if rest.endswith(("\n", "\r")):
                break
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def put_back(self, lines: Iterable[str]) -> None:
        """Gives these lines again, in this order, before what follows."""
        lines = list(lines)
        self._back.extend(reversed(lines))
        self.number -= len(lines)


class _Rejoined(io.RawIOBase):
    """The bytes that were read ahead, then the rest of the stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if self._head:
            part = self._head[: len(view)]
            self._head = self._head[len(part) :]
        else:
            part = memoryview(self._rest.read(len(view)))
        view[: len(part)] = part
        return len(part)


def is_binary(text: str) -> bool:
    """Whether what should be text is mostly signs that no text has."""
    unseen = sum(not (c.isprintable() or c in "\t\r\n\x0c\x1a") for c in text)
    return unseen > 0.1 * len(text)


def rejected(source: str, line: int, reason: str, advice: str, excerpt: str = "") -> Rejected:
    """A record for the quarantine; the excerpt is cut short and made fit to print."""
    return Rejected(source, line, reason, advice, guard.printable(excerpt[: 2 * EXCERPT])[0][:EXCERPT].strip())
