"""Measuring rankings: declarations, files, scores, intervals and reports."""

from firstfive.measure.files import Qrels, Query, Run, read_qrels, read_queries, read_run, run_of, token, write_run
from firstfive.measure.intervals import Interval, intervals
from firstfive.measure.measures import DEFAULT, MEANINGS, Measure
from firstfive.measure.report import HEADINGS, Bar, Difference, Gate, Report, Result, RunResult, compare
from firstfive.measure.score import score

__all__ = [
    "DEFAULT",
    "HEADINGS",
    "MEANINGS",
    "Bar",
    "Difference",
    "Gate",
    "Interval",
    "Measure",
    "Qrels",
    "Query",
    "Report",
    "Result",
    "Run",
    "RunResult",
    "compare",
    "intervals",
    "read_qrels",
    "read_queries",
    "read_run",
    "run_of",
    "score",
    "token",
    "write_run",
]
