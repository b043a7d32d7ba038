"""When an item need not be told to say nothing of a wish: it asks for nothing, or is said in another form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from firstfive.rank.amounts import PEOPLE
from firstfive.rank.lexicon import OWN
from firstfive.rank.numbers_said import of_that_age
from firstfive.rank.standing import COMPARING, is_amount
from firstfive.rank.times import on_such_days
from firstfive.rank.wording import WORD, telling_words, tells

if TYPE_CHECKING:
    from firstfive.types import Wish

_THEIR_OWN = re.compile(
    rf"{OWN}\s"
    r"(?:(?!(?:is|are|has|ist|sind|hat|est|sont)\b)[\w'’-]{1,20}\s){0,2}"
    r"(?:eye(?:s|sight)?|sight|knees?|legs?|back|hips?|hands?|feet|hearing|memory|heart|nerves|"
    r"wife|husband|partner|mum|mom|mother|dad|father|parents|son|daughter|sister|brother|child|grand\w{3,8}|children|kids|family|"
    r"augen|knie|beine?|rücken|hüfte|hände|füße|gehör|herz|frau|mann|mutter|mama|vater|papa|eltern|sohn|tochter|oma|opa|"
    r"enkel\w{0,4}|kinder|familie|yeux|vue|mémoire|genoux?|jambes?|dos|hanches?|mains?|pieds|ouïe|cœur|femme|mari|mère|maman|père|"
    r"fils|fille|petits?-\w{4,7}|enfants|famille)"
    r"(?:\s(?:is|are|was|were|has|have|had|can(?:['’]?t|not)?|does|do|don['’]?t|doesn['’]?t|will|died|lives?|ist|"
    r"sind|war|hat|haben|kann|können|lebt|wohnt|est|sont|était|a|ont|ne|peut|vit|habite)\b"
    r"(?!.{0,99}\b(?:can|could|would|please|bitte|need\w{0,2}|want\w{0,2}|looking|suche\w?|cherche\w?)\b).{0,80})?",
    re.IGNORECASE,
)
"""A wish that only tells of the seeker's body or family: "my knees are bad"."""
_SAYS_LITTLE = frozenset(
    "him her them us you he she they it me i we mum mom dad um er well please will would can could may shall should do "
    "does come comes go goes going get gets put am ihn ihm ihr sie uns euch er es äh ähm kann können könnte soll will "
    "kommt kommen geht gehen lui elle eux nous vous il ils elles euh peut pourrait vient venir va aller".split()
)
"""Words that ask for nothing by themselves."""
_PEOPLE = frozenset(
    "us people persons person guests guest ladies lady gentlemen men women adults adult children kids friends pax "
    "party group table personen person leute leuten gäste gästen gast damen herren männer frauen erwachsene "
    "erwachsenen kinder kindern freunde freunden gruppe tisch uns personnes personne invités dames messieurs "
    "hommes femmes adultes enfants amis nous groupe couverts".split()
)
_STAFF = PEOPLE | frozenset("team effectif employs employ emploie beschäftigt".split())
_INITIALS = re.compile(r"\b[A-Z]{2,6}\b")
_NOUN = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{5,30}\b")
"""A word that also counts as said at an end of a longer one: "Umsatz" in "Jahresumsatz"."""
HINTED = 5
"""Letters from which on a wish is looked for without its hyphens."""
NEXT_TO = 15
"""Characters between somebody of the seeker's and the place where they are."""


def asks_for_nothing(wish: Wish) -> bool:
    """Whether it only tells of the seeker's body or family or how many they are, or says little: "will come"."""
    words = telling_words(wish.text)
    left = [word for word in words if not (is_amount(word) or word in COMPARING)]
    how_many = len(left) < len(words) and left and _PEOPLE.issuperset(left)
    return bool(how_many) or _SAYS_LITTLE.issuperset(words) or _THEIR_OWN.fullmatch(wish.text) is not None


def where_they_are(wish: Wish, wishes: Sequence[Wish]) -> bool:
    """Whether it is a name right behind somebody of the seeker's: "my grandchildren in Australia"."""
    behind = (one for one in wishes if 0 < wish.start - one.end <= NEXT_TO)
    return wish.text.istitle() and any(_THEIR_OWN.fullmatch(one.text) for one in behind)


def otherwise_said(wish: str, texts: Sequence[str]) -> bool:
    """Whether texts say a word of a wish in another form: at the end of a longer noun, with a hyphen, as the name that
    capitals are short for, as another number of people who work there, or as days or ages of which it names one. texts:
    the last are values with " . " between them. Cost: 0.1 ms.
    """
    if any(on_such_days(wish, text) or of_that_age(wish, text) for text in texts):
        return True
    every = " ".join(texts).lower()
    if any(re.search(rf"\b{noun}|{noun}\b", every) for noun in map(str.lower, _NOUN.findall(wish))):
        return True
    plain = wish.lower().replace("-", "")
    if len(plain) >= HINTED and re.search(rf"\b{re.escape(plain)}\b", every.replace("-", "")):
        return True
    words = telling_words(wish)
    if any(map(is_amount, words)) and not _STAFF.isdisjoint(words):
        found = (WORD.findall(text.lower()) for text in texts)
        return any(any(map(str.isdecimal, said)) and not _STAFF.isdisjoint(said) for said in found)
    return any(_spells(short.lower(), text) for short in _INITIALS.findall(wish) for text in texts)


_CLAUSE_ENDS = re.compile(r"[.!?;:()\n]")
_ONE_LIST = re.compile(r",\s[^,]{1,40}(?:,\s|\s)(?:and|&|und|et)\s", re.IGNORECASE)


def _spells(short: str, text: str) -> bool:
    """Whether words in a row begin with these letters, "Quality Management System" with "QMS"; of two letters, all the
    words of a value, "United Kingdom"."""
    if len(short) > len("UK"):
        return any(_in_a_row(short, clause) for clause in _CLAUSE_ENDS.split(text))
    return any(short == "".join(word[0] for word in value.split()) for value in text.lower().split(" . "))


def _in_a_row(short: str, clause: str) -> bool:
    """Any three words may begin so: they are one name in capitals, or one list, "maintenance, repair and overhaul"."""
    words = [match for match in WORD.finditer(clause) if tells(match.group().lower())]
    letters = "".join(match.group()[0].lower() for match in words)
    at = letters.find(short)
    while at >= 0:
        named = words[at : at + len(short)]
        if all(match.group()[0].isupper() for match in named):
            return True
        if _ONE_LIST.search(clause, named[0].start(), named[-1].end()):
            return True
        at = letters.find(short, at + 1)
    return False
