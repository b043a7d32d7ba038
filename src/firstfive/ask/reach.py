"""How far a wish reaches: where what is refused ends, what stands behind and says no more, and where a place stands.

stops(text, start, end)       "no stairs | my knees are bad", "no dogs | please a garden": where a sentence speaks on
trimmed(text, start, end)     "no meat at all": where what is named ends, without what only stresses it
around(text, start, end)      "Zahnarzt | Freiburg | die samstags": where the name of a place of the catalogue stands
goes_on(text, start, cut)     "no company | that ...", "not one | with ...": what is amiss is said only behind that
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from firstfive.ask.lexicon import KIN, OWN, SMALL_WORDS, SOUGHT, WEEKDAY, one_of, pattern
from firstfive.ask.parting import NUMBERED

_TRAILING = one_of(
    "and, or, please, of course, (?:(?:is|are) )?a must",
    "(?:is|are|would be) (?:essential|required|fine|ok|okay|nice|lovely|good|great)",
    "und, oder, bitte, natürlich, muss sein, ist (?:ein muss|pflicht), wäre (?:schön|gut|toll)",
    "et, ou, bien sûr, s'il (?:vous|te) plaît, (?:est )?(?:obligatoire|indispensable), serait (?:bien|parfait)",
)
_STRESSING = one_of(
    "at all, what(?:so)?ever, though, either, any ?more, any longer, around, about, there, involved, thanks?, "
    "thank you",
    "allowed, permitted, überhaupt, mehr, dabei, drin, danke, erlaubt, du tout, non plus, autour, merci",
)
_TRAILS = {
    refused: pattern(rf"(?<!\s)(?:\s++(?:{words}))++$")
    for refused, words in ((False, _TRAILING), (True, f"{_TRAILING}|{_STRESSING}"))
}
"""What stands behind what is named, and is none of it; by whether it is refused."""
_AND_A = pattern(
    r" (?:and|und|et) (?=(?:an?|the|at least|\d+|one|two|three|four|eine?n?|zwei|drei|vier|mindestens|une?|deux|trois|"
    r"quatre|au moins) )"
)
"""Where what is refused ends, and what is wanted begins, unless the one is refused with an article too."""
_SPOKEN_ON = pattern(
    # "no dogs please a garden", "not on Mondays because I am away", "ohne Treppe bitte ich brauche"
    r" (?:please|bitte|s'il (?:vous|te) plaît) (?=\w)",
    r" (?=(?:because|as|since|so|weil|da|denn|car|parce que?) "
    r"(?:i|i'\w+|we|we'\w+|he|she|they|my|our|ich|wir|meine?|je|j'\w+|nous|m[ao]n?) )",
    r" (?=(?:i|we) (?:am|are|have|need|want|would|cannot|can'?t|don'?t) |(?:i|we)'(?:m|re|d|ve) |"
    r"(?:ich|wir) (?:bin|sind|haben?|brauchen?|suchen?|möchten?) |"
    r"(?:je|nous) (?:suis|sommes|cherche|cherchons|voudrais|veux) )",
    # "no stairs my knees are bad", "no steps mum has bad hips", "keine Treppe meine Knie sind kaputt"
    rf" (?=(?:(?:{OWN}|his|her) \w+|{KIN}|he|she) "
    r"(?:is|are|has|have|had|can(?:no|'?)t|hurts?|ist|sind|hat|haben|kann|est|sont|a|ont) |(?:he|she|it)'s )",
)
"""Where what is refused ends in a sentence that is spoken without a pause."""
_NOUN_BEFORE = re.compile(
    r"(?<!\w)(?!(?:in|to|near|from|of|at|by|for|like|and|or|than|the|around|outside|old|new|great)\s)[a-z]{2,30}"
    r"(?P<cut> )(?=[A-Z])"
)
"""What may be refused before the name of a place."""
WORDS_OF_A_NAME = 4
LONGEST_NAME = 60
"""Letters of the name of a place."""
_WORD = re.compile(r"[^\s.,;:!?()]+")
_IN = frozenset("a in near à en bei nahe".split())
"""Words before the place where something is: "coiffeuse a Nantes". Behind others it is a matter: "a train to Leeds"."""
_JOINS = frozenset("and or nor und oder noch et ou ni".split())
_WORDS_TOO = frozenset(
    "bath battle cork deal ham hope nice reading rugby rye sale sandwich settle stone street ware wells bad essen "
    "halle hof lauf singen weiden werder "
    "foix grasse lens tours vienne".split()
)
"""Names of places that are words too: "a hot bath", "warmes Essen"."""
_BY = frozenset("by of about von über de par".split())
_BEHIND_PLACES = pattern(
    rf"{WEEKDAY}|mitten|morgens|abends|nachts|mornings?|evenings?|weekends?|weekdays?|matin|soir|"
    rf"(?!(?:{'|'.join(_JOINS)})$)(?:{'|'.join(sorted(SMALL_WORDS))})"
)
"""Behind another word, a place only tells of which kind that is: "a York choir"."""
_FRENCH = pattern(r"\b(?:je|un|une|le|les|de|des|du|pour|cherche)\b")
"""Where "a" may be "à", and is no article: "chanter a Nantes l'après-midi", but "a Yorkshire terrier"."""
_ARTICLE_BEFORE = pattern(r"\b(?:an?|the|une?|eine?[nmr]?|never|don'?t) +$")
_OF_NOTHING = frozenset(
    "any anything companies company firm firms like need one ones something thing things want somewhere anywhere "
    "betrieb betriebe etwas firma firmen unternehmen chose entreprise entreprises société sociétés".split()
)
"""What a refusal is of that goes on in the next part: "no companies with over 100 employees"."""
_PLURAL = pattern(r"(?:^|[.,;:!?] )no [a-z]{3,30}s")
_THAT = pattern(r"(?:that|which|who) ")
"""Behind "no" and what is many: "no restaurants that serve pork", but not "a shop with no stairs that sells shoes"."""
_RELATIVE = pattern(r"(?:with|that|which|who|whose|where|mit|avec|qui|dont)\b")
_VERB_LAST = pattern(r"(?:die|der|das|deren|dessen) (?-i:[^.,;:!?]{2,80} [a-zäöü]{2,30}(?=[.,;:!?]|$))")
"""A clause of a German sentence, behind a comma: "keine Firma, die einem Fonds gehört"."""
_ONE_WANTED = pattern(r"\b(?:want|need|like) an? $|\beinen? $")
"""What leads to one of a kind, of which not all is refused: "I don't want a dog that barks"."""


def stops(
    text: str, start: int, end: int, since: int, places: Callable[[str], bool] | None = None
) -> Iterator[tuple[int, int]]:
    """Where what is refused from `start` ends before `end`; since: where the part began that refuses it. places:
    says of a name whether it is one of a place, which is a wish of its own though no word leads to it, "no steps
    Norfolk".
    """
    patterns = [_SPOKEN_ON] if _ARTICLE_BEFORE.search(text, since, start) else [_SPOKEN_ON, _AND_A]
    found = [match.span() for pattern in patterns for match in pattern.finditer(text, start, end)]
    before = _NOUN_BEFORE.finditer(text, start, end) if places else ()
    near = (match for match in before if end - match.end() <= LONGEST_NAME)
    found += [match.span("cut") for match in near if places and places(text[match.end() : end])]
    yield from sorted(found)


def around(text: str, start: int, end: int, places: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Where a wish ends before the name of a place, and where one begins behind it: a place is a wish of its own."""
    words = [*_WORD.finditer(text, start, end)]
    at = 1
    while at < len(words):
        sizes = (size for size in range(WORDS_OF_A_NAME, 0, -1) if at + size <= len(words))
        size = next((one for one in sizes if places(text[words[at].start() : words[at + one - 1].end()])), 0)
        if size and _is_where(words, at, size):
            first = at - (words[at - 1][0] == "a")
            if first and words[at - 1][0].lower() not in _IN - {"a"}:
                yield words[first - 1].end(), words[first].start()
            if at + size < len(words):
                yield words[at + size - 1].end(), words[at + size].start()
        at += max(size, 1)


def _is_where(words: Sequence[re.Match[str]], at: int, size: int) -> bool:
    """Whether a name of so many words says where something is, and not which."""
    before = words[at - 1][0].lower()
    word_too = size == 1 and words[at][0].lower() in _WORDS_TOO
    behind = words[at + size][0] if at + size < len(words) else ""
    named = at > 1 and words[at - 1][0][0].isupper() and words[at - 2][0].lower() in _BY
    if before not in _IN and (word_too or named or before in SMALL_WORDS):  # "books by Jack London"
        return False
    led = before in _IN and (before != "a" or _FRENCH.search(words[at].string) is not None)
    said_of_it = led and words[at][0][0].isupper() and behind[:1].islower() and behind not in _JOINS
    return not behind or said_of_it or _BEHIND_PLACES.fullmatch(behind) is not None


def trimmed(text: str, start: int, end: int, refused: bool) -> int:
    """Where that ends which a part names."""
    end = start + len(text[start:end].rstrip())
    trail = _TRAILS[refused].search(text, start, end)
    return trail.start() if trail else end


def goes_on(text: str, start: int, cut: tuple[int, int]) -> bool:
    """Whether what is refused from `start` to the cut is of the kind that all is which is looked for, and behind the
    cut stands what is amiss with it: "not one | with a mortgage", "no big places | that take dogs".
    """
    words = _words(text[start : cut[0]])
    one = _ONE_WANTED.search(text, max(0, start - 20), start)
    many = _PLURAL.fullmatch(text, max(0, start - len(", no ")), cut[0])
    if many and text[slice(*cut)].isspace() and _THAT.match(text, cut[1]):
        return True
    if not words or not (one or words[-1] in _OF_NOTHING or sought(words[-1])):
        return False
    if not text[slice(*cut)].isspace():
        return bool(_VERB_LAST.match(text, cut[1])) and text[slice(*cut)].startswith(",")
    return bool(_RELATIVE.match(text, cut[1]) or NUMBERED.match(text, cut[1]))


def of_nothing(text: str) -> bool:
    """Whether a text is one word, or says of nothing what it is like: "one", "a company"."""
    return " " not in text or all(word in _OF_NOTHING or sought(word) for word in _words(text))


def sought(word: str) -> bool:
    """Whether a word, in small letters, is what is looked for whole: "flats", "haus"."""
    return word in SOUGHT or word.removesuffix("s") in SOUGHT


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
