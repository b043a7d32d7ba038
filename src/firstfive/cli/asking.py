"""The command that answers: recommend, for one request or for a file of them."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Call, Command, plain

if TYPE_CHECKING:
    from firstfive.app.understood import Understood
    from firstfive.types import Asked, Place, Question, Request, Slate

WIDEST = 100
"""Columns of text, at most: longer lines are hard to read."""
LONGEST = 200
"""Characters of a title that are shown: a broken page may have thousands."""


@click.command(cls=Command)
@click.argument("text", required=False)
@click.option("--n", type=int, help="How many, 100 at most. [default: 5; with --queries 100, 1000 at most]")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="EXPR",
    help="Such as 'country = \"FR\" and employees < 50'. Repeatable: all must hold.",
)
@click.option("--like", multiple=True, metavar="ID", help="Nearer to this item. Repeatable.")
@click.option("--unlike", multiple=True, metavar="ID", help="Away from this item. Repeatable.")
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    help="0 is pure relevance, 1 as varied as can be. [default: near-repeats are kept apart]",
)
@click.option("--queries", metavar="FILE", help="Rank a file of queries (JSONL, CSV or TSV with qid and text) instead.")
@click.option("--run", metavar="FILE", help="With --queries: the TREC run to write.")
@click.option(
    "--rerank",
    type=click.IntRange(1, 50),
    metavar="N",
    help="With --queries: let the model score the first N of each. [default: no model]",
)
@click.option("--ask", is_flag=True, help="Also say how sure the answer is, and what to ask next.")
@click.option(
    "--told",
    multiple=True,
    metavar="EXPR",
    help="An answer given so far, as a filter that leaves nothing out. Repeatable.",
)
@click.option("--user", metavar="ID", help="Who asks, as your programs call them. [default: nobody in particular]")
@click.option(
    "--explain",
    is_flag=True,
    help="Also show what was read of the request, every stage's part in each place, time and cost.",
)
@click.pass_obj
def recommend(
    call: Call,
    *,
    text: str | None,
    n: int | None,
    filters: tuple[str, ...],
    like: tuple[str, ...],
    unlike: tuple[str, ...],
    diversity: float | None,
    queries: str | None,
    run: str | None,
    rerank: int | None,
    ask: bool,
    told: tuple[str, ...],
    user: str | None,
    explain: bool,
) -> None:
    """Five good matches for a sentence, each with its reason. TEXT may be - to read it from stdin.

    With --queries and --run, ranks a whole file at batch speed and stores no Slates.
    """
    most = 1000 if queries else 100
    if n is not None and not 1 <= n <= most:
        raise click.UsageError(f"--n is {n:,}: give a number from 1 to {most:,}.")
    if queries or run:
        if text or filters or like or unlike or explain or ask or told or user or diversity is not None:
            raise click.UsageError("--queries and --run rank plain queries: leave TEXT and the other options out.")
        if not (queries and run):
            raise click.UsageError("--queries FILE and --run FILE go together.")
        if run == "-":
            raise click.UsageError("--run - names no file: name one, or /dev/stdout where the system has that.")
        _rank_file(call, queries, run, 100 if n is None else n, rerank or 0)
        return
    if rerank:
        raise click.UsageError("--rerank goes with --queries; for one request set models.speed.")
    if text is None and not like:
        raise click.UsageError("Missing argument 'TEXT'.")
    from firstfive.types import ItemId, Request, Told, UserId

    request = Request(
        text=sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text or "",
        n=5 if n is None else n,
        filter=joined(filters),
        like=tuple(ItemId(i) for i in like),
        unlike=tuple(ItemId(i) for i in unlike),
        diversity=diversity,
        user=UserId(user) if user else None,
        told=tuple(Told(condition=condition) for condition in told),
    )
    _answer_one(call, request, explain=explain, ask=ask)


def _answer_one(call: Call, request: Request, *, explain: bool, ask: bool) -> None:
    """Answers one request, and writes the Slate."""
    from firstfive.app.asking import unwanted
    from firstfive.app.recommend import Recommender
    from firstfive.app.understood import understood
    from firstfive.app.wire import slate_json

    with call.open() as project:
        call.warn_of_frozen(project)
        recommender = Recommender(project)
        recommender.ready()  # opened before the clock runs: what is shown is the time of the answer
        slate = recommender.recommend(request, explain=explain, ask=ask)
        read = understood(recommender.now().serving, slate.request) if explain else ()
        refused = () if call.json else unwanted(slate.request, recommender.now().serving)
        call.warn_of_unbuilt(project)
    if call.json:
        click.echo(_with_read(slate_json(slate), read) if explain else slate_json(slate).decode())
        return
    click.echo(pretty(slate, refused))
    if explain:
        from firstfive.cli.explaining import workings

        click.echo(f"\n{_told_read(read, width())}\n\n{workings(slate, width())}")


def _with_read(slate: bytes, read: Sequence[Understood]) -> str:
    """The Slate's JSON with what was read of the request as "read"."""
    return json.dumps(json.loads(slate) | {"read": [asdict(one) for one in read]}, ensure_ascii=False)


def _told_read(read: Sequence[Understood], columns: int) -> str:
    lines = [plain(f"{'Not wanted: ' * one.refused}“{one.wish}” -> {one.read_as}") for one in read]
    wrapped = (part for line in lines for part in textwrap.wrap(line, columns - 3, subsequent_indent="  "))
    return "\n".join([click.style("What was read of the request", bold=True), *(f"   {part}" for part in wrapped)])


def _rank_file(call: Call, queries: str, run: str, n: int, rerank: int) -> None:
    from firstfive.app.runs import rank_file

    with call.open() as project:
        call.warn_of_frozen(project)
        report = rank_file(project, queries, run, n=n, rerank=rerank, progress=call.progress())
    if report.wordless:
        click.echo(f"Left out for having no words: {report.wordless:,} queries.", err=True)
    call.answer(
        report,
        f"Wrote {plain(report.file)}: {report.queries:,} queries, {report.lines:,} lines, "
        f"{report.queries / max(report.seconds, 1e-9):,.0f} queries/s.",
    )
    if report.unscored:
        click.echo(
            f"{report.unscored:,} of {report.asked:,} scores did not come back, and those items kept their places: run "
            "it again to ask for them alone.",
            err=True,
        )


def joined(filters: Sequence[str]) -> str:
    """One filter that lets through what all of these do."""
    stated = [one for one in filters if one.strip()]
    return stated[0] if len(stated) == 1 else " and ".join(f"({one})" for one in stated)


def pretty(slate: Slate, refused: Collection[int]) -> str:
    """A Slate for reading in a terminal. refused: where the wishes start that its request refuses."""
    columns = width()
    blocks = [_block(place, columns, refused) for place in slate.places]
    blocks += ["\n".join(asked_lines(slate.asked, columns))] if slate.asked else []
    notes = [textwrap.fill(plain(note), columns) for note in slate.notes]
    spent = sum(slate.timings_ms.values())
    blocks.append("\n".join([*notes, f"Release {slate.release[:12]}, {spent:.0f} ms, recommId {slate.recomm_id}"]))
    return "\n\n".join(blocks)


def asked_lines(asked: Asked, columns: int) -> Iterator[str]:
    """What goes with five places, as keys and conditions: a page makes sentences of them."""
    chance = "not learned yet; run `firstfive build`" if asked.chance is None else f"{asked.chance:.2f}"
    yield f"Strength: {asked.strength.level}. Chance of a match among these: {chance}"
    if not asked.sure:
        yield "That is below ask.sure_at: one more fact is needed."
    yield from _question(asked.question) if asked.question else ()
    for place, row in enumerate(asked.sharpenings, 1):
        yield from (plain(f"Like {place}, but --told {shlex.quote(button.condition)}")[:columns] for button in row)


def _question(question: Question) -> Iterator[str]:
    yield f"Ask: {plain(question.field)}?" if question.field else "Ask which is nearer:"
    for option in question.options:
        said = f"--told {shlex.quote(option.condition)}" if option.condition else f"“{option.values[0]}”"
        yield plain(f"   {option.share:4.0%}  {said}")


def width() -> int:
    """Columns to write in."""
    return min(WIDEST, shutil.get_terminal_size().columns)


def _block(place: Place, width: int, refused: Collection[int]) -> str:
    title = plain(place.title or place.text[:80])
    lines = [f"{place.place}. {title[:LONGEST]}{'…' * (len(title) > LONGEST)}  ({plain(place.item)})"]
    if place.reason:
        lines.append(f"You said “{plain(place.reason.said.text)}”; it says “{plain(place.reason.says.told)}”")
        lines += [plain(place.reason.because)] if place.reason.because else []
    if place.mismatch and place.mismatch.says:
        said, says = place.mismatch.said, place.mismatch.says
        you = "said" if said.of == "request" else "answered"
        you = "did not want" if said.of == "request" and said.start in refused else you
        lines.append(f"But you {you} “{plain(said.text)}”, and it says “{plain(says.told)}”")
    if place.mismatch and not place.mismatch.says:
        lines.append(f"But it does not say anything about “{plain(place.mismatch.said.text)}”")
    if place.unknown:
        lines.append(f"Not stated: {', '.join(plain(name) for name in place.unknown)}")
    if place.copies:
        lines.append(f"The same as {', '.join(plain(copy) for copy in place.copies)}")
    first, *others = (textwrap.wrap(line, width - 3) for line in lines)
    return "\n".join(
        [click.style("\n   ".join(first), bold=True), *(f"   {line}" for wrapped in others for line in wrapped)]
    )
