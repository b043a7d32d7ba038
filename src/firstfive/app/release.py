"""Use case: list, choose, roll back and prune Releases. Whatever serves changes over by itself."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from getpass import getuser
from typing import TYPE_CHECKING

from firstfive.errors import Conflict, NotFound
from firstfive.index import open_folder
from firstfive.ports import Use
from firstfive.release import choose, differences, in_use, prunable, waits

__all__ = [
    "before",
    "differences",
    "list_releases",
    "prune",
    "refuse_during_experiment",
    "remove",
    "rollback",
    "show",
    "someone",
    "use",
    "uses",
]

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.types import Release, ReleaseId


def list_releases(project: Project) -> tuple[Sequence[Release], ReleaseId | None]:
    """All Releases, newest first, and the one in use."""
    with project.store.read() as unit:
        history = unit.releases.history()
        return unit.releases.all(), history[0] if history else None


def show(project: Project, wanted: str) -> Release:
    """A Release by its id or a beginning of it. Raises NotFound not_found.release."""
    with project.store.read() as unit:
        return choose(unit.releases.all(), wanted)


def uses(project: Project) -> Sequence[tuple[ReleaseId, Use]]:
    """Each time that a Release was put in use, newest first, and how that came."""
    with project.store.read() as unit:
        return unit.releases.uses()


def use(project: Project, wanted: str, how: str = "use", *, instead_of: str | None = None) -> Release:
    """Puts a Release in use, after checking its files. how: as the store is to remember it.

    instead_of: the one that must be in use until then. Raises IndexFileError for damaged files; Conflict
    conflict.release where another one is in use by now, and conflict.unmeasured for a Release of another embedder than
    the one in use that was never in use itself: that has to be promoted; and conflict.experiment while one runs. Then
    nothing changes.
    """
    release = show(project, wanted)
    open_folder(project.releases / release.id)

    def change(unit: Unit) -> None:
        history = unit.releases.history()
        now = next(iter(history), "")
        if instead_of is not None and now != instead_of:
            raise Conflict(
                f"the Release in use is {now or 'none'} by now and not {instead_of or 'none'}; look again, then choose",
                code="conflict.release",
            )
        if release.id != now:
            refuse_during_experiment(unit)
        if waits(release, in_use(unit.releases.all(), history)) and release.id not in history:
            raise Conflict(
                f"release {release.id} is of another embedder than the one in use and was never measured against it; "
                f"run `firstfive promote {release.id[:12]}`, with --force REASON to use it whatever comes of that",
                code="conflict.unmeasured",
            )
        unit.releases.use(release.id, Use(how, datetime.now(UTC), someone()))

    project.store.write(change)
    return release


def refuse_during_experiment(unit: Unit) -> None:
    """Conflict conflict.experiment while one runs: another Release in use would change what its seekers are shown."""
    running = unit.experiments.running()
    if running is not None:
        raise Conflict(
            f"the experiment {running.name} runs, and shows its seekers release {running.baseline} or "
            f"{running.candidate}; end it with `firstfive experiment stop {running.name}`, then try again",
            code="conflict.experiment",
        )


def before(project: Project) -> ReleaseId:
    """The Release that was in use before the one that is. Raises NotFound not_found.release where there was none."""
    with project.store.read() as unit:
        history = unit.releases.history()
    found = next((release for release in history[1:] if release != history[0]), None)
    if found is None:
        raise NotFound(
            "there is no earlier Release to go back to; `firstfive release list` shows those that there are, and "
            "`firstfive release use ID` takes one",
            code="not_found.release",
        )
    return found


def someone() -> str:
    """The name of the account that runs this; empty where the system has none."""
    try:
        return getuser()
    except (OSError, KeyError):
        return ""


def rollback(project: Project) -> Release:
    """Puts the Release in use that was in use before; a second time, forward again. NotFound where there was none."""
    return use(project, before(project), "rollback")


def prune(project: Project, keep: int = 3) -> list[Release]:
    """Removes Releases beyond the newest `keep`, never the one in use nor the one before it; returns those removed.

    Raises Conflict conflict.experiment where one of them is part of the experiment that runs; then none is removed.
    """
    with project.store.read() as unit:
        gone = prunable(unit.releases.all(), unit.releases.history(), keep)
        shown = _shown(unit)
        running = unit.experiments.running()
    if running and any(release.id in shown for release in gone):
        raise Conflict(
            f"release {next(one.id for one in gone if one.id in shown)} is shown to seekers by the experiment "
            f"{running.name}; end that with `firstfive experiment stop {running.name}`, or raise --keep",
            code="conflict.experiment",
        )
    return [release for release in gone if remove(project, release.id)]


def remove(project: Project, release: ReleaseId) -> bool:
    """Removes a Release and returns True; False for the one in use, the one before it, and those of a running
    experiment."""
    with project.store.unit() as unit:
        if release in {*unit.releases.history()[:2], *_shown(unit)}:
            return False
        unit.releases.remove(release)
    shutil.rmtree(project.releases / release, ignore_errors=True)
    return True


def _shown(unit: Unit) -> set[ReleaseId]:
    """What the experiment that runs shows."""
    running = unit.experiments.running()
    return {running.baseline, running.candidate} if running else set()
