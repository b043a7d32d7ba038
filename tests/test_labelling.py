"""People's labels: a sample drawn once, one pair after the other, and a second person who sees none of the first."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from command_line import firstfive
from firstfive.app import labelling
from firstfive.app.build import build
from firstfive.app.labelling import bring_in, desk, draw, draw_for, rows, say, undo
from firstfive.app.recommend import Recommender
from firstfive.app.record import erase, forget_old
from firstfive.app.wiring import Project
from firstfive.errors import RequestError, SourceError
from firstfive.measure import sample
from firstfive.ports import Label
from firstfive.testing.world import WISHES, write_judgements
from firstfive.types import ItemId

SHOWN = {f"q{n}": [f"i{k}" for k in range(5)] for n in range(80)}


@pytest.fixture
def queries(world: Project) -> Path:
    return write_judgements(world.folder)[0]


@pytest.fixture
def drawn(world: Project, queries: Path) -> Project:
    """Ten pairs of six requests."""
    draw(world, 10, queries=queries)
    return world


# --- the sample -------------------------------------------------------------------------------------------------------


def test_a_sample_takes_one_item_of_each_request_before_a_second_of_any() -> None:
    drawn = sample(SHOWN, 100, again=60)
    counts = Counter(one.qid for one in drawn)
    assert (len(drawn), len(counts), set(counts.values())) == (100, 80, {1, 2})
    twice = [one.qid for one in drawn if one.again]
    assert len(twice) == len(set(twice)) == 60
    assert drawn == sample(dict(reversed(SHOWN.items())), 100, again=60)
    assert drawn != sample(SHOWN, 100, again=60, seed=1)
    assert len({one.item for one in drawn}) == 5


def test_a_sample_of_whole_requests_ends_with_a_whole_one() -> None:
    drawn = sample(SHOWN, 12, whole=True, again=60)
    assert [*Counter(one.qid for one in drawn).values()] == [5, 5, 5]
    assert sum(one.again for one in drawn) == 3
    assert len(sample({"a": ["x"], "b": []}, 10)) == 1


def test_every_request_is_as_likely_to_be_drawn() -> None:
    counts = Counter(one.qid for seed in range(200) for one in sample(SHOWN, 20, seed=seed))
    assert 20 < min(counts.values()) <= max(counts.values()) < 85  # 50 each, give or take


def test_a_file_is_ranked_by_the_release_and_nothing_is_stored_but_the_pairs(world: Project, queries: Path) -> None:
    done = draw(world, 30, queries=queries, whole=True)
    assert (done.added, done.pairs, done.requests, done.again) == (30, 30, 6, 6)
    with world.store.read() as unit:
        assert unit.slates.page("", 9)[0] == []
    pairs = [row.pair for row in rows(world)]
    assert {pair.request for pair in pairs} == {wish.text for wish in WISHES}
    assert {(wish.qid, ItemId(wish.answer)) for wish in WISHES} <= {(pair.qid, pair.item) for pair in pairs}
    assert {pair.recomm_id for pair in pairs} == {None}


def test_the_sample_is_drawn_once_and_only_grows(drawn: Project, queries: Path) -> None:
    before = [row.pair for row in rows(drawn)]
    with pytest.raises(RequestError, match="10 pairs are drawn already"):
        draw(drawn, 10, queries=queries)
    assert draw(drawn, 14, queries=queries).added == 4
    assert [row.pair for row in rows(drawn)][:10] == before
    queries.write_text(json.dumps({"qid": "w1", "text": "something else"}) + "\n")
    with pytest.raises(SourceError, match="'w1' stands for another request"):
        draw(drawn, 16, queries=queries)


def test_stored_requests_in_words_alone_are_drawn_once_each_with_what_was_shown(world: Project) -> None:
    with pytest.raises(SourceError, match="no request to draw from"):
        draw(world, 5)
    world.recommend("rye bread", 2)
    slate = world.recommend("rye  bread ", 2)
    world.recommend("rye bread", 2, filter='country = "DE"')
    draw(world, 5)
    pairs = [row.pair for row in rows(world)]
    assert {(pair.qid, pair.recomm_id) for pair in pairs} == {(slate.recomm_id, slate.recomm_id)}
    assert {pair.item for pair in pairs} == {place.item for place in slate.places}
    assert {pair.created for pair in pairs} == {slate.created}


def test_erasing_a_request_and_keeping_no_longer_than_allowed_take_its_labels(world: Project) -> None:
    slate, other = world.recommend("rye bread", 2), world.recommend("oak boats", 2)
    draw(world, 4)
    for row in rows(world):
        say(world, "first", "a", row.pair.qid, row.pair.item, 1)
    counts = erase(world, request=slate.recomm_id)
    assert (counts["pairs"], counts["grades"]) == (2, 2)
    assert {row.pair.qid for row in rows(world)} == {other.recomm_id}
    forget_old(world, datetime(2126, 1, 1, tzinfo=UTC))
    assert rows(world) == []


# --- labelling --------------------------------------------------------------------------------------------------------


def test_a_person_goes_through_the_pairs_in_order_skips_and_takes_back(drawn: Project) -> None:
    first = desk(drawn, "first", " ann ")
    assert (first.who, first.done, first.total, first.median_s) == ("ann", 0, 10, None)
    assert first.pair
    assert first.item
    assert first.item.id == first.pair.item
    say(drawn, "first", "ann", first.pair.qid, first.pair.item, 3, 4.0)
    second = desk(drawn, "first", "ann")
    assert second.pair == rows(drawn)[1].pair
    say(drawn, "first", "ann", second.pair.qid, second.pair.item, None, 90.0)
    now = desk(drawn, "first", "ann")
    assert (now.done, now.skipped, now.median_s) == (2, 1, 4.0)
    assert undo(drawn, "first", "ann")
    assert desk(drawn, "first", "ann").pair == second.pair
    assert undo(drawn, "first", "ann")
    assert not undo(drawn, "first", "ann")
    assert desk(drawn, "first", "ann").pair == first.pair


def test_seconds_are_a_median_and_an_hour_at_most(drawn: Project) -> None:
    for row, seconds in zip(rows(drawn), (-3.0, 5.0, 99999.0), strict=False):
        say(drawn, "first", "ann", row.pair.qid, row.pair.item, 0, seconds)
    assert [row.first.seconds for row in rows(drawn)[:3]] == [0.0, 5.0, 3600.0]  # type: ignore[union-attr]
    assert desk(drawn, "first", "ann").median_s == 5.0


def test_a_second_person_is_somebody_else_and_gets_one_pair_of_each_request(drawn: Project) -> None:
    again = [row.pair for row in rows(drawn) if row.pair.again]
    assert len(again) == desk(drawn, "second", "ben").total == 6
    alone = next(row.pair for row in rows(drawn) if not row.pair.again)
    with pytest.raises(RequestError, match="not one of those for the second person"):
        say(drawn, "second", "ben", alone.qid, alone.item, 1)
    say(drawn, "first", "ann", again[0].qid, again[0].item, 3)
    for work in (
        lambda: desk(drawn, "second", "ann"),
        lambda: undo(drawn, "second", "ann"),
        lambda: say(drawn, "second", "ann", again[0].qid, again[0].item, 3),
    ):
        with pytest.raises(RequestError, match="ann labels as the first person already"):
            work()
    say(drawn, "second", "ben", again[0].qid, again[0].item, 2)
    (row,) = (row for row in rows(drawn) if row.second)
    assert row.first
    assert row.second
    assert (row.first.grade, row.second.grade) == (3, 2)


@pytest.mark.parametrize(("who", "grade"), [("", 1), ("x" * 41, 1), ("a\u202e", 1), ("ann", 4), ("ann", -1)])
def test_names_and_grades_that_are_none_are_refused(drawn: Project, who: str, grade: int) -> None:
    pair = rows(drawn)[0].pair
    with pytest.raises(RequestError):
        say(drawn, "first", who, pair.qid, pair.item, grade)
    assert rows(drawn)[0].first is None


def test_a_pair_whose_item_is_gone_is_left_out_and_counted(drawn: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = rows(drawn)[0].pair.item
    position = type(drawn.recommender.serving.catalogue).position
    monkeypatch.setattr(
        type(drawn.recommender.serving.catalogue),
        "position",
        lambda self, item: None if item == gone else position(self, item),
    )
    found = desk(drawn, "first", "ann")
    n = sum(row.pair.item == gone for row in rows(drawn))
    assert (found.missing, found.total) == (n, 10 - n)
    assert found.pair
    assert found.pair.item != gone


def test_an_item_of_a_release_that_waits_is_shown_too(world: Project, queries: Path) -> None:
    draw(world, 30, queries=queries, whole=True)
    items = world.folder / "items.jsonl"
    more = {"id": "bridges", "title": "Crown Works", "text": "It makes crowns and dentures for dentists, overnight."}
    items.write_text(items.read_text("utf-8") + json.dumps(more) + "\n", "utf-8")
    world.import_(items, field=["*"])
    new = build(world, use=False).release.id
    added = draw_for(world, Recommender(world, new)).added
    assert added > 0
    found = desk(world, "first", "ann")
    assert (found.missing, found.total) == (0, 30 + added)
    while found.pair and found.pair.item != "bridges":
        say(world, "first", "ann", found.pair.qid, found.pair.item, 0)
        found = desk(world, "first", "ann")
    assert found.item
    assert found.item.title == "Crown Works"
    shutil.rmtree(world.releases / new)
    assert desk(world, "first", "ann").missing > 0


# --- in and out -------------------------------------------------------------------------------------------------------


def test_labels_come_out_as_qrels_and_go_in_again(drawn: Project, queries: Path, tmp_path: Path) -> None:
    folder, (out, asked) = drawn.folder, (tmp_path / "out.trec", tmp_path / "asked.jsonl")
    pair = rows(drawn)[0].pair
    say(drawn, "first", "ann", pair.qid, pair.item, 2)
    say(drawn, "first", "ann", rows(drawn)[1].pair.qid, rows(drawn)[1].pair.item, None)
    ended = firstfive("-p", folder, "label", "export", "--labels", out, "--queries", asked)
    assert (ended.status, out.read_text()) == (0, f"{pair.qid} 0 {pair.item} 2\n")
    assert len(asked.read_text().splitlines()) == 6
    printed = firstfive("-p", folder, "label", "export", "--json")
    assert printed.answer["qrels"] == [f"{pair.qid} 0 {pair.item} 2"]
    taken = firstfive(
        "-p", folder, "label", "import", "--queries", asked, "--labels", out, "--second", "--who", "ben", "--json"
    )
    assert taken.answer == {"labels": 1, "person": "second"}
    second = rows(drawn)[0].second
    assert second
    assert (second.who, second.grade, second.seconds) == ("ben", 2, None)


def test_what_is_brought_in_must_be_grades_of_requests_that_are_there(drawn: Project, queries: Path) -> None:
    labels = drawn.folder / "labels.trec"
    for text, said in (("nobody 0 bakery 1\n", "the qid 'nobody'"), ("w1 0 bakery 4\n", "has the grade 4")):
        labels.write_text(text)
        with pytest.raises(SourceError, match=said):
            bring_in(drawn, queries, labels, person="first", who="ann")
    labels.write_text("w1 0 bakery 1\nw2 0 gone%20by 0\n")
    assert bring_in(drawn, queries, labels, person="first", who="ann") == 2
    assert {(pair.item, grade) for pair, grade in labelling.grades(drawn, "first")} == {("bakery", 1), ("gone by", 0)}


def test_the_command_draws_and_says_where_to_label(world_folder: Path) -> None:
    queries, _ = write_judgements(world_folder)
    ended = firstfive("-p", world_folder, "label", "draw", "--queries", queries, "--n", "12")
    assert ended.status == 0
    assert "12 pairs drawn" in ended.out
    assert "12 now, of 6 requests; 6 are for a second person too" in ended.out
    assert "/studio/label" in ended.out
    assert firstfive("-p", world_folder, "label", "draw", "--n", "12").status == 2


def test_a_label_of_a_pair_that_was_erased_meanwhile_is_refused(drawn: Project) -> None:
    pair = rows(drawn)[0].pair
    drawn.store.erase(before=datetime(2126, 1, 1, tzinfo=UTC))
    with pytest.raises(RequestError, match="open the page again"):
        say(drawn, "first", "ann", pair.qid, pair.item, 1)
    lost = Label(pair.qid, pair.item, "first", "ann", 1, None, datetime.now(UTC))
    assert drawn.store.write(lambda unit: unit.pairs.label([lost])) == 0
