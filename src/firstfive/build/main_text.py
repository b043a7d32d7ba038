"""Which of a page's blocks are its own text, and not what stands around it.

trafilatura reads the page twice, once for precision and once for recall, and each block asks whether it was picked.
What it picked is then mended by what the page's structure says: picked labels far from the text are dropped; blocks
that look like the picked ones and lists and lines that stand between them are kept; links to other pages, paths
("Home > Trades > Ovens") and menus are dropped; and on short pages, of which trafilatura drops facts and single
sentences, those of the part of the page that holds the picked text are kept, with the line under the heading.
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

Path = tuple[int, ...]

LARGEST = 1_500_000
"""Characters of visible text above which trafilatura is not asked: it takes a second for every million."""

SHORT = 2_500
"""A page whose picked text is shorter is a listing rather than an article."""

FEW = 600
"""Characters below which so little was picked that trafilatura has lost sentences, not only facts."""

LITTLE = 1_000
"""Characters below which what was picked may be more of what stands around the text than of the text."""

SHARE, LONG = 0.85, 200
"""The part of the page that holds this share of the text is its main part; a block outside it is kept if this long."""

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
_TRAIL = re.compile(r"^[^<>›»→]{1,60}(?:\s[>›»→]\s[^<>›»→]{1,60}){2,}$")
_MENU = re.compile(r"^[^|·•.!?]{1,90}(?:[|·•][^|·•.!?]{1,90}){2,}$")
_DIGIT = re.compile(r"\d")
_BYLINE = re.compile(
    r"^(?:by|von|par|por|di|door|af|av|updated|posted|published)\b|\d:\d\d|\d[./-]\d\d?[./-]\d"
    r"|\b\d\d?,? (?:19|20)\d\d\b|\b\d\d?\.? \w+\.? (?:19|20)\d\d\b",
    re.IGNORECASE,
)
_HEADS = frozenset(("h2", "h3", "h4", "h5", "h6"))


def main_blocks(page: Parsed) -> tuple[Block, ...]:
    """The page's own blocks in order, each longer text once; the title, where it stands at the top, is left out.

    Cost: about 25 ms for a page of 100 kB, nearly all of it trafilatura's.
    """
    blocks = page.blocks
    names = {_key(title) for title in page.titles}
    title, chosen = _chosen(page, names)
    chosen -= _edges(blocks, chosen, title)
    if title >= 0 and _key(blocks[title].text) in _key(page.titles[0]):
        chosen.discard(title)
    linked = _linked(blocks)
    kept = [blocks[at] for at in sorted(chosen) if not _leads_elsewhere(blocks[at], linked)]
    kept = [b for at, b in enumerate(kept) if (at >= 5 and b.tag != "h1") or _key(b.text) not in names]
    longer = {block.text: block for block in reversed(kept) if len(block.text) >= 80}
    return tuple(block for block in kept if longer.get(block.text, block) is block)


def _chosen(page: Parsed, names: set[str]) -> tuple[int, set[int]]:
    """Where the heading stands, -1 without one; and what is picked and what belongs to it.

    A page that trafilatura cannot be asked about is all its own.
    """
    blocks = page.blocks
    picked = _picked(page, blocks)
    if picked is None:
        return -1, {at for at, block in enumerate(blocks) if _plain(block)}
    title = _title_at(blocks, picked, names)
    if picked:
        main, apart = _parted(blocks, picked, title)
        chosen = _filled(blocks, _like_the_chosen(blocks, main), title)
    else:
        chosen, apart = _around_the_nearest(blocks, title)
    if _size(blocks, chosen) < SHORT:
        chosen = _filled(blocks, _with_particulars(blocks, chosen, apart), title)
    chosen |= apart | {at for at in _filled(blocks, chosen | apart, title) if blocks[at].tag in ("li", "dd")}
    return title, chosen | _headings(blocks, chosen)


def _size(blocks: Sequence[Block], chosen: set[int]) -> int:
    return sum(len(blocks[at].text) for at in chosen)


def _words(text: str) -> list[str]:
    """The words as a reader sees them: no soft hyphen or zero-width space cuts one in two."""
    return _WORD.findall(guard.printable(text)[0])


def _key(text: str) -> str:
    return " ".join(_words(text.lower()))


# --- asking trafilatura -----------------------------------------------------------------------------------------------


def _picked(page: Parsed, blocks: Sequence[Block]) -> set[int] | None:
    """Blocks in trafilatura's precise reading of the page, or in its broad one where the precise has lost most.

    None: it was not asked.
    """
    if page.tree is None or sum(len(block.text) for block in blocks) > LARGEST:
        return None
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


# --- where the text stands --------------------------------------------------------------------------------------------


def _title_at(blocks: Sequence[Block], picked: set[int], names: set[str]) -> int:
    """Where the heading over the picked text stands; -1 where there is none."""
    texts = [at for at in picked if _is_sentence(blocks[at])]
    end = max(texts or picked, key=lambda at: len(blocks[at].text), default=len(blocks))
    keys = [(at, _key(blocks[at].text)) for at in range(end) if len(blocks[at].text) <= 300 and not blocks[at].links]
    tops = [(fit, len(key), at) for at, key in keys if (fit := _names_page(key, blocks[at].tag == "h1", names))]
    return max(tops, default=(0, 0, -1))[2]


def _names_page(key: str, heading: bool, names: set[str]) -> int:
    """Whether a line is what the page calls itself, or a heading that is part of it: 2; 1 where that begins with it."""
    if key in names or (heading and key and any(f" {key} " in f" {name} " for name in names)):
        return 2
    return int(key.count(" ") >= 2 and any(name.startswith(key) for name in names))


def _parted(blocks: Sequence[Block], picked: set[int], title: int) -> tuple[set[int], set[int]]:
    """What was picked in the main part of the page, and what else of it is worth keeping: nothing short.

    The main part is the innermost element around the heading and nearly all of the picked text. Where little was picked
    there is as much around the text as in it: then it is the one around the heading and the sentence nearest to it, and
    other sentences and facts are kept apart.
    """
    little = title >= 0 and _size(blocks, picked) < LITTLE
    part = _nearest(blocks, picked, title) if little else _fullest(blocks, picked)
    if title >= 0:
        part = _around_all([part, blocks[title].path])
    main = {at for at in picked if _inside(blocks[at], part) or len(blocks[at].text) >= LONG}
    apart = {at for at in picked - main if little and (_is_particular(blocks[at]) or _is_fact(blocks[at]))}
    return main, {at for at in apart if not _COOKIES.search(blocks[at].text)}


def _fullest(blocks: Sequence[Block], picked: set[int]) -> Path:
    """The innermost element that holds nearly all of the picked sentences."""
    said = {at for at in picked if _is_sentence(blocks[at]) and not _COOKIES.search(blocks[at].text)}
    held = Counter[Path]()
    for at in said or picked:
        for depth in range(len(blocks[at].path)):
            held[blocks[at].path[:depth]] += len(blocks[at].text)
    return max((path for path, size in held.items() if size >= SHARE * held[()]), key=len)


def _nearest(blocks: Sequence[Block], chosen: set[int], title: int) -> Path:
    """Of the sentences below the heading, the path of the longest among those nearest to it in the tree."""
    top = blocks[title].path
    below = {at for at in chosen if at > title} or chosen
    said = {at for at in below if _is_sentence(blocks[at])} or below
    nearest = max(said, key=lambda at: (len(_around_all([top, blocks[at].path])), len(blocks[at].text)))
    return blocks[nearest].path


def _around_the_nearest(blocks: Sequence[Block], title: int) -> tuple[set[int], set[int]]:
    """For a page of which trafilatura reads nothing: the lines about its heading and a sentence, and other sentences.

    Without any sentence, everything that is not around it or link is its text.
    """
    plain = {at for at, block in enumerate(blocks) if _plain(block)}
    said = {at for at in plain if at > title and _is_particular(blocks[at]) and not _COOKIES.search(blocks[at].text)}
    lines = {at for at in plain if at > title and len(_words(blocks[at].text)) >= 3}
    if title < 0 or not said:
        return said or plain, set()
    return _parted(blocks, lines, title)


def _inside(block: Block, part: Path) -> bool:
    return block.path[: len(part)] == part


def _around_all(paths: Sequence[Path]) -> Path:
    """The innermost element around all of these, as its path."""
    low, high = min(paths), max(paths)
    same = 0
    while same < min(len(low), len(high)) and low[same] == high[same]:
        same += 1
    return low[:same]


# --- what leads elsewhere ---------------------------------------------------------------------------------------------


def _linked(blocks: Sequence[Block]) -> frozenset[tuple[int, ...]]:
    """The elements of whose text at least half is links: lists of links, line by line."""
    sizes, links = Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
    for block in blocks:
        sizes[block.path] += len(block.text)
        links[block.path] += block.links
    return frozenset(path for path, size in sizes.items() if links[path] >= 0.5 * size)


def _leads_elsewhere(block: Block, linked: frozenset[tuple[int, ...]]) -> bool:
    """Whether a block is link in an element of links, a menu, a note about cookies, or a short "Read more: ..."."""
    if block.tag == "fact":
        return False
    size = len(block.text)
    if (block.links >= 0.8 * size and block.path in linked) or (block.links >= 0.5 * size and _MENU.match(block.text)):
        return True
    return size < 300 and bool(_ELSEWHERE.match(block.text) or (block.around and _COOKIES.search(block.text)))


def _edges(blocks: Sequence[Block], chosen: set[int], title: int) -> set[int]:
    """Of the chosen blocks, paths, menus and other headings over the heading, and menus under the last sentence.

    Between the two, "Foundry | Leeds | 62 people" is what the page says; so is a line after "We make:", and a table.
    """
    top = title if title >= 0 else min((at for at in chosen if _is_sentence(blocks[at])), default=0)
    last = max((at for at in chosen if _is_sentence(blocks[at])), default=len(blocks))
    under = {at for at in chosen if at > last and blocks[at].tag != "row" and _MENU.match(blocks[at].text)}
    edges = {at for at in chosen if at < top and (_is_way(blocks[at]) or (title >= 0 and blocks[at].tag in _HEADS))}
    edges |= {at for at in under if not blocks[at - 1].text.endswith(":") and not _DIGIT.search(blocks[at].text)}
    return edges


def _is_way(block: Block) -> bool:
    """Whether a block is a path through the site ("Home > Trades > Ovens") or a menu ("Imprint | Terms | Contact")."""
    return block.tag != "fact" and len(block.text) < 300 and bool(_TRAIL.match(block.text) or _MENU.match(block.text))


def _plain(block: Block) -> bool:
    return not block.around and block.links < 0.3 * len(block.text)


# --- mending ----------------------------------------------------------------------------------------------------------


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


def _filled(blocks: Sequence[Block], chosen: set[int], title: int) -> set[int]:
    """Adds what stands between chosen blocks, below the heading: a block or two, whole lists, the lines of an element.

    Right under the heading only sentences and lists are added: names and dates stand there.
    """
    holders = {blocks[at].path[:-1] for at in chosen}
    added: set[int] = set()
    for before, after in pairwise(sorted(chosen | {title} - {-1})):
        if before < title or after - before == 1:
            continue
        gap = [at for at in _between(blocks, before, after, holders) if _plain(blocks[at])]
        if before not in chosen:
            gap = [at for at in gap if blocks[at].tag in ("li", "dd")]
        elif before == title or blocks[before].tag == "h1":
            gap = [at for at in gap if _is_particular(blocks[at])]
        added.update(gap)
    return chosen | added | (_under(blocks, max(chosen)) if chosen else set())


def _under(blocks: Sequence[Block], last: int) -> set[int]:
    """What stands right under the last chosen block: more lines of its element, or a list beside it without links."""
    own, holder, added = blocks[last].path, blocks[last].path[:-1], set[int]()
    for at in range(last + 1, len(blocks)):
        block = blocks[at]
        if block.path != own and not (block.tag in ("li", "dd") and block.path[:-2] == holder):
            break
        if not _plain(block):
            return set()
        added.add(at)
    return added


def _between(blocks: Sequence[Block], before: int, after: int, holders: set[Path]) -> list[int]:
    """What of the gap between two chosen blocks may belong to them.

    One or two blocks where chosen ones have the same parent; and where a gap is one or two elements, besides headings,
    of the part of the page that both stand in, its list entries and what has a parent in common with one of the two.
    """
    gap = range(before + 1, after)
    parents = (blocks[before].path[:-1], blocks[after].path[:-1])
    part = _around_all(parents)
    near = part in parents or part in (parents[0][:-1], parents[1][:-1])
    elements = {blocks[at].path[: len(part) + 1] for at in gap if blocks[at].tag not in _HEADS}
    found = [at for at in gap if blocks[at].path[:-1] in holders] if len(gap) <= 2 else []
    if near and len(elements) <= 2:
        found += [at for at in gap if blocks[at].path[:-1] in parents or _is_entry(blocks[at], part)]
    return found


def _is_entry(block: Block, part: Path) -> bool:
    return block.tag in ("li", "dd") and len(block.path) <= len(part) + 4


def _headings(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Headings right before chosen text, in the element that holds it, below the first of it."""
    return {
        at
        for at in range(min(chosen, default=0), len(blocks) - 1)
        if at + 1 in chosen
        and blocks[at].tag in _HEADS
        and _plain(blocks[at])
        and _inside(blocks[at + 1], blocks[at].path[:-1])
    }


def _subtitle(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """The line right under the page's heading, in the same element, where it is no name or date of an author."""
    for at in range(max(chosen) - 1, -1, -1):
        under = blocks[at + 1]
        if blocks[at].tag == "h1" and under.path[:-1] == blocks[at].path[:-1] and (under.article or not under.around):
            fits = 3 <= len(_words(under.text)) <= 40 and under.links < 0.3 * len(under.text)
            return {at + 1} if fits and not _BYLINE.search(under.text) else set()
    return set()


def _with_particulars(blocks: Sequence[Block], chosen: set[int], apart: set[int]) -> set[int]:
    """Adds the line under the heading, and facts, list entries and sentences of the part that holds the chosen text."""
    if not chosen:
        return chosen
    heading = [at for at, block in enumerate(blocks[: min(chosen)]) if block.tag == "h1" and not block.around]
    facts = {at for at in _beside(blocks, {*heading, *chosen, *apart}) if _is_fact(blocks[at])}
    said = {at for at in _beside(blocks, chosen) if _is_particular(blocks[at])}
    few = _size(blocks, said) < _size(blocks, chosen) < FEW
    return chosen | _subtitle(blocks, chosen) | facts | (said if few else set())


def _is_fact(block: Block) -> bool:
    return block.tag in ("fact", "row")


def _beside(blocks: Sequence[Block], chosen: set[int]) -> list[int]:
    """The plain blocks in the innermost element around all of these."""
    part = _around_all([blocks[at].path for at in chosen])
    return [at for at, block in enumerate(blocks) if block.path[: len(part)] == part and _plain(block)]


def _is_particular(block: Block) -> bool:
    return len(_words(block.text)) >= 3 if block.tag in ("li", "dd") else _is_sentence(block)


def _is_sentence(block: Block) -> bool:
    return bool(_SENTENCE.search(block.text)) and len(_words(block.text)) >= 5
