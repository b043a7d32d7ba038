"""The write-up of a pilot in words, tables and figures: `Pilot` to `Document`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from firstfive.cli.amounts import count, percent, seconds
from firstfive.cli.document import Block, Document, Number, Section, Strip, Strips, Table, Words
from firstfive.cli.use_words import experiment_head, numbers_of

if TYPE_CHECKING:
    from firstfive.app.piloting import Apart, Failed, Group, Pilot, Said, Tried
    from firstfive.app.visited import VisitNumber


def document(found: Pilot) -> Document:
    """All of it."""
    sections = (
        Section("tried", "What was tried", tuple(_tried(found))),
        Section("numbers", "What came of it", tuple(_numbers(found))),
        Section("apart", "Side by side", tuple(_groups(found))),
        Section("said", "What people said", tuple(_said(found))),
        Section("failed", "What failed", tuple(_failed(found.failed))),
    )
    match = _named(found.numbers, "match_in_first_five")
    enough = match.value is not None
    verdict = f"{_told(match)} found a match among the first five" if enough else "Not enough data yet"
    about = f"firstfive, {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}. Every share has its 95 % interval."
    summary = tuple(_summary(found, match))
    return Document(f"A pilot of {found.project}", about, verdict, "plain" if enough else "open", summary, sections)


def _named(numbers: Sequence[VisitNumber], name: str) -> VisitNumber:
    return next(one for one in numbers if one.name == name)


def _told(one: VisitNumber) -> str:
    """A number in a few words."""
    if one.value is None:
        return f"not enough data yet ({one.visits:,} of {one.needed} visits)"
    said = seconds if one.unit == "seconds" else percent
    return f"{said(one.value.value).text} ({said(one.value.low).text} to {said(one.value.high).text})"


def _summary(found: Pilot, match: VisitNumber) -> Iterator[str]:
    yield (
        f"{found.seekers:,} visits to the page, with {found.requests:,} requests and {found.answers:,} answers, "
        f"from {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d} (UTC)."
    )
    yield f"A match among the first five: {_told(match)}, of {match.visits:,} visits that are over or have one."
    took = _named(found.numbers, "seconds_to_match")
    yield f"Seconds to a match, the median: {_told(took)}."
    happy, trust = _named(found.numbers, "satisfaction"), _named(found.numbers, "trust")
    yield f"“I found a match”: {_told(happy)}. “I trust these suggestions”: {_told(trust)}."
    if found.cut:
        yield "There was more than was read: these are the newest."


def _tried(found: Pilot) -> Iterator[Block]:
    if not found.tried:
        yield Words("Nobody asked for anything in this time. firstfive serve opens the page.", "advice")
        return
    rows = tuple(_release(one) for one in found.tried)
    yield Table("Releases that answered", ("Release", "Built", "Items", "Answers", "Models", "Prompts"), rows)
    changed = tuple(
        (one.release[:12], part, before or "not there", after or "not there")
        for one in found.tried
        for part, before, after in one.changed
    )
    if changed:
        yield Table("What changed from one to the next", ("Release", "What", "Before", "Then"), changed)


def _release(one: Tried) -> tuple[str | Number, ...]:
    built = f"{one.built:%Y-%m-%d %H:%M}" if one.built else "gone"
    models, prompts = ", ".join(one.models) or "none", ", ".join(one.prompts) or "none"
    return one.release[:12], built, count(one.items) if one.built else "not known", count(one.answers), models, prompts


def _numbers(found: Pilot) -> Iterator[Block]:
    if not found.seekers:
        yield Words("There are no visits in this time.", "advice")
        return
    yield numbers_of(found.numbers)
    if found.median_ms is not None and found.p95_ms is not None:
        yield Words(
            f"Half of the {found.answers:,} answers took {found.median_ms:,.0f} ms or less, and 95 of 100 took "
            f"{found.p95_ms:,.0f} ms or less. Models cost ${found.cost_usd:,.4f} in all."
        )
    yield Words("A seeker is a visit: nobody is followed from one visit to the next.", "note")


def _groups(found: Pilot) -> Iterator[Block]:
    if one := found.experiment:
        yield Words(f"{experiment_head(one)} {one.sentence}")
    if len(found.groups) < 2:
        yield Words("Everybody got the same, so there is nothing to compare.", "advice")
        return
    if not found.experiment:
        yield Words(
            "These came one after the other, so more than the Release may differ between them. To learn what a Release "
            "does, show two at once: firstfive experiment start."
        )
    for number in found.numbers:
        mine = [(group, _named(group.numbers, number.name)) for group in found.groups]
        if any(one.value for _, one in mine) and mine[0][1].unit == "share":
            yield Strips(number.title, tuple(_strip(group, one) for group, one in mine))
    if found.apart:
        rows = tuple(map(_between, found.apart))
        heads = ("Candidate less baseline", "Difference", "From", "To", "Visits")
        yield Table("Between the arms; all of these hold together", heads, rows)
    elif found.experiment:
        yield Words("Not enough data yet to compare the arms: 30 visits of each are needed for a number.", "note")


def _between(one: Apart) -> tuple[str | Number, ...]:
    ends = (one.value.value, one.value.low, one.value.high)
    return (one.title, *(Number(f"{100 * end:+.1f} points", end) for end in ends), count(one.visits))


def _strip(group: Group, one: VisitNumber) -> Strip:
    name = group.name
    if one.value is None:
        return Strip(name, None, None, None, f"{one.visits:,} of the {one.needed} visits that are needed")
    value = one.value
    return Strip(name, percent(value.value), percent(value.low), percent(value.high), f"{one.visits:,} visits")


def _said(found: Pilot) -> Iterator[Block]:
    if found.reasons:
        rows = tuple((reason, count(times)) for reason, times in found.reasons.items())
        yield Table("Why not, by button", ("Reason", "Times"), rows)
    if found.said is None:
        yield Words(
            f"{found.own_words:,} times somebody wrote words of their own. They are left out, since they may say who "
            "somebody is; --with-words puts them in, with what patterns know for personal data masked.",
            "note",
        )
        return
    if not found.said:
        yield Words("Nobody wrote anything.")
        return
    yield Words(
        "What patterns know for personal data gives way to its kind, in brackets. A name alone they do not know.",
        "note",
    )
    for kind, caption in _KINDS.items():
        if mine := [one for one in found.said if one.about == kind]:
            yield Table(caption, ("When", "In their own words"), tuple(_line(one) for one in mine))


_KINDS = {
    "yes": "Of what they said yes to",
    "maybe": "Of what they said maybe to",
    "no": "Of what they said no to",
    "request": "What they asked for",
}


def _line(one: Said) -> tuple[str, str]:
    return f"{one.at:%Y-%m-%d %H:%M}", one.words


def _failed(failed: Sequence[Failed]) -> Iterator[Block]:
    known = [one for one in failed if one.of]
    if not known:
        yield Words("There is nothing that could have failed.", "advice")
        return
    yield Table(
        "How often, with its 95 % interval", ("What", "Times", "Of", "Share", "From", "To"), tuple(map(_share, known))
    )
    yield Words(
        "Requests that got no answer at all are in no store; the server counts them at /metrics as "
        "firstfive_recommend_total with outcome refused.",
        "note",
    )


def _share(one: Failed) -> tuple[str | Number, ...]:
    share = one.share
    return (
        one.what,
        count(one.times),
        f"{one.of:,} {one.unit}",
        *(
            (percent(share.value), percent(share.low), percent(share.high))
            if share
            else ("not enough data yet", "", "")
        ),
    )
