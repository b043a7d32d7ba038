"""`recommend()` on many items, against the sum of its raw parts in the same run; start-up and memory.

    FIRSTFIVE_DATA=... python benchmarks/serve.py [ITEMS | FOLDER ...]        default: 100000

FOLDER is a built project, such as one of `firstfive import equities/companies.csv.gz`. With ITEMS, items are made up.

Made-up items are made around the real ones of yc: an item gets the name of one company and sentences of others,
and a real vector with noise. Parts: embedding the request, each channel's raw search, one durable commit.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import measuring
import numpy as np

import firstfive
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project
from firstfive.index import PieceWriter, RowWriter, seal, write_catalogue, write_text
from firstfive.models import minilm
from firstfive.ports import Embedder
from firstfive.release import make_release, settings_parts
from firstfive.types import Item, ItemId, RecommId, Release, Request, Span, StampId

REAL = 2_000
ROUNDS = 60


def main() -> None:
    """Prints a block a size."""
    data = measuring.data()
    measuring.machine()
    requests = [json.loads(line)["text"] for line in (data / "yc/oneliner/queries.jsonl").open()][:ROUNDS]
    for wanted in sys.argv[1:] or ["100000"]:
        if not wanted.isdigit():
            _measure(Path(wanted), requests)
            continue
        with tempfile.TemporaryDirectory() as folder:
            make_project(Path(folder), data, int(wanted))
            _measure(Path(folder), requests)


def _measure(folder: Path, requests: list[str]) -> None:
    before = measuring.resident_mb()
    begun = perf_counter()
    with firstfive.open(folder) as project:
        recommender = Recommender(project)
        recommender.recommend(Request("a first request"))
        ready_s = perf_counter() - begun
        parts, wholes = _rounds(project, recommender, requests)
        items = recommender.release.items
        after = measuring.resident_mb()
    total = sum(measuring.median(values) for values in parts.values())
    whole = measuring.median(wholes)
    print(f"\n{items} items: recommend() {whole:.2f} ms, raw parts {total:.2f} ms, ratio {whole / total:.2f}")
    print("   " + ", ".join(f"{name} {measuring.median(values):.2f} ms" for name, values in parts.items()))
    print(f"   start to first answer {ready_s:.2f} s")
    print("   memory: " + ", ".join(f"{kind} {after[kind] - before[kind]:+.0f} MB" for kind in after))


def _rounds(
    project: Project, recommender: Recommender, requests: list[str]
) -> tuple[dict[str, list[float]], list[float]]:
    """Milliseconds of each raw part and of the whole, in turns, each on a request that was not asked before."""
    serving, embedder, parts, wholes = recommender.serving, project.embedder, {}, []
    stages: dict[str, list[float]] = {}
    slate = recommender.recommend(Request("a slate to store"))

    def timed(name: str, work) -> object:  # type: ignore[no-untyped-def]
        begun = perf_counter()
        made = work()
        parts.setdefault(name, []).append((perf_counter() - begun) * 1000)
        return made

    for number, text in enumerate(requests):
        vector = timed("embed", lambda text=text: embedder.embed([text]))[0]  # type: ignore[index]
        timed("words", lambda text=text: serving.words.search(text, 100))
        timed("chars", lambda text=text: serving.chars.search(text, 100))
        timed("whole", lambda vector=vector: serving.whole.search(vector, 100))
        timed("passages", lambda vector=vector: serving.passages.search(vector, 100))
        other = replace(slate, recomm_id=RecommId(f"{slate.recomm_id}-{number}"))
        timed("commit", lambda other=other: project.store.write(lambda unit: unit.slates.add(other)))
        begun = perf_counter()
        laps = recommender.recommend(Request(text)).timings_ms
        wholes.append((perf_counter() - begun) * 1000)
        for stage, spent in laps.items():
            stages.setdefault(stage, []).append(spent)
    print("\n   stages: " + ", ".join(f"{name} {measuring.median(values):.2f}" for name, values in stages.items()))
    return parts, wholes


def make_project(folder: Path, data: Path, size: int) -> None:
    """A project with a Release of so many made-up items, written as a build writes it."""
    firstfive.init(folder)
    embedder = minilm()
    with firstfive.open(folder) as project:
        settings = project.settings
        parts = {"catalogue": f"made up {size}", "embedder": embedder.name, "own vectors": ""}
        parts |= settings_parts(clean=settings.clean, index=settings.index, rank=settings.rank)
        release = make_release(parts, items=size, passages=size * 2, created=datetime.now(UTC))
        place = project.releases / release.id
        place.mkdir(parents=True)
        _write(place, _sentences(data), size, embedder, int(settings.index.exact_rows), release)
        with project.store.unit() as unit:
            unit.releases.add(release)
            unit.releases.use(release.id)


def _sentences(data: Path) -> list[str]:
    return [json.loads(line)["text"] for line in (data / "yc" / "oneliner" / "queries.jsonl").open()][:REAL]


def _write(place: Path, sentences: list[str], size: int, embedder: Embedder, exact: int, release: Release) -> None:
    real = embedder.embed(sentences)
    pieces = [embedder.pieces(sentence) for sentence in sentences]
    rng = np.random.default_rng(5)
    picks = (rng.integers(0, len(sentences), (size, 1)) + [0, 7, 31] * rng.integers(1, 60, (size, 1))) % len(sentences)
    write_text(place / "text", (text for _, text in _texts(sentences, picks)), "english")
    write_catalogue(place / "catalogue", _items(sentences, picks), {})
    np.save(place / "heads.npy", np.arange(size))
    whole, rows = RowWriter(place / "whole", 384, size, size), RowWriter(place / "passages", 384, size * 2, size)
    words = PieceWriter(place / "pieces")
    for three in picks:
        noisy = real[three] + rng.normal(0, 0.02, (3, 384)).astype(np.float32)
        noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
        whole.add(noisy[:1])
        rows.add(noisy[1:])
        words.add(np.unique(np.concatenate([pieces[one] for one in three])))
    whole.close(exact)
    rows.close(exact)
    words.close()
    seal(place, {"release": release.id, "parts": dict(release.parts), "items": size})


def _texts(sentences: list[str], picks: np.ndarray) -> Iterator[tuple[int, str]]:
    for number, (_, one, two) in enumerate(picks):
        yield number, f"{sentences[one]}\n{sentences[two]}"


def _items(sentences: list[str], picks: np.ndarray) -> Iterator[Item]:
    for (number, text), (_, one, _two) in zip(_texts(sentences, picks), picks, strict=True):
        cut = len(sentences[one])
        spans = (Span(0, cut), Span(cut + 1, len(text)))
        yield Item(ItemId(f"{number:08d}"), "", text, spans, {}, StampId(""))


if __name__ == "__main__":
    main()
