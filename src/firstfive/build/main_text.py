"""Which of a page's blocks are its own text, and not what stands around it.

trafilatura reads the page twice, once for precision and once for recall, and each block asks whether it was picked.
What it picked is then mended by what the page's structure says: blocks that look like the picked ones or stand between
them are kept, links to other pages are dropped, and on short pages, of which trafilatura drops facts and single
sentences, those of the part of the page that holds the picked text are kept.
"""

from __future__ import annotations

import copy
import logging
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import trafilatura

from firstfive import guard
from firstfive.build.blocks import Block, Parsed

LARGEST, MOST = 3_000_000, 20_000
"""Characters of visible text and blocks above which trafilatura is not asked: its cost grows faster than the page."""

SHORT = 2_000
"""A page whose picked text is shorter is a listing rather than an article."""

FEW = 600
"""Characters below which so little was picked that trafilatura has lost sentences, not only facts."""

# It warns of every odd page, one by one; what comes of a page is said by its Doc.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_WORD = re.compile(r"\w+")
_ELSEWHERE = re.compile(
    r"^(?:share (?:this|on)|follow (?:us|@|\S+ on)|sign up|subscribe|read (?:more|next|also)\b|see (?:more|also)\s*:"
    r"|related\b|also (?:on|read)|more (?:from|on)\b|click here|all rights reserved|tags?\s*:|filed under|don.t miss"
    r"|advertisement|like this (?:story|post)|tell us what|posted (?:in|by)|comments?$|leave a (?:comment|reply)"
    r"|lesen sie (?:auch|mehr)|mehr zum thema|lire aussi|à lire|voir aussi|leggi anche|lees ook|lea también"
    r"|leia também)",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\bcookies?\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")


def main_blocks(page: Parsed) -> tuple[Block, ...]:
    """The page's own blocks in order, each longer text once; the title, where it stands at the top, is left out.

    Cost: about 25 ms for a page of 100 kB, nearly all of it trafilatura's.
    """
    blocks = page.blocks
    names = {_key(title) for title in page.titles}
    chosen = _picked(page, blocks)
    if chosen:
        chosen = _within(blocks, chosen, names)
        chosen = _filled(blocks, _like_the_chosen(blocks, chosen))
    if _size(blocks, chosen) < SHORT:
        chosen = _filled(blocks, _with_particulars(blocks, chosen))
    chosen |= _headings(blocks, chosen)
    linked = _linked(blocks)
    kept = [blocks[at] for at in sorted(chosen) if not _leads_elsewhere(blocks[at], linked)]
    kept = [b for at, b in enumerate(kept) if at >= 5 or _key(b.text) not in names]
    longer = {block.text: block for block in reversed(kept) if len(block.text) >= 80}
    return tuple(block for block in kept if longer.get(block.text, block) is block)


def _size(blocks: Sequence[Block], chosen: set[int]) -> int:
    return sum(len(blocks[at].text) for at in chosen)


def _words(text: str) -> list[str]:
    """The words as a reader sees them: no soft hyphen or zero-width space cuts one in two."""
    return _WORD.findall(guard.printable(text)[0])


def _key(text: str) -> str:
    return " ".join(_words(text.lower()))


# --- asking trafilatura -----------------------------------------------------------------------------------------------


def _picked(page: Parsed, blocks: Sequence[Block]) -> set[int]:
    """Blocks in trafilatura's precise reading of the page, or in its broad one where the precise has lost most."""
    if page.tree is None or len(blocks) > MOST or sum(len(block.text) for block in blocks) > LARGEST:
        return set()
    precise = _found(blocks, _read(page.tree, favor_precision=True))
    broad = _found(blocks, _read(page.tree, fast=True))
    return precise if _size(blocks, precise) > 0.4 * _size(blocks, broad) else broad


def _read(tree: Any, **way: Any) -> str:
    """trafilatura's text of the page; nothing where it fails, which hostile markup makes it do in many ways."""
    try:
        return trafilatura.extract(copy.deepcopy(tree), include_comments=False, **way) or ""
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, ArithmeticError, AssertionError):
        return ""


def _found(blocks: Sequence[Block], text: str) -> set[int]:
    """Blocks whose words stand in the text: most of their runs of four words, or for short ones a whole line."""
    lines = {" ".join(_words(part)) for line in text.split("\n") for part in (line, *line.split("|"))}
    grams = set(_grams(_words(text)))
    found = set()
    for at, block in enumerate(blocks):
        words = _words(block.text)
        if len(words) < 4:
            inside = bool(words) and not block.around and " ".join(words) in lines
        else:
            own = _grams(words)
            inside = sum(gram in grams for gram in own) >= 0.6 * len(own)
        if inside:
            found.add(at)
    return found


def _grams(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))]


# --- mending ----------------------------------------------------------------------------------------------------------


def _linked(blocks: Sequence[Block]) -> frozenset[tuple[int, ...]]:
    """The elements of whose text at least half is links: lists of links, line by line."""
    sizes, links = Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
    for block in blocks:
        sizes[block.path] += len(block.text)
        links[block.path] += block.links
    return frozenset(path for path, size in sizes.items() if links[path] >= 0.5 * size)


def _leads_elsewhere(block: Block, linked: frozenset[tuple[int, ...]]) -> bool:
    """Whether a block is link in an element of links, a note about cookies, or a short "Read more: ..."."""
    if block.tag == "fact":
        return False
    size = len(block.text)
    if block.links >= 0.8 * size and block.path in linked:
        return True
    return size < 300 and bool(_ELSEWHERE.match(block.text) or (block.around and _COOKIES.search(block.text)))


def _plain(block: Block) -> bool:
    return not block.around and block.links < 0.3 * len(block.text)


def _like_the_chosen(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Adds paragraphs of the same article with the look of most chosen ones: pages cut long texts in several pieces."""
    by_article, by_look = Counter[int](), Counter[str]()
    for block in (blocks[at] for at in chosen):
        by_article[block.article] += len(block.text)
        by_look[block.look] += len(block.text) if block.tag == "p" else 0
    article = by_article.most_common(1)[0][0]
    usual = {look for look, size in by_look.items() if size > 0.4 * _size(blocks, chosen)}
    alike = (at for at, b in enumerate(blocks) if b.article == article and b.look in usual and len(b.text) >= 40)
    return chosen | {at for at in alike if article and _plain(blocks[at])}


def _within(blocks: Sequence[Block], chosen: set[int], names: set[str]) -> set[int]:
    """Drops short blocks outside the innermost element that holds nearly all of the chosen text."""
    whole = _size(blocks, chosen)
    held = Counter[tuple[int, ...]]()
    for at in chosen:
        path = blocks[at].path
        for depth in range(len(path)):
            held[path[:depth]] += len(blocks[at].text)
    part = max((path for path, size in held.items() if size >= SHARE * whole), key=len)
    top = min(at for at in chosen if blocks[at].path[: len(part)] == part)
    title = next(
        (blocks[at].path for at in range(top, -1, -1) if blocks[at].tag == "h1" or _key(blocks[at].text) in names), part
    )
    part = _around_all([part, title[:-1]])
    return {at for at in chosen if blocks[at].path[: len(part)] == part or len(blocks[at].text) >= LONG}


import os

SHARE = float(os.environ.get("SHARE", ".85"))
LONG = int(os.environ.get("LONG", "200"))


def _filled(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Adds what stands between chosen blocks in the element that holds one of them: a block or two, and whole lists.

    A list, or the lines of one element, count as one.
    """
    added: set[int] = set()
    every = {blocks[at].path[:-1] for at in chosen}
    for before, after in pairwise(sorted(chosen)):
        if after - before == 1:
            continue
        parents = (blocks[before].path[:-1], blocks[after].path[:-1])
        part = _around_all(parents)
        near = part in (*parents, *(path[:-1] for path in parents))
        between = range(before + 1, after)
        whole = near and len({blocks[at].path[: len(part) + 1] for at in between if blocks[at].tag not in _HEADS}) <= 2
        of_title = blocks[before].tag == "h1"
        for at in between:
            block = blocks[at]
            fits = _is_entry(block, part) if whole else False
            fits = fits or whole and block.path[:-1] in parents
            fits = fits or len(between) <= 2 and block.path[:-1] in every
            if fits and _plain(block) and (not of_title or _is_particular(block)):
                added.add(at)
    return chosen | added


def _is_entry(block: Block, holder: tuple[int, ...]) -> bool:
    return block.tag in ("li", "dd") and len(block.path) <= len(holder) + 4


_HEADS = frozenset(("h2", "h3", "h4", "h5", "h6"))


def _headings(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Headings right before chosen text, in the element that holds it, below the first of it."""
    first = min(chosen, default=len(blocks))
    return {
        at
        for at, b in enumerate(blocks[:-1])
        if at > first
        and at + 1 in chosen
        and b.tag in _HEADS
        and _plain(b)
        and blocks[at + 1].path[: len(b.path) - 1] == b.path[:-1]
    }


_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|af|av|text|foto|photo)\b|\b(?:19|20)\d\d\b", re.IGNORECASE)


def _subtitle(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """The line that stands right under the page's heading, in the same element, and is no byline."""
    for at in range(max(chosen) - 1, -1, -1):
        block, under = blocks[at], blocks[at + 1]
        if block.tag == "h1" and under.path[:-1] == block.path[:-1] and (under.article or not under.around):
            fits = 3 <= len(_words(under.text)) <= 40 and under.links < 0.3 * len(under.text)
            return {at + 1} if fits and not _BYLINE.search(under.text) else set()
    return set()


def _with_particulars(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Adds the facts, list entries and sentences of the part of the page that holds the chosen text.

    Without any chosen text, the whole page is that part, and everything that is not around it or link is its text.
    """
    if not chosen:
        return {at for at, block in enumerate(blocks) if _plain(block)}
    heading = [at for at, block in enumerate(blocks[: min(chosen)]) if block.tag == "h1" and not block.around]
    facts = {at for at in _beside(blocks, {*heading, *chosen}) if blocks[at].tag in ("fact", "row")}
    said = {at for at in _beside(blocks, chosen) if _is_particular(blocks[at])}
    few = _size(blocks, said) < _size(blocks, chosen) < FEW
    return chosen | _subtitle(blocks, chosen) | facts | (said if few else set())


def _beside(blocks: Sequence[Block], chosen: set[int]) -> list[int]:
    """The plain blocks in the innermost element around all of these."""
    part = _around_all([blocks[at].path for at in chosen])
    return [at for at, block in enumerate(blocks) if block.path[: len(part)] == part and _plain(block)]


def _is_particular(block: Block) -> bool:
    words = len(_words(block.text))
    return words >= 3 if block.tag in ("li", "dd") else words >= 5 and bool(_SENTENCE.search(block.text))


def _around_all(paths: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The innermost element around all of these, as its path."""
    low, high = min(paths), max(paths)
    same = 0
    while same < min(len(low), len(high)) and low[same] == high[same]:
        same += 1
    return low[:same]
