"""Documentation that cannot rot: everything public has its heading, no heading names what is gone, and examples run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import msgspec
import pytest

from conftest import ROOT
from firstfive.cli import main
from firstfive.errors import CODES
from firstfive.measure import MEANINGS
from firstfive.observe import METRICS, Metric
from firstfive.settings import Settings, descriptions, names

if TYPE_CHECKING:
    from firstfive.app.wiring import Project

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
SHARED = {"--project", "--set", "--json", "--help", "--version"}
"""Options of every command, documented once under `firstfive`."""


class Heading(NamedTuple):
    level: int
    text: str
    body: str


class Block(NamedTuple):
    """A fenced code block: its language, the file name behind it, and its lines."""

    language: str
    file: str
    text: str


@cache
def headings(page: str) -> tuple[Heading, ...]:
    """The headings of a page under docs/, each with the text up to the next one; code blocks are no headings."""
    text = re.sub(r"^```.*?^```", "", (DOCS / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    parts = re.split(r"^(#+) (.+)$", text, flags=re.MULTILINE)[1:]
    return tuple(
        Heading(len(level), title.replace("`", "").strip(), body.strip())
        for level, title, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )


def titles(page: str, level: int) -> list[str]:
    return [heading.text for heading in headings(page) if heading.level == level]


def body(page: str, title: str) -> str:
    return next(heading.body for heading in headings(page) if heading.text == title)


def blocks(page: Path) -> Iterator[Block]:
    fence = re.compile(r"^```(\S*)[ \t]*(\S*)[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
    for language, file, text in fence.findall(page.read_text("utf-8")):
        yield Block(language, file, text)


# --- settings, errors, metrics ----------------------------------------------------------------------------------------


def test_every_setting_has_its_heading_and_no_heading_names_one_that_is_gone() -> None:
    assert titles("settings.md", 3) == list(names())


def test_every_section_of_the_settings_has_its_heading() -> None:
    assert titles("settings.md", 2) == list(dict.fromkeys(f"[{name.partition('.')[0]}]" for name in names()))


@pytest.mark.parametrize("name", names())
def test_a_setting_is_documented_with_its_own_words_and_its_default(name: str) -> None:
    text = body("settings.md", name)
    assert descriptions()[name] in text
    assert f"Default: `{msgspec.json.encode(Settings().get(name)).decode()}`" in text


def test_every_error_code_has_its_heading_and_no_heading_names_one_that_is_gone() -> None:
    assert titles("errors.md", 3) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_error_code_is_documented_with_its_meaning_its_statuses_and_what_to_do(code: str) -> None:
    status, leave, retry, meaning = CODES[code]
    text = body("errors.md", code)
    assert meaning in text
    assert (
        f"HTTP {status}, exit status {leave}. {'Trying again can help' if retry else 'Trying the same again'}" in text
    )
    advice = text.removeprefix(meaning).rpartition("HTTP ")[0].strip()
    assert len(advice) >= 15, "say what to do"


def test_every_metric_has_its_heading_and_no_heading_names_one_that_is_gone() -> None:
    measured = [*MEANINGS, *(metric.name for metric in METRICS)]
    assert [title for title in titles("metrics.md", 3) if title != "What the numbers mean"] == measured


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_server_metric_is_documented_with_its_meaning_and_labels(metric: Metric) -> None:
    text = body("metrics.md", metric.name)
    assert metric.meaning in text
    assert [label for label in metric.labels if f"`{label}`" not in text] == []


# --- commands ---------------------------------------------------------------------------------------------------------


def commands(command: click.Command = main, path: str = "firstfive") -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name, groups included, in the order of the help."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


def options(path: str, command: click.Command) -> list[str]:
    """The long names of the command's own options."""
    own = [max(p.opts, key=len) for p in command.params if isinstance(p, click.Option)]
    return own if path == "firstfive" else [name for name in own if name not in SHARED]


def documented_options() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for heading in headings("commands.md"):
        if heading.level == 2:
            found[heading.text] = []
        if heading.level == 3:
            found[[*found][-1]].append(next(iter(re.findall(r"--[a-z-]+", heading.text)), heading.text))
    return found


def test_every_command_has_its_heading_and_no_heading_names_one_that_is_gone() -> None:
    assert titles("commands.md", 2) == [path for path, _ in commands()]


def test_every_option_has_its_heading_under_its_command_and_none_names_one_that_is_gone() -> None:
    expected = {path: sorted(options(path, command)) for path, command in commands()}
    assert {path: sorted(found) for path, found in documented_options().items()} == expected


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_command_and_option_explains_itself_in_its_help(path: str, command: click.Command) -> None:
    assert command.help
    unexplained = [p.name for p in command.params if isinstance(p, click.Option) and not p.help and p.name != "version"]
    assert unexplained == []


# --- routes -----------------------------------------------------------------------------------------------------------


def test_every_route_has_its_heading_and_no_heading_names_one_that_is_gone(world: Project) -> None:
    from firstfive.server.app import make_app

    app = make_app(world)
    served = {
        f"{method} {getattr(route, 'path', '')}"
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD"
    }
    assert sorted(titles("http.md", 3)) == sorted(served)


def test_every_route_of_the_openapi_document_is_served(world: Project) -> None:
    from firstfive.server.app import make_app

    app = make_app(world)
    described = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    assert described - set(titles("http.md", 3)) == set()


# --- links ------------------------------------------------------------------------------------------------------------


def slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_documentation_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        anchors = (
            {slug(t) for t in re.findall(r"^#+ (.+)$", place.read_text("utf-8"), re.MULTILINE)}
            if place.suffix == ".md" and place.is_file()
            else set()
        )
        if not place.exists() or (anchor and anchor not in anchors):
            broken.append(target)
    assert broken == []


# --- examples run -----------------------------------------------------------------------------------------------------

NOT_RUN = ("cd ", "git ", "make", "pip ", "python -m venv", "source ", ". ", "export ")
"""Commands that set a machine up: continuous integration runs them as such, and not from here."""
STARTS_SERVER = re.compile(r"firstfive( -p \S+)? (serve|demo)\b(?!.*--check)")
UP_S = 120.0


def runnable(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.file or block.language in {"console", "python"}]


@pytest.mark.parametrize("page", [p for p in PAGES if runnable(p)], ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run_one_after_the_other(page: Path, tmp_path: Path) -> None:
    """`console` lines behind `$ ` through a shell, `python` blocks by Python, all in one new folder.

    A block with a file name behind its language is that file. A server that an example starts runs until the end of the
    page. The folder holds the tiny world as items.jsonl, as if the reader had a catalogue of their own. What a page
    quotes of an answer is in it.
    """
    from firstfive.testing.world import write_items

    write_items(tmp_path)
    with servers() as running:
        for block in runnable(page):
            if block.file:
                (tmp_path / block.file).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / block.file).write_text(block.text, "utf-8")
            elif block.language == "python":
                run([sys.executable, "-W", "error", "-c", block.text], tmp_path, block.text)
            else:
                for line, said in examples(block.text):
                    answer = closed_up(try_line(line, tmp_path, running))
                    assert [one for one in said if one not in answer] == [], f"{line}\n{answer}"


def examples(text: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with what is quoted of its answer; a line that ends in a backslash goes on
    in the next one."""
    joined = re.sub(r"\\\n>? ?", "", text)
    of_each = [one.partition("\n") for one in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]]
    return [(line, re.findall("“([^”]+)”", closed_up(answer))) for line, _, answer in of_each]


def closed_up(text: str) -> str:
    """Without white space: a terminal breaks its lines anywhere."""
    return "".join(text.split())


def try_line(line: str, folder: Path, running: list[subprocess.Popen[bytes]]) -> str:
    """What it answers; nothing where it is not run, or is a server."""
    command = line.partition(" #")[0].strip().replace(f":{Settings().server.port}/", f":{port()}/")
    if command.startswith(NOT_RUN):
        return ""
    if STARTS_SERVER.match(command):
        running.append(start(command.removesuffix("&"), folder))
        return ""
    if command.startswith("curl") and shutil.which("curl") is None:
        pytest.fail("this page's examples use curl, which is not installed here")
    return run(["bash", "-o", "pipefail", "-c", command], folder, command)


@cache
def port() -> int:
    """A free port that stands in for the usual one, which somebody may be using."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def surroundings() -> dict[str, str]:
    """The environment of an example: this installation's commands first, and nothing of the tester's own settings."""
    ours = {name for name in os.environ if name.startswith("FIRSTFIVE_")} - {"FIRSTFIVE_CACHE"}
    outside = {name: value for name, value in os.environ.items() if name not in ours}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return outside | {"PATH": path, "COLUMNS": "100", "FIRSTFIVE_SERVER__PORT": str(port())}


def run(words: list[str], folder: Path, shown: str) -> str:
    ran = subprocess.run(
        words, cwd=folder, env=surroundings(), capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, f"{shown}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
    return ran.stdout


def start(command: str, folder: Path) -> subprocess.Popen[bytes]:
    """Starts a server and waits until it accepts connections."""
    words = ["bash", "-c", f"exec {command}"]
    server = subprocess.Popen(words, cwd=folder, env=surroundings(), stdout=subprocess.DEVNULL)
    until = time.monotonic() + UP_S
    while time.monotonic() < until:
        assert server.poll() is None, f"{command} ended with exit status {server.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port())) == 0:
                return server
        time.sleep(0.1)
    server.kill()
    pytest.fail(f"{command} did not listen on port {port()} within {UP_S:.0f} s")


@contextmanager
def servers() -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []
    try:
        yield running
    finally:
        for server in running:
            server.send_signal(signal.SIGINT)
        for server in running:
            server.wait(30)


def test_the_search_for_blocks_and_prompts_finds_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "x\n```console\n$ one \\\n  two\nout “a\n b” “c”\n$ three\n```\n\n"
        "```toml a.toml\nk = 1\n```\n```text\nno\n```\n"
    )
    assert [(b.language, b.file) for b in blocks(page)] == [("console", ""), ("toml", "a.toml"), ("text", "")]
    assert examples(next(blocks(page)).text) == [("one  two", ["ab", "c"]), ("three", [])]


def test_a_failing_example_fails_the_test(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="there is no project"):
        run(["bash", "-c", "firstfive build 2>&1; echo there is no project; exit 1"], tmp_path, "x")
