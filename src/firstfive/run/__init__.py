"""Adapters that run pure functions over batches."""

from firstfive.run.local import Here, Processes, Threads

__all__ = ["Here", "Processes", "Threads"]
