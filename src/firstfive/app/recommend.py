"""Use case: answer a request with places, from the Release in use, stored before it is returned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from secrets import token_urlsafe
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from firstfive import observe
from firstfive.app.serving import Serving
from firstfive.ask import read
from firstfive.errors import IndexFileError, NotFound, RequestError
from firstfive.release import choose
from firstfive.types import Candidates, ItemId, RecommId, Request, Slate

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Embedder, Unit
    from firstfive.settings import RankSettings
    from firstfive.types import Item, Release, ReleaseId, UserId, Vectors

LOOK_S = 0.25
"""How often the store is asked for a new Release or newly hidden items."""
AT_ONCE = 64
REFUSALS = frozenset({"no", "dislike", "undone"})
Ranking = list[tuple[ItemId, float]]


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
        self._serving: Serving | None = None
        self._release: Release | None = None
        self._hidden: frozenset[int] = frozenset()
        self._hidden_version = -1
        self._looked = float("-inf")
        self._embedder: Embedder | None = None

    @property
    def release(self) -> Release:
        """The Release that answers. Raises IndexFileError index.missing before the first build."""
        self._current()
        assert self._release is not None
        return self._release

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
        with observe.span("firstfive.recommend", n=request.n) as current:
            watch = observe.Stopwatch()
            serving, release, hidden = self._current()
            reading = read(request)
            watch.lap("read")
            query = serving.query(reading)
            watch.lap("embed")
            candidates = serving.retrieve(query, watch)
            best = serving.pipeline(hidden, reading)(reading.request, candidates, watch)
            places = serving.places(query, best)
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
        serving, _, hidden = self._current()

        def rank(one: tuple[str, str]) -> tuple[str, Ranking]:
            name, text = one
            try:
                reading = read(Request(text, min(n, 100)))
            except RequestError:
                return name, []
            query = serving.query_text(reading)
            candidates = serving.pipeline(hidden, reading)(reading.request, serving.retrieve(query))
            return name, self._ranking(serving, candidates)

        rest = iter(requests)
        with ThreadPoolExecutor(2, "rank") as pool:
            while batch := list(islice(rest, AT_ONCE)):
                yield from pool.map(rank, batch)

    def item(self, item: ItemId) -> Item:
        """An item of the Release. Raises NotFound not_found.item."""
        serving, _, _ = self._current()
        return serving.catalogue.item(self._position(serving, item))

    def neighbours(self, item: ItemId, n: int, offset: int = 0) -> Ranking:
        """The items most like this one, best first, without itself and its copies."""
        serving, _, _ = self._current()
        position = self._position(serving, item)
        vector = serving.vector(position)
        if vector is None:
            whole = serving.catalogue.item(position)
            return self._by_text(serving, f"{whole.title}. {whole.text}"[:1000], (item,), n, offset)
        return self._near(vector, (item,), n, offset)

    def session(self, items: Sequence[tuple[ItemId, float]], n: int, offset: int = 0) -> Ranking:
        """Items near those of a session, each weighted; unknown items are passed over."""
        serving, _, _ = self._current()
        known = [(place, weight) for item, weight in items if (place := serving.catalogue.position(item)) is not None]
        rows = [(vector, weight) for place, weight in known if (vector := serving.vector(place)) is not None]
        if not rows:
            return self._popular(n, offset, frozenset(item for item, _ in items))
        total = np.sum([np.float32(weight) * vector for vector, weight in rows], axis=0)
        length = float(np.linalg.norm(total))
        if length == 0:
            return self._popular(n, offset, frozenset(item for item, _ in items))
        return self._near((total / length).astype(np.float32), tuple(item for item, _ in items), n, offset)

    def for_user(self, user: UserId, n: int, offset: int = 0) -> Ranking:
        """Items near what the user said yes to, without those they saw; for a stranger, what others liked most."""
        with self._project.store.read() as unit:
            events, _ = unit.events.find(user=user, n=200)
        seen = tuple(dict.fromkeys(event.item for event in events))
        liked = [(event.item, 1.0) for event in events if event.kind not in REFUSALS]
        if not liked:
            return self._popular(n, offset, frozenset(seen))
        return self.session([*liked, *((item, 0.0) for item in seen)], n, offset)

    def _near(self, vector: Vectors, without: Sequence[ItemId], n: int, offset: int) -> Ranking:
        serving, _, hidden = self._current()
        wanted = n + offset
        hits = serving.nearest(vector, min(len(serving.catalogue), wanted + len(without) + len(hidden) + 20))
        request = Request("", max(1, wanted), exclude=tuple(without))
        candidates = serving.pipeline(hidden)(request, Candidates(hits.positions, hits.scores))
        copies = {
            int(serving.heads[place]) for item in without if (place := serving.catalogue.position(item)) is not None
        }
        keep = ~np.isin(serving.heads[candidates.positions], np.fromiter(copies, np.int64, len(copies)))
        return self._ranking(serving, candidates.take(keep))[offset:wanted]

    def _by_text(self, serving: Serving, text: str, without: Sequence[ItemId], n: int, offset: int) -> Ranking:
        reading = read(Request(text, min(100, n + offset), exclude=tuple(without)))
        found = serving.retrieve(serving.query_text(reading))
        _, _, hidden = self._current()
        return self._ranking(serving, serving.pipeline(hidden)(reading.request, found))[offset:]

    def _popular(self, n: int, offset: int, without: frozenset[ItemId]) -> Ranking:
        """What most people liked of late, then the catalogue in its order."""
        serving, _, hidden = self._current()
        with self._project.store.read() as unit:
            events, _ = unit.events.find(n=1000)
        liked = Counter(event.item for event in events if event.kind not in REFUSALS)
        known = [
            (item, float(count)) for item, count in liked.most_common() if serving.catalogue.position(item) is not None
        ]
        rest = ((serving.catalogue.id(place), 0.0) for place in range(len(serving.catalogue)))
        gone = without | {serving.catalogue.id(place) for place in hidden}
        ranked = {
            item: score
            for item, score in (*known, *islice(rest, n + offset + len(gone) + len(known)))
            if item not in gone
        }
        first = {**ranked, **{item: score for item, score in known if item not in gone}}
        return list(first.items())[offset : offset + n]

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

    def _current(self) -> tuple[Serving, Release, frozenset[int]]:
        """What answers now, after a look at the store when the last is a while ago."""
        now = monotonic()
        if self._serving is None or now - self._looked > LOOK_S:
            with self._lock:
                if self._serving is None or now - self._looked > LOOK_S:
                    self._look()
                    self._looked = now
        assert self._serving is not None
        assert self._release is not None
        return self._serving, self._release, self._hidden

    def _look(self) -> None:
        with self._project.store.read() as unit:
            history = unit.releases.history()
            wanted = self._fixed or (history[0] if history else None)
            version = unit.hidden.version()
            if wanted is None:
                raise IndexFileError("nothing is built yet; run `firstfive build`", code="index.missing")
            changed = self._release is None or self._release.id != wanted
            release = choose(unit.releases.all(), wanted) if changed else None
            hidden = unit.hidden.all() if changed or version != self._hidden_version else None
        if release is not None:
            self._open(release)
        if hidden is not None and self._serving:
            places = (self._serving.catalogue.position(item) for item in hidden)
            self._hidden = frozenset(place for place in places if place is not None)
            self._hidden_version = version

    def _open(self, release: Release) -> None:
        if self._embedder is None and release.parts.get("embedder") and self._project.embedder:
            from firstfive.models import Remembered

            self._embedder = Remembered(self._project.embedder)
        self._serving = Serving(self._project.releases / release.id, self._embedder, self._rank)
        self._release = release
        observe.gauge("firstfive_items", release.items)
        observe.log("recommend").info("serving release %s: %d items", release.id, release.items)


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
