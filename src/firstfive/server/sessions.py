"""Sessions: a person signs in with a key once, and a cookie stands for it until it ends.

The cookie is 256 random bits, of which this process keeps the hash alone. It keeps no key either, only the hash that
the store has of it, so that a revoked key ends its sessions within seconds. Sessions end with the process.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from starlette.requests import Request

from firstfive.app.record import KeyRing, hash_of
from firstfive.errors import AccessError
from firstfive.types import Key

COOKIE = "firstfive_session"
LASTS_S = 12 * 3600.0
"""A session ends this long after it began, whatever is done in it."""
IDLE_S = 3600.0
"""A session ends after this long without a call."""
MOST = 1_000
"""Sessions kept; the one used longest ago ends first."""
SIGN_INS = 10
"""Tries to sign in that one address has in a minute."""


@dataclass(slots=True)
class _Session:
    secret_hash: str
    began: float
    seen: float


class Sessions:
    """Who is signed in. Thread-safe. clock gives seconds."""

    def __init__(self, keys: KeyRing, clock: Callable[[], float] = monotonic) -> None:
        self._keys = keys
        self._clock = clock
        self._open: OrderedDict[str, _Session] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, secret: str, role: str) -> str:
        """A new session's token, for a key that may do what a role may. AccessError access.no_key or access.role."""
        self._keys.check(secret, role)
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._open[hash_of(token)] = _Session(hash_of(secret), now, now)
            while len(self._open) > MOST:
                self._open.popitem(last=False)
        return token

    def key(self, token: str | None, role: str) -> Key:
        """The key that the session was begun with. AccessError access.no_key where it has ended."""
        session = self._used(hash_of(token)) if token else None
        if session is None:
            raise AccessError("nobody is signed in, or the session has ended; sign in with an operator's key")
        return self._keys.check_hashed(session.secret_hash, role)

    def end(self, token: str | None) -> None:
        """Ends a session, if there is one."""
        with self._lock:
            self._open.pop(hash_of(token or ""), None)

    def _used(self, hashed: str) -> _Session | None:
        now = self._clock()
        with self._lock:
            session = self._open.get(hashed)
            if session is None or now - session.began >= LASTS_S or now - session.seen >= IDLE_S:
                self._open.pop(hashed, None)
                return None
            session.seen = now
            self._open.move_to_end(hashed)
            return session


def refuse_other_sites(request: Request, hosts: Collection[str]) -> None:
    """Refuses a form that another site's page sent with the cookie of the person looking at it. AccessError
    access.site.

    Browsers say in Sec-Fetch-Site whether it is another site, and older ones, or those that came without TLS, name it
    in Origin; no page can change either. hosts: other names of this server, for a proxy in front of it that does not
    pass on the one that was asked for.
    """
    if not _from_here(request, hosts):
        origin = request.headers.get("origin", "")
        raise AccessError(
            f"the form came from {origin[:80] or 'an address that is not named'} and not from a page of this server; "
            "send it from there, and let a proxy in front pass the Host header on",
            code="access.site",
        )


def from_another_site(request: Request, hosts: Collection[str]) -> bool:
    """Whether a browser says that a page of another site sent a form. Programs and old browsers say nothing."""
    silent = {"origin", "sec-fetch-site"}.isdisjoint(request.headers)
    return not silent and not _from_here(request, hosts)


def _from_here(request: Request, hosts: Collection[str]) -> bool:
    told = request.headers.get("sec-fetch-site")
    if told:
        return told in {"same-origin", "none"}
    return _ours(request.headers.get("origin", ""), request.headers.get("host", ""), hosts)


def _ours(origin: str, host: str, hosts: Collection[str]) -> bool:
    try:
        site = urlsplit(origin.lower())
    except ValueError:
        return False
    return bool(site.netloc) and (site.netloc == host.lower() or site.hostname in {name.lower() for name in hosts})
