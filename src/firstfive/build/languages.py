"""What cleaning knows of languages: which one a text is in, and the few words of three that say little or turn a sense.

Texts in languages without a `Tongue` are cleaned and checked too, only more strictly: no word may be added to them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from firstfive.features import numerals
from firstfive.features.dates import MONTH_NAMES

_WORD = re.compile(r"[^\W\d_]{2,}|\b[^\W\d_]\b(?!\.)")
"""Initials are none: "A. O. Smith" is no Portuguese."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON: Mapping[str, frozenset[str]] = {
    "en": _words(
        "the of and to a in is that for it with as was on are by this be at from or an have not they which you we his "
        "has but their its our your can will more all"
    ),
    "de": _words(
        "der die das und ist nicht von mit den ein eine zu im für auf des sich dem auch als wird bei aus nach werden "
        "sind oder wir sie wurde hat am zum zur einer einem über"
    ),
    "fr": _words(
        "le la les de des et est un une du dans que pour pas qui sur au par plus avec ce il sont nous vous ou en aux "
        "cette ses leur été"
    ),
    "es": _words("el la los las de que y en un una es con por para del se no su al más como pero sus lo fue son está"),
    "it": _words("il la di che e un una è per in con del della non le gli si da sono al nel dei alla anche come più"),
    "pt": _words("o a os as de que e em um uma é com por para do da se não no na dos das ao mais foi são sua seu"),
    "nl": _words("de het een van en in is dat op te met voor zijn niet aan er die ook als door wordt bij naar om uit"),
}
"""The words that nearly every sentence of a language has."""

_SHARED = {word: sum(word in common for common in COMMON.values()) for word in frozenset[str]().union(*COMMON.values())}

STEMMERS: Mapping[str, str] = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch",
}
"""What `index.stemmer` calls them."""
MOSTLY, SOME = 0.6, 0.05
"""The share of the texts that "most" is, and the share that a second language has at least."""

FEWEST, CLEARLY = 1.2, 1.5
"""A language is told by at least so many of its common words, and so many times as many as of any other.

A word that several languages have counts as its share.
"""


def language(text: str) -> str:
    """The language's code, such as "en"; "" where the words do not tell."""
    found = [word for word in _WORD.findall(text.casefold()) if word in _SHARED]
    hits = sorted((sum(1 / _SHARED[word] for word in found if word in own), code) for code, own in COMMON.items())
    (next_most, _), (most, code) = hits[-2:]
    return code if most >= FEWEST and most >= CLEARLY * next_most else ""


def told(texts: Iterable[str]) -> Counter[str]:
    """How many of the texts are in each language; under "" those whose words do not tell."""
    return Counter(map(language, texts))


def stemmer_for(texts: Counter[str]) -> str:
    """The stemmer of the language that most of the texts are plainly in; "" where there is none."""
    [(code, count)] = texts.most_common(1) or [("", 0)]
    return STEMMERS.get(code, "") if count >= MOSTLY * texts.total() else ""


def several(texts: Counter[str]) -> tuple[str, ...]:
    """The languages that a twentieth of the texts and two of them are in, the commonest first; none where it is one."""
    least = max(2, SOME * texts.total())
    found = tuple(code for code, count in texts.most_common() if code and count >= least)
    return found if len(found) > 1 else ()


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of a language that a check of rewritten text must know.

    articles: those that may come and go, each with one that says the same. counted: words before which an article
    changes the amount. copulas, pronouns, joins: what may be put into fragments to make a sentence of them. dated: what
    may stand before a year. passive: helps a participle, which `participle` matches. prepositions: a phrase that begins
    so may move. connecting: a sentence that has one has several clauses. negations, modals, quantifiers: to say by name
    what is wrong, and to bind the words beside them. numbers: in words, by the first of them, the longest first. same:
    several ways to write one word.
    """

    articles: Mapping[str, str]
    counted: frozenset[str]
    copulas: frozenset[str]
    pronouns: frozenset[str]
    joins: frozenset[str]
    beside_numbers: frozenset[str]
    dated: frozenset[str]
    passive: frozenset[str]
    participle: re.Pattern[str]
    prepositions: frozenset[str]
    connecting: frozenset[str]
    endings: frozenset[str]
    negations: frozenset[str]
    modals: frozenset[str]
    quantifiers: frozenset[str]
    months: tuple[str, ...]
    magnitudes: Mapping[str, int]
    numbers: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]] = field(repr=False)
    group: str = ","
    point: str = "."
    same: Mapping[str, str] = field(default_factory=dict)


def _by_first(numbers: Mapping[tuple[str, ...], int]) -> dict[str, tuple[tuple[tuple[str, ...], int], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for words in sorted(numbers, key=lambda words: (-len(words), words)):
        found.setdefault(words[0], []).append((words, numbers[words]))
    return {first: tuple(several) for first, several in found.items()}


@cache
def tongues() -> Mapping[str, Tongue]:
    """What is known of English, German and French."""
    return {"en": _english(), "de": _german(), "fr": _french()}


def _english() -> Tongue:
    return Tongue(
        articles={"a": "a", "an": "a", "the": "the"},
        counted=_words("few little lot bit couple great dozen hundred thousand million number third quarter half"),
        copulas=_words("is are has have"),
        pronouns=_words("it they"),
        joins=_words("and"),
        beside_numbers=_words("with"),
        dated=_words("in"),
        passive=_words("was were"),
        participle=re.compile(r"(?:\w{2,}ed|built|begun|made|sold|born)$"),
        prepositions=_words("in on at since for with from after before during until by"),
        connecting=_words("and or but nor yet so because while whereas although though if unless than that which who"),
        endings=frozenset(("s", "es")),
        negations=_words(
            "no not never without none nobody nothing neither nor nowhere non un lacks lack lacking stop stopped except"
        ),
        modals=_words(
            "may might could would should must can shall will ought plans plan planned planning hopes hope hoped "
            "expects expected intends intended allegedly alleged reportedly possibly perhaps probably likely maybe "
            "seeks wants"
        ),
        quantifiers=_words(
            "all every each most many some few several half almost nearly about around approximately roughly circa "
            "over under up least more less than only just exactly any both first last former once average maximum "
            "minimum"
        ),
        months=MONTH_NAMES["en"],
        magnitudes={
            **dict.fromkeys(("thousand", "k"), 1_000),
            **dict.fromkeys(("million", "millions", "mn", "mio"), 1_000_000),
            **dict.fromkeys(("billion", "billions", "bn"), 1_000_000_000),
        },
        numbers=_by_first(numerals.english()),
        same={
            "&": "and", "approx": "approximately", "incl": "including", "dept": "department", "kilometre": "km",
            "kilometres": "km", "kilometer": "km", "kilometers": "km", "kilogram": "kg", "kilograms": "kg",
            "kilogramme": "kg", "kilogrammes": "kg", "kilos": "kg", "mile": "mi", "miles": "mi", "feet": "ft",
            "foot": "ft", "lbs": "lb", "hrs": "hours", "mins": "minutes",
        },
    )  # fmt: skip


def _german() -> Tongue:
    return Tongue(
        articles={},  # they say who does what to whom
        counted=frozenset(),
        copulas=_words("ist sind hat haben"),
        pronouns=_words("es sie er"),
        joins=_words("und"),
        beside_numbers=_words("mit"),
        dated=_words("im in jahr"),
        passive=_words("wurde wurden"),
        participle=re.compile(r"(?:\w{1,4})?ge\w{2,}(?:t|en)$"),
        prepositions=_words("in im am an seit mit bei nach vor aus von für bis ab"),
        connecting=_words(
            "und oder aber sondern denn weil während obwohl wenn falls als dass daß ob der die das welche"
        ),
        endings=frozenset(("e", "n", "en", "s", "es")),
        negations=_words(
            "kein keine keinen keinem keiner keines nicht nie niemals ohne weder noch nirgends nichts niemand außer un"
        ),
        modals=_words(
            "kann können könnte könnten darf dürfen muss müssen soll sollen sollte sollten will wollen wollte würde "
            "würden wird werden plant planen geplant hofft erwartet angeblich vermutlich wahrscheinlich vielleicht "
            "möglicherweise"
        ),
        quantifiers=_words(
            "alle alles jede jeder jedes meisten viele einige wenige mehrere halb fast beinahe rund etwa circa über "
            "unter bis mindestens höchstens mehr weniger nur genau ehemals früher durchschnittlich maximal minimal "
            "knapp gut"
        ),
        months=MONTH_NAMES["de"],
        magnitudes={
            **dict.fromkeys(("tausend", "tsd"), 1_000),
            **dict.fromkeys(("million", "millionen", "mio"), 1_000_000),
            **dict.fromkeys(("milliarde", "milliarden", "mrd"), 1_000_000_000),
        },
        numbers=_by_first(numerals.german()),
        group=".",
        point=",",
        same={
            "&": "und", "ca": "circa", "bzw": "beziehungsweise", "inkl": "inklusive", "einschl": "einschließlich",
            "kilometer": "km", "kilometern": "km", "kilogramm": "kg", "std": "stunden",
        },
    )  # fmt: skip


def _french() -> Tongue:
    return Tongue(
        articles={},  # they are also pronouns
        counted=frozenset(),
        copulas=_words("est sont"),
        pronouns=_words("il elle ils elles"),
        joins=_words("et"),
        beside_numbers=_words("avec"),
        dated=_words("en"),
        passive=_words("fut furent"),
        participle=re.compile(r"\w{2,}é(?:e|s|es)?$"),
        prepositions=_words("en à depuis pour avec de dans après avant pendant par sur chez"),
        connecting=_words("et ou mais ni car donc or parce que tandis alors quoique si lorsque qui dont"),
        endings=frozenset(("s",)),
        negations=_words("ne n pas jamais sans aucun aucune ni rien nul nulle personne plus point guère sauf non"),
        modals=_words(
            "peut peuvent pourrait pourraient doit doivent devrait devraient veut voudrait prévoit prévu prévue espère "
            "aurait serait seraient auraient probablement peut-être éventuellement sans doute"
        ),
        quantifiers=_words(
            "tous toutes tout chaque plupart plusieurs quelques peu moitié presque environ près plus moins jusque "
            "jusqu seulement exactement ancien ancienne moyenne maximum minimum au-delà"
        ),
        months=MONTH_NAMES["fr"],
        magnitudes={
            **dict.fromkeys(("mille",), 1_000),
            **dict.fromkeys(("million", "millions", "mio"), 1_000_000),
            **dict.fromkeys(("milliard", "milliards", "mrd"), 1_000_000_000),
        },
        numbers=_by_first(numerals.french()),
        group=" ",
        point=",",
        same={
            "&": "et", "d": "de", "qu": "que", "s": "se", "n": "ne", "j": "je", "c": "ce", "jusqu": "jusque",
            "kilomètre": "km", "kilomètres": "km", "kilogramme": "kg", "kilogrammes": "kg", "kilos": "kg",
        },
    )  # fmt: skip
