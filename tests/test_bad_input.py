"""What a bad day brings: each line gets a clear error or a sensible answer, and nothing stored is lost."""

from __future__ import annotations

import gzip
import json
import random
import resource
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command_line import COMPANIES, Ended, firstfive, project, written

WANTED = "a family firm that mends furnaces and air conditioning in Ohio"


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight companies, with the real embedder."""
    return project(tmp_path_factory.mktemp("companies"), embedder="minilm")


def asked(folder: Path, text: str, *more: str) -> Ended:
    return firstfive("-p", folder, "recommend", "-", "--json", *more, stdin=text.encode("utf-8", "surrogateescape"))


def items(ended: Ended) -> list[str]:
    assert ended.status == 0, ended.err
    return [place["item"] for place in ended.answer["places"]]


# --- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b\u2060", "\x00", "🏭🔥🦷", "?!... --- ***"])
def test_a_request_without_words_is_refused_with_what_to_do(companies: Path, text: str) -> None:
    ended = asked(companies, text)
    assert ended.status == 2
    assert ended.problem["code"] == "request.empty"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (WANTED, "hvac-1"),
        ("heating\x00 and cooling for homes in \x00Ohio", "hvac-1"),
        (f"\u202e{WANTED}\u202c", "hvac-1"),
        (f"{WANTED}, please. " * 1800, "hvac-1"),
        ("Labor für Zahnersatz: Kronen, Brücken, dental", "dental-1"),
        ("laboratoire dentaire, couronnes en céramique", "dental-1"),
        ("\udcff\udcfe dental laboratory", "dental-1"),
    ],
    ids=["plain", "NUL", "right-to-left override", "100,000 characters", "German", "French", "not UTF-8"],
)
def test_an_odd_request_is_answered_by_its_words(companies: Path, text: str, first: str) -> None:
    found = items(asked(companies, text))
    assert len(found) == 5
    assert found[0] == first


@pytest.mark.parametrize("text", ["מעבדת שיניים", "مختبر أسنان", "歯科技工所", "x" * 100_000])
def test_a_request_that_no_item_can_be_said_to_meet_is_answered_by_the_nearest(companies: Path, text: str) -> None:
    ended = asked(companies, text)
    assert len(set(items(ended))) == 5
    assert "Nothing here says quite that. These are the nearest." in ended.answer["notes"]
    assert [place["reason"] for place in ended.answer["places"]] == [None] * 5


def test_a_broken_filter_is_marked_and_stores_nothing(companies: Path) -> None:
    ended = asked(companies, WANTED, "--filter", "country = = 3")
    assert ended.status == 2
    assert ended.problem["code"] == "request.filter"


def test_an_item_to_be_near_to_that_is_not_there_is_named(companies: Path) -> None:
    ended = asked(companies, WANTED, "--like", "no such item")
    assert ended.status == 2
    assert "no such item" in ended.problem["detail"]


# --- catalogues -------------------------------------------------------------------------------------------------------


def test_a_catalogue_of_nothing_is_not_built_and_says_what_is_missing(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    source = tmp_path / "empty.jsonl"
    source.touch()
    firstfive("-p", tmp_path, "import", source)
    built = firstfive("-p", tmp_path, "build", "--json")
    assert (built.status, built.problem["code"]) == (2, "build.empty")
    answer = asked(tmp_path, WANTED)
    assert (answer.status, answer.problem["code"]) == (4, "index.missing")


@pytest.mark.parametrize("n", [1, 3])
def test_a_small_catalogue_is_answered_from_whole(tmp_path: Path, n: int) -> None:
    folder = project(tmp_path, COMPANIES[:n], embedder="minilm")
    assert sorted(items(asked(folder, WANTED))) == sorted(id_ for id_, _, _ in COMPANIES[:n])


def test_an_id_that_comes_twice_goes_to_quarantine_and_the_first_stays(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    source = written(tmp_path / "twice.jsonl", [*COMPANIES[:2], ("hvac-1", "Impostor", "Something else entirely.")])
    ended = firstfive("-p", tmp_path, "import", source, "--json")
    assert ended.status == 1  # a third is more than --max-bad
    assert ended.answer["pages"]["bad"] == 1
    row = firstfive("-p", tmp_path, "quarantine", "--json").answer[0]
    assert row["line"] == 3
    assert "hvac-1" in row["reason"]
    firstfive("-p", tmp_path, "build")
    assert "Dunlow Heating" in asked(tmp_path, "heating").out


def test_ids_may_hold_slashes_spaces_and_any_letters(tmp_path: Path) -> None:
    odd = ["a/b c", "../../etc/passwd", "per cent%20", "naïve ü", "-p"]
    rows = [(id_, title, text) for id_, (_, title, text) in zip(odd, COMPANIES, strict=False)]
    folder = project(tmp_path, rows)
    assert "a/b c" in items(asked(folder, "heating and cooling", "--like", "../../etc/passwd"))
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"qid": "1", "text": "heating and cooling"}\n')
    run = tmp_path / "out.trec"
    assert firstfive("-p", folder, "recommend", "--queries", queries, "--run", run).status == 0
    assert all(len(line.split()) == 6 for line in run.read_text("utf-8").splitlines())


def test_a_broken_quote_costs_rows_and_not_the_import(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    source = tmp_path / "broken.csv"
    rows = [f'{i},Firm {i},"Makes pumps of kind {i} for farms"' for i in range(50)]
    rows[40] = '40,Firm 40,"Makes pumps and never closes the quote'
    source.write_text("id,name,description\n" + "\n".join(rows) + "\n", "utf-8")
    columns = ("--id", "id", "--title", "name", "--text", "description")
    ended = firstfive("-p", tmp_path, "import", source, *columns, "--max-bad", "0.5", "--json")
    assert ended.status == 0, ended.err
    assert ended.answer["pages"]["new"] >= 40
    assert ended.answer["pages"]["bad"] >= 1
    assert any(40 <= row["line"] <= 52 for row in firstfive("-p", tmp_path, "quarantine", "--json").answer)


def test_html_that_crashes_parsers_does_not_stop_an_import(tmp_path: Path) -> None:
    pages = tmp_path / "site"
    pages.mkdir()
    (pages / "bad.html").write_bytes(b"[<![<+")
    (pages / "worse.html").write_bytes(b"<html><body><p>" + b"<div>" * 20_000 + b"\xff\xfe\x00deep</p>")
    (pages / "good.html").write_text("<html><title>Ellerbach</title><p>Iron foundry casting pump housings.</p></html>")
    firstfive("init", tmp_path)
    ended = firstfive("-p", tmp_path, "import", pages, "--max-bad", "1", "--json")
    assert ended.status == 0, ended.err
    assert firstfive("-p", tmp_path, "build", "--set", "models.embedder=none").status == 0
    assert any("good" in id_ for id_ in items(asked(tmp_path, "iron foundry")))


def test_a_gzip_bomb_is_refused_and_leaves_what_was_there(tmp_path: Path) -> None:
    folder = project(tmp_path)
    bomb = tmp_path / "bomb.jsonl.gz"
    with gzip.open(bomb, "wb", compresslevel=9) as file:
        for _ in range(200):
            file.write(b'{"id": "x", "text": "' + b"a" * 1_000_000 + b'"}\n')
    began = time.perf_counter()
    ended = firstfive("-p", folder, "import", bomb, "--json")
    assert ended.status in {1, 2}
    assert "bomb.jsonl.gz" in ended.out + ended.err
    assert time.perf_counter() - began < 20
    assert firstfive("-p", folder, "build").status == 0
    assert items(asked(folder, "heating"))[0] == "hvac-1"


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    ended = firstfive("-p", tmp_path, "import", tmp_path / "nowhere.csv", "--json")
    assert (ended.status, ended.problem["code"]) == (2, "source.unreadable")
    assert "nowhere.csv" in ended.problem["detail"]


# --- the machine ------------------------------------------------------------------------------------------------------


def run(folder: Path, *words: str | Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, perhaps one that can write no file beyond so many bytes."""

    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "-m", "firstfive", "-p", folder, *words]
    return subprocess.run([str(w) for w in command], capture_output=True, text=True, preexec_fn=limit, check=False)


def test_a_folder_that_cannot_be_written_is_not_called_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    firstfive("init", folder)
    firstfive("-p", folder, "import", written(tmp_path / "items.jsonl"))
    (folder / "releases").write_text("a file where the folder should be", "utf-8")
    ended = run(folder, "build", "--set", "models.embedder=none", "--json")
    problem = json.loads(ended.stderr)
    assert (ended.returncode, problem["code"]) == (4, "store.failed")
    assert "free some disk" not in problem["detail"]
    assert "releases could not be written" in problem["detail"]


@pytest.mark.parametrize("step", ["import", "build"])
def test_a_full_disk_is_said_and_what_was_stored_stays(tmp_path: Path, step: str) -> None:
    folder = project(tmp_path)
    before = asked(folder, "heating").answer["release"]
    noise = random.Random(1)  # what packs well would fit on the disk after all
    many = [(f"firm-{i}", f"Firm {i}", f"Makes valves. {noise.randbytes(4500).hex(' ', 4)}") for i in range(40)]
    source = written(tmp_path / "many.jsonl", many)
    words: list[str | Path] = ["import", source, "--add"]
    if step == "build":
        assert run(folder, *words).returncode == 0
        words = ["build"]
    ended = run(folder, *words, "--json", most_bytes=150_000)
    assert ended.returncode == 4, ended.stderr
    assert json.loads(ended.stderr)["code"] == "store.full"
    assert "Traceback" not in ended.stderr
    still = asked(folder, "heating")
    assert still.answer["release"] == before
    assert items(still)[0] == "hvac-1"
    assert run(folder, "import", source, "--add").returncode == 0
    assert run(folder, "build").returncode == 0
    assert items(asked(folder, "heating for homes"))[0] == "hvac-1"


def test_two_builds_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    folder = project(tmp_path)
    firstfive("-p", folder, "import", written(tmp_path / "more.jsonl", COMPANIES[:6]))
    command = [sys.executable, "-m", "firstfive", "-p", str(folder), "build", "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(one.communicate()[1], one.returncode) for one in both]
    assert any(status == 0 for _, status in ends)
    for said, status in ends:
        assert status == 0 or (status == 4 and json.loads(said)["code"] == "build.locked")
    assert len(items(asked(folder, WANTED))) == 5


def test_a_build_says_that_another_is_running(tmp_path: Path) -> None:
    folder = project(tmp_path, [(f"firm-{i}", f"Firm {i}", f"Number {i} makes valves.") for i in range(300)])
    code = "from firstfive.cli import main, progress; progress.EVERY_S = 0.0; main()"
    words = ["-p", str(folder), "--set", "models.embedder=minilm", "build"]
    first = subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True)
    try:
        assert first.stderr is not None
        while not first.stderr.readline().startswith("embed"):
            assert first.poll() is None
        ended = firstfive("-p", folder, "build", "--json")
        assert (ended.status, ended.problem["code"]) == (4, "build.locked")
    finally:
        first.kill()
        first.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A server over a project that was never built, and its address."""
    firstfive("init", tmp_path)
    command = [sys.executable, "-m", "firstfive", "-p", tmp_path, "--set", "models.embedder=none", "--json"]
    process = subprocess.Popen([*map(str, command), "serve", "--port", "0"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield tmp_path, json.loads(process.stdout.readline())["address"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def called(address: str, key: str = "", body: object = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"X-API-Key": key, "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read() or b"null")


def until(wanted: int, address: str, key: str = "", body: object = None) -> Any:
    """The body of the first call that ends with this status."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            status, answer = called(address, key, body)
        except OSError:
            status = 0
        if status == wanted:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{address} never gave {wanted}")


def test_a_server_started_before_the_first_build_waits_for_it(server: tuple[Path, str]) -> None:
    folder, address = server
    key = firstfive("-p", folder, "key", "create", "--role", "reader", "--json").answer["secret"]
    until(200, f"{address}/api/health/live")
    status, problem = called(f"{address}/api/recommend", key, {"text": "heating"})
    assert (status, problem["code"]) == (503, "index.missing")
    assert called(f"{address}/api/health/ready")[0] == 503
    firstfive("-p", folder, "import", written(folder / "items.jsonl"))
    assert firstfive("-p", folder, "build", "--set", "models.embedder=none").status == 0
    answer = until(200, f"{address}/api/recommend", key, {"text": "heating"})
    assert answer["places"][0]["item"] == "hvac-1"


def test_a_corrupt_index_file_is_named_and_a_build_mends_it(tmp_path: Path) -> None:
    whole = project(tmp_path / "whole", embedder="minilm")
    release = asked(whole, "heating").answer["release"]
    files = sorted(f for f in (whole / "releases" / release).rglob("*") if f.is_file() and f.suffix != ".lock")
    one_of_each_folder = {file.parent: file for file in files}.values()
    for file in one_of_each_folder:
        folder = tmp_path / "damaged"
        shutil.copytree(whole, folder)
        damaged = folder / file.relative_to(whole)
        damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])
        ended = asked(folder, "heating")
        assert (ended.status, ended.problem["code"]) == (4, "index.corrupt"), file
        assert damaged.name in ended.problem["detail"]
        assert firstfive("-p", folder, "build").status == 0
        mended = asked(folder, "heating")
        assert mended.answer["release"] == release
        assert items(mended)[0] == "hvac-1"
        shutil.rmtree(folder)
