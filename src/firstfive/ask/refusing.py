"""What a part of a request does with what it names: refuses it, is indifferent to it, or cannot bear it.

refusal(text, start, end)     "without a ", "anywhere but ", "allergic to ": what stands before a refused thing
needless(text, start, end)    "a garden is not necessary", "we don't mind stairs": neither wanted nor refused
insisted(text, start, end)    "without a lift is no good": what is wanted all the more
unborne(text, start, end)     "I hate stairs", "far from the road": searched for as it stands, and no wish
held(text)                    the parts in which no word ends a wish, and those before which one ends
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstfive.types import Span

_NAME = r"(?=(?-i:[A-ZÀ-Þ]))"
_OF_THE_SEEKER = (
    r"(?:of|my|our|i|he|she|we|they|do|does|am|is|can|has|ich|mein\w*|wir|er|sie|moi|m[ao]n?|je|l['’]un\w*)\b"
)
_REFUSAL = re.compile(
    r"(?:pas\s+d['’]|(?:not|no|nothing(?:\s+(?:for|in|from|like|about|with|to\s+do\s+with))?|don['’]?t|without|never|"
    rf"keine?n?|nichts(?:\s+(?:für|mit|aus|in))?|nicht|ohne|sans|pas(?:\s+de)?|(?:neither|nor|weder|ni)(?!\s+{_OF_THE_SEEKER}))\s+)"
    r"(?!(?:only|just|more|less|later|mind|care|matter|necessarily|far|nur|unbedingt|weit|forcément|loin|(?:too|so|zu|trop)\s+(?:far|weit|loin))\b)"
    r"(?:(?:want|need|like|an?|the|in|any|about|of|near|on|at|(?:suitable\s+|right\s+|meant\s+|intended\s+)?for(?!\s+(?:sale|rent|hire|free)\b)|"
    r"bei|am|im|(?:geeignet\s+|gedacht\s+)?für|à|aux?|en|dans|chez|pour|une|adaptée?s?\s+aux?)\s+|"
    r"(?:absolute|complete|total|absolute[nr]?|blutige[nr]?|grands?|vrais?)\s+(?=(?:beginners?|anfänger\w*|débutant\w*)\b))*",
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
_STAIRS = re.compile(
    _WHOSE + r"(?:(?:he|she|they)\s+)?(?:(?:can(?:no|['’]?)t|unable\s+to)\s+"
    r"(?:climb|manage|cope\s+with|go\s+up|get\s+up|do)\s+"
    r"(?:(?:the|any|many|too\s+many)\s+)?(?=(?:stairs|steps|hills)\b)|"
    r"(?:kann|können)\s+keine\s+(?=(?:treppen|stufen)\s)|"
    r"ne\s+(?:peu[xt]|pouvons|peuvent)\s+(?:pas|plus)\s+monter\s+(?:les\s+|d['’]|des\s+)?(?=(?:escaliers?|marches)\b))",
    re.IGNORECASE,
)
"""Where somebody cannot go, and what stands there is refused: "my mother cannot climb stairs"."""
_STAIR = re.compile(r"[^\W\d_]+")
_WHEN_OR_WHERE = (
    r"(?:town|city|village|place|area|county|country|region|district|day|weekday|evening|morning|afternoon|time|month|year|"
    r"colou?r)"
)
_ALL_BUT = (
    rf"(?:(?:in|on|at|for|near)\s+)?(?:any|every)(?:thing|where|one|body|\s+{_WHEN_OR_WHERE})\s+"
    r"(?:but|except|other\s+than|apart\s+from)\s+(?!(?:not|no|with|without|must|i|we|it|that|has|have|preferably|ideally)\b)"
    r"(?:(?:for|in|on|at|near|an?|the)\s+){0,3}|"
    r"(?:except|other\s+than)\s+(?!(?:that|if|when|where|i|we|it)\b)(?:(?:for|in|on|at|an?|the)\s+){0,3}|"
    r"(?:(?:alles|überall|jede\w{0,2}\s+\w+)\s+(?:außer|ausser|bis\s+auf)|"
    r"(?:außer|ausser)(?!\s+(?:haus|betrieb|dienst|saison|atem|dass|wenn|falls|ich|wir|es)\b))\s+"
    r"(?:(?:in|am|an|im|auf|der|dem|den|die|das|eine\w?)\s+){0,3}|"
    r"(?:(?:tout|partout|tous\s+les\s+\w+|toutes\s+les\s+\w+)\s+)?(?:sauf|hormis|excepté)\s+(?!(?:si|que|quand|je|nous|il|s['’]il)\b)"
    r"(?:(?:à|aux?|en|dans|des?|du|une?|les?|la)\s+){0,3}(?:[àd]?\s?l['’])?|"
    rf"(?<!just )(?<!right )(?-i:outside)\s+(?:of\s+)?{_NAME}|außerhalb\s+von\s+{_NAME}|"
    rf"(?:en\s+de)?hors\s+d(?:e\s+|['’]){_NAME}"
)
_NOT_FAR = "".join(f"(?<!{word} )" for word in ("not", "too", "so", "very", "that", "nicht", "zu", "pas", "trop"))
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
_AVERSION = re.compile(
    _WHOSE + r"(?:(?:afraid|scared|terrified)\s+of|hates?|dislikes?|detests?|hass(?:e|en|t)|verabscheue|angst\s+vor|"
    r"détestes?|j['’]ai\s+peur\s+(?:des?|du))\s",
    re.IGNORECASE,
)
"""What they cannot bear. It may be what they want to be rid of, "I hate cleaning", as well as what must not be there:
so it is searched for, as it stands, and is no wish, for which a result would quote "Steep stairs"."""
_BOTHERS = re.compile(
    r"\s(?:(?:is|are)\s+a\s+(?:(?:big|real)\s+)?problem|(?:bothers?|annoys?)\s+(?:me|us)|stör(?:t|en)\s+(?:mich|uns)|"
    r"(?:ist|sind)\s+ein\s+problem|(?:me|nous)\s+dérange(?:nt)?)$",
    re.IGNORECASE,
)
"""What they cannot bear, said first: "noise bothers me"."""
_OF_ANOTHER = re.compile(r"\b(?:that|who|whose|which|der|die|das|qui)\b", re.IGNORECASE)
_OF_AN_ITEM = re.compile(r"\b(?:that|who|whose|which|does|it|der|die|das|qui)\b", re.IGNORECASE)
_NEEDED = (
    r"(?:necessary|needed|required|essential|important|nötig|notwendig|erforderlich|wichtig|nécessaires?|indispensables?|"
    r"obligatoires?|importante?s?)"
)
_RATHER = r"(?:(?:at\s+all|really|so|that|strictly|actually|necessarily|unbedingt|zwingend|vraiment|forcément)\s+)?"
_THINGS = r"(?:\w++['’]?\s*+){1,5}?"
_NOT_NEEDED = rf"(?:not|nicht|pas)\s+{_RATHER}{_NEEDED}\b"
_FINE = r"(?:fine|ok(?:ay)?|all\s?right|acceptable|(?:no|not\s+a)\s+problem)"
_OF_NO_USE = (
    r"(?:(?:is|are|would\s+be)\s+(?:no\s+(?:good|use)|useless|out\s+of\s+the\s+question|impossible|"
    r"not\s+(?:an\s+option|possible|acceptable|any\s+good))(?:\s+(?:to|for)\s+(?:me|us))?|"
    r"geht\s+(?:(?:gar|bei\s+uns|für\s+uns)\s+)?nicht|kommt\s+nicht\s+in\s+frage|"
    r"ist\s+(?:ausgeschlossen|unmöglich|keine\s+option|nicht\s+möglich)|"
    r"(?:(?:ce\s+n['’])?est|c['’]est)\s+(?:exclue?|impossible|inutile|hors\s+de\s+question|pas\s+possible))"
)
_ASKED_OF_THE_SEEKER = (
    r"(?:experience|previous|prior|deposit|booking|bookings|qualifications?|licen[cs]e|degree|knowledge|skills?|training|"
    r"references?|guarantor|equipment|appointment)\b"
)
_NEEDLESS = re.compile(
    r"(?:there\s+is\s+)?no\s+need\s+(?:for|of|to)\s|"
    rf"(?:don['’]?t|do\s+not|not|needn['’]?t)\s+{_RATHER}(?:need|mind|require|care\s+(?:about|if|whether)|insist\s+on)\s|"
    r"(?:doesn['’]?t|does\s+not|don['’]?t|do\s+not|not)\s+(?:have|need)\s+to\s+(?:be|have|include)\s|"
    r"(?:brauchen?|benötigen?)\s+(?:(?:ich|wir)\s+)?keine?n?\s|"
    r"(?:(?:je|nous|on)\s+)?(?:n['’](?:ai|avons|a)\s+|j['’]ai\s+)?pas\s+besoin\s+d(?:['’]|(?:e|u|es)\s)|peu\s+importe\s|"
    rf"(?:{_THINGS}(?:(?:is|are|ist|sind|est|sont)\s+)?{_NOT_NEEDED}(?:\s+(?:to|for|für|pour)\s+(?:me|us|mich|uns|moi|nous))?|"
    rf"{_THINGS}(?:(?:is|are)n['’]?t\s+{_RATHER}{_NEEDED}|(?:does\s+not|doesn['’]?t|do\s+not|don['’]?t)\s+matter(?:\s+to\s+(?:me|us))?|"
    r"(?:is|are)\s+optional|ist\s+(?:(?:mir|uns)\s+)?(?:egal|kein\s+muss)|muss\s+nicht\s+sein|brauchen?\s+(?:ich|wir)\s+nicht|"
    r"(?:m['’]|nous\s+)est\s+égale?)|"
    rf"(?:no|keine?)\s+(?!{_ASKED_OF_THE_SEEKER}){_THINGS}(?:(?:is|are)\s+)?(?:needed|necessary|required|nötig|notwendig)|"
    rf"(?:no|without(?:\s+an?)?)\s+{_THINGS}(?:is|are|would\s+be)\s+(?:(?:also|absolutely|perfectly)\s+)?{_FINE}(?:\s+(?:too|for\s+us|by\s+me))?|"
    rf"ohne\s+{_THINGS}(?:(?:geht|ginge|reicht|passt)(?:\s+(?:es|das))?(?:\s+auch)?(?:\s+gut)?|"
    r"(?:ist|wäre)\s+(?:auch\s+)?(?:ok(?:ay)?|gut|möglich|in\s+ordnung))|"
    rf"sans\s+{_THINGS}(?:c['’]est\s+(?:bien|ok|possible)|ça\s+(?:va|ira)|convient|va\s+bien|est\s+possible)(?:\s+aussi)?)\s*$",
    re.IGNORECASE,
)
"""What nobody asks for, and does not mind either."""
_INSISTED = re.compile(
    r"(?:no|without|ohne|sans)\s+(?:(?:an?|eine?n?)\s+)?(?P<what>\w++(?:\s\w++){0,3}?)\s" + _OF_NO_USE + r"\s*$",
    re.IGNORECASE,
)
_NOT_WITHOUT = re.compile(r"(?:not|nicht|pas)\s+(?:without|ohne|sans)\s+(?:(?:an?|eine?n?)\s+)?", re.IGNORECASE)
_HELD = re.compile(
    rf"(?<!\w)(?:\w++\s(?:at\s+all\s+)?{_NOT_NEEDED}|no\s+need\s+(?:for|of|to)\b|{_OF_NO_USE}|(?:is|are|be)\s+{_FINE}\b|"
    r"muss\s+nicht\s+sein|(?:ich|wir)\s+nicht\b|"
    r"(?:do|does)\s+not\s+(?:need|mind|require|care|insist|matter|have\s+to)(?:\s+(?:to\s+(?:be|have)|having|being|about|if|whether|it))?"
    r"(?:\s+(?:near|in|with|without|no|for|on)\b)?|"
    r"(?:(?:that|which|who)\s+)?(?:don['’]?t|doesn['’]?t|needn['’]?t)\s+(?:need|mind|require|care|insist|matter|have\s+to)"
    r"(?:\s+(?:to\s+(?:be|have)|having|being|about|if|whether|it))?(?:\s+(?:near|in|with|without|no|for|on)\b)?|"
    r"(?:ai|avons|a)\s+pas\s+besoin|ne\s+(?:peu[xt]|pouvons|peuvent|dépass\w+)\s+pas\b|"
    r"not\s+(?:suitable|right|meant|intended)\s+for\b|nicht\s+(?:geeignet|gedacht)\s+für\b|"
    r"(?:walk|built)\s+in\s+(?:shower|wardrobe|closet|bath|pantry|larder|kitchen|oven)s?\b|"
    r"\w++\s+in\s+(?:der\s+nähe|person)(?=\s*(?:$|[.;,:!?)])))",
    re.IGNORECASE,
)
"""Words in which no wish ends, though one of them ends wishes elsewhere."""
_SET_OFF = re.compile(rf"(?<![\w-])(?:{_ALL_BUT}|{_AWAY})", re.IGNORECASE)


def refusal(text: str, start: int, end: int, lead: str = "") -> tuple[int, int] | None:
    """Where what is refused starts and ends, if a part of the text refuses something. lead: the words before it."""
    found = _ALL_BUT_HERE.match(text, start, end) or _REFUSAL.match(text, start, end)
    if not found and (stairs := _STAIRS.match(text, start, end)):
        thing = _STAIR.match(text, stairs.end(), end)
        return (stairs.end(), thing.end()) if thing else None
    if not found and not _OF_ANOTHER.search(lead):
        found = _ALLERGY.match(text, start, end)
    return (found.end(), end) if found else None


def all_but(text: str, start: int, end: int) -> bool:
    """Whether a part refuses one thing of all: no word leads to that."""
    return _ALL_BUT_HERE.match(text, start, end) is not None


def insisted(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where that starts and ends without which a part says that nothing will do."""
    if found := _INSISTED.match(text, start, end):
        return found.span("what")
    found = _NOT_WITHOUT.match(text, start, end)
    return (found.end(), end) if found else None


def needless(text: str, start: int, end: int, lead: str = "") -> bool:
    """Whether a part of the text only says what need not be there, or may be; not of an item that needs nothing."""
    return not _OF_AN_ITEM.search(lead) and _NEEDLESS.match(text, start, end) is not None


def unborne(text: str, start: int, end: int, lead: str = "") -> bool:
    """Whether a part of the text says what the seeker cannot bear."""
    if _OF_ANOTHER.search(lead):
        return False
    aversion = _AVERSION.match(text, start, end) or _AWAY_HERE.match(text, start, end)
    return aversion is not None or _BOTHERS.search(text, start, end) is not None


def held(text: str) -> Iterator[tuple[Span, bool]]:
    """The parts in which no word ends a wish, and whether one ends before each."""
    for match in _HELD.finditer(text):
        yield Span(*match.span()), False
    for match in _SET_OFF.finditer(text):
        yield Span(*match.span()), True
