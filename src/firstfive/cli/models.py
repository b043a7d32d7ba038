"""Commands about models: list and test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Branch, Call, plain

if TYPE_CHECKING:
    from firstfive.app.models import Configured, Tested, Tried

NONE = (
    'The settings name no model of a provider: set models.llm to "PROVIDER:MODEL", such as "openai:MODEL" or '
    '"local:FILE.gguf". Everything works without one.'
)


@click.group(cls=Branch)
def models() -> None:
    """List the models that the settings name, and test whether they answer."""


@models.command("list")
@click.pass_obj
def list_(call: Call) -> None:
    """The models in the order in which they are tried: address, where the key is read, price. Calls nobody."""
    from firstfive.app.models import configured

    with call.open() as project:
        found = configured(project)
    call.answer(found, "\n".join(map(_line, found)) or NONE)


def _line(one: Configured) -> str:
    about = [one.role, one.api, one.url, f"key {one.key}" if one.key else "", _price(one)]
    return f"{one.model}: {plain(', '.join(filter(None, about)))}"


def _price(one: Configured) -> str:
    if one.missing:
        return f"no price: {one.missing}"
    if one.price is None:
        return "costs nothing"
    return f"${one.price.input:g} in and ${one.price.output:g} out for a million tokens"


@models.command()
@click.pass_obj
def test(call: Call) -> int:
    """One smallest call for each thing that a model can do: seconds, price, and what works.

    Costs a fraction of a cent a model, within the budget. Exits 1 where a model does not answer.
    """
    from firstfive.app import models as use

    with call.open() as project:
        found = []
        for one in use.test(project):
            found.append(one)
            if not call.json:
                click.echo(_result(one))
    if call.json or not found:
        call.answer(found, NONE)
    return int(any(one.error for one in found))


def _result(one: Tested) -> str:
    """The model's line, and below it one for each thing that was tried."""
    return "\n  ".join((_head(one), *map(_tried, one.tried)))


def _head(one: Tested) -> str:
    head = f"{one.model} ({one.role})"
    if one.error:
        return f"{head}: {one.code}: {plain(one.error)}"
    if not one.tried:
        return f"{head}: answers what was recorded"
    can = [
        f"{one.seconds:.2f} s, the first {one.first_s:.2f} s",
        f"${one.cost_usd:.6f}",
        "" if one.schema is None else f"schema {_yes(one.schema)}",
        "" if one.logprobs is None else f"log-probabilities {_yes(one.logprobs)}",
        f"vectors of {one.vector:,} numbers" if one.vector else "",
        "" if one.tokens else "does not say how many tokens it counted: each call is charged at its dearest",
    ]
    return f"{head}: {', '.join(filter(None, can))}"


def _tried(call: Tried) -> str:
    if not call.error:
        return f"{call.what}: works, {call.seconds:.2f} s, ${call.cost_usd:.6f}"
    why = f"{call.code}: {call.error}" if call.code else call.error
    return f"{call.what}: does not work, {call.seconds:.2f} s, ${call.cost_usd:.6f}: {plain(why)}"


def _yes(works: bool) -> str:
    return "yes" if works else "no"
