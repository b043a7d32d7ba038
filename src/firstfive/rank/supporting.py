"""Whether a passage supports a wish, and which part of the wish it supports.

Words alone do not tell: of "spy story" a tale of love has "story". Nor does nearness: of any catalogue some passage is
the nearest to "sushi". A passage supports what it says whole; what it says in part, or is only near to, where it is
nearer to it than items of the catalogue come on the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.features.weekly import DAYS
from firstfive.rank.standing import COMPARING, PERIODS, amounts_of, asked, is_amount
from firstfive.rank.wording import WORD, agrees, telling_words, tells
from firstfive.types import Span

if TYPE_CHECKING:
    from firstfive.rank.standing import Texts
    from firstfive.types import Mask, Scores, Vectors, Wish

WHOLE = 0.99
"""From this share of a wish's words on, a passage says it."""
LEAST = 0.25
"""A passage with less of a wish, by what its words tell, supports none of it."""
ENOUGH, LIFT = 0.65, 0.3
"""A passage supports the part of a wish that it says, where that share and LIFT times how far it stands out reach this.
Chosen on reasons of two sets of requests by people's reading, and checked on two others."""
OUT = 3.4
"""Spreads by which a passage stands out that supports a wish without a word of it."""
OUT_OF_FEW = 1.8
"""The same where a catalogue is too small to tell: of a few items hardly one comes so near by chance, while of
thousands the nearest does."""
OUT_AKIN = 1.5
"""The same where it has a word of the same stem: "smoking" of "smoker"."""
WITHOUT = 1.0
"""How far a passage stands out at least where a catalogue is too small to tell, or there are no vectors."""
SAYS_IT = 1 / 3
"""A passage that many items have word for word is a reason for a wish from this share of its words on."""
KIND = 1.0
"""How much a word tells at least that says what kind of thing is sought: in a catalogue of flats "flat" tells none."""
STEM = 4
"""Least letters of a stem."""
MOST_PARTS = 12
"""Parts of a wish that are looked for one by one: a seeker names few, and each costs as much as a wish."""
_PARTS = re.compile(
    r"\s?[,;]\s|\s(?:and|or|but|und|oder|sowie|aber|et|ou|mais|where|who|which|whose|wo|où|dont)\s", re.IGNORECASE
)
"""What joins parts of a wish that say something each."""
_WHEN = re.compile(
    r"\b(?:(?:before|after|since|until|from|in|vor|nach|seit|bis|ab|avant|après|depuis|jusqu['’]en|en)\s)?"
    r"(?:1[4-9]|20)\d\d\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w+(?:[-‐‑'’]\w+)*")
_INFLECTED = re.compile(r"(?:ings?|ers?|ed|est|es?|s)$")


class Usual(NamedTuple):
    """How near the best passage of an item comes to each wish, by cosine, over the items of a catalogue.

    near (wishes,): the mean. spread (wishes,): the standard deviation, above 0.
    """

    near: Scores
    spread: Scores


TYPICAL = (0.25, 0.085)
"""The two of a wish of a common catalogue: for one that is too small to tell."""


@dataclass(frozen=True, slots=True)
class Support:
    """Which passages support which wishes. good (wishes, rows). parts (wishes, rows): which part of a wish each says
    most of, as its number in `parts_of`. whole (wishes, rows): whether it says all of that. aside (wishes, rows): of
    those that do, which say only a number, a day or what a field states, and not the kind of thing that is sought."""

    good: Mask
    aside: Mask
    parts: np.ndarray
    whole: Mask

    def said(self, wish: Wish, number: int, row: int, text: str) -> Span:
        """What of a wish the text of a row supports, as a span of the wish's text. number: the wish's."""
        part = parts_of(wish.text)[int(self.parts[number, row])]
        return part if self.whole[number, row] else _met(wish.text, part, text)


def support(
    wishes: Sequence[Wish],
    texts: Sequence[str],
    words: Texts,
    of_wholes: Sequence[Sequence[float]],
    met: Mask,
    alike: Vectors | None,
    usual: Usual | None,
    weigh: Callable[[str], float] | None = None,
) -> Support:
    """Where texts support wishes.

    texts: the rows. words: of these, and of what the item's fields state, the last. of_wholes: of each wish, the share
    that stands in each of these. met (wishes, rows): where a number that the wish names is met. alike (wishes, rows):
    cosines, None without vectors.
    """
    out = _out(alike, usual, met.shape)
    share, left, parts = np.zeros((3, *met.shape))
    for number, wish in enumerate(wishes):
        said = [wish.text[part.start : part.end] for part in parts_of(wish.text)]
        stand = [of_wholes[number], *(words.found(part).share for part in said[1:])]
        of_parts = np.array([_shares(one, part, met[number]) for one, part in zip(stand, said, strict=True)])
        parts[number] = best = np.argmax(of_parts[:, 0], axis=0)
        share[number], left[number] = of_parts[best, :, np.arange(len(best))].T
    far = out >= (OUT_OF_FEW if usual is None else OUT)
    good = (left >= LEAST) & (left + LIFT * out >= ENOUGH) | (left >= WHOLE) | far
    for number, row in np.argwhere(~good & (out >= OUT_AKIN) & (share == 0)).tolist():
        good[number, row] = _akin(wishes[number].text, texts[row])
    aside = _aside(wishes, texts, words.last, good, weigh)
    return Support(good, aside, parts.astype(np.int64), (share >= WHOLE) | (share == 0))


def said_by_many(wishes: Sequence[Wish], texts: Sequence[str], often: Callable[[str], Collection[str]] | None) -> Mask:
    """(wishes, rows): which texts many items have word for word, and are no reason: their own words are none of the
    wish's, and of the others few."""
    found = np.zeros((len(wishes), len(texts)), dtype=bool)
    for row, text in enumerate(texts):
        if often is None or not (many := often(text)):
            continue
        words = telling_words(text)
        for number, wish in enumerate(wishes):
            said = {word for of_each in asked(wish.text) for word in of_each}
            held = [word for word in words if agrees(word, said)]
            found[number, row] = set(held) <= set(many) and len(held) < SAYS_IT * len(words)
    return found


def _aside(
    wishes: Sequence[Wish], texts: Sequence[str], stated: str, good: Mask, weigh: Callable[[str], float] | None
) -> Mask:
    """stated: what the item's fields say. The kind of thing is what the first wish says by words that tell."""
    found, known = np.zeros(good.shape, dtype=bool), set(WORD.findall(stated.lower()))
    first = next((asked(wish.text)[0] for wish in wishes if not wish.refused), ())
    kind = [word for word in first if not _of_when(word) and (weigh is None or weigh(word) >= KIND)]
    kind = [word for word in kind if not agrees(word, known)] or kind
    for number, row in np.argwhere(good).tolist() if kind else ():
        there = WORD.findall(texts[row].lower())
        held = {word for of_each in asked(wishes[number].text) for word in of_each if agrees(word, there)}
        less = bool(held) and all(_of_when(word) or agrees(word, known) for word in held)
        found[number, row] = held.isdisjoint(kind) and (less or bool(amounts_of(wishes[number].text)))
    return found


def _of_when(word: str) -> bool:
    return word in DAYS or word in PERIODS or is_amount(word) or word in COMPARING


def _out(alike: Vectors | None, usual: Usual | None, shape: tuple[int, ...]) -> Vectors:
    """(wishes, rows): how many spreads each row is nearer than the usual item."""
    if alike is None:
        return np.full(shape, WITHOUT, dtype=np.float32)
    if usual is None:
        near, spread = TYPICAL
        return np.asarray(np.maximum((alike - near) / spread, WITHOUT), dtype=np.float32)
    return np.asarray((alike - usual.near[:, None]) / usual.spread[:, None], dtype=np.float32)


def _shares(stands: Sequence[float], said: str, met: Mask) -> tuple[Scores, Scores]:
    """(rows,) each: the share of what was said that stands in each row, and of what the item's fields leave to be said:
    of "a quiet cat" that is a cat by a field, "quiet" is all. A number that is not met counts as one word more.
    """
    *shares, stated = stands
    share = np.array(shares, dtype=np.float32)
    words_asked = [word for of_each in asked(said) for word in of_each]
    if amounts_of(said) and not any(map(str.isdecimal, words_asked)):
        share = np.where(met, share, share * len(words_asked) / (len(words_asked) + 1))
    return share, np.minimum(share / max(1 - stated, LEAST), 1)


@lru_cache(maxsize=64)
def parts_of(wish: str) -> tuple[Span, ...]:
    """The wish, and its first parts where several say something each. What says no to something has none."""
    whole = Span(0, len(wish))
    if any(asked(wish)[1:]):
        return (whole,)
    ends = [(0, 0), *((match.start(), match.end()) for match in _PARTS.finditer(wish)), (len(wish), len(wish))]
    parts = [Span(start, end) for (_, start), (end, _) in pairwise(ends) if _tells(wish[start:end])]
    return (whole, *parts[:MOST_PARTS]) if len(parts) > 1 else (whole,)


def met_by_year(wish: str, says: str) -> Span | None:
    """What a field that says a year meets of a wish that says more than when: "before 1950" of "a whodunnit written
    before 1950". None: all of it."""
    when = _WHEN.search(wish)
    if not (when and says.isdecimal() and len(says) == len("1950")):
        return None
    left = [word for word in WORD.findall((wish[: when.start()] + wish[when.end() :]).lower()) if tells(word)]
    return Span(when.start(), when.end()) if len(left) > 1 else None


def _tells(text: str) -> bool:
    words = [match.group().lower() for match in WORD.finditer(text)]
    return any(tells(word) and not (is_amount(word) or word in COMPARING) for word in words)


def _met(wish: str, part: Span, text: str) -> Span:
    """From the first to the last telling word of the part that the text has, as far as they are joined by hyphens."""
    if any(asked(wish)[1:]):
        return part
    held = frozenset(word.lower() for word in WORD.findall(text))
    found = [match for match in _TOKEN.finditer(wish, part.start, part.end) if _any_in(match.group(), held)]
    return Span(found[0].start(), found[-1].end()) if found else part


def _any_in(token: str, held: frozenset[str]) -> bool:
    return any(tells(word) and agrees(word, held) for word in WORD.findall(token.lower()))


def _akin(wish: str, text: str) -> bool:
    """Whether one has a word of the same stem as the other, or written in two: "smoking" of "smoker", "hot tub" of
    "hottub"."""
    one, other = ([word for word in WORD.findall(said.lower()) if tells(word)] for said in (wish, text))
    stems = {stem for word in one if len(stem := _INFLECTED.sub("", word)) >= STEM}
    there = {_INFLECTED.sub("", word) for word in other}
    return not (stems.isdisjoint(there) and _joined(one).isdisjoint(other) and _joined(other).isdisjoint(one))


def _joined(words: Sequence[str]) -> set[str]:
    return {one + other for one, other in pairwise(words)}
