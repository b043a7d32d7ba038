"""Reads a request: cleans it, bounds it, and finds the wishes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from firstfive.ask.spelling import Respelt, respelt
from firstfive.ask.topics import TOPICS
from firstfive.errors import RequestError
from firstfive.features.dates import MONTHS
from firstfive.guard import printable, storable
from firstfive.types import Misspelt, Quote, Request, Span, Wish

LONGEST = 4_000
MOST = 100
WISHES = 8
_PLACE = (
    r"(?:sea\w*|beach|coast|ocean|river|lake|loch|water\w*|canal|harbou?r|park|station|shops?|woods?|forest|mountains?|"
    r"church|town|village)"
)
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|"
    r"(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?)"
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = rf"(?:(?:the|dem|le)\s+)?(?:\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s+)?(?:{_MONTH})"
_TIMES = r"(?:before|after|until|till|since|starting|ab|bis|seit|vor|nach|im|avant|après|dès|depuis|à\s+partir\s+d[eu])"
_HOW_MUCH = (
    r"(?:unter|über|max\.?|höchstens|mindestens|moins\s+de|plus\s+de|au\s+(?:plus|moins)|up\s+to|at\s+(?:most|least))"
    r"(?=\s+[€$£]?\d)"
)
_GOOD = r"(?:(?:good|gentle|patient|compatible)|(?:gets?|getting)\s+(?:on|along))"
_NOT_GOOD = "".join(
    f"(?<!{words} )"
    for words in (
        "good",
        "gentle",
        "patient",
        "compatible",
        "get on",
        "gets on",
        "get along",
        "gets along",
        "lives",
        "lived",
    )
)
"""What somebody is good with is one wish: "gets on with dogs"."""
_ORT = r"(?:meer|see|strand|wald|fluss|park|bahnhof|hafen)"
_CUTS = re.compile(
    r"(?:(?<![.;:,!?\n()])|(?<=\w\(s\))|(?<=\w\(e\))|(?<=\w\(es\))|(?<=\w\(en\))|(?<=\w\(in\)))"
    r"(?<!\w\(s)(?<!\w\(e)(?<!\w\(es)(?<!\w\(en)(?<!\w\(in)[.;:,!?\n()]++(?:\s+|$)|\s+\((?=[\w€$£])|"
    r"(?<!\bnot)(?<!\bno)(?<!\bwithout)(?<!\bnothing)(?<!\bnichts)(?<!\bnicht)(?<!\bohne)(?<!\bsans)(?<!\bpas)\s+(?="
    r"(?:and\s+(?:has|have|is|are|with|that|who|not|no|without|wants?|needs?|should|must|i|we|my|(?:i|we)['’]\w+)|"
    r"und\s+(?:hat|ist|mit|nicht|ohne|kein\w*|ich|wir|meine?)|et\s+(?:a|est|avec|sans|pas|je|nous|m(?:on|a|es))|"
    rf"by(?=\s+(?:the|an?)\s+{_PLACE}\b)|am(?=\s+(?:{_ORT}|{_WEEKDAY})\b)|(?:à|en)(?=\s+(?-i:[A-ZÀ-Þ]))|au\s+bord|"
    rf"(?:on|every)(?=\s+(?:an?\s+)?{_WEEKDAY}\b)|{_TIMES}(?=\s+{_DAY}\b)|"
    rf"(?<!mit )(?<!bei )(?<!von )(?<!de )(?<!of )(?<!with ){_HOW_MUCH}|"
    rf"(?<!n't )(?<!n’t )(?<!so )(?<!too )(?<!very )(?<!always )(?<!be ){_GOOD}(?=\s+with\s)|"
    rf"{_NOT_GOOD}with|(?<!sich )(?<!verträglich )mit|(?<!entend )(?<!compatible )avec|"
    r"(?<!anything )(?<!everything )but|without|near|"
    r"(?:(?<!can live )(?<!could live )(?<!who live )(?<!lives )|(?!in\s+an?\s))in|"
    r"for(?!\s+(?:sale|rent|hire|free)\b)|that|who|whose|which|not|no|nothing|don['’]?t|under|"
    r"over|from|because|"
    r"aber|ohne|nicht|bei|für|weil|wegen|mais|sans|pas|dans|près|pour|qui|parce)\s)",
    re.IGNORECASE,
)
_WHEN_OR_HOW_MUCH = re.compile(
    rf"(?:on|every|am)\s+(?:an?\s+)?{_WEEKDAY}\b|{_TIMES}\s+{_DAY}\b|en\s+(?-i:[A-ZÀ-Þ])|"
    r"(?:over|above|(?:older|more|bigger)\s+than|über|mehr\s+als|plus\s+de)\s+[€$£]?\d|"
    rf"(?:under|below|(?:younger|less|smaller)\s+than|{_HOW_MUCH})\s+\d"
    r"(?:\d?(?=\s*(?:$|[.;,!?)]))|[\d.,]{0,6}\s+(?:years?|months?|jahren?|jahre|monaten?|ans|mois|rooms?|people|employees|"
    r"zimmern?|personen)\b)",
    re.IGNORECASE,
)
"""What belongs to a refusal before it: "no dogs over 10 years". Sums at most are wishes: "no pets under £900"."""
_SUM = (
    rf"(?:(?:{'|'.join(sorted(TOPICS['money']))}|income|earning|rent|fee|budget|revenu|bénéfice)s?|"
    r"gewinn|kosten|miete|gehalt|chiffre\s+d['’]affaires|loyer|salaire|age|alter|âge)"
)
_SUM_BEFORE = re.compile(rf"\b{_SUM}(?:\s+(?:of|von|de))?$", re.IGNORECASE)
_SUM_AFTER = re.compile(
    rf"in\s+(?:(?:annual|yearly)\s+)?{_SUM}\b(?!\s+(?!(?:and|or|but|with|in|near|for|from|a|per|und|oder|mit|et|ou|avec)\b)\w)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(
    r"(?:\d[\d.,]*\s*(?:k|mn?|mio\.?|bn|thousand|millions?|billions?|tausend|millionen|mille|milliers?|milliards?|"
    r"euros?|dollars?|pounds?|francs?|[€$£])|[€$£]\s*\d[\d.,]*|\d[\d.,]{4,})$",
    re.IGNORECASE,
)
_SHORTENED = re.compile(
    r"(?<!\w)(?:mio|mrd|tsd|ca|approx|dr|mr|mrs|st|str|nr|evtl|mind|inkl|incl|bzw|"
    r"e\.g|i\.e|(?-i:[zud])|z\.\s?b|u\.\s?a|d\.\s?h|p\.\s?a)$",
    re.IGNORECASE,
)
"""What a full stop makes short: it ends no sentence."""
_ORDINAL = re.compile(r"(?<![\w.,])\d{1,2}$")
_COUNTED = re.compile(rf"(?:{_MONTH}|stock|etage|klasse|jahrhundert)\b|\d{{1,2}}\.", re.IGNORECASE)
"""What a full stop behind a number counts: "1. Juni", "3. Stock"."""
_YEARS = r"(?:1[01]|[2-9])?\d(?:\s+years?(?:\s+old)?|\s+jahre(?:\s+alt)?|\s+ans)?"
_AGE = (
    rf"{_YEARS}(?=\s+(?:and|und|et)\s+"
    r"(?:i|i['’]d|am|want|need|would|like|can['’]?t|cannot|has|ich|möchte|suche|kann|je|cherche)\s)"
)
_OWN = r"(?:budget|rent|limit|max\w*|price|size|miete|preis|grenze|loyer|prix)\b"
_AGED = re.compile(
    rf"(?:(?:i['’]m|(?:i|my\s+(?!{_OWN})\w+|(?:he|she|they|who)?)\s+(?:am|is|are)|(?:ich|mein\w*\s+(?!{_OWN})\w+)\s+(?:bin|ist)|"
    rf"(?:j['’]ai|(?:mon|ma)\s+(?!{_OWN})\w+\s+a))\s+)(?:(?:nearly|almost|over|about|fast|presque)\s+)?{_YEARS}",
    re.IGNORECASE,
)
"""How old the seeker is, or who is with them, which no item says: "I am 70 and would like", "my wife is 69"."""
_LEADING = re.compile(
    r"(?:(?:(?:i|we|i['’]d|we['’]d|would)\s+love|and|but|that|who|whose|which|is|are|has|have|i|we|am|i['’](?:m|d|ve|ll)|we['’](?:re|d|ve|ll)|want|need|would|"
    r"like|do|does|could|you|there|any|anything|something|somewhere|looking(?=\s+for)|look(?=\s+for)|find|me|please|"
    r"(?:can|have|has)\s+(?:you|i|we)|(?:show|suggest|recommend|find)\s+(?:me|us)|"
    r"(?:tell|let)\s+(?:me|us)(?:\s+know)?(?:\s+(?:if|whether|about))?|do\s+you\s+know\s+(?:if|of)|"
    r"(?:my|our)\s+\w+\s+(?:says?|said|thinks?|tells?\s+me)(?:\s+that)?|"
    r"(?:have\s+you|i['’]ve|has\s+it)\s+got|(?:on|every)(?=\s+(?:an?\s+)?"
    rf"{_WEEKDAY}\b)|"
    r"an?|the|for|to|with|in|near|from|because(?:\s+of)?|und|aber|mit|bei|aus|der|die|das|ich|bin|wir|wollen|"
    r"haben|sie|gibt|es|etwas|irgendwo|möchten?|suchen?|eine?n?|weil|wegen|habe|für|[ie]\.[eg]\.|z\.\s?b\.|"
    r"d\.\s?h\.|u\.\s?a\.|et|mais|avec|dans|pour|en|qui|une?|je|suis|nous|cherche|cherchons|les?|la|parce\s+que?|"
    r"avez-vous|auriez-vous|y\s+a-t-il|il\s+y\s+a|est-ce\s+que|quelque\s+chose|(?:au|aux|à)(?=\s+(?-i:[A-ZÀ-Þ]))|"
    rf"{_AGE})\s+)+",
    re.IGNORECASE,
)
_WORD_STARTS = re.compile(r"(?<![\w'’])\w")
BEFORE = 4
"""Words before a wish that may refuse it: "not so good with children"."""
LED = 60
"""Characters in which the words that lead to a wish are looked for."""
_REFUSAL = re.compile(
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
_ALLERGY = re.compile(
    _WHOSE + r"(?:(?:allergic|intolerant)\s+to|can(?:no|['’])t\s+(?:eat|drink|tolerate)|allergisch\s+(?:gegen|auf)|"
    r"allergiques?\s+(?:aux?|à\s+la|à))\s+(?:(?:an?|the|any|le|la|les)\s+)?",
    re.IGNORECASE,
)
"""What a seeker, or who is with them, must not have: "my wife is allergic to nuts"."""
_ALL_BUT = re.compile(
    r"(?:anything|everything)\s+(?:but|except)\s+(?:for\s+)?(?:(?:an?|the)\s+)?|"
    r"alles\s+(?:außer|bis\s+auf)\s+(?:eine\w*\s+)?|tout\s+sauf\s+(?:(?:une?|des?|le|la|les)\s+)?",
    re.IGNORECASE,
)
_AVERSION = re.compile(
    _WHOSE + r"(?:(?:afraid|scared|terrified)\s+of|hates?|dislikes?|detests?|hass(?:e|en|t)|verabscheue|angst\s+vor|"
    r"détestes?|j['’]ai\s+peur\s+(?:des?|du))\s",
    re.IGNORECASE,
)
"""What they cannot bear. It may be what they want to be rid of, "I hate cleaning", as well as what must not be there:
so it is searched for, as it stands, and is no wish, for which a result would quote "Steep stairs"."""
_CHATTER = re.compile(
    r"(?:hello|hi|hey|good\s+(?:morning|afternoon|evening|day)|dear\s+\w+|hope(?:\s+\w+){1,4}\s+well|(?:kind|best)\s+regards|"
    r"guten\s+(?:tag|morgen|abend)|hallo|bonjour|bonsoir|merci|danke)(?:\s+(?:there|dear|all|everyone))?|"
    r"(?:my|our|mein\w*|mon|ma)\s+(?:\w+\s+){1,3}(?:died|passed\s+away|starb|ist\s+gestorben|est\s+morte?)"
    r"(?:\s+(?:last|this|in|recently|letzte\w*|\w+\s+\w+\s+ago)(?:\s+\w+)?)?",
    re.IGNORECASE,
)
"""What is said out of politeness, or of one's own life: no item mentions it."""
_OF_ANOTHER = re.compile(r"\b(?:that|who|whose|which|der|die|das|qui)\b", re.IGNORECASE)
_OF_NOTHING = frozenset(
    "any anything companies company firm firms like need one ones something thing things want "
    "betrieb betriebe etwas firma firmen unternehmen chose entreprise entreprises société sociétés".split()
)
"""What a refusal is of that goes on in the next part: "no companies with over 100 employees"."""
_RELATIVE = frozenset({"with", "that", "which", "who", "whose", "mit", "avec"})
_NUMBERED = re.compile(
    rf"(?:{_SUM}\s+(?:(?:of|von|de)\s+)?)?"
    r"(?:from\s+|(?:over|under|(?:more|less|fewer|[a-z]+er)\s+than|at\s+(?:most|least)|about|"
    r"über|unter|ab|bis|(?:mehr|weniger)\s+als|mindestens|höchstens|(?:plus|moins)\s+(?:de|que)|au\s+(?:plus|moins))?\s*)[€$£]?\d",
    re.IGNORECASE,
)
_BOTHERS = re.compile(
    r"\s(?:(?:is|are)\s+a\s+(?:(?:big|real)\s+)?problem|(?:bothers?|annoys?)\s+(?:me|us)|stör(?:t|en)\s+(?:mich|uns)|"
    r"(?:ist|sind)\s+ein\s+problem|(?:me|nous)\s+dérange(?:nt)?)$",
    re.IGNORECASE,
)
"""What they cannot bear, said first: "noise bothers me"."""
_TRAILING = re.compile(r"(?<!\s)(?:\s++(?:and|or|please|und|oder|bitte|et|ou))++$", re.IGNORECASE)
_HANGING = re.compile(
    r"(?<![\s,;:])(?:(?:[\s,;:]++(?:but|and|or|with|is|are|aber|und|oder|mit|mais|et|ou|avec))++[\s.,;:!?]*+|[\s,;:]*+)$",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\(\s*\)")
_FILLER = frozenset(
    "a about absolutely actually all almost also although always am an and any anyone anything anywhere are as at "
    "available be been being both business but by can certainly client clients companies company could deal "
    "definitely did do does don dont e each either else etc even ever find firm for free g got has have help here his "
    "how however i ideally if in instead is it its just kind know likely looking matter matters maybe me might mind "
    "must my necessarily need needs neither no nobody none nor not nothing now of often on one ones only or other "
    "others otherwise our ours perhaps please possible possibly prefer preferably preferred probably quite rather "
    "ready really seek seeking seem seems should since so some somebody somehow someone something somewhere sort stay "
    "stays still such sure t than thank thanks that the their them then there these they thing things this those "
    "though to too truly us very want wants we well what when where whether which while who whoever whose why will "
    "wish with would yes yet you your "
    "aber auch betrieb betriebe bitte das dass der die doch ein eine einen es etwas firma firmen frei für gern gerne "
    "hat ich im immer ist jemand kein keine man möchte möchten nicht nichts noch nur oder sehr sein sind so suche "
    "suchen und uns unser unternehmen vielleicht von was wenn wer will wir wollen zu "
    "aimerais au aussi avec bien c ce cherche cherchons d de des disponible du elle en encore entreprise entreprises "
    "est et il ils jamais je l la le les libre mais même n ne nous on ou pas peut plaît plus pour qu que quelque qui "
    "rien s sans société sociétés sont sur toujours tout très un une veut veux voulons vous être".split()
)
"""Words of which no wish consists: what they ask for, no item says."""
SMALL_WORDS = _FILLER | frozenset(
    "without under over more less than from because allergic intolerant cannot where between ohne über unter mehr "
    "weniger als allergisch aus bei gegen wegen weil zwischen wohin sans moins allergique contre parce entre "
    "arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt thats theres theyre theyve wasnt werent "
    "weve whats wont wouldnt youre youve".split()
)
"""What requests are made of in three languages: right in any catalogue, and often what was meant."""
REFUSING = frozenset(
    "not no nor never neither nothing nobody none without don cannot kein keine keinen nicht nichts ohne nie weder "
    "sans pas jamais rien ni aucun aucune".split()
)
"""Words that turn a wish into a refusal."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as it will be answered: its cleaned text, its wishes in order, and what the seeker should know.

    asked: what is searched for, which is the text without what it refuses. respelt: where words were misspelt, how the
    text was typed: request, wishes and asked are as it is meant. refused: the parts of the text that refuse, in order.
    """

    request: Request
    wishes: tuple[Wish, ...]
    asked: str
    notes: tuple[str, ...] = ()
    respelt: Respelt | None = None
    refused: tuple[Span, ...] = ()

    @property
    def misspelt(self) -> tuple[Misspelt, ...]:
        """The words that were misspelt, where they were typed."""
        return self.respelt.misspelt if self.respelt else ()

    def typed(self) -> Request:
        """The request as it was typed."""
        return replace(self.request, text=self.respelt.typed) if self.respelt else self.request

    def quote(self, quote: Quote) -> Quote:
        """A quote of the request as it was typed."""
        return self.respelt.typed_quote(quote) if self.respelt else quote

    def typed_wishes(self) -> tuple[Wish, ...]:
        """The wishes where they were typed, with what is meant beside it."""
        return tuple(map(self._typed_wish, self.wishes)) if self.respelt else self.wishes

    def without(self, parts: Sequence[Span]) -> Reading:
        """The same, not searched for by these parts of the text, where a wish says more than they do."""
        wanted = [wish for wish in self.wishes if not wish.refused]
        if not any(all(not part.start <= wish.start < wish.end <= part.end for part in parts) for wish in wanted):
            return self
        less = sorted([*self.refused, *parts], key=lambda part: part.start)
        return replace(self, asked=_less(self.request.text, less))

    def _typed_wish(self, wish: Wish) -> Wish:
        assert self.respelt
        at, typed = self.respelt.typed_at(wish.start, wish.end), self.respelt.typed
        by = typed[self.respelt.typed_at(wish.start - len(wish.by), wish.start).start : at.start] if wish.by else ""
        text = typed[at.start : at.end]
        return replace(wish, text=text, start=at.start, end=at.end, by=by, meant="" if text == wish.text else wish.text)


def read(
    request: Request,
    better: Callable[[str, bool], str | None] | None = None,
    whole: re.Pattern[str] | None = None,
) -> Reading:
    """The request with its text made printable and at most 4,000 characters long.

    better: gives what a misspelt word is meant to be, as `respelt` asks for it. whole: what is one wish, such as the
    name of a field, though its words would part it: "good with children".

    Raises RequestError: request.empty when there is neither a word nor an item to go by, request.invalid for a number
    out of range.
    """
    _check(request)
    text, _ = printable(request.text)
    text = " ".join(text.split())
    notes: tuple[str, ...] = ()
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(" ", 1)[0]
        notes = (f"Your text is very long. The first {len(text):,} characters were used.",)
    if not any(char.isalnum() for char in text) and not request.like and not request.vector:
        raise RequestError(
            "the request has no words to search for; describe in a sentence what you are looking for",
            code="request.empty",
        )
    meant = respelt(text, better) if better else None
    text = meant.text if meant else text
    found = list(_wishes(text, whole))
    if not found and any(char.isalnum() for char in text):
        found = [(Span(0, len(text)), Wish(text, 0, len(text)))]
    wishes = tuple(_first(wish for _, wish in found))
    refused = tuple(part for part, wish in found if wish.refused)
    asked = _less(text, refused)
    asked = asked if any(char.isalnum() for char in asked) else text  # of a request that only refuses
    return Reading(replace(request, text=text), wishes, asked, notes, meant, refused)


def parted(text: str) -> bool:
    """Whether a text without punctuation, such as the name of a field, would be read as several wishes."""
    return next(_cuts(text, None), None) is not None


def _first(wishes: Iterable[Wish]) -> Iterator[Wish]:
    """The first eight, of those that are refused too: what must not be there is never left out for what should be."""
    left = {True: WISHES, False: WISHES}
    for wish in wishes:
        left[wish.refused] -= 1
        if left[wish.refused] >= 0:
            yield wish


def begun(text: str, wish: Wish) -> int:
    """Where the words begin that lead to a wish of the text: "near" and "without a" are none of its own."""
    start = wish.start - len(wish.by)
    places = (match.start() for match in _WORD_STARTS.finditer(text, max(0, start - LED), start))
    leads = (place for place in places if (lead := _LEADING.match(text, place)) and lead.end() >= start)
    return next(leads, start)


def _check(request: Request) -> None:
    whole = isinstance(request.n, int) and not isinstance(request.n, bool)
    if not isinstance(request.text, str) or not whole or not isinstance(request.diversity, int | float | None):
        raise RequestError("a request has a text, a whole number n and a number diversity; check their types")
    if request.user is not None and storable(request.user) != request.user:
        raise RequestError(f"the user's id {request.user!r} holds characters that cannot be stored; send another")
    if not 1 <= request.n <= MOST:
        raise RequestError(f"n is {request.n}; ask for 1 to {MOST} items")
    if request.diversity is not None and not 0 <= request.diversity <= 1:
        raise RequestError(f"diversity is {request.diversity}; give a number from 0 (most relevant) to 1 (most varied)")


def _less(text: str, parts: Sequence[Span]) -> str:
    """The text without these parts of it, which are in order."""
    kept, at = [], 0
    for part in parts:
        kept.append(text[at : part.start])
        at = part.end
    return _HANGING.sub("", " ".join(_EMPTY.sub(" ", "".join([*kept, text[at:]])).split()))


def _wishes(text: str, whole: re.Pattern[str] | None) -> Iterator[tuple[Span, Wish]]:
    """Each wish with the part of the text it stands in."""
    start, of_nothing = 0, None
    for cut in (*_cuts(text, whole), (len(text), len(text))):
        if _WHEN_OR_HOW_MUCH.match(text, cut[1]) and text[slice(*cut)].isspace() and _refuses(text, start, cut[0]):
            continue
        wish = _wish(text, start, cut[0])
        if wish and of_nothing is not None and _NUMBERED.match(wish.text):
            yield Span(of_nothing, cut[0]), replace(wish, refused=True)
        elif wish:
            yield Span(start, cut[0]), wish
        if wish or not text[slice(*cut)].isspace():
            of_nothing = None
        elif _refuses_nothing(text, start, cut[0]):
            of_nothing = start
        elif text[start : cut[0]].lower() not in _RELATIVE:
            of_nothing = None
        start = cut[1]


def _cuts(text: str, whole: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    """Where a wish may end: not within what is whole, and before and behind it."""
    parts = [Span(*match.span()) for match in whole.finditer(text)] if whole else []
    if not parts:
        return _ends(text)
    found = {cut for cut in _ends(text) if not any(part.start < cut[1] and cut[0] < part.end for part in parts)}
    found |= {(part.start - 1, part.start) for part in parts if _may_start(text, part.start)}
    found |= {(part.end, part.end + 1) for part in parts if text.startswith(" ", part.end)}
    return iter(_apart(sorted(found)))


def _may_start(text: str, at: int) -> bool:
    """Whether a wish may start there behind a blank: not where one of the words before it refuses it."""
    before = re.split(r"[.;:,!?]", text[:at])[-1].lower().split()[-BEFORE:] if text[:at].endswith(" ") else []
    return bool(before) and not any(word in REFUSING or word.endswith(("n't", "n’t")) for word in before)


def _apart(cuts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that do not overlap one before."""
    at = 0
    for cut in cuts:
        if cut[0] >= at:
            yield cut
            at = cut[1]


def _ends(text: str) -> Iterator[tuple[int, int]]:
    """Where words and marks part. "Turnover over 15 million", "20 million in sales" and "3 Mio. Euro" are one each."""
    for match in _CUTS.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        of_a_sum = match[0].isspace() and (
            (_SUM_BEFORE.search(before) and _NUMBERED.match(text, match.end()))
            or (_MONEY_BEFORE.search(before) and _SUM_AFTER.match(text, match.end()))
        )
        shortened = _SHORTENED.search(before) or (_ORDINAL.search(before) and _COUNTED.match(text, match.end()))
        goes_on = match.end() < len(text) and match[0].rstrip() == "." and shortened
        if not (of_a_sum or goes_on):
            yield match.span()


def _refuses(text: str, start: int, end: int) -> bool:
    """Whether a part refuses: then what follows of when and how much is part of that, "no work on Sundays"."""
    lead = _LEADING.match(text, start, end)
    return _REFUSAL.match(text, lead.end() if lead else start, end) is not None


def _refuses_nothing(text: str, start: int, end: int) -> bool:
    """Whether a part refuses, and says what only in the next one."""
    lead = _LEADING.match(text, start, end)
    refusal = _REFUSAL.match(text, lead.end() if lead else start, end)
    return refusal is not None and _OF_NOTHING.issuperset(re.findall(r"\w+", text[refusal.end() : end].lower()))


def _wish(text: str, start: int, end: int) -> Wish | None:
    if _AGED.fullmatch(text, start, end):
        return None
    while start < end and text[start] in "( ":
        start += 1
    refusal = _ALL_BUT.match(text, start, end)
    lead = None if refusal else _LEADING.match(text, start, end)
    start = lead.end() if lead else start
    if _AGED.fullmatch(text, start, end):
        return None
    if _CHATTER.fullmatch(text, start, len(text[:end].rstrip())):
        return None
    refusal = refusal or _REFUSAL.match(text, start, end)
    if not refusal and not (lead and _OF_ANOTHER.search(lead.group())):
        refusal = _ALLERGY.match(text, start, end)
        if not refusal and (_AVERSION.match(text, start, end) or _BOTHERS.search(text, start, end)):
            return None
    start = refusal.end() if refusal else start
    end = start + len(text[start:end].rstrip())
    trail = _TRAILING.search(text, start, end)
    end = trail.start() if trail else end
    words = re.findall(r"\w+", text[start:end].lower())
    if not words or _FILLER.issuperset(words):
        return None
    return Wish(text[start:end], start, end, refusal is not None, refusal.group() if refusal else "")
