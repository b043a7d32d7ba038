"""Requests and tokens per minute: one row a bucket, shared by every process."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from firstfive.store.buckets import Bucket, cost
from firstfive.store.packing import micros
from firstfive.store.prepared import Prepared
from firstfive.store.session import Session
from firstfive.store.tables import BUCKETS, insert

_COLUMNS = ("full_at", "paused_until", "seen_at")
_BUCKET = Prepared(
    select(*(BUCKETS.c[name] for name in _COLUMNS)).where(BUCKETS.c.name == bindparam("bucket")).with_for_update()
)
_KEEP = insert(BUCKETS)
_KEPT = Prepared(
    _KEEP.on_conflict_do_update(index_elements=["name"], set_={name: _KEEP.excluded[name] for name in _COLUMNS})
)


class SqlLimits:
    """Buckets by name."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, bucket: str, amount: float, per_minute: float, now: datetime) -> float:
        """Seconds to wait; 0: taken. Nothing is written where nothing is taken, unless the clock was set back."""
        price, at = cost(amount, per_minute), micros(now)
        there = self._find(bucket)
        seen = there.at(at)
        wait = seen.wait(price, at)
        if not wait:
            self._keep(bucket, seen.less(price, at))
        elif seen.seen < there.seen:
            self._keep(bucket, seen)
        return wait / 1e6

    def pause(self, bucket: str, until: datetime) -> None:
        """The later of two pauses."""
        there = self._find(bucket)
        self._keep(bucket, there._replace(paused=max(there.paused, micros(until))))

    def _find(self, bucket: str) -> Bucket:
        return next((Bucket(*row) for row in self._session.quick(_BUCKET, {"bucket": bucket})), Bucket())

    def _keep(self, bucket: str, kept: Bucket) -> None:
        self._session.quick(_KEPT, {"name": bucket, **dict(zip(_COLUMNS, kept, strict=True))})
