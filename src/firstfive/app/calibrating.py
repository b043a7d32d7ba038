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
from firstfive.ports import words_of
from firstfive.types import ItemId, StampId, digest

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress
    from firstfive.settings import AskSettings
    from firstfive.types import Doc, Release, ReleaseId

FILE = "chances.json"
"""Not chance.json, which earlier versions wrote otherwise: a Release of theirs states no chance until it is built."""
FEWEST = 50
"""A catalogue of fewer items states no chance: five of so few say nothing about chance."""
SAME = 0.9
"""The share of the items learned from that must be as they were, and the smaller of two catalogues' share of the larger
one, for a calibration to hold."""
FEWEST_LABELLED = 30
"""Fewer requests that people labelled are not learned from: so many leave a chance .05 unsure already."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A calibration and what it was learned from: settings, as a digest; how many items; some of these by stamp.

    labels: what people had labelled then, as a digest. taught: those of their requests that it was learned from, by
    `words_of`.
    """

    curve: Calibration
    settings: str = ""
    items: int = 0
    stamps: Mapping[ItemId, StampId] = field(default_factory=dict)
    labels: str = ""
    taught: frozenset[str] = frozenset()

    def holds(self, release: Release, stamps: Collection[StampId]) -> bool:
        """Whether it may be stated of another Release's answers. stamps: of that Release's docs."""
        same = sum(stamp in stamps for stamp in self.stamps.values())
        sizes = sorted((self.items, release.items))
        return self.settings == _settings(release) and same >= SAME * len(self.stamps) and sizes[0] >= SAME * sizes[1]


def load(folder: Path) -> Calibration | None:
    """The calibration of the Release in a folder; None for one that has none. Raises IndexFileError where damaged."""
    found = _read(folder)
    return found.curve if found else None


def taught_in(folder: Path) -> frozenset[str]:
    """The labelled requests, by `words_of`, from which the calibration of the Release in a folder was learned."""
    found = _read(folder)
    return found.taught if found else frozenset()


def written(folder: Path) -> int:
    """When the calibration of the Release in a folder was written, in nanoseconds; 0 where there is none."""
    try:
        return (folder / FILE).stat().st_mtime_ns
    except OSError:
        return 0


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

    Where the embedder fails, what could not be learned is logged, and the next build tries again. Where items are
    titles alone, hardly a question can be made up about them, and the Release states no chance.
    """
    folder = project.releases / release.id
    if release.items < FEWEST:
        return
    labelled = labelling.whole_requests(project)
    labels = _digest(labelled)
    own = _read(folder) if _sound(folder) else None
    learned = own or _earlier(project, release, {doc.stamp.id for doc in docs})
    try:
        if learned is None or learned.labels != labels or (learned is not own and labels and not learned.taught):
            serving = Serving(folder, project.embedder if release.parts["embedder"] else None)
            learned = learned or _by_questions(serving, release, project.settings.ask, progress)
            if len(learned.stamps) >= FEWEST:
                curve, taught = _by_labels(learned.curve.unlabelled, serving, release.id, labelled, progress)
                learned = replace(learned, curve=curve, labels=labels, taught=taught)
    except ModelError as error:
        what = "what people labelled" if learned else "the chance of a match"
        log("build").warning("%s was not learned: %s", what, error)
    if learned and learned is not own and len(learned.stamps) >= FEWEST:
        write(folder, learned)


def _by_questions(serving: Serving, release: Release, ask: AskSettings, progress: Progress) -> Learned:
    """What made-up questions teach."""
    progress.start("chances", min(QUESTIONS, OF_AN_ITEM * release.items))
    tried = try_made_up(serving, ask=ask, done=lambda: progress.advance("chances", 1))
    progress.finish("chances")
    positions = dict.fromkeys(one.position for one in tried)
    stamps = {item.id: item.stamp for item in map(serving.catalogue.item, positions)}
    return Learned(fit_to(tried), _settings(release), release.items, stamps)


def _by_labels(
    curve: Calibration,
    serving: Serving,
    release: ReleaseId,
    labelled: Sequence[tuple[str, Mapping[ItemId, int]]],
    progress: Progress,
) -> tuple[Calibration, frozenset[str]]:
    """The curve as people's labels have it, and the requests it was learned from; as it is where these are too few."""
    if len(labelled) < FEWEST_LABELLED:
        return curve, frozenset()
    progress.start("labels", len(labelled))
    judged = try_judged(serving, labelled, done=lambda: progress.advance("labels", 1))
    progress.finish("labels")
    if len(judged) < FEWEST_LABELLED:
        log("build").warning(
            "people labelled %d requests, and all of the first five of %d as this Release answers them: too few for "
            "chances to go by; label what `firstfive label draw --release %s` adds, and build again",
            len(labelled),
            len(judged),
            release[:12],
        )
        return curve, frozenset()
    found = np.array([one.found for one in judged])
    return by_labels(curve, [one.grounds for one in judged], found), frozenset(words_of(one.text) for one in judged)


def _digest(labelled: Sequence[tuple[str, Mapping[ItemId, int]]]) -> str:
    """Stands for what people labelled; empty where that is nothing."""
    return digest(*sorted(f"{text} {sorted(said.items())}" for text, said in labelled)) if labelled else ""


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
