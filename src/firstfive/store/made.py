"""What was made: records by stamp, and Releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from sqlalchemy import bindparam, delete, select

from firstfive.errors import NotFound
from firstfive.ports import USED, Use
from firstfive.store.packing import mapping, micros, moment, pack_text, use_of
from firstfive.store.session import Session, chunks
from firstfive.store.tables import RECORDS, RELEASES, USES, insert
from firstfive.types import Release, ReleaseId, StampId

_AMONG = RECORDS.c.stamp.in_(bindparam("among", expanding=True))
_HAVE = select(RECORDS.c.stamp).where(_AMONG)
_GET = select(RECORDS.c.stamp, RECORDS.c.payload).where(_AMONG)
_PUT = insert(RECORDS).on_conflict_do_nothing()
_OF_STEP = select(RECORDS.c.stamp).where(RECORDS.c.step == bindparam("step"))
_DROP = delete(RECORDS).where(_AMONG)

_ADD = insert(RELEASES).on_conflict_do_nothing()
_RELEASES = select(RELEASES).order_by(RELEASES.c.created.desc(), RELEASES.c.number.desc())
_RELEASE = select(RELEASES.c.id).where(RELEASES.c.id == bindparam("id"))
_REMOVE = delete(RELEASES).where(RELEASES.c.id == bindparam("id"))
_USE = insert(USES)
_USES = select(USES.c.release, USES.c.how).order_by(USES.c.number.desc())
_HISTORY = select(USES.c.release).order_by(USES.c.number.desc())
_IN_USE = _HISTORY.limit(1)
_UNUSE = delete(USES).where(USES.c.release == bindparam("id"))


class SqlLedger:
    """Made records by stamp."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def have(self, stamps: Sequence[StampId]) -> set[StampId]:
        """From the index alone: about 1.3 microseconds a stamp, whatever the payloads' size."""
        return {StampId(row.stamp) for row in self._session.among(_HAVE, stamps)}

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """Those that are there, in no order."""
        return {StampId(row.stamp): row.payload for row in self._session.among(_GET, stamps)}

    def put(self, step: str, records: Mapping[StampId, bytes]) -> None:
        """A stamp that is there keeps its first payload."""
        values = [{"stamp": stamp, "step": step, "payload": payload} for stamp, payload in records.items()]
        self._session.change(_PUT, values)

    def sweep(self, step: str, keep: Callable[[StampId], bool]) -> int:
        """Reads the step's stamps, no payloads."""
        unwanted = [row.stamp for row in self._session.stream(_OF_STEP, {"step": step}) if not keep(row.stamp)]
        with self._session.forgetful():
            return sum(self._session.change(_DROP, {"among": chunk}) for chunk in chunks(unwanted))


class SqlReleases:
    """Releases, and the order in which they were used."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, release: Release) -> None:
        """The same id again is no change."""
        values = {
            "id": release.id,
            "parts": pack_text(dict(release.parts)),
            "items": release.items,
            "passages": release.passages,
            "created": micros(release.created),
        }
        self._session.run(_ADD, values)

    def all(self) -> Sequence[Release]:
        """Newest first."""
        return [
            Release(ReleaseId(row.id), mapping(row.parts), row.items, row.passages, moment(row.created))
            for row in self._session.rows(_RELEASES)
        ]

    def use(self, release: ReleaseId, how: Use = USED) -> None:
        """NotFound for one that was not added. The one in use again is no change."""
        if self._session.one(_RELEASE, {"id": release}) is None:
            raise NotFound(f"no Release has the id {release}; list them first", code="not_found.release")
        in_use = self._session.one(_IN_USE)
        if in_use is None or in_use.release != release:
            self._session.run(_USE, {"release": release, "how": pack_text(how)})

    def history(self) -> Sequence[ReleaseId]:
        """Newest first: the first is in use now."""
        uses = [ReleaseId(row.release) for row in self._session.rows(_HISTORY)]
        # Removing a Release can leave the same one twice in a row.
        return [release for release, _ in groupby(uses)]

    def uses(self) -> Sequence[tuple[ReleaseId, Use]]:
        """Newest first."""
        return [(ReleaseId(row.release), use_of(row.how)) for row in self._session.rows(_USES)]

    def remove(self, release: ReleaseId) -> None:
        """Forgets its uses too: removing the one in use puts the one before in use."""
        self._session.run(_REMOVE, {"id": release})
        self._session.run(_UNUSE, {"id": release})
