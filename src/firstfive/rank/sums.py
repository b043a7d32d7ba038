"""Numbers without a sign that are sums of money, by the words around them: "budget 900", "under 900 a month"."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from firstfive.rank.amounts import BEFORE, FEWER, MONEY, PERIOD, Amount
from firstfive.rank.called import BOUND_WORDS
from firstfive.rank.lexicon import AT_MOST, CHEAPER, DEARER, LESS, MORE, PERSON

if TYPE_CHECKING:
    from firstfive.types import Wish

_PAID_REGULARLY = re.compile(rf"(?:\s+{FEWER})?{PERIOD}", re.IGNORECASE)
"""What stands behind a sum that has no sign: "under 900 a month"."""
_SUM_ALONE = re.compile(
    rf"(?:{LESS}|{AT_MOST}|(?:no|not|nothing|nicht|nichts|pas)\s{MORE})\s+[\d.,'’ ]+|[\d.,'’ ]+\s"
    rf"(?!\w+\s(?:smaller|shorter|younger|jünger)){FEWER}",
    re.IGNORECASE,
)
"""A wish that is an upper limit and nothing else, or ends with one: in a catalogue with prices it is a price."""
_LIMIT = (
    r"(?:budgets?|(?:price|my|our|mein\w*|unsere?|preis|mon|ma|notre)[\s-]?(?:upper\s)?"
    r"(?:limite?|max(?:imum)?|obergrenze|grenze|plafond))\b"
)
_BUDGET = re.compile(rf"\b{_LIMIT}[\s:]*(?:{BOUND_WORDS}\s*){{0,4}}$", re.IGNORECASE)
"""What stands before the most that is to be paid: "budget 900"."""
_IS_LIMIT = re.compile(
    rf"\s?(?:[€$£]|(?:{'|'.join(sorted(filter(str.isalpha, MONEY)))})\b)?(?:{PERIOD})?"
    rf"\s(?:tops\b|(?:is|are|ist|sind|est|c['’]est)\s{_LIMIT})",
    re.IGNORECASE,
)
"""What stands behind it: "£900 tops", "900 a month is our limit"."""
_COSTS = re.compile(
    rf"\b(?:cost(?:s|ing)?|kosten|kostet|coûte(?:nt)?|coûtant|{CHEAPER}|{DEARER})\s(?:{BOUND_WORDS}\s*){{0,4}}$",
    re.IGNORECASE,
)
"""Before a number that has no sign: it is a sum."""
_OF_OTHERS = re.compile(
    rf"\b(?:{PERSON}|age[ds]?|alter|âge|height|width|length|depth|size|weight|distance|speed|höhe|breite|länge|größe|"
    r"gewicht|hauteur|largeur|taille|poids)[\s,:]*$",
    re.IGNORECASE,
)
"""After these words a number alone is an age or a measure, and no price."""
_EARNED = re.compile(
    r"\b(?:earn\w*|income|pension|salary|wages?|verdiene\w*|einkommen|rente|gehalt|gagne|revenus?|retraite|salaire)\b",
    re.IGNORECASE,
)
"""What the seeker has is no price."""


def limited(text: str, amount: Amount) -> bool:
    """Whether a number is said to be the most that is to be paid, or to be within that: "budget 900"."""
    return bool(_BUDGET.search(amount.before(text)) or _IS_LIMIT.match(text, amount.end))


def at_most(text: str, amount: Amount) -> Amount:
    """A sum named as a limit, as an upper bound; with "about 900" a little more is allowed."""
    one = (amount.exact or amount.rough) and amount.kind in ("", "money")
    return replace(amount, low=-inf) if one and limited(text, amount) else amount


_COUNTED = re.compile(
    r"(?:\b(?:of|von|de|aged?|ages|seating|sleeps|size|with|for|mit|für|avec|pour)|"
    r"\b(?:wid|narrow|thin|thick|tall|deep|high|low|long|short|heavi|light|bigg|larg|small)\w{0,3}er than)\s$",
    re.IGNORECASE,
)
"""Before a number of people or a measure: "a class of 10 or less", "narrower than 60"."""


def is_sum(text: str, wish: Wish, amount: Amount) -> bool:
    """Whether the words around a number without a sign make it a sum, or it is an upper limit and nothing else."""
    start, before = wish.start - len(wish.by), amount.before(text)
    if _OF_OTHERS.search(text, max(0, start - BEFORE), start) or _OF_OTHERS.search(before) or _EARNED.search(before):
        return False
    regularly = _PAID_REGULARLY.match(text, amount.end) is not None
    if _COUNTED.search(text, 0, amount.start) and not regularly:
        return False
    alone = amount.low == -inf and any(_SUM_ALONE.fullmatch(text, at, wish.end) for at in (start, amount.start))
    said = amount.kind == "" and (limited(text, amount) or _COSTS.search(before))
    return bool(alone or said or regularly)
