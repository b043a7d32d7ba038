"""Use case: what another Release would have earned in the places that were left to chance, from Slates and Events.

An impression is the fourth or fifth place of a stored Slate, with the probability that its item was put there with. The
other Release is asked the same request again; where it would have put the same item there, the seeker's yes speaks for
it. That supposes that a yes depends on the item, the place and the request, and not on what stands in the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from firstfive.app.arms import seeker_of
from firstfive.app.recommend import Recommender
from firstfive.app.release import show
from firstfive.errors import RequestError
from firstfive.learn import signals
from firstfive.learn.signals import FAINT
from firstfive.measure import OffPolicy, off_policy
from firstfive.observe import Quiet
from firstfive.types import digest

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress, Store
    from firstfive.types import Event, ItemId, Numbers, Place, RecommId, ReleaseId, Slate

PORTION = 1_000
LATEST = 20_000
"""Slates with something left to chance that are looked at, the latest."""
DEEP = 20
"""Places of the other Release whose scores the model of rewards sees."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What is known. slates: those with something left to chance; unasked: of these, what it cannot answer now.

    earned None: there was no impression at all.
    """

    release: ReleaseId
    slates: int
    unasked: int
    visitors: int
    earned: OffPolicy | None

    @property
    def exit(self) -> int:
        """0 where estimates can be believed, 3 where there are none or they cannot."""
        return 0 if self.earned and self.earned.trusted else 3

    def lines(self) -> list[str]:
        """All of it as plain text."""
        if self.earned is None:
            return [
                "Not enough data yet: no stored answer has a place that was left to chance; set experiment.explore, "
                "such as 0.1, and let seekers come"
            ]
        left = f", {self.unasked:,} of them with a request that it cannot answer now" if self.unasked else ""
        return [
            f"A yes in a place left to chance, had release {self.release[:12]} chosen the item: from {self.slates:,} "
            f"answers to {self.visitors:,} visitors{left}.",
            *self.earned.lines(),
        ]


class _Impression(NamedTuple):
    """One place: whose, which, with which chance, the chance of the other Release, the reward, and both scores."""

    visitor: str
    slot: int
    logged: float
    wanted: float
    reward: float
    score: float
    score_wanted: float


def earned_by(project: Project, wanted: str, *, progress: Progress | None = None) -> Logged:
    """What the Release would have earned. Asks it every such request again: some 100 a second.

    Raises NotFound not_found.release, and IndexFileError for one that cannot be opened.
    """
    said, release = progress or Quiet(), show(project, wanted)
    slates = list(_slates(project.store))
    liked = _liked(project.store, {slate.recomm_id for slate in slates})
    recommender = Recommender(project, release.id)
    recommender.now()
    found: list[_Impression] = []
    unasked = 0
    said.start("ask again", len(slates))
    for slate in slates:
        said.advance("ask again", 1)
        try:
            other = recommender.answer(replace(slate.request, n=DEEP, user=None, visit=None)).places
        except RequestError:  # about an item or a field that it does not have
            unasked += 1
            continue
        found += _impressions(slate, other, liked)
    said.finish("ask again")
    visitors = len({one.visitor for one in found})
    return Logged(release.id, len(slates), unasked, visitors, _earned(found) if found else None)


def _slates(store: Store) -> Iterator[Slate]:
    """Slates with a place left to chance, newest first; not those of an interleaved experiment, whose draw is another
    one."""
    cursor, left = "", LATEST
    while left:
        with store.read() as unit:
            page, cursor = unit.slates.page(cursor, PORTION)
        drawn = [one for one in page if any(p.probability < 1 for p in one.places) and not _interleaved(one)][:left]
        yield from drawn
        left -= len(drawn)
        if not cursor:
            return


def _interleaved(slate: Slate) -> bool:
    return slate.trial is not None and slate.trial.arm == "both"


def _liked(store: Store, wanted: set[RecommId]) -> set[tuple[RecommId, ItemId]]:
    """What seekers said yes to, of which Slate."""
    events: list[Event] = []
    cursor = ""
    while True:
        with store.read() as unit:
            page, cursor = unit.events.find(after=cursor, n=PORTION)
        events += [one for one in page if one.recomm_id in wanted]
        if not cursor:
            break
    said = signals(events, {})
    return {(one.recomm_id, one.item) for one in said if one.recomm_id and one.gain > max(FAINT.values())}


def _impressions(slate: Slate, other: Sequence[Place], liked: set[tuple[RecommId, ItemId]]) -> Iterator[_Impression]:
    scores = {place.item: place.score for place in other}
    visitor = seeker_of(slate.request, slate.recomm_id)
    for row, place in enumerate(slate.places):
        if place.probability < 1:
            choice = other[row].item if row < len(other) else None
            yield _Impression(
                visitor,
                row,
                place.probability,
                float(choice == place.item),
                float((slate.recomm_id, place.item) in liked),
                scores.get(place.item, 0.0),
                scores[choice] if choice is not None else 0.0,
            )


def _earned(found: Sequence[_Impression]) -> OffPolicy:
    numbers = {visitor: number for number, visitor in enumerate(sorted({one.visitor for one in found}))}
    by = np.array([numbers[one.visitor] for one in found])
    half = np.array([int(digest(one.visitor)[:8], 16) % 2 for one in found])
    rewards = np.array([one.reward for one in found])
    guessed, guessed_wanted = _guesses(found, rewards, half)
    return off_policy(
        rewards,
        np.array([one.logged for one in found]),
        np.array([one.wanted for one in found]),
        guessed=guessed,
        guessed_wanted=guessed_wanted,
        by=by,
    )


def _guesses(found: Sequence[_Impression], rewards: Numbers, half: Numbers) -> tuple[Numbers, Numbers]:
    """A model's rewards of what was shown, and of what the other Release would show: a straight line in its score.

    Fitted on the one half of the visitors and used on the other, so that nobody's reward guesses itself.
    """
    shown = np.array([[1.0, one.slot, one.score] for one in found])
    wanted = np.array([[1.0, one.slot, one.score_wanted] for one in found])
    guessed, guessed_wanted = np.zeros(len(found)), np.zeros(len(found))
    for part in (0, 1):
        here, there = half == part, half != part
        if there.any():
            line, *_ = np.linalg.lstsq(shown[there], rewards[there], rcond=None)
            guessed[here], guessed_wanted[here] = shown[here] @ line, wanted[here] @ line
    return np.clip(guessed, 0, 1), np.clip(guessed_wanted, 0, 1)
