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
from firstfive.ask.small_words import DONT, FILLER, KIN, SOUGHT
from firstfive.types import Span

_NAME = r"(?=(?-i:[A-ZÀ-Þ]))"
_OF_THE_SEEKER = (
    r"(?:of|my|our|i|he|she|we|they|do|does|am|is|can|has|ich|mein\w*|wir|er|sie|moi|m[ao]n?|je|l['’]un\w*)\b"
)
_REFUSAL = re.compile(
    # "pas d'ascenseur", "not", "nothing to do with", "none in", "keine in", "nichts für", "aucun", "neither"
    r"(?:pas\s+d['’]|(?:not|no|none|nothing(?:\s+(?:for|in|from|like|about|with|to\s+do\s+with))?|without|never|"
    rf"{DONT}|(?:is|are|was|were|does|did|would)n['’]t|"
    r"keine?[nrs]?|nichts(?:\s+(?:für|mit|aus|in))?|nicht|ohne|sans|pas(?:\s+de)?|aucune?|"
    rf"(?:neither|nor|weder|ni)(?!\s+{_OF_THE_SEEKER}))\s+)"
    # not "not only", "no more than", "not far", "not too far"
    r"(?!(?:only|just|more|less|later|mind|(?:have|need)\s+to|care(?=$|\s(?:about|if|whether|for|how|what|where|which)\b)|matter|necessarily|far|(?:allowed|permitted|accepted|welcome)\s+(?:to(?!\s+(?:eat|have|drink)\b)|by|on|in|at|is|are)|nur|unbedingt|weit|forcément|loin|"
    r"(?:too|so|zu|trop)\s+(?:far|weit|loin))\b)"
    # "not want a", "don't eat", "not in the", "not suitable for", "nicht geeignet für", "pas adapté aux"
    r"(?:(?:(?:show|give|send)\s+(?:me|us)|want|need|like|have|use|allowed(?:\s+to\s+(?:eat|have|drink))?(?!\s+to\b)|eat|drink(?=\s+\w)|that|which|who|with|qui|mit|avec|an?|the|in|any|about|of|near|on|at|"
    r"(?:suitable\s+|right\s+|meant\s+|intended\s+)?for(?!\s+(?:sale|rent|hire|free)\b)|"
    r"bei|am|im|(?:geeignet\s+|gedacht\s+)?für|à|aux?|en|dans|chez|pour|une|aucune?|adaptée?s?\s+aux?)\s+|"
    # "absolute beginners", "blutige Anfänger", "grands débutants"
    r"(?:absolute|complete|total|absolute[nr]?|blutige[nr]?|grands?|vrais?)\s+"
    r"(?=(?:beginners?|anfänger\w*|débutant\w*)\b))*",
    re.IGNORECASE,
)
OF_MANY = (
    r"(?:town|city|village|place|area|county|country|region|district|day|weekday|evening|morning|afternoon|time|"
    r"month|year|"
    r"colou?r|food|cuisine|language|make|model|brand|breed|sector|industry|trade|genre|subject|sport|floor|material|"
    r"(?:kind|type|sort|style)(?:\s+of\s+\w+)?)"
)
"""What is one of many, of which all but one will do: "any food but Indian", "any kind of music but jazz"."""
_IN_A_PRICE = (
    r"(?:vat|tax(?:es)?|bills?|fees?|service|utilities|heating|electricity|gas|water|deposit|delivery|postage|shipping|"
    r"breakfast|food|meals?|drinks?|materials?|parts|tva|charges|mwst|nebenkosten)\b"
)
"""What a price is told without: "£900 excluding bills"."""
_A_COUNTRY = r"(?=(?-i:[A-Z]{2,}|Schweiz|Türkei|Ukraine|Slowakei|Niederlande|Bundesrepublik)\b)"
_ALL_BUT = (
    # "anywhere but in", "any food but", "everyone except", "any day other than"
    rf"(?:(?:in|on|at|for|near)\s+)?(?:any|every)(?:thing|where|one|body|\s+{OF_MANY})\s+"
    r"(?:but|except|other\s+than|apart\s+from)\s+(?!(?:not|no|with|without|must|i|we|it|that|has|have|preferably|"
    r"ideally)\b)"
    r"(?:(?:for|in|on|at|near|an?|the)\s+){0,3}|"
    # "except on", "other than", "with the exception of", "excluding the"
    r"(?:except(?:\s+for)?|other\s+than|with\s+the\s+exception\s+of)\s+(?!(?:that|if|when|where|i|we|it)\b)"
    r"(?:(?:for|in|on|at|an?|the)\s+){0,3}|"
    rf"(?:excluding|not\s+including)\s+(?:(?:an?|the|any|all)\s+){{0,2}}+(?!{_IN_A_PRICE})|"
    # "alles außer", "jeder Tag bis auf", "alle Branchen bis auf", "mit Ausnahme von", "ausgenommen"
    r"(?:(?:alles|überall|(?:jede\w{0,2}|alle)\s+\w+)\s+(?:außer|ausser|bis\s+auf)|"
    r"mit\s+ausnahme\s+(?:vo[nm]|der|des)|ausgenommen|"
    r"(?:außer|ausser)(?!\s+(?:haus|betrieb|dienst|saison|atem|dass|wenn|falls|ich|wir|es)\b))\s+"
    r"(?:(?:in|am|an|im|auf|der|dem|den|die|das|eine\w?)\s+){0,3}|"
    # "partout sauf à", "tous les jours sauf le", "toute cuisine sauf", "à l'exception de la"
    r"(?:(?:tout|partout|tou(?:s|tes)\s+les\s+\w+|toute?\s+\w+)\s+)?(?:sauf|hormis|excepté)\s+"
    r"(?!(?:si|que|quand|je|nous|il|s['’]il)\b)(?:(?:à|aux?|en|dans|des?|du|une?|les?|la)\s+){0,3}(?:[àd]?\s?l['’])?|"
    r"à\s+l['’](?:exception|exclusion)\s+d(?:e\s+l['’]|e\s+l(?:a|es)\s+|es\s+|e\s+|u\s+|['’])|"
    # "outside Leeds", "outside of the DACH region", "outside the UK", "outside the Nordics"
    rf"(?<!just )(?<!right )(?-i:outside)\s+(?:(?:of\s+(?:the\s+)?)?{_NAME}|"
    r"the\s+(?=(?-i:[A-Z]{2,}|[A-Z][a-z]+s)\b(?!\s+(?-i:[A-Z]))))|"
    # "außerhalb von Husum", "außerhalb Deutschlands", "außerhalb der EU", "hors de Royan", "hors Allemagne"
    rf"außerhalb\s+(?:(?:von\s+)?{_NAME}|(?:der|von|von\s+der)\s+{_A_COUNTRY})|"
    rf"(?:en\s+de)?hors\s+(?:d(?:e\s+(?:la\s+)?|['’]))?{_NAME}(?!(?:TVA|HT|TTC)\b)|"
    # "food producers ex UK"; not "an ex Army officer"
    r"(?<!\ban )(?<!\bby )(?<!\bmy )(?<!\bthe )(?<!\bof )(?<!\bfrom )(?-i:ex)\s+"
    r"(?=(?-i:[A-Z])\w+(?:\s(?-i:[A-Z])\w+)?\s*(?:$|[.,;:!?)]|(?:and|or|with|in|but)\s))(?!works\b)"
)
_GENITIVE = re.compile(r"außerhalb\s+(?P<name>(?-i:[A-ZÄÖÜ])\w{5,})s\s*", re.IGNORECASE)
"""A name with an ending that it has nowhere else: "außerhalb Deutschlands"."""
_PEOPLES = (
    r"(?:USA?|UK|E[UE]A?|UE|UAE|DACH|British|English|Scottish|Welsh|Irish|German|French|Italian|Spanish|Portuguese|"
    r"Dutch|Belgian|Swiss|Austrian|Danish|Swedish|Norwegian|Finnish|Polish|Czech|Hungarian|Romanian|Bulgarian|Greek|"
    r"Turkish|Russian|Ukrainian|American|Canadian|Mexican|Brazilian|Chinese|Japanese|Korean|Indian|Thai|Vietnamese|"
    r"Indonesian|Australian|African|Asian|European|Nordic)"
)
_NON = re.compile(
    r"(?<![\w-])(?<!\bfor )(?<!\bfor the )(?<!\bfür )(?<!\bpour )(?<!\bpour les )(?:non|nicht)-"
    rf"(?=(?-i:{_PEOPLES})\b)(?!\w+[\s-]+(?:speak|citizen|resident|worker|national|student|countr|passport|born|bürger))",
    re.IGNORECASE,
)
"""What an item may be all but: "non-UK", "non-German". "Non-slip" is wanted, and so is what is "for non-EU workers"."""
_NON_NAME = re.compile(_NON.pattern + r"\w+", re.IGNORECASE)
_AVOIDED = re.compile(
    r"(?:(?:avoid(?:ing)?|exclud(?:e|ing)|rul(?:e|ing)\s+out|schließe[nt]?\s+aus|vermeide[nt]?|évit(?:e[rz]?|ons)|"
    r"exclu[ts]?|excluons|exclure)"
    r"\s+(?:(?:an?|the|any|all|den|die|das|les?|la|une?|tou(?:s|tes)(?:\s+les)?)\s+|l['’])*+)"
    rf"(?!{_IN_A_PRICE})",
    re.IGNORECASE,
)
"""What a seeker keeps away from: "we avoid restaurants". "Software to avoid debt" is another's."""
_BY_SEEKERS = re.compile(r"(?:(?:but|aber|mais|please|bitte|i|we|ich|wir|je|nous|on)\s+){0,2}", re.IGNORECASE)
"""What may lead to that; "for avoiding stress" and "I want to avoid surgery" say what something is for."""
_NOT_FAR = "".join(
    f"(?<!{word} )" for word in ("not", "n't", "n’t", "too", "so", "very", "that", "nicht", "zu", "pas", "trop")
)
_AS_FAR = "".join(
    f"(?<!{word} )"
    for word in (
        *("minute", "minutes", "mins", "min", "mile", "miles", "km", "hour", "hours", "walk", "drive", "ride", "far"),
        *("metres", "meters", "yards", "distance", "throw", "street", "streets", "steps", "doors", "block", "blocks"),
        *("stop", "stops", "just", "right", "days", "weeks"),
    )
)
_AWAY = (
    rf"(?:{_NOT_FAR}(?:far|well)\s+(?:away\s+)?from|{_AS_FAR}(?<!well )away\s+from|"
    rf"{_NOT_FAR}weit\s+(?:weg|entfernt)\s+vo[nm]|"
    rf"abseits\s+(?:vo[nm]|der|des)|{_NOT_FAR}loin\s+d(?:e|u|es))\s+"
)
_ALL_BUT_HERE = re.compile(rf"{_ALL_BUT}|{_AWAY}(?:the\s+)?{_NAME}(?<!vom )(?<!der )(?<!des )", re.IGNORECASE)
"""What stands before all that is refused: "anywhere but Leeds", "away from Leeds"."""
_AWAY_HERE = re.compile(_AWAY, re.IGNORECASE)
_OF_AN_ITEM = re.compile(r"\b(?:that|who|whose|which|does|it|der|die|das|qui)\b", re.IGNORECASE)
_ITEM_BEFORE = re.compile(r"\b(?:(?:that|who|which|it)\s+(?:has|have)|qui\s+n['’](?:a|ont))\s+$", re.IGNORECASE)
_NO_PROBLEM = re.compile(
    r"(?:no\s+(?:problem|objection|issue)s?\s+(?:with|to)|keine?\s+(?:probleme?|einwände)\s+mit|"
    r"pas\s+de\s+problème\s+avec)\s+(?:(?:an?|the|les?|la)\s+)?",
    re.IGNORECASE,
)
"""What a seeker does not mind, and what is wanted of an item: "a hotel that has no problem with dogs"."""
_NEEDED = (
    r"(?:necessary|needed|required|essential|important|an?\s+must|nötig|notwendig|erforderlich|wichtig|nécessaires?|"
    r"indispensables?|"
    r"obligatoires?|importante?s?)"
)
_RATHER = r"(?:(?:at\s+all|really|so|that|strictly|actually|necessarily|unbedingt|zwingend|vraiment|forcément)\s+)?"
_THINGS = r"(?:\w++['’]?\s*+){1,5}?"
_NOT_NEEDED = rf"(?:not|nicht|pas)\s+{_RATHER}{_NEEDED}\b"
FINE = r"(?:fine|ok(?:ay)?|all\s?right|acceptable|(?:no|not\s+a)\s+problem)(?:\s+with\s+(?:me|us))?"
_NOT_LET = rf"not\s+(?:allowed|permitted|accepted|welcome)\s+(?:is|are|would\s+be)\s+{FINE}\b"
_OF_NO_USE = (
    r"(?:(?:is|are|would\s+be)\s+(?:no\s+(?:good|use)|useless|out\s+of\s+the\s+question|impossible|"
    r"not\s+(?:an\s+option|possible|acceptable|any\s+good))(?:\s+(?:to|for)\s+(?:me|us))?|"
    r"geht\s+(?:(?:gar|bei\s+uns|für\s+uns)\s+)?nicht|kommt\s+nicht\s+in\s+frage|"
    r"ist\s+(?:ausgeschlossen|unmöglich|keine\s+option|nicht\s+möglich)|"
    r"(?:(?:ce\s+n['’])?est|c['’]est)\s+(?:exclue?|impossible|inutile|hors\s+de\s+question|pas\s+possible))"
)
_ASKED_OF_THE_SEEKER = (
    r"(?:experience|previous|prior|deposit|booking|bookings|qualifications?|licen[cs]e|degree|knowledge|skills?|"
    r"training|"
    r"references?|guarantor|equipment|appointment)\b"
)
_NEEDLESS = re.compile(
    r"(?:there\s+is\s+)?no\s+need\s+(?:for|of|to)\s|no\s+(?:problem|objection|issue)s?\s+(?:with|to)\s|"
    r"keine?\s+(?:probleme?|einwände)\s+mit\s|pas\s+de\s+problème\s+avec\s|"
    rf"(?:(?!\w+days\b)\w+s\s+are|(?!(?:an?|the|my|it|that|"
    rf"this)\s)(?-i:[a-z]\w*)\s+is)\s+(?:also\s+)?{FINE}(?:\s+(?:too|for\s+us|by\s+me))?\s*$|"
    rf"(?:don['’]?t|do\s+not|not|needn['’]?t)\s+{_RATHER}(?:need|mind|require|care\s+(?:about|if|whether)|"
    r"insist\s+on)\s|"
    r"(?:doesn['’]?t|does\s+not|don['’]?t|do\s+not|not)\s+(?:have|need)\s+to\s+(?:be|have|include)\s|"
    r"(?:brauchen?|benötigen?)\s+(?:(?:ich|wir)\s+)?keine?n?\s|"
    r"(?:(?:je|nous|on)\s+)?(?:n['’](?:ai|avons|a)\s+|j['’]ai\s+)?pas\s+besoin\s+d(?:['’]|(?:e|u|es)\s)|"
    r"peu\s+importe\s|"
    rf"(?:{_THINGS}{_NOT_LET}|{_THINGS}(?:(?:is|are|ist|sind|est|sont)\s+)?{_NOT_NEEDED}(?:\s+(?:to|for|für|pour)\s+(?:me|us|mich|uns|"
    r"moi|nous))?|"
    rf"{_THINGS}(?:(?:is|are)n['’]?t\s+{_RATHER}{_NEEDED}|(?:does\s+not|doesn['’]?t|do\s+not|"
    r"don['’]?t)\s+matter(?:\s+to\s+(?:me|us))?|"
    r"(?:is|are)\s+optional|ist\s+(?:(?:mir|uns)\s+)?(?:egal|kein\s+muss)|muss\s+nicht\s+sein|brauchen?\s+(?:ich|"
    r"wir)\s+nicht|"
    r"(?:m['’]|nous\s+)est\s+égale?)|"
    rf"(?:no|keine?)\s+(?!{_ASKED_OF_THE_SEEKER}){_THINGS}(?:(?:is|are)\s+)?(?:needed|necessary|required|nötig|"
    r"notwendig)|"
    rf"(?:no|without(?:\s+an?)?)\s+{_THINGS}(?:is|are|would\s+be)\s+(?:(?:also|absolutely|"
    rf"perfectly)\s+)?{FINE}(?:\s+(?:too|for\s+us|by\s+me))?|"
    rf"ohne\s+{_THINGS}(?:(?:geht|ginge|reicht|passt)(?:\s+(?:es|das))?(?:\s+auch)?(?:\s+gut)?|"
    r"(?:ist|wäre)\s+(?:auch\s+)?(?:ok(?:ay)?|gut|möglich|in\s+ordnung))|"
    rf"sans\s+{_THINGS}(?:c['’]est\s+(?:bien|ok|possible)|ça\s+(?:va|ira)|convient|va\s+bien|"
    r"est\s+possible)(?:\s+aussi)?)\s*$",
    re.IGNORECASE,
)
"""What nobody asks for, and does not mind either."""
_INSISTED = re.compile(
    r"(?:no|without|ohne|sans)\s+(?:(?:an?|eine?n?)\s+)?(?P<what>\w++(?:\s\w++){0,3}?)\s" + _OF_NO_USE + r"\s*$",
    re.IGNORECASE,
)
_NOT_WITHOUT = re.compile(r"(?:not|nicht|pas)\s+(?:without|ohne|sans)\s+(?:(?:an?|eine?n?)\s+)?", re.IGNORECASE)
IF_NOT = r"(?:if\s+not|(?:wenn|falls)\s+nicht|si\s+pas)(?=\s+(?:(?-i:[A-ZÀ-Þ])|(?:in|near|at|bei|im|am|à|en|dans)\s))"
"""What stands before the first of two choices: "if not Leeds then York". "If not too expensive" refuses."""
_HELD = re.compile(
    rf"(?<!\w)(?:\w++\s(?:(?:at\s+all\s+)?{_NOT_NEEDED}|{_NOT_LET})|no\s+need\s+(?:for|of|to)\b|no\s+(?:problem|objection|"
    r"issue)s?\s+(?:with|to)\b|"
    rf"keine?\s+(?:probleme?|einwände)\s+mit\b|pas\s+de\s+problème\s+avec\b|suffers?\s+from\b|"
    rf"(?:my|our)\s+{KIN}\s+and\s+i\b|{_OF_NO_USE}|(?:is|are|be)\s+{FINE}\b|"
    r"muss\s+nicht\s+sein|(?:ich|wir)\s+nicht\b|"
    r"(?:do|does)\s+not\s+(?:need|mind|require|care|insist|matter|have\s+to)(?:\s+(?:to\s+(?:be|have)|having|being|"
    r"about|if|whether|it))?"
    r"(?:\s+(?:near|in|with|without|no|for|on)\b)?|"
    r"(?:(?:that|which|who)\s+)?(?:don['’]?t|doesn['’]?t|needn['’]?t)\s+(?:need|mind|require|care|insist|matter|"
    r"have\s+to)"
    r"(?:\s+(?:to\s+(?:be|have)|having|being|about|if|whether|it))?(?:\s+(?:near|in|with|without|no|for|on)\b)?|"
    rf"(?:ai|avons|a)\s+pas\s+besoin|{HELD}\b|"
    # "owner has no children", "said no to buyers", "le patron n'a pas d'enfants"
    r"(?:owners?|founders?|boss|sellers?|directors?|managers?|family)\s+(?:has|have|had)\s+no\b|sa(?:id|ys?)\s+no\b|"
    r"(?:patron|dirigeant|propriétaire|fondateur|gérant)e?\s+n['’]a\s+pas\b|"
    r"not\s+(?:suitable|right|meant|intended)\s+for\b|nicht\s+(?:geeignet|gedacht)\s+für\b|"
    r"(?:walk|built)\s+in\s+(?:shower|wardrobe|closet|bath|pantry|larder|kitchen|oven)s?\b|"
    r"\w++\s+in\s+(?:der\s+nähe|person)(?=\s*(?:$|[.;,:!?)])))",
    re.IGNORECASE,
)
"""Words in which no wish ends, though one of them ends wishes elsewhere."""
PLACED = (
    # "set in Italy", "set during the war", "takes place in Leeds", "based in York"
    r"(?:(?<!\btea )(?<!\bdinner )(?<!\btrain )(?<!\bchess )(?<!\bgift )(?<!\btool )"
    r"set\s+(?:in|at|during)(?=\s+(?:(?-i:[A-Z])|\d|(?:the|an?)\s))|"
    r"(?:takes?|taking)\s+place\s+(?:in|at|during)|(?:based|located|situated|headquartered)\s+(?:in|at|near)|"
    r"(?:spielt|spielend|angesiedelt|ansässig|gelegen)\s+(?:in|im|am|bei)|"
    r"se\s+(?:passe|déroule)(?:nt)?\s+(?:à|en|au|dans|pendant)|"
    r"(?:basée?|située?|installée?)s?\s+(?:à|en|au|dans))"
)
"""What leads to where or when something is or happens."""
_SET_OFF = re.compile(
    rf"(?<![\w-])(?:{_ALL_BUT}|{_AWAY}|{PLACED}|{IF_NOT}(?=[^.;:!?]{{0,60}}\s(?:then|dann|alors)\s))", re.IGNORECASE
)
_WITHOUT = re.compile(
    r"(?:without|ohne|sans)\s+(?:(?:an?|any|my|our|eine?[nmr]?|meine?n?|unsere?n?|une?|mon|ma|notre)\s+)?",
    re.IGNORECASE,
)
_DOING = re.compile(r"\s(?:leben|wohnen|auskommen|sein|vivre|hat|haben)$", re.IGNORECASE)
_BEFORE_WITHOUT = re.compile(r"\s(?:without|ohne|sans)\s", re.IGNORECASE)
_NOR_LIVE = re.compile(
    # "can't live", "could not do", "never be"
    r"\b(?:not|never|cannot|cant|couldnt|wouldnt|dont|wont|\w{2,8}n['’]t)\s+(?:(?:want|like|wish)\s+to\s+)?"
    r"(?:live|do|be|cope|manage|go|survive|exist|get\s+by)\s+$|"
    # "können nicht", "ne peut pas vivre"
    r"\b(?:nicht|nie)\s+$|\b(?:pas|plus|jamais)\s+(?:vivre|habiter|être|faire|rester)\s+$",
    re.IGNORECASE,
)
_SOUGHT = rf"(?:{'|'.join(sorted(SOUGHT))})"
_NO_SUCH = re.compile(
    # "no house", "don't want a flat", "kein Haus", "pas de maison"; not "a no house", "no frills hotel"
    r"(?:^|[.;:,!?]\s)(?P<lead>(?:[\w'’]+\s){0,6}?)(?<!\ba )(?<!\ban )(?<!\bthe )"
    r"(?:(?:no|don['’]?t\s+(?:want|need|like|show\s+me)|not\s+(?:want|an?)|"
    rf"keine?n?|pas\s+de)\s+|pas\s+d['’]\s*)(?:(?:an?|any)\s+)?{_SOUGHT}\s+$",
    re.IGNORECASE,
)
REACH = 80
"""Characters before a "without" in which a "no" is looked for."""


_BROUGHT = (
    r"(?:pets?|dogs?|cats?|animals?|birds?|smoking|smokers|vaping|children|kids|babies|parties|alcohol|cars|barbecues|"
    r"haustiere?|hunde?|katzen?|tiere?|vögel|rauchen|raucher|kinder|partys|feiern|alkohol|autos|grillen|"
    r"chiens?|chats?|animaux|oiseaux|fumeurs|fumer|enfants|fêtes|alcool|voitures|barbecues)"
)
"""What houses, inns and landlords allow or forbid: of another thing, a story may tell that it is forbidden."""
_NOT_ONES_OWN = "".join(f"(?<!\\b{word} )" for word in "my our meine unsere mes nos".split())
FORBIDDEN = (
    # "pets are not allowed", "small dogs not allowed", "Hunde nicht erlaubt", "animaux non admis"
    rf"{_NOT_ONES_OWN}(?P<what>(?:(?:large|big|small|little|young|older|other|große|kleine|junge|gros|petits|grands|"
    rf"jeunes)\s)?{_BROUGHT}(?:\s(?:or|oder|ou)\s{_BROUGHT})?)\s"
    r"(?:(?:is\s|are\s)?not\s(?:allowed|permitted|accepted|welcome)|(?:is|are)n['’]t\s(?:allowed|permitted|accepted|"
    r"welcome)|(?:(?:is|are)\s)?(?:forbidden|prohibited|banned)|"
    r"(?:ist\s|sind\s)?(?:nicht\s(?:erlaubt|gestattet|zugelassen|erwünscht)|verboten|untersagt)|"
    r"(?:ne\ssont\s|n['’](?:est|étaient)\s)?(?:pas|non)\s(?:admis|autorisé|accepté|permis)(?:es?|s)?|"
    r"(?:(?:est|sont)\s)?interdite?s?)"
)
AT_HOME = r"\s(?:in|at|on|dans|chez|bei)\s(?:my|our|mon|ma|notre|meine\w|unsere\w)\b"
_FORBIDDEN = re.compile(
    rf"(?<![\w'’-])(?:(?:where|wo|où)\s)?(?:(?:the|die|les|le)\s)?{FORBIDDEN}(?!\w)"
    rf"(?!\s(?:to|aux?|en|by|(?:is|are|would\sbe)\s{FINE})\b|{AT_HOME})",
    re.IGNORECASE,
)
"""What a part says that nobody may do or bring; not where the seeker lives, or that it is fine."""


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
