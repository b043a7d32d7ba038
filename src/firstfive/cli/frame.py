"""What every command shares: options for project and settings, how answers and errors are written, exit statuses.

Answers go to stdout, all else to stderr. With --json an answer is one JSON document, an error one problem object.
"""

from __future__ import annotations

import gc
import io
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from firstfive.errors import CODES, FirstFiveError

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Progress

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""
SELDOM = (20_000, 20, 50)
"""When a command's process looks for garbage in cycles (`gc.set_threshold`). At Python's own pace a tenth of the
processor time of a model run went into walking through the providers' libraries again and again."""


@dataclass(slots=True)
class Call:
    """What the shared options said, before or after the command's name."""

    folder: str = ""
    overrides: list[str] = field(default_factory=list)
    json: bool = False

    @property
    def place(self) -> str:
        """The project's folder: -p, or FIRSTFIVE_PROJECT, or this folder."""
        return self.folder or os.environ.get("FIRSTFIVE_PROJECT") or "."

    def open(self) -> Project:
        """The project, to be used in a `with`."""
        from firstfive.app.wiring import open_project

        return open_project(self.place, overrides=self.overrides)

    def warn_of_frozen(self, project: Project) -> None:
        """Says on stderr which --set changes nothing here: those of the Release in use, where it has another value."""
        from firstfive.app.release import list_releases

        set_here = {name for name, origin in project.settings.origins.items() if origin.startswith("--set ")}
        found, used = list_releases(project)
        parts = next((one.parts for one in found if one.id == used), {})
        frozen = [name for name in sorted(set_here & set(parts)) if str(project.settings.get(name)) != parts[name]]
        if frozen:
            click.echo(
                f"{', '.join(frozen)} {'is' if len(frozen) == 1 else 'are'} part of the Release: "
                "run `firstfive build` with it, or compare with `firstfive evaluate --compare`",
                err=True,
            )

    def warn_of_unbuilt(self, project: Project) -> None:
        """Says on stderr how many imported items no answer can have before the next build."""
        from firstfive.app.unbuilt import unbuilt

        if n := unbuilt(project):
            wait = "waits" if n == 1 else "wait"
            click.echo(f"Note: {counted(n, 'imported item')} {wait} for a build: {self.typed('build')}", err=True)

    def progress(self) -> Progress:
        """Bars on a terminal, lines elsewhere, nothing with --json."""
        from firstfive.cli.progress import progress

        return progress(quiet=self.json)

    def next(self, words: str) -> str:
        """A line that names the command to type next, for the same project."""
        return f"Next: {self.typed(words)}"

    def typed(self, words: str) -> str:
        """The command as it is typed for the same project. A file's name in `words` is `typeable` already."""
        return f"firstfive {f'-p {typeable(self.folder)} ' if self.folder else ''}{words}"

    def answer(self, value: object, text: str) -> None:
        """Writes the result: `value` as JSON where --json was given, else `text`."""
        click.echo(encoded(value) if self.json else text)


def encoded(value: object) -> str:
    """A value of records, mappings, sequences and scalars as one line of JSON."""
    import msgspec

    return msgspec.json.encode(value).decode()


def plain(text: str) -> str:
    """Text from outside on one line, without what could steer a terminal."""
    from firstfive.guard import printable

    return " ".join(printable(text)[0].split())


def typeable(word: str) -> str:
    """A file or folder as a shell takes it for one word: in quotes where it has blanks, accents or signs."""
    return shlex.quote(plain(word))


def colours() -> bool | None:
    """False where NO_COLOR is set, for `click.echo`; None: where a terminal shows them."""
    return False if os.environ.get("NO_COLOR") else None


def counted(n: int, noun: str) -> str:
    """So many of them, in words: "1 item", "4,663 items"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def judged_requests(command: Decorated) -> Decorated:
    """The options that name requests and what is right for them, in place of those of `[goal]`."""
    qrels = click.option("--qrels", metavar="FILE", help="Judgements: qid 0 id grade. [default: goal.qrels]")
    about = "JSONL, CSV or TSV with qid and text. [default: goal.queries]"
    return click.option("--queries", metavar="FILE", help=about)(qrels(command))


def shared() -> list[click.Parameter]:
    """The options that every command takes."""

    def kept(change: Callable[[Call, Any], None]) -> Callable[[click.Context, click.Parameter, Any], None]:
        def callback(context: click.Context, _: click.Parameter, value: Any) -> None:
            call = context.ensure_object(Call)
            if value:
                change(call, value)

        return callback

    return [
        click.Option(
            ["-p", "--project"],
            metavar="DIR",
            expose_value=False,
            callback=kept(lambda call, value: setattr(call, "folder", value)),
            help="The project's folder. [default: FIRSTFIVE_PROJECT, or this folder]",
        ),
        click.Option(
            ["--set"],
            metavar="KEY=VALUE",
            multiple=True,
            expose_value=False,
            callback=kept(lambda call, value: call.overrides.extend(value)),
            help="Override a setting. Repeatable.",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=kept(lambda call, value: setattr(call, "json", value)),
            help="Answer in JSON.",
        ),
    ]


class Command(click.Command):
    """A command with the shared options. `stopped` is said after Ctrl-C."""

    def __init__(self, *args: Any, stopped: str = "Stopped.", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared()
        self.stopped = stopped

    def invoke(self, ctx: click.Context) -> Any:
        """The command's exit status; None is 0."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(f"\n{self.stopped}", err=True)
            return STOPPED


class Branch(click.Group):
    """A command with commands below it, such as `release list`."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names. UsageError with the nearest name where there is none."""
        from difflib import get_close_matches

        near = get_close_matches(args[0], self.list_commands(ctx), n=1)
        if near and near[0] != args[0] and not args[0].startswith("-"):
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared()


class Entry(NamedTuple):
    """Where a command is ("module:name" in this package) and its line in the help."""

    where: str
    help: str


class Root(Branch):
    """The whole command line. Loads a command's module when that command is asked for."""

    def __init__(self, *args: Any, entries: Mapping[str, Entry], **kwargs: Any) -> None:
        super().__init__(*args, context_settings={"help_option_names": ["-h", "--help"]}, **kwargs)
        self.entries = entries
        self.params.insert(0, _Version(["--version"], is_flag=True, is_eager=True, expose_value=False))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which a newcomer meets them."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name."""
        if cmd_name not in self.entries:
            return None
        module, _, name = self.entries[cmd_name].where.partition(":")
        command: click.Command = getattr(import_module(f"firstfive.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """From the table, so that help loads no command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command and exits with its status."""
        words = list(sys.argv[1:] if args is None else args)

        extra.setdefault("color", colours())

        def run() -> Any:
            return super(Root, self).main(words, prog_name, complete_var, standalone_mode=False, **extra)

        if not standalone_mode:
            return run()
        gc.set_threshold(*SELDOM)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # other codepages than UTF-8 lack letters that items have
                stream.reconfigure(errors="replace")
        return sys.exit(_status(run, "--json" in words))


class _Version(click.Option):
    """Answers before all else, and as `--json` asks wherever that stands."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        if opts.get("version"):
            from importlib.metadata import version

            number = version("firstfive")
            Call(json="json" in opts or "--json" in args).answer({"firstfive": number}, f"firstfive {number}")
            ctx.exit()
        return super().handle_parse_result(ctx, opts, args)


def _status(run: Callable[[], Any], as_json: bool) -> int:
    """Runs to an exit status: the one place where an error becomes a message."""
    try:
        return run() or 0
    except FirstFiveError as known:
        return _report(known.code, str(known), as_json)
    except click.ClickException as usage:
        if as_json:
            return _report("usage", usage.format_message(), as_json)
        usage.show()
        return usage.exit_code
    except click.Abort:
        return STOPPED
    except OSError as failed:
        return _report(_of_system(failed), _told(failed), as_json)
    except Exception as unforeseen:  # noqa: BLE001  # the top of the process: no traceback at people
        kind = type(unforeseen).__name__
        return _report(
            "server.internal",
            f"firstfive failed in a way it did not foresee ({kind}: {unforeseen}); "
            "set FIRSTFIVE_DEBUG=1 and run it again to see where, and please report it",
            as_json,
        )


def _of_system(failed: OSError) -> str:
    import errno

    return "store.full" if failed.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else "server.internal"


def _told(failed: OSError) -> str:
    where = f"{failed.filename}: " if failed.filename else ""
    return f"{where}{failed.strerror or failed}; check the path, the space and the permissions there"


def _report(code: str, message: str, as_json: bool) -> int:
    if os.environ.get("FIRSTFIVE_DEBUG"):
        traceback.print_exc()
    status, leave, retry, meaning = CODES.get(code) or (400, 2, False, "The command line cannot be read.")
    text = plain(message)
    told = f"{click.style('Error', fg='red', bold=True)}: {text}"
    if as_json:
        problem = {"title": meaning, "status": status, "detail": text, "code": code, "retry": retry}
        told = encoded({"type": f"urn:firstfive:{code}", **problem})
    with suppress(BrokenPipeError):
        click.echo(told, err=True, color=colours())
    return leave
