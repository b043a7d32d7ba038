"""Runs the real command line inside the test's process, and says how it ended."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from firstfive.cli import main

COMPANIES = (
    ("hvac-1", "Dunlow Heating", "Family-owned heating and cooling contractor in Ohio. We service furnaces for homes."),
    ("dental-1", "Brack Dental Lab", "Dental laboratory making ceramic crowns and bridges for dentists in Bavaria."),
    ("freight-1", "Pier Nine Freight", "Freight forwarder for refrigerated cargo between Rotterdam and Cork."),
    ("foundry-1", "Ellerbach Castings", "Iron foundry casting pump housings and valve bodies in small series."),
    ("pets-1", "Tumble Pet Kitchen", "Pet food made from fresh meat, sold by subscription to dog owners."),
    ("boxes-1", "Tuckasee Box", "Corrugated packaging converter making partitions for glass makers."),
    ("care-1", "Maple House", "Care home with sixty beds for people living with dementia."),
    ("lift-1", "Kirkstow Lifts", "Elevator maintenance on long contracts for hospitals and councils."),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A finished command."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """stdout as one JSON document."""
        return json.loads(self.out)

    @property
    def problem(self) -> Any:
        """stderr as one problem object."""
        return json.loads(self.err)


def firstfive(*words: str | Path, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Ended:
    """`firstfive WORDS`, with what would be typed and set around it."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.dict("os.environ", environment or {}),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
    ):
        try:
            main([str(word) for word in words], prog_name="firstfive")
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Ended(status, out.getvalue(), err.getvalue())


def written(file: Path, rows: Sequence[tuple[str, str, str]] = COMPANIES) -> Path:
    """A JSONL file of id, title and text."""
    lines = [json.dumps({"id": i, "title": title, "text": text}, ensure_ascii=False) for i, title, text in rows]
    file.write_text("\n".join(lines) + "\n" if lines else "", "utf-8")
    return file


def project(folder: Path, rows: Sequence[tuple[str, str, str]] = COMPANIES, *, embedder: str = "none") -> Path:
    """A project with these items, built. Without an embedder, so that it takes no time."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "firstfive.toml").write_text(f'[models]\nembedder = "{embedder}"\n', "utf-8")
    for ended in (
        firstfive("-p", folder, "import", written(folder / "items.jsonl", rows)),
        firstfive("-p", folder, "build"),
    ):
        assert ended.status == 0, ended.err
    return folder
