"""The studio over HTTP: who may come in, what each page and its twins say, and what hostile text cannot do."""

from __future__ import annotations

import ast
import csv
import io
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

import firstfive
from firstfive.app.arms import WAIT
from firstfive.app.record import KeyRing, create_key, revoke_key
from firstfive.app.release import list_releases
from firstfive.app.wiring import Project, open_project
from firstfive.errors import AccessError
from firstfive.server import make_app, studio
from firstfive.server.calls import Route
from firstfive.server.sessions import COOKIE, IDLE_S, LASTS_S, SIGN_INS, Sessions
from firstfive.server.studio.items import _facts, marked
from firstfive.server.studio.tables import Column, Link, Table, as_csv
from firstfive.server.studio.trying import STAGES, way
from firstfive.testing.clients import Served, served
from firstfive.types import Fact, ItemId, Page, Rejected, Span

HOSTILE = "<script>window.ran=1</script>\u202e<img src=https://elsewhere.example/x onerror=1> =1+1"
PUBLIC = {"GET /studio/sign-in", "POST /studio/sign-in", "POST /studio/sign-out"}


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("studio") / "world")
    with open_project(
        folder, overrides=["server.rate_per_minute=0", "server.proxies=127.0.0.1"], environment={}
    ) as project:
        project.store.write(
            lambda unit: unit.quarantine.add([Rejected("a.csv", n, HOSTILE, "mend it") for n in (1, 2)])
        )
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("firstfive.server.service.SIGN_INS", 0)  # as often as the tests like
            with served(project) as running:
                patched.undo()
                yield running


@pytest.fixture
def browser(server: Served) -> Iterator[httpx.Client]:
    """Somebody who signed in."""
    with httpx.Client(base_url=server.url) as client:
        assert sign_in(client, server.operator).status_code == 303
        yield client


@pytest.fixture
def program(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"X-API-Key": server.operator}) as client:
        yield client


def sign_in(client: httpx.Client, secret: str, **fields: str) -> httpx.Response:
    return post(client, "/studio/sign-in", {"key": secret, **fields})


def post(client: httpx.Client, path: str, fields: dict[str, str]) -> httpx.Response:
    """A form as a browser sends it from one of our pages."""
    return client.post(path, data=fields, headers={"Origin": str(client.base_url).rstrip("/")})


def words(answer: httpx.Response) -> str:
    """A page's text, tags left out."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def filled(route: Route) -> str:
    """The route's address with something in its places."""
    return re.sub(r"\{\w+\}", "bakery", route.path)


# --- who may come in --------------------------------------------------------------------------------------------------

GUARDED = [route for route in studio.ROUTES if f"{route.method} {route.path}" not in PUBLIC]


def test_every_address_of_the_studio_is_one_of_its_routes(world: Project) -> None:
    made = {
        f"{method} {route.path}"  # type: ignore[attr-defined]
        for route in make_app(world).routes
        if str(getattr(route, "path", "")).startswith("/studio")
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }
    assert made == {f"{route.method} {route.path}" for route in studio.ROUTES}
    assert made > PUBLIC


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route.method} {route.path}")
def test_every_page_refuses_strangers_readers_and_apps(server: Served, route: Route) -> None:
    for secret, status in (("", 401), ("ff_wrong", 401), (server.reader, 403), (server.app, 403)):
        headers = {"X-API-Key": secret} if secret else {}
        answer = httpx.request(route.method, f"{server.url}{filled(route)}", headers=headers)
        assert answer.status_code == status, secret[:6]
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("secret", ["reader", "app"])
def test_only_an_operators_key_signs_in(server: Served, secret: str) -> None:
    with httpx.Client(base_url=server.url) as client:
        answer = sign_in(client, getattr(server, secret))
    assert answer.status_code == 403
    assert "not an operator's" in words(answer)
    assert "set-cookie" not in answer.headers


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(server: Served) -> None:
    with httpx.Client(base_url=server.url) as client:
        answer = sign_in(client, server.operator, onward="/studio/items?q=rye")
        assert answer.headers["location"] == "/studio/items?q=rye"
        name, _, rest = answer.headers["set-cookie"].partition("=")
        token, _, attributes = rest.partition("; ")
        assert name == COOKIE
        assert len(token) >= 43
        assert attributes == "Path=/studio; HttpOnly; SameSite=Strict"
        assert server.operator not in answer.headers["set-cookie"]
        assert client.get("/studio").status_code == 200


def test_behind_https_the_cookie_is_secure(server: Served) -> None:
    with httpx.Client(base_url=server.url, headers={"X-Forwarded-Proto": "https"}) as client:
        assert "; Secure" in sign_in(client, server.operator).headers["set-cookie"]


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example", "//elsewhere.example", "/studio\\@x", "/api/users", ""]
)
def test_signing_in_never_leads_out_of_the_studio(server: Served, onward: str) -> None:
    with httpx.Client(base_url=server.url) as client:
        assert sign_in(client, server.operator, onward=onward).headers["location"] == "/studio"


def test_who_is_not_signed_in_is_asked_to_and_led_on(server: Served) -> None:
    answer = httpx.get(f"{server.url}/studio/items?q=rye&n=3")
    assert answer.status_code == 401
    assert 'name="onward" value="/studio/items?q=rye&amp;n=3"' in answer.text


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(server: Served, browser: httpx.Client) -> None:
    token = browser.cookies[COOKIE]
    assert post(browser, "/studio/sign-out", {}).status_code == 303
    assert COOKIE not in browser.cookies
    assert httpx.get(f"{server.url}/studio", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 401


def test_a_session_ends_after_an_hour_without_a_call_and_after_half_a_day(world: Project) -> None:
    _, secret = create_key(world, "operator", "o")
    now = [0.0]
    sessions = Sessions(KeyRing(world.store), lambda: now[0])
    token = sessions.begin(secret, "operator")
    while now[0] + IDLE_S / 2 < LASTS_S:
        now[0] += IDLE_S / 2
        assert sessions.key(token, "operator").name == "o"
    now[0] = LASTS_S
    with pytest.raises(AccessError):
        sessions.key(token, "operator")
    idle = sessions.begin(secret, "operator")
    now[0] += IDLE_S
    with pytest.raises(AccessError):
        sessions.key(idle, "operator")


def test_a_revoked_key_ends_its_session(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    key, secret = create_key(world, "operator", "o")
    sessions = Sessions(KeyRing(world.store))
    token = sessions.begin(secret, "operator")
    revoke_key(world, key.id)
    monkeypatch.setattr("firstfive.app.record.FRESH_S", 0.0)  # a key that was found is believed for that long
    with pytest.raises(AccessError):
        sessions.key(token, "operator")


def test_guessing_keys_is_slowed_down(world: Project) -> None:
    with served(world) as running, httpx.Client(base_url=running.url) as client:
        tries = [sign_in(client, f"ff_{n}").status_code for n in range(SIGN_INS + 1)]
        assert tries == [401] * SIGN_INS + [429]
        blocked = sign_in(client, running.operator)
    assert blocked.status_code == 429
    assert int(blocked.headers["retry-after"]) >= 1


# --- forms of other sites ---------------------------------------------------------------------------------------------

CHANGING = [route for route in studio.ROUTES if route.method == "POST"]


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.path)
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1", "http://[", None])
def test_a_form_from_another_site_changes_nothing(
    server: Served, browser: httpx.Client, route: Route, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = browser.post(filled(route), data={"key": server.operator, "confirmed": "yes"}, headers=headers)
    assert answer.status_code == 403
    assert "access.site" in answer.text
    assert browser.get("/studio").status_code == 200, "still signed in"


def test_a_proxy_may_hide_the_name_that_was_asked_for_where_the_settings_have_it(world_folder: Path) -> None:
    overrides = ["server.hosts=studio.example,127.0.0.1"]
    with open_project(world_folder, overrides=overrides, environment={}) as project, served(project) as running:
        for origin, status in (("https://studio.example", 303), ("https://other.example", 403)):
            fields, headers = {"key": running.operator}, {"Origin": origin}
            assert httpx.post(f"{running.url}/studio/sign-in", data=fields, headers=headers).status_code == status


# --- twins ------------------------------------------------------------------------------------------------------------

LISTS = [
    "/studio",
    "/studio/items",
    "/studio/items/bakery",
    "/studio/quarantine",
    "/studio/releases",
    "/studio/prompts",
]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_its_json_and_its_csv_have_the_same_rows(program: httpx.Client, path: str) -> None:
    page, data = program.get(path), program.get(path, params={"as": "json"}).json()
    tables = {name: rows for name, rows in data.items() if isinstance(rows, list)}
    assert tables
    for name, rows in tables.items():
        written = program.get(path, params={"as": "csv", "table": name})
        assert written.headers["content-disposition"].endswith(f'firstfive-{name}.csv"')
        lines = list(csv.DictReader(io.StringIO(written.text)))
        assert [list(line) for line in lines] == [list(row) for row in rows]
        assert len(lines) == len(rows)
        section = re.search(rf'data-table="{name}">(.*?)</section>', page.text, re.DOTALL)
        assert section
        assert section[1].count("<tr>") == (len(rows) + 1 if rows else 0)


def test_an_unknown_table_or_shape_is_refused_with_what_there_is(program: httpx.Client) -> None:
    for shape in ("csv", "json"):
        answer = program.get("/studio/items/bakery", params={"as": shape, "table": "no"})
        assert answer.status_code == 422
        assert "facts, fields, removed, copies" in answer.json()["detail"]
    assert program.get("/studio/try", params={"as": "csv"}).status_code == 422
    assert program.get("/studio", params={"as": "xml"}).status_code == 422


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u00a0=1", "－1"]
)
def test_no_cell_of_a_csv_file_is_taken_for_a_formula(text: str) -> None:
    table = Table(
        "t", "T", (Column("a", "A"), Column("b", "B"), Column("n", "N", "number")), [(text, Link(text, "#"), -1)]
    )
    _, row = csv.reader(io.StringIO(as_csv(table).decode(), newline=""))
    assert row == [f"'{text}", f"'{text}", "-1"]


def test_plain_cells_stay_as_they_are_in_csv() -> None:
    table = Table("t", "T", (Column("a", "A"),), [('a, "b"\nc; d=e',), (None,), (True,)])
    assert list(csv.reader(io.StringIO(as_csv(table).decode(), newline=""))) == [
        ["a"],
        ['a, "b"\nc; d=e'],
        [""],
        ["True"],
    ]


def test_yes_and_no_numbers_and_times_are_such_in_the_twins(server: Served, program: httpx.Client) -> None:
    def table(path: str, name: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = program.get(path, params={"as": "json"}).json()[name]
        return rows

    assert {row["hidden"] for row in table("/studio/items", "items")} == {False}
    assert table("/studio/releases", "releases")[0]["in_use"] is True
    assert {row["own"] for row in table("/studio/prompts/judge", "versions")} == {False}
    state = {row["what"]: row["state"] for row in table("/studio", "state")}
    assert (state["items hidden from answers"], state["rows in quarantine"]) == (0, 2)
    tried = program.post("/studio/try?as=json", data={"text": "crowns"}).json()["answer"]
    assert {row["what"]: row["value"] for row in tried}["cost in US dollars"] == 0.0
    built = program.get("/studio/releases?as=csv").text
    assert f'"{table("/studio/releases", "releases")[0]["created"]}"' in built


def test_a_parameter_that_a_page_does_not_take_is_refused_with_those_it_takes(
    program: httpx.Client, browser: httpx.Client
) -> None:
    answer = program.get("/studio/items", params={"as": "json", "query": "rye"})
    assert answer.status_code == 422
    assert "no parameter 'query'; it takes as, table, q, filter, only, n, cursor" in answer.json()["detail"]
    page = browser.get("/studio/visits?days=3")
    assert (page.status_code, "it takes as, table, n, cursor" in words(page)) == (422, True)


# --- pages ------------------------------------------------------------------------------------------------------------


def items(program: httpx.Client, **asked: str | int) -> list[str]:
    answer = program.get("/studio/items", params={"as": "json", **asked})
    assert answer.status_code == 200, answer.text
    return [row["item"] for row in answer.json()["items"]]


def test_a_slash_at_the_end_of_an_address_makes_no_difference(program: httpx.Client) -> None:
    assert [program.get(path).status_code for path in ("/studio/", "/studio/items/")] == [200, 200]


def test_items_come_in_the_order_of_their_ids_page_by_page(program: httpx.Client) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        data = program.get("/studio/items", params={"as": "json", "n": 5, "cursor": cursor}).json()
        found += [row["item"] for row in data["items"]]
        cursor = data.get("cursor", {}).get("items", "")
        if not cursor:
            break
    assert len(found) == 12
    assert found == sorted(found)


def test_a_cursor_whose_item_is_gone_goes_on_behind_its_place(program: httpx.Client) -> None:
    assert items(program, cursor="beer", n=1) == ["bees"]


def test_items_are_searched_filtered_and_found_by_their_id(program: httpx.Client) -> None:
    assert items(program, q="crowns and dentures")[0] == "dentist"
    assert items(program, q="laundry")[0] == "laundry"
    assert set(items(program, filter="country = SE")) == {"boats", "school"}
    assert items(program, filter="country = SE", q="sailing yachts")[0] == "boats"


def test_a_filter_that_cannot_be_read_is_said_beside_what_was_asked(browser: httpx.Client) -> None:
    answer = browser.get("/studio/items", params={"q": "rye", "filter": "staff >"})
    assert answer.status_code == 422
    assert "expected a value" in words(answer)
    assert 'value="staff &gt;"' in answer.text


def test_hidden_items_stay_in_the_list_and_are_marked(server: Served, program: httpx.Client) -> None:
    server.project.store.write(lambda unit: unit.hidden.set([ItemId("bees")], True))
    try:
        assert items(program, only="hidden") == ["bees"]
        assert "bees" in items(program)
    finally:
        server.project.store.write(lambda unit: unit.hidden.set([ItemId("bees")], False))


def test_an_item_stands_beside_its_source_with_its_fields(browser: httpx.Client) -> None:
    answer = browser.get("/studio/items/bakery")
    text = words(answer)
    assert text.count("A bakery that bakes rye bread and wedding cakes") == 3, "source, cleaned text and own source"
    assert re.search(r"from \S*items\.jsonl , line 1 ", text)
    assert "employees 14 14" in text


def test_an_item_that_waits_for_a_build_shows_its_page(server: Served, browser: httpx.Client) -> None:
    odd = ItemId("new/item ü?")
    page = Page(odd, "html", "", b"<p>Kept</p><script>no</script><nav>menu</nav>", {}, "site")
    server.project.store.write(lambda unit: unit.pages.put([page]))
    answer = browser.get(f"/studio/items/{quote(odd, safe='')}")
    assert answer.status_code == 200
    assert "waits for the next build" in words(answer)
    assert "Kept" in words(answer)


def test_an_unknown_item_is_said_to_be_unknown(browser: httpx.Client) -> None:
    answer = browser.get("/studio/items/nobody")
    assert answer.status_code == 404
    assert "not_found.item" in answer.text


def test_spans_of_facts_cut_the_text_where_they_begin_and_end() -> None:
    facts = [
        Fact("a", "x", "stated", 1.0, Span(4, 9)),
        Fact("b", "y", "stated", 1.0, Span(6, 12)),
        Fact("c", "z", "stated", 1.0),
        Fact("d", "w", "stated", 1.0, Span(90, 99)),
    ]
    pieces = [(piece.text, piece.facts, piece.begun, piece.ended) for piece in marked("one two three", facts)]
    assert pieces == [
        ("one ", (), (), ()),
        ("tw", (1,), (1,), ()),
        ("o t", (1, 2), (2,), (1,)),
        ("hre", (2,), (), (2,)),
        ("e", (), (), ()),
    ]
    assert [row["n"] for row in _facts(None, facts).records()] == [1, 2, 3, 4]


def test_a_release_is_put_in_use_only_after_a_yes_and_only_instead_of_the_one_that_was_seen(world: Project) -> None:
    from firstfive.app.build import build

    world.store.write(lambda unit: unit.pages.retire([ItemId("bees")]))
    old = list_releases(world)[1]
    new = build(world, use=False).release.id
    with served(world) as running, httpx.Client(base_url=running.url) as client:
        sign_in(client, running.operator)
        assert f"instead of {old}" in words(client.get(f"/studio/releases/{new}/use")).replace(" ,", ",")
        for fields in ({}, {"confirmed": "yes"}, {"confirmed": "no", "instead_of": str(old)}):
            assert post(client, f"/studio/releases/{new}/use", fields).status_code == 422
        stale = post(client, f"/studio/releases/{new}/use", {"confirmed": "yes", "instead_of": "another"})
        assert stale.status_code == 409
        assert world.release_in_use() == old
        done = post(client, f"/studio/releases/{new}/use", {"confirmed": "yes", "instead_of": str(old)})
        assert done.headers["location"] == "/studio/releases"
        assert world.release_in_use() == new
        assert f"/studio/releases/{old}/use" in client.get("/studio/releases").text, "the way back"


def test_what_differs_between_two_releases_is_named(world: Project) -> None:
    from firstfive.app.build import build

    old = world.release_in_use()
    world.store.write(lambda unit: unit.pages.retire([ItemId("bees")]))
    new = build(world).release.id
    with served(world) as running:
        headers = {"X-API-Key": running.operator}
        query = {"as": "json", "against": str(old)}
        data = httpx.get(f"{running.url}/studio/releases/{new}", params=query, headers=headers).json()
    changed = [row["part"] for row in data["differences"]]
    assert "catalogue" in changed
    assert "format" not in changed
    assert all(row["before"] != row["after"] for row in data["differences"])


def test_a_prompt_shows_its_versions_labels_and_what_differs(world: Project) -> None:
    own = world.folder / "prompts" / "mine"
    own.mkdir(parents=True)
    shipped = Path(world.prompts.get("describe").file).read_text("utf-8")
    (own / "1.toml").write_text(shipped, "utf-8")
    (own / "2.toml").write_text(shipped.replace("You fill in a form", "You fill in a long form"), "utf-8")
    world.store.write(lambda unit: unit.labels.put("mine", "production", 1))
    world.store.write(lambda unit: unit.labels.put("mine", "trial", 2))
    with served(world) as running:
        headers = {"X-API-Key": running.operator}
        data = httpx.get(f"{running.url}/studio/prompts/mine?as=json", headers=headers).json()
    newest, oldest = data["versions"]
    assert (newest["version"], newest["labels"], newest["own"]) == (2, "trial, latest", True)
    assert (oldest["version"], oldest["labels"], oldest["own"]) == (1, "production", True)
    assert [row["sign"] for row in data["differences"] if "long form" in row["line"]] == ["+"]


def test_a_trial_shows_every_stage_and_stores_nothing(server: Served, program: httpx.Client) -> None:
    def stored() -> object:
        with server.project.store.read() as unit:
            return unit.slates.last_at()

    before = stored()
    headers = {"Idempotency-Key": "once"}
    for _ in range(2):
        form = {"text": "crowns and dentures", "n": "3"}
        answer = program.post("/studio/try?as=json", data=form, headers=headers)
        assert "idempotency-replayed" not in answer.headers, "nothing is kept, not even the answer"
    data = answer.json()
    assert stored() == before
    assert (data["places"][0]["item"], data["places"][0]["title"]) == ("dentist", "Bright Molar")
    assert [row["place"] for row in data["places"]] == [1, 2, 3]
    assert data["read"] == [{"wish": "crowns and dentures", "wanted": "wanted", "read": "words"}]
    first = data["stages"][0]
    assert (first.pop("item"), first.pop("title")) == ("dentist", "Bright Molar")
    assert list(first) == ["fuse", "guard", "copies", "pieces", "denied", "diversify", "cut"]
    assert first["cut"] == 1
    assert [row["cut"] for row in data["stages"]][3:] == [None] * (len(data["stages"]) - 3)
    channels = sorted(name for name in data if name.startswith("found_"))
    assert channels == ["found_chars", "found_passages", "found_whole", "found_words"]
    assert data["found_words"][0] == {"place": 1, "title": "Bright Molar", "item": "dentist", "score": 1.0}
    assert {row["stage"] for row in data["timings"]} >= {"embed", "words", "fuse", "explain"}
    assert all(row["what"] for row in data["timings"]), "every stage is explained"


def test_the_way_of_a_place_names_the_stages_that_moved_it() -> None:
    assert way({"fuse": 4, "guard": 4, "pieces": 2, "cut": 2}) == "fuse 4, pieces 2 (up 2)"
    assert way({"fuse": 1, "diversify": 3}) == "fuse 1, diversify 3 (down 2)"


def test_each_stage_and_lap_of_an_answer_is_told_in_words() -> None:
    def named(call: ast.Call) -> str | None:
        """The name that a call gives to a stage: `Stage("cut", step)`, `watch.lap("fuse")`."""
        told, first = call.func, call.args[0] if call.args else None
        lap = isinstance(told, ast.Attribute) and told.attr == "lap" and ast.unparse(told.value).endswith("watch")
        makes = lap or (isinstance(told, ast.Name) and told.id == "Stage")
        return first.value if makes and isinstance(first, ast.Constant) and isinstance(first.value, str) else None

    sources = [file for part in ("app", "rank") for file in (Path(firstfive.__file__).parent / part).glob("*.py")]
    calls = [
        one for file in sources for one in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(one, ast.Call)
    ]
    found = {name for call in calls if (name := named(call))}
    assert {"guard", "learned", "told", "interleave", "store"} <= found, "or the test looks in the wrong places"
    assert found | {WAIT, "words", "chars", "whole", "passages", "own"} == set(STAGES)


def test_what_cannot_be_tried_is_said_beside_what_was_sent(browser: httpx.Client) -> None:
    for fields, said in (
        ({"text": ""}, "no words"),
        ({"text": "rye", "n": "0"}, "1 to 100"),
        ({"text": "rye", "speed": "no"}, "one of fast"),
    ):
        answer = post(browser, "/studio/try", fields)
        assert answer.status_code == 422
        assert said in words(answer)
        assert f"{fields['text']}</textarea>" in answer.text


def test_quarantine_goes_on_page_by_page(program: httpx.Client) -> None:
    first = program.get("/studio/quarantine", params={"as": "json", "n": 1}).json()
    last = program.get(
        "/studio/quarantine", params={"as": "json", "n": 1, "cursor": first["cursor"]["quarantine"]}
    ).json()
    assert [row["line"] for row in (*first["quarantine"], *last["quarantine"])] == [1, 2]
    assert "cursor" not in last


def test_hostile_text_stays_text(browser: httpx.Client) -> None:
    answer = browser.get("/studio/quarantine")
    assert "<script>window" not in answer.text
    assert "<img" not in answer.text
    assert "\u202e" not in answer.text
    assert "window.ran=1" in words(answer)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"


def test_the_studio_says_so_where_nothing_is_built(tmp_path: Path) -> None:
    from firstfive.app.wiring import init_project

    init_project(tmp_path)
    with open_project(tmp_path, environment={}) as project, served(project) as running:
        headers = {"X-API-Key": running.operator}
        home = httpx.get(f"{running.url}/studio", headers=headers)
        assert home.status_code == 200
        assert "nothing is built yet" in home.text
        assert httpx.get(f"{running.url}/studio/items", headers=headers).status_code == 503
        for path in ("quarantine", "releases", "prompts"):
            assert httpx.get(f"{running.url}/studio/{path}", headers=headers).status_code == 200
