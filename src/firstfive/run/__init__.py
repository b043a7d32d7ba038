"""Adapters that run pure functions over batches."""

from firstfive.run.local import Here, Processes

__all__ = ["Here", "Processes"]
