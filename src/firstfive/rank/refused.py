"""What an item says of a thing that a request refuses: that it has it, by its name or as one of its kind, or not.

names_refused(item, wish)     it has it somewhere, and says nowhere that it has not
lacks_refused(item, wish)     it says so: by a "no", as free of it, or by a field
sooner(lacks)                 the stage that puts those a little before items which are silent
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.features import name_words
from firstfive.rank.denial import Sides, sides
from firstfive.rank.kinds import Kind, ends_with, kind_of, less_others
from firstfive.rank.stages import Stage
from firstfive.rank.standing import Words, asked
from firstfive.rank.wording import BEGINNING, WORD, akin, same, singulars

if TYPE_CHECKING:
    from firstfive.types import Candidates, Item, Request, Wish

LACKING = 0.15
"""What an item gains for saying that it has not what is refused: less than a whole wish is worth."""
LOOKED_AT = 40
"""Parts of an item that are read for it."""
_AS_NOUN = 5
"""Letters from which on a German noun is looked for at the end of longer words, "Kuchen" in "Erdbeerkuchen"."""
_OF_NO_OTHER = frozenset("products produkte produits tree any all".split())
"""Beside the name of a kind these say nothing else: "tree nuts", "dairy products"."""
_YES, _NO = frozenset({"true", "yes", "ja", "oui"}), frozenset({"false", "no", "nein", "non"})
_NEEDLESS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(?:no|keine?n?|pas\sd['’e]|aucune?)\s(?P<them>\w+(?:\s\w+){0,3}?)\s(?:is\s|are\s|ist\s|sind\s|n['’]est\s)?"
            r"(?:needed|required|necessary|asked\sfor|expected|nötig|notwendig|erforderlich|nécessaires?|requis\w?)\b"
        ),
        r"no \g<them>.",
    ),
    (
        re.compile(
            r"\b(?P<them>\w+(?:\s\w+)?)\s(?:(?:is|are)\snot|(?:is|are)n['’]t|(?:ist|sind)\snicht|n['’]est\spas)\s"
            r"(?:needed|required|necessary|nötig|notwendig|erforderlich|nécessaires?|requis\w?)\b"
        ),
        r"no \g<them>.",
    ),
    (re.compile(r"\b(?:no\sneed\s(?:for|of)|(?:don['’]t|do\snot|not)\sneed)\s(?:an?\s|any\s)?"), "no "),
    (re.compile(r"\bpas\sbesoin\sd(?:e\s|['’])"), "pas de "),
    # "no deposit" is no lack, but for who refuses one
    (
        re.compile(
            r"\b(?:no|without|keine?|ohne|pas\sde|sans)\s(?:extra\s|additional\s|any\s)?(?P<them>charge|fee|cost|supplement|"
            r"surcharge|deposit|restriction|limit|commitment|aufpreis|zuschlag|gebühr|kaution|frais|supplément)"
            r"(?:s|en)?\b(?!-)"
        ),
        r"\g<them>-free",
    ),
    # for people who can't have eggs
    (
        re.compile(
            r"\b(?:who|that)\s(?:can['’]?t|can\s?not|don['’]t|do\snot)\s(?:have|eat|drink|tolerate|take)\s(?:any\s)?"
        ),
        "no ",
    ),
    (re.compile(r"\bdie\skeine?n?\s(?P<them>\w+)\s(?:essen|vertragen|trinken|dürfen)\b"), r"kein \g<them>."),
)
"""Who refuses a thing is glad that none is needed, and of what is for those who cannot have it."""


class _Refused(NamedTuple):
    """A refused wish. words: the telling ones. begin, inside: how a word begins or ends that may be
    one of them, or of their kind."""

    words: tuple[str, ...]
    kind: Kind | None
    ends: tuple[str, ...]
    begin: frozenset[str]
    inside: tuple[str, ...]

    def speaks(self, text: str) -> bool:
        """Whether a text in lower case may speak of it."""
        words = _words(text)
        return not self.begin.isdisjoint(word[:BEGINNING] for word in words) or (
            bool(self.inside) and any(word.endswith(self.inside) for word in words)
        )


def names_refused(item: Item, wish: Wish) -> bool:
    """Whether all telling words of a refused wish, or one of its kind, stand in the item, which denies them nowhere."""
    refused = _refused(wish.text)
    texts = _texts(item, refused)
    if not texts or _free_by_field(item, refused):
        return False
    read = [_sides(text) for text in texts]
    if any(_denies(one, refused) for one in read):
        return False
    if max(Words(texts).found(wish.text).share) >= 1:
        return True
    held = frozenset[str]().union(*(one.held - one.no for one in read))
    if refused.ends and any(ends_with(form, refused.ends) for word in held for form in (word, *singulars(word))):
        return True
    return refused.kind is not None and refused.kind.named(held)


def lacks_refused(item: Item, wish: Wish) -> bool:
    """Whether the item's title, a passage or a field says that it has not what a wish refuses."""
    refused = _refused(wish.text)
    return _free_by_field(item, refused) or any(_denies(_sides(text), refused) for text in _texts(item, refused))


def sooner(lacking: Callable[[int], float], among: int = 30) -> Stage:
    """Adds up to LACKING to those of the first `among` that say they have not what is refused.

    lacking: of the item at a position, of how many of the refused wishes it says so, from 0 to 1. What was added is the
    channel "lacking". No score rises above 1. Refused ones (score below 0) are left alone.
    """

    def step(_: Request, candidates: Candidates) -> Candidates:
        head = min(among, int((candidates.scores >= 0).sum()))
        gained = np.zeros(len(candidates), dtype=np.float32)
        gained[:head] = [LACKING * lacking(int(position)) for position in candidates.positions[:head]]
        if not gained.any():
            return candidates
        most = np.maximum(candidates.scores, 1)
        scores = np.minimum(candidates.scores + gained, most).astype(np.float32)
        order = np.concatenate([np.argsort(-scores[:head], kind="stable"), np.arange(head, len(candidates))])
        channels = {**candidates.channels, "lacking": np.where(gained > 0, gained, np.nan).astype(np.float32)}
        return replace(candidates, scores=scores, channels=channels).take(order)

    return Stage("lacking", step, f"{LACKING} more for those that say they have not what is refused")


@lru_cache(maxsize=64)
def _refused(wish: str) -> _Refused:
    wanted, unwanted, either = asked(wish)
    words = (*wanted, *unwanted, *either)
    core = [word for word in words if word not in _OF_NO_OTHER]
    kind = kind_of(core[0]) if len(core) == 1 else None
    nouns = {word.lower() for word in WORD.findall(wish) if word.istitle() and len(word) >= _AS_NOUN}
    ends = tuple(sorted({form for noun in nouns for form in (noun, *singulars(noun))})) if len(core) == 1 else ()
    begin = frozenset(word[:BEGINNING] for word in (*words, *(kind.members | kind.names if kind else ())))
    return _Refused(words, kind, ends, begin, (*ends, *(kind.ends if kind else ())))


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text))


@lru_cache(maxsize=2048)
def _plainly(text: str) -> str:
    """A text in lower case that a seeker reads who refuses something."""
    for pattern, plain in _NEEDLESS:
        text = pattern.sub(plain, text)
    return less_others(text)


def _texts(item: Item, refused: _Refused) -> list[str]:
    """The parts of an item that speak of what is refused, in lower case."""
    found: list[str] = []
    for text in _parts(item):
        lower = text.lower()
        if refused.speaks(lower):
            found.append(_plainly(lower))
        if len(found) == LOOKED_AT:
            break
    return found


def _parts(item: Item) -> Iterator[str]:
    yield item.title
    yield from (item.text[span.start : span.end] for span in item.passages)
    for name, value in item.shown.items():
        for one in value if isinstance(value, tuple) else (value,):
            said, called = str(one).lower(), " ".join(name_words(name))
            yield called if said in _YES else f"no {called}" if said in _NO else str(one)


@lru_cache(maxsize=2048)
def _sides(text: str) -> Sides:
    return sides(text)


def _free_by_field(item: Item, refused: _Refused) -> bool:
    """Whether a field says that the item has nothing of the kind: "vegan"."""
    if refused.kind is None or not refused.kind.without:
        return False
    values = (one for value in item.shown.values() for one in (value if isinstance(value, tuple) else (value,)))
    return any(str(one).lower() in refused.kind.without for one in values)


def _denies(said: Sides, refused: _Refused) -> bool:
    """Whether a text surely says no to all words of what is refused, or to the last of them alone."""
    sure = said.denied | said.free
    if not sure or not refused.words:
        return False
    forms = [_forms(word, refused.kind) for word in refused.words]
    if len(forms) == 1:
        return any(forms[0](word) for word in sure - said.qualified)
    if any(forms[-1](word) for word in said.wholly):
        return True
    every = said.no | said.held
    return any(forms[-1](word) for word in sure) and all(any(form(word) for word in every) for form in forms)


def _forms(word: str, kind: Kind | None) -> Callable[[str], bool]:
    names: Sequence[str] = [word, *(kind.names if kind and word in kind.names else ())]
    return lambda other: any(same(name, other) or akin(name, other) for name in names)
