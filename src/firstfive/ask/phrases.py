"""A question where no typed field tells the candidates apart: "Which is nearer?", with three or four of their phrases.

They are noun phrases that several of the candidates say, near to the request, from items that are unlike each other,
and each stands in items near its own and hardly elsewhere. No question is better than one of poor phrases. Items to
which the one that is chosen is the nearest of them keep their places, and the others fall. (Its words do not join the
request's: they are words of items, and drew others before what the seeker said themselves.)
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from firstfive.ask.noun_phrases import noun_phrases, whole
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
NEAR = 0.06
"""A phrase less near to the request than this, as a cosine of the words' own vectors, is about something else."""
STEM = 5
"""Letters by which two words are forms of one."""
ELSEWHERE = 2
"""An item of another group that has the phrase counts against it as much as so many of its own group count for it."""
LEAST_ITEMS = 2
"""Candidates that say a phrase, at least: what one alone says is its own wording, and no kind of thing."""
MANY, MANY_SHARE = 5, 0.02
"""What more texts than this, and more than this share of them, have word for word is not what an item is about."""
_WORD = re.compile(r"\w+")
_STOP = re.compile(r"(?<=[.!?…])\s|\n")


def nearer(
    texts: Sequence[str],
    vectors: Vectors,
    shares: Numbers,
    said: str,
    related: Callable[[Sequence[str]], Numbers] | None = None,
) -> Question | None:
    """The question, or None where the candidates are too much alike or no phrases tell them apart.

    texts: what each candidate says, in the order of the ranking; vectors (n, size); shares (n,); said: the request. Of
    candidates behind those that have vectors, the texts only tell which sentences are said by many.
    related: gives how near phrases are to the request, as a cosine. Cost: about 15 ms.
    """
    texts, vectors, shares = _own(texts), vectors[:AMONG], shares[:AMONG]
    if len(texts) < 2 * PHRASES:
        return None
    centres = _centres(vectors, shares)
    group = np.vecdot(vectors[:, None], vectors[centres][None]).argmax(axis=1)
    held = noun_phrases(texts)
    near = _worth_asking(held, said, related)
    kept: list[tuple[int, str]] = []
    for number in range(len(centres)):
        if phrase := _telling(held, group, shares, number, near, [phrase for _, phrase in kept]):
            kept.append((number, phrase))
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


def _own(texts: Sequence[str]) -> list[str]:
    """The first texts without the sentences that many have word for word: "Prices may change without notice." """
    parts = [[part.strip() for part in _STOP.split(text)] for text in texts]
    counts = Counter(part for several in parts for part in {*several})
    many = max(MANY, MANY_SHARE * len(texts))
    return ["\n".join(part for part in several if counts[part] <= many) for several in parts[:AMONG]]


def _worth_asking(
    held: Sequence[dict[str, str]], said: str, related: Callable[[Sequence[str]], Numbers] | None
) -> dict[str, float]:
    """Phrases of several items that are whole, near to the request, and not in it: how near each is."""
    counts = Counter(phrase for one in held for phrase in one)
    kept, asked = whole(counts), frozenset(_WORD.findall(said.lower()))
    asking = [
        phrase
        for phrase, count in counts.items()
        if count >= LEAST_ITEMS and phrase in kept and not asked.issuperset(_WORD.findall(phrase))
    ]
    near = related(asking) if related and asking else np.ones(len(asking))
    return {phrase: one for phrase, one in zip(asking, near.tolist(), strict=True) if one >= NEAR}


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


def _telling(
    held: Sequence[dict[str, str]],
    group: Positions,
    shares: Numbers,
    number: int,
    near: Mapping[str, float],
    others: Sequence[str],
) -> str:
    """The phrase that stands in this group and hardly in others; empty where there is none.

    near: those that may be asked. others: those that are, of whose words none is in a second one.
    """
    inside, outside = defaultdict[str, float](float), defaultdict[str, float](float)
    for at, phrases in enumerate(held):
        counts = inside if group[at] == number else outside
        for phrase in near.keys() & phrases.keys():
            counts[phrase] += 1 + float(shares[at])
    taken = {_stem(word) for phrase in others for word in _WORD.findall(phrase.lower())}
    worth = {
        phrase: near[phrase] * count / (count + ELSEWHERE * outside[phrase])
        for phrase, count in inside.items()
        if count > outside[phrase] and taken.isdisjoint(map(_stem, _WORD.findall(phrase)))
    }
    if not worth:
        return ""
    best = max(worth, key=lambda phrase: (worth[phrase], phrase))
    return next(phrases[best] for at, phrases in enumerate(held) if group[at] == number and best in phrases)


def _stem(word: str) -> str:
    return word[:STEM]
