"""Reranking by a model that reads one item at a time, or by taste: a number moves the item by a few places.

The number is all that comes back, so an item's text can ask for anything and get `most` places at the utmost. An item
that the model said nothing usable about keeps its place exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from math import exp, inf, isnan, nan
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from firstfive.features import WORTH
from firstfive.ports import Reply
from firstfive.rank.stages import Stage
from firstfive.rank.wording import WORD
from firstfive.types import Candidates, Request

if TYPE_CHECKING:
    from firstfive.types import Positions, Scores

Fits: TypeAlias = "Callable[[Request, Positions], Scores]"
"""How well each of these items fits the request, (k,) in [0, 1]; NaN where that is not known."""
Worth: TypeAlias = "Callable[[Positions, Scores], Scores]"
"""What each of these items' fits (k,), all known, is worth in fused score."""

CHOICES = ("yes", "no")
GRADES = 3
"""The best grade of a rubric that begins at 0."""
TASTE = 1.0
"""What a leaning of 1 is worth, in fused score. Two candidates' leanings differ by .1 or .2, so the request decides
wherever its own scores are further apart than that."""


def plain(_: Positions, fits: Scores) -> Scores:
    """What fits are worth where nothing was learned of it."""
    return np.float32(WORTH) * fits


def rerank(fits: Fits, among: int, most: int, worth: Worth = plain) -> Stage:
    """Orders the first `among` by fused score and the model's fit, each within `most` places of where it was.

    Those that are refused are left alone. A place keeps its score, whoever comes to stand there, so
    that the stages after this one see the scale they know. The fits are the channel "rerank", NaN where not known.
    """

    def step(request: Request, candidates: Candidates) -> Candidates:
        head = int((~candidates.refused[:among]).sum())
        if head < 2:
            return candidates
        found = np.full(len(candidates), np.nan, dtype=np.float32)
        found[:head] = fits(request, candidates.positions[:head])
        known = np.flatnonzero(np.isfinite(found))
        gained = worth(candidates.positions[known], found[known])
        return _moved(candidates, "rerank", found, known, gained, most)

    return Stage("rerank", step, f"rerank the first {among} by up to {most} places")


def lean(leaning: Callable[[Positions], Scores], among: int, most: int) -> Stage:
    """Orders the first `among` by fused score and a person's leaning, as `rerank` does by a fit. The request stays what
    decides. The leanings are the channel "taste", 0 where not looked at.
    """

    def step(request: Request, candidates: Candidates) -> Candidates:  # noqa: ARG001
        head = int((~candidates.refused[:among]).sum())
        if head < 2:
            return candidates
        found = np.zeros(len(candidates), dtype=np.float32)
        found[:head] = leaning(candidates.positions[:head])
        return _moved(candidates, "taste", found, np.arange(head), np.float32(TASTE) * found[:head], most)

    return Stage("taste", step, f"taste moves the first {among} by up to {most} places")


def _moved(
    candidates: Candidates, channel: str, found: Scores, rows: Positions, gained: Scores, most: int
) -> Candidates:
    """The candidates with these rows ordered by score and what each gained, and what was found as a channel."""
    order = np.arange(len(candidates))
    order[rows] = rows[bounded(candidates.scores[rows] + gained, rows, most)]
    channels = {**candidates.channels, channel: found}
    return replace(replace(candidates, channels=channels).take(order), scores=candidates.scores)


def bounded(keys: Scores, places: Positions, most: int) -> Positions:
    """The rows ordered by key, as far as none moves more than `most` from its own place: which row stands at each
    place.

    keys (n,), finite, higher first; places (n,) ascending, the place that each row has -> rows (n,). Places are filled
    from the first on, each with the best row that may stand there, unless it is the last place that some row may take:
    then with that row. Without gaps in the places no allowed order is better from the top. O(n log n).
    """
    due = {slot: row for row, slot in enumerate(_latest(places, most).tolist())}
    waiting: list[tuple[float, int]] = []
    chosen: list[int] = []
    settled = np.zeros(len(keys), dtype=bool)
    entered = 0
    for slot, place in enumerate(places.tolist()):
        while entered < len(keys) and places[entered] <= place + most:
            heappush(waiting, (-float(keys[entered]), entered))
            entered += 1
        row = due.get(slot, -1)
        if row < 0 or settled[row]:
            row = heappop(waiting)[1]
            while settled[row]:
                row = heappop(waiting)[1]
        settled[row] = True
        chosen.append(row)
    return np.array(chosen, dtype=np.int64)


def _latest(places: Positions, most: int) -> Positions:
    """(n,): the last slot that each row may take; all differ, so that every row can be placed in time.

    Slots are counted on beyond the last place: rows that could move past it are never due. Where a gap gives several
    rows one last slot, the earlier rows get earlier ones.
    """
    rows = np.arange(len(places))
    if not len(places):
        return rows
    reach = places + most
    slots = np.searchsorted(places, reach, side="right") - 1 + np.maximum(reach - places[-1], 0)
    return np.asarray(rows + np.minimum.accumulate((slots - rows)[::-1])[::-1], dtype=np.int64)


def fit(reply: Reply) -> float:
    """How well the item fits, in [0, 1], by a model's reply; NaN where it says nothing usable.

    A grade from 0 to 3 in thirds, else p(yes) / (p(yes) + p(no)) by the log-probabilities, else the word: 1 or 0.
    """
    if isinstance(reply.value, Mapping):
        return _graded(reply.value.get("score"))
    yes, no = (_logprob(reply.logprobs, choice) for choice in CHOICES)
    if max(yes, no) > -inf:
        return 1 / (1 + exp(min(no - yes, 700.0)))
    word = WORD.search(str(reply.value or reply.text).casefold())
    return {"yes": 1.0, "no": 0.0}.get(word.group() if word else "", nan)


def _graded(grade: object) -> float:
    whole = isinstance(grade, int) and not isinstance(grade, bool)
    return grade / GRADES if whole and 0 <= grade <= GRADES else nan  # type: ignore[operator]  # whole says so


def _logprob(logprobs: Mapping[str, float], choice: str) -> float:
    """The choice's log-probability; -inf for one that is missing or cannot be one."""
    value = logprobs.get(choice, -inf)
    return -inf if isnan(value) or value > 0 else value
