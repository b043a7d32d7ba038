"""The gate to a provider: so many calls at once, so many requests and tokens a minute, people before catalogue runs.

What a minute allows is shared by all processes, in the store. A process takes it in lots: the first is for one call,
and each that is used up at once is followed by one twice as large, to a second's worth. What nobody uses goes stale.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import NamedTuple

from firstfive.errors import ModelError
from firstfive.models.gateway.commits import Commits
from firstfive.ports import Unit
from firstfive.settings import ProviderSettings

STALE_S = 2.0
LONGEST_SLEEP_S = 5.0
"""A wait is looked at again so often: another process may have asked for a pause, or a clock was set."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call before the gate."""

    tokens: float
    deadline: float
    let_in: asyncio.Future[None]


class Lot(NamedTuple):
    """Requests and tokens that may be used now. wait_s: until the rest of what was wanted is there."""

    requests: float = 0.0
    tokens: float = 0.0
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Buckets:
    """The provider's two buckets in the store. A rate of 0 is no limit."""

    provider: str
    requests_per_minute: float
    tokens_per_minute: float

    @property
    def requests(self) -> str:
        """The bucket of requests; a pause is on this one."""
        return f"requests:{self.provider}"

    @property
    def tokens(self) -> str:
        """The bucket of tokens."""
        return f"tokens:{self.provider}"

    def take(self, unit: Unit, lacking: Lot, size: float) -> Lot:
        """What is lacking, or so many times that, up to a second's worth; else the wait until there is the least."""
        now = datetime.now(UTC)
        tokens, wait_s = _taken(unit, self.tokens, lacking.tokens, size, self.tokens_per_minute, now)
        if wait_s:
            return Lot(0.0, 0.0, wait_s)
        requests, wait_s = _taken(unit, self.requests, lacking.requests, size, self.requests_per_minute, now)
        return Lot(requests, tokens, wait_s)


def _taken(unit: Unit, bucket: str, least: float, size: float, per_minute: float, now: datetime) -> tuple[float, float]:
    """What was taken, and the wait where that was nothing."""
    if not per_minute or least <= 0:
        return 0.0, 0.0
    wait_s = 0.0
    for amount in dict.fromkeys((max(least, min(size * least, per_minute / 60)), least)):
        wait_s = unit.limits.take(bucket, amount, per_minute, now)
        if not wait_s:
            return amount, 0.0
    return 0.0, wait_s


class Gate:
    """One for each provider and process."""

    def __init__(self, buckets: Buckets, at_once: int, commits: Commits) -> None:
        self._buckets = buckets
        self._commits = commits
        self._free = max(1, at_once)
        self._people: deque[_Waiting] = deque()
        self._runs: deque[_Waiting] = deque()
        self._lot, self._lot_at, self._size = Lot(), 0.0, 1.0
        self._busy = False
        self._closed_until = 0.0

    async def enter(self, tokens: float, deadline: float, *, patient: bool) -> None:
        """Returns when the call may go; `leave` must follow. Raises model.rate where that is after its deadline."""
        if not self._people and not self._runs:
            if monotonic() - self._lot_at > STALE_S:
                self._lot = Lot(0.0, min(0.0, self._lot.tokens))
            if self._free and self._lacking(tokens) is None:
                self._let_in(tokens)
                return
        waiting = _Waiting(tokens, deadline, asyncio.get_running_loop().create_future())
        (self._runs if patient else self._people).append(waiting)
        self._move()
        try:
            await waiting.let_in
        except asyncio.CancelledError:
            if waiting.let_in.done() and not waiting.let_in.cancelled() and waiting.let_in.exception() is None:
                self.leave()
            raise

    def leave(self, spare_tokens: float = 0.0) -> None:
        """A call is back. spare_tokens: those that were taken for it and not used; negative where it used more."""
        self._free += 1
        self._lot = self._lot._replace(tokens=self._lot.tokens + spare_tokens)
        self._move()

    def pause(self, seconds: float) -> None:
        """The provider asks for it: no process sends anything before that."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        self._closed_until = max(self._closed_until, monotonic() + seconds)
        self._lot = Lot(0.0, min(0.0, self._lot.tokens))
        done = self._commits.do(lambda unit: unit.limits.pause(self._buckets.requests, until))
        done.add_done_callback(_seen)

    def _lacking(self, tokens: float) -> Lot | None:
        """What has to be fetched before a call of so many tokens may go; None: nothing."""
        if monotonic() < self._closed_until:
            return Lot(1.0, tokens)
        requests = 1.0 - self._lot.requests if self._buckets.requests_per_minute else 0.0
        tokens = tokens - self._lot.tokens if self._buckets.tokens_per_minute else 0.0
        return Lot(max(0.0, requests), max(0.0, tokens)) if requests > 0 or tokens > 0 else None

    def _let_in(self, tokens: float) -> None:
        self._free -= 1
        self._lot = Lot(self._lot.requests - 1, self._lot.tokens - tokens)

    def _move(self) -> None:
        """Lets in whom it can: people first, and each line in order."""
        while self._free and not self._busy and (line := self._people or self._runs):
            head = line[0]
            if head.let_in.done():  # its caller has gone
                line.popleft()
            elif (lacking := self._lacking(head.tokens)) is not None:
                self._fetch(lacking)
            else:
                line.popleft()
                self._let_in(head.tokens)
                head.let_in.set_result(None)

    def _fetch(self, lacking: Lot) -> None:
        """Gets a lot from the store, and goes on when it is there."""
        self._busy = True
        now = monotonic()
        if now < self._closed_until:
            self._sleep(self._closed_until - now)
            return
        self._size = self._size * 2 if now - self._lot_at < STALE_S else 1.0
        size = self._size
        self._commits.do(lambda unit: self._buckets.take(unit, lacking, size)).add_done_callback(self._fetched)

    def _fetched(self, done: asyncio.Future[Lot]) -> None:
        self._busy = False
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            self._refuse_first(error)
            return
        got = done.result()
        self._lot_at = monotonic()
        self._lot = Lot(self._lot.requests + got.requests, self._lot.tokens + got.tokens)
        if got.wait_s:
            self._busy = True
            self._sleep(got.wait_s)
        else:
            self._move()

    def _sleep(self, wait_s: float) -> None:
        """Those whose deadline is before the end of the wait are told so now; the others wait."""
        self._size = 1.0
        now = monotonic()
        for line in (self._people, self._runs):
            for waiting in line:
                if waiting.deadline < now + wait_s and not waiting.let_in.done():
                    waiting.let_in.set_exception(self._late(wait_s))
        asyncio.get_running_loop().call_later(min(wait_s, LONGEST_SLEEP_S), self._awake)

    def _awake(self) -> None:
        self._busy = False
        self._move()

    def _refuse_first(self, error: BaseException) -> None:
        line = self._people or self._runs
        if line:
            first = line.popleft()
            if not first.let_in.done():
                first.let_in.set_exception(error)
        self._move()

    def _late(self, wait_s: float) -> ModelError:
        provider = self._buckets.provider
        return ModelError(
            f"{provider} takes the next call in {wait_s:.1f} s, after this one's deadline: it asked for a pause, or "
            "its limits a minute are used up; wait, add a fallback model, or raise "
            f"providers.{provider}.requests_per_minute and tokens_per_minute where the provider allows it",
            code="model.rate",
            retry_after_s=wait_s,
        )


def _seen(done: asyncio.Future[None]) -> None:
    """A pause that could not be written down holds in this process all the same."""
    if not done.cancelled():
        done.exception()


def provider_gate(provider: str, settings: ProviderSettings, commits: Commits, *, rates: bool = True) -> Gate:
    """The gate of a provider. rates False: only so many calls at once."""
    requests, tokens = settings.requests_per_minute, settings.tokens_per_minute
    buckets = Buckets(provider, requests, tokens) if rates else Buckets(provider, 0.0, 0.0)
    return Gate(buckets, settings.at_once, commits)
