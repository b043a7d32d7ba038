"""JSON lines as rows. A file that holds one array of objects, alone or inside one object, is read the same way, and so
are objects that are written over several lines each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from firstfive.errors import SourceError
from firstfive.sources.lines import Lines, rejected
from firstfive.sources.nested import Cells
from firstfive.sources.tables import Row
from firstfive.types import Rejected

MOST_BESIDE = 3
"""Words of what stands beside the list in a file that is one object: a longer text is that of an item."""
_ADVICE = 'each line must be one JSON object, such as {"id": "1", "title": "...", "text": "..."}'


def read_jsonl(stream: IO[bytes], source: str, limit: int) -> Iterator[Row | Rejected]:
    """One row a line, its objects as `Cells` has them. NaN and infinities count as missing.

    Raises SourceError where the file is no text.
    """
    lines, cells = Lines(stream, limit), Cells(plain)
    if lines.binary:
        raise SourceError(f"{source} does not hold text; {_ADVICE}")
    while line := lines.next():
        number = lines.number
        if lines.cut:
            yield rejected(source, number, f"the line is longer than {limit:,} characters", _ADVICE, line)
        elif number == 1 and _begins_array(line):
            yield from _entries(_all(line, lines, source, limit), source, cells)
        elif number == 1 and line.lstrip().startswith("{") and (found := _spread(line, lines, 10 * limit)):
            yield from (Row(at, cells.of(one)) for at, one in found)
        elif not line.isspace():
            yield _row(line, number, source, cells)


def _begins_array(line: str) -> bool:
    """Whether a first line begins an array of objects, and is not a line that is a list."""
    if not line.lstrip().startswith("["):
        return False
    try:
        return any(isinstance(entry, dict) for entry in _decoded(line))
    except (ValueError, RecursionError):
        return True


def _all(first: str, lines: Lines, source: str, limit: int) -> str:
    """The whole file, which must fit ten items: one JSON array cannot be read line by line."""
    parts, size = [first], len(first)
    while line := lines.next():
        parts.append(line)
        size += len(line)
        if size > 10 * limit:
            raise SourceError(f"{source} is one JSON array and too long to be read at once; write one object a line")
    return "".join(parts)


def _spread(first: str, lines: Lines, most: int) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a file in which a line is not an object, with the lines on which they begin; none of any other.

    Of a file that is one object around a list of objects, such as an answer of a web service, those of the list. most:
    characters that are read for it.
    """
    alone = _is_object(first)
    read, size = [first], len(first)
    while (line := lines.next()) and size <= most and not (alone and not line.isspace()):
        read.append(line)
        size += len(line)
    if line:
        lines.put_back([*read[1:], line])
        return []
    found = _one_after_another("".join(read))
    if len(found) == 1 and (inside := _list_inside(found[0][1])):
        return [(1, one) for one in inside]
    if alone or not found:
        lines.put_back(read[1:])
        return []
    return found


def _is_object(line: str) -> bool:
    try:
        return isinstance(_decoded(line), dict)
    except (ValueError, RecursionError):
        return False


def _one_after_another(text: str) -> list[tuple[int, dict[str, Any]]]:
    """The objects that a text consists of, with their lines; none where it holds anything else."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    found: list[tuple[int, dict[str, Any]]] = []
    at, line, counted = 0, 1, 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == ","):
            at += 1
        if at >= len(text):
            return found
        line, counted = line + text.count("\n", counted, at), at
        try:
            one, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        if not isinstance(one, dict):
            return []
        found.append((line, one))


def _list_inside(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The one list of several objects that an object is wrapped around; none where it is an item by itself."""
    lists = [value for value in whole.values() if isinstance(value, list) and len(value) > 1]
    beside = [value for value in whole.values() if isinstance(value, str) and len(value.split()) > MOST_BESIDE]
    wrapped = len(lists) == 1 and not beside and all(isinstance(one, dict) for one in lists[0])
    return lists[0] if wrapped else []


def _row(line: str, number: int, source: str, cells: Cells) -> Row | Rejected:
    try:
        found = _decoded(line)
    except (ValueError, RecursionError) as wrong:
        return rejected(source, number, f"the line is not valid JSON: {_short(wrong)}", _ADVICE, line)
    if not isinstance(found, dict):
        return rejected(source, number, f"the line holds {_kind(found)}, not an object", _ADVICE, line)
    return Row(number, cells.of(found))


def _entries(text: str, source: str, cells: Cells) -> Iterator[Row | Rejected]:
    """The objects of an array, with the lines on which they begin."""
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    at = text.index("[") + 1
    line, counted = 1, 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == ","):
            at += 1
        line, counted = line + text.count("\n", counted, at), at
        if at >= len(text) or text[at] == "]":
            if after := text[at + 1 :].strip():
                yield rejected(source, line, "something follows the end of the array", _ADVICE, after)
            return
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as wrong:
            advice = "correct the file from here on; nothing after this could be read"
            yield rejected(
                source, line, f"the array is not valid JSON here: {_short(wrong)}", advice, text[at : at + 200]
            )
            return
        if isinstance(found, dict):
            yield Row(line, cells.of(found))
        else:
            yield rejected(source, line, f"an entry is {_kind(found)}, not an object", _ADVICE, text[at:end][:200])
        at = end


def _decoded(line: str) -> Any:
    """msgspec is quick and strict; what it refuses and the standard library takes (NaN, lone surrogates) is taken."""
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return json.loads(line, parse_constant=lambda _: None)


def plain(value: object) -> str:
    """A JSON value as the text of a cell: missing is "", lists and objects stay JSON."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # noqa: PLR0124  # only NaN differs from itself
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _kind(value: object) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _short(wrong: Exception) -> str:
    return "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)[:120]
