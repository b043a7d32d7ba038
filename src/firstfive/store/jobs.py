"""Batch jobs, and the labels of prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, select

from firstfive.ports import BatchJob
from firstfive.store.packing import micros, moment
from firstfive.store.session import Session
from firstfive.store.tables import BATCH_JOBS, LABELS, insert

_CONTENT = ("model", "step", "state", "calls", "reservation", "created")
_PUT = insert(BATCH_JOBS)
_PUT = _PUT.on_conflict_do_update(index_elements=["id"], set_={name: _PUT.excluded[name] for name in _CONTENT})
_JOBS = select(BATCH_JOBS).order_by(BATCH_JOBS.c.created, BATCH_JOBS.c.id)
_IN_STATE = _JOBS.where(BATCH_JOBS.c.state == bindparam("state"))

_LABEL = insert(LABELS)
_LAST = select(func.max(LABELS.c.number)).where(LABELS.c.label == bindparam("label")).group_by(LABELS.c.name)
_LABELLED = select(LABELS.c.name, LABELS.c.version).where(LABELS.c.number.in_(_LAST))
_LATEST = select(func.max(LABELS.c.number)).where(LABELS.c.name == bindparam("name")).group_by(LABELS.c.label)
_CARRIED = select(LABELS.c.label, LABELS.c.version).where(LABELS.c.number.in_(_LATEST)).order_by(LABELS.c.label)
_HISTORY = (
    select(LABELS.c.version)
    .where(LABELS.c.name == bindparam("name"), LABELS.c.label == bindparam("label"))
    .order_by(LABELS.c.number.desc())
)


class SqlBatchJobs:
    """Batch jobs by id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, job: BatchJob) -> None:
        """Adds or replaces."""
        values = {"id": job.id, **{name: getattr(job, name) for name in _CONTENT}, "created": micros(job.created)}
        self._session.run(_PUT, values)

    def all(self, state: str = "") -> Sequence[BatchJob]:
        """Oldest first."""
        rows = self._session.rows(_IN_STATE, {"state": state}) if state else self._session.rows(_JOBS)
        return [
            BatchJob(row.id, row.model, row.step, row.state, row.calls, row.reservation, moment(row.created))
            for row in rows
        ]


class SqlLabels:
    """Each time that a version was given a label."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, name: str, label: str, version: int) -> None:
        """The version that carries it again is no change."""
        if list(self.history(name, label)[:1]) != [version]:
            self._session.run(_LABEL, {"name": name, "label": label, "version": version})

    def get(self, label: str) -> Mapping[str, int]:
        """The last version of each prompt."""
        return {row.name: row.version for row in self._session.rows(_LABELLED, {"label": label})}

    def of(self, name: str) -> Mapping[str, int]:
        """By label."""
        return {row.label: row.version for row in self._session.rows(_CARRIED, {"name": name})}

    def history(self, name: str, label: str) -> Sequence[int]:
        """Newest first."""
        return [row.version for row in self._session.rows(_HISTORY, {"name": name, "label": label})]
