"""The numbered sentences of a page from which a model chooses, and what becomes of its choice.

The sentences are all the page has, what rules kept and what they dropped, so that a model can drop more and win back
what was lost. What it chooses is the page's own text: nothing can be invented.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from firstfive import guard
from firstfive.build.atoms import ENDED, sentences
from firstfive.build.clean import parsed_page
from firstfive.build.repair import repaired
from firstfive.errors import ModelError
from firstfive.types import Doc, Page

SPLIT = 200
"""A block longer than this is cut into sentences."""

SHOWN = 300
"""Characters of a sentence that a model is shown: enough to know what it is."""

WINDOW = 9_000
"""Characters, numbers included, that a model is shown at once."""

MOST_WINDOWS = 4
"""A page that needs more is left to the rules: so much text costs more than it gains."""

MENU = 0.8
"""A block of which rules kept nothing and this share is links is not shown."""

SURE = 60
"""Least characters of a sentence that rules are sure to have kept rightly."""

FACT = re.compile(r"^[^:.!?]{1,60}:\s+\S|^[^|]{1,120}(?: \| [^|]{0,120})+$")
"""A line that states a fact, "Label: value", or is a row of a table."""


class Sentence(NamedTuple):
    """A sentence of a page. block: the number of its block, from 0; links: the share of that which is link.

    kept: rules kept it. around: it stands in navigation, a header or a footer. whole: it is all of its block.
    """

    text: str
    block: int
    kept: bool
    links: float = 0.0
    around: bool = False
    whole: bool = True

    @property
    def said(self) -> bool:
        """Whether it is a whole sentence of some length that is hardly link."""
        return len(self.text) >= SURE and bool(ENDED.search(self.text)) and self.links < 0.2

    @property
    def sure(self) -> bool:
        """Whether it has all marks of the page's own text."""
        return self.kept and self.said and not self.around

    @property
    def fact(self) -> bool:
        """Whether it is a line of its own that states a fact, and that rules kept as the page's own."""
        return self.kept and self.whole and not self.around and self.links < 0.2 and bool(FACT.match(self.text))

    @property
    def hopeless(self) -> bool:
        """Whether it has the marks of what is no page's own text: rules dropped it, and it is no whole sentence."""
        return not self.kept and not self.said


def page_sentences(page: Page, doc: Doc) -> tuple[Sentence, ...]:
    """All that a page says, in order, but for bare menus. doc: what rules made of it."""
    if page.media != "html":
        lines = [line for line in doc.text.split("\n") if line.strip()]
        return tuple(one for n, line in enumerate(lines) for one in _cut(line, n, kept=True))
    blocks = [(block, _readable(block.text)) for block in parsed_page(page).blocks]
    lines = doc.text.split("\n")
    found: list[Sentence] = []
    seen: set[str] = set()
    at = 0
    for number, (block, text) in enumerate(blocks):
        kept = at < len(lines) and text == lines[at]
        at += kept
        links = block.links / max(1, len(block.text))
        if text and (kept or not (text in seen or links >= MENU)):
            found += _cut(text, number, kept=kept, links=links, around=block.around)
        seen.add(text)
    if at < len(lines):  # the text is none of the page's blocks: how a page of scripts describes itself
        own = [one for n, line in enumerate(lines) for one in _cut(line, n - len(lines), kept=True)]
        found = own + [one._replace(kept=False) for one in found]
    return tuple(found)


def _readable(text: str) -> str:
    return guard.printable(repaired(text))[0].strip()


def _cut(text: str, block: int, *, kept: bool, links: float = 0.0, around: bool = False) -> list[Sentence]:
    parts = sentences(text) if len(text) > SPLIT else [text]
    if " ".join(parts) != text:
        parts = [text]
    return [Sentence(part, block, kept, links, around, whole=len(parts) == 1) for part in parts]


def text_of(page: Sequence[Sentence], chosen: Collection[int]) -> str:
    """The chosen sentences, by place from 0, in order; those of one block on one line."""
    lines: dict[int, list[str]] = {}
    for place in sorted(set(chosen)):
        lines.setdefault(page[place].block, []).append(page[place].text)
    return "\n".join(" ".join(parts) for parts in lines.values())


# --- what a model is shown --------------------------------------------------------------------------------------------


def shown(sentence: Sentence) -> str:
    """The sentence, cut where it is long."""
    return sentence.text if len(sentence.text) <= SHOWN else f"{sentence.text[:SHOWN].rstrip()} …"


def windows(page: Sequence[Sentence]) -> list[range]:
    """The places of the sentences that are shown together, in order."""
    found: list[range] = []
    start = size = 0
    for place, sentence in enumerate(page):
        length = len(shown(sentence)) + 6
        if size and size + length > WINDOW:
            found.append(range(start, place))
            start, size = place, 0
        size += length
    if page:
        found.append(range(start, len(page)))
    return found


def check_choice(count: int, value: Any) -> list[int]:
    """The numbers, from 1, of an answer {"keep": [[first, last], ...]} about so many sentences, ascending.

    Raises ModelError model.reply for a number that is not known, comes twice, or stands in a range that runs backwards.
    """
    ranges = value.get("keep") if isinstance(value, dict) else None
    if not isinstance(ranges, list):
        raise ModelError('the answer has no list "keep"', code="model.reply")
    numbers: list[int] = []
    for one in ranges:
        if not (isinstance(one, list) and len(one) == 2 and all(type(n) is int for n in one)):
            raise ModelError(f"{one!r} is no range of two numbers", code="model.reply")
        first, last = one
        if not 1 <= first <= last <= count:
            raise ModelError(f"[{first}, {last}] is no range of numbers from 1 to {count}", code="model.reply")
        numbers += range(first, last + 1)
    if len(set(numbers)) < len(numbers):
        twice = next(n for n in numbers if numbers.count(n) > 1)
        raise ModelError(f"the number {twice} is there twice", code="model.reply")
    return sorted(numbers)


# --- what becomes of the choice ---------------------------------------------------------------------------------------

LEAST_SURE = 0.7
"""A choice must keep at least this share of what rules are sure of, and of a sheet of facts, to be taken."""

SHEET = 3
"""Lines that state a fact, kept by rules, from which they are a sheet of facts. Fewer may be captions and bylines."""

MOST_WON = 0.5
"""A choice that wins back more than this share of the text that rules kept is not taken."""

EVERYTHING = 0.9
"""A choice of this share of a page's sentences is refused, unless it holds only what rules kept."""

_WORDS = re.compile(r"\w+")


class Chosen(NamedTuple):
    """What becomes of a page. text: "" where the rules' text stays, and refused says why; "same" where it is that."""

    text: str
    refused: str = ""


def settle(page: Sequence[Sentence], chosen: Collection[int]) -> Chosen:
    """The text of a model's choice, unless what rules are sure of contradicts it.

    Of what rules dropped only whole sentences are won back: to keep everything is what a bad model does.
    """
    if len(set(chosen)) >= EVERYTHING * len(page) and not all(page[place].kept for place in chosen):
        return Chosen("", "it chose nearly everything")
    chosen = {place for place in chosen if not page[place].hopeless}
    sure = [len(one.text) for one in page if one.sure]
    left = [len(page[place].text) for place in chosen if page[place].sure]
    if sure and sum(left) < LEAST_SURE * sum(sure):
        return Chosen("", f"it left out {1 - sum(left) / sum(sure):.0%} of what rules are sure of")
    facts = [place for place, one in enumerate(page) if one.fact]
    gone = len([place for place in facts if place not in chosen])
    if len(facts) >= SHEET and gone > (1 - LEAST_SURE) * len(facts):
        return Chosen("", f"it left out {gone} of {len(facts)} lines that state a fact")
    kept = sum(len(one.text) for one in page if one.kept)
    won = sum(len(page[place].text) for place in chosen if not page[place].kept)
    if won > MOST_WON * kept:
        return Chosen("", f"it would add {won:,} characters to the {kept:,} that rules kept")
    text = text_of(page, chosen)
    if not _WORDS.search(text):
        return Chosen("", "it chose nothing that counts")
    return Chosen("", "same") if text == text_of(page, [n for n, one in enumerate(page) if one.kept]) else Chosen(text)
