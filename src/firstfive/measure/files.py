"""Queries, judgements (qrels) and runs as the field writes them, read fast and refused with file and line.

    run     qid Q0 item place score tag      columns between blanks; the order comes from the score
    qrels   qid 0 item grade                 a grade of 1 or more is right; or the table that `write_table` wrote
    queries {"qid": "7", "text": "..."}      one JSON object a line; or CSV or TSV with a heading of qid and text

Files may be gzipped (`.gz`). White space cannot stand in an id of runs and qrels, so an item's id is written there with
`%20` in its place, and with `%25` for `%` (`token`); in a table it stands as it is. Others write `%` as it is in all of
them: which item is meant, the Release tells that has it (`spelt`).
"""

from __future__ import annotations

import csv
import errno
import gzip
import os
import re
import zlib
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

import msgspec
import numpy as np

from firstfive import guard
from firstfive.errors import SourceError, StoreError
from firstfive.measure.tables import reading, refuse, table
from firstfive.types import ItemId

if TYPE_CHECKING:
    from firstfive.types import Positions, Scores

BORDER: dict[type[BaseException], type[SourceError]] = dict.fromkeys(
    (OSError, EOFError, zlib.error, csv.Error, msgspec.DecodeError, UnicodeDecodeError, RecursionError), SourceError
)
"""What reading can raise, and what it becomes; a full disk while writing is a StoreError."""

CHUNK = 1 << 17
"""Bytes read at once; larger chunks were slower: their rows fall out of the processor's cache."""
LONGEST_LINE = 1 << 20
MADE_UP = "made-up-"
"""The qid of a request that no person made begins so, wherever it goes."""


class Query(NamedTuple):
    """A request to measure with."""

    qid: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Rankings: rows stand by query and place. query and item are indices into qids and ids."""

    name: str
    qids: tuple[str, ...]
    ids: tuple[str, ...]
    query: Positions
    item: Positions

    def spelt(self, *catalogues: Container[ItemId]) -> Run:
        """The run with each id replaced by the `token` of the item that it means in one of these catalogues."""
        return replace(self, ids=_spelt(self.ids, catalogues))


@dataclass(frozen=True, slots=True, eq=False)
class Qrels:
    """Judgements. query and item are indices into qids and ids; grades (rows,) are whole numbers."""

    qids: tuple[str, ...]
    ids: tuple[str, ...]
    query: Positions
    item: Positions
    grades: Positions

    def spelt(self, *catalogues: Container[ItemId]) -> Qrels:
        """The judgements with each id replaced by the `token` of the item that it means in one of these catalogues."""
        return replace(self, ids=_spelt(self.ids, catalogues))


def token(item: str) -> str:
    """An item's id as it stands in runs and qrels: white space becomes %20 and the like, % becomes %25."""
    return _one_word(item.replace("%", "%25"))


def _one_word(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s", lambda found: quote(found[0]), text, flags=re.ASCII)


def spellings(name: str) -> tuple[ItemId, ...]:
    """The ids that an id of a run or of qrels may mean, the likeliest first.

    As `token` wrote it; as it stands, in files of others; and as `token` wrote it into a cell, in older tables.
    """
    meant = _plain(name)
    return tuple(dict.fromkeys(map(ItemId, (meant, name, _plain(meant)))))


def _plain(written: str) -> str:
    """What `token` wrote so."""
    return _ESCAPE.sub(lambda found: unquote(found[0]), written)


def _spelt(names: Sequence[str], catalogues: Sequence[Container[ItemId]]) -> tuple[str, ...]:
    """Each name as `token` writes the id that it means; as it is where no catalogue has one, or another name is it."""
    taken = set(names)
    found = []
    for name in names:
        if "%" not in name:
            found.append(name)
            continue
        meant = next((one for one in spellings(name) if any(one in some for some in catalogues)), None)
        written = name if meant is None else token(meant)
        found.append(name if written in taken else written)
        taken.add(found[-1])
    return tuple(found)


_ESCAPE = re.compile(r"%(?:25|20|0[9A-D])")
_BARE = re.compile(rb"%(?!25|20|0[9A-D])")
"""A % that `token` did not write."""


def _as_token(written: bytes) -> bytes:
    """An item's id in a file as `token` writes it."""
    return _BARE.sub(b"%25", written)


def read_queries(path: str | Path) -> list[Query]:
    """All queries in the order of the file. A text may be empty: that query is then not answered.

    Raises SourceError (measure.files) with file and line, also for a qid that comes twice.
    """
    path = Path(path)
    kind = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    found: dict[str, str] = {}
    for line, qid, text in _query_table(path) if kind.lower() in {".csv", ".tsv"} else _query_lines(path):
        if not qid:
            refuse(path, line, "has no qid", 'write {"qid": "1", "text": "..."}')
        if qid in found:
            refuse(path, line, f"has the qid {qid!r} a second time", "give every query its own qid")
        found[qid] = text
    return [Query(qid, text) for qid, text in found.items()]


def read_qrels(path: str | Path) -> Qrels:
    """All judgements. A .csv file is a table with qid, item and grade; rows without a grade are passed over.

    Raises SourceError (measure.files) with file and line.
    """
    path = Path(path)
    rows = _read_table(path) if path.suffix.lower() == ".csv" else _read(path, _QRELS)
    grades = np.frombuffer(rows.values, np.float64).astype(np.int64)
    fresh = rows.distinct(path, lambda one, other: grades[one] == grades[other], "two different grades")
    return Qrels(rows.qids(path), rows.ids(path), rows.query[fresh], rows.item[fresh], grades[fresh])


def read_run(path: str | Path, name: str = "") -> Run:
    """All rankings, ordered as trec_eval does: by 32-bit score, ties by id, both descending; places are not read.

    About a second for a million lines. Raises SourceError (measure.files) with file and line.
    """
    path = Path(path)
    rows = _read(path, _RUN)
    with np.errstate(over="ignore"):
        scores = np.frombuffer(rows.values, np.float64).astype(np.float32)
    broken = np.flatnonzero(~np.isfinite(scores))
    if len(broken):
        line = rows.lines[int(broken[0])]
        refuse(path, line, f"has the score {rows.values[int(broken[0])]}", "write a finite 32-bit number")
    rows.distinct(path, lambda _one, _other: False, "it twice")
    ids = rows.ids(path)
    order = _ranked(rows.query, scores, rows.item, ids)
    return Run(name or path.name, rows.qids(path), ids, rows.query[order], rows.item[order])


def run_of(rankings: Iterable[tuple[str, Sequence[tuple[ItemId, float]]]], name: str) -> Run:
    """A run in memory, in the very order given. Written and read back it is the same."""
    queries: dict[str, int] = {}
    items: dict[str, int] = {}
    query, item = array("q"), array("q")
    for qid, ranking in rankings:
        code = queries.setdefault(qid, len(queries))
        query.extend([code] * len(ranking))
        item.extend([items.setdefault(token(i), len(items)) for i, _ in ranking])
    return Run(name, tuple(queries), tuple(items), np.array(query, np.int64), np.array(item, np.int64))


def qrels_of(judged: Iterable[tuple[str, ItemId, int]]) -> Qrels:
    """Judgements in memory: (qid, item, grade) each. Written and read back they are the same."""
    queries: dict[str, int] = {}
    items: dict[str, int] = {}
    rows = [
        (queries.setdefault(qid, len(queries)), items.setdefault(token(item), len(items)), grade)
        for qid, item, grade in judged
    ]
    query, item, grades = np.array(rows, np.int64).reshape(-1, 3).T
    return Qrels(tuple(queries), tuple(items), query, item, grades)


def write_run(
    path: str | Path, rankings: Iterable[tuple[str, Sequence[tuple[ItemId, float]]]], tag: str = "firstfive"
) -> int:
    """Writes a run line by line and returns how many lines. The file appears whole, when all is written.

    Scores are written as 32-bit numbers; one that would tie with the place above is lowered by the smallest step, so
    that every tool reads the order that was shown.
    """
    return _write(
        Path(path),
        (
            f"{_one_word(qid)} Q0 {token(item)} {place} {score:.9g} {tag}"
            for qid, ranking in rankings
            for place, ((item, _), score) in enumerate(
                zip(ranking, _strictly_falling([score for _, score in ranking]), strict=True), 1
            )
        ),
    )


def qrels_line(qid: str, item: ItemId, grade: int) -> str:
    """A judgement as a line of qrels, without its end."""
    return f"{_one_word(qid)} 0 {token(item)} {grade}"


def write_judged(
    qrels: str | Path | None,
    judged: Iterable[tuple[str, ItemId, int]],
    queries: str | Path | None,
    asked: Iterable[Query],
) -> None:
    """Writes judgements (qid, item, grade) as lines of qrels, and the queries that they are of as JSON lines.

    What no file is named for is not written. Each file appears whole, and both or none. Raises SourceError
    measure.files for qrels named .csv, which `read_qrels` would take for a table, and for one name for both.
    """
    if qrels and Path(qrels).suffix.lower() == ".csv":
        raise SourceError(f"{qrels} would be read as a table; name it with .trec at its end", code="measure.files")
    if qrels and queries and Path(qrels).resolve() == Path(queries).resolve():
        raise SourceError(f"{qrels} cannot hold labels and requests; name two files", code="measure.files")
    lines = (msgspec.json.encode({"qid": one.qid, "text": one.text}).decode() for one in asked)
    with ExitStack() as both:
        if queries:
            both.enter_context(_written(Path(queries), lines))
        if qrels:
            both.enter_context(_written(Path(qrels), (qrels_line(*one) for one in judged)))


def _write(path: Path, lines: Iterable[str]) -> int:
    with _written(path, lines) as written:
        return written


@contextmanager
def _written(path: Path, lines: Iterable[str]) -> Iterator[int]:
    """Lines that are written beside the path, and how many; they appear there at the end, if nothing failed."""
    written = 0
    with whole_file(path) as begun:
        with _opened_to_write(begun, gzipped=path.suffix == ".gz") as file:
            for written, line in enumerate(lines, 1):  # noqa: B007  # how many there were
                file.write(f"{line}\n")
        yield written


TABLE = ("qid", "request", "item", "title", "text", "grade")
"""The columns of a table to be graded."""


def write_table(path: str | Path, rows: Iterable[tuple[str, str, str, str, str]]) -> None:
    """Writes pairs to be graded as CSV, under TABLE; the grades are left empty. The file appears whole.

    What a spreadsheet would take for a formula gets an apostrophe before it, which `read_qrels` takes off again. It
    begins with a byte order mark, without which Excel shows other letters in place of umlauts.
    """
    path = Path(path)
    with whole_file(path) as begun, begun.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(TABLE)
        sheet.writerows([*map(guard.as_cell, row), ""] for row in rows)


def _strictly_falling(scores: Sequence[float]) -> Scores:
    falling = np.asarray(scores, np.float32)
    if (falling[1:] < falling[:-1]).all():
        return falling
    falling = falling.copy()
    for i in range(1, len(falling)):
        falling[i] = min(falling[i], np.nextafter(falling[i - 1], np.float32(-np.inf)))
    return falling


def _ranked(query: Positions, scores: Scores, item: Positions, ids: Sequence[str]) -> Positions:
    order = np.lexsort((-scores, query))
    tied = (query[order][1:] == query[order][:-1]) & (scores[order][1:] == scores[order][:-1])
    if not tied.any():
        return order
    rows = np.flatnonzero(np.r_[tied, False] | np.r_[False, tied])
    names = sorted({int(code) for code in item[order[rows]]}, key=lambda code: ids[code], reverse=True)
    place = np.zeros(len(ids), np.int64)
    place[names] = np.arange(len(names))
    return np.lexsort((place[item], -scores, query))


# --- reading columns --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Columns:
    """What was read: codes of query and item, the value's numbers, and the line of each row."""

    query: Positions
    item: Positions
    values: array[float]
    lines: array[int]
    query_names: dict[bytes, int]
    item_names: dict[bytes, int]

    def qids(self, path: Path) -> tuple[str, ...]:
        return self._decoded(path, self.query_names, self.query)

    def ids(self, path: Path) -> tuple[str, ...]:
        return self._decoded(path, self.item_names, self.item)

    def _decoded(self, path: Path, names: dict[bytes, int], codes: Positions) -> tuple[str, ...]:
        try:
            return tuple([name.decode("utf-8") for name in names])
        except UnicodeDecodeError as wrong:
            row = int(np.argmax(codes == names[wrong.object]))
            refuse(path, self.lines[row], f"is not UTF-8: {wrong.reason}", "save the file as UTF-8", wrong)

    def distinct(self, path: Path, same: Callable[[int, int], bool], what: str) -> Positions:
        """Rows to keep: the first of each query and item. A second that is not the `same` is refused."""
        keys = self.query * max(1, len(self.item_names)) + self.item
        order = np.argsort(keys, kind="stable")
        again = np.flatnonzero(keys[order][1:] == keys[order][:-1])
        for before, after in zip(order[again], order[again + 1], strict=True):
            if not same(before, after):
                item = list(self.item_names)[self.item[after]].decode("utf-8", "replace")
                first = self.lines[before]
                refuse(path, self.lines[after], f"gives {item!r} {what} (see line {first})", "keep one of the lines")
        keep = np.ones(len(keys), bool)
        keep[order[again + 1]] = False
        return np.flatnonzero(keep)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How lines of a kind of file look: which of their columns are query, item and value, and how a value is read."""

    text: str
    picked: tuple[int, int, int]
    value: Callable[[bytes], float]
    kind: str

    @property
    def width(self) -> int:
        return len(self.text.split())


def _grade(text: bytes) -> int:
    grade = int(text)
    if not -(2**31) <= grade < 2**31:
        raise ValueError("beyond 32 bits")
    return grade


_RUN = _Layout("qid Q0 item place score tag", (0, 2, 4), float, "number")
_QRELS = _Layout("qid 0 item grade", (0, 2, 3), _grade, "whole number of 32 bits")


def _read(path: Path, layout: _Layout) -> _Columns:
    query, item, values, lines = array("q"), array("q"), array("d"), array("q")
    queries: dict[bytes, int] = {}
    items: dict[bytes, int] = {}
    for numbers, rows in _rows(path, layout.width, layout.text):
        columns = list(zip(*rows, strict=True))
        in_query, in_item, in_value = (columns[i] for i in layout.picked)
        query.extend([queries.setdefault(name, len(queries)) for name in in_query])
        if any(b"%" in name for name in in_item):
            in_item = tuple(map(_as_token, in_item))
        item.extend([items.setdefault(name, len(items)) for name in in_item])
        values.extend(_values(path, numbers, in_value, layout))
        lines.extend(numbers)
    if not lines:
        raise SourceError(f"{path} has no lines; write lines of `{layout.text}`", code="measure.files")
    return _Columns(np.frombuffer(query, np.int64), np.frombuffer(item, np.int64), values, lines, queries, items)


def _read_table(path: Path) -> _Columns:
    """The rows of a graded table that have a grade, as `_read` gives them."""
    query, item, values, lines = array("q"), array("q"), array("d"), array("q")
    queries: dict[bytes, int] = {}
    items: dict[bytes, int] = {}
    for line, row in table(path, {"qid", "item", "grade"}, "name three of them qid, item and grade"):
        if not (grade := (row["grade"] or "").strip()):
            continue
        query.append(queries.setdefault(_one_word(guard.of_cell(row["qid"] or "")).encode(), len(queries)))
        item.append(items.setdefault(token(guard.of_cell(row["item"] or "")).encode(), len(items)))
        values.extend(_values(path, [line], [grade.encode()], _QRELS))
        lines.append(line)
    if not lines:
        raise SourceError(f"{path} has no grade yet; write 0 for wrong, 1 and more for right", code="measure.files")
    return _Columns(np.frombuffer(query, np.int64), np.frombuffer(item, np.int64), values, lines, queries, items)


def _values(path: Path, numbers: Sequence[int], column: Sequence[bytes], layout: _Layout) -> list[float]:
    try:
        return list(map(layout.value, column))
    except ValueError:
        pass
    found = []
    for number, text in zip(numbers, column, strict=True):
        try:
            found.append(layout.value(text))
        except ValueError as wrong:
            refuse(path, number, f"has {_short(text)} where a {layout.kind} stands", "correct it", wrong)
    return found


def _rows(path: Path, width: int, layout: str) -> Iterator[tuple[Sequence[int], list[list[bytes]]]]:
    """(line numbers, rows of `width` columns), in chunks; blank lines are left out."""
    for first, lines in _lines(path):
        rows = [line.split() for line in lines]
        numbers: Sequence[int] = range(first, first + len(rows))
        widths = set(map(len, rows))
        if widths - {0, width}:
            line, row = next((n, r) for n, r in zip(numbers, rows, strict=True) if len(r) not in {0, width})
            advice = f"write `{layout}`, with %20 for white space in an id"
            refuse(path, line, f"has {len(row)} columns where {width} stand", advice)
        if 0 in widths:
            numbers = [n for n, row in zip(numbers, rows, strict=True) if row]
            rows = [row for row in rows if row]
        if rows:
            yield numbers, rows


def _lines(path: Path) -> Iterator[tuple[int, list[bytes]]]:
    """(number of the first line, lines), a few megabytes at a time."""
    first, rest = 1, b""
    with reading(path) as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            block = rest + chunk
            if first == 1:
                block = block.removeprefix(b"\xef\xbb\xbf")
            *lines, rest = block.split(b"\n")
            if len(rest) > LONGEST_LINE:
                refuse(path, first + len(lines), f"is longer than {LONGEST_LINE} bytes", "is this the right file?")
            yield first, lines
            first += len(lines)
    yield first, [rest]


class _JsonQuery(msgspec.Struct):
    qid: str | int
    text: str


def _query_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    decoder = msgspec.json.Decoder(_JsonQuery)
    for first, lines in _lines(path):
        for number, line in enumerate(lines, first):
            if not line.strip():
                continue
            try:
                query = decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
                refuse(path, number, f"is not a query: {wrong}", 'write {"qid": "1", "text": "..."}', wrong)
            yield number, _one_word(str(query.qid)), query.text


def _query_table(path: Path) -> Iterator[tuple[int, str, str]]:
    for line, row in table(path, {"qid", "text"}, "name two of them qid and text"):
        yield line, _one_word(row["qid"] or ""), row["text"] or ""


# --- files ------------------------------------------------------------------------------------------------------------


def _opened_to_write(path: Path, *, gzipped: bool) -> IO[str]:
    return gzip.open(path, "wt", 6, "utf-8") if gzipped else path.open("w", encoding="utf-8")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """The path to write to, so that the file appears whole or not at all.

    A link, a pipe or a device, such as /dev/stdout, is written to itself: another file must not take its place. Raises
    SourceError measure.files and StoreError store.full.
    """
    itself = path.is_symlink() or (path.exists() and not path.is_file())
    begun = path if itself else path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield begun
        if not itself:
            begun.replace(path)
    except OSError as wrong:
        if wrong.errno == errno.ENOSPC:
            raise StoreError(f"the disk is full while writing {path}; free some space", code="store.full") from wrong
        raise SourceError(
            f"{path} cannot be written: {wrong.strerror or wrong}; choose another place", code="measure.files"
        ) from wrong
    finally:
        if not itself:
            begun.unlink(missing_ok=True)


def _short(value: bytes) -> str:
    return repr(value[:40].decode("utf-8", "replace"))
