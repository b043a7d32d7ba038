"""How far a long run is, on stderr: bars on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

import click

from firstfive.observe import Quiet
from firstfive.ports import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

EVERY_S = 5.0
"""Seconds between two lines of one step where there is no terminal."""
LATELY_S = 30.0
"""A rate is that of so many last seconds: what an earlier run had done already is counted in no time."""


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
        at.add(done)
        if monotonic() - at.said >= EVERY_S:
            at.said = monotonic()
            click.echo(f"{step}: {at}", err=True)

    def note(self, step: str, text: str) -> None:
        """Is said with the step's next line."""
        self._steps[step].note = text

    def finish(self, step: str) -> None:
        """Says what the step came to."""
        at = self._steps.pop(step)
        click.echo(f"{step}: {at.done:,} in {monotonic() - at.began:.1f} s{at.noted}", err=True)


class _Step:
    __slots__ = ("_lately", "began", "done", "note", "said", "total")

    def __init__(self, total: int | None) -> None:
        self.total, self.done, self.note = total, 0, ""
        self.began = self.said = monotonic()
        self._lately = deque([(self.began, 0)])

    def add(self, done: int) -> None:
        """Counts, and remembers when, once a second."""
        now = monotonic()
        self.done += done
        if now - self._lately[-1][0] >= 1.0:
            self._lately.append((now, self.done))
        while len(self._lately) > 1 and now - self._lately[1][0] >= LATELY_S:
            self._lately.popleft()

    @property
    def rate(self) -> str:
        """With a decimal where it is slow."""
        rate = self._rate()
        return f"{rate:,.0f}/s" if rate >= 10 or not rate else f"{rate:.1f}/s"

    @property
    def noted(self) -> str:
        """The note, to stand at the end of a line."""
        return f", {self.note}" if self.note else ""

    def _rate(self) -> float:
        since, done = self._lately[0]
        return (self.done - done) / max(monotonic() - since, 1e-9)

    def __str__(self) -> str:
        if not self.total:
            return f"{self.done:,}, {self.rate}{self.noted}"
        rate = self._rate()
        left = f", {time_((self.total - self.done) / rate)} left" if rate else ""
        return f"{self.done:,} of {self.total:,}, {self.rate}{left}{self.noted}"


def time_(seconds: float) -> str:
    """In the unit that a person would use."""
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 90 else f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


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
            TextColumn("{task.fields[note]}", style="dim"),
            console=Console(stderr=True),
        )
        self._steps: dict[str, tuple[TaskID, _Step]] = {}

    def start(self, step: str, total: int | None) -> None:
        """Draws the step's bar."""
        if not self._steps:
            self._rich.start()
        self._steps[step] = (self._rich.add_task(step, total=total, rate="", note=""), _Step(total))

    def advance(self, step: str, done: int) -> None:
        """Moves the step's bar."""
        task, at = self._steps[step]
        at.add(done)
        self._rich.update(task, advance=done, rate=at.rate)

    def note(self, step: str, text: str) -> None:
        """Stands behind the step's bar."""
        task, at = self._steps[step]
        at.note = text
        self._rich.update(task, note=text)

    def finish(self, step: str) -> None:
        """Leaves the step's bar full."""
        task, at = self._steps.pop(step)
        self._rich.update(task, total=at.done, completed=at.done)
        if not self._steps:
            self._rich.stop()
