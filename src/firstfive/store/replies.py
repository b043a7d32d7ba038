"""Models' replies by stamp: a bounded number of bytes, of which the oldest go first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import Delete, bindparam, delete, select

from firstfive.ports import Kept
from firstfive.store.packing import micros
from firstfive.store.prepared import Prepared
from firstfive.store.session import Session, chunks
from firstfive.store.tables import COUNTERS, REPLIES, insert
from firstfive.types import StampId

_GET = select(REPLIES.c.stamp, REPLIES.c.payload).where(REPLIES.c.stamp.in_(bindparam("among", expanding=True)))
_ADD = Prepared(
    insert(REPLIES).values({name: bindparam(name) for name in ("stamp", "created", "size", "payload", "about")})
)
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
TOGETHER = 32
"""Replies removed in one statement; there is one statement for each number of them."""


@cache
def _remove(rows: int) -> Prepared:
    """Removes so many replies; gives their sizes."""
    among = REPLIES.c.stamp.in_([bindparam(f"stamp{n}") for n in range(rows)])
    return Prepared(delete(REPLIES).where(among).returning(REPLIES.c.size))


class SqlReplies:
    """Replies, in the order of their last put; what they weigh together stands in a counter."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """Those that are there, in no order."""
        return {StampId(row.stamp): row.payload for row in self._session.among(_GET, stamps)}

    def put(self, replies: Mapping[StampId, Kept], most_bytes: int) -> None:
        """The oldest go; of a put that is larger than all that may be kept, nothing stays."""
        created = micros(datetime.now(UTC))
        rows = [
            {"stamp": stamp, "created": created, "size": len(one.payload), **one._asdict()}
            for stamp, one in replies.items()
        ]
        more = sum(len(one.payload) for one in replies.values()) - self._removed([*replies])
        self._session.quick_each(_ADD, rows)
        over = self._count(more) - most_bytes
        while over > 0:
            over -= self._drop(over)

    def erase(self, statement: Delete) -> int:
        """Runs a deletion of replies, and counts it; how many went."""
        sizes = [row.size for row in self._session.rows(statement.returning(REPLIES.c.size))]
        self._count(-sum(sizes))
        return len(sizes)

    def _removed(self, stamps: Sequence[StampId]) -> int:
        """Their bytes, of those that were there; they are no more."""
        gone = 0
        for some in chunks(stamps, TOGETHER):
            values = {f"stamp{n}": stamp for n, stamp in enumerate(some)}
            gone += sum(size for (size,) in self._session.quick(_remove(len(some)), values))
        return gone

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
