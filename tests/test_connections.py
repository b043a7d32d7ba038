"""Who is believed to ask, and how many connections there may be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from firstfive.app.wiring import open_project
from firstfive.errors import SettingsError
from firstfive.server import make_app
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
