"""The report on quality in words, tables and charts: `GoalReport` to `Document`; with `use_words`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from firstfive.app.measured import meaning
from firstfive.cli import use_words
from firstfive.cli.amounts import LINES, cells, count, is_share, measured, percent, stands
from firstfive.cli.charts import Dot, Plot, even
from firstfive.cli.document import (
    Block,
    Chart,
    Document,
    Number,
    Section,
    Strip,
    Strips,
    Table,
    Words,
)

if TYPE_CHECKING:
    from firstfive.app.past import JudgeCheck, JudgeTrial, Line, Point
    from firstfive.app.quality import Quality
    from firstfive.app.reporting import GoalReport, Reliability, Slice

TONES = {"met": "good", "not met": "bad"}
VERDICTS = {
    "met": "The goal is met",
    "not met": "The goal is not met",
    "not enough data yet": "Not enough data yet",
    "no goal": "No goal is set",
    "nothing built": "Nothing is built yet",
}


def document(found: GoalReport) -> Document:
    """All of it. Sections without data say which command gives some."""
    quality = found.quality
    sections = (
        Section("now", "How good it is now", tuple(_now(found))),
        Section("time", "Over time and Releases", tuple(_time(found))),
        Section("kinds", "By kind of request", tuple(_kinds(quality))),
        Section("visits", "What people found on the page", tuple(use_words.visits(found))),
        Section("cost", "Time and money beside quality", tuple(use_words.cost(found))),
        Section("chances", "Whether stated chances are true", tuple(_chances(quality))),
        Section("judge", "What the judge is worth", tuple(_judge(found.past.judges))),
        Section("learning", "What was learned from people", tuple(use_words.learning(found.past.curves))),
        Section("experiments", "Experiments", tuple(use_words.experiments(found))),
        Section("worst", "The requests served worst", tuple(use_words.worst(found))),
    )
    about = (
        f"firstfive, {found.at:%Y-%m-%d %H:%M} UTC. Every number has its 95 % interval: where it could lie by chance."
    )
    title, verdict = f"How good is {found.project}?", VERDICTS[found.outcome]
    first = found.summary[0].removeprefix(f"{verdict}.").strip()
    summary = (*([first] if first else []), *found.summary[1:])
    return Document(title, about, verdict, TONES.get(found.outcome, "open"), summary, sections)


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
            f"{one.measure}: {meaning(one.measure)}",
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
        "its own chart. What a judge's grades say stands apart from what people said: with people's labels to correct "
        "it by, its interval is of what people would say; a judge alone has none."
    )
    for at, line in enumerate(found.past.lines[:LINES]):
        yield Chart(_over_releases(line, at), _points(line))
    if rest := found.past.lines[LINES:]:
        rows = tuple(
            (line.asked, line.questions[:7], point.release[:12], *cells(line, point), count(line.requests))
            for line in rest
            for point in line.points[-1:]
        )
        yield Table("Sets that were measured longer ago, each with its last Release", (*_HEADINGS,), rows, folded=True)


_HEADINGS = ("Requests", "Set", "Release", "Value", "From", "To", "Requests measured")


def _over_releases(line: Line, at: int) -> Plot:
    points = line.points
    dots = tuple(
        Dot(x, one.value.value, one.value.low, one.value.high, f"{_when(one)}: {stands(line, one)}")
        for x, one in zip(even(len(points)), points, strict=True)
    )
    xs = tuple(
        (x, f"{(one.built or one.at):%d %b} · {one.release[:5]}")
        for x, one in zip(even(len(points)), points, strict=True)
    )
    first, last = points[0], points[-1]
    said = f"{line.measure} on {line.asked}. {_when(last)}: {stands(line, last)}."
    if len(points) > 1:
        said += f" The first of {len(points)} Releases, {_when(first)}: {stands(line, first)}."
    return Plot(
        f"time-{at}",
        f"{line.measure} on {line.asked} (set {line.questions[:7]})",
        said,
        dots,
        xs,
        joined=True,
        percent=is_share(line.measure),
        across="Releases, the oldest first",
    )


def _when(point: Point) -> str:
    return (
        f"Release {point.release[:12]}, {'built' if point.built else 'measured'} {(point.built or point.at):%Y-%m-%d}"
    )


def _points(line: Line) -> Table:
    rows = tuple(
        (
            point.release[:12],
            f"{(point.built or point.at):%Y-%m-%d %H:%M}",
            f"{point.at:%Y-%m-%d %H:%M}",
            *cells(line, point),
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
    if one := known.worst:
        yield Words(
            f"Of the {one.requests:,} that were stated at {percent(one.stated).text} on average, "
            f"{percent(one.found).text} had a match among the five: that is beyond chance, so do not trust it there.",
            "advice",
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
