"""Use case: one side of a comparison ranks a file of queries: a Release, by its own settings or others, with or without
a model.

    words only: rank.chars=0, rank.whole=0, rank.passages=0      settings of [rank]
    reranked: rerank=20, prompt=rerank@2                         a model scores the first 20, asked by that prompt

What a model says is not the same each time, so a side with one may be ranked several times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.app.embedders import Manner, patient
from firstfive.app.model_steps import MOST, Spent
from firstfive.app.recommend import Recommender
from firstfive.app.timing import time_answers
from firstfive.errors import SettingsError
from firstfive.measure import Cost, Run, run_of
from firstfive.observe import span
from firstfive.settings import RankSettings, Settings

if TYPE_CHECKING:
    from firstfive.app.nearby import Ranking
    from firstfive.app.wiring import Project
    from firstfive.measure import Query
    from firstfive.ports import Payer, Progress
    from firstfive.types import ReleaseId

SCORER = "rerank"


@dataclass(frozen=True, slots=True)
class Side:
    """How one side ranks. rank None: by the Release's own settings. rerank: how many of the first a model scores."""

    name: str
    release: ReleaseId
    rank: RankSettings | None = None
    rerank: int = 0
    prompt: str = SCORER


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What a side ranked: a run, or repeats of it; the seconds of each; calls to a model without a score; dollars."""

    runs: tuple[Run, ...]
    seconds: float
    unscored: int = 0
    cost_usd: float = 0.0


def side_of(name: str, release: ReleaseId, settings: RankSettings, changes: Sequence[str]) -> Side:
    """A side that differs by changes such as "rank.chars=0", "rerank=20" and "prompt=rerank@2".

    Raises SettingsError for any other.
    """
    told = dict(change.split("=", 1) for change in changes if change.partition("=")[0] in {"rerank", "prompt"})
    rank = rank_settings(settings, [one for one in changes if one.partition("=")[0] not in told])
    number = told.get("rerank", "20" if "prompt" in told else "0")
    if not number.isascii() or not number.isdigit() or not 0 <= int(number) <= MOST:
        raise SettingsError(f"rerank={number} cannot be; write how many a model scores, from 0 to {MOST}")
    return Side(name, release, rank, int(number), told.get("prompt", SCORER))


def rank_settings(settings: RankSettings, overrides: Sequence[str]) -> RankSettings:
    """The settings of [rank] with overrides such as "rank.chars=0". Raises SettingsError, also for other sections."""
    changed = Settings.load(overrides=overrides, environment={})
    known = {f"rank.{field.name}": field.name for field in fields(RankSettings)}
    for name in changed.origins:
        if name not in known:
            raise SettingsError(
                f"{name} cannot differ between variants; only rerank, prompt and {', '.join(known)} can"
            )
    return replace(settings, **{known[name]: changed.get(name) for name in changed.origins})


def rank_side(
    project: Project,
    side: Side,
    queries: Sequence[Query],
    depth: int,
    said: Progress,
    *,
    repeats: int = 1,
    chances: dict[str, float] | None = None,
    payer: Payer | None = None,
) -> Ranked:
    """Ranks every query with words. repeats: how often, where a model takes part; the second time nothing kept is read.

    Raises SettingsError for a model where none is set, and what ranking and the model raise.
    """
    if side.rerank and project.gateway is None:
        raise SettingsError(f"models.llm is empty, so {side.name} cannot be ranked; set it")
    recommender = Recommender(project, side.release, side.rank, patient(project))
    asked = [(query.qid, query.text) for query in queries if query.text.strip()]
    spent, runs, began = Spent(), [], perf_counter()
    times = repeats if side.rerank else 1
    said.start(side.name, times * len(asked))
    with span("firstfive.evaluate", release=side.release, queries=len(queries)):
        for number in range(times):
            answers = recommender.many(
                asked,
                depth,
                rerank=side.rerank,
                spent=spent,
                chances=chances,
                prompt=side.prompt,
                fresh=number > 0,
                payer=payer,
            )
            runs.append(run_of(_counted(answers, side, spent, said), side.name))
    said.finish(side.name)
    return Ranked(tuple(runs), (perf_counter() - began) / times, spent.asked - spent.given, spent.cost_usd)


def costs_of(
    project: Project, sides: Sequence[Side], ranked: Sequence[Ranked], queries: Sequence[Query], said: Progress
) -> list[Cost]:
    """What answers of each side take: with a model what its scores cost, without one also the time, which is taken."""
    alone = [side for side in sides if not side.rerank]
    opened = [partial(_opened, project, side) for side in alone]
    texts = [query.text for query in queries]
    timed = dict(zip(alone, time_answers(project, opened, texts, said) if alone and texts else (), strict=False))
    found = []
    for side, one in zip(sides, ranked, strict=True):
        times = timed.get(side)
        each = 1000 * one.cost_usd / max(1, len(queries) * len(one.runs))
        found.append(Cost(times.usd_per_1000, times.median_ms, times.p95_ms) if times else Cost(each))
    return found


def _counted(
    answers: Iterator[tuple[str, Ranking]], side: Side, spent: Spent, said: Progress
) -> Iterator[tuple[str, Ranking]]:
    for answer in answers:
        said.advance(side.name, 1)
        if side.rerank:
            said.note(side.name, f"${spent.cost_usd:,.4f}")
        yield answer


def _opened(project: Project, side: Side, manner: Manner) -> Recommender:
    return Recommender(project, side.release, side.rank, manner)
