"""Reasons without a model: "You said X; it says Y", both verbatim, and one honest mismatch.

X is a wish of the request, Y a passage of the item. The pair shown is the one most alike: by the cosine of their
vectors, and by the words they share. Without vectors, shared words decide alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.rank.amounts import at_odds
from firstfive.rank.wording import BEGINNING, WORD, agrees, same, telling_words
from firstfive.types import Item, Mismatch, Quote, Reason, Span, Wish

if TYPE_CHECKING:
    from firstfive.types import Mask, Scores, Vectors

SHARED = 0.5
"""What all of a wish's words standing in a passage is worth, in cosine."""
SUPPORTED = 0.35
"""A wish whose best passage is less alike than this, and none of whose words stand in the item, is not mentioned."""
ALIKE = 0.35
"""A best pair less alike than this by cosine that shares no word is no reason: then none is given."""
QUOTE = 180
_DIGIT = re.compile(r"\d")
_DENIED = re.compile(
    r"\b(?:no|not|without|never|nor|instead\s+of|free\s+(?:of|from)|kein|keine|keinen|nicht|ohne|statt|frei\s+von|pas|sans|"
    r"aucun|aucune)\s+(?:(?:an?|the|any|de|das|die|den|le|la|les)\s+)?(?P<after>\w+)"
    r"|\b(?P<hyphened>\w+)[-‐‑]free\b(?!\s+(?:of|from)\b)"
    r"|\b(?P<blank>alcohol|caffeine|dairy|egg|gluten|lactose|meat|nut|salt|smoke|sugar|wheat)\s+free\b",
    re.IGNORECASE,
)
_OF_THE_SEEKER = re.compile(
    r"(?:my|our|mein\w*|unser\w*|mon|ma|mes|notre|nos)\s+(?:\w+\s+)?(?:wife|husband|partner|spouse|mother|mum|mom|father|dad|"
    r"parents?|sons?|daughters?|child|children|kids?|grand\w+|sisters?|brothers?|friends?|neighbou?rs?|family|frau|mann|mutter|"
    r"vater|eltern|sohn|tochter|kind\w*|enkel\w*|schwester|bruder|freund\w*|familie|femme|mari|mère|père|fils|fille|enfants?|"
    r"petits?-\w+|famille|amie?s?)",
    re.IGNORECASE,
)
"""A wish that only says for whom it is."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A passage, or the title, with the place it is quoted from."""

    text: str
    start: int
    of: str


def explain(
    item: Item,
    spans: Sequence[Span | None],
    wishes: Sequence[Wish],
    alike: Vectors | None,
    granted: Collection[int] = (),
) -> tuple[Reason | None, Mismatch | None]:
    """The best pair of wish and passage, and the wish the item serves worst, where it fails it.

    spans: the place of each row in the item's text, None for its title. alike (wishes, rows): cosines, or None.
    granted: the starts of wishes that a field meets, which are mentioned whatever the text says.
    """
    rows = [_row(item, span) for span in spans]
    if not rows or not wishes:
        return None, None
    words = _Words([*(row.text for row in rows), _stated(item)])
    held = np.array([words.share(wish.text) for wish in wishes], dtype=np.float32)
    held[[wish.start in granted for wish in wishes], -1] = 1
    shared, elsewhere = held[:, :-1], held[:, -1]
    telling = np.array([[min(1.0, len(telling_words(wish.text)) / 2)] for wish in wishes], dtype=np.float32)
    denied = np.array([words.denied(wish.text)[:-1] for wish in wishes], dtype=bool)
    likeness = SHARED * (telling * shared - denied) + (0 if alike is None else alike)
    likeness = np.where(_at_odds(rows, wishes), -1, likeness)
    denial = _denial(rows, wishes, shared, denied)
    reason = _reason(rows, wishes, likeness, shared, denial)
    return reason, denial or _mismatch(rows, wishes, shared, alike, elsewhere, reason)


def mentions(item: Item, wish: Wish) -> bool:
    """Whether all telling words of a wish stand, in some form, in the item's title, a passage or its fields."""
    fields = _stated(item)
    everything = f"{item.title}\n{item.text}\n{fields}".lower()
    if not all(
        word[:BEGINNING] in everything for word in telling_words(wish.text)
    ):  # most items: no need to look closer
        return False
    texts = (item.title, *(item.text[span.start : span.end] for span in item.passages), fields)
    return max(_Words(texts).share(wish.text)) == 1


def _reason(
    rows: Sequence[_Row], wishes: Sequence[Wish], likeness: Vectors, shared: Vectors, denial: Mismatch | None
) -> Reason | None:
    """The best pair, never of a wish that the item denies."""
    denied = denial.said.start if denial else None
    wanted = [number for number, wish in enumerate(wishes) if not wish.refused and wish.start != denied]
    if not wanted:
        return None
    ranked = likeness[wanted].copy()
    if any(row.of == "text" for row in rows):  # the seeker sees the title anyway: quote what is news
        ranked[:, [number for number, row in enumerate(rows) if row.of == "title"]] -= SHARED
    wish, row = divmod(int(ranked.argmax()), len(rows))
    best = float(likeness[wanted[wish], row])
    if best <= 0 or (best < ALIKE and shared[wanted[wish], row] == 0):
        return None
    said = wishes[wanted[wish]]
    return Reason(_said(said), _quote(rows[row], said.text), round(min(best / (1 + SHARED), 1.0), 4))


def _at_odds(rows: Sequence[_Row], wishes: Sequence[Wish]) -> Mask:
    """(wishes, rows): where a number that the wish names is another one in the row, such as of pounds or rooms."""
    found = np.zeros((len(wishes), len(rows)), dtype=bool)
    for number, wish in enumerate(wishes):
        if _DIGIT.search(wish.text):
            found[number] = [bool(_DIGIT.search(row.text)) and at_odds(wish.text, row.text) for row in rows]
    return found


def _denial(rows: Sequence[_Row], wishes: Sequence[Wish], shared: Vectors, denied: Mask) -> Mismatch | None:
    """The first wish that a passage says no to, where no other grants it."""
    for number, wish in enumerate(wishes):
        if not wish.refused and denied[number].any() and shared[number].max() < 1:
            said = _said(wish)
            return Mismatch(said, _quote(rows[int(denied[number].argmax())], wish.text), "contradicted")
    return None


def _mismatch(
    rows: Sequence[_Row],
    wishes: Sequence[Wish],
    shared: Vectors,
    alike: Vectors | None,
    elsewhere: Scores,
    reason: Reason | None,
) -> Mismatch | None:
    """The first refused wish that the item meets, else the wish with the least support, never the reason's own.

    elsewhere: the share of each wish's words in the item's fields.
    """
    given = reason.said.start if reason else None
    for number, wish in enumerate(wishes):
        said = _said(wish)
        if wish.refused and shared[number].max() >= 1:
            return Mismatch(said, _quote(rows[int(shared[number].argmax())], wish.text), "contradicted")
    support = shared.max(axis=1) + (0 if alike is None else alike.max(axis=1))
    failed = [
        number
        for number, wish in enumerate(wishes)
        if not wish.refused
        and wish.start != given
        and not _OF_THE_SEEKER.fullmatch(wish.text)
        and shared[number].max() == elsewhere[number] == 0
        and support[number] < SUPPORTED
    ]
    if not failed:
        return None
    wish = wishes[min(failed, key=lambda number: float(support[number]))]
    return Mismatch(_said(wish), None, "not mentioned")


def _row(item: Item, span: Span | None) -> _Row:
    return _Row(item.title, 0, "title") if span is None else _Row(item.text[span.start : span.end], span.start, "text")


def _stated(item: Item) -> str:
    return " . ".join(" . ".join(value) if isinstance(value, tuple) else str(value) for value in item.shown.values())


def _said(wish: Wish) -> Quote:
    """The wish, or the beginning of a very long one."""
    text = wish.text if len(wish.text) <= QUOTE else wish.text[:QUOTE].rsplit(" ", 1)[0]
    return Quote(text, wish.start, wish.start + len(text), "request")


def _quote(row: _Row, said: str) -> Quote:
    """The row, or where it is long the part around the first word that it shares with what was said."""
    start, part = 0, row.text
    if len(part) > QUOTE:
        words = telling_words(said)
        at = next((match.start() for match in WORD.finditer(part) if agrees(match.group().lower(), words)), 0)
        start = _word_start(part, max(0, min(at - QUOTE // 3, len(part) - QUOTE)))
        part = part[start : start + QUOTE]
        if start + QUOTE < len(row.text):
            part = part.rstrip().rsplit(" ", 1)[0]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    return Quote(part, row.start + start, row.start + start + len(part), row.of)


def _word_start(text: str, at: int) -> int:
    """The beginning of the next word, where one begins near."""
    return 0 if at == 0 else (text.find(" ", at - 1, at + QUOTE // 3) + 1 or at)


def _denied_word(match: re.Match[str]) -> str:
    return match["after"] or match["hyphened"] or match["blank"]


def _says_no(said: str) -> bool:
    return _DENIED.search(said.lower()) is not None


class _Words:
    """The words of several texts, asked in which of them a wish's words stand."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._denied = [frozenset(map(_denied_word, _DENIED.finditer(text.lower()))) for text in texts]
        self._held = [frozenset(WORD.findall(_DENIED.sub(" ", text.lower()))) for text in texts]
        self._by_beginning: dict[str, list[str]] = {}
        for word in frozenset[str]().union(*self._held, *self._denied):
            self._by_beginning.setdefault(word[:BEGINNING], []).append(word)

    def share(self, said: str) -> list[float]:
        """For each text, the share of the telling words of what was said that stand in it, in some form."""
        forms = self._forms(said)
        held = [has | no for has, no in zip(self._held, self._denied, strict=True)] if _says_no(said) else self._held
        return [sum(not has.isdisjoint(one) for one in forms) / max(1, len(forms)) for has in held]

    def denied(self, said: str) -> list[bool]:
        """For each text, whether it says no to at least half of the telling words of what was said: "no franchises".

        Never of what says no itself: "sugar-free" is granted by "no sugar".
        """
        if _says_no(said):
            return [False] * len(self._denied)
        forms = self._forms(said)
        return [2 * sum(not denied.isdisjoint(one) for one in forms) >= max(1, len(forms)) for denied in self._denied]

    def _forms(self, said: str) -> list[set[str]]:
        """For each telling word, its forms among the words of all texts."""
        return [
            {other for other in self._by_beginning.get(word[:BEGINNING], ()) if same(word, other)}
            for word in telling_words(said)
        ]
