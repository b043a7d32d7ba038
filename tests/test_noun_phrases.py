"""Which runs of words are noun phrases, and which of them may be asked about."""

from __future__ import annotations

import numpy as np
import pytest

from firstfive.ask import nearer
from firstfive.ask.noun_phrases import noun_phrases, whole


def phrases(*texts: str) -> set[str]:
    return {phrase for one in noun_phrases(texts) for phrase in one}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We press olive oil on our farm, with a stone mill.", {"olive oil", "stone mill"}),
        ("They repair church organs in the old town hall.", {"church organs", "town hall"}),
        ("We cut energy bills for two church halls.", {"energy bills", "church halls"}),
        ("One stone mill, and 3 olive trees.", {"stone mill"}),
        ("A steam boiler for the paper industry is tested.", {"steam boiler", "paper industry"}),
        ("Investigations of Turbulent Boundary Layers Behind Swept Wings.", {"turbulent boundary layers"}),
        (
            "Wir bauen für die Werften rostfreie Pumpen und einen Tiefkühlschrank.",
            {"rostfreie pumpen", "tiefkühlschrank"},
        ),
        ("Nous avons un jardin potager et une machine à bois.", {"jardin potager", "machine à bois"}),
        ("Pour la fabrication de fromages, et le lait cru.", {"fabrication de fromages", "lait cru"}),
    ],
)
def test_a_noun_phrase_is_found_whole(text: str, found: set[str]) -> None:
    assert found <= phrases(text)


def test_a_verb_is_no_part_of_what_it_is_done_to() -> None:
    assert phrases("We fit panels to cut energy bills.", "Panels save heating costs.") == {
        "energy bills",
        "heating costs",
    }


@pytest.mark.parametrize(
    "text",
    [
        "She would like a chair.",
        "We've been open since last year, for two hours a day.",
        "Closing date: 3 May. Contract value: £300.",
        "Contract value £300, closing date 3 May.",
        "It sits on a higher level.",
        "The farm of Tom Reeve is at South Hill.",
        "They won't take dogs; there's neither.",
        "The mill closes early and the bakery slowly opens.",
        "Sieben Prozent der Kunden zahlen monatlich.",
        "Cela coûte deux euros par an, plus cher.",
        "It is worth digging.",
        "We rent a three bedroom house.",
        "We rent 3 bedroom houses; a 3 bedroom house.",
    ],
)
def test_what_is_none_is_not_found(text: str) -> None:
    assert phrases(text) == set()


def test_a_word_that_is_a_verb_elsewhere_ends_no_phrase() -> None:
    assert phrases("The baker kneads.", "The baker kneads the dough, to taste.") == set()
    assert phrases("The county grants.", "We grants the money.") == set()


def test_a_phrase_cut_out_of_a_longer_one_is_not_whole() -> None:
    counts = {"sparse matrix package": 3, "matrix package": 3, "sparse matrix": 9}
    assert whole(counts) == {"sparse matrix package", "sparse matrix"}


OILS = ["We sell olive oil from a stone mill.", "We repair church organs for a parish council."]
EYES = np.eye(4, dtype=np.float32)


def test_what_is_not_near_to_the_request_is_not_asked() -> None:
    texts, vectors = [f"In {at}, {OILS[at % 2]}" for at in range(24)], np.stack([EYES[at % 2] for at in range(24)])
    near = {"olive oil": 0.9, "church organs": 0.8}
    found = nearer(
        texts, vectors, np.full(24, 1 / 24), "a gift", lambda asked: np.array([near.get(one, 0.0) for one in asked])
    )
    assert found
    assert {option.values[0] for option in found.options} == near.keys()
    assert nearer(texts, vectors, np.full(24, 1 / 24), "a gift", lambda asked: np.zeros(len(asked))) is None


def test_what_one_candidate_alone_says_is_not_asked() -> None:
    makers = ["olive oil", "rye bread", "goat cheese", "plum jam"]
    texts = [f"We sell {makers[at]}." if at < 4 else "We sell." for at in range(24)]
    vectors = np.stack([EYES[at % 4] for at in range(24)])
    assert nearer(texts, vectors, np.full(24, 1 / 24), "a gift") is None
