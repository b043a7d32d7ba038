"""Experiments with seekers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update

from firstfive.errors import Conflict
from firstfive.store.packing import micros, moment
from firstfive.store.prepared import Prepared
from firstfive.store.session import Session
from firstfive.store.tables import EXPERIMENTS, insert
from firstfive.types import Experiment, ExperimentId, ReleaseId

_PLAIN = ("id", "name", "design", "baseline", "candidate", "share", "seed", "over_s", "why", "who")
_ADD = insert(EXPERIMENTS)
_IN_THE_WAY = select(EXPERIMENTS).where(or_(EXPERIMENTS.c.stopped.is_(None), EXPERIMENTS.c.name == bindparam("wanted")))
_STOP = update(EXPERIMENTS).where(EXPERIMENTS.c.id == bindparam("named"), EXPERIMENTS.c.stopped.is_(None))
_STOP = _STOP.values(stopped=bindparam("at"))
_ALL = select(EXPERIMENTS).order_by(EXPERIMENTS.c.number.desc())
_RUNS = select(EXPERIMENTS).where(EXPERIMENTS.c.stopped.is_(None))
_ANY = Prepared(select(EXPERIMENTS.c.number).where(EXPERIMENTS.c.stopped.is_(None)))


class SqlExperiments:
    """Every experiment that was ever begun."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, experiment: Experiment) -> None:
        """Conflict conflict.experiment where one runs, or had this name."""
        there = self._session.one(_IN_THE_WAY, {"wanted": experiment.name})
        if there is not None:
            raise in_the_way(_experiment(there))
        values = {name: getattr(experiment, name) for name in _PLAIN}
        stopped = None if experiment.stopped is None else micros(experiment.stopped)
        self._session.run(_ADD, {**values, "started": micros(experiment.started), "stopped": stopped})

    def stop(self, experiment: ExperimentId, at: datetime) -> bool:
        """Whether it ran."""
        return self._session.change(_STOP, {"named": experiment, "at": micros(at)}) > 0

    def running(self) -> Experiment | None:
        """Where none runs, 10 microseconds: the table has a few rows."""
        if not self._session.quick(_ANY, {}):
            return None
        row = self._session.one(_RUNS)
        return _experiment(row) if row else None

    def all(self) -> Sequence[Experiment]:
        """Newest first."""
        return [_experiment(row) for row in self._session.rows(_ALL)]


def in_the_way(there: Experiment) -> Conflict:
    """Why another experiment cannot begin."""
    if there.stopped is None:
        return Conflict(
            f"the experiment {there.name} runs since {there.started:%Y-%m-%d %H:%M} UTC, and there is one at a time; "
            f"see `firstfive experiment status`, and end it with `firstfive experiment stop {there.name}`",
            code="conflict.experiment",
        )
    return Conflict(
        f"there was an experiment {there.name}, which ended; take another name, so that the two are not mixed up",
        code="conflict.experiment",
    )


def _experiment(row: Row[Any]) -> Experiment:
    return Experiment(
        ExperimentId(row.id),
        row.name,
        row.design,
        ReleaseId(row.baseline),
        ReleaseId(row.candidate),
        row.share,
        row.seed,
        moment(row.started),
        None if row.stopped is None else moment(row.stopped),
        row.over_s,
        row.why,
        row.who,
    )
