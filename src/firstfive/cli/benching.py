"""The command that shows what a choice gives and takes: bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Call, Command

if TYPE_CHECKING:
    from firstfive.app.baselines import Baselines
    from firstfive.app.dial import DialReport


@click.command(cls=Command)
@click.option("--dial", is_flag=True, help="Compare the speeds of the dial: fast, balanced and best.")
@click.option(
    "--baselines", is_flag=True, help="Language-model driven against traditional: the rankings that must be beaten."
)
@click.option("--queries", metavar="FILE", help="JSONL, CSV or TSV with qid and text. [default: the demo's, or goal's]")
@click.option("--qrels", metavar="FILE", help="Judgements: qid 0 id grade. [default: the demo's, or goal's]")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only so many of them, by chance. [default: all]")
@click.option("--stored", is_flag=True, help="Use replies that were paid before; time and price are then of the rest.")
@click.pass_obj
def bench(
    call: Call,
    *,
    dial: bool,
    baselines: bool,
    queries: str | None,
    qrels: str | None,
    sample: int | None,
    stored: bool,
) -> None:
    """Quality, time and price side by side: of each speed of the dial, or of this project and the classical rankings.

    Stores no answers. Calls the model, where one is set.
    """
    if dial == baselines:
        raise click.UsageError("Say what to compare: --dial or --baselines.")
    if baselines and (sample or stored):
        raise click.UsageError("--sample and --stored go with --dial.")
    from firstfive.guard import printable

    with call.open() as project:
        report: Baselines | DialReport
        if baselines:
            from firstfive.app.baselines import against_baselines

            report = against_baselines(project, queries, qrels, progress=call.progress())
        else:
            from firstfive.app.dial import compare_speeds

            report = compare_speeds(
                project, queries, qrels, sample=sample or 0, stored=stored, progress=call.progress()
            )
    call.answer(report, printable("\n".join(report.lines()))[0])
