"""Set phrases for how many people work somewhere, and for when it was founded.

"employs 95 persons", "a team of twelve", "96 people.", "in business since 1987", "gegründet 1979"; but not "helps teams
of 20 people" nor "our founder sold his first company in 2010".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from firstfive.build.units import Quantity, quantities
from firstfive.types import Span

_ROUGHLY = (
    r"(?:(?:about|around|approximately|approx\.|some|nearly|almost|over|more than|roughly|just|now|currently|today|"
    r"rund|etwa|ca\.|circa|"
    r"environ|plus de|a|the|heute|aujourd['’]hui|oggi)\s+){0,3}$"
)
_EMPLOYS = re.compile(
    r"\b(?:employs?|employing|employed|beschäftigt|beschäftigen|emploie|employons|emplea|occupa|impiega|zatrudnia|"
    r"zaměstnává|"
    rf"sysselsätter|beskæftiger)\s+{_ROUGHLY}",
    re.IGNORECASE,
)
_TEAM = re.compile(
    rf"\b(?:team|staff|workforce|headcount|crew|payroll|belegschaft|équipe)(?:\s+(?:of|von|de|is|has grown to|"
    rf"numbers))\s+{_ROUGHLY}",
    re.IGNORECASE,
)
_WE = re.compile(rf"\b(?:we are|we're|our|of us are|wir sind|unsere)\s+{_ROUGHLY}", re.IGNORECASE)
_STAFF = (
    r"(?:employees|staff(?: members)?|FTEs?|full[- ]time equivalents|team members|Mitarbeiter(?:n|innen)?|"
    r"Mitarbeitenden?|"
    r"Beschäftigten?|Angestellten?|salariés|collaborateurs|employés|dipendenti|addetti|empleados|trabajadores|"
    r"medewerkers|werknemers|"
    r"ansatte|medarbejdere|anställda|pracowników|zaměstnanců)"
)
_STAFF_AFTER = re.compile(
    r"\s++(?:(?:full[- ]time|part[- ]time|permanent|skilled|dedicated|talented|passionate|long[- ]serving|own|direct|"
    r"remote|global|"
    rf"distributed|fest angestellte|eigene)\s++){{0,2}}{_STAFF}(?!\w)",
    re.IGNORECASE,
)
_IS_STAFF = re.compile(rf"{_STAFF}$", re.IGNORECASE)
_ALL_OF_THEM = re.compile(
    r"\s*(?:[.;:,)!\n]|$|[–—-]\s|(?:people|persons|personnel|Menschen|Personen|personnes|persone|osób|lidí)\b|"
    r"(?:and|in|at|on|with|across|who|from|between|including|today|now|over|plus|und|bei|et|dont|incl\.|"
    r"full[- ]time)\b)",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"[- ](?:person|people|strong|member|man)\s+(?:team|company|workforce|staff|crew|business|firm|outfit)\b", re.I
)
_WORK = re.compile(
    r"\s*+(?:,\s*+)?(?:(?:people|persons)\s++)?(?:(?:now|who|in all|altogether)\s++)?"
    r"(?:work(?:s|ing)?\b(?! with| for (?:us|our|their) c)|on (?:the|its|our) payroll|are employed)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:[.;|·•\n]|$)")
_SOMEBODY_ELSES = re.compile(
    r"\b(?:for|companies|businesses|teams|customers?|clients?|organi[sz]ations?|employers?|used|help\w*|serv\w+|"
    r"trusted|train\w*|"
    r"insur\w+|among|cover\w*|manag\w+|pay\w*|onboard\w*|reach\w*|schools?|hospitals?|users?|like|previously|"
    r"former\w*|competitor|"
    r"hire[ds]?|hiring|recruit\w*|add\w*|laid|lost|of (?:our|the|its) (?:first|last)|mak(?:e|es|ing)|giv(?:e|es|ing)|"
    r"lets?|enabl\w+|another|every|each|per|first|hundred of|minimum|"
    r"to (?:her|his|their)|largest)\b",
    re.IGNORECASE,
)
_SUBJECT_ELSES = re.compile(
    r"\b(?:customers?|clients?|companies|businesses|firms|members|which|industry|sector|parent|group)\s+(?:\w+\s+)?$",
    re.I,
)
_LEAVING = re.compile(
    r"^\s*(?:hired|left|leave|retire|joined|were (?:hired|laid)|in (?:the|our|its) \w+ (?:office|branch|department|"
    r"hall))",
    re.I,
)
_LIMIT = re.compile(
    r"\b(?:up to|under|below|less than|fewer than|at most|at least|between|from|bis zu|unter|to)\s*$", re.IGNORECASE
)


def headcounts(text: str, numbers: Sequence[Quantity]) -> Iterator[tuple[Quantity, Span]]:
    """Each number of people who work for the item itself, and the words that say so."""
    for one in numbers:
        if one.number < 2 or _LIMIT.search(text, max(0, one.start - 20), one.start):
            continue
        left = _clause_start(text, one.start)
        span = _counted(text, one, left)
        if span is None or _LEAVING.match(text[span.end : span.end + 50]):
            continue
        yield one, span


def of_others(sentence: str, number: float) -> bool:
    """Whether a sentence speaks of so many people who are somebody else's: customers, users, those who are helped."""
    for one in quantities(sentence):
        if one.number == number:
            head = sentence[_clause_start(sentence, one.start) : one.start]
            if not _EMPLOYS.search(head) and _SOMEBODY_ELSES.search(head[-70:]):
                return True
    return False


def _counted(text: str, one: Quantity, left: int) -> Span | None:
    """The words that say that so many work there."""
    head, noun = text[left : one.start], text[one.start : one.end]
    employs = _EMPLOYS.search(head)
    whole = bool(one.unit) or _ALL_OF_THEM.match(text, one.end)
    if employs and whole and not _SUBJECT_ELSES.search(head[: employs.start()]):
        return Span(left + employs.start(), one.end)
    if strong := _STRONG.match(text, one.end):
        return None if _SOMEBODY_ELSES.search(head[-60:]) else Span(one.start, strong.end())
    if _SOMEBODY_ELSES.search(head[-70:]):
        return None
    if (team := _TEAM.search(head)) and whole:
        return Span(left + team.start(), one.end)
    after = _STAFF_AFTER.match(text, one.end) if one.unit is None else None
    if after or _IS_STAFF.search(noun):
        return Span(one.start, after.end() if after else one.end)
    if one.unit is None:
        return None
    if work := _WORK.match(text, one.end):
        return Span(one.start, work.end())
    if (we := _WE.search(head)) and _ALL_OF_THEM.match(text, one.end):
        return Span(left + we.start(), one.end)
    return Span(one.start, one.end) if not head.strip() and _ENDS.match(text, one.end) else None


def _clause_start(text: str, at: int) -> int:
    start = max(0, at - 160)
    for end in _CLAUSE.finditer(text, start, at):
        start = end.end()
    return start


_CLAUSE = re.compile(r"[.!?;:]\s+|\n+|\s[–—]\s|\s\|\s")

# --- founded ----------------------------------------------------------------------------------------------------------

_YEAR = r"(?P<year>1[0-9]\d\d|20[0-2]\d)(?![\d.,]\d|\w)"
_MONTH = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]|(?:\d{1,2}\.?\s)?(?:early|late|mid|spring|summer|autumn|fall|winter|[A-Z][a-zéû]{2,8})\.?"
    r"(?:\s(?:of|\d{1,2},))?\s)?"
)
_FOUNDED = re.compile(
    r"\b(?:(?P<passive>(?i:founded|established|incorporated|gegründet|fondée?s?|créée?|fondat[ao]|fundad[ao]|"
    r"opgericht|grundlagt|grundad|"
    r"založen[ao]?|założon[ay]|est\.|founding|Gründung))"
    r"(?P<between>(?:\s++(?!who\b|which\b|that\b|left\b|after\b|before\b|when\b|sold\b|until\b)[^\s.;:\n]{1,60}){0,7}?)"
    r"[\s,(]*+(?:\b(?:in|im Jahre?|im|en|nel|em|i|w|back in|around|since)\s++)?(?:the year\s++)?)" + _MONTH + _YEAR,
)
_SINCE = re.compile(
    r"\b(?:in business|operating|trading|been (?:going|around|here|making|doing|serving)|family[- ](?:owned|run|held|"
    r"business)|"
    r"independent|established|exist\w*|besteht|active)\b[^.;:\n\d]{0,30}?\b(?:since|seit|depuis)\s++" + _MONTH + _YEAR,
    re.IGNORECASE,
)
_BEFORE_IT = re.compile(rf"\b{_YEAR}\s++(?:gegründet|founded|von [^.;\n\d]{{3,40}} gegründet)")
_ITSELF = re.compile(
    r"\s+(?:it|us|the (?:company|business|firm|practice|lab|works)|this|das Unternehmen)\b", re.IGNORECASE
)
_WHO_FOUNDED = re.compile(
    r"(?:\b(?:he|she|who|they|I|father|mother|brothers?|sisters?|grandfather|couple|[A-Z][a-zé]+))\s+$"
)
_IS = re.compile(
    r"(?:\b(?:was|is|were|we|company|firm|business|been|it|wurde|est|a été|stata)|^|[,(–—-])\s*$", re.IGNORECASE
)
_OTHER_THING = re.compile(
    r"\b(?:previously|prior|before|formerly|earlier|other|another|(?:his|her|their) first|subsidiary|branch|museum|"
    r"club|foundation|"
    r"joint venture|acquired|sister|parent|association|school|college|university|also founded|co-?founded|re-?founded|"
    r"first company)\b",
    re.IGNORECASE,
)


def founding_years(text: str, numbers: Sequence[Quantity]) -> Iterator[tuple[Quantity, Span]]:
    """Each year in which the item itself was founded, and the words that say so."""
    by_start = {one.start: one for one in numbers}
    for pattern in (_FOUNDED, _SINCE, _BEFORE_IT):
        for found in pattern.finditer(text):
            quantity = by_start.get(found.start("year"))
            if quantity and _of_itself(text, found):
                yield quantity, Span(found.start(), found.end("year"))


def _of_itself(text: str, found: re.Match[str]) -> bool:
    left = _clause_start(text, found.start())
    head = text[left : found.start()]
    if _OTHER_THING.search(head[-90:]) or _OTHER_THING.search(found.group()):
        return False
    between = found.groupdict().get("between")
    if between is None or not _WHO_FOUNDED.search(head) or _IS.search(head):
        return True
    return bool(_ITSELF.match(between))
