"""Replies as bytes, for the cache and for recordings: without code, and without what is made anew from the rest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from firstfive.ports import Call, Reply, Terms, Usage, words_of

if TYPE_CHECKING:
    from firstfive.types import Vectors

FORM = 1
"""Rises when the form changes; what has another one is not read."""


class Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reply without its value, which is decoded and checked anew. vectors: (n, size) float32, little-endian."""

    form: int
    model: str
    text: str = ""
    ended: bool = True
    usage: tuple[int, int, int] | None = None
    logprobs: dict[str, float] = {}
    vectors: bytes = b""
    size: int = 0
    scores: tuple[float, ...] = ()

    @classmethod
    def of(cls, reply: Reply) -> Stored:
        """What is kept of a reply. Not what it cost: a repetition costs nothing."""
        used = reply.usage
        usage = (used.input_tokens, used.output_tokens, used.cached_tokens) if used is not None else None
        vectors, size = _bytes(reply.vectors)
        return cls(FORM, reply.model, reply.text, reply.ended, usage, dict(reply.logprobs), vectors, size, reply.scores)

    def reply(self) -> Reply:
        """The reply, without a value."""
        return Reply(
            self.model,
            self.text,
            ended=self.ended,
            usage=self.usage and Usage(*self.usage),
            logprobs=self.logprobs,
            vectors=_vectors(self.vectors, self.size),
            scores=self.scores,
        )


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Stored)


def pack(reply: Reply) -> bytes:
    """The reply as bytes."""
    return _encoder.encode(Stored.of(reply))


def unpack(data: bytes) -> Reply | None:
    """The reply without its value; None for bytes that are none, or of another form."""
    try:
        stored = _decoder.decode(data)
        return stored.reply() if stored.form == FORM else None
    except (msgspec.DecodeError, ValueError):
        return None


def _bytes(vectors: Vectors | None) -> tuple[bytes, int]:
    if vectors is None:
        return b"", 0
    return vectors.astype("<f4").tobytes(), int(vectors.shape[1])


def _vectors(data: bytes, size: int) -> Vectors | None:
    if not data:
        return None
    import numpy as np

    return np.frombuffer(data, dtype="<f4").reshape(-1, size).astype(np.float32)


def about(call: Call, terms: Terms) -> str | None:
    """Whose words a reply holds: `words_of` a request; empty: nobody's; None: not known.

    A run's calls are about the catalogue, unless they say otherwise.
    """
    if call.about:
        return words_of(call.about)
    return "" if terms.payer.run else None


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a recording: the call's digest, when it was answered, and the reply.

    about: `about` of the call.
    """

    digest: str
    recorded: datetime
    reply: Stored
    about: str | None = None
