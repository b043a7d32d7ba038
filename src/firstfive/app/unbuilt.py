"""Use case: say that imported items wait for a build, since a Release does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstfive.app.release import list_releases
from firstfive.errors import IndexFileError
from firstfive.index.catalogue import MappedCatalogue

if TYPE_CHECKING:
    from firstfive.app.wiring import Project


def unbuilt(project: Project) -> int:
    """How many live items came after the Release in use was made and are not in it, nor rejected by a build."""
    found, used = list_releases(project)
    release = next((one for one in found if one.id == used), None)
    if release is None:
        return 0
    with project.store.read() as unit:
        late = [*unit.pages.first_seen(release.created)]
        rejected = {row.reason.partition(": ")[0] for row in unit.quarantine.all()} if late else set()
    if not late:
        return 0
    try:
        catalogue = MappedCatalogue(project.releases / release.id / "catalogue")
    except IndexFileError:  # whoever answers from it says so, and what to do
        return 0
    return sum(item not in rejected and catalogue.position(item) is None for item in late)
