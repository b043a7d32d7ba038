"""What an item says of a thing that a request refuses: that it has it, by its name or as one of its kind, or not.

named_at(item, wish)     where it has it, and says nowhere that it has not
lacked_at(item, wish)    where it says so: by a "no", as free of it, or by a field
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from firstfive.features import name_words
from firstfive.rank.denial import Sides, may_deny, sides
from firstfive.rank.kinds import Kind, is_compound_of, is_of_a_kind, kind_of, without_lookalikes
from firstfive.rank.lexicon import NEEDED
from firstfive.rank.quoting import Row, of_field, row_at, row_of
from firstfive.rank.standing import asked
from firstfive.rank.wording import BEGINNING, WORD, akin, same, singulars

if TYPE_CHECKING:
    from firstfive.types import Item, Quote, Wish

LOOKED_AT = 40
"""Parts of an item that are read for it."""
_AS_NOUN = 5
"""Letters from which on a German noun is looked for at the end of longer words, "Kuchen" in "Erdbeerkuchen"."""
_OF_NO_OTHER = frozenset("products produkte produits tree any all".split())
"""Beside the name of a kind these say nothing else: "tree nuts", "dairy products"."""
YES_OR_NO = dict.fromkeys(("true", "yes", "ja", "oui"), "yes") | dict.fromkeys(("false", "no", "nein", "non"), "no")
"""What values of fields say yes and no, in lower case."""
_NONE_OF_IT = frozenset({"0", "0.0"})
_SHORT = 3
"""Words of a value that may say no to the name of its field: "not allowed"."""
_OF_NO_THING = frozenset("contains contain has have includes include with is are".split())
"""Words in the name of a field that are no part of what it is of."""
_NEEDLESS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(?:no|keine?n?|pas\sd['’e]|aucune?)\s(?P<them>\w+(?:\s\w+){0,3}?)\s(?:is\s|are\s|ist\s|sind\s|n['’]est\s)?"
            rf"{NEEDED}\b"
        ),
        r"no \g<them>.",
    ),
    (
        re.compile(
            r"\b(?P<them>\w+(?:\s\w+)?)\s(?:(?:is|are)\snot|(?:is|are)n['’]t|(?:ist|sind)\snicht|n['’]est\spas)\s"
            rf"{NEEDED}\b"
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
    (
        re.compile(r"\b(?P<them>egg|meat|dairy|milk|gluten|wheat|flour|fish|nut|sugar|alcohol|smoke)[\s-]?less\b"),
        r"\g<them>-free",
    ),
    (
        re.compile(r"(?<!\d\s)(?<!two\s)\badults?[\s-]only\b|\bnur\s(?:für\s)?erwachsene\b|\bréservé\saux\sadultes\b"),
        "child-free",
    ),
    # who says what to take in place of the eggs says neither that they are there nor that they are not
    (
        re.compile(
            r"\b(?:(?:replac|swapp?)(?:e|ed|ing)?\s(?:(?:the|all|any)\s)?\w+\s(?:with|for|by)|"
            r"ersetzen?\s(?:sie\s)?(?:(?:die|den|das)\s)?\w+\s(?:durch|mit)|remplace[rz]?\s(?:(?:les?|la)\s)?\w+\spar)\b"
        ),
        " ",
    ),
)
"""Who refuses a thing is glad that none is needed, and of what is for those who cannot have it."""


_TRACE = re.compile(
    r"\b(?:may\s(?:also\s)?contain|(?<!no\s)(?<!any\s)(?<!contain\s)(?<!without\s)(?<!of\s)(?<!not\s)(?<!from\s)(?<!or\s)traces?\sof|"
    r"kann\s(?:auch\s)?spuren|enthält\sspuren|peu(?:t|vent)\s(?:aussi\s)?contenir|contient\sdes\straces)\b(?P<of>[^.!?\n;]{0,200})"
)
"""What who must not have a thing heeds, whatever else is said of it."""


class _Part(NamedTuple):
    """A part of an item. says: what it is read as, "no wifi" for a field's "no"."""

    says: str
    row: Row


class _Refused(NamedTuple):
    """A refused wish. wanted, unwanted, either: its telling words, as `asked` parts them.

    begin, inside: how a word begins or ends that may be one of them, or of their kind. lookalikes: whether there is
    what only sounds like it.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    either: tuple[str, ...]
    kind: Kind | None
    ends: tuple[str, ...]
    begin: frozenset[str]
    inside: tuple[str, ...]
    lookalikes: bool

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.wanted, *self.unwanted, *self.either)

    def speaks(self, text: str) -> bool:
        """Whether a text in lower case may speak of it."""
        words = _words(text)
        return not self.begin.isdisjoint(word[:BEGINNING] for word in words) or (
            bool(self.inside) and any(word.endswith(self.inside) for word in words)
        )


def names_refused(item: Item, wish: Wish) -> bool:
    """Whether all telling words of a refused wish, or one of its kind, stand in the item, which denies them nowhere."""
    return named_at(item, wish) is not None


def lacks_refused(item: Item, wish: Wish) -> bool:
    """Whether the item's title, a passage or a field says that it has not what a wish refuses."""
    return lacked_at(item, wish) is not None


def named_at(item: Item, wish: Wish) -> Quote | None:
    """Where the item has what a wish refuses, and denies it nowhere, or may have traces of it."""
    refused = _refused(wish.text)
    parts = _speaking(item, refused)
    if trace := _trace(parts, refused):
        return trace
    if not parts or _by_field(item, refused):
        return None
    read = [(part, _sides(text)) for part, text in parts]
    if any(_denies(said, refused) for _, said in read):
        return None
    found = ((part, _named(said, refused)) for part, said in read)
    return next((part.row.quote(word) for part, word in found if word), None)


def lacked_at(item: Item, wish: Wish) -> Quote | None:
    """Where the item says that it has not what a wish refuses, and nowhere that it may have traces of it."""
    refused = _refused(wish.text)
    parts = _speaking(item, refused)
    if _trace(parts, refused):
        return None
    denied = (part.row.quote(refused.words[-1]) for part, text in parts if _denies(_sides(text), refused))
    return next(denied, None) or _by_field(item, refused)


@lru_cache(maxsize=64)
def _refused(wish: str) -> _Refused:
    wanted, unwanted, either = asked(wish)
    words = (*wanted, *unwanted, *either)
    core = [word for word in words if word not in _OF_NO_OTHER]
    kind = kind_of(core[0]) if len(core) == 1 else None
    nouns = {word.lower() for word in WORD.findall(wish) if word.istitle() and len(word) >= _AS_NOUN}
    ends = tuple(sorted({form for noun in nouns for form in (noun, *singulars(noun))})) if len(core) == 1 else ()
    plainly_without = [one for one in kind.without if "-" in one] if kind else []  # "nut-free", which a text says too
    begin = frozenset(word[:BEGINNING] for word in (*words, *(kind.members if kind else ()), *plainly_without))
    inside = (*ends, *(kind.ends if kind else ()))
    lookalikes = len(core) == 1 and is_of_a_kind(core[0])
    return _Refused(tuple(wanted), tuple(unwanted), tuple(either), kind, ends, begin, inside, lookalikes)


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text))


@lru_cache(maxsize=2048)
def _plainly(text: str, lookalikes: bool) -> str:
    """A text in lower case that a seeker reads who refuses something."""
    if lookalikes:
        text = without_lookalikes(text)
    text = text.lower()
    for pattern, plain in _NEEDLESS:
        text = pattern.sub(plain, text)
    return text


def _speaking(item: Item, refused: _Refused) -> list[tuple[_Part, str]]:
    """The parts of an item that speak of what is refused, each with what it says, in lower case."""
    speaking = (part for part in _parts(item) if refused.speaks(part.says.lower()))
    return [(part, _plainly(part.says, refused.lookalikes)) for part in islice(speaking, LOOKED_AT)]


def _parts(item: Item) -> Iterator[_Part]:
    for row in (row_at(item, span) for span in (None, *item.passages)):
        yield _Part(row.text, row)
    for name, value in item.shown.items():
        for one in value if isinstance(value, tuple) else (value,):
            yield _Part(_said_of(_called(name), str(one)), row_of(name, value))


@lru_cache(maxsize=512)
def _called(name: str) -> str:
    """What a field is of, by its name: "nut free" of "is_nut_free"."""
    words = [word for word in name_words(name) if word not in _OF_NO_THING]
    return " ".join(words).replace("non ", "non-")


@lru_cache(maxsize=2048)
def _said_of(called: str, value: str) -> str:
    """What a field's value says of what the field is of; of a "no" to what says no itself, "nut free", what it has."""
    said = value.strip().lower()
    if said in _NONE_OF_IT or YES_OR_NO.get(said) == "no":
        denied = _sides(called).no
        return " ".join(word for word in WORD.findall(called) if word in denied) or " ".join(denied) or f"no {called}"
    if said in YES_OR_NO:
        return called
    labelled = f"{called}: {said}"
    if len(said.split()) <= _SHORT and may_deny(said) and set(WORD.findall(called)) <= _sides(labelled).denied:
        return labelled
    return value


def _by_field(item: Item, refused: _Refused) -> Quote | None:
    """Where a field says that the item has nothing of the kind: "vegan"."""
    without = refused.kind.without if refused.kind else frozenset()
    for name, value in item.shown.items() if without else ():
        for one in value if isinstance(value, tuple) else (value,):
            said = str(one).strip().lower()
            if said in without or (YES_OR_NO.get(said) == "yes" and _called(name).replace(" ", "-") in without):
                return of_field(item, name)
    return None


@lru_cache(maxsize=2048)
def _sides(text: str) -> Sides:
    return sides(text)


def _trace(parts: Sequence[tuple[_Part, str]], refused: _Refused) -> Quote | None:
    """Where an item says that it may have some of it."""
    for part, text in parts:
        for match in _TRACE.finditer(text):
            if word := _named(Sides(_words(match["of"])), refused):
                return part.row.quote(word)
    return None


def _named(said: Sides, refused: _Refused) -> str:
    """The word by which a text has what is refused: all its words, one that ends like it, or one of its kind."""
    wanted = [_form(word, said.held) for word in refused.wanted]
    others = [
        *(_form(word, said.no, akin) for word in refused.unwanted),
        *(_form(word, said.held, same) or _form(word, said.no, akin) for word in refused.either),
    ]
    if (wanted or others) and all(wanted) and all(others):
        return [*wanted, *others][0]
    held = said.held - said.no
    found = {
        word
        for word in (held if refused.ends else ())
        if any(is_compound_of(form, refused.ends) for form in (word, *singulars(word)))
    }
    return min(found or filter(refused.kind.named, held) if refused.kind else found, default="")


def _form(word: str, words: Iterable[str], alike: Callable[[str, str], bool] = same) -> str:
    """The word among these that is a form of another; of several always the same."""
    return min((other for other in words if other[:BEGINNING] == word[:BEGINNING] and alike(word, other)), default="")


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
