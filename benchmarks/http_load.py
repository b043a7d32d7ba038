"""`POST /api/recommend` over loopback: 10,000 items, one server process, 8 clients in another.

    FIRSTFIVE_DATA=... python benchmarks/http_load.py

Server and clients share the machine's cores. Prints requests a second, and the median and 99th percentile.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import measuring
import numpy as np
from serve import make_project

import firstfive
from firstfive.testing.clients import served

ITEMS, CLIENTS, EACH = 10_000, 8, 60


def main() -> None:
    """Serves here, asks from a second process."""
    data = measuring.data()
    measuring.machine()
    with tempfile.TemporaryDirectory() as folder:
        make_project(Path(folder), data, ITEMS)
        with firstfive.open(folder, overrides=["server.rate_per_minute=1000000"]) as project, served(project) as site:
            subprocess.run([sys.executable, __file__, site.url, site.reader, str(data)], check=True)


def ask(address: str, secret: str, data: Path) -> None:
    """The clients: each keeps its connection and asks one request after the other."""
    texts = [json.loads(line)["text"] for line in (data / "yc/oneliner/queries.jsonl").open()][: CLIENTS * EACH]
    host = urlsplit(address).netloc

    def client(number: int) -> list[float]:
        connection = HTTPConnection(host)
        took = []
        for text in texts[number::CLIENTS]:
            begun = perf_counter()
            headers = {"X-API-Key": secret, "Content-Type": "application/json"}
            connection.request("POST", "/api/recommend", json.dumps({"text": text}), headers)
            answer = connection.getresponse()
            places = json.loads(answer.read()).get("places", [])
            if answer.status != 200 or len(places) != 5:
                raise SystemExit(f"an answer with status {answer.status} and {len(places)} places")
            took.append((perf_counter() - begun) * 1000)
        return took

    client(0)
    begun = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = [one for several in pool.map(client, range(CLIENTS)) for one in several]
    spent = perf_counter() - begun
    middle, slow = np.percentile(took, [50, 99])
    print(
        f"{ITEMS} items, {CLIENTS} clients: {len(took) / spent:.0f} requests/s, p50 {middle:.1f} ms, p99 {slow:.1f} ms"
    )


if __name__ == "__main__":
    if len(sys.argv) == 4:
        ask(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    else:
        main()
