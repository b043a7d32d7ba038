"""The intake: what a request says."""

from firstfive.ask.read import Reading, read

__all__ = ["Reading", "read"]
