"""Passages that stay in fragments, and what becomes of a model's rewrite of them: only what is proved gets in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from firstfive.build.languages import language
from firstfive.build.proof import Judged, prove
from firstfive.build.worth import fragments

LONGEST = 1_500
"""Characters of a passage: short enough for a small model to keep all of it."""

SHORTEST = 80
"""A passage shorter than this is not worth a call."""

BROKEN = 0.6
"""A passage of which this share is fragments is rewritten."""

MOST_LOST = 0.1
"""A rewrite that loses a larger share of its passage's facts is not taken."""


class Passage(NamedTuple):
    """Lines [first, end) of a text."""

    first: int
    end: int
    text: str


class Mended(NamedTuple):
    """A text with its passages rewritten where that was taken. judged: every sentence the model wrote.

    invented and lost: as `Doc` has them, lost against the text before. taken: passages whose rewrite got in.
    """

    text: str
    judged: tuple[Judged, ...]
    invented: float
    lost: float
    taken: int


def passages(text: str) -> list[Passage]:
    """The parts of a text that are too broken to be left so: whole lines, in order."""
    lines = text.split("\n")
    found: list[Passage] = []
    first = size = 0
    for at, line in enumerate((*lines, "")):
        if at == len(lines) or (size and size + len(line) > LONGEST):
            found.append(Passage(first, at, "\n".join(lines[first:at])))
            first, size = at, 0
        size += len(line) + 1
    return [one for one in found if SHORTEST <= len(one.text) <= 2 * LONGEST and fragments(one.text) >= BROKEN]


def mended(text: str, title: str, rewritten: Mapping[int, str]) -> Mended:
    """The text with the rewrites that are proved. rewritten: by the number of the passage's first line."""
    lines: list[str | None] = list(text.split("\n"))
    spoken = language(text)
    judged: list[Judged] = []
    lost_of: list[tuple[int, float]] = []
    taken = 0
    for passage in passages(text):
        if passage.first not in rewritten:
            continue
        proof = prove(passage.text, rewritten[passage.first], title=title, spoken=spoken)
        judged += proof.judged
        better = any(one.sound for one in proof.judged) and fragments(proof.text) < fragments(passage.text)
        if better and proof.lost <= MOST_LOST:
            lines[passage.first : passage.end] = [proof.text, *[None] * (passage.end - passage.first - 1)]
            lost_of.append((len(passage.text), proof.lost))
            taken += 1
    invented = sum(not one.sound for one in judged) / len(judged) if judged else 0.0
    lost = sum(size * share for size, share in lost_of) / max(1, len(text))
    return Mended("\n".join(line for line in lines if line is not None), tuple(judged), invented, lost, taken)
