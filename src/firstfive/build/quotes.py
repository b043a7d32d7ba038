"""Where the words that a model quotes stand in a text: exactly, or but for case, spacing and the shape of its marks."""

from __future__ import annotations

import re

from firstfive.types import Span

LONGEST_QUOTE = 400
"""A quote longer than this points at nothing."""

_SAME = str.maketrans({
    **dict.fromkeys("“”„‟«»″〝〞", '"'), **dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("‐‑‒–—―−", "-"), "…": " ",
})  # fmt: skip
_ELLIPSIS = re.compile(r"(?:(?<!\s)\s++)?(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*")


def locate(text: str, quote: str) -> list[Span]:
    """Every place of the quote in the text, as offsets of the text itself; none for a quote that says nothing."""
    quote = _unwrapped(quote)
    if not any(char.isalnum() for char in quote) or len(quote) > LONGEST_QUOTE:
        return []
    exact = [Span(found.start(), found.end()) for found in re.finditer(re.escape(quote), text)]
    return [span for span in exact if _whole_words(text, span)] or _normalised(text, quote)


def _unwrapped(quote: str) -> str:
    """Without what a model puts around: spaces, quotation marks, and an ellipsis where it left something out."""
    quote = _ELLIPSIS.sub(" … ", quote).strip(" …\t\n")
    while len(quote) > 2 and (quote[0], quote[-1]) in {('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("«", "»")}:
        quote = quote[1:-1].strip()
    return quote


def _normalised(text: str, quote: str) -> list[Span]:
    flat, places_of = _flat(text)
    wanted = " ".join("".join(_flat(quote)[0]).split()).strip(" .,;:")
    if not wanted:
        return []
    found = (Span(places_of[at.start()], places_of[at.end() - 1] + 1) for at in re.finditer(re.escape(wanted), flat))
    return [span for span in found if _whole_words(text, span)]


def _flat(text: str) -> tuple[str, list[int]]:
    """Case folded, marks of one shape, each run of white space one space; and the place of each character."""
    flat: list[str] = []
    where: list[int] = []
    for at, char in enumerate(text.translate(_SAME)):
        folded = " " if char.isspace() or char in "*_" else char.casefold()
        if folded == " " and (not flat or flat[-1] == " "):
            continue
        flat += folded
        where += [at] * len(folded)
    return "".join(flat), where


def _whole_words(text: str, span: Span) -> bool:
    """Whether the span cuts no word and no number in two."""
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    inside = text[span.start : span.end]
    return not (before.isalnum() and inside[:1].isalnum()) and not (after.isalnum() and inside[-1:].isalnum())
