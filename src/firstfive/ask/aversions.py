"""What seekers, or who is with them, must not have or cannot bear: it is refused, though no "no" stands before it.

averse(text, start, end)      "allergic to nuts", "nut allergy", "wine gives me a headache": where what is refused is
unborne(text, start, end)     "I hate cleaning": searched for as it stands, and no wish
HELD                          the words among these in which no wish ends
"""

from __future__ import annotations

import re

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
    r"been|long|weight|without|late|the\s+(?:thought|idea|time|bus|train|car)|time|part|care|holidays?|leave|\w+ing)\b)"
)
_ILL_OF = (
    r"(?:swells?\s+up|(?:comes?|break)\s?out\s+in\s+(?:an?\s+)?(?:rash|hives|spots)|"
    r"gets?\s+(?:an?\s+)?(?:ill|sick|rash|hives|headaches?|migraines?|heartburn))\s+(?:from|with|after)"
)
_BEFORE = re.compile(
    rf"{_SUBJECT}(?:(?:allerg(?:ic|y|ies)|intoleran(?:t|ce))\s+to|"
    rf"{_CANNOT}\s+(?:have|eat|drink|take|tolerate|digest|stomach|stand|bear|abide|be\s+around)(?=\s+{_NOT_A_THING})|"
    rf"reacts?\s+badly\s+to|{_ILL_OF}|(?:would|(?<=\bwould\s)|(?<=['’]d\s))\s*(?:hate|detest|loathe)"
    rf"(?=\s+{_NOT_A_THING})|"
    r"allergi(?:sch|e)\s+(?:gegen|auf)|vertr(?:age|agen|ägt)\s+keine?n?|mag\s+keine?n?|"
    r"allergi(?:ques?|es?)\s+(?:aux?|à\s+la|à)|intoléran(?:te?s?|ces?)\s+(?:aux?|à\s+la|à)|"
    r"ne\s+(?:supporte|tolère|digère|supportons|tolérons|digérons)(?:nt)?\s+(?:pas|plus)(?:\s+de)?|"
    r"ne\s+(?:peu[xt]|pouvons|peuvent)\s+(?:pas|plus)\s+(?:manger|boire|supporter|tolérer|digérer)(?:\s+de)?)"
    r"\s+(?:(?:an?|the|any|le|la|les|du)\s+|(?:de\s+)?l['’]|d['’])?",
    re.IGNORECASE,
)
"""What stands before: "my wife is allergic to", "can't stand", "ich vertrage keine"."""
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
        rf"{_WHAT.format(no='it|this|that|which|what|who|nothing|anything|something|work')}\s+"
        rf"(?:makes?\s+{_US}\s+(?:\w{{1,40}}\s+)?{_ILL}|gives?\s+{_US}\s+(?:an?\s+)?(?:\w{{1,40}}\s+)?{_ACHE}|"
        rf"upsets?\s+(?:my|our|his|her)\s+(?:stomach|tummy))$",
        r"(?P<what>(?!lebensmittel|nahrungsmittel|haut|kontakt)\w{2,40}?)-?"
        r"(?:allergie|unverträglichkeit|intoleranz|intolerant)$",
        r"(?:(?:ich|er|sie|wir)\s+)?(?:kann|können|darf|dürfen)\s+keine?n?\s+(?P<what>\w{1,40}(?:\s\w{1,40})?)\s+"
        r"(?:essen|trinken|vertragen|ertragen|haben)$",
        r"(?P<what>\w{1,40})\s+(?:vertrage|ertrage|esse|mag|vertragen|ertragen|essen|mögen)\s+(?:ich|wir)\s+nicht$",
        r"(?:l['’]|les?\s+|la\s+)?(?P<what>\w{1,40}(?:\s\w{1,40})?)\s+(?:me|nous)\s+"
        r"(?:rend(?:ent)?\s+malades?|donne(?:nt)?\s+(?:mal|la\s+migraine|des\s+allergies)(?:\s.{1,30})?)$",
    )
)
"""What stands behind: "a nut allergy", "wine gives me a headache", "Nussallergie", "le lait me rend malade"."""
_NO_PATIENT = re.compile(r"\b(?:for|about|of|against|für|gegen|über|pour|contre|sur)\b", re.IGNORECASE)
"""Where an allergy is what something is for: "a clinic for nut allergy"."""
_STAIRS = re.compile(
    _WHOSE + r"(?:(?:he|she|they)\s+)?(?:(?:can(?:no|['’]?)t|unable\s+to)\s+"
    r"(?:climb|manage|cope\s+with|go\s+up|get\s+up|do)\s+"
    r"(?:(?:the|any|many|too\s+many)\s+)?(?=(?:stairs|steps|hills)\b)|"
    r"(?:kann|können)\s+keine\s+(?=(?:treppen|stufen)\s)|"
    r"ne\s+(?:peu[xt]|pouvons|peuvent)\s+(?:pas|plus)\s+monter\s+(?:les\s+|d['’]|des\s+)?(?=(?:escaliers?|marches)\b))",
    re.IGNORECASE,
)
"""Where somebody cannot go, and what stands there is refused: "my mother cannot climb stairs"."""
_STAIR = re.compile(r"[^\W\d_]+")
_AVERSION = re.compile(
    _WHOSE + r"(?:(?:afraid|scared|terrified)\s+of|hates?|dislikes?|detests?|(?:can(?:no|['’]?)t\s+(?:stand|bear|abide)"
    r"(?=\s+\w+ing\b))|hass(?:e|en|t)|verabscheue|angst\s+vor|"
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
    if _NO_PATIENT.search(lead):
        return None
    end = start + len(text[start:end].rstrip())
    told = (pattern.match(text, start, end) for pattern in _BEHIND)
    return next((found.span("what") for found in told if found), None)


def unborne(text: str, start: int, end: int, lead: str = "") -> bool:
    """Whether a part of the text says what the seeker cannot bear."""
    if _OF_ANOTHER.search(lead):
        return False
    return _AVERSION.match(text, start, end) is not None or _BOTHERS.search(text, start, end) is not None
