"""The circuit of a provider: who fails too often is left alone for a while, and then tried with one call.

    closed ──most of the last calls failed──▶ open ──its time is over──▶ one probe ──good──▶ closed
                                               ▲                           │
                                               └──────── bad, twice as long┘

A key that is not taken, an account that is spent or an extra that is missing opens it at once: the next thousand calls
would fail alike.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

from firstfive.errors import ModelError
from firstfive.observe import log

SEEN, FEWEST, SHARE = 20, 8, 0.7
"""Opens where of the last 20 calls, at least 8 of them known, 70 % failed ..."""
FOR_S = 1.0
"""... and still did so much later: a request asks for many scores at once, and one bad moment fails them all."""
FIRST_S, LONGEST_S, REFUSED_S = 5.0, 60.0, 60.0
FAILURES = {"model.timeout", "model.unreachable", "model.overloaded", "model.failed"}
"""What counts as a failure of the provider. A 429 does not: it says itself how long to wait."""
REFUSALS = {"model.key", "model.quota", "model.missing_extra"}


class Circuit:
    """One for each provider. now: seconds of a clock that does not go back."""

    def __init__(self, provider: str, now: Callable[[], float] = monotonic) -> None:
        self._provider = provider
        self._now = now
        self._failed: deque[bool] = deque(maxlen=SEEN)
        self._failing_since: float | None = None
        self._why: ModelError | None = None
        self._opens_at = 0.0
        self._open_s = 0.0
        self._probing = False

    def check(self) -> None:
        """Raises where a call would not be let through: model.paused, or why the provider refuses all calls."""
        if self._why is not None and (self._probing or self._now() < self._opens_at):
            raise self._refusal(self._why)

    def begin(self) -> bool:
        """A call goes out; whether it is the probe. Raises as `check` does."""
        self.check()
        self._probing = self._why is not None
        return self._probing

    def ended(self, error: ModelError | None, *, probe: bool) -> None:
        """A call came back, well or not. error None: it did; a failure that is not the provider's says nothing."""
        if probe:
            self._probing = False
        code = error.code if error else ""
        if error is not None and code in REFUSALS:
            self._open(error, REFUSED_S)
            return
        failed = code in FAILURES and not (code == "model.timeout" and error is not None and not error.paid)
        self._failed.append(failed)
        lasting = self._lasting()
        if error is not None and failed and (probe or (lasting and self._why is None)):
            self._open(error, min(2 * self._open_s, LONGEST_S) or FIRST_S)
        elif probe and not failed:
            self._close()

    def dropped(self, *, probe: bool) -> None:
        """A call was given up by its caller: the next one may probe."""
        if probe:
            self._probing = False

    def _lasting(self) -> bool:
        """Whether too many calls failed, for long enough."""
        if len(self._failed) < FEWEST or sum(self._failed) < SHARE * len(self._failed):
            self._failing_since = None
            return False
        if self._failing_since is None:
            self._failing_since = self._now()
        return self._now() - self._failing_since >= FOR_S

    def _open(self, error: ModelError, seconds: float) -> None:
        if self._why is None or self._why.code != error.code:
            self._say(error, seconds)
        self._why, self._open_s, self._opens_at = error, seconds, self._now() + seconds

    def _close(self) -> None:
        log("models").info("%s answers again", self._provider)
        self._why, self._open_s = None, 0.0
        self._failed.clear()
        self._failing_since = None

    def _say(self, error: ModelError, seconds: float) -> None:
        """One line to the operator, not one a call."""
        if error.code in REFUSALS:
            log("models").error("%s takes no calls: %s", self._provider, error)
        else:
            text = "%s is left alone for %.0f s, too many calls failed: %s"
            log("models").warning(text, self._provider, seconds, error)

    def _refusal(self, why: ModelError) -> ModelError:
        left_s = max(0.0, self._opens_at - self._now())
        if why.code in REFUSALS:
            return ModelError(str(why), code=why.code, paid=False)
        return ModelError(
            f"{self._provider} failed too often and is tried again in {left_s:.0f} s (last: {why}); "
            "wait so long, or add a fallback model",
            code="model.paused",
            retry_after_s=left_s,
            paid=False,
        )
