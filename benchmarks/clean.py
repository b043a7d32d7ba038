"""Cleaning and copies, measured: main text against trafilatura, mojibake, rows a second, near-copies.

    FIRSTFIVE_DATA=... python benchmarks/clean.py

The score of main text is that of the public article-extraction benchmark: runs of four words, precision and recall
averaged over pages, F1 of the two; the interval of the difference is a bootstrap over pages.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import trafilatura
from numpy.typing import NDArray

from firstfive import guard
from firstfive.build import clean
from firstfive.build.copies import copies
from firstfive.types import Doc, ItemId, Page

WORD = re.compile(r"\w+")
WAYS: dict[str, dict[str, bool]] = {
    "as it comes": {},
    "precision": {"favor_precision": True},
    "recall": {"favor_recall": True},
    "fast": {"fast": True},
    "no tables": {"include_tables": False},
}
"""trafilatura's settings, each with and without comments: the best of them is what to beat."""


def runs(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words; a shorter text is one run."""
    words = WORD.findall(text)
    return Counter(run for at in range(max(1, len(words) - 3)) if (run := tuple(words[at : at + 4])))


def hits(truth: str, text: str) -> tuple[float, float, float]:
    """Shares of runs found rightly, found wrongly and missed."""
    right, found = runs(truth), runs(text)
    both = sum((right & found).values())
    counts = np.array([both, found.total() - both, right.total() - both], dtype=float)
    total = counts.sum()
    shares = counts / total if total else counts
    return float(shares[0]), float(shares[1]), float(shares[2])


def f1(shares: NDArray[np.float64]) -> float:
    """F1 of mean precision and mean recall over pages (n, 3)."""
    right, wrong, missed = shares.T
    precision = float((right / np.maximum(right + wrong, 1e-12))[right + wrong > 0].mean())
    recall = float((right / np.maximum(right + missed, 1e-12))[right + missed > 0].mean())
    return 2 * precision * recall / (precision + recall)


def main_text(data: Path) -> None:
    """Our F1 and that of each of trafilatura's settings, on the same pages in the same run."""
    truth = {n: page["articleBody"] for n, page in json.loads((data / "ground-truth.json").read_text("utf-8")).items()}
    bodies = {name: gzip.decompress((data / "html" / f"{name}.html.gz").read_bytes()) for name in truth}
    table: dict[str, NDArray[np.float64]] = {}

    def measure(label: str, text_of: Callable[[bytes], str]) -> None:
        began = time.perf_counter()
        texts = {name: text_of(body) for name, body in bodies.items()}
        seconds = time.perf_counter() - began
        table[label] = np.array([hits(truth[name], texts[name]) for name in truth])
        print(f"  {label:35} F1 {f1(table[label]):.4f}   {len(bodies) / seconds:6.0f} pages/s")

    measure("firstfive", ours)
    for comments in (True, False):
        for label, way in WAYS.items():
            settings = {"include_comments": comments, **way}
            measure(f"trafilatura, {label}{'' if comments else ', no comments'}", partial(theirs, settings))
    best = max((label for label in table if label != "firstfive"), key=lambda label: f1(table[label]))
    low, high = bootstrap(table["firstfive"], table[best])
    difference = f1(table["firstfive"]) - f1(table[best])
    print(f"  firstfive minus the best ({best}): {difference:+.4f}, 95 % interval [{low:+.4f}, {high:+.4f}]")


def bootstrap(ours_: NDArray[np.float64], theirs: NDArray[np.float64], times: int = 4_000) -> tuple[float, float]:
    """The 95 % interval of the difference, over pages drawn anew."""
    chance = np.random.default_rng(5)
    drawn = (chance.integers(0, len(ours_), len(ours_)) for _ in range(times))
    low, high = np.percentile([f1(ours_[rows]) - f1(theirs[rows]) for rows in drawn], [2.5, 97.5])
    return float(low), float(high)


def theirs(settings: dict[str, Any], body: bytes) -> str:
    """trafilatura's text of a page."""
    return trafilatura.extract(guard.decode(body), **settings) or ""


def ours(body: bytes) -> str:
    """The cleaned text of a page."""
    made = clean.clean(Page(ItemId("x"), "html", "", body, {}))
    return made.text if isinstance(made, Doc) else ""


def mojibake(data: Path) -> None:
    """How many broken texts come out right, and how many whole ones change."""
    for file in sorted(data.glob("*.json")):
        cases = json.loads(file.read_text("utf-8"))
        right = sum(
            guard.printable(cleaned(case["original"]))[0]
            in {guard.printable(case[key])[0].strip() for key in ("fixed", "fixed-encoding") if key in case}
            for case in cases
        )
        print(f"  {file.stem:20} {right:3} of {len(cases):3} come out as they should")


def cleaned(text: str) -> str:
    """A text as a cell of a table, cleaned."""
    made = clean.clean(Page(ItemId("x"), "text", "", text.encode("utf-8", "surrogatepass"), {}))
    return made.text if isinstance(made, Doc) else ""


def rows(data: Path) -> None:
    """Rows of tables cleaned in a second, and near-copies found among them."""
    csv.field_size_limit(sys.maxsize)
    with (data / "yc" / "companies.csv").open(encoding="utf-8", newline="") as file:
        companies = [(r["company_id"], r["company_name"], r["long_description"]) for r in csv.DictReader(file)]
    with gzip.open(data / "equities" / "companies.csv.gz", "rb") as packed:
        reader = csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline=""))
        equities = [(r["symbol"], r["name"], r["summary"]) for r in reader]
    for name, table in (("yc", companies), ("equities", equities)):
        pages = [Page(ItemId(id_), "text", title, text.encode(), {}) for id_, title, text in table]
        began = time.perf_counter()
        docs = [made for page in pages if isinstance(made := clean.clean(page), Doc)]
        print(f"  {name:10} {len(pages) / (time.perf_counter() - began):8.0f} rows/s cleaned")
        copied([f"{doc.title}\n{doc.text}" for doc in docs], name)


def copied(texts: Sequence[str], name: str) -> None:
    """Seconds to find the near-copies; the faster of two runs."""
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        heads = copies(texts, 0.8)
        seconds.append(time.perf_counter() - began)
    found = int((heads != np.arange(len(heads))).sum())
    print(f"  {name:10} {min(seconds):8.2f} s for near-copies: {found:,} of {len(texts):,} texts")


def run() -> int:
    """All of it; 0 where there was data to measure on."""
    folder = os.environ.get("FIRSTFIVE_DATA")
    if not folder:
        print("FIRSTFIVE_DATA names no folder of data: nothing measured")
        return 0
    data = Path(folder)
    print(f"Python {sys.version.split()[0]}, trafilatura {trafilatura.__version__}, numpy {np.__version__}")
    print("Main text (html_articles)")
    main_text(data / "html_articles")
    print("Broken encodings (mojibake)")
    mojibake(data / "mojibake")
    print("Rows and near-copies")
    rows(data)
    return 0


if __name__ == "__main__":
    sys.exit(run())
