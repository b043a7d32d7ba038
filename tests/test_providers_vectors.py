"""Vectors and scores from each provider that has them, against its loopback wire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from firstfive.errors import ModelError
from firstfive.models.providers import open_provider
from firstfive.ports import Call, Reply, Usage
from firstfive.settings.sections import ProviderSettings
from firstfive.testing.faults import FAULTS, Fault
from firstfive.testing.protocols import vector
from firstfive.testing.providers import Provider, provider
from firstfive.testing.providers_contract import asked

TEXTS = ("rye bread", "iron pumps", "bread and cakes of rye")
EMBED = Call("test", kind="embed", texts=TEXTS)
RANK = Call("test", kind="rerank", text="rye bread", texts=("iron pumps", "bread of rye", "honey"))

EMBEDDERS = {
    "openai": ("openai", "text-embedding-3-small", {}),
    "vllm": ("vllm", "bge-m3", {}),
    "azure": ("azure", "my-embedder", {"version": "2024-10-21"}),
    "tei": ("tei", "bge", {}),
    "cohere on Bedrock": ("bedrock", "cohere.embed-english-v3", {"region": "us-east-1"}),
    "sagemaker": ("sagemaker", "my-endpoint", {"region": "us-east-1"}),
}
ALONE = {
    "titan": ("bedrock", "amazon.titan-embed-text-v2:0", {"region": "us-east-1"}),
    "nova": ("bedrock", "amazon.nova-2-multimodal-embeddings-v1:0", {"region": "us-east-1"}),
}
RANKERS = {
    "vllm": ("vllm", "bge-reranker", {}),
    "tei": ("tei", "bge-reranker", {}),
    "cohere on Bedrock": ("bedrock", "cohere.rerank-v3-5:0", {"region": "us-east-1"}),
    "sagemaker": ("sagemaker", "my-endpoint", {"region": "us-east-1"}),
}
OTHER_SHAPE = ("null with 200", "a list with 200", "an empty object with 200")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys for everybody, of nobody."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-loopback")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "sk-loopback")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALOOPBACK")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def given(row: tuple[str, str, dict[str, str]], loopback: Provider, call: Call) -> Reply | ModelError:
    """What the provider of a row says to a call."""
    name, model, settings = row
    url = loopback.openai if name in {"openai", "vllm"} else loopback.url
    opened = open_provider(name, model, ProviderSettings(url=url, **settings), folder=Path())  # type: ignore[arg-type]
    return asked(opened, call)[0]


@pytest.mark.parametrize("name", EMBEDDERS)
def test_each_text_gets_its_vector_in_order_by_one_request(name: str) -> None:
    with provider() as loopback:
        reply = given(EMBEDDERS[name], loopback, EMBED)
    assert isinstance(reply, Reply)
    assert reply.vectors is not None
    assert np.allclose(reply.vectors, [vector(text, 8) for text in TEXTS], atol=1e-6)
    assert reply.usage == (None if name == "sagemaker" else Usage(9))
    assert len(loopback.asked) == 1


@pytest.mark.parametrize("name", ALONE)
def test_a_model_that_takes_one_text_a_call_says_so_before_it_is_asked(name: str) -> None:
    with provider() as loopback:
        several = given(ALONE[name], loopback, EMBED)
        assert isinstance(several, ModelError)
        assert several.code == "model.request"
        assert loopback.asked == []
        one = given(ALONE[name], loopback, Call("test", kind="embed", texts=TEXTS[:1]))
    assert isinstance(one, Reply)
    assert one.vectors is not None
    assert np.allclose(one.vectors, [vector(TEXTS[0], 8)], atol=1e-6)


@pytest.mark.parametrize("name", RANKERS)
def test_each_text_gets_its_score_in_order_by_one_request(name: str) -> None:
    with provider() as loopback:
        reply = given(RANKERS[name], loopback, RANK)
    assert isinstance(reply, Reply)
    assert len(reply.scores) == 3
    assert max(reply.scores) == reply.scores[1]
    assert len(loopback.asked) == 1


@pytest.mark.parametrize("name", EMBEDDERS)
@pytest.mark.parametrize("fault", ["zero vectors", "NaN vectors", "a vector missing", *OTHER_SHAPE])
def test_vectors_without_direction_or_of_another_number_are_no_reply(name: str, fault: str) -> None:
    with provider(faults=[FAULTS[fault]]) as loopback:
        error = given(EMBEDDERS[name], loopback, EMBED)
    assert isinstance(error, ModelError)
    assert error.code == "model.reply"
    assert len(loopback.asked) == 1


@pytest.mark.parametrize("name", RANKERS)
@pytest.mark.parametrize("fault", OTHER_SHAPE)
def test_scores_of_another_form_are_no_reply(name: str, fault: str) -> None:
    with provider(faults=[FAULTS[fault]]) as loopback:
        error = given(RANKERS[name], loopback, RANK)
    assert isinstance(error, ModelError)
    assert error.code == "model.reply"


def broken(change: Callable[[bytes], bytes]) -> Fault:
    from dataclasses import replace

    return Fault(wire=lambda wire: replace(wire, body=change(wire.body)))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b'"index":1', b'"index":0'),
        lambda body: body.replace(b'"index":1', b'"index":"1"}, {"index":1'),
        lambda body: body.replace(b'"index":1', b'"index":7'),
        lambda body: body.replace(b'embedding":[', b'embedding":[[', 1),
        lambda body: body.replace(b'embedding":[', b'embedding":[true,', 1),
        lambda body: body.replace(b'embedding":[', b'embedding":[1e99,', 2),
    ],
)
def test_indexes_and_numbers_that_cannot_be_are_no_reply(change: Callable[[bytes], bytes]) -> None:
    with provider(faults=[broken(change)]) as loopback:
        error = given(EMBEDDERS["vllm"], loopback, EMBED)
    assert isinstance(error, ModelError)
    assert error.code == "model.reply"


def test_vectors_are_asked_for_as_base64_where_that_is_understood() -> None:
    with provider() as loopback:
        given(EMBEDDERS["openai"], loopback, EMBED)
        given(EMBEDDERS["vllm"], loopback, EMBED)
    assert [body.get("encoding_format") for body in loopback.bodies] == ["base64", None]


def test_a_provider_without_vectors_says_so_and_is_not_asked() -> None:
    with provider() as loopback:
        error = given(("anthropic", "claude-haiku-4-5", {}), loopback, EMBED)
    assert isinstance(error, ModelError)
    assert error.code == "model.request"
    assert "embed" in str(error)
    assert loopback.asked == []
