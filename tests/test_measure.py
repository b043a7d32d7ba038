"""Measuring: the field's numbers, honest intervals, and files refused by file and line."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import GateFailed, SettingsError, SourceError, UsageError
from firstfive.measure import (
    DEFAULT,
    MEANINGS,
    Bar,
    Measure,
    Qrels,
    Run,
    compare,
    intervals,
    qrels_of,
    read_qrels,
    read_queries,
    read_run,
    run_of,
    score,
    token,
    write_run,
)
from firstfive.settings import RankSettings
from firstfive.types import ItemId

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

Ranked = Mapping[str, Mapping[str, float]]
Graded = Mapping[str, Mapping[str, int]]

STATS: Any = import_module("scipy.stats")
MEASURES = [Measure.parse(m) for m in ("Success@1", "Success@5", "nDCG@10", "nDCG@3", "R@100", "R@2", "P@5", "AP@100", "AP@4")]  # fmt: skip  # noqa: E501
STRICT = [Measure.parse(m) for m in ("Success(rel=2)@5", "P(rel=2)@3", "AP(rel=2)@5", "RR(rel=2)@10")]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def files(
    folder: Path, run: Mapping[str, Mapping[str, float]], qrels: Mapping[str, Mapping[str, int]]
) -> tuple[Run, Qrels]:
    run_lines = [f"{q} Q0 {item} 0 {s!r} t\n" for q, ranking in run.items() for item, s in ranking.items()]
    qrel_lines = [f"{q} 0 {item} {grade}\n" for q, judged in qrels.items() for item, grade in judged.items()]
    return read_run(write(folder / "run", "".join(run_lines))), read_qrels(write(folder / "qrels", "".join(qrel_lines)))


def ours(measures: list[Measure], run: Run, qrels: Qrels) -> dict[tuple[str, str], float]:
    values = score(measures, run, qrels, qrels.qids)
    return {(str(m), q): values[i, j] for i, q in enumerate(qrels.qids) for j, m in enumerate(measures)}


def theirs(measures: list[Measure], run: Ranked, qrels: Graded) -> dict[tuple[str, str], float]:
    """trec_eval's values for each judged query; RR by its own recip_rank, cut off at the place."""
    found = {}
    for m in measures:
        for metric in ir_measures.pytrec_eval.iter_calc([their(m, cut=m.name != "RR")], qrels, run):
            beyond = m.name == "RR" and metric.value < 1 / m.cutoff - 1e-9
            found[str(m), metric.query_id] = 0.0 if beyond else metric.value
    return found


def their(measure: Measure, *, cut: bool = True) -> Any:
    """ir_measures' own of that name. Not by its parser, which Python 3.14 breaks."""
    theirs = getattr(ir_measures, measure.name)
    theirs = theirs(rel=measure.rel) if measure.rel > 1 else theirs
    return theirs @ measure.cutoff if cut else theirs


def random_world(seed: int, scores: str) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, int]]]:
    """Random rankings and judgements with every edge the field knows: ties, unjudged, unanswered, negative grades."""
    random = np.random.default_rng(seed)
    items = [f"d{i}" for i in range(30)] + ["é", "Z", "a/b", "10", "9"]
    draw: Callable[[], float] = {
        "ties": lambda: float(random.integers(0, 4)),
        "distinct": lambda: float(random.normal()),
    }[scores]
    run = {
        f"q{q}": {str(i): draw() for i in random.permutation(items)[: random.integers(1, len(items))]}
        for q in range(40)
        if q % 9
    }
    qrels = {
        f"q{q}": {str(i): int(random.integers(-1, 4)) for i in random.permutation(items)[: random.integers(1, 12)]}
        for q in range(2, 44)
    }
    qrels["q5"] = dict.fromkeys(qrels["q5"], 0)
    return run, qrels


@pytest.mark.parametrize("scores", ["distinct", "ties"])
@pytest.mark.parametrize("seed", range(4))
def test_every_measure_gives_what_trec_eval_gives_query_by_query(tmp_path: Path, seed: int, scores: str) -> None:
    run, qrels = random_world(seed, scores)
    every = [*MEASURES, *STRICT, Measure("RR", 10), Measure("RR", 2)]
    assert ours(every, *files(tmp_path, run, qrels)) == pytest.approx(theirs(every, run, qrels), abs=1e-9)


def test_judged_is_the_share_of_shown_items_that_somebody_judged(tmp_path: Path) -> None:
    run, qrels = random_world(7, "distinct")
    mine = ours([Measure("Judged", 5)], *files(tmp_path, run, qrels))
    them = {m.query_id: m.value for m in ir_measures.judged.iter_calc([ir_measures.Judged @ 5], qrels, run)}
    assert {q: mine["Judged@5", q] for q in qrels if q in run} == pytest.approx({q: them[q] for q in qrels if q in run})


def test_rr_with_a_cutoff_is_what_the_ms_marco_script_gives_where_no_scores_tie(tmp_path: Path) -> None:
    run, qrels = random_world(3, "distinct")
    mine = ours([Measure("RR", 10)], *files(tmp_path, run, qrels))
    for metric in ir_measures.msmarco.iter_calc([ir_measures.RR @ 10], qrels, run):
        assert mine["RR@10", metric.query_id] == pytest.approx(metric.value)


def test_the_gain_of_ndcg_is_the_grade_and_not_a_power_of_it(tmp_path: Path) -> None:
    run, qrels = files(tmp_path, {"q": {"good": 2, "best": 1}}, {"q": {"good": 1, "best": 3}})
    expected = (1 + 3 / np.log2(3)) / (3 + 1 / np.log2(3))
    assert score([Measure("nDCG", 10)], run, qrels, ["q"])[0, 0] == pytest.approx(expected)


def test_scores_that_differ_beyond_32_bits_tie_and_go_by_id_descending(tmp_path: Path) -> None:
    run = {"q": {"a": 0.1 + 1e-12, "b": 0.1}}
    qrels = {"q": {"a": 1}}
    one = [Measure("RR", 10)]
    assert ours(one, *files(tmp_path, run, qrels)) == theirs(one, run, qrels) == {("RR@10", "q"): 0.5}


def test_a_query_without_an_answer_or_without_a_right_item_counts_as_nothing(tmp_path: Path) -> None:
    run, qrels = files(tmp_path, {"q1": {"a": 1}}, {"q1": {"a": 0}, "q2": {"b": 1}})
    assert not score(
        [Measure.parse(f"{name}@5") for name in MEANINGS if name != "Judged"], run, qrels, qrels.qids
    ).any()


# --- declarations -----------------------------------------------------------------------------------------------------


@given(st.sampled_from([*MEANINGS]), st.integers(1, 100_000), st.integers(1, 9))
def test_a_measure_prints_and_parses_back(name: str, cutoff: int, rel: int) -> None:
    measure = Measure(name, cutoff, 1 if name in {"nDCG", "Judged"} else rel)
    assert Measure.parse(str(measure)) == measure


def test_a_measure_prints_as_the_field_writes_it() -> None:
    assert [str(m) for m in DEFAULT] == ["Success@5", "nDCG@10", "RR@10", "R@100"]
    assert [str(their(m)) for m in STRICT] == [str(m) for m in STRICT]


def test_other_names_of_a_measure_mean_the_same() -> None:
    assert [str(Measure.parse(m)) for m in ("hit@5", "MRR@10", "recall@100", "ndcg@10", "MAP@100")] == [
        "Success@5", "RR@10", "R@100", "nDCG@10", "AP@100",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "Success", "@5", "Success@0", "Success@-1", "Success@5.5", "Success@1000000", "nDCG(rel=2)@5", "P(rel=0)@5"])  # fmt: skip  # noqa: E501
def test_what_is_no_measure_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Measure.parse(text)


def test_a_misspelt_measure_is_told_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean Success"):
        Measure.parse("Sucess@5")


@given(st.text())
def test_any_text_is_a_measure_or_a_usage_error(text: str) -> None:
    for parse in (Measure.parse, Bar.parse):
        with suppress(UsageError):
            parse(text)


def test_a_bar_prints_and_parses_back() -> None:
    assert str(Bar.parse(" Success@5   0.70 ")) == "Success@5 0.7"
    assert Bar.parse("Success@5 0.7") == Bar(Measure("Success", 5), 0.7)


@pytest.mark.parametrize("text", ["Success@5", "0.7", "Success@5 nan", "Success@5 inf", "Success@5 70", "Success@5 -1"])
def test_what_is_no_bar_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"Success@5 0\.7"):
        Bar.parse(text)


# --- intervals --------------------------------------------------------------------------------------------------------


def test_the_interval_is_the_bca_interval_that_scipy_gives() -> None:
    values = np.random.default_rng(5).beta(0.3, 2, 25)
    mine = intervals(values[:, None], resamples=100_000)[0]
    them = STATS.bootstrap((values,), np.mean, n_resamples=100_000, method="BCa", rng=1).confidence_interval
    assert (mine.low, mine.high) == pytest.approx((them.low, them.high), abs=0.002)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_intervals_hold_the_truth_about_as_often_as_they_say(share: float) -> None:
    random = np.random.default_rng(11)
    columns = (random.random((60, 500)) < share).astype(float)
    held = [i.low <= share <= i.high for i in intervals(columns, resamples=1000)]
    assert np.mean(held) > 0.92


def test_a_share_has_its_wilson_interval_and_a_paired_difference_that_of_bonett_and_price() -> None:
    """scipy.stats.binomtest(48, 60).proportion_ci(method="wilson"); and by hand: (10 + 1 - 3 - 1) / 62 -+ 1.96 * ..."""
    theirs = STATS.binomtest(48, 60).proportion_ci(method="wilson")
    share = intervals(np.array([[1.0]] * 48 + [[0.0]] * 12))[0]
    assert (share.low, share.high) == pytest.approx((theirs.low, theirs.high))
    half = 1.959964 * np.sqrt((11 / 62 + 4 / 62 - (7 / 62) ** 2) / 62)
    difference = intervals(np.array([[1.0]] * 10 + [[-1.0]] * 3 + [[0.0]] * 47), lowest=-1.0)[0]
    assert difference.value == pytest.approx(7 / 60)
    assert (difference.low, difference.high) == pytest.approx((7 / 62 - half, 7 / 62 + half), abs=1e-6)


def test_intervals_are_the_same_on_every_run_and_in_any_order_of_queries() -> None:
    values = np.random.default_rng(2).random((300, 3))
    again = intervals(values[np.random.default_rng(3).permutation(300)], resamples=500)
    assert [(i.low, i.high) for i in intervals(values, resamples=500)] == [(i.low, i.high) for i in again]


def test_perfect_scores_on_few_queries_do_not_pretend_certainty() -> None:
    assert [intervals(np.ones((n, 1)))[0].low for n in (1, 10, 100)] == pytest.approx(
        [0.025, 0.69150, 0.96378], abs=1e-4
    )


def test_all_failures_on_few_queries_do_not_pretend_certainty() -> None:
    assert intervals(np.zeros((10, 1)))[0].high == pytest.approx(1 - 0.69150, abs=1e-4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_interval_is_finite_in_range_and_in_order(values: list[float]) -> None:
    found = intervals(np.array(values)[:, None], resamples=200)[0]
    assert 0 <= found.low <= found.high <= 1
    assert np.isfinite([found.value, found.low, found.high]).all()


def test_ten_thousand_resamples_of_3716_queries_take_seconds_at_most() -> None:
    values = np.random.default_rng(0).random((3716, 8))
    began = time.perf_counter()
    intervals(values)
    assert time.perf_counter() - began < 10


# --- comparing --------------------------------------------------------------------------------------------------------


def pair(tmp_path: Path, n: int = 60) -> tuple[Run, Run, Qrels]:
    """A run that is right at once for all but every fifth query, and a baseline right for every second."""
    qrels = {f"q{i:03}": {"right": 1} for i in range(n)}
    good = {q: {"right" if i % 5 else "wrong": 2.0, "other": 1.0} for i, q in enumerate(qrels)}
    poor = {q: {"right" if i % 2 else "wrong": 2.0, "other": 1.0} for i, q in enumerate(qrels)}
    run, judged = files(tmp_path, good, qrels)
    return run, files(tmp_path, poor, qrels)[0], judged


def test_a_paired_difference_says_how_many_queries_got_better_and_worse(tmp_path: Path) -> None:
    run, baseline, qrels = pair(tmp_path)
    report = compare([run], qrels, measures=[Measure("Success", 1)], baseline=baseline, resamples=2000)
    difference = report.runs[0].results[0].difference
    assert difference is not None
    assert (difference.better, difference.worse, difference.same) == (24, 6, 30)
    assert difference.value == pytest.approx(0.3)
    assert 0 < difference.low < 0.3 < difference.high
    assert report.runs[1].results[0].difference is None


def test_the_interval_of_a_paired_difference_is_narrow_where_few_queries_differ(tmp_path: Path) -> None:
    qrels = {f"q{i}": {"right": 1} for i in range(200)}
    run = {q: {"right" if i % 2 else "wrong": 1.0} for i, q in enumerate(qrels)}
    better = run | {f"q{i}": {"right": 1.0} for i in (0, 2, 4, 6, 8, 10)}
    (old, judged), new = files(tmp_path, run, qrels), files(tmp_path, better, qrels)[0]
    result = compare([new], judged, measures=[Measure("Success", 1)], baseline=old, resamples=2000).runs[0].results[0]
    assert result.difference is not None
    assert result.difference.clear
    assert result.difference.high - result.difference.low < (result.high - result.low) / 2


def test_a_run_against_itself_differs_by_nothing_and_is_not_called_better(tmp_path: Path) -> None:
    run, _, qrels = pair(tmp_path)
    same = Run("again", run.qids, run.ids, run.query, run.item)
    difference = compare([run, same], qrels, measures=DEFAULT, resamples=100).runs[1].results[0].difference
    assert difference is not None
    assert difference.value == 0
    assert difference.low < 0 < difference.high
    assert not difference.clear


def test_queries_without_judgements_are_left_out_and_those_without_answers_count_as_nothing(tmp_path: Path) -> None:
    run, qrels = files(tmp_path, {"q1": {"a": 1}, "q9": {"a": 1}}, {"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 1}})
    report = compare([run], qrels, measures=[Measure("Success", 5)], queries=["q1", "q2", "q9"], resamples=100)
    assert (report.queries, report.without_judgements, report.runs[0].unanswered) == (2, 1, 1)
    assert report.runs[0].results[0].value == 0.5
    assert report.runs[0].judged == 1.0
    assert any("1 judged queries were not asked" in note for note in report.notes)


def test_few_queries_are_said_to_be_few(tmp_path: Path) -> None:
    run, _, qrels = pair(tmp_path, 12)
    assert "Only 12 queries" in " ".join(compare([run], qrels, measures=DEFAULT, resamples=100).notes)


def test_nothing_judged_is_an_error_and_not_a_zero(tmp_path: Path) -> None:
    run, qrels = files(tmp_path, {"q1": {"a": 1}}, {"q2": {"a": 1}})
    with pytest.raises(SourceError, match="do the qids of both files match") as raised:
        compare([run], qrels, measures=DEFAULT, queries=["q1"])
    assert raised.value.code == "measure.nothing"


def test_a_run_under_its_bar_fails_the_gate_with_both_numbers(tmp_path: Path) -> None:
    run, _, qrels = pair(tmp_path)
    bars = [Bar.parse("Success@1 0.85"), Bar.parse("P@1 0.8")]
    report = compare([run], qrels, measures=[], bars=bars, resamples=100)
    assert [gate.passed for gate in report.gates] == [False, True]
    with pytest.raises(GateFailed, match=r"Success@1 is 0\.8000, under 0\.85") as raised:
        report.check()
    assert (raised.value.code, raised.value.exit) == ("gate.failed", 1)


def test_a_run_at_its_bar_passes(tmp_path: Path) -> None:
    run, _, qrels = pair(tmp_path)
    report = compare([run], qrels, measures=[], bars=[Bar.parse("Success@1 0.8")], resamples=100)
    report.check()
    assert [gate.passed for gate in report.gates] == [True]


def test_a_report_reads_as_text_and_as_json_without_nan(tmp_path: Path) -> None:
    run, baseline, qrels = pair(tmp_path)
    report = compare([run], qrels, measures=DEFAULT, baseline=baseline, resamples=200, seconds=[1.5])
    text = "\n".join(report.lines())
    assert "Success@5" in text
    assert "+0.3000" in text
    assert "nan" not in text.lower()
    tree = json.loads(report.json())
    assert tree["runs"][0]["results"][0]["measure"] == "Success@5"
    assert tree["runs"][0]["seconds"] == 1.5


def ranking(**scores: float) -> list[tuple[ItemId, float]]:
    return [(ItemId(item), score) for item, score in scores.items()]


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_run_written_and_read_back_keeps_the_order_shown_even_where_scores_tie(tmp_path: Path) -> None:
    rankings = [("q1", ranking(a=1.0, **{"b b": 1.0}, c=1.0, **{"%": 0.2})), ("q2", ranking(z=0.0, y=0.0))]
    assert write_run(tmp_path / "run.gz", rankings) == 6
    read, memory = read_run(tmp_path / "run.gz"), run_of(rankings, "memory")
    listing = [[(r.qids[q], r.ids[i]) for q, i in zip(r.query, r.item, strict=True)] for r in (read, memory)]
    assert (
        listing[0] == listing[1] == [("q1", "a"), ("q1", "b%20b"), ("q1", "c"), ("q1", "%25"), ("q2", "z"), ("q2", "y")]
    )


def test_ids_that_differ_in_an_escape_alone_stay_apart_in_a_run(tmp_path: Path) -> None:
    items = ["a b", "a%20b", "a%2520b", "50%", "50%25", "%zz"]
    write_run(tmp_path / "run", [("q%201", ranking(**dict.fromkeys(items, 1.0)))])
    run = read_run(tmp_path / "run")
    assert [unquote(run.ids[at]) for at in run.item] == items
    assert run.qids == ("q%201",)


def test_an_id_with_a_percent_sign_in_a_file_of_others_is_that_id(tmp_path: Path) -> None:
    run = read_run(write(tmp_path / "run", "q Q0 a%20b 1 3 t\nq Q0 50% 2 2 t\nq Q0 %C3%A4 3 1 t\n"))
    qrels = read_qrels(write(tmp_path / "qrels", "q 0 a%20b 1\nq 0 50% 1\nq 0 %C3%A4 1\n"))
    assert run.ids == qrels.ids == tuple(map(token, ("a b", "50%", "%C3%A4")))


@pytest.mark.parametrize(
    ("there", "meant"),
    [(["a b"], "a b"), (["a%20b"], "a%20b"), (["a b", "a%20b"], "a b"), ([], "a b")],
)
def test_of_the_items_that_an_id_may_mean_the_one_that_is_there_is_meant(
    tmp_path: Path, there: list[str], meant: str
) -> None:
    run = read_run(write(tmp_path / "run", "q Q0 a%20b 1 3 t\n"))
    assert run.spelt(set(map(ItemId, there))).ids == (token(meant),)


def test_two_ids_that_would_be_one_item_stay_two() -> None:
    judged = qrels_of([("q", ItemId("a b"), 1), ("q", ItemId("a%20b"), 0)])
    assert judged.spelt({ItemId("a%20b")}).ids == judged.ids


@pytest.mark.parametrize(("above", "line"), [("", 3), ("sep=;\n", 4)])
def test_a_line_of_a_table_is_counted_as_the_file_shows_it(tmp_path: Path, above: str, line: int) -> None:
    with pytest.raises(SourceError, match=f"line {line}, has 'many'"):
        read_qrels(write(tmp_path / "j.csv", f"{above}qid;item;grade\n1;a;1\n1;b;many\n"))
    with pytest.raises(SourceError, match=f"line {line - 2}, has the columns"):
        read_qrels(write(tmp_path / "k.csv", f"{above}qid;grade\n1;1\n"))
    with pytest.raises(SourceError, match=f"line {line - 1}, cannot be read"):
        read_qrels(write(tmp_path / "l.csv", f'{above}qid;item;grade\n1;"a"b;1\n'))


def test_an_id_in_a_table_is_as_it_stands_there(tmp_path: Path) -> None:
    table = write(tmp_path / "j.csv", "qid,item,grade\n1,a%20b,1\n1,a b,1\n")
    assert read_qrels(table).ids == tuple(map(token, ("a%20b", "a b")))
    old = read_qrels(write(tmp_path / "old.csv", "qid,item,grade\n1,a%20b,1\n"))
    assert old.spelt({ItemId("a b")}).ids == (token("a b"),)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n"])
def test_tables_that_a_spreadsheet_saved_are_read_in_its_encoding(tmp_path: Path, encoding: str, first: str) -> None:
    queries = f"{first}qid;text\r\n1;Bäckerei für Brötchen – günstig\r\n".encode(encoding)
    assert read_queries(write(tmp_path / "q.csv", queries)) == [("1", "Bäckerei für Brötchen – günstig")]
    judged = read_qrels(write(tmp_path / "j.csv", f"{first}qid;item;grade\r\n1;Müller;1\r\n".encode(encoding)))
    assert (judged.qids, judged.ids) == (("1",), ("Müller",))


def test_a_run_is_written_in_the_six_columns_of_trec(tmp_path: Path) -> None:
    write_run(tmp_path / "run", [("q1", ranking(a=0.5))], "tag")
    assert (tmp_path / "run").read_text() == "q1 Q0 a 1 0.5 tag\n"
    theirs: Any = ir_measures
    assert [*theirs.read_trec_run(str(tmp_path / "run"))] == [ir_measures.ScoredDoc("q1", "a", 0.5)]


def test_a_run_that_fails_half_way_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    write(tmp_path / "run", "old")

    def broken() -> Iterator[tuple[str, list[tuple[ItemId, float]]]]:
        yield "q1", [(ItemId("a"), 1.0)]
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_run(tmp_path / "run", broken())
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("run", "old")]


def test_a_run_to_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="choose another place"):
        write_run(tmp_path / "missing" / "run", [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 Q0 a 1 0.5\n", "line 1, has 5 columns where 6 stand"),
        ("q1 Q0 a 1 0.5 t\n\nq1 Q0 b c 2 0.4 t\n", "line 3, has 7 columns"),
        ("q1 Q0 a 1 0.5 t\nq1 Q0 b 2 high t\n", "line 2, has 'high' where a number stands"),
        ("q1 Q0 a 1 nan t\n", "line 1, has the score nan"),
        ("q1 Q0 a 1 1e300 t\n", "line 1, has the score 1e"),
        ("q1 Q0 a 1 0.5 t\nq1 Q0 b 2 0.4 t\nq1 Q0 a 3 0.3 t\n", "line 3, gives 'a' it twice .see line 1"),
        (b"q1 Q0 a 1 0.5 t\nq1 Q0 \xff 2 0.4 t\n", "line 2, is not UTF-8"),
        ("", "has no lines"),
        ("\n \n", "has no lines"),
        (b"\x00" * (1 << 21), "line 1, is longer than"),
    ],
)
def test_a_broken_run_is_refused_with_its_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        read_run(write(tmp_path / "the.run", text))
    assert raised.value.code == "measure.files"
    assert "the.run" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 0 a b 1\n", "line 1, has 5 columns where 4 stand; write `qid 0 item grade`, with %20"),
        ("q1 0 a 1\nq1 0 b 0.5\n", "line 2, has '0.5' where a whole number"),
        ("q1 0 a 9999999999\n", "line 1, has '9999999999'"),
        ("q1 0 a 1\nq1 0 a 2\n", "line 2, gives 'a' two different grades .see line 1"),
    ],
)
def test_broken_judgements_are_refused_with_their_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_qrels(write(tmp_path / "qrels", text))


def test_a_judgement_given_twice_alike_counts_once(tmp_path: Path) -> None:
    qrels = read_qrels(write(tmp_path / "qrels", "q1 0 a 1\nq1 0 b 1\nq1 0 a 1\n"))
    assert [(qrels.ids[i], int(g)) for i, g in zip(qrels.item, qrels.grades, strict=True)] == [("a", 1), ("b", 1)]


def test_windows_line_ends_a_byte_order_mark_and_a_missing_last_line_end_do_no_harm(tmp_path: Path) -> None:
    run = read_run(write(tmp_path / "run", b"\xef\xbb\xbfq1 Q0 a 1 0.5 t\r\nq1\tQ0\tb\t2\t0.4\tt"))
    assert (run.qids, run.ids) == (("q1",), ("a", "b"))


@pytest.mark.parametrize("name", ["q.jsonl", "q.jsonl.gz", "q.csv", "q.tsv.gz"])
def test_queries_are_read_from_json_lines_and_tables(tmp_path: Path, name: str) -> None:
    text = {
        "jsonl": '{"qid": 7, "text": "dental, lab"}\n\n{"qid": "q 2", "text": "", "more": 1}\n',
        "csv": 'qid,more,text\n7,x,"dental, lab"\nq 2,,\n',
        "tsv": "qid\ttext\n7\tdental, lab\nq 2\t\n",
    }[name.split(".")[1]]
    data = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
    assert read_queries(write(tmp_path / name, data)) == [("7", "dental, lab"), ("q%202", "")]


@pytest.mark.parametrize("name", ["q.csv", "q.tsv"])
@pytest.mark.parametrize("cut", [",", ";", "\t"])
def test_a_table_of_queries_is_read_whatever_sign_cuts_it(tmp_path: Path, name: str, cut: str) -> None:
    text = '\ufeffmore|qid|text\nx|7|"dental, lab; or\nnot"\n'.replace("|", cut)
    assert read_queries(write(tmp_path / name, text)) == [("7", "dental, lab; or\nnot")]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("q.jsonl", '{"qid": "1", "text": "a"}\nnot json\n', "line 2, is not a query"),
        ("q.jsonl", '{"qid": "1"}\n', "line 1, is not a query: .*text"),
        ("q.jsonl", '{"qid": "", "text": "a"}\n', "line 1, has no qid"),
        ("q.jsonl", '{"qid": "1", "text": "a"}\n{"qid": 1, "text": "b"}\n', "line 2, has the qid '1' a second time"),
        ("q.jsonl", b'{"qid": "1", "text": "\xff"}\n', "line 1, is not a query"),
        ("q.csv", "id,text\n1,a\n", "line 1, has the columns"),
        ("q.csv", "", "line 1, has the columns None"),
        ("q.csv", 'qid,text\n1,"a" b\n', "cannot be read"),
        ("q.jsonl.gz", "not gzip", "cannot be read"),
        ("q.jsonl.gz", gzip.compress(b"x" * 100_000, mtime=0)[:50], "cannot be read"),
    ],
)
def test_broken_queries_are_refused_with_their_file_and_line(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        read_queries(write(tmp_path / name, text))
    assert raised.value.code == "measure.files"


@pytest.mark.parametrize("read", [read_queries, read_qrels, read_run])
def test_a_file_that_is_not_there_or_is_a_folder_is_a_clear_error(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(SourceError, match="check the name"):
            read(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, read in (("a.jsonl", read_queries), ("a.csv", read_queries), ("a.gz", read_run), ("q", read_qrels)):
        with suppress(SourceError):
            read(write(folder / name, data))


def test_a_million_lines_are_read_and_scored_in_seconds(tmp_path: Path) -> None:
    lines = [
        f"q{q} Q0 item{(q * 7919 + i * 104729) % 500_009} {i} {100 - i}.5 t\n"
        for q in range(10_000)
        for i in range(100)
    ]
    path = write(tmp_path / "run", "".join(lines))
    qrels = read_qrels(write(tmp_path / "qrels", "".join(f"q{q} 0 item{q} 1\n" for q in range(10_000))))
    began = time.process_time()
    values = score(DEFAULT, read_run(path), qrels, qrels.qids)
    assert time.process_time() - began < 15
    assert values.shape == (10_000, 4)


# --- the use case -----------------------------------------------------------------------------------------------------


def test_evaluate_measures_a_run_from_a_file_against_a_baseline(tmp_path: Path) -> None:
    from firstfive.app.measure import evaluate

    queries = write(tmp_path / "q.jsonl", '{"qid": "1", "text": "a"}\n{"qid": "2", "text": "b"}\n')
    qrels = write(tmp_path / "qrels", "1 0 a 1\n2 0 b 1\n")
    run = write(tmp_path / "new.run", "1 Q0 a 1 2 t\n2 Q0 b 1 2 t\n")
    old = write(tmp_path / "old.run", "1 Q0 a 1 2 t\n2 Q0 c 1 2 t\n")
    report = evaluate(queries, qrels, run=run, baseline=old, fail_under=["Success@5 0.7"])
    report.check()
    difference = report.runs[0].results[0].difference
    assert difference is not None
    assert (report.baseline, difference.value, report.runs[0].judged) == ("old.run", 0.5, 1.0)


def test_evaluate_without_a_run_or_a_project_says_what_to_name(tmp_path: Path) -> None:
    from firstfive.app.measure import evaluate

    with pytest.raises(UsageError, match="name a run file, or a project"):
        evaluate(None, write(tmp_path / "qrels", "1 0 a 1\n"))


def test_a_variant_changes_rank_settings_and_no_others() -> None:
    from firstfive.app.sides import rank_settings

    changed = rank_settings(RankSettings(words=3.0), ["rank.chars=0", "rank.depth=50"])
    assert (changed.words, changed.chars, changed.depth) == (3.0, 0.0, 50)
    with pytest.raises(SettingsError, match=r"index.stemmer cannot differ"):
        rank_settings(RankSettings(), ["index.stemmer=none"])


def test_the_projects_own_ranking_and_its_variants_are_measured_side_by_side(world: Project, tmp_path: Path) -> None:
    from firstfive.app.measure import evaluate
    from firstfive.testing import world as tiny

    queries, qrels = tiny.write_judgements(tmp_path)
    report = evaluate(
        queries,
        qrels,
        project=world,
        variants={"words only": ["rank.chars=0", "rank.whole=0", "rank.passages=0"]},
        fail_under=["Success@5 1.0"],
    )
    report.check()
    assert [run.name for run in report.runs] == ["this project", "words only"]
    assert report.baseline == "this project"
    assert report.runs[1].results[0].difference is not None
    assert report.release


def test_a_link_or_a_pipe_that_is_written_to_stays_what_it_is(tmp_path: Path) -> None:
    kept, link, pipe = tmp_path / "kept.trec", tmp_path / "link.trec", tmp_path / "pipe"
    kept.write_text("old")
    link.symlink_to(kept)
    os.mkfifo(pipe)
    lists = [("q1", [(ItemId("a"), 0.5)])]
    write_run(link, lists, "t")
    assert link.is_symlink()
    assert kept.read_text().startswith("q1 Q0 a")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_run(pipe, lists, "t")
        assert os.read(reader, 1000).startswith(b"q1 Q0 a")
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert sorted(at.name for at in tmp_path.iterdir()) == ["kept.trec", "link.trec", "pipe"]
