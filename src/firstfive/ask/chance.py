"""The chance that a match is among the five, and how it is spread over the candidates.

    fit(signals, found) -> Calibration          once a Release, from questions made up from the catalogue
    fit_answers(curve, ...) -> Calibration      and how much surer an answer to a question makes it
    Calibration.chance(signals) -> 0.41         for each request: microseconds
    spread(scores, chance) -> (n,)              the candidates' shares: those of the first five add up to the chance

A logistic curve over a few signals of the ranking (Platt 1999; on signals and not on one score, so that it can tell a
thin request from a full one). Its weights are never below 0: a signal that says "less sure" on made-up questions says
so for a reason of theirs, and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import FIRST, SIGNALS

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Scores

RIDGE = 5.0
"""Weight of the prior that a signal says nothing: as much as this many questions at one spread from the mean."""
LEAST, MOST = 0.02, 0.98
"""No chance is shown as surer than this: a few hundred questions cannot bear more out."""
ROUNDS = 60
MOST_NATS = 6.0
"""Answers that narrow a catalogue down further than this to 1 in 400 make a chance no surer."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted curve: each signal's mean, spread and weight, and the bias. questions: how many rows it was fitted on.

    answers: what each nat that answers narrowed the catalogue down by adds to the log-odds.
    """

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    questions: int
    signals: tuple[str, ...] = SIGNALS
    answers: float = 0.0

    def chance(self, signals: Numbers, answered: float = 0.0) -> float:
        """In [.02, .98], for the signals of one answer. answered: how much was answered, in nats."""
        return float(self.chances(signals[None], np.array([answered]))[0])

    def chances(self, signals: Numbers, answered: Numbers | None = None) -> Numbers:
        """(n,) for signals (n, k), and nats answered (n,)."""
        odds = self.odds(signals)
        if answered is not None:
            odds = odds + self.answers * np.minimum(answered, MOST_NATS)
        return np.clip(_curve(odds), LEAST, MOST)

    def odds(self, signals: Numbers) -> Numbers:
        """(n,): the log-odds that signals (n, k) come to without any answer."""
        standard = np.clip((signals - np.array(self.means)) / np.array(self.spreads), -4, 4)
        return np.asarray(standard @ np.array(self.weights) + self.bias)


def fit(signals: Numbers, found: Mask, weights: Numbers | None = None) -> Calibration:
    """The curve of the largest likelihood, less the ridge. signals (n, k), found (n,).

    weights (n,): how much each question counts. Newton's steps; a weight below 0 becomes 0 and the rest is fitted
    again. Where all or none were found, only the bias says something. Cost: under 10 ms for a thousand.
    """
    count = np.ones(len(found)) if weights is None else weights
    means = np.average(signals, axis=0, weights=count)
    spreads = np.maximum(np.sqrt(np.average((signals - means) ** 2, axis=0, weights=count)), 1e-6)
    standard = np.clip((signals - means) / spreads, -4, 4)
    used = np.ones(signals.shape[1], dtype=bool)
    while True:
        bias, fitted = _newton(standard[:, used], found.astype(np.float64), count)
        wrong = fitted < 0
        if not wrong.any():
            break
        used[np.flatnonzero(used)[wrong]] = False
    every = np.zeros(signals.shape[1])
    every[used] = fitted
    return Calibration(tuple(means.tolist()), tuple(spreads.tolist()), tuple(every.tolist()), float(bias), len(found))


ANSWERED, RIDGE_OF_ANSWERS = 0.5, 20.0
"""What an answer's nat adds, where nothing is known of that: half. A nat is worth a whole one where it leaves out items
at random, and none where it leaves out those alone that were behind already. The prior weighs as much as 60 answers."""


def fit_answers(curve: Calibration, signals: Numbers, found: Mask, answered: Numbers, weights: Numbers) -> Calibration:
    """The curve, with the weight of answers that is likeliest for rankings after a truthful one: never below 0.

    All (n,) but signals (n, k). The curve itself stays, so that what is said before any answer does. Where no answer
    was tried the weight is `ANSWERED`, and a hundred of them outweigh that.
    """
    odds, nats = curve.odds(signals), np.minimum(answered, MOST_NATS)
    weight = ANSWERED
    for _ in range(ROUNDS):
        chance = _curve(odds + weight * nats)
        slope = float((weights * nats * (found - chance)).sum()) - RIDGE_OF_ANSWERS * (weight - ANSWERED)
        bend = float((weights * nats**2 * chance * (1 - chance)).sum()) + RIDGE_OF_ANSWERS
        step = min(1.0, max(-1.0, slope / bend))
        weight += step
        if abs(step) < 1e-8:
            break
    return replace(curve, answers=max(0.0, weight))


def spread(scores: Scores, chance: float) -> Numbers:
    """(n,): each candidate's share of the chance to be the match, falling with its score; they add up to 1.

    A softmax whose temperature is such that the first five share the chance: then what is asked next and what is shown
    come from one estimate. scores (n,) in the order of the ranking.
    """
    if len(scores) <= FIRST:
        return np.full(len(scores), 1 / max(1, len(scores)))
    falling = np.minimum.accumulate(np.asarray(scores, dtype=np.float64))  # variety may put a lower score first
    away = falling - falling[0]
    even = FIRST / len(scores)
    wanted = min(max(chance, even * 1.01), MOST)
    low, high = np.log(1e-3), np.log(1e3)
    for _ in range(30):
        middle = (low + high) / 2
        shares = np.exp(away / np.exp(middle))
        low, high = (middle, high) if shares[:FIRST].sum() > wanted * shares.sum() else (low, middle)
    shares = np.exp(away / np.exp(high))
    return np.asarray(shares / shares.sum())


def _newton(standard: Numbers, found: Numbers, count: Numbers) -> tuple[float, Numbers]:
    rows = np.column_stack([np.ones(len(found)), standard])
    ridge = np.diag([0.5, *[RIDGE] * standard.shape[1]])
    fitted = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        chance = _curve(rows @ fitted)
        slope = rows.T @ (count * (found - chance)) - ridge @ fitted
        curve = (rows * (count * np.maximum(chance * (1 - chance), 1e-6))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curve, slope)
        fitted += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return float(fitted[0]), np.asarray(fitted[1:])


def _curve(odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
