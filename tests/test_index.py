"""A Release's files: channels and catalogue keep their contracts, and a damaged file is named, never searched."""

from __future__ import annotations

import itertools
import resource
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.build.columns import columns
from firstfive.errors import IndexFileError, SettingsError, StoreError
from firstfive.index import (
    MappedCatalogue,
    RowWriter,
    open_folder,
    open_text,
    open_vectors,
    seal,
    write_catalogue,
    write_text,
)
from firstfive.index.codes import write_codes
from firstfive.index.files import MANIFEST
from firstfive.ports import Catalogue, Column, Hits, TextChannel, VectorChannel
from firstfive.testing.channels import (
    CatalogueContract,
    MemoryCatalogue,
    MemoryText,
    MemoryVectors,
    TextChannelContract,
    VectorChannelContract,
    axis,
    item,
    marked,
)
from firstfive.types import Item

if TYPE_CHECKING:
    from firstfive.types import Vectors

Fresh = Callable[[], Path]


@pytest.fixture
def fresh(tmp_path: Path) -> Fresh:
    """A new folder's path at each call."""
    numbers = itertools.count()
    return lambda: tmp_path / str(next(numbers))


def written(folder: Path, rows: Sequence[Vectors], size: int, *, exact_rows: int = 1_000_000) -> Path:
    writer = RowWriter(folder, size, sum(map(len, rows)), len(rows))
    for several in rows:
        writer.add(several)
    writer.close(exact_rows)
    return folder


def found(hits: Hits) -> list[int]:
    positions: list[int] = hits.positions.tolist()
    return positions


# --- contracts --------------------------------------------------------------------------------------------------------


class TestWords(TextChannelContract):
    @pytest.fixture
    def indexed(self, fresh: Fresh) -> Callable[[Sequence[str]], TextChannel]:
        def index(texts: Sequence[str]) -> TextChannel:
            write_text(folder := fresh(), texts, "english")
            return open_text(folder, "english")[0]

        return index


class TestChars(TextChannelContract):
    @pytest.fixture
    def indexed(self, fresh: Fresh) -> Callable[[Sequence[str]], TextChannel]:
        def index(texts: Sequence[str]) -> TextChannel:
            write_text(folder := fresh(), texts, "english")
            return open_text(folder, "english")[1]

        return index


class TestMemoryText(TextChannelContract):
    @pytest.fixture
    def indexed(self) -> Callable[[Sequence[str]], TextChannel]:
        return MemoryText


class TestExactRows(VectorChannelContract):
    @pytest.fixture
    def indexed(self, fresh: Fresh) -> Callable[[Sequence[Vectors], int], VectorChannel]:
        return lambda rows, size: open_vectors(written(fresh(), rows, size), rescore=50)


class TestCodedRows(VectorChannelContract):
    @pytest.fixture
    def indexed(self, fresh: Fresh) -> Callable[[Sequence[Vectors], int], VectorChannel]:
        return lambda rows, size: open_vectors(written(fresh(), rows, size, exact_rows=0), rescore=50)


class TestMemoryVectors(VectorChannelContract):
    @pytest.fixture
    def indexed(self) -> Callable[[Sequence[Vectors], int], VectorChannel]:
        return lambda rows, _: MemoryVectors(rows)


class TestMappedCatalogue(CatalogueContract):
    @pytest.fixture
    def kept(self, fresh: Fresh) -> Callable[[Sequence[Item], Mapping[str, Column]], Catalogue]:
        def keep(items: Sequence[Item], fields: Mapping[str, Column]) -> Catalogue:
            write_catalogue(folder := fresh(), items, fields)
            return MappedCatalogue(folder)

        return keep


class TestMemoryCatalogue(CatalogueContract):
    @pytest.fixture
    def kept(self) -> Callable[[Sequence[Item], Mapping[str, Column]], Catalogue]:
        return MemoryCatalogue


# --- words and characters ---------------------------------------------------------------------------------------------


def text_index(folder: Path, *texts: str, language: str = "english") -> tuple[TextChannel, TextChannel]:
    write_text(folder, texts, language)
    return open_text(folder, language)


def test_forms_of_a_word_are_one_word(fresh: Fresh) -> None:
    words, _ = text_index(fresh(), "it casts valves in grey iron", "a bakery")
    assert found(words.search("valve casting", 5)) == [0]


def test_the_stemmer_is_that_of_the_language(fresh: Fresh) -> None:
    german, _ = text_index(fresh(), "Wir backen Hochzeitstorten", "Gießerei", language="german")
    plain, _ = text_index(fresh(), "Wir backen Hochzeitstorten", "Gießerei", language="none")
    assert found(german.search("eine Hochzeitstorte", 5)) == [0]
    assert found(plain.search("eine Hochzeitstorte", 5)) == []


def test_stop_words_of_a_request_find_nothing_by_themselves_while_it_has_others(fresh: Fresh) -> None:
    words, _ = text_index(fresh(), "this is what it was for, and there it will be", "iron pumps")
    assert found(words.search("it is for the iron", 5)) == [1]


def test_stop_words_are_searched_for_where_a_request_has_nothing_else(fresh: Fresh) -> None:
    """They are dropped from requests only: the texts keep theirs."""
    words, _ = text_index(fresh(), "iron pumps", "The Who")
    assert found(words.search("the who", 5)) == [1]


def test_characters_find_misspelt_and_compound_words(fresh: Fresh) -> None:
    words, chars = text_index(fresh(), "dental laboratory", "an industrial laundry", "Zahnlaborbedarf")
    assert found(words.search("dentel labratory", 5)) == []
    assert found(chars.search("dentel labratory", 1)) == [0]
    assert found(chars.search("Laborbedarf", 1)) == [2]


def test_characters_do_not_mind_case_and_signs_between_words(fresh: Fresh) -> None:
    _, chars = text_index(fresh(), "FAMILY-OWNED", "iron pumps")
    hits = chars.search("family owned", 5)
    assert found(hits) == [0]
    assert chars.search("Family -- OWNED!", 5).scores.tolist() == hits.scores.tolist()


@pytest.mark.parametrize(
    ("item", "request_"),
    [("東京の歯科技工所です", "歯科"), ("서울의 치과기공소는", "치과"), ("我们生产铸铁水泵", "水泵")],
)
def test_characters_find_words_of_two_signs_where_no_spaces_part_words(fresh: Fresh, item: str, request_: str) -> None:
    _, chars = text_index(fresh(), "iron pumps", item)
    assert found(chars.search(request_, 5)) == [1]


def test_the_same_texts_give_the_same_scores_to_the_bit_in_every_index(fresh: Fresh) -> None:
    texts = [f"{'rye ' * (n % 7)} bread {n % 13} of house {n % 5}" for n in range(400)]
    for one, other in zip(text_index(fresh(), *texts), text_index(fresh(), *texts), strict=True):
        first, second = one.search("rye bread 7 house", 100), other.search("rye bread 7 house", 100)
        assert found(first) == found(second)
        assert first.scores.tobytes() == second.scores.tobytes()


@pytest.mark.parametrize("allowed", [1, 5, 60, 61, 300, 1_999, 2_000])
def test_a_filter_changes_no_score_and_no_order_however_many_it_allows(fresh: Fresh, allowed: int) -> None:
    texts = [f"{'rye ' * (n % 7)} bread {n % 13} of house {n % 5}" for n in range(2_000)]
    among = np.zeros(2_000, dtype=bool)
    among[np.random.default_rng(1).permutation(2_000)[:allowed]] = True
    for channel in text_index(fresh(), *texts):
        every = channel.search("rye bread 7 house", 2_000)
        rows = np.flatnonzero(among[every.positions])[:10]
        given = channel.search("rye bread 7 house", 10, among)
        assert found(given) == every.positions[rows].tolist()
        assert given.scores.tobytes() == every.scores[rows].tobytes()


def test_a_language_without_a_stemmer_is_a_wrong_setting_that_names_those_there_are(fresh: Fresh) -> None:
    with pytest.raises(SettingsError, match=r"index\.stemmer is 'klingon'.*english"):
        write_text(fresh(), ["qapla"], "klingon")


# --- vectors ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> tuple[VectorChannel, VectorChannel, Vectors]:
    """3,000 items of one to three rows around 40 centres, exact and by codes, and 100 requests near them."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((40, 48))

    def near(n: int) -> Vectors:
        rows = centres[random.integers(40, size=n)] + 0.5 * random.standard_normal((n, 48))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    rows = [near(int(random.integers(1, 4))) for _ in range(3_000)]
    folder = tmp_path_factory.mktemp("rows")
    exact = open_vectors(written(folder / "exact", rows, 48), rescore=50)
    coded = open_vectors(written(folder / "coded", rows, 48, exact_rows=1_000), rescore=50)
    assert type(exact) is not type(coded)
    return exact, coded, near(100)


@pytest.mark.parametrize("share", [None, 0.5, 0.02, 0.001])
def test_codes_find_the_five_that_exact_search_finds(
    clustered: tuple[VectorChannel, VectorChannel, Vectors], share: float | None
) -> None:
    exact, coded, requests = clustered
    among = None if share is None else np.random.default_rng(3).random(3_000) < share
    for request in requests:
        wanted, given = exact.search(request, 5, among), coded.search(request, 5, among)
        assert found(given) == found(wanted)
        assert np.allclose(given.scores, wanted.scores, atol=1e-6)


def test_codes_give_as_many_items_as_were_asked_for(
    clustered: tuple[VectorChannel, VectorChannel, Vectors],
) -> None:
    _, coded, requests = clustered
    assert len(set(found(coded.search(requests[0], 100)))) == 100
    assert len(set(found(coded.search(requests[0], 5_000)))) == 3_000


def test_the_same_rows_give_the_same_codes_to_the_byte(fresh: Fresh) -> None:
    rows = np.random.default_rng(1).standard_normal((500, 16)).astype(np.float32)
    one, other = (written(fresh(), [rows[n : n + 1] for n in range(500)], 16, exact_rows=10) for _ in range(2))
    assert (one / "codes.faiss").read_bytes() == (other / "codes.faiss").read_bytes()


def test_rows_that_do_not_fit_the_items_are_not_searched(fresh: Fresh) -> None:
    folder = written(fresh(), [axis(1), axis(1)], 4)
    np.save(folder / "starts.npy", np.array([0, 1], dtype=np.int64))
    with pytest.raises(IndexFileError):
        open_vectors(folder, rescore=50)


# --- columns ----------------------------------------------------------------------------------------------------------


def test_a_column_holds_what_each_item_states_case_folded() -> None:
    kinds = {"size": "number", "open": "yes/no", "country": "text", "tags": "list"}
    made = columns(kinds, [{"size": 3.0, "open": True, "country": "DE", "tags": ("B", "a", "b")}, {}, {"tags": ("A",)}])
    assert list(made) == ["country", "open", "size", "tags"]
    assert np.array_equal(np.asarray(made["size"].numbers), [3.0, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(np.asarray(made["open"].numbers), [1.0, np.nan, np.nan], equal_nan=True)
    tags = made["tags"]
    assert (tags.values, np.asarray(tags.starts).tolist(), np.asarray(tags.codes).tolist()) == (
        ("a", "b"),
        [0, 2, 2, 3],
        [1, 0, 0],
    )
    assert made["country"].values == ("de",)


# --- a Release's folder -----------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder with every kind of file that a Release has, sealed."""
    folder = tmp_path / "release"
    write_text(folder / "text", ["rye bread", "iron pumps"], "english")
    fields = columns({"tags": "list", "size": "number"}, [{"tags": ("x",), "size": 1.0}, {}])
    write_catalogue(folder / "catalogue", [item("a"), item("b")], fields)
    written(folder / "whole", [axis(1), axis(0, 1)], 4)
    written(folder / "passages", [axis(1), axis(0, 1)], 4, exact_rows=1)
    np.save(folder / "heads.npy", np.arange(2))
    seal(folder, {"release": "r", "items": 2, "parts": {"rank.words": "1.0"}})
    return folder


def files_of(folder: Path) -> Iterator[str]:
    yield from (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_sealed_folder_tells_what_it_was_told(sealed: Path) -> None:
    assert open_folder(sealed) == {"release": "r", "items": 2, "parts": {"rank.words": "1.0"}}


def test_a_sealed_folder_may_be_moved(sealed: Path, tmp_path: Path) -> None:
    sealed.rename(tmp_path / "elsewhere")
    assert open_folder(tmp_path / "elsewhere")["release"] == "r"


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def made_longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [flipped, cut_short, made_longer, emptied, Path.unlink, made_a_folder])
def test_every_kind_of_file_that_is_harmed_is_named(sealed: Path, tmp_path: Path, harm: Callable[[Path], None]) -> None:
    names = [name for name in files_of(sealed) if not name.endswith(".lock")]
    kinds = {Path(name).suffix for name in names}
    assert {".json", ".npy", ".msgpack", ".txt", ".faiss", ".idx", ".term", ".fast", ".fieldnorm"} <= kinds
    for name in names:
        if harm in {flipped, cut_short} and not (sealed / name).stat().st_size:
            continue
        copy = Path(shutil.copytree(sealed, tmp_path / "copy"))
        harm(copy / name)
        with pytest.raises(IndexFileError) as caught:
            open_folder(copy)
        assert caught.value.code == "index.corrupt"
        assert str(copy / name) in str(caught.value)
        shutil.rmtree(copy)


def test_no_change_to_the_manifest_goes_unnoticed(sealed: Path) -> None:
    """Not even one that leaves it readable: it holds the settings that rank."""
    manifest = sealed / MANIFEST
    whole = manifest.read_bytes()
    for old, new in ((b'"1.0"', b'"9.0"'), (b'"items": 2', b'"items": 3'), (b"rank.words", b"rank.chars")):
        assert old in whole
        manifest.write_bytes(whole.replace(old, new))
        with pytest.raises(IndexFileError, match=r"manifest\.json"):
            open_folder(sealed)


@given(data=st.binary(max_size=200))
def test_a_manifest_of_anything_is_damaged(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / MANIFEST).write_bytes(data)
    with pytest.raises(IndexFileError) as caught:
        open_folder(folder)
    assert caught.value.code == "index.corrupt"


def test_a_folder_that_is_not_there_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexFileError, match=r"manifest\.json.*firstfive build"):
        open_folder(tmp_path / "none")


def test_a_large_files_beginning_and_end_are_checked(tmp_path: Path) -> None:
    """Above 64 MB blocks spread over the file stand for it, so that opening stays quick."""
    folder = tmp_path / "release"
    folder.mkdir()
    large = folder / "rows.npy"
    with large.open("wb") as file:
        file.truncate(80 << 20)
    seal(folder, {})
    open_folder(folder)
    for place in (0, (80 << 20) - 1):
        with large.open("r+b") as file:
            file.seek(place)
            file.write(b"\1")
        with pytest.raises(IndexFileError, match=r"rows\.npy"):
            open_folder(folder)
        with large.open("r+b") as file:
            file.seek(place)
            file.write(b"\0")


def test_damage_to_a_text_index_that_no_checksum_saw_is_one_of_our_errors_or_none(tmp_path: Path) -> None:
    """Of a file above 64 MB only blocks are checked, and tantivy panics at what it does not understand."""
    write_text(tmp_path / "whole", ["rye bread", "iron pumps"] * 50, "english")
    random, allowed = Random(1), {0, 2}
    ends = Counter[str]()
    for name in files_of(tmp_path / "whole"):
        data = (tmp_path / "whole" / name).read_bytes()
        for turn in range(12 if data else 0):
            folder = Path(shutil.copytree(tmp_path / "whole", tmp_path / f"{name}-{turn}"))
            harmed = bytearray(data)
            harmed[random.randrange(len(data))] ^= 1 << random.randrange(8)
            (folder / name).write_bytes(harmed)
            try:
                for channel in open_text(folder, "english"):
                    assert allowed.issuperset(channel.search("rye bread", 5, marked(100, *allowed)).positions.tolist())
            except IndexFileError as error:
                ends[error.code] += 1
            else:
                ends["answered"] += 1
    assert set(ends) == {"index.corrupt", "answered"}


# --- a full disk ------------------------------------------------------------------------------------------------------


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Files cannot grow beyond this size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_is_said_by_every_writer_of_anothers_format(tmp_path: Path) -> None:
    rows = [np.eye(64, dtype=np.float32)[n % 64][None, :] for n in range(2_000)]
    folder = written(tmp_path / "rows", rows, 64)
    texts = [f"thing number {n} of {n * 7} others" for n in range(20_000)]
    writers: list[Callable[[], None]] = [
        lambda: write_codes(folder / "codes.faiss", np.load(folder / "rows.npy")),
        lambda: write_text(tmp_path / "text", texts, "english"),
    ]
    for write in writers:
        with files_of_at_most(50_000), pytest.raises(StoreError, match="free some disk") as caught:
            write()
        assert caught.value.code == "store.full"
