"""A question where no typed field tells the candidates apart: "Which is nearer?", with three or four of their phrases.

The phrases are verbatim, from items that are unlike each other, and each stands in items near its own and hardly
elsewhere. Items to which the one that is chosen is the nearest of them keep their places, and the others fall. (Its
words do not join the request's: they are words of items, and drew others before what the seeker said themselves.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstfive.ask.question import LEAST_GAIN, gain
from firstfive.types import Option, Question

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions, Vectors

AMONG = 24
"""Candidates that are read."""
PHRASES = 4
ALIKE = 0.8
"""Items nearer to each other than this are not told apart by a phrase."""
WRONG = 0.25
"""How often the nearer phrase is not the one of the item's own group."""
PRESSED = 0.8
"""How often one of the phrases is pressed at all; else none is nearer, and all stays as it was."""
LONGEST = 40
"""Characters of a phrase on a button."""
LENGTH = 0.15
"""What part of its worth a phrase loses for each word that it has more than two."""
ELSEWHERE = 2
"""An item of another group that has the phrase counts against it as much as so many of its own group count for it."""
_PART = re.compile(r"[^.,;:!?()\[\]\"“”\n|/]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SMALL = frozenset(
    "a an and are as at be been but by can for from has have i if in into is it its more most my no not of on or other "
    "our so such that the their them they this through to up us was we were what when which who will with you your all "
    "any each der die das und ein eine im mit für von zu den dem des auf ist sind wir sie le la les un une de du et en "
    "avec pour dans qui nous vous est sont".split()
)


def nearer(texts: Sequence[str], vectors: Vectors, shares: Numbers, said: str) -> Question | None:
    """The question, or None where the candidates are too much alike or no phrase tells them apart.

    texts: what each candidate says, in the order of the ranking; vectors (n, size); shares (n,); said: the request.
    Cost: about 5 ms.
    """
    texts, vectors, shares = texts[:AMONG], vectors[:AMONG], shares[:AMONG]
    if len(texts) < 2 * PHRASES:
        return None
    centres = _centres(vectors, shares)
    group = np.vecdot(vectors[:, None], vectors[centres][None]).argmax(axis=1)
    held = [_phrases(text) for text in texts]
    asked = frozenset(_folded(word) for word in _WORD.findall(said))
    chosen = [(number, _telling(held, group, shares, number, asked)) for number in range(len(centres))]
    kept = [(number, phrase) for number, phrase in chosen if phrase]
    if len(kept) < 2:
        return None
    holds = np.stack([group == number for number, _ in kept]).astype(np.float64)
    answers = (1 - WRONG) * holds + WRONG / len(kept)
    answers *= PRESSED
    worth = gain(shares, answers)
    if worth < LEAST_GAIN:
        return None
    likely = answers @ shares / max(float(shares.sum()), 1e-12)
    phrases = [phrase for _, phrase in kept]
    options = tuple(
        Option("phrase", (phrase, *(one for one in phrases if one != phrase)), share=round(float(share), 4))
        for phrase, share in zip(phrases, likely, strict=True)
    )
    return Question("", "phrase", options, round(worth, 4))


def _centres(vectors: Vectors, shares: Numbers) -> Positions:
    """Items that are likely and unlike each other, the likeliest first."""
    chosen = [int(shares.argmax())]
    near = np.vecdot(vectors, vectors[chosen[0]])
    while len(chosen) < PHRASES:
        worth = np.where(near < ALIKE, shares * (1 - near), 0)
        best = int(worth.argmax())
        if worth[best] <= 0:
            break
        chosen.append(best)
        near = np.maximum(near, np.vecdot(vectors, vectors[best]))
    return np.array(chosen, dtype=np.int64)


def _phrases(text: str) -> dict[str, str]:
    """Runs of two to four words that neither begin nor end with a small one: folded, and as they stand."""
    found: dict[str, str] = {}
    for part in _PART.finditer(text):
        words = list(_WORD.finditer(part.group()))
        for start, first in enumerate(words):
            if first.group().lower() in _SMALL:
                continue
            for last in words[start + 1 : start + 4]:
                if last.group().lower() not in _SMALL:
                    said = part.group()[first.start() : last.end()]
                    if len(said) <= LONGEST:
                        found.setdefault(_folded(said), said)
    return found


def _telling(
    held: Sequence[dict[str, str]], group: Positions, shares: Numbers, number: int, asked: frozenset[str]
) -> str:
    """The phrase that stands in this group and hardly in others; empty where there is none."""
    inside: defaultdict[str, float] = defaultdict(float)
    outside: defaultdict[str, float] = defaultdict(float)
    for at, phrases in enumerate(held):
        counts = inside if group[at] == number else outside
        for phrase in phrases:
            counts[phrase] += 1 + float(shares[at])
    worth = {
        phrase: count * (1 - LENGTH * abs(len(phrase.split()) - 2)) - ELSEWHERE * outside[phrase]
        for phrase, count in inside.items()
        if not asked.issuperset(phrase.split())
    }
    if not worth:
        return ""
    best = max(worth, key=lambda phrase: (worth[phrase], phrase))
    return next(phrases[best] for at, phrases in enumerate(held) if group[at] == number and best in phrases)


def _folded(text: str) -> str:
    return " ".join(text.lower().split())
