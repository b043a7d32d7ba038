"""How far a long run is, on stderr: bars on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

import click

from firstfive.observe import Quiet
from firstfive.ports import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

EVERY_S = 5.0
"""Seconds between two lines of one step where there is no terminal."""


def progress(*, quiet: bool = False) -> Progress:
    """What fits where stderr goes."""
    if quiet:
        return Quiet()
    return Bars() if sys.stderr.isatty() else Lines()


class Lines:
    """Plain lines, for logs and pipes: one when a step ends, and one every few seconds of a long one."""

    def __init__(self) -> None:
        self._steps: dict[str, _Step] = {}

    def start(self, step: str, total: int | None) -> None:
        """Begins a step; nothing is said before there is something to say."""
        self._steps[step] = _Step(total)

    def advance(self, step: str, done: int) -> None:
        """Says where the step is, at most every `EVERY_S`."""
        at = self._steps[step]
        at.done += done
        if monotonic() - at.said >= EVERY_S:
            at.said = monotonic()
            click.echo(f"{step}: {at}", err=True)

    def finish(self, step: str) -> None:
        """Says what the step came to."""
        at = self._steps.pop(step)
        click.echo(f"{step}: {at.done:,} in {monotonic() - at.began:.1f} s", err=True)


class _Step:
    __slots__ = ("began", "done", "said", "total")

    def __init__(self, total: int | None) -> None:
        self.total, self.done = total, 0
        self.began = self.said = monotonic()

    def __str__(self) -> str:
        rate = self.done / max(monotonic() - self.began, 1e-9)
        if not self.total:
            return f"{self.done:,}, {rate:,.0f}/s"
        left = (self.total - self.done) / rate if rate else 0.0
        return f"{self.done:,} of {self.total:,}, {rate:,.0f}/s, {left:.0f} s left"


class Bars:
    """A bar a step with its rate and the time left. Bars stop when no step runs, so that other output stays whole."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Rich

        self._rich = Rich(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._steps: dict[str, tuple[TaskID, _Step]] = {}

    def start(self, step: str, total: int | None) -> None:
        """Draws the step's bar."""
        if not self._steps:
            self._rich.start()
        self._steps[step] = (self._rich.add_task(step, total=total, rate=""), _Step(total))

    def advance(self, step: str, done: int) -> None:
        """Moves the step's bar."""
        task, at = self._steps[step]
        at.done += done
        rate = at.done / max(monotonic() - at.began, 1e-9)
        self._rich.update(task, advance=done, rate=f"{rate:,.0f}/s")

    def finish(self, step: str) -> None:
        """Leaves the step's bar full."""
        task, at = self._steps.pop(step)
        self._rich.update(task, total=at.done, completed=at.done)
        if not self._steps:
            self._rich.stop()
