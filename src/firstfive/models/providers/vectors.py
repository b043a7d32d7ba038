"""Vectors and scores out of replies, and what OpenAI-compatible servers have for them: `/embeddings` and `/rerank`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.errors import ModelError
from firstfive.models.providers import reading
from firstfive.ports import Call, Reply, Terms

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened
    from firstfive.models.providers.wire import Wire
    from firstfive.types import Vectors

TOTAL = reading.Shape(finish=(), given=("usage", "total_tokens"))
"""The tokens of calls that write none."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A Model for vectors: `POST /embeddings`."""

    who: str
    model: str
    wire: Wire
    url: str
    headers: Mapping[str, str]
    packed: bool

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """A vector for each of the call's texts. Raises ModelError."""
        body: dict[str, Any] = {"model": self.model, "input": call.texts}
        if self.packed:
            body["encoding_format"] = "base64"
        value = (await self.wire.post(self.url, body, self.headers)).value
        rows = in_order(self.who, reading.at(value, ("data",)), "embedding", len(call.texts))
        tokens = reading.usage(value, reading.OPENAI_VECTORS) or reading.usage(value, TOTAL)
        return Reply(self.who, usage=tokens, vectors=table(self.who, [_unpacked(row) for row in rows], len(rows)))


@dataclass(frozen=True, slots=True)
class Ranks:
    """A Model for scores: `POST /rerank`, as Cohere shaped it and vLLM, llama.cpp, Jina and others speak it."""

    who: str
    model: str
    wire: Wire
    url: str
    headers: Mapping[str, str]

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """A score for each of the call's texts. Raises ModelError."""
        body = {"model": self.model, "query": call.text, "documents": call.texts, "top_n": len(call.texts)}
        value = (await self.wire.post(self.url, body, self.headers)).value
        found = in_order(self.who, reading.at(value, ("results",)), "relevance_score", len(call.texts))
        return Reply(self.who, usage=reading.usage(value, TOTAL), scores=scores(self.who, found))


def embeddings(opened: Opened) -> Embeddings:
    """Vectors over OpenAI's API."""
    url, headers = _address(opened, "embeddings")
    return Embeddings(opened.who, opened.model, opened.wire, url, headers, opened.vendor.packed)


def ranks(opened: Opened) -> Ranks:
    """Scores from an OpenAI-compatible server that has them."""
    url, headers = _address(opened, "rerank")
    return Ranks(opened.who, opened.model, opened.wire, url, headers)


def bearer(opened: Opened) -> dict[str, str]:
    """The header with the key, where there is one."""
    return {"authorization": f"Bearer {opened.key.value}"} if opened.key.value else {}


def _address(opened: Opened, path: str) -> tuple[str, dict[str, str]]:
    version = opened.settings.version
    if opened.vendor.api == "azure" and version:
        url = opened.url(f"openai/deployments/{opened.model}/{path}?api-version={version}")
        return url, {"api-key": opened.key.value}
    return opened.url(path), bearer(opened)


def in_order(who: str, listed: Any, name: str, wanted: int) -> list[Any]:
    """What stands under a name, by "index": each index once and all of them. Raises ModelError model.reply."""
    rows = listed if isinstance(listed, list) else []
    places = [each.get("index") for each in rows if isinstance(each, dict) and name in each]
    if len(places) != len(rows) or len(rows) != wanted or {*map(str, places)} != {*map(str, range(wanted))}:
        raise ModelError(
            f"{who} sent {len(rows)} results for {wanted} texts, or with wrong indexes", code="model.reply"
        )
    return [each[name] for each in sorted(rows, key=lambda each: int(each["index"]))]


def table(who: str, rows: Any, wanted: int) -> Vectors:
    """(wanted, size) float32. Raises ModelError model.reply for another number, ragged rows, NaN and zero vectors."""
    try:
        vectors: Vectors = np.asarray(rows, dtype=np.float32)
    except (ValueError, TypeError, OverflowError) as wrong:
        raise ModelError(f"{who} sent vectors that are not numbers of one size", code="model.reply") from wrong
    if vectors.ndim != 2 or len(vectors) != wanted or not vectors.shape[1]:
        raise ModelError(
            f"{who} sent vectors of shape {vectors.shape} for {wanted} texts; is it a model of embeddings?",
            code="model.reply",
        )
    if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
        raise ModelError(f"{who} sent a vector without direction (zero or not finite)", code="model.reply")
    return vectors


def scores(who: str, found: Sequence[Any]) -> tuple[float, ...]:
    """Scores as finite numbers. Raises ModelError model.reply."""
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and np.isfinite(one) for one in found):
        raise ModelError(f"{who} sent a score that is no number", code="model.reply")
    return tuple(float(one) for one in found)


def _unpacked(row: Any) -> Any:
    """A vector that came as base64 of little-endian 32-bit floats as numbers."""
    if not isinstance(row, str):
        return row
    try:
        return np.frombuffer(base64.b64decode(row, validate=True), dtype="<f4")
    except (binascii.Error, ValueError):
        return None
