"""Use case: say what a run would cost before it starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from math import ceil, inf
from typing import TYPE_CHECKING

import msgspec

from firstfive.app import describing
from firstfive.app.alone import alone
from firstfive.app.batches import in_batches
from firstfive.app.calibrating import FEWEST
from firstfive.app.chances import OF_AN_ITEM, QUESTIONS
from firstfive.app.cleaning import clean_all
from firstfive.app.model_cleaning import REWRITE, SELECT, ModelCleaning
from firstfive.app.model_runs import LOOKED_UP, Task, known
from firstfive.app.portions import portions
from firstfive.app.wiring import EMBEDDERS
from firstfive.build.describe import passages, readings, stamp
from firstfive.models.gateway.prices import Prices, input_tokens, output_tokens
from firstfive.ports import Call, Progress
from firstfive.types import Stamp

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.settings import ModelSettings
    from firstfive.types import Doc

EMBED, CHANCES = "embed", "chances"
QUESTION = 200
"""Characters of a made-up question, at most about."""
CHARACTERS = 4
"""Of English, in a token."""
AROUND_TOKENS = 16
"""What a provider puts around a call, usually."""
ANSWERED = 0.3
"""Of the longest answer that a call allows, a usual one has so much."""
USUAL_S = 2.0
"""How long a call usually takes."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a step would cost. calls: results that are not there; kept: those that are, or that were given up.

    Tokens are those expected: four characters a token, and a usual answer. usd_expected: their price with the first
    model of the settings. usd_at_most: with the dearest of them, every byte of a call a token, and the longest answer;
    a call that has to be repaired or made again comes on top. seconds: with the requests and tokens a minute, and the
    calls at once, of the settings. waiting: calls that are in batch jobs already.
    """

    step: str
    calls: int = 0
    kept: int = 0
    waiting: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd_at_most: float = 0.0
    usd_expected: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Bill:
    """What a build would cost, by step. asks: at most more than `budget.ask_above_usd`. batch: at batch prices.

    allowed_usd: what the build is given to spend, repeated calls included; it stops there.
    """

    steps: tuple[Estimate, ...] = ()
    usd_at_most: float = 0.0
    usd_expected: float = 0.0
    allowed_usd: float = 0.0
    seconds: float = 0.0
    asks: bool = False
    batch: bool = False


def price_build(project: Project, progress: Progress, *, batch: bool = False, fresh: bool = False) -> Bill:
    """Prices what models would do in a build of the catalogue as it stands. Pages are cleaned by rule for that, and
    kept cleaned; no model is called. A step that reads what another one makes is priced with what there is now.

    Raises what `estimate` and cleaning do, and BuildError build.locked during a build.
    """
    if not asks_models(project.settings.models):
        return Bill(batch=batch)
    with alone(project.folder, "firstfive build --dry-run"):
        docs, _ = clean_all(project, progress)
    found = [estimate(project, step, tasks, batch=batch, fresh=fresh) for step, tasks in _steps(project, docs)]
    if paid := _paid_embedder(project.settings.models):
        found.append(estimate(project, EMBED, _embeddings(project, docs), models=[paid]))
        found.append(estimate(project, CHANCES, _questions(paid, docs), models=[paid]))
    steps = tuple(step for step in found if step.calls or step.kept or step.waiting)
    most = sum(step.usd_at_most for step in steps)
    budget = project.settings.budget
    allowed = ceil(max(most, budget.ask_above_usd) * 1e6) / 1e6
    return Bill(
        steps,
        most,
        sum(step.usd_expected for step in steps),
        allowed if budget.run_usd == "none" else min(allowed, budget.run_usd),
        sum(step.seconds for step in steps),
        most > budget.ask_above_usd,
        batch,
    )


def _steps(project: Project, docs: Sequence[Doc]) -> Iterator[tuple[str, Iterable[Task]]]:
    """The steps of a build that ask the language model, each with its tasks."""
    if not project.settings.models.llm:
        return
    cleaning = ModelCleaning(project, docs)
    if cleaning.active:
        yield SELECT, cleaning.tasks()
        yield REWRITE, cleaning.likely_rewrites()
        docs = cleaning.docs()
    facts = describing.Describing(project, docs)
    if facts.schema:
        yield describing.STEP, facts.tasks(docs)


def _embeddings(project: Project, docs: Sequence[Doc]) -> Iterator[Task]:
    """A call for what of each doc is embedded."""
    for doc in docs:
        texts = readings(doc.title, doc.text, passages(doc.text))
        name = project.embedder.name if project.embedder else ""
        yield Task(stamp(texts, name), Call(EMBED, kind="embed", texts=texts), doc.id)


def _questions(model: str, docs: Sequence[Doc]) -> Iterator[Task]:
    """A call for each question that chances are learned from, if they are, with as much text as answers to it take."""
    asked = min(QUESTIONS, OF_AN_ITEM * len(docs)) if len(docs) >= FEWEST else 0
    for at, doc in enumerate(islice(cycle(docs), asked)):
        texts = (doc.text[:QUESTION], doc.text)
        yield Task(
            Stamp(CHANCES, 1, model=model, inputs=(doc.stamp.id, str(at // len(docs)))),
            Call(EMBED, kind="embed", texts=texts),
            doc.id,
        )


def asks_models(settings: ModelSettings) -> bool:
    """Whether a build may ask a model that is paid for."""
    return bool(settings.llm or _paid_embedder(settings))


def _paid_embedder(settings: ModelSettings) -> str:
    """The embedder's model where a provider runs it."""
    name, _, model = settings.embedder.partition(":")
    return settings.embedder if model and name not in EMBEDDERS else ""


def estimate(
    project: Project,
    step: str,
    tasks: Iterable[Task],
    *,
    models: Sequence[str] = (),
    batch: bool = False,
    fresh: bool = False,
) -> Estimate:
    """Prices what `run_tasks` would do with these tasks now, in batch jobs or in a fresh run. Makes no call.

    models: those that may be asked; those of the settings where none are named. Raises BudgetError budget.price, with
    the line to add to the settings, for one without a price.
    """
    models = models or (project.settings.models.llm, *project.settings.models.fallback)
    prices = Prices(project.settings)
    price = prices.of(models[0])
    share = price.batch if batch else 1.0
    sums: Counter[str] = Counter()
    for task in _unmade(project, step, tasks, sums, fresh=fresh):
        sums["calls"] += 1
        sums["read"] += expected_input(task.call)
        sums["written"] += expected_output(task.call)
        sums["most"] += max(prices.dearest(model, task.call).nano_usd for model in models)
    most = sums["most"] / 1e9
    usual = (sums["read"] * price.input + sums["written"] * price.output) / 1e6
    return Estimate(
        step,
        calls=sums["calls"],
        kept=sums["kept"],
        waiting=sums["waiting"],
        input_tokens=sums["read"],
        output_tokens=sums["written"],
        usd_at_most=most * share,
        usd_expected=min(usual, most) * share,
        seconds=_seconds(project, models[0], sums["calls"], sums["read"] + sums["written"]),
    )


def _unmade(project: Project, step: str, tasks: Iterable[Task], sums: Counter[str], *, fresh: bool) -> Iterator[Task]:
    """Those that need a call, each stamp once; the others are counted."""
    submitted = in_batches(project.store, step)
    seen: set[str] = set()
    for batch in portions(tasks, LOOKED_UP):
        there = known(project.store, step, [task.stamp.id for task in batch])
        for task in batch:
            stamp = task.stamp.id
            if stamp in seen or stamp in there.made or (stamp in there.failed and not fresh):
                sums["kept"] += 1
            elif stamp in submitted:
                sums["waiting"] += 1
            else:
                yield task
            seen.add(stamp)


def expected_input(call: Call) -> int:
    """Tokens that the call's input usually has, in [1, what it has at most]."""
    schema = "" if call.schema is None else msgspec.json.encode(call.schema).decode()
    asked = len(call.system) + len(call.text)
    if call.kind == "rerank":
        asked *= max(1, len(call.texts))
    characters = asked + len(schema) + sum(map(len, (*call.texts, *call.choices)))
    return min(ceil(characters / CHARACTERS) + AROUND_TOKENS, input_tokens(call))


def expected_output(call: Call) -> int:
    """Tokens that its answer usually has."""
    return ceil(output_tokens(call) * ANSWERED)


def _seconds(project: Project, model: str, calls: int, tokens: int) -> float:
    """Whatever binds: requests a minute, tokens a minute, or calls at once."""
    provider = model.partition(":")[0]
    row = project.settings.provider(provider)
    return max(
        60 * calls / (row.requests_per_minute or inf),
        60 * tokens / (row.tokens_per_minute or inf),
        USUAL_S * calls / max(1, row.at_once),
    )
