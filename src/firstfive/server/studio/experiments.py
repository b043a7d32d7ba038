"""The studio's experiments: which there were, and of one what is known so far, as a sentence, a picture and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstfive.app import experiments
from firstfive.server.calls import Call, Reply
from firstfive.server.studio.frame import HOME, View, answered, seen, to
from firstfive.server.studio.tables import Cell, Column, Link, Table

if TYPE_CHECKING:
    from firstfive.app.experiments import ExperimentReport, Look
    from firstfive.types import Experiment

HERE = f"{HOME}/experiments"
COLUMNS = (
    Column("experiment", "Experiment"),
    Column("design", "Design", "short"),
    Column("candidate", "Candidate", "code"),
    Column("baseline", "Baseline", "code"),
    Column("share", "Share", "number", 2),
    Column("started", "Began", "time"),
    Column("stopped", "Ended", "time"),
    Column("who", "By", "short"),
    Column("why", "Why", "long"),
)
GUARDRAILS = (
    Column("guardrail", "Guardrail", "title"),
    Column("unit", "Unit"),
    Column("baseline", "Baseline", "number", 3),
    Column("candidate", "Candidate", "number", 3),
    Column("low", "Difference from", "number", 3),
    Column("high", "to", "number", 3),
    Column("limit", "Limit", "number", 3),
    Column("state", "State"),
    Column("meaning", "What it is", "long"),
)
ARMS = (
    Column("arm", "Shown"),
    Column("visits", "Visits that are over", "number"),
    Column("found", "With a match among the first five", "number", 3),
)
LOOKS = (
    Column("visits", "Visits", "number"),
    Column("at", "When", "time"),
    Column("value", "Difference", "number", 3),
    Column("low", "From", "number", 3),
    Column("high", "To", "number", 3),
)
WIDE, HIGH, LEFT, UNDER = 720, 300, 64, 44
"""The picture's size, and the room for its scales."""


def listed(call: Call) -> Reply:
    """Every experiment, newest first."""
    every = experiments.all_(call.service.project)
    rows = [_row(one) for one in every]
    empty = "There was none yet. Begin one with: firstfive experiment start NAME --candidate RELEASE"
    return answered(
        call,
        View("tables.html", "Experiments", (Table("experiments", "Experiments, newest first", COLUMNS, rows, empty),)),
    )


def _row(one: Experiment) -> Sequence[Cell]:
    return (
        Link(one.name, to("experiments", one.name)),
        one.design,
        Link(one.candidate, to("releases", one.candidate)),
        Link(one.baseline, to("releases", one.baseline)),
        one.share,
        one.started,
        one.stopped,
        one.who,
        one.why,
    )


def experiment(call: Call) -> Reply:
    """One experiment and what is known of it so far, at most a minute old: a reading goes through all its answers."""
    found = call.service.looks.status(call.path("name"))
    one, report = found.experiment, found.report
    tables = (
        Table("guardrails", "Guardrails", GUARDRAILS, list(_guardrails(report)), about=FAILS),
        Table(
            "arms", "Who was shown what", ARMS, [(arm, n, report.found[arm]) for arm, n in report.arms.items()], NOBODY
        ),
        Table("looks", "What was known as visits came in", LOOKS, [_look(each) for each in report.looks], NOBODY),
        Table("experiment", "The experiment", COLUMNS, [_row(one)]),
    )
    told = {
        "sentence": report.sentence(),
        "verdict": report.verdict,
        "visits": report.visits,
        "open_visits": report.open_visits,
        "split": report.ratio.sentence() if report.ratio else "Nobody came yet.",
    }
    values = {**told, "runs": one.stopped is None, "picture": picture(report), "one": one, "at": found.at}
    return answered(
        call, View("experiment.html", f"Experiment {one.name}", tables, values, {**told, "at": found.at.isoformat()})
    )


FAILS = (
    "A guardrail fails when all of the difference's interval lies above the limit, and is kept when none of it does; "
    "without a limit it is told only. "
    "Intervals hold at all looks together."
)
NOBODY = "No visit is over yet."


def _guardrails(report: ExperimentReport) -> Iterator[Sequence[Cell]]:
    for one in report.guardrails:
        ends = (one.span.low, one.span.high) if one.span else (None, None)
        yield (one.name, one.unit, one.baseline, one.candidate, *ends, one.limit, one.state, one.meaning)


def _look(each: Look) -> Sequence[Cell]:
    return (each.visits, each.at, each.value, each.low, each.high)


# --- the picture ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """The confidence sequence over visits: a band and a line, as an SVG's points. told: the same in words."""

    band: str
    line: str
    zero: float
    ticks: Sequence[tuple[float, str]]
    visits: Sequence[tuple[float, str]]
    told: str


def picture(report: ExperimentReport) -> Picture | None:
    """None where no visit is over yet."""
    looks = report.looks
    if not looks:
        return None
    reach = max(0.05, *(abs(end) for each in looks for end in (each.low, each.high)))
    most = looks[-1].visits

    def x(visits: int) -> float:
        return round(LEFT + (WIDE - LEFT - 12) * visits / most, 1)

    def y(value: float) -> float:
        return round(12 + (HIGH - UNDER - 12) * (1 - (value + reach) / (2 * reach)), 1)

    upper = [f"{x(each.visits)},{y(each.high)}" for each in looks]
    lower = [f"{x(each.visits)},{y(each.low)}" for each in reversed(looks)]
    line = [f"{x(each.visits)},{y(each.value)}" for each in looks]
    ticks = [(y(part * reach), _tick(report.design, part * reach)) for part in (-1, -0.5, 0, 0.5, 1)]
    marks = sorted({1, round(most / 2), most} - {0})
    last = looks[-1]
    told = (
        f"The difference between candidate and baseline over {most:,} visits. At the last look it is "
        f"{_scale(report.design, last.value)}, between {_scale(report.design, last.low)} and "
        f"{_scale(report.design, last.high)}; at the first it lay between {_scale(report.design, looks[0].low)} and "
        f"{_scale(report.design, looks[0].high)}."
    )
    return Picture(" ".join(upper + lower), " ".join(line), y(0), ticks, [(x(n), f"{n:,}") for n in marks], told)


def _scale(design: str, value: float) -> str:
    return f"{value:+.2f} credit" if design == "interleaving" else f"{100 * value:+.0f} points"


def _tick(design: str, value: float) -> str:
    return _scale(design, value).split()[0] if value else "0"


ROUTES = (
    seen(HERE, listed, "Experiments"),
    seen(
        f"{HERE}/{{name}}",
        experiment,
        "One experiment, and what is known so far",
        errors=("not_found.experiment",),
    ),
)
