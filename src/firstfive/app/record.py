"""What people and programs tell us is recorded here: keys, users, feedback and items; and erased here.

A key's secret is 256 random bits and is stored as its SHA-256. A slow, salted hash guards secrets that people make up
and that can be guessed; 256 random bits cannot, so one fast hash gives nothing away, and a call costs one lookup by an
index. Looking up by hash also compares nothing byte by byte that a caller could time.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import TYPE_CHECKING

from firstfive import observe
from firstfive.errors import AccessError, NotFound, RequestError
from firstfive.ports import words_of
from firstfive.types import SAYS, Event, ItemId, Key, KeyId, Page, RecommId, User, UserId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Store, Unit

ROLES = ("reader", "app", "operator")
"""From least to most: a reader asks, an app also writes users, items and feedback, an operator may do all."""

FRESH_S = 4.0
"""How long a key that was found is believed without asking the store: a revoked key is refused within 5 s."""

PAGE = 500
"""Slates that are read at once."""
REPLIED_BEFORE = timedelta(hours=1)
"""How long before a Slate is stored the first of its models' replies can have been recorded."""
MAKE_ONE = "make one with `firstfive key create --role reader` and send it as X-API-Key"


# --- keys -------------------------------------------------------------------------------------------------------------


def create_key(project: Project, role: str, name: str) -> tuple[Key, str]:
    """A new key and its secret, which is shown this once and cannot be read again."""
    if role not in ROLES:
        raise RequestError(f"there is no role {role!r}; take one of {', '.join(ROLES)}")
    secret = f"ff_{secrets.token_urlsafe(32)}"
    key = Key(KeyId(secrets.token_hex(4)), role, name, datetime.now(UTC))
    project.store.write(lambda unit: unit.keys.add(key, hash_of(secret)))
    return key, secret


def list_keys(project: Project) -> Sequence[Key]:
    """All keys, revoked ones too."""
    with project.store.read() as unit:
        return unit.keys.all()


def revoke_key(project: Project, key: KeyId) -> None:
    """Ends a key: servers refuse it within 5 s. NotFound where there is no such key."""
    if not project.store.write(lambda unit: unit.keys.revoke(key)):
        raise NotFound(f"no key has the id {key}; `firstfive key list` shows them", code="not_found.key")


def hash_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class KeyRing:
    """Checks keys, and remembers the good ones for FRESH_S. One a process; thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, tuple[float, Key]] = {}
        self._lock = threading.Lock()

    def check(self, secret: str | None, role: str) -> Key:
        """The key with this secret, if it may do what a role may. AccessError access.no_key or access.role."""
        if not secret:
            raise AccessError(f"the call has no key; {MAKE_ONE}")
        return self.check_hashed(hash_of(secret), role)

    def check_hashed(self, hashed: str, role: str) -> Key:
        """As `check`, by what is stored of a secret: for those who must not keep it itself."""
        return self.permitted(self._remembered(hashed) or self._looked_up(hashed), role)

    def remembered(self, secret: str) -> Key | None:
        """The key if it was found within FRESH_S; never waits for the store."""
        return self._remembered(hash_of(secret))

    def _remembered(self, hashed: str) -> Key | None:
        at, key = self._found.get(hashed, (0.0, None))
        return key if monotonic() - at < FRESH_S else None

    def permitted(self, key: Key, role: str) -> Key:
        """The key, or AccessError where its role does not reach."""
        if ROLES.index(key.role) < ROLES.index(role):
            raise AccessError(
                f"the key {key.id} is for the role {key.role} and the call needs {role}; use a key with that role",
                code="access.role",
            )
        return key

    def _looked_up(self, hashed: str) -> Key:
        asked_at = monotonic()  # before the read: what is remembered is never older than it says
        with self._store.read() as unit:
            key = unit.keys.find(hashed)
            some = key is not None or bool(unit.keys.all())
        if key is None:
            why = "the key is not known or was revoked" if some else "this project has no keys yet"
            raise AccessError(f"{why}; {MAKE_ONE}")
        with self._lock:
            self._found = {h: kept for h, kept in self._found.items() if asked_at - kept[0] < FRESH_S}
            self._found[hashed] = (asked_at, key)
        return key


# --- users and feedback -----------------------------------------------------------------------------------------------


def add_feedback(unit: Unit, events: Sequence[Event], *, replace: bool = True) -> int:
    """As `add_events`; stores a bare user for each whose feedback is taken in and who is not known yet, too."""
    taken = _not_erased(unit, events)
    for user in sorted({event.user for event in taken}):
        if unit.users.get(user) is None:
            unit.users.put([User(user)])
    return _add(unit, taken, replace=replace)


def add_events(unit: Unit, events: Sequence[Event], *, replace: bool = True) -> int:
    """Stores Events and counts by kind what that changed. Returns how many were taken in, also what changed nothing.

    One of a Slate that is not stored is left out: it was erased, and so is what comes of it a moment later. Looking and
    storing are one transaction, so that no erasure comes between them.
    """
    return _add(unit, _not_erased(unit, events), replace=replace)


def _add(unit: Unit, taken: Sequence[Event], *, replace: bool) -> int:
    for kind, run in groupby(taken, key=lambda event: event.kind if event.kind in SAYS else "other"):
        if stored := unit.events.add(list(run), replace=replace):
            observe.count("firstfive_events_total", stored, kind=kind)
    return len(taken)


def _not_erased(unit: Unit, events: Sequence[Event]) -> list[Event]:
    """Events of a stored Slate, or of none."""
    known = unit.slates.known({event.recomm_id for event in events if event.recomm_id})
    return [event for event in events if not event.recomm_id or event.recomm_id in known]


# --- items ------------------------------------------------------------------------------------------------------------


def put_items(unit: Unit, pages: Sequence[Page], hidden: Mapping[str, bool]) -> None:
    """Adds or replaces pages for the next build; shows or withdraws them at once as `hidden` says by id."""
    unit.pages.put(pages)
    now_hidden = unit.hidden.all()
    turned = [page.id for page in pages if (page.id in now_hidden) != hidden.get(page.id, False)]
    for wanted in (True, False):
        if ids := [item for item in turned if hidden.get(item, False) is wanted]:
            unit.hidden.set(ids, wanted)


def remove_item(unit: Unit, item: ItemId) -> int:
    """Withdraws an item at once and leaves it out of the next build; its page stays stored. 0 where there was none."""
    page = unit.pages.get(item)
    if page is None:
        return 0
    unit.hidden.set([page.id], True)
    return unit.pages.retire([page.id])


# --- erasing ----------------------------------------------------------------------------------------------------------


def erase(project: Project, *, user: UserId | None = None, request: RecommId | None = None) -> Mapping[str, int]:
    """Removes a user's or a request's data from every table, and from the file that `models.record` names; counts by
    table. NotFound where there was none."""
    if user is None and request is None:
        raise RequestError("nothing says what to erase; give a user or a request")
    said = dict(_said(project, user, request)) if project.settings.models.record else {}
    unrecorded = _theirs_unrecorded(project, said)  # first: once their Slates are gone nothing finds these
    counts = {**project.store.erase(user=user, request=request)}
    counts["recording"] = unrecorded + _theirs_unrecorded(project, said)  # and what came meanwhile
    if not sum(counts.values()):
        code = "not_found.user" if user is not None else "not_found.request"
        raise NotFound("nothing is stored under that id, so nothing was erased; check the id", code=code)
    return counts


def forget_old(project: Project, now: datetime | None = None) -> Mapping[str, int]:
    """Removes what is older than privacy.keep_days; counts by table. 0 days keeps everything."""
    days = project.settings.privacy.keep_days
    if not days:
        return {}
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    counts = {**project.store.erase(before=before)}
    counts["recording"] = _unrecorded(project, lambda _, recorded: recorded < before)
    return counts


def erase_words(project: Project, text: str) -> int:
    """Removes what models said for a request that is not stored any more, from the store and the recording; how many
    replies went. Another stored request with the same words loses replies too: they are asked for again."""
    about = words_of(text)
    erased = project.store.erase(words=about)["replies"]
    return erased + _unrecorded(project, lambda words, _: words == about)


def _theirs_unrecorded(project: Project, said: Mapping[str, datetime]) -> int:
    """Takes replies with the words of these requests out of the recording, and of unknown ones since the first."""
    if not said:
        return 0
    first = min(said.values()) - REPLIED_BEFORE
    return _unrecorded(project, lambda words, at: at >= first if words is None else words in said)


def _said(project: Project, user: UserId | None, request: RecommId | None) -> Iterator[tuple[str, datetime]]:
    """What stands for the words of the stored requests that are to go, and when each was answered; the newest first."""
    after = ""
    with project.store.read() as unit:
        one = unit.slates.get(request) if request is not None else None
        if one:
            yield words_of(one.request.text), one.created
        while user is not None:
            slates, after = unit.slates.page(after, PAGE, user)
            yield from ((words_of(slate.request.text), slate.created) for slate in slates)
            if not after:
                return


def _unrecorded(project: Project, goes: Callable[[str | None, datetime], bool]) -> int:
    """How many replies went from the file that `models.record` names; 0 where it names none."""
    name = project.settings.models.record
    if not name:
        return 0
    from firstfive.models.gateway import forget

    return forget(project.folder / name, goes)
