"""Near-copies are linked to the first of their kind; likeness is never handed on."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build.copies import copies

WORDS = [f"word{n}" for n in range(400)]


def text_of(words: list[str]) -> str:
    return " ".join(words)


def some_words(n: int, seed: int) -> list[str]:
    return random.Random(seed).choices(WORDS, k=n)


def phrases(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def likeness(one: str, other: str) -> float:
    a, b = phrases(one), phrases(other)
    return len(a & b) / len(a | b)


def test_equal_texts_are_linked_to_the_first_whatever_their_case_and_punctuation() -> None:
    texts = [
        "It makes pumps for farms, in Ohio.",
        "Something else that nobody repeats.",
        "it makes PUMPS for farms in ohio",
    ]
    assert copies(texts, 0.8).tolist() == [0, 1, 0]


def test_a_text_with_one_word_changed_is_a_copy_and_one_with_half_of_them_is_none() -> None:
    words = some_words(100, 1)
    near = text_of([*words[:50], "changed", *words[51:]])
    far = text_of([*words[:50], *some_words(50, 2)])
    assert copies([text_of(words), near, far], 0.8).tolist() == [0, 0, 2]


def test_likeness_is_not_handed_on_beyond_the_head() -> None:
    first = some_words(200, 3)
    second = [*some_words(20, 4), *first[20:]]
    third = [*second[:180], *some_words(20, 5)]
    texts = [text_of(first), text_of(second), text_of(third)]
    assert likeness(texts[0], texts[2]) < 0.75 < min(likeness(texts[0], texts[1]), likeness(texts[1], texts[2]))
    assert copies(texts, 0.75).tolist() == [0, 0, 2]


def test_short_texts_are_copies_only_when_equal() -> None:
    assert copies(["C developer", "C++ developer", "c  developer", "", "", "!!"], 0.8).tolist() == [0, 1, 0, 3, 4, 5]


def test_a_short_text_is_no_copy_of_a_long_one_that_begins_so() -> None:
    assert copies(["Accounting for small clubs", "Accounting for small clubs and choirs"], 0.8).tolist() == [0, 1]


def test_above_one_nothing_is_a_copy() -> None:
    assert copies(["the same words in both of them"] * 2, 1.5).tolist() == [0, 1]


def test_characters_of_scripts_without_spaces_count_as_words() -> None:
    text = "我们在俄亥俄州生产农用水泵并销售到全国各地的农场和合作社"
    assert copies([text, text + "。", "一家为医院和酒店清洗床单的工业洗衣店，成立于一九五零年代"], 0.8).tolist() == [
        0,
        0,
        2,
    ]


def test_the_answer_is_that_of_comparing_all_with_all() -> None:
    source = random.Random(6)
    texts: list[str] = []
    for n in range(60):
        words = some_words(60, n)
        for _ in range(4):
            changed = list(words)
            for at in source.sample(range(60), source.choice([0, 1, 2, 8])):
                changed[at] = source.choice(WORDS)
            texts.append(text_of(changed))
    expected = list(range(len(texts)))
    for at, text in enumerate(texts):
        heads = [other for other in range(at) if expected[other] == other and likeness(texts[other], text) >= 0.8]
        expected[at] = min(heads, default=at)
    assert copies(texts, 0.8).tolist() == expected


def test_thousands_of_texts_from_one_template_are_done_in_bounded_time() -> None:
    frame = some_words(90, 7)
    texts = [text_of([*frame, *some_words(40, 100 + n)]) for n in range(2_000)]
    assert copies(texts, 0.8).tolist() == list(range(2_000))


@given(st.lists(st.text(max_size=60), max_size=12), st.floats(0.3, 1.0))
def test_a_copy_always_points_to_an_earlier_text_that_is_no_copy(texts: list[str], threshold: float) -> None:
    heads = copies(texts, threshold).tolist()
    assert len(heads) == len(texts)
    assert all(head <= at and heads[head] == head for at, head in enumerate(heads))


# --- texts of one title -----------------------------------------------------------------------------------------------


def framed(own: list[str], frame: int) -> str:
    """A text as one more site shows it: with a line of facts before it that other sites do not have."""
    return text_of([*some_words(20, frame), *own])


def test_of_one_title_a_text_in_another_frame_is_a_copy_and_of_two_titles_it_is_none() -> None:
    own = some_words(120, 8)
    texts = [framed(own, 9), framed(own, 10)]
    assert 0.5 < likeness(*texts) < 0.8
    assert copies(texts, 0.8, ["Tussock & Paw", "tussock, paw"]).tolist() == [0, 0]
    assert copies(texts, 0.8, ["Tussock & Paw", "Tussock & Paw | Member No. 484"]).tolist() == [0, 0]
    assert copies(texts, 0.8, ["Churchill Capital", "Group Nine Acquisition"]).tolist() == [0, 1]
    assert copies(texts, 0.8, ["Tussock North", "Tussock South"]).tolist() == [0, 1]
    assert copies(texts, 0.8, ["", ""]).tolist() == [0, 1]


def test_one_title_makes_no_copies_of_texts_that_share_too_little_or_too_few_words() -> None:
    half = some_words(120, 11)
    far = [text_of([*half[:50], *some_words(70, 12)]), text_of([*half[:50], *some_words(70, 13)])]
    title = "Leverage Shares short position exchange traded product of the one and only house in the land"
    few = [f"{title}\nIt follows gold with a lever.", f"{title}\nIt sells umbrellas to tourists."]
    assert copies(far, 0.8, ["Paw", "Paw"]).tolist() == [0, 1]
    assert likeness(*few) > 0.5
    assert copies(few, 0.8, [title, title]).tolist() == [0, 1]
    assert copies(["", ""], 0.8, ["Paw", "Paw"]).tolist() == [0, 1]


def test_hundreds_of_copies_of_one_title_at_five_eighths_are_all_found_by_their_title() -> None:
    texts: list[str] = []
    titles: list[str] = []
    for n in range(300):
        own = some_words(120, 1_000 + n)
        texts += [text_of([*some_words(36, 5_000 + n), *own]), text_of([*some_words(36, 9_000 + n), *own])]
        titles += [f"company {n}"] * 2
    assert all(0.5 < likeness(texts[at], texts[at + 1]) < 0.68 for at in range(0, 600, 2))
    assert copies(texts, 0.8, titles).tolist() == [at - at % 2 for at in range(600)]


# --- fields -----------------------------------------------------------------------------------------------------------

AD = "We look for a driver with a licence of class CE who knows the roads, likes the team and is free at once. "


def ad(own: str) -> str:
    """A job's text by the template that a hundred others follow."""
    return f"LKW-Fahrer\n{AD}You start {own} and get a lorry of your own, paid holidays, a phone and a pension."


def heads_of(*fields: dict[str, str], sites: tuple[str, ...] = ()) -> list[int]:
    texts = [ad(f"on day {n} in team {n * 7}") for n in range(len(fields))]
    return [int(head) for head in copies(texts, 0.8, ["LKW-Fahrer"] * len(texts), fields, sites)]


def test_jobs_of_one_title_and_one_template_in_different_towns_are_no_copies() -> None:
    ulm, kiel = {"Ort": "Ulm", "Firma": "Nordfracht"}, {"Ort": "Kiel", "Firma": "Nordfracht"}
    assert 0.5 < likeness(ad("on day 0 in team 0"), ad("on day 1 in team 7")) < 0.8
    assert heads_of(ulm, ulm) == [0, 0]
    assert heads_of(ulm, kiel) == [0, 1]
    assert heads_of({"Lohn": "14 €"}, {"Lohn": "15 €"}) == [0, 1]
    assert heads_of(ulm, {}) == [0, 0]
    assert heads_of(ulm, kiel, ulm, kiel) == [0, 1, 0, 1]


def test_nearly_equal_texts_whose_fields_differ_are_no_copies_and_equal_ones_are() -> None:
    words = some_words(100, 1)
    near = [text_of(words), text_of([*words[:50], "changed", *words[51:]])]
    assert copies(near, 0.8, ["Paw", "Paw"], [{"town": "Ulm"}, {"town": "Ulm"}]).tolist() == [0, 0]
    assert copies(near, 0.8, ["Paw", "Paw"], [{"town": "Ulm"}, {"town": "Kiel"}]).tolist() == [0, 1]
    assert copies(near[:1] * 2, 0.8, ["Paw", "Paw"], [{"exchange": "NYSE"}, {"exchange": "XETRA"}]).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"source_url": "a"}, {"source_url": "b"}),
        ({"Date posted": "2026-01-02"}, {"Date posted": "2026-02-03"}),
        ({"page": "https://a.example/1"}, {"page": "https://b.example/2"}),
        ({"Ort": "Ulm"}, {"Ort": "ULM (Germany)"}),
        ({"pay": "45,000"}, {"pay": "45.000 €"}),
        ({"size": "1.234,5"}, {"size": "1,234.5 mm"}),
        ({"rooms": "3-5"}, {"rooms": "3 to 5"}),
        ({"town": "Ulm"}, {"Ort": "Kiel"}),
    ],
)
def test_where_and_when_an_item_was_found_and_how_a_value_is_written_make_no_difference(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert heads_of(one, other) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5 mm", "15 mm"),
        ("3 rooms", "3.5 rooms"),
        ("EUR3", "EUR3,5"),
        ("5 °C", "-5 °C"),
        ("5", "5a"),
        ("2.1", "2.1.3"),
    ],
)
def test_a_number_is_another_one_by_its_decimals_and_its_minus(one: str, other: str) -> None:
    assert heads_of({"size": one}, {"size": other}) == [0, 1]


def test_pages_of_two_sites_are_copies_whatever_their_heads_say_and_pages_of_one_site_are_not() -> None:
    fields = {"employees": "95"}, {"employees": "a hundred"}
    assert heads_of(*fields, sites=("a.example", "b.example")) == [0, 0]
    assert heads_of(*fields, sites=("a.example", "a.example")) == [0, 1]
    assert heads_of(*fields, sites=("", "")) == [0, 1]


@pytest.mark.skipif("FIRSTFIVE_DATA" not in os.environ, reason="FIRSTFIVE_DATA names no folder with the collections")
@pytest.mark.parametrize("collection", ["cranfield", "cacm"])
def test_abstracts_by_different_people_are_hardly_ever_copies(collection: str) -> None:
    lines = (Path(os.environ["FIRSTFIVE_DATA"]) / collection / "items.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [f"{row['title']}\n{row['text']}" if row["text"] else "" for row in rows]
    heads = copies(texts, 0.8, [row["title"] for row in rows])
    assert sum(head != at for at, head in enumerate(heads.tolist())) <= 3
