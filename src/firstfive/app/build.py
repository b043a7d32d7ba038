"""Use case: build a Release from the catalogue as it stands.

    pages ─clean─▶ docs ─describe─▶ items ─embed─▶ vectors ─index─▶ Release

Clean and embed write each record to the ledger under its stamp as they go, so a stopped build goes on where it was and
only what changed is made again. The index is written beside the others, sealed, renamed into place and only then put
in use: a half-written Release is never served.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.alone import alone
from firstfive.app.cleaning import clean_all
from firstfive.app.portions import portions
from firstfive.app.vectors import own_digest, write_own
from firstfive.build.columns import columns
from firstfive.build.copies import copies
from firstfive.build.describe import describe, fingerprint, passages, readings, stamp
from firstfive.build.fields import convert, infer
from firstfive.errors import BuildError, IndexFileError, StoreError
from firstfive.index import (
    PieceWriter,
    RowWriter,
    check_language,
    open_folder,
    seal,
    write_catalogue,
    write_text,
)
from firstfive.observe import Quiet, log, span
from firstfive.ports import Progress
from firstfive.release import make_release, settings_parts
from firstfive.run import Threads

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Embedder, Unit
    from firstfive.types import Doc, Fields, Item, Pieces, Release, Span, StampId, Vectors

BATCH = 128
CHARACTERS = 10_000
"""Readings are embedded and stored so many at a time, or so many characters of them: half a second's work. Three such
portions are on the way at once, and no more than these is lost by a kill."""
READ = 512
BEGUN = ".new-"


@dataclass(slots=True)
class BuildReport:
    """What a build did. made and kept: records by step; seconds by step. new: False where nothing had changed.

    rejected: live pages that gave no item, and are in quarantine. too_bad: they are a larger share than
    `import.max_bad`. copies: items that nearly repeat another one.
    """

    release: Release
    made: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    rejected: int = 0
    copies: int = 0
    too_bad: bool = False
    new: bool = True


@dataclass(frozen=True, slots=True)
class _Reading:
    """What of a doc is embedded, and the stamp of its vectors."""

    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    stamp: StampId


def build(project: Project, *, progress: Progress | None = None, use: bool = True) -> BuildReport:
    """Builds, and with `use` puts the Release in use. A second build of the same catalogue changes nothing.

    Raises BuildError: build.locked while another build runs, build.empty where nothing was imported; ModelError;
    StoreError, store.full among them. Whatever was made before an error is kept.
    """
    progress = progress or Quiet()
    with _disk(project.folder), alone(project.folder), span("firstfive.build") as current:
        clock = _Clock()
        check_language(project.settings.index.stemmer)
        model = project.embedder.name if project.embedder else ""
        docs, cleaned = clean_all(project, progress)
        if not docs:
            raise BuildError(
                "there is nothing to build from: no usable page was imported; run `firstfive import SOURCE` first"
            )
        clock.lap("clean")
        read = [_reading(doc, model) for doc in docs]
        release = _release(project, docs, read, model)
        new = not _sound(project.releases / release.id)
        with _text_index(project, _begun(project, release) if new else None, docs) as text:
            made = _embed(project, read, progress)
            clock.lap("embed")
            heads = copies([_said(doc) for doc in docs], project.settings.clean.copies, [doc.title for doc in docs])
            if text:
                _write(project, release, docs, read, heads, text, progress)
        clock.lap("index")
        report = BuildReport(release, rejected=cleaned.rejected, copies=int((heads != np.arange(len(docs))).sum()))
        report.made = {"clean": cleaned.made, "embed": made}
        report.kept = {"clean": len(docs) - cleaned.made, "embed": len({one.stamp for one in read}) - made}
        report.too_bad = cleaned.rejected > project.settings.imports.max_bad * (len(docs) + cleaned.rejected)
        report.new = new
        _record(project, release, use)
        report.seconds = clock.laps
        current.set_attribute("firstfive.release", release.id)
        log("build").info("built release %s: %d items", release.id, release.items)
        return report


def _reading(doc: Doc, model: str) -> _Reading:
    spans = passages(doc.text)
    texts = readings(doc.title, doc.text, spans)
    return _Reading(spans, texts, stamp(texts, model).id)


def _said(doc: Doc) -> str:
    """What makes a doc a copy of another. A title alone does not: different things share a name."""
    return f"{doc.title}\n{doc.text}" if doc.text else ""


def _embed(project: Project, read: Sequence[_Reading], progress: Progress) -> int:
    """Puts the vectors of every reading into the ledger; returns how many had to be made."""
    embedder = project.embedder
    if embedder is None:
        return 0
    by_stamp = {one.stamp: one for one in read}
    with project.store.read() as unit:
        have = unit.ledger.have(list(by_stamp))
    missing = [one for name, one in by_stamp.items() if name not in have]
    missing.sort(key=lambda one: sum(map(len, one.texts)))
    progress.start("embed", len(missing))
    batches = portions(missing, BATCH, CHARACTERS, lambda one: sum(map(len, one.texts)))
    for records in Threads(2).map(partial(_vectors_of, embedder), batches):  # the model goes on while one is stored
        with project.store.unit() as unit:
            unit.ledger.put("embed", records)
        progress.advance("embed", len(records))
    progress.finish("embed")
    return len(missing)


def _vectors_of(embedder: Embedder, batch: Sequence[_Reading]) -> dict[StampId, bytes]:
    """Each reading's vectors, whole text first, and then its word pieces, as bytes. A text is embedded once a batch."""
    distinct = list(dict.fromkeys(text for one in batch for text in one.texts))
    row_of = {text: row for row, text in enumerate(distinct)}
    vectors = embedder.embed(distinct)
    return {
        one.stamp: vectors[[row_of[text] for text in one.texts]].tobytes()
        + np.unique(np.concatenate([embedder.pieces(text) for text in one.texts])).astype(np.uint32).tobytes()
        for one in batch
    }


def _release(project: Project, docs: Sequence[Doc], read: Sequence[_Reading], model: str) -> Release:
    settings = project.settings
    parts = {
        "catalogue": fingerprint(
            (doc.id, {"doc": doc.stamp.id, "vectors": one.stamp}) for doc, one in zip(docs, read, strict=True)
        ),
        "embedder": model,
        "own vectors": own_digest(project),
        **settings_parts(clean=settings.clean, index=settings.index, rank=settings.rank),
    }
    rows = sum(len(one.texts) - 1 for one in read)
    return make_release(parts, items=len(docs), passages=rows, created=datetime.now(UTC))


def _begun(project: Project, release: Release) -> Path:
    """An empty folder for a Release that is being written; what an earlier build left half-written goes."""
    project.releases.mkdir(exist_ok=True)
    for stale in project.releases.glob(f"{BEGUN}*"):
        shutil.rmtree(stale, ignore_errors=True)
    folder = project.releases / f"{BEGUN}{release.id}"
    folder.mkdir()
    return folder


@contextmanager
def _text_index(project: Project, folder: Path | None, docs: Sequence[Doc]) -> Iterator[Future[None] | None]:
    """Indexes the texts in a thread of its own, mostly without the interpreter, while vectors are made. None: not.

    An error inside the `with` ends the thread at the next text.
    """
    if folder is None:
        yield None
        return
    ended = Event()
    texts = takewhile(lambda _: not ended.is_set(), (_text(doc) for doc in docs))
    with ThreadPoolExecutor(1, "text index") as beside:
        try:
            yield beside.submit(write_text, folder / "text", texts, project.settings.index.stemmer)
        except BaseException:
            ended.set()
            raise


def _text(doc: Doc) -> str:
    return doc.text if doc.text.startswith(doc.title) else f"{doc.title}\n{doc.text}"


def _write(
    project: Project,
    release: Release,
    docs: Sequence[Doc],
    read: Sequence[_Reading],
    heads: np.ndarray,
    text: Future[None],
    progress: Progress,
) -> None:
    """Writes the rest of the Release's folder, seals it when its text is indexed too, and renames it into place."""
    folder = project.releases / f"{BEGUN}{release.id}"
    kinds, fields = _typed([doc.fields for doc in docs])
    progress.start("index", len(docs) * (2 if project.embedder else 1))
    items = _counted(_items(docs, read, fields, heads), progress)
    write_catalogue(folder / "catalogue", items, columns(kinds, fields))
    np.save(folder / "heads.npy", heads)
    if project.embedder:
        _write_vectors(project, folder, read, project.embedder.size, progress)
    if own_digest(project):
        write_own(project, folder / "own", [doc.id for doc in docs], project.settings.index.exact_rows)
    text.result()
    progress.finish("index")
    seal(folder, {"release": release.id, "parts": dict(release.parts), "items": release.items})
    place = project.releases / release.id
    shutil.rmtree(place, ignore_errors=True)  # a damaged one, without a manifest
    folder.rename(place)
    _sync(project.releases)


def _write_vectors(project: Project, folder: Path, read: Sequence[_Reading], size: int, progress: Progress) -> None:
    whole = RowWriter(folder / "whole", size, len(read), len(read))
    rows = RowWriter(folder / "passages", size, sum(len(one.texts) - 1 for one in read), len(read))
    with closing(PieceWriter(folder / "pieces")) as words, project.store.read() as unit:
        for batch in portions(read, READ):
            found = unit.ledger.get([one.stamp for one in batch])
            made = [_made(found.get(one.stamp), len(one.texts), size) for one in batch]
            whole.add(*(vectors[:1] for vectors, _ in made))
            rows.add(*(vectors[1:] for vectors, _ in made))
            words.add(*(pieces for _, pieces in made))
            progress.advance("index", len(batch))
    exact = int(project.settings.index.exact_rows)
    whole.close(exact)
    rows.close(exact)


def _made(payload: bytes | None, rows: int, size: int) -> tuple[Vectors, Pieces]:
    """The vectors and the word pieces of one record."""
    if payload is None or len(payload) < rows * size * 4:
        raise StoreError(
            "the store has not the vectors it should have; run `firstfive build` again", code="store.broken"
        )
    vectors = np.frombuffer(payload, dtype=np.float32, count=rows * size).reshape(rows, size)
    return vectors, np.frombuffer(payload, dtype=np.uint32, offset=rows * size * 4)


def _items(
    docs: Sequence[Doc], read: Sequence[_Reading], fields: Sequence[Fields], heads: np.ndarray
) -> Iterator[Item]:
    for position, (doc, one, typed) in enumerate(zip(docs, read, fields, strict=True)):
        head = int(heads[position])
        item = describe(doc, typed, copy_of=docs[head].id if head != position else None)
        yield replace(item, passages=one.spans)


def _typed(raw: Sequence[Mapping[str, str]]) -> tuple[dict[str, str], list[Fields]]:
    """The kind of each field over the whole catalogue, and every item's typed values."""
    values: dict[str, list[str]] = {}
    for fields in raw:
        for name, value in fields.items():
            values.setdefault(name, []).append(value)
    kinds = {name: infer(several) for name, several in values.items()}
    typed: list[Fields] = []
    for fields in raw:
        converted = ((name, convert(kinds[name], value)) for name, value in fields.items())
        typed.append({name: value for name, value in converted if value is not None})
    return kinds, typed


def _sound(folder: Path) -> bool:
    """Whether the Release is there and undamaged; a damaged one is written again."""
    try:
        open_folder(folder)
    except IndexFileError:
        return False
    return True


def _record(project: Project, release: Release, use: bool) -> None:
    def work(unit: Unit) -> None:
        unit.releases.add(release)
        history = unit.releases.history()
        if use and (not history or history[0] != release.id):
            unit.releases.use(release.id)

    project.store.write(work)


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Says plainly when the disk fills up, or a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{folder} could not be written: {error.strerror or error}; free some disk and run `firstfive build` "
            "again: what was made is kept",
            code="store.full",
        ) from error


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._from = perf_counter()

    def lap(self, step: str) -> None:
        now = perf_counter()
        self.laps[step] = now - self._from
        self._from = now


def _counted(items: Iterator[Item], progress: Progress) -> Iterator[Item]:
    """The items as they come, counted in steps."""
    for batch in portions(items, READ):
        yield from batch
        progress.advance("index", len(batch))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
