"""A Store in memory, for tests that need one and no disk. Each unit works on a copy that replaces the whole at its end.

It passes the same contract as the real one. Nothing survives the process, and a write costs time with the store's size.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from itertools import groupby, islice
from threading import Lock
from typing import TypeVar

from firstfive.errors import NotFound, RequestError, StoreError
from firstfive.ports import USED, Answer, Measurement, Unit, Use, words_of
from firstfive.store.experiments import in_the_way
from firstfive.store.packing import micros
from firstfive.store.session import place
from firstfive.testing.memory_judging import MemoryJudgements, MemoryPairs, Sheets
from firstfive.testing.memory_models import (
    Books,
    MemoryBatchJobs,
    MemoryLabels,
    MemoryLimits,
    MemoryReplies,
    MemorySpending,
)
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


@dataclass(slots=True)
class Stored:
    """A page with the mark it was last put under, and when it was first put."""

    page: Page
    seen: int
    first_seen: datetime
    live: bool = True


@dataclass(slots=True)
class State:
    """Everything that is stored."""

    pages: dict[ItemId, Stored] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    records: dict[StampId, tuple[str, bytes]] = field(default_factory=dict)
    releases: dict[ReleaseId, Release] = field(default_factory=dict)
    uses: list[tuple[ReleaseId, Use]] = field(default_factory=list)
    slates: dict[RecommId, Slate] = field(default_factory=dict)
    amendments: dict[RecommId, Amendment] = field(default_factory=dict)
    events: dict[tuple[str, UserId, ItemId], tuple[int, Event]] = field(default_factory=dict)
    users: dict[UserId, User] = field(default_factory=dict)
    keys: dict[KeyId, tuple[Key, str]] = field(default_factory=dict)
    answers: dict[str, tuple[Answer, datetime]] = field(default_factory=dict)
    hidden: set[ItemId] = field(default_factory=set)
    experiments: list[Experiment] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    mappings: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    measurements: list[Measurement] = field(default_factory=list)
    books: Books = field(default_factory=Books)
    sheets: Sheets = field(default_factory=Sheets)

    def copy(self) -> State:
        """Another state with the same records: records are frozen."""
        return State(**{f.name: copy(getattr(self, f.name)) for f in fields(self)})

    def step(self, counter: str) -> int:
        """Raises a counter by one."""
        self.counters[counter] = self.counters.get(counter, 0) + 1
        return self.counters[counter]


@dataclass(frozen=True, slots=True)
class MemoryPages:
    """The catalogue as it came in."""

    state: State

    def put(self, pages: Sequence[Page]) -> Mapping[str, int]:
        """Counts by outcome."""
        counts = dict.fromkeys(("new", "changed", "same", "revived"), 0)
        for page in pages:
            counts[self._outcome(page)] += 1
            there, mark = self.state.pages.get(page.id), self.state.counters.get("marks", 0) + 1
            self.state.pages[page.id] = Stored(page, mark, there.first_seen if there else datetime.now(UTC))
        return counts

    def _outcome(self, page: Page) -> str:
        there = self.state.pages.get(page.id)
        if there is None:
            return "new"
        if not there.live:
            return "revived"
        return "same" if there.page.digest == page.digest else "changed"

    def retire_unseen(self, since: int) -> int:
        """Retires what was not put since."""
        return self.retire([item for item, there in self.state.pages.items() if there.seen <= since])

    def mark(self) -> int:
        """Below every later put."""
        return self.state.step("marks")

    def live(self, after: str = "") -> Iterator[Page]:
        """By id."""
        there = sorted(self.state.pages.items())
        return iter([one.page for item, one in there if one.live and item > after])

    def count(self) -> int:
        """Live ones."""
        return sum(there.live for there in self.state.pages.values())

    def get(self, item: ItemId) -> Page | None:
        """The live page."""
        there = self.state.pages.get(item)
        return there.page if there and there.live else None

    def retire(self, items: Sequence[ItemId]) -> int:
        """How many were live."""
        live = {item for item in items if item in self.state.pages and self.state.pages[item].live}
        for item in live:
            self.state.pages[item] = replace(self.state.pages[item], live=False)
        return len(live)

    def mapping(self, source: str) -> Mapping[str, Sequence[str]] | None:
        """As it was kept."""
        return self.state.mappings.get(source)

    def map(self, source: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Replaces."""
        self.state.mappings[source] = {name: list(some) for name, some in columns.items()}

    def first_seen(self, since: datetime | None = None) -> Mapping[ItemId, datetime]:
        """Of live ones."""
        found = {item: there.first_seen for item, there in self.state.pages.items() if there.live}
        return {item: seen for item, seen in found.items() if since is None or seen > since}


@dataclass(frozen=True, slots=True)
class MemoryQuarantine:
    """Rows that could not be used."""

    state: State

    def add(self, rejected: Sequence[Rejected]) -> None:
        """Adds at the end."""
        self.state.rejected.extend(rejected)

    def clear(self, source: str) -> None:
        """Forgets one source's."""
        self.state.rejected[:] = [one for one in self.state.rejected if one.source != source]

    def all(self) -> Iterator[Rejected]:
        """In the order they came."""
        return iter(list(self.state.rejected))

    def page(self, after: str, n: int) -> tuple[Sequence[Rejected], str]:
        """The cursor is how many came before."""
        start = place(after) if after else 0
        rest = self.state.rejected[start:]
        return rest[:n], str(start + n) if len(rest) > n else ""

    def count(self) -> int:
        """How many there are."""
        return len(self.state.rejected)


@dataclass(frozen=True, slots=True)
class MemoryLedger:
    """Made records by stamp."""

    state: State

    def have(self, stamps: Sequence[StampId]) -> set[StampId]:
        """Which are there."""
        return {stamp for stamp in stamps if stamp in self.state.records}

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """Payloads of those that are there."""
        return {stamp: self.state.records[stamp][1] for stamp in stamps if stamp in self.state.records}

    def put(self, step: str, records: Mapping[StampId, bytes]) -> None:
        """The first payload stays."""
        for stamp, payload in records.items():
            self.state.records.setdefault(stamp, (step, payload))

    def sweep(self, step: str, keep: Callable[[StampId], bool]) -> int:
        """How many went."""
        unwanted = [stamp for stamp, (of, _) in self.state.records.items() if of == step and not keep(stamp)]
        for stamp in unwanted:
            del self.state.records[stamp]
        return len(unwanted)


@dataclass(frozen=True, slots=True)
class MemoryReleases:
    """Releases and their uses."""

    state: State

    def add(self, release: Release) -> None:
        """The first of an id stays."""
        self.state.releases.setdefault(release.id, release)

    def all(self) -> Sequence[Release]:
        """Newest first."""
        latest_added_first = list(self.state.releases.values())[::-1]
        return sorted(latest_added_first, key=lambda release: release.created, reverse=True)

    def use(self, release: ReleaseId, how: Use = USED) -> None:
        """NotFound for one that was not added."""
        if release not in self.state.releases:
            raise NotFound(f"no Release has the id {release}", code="not_found.release")
        if [name for name, _ in self.state.uses[-1:]] != [release]:
            self.state.uses.append((release, how))

    def history(self) -> Sequence[ReleaseId]:
        """Newest first."""
        return [release for release, _ in groupby(name for name, _ in reversed(self.state.uses))]

    def uses(self) -> Sequence[tuple[ReleaseId, Use]]:
        """Newest first."""
        return self.state.uses[::-1]

    def remove(self, release: ReleaseId) -> None:
        """Its uses too."""
        self.state.releases.pop(release, None)
        self.state.uses[:] = [one for one in self.state.uses if one[0] != release]


@dataclass(frozen=True, slots=True)
class MemorySlates:
    """Answers as given."""

    state: State

    def add(self, slate: Slate) -> None:
        """StoreError for an id that is there."""
        if slate.recomm_id in self.state.slates:
            raise StoreError(f"a Slate {slate.recomm_id} is there already")
        self.state.slates[slate.recomm_id] = slate

    def get(self, recomm_id: RecommId) -> Slate | None:
        """The Slate."""
        return self.state.slates.get(recomm_id)

    def known(self, recomm_ids: Collection[RecommId]) -> set[RecommId]:
        """Those of which there is one."""
        return {one for one in recomm_ids if one in self.state.slates}

    def page(self, after: str, n: int, user: UserId | None = None) -> tuple[Sequence[Slate], str]:
        """The cursor is how many were stored before the last one."""
        every = list(enumerate(self.state.slates.values()))
        end = place(after) if after else len(every)
        found = [one for one in every[:end] if user is None or _of(user, one[1])][::-1]
        return [slate for _, slate in found[:n]], str(found[n - 1][0]) if len(found) > n > 0 else ""

    def last_at(self) -> datetime | None:
        """The newest Slate's time."""
        return max((slate.created for slate in self.state.slates.values()), default=None)


def _of(user: UserId, slate: Slate) -> bool:
    return user in {slate.request.user, slate.request.visit}


@dataclass(frozen=True, slots=True)
class MemoryAmendments:
    """Reasons that came after an answer was given."""

    state: State

    def add(self, amendment: Amendment) -> bool:
        """False where there is one already, or no such Slate."""
        if amendment.recomm_id in self.state.amendments or amendment.recomm_id not in self.state.slates:
            return False
        self.state.amendments[amendment.recomm_id] = amendment
        return True

    def get(self, recomm_id: RecommId) -> Amendment | None:
        """The amendment."""
        return self.state.amendments.get(recomm_id)


@dataclass(frozen=True, slots=True)
class MemoryEvents:
    """What users did."""

    state: State

    def add(self, events: Sequence[Event], *, replace: bool = True) -> int:
        """How many were new or changed."""
        return sum(self._add(event, replace) for event in events)

    def _add(self, event: Event, replace: bool) -> bool:
        key = (event.kind, event.user, event.item)
        there = self.state.events.get(key)
        if there is None:
            self.state.events[key] = self.state.step("events"), event
            return True
        if not replace or there[1] == event:
            return False
        self.state.events[key] = there[0], event
        return True

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
        """In the order they first came, or the other way round."""
        last = place(after) if after else 0
        kept = (one for one in self.state.events.values() if one[1].kind not in without)
        found = [one for one in kept if _fits(one[1], (kind, user, item))]
        found.sort(key=lambda one: one[0], reverse=newest)
        if after:
            found = [one for one in found if (one[0] < last if newest else one[0] > last)]
        return [event for _, event in found[:n]], str(found[n - 1][0]) if len(found) > n > 0 else ""

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
        """In the order of their times, or backwards; the cursor says how much later the last one is, and its number."""
        start = micros(at)
        every = [
            (micros(event.at) - start, number, event)
            for number, event in self.state.events.values()
            if (until is None or event.at <= until) and (event.recomm_id is not None or not of_slates)
        ]
        found = sorted((one for one in every if one[0] >= 0), key=lambda one: one[:2], reverse=newest)
        if after:
            later, _, last = after.partition(".")
            end = (place(later), place(last))
            found = [one for one in found if (one[:2] < end if newest else one[:2] > end)]
        cursor = f"{found[n - 1][0]}.{found[n - 1][1]}" if len(found) > n > 0 else ""
        return [event for _, _, event in found[:n]], cursor

    def remove(self, kind: str | None, user: UserId, item: ItemId) -> Sequence[Event]:
        """What was there."""
        keys = [key for key, (_, event) in self.state.events.items() if _fits(event, (kind, user, item))]
        return [self.state.events.pop(key)[1] for key in keys]


def _fits(event: Event, asked: tuple[str | None, UserId | None, ItemId | None]) -> bool:
    given = (event.kind, event.user, event.item)
    return all(want is None or want == has for want, has in zip(asked, given, strict=True))


@dataclass(frozen=True, slots=True)
class MemoryUsers:
    """Users as described."""

    state: State

    def put(self, users: Sequence[User]) -> int:
        """How many were given."""
        self.state.users.update({user.id: user for user in users})
        return len(users)

    def get(self, user: UserId) -> User | None:
        """The user."""
        return self.state.users.get(user)

    def page(self, after: str, n: int) -> tuple[Sequence[User], str]:
        """By id."""
        later = (self.state.users[user] for user in sorted(self.state.users) if user > after)
        found = list(islice(later, n + 1))
        return found[:n], found[n - 1].id if len(found) > n > 0 else ""

    def remove(self, user: UserId) -> bool:
        """Whether anything was there."""
        feedback = [key for key in self.state.events if key[1] == user]
        for key in feedback:
            del self.state.events[key]
        return self.state.users.pop(user, None) is not None or bool(feedback)


@dataclass(frozen=True, slots=True)
class MemoryKeys:
    """Access keys."""

    state: State

    def add(self, key: Key, secret_hash: str) -> None:
        """StoreError for an id or a secret that is there."""
        if key.id in self.state.keys or any(secret_hash == there for _, there in self.state.keys.values()):
            raise StoreError(f"the key {key.id} or its secret is there already")
        self.state.keys[key.id] = key, secret_hash

    def find(self, secret_hash: str) -> Key | None:
        """Unless revoked."""
        found = (key for key, there in self.state.keys.values() if there == secret_hash and not key.revoked)
        return next(found, None)

    def all(self) -> Sequence[Key]:
        """Oldest first."""
        return sorted((key for key, _ in self.state.keys.values()), key=lambda key: (key.created, key.id))

    def revoke(self, key: KeyId) -> bool:
        """Whether there is such a key."""
        if key not in self.state.keys:
            return False
        there, secret_hash = self.state.keys[key]
        self.state.keys[key] = Key(there.id, there.role, there.name, there.created, revoked=True), secret_hash
        return True


@dataclass(frozen=True, slots=True)
class MemoryIdempotency:
    """Answers by Idempotency-Key."""

    state: State

    def find(self, key: str) -> Answer | None:
        """The first answer."""
        there = self.state.answers.get(key)
        return there[0] if there else None

    def claim(self, key: str, answer: Answer) -> Answer:
        """The first answer stays."""
        return self.state.answers.setdefault(key, (answer, datetime.now(UTC)))[0]


@dataclass(frozen=True, slots=True)
class MemoryHidden:
    """Items withdrawn at once."""

    state: State

    def set(self, items: Sequence[ItemId], hidden: bool) -> int:
        """How many items this changed."""
        after = self.state.hidden | set(items) if hidden else self.state.hidden - set(items)
        changed = len(after ^ self.state.hidden)
        self.state.hidden = after
        if changed:
            self.state.step("hidden")
        return changed

    def all(self) -> frozenset[ItemId]:
        """Every hidden item."""
        return frozenset(self.state.hidden)

    def version(self) -> int:
        """Rises with every change."""
        return self.state.counters.get("hidden", 0)


@dataclass(frozen=True, slots=True)
class MemoryExperiments:
    """Experiments with seekers."""

    state: State

    def add(self, experiment: Experiment) -> None:
        """Where none runs, and none had this name."""
        for there in self.state.experiments:
            if there.stopped is None or there.name == experiment.name:
                raise in_the_way(there)
        self.state.experiments.append(experiment)

    def stop(self, experiment: ExperimentId, at: datetime) -> bool:
        """Whether it ran."""
        one = self.running()
        if one is None or one.id != experiment:
            return False
        self.state.experiments[self.state.experiments.index(one)] = replace(one, stopped=at)
        return True

    def running(self) -> Experiment | None:
        """The one that was not stopped."""
        return next((one for one in self.state.experiments if one.stopped is None), None)

    def all(self) -> Sequence[Experiment]:
        """Newest first."""
        return self.state.experiments[::-1]


@dataclass(frozen=True, slots=True)
class MemoryMeasurements:
    """What was measured."""

    state: State

    def add(self, found: Sequence[Measurement]) -> None:
        """At the end."""
        self.state.measurements.extend(found)

    def latest(self, n: int = 10_000) -> Sequence[Measurement]:
        """The last first."""
        return self.state.measurements[::-1][:n]


class MemoryUnit:
    """Every aggregate, over one state."""

    def __init__(self, state: State) -> None:
        self.pages = MemoryPages(state)
        self.quarantine = MemoryQuarantine(state)
        self.ledger = MemoryLedger(state)
        self.releases = MemoryReleases(state)
        self.slates = MemorySlates(state)
        self.amendments = MemoryAmendments(state)
        self.events = MemoryEvents(state)
        self.users = MemoryUsers(state)
        self.keys = MemoryKeys(state)
        self.idempotency = MemoryIdempotency(state)
        self.hidden = MemoryHidden(state)
        self.spending = MemorySpending(state.books)
        self.limits = MemoryLimits(state.books)
        self.replies = MemoryReplies(state.books)
        self.batch_jobs = MemoryBatchJobs(state.books)
        self.labels = MemoryLabels(state.books)
        self.pairs = MemoryPairs(state.sheets)
        self.judgements = MemoryJudgements(state.sheets)
        self.experiments = MemoryExperiments(state)
        self.measurements = MemoryMeasurements(state)


class MemoryStore:
    """One state at a time; whoever reads keeps the one it began with."""

    def __init__(self) -> None:
        self._state = State()
        self._writing = Lock()

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """On a copy."""
        with self._writing:
            state = self._state.copy()
            yield MemoryUnit(state)
            self._state = state

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """Of the state as it is now: what is written through it goes nowhere."""
        yield MemoryUnit(self._state.copy())

    def write(self, work: Callable[[Unit], Out]) -> Out:
        """A unit of its own."""
        with self.unit() as unit:
            return work(unit)

    def erase(
        self,
        *,
        user: UserId | None = None,
        request: RecommId | None = None,
        before: datetime | None = None,
        words: str | None = None,
    ) -> Mapping[str, int]:
        """Counts by table."""
        if user is None and request is None and before is None and words is None:
            raise RequestError("there is nothing to erase; name a user, a request or a time")
        with self._writing:
            state = self._state.copy()
            theirs = {k for k, slate in state.slates.items() if user is not None and _of(user, slate)}

            def go(of: UserId | None, recomm_id: RecommId | None, at: datetime) -> bool:
                known = recomm_id is not None and (recomm_id == request or recomm_id in theirs)
                return known or (user is not None and of == user) or (before is not None and at < before)

            answers = {k for k, (one, at) in state.answers.items() if go(one.user, one.recomm_id, at)}
            events = {k for k, (_, one) in state.events.items() if go(one.user, one.recomm_id, one.at)}
            slates = {k for k, one in state.slates.items() if go(None, k, one.created)}
            amended = {k for k, one in state.amendments.items() if go(None, k, one.created)}
            counts = {"answers": len(answers), "events": len(events), "slates": len(slates)}
            counts |= {"amendments": len(amended)}
            gone = [one for k, one in state.slates.items() if k == request or k in theirs]
            since = min((one.created for one in gone), default=None)
            abouts = {words_of(one.request.text) for one in gone}
            counts |= state.books.erase(user, before, since, abouts | ({words} if words is not None else set()))
            counts |= state.sheets.erase({*theirs, *([request] if request else [])}, abouts, before)
            state.answers = {k: one for k, one in state.answers.items() if k not in answers}
            state.events = {k: one for k, one in state.events.items() if k not in events}
            state.slates = {k: one for k, one in state.slates.items() if k not in slates}
            state.amendments = {k: one for k, one in state.amendments.items() if k not in amended}
            if user is not None:
                counts["users"] = int(state.users.pop(user, None) is not None)
            self._state = state
        return counts

    def close(self) -> None:
        """Nothing to do."""
