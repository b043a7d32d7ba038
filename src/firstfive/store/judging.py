"""What people and models said of items for requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from firstfive.ports import Graded, Label, Pair, Person, Trial
from firstfive.store.packing import micros, moment
from firstfive.store.session import Session, chunks
from firstfive.store.tables import GRADES, JUDGED, PAIRS, TRIALS, insert
from firstfive.types import ItemId, RecommId, StampId

_ADD = insert(PAIRS).on_conflict_do_nothing()
_PAIRS = select(PAIRS).order_by(PAIRS.c.number)
_NUMBER = select(PAIRS.c.number).where(PAIRS.c.qid == bindparam("qid"), PAIRS.c.item == bindparam("item"))

_SAID = ("who", "grade", "seconds", "at")
_LABEL = insert(GRADES)
_LABEL = _LABEL.on_conflict_do_update(
    index_elements=["pair", "person"], set_={name: _LABEL.excluded[name] for name in _SAID}
)
_LABELS = (
    select(PAIRS.c.qid, PAIRS.c.item, GRADES)
    .join(PAIRS, PAIRS.c.number == GRADES.c.pair)
    .order_by(PAIRS.c.number, GRADES.c.person)
)
_UNLABEL = delete(GRADES).where(GRADES.c.pair == bindparam("number"), GRADES.c.person == bindparam("person_"))

_CONTENT = ("grade", "quote", "stamp", "recomm_id", "created")
_PUT = insert(JUDGED)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["judge", "about", "item"], set_={name: _PUT.excluded[name] for name in _CONTENT}
)
_OF = (
    select(JUDGED)
    .where(JUDGED.c.judge == bindparam("judge"), JUDGED.c.about.in_(bindparam("among", expanding=True)))
    .order_by(JUDGED.c.number)
)
_CONCLUDE = insert(TRIALS)
_TRIALS = select(TRIALS).order_by(TRIALS.c.number.desc())


class SqlPairs:
    """The sample that people label, and their labels."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, pairs: Sequence[Pair]) -> int:
        """How many were new."""
        return self._session.change(
            _ADD, [asdict(pair) | {"about": pair.about, "created": micros(pair.created)} for pair in pairs]
        )

    def all(self) -> Sequence[Pair]:
        """In the order in which they were drawn."""
        return [_pair(row) for row in self._session.rows(_PAIRS)]

    def label(self, labels: Sequence[Label]) -> int:
        """How many have such a pair."""
        rows = []
        for label in labels:
            found = self._session.one(_NUMBER, {"qid": label.qid, "item": label.item})
            if found:
                said = {name: getattr(label, name) for name in ("person", "who", "grade", "seconds")}
                rows.append({"pair": found.number, **said, "at": micros(label.at)})
        self._session.change(_LABEL, rows)
        return len(rows)

    def labels(self) -> Sequence[Label]:
        """By pair, and the first person's before the second's."""
        return [
            Label(row.qid, ItemId(row.item), row.person, row.who, row.grade, row.seconds, moment(row.at))
            for row in self._session.rows(_LABELS)
        ]

    def unlabel(self, qid: str, item: ItemId, person: Person) -> bool:
        """Whether there was such a label."""
        found = self._session.one(_NUMBER, {"qid": qid, "item": item})
        return bool(found and self._session.change(_UNLABEL, {"number": found.number, "person_": person}))


def _pair(row: Row[Any]) -> Pair:
    recomm_id = None if row.recomm_id is None else RecommId(row.recomm_id)
    return Pair(row.qid, row.request, ItemId(row.item), moment(row.created), row.again, recomm_id)


class SqlJudgements:
    """What models said as judges, and how their trials ended."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, graded: Sequence[Graded]) -> None:
        """Adds or replaces."""
        self._session.change(_PUT, [asdict(one) | {"created": micros(one.created)} for one in graded])

    def of(self, judge: StampId, abouts: Collection[str]) -> Sequence[Graded]:
        """In the order in which the judge first said so."""
        rows = [
            row
            for some in chunks(sorted(abouts))
            for row in self._session.rows(_OF, {"judge": judge, "among": list(some)})
        ]
        return [_graded(row) for row in sorted(rows, key=lambda row: int(row.number))]

    def conclude(self, trial: Trial) -> None:
        """Keeps how a trial ended."""
        self._session.run(_CONCLUDE, asdict(trial) | {"at": micros(trial.at)})

    def trials(self) -> Sequence[Trial]:
        """Newest first."""
        return [
            Trial(
                StampId(row.judge),
                row.model,
                row.prompt,
                row.verdict,
                row.rule,
                row.things,
                moment(row.at),
                row.evidence,
            )
            for row in self._session.rows(_TRIALS)
        ]


def _graded(row: Row[Any]) -> Graded:
    recomm_id = None if row.recomm_id is None else RecommId(row.recomm_id)
    return Graded(
        StampId(row.judge),
        row.about,
        ItemId(row.item),
        row.grade,
        row.quote,
        StampId(row.stamp),
        moment(row.created),
        recomm_id,
    )
