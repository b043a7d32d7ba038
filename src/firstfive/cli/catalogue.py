"""Commands about what is in a project: init, settings, import, quarantine, item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, Command, counted, plain, typeable
from firstfive.errors import SourceError

if TYPE_CHECKING:
    from firstfive.app.collect import ImportReport
    from firstfive.app.hiding import Hiding

SHOWN = 50
"""Rows of the quarantine that are listed without --json."""


@click.command(cls=Command)
@click.argument("folder", required=False, metavar="[DIR]")
@click.pass_obj
def init(call: Call, folder: str | None) -> None:
    """Write a commented firstfive.toml into DIR (made where it is missing; default: the project's folder)."""
    from firstfive.app.wiring import init_project

    call.folder = folder or call.folder
    file = init_project(call.place)
    call.answer({"file": str(file)}, f"Wrote {file}.\n{call.next('import FILE')}")


@click.command(cls=Command)
@click.pass_obj
def settings(call: Call) -> int:
    """Show every setting: its value and where that came from. Works outside a project too.

    Exits 2 where one would make another command fail, and says which.
    """
    from pathlib import Path

    from firstfive.app.doubts import wrong
    from firstfive.cli.frame import encoded
    from firstfive.settings import Settings, shown

    loaded = Settings.load(Path(call.place), overrides=call.overrides)
    found = [(name, shown(name, value), origin) for name, value, origin in loaded.items()]
    rows = [(name, encoded(value), origin) for name, value, origin in found]
    width = max(len(f"{name} = {value}") for name, value, origin in rows if origin == "default")
    call.answer(
        [{"name": name, "value": value, "origin": origin} for name, value, origin in found],
        "\n".join(f"{f'{name} = {value}':<{width}}  {origin}" for name, value, origin in rows),
    )
    doubts = wrong(loaded, Path(call.place))
    _note(doubts)  # before the project is opened: that may fail
    _note(_of_fields(call))
    return 2 if doubts else 0


def _note(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        click.echo(f"Note: {plain(sentence)}", err=True)


def _of_fields(call: Call) -> list[str]:
    """What the page is to show and cannot, where there is a Release that says so."""
    from pathlib import Path

    from firstfive.app.doubts import unknown_fields

    if not Path(call.place, "releases").is_dir():
        return []
    with call.open() as project:
        return unknown_fields(project)


@click.command(cls=Command, stopped="Stopped. What was read is kept: the same import again changes only what is left.")
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("--id", "id_", default="", metavar="COL", help="The column that names an item.")
@click.option("--title", default="", metavar="COL", help="The column with the item's name.")
@click.option("--text", multiple=True, metavar="COL", help="A column that describes the item. Repeatable.")
@click.option(
    "--field", multiple=True, metavar="COL", help='A column kept for filters; "*" keeps the rest. Repeatable.'
)
@click.option("--guess", is_flag=True, help="Guess columns that are not named anew, and not as the last import did.")
@click.option("--vectors", metavar="FILE", help="Your own vectors for the items: .npy beside its ids, or Parquet.")
@click.option("--max-bad", type=click.FloatRange(0, 1), metavar="SHARE", help="Exit 1 above this share of bad rows.")
@click.option("--add", is_flag=True, help="This is not the whole catalogue: retire nothing that is missing from it.")
@click.option("--full", is_flag=True, help="This is the whole catalogue, even where most of the items are gone.")
@click.pass_obj
def bring_in(
    call: Call,
    *,
    sources: tuple[str, ...],
    id_: str,
    title: str,
    text: tuple[str, ...],
    field: tuple[str, ...],
    guess: bool,
    vectors: str | None,
    max_bad: float | None,
    add: bool,
    full: bool,
) -> int:
    """Take in the catalogue: CSV, TSV, JSONL, Parquet, HTML in a folder or archive, or plain text; .gz as it comes.

    Each import is the whole catalogue: an item that vanished is retired, unless --add is given. Where that would be
    more than half of the items, nothing is retired without --full. Rows that cannot be used go to quarantine. Exits 1
    where they are more than --max-bad, where a source is empty, and where --full was missing.
    """
    if not sources and not vectors:
        raise click.UsageError("Missing argument 'SOURCE...' (or --vectors FILE).")
    if add and full:
        raise click.UsageError("--add and --full contradict each other: is this the whole catalogue or not?")
    from firstfive.app.collect import import_sources, import_vectors

    report, matched = None, None
    with call.open() as project:
        if vectors:  # first, since a file of vectors is right or wrong as a whole
            matched = import_vectors(project, vectors, progress=call.progress())
        if sources:
            with _beside(matched):
                report = import_sources(
                    project,
                    sources,
                    id=id_,
                    title=title,
                    text=text,
                    field=field,
                    full=full or (False if add else None),
                    max_bad=max_bad,
                    guess=guess,
                    progress=call.progress(),
                )
    call.answer({"pages": report, "vectors": matched}, "\n".join(_summary(call, report, matched)))
    return int(report is not None and report.doubtful)


@contextmanager
def _beside(vectors: int | None) -> Iterator[None]:
    """Adds to an error what was done before it."""
    try:
        yield
    except SourceError as wrong:
        if vectors is None:
            raise
        raise SourceError(f"{wrong}; the {vectors:,} vectors were imported already", code=wrong.code) from wrong


def _summary(call: Call, report: ImportReport | None, vectors: int | None) -> list[str]:
    lines: list[str] = []
    if report:
        lines += [plain(sentence) for sentence in report.guessed]
        counts = [(name, getattr(report, name)) for name in ("new", "changed", "same", "revived", "retired", "bad")]
        told = ", ".join(f"{n:,} {name}" for name, n in counts if n) or "nothing in it"
        lines.append(f"Imported {counted(report.total, 'row')} in {report.seconds:.1f} s: {told}.")
        if report.bad:
            lines.append(f"What could not be used is in quarantine: {call.typed('quarantine')}")
        lines += _kept(report)
    if vectors is not None:
        lines.append(f"Imported {vectors:,} vectors.")
    if vectors is not None or (report and report.total > report.bad):
        lines.append(call.next("build"))
    return lines


def _kept(report: ImportReport) -> Iterator[str]:
    """Why nothing was retired, and what to do about it."""
    if report.too_bad:
        yield (
            f"{report.bad:,} of {report.total:,} rows are {report.bad / report.total:.2%}, more than the "
            f"{report.allowed:.2%} that --max-bad allows, so nothing was retired and the exit status is 1."
        )
    if report.waiting:
        yield (
            f"Not in it: {counted(report.waiting, 'item')}. To retire what is not in it, mend the rows in quarantine "
            "or allow more with --max-bad SHARE, and import again; --full alone does not do it."
        )
    yield from (f"There is nothing in {plain(source)}, so nothing was retired." for source in report.empty)
    if report.spared:
        taken = f"{counted(report.new + report.revived, 'item')} that it added and {report.changed:,} that it changed"
        yield (
            f"Not in it: {counted(report.spared, 'item')}, more than half of the catalogue, so nothing was retired. "
            f"What is in it was taken in all the same: {taken}. If it was the wrong file, import the right one with "
            "--full, which takes that back. If it is the whole catalogue, say --full; if it is only an addition, --add."
        )


@click.command(cls=Command)
@click.pass_obj
def quarantine(call: Call) -> None:
    """Show what could not be imported: where it stands, why, and what to do."""
    from firstfive.app import collect

    with call.open() as project:
        rejected = collect.quarantine(project)
    shown = [
        f"{plain(row.source)}{f':{row.line}' if row.line else ''}\n  {plain(row.reason)}\n  {plain(row.advice)}"
        + (f"\n  > {plain(row.excerpt)}" if row.excerpt else "")
        for row in rejected[:SHOWN]
    ]
    if len(rejected) > SHOWN:
        shown.append(f"... and {len(rejected) - SHOWN:,} more; --json lists them all")
    call.answer(rejected, "\n".join(shown) or "Nothing is in quarantine.")


@click.group(cls=Branch)
def item() -> None:
    """Hide an item from every answer at once, without a build, or show it again."""


@item.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--only", is_flag=True, help="Hide these alone, and not their copies.")
@click.pass_obj
def hide(call: Call, ids: tuple[str, ...], *, only: bool) -> None:
    """Leave these items out of every answer from now on, and copies of them whose fields are the same.

    Names near-copies with other fields, which may be shown in their place.
    """
    from firstfive.app import hiding
    from firstfive.types import ItemId

    with call.open() as project:
        done = hiding.hide(project, [ItemId(name) for name in ids], copies=not only)
    n = len(done.copies)
    told = f", and {n:,} {_copies(n)} of {'it' if len(ids) == 1 else 'them'}" if n else ""
    left = "Left, since a field differs, though the text is nearly the same"
    _tell(call, done, [f"{done.changed} of {len(ids)} hidden{told}.", *_listed(done.copies)], left, "hide")


@item.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.pass_obj
def show(call: Call, ids: tuple[str, ...]) -> None:
    """Let these items be answered with again, and no others; names copies of them that are still hidden."""
    from firstfive.app import hiding
    from firstfive.types import ItemId

    with call.open() as project:
        done = hiding.show(project, [ItemId(name) for name in ids])
    n = len(done.others)
    left = f"Hidden still: {n:,} {_copies(n)} of {'it' if len(ids) == 1 else 'them'}"
    _tell(call, done, [f"{done.changed} of {len(ids)} shown again."], left, "show")


def _tell(call: Call, done: Hiding, lines: list[str], left: str, command: str) -> None:
    """What was done, the copies that were left with what takes them too, and whether some are not known."""
    if done.others:
        ids = " ".join(typeable(copy) for copy in done.others[:SHOWN])
        dashes = "-- " if any(copy.startswith("-") for copy in done.others[:SHOWN]) else ""
        only = "--only " if command == "hide" else ""
        lines += [
            f"{left}:",
            *_listed(done.others),
            f"To {command} these too: {call.typed(f'item {command} {only}{dashes}{ids}')}",
        ]
    call.answer(done, "\n".join(lines))
    if done.unread:
        wrong = "which may be shown in their place, are not known" if command == "hide" else "are not known"
        click.echo(f"Note: copies {wrong}: {plain(done.unread)}", err=True)


def _listed(copies: Sequence[str]) -> list[str]:
    more = [f"  ... and {len(copies) - SHOWN:,} more; --json lists them all"] if copies[SHOWN:] else []
    return [f"  {plain(copy)}" for copy in copies[:SHOWN]] + more


def _copies(n: int) -> str:
    return "copy" if n == 1 else "copies"
