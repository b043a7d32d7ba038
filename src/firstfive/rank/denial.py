"""Which words of a text are denied or hedged where they stand: "we do not bake cakes" does not offer cakes.

Plain rules for English, German and French. They need not understand a sentence: a quote that they doubt is not used,
and then the item's reason is made without a model.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from firstfive.features.dates import MONTH_NAMES
from firstfive.rank.plainly import SIGNS, plainly
from firstfive.rank.verbs import EVERY_VERB, NEXT_VERB, NT, ONLY, takes_back, takes_nothing, verb_of
from firstfive.rank.wording import WORD, tells

BEFORE = 120
"""Characters before a quote in which its clause is looked for."""
FAR = 480
"""Characters of a clause that are read on either side of a "no"."""
NEAR = 2
"""Words after a "no" that it surely denies; of those further on it is less sure."""
NO = frozenset(
    "no not never without nor neither none cannot except unlike instead hardly weder kein keine keinen keinem keiner "
    "keines nicht nie niemals ohne außer pas sans aucun aucune jamais ni sauf".split()
)
_HAD = (
    "available allowed permitted offered provided possible accepted served supplied stocked admitted welcome included "
    "funded considered eligible supported covered paid verfügbar vorhanden inbegriffen enthalten erlaubt möglich "
    "gestattet erwünscht zugelassen willkommen gefördert finanziert bezuschusst berücksichtigt antragsberechtigt "
    "bezahlt geplant vorgesehen".split()
)
LACKING = (
    "unavailable prohibited forbidden banned unwelcome excluded ineligible verboten untersagt unerwünscht "
    "ausgeschlossen indisponible indisponibles interdit interdite interdits interdites exclu exclue exclus exclues "
    "refusé refusée refusés refusées".split()
)
_CANNOT = r"(?:can\s?not|can['’]t|cant|may\s+not|must\s+not)"
_NOT_HAD = re.compile(
    r"\b(?:(?P<copula>(?:is|are|was|were|be|ist|sind|war|waren|wird|werden|est|sont)\s+)?"
    r"(?:(?:currently|unfortunately|sadly|strictly|also|leider|derzeit|malheureusement|actuellement)\s+)?"
    rf"(?:(?:not|never|nicht)\s+(?:(?:yet|currently|permanently|well|really)\s+)?(?:{'|'.join(_HAD)}|catered\s+for)|"
    rf"{'|'.join(LACKING)}|out\s+of\s+scope|(?:been\s+)?turned\s+down|"
    r"non\s+(?:disponible|autorisé|admis|accepté)e?s?)|"
    rf"(?:is|are|was|were)n['’]t\s+(?:{'|'.join(_HAD)})|"
    r"(?:can\s?not|can['’]t|won['’]t|will\s+not)\s+be\s+(?:accepted|accommodated|admitted|allowed|brought|catered\s+for|kept|offered|provided|taken)|"
    r"must\s+(?:please\s+|sadly\s+|unfortunately\s+)?(?:stay|remain)\s+(?:(?:at\s+)?home|outside)|"
    rf"{_CANNOT}\s+(?:apply|bid|come|enter|claim)\b|need\s+not\s+apply\b(?!\s+(?:again|for|to)\b)|"
    r"(?:können|dürfen)\s+(?:sich\s+)?(?:leider\s+)?nicht\s+"
    r"(?:angeboten|aufgenommen|mitgebracht|mitkommen|gefördert|finanziert|bewerben|teilnehmen)(?:\s+werden)?|"
    r"(?:können|dürfen)\s+(?:leider\s+)?keinen?\s+(?:antrag|anträge)\s+stellen|"
    r"ne\s+peu(?:t|vent)\s+(?:malheureusement\s+)?pas\s+(?:postuler|candidater|participer|venir|entrer)|"
    r"m(?:ü|ue|u)ss(?:en)?\s+(?:leider\s+|bitte\s+)?(?:zu\s?hause|daheim|drau(?:ß|ss)en)\s+bleiben|"
    r"doi(?:t|vent)\s+(?:malheureusement\s+)?rester\s+(?:à\s+la\s+maison|dehors)|"
    r"(?P<french>n['’]est|ne\s+sont)\s+(?:malheureusement\s+)?pas\s+"
    r"(?:disponible|autorisé|admis|accepté|permis|proposé|inclus|compris|financé|éligible|concerné|prévu|servi)e?s?)\b"
    r"(?!\s+(?:any\s?where|elsewhere|otherwise|anderswo|ailleurs)\b)"
    r"(?(copula)|(?(french)|(?!\s+(?!on|in|at|during|before|after|from|inside|because|as|due|and|or|und|oder|im|am|et|ou)\w)))"
)
"""What says of the words before it that they are not to be had: "Parking is not available"."""
_LABELLED_NO = re.compile(
    r"(?:^|(?<=[\n.;,|•]))[ \t]{0,3}(?P<name>[^\W\d_][\w /-]{1,28}?) ?:[ \t]{0,3}"
    r"(?:none|no|not\s+(?:available|allowed|permitted)|nein|keine?r?s?|nicht\s+vorhanden|aucune?|non) ?(?=[.;,\n|•]|$)"
    r"|(?:^|(?<=[\n;,|•]))[ \t]{0,3}(?!problem)(?P<short>[^\W\d_][\w-]{2,28}) (?:no|nein|non) ?"
    r"(?!\.\s*\d)(?=[.;,\n|•]|$)",
    re.MULTILINE,
)
"""A label that says so: "Lift: none", "dogs no"."""
_OF_OTHERS = re.compile(
    r"\b(?:who|whom|anyone|anybody|everyone|those|when|whenever|if|where|wenn|falls|wo|si|quand)\s[^.;!?\n]*$"
)
"""A part of a sentence that speaks of others, or of one case: "teams who have no time", "when it is unavailable"."""
_BEHIND_HEAD = re.compile(r"\s(?:for|of|in|at|on|with|from|to|für|von|im|in|am|mit|pour|de|des|dans|à|that|which)\s")
_SIGNS = NO.union(
    "t statt anstatt rather plutôt non nein must muss müssen muessen doit doivent scope turned".split(),
    SIGNS,
    LACKING,
    NT,
)
"""Without one of these words, and without a "free", a text denies nothing."""
_NOT_OF = (
    rf"\d|(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|(?:{'|'.join(MONTH_NAMES['en'])}|"
    r"spring|summer|autumn|winter|noon|midnight|morning|now|today|tomorrow|next|then|age|"
    r"charges?|costs?)\b"
)
"""What "free of" or "free from" does not deny: a time, and what is paid."""
_NO_THING = (
    r"(?:an?|the|any|some|my|our|your|their|his|her|its|this|that|these|those|own|in|at|on|with|from|by|of|for|to|using|"
    r"having|being|\w{2,}ed|une?|le|la|les|de|du|des|aux?|mon|ma|mes|notre|nos|votre|vos|leurs?|son|sa|ses|en|dans|avec)"
)
"""What stands before the thing that a "rather than" is about."""
_NO_NUMBER = r"(?!\.?\s*\d(?!\d*(?:s|er)\b))"
"""Behind a no that denies nothing a number stands, "the No. 1", but not one that is a name, "not 78s"."""
_DENIES = re.compile(
    rf"\b(?:{'|'.join(sorted(NO))}|(?:an)?statt|instead\s+of|frei\s+von|"
    rf"free\s+(?:of|from)(?!\s+(?:the\s+)?(?:{_NOT_OF})))(?![-‐‑'’\w]){_NO_NUMBER}"
    rf"|(?:n['’]t|\b(?:{'|'.join(sorted(NT))}))\b{_NO_NUMBER}"
    r"|\b(?:no|non(?=.(?:smok|alcohol|dairy)))[-‐‑](?P<one>\w+)"
    rf"|(?:\brather\s+than\b|\bplutôt\s+qu(?:e\b|['’]))\s*(?:{_NO_THING}\s+|[ld]['’])*"
    rf"(?!(?:{'|'.join(sorted(ONLY))})\b)(?P<rather>\w+(?:\s+(?:or|nor|ou|ni)\s+\w+)?)"
)
"""What says no to words behind it. "Rather than" says it of one word: behind a verb it takes back nothing else."""
_OR = r"(?:or|nor|oder|noch|ou|ni)\b"
_THING = rf"(?:\s+(?!{_OR})\w++){{1,3}}+"
_ITEMS = rf",{_THING}(?:,{_THING}){{0,5}}+,?\s+{_OR}"
_CLAUSE_ENDS = re.compile(
    rf"(?!{_ITEMS})[,;:!?\n()\[\]•|–—]|\.(?!\w)|\s-\s|"
    r"\b(?:but|though|although|while|whereas|however|because|except|which|who|whose|we|you|they|is|are|was|were|"
    r"aber|sondern|jedoch|weil|denn|außer|wir|ist|sind|war|waren|mais|sauf|qui|dont|nous|vous|est|sont|"
    r"(?:charges?|costs?|fees?|need|problem|kosten|frais)\s+(?:for|to|für|pour)|"
    r"(?<=ing\s)(?<!(?:hav|try)ing\s)(?<!(?:will|need|want|look)ing\s)to|"  # no kneeling to grow salad
    r"without|ohne|sans|"
    r"(?:and|und|et)\s+(?:(?:with|i|ich|je|j['’]\w+|it|has|have|do|does|can|cannot|mit|es|hat|avec|il|elle|a)|(?=\w+\s+(?:is|are|ist|sind|est|sont))\w+))\b"
)
_BEHIND = re.compile(
    r"\s*(?:an|ab|auf|aus|ein|her|mit|vor|zu|statt|mehr|möglich|verfügbar|erlaubt|dazu|"
    r"im\s+(?:angebot|programm|sortiment|repertoire)|[^\W\d_]{3,30}(?:e[lr]?n|ten|tet))?\s*"
)
"""What may follow a "nicht" that denies what is before it: "Kronen bieten wir nicht an", "... nicht behandeln"."""
_AHEAD = re.compile(
    r"\s*(?!(?:dans|avec|à|au|aux|chez|sur|ici|pour)\b)(?P<them>\w.*)\s(?:nous|on|je)\s+n(?:e\s|['’])"
    r"(?!(?:en|y|l[ea]s?)\s|[sl]['’]).*"
)
"""What stands before a "pas" that denies what is first: "le soir nous ne travaillons pas"."""
_AND = re.compile(r"\b(?:und|sowie)\b")
_OR_PARTS = re.compile(r",|\b(?:or|nor|oder|noch|ou|ni)\b")
_OF_THINGS = re.compile(r"no|none|neither|nor|without|weder|kein\w*|ohne|sans|aucune?|fr.*")
_JOINS_TWO = re.compile(r"^\W*\w+(?:\W+\w+)?\s*(?:,|/|&|\b(?:or|nor|and|oder|noch|und|ou|ni|et)\b)")
_OF_FRENCH_THINGS = re.compile(r"\s+d(?:e\s|['’])")
_IN_THINGS = re.compile(r"^\s+(?:contain|eat|drink|tolerate|have)\b")
_OF_NOTHING = frozenset(
    "any all other more less much many over under below above than since be been do does did out über einen einem "
    "einer wir ich sie er es man leider können kann dürfen".split()
)
_MARKS = re.compile(r"[.,;:!?\n()]")
_THERE = (
    r"in|on|at(?!\s+(?:all|present|the\s+moment)\b)|during|before|after|until|from|im(?!\s+moment\b)|am|bei|während|vor|nach|bis|dans|pendant|avant|après|jusqu|"
    r"chez|sur|en(?!\s+ce\s+moment\b)|zu\s+hause"
)
_OF_IT_ALL = (
    r"(?!\s+(?:(?:this|that)(?:\s+one)?|(?:these|those)(?:\s+ones)?|it|them|here|there|uns|mir|ihm|diese[mnr]|nous|celui-ci|celle-ci)"
    r"\s?(?:[.,;:!?)\n]|$))"
)
"""Behind a word of place: the item itself is no place of it, "no motor on this one"."""
_LIMITS = re.compile(rf"\w\s+(?:{_THERE}|for|für|pour)\b{_OF_IT_ALL}")
_SOMEBODYS = re.compile(r"\b(?!(?:it|that|there|here|let|what|who|he|she)['’])\w+(?:s['’]|['’]s)\s+\w")
"""Whose it is that is denied: "no builders' cleans" denies no others."""
_WHERE_NOT = re.compile(
    rf"\w\s+(?:(?:{_THERE})\b{_OF_IT_ALL}|les?\s+(?:week-?ends?|soirs?|matins?|nuits?|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|"
    r"dimanches?))\b"
)
"""Where or when a thing is not: "no smoking in the house" says nothing against houses."""
_IN_A_PLACE = re.compile(r"\s+(?:dans|sur|chez|à|aux?|en)\b(?!\s+ligne)")
_BARRED = (
    "gluten|sugar|dairy|lactose|nuts?|peanuts?|smoke|car|traffic|pet|dog|meat|plastic|fragrance|perfume|scent|alcohol|"
    "cruelty|wheat|grain|eggs?|soy|fat|salt|caffeine|additives?|pesticide|chemical|rent|step|stair|barrier|carbon|"
    "emissions?|duty|tax|hassle|stress|trouble|worry|risk|debt|noise|allergen|allergy|hormone|paraben|latex|lead|rust"
)
_FREE = re.compile(
    r"(?P<not>(?:(?:\b(?:not|never|nicht|nie)|n['’]t)\s+(?:(?:yet|always|completely|fully|ganz|völlig|immer)\s+)?)?)"
    r"(?:\b(?P<hyphened>\w+)[-‐‑](?:free|frei(?:e[nmrs]?|heit)?)\b(?!\s+(?:of|from|von)\b)"
    r"|\b(?!care|einwand|kosten|gebühren)(?P<closed>\w{3,}?)(?:free|frei(?:e[nmrs]?|heit)?)\b"
    rf"|\b(?P<blank>{_BARRED})\s{{1,3}}free\b(?!\s+(?:of|from|to|in|on|at|by|for)\b))"
)
"""What is free of something, or is not: "not gluten-free". Closed up it may be another thing, "carfree"; after a blank
only what one may want to be free of is meant, "sauna free to use" is not."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The words of a text in lower case, by what it says of them.

    denied: surely. perhaps: further from the "no", or for some time, place or purpose only, "no work in the holidays".
    unsure: behind a no to a verb that does not tell whether it is had, "you will not find". free: said to be free of in
    one word, "carfree". doing: those of them that are denied as something done and not as a thing, "never leaves".
    qualified: those of them that are only denied with a word before them, "no large dogs". wholly: those of the surely
    denied that are all that a no names, "we do not fund zoos".
    """

    held: frozenset[str]
    denied: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    doing: frozenset[str] = frozenset()
    qualified: frozenset[str] = frozenset()
    wholly: frozenset[str] = frozenset()

    @property
    def no(self) -> frozenset[str]:
        """All that it may say no to."""
        return self.denied | self.perhaps | self.unsure | self.free


def sides(text: str) -> Sides:
    """What a text has and what it has not: a "no" holds from where it stands to the end of its clause."""
    text = text.lower()
    return _sides(text) if _may_deny(text) else Sides(frozenset(WORD.findall(text)))


def may_deny(text: str) -> bool:
    """Whether a text has a word that says no. Cost: 5 microseconds a sentence."""
    return _may_deny(text.lower())


def _may_deny(text: str) -> bool:
    return not _SIGNS.isdisjoint(WORD.findall(text)) or "free" in text or "frei" in text


def _sides(text: str) -> Sides:
    """The same of a text in lower case that may deny something."""
    said = _Reading()
    if "free" in text or "frei" in text:
        text = _without_free(text, said)
    text = _without_lacks(plainly(text), said)
    at = searched = 0
    while no := _DENIES.search(text, searched):
        searched = start = no.end()
        one, ahead = no["one"] or no["rather"], text[max(0, no.start() - BEFORE) : no.start()]
        if one is None and takes_nothing(text, start, ahead + no.group()):
            continue
        end = None if one else _CLAUSE_ENDS.search(text, start, start + FAR)
        stop = start if one else end.start() if end else min(len(text), start + FAR)
        scope = one or text[start:stop]
        sure = one is not None or takes_back(no.group(), _MARKS.split(ahead)[-1], scope)
        if sure is False:
            continue
        before, at, searched = text[at : no.start()], stop, stop
        clause = _MARKS.split(before[-FAR:])[-1]
        if first := _said_first(no.group(), clause, scope):
            before = before[: len(before) - len(clause)]
            scope = _AND.sub(" oder ", first)
        said.held.append(before)
        said.add(no, scope, sure, _OF_OTHERS.search(ahead) is not None)
    said.held.append(text[at:])
    return said.sides()


def _said_first(no: str, clause: str, scope: str) -> str:
    """What of the clause before a no it denies, where that is said first and not in its scope; else nothing."""
    if no in EVERY_VERB:
        return clause if _BEHIND.fullmatch(scope) else ""
    first = None if scope.strip() or no not in NEXT_VERB else _AHEAD.fullmatch(clause)
    return first["them"] if first else ""


class _Reading:
    """What has been read of a text so far, as `Sides` has it."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.denied, self.perhaps, self.unsure = set[str](), set[str](), set[str]()
        self.free, self.doing, self.qualified = set[str](), set[str](), set[str]()
        self.wholly = set[str]()

    def add(self, no: re.Match[str], scope: str, sure: bool | None, of_others: bool) -> None:
        """What a no takes back, of what it reaches. of_others: it speaks of others, or of one case."""
        said, of_things = no.group(), _OF_THINGS.fullmatch(no.group())
        if said == "pas" and _IN_A_PLACE.match(scope):  # "on ne fume pas dans la maison"
            self.held.append(scope)
            return
        there = _WHERE_NOT.search(scope) if of_things or _OF_FRENCH_THINGS.match(scope) else None
        if there:
            self.held.append(scope[there.start() + 1 :])
            scope = scope[: there.start() + 1]
        is_thing = no["one"] or of_things or _IN_THINGS.match(scope)
        verb, scope = verb_of(said, _IN_THINGS.sub("", scope))
        near = (
            0
            if no["rather"] or there or _LIMITS.search(scope) or of_others
            else 1
            if _SOMEBODYS.search(scope)
            else NEAR
        )
        joined = _JOINS_TWO.search(scope)
        for part in _OR_PARTS.split(scope):
            told = _telling(part, verb)
            (self.denied if sure else self.unsure).update(told[:near])
            (self.unsure if sure is None else self.perhaps).update(told[near:])
            if (of_things or verb) and not joined:
                self.qualified.update(told[1:])
            self.doing.update(() if is_thing else told)
            self.wholly.update(told if sure and near and len(told) == 1 else ())
            joined = None
        if verb and not _telling(scope, verb):
            self.denied.update(verb)
            self.wholly.update(verb)
        self.doing.update(verb)

    def name(self, told: Collection[str]) -> None:
        """What is surely denied, and is all that is named."""
        self.denied.update(told)
        self.wholly.update(told if len(told) == 1 else ())

    def sides(self) -> Sides:
        held = frozenset(WORD.findall(" ".join(self.held)))
        every = (self.denied, self.perhaps, self.unsure, self.free, self.doing, self.qualified, self.wholly)
        return Sides(held, *map(frozenset, every))


def _telling(text: str, but: Collection[str] = ()) -> list[str]:
    return [word for word in WORD.findall(text) if tells(word) and word not in _OF_NOTHING and word not in but]


def _without_free(text: str, said: _Reading) -> str:
    """The text without what it is free of; what it says that it is not free of, it has."""
    for match in _FREE.finditer(text):
        word = match["hyphened"] or match["closed"] or match["blank"]
        if match["not"]:
            said.held.append(word)
        else:
            (said.free if match["closed"] else said.denied).add(word)
    return _FREE.sub(" ", text)


def _without_lacks(text: str, said: _Reading) -> str:
    """The text without the clauses that say of something that it is not to be had; what that is joins what was said.

    The last words of what the clause is about are surely denied, unless it goes on: "not allowed in the garden".
    """
    kept, at = [], 0
    for match in _LABELLED_NO.finditer(text):
        kept.append(text[at : match.start()])
        at = match.end()
        said.name([word for word in WORD.findall(match["name"] or match["short"]) if tells(word)])
    text, kept, at, start = ".".join([*kept, text[at:]]), [], 0, 0
    for match in _NOT_HAD.finditer(text):
        start = max((end.end() for end in _CLAUSE_ENDS.finditer(text, start, match.start())), default=start)
        subject = _BEHIND_HEAD.split(text[start : match.start()])
        told = [_telling(part) for part in subject]
        if any(told):
            kept.append(text[at:start])
            behind = _CLAUSE_ENDS.search(text, match.end())
            at = behind.start() if behind else len(text)
            beyond = WORD.search(text, match.end(), at) or _OF_OTHERS.search(
                text[max(0, start - BEFORE) : match.start()]
            )
            near = 0 if beyond else NEAR
            said.name(told[0][len(told[0]) - near :] if near else [])
            said.perhaps.update(told[0][: len(told[0]) - near], *told[1:])
        start = match.end()
    return ".".join([*kept, text[at:]])
