"""Pairs, labels, judgements and trials in memory, for `MemoryStore`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime

from firstfive.ports import Graded, Label, Pair, Person, Trial
from firstfive.types import ItemId, RecommId, StampId


@dataclass(slots=True)
class Sheets:
    """Everything about judging."""

    pairs: dict[tuple[str, ItemId], Pair] = field(default_factory=dict)
    labels: dict[tuple[str, ItemId, Person], Label] = field(default_factory=dict)
    graded: dict[tuple[StampId, str, ItemId], Graded] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)

    def __copy__(self) -> Sheets:
        return Sheets(**{f.name: copy(getattr(self, f.name)) for f in fields(self)})

    def erase(self, gone: Collection[RecommId], abouts: Collection[str], before: datetime | None) -> dict[str, int]:
        """Counts by table. gone and abouts: the Slates that go, and what stands for their words."""

        def go(one: Pair | Graded) -> bool:
            return one.recomm_id in gone or one.about in abouts or (before is not None and one.created < before)

        pairs = {key for key, pair in self.pairs.items() if go(pair)}
        labels = {key for key in self.labels if key[:2] in pairs}
        graded = {key for key, one in self.graded.items() if go(one)}
        self.pairs = {key: one for key, one in self.pairs.items() if key not in pairs}
        self.labels = {key: one for key, one in self.labels.items() if key not in labels}
        self.graded = {key: one for key, one in self.graded.items() if key not in graded}
        return {"grades": len(labels), "pairs": len(pairs), "judged": len(graded)}


@dataclass(frozen=True, slots=True)
class MemoryPairs:
    """The sample that people label, and their labels."""

    sheets: Sheets

    def add(self, pairs: Sequence[Pair]) -> int:
        """How many were new."""
        before = len(self.sheets.pairs)
        for pair in pairs:
            self.sheets.pairs.setdefault((pair.qid, pair.item), pair)
        return len(self.sheets.pairs) - before

    def all(self) -> Sequence[Pair]:
        """In the order in which they were drawn."""
        return list(self.sheets.pairs.values())

    def label(self, labels: Sequence[Label]) -> int:
        """How many have such a pair."""
        known = [one for one in labels if (one.qid, one.item) in self.sheets.pairs]
        self.sheets.labels |= {(one.qid, one.item, one.person): one for one in known}
        return len(known)

    def labels(self) -> Sequence[Label]:
        """By pair, and the first person's before the second's."""
        places = {key: place for place, key in enumerate(self.sheets.pairs)}
        return sorted(self.sheets.labels.values(), key=lambda one: (places[one.qid, one.item], one.person))

    def unlabel(self, qid: str, item: ItemId, person: Person) -> bool:
        """Whether there was such a label."""
        return self.sheets.labels.pop((qid, item, person), None) is not None


@dataclass(frozen=True, slots=True)
class MemoryJudgements:
    """What models said as judges, and how their trials ended."""

    sheets: Sheets

    def put(self, graded: Sequence[Graded]) -> None:
        """Adds or replaces."""
        self.sheets.graded |= {(one.judge, one.about, one.item): one for one in graded}

    def of(self, judge: StampId, abouts: Collection[str]) -> Sequence[Graded]:
        """In the order in which the judge first said so."""
        return [one for one in self.sheets.graded.values() if one.judge == judge and one.about in abouts]

    def conclude(self, trial: Trial) -> None:
        """Keeps how a trial ended."""
        self.sheets.trials.append(trial)

    def trials(self) -> Sequence[Trial]:
        """Newest first."""
        return self.sheets.trials[::-1]
