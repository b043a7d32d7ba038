"""Connections that bring no whole request in time are closed: whoever sends a byte now and then holds nothing up.

uvicorn bounds only the pause between two requests. Without this, a thousand connections that never finish one would
take all the descriptors that a process may have.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

WHOLE_S = 30.0
"""Seconds from a connection, or from the first byte of its next request, until that request is here, body included."""
LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class InTime(H11Protocol):
    """uvicorn's connection, with an end to waiting for a request."""

    whole_s = WHOLE_S
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Waiting begins with the connection: one that never says a word is closed too."""
        super().connection_made(transport)
        self._wait()

    def handle_events(self) -> None:
        """Waiting ends with a request's last byte; the next one's may have come along with it, and not its last."""
        super().handle_events()
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._stop()
        elif self._end is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop()
        super().connection_lost(exc)

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
