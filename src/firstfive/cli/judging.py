"""The command that judges a judge: judge."""

from __future__ import annotations

import click

from firstfive.cli.frame import Call, Command


@click.command(cls=Command)
@click.option("--queries", metavar="FILE", help="JSONL, CSV or TSV with qid and text.")
@click.option("--labels", metavar="FILE", help="A person's grades: qid 0 id grade. [default: those of /studio/label]")
@click.option("--second", metavar="FILE", help="Another person's grades of the same items, or of a part of them.")
@click.option("--model", default="", metavar="PROVIDER:MODEL", help="The judge. [default: models.judge]")
@click.option("--rule", default="", metavar="BARS", help='Other bars, such as "agreement 0.5, injected 0.1".')
@click.pass_context
def judge(
    context: click.Context, *, queries: str | None, labels: str | None, second: str | None, model: str, rule: str
) -> None:
    """Whether a model's grades may be believed: TRUSTED, UNTRUSTED or INCONCLUSIVE. Six calls a labelled item.

    Without files, held against the labels that people gave at /studio/label. The verdict is kept for this model and
    this version of the prompt. Exits 0, 1 or 3.
    """
    from firstfive.app import judging
    from firstfive.guard import printable

    call = context.ensure_object(Call)
    with call.open() as project:
        report = judging.judge(
            project, queries, labels, second=second, model=model, rule=rule, progress=call.progress()
        )
    call.answer(report, printable("\n".join(report.lines()))[0])
    context.exit(report.exit)
