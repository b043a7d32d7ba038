"""Idempotency-Key: the same call sent again is answered again and not done again.

The answer is stored in the commit of what the call wrote, so a kill between the two is not possible. A Slate's answer
is stored as its recommId alone: the Slate is there already, and erasing it erases what could be answered again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from firstfive.errors import Conflict, RequestError
from firstfive.ports import Answer, Unit
from firstfive.types import RecommId, digest

HEADER = "idempotency-key"
PATTERN = "^[!-~]{1,255}$"
_VALID = re.compile("[!-~]{1,255}")


class AnsweredElsewhereError(Exception):
    """Another process stored its answer first: undoes this one's work, and carries that answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered elsewhere")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Token:
    """An Idempotency-Key as stored: a hash over caller, route and key, and a hash of the query and body under it."""

    key: str
    body_hash: str

    @classmethod
    def read(cls, header: str | None, caller: str, route: str, query: str, body: bytes) -> Token | None:
        """None without the header. RequestError where it is not 1 to 255 visible ASCII characters."""
        if header is None:
            return None
        if not _VALID.fullmatch(header):
            raise RequestError("Idempotency-Key is not 1 to 255 visible ASCII characters; a UUID is a good one")
        key = digest(caller, route, header)
        return cls(key, digest(key, header, query, body))

    def stored(self, unit: Unit) -> Answer | None:
        """The answer given before, if any. Conflict where it was given to another call."""
        answer = unit.idempotency.find(self.key)
        return None if answer is None else self.checked(answer)

    def checked(self, answer: Answer) -> Answer:
        """The answer, if it was given to this query and body."""
        if answer.body_hash != self.body_hash:
            raise Conflict(
                "this Idempotency-Key was used before with another body or query; use a new key for a new call",
                code="conflict.idempotency",
            )
        return answer

    def claim(self, unit: Unit, status: int, media: str, body: bytes, recomm_id: RecommId | None) -> None:
        """Stores an answer with what the unit writes, or raises AnsweredElsewhereError and so undoes the unit."""
        mine = Answer(self.body_hash, status, media, b"" if recomm_id else body, recomm_id)
        first = unit.idempotency.claim(self.key, mine)
        if first != mine:
            raise AnsweredElsewhereError(first)


class Turns:
    """Lets calls with one key through one at a time, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Waits for earlier calls with this key."""
        with self._lock:
            turn, waiting = self._turns.get(key, (threading.Lock(), 0))
            self._turns[key] = (turn, waiting + 1)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, waiting = self._turns[key]
                if waiting > 1:
                    self._turns[key] = (turn, waiting - 1)
                else:
                    del self._turns[key]
