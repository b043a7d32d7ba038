"""Use case: bring every live page to a cleaned Doc, through the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, TypeVar

from firstfive.build import clean
from firstfive.ports import Progress
from firstfive.run import Here, Processes
from firstfive.types import Doc, Rejected

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Engine, Store
    from firstfive.types import Page, StampId

T = TypeVar("T")
BATCH = 256
WORTH_A_POOL = 200
"""HTML pages from which a pool of processes is quicker than starting it is slow."""


@dataclass(slots=True)
class Cleaned:
    """Counts: docs made anew, and pages that had no text left."""

    made: int = 0
    rejected: int = 0


def clean_all(project: Project, progress: Progress) -> tuple[list[Doc], Cleaned]:
    """Every live page's Doc, by id; what has no text left goes to quarantine. Resumes; only changed pages are cleaned.

    Pages of a site wait for each other, since a site's boilerplate is what its pages share.
    """
    store = project.store
    counts = Cleaned()
    with store.read() as unit:
        total = sum(1 for _ in unit.pages.live())
    progress.start("clean", total)
    docs: list[Doc] = []
    alone: list[Page] = []
    sites: dict[str, list[Page]] = {}
    with store.read() as unit:
        for page in unit.pages.live():
            if page.media == "html" and page.site:
                sites.setdefault(page.site, []).append(page)
                continue
            alone.append(page)
            if len(alone) == BATCH:
                docs += _finish(store, alone, frozenset(), counts)
                progress.advance("clean", len(alone))
                alone = []
    docs += _finish(store, alone, frozenset(), counts)
    progress.advance("clean", len(alone))
    engine = Processes() if sum(map(len, sites.values())) >= WORTH_A_POOL else Here()
    for site in sorted(sites):
        pages = sites.pop(site)
        repeated = _boilerplate(store, pages, project.settings.clean.boilerplate_share, engine)
        docs += _finish(store, pages, repeated, counts)
        progress.advance("clean", len(pages))
    progress.finish("clean")
    docs.sort(key=lambda doc: doc.id.encode("utf-8", "surrogatepass"))
    return docs, counts


def _boilerplate(store: Store, pages: Sequence[Page], share: float, engine: Engine) -> frozenset[str]:
    """What the site repeats: one record, made from its pages' extracts."""
    stamps = [clean.extract_stamp(page).id for page in pages]
    own = clean.boilerplate_stamp(stamps, share)
    with store.read() as unit:
        known = unit.ledger.get([own.id])
        if known:
            return clean.decode(frozenset, known[own.id])
        have = unit.ledger.have(stamps)
    missing = [page for page, stamp in zip(pages, stamps, strict=True) if stamp not in have]
    for batch in engine.map(extract_batch, _batches(missing, 16)):
        with store.unit() as unit:
            unit.ledger.put("extract", batch)
    with store.read() as unit:
        extracts = [clean.decode(clean.Extract, payload) for payload in unit.ledger.get(stamps).values()]
    repeated = clean.boilerplate(extracts, share)
    with store.unit() as unit:
        unit.ledger.put("boilerplate", {own.id: clean.encode(repeated)})
    return repeated


def extract_batch(pages: Sequence[Page]) -> dict[StampId, bytes]:
    """The extracts of a batch, as ledger records: what a worker process does."""
    return {clean.extract_stamp(page).id: clean.encode(clean.extract(page)) for page in pages}


def _finish(store: Store, pages: Sequence[Page], repeated: frozenset[str], counts: Cleaned) -> list[Doc]:
    """The Docs of these pages, from the ledger where they are there."""
    stamps = [clean.clean_stamp(page, repeated).id for page in pages]
    with store.read() as unit:
        known = unit.ledger.get(stamps)
        missing = [page for page, stamp in zip(pages, stamps, strict=True) if stamp not in known]
        extracted = unit.ledger.get([clean.extract_stamp(page).id for page in missing if page.media == "html"])
    docs = [clean.decode(Doc, payload) for payload in known.values()]
    made: dict[StampId, bytes] = {}
    rejected: list[Rejected] = []
    for page in missing:
        payload = extracted.get(clean.extract_stamp(page).id)
        doc = clean.finish(page, clean.decode(clean.Extract, payload) if payload else clean.extract(page), repeated)
        if isinstance(doc, Rejected):
            rejected.append(doc)
        else:
            docs.append(doc)
            made[doc.stamp.id] = clean.encode(doc)
    counts.made += len(made)
    counts.rejected += len(rejected)
    if made or rejected:
        with store.unit() as unit:
            unit.ledger.put("clean", made)
            for source, several in groupby(sorted(rejected, key=lambda one: one.source), key=lambda one: one.source):
                _replace(unit.quarantine, source, list(several))
    return docs


def _replace(quarantine, source: str, rejected: list[Rejected]) -> None:  # type: ignore[no-untyped-def]
    known = {(one.source, one.line, one.reason) for one in quarantine.all()}
    quarantine.add([one for one in rejected if (source, one.line, one.reason) not in known])


def _batches(things: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
