"""Use case: answer a request with places, from the Release in use, stored before it is returned."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import numpy as np

from firstfive import observe
from firstfive.app import asking, nearby, taste
from firstfive.app.arms import WAIT, Arms
from firstfive.app.embedders import Manner, as_it_is
from firstfive.app.following import Following
from firstfive.app.later import Later
from firstfive.app.model_steps import OFF, Dial, Help, Spent, dial
from firstfive.app.nearby import Ranking
from firstfive.errors import FirstFiveError, IndexFileError, RequestError
from firstfive.ports import Payer
from firstfive.rank import Explorer
from firstfive.types import ItemId, RecommId, Request, Slate

if TYPE_CHECKING:
    from firstfive.app.following import Now
    from firstfive.app.model_steps import Late
    from firstfive.app.query import Query
    from firstfive.app.serving import Serving
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.rank import Stage
    from firstfive.settings import RankSettings
    from firstfive.types import Asked, Candidates, Item, KeyId, Misspelt, Place, Release, ReleaseId, UserId

NOBODY = Payer()
PROBE = Request("a good match", scenario="probe")
"""What a Release is asked to see that it answers."""
AT_ONCE = 64
READ_AS = "Read as meant: "
"""How the note on misspelt words begins; the first few are named."""
NAMED = 5
NOTHING = "Nothing was found."
NOTHING_FILTERED = "Nothing fits this filter. Remove a part of it."
NEAREST = "Nothing here says quite that. These are the nearest."
NEAREST_ONE = "Nothing here says quite that. This is the nearest."
BY_WORDS = "These are matched by words only just now."
RERANKED_AT_ONCE = 8
"""Requests of a run that are scored at once, each with one call on its way."""


@dataclass(frozen=True, slots=True)
class _Work:
    """One answer in the making: the Release that gives it, who helps, and what its stages leave, in order.

    explain and ask: as `Recommender.recommend` has them.
    """

    now: Now
    watch: observe.Stopwatch = field(default_factory=observe.Stopwatch)
    help: Help | None = None
    explain: bool = False
    ask: bool = False
    recomm_id: RecommId = field(default_factory=lambda: RecommId(token_urlsafe(12)))
    explorer: Explorer | None = None
    trail: dict[str, Candidates] = field(default_factory=dict)


class Recommender:
    """Answers requests; thread-safe, one a process.

    release: the one to answer from; None follows the project's Release in use, and changes over between two requests.
    rank: other ranking settings than the Release's own, to compare them. manner: what is made of its embedder first.
    """

    def __init__(
        self,
        project: Project,
        release: ReleaseId | None = None,
        rank: RankSettings | None = None,
        manner: Manner = as_it_is,
    ) -> None:
        self._project = project
        self.later = Later(project)
        self._following = Following(project, release, rank, manner)
        self._arms = Arms(project) if release is None and rank is None else None
        self._cores = BoundedSemaphore(os.cpu_count() or 1)  # more at once would only take turns at the same cores

    def close(self) -> None:
        """Keeps the reasons that came; those that are still on their way are lost. The gateway is closed before it."""
        self.later.close()

    @property
    def release(self) -> Release:
        """The Release that answers. Raises IndexFileError index.missing before the first build."""
        return self._following.now().release

    @property
    def serving(self) -> Serving:
        """The Release that answers, opened: its channels and stages."""
        return self._following.now().serving

    def now(self) -> Now:
        """What answers, as one value. Raises IndexFileError index.missing before the first build."""
        return self._following.now()

    def ready(self) -> bool:
        """Whether a request could be answered now."""
        try:
            self._following.now()
        except IndexFileError:
            return False
        return True

    def with_copies(self, items: Sequence[ItemId]) -> tuple[ItemId, ...]:
        """These items, and those that say the same in the Release that answers."""
        serving = self._following.now().serving
        places = (place for item in items if (place := serving.catalogue.position(item)) is not None)
        same = (serving.catalogue.id(one) for place in places for one in serving.copies.of(place))
        return tuple(dict.fromkeys((*items, *same)))

    def less_gone(self, request: Request) -> Request:
        """The request without items and answers that the Release which answers knows no more, after a build."""
        serving = self._following.now().serving
        like = tuple(item for item in request.like if serving.catalogue.position(item) is not None)
        return replace(request, like=like, told=tuple(one for one in request.told if asking.holds(serving, one)))

    def warm(self) -> None:
        """Loads what requests need once in a process: lists of words, and a model's libraries where there is one."""
        with suppress(IndexFileError):
            self._following.now().serving.warm()
        if not dial(self._project.settings.models).off and self._project.gateway is not None:
            self._project.gateway.ready()

    def recommend(
        self,
        request: Request,
        *,
        also: Callable[[Unit, Slate], None] | None = None,
        key: KeyId | None = None,
        explain: bool = False,
        ask: bool = False,
        within_s: float | None = None,
        later: bool = False,
    ) -> Slate:
        """The request's places. Durable when this returns; `also` writes in the same commit.

        key: the one that pays for a model's help, beside the request's user. explain: each place says where it stood
        after every stage. ask: the Slate also says how sure it is and what to ask next. within_s: the longest
        that models may take, below models.request_timeout_s. later: reasons by a model that are not there by then may
        still come, for as long as this process runs; see `firstfive.app.later`. Raises RequestError, and IndexFileError
        index.missing before the first build.
        """
        with observe.span("firstfive.recommend") as current, _outcome():
            watch = observe.Stopwatch(spans=current.is_recording())
            payer = Payer(key=key, user=request.user)
            slate, late = self._given(request, watch, payer, explain=explain, ask=ask, within_s=within_s, later=later)
            self._store(slate, late, also)
            watch.lap("store")
            current.set_attribute("firstfive.recomm_id", slate.recomm_id)
            current.set_attribute("firstfive.release", slate.release)
            current.set_attribute("firstfive.n", slate.request.n)
            if self._project.settings.observe.content:
                current.set_attribute("firstfive.request.text", slate.request.text)
        _measured(watch, places=len(slate.places))
        return slate

    def answer(
        self,
        request: Request,
        wanted: Dial = OFF,
        *,
        payer: Payer = NOBODY,
        fresh: bool = False,
        spent: Spent | None = None,
    ) -> Slate:
        """The request's places, stored nowhere and counted nowhere: for probes, previews and measuring.

        wanted: the model's part; none where nothing is said. What its calls came to is added to `spent`.
        """
        help_ = self._help(wanted, payer, fresh=fresh)
        slate = self._slate(request, _Work(self._following.now(), help=help_))
        if help_ and spent:
            spent.join(help_.spent)
        return slate

    def worked(
        self, request: Request, wanted: Dial = OFF, *, payer: Payer | None = None
    ) -> tuple[Slate, Mapping[str, Candidates], Serving]:
        """As `answer`, with what every stage left, in order, and the opened Release that the positions are of."""
        help_ = self._help(wanted, payer or NOBODY)
        work = _Work(self._following.now(), help=help_, explain=True, ask=True)
        return self._slate(request, work), work.trail, work.now.serving

    def many(
        self,
        requests: Iterable[tuple[str, str]],
        n: int,
        *,
        rerank: int = 0,
        spent: Spent | None = None,
        chances: dict[str, float] | None = None,
        prompt: str = "rerank",
        fresh: bool = False,
        payer: Payer | None = None,
    ) -> Iterator[tuple[str, Ranking]]:
        """(name, ranking of n) for each (name, text), in order; an empty text gets an empty ranking. Stores nothing.

        rerank: how many of the first a model scores, in its own time; what that came to is added to `spent`. prompt:
        what it is asked by; fresh: also what was answered before; payer: who pays, a run of its own where nobody is
        named. To chances each one's chance is added by name, where the Release has learned to state one. Raises
        ModelError where a model scored nothing of a request, and trying again cannot help, or the embedder failed.
        """
        now, project = self._following.now(), self._project
        run = payer or Payer(run=f"rank-{token_urlsafe(6)}")
        within_s = project.settings.models.timeout_s * RERANKED_AT_ONCE  # each may wait for the others

        def rank(one: tuple[str, str]) -> tuple[str, Ranking, Help | None]:
            name, text = one
            try:
                reading = now.serving.read(Request(text))
            except RequestError:
                return name, [], None
            reading = replace(reading, request=replace(reading.request, n=n))  # a run may ask for more than a person
            query = now.serving.query_text(reading, wishes=bool(rerank), demand=True)
            help_ = None
            if rerank:
                help_ = Help(project, Dial(rerank), run, within_s, fresh=fresh, patient=True, scorer=prompt)
            best, whole = _ranked(now, query, help_)
            chance = None if chances is None else asking.chance_of(now.serving, query, whole, now.learned)
            if chances is not None and chance is not None:
                chances[name] = chance
            return name, nearby.ranking(now, best), help_

        rest = iter(requests)
        with ThreadPoolExecutor(RERANKED_AT_ONCE if rerank else os.cpu_count() or 1, "rank") as pool:
            while batch := list(islice(rest, AT_ONCE)):
                for name, ranking, help_ in pool.map(rank, batch) if len(batch) > 1 else map(rank, batch):
                    if help_:
                        help_.demand(spent)
                    yield name, ranking

    def item(self, item: ItemId) -> Item:
        """An item of the Release. Raises NotFound not_found.item."""
        now = self._following.now()
        return now.serving.catalogue.item(nearby.position(now, item))

    def neighbours(self, item: ItemId, n: int, offset: int = 0) -> Ranking:
        """The items most like this one; see `firstfive.app.nearby`."""
        return nearby.neighbours(self._following.now(), item, n, offset)

    def session(self, items: Sequence[tuple[ItemId, float]], n: int, offset: int = 0) -> Ranking:
        """Items near those of a session, each weighted; see `firstfive.app.nearby`."""
        return nearby.session(self._following.now(), self._project.store, items, n, offset)

    def for_user(self, user: UserId, n: int, offset: int = 0) -> Ranking:
        """Items near what the user said yes to of late; see `firstfive.app.nearby`."""
        return nearby.for_user(self._following.now(), self._project.store, user, n, offset)

    def _store(self, slate: Slate, late: Late | None, also: Callable[[Unit, Slate], None] | None) -> None:
        """Durable when this returns. Reasons of a Slate that is not stored are asked for no longer."""
        try:
            self._project.store.write(lambda unit: _stored(unit, slate, also))
        except BaseException:
            if late:
                late.pending.drop()
            raise
        if late:
            self.later.finish(slate, late)

    def _given(
        self,
        request: Request,
        watch: observe.Stopwatch,
        payer: Payer,
        *,
        explain: bool,
        ask: bool,
        within_s: float | None,
        later: bool,
    ) -> tuple[Slate, Late | None]:
        """The Slate that a seeker is to get, and reasons of it that are still to come.

        While an experiment runs it is of the Release that was drawn for them, and nothing comes later: two Releases are
        compared by what they say in time.
        """
        now, recomm_id = self._following.now(), RecommId(token_urlsafe(12))
        models, share = self._project.settings.models, self._project.settings.experiment.explore

        def work(now: Now, chance: bool, watch: observe.Stopwatch, late_s: float = 0.0) -> tuple[Slate, Late | None]:
            help_ = self._help(dial(models), payer, within_s=within_s, later_s=late_s)
            explorer = Explorer(share, recomm_id) if share and chance else None
            try:
                slate = self._slate(request, _Work(now, watch, help_, explain, ask, recomm_id, explorer))
            except BaseException:
                if help_:
                    help_.drop()
                raise
            return slate, help_.late if help_ else None

        if now.experiment is not None and self._arms is not None:
            in_time = self._arms.answer(now, now.experiment, request, recomm_id, watch, lambda *one: work(*one)[0])
            return in_time, None
        if self._arms:
            self._arms.rest()
        return work(now, True, watch, models.late_s if later else 0.0)

    def _slate(self, request: Request, work: _Work) -> Slate:
        now, watch = work.now, work.watch
        watch.lap("open")
        with self._cores:
            watch.lap(WAIT)
            reading = now.serving.read(request)
            watch.lap("read")
            query = now.serving.query(reading, now.hidden)
            watch.lap("embed")
            person = taste.taste_of(self._project.store, now.serving, reading.request, self._project.settings.taste)
            leaning = taste.stage(now.serving, person, self._project.settings.taste) if person else None
            places = _places(work, query, leaning)
            asked = self._asked(work, query) if work.ask else None
        slate = Slate(
            work.recomm_id,
            now.release.id,
            reading.typed(),
            _with_stages(places, work.trail) if work.explain else places,
            watch.laps_ms,
            datetime.now(UTC),
            tuple(_notes(work, query, places)),
            asked=asked,
        )
        return work.help.signed(slate) if work.help else slate

    def _asked(self, work: _Work, query: Query) -> Asked:
        now = work.now
        asked = asking.look(now.serving, query, _whole(work.trail), now.learned, self._project.settings.ask)
        work.watch.lap("ask")
        return asked

    def _help(
        self,
        wanted: Dial,
        payer: Payer,
        *,
        fresh: bool = False,
        within_s: float | None = None,
        later_s: float = 0.0,
    ) -> Help | None:
        """A model's help with a request; None where it is not wanted."""
        if wanted.off:
            return None
        longest_s = self._project.settings.models.request_timeout_s
        within_s = longest_s if within_s is None else min(within_s, longest_s)
        return Help(self._project, wanted, payer, within_s, rest=self._resting, fresh=fresh, later_s=later_s)

    @contextmanager
    def _resting(self) -> Iterator[None]:
        """Leaves the processor to others while the `with` lasts."""
        self._cores.release()
        try:
            yield
        finally:
            self._cores.acquire()


def _ranked(now: Now, query: Query, help_: Help | None) -> tuple[Candidates, Candidates]:
    """The best candidates of a query, and all of them in their last order."""
    trail: dict[str, Candidates] = {}
    candidates = asking.candidates(now.serving, query)
    stage = help_.stage(now.serving, query) if help_ else None
    best = now.serving.pipeline(now.hidden, query, stage)(query.reading.request, candidates, trail=trail)
    return best, _whole(trail)


def _places(work: _Work, query: Query, leaning: Stage | None) -> tuple[Place, ...]:
    """The places; what each stage left goes to the trail."""
    now, watch, help_, trail, explorer = work.now, work.watch, work.help, work.trail, work.explorer
    candidates = trail["fuse"] = now.serving.retrieve(query, watch)
    preferred = asking.preferred(now.serving, query, candidates)
    if preferred is not candidates:
        candidates = trail["told"] = preferred
        watch.lap("told")
    stage = help_.stage(now.serving, query) if help_ else None
    drawn = explorer.stage() if explorer else None
    best = now.serving.pipeline(now.hidden, query, stage, leaning, drawn)(
        query.reading.request, candidates, watch, trail
    )
    places = now.serving.places(query, best, now.hidden)
    if explorer:
        places = tuple(replace(place, probability=explorer.chance(row)) for row, place in enumerate(places))
    watch.lap("explain")
    if help_ and help_.dial.reasons:
        places = help_.explain(now.serving, query, places)
        watch.lap("reasons")
    return places


def _moved(trail: Mapping[str, Candidates], n: int) -> Iterator[str]:
    """Says so where what a person said before changed which places are shown first."""
    names = list(trail)
    if "taste" in trail:
        before, after = trail[names[names.index("taste") - 1]], trail["taste"]
        if not np.array_equal(before.positions[:n], after.positions[:n]):
            yield taste.NOTE


def _whole(trail: Mapping[str, Candidates]) -> Candidates:
    """All candidates in their last order: before they are cut to those that are shown."""
    *_, whole, _ = trail.values()
    return whole


def _with_stages(places: Sequence[Place], trail: Mapping[str, Candidates]) -> tuple[Place, ...]:
    """The places, each with where it stood after every stage; an item that answers brought in begins with these."""
    *_, best = trail.values()

    def stood(position: int) -> dict[str, int]:
        rows = {name: np.flatnonzero(left.positions == position) for name, left in trail.items()}
        return {name: 1 + int(found[0]) for name, found in rows.items() if len(found)}

    return tuple(
        replace(place, stages=stood(int(position))) for place, position in zip(places, best.positions, strict=True)
    )


def _stored(unit: Unit, slate: Slate, also: Callable[[Unit, Slate], None] | None) -> None:
    unit.slates.add(slate)
    if also:
        also(unit, slate)


def read_as(misspelt: Sequence[Misspelt]) -> list[tuple[str, str]]:
    """The first few misspelt words, as typed and as read."""
    return list({one.text: one.read for one in misspelt}.items())[:NAMED]


def _read_as(misspelt: Sequence[Misspelt]) -> Iterator[str]:
    """What the seeker should know of misspelt words."""
    if pairs := read_as(misspelt):
        yield READ_AS + ", ".join(f"“{typed}” as “{read}”" for typed, read in pairs) + "."


def _notes(work: _Work, query: Query, places: Sequence[Place]) -> Iterator[str]:
    """What the seeker should know of an answer: how it was read, what was found, and what moved it."""
    yield from query.reading.notes
    yield from _read_as(query.reading.misspelt)
    yield from _found(query.reading.request, places, len(work.now.serving.catalogue))
    if query.by_words:
        yield BY_WORDS
    yield from _moved(work.trail, len(places))


def _found(request: Request, places: Sequence[Place], items: int) -> Iterator[str]:
    found = len(places)
    if found == 0:
        yield NOTHING_FILTERED if request.filter else NOTHING
    elif found < request.n:
        yield f"There {'is' if found == 1 else 'are'} only {found} to show{'' if found == items else ' for this'}."
    if found and request.text and not any(place.reason for place in places):
        yield NEAREST if found > 1 else NEAREST_ONE


@contextmanager
def _outcome() -> Iterator[None]:
    """Counts a request that could not be answered."""
    try:
        yield
    except FirstFiveError:
        observe.count("firstfive_recommend_total", outcome="refused")
        raise


def _measured(watch: observe.Stopwatch, *, places: int) -> None:
    observe.count("firstfive_recommend_total", outcome="found" if places else "empty")
    observe.seconds("firstfive_recommend_seconds", sum(watch.laps_ms.values()) / 1000)
    observe.gauge("firstfive_last_slate_timestamp_seconds", datetime.now(UTC).timestamp())
    for stage, spent in watch.laps_ms.items():
        observe.seconds("firstfive_stage_seconds", spent / 1000, stage=stage)
