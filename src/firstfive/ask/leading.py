"""The words that stand before a wish and are none of it: "I am looking for a", "wir suchen eine", "près de"."""

from __future__ import annotations

from firstfive.ask.lexicon import DONT, KIN, WEEKDAY, one_of, pattern
from firstfive.ask.refusing import IF_NOT, PLACED
from firstfive.ask.seeker import YEARS

_SPOKEN_TO = (
    r"(?= (?:i|i'\w+|we|we'\w+|could|can|please|my|our|is|are|do|would|there|all|any\w+|some\w+|looking|"
    r"ich|wir|können|könnten|haben|gibt|bitte|suche|je|j'\w+|nous|pouvez|pourriez|avez|auriez)\b)"
)
_ANYONE = r"(?:anyone|anybody|someone|somebody|any of you)"
_NAME = r"(?= (?-i:[A-ZÄÖÜ]))"
_ENGLISH = (
    # "good morning could you", "could anyone", "you can help me", "as we", "so a", "we'd love"
    r"(?:hello|hi|hey|hallo|bonjour|bonsoir|good (?:morning|afternoon|evening|day)|guten (?:tag|morgen|"
    rf"abend)){_SPOKEN_TO}",
    rf"(?:can|could|would|might|does) {_ANYONE}|(?:i|we|i'd|we'd|would) love|always wanted",
    r"(?:i'm|we're|am|are) after(?! (?:school|hours|dark|(?:the|my|an?) (?:operation|stroke|fall))\b)|"
    r"you (?:can|could|might)(?= (?:help|please|tell|find|show|recommend|suggest)\b)",
    r"you know(?! (?:how|about|any|of|if)\b)|(?-i:as|since|da|so)(?= (?:i|we|he|she|they|my|our|wir|ich)\b)",
    r"so(?= (?:an?|no|two|three|four|five|six|seven|eight|\d{1,2}) )",
    # "where can I buy", "I was wondering if anyone", "would it be possible to", "hope you can help me find"
    r"(?:what|where|which) (?:can|could|should) (?:i|we)(?: (?:buy|find|get|read|watch))?|look(?:ing)?(?= for)",
    r"was(?= wondering)|wonder(?:ed|ing)? (?:if|whether)|hop(?:e|ing)(?= (?:you|that you|someone|anyone)\b)",
    rf"{_ANYONE}(?= (?:can|could|might|would|has|have|know|knows|to help|help|please)\b)",
    r"(?:is it|it be) possible (?:to|for)(?: (?:have|get|find|book))?|help(?= (?:me|us)\b)|knows? (?:of|a)(?= )",
    # what means nothing: "um", "no doubt"
    r"um+|er(?! (?:hat|ist|soll|muss|kann)\b)|erm+|äh+m?|euh|no doubt|without (?:a )?doubt",
    # "can you", "show me", "let us know whether", "do you know of", "my wife says that", "my husband has"
    r"(?:can|have|has) (?:you|i|we)|(?:show|suggest|recommend|find) (?:me|us)|(?:have you|i've|has it) got",
    r"(?:tell|let) (?:me|us)(?: know)?(?: (?:if|whether|about))?|do you know (?:if|of)",
    r"(?:my|our) \w+ (?:says?|said|thinks?|tells? me)(?: that)?",
    rf"(?:my|our) {KIN} (?:and i|(?:has|have)(?! (?:left|gone|moved|died|been|grown)\b)|suffers? from)",
    rf"(?:on|every)(?= (?:an? )?{WEEKDAY}\b)|in (?:or|and) (?:near|around)|in(?! person\b)|because(?: of)?",
    r"for(?! (?:sale|rent|hire)\b)|need(?! not\b)|i'(?:m|d|ve|ll)|we'(?:re|d|ve|ll)|[ie]\.[eg]\.",
    one_of(
        "a, an, the, to, with, near, from, and, but, that, who, whose, which, is, are, has, have, i, we, am, want, "
        "would, "
        "like, do, does, could, you, there, any, anything, something, somewhere, find, me, please"
    ),
)
_GERMAN = (
    # "was kann ich schenken", "könnten Sie", "auf der Suche nach", "Nähe von", "Raum Husum", "wir brauchen", "z. B."
    r"(?:was|wo) (?:kann|könnte|können|könnten|soll|sollte|sollen) (?:ich|wir)"
    r"(?: (?:kaufen|finden|lesen|schenken|bekommen))?",
    r"könnten(?= sie\b)|können(?= (?:sie|wir)\b)|(?:mir|uns) (?:helfen|sagen)|ob(?= (?:sie|jemand|es)\b)|ohne zweifel",
    rf"(?:meine?|unsere?) {KIN} (?:und ich|hat|haben)|auf der suche nach|auf (?:dem|der|einem|einer)",
    rf"(?:nähe|umgebung|umkreis) (?:von|der|des)|(?:nahe|raum|großraum){_NAME}|"
    r"nahe(?= (?:am|an|dem|der|beim) )|(?:brauchen?|benötigen?)(?! keine?n?\b)",
    r"z\. ?b\.|d\. ?h\.|u\. ?a\.|eine?n?|möchten?|suchen?",
    one_of(
        "bitte, und, aber, mit, bei, aus, der, die, das, dem, den, einem, einer, im, ich, bin, wir, wollen, haben, sie",
        "gibt, es, etwas, irgendwo, weil, wegen, habe, für, fuer",
    ),
)
_FRENCH = (
    # "où puis-je trouver", "il me faut", "près de la", "à la campagne", "au rez-de-chaussée", "à Lyon"
    r"(?:que|où) (?:puis|pourrais|dois)-je(?: (?:acheter|trouver|lire|offrir))?|il (?:me|nous) fau(?:t|drait)",
    r"pou(?:vez|rriez)-vous|pou(?:vez|rriez)(?= vous\b)|(?:m'|nous )aider|sans (?:aucun )?doute",
    rf"(?:mon|ma|mes|notre|nos) {KIN} (?:et moi|a|ont|souffre(?:nt)? d(?:e|u))",
    r"(?:près|à proximité|aux (?:environs|alentours)) d(?:e|u|es)(?: (?-i:la))?|à la(?= (?:campagne|montagne|mer)\b)",
    r"aux?(?= (?:rez|calme|centre|premier|deuxième|troisième|dernier)\b)|(?:au|aux|à)(?= (?-i:[A-ZÀ-Þ]))",
    r"(?-i:les?|la)|(?:les?|la)(?= (?-i:[a-zà-ÿ]))|parce que?|avez-vous|auriez-vous|y a-t-il|il y a|est-ce que",
    rf"quelque chose|on (?:cherche|voudrait|veut)|une?|(?!{DONT})dont",
    one_of("et, mais, avec, dans, pour, en, qui, je, suis, nous, cherche, cherchons, des, où"),
)
_OF_ANY = (
    # "if not Leeds then York", "based in", "I am 70 and want"
    rf"{IF_NOT}|(?:then|dann|alors)(?= (?:an? |the |(?-i:[A-ZÄÖÜ])))",
    PLACED,
    rf"{YEARS}(?= (?:and|und|et) "
    r"(?:i|i'd|am|want|need|would|like|will|can'?t|cannot|has|ich|wir|möchte|suche|kann|je|cherche) )",
)
LEADING = pattern(
    rf"(?:(?:{'|'.join((*_OF_ANY, *_ENGLISH, *_GERMAN, *_FRENCH))}) |(?:près|à proximité|aux (?:environs|"
    r"alentours)) d')+"
)
"""What stands before a wish and is none of it, with a blank behind each."""
