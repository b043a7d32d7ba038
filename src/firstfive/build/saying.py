"""What a text says in its words: whether they name a thing, in some form, and whether they say yes or no to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from firstfive.build.cues import telling
from firstfive.build.orders import ordered
from firstfive.build.schema import Declared
from firstfive.types import Span


class Token(NamedTuple):
    """A word of a clause, lower case, and where it stands there."""

    word: str
    start: int
    end: int


REACH = 40
"""Characters before a word in which a "not" is about it."""

_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nor|without|neither|nobody|isn['’]?t|aren['’]?t|wasn['’]?t|don['’]?t|doesn['’]?t|"
    r"hasn['’]?t|no longer|"
    r"formerly|former|used to|until|kein|keine|keinen|keiner|nicht|ohne|nie|pas|sans|aucun|aucune|jamais|senza|non|"
    r"nessun|sin|nunca|"
    r"geen|niet|zonder|ikke|inte|nie|bez|refuses?|ceased|stopped|sold out|bought out)\b|\bnon-",
    re.IGNORECASE,
)
_AFTER = re.compile(r"^\W{0,3}(?:no more|no longer|not|never|until|nicht|pas)\b", re.IGNORECASE)
_OTHERS_HAVE = re.compile(r"^[\s-]*(?:[a-z]+ing\s+|small\s+|local\s+)?[a-z]{3,}(?<!ss)s\b(?!['’])", re.IGNORECASE)
_AND_OTHERS = re.compile(
    r"^(?:\s*[,&/]\s*|\s+and\s+|\s+or\s+)(?:(?!(?:by|for|in|at|to|with|of|on)\b)[\w-]+(?:,? and | or |\s+|/)){0,3}?"
    r"[a-z]{3,}(?<!ss)s\b(?!['’])",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\b(?:of|for|to|with|on|from|between|both|any)\s+$", re.IGNORECASE)
_ITSELF = re.compile(
    r"^[\s-]*(?:business|is|was|has|since|as|this|us|its|always|sells|makes|specialises|specializes)\b", re.IGNORECASE
)
CLAUSE = re.compile(r"[.!?;:\n]|,? (?:but|however|aber|mais)\b")
_JOINS = re.compile(r"[,;/]|\b(?:and|or|und|oder|et|ou|y|o)\b", re.IGNORECASE)
_TOKEN = re.compile(r"\w+(?:['’]\w+)?")


def denies(words: str) -> bool:
    """Whether there is a "no" of any kind in the words."""
    return bool(_NEGATION.search(words))


def said_in(said: str, words: str) -> bool:
    """Whether all telling words of what is said stand in these words, in some form."""
    wanted, there = telling(said), [word.casefold() for word in _TOKEN.findall(words)]
    return bool(wanted) and all(any(akin(one, other) for other in there) for one in wanted)


def akin(one: str, other: str) -> bool:
    """Equal, or forms of one word: the shorter begins the longer but for its last letters, which are few."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    need = max(4, len(short) - 2)
    return len(short) >= 4 and len(long) - len(short) <= 3 and long[:need] == short[:need]


def polarity(fact: Declared, words: str) -> bool | None:
    """Whether the words say yes or no to a fact of yes and no; None where they say neither, or both."""
    said = {one for one, _ in polarities(fact, words)}
    return said.pop() if len(said) == 1 else None


def polarities(fact: Declared, text: str) -> Iterator[tuple[bool, Span]]:
    """Where the text speaks of the fact: each a yes or a no, and its span. What it says of others is left out."""
    beginnings = {words[0][:4] for phrase in fact.cues.phrases if (words := telling(phrase))}
    if not any(beginning in text.casefold() for beginning in beginnings):
        return
    for start, clause in clauses(text):
        yield from ((yes, Span(start + span.start, start + span.end)) for yes, span in _in_clause(fact, clause))


def _in_clause(fact: Declared, clause: str) -> Iterator[tuple[bool, Span]]:
    for phrase in fact.cues.phrases:
        span = phrase_in(clause, phrase) if telling(phrase) else None
        if span is None:
            continue
        after = clause[span.end :]
        if _of_others(clause[: span.start], clause[span.start : span.end], after):
            continue
        denied = negated(clause, span)
        yield denied is None, Span(denied.start if denied else span.start, max(span.end, denied.end if denied else 0))
        return


def _of_others(before: str, phrase: str, after: str) -> bool:
    """Whether the phrase is said of other things: "[open-source] models", "of [open-source] and custom models".

    The hyphen shows that it is joined to what follows: "with [parking] and two rooms" says it of the thing itself.
    """
    if _OTHERS_HAVE.match(after):
        return not _ITSELF.match(after)
    return "-" in phrase and bool(_BEHIND.search(before) and _AND_OTHERS.match(after))


def tokens_of(clause: str) -> list[Token]:
    """The words of a clause."""
    return [Token(found.group().casefold(), found.start(), found.end()) for found in _TOKEN.finditer(clause)]


def phrase_in(clause: str, phrase: str) -> Span | None:
    """Where the clause has the phrase's telling words, in some form and in order, with only small words between them.

    "family business" is not in "families and businesses": what joins two things joins them in the phrase too.
    """
    words, tokens = telling(phrase), tokens_of(clause)
    joins = bool(_JOINS.search(phrase))
    for first, token in enumerate(tokens):
        if not akin(token.word, words[0]):
            continue
        at, place = first + 1, 1
        while place < len(words) and at < len(tokens):
            if akin(tokens[at].word, words[place]):
                place += 1
            elif telling(tokens[at].word):
                break
            at += 1
        end = tokens[at - 1].end
        if place == len(words) and (joins or not _JOINS.search(clause, token.start, end)):
            return Span(token.start, end)
    return None


def negated(clause: str, span: Span) -> Span | None:
    """Where the clause says no to what stands at this span, just before it or after; None where it does not."""
    before = list(_NEGATION.finditer(clause, max(0, span.start - REACH), span.start))
    if before:
        return Span(*before[-1].span())
    after = _AFTER.match(clause[span.end :])
    return Span(span.end + after.start(), span.end + after.end()) if after else None


def mentions(value: str, text: str, left_out: tuple[Span, ...] = ()) -> Iterator[Span]:
    """Each clause's first mention of the value that is no denial, in order. left_out: parts that do not count."""
    words = telling(value)
    if not words or words[0][:4] not in text.casefold():
        return
    for start, clause in clauses(text):
        found = phrase_in(clause, value)
        if found and not negated(clause, found):
            span = Span(start + found.start, start + found.end)
            if not ordered(left_out, span):
                yield span


def clauses(text: str) -> Iterator[tuple[int, str]]:
    """The clauses of a text, each with where it begins."""
    start = 0
    for end in CLAUSE.finditer(text):
        yield start, text[start : end.start()]
        start = end.end()
    yield start, text[start:]
