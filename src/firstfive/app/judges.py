"""A model as a judge: which one it is, what it is asked, what it answered, and whether its grades may decide anything.

A judge is a model and a prompt, frozen: another version of either is another judge, of which nothing is known yet. What
it said is stored, so that nothing is asked twice and all of it can be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from firstfive.app.families import alike
from firstfive.app.model_runs import at_once
from firstfive.errors import GateFailed, ModelError, SettingsError
from firstfive.measure import Rule, Verdict
from firstfive.ports import Graded, Pair, Payer, Reply
from firstfive.types import ItemId, RecommId, Stamp, StampId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.measure import Ask
    from firstfive.ports import Call, Progress, Trial
    from firstfive.prompts import Prompt
    from firstfive.types import Item

STEP = "judge"
VERSION = 1
AT_ONCE = 8
LONGEST = 1_500
"""Characters of an item that the judge reads: so that a twin, which is longer, still fits into the prompt's 4,000."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A model and a prompt."""

    model: str
    prompt: Prompt

    @property
    def id(self) -> StampId:
        """The stamp that its judgements and verdicts are kept under."""
        return Stamp(STEP, VERSION, self.prompt.name_and_digest, self.model).id

    def __str__(self) -> str:
        return f"{self.model} with {self.prompt.name_and_digest}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a judge said: a grade from 0 to 3 and the item's words for it, with the stamp of all that it was shown."""

    grade: int
    quote: str
    stamp: StampId


def judge_of(project: Project, model: str = "") -> Judge:
    """The judge that is named, or else `models.judge`, or else the first fallback of another family than the reranker.

    Raises SettingsError where there is none.
    """
    models = project.settings.models
    others = (name for name in models.fallback if not alike(name, models.llm))
    chosen = model or models.judge or next(others, "")
    if not chosen:
        why = (
            f"models.llm, {models.llm}, reranks, and may like what it put first"
            if models.llm
            else "models.llm is empty"
        )
        raise SettingsError(
            f"there is no judge: {why}; set models.judge to a model of another family, or name one with --model"
        )
    return Judge(chosen, project.prompts.get(STEP))


def kinship(project: Project, judge: Judge) -> str:
    """A sentence where the judge is of the reranker's family; empty where it is not."""
    llm = project.settings.models.llm
    if not llm or not alike(judge.model, llm):
        return ""
    return (
        f"{judge.model} is of the family of the model that reranks, {llm}, and may like what it put first: set "
        "models.judge to a model of another family."
    )


# --- asking -----------------------------------------------------------------------------------------------------------


def call_of(judge: Judge, ask: Ask) -> Call:
    """The question as a call. Its reply is kept as one about the request, so that erasing that reaches it."""
    call = judge.prompt.call(step=STEP, request=ask.request, item=ask.text, turned=ask.turned, check=checked(ask))
    return replace(call, about=ask.request)


def answers(
    project: Project,
    judge: Judge,
    calls: Sequence[Call],
    said: Progress,
    fresh: Sequence[bool] = (),
    *,
    payer: Payer | None = None,
) -> list[Reply | ModelError]:
    """A reply or an error a call, in order. fresh: which are asked anew, since a kept reply says the same again.

    payer: who pays; a run of its own where nobody is named.
    """
    gateway = project.gateway or project.calls()
    payer = payer or Payer(run=f"judge-{token_urlsafe(6)}")
    within_s = project.settings.models.timeout_s * AT_ONCE  # each may wait for the others
    size = min(AT_ONCE, at_once(project, judge.model))
    replies: dict[int, Reply | ModelError] = {}
    for anew in (False, True):
        rest = [at for at in range(len(calls)) if (bool(fresh) and fresh[at]) is anew]
        for portion in (rest[start : start + size] for start in range(0, len(rest), size)):
            given = gateway.many(
                [calls[at] for at in portion],
                deadline_s=within_s,
                payer=payer,
                models=(judge.model,),
                fresh=anew,
                patient=True,
            )
            replies |= dict(zip(portion, given, strict=True))
            said.advance(STEP, len(portion))
    return [replies[at] for at in range(len(calls))]


def checked(ask: Ask) -> Callable[[Any], Any]:
    """A check that an answer has a grade, and quotes the item's own words where it finds something right."""

    def check(value: Any) -> Any:
        quote, grade = value["quote"], value["grade"]
        if grade > 0 and not (_words(quote) and _words(quote) in _words(ask.text)):
            raise ModelError(f"the judge quotes {quote[:80]!r}, which the item does not say", code="model.reply")
        return value

    return check


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def answer_of(judge: Judge, call: Call, reply: Reply | ModelError) -> Answer | None:
    """What a reply says; None for an error."""
    if not isinstance(reply, Reply):
        return None
    return Answer(int(reply.value["grade"]), str(reply.value["quote"])[:LONGEST], stamp_of(judge, call))


def stamp_of(judge: Judge, call: Call) -> StampId:
    """What an answer to this call is kept under: all that the judge was shown."""
    return judge.prompt.stamp(call, version=VERSION, model=judge.model).id


def shown_of(item: Item) -> str:
    """What a judge reads of an item."""
    return f"{item.title}\n{item.text}"[:LONGEST]


def graded(judge: Judge, pair: Pair, answer: Answer) -> Graded:
    """What is kept of an answer."""
    created = pair.created if pair.recomm_id else datetime.now(UTC)
    return Graded(
        judge.id,
        pair.about,
        ItemId(pair.item),
        answer.grade,
        answer.quote if answer.grade else "",
        answer.stamp,
        created,
        RecommId(pair.recomm_id) if pair.recomm_id else None,
    )


# --- whether it may decide --------------------------------------------------------------------------------------------


def trial_of(project: Project, judge: Judge) -> Trial | None:
    """How this very judge's last trial ended; None where it had none."""
    with project.store.read() as unit:
        return next((trial for trial in unit.judgements.trials() if trial.judge == judge.id), None)


def may_gate(project: Project, judge: Judge) -> Trial:
    """The trial that lets the judge's grades decide. Only TRUSTED does, by bars no lower than the usual ones.

    Raises GateFailed: gate.untrusted where it was found UNTRUSTED, gate.no_verdict where nothing is known of it.
    """
    trial = trial_of(project, judge)
    again = f"`firstfive judge --model {judge.model}`"
    if trial is None:
        with project.store.read() as unit:
            other = next((one for one in unit.judgements.trials() if one.model == judge.model), None)
        changed = f": its verdict, {other.verdict}, is of another prompt, {other.prompt}" if other else ""
        raise GateFailed(
            f"{judge} has no verdict yet{changed}; its grades may not decide before it is TRUSTED: run {again}",
            code="gate.no_verdict",
        )
    if trial.verdict == Verdict.UNTRUSTED:
        raise GateFailed(
            f"{judge} was found UNTRUSTED on {trial.things} labelled items on {trial.at:%Y-%m-%d}, so its grades may "
            f"not decide; give people's judgements with --qrels, or set models.judge to another model and run {again}",
            code="gate.untrusted",
        )
    if trial.verdict != Verdict.TRUSTED:
        raise GateFailed(
            f"the trial of {judge} was INCONCLUSIVE on {trial.things} labelled items, so its grades may not decide "
            f"yet; label more at /studio/label, and run {again}",
            code="gate.no_verdict",
        )
    if not Rule.parse(trial.rule).as_strict_as(Rule()):
        raise GateFailed(
            f"{judge} is TRUSTED by other bars than the usual ones ({trial.rule}), so its grades may not decide; run "
            f"{again} without --rule",
            code="gate.no_verdict",
        )
    return trial
