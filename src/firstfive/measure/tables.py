"""Tables of requests and judgements, read row by row and refused with file and line.

They are cut by commas, semicolons or tabs, whatever their ending: spreadsheets save them as their country does. They
are decoded as what is imported is, so that one that Excel saved as Windows-1252 or UTF-16 is read too.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, NoReturn, cast

from firstfive import guard
from firstfive.errors import SourceError

BORDER: dict[type[BaseException], type[SourceError]] = dict.fromkeys(
    (OSError, EOFError, zlib.error, csv.Error), SourceError
)
"""What reading can raise, and what it becomes."""
_NAMED_SEPARATOR = re.compile(r'"?sep=[,;\t]"?\s*', re.IGNORECASE)
"""How Excel may write the separator into a first line of its own."""


def table(path: Path, columns: set[str], advice: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    """(line, cells by column) of each row below the heading. advice: what to do where one of the columns is missing.

    Raises SourceError measure.files.
    """
    with reading(path) as file:
        text = io.StringIO(guard.decode(file.read()), newline="")
    above, first = 0, text.readline()
    if _NAMED_SEPARATOR.fullmatch(first):
        above, first = 1, text.readline()
    rows = csv.DictReader(chain([first] if first else [], text), delimiter=_separator(first, columns), strict=True)
    try:
        if not columns <= set(rows.fieldnames or ()):
            refuse(path, above + 1, f"has the columns {rows.fieldnames}", advice)
        for row in rows:
            yield above + rows.line_num, row
    except csv.Error as wrong:
        refuse(path, above + rows.line_num + 1, f"cannot be read: {wrong}", "correct it", wrong)


def _separator(heading: str, columns: set[str]) -> str:
    """The sign that cuts the heading into these columns; a comma where none does."""
    return next((sign for sign in ",;\t" if columns <= set(next(csv.reader([heading], delimiter=sign), ()))), ",")


@contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is gzipped. Raises SourceError measure.files."""
    try:
        with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as file:
            yield cast("IO[bytes]", file)
    except (OSError, EOFError, zlib.error) as wrong:
        reason = getattr(wrong, "strerror", None) or wrong
        raise SourceError(f"{path} cannot be read: {reason}; check the name", code="measure.files") from wrong


def refuse(path: Path, line: int, what: str, advice: str, cause: Exception | None = None) -> NoReturn:
    """Raises SourceError measure.files: what is wrong with a line, and what to do."""
    raise SourceError(f"{path}, line {line}, {what}; {advice}", code="measure.files") from cause
