"""Which passages support a wish, and which part of it."""

from __future__ import annotations

import pytest

from firstfive.ask import read
from firstfive.build.describe import passages, row_spans
from firstfive.rank import explain
from firstfive.rank.supporting import MOST_PARTS, parts_of
from firstfive.types import Item, ItemId, Mismatch, Reason, Request, StampId, Wish


def explained(request: str, text: str) -> tuple[Reason | None, Mismatch | None]:
    """Why an item of this text is shown to who asks so, without vectors."""
    item = Item(ItemId("a"), "", text, passages(text), {}, StampId("s"))
    return explain(item, row_spans(item.title, item.text, item.passages), read(Request(request)).wishes, None)


@pytest.mark.parametrize("joined", [" and ", " or ", " et ", " ou "])
def test_a_wish_of_very_many_parts_is_explained(joined: str) -> None:
    text = joined.join(f"{chr(97 + at // 26)}{chr(97 + at % 26)}thing" for at in range(150))
    item = Item(ItemId("a"), "", "Here is aathing.", passages("Here is aathing."), {}, StampId("s"))
    reason, _ = explain(item, row_spans("", item.text, item.passages), [Wish(text, 0, len(text))], None)
    assert reason is not None
    assert reason.said.text == "aathing"
    assert len(parts_of(text)) == 1 + MOST_PARTS


def test_each_row_is_given_the_part_that_it_says_most_of() -> None:
    reason, _ = explained("a garden and a garage", "A garage.")
    assert reason is not None
    assert reason.said.text.endswith("garage")
