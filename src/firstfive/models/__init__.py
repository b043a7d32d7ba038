"""Adapters for models: the only place that knows onnxruntime."""

from firstfive.models.minilm import minilm
from firstfive.models.onnx import OnnxEmbedder, from_folder
from firstfive.models.remembered import Remembered

__all__ = ["OnnxEmbedder", "Remembered", "from_folder", "minilm"]
