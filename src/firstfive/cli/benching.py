"""The command that shows what a choice gives and takes: bench."""

from __future__ import annotations

import click

from firstfive.cli.frame import Call, Command


@click.command(cls=Command)
@click.option("--dial", is_flag=True, help="Compare the speeds of the dial: fast, balanced and best.")
@click.option("--queries", metavar="FILE", help="JSONL, CSV or TSV with qid and text. [default: the demo's]")
@click.option("--qrels", metavar="FILE", help="Judgements: qid 0 id grade. [default: the demo's]")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only so many of them, by chance. [default: all]")
@click.option("--stored", is_flag=True, help="Use replies that were paid before; time and price are then of the rest.")
@click.pass_obj
def bench(call: Call, *, dial: bool, queries: str | None, qrels: str | None, sample: int | None, stored: bool) -> None:
    """Quality, time and price of each speed of the dial, side by side. Calls the model, and stores no answers."""
    if not dial:
        raise click.UsageError("Say what to compare: --dial.")
    from firstfive.app.dial import compare_speeds
    from firstfive.guard import printable

    with call.open() as project:
        report = compare_speeds(project, queries, qrels, sample=sample or 0, stored=stored, progress=call.progress())
    call.answer(report, printable("\n".join(report.lines()))[0])
