"""Traced: a span for each call, with the names of OpenTelemetry's conventions for generative AI.

It carries ids and counts. The texts are on it only where `observe.content` is on.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from firstfive.observe import span
from firstfive.ports import Call, Model, Reply, Terms

OPERATIONS = {"complete": "chat", "embed": "embeddings", "rerank": "rerank"}
PROVIDERS = {"azure": "azure.ai.openai", "bedrock": "aws.bedrock", "sagemaker": "aws.sagemaker", "gemini": "gcp.gemini"}
"""What the conventions call a provider, where not by our name."""


class Span(Protocol):
    """As much of a span as is needed here."""

    def set_attribute(self, key: str, value: str | int | float | bool) -> None:
        """Adds one, or replaces it."""
        ...


class Traced:
    """The outermost layer: what came of a call, however it came about."""

    def __init__(self, inner: Model, *, content: bool = False) -> None:
        self.inner = inner
        self._content = content

    def __str__(self) -> str:
        return "traced, with content" if self._content else "traced"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """The span ends with the call; an error is on it by its code."""
        asked = terms.models[0] if terms.models else ""
        provider, _, model = asked.partition(":")
        operation = OPERATIONS[call.kind]
        attributes: dict[str, str | int | float | bool] = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": PROVIDERS.get(provider, provider),
            "gen_ai.request.model": model,
            "firstfive.step": call.step,
            "firstfive.prompt": call.prompt,
        }
        if call.kind == "complete":
            attributes |= {"gen_ai.request.max_tokens": call.max_tokens, "gen_ai.request.temperature": call.temperature}
        else:
            attributes["firstfive.texts"] = len(call.texts)
        with span(f"{operation} {model}", **attributes) as current:
            if self._content:
                _show_asked(current, call)
            reply = await self.inner(call, terms)
            _show(current, reply)
            if self._content:
                current.set_attribute("gen_ai.output.messages", _message("assistant", reply.text))
            return reply


def _show(current: Span, reply: Reply) -> None:
    current.set_attribute("gen_ai.response.model", reply.model.partition(":")[2] or reply.model)
    current.set_attribute("firstfive.source", reply.source)
    current.set_attribute("firstfive.cost_usd", reply.cost_usd)
    if reply.usage is not None:
        current.set_attribute("gen_ai.usage.input_tokens", reply.usage.input_tokens)
        current.set_attribute("gen_ai.usage.output_tokens", reply.usage.output_tokens)


def _show_asked(current: Span, call: Call) -> None:
    if call.system:
        current.set_attribute("gen_ai.system_instructions", _parts(call.system))
    current.set_attribute("gen_ai.input.messages", _message("user", call.text))


def _parts(text: str) -> str:
    return msgspec.json.encode([{"type": "text", "content": text}]).decode()


def _message(role: str, text: str) -> str:
    return msgspec.json.encode([{"role": role, "parts": [{"type": "text", "content": text}]}]).decode()
