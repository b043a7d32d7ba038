"""Use case: hide items from every answer at once, and show them again, with a word on the items that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.errors import IndexFileError, NotFound
from firstfive.index import MappedCatalogue
from firstfive.index.files import damaged, mapped

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Unit
    from firstfive.types import Item, ItemId, Positions, ReleaseId


@dataclass(frozen=True, slots=True)
class Hiding:
    """What hiding or showing changed. changed: of the items that were named.

    copies: near-copies that were hidden too. others: near-copies that were left, since a field differs, or that are
    hidden still. unread: why it is not known which there are; empty where it is.
    """

    changed: int
    copies: tuple[ItemId, ...] = ()
    others: tuple[ItemId, ...] = ()
    unread: str = ""


def hide(project: Project, items: Sequence[ItemId], *, copies: bool = True) -> Hiding:
    """Hides items and, with copies, those near-copies in a Release that answers now whose fields all agree.

    An item that is hidden alone gives way to its copy, which says the same. What a later build links is not known yet.
    The items are hidden whether or not the Release can be read. Raises NotFound not_found.item for an id that no item
    has, before anything is changed.
    """
    changed = _set_hidden(project, items, True)
    found, unread = _copies(project, items) if copies else ({}, "")
    with project.store.read() as unit:
        hidden = unit.hidden.all()
    left = {item: alike for item, alike in found.items() if item not in hidden}
    same = sorted(item for item, alike in left.items() if alike)
    project.store.write(lambda unit: unit.hidden.set(same, True))
    return Hiding(changed, tuple(same), tuple(sorted(left.keys() - {*same})), unread)


def show(project: Project, items: Sequence[ItemId]) -> Hiding:
    """Shows these items again and no other, since a copy may be hidden for a reason of its own. Raises as `hide`."""
    changed = _set_hidden(project, items, False)
    found, unread = _copies(project, items)
    with project.store.read() as unit:
        return Hiding(changed, others=tuple(sorted(found.keys() & unit.hidden.all())), unread=unread)


def _set_hidden(project: Project, items: Sequence[ItemId], hidden: bool) -> int:
    def change(unit: Unit) -> int:
        for item in items:
            if unit.pages.get(item) is None:
                raise NotFound(f"no item has the id {item!r}; `firstfive recommend` prints ids in brackets")
        return unit.hidden.set(items, hidden)

    return project.store.write(change)


class _Copy(NamedTuple):
    item: ItemId
    alike: bool


def _copies(project: Project, items: Sequence[ItemId]) -> tuple[dict[ItemId, bool], str]:
    """The other items that share a head with one of these, in the Releases that answer now, and whether fields agree.

    With why not all could be read; those of the Releases that could be are there all the same.
    """
    with project.store.read() as unit:
        history, running = unit.releases.history(), unit.experiments.running()
    found: dict[ItemId, bool] = {}
    unread = ""
    for release in {*history[:1], *((running.baseline, running.candidate) if running else ())}:
        try:
            for item, alike in _linked(project, release, items):
                found[item] = alike and found.get(item, True)
        except IndexFileError as error:
            unread = str(error)
    return {item: alike for item, alike in found.items() if item not in items}, unread


def _linked(project: Project, release: ReleaseId, items: Sequence[ItemId]) -> Iterator[_Copy]:
    folder = project.releases / release
    catalogue = MappedCatalogue(folder / "catalogue")
    heads = _heads(project, release, len(catalogue))
    own = [place for item in items if (place := catalogue.position(item)) is not None]
    named = [(int(heads[place]), catalogue.item(place)) for place in own]
    for place in np.flatnonzero(np.isin(heads, heads[own])).tolist():
        copy = catalogue.item(place)
        yield _Copy(copy.id, any(head == heads[place] and _agree(item, copy) for head, item in named))


def _agree(one: Item, other: Item) -> bool:
    """Whether they are one thing that came twice. Another town, or price, is another thing in the same words."""
    return one.shown == other.shown


def _heads(project: Project, release: ReleaseId, items: int) -> Positions:
    path = project.releases / release / "heads.npy"
    try:
        heads: Positions = mapped(path)
    except (OSError, ValueError) as error:
        raise damaged(path, str(error)) from error
    if heads.shape != (items,):
        raise damaged(path, f"it has {heads.size:,} places for {items:,} items")
    return heads
