"""What the domain needs from the outside, as small protocols. Adapters fulfil them; `firstfive.testing` checks that.

A port raises `firstfive.errors` only: foreign exceptions stop inside the adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from firstfive.types import (
    Event,
    Item,
    ItemId,
    Key,
    KeyId,
    Mask,
    Numbers,
    Page,
    Pieces,
    Positions,
    RecommId,
    Rejected,
    Release,
    ReleaseId,
    Scores,
    Slate,
    StampId,
    User,
    UserId,
    Vectors,
)

In = TypeVar("In")
Out = TypeVar("Out")


# --- models -----------------------------------------------------------------------------------------------------------


class Embedder(Protocol):
    """Texts to vectors of unit length. A text's vector is bit-equal alone, in any company and in any order."""

    @property
    def name(self) -> str:
        """Names the model and its files' hash: part of every vector's stamp."""
        ...

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), size). A text longer than the model's window is read whole, window by window."""
        ...

    def pieces(self, text: str) -> Pieces:
        """(k,): the distinct word pieces of the whole text, ascending, as rows of `table`; punctuation is left out."""
        ...

    @property
    def table(self) -> Vectors:
        """(pieces, any size): the vector of each word piece by itself. No rows where the model has no such table."""
        ...


# --- index ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hits:
    """What a channel found: positions (k,) of distinct items, best first, and raw scores (k,)."""

    positions: Positions
    scores: Scores


class TextChannel(Protocol):
    """An index searched by words or characters."""

    def search(self, text: str, n: int, among: Mask | None = None) -> Hits:
        """The best n items; fewer where fewer share anything with the text. Ties go to the lower position.

        among (items,): only items marked here count.
        """
        ...


class VectorChannel(Protocol):
    """An index searched by a vector. Rows belong to items: several rows an item where passages are indexed."""

    def search(self, vector: Vectors, n: int, among: Mask | None = None) -> Hits:
        """The best n items for a vector (size,), by each item's best row. Ties go to the lower position.

        among (items,): only items marked here count.
        """
        ...

    def rows(self, position: int) -> Vectors:
        """(k, size): the vectors of one item, in passage order."""
        ...


# --- sources ----------------------------------------------------------------------------------------------------------


class Source(Protocol):
    """Something that pages can be read from, as a stream: what cannot be used comes as Rejected, in its place."""

    def __iter__(self) -> Iterator[Page | Rejected]: ...


# --- store: what must commit together goes through one unit -----------------------------------------------------------


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


class Quarantine(Protocol):
    """Rows that could not be used."""

    def add(self, rejected: Sequence[Rejected]) -> None: ...

    def clear(self, source: str) -> None:
        """Forgets what an earlier import of this source rejected."""
        ...

    def all(self) -> Iterator[Rejected]: ...


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


class Releases(Protocol):
    """Which Releases were built and which one is in use."""

    def add(self, release: Release) -> None:
        """Records a finished Release; the same id again is no change."""
        ...

    def all(self) -> Sequence[Release]:
        """Newest first."""
        ...

    def use(self, release: ReleaseId) -> None:
        """Points serving at this Release, and remembers the one before."""
        ...

    def history(self) -> Sequence[ReleaseId]:
        """Releases in the order they were put in use, newest first: the first is in use now."""
        ...

    def remove(self, release: ReleaseId) -> None: ...


class Slates(Protocol):
    """Answers as given."""

    def add(self, slate: Slate) -> None: ...

    def get(self, recomm_id: RecommId) -> Slate | None: ...

    def last_at(self) -> datetime | None:
        """When the newest Slate was stored."""
        ...


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
        after: str = "",
        n: int = 100,
        newest: bool = False,
    ) -> tuple[Sequence[Event], str]:
        """A page of events and the cursor of the next page ("" at the end).

        In the order in which each (kind, user, item) first came, the oldest first; with `newest` the other way round.
        Feedback that was replaced keeps its place. A cursor goes on in the direction that it was given for.
        """
        ...

    def counts(self, without: Collection[str], n: int) -> Mapping[ItemId, int]:
        """How many events of other kinds than these each item has: the n items with most, most first, ties by id."""
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
    def events(self) -> Events: ...
    @property
    def users(self) -> Users: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def idempotency(self) -> Idempotency: ...
    @property
    def hidden(self) -> Hidden: ...


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
        self, *, user: UserId | None = None, request: RecommId | None = None, before: datetime | None = None
    ) -> Mapping[str, int]:
        """Removes a user's, a request's or old personal data from every table; returns counts by table."""
        ...

    def close(self) -> None: ...


# --- run --------------------------------------------------------------------------------------------------------------


class Progress(Protocol):
    """Where a long run says how far it is. `firstfive.observe.Quiet` says nothing."""

    def start(self, step: str, total: int | None) -> None:
        """total None: not known."""
        ...

    def advance(self, step: str, done: int) -> None: ...

    def finish(self, step: str) -> None: ...


class Engine(Protocol):
    """Runs a pure function over batches, in order of the input, in as many workers as it has."""

    def map(self, function: Callable[[In], Out], batches: Iterable[In]) -> Iterator[Out]: ...


# --- the Release's files ----------------------------------------------------------------------------------------------


class Catalogue(Protocol):
    """A Release's items by position, read from memory-mapped files."""

    def __len__(self) -> int: ...

    def item(self, position: int) -> Item: ...

    def position(self, item: ItemId) -> int | None: ...

    def columns(self) -> Mapping[str, Column]:
        """The typed fields, for filters."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """One typed field over all items. kind is "number", "text", "list" or "yes/no".

    numbers (n,) float64 with nan where not stated, for "number" and "yes/no". For "text" and "list": `values` are the
    distinct values, case folded, ascending; codes are indices into it; item i holds codes[starts[i]:starts[i+1]].
    """

    kind: str
    numbers: Numbers | None = None
    values: tuple[str, ...] = ()
    starts: Positions | None = None
    codes: Positions | None = None
