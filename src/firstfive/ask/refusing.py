"""What a request refuses, and what it cannot bear."""

from __future__ import annotations

import re

REFUSAL = re.compile(
    r"(?:pas\s+d['’]|(?:not|no|nothing(?:\s+(?:for|in|from|like|about|with|to\s+do\s+with))?|don['’]?t|without|never|keine?n?|"
    r"nichts(?:\s+(?:für|mit|aus|in))?|nicht|ohne|sans|pas(?:\s+de)?)\s+)"
    r"(?!(?:only|just|more|less|later|mind|care|matter|necessarily|far|nur|unbedingt|weit|forcément|loin|(?:too|so|zu|trop)\s+(?:far|weit|loin))\b)"
    r"(?:(?:want|need|like|an?|the|in|any|about|of|near|bei|à|au|aux|en|dans|chez)\s+)*",
    re.IGNORECASE,
)
_WHOSE = (
    r"(?:(?:my|our|mein|meine|unsere?|mon|ma|mes|notre|nos)\s+(?:\w+\s+){1,2}(?:(?:is|are|ist|sind|est|sont)\s+)?)?"
    r"(?:(?:really|severely|very|badly|highly|stark|sehr|très)\s+)?"
)
ALLERGY = re.compile(
    _WHOSE + r"(?:(?:allergic|intolerant)\s+to|can(?:no|['’])t\s+(?:eat|drink|tolerate)|allergisch\s+(?:gegen|auf)|"
    r"allergiques?\s+(?:aux?|à\s+la|à))\s+(?:(?:an?|the|any|le|la|les)\s+)?",
    re.IGNORECASE,
)
"""What a seeker, or who is with them, must not have: "my wife is allergic to nuts"."""
ALL_BUT = re.compile(
    r"(?:anything|everything)\s+(?:but|except)\s+(?:for\s+)?(?:(?:an?|the)\s+)?|"
    r"alles\s+(?:außer|bis\s+auf)\s+(?:eine\w*\s+)?|tout\s+sauf\s+(?:(?:une?|des?|le|la|les)\s+)?",
    re.IGNORECASE,
)
AVERSION = re.compile(
    _WHOSE + r"(?:(?:afraid|scared|terrified)\s+of|hates?|dislikes?|detests?|hass(?:e|en|t)|verabscheue|angst\s+vor|"
    r"détestes?|j['’]ai\s+peur\s+(?:des?|du))\s",
    re.IGNORECASE,
)
"""What they cannot bear. It may be what they want to be rid of, "I hate cleaning", as well as what must not be there:
so it is searched for, as it stands, and is no wish, for which a result would quote "Steep stairs"."""
OF_ANOTHER = re.compile(r"\b(?:that|who|whose|which|der|die|das|qui)\b", re.IGNORECASE)
OF_NOTHING = frozenset(
    "any anything companies company firm firms like need one ones something thing things want "
    "betrieb betriebe etwas firma firmen unternehmen chose entreprise entreprises société sociétés".split()
)
"""What a refusal is of that goes on in the next part: "no companies with over 100 employees"."""
RELATIVE = frozenset({"with", "that", "which", "who", "whose", "mit", "avec"})
BOTHERS = re.compile(
    r"\s(?:(?:is|are)\s+a\s+(?:(?:big|real)\s+)?problem|(?:bothers?|annoys?)\s+(?:me|us)|stör(?:t|en)\s+(?:mich|uns)|"
    r"(?:ist|sind)\s+ein\s+problem|(?:me|nous)\s+dérange(?:nt)?)$",
    re.IGNORECASE,
)
"""What they cannot bear, said first: "noise bothers me"."""
