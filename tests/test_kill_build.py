"""Import and build are killed at random moments, again and again: nothing is lost and nothing half-made is served.

12 kills; 200 with FIRSTFIVE_LONG=1.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from command_line import firstfive, written

KILLS = 200 if os.environ.get("FIRSTFIVE_LONG") else 12
TEXTS = 120
TRADES = ("dental laboratory", "iron foundry", "freight forwarder", "pet food kitchen", "lift maintenance", "care home")
PLACES = ("Ohio", "Bavaria", "Cork", "Lyon", "Turku", "Porto", "Leeds")
BOTH = """
import sys
from firstfive.cli import main
for words in (["import", sys.argv[2]], ["build"]):
    try:
        main(["-p", sys.argv[1], "--json", *words])
    except SystemExit as ended:
        if ended.code:
            raise
"""


def catalogue(file: Path, version: int) -> Path:
    """Made-up companies, of which nine in ten change with each version."""

    def text(i: int) -> str:
        visited = f"Last visited in round {version}." if i % 10 else "It keeps to itself."
        return f"A {TRADES[i % 6]} in {PLACES[i % 7]}, in its {i}th year. {visited}"

    return written(file, [(f"firm-{i:03}", f"Firm {i}", text(i)) for i in range(TEXTS)])


def begun(folder: Path, source: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", BOTH, str(folder), str(source)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def killed(folder: Path, source: Path, after_s: float) -> bool:
    """Whether the kill came before the end."""
    process = begun(folder, source)
    try:
        _, said = process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
    assert process.returncode in {0, -signal.SIGKILL}, said.decode()
    return process.returncode != 0


def built(folder: Path, source: Path) -> str:
    """The Release's id after an import and a build that nobody disturbs."""
    assert firstfive("-p", folder, "import", source).status == 0
    ended = firstfive("-p", folder, "build", "--json")
    assert ended.status == 0, ended.err
    return str(ended.answer["release"]["id"])


def test_killed_at_random_moments_a_build_goes_on_and_ends_in_the_release_of_a_clean_one(tmp_path: Path) -> None:
    clean, folder = tmp_path / "clean", tmp_path / "killed"
    firstfive("init", clean)
    firstfive("init", folder)
    began = time.perf_counter()
    process = begun(clean, catalogue(tmp_path / "items.jsonl", 0))
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    whole_s = time.perf_counter() - began
    random_ = random.Random(5)
    cut_short = 0
    served: set[str] = set()
    for kill in range(KILLS):
        source = catalogue(tmp_path / "items.jsonl", kill)
        cut_short += killed(folder, source, random_.uniform(0.1, 0.9) * whole_s)
        ended = firstfive("-p", folder, "recommend", "dental laboratory in Bavaria", "--json")
        if ended.status:
            assert (ended.status, ended.problem["code"]) == (4, "index.missing"), ended.err
        else:
            assert len(ended.answer["places"]) == 5
            assert "dental" in ended.answer["places"][0]["text"]
            served.add(ended.answer["release"])
        if kill % 4 == 3:  # now and then a build comes through, so that later ones stand on a Release
            served.add(built(folder, source))
    assert cut_short >= KILLS // 3
    assert len(served) > 1
    last = catalogue(tmp_path / "items.jsonl", KILLS)
    shutil.rmtree(clean)
    firstfive("init", clean)
    assert built(folder, last) == built(clean, last)
