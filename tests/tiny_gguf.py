"""The smallest language model that llama.cpp runs, written on the spot: it says "yes" whatever it is asked.

Every token has the same vector and the one layer adds nothing, so what comes next is always as likely: "yes" before
"no" before everything else. A grammar still forces it into any JSON, letter by letter.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

WIDTH = 32
CONTEXT = 8192
TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
WORDS = ("yes", "no", "perhaps")
TOKENS = ("<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *WORDS)
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9


def write_gguf(path: Path) -> Path:
    """Writes the model; returns the path."""
    tensors = dict(_tensors())
    values = list(_values())
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values)
    offset, infos, data = 0, b"", b""
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]
        infos += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset)
        data += tensor.astype("<f4").tobytes()
        data += b"\0" * (-len(data) % 32)
        offset = len(data)
    start = head + infos
    path.write_bytes(start + b"\0" * (-len(start) % 32) + data)
    return path


def _tensors() -> Iterator[tuple[str, np.ndarray]]:
    rows = np.zeros((len(TOKENS), WIDTH), dtype=np.float32)
    for likely, word in zip((0.30, 0.25, 0.20), WORDS, strict=True):
        rows[TOKENS.index(word)] = likely
    yield "token_embd.weight", np.ones((len(TOKENS), WIDTH), dtype=np.float32)
    yield "output_norm.weight", np.ones(WIDTH, dtype=np.float32)
    yield "output.weight", rows
    for norm in ("attn_norm", "ffn_norm"):
        yield f"blk.0.{norm}.weight", np.ones(WIDTH, dtype=np.float32)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        yield f"blk.0.{name}.weight", np.zeros((WIDTH, WIDTH), dtype=np.float32)


def _values() -> Iterator[bytes]:
    yield _text("general.architecture") + struct.pack("<I", STRING) + _text("llama")
    yield _text("tokenizer.ggml.model") + struct.pack("<I", STRING) + _text("llama")
    yield _text("tokenizer.chat_template") + struct.pack("<I", STRING) + _text(TEMPLATE)
    numbers = {
        "llama.block_count": 1,
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.feed_forward_length": WIDTH,
        "llama.attention.head_count": 2,
        "llama.attention.head_count_kv": 2,
        "llama.rope.dimension_count": WIDTH // 2,
        "llama.pooling_type": 1,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
    }
    for name, number in numbers.items():
        yield _text(name) + struct.pack("<II", UINT32, number)
    yield _text("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", FLOAT32, 1e-5)
    kinds = [2, 3, 3, *[6] * 256, *[1] * len(WORDS)]
    yield _array("tokenizer.ggml.tokens", STRING, [_text(token) for token in TOKENS])
    yield _array("tokenizer.ggml.scores", FLOAT32, [struct.pack("<f", 0.0) for _ in TOKENS])
    yield _array("tokenizer.ggml.token_type", INT32, [struct.pack("<i", kind) for kind in kinds])


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _array(name: str, kind: int, parts: Sequence[bytes]) -> bytes:
    return _text(name) + struct.pack("<IIQ", ARRAY, kind, len(parts)) + b"".join(parts)
