"""Where pages come from, where work runs, and where it says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from firstfive.types import Page, Rejected

In = TypeVar("In")
Out = TypeVar("Out")


class Source(Protocol):
    """Something that pages can be read from, as a stream: what cannot be used comes as Rejected, in its place."""

    def __iter__(self) -> Iterator[Page | Rejected]: ...


class Progress(Protocol):
    """Where a long run says how far it is. `firstfive.observe.Quiet` says nothing."""

    def start(self, step: str, total: int | None) -> None:
        """total None: not known."""
        ...

    def advance(self, step: str, done: int) -> None: ...

    def note(self, step: str, text: str) -> None:
        """A few words beside the step, such as what it has cost so far, in place of those before."""
        ...

    def finish(self, step: str) -> None: ...


class Engine(Protocol):
    """Runs a pure function over batches, in order of the input, in as many workers as it has."""

    def map(self, function: Callable[[In], Out], batches: Iterable[In]) -> Iterator[Out]: ...
