"""One Release, opened for answering: its channels, its catalogue and the stages between a request and its places."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from firstfive.app import adapted, learned
from firstfive.app.learned import Blending
from firstfive.app.placing import Placing
from firstfive.app.query import Query
from firstfive.app.requested import RequestedFields, stated_by_all
from firstfive.app.spelling import Spelling
from firstfive.ask import Reading, parted, read, topic
from firstfive.errors import Conflict, IndexFileError, ModelError, RequestError
from firstfive.features import name_words
from firstfive.index import MappedCatalogue, MappedPieces, open_folder, open_text, open_vectors
from firstfive.index.files import damaged, mapped
from firstfive.observe import Stopwatch, log
from firstfive.ports import Embedder, Hits
from firstfive.rank import (
    Pipeline,
    Stage,
    Telling,
    contradicts,
    cut,
    diversify,
    fold_copies,
    fuse,
    heed_denials,
    holds,
    lacks,
    lacks_refused,
    last,
    meet_words,
    names_refused,
    parse_filter,
    rarity,
    sooner,
    telling,
    without,
)
from firstfive.settings import RankSettings
from firstfive.types import Candidates, ItemId, Place, Request, Wish

if TYPE_CHECKING:
    from firstfive.learn import Adapter
    from firstfive.types import Mask, Pieces, Positions, Scores, Vectors

BARRED = 4_000
"""At most this many items are barred by one wish of a request that only refuses: those that say most of it."""
DENIALS_READ = 50
"""How many of these are read whole for a denial. Cost: 0.3 ms an item of 40 sentences."""
UNDIVIDED, SPOKEN = 500, 60
"""Only fields of at most UNDIVIDED values, and values of at most SPOKEN characters, are checked for values that would
be read as several wishes."""
LIKE, UNLIKE = 0.75, 0.5
"""Weights of the items to go nearer to and away from, beside the request's own 1 (Rocchio, 1971)."""


class Copies:
    """Which items say the same. heads: `Serving.heads`."""

    def __init__(self, heads: Positions) -> None:
        self._heads = heads

    def of(self, position: int) -> Sequence[int]:
        """The positions of an item and of its copies."""
        return self._by_head.get(int(self._heads[position]), (position,))

    @cached_property
    def _by_head(self) -> Mapping[int, list[int]]:
        """By head: the positions of an item and its copies. Items without copies are left out."""
        found: dict[int, list[int]] = {}
        for place in np.flatnonzero(self._heads != np.arange(len(self._heads))).tolist():
            head = int(self._heads[place])
            found.setdefault(head, [head]).append(place)
        return found


class Serving:
    """An opened Release. Immutable and thread-safe: a new Release is a new Serving.

    Contains no reference cycle: once another Release answers, it is freed when the last request ends, also where a
    server has frozen the garbage collector.
    """

    def __init__(self, folder: Path, embedder: Embedder | None, rank: RankSettings | None = None) -> None:
        """Checks the files and maps them.

        Raises IndexFileError: index.corrupt for damaged files, index.missing where another embedder made the vectors.
        """
        about: Any = open_folder(folder)
        self.parts: Mapping[str, str] = about["parts"]
        self.rank = rank or _rank_of(self.parts)
        self.catalogue = MappedCatalogue(folder / "catalogue")
        stemmer, rescore = self.parts["index.stemmer"], int(self.parts["index.rescore"])
        self.words, self.chars = open_text(folder / "text", stemmer)
        self.embedder = embedder if self.parts["embedder"] else None
        if self.embedder and self.embedder.name != self.parts["embedder"]:
            raise IndexFileError(
                f"the Release was built with {self.parts['embedder']} and the embedder now is {self.embedder.name}; "
                "run `firstfive build`",
                code="index.missing",
            )
        self.whole = open_vectors(folder / "whole", rescore) if self.parts["embedder"] else None
        self.passages = open_vectors(folder / "passages", rescore) if self.parts["embedder"] else None
        self.own = open_vectors(folder / "own", rescore) if (folder / "own").exists() else None
        self.pieces = MappedPieces(folder / "pieces") if self.parts["embedder"] else None
        self.learned = learned.load(folder)
        self.adapter = self._adapter(folder)
        self.telling = Telling(self.embedder.pieces if self.embedder else _none, self._rarity())
        self._beside = ThreadPoolExecutor(os.cpu_count() or 1, "wishes")
        self.spelling = Spelling(self.words, self.catalogue.columns(), stemmer, self.embedder)
        try:
            self.heads = mapped(folder / "heads.npy")
        except (OSError, ValueError) as error:
            raise damaged(folder / "heads.npy", str(error)) from error
        if len(self.heads) != len(self.catalogue):
            raise damaged(folder / "heads.npy", "it has not one line an item")
        self.copies = Copies(self.heads)

    @cached_property
    def weights(self) -> dict[str, float]:
        """The weight of each channel this Release has."""
        has = {"words": True, "chars": True, "whole": self.whole, "passages": self.passages, "own": self.own}
        return {name: getattr(self.rank, name) for name, there in has.items() if there and getattr(self.rank, name) > 0}

    def pipeline(
        self,
        hidden: Collection[int] = frozenset(),
        query: Query | None = None,
        rerank: Callable[[Blending | None], Stage] | None = None,
        taste: Stage | None = None,
        explore: Stage | None = None,
    ) -> Pipeline:
        """The stages after fusion; without a query, only those that need neither the request's words nor learned
        behaviour.

        taste: the stage of the person who asks. rerank: given what was learned, makes the stage before variety.
        explore: the last stage before the cut.
        """
        reading = query.reading if query else None
        refused = _refused(query) if query else []

        stages = without(lambda request: self._gone(request, hidden)) >> fold_copies(self.heads)
        if reading and self.embedder and self.pieces and self.telling.rare is not None:
            asked = self.embedder.pieces(telling(reading.asked))
            share = self.rank.pieces / max(self._weight_of(reading.request), 1e-9)
            stages = stages >> meet_words(asked, self.pieces.of, self.embedder.table, self.telling.rare, share)
        blending = None
        if query and self.learned:
            blending = Blending(self.learned, self, query, self._gone(query.reading.request, hidden))
            stages = stages >> blending.stage()
        if taste:
            stages = stages >> taste
        if query and (wanted := [wish for wish in query.reading.wishes if not wish.refused]):
            stages = stages >> heed_denials(partial(self._denies, query, wanted))
        if query and refused:
            stages = (
                stages >> sooner(partial(self._lacking, query, refused)) >> last(partial(self._has, query, refused))
            )
        if rerank:
            stages = stages >> rerank(blending)
        if self.whole or self.own:
            stages = stages >> diversify(self._vector)
        if explore:
            stages = stages >> explore
        return stages >> cut()

    def read(self, request: Request) -> Reading:
        """The request as it will be answered, misspelt words as they are meant here. Raises RequestError, as `read`."""
        return read(request, self.spelling.better, self._undivided, self._is_place)

    @cached_property
    def _undivided(self) -> re.Pattern[str] | None:
        """Matches names of yes/no fields, and values of other fields, that would be read as several wishes."""
        found = set[str]()
        for name, column in self.catalogue.columns().items():
            values = column.values if len(column.values) <= UNDIVIDED else ()
            said = [" ".join(name_words(name))] if column.kind == "yes/no" else values
            found |= {one for one in said if " " in one and len(one) <= SPOKEN and parted(one)}
        ways = sorted(map(re.escape, found), key=lambda one: (-len(one), one))
        return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)", re.IGNORECASE) if ways else None

    def _is_place(self, name: str) -> bool:
        """Whether a field that says where something is has this value. Cost: a search of the ascending values."""
        folded = name.casefold()
        return len(folded) > len("US") and any(holds(values, folded) for values in self._places)

    @cached_property
    def _places(self) -> tuple[Sequence[str], ...]:
        """The values of each field that says where something is."""
        columns = self.catalogue.columns()
        return tuple(column.values for name, column in columns.items() if topic(name) == "place")

    def warm(self) -> None:
        """Loads what is looked up of misspelt words: 0.7 s once in a process."""
        self.spelling.warm()

    def query(self, reading: Reading, hidden: Collection[int] = frozenset()) -> Query:
        """Embeds the request and its wishes, adds what it likes and dislikes, and works out what may be found."""
        query = self.query_text(reading, wishes=True)
        gone = self._gone(reading.request, hidden)
        if not reading.request.filter:
            return replace(query, among=self._without(None, gone)) if gone else query
        parsed = parse_filter(reading.request.filter)
        verdict = parsed.allowed(self.catalogue.columns(), len(self.catalogue))
        unknown = dict.fromkeys(parsed.names(), verdict.perhaps)
        return replace(query, among=self._without(verdict.yes | verdict.perhaps, gone), unknown=unknown)

    def query_text(self, reading: Reading, *, wishes: bool = False, demand: bool = False) -> Query:
        """The query of the request's text, likes and dislikes alone; with `wishes`, their vectors are made too.

        demand: raises ModelError where the embedder fails. Measuring must fail rather than silently fall back to word
        search. Raises RequestError not_found.item for a liked or disliked item that the Release does not have, and
        Conflict conflict.vector for a vector that is not of the space of the user's own.
        """
        for item in (*reading.request.like, *reading.request.unlike):
            self.position(item)
        self._given(reading.request)
        query = self._said(reading)
        reading = query.reading
        if not self.embedder or not reading.asked:
            return replace(query, vector=self._moved(None, self.whole, reading.request))
        vectors = self.embedder.embed([reading.asked]) if demand else self._embedded([reading.asked])
        if vectors is None:
            return replace(query, vector=self._moved(None, self.whole, reading.request), by_words=True)
        asked = self.adapter(vectors) if self.adapter else vectors
        query = replace(query, vector=self._moved(asked[0], self.whole, reading.request), meant=asked[0])
        return replace(query, wishes=self._wished(reading, vectors)) if wishes else query

    def _said(self, reading: Reading) -> Query:
        """The query of what the request says of fields.

        Days and numbers that items state are not searched for in texts: "1 May" is no "Walk 1".
        """
        found = self.fields.read(reading.request.text, reading.wishes)
        parts = found.parts(reading.wishes)
        left = reading.without(parts)
        said = self.fields.said(found, self.telling.nats(left.asked) if left is not reading or not parts else 0.0)
        by_all = stated_by_all(found, said, reading.wishes)
        return Query(reading.without(by_all) if by_all else reading, None, found=found, said=said)

    def _wished(self, reading: Reading, vectors: Vectors) -> Callable[[], Vectors]:
        """What gives the wishes' vectors; they are made meanwhile. vectors (1, size): the request's."""
        if len(reading.wishes) == 1 and not reading.wishes[0].refused:  # the request is its only wish
            return lambda: vectors
        texts = [wish.text for wish in reading.wishes]
        each = self._beside.submit(copy_context().run, self._embedded, texts)  # in the same trace

        def made() -> Vectors:
            found = each.result()
            return np.repeat(vectors, len(texts), axis=0) if found is None else found

        return made

    def _embedded(self, texts: Sequence[str]) -> Vectors | None:
        """The texts' vectors; None where the embedder has none in time: then words alone must do."""
        try:
            return self.embedder.embed(texts) if self.embedder else None
        except ModelError as error:
            log("recommend").warning("answering by words alone: %s", error)
            return None

    def retrieve(self, query: Query, watch: Stopwatch | None = None) -> Candidates:
        """The fused candidates of all channels."""
        depth, request = int(self.rank.depth), query.reading.request
        depth = max(depth, request.n)
        found: dict[str, Hits] = {}
        for name in self.weights:
            hits = self._search(name, query, depth)
            if hits is not None:
                found[name] = hits
            if watch:
                watch.lap(name)
        population = len(self.catalogue) if query.among is None else int(query.among.sum())
        fused = fuse(found, self.weights, int(self.rank.depth), population)
        if watch:
            watch.lap("fuse")
        return fused

    def fused(self, candidates: Candidates) -> Scores:
        """(n,): the fused channel scores, ignoring later stages; NaN where no channel found the item."""
        weights = {**self.weights, "pieces": self.rank.pieces}
        names = [name for name in candidates.channels if name in weights]
        total = sum((weights[name] * candidates.channels[name] for name in names), np.zeros(len(candidates)))
        return np.asarray(total / max(sum(weights[name] for name in names), 1e-9), dtype=np.float32)

    def places(self, query: Query, candidates: Candidates, hidden: Collection[int] = frozenset()) -> tuple[Place, ...]:
        """The candidates as places with reasons. Copies of a place are named, but for hidden ones."""
        return self._placing.places(query, candidates, hidden)

    @cached_property
    def _placing(self) -> Placing:
        return Placing(self)

    @cached_property
    def fields(self) -> RequestedFields:
        """The catalogue's fields, as requests speak of them."""
        words, catalogue = self.words, self.catalogue  # what they hold must not hold this Release
        return RequestedFields(
            catalogue.columns(),
            lambda text: words.holding(text, len(catalogue)).positions,
            lambda position: catalogue.item(position).text,
        )

    def barred(self, query: Query) -> Mask | None:
        """(items,): for a request that only refuses, the items with all words of a refused wish, which search would put
        first.

        Of the DENIALS_READ that say most of it, items that state they do not have it ("there is no internet") are not
        barred.

        None for other requests, and without vectors: words alone would find no other items.
        """
        refused = _refused(query)
        if not self.whole or not refused or not all(wish.refused for wish in query.reading.wishes):
            return None
        barred = np.zeros(len(self.catalogue), dtype=bool)
        for wish in refused:
            holding = self.words.holding(telling(wish.text), BARRED, query.among).positions
            barred[holding] = True
            absent = [at for at in holding[:DENIALS_READ].tolist() if lacks_refused(self.catalogue.item(at), wish)]
            barred[absent] = False
        return barred

    def _denies(self, query: Query, wanted: Sequence[Wish], position: int) -> bool:
        """Whether the item denies one of these wishes, or is beyond its number, and no field grants that wish."""
        granted = {one.wish for one in query.found.every if self.fields.meet(one, position)}
        item = self.catalogue.item(position)
        left = [wish for wish in wanted if wish.start not in granted]
        return lacks(item, left) or contradicts(item, left)

    def _lacking(self, query: Query, refused: Sequence[Wish], position: int) -> float:
        """The share of the refused wishes of which a field or the text says that the item has not that."""
        met = {one.wish for one in query.found.every if self.fields.meet(one, position)}
        item = self.catalogue.item(position)
        return sum(wish.start in met or lacks_refused(item, wish) for wish in refused) / len(refused)

    def _has(self, query: Query, refused: Sequence[Wish], _: Request, position: int) -> bool:
        """Whether the item names what one of the wishes refuses, and no field of it says otherwise."""
        met = {one.wish for one in query.found.every if self.fields.meet(one, position)}
        item = self.catalogue.item(position)
        return any(names_refused(item, wish) for wish in refused if wish.start not in met)

    def position(self, item: ItemId) -> int:
        """Where an item is. Raises RequestError for one the Release does not have."""
        position = self.catalogue.position(item)
        if position is None:
            raise RequestError(
                f"the Release has no item {item!r}; check the id, or build after importing it", code="not_found.item"
            )
        return position

    def nearest(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        """The items nearest to a vector of the whole-text channel, or of the user's own."""
        channel = self.whole or self.own
        if channel is None:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        return channel.search(vector, n, among)

    def vector(self, position: int) -> Vectors | None:
        """An item's vector in the space of `nearest`; None where it has none."""
        channel = self.whole or self.own
        if channel is None:
            return None
        rows = channel.rows(position)
        return rows[0] if len(rows) else None

    def _gone(self, request: Request, hidden: Collection[int]) -> set[int]:
        """Positions that must not be shown: hidden ones, and those that the request names."""
        named = (*request.exclude, *request.like, *request.unlike)
        return {*hidden, *(place for item in named if (place := self.catalogue.position(item)) is not None)}

    def _without(self, among: Mask | None, gone: Collection[int]) -> Mask:
        """The mask less these positions, so that they take nobody's place among a channel's best."""
        mask = np.ones(len(self.catalogue), dtype=bool) if among is None else among.copy()
        mask[list(gone)] = False
        return mask

    def _search(self, name: str, query: Query, depth: int) -> Hits | None:
        text, vector = query.reading.asked, query.vector
        if name in {"words", "chars"}:
            channel = self.words if name == "words" else self.chars
            return channel.search(text, depth, query.among) if text else None
        if name == "own":
            moved = self._moved(self._given(query.reading.request), self.own, query.reading.request)
            return self.own.search(moved, depth, query.among) if self.own and moved is not None else None
        rows = self.whole if name == "whole" else self.passages
        return rows.search(vector, depth, query.among) if rows and vector is not None else None

    def _adapter(self, folder: Path) -> Adapter | None:
        """What vectors of requests go through, where the Release has an embedder whose vectors fit it."""
        found = adapted.load(folder) if self.embedder else None
        if found and self.whole and not found.up.shape == found.down.T.shape == (self.whole.size, len(found.down)):
            raise damaged(folder / adapted.PART, "it is of another size than the vectors")
        return found

    def _rarity(self) -> Scores | None:
        """How rare each word piece is; None where the pieces are not used."""
        if not (self.embedder and self.pieces and self.rank.pieces and len(self.embedder.table)):
            return None
        return rarity(self.pieces.counts(len(self.embedder.table)), len(self.catalogue))

    def _weight_of(self, request: Request) -> float:
        """The sum of the channels' weights; without `own` for a request that it takes no part in."""
        rests = not (request.vector or request.like or request.unlike)
        return sum(weight for name, weight in self.weights.items() if not (rests and name == "own"))

    def _given(self, request: Request) -> Vectors | None:
        """The vector that the request brings, at unit length."""
        if not request.vector:
            return None
        if self.own is None:
            raise Conflict(
                "the request brings a vector and the Release has none of your own to compare it with; "
                "leave it out, or run `firstfive import --vectors FILE` and `firstfive build`",
                code="conflict.vector",
            )
        vector = np.array(request.vector)
        length = float(np.linalg.norm(vector))
        if len(vector) != self.own.size or not np.isfinite(length) or length == 0:
            raise Conflict(
                f"the request's vector has {len(vector)} numbers and length {length:g}; "
                f"send {self.own.size} numbers that are not all 0",
                code="conflict.vector",
            )
        return np.asarray(vector / length, dtype=np.float32)

    def _moved(self, vector: Vectors | None, channel: Any, request: Request) -> Vectors | None:
        """The request's vector, nearer to what it likes and further from what it does not."""
        if channel is None or not (request.like or request.unlike):
            return vector
        total = np.zeros(channel.size, dtype=np.float32) if vector is None else vector.copy()
        for items, weight in ((request.like, LIKE), (request.unlike, -UNLIKE)):
            rows = [channel.rows(self.position(item))[:1] for item in items]
            near = np.concatenate(rows) if rows else np.empty((0, channel.size))
            if len(near):
                total = total + np.float32(weight) * near.mean(axis=0)
        length = float(np.linalg.norm(total))
        return (total / length).astype(np.float32) if length > 0 else vector

    def _vector(self, position: int) -> Vectors:
        found = self.vector(position)
        channel = self.whole or self.own
        return np.zeros(channel.size if channel else 1, np.float32) if found is None else found


def _none(_: str) -> Pieces:
    return np.empty(0, np.uint32)


def _refused(query: Query) -> list[Wish]:
    """The wishes that are refused for what they say: not those that a number or a day of a field decides."""
    decided = {*(one.wish for one in query.found.bounds), *(one.wish for one in query.found.days)}
    return [wish for wish in query.reading.wishes if wish.refused and wish.start not in decided]


def _rank_of(parts: Mapping[str, str]) -> RankSettings:
    """The ranking settings that the Release was built with."""
    given = {f.name: parts[f"rank.{f.name}"] for f in fields(RankSettings) if f"rank.{f.name}" in parts}
    return msgspec.convert(given, RankSettings, strict=False)
