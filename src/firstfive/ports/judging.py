"""The store's part about judging: what people were asked to label, what they and a model said, and the model's trials.

A pair is a request and an item. `words_of` its request is in what a model said, so that erasing a person's words
reaches that too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from firstfive.types import ItemId, RecommId, StampId, digest

Person: TypeAlias = Literal["first", "second"]
"""Who labels: the first person all pairs, a second one some of them, without seeing the first one's grades."""


def words_of(request: str) -> str:
    """Stands for a person's words: by it what was made of them is found when they are erased; it cannot be read."""
    return digest("about", request)


@dataclass(frozen=True, slots=True)
class Pair:
    """A request and an item that people are asked about.

    qid: the recommId of a stored request, or the qid of one from a file; recomm_id: only of a stored one. again: a
    second person is asked too. created: when the request was made; of one from a file, when the pair was drawn.
    """

    qid: str
    request: str
    item: ItemId
    created: datetime
    again: bool = False
    recomm_id: RecommId | None = None

    @property
    def about(self) -> str:
        """Stands for the request's words."""
        return words_of(self.request)


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of a pair. who: a name that the person chose, and that need not say who it is.

    grade: 0 to 3; None: skipped. seconds: from seeing the pair to the answer; None: not known.
    """

    qid: str
    item: ItemId
    person: Person
    who: str
    grade: int | None
    seconds: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Graded:
    """What a model said of an item for a request: a grade from 0 to 3, and the item's words that it rests on.

    judge: stamp of model and prompt. about: `words_of` the request. stamp: of model, prompt and all that was shown.
    created: when the request was made; of one from a file, when the model said it.
    """

    judge: StampId
    about: str
    item: ItemId
    grade: int
    quote: str
    stamp: StampId
    created: datetime
    recomm_id: RecommId | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model's trial as a judge ended. verdict: TRUSTED, UNTRUSTED or INCONCLUSIVE, by this rule.

    judge: stamp of model and prompt. things: labelled items that it was tried on. evidence: every check, as JSON.
    """

    judge: StampId
    model: str
    prompt: str
    verdict: str
    rule: str
    things: int
    at: datetime
    evidence: str = ""


class Pairs(Protocol):
    """The sample that people label, and their labels."""

    def add(self, pairs: Sequence[Pair]) -> int:
        """Adds; one that is there stays as it is. Returns how many were new."""
        ...

    def all(self) -> Sequence[Pair]:
        """In the order in which they were drawn."""
        ...

    def label(self, labels: Sequence[Label]) -> int:
        """Adds, or replaces what the same of the two persons said of a pair; returns how many have such a pair."""
        ...

    def labels(self) -> Sequence[Label]:
        """Every label, in the order of the pairs, the first person's before the second's."""
        ...

    def unlabel(self, qid: str, item: ItemId, person: Person) -> bool:
        """Takes a label back; False where there was none."""
        ...


class Judgements(Protocol):
    """What models said as judges, and how their trials ended."""

    def put(self, graded: Sequence[Graded]) -> None:
        """Adds, or replaces what the same judge said of the same item for the same words."""
        ...

    def of(self, judge: StampId, abouts: Collection[str]) -> Sequence[Graded]:
        """What a judge said about these requests, in the order in which it first said so."""
        ...

    def conclude(self, trial: Trial) -> None:
        """Keeps how a trial ended."""
        ...

    def trials(self) -> Sequence[Trial]:
        """Every trial, newest first."""
        ...
