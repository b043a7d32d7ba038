"""Two rankings in one set of five, and which of them seekers' clicks speak for.

    team_draft(a, b, seed) -> slots     what to show, and which ranking each item stands for
    credit(slots, clicked) -> score     in [-1, 1]; above 0 for b
    preference(scores) -> Preference    what all sessions say together, at any look

A seeker who sees both rankings at once is their own control, so far fewer sessions are needed than when some see the
one and others the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product, takewhile
from random import Random
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from firstfive.errors import UsageError
from firstfive.measure.intervals import LEVEL
from firstfive.measure.sequential import Known, confidence_sequence

if TYPE_CHECKING:
    from firstfive.types import ItemId, Numbers

SLOTS = 5
Team = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the five. team: whose pick it was. leaning: how far the item speaks for b, in [-1, 1]. chance: with
    which just this item stands here, over all coins.

    leaning is what credit counts: the mean of all teams that the item could have had in just this order, and 0 for the
    first items where both rankings say the same. Both take the coin's own say out, which is noise (for marginalising:
    Hofmann, Whiteson and de Rijke, CIKM 2011).
    """

    item: ItemId
    team: Team
    leaning: float
    chance: float = 1.0


def team_draft(a: Sequence[ItemId], b: Sequence[ItemId], seed: str, slots: int = SLOTS) -> tuple[Slot, ...]:
    """The two rankings drafted into the slots in turns; a coin says who picks first in each (Radlinski, Kurup and
    Joachims, CIKM 2008). The same rankings and seed give the same slots.

    Shorter rankings give what they have. Raises UsageError for a ranking with an item twice, or more than ten slots.
    """
    for name, ranking in (("a", a), ("b", b)):
        if len(set(ranking)) < len(ranking):
            raise UsageError(f"ranking {name} has an item twice; give each item once")
    if not 1 <= slots <= 10:
        raise UsageError(f"{slots} slots cannot be drafted; take 1 to 10")
    turns = (slots + 1) // 2
    random = Random(seed)  # noqa: S311  # a coin that can be thrown again, not a secret
    shown = _drafted(a, b, [random.random() < 0.5 for _ in range(turns)], slots)
    drafts = [_drafted(a, b, coins, slots) for coins in product((False, True), repeat=turns)]
    alike = [draft for draft in drafts if [item for item, _ in draft] == [item for item, _ in shown]]
    leanings = np.mean([[1.0 if team == "b" else -1.0 for _, team in draft] for draft in alike], axis=0)
    leanings[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))] = 0
    chances = [sum(draft[at][0] == item for draft in drafts) / len(drafts) for at, (item, _) in enumerate(shown)]
    return tuple(
        Slot(item, team, float(leaning), chance)
        for (item, team), leaning, chance in zip(shown, leanings, chances, strict=True)
    )


def credit(slots: Sequence[Slot], clicked: Collection[ItemId]) -> float:
    """What one session says, in [-1, 1]: the mean leaning of what was clicked; 0 without a click."""
    leanings = [slot.leaning for slot in slots if slot.item in clicked]
    return sum(leanings) / len(leanings) if leanings else 0.0


@dataclass(frozen=True, slots=True)
class Preference:
    """What the sessions say so far. known: the mean credit, at all looks at once; a, b, neither: how many spoke so."""

    known: Known
    a: int
    b: int
    neither: int

    def json(self) -> bytes:
        """All of it, field by field."""
        return msgspec.json.encode(self)

    def sentence(self) -> str:
        """What is known, in one sentence. The credit says which is better, not by how many points."""
        told = f"{self.b} sessions speak for B, {self.a} for A, {self.neither} for neither"
        if not self.known.shown:
            return f"Not enough data yet: {told}."
        better, worse = ("B", "A") if self.known.interval.low > 0 else ("A", "B")
        return f"{better} is better than {worse}: {told}."


def preference(scores: Numbers, *, level: float = LEVEL) -> Preference:
    """The credits of all sessions in the order they came, sessions without a click included."""
    values = np.asarray(scores, np.float64)
    known = confidence_sequence(values, lowest=-1.0, highest=1.0, level=level)
    a, b = int((values < 0).sum()), int((values > 0).sum())
    return Preference(known, a, b, len(values) - a - b)


def _drafted(a: Sequence[ItemId], b: Sequence[ItemId], coins: Sequence[bool], slots: int) -> list[tuple[ItemId, Team]]:
    """One draft: at each coin both pick their best item that is left, b first where the coin says so.

    Who has none left leaves the turn to the other.
    """
    left: dict[Team, list[ItemId]] = {"a": [*a], "b": [*b]}
    shown: list[tuple[ItemId, Team]] = []
    order: dict[bool, tuple[tuple[Team, Team], ...]] = {
        False: (("a", "b"), ("b", "a")),
        True: (("b", "a"), ("a", "b")),
    }
    for b_first in coins:
        for own, other in order[b_first]:
            team: Team = own if left[own] else other
            if not left[team] or len(shown) == slots:
                return shown
            pick = left[team][0]
            shown.append((pick, team))
            left = {name: [item for item in ranking if item != pick] for name, ranking in left.items()}
    return shown
