"""Replies: good by what is in them, stored only then, shared while on their way, and recorded to come back."""

from __future__ import annotations

import asyncio
import gzip
import json
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import ModelError
from firstfive.models.gateway.cached import Cached, stamp_of
from firstfive.models.gateway.checked import Checked, accepted
from firstfive.models.gateway.commits import Commits
from firstfive.models.gateway.extra import Extra
from firstfive.models.gateway.recorded import Recorded, Replay
from firstfive.models.gateway.refusal import refuses
from firstfive.models.gateway.replies import pack, unpack
from firstfive.models.gateway.stack import _read
from firstfive.models.gateway.strict import DEEPEST, MOST_BYTES, strict_json
from firstfive.ports import Call, Kept, Model, Reply, Store, Terms, Usage
from firstfive.store import open_store
from firstfive.testing.models import AnsweringModel, CountingModel, ScriptedModel, said
from gateways import YES, calls, codes, commits, go, outcome, terms

PERSON = {
    "type": "object",
    "properties": {"kind": {"enum": ["bakery", "dentist"]}, "staff": {"type": "integer"}},
    "required": ["kind"],
    "additionalProperties": False,
}
ASKED = Call("describe", system="Describe it.", text="A bakery.", schema=PERSON)
TWO = Call("embed", kind="embed", texts=("one", "two"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def wrong(call: Call, reply: Reply) -> str:
    """What is wrong with the reply; empty: nothing."""
    try:
        accepted(call, reply)
    except ModelError as error:
        return str(error) if error.code == "model.reply" else ""
    return ""


# --- strict JSON ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "bakery"}',
        '\ufeff {"kind": "bakery"}\n',
        '```json\n{"kind": "bakery"}\n```',
        'Here is the JSON:\n```\n{"kind": "bakery"}\n```\nAnything else?',
        'Sure! {"kind": "bakery"}',
    ],
)
def test_json_is_found_where_it_plainly_is(text: str) -> None:
    assert strict_json(text) == {"kind": "bakery"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("<html><body>Bad gateway</body></html>", "no JSON"),
        ('{"kind": "bak', "no JSON"),
        ('{"a": 1} {"a": 2}', "no JSON"),
        ('First {"a": 1}, or else {"a": 2}', "no JSON"),
        ('```json\n{"a": 1}\n```\nor\n```json\n{"a": 2}\n```', "no JSON"),
        ('{"a": 1, "a": 2}', "a name twice"),
        ('{"a": {"b": 1, "b": 1}}', "a name twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "larger than any float"),
        ('{"a": ' + "9" * 40 + "}", "more than 18 digits"),
        ('{"a": "\\ud800"}', "half a character"),
        ("[" * 100_000, "nested"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested"),
        ('{"a":' * 70 + "1" + "}" * 70, "nested"),
        ('["' + "x" * MOST_BYTES + '"]', "more than 10,000,000 bytes"),
        ('["' + "ü" * (MOST_BYTES // 2) + '"]', "more than 10,000,000 bytes"),
        ("{'a': 1}", "no JSON"),
        ('{"a": 1,}', "no JSON"),
    ],
    ids=lambda value: value[:30],
)
def test_what_could_be_read_in_two_ways_or_not_at_all_is_refused(text: str, why: str) -> None:
    with pytest.raises(ModelError, match=why) as refused:
        strict_json(text)
    assert refused.value.code == "model.reply"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(ANY_JSON, st.sampled_from(["{}", "```json\n{}\n```", "\n\n {} "]))
def test_every_json_value_comes_back_as_it_went_in(value: Any, around: str) -> None:
    assert strict_json(around.replace("{}", json.dumps(value))) == value


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")) | ANY_JSON.map(lambda v: json.dumps(v)[:-1]))
def test_no_text_gets_anything_out_but_a_plain_value_or_a_model_error(text: str) -> None:
    try:
        value = strict_json(text)
    except ModelError:
        return
    assert json.loads(json.dumps(value, allow_nan=False)) == value


# --- what is good -----------------------------------------------------------------------------------------------------


def test_a_reply_gets_its_value_decoded() -> None:
    assert accepted(ASKED, said('{"kind": "bakery", "staff": 12}')).value == {"kind": "bakery", "staff": 12}
    assert accepted(YES, said("Yes, it does.")).value == "Yes, it does."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ('{"kind": "butcher"}', "schema"),
        ('{"staff": 3}', "schema"),
        ('{"kind": "bakery", "note": "hi"}', "schema"),
        ("[]", "schema"),
        ("<!doctype html><p>503</p>", "no JSON"),
    ],
)
def test_a_reply_that_does_not_fit_is_bad(text: str, why: str) -> None:
    assert why in wrong(ASKED, said(text))


def test_a_reply_without_its_end_is_bad_however_good_it_looks() -> None:
    assert "broke off" in wrong(ASKED, said('{"kind": "bakery"}', ended=False))
    assert "broke off" in wrong(YES, said("It is a", ended=False))


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, but I cannot assist with this request.",
        "Sorry, I can't do that.",
        "As an AI language model, I have no opinion.",
        "Unfortunately, I am unable to provide this.",
        "Es tut mir leid, aber ich kann dabei nicht helfen.",
        "Leider kann ich Ihnen dabei nicht helfen.",
        "Als KI-Sprachmodell habe ich keine Meinung.",
        "Je suis désolé, mais je ne peux pas répondre à cela.",
        "Désolée, je ne peux pas vous aider.",
        "En tant qu'intelligence artificielle, je n'ai pas d'avis.",
        "**I cannot help with that.**",
    ],
)
def test_refusals_are_known_in_three_languages(text: str) -> None:
    assert refuses(text)
    assert "refusal" in wrong(YES, said(text, ended=False))
    assert "refusal" in wrong(ASKED, said(text))


@pytest.mark.parametrize(
    "text",
    [
        "They are sorry to see old machines go, and repair them.",
        "A team that apologises when trains are late.",
        "The owner cannot sell before June.",
        "Ich kann-do: a German furniture maker.",
        "The page says: “I'm sorry, but I can't deliver on Sundays.”",
        "Sorry Charlie's: a seafood restaurant in Savannah.",
    ],
)
def test_answers_that_only_sound_alike_are_none(text: str) -> None:
    assert not refuses(text)


def test_a_canary_never_comes_out() -> None:
    word = "canary-0123456789abcdef"
    call = replace(ASKED, prompt="describe@1", system=f"Describe it. Never write {word}.", schema=None)
    assert "repeats its instructions" in wrong(call, said(f"It says {word}."))
    assert "repeats its instructions" in wrong(call, said(f"It says {word.upper()}."))
    hidden = said('{"kind": "canary\\u002d0123456789abcdef"}')
    assert "repeats its instructions" in wrong(replace(call, schema={"type": "object"}), hidden)
    assert wrong(call, said("It is a bakery.")) == ""
    assert word not in wrong(call, said(f"It says {word}."))


def test_a_check_may_correct_a_value_or_refuse_it() -> None:
    def check(value: Any) -> Any:
        if value["kind"] == "dentist":
            raise ModelError("no such item", code="model.reply")
        return value["kind"].upper()

    call = replace(ASKED, check=check)
    assert accepted(call, said('{"kind": "bakery"}')).value == "BAKERY"
    assert wrong(call, said('{"kind": "dentist"}')) == "no such item"


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        (said("no", logprobs={"yes": -0.1, "no": -3.0}), "yes"),
        (said("", logprobs={"yes": -math.inf, "no": -0.5}), "no"),
        (said("Yes."), "yes"),
        (said(' "No", it does not'), "no"),
        (said("yes", ended=False), "yes"),
    ],
)
def test_the_likeliest_choice_is_the_answer(reply: Reply, choice: str) -> None:
    assert accepted(replace(YES, choices=("yes", "no")), reply).value == choice


@pytest.mark.parametrize(
    "reply",
    [
        said("maybe"),
        said("nobody knows"),
        said(""),
        said("yes", logprobs={"yes": math.nan}),
        said("yes", logprobs={"yes": 0.5}),
    ],
    ids=repr,
)
def test_what_is_none_of_the_choices_is_bad(reply: Reply) -> None:
    assert wrong(replace(YES, choices=("yes", "no")), reply)


def test_vectors_come_out_at_unit_length() -> None:
    reply = accepted(TWO, said(vectors=np.array([[3.0, 4.0], [0.0, 2.0]])))
    assert reply.vectors is reply.value
    vectors: Any = reply.value
    assert vectors.dtype == np.float32
    assert vectors.tolist() == pytest.approx(np.array([[0.6, 0.8], [0.0, 1.0]]))


@pytest.mark.parametrize(
    "vectors",
    [
        None,
        np.ones((1, 3)),
        np.ones((3, 3)),
        np.ones((2, 0)),
        np.ones(2),
        np.array([[1.0, math.nan], [1.0, 1.0]]),
        np.array([[1.0, math.inf], [1.0, 1.0]]),
        np.array([[0.0, 0.0], [1.0, 1.0]]),
        np.array([[1e308, 1e308], [1.0, 1.0]]),
    ],
    ids=repr,
)
def test_vectors_that_are_none_are_bad(vectors: Any) -> None:
    assert wrong(TWO, said(vectors=vectors))


def test_scores_must_be_one_a_text_and_finite() -> None:
    call = Call("rerank", kind="rerank", text="q", texts=("one", "two"))
    assert accepted(call, said(scores=(0.1, -2.0))).value == (0.1, -2.0)
    assert wrong(call, said(scores=(0.1,)))
    assert wrong(call, said(scores=(0.1, math.nan)))


# --- one repair -------------------------------------------------------------------------------------------------------


def checked(model: Model, extra: Extra | None = None) -> Checked:
    return Checked(model, "a:m", extra or Extra())


def test_a_bad_reply_is_repaired_once_by_saying_what_was_wrong() -> None:
    model = ScriptedModel([said('{"kind": "butcher"}', cost_usd=0.25), said('{"kind": "bakery"}', cost_usd=0.5)])
    reply = go(checked(model)(ASKED, terms()))
    assert reply.value == {"kind": "bakery"}
    assert reply.cost_usd == 0.75
    assert model.calls[1].text.startswith("A bakery.\n\nAn earlier answer could not be used")
    assert "bakery" in model.calls[1].text
    assert model.calls[1].schema == PERSON


def test_a_repair_that_is_bad_too_is_the_end() -> None:
    model = ScriptedModel([said("nonsense")])
    with pytest.raises(
        ModelError, match="a:m gave a reply that is not what was asked for: the answer is no JSON"
    ) as bad:
        go(checked(model)(ASKED, terms()))
    assert (bad.value.code, bad.value.retry) == ("model.reply", False)
    assert len(model.calls) == 2


def test_a_person_s_repairs_are_calls_made_over_and_a_catalogue_run_s_are_not_counted() -> None:
    async def ten(patient: bool) -> int:
        model = CountingModel(said("nonsense"))
        layer = checked(model, Extra(start=0))
        for _ in range(10):
            await outcome(layer(ASKED, terms(patient=patient)))
        return model.calls

    assert go(ten(patient=False)) == 11
    assert go(ten(patient=True)) == 20


def test_what_is_no_reply_at_all_is_asked_for_once_more_in_the_same_words() -> None:
    page = ModelError("a:m answered with text/html instead of JSON", code="model.reply")
    mended = ScriptedModel([page, said('{"kind": "bakery"}')])
    assert go(checked(mended)(ASKED, terms())).value == {"kind": "bakery"}
    assert mended.calls == [ASKED, ASKED]
    never = ScriptedModel([page])
    assert codes([go(outcome(checked(never)(ASKED, terms())))]) == ["model.reply"]
    assert len(never.calls) == 2


def test_a_catalogue_run_puts_what_is_no_reply_at_all_back_itself() -> None:
    model = ScriptedModel([ModelError("a:m answered with text/html instead of JSON", code="model.reply")])
    assert codes([go(outcome(checked(model)(ASKED, terms(patient=True))))]) == ["model.reply"]
    assert len(model.calls) == 1


def test_vectors_are_not_asked_for_again() -> None:
    model = ScriptedModel([said(vectors=np.zeros((2, 2)))])
    assert codes([go(outcome(checked(model)(TWO, terms())))]) == ["model.reply"]
    assert len(model.calls) == 1


def test_a_schema_that_is_none_is_said_before_anything_is_paid() -> None:
    model = CountingModel()
    call = replace(ASKED, schema={"type": "nonsense"})
    assert codes([go(outcome(checked(model)(call, terms())))]) == ["prompt.invalid"]
    assert model.calls == 0


def test_ten_bad_replies_at_once_are_repaired_each_for_itself() -> None:
    async def odd(call: Call, asked: Terms) -> Reply:
        await asyncio.sleep(0.01)
        return said('{"kind": "bakery"}' if "An earlier answer" in call.text else "no")

    async def ten() -> list[Reply | ModelError]:
        layer = checked(AnsweringModel(odd), Extra(start=10))
        return await asyncio.gather(*(outcome(layer(call, terms())) for call in calls(10, schema=PERSON)))

    assert codes(go(ten())) == ["good"] * 10


# --- the cache --------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def caching(store: Store, model: Model, most_bytes: int = 1_000_000) -> AsyncIterator[Cached]:
    async with commits(store) as written:
        reads = Commits(partial(_read, store), "reads")
        try:
            yield Cached(Checked(model, "a:m", Extra()), reads, written, most_bytes)
        finally:
            await written.done()
            reads.close()


async def twice(store: Store, model: Model, call: Call, *, between: Any = None, **more: Any) -> list[Reply]:
    """The call by two gateways, one after the other: what they share is the store."""
    found = []
    for turn in range(2):
        async with caching(store, model) as layer:
            found.append(await layer(call, terms(**(more if turn else {}))))
        if between is not None:
            between()
    return found


def test_an_equal_call_is_answered_from_the_store_and_costs_nothing(store: Store) -> None:
    model = CountingModel(said('{"kind": "bakery"}', cost_usd=0.5))
    first, second = go(twice(store, model, ASKED))
    assert model.calls == 1
    assert (first.source, first.cost_usd) == ("model", 0.5)
    assert second == replace(first, source="cache", cost_usd=0.0)


def test_vectors_and_scores_come_back_bit_for_bit(store: Store) -> None:
    vectors = np.random.default_rng(5).standard_normal((2, 7))
    first, second = go(twice(store, CountingModel(said(vectors=vectors)), TWO))
    assert first.value.tobytes() == second.value.tobytes()
    scores = replace(TWO, kind="rerank", text="q")
    first, second = go(twice(store, CountingModel(said(scores=(0.1, 1 / 3))), scores))
    assert first.scores == second.scores


def test_fresh_goes_round_what_is_stored_and_stores_anew(store: Store) -> None:
    model = ScriptedModel([said("one"), said("two")])
    assert [reply.text for reply in go(twice(store, model, YES, fresh=True))] == ["one", "two"]
    assert go(twice(store, model, YES))[0].text == "two"


def test_another_list_of_models_or_another_call_is_not_equal() -> None:
    assert (
        len({stamp_of(YES, ("a:m",)), stamp_of(YES, ("a:m", "b:m")), stamp_of(replace(YES, text="?"), ("a:m",))}) == 3
    )


def test_bad_replies_are_not_stored(store: Store) -> None:
    async def bad_then_good() -> Reply:
        async with caching(store, ScriptedModel([said("nonsense")])) as layer:
            await outcome(layer(ASKED, terms()))
        async with caching(store, ScriptedModel([said('{"kind": "bakery"}')])) as layer:
            return await layer(ASKED, terms())

    assert go(bad_then_good()).source == "model"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"{}", pack(said("not what was asked for")), pack(said('{"kind": "bakery"}'))[:-3], b"\xff" * 100],
    ids=repr,
)
def test_a_damaged_entry_is_none(store: Store, data: bytes) -> None:
    stamp = stamp_of(ASKED, ("a:m", "b:m"))
    store.write(lambda unit: unit.replies.put({stamp: Kept(data)}, 1_000_000))
    model = CountingModel(said('{"kind": "bakery"}'))

    async def ask() -> Reply:
        async with caching(store, model) as layer:
            return await layer(ASKED, terms())

    assert go(ask()).value == {"kind": "bakery"}
    assert model.calls == 1


@given(st.binary(max_size=200))
def test_no_bytes_are_read_as_code_or_break_the_reader(data: bytes) -> None:
    assert unpack(data) is None or isinstance(unpack(data), Reply)


def test_a_reply_comes_back_from_bytes_without_its_value_and_cost() -> None:
    reply = said("x", value=1, cost_usd=0.5, logprobs={"yes": -0.5}, usage=Usage(1, 2, 1))
    assert unpack(pack(reply)) == replace(reply, value=None, cost_usd=0.0)


def test_the_oldest_replies_go_when_there_is_no_room(store: Store) -> None:
    async def fill() -> None:
        async with caching(store, CountingModel(said("x" * 1000)), most_bytes=5000) as layer:
            for call in calls(20):
                await layer(call, terms())
                await asyncio.sleep(0.002)

    go(fill())
    stamps = [stamp_of(call, ("a:m", "b:m")) for call in calls(20)]
    with store.read() as unit:
        kept = unit.replies.get(stamps)
    assert 1 <= len(kept) <= 5
    assert stamps[-1] in kept
    assert stamps[0] not in kept


def test_ten_equal_calls_at_once_are_one(store: Store) -> None:
    model = CountingModel(said('{"kind": "bakery"}', cost_usd=0.5), takes_s=0.05)

    async def ten() -> list[Reply]:
        async with caching(store, model) as layer:
            return await asyncio.gather(*(layer(ASKED, terms()) for _ in range(10)))

    replies = go(ten())
    assert model.calls == 1
    assert sum(reply.cost_usd for reply in replies) == 0.5
    assert len({id(reply.value) for reply in replies}) == 10, "each has a value of its own to change"


def test_an_equal_call_that_comes_while_the_first_is_being_stored_is_not_paid(store: Store) -> None:
    model = CountingModel(said('{"kind": "bakery"}'))

    async def in_turn() -> None:
        async with caching(store, model) as layer:
            for _ in range(20):
                await layer(ASKED, terms())

    go(in_turn())
    assert model.calls == 1


def test_who_leads_may_leave_and_the_others_get_the_answer(store: Store) -> None:
    model = CountingModel(said('{"kind": "bakery"}'), takes_s=0.1)

    async def three() -> list[Reply]:
        async with caching(store, model) as layer:
            leader = asyncio.create_task(layer(ASKED, terms()))
            await asyncio.sleep(0.02)
            others = [asyncio.create_task(layer(ASKED, terms())) for _ in range(2)]
            await asyncio.sleep(0.02)
            leader.cancel()
            return await asyncio.gather(*others)

    assert [reply.value for reply in go(three())] == [{"kind": "bakery"}] * 2
    assert model.calls == 1


def test_a_call_that_nobody_waits_for_any_more_is_ended(store: Store) -> None:
    model = CountingModel(takes_s=5)

    async def leave() -> None:
        async with caching(store, model) as layer:
            waiting = [asyncio.create_task(layer(YES, terms())) for _ in range(3)]
            async with asyncio.timeout(5):
                while model.now == 0:  # the stored replies are looked through first
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            assert model.now == 1
            for task in waiting:
                task.cancel()
            joined = asyncio.create_task(layer(YES, terms()))
            await asyncio.wait(waiting)
            await asyncio.sleep(0.1)
            assert not joined.done(), "it has a call of its own, not the one that was ended"
            assert model.now == 1
            joined.cancel()
            await asyncio.wait([joined])

    go(leave())
    assert (model.calls, model.now) == (2, 0)


def test_a_reply_that_is_there_is_not_paid_again_where_who_asked_was_ended_at_that_moment(store: Store) -> None:
    async def twice() -> Reply:
        loop, made = asyncio.get_running_loop(), 0

        async def answered(call: Call, asked: Terms) -> Reply:
            nonlocal made
            made += 1
            loop.call_soon(lambda: loop.call_soon(leader.cancel))  # after the reply, before who waits for it wakes
            return said('{"kind": "bakery"}' if made == 1 else "paid again")

        async with caching(store, AnsweringModel(answered)) as layer:
            leader = asyncio.create_task(layer(ASKED, terms()))
            await asyncio.wait([leader])
            assert leader.cancelled()
            return await layer(ASKED, terms())

    assert go(twice()).value == {"kind": "bakery"}


def test_the_failure_of_whoever_leads_is_not_the_failure_of_who_has_more_time_or_money(store: Store) -> None:
    made: list[Call] = []

    async def late(call: Call, asked: Terms) -> Reply:
        made.append(call)
        await asyncio.sleep(0.1)
        if len(made) == 1:
            raise ModelError("the leader's deadline", code="model.timeout")
        return said("yes")

    async def two() -> list[Reply | ModelError]:
        async with caching(store, AnsweringModel(late)) as layer:
            return await asyncio.gather(*(outcome(layer(YES, terms())) for _ in range(2)))

    assert codes(go(two())) == ["model.timeout", "good"]


# --- recordings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["run.jsonl", "run.jsonl.gz"])
def test_what_was_recorded_is_replayed_and_marked(tmp_path: Path, name: str) -> None:
    before = datetime.now(UTC)
    path = tmp_path / name
    vectors = np.eye(2, dtype=np.float32)
    recorded = Recorded(ScriptedModel([said('{"kind": "bakery"}'), said(vectors=vectors)]), path)

    async def both(model: Model) -> list[Reply]:
        return [await model(ASKED, terms()), await model(TWO, terms())]

    go(both(recorded))
    text, embedded = go(both(Replay(path)))
    assert (text.text, text.source, text.cost_usd, text.model) == ('{"kind": "bakery"}', "replay", 0.0, "fake:model")
    assert text.recorded is not None
    assert before <= text.recorded <= datetime.now(UTC)
    assert embedded.vectors is not None
    assert embedded.vectors.tobytes() == vectors.tobytes()


def test_what_was_not_recorded_is_said_by_its_step_and_prompt_and_not_by_its_text(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    go(Recorded(ScriptedModel([said("x")]), path)(YES, terms()))
    with pytest.raises(ModelError, match=r"run\.jsonl has no reply to this call \(describe, prompt d@2\)") as missing:
        go(Replay(path)(replace(ASKED, prompt="d@2"), terms()))
    assert missing.value.code == "model.not_recorded"
    assert "bakery" not in str(missing.value).lower()


def test_a_recording_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read") as missing:
        go(Replay(tmp_path / "none.jsonl")(YES, terms()))
    assert missing.value.code == "model.files"
    (tmp_path / "broken.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(ModelError, match="cannot be read"):
        go(Replay(tmp_path / "broken.jsonl.gz")(YES, terms()))


def test_half_a_line_of_a_killed_process_costs_nothing_but_itself(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    first, second, third = calls(3)
    go(Recorded(ScriptedModel([said("one")]), path)(first, terms()))
    with path.open("ab") as file:
        file.write(path.read_bytes()[:40])
    go(Recorded(ScriptedModel([said("two")]), path)(second, terms()))
    assert [go(Replay(path)(call, terms())).text for call in (first, second)] == ["one", "two"]
    assert codes([go(outcome(Replay(path)(third, terms())))]) == ["model.not_recorded"]


def test_a_gzipped_recording_that_ends_in_the_middle_is_read_to_there(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl.gz"
    [first] = calls(1)
    go(Recorded(ScriptedModel([said("one")]), path)(first, terms()))
    path.write_bytes(path.read_bytes() + gzip.compress(b"half a line")[:-12])
    assert go(Replay(path)(first, terms())).text == "one"


def test_a_replayed_reply_that_is_recorded_again_keeps_its_time(tmp_path: Path) -> None:
    go(Recorded(ScriptedModel([said("x")]), tmp_path / "one.jsonl")(YES, terms()))
    first = go(Replay(tmp_path / "one.jsonl")(YES, terms()))
    go(Recorded(Replay(tmp_path / "one.jsonl"), tmp_path / "two.jsonl")(YES, terms()))
    assert go(Replay(tmp_path / "two.jsonl")(YES, terms())).recorded == first.recorded


def test_ten_at_once_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    layer = Recorded(CountingModel(said("x" * 5000), takes_s=0.01), path)

    async def ten() -> None:
        await asyncio.gather(*(layer(call, terms()) for call in [*calls(10), *calls(10)]))

    go(ten())
    lines = path.read_bytes().splitlines()
    assert len(lines) == 10, "each call once"
    assert {json.loads(line)["digest"] for line in lines} == {call.digest for call in calls(10)}


def test_a_recording_that_cannot_be_written_loses_no_reply(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    layer = Recorded(CountingModel(said("x")), tmp_path / "no such folder" / "run.jsonl")
    assert [go(layer(call, terms())).text for call in calls(3)] == ["x"] * 3
    assert len(caplog.records) == 1
