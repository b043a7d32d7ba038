"""An adapter of the embedder, fitted without labels, on judged collections: what its gate says, and what people's
requests say of it that it never saw.

    FIRSTFIVE_DATA=... python benchmarks/adapter.py [SET [PROJECT]]

PROJECT: one that was built from the set already. The judged half is of the adapter that was fitted, kept or not.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import measuring
import numpy as np
import quality

import firstfive
from firstfive.app import asking
from firstfive.app.adapting import tried, with_adapter
from firstfive.app.collect import import_sources
from firstfive.app.serving import Serving
from firstfive.app.wiring import Project
from firstfive.measure import intervals, read_qrels, read_queries
from firstfive.observe import Quiet
from firstfive.types import Request

SETS = ("yc/oneliner", "job_titles")


def main() -> None:
    """Prints the gate's numbers and the judged ones, a set at a time."""
    measuring.machine()
    for name in sys.argv[1:2] or SETS:
        with _built(name, *sys.argv[2:3]) as project:
            serving = project.recommender.serving
            began = perf_counter()
            fitted, report = tried(serving, Quiet())
            print(f"\n{name}: {len(serving.catalogue)} items, {perf_counter() - began:.0f} s")
            gain = f"{report.gain.value:+.4f} [{report.gain.low:+.4f}, {report.gain.high:+.4f}]"
            print(f"   fitted to {report.pairs}, held against {report.held}: nDCG@10 {gain}")
            print(f"   {f'dropped: {report.why}' if report.why else 'kept'}")
            if fitted:
                _judged(name, serving, with_adapter(serving, fitted))


@contextmanager
def _built(name: str, folder: str = "") -> Iterator[Project]:
    with tempfile.TemporaryDirectory() as scratch:
        if not folder:
            firstfive.init(scratch)
        with firstfive.open(folder or scratch) as project:
            if not folder:
                import_sources(project, [str(quality.items(name, measuring.data(), Path(scratch)))], max_bad=1.0)
                project.build()
            yield project


def _judged(name: str, before: Serving, after: Serving) -> None:
    """Success@5 on the set's judged requests, without the adapter and with it."""
    right = read_qrels(measuring.data() / name / "qrels.trec")
    wanted: dict[str, set[str]] = {}
    for query, item, grade in zip(right.query.tolist(), right.item.tolist(), right.grades.tolist(), strict=True):
        if grade > 0:
            wanted.setdefault(right.qids[query], set()).add(right.ids[item])
    asked = [one for one in read_queries(measuring.data() / name / "queries.jsonl") if one.qid in wanted]

    def found(one: tuple[str, str]) -> Sequence[float]:
        return [_found(serving, one[1], wanted[one[0]]) for serving in (before, after)]

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        each = np.array(list(pool.map(found, [(one.qid, one.text) for one in asked])))
    without, with_, more = intervals(np.column_stack([each, each[:, 1] - each[:, 0]]), lowest=-1.0)
    print(f"   {len(asked)} judged requests: Success@5 without {without.value:.4f}, with {with_.value:.4f}")
    print(f"      difference {more.value:+.4f} [{more.low:+.4f}, {more.high:+.4f}]")


def _found(serving: Serving, text: str, wanted: set[str]) -> float:
    reading = serving.read(Request(text))
    best = asking.find(serving, serving.query_text(reading, demand=True)).positions[:5]
    return float(any(serving.catalogue.id(place) in wanted for place in best.tolist()))


if __name__ == "__main__":
    main()
