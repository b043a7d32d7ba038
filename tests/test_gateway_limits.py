"""Waiting: for a provider's limits and its own word, between tries, and never beyond a deadline."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import ModelError
from firstfive.models.gateway.circuit import FIRST_S, FOR_S, Circuit
from firstfive.models.gateway.extra import Extra
from firstfive.models.gateway.gate import Buckets, Gate
from firstfive.models.gateway.limited import Limited
from firstfive.models.gateway.retrying import Retrying
from firstfive.models.gateway.waits import LONGEST_S, backoff, retry_after
from firstfive.models.gateway.wire import Wire
from firstfive.ports import Call, Model, Reply, Store, Terms, Usage
from firstfive.store import open_store
from firstfive.testing.models import AnsweringModel, CountingModel, ScriptedModel, said
from gateways import YES, calls, codes, commits, go, outcome, terms

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
RATE = ModelError("too often", code="model.rate")
DOWN = ModelError("refused", code="model.unreachable", paid=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


# --- Retry-After ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.4", 0.4),
        (" 12 ", 12.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("1e99", LONGEST_S),
        ("inf", LONGEST_S),
        ("9" * 5000, LONGEST_S),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), LONGEST_S),
        ("Sat, 21 Nov 2026 12:00:20 -0000", 20.0),
        ("", None),
        ("nan", None),
        ("soon", None),
        ("Sat, 99 Nov 99999 99:99:99 GMT", None),
    ],
)
def test_what_a_provider_asks_for_is_read(header: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": header}, NOW) == seconds


def test_a_provider_that_asks_for_nothing_gets_no_answer() -> None:
    assert retry_after({}, NOW) is None


def test_milliseconds_are_read_before_seconds() -> None:
    assert retry_after({"retry-after-ms": "250", "retry-after": "1"}, NOW) == 0.25


def test_a_date_counts_from_the_provider_s_own_clock() -> None:
    theirs = NOW + timedelta(hours=3)
    headers = {"date": format_datetime(theirs), "retry-after": format_datetime(theirs + timedelta(seconds=5))}
    assert retry_after(headers, NOW) == 5.0


@given(st.text() | st.floats().map(str) | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_no_header_gives_more_than_the_longest_wait_or_less_than_none(header: str) -> None:
    seconds = retry_after({"retry-after": header, "date": header}, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_S


@given(st.floats(min_value=0, max_value=LONGEST_S))
def test_seconds_are_read_as_they_are_written(seconds: float) -> None:
    assert retry_after({"retry-after": repr(seconds)}, NOW) == pytest.approx(seconds)


def test_waits_of_our_own_grow_and_are_no_two_alike() -> None:
    assert all(0.125 <= backoff(0) <= 0.25 for _ in range(20))
    assert all(4.0 <= backoff(50) <= 8.0 for _ in range(20))
    assert len({backoff(3) for _ in range(20)}) > 10


# --- calls made over --------------------------------------------------------------------------------------------------


def retrying(model: Model, extra: Extra | None = None, circuit: Circuit | None = None) -> Retrying:
    circuit = circuit or Circuit("a")
    return Retrying(Wire(model, "a:m", circuit), "a:m", circuit, extra or Extra())


def test_a_call_that_failed_in_passing_is_made_over() -> None:
    model = ScriptedModel([DOWN, RATE, said("yes")])
    assert go(retrying(model)(YES, terms())).text == "yes"
    assert len(model.calls) == 3


@pytest.mark.parametrize("code", ["model.key", "model.quota", "model.request", "model.reply", "budget.spent"])
def test_what_would_fail_again_is_not_made_over(code: str) -> None:
    model = ScriptedModel([ModelError("no", code=code)])
    assert codes([go(outcome(retrying(model)(YES, terms())))]) == [code]
    assert len(model.calls) == 1


def test_the_wait_that_a_provider_asks_for_is_kept() -> None:
    model = ScriptedModel([ModelError("too often", code="model.rate", retry_after_s=0.6), said("yes")])
    began = monotonic()
    go(retrying(model)(YES, terms()))
    assert 0.6 <= monotonic() - began < 1.5


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    model = ScriptedModel([ModelError("too often", code="model.rate", retry_after_s=60), said("yes")])
    began = monotonic()
    answer = go(outcome(retrying(model)(YES, terms(3))))
    assert isinstance(answer, ModelError)
    assert (answer.code, answer.retry_after_s) == ("model.rate", 60)
    assert monotonic() - began < 1


def test_a_catalogue_run_makes_nothing_over_in_place() -> None:
    model = ScriptedModel([RATE, said("yes")])
    assert codes([go(outcome(retrying(model)(YES, terms(patient=True))))]) == ["model.rate"]
    assert len(model.calls) == 1


def test_no_more_than_a_tenth_of_the_calls_is_made_over() -> None:
    extra = Extra()
    model = CountingModel(RATE)

    async def storm() -> None:
        for call in calls(200):
            extra.asked()
            await outcome(retrying(model, extra)(call, terms(60)))

    import firstfive.models.gateway.retrying as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "backoff", lambda _: 0.0)
        go(storm())
    assert 200 + 20 <= model.calls <= 200 + 22


def test_a_call_ends_at_its_deadline_whatever_the_provider_does() -> None:
    model = CountingModel(takes_s=30)
    began = monotonic()
    answer = go(outcome(retrying(model)(YES, terms(0.3))))
    assert isinstance(answer, ModelError)
    assert (answer.code, answer.paid, answer.retry) == ("model.timeout", True, True)
    assert "a:m gave no whole answer in the 0.3 s" in str(answer)
    assert monotonic() - began < 1


def test_a_provider_that_stops_by_itself_may_say_that_nothing_was_paid() -> None:
    async def loading(call: Call, asked: Terms) -> Reply:
        await asyncio.sleep(max(0.0, asked.deadline - monotonic()))
        raise ModelError("it was still loading", code="model.timeout", paid=False)

    answer = go(outcome(retrying(AnsweringModel(loading))(YES, terms(0.3))))
    assert isinstance(answer, ModelError)
    assert (str(answer), answer.paid) == ("it was still loading", False)


def test_ten_calls_at_once_are_made_over_each_for_itself() -> None:
    model = ScriptedModel([*[DOWN] * 5, said("yes")])
    layer = retrying(model, Extra(start=20))

    async def ten() -> list[Reply | ModelError]:
        return await asyncio.gather(*(outcome(layer(call, terms())) for call in calls(10)))

    assert codes(go(ten())) == ["good"] * 10
    assert len(model.calls) == 15


# --- the circuit ------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock, error: ModelError = DOWN, n: int = 9) -> Circuit:
    circuit = Circuit("a", clock)
    for _ in range(n - 1):
        circuit.ended(error, probe=circuit.begin())
        clock.now += FOR_S
    circuit.ended(error, probe=circuit.begin())
    return circuit


def refused(circuit: Circuit) -> ModelError | None:
    try:
        circuit.check()
    except ModelError as error:
        return error
    return None


def test_a_provider_that_fails_again_and_again_is_left_alone_and_then_tried_once() -> None:
    clock = Clock()
    circuit = broken(clock)
    why = refused(circuit)
    assert why is not None
    assert (why.code, why.retry_after_s, why.paid) == ("model.paused", FIRST_S, False)
    clock.now += FIRST_S
    assert refused(circuit) is None
    assert circuit.begin(), "the first one through is the probe"
    assert refused(circuit) is not None, "and the only one"
    circuit.ended(None, probe=True)
    assert refused(circuit) is None


def test_scores_of_one_request_that_all_fail_are_one_bad_moment() -> None:
    clock = Clock()
    circuit = Circuit("a", clock)
    for probe in [circuit.begin() for _ in range(50)]:
        circuit.ended(DOWN, probe=probe)
    assert refused(circuit) is None
    clock.now += FOR_S
    circuit.ended(DOWN, probe=circuit.begin())
    assert refused(circuit) is not None, "it was no moment"


def test_good_calls_after_a_bad_moment_end_it() -> None:
    clock = Clock()
    circuit = broken(clock, n=1)
    for error in [DOWN] * 7 + [None] * 4:
        circuit.ended(error, probe=circuit.begin())
    clock.now += FOR_S
    for _ in range(3):
        circuit.ended(DOWN, probe=circuit.begin())
    assert refused(circuit) is None, "that is another moment, and just begun"


def test_a_provider_that_fails_many_calls_a_second_is_left_alone_too() -> None:
    clock = Clock()
    circuit = Circuit("a", clock)
    sent = 0
    while sent < 1_000 and refused(circuit) is None:
        circuit.ended(DOWN, probe=circuit.begin())
        clock.now += FOR_S / 50
        sent += 1
    assert 50 < sent < 70


def test_a_probe_that_fails_doubles_the_wait() -> None:
    clock = Clock()
    circuit = broken(clock)
    for wait_s in (FIRST_S, 2 * FIRST_S, 4 * FIRST_S):
        clock.now += wait_s - 0.1
        assert refused(circuit) is not None
        clock.now += 0.1
        circuit.ended(DOWN, probe=circuit.begin())


def test_a_probe_that_was_given_up_leaves_its_place_to_the_next() -> None:
    clock = Clock()
    circuit = broken(clock)
    clock.now += FIRST_S
    assert circuit.begin()
    circuit.dropped(probe=True)
    assert circuit.begin()


def test_a_storm_does_not_open_the_circuit() -> None:
    """30 % of the calls are too often, 10 % fail, 5 % break off: the others are good, and the provider is up."""
    circuit = Circuit("a", Clock())
    for turn in range(100):
        storm = {0: RATE, 1: RATE, 2: RATE, 3: ModelError("500", code="model.overloaded")}.get(turn % 10)
        circuit.ended(storm, probe=circuit.begin())
    assert refused(circuit) is None


@pytest.mark.parametrize("code", ["model.key", "model.quota", "model.missing_extra"])
def test_a_bad_key_or_a_spent_account_stops_all_calls_at_once_and_is_said_once(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    model = ScriptedModel([ModelError("the key in OPENAI_API_KEY is not taken", code=code)])
    layer = retrying(model)

    async def many() -> list[Reply | ModelError]:
        return [await outcome(layer(call, terms())) for call in calls(10)]

    with caplog.at_level(logging.INFO, "firstfive"):
        assert codes(go(many())) == [code] * 10
    assert len(model.calls) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "a takes no calls: the key in OPENAI_API_KEY is not taken"
    ]


def test_a_key_that_is_put_right_is_noticed() -> None:
    clock = Clock()
    circuit = broken(clock, ModelError("no", code="model.key"), n=1)
    assert refused(circuit) is not None
    clock.now += 60
    circuit.ended(None, probe=circuit.begin())
    assert refused(circuit) is None


def test_a_deadline_that_was_too_short_is_not_the_provider_s_fault() -> None:
    circuit = Circuit("a")
    model = CountingModel(takes_s=1)

    async def hurry() -> None:
        await asyncio.gather(*(outcome(retrying(model, circuit=circuit)(call, terms(0.05))) for call in calls(20)))

    go(hurry())
    assert refused(circuit) is None


def test_nor_is_it_where_the_provider_ends_the_call_by_itself() -> None:
    async def at_its_deadline(call: Call, asked: Terms) -> Reply:
        await asyncio.sleep(asked.deadline - monotonic())
        raise ModelError("no whole answer by the deadline", code="model.timeout")

    circuit = Circuit("a")
    layer = Wire(AnsweringModel(at_its_deadline), "a:m", circuit)

    async def hurry() -> None:
        for _ in range(6):
            await asyncio.gather(*(outcome(layer(call, terms(0.3))) for call in calls(20)))

    go(hurry())
    assert refused(circuit) is None


def test_nor_is_it_where_this_machine_came_too_late_to_the_deadline() -> None:
    async def starved(call: Call, asked: Terms) -> Reply:
        sleep(asked.deadline - monotonic() + 0.2)  # nothing else runs
        raise ModelError("no whole answer by the deadline", code="model.timeout")

    now = iter(range(1_000))
    circuit = Circuit("a", lambda: 2.0 * next(now))
    layer = Wire(AnsweringModel(starved), "a:m", circuit)
    refusals = []
    for _ in range(10):
        go(outcome(layer(YES, terms(0.55))))
        refusals.append(refused(circuit))
    assert refusals == [None] * 10


def test_a_provider_that_never_ends_its_answers_is_left_alone() -> None:
    circuit = Circuit("a")
    model = CountingModel(takes_s=30)

    async def drip() -> list[Reply | ModelError]:
        for _ in range(3):
            request = [outcome(retrying(model, circuit=circuit)(call, terms(0.7))) for call in calls(8)]
            await asyncio.gather(*request)
        return [await outcome(retrying(model, circuit=circuit)(YES, terms(0.7)))]

    assert codes(go(drip())) == ["model.paused"]
    assert model.calls == 24


# --- the gate ---------------------------------------------------------------------------------------------------------


class Stopwatch:
    """A model that notes when it was called."""

    def __init__(self, reply: Reply | None = None, takes_s: float = 0.0) -> None:
        self.at: list[float] = []
        self.order: list[str] = []
        self._inner = CountingModel(reply, takes_s=takes_s)

    @property
    def most_at_once(self) -> int:
        return self._inner.most_at_once

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        self.at.append(monotonic())
        self.order.append(call.text)
        return await self._inner(call, terms)


def gated(
    store: Any, model: Model, work: Callable[[Limited], Any], *, rate: float = 0, tokens: float = 0, at_once: int = 16
) -> Any:
    """What the work gives, with the model behind a gate."""

    async def inside() -> Any:
        async with commits(store) as written:
            return await work(Limited(model, Gate(Buckets("a", rate, tokens), at_once, written)))

    return go(inside())


async def all_of(layer: Limited, asked: list[Call], **more: Any) -> list[Reply | ModelError]:
    return await asyncio.gather(*(outcome(layer(call, terms(**more))) for call in asked))


def test_so_many_calls_go_at_once_and_no_more(store: Store) -> None:
    model = CountingModel(takes_s=0.02)
    assert codes(gated(store, model, lambda layer: all_of(layer, calls(30)), at_once=4)) == ["good"] * 30
    assert model.most_at_once == 4


def test_ten_at_once_with_room_for_all_do_not_wait_for_each_other(store: Store) -> None:
    model = CountingModel(takes_s=0.1)
    assert codes(gated(store, model, lambda layer: all_of(layer, calls(10)), rate=6000)) == ["good"] * 10
    assert model.most_at_once == 10


def test_requests_a_minute_are_kept(store: Store) -> None:
    """A minute holds 60: ten more come one a second. What is over at the deadline is told so at once."""
    model = Stopwatch()
    answers = gated(store, model, lambda layer: all_of(layer, calls(70), seconds=2.5), rate=60)
    assert 61 <= codes(answers).count("good") <= 63
    assert codes(answers)[-1] == "model.rate"
    assert model.at[-1] - model.at[0] >= 0.9 * (len(model.at) - 60)


def test_tokens_a_minute_are_kept_and_what_was_not_used_is_given_back(store: Store) -> None:
    """Each call is taken for at about 1,016 tokens and uses 15: where that counts, 10,000 a minute is no limit."""
    call = Call("s", text="x", max_tokens=1000)
    frugal = Stopwatch(said("y", usage=Usage(10, 5)))

    async def in_turn(layer: Limited) -> list[Reply | ModelError]:
        return [await outcome(layer(call, terms(1.0))) for _ in range(30)]

    assert codes(gated(store, frugal, in_turn, tokens=10_000)) == ["good"] * 30
    silent = Stopwatch(said("y", usage=None))
    with_nothing = gated(store, silent, lambda layer: all_of(layer, [call] * 30, seconds=0.5), tokens=10_000)
    assert codes(with_nothing).count("good") <= 10


def test_a_call_larger_than_a_minute_goes_through_alone(store: Store) -> None:
    call = Call("s", text="x", max_tokens=5000)
    assert codes(gated(store, Stopwatch(), lambda layer: all_of(layer, [call]), tokens=1000)) == ["good"]


def test_lots_are_fetched_and_not_each_request(store: Store) -> None:
    asked: list[float] = []
    written = store.write

    def write(work: Any) -> Any:
        asked.append(monotonic())
        return written(work)

    async def in_turn(layer: Limited) -> list[Reply | ModelError]:
        return [await outcome(layer(call, terms())) for call in calls(200)]

    answers = gated(SimpleNamespace(write=write), Stopwatch(), in_turn, rate=60_000)
    assert codes(answers) == ["good"] * 200
    assert len(asked) < 20


def test_a_lot_that_nobody_uses_goes_stale(store: Store) -> None:
    import firstfive.models.gateway.gate as module

    async def now_and_later(layer: Limited) -> int:
        taken: list[int] = []
        take = Buckets.take

        def counted(*of: Any) -> Any:
            taken.append(1)
            return take(*of)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "STALE_S", 0.05)
            patch.setattr(Buckets, "take", counted)
            for _ in range(2):
                await all_of(layer, calls(5))
                await asyncio.sleep(0.1)
        return len(taken)

    assert gated(store, Stopwatch(), now_and_later, rate=60_000) >= 2


def test_a_429_with_a_wait_stops_every_call_to_the_provider(store: Store) -> None:
    model = ScriptedModel([ModelError("too often", code="model.rate", retry_after_s=0.5), said("yes")])

    async def then(layer: Limited) -> float:
        await outcome(layer(YES, terms()))
        began = monotonic()
        assert codes(await all_of(layer, calls(5))) == ["good"] * 5
        return monotonic() - began

    assert 0.4 <= gated(store, model, then, rate=6000) < 1.5


def test_a_429_with_a_wait_holds_where_no_limit_is_set(store: Store) -> None:
    model = ScriptedModel([ModelError("too often", code="model.rate", retry_after_s=30), said("yes")])
    answers = gated(store, model, lambda layer: all_of(layer, calls(3), seconds=1.0), at_once=1)
    assert codes(answers) == ["model.rate"] * 3
    assert len(model.calls) == 1


def test_a_429_with_a_wait_is_told_to_other_processes(store: Store) -> None:
    model = ScriptedModel([ModelError("too often", code="model.rate", retry_after_s=30)])
    gated(store, model, lambda layer: all_of(layer, calls(1)), rate=6000)
    another = Stopwatch()
    assert codes(gated(store, another, lambda layer: all_of(layer, calls(1), seconds=1.0), rate=6000)) == ["model.rate"]
    assert another.at == []


def test_a_pause_holds_for_other_processes_too(store: Store) -> None:
    store.write(lambda unit: unit.limits.pause("requests:a", datetime.now(UTC) + timedelta(seconds=30)))
    answers = gated(store, Stopwatch(), lambda layer: all_of(layer, calls(3), seconds=1.0), rate=6000)
    assert codes(answers) == ["model.rate"] * 3
    assert all(isinstance(answer, ModelError) and 25 < (answer.retry_after_s or 0) <= 30 for answer in answers)


def test_people_go_before_a_catalogue_run(store: Store) -> None:
    model = Stopwatch(takes_s=0.02)

    async def crowd(layer: Limited) -> None:
        run = [outcome(layer(call, terms(patient=True))) for call in calls(20)]
        waiting = asyncio.gather(*run)
        await asyncio.sleep(0.01)
        await layer(Call("s", text="a person"), terms())
        await waiting

    gated(store, model, crowd, at_once=2)
    assert model.order.index("a person") <= 4


def test_who_gives_up_at_the_gate_leaves_no_gap(store: Store) -> None:
    model = CountingModel(takes_s=0.1)

    async def crowd(layer: Limited) -> list[Reply | ModelError]:
        first = asyncio.gather(*(outcome(layer(call, terms())) for call in calls(2)))
        leaving = [asyncio.create_task(outcome(layer(call, terms()))) for call in calls(5)]
        staying = asyncio.gather(*(outcome(layer(call, terms())) for call in calls(3)))
        await asyncio.sleep(0.05)
        for task in leaving:
            task.cancel()
        await asyncio.wait(leaving)
        return [*await first, *await staying]

    assert codes(gated(store, model, crowd, at_once=2)) == ["good"] * 5
    assert model.calls == 5


def test_who_gives_up_in_the_moment_of_being_let_in_leaves_no_gap_either(store: Store) -> None:
    async def crowd() -> None:
        async with commits(store) as written:
            gate = Gate(Buckets("a", 0, 0), 1, written)
            await gate.enter(1, terms().deadline, patient=False)
            leaving = asyncio.create_task(gate.enter(1, terms().deadline, patient=False))
            await asyncio.sleep(0)
            gate.leave()
            leaving.cancel()
            await asyncio.wait([leaving])
            await gate.enter(1, terms().deadline, patient=False)

    go(crowd())


def test_a_store_that_takes_no_write_fails_the_call_and_not_the_gateway() -> None:
    from firstfive.errors import StoreError

    def full(work: object) -> None:
        raise StoreError("the disk is full", code="store.full")

    answers = gated(SimpleNamespace(write=full), Stopwatch(), lambda layer: all_of(layer, calls(3)), rate=60)
    assert codes(answers) == ["store.full"] * 3
