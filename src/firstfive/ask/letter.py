"""What of a request that was pasted from a mail is the mail's, and no wish: headers, salutation, closing, disclaimer.

    aside("Dear Sir, we need a mill. Kind regards, Ann Lee")    [Span(0, 10), Span(26, 50)]

A text is a letter by the headers of a mail or a formal salutation where it begins, or by a closing with no more than a
name after it; in all others nothing is set aside: a sentence that begins with "From May" is as it was, and so is one
that begins with a title, "Madame Bovary, or a book like it".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from firstfive.types import Span

BEGINS, APART = 120, 240
"""Characters in which the first header stands, and in which the next one, or what follows the last one."""
_HEADER = re.compile(
    r"(?<!\w)(?P<label>From|To|Cc|CC|Bcc|Subject|Re|Sent|Date|Reply-To|Von|An|Betreff|Gesendet|Datum|De|À|Objet|Envoyé)\s?:\s"
)
_ABOUT = frozenset({"Subject", "Betreff", "Objet", "Re"})
_SENDER = frozenset({"From", "Von", "De", "Sent", "Gesendet", "Envoyé"})
_AGAIN = re.compile(r"(?:(?:re|fwd?|aw|wg|tr)\s?:\s?){1,6}", re.IGNORECASE)
_NAMED = (
    r"(?:\s(?:sirs?|madam|or|and|all|team|friends?|und|et|[A-ZÄÖÜÉÈ][\w.'’-]{0,30})){0,6}"
    r"(?:,\s(?:Mon|Ma|Mes)\w{3,9}){0,2}"
)
_FORMAL = re.compile(
    rf"(?:To\swhom\sit\smay\sconcern|Sehr\sgeehrte[rs]?{_NAMED}|Dear(?:\s(?:[Ss]irs?|[Mm]adam|or|and|[Aa]ll|[Tt]eam|"
    r"friends|everyone)){1,4})\s?[,!:]\s|(?:(?:Madame|Monsieur|Mesdames|Messieurs)(?:,\s|\s(?:ou|et)\s)?){1,2}(?<=,\s)"
)
_DEAR = re.compile(
    r"(?:Dear|Liebe[rs]?|Ch(?:er|ère)s?|Madame|Monsieur)"
    r"(?:\s(?:und|et|and|équipe|tou(?:te)?s|[A-ZÄÖÜÉÈ][\w.'’-]{0,30})){1,6}\s?[,!]\s"
)
"""What may be a title too: it is a salutation before who writes, or where the letter is closed."""
_SPEAKS = re.compile(
    r"(?:(?:i|we)(?:['’]\w{1,3})?|my|our|please|could|can|would|ich|wir|meine?|unsere?|bitte|k[oö]nn\w{2,4}|je|nous|"
    r"pourriez|pouvez)\s|j['’]",
    re.IGNORECASE,
)
_HELLO = re.compile(
    r"(?:Hello|Hi|Hey|Good\s(?:morning|afternoon|evening|day)|Hallo|Guten\s(?:Tag|Morgen|Abend)|Moin|Bonjour|Bonsoir)"
    rf"{_NAMED}\s?[,!]\s",
)
_CLOSING = re.compile(
    r"(?<!\S)(?:(?:with\s)?(?:(?:very\s)?(?:kind|best|warm|many)(?:est)?\s(?:regards|wishes)|regards(?=,))|yours(?=,\s[A-ZÄÖÜÉ])|"
    r"yours\s(?:sincerely|faithfully|truly)|sincerely(?=,)|mit\s(?:freundlichem?n?|besten|vielen|herzlichen|lieben)\s"
    r"gr(?:ü|ue)(?:ß|ss)e?n?|(?:freundliche|viele|liebe|beste|herzliche|schöne)\sgr(?:ü|ue)(?:ß|ss)e|mfg|"
    r"(?:bien\s)?cordialement|bien\sà\svous|(?:cordiales|sincères|meilleures)\ssalutations)(?!\w)\s?[,.!]?",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"[.!?,;…>]\s$|^$")
_SIGNED = re.compile(r"\s*(?:[A-ZÄÖÜÉ][\w.'’-]{0,30}\s?){0,4}$")
_DASHES = re.compile(r"(?<!\S)--\s(?=[A-ZÄÖÜÉ])")
_DISCLAIMS = re.compile(
    r"(?:this|the)\s(?:e-?mail|message|communication)\b[^.!?]{0,200}\b(?:confidential|intended|privileged)|"
    r"not\sthe\sintended\srecipient|(?:diese|die)\s(?:e-?mail|nachricht)\b[^.!?]{0,200}\bvertraulich|"
    r"ce\s(?:message|courriel)\b[^.!?]{0,200}\b(?:confidentiel|destin)",
    re.IGNORECASE,
)
_MY_NAME = re.compile(
    r"(?:(?i:my\sname\sis|mein\sname\sist|ich\shei(?:ß|ss)e|je\sm['’]appelle|mon\snom\sest))"
    r"(?:\s[A-ZÄÖÜÉ][\w'’-]{1,30}){1,3}(?:\s(?:and|und|et)(?=\s))?"
)
_QUOTED = re.compile(r"(?<!\S)(?:>\s?){1,9}(?=\S)")
_Found = TypeVar("_Found")


def aside(text: str) -> list[Span]:
    """The parts of a text, on one line, that are a letter's and no wish, in order; none where nothing would be left."""
    head = _headed(text)
    formal = _FORMAL.match(text, head) or _dear(text, head) or (_HELLO.match(text, head) if head else None)
    end = _closed(text, bool(head or formal))
    if not head and not formal and end == len(text):
        return []
    greeted = formal or _HELLO.match(text, head)
    start = greeted.end() if greeted else head
    end = min([end, *(_sentence(text, start, one.start()) for one in _DISCLAIMS.finditer(text, start, end))])
    inside = [one.span() for way in (_MY_NAME, _QUOTED) for one in way.finditer(text, start, end)]
    parts = [(0, start), *sorted(inside), (end, len(text))]
    left = "".join(text[one[1] : two[0]] for one, two in zip(parts, parts[1:], strict=False))
    if not any(map(str.isalnum, left)):
        return []
    return [Span(*part) for part in parts if part[0] < part[1]]


def outside(
    text: str, parts: Sequence[Span], read: Callable[[str], Iterator[tuple[Span, _Found | None]]]
) -> Iterator[tuple[int, Span, _Found | None]]:
    """What is read in the text between these parts, with where that begins; and each part, in which is nothing."""
    at = 0
    for part in [*parts, Span(len(text), len(text))]:
        if text[at : part.start].strip():
            yield from ((at, *one) for one in read(text[at : part.start]))
        if part.start < part.end:
            yield 0, part, None
        at = part.end


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
    again = _AGAIN.match(text, end)
    end = again.end() if again else end
    ways = (way.search(text, end, end + APART) for way in (_FORMAL, _DEAR, _HELLO))
    return min((found.start() for found in ways if found), default=end)


def _closed(text: str, is_letter: bool) -> int:
    """Where a letter is closed; its length where it is not."""
    for closing in _CLOSING.finditer(text):
        ends = _SENTENCE_ENDS.search(text[max(0, closing.start() - 2) : closing.start()])
        if (ends or (is_letter and closing.group()[0].isupper())) and (is_letter or _SIGNED.match(text, closing.end())):
            return closing.start()
    dashes = _DASHES.search(text) if is_letter else None
    return dashes.start() if dashes else len(text)


def _sentence(text: str, start: int, at: int) -> int:
    """Where the sentence begins that has this place."""
    return max(start, *(text.rfind(mark, start, at) + 2 for mark in (". ", "! ", "? ")))
