"""Use case: what a returning person said yes and no to, read from their stored Events at each request, and let fade.

Nothing is kept beside the Events, so what erases these, or grows too old for `taste.keep_days`, is forgotten at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from firstfive.features import Taste, faded
from firstfive.learn import signals
from firstfive.rank import lean
from firstfive.types import UserId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstfive.app.serving import Serving
    from firstfive.learn import Signal
    from firstfive.ports import Store, Unit
    from firstfive.rank import Stage
    from firstfive.settings import TasteSettings
    from firstfive.types import Event, Positions, Request, Scores

LATEST = 200
"""Events of one person that are read at most, the latest."""
VISITS = 20
"""Visits to the page that are looked at, the latest."""
SEEKER = "seeker-"
"""How the name of a visitor to the page begins who asked to be known again."""
AMONG = 30
"""Candidates that taste may move."""
NOTE = "What you said yes and no to before moved some of these."


def known(request: Request) -> bool:
    """Whether the person asking is known; a visitor to the page who has only the name of the visit is not."""
    return bool(request.user) and str(request.user) != str(request.visit)


def taste_of(store: Store, serving: Serving, request: Request, settings: TasteSettings) -> Taste | None:
    """What the request's user said, as items of this Release; None where taste is off, or nothing is known of them.

    Then the answer is that of a stranger, bit for bit. Costs one read of the store for a known user.
    """
    if settings.use == "never" or request.user is None or not known(request):
        return None
    now = datetime.now(UTC)
    said = signals(_events(store, request.user, now, settings.keep_days), {})
    return remembered(serving, said, now, settings.half_life_days)


def remembered(serving: Serving, said: Sequence[Signal], now: datetime, half_life_days: float) -> Taste | None:
    """What was said of items that the Release has with a vector; None where there are none."""
    rows = [
        (place, vector, one)
        for one in said
        if (place := serving.catalogue.position(one.item)) is not None and (vector := serving.vector(place)) is not None
    ]
    if not rows:
        return None
    ages = np.array([(now - one.at) / timedelta(days=1) for _, _, one in rows])
    gains = np.array([one.gain for _, _, one in rows])
    positions = np.array([place for place, _, _ in rows], dtype=np.int64)
    return Taste(positions, np.stack([vector for _, vector, _ in rows]), gains * faded(ages, half_life_days))


def stage(serving: Serving, taste: Taste, settings: TasteSettings) -> Stage:
    """The stage for one person."""

    def leaning(positions: Positions) -> Scores:
        rows = [serving.vector(position) for position in positions.tolist()]
        none = np.zeros(taste.vectors.shape[1], np.float32)
        return taste.leaning(np.stack([none if row is None else row for row in rows]))

    return lean(leaning, AMONG, settings.places)


def _events(store: Store, user: UserId, now: datetime, keep_days: int) -> list[Event]:
    """What the user did of late, within what taste may remember; 0 days: all that is stored."""
    with store.read() as unit:
        names = [user, *_visits(unit, user)] if user.startswith(SEEKER) else [user]
        found = [event for name in names for event in unit.events.find(user=name, n=LATEST, newest=True)[0]]
    kept = (event for event in found if not keep_days or event.at > now - timedelta(days=keep_days))
    return [replace(event, user=user) for event in kept]  # of one person the last word on an item counts


def _visits(unit: Unit, user: UserId) -> list[UserId]:
    """The names under which a visitor to the page said something: those of the visits that were asked in."""
    slates, _ = unit.slates.page("", 3 * VISITS, user)
    visits = dict.fromkeys(slate.request.visit for slate in slates if slate.request.visit)
    return [UserId(visit) for visit in list(visits)[:VISITS]]
