"""A Release's hash and the named parts it is made of, and which Releases may go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from firstfive.errors import NotFound
from firstfive.types import Release, ReleaseId, digest

FORMAT = "5"
"""Rises when the files of a Release, or the code that ranks from them, give other answers."""


def settings_parts(without: Collection[str] = (), **sections: Any) -> dict[str, str]:
    """Each setting of these sections as a part, by dotted name; without those named so."""
    parts = {
        f"{section}.{name}": str(value)
        for section, settings in sections.items()
        for name, value in asdict(settings).items()
    }
    return {name: value for name, value in parts.items() if name not in without}


def make_release(parts: Mapping[str, str], *, items: int, passages: int, created: datetime) -> Release:
    """The Release of these parts. The same parts are the same Release, whenever and however it was built."""
    whole = {"format": FORMAT, **parts}
    name = digest(*(f"{key}={whole[key]}" for key in sorted(whole)))
    return Release(ReleaseId(name[:16]), whole, items, passages, created)


class Difference(NamedTuple):
    """A part that two Releases do not have alike; None where one has no such part."""

    part: str
    before: str | None
    after: str | None


def differences(before: Release, after: Release) -> list[Difference]:
    """The parts by name that are not the same in both: why they may answer differently."""
    names = sorted({*before.parts, *after.parts})
    both = (Difference(name, before.parts.get(name), after.parts.get(name)) for name in names)
    return [one for one in both if one.before != one.after]


def choose(releases: Sequence[Release], wanted: str) -> Release:
    """The Release with this id, or the only one whose id begins so. Raises NotFound not_found.release."""
    found = [release for release in releases if release.id == wanted] or [
        release for release in releases if wanted and release.id.startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    known = ", ".join(release.id for release in releases) or "none: run `firstfive build`"
    many = "fits several Releases" if found else "is no Release"
    raise NotFound(f"{wanted!r} {many}; there are: {known}", code="not_found.release")


def in_use(releases: Sequence[Release], history: Sequence[ReleaseId]) -> Release | None:
    """The Release that answers now; None before the first. history: as the store gives it, newest first."""
    return next((release for release in releases if release.id == history[0]), None) if history else None


def waits(release: Release, now: Release | None) -> bool:
    """Whether a new Release has to be measured before it takes the place of the one in use: another embedder made it.

    Vectors of two embedders cannot be compared, so nothing that was found with the one says how good the other is.
    """
    return now is not None and release.parts.get("embedder", "") != now.parts.get("embedder", "")


def prunable(releases: Sequence[Release], history: Sequence[ReleaseId], keep: int) -> list[Release]:
    """Releases beyond the newest `keep`, never the one in use nor the one before it. releases: newest first."""
    needed = set(history[:2])
    return [release for release in releases[max(keep, 0) :] if release.id not in needed]
