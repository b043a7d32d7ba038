"""Pools that are fair to newcomers, and slices that do not cry wolf."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from command_line import firstfive, project
from firstfive.errors import SourceError, UsageError
from firstfive.measure import Measure, Qrels, Run, read_qrels, run_of, write_table
from firstfive.measure.pooling import newcomers, pool
from firstfive.measure.slices import by_length, slices
from firstfive.testing import world as tiny
from firstfive.types import ItemId


def ranked(name: str, **rankings: str) -> Run:
    """A run with one letter an item: ranked("words", q1="abc")."""
    return run_of([(q, [(ItemId(i), -float(at)) for at, i in enumerate(items)]) for q, items in rankings.items()], name)


def judged(**grades: dict[str, int]) -> Qrels:
    qids, ids = tuple(grades), tuple(sorted({item for found in grades.values() for item in found}))
    rows = [(qids.index(q), ids.index(i), grade) for q, found in grades.items() for i, grade in found.items()]
    query, item, grade = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Qrels(qids, ids, query, item, grade)


RUNS = [
    ranked("words", q1="abc", q2="xy"),
    ranked("chars", q1="abd", q2="xz"),
    ranked("whole", q1="bae", q2="yx"),
    ranked("odd", q1="fga", q2="wx"),
]


def test_a_pool_is_the_union_of_the_first_of_all_rankers() -> None:
    found = pool(RUNS, depth=2)
    assert {qid: sorted(items) for qid, items in found.items.items()} == {"q1": [*"abfg"], "q2": [*"wxyz"]}
    assert (found.size, found.rankers) == (8, ("words", "chars", "whole", "odd"))


def test_the_order_of_a_pool_tells_nothing_of_the_rankings_and_is_the_same_again() -> None:
    assert pool(RUNS).items == pool([*reversed(RUNS)]).items
    assert pool(RUNS).items != pool(RUNS, seed="another").items


def test_three_rankers_make_no_pool() -> None:
    with pytest.raises(UsageError, match="3 rankers make no pool; take at least 4"):
        pool(RUNS[:3])


def test_a_ranker_whose_finds_nobody_else_brought_would_have_been_punished_as_a_newcomer() -> None:
    qrels = judged(q1={"f": 1, "a": 0, "b": 0}, q2={"x": 1})
    found = {one.name: one for one in newcomers(RUNS, qrels, measure=Measure("Success", 5))}
    assert (found["odd"].before, found["odd"].after, found["odd"].only) == (1.0, 0.5, 1)
    assert found["odd"].lost.value == 0.5
    assert (found["words"].only, found["words"].lost.value) == (0, 0.0)


# --- slices -----------------------------------------------------------------------------------------------------------


def test_a_slice_has_the_mean_and_the_paired_difference_of_its_own_requests() -> None:
    values = np.array([1.0] * 30 + [0.0] * 15 + [1.0] * 15)
    base = np.array([0.0] * 20 + [1.0] * 10 + [0.0] * 15 + [1.0] * 15)
    german, english = slices(values, {"language": ["de"] * 30 + ["en"] * 30}, baseline=base)
    assert (german.name, german.requests, english.requests) == ("de", 30, 30)
    assert german.value is not None
    assert german.difference is not None
    assert german.value.value == 1.0
    assert german.difference.value == pytest.approx(2 / 3)
    assert german.clear
    assert not english.clear
    assert str(german).endswith(", shown")


def test_few_requests_are_not_enough_and_are_told_as_such() -> None:
    (few,) = slices(np.ones(29), {"language": ["de"] * 29})
    assert (few.value, few.difference) == (None, None)
    assert str(few) == "language de, 29 requests: not enough data yet, 30 are needed"


def test_many_slices_without_a_difference_cry_wolf_5_times_in_100_at_most_all_together() -> None:
    random = np.random.default_rng(1)
    kinds = {"facet": [str(at % 10) for at in range(400)]}
    wolf = 0
    for seed in range(100):
        one, other = (random.random(400) * 0.5 for _ in range(2))
        wolf += any(part.clear for part in slices(one, kinds, baseline=other, seed=seed))
    assert wolf <= 12


def test_a_request_without_a_name_is_in_no_slice() -> None:
    (only,) = slices(np.ones(60), {"language": ["de"] * 40 + [""] * 20})
    assert only.requests == 40


def test_requests_are_divided_by_their_words() -> None:
    texts = ["", "dental lab", "one two three", "a b c d", " a  b c d e f g h ", "a b c d e f g h i"]
    assert by_length(texts) == [*["1 to 3 words"] * 3, *["4 to 8 words"] * 2, "9 words or more"]


def test_another_number_of_names_than_values_is_refused() -> None:
    with pytest.raises(UsageError, match="there are 2 values, 1 language"):
        slices(np.ones(2), {"language": ["de"]})


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_pool_is_written_graded_in_a_spreadsheet_and_measured_by(world_folder: Path, tmp_path: Path) -> None:
    queries, _ = tiny.write_judgements(tmp_path)
    table = tmp_path / "pool.csv"
    words = ("-p", world_folder, "evaluate", "--queries", queries)
    done = firstfive(*words, "--pool", table, "--json").answer
    assert done["rankers"] == ["all channels", "words", "characters", "whole-text meaning"]
    assert done["requests"] == len(tiny.WISHES)
    rows = read(table)
    assert len(rows) == done["pairs"] == len({(row["qid"], row["item"]) for row in rows})
    assert {row["grade"] for row in rows} == {""}
    ended = firstfive(*words, "--qrels", table)
    assert ended.status == 2
    assert "has no grade yet" in ended.err
    right = {wish.qid: wish.answer for wish in tiny.WISHES}
    graded(table, [row | {"grade": str(int(right[row["qid"]] == row["item"]))} for row in rows])
    report = firstfive(*words, "--qrels", table, "--json").answer
    reached = {one["measure"]: one["value"] for one in report["runs"][0]["results"]}
    assert (reached["Success@5"], reached["Judged@5"]) == (1.0, 1.0)
    again = firstfive(*words, "--pool", tmp_path / "more.csv", "--qrels", table, "--json").answer
    assert (again["pairs"], again["known"]) == (0, len(rows))


def read(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def graded(table: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> None:
    with table.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def test_a_pool_takes_runs_in_and_wants_four_rankers(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    queries = tmp_path / "q.jsonl"
    queries.write_text('{"qid": "1", "text": "pet food"}\n', "utf-8")
    words = ("-p", folder, "evaluate", "--queries", queries, "--pool", tmp_path / "pool.csv")
    few = firstfive(*words)
    assert few.status == 2
    assert "its rankers are two" in few.err
    runs = [tmp_path / name for name in ("a.run", "b.run")]
    for run in runs:
        run.write_text("1 Q0 lift-1 1 2 t\n", "utf-8")
    done = firstfive(*words, "--pool-run", runs[0], "--pool-run", runs[1], "--json").answer
    assert done["rankers"] == ["words", "characters", "a.run", "b.run"]
    assert "lift-1" in (tmp_path / "pool.csv").read_text()


def test_no_cell_of_a_pool_is_a_formula_and_ids_come_back_as_they_were(tmp_path: Path) -> None:
    table = tmp_path / "pool.csv"
    write_table(table, [("=q", "@SUM(A1)", "-item", " =cmd()", "\uff1dwide")])
    (row,) = read(table)
    assert row["text"] == "'\uff1dwide"
    assert [row[name] for name in ("qid", "request", "item", "title")] == ["'=q", "'@SUM(A1)", "'-item", "' =cmd()"]
    graded(table, [row | {"grade": "2"}])
    judged = read_qrels(table)
    assert (judged.qids, judged.ids, judged.grades.tolist()) == (("=q",), ("-item",), [2])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_graded_table_is_read_as_any_country_s_spreadsheet_saves_it(tmp_path: Path, delimiter: str) -> None:
    table = tmp_path / "pool.csv"
    write_table(table, [("1", "a, b; c", "möbel", "Müller", "x;y,z")])
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    graded(table, [row | {"grade": "2"} for row in read(table)], delimiter, "utf-8-sig")
    judged = read_qrels(table)
    assert (judged.qids, judged.ids, judged.grades.tolist()) == (("1",), ("möbel",), [2])


def test_a_broken_table_is_refused_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "pool.csv"
    table.write_text("qid,item,grade\n1,a,1\n1,b,good\n", "utf-8")
    with pytest.raises(SourceError, match=r"line 3, has 'good' where a whole number"):
        read_qrels(table)
    table.write_text("qid,item\n1,a\n", "utf-8")
    with pytest.raises(SourceError, match="name three of them qid, item and grade"):
        read_qrels(table)
