"""Page to Doc, without a model, in three pure steps, each of which gives a record with a stamp of its own.

    extract(page)                    -> Extract     the page's own blocks, readable, with counts of what was taken out
    boilerplate(extracts, share)     -> frozenset   the blocks and title parts that a site repeats on its pages
    left_out(extracts, repeated)     -> LeftOut     which lines these are, to be told
    finish(page, extract, repeated)  -> Doc         or Rejected, where no text is left

A site's boilerplate depends on all pages of the site. Being a record of its own, with the extracts it was made from as
inputs, it makes a build in steps and a build from scratch give the same Docs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import NamedTuple, TypeVar

import msgspec

from firstfive import guard
from firstfive.build.beside import Boxes, candidates, look_mark, site_mark, tells
from firstfive.build.blocks import Block, Parsed, one_line, parse
from firstfive.build.company import NEARLY_ALL, Company
from firstfive.build.main_text import main_blocks
from firstfive.build.navigation import leads_about
from firstfive.build.repair import repaired
from firstfive.types import Doc, Page, Rejected, Stamp, StampId, digest

EXTRACT_VERSION = 5
BOILERPLATE_VERSION = 5
CLEAN_VERSION = 5

FEWEST_PAGES = 4
"""A site of fewer pages has no boilerplate; and no block is any that stands on fewer than three."""

MOST_AROUND = 400
"""Blocks around a page's own, from both ends, by which repetition is seen."""

LONGEST_TOLD = 200
"""Characters that are shown of a line that was left out."""

LONGEST_HEAD = 60
"""Characters before a title's colon that may be a site's name; it is where nearly all of its pages have them."""

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
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n)")
_GAPS = re.compile(r"\n{3,}")
_TITLE_PARTS = re.compile(r"(?<!\s)\s++[|–—·•»›:\-]++\s++|(?:(?<!\s)\s++)?[|»]\s*")


class Line(NamedTuple):
    """A block as text. fact: it is a "Label: value", which pages of one site may share without being boilerplate.

    places: marks of the text where it stands, exactly and but for the page's own name and numbers.
    """

    text: str
    fact: bool = False
    places: tuple[str, ...] = ()


class Beside(NamedTuple):
    """A line beside the text that may be of the page's thing, in an element of this look. at: the own lines before."""

    at: int
    look: str
    line: Line


class Extract(msgspec.Struct, frozen=True):
    """A page's own blocks. page: the page's digest. titles: what the page calls itself, most trusted first.

    around: marks of what stands around them, by which a site's other pages see that it is repeated.
    beside: lines beside the text of which the site's pages together say whether they are of the page's thing.
    """

    page: str
    titles: tuple[str, ...]
    lines: tuple[Line, ...]
    fields: dict[str, str]
    removed: dict[str, int]
    around: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()


class LeftOut(msgspec.Struct, frozen=True):
    """A line that a site repeats, as one of its pages has it, and from how many pages it was left out."""

    text: str
    pages: int


class Boilerplate(msgspec.Struct, frozen=True):
    """What a site repeats, as it is stored: the marks, and the lines that they stand for, on most pages first."""

    marks: frozenset[str]
    lines: tuple[LeftOut, ...]


Made = TypeVar("Made")


def encode(made: Extract | Boilerplate | frozenset[str] | Doc | Rejected) -> bytes:
    """The record as JSON; the same record always gives the same bytes."""
    return msgspec.json.encode(sorted(made) if isinstance(made, frozenset) else made, order="deterministic")


def decode(kind: type[Made], data: bytes) -> Made:
    """The record that `encode` wrote: kind is Extract, Boilerplate, frozenset, Doc or Rejected."""
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
    beside: tuple[Beside, ...] = ()
    if page.media == "html":
        titles, lines, around, beside = _from_html(page, counts)
    else:
        lines = [Line(text) for text in _from_text(page.body.decode("utf-8", "replace"), counts).split("\n")]
    of_cell = _readable if page.media == "html" else _from_text  # the head of a page has no entities left
    title = one_line(of_cell(page.title, counts))
    fields = {name: value for name, raw in page.fields.items() if (value := one_line(of_cell(raw, counts)))}
    return Extract(page.digest, (title,) if title else titles, tuple(lines), fields, dict(counts), around, beside)


def parsed_page(page: Page) -> Parsed:
    """An HTML page's blocks, its own and all others."""
    found = _CHARSET.search(page.body[:4096])
    return parse(guard.decode(page.body, (found[1] or found[2]).decode("ascii") if found else ""))


def _from_html(
    page: Page, counts: Counter[str]
) -> tuple[tuple[str, ...], list[Line], tuple[str, ...], tuple[Beside, ...]]:
    parsed = parsed_page(page)
    blocks = main_blocks(parsed)
    counts.update(parsed.removed)
    counts["around"] += len(parsed.blocks) - len(blocks)
    titles = tuple(title for raw in parsed.titles if (title := one_line(_readable(raw, counts))))
    names = _names(titles)
    read = [(block, line) for block in blocks if (line := _line(block, names, counts)).text]
    lines = [line for _, line in read]
    found = candidates(parsed, [block for block, _ in read])
    beside = tuple(Beside(at, block.look, line) for at, block in found if (line := _line(block, names, Counter())).text)
    return titles, lines or _described(parsed, counts), _around(parsed.blocks, blocks, names), beside


def _line(block: Block, names: Sequence[str], counts: Counter[str]) -> Line:
    text = _readable(block.text, counts).strip()
    return Line(text, block.tag == "fact", _places(block, text, names))


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
    """Marks of the blocks and title parts that stand on more than this share of a site's pages, in the same company.

    extracts: all pages of one site, in any order. Facts, and lines that are the same but for the page's name or a
    number, need four fifths of the pages. Pages of "" are no site.

    Standing on many pages is not enough: "1 onion" does on recipes, "free parking" on hotels. A site writes its own
    lines as one piece, so their neighbours are the same everywhere; what is said of a thing comes and goes with other
    things. `Company` says which is which. A line that most pages hold to stand around their text needs no company.

    Besides, marks of what the pages of a site say beside their text (`beside`).
    """
    counts: Counter[str] = Counter()
    own: Counter[str] = Counter()
    company, boxes = Company(), Boxes()
    for page in extracts:
        lines = [_line_marks(line) for line in page.lines]
        marks = {mark for line in lines for mark in line} | set(map(_title_mark, _title_parts(page.titles)))
        marks |= {_head_mark(head) for title in page.titles if (head := _head(title))}
        counts.update(marks.union(page.around))
        own.update(marks)
        company.add([line.text for line in page.lines], lines)
        beside = [(one.look, one.line, _line_marks(one.line)[0]) for one in page.beside]
        boxes.add((look, mark, tells(line.text, line.fact)) for look, line, mark in beside)
    if company.pages < FEWEST_PAGES:
        return frozenset()
    pages = company.pages
    need = dict.fromkeys(("fact", "near", "head"), max(share, NEARLY_ALL) * pages)
    often = {m for m in own if counts[m] >= 3 and counts[m] > need.get(m.split(":")[0], share * pages)}
    constant = company.constant(share)
    sites = {
        m for m in often if m.startswith(("title:", "head:")) or company.key(m) in constant or 2 * own[m] < counts[m]
    }
    return frozenset({*sites, *boxes.marks(own, share * pages)})


def left_out(extracts: Iterable[Extract], repeated: frozenset[str]) -> tuple[LeftOut, ...]:
    """The lines that `finish` takes from a site's pages, on most pages first. Lines alike but for a name are one."""
    pages: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for extracted in extracts:
        gone = {_told_by(line, repeated): line.text[:LONGEST_TOLD] for line in _parted(extracted, repeated)[1]}
        pages.update(gone.keys())
        texts.update((mark, min(text, texts.get(mark, text))) for mark, text in gone.items())
    told = (LeftOut(texts[mark], n) for mark, n in pages.items())
    return tuple(sorted(told, key=lambda one: (-one.pages, one.text)))


def _told_by(line: Line, repeated: frozenset[str]) -> str:
    """The mark under which a line is counted: that of its text, but for the page's name where that is repeated."""
    first, *others = _line_marks(line)
    return next((mark for mark in others if mark.startswith("near:") and mark in repeated), first)


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


def _head(title: str) -> str:
    """What stands before a title's first colon, where that may be the site's name: "TenderBoard: Lifts in Leeds"."""
    head, colon, rest = title.partition(": ")
    return head.strip() if colon and rest.strip() and len(head) <= LONGEST_HEAD else ""


def _head_mark(head: str) -> str:
    return f"head:{digest(_folded(head))}"


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
    own, gone = _parted(extracted, repeated)
    text = "\n".join(line.text for line in own if line.fact or not leads_about(line.text)).strip()
    ways = sum(leads_about(line.text) for line in own if not line.fact)
    removed = extracted.removed | {"boilerplate": len(gone), "navigation": ways}
    title = _title(extracted.titles, repeated)
    if not text and (page.media == "html" or not title):
        what = "the page has no text of its own" if page.media == "html" else "the row has neither a title nor text"
        advice = (
            "if people see text there, it is made by scripts: save the page as the browser shows it, or leave it out"
        )
        return Rejected(page.source, page.line, f"{page.id}: {what}", advice, title[:200])
    return Doc(page.id, title, text, extracted.fields, _counted(removed), _clean_stamp(extracted.page, repeated))


def _parted(extracted: Extract, repeated: frozenset[str]) -> tuple[list[Line], list[Line]]:
    """The page's own lines, and those that it loses since its site repeats them."""
    own: list[Line] = []
    gone: list[Line] = []
    for line in _with_beside(extracted, repeated):
        (own if repeated.isdisjoint(_line_marks(line)) else gone).append(line)
    if not any(line.text for line in own) and sum(len(line.text) for line in extracted.lines) > 300:
        return list(extracted.lines), []
    return own, gone


def _with_beside(extracted: Extract, repeated: frozenset[str]) -> Iterator[Line]:
    """The page's lines and, where they stand, those beside the text that the site's other pages show to be its own."""
    beside = [
        one
        for one in extracted.beside
        if look_mark(one.look) in repeated and site_mark(_line_marks(one.line)[0]) not in repeated
    ]
    said = iter(beside)
    coming = next(said, None)
    for at, line in enumerate(extracted.lines):
        while coming and coming.at <= at:
            yield coming.line
            coming = next(said, None)
        yield line
    yield from (one.line for one in (coming, *said) if one)


def _counted(removed: Mapping[str, int]) -> dict[str, int]:
    return {kind: n for kind, n in sorted(removed.items()) if n}


def _title(titles: Sequence[str], repeated: frozenset[str]) -> str:
    """The most trusted title that the site does not repeat, without the parts that it does."""
    return _headless(_own_title(titles, repeated), repeated)


def _headless(title: str, repeated: frozenset[str]) -> str:
    head = _head(title)
    return title.partition(": ")[2].strip() if head and _head_mark(head) in repeated else title


def _own_title(titles: Sequence[str], repeated: frozenset[str]) -> str:
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
