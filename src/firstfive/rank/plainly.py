"""Other ways of saying no, put as a plain "no" or "not" for `denial`: "unsuitable for dogs" is read as "no dogs".

Each holds of a text in lower case, in English, German and French, and is bounded: texts are long and hostile.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from firstfive.rank.lexicon import NEEDED
from firstfive.rank.wording import WORD

WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|"
    r"(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?)"
)
_TWO = (
    r"(?P<them>(?!(?:it|me|us|es|sie|ihn|no|none|nothing|nobody|nichts|niemand\w*|rien|personne)\b)"
    r"\w+(?:\s(?:and|or|und|oder|et|ou)\s\w+)?)"
)
_STILL = r"(?:(?:also|always|generally|politely|therefore|grundsätzlich|leider|auch|ganz|bewusst|völlig|toujours)\s)?"

_Turned: TypeAlias = tuple[frozenset[str], re.Pattern[str], str]


def _turned(*rows: tuple[str, str, str]) -> tuple[_Turned, ...]:
    return tuple((frozenset(signs.split()), re.compile(pattern), plain) for signs, pattern, plain in rows)


_BESIDE_A_NO = _turned(
    # nor are bells, nor do we fund zoos
    ("nor neither", r"\b(?:nor|neither)\s(?:is|are|was|were)\s(?:there\s)?(?!(?:we|they|it|he|she|i)\b)", "no "),
    ("nor neither", r"\b(?:nor|neither)\s(?:do|does|did|can|will|would|have)\s(?:we|they|i|it|he|she)\s", "not "),
    # the owner is not looking to sell
    (
        "looking going planning willing prepared able trying equipped keen",
        r"(\bnot|n['’]t)\s(?:currently\s)?"
        r"(?:looking|going|planning|willing|prepared|able|trying|equipped|keen)\sto\s",
        r"\1 ",
    ),
    # not registered for nursing
    (
        "suitable suited registered licensed equipped insured geeignet zugelassen eingerichtet ausgelegt "
        "convient conviennent agréé agréée agréés agréées équipé équipée équipés équipées much",
        r"\b(?:(?:not|never)\s+(?:very\s+|really\s+)?(?:suitable|suited|registered|licensed|equipped|insured)\s+for|"
        r"nicht\s+(?:geeignet|zugelassen|eingerichtet|ausgelegt)\s+für|ne\s+convien(?:t|nent)\s+pas\s+(?:aux?|à)|"
        r"pas\s(?:agréé|équipé)e?s?\spour|(?<!a )not\s+much\s+for)\b",
        "no ",
    ),
    # Kühlfahrzeuge haben wir keine; des chiens, nous n'en prenons pas
    (
        "kein keine keinen keiner keines keins",
        rf"\b{_TWO}\s(?:hab(?:en|e|t)|führ(?:en|e)|gibt|biet(?:en|e)|verkauf(?:en|e)|nehm(?:en|e)|mach(?:en|e))\s"
        rf"(?:wir|ich|es)\s{_STILL}keine?[nrs]?(?=\s?(?:[.;!)\n]|$))",
        r"kein \g<them>",
    ),
    ("pas", rf"\b{_TWO},\s(?:nous|on|il|je)\sn['’](?:y\s)?en\s\w+\spas\b", r"sans \g<them>"),
    ("geeignet", r"\bfür\s(?P<them>\w+(?:\s(?:und|oder)\s\w+)?)\s(?:leider\s)?nicht\s+geeignet\b", r"no \g<them>"),
)
"""Each with words of a text without one of which it is not looked for: that is most of the time."""
_WITHOUT_A_NO = _turned(
    ("longer", r"\bno\slonger\b(?!\sthan\b)", "not"),
    ("plus", r"\b(n(?:e\s|['’])\w{1,20})\splus\s(?=d(?:e\s|['’]))", r"\1 pas "),
    ("unable", r"\bunable\sto\s", "not "),
    # unsuitable for dogs, little for vegans, I am allergic to cats, closed on Mondays
    (
        "unsuitable unsuited ungeeignet inadapté inadaptée inadaptés inadaptées little nothing wenig nichts peu rien "
        "allergic allergisch allergique allergiques closed geschlossen fermé fermée fermés fermées",
        r"\b(?:(?:unsuitable|unsuited|(?<!a )(?:little|nothing))\s+for|(?:ungeeignet|wenig|nichts)\s+für|"
        r"inadaptée?s?\s+(?:aux?|à)|(?:peu\s+de\s+choix|rien)\s+pour(?:\s+les)?|"
        r"allergic\s+to|allergisch\s+(?:auf|gegen)|allergiques?\s+aux?|"
        r"(?:closed|geschlossen|fermée?s?)\s+(?:(?:on|every|all\s+day|am|jeden|les?|tous\s+les)\s+)?"
        rf"(?={WEEKDAY}\b))\b",
        "no ",
    ),
    # nothing electric, nichts Warmes, rien d'électrique
    (
        "nothing nichts rien",
        r"\b(?:nothing|nichts|rien\sd(?:e\s|['’])(?=\w))\s?(?!\w+er\b|compares|else|missing|beats)(?P<them>\w+(?:\s(?:or|oder|ou)\s\w+)?)(?=\s?(?:[.,;!?)\n]|$))",
        r"no \g<them>",
    ),
    ("ungeeignet", r"\bfür\s(?P<them>\w+(?:\s(?:und|oder)\s\w+)?)\s(?:leider\s)?ungeeignet\b", r"no \g<them>"),
    (
        "closed geschlossen ruhetag fermé fermée fermés fermées",
        rf"\b(?P<them>{WEEKDAY})\s?:?\s(?:closed|geschlossen|ruhetag|fermée?s?)\b",
        r"no \g<them>",
    ),
    # we refuse adverts, wir verzichten auf Plastik, nous refusons la publicité
    (
        "refuse decline reject exclude",
        rf"\b(?:we|they)\s{_STILL}(?:refuse|decline|reject|exclude)\s(?!(?:to|no|nothing|nobody|any\sother)\b)",
        "no ",
    ),
    ("verzichte verzichten verzichtet", rf"\bverzichte[nt]?\s(?:(?:wir|ich)\s)?{_STILL}auf\s", "kein "),
    (
        "refusons refuse excluons exclut",
        rf"\b(?:nous|on)\s(?:refus(?:ons|e)|exclu(?:ons|t))\s{_STILL}(?!(?:de|rien|personne)\b|d['’])",
        "sans ",
    ),
    ("lehne lehnen lehnt", rf"\b{_TWO}\slehn(?:en|t|e)\s(?:wir|ich)\s{_STILL}ab\b", r"kein \g<them>"),
    ("lehne lehnen lehnt", rf"\blehn(?:en|t|e)\s(?:(?:wir|ich)\s)?{_STILL}{_TWO}\sab\b", r"kein \g<them>"),
    (
        "schließe schließen schließt schliesse schliessen schliesst",
        rf"\bschlie(?:ß|ss)(?:en|t|e)\s(?:(?:wir|ich)\s)?{_STILL}{_TWO}\saus\b",
        r"kein \g<them>",
    ),
    # please leave dogs at home, we leave service to others, we have left the internet out
    (
        "leave",
        rf"\bleave\s+(?:(?:your|all|any|the)\s+)?{_TWO}\s+(?:at\s+home|outside|behind|to\sothers)\b",
        r"no \g<them>",
    ),
    ("left", rf"\bleft\s(?:(?:the|all|any)\s)?{_TWO}\sout\b(?!\sof\b)", r"no \g<them>."),
)
SIGNS = frozenset[str]().union(*(signs for signs, _, _ in _WITHOUT_A_NO))
"""Without one of these words, or a plain no, none of it stands in a text."""

_OVER = (
    "discontinued suspended cancelled canceled withdrawn abolished demolished dissolved closed sold full over "
    "geschlossen eingestellt abgesagt ausgebucht verkauft abgerissen aufgelöst beendet ausgesetzt "
    "fermé fermée fermés fermées suspendu suspendue suspendus suspendues supprimé supprimée supprimés supprimées "
    "annulé annulée annulés annulées terminé terminée terminés terminées vendu vendue vendus vendues complet complète"
).split()
"""What is said of something that is no more, at the end of a sentence or before what says since when."""
_NOW = (
    r"(?:(?:now|currently|permanently|temporarily|already|fully|sadly|unfortunately|leider|derzeit|jetzt|dauerhaft|"
    r"inzwischen|désormais|actuellement|malheureusement|définitivement)\s){0,2}"
)
_NO_MORE = re.compile(
    r"\b(?:(?:we|they|i|he|she|who|which|company|firm|there)\sused\sto|no\slonger(?!\sthan\b)|having\sbeen|formerly|"
    r"(?:we|they)\s(?:have\s)?(?:stopped|discontinued|gave\sup|given\sup)(?!\s(?:at|by|for)\b)|"
    r"(?:family|owners?|founders?|brothers|sons)\s(?:\w+\s){0,2}sold|"
    rf"(?:is|are|was|were|been|ist|sind|war|waren|wurden?|est|sont|été)\s{_NOW}(?:{'|'.join(_OVER)})"
    r"(?=\s?(?:[.!;,)\n]|$)|\s(?:down|permanently|since|until\sfurther|in\s(?:19|20)\d\d|for\sgood|depuis|"
    r"seit|bis\sauf\sweiteres|to\snew)\b)|"
    r"ehemals|nicht\smehr(?!\sals\b)|familie\s(?:\w+\s){0,3}verkaufte?|"
    r"autrefois|anciennement|famille\s(?:\w+\s){0,2}vendu|ne\sse\sdéplace(?:nt)?\spas|"
    rf"(?:no|keine?n?)\s\w+\s(?:is\s|are\s|ist\s|sind\s)?{NEEDED}|pas\sbesoin\sd(?:e|u|es)?)(?!\w)"
)
_SENTENCE = re.compile(r"[.!?\n;]")
_ASKS_HOW = re.compile(
    r"\s*(?:how|what|where|when|why|which|who|wie|was|wo|wann|warum|wer|welche\w?|comment|où|quand|pourquoi|quel\w{0,3}|qui|"
    r"qu['’]|que)\b"
)


def ended_in(text: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The words of those sentences that say of something that it is so no more, or need not be: "we used to make
    labellers", "no bread needed"; and the words of the others. None: no sentence does."""
    text = text.lower()
    if not _NO_MORE.search(text):
        return None
    ended: list[str] = []
    still: list[str] = []
    for sentence in _SENTENCE.split(text):
        (ended if _NO_MORE.search(sentence) else still).append(sentence)
    return frozenset(WORD.findall(" ".join(ended))), frozenset(WORD.findall(" ".join(still)))


def asks_whether(text: str) -> bool:
    """Whether a text ends in a question that may be answered with no: "Dog friendly?"."""
    *_, last = [one for one in _SENTENCE.split(text.lower()) if one.strip()] or [""]
    return text.rstrip().endswith("?") and not _ASKS_HOW.match(last)


def plainly(text: str) -> str:
    """The text, in lower case, with a plain no for each other one."""
    words = frozenset(WORD.findall(text))
    for signs, pattern, plain in (*_BESIDE_A_NO, *_WITHOUT_A_NO):
        if not signs.isdisjoint(words):
            text = pattern.sub(plain, text)
    return text
