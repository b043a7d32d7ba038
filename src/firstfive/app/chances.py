"""Use case: learn, without a label, how the chance of a match is to be read off an answer.

    items ─made up─▶ questions ─ranked as live, each without the sentence it is from─▶ signals, found ─fit─▶ Calibration

Bounded: 300 questions, each about two rankings' work. Judged requests are learned from too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.blind import Vocabulary, without_sentence
from firstfive.ask.chance import Calibration, fit
from firstfive.ask.made_up import LENGTHS, MadeUp, made_up
from firstfive.ask.read import read
from firstfive.build.describe import row_spans
from firstfive.errors import RequestError
from firstfive.features import FIRST, SIGNALS, met_share, nearest_of, signals
from firstfive.rank import telling
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.serving import Query, Serving
    from firstfive.types import Candidates, Item, ItemId, Mask, Numbers, Span

QUESTIONS = 300
SEED = 4


@dataclass(frozen=True, slots=True)
class Tried:
    """Questions that were tried: the signals of each answer (n, k), whether the match was among the five (n,).

    positions: of the items that questions were made up from.
    """

    signals: Numbers
    found: Mask
    positions: tuple[int, ...] = ()

    def joined(self, other: Tried) -> Tried:
        """Both together."""
        signals, found = np.concatenate([self.signals, other.signals]), np.concatenate([self.found, other.found])
        return Tried(signals, found, (*self.positions, *other.positions))


def learn(
    serving: Serving, *, questions: int = QUESTIONS, seed: int = SEED, judged: Tried | None = None
) -> Calibration:
    """The calibration of a Release, from questions made up from its items, and judged ones where there are any."""
    tried = try_made_up(serving, questions=questions, seed=seed)
    return fit_to(tried.joined(judged) if judged else tried)


def fit_to(tried: Tried) -> Calibration:
    """The calibration that questions come to; of none, one that states no more than a prior."""
    if len(tried.found) == 0:
        return fit(np.zeros((1, len(SIGNALS))), np.zeros(1, dtype=bool))
    return fit(tried.signals, tried.found)


def signals_of(serving: Serving, query: Query, ranked: Candidates, answered: float = 0.0) -> Numbers:
    """The signals of one answer. About 0.2 ms.

    ranked: all candidates in their last order, not only those shown. answered: how much the answers given narrowed the
    catalogue down, in nats; it counts as much as words do.
    """
    first = ranked.positions[:FIRST].tolist()
    asked = serving.embedder.pieces(telling(query.reading.asked)) if serving.embedder else np.empty(0, np.uint32)
    rare, pieces = serving.rare, serving.pieces
    met, told = 0.0, 0.0
    if rare is not None and pieces and len(asked):
        met = max((met_share(asked, pieces.of(position), rare) for position in first), default=0.0)
        told = float(rare[asked].sum())
    near = 0.0
    if query.vector is not None and serving.passages:
        near = max((nearest_of(query.vector, serving.passages.rows(position)) for position in first), default=0.0)
    return signals(
        ranked.scores, ranked.channels, near=near, met=met, telling=told + answered, items=len(serving.catalogue)
    )


def try_made_up(
    serving: Serving, *, questions: int = QUESTIONS, seed: int = SEED, done: Callable[[], None] = lambda: None
) -> Tried:
    """Questions made up from items drawn evenly, of every length in turn, each answered without its own sentence.

    done: called after each question.
    """
    asked = list(questions_of(serving, questions, seed))
    rows = []
    with ThreadPoolExecutor(os.cpu_count() or 1, "chances") as pool:
        for question, row in zip(asked, pool.map(partial(_tried, serving), asked), strict=True):
            done()
            if row is not None:
                rows.append((question.position, row))
    return replace(_tried_of([row for _, row in rows]), positions=tuple(position for position, _ in rows))


def try_judged(serving: Serving, judged: Iterable[tuple[str, Collection[ItemId]]]) -> Tried:
    """Requests that people judged, as (text, ids of the items that fit). A text with nothing to read is left out."""
    rows = []
    for text, right in judged:
        try:
            reading = read(Request(text))
        except RequestError:
            continue
        query = serving.query_text(reading, demand=True)
        ranked = ranked_all(serving, query, serving.retrieve(query))
        wanted = {place for item in right if (place := serving.catalogue.position(item)) is not None}
        rows.append((signals_of(serving, query, ranked), not wanted.isdisjoint(ranked.positions[:FIRST].tolist())))
    return _tried_of(rows)


def _tried_of(rows: Sequence[tuple[Numbers, bool]]) -> Tried:
    found = np.array([hit for _, hit in rows], dtype=bool)
    return Tried(np.array([given for given, _ in rows]).reshape(-1, len(SIGNALS)), found)


def questions_of(serving: Serving, questions: int, seed: int) -> Iterator[MadeUp]:
    """At most so many questions, each about an item of its own where there are enough."""
    random = np.random.default_rng(seed)
    items = len(serving.catalogue)
    drawn = random.permutation(items)[:questions] if items >= questions else random.integers(0, items, questions)
    like = Vocabulary(serving, drawn.tolist()).like
    for number, position in enumerate(drawn.tolist()):
        item = serving.catalogue.item(position)
        length, spans = LENGTHS[number % len(LENGTHS)], telling_first(serving, item, position)
        question = made_up(item.text, spans, position, length, random, like)
        if question:
            yield question


def telling_first(serving: Serving, item: Item, position: int) -> list[Span]:
    """The item's sentences, those first that are nearest to the whole of what it says: a request is about that."""
    spans = row_spans(item.title, item.text, item.passages)
    kept = [row for row, span in enumerate(spans) if span is not None]
    if not (serving.whole and serving.passages and len(spans) == len(serving.passages.rows(position))):
        return list(item.passages)
    near = np.vecdot(serving.passages.rows(position), serving.whole.rows(position)[0])
    kept.sort(key=lambda row: (-float(near[row]), row))
    return [span for row in kept if (span := spans[row])]


def ranked_all(serving: Serving, query: Query, candidates: Candidates) -> Candidates:
    """All candidates in their last order, before the cut."""
    trail: dict[str, Candidates] = {}
    serving.pipeline(query=query)(query.reading.request, candidates, trail=trail)
    *_, (_, last), _ = trail.items()
    return last


def _tried(serving: Serving, question: MadeUp) -> tuple[Numbers, bool] | None:
    try:
        reading = read(Request(question.text))
    except RequestError:
        return None
    blind = without_sentence(serving, question) if question.blind else serving
    query = blind.query_text(reading, demand=True)
    ranked = ranked_all(blind, query, blind.retrieve(query))
    head = serving.heads[question.position]
    return signals_of(blind, query, ranked), bool((serving.heads[ranked.positions[:FIRST]] == head).any())
