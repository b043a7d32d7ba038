"""The store: what must commit together goes through one unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from firstfive.ports.judging import Judgements, Pairs
from firstfive.ports.measurements import Measurements
from firstfive.types import (
    Amendment,
    Event,
    Experiment,
    ExperimentId,
    ItemId,
    Key,
    KeyId,
    Page,
    RecommId,
    Rejected,
    Release,
    ReleaseId,
    Slate,
    StampId,
    User,
    UserId,
)

Out = TypeVar("Out")


INFINITE_NANOS = 2**62
"""A cap that is none: above any sum."""


class Amount(NamedTuple):
    """Money and tokens. nano_usd: thousand-millionths of a US dollar, so that sums are exact."""

    nano_usd: int = 0
    tokens: int = 0


INFINITE = Amount(INFINITE_NANOS, INFINITE_NANOS)


class Asked(NamedTuple):
    """What is to be set aside for a call: the amount, on accounts with the most that may stand on each.

    until: when its caller has given up.
    """

    amount: Amount
    caps: Mapping[str, Amount]
    until: datetime


class Refusal(NamedTuple):
    """Why nothing could be set aside: the account. final: even with nothing else open it would not fit."""

    account: str
    final: bool


class Spent(NamedTuple):
    """What stands on an account: settled, and set aside for calls on their way. calls: how many were settled.

    unknown: how many of them were charged whole, since nobody knows what they cost.
    """

    settled: Amount = Amount()
    open: Amount = Amount()
    calls: int = 0
    unknown: int = 0


class Pages(Protocol):
    """The catalogue as it came in. Retired pages stay stored but are not built."""

    def put(self, pages: Sequence[Page]) -> Mapping[str, int]:
        """Adds or replaces; returns counts by "new", "changed", "same", "revived"."""
        ...

    def retire_unseen(self, since: int) -> int:
        """Retires live pages not put since this mark of `mark()`; returns how many."""
        ...

    def mark(self) -> int:
        """A number that every later put is above: begins a full import."""
        ...

    def live(self, after: str = "") -> Iterator[Page]:
        """All pages that are not retired, by id, as a stream; only those whose id comes after this one."""
        ...

    def count(self) -> int:
        """How many pages are live."""
        ...

    def get(self, item: ItemId) -> Page | None:
        """The live page; None where there is none or it is retired."""
        ...

    def retire(self, items: Sequence[ItemId]) -> int:
        """Retires these, where they are live; returns how many were. A later put revives."""
        ...

    def mapping(self, source: str) -> Mapping[str, Sequence[str]] | None:
        """The columns that the last import of this source took, by what it took them for; None where there was none."""
        ...

    def map(self, source: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Keeps the columns that an import took, in place of those of the one before."""
        ...

    def first_seen(self, since: datetime | None = None) -> Mapping[ItemId, datetime]:
        """When each live page was first put, behind `since` if given; without those of which an older version of the
        store did not know."""
        ...


class Quarantine(Protocol):
    """Rows that could not be used."""

    def add(self, rejected: Sequence[Rejected]) -> None: ...

    def clear(self, source: str) -> None:
        """Forgets what an earlier import of this source rejected."""
        ...

    def all(self) -> Iterator[Rejected]: ...

    def page(self, after: str, n: int) -> tuple[Sequence[Rejected], str]:
        """A page in the order they came, and the cursor of the next page ("" at the end)."""
        ...

    def count(self) -> int: ...


class Ledger(Protocol):
    """Made records by stamp: what is here was done and is not done again."""

    def have(self, stamps: Sequence[StampId]) -> set[StampId]:
        """Which of these are made already."""
        ...

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """The payloads of those that are there."""
        ...

    def put(self, step: str, records: Mapping[StampId, bytes]) -> None:
        """Adds; a stamp that is there already keeps its first payload."""
        ...

    def sweep(self, step: str, keep: Callable[[StampId], bool]) -> int:
        """Drops the step's records that `keep` does not want; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class Use:
    """How a Release came to be in use. how: "build", "use", "rollback", "promote" or "force".

    at None: before this was kept. who: the name of the account that did it. reason: what that person said. evidence:
    what was measured for it, as JSON; empty: nothing was.
    """

    how: str = "use"
    at: datetime | None = None
    who: str = ""
    reason: str = ""
    evidence: str = ""


USED = Use()


class Releases(Protocol):
    """Which Releases were built and which one is in use."""

    def add(self, release: Release) -> None:
        """Records a finished Release; the same id again is no change."""
        ...

    def all(self) -> Sequence[Release]:
        """Newest first."""
        ...

    def use(self, release: ReleaseId, how: Use = USED) -> None:
        """Points serving at this Release, and remembers the one before. The one in use again is no change."""
        ...

    def history(self) -> Sequence[ReleaseId]:
        """Releases in the order they were put in use, newest first: the first is in use now."""
        ...

    def uses(self) -> Sequence[tuple[ReleaseId, Use]]:
        """Each time that a Release was put in use, newest first, and how that came."""
        ...

    def remove(self, release: ReleaseId) -> None: ...


class Slates(Protocol):
    """Answers as given."""

    def add(self, slate: Slate) -> None: ...

    def get(self, recomm_id: RecommId) -> Slate | None: ...

    def known(self, recomm_ids: Collection[RecommId]) -> set[RecommId]:
        """Those of which there is a Slate. Not one that was erased."""
        ...

    def page(self, after: str, n: int, user: UserId | None = None) -> tuple[Sequence[Slate], str]:
        """A page, the newest first, of one user's or visit's where one is named, and the cursor of the next page."""
        ...

    def last_at(self) -> datetime | None:
        """When the newest Slate was stored."""
        ...


class Amendments(Protocol):
    """Reasons that came after an answer was given."""

    def add(self, amendment: Amendment) -> bool:
        """Stores it; False where there is one of this Slate, or no such Slate: it may have been erased meanwhile."""
        ...

    def get(self, recomm_id: RecommId) -> Amendment | None: ...


class Events(Protocol):
    """What users did. One (kind, user, item) is one piece of feedback; adding it again replaces it."""

    def add(self, events: Sequence[Event], *, replace: bool = True) -> int:
        """Stores; with replace=False one that is there stays. Returns how many were new or changed."""
        ...

    def find(
        self,
        *,
        kind: str | None = None,
        user: UserId | None = None,
        item: ItemId | None = None,
        without: Collection[str] = (),
        after: str = "",
        n: int = 100,
        newest: bool = False,
    ) -> tuple[Sequence[Event], str]:
        """A page of events and the cursor of the next page ("" at the end). without: none of these kinds.

        In the order in which each (kind, user, item) first came, the oldest first; with `newest` the other way round.
        Feedback that was replaced keeps its place. A cursor goes on in the direction that it was given for.
        """
        ...

    def since(
        self,
        at: datetime,
        after: str = "",
        n: int = 100,
        *,
        newest: bool = False,
        until: datetime | None = None,
        of_slates: bool = False,
    ) -> tuple[Sequence[Event], str]:
        """A page of events from a time on, in the order of their times, and its cursor as from `find`.

        An event that is replaced by a later one while pages are read comes again as what it then is. With `newest` the
        latest time comes first. A cursor goes on from the time, and in the direction, that it was given for. until: up
        to this time and with it. of_slates: only events of a Slate.
        """
        ...

    def remove(self, kind: str | None, user: UserId, item: ItemId) -> Sequence[Event]:
        """Removes and returns what was there; kind None means every kind."""
        ...


class Users(Protocol):
    """Users as clients described them."""

    def put(self, users: Sequence[User]) -> int:
        """Adds or replaces; returns how many users were given."""
        ...

    def get(self, user: UserId) -> User | None: ...

    def page(self, after: str, n: int) -> tuple[Sequence[User], str]:
        """A page of users by id and the cursor of the next page ("" at the end)."""
        ...

    def remove(self, user: UserId) -> bool:
        """Removes the user's description and feedback; False where there was none."""
        ...


class Keys(Protocol):
    """Access keys, as hashes of their secrets."""

    def add(self, key: Key, secret_hash: str) -> None: ...

    def find(self, secret_hash: str) -> Key | None:
        """The key with this secret, unless revoked."""
        ...

    def all(self) -> Sequence[Key]: ...

    def revoke(self, key: KeyId) -> bool: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored HTTP answer: what an Idempotency-Key gets again. body_hash is of the request it answered.

    recomm_id and user say whose it is, so that erasing them erases it.
    """

    body_hash: str
    status: int
    content_type: str
    body: bytes
    recomm_id: RecommId | None = None
    user: UserId | None = None


class Idempotency(Protocol):
    """Answers by Idempotency-Key."""

    def find(self, key: str) -> Answer | None: ...

    def claim(self, key: str, answer: Answer) -> Answer:
        """Stores the answer, or returns the one another request stored first."""
        ...


class Hidden(Protocol):
    """Items withdrawn from every answer at once, without a build."""

    def set(self, items: Sequence[ItemId], hidden: bool) -> int: ...

    def all(self) -> frozenset[ItemId]: ...

    def version(self) -> int:
        """Rises with every change, so that a reader knows when to read again."""
        ...


class Spending(Protocol):
    """What models cost. A call's dearest price is set aside on every account before it, and settled after it.

    An account is a name such as "project", "day:2026-11-21", "key:ID", "user:ID", "run:ID": see `firstfive.models`.
    """

    def reserve(self, amount: Amount, caps: Mapping[str, Amount], until: datetime) -> int | Refusal:
        """Sets the amount aside on all these accounts in one statement, or on none; returns the reservation's number.

        A cap is what may be settled and set aside together on that account; INFINITE has none. until: when the caller
        has given up. A reservation open after that is charged whole by the next `reserve`: the call may have been paid.
        """
        ...

    def reserve_all(self, asked: Sequence[Asked]) -> Sequence[int | Refusal]:
        """What `reserve` gives for each, one after the other in this order.

        Neighbours on the same accounts are set aside in one statement where all of them fit.
        """
        ...

    def settle(self, settled: Mapping[int, Amount | None]) -> None:
        """Charges what each reserved call really cost, and frees the rest; None charges all that was set aside.

        A reservation that is settled already is left as it is.
        """
        ...

    def of(self, accounts: Sequence[str]) -> Mapping[str, Spent]:
        """What stands on these accounts; those without a call stand at nothing."""
        ...


class Limits(Protocol):
    """Requests and tokens per minute, shared by all processes: a bucket each, which fills evenly."""

    def take(self, bucket: str, amount: float, per_minute: float, now: datetime) -> float:
        """Takes the amount and returns 0, or takes nothing and returns the seconds until it would be there.

        A bucket holds at most a minute's worth; an amount above that is taken from a full bucket, which then owes.
        """
        ...

    def pause(self, bucket: str, until: datetime) -> None:
        """Nothing is taken before this time: the provider said so. An earlier pause that ends later stays."""
        ...


class Kept(NamedTuple):
    """A reply to keep. about: `words_of` the request it was made for; empty: nobody's; None: whose is not known."""

    payload: bytes
    about: str | None = None


class Replies(Protocol):
    """Models' replies by stamp, so that nothing equal is paid twice."""

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """The replies that are there."""
        ...

    def put(self, replies: Mapping[StampId, Kept], most_bytes: int) -> None:
        """Adds or replaces, then drops the oldest until at most so many bytes are kept."""
        ...


@dataclass(frozen=True, slots=True)
class BatchJob:
    """A file of calls given to a provider's batch API. state: submitted, done, failed.

    calls: the stamp of each call by its custom_id, as JSON. reservation: what was set aside for it.
    """

    id: str
    model: str
    step: str
    state: str
    calls: bytes
    reservation: int
    created: datetime


class BatchJobs(Protocol):
    """Batch jobs: what was submitted is remembered, so that it is collected and never submitted twice."""

    def put(self, job: BatchJob) -> None:
        """Adds or replaces."""
        ...

    def all(self, state: str = "") -> Sequence[BatchJob]:
        """Oldest first; only those in this state, where one is given."""
        ...


class Labels(Protocol):
    """Which version of a prompt carries which label, and the history of that."""

    def put(self, name: str, label: str, version: int) -> None: ...

    def get(self, label: str) -> Mapping[str, int]:
        """The version of each prompt that carries the label."""
        ...

    def of(self, name: str) -> Mapping[str, int]:
        """The labels of a prompt, each with the version that carries it."""
        ...

    def history(self, name: str, label: str) -> Sequence[int]:
        """Newest first: the first carries the label now."""
        ...


class Experiments(Protocol):
    """Experiments with seekers, of which one runs at a time."""

    def add(self, experiment: Experiment) -> None:
        """Conflict conflict.experiment where one runs, or had this name, before."""
        ...

    def stop(self, experiment: ExperimentId, at: datetime) -> bool:
        """Ends it; False where it does not run."""
        ...

    def running(self) -> Experiment | None:
        """The one that runs: read before every answer, so it must be quick."""
        ...

    def all(self) -> Sequence[Experiment]:
        """Newest first."""
        ...


class Unit(Protocol):
    """One transaction: everything done through it is stored together at the end of its `with`, or not at all."""

    @property
    def pages(self) -> Pages: ...
    @property
    def quarantine(self) -> Quarantine: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def slates(self) -> Slates: ...
    @property
    def amendments(self) -> Amendments: ...
    @property
    def events(self) -> Events: ...
    @property
    def users(self) -> Users: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def idempotency(self) -> Idempotency: ...
    @property
    def hidden(self) -> Hidden: ...
    @property
    def spending(self) -> Spending: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def replies(self) -> Replies: ...
    @property
    def batch_jobs(self) -> BatchJobs: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def pairs(self) -> Pairs: ...
    @property
    def judgements(self) -> Judgements: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def measurements(self) -> Measurements: ...


class Store(Protocol):
    """The source of truth. What a finished unit wrote survives a kill."""

    def unit(self) -> AbstractContextManager[Unit]:
        """Reads and writes in one transaction, committed at the end of the `with` and durable when it returns."""
        ...

    def read(self) -> AbstractContextManager[Unit]:
        """Reads only, from one point in time; never waits for a writer."""
        ...

    def write(self, work: Callable[[Unit], Out]) -> Out:
        """Runs a small write together with those of other threads in one commit; returns when it is durable.

        An error in one work undoes that work alone.
        """
        ...

    def erase(
        self,
        *,
        user: UserId | None = None,
        request: RecommId | None = None,
        before: datetime | None = None,
        words: str | None = None,
    ) -> Mapping[str, int]:
        """Removes a user's, a request's or old personal data from every table; returns counts by table.

        words: `words_of` a request that is not stored; replies made for it are removed.
        """
        ...

    def close(self) -> None: ...
