"""Amazon Bedrock: completions by Converse, vectors and scores by InvokeModel in each family's own form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from firstfive.errors import ModelError
from firstfive.models.providers import aws, reading
from firstfive.models.providers.chat import Chat, by_bedrock
from firstfive.models.providers.vectors import in_order, scores, table
from firstfive.models.providers.vendors import texts_at_once
from firstfive.ports import Call, Reply, Terms, Usage

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened
    from firstfive.models.providers.wire import Exchange, Wire

COUNTED = "x-amzn-bedrock-input-token-count"


def chat(opened: Opened) -> Chat:
    """Completions by Converse."""
    return by_bedrock(opened, aws.client(opened, "bedrock-runtime"), aws.border(opened.who))


class Family(NamedTuple):
    """How a family of models is asked, and where its rows are."""

    kind: str
    ask: Callable[[Call], dict[str, Any]]
    rows: Callable[[str, Call, Any], Any]


def _titan(call: Call) -> dict[str, Any]:
    return {"inputText": call.texts[0]}


def _nova(call: Call) -> dict[str, Any]:
    text = {"truncationMode": "END", "value": call.texts[0]}
    asked = {"embeddingPurpose": "GENERIC_INDEX", "embeddingDimension": 1024, "text": text}
    return {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": asked}


def _cohere(call: Call) -> dict[str, Any]:
    return {"texts": call.texts, "input_type": "search_document", "embedding_types": ["float"], "truncate": "END"}


def _rerank(call: Call) -> dict[str, Any]:
    return {"query": call.text, "documents": call.texts, "top_n": len(call.texts), "api_version": 2}


def _cohere_rows(_who: str, _call: Call, value: Any) -> Any:
    return reading.at(value, ("embeddings", "float")) or reading.at(value, ("embeddings",))


def _ranked(who: str, call: Call, value: Any) -> Any:
    return in_order(who, reading.at(value, ("results",)), "relevance_score", len(call.texts))


FAMILIES: tuple[tuple[str, Family], ...] = (
    ("rerank", Family("rerank", _rerank, _ranked)),
    ("titan-embed", Family("embed", _titan, lambda _, __, value: [reading.at(value, ("embedding",))])),
    ("nova-", Family("embed", _nova, lambda _, __, value: [reading.at(value, ("embeddings", 0, "embedding"))])),
    ("cohere.embed", Family("embed", _cohere, _cohere_rows)),
)
"""By a part of the model's name."""


@dataclass(frozen=True, slots=True)
class Invoked:
    """A Model for vectors or scores by InvokeModel."""

    who: str
    model: str
    family: Family
    at_once: int
    service: aws.Service
    wire: Wire

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """One request on the wire. Raises ModelError."""
        self._fits(call)
        with self.wire.exchange() as exchange:
            await self.service.call(
                "invoke_model",
                modelId=self.model,
                body=msgspec.json.encode(self.family.ask(call)),
                contentType="application/json",
                accept="application/json",
            )
        rows = self.family.rows(self.who, call, exchange.value)
        if call.kind == "rerank":
            return Reply(self.who, usage=_usage(exchange), scores=scores(self.who, rows))
        return Reply(self.who, usage=_usage(exchange), vectors=table(self.who, rows, len(call.texts)))

    def _fits(self, call: Call) -> None:
        if call.kind != self.family.kind:
            raise ModelError(
                f"{self.who} is not a model for calls of kind {call.kind}; name another one in the settings",
                code="model.request",
            )
        if call.kind == "embed" and len(call.texts) > self.at_once:
            raise ModelError(
                f"{self.who} takes {self.at_once} texts a call, not {len(call.texts)}; send fewer at once",
                code="model.request",
            )


def vectors(opened: Opened) -> Invoked:
    """Vectors or scores, as the model's family has them. Raises ModelError for a family that is not known."""
    family = next((family for part, family in FAMILIES if part in opened.model.casefold()), None)
    if family is None:
        raise ModelError(
            f"{opened.who} is of no family that makes vectors or scores "
            f"(known are {', '.join(part for part, _ in FAMILIES)}); name another model in the settings",
            code="model.request",
        )
    at_once = texts_at_once(opened.name, opened.model, opened.settings)
    return Invoked(opened.who, opened.model, family, at_once, aws.service(opened, "bedrock-runtime"), opened.wire)


def _usage(exchange: Exchange) -> Usage | None:
    counted = exchange.headers.get(COUNTED) or reading.at(exchange.value, ("inputTextTokenCount",))
    text = str(counted)
    return Usage(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None
