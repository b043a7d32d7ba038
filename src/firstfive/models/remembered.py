"""An embedder that remembers the last texts: a request is embedded once, however many stages read its vector."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from firstfive.observe import span
from firstfive.ports import Embedder

if TYPE_CHECKING:
    from firstfive.types import Pieces, Vectors

HERE = "firstfive"
"""Who runs the model: this process."""


class Remembered:
    """Wraps an embedder with the vectors of the `keep` texts that were asked for last (1.5 KB each).

    provider: who runs the model, as traces name it.
    """

    def __init__(self, embedder: Embedder, keep: int = 512, provider: str = HERE) -> None:
        self._embedder = embedder
        self._provider = provider
        self._keep = keep
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The wrapped embedder's name."""
        return self._embedder.name

    @property
    def size(self) -> int:
        """The wrapped embedder's vector size."""
        return self._embedder.size

    @property
    def table(self) -> Vectors:
        """The wrapped embedder's table."""
        return self._embedder.table

    def pieces(self, text: str) -> Pieces:
        """The wrapped embedder's pieces."""
        return self._embedder.pieces(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), size); only texts not remembered reach the wrapped embedder."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            for text in found:
                self._known.move_to_end(text)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = dict(zip(missing, self._traced(missing), strict=True))
            found.update(fresh)
            with self._lock:
                last = missing[-self._keep :]
                self._known.update((text, fresh[text].copy()) for text in last)  # a row would hold its whole batch
                while len(self._known) > self._keep:
                    self._known.popitem(last=False)
        if not texts:
            return np.empty((0, self.size), dtype=np.float32)
        return np.stack([found[text] for text in texts])

    def _traced(self, texts: Sequence[str]) -> Vectors:
        """A call of the model as a span with the names of OpenTelemetry's conventions for generative AI."""
        model = self.name
        attributes: dict[str, str | int] = {
            "gen_ai.operation.name": "embeddings",
            "gen_ai.provider.name": self._provider,
            "gen_ai.request.model": model,
            "firstfive.texts": len(texts),
        }
        with span(f"embeddings {model}", **attributes):
            return self._embedder.embed(texts)
