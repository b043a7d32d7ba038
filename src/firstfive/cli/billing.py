"""What a build would cost, said before it starts; and the yes that it needs above a settable amount."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from firstfive.app.spending import usd
from firstfive.cli.progress import time_
from firstfive.errors import BudgetError

if TYPE_CHECKING:
    from firstfive.app.model_runs import RunReport
    from firstfive.app.pricing import Bill
    from firstfive.cli.frame import Call
    from firstfive.settings import Settings

HEAD = ("step", "calls", "tokens in", "tokens out", "expected", "at most", "time")


def priced(call: Call, *, batch: bool, fresh: bool) -> Bill:
    """What models would do in a build now. No model is called."""
    from firstfive.app.pricing import price_build

    with call.open() as project:
        return price_build(project, call.progress(), batch=batch, fresh=fresh)


def told(bill: Bill) -> str:
    """The bill as a table, and what it means."""
    if not bill.steps:
        return "No step of this build asks a model: it costs nothing."
    there, waiting = (sum(getattr(step, name) for step in bill.steps) for name in ("kept", "waiting"))
    lines = [f"{there:,} results are there already, and cost nothing."] if there else []
    if waiting:
        lines.append(f"{waiting:,} calls are in batch jobs that were submitted; what they may cost is set aside.")
    lines.append(
        f"Expected: {usd(bill.usd_expected)}. At most: {usd(bill.usd_at_most)}. The build may spend "
        f"{usd(bill.allowed_usd)}, calls that have to be repeated included: there it stops, and keeps what it paid for."
    )
    return "\n".join([*_table(bill), *lines])


def _table(bill: Bill) -> list[str]:
    rows = [
        (
            step.step,
            f"{step.calls:,}",
            f"{step.input_tokens:,}",
            f"{step.output_tokens:,}",
            usd(step.usd_expected),
            usd(step.usd_at_most),
            "24 h" if bill.batch and step.calls else time_(step.seconds),
        )
        for step in bill.steps
    ]
    first, *others = (max(map(len, column)) for column in zip(HEAD, *rows, strict=True))
    return [
        f"{row[0]:<{first}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], others, strict=True))
        for row in (HEAD, *rows)
    ]


def agreed(call: Call, *, yes: bool, batch: bool, fresh: bool) -> None:
    """Returns when the build may start, and then it may spend what was agreed to, and no more.

    Raises BudgetError budget.unasked where nobody can be asked, and click.Abort where the answer is no.
    """
    from firstfive.app.pricing import asks_models

    with call.open() as project:
        settings = project.settings
    if not asks_models(settings.models):
        return
    bill = priced(call, batch=batch, fresh=fresh)
    if bill.asks and not yes:
        _ask(call, bill, settings)
    call.overrides.append(f"budget.run_usd={bill.allowed_usd:f}")


def _ask(call: Call, bill: Bill, settings: Settings) -> None:
    if call.json or not sys.stdin.isatty():
        raise BudgetError(
            f"this build may cost {usd(bill.usd_at_most)}, which is more than budget.ask_above_usd = "
            f"{settings.budget.ask_above_usd:g}, and there is nobody to ask; look at `firstfive build --dry-run`, then "
            "say --yes",
            code="budget.unasked",
        )
    click.echo(told(bill), err=True)
    click.confirm("Go on?", abort=True, err=True)


def came_to(step: str, report: RunReport) -> str:
    """A line about what a step asked of models, and paid."""
    parts = [f"{report.made:,} made", f"{report.kept:,} kept"]
    parts += [f"{report.batched:,} of them from batch jobs"] if report.batched else []
    parts += [f"{report.failed:,} without a result (firstfive quarantine)"] if report.failed else []
    parts += [f"{report.again:,} calls made again after a failure"] if report.again else []
    parts += [f"{report.repeated:,} calls repeated that a stopped build had sent"] if report.repeated else []
    return f"{step} by a model: {', '.join(parts)}; it cost {usd(report.spent_usd)}."
