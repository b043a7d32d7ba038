"""Who is believed to ask, and how many connections there may be."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from firstfive.app.wiring import Project, open_project
from firstfive.errors import SettingsError
from firstfive.server import make_app
from firstfive.server.arriving import InTime, Seldom
from firstfive.testing.clients import served

LIMIT = 3


def statuses(folder: Path, proxies: str, said: Sequence[str]) -> list[int]:
    """What the first page answers to calls from this machine, each with an X-Forwarded-For."""
    overrides = [f"server.page_rate_per_minute={LIMIT}", f"server.proxies={proxies}"]
    with open_project(folder, overrides=overrides, environment={}) as project, served(project) as server:
        fields = {"text": "rye bread"}
        asked = [httpx.post(f"{server.url}/find", data=fields, headers={"X-Forwarded-For": one}) for one in said]
    return [answer.status_code for answer in asked]


# --- proxies ----------------------------------------------------------------------------------------------------------

FOUR = [f"203.0.113.{n}" for n in range(LIMIT + 1)]


@pytest.mark.parametrize("proxies", ["", "10.0.0.0/8"])
def test_who_is_no_proxy_of_the_settings_is_not_believed_to_be_others(world_folder: Path, proxies: str) -> None:
    assert statuses(world_folder, proxies, FOUR) == [303] * LIMIT + [429]


@pytest.mark.parametrize("proxies", ["127.0.0.1", "10.0.0.1,127.0.0.0/8"])
def test_a_proxy_of_the_settings_is_believed_who_asks(world_folder: Path, proxies: str) -> None:
    assert statuses(world_folder, proxies, FOUR) == [303] * (LIMIT + 1)


def test_what_a_client_puts_before_what_the_proxy_adds_makes_it_nobody_else(world_folder: Path) -> None:
    said = [f"{one}, 198.51.100.7" for one in FOUR]
    assert statuses(world_folder, "127.0.0.1", said) == [303] * LIMIT + [429]


def test_all_that_a_proxy_says_that_is_no_address_counts_as_one(world_folder: Path) -> None:
    said = ["unknown", "_hidden", "x" * 1000, "2001:db8::/32"]
    assert statuses(world_folder, "127.0.0.1", said) == [303] * LIMIT + [429]


@pytest.mark.parametrize("proxies", ["*", "proxy.firm.example", "10.0.0.5/8", "127.0.0.1:80"])
def test_a_proxy_that_is_no_address_is_refused_before_a_server_starts(world_folder: Path, proxies: str) -> None:
    with (
        open_project(world_folder, overrides=[f"server.proxies={proxies}"], environment={}) as project,
        pytest.raises(SettingsError, match=r"server\.proxies has .* no IP address"),
    ):
        make_app(project)


def test_a_cookie_is_kept_to_tls_where_a_believed_proxy_says_so(world_folder: Path) -> None:
    overrides = ["taste.use=everyone", "server.proxies=127.0.0.1"]
    with open_project(world_folder, overrides=overrides, environment={}) as project, served(project) as server:
        cookies = [
            httpx.post(f"{server.url}/remember", headers={"X-Forwarded-Proto": told}).headers["set-cookie"]
            for told in ("https", "http")
        ]
    assert ["Secure" in cookie for cookie in cookies] == [True, False]


# --- how many there may be --------------------------------------------------------------------------------------------

SERVE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
from firstfive.app.wiring import open_project
from firstfive.server.serving import serve
with open_project(sys.argv[1], environment={}) as project:
    serve(project, port=0, started=lambda url: print(url, flush=True))
"""


@contextmanager
def with_few_descriptors(folder: Path, said: Path) -> Iterator[str]:
    """A server in a process that may open 256 files, and so takes 96 connections. said: where its stderr goes."""
    pytest.importorskip("resource")
    command = [sys.executable, "-c", SERVE, str(folder)]
    with (
        said.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as server,
    ):
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def test_connections_that_say_nothing_keep_nobody_out(world_folder: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with with_few_descriptors(world_folder, said) as url, ExitStack() as opened:
        where = ("127.0.0.1", httpx.URL(url).port or 0)
        idle = [opened.enter_context(socket.create_connection(where, 10)) for _ in range(600)]
        answers = [httpx.get(f"{url}/api/health/live", timeout=5).status_code for _ in range(5)]
        newest = idle[-1]
        newest.sendall(b"GET /api/health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert newest.recv(4096).startswith(b"HTTP/1.1 200")
        assert idle[0].recv(4096) == b"", "the oldest made room"
    assert answers == [200] * 5
    assert "out of system resource" not in said.read_text()


def test_where_all_connections_are_being_answered_the_next_one_is_told_to_come_again(
    world: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstfive.app.recommend import Recommender

    monkeypatch.setattr(InTime, "most", 1)
    begun, held, recommend = threading.Event(), threading.Event(), Recommender.recommend

    def slow(*args: Any, **kwargs: Any) -> Any:
        begun.set()
        held.wait(10)
        return recommend(*args, **kwargs)

    monkeypatch.setattr(Recommender, "recommend", slow)
    with served(world) as server, ThreadPoolExecutor() as pool:
        headers, ask = {"X-API-Key": server.reader}, {"text": "rye bread"}
        first = pool.submit(httpx.post, f"{server.url}/api/recommend", headers=headers, json=ask, timeout=20)
        assert begun.wait(20)
        assert httpx.get(f"{server.url}/api/health/live").status_code == 503
        held.set()
        assert first.result().status_code == 200


def test_the_log_says_once_a_minute_that_no_connection_can_be_taken() -> None:
    seldom = Seldom()
    full = logging.makeLogRecord({"msg": "socket.accept() out of system resource\nsocket: 7"})
    other = logging.makeLogRecord({"msg": "Task exception was never retrieved"})
    assert [seldom.filter(one) for one in (full, full, other, other)] == [True, False, True, True]
