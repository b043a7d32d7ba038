"""Numbers as the report writes them: words for people, and the value for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstfive.cli.document import Number

if TYPE_CHECKING:
    from firstfive.app.past import Line, Point
    from firstfive.app.reporting import Interval

LINES = 4
"""Sets of requests that get a chart of their own, those measured last."""
ORDERED = frozenset({"nDCG", "RR", "AP"})
"""Measures of order, which are no share of anything and are written as numbers from 0 to 1."""


def percent(value: float) -> Number:
    """A share."""
    return Number(f"{value:.1%}".replace("%", " %"), value)


def measured(measure: str, value: float) -> Number:
    """A measure's value: most are shares."""
    return Number(f"{value:.3f}", value) if not is_share(measure) else percent(value)


def seconds(value: float) -> Number:
    """Seconds."""
    return Number(f"{value:.1f} s", value)


def count(value: int) -> Number:
    """How many."""
    return Number(f"{value:,}", value)


def ms(value: float | None) -> Number | str:
    """Milliseconds, where they are known."""
    return "not measured" if value is None else Number(f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms", value)


def usd(value: float | None) -> Number | str:
    """Dollars, where they are known."""
    return "not measured" if value is None else Number(f"${value:,.4f}", value)


def signed(value: float) -> Number:
    """A difference."""
    return Number(f"{value:+.3f}", value)


def is_share(measure: str) -> bool:
    """Whether it is written in percent."""
    return measure.partition("@")[0] not in ORDERED


def told(measure: str, value: Interval) -> str:
    """A value with its interval, in words."""
    return (
        f"{measured(measure, value.value).text}, 95 % interval {measured(measure, value.low).text} to "
        f"{measured(measure, value.high).text}"
    )


def stands(line: Line, point: Point) -> str:
    """A point's value in words, with its interval where it has one."""
    if line.alone:
        return f"{measured(line.measure, point.value.value).text} by the judge alone, which has no valid interval"
    labels = f", from {point.labels:,} labelled requests and a judge" if line.judge else ""
    return f"{told(line.measure, point.value)}{labels}"


def cells(line: Line, point: Point) -> tuple[Number, Number | str, Number | str]:
    """As `interval`, for a table: no ends where there is no interval."""
    value, low, high = interval(line, point)
    return (value, "none", "none") if line.alone else (value, low, high)


def interval(line: Line, point: Point) -> tuple[Number, Number, Number]:
    """A point's value, and from where to where it may lie."""
    value, name = point.value, line.measure
    return measured(name, value.value), measured(name, value.low), measured(name, value.high)
