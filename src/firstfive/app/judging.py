"""Use case: may a model's grades be believed? People's labels, the model's answers, and a verdict, which is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import labelling
from firstfive.app.judges import STEP, Answer, Judge, answer_of, answers, call_of, graded, judge_of, kinship, shown_of
from firstfive.app.labelling import graded_in, item_of
from firstfive.errors import ModelError, SourceError, UsageError
from firstfive.measure import Judgement, Rule, Thing, Verdict, asks, evidence, judge_verdict, read_qrels, read_queries
from firstfive.measure.trial import KINDS
from firstfive.observe import Quiet, span
from firstfive.ports import Pair, Progress, Reply, Trial
from firstfive.types import ItemId

if TYPE_CHECKING:
    from pathlib import Path

    from firstfive.app.wiring import Project

MOST_LEFT_OUT = 0.1
"""A judge that gives no usable answer on more of the things than this is not TRUSTED: the rest may be the easy ones."""
SILENT = f"More than {MOST_LEFT_OUT:.0%} were left out, so it is not known how it grades all: TRUSTED is out of reach."


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """The verdict on a model as a judge, and what it rests on.

    judge: the stamp of model and prompt, under which verdict and judgements are kept. things: labelled items that were
    judged. missing: labels of items that the Release does not have. failed: things left out because one of the six
    answers did not come, or quoted what the item does not say.
    """

    judgement: Judgement
    model: str
    prompt: str
    things: int
    missing: int
    failed: int
    cost_usd: float
    notes: tuple[str, ...] = ()
    judge: str = ""

    @property
    def exit(self) -> int:
        """The process exit status."""
        return self.judgement.exit

    def lines(self) -> list[str]:
        """All of it as plain text."""
        left = f"; {self.missing} labels of items that are not in the Release" if self.missing else ""
        left += f"; {self.failed} left out for want of a usable answer" if self.failed else ""
        what = f"{self.model} with {self.prompt} on {self.things} labelled items{left}. ${self.cost_usd:,.4f}"
        return [*self.judgement.lines(), what, *self.notes]


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A pair that the Release has, and what people said of it."""

    pair: Pair
    thing: Thing


def judge(
    project: Project,
    queries: str | Path | None = None,
    labels: str | Path | None = None,
    *,
    second: str | Path | None = None,
    model: str = "",
    rule: str = "",
    progress: Progress | None = None,
) -> JudgeReport:
    """Asks the model six questions about each labelled item, one item a call, and holds its grades against people's.

    Without files: the labels that people gave at /studio/label. queries, labels and second: requests, and qrels with
    grades from 0 to 3 by one person and by another one; second may hold a part. model: PROVIDER:MODEL, see `judge_of`.
    Answers that were paid for before are used again, but for the question that is asked once more. Verdict and grades
    are kept, under the stamp of model and prompt.

    Raises SettingsError without a model, SourceError for files, UsageError for a rule or one file of two, and the
    ModelError of a model that answers nothing.
    """
    judging, wanted = judge_of(project, model), Rule.parse(rule)
    labelled, missing = _labelled(project, queries, labels, second)
    with span("firstfive.judge", model=judging.model, things=len(labelled)):
        given, cost = _asked(project, judging, [one.thing for one in labelled], progress or Quiet())
    grades = np.array([nan if answer is None else answer.grade for answer in given]).reshape(len(KINDS), -1)
    whole = ~np.isnan(grades).any(axis=0)
    kept = [one.thing for one, good in zip(labelled, whole, strict=True) if good]
    found = judge_verdict(evidence(kept, grades[:, whole].ravel()), wanted)
    silent = len(kept) < (1 - MOST_LEFT_OUT) * len(labelled)
    if silent and found.verdict is Verdict.TRUSTED:
        found = replace(found, verdict=Verdict.INCONCLUSIVE)
    _keep(project, judging, labelled, given[: len(labelled)], found, len(kept))
    return JudgeReport(
        found,
        judging.model,
        judging.prompt.name_and_digest,
        len(kept),
        missing,
        len(labelled) - len(kept),
        cost,
        tuple(filter(None, (SILENT if silent else "", kinship(project, judging)))),
        judging.id,
    )


def _asked(
    project: Project, judging: Judge, things: Sequence[Thing], said: Progress
) -> tuple[list[Answer | None], float]:
    """The answers in the order of the questions, and what they cost. Raises ModelError where no thing has all six."""
    asked = asks(things)
    calls = [call_of(judging, ask) for ask in asked]
    said.start(STEP, len(calls))
    replies = answers(project, judging, calls, said, [ask.kind == "again" for ask in asked])
    said.finish(STEP)
    given = [answer_of(judging, call, reply) for call, reply in zip(calls, replies, strict=True)]
    if not any(all(given[at :: len(things)]) for at in range(len(things))):
        raise next(reply for reply in replies if isinstance(reply, ModelError))
    return given, round(sum(reply.cost_usd for reply in replies if isinstance(reply, Reply)), 9)


def _keep(
    project: Project,
    judging: Judge,
    labelled: Sequence[_Labelled],
    first: Sequence[Answer | None],
    found: Judgement,
    things: int,
) -> None:
    """Keeps the verdict, and what the judge said when first asked."""
    said = [graded(judging, one.pair, answer) for one, answer in zip(labelled, first, strict=True) if answer]
    trial = Trial(
        judging.id,
        judging.model,
        judging.prompt.name_and_digest,
        found.verdict,
        found.rule,
        things,
        datetime.now(UTC),
        found.json().decode(),
    )
    with project.store.unit() as unit:
        unit.judgements.put(said)
        unit.judgements.conclude(trial)


# --- what people labelled ---------------------------------------------------------------------------------------------


def _labelled(
    project: Project, queries: str | Path | None, labels: str | Path | None, second: str | Path | None
) -> tuple[list[_Labelled], int]:
    """What people labelled and the Release has, and how many labels are of other items."""
    if (queries is None) != (labels is None) or (second is not None and labels is None):
        raise UsageError(
            "requests and labels go together: name both, --queries and --labels, or neither for the labels of "
            "/studio/label"
        )
    every = _stored(project) if queries is None or labels is None else _of_files(queries, labels, second)
    found = []
    for pair, first, other in every:
        item = item_of(project.recommender, pair.item) if pair.request else None
        if item is not None:
            thing = Thing(pair.qid, pair.request, shown_of(item), first, other)
            found.append(_Labelled(replace(pair, item=item.id), thing))
    if not found:
        raise SourceError(
            f"none of the {len(every)} labels {f'in {labels} ' if labels else ''}is of a query and an item that are "
            "here; do the ids match?"
            if every
            else "nobody labelled a pair yet; draw some with `firstfive label draw`, then label them at /studio/label",
            code="measure.nothing",
        )
    return found, len(every) - len(found)


def _stored(project: Project) -> list[tuple[Pair, int, int | None]]:
    rows = labelling.rows(project)
    return [
        (row.pair, row.first.grade, row.second.grade if row.second else None)
        for row in rows
        if row.first and row.first.grade is not None
    ]


def _of_files(queries: str | Path, labels: str | Path, second: str | Path | None) -> list[tuple[Pair, int, int | None]]:
    texts = {query.qid: query.text for query in read_queries(queries)}
    first = graded_in(read_qrels(labels), labels)
    other = graded_in(read_qrels(second), second) if second is not None else {}
    now = datetime.now(UTC)
    return [
        (Pair(qid, texts.get(qid, ""), ItemId(item), now), grade, other.get((qid, item)))
        for (qid, item), grade in first.items()
    ]
