"""Words as ranking compares them: which of a text's tell something, and when two are forms of one word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

WORD = re.compile(r"\w+")
LETTERS = re.compile(r"[^\W\d_]+")
"""A word, or a part of one, without digits."""
STEM = 4
"""Letters of a word, without its ending, that tell it from others."""
_ENDING = re.compile(r"(?:ings?|es?|s)$")
_ENDINGS: tuple[tuple[int, frozenset[str]], ...] = tuple(
    (least, frozenset(("", *endings.split()) if bare else endings.split()))
    for least, bare, endings in (
        (3, True, "s es e en er ers ern em ed d ing ings"),  # cats, closed, nursing, farmers, guter
        (3, False, "y ies ied"),
        (3, False, "er ers ery eries"),  # bakers and bakeries
        (4, True, "ly"),
        (4, True, "x"),  # bateaux
        (4, False, "e en er ers ern n t te ten st end ende enden ung ungen"),  # reinigen, Reinigungen
        (4, False, "er é ée és ées e es ent ons ez ant"),
        (4, False, "e ed es ing or ors er ers ion ions"),  # education and educators
        (3, False, "el eln els elle elles"),
        (4, False, "eux euse euses eur eurs ion ions"),
        (3, False, "if ifs ive ives"),
        (4, False, "al als ale ales aux ally"),
        (4, False, "ien iens ienne iennes"),
        (5, True, "al als ally e s"),  # music and musical
        (6, False, "al als ally ian ians ic ics ical"),  # electrical, electricians
        (5, True, "in innen e en s"),  # Lehrerin
        (5, False, "ik iken iker ikern isch ische ischem ischen ischer isches"),
        (5, False, "ent ents ence ences ency encies ant ants ance ances ancy"),
        (
            6,
            True,
            "s e es ed ing er ers ery eries or ors y ies ic ical ics ically ial ially ian ians ist ists ment ments "
            "ness ship ships ure ures able ful le ility ion ions ant ants led ler lers ling",
        ),  # photographers, electrical, accountants, travellers
    )
)
"""Endings that tell no two words apart; each row has the least letters before them, and whether one may be none."""
_OF_A_VERB: tuple[tuple[int, str, frozenset[str]], ...] = tuple(
    (least, verb, frozenset(others.split()))
    for least, verb, others in (
        (2, "hen", "ht"),  # nähen, näht
        (4, "en", "ung ungen"),  # wohnen, Wohnung
        (3, "er", "é ée és ées age ages eur eurs euse euses ure ures"),  # laver, lavage
        (6, "", "age ages"),  # jardin, jardinage
    )
)
"""Endings that tell not even short words apart, where one of the two has that of the verb."""
_PARTICIPLES = ("ings", "ing", "ed")
_DOERS = ("ers", "er", "ery", "eries")
_ITS_OWN = frozenset(
    "bearing bedding boarding boxing clothing coating dressing evening flooring herring housing landing lighting "
    "living morning naked opening parking passage petting postage pudding rugged setting stocking training "
    "viewing wicked zeitung zeitungen bowling coaching filling fishing gifted meeting spelling "
    "winding".split()
)
"""Words that look like a form of another one and mean another thing, "park" and "parking"."""
_VOWELS = "aeiouy"
_HISSING = ("s", "x", "z", "ch", "sh", "o")
"""Behind these a plural has "es"."""
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae"})
_MARKS = dict.fromkeys(range(0x300, 0x370))
LONGEST = 3
"""Letters that two endings that go together begin with alike, at most: "industriel", "industrielles"."""
BEGINNING = 3
"""Letters that all forms of a word of as many or more begin with."""
_PLURALS = (("s", 3), ("x", 5), ("e", 7), ("n", 7), ("en", 7))
"""Endings of a plural, each with the letters that must stand before it."""
_NO_PLURALS = frozenset("news goods customs glasses means arms works premises cours".split())
_JOINING = frozenset(
    "a an after and are as at be before but by for from has have how i if in into is it its me my no not of on or our "
    "so that the their they this to was we were which who will with you your der die das und ein eine in im mit für "
    "von zu den dem des vor nach percent pct prozent pourcent le la les un une de des du et en avec pour dans qui à "
    "est mais avant après l d".split()
)
"""Words that are not looked for when a request is compared with items word by word: the commonest alone, since what is
shared of the others tells a little there."""
_SMALL = _JOINING | frozenset(
    "a an the this that these those each every any some all both either such other others same i me my you your "
    "yours he him his she her hers it its we us our ours they them their theirs ones someone somebody something "
    "somewhere anyone anybody anything anywhere everything everywhere who whom whose which what "
    "when where why how whether if am are be been being is was were do does did done doing don dont didn doesn isn "
    "aren wasn weren can cant cannot could couldn might must shall should shouldn will won would wouldn has have "
    "having had haven hasn hadn get gets getting got s t re ve ll d m about above across after against along among "
    "and around as at because before beside between beyond but by down during for from in into near not of off on "
    "onto or out over per since so than then though although through till to toward towards under until unless up "
    "upon via while with within there here too very quite rather really also just still yet ever even only again "
    "almost already always often much many more most less least few little bit plenty enough no please thanks maybe "
    "perhaps etc want wants wanted need needs needed percent pct der die das den dem des ein eine einen einem einer "
    "eines dieser diese dieses diesem diesen jeder jede jedes jeden alle allen aller alles andere anderen anderer "
    "ich mich mir mein meine meinen meiner du dich dir er ihn ihm sie ihr ihre ihren ihrer es wir uns unser unsere "
    "unseren unserer ihnen sich wer wen wem wann wo wie warum ob wenn dass weil als ist sind sein wird werden wurde "
    "habe haben hatte kann können könnte muss müssen soll sollen sollte wollen möchte möchten darf dürfen ab auf aus "
    "bei beim bis durch für gegen hinter im ins mit nach neben seit um über und oder aber unter vom von vor während "
    "wegen zu zum zur zwischen auch noch nur sehr schon dann doch etwa etwas mehr weniger viel viele vielen wenig "
    "wenige immer da dort hier bitte prozent le la les l un une de ce cet cette ces chaque tout toute tous toutes "
    "autre autres je j moi mes tu toi ta il elle nous notre nos vous votre vos ils elles leur leurs lui eux se sa "
    "ses qui que quoi quand où comment si est sont était être suis sommes ont avons avoir peut peuvent pouvoir doit "
    "veut veux voudrais aimerais à au aux avant après avec chez contre dans depuis derrière devant en entre hors "
    "jusqu malgré par pendant pour près selon sous sur vers et ou mais donc plus moins très trop aussi encore "
    "toujours déjà y n qu quelque quelques peu beaucoup pourcent".split()
)
"""Words that only join, point, count roughly or help verbs, in three languages. Shared, they say nothing of a thing."""


def telling(text: str) -> str:
    """The text's words, in lower case, without the commonest small ones; all of them, where it has no others."""
    words = _words(text)
    return " ".join([word for word in words if word not in _JOINING] or words)


def telling_words(text: str) -> list[str]:
    """Those of the text's words that say something by themselves, in lower case and in order; all, where none does."""
    words = _words(text)
    return [word for word in words if tells(word)] or words


def _words(text: str) -> list[str]:
    return [match.group().lower() for match in WORD.finditer(text)]


def tells(word: str) -> bool:
    """Whether a word in lower case says something by itself."""
    return word not in _SMALL


def agrees(word: str, others: Iterable[str]) -> bool:
    """Whether the word is a form of one of these."""
    return any(same(word, other) for other in others)


@lru_cache(maxsize=1 << 16)
def same(one: str, other: str) -> bool:
    """Equal, or forms of one word: a common beginning of at least four letters and two thirds of the longer, and behind
    that, or a little of it, an ending each that go together. "Chain" is no form of "chairs".

    Or one is the plural of the other, "egg" and "eggs", or a form of the other's verb, however short: "cut" and
    "cutting". Who writes no accents means the word with them: "kine" and "kiné".
    """
    if plural(one, other):
        return True
    if one.isascii() != other.isascii() and _typed_without(*sorted((one, other), key=str.isascii)):
        return True
    if _of_one_verb(one, other):
        return True
    need = max(4, -(-2 * max(len(one), len(other)) // 3))
    if not (len(one) >= need and len(other) >= need and one[:need] == other[:need]):
        return False
    unlike = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    common = next(unlike, min(len(one), len(other)))
    return any(
        one[at:] in endings and other[at:] in endings
        for at in range(common, max(BEGINNING, common - LONGEST) - 1, -1)
        for least, endings in _ENDINGS
        if at >= least
    )


def _typed_without(accented: str, word: str) -> bool:
    """Whether a word in plain letters is a form of the accented one: "schoen" of "schön", not "schon"."""
    plain = unaccented(accented)
    last = max(at for at, letter in enumerate(accented) if not letter.isascii())
    return plain.isascii() and word.startswith(unaccented(accented[: last + 1])) and same(plain, word)


def _of_one_verb(one: str, other: str) -> bool:
    """Whether one is a participle and the other a form of the same verb: "riding" and "rides" or "rider", not "rid"."""
    if one[:2] != other[:2] or not _ITS_OWN.isdisjoint((one.removesuffix("s"), other.removesuffix("s"))):
        return False
    if one.endswith(_PARTICIPLES) or other.endswith(_PARTICIPLES):
        return not _bases(one).isdisjoint(_bases(other))
    return any(
        a.endswith(verb) and len(stem := a.removesuffix(verb)) >= least and b.removeprefix(stem) in endings
        for a, b in ((one, other), (other, one))
        for least, verb, endings in _OF_A_VERB
    )


@lru_cache(maxsize=1 << 14)
def _bases(word: str) -> frozenset[str]:
    """What an English word can be a form of: "cutting" of "cut", "riding" and "rider" of "ride", "cooks" of "cook"."""
    end = next((end for end in (*_PARTICIPLES, *_DOERS, "es", "s") if word.endswith(end)), "")
    stem = word[: len(word) - len(end)]
    if not end or len(stem) < BEGINNING or not any(letter in _VOWELS for letter in stem):
        return frozenset((word,))
    if end in {"es", "s"}:  # "wines" is no form of "win"
        return frozenset((word, word[:-1], *((stem,) if end == "s" or stem.endswith(_HISSING) else ())))
    short = stem[-3] not in _VOWELS and stem[-2] in _VOWELS and stem[-1] not in "aeiouwxy"  # "rid", "plan"
    silent = (short or stem[-1] in "cg") and not any(letter in _VOWELS for letter in stem[:-3])
    if end in _DOERS:
        return frozenset((word, f"{stem}e")) if silent else frozenset((word,))
    doubled = {stem[:-1]} if len(stem) > BEGINNING and stem[-1] == stem[-2] and stem[-4] not in _VOWELS else set()
    return frozenset((word, f"{stem}e", *doubled, *(() if silent and short else (stem,))))


def unaccented(word: str) -> str:
    """A word in lower case as it is typed without accents and umlauts: "fusspflege", "buero"."""
    return word if word.isascii() else normalize("NFD", word.translate(_SPELT)).translate(_MARKS)


@lru_cache(maxsize=1 << 16)
def beginning(word: str) -> str:
    """Letters that all forms of a word have alike, however their accents are typed."""
    plain = unaccented(word)
    for spelt in ("ae", "oe", "ue"):
        plain = plain.replace(spelt, spelt[0])
    return plain[:BEGINNING]


def akin(one: str, other: str) -> bool:
    """Equal but for their endings, as "nurses" and "nursing" are: looser than `same`, for what an item says no to."""
    return same(one, other) or (_stem(one) == _stem(other) and len(_stem(one)) >= STEM)


def _stem(word: str) -> str:
    return _ENDING.sub("", word)


def shared(said: str, words: Iterable[str]) -> float:
    """The share of the telling words of what was said that are, in some form, among these."""
    held = frozenset(words)
    asked = telling_words(said)
    return sum(agrees(word, held) for word in asked) / max(1, len(asked))


def plural(one: str, other: str) -> bool:
    """Equal, or one word in singular and plural: far stricter than `same`. "News" are not new."""
    return one == other or one in singulars(other) or other in singulars(one)


@lru_cache(maxsize=4096)
def singulars(word: str) -> frozenset[str]:
    """What a word can be the plural of, in English, German and French."""
    if not word.isalpha() or word in _NO_PLURALS:
        return frozenset()
    found = {word[: -len(end)] for end, need in _PLURALS if word.endswith(end) and len(word) >= need + len(end)}
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        found.add(word[:-2])
    return frozenset(found)
