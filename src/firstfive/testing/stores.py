"""The contract of the Store port: every implementation's tests inherit `StoreContract` and give it a `store` fixture.

`MemoryStore` is the implementation that needs no disk.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from threading import Barrier
from threading import Event as Flag

import pytest

from firstfive.errors import FirstFiveError, NotFound, RequestError, StoreError
from firstfive.ports import Answer, Measurement, Store, Unit, Use
from firstfive.testing.experiments import ExperimentContract
from firstfive.testing.judging import JudgingContract
from firstfive.testing.memory import MemoryStore
from firstfive.testing.spending import ModelsContract
from firstfive.types import (
    Amended,
    Amendment,
    Event,
    ExperimentId,
    ItemId,
    Key,
    KeyId,
    Mismatch,
    Page,
    Place,
    Quote,
    Reason,
    RecommId,
    Rejected,
    Release,
    ReleaseId,
    Request,
    Slate,
    StampId,
    Trial,
    User,
    UserId,
    VisitId,
)

__all__ = ["MemoryStore", "StoreContract", "event", "page", "slate"]

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

ODD_IDS = [
    "a b/c?d#e",
    "ünï/ç",
    "مرحبا",
    "🙂🙂",
    "it''s \"quoted\"",
    "%_",
    "x" * 1000,
    "\u200b",
    "a\x00b",
    "A",
    "a",
    " ",
]
"""Ids with whatever the web puts into them."""


def page(name: str, body: str = "text", **fields: str) -> Page:
    """A page of text."""
    return Page(ItemId(name), "text", f"Title of {name}", body.encode(), fields, "site", "file.csv", 3)


def event(kind: str = "yes", user: str = "ann", item: str = "a", *, at: datetime = NOON, request: str = "") -> Event:
    """Something that was done."""
    return Event(kind, UserId(user), ItemId(item), at, RecommId(request) if request else None)


def slate(name: str, *, user: str = "", visit: str = "", at: datetime = NOON, text: str = "a bakery") -> Slate:
    """A Slate of one place, with something in every field."""
    said, says = Quote("a bakery", 0, 8), Quote("bakes", 4, 9)
    place = Place(
        place=1,
        item=ItemId("ü/1"),
        title="Morning Loaf",
        text="She bakes 🙂",
        score=0.75,
        channels={"words": 0.5, "whole": 1.0},
        reason=Reason(said, says, 0.9),
        mismatch=Mismatch(said, None, "missing"),
        fields={"country": "DE", "staff": 14.0, "open": True, "tags": ("a", "b")},
        unknown=("year",),
        probability=0.5,
        copies=(ItemId("copy"),),
    )
    request = Request(text, 5, "staff > 3", (ItemId("l"),), (), 0.25, UserId(user) if user else None, "home")
    request = replace(request, visit=VisitId(visit) if visit else None)
    trial = Trial(ExperimentId("trial"), "both", ("a",), (0.5,), {"baseline": 2.5}, {"candidate": 0.25}, failed=True)
    return Slate(RecommId(name), ReleaseId("rel"), request, (place,), {"embed": 2.5}, at, ("a note",), trial=trial)


def amendment(name: str, at: datetime = NOON) -> Amendment:
    """A reason that came later, with something in every field."""
    said, says = Quote("a bakery", 0, 8, "request"), Quote("bakes 🙂", 4, 11)
    later = Amended(1, Reason(said, says, 0.5, "It bakes.", "fake:model"), Mismatch(said, says, "denied"), ("cut",))
    return Amendment(RecommId(name), at, (later,), ("fake:model",), ("reason@1 12",), 0.25, at)


def release(name: str, at: datetime = NOON) -> Release:
    """A Release of three items."""
    return Release(ReleaseId(name), {"index": "x"}, 3, 7, at)


def put(store: Store, *pages: Page) -> dict[str, int]:
    """Counts that are not 0."""
    return {outcome: n for outcome, n in store.write(lambda unit: unit.pages.put(pages)).items() if n}


def live(store: Store) -> list[str]:
    """Ids, in the order of `live`."""
    with store.read() as unit:
        return [one.id for one in unit.pages.live()]


class CatalogueContract:
    """Pages, quarantine and hidden items."""

    def test_a_page_comes_back_as_it_was_put(self, store: Store) -> None:
        short, long, noise = b"", b"again and again " * 5000, b"".join(sha256(bytes([n])).digest() for n in range(160))
        pages = [
            Page(ItemId(str(n)), "html", "T\n", body, {"k": "v\x00"}) for n, body in enumerate((short, long, noise))
        ]
        put(store, *pages)
        with store.read() as unit:
            assert [unit.pages.get(one.id) for one in pages] == pages
            assert list(unit.pages.live()) == pages
            assert unit.pages.get(ItemId("no")) is None

    def test_putting_says_what_is_new_changed_the_same_or_revived(self, store: Store) -> None:
        assert put(store, page("a"), page("b"), page("c")) == {"new": 3}
        assert store.write(lambda unit: unit.pages.retire([ItemId("b"), ItemId("no")])) == 1
        assert put(store, page("a"), page("b"), page("c", "other")) == {"same": 1, "revived": 1, "changed": 1}
        with store.read() as unit:
            assert [one.body for one in unit.pages.live()] == [b"text", b"text", b"other"]

    def test_of_one_id_twice_in_a_put_the_last_stays(self, store: Store) -> None:
        assert put(store, page("a", "1"), page("a", "2"), page("a", "2")) == {"new": 1, "changed": 1, "same": 1}
        with store.read() as unit:
            assert [one.body for one in unit.pages.live()] == [b"2"]

    def test_where_a_page_was_read_is_updated_without_a_change(self, store: Store) -> None:
        put(store, page("a"))
        moved = Page(ItemId("a"), "text", "Title of a", b"text", {}, "site", "other.csv", 9)
        assert put(store, moved) == {"same": 1}
        with store.read() as unit:
            assert unit.pages.get(ItemId("a")) == moved

    def test_a_full_import_retires_what_it_did_not_bring(self, store: Store) -> None:
        put(store, page("a"), page("b"), page("c"))
        mark = store.write(lambda unit: unit.pages.mark())
        put(store, page("a"), page("d"))
        assert store.write(lambda unit: unit.pages.retire_unseen(mark)) == 2
        assert live(store) == ["a", "d"]
        with store.read() as unit:
            assert unit.pages.count() == 2
        assert store.write(lambda unit: unit.pages.retire_unseen(mark)) == 0
        with store.read() as unit:
            assert unit.pages.get(ItemId("b")) is None
        assert put(store, page("b")) == {"revived": 1}
        assert live(store) == ["a", "b", "d"]

    def test_a_page_was_first_seen_when_it_first_came_whatever_came_after(self, store: Store) -> None:
        before = datetime.now(UTC)
        put(store, page("a"), page("b"))
        with store.read() as unit:
            first = unit.pages.first_seen()
        assert set(first) == {"a", "b"}
        assert before <= first[ItemId("a")] <= datetime.now(UTC)
        store.write(lambda unit: unit.pages.retire([ItemId("a"), ItemId("b")]))
        put(store, page("a", "changed"), page("c"))
        with store.read() as unit:
            after = unit.pages.first_seen()
            behind = unit.pages.first_seen(max(first.values()))
        assert set(after) == {"a", "c"}
        assert set(behind) == {"c"}
        assert after[ItemId("a")] == first[ItemId("a")]
        assert after[ItemId("c")] >= first[ItemId("a")]

    def test_the_columns_of_a_source_are_those_of_its_last_import(self, store: Store) -> None:
        with store.read() as unit:
            assert unit.pages.mapping("a.csv") is None
        store.write(lambda unit: unit.pages.map("a.csv", {"id": ["key"], "text": ["a", "b"]}))
        store.write(lambda unit: unit.pages.map("b.csv", {}))
        with store.read() as unit:
            assert unit.pages.mapping("a.csv") == {"id": ["key"], "text": ["a", "b"]}
            assert unit.pages.mapping("b.csv") == {}
        store.write(lambda unit: unit.pages.map("a.csv", {"id": ["Schlüssel"]}))
        with store.read() as unit:
            assert unit.pages.mapping("a.csv") == {"id": ["Schlüssel"]}

    def test_any_unicode_is_an_id_and_pages_come_in_its_order(self, store: Store) -> None:
        put(store, *(page(name) for name in ODD_IDS))
        assert live(store) == sorted(ODD_IDS)
        with store.read() as unit:
            assert [unit.pages.get(ItemId(name)) for name in ODD_IDS] == [page(name) for name in ODD_IDS]
            assert [one.id for one in unit.pages.live(after="a b/c?d#e")] == sorted(
                name for name in ODD_IDS if name > "a b/c?d#e"
            )

    def test_a_put_of_thousands_stores_each(self, store: Store) -> None:
        pages = [page(f"{n:05}", f"body {n}") for n in range(2500)]
        assert put(store, *pages) == {"new": 2500}
        with store.read() as unit:
            assert list(unit.pages.live()) == pages
            assert unit.pages.count() == 2500

    def test_quarantine_keeps_the_order_until_its_source_is_cleared(self, store: Store) -> None:
        first, second = Rejected("a.csv", 1, "why", "what to do", "x"), Rejected("b.csv", 0, "why", "what to do")
        store.write(lambda unit: unit.quarantine.add([first, second, first]))
        with store.read() as unit:
            assert list(unit.quarantine.all()) == [first, second, first]
        store.write(lambda unit: unit.quarantine.clear("a.csv"))
        with store.read() as unit:
            assert list(unit.quarantine.all()) == [second]

    def test_quarantine_is_counted_and_read_page_by_page(self, store: Store) -> None:
        rows = [Rejected("a.csv", line, "why", "what to do") for line in range(1, 6)]
        store.write(lambda unit: unit.quarantine.add(rows))
        with store.read() as unit:
            assert unit.quarantine.count() == 5
            first, cursor = unit.quarantine.page("", 3)
            last, end = unit.quarantine.page(cursor, 3)
            assert [*first, *last] == rows
            assert end == ""
            with pytest.raises(RequestError):
                unit.quarantine.page("not a cursor", 3)

    def test_hiding_counts_changes_and_raises_the_version(self, store: Store) -> None:
        a, b = ItemId("a"), ItemId("b/ ü")

        def hide(items: list[ItemId], hidden: bool) -> int:
            return store.write(lambda unit: unit.hidden.set(items, hidden))

        def now() -> tuple[frozenset[ItemId], int]:
            with store.read() as unit:
                return unit.hidden.all(), unit.hidden.version()

        assert hide([a, b], True) == 2
        hidden, version = now()
        assert hidden == {a, b}
        assert hide([a], True) == 0
        assert now() == (hidden, version)
        assert hide([a, ItemId("no")], False) == 1
        assert now()[0] == {b}
        assert now()[1] > version


class MadeContract:
    """The ledger, Releases and what was measured of them."""

    def test_the_ledger_keeps_a_stamps_first_payload(self, store: Store) -> None:
        one, two, no = StampId("one"), StampId("two"), StampId("no")
        store.write(lambda unit: unit.ledger.put("clean", {one: b"first", two: b""}))
        store.write(lambda unit: unit.ledger.put("clean", {one: b"second"}))
        store.write(lambda unit: unit.ledger.put("clean", {}))
        with store.read() as unit:
            assert unit.ledger.get([one, two, no]) == {one: b"first", two: b""}
            assert unit.ledger.have([no, two]) == {two}
            assert unit.ledger.have([]) == set()

    def test_thousands_of_records_go_in_and_out(self, store: Store) -> None:
        records = {StampId(f"{n:032x}"): n.to_bytes(8, "big") * 20 for n in range(3000)}
        store.write(lambda unit: unit.ledger.put("embed", records))
        with store.read() as unit:
            assert unit.ledger.get(list(records)) == records
            assert unit.ledger.have([*records, StampId("no")]) == set(records)

    def test_sweeping_drops_what_is_not_wanted_of_one_step(self, store: Store) -> None:
        stamps = [StampId(str(n)) for n in range(1200)]
        store.write(lambda unit: unit.ledger.put("embed", dict.fromkeys(stamps, b"v")))
        store.write(lambda unit: unit.ledger.put("clean", {StampId("other"): b"v"}))
        assert store.write(lambda unit: unit.ledger.sweep("embed", lambda stamp: stamp in {"1", "7"})) == 1198
        with store.read() as unit:
            assert unit.ledger.have([*stamps, StampId("other")]) == {"1", "7", "other"}

    def test_releases_come_newest_first_and_once(self, store: Store) -> None:
        first, second, third = release("1"), release("2", NOON + timedelta(days=1)), release("3", NOON)
        for one in (first, second, third, release("1", NOON + timedelta(days=9))):
            store.write(lambda unit, one=one: unit.releases.add(one))  # type: ignore[misc]
        with store.read() as unit:
            assert list(unit.releases.all()) == [second, third, first]

    def test_history_says_what_is_in_use_and_what_was_before(self, store: Store) -> None:
        with store.unit() as unit:
            assert list(unit.releases.history()) == []
            for name in "ab":
                unit.releases.add(release(name))
            for name in "abba":
                unit.releases.use(ReleaseId(name))
        with store.read() as unit:
            assert list(unit.releases.history()) == ["a", "b", "a"]
        store.write(lambda unit: unit.releases.remove(ReleaseId("b")))
        with store.read() as unit:
            assert [one.id for one in unit.releases.all()] == ["a"]
            assert list(unit.releases.history()) == ["a"]

    def test_each_use_of_a_release_says_how_it_came(self, store: Store) -> None:
        promoted = Use("promote", NOON, "ann", "it is \u2265 before", '{"low": 0.1}')
        with store.unit() as unit:
            for name in "ab":
                unit.releases.add(release(name))
            unit.releases.use(ReleaseId("a"), Use("build", NOON))
            unit.releases.use(ReleaseId("b"), promoted)
            unit.releases.use(ReleaseId("b"), Use("use", NOON))  # in use already
            unit.releases.use(ReleaseId("a"))
        with store.read() as unit:
            assert list(unit.releases.uses()) == [("a", Use()), ("b", promoted), ("a", Use("build", NOON))]
        store.write(lambda unit: unit.releases.remove(ReleaseId("a")))
        with store.read() as unit:
            assert list(unit.releases.uses()) == [("b", promoted)]

    def test_a_release_that_is_not_there_cannot_be_used(self, store: Store) -> None:
        with pytest.raises(NotFound) as caught:
            store.write(lambda unit: unit.releases.use(ReleaseId("no")))
        assert caught.value.code == "not_found.release"

    def test_what_was_measured_comes_back_the_last_first_and_outlives_its_release(self, store: Store) -> None:
        first = Measurement(ReleaseId("a"), "hash", "60 requests of ü.jsonl", "Success@5", 0.1, 0.05, 0.2, 60, NOON)
        whole = replace(first, variant="fast", made_up=True, median_ms=0.25, p95_ms=3.5, usd_per_1000=0.0)
        earlier = replace(first, at=NOON - timedelta(days=1), how="promote", judge="a:model with judge@1", labels=40)
        with store.unit() as unit:
            unit.releases.add(release("a"))
            unit.measurements.add([first, whole])
            unit.measurements.add([])
            unit.measurements.add([earlier])
            unit.releases.remove(ReleaseId("a"))
        with store.read() as unit:
            assert list(unit.measurements.latest()) == [earlier, whole, first]
            assert list(unit.measurements.latest(1)) == [earlier]


class PeopleContract:
    """Slates and what came after them, events and users."""

    def test_what_came_later_is_kept_beside_the_slate_and_once(self, store: Store) -> None:
        given, first = slate("s", user="ann"), amendment("s")
        store.write(lambda unit: unit.slates.add(given))
        assert store.write(lambda unit: unit.amendments.add(first))
        assert not store.write(lambda unit: unit.amendments.add(replace(first, models=("other:model",))))
        with store.read() as unit:
            assert unit.amendments.get(RecommId("s")) == first
            assert unit.slates.get(RecommId("s")) == given
            assert unit.amendments.get(RecommId("no")) is None

    def test_nothing_comes_later_to_a_slate_that_is_gone(self, store: Store) -> None:
        assert not store.write(lambda unit: unit.amendments.add(amendment("s")))
        with store.read() as unit:
            assert unit.amendments.get(RecommId("s")) is None

    def test_a_slate_comes_back_as_it_was_added(self, store: Store) -> None:
        given = slate("s", user="ann")
        store.write(lambda unit: unit.slates.add(given))
        with store.read() as unit:
            assert unit.slates.get(RecommId("s")) == given
            assert unit.slates.get(RecommId("no")) is None

    def test_the_last_slate_is_the_newest(self, store: Store) -> None:
        with store.unit() as unit:
            assert unit.slates.last_at() is None
            unit.slates.add(slate("new", at=NOON + timedelta(hours=1)))
            unit.slates.add(slate("old"))
        with store.read() as unit:
            assert unit.slates.last_at() == NOON + timedelta(hours=1)

    def test_slates_are_read_page_by_page_the_newest_first(self, store: Store) -> None:
        added = [slate(f"s{n}", user="ann" if n % 2 else "") for n in range(5)]
        for one in added:
            store.write(lambda unit, one=one: unit.slates.add(one))  # type: ignore[misc]
        with store.read() as unit:
            first, cursor = unit.slates.page("", 3)
            last, end = unit.slates.page(cursor, 3)
            assert [*first, *last] == added[::-1]
            assert end == ""
            of_ann, more = unit.slates.page("", 1, UserId("ann"))
            assert [*of_ann, *unit.slates.page(more, 5, UserId("ann"))[0]] == [added[3], added[1]]
            with pytest.raises(RequestError):
                unit.slates.page("no cursor", 3)

    def test_which_slates_there_are_is_known_by_their_ids(self, store: Store) -> None:
        for name in ("s", "other", "erased"):
            store.write(lambda unit, name=name: unit.slates.add(slate(name)))  # type: ignore[misc]
        store.erase(request=RecommId("erased"))
        with store.read() as unit:
            assert unit.slates.known({RecommId("s"), RecommId("erased"), RecommId("nothing")}) == {"s"}
            assert unit.slates.known(()) == set()

    def test_a_slate_cannot_be_added_twice(self, store: Store) -> None:
        store.write(lambda unit: unit.slates.add(slate("s")))
        with pytest.raises(StoreError):
            store.write(lambda unit: unit.slates.add(slate("s")))

    def test_feedback_again_replaces_it_in_its_place(self, store: Store) -> None:
        later = event(item="a", at=NOON + timedelta(hours=1))
        assert store.write(lambda unit: unit.events.add([event(item="a"), event(item="b")])) == 2
        assert store.write(lambda unit: unit.events.add([later, event(item="b")])) == 1
        with store.read() as unit:
            assert unit.events.find() == ([later, event(item="b")], "")

    def test_without_replacing_the_first_feedback_stays(self, store: Store) -> None:
        later = event(at=NOON + timedelta(hours=1))
        store.write(lambda unit: unit.events.add([event()]))
        assert store.write(lambda unit: unit.events.add([later, event(item="b")], replace=False)) == 1
        with store.read() as unit:
            assert unit.events.find() == ([event(), event(item="b")], "")

    def test_an_events_time_is_kept_to_the_microsecond_in_utc(self, store: Store) -> None:
        abroad = datetime(1969, 7, 20, 22, 17, 40, 999999, tzinfo=timezone(timedelta(hours=2)))
        given = Event("yes", UserId("ü"), ItemId("i"), abroad, RecommId("r"), -2.5, "said\nso")
        store.write(lambda unit: unit.events.add([given]))
        with store.read() as unit:
            assert unit.events.find()[0] == [given]
            assert unit.events.find()[0][0].at.utcoffset() in (timedelta(0), abroad.utcoffset())

    def test_events_are_found_by_kind_user_and_item(self, store: Store) -> None:
        events = [event(k, u, i) for k in ("yes", "no") for u in ("ann", "bob") for i in ("a", "b")]
        store.write(lambda unit: unit.events.add(events))
        with store.read() as unit:
            assert unit.events.find(kind="no")[0] == events[4:]
            assert unit.events.find(user=UserId("bob"), item=ItemId("a"))[0] == [events[2], events[6]]
            assert unit.events.find(kind="yes", user=UserId("ann"), item=ItemId("b"))[0] == [events[1]]
            assert unit.events.find(item=ItemId("no"))[0] == []

    def test_paging_gives_every_event_once_though_others_write(self, store: Store) -> None:
        store.write(lambda unit: unit.events.add([event(item=str(n)) for n in range(10)]))
        seen: list[str] = []
        cursor = ""
        while True:
            with store.read() as unit:
                found, cursor = unit.events.find(after=cursor, n=5)
            seen += [one.item for one in found]
            if not cursor:
                break
            store.write(lambda unit: unit.events.add([event(item="0", at=NOON + timedelta(hours=1)), event(item="x")]))
        assert seen == [*map(str, range(10)), "x"]

    def test_the_newest_events_come_first_where_asked_and_replaced_ones_keep_their_place(self, store: Store) -> None:
        store.write(lambda unit: unit.events.add([event(item=str(n)) for n in range(5)]))
        store.write(lambda unit: unit.events.add([event(item="1", at=NOON + timedelta(hours=1))]))
        with store.read() as unit:
            first, cursor = unit.events.find(n=3, newest=True)
            second, end = unit.events.find(after=cursor, n=3, newest=True)
            assert [one.item for one in first] == ["4", "3", "2"]
            assert [one.item for one in second] == ["1", "0"]
            assert end == ""
            assert unit.events.find(item=ItemId("1"), user=UserId("ann"), newest=True)[0] == [second[0]]
            assert unit.events.find(kind="no", newest=True) == ([], "")

    def test_newest_first_gives_every_event_once_though_others_write(self, store: Store) -> None:
        store.write(lambda unit: unit.events.add([event(item=str(n)) for n in range(7)]))
        seen: list[str] = []
        cursor = ""
        while True:
            with store.read() as unit:
                found, cursor = unit.events.find(kind="yes", after=cursor, n=2, newest=True)
            seen += [one.item for one in found]
            if not cursor:
                break
            later = event(item=f"later {len(seen)}")
            store.write(lambda unit, later=later: unit.events.add([later]))  # type: ignore[misc]
        assert seen == ["6", "5", "4", "3", "2", "1", "0"]

    def test_events_are_found_from_a_time_on_in_the_order_of_their_times(self, store: Store) -> None:
        hours = [3, 1, 2, 1, 0]
        given = [event(item=str(n), at=NOON + timedelta(hours=later)) for n, later in enumerate(hours)]
        replaced = event(item="4", at=NOON + timedelta(hours=5))
        store.write(lambda unit: unit.events.add(given))
        store.write(lambda unit: unit.events.add([replaced]))
        with store.read() as unit:
            first, cursor = unit.events.since(NOON + timedelta(hours=1), n=2)
            second, end = unit.events.since(NOON + timedelta(hours=1), cursor, 9)
            assert [*first, *second] == [given[1], given[3], given[2], given[0], replaced]
            assert end == ""
            assert unit.events.since(NOON + timedelta(hours=3), n=2) == ([given[0], replaced], "")
            assert unit.events.since(NOON + timedelta(hours=6)) == ([], "")
            last, cursor = unit.events.since(NOON + timedelta(hours=1), n=3, newest=True)
            rest, end = unit.events.since(NOON + timedelta(hours=1), cursor, 9, newest=True)
            assert [*last, *rest] == [replaced, given[0], given[2], given[3], given[1]]
            assert end == ""
            until = NOON + timedelta(hours=2)
            some, cursor = unit.events.since(NOON, n=1, newest=True, until=until)
            rest, end = unit.events.since(NOON, cursor, newest=True, until=until)
            assert ([*some, *rest], end) == ([given[2], given[3], given[1]], "")
            for other in ("x", "5", "-1.2", "1.-2"):
                with pytest.raises(RequestError):
                    unit.events.since(NOON, other)

    def test_events_of_slates_are_found_alone(self, store: Store) -> None:
        given = [event(item=str(n), request="s" * (n % 2), at=NOON + timedelta(hours=n)) for n in range(5)]
        store.write(lambda unit: unit.events.add(given))
        with store.read() as unit:
            some, cursor = unit.events.since(NOON, n=1, of_slates=True)
            rest, end = unit.events.since(NOON, cursor, n=1, of_slates=True)
        assert ([*some, *rest], end) == ([given[1], given[3]], "")

    def test_events_of_kinds_that_are_not_wanted_are_passed_over(self, store: Store) -> None:
        kinds = ("shown", "yes", "shown", "no", "yes", "opened")
        given = [event(kind, f"u{n}", "a") for n, kind in enumerate(kinds)]
        store.write(lambda unit: unit.events.add(given))
        with store.read() as unit:
            some, cursor = unit.events.find(without={"shown", "opened"}, n=2, newest=True)
            rest, end = unit.events.find(without={"shown", "opened"}, n=2, newest=True, after=cursor)
            none, _ = unit.events.find(kind="shown", without={"shown"})
        assert ([*some, *rest], end) == ([given[4], given[3], given[1]], "")
        assert list(none) == []

    def test_a_cursor_that_was_not_given_is_refused(self, store: Store) -> None:
        for cursor in ("x", "-1", "9" * 30, "٣"):
            with store.read() as unit, pytest.raises(RequestError):
                unit.events.find(after=cursor)

    def test_removed_events_are_returned(self, store: Store) -> None:
        store.write(
            lambda unit: unit.events.add([event("yes"), event("no"), event("no", item="b"), event("no", "bob")])
        )
        ann, a = UserId("ann"), ItemId("a")
        assert store.write(lambda unit: unit.events.remove("no", ann, a)) == [event("no")]
        assert store.write(lambda unit: unit.events.remove(None, ann, a)) == [event("yes")]
        assert store.write(lambda unit: unit.events.remove(None, ann, a)) == []
        with store.read() as unit:
            assert unit.events.find()[0] == [event("no", item="b"), event("no", "bob")]

    def test_users_are_replaced_paged_and_removed_with_their_feedback(self, store: Store) -> None:
        users = [User(UserId(name), ("a", "ü"), ("s",), "c") for name in ("bob", "ann", "ü/ x", "zoe")]
        assert store.write(lambda unit: unit.users.put([User(UserId("bob")), *users])) == 5
        store.write(lambda unit: unit.events.add([event(user="ann"), event(user="bob"), event(user="nobody")]))
        with store.read() as unit:
            assert unit.users.get(UserId("bob")) == users[0]
            assert unit.users.page("", 2) == ([users[1], users[0]], "bob")
            assert unit.users.page("bob", 2) == ([users[3], users[2]], "")
        assert store.write(lambda unit: unit.users.remove(UserId("ann"))) is True
        assert store.write(lambda unit: unit.users.remove(UserId("ann"))) is False
        assert store.write(lambda unit: unit.users.remove(UserId("nobody"))) is True
        with store.read() as unit:
            assert unit.users.get(UserId("ann")) is None
            assert unit.events.find()[0] == [event(user="bob")]


class AccessContract:
    """Keys and answers."""

    def test_a_key_is_found_by_its_secrets_hash_until_it_is_revoked(self, store: Store) -> None:
        first, second = Key(KeyId("1"), "app", "shop", NOON), Key(KeyId("2"), "reader", "", NOON + timedelta(days=1))
        store.write(lambda unit: unit.keys.add(second, "hash 2"))
        store.write(lambda unit: unit.keys.add(first, "hash 1"))
        with store.read() as unit:
            assert unit.keys.find("hash 1") == first
            assert unit.keys.find("hash") is None
            assert list(unit.keys.all()) == [first, second]
        assert store.write(lambda unit: unit.keys.revoke(KeyId("1"))) is True
        assert store.write(lambda unit: unit.keys.revoke(KeyId("no"))) is False
        with store.read() as unit:
            assert unit.keys.find("hash 1") is None
            assert [key.revoked for key in unit.keys.all()] == [True, False]

    def test_the_first_answer_to_a_key_stays(self, store: Store) -> None:
        first = Answer("h1", 200, "application/json", b"{}", RecommId("r"), UserId("ann"))
        second = Answer("h2", 201, "text/plain", b"\x00")
        assert store.write(lambda unit: unit.idempotency.claim("k", first)) == first
        assert store.write(lambda unit: unit.idempotency.claim("k", second)) == first
        assert store.write(lambda unit: unit.idempotency.claim("k2", second)) == second
        with store.read() as unit:
            assert unit.idempotency.find("k") == first
            assert unit.idempotency.find("no") is None

    def test_of_ten_claims_at_once_one_wins(self, store: Store) -> None:
        start = Barrier(10)

        def claim(n: int) -> Answer:
            start.wait()
            return store.write(lambda unit: unit.idempotency.claim("k", Answer(str(n), 200, "", b"")))

        with ThreadPoolExecutor(10) as pool:
            assert len({answer.body_hash for answer in pool.map(claim, range(10))}) == 1


class CommitContract:
    """Units, reads and writes."""

    def test_an_error_undoes_the_whole_unit_and_passes_unchanged(self, store: Store) -> None:
        mistake = KeyError("mine")

        def spoilt() -> None:
            with store.unit() as unit:
                unit.pages.put([page("a")])
                unit.hidden.set([ItemId("a")], True)
                raise mistake

        with pytest.raises(KeyError) as caught:
            spoilt()
        assert caught.value is mistake
        assert live(store) == []
        with store.read() as unit:
            assert unit.hidden.version() == 0

    def test_a_unit_reads_what_it_wrote(self, store: Store) -> None:
        with store.unit() as unit:
            unit.pages.put([page("a")])
            assert unit.pages.get(ItemId("a")) == page("a")
            with store.read() as other:
                assert other.pages.get(ItemId("a")) is None

    def test_a_write_gives_what_its_work_gives(self, store: Store) -> None:
        assert store.write(lambda _: 5) == 5

    def test_an_error_in_a_write_undoes_it_and_passes_unchanged(self, store: Store) -> None:
        mistake = ValueError("mine")

        def work(unit: Unit) -> None:
            unit.pages.put([page("a")])
            raise mistake

        with pytest.raises(ValueError, match="mine") as caught:
            store.write(work)
        assert caught.value is mistake
        assert live(store) == []
        assert put(store, page("b")) == {"new": 1}

    def test_a_read_stands_still_while_others_write(self, store: Store) -> None:
        put(store, page("a"))
        with store.read() as unit:
            assert [one.id for one in unit.pages.live()] == ["a"]
            put(store, page("b"))
            assert [one.id for one in unit.pages.live()] == ["a"]
        assert live(store) == ["a", "b"]

    def test_a_read_waits_for_no_writer(self, store: Store) -> None:
        put(store, page("a"))
        inside, done = Flag(), Flag()

        def slow() -> None:
            with store.unit() as unit:
                unit.pages.put([page("b")])
                inside.set()
                assert done.wait(10)

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(slow)
            assert inside.wait(10)
            assert live(store) == ["a"]
            done.set()
            writing.result()
        assert live(store) == ["a", "b"]

    def test_ten_writers_at_once_lose_nothing(self, store: Store) -> None:
        start = Barrier(10)

        def write(writer: int) -> list[str]:
            start.wait()
            names = [f"{writer}/{n}" for n in range(20)]
            for name in names:
                assert store.write(lambda unit, name=name: unit.events.add([event(item=name)])) == 1  # type: ignore[misc]
            return names

        with ThreadPoolExecutor(10) as pool:
            written = [name for names in pool.map(write, range(10)) for name in names]
        with store.read() as unit:
            assert sorted(one.item for one in unit.events.find(n=1000)[0]) == sorted(written)

    def test_of_ten_writers_at_once_the_failing_ones_undo_themselves_alone(self, store: Store) -> None:
        start = Barrier(10)

        def write(writer: int) -> str:
            def work(unit: Unit) -> str:
                unit.events.add([event(item=str(writer))])
                if writer % 3 == 0:
                    raise RuntimeError(str(writer))
                return str(writer)

            start.wait()
            try:
                return store.write(work)
            except RuntimeError as error:
                return f"failed {error}"

        with ThreadPoolExecutor(10) as pool:
            outcomes = list(pool.map(write, range(10)))
        assert outcomes == [f"failed {n}" if n % 3 == 0 else str(n) for n in range(10)]
        with store.read() as unit:
            assert sorted(one.item for one in unit.events.find()[0]) == ["1", "2", "4", "5", "7", "8"]

    def test_units_and_writes_at_once_take_turns(self, store: Store) -> None:
        def unit(n: int) -> None:
            with store.unit() as unit:
                unit.pages.put([page(f"unit {n}")])

        with ThreadPoolExecutor(10) as pool:
            done = [pool.submit(unit, n) if n % 2 else pool.submit(put, store, page(f"write {n}")) for n in range(20)]
            for one in done:
                one.result()
        assert len(live(store)) == 20


class EraseContract:
    """Erasing."""

    @pytest.fixture
    def people(self, store: Store) -> Store:
        """Two people: each with a description, a Slate, an event of their own and a stored answer."""
        with store.unit() as unit:
            for name in ("ann", "bob"):
                unit.users.put([User(UserId(name), comment=f"{name} herself")])
                unit.slates.add(slate(f"s-{name}", user=name))
                unit.amendments.add(amendment(f"s-{name}"))
                unit.events.add([event(user=name), event(user="anonymous", item=name, request=f"s-{name}")])
                unit.idempotency.claim(f"a-{name}", Answer("h", 200, "", name.encode(), RecommId(f"s-{name}")))
                unit.idempotency.claim(f"b-{name}", Answer("h", 200, "", name.encode(), None, UserId(name)))
        return store

    def left(self, store: Store) -> list[str]:
        """What is still there, by a short name for each."""
        with store.read() as unit:
            names = [f"user {one.id}" for one in unit.users.page("", 9)[0]]
            names += [f"event {one.user} {one.item}" for one in unit.events.find()[0]]
            names += [f"slate {n}" for n in ("ann", "bob") if unit.slates.get(RecommId(f"s-{n}"))]
            names += [f"amendment {n}" for n in ("ann", "bob") if unit.amendments.get(RecommId(f"s-{n}"))]
            names += [f"answer {n}" for n in ("a-ann", "a-bob", "b-ann", "b-bob") if unit.idempotency.find(n)]
        return sorted(names)

    def test_erasing_a_user_leaves_the_others(self, people: Store) -> None:
        counts = people.erase(user=UserId("ann"))
        mine = {"users": 1, "slates": 1, "amendments": 1, "events": 2, "answers": 2}
        assert {table: n for table, n in counts.items() if n} == mine
        others = [
            "amendment bob",
            "answer a-bob",
            "answer b-bob",
            "event anonymous bob",
            "event bob a",
            "slate bob",
            "user bob",
        ]
        assert self.left(people) == others
        assert not any(people.erase(user=UserId("ann")).values())

    def test_erasing_a_visit_takes_also_what_was_asked_in_it_under_another_name(self, people: Store) -> None:
        with people.unit() as unit:
            unit.slates.add(slate("before", user="visit", visit="visit"))
            unit.slates.add(slate("after", user="bob", visit="visit"))
            unit.amendments.add(amendment("after"))
            unit.events.add([event(user="visit", request="after")])
            unit.slates.add(slate("of another visit", user="bob", visit="other"))
            assert [one.recomm_id for one in unit.slates.page("", 9, UserId("visit"))[0]] == ["after", "before"]
        counts = people.erase(user=UserId("visit"))
        assert {table: n for table, n in counts.items() if n} == {"slates": 2, "amendments": 1, "events": 1}
        with people.read() as unit:
            assert [one.recomm_id for one in unit.slates.page("", 9, UserId("bob"))[0]] == ["of another visit", "s-bob"]

    def test_erasing_a_request_takes_its_events_and_answers(self, people: Store) -> None:
        counts = people.erase(request=RecommId("s-ann"))
        assert {table: n for table, n in counts.items() if n} == {
            "slates": 1,
            "amendments": 1,
            "events": 1,
            "answers": 1,
        }
        assert [name for name in self.left(people) if "ann" in name] == ["answer b-ann", "event ann a", "user ann"]

    def test_erasing_what_is_old_leaves_what_is_not(self, people: Store) -> None:
        with people.unit() as unit:
            unit.slates.add(slate("new", at=NOON + timedelta(seconds=1)))
            unit.events.add([event(item="new", at=NOON + timedelta(seconds=1))])
        counts = people.erase(before=NOON + timedelta(microseconds=1))
        assert {table: n for table, n in counts.items() if n} == {"slates": 2, "amendments": 2, "events": 4}
        with people.read() as unit:
            assert unit.slates.get(RecommId("new")) is not None
            assert [one.item for one in unit.events.find()[0]] == ["new"]
        assert people.erase(before=datetime.now(UTC) + timedelta(hours=1))["answers"] == 4

    def test_erasing_more_than_one_commit_holds_erases_all(self, store: Store) -> None:
        store.write(lambda unit: unit.events.add([event(item=str(n)) for n in range(2500)]))
        assert store.erase(user=UserId("ann"))["events"] == 2500

    def test_erasing_nothing_in_particular_is_refused(self, store: Store) -> None:
        with pytest.raises(FirstFiveError, match="name a user"):
            store.erase()


class StoreContract(
    CatalogueContract,
    MadeContract,
    PeopleContract,
    AccessContract,
    ExperimentContract,
    ModelsContract,
    JudgingContract,
    CommitContract,
    EraseContract,
):
    """All of it."""
