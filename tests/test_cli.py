"""The command line's frame: speed, options before and after the command, exit statuses, messages, progress."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from command_line import firstfive, project
from firstfive.cli import main, progress
from firstfive.cli.asking import LONGEST, pretty
from firstfive.cli.frame import SELDOM, Call
from firstfive.errors import CODES
from slates import full


def test_help_loads_nothing_but_click() -> None:
    code = "import sys; from firstfive.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "click" in loaded
    assert not {"numpy", "msgspec", "rich", "sqlalchemy", "fastapi", "uvicorn", "onnxruntime"} & set(loaded)


def test_help_takes_little_longer_than_loading_click() -> None:
    """A third of the 150 ms that it may take on a machine at rest."""

    def took(*command: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began

    pairs = [(took("-m", "firstfive", "--help"), took("-c", "import click")) for _ in range(7)]
    assert min(help_ for help_, _ in pairs) < 3 * min(click for _, click in pairs)


@pytest.mark.parametrize("name", list(main.entries))
def test_every_command_is_there_and_has_help(name: str) -> None:
    ended = firstfive(name, "--help")
    assert ended.status == 0
    assert ended.out.startswith(f"Usage: firstfive {name}")
    assert "--project" in ended.out
    assert "--json" in ended.out


def test_options_are_taken_before_and_after_the_command(tmp_path: Path) -> None:
    (tmp_path / "firstfive.toml").write_text("[rank]\nwords = 3\n")
    before = firstfive("-p", tmp_path, "--set", "rank.chars=4", "--json", "settings")
    after = firstfive("settings", "-p", tmp_path, "--set", "rank.chars=4", "--json")
    assert before.out == after.out
    values = {row["name"]: row["value"] for row in before.answer}
    assert (values["rank.words"], values["rank.chars"]) == (3.0, 4.0)


def test_a_later_set_wins_over_an_earlier_one() -> None:
    ended = firstfive("--set", "rank.words=1", "settings", "--set", "rank.words=2", "--json")
    assert {row["name"]: row["value"] for row in ended.answer}["rank.words"] == 2.0


def test_the_project_comes_from_the_environment_where_no_option_names_it(tmp_path: Path) -> None:
    (tmp_path / "firstfive.toml").write_text("[rank]\nwords = 7\n")
    ended = firstfive("settings", environment={"FIRSTFIVE_PROJECT": str(tmp_path)})
    assert re.search(rf"rank\.words = 7\.0 +{re.escape(str(tmp_path))}", ended.out)


def test_settings_never_print_a_password(tmp_path: Path) -> None:
    for form in ([], ["--json"]):
        ended = firstfive("settings", "--set", "store.database_url=postgresql://me:secret@db/x", *form)
        assert "postgresql://me:***@db/x" in ended.out
        assert "secret" not in ended.out


def test_a_key_that_stands_where_its_place_should_is_printed_nowhere(tmp_path: Path) -> None:
    settings = """
        [models]
        llm = "mine:small"
        [providers.mine]
        api = "openai"
        url = "https://me:secret@models.example/v1"
        key = "secret"
        """
    (tmp_path / "firstfive.toml").write_text(settings)
    for words in (["settings"], ["settings", "--json"], ["models", "list"], ["models", "list", "--json"]):
        ended = firstfive("-p", tmp_path, *words)
        assert "me:***@models.example" in ended.out
        assert "secret" not in ended.out + ended.err


def test_an_unknown_setting_names_the_nearest_one_and_exits_2() -> None:
    ended = firstfive("settings", "--set", "rank.wordz=1")
    assert ended.status == 2
    assert "did you mean rank.words?" in ended.err
    assert ended.out == ""


def test_an_unknown_command_exits_2_and_says_so_in_json_where_asked() -> None:
    assert firstfive("recomend").status == 2
    ended = firstfive("recomend", "--json")
    assert ended.status == 2
    assert ended.problem["code"] == "usage"
    assert "recomend" in ended.problem["detail"]


def test_a_run_to_a_dash_is_a_usage_error_that_says_what_to_name(tmp_path: Path) -> None:
    ended = firstfive("-p", tmp_path, "recommend", "--queries", "q.jsonl", "--run", "-")
    assert (ended.status, "/dev/stdout" in ended.err) == (2, True)


def test_a_server_s_log_has_no_line_for_each_call_of_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    firstfive("init", tmp_path)
    calls = logging.getLogger("httpx2")
    monkeypatch.setattr(calls, "level", logging.NOTSET)
    monkeypatch.setattr("firstfive.server.serve", lambda *_, **__: None)
    assert firstfive("-p", tmp_path, "serve").status == 0
    assert calls.level == logging.WARNING


def test_the_version_is_json_where_asked() -> None:
    for words in (("--json", "--version"), ("--version", "--json")):
        assert list(firstfive(*words).answer) == ["firstfive"]
    assert firstfive("--version").out.startswith("firstfive ")


def test_what_a_caller_said_of_json_stays_said(capsys: pytest.CaptureFixture[str]) -> None:
    main(["settings"], standalone_mode=False, obj=Call(json=True))
    assert isinstance(json.loads(capsys.readouterr().out), list)


@pytest.mark.parametrize(("no_color", "coloured"), [("1", False), ("", True)])
def test_a_terminal_gets_colours_but_where_no_color_is_set(no_color: str, coloured: bool) -> None:
    styled = "import click; from firstfive.cli.frame import Command, Entry, Root; import firstfive.cli.access as a\n"
    styled += "a.styled = Command('styled', callback=lambda: click.echo(click.style('red', fg='red')))\n"
    styled += "Root(entries={'styled': Entry('access:styled', '')}).main()"
    for words, code in ((["-m", "firstfive", "build", "-p", "/nowhere"], 2), (["-c", styled, "styled"], 0)):
        ours, theirs = os.openpty()
        environment = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm"}
        ran = subprocess.run([sys.executable, *words], env=environment, stdout=theirs, stderr=theirs, check=False)
        os.close(theirs)
        said = os.read(ours, 10_000)
        os.close(ours)
        assert (ran.returncode, b"\x1b[" in said) == (code, coloured), said


def test_a_command_s_process_looks_for_garbage_more_seldom_and_a_caller_s_as_it_did() -> None:
    told = "import gc; from firstfive.cli import main; before = gc.get_threshold()\n"
    inside = told + "main(['settings', '--help'], standalone_mode=False); assert gc.get_threshold() == before"
    alone = told + "import atexit; atexit.register(lambda: print(*gc.get_threshold())); main(['--version'])"
    subprocess.run([sys.executable, "-c", inside], check=True, capture_output=True)
    ran = subprocess.run([sys.executable, "-c", alone], check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1] == " ".join(map(str, SELDOM))


def test_a_folder_without_a_project_is_a_usage_error_that_says_what_to_do(tmp_path: Path) -> None:
    ended = firstfive("-p", tmp_path, "build")
    assert ended.status == 2
    assert "firstfive init" in ended.err


def test_an_error_in_json_is_one_problem_object(tmp_path: Path) -> None:
    problem = firstfive("-p", tmp_path, "build", "--json").problem
    assert problem["code"] == "not_found.project"
    assert problem["status"] == CODES["not_found.project"].status
    assert problem["title"] == CODES["not_found.project"].meaning
    assert str(tmp_path) in problem["detail"]


def test_a_message_cannot_steer_the_terminal(tmp_path: Path) -> None:
    ended = firstfive("-p", tmp_path / "a\x1b]0;pwned\x07b", "build")
    assert ended.status == 2
    assert "\x1b]0" not in ended.err


def test_an_answer_cannot_steer_the_terminal_or_fill_the_screen() -> None:
    shown = pretty(full(["a release", "\x1b[31mred\x1b]0;name\x07", "\u202ereversed", "A" * 5_000]), ())
    plain = re.sub("\x1b\\[[01]m", "", shown)  # bold, which is ours
    assert not set(plain) & set("\x1b\x07\u202e")
    titled = shown[shown.index("4. A") : shown.index("…")]
    assert titled.count("A") == LONGEST


def test_an_unforeseen_failure_is_one_line_without_a_traceback_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("firstfive.settings.Settings.load", fail)
    quiet = firstfive("settings")
    assert quiet.status == 4
    assert len(quiet.err.strip().splitlines()) == 1
    assert "FIRSTFIVE_DEBUG=1" in quiet.err
    assert "Traceback" in firstfive("settings", environment={"FIRSTFIVE_DEBUG": "1"}).err


def test_output_cut_off_by_a_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m firstfive settings | head -n 1; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in ended.stderr


def test_progress_without_a_terminal_is_plain_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    said = progress.progress()
    said.start("embed", 200)
    said.advance("embed", 50)
    said.finish("embed")
    middle, end = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"embed: 50 of 200, [\d,]+/s, \d+ s left", middle)
    assert re.fullmatch(r"embed: 50 in \d+\.\d s", end)


def test_progress_says_nothing_with_json(capsys: pytest.CaptureFixture[str]) -> None:
    said = progress.progress(quiet=True)
    said.start("embed", 1)
    said.finish("embed")
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_a_bar_with_rate_and_time_left() -> None:
    code = (
        "import time; from firstfive.cli.progress import progress; p = progress(); p.start('embed', 40)\n"
        "for _ in range(20): p.advance('embed', 2); time.sleep(0.02)\n"
        "p.finish('embed')"
    )
    screen, terminal = pty.openpty()
    shown = bytearray()

    def read() -> None:
        try:
            while part := os.read(screen, 4096):
                shown.extend(part)
        except OSError:
            return  # the other end is closed

    reader = threading.Thread(target=read)
    reader.start()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    subprocess.run([sys.executable, "-c", code], stderr=terminal, env=environment, check=True)
    os.close(terminal)
    reader.join()
    os.close(screen)
    assert re.search(r"40/40.*\d/s.*\d:\d\d:\d\d", shown.decode())


def test_the_answer_of_settings_is_json_in_one_line() -> None:
    ended = firstfive("settings", "--json")
    assert len(ended.out.splitlines()) == 1
    assert {row["origin"] for row in json.loads(ended.out)} == {"default"}


def test_letters_that_the_codepage_of_the_output_lacks_end_no_command(tmp_path: Path) -> None:
    project(tmp_path, [("öl", "Kőbányai Őrlő 漢", "A mill in Kőbánya that grinds rye.")])
    command = [sys.executable, "-m", "firstfive", "-p", str(tmp_path), "recommend", "a mill that grinds rye"]
    codepage = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    ended = subprocess.run(command, capture_output=True, env=codepage, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "K?bányai ?rl? ?" in ended.stdout.decode("cp1252")


def test_what_was_read_of_a_request_is_told_where_the_workings_are_asked_for(tmp_path: Path) -> None:
    project(tmp_path, [("mill", "Mill", "A mill that grinds rye.")])
    command = ("-p", tmp_path, "recommend", "a mill, no wheat")
    read = [
        {"wish": "mill", "refused": False, "field": "", "operator": "", "value": ""},
        {"wish": "no wheat", "refused": True, "field": "", "operator": "", "value": ""},
    ]
    assert json.loads(firstfive(*command, "--explain", "--json").out)["read"] == read
    assert "read" not in json.loads(firstfive(*command, "--json").out)
    told = firstfive(*command, "--explain").out
    assert "“mill” -> words" in told
    assert "Not wanted: “no wheat” -> words" in told
    assert "-> words" not in firstfive(*command).out
