"""Use case: bring every live page to a cleaned Doc, through the ledger.

    1  every page is read once: a page of no site becomes its Doc, an HTML page of a site becomes its Extract
    2  site by site: what its pages repeat, from their Extracts
    3  their Docs, from their Extracts

An HTML page is let go as soon as its Extract is in the ledger: what stays in memory of it is what says where it came
from. Between reads no transaction stays open, so that the store's log does not grow with a long build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from firstfive import guard
from firstfive.app.portions import portions
from firstfive.build import clean
from firstfive.build.clean import Boilerplate, LeftOut
from firstfive.build.walls import Wall, wall
from firstfive.errors import FirstFiveError, StoreError
from firstfive.observe import log
from firstfive.ports import Progress
from firstfive.run import Here, Processes
from firstfive.types import Doc, Page, Rejected

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Quarantine, Store
    from firstfive.types import ItemId, StampId

BATCH = 256
BATCH_BYTES = 8_000_000
"""Pages are read in batches of so many, or of so many bytes where that is less."""
PORTION = 16
PORTION_BYTES = 1_000_000
"""HTML pages that a worker gets at a time."""
WORTH_A_POOL = 200
WORTH_A_POOL_BYTES = 8_000_000
"""HTML pages, or bytes of them, from which a pool of processes is quicker than starting it is slow."""


@dataclass(slots=True)
class Cleaned:
    """Counts: docs made anew, and pages that went to quarantine.

    stamps: the extracts and the boilerplate of every site as it is now, by step. sites: of each page that has one.
    repeated: the lines that sites repeat, and from how many pages they were left out.
    """

    made: int = 0
    rejected: int = 0
    stamps: dict[str, set[StampId]] = field(default_factory=lambda: {"extract": set(), "boilerplate": set()})
    sites: dict[ItemId, str] = field(default_factory=dict)
    repeated: Counter[str] = field(default_factory=Counter)

    def left_out(self) -> list[LeftOut]:
        """The lines that sites repeat, on most pages first."""
        return [LeftOut(text, n) for text, n in sorted(self.repeated.items(), key=lambda one: (-one[1], one[0]))]


@dataclass(frozen=True, slots=True)
class _Read(Page):
    """A page that was read and let go: without its body, title and fields, but with the digest that it had."""

    known: str = ""

    @property
    def digest(self) -> str:
        """The whole page's."""
        return self.known


def clean_all(project: Project, progress: Progress) -> tuple[list[Doc], Cleaned]:
    """Every live page's Doc, by id; what has no text left goes to quarantine. Resumes; only changed pages are cleaned.

    A page whose cleaning fails, for whatever reason, goes there too and is tried again by the next build; so does a
    page in whose place the site served "not found" or "access denied".

    Pages of a site wait for each other, since a site's boilerplate is what its pages share. Memory holds the Docs and
    a line for each HTML page, never the pages.
    """
    return _Cleaning(project.store, project.settings.clean.boilerplate_share, progress).run()


class Extracted(NamedTuple):
    """A batch's extracts as ledger records, and the pages of which there are none, by the same stamps."""

    records: dict[StampId, bytes]
    failed: dict[StampId, Rejected]


def extract_batch(pages: Sequence[Page]) -> Extracted:
    """The extracts of a batch: what a worker process does."""
    done = Extracted({}, {})
    for page in pages:
        stamp = clean.extract_stamp(page).id
        try:
            done.records[stamp] = clean.encode(clean.extract(page))
        except Exception as unforeseen:  # noqa: BLE001  # the top of a page's task: one page never ends a build
            done.failed[stamp] = _failed(page, unforeseen)
    return done


class _Cleaning:
    """One run of `clean_all`."""

    def __init__(self, store: Store, share: float, progress: Progress) -> None:
        self._store = store
        self._share = share
        self._progress = progress
        self._docs: list[Doc] = []
        self._sites: dict[str, list[_Read]] = {}
        self._failed: dict[StampId, Rejected] = {}
        self._counts = Cleaned()

    def run(self) -> tuple[list[Doc], Cleaned]:
        with self._store.read() as unit:
            total = unit.pages.count()
        self._progress.start("clean", total)
        for done in _mapped(extract_batch, portions(self._unextracted(), PORTION, PORTION_BYTES, _size)):
            with self._store.unit() as unit:
                unit.ledger.put("extract", done.records)
            self._failed.update(done.failed)
            self._progress.advance("clean", len(done.records) + len(done.failed))
        for site in sorted(self._sites):
            pages = self._sites.pop(site)
            repeated = self._boilerplate(pages)
            for batch in portions(pages, BATCH):
                self._finish(batch, repeated)
        self._progress.finish("clean")
        self._docs.sort(key=lambda doc: doc.id.encode("utf-8", "surrogatepass"))
        return self._docs, self._counts

    def _unextracted(self) -> Iterator[Page]:
        """Reads every page; gives those of sites that have no Extract yet, notes those that have, finishes the rest."""
        for pages in _live(self._store):
            alone = [page for page in pages if page.media != "html" or not page.site]
            self._finish(alone, frozenset())
            shared = [_let_go(page) for page in pages if page.media == "html" and page.site]
            with self._store.read() as unit:
                have = unit.ledger.have([clean.extract_stamp(page).id for page in shared])
            missing = {page.id for page in shared if clean.extract_stamp(page).id not in have}
            for page in shared:
                self._sites.setdefault(page.site, []).append(page)
            self._progress.advance("clean", len(pages) - len(missing))
            yield from (page for page in pages if page.id in missing)

    def _boilerplate(self, pages: Sequence[_Read]) -> frozenset[str]:
        """What the site repeats: one record, made from its pages' extracts."""
        pages = [page for page in pages if clean.extract_stamp(page).id not in self._failed]
        stamps = [clean.extract_stamp(page).id for page in pages]
        own = clean.boilerplate_stamp(stamps, self._share).id
        self._counts.stamps["extract"].update(stamps)
        self._counts.stamps["boilerplate"].add(own)
        with self._store.read() as unit:
            known = unit.ledger.get([own])
        found = clean.decode(Boilerplate, known[own]) if known else self._repeated(pages)
        if not known:
            with self._store.unit() as unit:
                unit.ledger.put("boilerplate", {own: clean.encode(found)})
        for line in found.lines:
            self._counts.repeated[line.text] += line.pages
        return found.marks

    def _repeated(self, pages: Sequence[_Read]) -> Boilerplate:
        """Reads the site's extracts: what they repeat and, where they do, a second time: which lines that is."""
        marks = clean.boilerplate(self._extracts(pages), self._share)
        return Boilerplate(marks, clean.left_out(self._extracts(pages), marks) if marks else ())

    def _extracts(self, pages: Sequence[_Read]) -> Iterator[clean.Extract]:
        for batch in portions(pages, BATCH):
            with self._store.read() as unit:
                found = unit.ledger.get([clean.extract_stamp(page).id for page in batch])
            yield from (_extract_of(page, found) for page in batch)

    def _finish(self, pages: Sequence[Page], repeated: frozenset[str]) -> None:
        """Adds the Docs of these pages, from the ledger where they are there."""
        stamps = [clean.clean_stamp(page, repeated).id for page in pages]
        self._counts.sites.update((page.id, page.site) for page in pages if page.site)
        with self._store.read() as unit:
            known = unit.ledger.get(stamps)
            missing = [page for page, stamp in zip(pages, stamps, strict=True) if stamp not in known]
            found = unit.ledger.get([clean.extract_stamp(page).id for page in missing if page.media == "html"])
        finished = [self._finished(page, found, repeated) for page in missing]
        made = [doc for doc in finished if isinstance(doc, Doc)]
        by_id = {page.id: page for page in pages}
        docs = [clean.decode(Doc, payload) for payload in known.values()] + made
        served = (doc for doc in docs if by_id[doc.id].media == "html")
        walls = {doc.id: met for doc in served if (met := wall(doc.title, doc.text))}
        rejected = [one for one in finished if isinstance(one, Rejected)]
        rejected += [_instead(by_id[doc.id], doc, walls[doc.id]) for doc in docs if doc.id in walls]
        self._docs += [doc for doc in docs if doc.id not in walls]
        self._counts.made += sum(doc.id not in walls for doc in made)
        self._counts.rejected += len(rejected)
        if made or rejected:
            with self._store.unit() as unit:
                unit.ledger.put("clean", {doc.stamp.id: clean.encode(doc) for doc in made})
                _keep(unit.quarantine, rejected)

    def _finished(self, page: Page, found: Mapping[StampId, bytes], repeated: frozenset[str]) -> Doc | Rejected:
        failed = self._failed.get(clean.extract_stamp(page).id)
        if failed:
            return failed
        try:
            return clean.finish(page, _extract_of(page, found), repeated)
        except FirstFiveError:
            raise
        except Exception as unforeseen:  # noqa: BLE001  # the top of a page's task: one page never ends a build
            return _failed(page, unforeseen)


def _instead(page: Page, doc: Doc, found: Wall) -> Rejected:
    """A page in whose place something else was served."""
    excerpt = f"{doc.title}: {doc.text}"[:200]
    return Rejected(page.source, page.line, f"{page.id}: {found.reason}", found.advice, excerpt)


def _failed(page: Page, unforeseen: Exception) -> Rejected:
    said = guard.printable(f"{type(unforeseen).__name__}: {unforeseen}")[0][:200]
    log("build").warning("a page could not be cleaned: %s", type(unforeseen).__name__)
    return Rejected(
        page.source,
        page.line,
        f"{page.id}: cleaning failed in a way that was not foreseen ({said})",
        "the build went on without it; please report this with the page",
        page.title[:200],
    )


def _size(page: Page) -> int:
    return len(page.body)


def _let_go(page: Page) -> _Read:
    return _Read(page.id, page.media, "", b"", {}, page.site, page.source, page.line, known=page.digest)


def _extract_of(page: Page, found: Mapping[StampId, bytes]) -> clean.Extract:
    payload = found.get(clean.extract_stamp(page).id)
    if payload is not None:
        return clean.decode(clean.Extract, payload)
    if isinstance(page, _Read):
        raise StoreError(
            "the store has not the extracts it should have; run `firstfive build` again", code="store.broken"
        )
    return clean.extract(page)


def _keep(quarantine: Quarantine, rejected: Sequence[Rejected]) -> None:
    """Adds what is not in quarantine yet from an earlier build."""
    if rejected:
        known = {(one.source, one.line, one.reason) for one in quarantine.all()}
        quarantine.add([one for one in rejected if (one.source, one.line, one.reason) not in known])


def _live(store: Store) -> Iterator[list[Page]]:
    """All live pages by id, in batches, each read by itself."""
    after = ""
    while True:
        with store.read() as unit:
            batch = next(portions(unit.pages.live(after), BATCH, BATCH_BYTES, _size), [])
        if not batch:
            return
        yield batch
        after = batch[-1].id


def _mapped(function: Callable[[Sequence[Page]], Extracted], batches: Iterator[list[Page]]) -> Iterator[Extracted]:
    """The function of each portion, in order; in a pool of processes where there is enough to do."""
    first: list[list[Page]] = []
    pages = size = 0
    for portion in batches:
        first.append(portion)
        pages += len(portion)
        size += sum(len(page.body) for page in portion)
        if pages >= WORTH_A_POOL or size >= WORTH_A_POOL_BYTES:
            return Processes().map(function, chain(first, batches))
    return Here().map(function, first)
