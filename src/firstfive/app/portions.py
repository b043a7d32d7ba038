"""Things in runs that are bounded in number and in size: what one transaction writes, or one worker gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def portions(
    things: Iterable[T], most: int, most_size: float = float("inf"), size_of: Callable[[T], int] = lambda _: 0
) -> Iterator[list[T]]:
    """The things in order, in runs of at most `most`; the thing that brings a run to `most_size` ends it too."""
    portion: list[T] = []
    size = 0
    for thing in things:
        portion.append(thing)
        size += size_of(thing)
        if len(portion) == most or size >= most_size:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
