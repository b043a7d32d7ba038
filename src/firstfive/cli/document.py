"""A document of headings, sentences, figures, tables and charts; as a page in one file, and as Markdown.

    as_page(document)       HTML that asks for no other file, runs no script, and says so to the browser
    as_markdown(document)   the same words and numbers

Whatever comes from outside stands in it as plain text: the template escapes it for the page, `_plain` for Markdown.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from firstfive.cli.charts import Plot, plot, strip
from firstfive.guard import printable

HERE = Path(__file__).parent / "templates"
MARK = "firstfive report"
"""By these words in its first lines a report of ours is known."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as people read it, and as it is."""

    text: str
    value: float


Cell: TypeAlias = str | Number


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph. kind: "" for a sentence, "advice" for what to do where there is no data, "note" for small print."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A large number with what it is; value None: not enough data yet, which `about` explains."""

    name: str
    value: Number | None
    about: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Some of them, side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. folded: it stands beneath a chart and is opened by whoever wants it."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the numbers in it."""

    plot: Plot
    table: Table


@dataclass(frozen=True, slots=True)
class Strip:
    """A value with its interval on one line of a list; value None: not enough data yet, as `about` says.

    bar: what is to be reached, drawn on it.
    """

    name: str
    value: Number | None
    low: Number | None
    high: Number | None
    about: str
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Strips:
    """Intervals under each other on one scale."""

    caption: str
    strips: tuple[Strip, ...]
    ends: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A heading with sentences and a numbered list under it: a request with its five. marked: of the list, from 0."""

    heading: str
    before: tuple[str, ...]
    items: tuple[str, ...]
    marked: frozenset[int] = frozenset()
    after: tuple[str, ...] = ()
    marks: str = ""


Block: TypeAlias = Words | Figures | Table | Chart | Strips | Listed


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what stands under it. name: its place in the page's address."""

    name: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """All of it. verdict: a few words, and tone "good", "bad" or "open"; summary: the sentences to read first."""

    title: str
    about: str
    verdict: str
    tone: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]


# --- a page -----------------------------------------------------------------------------------------------------------


def as_page(document: Document) -> str:
    """One file of HTML."""
    style = (HERE / "document.css").read_text("utf-8")
    policy = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    values: Mapping[str, Any] = {"document": document, "style": style, "policy": policy, "generator": MARK}
    page: str = _templates().get_template("document.html").render(values)
    return page


@cache
def _templates() -> Any:
    """The template; everything put into it is escaped, but what `charts` draws, which escapes by itself."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["readable"] = _readable
    made.filters["kind"] = lambda block: type(block).__name__
    made.filters["plot"] = plot
    made.filters["strip"] = lambda one, ends: strip(one.value.value, one.low.value, one.high.value, ends, one.bar)
    made.tests["numeric"] = lambda cell: isinstance(cell, Number)
    return made


def _readable(text: str) -> str:
    """Text on one line, whose numbers stay with their percent signs."""
    return re.sub(r"(?<=\d) %", "\u00a0%", " ".join(printable(text)[0].split()))


# --- Markdown ---------------------------------------------------------------------------------------------------------


def as_markdown(document: Document) -> str:
    """The same as Markdown."""
    lines = [
        f"<!-- {MARK} -->",
        f"# {_plain(document.title)}",
        "",
        _plain(document.about),
        "",
        f"**{_plain(document.verdict)}**",
        "",
    ]
    lines += [line for sentence in document.summary for line in (_plain(sentence), "")]
    for section in document.sections:
        lines += [f"## {_plain(section.heading)}", ""]
        for block in section.blocks:
            lines += [*_WRITTEN[type(block)](block), ""]
    return "\n".join(lines).rstrip() + "\n"


_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_BEGINS = re.compile(r"^(\d*)([-+.)](?=\s|$)|[-=](?=[-=\s]*$))")
"""What would begin a list, underline a heading or draw a line; 57.1 % and -2.0 points do not."""
_LINKS = re.compile(r":(?=//)|\bwww(?=\.)", re.IGNORECASE)
JOINER = "\u2060"
"""Takes no room; between the parts of an address it keeps readers from making a link of it."""


def _plain(text: str) -> str:
    """Text on one line in which nothing is Markdown or HTML, no list begins, and no address becomes a link."""
    escaped = _SIGNS.sub(r"\\\1", " ".join(printable(text)[0].split()))
    return _LINKS.sub(rf"\g<0>{JOINER}", _BEGINS.sub(r"\1\\\2", escaped))


def _cell(cell: Cell) -> str:
    return _plain(cell.text if isinstance(cell, Number) else cell)


def _words(block: Words) -> Iterator[str]:
    yield _plain(block.text)


def _figures(block: Figures) -> Iterator[str]:
    for one in block.figures:
        value = one.value.text if one.value else "not enough data yet"
        yield f"- {_plain(one.name)}: **{_plain(value)}**, {_plain(one.about)}"


def _table(block: Table) -> Iterator[str]:
    if block.caption:
        yield from (f"{_plain(block.caption)}:", "")
    yield f"| {' | '.join(map(_plain, block.headings))} |"
    yield f"|{'---|' * len(block.headings)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in block.rows)


def _chart(block: Chart) -> Iterator[str]:
    yield from (_plain(block.plot.described), "")
    yield from _table(block.table)


def _strips(block: Strips) -> Iterator[str]:
    yield from (f"{_plain(block.caption)}:", "")
    for one in block.strips:
        told = "not enough data yet"
        if one.value and one.low and one.high:
            told = f"**{_plain(one.value.text)}** ({_plain(one.low.text)} to {_plain(one.high.text)})"
        yield f"- {_plain(one.name)}: {told}, {_plain(one.about)}"


def _listed(block: Listed) -> Iterator[str]:
    yield from (f"### {_plain(block.heading)}", "")
    yield from (line for said in block.before for line in (_plain(said), ""))
    for at, item in enumerate(block.items):
        yield f"{at + 1}. {_plain(item)}{f' ({block.marks})' if at in block.marked else ''}"
    yield from (line for said in block.after for line in ("", _plain(said)))


_WRITTEN: Mapping[type, Callable[[Any], Iterator[str]]] = {
    Words: _words,
    Figures: _figures,
    Table: _table,
    Chart: _chart,
    Strips: _strips,
    Listed: _listed,
}
