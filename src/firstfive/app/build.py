"""Use case: build a Release from the catalogue as it stands.

    pages ─clean─▶ docs ─describe─▶ items ─embed─▶ vectors ─index─▶ Release

Clean, describe and embed write each record to the ledger under its stamp as they go, so a stopped build goes on where
it was and only what changed is made again. The index is written beside the others, sealed, renamed into place and only
then put in use: a half-written Release is never served. How its chances are read off comes last, and is not hashed.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import learned
from firstfive.app.alone import alone
from firstfive.app.calibrating import calibrate, taught_in
from firstfive.app.cleaning import clean_all
from firstfive.app.describing import STEP, Describing
from firstfive.app.embedders import SETTING
from firstfive.app.embedding import Reading, embed, write_vectors
from firstfive.app.model_cleaning import clean_by_model
from firstfive.app.model_runs import one_run
from firstfive.app.release import someone
from firstfive.app.vectors import own_digest, write_own
from firstfive.build.columns import columns
from firstfive.build.copies import VERSION as COPIES
from firstfive.build.copies import copies
from firstfive.build.describe import SEARCHED, VERSION, describe, fingerprint, searched
from firstfive.build.fields import VERSION as FIELDS
from firstfive.build.fields import typed
from firstfive.build.languages import STEMMERS, several, stemmer_for, told
from firstfive.errors import BuildError, IndexFileError, ModelError, StoreError
from firstfive.index import (
    check_language,
    open_folder,
    seal,
    sync,
    write_catalogue,
    write_text,
)
from firstfive.observe import Quiet, log, span
from firstfive.ports import Progress, Use
from firstfive.release import in_use, make_release, settings_parts, waits

if TYPE_CHECKING:
    from firstfive.app.cleaning import Cleaned
    from firstfive.app.learned import GoesOn
    from firstfive.app.model_cleaning import ByModel
    from firstfive.app.model_runs import RunReport
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.types import Doc, Fact, Fields, Item, ItemId, Positions, Release

BEGUN = ".new-"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SAMPLED = 200
"""Items whose language is looked at."""
ENGLISH = "minilm"
"""The embedder that reads one language."""
BY_STAMP = ("clean.model", "clean.model_share")
"""Settings that are no part of a Release: what a model made of a page is told by the stamp of its doc."""


@dataclass(slots=True)
class BuildReport:
    """What a build did. made and kept: records by step; seconds by step. new: False where nothing had changed.

    rejected: live pages that gave no item, and are in quarantine. too_bad: they are a larger share than
    `import.max_bad`, here `allowed`. copies: items that nearly repeat another one. left_out: lines that repeat on many
    pages of a site and are in no item's text; left_out_such_as: the one that stood on most pages.
    unread: of fields with cells that hold no value of the field's kind, how many, and one of them.
    asked: what a model was asked, by step. stopped: why that ended before its end; rules did the rest.
    labelled: requests that people labelled, from which the chance of a match was learned too.
    behind: the Release that stays in use, since another embedder made it: the new one waits to be promoted.
    held: the experiment that runs, for whose end the new Release waits; empty: none does.
    stemmer: that of the language that most items are in, where `index.stemmer` is another one's; else empty.
    languages: those that items are in, where they are several and the embedder reads one: "english", the commonest
    first.
    """

    release: Release
    made: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    rejected: int = 0
    copies: int = 0
    left_out: int = 0
    left_out_such_as: str = ""
    unread: dict[str, tuple[int, str]] = field(default_factory=dict)
    too_bad: bool = False
    allowed: float = 0.0
    new: bool = True
    behind: Release | None = None
    held: str = ""
    stemmer: str = ""
    languages: tuple[str, ...] = ()
    labelled: int = 0
    asked: dict[str, RunReport] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)


def build(project: Project, *, progress: Progress | None = None, use: bool = True) -> BuildReport:
    """Builds, and with `use` puts the Release in use, unless another embedder made the one that is in use.

    A second build of the same catalogue changes nothing.

    Raises BuildError: build.locked while another build runs, build.empty where nothing was imported; ModelError;
    StoreError, store.full among them. Whatever was made before an error is kept.
    """
    progress, clock = progress or Quiet(), _Clock()
    with _disk(project.folder), alone(project.folder), one_run(), span("firstfive.build") as current:
        check_language(project.settings.index.stemmer)
        model = project.embedder.name if project.embedder else ""  # one that is not there is said first
        cleaned, by_model = _cleaned(project, progress)
        clock.lap("clean")
        facts = Describing(project, by_model.docs)
        asked, stopped = _asked(facts, progress)
        goes_on = learned.goes_on(project, model, (doc.id for doc in facts.docs))
        release = _release(project, facts, model, goes_on)
        made = _make(project, release, facts, cleaned.sites, goes_on, progress, clock)
        calibrate(project, release, facts.docs, progress)
        clock.lap("chances")
        report = _report(release, cleaned, facts, made)
        report.allowed = project.settings.imports.max_bad
        report.too_bad = cleaned.rejected > report.allowed * (len(facts.docs) + cleaned.rejected)
        report.asked = by_model.asked | ({STEP: asked} if asked else {})
        report.stopped = by_model.stopped | ({STEP: stopped} if stopped else {})
        report.stemmer, report.languages = _spoken(project, facts.docs)
        report.labelled = len(taught_in(project.releases / release.id))
        report.behind, report.held = _record(project, report.release, use)
        report.seconds = clock.laps
        current.set_attribute("firstfive.release", release.id)
        log("build").info("built release %s: %d items", release.id, release.items)
        return report


def _cleaned(project: Project, progress: Progress) -> tuple[Cleaned, ByModel]:
    """The docs of every usable page, by rules and then, where one is set, by a model."""
    docs, cleaned = clean_all(project, progress)
    if not docs:
        raise BuildError(
            "there is nothing to build from: no usable page was imported; run `firstfive import SOURCE` first"
        )
    return cleaned, clean_by_model(project, docs, progress)


@dataclass(frozen=True, slots=True)
class _Made:
    """What making a Release's vectors, facts and files did. new: whether its folder was not there yet."""

    embedded: int
    drawn: int
    heads: Positions
    unread: dict[str, tuple[int, str]]
    new: bool


def _make(
    project: Project,
    release: Release,
    facts: Describing,
    sites: Mapping[ItemId, str],
    goes_on: GoesOn,
    progress: Progress,
    clock: _Clock,
) -> _Made:
    """Embeds, draws facts and writes the Release's folder, where there is none; each beside what it need not await."""
    folder = None if _sound(project.releases / release.id) else _begun(project, release)
    with _text_index(project, folder, facts.docs) as text, ThreadPoolExecutor(1, "catalogue") as listing:
        listed = None if facts.schema else listing.submit(_list, project, folder, facts, sites, [])
        embedded = embed(project, facts.read, progress)
        clock.lap("embed")
        drawn = facts.draw(progress)
        if facts.schema:
            clock.lap("facts")
        heads, unread = (listed or listing.submit(_list, project, folder, facts, sites, drawn.facts)).result()
        if folder and text:
            _write_vectors(project, folder, facts.docs, facts.read, progress)
            text.result()
            _finish(project, folder, release, goes_on)
    clock.lap("index")
    return _Made(embedded, drawn.made, heads, unread, folder is not None)


def _report(release: Release, cleaned: Cleaned, facts: Describing, made: _Made) -> BuildReport:
    """What was made anew and what was there, by step; the Release with its passages, which are known by now."""
    items, read = len(facts.docs), facts.read
    report = BuildReport(
        replace(release, passages=sum(one.rows for one in read)),
        made={"clean": cleaned.made, "embed": made.embedded},
        kept={"clean": items - cleaned.made, "embed": len({one.stamp for one in read}) - made.embedded},
        rejected=cleaned.rejected,
        left_out=len(cleaned.repeated),
        left_out_such_as=next((line.text for line in cleaned.left_out()), ""),
        copies=int((made.heads != np.arange(items)).sum()),
        unread=made.unread,
        new=made.new,
    )
    if facts.schema:
        report.made["facts"] = made.drawn
        report.kept["facts"] = items - made.drawn
    return report


def _spoken(project: Project, docs: Sequence[Doc]) -> tuple[str, tuple[str, ...]]:
    """The stemmer that would fit the docs better, and their languages where the embedder does not read them all."""
    settings = project.settings
    some = docs[:: max(1, len(docs) // SAMPLED)]
    languages = told(f"{doc.title}. {doc.text[:1_000]}" for doc in some)
    stemmer = stemmer_for(languages) if settings.index.stemmer != "none" else ""
    strange = several(languages) if settings.models.embedder == ENGLISH else ()
    return "" if stemmer == settings.index.stemmer else stemmer, tuple(STEMMERS[code] for code in strange)


def _said(doc: Doc) -> str:
    """What makes a doc a copy of another. A title alone does not: different things share a name."""
    return f"{doc.title}\n{doc.text}" if doc.text else ""


def _asked(facts: Describing, progress: Progress) -> tuple[RunReport | None, str]:
    """Asks a model for facts, where there is one. What it does not get to, for whatever reason, is left to rules."""
    try:
        return facts.ask(progress), ""
    except ModelError as error:
        log("build").warning("the model was not asked about every item: %s", error)
        return None, str(error)


def _release(project: Project, facts: Describing, model: str, goes_on: GoesOn) -> Release:
    """The Release that the docs give, before anything of it is made; its passages are not counted yet."""
    settings, docs = project.settings, facts.docs
    made = zip(docs, facts.stamps(), strict=True) if facts.schema else ((doc, "") for doc in docs)
    parts = {
        "catalogue": fingerprint(
            (doc.id, {"doc": doc.stamp.id, **({"facts": drawn} if drawn else {})}) for doc, drawn in made
        ),
        "embedder": model,
        "readings": str(VERSION),
        "searched": str(SEARCHED),
        "fields": str(FIELDS),
        "copies": str(COPIES),
        "own vectors": own_digest(project),
        **goes_on.parts,
        **settings_parts(clean=settings.clean, index=settings.index, rank=settings.rank, without=BY_STAMP),
    }
    return make_release(parts, items=len(docs), passages=0, created=datetime.now(UTC))


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
    texts = takewhile(lambda _: not ended.is_set(), (searched(doc.title, doc.text, doc.fields) for doc in docs))
    with ThreadPoolExecutor(1, "text index") as beside:
        try:
            yield beside.submit(write_text, folder / "text", texts, project.settings.index.stemmer)
        except BaseException:
            ended.set()
            raise


def _list(
    project: Project,
    folder: Path | None,
    facts: Describing,
    sites: Mapping[ItemId, str],
    drawn: Sequence[tuple[Fact, ...]],
) -> tuple[Positions, dict[str, tuple[int, str]]]:
    """Finds the copies and writes the catalogue, while vectors are made; returns each item's head, (items,), and the
    cells that could not be read."""
    docs, unread = facts.docs, {}
    heads = copies(
        [_said(doc) for doc in docs],
        project.settings.clean.copies,
        [doc.title for doc in docs],
        [doc.fields for doc in docs],
        [sites.get(doc.id, "") for doc in docs],
    )
    if folder:
        own = typed([doc.fields for doc in docs])
        unread = {name: cells for name, cells in own.unread.items() if name not in facts.schema.by_name}
        kinds, fields = facts.joined(own.kinds, own.values, drawn)
        written = [{name: one[name] for name in one.keys() - facts.schema.by_name.keys()} for one in own.written]
        items = _items(docs, facts.read, fields, written, drawn, heads)
        write_catalogue(folder / "catalogue", items, columns(kinds, fields))
        np.save(folder / "heads.npy", heads)
    return heads, unread


def _write_vectors(
    project: Project, folder: Path, docs: Sequence[Doc], read: Sequence[Reading], progress: Progress
) -> None:
    """Writes the vectors, ours from the ledger and the user's own."""
    progress.start("index", len(docs))
    if project.embedder:
        write_vectors(project, folder, read, project.embedder.size, progress)
    if own_digest(project):
        write_own(project, folder / "own", [doc.id for doc in docs], project.settings.index.exact_rows)
    progress.finish("index")


def _finish(project: Project, folder: Path, release: Release, goes_on: GoesOn) -> None:
    """Adds what was learned, seals the Release's folder and renames it into place."""
    goes_on.into(folder)
    about = {"release": release.id, "parts": dict(release.parts), "items": release.items}
    seal(folder, about | {SETTING: project.settings.models.embedder})
    place = project.releases / release.id
    shutil.rmtree(place, ignore_errors=True)  # a damaged one, without a manifest
    folder.rename(place)
    sync(project.releases)


def _items(
    docs: Sequence[Doc],
    read: Sequence[Reading],
    fields: Sequence[Fields],
    written: Sequence[Mapping[str, str]],
    drawn: Sequence[tuple[Fact, ...]],
    heads: Positions,
) -> Iterator[Item]:
    for position, (doc, one, own, words) in enumerate(zip(docs, read, fields, written, strict=True)):
        head = docs[int(heads[position])].id
        facts = drawn[position] if drawn else ()
        yield describe(doc, one.spans, own, copy_of=head if head != doc.id else None, facts=facts, written=words)


def _sound(folder: Path) -> bool:
    """Whether the Release is there and undamaged; a damaged one is written again."""
    try:
        open_folder(folder)
    except IndexFileError:
        return False
    return True


def _record(project: Project, release: Release, use: bool) -> tuple[Release | None, str]:
    """Keeps the Release and puts it in use; returns the one in use, or the experiment, that it has to wait behind."""

    def work(unit: Unit) -> tuple[Release | None, str]:
        unit.releases.add(release)
        now, running = in_use(unit.releases.all(), unit.releases.history()), unit.experiments.running()
        if waits(release, now):
            return now, ""
        if running and now and release.id != now.id:
            return None, running.name
        if use:
            unit.releases.use(release.id, Use("build", datetime.now(UTC), someone()))
        return None, ""

    return project.store.write(work)


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Says plainly when the disk fills up, or a file cannot be written."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        mend = "free some disk" if full else "check that the disk is well and that this user may write to it"
        raise StoreError(
            f"{error.filename or folder} could not be written: {error.strerror or error}; {mend} and run "
            "`firstfive build` again: what was made is kept",
            code="store.full" if full else "store.failed",
        ) from error


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._from = perf_counter()

    def lap(self, step: str) -> None:
        now = perf_counter()
        self.laps[step] = now - self._from
        self._from = now
