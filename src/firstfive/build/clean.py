"""Page to Doc, without a model, in three pure steps, each of which gives a record with a stamp of its own.

    extract(page)                    -> Extract     the page's own blocks, readable, with counts of what was taken out
    boilerplate(extracts, share)     -> frozenset   the blocks and title parts that a site repeats on its pages
    finish(page, extract, repeated)  -> Doc         or Rejected, where no text is left

A site's boilerplate depends on all pages of the site. Being a record of its own, with the extracts it was made from as
inputs, it makes a build in steps and a build from scratch give the same Docs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import NamedTuple, TypeVar

import msgspec

from firstfive import guard
from firstfive.build.blocks import Parsed, one_line, parse
from firstfive.build.main_text import main_blocks
from firstfive.build.repair import repaired
from firstfive.types import Doc, Page, Rejected, Stamp, StampId, digest

EXTRACT_VERSION = 1
BOILERPLATE_VERSION = 1
CLEAN_VERSION = 1

FEWEST_PAGES = 4
"""A site of fewer pages has no boilerplate; and no block is any that stands on fewer than three."""

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([-\w]+)|<\?xml[^>]{0,200}?encoding=["']([-\w]+)""", re.I
)
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|b|i|u|em|strong|small|font|a|img|ul|ol|li|dl|dt|dd|h[1-6]|table|tbody|tr|td|th|blockquote|pre|hr"
    r"|section|article|script|style|html|body|iframe|center)(?:\s[^<>]*)?/?>|<!--|<!doctype\s",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_GAPS = re.compile(r"\n{3,}")
_TITLE_PARTS = re.compile(r"\s+[|–—·•»›:\-]+\s+|\s*[|»]\s*")


class Line(NamedTuple):
    """A block as text. fact: it is a "Label: value", which pages of one site may share without being boilerplate."""

    text: str
    fact: bool = False


class Extract(msgspec.Struct, frozen=True):
    """A page's own blocks. page: the page's digest. titles: what the page calls itself, most trusted first."""

    page: str
    titles: tuple[str, ...]
    lines: tuple[Line, ...]
    fields: dict[str, str]
    removed: dict[str, int]


Made = TypeVar("Made")


def encode(made: Extract | frozenset[str] | Doc | Rejected) -> bytes:
    """The record as JSON; the same record always gives the same bytes."""
    return msgspec.json.encode(sorted(made) if isinstance(made, frozenset) else made, order="deterministic")


def decode(kind: type[Made], data: bytes) -> Made:
    """The record that `encode` wrote: kind is Extract, frozenset, Doc or Rejected."""
    return msgspec.json.decode(data, type=kind)


# --- extract ----------------------------------------------------------------------------------------------------------


def extract_stamp(page: Page) -> Stamp:
    """What an Extract is made from: the page alone."""
    return Stamp("extract", EXTRACT_VERSION, inputs=(page.digest,))


def extract(page: Page) -> Extract:
    """The page's own text as blocks. Never fails, whatever the page holds.

    Cost: 20 to 40 ms for a page of a newspaper, 5 ms for a short one, 20 microseconds for a row of a table.
    """
    counts: Counter[str] = Counter()
    if page.media == "html":
        titles, lines = _from_html(page, counts)
    else:
        titles, lines = (
            (),
            [Line(text) for text in _from_text(page.body.decode("utf-8", "replace"), counts).split("\n")],
        )
    title = one_line(_readable(page.title, counts))
    fields = {name: value for name, raw in page.fields.items() if (value := one_line(_readable(raw, counts)))}
    return Extract(page.digest, (title,) if title else titles, tuple(lines), fields, dict(counts))


def _from_html(page: Page, counts: Counter[str]) -> tuple[tuple[str, ...], list[Line]]:
    found = _CHARSET.search(page.body[:4096])
    source = guard.decode(page.body, (found[1] or found[2]).decode("ascii") if found else "")
    parsed = parse(source)
    blocks = main_blocks(parsed)
    counts.update(parsed.removed)
    counts["around"] += len(parsed.blocks) - len(blocks)
    lines = [Line(text, block.tag == "fact") for block in blocks if (text := _readable(block.text, counts).strip())]
    titles = tuple(title for raw in parsed.titles if (title := one_line(_readable(raw, counts))))
    return titles, lines or _described(parsed, counts)


def _described(parsed: Parsed, counts: Counter[str]) -> list[Line]:
    """For a page whose text is made by scripts: how it describes itself to search engines."""
    text = one_line(_readable(parsed.description, counts))
    return [Line(text)] if text else []


def _from_text(text: str, counts: Counter[str]) -> str:
    """A cell of a table or a plain file: tags out where it is HTML, entities read, gaps closed."""
    if "&" in text and not _MARKUP.search(text):
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    if "<" in text and _MARKUP.search(text):
        parsed = parse(text)
        counts.update(parsed.removed)
        text = "\n".join(block.text for block in parsed.blocks)
    text = _readable(text, counts)
    return _GAPS.sub("\n\n", _TRAILING.sub("", text)).strip()


def _readable(text: str, counts: Counter[str]) -> str:
    """Right encoding, nothing unseen; adds to the counts."""
    right = repaired(text)
    if right is not text and right != text:
        counts["mojibake"] += 1
    seen, removed = guard.printable(right)
    if removed:
        counts.update(removed)
    return seen


# --- boilerplate ------------------------------------------------------------------------------------------------------


def boilerplate_stamp(extracts: Iterable[StampId], share: float) -> Stamp:
    """What a site's boilerplate is made from: the stamps of its pages' extracts, in whatever order, and the share."""
    return Stamp("boilerplate", BOILERPLATE_VERSION, inputs=(repr(share), *sorted(extracts)))


def boilerplate(extracts: Iterable[Extract], share: float) -> frozenset[str]:
    """Digests of the blocks and title parts that stand on more than this share of a site's pages.

    extracts: all pages of one site, in any order. Facts need four fifths of the pages. Pages of "" are no site.
    """
    counts: Counter[str] = Counter()
    pages = 0
    for page in extracts:
        pages += 1
        counts.update(_marks(page))
    if pages < FEWEST_PAGES:
        return frozenset()
    need = {"fact": max(share, 0.8) * pages}
    return frozenset(mark for mark, n in counts.items() if n >= 3 and n > need.get(mark.split(":")[0], share * pages))


def _marks(page: Extract) -> set[str]:
    """What of a page may turn out to be boilerplate, each as a kind and a digest."""
    return {_mark(line) for line in page.lines} | {f"title:{digest(part)}" for part in _title_parts(page.titles)}


def _mark(line: Line) -> str:
    return f"{'fact' if line.fact else 'block'}:{digest(' '.join(line.text.casefold().split()))}"


def _title_parts(titles: Sequence[str]) -> set[str]:
    return {part for title in titles for part in (title, *_TITLE_PARTS.split(title)) if part}


# --- finish -----------------------------------------------------------------------------------------------------------


def clean_stamp(page: Page, repeated: frozenset[str]) -> Stamp:
    """What a Doc is made from: the page, and the site's boilerplate as it is, however it came about."""
    return _clean_stamp(page.digest, repeated)


def _clean_stamp(page: str, repeated: frozenset[str]) -> Stamp:
    versions = f"{EXTRACT_VERSION}.{BOILERPLATE_VERSION}"
    return Stamp("clean", CLEAN_VERSION, inputs=(page, versions, digest(*sorted(repeated))))


def finish(page: Page, extracted: Extract, repeated: frozenset[str] = frozenset()) -> Doc | Rejected:
    """The cleaned page. Rejected where neither a title nor text is left, or of an HTML page no text.

    A page that is all repeated keeps its text if that is of some length: mirrored pages are copies, not boilerplate.
    """
    own = [line for line in extracted.lines if not repeated or _mark(line) not in repeated]
    removed = dict(extracted.removed)
    if len(own) < len(extracted.lines):
        if not any(line.text for line in own) and sum(len(line.text) for line in extracted.lines) > 300:
            own = list(extracted.lines)
        else:
            removed["boilerplate"] = len(extracted.lines) - len(own)
    text = "\n".join(line.text for line in own).strip()
    title = _title(extracted.titles, repeated)
    if not text and (page.media == "html" or not title):
        what = "the page has no text of its own" if page.media == "html" else "the row has neither a title nor text"
        advice = (
            "if people see text there, it is made by scripts: save the page as the browser shows it, or leave it out"
        )
        return Rejected(page.source, page.line, f"{page.id}: {what}", advice, title[:200])
    return Doc(page.id, title, text, extracted.fields, _counted(removed), _clean_stamp(extracted.page, repeated))


def _counted(removed: Mapping[str, int]) -> dict[str, int]:
    return {kind: n for kind, n in sorted(removed.items()) if n}


def _title(titles: Sequence[str], repeated: frozenset[str]) -> str:
    """The most trusted title that the site does not repeat, without the parts that it does."""
    for title in titles if repeated else ():
        if f"title:{digest(title)}" in repeated:
            continue
        parts = [part for part in _TITLE_PARTS.split(title) if part]
        own = [part for part in parts if f"title:{digest(part)}" not in repeated]
        if len(own) == len(parts):
            return title
        if own:
            return " | ".join(own)
    return titles[0] if titles else ""


def clean(page: Page) -> Doc | Rejected:
    """A page that belongs to no site, in one step."""
    return finish(page, extract(page))
