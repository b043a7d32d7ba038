"""Reads a request: cleans it, bounds it, and finds the wishes in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from firstfive.errors import RequestError
from firstfive.guard import printable, storable
from firstfive.types import Request, Span, Wish

LONGEST = 4_000
MOST = 100
WISHES = 8
_CUTS = re.compile(
    r"[.;:,!?\n()]+(?:\s+|$)|(?<!\bnot)(?<!\bno)(?<!\bwithout)(?<!\bnicht)(?<!\bohne)(?<!\bsans)(?<!\bpas)\s+(?="
    r"(?:and\s+(?:has|have|is|are|with|that|who|not|no|without|wants?|should|must)|"
    r"und\s+(?:hat|ist|mit|nicht|ohne|kein\w*)|et\s+(?:a|est|avec|sans|pas)|"
    r"but|with|without|in|near|for|that|who|whose|which|not|no|under|over|from|"
    r"aber|mit|ohne|nicht|bei|für|mais|avec|sans|pas|dans|près|pour|qui)\s)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:(?:and|but|that|who|whose|which|is|are|has|have|i|we|am|want|need|looking|look|find|me|please|an?|the|for|to|with|"
    r"in|near|from|und|aber|mit|bei|aus|der|die|das|ich|wir|suchen?|eine?n?|et|mais|avec|dans|en|qui|une?|je|nous|"
    r"cherche|cherchons|les?|la)\s+)+",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"(?:not|no|without|never|keine?n?|nicht|ohne|sans|pas(?:\s+de)?)\s+(?!only\b|just\b|more\b|less\b|later\b|nur\b)"
    r"(?:(?:an?|the|in|any)\s+)*",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?:\s+(?:and|or|und|oder|et|ou))+$", re.IGNORECASE)
_HANGING = re.compile(r"(?:[\s,;:]+(?:but|and|or|aber|und|oder|mais|et|ou))*[\s,;:]*$", re.IGNORECASE)
_FILLER = frozenset(
    "a am an and are be but company companies business firm find for has have i in is it looking me my need not only "
    "please some someone something that the thing to want we with which who suche wir ich nicht und et je nous "
    "cherche pas".split()
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as it will be answered: its cleaned text, its wishes in order, and what the seeker should know.

    asked: the text without what it refuses, which is what is searched for.
    """

    request: Request
    wishes: tuple[Wish, ...]
    asked: str
    notes: tuple[str, ...] = ()


def read(request: Request) -> Reading:
    """The request with its text made printable and at most 4,000 characters long.

    Raises RequestError: request.empty when there is neither a word nor an item to go by, request.invalid for a number
    out of range.
    """
    _check(request)
    text, _ = printable(request.text)
    text = " ".join(text.split())
    notes: tuple[str, ...] = ()
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0]
        notes = (f"Your text is very long. The first {len(text):,} characters were used.",)
    if not any(char.isalnum() for char in text) and not request.like and not request.vector:
        raise RequestError(
            "the request has no words to search for; describe in a sentence what you are looking for",
            code="request.empty",
        )
    found = list(_wishes(text))
    if not found and any(char.isalnum() for char in text):
        found = [(Span(0, len(text)), Wish(text, 0, len(text)))]
    wishes = tuple(wish for _, wish in found[:WISHES])
    return Reading(replace(request, text=text), wishes, _asked(text, found), notes)


def _check(request: Request) -> None:
    whole = isinstance(request.n, int) and not isinstance(request.n, bool)
    if not isinstance(request.text, str) or not whole or not isinstance(request.diversity, int | float | None):
        raise RequestError("a request has a text, a whole number n and a number diversity; check their types")
    if request.user is not None and storable(request.user) != request.user:
        raise RequestError(f"the user's id {request.user!r} holds characters that cannot be stored; send another")
    if not 1 <= request.n <= MOST:
        raise RequestError(f"n is {request.n}; ask for 1 to {MOST} items")
    if request.diversity is not None and not 0 <= request.diversity <= 1:
        raise RequestError(f"diversity is {request.diversity}; give a number from 0 (most relevant) to 1 (most varied)")


def _asked(text: str, found: list[tuple[Span, Wish]]) -> str:
    """The text without its refused parts; all of it, where nothing else is left."""
    kept, at = [], 0
    for part, wish in found:
        if wish.refused:
            kept.append(text[at : part.start])
            at = part.end
    rest = _HANGING.sub("", " ".join("".join([*kept, text[at:]]).split()))
    return rest if any(char.isalnum() for char in rest) else text


def _wishes(text: str) -> Iterator[tuple[Span, Wish]]:
    """Each wish with the part of the text it stands in."""
    start = 0
    for cut in (*(match.span() for match in _CUTS.finditer(text)), (len(text), len(text))):
        wish = _wish(text, start, cut[0])
        if wish:
            yield Span(start, cut[0]), wish
        start = cut[1]


def _wish(text: str, start: int, end: int) -> Wish | None:
    lead = _LEADING.match(text, start, end)
    start = lead.end() if lead else start
    refusal = _REFUSAL.match(text, start, end)
    start = refusal.end() if refusal else start
    end = start + len(text[start:end].rstrip())
    trail = _TRAILING.search(text, start, end)
    end = trail.start() if trail else end
    words = re.findall(r"\w+", text[start:end].lower())
    if not words or _FILLER.issuperset(words):
        return None
    return Wish(text[start:end], start, end, refusal is not None)
