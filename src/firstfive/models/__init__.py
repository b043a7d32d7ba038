"""Adapters for models: embedders that run here, providers of language models, and the gateway to them.

An embedder is loaded when it is first named: a process that only calls a gateway needs neither numpy nor onnxruntime.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstfive.models.built_in import minilm as minilm
    from firstfive.models.gone import Gone as Gone
    from firstfive.models.multilingual import universal as universal
    from firstfive.models.onnx import OnnxEmbedder as OnnxEmbedder
    from firstfive.models.onnx import from_folder as from_folder
    from firstfive.models.remembered import Remembered as Remembered

# onnxruntime reads this when it is loaded; else it writes an id of the machine to the home folder and sends it on.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_FILES = {
    "Gone": "gone",
    "OnnxEmbedder": "onnx",
    "Remembered": "remembered",
    "from_folder": "onnx",
    "minilm": "built_in",
    "universal": "multilingual",
}
__all__ = ["Gone", "OnnxEmbedder", "Remembered", "from_folder", "minilm", "universal"]


def __getattr__(name: str) -> Any:
    if name not in _FILES:
        raise AttributeError(f"module 'firstfive.models' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"firstfive.models.{_FILES[name]}"), name)
    return found
