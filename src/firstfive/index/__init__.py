"""Adapters for a Release's files: items, words and vectors, memory-mapped and rebuildable from the store."""

from firstfive.index.catalogue import MappedCatalogue, write_catalogue
from firstfive.index.files import open_folder, read_about, seal, sealed, size_bytes, sync
from firstfive.index.listed import CODES, SPOKEN, listed
from firstfive.index.pieces import MappedPieces, PieceWriter
from firstfive.index.vectors import RowWriter, open_vectors
from firstfive.index.words import check_language, open_text, write_text

__all__ = [
    "CODES",
    "SPOKEN",
    "MappedCatalogue",
    "MappedPieces",
    "PieceWriter",
    "RowWriter",
    "check_language",
    "listed",
    "open_folder",
    "open_text",
    "open_vectors",
    "read_about",
    "seal",
    "sealed",
    "size_bytes",
    "sync",
    "write_catalogue",
    "write_text",
]
