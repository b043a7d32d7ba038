"""Fields of yes and no that a request names, by their names, in other forms, and by other words for the same."""

from __future__ import annotations

import pytest

from firstfive.ask import read
from firstfive.build.columns import columns
from firstfive.rank import flags
from firstfive.types import Request, Value

YES_NO = columns(
    {"Homeoffice": "yes/no", "petsAllowed": "yes/no", "staff": "number"},
    [{"Homeoffice": True, "petsAllowed": False}, {"Homeoffice": False}, {"petsAllowed": True, "staff": 3.0}],
)


@pytest.mark.parametrize(
    ("text", "field", "verdict"),
    [
        ("a job with homeoffice", "Homeoffice", "ynp"),
        ("Stelle mit Homeoffice", "Homeoffice", "ynp"),
        ("Stelle ohne Homeoffice", "Homeoffice", "nyp"),
        ("Homeoffice ja", "Homeoffice", "ynp"),
        ("a flat, homeoffice no", "Homeoffice", "nyp"),
        ("pets allowed", "petsAllowed", "npy"),
        ("pets not allowed", "petsAllowed", "ypn"),
        ("pets not necessary", "", ""),
        ("a home office desk", "", ""),
        ("staff", "", ""),
        ("not necessarily with pets allowed", "", ""),
        ("I am pets allowed", "", ""),
    ],
)
def test_a_field_of_yes_and_no_is_named_by_its_name(text: str, field: str, verdict: str) -> None:
    found = flags(YES_NO, text, read(Request(text)).wishes)
    assert [one.field for one in found] == ([field] if field else [])
    for one in found:
        yes, silent = one.verdict(YES_NO[field])
        told = zip(yes, silent, strict=True)
        assert "".join("y" if is_yes else "p" if is_silent else "n" for is_yes, is_silent in told) == verdict


def wanted(text: str, *names: str, values: str = "") -> dict[str, bool]:
    """What is said of fields of yes and no of these names, beside one of words that holds the values."""
    kinds = {**dict.fromkeys(names, "yes/no"), "species": "text"}
    yes: dict[str, Value] = dict.fromkeys(names, True)
    items = [{**yes, "species": value} for value in values.split()] or [yes]
    return {one.field: one.wanted for one in flags(columns(kinds, items), text, read(Request(text)).wishes)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a flat with lift and parking", {"lift": True, "parking": True}),
        ("parking and a garden", {"parking": True, "garden": True}),
        ("a flat without garden or lift", {"garden": False, "lift": False}),
        ("parking and a sea view", {"parking": True}),
        ("a sea view and parking", {"parking": True}),
        ("lift & parking", {"lift": True, "parking": True}),
        ("a garden or a lift", {}),
        ("lift/parking", {}),
        ("lift and escalator repair", {}),
        ("garden and landscape design", {}),
        ("parking is a must", {"parking": True}),
        ("parking essential", {"parking": True}),
        ("parking: no", {"parking": False}),
        ("parking: no problem", {"parking": True}),
        ("a parking attendant", {}),
        ("garden furniture", {}),
    ],
)
def test_several_names_of_one_wish_are_each_named(text: str, said: dict[str, bool]) -> None:
    assert wanted(text, "lift", "parking", "garden") == said


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("a furnished flat", "furnished", True),
        ("unfurnished flat", "furnished", False),
        ("an unfurnished flat", "unfurnished", True),
        ("a furnished flat", "unfurnished", False),
        ("flat, not furnished", "furnished", False),
        ("unmöblierte Wohnung", "möbliert", False),
        ("online Italian", "online", True),
        ("barrierefreie Wohnung", "barrierefrei", True),
        ("appartement meublé", "meublé", True),
        ("logement non meublé", "meublé", False),
        ("non-smoking", "smoking", False),
        ("Wohnung mit Parkplätzen", "Parkplatz", True),
        ("Parkplatz muss sein", "Parkplätze", True),
        ("accessible", "wheelchair_accessible", True),
        ("wheelchair accessible", "wheelchair_accessible", True),
        ("accessible", "Accessible PMR", True),
        ("accessible en fauteuil roulant", "Accessible PMR", True),
        ("rollstuhlgerechte Wohnung", "rollstuhlgerecht", True),
        ("dogs are welcome", "dogs_welcome", True),
        ("a dog-friendly flat, dog friendly", "dogs", True),
        ("hundefreundlich", "Hunde", True),
        ("dog-friendly", "dog_friendly", True),
        ("wheelchair friendly lunch club", "wheelchair", True),
        ("wheelchair accessible lunch club", "wheelchair", True),
        ("a dog friendly pub", "dogs", True),
        ("pub that allows dogs", "dogs_allowed", True),
        ("a place allowing dogs", "dogs", True),
        ("a flat that has no garden", "garden", False),
        ("ein Lokal, das nicht hundefreundlich ist", "Hunde", False),
        ("ein Vermieter, der keine Haustiere nimmt", "Haustiere", False),
        ("un café qui n'accepte pas les chiens", "chiens", False),
        ("a pub that does not allow dogs", "dogs", False),
        ("someone who takes cards", "accepts_cards", True),
        ("a plumber who accepts cards", "accepts_cards", True),
        ("a cafe with disabled access", "disabled_access", True),
        ("a hotel that has parking", "parking", True),
        ("hundefreundliches Lokal", "Hunde", True),
        ("rollstuhlgerechtes Café", "Rollstuhl", True),
        ("Lokal, das Hunde erlaubt", "Hunde", True),
        ("Handwerker, der Karten nimmt", "nimmt_Karten", True),
        ("Hotel, das Parkplätze bietet", "Parkplatz", True),
        ("un café qui accepte les chiens", "chiens", True),
        ("un plombier qui accepte la carte", "accepte_carte", True),
    ],
)
def test_a_name_is_known_in_its_other_forms(text: str, name: str, said: bool) -> None:
    assert wanted(text, name) == {name: said}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a flat with furnished kitchen", "furnished"),
        ("accessible by train", "accessible"),
        ("a shed builder", "shed"),
        ("an indoor pool", "door"),
        ("a union", "ion"),
        ("Lifter", "Lift"),
        ("a dog", "dog_friendly"),
        ("a family", "family_friendly"),
        ("my garden", "garden"),
        ("birthday cards", "accepts_cards"),
        ("someone to take dogs for walks", "dogs_allowed"),
        ("takes cards to hospital", "accepts_cards"),
        ("has a garden shed", "garden"),
        ("a user friendly kitchen garden", "garden"),
        ("a landlord who won't take pets", "pets"),
        ("my neighbour has dogs", "dogs"),
        ("my flatmate has pets", "pets"),
        ("my house has a garden", "garden"),
        ("mein Nachbar hat Hunde", "Hunde"),
        ("garden friendly plants", "garden"),
    ],
)
def test_a_name_within_other_words_is_not_meant(text: str, name: str) -> None:
    assert wanted(text, name) == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a pub that doesn't allow dogs", "dogs_allowed"),
        ("a pub that doesn’t allow smoking", "smoking"),
        ("a house that doesn't have a garden", "garden"),
        ("a pub that isn't dog friendly", "dogs"),
    ],
)
def test_what_something_must_not_have_or_allow_is_a_no_to_the_field(text: str, name: str) -> None:
    assert wanted(text, name) == {name: False}


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("a flat for me and my dog", ("pets_allowed",), {"pets_allowed": True}),
        ("Wohnung mit Hund", ("Haustiere erlaubt",), {"Haustiere erlaubt": True}),
        ("appartement avec deux chats", ("animaux acceptés",), {"animaux acceptés": True}),
        ("dog-friendly", ("pets",), {"pets": True}),
        ("a flat with elevator", ("lift",), {"lift": True}),
        ("Fahrstuhl", ("Aufzug",), {"Aufzug": True}),
        ("step-free", ("wheelchair_accessible",), {"wheelchair_accessible": True}),
        ("rollstuhlgerecht", ("barrierefrei",), {"barrierefrei": True}),
        ("with wi-fi", ("Internet",), {"Internet": True}),
        ("a flat with elevator", ("lift", "elevator"), {"elevator": True}),
        ("my dog", ("pets_allowed", "dogs"), {"dogs": True}),
        ("dogs", ("pets_allowed", "dogs"), {"dogs": True}),
        ("a dog walker", ("pets_allowed",), {}),
    ],
)
def test_everyday_words_for_one_thing_reach_its_field(text: str, names: tuple[str, ...], said: dict[str, bool]) -> None:
    assert wanted(text, *names) == said


def test_a_word_that_is_a_value_of_a_field_is_no_other_word_for_a_flag() -> None:
    assert wanted("a dog", "pets_allowed", values="cat dog") == {}
    assert wanted("dogs", "pets_allowed", values="cat bird") == {"pets_allowed": True}
