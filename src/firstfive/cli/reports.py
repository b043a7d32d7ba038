"""Commands that show how good it all is, and what was made of the catalogue: report."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, Command, judged_requests, plain
from firstfive.errors import UsageError

if TYPE_CHECKING:
    from firstfive.app.cleaning_report import Change, CleaningReport, Gain, Shown
    from firstfive.app.visited import VisitNumber

EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any visit."""
LAST = datetime(9999, 12, 30)  # noqa: DTZ001  # as click gives a date
"""The last day after which there is another."""
DAYS = click.IntRange(1, 36_500)
"""How many days back: a hundred years at most."""
AROUND = 160
"""Characters of unchanged text that are shown on either side of a change."""

_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
_STYLES = {"same": "", "removed": "strike red", "added": "underline green"}
_TAGS = {"same": "span", "removed": "del", "added": "ins"}


@click.group(cls=Branch, invoke_without_command=True)
@judged_requests
@click.option("--by", multiple=True, metavar="FIELD", help="Also divide requests by this field. Repeatable.")
@click.option("--out", metavar="FILE", help="Where to write the page. [default: report.html in the project's folder]")
@click.option("--days", type=DAYS, default=28, show_default=True, help="How many days of visits to look at.")
@click.option("--with-requests", is_flag=True, help="Put in what people asked, with personal data masked.")
@click.option("--force", is_flag=True, help="Write over a file that is no report of firstfive.")
@click.pass_context
def report(
    context: click.Context,
    *,
    queries: str | None,
    qrels: str | None,
    by: tuple[str, ...],
    out: str | None,
    days: int,
    with_requests: bool,
    force: bool,
) -> None:
    """How good the answers are, how sure that is, and what they cost, as one page for everybody.

    Measures the Release in use on judged requests, or on made-up ones, and shows it beside what was measured before:
    over Releases, by kind of request, time and money, visits, and the ten requests served worst. The page is one file
    that asks for no other and runs no script. What people asked is left out, unless --with-requests puts it in.
    """
    if context.invoked_subcommand:
        if any((queries, qrels, by, out, with_requests, force)) or _given(context, "days"):
            raise click.UsageError(f"Give options after `report {context.invoked_subcommand}`.")
        return
    from firstfive.app.reporting import report as run
    from firstfive.app.reporting import write_whole
    from firstfive.cli.document import as_page
    from firstfive.cli.goal_words import document

    call: Call = context.obj
    with call.open() as project:
        file = Path(out) if out else project.folder / "report.html"
        refuse_others(file, force=force)
        found = run(
            project,
            queries=queries,
            qrels=qrels,
            by=by,
            with_requests=with_requests,
            days=days,
            progress=call.progress(),
        )
    write_whole(file, as_page(document(found)))
    call.answer({**asdict(found), "written": str(file)}, "\n".join(map(plain, found.summary)))
    click.echo(f"Wrote {file}.", err=True)


def _given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


@report.command(cls=Command)
@click.option("--n", type=click.IntRange(0), default=20, show_default=True, help="How many pages to show.")
@click.option("--html", "html_", metavar="FILE", help="Write the report as a web page too.")
@click.option("--gold", metavar="DIR", help="Measure the gain on pages whose true main text this folder has.")
@click.pass_obj
def cleaning(call: Call, *, n: int, html_: str | None, gold: str | None) -> None:
    """What a model changed when it cleaned pages, worst first: most invented, then most lost. Makes no call.

    Removed text is struck, added text underlined; where colours are off, they stand in [-...-] and {+...+}.
    """
    from firstfive.app.cleaning_report import report_cleaning
    from firstfive.app.reporting import write_whole

    with call.open() as project:
        found = report_cleaning(project, n=n, gold=gold, progress=call.progress())
    if html_:
        write_whole(Path(html_), as_html(found))
    call.answer(found, "\n".join([*_totals(found), *_repeated(found), "", *_pages(found)]).rstrip())
    if html_:
        click.echo(f"Wrote {html_}.", err=True)


@report.command(cls=Command)
@click.option("--days", type=DAYS, default=28, show_default=True, help="How many days back to look.")
@click.pass_obj
def visits(call: Call, *, days: int) -> None:
    """What visits to the seeker's page came to: how soon and how often a match was found, with 95 % intervals."""
    from firstfive.app.visited import numbers

    with call.open() as project:
        found = numbers(project, days)
    lines = [f"{found.visits:,} visits in the last {days} days.", *map(_number, found.numbers)]
    call.answer(found, "\n".join(lines))


@report.command(cls=Command)
@click.option("--days", type=DAYS, default=28, show_default=True, help="How many days back to look.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="From this day on, such as 2026-11-02."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Up to and with this day.")
@click.option(
    "--experiment", metavar="NAME", default="", help="Only visits of this experiment, one arm beside the other."
)
@click.option("--with-words", is_flag=True, help="Put in what people wrote, with personal data masked.")
@click.option(
    "--out", metavar="FILE", help="Write it as a page (.html) or as Markdown (.md). [default: print Markdown]"
)
@click.option("--force", is_flag=True, help="Write over a file that is no report of firstfive.")
@click.pass_obj
def pilot(
    call: Call,
    *,
    days: int,
    since: datetime | None,
    until: datetime | None,
    experiment: str,
    with_words: bool,
    out: str | None,
    force: bool,
) -> None:
    """Write up a pilot: what was tried, what came of it, what people said, and what failed.

    Over visits to the seeker's page in these days, UTC. What people wrote is left out, unless --with-words puts it in.
    """
    from firstfive.app.piloting import pilot as run
    from firstfive.app.reporting import write_whole
    from firstfive.cli.document import as_markdown, as_page
    from firstfive.cli.pilot_words import document

    end = (min(until, LAST).replace(tzinfo=UTC) + timedelta(days=1)) if until else datetime.now(UTC)
    begin = since.replace(tzinfo=UTC) if since else EVER if experiment else end - timedelta(days=days)
    if begin >= end:
        raise click.UsageError(f"--since {begin:%Y-%m-%d} comes after --until; change one of them.")
    file = Path(out) if out else None
    if file and file.suffix.lower() not in {".html", ".md"}:
        raise click.UsageError(f"--out {out} ends in neither .html nor .md; name it so.")
    if file:
        refuse_others(file, force=force)
    with call.open() as project:
        found = run(project, begin, end, experiment=experiment, with_words=with_words, progress=call.progress())
    written = document(found)
    if file:
        write_whole(file, as_page(written) if file.suffix.lower() == ".html" else as_markdown(written))
    text = "\n".join(map(plain, written.summary)) if file else as_markdown(written).rstrip()
    call.answer({**asdict(found), "written": out or ""}, text)
    if file:
        click.echo(f"Wrote {file}.", err=True)


def _number(one: VisitNumber) -> str:
    if one.value is None:
        return f"{one.name:<20}  not enough data yet: {one.visits} of {one.needed} visits"
    told = "{:.1f}" if one.unit == "seconds" else "{:.1%}"
    value, low, high = (told.format(number) for number in (one.value.value, one.value.low, one.value.high))
    return f"{one.name:<20}  {value}, 95 % interval [{low}, {high}], {one.visits:,} visits"


def _totals(found: CleaningReport) -> list[str]:
    """The report but for the pages, a sentence a line."""
    lines = [f"{found.pages:,} pages: {found.by_rules:,} cleaned by rules alone, {found.changed:,} by a model."]
    if found.changed:
        lines.append(
            f"Of those {found.rewritten:,} were rewritten in part. Of a page's facts {found.lost:.1%} are gone on "
            f"average; {found.invented:.1%} of what the model wrote was refused as invented, and is in no text."
        )
    if found.refused:
        told = ", ".join(f"{count:,} at {step}" for step, count in found.refused.items())
        lines.append(f"Answers that were not taken, so that what was there before stays: {told}.")
    if found.waiting:
        lines.append(f"{found.waiting:,} pages wait for a model: `firstfive build` asks about them.")
    return [*lines, *(_gained(found.gain) if found.gain else [])]


def _repeated(found: CleaningReport) -> list[str]:
    """The lines that rules left out since they repeat, each with its number of pages."""
    if not found.repeated:
        return []
    lines = [f"  {line.pages:>7,}  {plain(line.text)}" for line in found.left_out]
    return ["", click.style(_repeated_head(found), bold=True), *lines]


def _repeated_head(found: CleaningReport) -> str:
    shown = len(found.left_out)
    more = f"; {shown:,} are shown" if shown < found.repeated else ""
    return f"Lines that repeat on many pages were left out: {found.repeated:,}{more}, with the pages that had them."


def _gained(gain: Gain) -> list[str]:
    lines = [
        f"Main text of {gain.pages:,} pages against the truth: F1 {gain.by_rules:.4f} by rules, {gain.with_model:.4f} "
        f"with the model, a difference of {gain.told()}."
    ]
    if gain.on_changed:
        lines.append(f"On the {gain.changed:,} pages that the model changed: {gain.told(on_changed=True)}.")
    return lines


def _pages(found: CleaningReport) -> list[str]:
    lines = []
    for page in found.worst:
        lines += [click.style(_heading(page), bold=True), _painted(page.changes), ""]
    if found.untouched:
        lines.append(click.style("Cleaned by rules alone, though a model was to do it:", bold=True))
        lines += [f"  {plain(page.id)} ({page.score:.2f}): {plain(page.why)}" for page in found.untouched]
    return lines


def _heading(page: Shown) -> str:
    figures = f"invented {page.invented:.0%}, lost {page.lost:.0%}, score {page.score:.2f}"
    return f"{plain(page.id)}  {plain(page.title)[:80]}\n{figures}, {plain(page.prompt)} by {plain(page.model)}"


def _painted(changes: Sequence[Change]) -> str:
    """The changes with what stands around them, in colours where colours show."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        return "".join(f"{_MARKS[kind][0]}{text}{_MARKS[kind][1]}" for kind, text in _near(changes))
    painted = Text()
    for kind, text in _near(changes):
        painted.append(text, style=_STYLES[kind])
    with console.capture() as shown:
        console.print(painted, soft_wrap=True)
    return shown.get().rstrip("\n")


def _near(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """Kind and readable text of each part; of what is the same, only what is near a change."""
    from firstfive.guard import printable

    parts = []
    for at, one in enumerate(changes):
        text = printable(one.text)[0]
        if one.kind == "same" and len(text) > 2 * AROUND + 40:
            before = text[:AROUND].rpartition(" ")[0] if at else ""
            after = text[-AROUND:].partition(" ")[2] if at + 1 < len(changes) else ""
            text = f"{before} … {after}"
        parts.append((one.kind, text))
    return parts


# --- a web page -------------------------------------------------------------------------------------------------------

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cleaning</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border-top: 1px solid; margin-top: 2rem }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }}
del {{ color: light-dark(#a40000, #ff9d94) }}
ins {{ color: light-dark(#0b5d1e, #8fe3a3) }}
</style>
<h1>Cleaning</h1>
{totals}
{repeated}
{pages}
{untouched}
</html>
"""


def as_html(found: CleaningReport) -> str:
    """The report as a page that needs no other file; all text from outside is escaped."""
    totals = "\n".join(f"<p>{escape(line)}</p>" for line in _totals(found))
    rows = "\n".join(f"<li>{escape(plain(f'{p.id} ({p.score:.2f}): {p.why}'))}</li>" for p in found.untouched)
    untouched = f"<h2>Cleaned by rules alone, though a model was to do it</h2>\n<ul>\n{rows}\n</ul>" if rows else ""
    pages = "\n".join(map(_article, found.worst))
    return _PAGE.format(totals=totals, repeated=_repeated_html(found), pages=pages, untouched=untouched)


def _repeated_html(found: CleaningReport) -> str:
    if not found.repeated:
        return ""
    rows = "\n".join(f"<li>{escape(plain(line.text))} ({line.pages:,})</li>" for line in found.left_out)
    return f"<p>{escape(_repeated_head(found))}</p>\n<ul>\n{rows}\n</ul>"


def _article(page: Shown) -> str:
    head, _, figures = _heading(page).partition("\n")
    parts = "".join(f"<{_TAGS[kind]}>{escape(text)}</{_TAGS[kind]}>" for kind, text in _near(page.changes))
    return f"<article>\n<h2>{escape(head)}</h2>\n<p>{escape(figures)}</p>\n<pre>{parts}</pre>\n</article>"


# --- files ------------------------------------------------------------------------------------------------------------


def refuse_others(file: Path, *, force: bool) -> None:
    """Raises UsageError for a file that is there and is no report of ours, unless forced."""
    from firstfive.cli.document import MARK

    with suppress(OSError):
        if force or not file.exists():
            return
        with file.open("rb") as there:
            if MARK.encode() in there.read(4_000):
                return
    raise UsageError(f"{file} is there and is no report of firstfive; name another file with --out, or give --force")
