"""What seekers tell of themselves, say out of politeness, or do not mind: none of it is a wish, or refused.

of_oneself(text, start, end)  "I have no car", "money is no object": nothing that is searched for
in_passing(text, start, end)  "I am 70", "my eyes are going", "many thanks": searched for as it stands, and no wish
told(text)                    where it stands in a sentence without a mark: it ends before and behind
"""

from __future__ import annotations

from collections.abc import Iterator

from firstfive.ask.lexicon import KIN, OWN, not_behind, one_of, pattern
from firstfive.ask.refusing import AT_HOME, FINE, FORBIDDEN, OF_MANY
from firstfive.types import Span

YEARS = r"(?:1[01]|[2-9])?\d(?: years?(?: old)?| jahre(?: alt)?| ans)?"
_SUM = one_of(r"budget, rent, limit, max\w*, price, size", "miete, preis, grenze", "loyer, prix")
_NOT_KIN = rf"(?!{_SUM}\b)"
"""What is the seeker's and no person: "my budget is 900"."""
_AGED = pattern(
    # "I'm", "I am", "my wife is", "ich bin", "mein Mann ist", "j'ai", "ma mère a", "both"
    rf"(?:(?:i'm|(?:i|my {_NOT_KIN}\w+(?: in law)?|(?:he|she|they|who)?) (?:am|is|are)|"
    rf"(?:ich|mein\w* {_NOT_KIN}\w+) (?:bin|ist)|(?:j'ai|(?:mon|ma) {_NOT_KIN}\w+ a)|both|beide|tous (?:les )?deux) )"
    rf"(?:(?:nearly|almost|over|about|fast|über|presque|plus de) )?{YEARS}"
)
"""How old the seeker is, or who is with them, which no item says: "I am 70 and would like", "my wife is 69"."""
_BODY = one_of(
    "eyes, eyesight, sight, knees?, hips?, back, legs?, feet, hearing, memory, hands?, nerves",
    "augen, knie, beine, füße, hände, gehör",
    "yeux, vue, genoux?, jambes, hanches?, mains, mémoire",
)
_AFTER = one_of(
    "so, and, but, because, as, since, i, we, near, in, at, on, for, with, an?, the, please, also, therefore",
    "und, aber, also, daher, deshalb, weil, da, ich, wir, in, bei, mit, eine?, die, der, das, bitte",
    "et, mais, donc, car, je, nous, dans, avec, pr[eè]s, une?, les?, la",
)
_ENDED = rf"(?=\s*(?:$|[.,;:!?)])|\s{_AFTER}\b)"
_WORD = r"(?!(?:or|and|nor|oder|und|ou|et|ni)\b)\w+"
_NOR = one_of("or, nor, and no", "oder, und keine?n?", "ou, ni, et pas")
_THING = (
    rf"(?:{_WORD}'?\s){{0,3}}?{_WORD}"
    rf"(?:\s{_NOR}\s(?:(?:an?|any|eine?n?|une?|de)\s|d')?(?:{_WORD}\s){{0,2}}?{_WORD}){{0,2}}{_ENDED}"
)
_NOT_OF_ITEMS = not_behind(
    "where, that, which, whom, when, if, unless, hope, hoping, wish, until",
    "wo, dem, der, den, denen, die, das, dass, wenn, falls, hoffe",
    "où, que, dont, si, quand, lequel, laquelle, lesquels",
)
"""Not behind these, where it says what an item must be like: "a flat where I have no stairs"."""
_SEEKER = rf"(?:i|we|he|she|(?:my|our) {KIN})"
_SUCHENDE = rf"(?:ich|wir|(?:meine?|unsere?) {KIN})"
_CHERCHEUR = rf"(?:je|nous|on|(?:mon|ma|mes|notre|nos) {KIN})"
_DID_LATELY = (
    # "we have never exported", "I've only just moved", "we only started last year"; not "I have only 900 pounds"
    rf"{_SEEKER}(?: (?:have|has)|'ve) (?:never|only|only just|just|recently) "
    rf"(?!(?:want|lov|enjoy|lik|dream|wish|fanc)\w*\b)(?:been|had|done|\w{{2,}}(?:ed|en|wn|ght|ld))\b(?:\s{_THING})?{_ENDED}|"
    rf"{_SEEKER} (?:only|just|recently) (?:just )?(?:started|began|opened|moved|got|set up|retired)\b"
    rf"(?:\s{_THING})?{_ENDED}|"
    rf"{_SUCHENDE} (?:haben?|hat) (?:noch nie|nie|erst|gerade) (?:\w+ ){{0,3}}\w+(?:t|en){_ENDED}|"
    rf"{_CHERCHEUR} n'(?:ai|avons|a|ont) jamais \w+(?:é|i|u|is|it)e?s?\b(?:\s{_THING})?{_ENDED}|"
    # "pets are not allowed in my flat"
    rf"(?:(?:the|die|les|le)\s)?{FORBIDDEN}{AT_HOME}\s\w+"
)
"""What seekers say they did of late, or never, or must not do at home: no wish, but what they need may be in it, "I
have just got a puppy"."""
_LACKS = (
    # "I have no car", "we have got no children"; not "I have no problem with stairs"
    rf"{_SEEKER}(?: (?:have|has|owns?)|'ve) (?:got )?no "
    rf"(?!(?:problem|objection|issue|interest|need|wish|desire|use|doubt)s?\b){_THING}|"
    # "I am in York and have no car"
    rf"(?<=\band )have (?:got )?no (?!(?:problem|objection|issue|interest|need)s?\b){_THING}|"
    # "I don't have a car", "my mother does not speak English", "we don't smoke"; not "I don't have to"
    rf"{_SEEKER} (?:do(?:es)? not|don'?t|doesn't|never) "
    rf"(?:(?:have(?! to\b)|own|speak|understand) (?:an? |any |much )?{_THING}|(?:drive|smoke|drink)"
    r"(?: (?:any\s?more|much|at all|at night|after dark|in the dark|on motorways))?"
    rf"(?:\s(?:or|nor)\s(?:drive|smoke|drink)|\sand no\s\w+){{0,2}}{_ENDED})|"
    # "ich habe kein Auto", "da wir keine Kinder haben", "wir rauchen nicht"
    rf"(?:{_SUCHENDE} (?:haben?|hat|besitzen?|sprechen?|spricht)|(?:habe|besitze|spreche)(?: ich)?) keine?n? {_THING}|"
    rf"{_SUCHENDE} keine?n? \w+ (?:haben?|hat|besitzen?|sprechen?|spricht)\b|"
    rf"{_SUCHENDE} (?:rauchen?|raucht|fahren?|fährt|trinken?|trinkt) (?:nachts |im dunkeln )?"
    rf"nicht(?: mehr)?(?: (?:nachts|im dunkeln))?(?:\sund keine?n?\s\w+)?{_ENDED}|"
    # "je n'ai pas de voiture", "ma mère ne parle pas anglais", "nous ne fumons pas"
    rf"{_CHERCHEUR} (?:n'(?:ai|avons|a|ont)|ne (?:parle|parlons|possède|possédons)(?:nt)?) (?:pas|plus) "
    rf"(?!besoin\b|envie\b)(?:d(?:e |'))?{_THING}|"
    rf"{_CHERCHEUR} ne (?:fume|fumons|conduis|conduit|conduisons|bois|boit|buvons) (?:pas|plus)"
    rf"(?: (?:la nuit|le soir|de nuit))?(?:\set pas (?:de\s|d')\w+)?{_ENDED}"
)
"""What seekers say of themselves and theirs, which refuses nothing."""
_ABLE = one_of(
    r"reads?, writes?, swims?, sings?, dances?, cooks?, draws?, types?, drives?, sees?, hears?, "
    r"uses?(?! (?:the )?(?:stairs|steps)\b), understands?, leaves?, "
    "(?:gets?|goes|go|comes?) (?:out|outside|about)",
)
_ABLE_TO = r"(?:cannot|can ?not|can'?t|could ?n[o']?t|can no longer|(?:am|is|are) (?:not able|unable) to|never)"
_NEXT = (
    r"(?:(?:and|but|so|because|since|therefore|please|i|we|in (?-i:[A-Z]\w+)|near|needs?|someone|somebody|something|"
    r"und|aber|also|daher|bitte|jemand(?:en)?|et|mais|donc|car(?= (?:je|nous|il|elle|m[ao]n?)\b)|je|nous|"
    r"quelqu['’]un)\b)"
)
"""Where something else begins, or goes on. Without such a word or sign behind it, nothing says where a part ends."""
_TO_ITS_END = rf"(?: (?!{_NEXT})[^\s\d.,;:!?()]+){{0,6}}+(?=$|[.,;:!?()]| {_NEXT})"
_KANN_NICHT = one_of(
    r"kaum, nicht(?: mehr)?(?! (?:ohne|auf|wenn|leben|als|über)\b), "
    r"keine?n? \w+(?= (?:lesen|schreiben|hören|sehen|spielen|fahren)\b)"
)
_SAIT = one_of(
    "sais, sait, savons, lis, lit, lisons, vois, voit, entends, entend, sors, sort, comprends, comprend, quitte, "
    r"arrive, (?:peu[xt]|pouvons)(?= \w+ (?:lire|écrire|sortir|quitter|conduire|voir|entendre|utiliser)\b)"
)
_UNABLE = (
    # "who never leaves the house", "I can't read music", "we don't know how to use it"
    rf"(?:{_SEEKER}|who) (?:{_ABLE_TO} {_ABLE}|"
    rf"(?:do(?:es)? not|don'?t|doesn'?t) (?:know (?:how|anything|much)|understand)){_TO_ITS_END}|"
    # "ich kann nicht mit dem Tablet umgehen", "meine Mutter geht nicht mehr aus dem Haus"
    rf"{_SUCHENDE} (?![^.,;!?]{{0,40}}\b(?:treppen?|stufen)\b)"
    rf"(?:kann|können|weiß|wissen|sehe|sieht|höre|hört|verstehe|versteht|verlasse|verlässt|komme|kommt|"
    rf"gehe|geht) (?:(?:{OWN} \w+|es|das|sie|ihn|ihm|mich|uns) )?{_KANN_NICHT}{_TO_ITS_END}|"
    r"(?:der|die) (?:kaum|nie|nicht(?: mehr)?)(?: [^\s\d.,;:!?()]+){0,5} (?:kann|weiß|sieht|hört|versteht|verlässt|"
    r"kommt|geht)\b|"
    # "je ne sais pas me servir de ma tablette", "ma mère ne sort plus"
    rf"(?:{_CHERCHEUR}|qui) (?:ne |n')?{_SAIT} (?:pas|plus|jamais){_TO_ITS_END}"
)
"""What the seeker or their kin cannot do, or never does: it tells of them, and refuses nothing."""
_SINCE = r"(?:(?:because|as|since|da|weil|comme)\s)?"
_THANKS = (
    r"(?:(?:many thanks|(?<!many )thanks|thank you)(?: (?:in advance|so much|very much|a lot))?"
    r"(?: for (?:your|any) help)?|(?:(?:vielen|besten|herzlichen) dank|danke)(?: (?:im voraus|sehr))?|"
    r"dank im voraus|(?:mit )?freundliche[nr]? grüßen?|merci(?: (?:beaucoup|bien|d'avance|par avance))?|cordialement)"
)
_INDIFFERENT = (
    # "money is no object", "price no object", "Geld spielt keine Rolle", "l'argent n'est pas un problème"
    r"(?:the )?(?:money|price|costs?|distance|budget|expense) (?:(?:is|are) )?(?:no|not an?) "
    r"(?:object|issue|problem|concern|obstacle)\b|"
    r"(?:(?:der|die|das) )?(?:geld|preise?|kosten|entfernung|budget) "
    r"(?:spiel(?:t|en) keine rolle|(?:ist|sind) kein (?:problem|thema|hindernis))\b|"
    r"(?:l'argent|le (?:prix|budget)|la distance) n'est pas un (?:problème|souci|obstacle)\b|"
    # "closed on Mondays is fine", "whether or not furnished"
    rf"closed (?:on )?(?:an? )?\w+days? (?:is|are|would be) {FINE}\b|whether or not (?:it is |it's )?{_THING}"
)
"""What a seeker is indifferent to, wherever it stands."""
_NOT_NAMED = not_behind(
    "say, saying, a, of, called, named, titled, as, film, song, book, card",
    "als, namens, zum, lied, buch, karte",
    "dire, de, un, livre, chanson, carte",
)
"""Where thanks are what is looked for: "a card to say many thanks"."""
_TOLD = pattern(
    rf"(?<![\w'’-])(?:{_INDIFFERENT}|{_NOT_OF_ITEMS}{_SINCE}(?:{_DID_LATELY}|{_LACKS}|{_UNABLE})|"
    rf"{_NOT_NAMED}(?:{_THANKS}|(?-i:cheers))[.!]?$)"
)
_ONESELF = pattern(
    rf"{_NOT_OF_ITEMS}{_SINCE}(?:{_LACKS})|{_INDIFFERENT}|"
    # "cheers", "I am at the day centre then", "any sector", "alle Branchen", "tous secteurs"
    rf"cheers|(?:i|we|he|she) (?:am|are|is) (?:\w+ ){{1,5}}then|any {OF_MANY}|"
    r"(?:alle|jede) (?:branchen?|farben?|marken?)|tou(?:te)?s (?:les )?(?:secteurs|couleurs|marques)"
)
_RIDE = pattern(
    r"\b(?:taxis?|cabs?|minicabs?|minibus|coach|shuttle|(?:a|my) (?:lift|ride)|transport|fahrt|fahrdienst|"
    r"\w+taxi|navette|vtc|chauffeur)\b"
)
_WITH_THE_RIDER = pattern(
    r"(?:no|without(?: an?)?|not in an?|keine?n?|ohne|pas de|sans) (?:wheelchairs?|walking frames?|luggage|suitcases?|"
    r"rollstuhl|rollator|gepäck|koffer|fauteuil roulant|déambulateur|bagages?|valises?)"
)
"""What riders do not bring: "taxi to the airport, no wheelchair" refuses no taxi that takes one."""
_TOLD_OF_LIFE = pattern(rf"{_NOT_OF_ITEMS}{_SINCE}(?:{_DID_LATELY}|{_UNABLE})")
_OF_THE_OTHER = pattern(rf"{_SINCE}(?:he|she|(?P<who>who|qui|(?:der|die)(?= (?:kaum|nie|nicht) )))\b")
_KIN_BEFORE = pattern(rf"\b(?:my|our) {KIN}\b")
_KIN_JUST_BEFORE = pattern(rf"\b{OWN} (?:\w+ )?{KIN},? $")
_CHATTER = pattern(
    # "hello there", "I hope you are well", "kind regards", "thanks in advance"
    r"(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|dear (?:sirs?|madam|all|team|friends?|everyone)|"
    r"hope(?: \w+){1,4} well|(?:kind|best) regards|(?:liebe|viele|schöne|herzliche) grüße(?: aus \w+)?|"
    rf"guten (?:tag|morgen|abend)|hallo|bonjour|bonsoir|{_THANKS})(?: (?:there|dear|all|everyone))?",
    # "our old dog died last spring", "my wife and I", "my husband is", "we are two pensioners"
    rf"{OWN} (?:\w+ ){{1,3}}(?:died|passed away|starb|ist gestorben|est morte?)"
    r"(?: (?:last|this|in|recently|letzte\w*|\w+ \w+ ago)(?: \w+)?)?",
    rf"{OWN} \w+ (?:and|und|et) (?:i|me|myself|ich|moi)",
    rf"{OWN} {_NOT_KIN}\w+ (?:is|are|sits|ist|sind|sitzt|est|sont)",
    r"(?:we are|wir sind|(?:nous )?sommes) (?:two|zwei|deux) (?:pensioners|retirees|rentner|rentnerinnen|retraitée?s)",
    # "my eyes are going", "my knees are bad", "meine Augen sind schlecht", "mes genoux sont usés"
    rf"{OWN} {_BODY} (?:is|are|sind|ist|sont|est|werden|wird) (?:\w+ ){{0,2}}\w+",
    # "my mother is looking", "my daughter lives abroad", "just moved here", "he is Muslim", "what could I cook"
    rf"{OWN} {KIN} (?:(?:is|are) looking|lives?(?: (?:abroad|overseas|(?:too )?far(?: (?:away|off))?))?)",
    rf"{OWN} {KIN} (?:is|are|ist|sind|est|sont) (?:very |really |sehr |très )?"
    r"(?:ill|sick|poorly|unwell|not well|krank|malades?|souffrante?)",
    r"(?:(?:have|has) )?(?:just|recently|only just) moved(?: (?:here|in|house|home))?",
    r"(?:(?:i|we|he|she|they) (?:am|are|is) )?(?:a )?(?:muslim|jewish|hindu|christian|buddhist|sikh)s?",
    r"(?:what|where|which one) (?:could|can|should|shall|might|would) (?:i|we|you) \w+",
    rf"(?:having|hosting|expecting) (?:my|our) (?:\w+ )?{KIN}(?: and (?:\w+ ){{0,2}}\w+)?",
    # "had such a lovely time", "half retired", "don't drive any more"
    r"had (?:such )?an? (?:\w+ ){0,2}(?:time|holiday|stay|week|trip)(?: (?:there|last|this)(?: \w+)?)?",
    r"(?:am |are )?(?:half|semi|nearly|newly|recently)[\s-]retired(?: and (?:\w+ ){1,8}\w+)?",
    r"(?:don'?t|do not) drive(?: (?:so|any\s?more))?",
)
"""What is said out of politeness, or of one's own life: no item mentions it."""


def of_oneself(text: str, start: int, end: int) -> bool:
    """Whether a part tells of the seeker, or of what the seeker does not mind."""
    if _WITH_THE_RIDER.fullmatch(text, start, end):
        return _RIDE.search(text) is not None
    return _ONESELF.fullmatch(text, start, end) is not None and not _of_an_item(text, start)


def _of_an_item(text: str, start: int) -> bool:
    """Whether it is told of somebody who may be the item, for none of the seeker's kin was named before."""
    other = _OF_THE_OTHER.match(text, start)
    kin = _KIN_JUST_BEFORE if other and other["who"] else _KIN_BEFORE
    return other is not None and not kin.search(text, 0, start)


def in_passing(text: str, start: int, end: int) -> bool:
    """Whether a part is said out of politeness, or of the seeker's life and age."""
    end = start + len(text[start:end].rstrip())
    if _TOLD_OF_LIFE.fullmatch(text, start, end):
        return not _of_an_item(text, start)
    return bool(_AGED.fullmatch(text, start, end) or _CHATTER.fullmatch(text, start, end))


def told(text: str) -> Iterator[Span]:
    """What is told of oneself and ends before and behind, wherever it stands."""
    yield from (Span(*match.span()) for match in _TOLD.finditer(text) if not _of_an_item(text, match.start()))
