"""Measuring: declarations, files, scores, intervals and reports; whether a judge may be believed."""

from firstfive.measure.agreement import Grades, kappa, moved, shift
from firstfive.measure.files import Qrels, Query, Run, read_qrels, read_queries, read_run, run_of, token, write_run
from firstfive.measure.intervals import Interval, intervals
from firstfive.measure.measures import DEFAULT, MEANINGS, Measure
from firstfive.measure.report import HEADINGS, Bar, Difference, Gate, Report, Result, RunResult, compare
from firstfive.measure.score import score
from firstfive.measure.trial import Ask, Thing, asks, evidence
from firstfive.measure.verdict import Check, Doubles, Evidence, Judgement, Rule, Verdict, judge_verdict

__all__ = [
    "DEFAULT",
    "HEADINGS",
    "MEANINGS",
    "Ask",
    "Bar",
    "Check",
    "Difference",
    "Doubles",
    "Evidence",
    "Gate",
    "Grades",
    "Interval",
    "Judgement",
    "Measure",
    "Qrels",
    "Query",
    "Report",
    "Result",
    "Rule",
    "Run",
    "RunResult",
    "Thing",
    "Verdict",
    "asks",
    "compare",
    "evidence",
    "intervals",
    "judge_verdict",
    "kappa",
    "moved",
    "read_qrels",
    "read_queries",
    "read_run",
    "run_of",
    "score",
    "shift",
    "token",
    "write_run",
]
