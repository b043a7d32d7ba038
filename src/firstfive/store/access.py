"""What the server keeps about its callers: access keys, and answers by Idempotency-Key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, false, select, update

from firstfive.ports import Answer
from firstfive.store.packing import micros, moment
from firstfive.store.session import Session
from firstfive.store.tables import ANSWERS, KEYS, insert
from firstfive.types import Key, KeyId, RecommId, UserId

_ADD_KEY = insert(KEYS)
_KEY = select(KEYS).where(KEYS.c.secret_hash == bindparam("secret_hash"), KEYS.c.revoked == false())
_KEYS = select(KEYS).order_by(KEYS.c.created, KEYS.c.id)
_REVOKE = update(KEYS).where(KEYS.c.id == bindparam("named")).values(revoked=True)

_ANSWER = select(ANSWERS).where(ANSWERS.c.key == bindparam("key"))
_CLAIM = insert(ANSWERS).on_conflict_do_nothing()


class SqlKeys:
    """Access keys, as hashes of their secrets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: Key, secret_hash: str) -> None:
        """StoreError for an id or a secret that is there already."""
        values = {
            "id": key.id,
            "role": key.role,
            "name": key.name,
            "created": micros(key.created),
            "revoked": key.revoked,
            "secret_hash": secret_hash,
        }
        self._session.run(_ADD_KEY, values)

    def find(self, secret_hash: str) -> Key | None:
        """The key with this secret, unless revoked."""
        row = self._session.one(_KEY, {"secret_hash": secret_hash})
        return _key(row) if row else None

    def all(self) -> Sequence[Key]:
        """Oldest first, revoked ones too."""
        return [_key(row) for row in self._session.rows(_KEYS)]

    def revoke(self, key: KeyId) -> bool:
        """Whether there is such a key."""
        return self._session.change(_REVOKE, {"named": key}) > 0


def _key(row: Row[Any]) -> Key:
    return Key(KeyId(row.id), row.role, row.name, moment(row.created), row.revoked)


class SqlIdempotency:
    """Answers by Idempotency-Key, with the time they were stored."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key: str) -> Answer | None:
        """The answer that was stored."""
        row = self._session.one(_ANSWER, {"key": key})
        return _answer(row) if row else None

    def claim(self, key: str, answer: Answer) -> Answer:
        """The given answer where it is the first, else the one that was."""
        values = {
            "key": key,
            "body_hash": answer.body_hash,
            "status": answer.status,
            "content_type": answer.content_type,
            "body": answer.body,
            "recomm_id": answer.recomm_id,
            "user": answer.user,
            "created": micros(datetime.now(UTC)),
        }
        if self._session.change(_CLAIM, values):
            return answer
        return self.find(key) or answer


def _answer(row: Row[Any]) -> Answer:
    recomm_id = None if row.recomm_id is None else RecommId(row.recomm_id)
    user = None if row.user is None else UserId(row.user)
    return Answer(row.body_hash, row.status, row.content_type, row.body, recomm_id, user)
