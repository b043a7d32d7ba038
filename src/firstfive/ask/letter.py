"""What of a request that was pasted from a mail is the mail's, and no wish: headers, salutation, closing.

    body("Dear Sir, we need a mill. Kind regards, Ann Lee")    Span(10, 26)

A text is a letter by the headers of a mail or a formal salutation where it begins, or by a closing with no more than a
name after it; all others are a body: a sentence that begins with "From May", and one that begins with a title, "Madame
Bovary, or a book like it".
"""

from __future__ import annotations

import re

from firstfive.ask.lexicon import pattern
from firstfive.types import Span

BEGINS, APART = 120, 240
"""Characters in which the first header stands, and in which the next one, or what follows the last one."""
_HEADER = re.compile(
    r"(?<!\w)(?P<label>From|To|Cc|CC|Bcc|Subject|Re|Sent|Date|Reply-To|Von|An|Betreff|Gesendet|Datum|De|À|Objet|Envoyé)"
    r" ?:(?: (?:re|fwd?|aw|wg|tr|RE|FWD?|AW|WG|TR):){0,6} "
)
_ABOUT = frozenset({"Subject", "Betreff", "Objet", "Re"})
_SENDER = frozenset({"From", "Von", "De", "Sent", "Gesendet", "Envoyé"})
_NAMED = (
    r"(?: (?:sirs?|madam|or|and|all|team|friends?|und|et|[A-ZÄÖÜÉÈ][\w.'’-]{0,30})){0,6}"
    r"(?:, (?:Mon|Ma|Mes)\w{3,9}){0,2}"
)
_FORMAL = re.compile(
    rf"(?:To whom it may concern|Sehr geehrte[rs]?{_NAMED}|"
    r"Dear(?: (?:[Ss]irs?|[Mm]adam|or|and|[Aa]ll|[Tt]eam|friends|everyone)){1,4}) ?[,!:] |"
    r"(?:(?:Madame|Monsieur|Mesdames|Messieurs)(?:, | (?:ou|et) )?){1,2}(?<=, )"
)
_DEAR = re.compile(
    r"(?:Dear|Liebe[rs]?|Ch(?:er|ère)s?|Madame|Monsieur)"
    r"(?: (?:und|et|and|équipe|tou(?:te)?s|[A-ZÄÖÜÉÈ][\w.'’-]{0,30})){1,6} ?[,!] "
)
"""What may be a title too: it is a salutation before who writes, or where the letter is closed."""
_SPEAKS = pattern(
    r"(?:(?:i|we)(?:'\w{1,3})?|my|our|please|could|can|would|ich|wir|meine?|unsere?|bitte|k[oö]nn\w{2,4}|je|nous|"
    r"pourriez|pouvez) |j'"
)
_HELLO = re.compile(
    r"(?:Hello|Hi|Hey|Good (?:morning|afternoon|evening|day)|Hallo|Guten (?:Tag|Morgen|Abend)|Moin|Bonjour|Bonsoir)"
    rf"{_NAMED} ?[,!] "
)
_CLOSING = pattern(
    r"(?<!\S)(?:(?:with )?(?:(?:very )?(?:kind|best|warm|many)(?:est)? (?:regards|wishes)|regards(?=,))|"
    r"yours(?=, (?-i:[A-ZÄÖÜÉ]))|yours (?:sincerely|faithfully|truly)|sincerely(?=,)|"
    r"mit (?:freundlichem?n?|besten|vielen|herzlichen|lieben) gr(?:ü|ue)(?:ß|ss)e?n?|"
    r"(?:freundliche|viele|liebe|beste|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e|mfg|(?:bien )?cordialement|bien à vous|"
    r"(?:cordiales|sincères|meilleures) salutations)(?!\w) ?[,.!]?"
)
_SENTENCE_ENDS = re.compile(r"[.!?,;…>] $|^$")
_SIGNED = re.compile(r" *(?:[A-ZÄÖÜÉ][\w.'’-]{0,30} ?){0,4}$")


def body(text: str) -> Span:
    """Where that stands in a text, on one line, which is not a letter's: all of it where nothing else would be left."""
    head = _headed(text)
    formal = _FORMAL.match(text, head) or _dear(text, head)
    end = _closed(text, bool(head or formal))
    greeted = formal or (_HELLO.match(text, head) if head or end < len(text) else None)
    start = greeted.end() if greeted else head
    return Span(start, end) if any(map(str.isalnum, text[start:end])) else Span(0, len(text))


def _dear(text: str, start: int) -> re.Match[str] | None:
    """The salutation by name that stands there."""
    dear = _DEAR.match(text, start)
    return dear if dear and (start or _SPEAKS.match(text, dear.end()) or _closed(text, False) < len(text)) else None


def _headed(text: str) -> int:
    """Where the headers of a mail end that a text begins with; 0 where it begins with none, or a form's labels."""
    end, labels = 0, set[str]()
    for header in _HEADER.finditer(text):
        if header.start() > (end + APART if labels else BEGINS):
            break
        labels.add(header["label"])
        end = header.end()
    if len(labels) < 2 or not ("@" in text[:end] or (labels & _ABOUT and labels & _SENDER)):
        return 0
    ways = (way.search(text, end, end + APART) for way in (_FORMAL, _DEAR, _HELLO))
    return min((found.start() for found in ways if found), default=end)


def _closed(text: str, is_letter: bool) -> int:
    """Where a letter is closed; its length where it is not."""
    for closing in _CLOSING.finditer(text):
        ends = _SENTENCE_ENDS.search(text[max(0, closing.start() - 2) : closing.start()])
        if (ends or (is_letter and closing.group()[0].isupper())) and (is_letter or _SIGNED.match(text, closing.end())):
            return closing.start()
    return len(text)
