"""The command about facts: describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Call, Command, plain

if TYPE_CHECKING:
    from firstfive.app.coverage import Covered, Described, Proposals, Quoted


@click.command(cls=Command, stopped="Stopped. What was asked of a model is kept.")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--propose", is_flag=True, help="Propose facts to declare, from a sample of the items.")
@click.option(
    "--sample", type=click.IntRange(1), default=50, show_default=True, help="With --propose: items in the sample."
)
@click.option("--write", is_flag=True, help="With --propose: add the proposals to firstfive.toml.")
@click.pass_obj
def describe(call: Call, *, ids: tuple[str, ...], propose: bool, sample: int, write: bool) -> None:
    """Show the facts of items, each with the words that state it; without IDs, how well each fact covers the catalogue.

    With --propose: facts that would suit the catalogue, as lines for firstfive.toml, with how well each covers a
    sample. Where a model is set it is asked once for proposals, and once for each item of the sample.
    """
    if propose and ids:
        raise click.UsageError("--propose looks at a sample of its own: leave the ids out.")
    if write and not propose:
        raise click.UsageError("--write adds what --propose proposes: give both.")
    if propose:
        _propose(call, sample, write=write)
    elif ids:
        _items(call, ids)
    else:
        _coverage(call)


def _items(call: Call, ids: tuple[str, ...]) -> None:
    from firstfive.app.coverage import described

    with call.open() as project:
        found = described(project, ids)
    call.answer(found, "\n\n".join(_item(one) for one in found))


def _item(one: Described) -> str:
    head = f"{plain(one.title) or plain(one.item)} [{plain(one.item)}]"
    return "\n".join([head, *(_fact(fact) for fact in one.facts)]) if one.facts else f"{head}\n  no facts"


def _fact(one: Quoted) -> str:
    from firstfive.app.coverage import as_text

    fact = one.fact
    line = f"  {fact.name}: {plain(as_text(fact))}  ({fact.how}, {fact.confidence:.2f}, by {plain(fact.by)})"
    return f"{line}\n    “{plain(one.quote)}”" if one.quote else line


def _coverage(call: Call) -> None:
    from firstfive.app.coverage import coverage

    with call.open() as project:
        found = coverage(project)
    text = "\n".join(_table(found)) if found else f"No facts are declared. {call.next('describe --propose')}"
    call.answer([_told(one) for one in found], text)


def _table(found: list[Covered]) -> list[str]:
    width = max(len(one.name) for one in found)
    head = f"{'fact':<{width}}  stated  inferred  not stated  in filters  confidence  by"
    rows = [head, *(f"{one.name:<{width}}  {_row(one)}" for one in found), f"of {found[0].items:,} items"]
    absent = ", ".join(one.name for one in found if not one.by)
    if absent:
        rows.append(f"Found in no item: {absent}. Say in `about` what the texts call it, or give a field of that name.")
    return rows


def _row(one: Covered) -> str:
    def share(n: int) -> str:
        return f"{n / max(1, one.items):.0%}"

    by = ", ".join(f"{plain(who)} {n:,}" for who, n in one.by.items())
    confidence = f"{one.confidence:.2f}" if one.by else "-"
    counts = f"{share(one.stated):>6}  {share(one.inferred):>8}  {share(one.unknown):>10}  {share(one.sure):>10}"
    return f"{counts}  {confidence:>10}  {by}"


def _told(one: Covered) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(one), "unknown": one.unknown}


def _propose(call: Call, sample: int, *, write: bool) -> None:
    from firstfive.app import coverage

    with call.open() as project:
        found = coverage.propose(project, sample, progress=call.progress())
        file = coverage.declare(project, found.facts) if write and found.facts else None
    if found.stopped:
        click.echo(f"The model was not heard in full: {plain(found.stopped)}", err=True)
    after = f"Added to {file}. {call.next('build')}" if file else ""
    call.answer(_json(found), "\n".join([*_lines(found), *([after] if after else [])]))


def _lines(found: Proposals) -> list[str]:
    if not found.facts:
        return ["Nothing in the sample is worth a fact that is not declared already."]
    return [one.toml for one in found.facts]


def _json(found: Proposals) -> dict[str, object]:
    facts = [
        {
            "name": one.name,
            "settings": one.settings,
            "source": one.source,
            "covered": _told(one.covered),
            "toml": one.toml,
        }
        for one in found.facts
    ]
    return {"items": found.items, "facts": facts, "stopped": found.stopped}
