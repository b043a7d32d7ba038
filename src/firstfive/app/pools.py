"""Use case: write down what people should judge: what several rankers that go about it differently find first.

words, characters, whole-text meaning, all channels, and given runs ─first ten of each─▶ pool ─▶ a table to grade
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstfive.app.sides import rank_side, side_of
from firstfive.errors import UsageError
from firstfive.measure import DEPTH, Pool, pool, read_qrels, read_queries, read_run, spellings, write_table
from firstfive.observe import Quiet, span

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.measure import Query, Run
    from firstfive.ports import Progress

CHANNELS = ("words", "chars", "whole", "passages", "own", "pieces")
RANKERS: Mapping[str, tuple[str, ...]] = {
    "all channels": (),
    "words": tuple(f"rank.{name}=0" for name in CHANNELS if name != "words"),
    "characters": tuple(f"rank.{name}=0" for name in CHANNELS if name != "chars"),
    "whole-text meaning": tuple(f"rank.{name}=0" for name in CHANNELS if name != "whole"),
}
SHOWN = 600
"""Characters of an item's text that are shown to who judges."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """What was written: pairs of a request and an item. known: pairs of the pool that were judged already."""

    file: str
    rankers: tuple[str, ...]
    depth: int
    requests: int
    pairs: int
    known: int


def write_pool(
    project: Project,
    queries: str | Path,
    out: str | Path,
    *,
    runs: Sequence[str | Path] = (),
    qrels: str | Path | None = None,
    progress: Progress | None = None,
) -> Pooled:
    """Writes a table of the pool, CSV, with an empty column for grades; `evaluate --qrels` reads it when it is filled.

    runs: TREC runs that join the four rankers. qrels: what is judged already, and left out. The order within a request
    tells nothing of who found what. Stores no Slates.

    Raises UsageError for a Release without an embedder, whose rankers are not four, and what ranking and files raise.
    """
    asked = [query for query in read_queries(queries) if any(char.isalnum() for char in query.text)]
    catalogue = project.recommender.serving.catalogue
    given = [read_run(run).spelt(catalogue) for run in runs]
    found = _pool(project, asked, given, progress or Quiet())
    judged = read_qrels(qrels).spelt(catalogue) if qrels is not None else None
    known = set()
    if judged:
        pairs = zip(judged.query.tolist(), judged.item.tolist(), strict=True)
        known = {(judged.qids[query], judged.ids[item]) for query, item in pairs}
    todo = [
        (query, item) for query in asked for item in found.items.get(query.qid, ()) if (query.qid, item) not in known
    ]
    write_table(out, _rows(project.recommender.serving, todo))
    requests = len({query.qid for query, _ in todo})
    return Pooled(str(out), found.rankers, found.depth, requests, len(todo), found.size - len(todo))


def _pool(project: Project, asked: Sequence[Query], given: Sequence[Run], said: Progress) -> Pool:
    serving, release = project.recommender.serving, project.recommender.release.id
    if serving.whole is None and len(given) < 2:
        raise UsageError(
            "the Release was built without an embedder, so its rankers are two, words and characters; name two runs "
            "more with --pool-run, or build with models.embedder"
        )
    wanted = {name: changes for name, changes in RANKERS.items() if serving.whole or name in {"words", "characters"}}
    with span("firstfive.pool", queries=len(asked)):
        sides = [side_of(name, release, serving.rank, changes) for name, changes in wanted.items()]
        own = [rank_side(project, side, asked, DEPTH, said).runs[0] for side in sides]
    return pool([*own, *given])


def _rows(serving: Serving, todo: Sequence[tuple[Query, str]]) -> Iterator[tuple[str, str, str, str, str]]:
    for query, name in todo:
        place = serving.catalogue.position(spellings(name)[0])
        item = None if place is None else serving.catalogue.item(place)
        yield query.qid, query.text, spellings(name)[0], item.title if item else "", item.text[:SHOWN] if item else ""
