"""The chance that a match is among the five: each candidate's share of being what the seeker looks for.

    fit(grounds, right) -> Calibration      once a Release, from questions made up from the catalogue
    by_labels(curve, grounds, found)        the same, where people said what they found
    Calibration.shares(grounds) -> (k + 1,) of each candidate, and of none of them
    Calibration.chance(grounds) -> 0.41     what the first five share, for each request: microseconds

A conditional logit (McFadden, 1974): the seeker's item is one of the candidates or none of them, and what speaks for
one speaks against the others. Answers and filters speak against candidates and against all that is not looked at by
the same rule, Bayes'; how far the rest of the catalogue shrinks with them is learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import FIRST, GROUNDS

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers

RIDGE = 5.0
"""Weight of the prior that a ground says nothing: as much as this many questions at one spread."""
RIDGE_OF_NONE = 0.1
"""Weight of the prior that none of the candidates is as likely as a usual one of them: next to none."""
NARROWED, RIDGE_OF_NARROWED = 1.0, 30.0
"""What a nat by which the rest of the catalogue is narrowed down takes off its log-odds, where nothing is known of it:
a whole one, as if all of the rest were alike. As sure as 30 questions at one nat."""
SHIFT, SLOPE = 1.0, 0.2
"""How far people's labels lie from what made-up questions say, one standard deviation: in log-odds of the chance, and
in what each of these counts. In four catalogues with labels they lay .1 to 2.4 apart."""
LEAST, MOST = 0.02, 0.98
"""No chance is shown as surer than this: a few hundred questions cannot bear more out."""
FARTHEST = 6.0
"""Spreads from the mean that a ground counts."""
ROUNDS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """What speaks for the first candidates of a ranking, best first: rows (k, len(GROUNDS)); NaN where it is not known.

    words: how many the request has. doubts (k,): what answers, and numbers that the request bounds, speak against each,
    in nats. narrowed: how far these and a filter narrow the rest of the catalogue down, in nats.
    """

    rows: Numbers
    words: int
    doubts: Numbers
    narrowed: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted curve. means, spreads and weights: of each of GROUNDS, and then of the logarithm of the words asked.

    none: the log-odds of none of the candidates, before that. narrowed: what a nat takes off them. questions: how many
    rankings it was fitted on. grounds: what it is a curve of. shift, slope: what people's labels make of the log-odds
    that one of the first five is it.
    """

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    weights: tuple[float, ...]
    none: float
    narrowed: float
    questions: int
    grounds: tuple[str, ...] = GROUNDS
    shift: float = 0.0
    slope: float = 1.0

    @property
    def fits(self) -> bool:
        """Whether it is a curve of the grounds that are looked at now."""
        sizes = {len(self.means), len(self.spreads), len(self.weights)}
        return self.grounds == GROUNDS and sizes == {len(GROUNDS) + 1}

    @property
    def unlabelled(self) -> Calibration:
        """The same as made-up questions alone have it."""
        return replace(self, shift=0.0, slope=1.0)

    def shares(self, grounds: Grounds) -> Numbers:
        """(k + 1,): the chance of each candidate to be what the seeker looks for; the last is that none of them is.

        Of what labels say the first five have their part, and all others theirs, in the proportions that they had.
        """
        shares = self._shares(grounds)
        if (self.shift, self.slope) == (0.0, 1.0) or len(shares) == 1:
            return shares
        first = np.arange(len(shares)) < min(FIRST, len(shares) - 1)
        stated = 1 / (1 + np.exp(-self.shift - self.slope * _odds(shares)))
        for part, wanted in ((first, stated), (~first, 1 - stated)):
            shares[part] *= wanted / max(float(shares[part].sum()), 1e-12)
        return shares

    def chance(self, grounds: Grounds) -> float:
        """That one of the first five is it, in [.02, .98]; 0 where there is no candidate."""
        if not len(grounds.rows):
            return 0.0
        return float(np.clip(self.shares(grounds)[:-1][:FIRST].sum(), LEAST, MOST))

    def odds(self, grounds: Grounds) -> float:
        """The log-odds that one of the first five is it, before any label."""
        return _odds(self._shares(grounds))

    def _shares(self, grounds: Grounds) -> Numbers:
        *means, usual = self.means
        *spreads, spread = self.spreads
        *weights, weight = self.weights
        rows = _standard(grounds.rows, np.array(means), np.array(spreads))
        asked = float(_standard(np.log1p(grounds.words), usual, spread))
        none = self.none + weight * asked - self.narrowed * grounds.narrowed
        odds = np.append(rows @ np.array(weights) - grounds.doubts, none)
        shares = np.exp(odds - odds.max())
        return np.asarray(shares / shares.sum())


USUAL = Calibration((0.4, 0.3, 0.2, 1.9), (0.2, 0.13, 0.24, 0.5), (1.1, 0.6, 0.9, -0.8), 4.0, 0.8, 0)
"""What catalogues come to, roughly: for weighing questions where nothing was learned, never for showing."""


def fit(grounds: Sequence[Grounds], right: Sequence[Mask], weights: Numbers | None = None) -> Calibration:
    """The curve of the largest likelihood, less the ridge.

    right: for each ranking, (k + 1,): which of its candidates, or none of them, may be it. weights (n,): how much each
    ranking counts. A ground that speaks the wrong way is left out: it has a reason in the questions. Cost: 50 ms for
    900 rankings of 50.
    """
    count = np.ones(len(grounds)) if weights is None else weights
    there, rows, asked, doubt, narrowed = _stacked(grounds)
    known = np.where(there[..., None] & ~np.isnan(rows), count[:, None, None], 0.0)
    means, usual = _mean(np.nan_to_num(rows), known, (0, 1)), float(_mean(asked, count, 0))
    spreads = np.maximum(np.sqrt(_mean(np.nan_to_num(rows - means) ** 2, known, (0, 1))), 1e-6)
    spread = max(float(np.sqrt(_mean((asked - usual) ** 2, count, 0))), 1e-6)
    most, n = there.shape[1], len(GROUNDS)
    design = np.zeros((len(grounds), most + 1, n + 3))  # of each alternative: its grounds; or words, one and nats
    design[:, :most, :n] = np.where(there[..., None], _standard(rows, means, spreads), 0.0)
    design[:, most, n:] = np.column_stack([_standard(asked, usual, spread), np.ones(len(asked)), -narrowed])
    start = np.column_stack([np.where(there, -doubt, -np.inf), np.zeros(len(asked))])
    hits = np.zeros(start.shape, dtype=bool)
    for row, mask in enumerate(right):
        hits[row, : len(mask) - 1], hits[row, most] = mask[:-1], mask[-1]
    prior = np.append(np.zeros(n + 2), NARROWED)
    ridge = np.append(np.full(n + 1, RIDGE), [RIDGE_OF_NONE, RIDGE_OF_NARROWED])
    used = np.ones(n + 3, dtype=bool)
    signed = [*range(n), n + 2]
    while True:
        fitted = np.zeros(n + 3)
        fitted[used] = _fitted(design[..., used], start, hits, count, prior[used], ridge[used])
        wrong = [column for column in signed if fitted[column] < 0]
        if not wrong:
            break
        used[wrong] = False
    *weigh, none, nat = fitted.tolist()
    return Calibration((*means.tolist(), usual), (*spreads.tolist(), spread), tuple(weigh), none, nat, len(grounds))


def by_labels(curve: Calibration, grounds: Sequence[Grounds], found: Mask) -> Calibration:
    """The curve as people's labels have it: how often a match is really among the five where it says so.

    found (n,): whether one was. Requests that several items fit are found more often than one item's share says. It is
    Platt's scaling (1999), with a prior that labels agree with made-up questions. Thirty labels leave the chance .05
    unsure, as they would of anything.
    """
    odds, missed = np.array([curve.odds(one) for one in grounds]), ~np.asarray(found, dtype=bool)
    design = np.zeros((len(odds), 2, 2))
    design[:, 0] = np.column_stack([odds, np.ones(len(odds))])
    right, start = np.column_stack([~missed, missed]), np.zeros((len(odds), 2))
    prior, ridge, count = np.array([1.0, 0.0]), np.array([SLOPE, SHIFT]) ** -2.0, np.ones(len(odds))
    slope, shift = _fitted(design, start, right, count, prior, ridge).tolist()
    if slope < 0:  # as in `fit`: that what is surer is found more seldom has a reason in the labels
        slope, (shift,) = 0.0, _fitted(design[..., 1:], start, right, count, prior[1:], ridge[1:]).tolist()
    return replace(curve, shift=shift, slope=slope)


def _stacked(grounds: Sequence[Grounds]) -> tuple[Mask, Numbers, Numbers, Numbers, Numbers]:
    """Which candidates there are (n, k), their rows (n, k, 3), log words (n,), doubts (n, k), nats narrowed (n,)."""
    most = max((len(one.rows) for one in grounds), default=0)
    there = np.array([np.arange(most) < len(one.rows) for one in grounds])
    rows, doubt = np.zeros((*there.shape, len(GROUNDS))), np.zeros(there.shape)
    for at, one in enumerate(grounds):
        rows[at, : len(one.rows)], doubt[at, : len(one.rows)] = one.rows, one.doubts
    words = np.array([one.words for one in grounds])
    return there, rows, np.log1p(words), doubt, np.array([one.narrowed for one in grounds])


def _fitted(design: Numbers, start: Numbers, right: Mask, count: Numbers, prior: Numbers, ridge: Numbers) -> Numbers:
    """(columns,): the weights of the largest likelihood that one of the right alternatives is it, less the ridge.

    design (n, alternatives, columns); start (n, alternatives): log-odds before any weight; count (n,). prior, ridge
    (columns,): what weights are taken for, and how surely. Newton's steps where one alternative is right, and with
    several never longer ones; a step that does not raise the likelihood is halved.
    """

    def likelihood(weights: Numbers) -> tuple[float, Numbers, Numbers]:
        """The logarithm, and (n, alternatives): each alternative's share among all, and among the right ones."""
        odds = design @ weights + start
        shares = np.exp(odds - odds.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        hit = np.maximum((shares * right).sum(axis=1, keepdims=True), 1e-300)
        loss = 0.5 * float((ridge * (weights - prior) ** 2).sum())
        return float((count * np.log(hit[:, 0])).sum()) - loss, shares, shares * right / hit

    fitted = prior.copy()
    reached, shares, among = likelihood(fitted)
    for _ in range(ROUNDS):
        mean = np.einsum("na,nac->nc", shares, design)
        slope = count @ (np.einsum("na,nac->nc", among, design) - mean) - ridge * (fitted - prior)
        bend = np.einsum("n,na,nac,nad->cd", count, shares, design, design, optimize=True)
        bend += np.diag(ridge) - np.einsum("n,nc,nd->cd", count, mean, mean)
        step = np.linalg.solve(bend, slope)
        better = likelihood(fitted + step)
        while better[0] < reached and np.abs(step).max() > 1e-8:
            step /= 2
            better = likelihood(fitted + step)
        if np.abs(step).max() < 1e-8:
            break
        fitted, (reached, shares, among) = fitted + step, better
    return fitted


def _odds(shares: Numbers) -> float:
    """The log-odds of the first five of shares (k + 1,), as far as a chance is ever stated."""
    chance = np.clip(shares[:-1][:FIRST].sum(), LEAST, MOST)
    return float(np.log(chance / (1 - chance)))


def _standard(values: Numbers, means: Numbers | float, spreads: Numbers | float) -> Numbers:
    """Spreads from the mean; 0 where a value is not known."""
    return np.nan_to_num(np.clip((values - means) / spreads, -FARTHEST, FARTHEST))


def _mean(values: Numbers, weights: Numbers, axis: int | tuple[int, ...]) -> Numbers:
    return np.asarray((values * weights).sum(axis=axis) / np.maximum(weights.sum(axis=axis), 1e-12))
