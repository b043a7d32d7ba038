"""`firstfive models list` and `firstfive models test`, against a loopback provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import Ended, firstfive
from firstfive.testing.faults import FAULTS, Fault, Said
from firstfive.testing.protocols import smallest
from firstfive.testing.providers import Provider, provider

PRICES = ("--set", "prices.vllm:m.input=1", "--set", "prices.tei:bge.input=0.1")
KEYS = {"OPENAI_API_KEY": "sk-loopback", "VLLM_API_KEY": "", "TEI_API_KEY": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    firstfive("init", "-p", tmp_path)
    return tmp_path


@pytest.fixture
def loopback() -> Iterator[Provider]:
    with provider() as running:
        yield running


def models(folder: Path, command: str, *words: str) -> Ended:
    return firstfive("models", command, "-p", folder, *words, environment=KEYS)


def at(loopback: Provider, *more: str) -> list[str]:
    """Settings of one model at the loopback server, and others."""
    return ["--set", "models.llm=vllm:m", "--set", f"providers.vllm.url={loopback.openai}", *PRICES, *more]


@pytest.mark.parametrize("command", ["list", "test"])
def test_without_a_model_it_says_how_to_name_one(folder: Path, command: str) -> None:
    ended = models(folder, command)
    assert ended.status == 0
    assert "models.llm" in ended.out
    assert models(folder, command, "--json").answer == []


def test_the_list_has_every_model_in_its_role_and_calls_nobody(folder: Path, loopback: Provider) -> None:
    more = ["--set", "models.fallback=openai:gpt-4.1-mini,local:x.gguf", "--set", "models.embedder=tei:bge"]
    ended = models(folder, "list", *at(loopback, *more))
    lines = ended.out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["vllm:m", "openai:gpt-4.1-mini", "local:x.gguf", "tei:bge"]
    assert "$1 in and $0 out" in lines[0]
    assert "env:OPENAI_API_KEY" in lines[1]
    assert "no price" in lines[1]
    assert "costs nothing" in lines[2]
    assert "embedder" in lines[3]
    assert loopback.asked == []
    assert "sk-loopback" not in ended.out


def test_a_model_that_answers_is_shown_with_what_works(folder: Path, loopback: Provider) -> None:
    ended = models(folder, "test", *at(loopback))
    assert ended.status == 0
    assert "vllm:m (llm): " in ended.out
    assert "schema yes, log-probabilities yes" in ended.out
    assert len(loopback.asked) == 2


def test_asking_again_asks_the_model_and_not_the_cache(folder: Path, loopback: Provider) -> None:
    models(folder, "test", *at(loopback))
    models(folder, "test", *at(loopback))
    assert len(loopback.asked) == 4


def test_an_embedder_is_shown_with_the_size_of_its_vectors(folder: Path, loopback: Provider) -> None:
    more = ["--set", "models.embedder=tei:bge", "--set", f"providers.tei.url={loopback.url}"]
    (llm, embedder) = models(folder, "test", "--json", *at(loopback, *more)).answer
    assert (llm["schema"], llm["logprobs"], llm["tokens"], llm["vector"]) == (True, True, True, 0)
    assert (embedder["role"], embedder["vector"], embedder["schema"]) == ("embedder", 8, None)
    assert llm["cost_usd"] > 0


def test_what_a_model_cannot_do_is_said(folder: Path) -> None:
    def answer(body: dict[str, object]) -> Said:
        said = smallest(body)
        return Said(
            "no JSON" if body.get("response_format") else "yes", input_tokens=None, logprobs=said.logprobs and {}
        )

    with provider(answer) as loopback:
        ended = models(folder, "test", *at(loopback))
    assert "schema no, log-probabilities no" in ended.out
    assert "does not say how many tokens" in ended.out


def test_one_that_does_not_answer_is_said_and_the_others_are_tested(folder: Path) -> None:
    def faults(number: int) -> Fault | None:
        return FAULTS["401"] if number == 0 else None

    with provider(faults=faults) as loopback:
        more = ["--set", "models.fallback=vllm2:m", "--set", "providers.vllm2.api=openai", "--set"]
        more += [f"providers.vllm2.url={loopback.openai}", "--set", "prices.vllm2:m.input=0"]
        ended = models(folder, "test", *at(loopback, *more))
    first, *tried, second, shaped, chosen = ended.out.splitlines()
    assert ended.status == 1
    assert first.startswith("vllm:m (llm): model.key: ")
    assert [line.partition(",")[0] for line in tried] == [
        "  schema: does not work",
        "  log-probabilities: does not work",
    ]
    assert second.startswith("vllm2:m (fallback): ")
    assert "schema yes" in second
    assert shaped.startswith("  schema: works, ")
    assert chosen.startswith("  log-probabilities: works, ")


def test_each_thing_that_was_tried_is_said_with_why_it_does_not_work(folder: Path) -> None:
    def answer(body: dict[str, object]) -> str | Said:
        return "no JSON" if body.get("response_format") else smallest(body)

    with provider(answer) as loopback:
        ended = models(folder, "test", *at(loopback))
        (one,) = models(folder, "test", "--json", *at(loopback)).answer
    head, shaped, chosen = ended.out.splitlines()
    assert ended.status == 0
    assert "schema no, log-probabilities yes" in head
    assert shaped.startswith("  schema: does not work, ")
    assert "model.reply: vllm:m gave a reply that is not what was asked for" in shaped
    assert chosen.startswith("  log-probabilities: works, ")
    assert [(each["what"], each["code"]) for each in one["tried"]] == [
        ("schema", "model.reply"),
        ("log-probabilities", ""),
    ]
    assert one["tried"][1]["cost_usd"] > 0


def test_a_recording_is_not_asked_for_what_it_cannot_have(folder: Path) -> None:
    ended = models(folder, "test", "--set", "models.llm=replay:run.jsonl")
    assert ended.status == 0
    assert "answers what was recorded" in ended.out
