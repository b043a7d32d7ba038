"""What a model reads of an item for one request: its title, its typed fields, and the few passages that matter most.

Never the whole text: a long page costs seconds on a small model and money on a large one, and most of it is about
something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from firstfive.types import Fields, Item, Span, Value

if TYPE_CHECKING:
    from firstfive.types import Scores

WORDS = 120
"""Words of an extract. On two cores a small model reads a request and this much in about two seconds."""
LETTERS = 7
"""Characters that count as a word where blanks are rare: a text must not come through whole for having none."""
FACTS = 12
LONGEST_FACT = 60
"""A field with more characters is text, of which passages speak already."""
GAP = " … "


def told(
    item: Item, spans: Sequence[Span | None], alike: Scores | None, *, words: int = WORDS, facts: int = FACTS
) -> str:
    """Title, fields and extract, one below the other.

    spans: the place of each row in the item's text, None for its title. alike (rows,): how near each row is to the
    request; without it the text is read from its beginning.
    """
    parts = [" ".join(item.title.split()), _stated(item.shown, facts), extract(item.text, spans, alike, words)]
    return "\n".join(part for part in parts if part)


def extract(text: str, spans: Sequence[Span | None], alike: Scores | None, words: int = WORDS) -> str:
    """The passages nearest to the request, in the text's order, with `words` words at most; " … " where some are out.

    The best passage is cut where it alone has more.
    """
    rows = [row for row, span in enumerate(spans) if span is not None]
    if alike is not None:
        rows.sort(key=lambda row: (-float(alike[row]), row))
    chosen: dict[int, str] = {}
    left = words
    for row in rows:
        span = spans[row]
        passage = " ".join(text[span.start : span.end].split()) if span else ""
        if passage and (not chosen or _size(passage) <= left):
            chosen[row] = _cut(passage, left)
            left -= _size(chosen[row])
    parts: list[str] = []
    for row in sorted(chosen):
        parts += [("" if not parts else " " if row - 1 in chosen else GAP), chosen[row]]
    return "".join(parts)


def _size(text: str) -> int:
    """In words; where writing has no blanks, seven characters are one."""
    return max(text.count(" ") + 1, -(-len(text) // LETTERS))


def _cut(text: str, words: int) -> str:
    """Whole words of the beginning."""
    if _size(text) <= words:
        return text
    cut = " ".join(text.split(" ", words)[:words])
    return cut if len(cut) <= words * LETTERS else cut[: words * LETTERS].rpartition(" ")[0] or cut[: words * LETTERS]


def _stated(fields: Fields, most: int) -> str:
    """The first short fields as "name: value", with "; " between."""
    found = [f"{name}: {text}" for name, value in fields.items() if len(text := _plain(value)) <= LONGEST_FACT]
    return "; ".join(found[:most])


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    return " ".join((", ".join(value) if isinstance(value, tuple) else value).split())
