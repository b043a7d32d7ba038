"""The chance that a match is among the five: each candidate's share of being what the seeker looks for.

    fit(evidence, right) -> Calibration     once a Release, from questions made up from the catalogue
    Calibration.shares(evidence) -> (k + 1,)    of each candidate, and of none of them
    Calibration.chance(evidence) -> 0.41    what the first five share, for each request: microseconds

A conditional logit (McFadden, 1974): the seeker's item is one of the candidates or none of them, and what speaks for
one speaks against the others. An answer leaves out candidates and the rest of the catalogue alike, by Bayes' rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import EVIDENCE, FIRST

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers, Positions

SILENT, OTHERWISE = 1.5, 3.0
"""What an answer takes off the log-odds of an item that states nothing about it, and of one that states otherwise.

Made-up questions that are answered truthfully come to 1.5 to 1.7 and 3.0 to 3.1 on six catalogues."""
RIDGE = 5.0
"""Weight of the prior that a piece of evidence says nothing: as much as this many questions at one spread."""
RIDGE_OF_NONE = 0.1
ANSWERED, RIDGE_OF_ANSWERS = 0.5, 20.0
"""What an answer's nat takes off none of the candidates, where nothing is known of that: half. A whole one where the
rest of the catalogue is as likely to fit as any, and none where it was no match anyway."""
LEAST, MOST = 0.02, 0.98
"""No chance is shown as surer than this: a few hundred questions cannot bear more out."""
FARTHEST = 6.0
"""Spreads from the mean that evidence counts."""
ROUNDS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for the first candidates of a ranking, best first: rows (k, len(EVIDENCE)).

    words: how many the request has. doubts (k,): what the answers so far take off each one's log-odds. answered: how
    far these narrow the catalogue down, in nats.
    """

    rows: Numbers
    words: int
    doubts: Numbers
    answered: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted curve. means, spreads and weights: of each of EVIDENCE, and then of the logarithm of the words asked.

    none: the log-odds of none of the candidates, before that. answers: what a nat that was answered takes off them.
    questions: how many rankings it was fitted on.
    """

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    none: float
    answers: float
    questions: int
    evidence: tuple[str, ...] = EVIDENCE

    def shares(self, evidence: Evidence) -> Numbers:
        """(k + 1,): the chance of each candidate to be what the seeker looks for; the last is that none of them is."""
        *means, usual = self.means
        *spreads, spread = self.spreads
        *weights, weight = self.weights
        rows = _standard(evidence.rows, np.array(means), np.array(spreads))
        asked = float(_standard(np.log1p(evidence.words), usual, spread))
        none = self.none + weight * asked - self.answers * evidence.answered
        odds = np.append(rows @ np.array(weights) - evidence.doubts, none)
        shares = np.exp(odds - odds.max())
        return np.asarray(shares / shares.sum())

    def chance(self, evidence: Evidence) -> float:
        """That one of the first five is it, in [.02, .98]; 0 where there is no candidate."""
        if not len(evidence.rows):
            return 0.0
        return float(np.clip(self.shares(evidence)[: len(evidence.rows)][:FIRST].sum(), LEAST, MOST))


USUAL = Calibration((0.2, 0.3, 0.2, 1.9), (0.3, 0.13, 0.24, 0.5), (1.4, 0.6, 0.9, -0.8), 4.0, 0.65, 0)
"""What catalogues come to, roughly: for weighing questions where nothing was learned, never for showing."""


def doubts(positions: Positions, yes: Sequence[Mask], perhaps: Sequence[Mask]) -> Numbers:
    """(n,): what answers take off the log-odds of the items at these positions.

    yes, perhaps: for each answer, (items,) masks: states it; states nothing about it.
    """
    total = np.zeros(len(positions))
    for states, silent in zip(yes, perhaps, strict=True):
        total += np.where(states[positions], 0.0, np.where(silent[positions], SILENT, OTHERWISE))
    return total


def fit(evidence: Sequence[Evidence], right: Sequence[Mask], weights: Numbers | None = None) -> Calibration:
    """The curve of the largest likelihood, less the ridge, by Newton's steps.

    right: for each ranking, (k + 1,): which of its candidates, or none of them, may be it. weights (n,): how much each
    ranking counts. What speaks the wrong way for a candidate is left out: it has a reason in the questions. Cost: 0.3 s
    for 800 rankings of 50.
    """
    count = np.ones(len(evidence)) if weights is None else weights
    there, rows, asked, doubt, answered = _stacked(evidence)
    share, most, n = np.where(there, count[:, None], 0.0)[..., None], there.shape[1], len(EVIDENCE)
    means, usual = _mean(rows, share, (0, 1)), float(_mean(asked, count, 0))
    spreads = np.maximum(np.sqrt(_mean((rows - means) ** 2, share, (0, 1))), 1e-6)
    spread = max(float(np.sqrt(_mean((asked - usual) ** 2, count, 0))), 1e-6)
    design = np.zeros((len(evidence), most + 1, n + 3))  # of each alternative: its evidence, or words, one and answers
    design[:, :most, :n] = np.where(there[..., None], _standard(rows, means, spreads), 0.0)
    design[:, most, n:] = np.column_stack([_standard(asked, usual, spread), np.ones(len(asked)), -answered])
    start = np.column_stack([np.where(there, -doubt, -np.inf), np.zeros(len(asked))])
    hits = np.zeros(start.shape, dtype=bool)
    for row, mask in enumerate(right):
        hits[row, : len(mask) - 1], hits[row, most] = mask[:-1], mask[-1]
    used = np.ones(n + 3, dtype=bool)
    while True:
        fitted = _newton(design, start, hits, count, used)
        wrong = np.flatnonzero(fitted[:n] < 0)
        if not len(wrong):
            break
        used[wrong] = False
    *weigh, none, answers = fitted.tolist()
    return Calibration(
        (*means.tolist(), usual), (*spreads.tolist(), spread), tuple(weigh), none, max(0.0, answers), len(evidence)
    )


def _stacked(evidence: Sequence[Evidence]) -> tuple[Mask, Numbers, Numbers, Numbers, Numbers]:
    """Which candidates there are (n, k), their rows (n, k, 3), log words (n,), doubts (n, k), nats answered (n,)."""
    most = max((len(one.rows) for one in evidence), default=0)
    there = np.array([np.arange(most) < len(one.rows) for one in evidence])
    rows, doubt = np.zeros((*there.shape, len(EVIDENCE))), np.zeros(there.shape)
    for at, one in enumerate(evidence):
        rows[at, : len(one.rows)], doubt[at, : len(one.rows)] = one.rows, one.doubts
    words = np.array([one.words for one in evidence])
    return there, rows, np.log1p(words), doubt, np.array([one.answered for one in evidence])


def _newton(design: Numbers, start: Numbers, right: Mask, count: Numbers, used: Mask) -> Numbers:
    """(columns,): the weights of the largest likelihood that one of the right alternatives is it; 0 of unused columns.

    design (n, alternatives, columns); start (n, alternatives): log-odds before any weight. A step that does not raise
    the likelihood is halved.
    """
    prior = np.zeros(design.shape[2])
    prior[-1] = ANSWERED
    ridge = np.full(design.shape[2], RIDGE)
    ridge[-2:] = RIDGE_OF_NONE, RIDGE_OF_ANSWERS
    fitted = np.where(used, prior, 0.0)
    columns = np.flatnonzero(used)
    design = design[..., columns]

    def likelihood(weights: Numbers) -> tuple[float, Numbers, Numbers]:
        """The logarithm, and (n, alternatives): each alternative's share among all, and among the right ones."""
        odds = design @ weights[columns] + start
        shares = np.exp(odds - odds.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        hit = np.maximum((shares * right).sum(axis=1, keepdims=True), 1e-300)
        loss = 0.5 * float((ridge * (weights - prior) ** 2)[columns].sum())
        return float((count * np.log(hit[:, 0])).sum()) - loss, shares, shares * right / hit

    reached, shares, among = likelihood(fitted)
    for _ in range(ROUNDS):
        mean = np.einsum("na,nac->nc", shares, design)
        slope = count @ (np.einsum("na,nac->nc", among, design) - mean) - (ridge * (fitted - prior))[columns]
        bend = np.einsum("n,na,nac,nad->cd", count, shares, design, design, optimize=True)
        bend += np.diag(ridge[columns]) - np.einsum("n,nc,nd->cd", count, mean, mean)
        step = np.zeros(len(fitted))
        step[columns] = np.linalg.solve(bend, slope)
        better = likelihood(fitted + step)
        while better[0] < reached and np.abs(step).max() > 1e-8:
            step /= 2
            better = likelihood(fitted + step)
        if np.abs(step).max() < 1e-8:
            break
        fitted, (reached, shares, among) = fitted + step, better
    return fitted


def _standard(values: Numbers, means: Numbers | float, spreads: Numbers | float) -> Numbers:
    return np.clip((values - means) / spreads, -FARTHEST, FARTHEST)


def _mean(values: Numbers, weights: Numbers, axis: int | tuple[int, ...]) -> Numbers:
    return np.asarray((values * weights).sum(axis=axis) / max(float(weights.sum()), 1e-12))
