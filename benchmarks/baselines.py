"""Language-model driven against traditional, on movielens: likes as events of a project, and then the one command.

    FIRSTFIVE_DATA=... python benchmarks/baselines.py [LIKES]

The first likes of all in the order of time become feedback; the latest of them are tried, each after what the same
person had liked before.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import measuring
from learning import LIKED, films_of

import firstfive
from firstfive.app.baselines import against_baselines
from firstfive.app.record import add_feedback
from firstfive.types import Event, ItemId, UserId

LIKES = 12_000
PORTION = 2_000


def main() -> None:
    """Prints both comparisons."""
    likes = int(sys.argv[1]) if len(sys.argv) > 1 else LIKES
    measuring.machine()
    folder = measuring.data() / "movielens"
    films = films_of(folder)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "films.jsonl"
        source.write_text("".join(json.dumps(film) + "\n" for film in films.values()), "utf-8")
        firstfive.init(Path(scratch) / "project")
        with firstfive.open(Path(scratch) / "project") as project:
            project.import_(source)
            events = _events(folder / "ratings.csv", films, likes)
            for start in range(0, len(events), PORTION):
                some = events[start : start + PORTION]
                project.store.write(lambda unit, some=some: add_feedback(unit, some))  # type: ignore[misc]
            project.build()
            print("\n".join(against_baselines(project).lines()))


def _events(ratings: Path, films: dict[str, dict[str, str]], most: int) -> list[Event]:
    with ratings.open() as file:
        rows = [row for row in csv.DictReader(file) if row["movieId"] in films and float(row["rating"]) >= LIKED]
    rows.sort(key=lambda row: (int(row["timestamp"]), int(row["userId"]), int(row["movieId"])))
    return [
        Event("like", UserId(row["userId"]), ItemId(row["movieId"]), datetime.fromtimestamp(int(row["timestamp"]), UTC))
        for row in rows[:most]
    ]


if __name__ == "__main__":
    main()
