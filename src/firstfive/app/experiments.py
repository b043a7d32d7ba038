"""Use case: begin, end and look at experiments with seekers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from secrets import token_hex, token_urlsafe
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Literal, get_args

from firstfive.app.embedders import embedder_of
from firstfive.app.outcomes import outcomes
from firstfive.app.recommend import BY_WORDS, PROBE, Recommender
from firstfive.app.release import someone
from firstfive.errors import Conflict, FirstFiveError, IndexFileError, NotFound, UsageError
from firstfive.measure import ExperimentReport, Look, experiment_report
from firstfive.observe import log
from firstfive.release import choose
from firstfive.types import Experiment, ExperimentId, Release

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit

__all__ = ["Design", "ExperimentReport", "Look", "Looks", "Status", "all_", "start", "status", "stop"]

Design = Literal["ab", "interleaving"]
SHARES: dict[str, float] = {"ab": 0.5, "interleaving": 1.0}
"""Of seekers, where nobody said how many get the candidate, or the two interleaved."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
KEPT_S = 60.0
"""So long a page shows what it has read."""


@dataclass(frozen=True, slots=True)
class Status:
    """An experiment and what is known of it so far. at: when that was read."""

    experiment: Experiment
    report: ExperimentReport
    at: datetime


def start(
    project: Project,
    name: str,
    candidate: str,
    *,
    against: str = "",
    design: str = "ab",
    share: float | None = None,
    visit_minutes: float = 30.0,
    why: str = "",
) -> Experiment:
    """Begins showing seekers the candidate beside another Release, the one in use where none is named.

    Both are opened and asked once first. Raises UsageError for a name, design or share that is none, or equal Releases;
    NotFound not_found.release; IndexFileError for one that cannot be opened; Conflict conflict.experiment for one that
    answers by words alone since its embedder is gone, and where an experiment runs or had this name.
    """
    if not NAME.fullmatch(name):
        raise UsageError(f"{name[:80]!r} is no name; take up to 60 letters, digits, dots, dashes and underscores")
    if design not in get_args(Design):
        raise UsageError(f"there is no design {design!r}; take ab or interleaving")
    wanted = SHARES[design] if share is None else share
    if not 0 < wanted <= 1 or (design == "ab" and wanted == 1):
        raise UsageError(f"a share of {wanted:g} compares nothing; take one above 0 and below 1, such as 0.5")
    if not (isfinite(visit_minutes) and visit_minutes > 0):
        raise UsageError(f"a visit cannot end after {visit_minutes:g} minutes; take a number above 0, such as 30")
    old, new = _both(project, against, candidate)
    for one in (old, new):
        _servable(project, one)
    experiment = Experiment(
        ExperimentId(token_urlsafe(9)),
        name,
        "ab" if design == "ab" else "interleaving",
        old.id,
        new.id,
        wanted,
        token_hex(16),
        datetime.now(UTC),
        None,
        visit_minutes * 60,
        why,
        someone(),
    )
    project.store.write(lambda unit: _added(unit, experiment))
    log("experiment").warning("%s began: %s of release %s against %s", name, design, new.id, old.id)
    return experiment


def stop(project: Project, name: str = "") -> Experiment:
    """Ends an experiment; from the next request on the Release in use answers alone. Empty: the one that runs.

    Raises NotFound not_found.experiment where there is none, and Conflict conflict.experiment where it ended before.
    """
    found = named(project, name, running=True)
    if not project.store.write(lambda unit: unit.experiments.stop(found.id, datetime.now(UTC))):
        raise Conflict(
            f"the experiment {found.name} does not run any more; "
            f"`firstfive experiment status {found.name}` says what came of it",
            code="conflict.experiment",
        )
    log("experiment").warning("%s ended", found.name)
    return named(project, found.name)


def status(project: Project, name: str = "", now: datetime | None = None) -> Status:
    """What is known so far. Empty: of the one that runs, or else of the newest. Reads every Slate since its beginning.

    Raises NotFound not_found.experiment.
    """
    return _status(project, named(project, name), now or datetime.now(UTC))


def _status(project: Project, found: Experiment, now: datetime) -> Status:
    visitors, answers = outcomes(project.store, found)
    return Status(found, experiment_report(found.design, found.share, visitors, answers, now), now)


class Looks:
    """`status` for those who look again and again: read at most once in KEPT_S. Thread-safe."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = Lock()
        self._known: dict[Experiment, tuple[float, Status]] = {}

    def status(self, name: str) -> Status:
        """What is known, or was less than KEPT_S ago; of one that ended since, anew. Raises as `status` does."""
        found = named(self._project, name)
        with self._lock:  # whoever else looks waits for the one that reads
            kept = {one: known for one, known in self._known.items() if monotonic() - known[0] < KEPT_S}
            if found not in kept:
                status = _status(self._project, found, datetime.now(UTC))
                kept[found] = monotonic(), status
            self._known = kept
            return kept[found][1]


def all_(project: Project) -> Sequence[Experiment]:
    """Every experiment, newest first."""
    with project.store.read() as unit:
        return unit.experiments.all()


def named(project: Project, name: str, *, running: bool = False) -> Experiment:
    every = all_(project)
    known = f"; there are {', '.join(one.name for one in every[:20])}" if every else ""
    if name:
        found = next((one for one in every if one.name == name), None)
    else:
        found = next((one for one in every if one.stopped is None), None if running else next(iter(every), None))
    if found is None:
        what = f"no experiment is called {name[:80]!r}" if name else "no experiment runs"
        raise NotFound(
            f"{what}{known}; begin one with `firstfive experiment start NAME --candidate RELEASE`",
            code="not_found.experiment",
        )
    return found


def _both(project: Project, against: str, candidate: str) -> tuple[Release, Release]:
    with project.store.read() as unit:
        every, history = unit.releases.all(), unit.releases.history()
    if not against and not history:
        raise NotFound("no Release is in use; run `firstfive build`, or name one with --against")
    old, new = choose(every, against or history[0]), choose(every, candidate)
    if old.id == new.id:
        raise UsageError(
            f"release {new.id} would be compared with itself; name another with --candidate or --against: "
            "`firstfive release list` shows them"
        )
    return old, new


def _servable(project: Project, release: Release) -> None:
    """Opens a Release and asks it once."""
    from firstfive.models import Gone

    embedder = embedder_of(project, release)
    if isinstance(embedder, Gone):
        raise Conflict(f"seekers cannot be shown release {release.id}: {embedder.why}", code="conflict.experiment")
    try:
        slate = Recommender(project, release.id).answer(PROBE)
    except IndexFileError:
        raise
    except FirstFiveError as error:
        raise Conflict(
            f"seekers cannot be shown release {release.id}: {error}; mend that, then start again",
            code="conflict.experiment",
        ) from error
    if BY_WORDS in slate.notes:
        raise Conflict(
            f"release {release.id} answers by words alone just now, since its embedder gives no vectors in time; "
            "see `firstfive models test`, then start again",
            code="conflict.experiment",
        )


def _added(unit: Unit, experiment: Experiment) -> None:
    every = {release.id for release in unit.releases.all()}
    for release in (experiment.baseline, experiment.candidate):
        if release not in every:  # removed since it was opened
            raise NotFound(f"release {release} was removed just now; list them again", code="not_found.release")
    unit.experiments.add(experiment)
