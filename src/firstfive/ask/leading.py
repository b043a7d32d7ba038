"""The words that stand before a wish and are none of it: "I am looking for a", "wir suchen eine", "près de"."""

from __future__ import annotations

import re

from firstfive.ask.parting import WEEKDAY
from firstfive.ask.refusing import IF_NOT, PLACED
from firstfive.ask.seeker import YEARS
from firstfive.ask.small_words import DONT, KIN

_AGE = (
    rf"{YEARS}(?=\s+(?:and|und|et)\s+"
    r"(?:i|i['’]d|am|want|need|would|like|can['’]?t|cannot|has|ich|möchte|suche|kann|je|cherche)\s)"
)
_SPOKEN_TO = (
    r"(?=\s+(?:i|i['’]\w+|we|we['’]\w+|could|can|please|my|our|is|are|do|would|there|all|any\w+|some\w+|looking|"
    r"ich|wir|können|könnten|haben|gibt|bitte|suche|je|j['’]\w+|nous|pouvez|pourriez|avez|auriez)\b)"
)
_ANYONE = r"(?:anyone|anybody|someone|somebody|any\s+of\s+you)"
_LEADS = (
    # "could anyone", "you can help me", "as we", "so a"
    rf"(?:can|could|would|might|does)\s+{_ANYONE}|you\s+(?:can|could|might)(?=\s+(?:help|please|tell|find|show|"
    r"recommend|suggest)\b)",
    r"you\s+know(?!\s+(?:how|about|any|of|if)\b)|(?-i:as|since|da|so)(?=\s+(?:i|we|he|she|they|my|our|wir|ich)\b)|"
    r"so(?=\s+(?:an?|no|two|three|four|five|six|seven|eight|\d{1,2})\s)",
    # "we'd love", "and who is", "I want something", "looking for", "please find me"
    r"(?:i|we|i['’]d|we['’]d|would)\s+love",
    r"and|but|that|who|whose|which|is|are|has|have|i|we|am|i['’](?:m|d|ve|ll)|we['’](?:re|d|ve|ll)|want|need(?!\s+not\b)|would",
    r"always\s+wanted",
    # "where can I buy", "what should we read", "was kann ich schenken", "où puis-je trouver"
    r"(?:what|where|which)\s+(?:can|could|should)\s+(?:i|we)(?:\s+(?:buy|find|get|read|watch))?",
    r"(?:was|wo)\s+(?:kann|könnte|können|könnten|soll|sollte|sollen)\s+(?:ich|wir)"
    r"(?:\s+(?:kaufen|finden|lesen|schenken|bekommen))?",
    r"(?:que|où)\s+(?:puis|pourrais|dois)-je(?:\s+(?:acheter|trouver|lire|offrir))?",
    r"like|do|does|could|you|there|any|anything|something|somewhere",
    r"looking(?=\s+for)|look(?=\s+for)|find|me|please|bitte",
    # "good morning could you", "I was wondering if anyone", "would it be possible to", "hope you can help me find"
    rf"(?:(?:hello|hi|hey|hallo|bonjour|bonsoir|good\s+(?:morning|afternoon|evening|day)|guten\s+(?:tag|morgen|"
    rf"abend)){_SPOKEN_TO})",
    r"was(?=\s+wondering)|wonder(?:ed|ing)?\s+(?:if|whether)|hop(?:e|ing)(?=\s+(?:you|that\s+you|someone|anyone)\b)",
    rf"{_ANYONE}(?=\s+(?:can|could|might|would|has|have|know|knows|to\s+help|help|please)\b)",
    r"(?:is\s+it|it\s+be)\s+possible\s+(?:to|for)(?:\s+(?:have|get|find|book))?|help(?=\s+(?:me|us)\b)|"
    r"knows?\s+(?:of|a)(?=\s)",
    r"könnten(?=\s+sie\b)|können(?=\s+(?:sie|wir)\b)|pou(?:vez|rriez)-vous|pou(?:vez|rriez)(?=\s+vous\b)",
    r"(?:mir|uns)\s+(?:helfen|sagen)|(?:m['’]|nous\s+)aider|ob(?=\s+(?:sie|jemand|es)\b)",
    # what means nothing: "um", "no doubt", "if not Leeds then York"
    r"um+|er(?!\s+(?:hat|ist|soll|muss|kann)\b)|erm+|äh+m?|euh|no\s+doubt|without\s+(?:a\s+)?doubt|ohne\s+zweifel|"
    r"sans\s+(?:aucun\s+)?doute",
    rf"{IF_NOT}|(?:then|dann|alors)(?=\s+(?:an?\s|the\s|(?-i:[A-ZÄÖÜ])))",
    # "can you", "show me", "let us know whether", "do you know of", "my wife says that", "my husband has"
    r"(?:can|have|has)\s+(?:you|i|we)|(?:show|suggest|recommend|find)\s+(?:me|us)",
    r"(?:tell|let)\s+(?:me|us)(?:\s+know)?(?:\s+(?:if|whether|about))?|do\s+you\s+know\s+(?:if|of)",
    r"(?:my|our)\s+\w+\s+(?:says?|said|thinks?|tells?\s+me)(?:\s+that)?",
    rf"(?:my|our)\s+{KIN}\s+(?:and\s+i|(?:has|have)(?!\s+(?:left|gone|moved|died|been|grown)\b)|suffers?\s+from)|"
    rf"(?:meine?|unsere?)\s+{KIN}\s+(?:und\s+ich|hat|haben)",
    rf"(?:mon|ma|mes|notre|nos)\s+{KIN}\s+(?:et\s+moi|a|ont|souffre(?:nt)?\s+d(?:e|u))",
    rf"(?:have\s+you|i['’]ve|has\s+it)\s+got|(?:on|every)(?=\s+(?:an?\s+)?{WEEKDAY}\b)",
    # "a", "for the", "in or near", "because of"; not "in person"
    r"an?|the|for(?!\s+(?:sale|rent|hire)\b)|to|with|in\s+(?:or|and)\s+(?:near|around)|in(?!\s+person\b)|near|from|because(?:\s+of)?",
    # "und mit", "auf der Suche nach", "Nähe von", "Raum Husum", "wir brauchen"
    r"und|aber|mit|bei|aus|der|die|das|dem|den|einem|einer|im|auf\s+der\s+suche\s+nach|auf\s+(?:dem|der|einem|einer)",
    r"ich|bin|wir|wollen|(?:nähe|umgebung|umkreis)\s+(?:von|der|des)|nahe(?=\s+(?-i:[A-ZÄÖÜ]))",
    r"(?:groß)?raum(?=\s+(?-i:[A-ZÄÖÜ]))|(?:brauchen?|benötigen?)(?!\s+keine?n?\b)",
    # "il me faut", "près de la", "à la campagne", "au rez-de-chaussée"
    r"il\s+(?:me|nous)\s+fau(?:t|drait)",
    r"(?:près|à\s+proximité|aux\s+(?:environs|alentours))\s+d(?:e|u|es)(?:\s+(?-i:la))?|à\s+la(?=\s+(?:campagne|"
    r"montagne|mer)\b)",
    r"aux?(?=\s+(?:rez|calme|centre|premier|deuxième|troisième|dernier)\b)",
    # "haben Sie", "gibt es etwas", "wir möchten", "z. B."
    r"haben|sie|gibt|es|etwas|irgendwo|möchten?|suchen?|eine?n?|weil|wegen|habe|für|[ie]\.[eg]\.|z\.\s?b\.|"
    r"d\.\s?h\.|u\.\s?a\.",
    # "et avec une", "je cherche", "avez-vous", "est-ce que", "à Lyon"
    r"et|mais|avec|dans|pour|en|qui|une?|je|suis|nous|cherche|cherchons|des",
    r"(?-i:les?|la)|(?:les?|la)(?=\s+(?-i:[a-zà-ÿ]))|parce\s+que?",
    r"avez-vous|auriez-vous|y\s+a-t-il|il\s+y\s+a|est-ce\s+que|quelque\s+chose|(?:au|aux|à)(?=\s+(?-i:[A-ZÀ-Þ]))",
    PLACED,
    rf"(?!{DONT})dont|où",
    _AGE,
)
"""What stands before a wish and is none of it, with a blank behind each."""
LEADING = re.compile(
    rf"(?:(?:{'|'.join(_LEADS)})\s+|(?:près|à\s+proximité|aux\s+(?:environs|alentours))\s+d['’])+", re.IGNORECASE
)
