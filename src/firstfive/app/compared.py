"""What experiments with seekers have shown, for reports: without the key of their draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from firstfive.app.experiments import all_, status

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.measure import Interval
    from firstfive.types import ReleaseId

MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An experiment and what is known of it. difference: candidate less baseline, as `firstfive experiment` has it.

    found: the share of visits of each arm with a match among the first five.
    """

    name: str
    design: str
    baseline: ReleaseId
    candidate: ReleaseId
    started: datetime
    stopped: datetime | None
    why: str
    visits: int
    arms: Mapping[str, int]
    found: Mapping[str, float]
    difference: Interval
    verdict: str
    sentence: str


def compared(project: Project, name: str) -> Compared:
    """One experiment. Raises NotFound not_found.experiment."""
    found = status(project, name)
    one, known = found.experiment, found.report
    return Compared(
        name=one.name,
        design=one.design,
        baseline=one.baseline,
        candidate=one.candidate,
        started=one.started,
        stopped=one.stopped,
        why=one.why,
        visits=known.visits,
        arms=known.arms,
        found=known.found,
        difference=known.difference.interval,
        verdict=known.verdict,
        sentence=known.sentence(),
    )


def every_compared(project: Project) -> tuple[Compared, ...]:
    """The newest ones, newest first. Each reads every Slate since it began."""
    return tuple(compared(project, one.name) for one in all_(project)[:MOST])
