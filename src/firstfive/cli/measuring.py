"""The command that measures: evaluate."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from firstfive.cli.frame import Call, Command, plain, typeable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@click.command(cls=Command)
@click.option("--queries", metavar="FILE", help="JSONL, CSV or TSV with qid and text. [with --gate: goal.queries]")
@click.option("--qrels", metavar="FILE", help="Judgements: qid 0 id grade. Without: how far chances can be trusted.")
@click.option("--run", metavar="FILE", help="Measure this TREC run. [default: the Release in use]")
@click.option("--release", metavar="ID", default="", help="Measure this Release. [default: the one in use]")
@click.option("--baseline", metavar="FILE", help="Compare with this TREC run, query by query.")
@click.option("--baseline-release", metavar="ID", default="", help="Compare with this Release, query by query.")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME@K",
    default=("Success@5", "nDCG@10", "RR@10", "R@100"),
    show_default=True,
    help="What to measure. Repeatable.",
)
@click.option(
    "--fail-under", multiple=True, metavar="BAR", help='Exit 1 below it, such as "Success@5 0.7". Repeatable.'
)
@click.option("--diagram", metavar="FILE", help="Also write the reliability diagram as an SVG picture.")
@click.option(
    "--gate", is_flag=True, help="Exit 1 where it misses the [goal] of the settings, 3 where that stays open."
)
@click.option(
    "--compare",
    multiple=True,
    metavar="NAME:KEY=VALUE,...",
    help='Rank in another way too, such as "words only:rank.chars=0,rank.whole=0" or "model:rerank=20". Repeatable.',
)
@click.option("--by", multiple=True, metavar="KIND", help="Also measure by length, language or a field. Repeatable.")
@click.option(
    "--repeats", type=click.IntRange(1, 20), default=1, metavar="N", help="Rank so often with a model. [default: 1]"
)
@click.option("--judged", is_flag=True, help="By the grades of models.judge, corrected by people's labels.")
@click.option("--pool", metavar="FILE", help="Measure nothing: write what people should judge, as a table to fill in.")
@click.option("--pool-run", "pooled", multiple=True, metavar="FILE", help="A TREC run that joins the pool. Repeatable.")
@click.option("--made-up", "folder", metavar="DIR", help="Measure nothing: write requests made up from items.")
@click.option("--number", type=click.IntRange(2), metavar="N", help="How many to make up. [default: goal.made_up]")
@click.pass_obj
def evaluate(
    call: Call,
    /,
    *,
    gate: bool,
    diagram: str | None,
    compare: tuple[str, ...],
    judged: bool,
    pool: str | None,
    pooled: tuple[str, ...],
    folder: str | None,
    number: int | None,
    **wanted: Any,
) -> None:
    """Success@5, nDCG@10, RR@10 and R@100 on judged queries, with 95 % intervals; stores no Slates.

    Against a baseline, or between --compare variants, the paired difference comes with its interval. Beside it: how far
    the stated chances of a match can be trusted. Without judgements that is found out on made-up questions.
    """
    if folder or number:
        _make_up(call, folder, number)
        return
    if pool or pooled:
        _pool(call, pool, pooled, wanted["queries"], wanted["qrels"])
        return
    if judged:
        _judged(call, gate=gate, needless=bool(compare or diagram), **wanted)
        return
    if not wanted["qrels"] and not gate:
        needless = {"measures", "repeats"}
        given = bool(compare) or any(value for name, value in wanted.items() if name not in needless)
        _trust(call, given=given, diagram=diagram)
        return
    if wanted["qrels"] and not wanted["queries"] and not wanted["run"]:
        raise click.UsageError("Give --queries FILE, or --run FILE, or both.")
    if wanted["run"] and (compare or wanted["release"]):
        raise click.UsageError("--compare and --release rank anew, so they cannot be used with --run.")
    if wanted["baseline"] and wanted["baseline_release"]:
        raise click.UsageError("There can be one baseline: --baseline FILE or --baseline-release ID.")
    _measure(call, gate=gate, diagram=diagram, variants=_variants(compare), **wanted)


def _measure(call: Call, *, gate: bool, diagram: str | None, **wanted: Any) -> None:
    """Prints the report before anything that fails in it, so that the numbers are seen."""
    from contextlib import nullcontext

    from firstfive.app import measure
    from firstfive.guard import printable

    by_file = wanted["run"] and wanted["qrels"] and not (gate or wanted["baseline_release"] or wanted["by"])
    with nullcontext() if by_file else call.open() as project:
        report = measure.evaluate(project=project, progress=call.progress(), gated=gate, **wanted)
        found = measure.gate(project, report) if gate and project else None
    lines = [*report.lines(), *(["", *found.lines()] if found else [])]
    call.answer(asdict(report) | {"decision": found} if found else report, printable("\n".join(lines))[0])
    if diagram and report.chances is None:
        raise click.UsageError("--diagram needs chances: no query that was judged has one.")
    if diagram and report.chances:
        _draw(report.chances.svg(), diagram)
    report.check()
    if found:
        found.check()


def _judged(call: Call, *, gate: bool, needless: bool, **wanted: Any) -> None:
    """By a judge's grades and people's labels. At a gate the judge must be TRUSTED."""
    if needless or any(wanted[name] for name in ("run", "baseline", "fail_under", "by")) or wanted["repeats"] > 1:
        raise click.UsageError(
            "--judged goes with --queries, --qrels, --release, --baseline-release, --measure and --gate alone."
        )
    from firstfive.app import judged
    from firstfive.guard import printable

    names = ("queries", "qrels", "measures", "release", "baseline_release")
    with call.open() as project:
        report = judged.evaluate_judged(
            project, gated=gate, progress=call.progress(), **{name: wanted[name] for name in names}
        )
        found = judged.gate_judged(project, report) if gate else None
    lines = [*report.lines(), *(["", *found.lines()] if found else [])]
    call.answer(asdict(report) | {"decision": found} if found else report, printable("\n".join(lines))[0])
    if found:
        found.check()


def _pool(call: Call, out: str | None, runs: Sequence[str], queries: str | None, qrels: str | None) -> None:
    if not out or not queries:
        raise click.UsageError("Give --pool FILE to write, and --queries FILE with the requests.")
    from firstfive.app.pools import write_pool

    with call.open() as project:
        done = write_pool(project, queries, out, runs=runs, qrels=qrels, progress=call.progress())
    known = f" {done.known:,} are judged already and left out." if done.known else ""
    call.answer(
        done,
        f"Wrote {plain(done.file)}: {done.pairs:,} items to judge for {done.requests:,} requests, the first "
        f"{done.depth} of {len(done.rankers)} rankers: {', '.join(map(plain, done.rankers))}.{known}\n"
        f"Write a grade in its last column: 0 for wrong, 1 or more for right.\n"
        f"{call.next(f'evaluate --queries {typeable(queries)} --qrels {typeable(done.file)}')}",
    )


def _make_up(call: Call, folder: str | None, number: int | None) -> None:
    if not folder:
        raise click.UsageError("--number goes with --made-up DIR, the folder to write to.")
    from firstfive.app.seekers import write_seekers

    with call.open() as project:
        n = project.settings.goal.made_up if number is None else number
        done = write_seekers(project, folder, n, progress=call.progress())
    asked, right = (typeable(str(Path(folder) / name)) for name in ("judging.queries.jsonl", "judging.qrels.trec"))
    after = call.next(f"evaluate --queries {asked} --qrels {right}")
    call.answer(done, "\n".join([*map(plain, done.lines()), after]))


def _trust(call: Call, *, given: bool, diagram: str | None) -> None:
    if given:
        raise click.UsageError("Missing option '--qrels': judgements are needed to measure queries or a run.")
    from firstfive.app import measure

    with call.open() as project:
        found = measure.trust(project)
        learned = project.recommender.now().learned
    labels = ["What people's labels make of it is left out: to check that, give requests and --qrels."]
    more = labels if learned and learned != learned.unlabelled else []
    call.answer(found, "\n".join(["On made-up questions that it was not learned from:", *found.lines(), *more]))
    if diagram:
        _draw(found.svg(), diagram)


def _draw(picture: str, file: str) -> None:
    from firstfive.errors import StoreError

    try:
        Path(file).write_text(picture, "utf-8")
    except OSError as error:
        raise StoreError(f"{file} could not be written: {error.strerror}; name a file that can") from error


def _variants(told: Sequence[str]) -> Mapping[str, Sequence[str]]:
    variants = {}
    for one in told:
        name, colon, changes = one.partition(":")
        if not colon or not name.strip() or not changes.strip():
            raise click.UsageError(
                f"--compare {one!r} cannot be read; write NAME:KEY=VALUE, such as words:rank.whole=0"
            )
        variants[name.strip()] = [change.strip() for change in changes.split(",")]
    return variants
