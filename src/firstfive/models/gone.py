"""Stands where an embedder was that cannot be opened any more: whoever answers goes on by words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import ModelError

if TYPE_CHECKING:
    from firstfive.types import Pieces, Vectors


@dataclass(frozen=True, slots=True)
class Gone:
    """Fulfils the Embedder port but for vectors: asked for one, it says why there is none."""

    name: str
    why: str
    size: int = 1

    def embed(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002  # of the port
        """Raises ModelError model.files."""
        raise ModelError(self.why, code="model.files")

    def pieces(self, text: str) -> Pieces:  # noqa: ARG002  # of the port
        """None: there is no table."""
        return np.empty(0, dtype=np.uint32)

    @property
    def table(self) -> Vectors:
        """No rows."""
        return np.empty((0, 1), dtype=np.float16)
