"""Questions made up from items whose answer is known: the item itself.

A sentence of an item is asked for, shortened, thinned and misspelt as people write, at several lengths. It is the
inverse cloze task (Lee, Chang and Toutanova, ACL 2019): some of the questions are answered as if the item did not say
that sentence, since seekers do not quote; the rest as if it did, since what they mean is mostly said somewhere.
Some words are replaced by others of a near meaning. Deterministic for a seed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from firstfive.types import Span

if TYPE_CHECKING:
    import numpy as np

LENGTHS = (3, 6, 12, 24)
"""Words of a question: keywords, a thin phrase, a sentence, a long one."""
SHORTEST = 4
"""A sentence of fewer words is a heading, or a label."""
TYPO, DROPPED, REPLACED = 0.04, 0.25, 0.15
"""The chance of an error in a word of four letters or more, of a word being left out, and of another in its place."""
ALONE = 0.4
"""The chance of another word where the item has no other sentence."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
BLIND = 1 / 3
"""The share of questions whose sentence the item is taken not to say, where each is asked one way alone."""
Like: TypeAlias = Callable[[str], str | None]
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A question about the item at a position: its text, the sentence it is from, and how many words it may have.

    blind: it is to be answered as if the item did not say that sentence.
    """

    text: str
    position: int
    span: Span
    length: int
    blind: bool = False


def made_up(
    text: str,
    spans: Sequence[Span],
    position: int,
    length: int,
    random: np.random.Generator,
    like: Like | None = None,
    *,
    share: float = BLIND,
) -> MadeUp | None:
    """A question from one of the item's sentences, one of the first given rather than a later; None where it has none.

    spans: best the sentences that say most first. like gives another word of a near meaning. share: of the questions
    that are `blind`, among those of items with another sentence.
    """
    told = [span for span in spans if len(_WORD.findall(text[span.start : span.end])) >= SHORTEST]
    if not told:
        return None
    span = told[min(int(random.exponential(0.8)), len(told) - 1)]
    replaced = (ALONE if len(told) == 1 else REPLACED) if like else 0.0
    asked = perturbed(text[span.start : span.end], length, random, like, replaced=replaced)
    blind = len(told) > 1 and bool(random.random() < share)
    return MadeUp(asked, position, span, length, blind) if asked else None


def perturbed(
    sentence: str,
    length: int,
    random: np.random.Generator,
    like: Like | None = None,
    *,
    dropped: float = DROPPED,
    replaced: float = 0.0,
) -> str:
    """The sentence as a hurried person would type it: words left out or others, errors, `length` words at most.

    Of a short one the longer words are kept, in their order: keywords, and not the first three of a sentence.
    """
    words = [match.group() for match in _WORD.finditer(sentence)]
    if len(words) > length:
        start = int(random.integers(0, max(1, min(len(words) - 2 * length, len(words) // 2))))
        part = words[start : start + 2 * length]
        heavy = sorted(range(len(part)), key=lambda at: (-len(part[at]) - 3 * random.random(), at))[:length]
        words = [part[at] for at in sorted(heavy)]
    kept = [word for word in words if random.random() >= dropped] or words[:1]
    other = (like(word) if like and len(word) > 3 and random.random() < replaced else None for word in kept)
    return " ".join(new or _typed(word, random) for word, new in zip(kept, other, strict=True))


def _typed(word: str, random: np.random.Generator) -> str:
    """The word, now and then with two letters swapped, one left out, doubled or another in its place."""
    if len(word) < 4 or random.random() >= TYPO:
        return word
    at = int(random.integers(1, len(word) - 1))
    ways = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + _LETTERS[int(random.integers(0, 26))] + word[at + 1 :],
    )
    return ways[int(random.integers(0, len(ways)))]
