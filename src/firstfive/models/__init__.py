"""Adapters for models: the only place that knows onnxruntime."""

from firstfive.models.gone import Gone
from firstfive.models.minilm import minilm
from firstfive.models.onnx import OnnxEmbedder, from_folder
from firstfive.models.remembered import Remembered

__all__ = ["Gone", "OnnxEmbedder", "Remembered", "from_folder", "minilm"]
