"""What the benchmarks share: the data's folder, the machine's description, medians."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter


def data() -> Path:
    """The folder of the data; ends the benchmark, saying why, where there is none."""
    folder = os.environ.get("FIRSTFIVE_DATA")
    if not folder:
        print("skipped: set FIRSTFIVE_DATA to the folder of the benchmark data")
        sys.exit(0)
    return Path(folder)


def machine() -> None:
    """Prints what was measured on."""
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    print(f"{model or platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    parts = ("firstfive", "numpy", "onnxruntime", "faiss-cpu", "tantivy", "tokenizers", "SQLAlchemy")
    print(", ".join(f"{part} {version(part)}" for part in parts))


def milliseconds(work: Callable[[], object]) -> float:
    """How long a call took."""
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000


def median(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def resident_mb() -> dict[str, float]:
    """This process's resident memory in MB: its own, and that of mapped files."""
    wanted = {"RssAnon": "own", "RssFile": "files"}
    return {
        wanted[name]: int(value.split()[0]) / 1024
        for name, _, value in (line.partition(":") for line in _lines("/proc/self/status"))
        if name in wanted
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
