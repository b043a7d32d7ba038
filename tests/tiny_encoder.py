"""A text encoder small enough to read: its vectors are the mean of a table's rows, one row a word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WORDS = (
    "[UNK] [CLS] [SEP] a bakery bakes rye bread iron foundry casts pumps dental laboratory makes crowns heat cooling "
    "homes honey bees sells software choirs dogs cats vet"
).split()
SIZE = 16


def write_encoder(folder: Path, *, inputs: Sequence[str] = ("input_ids", "attention_mask"), seed: int = 1) -> Path:
    """Writes model.onnx and tokenizer.json into the folder, and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(_model(inputs, seed).SerializeToString())
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer()), "utf-8")
    return folder


def _model(inputs: Sequence[str], seed: int) -> onnx.ModelProto:
    table = np.random.default_rng(seed).standard_normal((len(WORDS), SIZE)).astype(np.float32)
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("Gather", ["table", inputs[0]], ["last_hidden_state"])],
            "table",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in inputs],
            [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", SIZE])],
            [numpy_helper.from_array(table, "table")],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )


def _tokenizer() -> dict[str, object]:
    special = {"id": "", "ids": [], "tokens": []}
    return {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
        "padding": None,
        "added_tokens": [_added(number) for number in range(3)],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, _special("[SEP]")],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {
                token: special | {"id": token, "ids": [WORDS.index(token)], "tokens": [token]}
                for token in ("[CLS]", "[SEP]")
            },
        },
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: number for number, word in enumerate(WORDS)},
            "unk_token": "[UNK]",
        },
    }


def _special(token: str) -> dict[str, object]:
    return {"SpecialToken": {"id": token, "type_id": 0}}


def _added(number: int) -> dict[str, object]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": number, "content": WORDS[number], **flags, "special": True}
