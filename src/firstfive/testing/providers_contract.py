"""The contract of a provider: what every Model that speaks to a server promises, fault by fault, counted on the wire.

Every provider's tests inherit `ModelContract` and say in `opened` how it is opened on a loopback provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any, ClassVar

import pytest

from firstfive.errors import ModelError
from firstfive.models.providers import Provider as Opened
from firstfive.ports import Call, Reply, Terms, Usage
from firstfive.testing.faults import FAULTS, Fault, Faults, Said, rate, slow, status
from firstfive.testing.protocols import Answer, smallest
from firstfive.testing.providers import Provider, provider

__all__ = ["SCHEMA", "SECRET", "ModelContract", "asked", "until"]

SECRET = "sk-loopback-5f2c91"  # noqa: S105  # of nobody
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"employees": {"type": "integer"}},
    "required": ["employees"],
    "additionalProperties": False,
}
PLAIN = Call("test", system="Be brief.", text="Is rye bread a bread?")
STRUCTURED = replace(PLAIN, schema=SCHEMA)
CODES: Mapping[str, str] = {
    "429": "model.rate",
    "429 in seconds": "model.rate",
    "429 quota": "model.quota",
    "402": "model.quota",
    "401": "model.key",
    "403": "model.key",
    "400": "model.request",
    "404": "model.request",
    "422": "model.request",
    "408": "model.timeout",
    "500": "model.overloaded",
    "502 in HTML": "model.overloaded",
    "503": "model.overloaded",
    "529": "model.overloaded",
    "elsewhere": "model.request",
    "cut": "model.unreachable",
    "cut stream": "model.reply",
    "HTML with 200": "model.reply",
    "nothing with 200": "model.reply",
    "truncated JSON": "model.reply",
    "not UTF-8": "model.reply",
    "deep nesting": "model.reply",
    "10 MB": "model.reply",
}
"""What each fault of the wire becomes."""
NO_ANSWER = ("null with 200", "a list with 200", "an empty object with 200")
"""JSON that is no reply."""


def asked(model: Opened, *calls: Call, deadline_s: float = 20.0) -> list[Reply | ModelError]:
    """What the model says to calls made at once, on an event loop of their own."""

    async def one(call: Call) -> Reply | ModelError:
        try:
            return await model(call, Terms(monotonic() + deadline_s))
        except ModelError as error:
            return error

    async def all_() -> list[Reply | ModelError]:
        try:
            return await asyncio.gather(*map(one, calls))
        finally:
            await model.close()

    return asyncio.run(all_())


async def until(true: Callable[[], object], seconds: float = 2.0) -> None:
    """Waits until it comes true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


class ModelContract:
    """What every provider of completions promises.

    told: it can be asked for log-probabilities. sends_key: the key itself is sent, not a signature. refuses: its API
    has a sign for a refusal.
    """

    told: ClassVar[bool] = False
    sends_key: ClassVar[bool] = True
    refuses: ClassVar[bool] = True

    def opened(self, loopback: Provider) -> Opened:
        """The provider, at the loopback server."""
        raise NotImplementedError

    @contextmanager
    def at(
        self, answer: Answer = smallest, faults: Faults | Sequence[Fault | None] = ()
    ) -> Iterator[tuple[Opened, Provider]]:
        """The provider and the loopback server that it asks."""
        with provider(answer, faults=faults) as loopback:
            yield self.opened(loopback), loopback

    def said(self, faults: Sequence[Fault]) -> list[Reply | ModelError]:
        """What comes of each fault, one after the other on one connection pool; each call made one request."""

        async def each(model: Opened) -> list[Reply | ModelError]:
            found: list[Reply | ModelError] = []
            for _ in faults:
                try:
                    found.append(await model(STRUCTURED, Terms(monotonic() + 20)))
                except ModelError as error:
                    found.append(error)
            await model.close()
            return found

        with self.at(faults=faults) as (model, loopback):
            found = asyncio.run(each(model))
        assert len(loopback.asked) == len(faults)
        return found

    def codes(self, faults: Sequence[Fault]) -> list[str]:
        """The codes of the errors that faults become."""
        return [one.code if isinstance(one, ModelError) else "" for one in self.said(faults)]

    def test_an_answer_has_its_text_its_end_and_its_tokens_for_one_request(self) -> None:
        with self.at(lambda _: "A bread.") as (model, loopback):
            (reply,) = asked(model, PLAIN)
        assert isinstance(reply, Reply)
        assert (reply.text, reply.ended, reply.usage) == ("A bread.", True, Usage(20, 5))
        assert len(loopback.asked) == 1

    def test_what_is_said_arrives_word_for_word(self) -> None:
        with self.at() as (model, loopback):
            asked(model, PLAIN)
        body = loopback.asked[0].body.decode()
        assert PLAIN.system in body
        assert PLAIN.text in body

    def test_an_answer_to_a_schema_is_its_json(self) -> None:
        with self.at() as (model, loopback):
            (reply,) = asked(model, STRUCTURED)
        assert isinstance(reply, Reply)
        assert reply.text == '{"employees": 0}'
        assert "employees" in loopback.asked[0].body.decode()

    def test_ten_at_once_make_ten_requests_and_get_each_their_own_answer(self) -> None:
        calls = [replace(PLAIN, text=f"number {n}") for n in range(10)]
        with self.at(lambda body: f"to {number(body)}") as (model, loopback):
            replies = asked(model, *calls)
        assert [reply.text for reply in replies if isinstance(reply, Reply)] == [f"to {n}" for n in range(10)]
        assert len(loopback.asked) == 10

    def test_each_fault_of_the_wire_has_its_code_after_one_request(self) -> None:
        assert self.codes([FAULTS[name] for name in CODES]) == list(CODES.values())

    def test_json_that_is_no_reply_is_never_a_good_one(self) -> None:
        for given in self.said([FAULTS[name] for name in NO_ANSWER]):
            if isinstance(given, Reply):
                assert (given.text, given.ended, given.usage) == ("", False, None)
            else:
                assert given.code == "model.reply"

    def test_how_long_to_wait_is_as_the_provider_says(self) -> None:
        waits = {"2": 2.0, "0.5": 0.5, "-3": 0.0, "99999999": 300.0, "soon": None, None: None}
        errors = self.said([rate(said) for said in waits])
        assert [error.retry_after_s for error in errors if isinstance(error, ModelError)] == list(waits.values())

    def test_an_error_has_the_providers_words_without_the_key_and_cut_short(self) -> None:
        (error,) = self.said([status(400, f"the key {SECRET if self.sends_key else ''} \u202eand " + "a" * 5000)])
        assert "the key " in str(error)
        assert SECRET not in str(error)
        assert "\u202e" not in str(error)
        assert len(str(error)) < 600

    def test_a_page_with_an_error_status_is_told_without_its_markup(self) -> None:
        (error,) = self.said([FAULTS["502 in HTML"]])
        assert "Bad gateway" in str(error)
        assert "<h1>" not in str(error)

    def test_an_answer_without_tokens_that_can_be_believed_is_kept_and_they_are_not_known(self) -> None:
        for reply in self.said([FAULTS["no usage"], FAULTS["negative usage"]]):
            assert isinstance(reply, Reply)
            assert (reply.text, reply.ended, reply.usage) == ('{"employees": 0}', True, None)

    def test_an_answer_that_ran_out_of_tokens_has_not_ended(self) -> None:
        (reply,) = self.said([FAULTS["not ended"]])
        assert isinstance(reply, Reply)
        assert not reply.ended

    def test_a_refusal_is_no_answer_that_ended(self) -> None:
        (reply,) = self.said([FAULTS["refusal"]])
        assert isinstance(reply, Reply)
        assert not (reply.ended and self.refuses)

    def test_an_empty_answer_is_empty(self) -> None:
        with self.at(faults=[FAULTS["empty content"]]) as (model, _):
            (reply,) = asked(model, PLAIN)
        assert isinstance(reply, Reply)
        assert reply.text == ""

    def test_the_log_probabilities_of_choices_are_there_where_the_api_has_them(self) -> None:
        def answer(_: dict[str, Any]) -> Said:
            return Said("Yes", logprobs={"Yes": -0.25, " yes": -2.0, "No": -3.0, "Perhaps": -4.0})

        with self.at(answer) as (model, _):
            (reply,) = asked(model, replace(PLAIN, choices=("yes", "no"), max_tokens=1))
        assert isinstance(reply, Reply)
        assert reply.ended
        assert reply.logprobs == (pytest.approx({"yes": -0.0898, "no": -3.0}, abs=1e-4) if self.told else {})

    @pytest.mark.parametrize("fault", ["drip", "slow"])
    def test_a_call_is_over_at_its_deadline_and_so_is_its_connection(self, fault: str) -> None:
        async def twice(model: Opened, loopback: Provider) -> tuple[ModelError, float]:
            await model(PLAIN, Terms(monotonic() + 20))  # loads what the first call has to load
            begun = monotonic()
            with pytest.raises(ModelError) as late:
                await model(PLAIN, Terms(monotonic() + 0.2))
            took = monotonic() - begun
            await until(lambda: loopback.hung_up)
            await model.close()
            return late.value, took

        with self.at(faults=[None, FAULTS[fault]]) as (model, loopback):
            error, took = asyncio.run(twice(model, loopback))
        assert (error.code, error.paid) == ("model.timeout", True)
        assert took < 1.0
        assert len(loopback.asked) == 2

    def test_a_call_that_is_cancelled_closes_its_connection(self) -> None:
        async def cancelled(model: Opened, loopback: Provider) -> None:
            task = asyncio.create_task(model(PLAIN, Terms(monotonic() + 20)))
            await until(lambda: loopback.asked, 10.0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: loopback.hung_up)
            await model.close()

        with self.at(faults=[slow(30)]) as (model, loopback):
            asyncio.run(cancelled(model, loopback))

    def test_a_server_that_is_not_there_is_unreachable_and_costs_nothing(self) -> None:
        with self.at() as (model, _):
            pass
        (error,) = asked(model, PLAIN)
        assert isinstance(error, ModelError)
        assert (error.code, error.paid) == ("model.unreachable", False)

    def test_after_a_fault_the_next_call_is_as_good_as_ever(self) -> None:
        assert self.codes([FAULTS["cut"], FAULTS["10 MB"], FAULTS["no usage"]])[-1] == ""


def number(body: Mapping[str, Any]) -> int:
    """The number that a body asks about."""
    from firstfive.testing.protocols import words

    return int(words(body).rpartition("number ")[2].split()[0])
