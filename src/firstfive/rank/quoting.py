"""Quotes: what a request and an item say, word for word, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from firstfive.rank.wording import WORD, agrees, telling_words
from firstfive.types import Quote, Span

if TYPE_CHECKING:
    from firstfive.types import Item, Value, Wish

QUOTE = 180
"""Most characters of a quote of a text."""


class Row(NamedTuple):
    """A passage, the title or a field's value, with the place it is quoted from. of: as `Quote.of`."""

    text: str
    start: int
    of: str

    def quote(self, said: str) -> Quote:
        """All of it, or where it is long the part around the first word that it shares with what was said."""
        start, part = 0, self.text
        if self.of not in {"title", "text"}:
            return Quote(part, 0, len(part), self.of)
        if len(part) > QUOTE:
            words = telling_words(said)
            at = next((match.start() for match in WORD.finditer(part) if agrees(match.group().lower(), words)), 0)
            start = _word_start(part, max(0, min(at - QUOTE // 3, len(part) - QUOTE)))
            part = part[start : start + QUOTE]
            if start + QUOTE < len(self.text):
                part = part.rstrip().rsplit(" ", 1)[0]
        start += len(part) - len(part.lstrip())
        part = part.strip()
        return Quote(part, self.start + start, self.start + start + len(part), self.of)


def row_at(item: Item, span: Span | None) -> Row:
    """The passage of the item's text there; None: its title."""
    return Row(item.title, 0, "title") if span is None else Row(item.text[span.start : span.end], span.start, "text")


def row_of(name: str, value: Value) -> Row:
    """A field's value, as the item writes it."""
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, tuple):
        text = ", ".join(value)
    else:
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return Row(text, 0, f"fields.{name}")


def of_field(item: Item, name: str) -> Quote:
    """What an item's field says."""
    return row_of(name, item.shown[name]).quote("")


def of_wish(wish: Wish, part: Span | None = None) -> Quote:
    """The wish, or a part of its text; of a very long one the beginning."""
    start, end = part or (0, len(wish.text))
    text = wish.text[start:end] if end - start <= QUOTE else wish.text[start : start + QUOTE].rsplit(" ", 1)[0]
    return Quote(text, wish.start + start, wish.start + start + len(text), "request")


def _word_start(part: str, at: int) -> int:
    """The beginning of the next word, where one begins near."""
    return 0 if at == 0 else (part.find(" ", at - 1, at + QUOTE // 3) + 1 or at)
