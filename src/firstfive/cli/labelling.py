"""Commands about people's labels: label draw, label import, label export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, counted, plain

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

    person = _person(second=second)
    with call.open() as project:
        n = labelling.bring_in(project, queries, labels, person=person, who=who or person)
    call.answer({"labels": n, "person": person}, f"{n:,} labels of the {person} person taken in. {call.next('judge')}")


@label.command()
@click.option("--labels", metavar="FILE", help="Write the qrels here. [default: standard output]")
@click.option("--queries", metavar="FILE", help="Also write the requests, as JSON lines.")
@click.option("--second", is_flag=True, help="The second person's labels.")
@click.option("--judge", is_flag=True, help="What the judge said, in place of people.")
@click.option("--model", default="", metavar="PROVIDER:MODEL", help="With --judge: which one. [default: models.judge]")
@click.option("--of", metavar="FILE", help="With --judge: of these requests alone, by their qids.")
@click.pass_obj
def export(
    call: Call, *, labels: str | None, queries: str | None, second: bool, judge: bool, model: str, of: str | None
) -> None:
    """Write labels out as qrels, and the requests that they are of. Requests are people's words: keep them safe."""
    from firstfive.app import grades

    if judge and second:
        raise click.UsageError("--second is a person's labels and --judge a model's: take one of the two.")
    if (model or of) and not judge:
        raise click.UsageError("--model and --of go with --judge.")
    with call.open() as project:
        said = grades.by_a_judge(project, model, of) if judge else grades.by_people(project, _person(second=second))
    said.write(labels, queries)
    lines = None if labels else said.lines
    told = f"{len(said.grades):,} grades by {said.who} written to {labels}." if labels else "\n".join(said.lines)
    if said.outdated:
        click.echo(
            f"Left out: {counted(said.outdated, 'grade')} of items whose text changed since; "
            f"`{call.typed('evaluate --judged')}` asks for them anew.",
            err=True,
        )
    numbers = {"labels": len(said.grades), "outdated": said.outdated}
    call.answer({**numbers, "by": said.who, "file": labels, "qrels": lines}, plain(told) if labels else told)


def _person(*, second: bool) -> Person:
    return "second" if second else "first"
