"""Use case: answer a request with places, from the Release in use, stored before it is returned."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from os import cpu_count
from secrets import token_urlsafe
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from firstfive import observe
from firstfive.app.serving import Serving
from firstfive.ask import read
from firstfive.errors import FirstFiveError, IndexFileError, NotFound, RequestError
from firstfive.release import choose
from firstfive.types import Candidates, ItemId, RecommId, Request, Slate

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Embedder, Unit
    from firstfive.settings import RankSettings
    from firstfive.types import Item, Mask, Release, ReleaseId, UserId, Vectors

LOOK_S = 0.0
"""How long a new Release or a newly hidden item may go unnoticed: every request looks."""
AT_ONCE = 64
SPARE = 20
"""How many items more than wanted are looked up, since copies of each other are shown once."""
RETRY_S = 5.0
"""How long after a failure a damaged Release is opened again."""
REFUSALS = frozenset({"no", "dislike", "undone"})
Ranking = list[tuple[ItemId, float]]


@dataclass(frozen=True, slots=True)
class _Now:
    """What answers, as one value, so that no request sees half of a change. hidden are positions in the Release."""

    release: Release
    serving: Serving
    hidden: frozenset[int]
    version: int


class Recommender:
    """Answers requests; thread-safe, one a process.

    release: the one to answer from; None follows the project's Release in use, and changes over between two requests.
    rank: other ranking settings than the Release's own, to compare them.
    """

    def __init__(self, project: Project, release: ReleaseId | None = None, rank: RankSettings | None = None) -> None:
        self._project = project
        self._fixed = release
        self._rank = rank
        self._lock = Lock()
        self._cores = BoundedSemaphore(cpu_count() or 1)  # more at once would only take turns at the same cores
        self._now: _Now | None = None
        self._again = 0.0
        self._embedder: Embedder | None = None

    @property
    def release(self) -> Release:
        """The Release that answers. Raises IndexFileError index.missing before the first build."""
        return self._current().release

    def ready(self) -> bool:
        """Whether a request could be answered now."""
        try:
            self._current()
        except IndexFileError:
            return False
        return True

    def recommend(self, request: Request, *, also: Callable[[Unit, Slate], None] | None = None) -> Slate:
        """The request's places. Durable when this returns; `also` writes in the same commit.

        Raises RequestError, and IndexFileError index.missing before the first build.
        """
        try:
            return self._recommend(request, also)
        except FirstFiveError as error:
            observe.count("firstfive_recommend_total", outcome=error.code)
            raise

    def _recommend(self, request: Request, also: Callable[[Unit, Slate], None] | None) -> Slate:
        with observe.span("firstfive.recommend", n=request.n) as current:
            watch = observe.Stopwatch(spans=current.is_recording())
            now = self._current()
            serving, release = now.serving, now.release
            reading = read(request)
            watch.lap("read")
            with self._cores:
                watch.lap("wait")
                query = serving.query(reading, now.hidden)
                watch.lap("embed")
                candidates = serving.retrieve(query, watch)
                best = serving.pipeline(now.hidden, reading)(reading.request, candidates, watch)
                places = serving.places(query, best, now.hidden)
                watch.lap("explain")
            slate = Slate(
                RecommId(token_urlsafe(12)),
                release.id,
                reading.request,
                places,
                watch.laps_ms,
                datetime.now(UTC),
                (*reading.notes, *_notes(reading.request, len(places), len(serving.catalogue))),
            )
            self._project.store.write(lambda unit: _stored(unit, slate, also))
            watch.lap("store")
            current.set_attribute("firstfive.recomm_id", slate.recomm_id)
            current.set_attribute("firstfive.release", release.id)
            if self._project.settings.observe.content:
                current.set_attribute("firstfive.request.text", reading.request.text)
        _measured(watch, places=len(places))
        return slate

    def many(self, requests: Iterable[tuple[str, str]], n: int) -> Iterator[tuple[str, Ranking]]:
        """(name, ranking of n) for each (name, text), in order; an empty text gets an empty ranking. Stores nothing."""
        now = self._current()
        serving = now.serving

        def rank(one: tuple[str, str]) -> tuple[str, Ranking]:
            name, text = one
            try:
                reading = read(Request(text))
            except RequestError:
                return name, []
            reading = replace(reading, request=replace(reading.request, n=n))  # a run may ask for more than a person
            candidates = serving.retrieve(serving.query_text(reading))
            return name, self._ranking(serving, serving.pipeline(now.hidden, reading)(reading.request, candidates))

        rest = iter(requests)
        with ThreadPoolExecutor(os.cpu_count() or 1, "rank") as pool:
            while batch := list(islice(rest, AT_ONCE)):
                yield from pool.map(rank, batch)

    def item(self, item: ItemId) -> Item:
        """An item of the Release. Raises NotFound not_found.item."""
        serving = self._current().serving
        return serving.catalogue.item(self._position(serving, item))

    def neighbours(self, item: ItemId, n: int, offset: int = 0) -> Ranking:
        """The items most like this one, best first, without itself and its copies."""
        now = self._current()
        position = self._position(now.serving, item)
        vector = now.serving.vector(position)
        if vector is None:
            return self._by_text(now, now.serving.catalogue.item(position), n, offset)
        return self._near(now, vector, (item,), n, offset)

    def session(self, items: Sequence[tuple[ItemId, float]], n: int, offset: int = 0) -> Ranking:
        """Items near those of a session, each weighted; unknown items are passed over."""
        now = self._current()
        places = ((now.serving.catalogue.position(item), weight) for item, weight in items)
        rows = [(now.serving.vector(place), weight) for place, weight in places if place is not None]
        near = [np.float32(weight) * vector for vector, weight in rows if vector is not None]
        total = np.sum(near, axis=0) if near else np.zeros(1, np.float32)
        length = float(np.linalg.norm(total))
        without = tuple(item for item, _ in items)
        if length == 0:
            return self._popular(now, without, n, offset)
        return self._near(now, (total / length).astype(np.float32), without, n, offset)

    def for_user(self, user: UserId, n: int, offset: int = 0) -> Ranking:
        """Items near what the user said yes to, without those they saw; for a stranger, what others liked most."""
        with self._project.store.read() as unit:
            events, _ = unit.events.find(user=user, n=200)
        liked = [(event.item, 1.0) for event in events if event.kind not in REFUSALS]
        return self.session([*liked, *((event.item, 0.0) for event in events)], n, offset)

    def _near(self, now: _Now, vector: Vectors, without: Sequence[ItemId], n: int, offset: int) -> Ranking:
        among, wanted = self._others(now, without), n + offset
        request, reach = Request("", max(1, wanted), diversity=0), wanted + SPARE
        while True:
            hits = now.serving.nearest(vector, reach, among)
            found = now.serving.pipeline()(request, Candidates(hits.positions, hits.scores))
            if len(found) >= wanted or len(hits.positions) < reach:
                return self._ranking(now.serving, found)[offset:wanted]
            reach *= 4

    def _by_text(self, now: _Now, item: Item, n: int, offset: int) -> Ranking:
        """The items that share the most words with this one: for a Release without vectors."""
        request = Request(f"{item.title}. {item.text}"[:1000], min(100, max(1, n + offset)), diversity=0)
        try:
            query = replace(now.serving.query_text(read(request)), among=self._others(now, (item.id,)))
        except RequestError:  # an item of signs alone
            return []
        found = now.serving.pipeline()(request, now.serving.retrieve(query))
        return self._ranking(now.serving, found)[offset : n + offset]

    def _others(self, now: _Now, without: Sequence[ItemId]) -> Mask:
        """(items,): neither hidden nor one of these nor a copy of one."""
        heads, catalogue = now.serving.heads, now.serving.catalogue
        named = [place for item in without if (place := catalogue.position(item)) is not None]
        among = ~np.isin(heads, heads[np.array(named, dtype=np.int64)])
        among[list(now.hidden)] = False
        return np.asarray(among, dtype=bool)

    def _popular(self, now: _Now, without: Sequence[ItemId], n: int, offset: int) -> Ranking:
        """What most people liked, then the catalogue in its order."""
        with self._project.store.read() as unit:
            events, _ = unit.events.find(n=1000)
        liked = Counter(
            place
            for event in events
            if event.kind not in REFUSALS and (place := now.serving.catalogue.position(event.item)) is not None
        )
        among, heads, shown = self._others(now, without), now.serving.heads, set[int]()
        ranked: Ranking = []
        for place in chain((place for place, _ in liked.most_common()), range(len(now.serving.catalogue))):
            if len(ranked) == n + offset:
                break
            if among[place] and int(heads[place]) not in shown:
                shown.add(int(heads[place]))
                ranked.append((now.serving.catalogue.id(place), float(liked[place])))
        return ranked[offset:]

    def _ranking(self, serving: Serving, candidates: Candidates) -> Ranking:
        return [
            (serving.catalogue.id(int(position)), float(score))
            for position, score in zip(candidates.positions, candidates.scores, strict=True)
        ]

    def _position(self, serving: Serving, item: ItemId) -> int:
        position = serving.catalogue.position(item)
        if position is None:
            raise NotFound(f"no item has the id {item!r} in the Release in use; check it, or build after importing it")
        return position

    def _current(self) -> _Now:
        """What answers now. One look at the store, 70 microseconds: what is hidden or put in use counts at once."""
        with self._project.store.read() as unit:
            seen = self._seen(unit)
        now = self._now
        return now if now and (now.release.id, now.version) == seen else self._look()

    def _look(self) -> _Now:
        """Reads what changed, and opens the Release where it is another one."""
        with self._lock:
            with self._project.store.read() as unit:
                wanted, version = self._seen(unit)
                hidden = unit.hidden.all()
                now = self._now
                release = now.release if now and now.release.id == wanted else choose(unit.releases.all(), wanted)
            serving = now.serving if now and now.release is release else self._opened(release)
            if serving is None and now:  # a damaged one never takes the place of one that answers
                return now
            assert serving is not None
            places = (serving.catalogue.position(item) for item in hidden)
            self._now = _Now(release, serving, frozenset(place for place in places if place is not None), version)
            return self._now

    def _seen(self, unit: Unit) -> tuple[ReleaseId, int]:
        """The Release to answer from, and the version of what is hidden."""
        if self._fixed:
            return self._now.release.id if self._now else self._fixed, unit.hidden.version()
        history = unit.releases.history()
        if not history:
            raise IndexFileError("nothing is built yet; run `firstfive build`", code="index.missing")
        return history[0], unit.hidden.version()

    def _opened(self, release: Release) -> Serving | None:
        """The Release, opened; None where it is damaged and another one answers, which is logged and tried again."""
        if self._now and monotonic() < self._again:
            return None
        try:
            return self._open(release)
        except IndexFileError as error:
            if self._now is None:
                raise
            self._again = monotonic() + RETRY_S
            observe.log("recommend").error("still serving release %s: %s", self._now.release.id, error)
            return None

    def _open(self, release: Release) -> Serving:
        if self._embedder is None and release.parts.get("embedder") and self._project.embedder:
            from firstfive.models import Remembered

            self._embedder = Remembered(self._project.embedder)
        serving = Serving(self._project.releases / release.id, self._embedder, self._rank)
        observe.gauge("firstfive_items", release.items)
        observe.log("recommend").info("serving release %s: %d items", release.id, release.items)
        return serving


def _stored(unit: Unit, slate: Slate, also: Callable[[Unit, Slate], None] | None) -> None:
    unit.slates.add(slate)
    if also:
        also(unit, slate)


def _notes(request: Request, found: int, items: int) -> Iterator[str]:
    if found == 0:
        yield "Nothing fits this filter. Remove a part of it." if request.filter else "Nothing was found."
    elif found < request.n:
        yield f"There {'is' if found == 1 else 'are'} only {found} to show{'' if found == items else ' for this'}."


def _measured(watch: observe.Stopwatch, *, places: int) -> None:
    observe.count("firstfive_recommend_total", outcome="found" if places else "empty")
    observe.seconds("firstfive_recommend_seconds", sum(watch.laps_ms.values()) / 1000)
    observe.gauge("firstfive_last_slate_timestamp_seconds", datetime.now(UTC).timestamp())
    for stage, spent in watch.laps_ms.items():
        observe.seconds("firstfive_stage_seconds", spent / 1000, stage=stage)
