"""Success@5 and others of the default settings on four judged collections.

    FIRSTFIVE_DATA=... python benchmarks/quality.py [SET ...]

Each is imported, built and ranked as a user would, with no setting changed. The data is found through FIRSTFIVE_DATA.
"""

from __future__ import annotations

import sys
import tempfile

import measuring

import firstfive
from firstfive.app.collect import import_sources
from firstfive.app.measure import evaluate

SETS = {
    "job_titles": ("job_titles/items.jsonl", {}, "job_titles"),
    "cranfield": ("cranfield/items.jsonl", {}, "cranfield"),
    "cacm": ("cacm/items.jsonl", {}, "cacm"),
    "yc/oneliner": (
        "yc/companies.csv",
        {"id": "company_id", "text": ("long_description",), "title": ""},
        "yc/oneliner",
    ),
}


def main() -> None:
    """Prints a line a collection."""
    data = measuring.data()
    measuring.machine()
    for name in sys.argv[1:] or SETS:
        source, mapping, judged = SETS[name]
        with tempfile.TemporaryDirectory() as folder:
            firstfive.init(folder)
            with firstfive.open(folder) as project:
                import_sources(project, [str(data / source)], max_bad=1.0, **mapping)  # type: ignore[arg-type]
                built = project.build()
                report = evaluate(data / judged / "queries.jsonl", data / judged / "qrels.trec", project=project)
        print(f"\n{name}: {built.release.items} items, {built.release.passages} passages, {built.copies} copies")
        for line in report.lines():
            print("  ", line)


if __name__ == "__main__":
    main()
