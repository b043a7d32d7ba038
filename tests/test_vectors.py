"""Your own vectors: beside the embedder's or instead of them, from the file to the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import numpy as np
import pytest

from command_line import Ended, firstfive, project, written
from firstfive.app.alone import alone
from firstfive.app.build import build
from firstfive.app.vectors import import_vectors
from firstfive.app.wiring import Project, open_project
from firstfive.errors import BuildError, Conflict, SourceError
from firstfive.testing.clients import served
from firstfive.types import ItemId, Release, Request

ROWS = [(name, name.title(), f"This is about {name}.") for name in ("ash", "birch", "cedar", "iron", "zinc")]
TREES: dict[str, Sequence[float]] = {
    "ash": (1, 0, 0),
    "birch": (2, 0.2, 0),
    "cedar": (3, 0, 1),
    "iron": (0, 1, 0),
    "zinc": (0, 5, 0.5),
}
"""Trees point one way and metals another; the lengths do not matter."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without an embedder."""
    return project(tmp_path / "project", ROWS)


@pytest.fixture
def opened(folder: Path) -> Iterator[Project]:
    with open_project(folder, environment={}) as one:
        yield one


def npy(folder: Path, vectors: Mapping[str, Sequence[float]], name: str = "own") -> Path:
    """A .npy file and its ids."""
    (folder / f"{name}.ids.txt").write_text("".join(f"{one}\n" for one in vectors), "utf-8")
    np.save(folder / f"{name}.npy", np.array(list(vectors.values()), dtype=np.float64))
    return folder / f"{name}.npy"


def given(one: Project, vectors: Mapping[str, Sequence[float]]) -> Release:
    """The Release with these vectors."""
    import_vectors(one, npy(one.folder, vectors))
    return build(one).release


def run(folder: Path, *words: str | Path) -> Ended:
    ended = firstfive("-p", folder, *words)
    assert ended.status == 0, ended.err
    return ended


def shown(ended: Ended) -> list[str]:
    return [place["item"] for place in ended.answer["places"]]


def nearest(one: Project, vector: Sequence[float], text: str = "", n: int = 5) -> list[str]:
    return [place.item for place in one.recommend(text, n, vector=vector, diversity=0).places]


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_npy_file_beside_its_ids_is_taken_in_by_the_command_line(folder: Path) -> None:
    ended = run(folder, "import", "--vectors", npy(folder, TREES), "--json")
    assert ended.answer == {"pages": None, "vectors": 5}
    run(folder, "build")
    assert shown(run(folder, "recommend", "--like", "ash", "--n", "2", "--json")) == ["birch", "cedar"]


def test_a_parquet_file_gives_the_release_that_the_npy_file_gives(folder: Path, opened: Project) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    first = given(opened, TREES)
    columns = {"vector": [list(map(float, one)) for one in TREES.values()], "id": list(TREES)}
    parquet.write_table(pyarrow.table(columns), folder / "own.parquet")
    assert import_vectors(opened, folder / "own.parquet") == 5
    assert build(opened).release.id == first.id
    given(opened, {**TREES, "ash": (0, 0, 1)})
    run(folder, "import", "--vectors", folder / "own.parquet")
    assert build(opened).release.id == first.id


def test_pages_and_vectors_come_in_with_one_command(folder: Path) -> None:
    more = written(folder / "more.jsonl", [*ROWS, ("elm", "Elm", "This is about elm.")])
    vectors = npy(folder, {**TREES, "elm": (1, 0, 0)})
    gone = firstfive("-p", folder, "import", folder / "gone.csv", "--vectors", vectors)
    assert gone.status == 2
    assert "gone.csv" in gone.err
    assert "6 vectors were imported already" in gone.err
    ended = run(folder, "import", more, "--vectors", vectors, "--json")
    assert (ended.answer["pages"]["new"], ended.answer["vectors"]) == (1, 6)
    run(folder, "build")
    assert shown(run(folder, "recommend", "--like", "ash", "--n", "1", "--json")) == ["elm"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", ">f4"])
def test_numbers_of_any_kind_are_taken(opened: Project, dtype: str) -> None:
    file = npy(opened.folder, TREES)
    np.save(file, np.array(list(TREES.values())).astype(dtype))
    assert import_vectors(opened, file) == 5
    build(opened)
    assert nearest(opened, (0, 1, 0), n=1) == ["iron"]


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_very_short_and_very_long_vectors_keep_their_direction(opened: Project, size: float) -> None:
    plain = given(opened, TREES)
    assert nearest(opened, (1, 0, 0), n=2) == ["ash", "birch"]
    scaled = given(opened, {name: [number * size for number in one] for name, one in TREES.items()})
    assert scaled.items == plain.items
    assert nearest(opened, (1, 0, 0), n=2) == ["ash", "birch"]


def unusable(folder: Path) -> Iterator[tuple[Path, str]]:
    """(file, what is said of it)."""
    yield npy(folder, {**TREES, "ash": (0, 0, 0)}, "zero"), "the vector of 'ash' has the length 0"
    yield npy(folder, {**TREES, "ash": (float("nan"), 0, 0)}, "nan"), "not finite"
    yield npy(folder, {**TREES, "ash": (1e300, 0, 0)}, "huge"), "not finite"
    twice = npy(folder, TREES, "twice")
    twice.with_suffix(".ids.txt").write_text("ash\nbirch\ncedar\nbirch\nzinc\n")
    yield twice, "the id 'birch' comes twice"
    short = npy(folder, TREES, "short")
    short.with_suffix(".ids.txt").write_text("ash\nbirch\n")
    yield short, "2 ids stand beside"
    alone_ = npy(folder, TREES, "alone")
    alone_.with_suffix(".ids.txt").unlink()
    yield alone_, r"alone\.ids\.txt"
    yield npy(folder, {}, "none"), "stand beside|holds no vectors"
    np.save(folder / "words.npy", np.array(["a", "b"]))
    (folder / "words.ids.txt").write_text("a\nb\n")
    yield folder / "words.npy", "ids stand beside"
    np.save(folder / "objects.npy", np.array([{}, {}]), allow_pickle=True)
    (folder / "objects.ids.txt").write_text("a\nb\n")
    yield folder / "objects.npy", "does not hold usable vectors"
    (folder / "cut.npy").write_bytes(npy(folder, TREES).read_bytes()[:-8])
    (folder / "cut.ids.txt").write_text("\n".join(TREES))
    yield folder / "cut.npy", "does not hold usable vectors"
    yield folder / "missing.npy", "there is no file"


def test_a_file_that_cannot_be_used_is_refused_and_the_vectors_before_it_stay(opened: Project) -> None:
    before = given(opened, TREES)
    for file, said in unusable(opened.folder):
        with pytest.raises(SourceError, match=said) as caught:
            import_vectors(opened, file)
        assert caught.value.code == ("source.unreadable" if file.name == "missing.npy" else "model.vectors")
    assert build(opened).release.id == before.id
    assert not (opened.folder / "vectors.new").exists()


def test_an_id_twice_is_found_across_batches(opened: Project) -> None:
    many = {f"item{n}": (1.0, float(n)) for n in range(9_000)}
    file = npy(opened.folder, many)
    file.with_suffix(".ids.txt").write_text("\n".join([*list(many)[:-1], "item7"]))
    with pytest.raises(SourceError, match="the id 'item7' comes twice"):
        import_vectors(opened, file)


def test_vectors_are_not_replaced_under_a_build(opened: Project) -> None:
    before = given(opened, TREES)
    with alone(opened.folder), pytest.raises(BuildError, match=r"import --vectors") as caught:
        import_vectors(opened, npy(opened.folder, {"ash": (0, 1, 0)}))
    assert caught.value.code == "build.locked"
    assert build(opened).release.id == before.id


# --- the Release ------------------------------------------------------------------------------------------------------


def test_other_vectors_give_another_release_and_the_same_ones_the_same(opened: Project) -> None:
    none = build(opened).release
    first = given(opened, TREES)
    other = given(opened, {**TREES, "ash": (1, 0, 0.5)})
    fewer = given(opened, {name: one for name, one in TREES.items() if name != "ash"})
    assert len({none.id, first.id, other.id, fewer.id}) == 4
    assert given(opened, TREES).id == first.id
    assert given(opened, dict(reversed(TREES.items()))).id == first.id  # the order of the file does not matter
    assert given(opened, {name: [2 * number for number in one] for name, one in TREES.items()}).id == first.id


def test_ids_that_are_no_items_are_passed_over_until_they_are(opened: Project) -> None:
    release = given(opened, {"elm": (1, 0, 0), **TREES})
    assert release.items == 5
    assert nearest(opened, (1, 0, 0), n=2) == ["ash", "birch"]
    run(opened.folder, "import", written(opened.folder / "more.jsonl", [*ROWS, ("elm", "Elm", "This is about elm.")]))
    build(opened)
    assert set(nearest(opened, (1, 0, 0), n=2)) == {"ash", "elm"}


def test_vectors_of_no_item_at_all_do_no_harm(opened: Project) -> None:
    given(opened, {"nobody": (1, 0, 0)})
    assert opened.recommend("about iron").places[0].item == "iron"
    assert nearest(opened, (1, 0, 0)) == []


# --- instead of an embedder -------------------------------------------------------------------------------------------


def test_a_request_may_bring_its_vector_with_and_without_words(opened: Project) -> None:
    given(opened, TREES)
    assert nearest(opened, (0, 9, 0))[:2] == ["iron", "zinc"]
    slate = opened.recommend("about cedar", vector=(0, 9, 0))
    assert {place.item for place in slate.places[:2]} == {"cedar", "iron"}
    assert slate.places[0].channels["own"] >= 0
    assert "own" not in opened.recommend("about cedar").places[0].channels


@pytest.mark.parametrize("vector", [(1.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (float("nan"), 0.0, 0.0)])
def test_a_vector_of_another_size_or_without_direction_is_refused(opened: Project, vector: tuple[float, ...]) -> None:
    given(opened, TREES)
    with pytest.raises(Conflict, match="send 3 numbers that are not all 0") as caught:
        opened.recommend("about cedar", vector=vector)
    assert caught.value.code == "conflict.vector"


def test_a_vector_where_nothing_was_imported_is_refused_with_what_to_do(opened: Project) -> None:
    with pytest.raises(Conflict, match=r"import --vectors") as caught:
        opened.recommend("about cedar", vector=(1, 0, 0))
    assert caught.value.code == "conflict.vector"


def test_a_vector_of_very_small_or_large_numbers_keeps_its_direction(opened: Project) -> None:
    given(opened, TREES)
    assert nearest(opened, (0, 1e-30, 0))[0] == nearest(opened, (0, 1e100, 0))[0] == "iron"


def test_likes_go_near_and_dislikes_away(opened: Project) -> None:
    given(opened, TREES)
    asked = Request("", like=(ItemId("ash"),))
    assert [place.item for place in opened.recommender.recommend(asked).places[:2]] == ["birch", "cedar"]
    between = (1, 1, 0)
    assert nearest(opened, between)[0] == "birch"
    away = opened.recommend("", vector=between, unlike=["ash"])
    assert [place.item for place in away.places[:2]] == ["iron", "zinc"]


def test_neighbours_and_visits_follow_the_vectors(opened: Project) -> None:
    words = [item for item, _ in opened.recommender.neighbours(ItemId("zinc"), 4)]
    given(opened, TREES)
    near = [item for item, _ in opened.recommender.neighbours(ItemId("zinc"), 4)]
    assert near[0] == "iron"
    assert near != words
    assert [item for item, _ in opened.recommender.session([(ItemId("birch"), 1.0)], 2)] == ["ash", "cedar"]


def test_diversity_follows_the_vectors(opened: Project) -> None:
    given(opened, {**TREES, "birch": (1, 0.01, 0), "zinc": (0.9, 0, -0.6), "cedar": (0.8, 0, 1)})
    plain = [place.item for place in opened.recommend("", 3, vector=(1, 0, 0), diversity=0).places]
    varied = [place.item for place in opened.recommend("", 3, vector=(1, 0, 0), diversity=0.8).places]
    assert plain[:2] == ["ash", "birch"]
    assert varied[0] == "ash"
    assert "birch" not in varied[:2]


def test_an_item_without_a_vector_is_found_by_words_and_has_neighbours_by_words(opened: Project) -> None:
    given(opened, {name: one for name, one in TREES.items() if name != "cedar"})
    assert "cedar" not in nearest(opened, (1, 0, 0))
    assert opened.recommend("about cedar", vector=(1, 0, 0)).places[0].item in {"cedar", "ash"}
    assert opened.recommend("cedar").places[0].item == "cedar"
    assert len(opened.recommender.neighbours(ItemId("cedar"), 4)) == 4
    assert "cedar" not in [item for item, _ in opened.recommender.neighbours(ItemId("ash"), 5)]
    assert opened.recommend("about iron", like=["cedar"]).places[0].item == "iron"


def test_a_filter_and_hiding_hold_for_vectors_too(opened: Project) -> None:
    given(opened, TREES)
    opened.store.write(lambda unit: unit.hidden.set([ItemId("iron")], True))
    assert nearest(opened, (0, 1, 0))[0] == "zinc"


def test_many_vectors_are_searched_by_codes_and_give_the_same_first_item(folder: Path) -> None:
    vectors = np.random.default_rng(3).standard_normal((300, 16)).astype(np.float32)
    rows = [(f"i{n:03}", f"Item {n}", f"Text of item {n}.") for n in range(300)]
    run(folder, "import", "--full", written(folder / "many.jsonl", rows))
    with open_project(folder, overrides=["index.exact_rows=10"], environment={}) as one:
        given(one, {name: vectors[n].tolist() for n, (name, _, _) in enumerate(rows)})
        assert [nearest(one, vectors[n].tolist(), n=1) for n in (0, 7, 299)] == [["i000"], ["i007"], ["i299"]]


# --- beside the embedder ----------------------------------------------------------------------------------------------


def test_beside_the_embedder_own_vectors_are_one_channel_more(world: Project) -> None:
    rng = np.random.default_rng(1)
    with world.store.read() as unit:
        vectors = {str(page.id): rng.standard_normal(8).tolist() for page in unit.pages.live()}
    wish = "someone who makes crowns and dentures for dentists"
    before = world.recommend(wish)
    given(world, vectors)
    after = world.recommend(wish)
    assert [(place.item, place.score) for place in after.places] == [(one.item, one.score) for one in before.places]
    both = world.recommend(wish, vector=vectors["bees"])
    assert set(both.places[0].channels) == {"words", "chars", "whole", "passages", "pieces", "own"}
    assert {place.item for place in both.places} >= {"dentist", "bees"}
    assert world.recommend("", vector=vectors["bees"]).places[0].item == "bees"


# --- over HTTP --------------------------------------------------------------------------------------------------------


def test_a_vector_comes_in_over_http(opened: Project) -> None:
    given(opened, TREES)
    with served(opened) as server, httpx.Client(base_url=server.url, headers={"X-API-Key": server.reader}) as http:
        answer = http.post("/api/recommend", json={"text": "", "vector": [0, 1, 0], "n": 2})
        assert answer.status_code == 200
        assert [place["item"] for place in answer.json()["places"]] == ["iron", "zinc"]
        assert answer.json()["request"]["vector"] == [0, 1, 0]
        wrong = http.post("/api/recommend", json={"text": "iron", "vector": [0, 1]})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "conflict.vector")
        for bad in ([float(n) for n in range(9000)], ["x"], [1e300], "1,2"):
            assert http.post("/api/recommend", json={"text": "iron", "vector": bad}).status_code in (400, 422)
