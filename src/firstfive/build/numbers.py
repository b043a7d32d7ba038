"""Numbers that a text states, by rules: after a label, beside a word that says what they are, or in a set phrase.

Each rule is narrow: what it finds must bear the value out when read alone. A number that is a customer's, a market's, a
target or one end of a range is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from firstfive.build.evidence import in_unit, numbers_in
from firstfive.build.phrases import founding_years, headcounts
from firstfive.build.schema import Declared
from firstfive.build.units import Quantity, quantities
from firstfive.types import Span

LABELLED, AMONG_OTHERS, SAID = 0.95, 0.8, 0.8
"""How sure a number is after a label, after a label with others beside it, and in a sentence."""
REACH = 70
"""Characters before or after a number in which the word for it may stand."""


class Number(NamedTuple):
    """A number in the unit of its fact, where it is said, and how surely."""

    value: float
    span: Span
    sure: float


_LIMIT = re.compile(
    r"(?:\b(?:up to|under|below|less than|fewer than|at most|at least|max\.?|maximum|minimum|between|from|by|bis zu|"
    r"unter|jusqu['’]à|"
    r"moins de|fino a|another|every|each|first|last|next|no|top|per)|[<>≤≥])\s*$",
    re.IGNORECASE,
)
_LINK = (
    r"(?:\s*(?:[(:=,–-]|\bof|\bwas|\bwere|\bis|\bare|\bat|\bto|\breach(?:ed|es)?|\bcomes? to|\bcame to|\bstands? at|"
    r"\bstood at|"
    r"\bamount(?:s|ed|ing)? to|\btotal(?:s|ed|led|ling)?|\bexceed(?:s|ed|ing)?|\bhit|\btopped|\bpassed|\babout|"
    r"\baround|\bapprox(?:\.|"
    r"imately)?|\broughly|\bnearly|\balmost|\bsome|\bover|\bmore than|\bjust|\bcurrently|\bnow|\bhas|\bhave|"
    r"\blast year|\ba year|"
    r"\bthis year|\bannually|\bper year|\bin (?:the )?(?:last |past )?(?:financial |fiscal )?(?:year |fy ?)?(?:19|"
    r"20)\d\d|\bvon|\brund|"
    r"\betwa|\bca\.?|\bliegt bei|\bbeträgt|\bbei|\bde|\bdi|\bd['’]environ|\benviron|\bdel|\bdi circa|\bcirca|\bdepuis|"
    r"\bpari a)\s*)*"
)
_SOMEBODY_ELSES = re.compile(
    r"\b(?:customers?|clients?|market|industry|opportunity|users|merchants|sellers|creators|retailers|help(?:s|ed|"
    r"ing)?|increment\w*|"
    r"additional|extra|lost|losing|lose|sav(?:e|es|ed|ing|ings)|increas\w+|gr[eo]w\w*|rise|rose|target\w*|goal|aim\w*|"
    r"plan(?:s|ned)?|"
    r"forecast\w*|expect\w*|could|would|should|will|potential\w*|raised|raising|funding|per (?:month|day|week|"
    r"employee|customer|unit|"
    r"hour|store)|monthly|previously|his|their|competitors?|lenders?|for (?:a|an|the) \w+)\b",
    re.IGNORECASE,
)
_AFTER_ELSES = re.compile(
    r"[ ,(]{0,2}(?:(?:\w+[ -]+){0,3}?(?:(?:per|an?|each|every) |/ ?)(?:month|day|week|hour|employee|customer|unit|"
    r"store|"
    r"visit|order)\b"
    r"|(?:monthly|market|industry|opportunity|problem|sector)\b|business(?:es)?\b(?! of))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[^a-zß-öø-ÿ])|\n+")


def said_numbers(fact: Declared, text: str) -> Iterator[Number]:
    """Where sentences of the text state the number."""
    finder = _FINDERS.get(fact.cues.concept, _beside_words)
    yield from finder(fact, text)


def labelled_number(fact: Declared, value: str, start: int) -> Number | None:
    """The number after a label. start: where the value stands in the text; the span is that of the number alone."""
    found = [
        (one, number)
        for one in numbers_in(fact, value)
        if (number := in_unit(one, fact.unit, value)) is not None and not one.worded
    ]
    if not found or found[0][0].ranged or _LIMIT.search(value[: found[0][0].start]):
        return None
    one, number = found[0]
    sure = LABELLED if len({same for _, same in found}) == 1 and one.start < 25 else AMONG_OTHERS
    return Number(number, Span(start + one.start, start + one.end), sure)


# --- beside a word ----------------------------------------------------------------------------------------------------


def _beside_words(fact: Declared, text: str) -> Iterator[Number]:
    """ "annual sales of £5m", "£5m in annual sales", "168 beds"."""
    before, after = _patterns(frozenset(fact.cues.words), bool(fact.cues.concept))
    for quantity in quantities(text):
        number = in_unit(quantity, fact.unit, text)
        if number is None or quantity.ranged:
            continue
        left = _sentence_start(text, quantity.start)
        head = text[max(left, quantity.start - REACH) : quantity.start]
        cue = before.search(head)
        tail = after.match(text, quantity.end, quantity.end + REACH)
        if not cue and not tail:
            continue
        start = quantity.start - len(head) + cue.start("cue") if cue else quantity.start
        end = tail.end() if tail and not cue else quantity.end
        if not _somebody_elses(fact, text, left, Span(start, end), quantity):
            yield Number(number, Span(start, end), SAID)


@lru_cache(maxsize=64)
def _patterns(cues: frozenset[str], well_known: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What must stand before a number, and what after one, for it to be about these words."""
    words = "|".join(re.escape(cue) for cue in sorted(cues, key=lambda cue: (-len(cue), cue)))
    between = r"(?:\s?(?:of|in|de|d['’]|di|an|en|for)\s?)?" if well_known else r"(?:\s(?:of|in))?"
    kind = r"\s?(?:(?:annual|yearly|net|gross|total|group|registered|licensed|active|modern|new|own)\s)?"
    return (
        re.compile(rf"(?<!\w)(?P<cue>{words})(?!\w){_LINK}$", re.IGNORECASE),
        re.compile(rf"{between}{kind}(?P<cue>{words})(?!\w)", re.IGNORECASE),
    )


def _somebody_elses(fact: Declared, text: str, left: int, span: Span, quantity: Quantity) -> bool:
    """Whether the sentence up to the number, or what follows it, says that it is no figure of the item's own."""
    if _LIMIT.search(text, max(left, quantity.start - 20), quantity.start):
        return True
    if _AFTER_ELSES.match(text, span.end, span.end + 40):
        return True
    right = min(len(text), span.end + 25)
    return bool(fact.cues.concept and _SOMEBODY_ELSES.search(text, max(left, span.start - 80), right))


def _sentence_start(text: str, at: int) -> int:
    start = 0
    for end in _SENTENCE.finditer(text, max(0, at - 300), at):
        start = end.end()
    return max(start, at - 300)


_FINDERS: Mapping[str, Callable[[Declared, str], Iterator[Number]]] = {
    "employees": lambda fact, text: _set(fact, text, headcounts),
    "founded": lambda fact, text: _set(fact, text, founding_years),
}
"""Well-known things of which texts speak in set phrases; all others are found beside their words."""


def _set(
    fact: Declared, text: str, phrases: Callable[[str, Sequence[Quantity]], Iterator[tuple[Quantity, Span]]]
) -> Iterator[Number]:
    fitting = {
        one: number
        for one in numbers_in(fact, text)
        if not one.ranged and (number := in_unit(one, fact.unit, text)) is not None
    }
    for quantity, span in phrases(text, list(fitting)):
        yield Number(fitting[quantity], span, SAID)
