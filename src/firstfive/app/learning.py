"""Use case: learn from what visitors said yes to, and end with a Release that waits to be promoted, or with a reason.

    Slates + Events ─signals─▶ likes ─replayed in the order of time─▶ crowd, ranker, share ─▶ a candidate Release

The candidate is the Release in use with what was learned beside it: its other files are the same files. Where nothing
can be handed over, no Release is made and ranking stays exactly as it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import learned
from firstfive.app.alone import alone
from firstfive.app.calibrating import calibrate
from firstfive.app.chances import ranked_all
from firstfive.app.learned import PART, considered, features
from firstfive.ask import read
from firstfive.errors import RequestError
from firstfive.index import read_about, seal, sealed
from firstfive.learn import Ends, Handover, Likes, Signal, looked_at, signals
from firstfive.measure import intervals
from firstfive.observe import Quiet, log, span
from firstfive.release import make_release
from firstfive.types import Release, Request, digest

if TYPE_CHECKING:
    from firstfive.app.serving import Query, Serving
    from firstfive.app.wiring import Project
    from firstfive.features import Crowd
    from firstfive.learn.replay import Learned, Seen
    from firstfive.ports import Progress, Store
    from firstfive.types import Candidates, Event, ItemId, Numbers, RecommId, Slate, Vectors

READ = 5_000
LATEST = 100_000
"""Likes that are learned from at most, the latest."""
EARLIER = 3
"""A like without a stored request is asked for by what the visitor liked before: so many of the latest."""
FOR_LEARNING = 100


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What there was to learn from and what came of it. release: the candidate; None where nothing is handed over.

    likes: said by how many visitors; graded: requests of them that the ranker was fitted to. importance: the share of
    each feature in what the ranker looks at. advice: "promote", "keep" or "not enough data".
    """

    likes: int
    visitors: int
    graded: int
    handover: Handover
    advice: str
    release: Release | None = None
    importance: Mapping[str, float] = field(default_factory=dict)


def learn(project: Project, *, progress: Progress | None = None) -> LearnReport:
    """Learns from all that is stored. The same events give the same Release.

    Raises LearnError learn.missing_extra without LightGBM, IndexFileError index.missing before the first build, and
    BuildError build.locked while a build runs.
    """
    from firstfive.learn.ranker import Ranker
    from firstfive.learn.replay import learn as replayed

    said = progress or Quiet()
    with alone(project.folder), span("firstfive.learn"):
        serving, release = project.recommender.serving, project.recommender.release
        told = _told(project.store, serving)
        said.start("learn", len(told.signals))
        found = replayed(
            told.likes,
            len(serving.catalogue),
            lambda row, crowd: _seen(serving, told, row, crowd),
            _ends,
            weights=np.array([one.weight for one in told.signals]),
            advance=lambda done: said.advance("learn", done),
        )
        said.finish("learn")
        candidate = _candidate(project, release, found, said) if found.model and found.handover.share else None
    return LearnReport(
        len(told.signals),
        len(np.unique(told.likes.visitors)),
        found.groups,
        found.handover,
        "promote" if candidate else "keep" if found.model else "not enough data",
        candidate,
        Ranker(found.model).importance() if found.model else {},
    )


# --- what there is to learn from --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Likes in the order of time, as signals and as rows; and the request of each, made ready, with its ranking."""

    signals: Sequence[Signal]
    likes: Likes
    asked: Sequence[tuple[Query, Candidates] | None]


def _told(store: Store, serving: Serving) -> _Told:
    likes, slates = likes_of(store, serving)
    requests = requests_of(serving, likes, slates)
    asked = [_ranked(serving, request) if request else None for request in requests]
    size = serving.whole.size if serving.whole else 1
    vectors = np.zeros((len(likes), size), np.float32)
    for row, one in enumerate(asked):
        if one and one[0].vector is not None:
            vectors[row] = one[0].vector
    return _Told(likes, as_rows(serving, likes, vectors), asked)


def likes_of(store: Store, serving: Serving) -> tuple[list[Signal], dict[RecommId, Slate]]:
    """The latest likes of items that the Release has, in the order of time, and the answers that they came after."""
    events = list(_events(store))
    slates = _slates(store, {event.recomm_id for event in events if event.recomm_id})
    places = {(slate.recomm_id, place.item): place.place for slate in slates.values() for place in slate.places}
    every = signals(events, places, looked_at(events, places))
    likes = [one for one in every if one.gain > 0 and serving.catalogue.position(one.item) is not None]
    return likes[-LATEST:], slates


def as_rows(serving: Serving, likes: Sequence[Signal], vectors: Vectors) -> Likes:
    """Likes as rows. vectors (n, size): the request of each, zeros where there was none."""
    numbers = {visitor: number for number, visitor in enumerate(sorted({one.visitor for one in likes}))}
    visitors = np.array([numbers[one.visitor] for one in likes], dtype=np.int64)
    items = np.array([serving.position(one.item) for one in likes], dtype=np.int64)
    return Likes(visitors, items, vectors)


def _events(store: Store) -> Iterator[Event]:
    cursor = ""
    while True:
        with store.read() as unit:
            page, cursor = unit.events.find(after=cursor, n=READ)
        yield from page
        if not cursor:
            return


def _slates(store: Store, wanted: set[RecommId]) -> dict[RecommId, Slate]:
    with store.read() as unit:
        found = ((name, unit.slates.get(name)) for name in sorted(wanted))
        return {name: slate for name, slate in found if slate is not None}


def requests_of(
    serving: Serving, likes: Sequence[Signal], slates: Mapping[RecommId, Slate]
) -> Iterator[Request | None]:
    """The request of each like: the stored one, or else what the same visitor liked before; None where neither is."""
    before: dict[str, list[ItemId]] = {}
    for one in likes:
        earlier = before.setdefault(one.visitor, [])
        slate = slates.get(one.recomm_id) if one.recomm_id else None
        yield _repeated(serving, slate.request) if slate else _near(earlier, one.item)
        earlier.append(one.item)


def _repeated(serving: Serving, request: Request) -> Request:
    """A stored request as it can be asked now: items that are gone are not gone near to."""
    like = tuple(item for item in request.like if serving.catalogue.position(item) is not None)
    return Request(request.text, FOR_LEARNING, like=like, diversity=0, told=request.told)


def _near(earlier: Sequence[ItemId], item: ItemId) -> Request | None:
    like = tuple(dict.fromkeys(one for one in earlier if one != item))
    return Request("", FOR_LEARNING, like=like[-EARLIER:], exclude=like, diversity=0) if like else None


def _ranked(serving: Serving, request: Request) -> tuple[Query, Candidates] | None:
    try:
        query = serving.query(read(request))
    except RequestError:  # a request that no longer can be asked teaches nothing
        return None
    return query, ranked_all(serving, query, serving.retrieve(query))


def _seen(serving: Serving, told: _Told, row: int, crowd: Crowd) -> Seen | None:
    from firstfive.learn.replay import Seen

    one = told.asked[row]
    if one is None:
        return None
    query, found = one
    every = considered(serving, query, found.take(found.scores >= 0), crowd)
    liked = serving.heads[every.positions] == serving.heads[told.likes.items[row]]
    return Seen(features(serving, query, every, crowd), liked)


def _ends(values: Numbers) -> list[Ends]:
    return [Ends(one.value, one.low, one.high) for one in intervals(values, lowest=-1.0)]


# --- what comes of it -------------------------------------------------------------------------------------------------


def _candidate(project: Project, release: Release, found: Learned, progress: Progress) -> Release:
    """The Release in use with what was learned beside it, sealed and recorded, but not in use."""
    assert found.model is not None
    arrays = (found.crowd.liked, found.crowd.near, found.crowd.nearness, found.crowd.asked, found.crowd.wanted)
    name = digest(found.model, repr(found.handover.share), *(array.tobytes() for array in arrays))
    made = make_release(
        {**release.parts, PART: name}, items=release.items, passages=release.passages, created=datetime.now(UTC)
    )
    if not (project.releases / made.id).exists():
        _write(project, release, made, found)
        calibrate(project, made, (), progress)
    project.store.write(lambda unit: unit.releases.add(made))
    log("learn").info("learned release %s", made.id)
    return made


def _write(project: Project, release: Release, made: Release, found: Learned) -> None:
    """A folder that shares its other files with the Release in use, renamed into place when it is whole."""
    source, begun = project.releases / release.id, project.releases / f".new-{made.id}"
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    for path in sealed(source):
        if path.parts[0] != PART:
            (begun / path).parent.mkdir(parents=True, exist_ok=True)
            _linked(source / path, begun / path)
    learned.write(begun, found.crowd, found.model or b"", found.handover.share)
    seal(begun, {**read_about(source), "release": made.id, "parts": dict(made.parts)})
    begun.rename(project.releases / made.id)


def _linked(source: Path, target: Path) -> None:
    """The same file under another name, for a Release's files never change; a copy where there is no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
