"""Use case: hide items from every answer at once, and show them again, with the items that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from firstfive.errors import NotFound
from firstfive.index import MappedCatalogue
from firstfive.index.files import damaged, mapped

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.types import ItemId, Positions, ReleaseId


@dataclass(frozen=True, slots=True)
class Hiding:
    """What hiding or showing changed. changed: of the items that were named; copies: others, which say the same."""

    changed: int
    copies: tuple[ItemId, ...] = ()


def set_hidden(project: Project, items: Sequence[ItemId], hidden: bool, *, copies: bool = True) -> Hiding:
    """Hides or shows items and, with copies, what is linked as their near-copies in a Release that answers now.

    An item that is hidden alone gives way to its copy, which says the same. What a later build links is not known yet.
    Raises NotFound not_found.item for an id that no item has, before anything is changed, and IndexFileError.
    """
    same = _copies(project, items) if copies else set()

    def change(unit: Unit) -> Hiding:
        for item in items:
            if unit.pages.get(item) is None:
                raise NotFound(f"no item has the id {item!r}; `firstfive recommend` prints ids in brackets")
        changed, now = unit.hidden.set(items, hidden), unit.hidden.all()
        others = tuple(sorted(item for item in same if (item in now) is not hidden))
        unit.hidden.set(others, hidden)
        return Hiding(changed, others)

    return project.store.write(change)


def _copies(project: Project, items: Sequence[ItemId]) -> set[ItemId]:
    """The other items that share a head with one of these, in the Releases that answer now."""
    with project.store.read() as unit:
        history, running = unit.releases.history(), unit.experiments.running()
    answering = {*history[:1], *((running.baseline, running.candidate) if running else ())}
    return {copy for release in answering for copy in _linked(project, release, items)} - set(items)


def _linked(project: Project, release: ReleaseId, items: Sequence[ItemId]) -> Iterator[ItemId]:
    folder = project.releases / release
    catalogue, heads = MappedCatalogue(folder / "catalogue"), _heads(project, release)
    own = [place for item in items if (place := catalogue.position(item)) is not None]
    for place in np.flatnonzero(np.isin(heads, heads[own])).tolist():
        yield catalogue.id(place)


def _heads(project: Project, release: ReleaseId) -> Positions:
    path = project.releases / release / "heads.npy"
    try:
        return mapped(path)
    except (OSError, ValueError) as error:
        raise damaged(path, str(error)) from error
