"""Reads a request: cleans it, bounds it, and finds the wishes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from firstfive.ask.aversions import unborne
from firstfive.ask.leading import LEADING
from firstfive.ask.letter import body
from firstfive.ask.lexicon import ENGLISH_FILLER, FILLER, pattern
from firstfive.ask.parting import WHEN_OR_HOW_MUCH, cuts
from firstfive.ask.reach import around, goes_on, of_nothing, stops, trimmed
from firstfive.ask.refusing import all_but, distant, insisted, needless, refusal
from firstfive.ask.seeker import in_passing, of_oneself
from firstfive.ask.spelling import Respelt, respelt
from firstfive.errors import RequestError
from firstfive.guard import printable, storable
from firstfive.types import Misspelt, Quote, Request, Span, Wish

LONGEST = 4_000
MOST = 100
WISHES = 8
_WORD_STARTS = re.compile(r"(?<![\w'’])\w")
LED = 60
"""Characters in which the words that lead to a wish are looked for."""
_OF = (
    r"(?P<of>(?:(?:in|on|at|near|for|an?|the|bei|am|im|für|eine?[nmr]?|der|die|das|"
    r"à|aux?|en|dans|pour|une?|des?|les?|la) ){0,2})"
)
_OR = pattern(rf" (?:or|nor|oder|noch|ou|ni) {_OF}")
"""What stands between things of which each is refused."""
_AND_OR = pattern(rf" (?:and|or|und|oder|et|ou) {_OF}")
_AVERSE = pattern(r"allerg|intol|\bcan(?:no|'?)t\b|vertr|supporte")
"""Behind this, both of two things are refused that "and" joins."""
_PLACED = pattern(r"(?:in|on|at|near|am|im|bei|à|aux?|en|dans) ")
_ENGLISH_NO = pattern(r"\b(?:not|no|nothing|none|never|without)\b|n't\b")
"""Behind this, "die" is no article of another language: "the dog does not die"."""
MOST_JOINED = 3
"""Words of the first of several things that one "no" refuses each."""
_HANGING = pattern(
    r"(?<![\s,;:])(?:(?:[\s,;:]++(?:but|and|or|with|that|which|who|is|are|aber|und|oder|mit|mais|et|ou|avec|qui))++"
    r"[\s.,;:!?]*+|[\s,;:]*+)$"
)
_EMPTY = re.compile(r"\( *\)")
_ABBREVIATED = frozenset({"US", "IT"})
"""Names that are small words where they are not written in capitals."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as it will be answered: its cleaned text, its wishes in order, and what the seeker should know.

    asked: what is searched for, which is the text without what it refuses. respelt: where words were misspelt, how the
    text was typed: request, wishes and asked are as it is meant. refused: the parts of the text that refuse, or
    say what nobody asks for, in order.
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
        left_out = sorted([*self.refused, *parts], key=lambda part: part.start)
        return replace(self, asked=less(self.request.text, left_out))

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
    places: Callable[[str], bool] | None = None,
) -> Reading:
    """The request with its text made printable and at most 4,000 characters long.

    better: gives what a misspelt word is meant to be, as `respelt` asks for it. whole: what is one wish, such as the
    name of a field, though its words would part it: "good with children". places: says of a name whether it is one of a
    place, which is a wish of its own: "no steps Norfolk", "handyman Leeds".

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
    found = [*_in_body(text, body(text), whole, places)]
    named = [wish for _, wish in found if wish]
    if not named and any(char.isalnum() for char in text):
        named = [Wish(text, 0, len(text))]
    wishes = tuple(_first(named))
    refused = tuple(part for part, wish in found if not wish or wish.refused)
    asked = less(text, refused)
    asked = asked if any(char.isalnum() for char in asked) else text  # of a request that only refuses
    return Reading(replace(request, text=text), wishes, asked, notes, meant, refused)


def _in_body(
    text: str, part: Span, whole: re.Pattern[str] | None, places: Callable[[str], bool] | None
) -> Iterator[tuple[Span, Wish | None]]:
    """The wishes in this part of a text, as `_wishes` gives them, and what stands around it, in which there is none."""
    if part.start:
        yield Span(0, part.start), None
    for at, wish in _wishes(text[part.start : part.end], whole, places):
        moved = replace(wish, start=wish.start + part.start, end=wish.end + part.start) if wish else None
        yield Span(at.start + part.start, at.end + part.start), moved
    if part.end < len(text):
        yield Span(part.end, len(text)), None


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
    leads = (place for place in places if (lead := LEADING.match(text, place)) and lead.end() >= start)
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


def less(text: str, parts: Sequence[Span]) -> str:
    """The text without these parts of it, which are in order, and without what only led to them."""
    if not parts:
        return text
    kept, at = "", 0
    for part in [*parts, Span(len(text), len(text))]:
        piece = text[at : part.start]
        if kept[-1:] in ("", *".!?") and at:
            piece = piece.lstrip(" .,;:!?" if kept else " .,;:!?)")
            kept = f"{kept} " if kept and piece else kept
        kept = _led_nowhere(kept + piece) if part.start < len(text) else kept + piece
        at = max(at, part.end)
    return _HANGING.sub("", " ".join(_EMPTY.sub(" ", kept).split()))


def _led_nowhere(text: str) -> str:
    """A text before what is left out, without the words that lead there: "a flat but", "I like it. We would"."""
    text = _HANGING.sub("", text)
    start = max(text.rfind(mark) for mark in ".,;:!?") + 1
    last = text[start:].strip()
    return text[:start].rstrip(" ,;:") if last and LEADING.fullmatch(f"{last} ") else text


def _wishes(
    text: str, whole: re.Pattern[str] | None, places: Callable[[str], bool] | None
) -> Iterator[tuple[Span, Wish | None]]:
    """Each wish with the part of the text it stands in; None for a part that nobody asks for and does not mind."""
    start, hanging = 0, None
    for cut in _parts(text, whole, places):
        refused, blank = _refused(text, start, cut[0]), text[slice(*cut)].isspace()
        if (refused or hanging is not None) and blank and WHEN_OR_HOW_MUCH.match(text, cut[1]):
            continue
        wish, hangs = _wish(text, start, cut[0]), refused is not None and goes_on(text, refused.start, cut)
        if not wish and (of_oneself(text, start, cut[0]) or needless(text, *_opened(text, start, cut[0]))):
            yield Span(start, cut[0]), None
            hangs = False
        elif wish and hanging is not None:
            yield Span(hanging, cut[0]), replace(wish, refused=True)
        elif wish and not hangs:
            yield from _each(Span(start, cut[0]), wish)
        elif wish and not of_nothing(wish.text):
            yield Span(start, cut[0]), wish
            start = cut[1]
        if hangs or wish or not blank:
            hanging = start if hangs else None
        start = cut[1]


def _parts(text: str, whole: re.Pattern[str] | None, places: Callable[[str], bool] | None) -> Iterator[tuple[int, int]]:
    """Where wishes may end, and the text does. "No pets and a garden" refuses the pets and asks for the garden."""
    start = at = 0
    for cut in (*cuts(text, whole), (len(text), len(text))):
        refused, blank = _refused(text, start, cut[0]), text[slice(*cut)].isspace()
        if refused and blank and (_one_of_several(text, *cut) or all_but(text, cut[1], len(text))):
            continue  # "no pets except a cat", "not in Leeds or in York"
        if refused:
            yield from (stop for stop in stops(text, refused.start, cut[0], start, places) if stop[0] >= at)
        elif places:
            yield from around(text, at, cut[0], places)
        yield cut
        at = cut[1]
        if not (refused and blank and WHEN_OR_HOW_MUCH.match(text, at)):
            start = at


def _one_of_several(text: str, end: int, start: int) -> bool:
    """Whether the place that a wish may start with is one of several."""
    return _PLACED.match(text, start) is not None and text[:end].lower().endswith(
        (" or", " nor", " oder", " noch", " ou")
    )


def _each(part: Span, wish: Wish) -> Iterator[tuple[Span, Wish]]:
    """A wish, or each of those that one "no" refuses: "no dogs or cats". "No gas or electric heating" is one."""
    joiner = _AND_OR if _AVERSE.search(wish.by) else _OR
    joined = [*joiner.finditer(wish.text)] if wish.refused else []
    ends = [*(match.start() for match in joined), len(wish.text)]
    starts = [0, *(match.end() for match in joined)]
    things = [wish.text[start:end] for start, end in zip(starts, ends, strict=True)]
    sizes = [len(thing.split()) for thing in things]
    small = any(_filling(wish.text, start, end) for start, end in zip(starts, ends, strict=True))
    alike = all(match["of"] or size <= sizes[0] for match, size in zip(joined, sizes[1:], strict=True))
    numbered = any(map(str.isdigit, wish.text))
    if not joined or not alike or sizes[0] > MOST_JOINED or numbered or small:
        yield part, wish
        return
    at = part.start
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        by = wish.by if not number else wish.text[ends[number - 1] : start]
        till = part.end if end == len(wish.text) else wish.start + end
        yield Span(at, till), Wish(wish.text[start:end], wish.start + start, wish.start + end, True, by)
        at = till


def _opened(text: str, start: int, end: int) -> tuple[int, int, str]:
    """A part without the words that lead to what it names, and these words."""
    while start < end and text[start] in "( ":
        start += 1
    lead = None if all_but(text, start, end) else LEADING.match(text, start, end)
    return (lead.end(), end, lead.group()) if lead else (start, end, "")


def _refused(text: str, start: int, end: int) -> Span | None:
    """What a part refuses: then what follows of when and how much is part of that, "no work on Sundays"."""
    found = refusal(text, *_opened(text, start, end))
    return Span(*found) if found else None


def _wish(text: str, start: int, end: int) -> Wish | None:
    begin, _, lead = _opened(text, start, end)
    if of_oneself(text, start, end) or any(in_passing(text, at, end) for at in (start, begin)):
        return None
    if needless(text, begin, end, lead):
        return None
    found = insisted(text, begin, end, lead)
    refused = None if found else refusal(text, begin, end, lead)
    if not found and not refused and (unborne(text, begin, end, lead) or distant(text, begin, end)):
        return None
    start, end = found or refused or (begin, end)
    end = trimmed(text, start, end, refused is not None)
    by = text[begin:start] if refused else ""
    if _filling(text, start, end, ENGLISH_FILLER if _ENGLISH_NO.search(by) else FILLER):
        return None
    return Wish(text[start:end], start, end, refused is not None, by)


def _filling(text: str, start: int, end: int, filler: frozenset[str] = FILLER) -> bool:
    """Whether a part of the text consists of small words: "us", but not "US" in a text that is not all capitals."""
    words = re.findall(r"\w+", text[start:end])
    named = not text.isupper() and not _ABBREVIATED.isdisjoint(words)
    return not named and filler.issuperset(map(str.lower, words))
