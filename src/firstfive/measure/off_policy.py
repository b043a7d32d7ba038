"""What another way of choosing would have earned, from logs of the one that was in use.

    off_policy(rewards, logged, wanted) -> OffPolicy

What was shown with the chance `logged` would be shown with the chance `wanted`: each reward counts wanted / logged
times.
Three estimates are told side by side, since they fail in different ways:

    IPS      mean of weight x reward; right on average, and wild where weights are large
             (Horvitz and Thompson, JASA 1952)
    SNIPS    the same over the sum of the weights; a little biased, far calmer
             (Swaminathan and Joachims, NeurIPS 2015)
    DR       a model's guess, put right by the weighted rest; right if the chances are, calmer the better the guess
             (Dudik, Langford and Li, ICML 2011)

Below 200 effective impressions none is told: not enough data yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import RESAMPLES, Interval, intervals, of_means

if TYPE_CHECKING:
    from firstfive.types import Numbers, Positions

LEAST = 200
"""Effective impressions below which nothing is told."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the other policy would earn an impression, by one of the three ways."""

    name: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class OffPolicy:
    """The estimates, and what they rest on.

    effective: as many impressions under the other policy itself would be as sure (Kish, Survey Sampling 1965).
    weight: the mean weight; where its interval leaves 1 out, the logged chances are not the true ones.
    estimates: empty below LEAST effective impressions.
    """

    impressions: int
    effective: float
    weight: Interval
    estimates: tuple[Estimate, ...]

    @property
    def trusted(self) -> bool:
        """Whether there is enough, and the chances add up."""
        return bool(self.estimates) and self.weight.low <= 1 <= self.weight.high

    def json(self) -> bytes:
        """All of it, field by field."""
        return msgspec.json.encode(self)

    def lines(self) -> list[str]:
        """What is known, as plain text."""
        told = f"{self.impressions} logged impressions are worth {self.effective:.0f} under the other policy"
        if not self.estimates:
            return [f"not enough data yet: {told}, and {LEAST} are needed."]
        text = [
            f"{one.name}: {one.interval.value:.4f} [{one.interval.low:.4f}, {one.interval.high:.4f}]"
            for one in self.estimates
        ]
        span = f"{self.weight.value:.3f} [{self.weight.low:.3f}, {self.weight.high:.3f}]"
        doubt = (
            "" if self.trusted else "; it should be 1: the logged chances are not the true ones, believe nothing here"
        )
        return [f"{told}.", *text, f"mean weight {span}{doubt}"]


def off_policy(
    rewards: Numbers,
    logged: Numbers,
    wanted: Numbers,
    *,
    guessed: Numbers | None = None,
    guessed_wanted: Numbers | None = None,
    by: Positions | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> OffPolicy:
    """All (n,), an impression each, independent of each other. rewards in [0, 1]; logged above 0; wanted may be 0.

    by: whose impression each is, as any whole number. Where somebody has several, these are not independent: each one's
    are taken together, as their mean, and what is effective is counted in people.

    guessed: a model's reward of what was shown; guessed_wanted: its mean reward over what the other policy would show.
    The model must not have seen the impression that it guesses (fit it on the other half). Without both there is no DR.
    Raises UsageError for a chance that is none, or for a reward outside [0, 1].
    """
    r, p, q = (np.asarray(column, np.float64) for column in (rewards, logged, wanted))
    _refuse(r, p, q)
    w = q / p
    gained, rest = w * r, None
    if guessed is not None and guessed_wanted is not None:
        rest = np.asarray(guessed_wanted, np.float64) + w * (r - np.asarray(guessed, np.float64))
    if by is not None:
        w, gained = _means(w, by), _means(gained, by)
        rest = None if rest is None else _means(rest, by)
    effective = float(w.sum() ** 2 / (w**2).sum()) if w.any() else 0.0
    most = max(1.0, float(w.max()))
    columns = {"weight": w, "IPS": gained}
    if rest is not None:
        columns["DR"] = rest
    table = np.stack([*columns.values()], axis=1)
    spans = intervals(table, lowest=-most, highest=most, resamples=resamples, seed=seed)
    found = dict(zip(columns, spans, strict=True))
    weight = found.pop("weight")
    estimates: list[Estimate] = []
    if effective >= LEAST:
        ratio = of_means(
            np.stack([gained, w], axis=1),
            lambda means: means[..., 0] / np.maximum(means[..., 1], 1e-12),
            lowest=0,
            highest=1,
            resamples=resamples,
            seed=seed,
        )
        found["SNIPS"] = ratio
        estimates = [Estimate(name, _within(found[name])) for name in ("IPS", "SNIPS", "DR") if name in found]
    return OffPolicy(len(r), effective, weight, tuple(estimates))


def _means(column: Numbers, by: Positions) -> Numbers:
    """(people,): the mean of each one's."""
    _, who = np.unique(by, return_inverse=True)
    return np.asarray(np.bincount(who, weights=column) / np.bincount(who))


def _refuse(rewards: Numbers, logged: Numbers, wanted: Numbers) -> None:
    if not len(rewards) == len(logged) == len(wanted) or not len(rewards):
        raise UsageError(
            f"{len(rewards)} rewards, {len(logged)} logged, {len(wanted)} wanted chances; give one each, one at least"
        )
    if not bool(((logged > 0) & (logged <= 1)).all()):
        raise UsageError("something was shown with a chance that is not above 0 and at most 1; log the true chances")
    if not bool(((wanted >= 0) & (wanted <= 1)).all()):
        raise UsageError("the other policy has a chance outside 0 to 1")
    if not bool(((rewards >= 0) & (rewards <= 1)).all()):
        raise UsageError("a reward is outside 0 to 1; divide by the highest there can be")


def _within(span: Interval) -> Interval:
    return Interval(span.value, max(0.0, span.low), min(1.0, span.high))
