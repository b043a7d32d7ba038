"""The gateway as a whole: its layers as a list, models in order, spans and metrics, and one loop for all threads."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from firstfive import observe
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import BudgetError, ModelError, SettingsError
from firstfive.models.gateway import LoopGateway, Parts, open_gateway
from firstfive.models.gateway.circuit import FOR_S, Circuit
from firstfive.models.gateway.fallback import Fallback
from firstfive.ports import Call, Gateway, Model, Payer, Reply, Terms
from firstfive.settings import BudgetSettings, ModelSettings, ObserveSettings, ProviderSettings
from firstfive.store import open_store
from firstfive.testing.memory import MemoryStore
from firstfive.testing.models import Answer, AnsweringModel, CountingModel, FakeGateway, ScriptedModel, said
from gateways import FAST, HALF, YES, calls, codes, gateway, go, opener, outcome, settings, spent, stacked, terms

DOWN = ModelError("refused", code="model.overloaded")


# --- models in order --------------------------------------------------------------------------------------------------


def behind(models: dict[str, Model]) -> Fallback:
    return Fallback(lambda name: models[name])


@pytest.mark.parametrize(
    "code",
    ["model.key", "model.quota", "model.rate", "model.timeout", "model.unreachable", "model.overloaded", "model.paused",
     "model.request", "model.reply", "model.missing_extra", "model.not_recorded", "budget.busy"],
)  # fmt: skip
def test_what_one_model_cannot_do_the_next_one_tries(code: str) -> None:
    second = ScriptedModel([said("yes")])
    layer = behind({"a:m": ScriptedModel([ModelError("no", code=code)]), "b:m": second})
    assert go(layer(YES, terms())).text == "yes"
    assert len(second.calls) == 1


@pytest.mark.parametrize("code", ["budget.spent", "budget.price"])
def test_a_spent_budget_is_spent_for_all_models(code: str) -> None:
    second = CountingModel()
    layer = behind({"a:m": ScriptedModel([BudgetError("no", code=code)]), "b:m": second})
    refused = go(outcome(layer(YES, terms())))
    assert isinstance(refused, BudgetError)
    assert refused.code == code
    assert second.calls == 0


def test_when_all_models_fail_the_error_names_them_all_and_says_whether_to_try_again() -> None:
    errors = [ModelError("bad key", code="model.key"), ModelError("later", code="model.rate", retry_after_s=7)]
    layer = behind({"a:m": ScriptedModel(errors[:1]), "b:m": ScriptedModel(errors[1:])})
    failed = go(outcome(layer(YES, terms())))
    assert isinstance(failed, ModelError)
    assert str(failed) == "no model gave a good reply. a:m: bad key; b:m: later"
    assert (failed.code, failed.retry, failed.retry_after_s, failed.paid) == ("model.rate", True, 7, False)


def test_no_model_uses_up_the_time_of_the_next() -> None:
    deadlines: list[float] = []

    async def slow(call: Call, asked: Terms) -> Reply:
        deadlines.append(asked.deadline - monotonic())
        raise DOWN

    layer = behind({"a:m": AnsweringModel(slow), "b:m": AnsweringModel(slow)})
    go(outcome(layer(YES, terms(10))))
    assert deadlines == [pytest.approx(6, abs=0.1), pytest.approx(10, abs=0.1)]


def test_a_model_that_hangs_leaves_time_for_its_fallback(tmp_path: Path) -> None:
    models = {"a:m": CountingModel(takes_s=30), "b:m": CountingModel()}
    with gateway(tmp_path, models) as opened:
        [answer] = opened.many([YES], deadline_s=1.0)
    assert isinstance(answer, Reply)
    assert (models["a:m"].calls, models["b:m"].calls) == (1, 1)


# --- the whole stack --------------------------------------------------------------------------------------------------


def test_the_layers_print_as_their_own_plan(tmp_path: Path) -> None:
    given = settings(models=ModelSettings(llm="a:m", fallback=("replay:demo",), record="run.jsonl", cache_mb=8))
    with gateway(tmp_path, {"a:m": ScriptedModel([])}, given, shipped={"demo": tmp_path / "demo.jsonl.gz"}) as opened:
        first, one, two = str(opened).splitlines()
    assert first == "traced ▸ recorded, run.jsonl ▸ cached, 8 MB ▸ fallback"
    assert one.startswith("  a:m: checked ▸ retrying ▸ limited ▸ budgeted ▸ wire ▸ ")
    assert two == "  replay:demo: checked ▸ replay, demo.jsonl.gz"


def test_a_call_goes_through_all_layers(tmp_path: Path) -> None:
    """Bad, then repaired; the second time from the cache; one budget for both calls of the model."""
    model = ScriptedModel([replace(HALF, text="no json"), replace(HALF, text='{"kind": 1}')])
    call = replace(YES, schema={"type": "object"})
    with gateway(tmp_path, {"a:m": model}, settings(models=ModelSettings(llm="a:m"))) as opened:
        [first] = opened.many([call], deadline_s=5, patient=True)
        [second] = opened.many([call], deadline_s=5, patient=True)
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert (first.value, first.source) == ({"kind": 1}, "model")
    assert first.cost_usd == pytest.approx(2 * 0.00501)
    assert (second.value, second.source, second.cost_usd) == ({"kind": 1}, "cache", 0.0)
    store = open_store(tmp_path)
    assert spent(store).calls == 2
    assert spent(store).settled.nano_usd == 2 * 5_010_000
    store.close()


def test_models_of_one_provider_share_its_limits_and_its_circuit(tmp_path: Path) -> None:
    bad_key = ScriptedModel([ModelError("the key is not taken", code="model.key")])
    other = CountingModel()
    given = settings(models=ModelSettings(llm="a:m"), prices={"a:m": HALF_PRICE, "a:n": HALF_PRICE})
    with gateway(tmp_path, {"a:m": bad_key, "a:n": other}, given) as opened:
        first = opened.many([YES], deadline_s=5)
        second = opened.many([YES], deadline_s=5, models=["a:n"])
    assert codes(first + second) == ["model.key", "model.key"]
    assert other.calls == 0


HALF_PRICE = settings().prices["a:m"]


def test_a_name_that_names_no_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"models\.fallback names 'gpt'.*PROVIDER:MODEL"):
        open_gateway(
            Parts(settings(models=ModelSettings(llm="a:m", fallback=("gpt",))), MemoryStore(), tmp_path, opener({}))
        )
    with gateway(tmp_path, {}) as opened:
        assert codes(opened.many([YES], deadline_s=1, models=["gpt"])) == ["model.request"]


def test_a_provider_that_cannot_be_opened_fails_its_calls_and_not_the_others(tmp_path: Path) -> None:
    def odd(provider: str, model: str, given: ProviderSettings) -> Model:
        if provider == "a":
            raise SettingsError("a is not a provider that is known")
        return CountingModel()

    store = open_store(tmp_path)
    opened = open_gateway(Parts(settings(), store, tmp_path, odd))
    assert codes(opened.many([YES], deadline_s=2)) == ["good"]
    opened.close()
    store.close()


def test_a_run_is_recorded_and_replayed_whole(tmp_path: Path) -> None:
    """Stored replies are in the recording too; replayed ones cost nothing, are marked, and are never stored."""
    models = ModelSettings(llm="a:m", record="run.jsonl")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with gateway(tmp_path / "one", {"a:m": CountingModel(HALF)}, settings(models=ModelSettings(llm="a:m"))) as opened:
        opened.many(calls(2), deadline_s=5, patient=True)
    with gateway(tmp_path / "one", {"a:m": CountingModel(HALF)}, settings(models=models)) as opened:
        opened.many(calls(4), deadline_s=5, patient=True)
    again = settings(models=ModelSettings(llm="replay:../one/run.jsonl"), budget=BudgetSettings(project_usd=0))
    with gateway(tmp_path / "two", {}, again) as opened:
        for _ in range(2):
            answers = opened.many(calls(5), deadline_s=5, patient=True)
            assert codes(answers) == [*["good"] * 4, "model.not_recorded"]
            replies = [answer for answer in answers if isinstance(answer, Reply)]
            assert {reply.source for reply in replies} == {"replay"}
            assert all(reply.recorded is not None and reply.cost_usd == 0 for reply in replies)


def test_a_recording_that_comes_with_the_package_is_named_by_its_name(tmp_path: Path) -> None:
    with gateway(
        tmp_path, {"a:m": CountingModel()}, settings(models=ModelSettings(llm="a:m", record="r.jsonl"))
    ) as one:
        one.many([YES], deadline_s=5)
    given = settings(models=ModelSettings(llm="replay:demo"))
    with gateway(tmp_path, {}, given, shipped={"demo": tmp_path / "r.jsonl"}) as opened:
        assert codes(opened.many([YES], deadline_s=5)) == ["good"]


# --- spans and metrics ------------------------------------------------------------------------------------------------


class Kept(SpanExporter):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    found = Kept()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    monkeypatch.setattr(observe, "tracer", lambda: provider.get_tracer("test"))
    return found


def test_a_call_is_a_span_below_the_caller_s_with_counts_and_no_text(kept: Kept, tmp_path: Path) -> None:
    call = replace(YES, system="SECRET words", text="a private request", prompt="judge@2")
    model = CountingModel(replace(HALF, model="a:m-2026"))
    with gateway(tmp_path, {"a:m": model}) as opened, observe.span("firstfive.recommend"):
        opened.many([call], deadline_s=5)
    inner, outer = kept.spans
    assert inner.name == "chat m"
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id
    attributes = dict(inner.attributes or {})
    assert attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "a",
        "gen_ai.request.model": "m",
        "gen_ai.request.max_tokens": 10,
        "gen_ai.request.temperature": 0.0,
        "gen_ai.response.model": "m-2026",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
        "firstfive.step": "judge",
        "firstfive.prompt": "judge@2",
        "firstfive.source": "model",
        "firstfive.cost_usd": pytest.approx(0.00501),
    }
    assert "SECRET" not in inner.to_json()
    assert "private" not in inner.to_json()


def test_an_error_is_on_the_span_by_its_code_alone(kept: Kept, tmp_path: Path) -> None:
    with gateway(tmp_path, {"a:m": ScriptedModel([ModelError("with words", code="model.request")])}) as opened:
        opened.many([replace(YES, kind="embed", texts=("one",))], deadline_s=5, models=["a:m"])
    [span] = kept.spans
    assert span.name == "embeddings m"
    assert dict(span.attributes or {})["error.type"] == "model.request"
    assert "with words" not in span.to_json()


def test_texts_are_on_the_span_where_the_settings_say_so(kept: Kept, tmp_path: Path) -> None:
    given = settings(observe=ObserveSettings(content=True))
    with gateway(tmp_path, {"a:m": CountingModel()}, given) as opened:
        opened.many([YES], deadline_s=5)
    attributes = dict(kept.spans[0].attributes or {})
    assert attributes["gen_ai.input.messages"] == '[{"role":"user","parts":[{"type":"text","content":"yes or no?"}]}]'
    assert "yes" in str(attributes["gen_ai.output.messages"])


def value(metric: str, **labels: str) -> float:
    return observe.registry().get_sample_value(metric, labels) or 0.0


def test_calls_seconds_tokens_and_dollars_are_counted(tmp_path: Path) -> None:
    names = {"model": "counted:m"}
    given = settings(
        models=ModelSettings(llm="counted:m"), prices={"counted:m": HALF_PRICE}, providers={"counted": FAST}
    )
    with gateway(tmp_path, {"counted:m": ScriptedModel([DOWN, HALF])}, given) as opened:
        for _ in range(2):
            opened.many([YES], deadline_s=5)
    assert value("firstfive_model_calls_total", outcome="model.overloaded", **names) == 1
    assert value("firstfive_model_calls_total", outcome="answered", **names) == 1
    assert value("firstfive_model_seconds_count", **names) == 2
    assert value("firstfive_model_tokens_total", direction="input", **names) == 10
    assert value("firstfive_model_usd_total", **names) == pytest.approx(0.00501)


# --- one loop ---------------------------------------------------------------------------------------------------------


def test_answers_come_in_the_order_of_the_calls(tmp_path: Path) -> None:
    async def echo(call: Call, asked: Terms) -> Reply:
        await asyncio.sleep(0.01 * (10 - int(call.text.partition(":")[0])))
        return said(call.text)

    with gateway(tmp_path, {"a:m": AnsweringModel(echo)}) as opened:
        answers = opened.many(calls(10), deadline_s=5)
    assert [answer.text for answer in answers if isinstance(answer, Reply)] == [call.text for call in calls(10)]


def test_no_calls_start_nothing(tmp_path: Path) -> None:
    before = threading.active_count()
    with gateway(tmp_path, {}) as opened:
        assert opened.many([], deadline_s=5) == []
        assert threading.active_count() == before


def test_ten_threads_at_once_share_one_loop(tmp_path: Path) -> None:
    model = CountingModel(takes_s=0.05)
    with gateway(tmp_path, {"a:m": model}) as opened, ThreadPoolExecutor(10) as pool:
        asked = [[replace(call, text=f"{thread} {call.text}") for call in calls(3)] for thread in range(10)]
        answers = list(pool.map(lambda own: opened.many(own, deadline_s=10), asked))
        loops = [thread.name for thread in threading.enumerate() if thread.name == "firstfive gateway"]
    assert [codes(own) for own in answers] == [["good"] * 3] * 10
    assert model.most_at_once == 16
    assert len(loops) == 1


def test_what_is_not_back_at_the_deadline_comes_as_a_timeout_and_the_rest_as_it_is(tmp_path: Path) -> None:
    async def some(call: Call, asked: Terms) -> Reply:
        await asyncio.sleep(30 if call.text.startswith("1:") else 0)
        return said("yes")

    with gateway(tmp_path, {"a:m": AnsweringModel(some)}, settings(models=ModelSettings(llm="a:m"))) as opened:
        began = monotonic()
        answers = opened.many(calls(3), deadline_s=0.5)
        took = monotonic() - began
    assert codes(answers) == ["good", "model.timeout", "good"]
    assert 0.45 <= took < 1.0


class Heavy(CountingModel):
    """Loads for a while before its first call, as the libraries of a provider do."""

    loaded = 0

    async def ready(self, _: str) -> None:
        """Once for each kind."""
        await asyncio.sleep(0.4)
        self.loaded += 1

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        if not self.loaded:
            await asyncio.sleep(30)
        return await super().__call__(call, terms)

    async def close(self) -> None:
        """Nothing is open."""


def test_what_a_provider_loads_is_loaded_once_and_on_no_call_s_time(tmp_path: Path) -> None:
    model = Heavy()
    with gateway(tmp_path, {"a:m": model}, settings(models=ModelSettings(llm="a:m"))) as opened:
        opened.ready()
        opened.ready()
        assert codes(opened.many([YES], deadline_s=0.3)) == ["good"]
    assert model.loaded == 1


def test_a_call_waits_for_what_is_loaded_beside_it_in_its_own_time(tmp_path: Path) -> None:
    model = Heavy()
    with gateway(tmp_path, {"a:m": model}, settings(models=ModelSettings(llm="a:m"))) as opened:
        loading = opened.warm()
        began = monotonic()
        opened.ready()
        assert codes(opened.many([YES], deadline_s=0.1)) == ["model.timeout"]
        assert monotonic() - began < 0.35
        loading.result(5)
        assert codes(opened.many([YES], deadline_s=0.3)) == ["good"]
    assert model.loaded == 1


def test_time_lost_before_anything_was_sent_is_not_held_against_the_provider() -> None:
    now = [0.0]
    circuit = Circuit("a", lambda: now[0])
    for _ in range(20):
        circuit.ended(ModelError("it was still loading", code="model.timeout", paid=False), probe=circuit.begin())
    circuit.check()
    for second in range(20):
        now[0] = second * FOR_S / 5
        circuit.ended(ModelError("it was asked", code="model.timeout"), probe=False)
    with pytest.raises(ModelError, match="it was asked"):
        circuit.check()


@pytest.mark.parametrize("deadline_s", [0.0, -1.0])
def test_a_deadline_that_is_over_makes_no_call(tmp_path: Path, deadline_s: float) -> None:
    model = CountingModel()
    with gateway(tmp_path, {"a:m": model, "b:m": model}) as opened:
        assert codes(opened.many(calls(3), deadline_s=deadline_s)) == ["model.timeout"] * 3
    assert model.calls == 0


def test_what_was_spent_is_in_the_store_when_a_run_s_calls_are_back(tmp_path: Path) -> None:
    with gateway(tmp_path, {"a:m": CountingModel(HALF)}) as opened:
        opened.many(calls(20), deadline_s=5, patient=True, payer=Payer(run="r"))
        other = open_store(tmp_path)
        assert spent(other, "run:r").settled.nano_usd == 20 * 5_010_000
        other.close()


def test_a_closed_gateway_refuses_and_closing_twice_is_no_error(tmp_path: Path) -> None:
    with gateway(tmp_path, {"a:m": CountingModel()}) as opened:
        opened.many([YES], deadline_s=5)
        opened.close()
        opened.close()
        with pytest.raises(ModelError, match="closed"):
            opened.many([YES], deadline_s=5)
    assert "firstfive gateway" not in {thread.name for thread in threading.enumerate()}


def test_closing_ends_calls_that_are_on_their_way_and_charges_them(tmp_path: Path) -> None:
    model = CountingModel(takes_s=30)
    with gateway(tmp_path, {"a:m": model}) as opened, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(opened.many, calls(3), deadline_s=20)
        until = monotonic() + 5
        while model.now < 3 and monotonic() < until:
            time.sleep(0.01)
        opened.close()
        assert codes(waiting.result(5)) == ["model.failed"] * 3
    store = open_store(tmp_path)
    assert (spent(store).calls, spent(store).unknown, spent(store).open.nano_usd) == (3, 3, 0)
    store.close()


def test_each_call_s_reply_is_told_as_soon_as_it_is_there(tmp_path: Path) -> None:
    first_told = threading.Event()

    async def answer(call: Call, asked: Terms) -> Answer:
        if call.text == "fails":
            return ModelError("too long", code="model.request")
        while call.text == "slow" and not first_told.is_set():
            await asyncio.sleep(0.005)
        return said(call.text)

    with gateway(tmp_path, {"a:m": AnsweringModel(answer)}, settings(models=ModelSettings(llm="a:m"))) as opened:
        asked = [replace(YES, text=text, choices=()) for text in ("slow", "fast", "fails")]
        slow, fast, fails = opened.each(asked, deadline_s=20)
        fast.add_done_callback(lambda _: first_told.set())
        assert slow.result(10).text == "slow"
        assert fast.result(0).text == "fast"
        error = fails.exception(10)
        assert opened.each([], deadline_s=1) == []
    assert isinstance(error, ModelError)
    assert error.code == "model.request"


def test_a_call_that_does_not_end_by_itself_is_told_at_the_deadline(tmp_path: Path) -> None:
    async def lingers(call: Call, asked: Terms) -> Answer:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        await asyncio.sleep(0.5)
        return said("too late")

    with gateway(tmp_path, {"a:m": AnsweringModel(lingers)}) as opened:
        [reply] = opened.each([YES], deadline_s=0.1)
        error = reply.exception(10)
    assert isinstance(error, ModelError)
    assert error.code == "model.timeout"


def test_a_gateway_that_is_closed_tells_each_call_so(tmp_path: Path) -> None:
    model = CountingModel(takes_s=30)
    with gateway(tmp_path, {"a:m": model}) as opened:
        replies = opened.each(calls(3), deadline_s=20)
        opened.close()
        errors = [reply.exception(10) for reply in replies]
        with pytest.raises(ModelError, match="closed"):
            opened.each(calls(1), deadline_s=1)
    assert ["closed" in str(error) for error in errors] == [True] * 3


def test_what_was_begun_before_the_gateway_was_closed_can_still_be_asked_about(tmp_path: Path) -> None:
    with gateway(tmp_path, {"a:m": CountingModel(takes_s=30)}) as opened:
        pending = opened.begin(calls(2), deadline_s=20)
        opened.close()
        pending.kept(5)  # a coroutine that nobody awaits would be a warning, which fails the test
        answers = pending.within(5)
    assert ["closed" in str(answer) for answer in answers] == [True] * 2


def test_many_is_refused_on_the_loop_itself(tmp_path: Path) -> None:
    known: list[LoopGateway] = []

    async def nested(call: Call, asked: Terms) -> Reply:
        known[0].many([YES], deadline_s=1)
        return said("never")

    with gateway(tmp_path, {"a:m": AnsweringModel(nested)}, settings(models=ModelSettings(llm="a:m"))) as opened:
        known.append(opened)
        [answer] = opened.many([YES], deadline_s=5)
    assert isinstance(answer, ModelError)
    assert "own event loop" in str(answer)


def test_a_mistake_of_ours_is_not_turned_into_a_reply(tmp_path: Path) -> None:
    async def broken(call: Call, asked: Terms) -> Reply:
        raise KeyError("a mistake")

    with gateway(tmp_path, {"a:m": AnsweringModel(broken)}) as opened, pytest.raises(KeyError):
        opened.many([YES], deadline_s=5)


INTERRUPTED = """
import signal, sys, threading, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background may ignore it
sys.path.insert(0, {tests!r})
from gateways import calls, gateway, spent
from firstfive.store import open_store
from firstfive.testing.models import CountingModel

model = CountingModel(takes_s=30)

def tell():
    while model.calls < 3:
        time.sleep(0.01)
    print("asking", flush=True)

threading.Thread(target=tell, daemon=True).start()
with gateway(Path({folder!r}), {{"a:m": model}}) as opened:
    try:
        opened.many(calls(3), deadline_s=20, models=["a:m"])
    except KeyboardInterrupt:
        until = time.monotonic() + 5
        while model.now and time.monotonic() < until:
            time.sleep(0.01)
        print("interrupted", model.calls, model.now, flush=True)
"""


def test_ctrl_c_ends_the_calls_of_the_thread_that_waits(tmp_path: Path) -> None:
    program = INTERRUPTED.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "asking\n"
    child.send_signal(signal.SIGINT)
    told, _ = child.communicate(timeout=20)
    assert told == "interrupted 3 0\n"
    assert child.returncode == 0


FORKED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from gateways import calls, codes, opener, settings
from firstfive.models.gateway import Parts, open_gateway
from firstfive.testing.memory import MemoryStore
from firstfive.testing.models import CountingModel

opened = open_gateway(Parts(settings(), MemoryStore(), Path(), opener({{"a:m": CountingModel()}})))
print(codes(opened.many(calls(3), deadline_s=5)), flush=True)
child = os.fork()
answers = opened.many(calls(3), deadline_s=5, fresh=True)
os.write(1, f"{{'parent' if child else 'child'}} {{codes(answers)}}\\n".encode())
opened.close()
if child == 0:
    os._exit(0)  # not through the exit handlers of libraries that were loaded before the fork
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_was_forked_off_gets_a_loop_of_its_own() -> None:
    program = FORKED.format(tests=str(Path(__file__).parent))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    good = str(["good"] * 3)
    assert ran.returncode == 0, ran.stderr
    assert sorted(ran.stdout.splitlines()) == sorted([good, f"child {good}", f"parent {good}"])


# --- the project ------------------------------------------------------------------------------------------------------


def test_a_project_without_a_model_has_no_gateway(world: Project) -> None:
    assert world.gateway is None


def test_a_project_s_gateway_replays_a_recording_of_its_folder_and_closes_with_it(tmp_path: Path) -> None:
    with gateway(
        tmp_path, {"a:m": CountingModel()}, settings(models=ModelSettings(llm="a:m", record="r.jsonl"))
    ) as one:
        one.many([YES], deadline_s=5)
    init_project(tmp_path / "project")
    (tmp_path / "r.jsonl").rename(tmp_path / "project" / "r.jsonl")
    with open_project(tmp_path / "project", overrides=["models.llm=replay:r.jsonl"], environment={}) as project:
        opened = project.gateway
        assert opened is not None
        assert opened is project.gateway
        assert codes(opened.many([YES], deadline_s=5)) == ["good"]
    with pytest.raises(ModelError, match="closed"):
        opened.many([YES], deadline_s=5)


# --- the stand-ins ----------------------------------------------------------------------------------------------------


def test_the_fake_gateway_answers_as_a_real_one_does() -> None:
    def answer(call: Call) -> Any:
        return ModelError("down", code="model.unreachable") if "bad" in call.text else '{"kind": 1}'

    fake: Gateway = FakeGateway(answer)
    asked = [replace(YES, schema={"type": "object"}), replace(YES, text="bad")]
    good, bad = fake.many(asked, deadline_s=5)
    assert isinstance(good, Reply)
    assert good.value == {"kind": 1}
    assert codes([bad]) == ["model.unreachable"]


def test_ten_threads_at_once_ask_the_fake_gateway() -> None:
    fake = FakeGateway.of({"judge": "yes"})
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: fake.many(calls(5), deadline_s=5), range(10)))
    assert [codes(own) for own in answers] == [["good"] * 5] * 10
    assert len(fake.asked) == 50


def test_ten_calls_at_once_go_through_the_stack_on_a_loop_of_the_caller(tmp_path: Path) -> None:
    model = CountingModel(HALF, takes_s=0.01)

    async def ten() -> list[Reply | ModelError]:
        async with stacked(MemoryStore(), {"a:m": model}) as stack:
            return await asyncio.gather(*(outcome(stack(call, terms())) for call in calls(10)))

    assert codes(go(ten())) == ["good"] * 10
    assert model.most_at_once == 10


def test_ten_calls_at_once_fall_back_each_for_itself() -> None:
    async def odd(call: Call, asked: Terms) -> Reply:
        await asyncio.sleep(0.01)
        if int(call.text.partition(":")[0]) % 2:
            raise DOWN
        return said("first")

    layer = behind({"a:m": AnsweringModel(odd), "b:m": CountingModel(said("second"))})

    async def ten() -> list[Reply]:
        return await asyncio.gather(*(layer(call, terms()) for call in calls(10)))

    assert [reply.text for reply in go(ten())] == ["first", "second"] * 5
