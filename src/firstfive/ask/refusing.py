"""What a part of a request does with what it names: refuses it, or is indifferent to it.

refusal(text, start, end)     "without a ", "anywhere but ", "allergic to ", "not allowed": where a refused thing is
needless(text, start, end)    "a garden is not necessary", "we don't mind stairs": neither wanted nor refused
insisted(text, start, end)    "without a lift is no good": what is wanted all the more
distant(text, start, end)      "far from the road": searched for as it stands, and no wish
held(text)                    the parts in which no word ends a wish, and those before which one ends
apart(text)                   "non-UK", "pets not allowed": the parts that end before and behind, wherever they stand
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstfive.ask.aversions import HELD, averse
from firstfive.ask.lexicon import DONT, FILLER, KIN, OWN, SOUGHT, not_behind, one_of, pattern
from firstfive.types import Span

_NAME = r"(?=(?-i:[A-ZÀ-Þ]))"
_PERMITTED = r"(?:allowed|permitted|accepted|welcome)"
FINE = r"(?:fine|ok(?:ay)?|all ?right|acceptable|(?:no|not a) problem)(?: with (?:me|us))?"

# --- words that refuse ------------------------------------------------------------------------------------------------

OVER = (
    r"(?:over|above|(?!(?:old|new|young|earli|lat|ält|neu|jüng)er\b)(?:\w+er|more \w+) (?:than|als)|über|mehr als|"
    r"plus (?:de|(?!vieux|vieille|jeune)\w+ que)) (?:(?:the|dem|das|le|la) )?(?:[€$£] ?)?"
    r"\d{1,9}+(?!s\b|(?:st|nd|rd|th)\b|[ -]?jähr|\. ?[a-zäöü])"
)
"""Behind "no" and "nicht", a limit, which refuses nothing: "no wider than 80 cm", "nicht über 40 Euro"."""
_OF_THE_SEEKER = r"(?:of|my|our|i|he|she|we|they|do|does|am|is|can|has|ich|mein\w*|wir|er|sie|moi|m[ao]n?|je|l'un\w*)\b"
_REFUSAL = pattern(
    # "pas d'ascenseur", "not", "nothing to do with", "none in", "keine in", "nichts für", "aucun", "neither"
    r"(?:pas d'|(?:not|no|none|nothing(?: (?:for|in|from|like|about|with|to do with))?|without|never|"
    rf"{DONT}|(?:is|are|was|were|does|did|would)n't|keine?[nrs]?|nichts(?: (?:für|mit|aus|in))?|nicht|ohne|"
    rf"sans|pas(?: de)?|aucune?|(?:neither|nor|weder|ni)(?! {_OF_THE_SEEKER})) )"
    # not "not only", "no more than", "not far", "not too far", "not allowed to strike"
    rf"(?!{OVER}|"
    r"(?:only|just|more|less|later|mind|(?:have|need) to|matter|necessarily|far|nur|unbedingt|"
    r"weit|forcément|loin|care(?=$| (?:about|if|whether|for|how|what|where|which)\b)|"
    r"(?:too|so|zu|trop) (?:far|weit|loin)|"
    rf"{_PERMITTED} (?:to(?! (?:eat|have|drink)\b)|by|on|in|at|is|are))\b)"
    # "not want a", "don't eat", "not in the", "not suitable for", "nicht geeignet für", "pas adapté aux"
    r"(?:(?:(?:show|give|send) (?:me|us)|want|need|like|have|use|allowed(?: to (?:eat|have|drink))?(?! to\b)|eat|"
    r"drink(?= \w)|that|which|who|with|qui|mit|avec|an?|the|in|any|about|of|near|on|at|"
    r"(?:suitable |right |meant |intended )?for(?! (?:sale|rent|hire|free)\b)|bei|am|im|(?:geeignet |gedacht )?für|"
    r"à|aux?|en|dans|chez|pour|une|aucune?|adaptée?s? aux?) |"
    # "absolute beginners", "blutige Anfänger", "grands débutants"
    r"(?:complete|total|absolute[nr]?|blutige[nr]?|grands?|vrais?) (?=(?:beginners?|anfänger\w*|débutant\w*)\b))*"
)
OF_MANY = (
    r"(?:town|city|village|place|area|county|country|region|district|day|weekday|evening|morning|afternoon|time|month|"
    r"year|colou?r|food|cuisine|language|make|model|brand|breed|sector|industry|trade|genre|subject|sport|floor|"
    r"material|(?:kind|type|sort|style)(?: of \w+)?)"
)
"""What is one of many, of which all but one will do: "any food but Indian", "any kind of music but jazz"."""
_IN_A_PRICE = (
    r"(?:vat|tax(?:es)?|bills?|fees?|service|utilities|heating|electricity|gas|water|deposit|delivery|postage|shipping|"
    r"breakfast|food|meals?|drinks?|materials?|parts|tva|charges|mwst|nebenkosten)\b"
)
"""What a price is told without: "£900 excluding bills"."""
_A_COUNTRY = r"(?=(?-i:[A-Z]{2,}|Schweiz|Türkei|Ukraine|Slowakei|Niederlande|Bundesrepublik)\b)"
_ALL_BUT = (
    # "anywhere but in", "any food but", "everyone except", "except on", "with the exception of", "excluding the"
    rf"(?:(?:in|on|at|for|near) )?(?:any|every)(?:thing|where|one|body| {OF_MANY}) (?:but|except|other than|"
    r"apart from) "
    r"(?!(?:not|no|with|without|must|i|we|it|that|has|have|preferably|ideally)\b)(?:(?:for|in|on|at|near|an?|"
    r"the) ){0,3}|"
    r"(?:except(?: for)?|other than|with the exception of) (?!(?:that|if|when|where|i|we|it)\b)"
    r"(?:(?:for|in|on|at|an?|the) ){0,3}|(?:excluding|not including) (?:(?:an?|the|any|all) ){0,2}+"
    rf"(?!{_IN_A_PRICE})|"
    # "alles außer", "jeder Tag bis auf", "alle Branchen bis auf", "mit Ausnahme von", "ausgenommen"
    r"(?:(?:alles|überall|(?:jede\w{0,2}|alle) \w+) (?:außer|ausser|bis auf)|mit ausnahme (?:vo[nm]|der|des)|"
    r"ausgenommen|"
    r"(?:außer|ausser)(?! (?:haus|betrieb|dienst|saison|atem|dass|wenn|falls|ich|wir|es)\b)) "
    r"(?:(?:in|am|an|im|auf|der|dem|den|die|das|eine\w?) ){0,3}|"
    # "partout sauf à", "tous les jours sauf le", "toute cuisine sauf", "à l'exception de la"
    r"(?:(?:tout|partout|tou(?:s|tes) les \w+|toute? \w+) )?(?:sauf|hormis|excepté) "
    r"(?!(?:si|que|quand|je|nous|il|s'il)\b)(?:(?:à|aux?|en|dans|des?|du|une?|les?|la) ){0,3}(?:[àd]? ?l')?|"
    r"à l'(?:exception|exclusion) d(?:e l'|e l(?:a|es) |es |e |u |')|"
    # "outside Leeds", "outside of the DACH region", "outside the UK", "outside the Nordics"
    rf"(?<!just )(?<!right )(?-i:outside) (?:(?:of (?:the )?)?{_NAME}|"
    r"the (?=(?-i:[A-Z]{2,}|[A-Z][a-z]+s)\b(?! (?-i:[A-Z]))))|"
    # "außerhalb von Husum", "außerhalb Deutschlands", "außerhalb der EU", "hors de Royan", "hors Allemagne"
    rf"außerhalb (?:(?:von )?{_NAME}|(?:der|von|von der) {_A_COUNTRY})|"
    rf"(?:en de)?hors (?:d(?:e (?:la )?|'))?{_NAME}(?!(?:TVA|HT|TTC)\b)|"
    # "food producers ex UK"; not "an ex Army officer"
    r"(?<!\ban )(?<!\bby )(?<!\bmy )(?<!\bthe )(?<!\bof )(?<!\bfrom )(?-i:ex) "
    r"(?=(?-i:[A-Z])\w+(?: (?-i:[A-Z])\w+)? *(?:$|[.,;:!?)]|(?:and|or|with|in|but) ))(?!works\b)"
)
_GENITIVE = pattern(r"außerhalb (?P<name>(?-i:[A-ZÄÖÜ])\w{5,})s *")
"""A name with an ending that it has nowhere else: "außerhalb Deutschlands"."""
_PEOPLES = one_of(
    "USA?, UK, E[UE]A?, UE, UAE, DACH, British, English, Scottish, Welsh, Irish, German, French, Italian, Spanish, "
    "Portuguese, Dutch, Belgian, Swiss, Austrian, Danish, Swedish, Norwegian, Finnish, Polish, Czech, Hungarian, "
    "Romanian, Bulgarian, Greek, Turkish, Russian, Ukrainian, American, Canadian, Mexican, Brazilian, Chinese, "
    "Japanese, Korean, Indian, Thai, Vietnamese, Indonesian, Australian, African, Asian, European, Nordic"
)
_NON = pattern(
    r"(?<![\w-])(?<!\bfor )(?<!\bfor the )(?<!\bfür )(?<!\bpour )(?<!\bpour les )(?:non|nicht)-"
    rf"(?=(?-i:{_PEOPLES})\b)"
    r"(?!\w+[\s-]+(?:speak|citizen|resident|worker|national|student|countr|passport|born|bürger))"
)
"""What an item may be all but: "non-UK", "non-German". "Non-slip" is wanted, and so is what is "for non-EU workers"."""
_NON_NAME = pattern(_NON.pattern + r"\w+")
_AVOIDED = pattern(
    r"(?:(?:avoid(?:ing)?|exclud(?:e|ing)|rul(?:e|ing) out|schließe[nt]? aus|vermeide[nt]?|évit(?:e[rz]?|ons)|"
    r"exclu[ts]?|excluons|exclure) "
    r"(?:(?:an?|the|any|all|den|die|das|les?|la|une?|tou(?:s|tes)(?: les)?) |l')*+)"
    rf"(?!{_IN_A_PRICE})"
)
"""What a seeker keeps away from: "we avoid restaurants". "Software to avoid debt" is another's."""
_BY_SEEKERS = pattern(r"(?:(?:but|aber|mais|please|bitte|i|we|ich|wir|je|nous|on) ){0,2}")
"""What may lead to that; "for avoiding stress" and "I want to avoid surgery" say what something is for."""
_NOT_FAR = not_behind("not, n't, n’t, too, so, very, that", "nicht, zu", "pas, trop").replace(r"\b", "")
_AS_FAR = not_behind(
    "minute, minutes, mins, min, mile, miles, km, hour, hours, walk, drive, ride, far, well, metres, meters, yards, "
    "distance, throw, street, streets, steps, doors, block, blocks, stop, stops, just, right, days, weeks"
)
_AWAY = (
    rf"(?:(?=far|well|weit|loin){_NOT_FAR}(?:(?:far|well) (?:away )?from|weit (?:weg|entfernt) vo[nm]|loin d(?:e|u|"
    r"es))|"
    rf"(?=away){_AS_FAR}away from|abseits (?:vo[nm]|der|des)) "
)
_ALL_BUT_HERE = pattern(_ALL_BUT, rf"{_AWAY}(?:the )?{_NAME}(?<!vom )(?<!der )(?<!des )")
"""What stands before all that is refused: "anywhere but Leeds", "away from Leeds"."""
_AWAY_HERE = pattern(_AWAY)
_BROUGHT = one_of(
    "pets?, dogs?, cats?, animals?, birds?, smoking, smokers, vaping, children, kids, babies, parties, alcohol, cars, "
    "barbecues",
    "haustiere?, hunde?, katzen?, tiere?, vögel, rauchen, raucher, kinder, partys, feiern, alkohol, autos, grillen",
    "chiens?, chats?, animaux, oiseaux, fumeurs, fumer, enfants, fêtes, alcool, voitures",
)
"""What houses, inns and landlords allow or forbid: of another thing, a story may tell that it is forbidden."""
_NOT_ONES_OWN = not_behind("my, our", "meine, unsere", "mes, nos")
FORBIDDEN = (
    # "pets are not allowed", "small dogs not allowed", "Hunde nicht erlaubt", "animaux non admis"
    rf"{_NOT_ONES_OWN}(?P<what>(?:(?:large|big|small|little|young|older|other|große|"
    rf"kleine|junge|gros|petits|grands|jeunes) )?{_BROUGHT}(?: (?:or|oder|ou) {_BROUGHT})?) "
    rf"(?:(?:(?:is |are )?not|(?:is|are)n't) {_PERMITTED}|(?:(?:is|are) )?(?:forbidden|prohibited|banned)|"
    r"(?:ist |sind )?(?:nicht (?:erlaubt|gestattet|zugelassen|erwünscht)|verboten|untersagt)|"
    r"(?:ne sont |n'(?:est|étaient) )?(?:pas|non) (?:admis|autorisé|accepté|permis)(?:es?|s)?|"
    r"(?:(?:est|sont) )?interdite?s?)"
)
AT_HOME = r" (?:in|at|on|dans|chez|bei) (?:my|our|mon|ma|notre|meine\w|unsere\w)\b"
_FORBIDDEN = pattern(
    rf"(?<![\w'’-])(?:(?:where|wo|où) )?(?:(?:the|die|les|le) )?{FORBIDDEN}(?!\w)"
    rf"(?! (?:to|aux?|en|by|(?:is|are|would be) {FINE})\b|{AT_HOME})"
)
"""What a part says that nobody may do or bring; not where the seeker lives, or that it is fine."""

# --- what is neither wanted nor refused, or wanted all the more -------------------------------------------------------

_OF_AN_ITEM = pattern(r"\b(?:that|who|whose|which|does|it|der|die|das|qui)\b")
_ITEM_BEFORE = pattern(r"\b(?:(?:that|who|which|it) (?:has|have)|qui n'(?:a|ont)) $")
_BORNE = r"(?:no (?:problem|objection|issue)s? (?:with|to)|keine? (?:probleme?|einwände) mit|pas de problème avec)"
_NO_PROBLEM = pattern(rf"{_BORNE} (?:(?:an?|the|les?|la) )?")
"""What a seeker does not mind, and what is wanted of an item: "a hotel that has no problem with dogs"."""
_NEEDED = one_of(
    "necessary, needed, required, essential, important, an? must, nötig, notwendig, erforderlich, wichtig",
    "nécessaires?, indispensables?, obligatoires?, importante?s?",
)
_RATHER = r"(?:(?:at all|really|so|that|strictly|actually|necessarily|unbedingt|zwingend|vraiment|forcément) )?"
_THINGS = r"(?:\w++'? *+){1,5}?"
_NOT_NEEDED = rf"(?:not|nicht|pas) {_RATHER}{_NEEDED}\b"
_NOT_LET = rf"not {_PERMITTED} (?:is|are|would be) {FINE}\b"
_OF_NO_USE = (
    r"(?:(?:is|are|would be) (?:no (?:good|use)|useless|out of the question|impossible|"
    r"not (?:an option|possible|acceptable|any good))(?: (?:to|for) (?:me|us))?|"
    r"geht (?:(?:gar|bei uns|für uns) )?nicht|kommt nicht in frage|"
    r"ist (?:ausgeschlossen|unmöglich|keine option|nicht möglich)|"
    r"(?:(?:ce n')?est|c'est) (?:exclue?|impossible|inutile|hors de question|pas possible))"
)
_ASKED_OF_THE_SEEKER = (
    r"(?:experience|previous|prior|deposit|bookings?|qualifications?|licen[cs]e|degree|knowledge|skills?|training|"
    r"references?|guarantor|equipment|appointment)\b"
)
_WILL_DO = (
    rf"(?:(?:is|are|would be) (?:(?:also|absolutely|perfectly) )?{FINE}(?: (?:too|for us|by me))?|"
    r"(?:geht|ginge|reicht|passt)(?: (?:es|das))?(?: auch)?(?: gut)?|"
    r"(?:ist|wäre) (?:auch )?(?:ok(?:ay)?|gut|möglich|in ordnung)|"
    r"(?:c'est (?:bien|ok|possible)|ça (?:va|ira)|convient|va bien|est possible)(?: aussi)?)"
)
_NEEDLESS = pattern(
    # "no need for", "no problem with", "don't mind", "doesn't have to be", "wir brauchen kein", "pas besoin de"
    r"(?:there is )?no need (?:for|of|to) ",
    rf"{_BORNE} ",
    rf"(?:don'?t|do not|not|needn'?t) {_RATHER}(?:need|mind|require|care (?:about|if|whether)|insist on) ",
    r"(?:doesn'?t|does not|don'?t|do not|not) (?:have|need) to (?:be|have|include) ",
    r"(?:brauchen?|benötigen?) (?:(?:ich|wir) )?keine?n? ",
    r"(?:(?:je|nous|on) )?(?:n'(?:ai|avons|a) |j'ai )?pas besoin d(?:'|(?:e|u|es) )|peu importe ",
    # "stairs are fine", "parking is also ok", "pets not allowed is fine"
    rf"(?:(?!\w+days\b)\w+s are|(?!(?:an?|the|my|it|that|this) )(?-i:[a-z]\w*) is) (?:also )?{FINE}"
    r"(?: (?:too|for us|by me))? *$",
    rf"{_THINGS}{_NOT_LET} *$",
    # "a garden is not necessary", "a lift doesn't matter", "Garten ist egal", "no garden needed"
    rf"{_THINGS}(?:(?:is|are|ist|sind|est|sont) )?{_NOT_NEEDED}(?: (?:to|for|für|pour) (?:me|us|mich|uns|moi|"
    r"nous))? *$",
    rf"{_THINGS}(?:(?:is|are)n'?t {_RATHER}{_NEEDED}|(?:does not|doesn'?t|do not|don'?t) matter(?: to (?:me|us))?|"
    r"(?:is|are) optional|ist (?:(?:mir|uns) )?(?:egal|kein muss)|muss nicht sein|brauchen? (?:ich|wir) nicht|"
    r"(?:m'|nous )est égale?) *$",
    rf"(?:no|keine?) (?!{_ASKED_OF_THE_SEEKER}){_THINGS}(?:(?:is|are) )?(?:needed|necessary|required|nötig|"
    r"notwendig) *$",
    # "no garden is fine", "ohne Balkon geht auch", "sans ascenseur ça va"
    rf"(?:no|without(?: an?)?|ohne|sans) {_THINGS}{_WILL_DO} *$",
)
"""What nobody asks for, and does not mind either."""
_INSISTED = pattern(
    rf"(?:no|without|ohne|sans) (?:(?:an?|eine?n?) )?(?P<what>\w++(?: \w++){{0,3}}?) {_OF_NO_USE} *$",
)
_NOT_WITHOUT = pattern(r"(?:not|nicht|pas) (?:without|ohne|sans) (?:(?:an?|eine?n?) )?")
_WITHOUT = pattern(rf"(?:without|ohne|sans) (?:(?:an?|any|eine?[nmr]?|une?|{OWN}) )?")
_DOING = pattern(r" (?:leben|wohnen|auskommen|sein|vivre|hat|haben)$")
_BEFORE_WITHOUT = pattern(r" (?:without|ohne|sans) ")
_NOR_LIVE = pattern(
    # "can't live", "could not do", "never be", "können nicht", "ne peut pas vivre"
    r"\b(?:not|never|cannot|cant|couldnt|wouldnt|dont|wont|\w{2,8}n't) (?:(?:want|like|wish) to )?"
    r"(?:live|do|be|cope|manage|go|survive|exist|get by) $",
    r"\b(?:nicht|nie) $",
    r"\b(?:pas|plus|jamais) (?:vivre|habiter|être|faire|rester) $",
)
_NO_SUCH = pattern(
    # "no house", "don't want a flat", "kein Haus", "pas de maison"; not "a no house", "no frills hotel"
    r"(?:^|[.;:,!?] )(?P<lead>(?:[\w'’]+ ){0,6}?)(?<!\ba )(?<!\ban )(?<!\bthe )"
    r"(?:(?:no|don'?t (?:want|need|like|show me)|not (?:want|an?)|keine?n?|pas de) |pas d' *)(?:(?:an?|any) )?"
    rf"(?:{'|'.join(sorted(SOUGHT))}) $"
)
REACH = 80
"""Characters before a "without" in which a "no" is looked for."""

# --- where no wish ends -----------------------------------------------------------------------------------------------

IF_NOT = r"(?:if not|(?:wenn|falls) nicht|si pas)(?= (?:(?-i:[A-ZÀ-Þ])|(?:in|near|at|bei|im|am|à|en|dans) ))"
"""What stands before the first of two choices: "if not Leeds then York". "If not too expensive" refuses."""
_MINDS = r"(?:need|mind|require|care|insist|matter|have to)"
_THAT_IT = r"(?: (?:to (?:be|have)|having|being|about|if|whether|it))?(?: (?:near|in|with|without|no|for|on)\b)?"
_HELD = pattern(
    rf"(?<!\w)(?:\w++ (?:(?:at all )?{_NOT_NEEDED}|{_NOT_LET})|no need (?:for|of|to)\b|{_BORNE}\b|suffers? from\b|"
    rf"(?:my|our) {KIN} and i\b|{KIN}(?<= law)\b|{_OF_NO_USE}|(?:is|are|be) {FINE}\b|"
    r"(?:he|she|they) (?:loves?|likes?|enjoys?) \w+ing with\b|muss nicht sein|(?:ich|wir) nicht\b|"
    rf"(?:do|does) not {_MINDS}{_THAT_IT}|(?:(?:that|which|who) )?(?:don'?t|doesn'?t|needn'?t) {_MINDS}{_THAT_IT}|"
    rf"(?:ai|avons|a) pas besoin|{HELD}\b|"
    # "owner has no children", "said no to buyers", "le patron n'a pas d'enfants"
    r"(?:owners?|founders?|boss|sellers?|directors?|managers?|family) (?:has|have|had) no\b|sa(?:id|ys?) no\b|"
    r"(?:patron|dirigeant|propriétaire|fondateur|gérant)e? n'a pas\b|"
    r"not (?:suitable|right|meant|intended) for\b|nicht (?:geeignet|gedacht) für\b|"
    r"(?:walk|built) in (?:shower|wardrobe|closet|bath|pantry|larder|kitchen|oven)s?\b|"
    r"\w++ in (?:der nähe|person)(?= *(?:$|[.;,:!?)])))"
)
"""Words in which no wish ends, though one of them ends wishes elsewhere."""
_NOT_A_TOOL = not_behind("tea, dinner, train, chess, gift, tool")
PLACED = (
    # "set in Italy", "set during the war", "takes place in Leeds", "based in York"
    rf"(?:{_NOT_A_TOOL}set (?:in|at|during)(?= (?:(?-i:[A-Z])|\d|(?:the|an?) ))|"
    r"(?:takes?|taking) place (?:in|at|during)|(?:based|located|situated|headquartered) (?:in|at|near)|"
    r"(?:spielt|spielend|angesiedelt|ansässig|gelegen) (?:in|im|am|bei)|"
    r"se (?:passe|déroule)(?:nt)? (?:à|en|au|dans|pendant)|(?:basée?|située?|installée?)s? (?:à|en|au|dans))"
)
"""What leads to where or when something is or happens."""
_SET_OFF = pattern(rf"(?<![\w-])(?:{_ALL_BUT}|{_AWAY}|{PLACED}|{IF_NOT}(?=[^.;:!?]{{0,60}} (?:then|dann|alors) ))")


def refusal(text: str, start: int, end: int, lead: str = "") -> tuple[int, int] | None:
    """Where what is refused starts and ends, if a part of the text refuses something. lead: the words before it."""
    if _twice_refused(text, start, end) or _borne(text, start, end, lead):
        return None
    found = _ALL_BUT_HERE.match(text, start, end) or _NON.match(text, start, end) or _REFUSAL.match(text, start, end)
    if not found and (other := _forbidden(text, start, end) or averse(text, start, end, lead)):
        return other
    if not found and _BY_SEEKERS.fullmatch(lead):
        found = _AVOIDED.match(text, start, end)
    if not found:
        return None
    genitive = _GENITIVE.fullmatch(text, start, end)
    return found.end(), genitive.end("name") if genitive else end


def _forbidden(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where that stands which nobody may do or bring."""
    found = _FORBIDDEN.match(text, start, end)
    return found.span("what") if found else None


def _twice_refused(text: str, start: int, end: int) -> re.Match[str] | None:
    """The words that refuse what is refused once more: "can't live without a garden", "no house without a garden"."""
    without = _WITHOUT.match(text, start, end)
    if without:
        no = _NOR_LIVE.search(text, max(0, start - REACH), start) or _alone(text, start)
        return without if no else None
    if _BEFORE_WITHOUT.match(text, end):
        return _REFUSAL.match(text, start, end) if _alone(text, end + 1) else None
    return None


def _alone(text: str, end: int) -> bool:
    """Whether what stands before a "without" begins with a "no": "a flat no pets without stairs" names more."""
    no = _NO_SUCH.search(text, max(0, end - REACH), end)
    return no is not None and FILLER.issuperset(re.findall(r"\w+", no["lead"].lower()))


def all_but(text: str, start: int, end: int) -> bool:
    """Whether a part refuses one thing of all: no word leads to that."""
    return _ALL_BUT_HERE.match(text, start, end) is not None


def _borne(text: str, start: int, end: int, lead: str) -> re.Match[str] | None:
    """The words that say that an item has no problem with something."""
    of_an_item = _OF_AN_ITEM.search(lead) or _ITEM_BEFORE.search(text, max(0, start - REACH), start)
    return _NO_PROBLEM.match(text, start, end) if of_an_item else None


def insisted(text: str, start: int, end: int, lead: str = "") -> tuple[int, int] | None:
    """Where that starts and ends without which a part says that nothing will do, or what an item must bear."""
    if found := _INSISTED.match(text, start, end):
        return found.span("what")
    found = _NOT_WITHOUT.match(text, start, end) or _twice_refused(text, start, end) or _borne(text, start, end, lead)
    doing = _DOING.search(text, found.end(), end) if found else None
    return (found.end(), doing.start() if doing else end) if found else None


def needless(text: str, start: int, end: int, lead: str = "") -> bool:
    """Whether a part of the text only says what need not be there, or may be; not of an item that needs nothing."""
    if _OF_AN_ITEM.search(lead) or _borne(text, start, end, lead):
        return False
    return _NEEDLESS.match(text, start, end) is not None


def distant(text: str, start: int, end: int) -> bool:
    """Whether a part of the text says from what something must be far."""
    return _AWAY_HERE.match(text, start, end) is not None


def held(text: str) -> Iterator[tuple[Span, bool]]:
    """The parts in which no word ends a wish, and whether one ends before each."""
    for match in _HELD.finditer(text):
        yield Span(*match.span()), False
    for match in _SET_OFF.finditer(text):
        yield Span(*match.span()), True


def apart(text: str) -> Iterator[Span]:
    """The parts that end before and behind, wherever they stand."""
    yield from (Span(*match.span()) for pattern in (_NON_NAME, _FORBIDDEN) for match in pattern.finditer(text))
