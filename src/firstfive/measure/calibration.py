"""How far stated chances can be trusted: the reliability diagram and the expected calibration error.

    reliability(chances, found) -> Reliability   bins for the diagram, the error, and what a perfect forecaster gets
    Reliability.lines(), svg()                   the diagram, as text and as a picture

The expected calibration error is never 0 on a finite sample, not even for someone who states every chance right: so it
is compared with the 95th percentile of what such a forecaster would get on the same chances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import wilson

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions

BINS = 10
WIDTH = 41
"""Columns of the diagram in text."""
ROUNDS = 2_000
DOUBT = 0.05
"""How seldom a perfect forecaster may have a bin as far off as the worst, over all bins together (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A point of the reliability diagram: how many requests, their mean stated chance, the share really found.

    low and high are the ends of the 95 % interval of the share, so that a point by few requests shows its doubt.
    luck: how likely a share as far off or farther is, on either side, if each request has the mean stated chance.
    """

    requests: int
    stated: float
    found: float
    low: float
    high: float
    luck: float = 1.0


@dataclass(frozen=True, slots=True)
class Reliability:
    """How stated chances and what was found agree. error: expected calibration error, in [0, 1].

    perfect: the 95th percentile of the error of a perfect forecaster with the same chances. brier: mean squared error.
    informed: how much smaller that is than for someone who states the overall share each time; below 0: larger.
    """

    requests: int
    error: float
    perfect: float
    brier: float
    informed: float
    bins: tuple[Bin, ...]

    @property
    def trusted(self) -> bool:
        """Whether the error is no larger than a perfect forecaster's might be."""
        return self.error <= self.perfect

    @property
    def worst(self) -> Bin | None:
        """The bin that is the least likely luck, where that is beyond chance; a mean over all bins may hide one."""
        least = min(self.bins, key=lambda one: one.luck)
        return least if least.luck * len(self.bins) < DOUBT else None

    def lines(self) -> list[str]:
        """The diagram as plain text: a line a bin, with | where stated and o where found, and what the error means."""
        rows = [
            f"  {one.stated:6.3f}  {one.found:6.3f}  {one.low:.3f} to {one.high:.3f}  {one.requests:8,}  {_drawn(one)}"
            for one in self.bins
        ]
        verdict = "no more than chance makes" if self.trusted else "more than chance makes: do not trust it that far"
        return [
            f"Chance of a match among the five, as stated (|) and as found (o), for {self.requests:,} requests:",
            "  stated   found  95 % interval   requests  0" + "1".rjust(WIDTH - 1),
            *rows,
            f"Expected calibration error {self.error:.3f}; a perfect forecaster's stays under {self.perfect:.3f} in 19 "
            f"of 20 such sets: {verdict}.{self._beside()}",
        ]

    def _beside(self) -> str:
        """What the mean error hides, where it hides anything."""
        if not (one := self.worst):
            return ""
        found = f"{round(one.found * one.requests):,} of {one.requests:,} requests"
        return f" A match was among the five in {found} stated at {one.stated:.3f}: do not trust it there."

    def svg(self) -> str:
        """The diagram as a picture of its own: a dot a bin, its interval, and the line on which all would lie."""
        dots = "".join(
            f'<path d="M{_x(one.stated)} {_y(one.low)}V{_y(one.high)}"/>'
            f'<circle cx="{_x(one.stated)}" cy="{_y(one.found)}" r="5">'
            f"<title>stated {one.stated:.3f}, found {one.found:.3f}, {one.requests} requests</title></circle>"
            for one in self.bins
        )
        marks = "".join(
            f'<text x="{_x(part)}" y="{_y(0) + 24}" text-anchor="middle">{part:g}</text>'
            f'<text x="{_x(0) - 10}" y="{_y(part) + 5}" text-anchor="end">{part:g}</text>'
            for part in (0, 0.25, 0.5, 0.75, 1)
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420" role="img" font-family="sans-serif" '
            'font-size="14" fill="#1b1b1b"><title>Chance of a match among the five, stated and found</title>'
            f'<rect width="420" height="420" fill="#fff"/><path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" '
            f'stroke="#1b1b1b"/><path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#767676" stroke-dasharray="4"/>'
            f'<g stroke="#0b5cad" stroke-width="2" fill="#0b5cad">{dots}</g>{marks}'
            f'<text x="{_x(0.5)}" y="412" text-anchor="middle">stated</text>'
            f'<text x="{_x(0) + 8}" y="{_y(1) + 5}">found; error {self.error:.3f}</text></svg>\n'
        )


def reliability(chances: Numbers, found: Mask, *, bins: int = BINS, seed: int = 0) -> Reliability:
    """The reliability of chances (n,) in [0, 1] against whether a match was among the five (n,).

    Bins hold equally many requests each (equal counts make the error less noisy than equal widths: Roelofs et al.,
    AISTATS 2022); fewer than `bins` where there are few requests. The result depends on the input and the seed alone.
    Raises UsageError without a request, or for a chance outside [0, 1].
    """
    stated = np.asarray(chances, dtype=np.float64)
    if not len(stated) or len(stated) != len(found):
        raise UsageError(f"there are {len(stated)} chances and {len(found)} outcomes; give one of each a request")
    if not bool(((stated >= 0) & (stated <= 1)).all()):
        raise UsageError("a chance lies outside 0 to 1; give probabilities")
    order = np.argsort(stated, kind="stable")
    stated, outcome = stated[order], np.asarray(found, dtype=np.float64)[order]
    edges = _edges(len(stated), bins)
    points = tuple(_bin(stated[low:high], outcome[low:high]) for low, high in zip(edges[:-1], edges[1:], strict=True))
    brier = float(((stated - outcome) ** 2).mean())
    plain = float(outcome.var())
    return Reliability(
        len(stated),
        float(_error(stated, outcome[None], edges)[0]),
        perfect_error(stated, bins=bins, seed=seed),
        brier,
        1 - brier / plain if plain > 0 else 0.0,
        points,
    )


def perfect_error(chances: Numbers, *, bins: int = BINS, seed: int = 0, rounds: int = ROUNDS) -> float:
    """The 95th percentile of the expected calibration error when every stated chance is right, by simulation."""
    stated = np.sort(np.asarray(chances, dtype=np.float64))
    edges = _edges(len(stated), bins)
    random = np.random.default_rng(seed)
    step = max(1, (1 << 21) // len(stated))
    errors = [
        _error(stated, (random.random((min(step, rounds - start), len(stated))) < stated).astype(np.float64), edges)
        for start in range(0, rounds, step)
    ]
    return float(np.quantile(np.concatenate(errors), 0.95))


def _drawn(one: Bin) -> str:
    line = ["·"] * WIDTH
    line[round(one.found * (WIDTH - 1))] = "o"
    line[round(one.stated * (WIDTH - 1))] = "|" if line[round(one.stated * (WIDTH - 1))] != "o" else "@"
    return "".join(line)


def _x(part: float) -> int:
    return round(50 + 350 * part)


def _y(part: float) -> int:
    return round(370 - 350 * part)


def _edges(n: int, bins: int) -> Positions:
    """Where bins of as equal counts as can be begin and end; at least five requests a bin, where there are so many."""
    return np.linspace(0, n, max(1, min(bins, n // 5)) + 1).round().astype(np.int64)


def _error(stated: Numbers, outcomes: Numbers, edges: Positions) -> Numbers:
    """(rounds,) for outcomes (rounds, n): the bins' |found - stated|, weighted by their counts."""
    away = np.add.reduceat(outcomes - stated, edges[:-1], axis=1)
    return np.asarray(np.abs(away).sum(axis=1) / len(stated))


def _bin(stated: Numbers, outcome: Numbers) -> Bin:
    n, share = len(stated), float(outcome.mean())
    low, high = wilson(share, n)
    mean = float(stated.mean())
    return Bin(n, mean, share, low, high, _luck(round(share * n), n, mean))


def _luck(hits: int, n: int, chance: float) -> float:
    """The two-sided binomial tail: twice the smaller of the chances of so few hits of n and of so many."""
    p = min(max(chance, 1e-12), 1 - 1e-12)
    steps = np.arange(1, n + 1)
    logs = n * np.log1p(-p) + np.append(0.0, np.cumsum(np.log((n - steps + 1) / steps) + np.log(p) - np.log1p(-p)))
    each = np.exp(logs)
    return float(min(1.0, 2 * min(each[: hits + 1].sum(), each[hits:].sum())))
