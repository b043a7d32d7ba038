"""The command that judges a judge: judge."""

from __future__ import annotations

import click

from firstfive.cli.frame import Call, Command


@click.command(cls=Command)
@click.option("--queries", required=True, metavar="FILE", help="JSONL, CSV or TSV with qid and text.")
@click.option("--labels", required=True, metavar="FILE", help="A person's grades, 0 to 3: qid 0 id grade.")
@click.option("--second", metavar="FILE", help="Another person's grades of the same items, or of a part of them.")
@click.option("--model", default="", metavar="PROVIDER:MODEL", help="The judge. [default: models.llm]")
@click.option("--rule", default="", metavar="BARS", help='Other bars, such as "agreement 0.5, injected 0.1".')
@click.pass_context
def judge(context: click.Context, *, queries: str, labels: str, second: str | None, model: str, rule: str) -> None:
    """Whether a model's grades may be believed: TRUSTED, UNTRUSTED or INCONCLUSIVE. Six calls a labelled item.

    Exits 0, 1 or 3.
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
