"""What was read of a request: each wish, and the field, the operator and the value that it was read as.

understood(serving, request)    "revenue under 5 million" -> revenue <= 5, one line for each field
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from firstfive.rank import Bound, Days, Flag, Named, Weekly

if TYPE_CHECKING:
    from firstfive.app.requested import OfField
    from firstfive.app.serving import Serving
    from firstfive.types import Request, Wish


@dataclass(frozen=True, slots=True)
class Understood:
    """A wish, in the request's words, and one thing that it was read as.

    refused: it is asked to be absent. field, operator and value are empty where words alone are searched for.
    """

    wish: str
    refused: bool = False
    field: str = ""
    operator: str = ""
    value: str = ""

    @property
    def read_as(self) -> str:
        """The three together, or "words"."""
        return f"{self.field} {self.operator} {self.value}" if self.field else "words"


def understood(serving: Serving, request: Request) -> tuple[Understood, ...]:
    """What is read of a request, in its order. Raises RequestError as answering does. Cost: a request's reading."""
    reading = serving.read(request)
    text, every = reading.request.text, serving.fields.read(reading.request.text, reading.wishes).every
    return tuple(
        one for wish in reading.wishes for one in _read(text, wish, [each for each in every if each.wish == wish.start])
    )


def _read(text: str, wish: Wish, found: list[OfField]) -> Iterator[Understood]:
    said = f"{wish.by}{wish.text}"
    values = dict[tuple[str, str], list[str]]()
    for one in found:
        for operator, value in _terms(text, one):
            values.setdefault((one.field, operator), []).append(value)
    for (field, operator), several in values.items():
        joining = " and " if operator == "!=" else " or "  # "Leeds and York" are both refused
        yield Understood(said, wish.refused, field, operator, joining.join(dict.fromkeys(several)))
    if not values:
        yield Understood(said, wish.refused)


def _terms(text: str, one: OfField) -> Iterator[tuple[str, str]]:
    """Operators and values, as a filter would have them."""
    if isinstance(one, Bound):
        if one.low == one.high:
            yield "=", _number(one.low)
            return
        yield from ((sign, _number(end)) for sign, end in ((">=", one.low), ("<=", one.high)) if abs(end) < inf)
    elif isinstance(one, Flag):
        yield "=", "yes" if one.wanted else "no"
    elif isinstance(one, Named):
        yield from (("!=" if one.refused else "=", value) for value in (one.value, *one.others))
    elif isinstance(one, Days):
        days = f"{one.first} to {one.last}" if not one.months else f"months {', '.join(one.months)}"
        yield "not" if one.refused else "in", days
    elif isinstance(one, Weekly):
        yield "not" if one.refused else "in", text[one.part.start : one.part.end]


def _number(value: float) -> str:
    return f"{value:.15g}"
