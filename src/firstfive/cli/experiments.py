"""Experiments with seekers: begin, look, end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, plain
from firstfive.cli.prompt_trials import prompts
from firstfive.cli.releases import SHORT

if TYPE_CHECKING:
    from firstfive.app.experiments import Status
    from firstfive.types import Experiment


@click.group(cls=Branch)
def experiment() -> None:
    """Show seekers two Releases side by side, and find out which finds more matches."""


@experiment.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--candidate", metavar="RELEASE", required=True, help="The Release to try. A beginning of its id will do."
)
@click.option(
    "--against", metavar="RELEASE", default="", help="The Release to hold it against. [default: the one in use]"
)
@click.option(
    "--design",
    type=click.Choice(["ab", "interleaving"]),
    default="ab",
    show_default=True,
    help="ab: each seeker sees one. interleaving: each sees both in one five, which needs fewer visits.",
)
@click.option(
    "--share",
    type=float,
    metavar="PART",
    help="Of seekers, how many get the candidate, or the two interleaved. [default: 0.5; interleaving: 1]",
)
@click.option(
    "--visit-minutes",
    type=float,
    default=30.0,
    show_default=True,
    metavar="MINUTES",
    help="A visit is over when nothing happened for so long.",
)
@click.option("--why", metavar="TEXT", default="", help="What it is to show; kept with it.")
@click.pass_obj
def start(
    call: Call,
    *,
    name: str,
    candidate: str,
    against: str,
    design: str,
    share: float | None,
    visit_minutes: float,
    why: str,
) -> None:
    """Begin an experiment. Whatever answers seekers takes it up with the next request; nothing is restarted.

    Who sees what is drawn by user, or else by visit, and stays the same in every process. One runs at a time, and while
    it does no other Release is put in use.
    """
    from firstfive.app import experiments

    with call.open() as project:
        begun = experiments.start(
            project,
            name,
            candidate,
            against=against,
            design=design,
            share=share,
            visit_minutes=visit_minutes,
            why=why,
        )
    how = "are shown the two interleaved" if design == "interleaving" else "are shown the candidate"
    call.answer(
        _told(begun),
        f"The experiment {name} runs: {begun.share:.0%} of seekers {how}, release {begun.candidate[:SHORT]}; "
        f"the baseline is release {begun.baseline[:SHORT]}.\n{call.next(f'experiment status {name}')}",
    )


@experiment.command()
@click.argument("name", metavar="[NAME]", required=False, default="")
@click.pass_obj
def status(call: Call, name: str) -> int:
    """What is known so far, in one sentence and then in numbers. Look as often as you like: it costs no certainty.

    Without NAME, the experiment that runs, or else the newest. Exits 0 where the candidate is better, 1 where it is
    worse, a guardrail failed or the split is broken, and 3 where nothing is decided.
    """
    from firstfive.app import experiments

    with call.open() as project:
        found = experiments.status(project, name)
    call.answer(_all(found), "\n".join([_head(found.experiment), *found.report.lines(), *_next(call, found)]))
    return found.report.exit


@experiment.command()
@click.argument("name", metavar="[NAME]", required=False, default="")
@click.pass_obj
def stop(call: Call, name: str) -> None:
    """End an experiment. The Release in use answers from the next request on; what was learned stays.

    Without NAME, the one that runs.
    """
    from firstfive.app import experiments

    with call.open() as project:
        ended = experiments.stop(project, name)
        found = experiments.status(project, ended.name)
    call.answer(
        _all(found), "\n".join([f"The experiment {ended.name} ended.", found.report.sentence(), *_next(call, found)])
    )


@experiment.command("off-policy")
@click.option("--release", metavar="ID", required=True, help="The Release to ask about. A beginning of its id will do.")
@click.pass_obj
def off_policy(call: Call, *, release: str) -> int:
    """What a Release would have earned in places that were left to chance (experiment.explore), without showing it.

    Three estimates that fail in different ways, each with its interval; none below 200 effective visitors. Exits 3
    where there is too little, or where the logged chances do not add up.
    """
    from firstfive.app import logged

    with call.open() as project:
        found = logged.earned_by(project, release, progress=call.progress())
    call.answer(found, "\n".join(found.lines()))
    return found.exit


experiment.add_command(prompts)


def _head(one: Experiment) -> str:
    until = f"ended {one.stopped:%Y-%m-%d %H:%M} UTC" if one.stopped else "runs"
    why = f"\nWhy: {plain(one.why)}" if one.why else ""
    return (
        f"{one.name} ({one.design}): release {one.candidate[:SHORT]} against {one.baseline[:SHORT]}, "
        f"since {one.started:%Y-%m-%d %H:%M} UTC, {until}{why}"
    )


def _next(call: Call, found: Status) -> list[str]:
    """What to type next, where there is something to do."""
    one, verdict = found.experiment, found.report.verdict
    if one.stopped is None:
        return [call.next(f"experiment stop {one.name}")] if verdict != "no difference seen yet" else []
    return [call.next(f"promote {one.candidate[:SHORT]}")] if verdict == "better" else []


def _told(one: Experiment) -> dict[str, object]:
    """For programs, without the key of the draw."""
    return {name: value for name, value in asdict(one).items() if name != "seed"}


def _all(found: Status) -> dict[str, object]:
    report = found.report
    more = {"sentence": report.sentence(), "exit": report.exit}
    return {"experiment": _told(found.experiment), **more, "report": report}
