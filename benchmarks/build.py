"""Building yc: against the raw embedder, and again after 1 % of the items changed.

    FIRSTFIVE_DATA=... python benchmarks/build.py

The raw embedder gets the same texts in the same batches, in the same process. The second build must give the same
Release as one from scratch.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import measuring

import firstfive
from firstfive.app.build import BuildReport
from firstfive.app.wiring import Project
from firstfive.build.describe import passages, readings

BATCH = 128


def main() -> None:
    """Prints texts/s, the ratio, and the share of the first build that the second cost."""
    source = measuring.data() / "yc" / "companies.csv"
    measuring.machine()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        changed = _changed(source, folder / "changed.csv")
        with _project(folder / "first") as project:
            project.import_(source)
            texts = _texts(project)
            raw_s = _timed(lambda: _embed(project, texts))
            first, first_s = _build(project)
            project.import_(changed)
            second, second_s = _build(project)
        with _project(folder / "scratch") as project:
            project.import_(changed)
            fresh, fresh_s = _build(project)
    print(f"raw embedder: {len(texts)} texts in {raw_s:.1f} s, {len(texts) / raw_s:.0f} texts/s")
    print(f"build: {first_s:.1f} s, {len(texts) / first_s:.0f} texts/s, {raw_s / first_s:.3f} x the raw embedder")
    print(f"   by step: {', '.join(f'{step} {spent:.2f} s' for step, spent in first.seconds.items())}")
    print(f"second build, 1 % changed: {second_s:.2f} s, {second_s / first_s:.2%} of the first")
    print(f"   by step: {', '.join(f'{step} {spent:.2f} s' for step, spent in second.seconds.items())}")
    print(f"   made {second.made}, and from scratch ({fresh_s:.1f} s) {fresh.made}")
    print(f"   same Release as from scratch: {second.release.id == fresh.release.id}")


def _project(folder: Path) -> Project:
    firstfive.init(folder)
    return firstfive.open(folder)


def _build(project: Project) -> tuple[BuildReport, float]:
    begun = perf_counter()
    report = project.build()
    return report, perf_counter() - begun


def _texts(project: Project) -> list[str]:
    """Every text that a build embeds, in its order."""
    from firstfive.app.cleaning import clean_all
    from firstfive.observe import Quiet

    docs, _ = clean_all(project, Quiet())
    read = sorted((readings(doc.title, doc.text, passages(doc.text)) for doc in docs), key=lambda r: sum(map(len, r)))
    with project.store.unit() as unit:
        unit.ledger.sweep("clean", lambda _: False)  # so that the build measured cleans again
    return [text for one in read for text in one]


def _embed(project: Project, texts: list[str]) -> None:
    assert project.embedder is not None
    size = BATCH * 7  # about as many texts as a build's batch of items
    for start in range(0, len(texts), size):
        project.embedder.embed(texts[start : start + size])


def _changed(source: Path, target: Path) -> Path:
    """The same table with a sentence added to the long description of each hundredth row."""
    with source.open(encoding="utf-8", newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
        rows = csv.DictReader(old)
        writer = csv.DictWriter(new, rows.fieldnames or [])
        writer.writeheader()
        for number, row in enumerate(rows):
            if number % 100 == 0:
                row["long_description"] += " It has moved to a new office this year."
            writer.writerow(row)
    return target


def _timed(work: Callable[[], None]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
