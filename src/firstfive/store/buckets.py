"""A bucket that fills evenly with requests or tokens, as three times in microseconds.

A bucket is kept as the time at which it will be full (the generic cell rate algorithm, ITU-T I.371, 1996): nothing has
to be filled in between, and a rate that changes applies from the next taking on.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from firstfive.errors import RequestError

MINUTE = 60_000_000
LONGEST = 2**53
BACKWARDS = 5_000_000
"""A clock that goes back by more than this was set; by less, two threads or processes read it one after the other."""


class Bucket(NamedTuple):
    """full: when it is full again, over a minute ahead where it owes. paused: nothing before. seen: the latest time."""

    full: int = 0
    paused: int = 0
    seen: int = 0

    def at(self, now: int) -> Bucket:
        """The same bucket seen now. Where the clock was set back, what is to come keeps its distance."""
        back = self.seen - now
        if not self.seen or back <= BACKWARDS:
            return self._replace(seen=max(self.seen, now))
        return Bucket(self.full - back, self.paused - back if self.paused > self.seen else 0, now)

    def wait(self, cost: int, now: int) -> int:
        """Microseconds until so much can be taken; 0: now. More than a minute's worth waits for a full bucket."""
        return max(self.full + min(cost, MINUTE) - MINUTE - now, self.paused - now, 0)

    def less(self, cost: int, now: int) -> Bucket:
        """After taking."""
        return self._replace(full=max(self.full, now) + cost)


def cost(amount: float, per_minute: float) -> int:
    """Microseconds in which the amount flows in. RequestError for what is no amount or no rate, or takes centuries."""
    micros = amount * MINUTE / per_minute if 0 <= amount < math.inf and 0 < per_minute < math.inf else math.inf
    if micros > LONGEST:
        raise RequestError(
            f"{amount} cannot be taken at {per_minute} a minute; give an amount of 0 or more and a rate above 0"
        )
    return round(micros)
