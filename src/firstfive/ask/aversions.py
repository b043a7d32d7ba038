"""What seekers, or who is with them, must not have or cannot bear: it is refused, though no "no" stands before it.

averse(text, start, end)      "allergic to nuts", "nut allergy", "wine gives me a headache": where what is refused is
unborne(text, start, end)     "I hate cleaning", "I can't stand the cold": searched for as it stands, and no wish
HELD                          the words among these in which no wish ends
"""

from __future__ import annotations

import re

from firstfive.ask.foods import eaten
from firstfive.ask.small_words import KIN

_WHOSE = (
    rf"(?:(?:(?:my|our|mein|meine|unsere?|mon|ma|mes|notre|nos)\s+(?:\w+\s+){{1,2}}|{KIN}\s+)"
    r"(?:(?:is|are|ist|sind|est|sont)\s+)?)?"
    r"(?:(?:really|severely|very|badly|highly|stark|sehr|très)\s+)?"
)
_SUBJECT = rf"{_WHOSE}(?:(?:i|he|she|they|we|ich|er|sie|wir|je|il|elle|nous|on)\s+)?"
_CANNOT = r"(?:can(?:no|['’]?)t|could\s?n['’]t|(?:am|is|are)\s+unable\s+to)"
_NOT_A_THING = (
    r"(?!(?:it|them|him|her|my|our|visitors|guests|children|kids|babies|(?:an?\s+)?(?:baby|child|family|wedding|job)|"
    r"sex|out|at|in|on|up|off|over|for|to|by|and|or|if|as|any\s?more|much|too|so|very|well|well|alone|enough|both|"
    r"been|long|weight|without|late|the\s+(?:thought|idea|time|bus|train|car)|time|part|care|holidays?|leave)\b)"
)
_WOULD = r"(?:would\s+|(?<=\bwould\s)|(?<=['’]d\s))"
"""Said, or the last of the words that lead to a part."""
_ILL_OF = (
    r"(?:swells?\s+up|(?:comes?|break)\s?out\s+in\s+(?:an?\s+)?(?:rash|hives|spots)|"
    r"gets?\s+(?:an?\s+)?(?:ill|sick|rash|hives|headaches?|migraines?|heartburn))\s+(?:from|with|after)"
)
_ARTICLE = r"\s+(?:(?:an?|the|any|le|la|les|du)\s+|(?:de\s+)?l['’]|d['’])?"
_BEFORE = re.compile(
    rf"{_SUBJECT}(?:(?:allerg(?:ic|y|ies)|intoleran(?:t|ce))\s+to|"
    rf"{_CANNOT}\s+(?:eat|drink|tolerate|digest|stomach)(?=\s+{_NOT_A_THING})|"
    rf"{_WOULD}(?:hate|detest|loathe)(?=\s+{_NOT_A_THING}(?!\w+ing\b))|"
    r"allergi(?:sch|e)\s+(?:gegen|auf)|mag\s+keine?n?|"
    r"allergi(?:ques?|es?)\s+(?:aux?|à\s+la|à)|intoléran(?:te?s?|ces?)\s+(?:aux?|à\s+la|à)|"
    r"ne\s+(?:digère|digérons)(?:nt)?\s+(?:pas|plus)(?:\s+de)?|"
    r"ne\s+(?:peu[xt]|pouvons|peuvent)\s+(?:pas|plus)\s+(?:manger|boire|digérer)(?:\s+de)?)" + _ARTICLE,
    re.IGNORECASE,
)
"""What stands before: "my wife is allergic to", "can't eat", "ich mag keine"."""
_UNBORNE_BEFORE = re.compile(
    rf"{_SUBJECT}(?:{_CANNOT}\s+(?:(?P<have>have)|stand|bear|abide|be\s+around)(?=\s+{_NOT_A_THING})|"
    rf"reacts?\s+badly\s+to|{_ILL_OF}|vertr(?:age|agen|ägt)\s+keine?n?|"
    r"ne\s+(?:supporte|tolère|supportons|tolérons)(?:nt)?\s+(?:pas|plus)(?:\s+de)?|"
    r"ne\s+(?:peu[xt]|pouvons|peuvent)\s+(?:pas|plus)\s+(?:supporter|tolérer)(?:\s+de)?)" + _ARTICLE,
    re.IGNORECASE,
)
"""The same, where only a food or an animal is refused: of the cold the seeker wants to be rid."""
_WHAT = (
    r"(?P<what>(?!(?:an?|no|any|the|his|her|my|food|skin|drug|severe|bad|seasonal|{no})\b)\w{{1,40}}(?:\s\w{{1,40}})?)"
)
_ILL = r"(?:ill|sick|poorly|unwell|sneeze|itch|wheeze|cough|swell(?:\s+up)?|queasy|bloated)"
_ACHE = r"(?:headaches?|migraines?|rash|hives|(?:stomach|tummy)\s?aches?|heartburn|indigestion|cramps|nightmares)"
_US = r"(?:me|us|him|her|them|(?:my|our|his|her)\s+\w{1,40})"
_BEHIND = tuple(
    re.compile(rf"(?<![\w'’]){pattern}", re.IGNORECASE)
    for pattern in (
        rf"(?:{_SUBJECT}(?:have|has|suffers?\s+from)\s+)?(?:an?\s+)?(?:(?:severe|bad|serious|mild)\s+)?"
        rf"{_WHAT.format(no='who')}\s+(?:allerg(?:y|ies)|intoleran(?:ce|t))$",
        r"(?P<what>(?!lebensmittel|nahrungsmittel|haut|kontakt)\w{2,40}?)-?"
        r"(?:allergie|unverträglichkeit|intoleranz|intolerant)$",
        r"(?:(?:ich|er|sie|wir)\s+)?(?:kann|können|darf|dürfen)\s+keine?n?\s+(?P<what>\w{1,40}(?:\s\w{1,40})?)\s+"
        r"(?:essen|trinken)$",
        r"(?P<what>\w{1,40})\s+(?:esse|essen|trinke|trinken)\s+(?:ich|wir)\s+nicht$",
    )
)
"""What stands behind: "a nut allergy", "Nussallergie"."""
_UNBORNE_BEHIND = tuple(
    re.compile(rf"(?<![\w'’]){pattern}", re.IGNORECASE)
    for pattern in (
        rf"{_WHAT.format(no='it|this|that|which|what|who|nothing|anything|something|work')}\s+"
        rf"(?:makes?\s+{_US}\s+(?:\w{{1,40}}\s+)?{_ILL}|gives?\s+{_US}\s+(?:an?\s+)?(?:\w{{1,40}}\s+)?{_ACHE}|"
        rf"upsets?\s+(?:my|our|his|her)\s+(?:stomach|tummy))$",
        r"(?:(?:ich|er|sie|wir)\s+)?(?:kann|können|darf|dürfen)\s+keine?n?\s+(?P<what>\w{1,40}(?:\s\w{1,40})?)\s+"
        r"(?:vertragen|ertragen|haben)$",
        r"(?P<what>\w{1,40})\s+(?:vertrage|ertrage|mag|vertragen|ertragen|mögen)\s+(?:ich|wir)\s+nicht$",
        r"(?:l['’]|les?\s+|la\s+)?(?P<what>\w{1,40}(?:\s\w{1,40})?)\s+(?:me|nous)\s+"
        r"(?:rend(?:ent)?\s+malades?|donne(?:nt)?\s+(?:mal|la\s+migraine|des\s+allergies)(?:\s.{1,30})?)$",
    )
)
"""The same, where only a food or an animal is refused: "wine gives me a headache", "le lait me rend malade"."""
_NO_PATIENT = re.compile(r"\b(?:for|about|of|against|für|gegen|über|pour|contre|sur)\b", re.IGNORECASE)
"""Where an allergy is what something is for: "a clinic for nut allergy"."""
_WITH = re.compile(r"\b(?:with|mit|avec|bei)\b", re.IGNORECASE)
_OF_ONES_OWN = re.compile(
    r"\b(?:my|our|meine[nmr]?|unsere[nmr]?|mon|ma|mes|notre|nos)\s\w{1,30}(?:\s\w{1,30})?\s$|"
    r"\b(?:i\sam|i['’]m|we\sare|we['’]re)\s(?:\w{1,30}\s){1,3}$|"
    r"\b(?:for|für|pour)\s(?:some(?:one|body)|jemand(?:en|em)?|quelqu['’]un|(?:an?|one|eine[nmr]?|une?)\s\w{1,30})\s$",
    re.IGNORECASE,
)
"""Who is with the seeker, or is one person, who eats what is found: "for my son | with a nut allergy", "for someone".
But not "a camp for children | with nut allergies"."""
_TO_BE_HEALED = re.compile(
    r"(?:^|[.,;:!?]\s|\b(?:and|und|et|i|want|need|find|see|looking\sfor|suche|brauche|cherche)\s)"
    r"(?:(?:want|need|an?|good|eine?n?|une?)\s){0,3}(?:\w{1,30}\s)?"
    r"(?:specialists?|doctors?|allergists?|dieti[ct]ians?|nutritionists?|(?:fach)?arzt|ärztin|allergologe|spécialiste|"
    r"médecin|allergologue)\b",
    re.IGNORECASE,
)
"""Who heals: an allergy is why one is looked for."""
_STAIRS = re.compile(
    _WHOSE + r"(?:(?:he|she|they)\s+)?(?:(?:can(?:no|['’]?)t|unable\s+to)\s+"
    r"(?:climb|manage|cope\s+with|go\s+up|get\s+up|do)\s+"
    r"(?:(?:the|any|many|too\s+many)\s+)?(?=(?:stairs|steps|hills)\b)|"
    r"(?:kann|können)\s+keine\s+(?=(?:treppen|stufen)\s)|"
    r"ne\s+(?:peu[xt]|pouvons|peuvent)\s+(?:pas|plus)\s+monter\s+(?:les\s+|d['’]|des\s+)?(?=(?:escaliers?|marches)\b))",
    re.IGNORECASE,
)
"""Where somebody cannot go, and what stands there is refused: "my mother cannot climb stairs"."""
REACH = 60
"""Characters before an allergy in which stands whose it is."""
_STAIR = re.compile(r"[^\W\d_]+")
_AVERSION = re.compile(
    rf"{_WHOSE}(?:(?:afraid|scared|terrified)\s+of|hates?|dislikes?|detests?|"
    rf"{_CANNOT}\s+take(?=\s+{_NOT_A_THING})|hass(?:e|en|t)|verabscheue|angst\s+vor|"
    r"détestes?|j['’]ai\s+peur\s+(?:des?|du))\s",
    re.IGNORECASE,
)
"""What they cannot bear. It may be what they want to be rid of, "I hate cleaning", as well as what must not be there:
so it is searched for, as it stands, and is no wish, for which a result would quote "Steep stairs"."""
_BOTHERS = re.compile(
    r"\s(?:(?:is|are)\s+a\s+(?:(?:big|real)\s+)?problem|(?:bothers?|annoys?)\s+(?:me|us)|stör(?:t|en)\s+(?:mich|uns)|"
    r"(?:ist|sind)\s+ein\s+problem|(?:me|nous)\s+dérange(?:nt)?)$",
    re.IGNORECASE,
)
"""What they cannot bear, said first: "noise bothers me"."""
_OF_ANOTHER = re.compile(r"\b(?:that|who|whose|which|der|die|das|qui)\b", re.IGNORECASE)
HELD = (
    rf"{_ILL_OF}|ne\s+(?:peu[xt]|pouvons|peuvent|dépass\w+|supporte\w*|supportons|tol[èé]r\w+|dig[èé]r\w+)"
    r"\s+(?:pas|plus)"
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
    if (unborne := _cannot_bear(text, start, end)) and eaten(text[slice(*unborne)]):
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
    if _NO_PATIENT.search(lead) or _TO_BE_HEALED.search(text):
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
