"""Places: what a seeker is shown of an item, why it is there, and what it does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import islice
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.ask import topic
from firstfive.build.describe import row_spans
from firstfive.features import name_words
from firstfive.features.numerals import counted
from firstfive.rank import ByField, Usual, explain, holds, of_field, parse_filter
from firstfive.types import Mismatch, Place, Quote

if TYPE_CHECKING:
    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.rank import Named, Verdict
    from firstfive.types import Candidates, Item, ItemId, Mask, Positions, Vectors

_WORDS = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_IN = re.compile(
    r"\b(?:in|near|nearby|around|at|(?:close|next)\s+to|nahe|bei|um|rund\s+um|à|a|près\s+d[e']|autour\s+d[e']|dans)"
    r"\s+(?:(?:the|der|la|le)\s+)?$",
    re.IGNORECASE,
)
"""Before a place where something is to be."""
_COMES_THERE = re.compile(
    r"\b(?:cover|serv|travel|visit|deliver|com(?:e|ing)\b|work(?:s|ing)?\s+in|branch|second\b|studio|online|also\b|too\b|as\s+well|minutes?\b|"
    r"miles?\b|km\b|near|close\s+to|outside|between|around|area|nationwide|from\s|"
    r"bedien|beliefer|liefer|besuch|fahr|komm|auch\b|filiale|zweigstelle|standort|minuten|nahe|nähe|zwischen|umgebung|raum\b|"
    r"desser|couvr|livr|déplac|interven|visit|aussi\b|également|proche|près|minutes?|entre\b|environs|alentours)",
    re.IGNORECASE,
)
"""In a passage that names a place: the item comes there, or is not far."""
SHOWN = 600
"""Characters of an item's text that a Slate holds; reasons quote from the whole text."""
WEIGHED = 1_000
"""Words whose weight is remembered."""
READ = 1_000
"""Items, from all over the catalogue, whose passages say what many have word for word. Cost: 30 ms once, with the first
answer."""
MANY, MANY_SHARE = 5, 0.02
"""A passage of more items than this, and of more than this share of them, is no item's own, and no reason by itself."""
FRAME = 5
"""Words that a passage of many items has at least beside numbers and names, which are each item's own."""
SAMPLED, SAMPLED_ROWS = 64, 10
"""Items, and of each the first passages, that say how near the usual item comes to a wish. Cost: 0.1 ms a wish."""
SHORT = 3
"""Letters of the longest words of a field's name that are not looked for in texts: "of" and "per" stand in many."""
FEWEST = 24
"""Items of a catalogue that are enough to tell what is usual in it."""
LEAST_SPREAD = 0.03
"""Where all items come as near to a wish, none stands out for a little more."""


class _Answer(NamedTuple):
    """An answer of the visit that a field decides: its condition, quoted, and which items meet it."""

    said: Quote
    field: str
    met: Verdict


@dataclass(frozen=True, slots=True)
class _Told:
    """What all places of a Slate are explained by: `explain` says of each what it is."""

    near: Sequence[Vectors | None]
    usual: Usual | None
    named: Collection[int]
    answers: Sequence[_Answer]


class Placing:
    """Makes places of what one Release found. Thread-safe, as that is."""

    def __init__(self, serving: Serving) -> None:
        self._catalogue, self._passages = serving.catalogue, serving.passages
        self._fields, self._copies = serving.fields, serving.copies
        self._weigh = lru_cache(WEIGHED)(serving.telling.weigh)

    def places(self, query: Query, candidates: Candidates, hidden: Collection[int]) -> tuple[Place, ...]:
        """The candidates as places with reasons. Copies of a place are named, but for hidden ones."""
        wishes = query.wishes() if query.wishes else None
        near = [self._near(wishes, position) for position in candidates.positions.tolist()]
        told = _Told(near, self._usual(wishes), self._named(query), self._answers(query))
        return tuple(self._place(query, candidates, row, told, hidden) for row in range(len(candidates)))

    def _near(self, wishes: Vectors | None, position: int) -> Vectors | None:
        """(wishes, rows): how near each passage of the item is to each wish, by cosine; None without vectors."""
        if wishes is None or not self._passages:
            return None
        return np.asarray(np.vecdot(wishes[:, None], self._passages.rows(position)[None]))

    def _place(
        self,
        query: Query,
        candidates: Candidates,
        row: int,
        told: _Told,
        hidden: Collection[int],
    ) -> Place:
        position = int(candidates.positions[row])
        item = self._catalogue.item(position)
        spans = row_spans(item.title, item.text, item.passages)
        fields, wishes = self._by_fields(query, item, position), query.reading.wishes
        near, weigh = told.near[row], self._weigh
        reason, mismatch = explain(item, spans, wishes, near, fields, told.usual, told.named, weigh, self._often)
        if reason:
            reason = replace(reason, said=query.reading.quote(reason.said))
        unwanted = any(wish.refused and mismatch and wish.start == mismatch.said.start for wish in wishes)
        if mismatch:
            mismatch = replace(mismatch, said=query.reading.quote(mismatch.said))
        if not (mismatch and mismatch.says and unwanted):
            unmet = _unmet(told.answers, item, position)
            mismatch = unmet if unmet and (unmet.says or not mismatch) else mismatch
        unknown = tuple(
            name for name, perhaps in (query.unknown or {}).items() if perhaps[position] and name not in item.fields
        )
        return Place(
            place=row + 1,
            item=item.id,
            title=item.title or str(item.id),
            text=_opening(item),
            score=round(max(float(candidates.scores[row]), 0.0), 6),
            channels={
                name: round(score, 6)
                for name, scores in candidates.channels.items()
                if not isnan(score := float(scores[row]))
            },
            reason=reason,
            mismatch=mismatch,
            fields=item.shown,
            unknown=unknown,
            copies=self._copies_of(position, hidden, query.among),
            facts=item.facts,
        )

    def _usual(self, wishes: Vectors | None) -> Usual | None:
        """How near the best passages of a sample of items are to each wish; None where there is no sample."""
        if wishes is None or self._sample is None:
            return None
        rows, starts = self._sample
        best = np.maximum.reduceat(wishes @ rows.T, starts, axis=1)
        return Usual(best.mean(axis=1), np.maximum(best.std(axis=1), LEAST_SPREAD))

    @cached_property
    def _sample(self) -> tuple[Vectors, Positions] | None:
        """The passages of items from all over the catalogue, and where each item's begin; None of a small one."""
        if not self._passages or len(self._catalogue) < FEWEST:
            return None
        places = np.linspace(0, len(self._catalogue) - 1, min(SAMPLED, len(self._catalogue))).astype(np.int64)
        rows = [found for place in places if len(found := self._passages.rows(int(place))[:SAMPLED_ROWS])]
        starts = np.cumsum([0, *map(len, rows)])[:-1]
        return (np.concatenate(rows).astype(np.float32), starts) if rows else None

    def _often(self, passage: str) -> Collection[str]:
        """The words of this passage that many items have just so; none where they do not."""
        frame = _frame(passage)
        return _WORDS.findall(frame) if hash(frame) in self._repeated else ()

    @cached_property
    def _repeated(self) -> frozenset[int]:
        """The passages that many items have, of those that say the same one. By their hashes: the texts need not be
        kept."""
        read = np.unique(np.linspace(0, len(self._catalogue) - 1, min(READ, len(self._catalogue))).astype(np.int64))
        items = map(self._catalogue.item, read.tolist())
        texts = {frozenset(hash(_frame(item.text[span.start : span.end])) for span in item.passages) for item in items}
        found = Counter(passage for passages in texts for passage in passages)
        return frozenset(passage for passage, n in found.items() if n > max(MANY, MANY_SHARE * len(texts)))

    def _named(self, query: Query) -> frozenset[int]:
        """The starts of the wishes that are a value of a field, such as a town."""
        columns = [column.values for column in self._catalogue.columns().values() if column.values]
        wishes = [(wish.start, wish.text.casefold()) for wish in query.reading.wishes]
        whole = (start for start, text in wishes if any(holds(values, text) for values in columns))
        return frozenset([*whole, *(one.wish for one in query.found.named if one.whole)])

    def _answers(self, query: Query) -> list[_Answer]:
        columns, items = self._catalogue.columns(), len(self._catalogue)
        found = list[_Answer]()
        for number, told in enumerate(query.reading.request.told):
            condition = parse_filter(told.condition) if told.condition else None
            if condition and len(condition.names()) == 1:  # of several fields none could be said to fail
                said = Quote(told.condition, 0, len(told.condition), f"told.{number}")
                met = query.once(condition, partial(condition.allowed, columns, items))
                found.append(_Answer(said, condition.names()[0], met))
        return found

    def _by_fields(self, query: Query, item: Item, position: int) -> dict[int, ByField | None]:
        """What the item's fields say of the wishes that name numbers, days or values of them."""
        means = dict[int, dict[str, bool]]()
        met = [(one.wish, one.field, self._fields.meet(one, position)) for one in query.found.every]
        either = _either(query.found.named)
        met += [(wish, name, True) for wish, name, meets in met if meets for wish in either.get((wish, name), ())]
        for wish, name, meets in met:  # of several values of a field, what is met counts
            of_wish = means.setdefault(wish, {})
            of_wish[name] = of_wish.get(name, False) or meets
        partly, sure, found = query.found.partly, query.found.sure, dict[int, ByField | None]()
        for wish, of_wish in means.items():
            said = self._says_of(query, item, position, of_wish, alone=wish in sure)
            if not (wish in partly and (said is None or said.meets)):
                found[wish] = said
        found |= self._in_another_place(query, item, means)
        return {wish: said for wish, said in found.items() if said or any(map(query.said.get, means[wish]))}

    @staticmethod
    def _in_another_place(query: Query, item: Item, means: Mapping[int, Mapping[str, bool]]) -> dict[int, ByField]:
        """What fields of places say of wishes to be in one, "in York", where the item is in another: its text may speak
        of Radio York. Not where a text says that it comes there, too."""
        text, found = query.reading.request.text, dict[int, ByField]()
        either = _either(query.found.named)
        for one in query.found.named:
            together = [one.wish, *either.get((one.wish, one.field), ())]
            if one.refused or not one.whole or topic(one.field) != "place":
                continue
            states = item.shown.get(one.field)
            states = (states,) if isinstance(states, str) else states
            if not isinstance(states, tuple) or not states or any(means[one.wish].values()):
                continue
            may_be = one.open.union(one.values) if one.wider else one.open  # nobody knows that it lies elsewhere
            if any(_part_of(state, one.value) or state.casefold() in may_be for state in states):
                continue
            led = any(_IN.search(text, 0, wish) for wish in together)
            if led and not _serves(item, one.value):
                found[one.wish] = ByField(of_field(item, one.field), False, alone=True)
        return found

    @staticmethod
    def _says_of(query: Query, item: Item, position: int, means: Mapping[str, bool], *, alone: bool) -> ByField | None:
        """What the item's fields say of a wish, by whether each that it means meets it: all must. None: too little."""
        for name, meets in means.items():
            said = query.said.get(name)
            if not meets and said and not (said.yes[position] or said.perhaps[position]):
                return ByField(of_field(item, name), False, alone)
        meeting = [(query.said[name].silent if name in query.said else 0.0, name) for name in means if means[name]]
        return ByField(of_field(item, max(meeting)[1]), True, alone) if meeting else None

    def _copies_of(self, position: int, hidden: Collection[int], among: Mask | None) -> tuple[ItemId, ...]:
        """The first twenty items that say the same as this one, of those that may be found."""
        every = self._copies.of(position)
        same = (place for place in every if place not in hidden and (among is None or among[place]))
        return tuple(self._catalogue.id(place) for place in islice(same, 21) if place != position)[:20]


def _either(named: Sequence[Named]) -> dict[tuple[int, str], list[int]]:
    """Of each wish that names values of a field, and of the field, the other wishes that do: an item has but one of
    them, and each is as good, "in Leeds or in York"."""
    wanted = {(one.wish, one.field) for one in named if one.whole and not one.refused}
    return {(wish, field): [other for other, of in wanted if of == field and other != wish] for wish, field in wanted}


def _part_of(one: str, other: str) -> bool:
    """Whether one place is named within the other: "Greater London" and "London"."""
    one, other = (f" {' '.join(_WORDS.findall(name.casefold()))} " for name in (one, other))
    return one in other or other in one


def _serves(item: Item, place: str) -> bool:
    """Whether a passage that names the place says that the item comes there or is near."""
    spoken = (item.text[span.start : span.end] for span in item.passages)
    return any(place in passage.casefold() and _COMES_THERE.search(passage) for passage in spoken)


def _unmet(answers: Sequence[_Answer], item: Item, position: int) -> Mismatch | None:
    """The last answer that a field of the item surely does not meet, else the first that it says nothing of."""
    for said, field, met in reversed(answers):
        if field in item.shown and not (met.yes[position] or met.perhaps[position]):
            return Mismatch(said, of_field(item, field), "contradicted")
    silent = (one for one in answers if one.met.perhaps[position] and one.field not in item.shown)
    return next(
        (Mismatch(one.said, None, "not mentioned") for one in silent if not _counts(item.text, one.field)), None
    )


def _counts(text: str, field: str) -> bool:
    """Whether a text may state a number of what a field is called by: "takes ten minutes", of `prep_minutes`."""
    names = {word.removesuffix("s") for word in name_words(field) if len(word) > SHORT}
    words = _WORDS.findall(text.casefold())
    named = (at for at, word in enumerate(words) if word.removesuffix("s") in names)
    return any(one[0].isdigit() or counted(one) is not None for at in named for one in words[max(0, at - 2) : at + 2])


def _frame(passage: str) -> str:
    """Its words, in small letters, without numbers and names where enough are left: "Posted by Pat, ..."."""
    words = passage.split()
    frame = [word for at, word in enumerate(words) if not (_DIGIT.search(word) or (at and word[0].isupper()))]
    return " ".join(frame if len(frame) >= FRAME else words).casefold()


def _opening(item: Item) -> str:
    """The item's text as a place shows it: the passages of its first 600 characters, the first of all."""
    ends = [span.end for number, span in enumerate(item.passages) if number == 0 or span.end <= SHOWN]
    return item.text[: min(ends[-1], SHOWN * 2)] if ends else item.text[:SHOWN]
