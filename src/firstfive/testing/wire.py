"""A small HTTP/1.1 server on loopback that can also misbehave: wait, drip, break off, and close.

It keeps what came over the wire, so that a test can count requests. One thread with an event loop serves them all.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event, Thread
from time import monotonic
from typing import Any

__all__ = ["Asked", "Wire", "serving"]

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came. headers: names in lower case. at: `time.monotonic()` when it was whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=monotonic, compare=False)

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Wire:
    """What goes back, and how. cut: the connection is closed after so many bytes of the body.

    wait_s: before anything is written. drip_s: between one byte and the next.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    wait_s: float = 0.0
    drip_s: float = 0.0
    cut: int | None = None


class Hung(Exception):
    """The client closed the connection before it had its answer."""


@contextmanager
def serving(answer: Callable[[Asked], Wire], hung_up: Callable[[Asked], None] = lambda _: None) -> Iterator[str]:
    """Serves on a free loopback port until the end of the `with`; gives "http://127.0.0.1:PORT".

    hung_up: told of each request whose client went away before it was answered. What `answer` raises is answered with
    status 500, and raised at the end of the `with`.
    """
    failed: list[Exception] = []

    def respond(asked: Asked) -> Wire:
        try:
            return answer(asked)
        except Exception as error:  # noqa: BLE001  # the top of a request; told at the end
            failed.append(error)
            return Wire(b"", 500)

    loop = asyncio.new_event_loop()
    up = Event()
    port = 0
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # a coroutine runs in a task
        connections.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _converse(reader, writer, respond, hung_up)
        finally:
            connections.discard(task)
            writer.close()

    async def run() -> None:
        nonlocal port
        server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=HEAD_BYTES, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        up.set()
        await stopped.wait()
        server.close()
        for task in [*connections]:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    stopped = asyncio.Event()
    thread = Thread(target=lambda: loop.run_until_complete(run()), name="loopback", daemon=True)
    thread.start()
    up.wait()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()
    if failed:
        raise failed[0]


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answer: Callable[[Asked], Wire],
    hung_up: Callable[[Asked], None],
) -> None:
    """Requests of one connection, one after the other."""
    while True:
        asked = await _read(reader)
        try:
            whole = await _write(reader, writer, answer(asked))
        except (Hung, ConnectionError):
            hung_up(asked)
            return
        if not whole or asked.headers.get("connection") == "close":
            return


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Asked(method, path, headers, await _chunks(reader))
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


async def _write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: Wire) -> bool:
    """Writes the answer; False where the connection is to be closed after it. Raises Hung."""
    await _pause(reader, wire.wait_s)
    reason = HTTPStatus(wire.status).phrase if wire.status in HTTPStatus._value2member_map_ else "Status"
    lines = [f"HTTP/1.1 {wire.status} {reason}", f"content-length: {len(wire.body)}"]
    lines += [f"content-type: {wire.content_type}"] if wire.content_type else []
    lines += [f"{name}: {value}" for name, value in wire.headers]
    body = wire.body if wire.cut is None else wire.body[: wire.cut]
    head = "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
    if not wire.drip_s:
        writer.write(head + body)
        await writer.drain()
        return wire.cut is None
    writer.write(head)
    for place in range(len(body)):
        writer.write(body[place : place + 1])
        await writer.drain()
        await _pause(reader, wire.drip_s)
    return wire.cut is None


async def _pause(reader: asyncio.StreamReader, seconds: float) -> None:
    """Waits, and notices at once when the client goes away."""
    if not seconds:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            if not await reader.read(1):
                raise Hung
