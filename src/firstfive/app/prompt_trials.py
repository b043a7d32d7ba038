"""Use case: which version of a prompt does best? Chosen on one half of the requests or items, shown on the other.

    versions ─tuning half─▶ the best of them ─held-out half, against the version in force─▶ better, worse, or open

What is true must be known without a model's opinion: rerank is measured by judgements, describe by whether the item's
own words bear the facts out, rewrite by whether they prove its sentences. Where it is not, only a judge that was found
TRUSTED may say it. All calls together stay under the run's budget. A prompt that is written by a search comes in as a
version like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import numpy as np

from firstfive.app import judges
from firstfive.app.model_runs import Silence, at_once
from firstfive.app.prompt_measures import BY_ITEM
from firstfive.app.questions import JUDGING, SEED, TUNING
from firstfive.app.seekers import half_of
from firstfive.app.sides import Ranked, Side, rank_side
from firstfive.errors import BudgetError, GateFailed, ModelError, SettingsError, UsageError
from firstfive.measure import (
    MADE_UP,
    Interval,
    Measure,
    Query,
    intervals,
    qrels_of,
    read_qrels,
    read_queries,
    score,
    spellings,
)
from firstfive.measure.intervals import FEW
from firstfive.measure.trial import KINDS, Ask
from firstfive.observe import Quiet, span
from firstfive.ports import Call, Payer, Reply
from firstfive.types import Item, ItemId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.measure import Qrels, Run
    from firstfive.ports import Progress
    from firstfive.prompts import Prompt
    from firstfive.types import Numbers

RERANKED = 10
"""Items of each request that a version of rerank scores."""
SHOWN = 5
RANKING = Measure("nDCG", SHOWN)
ITEMS = 100
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Version:
    """What a version reached on the half that it was chosen by. silent: the share of calls without a usable answer."""

    prompt: str
    value: Interval
    silent: float
    cost_usd: float


@dataclass(frozen=True, slots=True)
class PromptTrial:
    """What was tried and what came of it. versions: the first is in force; best: of the tuning half.

    difference: best less the one in force, on the held-out half; None where they are one, or money ran out before.
    outcome: better, worse, open, or keep, where none did better on the tuning half. made_up: no person asked these.
    """

    name: str
    measure: str
    tuning: int
    held_out: int
    versions: tuple[Version, ...]
    best: str
    outcome: str
    difference: Interval | None
    cost_usd: float
    made_up: bool = False
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """All of it as plain text."""
        head = f"{self.name}, {self.measure}; chosen on {self.tuning:,}, shown on {self.held_out:,} others."
        rows = [
            f"  {one.prompt}  {one.value.value:.4f} ({one.value.low:.4f} to {one.value.high:.4f}), "
            f"{one.silent:.0%} of calls without a usable answer, ${one.cost_usd:,.4f}"
            for one in self.versions
        ]
        return [head, *rows, *self._ended(), *self.notes, f"All of it cost ${self.cost_usd:,.4f}."]

    def _ended(self) -> list[str]:
        if self.outcome == "keep":
            return [f"None did better than {self.versions[0].prompt}, which is in force."]
        if self.difference is None:
            return [f"{self.best} did best where it was chosen, and was shown nowhere else."]
        d = self.difference
        gap = f"{d.value:+.4f} ({d.low:+.4f} to {d.high:+.4f})"
        word = {"better": "is better", "worse": "is worse", "open": "was not shown to be better"}[self.outcome]
        return [f"On the held-out half {self.best} {word} than {self.versions[0].prompt}: {gap}."]

    def check(self) -> None:
        """Raises GateFailed gate.inconclusive where it stays open which is better."""
        if self.outcome == "open":
            raise GateFailed(
                f"it is open whether {self.best} is better than {self.versions[0].prompt}; try it on more requests or "
                "items, or raise --usd where money ran out",
                code="gate.inconclusive",
            )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What `try_prompts` is told of how much to try: the parameters of these names."""

    items: int
    top: int
    repeats: int


@dataclass(slots=True)
class _Spent:
    """What all calls of the experiment came to."""

    payer: Payer = field(default_factory=lambda: Payer(run=f"prompts-{token_urlsafe(6)}"))
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class _Tried:
    """A version's values, one a thing of the half, and the share of its calls that gave nothing."""

    values: Numbers
    silent: float
    cost_usd: float


@dataclass(frozen=True, slots=True)
class _Task:
    """How versions of one prompt are tried. halves: how many things each half has; values in [lowest, 1]."""

    measure: str
    lowest: float
    halves: Mapping[str, int]
    tried: Callable[[Sequence[Prompt], str], list[_Tried]]
    made_up: bool = False
    notes: tuple[str, ...] = ()


def try_prompts(
    project: Project,
    name: str,
    versions: Sequence[int] = (),
    *,
    queries: str | Path | None = None,
    qrels: str | Path | None = None,
    items: int = ITEMS,
    top: int = RERANKED,
    repeats: int = 1,
    progress: Progress | None = None,
) -> PromptTrial:
    """Tries versions of a prompt, all there are where none are named, against the one in force.

    queries and qrels: for rerank; without qrels a TRUSTED judge grades what the versions show. items: how many, for
    describe and rewrite. top: how many of the first of each request rerank scores. repeats: how often each is
    asked. What all calls may cost is `budget.run_usd`.

    Raises SettingsError without a model or a budget; UsageError for what cannot be tried; GateFailed (gate.no_verdict,
    gate.untrusted) where only a judge could tell and none may; and the ModelError of a model that answers nothing.
    """
    said, spent = progress or Quiet(), _Spent()
    if project.gateway is None:
        raise SettingsError("models.llm is empty, so no prompt can be tried; set it")
    if project.settings.budget.run_usd == "none":
        raise SettingsError("budget.run_usd is none, so the experiment has no limit; set it, or give --usd")
    prompts = _versions(project, name, versions)
    task = _task(project, name, queries, qrels, _Sizes(items, top, repeats), spent, said)
    if not all(task.halves.values()):
        raise UsageError(
            f"{task.halves[TUNING]} are for choosing and {task.halves[JUDGING]} are held out; give more, so that both "
            "halves have some, or both files of --made-up in one"
        )
    with span("firstfive.prompts", prompt=name, versions=len(prompts)):
        return _tried(name, prompts, task, spent)


def _versions(project: Project, name: str, versions: Sequence[int]) -> list[Prompt]:
    """The version in force first, then the others; sound ones alone. Raises PromptError and NotFound."""
    from firstfive.prompts import problems

    first = project.prompts.get(name)
    wanted = [project.prompts.get(f"{name}@{n}") for n in (versions or project.prompts.versions(name))]
    rest = [one for one in wanted if one.version != first.version]
    for one in rest:
        if wrong := problems(one):
            raise UsageError(f"{one} cannot be tried: {wrong[0]}; correct {one.file}, or name other versions")
    if not rest:
        raise UsageError(f"{first} is the only version to try; write another one in prompts/{name}/")
    return [first, *rest]


def _tried(name: str, prompts: Sequence[Prompt], task: _Task, spent: _Spent) -> PromptTrial:
    notes, few = list(task.notes), min(task.halves.values())
    if few < FEW:
        notes.append(f"A half has {few}: fewer than {FEW} decide nothing.")
    found = task.tried(prompts, TUNING)
    rows = tuple(
        Version(
            one.name_and_digest,
            intervals(tried.values[:, None], lowest=task.lowest)[0],
            tried.silent,
            round(tried.cost_usd, 9),
        )
        for one, tried in zip(prompts, found, strict=True)
    )
    best = max(range(len(rows)), key=lambda at: (rows[at].value.value, -at))
    difference, outcome = None, "keep"
    if best:
        try:
            base, other = task.tried([prompts[0], prompts[best]], JUDGING)
        except BudgetError as stopped:
            outcome = "open"
            notes.append(f"Money ran out before the held-out half was done: {stopped}")
        else:
            wide = 1 - task.lowest
            difference = intervals((other.values - base.values)[:, None], lowest=-wide, highest=wide)[0]
            outcome = _outcome(difference, len(other.values))
    halves = task.halves[TUNING], task.halves[JUDGING]
    cost = round(spent.cost_usd, 9)
    made_up, told = task.made_up, tuple(dict.fromkeys(notes))
    return PromptTrial(name, task.measure, *halves, rows, rows[best].prompt, outcome, difference, cost, made_up, told)


def _outcome(difference: Interval, n: int) -> str:
    if n < FEW or difference.low <= 0 <= difference.high:
        return "open"
    return "better" if difference.low > 0 else "worse"


def _task(
    project: Project,
    name: str,
    queries: str | Path | None,
    qrels: str | Path | None,
    sizes: _Sizes,
    spent: _Spent,
    said: Progress,
) -> _Task:
    if name in BY_ITEM:
        return _on_items(project, name, sizes, spent, said)
    if name == "rerank" and queries is not None:
        return _reranking(project, queries, qrels, sizes, spent, said)
    judges.may_gate(project, judges.judge_of(project))
    if name == "rerank":
        raise UsageError("which requests? name a file with --queries, and what is right for them with --qrels")
    raise UsageError(
        f"nothing measures {name} yet: rerank goes by judgements, describe and rewrite by the items' own words; "
        f"`firstfive prompt test {name}` runs its examples"
    )


# --- rerank -----------------------------------------------------------------------------------------------------------


def _reranking(
    project: Project,
    queries: str | Path,
    qrels: str | Path | None,
    sizes: _Sizes,
    spent: _Spent,
    said: Progress,
) -> _Task:
    asked = [query for query in read_queries(queries) if any(char.isalnum() for char in query.text)]
    catalogue = project.recommender.serving.catalogue
    judged = read_qrels(qrels).spelt(catalogue) if qrels is not None else None
    if judged is None:
        judges.may_gate(project, judges.judge_of(project))
    right = _first_right(judged) if judged else {}
    halves: dict[str, list[Query]] = {TUNING: [], JUDGING: []}
    for query in asked:
        if judged is None or query.qid in right:
            halves[_half(query.qid, right.get(query.qid, query.qid))].append(query)

    def tried(prompts: Sequence[Prompt], half: str) -> list[_Tried]:
        release = project.recommender.release.id
        sides = [Side(str(one), release, None, sizes.top, str(one)) for one in prompts]
        ranked = []
        for side in sides:
            ranked.append(rank_side(project, side, halves[half], SHOWN, said, repeats=sizes.repeats, payer=spent.payer))
            spent.cost_usd += ranked[-1].cost_usd
        truth = judged or _graded(project, halves[half], [run for one in ranked for run in one.runs], spent, said)
        return [_valued(one, truth, halves[half], sizes.top * sizes.repeats) for one in ranked]

    people = "by judgements" if judged else f"by the grades of {judges.judge_of(project)}, which is TRUSTED"
    made_up = any(query.qid.startswith(MADE_UP) for query in asked)
    notes = ("Some of these requests are made up from items; no person asked them.",) if made_up else ()
    counts = {half: len(some) for half, some in halves.items()}
    return _Task(f"{RANKING} {people}", 0.0, counts, tried, made_up, notes)


def _first_right(judged: Qrels) -> dict[str, str]:
    """For each judged request the first item that is right, or else the first that was judged."""
    found: dict[str, str] = {}
    rows = zip(judged.query.tolist(), judged.item.tolist(), judged.grades.tolist(), strict=True)
    for query, item, _ in sorted(rows, key=lambda row: (row[2] < 1, row)):
        found.setdefault(judged.qids[query], judged.ids[item])
    return found


def _half(qid: str, item: str) -> str:
    """That which a made-up request was written for; else that of the item which is right."""
    written = next((half for half in (TUNING, JUDGING) if qid.startswith(f"{MADE_UP}{half}-")), None)
    return written or half_of(ItemId(item))


def _valued(ranked: Ranked, truth: Qrels, queries: Sequence[Query], calls: int) -> _Tried:
    qids = [query.qid for query in queries]
    each = np.stack([score([RANKING], run, truth, qids)[:, 0] for run in ranked.runs])
    return _Tried(each.mean(axis=0), min(1.0, ranked.unscored / (len(queries) * calls)), ranked.cost_usd)


def _graded(project: Project, queries: Sequence[Query], runs: Sequence[Run], spent: _Spent, said: Progress) -> Qrels:
    """What a judge that may decide says of all that any version shows; what it says nothing of is left unjudged."""
    judge = judges.judge_of(project)
    judges.may_gate(project, judge)
    texts = {query.qid: query.text for query in queries}
    shown = {
        (run.qids[q], run.ids[i]) for run in runs for q, i in zip(run.query.tolist(), run.item.tolist(), strict=True)
    }
    pairs = sorted(shown)
    catalogue = project.recommender.serving.catalogue
    asks = []
    for qid, name in pairs:
        place = catalogue.position(spellings(name)[0])
        text = "" if place is None else judges.shown_of(catalogue.item(place))
        asks.append(Ask(KINDS[0], texts[qid], text))
    calls = [judges.call_of(judge, ask) for ask in asks]
    said.start(judges.STEP, len(calls))
    replies = judges.answers(project, judge, calls, said, payer=spent.payer)
    said.finish(judges.STEP)
    spent.cost_usd += sum(reply.cost_usd for reply in replies if isinstance(reply, Reply))
    answers = [judges.answer_of(judge, call, reply) for call, reply in zip(calls, replies, strict=True)]
    return qrels_of(
        (qid, spellings(name)[0], one.grade) for (qid, name), one in zip(pairs, answers, strict=True) if one
    )


# --- describe and rewrite: one item a call ----------------------------------------------------------------------------


def _on_items(project: Project, name: str, sizes: _Sizes, spent: _Spent, said: Progress) -> _Task:
    way, size, silence = BY_ITEM[name](project), min(AT_ONCE, at_once(project)), Silence()
    halves: dict[str, list[Item]] = {TUNING: [], JUDGING: []}
    now = project.recommender.now()
    drawn = np.random.default_rng(SEED).permutation(len(now.serving.catalogue)).tolist()
    shown = (at for at in drawn if now.serving.heads[at] == at and at not in now.hidden)
    for item in islice(filter(way.takes, map(now.serving.catalogue.item, shown)), sizes.items):
        halves[half_of(item.id)].append(item)

    def one(prompt: Prompt, some: Sequence[Item]) -> _Tried:
        calls = [way.call(prompt, item) for item in some]
        each, silent, cost = np.zeros((sizes.repeats, len(some))), 0, 0.0
        said.start(str(prompt), sizes.repeats * len(calls))
        for number in range(sizes.repeats):
            for start in range(0, len(calls), size):
                replies = _replies(project, calls[start : start + size], spent.payer, fresh=number > 0)
                silence.heard(replies)
                good = {at: reply for at, reply in enumerate(replies, start) if isinstance(reply, Reply)}
                for at, reply in good.items():
                    each[number, at] = way.value(some[at], reply)
                silent += len(replies) - len(good)
                cost += sum(reply.cost_usd for reply in good.values())
                said.advance(str(prompt), len(replies))
        said.finish(str(prompt))
        spent.cost_usd += cost
        return _Tried(each.mean(axis=0), silent / max(1, sizes.repeats * len(calls)), cost)

    def tried(prompts: Sequence[Prompt], half: str) -> list[_Tried]:
        return [one(prompt, halves[half]) for prompt in prompts]

    return _Task(way.measure, -1.0, {half: len(some) for half, some in halves.items()}, tried)


def _replies(project: Project, calls: Sequence[Call], payer: Payer, *, fresh: bool) -> Sequence[Reply | ModelError]:
    """Raises BudgetError where money is out."""
    within_s = project.settings.models.timeout_s * AT_ONCE
    replies = project.calls().many(calls, deadline_s=within_s, payer=payer, fresh=fresh, patient=True)
    for reply in replies:
        if isinstance(reply, BudgetError):
            raise reply
    return replies
