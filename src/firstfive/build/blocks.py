"""A page's visible text as blocks, in the order of the page, each with what is needed to judge it.

Nodes that no reader sees are dropped first: scripts and comments, `hidden` and `aria-hidden`, and styles that hide,
inline or by a simple rule of a <style> element. Text in them is how pages stuff keywords and speak to programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import pairwise
from typing import Any

import lxml.etree
import lxml.html

from firstfive import guard

Element = Any
"""An lxml element: lxml ships no types."""

DEEPEST, MOST, DEEPEST_SUM = 250, 12_000, 1_000_000
"""Levels, elements and their levels added up, above which a page's tree is not handed on; its blocks are.

Other tools recurse, and take seconds for what is some ten times as large as the largest pages that people read.
"""

LONG_ATTRIBUTE, MANY_CHARACTERS = 1_000, 500_000
"""In a source of many characters, what attributes hold beyond this length (pictures, data) is cut off."""

PARSED_DEEPEST, PARSED_MOST = 2_000, 200_000
"""Levels at which the parser stops, and elements that a page may have; beyond, it is read as plain text."""

LONGEST_STYLE = 300_000
"""Characters of a <style> element that are read."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BREAKS = _words(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup p pre section summary table "
    "tbody td tfoot th thead tr ul caption"
)
_SILENT = _words(
    "script style noscript template iframe object embed applet audio video canvas svg map select option datalist "
    "textarea button input head title frameset noframes progress meter dialog"
)
_CODE = _words("script style noscript template")
_AROUND = _words("nav header footer aside form menu dir")
_AROUND_ROLES = _words("navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar")
_BOXES = _words("aside complementary")
_ARTICLES = _words("article main")
_OF_SITE = _words(
    "comment comments commentlist reply replies respond disqus review reviews testimonial testimonials related similar "
    "recommended recommendations share sharing sharedaddy social follow newsletter subscribe signup cookie cookies "
    "consent gdpr breadcrumb breadcrumbs crumbs menu nav navbar navigation popup modal overlay banner advert ads ad "
    "advertisement sponsor sponsored promo teaser teasers ticker latest recent popular trending author byline bio "
    "footer foot header topbar login search pagination pager copyright disclaimer disclosure imprint caption "
    "figcaption credit credits photo gallery video embed excerpt feedback poll polls kommentar kommentare "
    "verwandt bewertungen commentaire commentaires avis events agenda calendar news termine veranstaltungen actualités "
    "stats counter widget"
)
"""Words of a class or an id that say that what stands there is the site's, or another reader's or page's."""
_PARTS_OF_NAME = re.compile(r"[\s_-]+")
_SAID_HEADING = "//*[@role='heading' and @aria-level='1']"
_NEVER_HIDDEN = _words("html body")
_UNSEEN_CLASSES = _words(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only element-invisible"
)
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:^|[;{\s])opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*(?:0+(?:\.0+)?\s*(?:px|pt|em|rem|%)?|[01](?:\.\d+)?\s*px)\s*(?:;|!|$)"
    r"|(?:^|[;{\s])color\s*:\s*transparent"
    r"|(?:left|top|right|bottom|text-indent|margin-left|margin-top)\s*:\s*-\s*(?:999|\d{4,})|clip\s*:\s*rect\(\s*[01]"
    r"(?:px)?[ ,]+[01]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|content-visibility\s*:\s*hidden|transform\s*:\s*scale\(\s*0\s*\)",
    re.IGNORECASE,
)
_NO_ROOM = re.compile(r"(?:^|[;{\s])(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^<>]*+>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_CSS_NOISE = re.compile(
    r"/\*.*?(?:\*/|\Z)|@(?:media|supports|keyframes|font-face|-\w++)[^{@]*+\{(?:[^{}]*+\{[^{}]*+\})*[^{}]*+\}",
    re.DOTALL,
)
_CSS_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#][-\w]+)$", re.IGNORECASE)
_TAGS = re.compile(
    r"<!--.*?(?:-->|$)|<(?P<unseen>[a-z]+)\b[^<>]*?(?:\shidden\b|display\s*:\s*none)[^<>]*>.*?(?:</(?P=unseen)\s*>|$)"
    r"|<(script|style|noscript|template|svg|head)\b.*?(?:</\2\s*>|$)|</?(?P<name>[a-z][a-z0-9]*)[^<>]*(?:>|(?=<)|$)"
    r"|<[!?][^>]*>?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text that a browser shows as its own line or paragraph.

    links: how many of its characters are link text. around: it stands in navigation, a header, a footer or the like.
    of_site: it is in navigation, comments, related pages or the like; a side box or an article's own footer does not
    count.
    path: numbers of the block elements around it, outermost first; the first 60. look: tag and class of the element
    that holds it and of the one around that. article: number of the nearest <article> or <main> around, 0 without one.
    label: for a fact such as "Founded: 1987", the part before the colon.
    """

    text: str
    tag: str
    links: int
    around: bool
    path: tuple[int, ...]
    look: str
    label: str = ""
    article: int = 0
    of_site: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page read: its blocks, its names, and counts of what was dropped. tree: for more readers."""

    blocks: tuple[Block, ...]
    titles: tuple[str, ...]
    description: str
    tree: Element | None
    removed: dict[str, int] = field(default_factory=dict)


def parse(source: str) -> Parsed:
    """The page's blocks. Never fails, whatever the source is; what no parser can follow is read as plain text.

    Cost: about 3 ms for a page of 100 kB.
    """
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(guard.storable(source).encode("utf-8"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return _as_text(source)
    depth, elements, levels = _extent(tree)
    if depth >= PARSED_DEEPEST or elements > PARSED_MOST:
        return _as_text(source)
    titles, description = _names(tree)
    removed = _drop_unseen(tree, _unseen_names(source))
    if len(source) > MANY_CHARACTERS:
        _cut_attributes(tree)
    moderate = depth <= DEEPEST and elements <= MOST and levels <= DEEPEST_SUM
    return Parsed(tuple(_blocks(tree)), titles, description, tree if moderate else None, removed)


def without_tags(text: str) -> str:
    """HTML that no parser can follow, as text: tags out, block tags as line ends, entities read."""

    def replaced(tag: re.Match[str]) -> str:
        name = (tag["name"] or "").lower()
        return "\n" if name in _BREAKS or name == "br" else ""

    return unescape(_TAGS.sub(replaced, text))


def _as_text(source: str) -> Parsed:
    lines = (one_line(line) for line in without_tags(source).split("\n"))
    blocks = tuple(Block(line, "p", 0, False, (0,), "p") for line in lines if line)
    title = re.search(r"<title[^>]*>([^<]*)", source, re.IGNORECASE)
    return Parsed(blocks, (one_line(unescape(title[1])),) if title else (), "", None)


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def _extent(tree: Element) -> tuple[int, int, int]:
    """How deep the tree is, how many elements it has, and their levels added up."""
    depth = deepest = elements = levels = 0
    for event, _ in lxml.etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        deepest = max(deepest, depth)
        elements += 1
        levels += depth
    return deepest, elements, levels


def _cut_attributes(tree: Element) -> None:
    """Shortens long attributes, once it is known what they hide."""
    for element in tree.iter():
        for name, value in element.attrib.items():
            if len(value) > LONG_ATTRIBUTE:
                element.set(name, value[:LONG_ATTRIBUTE])


def _names(tree: Element) -> tuple[tuple[str, ...], str]:
    """What the page calls itself (h1, og:title, title, in that order) and how it describes itself.

    An element that only says that it is the heading counts where a title, which tells more, does not hold its words.
    """
    found = {"h1": "", "og:title": "", "title": "", "description": ""}
    for element in tree.iter("h1", "title", "meta"):
        if element.tag == "meta":
            name = str(element.get("property") or element.get("name") or "").lower()
            name, text = {"og:description": "description"}.get(name, name), element.get("content") or ""
        else:
            name, text = element.tag, "".join(element.itertext())
        if name in found and not found[name]:
            found[name] = one_line(text)
    if not found["h1"] and (said := tree.xpath(_SAID_HEADING)):
        heading = one_line("".join(said[0].itertext()))
        found["h1"] = heading if heading not in found["og:title"] + found["title"] else ""
    return tuple(found[name] for name in ("h1", "og:title", "title") if found[name]), found["description"]


# --- what no reader sees ----------------------------------------------------------------------------------------------


def _unseen_names(source: str) -> frozenset[str]:
    """Classes (".x") and ids ("#x") that a simple rule in a <style> element hides on every screen."""
    names: set[str] = set()
    for style in _STYLE.findall(source):
        for rule in _CSS_NOISE.sub("", style[:LONGEST_STYLE]).split("}"):
            selectors, _, declarations = rule.partition("{")
            if _hides(declarations):
                names.update(m[1] for s in selectors.split(",") if (m := _CSS_SIMPLE.match(s.strip())))
    return frozenset(names)


def _hides(style: str) -> bool:
    return bool(_UNSEEN_STYLE.search(style) or (_NO_ROOM.search(style) and _CLIPPED.search(style)))


def _unseen(element: Element, names: frozenset[str]) -> bool:
    if element.tag in _NEVER_HIDDEN:
        return False
    attributes = element.attrib
    if "hidden" in attributes or attributes.get("aria-hidden", "").strip().lower() == "true":
        return True
    if "style" in attributes and _hides(attributes["style"]):
        return True
    if names and "id" in attributes and "#" + attributes["id"] in names:
        return True
    classes = attributes.get("class", "").split()
    return any(c in _UNSEEN_CLASSES or "." + c in names for c in classes)


def _drop_unseen(tree: Element, names: frozenset[str]) -> dict[str, int]:
    """Takes unseen nodes out of the tree, keeping the text that follows them; counts by kind."""
    removed: dict[str, int] = {}
    doomed: list[tuple[str, Element]] = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            doomed.append(("comment", element))
        elif element.tag in _SILENT:
            if element.tag not in ("head", "title"):
                doomed.append(("script" if element.tag in _CODE else "form", element))
        elif element.attrib and _unseen(element, names):
            doomed.append(("hidden", element))
    for kind, element in doomed:
        if element.getparent() is not None:
            removed[kind] = removed.get(kind, 0) + 1
            element.drop_tree()
    return removed


# --- blocks -----------------------------------------------------------------------------------------------------------


class _Walk:
    """Collects blocks while walking a tree: text gathers until an element breaks the line."""

    def __init__(self) -> None:
        self.done: list[Block] = []
        self.parts: list[str] = []
        self.links = 0
        self.stack: list[tuple[int, Element]] = []
        self.around = 0
        self.of_site = [False]
        self.articles = 0
        self.in_link = 0
        self.number = 0

    def text(self, text: str | None) -> None:
        if text:
            self.parts.append(text)
            if self.in_link:
                self.links += len(one_line(text))

    def flush(self) -> None:
        """Ends a line: what has gathered becomes a block."""
        text, links = one_line("".join(self.parts)), self.links
        self.parts, self.links = [], 0
        if not text:
            return
        tag = _tag(self.stack[-1][1]) if self.stack else "p"
        look = ">".join(f"{e.tag}.{e.get('class', '')[:100]}" for _, e in self.stack[-2:])
        path = tuple(number for number, _ in self.stack[:60])
        article = next((number for number, e in reversed(self.stack) if e.tag in ("article", "main")), 0)
        self.done.append(
            Block(text, tag, min(links, len(text)), self.around > 0, path, look, "", article, self.of_site[-1])
        )


def _blocks(tree: Element) -> Iterator[Block]:
    walk = _Walk()
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if tag in ("head", "title"):
            continue
        if event == "start":
            _enter(walk, element, tag)
        else:
            _leave(walk, element, tag)
    walk.flush()
    yield from _facts(walk.done)


def _enter(walk: _Walk, element: Element, tag: str) -> None:
    if tag == "br":
        walk.flush()
    elif tag in _BREAKS:
        walk.flush()
        walk.number += 1
        walk.stack.append((walk.number, element))
        walk.around += _is_around(element, tag)
        walk.of_site.append(walk.of_site[-1] or _is_sites(element, tag, walk.articles > 0))
        walk.articles += tag in _ARTICLES
    elif tag == "a":
        walk.in_link += _is_link(element)
    if not (element.getparent() is not None and element.getparent().tag == "head"):
        walk.text(element.text)


def _leave(walk: _Walk, element: Element, tag: str) -> None:
    if tag in _BREAKS:
        walk.flush()
        walk.stack.pop()
        walk.around -= _is_around(element, tag)
        walk.of_site.pop()
        walk.articles -= tag in _ARTICLES
    elif tag == "a":
        walk.in_link -= _is_link(element)
    walk.text(element.tail)


def _is_link(element: Element) -> bool:
    """Whether an <a> leads somewhere, by address or script, and is not just a named place."""
    return "href" in element.attrib or not ("name" in element.attrib or "id" in element.attrib)


def _tag(element: Element) -> str:
    """The element's tag; "h1" for one that only says that it is the page's heading."""
    is_heading = element.get("role") == "heading" and element.get("aria-level") == "1"
    return "h1" if is_heading else str(element.tag)


def _is_around(element: Element, tag: str) -> bool:
    role = element.get("role")
    return tag in _AROUND or (role is not None and role.lower() in _AROUND_ROLES)


def _is_sites(element: Element, tag: str, in_article: bool) -> bool:
    """Whether an element around the text, or so named, can hold nothing that is said of the page's own thing."""
    if tag in _ARTICLES or tag in ("html", "body"):
        return False
    role = (element.get("role") or "").lower()
    if _is_around(element, tag) and not _BOXES.intersection((tag, role)) and not (tag == "footer" and in_article):
        return True
    named = f"{element.get('class', '')[:100]} {element.get('id', '')[:100]}".lower()
    return not _OF_SITE.isdisjoint(_PARTS_OF_NAME.split(named))


def _facts(blocks: list[Block]) -> Iterator[Block]:
    """Joins a label and its value, <dt> and <dd> or the two cells of a row, to one block "Label: value"."""
    rows = _rows(blocks)
    at = 0
    while at < len(blocks):
        here = blocks[at]
        if at in rows:
            after = blocks[at + 1]
            label = here.text.rstrip(" :")
            text = f"{label}: {after.text}"
            links = here.links + after.links
            yield replace(here, text=text, tag="fact", links=links, path=here.path[:-1], label=label)
            at += 2
        else:
            cells = _cells(blocks, at)
            yield here if cells == 1 else _joined(blocks[at : at + cells])
            at += cells


def _cells(blocks: list[Block], at: int) -> int:
    """How many blocks from here are the short cells of one table row; 1 where they are none."""
    row = blocks[at].path[:-1]
    end = at
    while end < len(blocks) and blocks[end].tag in ("td", "th") and blocks[end].path[:-1] == row:
        end += 1
    whole = end == len(blocks) or blocks[end].path[: len(row)] != row
    short = all(len(cell.text) <= 120 for cell in blocks[at:end])
    lines_of_one = any(one.path == other.path for one, other in pairwise(blocks[at:end]))
    return end - at if end - at > 2 and whole and short and not lines_of_one and len(row) < 60 else 1


def _joined(cells: list[Block]) -> Block:
    text = " | ".join(cell.text for cell in cells)
    links = sum(cell.links for cell in cells)
    return replace(cells[0], text=text, tag="row", links=links, path=cells[0].path[:-1])


def _rows(blocks: list[Block]) -> set[int]:
    """Where a label stands that the next block is the value of. Rows of plain <div> need a like row beside them."""
    sure: set[int] = set()
    maybe: list[int] = []
    for at in range(len(blocks) - 1):
        label, value = blocks[at], blocks[at + 1]
        if len(label.text) > 60 or label.tag == "h1":
            continue
        if label.tag == "dt" and value.tag == "dd":
            sure.add(at)
        elif _are_row(blocks, at):
            if label.tag == "th" or (label.tag, value.tag) == ("td", "td"):
                sure.add(at)
            elif len(label.text) <= 40 and len(value.text) <= 200 and not label.text.endswith((".", "!", "?", ",")):
                maybe.append(at)
    for at, following in pairwise(maybe):
        if following == at + 2 and blocks[at].path[:-2] == blocks[following].path[:-2]:
            sure |= {at, following}
    return sure


def _are_row(blocks: list[Block], at: int) -> bool:
    """Whether this block and the next are two elements, and all that stands in the element around them."""
    own, other = blocks[at].path, blocks[at + 1].path
    row = own[:-1]
    if not row or len(own) >= 60 or other[:-1] != row or other == own:
        return False
    before = at > 0 and blocks[at - 1].path[: len(row)] == row
    after = at + 2 < len(blocks) and blocks[at + 2].path[: len(row)] == row
    return not before and not after
