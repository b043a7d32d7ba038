"""The command that learns from behaviour: learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Call, Command, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firstfive.app.adapting import Adapting
    from firstfive.app.learning import LearnReport

SHORT = 12
BAR = 20
ADVICE = {
    "promote": "Advice: promote. Release {release} has what was learned, and waits; nothing changed yet.",
    "keep": "Advice: keep the ranking as it is. What was learned was not shown to be better on what came later.",
    "not enough data": "Not enough data yet, so the ranking stays as it is. "
    "It takes some 60 answers with a yes, from 20 visitors or more.",
}


@click.command(cls=Command, stopped="Stopped. Nothing was changed.")
@click.option("--queries", metavar="FILE", help="Judged requests to learn from too (JSONL, CSV or TSV).")
@click.option("--qrels", metavar="FILE", help="What is right for them. Half of them is left for measuring.")
@click.pass_obj
def learn(call: Call, *, queries: str | None, qrels: str | None) -> int:
    """Learn a ranking from what visitors said yes and no to, and measure how much of it to use.

    What is learned from earlier answers is held against later ones. The embedder is adapted to the catalogue too, and
    that is kept where it is shown to help. Ends with a Release that waits to be promoted, or with the reason why there
    is none. Exits 3 while there is not enough data.
    """
    from firstfive.app.learning import learn as run

    with call.open() as project:
        found = run(project, queries=queries, qrels=qrels, progress=call.progress())
    hint = _next(call, found, found.release.id[:SHORT]) if found.release else []
    call.answer(found, "\n".join([*_lines(found), *hint]))
    return 3 if found.advice == "not enough data" else 0


def _next(call: Call, found: LearnReport, release: str) -> list[str]:
    """What to do with a Release that learned. Made-up requests know nothing of what visitors like."""
    promote = call.next(f"promote {release}")
    if not found.handover.share or found.kept_back:
        return [promote]
    few = (
        f"`{call.typed(f'promote {release}')}` will measure it with made-up requests, which know nothing of what "
        "visitors like, until 30 of them liked something later; "
        f"`{call.typed(f'experiment start learned --candidate {release}')}` lets visitors decide, a few at a time."
    )
    return [few, promote]


def _beside(found: LearnReport) -> Iterator[str]:
    """What else was learned from, and what was not."""
    if found.refusals:
        yield f"{found.refusals:,} answers to which nothing but no was said."
    if found.judged:
        yield f"{found.judged:,} judged requests; as many are left for measuring."
    if found.kept_back:
        yield f"The last {found.kept_back:,} were kept back: `firstfive promote` measures with them."


def _worth(found: LearnReport) -> Iterator[str]:
    """What came of the scores that a model gave to what was shown."""
    worth = found.worth
    if worth.share:
        yield (
            f"What a model's score is worth was learned too: {worth.share:.1%} of it is handed over, from "
            f"{worth.requests:,} later answers with scores, of {worth.visitors:,} visitors."
        )
    elif worth.curve:
        yield (
            f"A model's score counts as before: on {worth.requests:,} later answers with scores, of "
            f"{worth.visitors:,} visitors, nothing better was shown."
        )


def _adapted(found: Adapting) -> str:
    """What came of the embedder's adapter, in a sentence."""
    if not found.held:
        return f"The embedder stays as it is: {plain(found.why)}."
    gain = f"nDCG@10 {found.gain.value:+.4f} [{found.gain.low:+.4f}, {found.gain.high:+.4f}]"
    end = f"and is dropped: {plain(found.why)}" if found.why else "and is kept"
    return f"An adapter of the embedder, held against none on {found.held:,} made-up requests, gains {gain}, {end}."


def _lines(found: LearnReport) -> Iterator[str]:
    yield (
        f"{found.likes:,} likes of {found.visitors:,} visitors; "
        f"learned from {found.graded:,} requests that could be ranked again."
    )
    yield from _beside(found)
    if found.handover.curve:
        yield f"Held against {found.handover.requests:,} later ones, of {found.handover.visitors:,} visitors:"
        yield "  share  nDCG@10 gained, 95 % interval     Success@5"
        for point in found.handover.curve:
            gain, bar = point.gain, "█" * round(point.success * BAR)
            chosen = "  <- handed over" if point.share == found.handover.share else ""
            interval = f"{gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]" if point.share else "none"
            yield f"  {point.share:5.1%}  {interval:<32}  {point.success:.4f} {bar:<{BAR}}{chosen}".rstrip()
    yield from _worth(found)
    looked = [f"{name} {share:.0%}" for name, share in found.importance.items() if share >= 0.01]
    if looked:
        yield f"It looks at: {', '.join(looked)}."
    yield _adapted(found.adapting)
    yield ADVICE[found.advice].format(release=found.release.id[:SHORT] if found.release else "")
