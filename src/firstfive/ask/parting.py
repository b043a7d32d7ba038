"""Where the wishes of a request may end: at marks, and before words such as "with", "near" and "without"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from firstfive.ask.lexicon import REFUSING, SMALL_WORDS, WEEKDAY, not_behind, one_of, pattern
from firstfive.ask.refusing import apart, held
from firstfive.ask.seeker import told
from firstfive.ask.topics import TOPICS
from firstfive.features.dates import MONTH
from firstfive.types import Span

BEFORE = 4
"""Words before a wish that may refuse it: "not so good with children"."""

# --- words before which a wish ends -----------------------------------------------------------------------------------

_DAY = rf"(?:(?:the|dem|le) )?(?:\d{{1,2}}(?:\.|st|nd|rd|th|er)? )?(?:{MONTH})"
_TIMES = one_of(
    "before, after, until, till, since, starting",
    "ab, bis, seit, vor, nach, im",
    "avant, après, dès, depuis, à partir d[eu]",
)
_STARTS = one_of(
    "starting, starts?, beginning, begins?, commencing, available, free",
    "startend, startet, beginnend, beginnt, verfügbar, frei",
    "commençant, disponible, libre",
)
"""What leads to a day together with the word behind it: "a course starting in January"."""
_AT_MOST = one_of(
    "up to, at (?:most|least)",
    r"unter, über, max\.?, maximal, höchstens, mindestens, (?<![\d€] )bis(?: zu)?",
    "jusqu'à, moins de, plus de, au (?:plus|moins)",
)
_HOW_MUCH = rf"(?<!sleeps )(?<!sleep )(?<!seats ){_AT_MOST}(?= [€$£]?\d)"
_GOOD = r"(?:(?:good|gentle|patient|compatible)|(?:gets?|getting) (?:on|along))"
_NOT_GOOD = not_behind("good, gentle, patient, compatible, get on, gets on, get along, gets along, lives, lived")
"""What somebody is good with is one wish: "gets on with dogs"."""
_PEOPLE = (
    r"(?:\d+|twenty|thirty|forty|fifty|sixty|eighty|hundred) "
    r"(?:people|guests|persons|personen|gäste|leute|personnes|invités)\b"
)
_NOT_ROOM = not_behind("for, of, with, to, at, seats, holds, hosts, has, have, are, is", "für, mit", "pour, de")
"""How many there will be is a wish of its own, "in Ripon about 50 people", but not behind "for" or "seats"."""
_NOT_MINDED = (
    r"(?! (?:(?:at all|really|so|that|strictly|actually|necessarily) )?(?:need|mind|require|care|insist|matter|have to|"
    r"necessary|needed|required|essential|important|an? (?:problem|issue|must)|possible|an option)\b)"
)
_NOT_OF_A_COUNT = not_behind("of, with, for, seating, sleeps, age, aged", "von, mit, für", "de, pour, avec")
_NOT_OF_WHAT = not_behind("where, that, which, who, when, if, than, as, because, and, but, so, since")
"""Not behind these: "a job where I don't have a boss"."""
_SEA = (
    r"(?:sea\w*|beach|coast|ocean|river|lake|loch|water\w*|canal|harbou?r|park|station|shops?|woods?|forest|"
    r"mountains?|church|town|village)"
)
_MEER = "meer|see|strand|wald|fluss|park|bahnhof|hafen"
_NOT_REFUSED = "".join(
    rf"(?<!\b{word})"
    for word in (
        *"not no without nothing neither nor none nichts nicht ohne weder keine keiner keines keinen".split(),
        *"sans pas ni aucun aucune".split(),
    )
)
_LETTERS = ("s", "e", "es", "en", "in")
"""What stands in brackets at the end of a word that may be many: "flat(s)", "Mieter(in)"."""
_CLOSED = "|".join([r"(?<![.;:,!?\n()])", *(rf"(?<=\w\({one}\))" for one in _LETTERS)])
_OPENED = "".join(rf"(?<!\w\({one})" for one in _LETTERS)
_ENDING = (
    # "and has", "and er has", "and speaks", "und spricht", "et accepte"
    r"and (?:(?:um+|erm?) )?(?:has|have|is|are|with|that|who|not|no|without|wants?|needs?|should|must|i|we|he|she|my|"
    r"lives?|can(?:no|'?)t|don'?t|won'?t|"
    r"(?:i|we)'\w+|speaks?|does|takes|offers|accepts|allows|serves|comes|sells|provides|includes)|"
    r"und (?:hat|ist|mit|nicht|ohne|kein\w*|ich|wir|meine?|spricht|nimmt|bietet|macht|akzeptiert|kommt)|"
    r"et (?:a|est|avec|sans|pas|je|nous|m(?:on|a|es)|parle|accepte|propose|fait|prend|offre|vient)|"
    # "so I want a", "if not Leeds then York"
    r"(?<!not )so(?= (?:i|we|an?|no|my|two|three|four|five|six|seven|eight|\d{1,2}) )|"
    r"(?<!and )then(?= (?:(?-i:[A-Z])|an? |the ))|(?<!und )dann(?= (?-i:[A-ZÄÖÜ]))|(?<!et )alors(?= (?-i:[A-ZÀ-Þ]))|"
    # "about 50 people", "by the sea", "am Meer", "am Montag", "à Lyon", "im Juni", "auf einem Hof"
    rf"(?=[aeru]){_NOT_ROOM}(?:about|around|roughly|approximately|etwa|ungefähr|rund|environ)(?= {_PEOPLE})|"
    rf"by(?= (?:the|an?) {_SEA}\b)|am(?= (?:{_MEER}|{WEEKDAY})\b)|(?:à|en)(?= (?-i:[A-ZÀ-Þ]))|"
    r"au(?= (?:bord|rez|calme)\b)|à(?= (?:proximité|la (?:campagne|montagne))\b)|aux(?= (?:environs|alentours)\b)|"
    r"nahe(?= (?:(?-i:[A-ZÄÖÜ])|(?:am|an|dem|der|beim) ))|auf(?= eine[mr] )|"
    r"im(?= (?-i:[A-ZÄÖÜ]))(?! (?:monat|jahr|quartal|voraus|freien|schnitt|durchschnitt|"
    r"stil|angebot|haus|gebäude|alter)\b)|"
    # "sofa i dont want leather", "sofa cant spend more than 70", "sofa i only have 70 pounds", "sofa 70 or less"
    rf"(?=[iw]){_NOT_OF_WHAT}(?:i|we)(?= (?:don'?t|do not|only have [€$£]?\d))|"
    r"can(?:no|')?t(?= (?:spend|pay|afford|go) (?:over|above|more than) [€$£]?\d)|"
    rf"{_NOT_OF_A_COUNT}[€$£]?\d[\d.,]{{0,9}}(?= (?:or less|oder weniger|ou moins)\b)|"
    # "starting in January", "on Mondays", "after 3 May", "up to 900", "good with", "gets on with"
    rf"{_STARTS}(?= (?:{_TIMES}|in|on|from|by) {_DAY}\b)|(?:on|every)(?= (?:an? )?{WEEKDAY}\b)|{_TIMES}(?= {_DAY}\b)|"
    rf"(?<!mit )(?<!bei )(?<!von )(?<!de )(?<!of )(?<!with ){_HOW_MUCH}|"
    rf"(?<!n't )(?<!n’t )(?<!so )(?<!too )(?<!very )(?<!always )(?<!be ){_GOOD}(?= with )|"
    rf"(?=with){_NOT_GOOD}with|(?<!sich )(?<!verträglich )mit|(?<!entend )(?<!compatible )avec|"
    r"(?:(?<!can live )(?<!could live )(?<!who live )(?<!lives )|(?!in an? ))in|for(?! (?:sale|rent|hire|free)\b)|"
    rf"(?<!does )(?<!do )(?<!did )(?<!need )not|(?:does|do|did) not{_NOT_MINDED}|(?:is|are|does|would)n't{_NOT_MINDED}|"
    r"don'?t|but|without|near|that|who|whose|which|no|nothing|neither|nor|under|over|from|because|"
    r"aber|ohne|nicht|bei|f(?:ü|ue)r|weil|wegen|weder|mais|sans|pas|dans|près|pour|qui|parce|ni|aucune?"
)
_CUTS = pattern(
    rf"(?:{_CLOSED}){_OPENED}[.;:,!?\n()]++(?:\s+|$)|\s+\((?=[\w€$£])",
    rf"{_NOT_REFUSED}\s+(?=(?:{_ENDING})\s)",
)
# --- what stays whole though a word ends wishes in it, and where another wish begins ----------------------------------

_UNIT = one_of(
    "bedrooms?, bathrooms?, rooms?, beds?, people, guests?, persons?, adults?, employees, staff, minutes, mins?, "
    "hours?, "
    "miles, km, pages, years, euros, pounds, million, m",
    "mitarbeitern?, zimmern?, schlafzimmern?, personen, gäste, minuten, stunden, seiten",
    "salariés, employés, chambres, pièces, personnes, minutes, heures, pages, ans",
)
_COUNTED_AND = pattern(
    rf"(?:\d {_UNIT}|\b(?:before|after|since|until|in|vor|nach|seit|avant|après|depuis) [12]\d{{3}}|\bof us)"
    rf"(?P<cut> )(?:and|und|et) "
    rf"(?!\d|{_UNIT}\b|(?:one|two|three|four|five|six|half|before|after|until|more|under|over)\b)"
)
"""Where what is counted ends, and another wish begins: "fewer than 30 employees and up for sale"."""
_ROOMS = pattern(
    r"(?<![\w'’-])(?P<word>[\w'’-]{1,40})(?P<cut> )"
    r"\d{1,2} (?:bedrooms|bathrooms|rooms|schlafzimmer|zimmer|chambres|pièces)"
    r"(?P<end> (?!(?:and|or|of|to|per|plus|min|max|at|if|is|are|in|und|oder|et|ou|au|total|altogether)\b)(?=\w)|(?!\w))"
)
"""Rooms are one wish among words that no mark parts: "Scotland 3 bedrooms dogs allowed"."""
_NO_NOUN = SMALL_WORDS | frozenset(
    "sleeps sleep seats holds around minimum least most nearly max min through mindestens höchstens environ".split()
)
WHEN_OR_HOW_MUCH = pattern(
    rf"(?:on|every|am) (?:an? )?{WEEKDAY}\b|{_TIMES} {_DAY}\b|en (?-i:[A-ZÀ-Þ])|"
    r"(?:over|above|(?:older|more|bigger) than|über|mehr als|plus de) [€$£]?\d|"
    rf"(?:under|below|(?:younger|less|smaller) than|{_HOW_MUCH}) \d(?:\d?(?= *(?:$|[.;,!?)]))|[\d.,]{{0,6}} "
    r"(?:years?|months?|jahren?|jahre|monaten?|ans|mois|rooms?|people|employees|zimmern?|personen)\b)"
)
"""What belongs to a refusal before it: "no dogs over 10 years". Sums at most are wishes: "no pets under £900"."""
_MONEY = "|".join(sorted(TOPICS["money"]))
_SUM = rf"(?:(?:{_MONEY}|income|earning|budget|revenu|bénéfice)s?|gewinn|chiffre d'affaires|age|alter|âge)"
_SUM_BEFORE = pattern(rf"\b{_SUM}(?: (?:of|von|de))?$")
_SUM_AFTER = pattern(
    rf"in (?:(?:annual|yearly) )?{_SUM}\b"
    r"(?! (?!(?:and|or|but|with|in|near|for|from|a|per|und|oder|mit|et|ou|avec)\b)\w)"
)
NUMBERED = pattern(
    rf"(?:{_SUM} (?:(?:of|von|de) )?)?(?:from |"
    r"(?:over|under|(?:more|less|fewer|[a-z]+er) than|at (?:most|least)|about|über|unter|ab|bis|(?:mehr|weniger) als|"
    r"mindestens|höchstens|(?:plus|moins) (?:de|que)|au (?:plus|moins))? *)[€$£]?\d"
)
_MONEY_BEFORE = pattern(
    r"(?:\d[\d.,]* *(?:k|mn?|mio\.?|bn|thousand|millions?|billions?|tausend|millionen|mille|milliers?|milliards?|"
    r"euros?|dollars?|pounds?|francs?|[€$£])|[€$£] *\d[\d.,]*|\d[\d.,]{4,})$"
)
_SHORTENED = pattern(
    r"(?<!\w)(?:mio|mrd|tsd|ca|approx|dr|mr|mrs|st|str|nr|evtl|mind|max|(?<!\d )min|zzgl|env|inkl|incl|bzw|"
    r"e\.g|i\.e|(?-i:[zud])|z\. ?b|u\. ?a|d\. ?h|p\. ?a)$"
)
"""What a full stop makes short: it ends no sentence."""
_ORDINAL = re.compile(r"(?<![\w.,])\d{1,2}$")
_COUNTED = pattern(rf"(?:{MONTH}|stock|etage|klasse|jahrhundert)\b|(?:bis (?:zum )?)?\d{{1,2}}\.")
"""What a full stop behind a number counts: "1. Juni", "3. Stock"."""
_ONE_BEFORE = (
    (
        pattern(r"(?:until|till|bis) "),
        pattern(rf"\b(?:from|vom|du) (?:the )?\d{{1,2}}(?:\.|st|nd|rd|th|er)?(?: (?:{MONTH}))?$"),
    ),
    (
        pattern(
            r"(?:and (?:does|takes|offers|accepts|allows|serves|sells|provides|includes)|"
            r"und (?:nimmt|bietet|macht|akzeptiert)|et (?:accepte|propose|fait|prend|offre)) "
        ),
        pattern(r"(?:^|[.;:,!?(] ?|\b(?:that|who|which|to|qui|die|der|das) )\w+(?: \w+)?$"),
    ),
    (
        pattern(r"for "),
        pattern(r"\b(?:where .{1,40}|(?:that|who|owners?|founders?|family|boss) (?:is|are) )looking$"),
    ),
    (
        pattern(r"(?:is|are)n't "),
        pattern(r"\b(?:(?:my|our|his|her|their) \w+|i|we|he|she|they|you|it|this|there|money|price)$"),
    ),
)
"""What is one wish with what stands before it: the days "vom 3. | bis 10. Mai", two deeds of one thing, "grows | and
sells wine", what somebody looks for who is not the seeker, "where the owner is looking | for a successor", and what
somebody is not who is with the seeker, "my mother | isn't mobile"."""
_ABOUT = pattern(rf"(?:about|around) {_PEOPLE}")
_BEHIND_A_PLACE = re.compile(r"\S [A-ZÀ-Þ][\w'’-]*$")
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
        before, at, blank = text[max(0, match.start() - 40) : match.start()], match.end(), match[0].isspace()
        of_a_sum = (_SUM_BEFORE.search(before) and NUMBERED.match(text, at)) or (
            _MONEY_BEFORE.search(before) and _SUM_AFTER.match(text, at)
        )
        shortened = _SHORTENED.search(before) or (_ORDINAL.search(before) and _COUNTED.match(text, at))
        goes_on = at < len(text) and match[0].rstrip() == "." and shortened
        one = any(behind.match(text, at) and ahead.search(before) for behind, ahead in _ONE_BEFORE)
        told_of = _ABOUT.match(text, at) and not _BEHIND_A_PLACE.search(before)
        torn = before.endswith(("n't", "n’t"))
        if not (goes_on or (blank and (of_a_sum or one or told_of or torn))):
            yield match.span()
