"""Use case: remove old Releases, and the records that neither they nor the next build need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstfive.app import release as releases
from firstfive.app.alone import alone
from firstfive.app.bookkeeping import marks
from firstfive.app.cleaning import clean_all
from firstfive.app.describing import STEP as DESCRIBE
from firstfive.app.describing import Describing
from firstfive.app.model_cleaning import REWRITE, SELECT, ModelCleaning
from firstfive.build.describe import passages, readings, stamp
from firstfive.observe import Quiet, log
from firstfive.ports import Progress

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.types import Release, StampId

AT_ONCE = 10_000
"""Records that one transaction drops: other writers get their turn in between."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went: Releases, and records by step, where any did."""

    removed: Sequence[Release]
    swept: Mapping[str, int]


def prune(project: Project, keep: int = 3, *, progress: Progress | None = None) -> Pruned:
    """Removes Releases as `app.release.prune` does, and then what the store keeps for builds that will not come.

    What stays are the records of the live pages, with the vectors of the embedder in the settings and of those that
    the kept Releases were built with: the next build makes nothing that it would not have made before, but for asking
    again what a model never answered well. An item that is gone and comes back later is made again. The store's file
    does not shrink; its free room is used again.
    Cost: the cleaning step of a build. Raises BuildError build.locked during a build; then nothing is removed.
    """
    with alone(project.folder, "firstfive release prune"):
        now = project.embedder.name if project.embedder else ""
        removed = releases.prune(project, keep)
        kept, _ = releases.list_releases(project)
        models = {now, *(release.parts.get("embedder", "") for release in kept)} - {""}
        swept = _sweep(project, models, progress or Quiet())
    log("release").info("removed %d releases and %d records", len(removed), sum(swept.values()))
    return Pruned(removed, swept)


def _sweep(project: Project, models: Collection[str], progress: Progress) -> dict[str, int]:
    """Drops records by step. Cleans first what waits for a build, so that it is known what that build will need."""
    docs, cleaned = clean_all(project, progress)
    if not docs:
        return {}
    needed = {**cleaned.stamps, "clean": {doc.stamp.id for doc in docs}}
    cleaning = ModelCleaning(project, docs)
    if cleaning.active:
        docs = cleaning.docs()
        needed |= cleaning.stamps
    texts = (readings(doc.title, doc.text, passages(doc.text)) for doc in docs)
    needed["embed"] = {stamp(said, model).id for said in texts for model in models}
    needed |= Describing(project, docs).needed()
    needed |= {marks(step).failed: set() for step in (SELECT, REWRITE, DESCRIBE)}
    dropped = {step: _drop(project, step, wanted) for step, wanted in needed.items()}
    return {step: n for step, n in dropped.items() if n}


def _drop(project: Project, step: str, wanted: Collection[StampId]) -> int:
    total = 0
    while True:
        with project.store.unit() as unit:
            dropped = unit.ledger.sweep(step, _but_for(wanted, AT_ONCE))
        total += dropped
        if dropped < AT_ONCE:
            return total


def _but_for(wanted: Collection[StampId], most: int) -> Callable[[StampId], bool]:
    """Keeps what is wanted, and everything after so many that are not."""
    left = most

    def keep(record: StampId) -> bool:
        nonlocal left
        if record in wanted or left == 0:
            return True
        left -= 1
        return False

    return keep
