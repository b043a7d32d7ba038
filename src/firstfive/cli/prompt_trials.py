"""The command that compares versions of a prompt: experiment prompts."""

from __future__ import annotations

import click

from firstfive.cli.frame import Call, Command, plain


@click.command(cls=Command)
@click.argument("name", metavar="NAME")
@click.option(
    "--try", "versions", type=click.IntRange(1), multiple=True, metavar="N", help="Try this one. [default: all]"
)
@click.option("--queries", metavar="FILE", help="For rerank: JSONL, CSV or TSV with qid and text.")
@click.option("--qrels", metavar="FILE", help="Judgements: qid 0 id grade. [default: the grades of a TRUSTED judge]")
@click.option(
    "--items", type=click.IntRange(2), default=100, show_default=True, help="For describe and rewrite: how many items."
)
@click.option("--repeats", type=click.IntRange(1, 20), default=1, show_default=True, help="How often each is asked.")
@click.option("--usd", type=click.FloatRange(0), default=1.0, show_default=True, help="The most that it may cost.")
@click.pass_obj
def prompts(
    call: Call,
    *,
    name: str,
    versions: tuple[int, ...],
    queries: str | None,
    qrels: str | None,
    items: int,
    repeats: int,
    usd: float,
) -> None:
    """Compare versions of a prompt: chosen on one half of requests or items, shown on the other.

    rerank goes by judgements, describe and rewrite by what an item's own words bear out; where only a model could tell,
    a judge that was found TRUSTED does. Exits 3 where it stays open. Nothing is put in force.
    """
    from firstfive.app.prompt_trials import try_prompts

    call.overrides.append(f"budget.run_usd={usd}")
    with call.open() as project:
        found = try_prompts(
            project,
            name,
            versions,
            queries=queries,
            qrels=qrels,
            items=items,
            repeats=repeats,
            progress=call.progress(),
        )
    lines = [plain(line) for line in found.lines()]
    if found.outcome == "better":
        version = found.best.partition("@")[2].split()[0]
        lines.append(call.next(f"prompt label {plain(found.name)} {version}"))
    call.answer(found, "\n".join(lines))
    found.check()
