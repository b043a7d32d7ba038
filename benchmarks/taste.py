"""Personal taste on movielens, in the order of time: what a person rated before moves what is shown, or does not.

    FIRSTFIVE_DATA=... python benchmarks/taste.py [REQUESTS] [PROJECT]

A request is made of the first sentence of the film that a person liked last; the match is the film they liked next.
What they rated within `taste.keep_days` is what they said: 4 and more a yes, 2.5 and less a no, each as old as it was.
The same requests once more go near to the last three films too, as a page's "like this" does. PROJECT: one that was
built from the films already.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import learning
import measuring
import numpy as np

import firstfive
from firstfive.app import asking, taste
from firstfive.app.serving import Serving
from firstfive.learn import Signal
from firstfive.measure import intervals
from firstfive.settings import TasteSettings
from firstfive.types import ItemId, Request, UserId

REQUESTS = 2_000
NO = 2.5
SETTINGS = TasteSettings(use="known")
TIED = 3
"""Films that a request goes near to, where it does."""


class Asked(NamedTuple):
    """What a person had rated by then, in order, and the film they liked next."""

    user: UserId
    at: datetime
    said: tuple[Signal, ...]
    rated: tuple[ItemId, ...]
    film: ItemId


def main() -> None:
    """Prints Success@5 and nDCG@10 without taste and with it, and the difference by person."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    measuring.machine()
    folder = measuring.data() / "movielens"
    films = learning.films_of(folder)
    with tempfile.TemporaryDirectory() as scratch:
        place = sys.argv[2] if len(sys.argv) > 2 else learning.built(Path(scratch), films)
        with firstfive.open(place) as project:
            serving = project.recommender.serving
            asked = list(_asked(folder, films))
            step = max(1, len(asked) // requests)
            for near in (0, TIED):
                _report(serving, films, asked[::step][:requests], near)


def _report(serving: Serving, films: dict[str, dict[str, str]], asked: Sequence[Asked], near: int) -> None:
    ranks = np.array([_ranks(serving, films, one, near) for one in asked], dtype=np.float64)
    people = {user: number for number, user in enumerate(dict.fromkeys(one.user for one in asked))}
    code = np.array([people[one.user] for one in asked])
    gain = np.where(ranks <= 10, 1 / np.log2(1 + ranks), 0.0)
    how = f"and near to the last {near}" if near else "alone"
    print(f"{len(asked)} requests of {len(people)} people, in words {how}")
    for name, values in (("Success@5", (ranks <= 5).astype(float)), ("nDCG@10", gain)):
        columns = np.column_stack([values, values[:, 1] - values[:, 0]])
        each = np.stack([np.bincount(code, weights=column) for column in columns.T], axis=1)
        each /= np.bincount(code)[:, None]
        without, with_, more = intervals(each, lowest=-1.0)
        print(f"   {name:10} without {without.value:.4f}, with {with_.value:.4f}")
        print(f"   {'':10} difference {more.value:+.4f} [{more.low:+.4f}, {more.high:+.4f}]")


def _ranks(serving: Serving, films: dict[str, dict[str, str]], one: Asked, near: int) -> tuple[float, float]:
    """Where the film stands without taste and with it."""
    likes = [said.item for said in one.said if said.gain > 0]
    text = re.split(r"(?<=[.!?]) ", films[likes[-1]]["text"])[0][:300]
    like = tuple(likes[-near:]) if near else ()
    reading = serving.read(Request(text, 100, like=like, exclude=one.rated, diversity=0))
    query = serving.query(reading)
    found = asking.candidates(serving, query)
    person = taste.remembered(serving, one.said, one.at, SETTINGS.half_life_days)
    stage = taste.stage(serving, person, SETTINGS) if person else None
    wanted = serving.position(one.film)
    return tuple(
        _rank(serving.pipeline(query=query, taste=leaning)(reading.request, found).positions, wanted)
        for leaning in (None, stage)
    )


def _rank(positions: np.ndarray, wanted: int) -> float:
    places = np.flatnonzero(positions == wanted)
    return float(places[0]) + 1 if len(places) else float("inf")


def _asked(folder: Path, films: dict[str, dict[str, str]]) -> Iterator[Asked]:
    """Every film that a person liked after another one within memory, in the order of time."""
    with (folder / "ratings.csv").open() as file:
        rated = [row for row in csv.DictReader(file) if row["movieId"] in films]
    rated.sort(key=lambda row: (int(row["timestamp"]), int(row["userId"]), int(row["movieId"])))
    said: dict[str, list[Signal]] = {}
    seen: dict[str, list[ItemId]] = {}
    for row in rated:
        user, film, stars = UserId(row["userId"]), ItemId(row["movieId"]), float(row["rating"])
        at = datetime.fromtimestamp(int(row["timestamp"]), UTC)
        fresh = [one for one in said.get(user, ()) if at - one.at < timedelta(days=SETTINGS.keep_days)][-taste.LATEST :]
        if stars >= learning.LIKED and any(one.gain > 0 for one in fresh):
            yield Asked(user, at, tuple(fresh), tuple(seen[user]), film)
        seen.setdefault(user, []).append(film)
        if stars >= learning.LIKED or stars <= NO:
            said.setdefault(user, []).append(Signal(user, film, at, 1.0 if stars >= learning.LIKED else -1.0))


if __name__ == "__main__":
    main()
