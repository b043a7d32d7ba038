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
from firstfive.build.blocks import Block, Parsed, one_line, parse
from firstfive.build.main_text import main_blocks
from firstfive.build.repair import repaired
from firstfive.types import Doc, Page, Rejected, Stamp, StampId, digest

EXTRACT_VERSION = 3
BOILERPLATE_VERSION = 3
CLEAN_VERSION = 3

FEWEST_PAGES = 4
"""A site of fewer pages has no boilerplate; and no block is any that stands on fewer than three."""

MOST_AROUND = 400
"""Blocks around a page's own, from both ends, by which repetition is seen."""

LONGEST_NAME = 300
"""Characters of a page's name that are looked for in its lines."""

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([-\w]+)|<\?xml[^>]{0,200}?encoding=["']([-\w]+)""", re.I
)
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|b|i|u|em|strong|small|font|a|img|ul|ol|li|dl|dt|dd|h[1-6]|table|tbody|tr|td|th|blockquote|pre|hr"
    r"|section|article|script|style|html|body|iframe|center)(?:\s[^<>]*)?/?>|<!--|<!doctype\s",
    re.IGNORECASE,
)
# A "<" of prose or code, as in "vector<int>": before what is no name in HTML, no custom-element and has no attributes.
_NO_TAG = re.compile(
    r"<(?![/!?]|(?:[abipqsu])(?:\s*/?>|\s[^<>]*=)|[a-z]\w*-[\w.-]*[\s/>]|[a-z][\w:.-]*\s[^<>]*="
    r"|(?:abbr|address|article|aside|audio|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details"
    r"|dfn|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|h[1-6]|head|header|hr|html|iframe|img"
    r"|input|ins|kbd|label|legend|li|link|main|mark|meta|nav|noscript|ol|optgroup|option|picture|pre|samp|script|section"
    r"|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead"
    r"|title|tr|tt|ul|video|wbr)[\s/>])",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=\w)(?=<(?:[abiu]|em|strong|small|font|span|img)(?:\s[^<>]*)?>\w)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_GAPS = re.compile(r"\n{3,}")
_TITLE_PARTS = re.compile(r"\s+[|–—·•»›:\-]+\s+|\s*[|»]\s*")


class Line(NamedTuple):
    """A block as text. fact: it is a "Label: value", which pages of one site may share without being boilerplate.

    places: marks of the text where it stands, exactly and but for the page's own name and numbers.
    """

    text: str
    fact: bool = False
    places: tuple[str, ...] = ()


class Extract(msgspec.Struct, frozen=True):
    """A page's own blocks. page: the page's digest. titles: what the page calls itself, most trusted first.

    around: marks of what stands around them, by which a site's other pages see that it is repeated.
    """

    page: str
    titles: tuple[str, ...]
    lines: tuple[Line, ...]
    fields: dict[str, str]
    removed: dict[str, int]
    around: tuple[str, ...] = ()


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
    titles: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    if page.media == "html":
        titles, lines, around = _from_html(page, counts)
    else:
        lines = [Line(text) for text in _from_text(page.body.decode("utf-8", "replace"), counts).split("\n")]
    title = one_line(_readable(page.title, counts))
    fields = {name: value for name, raw in page.fields.items() if (value := one_line(_readable(raw, counts)))}
    return Extract(page.digest, (title,) if title else titles, tuple(lines), fields, dict(counts), around)


def parsed_page(page: Page) -> Parsed:
    """An HTML page's blocks, its own and all others."""
    found = _CHARSET.search(page.body[:4096])
    return parse(guard.decode(page.body, (found[1] or found[2]).decode("ascii") if found else ""))


def _from_html(page: Page, counts: Counter[str]) -> tuple[tuple[str, ...], list[Line], tuple[str, ...]]:
    parsed = parsed_page(page)
    blocks = main_blocks(parsed)
    counts.update(parsed.removed)
    counts["around"] += len(parsed.blocks) - len(blocks)
    titles = tuple(title for raw in parsed.titles if (title := one_line(_readable(raw, counts))))
    names = _names(titles)
    lines = [
        Line(text, block.tag == "fact", _places(block, text, names))
        for block in blocks
        if (text := _readable(block.text, counts).strip())
    ]
    return titles, lines or _described(parsed, counts), _around(parsed.blocks, blocks, names)


def _around(every: Sequence[Block], own: Sequence[Block], names: Sequence[str]) -> tuple[str, ...]:
    """Marks of the blocks that are not the page's own, but for links: those of its beginning and its end."""
    kept = {id(block) for block in own}
    left = [block for block in every if id(block) not in kept and block.links < 0.8 * len(block.text)]
    ends = left if len(left) <= MOST_AROUND else left[: MOST_AROUND // 2] + left[-MOST_AROUND // 2 :]
    texts = ((block, _readable(block.text, Counter()).strip()) for block in ends)
    return tuple(sorted({mark for block, text in texts for mark in _places(block, text, names)}))


def _described(parsed: Parsed, counts: Counter[str]) -> list[Line]:
    """For a page whose text is made by scripts: how it describes itself to search engines."""
    text = one_line(_readable(parsed.description, counts))
    return [Line(text)] if text else []


def _from_text(text: str, counts: Counter[str]) -> str:
    """A cell of a table or a plain file: tags out where it is HTML, entities read, gaps closed."""
    if "&" in text and not _MARKUP.search(text):
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    if "<" in text and _MARKUP.search(text):
        parsed = parse(_GLUED.sub(" ", _NO_TAG.sub("&lt;", text)))
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
    """Marks of the blocks and title parts that stand on more than this share of a site's pages.

    extracts: all pages of one site, in any order. Facts, and lines that are the same but for the page's name or a
    number, need four fifths of the pages. Pages of "" are no site.
    """
    counts: Counter[str] = Counter()
    own: set[str] = set()
    pages = 0
    for page in extracts:
        pages += 1
        marks = _marks(page)
        counts.update(marks.union(page.around))
        own |= marks
    if pages < FEWEST_PAGES:
        return frozenset()
    need = dict.fromkeys(("fact", "near"), max(share, 0.8) * pages)
    return frozenset(m for m in own if counts[m] >= 3 and counts[m] > need.get(m.split(":")[0], share * pages))


def _marks(page: Extract) -> set[str]:
    """What of a page may turn out to be boilerplate, each as a kind and a digest."""
    lines = {mark for line in page.lines for mark in _line_marks(line)}
    return lines | {_title_mark(part) for part in _title_parts(page.titles)}


def _line_marks(line: Line) -> tuple[str, ...]:
    return (f"{'fact' if line.fact else 'block'}:{digest(_folded(line.text))}", *line.places)


def _places(block: Block, text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Marks of a text in an element of this look: as it is and, where that is another, without the page's own name.

    Numbers count as one in a line with a link or in a part around the text: entry numbers and dates stand there. In a
    sentence of the text they are what it says. A line that is little more than the name is no boilerplate.
    """
    if block.tag == "fact" or not text:
        return ()
    exact = near = _folded(text)
    for name in names:
        near = near.replace(name, "\0")
    if block.links or block.around:
        near = _DIGITS.sub("0", near)
    marks = [f"place:{digest(block.look, exact)[:16]}"]
    if near != exact and len(_WORD.findall(near)) >= 3:
        marks.append(f"near:{digest(block.look, near)[:16]}")
    return tuple(marks)


def _names(titles: Sequence[str]) -> list[str]:
    """What the page calls itself first of all, and the parts of that, as they are looked for in its lines."""
    parts = {_folded(part) for part in _title_parts([title[:LONGEST_NAME] for title in titles[:1]])}
    return sorted((part for part in parts if len(part) >= 4), key=lambda part: (-len(part), part))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _title_mark(part: str) -> str:
    """The mark of a title or a part of one; "Entry no. 7" and "Entry no. 8" have the same."""
    return f"title:{digest(_DIGITS.sub('0', part))}"


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
    own = [line for line in extracted.lines if repeated.isdisjoint(_line_marks(line))]
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
        if _title_mark(title) in repeated:
            continue
        parts = [part for part in _TITLE_PARTS.split(title) if part]
        own = [part for part in parts if _title_mark(part) not in repeated]
        if len(own) == len(parts):
            return title
        if own:
            return " | ".join(own)
    return titles[0] if titles else ""


def clean(page: Page) -> Doc | Rejected:
    """A page that belongs to no site, in one step."""
    return finish(page, extract(page))
