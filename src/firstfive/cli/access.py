"""Commands about who may call and what is kept about people: key and erase."""

from __future__ import annotations

import click

from firstfive.cli.frame import Branch, Call, Command, plain


@click.group(cls=Branch)
def key() -> None:
    """Create, list and revoke the keys that guard the server's API."""


@key.command()
@click.option("--role", type=click.Choice(["operator", "app", "reader"]), required=True, help="What the key may do.")
@click.option("--name", default="", help="What it is for, to recognise it by.")
@click.pass_obj
def create(call: Call, role: str, name: str) -> None:
    """Make a key and print its secret: the only time it is shown, for only its hash is kept."""
    from firstfive.app import record

    with call.open() as project:
        made, secret = record.create_key(project, role, name)
    call.answer(
        {"id": made.id, "role": made.role, "name": made.name, "secret": secret},
        f"{secret}\nSend it as the header X-API-Key; it is shown this once. To end it: key revoke {made.id}",
    )


@key.command("list")
@click.pass_obj
def list_(call: Call) -> None:
    """All keys, without their secrets."""
    from firstfive.app import record

    with call.open() as project:
        keys = record.list_keys(project)
    lines = [
        f"{one.id}  {one.role:<8}  {one.created:%Y-%m-%d}  {plain(one.name)}{'  (revoked)' if one.revoked else ''}"
        for one in keys
    ]
    call.answer(keys, "\n".join(lines) or f"There is no key. {call.next('key create --role app')}")


@key.command()
@click.argument("id_", metavar="ID")
@click.pass_obj
def revoke(call: Call, id_: str) -> None:
    """Withdraw a key: a running server refuses it within seconds."""
    from firstfive.app import record
    from firstfive.types import KeyId

    with call.open() as project:
        record.revoke_key(project, KeyId(id_))
    call.answer({"revoked": id_}, f"Revoked {id_}.")


@click.command(cls=Command)
@click.option("--user", metavar="ID", help="Everything about this user or visit.")
@click.option("--request", metavar="ID", help="The request with this recommId, its answer and its feedback.")
@click.pass_obj
def erase(call: Call, user: str | None, request: str | None) -> None:
    """Remove a user's or a request's data from every table."""
    if bool(user) == bool(request):
        raise click.UsageError("Give either --user ID or --request ID.")
    from firstfive.app import record
    from firstfive.types import RecommId, UserId

    with call.open() as project:
        counts = record.erase(
            project, user=UserId(user) if user else None, request=RecommId(request) if request else None
        )
    told = ", ".join(f"{n:,} from {table}" for table, n in counts.items() if n)
    call.answer({"removed": counts}, f"Removed {told}." if told else "There was nothing to remove.")
