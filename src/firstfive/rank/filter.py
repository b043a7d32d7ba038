"""The filter language: conditions on typed fields, as text that parses, prints and parses back.

    country = "US" and team_size >= 10
    country in (US, GB) and not tags = crypto
    year_founded in 2010..2020 and known team_size

An item that does not state a field is kept and marked, unless the filter says `known`. Inside, a condition is true,
false or not known (Kleene's three values); items for which the whole is false are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import isfinite
from sys import float_info

from firstfive.errors import RequestError
from firstfive.features import value_text
from firstfive.features.dates import span
from firstfive.ports import Column
from firstfive.rank.conditions import Among, Between, Compare, Condition, Joined, Known, Not, Verdict, is_number

OPERATORS = ("<=", ">=", "!=", "=", "<", ">")
LONGEST = 4_000
DEEPEST = 50
"""Brackets and `not` within each other."""
SHOWN = 150
"""How many characters before and after the place where reading stopped an error shows."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<range>\.\.)|(?P<sign><=|>=|!=|==?|<|>|\(|\)|,)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?![\w-]|\.(?!\.)))"""
    r"""|(?P<word>[^\s"'()<>=!,.]+(?:\.(?!\.)[^\s"'()<>=!,.]+)*))"""
)
_WHOLE, _AFTER_COMMA = re.compile(r"(?<![\w.])-?\d+(?:\.\d{3})*$"), re.compile(r",(\d{1,3})(?![\w,])")
"""Both sides of the comma in a number such as 25,5 or 1.234,50."""
_SIGNLESS = re.compile(r"(?<![\w.])-?\d{1,20}(?:\.\d{1,20})?$")
"""A number before a sign that the language does not have, "15" of "15%"."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; `str()` gives its canonical text."""

    condition: Condition

    def allowed(self, columns: Mapping[str, Column], items: int) -> Verdict:
        """(items,) masks. Raises RequestError request.filter for a field or comparison the catalogue does not have."""
        return self.condition.over(columns, items)

    def names(self) -> tuple[str, ...]:
        """The fields whose absence marks an item, in order."""
        return tuple(dict.fromkeys(self.condition.names()))

    def __str__(self) -> str:
        return str(self.condition)


def parse_filter(text: str) -> Filter:
    """Reads the filter language. Raises RequestError request.filter that marks the place it stopped at."""
    if len(text) > LONGEST:
        raise RequestError(f"the filter has {len(text)} characters; write at most {LONGEST}", code="request.filter")
    return Filter(_Parser(text).whole())


class _Parser:
    """Recursive descent: or < and < not < test."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._either()
        if self._peek():
            raise self._wrong("expected `and`, `or` or the end")
        return condition

    def _either(self) -> Condition:
        return self._chain("or", self._both)

    def _both(self) -> Condition:
        return self._chain("and", self._negated)

    def _chain(self, word: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._word(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _negated(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"brackets and `not` stand more than {DEEPEST} deep", "write fewer within each other")
        try:
            if self._word("not"):
                return Not(self._negated())
            if self._sign("("):
                inner = self._either()
                self._expect(")")
                return inner
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Condition:
        if self._word("known"):
            return Known(self._field())
        field = self._field()
        if self._word("in"):
            return self._in(field)
        for operator in (*OPERATORS, "=="):
            if self._sign(operator):
                return Compare(field, operator.replace("==", "="), self._value())
        raise self._wrong(f"expected one of {' '.join(OPERATORS)} or `in` after {field}")

    def _in(self, field: str) -> Condition:
        if not self._sign("("):
            low = self._end()
            if not self._sign(".."):
                raise self._wrong("expected `..` between two numbers")
            return Between(field, low, self._end())
        values = [self._value()]
        while self._sign(","):
            values.append(self._value())
        self._expect(")")
        return Among(field, tuple(values))

    def _field(self) -> str:
        return _unquoted(self._take("a field's name", {"word", "text"}))

    def _value(self) -> str | float:
        token = self._take("a value", {"number", "word", "text"})
        # 02134, 2.50 and 1e3 stay as written: a field of text holds them so.
        return float(token) if is_number(token) and value_text(float(token)) == token else _unquoted(token)

    def _end(self) -> str | float:
        """An end of a range: a number, or what names days."""
        match = self._peek()
        said = match["word"] or match["text"] if match else None
        return _unquoted(self._take("a day", {"word", "text"})) if said and span(_unquoted(said)) else self._number()

    def _number(self) -> float:
        number = float(self._take("a number", {"number"}))
        if not isfinite(number):
            raise self._wrong(f"expected a number of at most {float_info.max:.1e} before this place")
        return number

    def _take(self, wanted: str, kinds: Collection[str]) -> str:
        match = self._peek()
        kind = str(match.lastgroup) if match else ""
        if not match or kind not in kinds:
            raise self._wrong(f"expected {wanted}")
        self._at = match.end()
        return match.group(kind)

    def _peek(self) -> re.Match[str] | None:
        match = _TOKEN.match(self._text, self._at)
        if not match and self._text[self._at :].strip():
            raise self._wrong("this cannot be read")
        return match

    def _word(self, word: str) -> bool:
        match = self._peek()
        if match and match.lastgroup == "word" and match.group("word").lower() == word:
            self._at = match.end()
            return True
        return False

    def _sign(self, sign: str) -> bool:
        match = self._peek()
        if match and match.lastgroup in {"sign", "range"} and match.group(match.lastgroup) == sign:
            self._at = match.end()
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise self._wrong(f"expected {sign}")

    def _wrong(self, why: str, advice: str = "") -> RequestError:
        before, after = self._text[: self._at][-SHOWN:], self._text[self._at :].strip()[:SHOWN]
        return RequestError(
            f"the filter cannot be read: {why} at: {before} >>> {after or 'end'}; {advice or _advice(before, after)}",
            code="request.filter",
        )


def _advice(before: str, after: str) -> str:
    """What to do where reading stopped: a comma inside a number is the likeliest slip, and not seen as one."""
    if (said := _SIGNLESS.search(before)) and after.startswith("%"):
        return f"write the number without a sign: {said[0]}"
    whole, rest = _WHOLE.search(before), _AFTER_COMMA.match(after)
    if not whole or not rest:
        return "correct it there"
    plain, part = whole[0].replace(".", ""), rest[1]
    number = f"{plain}{part} or {plain}.{part}" if len(part) == 3 else f"{plain}.{part}"
    return f"write the number with a point for decimals and nothing between thousands: {number}"


def _unquoted(token: str) -> str:
    if token[:1] in {'"', "'"}:
        return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
    return token
