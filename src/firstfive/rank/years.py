"""The years that a request says of an item: "built before 1914", "founded in the 1950s", "opened 100 years ago".

Of a history of Europe before 1914 they say what the book is about, and of the 1950s style nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from math import inf
from typing import TypeAlias

from firstfive.features import name_words
from firstfive.guard import lowered
from firstfive.rank.amounts import BEFORE, Amount
from firstfive.rank.called import BOUND_WORDS, OF_A_YEAR, of_years
from firstfive.rank.wording import BEGINNING, LETTERS, same

Years: TypeAlias = tuple[float, float]
"""From the first to the last, both included."""
_ONE_YEAR = r"(?:1[4-9]\d\d|20\d\d)"
_YEAR = re.compile(
    r"\b(?:(?P<dating>from)\s+(?=before|after))?(?:from\s+)?(?:(?P<since>from|since|ab|seit|depuis|dès)|(?P<between>between|zwischen|entre)|"
    r"(?P<after>after|nach|après|(?P<newer>(?:newer|younger|later)\s+than|(?:neuer|jünger)\s+als))|"
    r"(?P<before>before|until|vor|avant|(?P<older>(?:older|earlier)\s+than|älter\s+als)))"
    rf"\s+(?:the\s+year\s+|the\s+)?(?P<year>{_ONE_YEAR})"
    rf"(?:\s*(?:-|–|to|until|till|bis|à|(?P<and>and|und|et))\s*(?P<end>{_ONE_YEAR}))?\b",
    re.IGNORECASE,
)
_MADE = (
    r"(?:found(?:ed|ing)|established|incorporated|registered|built|constructed|erected|publish(?:ed|ing)|released|printed|"
    r"written|issued|made|produced|manufactured|launched|opened|created|born|dat(?:ing|ed)|vintage|gegründet|gebaut|"
    r"errichtet|erschienen|veröffentlicht|hergestellt|baujahr|jahrgang|fondée?s?|construite?s?|publiée?s?|parue?s?|"
    r"sortie?s?|créée?s?)"
)
"""What a year is said of, when it is one of the item's own."""
_MADE_BEFORE = re.compile(rf"\b{_MADE}\s+(?:\w+\s+)?$", re.IGNORECASE)
_MADE_AFTER = re.compile(rf"\s+{_MADE}\b", re.IGNORECASE)
_BEFORE_ALONE = re.compile(r"[\s.;:,!?()]*(?:(?:and|but|only|ideally|und|aber|nur|et|mais)\s+)*", re.IGNORECASE)
_AFTER_ALONE = re.compile(r"(?:\s+(?:or\s+(?:later|newer|earlier|older)|onwards?))?[\s.;:,!?()]*", re.IGNORECASE)
_AFTER_YEAR = re.compile(
    r"\s*$|[.;:,!?)](?:\s|$)|\s+\(|\s+(?:onwards?|or\s+(?:later|newer|earlier|older)|and|but|with|without|for|in|on|by|at|"
    rf"near|und|mit|ohne|für|et|avec|sans|{_MADE})\b",
    re.IGNORECASE,
)
"""What may follow a year. Another word is what there are as many of: "from 2000 euros", "after 1900 hours"."""
_ROMAN = {"xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20, "xxi": 21}
TENS = {
    word: 1920.0 + 10 * place
    for words in (
        "twenties thirties forties fifties sixties seventies eighties nineties",
        "zwanziger dreißiger vierziger fünfziger sechziger siebziger achtziger neunziger",
    )
    for place, word in enumerate(words.split())
}
"""Decades of the last century by their names, each with its first year."""
_WHILE = re.compile(
    r"\b(?P<pre>pre[-‐‑ ])(?P<year>1[4-9]\d\d|20\d\d)\b|"
    r"\b(?P<decade>1[4-9]\d0|20\d0)(?:['’]?s\b|er(?:n|[\s-]jahren?)?\b)|"
    rf"\b(?P<tens>{'|'.join(TENS)})(?:n|[\s-]jahren?)?\b|"
    r"\bannées\s(?P<années>(?:1[4-9]|20)?[1-9]0)\b|"
    r"\b(?P<century>1[5-9]|2[01])(?:th|st|\.)[\s-](?:century|jahrhunderts?)\b|"
    r"\b(?P<siècle>xvi{0,3}|xix|xxi?)e\ssiècle\b",
    re.IGNORECASE,
)
"""Years without a bound: a decade, a century, and what is older than a year."""
_MADE_WITHIN = re.compile(
    rf"\b{_MADE}\s(?:(?:back|in|im|during|the|den|der|dans|les|au|aux|des|aus|early|mid|late|frühen|späten)[\s-]){{0,4}}$",
    re.IGNORECASE,
)
_ALONE_WITHIN = re.compile(
    r"(?:^|[.;:,!?()])\s?(?:(?:a|from|in|since|aus|im|in)\s)?(?:(?:the|den|dem)\s)?$", re.IGNORECASE
)
"""Before a decade that is a wish of its own: behind "a novel set" it is none."""
_DATING = re.compile(r"(?:\w+ ){0,2}(?:from|aus|des) (?:the |den )?", re.IGNORECASE)
"""Before a decade that tells of when a thing is: "a camera from the 1970s"."""
_ONE_NOUN = re.compile(r"\s(?-i:[a-z]{3,16})[\s.;:,!?()]*", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:of|about|on|in|at|near|über|aus|in|von|sur|de|à)\b", re.IGNORECASE)
_OR = re.compile(r"\s(?:or|oder|ou)\s(?:from\s)?", re.IGNORECASE)
_FOUNDED = frozenset(
    "founded founding foundation established since incorporated built construction baujahr gründungsjahr gründung "
    "gegründet fondée fondation création constructed".split()
)
"""Words of the name of a field that says from when on there is an item."""
_OF_A_THING = frozenset("year jahr année".split())
_FOUNDING = r"(?:found(?:ed|ing)|established|incorporated|gegründet\w{0,2}|fondée?s?)"
_FOUNDING_BEFORE = re.compile(rf"\b{_FOUNDING}\s+$", re.IGNORECASE)
"""Before a year: whatever stands behind, it is no number of something."""
_OF_FOUNDING = re.compile(rf"\b{_FOUNDING}\b|\bgründung", re.IGNORECASE)
_WHERE = r"(?:\s(?:it|the\s(?:company|firm|business)))?(?:\s(?:in|near|à)\s(?-i:[A-Z])[\w-]{1,20})?"
_BY_WHOM = r"(?:\s(?:by|as|von|durch|als|par|comme)(?:\s[\w.'’&-]{1,20}){1,6}?)?"
_FOUNDED_IN = re.compile(
    rf"\b(?:{_FOUNDING}{_WHERE}{_BY_WHOM}|(?-i:[Ee]st\.)|gründung(?:sjahr)?|fondation):?\s(?:back\s)?"
    rf"(?:(?:in|im|en|anno|around|um|jahre?|the|year|den|l['’]an|the)\s){{0,3}}(?P<year>{_ONE_YEAR})(?P<decade>['’]?s|er)?\b|"
    rf"\b(?P<then>{_ONE_YEAR})\s(?:von\s(?:[\w.-]{{1,20}}\s){{1,4}}?)?gegründet|"
    rf"\b(?:since|seit|depuis)\s(?P<since>{_ONE_YEAR})\b(?!\s?[-–])",
    re.IGNORECASE,
)
_CLAUSE_OF = re.compile(r"[.;:!?()](?:\s|$)")
_FEW_WORDS = re.compile(r"(?:(?:[^\W_][\w'’&.-]{0,30}|&)(?:,?\s|$)){0,6}", re.IGNORECASE)
"""Before a year, where nothing but a name or a short beginning leads to it."""
_OF_ANOTHER_THING = re.compile(
    r"\b(?:guild|sister|parent|partner|mother|daughter|church|club|member|owner|supplier|customer|client|school|museum|that|"
    r"which|who|whose|(?:our|their)\s\w{1,20}\s(?:firm|company|group|bank)|kirche|verein|mutter|schwester|tochter|partner|"
    r"mitglied|église|association|filiale|mère|sœur|membre)",
    re.IGNORECASE,
)
"""Before a year, in its clause: it is of something else than the item."""
_NEAR = 40
_LEADING = 120
_AGO = re.compile(r"\s?(?:years?|yrs)\sago\b", re.IGNORECASE)
_MADE_NEAR = re.compile(rf"\b{_MADE}\b", re.IGNORECASE)
_OF_THE_ITEM = re.compile(
    r"(?:^|[.;:,!?(]|\b(?:compan(?:y|ies)|firms?|business(?:es)?|houses?|buildings?|flats?|firm[ae]n?|unternehmen|betriebe?|"
    r"haus|häuser|gebäude|wohnung(?:en)?|entreprises?|sociétés?|maisons?|immeubles?)\b)\s?"
    r"(?:(?:that|which|die|der|das|qui)\s)?(?:(?:is|are|ist|sind|est|sont)\s)?"
    rf"(?:(?:{BOUND_WORDS}|älter|jünger|aged?|âgée?s?|vieux|vieilles?|jeunes?|que)\s?){{0,5}}$",
    re.IGNORECASE,
)
"""Before an age: nothing, or a word for the item; a vet "for a dog over 10 years old" is not that old."""
_OF_ANOTHER = re.compile(
    r"\b(?:with|(?<!looking\s)(?<!search\s)for|ha(?:ve|s|d)|mit|für|hab\w{0,2}|hat|avec|pour|avons|ai)\b", re.IGNORECASE
)
_REACH = 40
"""Characters before an age in which it is told to be of something else."""
_VOR = re.compile(rf"\b(?:vor|il\sy\sa)\s(?:{BOUND_WORDS}\s?){{0,4}}$", re.IGNORECASE)


def spans(part: str, name: str, lead: str = "") -> list[tuple[float, float]]:
    """The years from and to that a part of a request says of the item, of which the field of that name holds one. What
    is joined by "or" is one span. lead: the text before the part.
    """
    found: list[tuple[int, float, float]] = []
    matches = sorted((*_YEAR.finditer(part), *_WHILE.finditer(part)), key=lambda match: match.start())
    for match in matches:
        span = _years(match) if match.re is _YEAR else _within(match)
        joined = bool(found) and bool(_OR.fullmatch(part, found[-1][0], match.start()))
        of_item = _of_the_item(part, match, name) if match.re is _YEAR else _made_within(part, match, name, lead)
        if span is None or not (of_item or (joined and _AFTER_YEAR.match(part, match.end()))):
            continue
        low, high = span
        if joined:
            _, other_low, other_high = found.pop()
            low, high = min(low, other_low), max(high, other_high)
        found.append((match.end(), low, high))
    return [(low, high) for _, low, high in found]


@lru_cache(maxsize=64)
def founding(wish: str) -> tuple[Years, ...]:
    """The years in which a wish wants something to be founded; empty where it says nothing of that."""
    return tuple(spans(wish, "founded")) if _OF_FOUNDING.search(wish) else ()


def founded(text: str, itself: bool = False) -> list[Years]:
    """The years in which a text says that it was founded. "Since 1950" tells the last that it can be.

    itself: only where it is surely the item that was, and no guild of which it is a member.
    """
    found = list[Years]()
    for match in _FOUNDED_IN.finditer(text):
        if itself and not _itself(text, match.start()):
            continue
        year = float(match["year"] or match["then"] or match["since"])
        found.append((-inf if match["since"] else year, year + 9 if match["decade"] else year))
    return found


def _itself(text: str, at: int) -> bool:
    """Whether what stands before is short, as "The company was", and names nothing that is another's."""
    if _OF_ANOTHER_THING.search(text, max(0, at - _NEAR), at):
        return False
    return _FEW_WORDS.fullmatch(_CLAUSE_OF.split(text[max(0, at - _LEADING) : at])[-1].lstrip()) is not None


def outside(low: float, high: float) -> tuple[float, float]:
    """The years outside; an empty span, where they lie on both sides."""
    return (high + 1, inf) if low == -inf else (-inf, low - 1) if high == inf else (inf, -inf)


def since_when(name: str) -> bool:
    """Whether a field of such a name holds the year from which on there is an item: its age is told by it."""
    return not _FOUNDED.isdisjoint(name_words(name))


def of_a_thing(name: str) -> bool:
    """Whether a field of such a name holds the year that a thing is of: what is said of one is said of the item."""
    words = name_words(name)
    return not _OF_A_THING.isdisjoint(words) and _FOUNDED.isdisjoint(words)


def born(text: str, given: Amount, this_year: int, start: int = 0) -> Amount | None:
    """The years of which an item is as old as that: "older than 50 years", "founded over 100 years ago". start: where
    the wish starts that says so."""
    if given.kind not in OF_A_YEAR or given.exact:
        return None
    before = given.before(text)
    ago = _AGO.match(text, given.end) or _VOR.search(before)
    made = ago and _MADE_NEAR.search(text, max(0, given.start - BEFORE), given.end + BEFORE)
    if not (made or (of_years(text, given) and _its(before, text[start : given.start]))):
        return None
    of = OF_A_YEAR[given.kind]
    return replace(given, low=this_year - given.high / of, high=this_year - given.low / of, kind="")


def _its(before: str, of_wish: str) -> bool:
    """Whether what stands before an age leaves it the item's. of_wish: what of it is of the same wish."""
    return _OF_ANOTHER.search(before[-_REACH:]) is None and any(map(_OF_THE_ITEM.search, (before, of_wish)))


def _within(match: re.Match[str]) -> tuple[float, float]:
    if match["pre"]:
        return -inf, float(match["year"]) - 1
    if century := match["century"] or match["siècle"]:
        first = 100.0 * ((_ROMAN.get(lowered(century)) or int(century)) - 1)
        return first, first + 99
    decade = TENS[lowered(match["tens"])] if match["tens"] else float(match["decade"] or match["années"])
    decade += 1900 if decade < 100 else 0
    return decade, decade + 9


def _made_within(part: str, match: re.Match[str], name: str, lead: str) -> bool:
    before = part[: match.start()]
    if _MADE_WITHIN.search((lead + before)[-2 * BEFORE :]):
        return True
    dated = of_a_thing(name) and _DATING.fullmatch(before.strip(" ") + " ") and not _ABOUT.search(lead)
    alone = dated or _ALONE_WITHIN.search((lead + before)[-2 * BEFORE :])
    return bool(
        alone
        and (_AFTER_ALONE.fullmatch(part, match.end()) or (match["pre"] and _ONE_NOUN.fullmatch(part, match.end())))
    )


def _years(match: re.Match[str]) -> tuple[float, float] | None:
    """The years from and to; None for what is no span, such as "between 1990"."""
    year, end = float(match["year"]), float(match["end"] or inf)
    if match["between"] or match["end"]:
        joins = bool(match["between"]) if match["and"] else bool(match["end"])
        return (year, end) if joins and match["end"] and (match["between"] or match["since"]) else None
    if match["before"]:
        return -inf, year - 1
    return year + bool(match["after"]), inf


def _of_the_item(part: str, match: re.Match[str], name: str) -> bool:
    """Whether the years are said of the item itself, and are years."""
    before, after = part[: match.start()], part[match.end() :]
    if _FOUNDING_BEFORE.search(before):
        return True
    if not _AFTER_YEAR.match(after):
        return False
    alone = _BEFORE_ALONE.fullmatch(before) and _AFTER_ALONE.fullmatch(after)
    dating = match["dating"] and not _ABOUT.search(before)
    made = dating or match["newer"] or match["older"] or _MADE_BEFORE.search(before) or _MADE_AFTER.match(after)
    last = LETTERS.findall(before.lower())[-1:]
    return bool(alone or made or (last and _named(name, last[0])))


def _named(name: str, kind: str) -> bool:
    return len(kind) >= BEGINNING and any(same(word, kind) for word in name_words(name))
