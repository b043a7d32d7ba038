"""Use case: say that imported items wait for a build, since a Release does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firstfive.app.release import list_releases
from firstfive.errors import IndexFileError
from firstfive.index.catalogue import MappedCatalogue
from firstfive.types import ItemId

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.types import Rejected


def unbuilt(project: Project) -> int:
    """How many live items came after the Release in use was made and are not in it, nor rejected by a build."""
    found, used = list_releases(project)
    release = next((one for one in found if one.id == used), None)
    if release is None:
        return 0
    with project.store.read() as unit:
        late = {*unit.pages.first_seen(release.created)}
        rejected = _rejected(unit, late) if late else set()
    if not late:
        return 0
    try:
        catalogue = MappedCatalogue(project.releases / release.id / "catalogue")
    except IndexFileError:  # whoever answers from it says so, and what to do
        return 0
    return sum(item not in rejected and catalogue.position(item) is None for item in late)


def _rejected(unit: Unit, late: Set[ItemId]) -> set[ItemId]:
    """Those of these that a build put in quarantine."""
    likely = [(row, ids) for row in unit.quarantine.all() if not late.isdisjoint(ids := [*_named(row)])]
    return {item for row, ids in likely if (item := _page_of(unit, row, ids)) is not None}


def _named(row: Rejected) -> Iterator[ItemId]:
    """The ids that a build's row may be about, the longest first: its reason is "ID: why", and both may hold ": "."""
    end = row.reason.rfind(": ")
    while end >= 0:
        yield ItemId(row.reason[:end])
        end = row.reason.rfind(": ", 0, end)


def _page_of(unit: Unit, row: Rejected, ids: list[ItemId]) -> ItemId | None:
    """The one of these whose page was read where the row says."""
    pages = (unit.pages.get(item) for item in ids)
    return next((page.id for page in pages if page and (page.source, page.line) == (row.source, row.line)), None)
