"""Parquet as rows and as vectors. pyarrow is an extra, and is imported here alone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from firstfive.errors import SourceError
from firstfive.sources.jsonl import plain
from firstfive.sources.lines import rejected
from firstfive.sources.nested import Cells
from firstfive.sources.opening import FREE, Limits, check_ratio
from firstfive.sources.tables import Row
from firstfive.types import Rejected

BATCH = 128
"""Rows read at once: so many large ones fit into memory, and reading more at once is hardly faster."""


def read_parquet(path: Path, limits: Limits) -> Iterator[Row | Rejected]:
    """Rows in the order of the file; a row's line is its number, from 1.

    Raises SourceError: source.missing_extra without pyarrow, source.bomb, source.unreadable.
    """
    number, flat = 0, Cells(_cell)
    for batch in _batches(path, limits):
        for values in batch.to_pylist():
            number += 1
            cells = flat.of(values)
            size = sum(map(len, cells.values()))
            if size > limits.item_bytes:
                advice = "shorten the row, or raise import.max_item_mb"
                yield rejected(str(path), number, f"the row has {size:,} characters", advice)
            else:
                yield Row(number, cells)


def columns_of(path: Path, limits: Limits) -> Iterator[dict[str, list[Any]]]:
    """The file batch by batch, as lists by column, with values as they are."""
    for batch in _batches(path, limits):
        yield batch.to_pydict()


def _batches(path: Path, limits: Limits) -> Iterator[Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as missing:
        raise SourceError(
            f"reading {path} needs pyarrow: pip install 'firstfive[parquet]'", code="source.missing_extra"
        ) from missing
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            groups = (file.metadata.row_group(at).total_byte_size for at in range(file.metadata.num_row_groups))
            check_ratio(str(path), max(sum(groups), FREE), path.stat().st_size, limits)
            read = 0  # the footer counts a value that many rows share once
            for batch in file.iter_batches(batch_size=BATCH):
                read += batch.nbytes
                check_ratio(str(path), max(read, FREE), path.stat().st_size, limits)
                yield batch
    except (pyarrow.ArrowException, OSError, ValueError) as wrong:
        raise SourceError(f"{path} is not a whole Parquet file: {str(wrong)[:200]}; write it again") from wrong


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    try:
        return plain(value)
    except (TypeError, ValueError):
        return str(value)
