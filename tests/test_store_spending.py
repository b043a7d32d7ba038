"""What the SQLite store keeps about models: across processes, through upgrades, and gone once it is erased."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import firstfive.store.migrations
from firstfive.ports import Amount, Spent, Store, Unit
from firstfive.store import open_store
from firstfive.store.sql_store import FILE, SqlStore
from firstfive.testing.spending import NOON, TEN, keep, replies, reserve, reserved, settle, spent
from firstfive.testing.stores import live, page, put
from firstfive.types import UserId


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


# --- several processes ------------------------------------------------------------------------------------------------

PROCESSES, THREADS, CAP = 5, 10, 10

CALLERS = """
import json, sys, threading, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from firstfive.ports import Amount
from firstfive.store import open_store

store, cost, cap, callers = open_store(Path(sys.argv[1])), *map(int, sys.argv[2:])
caps = {"project": Amount(cap, cap), "day": Amount(cap, cap)}
until = datetime.now(UTC) + timedelta(seconds=60)
outcomes = []

def attempt(unit):
    got = unit.spending.reserve(Amount(1, 1), caps, until)
    return got, unit.spending.of(["project"])["project"]

def call():
    while True:
        got, stands = store.write(attempt)
        if isinstance(got, int):
            time.sleep(0.01)
            store.write(lambda unit: unit.spending.settle({got: Amount(cost, cost)}))
        if isinstance(got, int) or got.final:
            outcomes.append([isinstance(got, int), stands.settled.nano_usd, stands.open.nano_usd])
            return
        time.sleep(0.03)

print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=call) for _ in range(callers)]
for thread in threads: thread.start()
for thread in threads: thread.join()
store.close()
print(json.dumps(outcomes))
"""


class Outcome(NamedTuple):
    """Whether a caller got through, and what stood on the account then."""

    through: bool
    settled: int
    open: int


def callers(folder: Path, cost: int, cap: int) -> list[Outcome]:
    """What became of fifty callers in five processes, who set 1 aside, wait where that does not fit, and pay `cost`."""
    started = [sys.executable, "-c", CALLERS, str(folder), str(cost), str(cap), str(THREADS)]
    children = [
        subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [Outcome(*one) for child in children for one in json.loads(child.communicate(timeout=60)[0])]


def test_fifty_callers_in_five_processes_spend_the_cap_and_are_refused_only_when_it_is_spent(tmp_path: Path) -> None:
    outcomes = callers(tmp_path, cost=1, cap=CAP)
    through = [one for one in outcomes if one.through]
    assert (len(outcomes), len(through)) == (PROCESSES * THREADS, CAP)
    assert max(one.settled + one.open for one in outcomes) == CAP
    assert {(one.settled, one.open) for one in outcomes if not one.through} == {(CAP, 0)}


def test_fifty_callers_in_five_processes_who_pay_nothing_all_get_through_a_few_at_a_time(tmp_path: Path) -> None:
    outcomes = callers(tmp_path, cost=0, cap=CAP)
    assert [one.through for one in outcomes] == [True] * PROCESSES * THREADS
    assert max(one.settled + one.open for one in outcomes) <= CAP
    store = open_store(tmp_path)
    assert spent(store, "project") == spent(store, "day") == Spent(calls=PROCESSES * THREADS)
    store.close()


def test_a_bucket_and_an_account_are_those_of_every_process_of_the_folder(tmp_path: Path, store: Store) -> None:
    other = open_store(tmp_path)
    number = reserved(store, Amount(6, 6), project=TEN)
    assert not isinstance(reserve(other, Amount(6, 6), project=TEN), int)
    settle(other, number, Amount(1, 1))
    settle(store, number, Amount(5, 5))
    assert spent(store, "project").settled == Amount(1, 1)
    assert store.write(lambda unit: unit.limits.take("b", 60, 60, NOON)) == 0
    assert other.write(lambda unit: unit.limits.take("b", 1, 60, NOON)) == 1
    keep(store, 30, a=b"x" * 20)
    keep(other, 30, b=b"x" * 20)
    assert set(replies(store, "a", "b")) == {"b"}
    other.close()


# --- one statement ----------------------------------------------------------------------------------------------------


def test_setting_aside_on_six_accounts_is_one_statement_that_changes_them_all(store: Store) -> None:
    assert isinstance(store, SqlStore)
    said: list[str] = []

    def work(unit: Unit) -> None:
        driver = store._connection().connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(said.append)
        unit.spending.reserve(Amount(1, 1), {f"a{n}": TEN for n in range(6)}, NOON)
        driver.set_trace_callback(None)

    store.write(work)
    assert len([sql for sql in said if "INTO accounts" in sql or "UPDATE accounts" in sql]) == 1
    assert {spent(store, f"a{n}").open for n in range(6)} == {Amount(1, 1)}


# --- upgrades ---------------------------------------------------------------------------------------------------------


def migrated(folder: Path, to: str) -> set[str]:
    """The tables after bringing the store's file up or down to a version."""
    config = Config()
    config.set_main_option("script_location", str(Path(firstfive.store.migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{folder / FILE}")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        (command.downgrade if to < "0003" else command.upgrade)(config, to)
    engine.dispose()
    with closing(sqlite3.connect(folder / FILE)) as raw:
        return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_going_back_a_version_and_up_again_keeps_the_catalogue_and_forgets_what_models_left(tmp_path: Path) -> None:
    first = open_store(tmp_path)
    put(first, page("a"))
    keep(first, 100, a=b"x" * 60)
    settle(first, reserved(first, Amount(1, 1), project=TEN), None)
    first.close()
    new = {"reservations", "accounts", "buckets", "replies", "batch_jobs", "labels"}
    assert not new & migrated(tmp_path, "0002")
    assert new < migrated(tmp_path, "0003")
    second = open_store(tmp_path)
    assert live(second) == ["a"]
    assert spent(second, "project") == Spent()
    keep(second, 100, a=b"x" * 50, b=b"x" * 50)
    assert set(replies(second, "a", "b")) == {"a", "b"}
    second.close()


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_an_erased_user_is_named_nowhere_in_the_files(tmp_path: Path, store: Store) -> None:
    under_way = reserved(store, Amount(1, 1), project=TEN, **{"user:secret-of-ann": TEN})
    settle(store, reserved(store, Amount(1, 1), **{"user:secret-of-ann": TEN, "user:secret-of-bob": TEN}), None)
    assert store.erase(user=UserId("secret-of-ann"))["accounts"] == 1
    settle(store, under_way, Amount(1, 1))
    on_disk = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert b"secret-of-ann" not in on_disk
    assert b"secret-of-bob" in on_disk
