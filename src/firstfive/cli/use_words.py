"""The report on quality, its second half: visits, cost, learning, experiments, the requests served worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from firstfive.cli.amounts import (
    LINES,
    cells,
    count,
    interval,
    is_share,
    measured,
    ms,
    percent,
    seconds,
    signed,
    stands,
    usd,
)
from firstfive.cli.charts import Dot, Plot, span_of, ticks
from firstfive.cli.document import (
    Block,
    Chart,
    Figure,
    Figures,
    Listed,
    Number,
    Strip,
    Strips,
    Table,
    Words,
)

if TYPE_CHECKING:
    from firstfive.app.past import Curve, Line, Point
    from firstfive.app.quality import Worst
    from firstfive.app.reporting import Compared, GoalReport
    from firstfive.app.visited import VisitNumber


# --- visits, cost -----------------------------------------------------------------------------------------------------


def visits(found: GoalReport) -> Iterator[Block]:
    visits = found.visits
    yield Words(f"{visits.visits:,} visits to the seeker's page in the last {found.days} days.")
    if visits.cut:
        yield Words("There were more: these are the newest.", "note")
    if not visits.visits:
        yield Words("firstfive serve opens the page; what people say on it is counted here.", "advice")
        return
    yield numbers_of(visits.numbers)


def numbers_of(numbers: Sequence[VisitNumber]) -> Figures:
    """What visits came to, as large numbers."""
    return Figures(tuple(_figure(one) for one in numbers))


def _figure(one: VisitNumber) -> Figure:
    name, told = one.title, seconds if one.unit == "seconds" else percent
    if one.value is None:
        return Figure(name, None, f"{one.visits:,} of the {one.needed} visits that are needed")
    low, high = told(one.value.low).text, told(one.value.high).text
    return Figure(name, told(one.value.value), f"95 % interval {low} to {high}, {one.visits:,} visits")


def cost(found: GoalReport) -> Iterator[Block]:
    timed = [(line, point) for line in _every(found) for point in line.points if point.p95_ms is not None]
    if not timed:
        yield Words("No answer was timed yet. firstfive promote and firstfive report time some.", "advice")
        return
    newest = timed[0][0]
    mine = [point for line, point in timed if line is newest]
    if len(mine) > 1:
        yield Chart(_time_and_quality(newest, mine), _taken(newest, mine))
    rows = tuple(
        (
            f"{point.release[:12]}{f', {point.variant}' if point.variant else ''}",
            *cells(line, point),
            count(line.requests),
            ms(point.median_ms),
            ms(point.p95_ms),
            usd(point.usd_per_1000),
            f"{line.questions[:7]}{', judged' if line.judge else ''}",
        )
        for line, point in timed
    )
    heads = (
        "Release", newest.measure, "From", "To", "Requests", "Median", "95 of 100 within", "Per 1,000 requests", "Set",
    )  # fmt: skip
    yield Table("What an answer takes, one at a time", heads, rows)
    yield Words("Money is what models and embedders cost; the machine is not in it.", "note")


def _every(found: GoalReport) -> list[Line]:
    """Lines with their variants where a set has some, each set once."""
    varied = {line.questions: line for line in found.past.variants}
    plain = [varied.pop(line.questions, line) for line in found.past.lines]
    return [*plain, *varied.values()]


def _time_and_quality(line: Line, points: Sequence[Point]) -> Plot:
    dots = tuple(
        Dot(
            point.p95_ms or 0.0,
            point.value.value,
            point.value.low,
            point.value.high,
            f"{_named(point)}, {ms(point.p95_ms)}",
        )
        for point in points
    )
    most = max(dot.x for dot in dots) * 1.15 or 1.0
    xs = tuple((tick, f"{tick:,g}") for tick in ticks(0.0, most))
    said = "; ".join(
        f"{_named(point)}: {stands(line, point)}, 95 of 100 answers within {point.p95_ms or 0:,.1f} ms"
        for point in points
    )
    return Plot(
        "cost",
        f"{line.measure} and the time of 95 of 100 answers",
        f"{said}.",
        dots,
        xs,
        span=(0.0, most),
        across="milliseconds for 95 of 100 answers",
        percent=is_share(line.measure),
    )


def _named(point: Point) -> str:
    return f"Release {point.release[:12]}{f', {point.variant}' if point.variant else ''}"


def _taken(line: Line, points: Sequence[Point]) -> Table:
    rows = tuple((_named(point), ms(point.p95_ms), *cells(line, point)) for point in points)
    return Table("Quality and time", ("Release", "95 of 100 within", line.measure, "From", "To"), rows, folded=True)


# --- learning, experiments, worst -------------------------------------------------------------------------------------


def learning(curves: Sequence[Curve]) -> Iterator[Block]:
    if not curves:
        yield Words(
            "Nothing was learned from people's answers yet. firstfive learn does it, once some said yes.", "advice"
        )
        return
    last = curves[-1]
    if not last.gains:
        yield Words(f"Not enough data yet: {last.likes}. It takes some 60, of 20 visitors or more.", "advice")
    else:
        share = percent(last.handed_over).text
        yield Words(
            f"From {last.likes}: {share} of the ranking is handed over to what was learned. More of it is handed over "
            "only where later answers bear it out."
        )
        yield Chart(_handover(last), _gains(last))
    rows = tuple(_learned(curve) for curve in curves)
    heads = ("Run", "Learned from", "Held out", "Handed over", "nDCG@10 gained", "From", "To")
    yield Table("Each run of firstfive learn", heads, rows)


def _learned(curve: Curve) -> tuple[Number | str, ...]:
    gain = curve.gains.get(curve.handed_over) if curve.handed_over else None
    ends = tuple(signed(end) for end in (gain.value, gain.low, gain.high)) if gain else ("nothing", "", "")
    return (f"{curve.at:%Y-%m-%d %H:%M}", curve.likes, count(curve.requests), percent(curve.handed_over), *ends)


def _handover(curve: Curve) -> Plot:
    dots = tuple(
        Dot(share, gain.value, gain.low, gain.high, f"{100 * share:g} % handed over: {signed(gain.value).text}")
        for share, gain in sorted(curve.gains.items())
    )
    xs = tuple((share, f"{100 * share:g} %") for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    best = max(dots, key=lambda dot: dot.value)
    said = (
        f"nDCG@10 gained on {curve.requests:,} later requests. Most at {100 * best.x:g} %: {signed(best.value).text} "
        f"({signed(best.low).text} to {signed(best.high).text}). {100 * curve.handed_over:g} % is handed over."
    )
    return Plot(
        "handover",
        "What handing over gains, by how much is handed over",
        said,
        dots,
        xs,
        span_of([end for dot in dots for end in (dot.low, dot.high)]),
        joined=True,
        percent=False,
        across="share that is handed over",
    )


def _gains(curve: Curve) -> Table:
    rows = tuple(
        (percent(share), signed(gain.value), signed(gain.low), signed(gain.high), count(curve.requests))
        for share, gain in sorted(curve.gains.items())
    )
    return Table(
        "What handing over gains", ("Handed over", "nDCG@10 gained", "From", "To", "Requests"), rows, folded=True
    )


def experiments(found: GoalReport) -> Iterator[Block]:
    if not found.experiments:
        yield Words(
            "No experiment was run with seekers yet. firstfive experiment start shows them two Releases side by side.",
            "advice",
        )
    for one in found.experiments:
        yield Words(f"{experiment_head(one)} {one.sentence}")
    if found.experiments:
        rows = tuple(map(_experiment, found.experiments))
        heads = ("Experiment", "Visits", "Candidate less baseline", "From", "To", "Verdict")
        yield Table("What is known of each, at all looks together", heads, rows)
    for line in found.past.variants[:LINES]:
        strips = tuple(
            Strip(
                point.variant or f"as it is, Release {point.release[:7]}",
                *interval(line, point),
                about=f"{line.requests:,} requests, {point.at:%Y-%m-%d}",
            )
            for point in line.points
        )
        yield Strips(
            f"Tried beside it without seekers: {line.measure} on {line.asked} (set {line.questions[:7]})", strips
        )
    if not found.past.variants:
        yield Words(
            "Nothing was tried without seekers either. firstfive evaluate --compare ranks judged requests with other "
            "settings, and firstfive bench --dial at each speed of a model.",
            "note",
        )


def experiment_head(one: Compared) -> str:
    """What was shown beside what, and when."""
    until = f"to {one.stopped:%Y-%m-%d}" if one.stopped else "and going on"
    design = "each seeker sees one" if one.design == "ab" else "both in one answer"
    return (
        f"{one.name}, from {one.started:%Y-%m-%d} {until}: Release {one.candidate[:12]} against {one.baseline[:12]}, "
        f"{design}."
    )


def _experiment(one: Compared) -> tuple[Number | str, ...]:
    ends = tuple(
        Number(f"{100 * end:+.1f} points", end)
        for end in (one.difference.value, one.difference.low, one.difference.high)
    )
    return (one.name, count(one.visits), *ends, one.verdict)


def worst(found: GoalReport) -> Iterator[Block]:
    quality = found.quality
    if quality is None:
        yield Words("There is nothing to show before the first build.", "advice")
        return
    if not quality.worst:
        yield Words(f"Every one of the {quality.measured.queries:,} requests reached {quality.measure} 1.")
        return
    if any(one.request is None for one in quality.worst):
        yield Words(
            "What people asked is left out of this report, since it may say who they are; --with-requests puts it in, "
            "with what patterns know for personal data masked.",
            "note",
        )
    for at, one in enumerate(quality.worst):
        yield _request(at + 1, one, quality.measure)


def _request(number: int, one: Worst, measure: str) -> Listed:
    heading = f"{number}. " + (
        f"“{one.request}”" if one.request is not None else f"Request {one.qid} ({one.words} words)"
    )
    value = f"{measure} {measured(measure, one.value).text}."
    if one.stood is None:
        stood = "The right item is not among the first 100."
    else:
        stood = f"The first right item stands at place {one.stood:,}."
    right = f" Right: {', '.join(one.right)}." if one.right else " No item is right for it."
    shown = tuple(item.title for item in one.five)
    marked = frozenset(at for at, item in enumerate(one.five) if item.right)
    before = () if shown else ("Nothing was shown.",)
    return Listed(heading, before, shown, marked, (f"{value} {stood if one.right else ''}{right}",), "right")
