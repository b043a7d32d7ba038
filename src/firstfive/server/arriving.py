"""Connections that bring no whole request in time are closed: whoever sends a byte now and then holds nothing up.

uvicorn bounds only the pause between two requests. Without this, a thousand connections that never finish one would
take all the descriptors that a process may have. Where there are many at once, the one that has waited longest for its
client makes room for the next, so that a new one is always heard.
"""

from __future__ import annotations

import asyncio
import logging
from time import monotonic

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

WHOLE_S = 30.0
"""Seconds from a connection, or from the first byte of its next request, until that request is here, body included."""
LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
SELDOM_S = 60.0
"""How often the log says that no connection can be taken."""


def descriptors() -> int:
    """How many files and connections this process may have open; 1,024 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 1024
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if 0 < soft < MANY else MANY


MANY = 65_536
"""Descriptors beyond which a limit is none."""
MOST = descriptors() * 3 // 8
"""Connections at once. As many again may be taken before the first of these that makes room is closed."""
AT_ONCE = min(512, descriptors() // 8)
"""Connections taken in one round of the event loop, of which three pass until one is closed."""


class InTime(H11Protocol):
    """uvicorn's connection, with an end to waiting for a request."""

    whole_s = WHOLE_S
    most = MOST
    _end: asyncio.TimerHandle | None = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Waiting begins with the connection: one that never says a word is closed too."""
        super().connection_made(transport)
        self._since = monotonic()
        self._wait()
        if len(self.connections) > self.most:
            self._make_room()

    def handle_events(self) -> None:
        """Waiting ends with a request's last byte; the next one's may have come along with it, and not its last."""
        super().handle_events()
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._stop()
        elif self._end is None:
            self._wait()

    def on_response_complete(self) -> None:
        """From here on the client's next request is waited for."""
        self._since = monotonic()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop()
        super().connection_lost(exc)

    def _make_room(self) -> None:
        """Closes the connection that has waited longest for its client: this one, where all others are being answered.

        Where the others wait as well, this one has waited for no time at all.
        """
        waiting = [one for one in self.connections if isinstance(one, InTime) and one._waits]
        longest = min(waiting, key=lambda one: one._since)
        if longest is self:
            self.transport.write(FULL)
        longest.transport.close()

    @property
    def _waits(self) -> bool:
        """Whether it is the client's turn."""
        answered = self.cycle is None or self.cycle.response_complete
        return (answered or self._end is not None) and not self.transport.is_closing()

    def _wait(self) -> None:
        self._end = self.loop.call_later(self.whole_s, self._late)

    def _stop(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _late(self) -> None:
        """408 where nothing was answered yet; whoever reads the body is told that its sender has gone."""
        self._end = None
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.write(LATE)
        self.transport.close()


class Seldom(logging.Filter):
    """Lets the report that no connection can be taken for want of descriptors through once a minute.

    The event loop reports it for every connection that waits, each time that it tries.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said = -SELDOM_S

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is something else, or was not said lately."""
        if "socket.accept() out of system resource" not in str(record.msg):
            return True
        if monotonic() - self._said < SELDOM_S:
            return False
        self._said = monotonic()
        return True
