"""The contract of the Embedder port, and an embedder of words that needs no model.

Every implementation's tests inherit `EmbedderContract` and give it an `embedder` fixture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firstfive.ports import Embedder
from firstfive.types import digest

if TYPE_CHECKING:
    from firstfive.types import Pieces, Vectors

__all__ = ["COMPANY", "EmbedderContract", "HashedWords"]

BUCKETS = 4_096
_WORD = re.compile(r"\w+")

COMPANY = (
    "A bakery that bakes rye bread.",
    "bread",
    "",
    "🥐🥖",
    "مخبز خبز الجاودار",
    "Bäckerei für Roggenbrot: frisch, jeden Morgen!",
    "rye " * 700,
    "a\x00b \u202e\u200b",
    "half \ud83e of a pair",
)
"""Texts of every length and writing, as an embedder meets them in one batch."""


class HashedWords:
    """The sum of a fixed direction a word, at unit length: texts are alike by the share of words they have in common.

    Words share 4,096 directions, chosen by their hash.
    """

    def __init__(self, size: int = 64) -> None:
        self.size = size
        self.name = f"hashed-words-{size}"
        rows = np.random.default_rng(5).standard_normal((BUCKETS, size)).astype(np.float32)
        self._table: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    @property
    def table(self) -> Vectors:
        """(4096, size)."""
        return self._table

    def pieces(self, text: str) -> Pieces:
        """The directions of the text's words."""
        return np.unique(np.array([_bucket(word) for word in _WORD.findall(text.casefold())], dtype=np.uint32))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), size). A text without a word gets the direction of its characters' hash."""
        rows = [self._one(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.size), dtype=np.float32)

    def _one(self, text: str) -> Vectors:
        words = _WORD.findall(text.casefold()) or [text]
        total = self._table[[_bucket(word) for word in words]].sum(axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def _bucket(word: str) -> int:
    return int(digest(word)[:8], 16) % BUCKETS


class EmbedderContract:
    """What every embedder promises."""

    def test_each_text_gets_a_row_of_unit_length(self, embedder: Embedder) -> None:
        vectors = embedder.embed(COMPANY)
        assert vectors.shape == (len(COMPANY), embedder.size)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        vectors = embedder.embed([])
        assert vectors.shape == (0, embedder.size)
        assert vectors.dtype == np.float32

    def test_a_vector_is_bit_equal_alone_in_company_and_in_any_order(self, embedder: Embedder) -> None:
        together = embedder.embed(COMPANY)
        alone = np.concatenate([embedder.embed([text]) for text in COMPANY])
        turned = embedder.embed(COMPANY[::-1])[::-1]
        assert together.tobytes() == alone.tobytes() == turned.tobytes()

    def test_a_text_given_twice_gets_its_vector_twice(self, embedder: Embedder) -> None:
        twice = embedder.embed(["bread", "iron", "bread"])
        assert twice[0].tobytes() == twice[2].tobytes() != twice[1].tobytes()

    def test_the_end_of_a_long_text_is_read_as_well(self, embedder: Embedder) -> None:
        bread, iron = embedder.embed([f"{'rye ' * 2000} bread bread", f"{'rye ' * 2000} iron iron"])
        assert not np.array_equal(bread, iron)

    def test_texts_that_say_the_same_are_more_alike_than_others(self, embedder: Embedder) -> None:
        bread, loaf, iron = embedder.embed(["rye bread and cakes", "bread and cakes of rye", "iron pump housings"])
        assert float(bread @ loaf) > float(bread @ iron)

    def test_ten_threads_at_once_get_the_vectors_that_one_gets(self, embedder: Embedder) -> None:
        wanted = embedder.embed(COMPANY).tobytes()
        with ThreadPoolExecutor(10) as pool:
            given = list(pool.map(lambda _: embedder.embed(COMPANY).tobytes(), range(10)))
        assert given == [wanted] * 10

    def test_the_name_says_which_model_it_is(self, embedder: Embedder) -> None:
        assert embedder.name
        assert embedder.name == embedder.name.strip()

    def test_pieces_are_distinct_rows_of_the_table_in_order(self, embedder: Embedder) -> None:
        pieces = embedder.pieces("rye bread and more rye bread")
        assert pieces.dtype == np.uint32
        assert pieces.tolist() == sorted(set(pieces.tolist()))
        assert all(piece < len(embedder.table) for piece in pieces)

    def test_texts_share_the_pieces_of_the_words_they_share(self, embedder: Embedder) -> None:
        both = np.intersect1d(embedder.pieces("rye bread"), embedder.pieces("a bread, and iron"))
        assert both.tolist() == embedder.pieces("bread").tolist()

    @pytest.mark.parametrize("text", ["", "?! ...", " \n", "\x00"])
    def test_punctuation_is_no_piece(self, embedder: Embedder, text: str) -> None:
        assert len(embedder.pieces(text)) == 0
