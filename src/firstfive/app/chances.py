"""Use case: learn, without a label, how the chance of a match is to be read off an answer.

    items ─made up─▶ questions ─ranked as live, with the sentence each is from and without it─▶ grounds ─fit─▶ curve
                               ─answered truthfully, every few of them, and ranked again──▶

Bounded: 320 questions, each about two rankings' work, and a seventh of them answered. Where people labelled requests,
what the curve states of these is held against what they found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.app import asking
from firstfive.app.blind import Vocabulary, telling_first, without_sentence
from firstfive.ask import USUAL, Calibration, fit
from firstfive.ask.made_up import LENGTHS, MadeUp, made_up
from firstfive.errors import RequestError
from firstfive.features import FIRST
from firstfive.rank import parse_filter
from firstfive.types import Request

if TYPE_CHECKING:
    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.ask import Grounds
    from firstfive.ports import Hits
    from firstfive.settings import AskSettings
    from firstfive.types import Candidates, ItemId, Mask, Option, Question

QUESTIONS = 320
"""With these the level that is learned moves by .012 from draw to draw, one standard deviation."""
OF_AN_ITEM = 2
"""Questions about an item at most, in the mean: a small catalogue has no more to teach."""
SEED = 4
UNSAID = 0.4
"""Weight of the ranking in which the item lacks the sentence that it is asked for by; the ranking with it gets the
rest.

The items that people look for say what they mean, but mostly in other words. Tried beside 1/3 and 1/2 on seven
catalogues' seekers and four sets of judged requests: each further tenth lowers the stated chances by .01 to .02, which
is right for seekers who quote nothing, and wrong for judged requests that several items fit. Asking for the same item
both ways costs half as much again and settles the level as well as two and a half times as many questions asked one
way.
"""
GOES_ON = 7
"""One question in this many is answered too; not a multiple of the number of lengths, so that questions of every length
are."""
ANSWERS = 2
"""Answers that are learned from, one after the other: as many as a visit is asked for by default."""
MOST_DRAWN = 8
"""Items looked at for each question that is wanted."""


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A ranking that was tried: what speaks for its candidates, and whether the match was among the first five.

    right (k + 1,): which of the candidates, or none of them, may be it. position: of the item that the question was
    made up from. weight: how much it counts. usual: true of one ranking of each question; that is the one without the
    sentence as often as UNSAID weighs it.
    """

    grounds: Grounds
    right: Mask
    found: bool
    position: int
    weight: float = 1.0
    usual: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A request that people labelled: what speaks for its candidates, and whether a match was among the first five."""

    text: str
    grounds: Grounds
    found: bool


def learn(
    serving: Serving,
    *,
    questions: int = QUESTIONS,
    seed: int = SEED,
    ask: AskSettings = asking.NEVER_SET,
) -> Calibration:
    """The calibration of a Release, from questions made up from its items."""
    return fit_to(try_made_up(serving, questions=questions, seed=seed, ask=ask))


def fit_to(tried: Sequence[Tried]) -> Calibration:
    """The calibration that questions come to; of none, the usual one."""
    if not tried:
        return USUAL
    weights = np.array([one.weight for one in tried])
    return fit([one.grounds for one in tried], [one.right for one in tried], weights)


def try_made_up(
    serving: Serving,
    *,
    questions: int = QUESTIONS,
    seed: int = SEED,
    ask: AskSettings = asking.NEVER_SET,
    done: Callable[[], None] = lambda: None,
) -> list[Tried]:
    """Questions made up from items drawn evenly, of every length in turn, each with and without its own sentence.

    ask: what is never asked about. done: called after each question.
    """
    asked = list(enumerate(questions_of(serving, min(questions, OF_AN_ITEM * len(serving.catalogue)), seed)))
    tried: list[Tried] = []
    with ThreadPoolExecutor(os.cpu_count() or 1, "chances") as pool:
        for found in pool.map(partial(_tried, serving, ask), asked):
            done()
            tried += found
    return tried


def try_judged(
    serving: Serving,
    labelled: Sequence[tuple[str, Mapping[ItemId, int]]],
    *,
    done: Callable[[], None] = lambda: None,
) -> list[Judged]:
    """Requests that people labelled, ranked as live. labelled: text, and grades by item; 1 or more is a match.

    Left out are a text with nothing to read, and a request with an unlabelled item among its first five: whether they
    hold a match is unknown, and keeping those where one is known would state chances too high. done: called after each
    request.
    """
    tried: list[Judged] = []
    with ThreadPoolExecutor(os.cpu_count() or 1, "labels") as pool:
        for found in pool.map(lambda one: _judged(serving, *one), labelled):
            done()
            tried += found
    return tried


def questions_of(serving: Serving, questions: int, seed: int) -> Iterator[MadeUp]:
    """At most this many questions: about every item once, in random order, before any is asked about again.

    Items of a single sentence come last in each round: without it nothing is left to find them by, and with it they are
    always found.
    """
    random = np.random.default_rng(seed)
    items, asked = len(serving.catalogue), 0
    for _ in range(-(-questions // items)):
        drawn = random.permutation(items)[: MOST_DRAWN * questions].tolist()
        like = Vocabulary(serving, drawn[:questions]).like
        alone: list[MadeUp] = []
        for position in drawn:
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
        last = alone[: questions - asked]
        asked += len(last)
        yield from last


# --- one question -----------------------------------------------------------------------------------------------------


def _tried(serving: Serving, ask: AskSettings, numbered: tuple[int, MadeUp]) -> list[Tried]:
    """The rankings of one question, with its sentence and, where it is blind, without; and those after each answer."""
    number, question = numbered
    try:
        reading = serving.read(Request(question.text))
    except RequestError:
        return []
    whole = _searched_once(serving)
    query = serving.query_text(reading, demand=True)
    unsaid = question.blind and number % 5 in {1, 3}
    views = [(whole, 1.0)]
    if question.blind:
        views = [(whole, 1 - UNSAID), (without_sentence(whole, question), UNSAID)]
    tried = []
    for at, (view, weight) in enumerate(views):
        ranked = asking.find(view, query)
        tried.append(_row(view, query, ranked, question, weight, usual=at == int(unsaid)))
        if number % GOES_ON == 0:
            tried += _answered(view, query, ranked, question, weight, ask)
    return tried


def _judged(serving: Serving, text: str, grades: Mapping[ItemId, int]) -> list[Judged]:
    try:
        query = serving.query_text(serving.read(Request(text)), demand=True)
    except RequestError:
        return []
    ranked = asking.find(serving, query)
    first = [serving.catalogue.id(int(place)) for place in ranked.positions[:FIRST]]
    if not first or any(item not in grades for item in first):
        return []
    return [Judged(text, asking.grounds_of(serving, query, ranked), any(grades[item] > 0 for item in first))]


def _answered(
    serving: Serving, query: Query, ranked: Candidates, question: MadeUp, weight: float, ask: AskSettings
) -> Iterator[Tried]:
    """The rankings after each further question, answered truthfully for the item; questions on which it says nothing
    are passed."""
    for _ in range(ANSWERS):
        pool = ranked.take(slice(0, asking.POOL))
        shares = asking.shares_of(ranked, asking.grounds_of(serving, query, ranked), None)
        asked = asking.question_of(serving, query, pool, shares, ask)
        if asked is None:
            return
        option = _true_option(serving, asked, question.position)
        request = asking.answered(query.reading.request, asked, option)
        query = serving.query_text(serving.read(request), demand=True)
        if option is None:
            continue
        ranked = asking.find(serving, query)
        yield _row(serving, query, ranked, question, weight, usual=False)


def _true_option(serving: Serving, asked: Question, position: int) -> Option | None:
    """The first answer that is true of the item, or the phrase that is nearest to anything it says; else None."""
    if not asked.field:
        return asking.nearest_phrase(serving, asked, position)
    columns, items = serving.catalogue.columns(), len(serving.catalogue)
    true = (one for one in asked.options if parse_filter(one.condition).allowed(columns, items).yes[position])
    return next(true, None)


def _row(serving: Serving, query: Query, ranked: Candidates, question: MadeUp, weight: float, *, usual: bool) -> Tried:
    """A ranking, with the question's item, or a copy of it, as what is right."""
    grounds = asking.grounds_of(serving, query, ranked)
    match = serving.heads[ranked.positions[: len(grounds.rows)]] == serving.heads[question.position]
    right = np.append(match, not match.any())
    return Tried(grounds, right, bool(match[:FIRST].any()), question.position, weight, usual)


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
