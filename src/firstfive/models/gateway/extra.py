"""How many calls may be made over: a tenth of those that were asked for, and a few to begin with.

When a provider is in trouble, everybody's retries are what keeps it there. A catalogue run makes none in place at all.
"""

from __future__ import annotations

SHARE = 0.1
START, MOST = 2.0, 20.0


class Extra:
    """A bucket of calls that may be made over, one for each provider: each call asked for puts a tenth in."""

    def __init__(self, share: float = SHARE, start: float = START, most: float = MOST) -> None:
        self._share = share
        self._most = most
        self._left = start

    def asked(self) -> None:
        """A call was asked for."""
        self._left = min(self._left + self._share, self._most)

    def take(self) -> bool:
        """Whether one more call may be made over; it is then."""
        if self._left < 1.0 - 1e-9:
            return False
        self._left -= 1.0
        return True
