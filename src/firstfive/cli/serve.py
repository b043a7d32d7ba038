"""Commands that serve: serve, and demo."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from firstfive.cli.frame import Call, Command, plain, typeable

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

FOLDER = "firstfive-demo"
WAIT_S = 60.0
"""How long `demo --check` waits for its answer."""


@click.command(cls=Command, stopped="Stopped serving.")
@click.option("--host", metavar="ADDRESS", help="The address to listen on. [default: server.host]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 is any free one. [default: server.port]")
@click.pass_obj
def serve(call: Call, host: str | None, port: int | None) -> None:
    """Answer over HTTP, with a page for seekers, until stopped."""
    from firstfive.app.doubts import unknown_fields

    call.overrides += [f"server.host={host}"] if host else []
    call.overrides += [f"server.port={port}"] if port is not None else []
    with call.open() as project:
        call.warn_of_frozen(project)
        call.warn_of_unbuilt(project)
        for sentence in unknown_fields(project):
            click.echo(f"Note: {plain(sentence)}", err=True)
        _serve(project, lambda address: call.answer({"address": address}, f"Serving at {address}. Ctrl-C stops."))


def _serve(project: Project, started: Callable[[str], None], *, port: int | None = None) -> None:
    """Serves until stopped. One face may not import another, so the server is found by name, as servers find apps."""
    level = project.settings.observe.log.upper()
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("uvicorn", "httpx2"):  # the second has a line for each call of a model
        logging.getLogger(chatty).setLevel(logging.WARNING)
    import_module("firstfive.server").serve(project, port=port, started=started)


@click.command(cls=Command, stopped="Stopped. `firstfive demo` again goes on where it was.")
@click.option("--check", is_flag=True, help="Try the whole path in a temporary folder, print five matches, and end.")
@click.option("--record", metavar="MODEL", help="Let this model do the demo's model work, record it, and end.")
@click.pass_obj
def demo(call: Call, check: bool, record: str | None) -> int:
    """Build the demo catalogue of invented companies and serve it. Its folder is -p, or ./firstfive-demo.

    What a language model does in it is replayed from a record that comes with firstfive, and marked so. --record makes
    that record anew, in the installed package; stopped, it goes on where it was.
    """
    if check:
        return _check(call)
    if record:
        return _record(call, record)
    from firstfive.app.demo import QUESTION, fill, open_demo

    folder = call.folder or FOLDER
    with open_demo(Path(folder), overrides=call.overrides) as project:
        report = fill(project, progress=call.progress())

        def started(address: str) -> None:
            call.answer(
                {"address": address, "folder": folder, "items": report.items},
                f"\n{report.items:,} invented companies are ready.\n\n    Open {address}\n\n"
                "Or ask from another terminal:\n\n    "
                f'firstfive -p {typeable(folder)} recommend "{QUESTION}"\n\nCtrl-C stops.',
            )

        _serve(project, started, port=_port(project))
    return 0


def _record(call: Call, model: str) -> int:
    from firstfive.app.demo import record
    from firstfive.app.wiring import SHIPPED

    folder = Path(call.folder or f"{FOLDER}-record")
    made = record(folder, model, SHIPPED["demo"], overrides=call.overrides, progress=call.progress())
    lines = [f"{made.replies:,} replies of {plain(model)} are in {made.file}, {made.bytes:,} bytes."]
    lines += [f"{step} stopped early: {plain(why)}" for step, why in made.stopped.items()]
    call.answer(made, "\n".join(lines))
    return 4 if made.stopped else 0


def _port(project: Project) -> int:
    """The port of the settings; where that is only the default and something listens there already, any free one."""
    wanted = project.settings.server.port
    if "server.port" in project.settings.origins:
        return wanted
    with socket.socket() as probe:
        return 0 if probe.connect_ex(("127.0.0.1", wanted)) == 0 else wanted


def _check(call: Call) -> int:
    from firstfive.app.asking import unwanted
    from firstfive.app.demo import QUESTION, RIGHT, fill, open_demo
    from firstfive.app.record import create_key
    from firstfive.app.wire import slate_from_json
    from firstfive.cli.asking import pretty

    with (
        TemporaryDirectory(prefix="firstfive-") as folder,
        open_demo(Path(folder), overrides=call.overrides) as project,
    ):
        fill(project, progress=call.progress())
        _, secret = create_key(project, "reader", "demo --check")
        with _server(folder, call.overrides) as address:
            answer = _asked(address, secret, QUESTION)
        slate = slate_from_json(answer)
        refused = () if call.json else unwanted(slate.request, project.recommender.serving)
    click.echo(answer.decode() if call.json else f"{QUESTION}\n\n{pretty(slate, refused)}")
    if len(slate.places) == 5 and any(place.item == RIGHT for place in slate.places):
        return 0
    click.echo(f"The check failed: five matches were wanted, {plain(RIGHT)} among them.", err=True)
    return 1


@contextmanager
def _server(folder: str, overrides: list[str]) -> Iterator[str]:
    """The address of a server in a process of its own, which ends with the `with`."""
    from firstfive.errors import RunError

    settings = [word for override in overrides for word in ("--set", override)]
    command = [sys.executable, "-m", "firstfive", "-p", folder, *settings, "--json", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603  # our own program
    try:
        said = server.stdout.readline() if server.stdout else b""
        if not said:
            raise RunError("the demo's server did not come up; what it said stands above", code="server.busy")
        yield json.loads(said)["address"]
    finally:
        server.terminate()
        server.communicate()


def _asked(address: str, secret: str, question: str) -> bytes:
    headers = {"Content-Type": "application/json", "X-API-Key": secret}
    body = json.dumps({"text": question}).encode()
    request = urllib.request.Request(f"{address}/api/recommend", body, headers)  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310  # loopback
        found: bytes = answer.read()
        return found
