"""How often one key or one address may ask: a token bucket each, in this process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

from firstfive.errors import AccessError

CALLERS = 10_000
"""Buckets kept; the caller not seen for longest is forgotten first, which only ever lets more through."""


class OverRateError(AccessError):
    """A call too many: access.rate. allowance: what the caller has left, none."""

    def __init__(self, allowance: Allowance, wait_s: float) -> None:
        super().__init__(
            f"more than {allowance.limit} calls a minute; wait as long as Retry-After says",
            code="access.rate",
            retry_after_s=wait_s,
        )
        self.allowance = allowance


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left after this call."""

    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """As sent with every answer: calls a minute, calls left now, seconds until all are left again."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset_s),
        }


class Buckets:
    """`per_minute` calls a minute for each caller, all at once if they like; 0 for any number. Thread-safe."""

    def __init__(self, per_minute: int) -> None:
        self._limit = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> Allowance | None:
        """Takes one call from the caller's bucket; None where there is no limit. AccessError access.rate when empty."""
        if not self._limit:
            return None
        now, per_s = monotonic(), self._limit / 60
        with self._lock:
            left, at = self._left.pop(caller, (float(self._limit), now))
            left = min(self._limit, left + (now - at) * per_s)
            granted = left >= 1
            self._left[caller] = (left - granted, now)
            if len(self._left) > CALLERS:
                self._left.popitem(last=False)
        left_now = left - granted
        allowance = Allowance(self._limit, int(left_now), int((self._limit - left_now) / per_s) + 1)
        if not granted:
            raise OverRateError(allowance, wait_s=(1 - left) / per_s)
        return allowance
