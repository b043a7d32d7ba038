"""Whether a reason that a model gives is so. Each claim is held against the words that it quotes, or it is dropped.

A model may quote what is not there, quote a sentence without its "not", lay the seeker's words in the item's mouth, or
change a number. So both quotes must stand in their texts, at offsets that are found here and not taken from the model;
what surrounds them must not deny them; their numbers must meet; only that part of the request is claimed which the
item's words meet, and it must be most of what was quoted; and a sentence that joins them may say of the item only what
the item's words say, and of the seeker only what theirs say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from firstfive.guard import printable
from firstfive.rank.amounts import at_odds
from firstfive.rank.denial import sides
from firstfive.rank.doubt import WORDS, Word, doubted, words_of
from firstfive.rank.explain import SHARED
from firstfive.rank.meeting import met_until
from firstfive.rank.quoting import QUOTE
from firstfive.rank.wording import same, shared, telling_words, tells
from firstfive.types import Item, Quote, Reason, Span, Wish

NEAR = 0.5
"""Quotes with words in common that are less alike than this by cosine have them by chance."""
BECAUSE = 160
"""Characters of a sentence that joins two quotes, at most."""
_TOKENS = re.compile(r"\w+|[^\w\s]")
_LIKE_SIGNS = ("'‘’‚‛`´", '"“”„‟«»', "-‐‑‒–—−")
_MARK = re.compile(r"[,;:()–—]")
_ENDS = re.compile(r"[!?\n]|\.(?=\s|$)")
_TAKEN_BACK = re.compile(
    r"\b(?:lack(?:s|ing)?|rather than|instead of|refus\w+|used to|no longer|former(?:ly)?|closed|cannot|can['’]t|"
    r"except|keinerlei|geschlossen|statt|außer|aufnahmestopp|nicht mehr|fermée?s?|sauf|ne\s.{1,30}\splus)\b|"
    r"[-–—:]\s*(?:no|none|nein|non|aucune?)\b",
    re.IGNORECASE,
)
"""Signs in a sentence that it takes back what it names, somewhere: reason enough to quote another."""
_UNWANTED = re.compile(
    r"\b(?:hate|left|leave|avoid|rather than|instead of|other than|except|anything but|tired of|statt|außer|sauf|"
    r"au lieu)\b[^,;.!?\n]*$",
    re.IGNORECASE,
)
_EDGES = " \t\n\r.,;:!?…\"'“”„‘’«»()[]"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides of a reason, where they truly stand. before: what its clause says ahead of the item's quote."""

    said: Quote
    says: Quote
    before: str = ""


# --- the two quotes ---------------------------------------------------------------------------------------------------


def pair(said: str, says: str, request: str, wishes: Sequence[Wish], item: Item) -> Pair | str:
    """The quotes at their true places, or, in words, why they cannot stand side by side."""
    place = aligned(said, request)
    if place is None:
        return "what it quotes of the request is not in it"
    found = _in_item(says, item)
    if found is None:
        return "what it quotes of the item is not in it"
    of, where = found
    text = item.text if of == "text" else item.title
    if any(wish.refused and place.start < wish.end and wish.start < place.end for wish in wishes):
        return "the request refuses what it quotes of it"
    around = _sentence(text, where)
    if doubted(request, place) or doubted(text, where) or _TAKEN_BACK.search(text, around.start, around.end):
        return "the words around a quote deny it"
    if _UNWANTED.search(request, max(0, place.start - QUOTE), place.start):
        return "the request refuses what it quotes of it"
    if _contradict(words_of(request, place), words_of(text, where)) or _lacks(text, around, request, place):
        return "one quote denies what the other says"
    clause = max((mark.end() for mark in _MARK.finditer(text, around.start, where.start)), default=around.start)
    both = Pair(_quoted(request, place, "request"), _quoted(text, where, of), text[clause : where.start])
    return "its numbers do not meet" if at_odds(both.said.text, both.says.text) else both


def aligned(quote: str, source: str) -> Span | None:
    """Where the words of a quote stand in the source, whole words only, the first time; None where they do not.

    White space, case, how accents are encoded and the shapes of quotation marks and dashes may differ, and punctuation
    at both ends.
    """
    text = quote.strip(_EDGES)
    if not any(tells(word) for word in telling_words(text)) or len(text) > QUOTE:
        return None
    forms = dict.fromkeys((text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)))
    found = next(filter(None, (_stands(form, source) for form in forms)), None)
    return Span(*found.span()) if found else None


def _stands(text: str, source: str) -> re.Match[str] | None:
    tokens = _TOKENS.findall(text)
    pattern = _sign(tokens[0])
    for before, token in pairwise(tokens):
        pattern += (r"\s+" if before[0].isalnum() and token[0].isalnum() else r"\s*") + _sign(token)
    return re.search(rf"(?<!\w){pattern}(?!\w)", source, re.IGNORECASE)


def one_each(word: str) -> float:  # noqa: ARG001
    """The weight of a word where each tells as much as another."""
    return 1.0


def supported(both: Pair, cosine: float | None, weigh: Callable[[str], float] = one_each) -> Pair | None:
    """The pair with the request's quote cut to what the item's words meet: "elderly care" of "elderly care in Iberia".

    None where that is not enough. cosine: how alike the vectors of the two quotes are; None without an embedder. weigh:
    how much a word in lower case tells, above 0.
    """
    if cosine is not None and cosine < NEAR:
        return None
    said = both.said
    end = met_until(said.text, both.says.text, both.before, weigh)
    return replace(both, said=Quote(said.text[:end], said.start, said.start + end, said.of)) if end else None


def made(both: Pair, cosine: float | None, because: str, by: str) -> Reason:
    """The reason of a pair that was checked, scored as those without a model are."""
    words = shared(both.said.text, _words(both.says.text))
    score = (SHARED * words + max(0.0, cosine or 0.0)) / (1 + SHARED)
    return Reason(both.said, both.says, round(min(score, 1.0), 4), because, by)


def _sign(token: str) -> str:
    alike = next((signs for signs in _LIKE_SIGNS if token in signs), "")
    return f"[{re.escape(alike)}]" if alike else re.escape(token)


def _in_item(says: str, item: Item) -> tuple[str, Span] | None:
    """Where in the item's text, or else in its title, as a `Quote.of` and a place."""
    for of, text in (("text", item.text), ("title", item.title)):
        place = aligned(says, text)
        if place is not None:
            return of, place
    return None


def _sentence(text: str, where: Span) -> Span:
    """The sentence or line around a quote, as far as a few hundred characters."""
    first, last = max(0, where.start - QUOTE), min(len(text), where.end + QUOTE)
    start = max((mark.end() for mark in _ENDS.finditer(text, first, where.start)), default=first)
    end = _ENDS.search(text, where.end, last)
    return Span(start, end.start() if end else last)


def _quoted(text: str, place: Span, of: str) -> Quote:
    return Quote(text[place.start : place.end], place.start, place.end, of)


def _contradict(said: Sequence[Word], says: Sequence[Word]) -> bool:
    """Whether a word that both have is denied in one of them only."""
    return any(
        _one(one.text, other.text) and (one.by is None) != (other.by is None)
        for one in said
        if tells(one.text)
        for other in says
    )


def _lacks(text: str, where: Span, request: str, place: Span) -> bool:
    """Whether the item's quote denies a word that the request's quote wants, also one further ahead: "parking is not
    available"."""
    said, says = sides(request[place.start : place.end]), sides(text[where.start : where.end])
    wanted = [word for word in said.held - said.no if tells(word)]
    return any(_one(word, other) for word in wanted for other in says.no - says.held)


def _one(word: str, other: str) -> bool:
    """Whether two words are forms of one; numbers only where they are equal."""
    return word == other or (not (word[:1].isdigit() or other[:1].isdigit()) and same(word, other))


def _words(text: str) -> list[str]:
    return [word.text for word in _alone(text)]


def _alone(text: str) -> list[Word]:
    return words_of(text, Span(0, len(text)))


# --- the sentence that joins them -------------------------------------------------------------------------------------

_SEEKER = frozenset("you your yours".split())
_ITEM = frozenset("it its they their them he she his her".split())
_ALLOWED = frozenset(
    "a an the and is are be was were has have does do of for to with as by in on at this that these those which who "
    "what also both so same exactly ask asks asked asking want wants wanted look looks looking need needs needed "
    "wish wishes wished request say says said saying mention mentions mentioned match matches fit fits meet meets "
    "suit suits company firm business item".split()
).union(_SEEKER, _ITEM)
"""Words that state nothing of an item by themselves. A "no", a number, an "over" or a "from" is none of them."""
_MARKS = re.compile(r"[,;:.!?()](?=\s|$)")


def unsupported(because: str, both: Pair, title: str = "") -> str:
    """Why the sentence that joins two quotes cannot stand, in words; empty where each of its words is supported.

    What follows "you" up to the next mark or "it" is about the seeker and must come from their words; all else is
    about the item and must come from its quote. A word that a quote denies must be denied here too.
    """
    text = because.removeprefix(title).strip() if title else because.strip()
    if len(because) > BECAUSE or "\n" in text or printable(text)[0] != text:
        return "it is no short plain sentence"
    sides = {True: _alone(both.said.text), False: _alone(both.says.text)}
    denied = {word.start for word in _alone(text) if word.by is not None}
    for word, start, seekers in _attributed(text):
        source = [one for one in sides[seekers] if _one(one.text, word)]
        if not source and word not in _ALLOWED:
            return f"“{word}” is not in what {'you said' if seekers else 'it says'}"
        if source and tells(word) and all((one.by is not None) != (start in denied) for one in source):
            return f"“{word}” is denied in one of them only"
    return ""


def _attributed(text: str) -> Iterator[tuple[str, int, bool]]:
    """Each word with its start and whether it is about the seeker."""
    seekers, at = False, 0
    for match in WORDS.finditer(text):
        word = match.group().lower()
        if word in _SEEKER:
            seekers = True
        elif word in _ITEM or _MARKS.search(text, at, match.start() + 1):
            seekers = False
        at = match.end()
        yield word, match.start(), seekers
