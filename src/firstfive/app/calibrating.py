"""Use case: every Release knows how a chance is read off its answers; learned after the seal, or carried over.

Learning ranks 320 made-up questions twice, and a seventh of them again after each of two answers. A first build hardly
feels that; a second one, which makes the vectors of what changed alone, would. So a calibration is carried over while
the settings are the same, nine of ten of the items that it was learned from are as they were, and the catalogue is as
large, or nearly. What people labelled since is learned without new questions. It is no part of the Release's hash.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from firstfive.app import born, labelling
from firstfive.app.chances import OF_AN_ITEM, QUESTIONS, fit_to, try_judged, try_made_up
from firstfive.app.serving import Serving
from firstfive.ask import Calibration, by_labels
from firstfive.errors import IndexFileError, ModelError
from firstfive.observe import log
from firstfive.types import ItemId, StampId, digest

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress
    from firstfive.settings import AskSettings
    from firstfive.types import Doc, Release

FILE = "chances.json"
"""Not chance.json, which earlier versions wrote otherwise: a Release of theirs states no chance until it is built."""
FEWEST = 50
"""A catalogue of fewer items states no chance: five of so few say nothing about chance."""
SAME = 0.9
"""The share of the items learned from that must be as they were, and the smaller of two catalogues' share of the larger
one, for a calibration to hold."""
FEWEST_LABELLED = 30
"""Fewer requests that people labelled teach nothing: chance would move the curve more than they do."""
GROWN = 1.2
"""By how much the labelled requests must have grown to be learned from anew."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A calibration and what it was learned from: settings, as a digest; how many items; some of these by stamp.

    labelled: how many requests had labels enough then; judged: those of them that it was learned from.
    """

    curve: Calibration
    settings: str = ""
    items: int = 0
    stamps: Mapping[ItemId, StampId] = field(default_factory=dict)
    labelled: int = 0
    judged: int = 0

    def outgrown(self, labelled: int) -> bool:
        """Whether people labelled so much more since that labels are to be learned from anew."""
        return labelled >= FEWEST_LABELLED and labelled >= GROWN * self.labelled

    def holds(self, release: Release, stamps: Collection[StampId]) -> bool:
        """Whether it may be stated of another Release's answers. stamps: of that Release's docs."""
        same = sum(stamp in stamps for stamp in self.stamps.values())
        sizes = sorted((self.items, release.items))
        return self.settings == _settings(release) and same >= SAME * len(self.stamps) and sizes[0] >= SAME * sizes[1]


def load(folder: Path) -> Calibration | None:
    """The calibration of the Release in a folder; None for one that has none. Raises IndexFileError where damaged."""
    found = _read(folder)
    return found.curve if found else None


def judged_in(folder: Path) -> int:
    """How many requests that people labelled the calibration of the Release in a folder was learned from."""
    found = _read(folder)
    return found.judged if found else 0


def learned_from(folder: Path) -> frozenset[ItemId]:
    """The items that the calibration of the Release in a folder was learned from: what is judged keeps off them."""
    found = _read(folder)
    return frozenset(found.stamps) if found else frozenset()


def write(folder: Path, learned: Learned) -> None:
    """Writes it beside the Release's other files, whole or not at all."""
    begun = folder / f".{FILE}"
    begun.write_bytes(msgspec.json.encode(learned))
    begun.replace(folder / FILE)


def calibrate(project: Project, release: Release, docs: Sequence[Doc], progress: Progress) -> None:
    """Sees to it that a sealed Release has a calibration: its own, an earlier one that holds, or one learned now.

    Where the embedder fails, the Release states no chance, which is logged; the next build tries again. Where items
    are titles alone, nothing can be asked about them, and it states none either.
    """
    folder = project.releases / release.id
    if release.items < FEWEST:
        return
    labelled = labelling.whole_requests(project)
    own = _read(folder) if _sound(folder) else None
    if own and not own.outgrown(len(labelled)):
        return
    learned = own or _earlier(project, release, {doc.stamp.id for doc in docs})
    try:
        if learned is None or learned.outgrown(len(labelled)):
            serving = Serving(folder, project.embedder if release.parts["embedder"] else None)
            learned = learned or _by_questions(serving, release, project.settings.ask, progress)
            learned = _by_labels(learned, serving, labelled)
    except ModelError as error:
        log("build").warning("the chance of a match was not learned: %s", error)
    if learned and (learned.judged or len(learned.stamps) >= FEWEST):
        write(folder, learned)


def _by_questions(serving: Serving, release: Release, ask: AskSettings, progress: Progress) -> Learned:
    """What made-up questions teach."""
    progress.start("chances", min(QUESTIONS, OF_AN_ITEM * release.items))
    tried = try_made_up(serving, ask=ask, done=lambda: progress.advance("chances", 1))
    progress.finish("chances")
    positions = dict.fromkeys(one.position for one in tried)
    stamps = {item.id: item.stamp for item in map(serving.catalogue.item, positions)}
    return Learned(fit_to(tried), _settings(release), release.items, stamps)


def _by_labels(learned: Learned, serving: Serving, labelled: Sequence[tuple[str, Mapping[ItemId, int]]]) -> Learned:
    """The same, and what people's labels teach where there are enough."""
    judged = try_judged(serving, labelled) if len(labelled) >= FEWEST_LABELLED else []
    if len(judged) < FEWEST_LABELLED:
        return replace(learned, labelled=len(labelled))
    grounds, found = [one for one, _ in judged], np.array([found for _, found in judged])
    curve = by_labels(learned.curve, grounds, found)
    return replace(learned, curve=curve, labelled=len(labelled), judged=len(judged))


def _earlier(project: Project, release: Release, stamps: Collection[StampId]) -> Learned | None:
    """The newest other Release's calibration that holds for this one."""
    with project.store.read() as unit:
        folders = [project.releases / other.id for other in unit.releases.all() if other.id != release.id]
    found = (_read(folder) for folder in folders if _sound(folder))
    return next((one for one in found if one and one.holds(release, stamps)), None)


def _sound(folder: Path) -> bool:
    try:
        return _read(folder) is not None
    except IndexFileError:
        return False


def _read(folder: Path) -> Learned | None:
    path = folder / FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Learned) if path.exists() else None
        return found if found and found.curve.fits else None
    except (msgspec.MsgspecError, OSError) as error:
        raise IndexFileError(f"{path} cannot be read: {error}; run `firstfive build` again") from error


def _settings(release: Release) -> str:
    of_items = {"catalogue", born.PART}
    return digest(*(f"{name}={value}" for name, value in sorted(release.parts.items()) if name not in of_items))
