"""Where the wishes of a request may end: at marks, and before words such as "with", "near" and "without"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from firstfive.ask.refusing import apart, held
from firstfive.ask.seeker import told
from firstfive.ask.small_words import REFUSING, SMALL_WORDS
from firstfive.ask.topics import TOPICS
from firstfive.features.dates import MONTHS
from firstfive.types import Span

BEFORE = 4
"""Words before a wish that may refuse it: "not so good with children"."""
_PLACE = (
    r"(?:sea\w*|beach|coast|ocean|river|lake|loch|water\w*|canal|harbou?r|park|station|shops?|woods?|forest|mountains?|"
    r"church|town|village)"
)
WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|"
    r"(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?)"
)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = rf"(?:(?:the|dem|le)\s+)?(?:\d{{1,2}}(?:\.|st|nd|rd|th|er)?\s+)?(?:{MONTH})"
_TIMES = r"(?:before|after|until|till|since|starting|ab|bis|seit|vor|nach|im|avant|après|dès|depuis|à\s+partir\s+d[eu])"
_STARTS = (
    r"(?:starting|starts?|beginning|begins?|commencing|available|free|startend|startet|beginnend|beginnt|verfügbar|"
    r"frei|"
    r"commençant|disponible|libre)"
)
"""What leads to a day together with the word behind it: "a course starting in January"."""
_HOW_MUCH = (
    r"(?<!sleeps )(?<!sleep )(?<!seats )"
    r"(?:unter|über|max\.?|maximal|höchstens|mindestens|(?<![\d€] )bis(?:\s+zu)?|jusqu['’]à|"
    r"moins\s+de|plus\s+de|au\s+(?:plus|moins)|up\s+to|at\s+(?:most|least))"
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
_PEOPLE = (
    r"(?:\d+|twenty|thirty|forty|fifty|sixty|eighty|hundred)\s+"
    r"(?:people|guests|persons|personen|gäste|leute|personnes|invités)\b"
)
_NOT_ROOM = "".join(
    f"(?<!{word} )"
    for word in (
        "for",
        "of",
        "with",
        "to",
        "at",
        "seats",
        "holds",
        "hosts",
        "has",
        "have",
        "are",
        "is",
        "für",
        "mit",
        "pour",
        "de",
    )
)
"""How many there will be is a wish of its own, "in Ripon about 50 people", but not behind "for" or "seats"."""
_NOT_MINDED = (
    r"(?!\s+(?:(?:at\s+all|really|so|that|strictly|actually|necessarily)\s+)?(?:need|mind|require|care|insist|matter|"
    r"have\s+to|necessary|needed|required|essential|important|an?\s+(?:problem|issue|must)|possible|an\s+option)\b)"
)
_UNIT = (
    r"(?:bedrooms?|bathrooms?|rooms?|beds?|people|guests?|persons?|adults?|employees|staff|minutes|mins?|hours?|miles|km|"
    r"pages|years|euros|pounds|million|m|mitarbeitern?|zimmern?|schlafzimmern?|personen|gäste|minuten|stunden|seiten|"
    r"salariés|employés|chambres|pièces|personnes|minutes|heures|pages|ans)"
)
_COUNTED_AND = re.compile(
    rf"(?:\d\s{_UNIT}|\b(?:before|after|since|until|in|vor|nach|seit|avant|après|depuis)\s[12]\d{{3}}|\bof\sus)"
    rf"(?P<cut>\s)(?:and|und|et)\s(?!\d|{_UNIT}\b|(?:one|two|three|four|five|six|half|before|after|until|more|under|over)\b)",
    re.IGNORECASE,
)
"""Where what is counted ends, and another wish begins: "fewer than 30 employees and up for sale"."""
_ROOMS = re.compile(
    r"(?<![\w'’-])(?P<word>[\w'’-]{1,40})(?P<cut>\s)"
    r"\d{1,2}\s(?:bedrooms|bathrooms|rooms|schlafzimmer|zimmer|chambres|pièces)"
    r"(?P<end>\s(?!(?:and|or|of|to|per|plus|min|max|at|if|is|are|in|und|oder|et|ou|au|total|altogether)\b)(?=\w)|(?!\w))",
    re.IGNORECASE,
)
"""Rooms are one wish among words that no mark parts: "Scotland 3 bedrooms dogs allowed"."""
_FOR = re.compile(r"for\s", re.IGNORECASE)
_NO_NOUN = SMALL_WORDS | frozenset(
    "sleeps sleep seats holds around minimum least most nearly max min through mindestens höchstens environ".split()
)
_OF_ONES_OWN = re.compile(
    r"\b(?:(?:my|our|his|her|their)\s+\w+|i|we|he|she|they|you|it|this|there|money|price)$", re.IGNORECASE
)
_IS_NOT = re.compile(r"(?:is|are)n['’]t\s", re.IGNORECASE)
"""What somebody is not, who is with the seeker, is no refusal: "my mother isn't mobile"."""
_SUCCESSOR = re.compile(
    r"\b(?:where\s.{1,40}|(?:that|who|owners?|founders?|family|boss)\s(?:is|are)\s)looking$", re.IGNORECASE
)
"""Who looks for something that is not the seeker: "where the owner is looking for a successor"."""
_ORT = r"(?:meer|see|strand|wald|fluss|park|bahnhof|hafen)"
_CUTS = re.compile(
    r"(?:(?<![.;:,!?\n()])|(?<=\w\(s\))|(?<=\w\(e\))|(?<=\w\(es\))|(?<=\w\(en\))|(?<=\w\(in\)))"
    r"(?<!\w\(s)(?<!\w\(e)(?<!\w\(es)(?<!\w\(en)(?<!\w\(in)[.;:,!?\n()]++(?:\s+|$)|\s+\((?=[\w€$£])|"
    r"(?<!\bnot)(?<!\bno)(?<!\bwithout)(?<!\bnothing)(?<!\bnichts)(?<!\bnicht)(?<!\bohne)(?<!\bsans)(?<!\bpas)"
    r"(?<!\bneither)(?<!\bnor)(?<!\bweder)(?<!\bni)(?<!\bnone)(?<!\bkeine)(?<!\bkeiner)(?<!\bkeines)(?<!\bkeinen)"
    r"(?<!\baucun)(?<!\baucune)\s+(?="
    # "and has", "and er has", "and speaks", "und spricht", "et accepte", "if not Leeds then York"
    r"(?:and\s+(?:(?:um+|erm?)\s+)?(?:has|have|is|are|with|that|who|not|no|without|wants?|needs?|should|must|i|we|"
    r"my|(?:i|we)['’]\w+|"
    r"speaks?|does|takes|offers|accepts|allows|serves|comes|sells|provides|includes)|"
    r"und\s+(?:hat|ist|mit|nicht|ohne|kein\w*|ich|wir|meine?|spricht|nimmt|bietet|macht|akzeptiert|kommt)|"
    r"et\s+(?:a|est|avec|sans|pas|je|nous|m(?:on|a|es)|parle|accepte|propose|fait|prend|offre|vient)|"
    r"(?<!not )so(?=\s+(?:i|we|an?|no|my|two|three|four|five|six|seven|eight|\d{1,2})\s)|"
    r"(?<!and )then(?=\s+(?:(?-i:[A-Z])|an?\s|the\s))|(?<!und )dann(?=\s+(?-i:[A-ZÄÖÜ]))|"
    r"(?<!et )alors(?=\s+(?-i:[A-ZÀ-Þ]))|"
    rf"{_NOT_ROOM}(?:about|around|roughly|approximately|etwa|ungefähr|rund|environ)(?=\s+{_PEOPLE})|aucune?|"
    rf"by(?=\s+(?:the|an?)\s+{_PLACE}\b)|am(?=\s+(?:{_ORT}|{WEEKDAY})\b)|(?:à|en)(?=\s+(?-i:[A-ZÀ-Þ]))|"
    r"au(?=\s+(?:bord|rez|calme)\b)|"
    r"à(?=\s+(?:proximité|la\s+(?:campagne|montagne))\b)|aux(?=\s+(?:environs|alentours)\b)|nahe(?=\s+(?-i:[A-ZÄÖÜ]))|"
    r"im(?=\s+(?-i:[A-ZÄÖÜ]))(?!\s+(?:monat|jahr|quartal|voraus|freien|schnitt|durchschnitt|stil|angebot|haus|"
    r"gebäude|alter)\b)|auf(?=\s+eine[mr]\s)|"
    rf"{_STARTS}(?=\s+(?:{_TIMES}|in|on|from|by)\s+{_DAY}\b)|"
    rf"(?:on|every)(?=\s+(?:an?\s+)?{WEEKDAY}\b)|{_TIMES}(?=\s+{_DAY}\b)|"
    rf"(?<!mit )(?<!bei )(?<!von )(?<!de )(?<!of )(?<!with ){_HOW_MUCH}|"
    rf"(?<!n't )(?<!n’t )(?<!so )(?<!too )(?<!very )(?<!always )(?<!be ){_GOOD}(?=\s+with\s)|"
    rf"{_NOT_GOOD}with|(?<!sich )(?<!verträglich )mit|(?<!entend )(?<!compatible )avec|"
    r"but|without|near|"
    r"(?:(?<!can live )(?<!could live )(?<!who live )(?<!lives )|(?!in\s+an?\s))in|"
    r"for(?!\s+(?:sale|rent|hire|free)\b)|that|who|whose|which|(?<!does )(?<!do )(?<!did )(?<!need )not|"
    r"no|nothing|neither|nor|"
    rf"(?:does|do|did)\s+not{_NOT_MINDED}|(?:is|are|does|would)n['’]t{_NOT_MINDED}|weder|ni|don['’]?t|under|"
    r"over|from|because|"
    r"aber|ohne|nicht|bei|für|weil|wegen|mais|sans|pas|dans|près|pour|qui|parce)\s)",
    re.IGNORECASE,
)
WHEN_OR_HOW_MUCH = re.compile(
    rf"(?:on|every|am)\s+(?:an?\s+)?{WEEKDAY}\b|{_TIMES}\s+{_DAY}\b|en\s+(?-i:[A-ZÀ-Þ])|"
    r"(?:over|above|(?:older|more|bigger)\s+than|über|mehr\s+als|plus\s+de)\s+[€$£]?\d|"
    rf"(?:under|below|(?:younger|less|smaller)\s+than|{_HOW_MUCH})\s+\d"
    r"(?:\d?(?=\s*(?:$|[.;,!?)]))|[\d.,]{0,6}\s+(?:years?|months?|jahren?|jahre|monaten?|ans|mois|rooms?|people|"
    r"employees|"
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
    rf"in\s+(?:(?:annual|yearly)\s+)?{_SUM}\b(?!\s+(?!(?:and|or|but|with|in|near|for|from|a|per|und|oder|mit|et|ou|"
    r"avec)\b)\w)",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    rf"(?:{_SUM}\s+(?:(?:of|von|de)\s+)?)?"
    r"(?:from\s+|(?:over|under|(?:more|less|fewer|[a-z]+er)\s+than|at\s+(?:most|least)|about|"
    r"über|unter|ab|bis|(?:mehr|weniger)\s+als|mindestens|höchstens|(?:plus|moins)\s+(?:de|que)|au\s+(?:plus|"
    r"moins))?\s*)[€$£]?\d",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(
    r"(?:\d[\d.,]*\s*(?:k|mn?|mio\.?|bn|thousand|millions?|billions?|tausend|millionen|mille|milliers?|milliards?|"
    r"euros?|dollars?|pounds?|francs?|[€$£])|[€$£]\s*\d[\d.,]*|\d[\d.,]{4,})$",
    re.IGNORECASE,
)
_SHORTENED = re.compile(
    r"(?<!\w)(?:mio|mrd|tsd|ca|approx|dr|mr|mrs|st|str|nr|evtl|mind|max|(?<!\d )min|zzgl|env|inkl|incl|bzw|"
    r"e\.g|i\.e|(?-i:[zud])|z\.\s?b|u\.\s?a|d\.\s?h|p\.\s?a)$",
    re.IGNORECASE,
)
"""What a full stop makes short: it ends no sentence."""
_ORDINAL = re.compile(r"(?<![\w.,])\d{1,2}$")
_COUNTED = re.compile(rf"(?:{MONTH}|stock|etage|klasse|jahrhundert)\b|(?:bis\s+(?:zum\s+)?)?\d{{1,2}}\.", re.IGNORECASE)
"""What a full stop behind a number counts: "1. Juni", "3. Stock"."""
_FROM_A_DAY = re.compile(
    rf"\b(?:from|vom|du)\s+(?:the\s+)?\d{{1,2}}(?:\.|st|nd|rd|th|er)?(?:\s+(?:{MONTH}))?$", re.IGNORECASE
)
_TO_A_DAY = re.compile(r"(?:until|till|bis)\s", re.IGNORECASE)
"""The two ends of some days, which are one wish: "vom 3. bis 10. Mai"."""
_TWO_DEEDS = re.compile(r"(?:^|[.;:,!?(]\s?|\b(?:that|who|which|to|qui|die|der|das)\s)\w+(?:\s\w+)?$", re.IGNORECASE)
"""Before "and": one or two words that begin a part, and say what an item does first."""
_AND_DOES = re.compile(
    r"(?:and\s+(?:does|takes|offers|accepts|allows|serves|sells|provides|includes)|und\s+(?:nimmt|bietet|macht|"
    r"akzeptiert)|et\s+(?:accepte|propose|fait|prend|offre))\s",
    re.IGNORECASE,
)
"""What it does besides: one wish with what it does first, where both are of one thing, "grows and sells wine"."""
_ABOUT = re.compile(rf"(?:about|around)\s+{_PEOPLE}", re.IGNORECASE)
_BEHIND_A_PLACE = re.compile(r"\S\s+(?-i:[A-ZÀ-Þ])[\w'’-]*$")
"""A place before "about 50 people": then that is how many will come, not what a book is about."""


def parted(text: str) -> bool:
    """Whether a text without punctuation, such as the name of a field, would be read as several wishes."""
    return next(cuts(text, None), None) is not None


def cuts(text: str, whole: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    """Where a wish may end: not within what is whole or held together, and before and behind what is whole or told."""
    others, alone = [*held(text)], [*told(text), *apart(text)]
    parts = [Span(*match.span()) for match in whole.finditer(text)] if whole else []
    parts = [part for part in parts if not any(one.start < part.end and part.start < one.end for one in alone)]
    kept = [*parts, *(part for part, _ in others), *alone]
    told_apart = (*_ends(text), *_counted(text))
    found = {cut for cut in told_apart if not any(part.start < cut[1] and cut[0] < part.end for part in kept)}
    ending = [*(part for part, ends in others if ends), *alone]
    found |= {(part.start - 1, part.start) for part in ending if text[: part.start].endswith(" ")}
    found |= {(part.start - 1, part.start) for part in parts if _may_start(text, part.start)}
    found |= {(part.end, part.end + 1) for part in [*parts, *alone] if text.startswith(" ", part.end)}
    return iter(_apart(sorted(found)))


def _may_start(text: str, at: int) -> bool:
    """Whether a wish may start there behind a blank: not where one of the words before it refuses it."""
    before = re.split(r"[.;:,!?]", text[:at])[-1].lower().split()[-BEFORE:] if text[:at].endswith(" ") else []
    return bool(before) and not any(word in REFUSING or word.endswith(("n't", "n’t")) for word in before)


def _counted(text: str) -> Iterator[tuple[int, int]]:
    """Where a wish ends that counts something, or begins."""
    yield from (match.span("cut") for match in _COUNTED_AND.finditer(text))
    for match in _ROOMS.finditer(text):
        if match["word"].lower() not in _NO_NOUN:
            yield match.span("cut")
            if match["end"]:
                yield match.span("end")


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
            (_SUM_BEFORE.search(before) and NUMBERED.match(text, match.end()))
            or (_MONEY_BEFORE.search(before) and _SUM_AFTER.match(text, match.end()))
        )
        shortened = _SHORTENED.search(before) or (_ORDINAL.search(before) and _COUNTED.match(text, match.end()))
        goes_on = match.end() < len(text) and match[0].rstrip() == "." and shortened
        of_days = match[0].isspace() and _TO_A_DAY.match(text, match.end()) and _FROM_A_DAY.search(before)
        one_deed = _AND_DOES.match(text, match.end()) and _TWO_DEEDS.search(before)
        told_of = _ABOUT.match(text, match.end()) and match[0].isspace() and not _BEHIND_A_PLACE.search(before)
        of_ones_own = _IS_NOT.match(text, match.end()) and _OF_ONES_OWN.search(before)
        torn = match[0].isspace() and before.endswith(("n't", "n’t"))
        of_another = _FOR.match(text, match.end()) and _SUCCESSOR.search(before)
        if not (of_a_sum or goes_on or of_days or one_deed or told_of or of_ones_own or of_another or torn):
            yield match.span()
