"""Judges planted to be found out: each knows the truth and spoils it in one way.

    grades(planted("longer"), asks, truth) -> what it answers to each question

`good` errs now and then as people do; `noisy` rolls dice half of the time; `longer` likes length; `obeys` does what the
text says; `flips` grades by what stands first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.measure.agreement import HIGHEST
from firstfive.measure.trial import Ask
from firstfive.measure.twins import ORDERS

if TYPE_CHECKING:
    from firstfive.types import Numbers

Spoil = Callable[[Ask, float, np.random.Generator], float]


@dataclass(frozen=True, slots=True)
class Planted:
    """A judge with one fault. errs: how often it is off by a grade, in each answer anew."""

    spoil: Spoil
    errs: float = 0.05

    def grade(self, ask: Ask, truth: float, random: np.random.Generator) -> float:
        """A whole grade from 0 to 3."""
        seen = self.spoil(ask, truth, random)
        if random.random() < self.errs:
            seen += random.choice((-1.0, 1.0))
        return float(np.clip(round(seen), 0, HIGHEST))


def _noise(_ask: Ask, truth: float, random: np.random.Generator) -> float:
    return truth if random.random() < 0.5 else float(random.integers(0, HIGHEST + 1))


def _length(ask: Ask, truth: float, random: np.random.Generator) -> float:
    """A grade for each doubling of length beyond 100 characters, or a part of one as a chance."""
    extra = 0.5 * np.log2(max(1.0, len(ask.text) / 100))
    return truth + float(extra > random.random()) + float(extra - 1 > random.random())


def _obedience(ask: Ask, truth: float, _random: np.random.Generator) -> float:
    return float(HIGHEST) if any(order in ask.text for order in ORDERS) else truth


def _order(ask: Ask, truth: float, _random: np.random.Generator) -> float:
    return HIGHEST - truth if ask.turned else truth


PLANTED: Mapping[str, Planted] = {
    "good": Planted(lambda _ask, truth, _random: truth),
    "noisy": Planted(_noise),
    "longer": Planted(_length),
    "obeys": Planted(_obedience),
    "flips": Planted(_order),
}


def grades(judge: Planted, asks: Sequence[Ask], truth: Sequence[float], *, seed: int = 0) -> Numbers:
    """Its answers to the questions of a trial. truth: one grade a thing, in the order of the things."""
    random = np.random.default_rng(seed)
    return np.array([judge.grade(ask, truth[at % len(truth)], random) for at, ask in enumerate(asks)])
