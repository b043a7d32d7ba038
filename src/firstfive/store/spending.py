"""What models cost: accounts, and what is set aside on them for calls on their way.

Each reservation is one statement that changes every account or none, inside a transaction that no other writer shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby

from sqlalchemy import BigInteger, Text, bindparam, column, delete, func, literal_column, or_, select, update, values

from firstfive.ports import INFINITE, Amount, Asked, Refusal, Spent
from firstfive.store.charging import GRACE, charged, checked, refused
from firstfive.store.packing import micros, pack_text, words
from firstfive.store.prepared import Prepared
from firstfive.store.session import Session, chunks
from firstfive.store.tables import ACCOUNTS, RESERVATIONS, insert

_COUNTED = ("settled_nano", "settled_tokens", "open_nano", "open_tokens", "calls", "unknown")
_CHANGE = ("account", *(f"more_{name}" for name in _COUNTED))
_OF = select(ACCOUNTS).where(ACCOUNTS.c.name.in_(bindparam("among", expanding=True)))
_CHARGE = Prepared(
    update(ACCOUNTS)
    .where(ACCOUNTS.c.name == bindparam("account"))
    .values({name: ACCOUNTS.c[name] + bindparam(f"more_{name}") for name in _COUNTED})
)

_LATE = Prepared(select(RESERVATIONS.c.number).where(RESERVATIONS.c.until < bindparam("before")))
_ROW = ("nano", "tokens", "until", "accounts")
TOGETHER = 32
"""Reservations in one statement; there is one statement for each number of them."""


@cache
def _reserve(rows: int) -> Prepared:
    """Adds so many reservations; gives their numbers."""
    given: list[dict[str, object]] = [{name: bindparam(f"{name}{n}") for name in _ROW} for n in range(rows)]
    return Prepared(insert(RESERVATIONS).values(given).returning(RESERVATIONS.c.number))


@cache
def _close(rows: int) -> Prepared:
    """Ends so many reservations; gives what was set aside, and where."""
    among = RESERVATIONS.c.number.in_([bindparam(f"number{n}") for n in range(rows)])
    given = (RESERVATIONS.c[name] for name in ("number", "nano", "tokens", "accounts"))
    return Prepared(delete(RESERVATIONS).where(among).returning(*given))


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
        (found,) = self.reserve_all([Asked(amount, caps, until)])
        return found

    def reserve_all(self, asked: Sequence[Asked]) -> Sequence[int | Refusal]:
        """RequestError, with nothing set aside, where an amount is none that a call costs, or a time has no zone."""
        for one in asked:
            checked(one.amount)
            micros(one.until)
        now = datetime.now(UTC)
        late = self._session.quick(_LATE, {"before": micros(now - GRACE)})
        self.settle({number: None for (number,) in late})
        alike = (some for _, all_ in groupby(asked, key=_accounts) for some in chunks([*all_], TOGETHER))
        return [found for some in alike for found in self._reserve(some, micros(now))]

    def _reserve(self, alike: Sequence[Asked], now: int) -> Sequence[int | Refusal]:
        """Of calls on the same accounts: all in one statement, or each in its own where they do not all fit."""
        caps = alike[0].caps
        total = Amount(*map(sum, zip(*(one.amount for one in alike), strict=True)))
        if not caps or self._set_aside(total, caps, now):
            return self._written(alike)
        if len(alike) == 1:
            return [refused(total, caps, self.of(list(caps)))]
        return [found for one in alike for found in self._reserve([one], now)]

    def _written(self, alike: Sequence[Asked]) -> Sequence[int]:
        """The numbers of reservations, in order."""
        accounts = pack_text([*alike[0].caps])
        rows = ((*one.amount, micros(one.until), accounts) for one in alike)
        values = {f"{name}{n}": value for n, row in enumerate(rows) for name, value in zip(_ROW, row, strict=True)}
        return sorted(int(number) for (number,) in self._session.quick(_reserve(len(alike)), values))

    def _set_aside(self, amount: Amount, caps: Mapping[str, Amount], now: int) -> bool:
        row: dict[str, str | int] = {"nano": amount.nano_usd, "tokens": amount.tokens, "now": now}
        for n, (name, cap) in enumerate(caps.items()):
            row[f"name{n}"] = name
            row[f"most_nano{n}"], row[f"most_tokens{n}"] = map(min, cap, INFINITE)
        return bool(self._session.quick(_set_aside(len(caps)), row))

    def settle(self, settled: Mapping[int, Amount | None]) -> None:
        """One statement for many reservations, and one an account."""
        sums: dict[str, list[int]] = {}
        for number, nano, tokens, accounts in self._closed([*settled]):
            cost, unknown = charged(settled[number], Amount(nano, tokens))
            more = (cost.nano_usd, cost.tokens, -nano, -tokens, 1, int(unknown))
            for name in words(accounts):
                sums[name] = [a + b for a, b in zip(sums.get(name, [0] * 6), more, strict=True)]
        rows = [(name, *sums[name]) for name in sorted(sums)]
        self._session.quick_each(_CHARGE, [dict(zip(_CHANGE, row, strict=True)) for row in rows])

    def _closed(self, numbers: Sequence[int]) -> Iterator[tuple[int, int, int, str]]:
        """Number, money, tokens and accounts of those that were open; they are no more."""
        for some in chunks(numbers, TOGETHER):
            values = {f"number{n}": number for n, number in enumerate(some)}
            yield from self._session.quick(_close(len(some)), values)

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


def _accounts(asked: Asked) -> list[tuple[str, Amount]]:
    """What two calls must share so that one statement can ask for both."""
    return [*asked.caps.items()]
