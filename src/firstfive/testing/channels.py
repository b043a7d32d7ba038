"""The contracts of a Release's files (TextChannel, VectorChannel, Catalogue), and each of them in memory.

Every implementation's tests inherit a contract and give it a fixture that indexes what the test hands over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from firstfive.errors import IndexFileError
from firstfive.ports import Catalogue, Column, Hits, TextChannel, VectorChannel
from firstfive.testing.stores import ODD_IDS
from firstfive.types import Item, ItemId, Mask, Span, StampId

if TYPE_CHECKING:
    from firstfive.types import Vectors

__all__ = [
    "CatalogueContract",
    "MemoryCatalogue",
    "MemoryText",
    "MemoryVectors",
    "TextChannelContract",
    "VectorChannelContract",
    "axis",
    "item",
    "marked",
]

IndexTexts = Callable[[Sequence[str]], TextChannel]
IndexRows = Callable[[Sequence["Vectors"], int], VectorChannel]
KeepItems = Callable[[Sequence[Item], Mapping[str, Column]], Catalogue]


def marked(items: int, *positions: int) -> Mask:
    """(items,): these positions and no others."""
    mask = np.zeros(items, dtype=bool)
    mask[list(positions)] = True
    return mask


def axis(*directions: float) -> Vectors:
    """(1, 4): a row of unit length in these directions."""
    row = np.zeros((1, 4), dtype=np.float32)
    row[0, : len(directions)] = directions
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def item(name: str, text: str = "She bakes. He casts iron.", **fields: str | float | bool | tuple[str, ...]) -> Item:
    """An item of two passages, made by hand."""
    cut = text.find(".") + 1
    spans = (Span(0, cut), Span(cut + 1, len(text)))
    return Item(ItemId(name), f"Title of {name}", text, spans, fields, StampId("s"), ItemId("head"))


# --- in memory --------------------------------------------------------------------------------------------------------


def _ranked(scores: Mapping[int, float], n: int, among: Mask | None) -> Hits:
    kept = [place for place in scores if among is None or among[place]]
    kept.sort(key=lambda place: (-scores[place], place))
    return Hits(np.array(kept[:n], dtype=np.int64), np.array([scores[p] for p in kept[:n]], dtype=np.float32))


class MemoryText:
    """Texts by how many words of the request they hold."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = [set(text.casefold().split()) for text in texts]

    def search(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n."""
        wanted = set(text.casefold().split())
        shared = {place: float(len(wanted & words)) for place, words in enumerate(self._words) if wanted & words}
        return _ranked(shared, n, among)

    def holding(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n that hold every word."""
        wanted = set(text.casefold().split())
        whole = {place: float(len(wanted)) for place, words in enumerate(self._words) if wanted and wanted <= words}
        return _ranked(whole, n, among)


class MemoryVectors:
    """Rows item by item, all of them scored."""

    def __init__(self, rows: Sequence[Vectors]) -> None:
        self._rows = rows

    def search(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        """The best n."""
        best = {place: float((rows @ vector).max()) for place, rows in enumerate(self._rows) if len(rows)}
        return _ranked(best, n, among)

    def rows(self, position: int) -> Vectors:
        """The item's rows."""
        return self._rows[position]


class MemoryCatalogue:
    """Items in a list."""

    def __init__(self, items: Sequence[Item], columns: Mapping[str, Column]) -> None:
        self._items = items
        self._columns = columns
        self._places = {one.id: place for place, one in enumerate(items)}

    def __len__(self) -> int:
        return len(self._items)

    def item(self, position: int) -> Item:
        """The item at this place."""
        if not 0 <= position < len(self):
            raise IndexFileError(f"the catalogue has no place {position}; it has {len(self)} items")
        return self._items[position]

    def position(self, item: ItemId) -> int | None:
        """Where the item is."""
        return self._places.get(item)

    def __contains__(self, item: object) -> bool:
        return item in self._places

    def columns(self) -> Mapping[str, Column]:
        """The typed fields."""
        return self._columns


# --- contracts --------------------------------------------------------------------------------------------------------


class TextChannelContract:
    """`indexed` is a fixture: texts -> a TextChannel over them."""

    def test_items_that_share_something_with_the_text_come_best_first(self, indexed: IndexTexts) -> None:
        channel = indexed(["iron pumps", "rye bread", "rye bread and honey cakes for you"])
        hits = channel.search("rye bread honey cakes", 5)
        assert hits.positions.tolist() == [2, 1]
        assert hits.scores[0] > hits.scores[1] > 0

    def test_no_more_than_n_are_found(self, indexed: IndexTexts) -> None:
        assert len(indexed(["rye bread"] * 4).search("bread", 3).positions) == 3

    def test_ties_go_to_the_lower_position(self, indexed: IndexTexts) -> None:
        assert indexed(["rye bread"] * 50).search("bread", 5).positions.tolist() == [0, 1, 2, 3, 4]

    def test_only_marked_items_count(self, indexed: IndexTexts) -> None:
        channel = indexed(["rye bread", "rye bread", "iron", "rye bread"])
        assert channel.search("rye bread", 5, marked(4, 1, 2, 3)).positions.tolist() == [1, 3]

    def test_a_marked_item_is_found_behind_any_number_of_better_ones(self, indexed: IndexTexts) -> None:
        channel = indexed([*["rye bread"] * 300, "one rye loaf among many other and longer things"])
        assert channel.search("rye bread", 2, marked(301, 300)).positions.tolist() == [300]

    def test_items_that_hold_every_term_are_found_apart(self, indexed: IndexTexts) -> None:
        channel = indexed(["rye bread", "rye", "honey", "rye bread and honey cakes", "bread"])
        assert channel.holding("rye bread", 5).positions.tolist() == [0, 3]
        assert channel.holding("rye bread", 1).positions.tolist() == [0]
        assert channel.holding("rye bread", 5, marked(5, 1, 3)).positions.tolist() == [3]
        assert len(channel.holding("", 5).positions) == 0

    def test_nothing_is_found_where_nothing_is_marked(self, indexed: IndexTexts) -> None:
        assert len(indexed(["rye bread"]).search("bread", 5, marked(1)).positions) == 0

    @pytest.mark.parametrize("text", ["", "zzzz qqqq", "🥐", "\x00", "?!", 'AND ( "', "*:* NOT [a TO b] \\", "\u202e"])
    def test_a_text_that_shares_nothing_finds_nothing(self, indexed: IndexTexts, text: str) -> None:
        hits = indexed(["rye bread", "iron pumps"]).search(text, 5)
        assert (len(hits.positions), len(hits.scores)) == (0, 0)
        assert hits.positions.dtype == np.int64
        assert hits.scores.dtype == np.float32

    def test_a_catalogue_of_nothing_is_searched_in_vain(self, indexed: IndexTexts) -> None:
        assert len(indexed([]).search("bread", 5).positions) == 0

    def test_a_request_of_any_length_is_searched(self, indexed: IndexTexts) -> None:
        channel = indexed(["rye bread", "iron pumps"])
        assert channel.search("pumps " + "and other words that nobody knows " * 3000, 1).positions.tolist() == [1]

    def test_ten_threads_at_once_find_what_one_finds(self, indexed: IndexTexts) -> None:
        channel = indexed([f"rye bread number {n}" for n in range(40)])
        wanted = channel.search("bread 7", 10).positions.tolist()
        with ThreadPoolExecutor(10) as pool:
            found = list(pool.map(lambda _: channel.search("bread 7", 10).positions.tolist(), range(40)))
        assert found == [wanted] * 40


class VectorChannelContract:
    """`indexed` is a fixture: (rows of each item, numbers in a row) -> a VectorChannel over them."""

    def test_an_item_counts_by_its_best_row(self, indexed: IndexRows) -> None:
        rows = [axis(1), np.concatenate([axis(0, 1), axis(1, 0.2)]), axis(1, 1)]
        hits = indexed(rows, 4).search(axis(1)[0], 3)
        assert hits.positions.tolist() == [0, 1, 2]
        assert hits.scores.tolist() == pytest.approx([1, 1 / np.sqrt(1.04), np.sqrt(0.5)], abs=1e-4)

    def test_no_more_than_n_items_are_found_and_each_once(self, indexed: IndexRows) -> None:
        twice = np.concatenate([axis(1), axis(1)])
        assert indexed([twice, twice, twice], 4).search(axis(1)[0], 2).positions.tolist() == [0, 1]

    def test_an_item_without_a_row_is_never_found(self, indexed: IndexRows) -> None:
        none = np.empty((0, 4), dtype=np.float32)
        hits = indexed([none, axis(1), none, axis(0, 1), none], 4).search(axis(-1)[0], 5)
        assert hits.positions.tolist() == [3, 1]

    def test_ties_go_to_the_lower_position(self, indexed: IndexRows) -> None:
        assert indexed([axis(1)] * 9, 4).search(axis(1)[0], 3).positions.tolist() == [0, 1, 2]

    def test_only_marked_items_count(self, indexed: IndexRows) -> None:
        channel = indexed([axis(1), axis(1, 0.1), np.concatenate([axis(0, 1), axis(1, 1)])], 4)
        assert channel.search(axis(1)[0], 5, marked(3, 1, 2)).positions.tolist() == [1, 2]

    def test_nothing_is_found_where_nothing_is_marked(self, indexed: IndexRows) -> None:
        assert len(indexed([axis(1)], 4).search(axis(1)[0], 5, marked(1)).positions) == 0

    def test_a_catalogue_without_rows_is_searched_in_vain(self, indexed: IndexRows) -> None:
        none = np.empty((0, 4), dtype=np.float32)
        assert len(indexed([none, none], 4).search(axis(1)[0], 5).positions) == 0

    def test_an_items_rows_are_given_back_as_they_came(self, indexed: IndexRows) -> None:
        rows = [axis(1), np.concatenate([axis(0, 1), axis(1, 0.2)]), np.empty((0, 4), dtype=np.float32)]
        channel = indexed(rows, 4)
        assert [channel.rows(place).tobytes() for place in range(3)] == [several.tobytes() for several in rows]
        assert channel.rows(2).shape == (0, 4)

    def test_ten_threads_at_once_find_what_one_finds(self, indexed: IndexRows) -> None:
        channel = indexed([axis(1, place / 10) for place in range(40)], 4)
        wanted = channel.search(axis(1)[0], 10).positions.tolist()
        with ThreadPoolExecutor(10) as pool:
            found = list(pool.map(lambda _: channel.search(axis(1)[0], 10).positions.tolist(), range(40)))
        assert found == [wanted] * 40


class CatalogueContract:
    """`kept` is a fixture: (items sorted by the bytes of their id, columns) -> a Catalogue of them."""

    def test_an_item_comes_back_as_it_was_written(self, kept: KeepItems) -> None:
        items = [item("a", size=12.5, tags=("x", "y"), open=True, country="DE"), item("b", "Ü 🙂. \n rtl مرحبا.")]
        catalogue = kept(items, {})
        assert [catalogue.item(place) for place in range(len(catalogue))] == items

    def test_every_item_is_found_by_its_id_whatever_the_id(self, kept: KeepItems) -> None:
        items = sorted((item(name) for name in ODD_IDS), key=lambda one: one.id.encode())
        catalogue = kept(items, {})
        assert [catalogue.position(one.id) for one in items] == list(range(len(items)))
        assert all(one.id in catalogue for one in items)

    @pytest.mark.parametrize("name", ["", "0", "aa", "c", "b ", "~", "\U0010ffff"])
    def test_an_id_that_is_not_there_has_no_position(self, kept: KeepItems, name: str) -> None:
        catalogue = kept([item("a"), item("b")], {})
        assert catalogue.position(ItemId(name)) is None
        assert name not in catalogue

    def test_a_catalogue_may_be_empty(self, kept: KeepItems) -> None:
        catalogue = kept([], {})
        assert len(catalogue) == 0
        assert catalogue.position(ItemId("a")) is None

    @pytest.mark.parametrize("place", [-1, 1, 10**9])
    def test_a_place_that_is_not_there_is_an_error(self, kept: KeepItems, place: int) -> None:
        with pytest.raises(IndexFileError):
            kept([item("a")], {}).item(place)

    def test_columns_come_back_as_they_were_written(self, kept: KeepItems) -> None:
        size = Column("number", np.array([1.5, np.nan]))
        starts, codes = np.array([0, 2, 2], dtype=np.int64), np.array([1, 0], dtype=np.int64)
        tags = Column("list", None, ("crypto", "ünï/ç"), starts, codes)
        columns = kept([item("a"), item("b")], {"size": size, "tags / odd": tags}).columns()
        assert list(columns) == ["size", "tags / odd"]
        assert columns["size"].kind == "number"
        assert np.array_equal(np.asarray(columns["size"].numbers), np.array([1.5, np.nan]), equal_nan=True)
        again = columns["tags / odd"]
        assert (again.kind, again.numbers, again.values) == ("list", None, ("crypto", "ünï/ç"))
        assert np.asarray(again.starts).tolist() == [0, 2, 2]
        assert np.asarray(again.codes).tolist() == [1, 0]
