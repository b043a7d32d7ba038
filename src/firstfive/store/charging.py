"""What a call is charged, and when it is refused: the rules of the accounts, for every store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from firstfive.errors import RequestError
from firstfive.ports import INFINITE, Amount, Refusal, Spent
from firstfive.types import UserId

GRACE = timedelta(seconds=5)
"""How long after its `until` a reservation may still be settled: the caller's last write takes its time."""

DEAREST = 2**53
"""The most that is believed of one call: nine million dollars, or as many tokens as a float can count."""

PASSING = ("day:", "run:", "user:")
"""How the names of accounts begin that are not kept for ever: those of a key and of the project are."""


def account_of(user: UserId) -> str:
    """The name of the user's own account."""
    return f"user:{user}"


def believable(amount: Amount) -> bool:
    """Whether a call can have cost this."""
    return 0 <= amount.nano_usd <= DEAREST and 0 <= amount.tokens <= DEAREST


def checked(amount: Amount) -> Amount:
    """The amount to set aside. RequestError for one that no call costs."""
    if not believable(amount):
        raise RequestError(f"{amount} cannot be set aside; each of its numbers must be from 0 to {DEAREST}")
    return amount


def charged(real: Amount | None, reserved: Amount) -> tuple[Amount, bool]:
    """What a reservation is charged, and whether nobody knows the real amount: then it is charged whole."""
    if real is None or not believable(real):
        return reserved, True
    return real, False


def refused(amount: Amount, caps: Mapping[str, Amount], spent: Mapping[str, Spent]) -> Refusal:
    """Names an account where the amount will never fit, or else one where it does not fit now. One there must be."""
    full = [name for name, cap in caps.items() if not fits(amount, spent[name].settled, spent[name].open, cap)]
    final = [name for name in full if not fits(amount, spent[name].settled, Amount(), caps[name])]
    return Refusal((*final, *full)[0], final=bool(final))


def fits(amount: Amount, settled: Amount, opened: Amount, cap: Amount) -> bool:
    """In money and in tokens. A cap above INFINITE is none, as INFINITE is."""
    asked = zip(amount, settled, opened, cap, INFINITE, strict=True)
    return all(one + paid + held <= min(most, infinite) for one, paid, held, most, infinite in asked)
