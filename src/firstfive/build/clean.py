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
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from itertools import pairwise
from typing import NamedTuple, TypeVar

import msgspec

from firstfive import guard
from firstfive.build.blocks import Block, Parsed, one_line, parse
from firstfive.build.main_text import main_blocks
from firstfive.build.navigation import leads_about
from firstfive.build.repair import repaired
from firstfive.types import Doc, Page, Rejected, Stamp, StampId, digest

EXTRACT_VERSION = 4
BOILERPLATE_VERSION = 4
CLEAN_VERSION = 4

FEWEST_PAGES = 4
"""A site of fewer pages has no boilerplate; and no block is any that stands on fewer than three."""

NEARLY_ALL = 0.8
"""The share of pages that counts as nearly all, for a line or for a neighbour beside it."""

WORDS_AT_END, WORDS_WITHIN = 6, 12
"""Words that lines in constant company need together, at a page's begin or end and in its midst, to be the site's."""

MOST_AROUND = 400
"""Blocks around a page's own, from both ends, by which repetition is seen."""

LONGEST_TOLD = 200
"""Characters that are shown of a line that was left out."""

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
    if page.media == "html":
        titles, lines, around = _from_html(page, counts)
    else:
        lines = [Line(text) for text in _from_text(page.body.decode("utf-8", "replace"), counts).split("\n")]
    of_cell = _readable if page.media == "html" else _from_text  # the head of a page has no entities left
    title = one_line(of_cell(page.title, counts))
    fields = {name: value for name, raw in page.fields.items() if (value := one_line(of_cell(raw, counts)))}
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
    """Marks of the blocks and title parts that stand on more than this share of a site's pages, in the same company.

    extracts: all pages of one site, in any order. Facts, and lines that are the same but for the page's name or a
    number, need four fifths of the pages. Pages of "" are no site.

    Standing on many pages is not enough: "1 onion" does on recipes, "free parking" on hotels. A site writes its own
    lines as one piece, so their neighbours are the same everywhere; what is said of a thing comes and goes with other
    things. `_Company` says which is which. A line that most pages hold to stand around their text needs no company.
    """
    counts: Counter[str] = Counter()
    own: Counter[str] = Counter()
    company = _Company()
    for page in extracts:
        lines = [_line_marks(line) for line in page.lines]
        marks = {mark for line in lines for mark in line} | set(map(_title_mark, _title_parts(page.titles)))
        counts.update(marks.union(page.around))
        own.update(marks)
        company.add(page.lines, lines)
    if company.pages < FEWEST_PAGES:
        return frozenset()
    pages = company.pages
    need = dict.fromkeys(("fact", "near"), max(share, NEARLY_ALL) * pages)
    often = {m for m in own if counts[m] >= 3 and counts[m] > need.get(m.split(":")[0], share * pages)}
    constant = company.constant(share)
    return frozenset(m for m in often if m.startswith("title:") or company.key(m) in constant or 2 * own[m] < counts[m])


BEGIN, END = 0, 1
"""What stands before a page's first line and after its last, as numbers of lines."""


class _Company:
    """What stands directly before and after each line, over a site's pages.

    A line's side is constant if what stands there on nearly all its pages is one neighbour, or one of a few that each
    repeat themselves: a folder of two sites has two. Two lines are bound if the one's lower and the other's upper side
    are constant: a heading that stands over everything does not bind what often comes first below it. Bound lines are a
    run; the page's own begin and end bind too. A run is the site's if it is long enough to be no chance: a few words at
    the begin or end (or fewer on nearly all pages), more in the midst of a page, where two ingredients that always go
    together would otherwise be taken for it. A line of so many words that stands on nearly all pages is one by itself.

    Memory: a number or two for each different line and each different pair of neighbours.
    """

    def __init__(self) -> None:
        self.pages = 0
        self._keys: dict[str, str] = {}
        self._numbers: dict[str, int] = {"begin": BEGIN, "end": END}
        self._words: dict[int, int] = {}
        self._stands: Counter[int] = Counter()
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, lines: Sequence[Line], marks: Sequence[tuple[str, ...]]) -> None:
        """Notes a page's lines, each with its marks."""
        self.pages += 1
        numbers = [self._number(line.text, own) for line, own in zip(lines, marks, strict=True)]
        self._stands.update(set(numbers))
        self._pairs.update(set(pairwise([BEGIN, *numbers, END])))

    def key(self, mark: str) -> str:
        """By what the line that has the mark is known here."""
        return self._keys.get(mark, mark)

    def constant(self, share: float) -> set[str]:
        """Keys of the lines that are part of a site's run."""
        bound = self._bound(share * NEARLY_ALL * self.pages)
        ends = {line for pair in bound if BEGIN in pair or END in pair for line in pair}
        site = {line for run in _runs(bound) if self._is_sites(run, not ends.isdisjoint(run)) for line in run}
        site |= {
            line for line, n in self._stands.items() if n >= NEARLY_ALL * self.pages and self._is_sites({line}, False)
        }
        return {key for key, number in self._numbers.items() if number in site}

    def _number(self, text: str, marks: tuple[str, ...]) -> int:
        """The line's number: lines that are the same but for the page's name are one."""
        key = marks[-1] if marks[-1].startswith("near:") else marks[0]
        number = self._numbers.setdefault(key, len(self._numbers))
        words = len(_WORD.findall(text))
        self._words[number] = min(self._words.get(number, words), words)
        self._keys.update((mark, min(self._keys.get(mark, key), key)) for mark in marks if mark != key)
        return number

    def _bound(self, often: float) -> list[tuple[int, int]]:
        """The pairs of neighbours of which each is constant for the other."""
        pairs = [(pair, n) for pair, n in self._pairs.items() if n >= 3 and n > often]
        after, before = Counter[int](), Counter[int]()
        for (one, other), n in pairs:
            after[one] += n
            before[other] += n
        firm = (pair for pair, _ in pairs if self._nearly(pair[0], after[pair[0]]))
        return [pair for pair in firm if self._nearly(pair[1], before[pair[1]])]

    def _nearly(self, line: int, n: int) -> bool:
        """Whether so many are nearly all the line's pages; a page's begin and end bind whatever stands there."""
        return line in (BEGIN, END) or n >= NEARLY_ALL * self._stands[line]

    def _is_sites(self, run: set[int], at_end: bool) -> bool:
        words = sum(self._words[line] for line in run)
        if not at_end:
            return words >= WORDS_WITHIN
        return words >= WORDS_AT_END or any(self._stands[line] >= NEARLY_ALL * self.pages for line in run)


def _runs(bound: Iterable[tuple[int, int]]) -> list[set[int]]:
    """The lines that are bound to each other, directly or by others, but for the page's begin and end."""
    runs: dict[int, set[int]] = {}
    for pair in bound:
        lines = {line for line in pair if line not in (BEGIN, END)}
        joined = lines.union(*(runs.get(line, set()) for line in lines))
        runs.update(dict.fromkeys(joined, joined))
    return list({id(run): run for run in runs.values()}.values())


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
    for line in extracted.lines:
        (own if repeated.isdisjoint(_line_marks(line)) else gone).append(line)
    if not any(line.text for line in own) and sum(len(line.text) for line in extracted.lines) > 300:
        return list(extracted.lines), []
    return own, gone


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
