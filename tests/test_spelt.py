"""Values of fields as people write them: without accents, in other spellings, and by a part of a place."""

from __future__ import annotations

import pytest

from firstfive.rank import spelt
from firstfive.rank.spelt import SpeltValues

TOWNS = sorted(
    (
        "étretat",
        "évian-les-bains",
        "füssen",
        "kühlungsborn",
        "st. peter-ording",
        "saint-tropez",
        "sankt augustin",
        "lübeck-travemünde",
        "lübeck",
        "waren (müritz)",
        "halle (saale)",
        "halle (westf.)",
        "frankfurt am main",
        "newcastle upon tyne",
        "grand-est",
        "york",
    )
)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Etretat", "étretat"),
        ("Fuessen", "füssen"),
        ("Fussen", "füssen"),
        ("FÜSSEN", "füssen"),
        ("Kuehlungsborn", "kühlungsborn"),
        ("St Peter Ording", "st. peter-ording"),
        ("Sankt Peter-Ording", "st. peter-ording"),
        ("St. Tropez", "saint-tropez"),
        ("saint tropez", "saint-tropez"),
        ("St Augustin", "sankt augustin"),
        ("Travemünde", "lübeck-travemünde"),
        ("Travemuende", "lübeck-travemünde"),
        ("Lübeck", "lübeck"),
        ("Evian", "évian-les-bains"),
        ("Waren", "waren (müritz)"),
        ("Frankfurt", "frankfurt am main"),
        ("Newcastle", "newcastle upon tyne"),
        ("Halle", None),
        ("Bains", None),
        ("waren", None),
        ("grand", None),
        ("Saint", None),
        ("Sankt", None),
        ("Main", None),
        ("Yorck", None),
        ("Neuss", None),
    ],
)
def test_a_place_is_known_in_other_spellings_and_by_a_part_that_it_alone_has(said: str, value: str | None) -> None:
    assert SpeltValues(TOWNS, places=True).value(said) == value


def test_a_part_is_no_value_of_what_is_no_place() -> None:
    assert SpeltValues(TOWNS).value("Travemünde") is None
    assert SpeltValues(TOWNS).value("Etretat") == "étretat"


def test_of_very_many_values_each_is_known_letter_by_letter_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelt, "MOST", 3)
    assert SpeltValues(TOWNS).value("Etretat") is None
    assert SpeltValues(TOWNS).value("Étretat") == "étretat"
