"""The page keeps a visitor's yes and no in mind where the project offers it, the visitor asks for it, and no longer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from firstfive.app.taste import SEEKER
from firstfive.app.wiring import open_project
from firstfive.server.page.remembering import COOKIE
from firstfive.server.service import FORGETTINGS
from firstfive.store import sql_store
from firstfive.testing.clients import Served, served
from firstfive.types import RecommId, Slate, UserId
from test_page_visit import Visitor

SENTENCE = "a small business with a good name"


@pytest.fixture(scope="module", params=["everyone", "known"])
def server(request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("remember") / "world")
    overrides = ["server.page_rate_per_minute=0", f"taste.use={request.param}"]
    with open_project(folder, overrides=overrides, environment={}) as project, served(project) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True) as opened:
        yield opened


def offered(server: Served) -> bool:
    return server.project.settings.taste.use == "everyone"


def arrives(server: Served, client: httpx.Client) -> Visitor:
    """Somebody who opens the first page anew and asks: another visit."""
    return Visitor(server, client).press(text=SENTENCE)


def is_nobody(visitor: Visitor) -> bool:
    """Whether the visitor's only name is that of the visit."""
    return str(visitor.slate.request.user) == str(visitor.slate.request.visit)


def presses(visitor: Visitor, where: str) -> Visitor:
    return visitor.send((where, {"from": visitor.recomm_id}))


def stored(server: Served, recomm_id: RecommId) -> Slate | None:
    with server.project.store.read() as unit:
        return unit.slates.get(recomm_id)


def test_who_asked_for_it_is_known_in_the_next_visit_and_forgotten_on_demand(
    server: Served, client: httpx.Client
) -> None:
    if not offered(server):
        pytest.skip("not offered")
    first = arrives(server, client)
    assert is_nobody(first)
    assert "Shall we keep your yes and no in mind?" in first.text
    plain = first.items
    presses(first, "/remember")
    assert "We keep your yes and no in mind" in first.text
    assert client.cookies[COOKIE].startswith(SEEKER)
    first.press(do="more")  # the first answer under the name: the visit is now known by it
    last = first.slate.places[-1]
    first.press(do=f"yes {last.place}")
    second = arrives(server, client)
    assert second.slate.request.visit != first.slate.request.visit
    assert second.slate.request.user == client.cookies[COOKIE]
    leanings = [place.channels.get("taste", 0.0) for place in second.slate.places]
    assert max(leanings) > 0
    assert any("What you said yes and no to" in note for note in second.slate.notes) == (second.items != plain)
    asked, name = second.recomm_id, UserId(client.cookies[COOKIE])
    presses(second, "/forget")
    assert COOKIE not in client.cookies
    assert stored(server, asked) is None
    with server.project.store.read() as unit:
        assert unit.slates.page("", 10, name)[0] == []
        assert [e for e in unit.events.find(n=1000)[0] if e.item == last.item and e.kind == "yes"] == []
    third = arrives(server, client)
    assert is_nobody(third)
    assert third.items == plain


def test_the_cookie_is_out_of_scripts_reach_and_lasts_as_long_as_taste_remembers(
    server: Served, client: httpx.Client
) -> None:
    visitor = arrives(server, client)
    answer = client.post(f"{server.url}/remember", data={"from": visitor.recomm_id}, follow_redirects=False)
    assert answer.headers["location"] == f"/slate/{visitor.recomm_id}#remembering"
    if not offered(server):
        assert "set-cookie" not in answer.headers
        return
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Lax", f"Max-Age={180 * 86_400}", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie  # this server is reached without TLS


def test_where_it_is_not_offered_no_button_is_shown_and_no_cookie_believed(
    server: Served, client: httpx.Client
) -> None:
    if offered(server):
        pytest.skip("offered")
    client.cookies.set(COOKIE, f"{SEEKER}{'a' * 22}")
    visitor = arrives(server, client)
    assert "in mind" not in visitor.text
    assert is_nobody(visitor)


@pytest.mark.parametrize("told", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://other.example"}])
def test_a_form_on_another_site_gives_nobody_a_name_and_takes_none_away(
    server: Served, client: httpx.Client, told: dict[str, str]
) -> None:
    if not offered(server):
        pytest.skip("not offered")
    for path in ("/remember", "/forget"):
        answer = client.post(f"{server.url}{path}", headers=told, follow_redirects=False)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
        ours = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
        assert client.post(f"{server.url}{path}", headers=ours, follow_redirects=False).status_code == 303


def forget(server: Served) -> int:
    return httpx.post(f"{server.url}/forget", headers={"cookie": f"{COOKIE}={SEEKER}{'a' * 22}"}).status_code


def test_a_name_that_was_made_up_makes_no_work_and_few_calls_are_let_through(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten: list[object] = []

    def rewrite(*given: object) -> bool:
        rewritten.append(given)
        return True

    monkeypatch.setattr(sql_store, "rewrite", rewrite)
    answers = [forget(server) for _ in range(FORGETTINGS + 2)]
    assert rewritten == []
    if offered(server):
        assert answers[0] == 303
        assert answers[-2:] == [429, 429]
    else:
        assert set(answers) == {404}


@pytest.mark.parametrize("name", ["ann", f"{SEEKER}short", f"{SEEKER}{'a' * 21}é", f"{SEEKER}{'a' * 23}"])
def test_a_cookie_that_names_somebody_else_is_not_believed(server: Served, client: httpx.Client, name: str) -> None:
    client.headers["cookie"] = f"{COOKIE}={name}".encode().decode("latin-1")
    visitor = arrives(server, client)
    assert is_nobody(visitor)
