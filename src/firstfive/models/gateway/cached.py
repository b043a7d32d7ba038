"""Cached: nothing equal is paid twice. Stored replies are read by stamp; equal calls on their way share one.

Only good replies are stored, and what is read is checked again: a damaged entry is no reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from firstfive.errors import ModelError
from firstfive.models.gateway.checked import accepted
from firstfive.models.gateway.commits import Collected, Commits
from firstfive.models.gateway.replies import about, pack, unpack
from firstfive.observe import count
from firstfive.ports import Call, Kept, Model, Reply, Terms, Unit
from firstfive.types import Stamp, StampId

OWN = {"model.timeout", "model.rate", "model.paused", "budget.spent", "budget.busy"}
"""Failures of whoever made the call, with its deadline and its budget: who shared it tries with its own."""


@dataclass(slots=True)
class _Flight:
    """A call on its way, under its stamp and whether it is fresh, and who wait for it. about: as of `Kept`."""

    key: tuple[StampId, bool]
    about: str | None
    task: asyncio.Task[Reply]
    waiting: list[asyncio.Future[Reply]] = field(default_factory=list)

    async def wait(self) -> Reply:
        """What it came to."""
        if self.task.done():
            return self.task.result()
        waiter: asyncio.Future[Reply] = self.task.get_loop().create_future()
        self.waiting.append(waiter)
        try:
            return await waiter
        finally:
            self.waiting.remove(waiter)

    def tell(self) -> None:
        """Gives what it came to to all who wait."""
        for waiter in self.waiting:
            if waiter.done():
                continue
            if self.task.cancelled():
                waiter.cancel()
            elif (error := self.task.exception()) is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(self.task.result())


class Cached:
    """Around the fallback, so that a reply is of the whole list of models that was asked.

    most_bytes: of stored replies, of which the oldest go; 0 stores nothing. reads, writes: the store's, in groups.
    """

    def __init__(self, inner: Model, reads: Commits, writes: Commits, most_bytes: int) -> None:
        self.inner = inner
        self._most_bytes = most_bytes
        self._flights: dict[tuple[StampId, bool], _Flight] = {}
        self._reads = reads
        self._writing: Collected[Kept] = Collected(writes, self._put, self._landed)

    def __str__(self) -> str:
        return f"cached, {self._most_bytes / 1e6:g} MB"

    async def __call__(self, call: Call, terms: Terms) -> Reply:
        """A stored or shared reply costs nothing, and says so: its source is "cache"."""
        stamp = stamp_of(call, terms.models)
        flight = self._flights.get((stamp, True)) or (None if terms.fresh else self._flights.get((stamp, False)))
        if flight is None:
            return await self._wait(self._depart(stamp, call, terms))
        try:
            shared = await self._wait(flight)
        except ModelError as error:
            if error.code not in OWN:
                raise
            return await self._wait(self._depart(stamp, call, terms))
        return _again(accepted(call, shared))

    def _depart(self, stamp: StampId, call: Call, terms: Terms) -> _Flight:
        """A call of its own, which others may join. It ends when nobody waits for it any more."""
        task = asyncio.get_running_loop().create_task(self._fly(stamp, call, terms))
        flight = self._flights[stamp, terms.fresh] = _Flight((stamp, terms.fresh), about(call, terms), task)
        task.add_done_callback(lambda _: self._arrived(flight))
        return flight

    async def _wait(self, flight: _Flight) -> Reply:
        try:
            return await flight.wait()
        except asyncio.CancelledError:
            if not flight.waiting and not flight.task.done():
                self._forget(flight)
                flight.task.cancel()
            raise

    async def _fly(self, stamp: StampId, call: Call, terms: Terms) -> Reply:
        if self._most_bytes and not terms.fresh and (stored := await self._stored(stamp, call, terms)) is not None:
            return stored
        return await self.inner(call, terms)

    async def _stored(self, stamp: StampId, call: Call, terms: Terms) -> Reply | None:
        """The stored reply, if it is there and still good."""
        try:
            async with asyncio.timeout_at(terms.deadline):
                data = await self._reads.ask(_read, stamp)
            reply = unpack(data) if data is not None else None
            return None if reply is None else _again(accepted(call, reply))
        except (ModelError, TimeoutError):  # one that cannot be read, or is not good any more, is none
            return None

    def _arrived(self, flight: _Flight) -> None:
        """A good reply is stored; until it is, its flight can still be joined."""
        flight.tell()
        task = flight.task
        good = not task.cancelled() and task.exception() is None
        if good and self._most_bytes and task.result().source == "model":
            self._writing.add(flight.key[0], Kept(pack(task.result()), flight.about))
        else:
            self._forget(flight)

    def _forget(self, flight: _Flight) -> None:
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]

    def _put(self, unit: Unit, batch: Mapping[StampId, Kept]) -> None:
        unit.replies.put(batch, self._most_bytes)

    def _landed(self, batch: Mapping[StampId, Kept]) -> None:
        for stamp in batch:
            for fresh in (True, False):
                flight = self._flights.get((stamp, fresh))
                if flight is not None and flight.task.done():
                    self._forget(flight)


def _read(unit: Unit, stamps: list[StampId]) -> list[bytes | None]:
    """What is stored under each, in one look."""
    found = unit.replies.get(stamps)
    return [found.get(stamp) for stamp in stamps]


def stamp_of(call: Call, models: tuple[str, ...]) -> StampId:
    """A reply's stamp: the call, and the models that were asked, in order."""
    return Stamp("reply", 1, call.prompt, " ".join(models), (call.digest,)).id


def _again(reply: Reply) -> Reply:
    """The same reply for one more call: it costs nothing. A replayed one stays marked as that."""
    if reply.source == "replay":
        return reply
    if reply.source != "cache":
        count("firstfive_model_calls_total", model=reply.model, outcome="cache")
    return replace(reply, cost_usd=0.0, source="cache")
