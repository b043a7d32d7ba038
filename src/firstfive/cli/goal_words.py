"""The report on quality in words, tables and charts: `GoalReport` to `Document`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from firstfive.cli.charts import Dot, Plot, even, span_of, ticks
from firstfive.cli.document import (
    Block,
    Chart,
    Document,
    Figure,
    Figures,
    Listed,
    Number,
    Section,
    Strip,
    Strips,
    Table,
    Words,
)

if TYPE_CHECKING:
    from firstfive.app.past import Curve, JudgeCheck, JudgeTrial, Line, Point
    from firstfive.app.quality import Quality, Worst
    from firstfive.app.reporting import Compared, GoalReport, Interval, Reliability, Slice
    from firstfive.app.visited import VisitNumber

LINES = 4
"""Sets of requests that get a chart of their own, those measured last."""
TONES = {"met": "good", "not met": "bad"}
VERDICTS = {
    "met": "The goal is met",
    "not met": "The goal is not met",
    "not enough data yet": "Not enough data yet",
    "no goal": "No goal is set",
    "nothing built": "Nothing is built yet",
}
ORDERED = frozenset({"nDCG", "RR", "AP"})
"""Measures of order, which are no share of anything and are written as numbers from 0 to 1."""
SAID = {
    "seconds_to_match": "Seconds to a match",
    "match_in_first_five": "A match among the first five",
    "match": "A match at all",
    "abandonment": "Left without a yes or a maybe",
    "question_rate": "A question was asked",
    "answer_rate": "It was answered",
    "satisfaction": "“I found a match”",
    "trust": "“I trust these suggestions”",
}
MEASURED = {
    "Success@5": "a right item among the first five",
    "nDCG@10": "how high the right items stand, 1 is the best order",
    "RR@10": "one over the place of the first right item",
    "R@100": "right items that are among the first hundred",
}


def document(found: GoalReport) -> Document:
    """All of it. Sections without data say which command gives some."""
    quality = found.quality
    sections = (
        Section("now", "How good it is now", tuple(_now(found))),
        Section("time", "Over time and Releases", tuple(_time(found))),
        Section("kinds", "By kind of request", tuple(_kinds(quality))),
        Section("visits", "What people found on the page", tuple(_visits(found))),
        Section("cost", "Time and money beside quality", tuple(_cost(found))),
        Section("chances", "Whether stated chances are true", tuple(_chances(quality))),
        Section("judge", "What the judge is worth", tuple(_judge(found.past.judges))),
        Section("learning", "What was learned from people", tuple(_learning(found.past.curves))),
        Section("experiments", "Experiments", tuple(_experiments(found))),
        Section("worst", "The requests served worst", tuple(_worst(found))),
    )
    about = (
        f"firstfive, {found.at:%Y-%m-%d %H:%M} UTC. Every number has its 95 % interval: where it could lie by chance."
    )
    title, verdict = f"How good is {found.project}?", VERDICTS[found.outcome]
    first = found.summary[0].removeprefix(f"{verdict}.").strip()
    summary = (*([first] if first else []), *found.summary[1:])
    return Document(title, about, verdict, TONES.get(found.outcome, "open"), summary, sections)


# --- numbers ----------------------------------------------------------------------------------------------------------


def percent(value: float) -> Number:
    """A share."""
    return Number(f"{value:.1%}".replace("%", " %"), value)


def measured(measure: str, value: float) -> Number:
    """A measure's value: most are shares."""
    return Number(f"{value:.3f}", value) if measure.partition("@")[0] in ORDERED else percent(value)


def seconds(value: float) -> Number:
    """Seconds."""
    return Number(f"{value:.1f} s", value)


def count(value: int) -> Number:
    """How many."""
    return Number(f"{value:,}", value)


def ms(value: float | None) -> Number | str:
    """Milliseconds, where they are known."""
    return "not measured" if value is None else Number(f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms", value)


def usd(value: float | None) -> Number | str:
    """Dollars, where they are known."""
    return "not measured" if value is None else Number(f"${value:,.4f}", value)


# --- now and over time ------------------------------------------------------------------------------------------------


def _now(found: GoalReport) -> Iterator[Block]:
    quality, release = found.quality, found.release
    if quality is None or release is None:
        yield Words(found.why or "There is nothing to measure.", "advice")
        yield Words("firstfive import CATALOGUE, then firstfive build, makes what can be measured.", "note")
        return
    first = quality.measured.runs[0]
    bars = {} if quality.made_up else {gate.measure: gate.least for gate in quality.measured.gates}
    strips = [
        Strip(
            f"{one.measure}: {MEASURED[one.measure]}" if one.measure in MEASURED else one.measure,
            measured(one.measure, one.value),
            measured(one.measure, one.low),
            measured(one.measure, one.high),
            f"{quality.measured.queries:,} requests",
            bars.get(one.measure),
        )
        for one in first.results
    ]
    yield Words(
        f"Measured on {quality.asked}, in Release {release.id} of {release.created:%Y-%m-%d %H:%M} UTC with "
        f"{release.items:,} items."
    )
    if quality.made_up:
        yield Words(
            "No person asked these requests: they tell two Releases apart, and not how good either is for people. "
            "Judge some requests, and name them with --queries and --qrels or in [goal] of the settings.",
            "advice",
        )
    yield Strips("What the Release in use reaches", tuple(strips))
    for finding in quality.decision.findings:
        said = f"{finding.said[:1].upper()}{finding.said[1:]}."
        yield Words(f"{ {'passed': 'Reached', 'failed': 'Not reached', 'open': 'Open'}[finding.outcome] }: {said}")
    yield Words(
        f"{percent(first.judged).text} of what is shown among the first five has a judgement; what has none counts as "
        "not right, so the truth may be better. "
        f"{first.unanswered:,} requests had no answer and count as 0.",
        "note",
    )


def _time(found: GoalReport) -> Iterator[Block]:
    if not found.past.lines:
        yield Words(
            "Nothing was measured before. firstfive evaluate, firstfive promote and each report add to this.", "advice"
        )
        return
    yield Words(
        "A line stands for one set of requests: numbers on other requests cannot be compared with it, so each set has "
        "its own chart."
    )
    for at, line in enumerate(found.past.lines[:LINES]):
        yield Chart(_over_releases(line, at), _points(line))
    if rest := found.past.lines[LINES:]:
        rows = tuple(
            (line.asked, line.questions[:7], point.release[:12], *_interval(line, point), count(line.requests))
            for line in rest
            for point in line.points[-1:]
        )
        yield Table("Sets that were measured longer ago, each with its last Release", (*_HEADINGS,), rows, folded=True)


_HEADINGS = ("Requests", "Set", "Release", "Value", "From", "To", "Requests measured")


def _over_releases(line: Line, at: int) -> Plot:
    points = line.points
    dots = tuple(
        Dot(x, one.value.value, one.value.low, one.value.high, f"{_when(one)}: {_told(line.measure, one.value)}")
        for x, one in zip(even(len(points)), points, strict=True)
    )
    xs = tuple(
        (x, f"{(one.built or one.at):%d %b} · {one.release[:5]}")
        for x, one in zip(even(len(points)), points, strict=True)
    )
    first, last = points[0], points[-1]
    said = f"{line.measure} on {line.asked}. {_when(last)}: {_told(line.measure, last.value)}."
    if len(points) > 1:
        said += f" The first of {len(points)} Releases, {_when(first)}: {_told(line.measure, first.value)}."
    return Plot(
        f"time-{at}",
        f"{line.measure} on {line.asked} (set {line.questions[:7]})",
        said,
        dots,
        xs,
        joined=True,
        percent=line.measure.partition("@")[0] not in ORDERED,
        across="Releases, the oldest first",
    )


def _when(point: Point) -> str:
    return (
        f"Release {point.release[:12]}, {'built' if point.built else 'measured'} {(point.built or point.at):%Y-%m-%d}"
    )


def _told(measure: str, value: Interval) -> str:
    return (
        f"{measured(measure, value.value).text}, 95 % interval {measured(measure, value.low).text} to "
        f"{measured(measure, value.high).text}"
    )


def _interval(line: Line, point: Point) -> tuple[Number, Number, Number]:
    value, name = point.value, line.measure
    return measured(name, value.value), measured(name, value.low), measured(name, value.high)


def _points(line: Line) -> Table:
    rows = tuple(
        (
            point.release[:12],
            f"{(point.built or point.at):%Y-%m-%d %H:%M}",
            f"{point.at:%Y-%m-%d %H:%M}",
            *_interval(line, point),
            count(line.requests),
        )
        for point in line.points
    )
    heads = ("Release", "Built", "Measured", line.measure, "From", "To", "Requests")
    return Table(f"{line.measure} on {line.asked} (set {line.questions[:7]})", heads, rows, folded=True)


# --- kinds, chances, judge --------------------------------------------------------------------------------------------


def _kinds(quality: Quality | None) -> Iterator[Block]:
    if quality is None or not quality.slices:
        yield Words("There are no kinds to tell apart yet: name judged requests with --queries and --qrels.", "advice")
        return
    yield Words("A mean can hide who is served badly. Fewer than 30 requests of a kind say nothing of it yet.")
    by = dict.fromkeys(one.by for one in quality.slices)
    for kind in by:
        mine = [one for one in quality.slices if one.by == kind]
        yield Strips(
            f"{quality.measure} by {_KINDS.get(kind, kind)}", tuple(_slice(quality.measure, one) for one in mine)
        )


LANGUAGES: Mapping[str, str] = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian",
    "pt": "Portuguese", "nl": "Dutch",
}  # fmt: skip
_KINDS: Mapping[str, str] = {
    "asks for": "how much is asked for",
    "refuses": "what is to be absent",
    "length": "length of the request",
    "language": "language of the request",
}


def _slice(measure: str, one: Slice) -> Strip:
    n = f"{one.requests:,} requests"
    name = LANGUAGES.get(one.name, one.name) if one.by == "language" else one.name
    if one.value is None:
        return Strip(name, None, None, None, f"{n}, 30 are needed")
    value, low, high = (measured(measure, end) for end in (one.value.value, one.value.low, one.value.high))
    return Strip(name, value, low, high, n)


def _chances(quality: Quality | None) -> Iterator[Block]:
    known = quality.chances if quality else None
    if quality is None or known is None:
        yield Words(
            "The Release states no chance of a match. firstfive build learns one from a catalogue of 50 items or more "
            "with sentences in them.",
            "advice",
        )
        return
    verdict = "no more than chance alone would make" if known.trusted else "more than chance alone would make"
    whose = "made-up questions that it was not learned from" if quality.chances_made_up else "judged requests"
    yield Words(
        f"Where firstfive says that a match is among the five with a chance of 60 %, it should be so 60 times in 100. "
        f"Over {known.requests:,} {whose} stated and found lie {percent(known.error).text} apart on "
        f"average, which is {verdict} (up to {percent(known.perfect).text})."
    )
    yield Chart(_diagram(known), _bins(known))


def _diagram(known: Reliability) -> Plot:
    dots = tuple(
        Dot(
            one.stated,
            one.found,
            one.low,
            one.high,
            f"stated {percent(one.stated).text}, found {percent(one.found).text}, {one.requests:,} requests",
        )
        for one in known.bins
    )
    said = (
        f"{len(dots)} groups of requests by stated chance, from {percent(dots[0].x).text} to "
        f"{percent(dots[-1].x).text}; mean distance to the diagonal {percent(known.error).text}."
    )
    xs = tuple((part, f"{100 * part:g} %") for part in (0.0, 0.25, 0.5, 0.75, 1.0))
    return Plot(
        "chances", "Chance of a match, as stated and as found", said, dots, xs, diagonal=True, across="stated chance"
    )


def _bins(known: Reliability) -> Table:
    rows = tuple(
        (percent(one.stated), percent(one.found), percent(one.low), percent(one.high), count(one.requests))
        for one in known.bins
    )
    return Table("Stated and found chances", ("Stated", "Found", "From", "To", "Requests"), rows, folded=True)


def _judge(judges: Sequence[JudgeTrial]) -> Iterator[Block]:
    if not judges:
        yield Words(
            "No model's grades were held against people's yet. Label some pairs at /studio/label; firstfive judge then "
            "says whether a model's grades may be believed.",
            "advice",
        )
        return
    last = judges[0]
    yield Words(
        f"{last.verdict}: {_JUDGED.get(last.verdict, '')} {last.model} with {last.prompt} on {last.things:,} labelled "
        f"items, {last.at:%Y-%m-%d %H:%M} UTC."
    )
    if last.checks:
        yield Table(
            "What it was tried on",
            ("Check", "Value", "From", "To", "Wanted", "Requests", "Outcome"),
            tuple(map(_tried, last.checks)),
        )
    if last.people:
        ends = (last.people.value, last.people.low, last.people.high)
        value, low, high = (f"{end:.2f}" for end in ends)
        yield Words(f"Two people agree with each other at a kappa of {value} ({low} to {high}).", "note")
    if judges[1:]:
        rows = tuple(
            (f"{one.at:%Y-%m-%d %H:%M}", one.model, one.prompt, one.verdict, count(one.things)) for one in judges
        )
        yield Table("Every trial", ("When", "Model", "Prompt", "Verdict", "Items"), rows)


_JUDGED: Mapping[str, str] = {
    "TRUSTED": "its grades may stand in for people's.",
    "UNTRUSTED": "its grades may decide nothing.",
    "INCONCLUSIVE": "not enough is known of it yet, so its grades decide nothing.",
}


def _tried(one: JudgeCheck) -> tuple[Number | str, ...]:
    if one.value is None:
        return one.name, "not enough data yet", "", "", _bounds(one), count(one.requests), one.outcome
    ends = (Number(f"{end:.3f}", end) for end in (one.value.value, one.value.low, one.value.high))
    return (one.name, *ends, _bounds(one), count(one.requests), one.outcome)


def _bounds(one: JudgeCheck) -> str:
    least = [] if one.least is None else [f"at least {one.least:g}"]
    return " and ".join([*least, *([] if one.most is None else [f"at most {one.most:g}"])])


# --- visits, cost -----------------------------------------------------------------------------------------------------


def _visits(found: GoalReport) -> Iterator[Block]:
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
    name, told = SAID.get(one.name, one.name), seconds if one.unit == "seconds" else percent
    if one.value is None:
        return Figure(name, None, f"{one.visits:,} of the {one.needed} visits that are needed")
    low, high = told(one.value.low).text, told(one.value.high).text
    return Figure(name, told(one.value.value), f"95 % interval {low} to {high}, {one.visits:,} visits")


def _cost(found: GoalReport) -> Iterator[Block]:
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
            *_interval(line, point),
            count(line.requests),
            ms(point.median_ms),
            ms(point.p95_ms),
            usd(point.usd_per_1000),
            line.questions[:7],
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
        f"{_named(point)}: {_told(line.measure, point.value)}, 95 of 100 answers within {point.p95_ms or 0:,.1f} ms"
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
        percent=line.measure.partition("@")[0] not in ORDERED,
    )


def _named(point: Point) -> str:
    return f"Release {point.release[:12]}{f', {point.variant}' if point.variant else ''}"


def _taken(line: Line, points: Sequence[Point]) -> Table:
    rows = tuple((_named(point), ms(point.p95_ms), *_interval(line, point)) for point in points)
    return Table("Quality and time", ("Release", "95 of 100 within", line.measure, "From", "To"), rows, folded=True)


# --- learning, experiments, worst -------------------------------------------------------------------------------------


def _learning(curves: Sequence[Curve]) -> Iterator[Block]:
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


def signed(value: float) -> Number:
    """A difference."""
    return Number(f"{value:+.3f}", value)


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


def _experiments(found: GoalReport) -> Iterator[Block]:
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
                *_interval(line, point),
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


def _worst(found: GoalReport) -> Iterator[Block]:
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
