"""SIGKILL at random moments: every acknowledged write is there afterwards. FIRSTFIVE_LONG=1 kills 200 times."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from firstfive.store import open_store
from firstfive.store.sql_store import FILE

KILLS = 200 if os.environ.get("FIRSTFIVE_LONG") == "1" else 12

CHILD = """
import sys, threading
from pathlib import Path
from firstfive.store import open_store
from firstfive.testing.stores import event, page, slate
folder, run = Path(sys.argv[1]), sys.argv[2]
store = open_store(folder)
saying = threading.Lock()
def say(*names):
    with saying:
        sys.stdout.write("".join(f"{name}\\n" for name in names))
        sys.stdout.flush()
def write(writer):
    for n in range(10**9):
        name = f"{run}/{writer}/{n}"
        if n % 50 == 49:
            names = [f"{name}/{i}" for i in range(40)]
            with store.unit() as unit:
                unit.events.add([event(item=one) for one in names])
                unit.pages.put([page(one, "body " * 100) for one in names[:5]])
            say(*names)
        else:
            def work(unit):
                unit.events.add([event(item=name)])
                unit.slates.add(slate(name))
            store.write(work)
            say(name)
for writer in range(3):
    threading.Thread(target=write, args=(writer,)).start()
"""


def acknowledged(folder: Path, run: int, after_s: float) -> set[str]:
    """What a writing process said was stored, until it was killed some time after its first word."""
    command = [sys.executable, "-c", CHILD, str(folder), str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        sleep(after_s)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read()
    # A last line without its end was not yet said.
    return set((first + rest).decode().rpartition("\n")[0].split("\n"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    chance = random.Random(7)
    said: set[str] = set()
    for run in range(KILLS):
        said |= acknowledged(tmp_path, run, chance.random() * 0.15)
    assert len(said) >= KILLS
    store = open_store(tmp_path)
    with store.read() as unit:
        events, _ = unit.events.find(n=10**7)
        stored = {event.item for event in events}
        assert said - stored == set(), "acknowledged and lost"
        slates = [name for name in said if name.count("/") == 2 and unit.slates.get(name) is None]  # type: ignore[arg-type]
        assert slates == []
        # A unit is there whole or not at all.
        units = [name.rpartition("/")[0] for name in stored if name.count("/") == 3]
        assert {units.count(name) for name in set(units)} <= {40}
    store.close()
    print(f"{KILLS} kills, {len(said)} acknowledged, 0 lost, {(tmp_path / FILE).stat().st_size} bytes")
