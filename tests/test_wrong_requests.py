"""Requests as no ordinary client sends them, byte by byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from firstfive.app.wiring import Project
from firstfive.server.app import make_app
from firstfive.server.serving import running


@pytest.fixture
def port(world: Project) -> Iterator[int]:
    with running(make_app(world, hosts=["localhost", "127.0.0.1", "::1"])) as url:
        yield httpx.URL(url).port or 0


def sent(port: int, *lines: str) -> list[str]:
    """The status lines of all that comes back for a request of these lines, until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(10)
        connection.sendall("\r\n".join(lines).encode())
        said = b""
        while more := connection.recv(4096):
            said += more
    return [line for line in said.decode().splitlines() if line.startswith("HTTP/1.1 ")]


def status(port: int, *lines: str) -> int:
    (line,) = sent(port, *lines, "connection: close", "", "")
    return int(line.split()[1])


def test_what_follows_a_request_that_ends_in_two_ways_is_not_answered(port: int) -> None:
    hidden = ("GET /api/health/live HTTP/1.1", "host: localhost", "", "")
    both = ("POST /find HTTP/1.1", "host: localhost", "content-length: 66", "transfer-encoding: chunked", "", "0", "")
    assert [line.split()[1] for line in sent(port, *both, *hidden)] == ["422"]


def test_a_probe_that_speaks_an_older_http_and_names_no_host_is_answered(port: int) -> None:
    assert status(port, "GET /api/health/live HTTP/1.0") == 200
    assert status(port, "GET /api/health/live HTTP/1.1") == 400, "HTTP/1.1 must name one"


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("[::1]:80", 200),
        ("localhost:other.example", 421),
        ("localhost@other.example", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_a_host_is_believed_only_where_it_is_one(port: int, host: str, wanted: int) -> None:
    assert status(port, "GET /api/health/live HTTP/1.1", f"host: {host}") == wanted


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("http://localhost/api/health/live", 200),
        ("http://127.0.0.1:80/api/health/live?x=1", 200),
        ("http://localhost", 200),
        ("http://other.example/api/health/live", 421),
        ("//other.example/api/health/live", 404),
    ],
)
def test_an_address_that_is_sent_whole_names_host_and_path(port: int, address: str, wanted: int) -> None:
    assert status(port, f"GET {address} HTTP/1.1", "host: localhost") == wanted


@pytest.mark.parametrize("path", ["/find", "/remember", "/studio/sign-in"])
def test_a_form_of_more_fields_than_any_page_has_is_refused(port: int, path: str) -> None:
    url = f"http://127.0.0.1:{port}"
    answer = httpx.post(url + path, content=b"a=1&" * 500, headers={"origin": url})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
