"""What seekers tell of themselves, say out of politeness, or do not mind: none of it is a wish, or refused.

of_oneself(text, start, end)  "I have no car", "money is no object": nothing that is searched for
in_passing(text, start, end)  "I am 70", "my eyes are going", "many thanks": searched for as it stands, and no wish
told(text)                    where it stands in a sentence without a mark: it ends before and behind
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstfive.ask.refusing import AT_HOME, FINE, FORBIDDEN, OF_MANY
from firstfive.ask.small_words import KIN
from firstfive.types import Span

YEARS = r"(?:1[01]|[2-9])?\d(?:\s+years?(?:\s+old)?|\s+jahre(?:\s+alt)?|\s+ans)?"
_OWN = r"(?:budget|rent|limit|max\w*|price|size|miete|preis|grenze|loyer|prix)\b"
_AGED = re.compile(
    # "I'm", "I am", "my wife is", "ich bin", "mein Mann ist", "j'ai", "ma mère a", "both"
    rf"(?:(?:i['’]m|(?:i|my\s+(?!{_OWN})\w+|(?:he|she|they|who)?)\s+(?:am|is|are)|"
    rf"(?:ich|mein\w*\s+(?!{_OWN})\w+)\s+(?:bin|ist)|"
    rf"(?:j['’]ai|(?:mon|ma)\s+(?!{_OWN})\w+\s+a)|both|beide|tous\s+(?:les\s+)?deux)\s+)"
    rf"(?:(?:nearly|almost|over|about|fast|über|presque|plus\s+de)\s+)?{YEARS}",
    re.IGNORECASE,
)
"""How old the seeker is, or who is with them, which no item says: "I am 70 and would like", "my wife is 69"."""
_BODY = (
    r"(?:eyes|eyesight|sight|knees?|hips?|back|legs?|feet|hearing|memory|hands?|nerves|augen|knie|beine|füße|hände|"
    r"gehör|"
    r"yeux|vue|genoux?|jambes|hanches?|mains|mémoire)"
)
_ENDED = (
    r"(?=\s*(?:$|[.,;:!?)])|\s(?:so|and|but|because|as|since|i|we|near|in|at|on|for|with|an?|the|please|also|therefore|"
    r"und|aber|also|daher|deshalb|weil|da|ich|wir|in|bei|mit|eine?|die|der|das|bitte|"
    r"et|mais|donc|car|je|nous|dans|avec|pr[eè]s|une?|les?|la)\b)"
)
_WORD = r"(?!(?:or|and|nor|oder|und|ou|et|ni)\b)\w+"
_NOR = r"(?:or|nor|and\s+no|oder|und\s+keine?n?|ou|ni|et\s+pas)"
_THING = (
    rf"(?:{_WORD}['’]?\s){{0,3}}?{_WORD}"
    rf"(?:\s{_NOR}\s(?:(?:an?|any|eine?n?|une?|de)\s|d['’])?(?:{_WORD}\s){{0,2}}?{_WORD}){{0,2}}{_ENDED}"
)
_NOR_DOING = (
    r"(?:\s+(?:any\s?more|much|at\s+all|at\s+night|after\s+dark|in\s+the\s+dark|on\s+motorways))?"
    r"(?:\s(?:or|nor)\s(?:drive|smoke|drink)|\sand\s+no\s\w+){0,2}"
)
_NOT_OF_ITEMS = "".join(
    rf"(?<!\b{word} )"
    for word in (
        *("where", "that", "which", "whom", "when", "if", "unless", "hope", "hoping", "wish", "until"),
        *("wo", "dem", "der", "den", "denen", "die", "das", "dass", "wenn", "falls", "hoffe"),
        *("où", "que", "dont", "si", "quand", "lequel", "laquelle", "lesquels"),
    )
)
"""Not behind these, where it says what an item must be like: "a flat where I have no stairs"."""
_SEEKER = rf"(?:i|we|he|she|(?:my|our)\s+{KIN})"
_SUCHENDE = rf"(?:ich|wir|(?:meine?|unsere?)\s+{KIN})"
_CHERCHEUR = rf"(?:je|nous|on|(?:mon|ma|mes|notre|nos)\s+{KIN})"
_LATELY = (
    # "we have never exported", "I've only just moved", "we only started last year"; not "I have only 900 pounds"
    rf"{_SEEKER}(?:\s+(?:have|has)|['’]ve)\s+(?:never|only|only\s+just|just|recently)\s+"
    r"(?!(?:want|lov|enjoy|lik|dream|wish|fanc)\w*\b)"
    rf"(?:been|had|done|\w{{2,}}(?:ed|en|wn|ght|ld))\b(?:\s{_THING})?{_ENDED}|"
    rf"{_SEEKER}\s+(?:only|just|recently)\s+(?:just\s+)?(?:started|began|opened|moved|got|set\s+up|retired)\b"
    rf"(?:\s{_THING})?{_ENDED}|"
    rf"{_SUCHENDE}\s+(?:haben?|hat)\s+(?:noch\s+nie|nie|erst|gerade)\s+(?:\w+\s+){{0,3}}\w+(?:t|en){_ENDED}|"
    rf"{_CHERCHEUR}\s+n['’](?:ai|avons|a|ont)\s+jamais\s+\w+(?:é|i|u|is|it)e?s?\b(?:\s{_THING})?{_ENDED}|"
    # "pets are not allowed in my flat"
    rf"(?:(?:the|die|les|le)\s)?{FORBIDDEN}{AT_HOME}\s\w+"
)
"""What seekers say they did of late, or never, or must not do at home: no wish, but what they need may be in it, "I
have just got a puppy"."""
_TOLD_OF_ONESELF = (
    # "I have no car", "we have got no children"; not "I have no problem with stairs"
    rf"(?:i|we|he|she|(?:my|our)\s+{KIN})(?:\s+(?:have|has|owns?)|['’]ve)\s+(?:got\s+)?no\s+"
    rf"(?!(?:problem|objection|issue|interest|need|wish|desire|use|doubt)s?\b){_THING}|"
    # "I don't have a car", "my mother does not speak English", "we don't smoke"; not "I don't have to"
    rf"{_SEEKER}\s+(?:do(?:es)?\s+not|don['’]?t|doesn['’]?t|never)\s+"
    rf"(?:(?:have(?!\s+to\b)|own|speak|understand)\s+(?:an?\s+|any\s+|much\s+)?{_THING}|"
    rf"(?:drive|smoke|drink){_NOR_DOING}{_ENDED})|"
    # "ich habe kein Auto", "da wir keine Kinder haben", "meine Mutter spricht kein Deutsch", "wir rauchen nicht"
    rf"(?:{_SUCHENDE}\s+(?:haben?|hat|besitzen?|sprechen?|spricht)|(?:habe|besitze|"
    rf"spreche)(?:\s+ich)?)\s+keine?n?\s+{_THING}|"
    rf"{_SUCHENDE}\s+keine?n?\s+\w+\s+(?:haben?|hat|besitzen?|sprechen?|spricht)\b|"
    rf"{_SUCHENDE}\s+(?:rauchen?|raucht|fahren?|fährt|trinken?|trinkt)\s+(?:nachts\s+|im\s+dunkeln\s+)?"
    rf"nicht(?:\s+mehr)?(?:\s+(?:nachts|im\s+dunkeln))?(?:\sund\s+keine?n?\s\w+)?{_ENDED}|"
    # "je n'ai pas de voiture", "ma mère ne parle pas anglais", "nous ne fumons pas"
    rf"{_CHERCHEUR}\s+(?:n['’](?:ai|avons|a|ont)|ne\s+(?:parle|parlons|possède|possédons)(?:nt)?)\s+(?:pas|plus)\s+"
    rf"(?!besoin\b|envie\b)(?:d(?:e\s+|['’]))?{_THING}|"
    rf"{_CHERCHEUR}\s+ne\s+(?:fume|fumons|conduis|conduit|conduisons|bois|boit|buvons)\s+(?:pas|plus)"
    rf"(?:\s+(?:la\s+nuit|le\s+soir|de\s+nuit))?(?:\set\s+pas\s+(?:de\s|d['’])\w+)?{_ENDED}"
)
"""What seekers say of themselves and theirs, which refuses nothing."""
_SINCE = r"(?:(?:because|as|since|da|weil|comme)\s)?"
_OF_COST = r"(?:money|price|cost|costs|distance|budget|expense)"
_THANKS = (
    r"(?:(?:many\s+thanks|(?<!many )thanks)(?:\s+(?:in\s+advance|so\s+much|very\s+much|a\s+lot))?|"
    r"thank\s+you(?:\s+(?:in\s+advance|"
    r"so\s+much|very\s+much))?"
    r"(?:\s+for\s+(?:your|any)\s+help)?|"
    r"(?:(?:vielen|besten|herzlichen)\s+dank|danke)(?:\s+(?:im\s+voraus|sehr))?|dank\s+im\s+voraus|"
    r"(?:mit\s+)?freundliche[nr]?\s+grüßen?|merci(?:\s+(?:beaucoup|bien|d['’]avance|par\s+avance))?|cordialement)"
)
_NO_OBJECT = (
    # "money is no object", "price no object", "distance is not a problem"
    rf"(?:the\s+)?{_OF_COST}\s+(?:(?:is|are)\s+)?(?:no|not\s+an?)\s+(?:object|issue|problem|concern|obstacle)\b|"
    # "Geld spielt keine Rolle", "der Preis ist kein Problem"
    r"(?:(?:der|die|das)\s+)?(?:geld|preis|preise|kosten|entfernung|budget)\s+"
    r"(?:spiel(?:t|en)\s+keine\s+rolle|(?:ist|sind)\s+kein\s+(?:problem|thema|hindernis))\b|"
    # "l'argent n'est pas un problème"
    r"(?:l['’]argent|le\s+(?:prix|budget)|la\s+distance)\s+n['’]est\s+pas\s+un\s+(?:problème|souci|obstacle)\b|"
    # "closed on Mondays is fine", "montags geschlossen ist ok"
    rf"closed\s+(?:on\s+)?(?:an?\s+)?\w+days?\s+(?:is|are|would\s+be)\s+{FINE}\b|"
    r"\w+tags\s+geschlossen\s+ist\s+(?:ok|kein\s+problem|in\s+ordnung)\b|fermé\s+le\s+\w+di\s+(?:ça\s+va|"
    r"c['’]est\s+bien)\b|"
    # "whether or not furnished"
    rf"whether\s+or\s+not\s+(?:it\s+is\s+|it['’]s\s+)?{_THING}|ob\s+{_THING}\s+oder\s+nicht\b"
)
"""What a seeker is indifferent to, wherever it stands."""
_NOT_NAMED = "".join(
    rf"(?<!\b{word} )"
    for word in (
        *("say", "saying", "a", "of", "called", "named", "titled", "as", "film", "song", "book", "card"),
        *("als", "namens", "zum", "lied", "buch", "karte", "dire", "de", "un", "livre", "chanson", "carte"),
    )
)
"""Where thanks are what is looked for: "a card to say many thanks"."""
_TOLD = re.compile(
    rf"(?<![\w'’-])(?:{_NO_OBJECT}|{_NOT_OF_ITEMS}{_SINCE}(?:{_LATELY}|{_TOLD_OF_ONESELF})|"
    rf"{_NOT_NAMED}(?:{_THANKS}|"
    r"(?-i:cheers))[.!]?$)",
    re.IGNORECASE,
)
_ONESELF = re.compile(
    rf"{_NOT_OF_ITEMS}{_SINCE}(?:{_TOLD_OF_ONESELF})|{_NO_OBJECT}|"
    # "cheers", "I am at the day centre then", "any sector", "alle Branchen", "tous secteurs"
    r"cheers|(?:i|we|he|she)\s+(?:am|are|is)\s+(?:\w+\s+){1,5}then|"
    rf"any\s+{OF_MANY}|(?:alle|jede)\s+(?:branchen?|farben?|marken?)|tou(?:te)?s\s+(?:les\s+)?(?:secteurs|couleurs|"
    r"marques)",
    re.IGNORECASE,
)
_DONE_LATELY = re.compile(rf"{_NOT_OF_ITEMS}{_SINCE}(?:{_LATELY})", re.IGNORECASE)
_OF_THE_OTHER = re.compile(rf"{_SINCE}(?:he|she)\b", re.IGNORECASE)
_KIN_BEFORE = re.compile(rf"\b(?:my|our)\s+{KIN}\b", re.IGNORECASE)
_CHATTER = re.compile(
    # "hello there", "I hope you are well", "kind regards", "thanks in advance"
    r"(?:hello|hi|hey|good\s+(?:morning|afternoon|evening|day)|dear\s+(?:sirs?|madam|all|team|friends?|everyone)|hope(?:\s+\w+){1,4}\s+well|(?:kind|"
    r"best)\s+regards|"
    r"(?:liebe|viele|schöne|herzliche)\s+grüße(?:\s+aus\s+\w+)?|"
    rf"guten\s+(?:tag|morgen|abend)|hallo|bonjour|bonsoir|{_THANKS})(?:\s+(?:there|dear|all|everyone))?|"
    # "our old dog died last spring"
    r"(?:my|our|mein\w*|mon|ma)\s+(?:\w+\s+){1,3}(?:died|passed\s+away|starb|ist\s+gestorben|est\s+morte?)"
    r"(?:\s+(?:last|this|in|recently|letzte\w*|\w+\s+\w+\s+ago)(?:\s+\w+)?)?|"
    # "my wife and I", "my husband is", "we are two pensioners"
    r"(?:my|our|meine?|unsere?|mon|ma|notre)\s+\w+\s+(?:and|und|et)\s+(?:i|me|myself|ich|moi)|"
    rf"(?:my|our|meine?|unsere?|mon|ma|notre)\s+(?!{_OWN})\w+\s+(?:is|are|sits|ist|sind|sitzt|est|sont)|"
    r"(?:we\s+are\s+|wir\s+sind\s+|(?:nous\s+)?sommes\s+)(?:two|zwei|deux)\s+(?:pensioners|retirees|rentner|"
    r"rentnerinnen|retraitée?s)|"
    # "my eyes are going", "my knees are bad", "meine Augen sind schlecht", "mes genoux sont usés"
    rf"(?:my|our|meine?|unsere?|mes|mon|ma|nos|notre)\s+{_BODY}\s+(?:(?:is|are|sind|ist|sont|est|werden|"
    rf"wird)\s+)(?:\w+\s+){{0,2}}\w+|"
    # "I have just moved here", "my daughter lives far away"
    r"(?:(?:have|has)\s+)?(?:just|recently|only\s+just)\s+moved(?:\s+(?:here|in|house|home))?|"
    r"(?:sind|bin)\s+(?:gerade|neu|erst)\s+(?:erst\s+)?(?:hergezogen|umgezogen|zugezogen)|"
    rf"(?:my|our|meine?|unsere?|mon|ma|mes|nos)\s+{KIN}\s+(?:lives?|lebt|leben|wohnt|wohnen|vit|vivent|"
    r"habite(?:nt)?)\s+"
    r"(?:abroad|overseas|far\s+away|(?:too\s+)?far(?:\s+off)?|(?:sehr\s+)?weit\s+weg|im\s+ausland|(?:très\s+)?loin|"
    r"à\s+l['’]étranger)|"
    # "he is Muslim", "what could I cook", "having my sister and her husband", "had such a lovely time"
    r"(?:(?:i|we|he|she|they)\s+(?:am|are|is)\s+)?(?:a\s+)?(?:muslim|jewish|hindu|christian|buddhist|sikh)s?|"
    r"(?:what|where|which\s+one)\s+(?:could|can|should|shall|might|would)\s+(?:i|we|you)\s+\w+|"
    r"(?:was|wo)\s+(?:kann|könnte|könnten|können|soll|sollen)\s+(?:ich|wir)\s+\w+|"
    r"(?:que|qu['’]est-ce\s+que)\s+(?:puis-je|pourrais-je|je\s+peux|on\s+peut)\s+\w+|"
    rf"(?:having|hosting|expecting)\s+(?:my|our)\s+(?:\w+\s+)?{KIN}(?:\s+and\s+(?:\w+\s+){{0,2}}\w+)?|"
    r"had\s+(?:such\s+)?an?\s+(?:\w+\s+){0,2}(?:time|holiday|stay|week|trip)(?:\s+(?:there|last|this)(?:\s+\w+)?)?|"
    r"(?:am\s+|are\s+)?(?:half|semi|nearly|newly|recently)[\s-]retired(?:\s+and\s+(?:\w+\s+){1,8}\w+)?|"
    rf"(?:my|our)\s+{KIN}\s+(?:is|are)\s+looking|"
    # "don't drive any more", "haben kein Auto"
    r"(?:don['’]?t|do\s+not)\s+drive(?:\s+(?:so|any\s?more))?|(?:haben|fahren)\s+kein\s+auto(?:\s+mehr)?",
    re.IGNORECASE,
)
"""What is said out of politeness, or of one's own life: no item mentions it."""


def of_oneself(text: str, start: int, end: int) -> bool:
    """Whether a part tells of the seeker, or of what the seeker does not mind."""
    return _ONESELF.fullmatch(text, start, end) is not None and not _of_an_item(text, start)


def _of_an_item(text: str, start: int) -> bool:
    """Whether it is told of somebody who may be the item, for none of the seeker's kin was named before."""
    return _OF_THE_OTHER.match(text, start) is not None and not _KIN_BEFORE.search(text, 0, start)


def in_passing(text: str, start: int, end: int) -> bool:
    """Whether a part is said out of politeness, or of the seeker's life and age."""
    end = start + len(text[start:end].rstrip())
    if _DONE_LATELY.fullmatch(text, start, end):
        return not _of_an_item(text, start)
    return bool(_AGED.fullmatch(text, start, end) or _CHATTER.fullmatch(text, start, end))


def told(text: str) -> Iterator[Span]:
    """What is told of oneself and ends before and behind, wherever it stands."""
    yield from (Span(*match.span()) for match in _TOLD.finditer(text) if not _of_an_item(text, match.start()))
