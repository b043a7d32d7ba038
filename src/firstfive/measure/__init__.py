"""Measuring: declarations, files, scores, intervals and reports; whether a judge may be believed."""

from firstfive.measure.agreement import Grades, kappa, moved, shift
from firstfive.measure.calibration import Reliability, reliability
from firstfive.measure.experiment import ExperimentReport, Look, experiment_report
from firstfive.measure.files import (
    MADE_UP,
    Qrels,
    Query,
    Run,
    qrels_of,
    read_qrels,
    read_queries,
    read_run,
    run_of,
    token,
    write_run,
    write_table,
)
from firstfive.measure.goal import Decision, Finding, Goal, at_most, decide
from firstfive.measure.interleaving import Preference, Slot, credit, preference, team_draft
from firstfive.measure.intervals import Interval, intervals
from firstfive.measure.judged import INVALID, ByJudge, Reached, by_judge, decide_by_judge
from firstfive.measure.measures import DEFAULT, MEANINGS, Measure
from firstfive.measure.off_policy import Estimate, OffPolicy, off_policy
from firstfive.measure.pooling import DEPTH, Drawn, Newcomer, Pool, newcomers, pool, sample
from firstfive.measure.powered import Powered, powered
from firstfive.measure.report import HEADINGS, JUDGED, Bar, Cost, Difference, Gate, Report, Result, RunResult, compare
from firstfive.measure.score import score
from firstfive.measure.sequential import (
    Known,
    SampleRatio,
    arms_sequence,
    asymptotic_sequence,
    confidence_sequence,
    sample_ratio,
    wealth,
)
from firstfive.measure.slices import Slice, by_length, slices
from firstfive.measure.trial import Ask, Thing, asks, evidence
from firstfive.measure.verdict import Check, Doubles, Evidence, Judgement, Rule, Verdict, judge_verdict

__all__ = [
    "DEFAULT",
    "DEPTH",
    "HEADINGS",
    "INVALID",
    "JUDGED",
    "MADE_UP",
    "MEANINGS",
    "Ask",
    "Bar",
    "ByJudge",
    "Check",
    "Cost",
    "Decision",
    "Difference",
    "Doubles",
    "Drawn",
    "Estimate",
    "Evidence",
    "ExperimentReport",
    "Finding",
    "Gate",
    "Goal",
    "Grades",
    "Interval",
    "Judgement",
    "Known",
    "Look",
    "Measure",
    "Newcomer",
    "OffPolicy",
    "Pool",
    "Powered",
    "Preference",
    "Qrels",
    "Query",
    "Reached",
    "Reliability",
    "Report",
    "Result",
    "Rule",
    "Run",
    "RunResult",
    "SampleRatio",
    "Slice",
    "Slot",
    "Thing",
    "Verdict",
    "arms_sequence",
    "asks",
    "asymptotic_sequence",
    "at_most",
    "by_judge",
    "by_length",
    "compare",
    "confidence_sequence",
    "credit",
    "decide",
    "decide_by_judge",
    "evidence",
    "experiment_report",
    "intervals",
    "judge_verdict",
    "kappa",
    "moved",
    "newcomers",
    "off_policy",
    "pool",
    "powered",
    "preference",
    "qrels_of",
    "read_qrels",
    "read_queries",
    "read_run",
    "reliability",
    "run_of",
    "sample",
    "sample_ratio",
    "score",
    "shift",
    "slices",
    "team_draft",
    "token",
    "wealth",
    "write_run",
    "write_table",
]
