"""Use case: whether a Release that was built with nobody watching may be put in use by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstfive.build.walls import GONE, KEPT_OUT, SCRIPTS
from firstfive.index import MappedCatalogue
from firstfive.release import differences, in_use

if TYPE_CHECKING:
    from collections.abc import Set

    from firstfive.app.build import BuildReport
    from firstfive.app.wiring import Project
    from firstfive.types import ItemId, Release, ReleaseId

MOST_LOST = 0.5
"""A Release with fewer than this share of the items of the one in use waits for somebody to look at it."""
FEW, SMALL = 5, 0.1
"""Below so many items, or this share of those in use, pages that give no text any more hold nothing: some always do."""
MEND = (
    "import good pages, and the next build goes on by itself; or, where it is right all the same, run "
    "`firstfive release use {release}`"
)


@dataclass(frozen=True, slots=True)
class Held:
    """Why a Release that was built is not put in use, as the end of a sentence. alarms: something is amiss."""

    why: str
    alarms: bool = False


def held_back(project: Project, report: BuildReport, *, changed: bool) -> Held | None:
    """What keeps the Release from being put in use by itself; None: nothing does.

    changed: pages are known to have changed since the build before. A Release that was in use before is taken again
    where pages changed, unless a person chose the one in use, by a rollback say: what they went back from stays away
    until pages give a Release that was never in use. Reads the pages of lost items where too many gave no text.
    """
    if report.behind:
        return Held("waits for `firstfive promote`")
    if report.held:
        return Held(f"waits for the experiment {report.held}")
    with project.store.read() as unit:
        history, uses = unit.releases.history(), unit.releases.uses()
        now = in_use(unit.releases.all(), history)
    new = report.release
    if now is None or now.id == new.id:
        return None
    if why := _doubt(project, report, now):
        return Held(f"{why}: it is not put in use by itself; {MEND.format(release=new.id)}", alarms=True)
    if new.id in history and not (uses[0][1].how == "build" and (changed or _of_other_pages(now, new))):
        return Held("was in use before: it is left to `firstfive release use`")
    return None


def _doubt(project: Project, report: BuildReport, now: Release) -> str:
    """What is amiss with what was built, beside the Release in use; empty: nothing."""
    items, allowed = report.release.items, project.settings.imports.max_bad
    if items < MOST_LOST * now.items:
        return f"has {items:,} {'item' if items == 1 else 'items'} where the one in use has {now.items:,}"
    lost = _lost(project, now.id, report.release.id) if report.too_bad else 0
    if lost >= max(FEW, SMALL * now.items) and lost > allowed * now.items:
        return (
            f"lacks {lost:,} of the {now.items:,} items of the one in use, since their pages give no text any more "
            f"(`firstfive quarantine`): more than import.max_bad = {allowed:g} allows"
        )
    return ""


def _lost(project: Project, now: ReleaseId, new: ReleaseId) -> int:
    """Items of the one in use whose pages are still there and give no item any more, but for pages not found."""
    without = _ids(project, now) - _ids(project, new)
    with project.store.read() as unit:
        reasons = {row.reason for row in unit.quarantine.all()}
        return sum(not _not_found(item, reasons) and unit.pages.get(item) is not None for item in without)


def _not_found(item: ItemId, reasons: Set[str]) -> bool:
    """Whether the page says that the thing is gone, and nothing that quarantine holds of it says otherwise."""
    return f"{item}: {GONE.reason}" in reasons and not any(
        f"{item}: {wall.reason}" in reasons for wall in (KEPT_OUT, SCRIPTS)
    )


def _ids(project: Project, release: ReleaseId) -> set[ItemId]:
    catalogue = MappedCatalogue(project.releases / release / "catalogue")
    return {catalogue.id(position) for position in range(len(catalogue))}


def _of_other_pages(before: Release, after: Release) -> bool:
    """Whether the pages are all that differs, and no setting that somebody tries."""
    return [one.part for one in differences(before, after)] == ["catalogue"]
