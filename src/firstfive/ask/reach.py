"""How far a refusal reaches: where what it refuses ends, what stands behind and says no more, and what it goes on to.

stops(text, start, end)       "no stairs | my knees are bad", "no dogs | please a garden": where a sentence speaks on
trimmed(text, start, end)     "no meat at all": where what is named ends, without what only stresses it
gives_reason(text, start)     "no fish | because my wife is ill": said of oneself
of_a_place(text, start, cut)  "no hotels | in Leeds": one thing that is refused, where a request begins so
goes_on(text, start, cut)     "no company | that ...", "not one | with ...": what is amiss is said only behind that
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from firstfive.ask.parting import NUMBERED
from firstfive.ask.small_words import KIN, SOUGHT

_TRAILING = (
    r"and|or|please|of\scourse|und|oder|bitte|natürlich|et|ou|bien\ssûr|s['’]il\s(?:vous|te)\splaît|"
    r"(?:(?:is|are)\s)?a\smust|(?:is|are|would\sbe)\s(?:essential|required|fine|ok|okay|nice|lovely|good|great)|"
    r"muss\ssein|ist\s(?:ein\smuss|pflicht)|wäre\s(?:schön|gut|toll)|(?:est\s)?(?:obligatoire|indispensable)|"
    r"serait\s(?:bien|parfait)"
)
_STRESSING = (
    r"at\sall|what(?:so)?ever|though|either|any\s?more|anymore|any\slonger|around|about|there|involved|thanks?|"
    r"thank\syou|allowed|permitted|überhaupt|mehr|dabei|drin|danke|erlaubt|du\stout|non\splus|autour|merci"
)
_TRAILS = {
    refused: re.compile(rf"(?<!\s)(?:\s++(?:{words}))++$", re.IGNORECASE)
    for refused, words in ((False, _TRAILING), (True, f"{_TRAILING}|{_STRESSING}"))
}
"""What stands behind what is named, and is none of it; by whether it is refused."""
_AND_A = re.compile(
    r"\s(?:and|und|et)\s(?=(?:an?|the|at\s+least|\d+|one|two|three|four|eine?n?|zwei|drei|vier|mindestens|une?|deux|"
    r"trois|quatre|au\s+moins)\s)",
    re.IGNORECASE,
)
"""Where what is refused ends, and what is wanted begins, unless the one is refused with an article too."""
_IS = r"(?:is|are|has|have|had|can(?:no|['’]?)t|hurts?|ist|sind|hat|haben|kann|est|sont|a|ont)"
_SPOKEN_ON = re.compile(
    # "no dogs please a garden", "not on Mondays because I am away", "ohne Treppe bitte ich brauche"
    r"\s(?:please|bitte|s['’]il\s(?:vous|te)\splaît)\s(?=\w)|"
    r"\s(?=(?:because|as|since|so|weil|da|denn|car|parce\sque?)\s(?:i|i['’]\w+|we|we['’]\w+|he|she|they|my|our|ich|wir|meine?|"
    r"je|j['’]\w+|nous|m[ao]n?)\s|"
    r"(?:i|we)\s(?:am|are|have|need|want|would|cannot|can['’]?t|don['’]?t)\s|(?:i|we)['’](?:m|re|d|ve)\s|"
    # "no stairs my knees are bad", "no steps mum has bad hips", "keine Treppe meine Knie sind kaputt"
    rf"(?:(?:my|our|his|her|meine?|unsere?|ma|mon|mes|nos)\s\w+|{KIN}|he|she)\s{_IS}\s|(?:he|she|it)['’]s\s|"
    r"(?:ich|wir)\s(?:bin|sind|habe|haben|brauche|brauchen|suche|suchen|möchte|möchten)\s|"
    r"(?:je|nous)\s(?:suis|sommes|cherche|cherchons|voudrais|veux)\s)",
    re.IGNORECASE,
)
"""Where what is refused ends in a sentence that is spoken without a pause."""
_NOUN_BEFORE = re.compile(
    r"(?<!\w)(?-i:(?!(?:in|to|near|from|of|at|by|for|like|and|or|than|the|around|outside|old|new|great)\s)[a-z]{2,30})"
    r"(?P<cut>\s)(?=(?-i:[A-Z]))",
    re.IGNORECASE,
)
"""What may be refused before the name of a place."""
LONGEST_NAME = 60
"""Letters of the name of a place."""
_ARTICLE_BEFORE = re.compile(r"\b(?:an?|the|une?|eine?[nmr]?|never|don['’]?t)\s+$", re.IGNORECASE)
_OF_NOTHING = frozenset(
    "any anything companies company firm firms like need one ones something thing things want somewhere anywhere "
    "betrieb betriebe etwas firma firmen unternehmen chose entreprise entreprises société sociétés".split()
)
"""What a refusal is of that goes on in the next part: "no companies with over 100 employees"."""
_PLURAL = re.compile(r"(?:^|[.,;:!?]\s)no\s[a-z]{3,30}s", re.IGNORECASE)
_THAT = re.compile(r"(?:that|which|who)\s", re.IGNORECASE)
"""Behind "no" and what is many: "no restaurants that serve pork", but not "a shop with no stairs that sells shoes"."""
_PLACED = re.compile(r"(?:in|at|near|close\sto|by|bei|im|am|près|à|dans)\s", re.IGNORECASE)
_MORE = re.compile(r"[,;:]|[.!?]\s|\s(?:but|aber|sondern|mais)\s", re.IGNORECASE)
_REASON = re.compile(
    r"(?:because|as|since|weil|da|denn|car|parce\sque?)\s(?:i|we|he|she|they|my|our|ich|wir|er|sie|meine?|unsere?|je|"
    r"nous|il|elle|m[ao]n?|notre)\s"
    r"(?![^.,;:!?]{0,60}\b(?:needs?|wants?|would|looking|prefers?|like|love|brauch\w*|möchte\w*|suche\w*|besoin|"
    r"voudr\w+|cherch\w+)\b)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"(?:with|that|which|who|whose|where|mit|avec|qui|dont)\b", re.IGNORECASE)
_VERB_LAST = re.compile(
    r"(?:die|der|das|deren|dessen)\s(?-i:[^.,;:!?]{2,80}\s[a-zäöü]{2,30}(?=[.,;:!?]|$))", re.IGNORECASE
)
"""A clause of a German sentence, behind a comma: "keine Firma, die einem Fonds gehört"."""


_ONE_WANTED = re.compile(r"\b(?:want|need|like)\san?\s$|\beinen?\s$", re.IGNORECASE)
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


def of_a_place(text: str, start: int, cut: tuple[int, int]) -> bool:
    """Whether what is looked for whole is refused from `start` to the cut, and behind it stands where: "no hotels | in
    Leeds". Of a request that begins so: in "a flat, no house near Leeds" the place is wanted, and so it is in "not a
    house near Leeds, a flat".
    """
    words = _words(text[start : cut[0]])
    if len(words) != 1 or not sought(words[0]) or not _PLACED.match(text, cut[1]):
        return False
    return (words[0] not in SOUGHT and words[0].removesuffix("s") in SOUGHT) or not _MORE.search(text, cut[1])


def gives_reason(text: str, start: int) -> bool:
    """Whether a part that begins there says why something is refused, and names nothing that is needed."""
    return _REASON.match(text, start) is not None


def of_nothing(text: str) -> bool:
    """Whether a text is one word, or says of nothing what it is like: "one", "a company"."""
    return " " not in text or all(word in _OF_NOTHING or sought(word) for word in _words(text))


def sought(word: str) -> bool:
    """Whether a word, in small letters, is what is looked for whole: "flats", "haus"."""
    return word in SOUGHT or word.removesuffix("s") in SOUGHT


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
