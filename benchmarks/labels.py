"""What people's labels do for the stated chance: learned from some of a set's judged requests, held against the others.

    FIRSTFIVE_DATA=... python benchmarks/labels.py [demo=FOLDER] [cacm=FOLDER] [cranfield=FOLDER] [yc/oneliner=FOLDER]

Each project is one that was built, or it is built in a temporary folder. Printed for 30, 100 and 300 requests with
labels, drawn 20 times: on those that were not drawn, the calibration error, the 95th percentile of a perfect
forecaster and the mean squared error, with these labels and without. An item that is not judged is taken for no match,
as `evaluate` does.
"""

from __future__ import annotations

import sys
from collections import ChainMap
from typing import TYPE_CHECKING, TypeAlias

import measuring
import numpy as np
import seekers

from firstfive.app import chances
from firstfive.ask import by_labels
from firstfive.measure import read_qrels, read_queries
from firstfive.measure.calibration import reliability

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ask import Calibration, Grounds
    from firstfive.types import Mask

Grades: TypeAlias = ChainMap[str, int]
LABELS = (30, 100, 300)
DRAWS, SEED, FEWEST_LEFT = 20, 0, 20


def judged(project: Project, name: str) -> list[tuple[str, Grades]]:
    """The set's requests that have a match, and grades of every item by id."""
    demo, folder = name == "demo", measuring.data() / name
    queries = project.folder / "requests.jsonl" if demo else folder / "queries.jsonl"
    qrels = read_qrels(project.folder / "judged.trec" if demo else folder / "qrels.trec")
    catalogue = project.recommender.serving.catalogue
    unjudged = dict.fromkeys((str(catalogue.id(at)) for at in range(len(catalogue))), 0)
    given: dict[str, dict[str, int]] = {}
    for query, item, grade in zip(qrels.query.tolist(), qrels.item.tolist(), qrels.grades.tolist(), strict=True):
        given.setdefault(qrels.qids[query], {})[qrels.ids[item]] = grade
    return [
        (query.text, ChainMap(given[query.qid], unjudged))
        for query in read_queries(queries)
        if any(given.get(query.qid, {}).values())
    ]


def report(name: str, curve: Calibration, project: Project) -> None:
    """Prints what a set's labels come to."""
    tried = chances.try_judged(project.recommender.serving, judged(project, name))  # type: ignore[arg-type]
    grounds, found = [one.grounds for one in tried], np.array([one.found for one in tried])
    print(f"\n{name}: {len(found)} requests, Success@5 {found.mean():.3f}")
    print(f"  without labels, all of them: {_line(*_checked(curve, grounds, found))}")
    random = np.random.default_rng(SEED)
    for labels in LABELS:
        if len(found) < labels + FEWEST_LEFT:
            continue
        came_to = []
        for _ in range(DRAWS):
            order = random.permutation(len(found))
            taught, held = order[:labels], order[labels:]
            learned = by_labels(curve, [grounds[at] for at in taught], found[taught])
            came_to.append([_checked(one, [grounds[at] for at in held], found[held]) for one in (learned, curve)])
        with_them, without = np.mean(came_to, axis=0)
        print(f"  {labels:3} labelled: {_line(*with_them)}; without: {_line(*without)}")


def _checked(curve: Calibration, grounds: list[Grounds], found: Mask) -> tuple[float, float, float]:
    seen = reliability(np.array([curve.chance(one) for one in grounds]), found)
    return seen.error, seen.perfect, seen.brier


def _line(error: float, perfect: float, squared: float) -> str:
    return f"error {error:.3f} (percentile {perfect:.3f}), squared {squared:.3f}"


def main() -> None:
    """Prints a paragraph a project."""
    measuring.machine()
    for name, _, folder in (one.partition("=") for one in sys.argv[1:] or ["demo", "cacm", "cranfield", "yc/oneliner"]):
        with seekers.opened(name, folder) as project:
            report(name, chances.learn(project.recommender.serving), project)


if __name__ == "__main__":
    main()
