"""Commands about people's labels: label draw, label import, label export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, encoded, plain

if TYPE_CHECKING:
    from firstfive.ports import Person


_GIVEN = click.core.ParameterSource.COMMANDLINE


@click.group(cls=Branch)
def label() -> None:
    """Draw what people label at /studio/label, and bring labels in and out as qrels."""


@label.command()
@click.option("--n", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many pairs to label.")
@click.option("--queries", metavar="FILE", help="JSONL, CSV or TSV with qid and text. [default: stored requests]")
@click.option("--whole", is_flag=True, help="All of the first five of a request, so that Success@5 can be told.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws others.")
@click.option("--release", metavar="ID", help="Add what this Release shows for the requests drawn whole; alone.")
@click.pass_context
def draw(context: click.Context, *, n: int, queries: str | None, whole: bool, seed: int, release: str | None) -> None:
    """Draw pairs of a request and an item at random, once; 60 of them are for a second person too."""
    from firstfive.app import labelling
    from firstfive.app.recommend import Recommender
    from firstfive.types import ReleaseId

    call: Call = context.obj
    others = [name for name in ("n", "queries", "whole", "seed") if context.get_parameter_source(name) is _GIVEN]
    if release and others:
        raise click.UsageError(f"--release adds to the requests drawn already: leave out --{others[0]}.")
    with call.open() as project:
        if release:
            done = labelling.draw_for(project, Recommender(project, ReleaseId(release)))
        else:
            done = labelling.draw(project, n, seed=seed, queries=queries, whole=whole)
    call.answer(
        done,
        f"{done.added:,} pairs drawn from {plain(done.source)}. There are {done.pairs:,} now, of {done.requests:,} "
        f"requests; {done.again:,} are for a second person too.\n"
        f"{call.next('serve')}, and label them at /studio/label",
    )


@label.command("import")
@click.option("--queries", required=True, metavar="FILE", help="JSONL, CSV or TSV with qid and text.")
@click.option("--labels", required=True, metavar="FILE", help="Grades, 0 to 3: qid 0 id grade.")
@click.option("--second", is_flag=True, help="They are a second person's, who did not see the first one's.")
@click.option("--who", metavar="NAME", default="", help="Any name for that person. [default: first, or second]")
@click.pass_obj
def bring_in(call: Call, *, queries: str, labels: str, second: bool, who: str) -> None:
    """Take labels in from qrels. They count as a random sample, so bring in no picked ones."""
    from firstfive.app import labelling

    person: Person = "second" if second else "first"
    with call.open() as project:
        n = labelling.bring_in(project, queries, labels, person=person, who=who or person)
    call.answer({"labels": n, "person": person}, f"{n:,} labels of the {person} person taken in. {call.next('judge')}")


@label.command()
@click.option("--labels", metavar="FILE", help="Write the qrels here. [default: standard output]")
@click.option("--queries", metavar="FILE", help="Also write the requests, as JSON lines.")
@click.option("--second", is_flag=True, help="The second person's labels.")
@click.pass_obj
def export(call: Call, *, labels: str | None, queries: str | None, second: bool) -> None:
    """Write labels out as qrels, and the requests that they are of. Requests are people's words: keep them safe."""
    from firstfive.app import labelling

    with call.open() as project:
        lines = labelling.qrels_lines(project, "second" if second else "first")
        asked = labelling.requests(project)
    if queries:
        _write(queries, [encoded({"qid": qid, "text": text}) for qid, text in asked.items()])
    if labels:
        _write(labels, lines)
    told = f"{len(lines):,} labels written to {labels}." if labels else "\n".join(lines)
    call.answer({"labels": len(lines), "file": labels, "qrels": None if labels else lines}, told)


def _write(file: str, lines: list[str]) -> None:
    from firstfive.errors import SourceError

    try:
        Path(file).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as wrong:
        raise SourceError(
            f"{file} cannot be written: {wrong.strerror or wrong}; choose another place", code="measure.files"
        ) from wrong
