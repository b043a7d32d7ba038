"""Reads a request: cleans it, bounds it, and finds the wishes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from firstfive.ask.parting import NUMBERED, WEEKDAY, WHEN_OR_HOW_MUCH, cuts
from firstfive.ask.refusing import (
    ALL_BUT,
    ALLERGY,
    AVERSION,
    BOTHERS,
    OF_ANOTHER,
    OF_NOTHING,
    REFUSAL,
    RELATIVE,
)
from firstfive.ask.small_words import FILLER
from firstfive.ask.spelling import Respelt, respelt
from firstfive.errors import RequestError
from firstfive.guard import printable, storable
from firstfive.types import Misspelt, Quote, Request, Span, Wish

LONGEST = 4_000
MOST = 100
WISHES = 8
_YEARS = r"(?:1[01]|[2-9])?\d(?:\s+years?(?:\s+old)?|\s+jahre(?:\s+alt)?|\s+ans)?"
_AGE = (
    rf"{_YEARS}(?=\s+(?:and|und|et)\s+"
    r"(?:i|i['’]d|am|want|need|would|like|can['’]?t|cannot|has|ich|möchte|suche|kann|je|cherche)\s)"
)
_OWN = r"(?:budget|rent|limit|max\w*|price|size|miete|preis|grenze|loyer|prix)\b"
_AGED = re.compile(
    rf"(?:(?:i['’]m|(?:i|my\s+(?!{_OWN})\w+|(?:he|she|they|who)?)\s+(?:am|is|are)|(?:ich|mein\w*\s+(?!{_OWN})\w+)\s+(?:bin|ist)|"
    rf"(?:j['’]ai|(?:mon|ma)\s+(?!{_OWN})\w+\s+a))\s+)(?:(?:nearly|almost|over|about|fast|presque)\s+)?{_YEARS}",
    re.IGNORECASE,
)
"""How old the seeker is, or who is with them, which no item says: "I am 70 and would like", "my wife is 69"."""
_LEADING = re.compile(
    r"(?:(?:(?:i|we|i['’]d|we['’]d|would)\s+love|and|but|that|who|whose|which|is|are|has|have|i|we|am|i['’](?:m|d|ve|ll)|we['’](?:re|d|ve|ll)|want|need|would|"
    r"like|do|does|could|you|there|any|anything|something|somewhere|looking(?=\s+for)|look(?=\s+for)|find|me|please|"
    r"(?:can|have|has)\s+(?:you|i|we)|(?:show|suggest|recommend|find)\s+(?:me|us)|"
    r"(?:tell|let)\s+(?:me|us)(?:\s+know)?(?:\s+(?:if|whether|about))?|do\s+you\s+know\s+(?:if|of)|"
    r"(?:my|our)\s+\w+\s+(?:says?|said|thinks?|tells?\s+me)(?:\s+that)?|"
    r"(?:have\s+you|i['’]ve|has\s+it)\s+got|(?:on|every)(?=\s+(?:an?\s+)?"
    rf"{WEEKDAY}\b)|"
    r"an?|the|for|to|with|in|near|from|because(?:\s+of)?|und|aber|mit|bei|aus|der|die|das|ich|bin|wir|wollen|"
    r"haben|sie|gibt|es|etwas|irgendwo|möchten?|suchen?|eine?n?|weil|wegen|habe|für|[ie]\.[eg]\.|z\.\s?b\.|"
    r"d\.\s?h\.|u\.\s?a\.|et|mais|avec|dans|pour|en|qui|une?|je|suis|nous|cherche|cherchons|les?|la|parce\s+que?|"
    r"avez-vous|auriez-vous|y\s+a-t-il|il\s+y\s+a|est-ce\s+que|quelque\s+chose|(?:au|aux|à)(?=\s+(?-i:[A-ZÀ-Þ]))|"
    rf"{_AGE})\s+)+",
    re.IGNORECASE,
)
_WORD_STARTS = re.compile(r"(?<![\w'’])\w")
LED = 60
"""Characters in which the words that lead to a wish are looked for."""
_CHATTER = re.compile(
    r"(?:hello|hi|hey|good\s+(?:morning|afternoon|evening|day)|dear\s+\w+|hope(?:\s+\w+){1,4}\s+well|(?:kind|best)\s+regards|"
    r"guten\s+(?:tag|morgen|abend)|hallo|bonjour|bonsoir|merci|danke)(?:\s+(?:there|dear|all|everyone))?|"
    r"(?:my|our|mein\w*|mon|ma)\s+(?:\w+\s+){1,3}(?:died|passed\s+away|starb|ist\s+gestorben|est\s+morte?)"
    r"(?:\s+(?:last|this|in|recently|letzte\w*|\w+\s+\w+\s+ago)(?:\s+\w+)?)?",
    re.IGNORECASE,
)
"""What is said out of politeness, or of one's own life: no item mentions it."""
_TRAILING = re.compile(r"(?<!\s)(?:\s++(?:and|or|please|und|oder|bitte|et|ou))++$", re.IGNORECASE)
_HANGING = re.compile(
    r"(?<![\s,;:])(?:(?:[\s,;:]++(?:but|and|or|with|is|are|aber|und|oder|mit|mais|et|ou|avec))++[\s.,;:!?]*+|[\s,;:]*+)$",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\(\s*\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as it will be answered: its cleaned text, its wishes in order, and what the seeker should know.

    asked: what is searched for, which is the text without what it refuses. respelt: where words were misspelt, how the
    text was typed: request, wishes and asked are as it is meant. refused: the parts of the text that refuse, in order.
    """

    request: Request
    wishes: tuple[Wish, ...]
    asked: str
    notes: tuple[str, ...] = ()
    respelt: Respelt | None = None
    refused: tuple[Span, ...] = ()

    @property
    def misspelt(self) -> tuple[Misspelt, ...]:
        """The words that were misspelt, where they were typed."""
        return self.respelt.misspelt if self.respelt else ()

    def typed(self) -> Request:
        """The request as it was typed."""
        return replace(self.request, text=self.respelt.typed) if self.respelt else self.request

    def quote(self, quote: Quote) -> Quote:
        """A quote of the request as it was typed."""
        return self.respelt.typed_quote(quote) if self.respelt else quote

    def typed_wishes(self) -> tuple[Wish, ...]:
        """The wishes where they were typed, with what is meant beside it."""
        return tuple(map(self._typed_wish, self.wishes)) if self.respelt else self.wishes

    def without(self, parts: Sequence[Span]) -> Reading:
        """The same, not searched for by these parts of the text, where a wish says more than they do."""
        wanted = [wish for wish in self.wishes if not wish.refused]
        if not any(all(not part.start <= wish.start < wish.end <= part.end for part in parts) for wish in wanted):
            return self
        less = sorted([*self.refused, *parts], key=lambda part: part.start)
        return replace(self, asked=_less(self.request.text, less))

    def _typed_wish(self, wish: Wish) -> Wish:
        assert self.respelt
        at, typed = self.respelt.typed_at(wish.start, wish.end), self.respelt.typed
        by = typed[self.respelt.typed_at(wish.start - len(wish.by), wish.start).start : at.start] if wish.by else ""
        text = typed[at.start : at.end]
        return replace(wish, text=text, start=at.start, end=at.end, by=by, meant="" if text == wish.text else wish.text)


def read(
    request: Request,
    better: Callable[[str, bool], str | None] | None = None,
    whole: re.Pattern[str] | None = None,
) -> Reading:
    """The request with its text made printable and at most 4,000 characters long.

    better: gives what a misspelt word is meant to be, as `respelt` asks for it. whole: what is one wish, such as the
    name of a field, though its words would part it: "good with children".

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
    meant = respelt(text, better) if better else None
    text = meant.text if meant else text
    found = list(_wishes(text, whole))
    if not found and any(char.isalnum() for char in text):
        found = [(Span(0, len(text)), Wish(text, 0, len(text)))]
    wishes = tuple(_first(wish for _, wish in found))
    refused = tuple(part for part, wish in found if wish.refused)
    asked = _less(text, refused)
    asked = asked if any(char.isalnum() for char in asked) else text  # of a request that only refuses
    return Reading(replace(request, text=text), wishes, asked, notes, meant, refused)


def _first(wishes: Iterable[Wish]) -> Iterator[Wish]:
    """The first eight, of those that are refused too: what must not be there is never left out for what should be."""
    left = {True: WISHES, False: WISHES}
    for wish in wishes:
        left[wish.refused] -= 1
        if left[wish.refused] >= 0:
            yield wish


def begun(text: str, wish: Wish) -> int:
    """Where the words begin that lead to a wish of the text: "near" and "without a" are none of its own."""
    start = wish.start - len(wish.by)
    places = (match.start() for match in _WORD_STARTS.finditer(text, max(0, start - LED), start))
    leads = (place for place in places if (lead := _LEADING.match(text, place)) and lead.end() >= start)
    return next(leads, start)


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


def _less(text: str, parts: Sequence[Span]) -> str:
    """The text without these parts of it, which are in order."""
    kept, at = [], 0
    for part in parts:
        kept.append(text[at : part.start])
        at = part.end
    return _HANGING.sub("", " ".join(_EMPTY.sub(" ", "".join([*kept, text[at:]])).split()))


def _wishes(text: str, whole: re.Pattern[str] | None) -> Iterator[tuple[Span, Wish]]:
    """Each wish with the part of the text it stands in."""
    start, of_nothing = 0, None
    for cut in (*cuts(text, whole), (len(text), len(text))):
        if WHEN_OR_HOW_MUCH.match(text, cut[1]) and text[slice(*cut)].isspace() and _refuses(text, start, cut[0]):
            continue
        wish = _wish(text, start, cut[0])
        if wish and of_nothing is not None and NUMBERED.match(wish.text):
            yield Span(of_nothing, cut[0]), replace(wish, refused=True)
        elif wish:
            yield Span(start, cut[0]), wish
        if wish or not text[slice(*cut)].isspace():
            of_nothing = None
        elif _refuses_nothing(text, start, cut[0]):
            of_nothing = start
        elif text[start : cut[0]].lower() not in RELATIVE:
            of_nothing = None
        start = cut[1]


def _refuses(text: str, start: int, end: int) -> bool:
    """Whether a part refuses: then what follows of when and how much is part of that, "no work on Sundays"."""
    lead = _LEADING.match(text, start, end)
    return REFUSAL.match(text, lead.end() if lead else start, end) is not None


def _refuses_nothing(text: str, start: int, end: int) -> bool:
    """Whether a part refuses, and says what only in the next one."""
    lead = _LEADING.match(text, start, end)
    refusal = REFUSAL.match(text, lead.end() if lead else start, end)
    return refusal is not None and OF_NOTHING.issuperset(re.findall(r"\w+", text[refusal.end() : end].lower()))


def _wish(text: str, start: int, end: int) -> Wish | None:
    if _AGED.fullmatch(text, start, end):
        return None
    while start < end and text[start] in "( ":
        start += 1
    refusal = ALL_BUT.match(text, start, end)
    lead = None if refusal else _LEADING.match(text, start, end)
    start = lead.end() if lead else start
    if _AGED.fullmatch(text, start, end):
        return None
    if _CHATTER.fullmatch(text, start, len(text[:end].rstrip())):
        return None
    refusal = refusal or REFUSAL.match(text, start, end)
    if not refusal and not (lead and OF_ANOTHER.search(lead.group())):
        refusal = ALLERGY.match(text, start, end)
        if not refusal and (AVERSION.match(text, start, end) or BOTHERS.search(text, start, end)):
            return None
    start = refusal.end() if refusal else start
    end = start + len(text[start:end].rstrip())
    trail = _TRAILING.search(text, start, end)
    end = trail.start() if trail else end
    words = re.findall(r"\w+", text[start:end].lower())
    if not words or FILLER.issuperset(words):
        return None
    return Wish(text[start:end], start, end, refusal is not None, refusal.group() if refusal else "")
