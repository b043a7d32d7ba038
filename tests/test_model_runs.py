"""Large runs over a model: each result once and durable, failures put back, stops that lose nothing."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Lock, Timer
from typing import cast

import pytest

from firstfive.app import model_runs
from firstfive.app.bookkeeping import marks
from firstfive.app.model_runs import RunReport, Task, one_run, run_tasks
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BudgetError, FirstFiveError, ModelError, StoreError
from firstfive.observe import Quiet
from firstfive.ports import Call, Payer, Reply, Unit
from firstfive.testing.models import Answer, FakeGateway, said
from firstfive.types import Rejected, Stamp, StampId

STEP = "describe"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """An empty project whose failures are tried again at once."""
    monkeypatch.setattr(model_runs, "FIRST_WAIT_S", 0.001)
    init_project(tmp_path)
    with open_project(tmp_path, environment={}, overrides=["models.llm=fake:model"]) as opened:
        yield opened


def use(project: Project, monkeypatch: pytest.MonkeyPatch, answer: Callable[[Call], Answer]) -> FakeGateway:
    gateway = FakeGateway(answer)
    monkeypatch.setattr(Project, "gateway", property(lambda _: gateway), raising=False)
    return gateway


def task(name: str) -> Task:
    return Task(Stamp(STEP, 1, "describe@1", "fake:model", (name,)), Call(STEP, text=name), about=name)


def tasks(n: int) -> list[Task]:
    return [task(f"item {number}") for number in range(n)]


def run(project: Project, given: list[Task], *, progress: Quiet | None = None) -> RunReport:
    return run_tasks(
        project, STEP, iter(given), lambda reply: reply.text.encode(), progress=progress or Quiet(), total=len(given)
    )


def results(project: Project, given: list[Task]) -> dict[str, str]:
    """What the ledger has for these, by what they are about."""
    with project.store.read() as unit:
        found = unit.ledger.get([one.stamp.id for one in given])
    return {one.about: found[one.stamp.id].decode() for one in given if one.stamp.id in found}


def in_quarantine(project: Project) -> list[Rejected]:
    with project.store.read() as unit:
        return list(unit.quarantine.all())


def on_their_way(project: Project, given: list[Task]) -> set[StampId]:
    with project.store.read() as unit:
        return unit.ledger.have([marks(STEP).sent_of(one.stamp.id) for one in given])


class Failing:
    """Fails so many times for each text, with this error, and then answers with the text."""

    def __init__(self, times: int, error: ModelError, *, only: str = "") -> None:
        self.times, self.error, self.only = times, error, only
        self.asked: dict[str, list[float]] = {}
        self._lock = Lock()

    def __call__(self, call: Call) -> Answer:
        with self._lock:
            before = self.asked.setdefault(call.text, [])
            before.append(time.monotonic())
        bad = len(before) <= self.times and (not self.only or call.text == self.only)
        return self.error if bad else call.text


def test_every_task_gets_one_result_in_the_ledger(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = use(project, monkeypatch, lambda call: call.text.upper())
    given = tasks(40)
    report = run(project, given)
    assert results(project, given) == {f"item {n}": f"ITEM {n}" for n in range(40)}
    assert (report.made, report.kept, report.failed, report.repeated, len(gateway.asked)) == (40, 0, 0, 0, 40)


def test_a_second_run_makes_only_what_is_missing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = use(project, monkeypatch, lambda call: call.text)
    run(project, tasks(10))
    report = run(project, tasks(12))
    assert (report.made, report.kept) == (2, 10)
    assert sorted(call.text for call in gateway.asked[10:]) == ["item 10", "item 11"]


def test_tasks_with_one_stamp_share_a_call(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = use(project, monkeypatch, lambda call: call.text)
    report = run(project, [task("same"), task("other"), task("same")])
    assert len(gateway.asked) == 2
    assert (report.made, report.kept) == (2, 1)


def test_a_failure_that_may_pass_is_tried_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Failing(3, ModelError("it broke off", code="model.unreachable"))
    use(project, monkeypatch, answer)
    report = run(project, tasks(5))
    assert (report.made, report.failed, report.again) == (5, 0, 15)
    assert {len(times) for times in answer.asked.values()} == {4}


def test_waits_grow_and_are_never_shorter_than_asked_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_runs, "FIRST_WAIT_S", 0.04)
    grown = Failing(3, ModelError("it failed", code="model.overloaded"))
    use(project, monkeypatch, grown)
    run(project, [task("grows")])
    first, second, third = _waits(grown.asked["grows"])
    assert first >= 0.02
    assert second >= 0.04
    assert 0.08 <= third <= 1.0

    told = Failing(1, ModelError("slow down", code="model.rate", retry_after_s=0.3))
    use(project, monkeypatch, told)
    run(project, [task("is told")])
    assert 0.3 <= _waits(told.asked["is told"])[0] <= 0.8


def _waits(times: list[float]) -> list[float]:
    return [after - before for before, after in zip(times, times[1:], strict=False)]


def test_being_asked_to_wait_never_uses_up_the_tries(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_runs, "LONG_WAIT_S", 0.001)
    monkeypatch.setattr(model_runs, "LONGEST_WAIT_S", 0.001)
    use(project, monkeypatch, Failing(30, ModelError("slow down", code="model.rate")))
    assert run(project, tasks(3)).made == 3


def test_a_task_that_never_succeeds_is_given_up_and_said_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_runs, "LONG_WAIT_S", 0.001)
    monkeypatch.setattr(model_runs, "LONGEST_WAIT_S", 0.001)
    answer = Failing(999, ModelError("it failed", code="model.overloaded"), only="item 2")
    use(project, monkeypatch, answer)
    given = tasks(5)
    report = run(project, given)
    assert (report.made, report.failed) == (4, 1)
    assert len(answer.asked["item 2"]) == model_runs.TRIES
    [rejected] = in_quarantine(project)
    assert rejected.reason.startswith("item 2: describe by a model gave no result (model.overloaded: it failed")


def test_one_useless_reply_after_other_failures_is_no_reason_to_give_up(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = iter(["model.overloaded", "model.unreachable", "model.timeout", "model.reply", "model.reply"])

    def answer(call: Call) -> Answer:
        code = next(codes, "")
        return ModelError("it went wrong", code=code) if code else call.text

    use(project, monkeypatch, answer)
    assert run(project, [task("a")]).made == 1


def test_replies_that_are_never_right_are_not_paid_for_by_every_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Failing(999, ModelError("no JSON", code="model.reply"), only="item 0")
    use(project, monkeypatch, answer)
    assert run(project, tasks(3)).failed == 1
    assert len(answer.asked["item 0"]) == model_runs.REPLIES

    again = run(project, tasks(3))
    assert (again.kept, again.failed, again.earlier) == (2, 1, 1)
    assert len(answer.asked["item 0"]) == model_runs.REPLIES
    assert [row.reason[:6] for row in in_quarantine(project)] == ["item 0"]

    answer.times = 0
    with one_run(fresh=True):
        assert run(project, tasks(3)).made == 1
    assert in_quarantine(project) == []


def test_a_call_the_provider_does_not_take_is_not_made_again_in_the_same_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Failing(1, ModelError("too long", code="model.request"), only="item 1")
    use(project, monkeypatch, answer)
    assert run(project, tasks(3)).failed == 1
    assert run(project, tasks(3)).made == 1


def test_what_encode_does_not_take_is_a_reply_that_is_not_right(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(project, monkeypatch, lambda call: call.text)

    def encode(reply: Reply) -> bytes:
        if reply.text == "item 1":
            raise ModelError("it quotes what is not there", code="model.reply")
        return reply.text.encode()

    report = run_tasks(project, STEP, tasks(3), encode, progress=Quiet())
    assert (report.made, report.failed) == (2, 1)


@pytest.mark.parametrize("code", ["model.key", "model.quota", "budget.price"])
def test_what_no_call_can_pass_stops_the_run_at_once(
    code: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = use(project, monkeypatch, lambda _: ModelError("the key is not taken", code=code))
    with pytest.raises(ModelError, match="the key is not taken; 0 results") as stopped:
        run(project, tasks(2_000))
    assert stopped.value.code == code
    assert len(gateway.asked) <= 32


def test_a_spent_budget_keeps_what_was_paid_and_the_next_run_goes_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = count(12, -1)
    spent = BudgetError("budget.day_usd is spent", code="budget.spent")
    use(project, monkeypatch, lambda call: call.text if next(left) > 0 else spent)
    given = tasks(50)
    with pytest.raises(BudgetError, match=r"is spent; 12 results of describe are there and kept") as stopped:
        run(project, given)
    assert stopped.value.code == "budget.spent"
    assert len(results(project, given)) == 12

    assert on_their_way(project, given) == set(), "of these it is known that they were refused"

    gateway = use(project, monkeypatch, lambda call: call.text)
    report = run(project, given)
    assert (report.made, report.kept, report.repeated, len(gateway.asked)) == (38, 12, 0, 38)


def test_a_run_in_which_all_fails_stops_early(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = use(project, monkeypatch, lambda _: ModelError("no such model", code="model.request"))
    with pytest.raises(ModelError, match="no such model"):
        run(project, tasks(5_000))
    assert len(gateway.asked) <= model_runs.FUTILE + 32


def test_a_provider_that_stays_down_ends_the_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_runs, "PATIENCE_S", 0.3)
    monkeypatch.setattr(model_runs, "LONGEST_WAIT_S", 0.05)
    use(project, monkeypatch, lambda _: ModelError("it is paused", code="model.paused"))
    with pytest.raises(ModelError, match="it is paused"):
        run(project, tasks(40))


def test_calls_that_a_kill_cut_off_are_counted_when_they_are_made_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tasks(6)
    cut_off = {marks(STEP).sent_of(one.stamp.id): b"" for one in given[:3]}
    project.store.write(lambda unit: unit.ledger.put(marks(STEP).sent, cut_off))
    stored = said("item 0", source="cache")
    use(project, monkeypatch, lambda call: stored if call.text == "item 0" else call.text)
    assert run(project, given).repeated == 2, "the reply to the first one had reached the cache"
    assert run(project, tasks(8)).repeated == 0


def test_a_repeated_call_counts_also_where_it_fails_at_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    given = tasks(3)
    cut_off = {marks(STEP).sent_of(one.stamp.id): b"" for one in given}
    project.store.write(lambda unit: unit.ledger.put(marks(STEP).sent, cut_off))
    use(project, monkeypatch, Failing(1, ModelError("it broke off", code="model.unreachable")))
    report = run(project, given)
    assert (report.made, report.again, report.repeated) == (3, 3, 3)


def test_what_is_on_its_way_stands_in_the_ledger_until_it_is_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tasks(5)
    seen: list[int] = []

    def answer(call: Call) -> Answer:
        mine = [one for one in given if one.about == call.text]
        seen.append(len(on_their_way(project, mine)))
        return call.text if len(seen) != 2 else ModelError("it broke off", code="model.unreachable")

    use(project, monkeypatch, answer)
    run(project, given)
    assert seen == [1] * 6
    assert on_their_way(project, given) == set()


def test_an_error_that_is_no_models_ends_the_run_and_keeps_the_rest(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(project, monkeypatch, lambda call: call.text)

    def encode(reply: Reply) -> bytes:
        return reply.text.encode() if reply.text != "item 7" else bytes(reply.value["no such"])

    given = tasks(8)
    with pytest.raises(TypeError):
        run_tasks(project, STEP, given, encode, progress=Quiet())
    assert len(results(project, given)) == 7


def test_what_came_back_while_the_store_failed_is_kept_when_it_takes_it_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four calls are on their way when the first comes back and cannot be written down."""
    monkeypatch.setattr(model_runs, "at_once", lambda _: 4)
    all_sent, failed = Event(), Event()
    write = project.store.write

    def answer(call: Call) -> Answer:
        assert all_sent.wait(10)
        if call.text != "item 0":
            assert failed.wait(10)
        return call.text

    def fails_once(work: Callable[[Unit], object]) -> object:
        if all_sent.is_set() and not failed.is_set():
            failed.set()
            raise StoreError("the disk is slow", code="store.busy")
        kept = write(work)
        if len(on_their_way(project, given)) == 4:
            all_sent.set()
        return kept

    given = tasks(9)
    gateway = use(project, monkeypatch, answer)
    monkeypatch.setattr(project.store, "write", fails_once)
    with pytest.raises(StoreError, match="the disk is slow"):
        run(project, given)
    assert len(gateway.asked) == 4, "nothing is sent after the error"
    assert len(results(project, given)) == 4
    assert on_their_way(project, given) == set()


@pytest.mark.parametrize("refusals", [1, 2])
def test_results_that_the_store_did_not_take_are_written_once_more(
    refusals: int, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No write goes until all four were looked at, and then so many more do not: of two the second is of one alone."""
    monkeypatch.setattr(model_runs, "at_once", lambda _: 4)
    together, looked_at, refused = Barrier(4), count(), count()
    seen = 0
    write = project.store.write

    def answer(call: Call) -> Answer:
        together.wait(10)
        return call.text

    def encode(reply: Reply) -> bytes:
        nonlocal seen
        seen = next(looked_at) + 1
        return reply.text.encode()

    def refuses(work: Callable[[Unit], object]) -> object:
        if 0 < seen < 4 or (seen == 4 and next(refused) < refusals):
            raise StoreError("the disk is slow", code="store.busy")
        return write(work)

    given = tasks(4)
    use(project, monkeypatch, answer)
    monkeypatch.setattr(project.store, "write", refuses)
    with pytest.raises(StoreError, match="the disk is slow"):
        run_tasks(project, STEP, iter(given), encode, progress=Quiet(), total=4)
    assert next(refused) > refusals
    assert len(results(project, given)) == 4
    assert on_their_way(project, given) == set()


def test_calls_that_the_gateway_does_not_take_are_not_on_their_way(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = use(project, monkeypatch, lambda call: call.text)
    monkeypatch.setattr(gateway, "each", Failed(ModelError("the gateway is closed")))
    given = tasks(3)
    with pytest.raises(ModelError, match="the gateway is closed; 0 results"):
        run(project, given)
    assert on_their_way(project, given) == set()


class Failed:
    """A method that always raises this."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __call__(self, *_: object, **__: object) -> list[Future[Reply]]:
        raise self._error


def test_a_mistake_in_one_answer_costs_no_other_its_result(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    together = Barrier(6)

    def answer(call: Call) -> Answer:
        together.wait(10)
        return call.text if call.text != "item 2" else ModelError("of a kind that nobody knows", code="model.new")

    use(project, monkeypatch, answer)
    given = tasks(6)
    with pytest.raises(KeyError):
        run(project, given)
    assert len(results(project, given)) == 5
    assert on_their_way(project, given) == set()


def test_a_result_that_cannot_be_stored_keeps_no_other_from_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_sent = Barrier(8)

    def answer(call: Call) -> Answer:
        all_sent.wait(10)
        return call.text

    use(project, monkeypatch, answer)

    def encode(reply: Reply) -> bytes:
        return cast("bytes", 3.5j) if reply.text == "item 3" else reply.text.encode()

    given = tasks(8)
    with pytest.raises(FirstFiveError):
        run_tasks(project, STEP, given, encode, progress=Quiet())
    monkeypatch.undo()
    assert sorted(results(project, given)) == [f"item {n}" for n in range(8) if n != 3]
    assert on_their_way(project, given) == set(), "it came back, whatever it was"


def test_an_item_s_name_that_is_no_text_hinders_no_other(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ModelError("no JSON", code="model.reply")
    use(project, monkeypatch, lambda call: bad if call.text == "item 2" else call.text)
    given = [replace(one, about="\ud800") if one.about == "item 2" else one for one in tasks(5)]
    report = run(project, given)
    assert (report.made, report.failed) == (4, 1)


def test_no_more_results_are_on_their_way_or_unkept_than_the_provider_takes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill at any moment would have to ask for again."""
    monkeypatch.setattr(model_runs, "at_once", lambda _: 4)
    unkept: list[int] = []

    def answer(call: Call) -> Answer:
        unkept.append(len(gateway.asked) - len(results(project, given)))
        return call.text

    def encode(reply: Reply) -> bytes:
        time.sleep(0.003)
        return reply.text.encode()

    given = tasks(60)
    gateway = use(project, monkeypatch, answer)
    assert run_tasks(project, STEP, given, encode, progress=Quiet()).made == 60
    assert max(unkept) <= 4


def test_a_stamp_that_comes_again_while_its_call_is_on_its_way_was_not_cut_off(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_runs, "LOOKED_UP", 4)
    read = Event()

    def stream() -> Iterator[Task]:
        yield from tasks(4)
        deadline = time.monotonic() + 10
        while not on_their_way(project, tasks(4)) and time.monotonic() < deadline:
            time.sleep(0.005)
        yield from tasks(4)
        read.set()

    def answer(call: Call) -> Answer:
        assert read.wait(10)
        return call.text

    use(project, monkeypatch, answer)
    report = run_tasks(project, STEP, stream(), lambda reply: reply.text.encode(), progress=Quiet())
    assert (report.made, report.kept, report.repeated) == (4, 4, 0)


class Interrupted(Quiet):
    """Ctrl-C comes once all that may be on its way is; the calls are answered a moment later."""

    def __init__(self) -> None:
        self.answered = Event()
        self.gateway: FakeGateway | None = None
        self.once = False

    def advance(self, _step: str, _done: int) -> None:
        if self.gateway and len(self.gateway.asked) == 16 and not self.once:
            self.once = True
            Timer(0.3, self.answered.set).start()
            raise KeyboardInterrupt

    def answer(self, call: Call) -> Answer:
        assert self.answered.wait(20)
        return call.text


def test_ctrl_c_waits_for_the_calls_that_are_on_their_way(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted = Interrupted()
    interrupted.gateway = gateway = use(project, monkeypatch, interrupted.answer)
    given = tasks(500)
    with pytest.raises(KeyboardInterrupt):
        run(project, given, progress=interrupted)
    assert len(results(project, given)) == len(gateway.asked) == 16
    assert on_their_way(project, given) == set()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers that send a signal here")
def test_a_real_ctrl_c_while_all_is_on_its_way_loses_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(call: Call) -> Answer:
        if len(gateway.asked) == 8 and armed.acquire(blocking=False):
            signal.setitimer(signal.ITIMER_REAL, 0.3)  # all tasks were read: the run is waited for
        time.sleep(0.8)
        return call.text

    armed = Lock()
    gateway = use(project, monkeypatch, answer)
    given = tasks(8)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(project, given)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(results(project, given)) == 8


@pytest.mark.parametrize(
    ("model", "set_to", "most"), [("fake:model", 1, 1), ("fake:model", 10, 10), ("local:model.gguf", 10, 1)]
)
def test_as_many_calls_are_on_their_way_as_the_provider_takes_and_never_more(
    model: str, set_to: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, peak, lock, full = 0, 0, Lock(), Event()

    def answer(call: Call) -> Answer:
        nonlocal now, peak
        with lock:
            now += 1
            peak = max(peak, now)
            if now == most:
                full.set()
        assert full.wait(20), "fewer are on their way than the provider takes"
        time.sleep(0.02)
        with lock:
            now -= 1
        return call.text

    init_project(tmp_path)
    overrides = [f"models.llm={model}", f"providers.{model.partition(':')[0]}.at_once={set_to}"]
    with open_project(tmp_path, environment={}, overrides=overrides) as project:
        use(project, monkeypatch, answer)
        assert run(project, tasks(20)).made == 20
    assert peak == most


def test_a_long_stream_is_read_as_it_is_needed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_runs, "ROOM", 50)
    read = 0

    def stream() -> Iterator[Task]:
        nonlocal read
        for one in (task(f"item {number}") for number in range(2_000)):
            read += 1
            yield one

    ahead: list[int] = []
    answered = count()

    def answer(call: Call) -> Answer:
        ahead.append(read - next(answered))
        return call.text

    use(project, monkeypatch, answer)
    report = run_tasks(project, STEP, stream(), lambda reply: reply.text.encode(), progress=Quiet())
    assert report.made == 2_000
    assert max(ahead) <= model_runs.LOOKED_UP + 50 + 16


def test_steps_of_one_run_share_a_payer_and_runs_do_not(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = use(project, monkeypatch, lambda call: call.text)
    with one_run() as running:
        run(project, [task("a")])
        run(project, [task("b")])
    run(project, [task("c")])
    payers = [terms.payer for terms in gateway.terms]
    assert payers[0] == payers[1] == running.payer != Payer()
    assert payers[2] not in {payers[0], Payer()}
    assert all(terms.patient for terms in gateway.terms)


def test_without_a_model_nothing_is_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "gateway", property(lambda _: None), raising=False)
    assert run(project, tasks(3)) == RunReport(STEP)


def test_what_a_replayed_record_lacks_is_left_out_quietly_and_ends_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lacks = ModelError("not recorded", code="model.not_recorded")
    use(project, monkeypatch, lambda call: call.text if call.text in {"item 28", "item 29"} else lacks)
    given = tasks(30)
    report = run(project, given)
    assert sorted(results(project, given)) == ["item 28", "item 29"]
    assert (report.made, report.failed) == (2, 28)
    assert in_quarantine(project) == []
    assert on_their_way(project, given) == set()
    assert caplog.records == []
