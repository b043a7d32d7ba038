"""Charts as SVG of our own: points with their 95 % intervals, a line through them, a bar to reach, a diagonal.

    plot(Plot(...)) -> SVG, drawn twice: for a wide page and for a narrow one, of which the page's style shows one

No library draws them, since a report must be written wherever firstfive runs: Altair with vl-convert is 84 MB that no
installation has unless somebody asks for it, and what is drawn here is a few points. Colours are the page's own, by
class, so that light, dark and print follow it. Text from outside is escaped here; each drawing has a title and a
description, and whoever shows one puts the numbers beneath it as a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDE, NARROW = (640, 270), (300, 230)
LEFT, RIGHT, TOP, BOTTOM = 54, 16, 14, 46
LETTER = 7.2
"""The width of a letter of the marks, about."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with the ends of its interval. label: what it is, for whoever points at it."""

    x: float
    value: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn. xs: the marks of the horizontal axis, each with its words. ys, span: the ends of the vertical axis
    and of the horizontal one.

    bar: a value to reach, drawn across, and its words. joined: a line through the dots. diagonal: the line on which
    both axes say the same. percent: whether values are shares.
    """

    name: str
    title: str
    described: str
    dots: tuple[Dot, ...]
    xs: tuple[tuple[float, str], ...]
    ys: tuple[float, float] = (0.0, 1.0)
    span: tuple[float, float] = (0.0, 1.0)
    across: str = ""
    bar: tuple[float, str] | None = None
    joined: bool = False
    diagonal: bool = False
    percent: bool = True


def plot(one: Plot) -> str:
    """Both drawings, as SVG elements for a page."""
    return "".join(_drawn(one, kind, *size) for kind, size in (("wide", WIDE), ("narrow", NARROW)))


def even(n: int) -> list[float]:
    """Places from 0 to 1 for n points side by side, with room at both ends."""
    return [(at + 0.5) / n for at in range(n)]


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers between two ends, about so many."""
    span = high - low or 1.0
    step = 10 ** floor(log10(span / about))
    step *= next(times for times in (1, 2, 2.5, 5, 10) if span / (step * times) <= about + 0.5)
    return [round(number * step, 10) for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def _drawn(one: Plot, kind: str, width: int, height: int) -> str:
    area = _Area(one, width, height)
    name = f"{escape(one.name)}-{kind}"
    return (
        f'<svg class="plot {kind}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(one.title)}</title><desc id="{name}-d">{escape(one.described)}</desc>'
        f"{''.join(_grid(one, area))}{''.join(_marks(one, area))}{''.join(_guides(one, area))}"
        f"{''.join(_dots(one, area))}</svg>"
    )


class _Area:
    """Where a value stands on the drawing."""

    def __init__(self, one: Plot, width: int, height: int) -> None:
        self.right, self.bottom = width - RIGHT, height - BOTTOM
        self.low, self.high = one.ys
        self.first, self.last = one.span

    def x(self, value: float) -> float:
        span = self.last - self.first or 1.0
        return round(LEFT + (self.right - LEFT) * (value - self.first) / span, 1)

    def y(self, value: float) -> float:
        span = self.high - self.low or 1.0
        part = min(1.0, max(0.0, (value - self.low) / span))
        return round(self.bottom - (self.bottom - TOP) * part, 1)


def _grid(one: Plot, area: _Area) -> Iterator[str]:
    for value in ticks(*one.ys):
        y = area.y(value)
        said = f"{value:.3g}" if not one.percent else f"{100 * value:g} %"
        line = "zero" if value == 0 and one.ys[0] < 0 else "rule"
        yield f'<path class="{line}" d="M{LEFT} {y}H{area.right}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 5}" text-anchor="end">{escape(said)}</text>'


def _marks(one: Plot, area: _Area) -> Iterator[str]:
    """Words under the axis, as many as stand apart, the last one always; those at the ends stay on the drawing."""
    taken = float(area.right + 60)
    for x, words in reversed(one.xs):
        half = LETTER * len(words) / 2
        middle = min(max(area.x(x), half + 2), area.right + RIGHT - half - 2)
        if middle + half + 8 <= taken:
            yield f'<text x="{round(middle, 1)}" y="{area.bottom + 20}" text-anchor="middle">{escape(words)}</text>'
            taken = middle - half
    if one.across:
        middle = (LEFT + area.right) // 2
        yield f'<text class="soft" x="{middle}" y="{area.bottom + 40}" text-anchor="middle">{escape(one.across)}</text>'


def _guides(one: Plot, area: _Area) -> Iterator[str]:
    if one.diagonal:
        yield f'<path class="guide" d="M{area.x(0)} {area.y(0)}L{area.x(1)} {area.y(1)}"/>'
    if one.bar:
        value, words = one.bar
        y = area.y(value)
        yield f'<path class="bar" d="M{LEFT} {y}H{area.right}"/>'
        yield f'<text class="goal" x="{area.right}" y="{y - 6}" text-anchor="end">{escape(words)}</text>'


def _dots(one: Plot, area: _Area) -> Iterator[str]:
    if one.joined and len(one.dots) > 1:
        path = "L".join(f"{area.x(dot.x)} {area.y(dot.value)}" for dot in one.dots)
        yield f'<path class="line" d="M{path}"/>'
    for dot in one.dots:
        x, low, high = area.x(dot.x), area.y(dot.low), area.y(dot.high)
        yield (
            f'<g class="dot"><title>{escape(dot.label)}</title><path d="M{x} {low}V{high}M{x - 5} {low}h10'
            f'M{x - 5} {high}h10"/><circle cx="{x}" cy="{area.y(dot.value)}" r="5"/></g>'
        )


def strip(
    value: float, low: float, high: float, ends: tuple[float, float] = (0.0, 1.0), bar: float | None = None
) -> str:
    """One interval as a strip that stretches to its room; it has no words, so the numbers stand beside it."""
    least, most = ends
    x, left, right = (100 * (min(max(one, least), most) - least) / ((most - least) or 1) for one in (value, low, high))
    marks = "" if bar is None else f'<rect class="at-bar" x="{_part(bar, ends)}" y="0" width="0.6" height="12"/>'
    zero = f'<rect class="at-zero" x="{_part(0, ends)}" y="0" width="0.4" height="12"/>' if least < 0 < most else ""
    return (
        '<svg class="strip" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="all" x="0" y="5" width="100" height="2"/>{zero}{marks}'
        f'<rect class="between" x="{left:.2f}" y="3.5" width="{max(0.6, right - left):.2f}" height="5"/>'
        f'<rect class="at" x="{min(98.8, max(0.0, x - 0.6)):.2f}" y="1" width="1.2" height="10"/></svg>'
    )


def _part(value: float, ends: tuple[float, float]) -> str:
    return f"{100 * (value - ends[0]) / ((ends[1] - ends[0]) or 1):.2f}"


def span_of(values: Sequence[float]) -> tuple[float, float]:
    """Ends for values that may lie on both sides of 0, with a little room."""
    least, most = min([0.0, *values]), max([0.0, *values])
    room = 0.06 * ((most - least) or 1.0)
    return least - room if least < 0 else 0.0, most + room
