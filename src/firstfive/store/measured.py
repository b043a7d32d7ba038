"""What was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import bindparam, select

from firstfive.ports import Measurement
from firstfive.store.packing import micros, moment
from firstfive.store.session import Session
from firstfive.store.tables import MEASUREMENTS, insert
from firstfive.types import ReleaseId

_ADD = insert(MEASUREMENTS)
_LATEST = select(MEASUREMENTS).order_by(MEASUREMENTS.c.number.desc()).limit(bindparam("most"))


class SqlMeasurements:
    """All that was measured, a row a number."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, found: Sequence[Measurement]) -> None:
        """In this order."""
        self._session.change(_ADD, [{**asdict(one), "at": micros(one.at)} for one in found])

    def latest(self, n: int = 10_000) -> Sequence[Measurement]:
        """Those that were added last first."""
        rows = (row._asdict() for row in self._session.rows(_LATEST, {"most": n}))
        return [
            Measurement(**{**row, "release": ReleaseId(row["release"]), "at": moment(row["at"])})
            for row in rows
            if row.pop("number")
        ]
