"""The contract of what a Store keeps about models: spending, limits, replies, batch jobs and labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from firstfive.errors import RequestError
from firstfive.ports import INFINITE, Amount, Asked, BatchJob, Kept, Refusal, Spent, Store, words_of
from firstfive.types import RecommId, ReleaseId, Request, Slate, StampId, UserId

Out = TypeVar("Out")

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TEN = Amount(10, 10)
NOTHING = Amount()


def at_once(work: Callable[[int], Out]) -> list[Out]:
    """What ten threads give that begin together; each is told its number."""
    start = Barrier(10)

    def one(n: int) -> Out:
        start.wait()
        return work(n)

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, range(10)))


def in_s(seconds: float) -> datetime:
    """A time from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def reserve(store: Store, amount: Amount, **caps: Amount) -> int | Refusal:
    """For a minute, on accounts by name and cap."""
    return store.write(lambda unit: unit.spending.reserve(amount, caps, in_s(60)))


def reserved(store: Store, amount: Amount, **caps: Amount) -> int:
    """The number of a reservation that fits."""
    number = reserve(store, amount, **caps)
    assert isinstance(number, int)
    return number


def overdue(store: Store, amount: Amount, by_s: float, **caps: Amount) -> int:
    """The number of a reservation whose caller gave up so long ago."""
    number = store.write(lambda unit: unit.spending.reserve(amount, caps, in_s(-by_s)))
    assert isinstance(number, int)
    return number


def settle(store: Store, number: int, real: Amount | None) -> None:
    """Settles one."""
    store.write(lambda unit: unit.spending.settle({number: real}))


def spent(store: Store, account: str) -> Spent:
    """What stands on it."""
    with store.read() as unit:
        return unit.spending.of([account])[account]


class SpendingContract:
    """Accounts and reservations."""

    def test_what_is_set_aside_and_then_settled_stands_on_every_account(self, store: Store) -> None:
        first = reserved(store, Amount(6, 2), project=TEN, day=INFINITE)
        assert spent(store, "day") == spent(store, "project") == Spent(NOTHING, Amount(6, 2))
        settle(store, first, Amount(4, 1))
        assert spent(store, "day") == spent(store, "project") == Spent(Amount(4, 1), NOTHING, calls=1)
        second = reserved(store, Amount(6, 9), project=TEN)
        assert spent(store, "project") == Spent(Amount(4, 1), Amount(6, 9), calls=1)
        settle(store, second, Amount(0, 0))
        assert spent(store, "project") == Spent(Amount(4, 1), NOTHING, calls=2)

    @pytest.mark.parametrize("more", [Amount(5, 0), Amount(0, 5)], ids=["money", "tokens"])
    def test_a_cap_holds_in_money_and_in_tokens_and_is_final_only_by_what_is_settled(
        self, store: Store, more: Amount
    ) -> None:
        number = reserved(store, Amount(6, 6), project=TEN)
        assert reserve(store, more, project=TEN) == Refusal("project", final=False)
        settle(store, number, Amount(6, 6))
        assert reserve(store, more, project=TEN) == Refusal("project", final=True)
        assert isinstance(reserve(store, Amount(4, 4), project=TEN), int)

    def test_an_amount_above_the_cap_is_refused_for_good_on_an_account_that_is_new(self, store: Store) -> None:
        assert reserve(store, Amount(11, 0), project=TEN) == Refusal("project", final=True)
        assert reserve(store, Amount(1, 0), project=NOTHING) == Refusal("project", final=True)
        assert isinstance(reserve(store, NOTHING, project=NOTHING), int)
        assert isinstance(reserve(store, Amount(10, 10), project=TEN), int)

    def test_what_does_not_fit_on_one_account_is_set_aside_on_none(self, store: Store) -> None:
        reserved(store, Amount(6, 6), key=TEN)
        refused = reserve(store, Amount(6, 6), project=TEN, key=TEN, user=TEN)
        assert refused == Refusal("key", final=False)
        assert spent(store, "project") == spent(store, "user") == Spent()
        assert spent(store, "key").open == Amount(6, 6)

    def test_the_account_that_refuses_for_good_is_the_one_that_is_named(self, store: Store) -> None:
        reserved(store, Amount(6, 6), project=TEN)
        assert reserve(store, Amount(6, 6), project=TEN, key=Amount(5, 5)) == Refusal("key", final=True)

    def test_several_asked_together_get_what_each_gets_alone_in_their_order(self, store: Store) -> None:
        asked = [
            *(Asked(Amount(n, 1), {"project": TEN, "key": INFINITE}, in_s(60)) for n in (3, 5, 4, 2, 1)),
            Asked(Amount(1, 1), {"project": TEN}, in_s(60)),
            Asked(Amount(11, 1), {"user": TEN}, in_s(60)),
            *(Asked(Amount(n, n), {"user": TEN}, in_s(60)) for n in (4, 6)),
        ]
        found = store.write(lambda unit: unit.spending.reserve_all(asked))
        assert [one for one in found if not isinstance(one, int)] == [
            Refusal("project", final=False),
            Refusal("project", final=False),
            Refusal("project", final=False),
            Refusal("user", final=True),
        ]
        numbers = [one for one in found if isinstance(one, int)]
        assert len(set(numbers)) == 5
        assert spent(store, "project").open == spent(store, "key").open == Amount(10, 3)
        settle(store, numbers[1], None)
        assert spent(store, "key") == Spent(Amount(5, 1), Amount(5, 2), calls=1, unknown=1)
        assert spent(store, "user").open == Amount(10, 10)
        assert store.write(lambda unit: unit.spending.reserve_all([])) == []

    def test_of_several_asked_together_none_is_set_aside_where_one_is_a_mistake(self, store: Store) -> None:
        for wrong in (Asked(Amount(-1, 0), {"project": TEN}, in_s(60)), Asked(TEN, {}, NOON.replace(tzinfo=None))):
            with pytest.raises(RequestError), store.unit() as unit:
                unit.spending.reserve_all([Asked(Amount(1, 1), {"project": TEN}, in_s(60)), wrong])
        assert spent(store, "project") == Spent()

    def test_hundreds_asked_and_settled_together_are_each_charged_their_own(self, store: Store) -> None:
        asked = [Asked(Amount(n, 1), {"project": INFINITE}, in_s(60)) for n in range(300)]
        found = store.write(lambda unit: unit.spending.reserve_all(asked))
        numbers = [one for one in found if isinstance(one, int)]
        assert len(set(numbers)) == 300
        costs = {number: None if n % 2 else Amount(1, 1) for n, number in enumerate(numbers)}
        store.write(lambda unit: unit.spending.settle(costs))
        charged = Amount(sum(range(1, 300, 2)) + 150, 300)
        assert spent(store, "project") == Spent(charged, NOTHING, calls=300, unknown=150)

    def test_settling_twice_is_no_change_and_no_number_is_given_twice(self, store: Store) -> None:
        first = reserved(store, Amount(3, 3), project=TEN)
        settle(store, first, Amount(1, 1))
        second = reserved(store, Amount(5, 5), project=TEN)
        assert second != first
        for real in (Amount(2, 2), None):
            settle(store, first, real)
        settle(store, -1, Amount(1, 1))
        assert spent(store, "project") == Spent(Amount(1, 1), Amount(5, 5), calls=1)

    def test_many_are_settled_together_each_by_its_own_amount(self, store: Store) -> None:
        first, second, third = (reserved(store, Amount(3, 3), project=TEN, **{f"key{n}": TEN}) for n in range(3))
        amounts = {first: Amount(1, 2), second: None, third: Amount(3, 0)}
        store.write(lambda unit: unit.spending.settle(amounts))
        assert spent(store, "project") == Spent(Amount(7, 5), NOTHING, calls=3, unknown=1)
        assert spent(store, "key1") == Spent(Amount(3, 3), NOTHING, calls=1, unknown=1)
        assert spent(store, "key2") == Spent(Amount(3, 0), NOTHING, calls=1)

    def test_a_call_that_cost_more_than_was_set_aside_is_charged_what_it_cost(self, store: Store) -> None:
        settle(store, reserved(store, Amount(6, 6), project=TEN), Amount(14, 3))
        assert spent(store, "project") == Spent(Amount(14, 3), NOTHING, calls=1)
        assert reserve(store, NOTHING, project=TEN) == Refusal("project", final=True)

    @pytest.mark.parametrize("real", [None, Amount(-1, 0), Amount(0, -1), Amount(2**60, 1), Amount(1, 10**40)])
    def test_a_cost_that_nobody_knows_or_believes_is_charged_whole(self, store: Store, real: Amount | None) -> None:
        settle(store, reserved(store, Amount(6, 5), project=TEN), real)
        assert spent(store, "project") == Spent(Amount(6, 5), NOTHING, calls=1, unknown=1)

    def test_a_reservation_whose_caller_is_gone_is_charged_whole_by_the_next(self, store: Store) -> None:
        gone = overdue(store, Amount(6, 5), 3600, key=TEN)
        assert spent(store, "key").open == Amount(6, 5)
        assert isinstance(reserve(store, Amount(1, 1), project=TEN), int)
        assert spent(store, "key") == Spent(Amount(6, 5), NOTHING, calls=1, unknown=1)
        settle(store, gone, Amount(1, 1))
        assert spent(store, "key").settled == Amount(6, 5)
        assert reserve(store, Amount(5, 5), key=TEN) == Refusal("key", final=True)

    def test_a_caller_has_a_moment_after_its_time_to_settle(self, store: Store) -> None:
        late = overdue(store, Amount(6, 5), 1, project=TEN)
        reserved(store, Amount(1, 1), project=TEN)
        settle(store, late, Amount(2, 2))
        assert spent(store, "project") == Spent(Amount(2, 2), Amount(1, 1), calls=1)

    def test_without_a_cap_sums_are_exact_however_large(self, store: Store) -> None:
        huge = Amount(2**53, 2**53)
        numbers = [reserved(store, huge, project=INFINITE, key=Amount(10**40, 10**40)) for _ in range(3)]
        store.write(lambda unit: unit.spending.settle({numbers[0]: huge, numbers[1]: None}))
        assert spent(store, "project") == Spent(Amount(2**54, 2**54), huge, calls=2, unknown=1)

    def test_an_amount_that_no_call_costs_is_refused_as_a_mistake(self, store: Store) -> None:
        for amount in (Amount(-1, 0), Amount(0, -1), Amount(2**60, 0), Amount(0, 10**40)):
            with pytest.raises(RequestError, match="cannot be set aside"):
                reserve(store, amount, project=INFINITE)
        with pytest.raises(RequestError, match="no time zone"):
            store.write(lambda unit: unit.spending.reserve(TEN, {}, NOON.replace(tzinfo=None)))
        assert spent(store, "project") == Spent()

    def test_accounts_have_any_name_and_there_may_be_none(self, store: Store) -> None:
        names = ["user:ü/ x", "user:a\x00b", "user:a", "%", "user:%_", "x" * 1000, ""]
        settle(store, reserved(store, Amount(1, 2), **dict.fromkeys(names, TEN)), Amount(1, 1))
        with store.read() as unit:
            assert unit.spending.of(names) == dict.fromkeys(names, Spent(Amount(1, 1), NOTHING, calls=1))
            assert list(unit.spending.of(["no", *names])) == ["no", *names]
        settle(store, reserved(store, Amount(9, 9)), None)
        assert spent(store, "user:a").settled == Amount(1, 1)

    def test_of_ten_at_once_as_many_fit_as_the_cap_allows(self, store: Store) -> None:
        outcomes = at_once(lambda _: reserve(store, Amount(2, 1), project=TEN, key=INFINITE))
        numbers = [outcome for outcome in outcomes if isinstance(outcome, int)]
        assert len(set(numbers)) == len(numbers) == 5
        assert set(outcomes) - set(numbers) == {Refusal("project", final=False)}
        assert spent(store, "key") == spent(store, "project") == Spent(NOTHING, Amount(10, 5))

    def test_of_ten_at_once_that_each_ask_for_five_as_many_fit_as_the_cap_allows(self, store: Store) -> None:
        asked = [Asked(Amount(1, 2), {"project": Amount(37, 100), "key": INFINITE}, in_s(60))] * 5
        found = at_once(lambda _: store.write(lambda unit: unit.spending.reserve_all(asked)))
        outcomes = [one for some in found for one in some]
        numbers = [one for one in outcomes if isinstance(one, int)]
        assert len(set(numbers)) == len(numbers) == 37
        assert set(outcomes) - set(numbers) == {Refusal("project", final=False)}
        assert spent(store, "key") == spent(store, "project") == Spent(NOTHING, Amount(37, 74))

    def test_ten_at_once_settle_what_each_cost(self, store: Store) -> None:
        def call(n: int) -> None:
            for _ in range(5):
                settle(store, reserved(store, Amount(100, 100), project=INFINITE), Amount(n, 1))

        at_once(call)
        assert spent(store, "project") == Spent(Amount(225, 50), NOTHING, calls=50)


class LimitsContract:
    """Buckets that fill evenly."""

    def take(self, store: Store, amount: float, s: float = 0, *, bucket: str = "b", rate: float = 60.0) -> float:
        """At so many seconds after noon."""
        return store.write(lambda unit: unit.limits.take(bucket, amount, rate, NOON + timedelta(seconds=s)))

    def pause(self, store: Store, s: float, bucket: str = "b") -> None:
        """Until so many seconds after noon."""
        store.write(lambda unit: unit.limits.pause(bucket, NOON + timedelta(seconds=s)))

    def test_a_minutes_worth_is_there_at_once_and_then_it_comes_evenly(self, store: Store) -> None:
        assert [self.take(store, 20) for _ in range(4)] == [0, 0, 0, 20]
        assert self.take(store, 20, s=12.5) == 7.5
        assert self.take(store, 20, s=20) == 0
        assert self.take(store, 1, s=20) == 1

    def test_where_not_enough_is_there_nothing_is_taken(self, store: Store) -> None:
        assert self.take(store, 50) == 0
        assert self.take(store, 11) == 1
        assert self.take(store, 10) == 0

    @pytest.mark.parametrize(("amount", "rate"), [(1, 7), (0.3, 7), (12345, 99_999), (1, 6e7), (3, 0.1)])
    def test_after_the_time_that_was_said_it_is_there(self, store: Store, amount: float, rate: float) -> None:
        assert self.take(store, max(rate, 3), rate=rate) == 0
        wait = self.take(store, amount, rate=rate)
        assert 0 < wait < 60 * 60
        assert self.take(store, amount, s=wait - 1e-5, rate=rate) > 0
        assert self.take(store, amount, s=wait, rate=rate) == 0

    def test_a_bucket_holds_a_minutes_worth_however_long_it_waits(self, store: Store) -> None:
        assert self.take(store, 60) == 0
        assert [self.take(store, 60, s=86_400) for _ in range(2)] == [0, 60]

    def test_more_than_a_minutes_worth_is_taken_from_a_full_bucket_which_then_owes(self, store: Store) -> None:
        assert self.take(store, 1) == 0
        assert self.take(store, 150) == 1
        assert self.take(store, 150, s=1) == 0
        assert self.take(store, 1, s=1) == 91
        assert self.take(store, 1, s=92) == 0

    def test_a_pause_holds_until_its_time_and_a_shorter_one_does_not_end_it(self, store: Store) -> None:
        self.pause(store, 30)
        self.pause(store, 20)
        assert self.take(store, 1) == 30
        assert self.take(store, 1, s=29) == 1
        assert [self.take(store, amount, s=30) for amount in (60, 1)] == [0, 1]
        self.pause(store, 31.5)
        assert self.take(store, 1, s=30.5) == 1

    def test_buckets_are_apart_and_a_new_rate_holds_at_once(self, store: Store) -> None:
        assert self.take(store, 60) == 0
        self.pause(store, 90, "other")
        assert self.take(store, 1, bucket="third") == 0
        assert self.take(store, 1) == 1
        assert self.take(store, 1, rate=600) == pytest.approx(0.1)

    def test_two_clocks_that_differ_a_little_gain_nothing(self, store: Store) -> None:
        assert self.take(store, 60, s=1) == 0
        for _ in range(5):
            assert self.take(store, 1, s=0) == 2
            assert self.take(store, 1, s=1) == 1
        assert self.take(store, 1, s=2) == 0

    def test_a_clock_that_was_set_back_neither_fills_a_bucket_nor_stops_it(self, store: Store) -> None:
        assert self.take(store, 50, s=3600) == 0
        self.pause(store, 3615)
        assert self.take(store, 20) == 15
        assert self.take(store, 20, s=5) == 10
        assert self.take(store, 20, s=15) == 0
        assert self.take(store, 10, s=15) == 5

    @pytest.mark.parametrize("amount", [-1, math.nan, math.inf, 1e300])
    def test_what_is_no_amount_or_no_rate_is_refused(self, store: Store, amount: float) -> None:
        for given, rate in ((amount, 60.0), (1.0, amount if amount < 1e300 else 0.0)):
            with pytest.raises(RequestError, match="cannot be taken"):
                self.take(store, given, rate=rate)

    def test_of_ten_at_once_as_many_are_let_through_as_there_is_room_for(self, store: Store) -> None:
        waits = at_once(lambda _: self.take(store, 2, rate=10))
        assert sorted(waits) == [0] * 5 + [12] * 5


def replies(store: Store, *names: str) -> Mapping[StampId, bytes]:
    """Those of these that are there."""
    with store.read() as unit:
        return unit.replies.get([StampId(name) for name in names])


def keep(store: Store, most_bytes: int, about: str | None = None, /, **given: bytes) -> None:
    """Puts replies by name."""
    kept = {StampId(name): Kept(body, about) for name, body in given.items()}
    store.write(lambda unit: unit.replies.put(kept, most_bytes))


class RepliesContract:
    """Replies by stamp."""

    def test_a_reply_comes_back_as_it_was_last_put(self, store: Store) -> None:
        keep(store, 1000, a=b"first", b=b"")
        keep(store, 1000, a=b"second \x00\xff")
        keep(store, 1000)
        assert replies(store, "a", "b", "no") == {"a": b"second \x00\xff", "b": b""}
        assert replies(store) == {}

    def test_the_oldest_go_first_and_a_put_makes_young_again(self, store: Store) -> None:
        for name in "abcd":
            keep(store, 40, **{name: b"x" * 10})
        keep(store, 40, a=b"y" * 10)
        keep(store, 40, e=b"x" * 11)
        assert set(replies(store, *"abcde")) == {"a", "d", "e"}

    def test_at_most_so_many_bytes_are_kept_to_the_byte(self, store: Store) -> None:
        keep(store, 30, a=b"x" * 10, b=b"x" * 10, c=b"x" * 10)
        assert set(replies(store, *"abc")) == set("abc")
        keep(store, 30, c=b"x" * 11)
        assert set(replies(store, *"abc")) == set("bc")
        keep(store, 11)
        assert set(replies(store, *"abc")) == {"c"}
        keep(store, 30, d=b"x" * 31)
        assert replies(store, *"abcd") == {}
        keep(store, 30, a=b"x" * 30)
        assert set(replies(store, "a")) == {"a"}

    def test_thousands_go_in_and_the_newest_stay(self, store: Store) -> None:
        names = [f"r{n:04}" for n in range(1500)]
        keep(store, 10_000, **dict.fromkeys(names, b"x" * 10))
        assert set(replies(store, *names)) == set(names[500:])
        keep(store, 10_000, big=b"x" * 9_000)
        assert set(replies(store, *names, "big")) == {*names[1400:], "big"}

    def test_ten_at_once_stay_within_the_bytes_and_lose_nothing_that_fits(self, store: Store) -> None:
        def put(n: int) -> None:
            for i in range(5):
                keep(store, 400, **{f"{n}/{i}": b"x" * 10})

        at_once(put)
        assert len(replies(store, *(f"{n}/{i}" for n in range(10) for i in range(5)))) == 40


class JobsContract:
    """Batch jobs and labels."""

    def test_batch_jobs_come_oldest_first_and_are_replaced(self, store: Store) -> None:
        old = BatchJob("b", "openai:m", "clean", "submitted", b'{"c":"s"}', 2**53, NOON)
        new = BatchJob("a", "openai:m", "describe", "submitted", b"", 0, NOON + timedelta(hours=1))
        failed = BatchJob("c/ü", "openai:m", "clean", "failed", b"\x00", 1, NOON + timedelta(hours=2))
        for job in (new, failed, old):
            store.write(lambda unit, job=job: unit.batch_jobs.put(job))  # type: ignore[misc]
        with store.read() as unit:
            assert list(unit.batch_jobs.all()) == [old, new, failed]
            assert list(unit.batch_jobs.all("submitted")) == [old, new]
            assert list(unit.batch_jobs.all("no such state")) == []
        done = replace(old, state="done", reservation=9)
        store.write(lambda unit: unit.batch_jobs.put(done))
        with store.read() as unit:
            assert list(unit.batch_jobs.all("submitted")) == [new]
            assert list(unit.batch_jobs.all()) == [done, new, failed]

    def test_of_ten_batch_jobs_put_at_once_each_is_there(self, store: Store) -> None:
        jobs = [BatchJob(str(n), "m", "clean", "submitted", b"", n, NOON) for n in range(10)]
        at_once(lambda n: store.write(lambda unit: unit.batch_jobs.put(jobs[n])))
        with store.read() as unit:
            assert list(unit.batch_jobs.all()) == jobs

    def test_a_label_says_the_version_that_was_last_given_it(self, store: Store) -> None:
        for name, label, version in [
            ("describe", "production", 1),
            ("describe", "production", 2),
            ("describe", "production", 2),
            ("describe", "latest", 3),
            ("clean", "production", 7),
            ("describe", "production", 1),
        ]:
            store.write(lambda unit, given=(name, label, version): unit.labels.put(*given))  # type: ignore[misc]
        with store.read() as unit:
            assert unit.labels.get("production") == {"describe": 1, "clean": 7}
            assert unit.labels.get("latest") == {"describe": 3}
            assert unit.labels.get("no") == {}
            assert unit.labels.of("describe") == {"latest": 3, "production": 1}
            assert unit.labels.of("no") == {}
            assert list(unit.labels.history("describe", "production")) == [1, 2, 1]
            assert list(unit.labels.history("clean", "latest")) == []

    def test_ten_labels_given_at_once_are_all_in_the_history(self, store: Store) -> None:
        at_once(lambda n: store.write(lambda unit: unit.labels.put("clean", "latest", n)))
        with store.read() as unit:
            history = unit.labels.history("clean", "latest")
            assert sorted(history) == list(range(10))
            assert unit.labels.get("latest") == {"clean": history[0]}


class ForgettingContract:
    """Erasing what models leave behind."""

    def test_erasing_a_user_takes_the_account_and_calls_on_their_way_are_charged_to_the_others(
        self, store: Store
    ) -> None:
        caps = {"user:ann": TEN, "user:ann2": TEN, "project": TEN}
        under_way, next_one = (reserved(store, Amount(3, 3), **caps) for _ in range(2))
        assert store.erase(user=UserId("ann"))["accounts"] == 1
        settle(store, under_way, Amount(1, 1))
        assert spent(store, "user:ann") == Spent()
        assert spent(store, "user:ann2") == spent(store, "project") == Spent(Amount(1, 1), Amount(3, 3), calls=1)
        reserved(store, Amount(5, 5), **{"user:ann": TEN})
        settle(store, next_one, None)
        assert spent(store, "user:ann") == Spent(NOTHING, Amount(5, 5))

    def test_old_accounts_of_days_runs_and_users_go_once_nothing_is_set_aside_on_them(self, store: Store) -> None:
        passing, lasting = ("day:1", "run:1", "user:1"), ("project", "key:1", "users", "daytime")
        settle(store, reserved(store, Amount(1, 1), **dict.fromkeys((*passing, *lasting), TEN)), Amount(1, 1))
        reserved(store, Amount(1, 1), **{"day:2": TEN})
        assert store.erase(before=in_s(-3600))["accounts"] == 0
        assert store.erase(before=in_s(3600))["accounts"] == 3
        with store.read() as unit:
            left = unit.spending.of([*passing, *lasting, "day:2"])
        assert [name for name, stands in left.items() if stands != Spent()] == [*lasting, "day:2"]

    def test_of_replies_that_say_whose_words_they_hold_just_those_of_what_is_erased_go(self, store: Store) -> None:
        for name, user, words in (("one", "ann", "rye"), ("two", "ann", "spelt"), ("his", "bob", "rye bread")):
            add_slate(store, name, user, in_s(0), words)
            keep(store, 1000, words_of(words), **{name: b"x", f"{name} reason": b"x"})
        keep(store, 1000, "", catalogue=b"x")
        keep(store, 1000, words_of("nobody's"), asked=b"x")
        every = ("one", "one reason", "two", "two reason", "his", "his reason", "catalogue", "asked")
        assert store.erase(request=RecommId("one"))["replies"] == 2
        assert set(replies(store, *every)) == set(every[2:])
        assert store.erase(user=UserId("ann"))["replies"] == 2
        assert set(replies(store, *every)) == set(every[4:])

    def test_replies_to_words_that_are_stored_nowhere_are_erased_by_these(self, store: Store) -> None:
        keep(store, 1000, words_of("rye"), one=b"x", two=b"x")
        keep(store, 1000, words_of("spelt"), other=b"x")
        keep(store, 1000, nobody=b"x")
        assert store.erase(words=words_of("rye"))["replies"] == 2
        assert set(replies(store, "one", "two", "other", "nobody")) == {"other", "nobody"}
        assert store.erase(words=words_of("rye"))["replies"] == 0

    def test_thousands_of_replies_to_one_person_all_go(self, store: Store) -> None:
        add_slate(store, "mine", "ann", in_s(0), "rye")
        keep(store, 10**6, words_of("rye"), **{f"r{n}": b"x" for n in range(2500)})
        assert store.erase(user=UserId("ann"))["replies"] == 2500

    def test_ten_at_once_keep_replies_to_ten_people_and_one_is_erased(self, store: Store) -> None:
        def ask(n: int) -> None:
            add_slate(store, f"s{n}", f"user{n}", in_s(0), f"words {n}")
            keep(store, 1000, words_of(f"words {n}"), **{f"r{n}": b"x"})

        at_once(ask)
        assert store.erase(user=UserId("user3"))["replies"] == 1
        assert set(replies(store, *(f"r{n}" for n in range(10)))) == {f"r{n}" for n in range(10) if n != 3}

    def test_replies_go_that_can_hold_the_words_of_what_is_erased(self, store: Store) -> None:
        keep(store, 1000, reply=b"what ann asked for")
        assert store.erase(user=UserId("ann"))["replies"] == 0
        add_slate(store, "later", "bob", in_s(7200))
        assert store.erase(request=RecommId("later"))["replies"] == 0
        for name, user in (("mine", "ann"), ("hers", "ann"), ("his", "bob")):
            add_slate(store, name, user, in_s(0))
        assert store.erase(request=RecommId("mine"))["replies"] == 1
        keep(store, 1000, reply=b"what ann asked for")
        assert store.erase(user=UserId("ann"))["replies"] == 1
        assert replies(store, "reply") == {}

    def test_old_replies_and_collected_batch_jobs_go_and_their_bytes_are_free_again(self, store: Store) -> None:
        keep(store, 30, a=b"x" * 10, b=b"x" * 10)
        for state in ("submitted", "done", "failed"):
            job = BatchJob(state, "m", "clean", state, b"", 0, NOON)
            store.write(lambda unit, job=job: unit.batch_jobs.put(job))  # type: ignore[misc]
        assert store.erase(before=NOON)["batch_jobs"] == 0
        counts = store.erase(before=in_s(3600))
        assert (counts["replies"], counts["batch_jobs"]) == (2, 2)
        keep(store, 30, c=b"x" * 15, d=b"x" * 15)
        assert set(replies(store, *"abcd")) == {"c", "d"}
        with store.read() as unit:
            assert [one.id for one in unit.batch_jobs.all()] == ["submitted"]


def add_slate(store: Store, name: str, user: str, at: datetime, words: str = "words") -> None:
    """An answer of no places."""
    slate = Slate(RecommId(name), ReleaseId("r"), Request(words, user=UserId(user)), (), {}, at)
    store.write(lambda unit: unit.slates.add(slate))


class ModelsContract(SpendingContract, LimitsContract, RepliesContract, JobsContract, ForgettingContract):
    """All of it."""
