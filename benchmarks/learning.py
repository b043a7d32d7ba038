"""Learning from likes in the order of time, on movielens: after 0, 100, 1,000 and 10,000 of them.

    FIRSTFIVE_DATA=... python benchmarks/learning.py [HELD_OUT [PROJECT]]

A request is made of what the same person liked before: the first sentence of the last film, and the last three to go
near to. The match is the film they liked next. Content alone, popularity, item neighbours, factors (matrix
factorisation) and what was learned are held against the likes that came after; what was learned also with the year of
each film, by which it was new or old when something was said. PROJECT: one that was built from the films already.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import measuring
import numpy as np

import firstfive
from firstfive.app import asking
from firstfive.app.born import Ages
from firstfive.app.heard import FOR_LEARNING, Heard, Said, as_rows, ranked
from firstfive.app.learned import considered, features
from firstfive.app.learning import learn_from
from firstfive.app.serving import Serving
from firstfive.app.wiring import Project
from firstfive.features import DAY_S, Crowd, day_of
from firstfive.learn import SHARES, Signal, blend, factorise, signals
from firstfive.learn.ranker import Ranker
from firstfive.measure import intervals
from firstfive.observe import Quiet
from firstfive.types import Event, ItemId, Request, UserId

HELD_OUT = 1_000
AFTER = (0, 100, 1_000, 10_000)
LIKED = 4.0


class Like(NamedTuple):
    """A film that somebody liked after others, on which day, and what they had rated before."""

    user: str
    film: ItemId
    before: tuple[ItemId, ...]
    rated: tuple[ItemId, ...]
    day: float


def main() -> None:
    """Prints Success@5 by ranking and number of likes learned from, and the curve of the hand-over."""
    held_out = int(sys.argv[1]) if len(sys.argv) > 1 else HELD_OUT
    measuring.machine()
    folder = measuring.data() / "movielens"
    films = films_of(folder)
    likes = list(_likes(folder, films, max(AFTER) + held_out))
    with tempfile.TemporaryDirectory() as scratch:
        place = sys.argv[2] if len(sys.argv) > 2 else built(Path(scratch), films)
        with firstfive.open(place) as project:
            _report(project, films, likes, held_out)


def built(scratch: Path, films: dict[str, dict[str, str]]) -> Path:
    """A project that is built from the films."""
    source = scratch / "films.jsonl"
    source.write_text("".join(json.dumps(film) + "\n" for film in films.values()), "utf-8")
    firstfive.init(scratch / "project")
    with firstfive.open(scratch / "project") as project:
        project.import_(source)
        project.build()
    return scratch / "project"


def _report(project: Project, films: dict[str, dict[str, str]], likes: Sequence[Like], held_out: int) -> None:
    serving = project.recommender.serving
    begun = perf_counter()
    told = _told(serving, films, likes)
    print(f"{len(serving.catalogue)} films, {len(likes)} likes, ranked in {perf_counter() - begun:.0f} s")
    unknown = np.full(len(serving.catalogue), np.nan)
    years = _years(serving, films)
    for after, dated in product(AFTER, (False, True)):
        if dated and after < 1_000:
            continue
        came = Ages(years, unknown, "year") if dated else Ages(unknown, unknown)
        before = _until(told, likes[:after])
        begun = perf_counter()
        learned = learn_from(serving, before, {}, came, Quiet())
        spent = perf_counter() - begun
        ranker = Ranker(learned.model) if learned.model else None
        factors = factorise(before.likes.visitors, before.likes.items, len(serving.catalogue))
        tried = [
            _tried(serving, told, row, learned.crowd, ranker, factors.scores(_liked(serving, likes[row])), came)
            for row in range(after, after + held_out)
        ]
        truth = told.likes.items[after : after + held_out]
        how = ", with the films' years" if dated else ""
        print(f"after {after} likes{how}, {learned.groups} of them learned from in {spent:.0f} s")
        print(f"   share handed over: {learned.handover.share:g}, from {learned.handover.visitors} visitors held out")
        for point in learned.handover.curve:
            print(
                f"      {point.share:g}: gain {point.gain.value:+.4f} [{point.gain.low:+.4f}, {point.gain.high:+.4f}]"
            )
        _success(tried, truth, learned.handover.share)
        if ranker:
            print("   looked at:", ", ".join(f"{n} {s:.0%}" for n, s in ranker.importance().items() if s >= 0.01))


def _told(serving: Serving, films: dict[str, dict[str, str]], likes: Sequence[Like]) -> Heard:
    """The likes as `firstfive learn` hears them, each with its request as it is ranked by content alone."""
    asked = [ranked(serving, _request(films, like)) for like in likes]
    vectors = np.stack([query.vector for query, _ in asked])
    found = _signals(likes)
    return Heard([Said(one) for one in found], as_rows(serving, found, vectors), asked)


def _until(told: Heard, likes: Sequence[Like]) -> Heard:
    """What was heard by the last of these likes, the first of all; each weighed as it was by then."""
    before = told.before(len(likes))
    return replace(before, rows=[Said(one) for one in _signals(likes)])


def _signals(likes: Sequence[Like]) -> list[Signal]:
    events = [
        Event("yes", UserId(like.user), like.film, datetime.fromtimestamp(like.day * DAY_S, UTC)) for like in likes
    ]
    return signals(events, {})


def _success(tried: Sequence[tuple[np.ndarray, dict[str, np.ndarray]]], truth: np.ndarray, share: float) -> None:
    """Prints Success@5 of each ranking on the held-out requests."""
    names = list(tried[0][1])
    found = np.array(
        [
            [float(item in places[np.argsort(-scores[name], kind="stable")[:5]]) for name in names]
            for (places, scores), item in zip(tried, truth, strict=True)
        ]
    )
    for name, one in zip(names, intervals(found), strict=True):
        chosen = "  <- handed over" if name == f"share {share:g}" else ""
        print(f"   {name:12} Success@5 {one.value:.4f} [{one.low:.4f}, {one.high:.4f}]{chosen}")


def _tried(
    serving: Serving,
    told: Heard,
    row: int,
    crowd: Crowd,
    ranker: Ranker | None,
    factors: np.ndarray,
    came: Ages,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The items considered for a like's request and their scores by each ranking."""
    query, found = told.asked[row]
    every = considered(serving, query, found, crowd)
    day, about = told.likes.days[row], int(told.likes.items[row])
    seen = features(serving, query, every, crowd, came.newness(every.positions, about, day))
    learned = ranker(seen) - asking.lost(serving, query, every.positions) if ranker else every.scores
    likes = [serving.position(item) for item in query.reading.request.like]
    return every.positions, {
        "popular": crowd.popular(every.positions),
        "neighbours": crowd.together(likes, every.positions),
        "factors": factors[every.positions],
        **{f"share {share:g}": blend(every.scores, learned, share) for share in SHARES},
    }


def _years(serving: Serving, films: dict[str, dict[str, str]]) -> np.ndarray:
    """The first day of each film's year, by position; NaN where its title has none."""
    titles = (films[serving.catalogue.id(position)]["title"] for position in range(len(serving.catalogue)))
    found = (re.search(r"\((\d{4})\)\s*$", title) for title in titles)
    return np.array([day_of(year[1]) if year else np.nan for year in found])


def _liked(serving: Serving, like: Like) -> list[int]:
    return [serving.position(film) for film in like.before]


def _request(films: dict[str, dict[str, str]], like: Like) -> Request:
    """What the person asked before they liked the film."""
    text = re.split(r"(?<=[.!?]) ", films[like.before[-1]]["text"])[0][:300]
    return Request(text, FOR_LEARNING, like=like.before[-3:], exclude=like.rated, diversity=0)


def films_of(folder: Path) -> dict[str, dict[str, str]]:
    """The films that have an overview, by id."""
    with (folder / "links.csv").open() as file:
        tmdb = {row["movieId"]: row["tmdbId"] for row in csv.DictReader(file)}
    with gzip.open(folder / "tmdb_5000_movies.csv.gz", "rt", encoding="utf-8") as file:
        overviews = {row["id"]: row["overview"] for row in csv.DictReader(file)}
    with (folder / "movies.csv").open() as file:
        rows = list(csv.DictReader(file))
    told = ((row["movieId"], row["title"], overviews.get(tmdb.get(row["movieId"], ""), "")) for row in rows)
    return {film: {"id": film, "title": title, "text": text} for film, title, text in told if text}


def _likes(folder: Path, films: dict[str, dict[str, str]], most: int) -> Iterator[Like]:
    """The first likes of all, in the order of time, each after another one of the same person."""
    with (folder / "ratings.csv").open() as file:
        rated = [row for row in csv.DictReader(file) if row["movieId"] in films]
    rated.sort(key=lambda row: (int(row["timestamp"]), row["userId"], row["movieId"]))  # as signals stand
    seen: dict[str, list[ItemId]] = {}
    liked: dict[str, list[ItemId]] = {}
    for row in rated:
        user, film = row["userId"], ItemId(row["movieId"])
        likes = float(row["rating"]) >= LIKED
        if likes and liked.get(user) and most > 0:
            most -= 1
            yield Like(user, film, tuple(liked[user]), tuple(seen[user]), int(row["timestamp"]) / 86_400)
        seen.setdefault(user, []).append(film)
        if likes:
            liked.setdefault(user, []).append(film)


if __name__ == "__main__":
    main()
