"""Use case: language-model driven against traditional: this project's ranking beside those that it must beat.

    requests      popularity, words only, whole-text meaning only            on judged requests, or on made-up ones
    behaviour     and item neighbours and matrix factorisation as well       on later likes, learned from earlier ones,
                                                                             as this project's own ranker is

Behaviour is replayed in the order of time: each ranking knows what was liked before a like, and nothing after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import asking
from firstfive.app.born import ages
from firstfive.app.embedders import patient
from firstfive.app.heard import as_rows, heard, likes_of, requests_of
from firstfive.app.learned import LearnedRanking
from firstfive.app.learning import bare, known_of, learn_from
from firstfive.app.questions import Questions, questions_for, ranked
from firstfive.app.recommend import Recommender
from firstfive.app.sides import Side, rank_settings, rank_side
from firstfive.errors import LearnError, RequestError
from firstfive.features import DAY_S
from firstfive.learn import Factors, factorise, gather
from firstfive.measure import Measure, Report, Run, compare, qrels_of, run_of
from firstfive.observe import Quiet, span
from firstfive.types import ItemId, Request

if TYPE_CHECKING:
    from datetime import datetime

    from firstfive.app.following import Now
    from firstfive.app.nearby import Ranking
    from firstfive.app.wiring import Project
    from firstfive.features import Crowd
    from firstfive.learn import Signal
    from firstfive.ports import Progress
    from firstfive.types import Positions, Scores

HERE = "this project"
MODEL = "with the model"
LEARNED = "this project, with what it learned before"
WORDS = "words only"
TRADITIONAL: Mapping[str, Sequence[str]] = {
    WORDS: ("rank.chars=0", "rank.whole=0", "rank.passages=0", "rank.pieces=0", "rank.own=0"),
    "whole-text meaning only": ("rank.words=0", "rank.chars=0", "rank.passages=0", "rank.pieces=0", "rank.own=0"),
}
MEASURES = (Measure("Success", 5), Measure("nDCG", 10), Measure("RR", 10))
DEPTH = 10
RERANKED = 20
TRIED = 2_000
"""Later likes that are tried, the latest; never more than half of all."""
ROUNDS = 8
"""How often what is learned from likes is learned anew while they are tried."""
FEWEST = 20
"""Visitors without whom nothing is said of behaviour: as many as learning wants."""
FAVOURED = "People like what they are shown, so the ranking that was in use then is favoured here."


@dataclass(frozen=True, slots=True)
class Baselines:
    """Both comparisons, each with this project as what the others are held against.

    questions: where the requests are from; made_up: no person's. behaviour None: `waiting` says why.
    """

    questions: str
    made_up: bool
    requests: Report
    behaviour: Report | None
    waiting: str = ""

    def lines(self) -> list[str]:
        """Both tables as plain text, and which baselines are beaten."""
        head = [f"Measured on {self.questions}.", "", *self.requests.lines(), "", *_beaten(self.requests)]
        if self.behaviour is None:
            return [*head, "", self.waiting]
        return [*head, "", "On what visitors liked next:", "", *self.behaviour.lines(), "", *_beaten(self.behaviour)]


def against_baselines(
    project: Project,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    *,
    progress: Progress | None = None,
) -> Baselines:
    """Measures the Release in use beside the classical rankings. Stores no Slate.

    queries and qrels: those of `[goal]` where none are named, and made-up ones where it names none. Where `models.llm`
    is set, a model's scores are tried on judged requests too. Raises what `questions_for` and ranking do.
    """
    said = progress or Quiet()
    with span("firstfive.baselines"):
        now = project.recommender.now()
        questions = questions_for(project, [now], queries, qrels)
        likes, slates = likes_of(project.store, now.serving)
        requests = _on_requests(project, now, questions, likes, said)
        tried = _tried(likes, requests_of(now.serving, likes, slates))
        visitors = len({likes[row].visitor for row, _ in tried})
        if visitors < FEWEST:
            return Baselines(questions.said, bool(requests.made_up), requests, None, _waiting(likes, visitors))
        behaviour = _on_behaviour(project, now, likes, tried, said)
    return Baselines(questions.said, bool(requests.made_up), requests, behaviour)


def _waiting(likes: Sequence[Signal], visitors: int) -> str:
    if not likes:
        return "Item neighbours and matrix factorisation: no behaviour yet; they learn from what visitors like."
    return (
        "Item neighbours and matrix factorisation: not enough data yet; "
        f"{visitors} of {FEWEST} visitors came back and liked something again."
    )


def _beaten(report: Report) -> Iterator[str]:
    """A line for each other ranking: whether the first beats it, by the first measure's whole interval."""
    for run in report.runs[1:]:
        d, measure = run.results[0].difference, run.results[0].measure
        if d is None:
            continue
        if d.high < 0:
            yield f"{run.name}: beaten by {-d.value:.4f} ({-d.high:.4f} to {-d.low:.4f}) {measure}"
        elif d.low > 0:
            yield f"{run.name}: NOT beaten, it is better by {d.value:.4f} ({d.low:.4f} to {d.high:.4f}) {measure}"
        else:
            gap = f"{d.value:+.4f} ({d.low:+.4f} to {d.high:+.4f}) {measure}"
            yield f"{run.name}: not shown to be beaten, nor to be better; it differs by {gap}"


# --- requests ---------------------------------------------------------------------------------------------------------


def _on_requests(project: Project, now: Now, questions: Questions, likes: Sequence[Signal], said: Progress) -> Report:
    release, rank = now.release.id, now.serving.rank
    runs, seconds = list[Run](), list[float]()
    for name, changes in {HERE: (), **TRADITIONAL}.items():
        recommender = Recommender(project, release, rank_settings(rank, changes), patient(project))
        if name != HERE:
            recommender.serving.learned = None
        began = perf_counter()
        runs.append(ranked(recommender, questions, name, DEPTH, said))
        seconds.append(perf_counter() - began)
    if project.gateway is not None and not questions.made:
        with_model = rank_side(project, Side(MODEL, release, rank, RERANKED), questions.asked, DEPTH, said)
        runs.extend(with_model.runs)
        seconds.append(with_model.seconds)
    if likes:
        best = _most_liked(now, likes)
        runs.append(run_of(((query.qid, best) for query in questions.asked), "popularity"))
    qids = [query.qid for query in questions.asked]
    return compare(runs, questions.right, measures=MEASURES, queries=qids, seconds=seconds, release=release)


def _most_liked(now: Now, likes: Sequence[Signal]) -> Ranking:
    """What most visitors liked, one of each copy, without what is hidden."""
    serving = now.serving
    rows = as_rows(serving, likes, np.zeros((len(likes), 1), np.float32))
    return _best(now, gather(rows, len(serving.catalogue)).liked, ())


def _best(now: Now, scores: Scores, without: Iterable[int]) -> Ranking:
    """The first by these scores, above 0, of those that may be shown."""
    scores = scores.astype(np.float64)
    scores[[*now.hidden, *without]] = 0
    order = np.argsort(-scores, kind="stable")
    heads: dict[int, int] = {}
    for position in order.tolist():
        if len(heads) == DEPTH or scores[position] <= 0:
            break
        heads.setdefault(int(now.serving.heads[position]), position)
    return [(now.serving.catalogue.id(position), float(scores[position])) for position in heads.values()]


# --- behaviour --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Try:
    """A like that is tried: the request that it came after, and where the visitor's earlier likes stand in the list."""

    request: Request
    earlier: tuple[int, ...]


def _tried(likes: Sequence[Signal], requests: Iterable[Request | None]) -> list[tuple[int, _Try]]:
    """The later likes of visitors who liked something before, by row."""
    first = len(likes) - min(TRIED, len(likes) // 2)
    rows: dict[str, list[int]] = {}
    found = []
    for row, (one, request) in enumerate(zip(likes, requests, strict=True)):
        earlier = rows.setdefault(one.visitor, [])
        if row >= first and earlier and request:
            found.append((row, _Try(request, tuple(earlier))))
        earlier.append(row)
    return found


def _on_behaviour(
    project: Project, now: Now, likes: Sequence[Signal], tried: Sequence[tuple[int, _Try]], said: Progress
) -> Report:
    names = {f"like-{row}": likes[row] for row, _ in tried}
    runs, seconds = list[Run](), list[float]()
    before = _learned_before(project, now, likes[tried[0][0]].at, said)
    for name, changes in {LEARNED: (), HERE: (), **TRADITIONAL}.items():
        if (name == LEARNED and before is None) or (name == WORDS and not any(one.request.text for _, one in tried)):
            continue
        settings = rank_settings(now.serving.rank, changes)
        recommender = Recommender(project, now.release.id, settings, patient(project))
        # what the Release learned it learned from the very likes that are tried
        ranking = before if name == LEARNED and before else _nothing
        began = perf_counter()
        runs.append(run_of(_asked(recommender.now(), likes, tried, name, ranking, said), name))
        seconds.append(perf_counter() - began)
    for name, rankings in _learned(now, likes, tried, said).items():
        runs.append(run_of(rankings, name))
    same = now.serving.heads
    right = qrels_of((qid, item, 1) for qid, one in names.items() for item in _copies(now, same, one.item))
    people = {qid: one.visitor for qid, one in names.items()}
    report = compare(
        runs, right, measures=MEASURES, queries=list(names), seconds=seconds, people=people, release=now.release.id
    )
    return replace(report, notes=(*report.notes, FAVOURED))


def _nothing(_: Signal) -> None:
    """What a like is ranked with where nothing was learned."""


def _learned_before(
    project: Project, now: Now, at: datetime, said: Progress
) -> Callable[[Signal], LearnedRanking] | None:
    """What `firstfive learn` would have handed over before that moment, as it ranks on the day of a like.

    None for nothing, or without LightGBM.
    """
    try:
        from firstfive.learn.ranker import Ranker

        serving = bare(now.serving)
        told = heard(project.store, serving)
        told = told.before(sum(one.signal.at < at for one in told.rows))
        came = ages(project.store, serving.catalogue, project.settings.learn.date)
        found = learn_from(serving, told, {}, came, said)
    except LearnError:
        return None
    if not found.model or not found.handover.share:
        return None
    known, ranker = known_of(found, told, came), Ranker(found.model)

    def then(like: Signal) -> LearnedRanking:
        day = came.as_of(serving.position(like.item), like.at.timestamp() / DAY_S)
        return LearnedRanking(known, ranker, lambda: day)

    return then


def _copies(now: Now, heads: Positions, item: ItemId) -> list[ItemId]:
    same = np.flatnonzero(heads == heads[now.serving.position(item)])
    return [now.serving.catalogue.id(int(position)) for position in same]


def _asked(
    now: Now,
    likes: Sequence[Signal],
    tried: Sequence[tuple[int, _Try]],
    name: str,
    ranking: Callable[[Signal], LearnedRanking | None],
    said: Progress,
) -> Iterator[tuple[str, Ranking]]:
    """What the request of each like finds, without what the visitor had liked before, as it was learned by then."""
    said.start(name, len(tried))
    for row, one in tried:
        known = tuple(dict.fromkeys(likes[at].item for at in one.earlier if likes[at].item != likes[row].item))
        request = replace(one.request, n=DEPTH, exclude=known)
        said.advance(name, 1)
        now.serving.learned = ranking(likes[row])
        try:
            query = now.serving.query(now.serving.read(request), now.hidden)
            best = now.serving.pipeline(now.hidden, query)(request, asking.candidates(now.serving, query))
        except RequestError:
            continue
        yield f"like-{row}", _named(now, best.positions, best.scores)
    said.finish(name)


def _named(now: Now, positions: Positions, scores: Scores) -> Ranking:
    pairs = zip(positions.tolist(), scores.tolist(), strict=True)
    return [(now.serving.catalogue.id(position), score) for position, score in pairs]


def _learned(
    now: Now, likes: Sequence[Signal], tried: Sequence[tuple[int, _Try]], said: Progress
) -> dict[str, list[tuple[str, Ranking]]]:
    """What popularity, item neighbours and matrix factorisation find, each learned from what came before."""
    rows = as_rows(now.serving, likes, np.zeros((len(likes), 1), np.float32))
    items = len(now.serving.catalogue)
    found: dict[str, list[tuple[str, Ranking]]] = {}
    said.start("learned baselines", len(tried))
    for part in np.array_split(np.arange(len(tried)), min(ROUNDS, len(tried))):
        before = rows.before(tried[int(part[0])][0])
        crowd, factors = gather(before, items), factorise(before.visitors, before.items, items)
        for row, one in (tried[int(at)] for at in part):
            known = [int(rows.items[at]) for at in one.earlier if rows.items[at] != rows.items[row]]
            for name, scores in _scores(crowd, factors, known).items():
                found.setdefault(name, []).append((f"like-{row}", _best(now, scores, known)))
            said.advance("learned baselines", 1)
    said.finish("learned baselines")
    return found


def _scores(crowd: Crowd, factors: Factors, known: Sequence[int]) -> dict[str, Scores]:
    every = np.arange(len(crowd.liked))
    return {
        "popularity": crowd.popular(every),
        "item neighbours": crowd.together(known, every),
        "matrix factorisation": factors.scores(known),
    }
