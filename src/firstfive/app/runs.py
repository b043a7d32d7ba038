"""Use case: rank a whole file of queries, at batch speed, into a TREC run. No Slate is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.app.recommend import Recommender
from firstfive.measure import read_queries, write_run
from firstfive.observe import Quiet, span
from firstfive.ports import Progress

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId, ReleaseId


@dataclass(frozen=True, slots=True)
class RunReport:
    """What was ranked. lines: rows of the file; fewer than queries times n where fewer items match.

    queries counts those with words; wordless those that were left out because they have none.
    """

    file: str
    queries: int
    lines: int
    release: ReleaseId
    seconds: float
    wordless: int = 0


def rank_file(
    project: Project, queries: str | Path, out: str | Path, *, n: int = 100, progress: Progress | None = None
) -> RunReport:
    """Ranks the best n for every query that has words. The file appears whole, when all is written.

    Raises SourceError (measure.files) with file and line, and what ranking raises.
    """
    said = progress or Quiet()
    given = read_queries(queries)
    asked = [(query.qid, query.text) for query in given if has_words(query.text)]
    recommender = Recommender(project)
    release = recommender.release.id
    began = perf_counter()

    def ranked() -> Iterator[tuple[str, list[tuple[ItemId, float]]]]:
        for answer in recommender.many(asked, n):
            said.advance("rank", 1)
            yield answer

    said.start("rank", len(asked))
    with span("firstfive.run", release=release, queries=len(asked), n=n):
        lines = write_run(out, ranked(), tag=f"firstfive-{release[:12]}")
    said.finish("rank")
    return RunReport(str(out), len(asked), lines, release, perf_counter() - began, len(given) - len(asked))


def has_words(text: str) -> bool:
    """Whether there is a letter or digit to search for."""
    return any(char.isalnum() for char in text)
