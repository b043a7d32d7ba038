"""Sentence embedding with onnxruntime: any encoder in ONNX with its `tokenizer.json`.

Dynamic int8 scales activations by the largest value in the batch, so a text's vector would depend on its company.
Each text is therefore one run of the model, and threads work over texts: bit-equal alone, in any order, and rebuilt.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as native
from tokenizers import Tokenizer

from firstfive.errors import FirstFiveError, ModelError
from firstfive.guard import storable
from firstfive.observe import log

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firstfive.types import Mask, Pieces, Vectors

BORDER: dict[type[BaseException], type[FirstFiveError]] = {
    kind: ModelError for kind in vars(native).values() if isinstance(kind, type) and issubclass(kind, Exception)
}
FOREIGN: tuple[type[BaseException], ...] = tuple(BORDER)
UNABLE: tuple[type[BaseException], ...] = (OSError, *FOREIGN)
WINDOW = 256
WINDOWS = 6
"""Windows of a text that are read: all of 1,500 characters in any script; of a longer one so many, evenly spread."""
OPSET, IR = 17, 8
"""Of ONNX: what every version of onnxruntime that we take reads, so that a model written again has the same bytes."""
INPUTS = {"input_ids", "attention_mask", "token_type_ids"}


class OnnxEmbedder:
    """Texts to the mean of the model's last hidden state, at unit length.

    A text longer than the window of 256 tokens is read window by window, six of them at most; its vector is the mean of
    the windows' vectors weighted by their tokens. threads: texts embedded at once; 0 is one a core.
    """

    def __init__(self, model: Path, tokenizer: Path, *, name: str = "onnx", threads: int = 0) -> None:
        """Raises ModelError model.files when a file is missing or is not an encoder."""
        self._model, self._sha = model, _hash(model)[:12]
        self.name = f"{name}:{self._sha}-{_hash(tokenizer)[:12]}"
        self._session = _session(model)
        self._names = [given.name for given in self._session.get_inputs()]
        unknown = set(self._names) - INPUTS
        if unknown or "input_ids" not in self._names:
            raise ModelError(
                f"{model} takes {', '.join(self._names)}, which is not what a text encoder takes; "
                f"export it with inputs among {', '.join(sorted(INPUTS))}",
                code="model.files",
            )
        self._tokenizer = _tokenizer(tokenizer)
        self._before, self._after = _special(self._tokenizer)
        self._window = WINDOW - len(self._before) - len(self._after)
        self._threads = threads or os.cpu_count() or 1
        self._pool: ThreadPoolExecutor | None = None
        self.size = int(self._run([]).shape[0])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), size) float32, rows of unit length. Raises ModelError when the model fails on a text."""
        if len(texts) < 2 or self._threads == 1:
            rows = [self._one(text) for text in texts]
        else:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, "embed")
            rows = list(self._pool.map(self._one, texts))
        return np.stack(rows) if rows else np.empty((0, self.size), dtype=np.float32)

    def pieces(self, text: str) -> Pieces:
        """(k,): the distinct word pieces of the whole text that hold a letter or digit, ascending."""
        if not len(self.table):
            return np.empty(0, dtype=np.uint32)
        found = np.unique(np.array(self._ids(text), dtype=np.uint32))
        return found[self._telling[found]]

    @cached_property
    def table(self) -> Vectors:
        """(vocabulary, size) float16, rows of unit length: what the model looks each piece up in, without context."""
        kept = self._model.with_suffix(f".{self._sha}.table.npy")
        return word_table(self._model, self._tokenizer.get_vocab_size(), kept)

    @cached_property
    def _telling(self) -> Mask:
        telling = np.zeros(max(len(self.table), self._tokenizer.get_vocab_size()), dtype=bool)
        special = {token.content for token in self._tokenizer.get_added_tokens_decoder().values()}
        for piece, number in self._tokenizer.get_vocab().items():
            telling[number] = piece not in special and any(char.isalnum() for char in piece)
        telling[len(self.table) :] = False
        return telling

    def _one(self, text: str) -> Vectors:
        ids = self._ids(text)
        starts: Sequence[int] = range(0, len(ids), self._window)
        if len(starts) > WINDOWS:
            starts = [starts[round(place * (len(starts) - 1) / (WINDOWS - 1))] for place in range(WINDOWS)]
        windows = [ids[start : start + self._window] for start in starts] or [[]]
        if len(windows) == 1:
            return self._run(windows[0])
        total = sum(len(window) * self._run(window) for window in windows)
        return _unit(np.asarray(total, dtype=np.float32))

    def _ids(self, text: str) -> list[int]:
        # The tokenizer takes no lone surrogates: it would raise TypeError.
        ids: list[int] = self._tokenizer.encode(storable(text), add_special_tokens=False).ids
        return ids

    def _run(self, window: list[int]) -> Vectors:
        ids = np.array([self._before + window + self._after], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        try:
            hidden = self._session.run(None, {name: feed[name] for name in self._names})[0]
        except FOREIGN as error:
            raise ModelError(
                f"{self.name} failed on a text of {len(window)} tokens: {error}; try again, or check the model's files"
            ) from error
        return _unit(hidden[0].mean(axis=0) if hidden.ndim == 3 else hidden[0])


def from_folder(folder: Path, *, name: str = "", threads: int = 0) -> OnnxEmbedder:
    """An embedder from a folder with `model.onnx` and `tokenizer.json`, named by the folder where no name is given."""
    name = name or f"onnx-{folder.name}"
    return OnnxEmbedder(folder / "model.onnx", folder / "tokenizer.json", name=name, threads=threads)


class Graph:
    """A text encoder that is written operation by operation; each gives the name of what it gives.

    Arrays, numbers and lists of integers among the inputs become constants.
    """

    input = "input_ids"

    def __init__(self) -> None:
        self._steps: list[Any] = []
        self._constants: list[Any] = []

    def add(self, kind: str, *inputs: str | NDArray[Any] | int | list[int], **attributes: Any) -> str:
        """One operation of ONNX."""
        from onnx import helper

        names = [given if isinstance(given, str) else self._constant(given) for given in inputs]
        made = f"made{len(self._steps)}"
        self._steps.append(helper.make_node(kind, names, [made], **attributes))
        return made

    def cut(self, rows: str, axis: int, start: int, end: int) -> str:
        """A slice along an axis; an end of 0 or less is counted from the last one."""
        return self.add("Slice", rows, [start], [end or np.iinfo(np.int64).max], [axis])

    def floats(self, given: str) -> str:
        """The same numbers as float32."""
        from onnx import TensorProto

        return self.add("Cast", given, to=TensorProto.FLOAT)

    def normed(self, rows: str, scale: Vectors, bias: Vectors, epsilon: float) -> str:
        """Each row with mean 0 and variance 1, scaled and moved (Ba et al., Layer Normalization, 2016)."""
        return self.add("LayerNormalization", rows, scale, bias, axis=-1, epsilon=epsilon)

    def finish(self, output: str) -> bytes:
        """The model: `input_ids` (1, tokens) to this output (1, size)."""
        from onnx import TensorProto, helper

        given = helper.make_tensor_value_info(self.input, TensorProto.INT64, [1, "tokens"])
        said = helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, "size"])
        graph = helper.make_graph(self._steps, "encoder", [given], [said], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
        written: bytes = model.SerializeToString()
        return written

    def _constant(self, given: NDArray[Any] | int | list[int]) -> str:
        from onnx import numpy_helper

        array = given if isinstance(given, np.ndarray) else np.array(given, dtype=np.int64)
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name


def word_table(model: Path, vocabulary: int, kept: Path) -> Vectors:
    """The rows that the model's Gather over `input_ids` reads, at unit length; none where it has no such node.

    kept: where it is memory-mapped from once it was read, if that folder can be written.
    """
    with suppress(OSError, ValueError, EOFError):
        kept_rows: Vectors = np.asarray(np.load(kept, mmap_mode="r"))
        return kept_rows
    rows = _gathered(model, vocabulary)
    table: Vectors = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float16)
    with suppress(OSError), tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        np.save(Path(folder) / "table.npy", table)
        (Path(folder) / "table.npy").replace(kept)
    return table


def _gathered(model: Path, vocabulary: int) -> Vectors:
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(model)).graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type != "Gather" or "input_ids" not in node.input[1]:
            continue
        tensor = stored.get(node.input[0])
        if tensor is None:
            continue
        rows = numpy_helper.to_array(tensor).astype(np.float32)
        if rows.ndim == 2 and len(rows) >= vocabulary:
            zero = stored.get(node.input[0].removesuffix("_quantized") + "_zero_point")
            return np.asarray(rows - (numpy_helper.to_array(zero).astype(np.float32) if zero is not None else 0))
    return np.empty((0, 1), dtype=np.float32)


def quantise(weights: Path, ready: Path) -> None:
    """Folds the unpacking of stored weights into floats, quantises these by channel; the result appears whole.

    Raises ModelError model.files where the folder cannot be written.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    log("models").info("preparing the built-in embedder (once on this machine)")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    try:
        ready.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ready.parent) as folder:
            folded, small = Path(folder) / "folded.onnx", Path(folder) / "small.onnx"
            options.optimized_model_filepath = str(folded)
            onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
            logging.getLogger().addFilter(_no_advice)
            try:
                quantize_dynamic(folded, small, weight_type=QuantType.QInt8, per_channel=True)
            finally:
                logging.getLogger().removeFilter(_no_advice)
            small.replace(ready)
    except UNABLE as error:
        raise ModelError(
            f"the built-in embedder could not be prepared in {ready.parent}: {error}; "
            "free some disk, or set FIRSTFIVE_CACHE to a folder that can be written",
            code="model.files",
        ) from error


def _no_advice(record: object) -> bool:
    """Keeps the quantiser's advice to pre-process, which folding has done, off the user's screen."""
    return "pre-processing before quantization" not in str(getattr(record, "msg", ""))


def _unit(vector: Vectors) -> Vectors:
    length = np.linalg.norm(vector)
    if not np.isfinite(length) or length == 0:
        raise ModelError("the model gave a vector without direction (zero or not finite); check the model's files")
    return (vector / length).astype(np.float32)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror}); set models.embedder to a folder with "
            "model.onnx and tokenizer.json",
            code="model.files",
        ) from error


def _session(model: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except FOREIGN as error:
        raise ModelError(f"{model} is not a model onnxruntime can load: {error}", code="model.files") from error


def _tokenizer(path: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for any bad file
        raise ModelError(f"{path} is not a tokenizer: {error}", code="model.files") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _special(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The tokens the tokenizer puts before and after a text, such as [CLS] and [SEP]."""
    bare = tokenizer.encode("a", add_special_tokens=False).ids
    full = tokenizer.encode("a", add_special_tokens=True).ids
    for start in range(len(full) - len(bare) + 1):
        if full[start : start + len(bare)] == bare:
            return full[:start], full[start + len(bare) :]
    return [], []
