"""Text Embeddings Inference: vectors by `/embed`, scores by `/rerank`. Tokens are counted in a header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firstfive.models.providers.vectors import bearer, in_order, scores, table
from firstfive.ports import Call, Reply, Terms, Usage

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened
    from firstfive.models.providers.wire import Exchange, Wire


@dataclass(frozen=True, slots=True)
class Tei:
    """A Model for vectors and scores."""

    who: str
    wire: Wire
    url: str
    headers: dict[str, str] = field(repr=False)

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """One request on the wire. Raises ModelError."""
        if call.kind == "rerank":
            body = {"query": call.text, "texts": call.texts, "truncate": True}
            exchange = await self.wire.post(f"{self.url}rerank", body, self.headers)
            found = in_order(self.who, exchange.value, "score", len(call.texts))
            return Reply(self.who, usage=_usage(exchange), scores=scores(self.who, found))
        exchange = await self.wire.post(f"{self.url}embed", {"inputs": call.texts, "truncate": True}, self.headers)
        vectors = table(self.who, exchange.value, len(call.texts))
        return Reply(self.who, usage=_usage(exchange), vectors=vectors)


def tei(opened: Opened) -> Tei:
    """Vectors and scores from this server."""
    return Tei(opened.who, opened.wire, opened.url(""), bearer(opened))


def _usage(exchange: Exchange) -> Usage | None:
    counted = exchange.headers.get("x-compute-tokens", "")
    return Usage(int(counted)) if counted.isascii() and counted.isdigit() and int(counted) else None
