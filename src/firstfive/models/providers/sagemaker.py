"""SageMaker endpoints that run Hugging Face containers.

With the messages API (TGI, vLLM and LMI containers), an endpoint takes and gives OpenAI's chat completions, so these
are made and read as everywhere, and only their envelope is SageMaker's. With `version = "inputs"` the container takes
{"inputs": ...}: text generation, or vectors and scores as Text Embeddings Inference has them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from firstfive.models.providers import aws, reading
from firstfive.models.providers.vectors import in_order, scores, table
from firstfive.models.providers.wire import through
from firstfive.ports import Call, Model, Reply, Terms, Usage

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened
    from firstfive.models.providers.wire import Wire

INPUTS = "inputs"
GENERATED = reading.Shape(finish=(0, "details", "finish_reason"), given=())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. model: its name."""

    who: str
    model: str
    service: aws.Service
    wire: Wire

    async def invoke(self, body: bytes) -> bytes:
        """The container's answer. Raises ModelError."""
        answer = await self.service.call(
            "invoke_endpoint",
            EndpointName=self.model,
            Body=body,
            ContentType="application/json",
            Accept="application/json",
        )
        return bytes(answer["Body"].read())


def endpoint(opened: Opened) -> Endpoint:
    """The endpoint that the model's name names."""
    return Endpoint(opened.who, opened.model, aws.service(opened, "sagemaker-runtime"), opened.wire)


def chat(opened: Opened) -> Model:
    """Completions: by the messages API, or by {"inputs": ...} where the settings say so."""
    made = endpoint(opened)
    if opened.settings.version == INPUTS:
        return Generation(made)
    from firstfive.models.providers.openai import chat_over

    return chat_over(opened, through(made.invoke), "http://endpoint/v1")


@dataclass(frozen=True, slots=True)
class Generation:
    """A Model for completions by {"inputs": ...}: the container puts no turns around the text."""

    endpoint: Endpoint

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """One request on the wire. Raises ModelError."""
        body = {"inputs": _prompt(call), "parameters": _parameters(call)}
        with self.endpoint.wire.exchange() as exchange:
            await self.endpoint.invoke(msgspec.json.encode(body))
        value = exchange.value if isinstance(exchange.value, list) else [exchange.value]
        text = reading.at(value, (0, "generated_text"))
        return Reply(
            self.endpoint.who,
            text if isinstance(text, str) else "",
            ended=reading.ended(value, GENERATED, one_token=bool(call.choices)),
            usage=_usage(value),
            logprobs=reading.by_choice(_first_token(value), call.choices) if call.choices else {},
        )


def _prompt(call: Call) -> str:
    words = (
        f"Answer with one JSON value that fits this JSON Schema, and nothing else:\n{json.dumps(call.schema)}"
        if call.schema is not None
        else ""
    )
    return "\n\n".join(filter(None, (call.system, words, call.text)))


def _parameters(call: Call) -> dict[str, Any]:
    asked: dict[str, Any] = {"max_new_tokens": call.max_tokens, "return_full_text": False, "details": True}
    if call.temperature > 0:
        asked |= {"do_sample": True, "temperature": call.temperature}
    if call.schema is not None:
        asked["grammar"] = {"type": "json", "value": call.schema}
    if call.choices:
        asked["top_n_tokens"] = 5
    return asked


def _usage(value: Any) -> Usage | None:
    """Tokens in are those of `prefill`, which is listed only where the container was asked to; else nobody knows."""
    prefill = reading.at(value, (0, "details", "prefill"))
    written = reading.at(value, (0, "details", "generated_tokens"))
    if not isinstance(prefill, list) or not prefill or type(written) is not int or written < 0:
        return None
    return Usage(len(prefill), written)


def _first_token(value: Any) -> Mapping[str, Any]:
    """The first token's alternatives, as a chat completion has them."""
    first = reading.at(value, (0, "details", "top_tokens", 0)) or reading.at(value, (0, "details", "tokens"))
    tokens = [each for each in first or [] if isinstance(each, dict)]
    listed = [{"token": each.get("text"), "logprob": each.get("logprob")} for each in tokens]
    place = {"token": listed[0]["token"] if listed else "", "top_logprobs": listed}
    return {"choices": [{"logprobs": {"content": [place]}}]}


@dataclass(frozen=True, slots=True)
class Vectored:
    """A Model for vectors and scores by a container of Text Embeddings Inference."""

    endpoint: Endpoint

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """One request on the wire. Raises ModelError."""
        who = self.endpoint.who
        ranking = call.kind == "rerank"
        body = {"query": call.text, "texts": call.texts} if ranking else {"inputs": call.texts}
        with self.endpoint.wire.exchange() as exchange:
            await self.endpoint.invoke(msgspec.json.encode({**body, "truncate": True}))
        if ranking:
            return Reply(who, scores=scores(who, in_order(who, exchange.value, "score", len(call.texts))))
        return Reply(who, vectors=table(who, exchange.value, len(call.texts)))


def vectors(opened: Opened) -> Vectored:
    """Vectors and scores from the endpoint."""
    return Vectored(endpoint(opened))
