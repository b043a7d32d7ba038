"""Use case: bring sources into the store, page by page, and say what became of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from os.path import abspath
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from firstfive.app.alone import alone
from firstfive.app.vectors import import_vectors
from firstfive.observe import Quiet, log, span
from firstfive.ports import Progress
from firstfive.sources import Columns, Limits, PageFiles, Table, open_source, packed, unpacked
from firstfive.types import ItemId, Page, Rejected, content_id, digest

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Store, Unit

__all__ = ["ImportReport", "import_sources", "import_vectors", "quarantine"]

MOST_RETIRED = 0.5
"""An import that would retire more than this share of the catalogue must say that it means it."""

BATCH_PAGES = 1_000
BATCH_BYTES = 8_000_000
"""Pages are stored in batches of so many, or of so many bytes where that is less: memory stays bounded."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. total = new + changed + same + revived + bad: every row that was read.

    retired: items of earlier imports that were not in this one. guessed: sentences that explain a mapping that was
    guessed or is that of last time. too_bad: a larger share of the rows than `allowed` went to quarantine. waiting:
    items that were not in this import, which for that reason were not retired. spared: such items that were not since
    they are more than half of the catalogue. empty: sources with nothing in them. After each of these nothing was
    retired.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    revived: int = 0
    retired: int = 0
    bad: int = 0
    total: int = 0
    guessed: tuple[str, ...] = ()
    too_bad: bool = False
    allowed: float = 0.0
    waiting: int = 0
    spared: int = 0
    empty: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at it before relying on it."""
        return self.too_bad or self.spared > 0 or bool(self.empty)

    def add(self, outcome: str, n: int) -> None:
        """Counts pages under what became of them."""
        setattr(self, outcome, getattr(self, outcome) + n)
        self.total += n


def import_sources(
    project: Project,
    sources: Sequence[str],
    *,
    id: str = "",  # noqa: A002  # the name users know
    title: str = "",
    text: Sequence[str] = (),
    field: Sequence[str] = (),
    full: bool | None = None,
    max_bad: float | None = None,
    guess: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Reads the sources into the store. Arguments go before settings, settings before the columns of the last import
    of the same file or folder, and these before guesses; with guess the last import's columns do not count.

    Rows that cannot be used go to quarantine and the import goes on. The sources are the whole catalogue, so what
    earlier imports brought and these do not hold is retired, and what they rejected is forgotten; not so where no page
    could be read or too many were bad, even if full is True, nor, unless full is True, where a source is empty or more
    than half of the catalogue would go. full False: the sources are only a part. Killed half-way, it keeps what was
    read and retires nothing. Importing the same again changes nothing. An item that was withdrawn and comes back is
    shown again; one that is hidden and was never gone stays hidden. Raises SourceError where a source cannot be read at
    all, its columns cannot be mapped, or it is a bomb; BuildError build.locked during another import.
    """
    set_, started = project.settings.imports, perf_counter()
    columns = Columns(id, title, tuple(text), tuple(field))
    opened = _opened(project, sources, columns, guess=guess)
    report = ImportReport(allowed=set_.max_bad if max_bad is None else max_bad)
    _bring_in(project, opened, report, full, progress or Quiet())
    report.guessed = (*(sentence for _, pages in opened for sentence in pages.guessed), *report.guessed)
    report.seconds = perf_counter() - started
    log("import").info("imported %d rows, %d of them bad, in %.1f s", report.total, report.bad, report.seconds)
    return report


def _opened(
    project: Project, sources: Sequence[str], columns: Columns, *, guess: bool
) -> list[tuple[str, Table | PageFiles]]:
    """The sources, each read by its columns: those of its last import where none are named, but for guess."""
    set_ = project.settings.imports
    limits = Limits(int(set_.max_item_mb * 1_000_000), set_.max_ratio)
    with project.store.read() as unit:
        known = {source: unit.pages.mapping(abspath(source)) for source in sources if not guess and _is_kept(source)}
    last = {source: unpacked(known.get(source)) for source in sources}
    there = partial(_there, project.store)
    usual = Columns(set_.id, set_.title, set_.text, set_.field)
    return [(source, open_source(source, columns, limits, last[source], there, usual)) for source in sources]


def _there(store: Store, item: ItemId) -> bool:
    """Whether the catalogue has it."""
    with store.read() as unit:
        return unit.pages.get(item) is not None


def _bring_in(
    project: Project,
    opened: Sequence[tuple[str, Table | PageFiles]],
    report: ImportReport,
    full: bool | None,
    said: Progress,
) -> None:
    """Stores what the sources hold and retires what they do not, where that may be."""
    sources = [source for source, _ in opened]
    said.start("import", None)
    with (
        alone(project.folder, f"firstfive import {' '.join(sources)}", lock="import"),
        span("firstfive.import", sources=len(sources)) as traced,
    ):
        with project.store.unit() as unit:
            mark, before = unit.pages.mark(), unit.pages.count()
        here = _read_all(project.store, opened, report, said)
        report.too_bad = report.bad > report.allowed * report.total
        if full or (full is None and not report.empty):
            _retire(project.store, sources, mark, report, here, None if full else before)
        _keep_columns(project.store, opened, report)
        traced.set_attribute("firstfive.rows", report.total)
        traced.set_attribute("firstfive.bad", report.bad)
    said.finish("import")


def _is_kept(source: str) -> bool:
    """Whether what stands there may be the same another time: not what is piped in."""
    return Path(source).is_file() or Path(source).is_dir()


def _keep_columns(store: Store, opened: Sequence[tuple[str, Table | PageFiles]], report: ImportReport) -> None:
    """Keeps each source's columns for its next import; not where they may be the reason why too much was bad, or why
    half of the catalogue was not found again."""
    if report.too_bad or report.spared or report.total == report.bad:
        return
    with store.unit() as unit:
        for source, pages in opened:
            if source not in report.empty and _is_kept(source):
                unit.pages.map(abspath(source), packed(pages.kept))


def quarantine(project: Project) -> list[Rejected]:
    """Everything that could not be used, in the order in which it was read."""
    with project.store.read() as unit:
        return list(unit.quarantine.all())


def _retire(
    store: Store, sources: Sequence[str], mark: int, report: ImportReport, here: int, guard: int | None
) -> None:
    """Retires what was not in this import. here: items in it; guard: items before it, to see how much would go."""
    with store.unit() as unit:
        gone = unit.pages.count() - here
        if report.too_bad or report.total == report.bad:
            report.waiting = gone if report.bad else 0
            return
        if guard is not None and gone > MOST_RETIRED * guard:
            report.spared = gone
            return
        report.retired = unit.pages.retire_unseen(mark)
    _forget_rejected(store, lambda name: not any(_belongs(name, source) for source in sources))


def _read_all(
    store: Store, opened: Sequence[tuple[str, Table | PageFiles]], report: ImportReport, said: Progress
) -> int:
    """Stores the pages; returns how many different items there were."""
    seen, withdrawn = Seen(), _Withdrawn()
    for source, pages in opened:
        _forget_rejected(store, lambda name, source=source: _belongs(name, source))  # type: ignore[misc]
        read = report.total
        for batch in _batches(pages, seen, report):
            with store.unit() as unit:
                back = withdrawn.among(unit, batch.pages)
                for outcome, n in unit.pages.put(batch.pages).items():
                    report.add(outcome, n)
                if back:
                    unit.hidden.set(back, False)
                if batch.rejected:
                    unit.quarantine.add(batch.rejected)
                    report.add("bad", len(batch.rejected))
            said.advance("import", len(batch.pages) + len(batch.rejected))
        if report.total == read:
            report.empty += (source,)
    return len(seen)


class _Withdrawn:
    """Items that are hidden since they were removed. What is hidden is read again only where it changed."""

    def __init__(self) -> None:
        self._version = -1
        self._hidden: frozenset[ItemId] = frozenset()

    def among(self, unit: Unit, pages: Sequence[Page]) -> list[ItemId]:
        """Those of these pages: putting them brings them back."""
        version = unit.hidden.version()
        if version != self._version:
            self._version, self._hidden = version, unit.hidden.all()
        return [page.id for page in pages if page.id in self._hidden and unit.pages.get(page.id) is None]


def _belongs(name: str, source: str) -> bool:
    """Whether this is the source, or a file inside it."""
    return name == source or name.startswith(f"{source.rstrip('/')}/")


def _forget_rejected(store: Store, gone: Callable[[str], bool]) -> None:
    """Clears what earlier imports rejected of the sources of these names."""
    with store.unit() as unit:
        for name in {rejected.source for rejected in unit.quarantine.all()}:
            if gone(name):
                unit.quarantine.clear(name)


@dataclass(slots=True)
class _Batch:
    pages: list[Page] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    size: int = 0

    @property
    def full(self) -> bool:
        return len(self.pages) + len(self.rejected) >= BATCH_PAGES or self.size >= BATCH_BYTES


def _batches(pages: Table | PageFiles, seen: Seen, report: ImportReport) -> Iterator[_Batch]:
    """The pages in batches; one that comes again is the same when it says the same, and else goes to quarantine.

    Rows without an id that say the same and differ in a field are items of their own. A page that also came under an
    address with tracking parameters is one page, whatever surrounds it each time: the first that comes stays.
    """
    batch, others = _Batch(), list[str]()
    for read in pages:
        if isinstance(read, Rejected):
            batch.rejected.append(read)
        else:
            page, met = read, seen.meet(read)
            if met is Met.OTHER and page.id == content_id(page.title, page.body):
                page = replace(page, id=ItemId(page.digest))
                met = seen.meet(page)
            if met is Met.NEW:
                batch.pages.append(page)
                batch.size += len(page.body)
            elif met is Met.SAME or page.id in pages.tracked:
                report.add("same", 1)
                if met is Met.OTHER:
                    others.append(page.source)
            else:
                batch.rejected.append(_duplicate(page))
        if batch.full:
            yield batch
            batch = _Batch()
    if batch.pages or batch.rejected:
        yield batch
    if others:
        files = "1 file differs" if len(others) == 1 else f"{len(others):,} files differ"
        count = "counts" if len(others) == 1 else "count"
        report.guessed += (
            f'{files} from another of the same page and {count} as "same", since only tracking parameters tell their '
            f"names apart, such as {others[0]}; rename those that are pages of their own.",
        )


def _duplicate(page: Page) -> Rejected:
    return Rejected(
        page.source,
        page.line,
        f'the id "{page.id[:100]}" was used before in this import, with other content',
        "give it an id of its own, or choose another column for ids with --id",
        page.title[:200],
    )


class Met(Enum):
    """Whether an id was met before in this import, and then with what content."""

    NEW = 0
    SAME = 1
    OTHER = 2


class Seen:
    """The ids of an import so far, each with its content, as 64-bit hashes: 32 to 64 bytes an item.

    Two ids of a million collide with a chance of one in 37 million; the second then goes to quarantine.
    """

    def __init__(self) -> None:
        self._slots = 1 << 12
        self._keys = array("Q", bytes(8 * self._slots))
        self._contents = array("Q", bytes(8 * self._slots))
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def meet(self, page: Page) -> Met:
        """What is known of the page's id; from now on it is known."""
        key = int(digest(page.id)[:16], 16) or 1
        content = int(page.digest[:16], 16)
        at = self._place(key)
        if self._keys[at]:
            return Met.SAME if self._contents[at] == content else Met.OTHER
        self._keys[at], self._contents[at] = key, content
        self._used += 1
        if 2 * self._used > self._slots:
            self._grow()
        return Met.NEW

    def _place(self, key: int) -> int:
        at = key & (self._slots - 1)
        while self._keys[at] and self._keys[at] != key:
            at = (at + 1) & (self._slots - 1)
        return at

    def _grow(self) -> None:
        keys, contents = self._keys, self._contents
        self._slots *= 2
        self._keys = array("Q", bytes(8 * self._slots))
        self._contents = array("Q", bytes(8 * self._slots))
        for key, content in zip(keys, contents, strict=True):
            if key:
                at = self._place(key)
                self._keys[at], self._contents[at] = key, content
