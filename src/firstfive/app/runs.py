"""Use case: rank a whole file of queries, at batch speed, into a TREC run. No Slate is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.app.model_steps import Spent
from firstfive.app.recommend import Recommender
from firstfive.errors import SettingsError
from firstfive.measure import read_queries, write_run
from firstfive.observe import Quiet, span
from firstfive.ports import Progress

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId, ReleaseId


@dataclass(frozen=True, slots=True)
class RunReport:
    """What was ranked. lines: rows of the file; fewer than queries times n where fewer items match.

    queries counts those with words; wordless those that were left out because they have none. asked: calls to a model,
    of which unscored gave no score, so that those items kept their places; cost_usd: what they cost.
    """

    file: str
    queries: int
    lines: int
    release: ReleaseId
    seconds: float
    wordless: int = 0
    asked: int = 0
    unscored: int = 0
    cost_usd: float = 0.0


def rank_file(
    project: Project,
    queries: str | Path,
    out: str | Path,
    *,
    n: int = 100,
    rerank: int = 0,
    progress: Progress | None = None,
) -> RunReport:
    """Ranks the best n for every query that has words. The file appears whole, when all is written.

    rerank: how many of the first the model scores. A run that was stopped pays for no score twice: the gateway has
    them. Raises SourceError (measure.files) with file and line, SettingsError for reranking without a model, and what
    ranking and the model raise.
    """
    if rerank and not project.settings.models.llm:
        raise SettingsError("models.llm is empty, so nothing can be reranked; set it, or leave --rerank out")
    said = progress or Quiet()
    given = read_queries(queries)
    asked = [(query.qid, query.text) for query in given if has_words(query.text)]
    recommender = Recommender(project)
    release = recommender.release.id
    began = perf_counter()
    spent = Spent()

    def ranked() -> Iterator[tuple[str, list[tuple[ItemId, float]]]]:
        for answer in recommender.many(asked, n, rerank=rerank, spent=spent):
            said.advance("rank", 1)
            yield answer

    said.start("rank", len(asked))
    with span("firstfive.run", release=release, queries=len(asked), n=n):
        lines = write_run(out, ranked(), tag=f"firstfive-{release[:12]}")
    said.finish("rank")
    took, wordless = perf_counter() - began, len(given) - len(asked)
    lost = spent.asked - spent.given
    return RunReport(str(out), len(asked), lines, release, took, wordless, spent.asked, lost, spent.cost_usd)


def has_words(text: str) -> bool:
    """Whether there is a letter or digit to search for."""
    return any(char.isalnum() for char in text)
