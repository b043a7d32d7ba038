"""Use case: how good the Release in use is, request by request: its measures, by kinds of requests, and its worst.

Requests are those that people made and judged, or made-up ones where there are none: see `questions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app.embedders import patient
from firstfive.app.kinds import kinds_of
from firstfive.app.labelling import item_of
from firstfive.app.measure import goal_of, of_chances, trust, untaught
from firstfive.app.promote import costs
from firstfive.app.questions import questions_for, ranked
from firstfive.app.recommend import Recommender
from firstfive.app.side_by_side import keep, taken_by
from firstfive.ask import read
from firstfive.errors import RequestError, UsageError
from firstfive.features import FIRST
from firstfive.guard import masked
from firstfive.measure import DEFAULT, MADE_UP, Decision, Measure, Report, compare, decide, score
from firstfive.observe import Quiet, span
from firstfive.types import Request

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.questions import Questions
    from firstfive.app.side_by_side import Taken
    from firstfive.app.wiring import Project
    from firstfive.measure import Reliability, Run, Slice
    from firstfive.ports import Progress
    from firstfive.types import Numbers

WORST = 10
DEEPEST = Measure("RR", 100)
"""Gives the place of the first right item, looked for down to this depth."""
KINDS = ("length", "language")


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that was shown: its id and title, and whether it is right for the request."""

    item: str
    title: str
    right: bool


@dataclass(frozen=True, slots=True)
class Worst:
    """A request that was served badly, and its five. value: of the goal's measure.

    request: its words, with personal data masked; None: they are left out. words: how many it has. right: titles of up
    to three right items. stood: the place of the first of them, from 1; None: not among the first 100.
    """

    qid: str
    request: str | None
    words: int
    value: float
    five: tuple[Shown, ...]
    right: tuple[str, ...]
    stood: int | None


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured now. measure: the goal's. decision: held against `[goal]`; without findings where it asks
    nothing. chances: how far stated chances can be trusted; chances_made_up: on made-up questions."""

    asked: str
    made_up: bool
    measure: str
    measured: Report
    decision: Decision
    taken: Taken
    slices: tuple[Slice, ...]
    worst: tuple[Worst, ...]
    chances: Reliability | None = None
    chances_made_up: bool = False


def look(
    project: Project,
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    by: Sequence[str] = (),
    with_requests: bool = False,
    progress: Progress | None = None,
) -> Quality:
    """Measures the Release in use, and keeps what was measured. Stores no Slate.

    by: fields to divide requests by too. with_requests: the words of people's requests are in it; made-up ones always
    are.

    Raises IndexFileError index.missing before the first build, and what `questions_for` and ranking do.
    """
    said, goal = progress or Quiet(), goal_of(project.settings.goal)
    with span("firstfive.report"):
        recommender = Recommender(project, manner=patient(project))
        questions = questions_for(project, [recommender.now()], queries, qrels)
        measures = tuple(dict.fromkeys([goal.measure, *DEFAULT, *(bar.measure for bar in goal.bars)]))
        depth = max(DEEPEST.cutoff, *(measure.cutoff for measure in measures))
        chances: dict[str, float] = {}
        run = ranked(recommender, questions, "requests", depth, said, chances)
        qids = [query.qid for query in questions.asked]
        report = compare(
            [run],
            questions.right,
            measures=measures,
            queries=qids,
            bars=goal.bars,
            kinds=_kinds(project, questions, by),
            release=recommender.release.id,
        )
        (taken,) = taken_by(project, [recommender.release], questions, said)
        keep(project, questions, report, [taken], "report")
        decision = decide(report, goal, made_up=report.made_up > 0)
        known = _trusted(project, questions, run, chances)
    judged = _Judged.of(questions, run, goal.measure)
    return Quality(
        questions.said,
        report.made_up > 0,
        str(goal.measure),
        report,
        Decision((*decision.findings, *costs([taken], goal))),
        taken,
        report.runs[0].slices,
        tuple(judged.worst(recommender, shown=with_requests)),
        known,
        known is not None and bool(questions.made),
    )


def _kinds(project: Project, questions: Questions, by: Sequence[str]) -> dict[str, dict[str, str]]:
    """By length, by language, by how much is asked for and refused, and by these fields; those that tell any apart."""
    fields = [*KINDS, *by]
    found = kinds_of(fields, questions.asked, questions.right, project)
    wishes = {query.qid: _wishes(query.text) for query in questions.asked}
    found["asks for"] = {qid: wanted for qid, (wanted, _) in wishes.items()}
    found["refuses"] = {qid: refused for qid, (_, refused) in wishes.items()}
    return {one: kinds for one, kinds in found.items() if one in by or len(set(kinds.values()) - {""}) > 1}


def _trusted(project: Project, questions: Questions, run: Run, chances: Mapping[str, float]) -> Reliability | None:
    """How far stated chances can be trusted; None where the Release states none."""
    if not questions.made:
        left, _ = untaught(project, project.recommender.release.id, chances, questions.asked)
        return of_chances(left, run, questions.right)
    try:
        return trust(project)
    except UsageError:
        return None


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """The requests that have a judgement. values, deep (n,): of the goal's measure and of DEEPEST."""

    questions: Questions
    run: Run
    qids: Sequence[str]
    texts: Sequence[str]
    values: Numbers
    deep: Numbers

    @classmethod
    def of(cls, questions: Questions, run: Run, measure: Measure) -> _Judged:
        known = set(questions.right.qids)
        asked = [query for query in questions.asked if query.qid in known]
        qids = [query.qid for query in asked]
        values = score([measure, DEEPEST], run, questions.right, qids)
        return cls(questions, run, qids, [query.text for query in asked], values[:, 0], values[:, 1])

    def worst(self, recommender: Recommender, *, shown: bool) -> Iterator[Worst]:
        """Those with the least value first; of equal ones, those whose right item stands lowest."""
        order = sorted(range(len(self.qids)), key=lambda at: (self.values[at], self.deep[at], self.qids[at]))
        least = [at for at in order if self.values[at] < 1][:WORST]
        right, five = self._right(least), self._five(least)
        for at in least:
            titles = tuple(_title(recommender, item) for item in list(right[at])[:3])
            yield Worst(
                self.qids[at],
                masked(self.texts[at]) if shown or self.qids[at].startswith(MADE_UP) else None,
                len(self.texts[at].split()),
                float(self.values[at]),
                tuple(Shown(item, _title(recommender, item), item in right[at]) for item in five[at]),
                titles,
                round(1 / self.deep[at]) if self.deep[at] else None,
            )

    def _right(self, rows: Sequence[int]) -> dict[int, dict[str, int]]:
        """For each of these rows the right items with their grades, the best first."""
        qrels, found = self.questions.right, dict[int, dict[str, int]]()
        for at in rows:
            mine = np.flatnonzero(qrels.query == qrels.qids.index(self.qids[at]))
            best = mine[np.argsort(-qrels.grades[mine], kind="stable")]
            found[at] = {qrels.ids[qrels.item[row]]: int(qrels.grades[row]) for row in best if qrels.grades[row] > 0}
        return found

    def _five(self, rows: Sequence[int]) -> dict[int, list[str]]:
        codes = {qid: code for code, qid in enumerate(self.run.qids)}
        found = {at: np.flatnonzero(self.run.query == codes.get(self.qids[at], -1))[:FIRST] for at in rows}
        return {at: [self.run.ids[self.run.item[row]] for row in shown] for at, shown in found.items()}


def _wishes(text: str) -> tuple[str, str]:
    """How many things a request asks for, and whether it refuses some."""
    try:
        wishes = read(Request(text)).wishes
    except RequestError:
        return "", ""
    wanted = sum(not wish.refused for wish in wishes)
    said = "1 thing" if wanted <= 1 else "2 or 3 things" if wanted <= 3 else "4 things or more"
    return said, "something" if wanted < len(wishes) else "nothing"


def _title(recommender: Recommender, name: str) -> str:
    item = item_of(recommender, name)
    return name if item is None else item.title or f"{item.text[:60]} …"
