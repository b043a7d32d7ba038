"""Reads a request: cleans it, bounds it, and finds the wishes in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from firstfive.errors import RequestError
from firstfive.guard import printable
from firstfive.types import Request, Wish

LONGEST = 4_000
MOST = 100
WISHES = 8
_CUTS = re.compile(
    r"[.;:,!?\n()]+\s*|\s+(?=(?:and|but|with|without|in|near|for|that|who|which|not|no|under|over|from|"
    r"und|aber|mit|ohne|bei|für|die|et|mais|avec|sans|dans|près|pour|qui)\s)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:(?:and|but|that|who|which|is|are|has|have|i|we|am|want|need|looking|look|find|me|please|a|an|the|for|to|"
    r"und|aber|die|der|das|ich|wir|suche|suchen|eine?n?|et|mais|qui|une?|je|nous|cherche|cherchons|les?|la)\s+)+",
    re.IGNORECASE,
)
_REFUSAL = re.compile(r"(?:not|no|without|never|kein\w*|nicht|ohne|sans|pas)\s+(?:an?\s+|the\s+|in\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as it will be answered: its cleaned text, its wishes in order, and what the seeker should know."""

    request: Request
    wishes: tuple[Wish, ...]
    notes: tuple[str, ...] = ()


def read(request: Request) -> Reading:
    """The request with its text made printable and at most 4,000 characters long.

    Raises RequestError: request.empty when there is neither a word nor an item to go by, request.invalid for a number
    out of range.
    """
    text, _ = printable(request.text)
    text = " ".join(text.split())
    notes: tuple[str, ...] = ()
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0]
        notes = (f"Your text is very long. The first {len(text):,} characters were used.",)
    if not any(char.isalnum() for char in text) and not request.like:
        raise RequestError(
            "the request has no words to search for; describe in a sentence what you are looking for",
            code="request.empty",
        )
    _check(request)
    return Reading(replace(request, text=text), tuple(_wishes(text)), notes)


def _check(request: Request) -> None:
    if not 1 <= request.n <= MOST:
        raise RequestError(f"n is {request.n}; ask for 1 to {MOST} items")
    if request.diversity is not None and not 0 <= request.diversity <= 1:
        raise RequestError(f"diversity is {request.diversity}; give a number from 0 (most relevant) to 1 (most varied)")


def _wishes(text: str) -> Iterator[Wish]:
    start, given = 0, 0
    for cut in (*(match.span() for match in _CUTS.finditer(text)), (len(text), len(text))):
        wish = _wish(text, start, cut[0])
        start = cut[1]
        if wish and given < WISHES:
            given += 1
            yield wish


def _wish(text: str, start: int, end: int) -> Wish | None:
    lead = _LEADING.match(text, start, end)
    start = lead.end() if lead and lead.end() < end else start
    refusal = _REFUSAL.match(text, start, end)
    start = refusal.end() if refusal and refusal.end() < end else start
    if not any(char.isalnum() for char in text[start:end]):
        return None
    return Wish(text[start:end], start, end, refusal is not None)
