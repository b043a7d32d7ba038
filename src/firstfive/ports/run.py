"""Where a long run says how far it is."""

from __future__ import annotations

from typing import Protocol


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
