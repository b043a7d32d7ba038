"""Cheap signs that rules did a page badly, so that a model may be worth its price. None of them needs a model.

Each sign is in [0, 1]; the score is the chance that at least one of them means something: 1 minus the product of
(1 - weight x sign).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby, zip_longest

import msgspec

from firstfive.build.atoms import ENDED
from firstfive.build.choosing import FACT, MOST_WINDOWS, Sentence, windows
from firstfive.build.languages import language
from firstfive.types import Doc, Stamp

VERSION = 1

THRESHOLD = 0.25
"""A page with at least this score is worth a model.

Of 181 scraped pages with a known main text 8 have it; rules get an F1 of .859 on these and of .979 on the others.
"""

WEIGHTS: Mapping[str, float] = {
    "fragments": 0.8,
    "teasers": 0.8,
    "short": 0.5,
    "links": 0.5,
    "around": 0.1,
    "languages": 0.5,
    "debris": 0.8,
}
"""How much each sign counts where it is full."""

SHORT = 800
"""Characters below which a text is short, if its page has much more than that."""

FEWEST_LINES = 3
"""Lines in a row that end no sentence, from which they are fragments and not a heading or two."""

_DEBRIS = re.compile(
    r"\ufffd|[ÃÂ][\x80-\xbf¡-¿]|â€|&(?:amp|nbsp|quot|lt|gt|#\d+);|\\[nrt]\b|\{\{|\}\}"
    r"|</?(?:a|b|br|div|em|font|i|img|li|p|script|span|strong|style|td|tr|ul)(?:\s[^<>]*)?/?>"
)
_ENTRY = re.compile(r"\s*(?:[-–—*•·▪►➔→✓✔✅]|\(?\d{1,2}[.)])\s*\S")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")


class Worth(msgspec.Struct, frozen=True):
    """How much a page seems worth a model: the score, the signs, and how many calls its sentences take."""

    score: float
    signs: dict[str, float]
    calls: int


def stamp(doc: Doc) -> Stamp:
    """What a Worth is made from: the page as rules cleaned it."""
    return Stamp("worth", VERSION, inputs=(doc.stamp.id,))


def worth(doc: Doc, page: Sequence[Sentence]) -> Worth:
    """Reads the signs. page: the page's sentences, of which the doc has those that rules kept.

    Cost: about 0.1 ms a thousand characters.
    """
    kept = [one for one in page if one.kept]
    size, whole = sum(len(one.text) for one in kept), sum(len(one.text) for one in page)
    signs = {
        "fragments": fragments(doc.text),
        "teasers": _teasers(doc.text),
        "short": max(0.0, 1 - size / SHORT) * max(0.0, 1 - 3 * size / max(1, whole)),
        "links": sum(one.links * len(one.text) for one in kept) / max(1, size),
        "around": 1 - size / max(1, whole),
        "languages": _mixture(kept),
        "debris": min(1.0, 20 * sum(len(found) for found in _DEBRIS.findall(doc.text)) / max(1, len(doc.text))),
    }
    against = 1.0
    for name, sign in signs.items():
        against *= 1 - WEIGHTS[name] * sign
    return Worth(round(1 - against, 4), {name: round(sign, 4) for name, sign in signs.items()}, len(windows(page)))


def worthy(found: Worth, *, least: float = THRESHOLD) -> bool:
    """Whether a model may be asked: the score is high enough and the page is not too long."""
    return found.score >= least and 0 < found.calls <= MOST_WINDOWS


def fragments(text: str) -> float:
    """The share of a text in several lines in a row that neither end a sentence nor state a fact.

    Entries of a list are none, and neither is a sentence that goes on in the next line.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    marked = [
        (line, _is_fragment(line) and not following[:1].islower())
        for line, following in zip_longest(lines, lines[1:], fillvalue="")
    ]
    broken = 0
    for fragment, run in groupby(marked, lambda one: one[1]):
        sizes = [len(line) for line, _ in run]
        broken += sum(sizes) if fragment and len(sizes) >= FEWEST_LINES else 0
    return broken / max(1, sum(map(len, lines)))


def _is_fragment(line: str) -> bool:
    return not (ENDED.search(line) or FACT.match(line) or _ENTRY.match(line))


def _teasers(text: str) -> float:
    """How much of a text is lines that were cut off, as where other pages are announced; one alone tells nothing."""
    cut_off = [len(line) for line in text.split("\n") if _CUT_OFF.search(line)]
    return min(1.0, 2 * sum(cut_off) / max(1, len(text))) if len(cut_off) > 1 else 0.0


def _mixture(kept: Sequence[Sentence]) -> float:
    """The share of what was kept that is in another language than most of it."""
    sizes: dict[str, int] = {}
    for one in kept:
        if len(one.text) >= 40 and (spoken := language(one.text)):
            sizes[spoken] = sizes.get(spoken, 0) + len(one.text)
    return 1 - max(sizes.values()) / sum(sizes.values()) if sizes else 0.0
