"""The interface for programs over real HTTP: keys, limits, problem documents, idempotency, health."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from firstfive.app.record import add_feedback, create_key, erase, revoke_key
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.errors import CODES, RunError, StoreError
from firstfive.server import make_app
from firstfive.server.app import API
from firstfive.server.arriving import InTime
from firstfive.server.limits import Buckets
from firstfive.server.openapi import codes
from firstfive.server.serving import bind, running
from firstfive.store.sql_store import SqlStore
from firstfive.testing.clients import Served, served
from firstfive.testing.world import WISHES, Wish
from firstfive.types import Event, ItemId, Page, RecommId, User, UserId


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("server") / "world")
    with open_project(folder, environment={}) as project, served(project) as running_server:
        yield running_server


@pytest.fixture
def http(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"X-API-Key": server.app}) as client:
        yield client


def slates(project: Project) -> int:
    """Slates stored, counted by a metric that only grows when one is stored."""
    with closing(sqlite3.connect(project.folder / "firstfive.db")) as raw:
        return int(raw.execute("SELECT count(*) FROM slates").fetchone()[0])


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", WISHES, ids=[wish.qid for wish in WISHES])
def test_a_request_in_words_gets_its_item_among_the_five(http: httpx.Client, wish: Wish) -> None:
    answer = http.post("/api/recommend", json={"text": wish.text}).json()
    assert wish.answer in [place["item"] for place in answer["places"]]
    assert len(answer["places"]) == 5
    assert answer["release"]


def test_a_slate_is_stored_before_it_is_sent(server: Served, http: httpx.Client) -> None:
    answer = http.post("/api/recommend", json={"text": "honey from a beekeeper", "n": 2}).json()
    with server.project.store.read() as unit:
        stored = unit.slates.get(answer["recommId"])
    assert stored is not None
    assert [place.item for place in stored.places] == [place["item"] for place in answer["places"]]


def test_positive_and_negative_are_other_names_for_like_and_unlike(http: httpx.Client) -> None:
    ask = {"text": "a company", "positive": ["bees"], "negative": ["solar"]}
    request = http.post("/api/recommend", json=ask).json()["request"]
    assert request["like"] == ["bees"]
    assert request["unlike"] == ["solar"]


@pytest.mark.parametrize(("sent", "kept"), [({}, None), ({"diversity": None}, None), ({"diversity": 0}, 0)])
def test_without_a_diversity_only_near_repeats_are_kept_apart_and_0_is_pure_relevance(
    http: httpx.Client, sent: dict[str, object], kept: float | None
) -> None:
    assert http.post("/api/recommend", json={"text": "a company", **sent}).json()["request"]["diversity"] == kept


def test_the_user_has_one_name_in_the_request_and_in_the_slate(http: httpx.Client) -> None:
    asked = http.post("/api/recommend", json={"text": "a company", "userId": "ann"}).json()["request"]
    assert asked["userId"] == "ann"
    assert "user" not in asked


def test_a_search_in_the_catalogue_ranks_at_most_a_hundred(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstfive.app.recommend import Recommender

    wanted: list[int] = []

    def many(_: object, asked: list[tuple[str, str]], n: int) -> Iterator[tuple[str, list[object]]]:
        wanted.append(n)
        return iter([(asked[0][0], [])])

    monkeypatch.setattr(Recommender, "many", many)
    assert http.get("/api/items?q=bread&n=10000").json()["Items"] == []
    assert wanted == [100]


def test_a_label_never_takes_the_place_of_what_the_item_says_itself(http: httpx.Client) -> None:
    labels = {"categories": "wrong", "timestamp": "wrong", "country": "PL"}
    item = {"ItemId": "labelled", "Comment": "x", "Categories": ["right"], "Timestamp": "2026-01-01", "Labels": labels}
    http.post("/api/item", json=item)
    for _ in range(2):
        kept = http.get("/api/item/labelled").json()
        assert (kept["Categories"], kept["Timestamp"], kept["Labels"]) == (["right"], "2026-01-01", {"country": "PL"})
        http.patch("/api/item/labelled", json={"Labels": labels})


LABELS = [
    {"age": 3, "ratio": 1.5, "open": True, "none": None, "word": "a", "number": "3", "yes": "true", "quoted": '"a"'},
    {"sizes": [1, 2, 3], "words": ["a", "b"], "mixed": [1, "1", None], "in": {"town": {"name": "Ely"}}, "empty": {}},
    {"labels": "x", "country": "FR"},
    {"labels": "x"},
    {"labels": ["a", "b"]},
    {"labels": "x\n", "timestamp": 5},
    {"timestamp": 5},
    {"timestamp": "2026-01-01"},
    "x\n",
    {"spaced": " 3", "spaces": "  null", "nothing": "", "big": 10**17 + 1, "list": "[1]", "json:": "json:"},
    ["a", "b"],
    ["json:[1]", "b"],
    ["1", 1, None],
    [],
    3,
    "3",
    False,
]


@pytest.mark.parametrize("labels", LABELS, ids=str)
def test_labels_of_any_json_come_back_as_they_were_sent(http: httpx.Client, labels: object) -> None:
    http.post("/api/items", json=[{"ItemId": "any", "Labels": labels, "Categories": ["a"]}]).raise_for_status()
    assert http.get("/api/item/any").json()["Labels"] == labels
    http.patch("/api/item/bees", json={"Labels": labels}).raise_for_status()
    assert http.get("/api/item/bees").json()["Labels"] == labels
    for sent in (http.post("/api/user", json={"UserId": "u"}), http.patch("/api/user/u", json={"Labels": labels})):
        sent.raise_for_status()
    assert http.get("/api/user/u").json()["Labels"] == labels


def test_a_label_of_the_name_categories_puts_an_item_into_none(http: httpx.Client) -> None:
    labels = {"categories": ["a"]}
    http.post("/api/item", json={"ItemId": "sorted", "Labels": labels}).raise_for_status()
    kept = http.get("/api/item/sorted").json()
    assert (kept["Categories"], kept["Labels"]) == (None, labels)
    http.put("/api/item/sorted/category/b").raise_for_status()
    assert http.get("/api/item/sorted").json()["Categories"] == ["b"]


def test_labels_that_were_stored_as_words_stay_words(server: Served, http: httpx.Client) -> None:
    page = Page(ItemId("old"), "text", "", b"x", {"zip": "75001"}, source="api")
    users = [User(UserId("old"), ("json: mine",)), User(UserId("older"), ("json:1", "2"))]
    server.project.store.write(lambda unit: (unit.pages.put([page]), unit.users.put(users)))
    assert http.get("/api/item/old").json()["Labels"] == {"zip": "75001"}
    assert [http.get(f"/api/user/{user.id}").json()["Labels"] for user in users] == [["json: mine"], ["json:1", "2"]]
    assert http.get("/api/users").status_code == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"ItemId": "a", "UserId": "a", "Labels": "' + "x" * 65_535 + '"}', "larger than 64 KiB"),
        ('{"ItemId": "a", "UserId": "a", "Labels": ' + "[" * 40 + "]" * 40 + "}", "32 deep"),
        ('{"ItemId": "a", "UserId": "a", "Labels": ' + "[" * 90_000 + "]" * 90_000 + "}", "nested too deeply"),
    ],
)
@pytest.mark.parametrize("path", ["item", "user"])
def test_labels_beyond_their_bounds_are_refused(http: httpx.Client, path: str, body: str, said: str) -> None:
    answer = http.post(f"/api/{path}", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, said in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("path", ["/api/item", "/api/items"])
def test_a_timestamp_that_is_no_time_is_refused_with_an_example(http: httpx.Client, path: str) -> None:
    item = {"ItemId": "late", "Timestamp": "yesterday"}
    refused = http.post(path, json=[item] if path == "/api/items" else item)
    assert (refused.status_code, "2026-01-31T09:30:00Z" in refused.json()["detail"]) == (422, True)
    assert http.patch("/api/item/bees", json={"Timestamp": "yesterday"}).status_code == 422
    written = "2026-03-01 12:00+02:00"
    http.post("/api/item", json={"ItemId": "late", "Timestamp": written}).raise_for_status()
    assert http.get("/api/item/late").json()["Timestamp"] == written


@pytest.mark.parametrize("written", ["2020", "2020-05", "2026-01-31t09:30:00z", "20260131T0930", "2026-W05-6 09:30"])
def test_a_timestamp_that_an_import_may_hold_can_be_sent_back(http: httpx.Client, written: str) -> None:
    http.post("/api/item", json={"ItemId": "dated", "Timestamp": written}).raise_for_status()
    kept = http.get("/api/item/dated").json()
    assert kept["Timestamp"] == written
    http.post("/api/item", json=kept).raise_for_status()


@pytest.mark.parametrize("sign", ["\0", "x", "_", "\ud800", "\u2028"])
def test_a_day_and_its_time_are_parted_by_t_or_a_blank(http: httpx.Client, sign: str) -> None:
    body = json.dumps({"ItemId": "parted", "Timestamp": f"2026-01-31{sign}09:30:00"})
    answer = http.post("/api/item", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("written", ["0000", "2020-13", "2020-5", "20"])
def test_no_year_or_month_is_no_timestamp(http: httpx.Client, written: str) -> None:
    assert http.post("/api/item", json={"ItemId": "odd", "Timestamp": written}).status_code == 422


def test_null_is_no_timestamp_and_no_value(http: httpx.Client) -> None:
    http.post("/api/item", json={"ItemId": "timeless", "Timestamp": None}).raise_for_status()
    assert http.get("/api/item/timeless").json()["Timestamp"] == ""
    said = {"FeedbackType": "like", "UserId": "nul", "ItemId": "bees", "Timestamp": None, "Value": None}
    http.post("/api/feedback", json=[said]).raise_for_status()
    assert http.get("/api/feedback/like/nul/bees").json()["Value"] == 0
    http.post("/api/session/recommend", json=[said]).raise_for_status()


@pytest.mark.parametrize("packed", ["gzip", "br", "gzip, identity"])
def test_a_packed_body_is_refused_with_what_to_send(http: httpx.Client, packed: str) -> None:
    answer = http.post("/api/item", content=gzip.compress(b"{}"), headers={"content-encoding": packed})
    assert (answer.status_code, answer.json()["code"]) == (415, "request.encoding")
    assert answer.headers["accept-encoding"] == "identity"


def test_a_byte_order_mark_before_json_does_no_harm(http: httpx.Client) -> None:
    body = b'\xef\xbb\xbf{"text": "bread"}'
    for encoding in ({}, {"content-encoding": "identity"}):
        assert http.post("/api/recommend", content=body, headers=encoding).status_code == 200


def test_what_is_told_moves_items_and_what_to_ask_comes_with_them(http: httpx.Client) -> None:
    told = {"condition": "country = PL"}
    sent = {"text": "a company", "ask": True, "visit": "v", "told": [told], "exclude": ["bees"]}
    answer = http.post("/api/recommend", json=sent).json()
    found = [place["item"] for place in answer["places"]]
    assert found[0] == "trucks"
    assert len(found) == 5
    assert "bees" not in found
    assert answer["asked"]["question"] is None or answer["asked"]["question"]["field"] != "country"
    assert answer["request"]["visit"] == "v"
    assert answer["request"]["told"][0]["condition"] == told["condition"]
    assert http.post("/api/recommend", json={"text": "a company"}).json()["asked"] is None


def test_a_filter_keeps_only_what_it_allows(http: httpx.Client) -> None:
    answer = http.post("/api/recommend", json={"text": "a company", "filter": "country = PL"}).json()
    assert {place["item"] for place in answer["places"]} == {"trucks", "bees"}


def test_ten_requests_at_once_get_ten_answers_of_their_own(server: Served) -> None:
    def ask(number: int) -> str:
        with httpx.Client(base_url=server.url, headers={"X-API-Key": server.reader}) as client:
            return str(client.post("/api/recommend", json={"text": f"frozen food {number}"}).json()["request"]["text"])

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(ask, range(10))) == [f"frozen food {number}" for number in range(10)]


# --- keys -------------------------------------------------------------------------------------------------------------


def test_without_a_key_every_guarded_route_says_how_to_make_one(server: Served) -> None:
    for route in API:
        if not route.role:
            continue
        path = route.path.replace("{", "").replace("}", "")
        answer = httpx.request(route.method, server.url + path, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (401, "access.no_key"), route
        assert "firstfive key create" in answer.json()["detail"]


def test_a_project_without_keys_says_so(world: Project) -> None:
    with running(make_app(world)) as url:
        answer = httpx.get(f"{url}/api/users", headers={"X-API-Key": "ff_guess"})
    assert answer.status_code == 401
    assert "no keys yet" in answer.json()["detail"]


def test_a_reader_may_ask_and_not_write(server: Served) -> None:
    reader = {"X-API-Key": server.reader}
    assert httpx.post(f"{server.url}/api/recommend", headers=reader, json={"text": "bread"}).status_code == 200
    refused = httpx.post(f"{server.url}/api/user", headers=reader, json={"UserId": "u"})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.role")


@pytest.mark.parametrize(
    "path",
    [
        "/api/users",
        "/api/feedback",
        "/api/feedback/like",
        "/api/item/bees/feedback",
        "/api/item/bees/feedback/like",
        "/api/recommend/ann?write-back-type=read",
        "/api/recommend/ann/sweet?write-back-type=read",
    ],
)
def test_a_reader_neither_lists_what_people_did_nor_records_anything(server: Served, path: str) -> None:
    refused = httpx.get(server.url + path, headers={"X-API-Key": server.reader})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.role")
    assert httpx.get(server.url + path, headers={"X-API-Key": server.app}).status_code == 200


def test_a_reader_may_be_recommended_to_without_a_record(server: Served) -> None:
    reader = {"X-API-Key": server.reader}
    assert httpx.get(f"{server.url}/api/recommend/somebody-new", headers=reader).status_code == 200
    assert httpx.get(f"{server.url}/api/user/somebody-new/feedback", headers=reader).json() == []


def test_a_revoked_key_is_refused_within_five_seconds(
    server: Served, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstfive.app import record

    assert record.FRESH_S < 5
    key, secret = create_key(server.project, "reader", "short")
    asked = {"X-API-Key": secret}
    assert http.get("/api/items", headers=asked).status_code == 200
    revoke_key(server.project, key.id)
    monkeypatch.setattr(record, "FRESH_S", 0.0)
    assert http.get("/api/items", headers=asked).status_code == 401


def test_no_secret_is_stored(server: Served) -> None:
    stored = b"".join(file.read_bytes() for file in server.project.folder.glob("firstfive.db*"))
    assert server.operator.encode() not in stored


def test_page_health_metrics_and_docs_need_no_key(server: Served) -> None:
    for path in ("/", "/api/health/live", "/api/health/ready", "/metrics", "/docs", "/openapi.json"):
        assert httpx.get(server.url + path).status_code == 200, path


# --- problems ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/api/nothing", b"", 404, "not_found.route"),
        ("DELETE", "/api/users", b"", 405, "conflict.method"),
        ("POST", "/api/recommend", b"{", 422, "request.invalid"),
        ("POST", "/api/recommend", b'{"text": "x", "n": "5"}', 422, "request.invalid"),
        ("POST", "/api/recommend", b'{"text": "x", "txet": 1}', 422, "request.invalid"),
        ("POST", "/api/recommend", b'{"text": "  "}', 422, "request.empty"),
        ("POST", "/api/recommend", b'{"text": "x", "filter": "country ="}', 422, "request.filter"),
        ("POST", "/api/recommend", b'\xff\xfe{"text": "x"}', 422, "request.invalid"),
        ("GET", "/api/items?n=zero", b"", 422, "request.invalid"),
        ("GET", "/api/items?n=99999999999999999999", b"", 422, "request.invalid"),
        ("GET", "/api/item/%00", b"", 422, "request.invalid"),
        ("GET", "/api/item/%ff", b"", 422, "request.invalid"),
        ("GET", "/api/item/no-such", b"", 404, "not_found.item"),
        ("GET", "/api/item/no-such/neighbors", b"", 404, "not_found.item"),
        ("GET", "/api/user/no-such", b"", 404, "not_found.user"),
    ],
)
def test_every_error_is_a_problem_document(
    http: httpx.Client, method: str, path: str, sent: bytes, status: int, code: str
) -> None:
    answer = http.request(method, path, content=sent)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "retry"}
    assert problem["title"] == CODES[code].meaning
    assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"


def test_a_wrong_method_names_every_right_one(http: httpx.Client) -> None:
    allowed = http.delete("/api/users").headers["allow"]
    assert set(allowed.replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}


def test_a_body_above_the_limit_is_refused_with_and_without_its_length(server: Served) -> None:
    big = b"x" * (server.project.settings.server.max_body_kb * 1024 + 1)
    for content in (big, iter([big[: len(big) // 2], big[len(big) // 2 :]])):
        answer = httpx.post(f"{server.url}/api/items", headers={"X-API-Key": server.app}, content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_a_body_at_the_limit_is_read(server: Served) -> None:
    room = server.project.settings.server.max_body_kb * 1024
    head, tail = b'[{"ItemId": "large", "Comment": "', b'"}]'
    body = head + b"x" * 1000 + tail
    body += b" " * (room - len(body))
    answer = httpx.post(f"{server.url}/api/items", headers={"X-API-Key": server.app}, content=body)
    assert answer.json() == {"RowAffected": 1}


def test_too_many_calls_are_told_how_long_to_wait(world_folder: Path) -> None:
    limited = open_project(world_folder, overrides=["server.rate_per_minute=3"], environment={})
    with limited as project, served(project) as server:
        answers = [httpx.get(f"{server.url}/api/items", headers={"X-API-Key": server.reader}) for _ in range(4)]
        others = httpx.get(f"{server.url}/api/items", headers={"X-API-Key": server.app})
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"3"}
    assert int(answers[3].headers["x-ratelimit-reset"]) >= int(answers[3].headers["retry-after"])
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert answers[3].json()["retry"] is True
    assert others.status_code == 200


def test_a_call_that_is_refused_tells_what_is_left_too(http: httpx.Client) -> None:
    limit = str(6000)
    assert http.post("/api/recommend", json={"text": ""}).headers["x-ratelimit-limit"] == limit


def test_a_bucket_fills_again_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from firstfive.server import limits

    now = [100.0]
    monkeypatch.setattr(limits, "monotonic", lambda: now[0])
    buckets = Buckets(60)
    for _ in range(60):
        buckets.take("one")
    now[0] += 1.0
    allowance = buckets.take("one")
    assert allowance is not None
    assert allowance.remaining == 0


def test_another_host_name_is_refused(world: Project) -> None:
    with running(make_app(world, hosts=["localhost", "127.0.0.1"])) as url:
        right = httpx.get(f"{url}/api/health/live")
        wrong = httpx.get(f"{url}/api/health/live", headers={"Host": "rebound.example"})
    assert right.status_code == 200
    assert (wrong.status_code, wrong.json()["code"]) == (421, "access.host")


def test_an_unforeseen_failure_is_a_problem_and_its_text_stays_inside(
    world: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.recommend import Recommender

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("words of the request")

    monkeypatch.setattr(Recommender, "recommend", broken)
    with served(world) as server, caplog.at_level(logging.ERROR, "firstfive"):
        ask = {"text": "words of the request"}
        answer = httpx.post(f"{server.url}/api/recommend", headers={"X-API-Key": server.reader}, json=ask)
    assert (answer.status_code, answer.json()["code"]) == (500, "server.internal")
    assert "words of the request" not in answer.text + caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert answer.headers["x-request-id"] in caplog.text


def test_what_is_wrong_with_the_store_is_told_to_the_log_and_where_it_lies_to_nobody_else(
    world: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from firstfive.app.recommend import Recommender

    def full(*_: object, **__: object) -> None:
        raise StoreError("/srv/secret/firstfive.db: disk full; free some space", code="store.full")

    monkeypatch.setattr(Recommender, "recommend", full)
    with served(world) as server, caplog.at_level(logging.ERROR, "firstfive"):
        header = {"X-API-Key": server.reader}
        answer = httpx.post(f"{server.url}/api/recommend", headers=header, json={"text": "bees"})
    assert (answer.status_code, answer.json()["code"], answer.json()["retry"]) == (507, "store.full", True)
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert f"{answer.headers['x-request-id']} store.full /srv/secret/firstfive.db: disk full" in caplog.text


def test_the_log_names_routes_and_no_words_or_ids(
    server: Served, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "firstfive"):
        http.post("/api/recommend", json={"text": "confidential succession", "userId": "mrs-smith"})
        http.get("/api/user/mrs-smith?q=confidential")
        httpx.post(f"{server.url}/find", data={"text": "confidential succession"})
    assert "POST /api/recommend 200" in caplog.text
    assert "GET /api/user/{user_id} 404" in caplog.text
    assert "confidential" not in caplog.text
    assert "mrs-smith" not in caplog.text


def test_the_log_has_no_id_with_which_a_seekers_words_could_be_read(
    server: Served, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "firstfive"):
        address = httpx.post(f"{server.url}/find", data={"text": "confidential succession"}).headers["location"]
        recomm_id = http.post("/api/recommend", json={"text": "confidential succession"}).json()["recommId"]
        until = time.monotonic() + 5
        while recomm_id not in caplog.text and time.monotonic() < until:  # a line is written after its answer is sent
            time.sleep(0.01)
    assert address.removeprefix("/slate/") not in caplog.text
    assert recomm_id in caplog.text
    assert httpx.get(server.url + address).status_code == 200
    assert httpx.get(f"{server.url}/slate/{recomm_id}").status_code == 404


def test_requests_are_counted_by_route(http: httpx.Client) -> None:
    http.get("/api/user/somebody")
    metrics = http.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'route="/api/user/{user_id}"' in metrics.text
    assert "somebody" not in metrics.text


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


def test_the_same_key_and_body_get_the_stored_answer(server: Served, http: httpx.Client) -> None:
    ask, key = {"text": "a nursery school"}, {"Idempotency-Key": "once-1"}
    first = http.post("/api/recommend", json=ask, headers=key)
    before = slates(server.project)
    second = http.post("/api/recommend", json=ask, headers=key)
    assert second.content == first.content
    assert second.headers["idempotency-replayed"] == "true"
    assert slates(server.project) == before


def test_the_same_key_with_another_body_is_a_conflict(http: httpx.Client) -> None:
    key = {"Idempotency-Key": "once-2"}
    assert http.post("/api/user", json={"UserId": "a"}, headers=key).status_code == 200
    answer = http.post("/api/user", json={"UserId": "b"}, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict.idempotency")
    assert http.get("/api/user/b").status_code == 404


def test_the_same_key_with_another_query_is_a_conflict(http: httpx.Client) -> None:
    visit, key = [{"ItemId": "bees"}], {"Idempotency-Key": "once-query"}
    assert len(http.post("/api/session/recommend?n=1", json=visit, headers=key).json()) == 1
    answer = http.post("/api/session/recommend?n=2", json=visit, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict.idempotency")


def test_one_caller_cannot_read_anothers_answer_by_guessing_its_key(server: Served, http: httpx.Client) -> None:
    ask, key = {"text": "grey iron"}, {"Idempotency-Key": "once-3"}
    first = http.post("/api/recommend", json=ask, headers=key).json()
    other = httpx.post(f"{server.url}/api/recommend", json=ask, headers={**key, "X-API-Key": server.operator}).json()
    assert other["recommId"] != first["recommId"]


def test_ten_at_once_with_one_key_do_it_once_and_get_one_answer(server: Served) -> None:
    before = slates(server.project)

    def ask(_: int) -> bytes:
        headers = {"X-API-Key": server.reader, "Idempotency-Key": "ten-at-once"}
        return httpx.post(f"{server.url}/api/recommend", json={"text": "dog surgery"}, headers=headers).content

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(ask, range(10)))) == 1
    assert slates(server.project) == before + 1


def test_two_servers_on_one_project_do_it_once(server: Served) -> None:
    before = slates(server.project)
    with (
        open_project(server.project.folder, environment={}) as twin,
        running(make_app(twin)) as url,
        ThreadPoolExecutor(8) as pool,
    ):

        def ask(number: int) -> bytes:
            headers = {"X-API-Key": server.reader, "Idempotency-Key": "two-servers"}
            place = (server.url, url)[number % 2]
            return httpx.post(f"{place}/api/recommend", json={"text": "wooden boats"}, headers=headers).content

        assert len(set(pool.map(ask, range(8)))) == 1
    assert slates(server.project) == before + 1


def test_an_error_is_not_kept_so_the_same_key_can_be_used_again(http: httpx.Client) -> None:
    key = {"Idempotency-Key": "once-4"}
    assert http.post("/api/recommend", json={"text": ""}, headers=key).status_code == 422
    assert http.post("/api/recommend", json={"text": "candles"}, headers=key).status_code == 200


def test_erasing_a_request_erases_the_answer_kept_for_its_key(server: Served, http: httpx.Client) -> None:
    ask, key = {"text": "a rare wish"}, {"Idempotency-Key": "once-5"}
    first = http.post("/api/recommend", json=ask, headers=key).json()
    erase(server.project, request=first["recommId"])
    again = http.post("/api/recommend", json=ask, headers=key).json()
    assert again["recommId"] != first["recommId"]


def test_feedback_on_an_answer_that_was_erased_is_not_taken_in(http: httpx.Client, server: Served) -> None:
    gone, there = (http.post("/api/recommend", json={"text": "rye bread"}).json() for _ in range(2))
    erase(server.project, request=gone["recommId"])
    rows = [said("bees", gone), said("boats", there), said("hvac", None)]
    assert http.put("/api/feedback", json=rows).json() == {"RowAffected": 2}
    listed = http.get("/api/user/late/feedback").json()
    assert [(one["ItemId"], one["RecommId"]) for one in listed] == [("boats", there["recommId"]), ("hvac", "")]
    refused = http.post("/api/feedback", json=rows[:1])
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found.request")
    assert gone["recommId"] in refused.json()["detail"]
    assert http.post("/api/feedback", json=[]).json() == {"RowAffected": 0}


def said(item: str, of: dict[str, Any] | None, user: str = "late") -> dict[str, str]:
    return {"FeedbackType": "yes", "UserId": user, "ItemId": item, "RecommId": of["recommId"] if of else ""}


@pytest.mark.parametrize("where", ["api", "page"])
def test_feedback_that_comes_while_its_answer_is_erased_leaves_nothing(
    http: httpx.Client, server: Served, where: str
) -> None:
    """The answer is erased when feedback on it was looked at, and is about to be stored."""
    if where == "api":
        slate = http.post("/api/recommend", json={"text": "rye bread", "userId": "leaving"}).json()
        whose: dict[str, Any] = {"user": UserId("leaving")}
    else:
        slate = {"recommId": httpx.post(f"{server.url}/find", data={"text": "rye bread"}).headers["location"][7:]}
        whose = {"request": RecommId(slate["recommId"])}
    write, erased = SqlStore.write, list[object]()

    def late(store: SqlStore, work: Any) -> Any:
        if not erased:
            erased.append(whose)
            erase(server.project, **whose)
        return write(store, work)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqlStore, "write", late)
        if where == "api":
            http.post("/api/feedback", json=[said("bakery", slate, "leaving")])
        else:
            httpx.post(f"{server.url}/slate/{slate['recommId']}/say", data={"do": "yes 1"})
    assert erased
    assert http.get("/api/user/leaving").status_code == 404
    with server.project.store.read() as unit:
        assert [one for one in unit.events.find(n=1_000)[0] if one.recomm_id == slate["recommId"]] == []


def test_ten_who_give_feedback_at_once_while_it_is_erased_leave_nothing(http: httpx.Client, server: Served) -> None:
    slate = http.post("/api/recommend", json={"text": "rye bread"}).json()
    ready = threading.Barrier(11)

    def give(n: int) -> None:
        ready.wait()
        for item in range(10):
            event = Event("yes", UserId(f"ten {n}"), ItemId(str(item)), datetime.now(UTC), RecommId(slate["recommId"]))
            server.project.store.write(lambda unit, event=event: add_feedback(unit, [event]))  # type: ignore[misc]

    with ThreadPoolExecutor(10) as pool:
        given = [pool.submit(give, n) for n in range(10)]
        ready.wait()
        erase(server.project, request=slate["recommId"])
        for one in given:
            one.result()
    assert [one for one in http.get("/api/feedback?n=100").json()["Feedback"] if one["UserId"].startswith("ten")] == []


def test_an_item_is_reached_by_the_longest_id_that_an_import_takes(server: Served, http: httpx.Client) -> None:
    from firstfive.types import LONGEST_ID

    longest = "a/" * (LONGEST_ID // 2)
    for item, status in ((longest, 200), (f"{longest}b", 422)):
        put = http.post("/api/item", json={"ItemId": item, "Comment": "A lamp of brass."})
        assert put.status_code == status
        assert http.get(f"/api/item/{item.replace('/', '%2F')}").status_code == status


def test_a_malformed_idempotency_key_is_refused(http: httpx.Client) -> None:
    answer = http.post("/api/user", json={"UserId": "a"}, headers={"Idempotency-Key": "x" * 256})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


# --- before the first build, health, documents ------------------------------------------------------------------------


def test_before_the_first_build_the_server_answers_and_then_serves_without_a_restart(tmp_path: Path) -> None:
    from firstfive.app.build import build
    from firstfive.app.collect import import_sources
    from firstfive.testing.world import write_items

    init_project(tmp_path)
    with open_project(tmp_path, environment={}) as project, served(project) as server:

        def asked() -> httpx.Response:
            headers = {"X-API-Key": server.reader}
            return httpx.post(f"{server.url}/api/recommend", headers=headers, json={"text": "bread"})

        early = asked()
        assert (early.status_code, early.json()["code"]) == (503, "index.missing")
        assert int(early.headers["retry-after"]) >= 1
        assert httpx.get(f"{server.url}/api/health/live").status_code == 200
        assert httpx.get(f"{server.url}/api/health/ready").status_code == 503
        assert "being made" in httpx.get(server.url).text
        import_sources(project, [str(write_items(tmp_path))], field=["*"])
        build(project)
        assert wait_for(lambda: asked().status_code == 200)
        assert wait_for(lambda: httpx.get(f"{server.url}/api/health/ready").status_code == 200)
        assert "being made" not in httpx.get(server.url).text


def wait_for(happened: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = monotonic() + seconds
    while not happened():
        if monotonic() > end:
            return False
        sleep(0.1)
    return True


def test_ready_asks_for_itself_where_nobody_asked_and_stores_nothing(world: Project) -> None:
    with running(make_app(world)) as url:
        answer = httpx.get(f"{url}/api/health/ready")
    assert answer.status_code == 200
    assert answer.json()["release"] == world.release_in_use()
    assert answer.json()["last_answer_s"] < 60
    assert slates(world) == 0


def test_a_probe_is_no_recommendation_and_no_error(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from firstfive import observe

    def counted() -> list[str]:
        lines = httpx.get(f"{url}/metrics").text.splitlines()
        return [line for line in lines if line.startswith("firstfive_recommend_total")]

    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(observe, "tracer", lambda: provider.get_tracer("test"))
    with running(make_app(world)) as url:
        before = counted()
        assert httpx.get(f"{url}/api/health/ready").status_code == 200
        assert counted() == before
    assert [span.name for span in kept.get_finished_spans() if not span.status.is_unset] == []


def test_searches_that_wait_leave_threads_to_what_does_not_search(
    world: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstfive.app.recommend import Recommender

    go_on, recommend = threading.Event(), Recommender.recommend

    def slow(*args: Any, **kwargs: Any) -> Any:
        go_on.wait(30)
        return recommend(*args, **kwargs)

    with served(world) as server, ThreadPoolExecutor(60) as pool:
        headers = {"X-API-Key": server.reader}
        assert wait_for(lambda: httpx.get(f"{server.url}/api/health/ready").status_code == 200)
        monkeypatch.setattr(Recommender, "recommend", slow)

        def ask(number: int) -> int:
            ask = {"text": f"bread {number}"}
            return httpx.post(f"{server.url}/api/recommend", headers=headers, json=ask, timeout=60).status_code

        asked = [pool.submit(ask, number) for number in range(60)]
        sleep(1.0)
        try:
            assert httpx.get(f"{server.url}/api/user/nobody", headers=headers, timeout=5).status_code == 404
        finally:
            go_on.set()
        assert {one.result() for one in asked} == {200}


def test_liveness_waits_for_no_thread(world: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from firstfive.server import people

    go_on, known = threading.Event(), people.known

    def slow(*args: Any) -> Any:
        go_on.wait(30)
        return known(*args)

    monkeypatch.setattr(people, "known", slow)
    with served(world) as server, ThreadPoolExecutor(60) as pool:
        headers = {"X-API-Key": server.reader}

        def get(_: int) -> int:
            return httpx.get(f"{server.url}/api/user/nobody", headers=headers, timeout=60).status_code

        asked = [pool.submit(get, number) for number in range(60)]
        sleep(1.0)
        try:
            assert httpx.get(f"{server.url}/api/health/live", timeout=5).status_code == 200
        finally:
            go_on.set()
        assert {one.result() for one in asked} == {404}


def test_a_slate_is_described_by_its_own_name(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    given = document["paths"]["/api/recommend"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert given == {"$ref": "#/components/schemas/Slate"}
    described = document["components"]["schemas"]
    answer = http.post("/api/recommend", json={"text": "bread"}).json()
    assert list(described["Slate"]["properties"]) == list(answer)
    assert list(described["Request"]["properties"]) == list(answer["request"])


def test_the_document_lists_every_code_that_a_route_can_answer_with(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    for route in API:
        operation = document["paths"][route.path][route.method.lower()]
        for code in codes(route):
            assert code in operation["responses"][str(CODES[code].status)]["description"]
    assert set(document["paths"]) == {route.path for route in API}


def test_the_documents_page_loads_nothing_from_elsewhere(http: httpx.Client) -> None:
    page = http.get("/docs").text
    assert "POST /api/recommend" in page
    assert 'id="store.full"' in page
    assert "//" not in page.replace("<!doctype html>", "")


# --- starting and stopping --------------------------------------------------------------------------------------------


def test_answers_do_not_wait_for_the_network_to_gather_them(http: httpx.Client) -> None:
    def asked_s() -> float:
        began = monotonic()
        assert http.get("/api/health/live").status_code == 200
        return monotonic() - began

    assert min(asked_s() for _ in range(10)) < 0.03


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(RunError, match=f"port {port}") as raised:
            bind("127.0.0.1", port)
    assert raised.value.code == "server.address"


SERVE = """
import sys
from firstfive.app.wiring import open_project
from firstfive.server import serve
with open_project(sys.argv[1], environment={}) as project:
    serve(project, port=0, started=lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


def test_a_stopped_server_finishes_what_it_began_and_ends_well(world_folder: Path) -> None:
    with open_project(world_folder, environment={}) as project:
        _, secret = create_key(project, "reader", "stop")
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(world_folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    answers: list[int] = []
    begun, told = threading.Event(), threading.Event()

    def body() -> Iterator[bytes]:
        yield b'{"text": '
        begun.set()
        told.wait(10)
        yield b'"honey"}'

    def ask() -> None:
        headers = {"X-API-Key": secret}
        answers.append(httpx.post(f"{url}/api/recommend", headers=headers, content=body()).status_code)

    asking = threading.Thread(target=ask)
    assert httpx.get(f"{url}/api/health/live").status_code == 200
    asking.start()
    assert begun.wait(10)
    sleep(0.5)  # the server has read the first half by now, and waits for the second
    process.terminate()
    told.set()
    output, _ = process.communicate(timeout=30)
    asking.join()
    assert answers == [200]
    assert output.strip() == "stopped"
    assert process.returncode == 0


def test_ids_with_slashes_spaces_and_percent_signs_go_there_and_back(http: httpx.Client) -> None:
    from urllib.parse import quote

    for item in ("a/b c", "100%", "%2F", "ä\u4e2d", "..x", "a?b#c", "-"):
        assert http.post("/api/item", json={"ItemId": item, "Comment": "odd"}).json() == {"RowAffected": 1}
        assert http.get(f"/api/item/{quote(item, safe='')}").json()["ItemId"] == item


def test_a_replayed_answer_survives_a_restart(world_folder: Path) -> None:
    answers: list[bytes] = []
    for _ in range(2):
        with open_project(world_folder, environment={}) as project, running(make_app(project)) as url:
            if not answers:
                secret = create_key(project, "reader", "kept")[1]
            headers = {"X-API-Key": secret, "Idempotency-Key": "over-a-restart"}
            answers.append(httpx.post(f"{url}/api/recommend", headers=headers, json={"text": "rye bread"}).content)
    assert answers[0] == answers[1]
    assert json.loads(answers[0])["places"][0]["item"] == "bakery"


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /api/health/live HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ",
        b"POST /api/health/live HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\n{",
        b"GET /api/health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
        b"POST /find HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\nt",
    ],
)
def test_a_connection_that_brings_no_whole_request_in_time_is_closed(
    world: Project, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(InTime, "whole_s", 0.5)
    with running(make_app(world)) as url, socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0)) as slow:
        slow.settimeout(10)
        slow.sendall(begun)
        said = b""
        while more := slow.recv(4096):
            said += more
    assert said.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200" if begun.startswith(b"GET") else b"HTTP/1.1 4"))


def test_a_connection_that_is_used_again_and_an_answer_that_takes_long_are_not_late(
    world: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from firstfive.app.recommend import Recommender

    monkeypatch.setattr(InTime, "whole_s", 0.4)
    recommend = Recommender.recommend

    def slow(*args: Any, **kwargs: Any) -> Any:
        sleep(1)
        return recommend(*args, **kwargs)

    monkeypatch.setattr(Recommender, "recommend", slow)
    with served(world) as server, httpx.Client(base_url=server.url, headers={"X-API-Key": server.reader}) as client:
        for _ in range(2):
            assert client.post("/api/recommend", json={"text": "rye bread"}).status_code == 200
            sleep(0.6)
