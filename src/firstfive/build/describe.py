"""Docs to Items: the passages that cover a text, and what of it is embedded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from firstfive.build.stops import goes_on
from firstfive.types import Doc, Fact, Fields, Item, ItemId, Span, Stamp, digest

VERSION = 2
OPENING = 1_300
PASSAGE = 1_000
PASSAGES = 200
SEARCHED = 1
"""The version of what `searched` gives."""
SPOKEN = 64
"""Characters of a field's value that is a word or a few: a longer one is a text, which import makes searchable."""
_WRITTEN = re.compile(r"[^\W\d_]")
_MACHINES = re.compile(r"://|@|^www\.")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


def describe(
    doc: Doc,
    spans: tuple[Span, ...],
    fields: Fields,
    *,
    copy_of: ItemId | None = None,
    facts: tuple[Fact, ...] = (),
    written: Mapping[str, str] | None = None,
) -> Item:
    """The item of a cleaned page: its text with its passages, its fields typed and as written, its facts."""
    return Item(doc.id, doc.title, doc.text, spans, fields, doc.stamp.id, copy_of, facts, written or {})


def passages(text: str) -> tuple[Span, ...]:
    """Sentences in order, covering all that is not white space.

    A sentence above 1,000 characters is cut at white space. A text of more than 200 sentences gets passages of several
    sentences, so that a long page costs no more vectors than that.
    """
    spans = [
        piece
        for span in _sentences(text)
        for piece in (_pieces(text, span) if span.end - span.start > PASSAGE else (span,))
    ]
    if len(spans) <= PASSAGES:
        return tuple(spans)
    group = -(-len(spans) // PASSAGES)
    return tuple(Span(part[0].start, part[-1].end) for part in _groups(spans, group))


def readings(title: str, text: str, spans: tuple[Span, ...]) -> tuple[str, ...]:
    """What of an item is embedded: first the whole (title and opening), then each row of the passages channel.

    The opening is the passages of the first 1,300 characters: the model reads no more at once, and the other
    passages cover the rest. The title is a row of its own, before the passages.
    """
    opening = text[: max((span.end for span in spans if span.end <= OPENING), default=min(len(text), OPENING))]
    whole = (opening if opening.startswith(title) else f"{title}\n{opening}").strip()
    rows = [title, *(text[span.start : span.end] for span in spans)]
    rows = list(dict.fromkeys(row for row in rows if row)) or [whole]
    return (whole, *rows)


def searched(title: str, text: str, fields: Fields) -> str:
    """What words find an item by: its title, its text, and the words of its fields, which its text may leave unsaid."""
    every = (value if isinstance(value, tuple) else (value,) for value in fields.values())
    said = (value for several in every for value in several if isinstance(value, str))
    spoken = [
        value for value in said if len(value) <= SPOKEN and _WRITTEN.search(value) and not _MACHINES.search(value)
    ]
    return "\n".join([text if text.startswith(title) else f"{title}\n{text}", *spoken])


def stamp(readings: tuple[str, ...], model: str) -> Stamp:
    """The stamp of an item's vectors: one record an item, the same for items that say the same."""
    return Stamp("embed", VERSION, model=model, inputs=(digest(*readings),))


def row_spans(title: str, text: str, spans: tuple[Span, ...]) -> list[Span | None]:
    """The span of each row of `readings` after the first; None for the title's row."""
    seen: dict[str, Span | None] = {title: None} if title else {}
    for span in spans:
        seen.setdefault(text[span.start : span.end], span)
    return list(seen.values()) or [None]


def fingerprint(items: Iterator[tuple[ItemId, Mapping[str, str]]]) -> str:
    """One hash over a catalogue: each item's id and the digests of what it was made from, in order."""
    return digest(*(word for item, parts in items for word in (item, *chain.from_iterable(sorted(parts.items())), "")))


def _sentences(text: str) -> Iterator[Span]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end, after = match.span()
        if goes_on(text, end, after):
            continue
        yield from _trimmed(text, start, end)
        start = after
    yield from _trimmed(text, start, len(text))


def _pieces(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    while span.end - start > PASSAGE:
        cut = text.rfind(" ", start + PASSAGE // 2, start + PASSAGE)
        cut = cut if cut > 0 else start + PASSAGE
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, span.end)


def _trimmed(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The part without the white space around it; nothing where it is nothing else."""
    piece = text[start:end]
    inside = piece.strip()
    if not inside:
        return ()
    start += piece.index(inside[0])
    return (Span(start, start + len(inside)),)


def _groups(spans: list[Span], size: int) -> Iterator[list[Span]]:
    for start in range(0, len(spans), size):
        yield spans[start : start + size]
