"""The embed step: what of each Doc is embedded, its vectors into the ledger, and from there into a Release.

A changed item keeps the vectors of what it still says: they are read from the Release in use. A text's vector is
bit-equal whenever it is made, so this changes no Release, only how long it takes and, with a paid embedder, costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.portions import portions
from firstfive.build.describe import VERSION, passages, readings, stamp
from firstfive.errors import IndexFileError, StoreError
from firstfive.index import MappedCatalogue, PieceWriter, RowWriter, open_folder, open_vectors
from firstfive.run import Threads

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Embedder, Progress
    from firstfive.types import Doc, ItemId, Pieces, Span, StampId, Vectors

BATCH = 128
CHARACTERS = 10_000
"""Readings are embedded and stored so many at a time, or so many characters of them: half a second's work. Three such
portions are on the way at once, and no more than these is lost by a kill."""
READ = 512


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a doc is embedded: the whole first, then each row; and the stamp of its vectors."""

    item: ItemId
    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    stamp: StampId

    @property
    def rows(self) -> int:
        """How many vectors the passages channel has of it."""
        return len(self.texts) - 1


def reading(doc: Doc, model: str) -> Reading:
    """What of this doc a model embeds."""
    spans = passages(doc.text)
    texts = readings(doc.title, doc.text, spans)
    return Reading(doc.id, spans, texts, stamp(texts, model).id)


def embed(project: Project, read: Sequence[Reading], progress: Progress) -> int:
    """Puts the vectors of every reading into the ledger; returns how many had to be made."""
    embedder = project.embedder
    if embedder is None:
        return 0
    by_stamp = {one.stamp: one for one in read}
    with project.store.read() as unit:
        have = unit.ledger.have(list(by_stamp))
    missing = [one for name, one in by_stamp.items() if name not in have]
    missing.sort(key=lambda one: one.stamp)  # long ones among short ones, so that the time left is told truly
    progress.start("embed", len(missing))
    before = _before(project, embedder.name) if missing else None
    batches = portions(missing, BATCH, CHARACTERS, _characters)
    for records in Threads(2).map(partial(_made, embedder, before), batches):  # the model goes on while one is stored
        with project.store.unit() as unit:
            unit.ledger.put("embed", records)
        progress.advance("embed", len(records))
    progress.finish("embed")
    return len(missing)


def write_vectors(project: Project, folder: Path, read: Sequence[Reading], size: int, progress: Progress) -> None:
    """Writes the vectors and word pieces of all readings, in order, from the ledger."""
    whole = RowWriter(folder / "whole", size, len(read), len(read))
    rows = RowWriter(folder / "passages", size, sum(one.rows for one in read), len(read))
    with closing(PieceWriter(folder / "pieces")) as words, project.store.read() as unit:
        for batch in portions(read, READ):
            found = unit.ledger.get([one.stamp for one in batch])
            made = [_unpacked(found.get(one.stamp), len(one.texts), size) for one in batch]
            whole.add(*(vectors[:1] for vectors, _ in made))
            rows.add(*(vectors[1:] for vectors, _ in made))
            words.add(*(pieces for _, pieces in made))
            progress.advance("index", len(batch))
    exact = int(project.settings.index.exact_rows)
    whole.close(exact)
    rows.close(exact)


def read_vectors(project: Project, read: Sequence[Reading], size: int) -> Iterator[Vectors]:
    """Each reading's vectors in order, from the ledger: (1 + rows, size), the whole text first."""
    for batch in portions(read, READ):
        with project.store.read() as unit:
            found = unit.ledger.get([one.stamp for one in batch])
        yield from (_unpacked(found.get(one.stamp), len(one.texts), size)[0] for one in batch)


class _Before:
    """The vectors of the Release in use, by what each item said in it."""

    def __init__(self, folder: Path) -> None:
        self._catalogue = MappedCatalogue(folder / "catalogue")
        self._whole = open_vectors(folder / "whole", 0)
        self._rows = open_vectors(folder / "passages", 0)

    def vectors(self, item: ItemId) -> dict[str, Vectors]:
        """The item's vectors by text; none where it is new."""
        position = self._catalogue.position(item)
        if position is None:
            return {}
        old = self._catalogue.item(position)
        texts = readings(old.title, old.text, old.passages)
        return dict(zip(texts, (*self._whole.rows(position), *self._rows.rows(position)), strict=True))


def _before(project: Project, model: str) -> _Before | None:
    """The Release in use, where this model embedded the same readings for it and its files are sound."""
    with project.store.read() as unit:
        history = unit.releases.history()
        parts = next((one.parts for one in unit.releases.all() if history and one.id == history[0]), {})
    if parts.get("embedder") != model or parts.get("readings") != str(VERSION):
        return None
    folder = project.releases / history[0]
    try:
        open_folder(folder)
        return _Before(folder)
    except IndexFileError:
        return None


def _characters(one: Reading) -> int:
    return sum(map(len, one.texts))


def _made(embedder: Embedder, before: _Before | None, batch: Sequence[Reading]) -> dict[StampId, bytes]:
    """Each reading's vectors, whole text first, and then its word pieces, as bytes. A text is embedded once a batch."""
    wanted = dict.fromkeys(text for one in batch for text in one.texts)
    known: Mapping[str, Vectors] = {}
    if before:
        kept = {text: vector for one in batch for text, vector in before.vectors(one.item).items()}
        known = {text: kept[text] for text in wanted if text in kept}
    new = [text for text in wanted if text not in known]
    vectors = {**known, **dict(zip(new, embedder.embed(new), strict=True))} if new else known
    return {
        one.stamp: np.stack([vectors[text] for text in one.texts]).tobytes()
        + np.unique(np.concatenate([embedder.pieces(text) for text in one.texts])).astype(np.uint32).tobytes()
        for one in batch
    }


def _unpacked(payload: bytes | None, rows: int, size: int) -> tuple[Vectors, Pieces]:
    """The vectors and the word pieces of one record."""
    if payload is None or len(payload) < rows * size * 4:
        raise StoreError(
            "the store has not the vectors it should have; run `firstfive build` again", code="store.broken"
        )
    vectors = np.frombuffer(payload, dtype=np.float32, count=rows * size).reshape(rows, size)
    return vectors, np.frombuffer(payload, dtype=np.uint32, offset=rows * size * 4)
