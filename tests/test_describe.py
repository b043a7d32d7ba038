"""Docs to Items: passages that cover a text, and what of it is embedded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build.describe import describe, fingerprint, passages, readings, row_spans, stamp
from firstfive.types import Doc, ItemId, Span, Stamp


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in passages(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", []),
        (" \n\n ", []),
        ("She bakes", ["She bakes"]),
        ("She bakes. He casts iron!  Who sells?", ["She bakes.", "He casts iron!", "Who sells?"]),
        ("Bread\nCakes\n\n  Rolls ", ["Bread", "Cakes", "Rolls"]),
        ("パンを焼く。鉄を鋳る。", ["パンを焼く。", "鉄を鋳る。"]),
        ("Turnover is 3.5 million", ["Turnover is 3.5 million"]),
        ("Umsatz: 15,9 Mio. €. Sitz in St. Gallen.", ["Umsatz: 15,9 Mio. €.", "Sitz in St. Gallen."]),
        (
            "Founded by J. R. Smith in 1990. We sell, e.g. Bread.",
            ["Founded by J. R. Smith in 1990.", "We sell, e.g. Bread."],
        ),
        ("Adyen N.V. was first. No. 5 in the U.S. and here.", ["Adyen N.V. was first.", "No. 5 in the U.S. and here."]),
        ("GmbH & Co. KG, z. B. Fenster", ["GmbH & Co. KG, z. B. Fenster"]),
        ("Rich in vitamin C. Contains nuts.", ["Rich in vitamin C.", "Contains nuts."]),
        ("Length 5 m. Width 3 m. Size M. Red", ["Length 5 m.", "Width 3 m.", "Size M.", "Red"]),
        ("At 5 Main St. Dogs are welcome.", ["At 5 Main St.", "Dogs are welcome."]),
        ("Dr.\nMaier", ["Dr.", "Maier"]),
    ],
)
def test_passages_are_the_sentences(text: str, wanted: list[str]) -> None:
    assert cut(text) == wanted


def test_a_sentence_above_a_thousand_characters_is_cut_between_words() -> None:
    text = "word " * 500 + "end"
    pieces = cut(text)
    assert all(len(piece) <= 1_000 for piece in pieces)
    assert " ".join(pieces) == text


@pytest.mark.parametrize("text", ["x" * 2_500, "x\u00a0" * 1_500, "字" * 3_000])
def test_a_sentence_without_a_space_is_cut_all_the_same(text: str) -> None:
    pieces = cut(text)
    assert all(len(piece) <= 1_000 for piece in pieces)
    assert "".join(pieces).replace("\u00a0", "") == text.replace("\u00a0", "")


@pytest.mark.parametrize("sentences", [200, 201, 1_999, 20_000])
def test_a_text_of_many_sentences_gets_no_more_than_two_hundred_passages(sentences: int) -> None:
    text = " ".join(f"Sentence {n}." for n in range(sentences))
    pieces = cut(text)
    assert len(pieces) <= 200
    assert " ".join(pieces) == text


SENTENCES = st.text(alphabet="ab .!?\n\t\u00a0\u3000。ß🙂\u200d", max_size=3_000)


LONG = st.sampled_from(["a. ", "ab\n", "x" * 700 + " ", "a" + " " * 600, "\u00a0" * 700 + "b"])
REPEATED = st.builds(str.__mul__, LONG, st.integers(0, 400))


@given(st.one_of(st.text(), SENTENCES, REPEATED))
def test_passages_cover_every_letter_once_and_in_order_whatever_the_text(text: str) -> None:
    spans = passages(text)
    assert all(before.end <= after.start for before, after in zip(spans, spans[1:], strict=False))
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] != "" for span in spans)
    covered = "".join(text[span.start : span.end] for span in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert len(spans) <= 200


# --- what is embedded -------------------------------------------------------------------------------------------------


def read(title: str, text: str) -> tuple[str, ...]:
    return readings(title, text, passages(text))


def test_the_whole_is_read_first_then_the_title_then_each_sentence() -> None:
    assert read("Loaf", "She bakes. He sells.") == ("Loaf\nShe bakes. He sells.", "Loaf", "She bakes.", "He sells.")


def test_a_text_that_begins_with_its_title_does_not_say_it_twice() -> None:
    assert read("She bakes", "She bakes. He sells.")[0] == "She bakes. He sells."


def test_a_sentence_that_comes_again_is_read_once() -> None:
    assert read("Buy.", "Buy. Now. Buy.") == ("Buy. Now. Buy.", "Buy.", "Now.")


@pytest.mark.parametrize(
    ("title", "text", "rows"), [("Loaf", "", 1), ("", "She bakes.", 1), ("", "", 1), ("a", "a", 1)]
)
def test_there_is_always_a_whole_and_a_row(title: str, text: str, rows: int) -> None:
    whole, *others = read(title, text)
    assert whole == (title or text)
    assert len(others) == rows


def test_the_whole_is_whole_sentences_of_the_opening() -> None:
    text = " ".join(f"This is sentence number {n:04}." for n in range(300))
    whole = read("", text)[0]
    assert len(whole) <= 1_300
    assert whole.endswith(".")
    assert text.startswith(whole)


@given(title=st.text(max_size=30).map(str.strip), text=st.one_of(SENTENCES, st.text()))
def test_each_row_is_what_its_span_says_whatever_the_text(title: str, text: str) -> None:
    spans = passages(text)
    rows = readings(title, text, spans)[1:]
    places = row_spans(title, text, spans)
    assert len(rows) == len(places)
    for row, place in zip(rows, places, strict=True):
        assert row == (title if place is None else text[place.start : place.end])


# --- stamps -----------------------------------------------------------------------------------------------------------


def test_items_that_say_the_same_share_one_record_of_vectors() -> None:
    one, same = stamp(("a", "b"), "m"), stamp(("a", "b"), "m")
    others = [stamp(("a", "bc"), "m"), stamp(("ab",), "m"), stamp(("b", "a"), "m"), stamp(("a", "b"), "n")]
    assert one.id == same.id
    assert len({one.id, *(other.id for other in others)}) == 5


def test_a_fingerprint_changes_with_every_id_part_and_order() -> None:
    def made(*items: tuple[str, dict[str, str]]) -> str:
        return fingerprint((ItemId(name), parts) for name, parts in items)

    a, b = ("a", {"doc": "1", "vectors": "2"}), ("b", {"doc": "1", "vectors": "2"})
    assert made(a, b) == made(a, b)
    changed = [made(b, a), made(a), made(("c", a[1]), b), made(("a", {"doc": "2", "vectors": "1"}), b), made()]
    assert len({made(a, b), *changed}) == 6


def test_an_item_is_its_doc_with_passages_and_typed_fields() -> None:
    doc = Doc(ItemId("a"), "Loaf", "She bakes. He sells.", {"size": "14"}, {}, Stamp("clean", 1))
    item = describe(doc, passages(doc.text), {"size": 14.0}, copy_of=ItemId("b"))
    assert item.passages == (Span(0, 10), Span(11, 20))
    assert (item.id, item.title, item.text, item.fields) == ("a", "Loaf", doc.text, {"size": 14.0})
    assert (item.copy_of, item.stamp) == ("b", doc.stamp.id)
