"""Success@5 and others of the default settings on four judged collections.

    FIRSTFIVE_DATA=... python benchmarks/quality.py [SET ...]

Each is imported, built and ranked as a user would, with no setting changed. The data is found through FIRSTFIVE_DATA.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

import measuring

import firstfive
from firstfive.app.collect import import_sources
from firstfive.app.measure import evaluate

SETS = ("job_titles", "cranfield", "cacm", "yc/oneliner")


def main() -> None:
    """Prints a line a collection."""
    data = measuring.data()
    measuring.machine()
    for name in sys.argv[1:] or SETS:
        with tempfile.TemporaryDirectory() as folder:
            firstfive.init(folder)
            with firstfive.open(folder) as project:
                import_sources(project, [str(items(name, data, Path(folder)))], max_bad=1.0)
                built = project.build()
                report = evaluate(data / name / "queries.jsonl", data / name / "qrels.trec", project=project)
        print(f"\n{name}: {built.release.items} items, {built.release.passages} passages, {built.copies} copies")
        for line in report.lines():
            print("  ", line)


def items(name: str, data: Path, folder: Path) -> Path:
    """The collection's items. Those of yc are the companies' long descriptions alone: the one-liners ask for them."""
    if name != "yc/oneliner":
        return data / name / "items.jsonl"
    target = folder / "long.jsonl"
    with (
        (data / "yc/companies.csv").open(encoding="utf-8", newline="") as rows,
        target.open("w", encoding="utf-8") as out,
    ):
        for row in csv.DictReader(rows):
            if row["long_description"].strip():
                out.write(json.dumps({"id": row["company_id"], "title": "", "text": row["long_description"]}) + "\n")
    return target


if __name__ == "__main__":
    main()
