"""Values of fields that a request names: what states them comes first, though no text says so, and is quoted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import project_of
from firstfive.app import asking
from firstfive.app.blind import without_sentence
from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.ask import answer, heed, heeded, read, topic
from firstfive.ask.made_up import MadeUp
from firstfive.build.columns import columns
from firstfive.rank import Named, NamedValues
from firstfive.settings import AskSettings
from firstfive.types import Candidates, Fields, ItemId, Place, Request

TEXTS = (
    "A quiet home by the river.",
    "A home with a bath in each room.",
    "A home with a bath and a garden.",
    "Rooms with a bath, and music.",
    "A home with a walk-in bath.",
    "We look after people near the sea.",
)
FIELDS: tuple[Fields, ...] = (
    {"county": "Devon", "town": "Bath", "kind": "Care homes"},
    {"county": "Devon", "town": "Hove", "kind": "Flat"},
    {"county": "Norfolk", "town": "Ely", "kind": "Flat"},
    {"county": "Norfolk", "town": "Ely", "kind": "Flat"},
    {"county": "Kent", "town": "Ely", "kind": "Flat"},
    {"town": "Ely", "tags": ("Devon", "sea")},
)
KINDS = {"county": "text", "town": "text", "kind": "text", "tags": "list"}


@pytest.fixture
def values() -> NamedValues:
    def holding(text: str) -> np.ndarray:
        everything = [
            f"{said} {' '.join(map(str, fields.values()))}".lower() for said, fields in zip(TEXTS, FIELDS, strict=True)
        ]
        return np.array([at for at, one in enumerate(everything) if text in one], dtype=np.int64)

    return NamedValues(columns(KINDS, FIELDS), topic, holding, TEXTS.__getitem__)


def meant(values: NamedValues, text: str) -> tuple[Named, ...]:
    return values.named(text, read(Request(text)).wishes)


def named(values: NamedValues, text: str) -> list[tuple[str, str]]:
    """The values with their fields; those that are refused behind "not"."""
    return [(one.field, f"{'not ' if one.refused else ''}{one.value}") for one in meant(values, text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a home in Devon", [("county", "devon")]),
        ("a home in devon or Norfolk", [("county", "devon"), ("county", "norfolk")]),
        ("a home in Devon or Paris", []),
        ("a care home", [("kind", "care homes")]),
        ("a flat or a care home", [("kind", "flat"), ("kind", "care homes")]),
        ("flats in Norfolk", [("county", "norfolk"), ("kind", "flat")]),
        ("a home near Devon cliffs", []),
        ("not in Devon", [("county", "not devon")]),
        ("a home not near Devon cliffs", []),
        ("in Devon/Norfolk", [("county", "devon"), ("county", "norfolk")]),
        ("sea", []),
    ],
)
def test_a_wish_names_a_value_whole_in_either_number(
    values: NamedValues, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert named(values, text) == wanted


def test_of_what_is_refused_items_that_state_another_value_are_right(values: NamedValues) -> None:
    other, perhaps = values.refusals(meant(values, "not in Devon"))["county"]
    assert other.tolist() == [False, False, True, True, True, False]
    assert not perhaps.any()  # the last says it among its tags
    other, perhaps = values.refusals(meant(values, "not in Norfolk or Kent"))["county"]
    assert other.tolist() == [True, True, False, False, False, False]
    assert perhaps.tolist() == [False] * 5 + [True]
    assert values.refusals(meant(values, "without a bath")) == {}  # most that say it are elsewhere
    assert values.verdicts(meant(values, "not in Devon")) == {}


def test_a_refused_value_is_met_by_another_one() -> None:
    column = columns(KINDS, FIELDS)["county"]
    refused = Named("county", "devon", 0, refused=True, others=("kent",))
    assert [refused.meets(column, at) for at in range(6)] == [False, False, True, True, False, False]


LESSONS: tuple[Fields, ...] = tuple(
    {
        "level": ("Beginners", "Advanced")[n % 2],
        "subject": ("Italian", "Painting", "French")[n // 2 % 3],
        "sector": ("Bank", "Software")[n % 2],
        "Energy rating": ("A", "B", "C")[n % 3],
        "teacher": f"Grade {n}",
        "grade": ("I", "II")[n % 2],
    }
    for n in range(24)
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("advanced painting", [("level", "advanced"), ("subject", "painting")]),
        ("Italian for beginners", [("level", "beginners"), ("subject", "italian")]),
        ("advanced oil painting", []),
        ("advanced and painting", []),
        ("advanced software", [("level", "advanced"), ("sector", "software")]),
        ("beginners software", []),
        ("software bank", []),
        ("energy rating B or C", [("Energy rating", "b"), ("Energy rating", "c")]),
        ("C rating", [("Energy rating", "c")]),
        ("energy rating B or better", []),
        ("grade II", [("grade", "ii")]),
        ("grade 3", []),
        ("plan B", []),
        ("a", []),
        ("level advanced", [("level", "advanced")]),
    ],
)
def test_a_wish_made_of_values_names_them_and_a_letter_is_one_beside_its_field(
    text: str, wanted: list[tuple[str, str]]
) -> None:
    known = NamedValues(
        columns(dict.fromkeys(LESSONS[0], "text"), LESSONS), topic, lambda _: np.array([], np.int64), lambda _: ""
    )
    assert [one for one in named(known, text) if one[0] != "teacher"] == wanted


def test_a_value_that_no_text_says_speaks_against_what_states_another_and_less_against_what_is_silent(
    values: NamedValues,
) -> None:
    said = values.verdicts(meant(values, "a home in Devon"))["county"]
    assert said.yes.tolist() == [True, True, False, False, False, True]  # the last says it among its tags
    assert not said.perhaps.any()
    assert said.otherwise > 1
    norfolk = values.verdicts(meant(values, "in Norfolk"))["county"]
    assert norfolk.perhaps.tolist() == [False] * 5 + [True]
    assert 0 < norfolk.silent < norfolk.otherwise


def test_a_value_that_texts_say_of_something_else_says_nothing_of_its_field(values: NamedValues) -> None:
    assert values.verdicts(meant(values, "with a bath")) == {}


def test_in_a_place_it_is_meant_whatever_texts_say_of_it(values: NamedValues) -> None:
    assert values.verdicts(meant(values, "a home in Bath")).keys() == {"town"}
    assert values.verdicts(meant(values, "a home with Bath")) == {}


@pytest.mark.parametrize(("several", "perhaps"), [(1, False), (4, True)])
def test_a_field_of_places_with_one_for_nearly_every_item_speaks_against_others(several: int, perhaps: bool) -> None:
    lands = [("Poland",)] * 9 + [("Germany", "Austria")] * several + [("Germany",)] * 5
    fields: list[Fields] = [{"country": land} for land in lands]
    found = NamedValues(columns({"country": "list"}, fields), topic, lambda _: np.arange(0), lambda _: "A mill.")
    said = found.verdicts(meant(found, "a mill in Germany"))["country"]
    assert said.yes.sum() == several + 5
    assert bool(said.perhaps[0]) is perhaps


def test_a_name_among_contacts_is_a_word_until_texts_say_otherwise() -> None:
    people: list[Fields] = [{"contact": name} for name in ("Cook", "Green", "Rose", "Hill", "Cook", "Bell")]
    known = NamedValues(columns({"contact": "text"}, people), topic, lambda _: np.array([0, 4]), lambda _: "A chef.")
    found = meant(known, "a cook, hotel kitchen")
    assert [one.value for one in found] == ["cook"]
    assert known.verdicts(found) == {}


MADE = ("Yamaha", "Bosch", "Ercol", "Ikea", "Black & Decker", "Apple")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("something by yamaha", ["yamaha"]),
        ("anything made by Ercol", ["ercol"]),
        ("ein Tisch von Bosch", ["bosch"]),
        ("un piano de Yamaha", ["yamaha"]),
        ("bosch mower", ["bosch"]),
        ("cordless Black & Decker drill", ["black & decker"]),
        ("a table by ikea or ercol", ["ercol", "ikea"]),
        ("not by ikea", ["not ikea"]),
        ("a charger for a bosch mower", []),
        ("a bag for my bosch mower", []),
        ("boxes like my ikea shelf", []),
        ("by the river", []),
    ],
)
def test_who_made_a_thing_is_a_value_of_its_field_wherever_it_stands(text: str, wanted: list[str]) -> None:
    known = NamedValues(
        columns({"Make": "text"}, [{"Make": made} for made in MADE]), topic, lambda _: np.arange(0), lambda _: ""
    )
    found = meant(known, text)
    assert sorted(value for _, value in named(known, text)) == wanted
    assert {*known.verdicts(found), *known.refusals(found)} == ({"Make"} if wanted else set())


def test_a_make_that_texts_say_of_something_else_is_a_word() -> None:
    made: list[Fields] = [{"Make": made} for made in (*MADE, *"abcdefgh")]
    known = NamedValues(columns({"Make": "text"}, made), topic, lambda _: np.arange(6, 14), lambda _: "An apple tree.")
    assert known.verdicts(meant(known, "an apple tree")) == {}


def test_a_value_in_quotation_marks_is_named_too_and_none_of_too_many(values: NamedValues) -> None:
    assert named(values, "a home in “Devon”") == [("county", "devon")]
    assert named(values, "in " + " or ".join(["Devon", "Norfolk"] * 9)) == [("county", "devon"), ("county", "norfolk")]


def test_what_is_most_likely_meant_never_outweighs_all_else() -> None:
    found = Candidates(np.arange(3), np.array([1.0, 0.6, 0.3], np.float32))
    fitting = Candidates(np.array([2, 3]), np.array([1.0, 0.9], np.float32))
    rare = heeded(answer(np.arange(1_000) == 2, np.zeros(1_000, dtype=bool)))
    below = heed(replace(found, scores=found.scores - 2), fitting, [rare])
    assert below.positions.tolist()[-1] == 3  # also where answers have taken off all that there was
    heard = heed(found, fitting, [rare])
    assert heard.positions.tolist()[:2] == [0, 2]  # the only one that states it passes what is less near, and no more
    assert heard.positions.tolist()[-1] == 3
    assert heard.scores[0] == pytest.approx(0.5)


PETS: tuple[Fields, ...] = tuple(
    {
        "species": "dog" if n % 2 else "cat",
        "size": ("small", "large")[n // 2 % 2],
        "sex": ("male", "female")[n // 4 % 2],
        "city": ("Leeds", "York")[n // 8 % 2],
        "keeper": f"Cook {n}" if n else "Small",
        "sector": ("Bank", "Software")[n % 2],
    }
    for n in range(16)
)
AFRAID = "It is afraid of a dog."
"""What all of them say, cats too."""


@pytest.fixture
def pets() -> NamedValues:
    def holding(text: str) -> np.ndarray:
        return np.arange(16) if text == "dog" else np.array([], dtype=np.int64)

    kinds = dict.fromkeys(PETS[0], "text")
    return NamedValues(columns(kinds, PETS), topic, holding, lambda _: AFRAID)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("small dog", [("size", "small"), ("species", "dog")]),
        ("a female cat in York", [("city", "york"), ("sex", "female"), ("species", "cat")]),
        ("a quiet old cat", [("species", "cat")]),
        ("a big dog to guard the yard", [("species", "dog")]),
        ("a cat, for someone with dogs", [("species", "cat")]),
        ("dog or cat", [("species", "dog"), ("species", "cat")]),
        ("dog food", []),
        ("in York, a quiet old cat", [("city", "york"), ("species", "cat")]),
        ("something for a quiet old cat", []),
        ("I am looking for a small dog", [("size", "small"), ("species", "dog")]),
        ("a dog that likes cats", [("species", "dog")]),
        ("we lost our cat and want a dog", [("species", "dog")]),
        ("anything but a cat", [("species", "not cat")]),
        ("a dog or a cat", [("species", "dog"), ("species", "cat")]),
        ("a small or large dog", [("size", "small"), ("size", "large"), ("species", "dog")]),
        ("a companion for my dog", []),
        ("a cat loving dog", [("species", "dog")]),
        ("I lost my dog", []),
        ("a dog rather than a cat", [("species", "dog")]),
        ("as big as a cat", []),
        ("mindestens zwei dogs", []),
        ("a home for a small dog with a family", [("size", "small"), ("species", "dog")]),
        ("bank software", []),
        ("a bank or a software", [("sector", "bank"), ("sector", "software")]),
        ("no dogs", [("species", "not dog")]),
        ("a dog, not a large one", [("species", "dog")]),
        ("a dog, not in Leeds", [("city", "not leeds"), ("species", "dog")]),
        ("2 year old cat", [("species", "cat")]),
        ("a 3-legged dog", [("species", "dog")]),
        ("2 dogs", []),
        ("dog 2 years old, no cats", [("species", "dog"), ("species", "not cat")]),
        ("size small", [("size", "small")]),
        ("small", [("size", "small")]),
    ],
)
def test_values_of_what_an_item_is_are_read_within_a_wish(
    pets: NamedValues, text: str, wanted: list[tuple[str, str]]
) -> None:
    found = [one for one in named(pets, text) if one[0] != "keeper"]
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "sure"),
    [("a small dog", True), ("looking for a dog", True), ("something for a dog", False), ("a quiet dog", False)],
)
def test_a_value_is_sure_where_it_is_all_that_a_wish_says_of_the_item(pets: NamedValues, text: str, sure: bool) -> None:
    assert {one.sure for one in meant(pets, text)} == {sure}


@pytest.mark.parametrize(("name", "sure"), [("Typ", True), ("type", True), ("Anbieter", False)])
def test_a_field_is_called_by_what_an_item_is_in_german_too(name: str, sure: bool) -> None:
    homes: list[Fields] = [{name: ("Haus", "Wohnung")[n % 2]} for n in range(8)]
    known = NamedValues(columns({name: "text"}, homes), topic, lambda _: np.array([], np.int64), lambda _: "")
    assert [one.sure for one in meant(known, "eine Wohnung mit Balkon")] == [sure]


def test_a_field_of_a_value_for_each_item_holds_names_whatever_it_is_called() -> None:
    animals: list[Fields] = [{"animal": name} for name in ("rex", "bella", "tom", "rex two")]
    known = NamedValues(columns({"animal": "text"}, animals), topic, lambda _: np.array([], np.int64), lambda _: "")
    assert [one.sure for one in meant(known, "bella")] == [False]


def test_what_an_item_is_decides_though_others_speak_of_it(pets: NamedValues) -> None:
    dogs = np.arange(16) % 2 == 1
    asked = pets.verdicts(meant(pets, "a dog"))["species"]
    assert asked.yes.tolist() == dogs.tolist()
    assert not asked.perhaps.any()
    assert asked.otherwise == pytest.approx(np.log(12))
    with_dogs = meant(pets, "something with dogs")
    assert not any(one.sure for one in with_dogs)
    assert pets.verdicts(with_dogs)["species"].otherwise < 0.3  # half of what speaks of dogs is one, as half of all are


def test_a_sex_counts_though_no_text_says_it_and_a_keeper_of_a_name_does_not(pets: NamedValues) -> None:
    assert pets.verdicts(meant(pets, "female")).keys() == {"sex"}
    assert pets.verdicts(meant(pets, "cook 3")) == {}


COMPANIES: tuple[Fields, ...] = tuple(
    {
        "country": ("Germany", "Deutschland", "United Kingdom", "Switzerland")[n % 4],
        "town": ("Munich", "Dachau", "Leeds", "Bern")[n % 4],
        "sector": ("Healthcare", "Software")[n // 4 % 2],
        "ownership": ("family-owned", "listed", "founder-led")[n % 3],
        "species": ("dog", "cat")[n // 2 % 2],
        "led": ("inhabergeführt", "real estate")[n % 2],
    }
    for n in range(24)
)
GERMAN = [("country", "deutschland")]


@pytest.fixture(scope="module")
def companies() -> NamedValues:
    return NamedValues(
        columns(dict.fromkeys(COMPANIES[0], "text"), COMPANIES),
        topic,
        lambda _: np.array([], np.int64),
        lambda _: "",
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a company in the UK", [("country", "united kingdom")]),
        ("companies in Germany", GERMAN),
        ("Betriebe in Deutschland", GERMAN),
        ("Software in Allemagne", [*GERMAN, ("sector", "software")]),
        ("in Germany or the UK", [*GERMAN, ("country", "united kingdom")]),
        ("not in Germany", [("country", "not deutschland")]),
        ("German companies", GERMAN),
        ("deutsche Unternehmen", GERMAN),
        ("Swiss company", [("country", "switzerland")]),
        ("UK companies", [("country", "united kingdom")]),
        ("in Bavaria", [("country", "deutschland"), ("town", "munich")]),
        ("not in Bavaria", [("town", "not munich")]),
        ("in northern England", [("country", "united kingdom"), ("town", "leeds")]),
        ("in Benelux", []),
        ("German", []),
        ("german shepherd", []),
        ("Swiss cheese", []),
        ("danish pastries", []),
        ("french windows", []),
        ("turkey sandwich", []),
        ("brazil nuts", []),
        ("a nice reading nook", []),
        ("bath with shower", []),
        ("healthcare business", [("sector", "healthcare")]),
        ("software companies", [("sector", "software")]),
        ("Softwareunternehmen", [("sector", "software")]),
        ("listed company", [("ownership", "listed")]),
        ("family owned company", [("ownership", "family-owned")]),
        ("software shop fittings", []),
        ("software for companies", [("sector", "software")]),
        ("company healthcare", []),
        ("dog groups", []),
        ("family-owned machine builders", [("ownership", "family-owned")]),
        ("founder led bakery", [("ownership", "founder-led")]),
        ("inhabergeführte Bäckerei", [("led", "inhabergeführt")]),
        ("listed building", []),
        ("family-owned", [("ownership", "family-owned")]),
        ("software for family-owned businesses", [("sector", "software")]),
        ("something for German companies", []),
        ("real estate lawyers", []),
        ("service company", []),
    ],
)
def test_places_are_named_by_any_name_and_values_before_a_noun_for_any_item(
    companies: NamedValues, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert named(companies, text) == wanted


def test_all_values_of_a_country_are_right_and_what_may_lie_there_is_not_otherwise(companies: NamedValues) -> None:
    found = meant(companies, "a company in Germany")
    country = companies.verdicts(found)["country"]
    assert country.yes[:4].tolist() == [True, True, False, False]
    assert not country.perhaps.any()
    column = columns(dict.fromkeys(COMPANIES[0], "text"), COMPANIES)["country"]
    assert [found[0].meets(column, at) for at in range(4)] == [True, True, False, False]
    bavaria = {one.field: one for one in meant(companies, "in Bavaria")}
    assert not bavaria["country"].meets(column, 0)  # it may lie elsewhere in Germany
    town = companies.verdicts([*bavaria.values()])["town"]
    assert town.yes[:4].tolist() == [True, False, False, False]
    assert town.perhaps[:4].tolist() == [False, True, False, False]  # no list has Dachau
    other, perhaps = companies.refusals(meant(companies, "not in Bavaria"))["town"]
    assert other[:4].tolist() == [False, False, True, True]
    assert perhaps[:4].tolist() == [False, True, False, False]


HOLDING: tuple[Fields, ...] = tuple(
    {
        "certifications": (("ISO 9001", "ISO 13485"), ("ISO 9001",), ("ISO 14001",), ())[n % 4],
        "languages": (("English", "Polish"), ("English",))[n % 2],
        "diets": (("vegan", "halal"), ("vegetarian",))[n // 2 % 2],
        "tags": (f"tag {n}", f"tag {n + 100}", "sea"),
    }
    for n in range(16)
)


@pytest.fixture(scope="module")
def holding() -> NamedValues:
    return NamedValues(
        columns(dict.fromkeys(HOLDING[0], "list"), HOLDING), topic, lambda _: np.array([], np.int64), lambda _: ""
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("with ISO 13485", [("certifications", "iso 13485")]),
        ("ISO 13485 certified", [("certifications", "iso 13485")]),
        ("ISO 13485 zertifiziert", [("certifications", "iso 13485")]),
        ("certifié", []),
        ("ISO 9001 certified labs", [("certifications", "iso 9001")]),
        ("ISO 9001 or ISO 14001", [("certifications", "iso 9001"), ("certifications", "iso 14001")]),
        ("without ISO 9001", [("certifications", "not iso 9001")]),
        ("speaks Polish", [("languages", "polish")]),
        ("Polish-speaking", [("languages", "polish")]),
        ("vegan options", [("diets", "vegan")]),
        ("polish my silver", []),
        ("english breakfast", []),
        ("vegan leather bags", []),
        ("sea", []),
        ("options", []),
    ],
)
def test_a_value_that_an_item_may_hold_among_others_is_named(
    holding: NamedValues, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert named(holding, text) == wanted


def test_who_holds_others_may_hold_a_value_too_but_is_right_where_it_is_refused(holding: NamedValues) -> None:
    said = holding.verdicts(meant(holding, "with ISO 13485"))["certifications"]
    assert said.yes[:4].tolist() == [True, False, False, False]
    assert said.perhaps[:4].tolist() == [False, True, True, True]
    other, perhaps = holding.refusals(meant(holding, "without ISO 9001"))["certifications"]
    assert other[:4].tolist() == [False, False, True, False]
    assert perhaps[:4].tolist() == [False, False, False, True]


# --- in a project -----------------------------------------------------------------------------------------------------


SAYING = {"x", "z"}
"""The homes whose text says Devon."""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Homes whose county only a field tells, and one whose text names another's."""
    folder = tmp_path_factory.mktemp("homes")
    counties = ["Devon", "Norfolk", "Kent", "Dorset", "Surrey", "Essex"]
    about = "A care home for older people with nurses. Number"
    rows = [f"{n},Home {n},{about} {n}.,{counties[n % 6]},{500 + 50 * n}" for n in range(24)]
    rows.append("x,The Cliffs,A care home with nurses on the border of Devon.,Dorset,600")
    rows.append(
        "z,The Mill,A care home with nurses and a garden by the river. It lies on the border of Devon.,Kent,700"
    )
    rows.append("y,The Barn,A care home with nurses.,,")
    with project_of(folder, "id,name,about,county,price", rows) as project:
        yield project


def first(project: Project, text: str) -> tuple[Place, ...]:
    return Recommender(project).recommend(Request(text, diversity=0)).places


def test_items_that_state_the_value_or_say_it_come_first(homes: Project) -> None:
    found = first(homes, "care home with nurses in Devon")
    says = [place.fields["county"] == "Devon" or place.item in SAYING for place in found]
    assert says == [True] * 5


def test_what_is_looked_for_stays_before_a_town_where_it_is_not(homes: Project) -> None:
    found = first(homes, "the cliffs on the border, in Norfolk")
    assert found[0].item == "x"
    assert found[0].mismatch
    assert found[0].mismatch.says
    assert found[0].mismatch.says.told == "county: Dorset"


def test_an_item_without_a_sentence_does_not_say_the_value_that_it_says_there(homes: Project) -> None:
    serving = Recommender(homes).serving
    position = serving.position(ItemId("z"))
    item = serving.catalogue.item(position)
    reading = serving.read(Request("in Devon"))
    assert serving.query_text(reading).said["county"].perhaps[position]
    view = without_sentence(serving, MadeUp("in Devon", position, item.passages[1], 0))
    assert view is not serving
    assert not view.query_text(reading).said["county"].perhaps[position]


def test_an_item_that_states_nothing_is_not_said_to_state_otherwise(homes: Project) -> None:
    found = Recommender(homes).recommend(Request("care home with nurses, in Devon", n=27, diversity=0)).places
    silent = next(place for place in found if place.item == "y")
    assert silent.mismatch is None or silent.mismatch.kind != "contradicted"


def test_a_field_is_quoted_as_it_stands(homes: Project) -> None:
    for place in first(homes, "Devon"):
        assert place.reason
        says = place.reason.says
        if says.field:
            assert (says.field, says.text) == ("county", place.fields["county"])
            assert says.told == "county: Devon"
        else:
            assert place.item in SAYING


def test_another_value_is_said_and_so_is_a_price_beyond_the_bound(homes: Project) -> None:
    refused = first(homes, "in Devon, for at most 500 a month")
    beyond = [place.mismatch for place in refused if place.mismatch and place.mismatch.says]
    assert beyond
    assert {one.kind for one in beyond} == {"contradicted"}
    for place in refused:
        if place.mismatch and place.mismatch.says:
            field = place.mismatch.says.field
            value = place.fields[field]
            assert place.mismatch.says.text == (f"{value:.15g}" if isinstance(value, float) else value)


def test_a_bound_that_is_met_is_the_reason_of_who_only_refuses(homes: Project) -> None:
    for place in first(homes, "nothing over £700"):
        assert place.mismatch is None
        assert place.reason
        assert place.reason.said.text == "nothing over £700"
        assert place.reason.says.field == "price"


def test_words_of_fields_find_items_by_words_alone(homes: Project) -> None:
    serving = Recommender(homes).serving
    found = serving.words.search("Norfolk", 10).positions.tolist()
    assert {serving.catalogue.item(place).fields["county"] for place in found} == {"Norfolk"}
    assert len(found) == 4


def test_each_of_two_bounds_is_met_by_itself(homes: Project) -> None:
    for place in first(homes, "care home, over £600, under £800"):
        price = place.fields.get("price")
        if isinstance(price, float) and 600 <= price <= 800:
            assert not (place.mismatch and "£" in place.mismatch.said.text)


def test_two_words_about_days_hold_together(tmp_path: Path) -> None:
    rows = "\n".join(
        f"{n},Walk {'abc'[n // 9]},A walking holiday in the hills.,2026-{1 + n % 9:02}-15" for n in range(27)
    )
    (tmp_path / "walks.csv").write_text(f"id,name,about,starts\n{rows}", "utf-8")
    init_project(tmp_path)
    with open_project(tmp_path) as project:
        import_sources(project, [str(tmp_path / "walks.csv")])
        build(project)
        found = first(project, "a walking holiday after 1 May, before 10 June")
        assert [place.fields["starts"] for place in found[:3]] == ["2026-05-15"] * 3
        assert all(place.mismatch is None or place.fields["starts"] != "2026-05-15" for place in found)


@pytest.mark.parametrize(("text", "firm"), [("a home under £700", True), ("a home under 700 a month", False)])
def test_a_sum_counts_in_full_where_its_sign_says_so_and_is_not_asked_about(
    homes: Project, text: str, firm: bool
) -> None:
    serving = Recommender(homes).serving
    query = serving.query(serving.read(Request(text)))
    assert query.said["price"].firm is firm
    ranked = asking.find(serving, query)
    shares = np.full(len(ranked), 1 / len(ranked))
    asked = asking.question_of(serving, query, ranked, shares, AskSettings(never=("county",)))
    assert asked is None or asked.field != "price"
    silent = replace(query, said={})
    again = asking.question_of(serving, silent, ranked, shares, AskSettings(never=("county",)))
    assert firm or (again is not None and again.field == "price")  # it would have been asked


# --- what an item is, in a project ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Cats and dogs, of whom most texts speak of the other kind."""
    texts = ("A quiet one. Afraid of the dog next door.", "A lively one. Loves the dog next door.")
    rows = [
        f"{n},Pet {n},{texts[n % 2]} Number {n}.,{('cat', 'dog')[n // 2 % 2]},{('yes', 'no')[n // 4 % 2]},"
        f"{'indoor' if n % 4 == 0 else 'outdoor'}"
        for n in range(40)
    ]
    with project_of(tmp_path_factory.mktemp("shelter"), "id,name,about,species,open_in_winter,type", rows) as project:
        yield project


def test_a_cat_that_speaks_of_dogs_is_no_dog_and_its_field_says_so(shelter: Project) -> None:
    found = first(shelter, "a dog, quiet")
    assert [place.fields["species"] for place in found] == ["dog"] * 5
    alone = first(shelter, "a dog")
    assert {place.reason.says.told for place in alone if place.reason} == {"species: dog"}


def test_of_a_wish_that_says_more_than_its_value_a_text_is_quoted(shelter: Project) -> None:
    found = first(shelter, "a quiet cat")
    assert [place.fields["species"] for place in found] == ["cat"] * 5
    assert {place.reason.says.of for place in found if place.reason} == {"text"}
    assert found[0].reason
    for place in first(shelter, "a melodious cat"):
        assert place.reason is None or place.reason.says.of == "text"


def test_of_several_values_the_rarest_is_quoted(shelter: Project) -> None:
    told = {place.reason.says.told for place in first(shelter, "an indoor cat") if place.reason}
    assert told == {"type: indoor"}


def test_the_name_of_a_field_is_one_wish_though_its_words_would_part_it(shelter: Project) -> None:
    reading = shelter.recommender.serving.read(Request("a cat open in winter"))
    assert [wish.text for wish in reading.wishes] == ["cat", "open in winter"]
    found = first(shelter, "a cat open in winter")
    assert [place.fields["open_in_winter"] for place in found] == [True] * 5


def test_a_value_counts_for_more_where_a_request_says_nothing_else(shelter: Project) -> None:
    serving = shelter.recommender.serving
    among, alone = (
        serving.query(serving.read(Request(text))).said["species"].otherwise
        for text in ("a cat, for an extraordinarily melodious lighthouse keeper", "a cat")
    )
    assert among == pytest.approx(2.5, rel=0.1)
    assert alone == pytest.approx(2 * among, rel=0.1)


def test_what_fields_say_makes_a_description_strong_once(shelter: Project) -> None:
    found = shelter.recommender.recommend(Request("cat"), ask=True).asked
    assert found
    assert found.strength.score == pytest.approx(np.log(2) / np.log(40 / 5), abs=0.001)
