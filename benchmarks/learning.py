"""Learning from likes in the order of time, on movielens: after 0, 100, 1,000 and 10,000 of them.

    FIRSTFIVE_DATA=... python benchmarks/learning.py [HELD_OUT]

A request is made of what the same person liked before: the first sentence of the last film, and the last three to go
near to. The match is the film they liked next. Content alone, popularity, item neighbours, factors (matrix
factorisation) and what was learned are held against the likes that came after; what was learned also with the year of
each film, by which it was new or old when something was said.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import measuring
import numpy as np

import firstfive
from firstfive.app.learned import considered, features
from firstfive.app.serving import Query, Serving
from firstfive.app.wiring import Project
from firstfive.ask import read
from firstfive.features import Crowd, day_of, fresh
from firstfive.learn import SHARES, Ends, Likes, blend, factorise
from firstfive.learn.ranker import Ranker
from firstfive.learn.replay import Seen, learn
from firstfive.measure import intervals
from firstfive.types import Candidates, ItemId, Request

HELD_OUT = 1_000
AFTER = (0, 100, 1_000, 10_000)
LIKED = 4.0


class Like(NamedTuple):
    """A film that somebody liked after others, on which day, and what they had rated before."""

    user: int
    film: ItemId
    before: tuple[ItemId, ...]
    rated: tuple[ItemId, ...]
    day: float


def main() -> None:
    """Prints Success@5 by ranking and number of likes learned from, and the curve of the hand-over."""
    held_out = int(sys.argv[1]) if len(sys.argv) > 1 else HELD_OUT
    measuring.machine()
    folder = measuring.data() / "movielens"
    with tempfile.TemporaryDirectory() as scratch:
        films = films_of(folder)
        source = Path(scratch) / "films.jsonl"
        source.write_text("".join(json.dumps(film) + "\n" for film in films.values()), "utf-8")
        firstfive.init(Path(scratch) / "project")
        with firstfive.open(Path(scratch) / "project") as project:
            project.import_(source)
            project.build()
            likes = list(_likes(folder, films, max(AFTER) + held_out))
            _report(project, films, likes, held_out)


def _report(project: Project, films: dict[str, dict[str, str]], likes: Sequence[Like], held_out: int) -> None:
    serving = project.recommender.serving
    begun = perf_counter()
    asked = [_asked(serving, films, like) for like in likes]
    print(f"{len(serving.catalogue)} films, {len(likes)} likes, ranked in {perf_counter() - begun:.0f} s")
    rows = Likes(
        np.array([like.user for like in likes]),
        np.array([serving.position(like.film) for like in likes]),
        np.stack([query.vector for query, _ in asked]),
        days=np.array([like.day for like in likes]),
    )

    years = _years(serving, films)

    def newness(row: int, places: np.ndarray, dated: bool) -> np.ndarray | None:
        return fresh(years[places], likes[row].day) if dated else None

    def see(row: int, crowd: Crowd, dated: bool) -> Seen:
        query, found = asked[row]
        every = considered(serving, query, found, crowd)
        seen = features(serving, query, every, crowd, newness(row, every.positions, dated))
        return Seen(seen, every.positions == rows.items[row])

    for after, dated in product(AFTER, (False, True)):
        if dated and after < 1_000:
            continue
        begun = perf_counter()
        learned = learn(rows.before(after), len(serving.catalogue), partial(see, dated=dated), _ends)
        spent = perf_counter() - begun
        ranker = Ranker(learned.model) if learned.model else None
        before = rows.before(after)
        factors = factorise(before.visitors, before.items, len(serving.catalogue))
        tried = [
            _tried(
                serving,
                *asked[row],
                learned.crowd,
                ranker,
                factors.scores(_liked(serving, likes[row])),
                partial(newness, row, dated=dated),
            )
            for row in range(after, after + held_out)
        ]
        truth = rows.items[after : after + held_out]
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
    query: Query,
    found: Candidates,
    crowd: Crowd,
    ranker: Ranker | None,
    factors: np.ndarray,
    newness: Callable[[np.ndarray], np.ndarray | None],
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The items considered and their scores by each ranking."""
    every = considered(serving, query, found, crowd)
    before = np.maximum(every.scores, 0)
    seen = features(serving, query, every, crowd, newness(every.positions))
    learned = ranker(seen) if ranker else before
    likes = [serving.position(item) for item in query.reading.request.like]
    return every.positions, {
        "popular": crowd.popular(every.positions),
        "neighbours": crowd.together(likes, every.positions),
        "factors": factors[every.positions],
        **{f"share {share:g}": blend(before, learned, share) for share in SHARES},
    }


def _years(serving: Serving, films: dict[str, dict[str, str]]) -> np.ndarray:
    """The first day of each film's year, by position; NaN where its title has none."""
    titles = (films[serving.catalogue.id(position)]["title"] for position in range(len(serving.catalogue)))
    found = (re.search(r"\((\d{4})\)\s*$", title) for title in titles)
    return np.array([day_of(year[1]) if year else np.nan for year in found])


def _liked(serving: Serving, like: Like) -> list[int]:
    return [serving.position(film) for film in like.before]


def _ends(values: np.ndarray) -> list[Ends]:
    return [Ends(one.value, one.low, one.high) for one in intervals(values, lowest=-1.0, resamples=2_000)]


def _asked(serving: Serving, films: dict[str, dict[str, str]], like: Like) -> tuple[Query, Candidates]:
    """The request of a like, ranked by content alone."""
    text = re.split(r"(?<=[.!?]) ", films[like.before[-1]]["text"])[0][:300]
    reading = read(Request(text, 100, like=like.before[-3:], exclude=like.rated, diversity=0))
    query = serving.query(reading)
    return query, serving.pipeline(query=query)(reading.request, serving.retrieve(query))


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
    rated.sort(key=lambda row: (int(row["timestamp"]), int(row["userId"]), int(row["movieId"])))
    seen: dict[int, list[ItemId]] = {}
    liked: dict[int, list[ItemId]] = {}
    for row in rated:
        user, film = int(row["userId"]), ItemId(row["movieId"])
        likes = float(row["rating"]) >= LIKED
        if likes and liked.get(user) and most > 0:
            most -= 1
            yield Like(user, film, tuple(liked[user]), tuple(seen[user]), int(row["timestamp"]) / 86_400)
        seen.setdefault(user, []).append(film)
        if likes:
            liked.setdefault(user, []).append(film)


if __name__ == "__main__":
    main()
