"""What was measured, kept so that quality can be seen over time and Releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from firstfive.types import ReleaseId


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measure's mean over a set of requests, as it came out once, with the ends of its 95 % interval.

    questions: a hash of the requests and of what is right for them; two numbers can be compared only where it is the
    same. asked: where they are from, in words. made_up: no person asked them. how: the command that measured.
    variant: what was other than in the Release itself, such as a speed of the dial; empty: nothing. median_ms, p95_ms:
    of one answer at a time; usd_per_1000: of a thousand requests; None: not measured. judge: the model and prompt that
    graded; empty: it was no model. labels: how many requests people labelled to correct the judge by; with a judge and
    0 labels the value is what the judge says, which has no interval: both of its ends are the value.
    """

    release: ReleaseId
    questions: str
    asked: str
    measure: str
    value: float
    low: float
    high: float
    requests: int
    at: datetime
    how: str = "evaluate"
    variant: str = ""
    made_up: bool = False
    median_ms: float | None = None
    p95_ms: float | None = None
    usd_per_1000: float | None = None
    judge: str = ""
    labels: int = 0


class Measurements(Protocol):
    """All that was measured. No request's text is among it. It outlives the Release that it is of."""

    def add(self, found: Sequence[Measurement]) -> None: ...

    def latest(self, n: int = 10_000) -> Sequence[Measurement]:
        """At most n, those that were added last first."""
        ...
