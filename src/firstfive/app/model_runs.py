"""Use case: ask a model about everything in a catalogue, through the ledger.

    tasks ─▶ those without a result ─▶ gateway, many at once ─▶ ledger
                      ▲                         │
                      └── later, again ◀── failures that may pass

Each result is durable before its task counts as done, so a run that is stopped or killed, or whose budget ends, goes
on where it was. What is on its way is noted in the ledger before it is sent: the next run knows which calls a kill cut
off, and says how many of them it had to make again. One commit keeps what came back and notes what is sent next.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import msgspec

from firstfive import guard
from firstfive.app.batches import Batches
from firstfive.app.bookkeeping import Outcome, Outcomes, marks
from firstfive.app.line import Line, Try
from firstfive.app.portions import portions
from firstfive.app.spending import Purse
from firstfive.errors import CODES, BuildError, FirstFiveError, ModelError
from firstfive.observe import log, span
from firstfive.ports import Call, Payer, Progress, Reply
from firstfive.types import Rejected, Stamp, StampId

if TYPE_CHECKING:
    from concurrent.futures import Future

    from firstfive.app.wiring import Project
    from firstfive.ports import Gateway, Store

LOOKED_UP = 500
"""Stamps that are looked up in the ledger at a time."""
ROOM = 1_000
"""Tasks in memory that wait for their turn, or for another one."""
TRIES, REPLIES = 20, 3
"""How often a task is tried whose calls fail, and one whose replies are not what was asked for. Where every second call
fails, one task in a million is given up."""
FIRST_WAIT_S, LONG_WAIT_S, LONGEST_WAIT_S, PATIENCE_S = 1.0, 8.0, 60.0, 600.0
"""Waits double with a task's failures, and with each round of calls in which none succeeded: to the long wait while
others succeed, then to the longest. A run to which nothing good came for so long stops."""
FUTILE = 20
"""A run whose first tasks, so many, all failed for good stops: it is not the items."""
SHOWN_S = 1.0
"""How often the money is read, to be shown."""
GRACE_S = 15.0
"""How long a run that is stopped by hand waits for the calls that are on their way."""

GONE_AT_FIRST, GONE = 3, 16
"""After so many errors in a row a model is taken for gone: where it gave nothing yet, and where it did."""
BAD = "model.reply"
"""The code of a reply that is not what was asked for."""
UNRECORDED = "model.not_recorded"
"""The code of a call that a replayed record does not have: nothing is wrong with the item, and nothing to be done."""
_ENDS_ALL = {
    "model.key",
    "model.quota",
    "model.missing_extra",
    "budget.spent",
    "budget.price",
    "store.full",
    "store.broken",
    "store.failed",
}
_NOT_ITS_FAULT = {"model.rate", "model.paused", "budget.busy", "store.busy"}


@dataclass(frozen=True, slots=True)
class Task:
    """One result that a step wants of a model. about: what it is about, such as an item's id, for the quarantine."""

    stamp: Stamp
    call: Call
    about: str = ""


@dataclass(slots=True)
class RunReport:
    """What a run of one step did. made: results that were not there before; kept: those that were.

    batched: those of the made ones that came from batch jobs; waiting: tasks in batch jobs that have not ended.
    failed: tasks without a result, in quarantine with the reason; earlier: those of them that were not tried again.
    again: calls made once more after a failure. repeated: calls that were on their way when an earlier run was killed,
    and were made again. spent_usd: what this step cost, failures included.
    """

    step: str = ""
    made: int = 0
    kept: int = 0
    batched: int = 0
    waiting: int = 0
    failed: int = 0
    earlier: int = 0
    again: int = 0
    repeated: int = 0
    spent_usd: float = 0.0
    seconds: float = 0.0


class Running(NamedTuple):
    """What all steps of one run share: who pays. fresh: no stored reply is read, and what failed is tried again.

    batch: new calls go to the provider's batch API.
    """

    payer: Payer
    fresh: bool = False
    batch: bool = False


_running: ContextVar[Running | None] = ContextVar("running", default=None)


@contextmanager
def one_run(*, name: str = "build", fresh: bool = False, batch: bool = False) -> Iterator[Running]:
    """Inside, all steps count as one run: they share the budget `budget.run_usd`. Inside another run, it is that."""
    if (outer := _running.get()) is not None:
        yield outer
        return
    running = Running(Payer(run=f"{name}-{uuid4().hex[:16]}"), fresh, batch)
    token = _running.set(running)
    try:
        yield running
    finally:
        _running.reset(token)


def run_tasks(
    project: Project,
    step: str,
    tasks: Iterable[Task],
    encode: Callable[[Reply], bytes],
    *,
    progress: Progress,
    total: int | None = None,
) -> RunReport:
    """Makes the results that the ledger has not, and puts each there, under its task's stamp, as `encode` writes it.

    tasks may be a stream of any length; it is read in this thread. total: how many they are, where that is known.
    A failure that may pass is tried again later, a bounded number of times; a task that fails for good has no result,
    and stands in quarantine. One whose replies were never right is not tried by later runs either, unless `fresh`.
    Without a model nothing is done.

    Jobs of the provider's batch API are collected where they have ended; new ones are submitted where the run says so.

    Raises ModelError where going on is no use: BudgetError for a budget that is spent, model.key, model.quota, or
    whatever all calls fail with; BuildError build.waiting, when all else is done, where a batch job has not ended.
    What was made before an error is kept, and the next run goes on from there.
    """
    if project.gateway is None:
        return RunReport(step)
    with (
        one_run(name=step) as running,
        span("firstfive.model_run", step=step) as current,
        Batches(project, step, running.payer, submit=running.batch) as batches,
    ):
        run = _Run(project, project.gateway, step, encode, progress, running, batches)
        report = run.go(tasks, total)
        current.set_attribute("firstfive.made", report.made)
        current.set_attribute("firstfive.failed", report.failed)
    return report


class _Failure(msgspec.Struct, frozen=True):
    """Why a task has no result, as the ledger keeps it."""

    code: str
    reason: str


class Known(NamedTuple):
    """What the ledger says about some stamps: which have a result, why some have none, which were sent and cut off."""

    made: set[StampId]
    failed: dict[StampId, bytes]
    sent: set[StampId]


def known(store: Store, step: str, stamps: Sequence[StampId]) -> Known:
    """Looked up together, from one point in time."""
    names = marks(step)
    sent = {names.sent_of(stamp): stamp for stamp in stamps}
    failed = {names.failed_of(stamp): stamp for stamp in stamps}
    with store.read() as unit:
        made = unit.ledger.have(stamps)
        cut_off = unit.ledger.have(list(sent))
        reasons = unit.ledger.get(list(failed))
    return Known(made, {failed[name]: why for name, why in reasons.items()}, {sent[name] for name in cut_off})


class _Run:
    """One run of `run_tasks`: the calling thread reads tasks and shows progress, another asks and keeps."""

    def __init__(
        self,
        project: Project,
        gateway: Gateway,
        step: str,
        encode: Callable[[Reply], bytes],
        progress: Progress,
        running: Running,
        batches: Batches,
    ) -> None:
        self._store: Store = project.store
        self._gateway = gateway
        self._step = step
        self._encode = encode
        self._progress = progress
        self._running = running
        self._batches = batches
        self._deadline_s = project.settings.models.timeout_s
        self._at_once = at_once(project)
        self._line: Line[Task, Reply | BaseException] = Line(ROOM, self._at_once)
        self._outcomes = Outcomes(self._store, step, self._count)
        self._thread: Thread | None = None
        self._asking = Lock()  # held by the thread: Ctrl-C in `Thread.join` takes a living thread for dead
        self._report = RunReport(step)
        self._cut_off: set[StampId] = set()
        self._lock = Lock()
        self._purse = Purse(project, running.payer)
        self._shown = 0
        self._noted = self._good_at = monotonic()
        self._in_a_row = 0
        self._any_good, self._futile = False, 0

    def go(self, tasks: Iterable[Task], total: int | None) -> RunReport:
        began = self._good_at = monotonic()
        self._progress.start(self._step, total)
        self._store.write(lambda unit: unit.quarantine.clear(self._source))
        try:
            self._batches.begin()
            for task in self._missing(tasks):
                if self._thread is None:
                    self._thread = self._hired()
                while not self._line.put(task, 0.2):
                    self._show()
                if self._line.stopped:
                    break
            self._batches.send()
            self._line.close()
            self._wait(None)
        except BaseException:
            self._line.stop()
            self._progress.note(self._step, "stopping: the calls on their way are waited for")
            self._wait(GRACE_S)
            raise
        finally:
            self._report.seconds = monotonic() - began
            self._report.spent_usd = self._batches.cost_usd + (self._purse.spent_usd() if self._thread else 0.0)
            self._progress.note(self._step, self._purse.told())
        if self._line.error is not None:
            raise self._ended(self._line.error)
        self._batches.end()
        self._store.write(lambda unit: unit.ledger.sweep(marks(self._step).sent, lambda _: False))
        self._progress.finish(self._step)
        if self._report.waiting:
            raise self._ended(self._still_waiting())
        return self._report

    def _missing(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Those that need a call now, each stamp once; the others are counted."""
        seen: set[StampId] = set()
        for batch in portions(tasks, LOOKED_UP):
            there = known(self._store, self._step, [task.stamp.id for task in batch])
            self._cut_off |= there.sent - seen
            again: list[Rejected] = []
            for task in batch:
                stamp = task.stamp.id
                if stamp in seen or stamp in there.made:
                    self._count({"kept": 1})
                elif stamp in there.failed and not self._running.fresh:
                    again.append(self._rejected(task, msgspec.json.decode(there.failed[stamp], type=_Failure)))
                    self._count({"failed": 1, "earlier": 1})
                elif not self._in_a_batch(task):
                    yield task
                seen.add(stamp)
            self._quarantine(again)
            self._show()

    def _in_a_batch(self, task: Task) -> bool:
        """Whether a batch job brings it: now, later, or from now on."""
        stamp = task.stamp.id
        answer = self._batches.take(stamp, task.call)
        with suppress(ModelError):  # a reply that is not what was asked for is as none
            if isinstance(answer, Reply):
                result = {stamp: self._encode(answer)}
                self._store.write(lambda unit: unit.ledger.put(self._step, result))
                self._count({"made": 1, "batched": 1})
                return True
        if self._batches.wants(stamp) and not self._batches.waits(stamp):
            self._batches.add(stamp, task.call)
        if self._batches.waits(stamp):
            self._count({"waiting": 1})
        return self._batches.waits(stamp)

    def _still_waiting(self) -> BuildError:
        told = f"{self._report.waiting:,} calls of {self._step} are with the provider's batch API for up to 24 hours"
        return BuildError(f"{told} ({self._batches.waiting})", code="build.waiting")

    def _quarantine(self, rejected: Sequence[Rejected]) -> None:
        if rejected:
            self._store.write(lambda unit: unit.quarantine.add(rejected))

    def _hired(self) -> Thread:
        thread = Thread(target=self._ask, name=f"firstfive {self._step}", daemon=True)
        self._asking.acquire()
        thread.start()
        return thread

    def _ask(self) -> None:
        """All of a thread: until all is done, or the line was stopped and nothing is on its way."""
        try:
            while (answers := self._line.wait()) is not None:
                self._turn(answers)
            self._outcomes.keep()  # what the store did not take the first time
        except BaseException as error:  # noqa: BLE001  # the top of a thread: whoever waits for it raises this
            self._line.stop(error)
        finally:
            self._asking.release()

    def _turn(self, answers: Sequence[tuple[Try[Task], Reply | BaseException]]) -> None:
        """Keeps what came, and sends as many anew. An error ends the run, when what is on its way is back."""
        for attempt, answer in answers:
            self._outcomes.add(self._looked_at(attempt, answer))
        due, sent = self._line.take(), False
        try:
            self._outcomes.keep([attempt.task.stamp.id for attempt in due])
            sent = self._send(due)
        except Exception as error:  # noqa: BLE001  # as in `_ask`
            self._line.stop(error)
        if due and not sent:
            self._line.drop(len(due))
            for attempt in due:
                self._outcomes.add(Outcome(attempt.task.stamp.id))

    def _send(self, due: Sequence[Try[Task]]) -> bool:
        if not due or self._line.stopped:
            return False
        calls = [attempt.task.call for attempt in due]
        payer, fresh = self._running.payer, self._running.fresh
        replies = self._gateway.each(calls, deadline_s=self._deadline_s, payer=payer, fresh=fresh, patient=True)
        for attempt, reply in zip(due, replies, strict=True):
            reply.add_done_callback(partial(self._came, attempt))
        return True

    def _came(self, attempt: Try[Task], reply: Future[Reply]) -> None:
        try:
            self._line.bring(attempt, reply.result())
        except BaseException as error:  # noqa: BLE001  # as in `_ask`
            self._line.bring(attempt, error)

    def _looked_at(self, attempt: Try[Task], answer: Reply | BaseException) -> Outcome:
        """A call that a killed run had sent already is paid twice, unless its reply was stored."""
        stored = isinstance(answer, Reply) and answer.source != "model"
        repeated = attempt.task.stamp.id in self._cut_off and not attempt.waits and not stored
        try:
            outcome = self._outcome(attempt, answer)
        except BaseException as error:  # noqa: BLE001  # as in `_ask`
            self._line.stop(error)
            outcome = Outcome(attempt.task.stamp.id)
        return outcome._replace(counts=(*outcome.counts, "repeated")) if repeated else outcome

    def _outcome(self, attempt: Try[Task], answer: Reply | BaseException) -> Outcome:
        try:
            if not isinstance(answer, Reply):
                raise answer
            result = self._encode(answer)
        except ModelError as error:
            return self._failed(attempt, error)
        self._good_at, self._in_a_row, self._any_good = monotonic(), 0, True
        return Outcome(attempt.task.stamp.id, ("made",), result)

    def _failed(self, attempt: Try[Task], error: ModelError) -> Outcome:
        """Puts it back, gives it up, or ends the run."""
        attempt.failures += error.code not in _NOT_ITS_FAULT
        attempt.bad += error.code == BAD
        attempt.waits += 1
        self._in_a_row += 1
        if error.code in _ENDS_ALL or monotonic() - self._good_at > PATIENCE_S:
            self._line.stop(error)
            return Outcome(attempt.task.stamp.id)
        if _again(attempt, error):
            self._line.again(attempt, self._wait_s(attempt.failures, error.retry_after_s))
            return Outcome(attempt.task.stamp.id, ("again",))
        return self._given_up(attempt.task, error)

    def _wait_s(self, failures: int, asked_s: float | None) -> float:
        """By chance between half and one and a half of what it grew to; never less than a server asked for."""
        rounds = self._in_a_row // self._at_once
        grown = FIRST_WAIT_S * 2.0 ** min(max(failures - 1, rounds - 1, 0), 16)
        chosen = min(grown, LONGEST_WAIT_S if rounds else LONG_WAIT_S) * random.uniform(0.5, 1.5)  # noqa: S311
        return max(chosen, min(asked_s or 0.0, PATIENCE_S))

    def _given_up(self, task: Task, error: ModelError) -> Outcome:
        stamp = task.stamp.id
        if error.code == UNRECORDED:
            return Outcome(stamp, ("failed",))
        log("models").warning("%s of %s has no result: %s", self._step, _about(task), error.code)
        self._futile += 1
        if self._futile >= FUTILE and not (self._any_good or self._report.made):
            self._line.stop(error)
        failure = _Failure(error.code, guard.printable(str(error))[0][:300])
        known = msgspec.json.encode(failure) if error.code == BAD else None
        return Outcome(stamp, ("failed",), failed=known, rejected=self._rejected(task, failure))

    def _rejected(self, task: Task, failure: _Failure) -> Rejected:
        return Rejected(
            self._source,
            0,
            f"{_about(task)}: {self._step} by a model gave no result ({failure.code}: {failure.reason})",
            "the item goes on without it; `firstfive build --fresh` tries again, and so does another model or prompt",
        )

    @property
    def _source(self) -> str:
        return f"model:{self._step}"

    def _count(self, more: Mapping[str, int]) -> None:
        with self._lock:
            for name, amount in more.items():
                setattr(self._report, name, getattr(self._report, name) + amount)

    def _wait(self, most_s: float | None) -> None:
        until = None if most_s is None else monotonic() + most_s
        while self._thread and (until is None or monotonic() < until):
            if self._asking.acquire(timeout=0.2):
                self._asking.release()
                break
            self._show()
        self._show()

    def _show(self) -> None:
        with self._lock:
            done = self._report.made + self._report.kept + self._report.failed
        self._progress.advance(self._step, done - self._shown)
        self._shown = done
        if monotonic() - self._noted >= SHOWN_S:
            self._noted = monotonic()
            self._progress.note(self._step, self._purse.told())

    def _ended(self, error: BaseException) -> BaseException:
        """The error that ended the run, with what is kept and how to go on."""
        if not isinstance(error, FirstFiveError):
            return error
        kept = self._report.made + self._report.kept
        told = f"{error}; {kept:,} results of {self._step} are there and kept: run the same command again to go on"
        return type(error)(told, code=error.code, retry_after_s=error.retry_after_s)


def _about(task: Task) -> str:
    return guard.printable(task.about)[0] or task.stamp.id


def _again(attempt: Try[Task], error: ModelError) -> bool:
    """Whether it is worth another try."""
    may_pass = error.code == BAD or CODES[error.code].retry
    return may_pass and attempt.failures < TRIES and attempt.bad < REPLIES


class Silence:
    """How long a model has given nothing: raises its error where it gave nothing at first, or stopped altogether.

    An answer that is of no use is one: another item may fare better.
    """

    def __init__(self) -> None:
        self._heard, self._in_a_row = False, 0

    def heard(self, replies: Sequence[Reply | ModelError]) -> None:
        """Raises the first error where all of these, and enough before them, are errors."""
        silent = [reply for reply in replies if isinstance(reply, ModelError) and reply.code != BAD]
        if len(silent) < len(replies):
            self._heard, self._in_a_row = True, 0
            return
        self._in_a_row += len(silent)
        if silent and self._in_a_row >= (GONE if self._heard else GONE_AT_FIRST):
            raise silent[0]


def at_once(project: Project, model: str = "") -> int:
    """Calls that may be on their way at once: as the provider of the model says, or of the first of the settings."""
    provider = (model or project.settings.models.llm).partition(":")[0]
    return max(1, project.settings.provider(provider).at_once)
