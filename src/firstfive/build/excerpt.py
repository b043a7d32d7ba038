"""The part of a long text that tells most about the declared facts, for a model that is not to read all of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from firstfive.build.schema import Schema
from firstfive.types import Span, Vectors

MOST = 6_000
"""Characters of a text that a model reads."""
OPENING = 800
"""Characters at the beginning that it reads in any case."""
GAP = " […]\n"


def questions(schema: Schema) -> list[str]:
    """What each fact asks, in the words of its declaration."""
    return [f"{fact.name.replace('_', ' ')}: {fact.about or ', '.join(fact.values)}" for fact in schema.facts]


def excerpt(text: str, spans: Sequence[Span], alike: Vectors, most: int = MOST) -> str:
    """The opening and the most telling passages, in their order, with a mark where something is left out.

    alike (facts, passages): how much each passage says about each fact. The facts take turns to choose their next best
    passage, so that none is crowded out. A text that is short enough is given whole.
    """
    if len(text) <= most or not spans:
        return text[:most]
    chosen = {place for place, span in enumerate(spans) if span.end <= OPENING}
    size = sum(spans[place].end - spans[place].start for place in chosen)
    orders = np.argsort(-alike, axis=1, kind="stable").T.reshape(-1)
    for place in dict.fromkeys(orders.tolist()):
        length = spans[place].end - spans[place].start + len(GAP)
        if place not in chosen and size + length <= most:
            chosen.add(place)
            size += length
    return _joined(text, spans, sorted(chosen))


def by_words(schema: Schema, text: str, spans: Sequence[Span]) -> Vectors:
    """(facts, passages): how many words of each fact a passage has; what there is without an embedder."""
    said = [text[span.start : span.end].casefold() for span in spans]
    counts = [[sum(cue in passage for cue in fact.cues.words) for passage in said] for fact in schema.facts]
    return np.array(counts, dtype=np.float32).reshape(len(schema.facts), len(spans))


def _joined(text: str, spans: Sequence[Span], chosen: Sequence[int]) -> str:
    parts: list[str] = []
    before = -1
    for place in chosen:
        if parts:
            follows = place == before + 1
            parts.append(text[spans[before].end : spans[place].start] if follows else GAP)
        parts.append(text[spans[place].start : spans[place].end])
        before = place
    return "".join(parts)
