"""Values of fields that a request names: what states them comes first, though no text says so, and is quoted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.recommend import Recommender
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.ask import read, topic
from firstfive.build.columns import columns
from firstfive.rank import NamedValues
from firstfive.types import Fields, Place, Request

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


def named(values: NamedValues, text: str) -> list[tuple[str, str]]:
    return [(one.field, one.value) for one in values.named(read(Request(text)).wishes)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a home in Devon", [("county", "devon")]),
        ("a home in devon or Norfolk", [("county", "devon"), ("county", "norfolk")]),
        ("a home in Devon or Paris", []),
        ("a care home", [("kind", "care homes")]),
        ("flats in Norfolk", [("county", "norfolk"), ("kind", "flat")]),
        ("a home near Devon cliffs", []),
        ("not in Devon", []),
        ("sea", []),
    ],
)
def test_a_wish_names_a_value_whole_in_either_number(
    values: NamedValues, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert named(values, text) == wanted


def test_a_value_that_no_text_says_speaks_against_what_states_another_and_less_against_what_is_silent(
    values: NamedValues,
) -> None:
    said = values.verdicts(values.named(read(Request("a home in Devon")).wishes))["county"]
    assert said.yes.tolist() == [True, True, False, False, False, True]  # the last says it among its tags
    assert not said.perhaps.any()
    assert said.otherwise > 1
    norfolk = values.verdicts(values.named(read(Request("in Norfolk")).wishes))["county"]
    assert norfolk.perhaps.tolist() == [False] * 5 + [True]
    assert 0 < norfolk.silent < norfolk.otherwise


def test_a_value_that_texts_say_of_something_else_says_nothing_of_its_field(values: NamedValues) -> None:
    assert values.verdicts(values.named(read(Request("with a bath")).wishes)) == {}


# --- in a project -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Homes whose county only a field tells, and one whose text names another's."""
    folder = tmp_path_factory.mktemp("homes")
    counties = ["Devon", "Norfolk", "Kent", "Dorset", "Surrey", "Essex"]
    about = "A care home for older people with nurses. Number"
    rows = [f"{n},Home {n},{about} {n}.,{counties[n % 6]},{500 + 50 * n}" for n in range(24)]
    rows.append("x,The Cliffs,A care home with nurses on the border of Devon.,Dorset,600")
    rows.append("y,The Barn,A care home with nurses.,,")
    (folder / "homes.csv").write_text("id,name,about,county,price\n" + "\n".join(rows), "utf-8")
    init_project(folder)
    with open_project(folder) as project:
        import_sources(project, [str(folder / "homes.csv")])
        build(project)
        yield project


def first(project: Project, text: str) -> tuple[Place, ...]:
    return Recommender(project).recommend(Request(text, diversity=0)).places


def test_items_that_state_the_value_or_say_it_come_first(homes: Project) -> None:
    found = first(homes, "care home with nurses in Devon")
    assert {place.fields["county"] for place in found[:4]} <= {"Devon", "Dorset"}
    assert "x" in {place.item for place in found}
    assert sum(place.fields["county"] == "Devon" for place in found) == 4


def test_a_field_is_quoted_as_it_stands(homes: Project) -> None:
    for place in first(homes, "Devon"):
        assert place.reason
        says = place.reason.says
        if says.field:
            assert (says.field, says.text) == ("county", place.fields["county"])
            assert says.told == "county: Devon"
        else:
            assert place.item == "x"


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
