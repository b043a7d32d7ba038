"""Where the words of a wish stand in texts, and which of these say no to them.

standing = Texts(texts).found("gluten-free bread")      of each text the share that stands in it, what it denies, ...
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import compress
from math import fsum
from typing import NamedTuple

from firstfive.features.freshness import looks_like_year
from firstfive.features.numerals import COUNTS
from firstfive.rank.amounts import MONEY, Amount, distinct
from firstfive.rank.denial import Sides, sides
from firstfive.rank.lexicon import OWNERS
from firstfive.rank.plainly import ended_in
from firstfive.rank.wording import WORD, akin, beginning, same, telling_words, tells

YEAR = 4
"""Digits of a year."""
COMPARING = frozenset(
    "under over above below less more fewer than least most about around between up unter über mindestens höchstens "
    "weniger mehr etwa rund zwischen bis um ab moins plus environ entre".split()
)
"""Words before a number that are no name."""
PERIODS = frozenset(
    "per each every night day week month year hour monthly weekly yearly nacht tag woche monat jahr stunde monatlich "
    "pro par nuit jour semaine mois heure half quarter halbe halben viertel demi quart".split()
)
"""Words for what a sum is paid for."""
_LITTLE = re.compile(
    r"(?<!\ba )(?<!\bune )(?<!\bun )\b(?P<how>"
    # "a little garden" and "a low wall" are small ones
    r"(?:low|little|faible\sen)(?=(?:\s(?:in|of)\b)?[\s-]?\b(?:\w+ing|sugar|salt|fat|carbs?|calories|alcohol|noise|stress|"
    r"traffic|money|time|effort|work|fuss|paperwork|travel|maintenance|upkeep|sucre|sel|gras|alcool|bruit|circulation)\b)|"
    r"lower|less|few(?:er)?|not\s(?:much|many|a\slot\sof)|hardly\sany|wenige?r?|kaum|nicht\s(?:viele?|so\sviele?)|"
    r"peu\s(?:de\b|d['’])|moins\s(?:de\b|d['’])|pas\s(?:trop|beaucoup)\s(?:de\b|d['’]))"
    r"(?:\s(?:in|of)\b)?[\s-]?\b(?!than\b|als\b)(?P<of>[^\W\d_]{3,30}(?:\sup\b)?)"
)
_MUCH = re.compile(
    r"(?<!not )(?<!n't )(?<!n’t )(?<!too )(?<!how )(?<!nicht )(?<!pas )\b(?:(?:many|much|lots\sof|plenty\sof|full\sof|"
    r"high(?:\sin)?|rich\sin|viele?n?|voller|hohe[rnms]?|reich\san|beaucoup\sd(?:e\s|['’])|riche\sen)[\s-]?)"
    r"(?P<of>[^\W\d_]{3,30})"
)
_UNBORNE = re.compile(
    r"\b(?P<of>[^\W\d_]{3,30}?)(?P<how>[\s-](?:intoleran(?:t|ce)|allerg(?:y|ic|ies))|intoleran(?:t|z)|allergi(?:e|ker)|"
    r"unverträglich(?:keit)?)\b"
)
"""Of what little is wanted, or nothing: an item that says no to it is none the worse, "low sugar", "little washing up",
"lactose intolerant"."""

_CANNOT = re.compile(
    r"\b(?:can\s?not|can['’]?t|unable\sto|(?:kann|können)\s(?:\w+\s){0,3}(?:nicht|keine?n?)|"
    r"ne\s(?:sai[st]|savons|peu[xt]|pouvons)\spas)\b",
    re.IGNORECASE,
)
"""Says what the seeker is not able to do."""
_ASKS_FOR = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!n['’]t )(?<!\bdont )\b"
    r"(?:needs?\sto|must|ha(?:ve|s)\sto|required\sto|expected\sto|should\sbe\sable\sto|"
    r"m(?:ü|ue)ss(?:en|t)|muss|sollten|faut|devez|doi(?:t|vent))\b(?P<behind>[^.;!?\n]{0,100})"
)
"""Says what is asked of who comes."""

_SAYS_NOTHING = frozenset("sorry there here leider hier malheureusement ici we us our it".split())
"""What a text that only says no may have besides."""


class Standing(NamedTuple):
    """For each text, what it says of a wish.

    share: of the wish's telling words, those that stand in it in some form; one that the wish says no to stands where
    the text does too, "sugar-free" in "no sugar". denied: it contradicts the wish. doubted: it says no to a word
    that is wanted. unsaid: it leaves unsaid what the wish says no to, "rye bread" to "gluten-free bread". Of all texts,
    whether one contradicts the wish and no other has all that it says no to: at_odds; and surely so: lacking.
    """

    share: list[float]
    denied: list[bool]
    doubted: list[bool]
    unsaid: list[bool]
    at_odds: bool
    lacking: bool


class Texts:
    """The words of several texts, asked in which of them a wish's words stand."""

    def __init__(self, texts: Sequence[str], weigh: Callable[[str], float] | None = None) -> None:
        self._weigh = weigh
        self._texts = texts
        self._sides = [_without_may(sides(text), text) for text in texts]
        self._by_beginning: dict[str, list[str]] = {}
        self._no = frozenset[str]().union(*(one.no | one.doing for one in self._sides))
        for word in self._no.union(*(one.held for one in self._sides)):
            self._by_beginning.setdefault(beginning(word), []).append(word)

    @property
    def last(self) -> str:
        """The last of the texts."""
        return self._texts[-1]

    def found(self, said: str) -> Standing:
        """All that explaining needs of what was said."""
        words = asked(said)
        wanted, unwanted, either = map(self._forms, words)
        weights = [self._weigh(word) if self._weigh else 1.0 for of_each in words for word in of_each]
        whole = fsum(weights) or 1.0
        asks = _CANNOT.search(said)
        much = [
            bool(either)
            and not unwanted
            and (_much_of(either, text) or (asks is not None and _asks_for(either, text, one)))
            for text, one in zip(self._texts, self._sides, strict=True)
        ]
        if unwanted:
            denied = lacking = self._against(words[1], unwanted)
        elif either:
            denied, lacking = much, [False] * len(self._sides)
        else:
            denied = [_no_to(wanted, one) for one in self._sides]
            lacking = [
                2 * _among(wanted, one.denied - one.qualified) >= max(1, len(wanted)) or _last_denied(wanted, one)
                for one in self._sides
            ]
        return Standing(
            [
                fsum(compress(weights, _standing((wanted, unwanted, () if against else either), one))) / whole
                for one, against in zip(self._sides, much, strict=True)
            ],
            denied,
            [_among(wanted, one.no - one.held) > 0 for one in self._sides],
            [bool(unwanted) and not _among(unwanted, one.no) for one in self._sides],
            self._stands(denied, wanted),
            self._stands(lacking, wanted),
        )

    def taken_back(self, said: str) -> list[bool]:
        """Of each text, whether it is no reason for what was said, though it may name it or be near: it says that it is
        so no more, "we used to make labellers", or says no to all that it names, "not a dental lab"."""
        wanted, unwanted, either = asked(said)
        if unwanted or either or not wanted:
            return [False] * len(self._texts)
        forms = frozenset[str]().union(*self._forms(wanted))
        if (asks := ended_in(said)) and not asks[1]:
            forms = frozenset()
        return [
            not (forms.isdisjoint(ended[0]) or forms & ended[1]) if ended else only_no
            for ended, only_no in self._taken_back
        ]

    @cached_property
    def _taken_back(self) -> list[tuple[tuple[frozenset[str], frozenset[str]] | None, bool]]:
        """Of each text, the words of what it says is so no more, and of the rest; and whether it only says no."""
        return [
            (ended_in(text), bool(one.denied) and not any(map(tells, one.held - _SAYS_NOTHING)))
            for text, one in zip(self._texts, self._sides, strict=True)
        ]

    def _stands(self, denied: Sequence[bool], wanted: Sequence[set[str]]) -> bool:
        """Whether what a text says no to is in no other one; that of "Yoga by the lake. No yoga mat needed." is."""
        for at in (at for at, one in enumerate(denied) if one):
            said_no = [forms for forms in wanted if not forms.isdisjoint(self._sides[at].no)]
            others = [one.held - one.no for place, one in enumerate(self._sides) if place != at]
            if not said_no or not all(any(not forms.isdisjoint(words) for words in others) for forms in said_no):
                return True
        return False

    def _against(self, words: Sequence[str], unwanted: Sequence[set[str]]) -> list[bool]:
        """For each text, whether it plainly has at least half of the words, where no text says no to all of them.

        unwanted: the forms of each. "Plaster" is none that plainly is "plastic".
        """
        if any(_among(unwanted, one.no) == len(unwanted) for one in self._sides):
            return [False] * len(self._sides)
        plain = [
            {form for form in forms if word.startswith(form) or form.startswith(word[:-1])}
            for word, forms in zip(words, unwanted, strict=True)
        ]
        return [2 * _among(plain, one.held - one.no) >= len(plain) for one in self._sides]

    def _forms(self, words: Collection[str]) -> list[set[str]]:
        """For each word, its forms among the words of all texts, and what is akin to it among those with a no."""
        return [
            {
                other
                for other in self._by_beginning.get(beginning(word), ())
                if tells(other) and (same(word, other) or (other in self._no and akin(word, other)))
            }
            for word in words
        ]


def _without_may(found: Sides, text: str) -> Sides:
    """The same without the verb, which is written like the month; a seeker need not know how that is written."""
    return replace(found, held=found.held - {"may"}) if "may" in found.held and "May" not in text else found


@lru_cache(maxsize=256)
def asked(said: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The telling words of what was said: the wanted, those said with a no, "nut-free", those of a "never leaves"."""
    found, words = sides(said), _without_amounts(said)
    every = [*_LITTLE.finditer(said.lower()), *_UNBORNE.finditer(said.lower())]
    little = {word for match in every for word in match["of"].split()}
    words = [
        word
        for word in words
        if word not in little | OWNERS and not any(word in match["how"].split() for match in every)
    ]
    if not found.no:
        return tuple(words), (), tuple(little)
    unwanted = tuple(word for word in found.no - found.doing if tells(word))
    return tuple(word for word in words if word in found.held - found.no), unwanted, (*found.doing, *little)


def _without_amounts(said: str) -> list[str]:
    """The telling words without numbers of something, "12 rooms": the same number may be of anything. A number behind a
    name is part of it, "Windows 11", and so is a year. Nor do words for money and for how often it is paid tell."""
    every = [match.group().lower() for match in WORD.finditer(said)]
    names = {word for word in every if tells(word) and word not in COMPARING}
    pairs = zip(["", *every], every, strict=False)
    counted = {word for before, word in pairs if is_amount(word) and before not in names}
    words = telling_words(said)
    if amounts_of(said):
        counted |= MONEY | PERIODS | COMPARING
        return [word for word in words if word not in counted]
    return [word for word in words if word not in counted] or words


def is_amount(word: str) -> bool:
    """A number that is no year, in digits or in words."""
    return word in COUNTS or (word.isdecimal() and not (len(word) == YEAR and looks_like_year(int(word))))


def _no_to(wanted: Sequence[set[str]], text: Sides) -> bool:
    """Whether it surely says no to at least half of these, or perhaps to more of several: "no franchises"."""
    if not (text.denied or text.perhaps):  # most texts
        return False
    surely = 2 * _among(wanted, text.denied) >= max(1, len(wanted)) or _last_denied(wanted, text)
    there = len(wanted) > 1 and _among(wanted, text.perhaps) and _among(wanted, text.held | text.no) == len(wanted)
    perhaps = len(wanted) > 1 and 2 * _among(wanted, text.denied | text.perhaps) > len(wanted)
    return surely or bool(there) or perhaps


def _last_denied(wanted: Sequence[set[str]], text: Sides) -> bool:
    """Whether it says no to the last word of these alone, and names another of them: "we do not fund zoos" says no to
    "funding to open a zoo"."""
    return (
        len(wanted) > 1
        and bool(text.wholly)
        and not wanted[-1].isdisjoint(text.wholly)
        and _among(wanted[:-1], text.held | text.doing) > 0
    )


def _standing(forms: Sequence[Sequence[set[str]]], text: Sides) -> Iterator[bool]:
    """Of each of the wanted words, the unwanted and those that may be either, whether the text says it so."""
    for of_each, words in zip(forms, (text.held, text.no, text.held | text.no), strict=True):
        yield from (not one.isdisjoint(words) for one in of_each)


def _much_of(forms: Sequence[set[str]], text: str) -> bool:
    """Whether a text has much of one of these, of which little is wanted: "high sugar" of "low sugar"."""
    found = [match["of"] for match in _MUCH.finditer(text.lower())]
    return any(not one.isdisjoint(found) for one in forms)


def _asks_for(forms: Sequence[set[str]], text: str, found: Sides) -> bool:
    """Whether a text asks for what the seeker cannot: "you need to read music" of "can't read music"."""
    if _among(forms, found.no | found.doing):
        return False
    asked_for = (frozenset(WORD.findall(match["behind"])) for match in _ASKS_FOR.finditer(text.lower()))
    return any(_among(forms, words) == len(forms) for words in asked_for)


def _among(forms: Sequence[set[str]], words: Collection[str]) -> int:
    return sum(not one.isdisjoint(words) for one in forms) if words else 0


@lru_cache(maxsize=64)
def amounts_of(wish: str) -> tuple[Amount, ...]:
    """The amounts of a wish, which every place asks for."""
    return distinct(wish)
