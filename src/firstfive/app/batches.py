"""Use case: the calls of a step as jobs of a provider's batch API, at its lower price.

    tasks ─▶ begun: noted, money set aside ─▶ submitted ─ ─ hours, another machine ─ ─▶ collected ─▶ ledger

A job is in the store before it is anywhere else, under an id of ours that goes with it. So a kill between submitting
and noting loses nothing and submits nothing twice: the next run asks the provider for that id first. What a job gives
no good reply to is asked once more, as a single call.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from firstfive.errors import BudgetError, BuildError, ModelError
from firstfive.models.gateway.accounts import caps
from firstfive.models.gateway.prices import Prices
from firstfive.observe import log
from firstfive.ports import Amount, BatchJob, Call, Payer, Refusal, Reply, Usage
from firstfive.settings import PriceSettings

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.models.batch_lines import Lines
    from firstfive.models.batches import BatchApi, Job
    from firstfive.ports import Store, Unit
    from firstfive.types import StampId

FOLDER = "batches"
KEPT = timedelta(days=30)
"""How long a provider keeps results. Money that is set aside for a job nobody collects is charged after that."""
UNSURE = timedelta(minutes=1)
"""A job that was begun, and that the provider does not list, counts as not there after this time."""
SURELY_NOT = {"model.key", "model.quota", "model.request", "model.rate"}
"""Answers after which a provider has no job."""
BEGUN, SUBMITTED, DONE, FAILED = "begun", "submitted", "done", "failed"


class Told(msgspec.Struct, frozen=True):
    """What a stored job needs to be collected: the provider's own id of it, and the most that each call may cost, in
    nano-dollars and tokens, by its stamp, which is also its custom_id."""

    calls: dict[str, tuple[int, int]]
    provider_id: str = ""


@dataclass(slots=True)
class _Results:
    """The file with a job's results, and where in it each stamp's line is."""

    file: Path
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)

    def line(self, stamp: str) -> Mapping[str, Any] | None:
        """What came back for it."""
        place = self.lines.get(stamp)
        if place is None:
            return None
        with self.file.open("rb") as file:
            file.seek(place[0])
            found: Mapping[str, Any] = msgspec.json.decode(file.read(place[1]))
            return found


class Batches:
    """The jobs of one step in one run: `begin`, then each task, then `send` and `end`. To be used in a `with`.

    submit: what is asked for goes into new jobs. cost_usd: what the jobs that were collected cost.
    """

    def __init__(self, project: Project, step: str, payer: Payer, *, submit: bool) -> None:
        self.submit = submit
        self.cost_usd = 0.0
        self.sent = 0
        self._project = project
        self._store: Store = project.store
        self._step = step
        self._payer = payer
        self._model = project.settings.models.llm
        self._prices = Prices(project.settings)
        self._results: list[tuple[BatchJob, _Results]] = []
        self._ready: dict[str, _Results] = {}
        self._open: dict[str, str] = {}
        self._next: _Next | None = None
        self._stack = ExitStack()
        self._apis: dict[str, BatchApi] = {}
        self._lines: Lines | None = None

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, *_: object) -> None:
        if self._next is not None:
            self._next.close()
            self._next.file.unlink(missing_ok=True)
        for each in self._results:
            each[1].file.unlink(missing_ok=True)
        self._stack.close()

    def begin(self) -> None:
        """Looks at the step's jobs, and fetches the results of those that have ended.

        Raises ModelError where the provider does not answer, or refused a job; BuildError build.waiting where it is
        not known yet whether a job was submitted.
        """
        if self.submit:
            self._api(self._model)
        jobs = _unfinished(self._store, self._step)
        refused: list[ModelError] = []
        for job in jobs:
            known = self._adopted(job) if job.state == BEGUN else job
            if known is not None:
                self._look(known, refused)
        if refused:
            raise refused[0]

    def take(self, stamp: StampId, call: Call) -> Reply | ModelError | None:
        """The reply that a job brought for it, or why it brought none; None where no job has it."""
        results = self._ready.get(stamp)
        if results is None:
            return None
        line = results.line(stamp)
        try:
            if line is None:
                raise ModelError("the batch ended before this call", code="model.overloaded", paid=False)
            return self._codec().decode(call, line)
        except ModelError as error:
            return error

    def waits(self, stamp: StampId) -> bool:
        """Whether a job that has not ended has it, or one that is being filled."""
        return stamp in self._open

    def wants(self, stamp: StampId) -> bool:
        """Whether it should go into a new job."""
        return self.submit and stamp not in self._ready

    def add(self, stamp: StampId, call: Call) -> None:
        """Puts it into the next job, which is submitted when it is full."""
        if self._next is None:
            self._next = _Next(self._folder() / f"{uuid4().hex}.jsonl")
        self._next.add(stamp, self._codec().encode(stamp, call), self._dearest(call))
        self._open[stamp] = ""
        if self._next.full:
            self.send()

    def send(self) -> None:
        """Submits what was added.

        Raises BudgetError where it may cost more than there is, and ModelError. Where it is not known whether the
        provider has the job, it is looked for at the next run.
        """
        batch, self._next = self._next, None
        if batch is None:
            return
        batch.close()
        try:
            found = self._created(self._begun(batch), batch.file)
        finally:
            batch.file.unlink(missing_ok=True)
        self.sent += len(batch.calls)
        log("models").info("submitted %d calls of %s as batch %s", len(batch.calls), self._step, found.id)

    def _created(self, job: BatchJob, file: Path) -> Job:
        """The job at the provider. One that it surely has not is forgotten; where that is not sure, it stays begun."""
        api, uploaded = self._api(job.model), ""
        try:
            uploaded = api.upload(file)
            found = api.create(uploaded, job.id)
        except ModelError as error:
            if not uploaded or error.code in SURELY_NOT or (error.code == "model.unreachable" and not error.paid):
                self._failed(job)
            raise
        self._submitted(job, found)
        return found

    def end(self) -> None:
        """Every task had its turn: what was collected need not be kept."""
        for job, _ in self._results:
            self._put(replace(job, state=DONE, calls=b"{}"))

    @property
    def waiting(self) -> str:
        """The jobs that are still open, in words; empty where there are none."""
        return "; ".join(filter(None, dict.fromkeys(self._open.values())))

    def __len__(self) -> int:
        """Calls in jobs that are still open."""
        return len(self._open)

    def _adopted(self, job: BatchJob) -> BatchJob | None:
        """A job that was begun by a run that did not live to hear of it; None where the provider never got it."""
        found = self._api(job.model).find(job.id)
        if found is not None:
            return self._submitted(job, found)
        if datetime.now(UTC) - job.created < UNSURE:
            raise BuildError(
                f"a batch job of {self._step} was begun {job.created:%H:%M:%S} UTC and the run was stopped before it "
                "was known whether the provider took it; run the same command again in a minute",
                code="build.waiting",
            )
        self._failed(job)
        return None

    def _look(self, job: BatchJob, refused: list[ModelError]) -> None:
        told = msgspec.json.decode(job.calls, type=Told)
        api = self._api(job.model)
        found = api.look(told.provider_id)
        if found.state == "open":
            self._open |= dict.fromkeys(told.calls, _open(job, found))
        elif found.state == "refused":
            self._failed(job)
            refused.append(_refused(job, found))
        else:
            results = self._fetched(api, job, found)
            cost = self._charge(job, told, results)
            log("models").info("batch %s has ended: %d of %d results", found.id, len(results.lines), len(told.calls))
            self.cost_usd += cost.nano_usd / 1e9
            self._ready |= dict.fromkeys(told.calls, results)

    def _fetched(self, api: BatchApi, job: BatchJob, found: Job) -> _Results:
        results = _Results(self._folder() / f"{job.id}.{uuid4().hex}.jsonl")
        self._results.append((job, results))
        for file in found.files:
            api.fetch(file, results.file)
            with results.file.open("ab") as end:
                end.write(b"\n")
        return results

    def _charge(self, job: BatchJob, told: Told, results: _Results) -> Amount:
        """Settles what the job cost, and notes where its lines are: the first one for each call that it was given."""
        from firstfive.models.batch_lines import used

        price = self._prices.of(job.model)
        total = [0, 0]
        for place, line in _lines(results.file):
            stamp = line.get("custom_id")
            if not isinstance(stamp, str) or stamp not in told.calls or stamp in results.lines:
                continue
            results.lines[stamp] = place
            cost = _cost(price, used(line), Amount(*told.calls[stamp]))
            total = [total[0] + cost.nano_usd, total[1] + cost.tokens]
        self._store.write(lambda unit: unit.spending.settle({job.reservation: Amount(*total)}))
        return Amount(*total)

    def _dearest(self, call: Call) -> Amount:
        most = self._prices.dearest(self._model, call)
        return Amount(math.ceil(most.nano_usd * self._prices.of(self._model).batch), most.tokens)

    def _begun(self, batch: _Next) -> BatchJob:
        """Notes the job and sets its dearest price aside, in one commit."""
        accounts = caps(self._project.settings.budget, self._payer, self._model, self._step, datetime.now(UTC).date())
        now = datetime.now(UTC)
        told = msgspec.json.encode(Told({stamp: (most.nano_usd, most.tokens) for stamp, most in batch.calls.items()}))

        def work(unit: Unit) -> BatchJob | Refusal:
            reservation = unit.spending.reserve(batch.dearest, accounts, now + KEPT)
            if isinstance(reservation, Refusal):
                return reservation
            job = BatchJob(batch.file.stem, self._model, self._step, BEGUN, told, reservation, now)
            unit.batch_jobs.put(job)
            return job

        job = self._store.write(work)
        if isinstance(job, Refusal):
            raise _too_dear(job, batch)
        return job

    def _submitted(self, job: BatchJob, found: Job) -> BatchJob:
        told = msgspec.json.decode(job.calls, type=Told)
        told = Told(told.calls, found.id)
        job = replace(job, state=SUBMITTED, calls=msgspec.json.encode(told))
        self._put(job)
        self._open |= dict.fromkeys(told.calls, _open(job, found))
        return job

    def _failed(self, job: BatchJob) -> None:
        """Nothing of it was run, so it costs nothing."""

        def work(unit: Unit) -> None:
            unit.spending.settle({job.reservation: Amount()})
            unit.batch_jobs.put(replace(job, state=FAILED, calls=b"{}"))

        self._store.write(work)

    def _put(self, job: BatchJob) -> None:
        self._store.write(lambda unit: unit.batch_jobs.put(job))

    def _api(self, model: str) -> BatchApi:
        from firstfive.models.batches import batch_api

        if model not in self._apis:
            api = batch_api(model, self._project.settings, self._project.folder)
            self._apis[model] = self._stack.enter_context(api)
        return self._apis[model]

    def _codec(self) -> Lines:
        from firstfive.models.batch_lines import Lines

        if self._lines is None:
            lines = Lines(self._model, self._project.settings, self._project.folder)
            self._lines = self._stack.enter_context(lines)
        return self._lines

    def _folder(self) -> Path:
        folder = self._project.folder / FOLDER
        folder.mkdir(exist_ok=True)
        return folder


class _Next:
    """The file of the job that is being filled."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.calls: dict[str, Amount] = {}
        self._size = 0
        self._target = file.open("wb")

    def add(self, stamp: str, line: bytes, most: Amount) -> None:
        """One more call."""
        self._target.write(line + b"\n")
        self._size += len(line) + 1
        self.calls[stamp] = most

    @property
    def full(self) -> bool:
        """Whether the provider would take no more."""
        from firstfive.models.batches import MOST_BYTES, MOST_CALLS

        return len(self.calls) >= MOST_CALLS or self._size >= MOST_BYTES

    @property
    def dearest(self) -> Amount:
        """The most that all its calls may cost."""
        nano = sum(most.nano_usd for most in self.calls.values())
        return Amount(nano, sum(most.tokens for most in self.calls.values()))

    def close(self) -> None:
        """Everything is in the file."""
        self._target.close()


def in_batches(store: Store, step: str) -> set[str]:
    """The stamps that are in jobs of this step which were not collected yet."""
    jobs = _unfinished(store, step)
    return {stamp for job in jobs for stamp in msgspec.json.decode(job.calls, type=Told).calls}


def _unfinished(store: Store, step: str) -> list[BatchJob]:
    with store.read() as unit:
        return [job for state in (BEGUN, SUBMITTED) for job in unit.batch_jobs.all(state) if job.step == step]


def _lines(file: Path) -> Iterator[tuple[tuple[int, int], Mapping[str, Any]]]:
    """(start, length) of each line, and the object in it; a line that is none is left out."""
    if not file.exists():
        return
    with file.open("rb") as lines:
        start = 0
        for line in lines:
            try:
                value = msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError):
                value = None
            if isinstance(value, dict):
                yield (start, len(line)), value
            start += len(line)


def _cost(price: PriceSettings, usage: Usage | None, most: Amount) -> Amount:
    """A line's, at the price of batches; the most that was set aside for it where its usage cannot be believed."""
    if usage is None or usage.input_tokens + usage.output_tokens > most.tokens:
        return most
    cached = float(price.input if price.cached == "none" else price.cached)
    fresh = usage.input_tokens - usage.cached_tokens
    dollars = fresh * price.input + usage.cached_tokens * cached + usage.output_tokens * price.output
    nano = math.ceil(dollars * 1000 * price.batch - 1e-6)
    return Amount(min(nano, most.nano_usd), usage.input_tokens + usage.output_tokens)


def _open(job: BatchJob, found: Job) -> str:
    count = f", {found.done:,} of {found.total:,} done" if found.total else ""
    return f"job {found.id} of {job.created:%Y-%m-%d %H:%M} UTC is {found.status}{count}"


def _refused(job: BatchJob, found: Job) -> ModelError:
    return ModelError(
        f"{job.model} refused the batch job {found.id} ({found.errors or 'it does not say why'}), and nothing of it "
        "was run or paid; mend that and submit it again, or run without --batch",
        code="model.request",
    )


def _too_dear(refusal: Refusal, batch: _Next) -> BudgetError:
    kind = refusal.account.partition(":")[0]
    asked = f"a batch job of {len(batch.calls):,} calls may cost {batch.dearest.nano_usd / 1e9:.4f} USD and "
    return BudgetError(
        f"{asked}{batch.dearest.tokens:,} tokens, which is more than {refusal.account} has left; raise "
        f"budget.{kind}_usd or budget.{kind}_tokens",
        code="budget.spent" if refusal.final else "budget.busy",
    )
