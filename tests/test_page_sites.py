"""Nobody is led into a visit that somebody else reads: forms of other sites, and lists that were opened by a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from firstfive.app import visits
from firstfive.testing.clients import Served
from pages import page_server
from test_page_visit import SENTENCE, Visitor

ELSEWHERE = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://other.example"}]
HERE = [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "https://firm.example"}, {}]
"""As from a browser of today, from one without TLS behind a proxy that hides the Host, and from an old one."""
FORMS = ["next", "say", "rate", "noted"]


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    overrides = ["server.page_rate_per_minute=0", "server.hosts=127.0.0.1,firm.example"]
    with page_server(built, tmp_path_factory.mktemp("sites"), overrides) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True) as opened:
        yield opened


@pytest.fixture
def visitor(server: Served, client: httpx.Client) -> Visitor:
    return Visitor(server, client).press(text=SENTENCE)


# --- forms of other sites ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("told", ELSEWHERE, ids=str)
def test_a_button_on_another_site_says_nothing_in_a_visit_and_does_not_show_it(
    visitor: Visitor, form: str, told: dict[str, str]
) -> None:
    before = visitor.events("yes", "seen", "unrated")
    fields = {"do": "yes 1", "own": "mine", "seen": "1"}
    page = visitor.client.post(f"{visitor.server.url}/slate/{visitor.recomm_id}/{form}", data=fields, headers=told)
    assert page.status_code == 403
    assert "That came from another site." in page.text
    assert "<article" not in page.text
    assert visitor.events("yes", "seen", "unrated") == before


@pytest.mark.parametrize("told", HERE, ids=str)
def test_a_button_of_the_page_works_in_every_browser(visitor: Visitor, told: dict[str, str]) -> None:
    visitor.client.headers.update(told)
    assert [event.item for event in visitor.press(do="yes 1").events("yes")] == visitor.items[:1]
    assert visitor.press(do="more").page.status_code == 200


@pytest.mark.parametrize("told", ELSEWHERE, ids=str)
def test_a_search_from_another_site_begins_a_visit_of_its_own(visitor: Visitor, told: dict[str, str]) -> None:
    """Whatever visit or answer its form names, and also where who made it sent it before."""
    fields = {"text": SENTENCE, "visit": visits.begin(), "once": "chosen by them"}
    theirs = visitor.send(("/find", fields)).slate.request.visit
    assert visitor.send(("/find", fields | {"once": "another"})).slate.request.visit == theirs
    first = visitor.recomm_id
    visitor.client.headers.update(told)
    for more in ({}, {"from": first}):
        visitor.send(("/find", fields | more))
        assert visitor.page.status_code == 200
        assert visitor.slate.request.visit != theirs


# --- a list that was opened by its link -------------------------------------------------------------------------------


def way_back(visitor: Visitor, referer: str) -> str:
    """Where the list of the visit leads back to, for a browser that comes from there."""
    headers = {"Referer": referer} if referer else {}
    page = visitor.client.get(f"{visitor.server.url}/list/{visitor.slate.request.visit}", headers=headers)
    assert "You said yes" in page.text
    ways = re.findall(r'href="(/slate/[^"#]*)', page.text)
    return min(ways, key=len, default="")  # to start again leads to a page below the answer's


def test_who_comes_from_the_results_is_led_back_to_them(visitor: Visitor) -> None:
    first = visitor.press(do="yes 1").recomm_id
    visitor.press(do="more")
    for path in (f"/slate/{first}", f"/slate/{first}?after=seen", f"/slate/{first}/next"):
        assert way_back(visitor, visitor.server.url + path) == f"/slate/{first}"


def test_who_opens_a_list_by_its_link_gets_no_way_to_the_results(visitor: Visitor) -> None:
    visitor.press(do="yes 1")
    other = Visitor(visitor.server, visitor.client).press(text=SENTENCE).recomm_id
    here = visitor.server.url
    for referer in ("", "https://mail.example/", f"{here}/", f"{here}/slate/{other}", f"{here}/slate/", "http://["):
        assert way_back(visitor, referer) == ""
