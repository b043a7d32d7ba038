"""What a judge is asked before it is believed, one item a call, and what its grades are evidence of.

asks(things) -> what to ask            six a thing: as it is, once more, turned, and its three twins
evidence(things, grades) -> Evidence   for `judge_verdict`
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.agreement import HIGHEST, Grades
from firstfive.measure.twins import twins
from firstfive.measure.verdict import TWINS, Doubles, Evidence

if TYPE_CHECKING:
    from firstfive.types import Mask, Numbers

KINDS = ("first", "again", "turned", *TWINS)


@dataclass(frozen=True, slots=True)
class Thing:
    """A text that people graded against a request. second: another person's grade, where there is one."""

    qid: str
    request: str
    text: str
    person: int
    second: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the judge. turned: the text before the request, and the rubric from 3 to 0."""

    kind: str
    request: str
    text: str
    turned: bool = False


def asks(things: Sequence[Thing]) -> tuple[Ask, ...]:
    """All questions, by kind in the order of KINDS, and within a kind in the order of the things."""
    told = [(thing, twins(thing.request, thing.text)) for thing in things]
    return tuple(
        Ask(kind, thing.request, changed.get(kind, thing.text), turned=kind == "turned")
        for kind in KINDS
        for thing, changed in told
    )


def evidence(things: Sequence[Thing], grades: Numbers) -> Evidence:
    """The judge's grades, in the order of the questions, as evidence. Raises UsageError for another number of them.

    A twin is held against the second answer about the original: what the first one was chosen by, not to be the highest
    grade, would let a judge that only rolls dice seem to rise.
    """
    if len(grades) != len(KINDS) * len(things) or not things:
        raise UsageError(
            f"{len(things)} things have {len(KINDS) * len(things)} questions, and there are {len(grades)} grades"
        )
    rows = dict(zip(KINDS, np.asarray(grades, np.float64).reshape(len(KINDS), -1), strict=True))
    _, request = np.unique([thing.qid for thing in things], return_inverse=True)
    person = np.array([thing.person for thing in things], np.float64)
    second = np.array([np.nan if thing.second is None else thing.second for thing in things], np.float64)
    first, again = rows["first"], rows["again"]

    def beside(answer: Numbers, kind: str, which: Mask) -> Grades:
        return Grades(request[which], answer[which], rows[kind][which])

    every, both, can_rise = np.ones(len(things), bool), ~np.isnan(second), first < HIGHEST
    return Evidence(
        people=Grades(request, first, person),
        doubles=Doubles(request[both], first[both], person[both], second[both]),
        again=beside(first, "again", every),
        turned=beside(first, "turned", every),
        twins={kind: beside(again, kind, can_rise) for kind in TWINS},
    )
