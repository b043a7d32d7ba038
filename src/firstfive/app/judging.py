"""Use case: may a model's grades be believed? People's labels, the model's answers, and a verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np

from firstfive.app.recommend import Recommender
from firstfive.errors import ModelError, NotFound, SettingsError, SourceError
from firstfive.measure import Judgement, Rule, Thing, Verdict, asks, evidence, judge_verdict, read_qrels, read_queries
from firstfive.measure.agreement import HIGHEST
from firstfive.measure.trial import KINDS
from firstfive.observe import Quiet, span
from firstfive.ports import Payer, Progress, Reply
from firstfive.types import ItemId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.measure import Ask, Qrels
    from firstfive.ports import Call, Gateway
    from firstfive.types import Item

AT_ONCE = 8
LONGEST = 1_500
"""Characters of an item that the judge reads: so that a twin, which is longer, still fits into the prompt's 4,000."""
STEP = "judge"
MOST_LEFT_OUT = 0.1
"""A judge that gives no usable answer on more of the things than this is not TRUSTED: the rest may be the easy ones."""
SILENT = f"More than {MOST_LEFT_OUT:.0%} were left out, so it is not known how it grades all: TRUSTED is out of reach."
SAME = "It is also the model that reranks, and may like what it put first: name one of another family."


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """The verdict on a model as a judge, and what it rests on.

    things: labelled items that were judged. missing: labels of items that the Release does not have. failed: things
    left out because one of the six answers did not come, or quoted what the item does not say.
    """

    judgement: Judgement
    model: str
    prompt: str
    things: int
    missing: int
    failed: int
    cost_usd: float
    notes: tuple[str, ...] = ()

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


def judge(
    project: Project,
    queries: str | Path,
    labels: str | Path,
    *,
    second: str | Path | None = None,
    model: str = "",
    rule: str = "",
    progress: Progress | None = None,
) -> JudgeReport:
    """Asks the model six questions about each labelled item, one item a call, and holds its grades against people's.

    labels and second: qrels with grades from 0 to 3, by one person and by another one; second may hold a part. model:
    PROVIDER:MODEL; that of models.llm where none is named. Answers that were paid for before are used again, but for
    the question that is asked once more.

    Raises SettingsError without a model, SourceError for files, UsageError for a rule, and the ModelError of a model
    that answers nothing.
    """
    judging = model or project.settings.models.llm
    gateway = project.gateway or (project.calls() if model else None)
    if gateway is None:
        raise SettingsError("models.llm is empty, so there is no judge; set it, or name one with --model")
    wanted = Rule.parse(rule)
    things, missing = _things(project, queries, labels, second)
    prompt = project.prompts.get(STEP)
    with span("firstfive.judge", model=judging, things=len(things)):
        asked = asks(things)
        calls = [
            prompt.call(step=STEP, request=ask.request, item=ask.text, turned=ask.turned, check=checked(ask))
            for ask in asked
        ]
        within_s = project.settings.models.timeout_s * AT_ONCE  # each may wait for the others
        replies = _answers(gateway, asked, calls, judging, within_s, progress or Quiet())
    answered = np.array([_grade(reply) for reply in replies]).reshape(len(KINDS), -1)
    whole = ~np.isnan(answered).any(axis=0)
    if not whole.any():
        raise next(reply for reply in replies if isinstance(reply, ModelError))
    kept = [thing for thing, good in zip(things, whole, strict=True) if good]
    found = judge_verdict(evidence(kept, answered[:, whole].ravel()), wanted)
    silent = len(kept) < (1 - MOST_LEFT_OUT) * len(things)
    if silent and found.verdict is Verdict.TRUSTED:
        found = replace(found, verdict=Verdict.INCONCLUSIVE)
    cost = sum(reply.cost_usd for reply in replies if isinstance(reply, Reply))
    same = judging == project.settings.models.llm
    return JudgeReport(
        found,
        judging,
        prompt.name_and_digest,
        len(kept),
        missing,
        len(things) - len(kept),
        round(cost, 9),
        tuple(note for note, holds in ((SILENT, silent), (SAME, same)) if holds),
    )


def _things(
    project: Project, queries: str | Path, labels: str | Path, second: str | Path | None
) -> tuple[list[Thing], int]:
    """What people labelled and the Release has, and how many labels are of other items."""
    texts = {query.qid: query.text for query in read_queries(queries)}
    first, other = _grades(read_qrels(labels), labels), {}
    if second is not None:
        other = _grades(read_qrels(second), second)
    recommender = Recommender(project)
    found, missing = [], 0
    for (qid, name), grade in first.items():
        item = _item(recommender, name) if qid in texts else None
        if item is None:
            missing += 1
            continue
        found.append(Thing(qid, texts[qid], f"{item.title}\n{item.text}"[:LONGEST], grade, other.get((qid, name))))
    if not found:
        raise SourceError(
            f"none of the {missing} labels in {labels} is of a query and an item that are here; do the ids match?",
            code="measure.nothing",
        )
    return found, missing


def _grades(qrels: Qrels, file: str | Path) -> dict[tuple[str, str], int]:
    worst = next((int(grade) for grade in qrels.grades if not 0 <= grade <= HIGHEST), None)
    if worst is not None:
        raise SourceError(
            f"{file} has the grade {worst}; a judge's grades go from 0 to {HIGHEST}", code="measure.files"
        )
    rows = zip(qrels.query, qrels.item, qrels.grades, strict=True)
    return {(qrels.qids[query], qrels.ids[item]): int(grade) for query, item, grade in rows}


def _answers(
    gateway: Gateway, asked: Sequence[Ask], calls: Sequence[Call], model: str, within_s: float, said: Progress
) -> list[Reply | ModelError]:
    """A reply or an error a call, in order. What is asked once more is asked afresh: a kept reply says the same."""
    payer = Payer(run=f"judge-{token_urlsafe(6)}")
    replies: dict[int, Reply | ModelError] = {}
    said.start(STEP, len(calls))
    for fresh in (False, True):
        rest = [at for at, ask in enumerate(asked) if (ask.kind == "again") is fresh]
        for portion in (rest[start : start + AT_ONCE] for start in range(0, len(rest), AT_ONCE)):
            given = gateway.many(
                [calls[at] for at in portion],
                deadline_s=within_s,
                payer=payer,
                models=(model,),
                fresh=fresh,
                patient=True,
            )
            replies |= dict(zip(portion, given, strict=True))
            said.advance(STEP, len(portion))
    said.finish(STEP)
    return [replies[at] for at in range(len(calls))]


def checked(ask: Ask) -> Callable[[Any], Any]:
    """A check that an answer has a grade, and quotes the item's own words where it finds something right."""

    def check(value: Any) -> Any:
        quote, grade = value["quote"], value["grade"]
        if grade > 0 and not (_words(quote) and _words(quote) in _words(ask.text)):
            raise ModelError(f"the judge quotes {quote[:80]!r}, which the item does not say", code="model.reply")
        return grade

    return check


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _grade(reply: Reply | ModelError) -> float:
    """The grade, or not a number."""
    return float(reply.value) if isinstance(reply, Reply) else nan


def _item(recommender: Recommender, name: str) -> Item | None:
    """The Release's item of this id, as it is or as qrels write it."""
    for written in dict.fromkeys((name, unquote(name))):
        with suppress(NotFound):
            return recommender.item(ItemId(written))
    return None
