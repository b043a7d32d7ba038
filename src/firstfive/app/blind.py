"""A Release that answers as if one item did not say one sentence: for questions made up from that sentence.

Every channel is wrapped, so that all else, from the request to its places, is the live path. By words and characters
the item keeps the share of the question's terms that the rest of it says too; by meaning it is scored by the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.build.describe import row_spans, searched
from firstfive.errors import UsageError
from firstfive.index.words import folded
from firstfive.ports import Hits, TextChannel, VectorChannel
from firstfive.types import Span

if TYPE_CHECKING:
    from firstfive.app.serving import Serving
    from firstfive.ask.made_up import MadeUp
    from firstfive.types import Item, Mask, Pieces, Scores, Vectors

LEAST = 4
"""An item whose rest has fewer words than this keeps what it has: nothing else would be left to find it by."""
WORDS = 4_000
"""Words that a question may be paraphrased with."""
NEAR, SAME = 0.35, 0.95
"""A word's other: at least so near in meaning, and no nearer, or it would be the same word."""
_WORD = re.compile(r"[^\W\d_]{4,20}")


def without_sentence(serving: Serving, question: MadeUp) -> Serving:
    """The Release, with one item saying the rest of what it says."""
    item = serving.catalogue.item(question.position)
    said = f"{item.text[: question.span.start]} {item.text[question.span.end :]}"
    drawn = {fact.name for fact in item.facts}
    imported = {name: value for name, value in item.fields.items() if name not in drawn}
    rest, found_by = f"{item.title}\n{said}", searched(item.title, said, imported)
    if len(rest.split()) < LEAST:
        return serving
    view = copy(serving)
    catalogue: Any = _Items(serving.catalogue, question.position, _without(item, question.span))
    view.catalogue = catalogue
    view.__dict__.pop("fields", None)  # it remembers which texts name a value
    words: Any = serving.words
    chars: Any = serving.chars
    view.words = _Text(words, question.position, _stems(words, found_by))  # type: ignore[assignment]
    view.chars = _Text(chars, question.position, folded(found_by))  # type: ignore[assignment]
    if serving.passages and serving.whole and serving.embedder and serving.pieces:
        found = _rest(serving, question, item)
        if found:
            view.passages = _Vectors(serving.passages, question.position, found[0])  # type: ignore[assignment]
            view.whole = _Vectors(serving.whole, question.position, found[1])  # type: ignore[assignment]
        held = serving.embedder.pieces(rest)
        view.pieces = _Pieces(serving.pieces.of, question.position, held)  # type: ignore[assignment]
    return view


def _without(item: Item, span: Span) -> Item:
    """The item without one of its sentences, which a blank takes the place of."""
    shorter = span.end - span.start - 1
    kept = [one for one in item.passages if one.end <= span.start or one.start >= span.end]
    moved = (Span(one.start - shorter, one.end - shorter) if one.start >= span.end else one for one in kept)
    text = f"{item.text[: span.start]} {item.text[span.end :]}"
    return replace(item, text=text, passages=tuple(moved))


class _Items:
    """A catalogue in which one item says less."""

    def __init__(self, catalogue: Any, position: int, item: Item) -> None:
        self._catalogue, self._position, self._item = catalogue, position, item

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)

    def __len__(self) -> int:
        return len(self._catalogue)

    def item(self, position: int) -> Item:
        return self._item if position == self._position else self._catalogue.item(position)


def telling_first(serving: Serving, item: Item, position: int) -> list[Span]:
    """The item's sentences, those first that are nearest to the whole of what it says: a request is about that."""
    spans = row_spans(item.title, item.text, item.passages)
    kept = [row for row, span in enumerate(spans) if span is not None]
    if not (serving.whole and serving.passages and len(spans) == len(serving.passages.rows(position))):
        return list(item.passages)
    near = np.vecdot(serving.passages.rows(position), serving.whole.rows(position)[0])
    kept.sort(key=lambda row: (-float(near[row]), row))
    return [span for row in kept if (span := spans[row])]


def meant_without(serving: Serving, question: MadeUp) -> Vectors:
    """(size,): what the question's item means as a whole, without the sentence where it says more than that."""
    found = _rest(serving, question, serving.catalogue.item(question.position))
    if serving.whole is None:
        raise UsageError("the Release has no embedder; set models.embedder and run `firstfive build`")
    whole: Vectors = found[1] if found else serving.whole.rows(question.position)
    return np.asarray(whole[0], dtype=np.float32)


def _rest(serving: Serving, question: MadeUp, item: Item) -> tuple[Vectors, Vectors] | None:
    """The item's rows and its whole (1, size), without the question's sentence; None where there is no other."""
    if not (serving.passages and serving.whole):
        return None
    asked = item.text[question.span.start : question.span.end]
    spans = row_spans(item.title, item.text, item.passages)
    mine = np.array([span is not None and item.text[span.start : span.end] == asked for span in spans], dtype=bool)
    rows, whole = serving.passages.rows(question.position), serving.whole.rows(question.position)
    if len(mine) != len(rows) or not mine.any() or mine.all():
        return None
    part = len(asked) / max(1, sum(span.end - span.start for span in spans if span))
    return rows[~mine], _less(whole, rows[mine][:1], part)


class Vocabulary:
    """Words of some items, and for each another of a near meaning: by its pieces' vectors, before any context."""

    def __init__(self, serving: Serving, positions: Sequence[int]) -> None:
        texts = (serving.catalogue.item(position).text.lower()[:2_000] for position in positions)
        found = sorted({word for text in texts for word in _WORD.findall(text)})
        step = -(-len(found) // WORDS) or 1
        self._words: list[str] = found[::step]
        self._serving = serving
        self._vectors = np.stack([self._vector(word) for word in self._words]) if self._words else np.empty((0, 1))

    def like(self, word: str) -> str | None:
        """The word nearest in meaning that is no form of this one; None where none is near."""
        embedder = self._serving.embedder
        if not (embedder and len(embedder.table) and self._words):
            return None
        near: Scores = np.vecdot(self._vectors, self._vector(word.lower()))
        ranked = (at for at in np.argsort(-near)[:12].tolist() if NEAR <= near[at] < SAME)
        return next((self._words[at] for at in ranked if self._words[at][:4] != word.lower()[:4]), None)

    def _vector(self, word: str) -> Vectors:
        embedder = self._serving.embedder
        if not (embedder and len(embedder.table)):
            return np.zeros(1, dtype=np.float32)
        pieces = embedder.pieces(word)
        total = embedder.table[pieces].astype(np.float32).sum(axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text channel in which one item says only `rest`: stems, or a folded text."""

    inner: Any
    position: int
    rest: frozenset[str] | str

    def search(self, text: str, n: int, among: Mask | None = None) -> Hits:
        channel: TextChannel = self.inner
        asked = list(self.inner.terms(text))
        share = sum(term in self.rest for term in asked) / max(1, len(asked))
        return _rescored(channel.search(text, n, among), self.position, n, lambda old: old * share)

    def holding(self, text: str, n: int, among: Mask | None = None) -> Hits:
        channel: TextChannel = self.inner
        hits = channel.holding(text, n, among)
        if all(term in self.rest for term in self.inner.terms(text)):
            return hits
        others = hits.positions != self.position
        return replace(hits, positions=hits.positions[others], scores=hits.scores[others])


@dataclass(frozen=True, slots=True)
class _Vectors:
    """A vector channel in which one item has other rows."""

    inner: VectorChannel
    position: int
    mine: Vectors

    @property
    def size(self) -> int:
        return int(self.mine.shape[1])

    def search(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        near = float(np.vecdot(self.mine, vector).max())
        return _rescored(self.inner.search(vector, n, among), self.position, n, lambda old: min(old, near))

    def rows(self, position: int) -> Vectors:
        return self.mine if position == self.position else self.inner.rows(position)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The items' word pieces, of which one has others."""

    inner: Callable[[int], Pieces]
    position: int
    mine: Pieces

    def of(self, position: int) -> Pieces:
        return self.mine if position == self.position else self.inner(position)


def _rescored(hits: Hits, position: int, n: int, change: Callable[[float], float]) -> Hits:
    """The hits with another score for one item, in their new order.

    It never falls below the last where others were left out: those would come before it.
    """
    at = np.flatnonzero(hits.positions == position)
    if not len(at):
        return hits
    scores: Scores = hits.scores.copy()
    least = float(scores[-1]) if len(scores) >= n else -np.inf
    scores[at[0]] = max(change(float(scores[at[0]])), least)
    order = np.lexsort((hits.positions, -scores))
    return replace(hits, positions=hits.positions[order], scores=scores[order])


def _less(whole: Vectors, sentence: Vectors, part: float) -> Vectors:
    """The vector of a text without a sentence that is this part of it, nearly; at unit length."""
    rest = whole - np.float32(part) * sentence
    return np.asarray(rest / max(float(np.linalg.norm(rest)), 1e-9), dtype=np.float32)


def _stems(words: Any, text: str) -> frozenset[str]:
    """The stems of a text of any length: a channel gives those of a request's length only."""
    every = text.split()
    return frozenset(stem for start in range(0, len(every), 200) for stem in words.terms(" ".join(every[start:][:200])))
