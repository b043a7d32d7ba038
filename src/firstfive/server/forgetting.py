"""What a server forgets by itself, and when it does not believe its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from firstfive.app.record import forget_old
from firstfive.observe import log

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

IDLE = timedelta(days=30)
"""Where nothing came for this long, either the store was left alone or the clock runs ahead."""


class Forgetting:
    """Removes what is older than privacy.keep_days, and says what that was.

    It removes nothing, and leaves it to a person, where everything that was there when the server started would go and
    nothing had come for IDLE: with a clock that runs ahead, that would be yesterday's data.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._newest = _newest(project)

    def __call__(self, now: datetime | None = None) -> None:
        """Looks at what is there now. now: UTC; by the machine's clock where it is not given."""
        now, days = now or datetime.now(UTC), self._project.settings.privacy.keep_days
        if days and self._newest and now - self._newest > max(timedelta(days=days), IDLE):
            log("server").warning(
                "by this machine's clock (%s) all that was stored up to %s is older than privacy.keep_days; nothing is "
                "removed. Set the clock and restart the server, or run `firstfive build` if the clock is right",
                now.date(),
                self._newest.date(),
            )
            return
        gone = {table: n for table, n in forget_old(self._project, now).items() if n}
        if gone:
            counts = ", ".join(f"{n:,} of {table}" for table, n in gone.items())
            log("server").info("removed what is older than %d days: %s", days, counts)


def _newest(project: Project) -> datetime | None:
    """When the newest answer or event was stored."""
    with project.store.read() as unit:
        events, _ = unit.events.find(n=1, newest=True)
        slate = unit.slates.last_at()
    return max([*(event.at for event in events), *([slate] if slate else [])], default=None)
