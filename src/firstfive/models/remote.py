"""An embedder behind the gateway: vectors from a provider, budgeted, limited and cached like every other call.

A provider does not promise the same bits for a text twice; the ledger does, since a vector is made once and kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.errors import ModelError
from firstfive.guard import printable, storable
from firstfive.ports import Call, Gateway, Payer, Reply

if TYPE_CHECKING:
    from firstfive.types import Pieces, Vectors

WINDOW = 2000
"""Characters of a text that are embedded together: fewer tokens than any embedder takes, in most scripts."""
NOTHING = "-"
"""What is embedded for a text without a character that shows: providers refuse empty texts."""
NOBODY = Payer()
QUERY_S = 1.0
"""A person waits for this: a request's vector is there in time, or it is answered by words alone."""


@dataclass(frozen=True)
class GatewayEmbedder:
    """Fulfils the Embedder port by calls of kind "embed" to one model, "PROVIDER:MODEL".

    kept: a file that remembers how many numbers a vector has; without it, the smallest call asks. at_once: texts in one
    call. deadline_s: what an `embed` may take. fresh: no stored vector is read. A text of several windows is their
    mean, weighted by their length.
    """

    model: str
    gateway: Gateway
    kept: Path
    at_once: int = 64
    deadline_s: float = 60.0
    payer: Payer = NOBODY
    fresh: bool = False

    @property
    def name(self) -> str:
        """The model and the size of a window. Which files a provider runs under a name, nobody else can say."""
        return f"{self.model}/{WINDOW}"

    @cached_property
    def size(self) -> int:
        """Numbers in a vector. Raises ModelError where that is not known and cannot be asked."""
        known = _read(self.kept)
        if self.model not in known:
            known[self.model] = int(self._asked([NOTHING], None).shape[1])
            _write(self.kept, known)
        return known[self.model]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), size). Raises ModelError where one of them cannot be had."""
        windows = [_windows(text) for text in texts]
        wanted = list(dict.fromkeys(window for each in windows for window in each))
        if not wanted:
            return np.empty((0, self.size), dtype=np.float32)
        made = dict(zip(wanted, self._asked(wanted, self.size), strict=True))
        return np.stack(
            [_mean([made[window] for window in each], [len(window) for window in each]) for each in windows]
        )

    def pieces(self, text: str) -> Pieces:  # noqa: ARG002  # of the port
        """Always empty: a provider has no word-piece table."""
        return np.empty(0, dtype=np.uint32)

    @property
    def table(self) -> Vectors:
        """No rows: a provider does not show it."""
        return np.empty((0, 1), dtype=np.float16)

    def _asked(self, texts: Sequence[str], size: int | None) -> Vectors:
        parts = [tuple(texts[start : start + self.at_once]) for start in range(0, len(texts), self.at_once)]
        calls = [Call("embed", kind="embed", texts=part) for part in parts]
        replies = self.gateway.many(
            calls, deadline_s=self.deadline_s, payer=self.payer, models=(self.model,), fresh=self.fresh
        )
        return np.concatenate([self._vectors(reply, size) for reply in replies])

    def _vectors(self, reply: Reply | ModelError, size: int | None) -> Vectors:
        if isinstance(reply, ModelError):
            raise reply
        vectors: Vectors = reply.value
        if size is not None and vectors.shape[1] != size:
            raise ModelError(
                f"{self.model} sent vectors of {vectors.shape[1]} numbers and those before had {size}; was the model "
                f"behind this name changed? Then remove {self.kept} and build again",
                code="model.reply",
            )
        return vectors


def _windows(text: str) -> list[str]:
    """The text in pieces of at most WINDOW characters, cut at spaces where there are some."""
    shown = printable(storable(text))[0].strip()
    found = []
    while len(shown) > WINDOW:
        space = shown.rfind(" ", WINDOW // 2, WINDOW)
        end = space if space > 0 else WINDOW
        found.append(shown[:end])
        shown = shown[end:].lstrip()
    return [*found, shown] if shown or found else [NOTHING]


def _mean(vectors: Sequence[Vectors], lengths: Sequence[int]) -> Vectors:
    """Of unit length. One vector is itself."""
    if len(vectors) == 1:
        return vectors[0]
    total = np.average(np.stack(vectors), axis=0, weights=lengths)
    length = np.linalg.norm(total)
    return (total / length if length > 0 else vectors[0]).astype(np.float32)


def _read(path: Path) -> dict[str, int]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}


def _write(path: Path, known: dict[str, int]) -> None:
    """Appears whole; where the folder cannot be written, the next process asks again."""
    part = path.with_suffix(".part")
    try:
        part.write_bytes(msgspec.json.encode(known))
        part.replace(path)
    except OSError:
        return
