"""Commands about prompts: prompt list, show, diff, test, label and rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, plain

if TYPE_CHECKING:
    from firstfive.app.prompts import Listed, Tested
    from firstfive.prompts import Prompt

COLOURS = {"+": "green", "-": "red", "@": "cyan"}
"""Of a diff's lines, by their first character."""


@click.group(cls=Branch)
def prompt() -> None:
    """List, show, compare, test, label and roll back prompts. A prompt is named NAME, NAME@VERSION or NAME@LABEL."""


@prompt.command("list")
@click.pass_obj
def list_(call: Call) -> None:
    """Every prompt: its versions, the one in force, and what it is for."""
    from firstfive.app import prompts

    with call.open() as project:
        found = prompts.list_prompts(project.prompts)
    call.answer(found, "\n".join(map(_line, found)))


def _line(one: Listed) -> str:
    versions = " ".join(f"{version}{'*' if version in one.own else ''}" for version in one.versions)
    own = "  (* is yours)" if one.own else ""
    return (
        f"{plain(one.name)}  production {one.production}, latest {one.latest}, versions {versions}{own}\n"
        f"  {plain(one.about)}\n  Used by {plain(one.used_by) or 'nothing that firstfive ships'}"
    )


@prompt.command()
@click.argument("name")
@click.option("--rendered", is_flag=True, help="Show what a model reads: the first worked example, rendered.")
@click.pass_obj
def show(call: Call, name: str, rendered: bool) -> None:
    """A prompt's file, with its version and digest; without @ the one in production."""
    with call.open() as project:
        one = project.prompts.get(name)
    made = one.example_call(0) if rendered and one.examples else None
    value = {
        "prompt": str(one),
        "digest": one.digest,
        "canary": one.canary,
        **{part: getattr(one, part) for part in ("about", "used_by", "data", "values", "schema", "choices")},
        **{part: getattr(one, part) for part in ("max_tokens", "system", "user", "notes", "examples", "file")},
        "rendered": {"system": made.system, "text": made.text} if made else None,
    }
    call.answer(value, f"{made.system}\n\n{made.text}" if made else _head_and_file(one))


def _head_and_file(one: Prompt) -> str:
    from pathlib import Path

    return f"# {one.name_and_digest}  {one.file}\n{_safe(Path(one.file).read_text('utf-8'))}".rstrip()


def _safe(text: str) -> str:
    """Lines without what could steer a terminal."""
    from firstfive.guard import printable

    return printable(text)[0]


@prompt.command()
@click.argument("name")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.pass_obj
def diff(call: Call, name: str, before: str, after: str) -> None:
    """What changed from version or label A to B, as a unified diff."""
    from firstfive.app import prompts

    with call.open() as project:
        lines = [_safe(line) for line in prompts.diff(project.prompts, name, before, after)]
    coloured = [click.style(line, fg=COLOURS.get(line[:1])) for line in lines]
    call.answer(lines, "\n".join(coloured) or "They are alike.")


@prompt.command()
@click.argument("name")
@click.option("--model", default="", metavar="PROVIDER:MODEL", help="Ask this model, and not the one that is set.")
@click.option("--fresh", is_flag=True, help="Ask again, also where the same was answered before.")
@click.pass_obj
def test(call: Call, name: str, model: str, fresh: bool) -> int:
    """Check a prompt, and run its worked examples through the model that is set. Exits 1 where one fails.

    An example that stands in the prompt is left out of it for its own test.
    """
    from firstfive.app import prompts

    if model:
        call.overrides.append(f"models.llm={model}")
    with call.open() as project:
        tested = prompts.run_examples(project, name, model=model, fresh=fresh)
    call.answer({**_fields(tested), "passed": tested.passed}, "\n".join(_told(call, tested)))
    return int(not tested.passed)


def _fields(tested: Tested) -> dict[str, object]:
    return {part: getattr(tested, part) for part in ("prompt", "problems", "model", "wrong", "cost_usd")}


def _told(call: Call, tested: Tested) -> list[str]:
    if tested.problems:
        return [tested.prompt, *(f"  {plain(problem)}" for problem in tested.problems)]
    if not tested.wrong:
        none = "No model is set, so none was asked."
        return [f"{tested.prompt}: templates, schemas and examples are sound. {none}", call.next("models test")]
    lines = [
        f"  example {number}: {click.style('passed', fg='green') if not wrong else click.style('failed', fg='red')}"
        + "".join(f"\n    {plain(one)}" for one in wrong)
        for number, wrong in enumerate(tested.wrong, 1)
    ]
    passed = sum(not wrong for wrong in tested.wrong)
    cost = f" It cost {tested.cost_usd:.6f} USD." if tested.cost_usd else ""
    return [
        f"{tested.prompt} with {tested.model or 'no answer'}",
        *lines,
        f"{passed} of {len(tested.wrong)} passed.{cost}",
    ]


@prompt.command()
@click.argument("name")
@click.argument("version", type=click.IntRange(1))
@click.option("--label", default="production", show_default=True, help="The label to give it.")
@click.pass_obj
def label(call: Call, name: str, version: int, label: str) -> None:
    """Give a label to a version; `production` puts it in force. A faulty version is refused."""
    from firstfive.app import prompts

    with call.open() as project:
        one = prompts.label(project, name, version, label)
    call.answer({"prompt": str(one), "label": label}, _labelled(call, one, label))


@prompt.command()
@click.argument("name")
@click.option("--label", default="production", show_default=True, help="The label to take back.")
@click.pass_obj
def rollback(call: Call, name: str, label: str) -> None:
    """Give a label back to the version that had it before; a second time, forward again."""
    from firstfive.app import prompts

    with call.open() as project:
        one = prompts.rollback(project, name, label)
    call.answer({"prompt": str(one), "label": label}, _labelled(call, one, label))


def _labelled(call: Call, one: Prompt, label: str) -> str:
    said = f"{one.name_and_digest} is {label} now."
    return (
        f"{said} What an earlier version made is made again by the next build. {call.next('build --dry-run')}"
        * (label == "production")
        or said
    )
