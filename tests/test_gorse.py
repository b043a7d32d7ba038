"""PyGorse, unchanged, against our server: every method of both clients."""

from __future__ import annotations

import asyncio
import inspect
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gorse import AsyncGorse, Gorse, GorseException, Score

from firstfive.app.build import build
from firstfive.app.collect import import_sources
from firstfive.app.nearby import having
from firstfive.app.wiring import init_project, open_project
from firstfive.testing.clients import Served, served
from firstfive.types import ItemId

WHEN = "2026-03-01T12:00:00Z"
Do = Callable[..., Any]


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = shutil.copytree(built, tmp_path_factory.mktemp("gorse") / "world")
    with open_project(folder, environment={}) as project, served(project) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def do(request: pytest.FixtureRequest, server: Served) -> Do:
    """Calls a method of the client by name. The two clients share a server, so ids carry the client's kind."""
    client = {"sync": Gorse, "async": AsyncGorse}[request.param](server.url, server.app)
    CALLED.setdefault(type(client), set())

    def call(method: str, *args: Any, **kwargs: Any) -> Any:
        CALLED[type(client)].add(method)
        answer = getattr(client, method)(*args, **kwargs)
        return asyncio.run(answer) if inspect.iscoroutine(answer) else answer

    return call


CALLED: dict[type, set[str]] = {}


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["do"])


def refused(status: int, do: Do, *call: Any) -> None:
    with pytest.raises(GorseException) as raised:
        do(*call)
    assert raised.value.status_code == status


def test_an_id_with_slashes_such_as_a_page_s_is_reached_as_the_clients_write_it(do: Do, kind: str) -> None:
    item = f"shop.example/{kind}/lamps/1"
    do("insert_item", {"ItemId": item, "Comment": "A lamp of brass."})
    assert do("get_item", item)["ItemId"] == item
    assert do("update_item", item, labels={"metal": "brass"})["RowAffected"] == 1
    refused(404, do, "get_neighbors", item)  # it is not built yet; the address is right
    assert do("delete_item", item)["RowAffected"] == 1


def test_users_are_put_read_listed_and_removed(do: Do, kind: str) -> None:
    ada = {"UserId": f"{kind}-ada", "Labels": ["a", "b"], "Subscribe": ["c"], "Comment": "first"}
    bob = {"UserId": f"{kind}-bob"}
    assert do("insert_user", ada) == {"RowAffected": 1}
    assert do("insert_users", [ada, bob]) == {"RowAffected": 2}
    assert do("get_user", ada["UserId"]) == ada
    users, cursor = do("get_users", 1)
    seen = [user["UserId"] for user in users]
    while cursor:
        users, cursor = do("get_users", 1, cursor)
        seen += [user["UserId"] for user in users]
    assert {ada["UserId"], bob["UserId"]} <= set(seen)
    assert seen == sorted(set(seen))
    assert do("delete_user", ada["UserId"]) == {"RowAffected": 1}
    refused(404, do, "get_user", ada["UserId"])


def test_items_are_put_changed_listed_and_removed(do: Do, kind: str) -> None:
    item = {
        "ItemId": f"{kind}-forge",
        "IsHidden": False,
        "Labels": ["iron", "steel"],
        "Categories": ["metal"],
        "Timestamp": WHEN,
        "Comment": "A forge.\nIt makes gates.",
    }
    assert do("insert_item", item) == {"RowAffected": 1}
    assert do("get_item", item["ItemId"]) == {**item, "Title": "A forge."}
    assert do("update_item", item["ItemId"], comment="A smithy.", categories=["a", "b"]) == {"RowAffected": 1}
    changed = do("get_item", item["ItemId"])
    assert (changed["Comment"], changed["Categories"], changed["Labels"]) == ("A smithy.", ["a", "b"], item["Labels"])
    items, cursor = do("get_items", 5)
    seen = [one["ItemId"] for one in items]
    while cursor:
        items, cursor = do("get_items", 5, cursor)
        seen += [one["ItemId"] for one in items]
    assert item["ItemId"] in seen
    assert len(seen) == len(set(seen)) >= 12
    assert do("delete_item", item["ItemId"]) == {"RowAffected": 1}
    refused(404, do, "get_item", item["ItemId"])


def test_items_are_searched_in_words(do: Do) -> None:
    assert do("search_items", "crowns and dentures", 3)[0]["ItemId"] == "dentist"


def test_feedback_is_put_listed_and_removed(do: Do, kind: str) -> None:
    user = f"{kind}-reader"
    more = [{"FeedbackType": "read", "UserId": user, "ItemId": item, "Timestamp": WHEN} for item in ("bees", "boats")]
    assert do("insert_feedback", "like", user, "bees", WHEN) == {"RowAffected": 1}
    assert do("insert_feedbacks", more) == {"RowAffected": 2}
    (liked,) = do("list_feedbacks", "like", user)
    assert (liked["ItemId"], liked["UserId"], liked["FeedbackType"], liked["Timestamp"]) == ("bees", user, "like", WHEN)
    listed, cursor = do("get_feedbacks", 1)
    while cursor:
        page, cursor = do("get_feedbacks", 1, cursor)
        listed += page
    mine = {(one["FeedbackType"], one["ItemId"]) for one in listed if one["UserId"] == user}
    assert mine == {("like", "bees"), ("read", "bees"), ("read", "boats")}
    assert do("get_user", user)["UserId"] == user
    assert do("delete_feedback", user, "bees") == {"RowAffected": 2}
    assert do("list_feedbacks", "like", user) == []


def test_recommendations_come_as_scores_and_pages_follow_each_other(do: Do, kind: str) -> None:
    whole = do("get_recommend", f"{kind}-new", n=6)
    assert len(whole) == 6
    assert all(isinstance(one, Score) for one in whole)
    second = do("get_recommend", f"{kind}-new", n=3, offset=3)
    assert [one.id for one in second] == [one.id for one in whole[3:]]


def test_recommendations_are_near_what_the_user_liked(do: Do, kind: str) -> None:
    do("insert_feedback", "like", f"{kind}-fan", "dentist", WHEN)
    ids = [one.id for one in do("get_recommend", f"{kind}-fan", n=12)]
    near = [one["Id"] for one in do("get_neighbors", "dentist", n=3)]
    assert ids[0] in near


def test_recommendations_can_be_written_back_as_feedback(do: Do, kind: str) -> None:
    shown = do("get_recommend", f"{kind}-wb", n=2, write_back_type="read", write_back_delay="10m")
    assert {one["ItemId"] for one in do("list_feedbacks", "read", f"{kind}-wb")} == {one.id for one in shown}


def test_a_visit_gets_items_near_it(do: Do) -> None:
    visit = [{"FeedbackType": "like", "UserId": "", "ItemId": "clinic", "Timestamp": WHEN}]
    found = do("session_recommend", visit, 4)
    assert len(found) == 4
    assert set(found[0]) == {"Id", "Score"}
    assert "clinic" not in [one["Id"] for one in found]


def test_neighbours_come_in_pages_and_an_unknown_item_has_none(do: Do) -> None:
    near = do("get_neighbors", "bakery", n=4)
    assert [one["Id"] for one in do("get_neighbors", "bakery", n=2, offset=2)] == [one["Id"] for one in near[2:]]
    refused(404, do, "get_neighbors", "no-such-item")


def test_a_wrong_key_is_refused(server: Served, do: Do) -> None:
    with pytest.raises(GorseException) as raised:
        Gorse(server.url, "wrong").get_users(1)
    assert raised.value.status_code == 401


def test_hiding_an_item_acts_at_once_and_showing_it_again_too(do: Do, server: Served) -> None:
    reader = Gorse(server.url, server.reader)
    for hidden in (True, False):
        do("update_item", "solar", is_hidden=hidden)
        assert do("get_item", "solar")["IsHidden"] is hidden
        assert ("solar" in [one.id for one in reader.get_recommend("nobody", n=50)]) is not hidden
        assert ("solar" in [one["ItemId"] for one in do("search_items", "solar panels", 3)]) is not hidden


def test_an_inserted_item_is_in_the_answers_after_the_next_build(do: Do, kind: str, server: Served) -> None:
    item = {"ItemId": f"{kind}-cooper", "Categories": [f"{kind} casks"], "Comment": f"A cooperage: oak casks, {kind}."}
    do("insert_item", item)
    build(server.project)
    found = [one.id for one in do("get_recommend", f"{kind}-who", category=f"{kind} casks")]
    assert found == [item["ItemId"]]
    assert item["ItemId"] in [one["ItemId"] for one in do("search_items", "oak casks from a cooperage", 3)]


def test_a_category_is_found_however_large_the_catalogue_is(tmp_path: Path) -> None:
    rows = [{"id": f"{at:04}", "text": f"thing number {at}", "categories": ["rest"]} for at in range(1100)]
    rows[-1]["categories"], rows[-2]["categories"] = ["Boats", "rest"], "boats"
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    init_project(tmp_path)
    with open_project(tmp_path, overrides=["models.embedder=none"], environment={}) as project:
        import_sources(project, [str(tmp_path / "rows.jsonl")], text=["text"], field=["*"])
        build(project)
        with served(project) as server:
            gorse = Gorse(server.url, server.app)
            gorse.insert_feedback("like", "ann", "0003", WHEN)
            found = [[one.id for one in gorse.get_recommend(user, category="Boats")] for user in ("ann", "nobody")]
    assert found == [["1098", "1099"]] * 2


def test_a_category_that_is_a_number_is_found_however_many_digits_it_has(tmp_path: Path) -> None:
    numbers = ("3", "1234567", "1234568", "0.125")
    rows = [{"id": number, "text": f"thing {number}", "categories": number} for number in numbers]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    init_project(tmp_path)
    with open_project(tmp_path, overrides=["models.embedder=none"], environment={}) as project:
        import_sources(project, [str(tmp_path / "rows.jsonl")], text=["text"], field=["*"])
        build(project)
        now = project.recommender.now()
        found = {number: having(now, "categories", number.__eq__).tolist() for number in numbers}
        places = [now.serving.catalogue.position(ItemId(number)) for number in numbers]
    assert [[at for at, held in enumerate(found[number]) if held] for number in numbers] == [[at] for at in places]


def test_every_method_of_both_clients_was_called() -> None:
    for client, called in CALLED.items():
        methods = {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}
        assert methods == called, client
    assert set(CALLED) == {Gorse, AsyncGorse}
