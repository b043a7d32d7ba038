"""Models' replies by stamp: a bounded number of bytes, of which the oldest go first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Delete, bindparam, delete, select

from firstfive.store.packing import micros
from firstfive.store.prepared import Prepared
from firstfive.store.session import Session
from firstfive.store.tables import COUNTERS, REPLIES, insert
from firstfive.types import StampId

_GET = select(REPLIES.c.stamp, REPLIES.c.payload).where(REPLIES.c.stamp.in_(bindparam("among", expanding=True)))
_REMOVE = Prepared(delete(REPLIES).where(REPLIES.c.stamp == bindparam("old")).returning(REPLIES.c.size))
_ADD = Prepared(insert(REPLIES).values({name: bindparam(name) for name in ("stamp", "created", "size", "payload")}))
_OLDEST = Prepared(select(REPLIES.c.number, REPLIES.c.size).order_by(REPLIES.c.number).limit(bindparam("n")))
_DROP = Prepared(delete(REPLIES).where(REPLIES.c.number <= bindparam("last")))

_MORE = insert(COUNTERS).values(name="reply_bytes", value=bindparam("more"))
_COUNT = Prepared(
    _MORE.on_conflict_do_update(
        index_elements=["name"], set_={"value": COUNTERS.c.value + _MORE.excluded.value}
    ).returning(COUNTERS.c.value)
)

AT_ONCE = 100
"""Old replies looked at in one statement."""


class SqlReplies:
    """Replies, in the order of their last put; what they weigh together stands in a counter."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """Those that are there, in no order."""
        return {StampId(row.stamp): row.payload for row in self._session.among(_GET, stamps)}

    def put(self, replies: Mapping[StampId, bytes], most_bytes: int) -> None:
        """The oldest go; of a put that is larger than all that may be kept, nothing stays."""
        created = micros(datetime.now(UTC))
        more = 0
        for stamp, payload in replies.items():
            more -= sum(size for (size,) in self._session.quick(_REMOVE, {"old": stamp}))
            more += len(payload)
            row = {"stamp": stamp, "created": created, "size": len(payload), "payload": payload}
            self._session.quick(_ADD, row)
        over = self._count(more) - most_bytes
        while over > 0:
            over -= self._drop(over)

    def erase(self, statement: Delete) -> int:
        """Runs a deletion of replies, and counts it; how many went."""
        sizes = [row.size for row in self._session.rows(statement.returning(REPLIES.c.size))]
        self._count(-sum(sizes))
        return len(sizes)

    def _count(self, more: int) -> int:
        """Bytes that are kept now."""
        ((total,),) = self._session.quick(_COUNT, {"more": more})
        return int(total)

    def _drop(self, over: int) -> int:
        """Drops some of the oldest, until that is enough; their bytes."""
        gone = last = 0
        for number, size in self._session.quick(_OLDEST, {"n": AT_ONCE}):
            last, gone = number, gone + size
            if gone >= over:
                break
        self._session.quick(_DROP, {"last": last})
        self._count(-gone)
        return gone or over  # Nothing is left, whatever the counter says.
