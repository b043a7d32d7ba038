"""What seekers, or who is with them, must not have or cannot bear: it is refused, though no "no" stands before it.

averse(text, start, end)      "allergic to nuts", "nut allergy", "wine gives me a headache": where what is refused is
unborne(text, start, end)     "I hate cleaning", "I can't stand the cold": searched for as it stands, and no wish
HELD                          the words among these in which no wish ends
"""

from __future__ import annotations

import re

from firstfive.ask.lexicon import EATEN, KIN, OWN, one_of, pattern

_WHOSE = (
    rf"(?:(?:{OWN} (?:\w+ ){{1,2}}|{KIN} )(?:(?:is|are|ist|sind|est|sont) )?)?"
    rf"(?:(?:really|severely|very|badly|highly|stark|sehr|très) )?"
)
_SUBJECT = rf"{_WHOSE}(?:(?:i|he|she|they|we|ich|er|sie|wir|je|il|elle|nous|on) )?"
_CANNOT = r"(?:can(?:no|'?)t|could ?n't|(?:am|is|are) unable to)"
_PEUT = r"ne (?:peu[xt]|pouvons|peuvent) (?:pas|plus)"
_OTHERS = one_of(
    "it, them, him, her, my, our, visitors, guests, children, kids, babies, (?:an? )?(?:baby|child|family|wedding|"
    "job), "
    "sex, out, at, in, on, up, off, over, for, to, by, and, or, if, as, any ?more, much, too, so, very, well, alone, "
    "enough, both, been, long, weight, without, late, the (?:thought|idea|time|bus|train|car), time, part, care, "
    "holidays?, leave"
)
_A_THING = rf"(?= (?!{_OTHERS}\b))"
"""Behind "can't": what somebody cannot eat or bear, and not "can't stand up"."""
_WOULD = r"(?:would |(?<=\bwould )|(?<='d ))"
"""Said, or the last of the words that lead to a part."""
_ARTICLE = r" (?:(?:an?|the|any|le|la|les|du) |(?:de )?l'|d')?"
_BEFORE = pattern(
    rf"{_SUBJECT}(?:(?:allerg(?:ic|y|ies)|intoleran(?:t|ce)) to|{_CANNOT} (?:eat|drink|tolerate|digest|"
    rf"stomach){_A_THING}|"
    rf"{_WOULD}(?:hate|detest|loathe){_A_THING}(?! \w+ing\b)|allergi(?:sch|e) (?:gegen|auf)|mag keine?n?|"
    r"(?:allergi(?:ques?|es?)|intoléran(?:te?s?|ces?)) (?:aux?|à la|à)|ne (?:digère|digérons)(?:nt)? (?:pas|"
    r"plus)(?: de)?|"
    rf"{_PEUT} (?:manger|boire|digérer)(?: de)?){_ARTICLE}"
)
"""What stands before: "my wife is allergic to", "can't eat", "ich mag keine"."""
_UNBORNE_BEFORE = pattern(
    rf"{_SUBJECT}(?:{_CANNOT} (?:(?P<have>have)|stand|bear|abide|be around){_A_THING}|reacts? badly to|"
    r"swells? up (?:from|with|after)|vertr(?:age|agen|ägt) keine?n?|"
    rf"ne (?:supporte|tolère|supportons|tolérons)(?:nt)? (?:pas|plus)(?: de)?|"
    rf"{_PEUT} (?:supporter|tolérer)(?: de)?){_ARTICLE}"
)
"""The same, where only a food or an animal is refused: of the cold the seeker wants to be rid."""
_WHAT = r"(?P<what>\w{1,40}(?: \w{1,40})?)"
_NO_FOOD = one_of(
    "an?, no, any, the, his, her, my, food, skin, drug, severe, bad, seasonal, it, this, that, which, what, who, "
    "nothing, anything, something, work"
)
_DARF_KEIN = rf"(?:(?:ich|er|sie|wir) )?(?:kann|können|darf|dürfen) keine?n? {_WHAT}"
_US = r"(?:me|us|him|her|them|(?:my|our|his|her) \w{1,40})"
_BEHIND = (
    pattern(
        rf"(?:{_SUBJECT}(?:have|has|suffers? from) )?(?:an? )?(?:(?:severe|bad|serious|mild) )?(?!{_NO_FOOD}\b){_WHAT} "
        r"(?:allerg(?:y|ies)|intoleran(?:ce|t))$"
    ),
    pattern(
        r"(?P<what>(?!lebensmittel|nahrungsmittel|haut|kontakt)\w{2,40}?)-?"
        r"(?:allergie|unverträglichkeit|intoleranz|intolerant)$"
    ),
    pattern(rf"{_DARF_KEIN} (?:essen|trinken)$"),
    pattern(rf"{_WHAT} (?:esse|essen|trinke|trinken) (?:ich|wir) nicht$"),
)
"""What stands behind: "a nut allergy", "Nussallergie"."""
_UNBORNE_BEHIND = (
    pattern(
        rf"(?!{_NO_FOOD}\b){_WHAT} (?:makes? {_US} (?:\w{{1,40}} )?(?:ill|sick|poorly|unwell|sneeze|itch|wheeze|"
        r"cough|swell)|"
        rf"gives? {_US} (?:an? )?(?:\w{{1,40}} )?(?:headaches?|migraines?|rash|hives|stomach ?aches?|heartburn|"
        r"nightmares)|"
        r"upsets? (?:my|our|his|her) (?:stomach|tummy))$"
    ),
    pattern(rf"{_DARF_KEIN} (?:vertragen|ertragen|haben)$"),
    pattern(rf"{_WHAT} (?:vertrage|ertrage|mag|vertragen|ertragen|mögen) (?:ich|wir) nicht$"),
    pattern(
        rf"(?:l'|les? |la )?{_WHAT} (?:me|nous) (?:rend(?:ent)? malades?|"
        r"donne(?:nt)? (?:mal|la migraine|des allergies)(?: .{1,30})?)$"
    ),
)
"""The same, where only a food or an animal is refused: "wine gives me a headache", "le lait me rend malade"."""
_NO_PATIENT = pattern(r"\b(?:for|about|of|against|für|gegen|über|pour|contre|sur)\b")
"""Where an allergy is what something is for: "a clinic for nut allergy"."""
_WITH = pattern(r"\b(?:with|mit|avec|bei)\b")
_OF_ONES_OWN = pattern(
    rf"\b{OWN} \w{{1,30}}(?: \w{{1,30}})? $",
    r"\b(?:i am|i'm|we are|we're) (?:\w{1,30} ){1,3}$",
    r"\b(?:for|für|pour) (?:some(?:one|body)|jemand(?:en|em)?|quelqu'un|(?:an?|one|eine[nmr]?|une?) \w{1,30}) $",
)
"""Who is with the seeker, or is one person, who eats what is found: "for my son | with a nut allergy", "for someone".
But not "a camp for children | with nut allergies"."""
_STAIRS = pattern(
    rf"{_WHOSE}(?:(?:he|she|they) )?(?:(?:can(?:no|'?)t|unable to) (?:climb|manage|use|cope with|go up|get up|do) "
    r"(?:(?:the|any|many|too many) )?(?=(?:stairs|steps|hills)\b)|(?:kann|können) keine (?=(?:treppen|stufen) )|"
    rf"{_PEUT} monter (?:les |d'|des )?(?=(?:escaliers?|marches)\b))"
)
"""Where somebody cannot go, and what stands there is refused: "my mother cannot climb stairs"."""
REACH = 60
"""Characters before an allergy in which stands whose it is."""
FIRST = 4
"""Words of what cannot be borne among which one names a food: "the smell of fish"."""
_STAIR = re.compile(r"[^\W\d_]+")
_AVERSION = pattern(
    rf"{_WHOSE}(?:(?:afraid|scared|terrified) of|hates?|dislikes?|detests?|{_CANNOT} take{_A_THING}|hass(?:e|en|t)|"
    r"verabscheue|angst vor|détestes?|j'ai peur (?:des?|du)) "
)
"""What they cannot bear. It may be what they want to be rid of, "I hate cleaning", as well as what must not be there:
so it is searched for, as it stands, and is no wish, for which a result would quote "Steep stairs"."""
_BOTHERS = pattern(
    " (?:(?:is|are) a (?:(?:big|real) )?problem|(?:bothers?|annoys?) (?:me|us)|stör(?:t|en) (?:mich|uns)|(?:ist|"
    "sind) ein problem|(?:me|nous) dérange(?:nt)?)$"
)
"""What they cannot bear, said first: "noise bothers me"."""
_OF_ANOTHER = pattern(r"\b(?:that|who|whose|which|der|die|das|qui)\b")
HELD = (
    r"swells? up (?:from|with|after)|"
    r"ne (?:peu[xt]|pouvons|peuvent|dépass\w+|supporte\w*|supportons|tol[èé]r\w+|dig[èé]r\w+) (?:pas|plus)"
)


def averse(text: str, start: int, end: int, lead: str = "") -> tuple[int, int] | None:
    """Where what is refused starts and ends, if the seeker must not have it, or would not bear it."""
    if stairs := _STAIRS.match(text, start, end):
        thing = _STAIR.match(text, stairs.end(), end)
        return (stairs.end(), thing.end()) if thing else None
    if _OF_ANOTHER.search(lead):
        return None
    if found := _BEFORE.match(text, start, end):
        return found.end(), end
    if (unborne := _cannot_bear(text, start, end)) and _eaten(text[slice(*unborne)]):
        return unborne
    end = start + len(text[start:end].rstrip())
    told = (pattern.match(text, start, end) for pattern in _BEHIND)
    what = next((found.span("what") for found in told if found), None)
    return what if what and _of_a_patient(text, start, lead) else None


def _cannot_bear(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where that stands which the seeker cannot bear."""
    if found := _UNBORNE_BEFORE.match(text, start, end):
        return found.end(), end
    end = start + len(text[start:end].rstrip())
    told = (pattern.match(text, start, end) for pattern in _UNBORNE_BEHIND)
    return next((found.span("what") for found in told if found), None)


def _of_a_patient(text: str, start: int, lead: str) -> bool:
    """Whether an allergy is the seeker's, who wants none of that: not of those whom a clinic treats."""
    if _NO_PATIENT.search(lead):
        return False
    return not _WITH.search(lead) or bool(
        _OF_ONES_OWN.search(text, max(0, start - len(lead) - REACH), start - len(lead))
    )


def unborne(text: str, start: int, end: int, lead: str = "") -> bool:
    """Whether a part of the text says what the seeker cannot bear."""
    if _OF_ANOTHER.search(lead):
        return False
    if _AVERSION.match(text, start, end) or _BOTHERS.search(text, start, end):
        return True
    have = _UNBORNE_BEFORE.match(text, start, end)
    return not (have and have["have"]) and _cannot_bear(text, start, end) is not None


def _eaten(text: str) -> bool:
    """Whether a few words name a food, a drink or an animal, in singular or plural."""
    words = re.findall(r"\w+", text.lower())[:FIRST]
    return any(not EATEN.isdisjoint(_singulars(word)) for word in words)


def _singulars(word: str) -> set[str]:
    return {*(word.removesuffix(ending) for ending in ("", "s", "es", "n", "en")), f"{word.removesuffix('ies')}y"}
