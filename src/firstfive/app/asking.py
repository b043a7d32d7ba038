"""Use case: what goes with five places, from the candidates that gave them; and what an answer makes of a request.

candidates = preferred(serving, query, candidates)      the answers so far, as soft preferences
asked = look(serving, query, candidates, learned)       strength, chance, the one best question, sharpenings, wishes
request = answered(request, question, option)           and on to the next Slate
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.ask import (
    NAT,
    PHRASES,
    USUAL,
    Grounds,
    answer,
    best,
    doubts,
    heed,
    held_codes,
    likely,
    losses,
    nearer,
    nearer_first,
    prefer,
    said,
    sharpenings,
    strength,
    topic,
)
from firstfive.errors import ModelError, RequestError
from firstfive.features import DEEP, FIRST, met_shares
from firstfive.observe import log
from firstfive.rank import DENIED, behind, parse_filter, telling
from firstfive.settings import AskSettings
from firstfive.types import Asked, Option, Question, Request, Told

if TYPE_CHECKING:
    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.ask import Calibration
    from firstfive.ports import Column
    from firstfive.types import (
        Candidates,
        ItemId,
        Mask,
        Numbers,
        Positions,
        Scores,
        Sharpening,
        Slate,
        Stated,
        Strength,
        Vectors,
    )

POOL = 200
"""Candidates that questions and sharpenings are made from."""
PHRASED, READ = 24, 800
"""Candidates that phrases are taken from, and characters of each."""
MOST_PHRASED = 2
"""Answers by a phrase that count: a page asks for one, and each costs the vectors of its phrases."""
REFUSED = 6.0
"""Evidence in nats against an item that a refusal has put behind all others."""
NEVER_SET = AskSettings()


# --- answers ----------------------------------------------------------------------------------------------------------


def answered(request: Request, question: Question, option: Option | None) -> Request:
    """The request with an answer; None: that it does not matter."""
    if option is None:
        return replace(request, told=(*request.told, Told(question.field)))
    told = Told(question.field, option.condition, option.kind, option.values)
    return replace(request, told=(*request.told, told))


def sharpened(request: Request, item: ItemId, button: Sharpening) -> Request:
    """The request after a button of this item: nearer to it, and what the button says."""
    like = request.like if item in request.like else (*request.like, item)
    told = Told(button.field, button.condition, button.kind, button.values)
    return replace(request, like=like, told=(*request.told, told))


def unwanted(request: Request, serving: Serving) -> frozenset[int]:
    """Where the wishes start that the request refuses."""
    return frozenset(wish.start for wish in serving.read(request).typed_wishes() if wish.refused)


def confirmed(serving: Serving, request: Request, before: Slate) -> list[ItemId]:
    """Items of the previous answer that state everything answered since; empty if nothing was answered."""
    said = _answers(
        serving, replace(request, told=tuple(one for one in request.told if one not in before.request.told))
    )
    shown = ((place.item, serving.catalogue.position(place.item)) for place in before.places)
    return [item for item, at in shown if said and at is not None and all(one.yes[at] for one in said)]


def preferred(serving: Serving, query: Query, found: Candidates) -> Candidates:
    """What was found for a request, and what else its answers and its own numbers and refusals speak for.

    The channels are searched once more, among the items that no answer speaks against. Raises RequestError
    request.filter for a condition that is none, or names a field that is not there.
    """
    request, said = query.reading.request, stated(serving, query)
    answers, own = ([one for one in said if one.firm is firm] for firm in (True, False))
    barred = _barred(serving, query)
    if barred is not None:
        answers.append(answer(~barred, np.zeros_like(barred)))
    if answers:
        found = prefer(found, _fitting(serving, query, found, answers), answers)
    if own:
        found = heed(found, _fitting(serving, query, found, [*answers, *own]), own)
    if barred is not None:
        found = behind(found, barred[found.positions])
    for phrases in [] if query.by_words else _phrases_told(serving, request):
        nearest = _nearest(serving, query, found, phrases)
        found = found if nearest is None else nearer_first(found, nearest, len(phrases))
    return found


def _fitting(serving: Serving, query: Query, found: Candidates, said: Sequence[Stated]) -> Candidates:
    """What is found among the items that nothing said speaks against."""
    fits = np.logical_and.reduce([one.yes | one.perhaps for one in said])
    among = fits if query.among is None else fits & query.among
    return serving.retrieve(replace(query, among=among)) if among.any() else found.take(slice(0, 0))


def stated(serving: Serving, query: Query) -> list[Stated]:
    """What was said of fields: by each answer of the visit, and by the request's own words."""
    told = query.reading.request.told
    return [*query.once(told, lambda: _answers(serving, query.reading.request, query.once)), *query.said.values()]


def lost(serving: Serving, query: Query, positions: Positions) -> Scores:
    """(n,): what items at these positions lose by what the visit's answers and the request's own words say."""
    return losses(positions, stated(serving, query))


def candidates(serving: Serving, query: Query) -> Candidates:
    """What is found for a request, answers and its own numbers included, before any stage."""
    return preferred(serving, query, serving.retrieve(query))


def find(serving: Serving, query: Query) -> Candidates:
    """The same in their last order, before the cut."""
    return ranked_all(serving, query, candidates(serving, query))


def ranked_all(serving: Serving, query: Query, candidates: Candidates) -> Candidates:
    """All candidates in their last order, before the cut."""
    trail: dict[str, Candidates] = {}
    serving.pipeline(query=query)(query.reading.request, candidates, trail=trail)
    *_, (_, last), _ = trail.items()
    return last


def about(field: str) -> str:
    """What a field is about, by its name: "place", "money" or another of the page's topics."""
    return topic(field)


# --- what to say and ask ----------------------------------------------------------------------------------------------


def look(
    serving: Serving,
    query: Query,
    candidates: Candidates,
    learned: Calibration | None,
    settings: AskSettings = NEVER_SET,
) -> Asked:
    """What to say and ask. candidates: all, in their last order, of which the request's first n are shown."""
    request = query.reading.request
    grounds = grounds_of(serving, query, candidates)
    chance = learned.chance(grounds) if learned else None
    pool, shares = candidates.take(slice(0, POOL)), shares_of(candidates, grounds, learned)
    question = question_of(serving, query, pool, shares, settings)
    asked = question if len(request.told) < settings.questions else None
    return Asked(
        query.reading.typed_wishes(),
        _strength(serving, query, pool, question),
        None if chance is None else round(chance, 3),
        chance is None or chance >= settings.sure_at,
        _spelt_question(serving, asked, pool.positions.tolist()) if asked else None,
        _sharpenings(serving, query, pool, shares, settings),
        query.reading.misspelt,
    )


def chance_of(serving: Serving, query: Query, candidates: Candidates, learned: Calibration | None) -> float | None:
    """The chance that a match is among the first five; None where it was never learned. Cost: that of `grounds_of`."""
    return learned.chance(grounds_of(serving, query, candidates)) if learned else None


def shares_of(candidates: Candidates, grounds: Grounds, learned: Calibration | None) -> Numbers:
    """(n,), n at most POOL: the candidates' shares of the chance to be the match; what is left to 1 is of all others.

    The probability left over goes to the other candidates, falling with rank and never above any scored one.
    """
    n, k = min(len(candidates), POOL), len(grounds.rows)
    shares, rest = (learned or USUAL).shares(grounds), 1 / np.arange(k + 1, n + 1)
    most = float(shares[:k].min(initial=1.0))
    return np.concatenate([shares[:k], np.minimum(shares[k] * rest / max(float(rest.sum()), 1e-9), most)])


def grounds_of(serving: Serving, query: Query, candidates: Candidates) -> Grounds:
    """What speaks for the first candidates, in their last order, and what answers and filters say.

    Scores are as the channels gave them, whatever moved an item since. About 0.5 ms, and with answers what it takes to
    hold every item against each once more: 20 ms of a million.
    """
    first = candidates.positions[:DEEP]
    near, met = np.full(len(first), np.nan), np.full(len(first), np.nan)
    if query.meant is not None and serving.whole:
        rows = [serving.whole.rows(position) for position in first.tolist()]
        near = np.array([float(np.vecdot(row[0], query.meant)) if len(row) else np.nan for row in rows])
    rare = serving.telling.rare
    if rare is not None and serving.pieces and serving.embedder and query.reading.asked:
        asked = serving.embedder.pieces(telling(query.reading.asked))
        met = met_shares(asked, [serving.pieces.of(position) for position in first.tolist()], rare)
    said = stated(serving, query)
    head = candidates.take(slice(0, DEEP))
    against = doubts(first, said) + np.where(head.refused, REFUSED, 0.0)
    if (denied := head.channels.get("denied")) is not None:
        against += np.where(np.isnan(denied), 0.0, DENIED / NAT)
    narrowed = _narrowed(serving, query, first, said)
    for phrases in [] if query.by_words else _phrases_told(serving, query.reading.request):
        nearest = _nearest(serving, query, head, phrases)
        if nearest is not None:
            against += np.where(nearest, 0.0, np.log(len(phrases)))
            narrowed += float(np.log(len(phrases)))
    speaks = np.column_stack([serving.fused(head), near, met])
    most = float(np.log(len(serving.catalogue)))
    return Grounds(speaks, len(query.reading.asked.split()), against, min(narrowed, most))


def _narrowed(serving: Serving, query: Query, first: Positions, said: Sequence[Stated]) -> float:
    """How far filter and answers narrow down what is not among the first, in nats: at most to one item."""
    items, among = len(serving.catalogue), query.among
    if said:
        weights = likely(said)
        left = float(weights.sum() if among is None else weights[among].sum()) - float(weights[first].sum())
    else:
        left = float(items if among is None else among.sum()) - len(first)
    return float(np.log(items / max(left, 1.0)))


def _barred(serving: Serving, query: Query) -> Mask | None:
    """(items,): what a request that only refuses does not want; None where nothing is, or nothing else may be found."""
    barred = serving.barred(query)
    if barred is None or not barred.any():
        return None
    left = ~barred if query.among is None else query.among & ~barred
    return barred if left.any() else None


def _answers(
    serving: Serving, request: Request, once: Callable[[object, Callable[[], Any]], Any] | None = None
) -> list[Stated]:
    """What each answer of the visit says of the items. once: keeps what each condition says, as `Query.once`."""
    columns, items = serving.catalogue.columns(), len(serving.catalogue)
    every = [parse_filter(told.condition) for told in request.told if told.condition]
    met = (partial(condition.allowed, columns, items) for condition in every)
    return [answer(*(once(key, make) if once else make())) for key, make in zip(every, met, strict=True)]


def holds(serving: Serving, told: Told) -> bool:
    """Whether the Release can tell what an answer says of its items: it has the field, and that is of the same kind."""
    try:
        _answers(serving, Request("", told=(told,)))
    except RequestError:
        return False
    return True


def _phrases_told(serving: Serving, request: Request) -> list[list[str]]:
    """For each of the last two answers that chose a phrase: the phrases offered, the chosen one first."""
    if serving.embedder is None or serving.whole is None:
        return []
    chosen = [told.values[:PHRASES] for told in request.told if told.kind == "phrase" and len(told.values) > 1]
    return [[str(phrase) for phrase in phrases] for phrases in chosen[-MOST_PHRASED:]]


def _nearest(serving: Serving, query: Query, found: Candidates, phrases: Sequence[str]) -> Mask | None:
    """(n,): the candidates of the pool that are at least as near to the first phrase as to any other.

    None where there are none, or the embedder fails: then the answer moves nothing, as the request's words still do.
    """
    pool = found.positions[:POOL].tolist()
    vectors = query.once(tuple(phrases), lambda: _phrase_vectors(serving, phrases)) if pool else None
    if vectors is None:
        return None
    near = _nearness(serving, vectors, pool)
    nearest = np.zeros(len(found), dtype=bool)
    nearest[: len(pool)] = near[:, 0] >= near.max(axis=1)
    return nearest


def _phrase_vectors(serving: Serving, phrases: Sequence[str]) -> Vectors | None:
    """(phrases, size); None where the embedder fails."""
    assert serving.embedder is not None
    try:
        return serving.embedder.embed(phrases)
    except ModelError as error:
        log("recommend").warning("a phrase that was chosen moves nothing: %s", error)
        return None


def nearest_phrase(serving: Serving, question: Question, position: int) -> Option:
    """The offered phrase that is nearest to any passage of the item: the one true of it, if any is."""
    assert serving.embedder is not None
    near = _nearness(
        serving, serving.embedder.embed([str(option.values[0]) for option in question.options]), [position]
    )
    return question.options[int(near.argmax())]


def _nearness(serving: Serving, vectors: Vectors, positions: Sequence[int]) -> Numbers:
    """(positions, phrases): how near each item's nearest passage is to each phrase, as a cosine; -1 of no passage."""
    rows = [serving.passages.rows(at) if serving.passages else _vectors(serving, [at]) for at in positions]
    return np.stack([np.vecdot(vectors[:, None], row[None]).max(axis=1, initial=-1.0) for row in rows])


def _answered(request: Request) -> set[str]:
    """The fields that answers were about: those they name, and those in their conditions."""
    named = (name for told in request.told if told.condition for name in parse_filter(told.condition).names())
    return {*(told.field for told in request.told if told.field or not told.condition), *named}


def question_of(
    serving: Serving, query: Query, pool: Candidates, shares: Numbers, settings: AskSettings = NEVER_SET
) -> Question | None:
    """What to ask: the field whose answer is expected to help most, or else phrases; None where nothing helps.

    shares (n,): of the chance, among the candidates of the pool.
    """
    request, columns = query.reading.request, serving.catalogue.columns()
    known = {*_answered(request), *said(request.text, columns), *query.said}
    skip = {*settings.never, *known, *_where_already(columns, known, {t.field for t in request.told if not t.kind})}
    question = best(columns, pool.positions, shares, skip)
    return question or (None if "" in skip else _phrases(serving, request, pool, shares))


def _where_already(columns: Mapping[str, Column], known: Collection[str], any_will_do: Collection[str]) -> set[str]:
    """Fields of places that need no question: the county of a known town, and all of them once a seeker said that the
    place does not matter."""
    places = {name: len(column.values) for name, column in columns.items() if topic(name) == "place"}
    if not places.keys().isdisjoint(any_will_do):
        return {*places}
    finest = max((places[name] for name in places.keys() & known), default=0)
    return {name for name, values in places.items() if values <= finest}


def _phrases(serving: Serving, request: Request, pool: Candidates, shares: Numbers) -> Question | None:
    """A question of phrases, where no field tells the candidates apart."""
    positions = pool.positions[:PHRASED].tolist()
    if not positions or serving.whole is None or serving.embedder is None:
        return None
    texts = [serving.catalogue.item(position).text[:READ] for position in pool.positions.tolist()]
    own = _word_vectors(serving, [request.text]) if len(serving.embedder.table) else None
    related = None if own is None else (lambda phrases: _word_vectors(serving, phrases) @ own[0])
    return nearer(texts, _vectors(serving, positions), shares[:PHRASED], request.text, related)


def _word_vectors(serving: Serving, texts: Sequence[str]) -> Numbers:
    """(n, size): the mean of the vectors of each text's word pieces, before any context, of unit length; 0 of none."""
    assert serving.embedder is not None
    table = serving.embedder.table
    every = [table[serving.embedder.pieces(text)].astype(np.float64).sum(axis=0) for text in texts]
    means = np.stack(every)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9))


def _sharpenings(
    serving: Serving, query: Query, pool: Candidates, shares: Numbers, settings: AskSettings
) -> tuple[tuple[Sharpening, ...], ...]:
    request, bounds, columns = query.reading.request, query.found.bounds, serving.catalogue.columns()
    skip = {*settings.never, *_answered(request)}
    capped = {(one.field, "more") for one in bounds if isfinite(one.high)}
    capped |= {(one.field, "less") for one in bounds if isfinite(one.low)}
    rows = sharpenings(columns, pool.positions, shares, shown=request.n, skip=skip, capped=capped)
    return tuple(
        tuple(replace(one, values=_spelt(serving, position, one.field, one.values)) for one in row)
        for position, row in zip(pool.positions.tolist(), rows, strict=False)
    )


# --- values as items spell them: columns hold small letters only -----------------------------------------------------


def _spelt_question(serving: Serving, question: Question, positions: Sequence[int]) -> Question:
    column = serving.catalogue.columns().get(question.field)
    if column is None or column.codes is None:
        return question
    held = held_codes(column, positions)
    pairs = reversed(list(zip(positions, held, strict=True)))  # the first holder's spelling wins
    holder = {column.values[code]: at for at, codes in pairs for code in codes.tolist()}

    def spelt(option: Option) -> Option:
        at = holder.get(str(option.values[0])) if option.values else None
        return option if at is None else replace(option, values=_spelt(serving, at, question.field, option.values))

    return replace(question, options=tuple(map(spelt, question.options)))


def _spelt(serving: Serving, position: int, field: str, values: tuple[str | float, ...]) -> tuple[str | float, ...]:
    """Values as the item at a position spells them."""
    given = serving.catalogue.item(position).fields.get(field)
    several = given if isinstance(given, tuple) else (given,)
    spelling: dict[str | float, str] = {one.casefold(): one for one in several if isinstance(one, str)}
    return tuple(spelling.get(value, value) for value in values)


# --- strength ---------------------------------------------------------------------------------------------------------


def _strength(serving: Serving, query: Query, pool: Candidates, question: Question | None) -> Strength:
    wishes, items = query.reading.wishes, len(serving.catalogue)
    add, about = (question.field, question.topic if question.field else "") if question else ("", "")
    shares = [one.yes.mean() for one in stated(serving, query)]
    told = min(-sum(float(np.log(max(share, 1 / items))) for share in shares), float(np.log(items)))
    support, nats = np.empty((len(wishes), 0), np.float32), np.zeros(len(wishes))
    if query.wishes and serving.whole and len(pool) > FIRST:
        rows = _vectors(serving, pool.positions[: 2 * DEEP].tolist())
        support = np.vecdot(query.wishes()[:, None], rows[None])
        by_fields = query.of_fields()
        known = ["" if wish.start in by_fields else serving.spelling.known(wish.text) for wish in wishes]
        nats = np.array([serving.telling.nats(text) for text in known])
    said = np.array([serving.spelling.says(wish.text) for wish in wishes], dtype=bool)
    return strength(wishes, support, nats, items, said=said, told=told, add=add, about=about)


def _vectors(serving: Serving, positions: Sequence[int]) -> Vectors:
    """(n, size): of the items at these positions; 0 for one that has none."""
    found = [serving.vector(position) for position in positions]
    size = next((len(one) for one in found if one is not None), 1)
    return np.stack([np.zeros(size, np.float32) if one is None else one for one in found])
