"""A model in a GGUF file, run by llama.cpp in this process: a real library, and a model written on the spot."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from firstfive.errors import ModelError
from firstfive.models.providers import Provider, open_provider
from firstfive.ports import Call, Reply, Terms
from firstfive.settings.sections import ProviderSettings
from firstfive.testing.providers_contract import asked
from tiny_gguf import write_gguf

pytest.importorskip("xllamacpp")
PLAIN = Call("test", system="Be brief.", text="Is rye bread a bread?", max_tokens=4)
SCHEMA = {
    "type": "object",
    "properties": {"kind": {"enum": ["bakery", "school"]}, "open": {"type": "boolean"}},
    "required": ["kind", "open"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


@pytest.fixture
def model(file: Path) -> Provider:
    return open_provider("local", file.name, ProviderSettings(), folder=file.parent)


def reply(model: Provider, call: Call) -> Reply:
    (given,) = asked(model, call)
    assert isinstance(given, Reply), given
    return given


def error(model: Provider, call: Call, deadline_s: float = 20.0) -> ModelError:
    (given,) = asked(model, call, deadline_s=deadline_s)
    assert isinstance(given, ModelError)
    return given


def test_an_answer_that_ran_out_of_tokens_has_its_text_and_its_tokens_and_no_end(model: Provider) -> None:
    given = reply(model, PLAIN)
    assert given.text == "yesyesyesyes"
    assert not given.ended
    assert given.usage is not None
    assert given.usage.output_tokens == 4
    assert given.usage.input_tokens > len(PLAIN.text)


def test_an_answer_to_a_schema_is_json_that_fits_and_ends(model: Provider) -> None:
    given = reply(model, replace(PLAIN, schema=SCHEMA, max_tokens=400))
    assert given.ended
    assert "".join(given.text.split()) in {'{"kind":"bakery","open":true}', '{"kind":"school","open":true}'}


def test_the_log_probabilities_of_choices_are_those_of_the_first_token(model: Provider) -> None:
    given = reply(model, replace(PLAIN, choices=("no", "yes"), max_tokens=1))
    assert given.ended
    assert given.logprobs["yes"] - given.logprobs["no"] == pytest.approx(0.05 * 32, abs=1e-3)


def test_ten_at_once_are_answered_one_after_the_other(model: Provider) -> None:
    given = asked(model, *[replace(PLAIN, text=f"number {n}", max_tokens=n + 1) for n in range(10)])
    assert [one.text for one in given if isinstance(one, Reply)] == ["yes" * (n + 1) for n in range(10)]


def test_a_call_ends_at_its_deadline_and_the_next_one_does_not_wait_for_it(model: Provider) -> None:
    long = replace(PLAIN, max_tokens=1000)

    async def both() -> tuple[str, float, float, str]:
        await model(PLAIN, Terms(monotonic() + 20))
        begun = monotonic()
        await model(long, Terms(monotonic() + 60))
        whole = monotonic() - begun
        with pytest.raises(ModelError) as late:
            await model(long, Terms(monotonic() + 0.1))
        begun = monotonic()
        after = await model(PLAIN, Terms(monotonic() + 20))
        return late.value.code, monotonic() - begun, whole, after.text

    code, took, whole, text = asyncio.run(both())
    assert (code, text) == ("model.timeout", "yesyesyesyes")
    assert took < whole / 2


def test_text_that_is_longer_than_the_context_is_not_taken(model: Provider) -> None:
    given = error(model, replace(PLAIN, text="bread " * 9000))
    assert given.code == "model.request"
    assert "context" in str(given)


def test_a_schema_that_is_none_is_not_taken(model: Provider) -> None:
    assert error(model, replace(PLAIN, schema={"type": "nonsense"})).code == "model.request"


def test_half_a_character_does_no_harm(model: Provider) -> None:
    assert reply(model, replace(PLAIN, text="half \ud83e of a pair\x00")).text == "yesyesyesyes"


def test_each_text_gets_a_vector(model: Provider) -> None:
    given = reply(model, Call("test", kind="embed", texts=("rye", "bread")))
    assert given.vectors is not None
    assert given.vectors.shape == (2, 32)


def test_a_file_that_is_not_there_or_is_no_model_is_said_with_its_name(file: Path) -> None:
    (file.parent / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 60)
    for name in ("nothing.gguf", "broken.gguf"):
        broken = open_provider("local", name, ProviderSettings(), folder=file.parent)
        given = error(broken, PLAIN)
        assert given.code == "model.files"
        assert name in str(given)


def test_nobody_else_can_use_the_port_that_the_library_opens(model: Provider) -> None:
    from firstfive.models.providers import local

    reply(model, PLAIN)
    (engine,) = [one for (path, embeds), one in local._engines.items() if path.name == "tiny.gguf" and not embeds]
    host, _, port = engine.server.listening_address.removeprefix("http://").partition(":")
    assert host == "127.0.0.1"
    with socket.create_connection((host, int(port)), 5) as connection:
        body = b'{"prompt": "x", "n_predict": 1}'
        head = f"POST /completion HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        assert b" 401 " in connection.recv(200)
