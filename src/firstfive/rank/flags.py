"""Fields of yes and no that a wish names: "lift and parking", "pets allowed", "unfurnished flat", "hundefreundlich".

found = flags(columns, text, wishes)    which fields, of which wish, and whether yes is wanted
yes, silent = found[0].verdict(column)  the items that say what is wanted, and those that say nothing
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import name_words
from firstfive.features.numerals import COUNTS
from firstfive.rank.lexicon import OWN, OWNERS
from firstfive.rank.spelt import holds
from firstfive.rank.wording import LETTERS, plural, tells

if TYPE_CHECKING:
    from firstfive.ports import Column
    from firstfive.types import Mask, Wish

_SAYS_NO = re.compile(
    r"n['’]t\b|\b(?:not|never|no|nobody|without|cannot|cant|doesnt|dont|wont|isnt|arent|hasnt|havent|kein\w{0,2}|nicht|nie|"
    r"niemals|ohne|pas|jamais|aucune?|sans)\b"
)
"""In a wish that names a field beside a noun: it may well say the opposite."""
_OF_THE_SEEKER = re.compile(
    rf"(?:{OWN}|(?:i|we|he|she|they|ich|wir|er|sie|je|nous|il|elle|ils|elles)\s"
    r"(?:\w{1,12}\s)?(?:have|has|had|hab\w{0,2}|hat|ai|avons|a|ont))\b"
)
"""At its start: the thing is theirs, "my neighbour has dogs"."""
_PARTS = re.compile(r"\s?[,/&+]\s?|\s(?:and|or|und|oder|sowie|et|ou)\s")
_EITHER = re.compile(r"/|\s(?:or|oder|ou)\s")
_YES = frozenset(
    "yes allowed permitted accepted welcome possible available ja erlaubt gestattet möglich willkommen vorhanden oui "
    "accepté acceptée acceptés acceptées admis autorisé autorisés autorisée autorisées possibles disponible".split()
)
_FRIENDLY = frozenset(
    "friendly accessible freundlich freundliche freundlicher freundliches freundlichen freundlichem gerecht gerechte "
    "gerechter gerechtes gerechten gerechtem accessibles".split()
)
"""Beside what is let in: "dog-friendly" is dogs allowed, "wheelchair accessible" a wheelchair's yes."""
_LETS_IN = frozenset(
    "allow allows allowing accept accepts accepting take takes taking welcome welcomes welcoming offer offers offering "
    "has have having erlaubt erlauben akzeptiert akzeptieren nimmt nehmen bietet bieten hat haben accepte acceptent "
    "acceptant prend prennent prenant admet autorise autorisent propose proposent proposant".split()
)
"""Before what is let in, taken or had: "allows dogs", "nimmt Karten"."""
_NEEDED = frozenset(
    "necessary needed required essential important nötig notwendig erforderlich wichtig nécessaire indispensable "
    "important".split()
)
_STRESSED = _NEEDED | frozenset(
    "is are be must a have has please wanted ist sind sein muss müssen pflicht zwingend unbedingt gewünscht bitte est "
    "sont obligatoire impératif impérativement souhaité".split()
)
"""Words that may follow a name in a wish that says nothing else: "parking is a must"."""
_ARTICLES = frozenset(
    "a an the some any in ein eine einen einem einer der die das den im un une des le la les en".split()
)
_OF_NO_MATTER = re.compile(
    r"\b(?:not\s+necessarily|no\s+need\s+(?:for|of)|(?:don['’]?t|do\s+not)\s+need|i\s+am|i['’]m|we\s+are|ich\s+bin|je\s+suis)"
    r"\s+(?:(?:with|for|of|to\s+be)\s+)?(?:an?\s+)?$",
    re.IGNORECASE,
)
"""Before a wish: it is not needed, or said of the seeker."""
_WITH = re.compile(
    r"\b(?:with|near|mit|bei|avec|près|my|our)\s+(?:(?:an?|the|eine?[nmr]?|une?|des)\s+)?$", re.IGNORECASE
)
"""Before a wish: it describes what comes with the item, not the item itself: "with furnished kitchen"."""
_NO = frozenset("no not nein nicht non".split())
_IS_NO = re.compile(r"\s?[:=]\s?(?:no|nein|non)(?!\s?\w)", re.IGNORECASE)
_DESCRIBES = re.compile(
    r"\w{4,}(?:ed|able|ible|less|free|iert|frei|los|gerecht|fähig|isch|lich|é|ée|és|ées)|(?:on|off)line"
)
"""A name that says how an item is, and may stand beside the noun: "furnished flat", "appartement meublé"."""
_UN = re.compile(r"(?:un|non|nicht)(?=\w{5})")
_PLURAL, _INFLECTED = re.compile(r"en?|[ns]"), re.compile(r"e[nmrs]?|s")
"""Endings of a noun's plural, and of a word that says how an item is."""
_VOWELS = str.maketrans("äöü", "aou")
_COMPOUND = re.compile(r"(\w{4,20}?)(freundlich\w{0,2}|gerecht\w{0,2}|erlaubt|gestattet)")
"""A word of a thing and what is said of it, "hundefreundlich"."""
SHORTEST = 3
"""Words of at most this many letters have no other plural than with an s."""
_SAME: Sequence[frozenset[str]] = tuple(
    frozenset(words.split())
    for words in (
        "pet pets haustier haustiere tiere animaux",
        "lift elevator fahrstuhl aufzug ascenseur",
        "parking parkingspace parkplatz stellplatz stationnement",
        "wheelchair wheelchairaccess accessible stepfree rollstuhl rollstuhlgerecht rollstuhlgängig "
        "barrierefrei fauteuilroulant pmr",
        "wifi wlan internet",
        "smoking smokers rauchen raucher fumer fumeur fumeurs",
        "garden garten jardin",
        "balcony balkon balcon",
        "furnished möbliert meublé",
    )
)
"""Names of the commonest fields of yes and no: in each line one thing in three languages."""
_PETS = _SAME[0]
_LET_IN = (
    _SAME[0]
    | _SAME[3]
    | frozenset(
        "dog cat hund hunde hunden katze katzen chien chat child children kid kids baby babies toddler family families "
        "disabled disability pushchair buggy stroller vegan vegetarian lgbt lgbtq senior seniors student students "
        "kind kinder kindern familie familien behinderten senioren enfant enfants famille familles poussette fauteuil "
        "roulant".split()
    )
)
"""Who or what a place may be friendly to or accessible for."""
_A_PET = frozenset("dog dogs cat cats hund hunde hunden katze katzen chien chiens chat chats".split())


@dataclass(frozen=True, slots=True)
class Flag:
    """A field of yes and no that a wish names. wanted: whether yes is wanted. wish: where the wish starts.

    whole: names of such fields are all that the wish says.
    """

    field: str
    wanted: bool
    wish: int
    whole: bool = True

    def meets(self, column: Column, position: int) -> bool:
        """Whether the item there says what is wanted."""
        return column.numbers is not None and bool(column.numbers[position] == self.wanted)

    def verdict(self, column: Column) -> tuple[Mask, Mask]:
        """(items,) each: the items that say what is wanted, and those that say nothing."""
        numbers = np.asarray(column.numbers)
        return numbers == self.wanted, np.isnan(numbers)


def flags(columns: Mapping[str, Column], text: str, wishes: Sequence[Wish]) -> tuple[Flag, ...]:
    """The fields of yes and no that wishes name: whole, as one of several, or by a word that says how an item is.

    Of "a garden or a balcony" neither is named: an item that has one is right. "No garden or balcony" names both.
    """
    spelt = {name: name_words(name) for name, column in columns.items() if column.kind == "yes/no"}
    names = {name: words for name, words in spelt.items() if words}  # "24/7" has none
    found: list[Flag] = []
    for wish, behind in zip(wishes, [*wishes[1:], None], strict=True) if names else ():
        if _OF_NO_MATTER.search(text, 0, wish.start):
            continue
        refused = LETTERS.findall(behind.text.casefold()) if behind and behind.refused else []  # "pets not allowed"
        if refused and _NEEDED.issuperset(refused):
            continue
        no = wish.refused != (bool(refused) and _YES.issuperset(refused)) or bool(_IS_NO.match(text, wish.end))
        led = _WITH.search(text, 0, wish.start) is not None
        for name, said_no, whole in _of_wish(names, columns, wish, led=led):
            found.append(Flag(name, no == said_no, wish.start, whole))
    return tuple(found)


def _of_wish(
    names: Mapping[str, Sequence[str]], columns: Mapping[str, Column], wish: Wish, *, led: bool
) -> Iterator[tuple[str, bool, bool]]:
    """The fields that a wish names, each with whether the wish says no to it, and whether it says nothing else."""
    said = wish.text.casefold()
    whole = _called(names, columns, said)
    if whole:
        yield from ((name, no, True) for name, no in whole.items())
        return
    parts = _PARTS.split(said)
    if len(parts) > 1 and (wish.refused or not _EITHER.search(said)):
        each = [_called(names, columns, part) for part in parts]
        for at, part in enumerate(each):
            # of "lift and escalator repair" the first part goes on, of "parking and a garden" it does not
            ends = all(found or _begins(later) for found, later in zip(each[at + 1 :], parts[at + 1 :], strict=True))
            yield from ((name, no, all(each)) for name, no in part.items() if ends)
    elif len(parts) == 1 and not led:
        yield from ((name, no, False) for name, no in (_beside_a_noun(names, columns, said) or _beside(names, said)))


def _beside_a_noun(
    names: Mapping[str, Sequence[str]], columns: Mapping[str, Column], said: str
) -> Collection[tuple[str, bool]]:
    """The fields that a wish names together with another thing: "dog friendly pub", "rollstuhlgerechtes Café", "pub
    that allows dogs"; and whether it says no to them. None where it has a no of its own, "doesn't allow dogs", or tells
    of the seeker.
    """
    if _SAYS_NO.search(said) or _OF_THE_SEEKER.match(said):
        return ()
    words = _words(said)
    for at, word in enumerate(words):
        before = [words[max(0, at - size) : at] for size in (1, 2, 3) if size <= at]
        parts: list[list[str]] = []
        if word in _LETS_IN and not (at and words[at - 1] == "to"):  # "someone to take dogs for walks" lets none in
            parts = [words[at:]] if at + 1 < len(words) else [[word, *part] for part in before]
        elif word in _FRIENDLY:
            parts = [[*part, word] for part in before if _let_in(part)]
        found = next((one for part in parts if (one := _called(names, columns, " ".join(part)))), None)
        if found:
            return found.items()
    return ()


def _let_in(words: Sequence[str]) -> bool:
    """Whether they end with somebody who is let in, or a wheelchair: "garden friendly plants" name no garden."""
    return any(plural(word, words[-1]) or word == words[-1] for word in _LET_IN)


def _begins(part: str) -> bool:
    """Whether a part begins as a noun of its own does."""
    return part.split(" ", 1)[0] in _ARTICLES


def _called(names: Mapping[str, Sequence[str]], columns: Mapping[str, Column], said: str) -> dict[str, bool]:
    """The fields that a text names without saying anything else, each with whether the text says no to it."""
    words = _words(said)
    no = any(word in _NO for word in words)
    if no and not _NEEDED.isdisjoint(words):  # "pets not necessary"
        return {}
    allowed = not (_YES | _FRIENDLY).isdisjoint(words)
    core = _core([word for word in words if word not in _NO])
    lets_in = len(core) > 1 and core[0] in _LETS_IN
    core = _core(core[1:]) if lets_in else core
    own = [word for word in core if word not in OWNERS and word not in COUNTS]
    core = own if len(own) == 1 and own[0] in _A_PET else core  # "my two cats"
    if not core:
        return {}
    known = {name: _core(of_name[lets_in and of_name[0] in _LETS_IN :]) for name, of_name in names.items()}
    friendly = {name for name, of_name in names.items() if not _FRIENDLY.isdisjoint(_words(" ".join(of_name)))}
    found = {name: no for name, own in known.items() if own and (allowed or name not in friendly) and _agree(core, own)}
    if found:
        return found
    denied = {name: not no for name, own in known.items() if len(core) == len(own) == 1 and _opposite(core[0], own[0])}
    return denied or dict.fromkeys(_otherwise_called(known, columns, core), no)


def _words(said: str) -> list[str]:
    """The words of a text in small letters; "hundefreundlich" as two."""
    found: list[str] = []
    for word in LETTERS.findall(said):
        compound = _COMPOUND.fullmatch(word)
        found += compound.groups() if compound else [word]
    return found


def _core(words: Sequence[str]) -> list[str]:
    """The words without leading articles, trailing stress ("is a must") and words of yes ("allowed", "friendly")."""
    left = [word for word in words if word not in _YES and word not in _FRIENDLY] or [*words]
    while left and left[0] in _ARTICLES:
        left.pop(0)
    while len(left) > 1 and left[-1] in _STRESSED:
        left.pop()
    return left


def _agree(said: Sequence[str], known: Sequence[str]) -> bool:
    """Whether these are the words of a name, written together or not, each in whatever number."""
    return "".join(said) == "".join(known) or (len(said) == len(known) and all(map(_forms, said, known)))


def _forms(one: str, other: str) -> bool:
    """Equal, or one word in singular and plural, "Parkplatz" and "Parkplätzen", or as it stands before a noun."""
    if plural(one, other):
        return True
    shorter, longer = sorted((one.translate(_VOWELS), other.translate(_VOWELS)), key=len)
    if len(shorter) <= SHORTEST or not longer.startswith(shorter):
        return False
    ending = _INFLECTED if _DESCRIBES.fullmatch(shorter) else _PLURAL
    return longer == shorter or ending.fullmatch(longer, len(shorter)) is not None


def _opposite(said: str, known: str) -> bool:
    """Whether one word is the other with "un" before it: "unfurnished"."""
    one, other = _UN.match(said), _UN.match(known)
    return bool((one and _forms(said[one.end() :], known)) or (other and _forms(said, known[other.end() :])))


def _otherwise_called(
    known: Mapping[str, Sequence[str]], columns: Mapping[str, Column], core: Sequence[str]
) -> Iterator[str]:
    """The fields whose name is another word for the same thing, or is "pets" where a dog or a cat is named.

    None where the word is a value of a field: among dogs and cats, who says "a dog" wants one.
    """
    word = "".join(core)
    meant = (
        _PETS if word in _A_PET else next((same for same in _SAME if any(one in same for one in _numbers(word))), None)
    )
    if meant is None or any(holds(column.values, form) for column in columns.values() for form in _numbers(word)):
        return
    yield from (name for name, words in known.items() if len(words) == 1 and words[0] in meant)


def _numbers(word: str) -> tuple[str, ...]:
    return word, f"{word}s", word.removesuffix("s")


def _beside(names: Mapping[str, Sequence[str]], said: str) -> Iterator[tuple[str, bool]]:
    """The fields whose name says how an item is, where a wish says it of a noun; each with whether it is negated
    ("unfurnished")."""
    words = LETTERS.findall(said)
    for name, of_name in names.items():
        own = of_name[0] if len(of_name) == 1 else ""
        if not _DESCRIBES.fullmatch(own):
            continue
        for at, word in enumerate(words):
            un = _opposite(word, own)
            if (un or _forms(word, own)) and (at + 1 == len(words) or tells(words[at + 1])):
                yield name, un != (at > 0 and words[at - 1] in _NO)
                break
