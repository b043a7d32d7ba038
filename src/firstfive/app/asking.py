"""Use case: after an answer, what to say about it and what to ask next.

asked = look(serving, query, ranked, learned)   strength, chance, the one best question, sharpenings, wishes
ranked = find(serving, query, told)             the candidates, with earlier answers as soft preferences
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.chances import ranked_all, signals_of
from firstfive.ask.chance import Calibration, spread
from firstfive.ask.phrases import nearer
from firstfive.ask.prefer import prefer
from firstfive.ask.question import POOL, Option, Question, best, held_codes, ranked
from firstfive.ask.sharpen import Sharpening, sharpenings
from firstfive.ask.strength import Strength, strength
from firstfive.ask.topics import said, topic
from firstfive.features import DEEP, FIRST
from firstfive.rank import parse_filter
from firstfive.types import Wish

if TYPE_CHECKING:
    from firstfive.app.serving import Query, Serving
    from firstfive.types import Candidates, ItemId, Vectors

QUESTIONS = 2
"""At most so many in a visit."""
UNLEARNED = 0.5
"""What a chance is taken to be where none was learned: for weighing questions, never for showing."""
READ = 400
"""Characters of a candidate's text that phrases are taken from."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered in a visit, beside the request's own text: conditions in the filter language, in order.

    asked: fields that were asked about, whatever was answered ("" for phrases). words of answers join the text.
    """

    conditions: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


NOTHING = Told()


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes with five results. chance: that a match is among them; None where it was never learned.

    question: None where none is worth a seeker's time. sharpenings: for each place, in order. wishes: what was
    understood, to be read back as words that can be taken away.
    """

    strength: Strength
    chance: float | None
    question: Question | None
    sharpenings: tuple[tuple[Sharpening, ...], ...]
    wishes: tuple[Wish, ...]


def find(serving: Serving, query: Query, told: Told = NOTHING) -> Candidates:
    """All candidates in their last order, before the cut: those that answers speak for first, none left out for one.

    With answers the channels are searched twice: for the request, and among the items that no answer speaks against.
    Raises RequestError request.filter for a condition that is none, or names a field that is not there.
    """
    every = serving.retrieve(query)
    return ranked_all(serving, query, preferred(serving, query, every, told) if told.conditions else every)


def preferred(serving: Serving, query: Query, every: Candidates, told: Told) -> Candidates:
    """What was found for a request, and what else its answers speak for, with each answer's part in the score."""
    columns, items = serving.catalogue.columns(), len(serving.catalogue)
    verdicts = [parse_filter(condition).allowed(columns, items) for condition in told.conditions]
    fits = np.logical_and.reduce([verdict.yes | verdict.perhaps for verdict in verdicts])
    among = fits if query.among is None else fits & query.among
    fitting = serving.retrieve(replace(query, among=among)) if among.any() else every.take(slice(0, 0))
    return prefer(every, fitting, [verdict.yes for verdict in verdicts], [verdict.perhaps for verdict in verdicts])


def look(
    serving: Serving,
    query: Query,
    candidates: Candidates,
    learned: Calibration | None,
    told: Told = NOTHING,
    *,
    never: Collection[str] = (),
    questions: int = QUESTIONS,
) -> Asked:
    """What to say and ask. candidates: all, in their last order, as `find` or an answer's trail gives them.

    never: fields that no seeker can be asked about. questions: how many a visit may have.
    """
    reading = query.reading
    chance = chance_of(serving, query, candidates, learned, told)
    shares = spread(candidates.scores, UNLEARNED if chance is None else chance)
    columns = serving.catalogue.columns()
    skip = {*never, *told.asked, *said(reading.request.text, columns)}
    worth = ranked(columns, candidates.positions, shares, skip)
    question = worth[0] if worth else None
    if question is None and "" not in told.asked:
        question = phrase_question(serving, query, candidates, shares)
    add = question.field if question else ""
    buttons = sharpenings(columns, candidates.positions[:POOL], shares[:POOL], skip={*never, *told.asked})
    return Asked(
        _strength(serving, query, candidates, add),
        None if chance is None else round(chance, 3),
        _spelt_question(serving, question, candidates) if question and len(told.asked) < questions else None,
        tuple(tuple(replace(b, value=_spelt(serving, b.position, b.field, b.value)) for b in row) for row in buttons),
        reading.wishes,
    )


def chance_of(
    serving: Serving, query: Query, candidates: Candidates, learned: Calibration | None, told: Told = NOTHING
) -> float | None:
    """The chance that a match is among the first five; None where it was never learned. Under a millisecond."""
    if learned is None:
        return None
    if not len(candidates):
        return 0.0
    return learned.chance(signals_of(serving, query, candidates, narrowed(serving, told)))


def narrowed(serving: Serving, told: Told) -> float:
    """How much the answers narrow the catalogue down, in nats."""
    columns, items = serving.catalogue.columns(), len(serving.catalogue)
    verdicts = [parse_filter(condition).allowed(columns, items) for condition in told.conditions]
    return float(sum(-np.log(max(1, int((one.yes | one.perhaps).sum())) / items) for one in verdicts))


def best_question(
    serving: Serving,
    query: Query,
    candidates: Candidates,
    learned: Calibration | None,
    told: Told = NOTHING,
    *,
    never: Collection[str] = (),
) -> Question | None:
    """The question alone."""
    chance = chance_of(serving, query, candidates, learned, told)
    shares = spread(candidates.scores, UNLEARNED if chance is None else chance)
    columns = serving.catalogue.columns()
    skip = {*never, *told.asked, *said(query.reading.request.text, columns)}
    found = best(columns, candidates.positions, shares, skip)
    if found is None and "" not in told.asked:
        return phrase_question(serving, query, candidates, shares)
    return found


def phrase_question(serving: Serving, query: Query, candidates: Candidates, shares: np.ndarray) -> Question | None:
    """A question of phrases, where no field tells the candidates apart."""
    positions = candidates.positions[:24].tolist()
    if not positions or serving.whole is None:
        return None
    texts = [_opening(serving, position) for position in positions]
    vectors = np.stack([_vector(serving, position) for position in positions])
    return nearer(texts, vectors, shares[: len(positions)], query.reading.request.text)


def _spelt_question(serving: Serving, question: Question, candidates: Candidates) -> Question:
    """The question with its values as items spell them: columns hold small letters only."""
    column = serving.catalogue.columns().get(question.field)
    if column is None or column.codes is None:
        return question
    pool = candidates.positions[:POOL].tolist()
    held = held_codes(column, pool)
    holder = {
        column.values[code]: at for at, codes in zip(reversed(pool), reversed(held), strict=True) for code in codes
    }

    def spelt(option: Option) -> Option:
        values = tuple(
            _spelt(serving, holder[value], question.field, value) for value in option.values if value in holder
        )
        return replace(option, values=values) if option.kind == "value" and values else option

    return replace(question, options=tuple(map(spelt, question.options)))


def _spelt(serving: Serving, position: int, field: str, value: str | float) -> str | float:
    """A value as the item at a position spells it."""
    given = serving.catalogue.item(position).fields.get(field)
    several = given if isinstance(given, tuple) else (given,)
    return next((one for one in several if isinstance(one, str) and one.casefold() == value), value)


def sharpened(told: Told, button: Sharpening) -> Told:
    """The answers with a sharpening's own. The item itself joins `request.like`."""
    return Told((*told.conditions, button.condition), (*told.asked, button.field))


def liked(serving: Serving, query: Query, button: Sharpening) -> tuple[ItemId, ...]:
    """The request's liked items with the one that was sharpened from."""
    item = serving.catalogue.id(button.position)
    before = query.reading.request.like
    return before if item in before else (*before, item)


def _strength(serving: Serving, query: Query, candidates: Candidates, add: str) -> Strength:
    wishes = query.reading.wishes
    about = topic(add) if add else ""
    if not (query.wishes and serving.whole and len(candidates) > FIRST):
        return strength(wishes, np.empty((len(wishes), 0), np.float32), np.zeros(len(wishes)), 1, add=add, about=about)
    rows = np.stack([_vector(serving, position) for position in candidates.positions[: 2 * DEEP].tolist()])
    support = np.vecdot(query.wishes()[:, None], rows[None])
    nats = np.array([_nats(serving, wish.text) for wish in wishes])
    return strength(wishes, support, nats, len(serving.catalogue), add=add, about=about)


def _nats(serving: Serving, text: str) -> float:
    """How much the words of a wish narrow the catalogue down: the rarest counts whole, each after it half as much."""
    if serving.rare is None or serving.embedder is None:
        return 0.0
    found = np.sort(serving.rare[serving.embedder.pieces(text)])[::-1]
    return float((found * 0.5 ** np.arange(len(found))).sum())


def _vector(serving: Serving, position: int) -> Vectors:
    found = serving.vector(position)
    return np.zeros(1, np.float32) if found is None else found


def _opening(serving: Serving, position: int) -> str:
    item = serving.catalogue.item(position)
    return item.text[:READ]
