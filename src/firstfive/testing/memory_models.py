"""What a Store in memory keeps of the models: what they cost, their limits and replies, batch jobs and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple

from firstfive.ports import Amount, Asked, BatchJob, Kept, Refusal, Spent
from firstfive.store.buckets import Bucket, cost
from firstfive.store.charging import GRACE, PASSING, account_of, charged, checked, fits, refused
from firstfive.store.erasing import REPLIED_BEFORE
from firstfive.store.packing import EPOCH, micros
from firstfive.types import StampId, UserId

LATEST = datetime.max.replace(tzinfo=UTC)


class Reservation(NamedTuple):
    """What was set aside, on which accounts, and when its caller has given up."""

    amount: Amount
    accounts: tuple[str, ...]
    until: datetime


@dataclass(slots=True)
class Books:
    """Everything about models."""

    accounts: dict[str, tuple[Spent, datetime]] = field(default_factory=dict)
    reserved: dict[int, Reservation] = field(default_factory=dict)
    reservations: int = 0
    buckets: dict[str, Bucket] = field(default_factory=dict)
    replies: dict[StampId, tuple[Kept, datetime]] = field(default_factory=dict)
    jobs: dict[str, BatchJob] = field(default_factory=dict)
    labels: list[tuple[str, str, int]] = field(default_factory=list)

    def __copy__(self) -> Books:
        return Books(**{f.name: copy(getattr(self, f.name)) for f in fields(self)})

    def spent(self, account: str) -> Spent:
        """What stands on the account."""
        return self.accounts[account][0] if account in self.accounts else Spent()

    def erase(
        self, user: UserId | None, before: datetime | None, since: datetime | None, abouts: set[str]
    ) -> dict[str, int]:
        """Counts by table. since: when the first Slate that goes was stored. abouts: of the words of those that go."""
        since = max(since, EPOCH + REPLIED_BEFORE) - REPLIED_BEFORE if since else LATEST
        before = before or EPOCH
        theirs = account_of(user) if user is not None else None
        replies = {
            k
            for k, (one, at) in self.replies.items()
            if at < before or one.about in abouts or (one.about is None and at >= since)
        }
        accounts = {k for k, (spent, at) in self.accounts.items() if k == theirs or forgettable(k, spent, at, before)}
        jobs = {k for k, job in self.jobs.items() if job.created < before and job.state != "submitted"}
        self.replies = {k: one for k, one in self.replies.items() if k not in replies}
        self.accounts = {k: one for k, one in self.accounts.items() if k not in accounts}
        self.jobs = {k: one for k, one in self.jobs.items() if k not in jobs}
        for number, one in self.reserved.items():
            self.reserved[number] = one._replace(accounts=tuple(name for name in one.accounts if name != theirs))
        return {"replies": len(replies), "accounts": len(accounts), "batch_jobs": len(jobs)}


def forgettable(account: str, spent: Spent, at: datetime, before: datetime) -> bool:
    """Whether the account was not used since, and is of a kind that is not kept for ever."""
    return at < before and account.startswith(PASSING) and spent.open == Amount()


@dataclass(frozen=True, slots=True)
class MemorySpending:
    """What models cost."""

    books: Books

    def reserve(self, amount: Amount, caps: Mapping[str, Amount], until: datetime) -> int | Refusal:
        """On all accounts or on none."""
        (found,) = self.reserve_all([Asked(amount, caps, until)])
        return found

    def reserve_all(self, asked: Sequence[Asked]) -> Sequence[int | Refusal]:
        """One after the other."""
        for one in asked:
            checked(one.amount)
            micros(one.until)
        return [self._reserve(*one) for one in asked]

    def _reserve(self, amount: Amount, caps: Mapping[str, Amount], until: datetime) -> int | Refusal:
        now = datetime.now(UTC)
        self.settle({n: None for n, one in self.books.reserved.items() if one.until < now - GRACE})
        there = self.of(list(caps))
        if not all(fits(amount, there[name].settled, there[name].open, cap) for name, cap in caps.items()):
            return refused(amount, caps, there)
        for name in caps:
            spent = self.books.spent(name)
            self.books.accounts[name] = spent._replace(open=_sum(spent.open, amount)), now
        self.books.reservations += 1
        self.books.reserved[self.books.reservations] = Reservation(amount, tuple(caps), until)
        return self.books.reservations

    def settle(self, settled: Mapping[int, Amount | None]) -> None:
        """What is settled already stays."""
        for number, real in settled.items():
            reserved = self.books.reserved.pop(number, Reservation(Amount(), (), EPOCH))
            for name in reserved.accounts:
                self._charge(name, reserved.amount, real)

    def _charge(self, name: str, reserved: Amount, real: Amount | None) -> None:
        if name not in self.books.accounts:
            return
        spent, used = self.books.accounts[name]
        cost, unknown = charged(real, reserved)
        opened = Amount(spent.open.nano_usd - reserved.nano_usd, spent.open.tokens - reserved.tokens)
        after = Spent(_sum(spent.settled, cost), opened, spent.calls + 1, spent.unknown + unknown)
        self.books.accounts[name] = after, used

    def of(self, accounts: Sequence[str]) -> Mapping[str, Spent]:
        """Nothing where there was no call."""
        return {name: self.books.spent(name) for name in accounts}


def _sum(one: Amount, other: Amount) -> Amount:
    return Amount(one.nano_usd + other.nano_usd, one.tokens + other.tokens)


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """Requests and tokens per minute."""

    books: Books

    def take(self, bucket: str, amount: float, per_minute: float, now: datetime) -> float:
        """Seconds to wait; 0: taken."""
        price, at = cost(amount, per_minute), micros(now)
        seen = self.books.buckets.get(bucket, Bucket()).at(at)
        wait = seen.wait(price, at)
        self.books.buckets[bucket] = seen if wait else seen.less(price, at)
        return wait / 1e6

    def pause(self, bucket: str, until: datetime) -> None:
        """The later of two pauses."""
        there = self.books.buckets.get(bucket, Bucket())
        self.books.buckets[bucket] = there._replace(paused=max(there.paused, micros(until)))


@dataclass(frozen=True, slots=True)
class MemoryReplies:
    """Models' replies by stamp, in the order of their last put."""

    books: Books

    def get(self, stamps: Sequence[StampId]) -> Mapping[StampId, bytes]:
        """Those that are there."""
        return {stamp: self.books.replies[stamp][0].payload for stamp in stamps if stamp in self.books.replies}

    def put(self, replies: Mapping[StampId, Kept], most_bytes: int) -> None:
        """The oldest go."""
        now = datetime.now(UTC)
        for stamp, one in replies.items():
            self.books.replies.pop(stamp, None)
            self.books.replies[stamp] = one, now
        newest = list(self.books.replies)[::-1]
        sizes = accumulate(len(self.books.replies[stamp][0].payload) for stamp in newest)
        for stamp in [stamp for stamp, size in zip(newest, sizes, strict=True) if size > most_bytes]:
            del self.books.replies[stamp]


@dataclass(frozen=True, slots=True)
class MemoryBatchJobs:
    """Batch jobs by id."""

    books: Books

    def put(self, job: BatchJob) -> None:
        """Adds or replaces."""
        micros(job.created)
        self.books.jobs[job.id] = job

    def all(self, state: str = "") -> Sequence[BatchJob]:
        """Oldest first."""
        found = [job for job in self.books.jobs.values() if state in {"", job.state}]
        return sorted(found, key=lambda job: (job.created, job.id))


@dataclass(frozen=True, slots=True)
class MemoryLabels:
    """Each time that a version was given a label."""

    books: Books

    def put(self, name: str, label: str, version: int) -> None:
        """The same again is no change."""
        if self.history(name, label)[:1] != [version]:
            self.books.labels.append((name, label, version))

    def get(self, label: str) -> Mapping[str, int]:
        """The last version of each prompt."""
        return {name: version for name, of, version in self.books.labels if of == label}

    def of(self, name: str) -> Mapping[str, int]:
        """By label."""
        return {
            label: version for of, label, version in sorted(self.books.labels, key=lambda one: one[1]) if of == name
        }

    def history(self, name: str, label: str) -> Sequence[int]:
        """Newest first."""
        return [version for *key, version in reversed(self.books.labels) if key == [name, label]]
