"""The SQLite store: it keeps the contract, and does what only a store on disk can do or fail at."""

from __future__ import annotations

import inspect
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import sqlalchemy.exc
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy import event as sql_event
from sqlalchemy import inspect as inspected

import firstfive.store.migrations
from firstfive.errors import CODES, RequestError, SettingsError, StoreError
from firstfive.ports import Answer, Graded, Kept, Label, Measurement, Pair, Store, Unit
from firstfive.store import open_store, sql_store, sqlite
from firstfive.store.border import Border, translate
from firstfive.store.sql_store import SqlStore
from firstfive.store.tables import METADATA, VERSION
from firstfive.store.turns import Job, Turns
from firstfive.testing.stores import NOON, MemoryStore, StoreContract, amendment, event, live, page, put, slate
from firstfive.types import Event, ItemId, RecommId, ReleaseId, Slate, StampId, User, UserId


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


class TestSqliteStore(StoreContract):
    """`store` is the fixture above."""


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


# --- opening ----------------------------------------------------------------------------------------------------------


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    first = open_store(tmp_path)
    put(first, page("a"))
    first.close()
    second = open_store(tmp_path)
    assert live(second) == ["a"]
    second.close()


def test_two_stores_of_one_folder_see_each_others_writes(tmp_path: Path, store: Store) -> None:
    other = open_store(tmp_path)
    put(store, page("a"))
    put(other, page("b"))
    assert live(store) == live(other) == ["a", "b"]
    other.close()


def test_ten_openings_of_a_new_folder_at_once_all_succeed(tmp_path: Path) -> None:
    with ThreadPoolExecutor(10) as pool:
        stores = list(pool.map(lambda _: open_store(tmp_path), range(10)))
    for n, one in enumerate(stores):
        put(one, page(str(n)))
    assert live(stores[0]) == [str(n) for n in range(10)]
    for one in stores:
        one.close()


def test_a_url_says_where_the_file_lies(tmp_path: Path) -> None:
    open_store(tmp_path, "sqlite:///other.db").close()
    open_store(Path("/nowhere"), f"sqlite:///{tmp_path}/absolute.db").close()
    assert {"other.db", "absolute.db"} <= set(os.listdir(tmp_path))


@pytest.mark.parametrize("url", ["postgresql://ann:hunter2@host/db", "nonsense", "sqlite://", "sqlite:///"])
def test_another_database_is_a_settings_error_that_tells_no_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match=r"store\.database_url") as caught:
        open_store(tmp_path, url)
    assert "hunter2" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no/such.*check that it exists"):
        open_store(tmp_path / "no" / "such")


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY | 6 << 8])
def test_a_folder_that_cannot_be_written_is_said_to_be_needed_for_reading_too_and_how_to_mend_it(code: int) -> None:
    wrong = sqlite3.OperationalError("attempt to write a readonly database")
    wrong.sqlite_errorcode, wrong.sqlite_errorname = code, "SQLITE_ANY"
    said = str(translate(wrong, "/shared/firstfive.db"))
    assert said.startswith("/shared/firstfive.db: ")
    assert "write to the project's folder, even for a command that only reads" in said
    assert "name a copy of the project with -p" in said


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path: Path, store: Store) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / sql_store.FILE}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(Path(firstfive.store.migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == VERSION


JUDGING = ("pairs", "grades", "judged", "trials")


def test_a_store_of_an_earlier_version_is_brought_up_to_date_and_keeps_what_it_has(tmp_path: Path) -> None:
    first = open_store(tmp_path)
    with first.unit() as unit:
        unit.events.add([event()])
        unit.slates.add(slate("known", user="seeker-ann", visit="visit"))
        unit.slates.add(slate("unknown", user="visit", visit="visit"))
    first.close()
    with closing(sqlite3.connect(tmp_path / sql_store.FILE)) as raw, raw:
        for name in ("ix_events_user_number", "ix_events_kind_number", "ix_events_item_kind"):
            raw.execute(f"DROP INDEX {name}")
        made = ("reservations", "accounts", "buckets", "replies", "batch_jobs", "labels", "measurements", "experiments")
        for name in (*made, "amendments", "mappings", *JUDGING):
            raw.execute(f"DROP TABLE {name}")
        raw.execute("ALTER TABLE uses DROP COLUMN how")
        raw.execute("ALTER TABLE pages DROP COLUMN first_seen")
        raw.execute("DROP INDEX ix_slates_visit")
        raw.execute("ALTER TABLE slates DROP COLUMN visit")
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    second = open_store(tmp_path)
    with second.read() as unit:
        assert unit.events.find()[0] == [event()]
    assert second.erase(user=UserId("visit"))["slates"] == 2
    second.close()
    with closing(sqlite3.connect(tmp_path / sql_store.FILE)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (VERSION,)
        assert raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'ix_events_item_kind'").fetchone()


def test_what_was_measured_and_stored_before_judges_and_first_times_survives_the_way_back_and_up(
    tmp_path: Path,
) -> None:
    by_people = Measurement(ReleaseId("r"), "hash", "60 requests", "Success@5", 0.1, 0.05, 0.2, 60, NOON)
    first = open_store(tmp_path)
    put(first, page("a"))
    first.write(lambda unit: unit.measurements.add([by_people, replace(by_people, judge="a:model", labels=40)]))
    first.close()
    config = Config()
    config.set_main_option("script_location", str(Path(firstfive.store.migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{tmp_path / sql_store.FILE}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        tables = [inspected(connection).get_columns(table) for table in ("measurements", "pages")]
        columns = {column["name"] for table in tables for column in table}
    engine.dispose()
    assert not columns & {"judge", "labels", "first_seen"}
    second = open_store(tmp_path)
    with second.read() as unit:
        assert list(unit.measurements.latest()) == [by_people], "a judge's would pass for people's"
        assert unit.pages.first_seen() == {}
    assert live(second) == ["a"]
    second.close()


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"kind": "yes"}, "ix_events_kind_number"),
        ({"kind": "yes", "newest": True}, "ix_events_kind_number"),
        ({"user": "ann", "newest": True}, "ix_events_user_number"),
        ({"item": "a", "newest": True}, "ix_events_item"),
    ],
)
def test_a_page_of_events_is_read_in_the_order_of_an_index(
    tmp_path: Path, store: Store, asked: dict[str, Any], index: str
) -> None:
    (plan,) = plans(store, tmp_path, lambda unit: unit.events.find(**asked))
    assert f"INDEX {index} " in plan
    assert "ORDER BY" not in plan


def test_passing_kinds_over_sorts_no_events(tmp_path: Path, store: Store) -> None:
    (plan,) = plans(store, tmp_path, lambda unit: unit.events.find(without={"no"}, newest=True))
    assert "ORDER BY" not in plan


def plans(store: Store, folder: Path, work: Callable[[Unit], object]) -> list[str]:
    """How SQLite would go about each statement of a read."""
    assert isinstance(store, SqlStore)
    said: list[tuple[str, Any]] = []
    sql_event.listen(
        store._database.readers,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, _context, _many: said.append((statement, values)),
    )
    with store.read() as unit:
        work(unit)
    with closing(sqlite3.connect(folder / sql_store.FILE)) as raw:
        explained = [raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall() for statement, values in said]
    return ["; ".join(row[3] for row in rows) for rows in explained]


def test_an_up_to_date_store_opens_without_alembic(tmp_path: Path, store: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from firstfive.store import open_store\n"
        "open_store(Path(sys.argv[1])).close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_a_store_of_a_newer_firstfive_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / sql_store.FILE)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"9999.*newer") as caught:
        open_store(tmp_path)
    assert caught.value.code == "store.broken"


def test_a_closed_store_says_so_and_closes_twice(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.write(lambda unit: unit.events.add([event()]))
    with pytest.raises(StoreError, match="closed"), store.read():
        pass
    with pytest.raises(StoreError, match="closed"), store.unit():
        pass


# --- writing ----------------------------------------------------------------------------------------------------------


def commits(store: Store) -> list[None]:
    """Grows by one with every commit of the writer."""
    assert isinstance(store, SqlStore)
    seen: list[None] = []
    sql_event.listen(store._database.writer, "commit", lambda _: seen.append(None))
    return seen


def gathered(store: Store, pool: ThreadPoolExecutor, works: Sequence[Callable[[Unit], object]]) -> list[Future[object]]:
    """Writes that all wait behind one unit, which has then ended."""
    assert isinstance(store, SqlStore)
    with store.unit():
        futures = [pool.submit(store.write, work) for work in works]
        deadline = monotonic() + 10
        while len(store._turns._waiting) < len(works) and monotonic() < deadline:
            sleep(0.001)
    return futures


def add(item: str, unit: Unit) -> object:
    """A work that adds one event."""
    return unit.events.add([event(item=item)])


def add_event(done: Event, unit: Unit) -> object:
    """A work that adds this event."""
    return unit.events.add([done])


def add_slate(given: Slate, unit: Unit) -> object:
    """A work that adds a Slate."""
    unit.slates.add(given)
    return given.recomm_id


def find(unit: Unit) -> object:
    """A work that only reads."""
    return unit.events.find()[0]


def test_writes_that_wait_together_share_one_commit(store: Store) -> None:
    seen = commits(store)
    with ThreadPoolExecutor(10) as pool:
        works = [partial(add, str(n)) for n in range(10)]
        assert [one.result() for one in gathered(store, pool, works)] == [1] * 10
    assert len(seen) == 2  # the unit's, and that of the ten


def test_in_a_shared_commit_a_failing_work_undoes_itself_alone(store: Store) -> None:
    def failing(unit: Unit) -> None:
        unit.events.add([event(item="failing")])
        raise ValueError("mine")

    with ThreadPoolExecutor(3) as pool:
        works: list[Callable[[Unit], object]] = [
            lambda unit: unit.events.add([event()]),
            failing,
            lambda unit: unit.events.find()[0],
        ]
        added, failed, found = gathered(store, pool, works)
        assert isinstance(failed.exception(), ValueError)
        assert (added.result(), found.result()) == (1, [event()])
    with store.read() as unit:
        assert unit.events.find()[0] == [event()]


def test_when_a_shared_commit_fails_every_writer_is_told(store: Store) -> None:
    assert isinstance(store, SqlStore)
    with ThreadPoolExecutor(3) as pool:
        with store.unit():
            driver = sqlite.raw(store._connection())
            pages = driver.execute("PRAGMA page_count").fetchone()[0]
            driver.execute(f"PRAGMA max_page_count = {pages + 20}")
        big = replace(slate("big"), notes=("x" * 4096 * 30,))
        works = [partial(add, "a"), partial(add_slate, big), partial(add, "b")]
        outcomes = [one.exception() for one in gathered(store, pool, works)]
    with store.read() as unit:
        stored = {one.item for one in unit.events.find()[0]}
    # Whether SQLite undid the big work alone or the whole commit: nobody was told a lie.
    assert isinstance(outcomes[1], StoreError)
    assert outcomes[1].code == "store.full"
    assert stored == {item for item, outcome in (("a", outcomes[0]), ("b", outcomes[2])) if outcome is None}
    with store.unit():
        driver.execute("PRAGMA max_page_count = 1000000")
    store.write(lambda unit: unit.slates.add(big))


def test_writing_inside_a_unit_is_refused_and_does_not_wait_for_ever(store: Store) -> None:
    with store.unit() as unit:
        with pytest.raises(StoreError, match="write through that unit"):
            put(store, page("a"))
        with pytest.raises(StoreError, match="write through that unit"):
            store.write(lambda _: None)
        unit.pages.put([page("b")])
    assert live(store) == ["b"]


def test_a_unit_that_has_ended_does_nothing_more(store: Store) -> None:
    with store.unit() as unit:
        pages = unit.pages
    with store.read() as reading:
        stream = reading.pages.live()
    with pytest.raises(StoreError, match="ended"):
        pages.put([page("a")])
    with pytest.raises(StoreError, match="ended"):
        list(stream)


def test_a_read_cannot_write(store: Store) -> None:
    with store.read() as unit, pytest.raises(StoreError):
        unit.hidden.set([ItemId("a")], True)


def test_half_a_character_is_refused_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(RequestError, match="whole Unicode"):
        put(store, page("a"), page("\ud800"))
    with pytest.raises(RequestError, match="whole Unicode"):
        store.write(lambda unit: unit.slates.add(slate("s", text="\ud800")))
    assert live(store) == []


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(RequestError, match="no time zone"):
        store.write(lambda unit: unit.events.add([event(at=event().at.replace(tzinfo=None))]))


def test_an_interrupted_waiter_gives_its_place_up() -> None:
    turns, first, waiting, last = Turns(), Job(), Job(), Job()
    turns.join(first)
    with ThreadPoolExecutor(2) as pool:
        for job in (waiting, last):
            pool.submit(turns.join, job)
            deadline = monotonic() + 10
            while job not in turns._waiting and monotonic() < deadline:
                sleep(0.001)
        turns.leave(waiting)  # what `write` does when an interrupt ends its waiting
        turns.leave(first)
        deadline = monotonic() + 10
        while turns._leader is not last and monotonic() < deadline:
            sleep(0.001)
        assert turns._leader is last
        waiting.rouse()
    turns.leave(last)
    assert turns._leader is None


def test_a_thread_that_dies_while_leading_leaves_the_store_usable(store: Store) -> None:
    def stop(_: Unit) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write(stop)
    assert put(store, page("a")) == {"new": 1}


WRITER = """
import sys
from pathlib import Path
from firstfive.store import open_store
from firstfive.testing.stores import event
store = open_store(Path(sys.argv[1]))
for n in range(100):
    store.write(lambda unit: unit.events.add([event(item=f"{sys.argv[2]}/{n}")]))
store.close()
"""


def test_two_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n)]) for n in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    store = open_store(tmp_path)
    with store.read() as unit:
        items = {one.item for one in unit.events.find(n=1000)[0]}
    store.close()
    assert items == {f"{writer}/{n}" for writer in range(2) for n in range(100)}


# --- what can go wrong ------------------------------------------------------------------------------------------------


def test_a_process_that_holds_the_store_too_long_is_named_as_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.2)
    store = open_store(tmp_path)
    with closing(sqlite3.connect(tmp_path / sql_store.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process") as caught:
            put(store, page("a"))
        assert live(store) == []
        other.execute("ROLLBACK")
    assert (caught.value.code, caught.value.retry, caught.value.retry_after_s) == ("store.busy", True, 1.0)
    assert put(store, page("a")) == {"new": 1}
    store.close()


def test_who_waited_for_a_turn_does_not_wait_for_another_process_as_long_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Works that want the turn to themselves, so that each fails by itself."""
    monkeypatch.setattr(sqlite, "BUSY_S", 1.0)
    store = open_store(tmp_path)

    def refused(n: int) -> float:
        began = monotonic()
        with pytest.raises(StoreError, match="another process"), store.unit() as unit:
            unit.pages.put([page(str(n))])
        return monotonic() - began

    with closing(sqlite3.connect(tmp_path / sql_store.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(3) as pool:
            waited = list(pool.map(refused, range(3)))
        other.execute("ROLLBACK")
    assert max(waited) < 1.9, "one after the other would be three seconds"
    assert put(store, page("a")) == {"new": 1}
    store.close()


FILLER = """
import resource, sys
from pathlib import Path
from firstfive.errors import StoreError
from firstfive.store import open_store
from firstfive.testing.stores import event
folder = Path(sys.argv[1])
store = open_store(folder)
wal = folder / "firstfive.db-wal"
def add(n):
    store.write(lambda unit: unit.events.add([event(item=f"{n}/{i}") for i in range(50)]))
add(0)
limit = wal.stat().st_size + 60_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
done = 0
try:
    for n in range(1, 1000):
        add(n)
        done = n
except StoreError as error:
    print(error.code, done)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
add(done + 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are of POSIX")
def test_a_full_disk_is_told_loses_nothing_and_passes(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FILLER, str(tmp_path)], check=True, capture_output=True, text=True)
    code, done = ran.stdout.split()
    assert code == "store.full"
    assert int(done) >= 1
    store = open_store(tmp_path)
    with store.read() as unit:
        assert len(unit.events.find(n=100_000)[0]) == 50 * (int(done) + 2)
    store.close()


@pytest.mark.parametrize("damage", [b"not a database at all" * 50, b"\x00" * 4096, b"<html>" * 1000])
def test_a_file_that_is_no_store_is_left_alone_and_named(tmp_path: Path, damage: bytes) -> None:
    open_store(tmp_path).close()
    path = tmp_path / sql_store.FILE
    with path.open("r+b") as file:
        file.write(damage)
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match=r"firstfive\.db.*put back a copy.* without the files ending in -wal"
    ) as caught:
        open_store(tmp_path)
    assert caught.value.code == "store.broken"
    assert path.read_bytes() == before


def test_damage_inside_the_file_is_told_and_not_read_over(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, *(page(f"{n:04}", "words " * n) for n in range(500)))
    store.close()
    path = tmp_path / sql_store.FILE
    data = bytearray(path.read_bytes())
    data[8 * 4096 :] = b"\xff" * (len(data) - 8 * 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        live(open_store(tmp_path))
    assert caught.value.code == "store.broken"


def foreign() -> list[type[Exception]]:
    """Every exception class of the driver and of SQLAlchemy, warnings aside."""
    found = {
        kind
        for module in (sqlite3, sqlalchemy.exc)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
        if kind.__module__.partition(".")[0] in ("sqlite3", "sqlalchemy")
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def test_the_list_of_foreign_errors_is_not_empty() -> None:
    assert {sqlite3.OperationalError, sqlite3.Warning, sqlalchemy.exc.TimeoutError} <= set(foreign())


@pytest.mark.parametrize("kind", foreign(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_foreign_error_becomes_ours(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    with pytest.raises(StoreError) as caught, Border("there"):
        raise error
    assert caught.value.code in CODES
    assert caught.value.__cause__ is error


def test_a_result_code_says_more_than_its_class(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as raw:
        raw.execute("PRAGMA max_page_count = 3")
        raw.execute("CREATE TABLE t (x)")
        with pytest.raises(sqlite3.OperationalError) as full:
            raw.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert translate(full.value).code == "store.full"


def test_messages_tell_no_stored_values(store: Store) -> None:
    given = slate("s", text="my secret wish")
    store.write(lambda unit: unit.slates.add(given))
    with pytest.raises(StoreError) as caught:
        store.write(lambda unit: unit.slates.add(given))
    assert "secret" not in str(caught.value) + str(caught.value.__cause__)


# --- erasing ----------------------------------------------------------------------------------------------------------


def on_disk(folder: Path) -> bytes:
    """Every byte of the store's files."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.fixture
def _not_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Erasing treats the file as one that is too large to write anew."""
    monkeypatch.setattr(sqlite, "REWRITE_MB", 0)


@pytest.mark.usefixtures("_not_written_anew")
def test_what_was_erased_is_in_no_free_page_and_not_in_the_log(tmp_path: Path, store: Store) -> None:
    for n in range(300):
        who = ("ann", "bob")[n % 2]
        secret = f"secret-of-{who}-{n:04}-"
        with store.unit() as unit:
            unit.slates.add(replace(slate(f"{secret}s", user=f"user-{who}", text=secret * 30), notes=(secret * n,)))
            unit.events.add(
                [replace(event(user=f"user-{who}", item=f"{n}", request=f"{secret}s"), comment=secret * 20)]
            )
            body = secret.encode() * 50
            unit.idempotency.claim(f"k{n}", Answer("h", 200, "", body, RecommId(f"{secret}s")))
            pair = Pair(f"{secret}s", secret * 30, ItemId(f"{n}"), NOON, recomm_id=RecommId(f"{secret}s"))
            unit.pairs.add([pair])
            unit.pairs.label([Label(pair.qid, pair.item, "first", secret, 1, 2.0, NOON)])
            unit.judgements.put(
                [Graded(StampId("j"), pair.about, pair.item, 1, secret, StampId("s"), NOON, pair.recomm_id)]
            )
    store.write(lambda unit: unit.users.put([User(UserId("user-ann"), comment="secret-of-ann-herself")]))
    assert b"secret-of-ann" in on_disk(tmp_path)
    counts = store.erase(user=UserId("user-ann"))
    judged = {"pairs": 150, "grades": 150, "judged": 150}
    gone = {"users": 1, "slates": 150, "events": 150, "answers": 150} | judged
    assert {table: n for table, n in counts.items() if n} == gone
    left = on_disk(tmp_path)
    assert b"secret-of-ann" not in left
    assert b"user-ann" not in left
    assert left.count(b"secret-of-bob-0299-") > 50


def test_erasing_beside_a_long_read_says_that_it_is_not_finished(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_store, "BUSY_S", 0.3)
    store.write(lambda unit: unit.slates.add(slate("s", user="ann", text="secret-of-ann")))
    with store.read() as unit:
        assert unit.slates.get(RecommId("s"))
        with pytest.raises(StoreError, match="erase the same again") as caught:
            store.erase(user=UserId("ann"))
        assert caught.value.code == "store.busy"
        assert unit.slates.get(RecommId("s"))
    store.erase(user=UserId("ann"))
    assert b"secret-of-ann" not in on_disk(tmp_path)


def test_copies_that_stay_behind_when_rows_move_are_erased_too(tmp_path: Path, store: Store) -> None:
    chance = random.Random(2)  # one of the seeds that leave copies where the file is not written anew
    for n in range(400):
        who = chance.choice(("ann", "bob"))
        done = replace(event(user=who, item=str(n)), comment=f"secret-of-{who}" * chance.choice((1, 5, 40, 200)))
        store.write(partial(add_event, done))
        if chance.random() < 0.4:
            gone = ItemId(str(chance.randrange(n + 1)))
            store.write(lambda unit, gone=gone: unit.events.remove(None, UserId("bob"), gone))  # type: ignore[misc]
    store.erase(user=UserId("ann"))
    assert b"secret-of-ann" not in on_disk(tmp_path)
    assert b"secret-of-bob" in on_disk(tmp_path)


def test_a_file_too_large_to_write_anew_is_said(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite, "REWRITE_MB", 0.1)
    put(store, *(page(str(n)) for n in range(1000)))
    store.write(lambda unit: unit.events.add([event(user="ann")]))
    assert store.erase(user=UserId("ann"))["events"] == 1
    assert "VACUUM" in caplog.text
    assert "ann" not in caplog.text


def test_the_file_is_written_anew_only_where_something_was_erased(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def does(what: str, *_: object) -> bool:
        done.append(what)
        return True

    monkeypatch.setattr(sql_store, "rewrite", partial(does, "file"))
    monkeypatch.setattr(sql_store, "empty_log", partial(does, "log"))
    store.write(lambda unit: unit.slates.add(slate("s", user="ann")))
    assert not any(store.erase(user=UserId("nobody")).values())
    assert done == []
    store.erase(user=UserId("ann"))
    assert done == ["file", "log"]
    store.erase(user=UserId("ann"))
    assert done == ["file", "log"]


def test_an_erasure_that_was_cut_off_is_finished_by_the_next(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("the disk is full", code="store.full")

    store.write(lambda unit: unit.slates.add(slate("s", user="ann", text="secret-of-ann")))
    with monkeypatch.context() as patch:
        patch.setattr(sql_store, "rewrite", full)
        with pytest.raises(StoreError, match="full"):
            store.erase(user=UserId("ann"))
    assert b"secret-of-ann" in on_disk(tmp_path)
    assert not any(store.erase(user=UserId("nobody")).values())
    assert b"secret-of-ann" not in on_disk(tmp_path)


@pytest.mark.parametrize("whose", [{"user": UserId("ann")}, {"request": RecommId("s")}])
def test_what_is_added_to_a_slate_while_it_is_erased_goes_with_it(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, whose: dict[str, Any]
) -> None:
    """Somebody adds again, before each step of erasing, whatever is not there just now."""
    change = SqlStore._change
    said = Pair("s", "rye", ItemId("a"), NOON, recomm_id=RecommId("s"))

    def add(unit: Unit) -> None:
        unit.pairs.label([Label("s", ItemId("a"), "first", "secret-of-ann", 1, 2.0, NOON)])
        if unit.users.get(UserId("ann")):
            unit.events.add([event(user="ann", item="said of no answer")])
        if unit.slates.get(RecommId("s")):
            unit.amendments.add(amendment("s"))
            unit.events.add([event(user="visit", request="s")])
            unit.pairs.add([said])
            unit.judgements.put([Graded(StampId("j"), said.about, said.item, 1, "", StampId("s"), NOON)])
            unit.replies.put({StampId("r"): Kept(b"secret-of-ann", said.about)}, 1000)
        elif unit.users.get(UserId("ann")):
            unit.slates.add(slate("s", user="ann", text="rye"))

    def slowly(self: SqlStore, work: Callable[[Any], Any]) -> Any:
        self.write(add)
        return change(self, work)

    store.write(lambda unit: unit.slates.add(slate("s", user="ann", text="rye")))
    if "user" in whose:
        store.write(lambda unit: unit.users.put([User(UserId("ann"))]))
    monkeypatch.setattr(SqlStore, "_change", slowly)
    store.erase(**whose)
    with closing(sqlite3.connect(tmp_path / sql_store.FILE)) as file:
        for table in ("slates", "amendments", "events", "pairs", "grades", "judged", "replies"):
            assert file.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


@pytest.mark.usefixtures("_not_written_anew")
def test_sweeping_records_leaves_erasing_thorough(tmp_path: Path, store: Store) -> None:
    with store.unit() as unit:
        unit.ledger.put("embed", {StampId("s"): b"v" * 50_000})
        unit.ledger.sweep("embed", lambda _: False)
        unit.slates.add(slate("s", user="ann", text="secret-of-ann" * 3000))
    store.erase(request=RecommId("s"))
    assert b"secret-of-ann" not in on_disk(tmp_path)


def test_a_copy_of_the_folder_is_a_backup(tmp_path: Path, store: Store) -> None:
    put(store, page("a"))
    copy = Path(shutil.copytree(tmp_path, tmp_path / "copy"))
    other = open_store(copy)
    assert live(other) == ["a"]
    other.close()


def test_no_thread_is_left_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    store = open_store(tmp_path)
    put(store, page("a"))
    store.close()
    assert threading.active_count() == before
