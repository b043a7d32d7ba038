"""Sources: files of many kinds as a stream of pages, with what cannot be used in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from firstfive import guard
from firstfive.errors import SourceError
from firstfive.sources.again import Last, again, packed, unpacked
from firstfive.sources.foreign import READABLE, check_address, check_kind, check_page
from firstfive.sources.jsonl import read_jsonl
from firstfive.sources.lines import is_binary, rejected
from firstfive.sources.mapping import Columns, decide, page_of, quoted
from firstfive.sources.offered import absent, named, offered, without
from firstfive.sources.opening import Limits, beginning, opened
from firstfive.sources.pages import HTML, TEXT, Leaf, LeftOut, is_archive, is_page, read_pages, states_a_fact
from firstfive.sources.parquet import read_parquet
from firstfive.sources.tables import Row, read_table
from firstfive.sources.vectors import read_vectors
from firstfive.types import LONGEST_ID, ItemId, Page, Rejected

__all__ = ["Columns", "Last", "Limits", "PageFiles", "Table", "open_source", "packed", "read_vectors", "unpacked"]

GUESSED_ROWS = 200
"""How many rows a mapping is guessed from."""

_KINDS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".zip": "pages",
    ".tar": "pages",
    ".tgz": "pages",
    **dict.fromkeys((*HTML, *TEXT), "pages"),
}
_BEGINNINGS = ((b"PAR1", "parquet"), (b"PK\x03\x04", "pages"), (b"{", "jsonl"), (b"[", "jsonl"), (b"<", "pages"))


def open_source(
    source: str,
    columns: Columns | None = None,
    limits: Limits | None = None,
    last: Last | None = None,
    known: Callable[[ItemId], bool] = lambda _: False,
    usual: Columns | None = None,
) -> Table | PageFiles:
    """The source as pages, whatever kind of file it is: by its ending, or by how it begins.

    Columns that are not named are the usual ones, then those of the last import, and guessed where there was none.
    known: whether there is an item of this id; a file that gave it keeps it, where another id would be made of its name
    today. usual: what settings name, for sources of all kinds; what no page has is said and left out.
    Raises SourceError where it is not there, cannot be read, or a named column is missing. Reads the first 200 rows,
    and of pages as many as show that each named column is there.
    """
    columns, usual, limits = columns or Columns(), usual or Columns(), limits or Limits()
    path = Path(source)
    if not path.exists():
        check_address(source)
        raise SourceError(f"there is no file or folder {source}; check the name")
    kind = "pages" if path.is_dir() else _kind(path, source, limits)
    if kind == "pages":
        return PageFiles(path, source, columns, usual, limits, last, known)
    return Table(source, _READERS[kind](path, source, limits), _or(columns, usual), last, sparse=kind == "jsonl")


def _or(told: Columns, usual: Columns) -> Columns:
    """What is told, and the usual where nothing is."""
    return Columns(told.id or usual.id, told.title or usual.title, told.text or usual.text, told.field or usual.field)


def _unless(told: Columns, usual: Columns) -> Columns:
    """The usual, where nothing is told in its place."""
    return Columns(
        "" if told.id else usual.id,
        "" if told.title else usual.title,
        () if told.text else usual.text,
        () if told.field else usual.field,
    )


def _idle(names: Collection[str], source: str) -> tuple[str, ...]:
    """What is said of columns in the settings that no page has."""
    said = f"{source}: no page has a column {quoted(*names)}, which [import] in the settings names; it is read without."
    return (said,) if names else ()


def _kind(path: Path, source: str, limits: Limits) -> str:
    name = path.name.lower().removesuffix(".gz")
    head = beginning(path, limits, 4096)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    ending = Path(name).suffix
    if ending not in HTML and not is_page(name, head):  # XHTML may begin as XML
        check_kind(path, source, text)
    kind = _KINDS.get(ending) or next((kind for start, kind in _BEGINNINGS if text.startswith(start)), "rows")
    if kind == "pages" and not is_archive(path, head):
        _check_page(source, name, head)
    return kind


def _check_page(source: str, name: str, head: bytes) -> None:
    """Raises SourceError where a single file is no page."""
    check_page(source, head)
    if not is_page(name, head) or is_binary(guard.decode(head)):
        raise SourceError(f"{source} holds neither HTML nor plain text; what can be read is {READABLE}")


Rows = Callable[[], Iterator[Row | Rejected]]


def _delimited(path: Path, source: str, limits: Limits, delimiter: str = "", *, named: bool = True) -> Rows:
    def read() -> Iterator[Row | Rejected]:
        with opened(path, limits) as stream:
            yield from read_table(stream, source, limits.item_bytes, delimiter, named=named)

    return read


def _json_lines(path: Path, source: str, limits: Limits) -> Rows:
    def read() -> Iterator[Row | Rejected]:
        with opened(path, limits) as stream:
            yield from read_jsonl(stream, source, limits.item_bytes)

    return read


_READERS: Mapping[str, Callable[[Path, str, Limits], Rows]] = {
    "csv": _delimited,
    "rows": lambda path, source, limits: _delimited(path, source, limits, named=False),
    "tsv": lambda path, source, limits: _delimited(path, source, limits, "\t"),
    "jsonl": _json_lines,
    "parquet": lambda path, _, limits: lambda: read_parquet(path, limits),
}


class Table:
    """A Source of rows. guessed: sentences about the columns, where they were guessed or are those of last time.

    kept: the columns, to be taken again by the next import. sparse: a column may first come after the sample.
    """

    tracked: Collection[ItemId] = ()

    def __init__(
        self, source: str, read: Rows, columns: Columns, last: Last | None = None, *, sparse: bool = False
    ) -> None:
        self._source = source
        self._read = read
        with closing(read()) as rows:  # type: ignore[type-var]  # generators close
            sample = [row for row in islice(rows, GUESSED_ROWS) if isinstance(row, Row)]
        names = dict.fromkeys(name for row in sample for name in row.values)
        begun = again(columns, last, () if sparse else names, source)
        late = _late(begun.columns, columns, names) if sparse else Columns()
        known = begun.columns
        there = replace(
            known,
            text=tuple(name for name in known.text if name not in late.text),
            field=tuple(name for name in known.field if name not in late.field),
        )
        decided, guessed = decide(there, sample, source, begun.guess)
        self.columns = replace(decided, text=(*decided.text, *late.text), field=(*decided.field, *late.field))
        self._guessed = (*begun.said, *guessed)
        free = not columns.told if begun.guess is None else "field" in begun.guess
        self.kept = Last(replace(self.columns, field=(*self.columns.field, *begun.lost)), guessed=free)

    @property
    def guessed(self) -> tuple[str, ...]:
        """What was guessed, as sentences."""
        return self._guessed

    def __iter__(self) -> Iterator[Page | Rejected]:
        for row in self._read():
            yield row if isinstance(row, Rejected) else page_of(row, self.columns, self._source)


def _late(columns: Columns, told: Columns, names: Collection[str]) -> Columns:
    """Texts and fields of the last import that no row of the sample has."""
    text = tuple(name for name in columns.text if name not in names and name not in told.text)
    field = tuple(name for name in columns.field if name not in (*names, *told.field, "*"))
    return Columns(text=text, field=field)


def _names(columns: Columns) -> set[str]:
    return {columns.id, columns.title, *columns.text, *columns.field} - {"", "*"}


class PageFiles:
    """A Source of pages, one a file. guessed is complete once all were read: it names what was left out.

    kept: the columns, to be taken again by the next import. tracked: ids of which a file came so far whose name had
    tracking parameters: any other of that id is the same page. Raises SourceError where no page has a named column.
    """

    def __init__(
        self,
        path: Path,
        source: str,
        columns: Columns,
        usual: Columns,
        limits: Limits,
        last: Last | None,
        known: Callable[[ItemId], bool],
    ) -> None:
        self.tracked: set[ItemId] = set()
        self._known = known
        self._path = path
        self._source = source
        self._limits = limits
        self._skipped = LeftOut()
        self._fields_seen: Counter[str] = Counter()
        names = self._offered(_or(columns, usual), last)
        idle = absent(_unless(columns, usual), names)
        columns = _or(columns, without(usual, idle))
        last = replace(last, columns=without(last.columns, idle)) if last else None  # earlier imports kept them unseen
        begun = again(named(columns, names, source), last, names, source)
        self._columns = begun.columns
        self._every = "*" in begun.columns.field or not (begun.columns.told or begun.lost)
        self._said = (*_idle(idle, source), *begun.said)
        self.kept = Last(replace(begun.columns, field=(*begun.columns.field, *begun.lost)))

    def _offered(self, columns: Columns, last: Last | None) -> tuple[str, ...]:
        """The names of the columns there are; none are looked for where none is named."""
        wanted = {name for one in (columns, last.columns if last else Columns()) for name in _names(one)}
        if not wanted:
            return ()
        with closing(read_pages(self._path, self._source, self._limits, lambda *_: None)) as leaves:  # type: ignore[type-var]  # generators close
            return offered(leaves, wanted)

    @property
    def guessed(self) -> tuple[str, ...]:
        """What pages said of themselves and what was left out, as sentences."""
        said = list(self._said)
        if self._every and self._fields_seen:
            names = quoted(*(name for name, _ in self._fields_seen.most_common()))
            said.append(f"{self._source}: fields are {names}, which pages say of themselves. Say --field for fewer.")
        if left_out := self._skipped.said():
            said.append(f"{self._source}: left out {left_out}.")
        return tuple(said)

    def __iter__(self) -> Iterator[Page | Rejected]:
        self._skipped = LeftOut()
        self._fields_seen.clear()
        for leaf in read_pages(self._path, self._source, self._limits, self._skipped.add):
            yield leaf if isinstance(leaf, Rejected) else self._page(leaf)

    def _page(self, leaf: Leaf) -> Page | Rejected:
        said, columns = leaf.columns, self._columns
        where = self._source if self._path.is_file() and leaf.path == self._path.name else f"{self._source}/{leaf.path}"
        told = said.get(columns.id) if columns.id else None
        item = self._named(leaf) if told is None else guard.printable(told)[0].strip()
        if not item or len(item) > LONGEST_ID:
            return rejected(where, 0, f"the id is {len(item):,} characters long", "give the file a shorter name", item)
        title = said.get(columns.title, "") if columns.title else said.get("title", "") if leaf.media == "text" else ""
        texts = [said[name] for name in columns.text if name != "text" and said.get(name)]
        media = "text" if texts else leaf.media
        body = "\n".join(texts).encode("utf-8", "surrogatepass") if texts else leaf.body
        if not body.strip() and not title:
            return rejected(where, 0, "the file is empty", "leave it out", "")
        return Page(ItemId(item), media, guard.storable(title), body, self._fields(leaf), leaf.site, where, 0)

    def _named(self, leaf: Leaf) -> str:
        """The id that the file's name gives; the one that it gave before, where that is known."""
        name, whole = guard.printable(leaf.name)[0].strip(), guard.printable(leaf.whole)[0].strip()
        if whole and self._known(ItemId(whole)):
            return whole
        if whole:
            self.tracked.add(ItemId(name))
        return name

    def _fields(self, leaf: Leaf) -> dict[str, str]:
        columns = self._columns
        if self._every:
            names = [name for name in leaf.columns if states_a_fact(name) and name not in (columns.id, columns.title)]
        else:
            names = [name for name in columns.field if name in leaf.columns]
        self._fields_seen.update(names)
        return {name: guard.storable(leaf.columns[name]) for name in names}
