"""What came of a run's calls, on its way into the store: together where that goes, and one by one where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from firstfive.errors import FirstFiveError
from firstfive.observe import log
from firstfive.types import Rejected, StampId, digest

if TYPE_CHECKING:
    from firstfive.ports import Store, Unit


TAKES_NOTHING = {"store.busy", "store.full", "store.broken"}
"""Error codes after which no further record is tried: each would fail in the same way."""


class Marks(NamedTuple):
    """The names under which the ledger keeps what is on its way, and what failed for good, of one step."""

    sent: str
    failed: str

    def sent_of(self, stamp: StampId) -> StampId:
        """The name of the record which says that a task's call was sent and not yet answered."""
        return StampId(digest(self.sent, stamp))

    def failed_of(self, stamp: StampId) -> StampId:
        """The record that says why a task has no result."""
        return StampId(digest(self.failed, stamp))


def marks(step: str) -> Marks:
    """Those of this step."""
    return Marks(f"{step} sent", f"{step} failed")


class Outcome(NamedTuple):
    """Result of one call: `stamp` identifies the task; `counts` are the counters to raise after the commit.

    result: for the ledger. failed: why there will be none, stored for later runs.
    """

    stamp: StampId
    counts: tuple[str, ...] = ()
    result: bytes | None = None
    failed: bytes | None = None
    rejected: Rejected | None = None


class Outcomes:
    """Outcomes not in the store yet. count: called with their counters once they are. Belongs to one thread."""

    def __init__(self, store: Store, step: str, count: Callable[[Counter[str]], None]) -> None:
        self._store = store
        self._step = step
        self._marks = marks(step)
        self._count = count
        self._waiting: list[Outcome] = []

    def add(self, outcome: Outcome) -> None:
        """Goes with the next `keep`."""
        self._waiting.append(outcome)

    def keep(self, sent: Sequence[StampId] = ()) -> None:
        """Stores in one commit everything that waits, and the marks of the calls that are sent next.

        If that fails, each outcome gets a commit of its own, so that one that cannot be stored holds no other back.
        What the store does not take now stays waiting, and the first error is raised.
        """
        if not (self._waiting or sent):
            return
        try:
            self._write(self._waiting, sent)
            self._waiting = []
        except Exception:
            self._waiting = self._one_by_one()
            raise

    def _one_by_one(self) -> list[Outcome]:
        """Stores each outcome by itself and returns those still waiting. One that cannot be stored waits on without its
        result."""
        left: list[Outcome] = []
        for at, outcome in enumerate(self._waiting):
            try:
                self._write([outcome])
            except Exception as error:  # noqa: BLE001  # `keep` raises the first one
                if isinstance(error, FirstFiveError) and error.code in TAKES_NOTHING:
                    return [*left, *self._waiting[at:]]
                log("models").warning("the result of %s cannot be stored: %s", outcome.stamp, type(error).__name__)
                left.append(Outcome(outcome.stamp))  # it came back, whatever it was
        return left

    def _write(self, outcomes: Sequence[Outcome], sent: Sequence[StampId] = ()) -> None:
        results = {one.stamp: one.result for one in outcomes if one.result is not None}
        failed = {self._marks.failed_of(one.stamp): one.failed for one in outcomes if one.failed is not None}
        rejected = [one.rejected for one in outcomes if one.rejected]
        back = {self._marks.sent_of(one.stamp) for one in outcomes}

        def work(unit: Unit) -> None:
            if results:
                unit.ledger.put(self._step, results)
            if failed:
                unit.ledger.put(self._marks.failed, failed)
            if rejected:
                unit.quarantine.add(rejected)
            if back:
                unit.ledger.sweep(self._marks.sent, lambda mark: mark not in back)
            if sent:
                unit.ledger.put(self._marks.sent, {self._marks.sent_of(stamp): b"" for stamp in sent})

        self._store.write(work)
        self._count(Counter(name for one in outcomes for name in one.counts))
