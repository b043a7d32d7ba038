"""CSV and TSV as rows, in one pass and in bounded memory, whatever state the quotes are in.

A quote that is never closed would make one row of all that follows. So a row that does not end well, or that ends well
but holds lines that look like rows of their own, costs its first line only, and reading goes on with the next.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from firstfive.errors import SourceError
from firstfive.guard import printable
from firstfive.sources.foreign import READABLE
from firstfive.sources.lines import Lines, rejected
from firstfive.types import Rejected

DELIMITERS = ",;\t|"
SNIFFED_LINES = 60
SHORTEST_SCAN = 4_096
"""Characters that a quote may span at least, however many quotes of the file have turned out never to close."""

_NAMED_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
"""How Excel writes the separator into the first line."""

_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read. line: where it starts, from 1."""

    line: int
    values: dict[str, str]


def read_table(
    stream: IO[bytes], source: str, limit: int, delimiter: str = "", *, named: bool = True
) -> Iterator[Row | Rejected]:
    """Rows by the names in the first line. delimiter "": told by the file, or found out from the first lines.

    Blank lines are no rows, nor are those without a filled cell. named: the file's name says that it is a table.
    Raises SourceError where the file is no text, or neither its name nor its first lines are those of a table.
    """
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limit + 1_000))
    lines = Lines(stream, limit)
    if lines.binary:
        raise SourceError(f"{source} does not hold text; give a CSV, TSV, JSONL, Parquet, HTML or text file")
    if not (delimiter := _named(lines) or delimiter):
        head = _head(lines)
        delimiter = _sniffed(head)
        if not named and not _is_table(head, delimiter):
            raise SourceError(
                f"{source} does not look like a table: most of its first lines should have as many columns as its "
                "first one names, and two at least; name it .csv if it is one, or .txt to import it as one item. What "
                f"can be read is {READABLE}"
            )
    yield from _Table(lines, source, limit, delimiter).rows()


def _named(lines: Lines) -> str:
    """The separator where the first line names it, which is then read; else ""."""
    first = lines.next()
    if named := _NAMED_SEPARATOR.fullmatch(first):
        return named[1]
    lines.put_back([first] if first else [])
    return ""


def _head(lines: Lines) -> list[str]:
    """The first lines, which are still to be read."""
    head: list[str] = []
    while len(head) < SNIFFED_LINES and (line := lines.next()):
        head.append(line)
    lines.put_back(head)
    return head


def _is_table(head: Sequence[str], delimiter: str) -> bool:
    """Whether the first row names two columns at least and most rows have as many; so has a file without any row."""
    rows = [row for row in csv.reader(head, delimiter=delimiter) if any(map(str.strip, row))]
    if not rows:
        return True
    alike = sum(len(row) == len(rows[0]) for row in rows)
    return sum(map(bool, map(str.strip, rows[0]))) > 1 and 2 * alike > len(rows)


def _sniffed(head: Sequence[str]) -> str:
    """The sign that cuts most of the first lines into the same number of cells, more than one."""
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(head, delimiter=delimiter) if row)
        width, often = widths.most_common(1)[0] if widths else (1, 0)
        score = often / max(1, widths.total()) * min(width, 20) ** 0.5 if width > 1 else 0.0
        if score > most:
            best, most = delimiter, score
    return best


class _Table:
    def __init__(self, lines: Lines, source: str, limit: int, delimiter: str) -> None:
        self.lines = lines
        self.source = source
        self.delimiter = delimiter
        self.limit = limit
        self.scan = limit
        self.header: list[str] = []
        self.shapes: set[str] = set()

    def rows(self) -> Iterator[Row | Rejected]:
        while first := self.lines.next():
            number = self.lines.number
            if self.lines.cut:
                yield self._bad(number, first, f"the line is longer than {self.limit:,} characters")
            elif not first.isspace():
                cells = self._cells(first, number)
                if isinstance(cells, Rejected):
                    yield cells
                elif not any(map(str.strip, cells)):
                    continue
                elif self.header:
                    yield self._row(number, first, cells)
                else:
                    self.header = _names(cells)

    def _row(self, number: int, first: str, cells: list[str]) -> Row | Rejected:
        width = len(self.header)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            return self._bad(number, first, f"the row has {len(cells)} columns and the header {width}")
        if len(self.shapes) < 50:
            self.shapes.add(_shape(cells[0]))
        return Row(number, dict(zip(self.header, cells, strict=True)))

    def _cells(self, first: str, number: int) -> list[str] | Rejected:
        if '"' not in first:
            return first.rstrip("\r\n").split(self.delimiter)
        cells, more = self._quoted(first)
        if cells is not None and not more:
            return cells
        if cells is not None and not self._swallowed(cells, more):
            return cells
        self.lines.put_back(more)
        if first.count('"') % 2 == 0:
            alone = next(csv.reader([first], delimiter=self.delimiter), [])
            if len(alone) == len(self.header):
                return alone
        return self._bad(number, first, "a quote is not closed, or stands inside a quoted cell")

    def _quoted(self, first: str) -> tuple[list[str] | None, list[str]]:
        """The row's cells, None where its quotes do not end well, and the further lines that were read for it."""
        more: list[str] = []

        def fed() -> Iterator[str]:
            yield first
            size = len(first)
            while size <= self.scan and (line := self.lines.next()):
                more.append(line)
                size += len(line)
                yield line
            self.scan = max(SHORTEST_SCAN, self.scan // 2)

        try:
            return next(csv.reader(fed(), delimiter=self.delimiter, strict=True), None), more
        except csv.Error:
            return None, more

    def _swallowed(self, cells: Sequence[str], more: Sequence[str]) -> bool:
        """Whether lines inside the row look like rows themselves: as many cells, the first like those seen before."""
        width = len(self.header)
        if width < 2:
            return False
        like = sum(
            len(parts := line.rstrip("\r\n").split(self.delimiter)) == width and _shape(parts[0]) in self.shapes
            for line in more
            if '"' not in line
        )
        return like > 0 and (len(cells) != width or 2 * like >= len(more) - 1)

    def _bad(self, number: int, line: str, reason: str) -> Rejected:
        return rejected(self.source, number, reason, "correct the line in the file and import it again", line)


def _shape(cell: str) -> str:
    return _LETTERS.sub("a", _DIGITS.sub("9", cell))


def _names(cells: Sequence[str]) -> list[str]:
    """The header's names, each once and none empty."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = printable(cell)[0].strip() or f"column_{place}"
        times = 2
        unique = name
        while unique in names:
            unique, times = f"{name}_{times}", times + 1
        names.append(unique)
    return names
