"""The one line that stands under a result's name: what the item is, in words of its own text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

LONGEST = 160
FACTS = 4
MANY = 3
"""Results of one answer in which a line stands that is about none of them."""
SAYS = 5
"""Words in small letters behind a label that make a sentence of it."""
_SENTENCE = re.compile(r"(?>.*?(?<!\S)\S++ \S++ \S++ \S++ \S).*[.!?…。][\"”’)]?(?:\s|$)")
_LABEL = re.compile(r"[^.:!?]{1,40}:\s")
_COOKIES = re.compile(
    r"\b(?:use|uses|using|accept|verwenden|verwendet|nutzen|nutzt|setzen|utilisons|utilise|accepter)\s(?:\w{1,15}\s){0,2}"
    r"cookies\b|\bcookies?[\s-]?(?:policy|settings|notice|banner|consent|einstellungen|richtlinien?)\b|"
    r"\b(?:gestion|politique|paramètres)\s(?:des?|relative\saux)\s?cookies\b",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\b(?:accept|agree|consent|privacy|improve|personali[sz]e|experience|akzept|zustimm|einverstanden|datenschutz|"
    r"verbesser|refus|améliorer|expérience|confidentialité)|\bum\salles\b|\bce\ssite\b|"
    r"\b(?:this|our|diese[rs]?|unsere[rs]?)\s(?:web\s?)?(?:site|seite)\b|"
    r"^(?:we|wir|nous)\s\w{1,15}\s(?:des\s)?cookies[.!]?$|^(?:\w{1,15}\s)?cookies?[\s-]?(?:\w{1,14})[.!]?$|"
    r"^\w{1,15}\s(?:des?|relative\saux)\s?cookies[.!]?$",
    re.IGNORECASE,
)
"""What asks for consent. A line without it may be of biscuits, or of what a firm does about cookies."""
_ASIDE = re.compile(
    r"©|\bcopyright\s(?:\(c\)\s)?[12][0-9]{3}\b|\ball\srights\sreserved\b|\balle\srechte\svorbehalten\b|"
    r"\btous\sdroits\sréservés\b|"
    r"\b(?:(?:follow|like|find|visit)\sus|folgen\ssie\suns|folgt?e?\suns|suivez[\s-]nous|retrouvez[\s-]nous)"
    r"(?:\s(?:on|auf|bei|in|sur|our|unseren|nos|den|les)){0,2}"
    r"(?:\s(?:facebook|instagram|twitter|x|linkedin|youtube|tiktok|social|soziale[nr]?|réseaux)\b(?!-)|[.!:]{0,2}$)|"
    r"\bshare\sthis\s(?:page|post|article)\b|\bdiese\sseite\steilen\b|\bpartage[rz]\scette\spage\b",
    re.IGNORECASE,
)
"""What a site says of itself and of its visitors, and not of what it is about."""
_STOP = re.compile(r"(?<=[.!?…。])\s")


def one_line(text: str, title: str, often: Collection[str] = ()) -> str:
    """What an item is, in a line: its first sentence that is one, or its first short facts side by side.

    often: lines that are passed over, like those that a site says of itself, where the text has any other.
    """
    lines = [line for line in _lines(text) if line != title.strip()]
    own = [told for line in lines if line not in often and (told := _of_the_item(line))] or lines
    sentences = (line for line in own if _SENTENCE.match(line) and not _fact(line))
    told = next(sentences, " · ".join(own[:FACTS]))
    return told if len(told) <= LONGEST else f"{told[:LONGEST].rsplit(' ', 1)[0].rstrip(' ,;:·')} …"


def paragraphs(text: str, told: str) -> tuple[str, ...]:
    """The lines of the text, where it says more than the one line that is shown of it."""
    lines = tuple(_lines(text))
    return lines if " ".join(lines) != told else ()


def said_often(texts: Iterable[str]) -> frozenset[str]:
    """Lines that stand in many of these texts."""
    counts = Counter(line for text in texts for line in set(_lines(text)))
    return frozenset(line for line, count in counts.items() if count >= MANY)


def _lines(text: str) -> Iterable[str]:
    return (line for raw in text.splitlines() if (line := " ".join(raw.split())))


def _of_the_item(line: str) -> str:
    """A line that is not the site's own; of one that is, the sentences besides, if there are any.

    One that asks for consent is the site's as a whole.
    """
    if _COOKIES.search(line) and _CONSENT.search(line):
        return ""
    if not _ASIDE.search(line):
        return line
    besides = " ".join(one for one in _STOP.split(line) if not _ASIDE.search(one))
    return besides if _SENTENCE.match(besides) else ""


def _fact(line: str) -> bool:
    """Whether a line is a fact with its name before it, whatever stops stand in it: "Turnover (last year): 9.4 m. EUR".

    A label may also stand before a sentence: "Animal feed: a small mill that presses pellets for farms."
    """
    label = _LABEL.match(line)
    if label is None:
        return False
    says = line[label.end() :]
    return says[:1].isdigit() or sum(word[0].islower() for word in says.split()) < SAYS
