"""The noun phrases of a few texts in English, German and French, told by what stands around them, without a tagger.

    noun_phrases(["We press our olive oil.", "Bread with olive oil."])      [{"olive oil": "olive oil"}, ...]

A phrase is a run of words of no closed class. Somewhere it stands behind an article, a preposition or a number, so that
it begins where a noun phrase does; and everywhere that counts it stands in front of a stop, a preposition, a
conjunction or a verb, so that it is not cut off before its noun. A word that these texts have behind "we", "to" or
"can" at least as often as behind an article is a verb. Names, labels, and what says when or how much are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from firstfive.ask.closed_classes import CLASSES, VAGUE

MOST_WORDS = 3
"""Of a phrase, without "de" and the like."""
COMPOUND = 10
"""Letters from which on a German noun says enough alone."""
_TOKEN = re.compile(
    r"(?:[dlsnjcmtDLSNJCMT]|[Qq]u)['’](?=\w)|[^\W\d_]{1,40}(?:['’-][^\W\d_]{1,40}){0,4}|\d[\d.,]*|\n|[^\w\s]|\w"
)
_STOPS = frozenset(".,;!?()[]\n–—…")
_JOINS = frozenset({"de", "d", "à"})
"""What joins the nouns of a French phrase: "machines à bois"."""
_TO_VERB = frozenset("to i we you they who can could will would may might must nous vous qui ils wir man".split())
_BEGINS = frozenset({"determiner", "preposition", "number", "adjective", "doing"})
_ENDS = frozenset({"preposition", "conjunction", "verb", "doing", "pronoun"})
_TORN = frozenset({"other", "mark"})
"""Before a word: it may be the second half of one, as in "higher level"."""
_ONE = frozenset({"one", "1"})
"""More than one are of the word behind them where the noun is no plural: "three bedroom house"."""
_NO_LAST = {
    "en": ("ed", "ly", "ous", "ive", "ful", "able", "ible", "est"),
    "de": (),
    "fr": ("ant", "ement", "er", "ir"),
}
"""Endings of what is no noun."""
_NO_WORD = {"en": ("ly",), "de": (), "fr": ()}
_ADJECTIVE = ("e", "er", "es", "en", "em")


class _Token(NamedTuple):
    """A word or mark. kind: its closed class; "word" of none, "doing" also of a verb that these texts show to be one,
    "stop", or "mark" of what neither begins nor ends a phrase."""

    text: str
    kind: str


_STOP, _TITLE = _Token("\n", "stop"), _Token("", "determiner")
"""A title begins as a noun phrase does."""


def whole(counts: Mapping[str, int]) -> frozenset[str]:
    """The phrases that are not cut out of longer ones: of which most items that say them say no one longer phrase.

    counts: how many items say each. C-value (Frantzi, Ananiadou and Mima, 2000) takes what longer terms say off so.
    """
    inside = Counter[str]()
    for phrase, count in counts.items():
        words = phrase.split()
        for first in range(len(words)):
            for end in range(first + 2, len(words) + 1):
                part = " ".join(words[first:end])
                if part != phrase:
                    inside[part] = max(inside[part], count)
    return frozenset(phrase for phrase, count in counts.items() if 2 * inside[phrase] <= count)


def noun_phrases(texts: Sequence[str]) -> list[dict[str, str]]:
    """The phrases of each text: in small letters, and as they stand. Cost: 0.1 ms a thousand characters."""
    read = [_read(text) for text in texts]
    verbs = _verbs(tokens for _, tokens in read)
    begun: set[str] = set()
    found: list[dict[str, str]] = []
    for language, tokens in read:
        own: dict[str, str] = {}
        for said, begins in _said(language, [_doing(token, verbs) for token in tokens]):
            folded = said.lower()
            own.setdefault(folded, said)
            if begins:
                begun.add(folded)
        found.append(own)
    return [{folded: said for folded, said in own.items() if folded in begun} for own in found]


def _read(text: str) -> tuple[str, list[_Token]]:
    raw = _TOKEN.findall(text)
    small = [token.lower().rstrip("'’") for token in raw]
    language = max(CLASSES, key=lambda one: sum(word in CLASSES[one] for word in small))
    kinds = CLASSES[language]
    tokens = [_Token(token, _kind(token, word, kinds)) for token, word in zip(raw, small, strict=True)]
    return language, list(_titles(tokens))


def _kind(token: str, word: str, kinds: Mapping[str, str]) -> str:
    if token in _STOPS:
        return "stop"
    if token[0].isdigit():
        return "digit"
    if not token[0].isalpha():
        return "mark"
    return kinds.get(word) or ("mark" if "'" in word or "’" in word or len(word) < len("oak") else "word")


def _titles(tokens: Sequence[_Token]) -> Iterator[_Token]:
    """The tokens; where all words between two stops are in capitals, and more than a name has, each without its own."""
    part: list[_Token] = []
    for token in [*tokens, _STOP]:
        part.append(token)
        if token.kind == "stop":
            words = [one for one in part if one.kind == "word"]
            titled = len(part) > MOST_WORDS + 1 and all(one.text[0].isupper() for one in words)
            yield from (_TITLE, *(_Token(one.text.lower(), one.kind) for one in part)) if titled else part
            part = []


def _verbs(texts: Iterator[list[_Token]]) -> frozenset[str]:
    """Words that stand where verbs do at least as often as where nouns do."""
    as_verb, as_noun = Counter[str](), Counter[str]()
    for tokens in texts:
        for before, token, after in zip(tokens, tokens[1:], [*tokens[2:], _STOP], strict=False):
            if token.kind == "word" and (before.text.lower() in _TO_VERB or after.kind == "determiner"):
                as_verb[token.text.lower()] += 1
            elif token.kind == "word" and before.kind in {"determiner", "preposition"}:
                as_noun[token.text.lower()] += 1
    return frozenset(word for word, count in as_verb.items() if count >= as_noun[word])


def _doing(token: _Token, verbs: frozenset[str]) -> _Token:
    return _Token(token.text, "doing") if token.kind == "word" and token.text.lower() in verbs else token


def _said(language: str, tokens: Sequence[_Token]) -> Iterator[tuple[str, bool]]:
    """Each phrase, and whether it begins where a noun phrase does."""
    start = 0
    padded = [_STOP, *tokens, _STOP]
    for at in range(1, len(padded)):
        if padded[at].kind == "word":
            start = start or at
            continue
        if start and (padded[at].kind in _ENDS or padded[at].kind == "stop"):
            yield from _PHRASES[language](padded, start, at)
        start = 0


def _of_run(tokens: Sequence[_Token], start: int, end: int) -> Iterator[tuple[str, bool]]:
    """In English a phrase ends with its noun: the last two or three words of a run."""
    before, noun = tokens[start - 1], tokens[end - 1].text
    counted = before.kind in {"number", "digit"} and before.text.lower() not in _ONE and not noun.endswith("s")
    begins, torn = before.kind in _BEGINS, counted or before.kind in _TORN
    for first in range(max(start + torn, end - MOST_WORDS), end - 1):
        words = tokens[first:end]
        if not _named(words) and _nominal("en", words):
            yield " ".join(word.text for word in words), begins


def _of_german(tokens: Sequence[_Token], start: int, end: int) -> Iterator[tuple[str, bool]]:
    """In German too, and a noun has a capital: a long one alone, or one behind an adjective."""
    noun = tokens[end - 1]
    if not noun.text[0].isupper() or noun.text.isupper() or noun.text.lower() in VAGUE:
        return
    begins = tokens[start - 1].kind in _BEGINS
    before = tokens[end - 2] if end - 1 > start else None
    if before and before.text.islower() and before.text.endswith(_ADJECTIVE):
        yield f"{before.text} {noun.text}", begins
    if len(noun.text) >= COMPOUND and (before is None or before.text.islower()):
        yield noun.text, begins


def _of_french(tokens: Sequence[_Token], start: int, end: int) -> Iterator[tuple[str, bool]]:
    """In French a phrase begins with its noun, and others follow behind "de" or "à"."""
    begins = tokens[start - 1].kind in _BEGINS
    words = tokens[start:end]
    if len(words) == 2 and not _named(words) and _nominal("fr", words[:1]):
        yield " ".join(word.text for word in words), begins
    joined, after = tokens[end], tokens[end + 1 : end + 3]
    follows = joined.text.lower().rstrip("'’") in _JOINS and len(after) == 2 and after[0].kind == "word"
    whole = follows and len(words) < MOST_WORDS and after[1].kind in {*_ENDS, "stop"}
    if whole and not _named([*words, after[0]]) and _nominal("fr", words[-1:]):
        gap = "" if joined.text[-1] in "'’" else " "
        yield f"{' '.join(word.text for word in words)} {joined.text}{gap}{after[0].text}", begins


def _named(words: Sequence[_Token]) -> bool:
    """Whether it is a name, or begins a sentence, and is none of the other places where the phrase stands."""
    return any(word.text[0].isupper() for word in words)


def _nominal(language: str, words: Sequence[_Token]) -> bool:
    texts = [word.text.lower() for word in words]
    if texts[-1] in VAGUE or texts[-1].endswith(_NO_LAST[language]):
        return False
    return not any(text.endswith(_NO_WORD[language]) for text in texts)


_PHRASES = {"en": _of_run, "de": _of_german, "fr": _of_french}
