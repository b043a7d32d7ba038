"""Commands about Releases: build and release."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, Command, counted, judged_requests, plain
from firstfive.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from firstfive.app.build import BuildReport
    from firstfive.app.promote import Promotion
    from firstfive.ports import Use
    from firstfive.types import Release

SHORT = 12
"""Digits of a Release's id that are shown; any unique beginning names it."""
FIELDS = 5
"""Fields that are named for cells that could not be read."""


@click.command(cls=Command, stopped="Stopped. What was done is kept: `firstfive build` again goes on where it was.")
@click.option("--no-use", is_flag=True, help="Build, but leave the Release in use as it is.")
@click.option("--dry-run", is_flag=True, help="Say what models would cost in this build, by step, and stop there.")
@click.option("-y", "--yes", is_flag=True, help="Spend what the dry run says, without asking.")
@click.option("--batch", is_flag=True, help="Give new calls to the provider's batch API: cheaper, in up to 24 hours.")
@click.option("--fresh", is_flag=True, help="Use no stored reply of a model, and try again what failed before.")
@click.pass_obj
def build(call: Call, *, no_use: bool, dry_run: bool, yes: bool, batch: bool, fresh: bool) -> int:
    """Make a Release of the catalogue as it is now, and put it in use.

    Only what changed since an earlier build is done again. Stopped or killed at any point, it goes on where it was.
    Pages without text go to quarantine; exits 1 where they are more than import.max_bad. Where models may cost more
    than budget.ask_above_usd, it asks first.
    """
    from firstfive.cli.billing import agreed, priced, told

    if dry_run:
        bill = priced(call, batch=batch, fresh=fresh)
        call.answer(bill, told(bill))
        return 0
    agreed(call, yes=yes, batch=batch, fresh=fresh)
    try:
        return _built(call, use=not no_use, batch=batch, fresh=fresh)
    except BuildError as waiting:
        if not batch or waiting.code != "build.waiting":
            raise
        call.answer({"waiting": str(waiting)}, f"{plain(str(waiting))}.\n{call.next('build')}")
        return 0


def _built(call: Call, *, use: bool, batch: bool, fresh: bool) -> int:
    from firstfive.app.build import build as run
    from firstfive.app.model_runs import one_run
    from firstfive.app.record import forget_old

    with call.open() as project, one_run(batch=batch, fresh=fresh):
        report = run(project, progress=call.progress(), use=use)
        forget_old(project)
    hint = 'recommend "what somebody is looking for"'
    if report.behind:
        hint = f"promote {report.release.id[:SHORT]}"
    elif report.held:
        hint = f"experiment status {report.held}"
    in_use = use and not (report.behind or report.held)
    call.answer(report, "\n".join([_summary(report, in_use=in_use), *_noticed(report), call.next(hint)]))
    return int(report.too_bad)


def _summary(report: BuildReport, *, in_use: bool) -> str:
    made, kept = sum(report.made.values()), sum(report.kept.values())
    release = report.release
    return (
        f"Release {release.id[:SHORT]}{' is in use' if in_use else ' is built'}: {counted(release.items, 'item')}, "
        f"{counted(release.passages, 'passage')}, in {sum(report.seconds.values()):.1f} s "
        f"({counted(made, 'record')} made, {kept:,} kept)."
    )


def _embedder(one: Release) -> str:
    """The embedder's name without the hashes of its files."""
    name = one.parts.get("embedder", "")
    return name.rpartition(":")[0] if name.startswith(("minilm:", "multilingual:", "onnx-")) else name or "none"


def unread_cells(fields: Mapping[str, tuple[int, str]]) -> str:
    """The line about cells of another kind than their column, those of most cells first."""
    most = sorted(fields.items(), key=lambda field: (-field[1][0], field[0]))[:FIELDS]
    cells = (f"{name}, {counted(count, 'cell')} such as '{plain(one)[:40]}'" for name, (count, one) in most)
    return (
        "Some cells could not be read as the rest of their column; filters treat them as not stated: "
        f"{'; '.join(cells)}{'; and more' if len(fields) > FIELDS else ''}."
    )


def _noticed(report: BuildReport) -> list[str]:
    """What a build left out or put together, and what it asked of models, where it did."""
    from firstfive.cli.billing import came_to

    lines = [came_to(step, asked) for step, asked in report.asked.items()]
    lines += [f"{step} stopped early, and rules did the rest: {plain(why)}" for step, why in report.stopped.items()]
    if report.labelled:
        lines.append(f"The chance of a match was learned from {report.labelled:,} requests that people labelled, too.")
    if report.copies:
        lines.append(f"{report.copies:,} near-copies linked: each gives way to the item that it repeats.")
    if report.left_out:
        lines.append(
            f"Lines that repeat on many pages were left out: {report.left_out:,}, such as "
            f"'{plain(report.left_out_such_as)[:60]}'; `firstfive report cleaning` shows them."
        )
    if report.unread:
        lines.append(unread_cells(report.unread))
    if report.rejected:
        lines.append(f"{counted(report.rejected, 'page')} gave no item: `firstfive quarantine`")
    if report.stemmer:
        lines.append(
            f'Most items are in {report.stemmer.capitalize()}: write stemmer = "{report.stemmer}" under [index] in '
            "firstfive.toml and build again, so that a word finds its other forms."
        )
    if report.languages:
        *first, last = (name.capitalize() for name in report.languages)
        lines.append(
            f"Items are in {', '.join(first)} and {last}, and the built-in embedder reads English: run `pip install "
            "'firstfive[multilingual]'`, write embedder = \"multilingual\" under [models] in firstfive.toml and build "
            "again, so that a request finds what is in another language."
        )
    if report.behind:
        lines.append(
            f"It waits beside release {report.behind.id[:SHORT]}, which goes on answering with its own embedder "
            f"({_embedder(report.behind)}): the embedder was changed to {_embedder(report.release)}."
        )
    if report.held:
        lines.append(f"It waits: the experiment {report.held} runs. After it, `firstfive release use` takes it.")
    if report.too_bad:
        pages = report.release.items + report.rejected
        lines.append(
            f"{report.rejected:,} of {pages:,} pages are {report.rejected / pages:.2%}, more than the "
            f"{report.allowed:.2%} that import.max_bad allows, so the exit status is 1, though the Release is built. "
            "Leave these pages out of the import or mend them; where they are rightly without text, write "
            f"max_bad = {_enough(report.rejected, pages)} under [import] in firstfive.toml."
        )
    return lines


def _enough(rejected: int, pages: int) -> float:
    """The least share of whole per cents that a build with so many rejected pages does not exceed."""
    return next(limit for n in range(101) if rejected <= (limit := n / 100) * pages)


@click.command(cls=Command)
@click.argument("id_", metavar="[ID]", required=False, default="")
@judged_requests
@click.option("--judged", is_flag=True, help="By the grades of models.judge, which must be TRUSTED: see `judge`.")
@click.option("--dry-run", is_flag=True, help="Measure and say what would be done, and leave the Release in use.")
@click.option("--force", metavar="REASON", default="", help="Switch whatever comes of it; the reason is kept.")
@click.pass_obj
def promote(
    call: Call, *, id_: str, queries: str | None, qrels: str | None, judged: bool, dry_run: bool, force: str
) -> int:
    """Measure a Release against the one in use, and switch where it is no worse and reaches the [goal].

    Without an ID: the newest that was never in use. Without judged requests, some are made up from the items. Exits 1
    where it is worse or misses a goal, and 3 where the requests do not decide it; then nothing is switched.
    """
    from firstfive.app.promote import promote as run
    from firstfive.guard import printable

    with call.open() as project:
        done = run(
            project,
            id_,
            queries=queries,
            qrels=qrels,
            judged=judged,
            force=force,
            switch=not dry_run,
            progress=call.progress(),
        )
    call.answer(done, printable("\n".join([*done.lines(), "", *_came_of(call, done)]))[0])
    if not done.promoted:
        done.decision.check()
    return 0


def _came_of(call: Call, done: Promotion) -> list[str]:
    """What was switched, and what to type next."""
    if done.promoted:
        back = call.next("release rollback").replace("Next", "To undo it")
        return [f"Release {done.release[:SHORT]} is in use.", back if done.before else ""]
    stays = f"Release {done.before[:SHORT]} stays in use." if done.before else "No Release is in use."
    if done.decision.outcome == "passed":
        return [f"It may be promoted. {stays}", call.next(f"promote {done.release[:SHORT]}")]
    return [stays]


@click.group(cls=Branch)
def release() -> None:
    """List, show, use, roll back and prune Releases. Any unique beginning of an id will do."""


@release.command("list")
@click.pass_obj
def list_(call: Call) -> None:
    """All Releases, newest first, and how each came to be in use; * marks the one that is."""
    from firstfive.app import release as releases

    with call.open() as project:
        found, used = releases.list_releases(project)
        uses = releases.uses(project)
    last = dict(reversed(uses))
    lines = [f"{'*' if one.id == used else ' '} {_line(one)}  {_how(last.get(one.id))}".rstrip() for one in found]
    uses_ = [{"release": id_, **_told(how)} for id_, how in uses]
    call.answer(
        {"in_use": used, "releases": found, "uses": uses_},
        "\n".join(lines) or f"Nothing is built yet. {call.next('build')}",
    )


def _line(one: Release) -> str:
    return f"{one.id[:SHORT]}  {one.created:%Y-%m-%d %H:%M} UTC  {counted(one.items, 'item')}"


@release.command()
@click.argument("id_", metavar="ID")
@click.pass_obj
def show(call: Call, id_: str) -> None:
    """Everything that decided a Release, and each time that it was put in use, with what was measured."""
    from firstfive.app import release as releases

    with call.open() as project:
        one = releases.show(project, id_)
        uses = [how for of, how in releases.uses(project) if of == one.id]
    head = (
        f"{one.id}\n{one.created:%Y-%m-%d %H:%M} UTC, {counted(one.items, 'item')}, {counted(one.passages, 'passage')}"
    )
    parts = (f"  {name}: {value}" for name, value in one.parts.items())
    call.answer(
        asdict(one) | {"uses": [_told(how) for how in uses]},
        "\n".join([head, *parts, *(line for how in uses for line in _evidence(how))]),
    )


WORDS = {
    "build": "put in use by a build",
    "use": "put in use by hand",
    "rollback": "rolled back to",
    "promote": "promoted",
    "force": "promoted by force",
}
"""How a Release came to be in use."""


def _how(how: Use | None) -> str:
    """How a Release came to be in use the last time, in a few words."""
    if how is None:
        return "never in use"
    when, who = f" {how.at:%Y-%m-%d %H:%M}" if how.at else "", f" by {plain(how.who)}" if how.who else ""
    return f"{WORDS.get(how.how, how.how)}{when}{who}"


def _evidence(how: Use) -> Iterator[str]:
    """How it came to be in use, why, and what was measured, a line each."""
    from firstfive.app.promote import evidence_of

    yield _how(how)
    if how.reason:
        yield f"  because: {plain(how.reason)}"
    if evidence := evidence_of(how):
        if evidence.before:
            yield f"  against {evidence.before[:SHORT]}: {plain(evidence.said)}"
        if evidence.measured:
            yield from (f"    {line}".rstrip() for line in evidence.measured.lines())


def _told(how: Use) -> dict[str, object]:
    """A use for programs, its evidence as JSON and not as text."""
    from firstfive.app.promote import evidence_of

    return {"how": how.how, "at": how.at, "who": how.who, "reason": how.reason, "evidence": evidence_of(how)}


@release.command()
@click.argument("id_", metavar="ID")
@click.pass_obj
def use(call: Call, id_: str) -> None:
    """Answer from this Release from now on. A running server follows."""
    from firstfive.app import release as releases

    with call.open() as project:
        one = releases.use(project, id_)
    call.answer(one, f"In use: {_line(one)}")


@release.command()
@click.pass_obj
def rollback(call: Call) -> None:
    """Go back to the Release that was in use before."""
    from firstfive.app import release as releases

    with call.open() as project:
        one = releases.rollback(project)
    call.answer(one, f"In use again: {_line(one)}")


@release.command()
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="How many to keep; the one in use and the one before stay.",
)
@click.pass_obj
def prune(call: Call, keep: int) -> None:
    """Remove old Releases and their files, and what the store keeps for items that are gone.

    The Release in use stays, and the one before it, so that `release rollback` always has somewhere to go.
    An item that comes back after that is cleaned and embedded again.
    """
    from firstfive.app import sweeping

    with call.open() as project:
        pruned = sweeping.prune(project, keep=keep, progress=call.progress())
    told = f"{counted(len(pruned.removed), 'Release')} and {counted(sum(pruned.swept.values()), 'record')}"
    call.answer(
        {"removed": [one.id for one in pruned.removed], "swept": pruned.swept},
        f"Removed {told} of items that are gone.",
    )
