"""What models cost: accounts, and what is set aside on them for calls on their way.

Each reservation is one statement that changes every account or none, inside a transaction that no other writer shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import BigInteger, Text, bindparam, column, delete, func, literal_column, or_, select, update, values

from firstfive.ports import INFINITE, Amount, Refusal, Spent
from firstfive.store.charging import GRACE, charged, checked, refused
from firstfive.store.packing import micros, pack_text, words
from firstfive.store.prepared import Prepared
from firstfive.store.session import Session
from firstfive.store.tables import ACCOUNTS, RESERVATIONS, insert

_COUNTED = ("settled_nano", "settled_tokens", "open_nano", "open_tokens", "calls", "unknown")
_CHANGE = ("account", *(f"more_{name}" for name in _COUNTED))
_OF = select(ACCOUNTS).where(ACCOUNTS.c.name.in_(bindparam("among", expanding=True)))
_CHARGE = Prepared(
    update(ACCOUNTS)
    .where(ACCOUNTS.c.name == bindparam("account"))
    .values({name: ACCOUNTS.c[name] + bindparam(f"more_{name}") for name in _COUNTED})
)

_RESERVE = Prepared(insert(RESERVATIONS).returning(RESERVATIONS.c.number))
_LATE = Prepared(select(RESERVATIONS.c.number).where(RESERVATIONS.c.until < bindparam("before")))
_CLOSE = Prepared(
    delete(RESERVATIONS)
    .where(RESERVATIONS.c.number == bindparam("reservation"))
    .returning(RESERVATIONS.c.nano, RESERVATIONS.c.tokens, RESERVATIONS.c.accounts)
)


@cache
def _set_aside(accounts: int) -> Prepared:
    """On so many accounts, where none of them is too full; gives the names, or nothing."""
    columns = column("name", Text), column("most_nano", BigInteger), column("most_tokens", BigInteger)
    rows: list[tuple[object, ...]] = [tuple(bindparam(f"{one.name}{n}") for one in columns) for n in range(accounts)]
    asked = values(*columns, name="asked").data(rows).cte("asked")
    nano, tokens = bindparam("nano", type_=BigInteger), bindparam("tokens", type_=BigInteger)
    zero = literal_column("0", BigInteger)
    too_full = (
        select(1)
        .select_from(asked.outerjoin(ACCOUNTS, ACCOUNTS.c.name == asked.c.name))
        .where(
            or_(
                func.coalesce(ACCOUNTS.c.settled_nano + ACCOUNTS.c.open_nano, zero) + nano > asked.c.most_nano,
                func.coalesce(ACCOUNTS.c.settled_tokens + ACCOUNTS.c.open_tokens, zero) + tokens > asked.c.most_tokens,
            )
        )
    )
    row = select(asked.c.name, zero, zero, nano, tokens, zero, zero, bindparam("now")).where(~too_full.exists())
    added = insert(ACCOUNTS).from_select(ACCOUNTS.c.keys(), row)
    sums = {name: ACCOUNTS.c[name] + added.excluded[name] for name in ("open_nano", "open_tokens")}
    added = added.on_conflict_do_update(index_elements=["name"], set_={**sums, "used": added.excluded.used})
    return Prepared(added.returning(ACCOUNTS.c.name))


class SqlSpending:
    """Accounts and reservations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def reserve(self, amount: Amount, caps: Mapping[str, Amount], until: datetime) -> int | Refusal:
        """RequestError for an amount that no call costs."""
        checked(amount)
        now = datetime.now(UTC)
        late = self._session.quick(_LATE, {"before": micros(now - GRACE)})
        self.settle({number: None for (number,) in late})
        if caps and not self._set_aside(amount, caps, micros(now)):
            return refused(amount, caps, self.of(list(caps)))
        row = {"nano": amount.nano_usd, "tokens": amount.tokens, "until": micros(until), "accounts": pack_text([*caps])}
        ((number,),) = self._session.quick(_RESERVE, row)
        return int(number)

    def _set_aside(self, amount: Amount, caps: Mapping[str, Amount], now: int) -> bool:
        row: dict[str, str | int] = {"nano": amount.nano_usd, "tokens": amount.tokens, "now": now}
        for n, (name, cap) in enumerate(caps.items()):
            row[f"name{n}"] = name
            row[f"most_nano{n}"], row[f"most_tokens{n}"] = map(min, cap, INFINITE)
        return bool(self._session.quick(_set_aside(len(caps)), row))

    def settle(self, settled: Mapping[int, Amount | None]) -> None:
        """One statement a reservation, and one an account."""
        sums: dict[str, list[int]] = {}
        for number, real in settled.items():
            for nano, tokens, accounts in self._session.quick(_CLOSE, {"reservation": number}):
                cost, unknown = charged(real, Amount(nano, tokens))
                more = (cost.nano_usd, cost.tokens, -nano, -tokens, 1, int(unknown))
                for name in words(accounts):
                    sums[name] = [a + b for a, b in zip(sums.get(name, [0] * 6), more, strict=True)]
        rows = [(name, *sums[name]) for name in sorted(sums)]
        self._session.quick_each(_CHARGE, [dict(zip(_CHANGE, row, strict=True)) for row in rows])

    def of(self, accounts: Sequence[str]) -> Mapping[str, Spent]:
        """In the order that was asked for."""
        found = {
            row.name: Spent(
                Amount(row.settled_nano, row.settled_tokens),
                Amount(row.open_nano, row.open_tokens),
                row.calls,
                row.unknown,
            )
            for row in self._session.among(_OF, accounts)
        }
        return {name: found.get(name, Spent()) for name in accounts}
