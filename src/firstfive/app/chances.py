"""Use case: learn, without a label, how the chance of a match is to be read off an answer.

    items ─made up─▶ questions ─ranked as live, with the sentence each is from and without─▶ signals, found ─fit─▶ curve
                               ─answered truthfully, every few of them, and ranked again─▶ the weight of an answer

Bounded: 240 questions, each about two rankings' work, and a third of them answered. Judged requests are learned from
too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.app import asking
from firstfive.app.blind import Vocabulary, without_sentence
from firstfive.app.ranked import signals_of
from firstfive.ask import Calibration, fit, fit_answers, read, spread
from firstfive.ask.made_up import LENGTHS, MadeUp, made_up
from firstfive.build.describe import row_spans
from firstfive.errors import RequestError
from firstfive.features import FIRST, SIGNALS
from firstfive.rank import parse_filter
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.serving import Query, Serving
    from firstfive.ports import Hits
    from firstfive.settings import AskSettings
    from firstfive.types import Candidates, Item, ItemId, Mask, Numbers, Option, Question, Span

QUESTIONS = 240
SEED = 4
UNSAID = 0.4
"""How much it counts that an item was found without the sentence that it was asked for by; with it: the rest.

What people mean is said by what they look for, but mostly in other words. Chosen over 1/3, 1/2 and 9/10 while looking
at six catalogues' seekers and three sets of judged requests: 1/2 states chances of judged requests up to .20 too low,
1/3 those of seekers up to .11 too high. Asking for the same item both ways costs half as much again and makes the level
that is learned as sure as two and a half times as many questions asked one way."""
GOES_ON = 3
"""Every so manieth question is answered too: the weight of an answer is one number."""
ANSWERS = 2
"""Answers that are learned from, one after the other: as many as a visit is asked for by default."""
MOST_DRAWN = 8
"""Items looked at for each question that is wanted."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Questions that were tried, a row each time: the signals of the answer (n, k), and whether the match was found.

    weights (n,): how much each counts. answered (n,): what was answered before, in nats. usual (n,): one row for each
    question, as often without its sentence as that counts. positions: of the items that questions were made up from.
    """

    signals: Numbers
    found: Mask
    weights: Numbers
    answered: Numbers
    usual: Mask
    positions: tuple[int, ...] = ()

    def joined(self, other: Tried) -> Tried:
        """Both together."""
        return Tried(
            np.concatenate([self.signals, other.signals]),
            np.concatenate([self.found, other.found]),
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.answered, other.answered]),
            np.concatenate([self.usual, other.usual]),
            (*self.positions, *other.positions),
        )

    def take(self, rows: Mask) -> Tried:
        """Those rows."""
        return Tried(
            self.signals[rows],
            self.found[rows],
            self.weights[rows],
            self.answered[rows],
            self.usual[rows],
            self.positions,
        )


def learn(
    serving: Serving,
    *,
    questions: int = QUESTIONS,
    seed: int = SEED,
    ask: AskSettings = asking.NEVER_SET,
    judged: Tried | None = None,
) -> Calibration:
    """The calibration of a Release, from questions made up from its items, and judged ones where there are any."""
    tried = try_made_up(serving, questions=questions, seed=seed, ask=ask)
    return fit_to(tried.joined(judged) if judged else tried)


def fit_to(tried: Tried) -> Calibration:
    """The calibration that questions come to; of none, one that states no more than a prior."""
    first, later = tried.take(tried.answered == 0), tried.take(tried.answered > 0)
    if len(first.found) == 0:
        return fit(np.zeros((1, len(SIGNALS))), np.zeros(1, dtype=bool))
    curve = fit(first.signals, first.found, first.weights)
    return fit_answers(curve, later.signals, later.found, later.answered, later.weights)


def try_made_up(
    serving: Serving,
    *,
    questions: int = QUESTIONS,
    seed: int = SEED,
    ask: AskSettings = asking.NEVER_SET,
    done: Callable[[], None] = lambda: None,
) -> Tried:
    """Questions made up from items drawn evenly, of every length in turn, each with and without its own sentence.

    ask: what is never asked about. done: called after each question.
    """
    asked = list(enumerate(questions_of(serving, questions, seed)))
    rows: list[_Row] = []
    positions = []
    with ThreadPoolExecutor(os.cpu_count() or 1, "chances") as pool:
        for (_, question), found in zip(asked, pool.map(partial(_tried, serving, ask), asked), strict=True):
            done()
            rows += found
            positions += [question.position] if found else []
    return _tried_of(rows, positions)


def try_judged(serving: Serving, judged: Iterable[tuple[str, Mapping[ItemId, int]]]) -> Tried:
    """Requests that people labelled, as (text, grades by item); a grade of 1 or more is a match.

    Left out are a text with nothing to read, and a request of whose first five one has no label: whether a match is
    among them is not known, and to take only those of which it is would state chances too high.
    """
    rows = []
    for text, grades in judged:
        try:
            reading = read(Request(text))
        except RequestError:
            continue
        query = serving.query_text(reading, demand=True)
        ranked = asking.find(serving, query)
        first = [serving.catalogue.id(int(place)) for place in ranked.positions[:FIRST]]
        if first and all(item in grades for item in first):
            rows.append(_Row(signals_of(serving, query, ranked), any(grades[item] > 0 for item in first)))
    return _tried_of(rows)


def questions_of(serving: Serving, questions: int, seed: int) -> Iterator[MadeUp]:
    """At most so many questions, each about an item of its own where there are enough.

    Items of one sentence come last: nothing would be left to find them by without it, and with it they are found.
    """
    random = np.random.default_rng(seed)
    items = len(serving.catalogue)
    drawn = random.permutation(items) if items >= questions else random.integers(0, items, questions)
    like = Vocabulary(serving, drawn[:questions].tolist()).like
    alone: list[MadeUp] = []
    asked = 0
    for position in drawn[: MOST_DRAWN * questions].tolist():
        item = serving.catalogue.item(position)
        spans = telling_first(serving, item, position)
        question = made_up(item.text, spans, position, LENGTHS[asked % len(LENGTHS)], random, like, share=1.0)
        if question and question.blind:
            asked += 1
            yield question
        elif question:
            alone.append(question)
        if asked == questions:
            return
    yield from alone[: questions - asked]


def telling_first(serving: Serving, item: Item, position: int) -> list[Span]:
    """The item's sentences, those first that are nearest to the whole of what it says: a request is about that."""
    spans = row_spans(item.title, item.text, item.passages)
    kept = [row for row, span in enumerate(spans) if span is not None]
    if not (serving.whole and serving.passages and len(spans) == len(serving.passages.rows(position))):
        return list(item.passages)
    near = np.vecdot(serving.passages.rows(position), serving.whole.rows(position)[0])
    kept.sort(key=lambda row: (-float(near[row]), row))
    return [span for row in kept if (span := spans[row])]


# --- one question -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    signals: Numbers
    found: bool
    weight: float = 1.0
    answered: float = 0.0
    usual: bool = True


def _tried(serving: Serving, ask: AskSettings, numbered: tuple[int, MadeUp]) -> list[_Row]:
    """What a question comes to: two rows of one weight together, and one more where it goes on."""
    number, question = numbered
    try:
        reading = read(Request(question.text))
    except RequestError:
        return []
    whole = _searched_once(serving)
    query = serving.query_text(reading, demand=True)
    unsaid = question.blind and number % 5 in {1, 3}
    views = [(whole, 1.0)]
    if question.blind:
        views = [(whole, 1 - UNSAID), (without_sentence(whole, question), UNSAID)]
    rows = []
    for at, (view, weight) in enumerate(views):
        ranked = asking.find(view, query)
        usual = at == int(unsaid)
        rows.append(_Row(signals_of(view, query, ranked), _hit(serving, question, ranked), weight, usual=usual))
        if number % GOES_ON == 0:
            rows += _answered(view, query, ranked, question, weight, ask)
    return rows


def _answered(
    serving: Serving, query: Query, ranked: Candidates, question: MadeUp, weight: float, ask: AskSettings
) -> Iterator[_Row]:
    """After each question that is asked next, answered as is true of the item; what it says nothing about is passed."""
    for _ in range(ANSWERS):
        pool = ranked.take(slice(0, asking.POOL))
        shares = spread(ranked.scores, asking.UNLEARNED)[: asking.POOL]
        asked = asking.question_of(serving, query, pool, shares, ask)
        if asked is None:
            return
        option = _true_option(serving, asked, question.position)
        request = asking.answered(query.reading.request, asked, option)
        query = serving.query_text(read(request), demand=True)
        if option is None:
            continue
        ranked = asking.find(serving, query)
        nats = asking.narrowed(serving, request)
        yield _Row(signals_of(serving, query, ranked), _hit(serving, question, ranked), weight, nats, usual=False)


def _true_option(serving: Serving, asked: Question, position: int) -> Option | None:
    """The first answer that is true of the item, or the phrase that is nearest to anything it says; else None."""
    if not asked.field:
        return asking.nearest_phrase(serving, asked, position)
    columns, items = serving.catalogue.columns(), len(serving.catalogue)
    true = (one for one in asked.options if parse_filter(one.condition).allowed(columns, items).yes[position])
    return next(true, None)


def _hit(serving: Serving, question: MadeUp, ranked: Candidates) -> bool:
    return bool((serving.heads[ranked.positions[:FIRST]] == serving.heads[question.position]).any())


def _tried_of(rows: Sequence[_Row], positions: Sequence[int] = ()) -> Tried:
    return Tried(
        np.array([row.signals for row in rows]).reshape(-1, len(SIGNALS)),
        np.array([row.found for row in rows], dtype=bool),
        np.array([row.weight for row in rows]),
        np.array([row.answered for row in rows]),
        np.array([row.usual for row in rows], dtype=bool),
        tuple(positions),
    )


class _Once:
    """A channel that searches for the same only once, for several rankings of one question."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._found: dict[tuple[str | bytes, int], Hits] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def search(self, asked: Any, n: int, among: Mask | None = None) -> Hits:
        """As the channel's."""
        key = (asked if isinstance(asked, str) else asked.tobytes(), n)
        if among is not None:
            return self._channel.search(asked, n, among)  # type: ignore[no-any-return]
        if key not in self._found:
            self._found[key] = self._channel.search(asked, n)
        return self._found[key]


def _searched_once(serving: Serving) -> Serving:
    view = copy(serving)
    for name in ("words", "chars", "whole", "passages"):
        channel = getattr(serving, name)
        if channel is not None:
            setattr(view, name, _Once(channel))
    return view
