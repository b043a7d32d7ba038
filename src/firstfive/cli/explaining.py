"""How an answer came about, for reading in a terminal: each place's way through the stages, then time and cost."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import plain

if TYPE_CHECKING:
    from firstfive.types import Place, Slate


def workings(slate: Slate, width: int) -> str:
    """Every stage's part in each place, its reason's origin and checks, and what the whole took and cost."""
    blocks = [[f"How place {place.place} came about: {plain(place.title)}", *_place(place)] for place in slate.places]
    blocks.append(["The whole answer", *_whole(slate)])
    return "\n\n".join("\n".join(_wrapped(*block, width=width)) for block in blocks)


def _place(place: Place) -> Iterator[str]:
    yield f"Stages: {_way(place.stages)}"
    yield f"Scores: {', '.join(f'{name} {score:.2f}' for name, score in place.channels.items())}; all {place.score:.2f}"
    if place.reason:
        yield f"Reason: by {plain(place.reason.by) or 'rule'}, likeness {place.reason.score:.2f}"
    else:
        yield "Reason: none, for no words meet"
    yield from (f"Check: {plain(check)}" for check in place.checks)


def _way(stages: Mapping[str, int]) -> str:
    """The place after each stage, with a sign where the stage moved it: "fuse 4, pieces 2 (+2)"."""
    told, before = [], 0
    for name, place in stages.items():
        moved = before - place
        told.append(f"{name} {place}{f' ({moved:+d})' if before and moved else ''}")
        before = place
    return ", ".join(told)


def _whole(slate: Slate) -> Iterator[str]:
    yield f"Milliseconds: {', '.join(f'{name} {spent:.1f}' for name, spent in slate.timings_ms.items())}"
    if not slate.models:
        yield "Model: none took part"
        return
    yield f"Model: {plain(', '.join(slate.models))}, asked with {plain(', '.join(slate.prompts))}"
    yield f"Cost: ${slate.cost_usd:.6f}"
    if slate.recorded:
        yield f"Recorded: the model's answers are from {slate.recorded:%Y-%m-%d}"


def _wrapped(title: str, *lines: str, width: int) -> Iterator[str]:
    yield click.style(textwrap.shorten(title, width, placeholder=" …"), bold=True)
    for line in lines:
        yield from (f"   {part}" for part in textwrap.wrap(line, width - 3, subsequent_indent="  "))
